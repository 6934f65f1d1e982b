/* SPDX-License-Identifier: MIT */
/* See options.h. Invariant: every option stands once in the table below, and nowhere else; flag `--a-b`, variable
 * FRAISEQL_A_B and key `a_b` are made from its name. */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/nearest.h"
#include "configuration.h"
#include "secret.h"

#define TEXTS_MAX ((size_t)16 * 1024 * 1024)

extern char **environ;

typedef enum value_kind {
    VALUE_TEXT,
    VALUE_LIST,
    VALUE_FLAG, /* present or not; in files and the environment: true/false */
    VALUE_NUMBER,
    VALUE_SIZE,     /* bytes; KiB, MiB, GiB, kB, MB, GB */
    VALUE_DURATION, /* milliseconds; ms, s, min, h; a bare number is seconds */
    VALUE_CHOICE,   /* one of the words in `choices` */
} value_kind;

typedef struct option {
    const char *name;
    const char *argument; /* how the help calls the value */
    const char *group;
    unsigned commands;
    value_kind kind;
    size_t offset;
    const char *preset; /* the default as one would write it, or NULL */
    const char *choices;
    const char *help;
} option;

#define AT(member) offsetof(options, member)
#define SOURCES (COMMAND_SERVE | COMMAND_QUERY | COMMAND_EXPLAIN | COMMAND_INTROSPECT | COMMAND_SCHEMA | COMMAND_CHECK)
#define RUNS (COMMAND_SERVE | COMMAND_QUERY | COMMAND_EXPLAIN)
#define ONE (COMMAND_QUERY | COMMAND_EXPLAIN)
#define ALL (SOURCES | COMMAND_DEMO)

static const option table[] = {
    {"database", "URL", "Database and schema", SOURCES, VALUE_TEXT, AT(database), NULL, NULL,
     "PostgreSQL: a URI or key=value pairs, as libpq takes them"},
    {"schema", "FILE", "Database and schema", SOURCES, VALUE_TEXT, AT(schema), NULL, NULL,
     "schema file (schema JSON; for check and schema also SDL); without it the database is introspected"},
    {"db-schemas", "NAMES", "Database and schema", SOURCES, VALUE_TEXT, AT(db_schemas), NULL, NULL,
     "schemas of the database to expose, separated by commas [those of search_path]"},
    {"include", "PATTERN", "Database and schema", SOURCES, VALUE_LIST, AT(include), NULL, NULL,
     "only relations that match (* and ?); repeatable"},
    {"exclude", "PATTERN", "Database and schema", SOURCES, VALUE_LIST, AT(exclude), NULL, NULL,
     "no relations that match; repeatable"},
    {"strict", NULL, "Database and schema", SOURCES, VALUE_FLAG, AT(strict), "false", NULL,
     "warnings about the schema are errors"},
    {"big-numbers", NULL, "Database and schema", SOURCES, VALUE_FLAG, AT(big_numbers), "false", NULL,
     "write BigInt and Decimal as JSON numbers instead of strings"},
    {"config", "FILE", "Database and schema", ALL, VALUE_TEXT, AT(config), NULL, NULL,
     "configuration file: YAML with flat keys, the options' names with _ for -"},
    {"listen", "ADDRESS", "Listening", COMMAND_SERVE | COMMAND_DEMO, VALUE_LIST, AT(listen), "127.0.0.1:8080", NULL,
     "HOST:PORT or unix:PATH; repeatable"},
    {"tls-cert", "FILE", "Listening", COMMAND_SERVE, VALUE_TEXT, AT(tls_cert), NULL, NULL, "certificate chain, PEM"},
    {"tls-key", "FILE", "Listening", COMMAND_SERVE, VALUE_TEXT, AT(tls_key), NULL, NULL, "private key, PEM"},
    {"workers", "N", "Listening", COMMAND_SERVE, VALUE_NUMBER, AT(workers), NULL, NULL,
     "threads with an event loop each [the cores or half the pool size, the smaller; 1 on two cores]"},
    {"max-connections", "N", "Listening", COMMAND_SERVE, VALUE_NUMBER, AT(max_connections), "10000", NULL,
     "clients connected at once"},
    {"idle-connection-timeout", "TIME", "Listening", COMMAND_SERVE, VALUE_DURATION, AT(idle_connection_timeout), "60s",
     NULL, "a connection that sends nothing for so long, or a request head or body that does not arrive, is closed"},
    {"shutdown-timeout", "TIME", "Listening", COMMAND_SERVE, VALUE_DURATION, AT(shutdown_timeout), "30s", NULL,
     "how long running requests may go on after SIGTERM"},
    {"graphiql", "WHEN", "HTTP", COMMAND_SERVE, VALUE_CHOICE, AT(graphiql), "auto", "auto on off",
     "serve GraphiQL: auto is on where only loopback addresses and unix sockets are listened on"},
    {"introspection", "WHEN", "HTTP", COMMAND_SERVE, VALUE_CHOICE, AT(introspection), "auto",
     "auto on off authenticated", "answer __schema and __type; authenticated: to requests with a user context"},
    {"error-detail", "WHEN", "HTTP", COMMAND_SERVE, VALUE_CHOICE, AT(error_detail), "auto", "auto on off",
     "tell clients the database's own error messages"},
    {"cors-origins", "ORIGINS", "HTTP", COMMAND_SERVE, VALUE_TEXT, AT(cors_origins), NULL, NULL,
     "origins that browsers may call from, separated by commas, or *"},
    {"compression", "WHEN", "HTTP", COMMAND_SERVE, VALUE_CHOICE, AT(compression), "on", "on off",
     "compress answers with gzip or brotli where the client accepts it"},
    {"batching", NULL, "HTTP", COMMAND_SERVE, VALUE_FLAG, AT(batching), "true", NULL, "answer arrays of requests"},
    {"max-batch", "N", "HTTP", COMMAND_SERVE, VALUE_NUMBER, AT(max_batch), "50", NULL, "requests in one array"},
    {"user-context-header", "NAME", "HTTP", COMMAND_SERVE, VALUE_TEXT, AT(user_context_header), NULL, NULL,
     "header that holds the user context as JSON; only behind a proxy that sets it and strips the clients'"},
    {"pool-size", "N", "Connections", RUNS, VALUE_NUMBER, AT(pool_size), "20", NULL,
     "connections to PostgreSQL, of the whole process"},
    {"pool-min-idle", "N", "Connections", RUNS, VALUE_NUMBER, AT(pool_min_idle), "2", NULL,
     "connections that are kept open"},
    {"connection-timeout", "TIME", "Connections", RUNS, VALUE_DURATION, AT(connection_timeout), "30s", NULL,
     "how long a request waits for a connection"},
    {"idle-timeout", "TIME", "Connections", RUNS, VALUE_DURATION, AT(idle_timeout), "10min", NULL,
     "after which an unused connection is closed"},
    {"max-lifetime", "TIME", "Connections", RUNS, VALUE_DURATION, AT(max_lifetime), "30min", NULL,
     "after which a connection is replaced"},
    {"prepared", "MODE", "Connections", RUNS, VALUE_CHOICE, AT(prepared), "auto", "auto off",
     "off: no prepared statements and no start-up parameters, for poolers in transaction mode"},
    {"session-map", "JSON", "Connections", RUNS, VALUE_TEXT, AT(session_map), NULL, NULL,
     "settings to set from the user context, {\"app.user_id\": \"sub\"} [every key K as app.K]"},
    {"max-body", "SIZE", "Limits", RUNS, VALUE_SIZE, AT(max_body), "1MiB", NULL, "of a request's body"},
    {"max-document", "SIZE", "Limits", RUNS | COMMAND_CHECK, VALUE_SIZE, AT(max_document), "256KiB", NULL,
     "of a GraphQL document"},
    {"max-tokens", "N", "Limits", RUNS | COMMAND_CHECK, VALUE_NUMBER, AT(max_tokens), "20000", NULL, "of a document"},
    {"max-depth", "N", "Limits", RUNS | COMMAND_CHECK, VALUE_NUMBER, AT(max_depth), "64", NULL,
     "of nesting: selections, values, types, JSON"},
    {"max-fields", "N", "Limits", RUNS | COMMAND_CHECK, VALUE_NUMBER, AT(max_fields), "20000", NULL,
     "of an operation once its fragments are expanded"},
    {"max-aliases", "N", "Limits", RUNS | COMMAND_CHECK, VALUE_NUMBER, AT(max_aliases), "1000", NULL, "of a document"},
    {"max-directives", "N", "Limits", RUNS | COMMAND_CHECK, VALUE_NUMBER, AT(max_directives), "500", NULL,
     "of a document"},
    {"max-root-fields", "N", "Limits", RUNS | COMMAND_CHECK, VALUE_NUMBER, AT(max_root_fields), "100", NULL,
     "of an operation"},
    {"max-errors", "N", "Limits", RUNS | COMMAND_CHECK, VALUE_NUMBER, AT(max_errors), "100", NULL,
     "reported for one request"},
    {"max-rows", "N", "Limits", RUNS, VALUE_NUMBER, AT(max_rows), "0", NULL, "of one list; 0: no limit"},
    {"max-buffered-answer", "SIZE", "Limits", RUNS, VALUE_SIZE, AT(max_buffered_answer), "64MiB", NULL,
     "of an answer that must be held whole"},
    {"response-buffer", "SIZE", "Limits", RUNS, VALUE_SIZE, AT(response_buffer), "1MiB", NULL,
     "of an answer before it starts to stream"},
    {"max-queue", "N", "Limits", RUNS, VALUE_NUMBER, AT(max_queue), "1000", NULL, "requests waiting for a connection"},
    {"max-plans", "N", "Limits", RUNS, VALUE_NUMBER, AT(max_plans), "5000", NULL, "plans cached"},
    {"request-timeout", "TIME", "Limits", RUNS, VALUE_DURATION, AT(request_timeout), "30s", NULL,
     "from a request's arrival to its last byte"},
    {"apq", NULL, "Persisted documents", COMMAND_SERVE, VALUE_FLAG, AT(apq), "true", NULL,
     "automatic persisted queries"},
    {"max-apq", "N", "Persisted documents", COMMAND_SERVE, VALUE_NUMBER, AT(max_apq), "1000", NULL,
     "documents in their store"},
    {"trusted-documents", "PATH", "Persisted documents", COMMAND_SERVE, VALUE_TEXT, AT(trusted_documents), NULL, NULL,
     "folder of .graphql files, or JSON manifest: {\"id\": \"document\"} or Apollo's"},
    {"trusted-only", NULL, "Persisted documents", COMMAND_SERVE, VALUE_FLAG, AT(trusted_only), "false", NULL,
     "refuse every other document"},
    {"variables", "JSON", "Request", ONE, VALUE_TEXT, AT(variables), NULL, NULL, "variables of the operation"},
    {"operation", "NAME", "Request", ONE, VALUE_TEXT, AT(operation), NULL, NULL,
     "which operation of the document to run"},
    {"as", "JSON", "Request", ONE, VALUE_TEXT, AT(as), NULL, NULL,
     "user context: {\"user_id\": 7, \"roles\": [\"editor\"]}"},
    {"analyze", NULL, "Output", COMMAND_EXPLAIN, VALUE_FLAG, AT(analyze), "false", NULL,
     "run the statements and add PostgreSQL's plans (a mutation is rolled back)"},
    {"json", NULL, "Output", COMMAND_EXPLAIN | COMMAND_CHECK, VALUE_FLAG, AT(json), "false", NULL,
     "JSON instead of text"},
    {"jsonl", NULL, "Output", COMMAND_CHECK, VALUE_FLAG, AT(jsonl), "false", NULL,
     "read one request a line and answer one a line, for test suites"},
    {"color", "WHEN", "Output", COMMAND_CHECK, VALUE_CHOICE, AT(color), "auto", "auto always never",
     "colours on the terminal"},
};

#define N_OPTIONS (sizeof(table) / sizeof(table[0]))

/* Names of other programs for the same thing. */
static const char *const foreign[][2] = {
    {"database-url", "database"},
    {"db-url", "database"},
    {"db", "database"},
    {"connection", "database"},
    {"dsn", "database"},
    {"db-uri", "database"},
    {"port", "listen"},
    {"host", "listen"},
    {"server-port", "listen"},
    {"server-host", "listen"},
    {"enable-console", "graphiql"},
    {"enhance-graphiql", "graphiql"},
    {"sdl", "schema"},
    {"schemas", "db-schemas"},
    {"max-pool-size", "pool-size"},
    {"timeout", "request-timeout"},
};

/* ---- values ---- */

typedef enum source { SOURCE_FLAG, SOURCE_ENVIRONMENT, SOURCE_FILE, SOURCE_DEFAULT } source;

static bool bad_value(const option *o, const char *where, const char *text, const char *expected) {
    fprintf(stderr, "fraiseql: error: %s: '%s' is not %s\n", where, text, expected);
    (void)o;
    return false;
}

static bool parse_unit(const char *text, const char *const units[][2], uint64_t *value, uint64_t bare) {
    char *end = NULL;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || errno != 0) {
        return false;
    }
    uint64_t factor = *end == '\0' ? bare : 0;
    for (size_t i = 0; factor == 0 && units != NULL && units[i][0] != NULL; i++) {
        if (strcasecmp(end, units[i][0]) == 0) {
            factor = strtoull(units[i][1], NULL, 10);
        }
    }
    return factor > 0 && !__builtin_mul_overflow((uint64_t)number, factor, value);
}

static bool parse_flag(const char *text, bool *value) {
    static const char *const yes[] = {"true", "yes", "on", "1"};
    static const char *const no[] = {"false", "no", "off", "0"};
    for (size_t i = 0; i < 4; i++) {
        if (strcasecmp(text, yes[i]) == 0 || strcasecmp(text, no[i]) == 0) {
            *value = strcasecmp(text, yes[i]) == 0;
            return true;
        }
    }
    return false;
}

static bool is_choice(const char *choices, const char *text) {
    size_t length = strlen(text);
    for (const char *word = choices; *word != '\0';) {
        size_t n = strcspn(word, " ");
        if (n == length && strncmp(word, text, n) == 0) {
            return true;
        }
        word += n + (word[n] == ' ');
    }
    return false;
}

static bool set_value(options *out, const option *o, const char *text, const char *where) {
    static const char *const sizes[][2] = {{"KiB", "1024"}, {"MiB", "1048576"}, {"GiB", "1073741824"},
                                           {"kB", "1000"},  {"MB", "1000000"},  {"GB", "1000000000"},
                                           {"B", "1"},      {NULL, NULL}};
    static const char *const times[][2] = {{"ms", "1"},    {"s", "1000"},    {"min", "60000"},
                                           {"m", "60000"}, {"h", "3600000"}, {NULL, NULL}};
    void *member = (char *)out + o->offset;
    switch (o->kind) {
    case VALUE_TEXT:
        *(const char **)member = text;
        return true;
    case VALUE_LIST: {
        text_list *list = member;
        if (list->count == LIST_MAX) {
            return bad_value(o, where, text, "possible: too many values");
        }
        list->items[list->count++] = text;
        return true;
    }
    case VALUE_FLAG:
        return parse_flag(text, member) || bad_value(o, where, text, "true or false");
    case VALUE_NUMBER:
        return parse_unit(text, NULL, member, 1) || bad_value(o, where, text, "a whole number");
    case VALUE_SIZE:
        return parse_unit(text, sizes, member, 1) || bad_value(o, where, text, "a size such as 512KiB or 10MiB");
    case VALUE_DURATION:
        return parse_unit(text, times, member, 1000) || bad_value(o, where, text, "a time such as 500ms, 30s or 10min");
    case VALUE_CHOICE:
        if (is_choice(o->choices, text)) {
            *(const char **)member = text;
            return true;
        }
        fprintf(stderr, "fraiseql: error: %s: '%s' is not one of: %s\n", where, text, o->choices);
        return false;
    }
    return false;
}

/* ---- names ---- */

static bool same_name(const char *a, const char *b) {
    for (; *a != '\0' && *b != '\0'; a++, b++) {
        char x = *a == '_' ? '-' : *a;
        char y = *b == '_' ? '-' : *b;
        if (tolower((unsigned char)x) != tolower((unsigned char)y)) {
            return false;
        }
    }
    return *a == *b;
}

static const option *find_option(const char *name) {
    for (size_t i = 0; i < N_OPTIONS; i++) {
        if (same_name(table[i].name, name)) {
            return &table[i];
        }
    }
    return NULL;
}

static const char *suggestion(const char *name) {
    for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
        if (same_name(foreign[i][0], name)) {
            return foreign[i][1];
        }
    }
    const char *names[N_OPTIONS];
    for (size_t i = 0; i < N_OPTIONS; i++) {
        names[i] = table[i].name;
    }
    return fq_nearest_name(name, names, N_OPTIONS);
}

/* ---- the command line ---- */

typedef struct reading {
    options *out;
    unsigned command;
    const char *command_name;
    bool given[N_OPTIONS]; /* by an earlier, stronger source */
    bool read[N_OPTIONS];  /* in the file */
} reading;

static bool unknown_option(const reading *r, const char *name) {
    fprintf(stderr, "fraiseql: error: unknown option '--%s'\n", name);
    const char *near = suggestion(name);
    if (near != NULL) {
        fprintf(stderr, "  tip: a similar option exists: '--%s'\n", near);
    }
    fprintf(stderr, "  full help: fraiseql help %s\n", r->command_name);
    return false;
}

/* A copy of the URL; the password in the argument itself is overwritten. */
static const char *take_secret(fq_arena *memory, char *argument, const char *url) {
    const char *copy = fq_arena_cstr(memory, fq_slice_from_cstr(url));
    char *start = argument + (url - argument);
    fq_slice password = database_password(fq_slice_from_cstr(url));
    if (password.len > 0) {
        memset(start + (password.ptr - url), '*', password.len);
    }
    return copy;
}

static bool read_flag(reading *r, const char *argument, int *index, int argc, char **argv) {
    const char *equals = strchr(argument, '=');
    size_t length = equals != NULL ? (size_t)(equals - argument) : strlen(argument);
    const char *name = fq_arena_cstr(r->out->memory, fq_slice_of(argument, length));
    bool negated = strncmp(name, "no-", 3) == 0;
    const option *o = find_option(name);
    if (o == NULL && negated) {
        o = find_option(name + 3);
        o = o != NULL && o->kind == VALUE_FLAG ? o : NULL;
    } else {
        negated = false;
    }
    if (o == NULL && r->command == COMMAND_CHECK && strcmp(name, "sdl") == 0) {
        o = find_option("schema");
    }
    if (o == NULL) {
        return unknown_option(r, name);
    }
    if ((o->commands & r->command) == 0) {
        fprintf(stderr, "fraiseql: error: '--%s' is not an option of '%s'\n  full help: fraiseql help %s\n", o->name,
                r->command_name, r->command_name);
        return false;
    }
    const char *value;
    if (o->kind == VALUE_FLAG && equals == NULL) {
        value = negated ? "false" : "true";
    } else if (equals != NULL) {
        value = equals + 1;
    } else if (*index + 1 < argc) {
        value = argv[++*index];
    } else {
        fprintf(stderr, "fraiseql: error: '--%s' needs a value: --%s %s\n", o->name, o->name, o->argument);
        return false;
    }
    char where[80];
    (void)snprintf(where, sizeof(where), "--%s", o->name);
    r->given[o - table] = true;
    if (o->offset == AT(database)) {
        value = take_secret(r->out->memory, argv[*index], value);
    }
    return set_value(r->out, o, value, where);
}

static bool read_command_line(reading *r, int argc, char **argv) {
    bool only_arguments = false;
    r->out->arguments.items = fq_arena_alloc(r->out->memory, sizeof(char *) * ((size_t)argc + 1));
    for (int i = 0; i < argc; i++) {
        const char *argument = argv[i];
        if (!only_arguments && strcmp(argument, "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && strncmp(argument, "--", 2) == 0) {
            if (!read_flag(r, argument + 2, &i, argc, argv)) {
                return false;
            }
        } else if (!only_arguments && argument[0] == '-' && argument[1] != '\0') {
            fprintf(stderr, "fraiseql: error: unknown option '%s'\n  full help: fraiseql help %s\n", argument,
                    r->command_name);
            return false;
        } else {
            r->out->arguments.items[r->out->arguments.count++] = argument;
        }
    }
    return true;
}

/* ---- the environment ---- */

static void environment_name(const char *option_name, char *out, size_t size) {
    int length = snprintf(out, size, "FRAISEQL_%s", option_name);
    for (int i = 0; i < length && (size_t)i < size; i++) {
        out[i] = out[i] == '-' ? '_' : (char)toupper((unsigned char)out[i]);
    }
}

/* A list in one variable is separated by commas. */
static bool set_from_text(reading *r, const option *o, const char *text, const char *where) {
    if (o->kind != VALUE_LIST) {
        return set_value(r->out, o, text, where);
    }
    char *copy = fq_arena_cstr(r->out->memory, fq_slice_from_cstr(text));
    for (char *save = NULL, *item = strtok_r(copy, ", ", &save); item != NULL; item = strtok_r(NULL, ", ", &save)) {
        if (!set_value(r->out, o, item, where)) {
            return false;
        }
    }
    return true;
}

/* Kubernetes sets FRAISEQL_PORT=tcp://... and the like for a service of our name; tests and tools have variables of
 * their own: none of them is a mistake. */
static bool is_foreign_variable(const char *name, const char *value) {
    return strncmp(value, "tcp://", 6) == 0 || strstr(name, "_SERVICE_") != NULL || strstr(name, "_PORT_") != NULL ||
           strncmp(name, "FRAISEQL_TEST", 13) == 0 || strcmp(name, "FRAISEQL_PROGRAM") == 0 ||
           strcmp(name, "FRAISEQL_BUILD") == 0 || strcmp(name, "FRAISEQL_DEMO_DIR") == 0 ||
           strcmp(name, "FRAISEQL_PG_BIN") == 0;
}

/* MAX_ROWS as `max-rows`; `out` has room for it. */
static void option_name(const char *variable, char *out) {
    for (; *variable != '\0'; variable++) {
        char c = *variable;
        *out++ = (char)(c == '_' ? '-' : c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    *out = '\0';
}

static void warn_of_unknown_variables(void) {
    for (char **entry = environ; *entry != NULL; entry++) {
        if (strncmp(*entry, "FRAISEQL_", 9) != 0) {
            continue;
        }
        char name[96];
        size_t length = strcspn(*entry, "=");
        if (length >= sizeof(name)) {
            continue;
        }
        memcpy(name, *entry, length);
        name[length] = '\0';
        const char *value = *entry + length + ((*entry)[length] == '=');
        if (find_option(name + 9) != NULL || strcmp(name, "FRAISEQL_DATABASE_URL") == 0 ||
            is_foreign_variable(name, value)) {
            continue;
        }
        char as_option[sizeof(name)];
        option_name(name + 9, as_option);
        const char *near = suggestion(as_option);
        char wanted[96] = "";
        if (near != NULL) {
            environment_name(near, wanted, sizeof(wanted));
        }
        fprintf(stderr, "fraiseql: warning: the environment variable %s is not known%s%s\n", name,
                near != NULL ? "; did you mean " : "", wanted);
    }
}

static bool read_environment(reading *r) {
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const option *o = &table[i];
        char name[96];
        environment_name(o->name, name, sizeof(name));
        const char *value = getenv(name);
        if (value == NULL && o->offset == AT(database)) {
            value = getenv("FRAISEQL_DATABASE_URL");
            value = value != NULL ? value : getenv("DATABASE_URL");
        }
        bool asked = (o->commands & r->command) != 0 && !r->given[i] && value != NULL && value[0] != '\0';
        if (asked) {
            if (!set_from_text(r, o, value, name)) {
                return false;
            }
            r->given[i] = true;
        }
    }
    return true;
}

/* ---- the file ---- */

static bool take_key(void *arg, const char *file, unsigned line, unsigned column, const char *key, const char *value) {
    reading *r = arg;
    const option *o = strchr(key, '-') == NULL ? find_option(key) : NULL;
    if (o == NULL || o->offset == AT(config)) {
        const char *near = suggestion(key);
        char wanted[64] = "";
        for (size_t i = 0; near != NULL && near[i] != '\0' && i < sizeof(wanted) - 1; i++) {
            wanted[i] = near[i] == '-' ? '_' : near[i];
        }
        fprintf(stderr, "%s:%u:%u: unknown key '%s'%s%s%s\n", file, line, column, key,
                near != NULL ? "; did you mean '" : "", wanted, near != NULL ? "'?" : "");
        return false;
    }
    char where[512];
    (void)snprintf(where, sizeof(where), "%s:%u:%u: %s", file, line, column, key);
    if (r->read[o - table] && o->kind != VALUE_LIST) {
        fprintf(stderr, "fraiseql: error: %s: it takes one value, and has one already\n", where);
        return false;
    }
    r->read[o - table] = true;
    if (r->given[o - table] || (o->commands & r->command) == 0) {
        return true;
    }
    return set_value(r->out, o, fq_arena_cstr(r->out->memory, fq_slice_from_cstr(value)), where);
}

static bool set_defaults(reading *r) {
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const option *o = &table[i];
        bool empty_list = o->kind == VALUE_LIST && ((text_list *)((char *)r->out + o->offset))->count == 0;
        if (o->preset != NULL && (o->kind != VALUE_LIST || empty_list) && o->kind != VALUE_LIST &&
            !set_value(r->out, o, o->preset, o->name)) {
            return false;
        }
    }
    return true;
}

static void set_list_defaults(reading *r) {
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const option *o = &table[i];
        text_list *list = (text_list *)((char *)r->out + o->offset);
        if (o->kind == VALUE_LIST && o->preset != NULL && list->count == 0) {
            list->items[list->count++] = o->preset;
        }
    }
}

bool options_read(options *out, unsigned command, const char *command_name, int argc, char **argv) {
    *out = (options){.memory = fq_arena_new(TEXTS_MAX)};
    reading r = {.out = out, .command = command, .command_name = command_name};
    if (!set_defaults(&r) || !read_command_line(&r, argc, argv) || !read_environment(&r)) {
        return false;
    }
    warn_of_unknown_variables();
    if (out->config != NULL && !configuration_read(out->config, take_key, &r)) {
        return false;
    }
    set_list_defaults(&r);
    return true;
}

void options_free(options *o) {
    fq_arena_free(o->memory);
    *o = (options){0};
}

void options_help(unsigned command, FILE *out) {
    const char *group = "";
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const option *o = &table[i];
        if ((o->commands & command) == 0) {
            continue;
        }
        if (strcmp(group, o->group) != 0) {
            group = o->group;
            fprintf(out, "\n%s\n", group);
        }
        char name[64];
        char variable[96];
        environment_name(o->name, variable, sizeof(variable));
        (void)snprintf(name, sizeof(name), "--%s%s%s", o->name, o->argument != NULL ? " " : "",
                       o->argument != NULL ? o->argument : "");
        fprintf(out, "  %-31s %s", name, o->help);
        if (o->choices != NULL) {
            fprintf(out, " (%s)", o->choices);
        }
        if (o->preset != NULL) {
            fprintf(out, " [%s]", o->preset);
        }
        fprintf(out, "\n  %-31s [env %s]\n", "", variable);
    }
}
