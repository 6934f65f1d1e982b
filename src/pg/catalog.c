/* SPDX-License-Identifier: MIT */
/* See catalog.h. One connection, one read-only transaction with one snapshot, a handful of statements (catalog_sql.c)
 * whose JSON texts are put together here; then documents are sampled, each under a savepoint with short timeouts,
 * because a view may fail or take long. Nothing is interpreted but the origin of views and the shape of documents. */
#include "pg/catalog.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <time.h>

#include "base/buffer.h"
#include "base/vec.h"
#include "pg/catalog_sql.h"
#include "pg/connect_error.h"
#include "pg/shape.h"
#include "pg/view_origin.h"
#include "json/reader.h"
#include "json/writer.h"

#define CATALOG_BYTES_MAX ((size_t)512 * 1024 * 1024)
#define DOCUMENT_DEPTH_MAX 64
#define SAMPLING_MS_MAX 30000 /* of all documents; what comes later has no sample */
#define VIEW_LEVELS_MAX 8     /* views over views whose bases are looked for */

typedef struct reading {
    fq_arena *arena;
    PGconn *connection;
    const fq_catalog_options *options;
    fq_slice error;
    const char *schemas; /* text[] as text */
    fq_buffer json;
    FQ_VEC(uint32_t) bases; /* relations that views stand on */
} reading;

/* ---- connecting ---- */

static fq_slice conninfo_value(PQconninfoOption *options, const char *keyword) {
    for (PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++) {
        if (strcmp(option->keyword, keyword) == 0) {
            return fq_slice_from_cstr(option->val);
        }
    }
    return fq_slice_of("", 0);
}

static fq_slice trimmed(fq_slice text) {
    while (text.len > 0 && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == ' ')) {
        text.len--;
    }
    return text;
}

/* libpq's parser repeats parts of what it could not read, which may be the password, unless it speaks of a keyword. */
static fq_slice unreadable_conninfo(fq_arena *arena, fq_slice libpq_text) {
    bool names_keyword = fq_slice_starts_with(libpq_text, FQ_S("invalid connection option")) ||
                         fq_slice_starts_with(libpq_text, FQ_S("invalid URI query parameter"));
    return fq_arena_printf(
        arena,
        "the database URL can not be read%s%.*s\nhint: write it as postgresql://user:password@host:port/database "
        "(special characters in the password as %%XX) or as key=value pairs",
        names_keyword ? ": " : "", names_keyword ? (int)libpq_text.len : 0, libpq_text.ptr);
}

static fq_slice cannot_connect(fq_arena *arena, PGconn *connection) {
    PQconninfoOption *options = PQconninfo(connection);
    fq_slice host = fq_arena_copy(arena, conninfo_value(options, "host"));
    fq_slice port = fq_arena_copy(arena, conninfo_value(options, "port"));
    fq_slice user = fq_arena_copy(arena, conninfo_value(options, "user"));
    fq_slice database = fq_arena_copy(arena, conninfo_value(options, "dbname"));
    PQconninfoFree(options);
    fq_slice text = trimmed(fq_slice_from_cstr(PQerrorMessage(connection)));
    fq_slice hint = fq_connect_hint(arena, text, host);
    bool local = host.len == 0;
    return fq_arena_printf(
        arena, "cannot connect to PostgreSQL (host %.*s, port %.*s, user %.*s, database %.*s): %.*s%s%.*s",
        local ? 12 : (int)host.len, local ? "local socket" : host.ptr, FQ_PRI(port), FQ_PRI(user),
        FQ_PRI(database.len > 0 ? database : user), FQ_PRI(text), hint.len > 0 ? "\nhint: " : "", FQ_PRI(hint));
}

static PGconn *connect_to(const char *conninfo) {
    const char *keywords[] = {"application_name", "connect_timeout", "dbname", "gssencmode", NULL};
    const char *values[] = {"fraiseql", "10", conninfo, "disable", NULL};
    /* 1: dbname is the whole conninfo; what stands before it are defaults */
    return PQconnectdbParams(keywords, values, 1);
}

static bool open_connection(reading *r, fq_slice conninfo) {
    const char *text = fq_arena_cstr(r->arena, conninfo);
    char *parse_error = NULL;
    PQconninfoOption *parsed = PQconninfoParse(text, &parse_error);
    /* Without `=` or a scheme libpq takes the text for a database's name. */
    bool is_name = strchr(text, '=') == NULL && strstr(text, "://") == NULL;
    if (parsed == NULL && !is_name) {
        r->error = unreadable_conninfo(r->arena, trimmed(fq_slice_from_cstr(parse_error)));
        PQfreemem(parse_error);
        return false;
    }
    PQconninfoFree(parsed);
    PQfreemem(parse_error);
    r->connection = connect_to(text);
    if (PQstatus(r->connection) != CONNECTION_OK) {
        r->error = cannot_connect(r->arena, r->connection);
        return false;
    }
    return true;
}

/* ---- statements ---- */

static void result_free(void *arg) { PQclear(arg); }

/* The result of a statement, which dies with the arena; NULL and `error` where it failed. */
static PGresult *run(reading *r, const char *sql, int n, const char *const *values) {
    PGresult *result = PQexecParams(r->connection, sql, n, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        r->error = fq_arena_printf(r->arena, "cannot read the catalog of the database: %.*s",
                                   FQ_PRI(trimmed(fq_slice_from_cstr(PQresultErrorMessage(result)))));
        PQclear(result);
        return NULL;
    }
    fq_arena_on_free(r->arena, result_free, result);
    return result;
}

static bool execute(reading *r, const char *sql) { return run(r, sql, 0, NULL) != NULL; }

static fq_slice cell(const PGresult *result, int row, int column) {
    return fq_slice_of(PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column));
}

static uint32_t cell_oid(const PGresult *result, int row, int column) {
    return (uint32_t)strtoul(PQgetvalue(result, row, column), NULL, 10);
}

/* ---- schemas ---- */

static void append_array_item(fq_buffer *out, fq_slice item) {
    fq_buffer_char(out, '"');
    for (size_t i = 0; i < item.len; i++) {
        if (item.ptr[i] == '"' || item.ptr[i] == '\\') {
            fq_buffer_char(out, '\\');
        }
        fq_buffer_char(out, item.ptr[i]);
    }
    fq_buffer_char(out, '"');
}

static const char *array_of_names(reading *r, const fq_slice *names, uint32_t n) {
    fq_buffer array;
    fq_buffer_init(&array, CATALOG_BYTES_MAX);
    fq_buffer_char(&array, '{');
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0) {
            fq_buffer_char(&array, ',');
        }
        append_array_item(&array, names[i]);
    }
    fq_buffer_char(&array, '}');
    const char *text = fq_arena_cstr(r->arena, fq_buffer_view(&array));
    fq_buffer_done(&array);
    return text;
}

static bool find_schemas(reading *r) {
    if (r->options->n_schemas == 0) {
        const char *more = array_of_names(r, r->options->more_schemas, r->options->n_more_schemas);
        PGresult *path = run(r, fq_catalog_sql_schemas, 1, &more);
        r->schemas = path != NULL ? fq_arena_cstr(r->arena, cell(path, 0, 0)) : NULL;
        return path != NULL;
    }
    r->schemas = array_of_names(r, r->options->schemas, r->options->n_schemas);
    PGresult *missing = run(r, fq_catalog_sql_missing, 1, &r->schemas);
    if (missing == NULL) {
        return false;
    }
    if (PQntuples(missing) > 0) {
        r->error =
            fq_arena_printf(r->arena, "schema \"%s\" does not exist in this database, or the role has no USAGE on it",
                            PQgetvalue(missing, 0, 0));
        return false;
    }
    return true;
}

/* ---- parts ---- */

static void write_member(reading *r, const char *key) { fq_buffer_printf(&r->json, ",\n\"%s\":", key); }

static bool write_head(reading *r) {
    PGresult *server = run(r, fq_catalog_sql_server, 0, NULL);
    PGresult *schemas = run(r, "SELECT to_json($1::text[])::text", 1, &r->schemas);
    if (server == NULL || schemas == NULL) {
        return false;
    }
    fq_buffer_literal(&r->json, "{\"version\":1");
    write_member(r, "database");
    fq_json_write_string(&r->json, cell(server, 0, 0));
    write_member(r, "role");
    fq_json_write_string(&r->json, cell(server, 0, 1));
    write_member(r, "server");
    fq_buffer_slice(&r->json, cell(server, 0, 2));
    write_member(r, "schemas");
    fq_buffer_slice(&r->json, cell(schemas, 0, 0));
    return true;
}

static const char *bases_array(reading *r) {
    fq_slice array = fq_slice_of("{", 1);
    for (uint32_t i = 0; i < r->bases.len; i++) {
        array = fq_arena_printf(r->arena, "%.*s%s%u", FQ_PRI(array), i > 0 ? "," : "", r->bases.items[i]);
    }
    return fq_arena_cstr(r->arena, fq_arena_printf(r->arena, "%.*s}", FQ_PRI(array)));
}

static bool write_part(reading *r, const char *key, const char *sql, int n_params, const char *bases) {
    const char *values[] = {r->schemas, bases};
    PGresult *part = run(r, sql, n_params, values);
    if (part == NULL) {
        return false;
    }
    write_member(r, key);
    fq_buffer_slice(&r->json, cell(part, 0, 0));
    return true;
}

/* ---- views ---- */

typedef struct seen_views {
    FQ_VEC(uint32_t) oids;
} seen_views;

static bool is_in(const uint32_t *oids, uint32_t n, uint32_t oid) {
    for (uint32_t i = 0; i < n; i++) {
        if (oids[i] == oid) {
            return true;
        }
    }
    return false;
}

static void write_origin(fq_buffer *out, uint32_t view, const fq_view_origin *origin) {
    fq_buffer_printf(out, "{\"relation\":%u,\"base\":%u,\"columns\":[", view, origin->relation);
    for (uint32_t i = 0; i < origin->columns.len; i++) {
        fq_buffer_printf(out, "%s[%u,%u]", i > 0 ? "," : "", origin->columns.items[i].number,
                         origin->columns.items[i].base);
    }
    fq_buffer_literal(out, "]}");
}

/* Looks at views that have not been seen; returns how many new bases turned up, or -1. */
static int read_views(reading *r, seen_views *seen, fq_buffer *out) {
    const char *values[] = {r->schemas, bases_array(r)};
    PGresult *views = run(r, fq_catalog_sql_views, 2, values);
    int found = 0;
    for (int i = 0; views != NULL && i < PQntuples(views); i++) {
        uint32_t view = cell_oid(views, i, 0);
        if (is_in(seen->oids.items, seen->oids.len, view)) {
            continue;
        }
        fq_vec_push(r->arena, &seen->oids, view);
        fq_view_origin origin = fq_view_origin_of(r->arena, cell(views, i, 1));
        if (origin.relation == 0 || origin.columns.len == 0) {
            continue;
        }
        if (out->len > 1) {
            fq_buffer_char(out, ',');
        }
        write_origin(out, view, &origin);
        if (!is_in(r->bases.items, r->bases.len, origin.relation)) {
            fq_vec_push(r->arena, &r->bases, origin.relation);
            found++;
        }
    }
    return views != NULL ? found : -1;
}

static bool write_views(reading *r) {
    seen_views seen = {.oids = {0}};
    fq_buffer views;
    fq_buffer_init(&views, CATALOG_BYTES_MAX);
    fq_buffer_char(&views, '[');
    int found = 1;
    for (int level = 0; level < VIEW_LEVELS_MAX && found > 0; level++) {
        found = read_views(r, &seen, &views);
    }
    fq_buffer_char(&views, ']');
    write_member(r, "views");
    fq_buffer_slice(&r->json, fq_buffer_view(&views));
    fq_buffer_done(&views);
    return found >= 0;
}

/* ---- documents ---- */

static const char *sample_sql(reading *r, fq_slice schema, fq_slice name, fq_slice column) {
    char *s = PQescapeIdentifier(r->connection, schema.ptr, schema.len);
    char *n = PQescapeIdentifier(r->connection, name.ptr, name.len);
    char *c = PQescapeIdentifier(r->connection, column.ptr, column.len);
    fq_slice sql = fq_arena_printf(r->arena, "SELECT %s::text FROM %s.%s LIMIT %u", c != NULL ? c : "",
                                   s != NULL ? s : "", n != NULL ? n : "", r->options->sample_rows);
    PQfreemem(s);
    PQfreemem(n);
    PQfreemem(c);
    return fq_arena_cstr(r->arena, sql);
}

/* The rows, or NULL where the relation can not be read (a failing view, a timeout): then it has no shape. */
static PGresult *sample(reading *r, const char *sql) {
    if (!execute(r, "SAVEPOINT sample")) {
        return NULL;
    }
    PGresult *rows = PQexecParams(r->connection, sql, 0, NULL, NULL, NULL, NULL, 0);
    if (PQresultStatus(rows) != PGRES_TUPLES_OK) {
        PQclear(rows);
        execute(r, "ROLLBACK TO SAVEPOINT sample");
        return NULL;
    }
    execute(r, "RELEASE SAVEPOINT sample");
    return rows;
}

static void write_document(reading *r, const PGresult *found, int i, fq_arena *scratch) {
    PGresult *rows = sample(r, sample_sql(r, cell(found, i, 1), cell(found, i, 2), cell(found, i, 3)));
    if (rows == NULL) {
        return;
    }
    fq_shape_node *shape = fq_shape_new(scratch);
    for (int row = 0; row < PQntuples(rows); row++) {
        fq_json_error ignored;
        fq_json *document = fq_json_parse(scratch, cell(rows, row, 0), DOCUMENT_DEPTH_MAX, &ignored);
        if (document != NULL) {
            fq_shape_add(scratch, shape, document);
        }
    }
    if (r->json.ptr[r->json.len - 1] != '[') {
        fq_buffer_char(&r->json, ',');
    }
    fq_buffer_printf(&r->json, "{\"relation\":%u,\"column\":", cell_oid(found, i, 0));
    fq_json_write_string(&r->json, cell(found, i, 3));
    fq_buffer_printf(&r->json, ",\"rows\":%d,\"shape\":", PQntuples(rows));
    fq_shape_write(shape, &r->json);
    fq_buffer_char(&r->json, '}');
    PQclear(rows);
}

static int64_t now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Views may call functions that need the role's own search_path. */
static bool write_documents(reading *r) {
    PGresult *found = run(r, fq_catalog_sql_documents, 1, &r->schemas);
    if (found == NULL || !execute(r, "SET LOCAL search_path TO DEFAULT") ||
        !execute(r, "SET LOCAL statement_timeout = 5000") || !execute(r, "SET LOCAL lock_timeout = 1000")) {
        return false;
    }
    int64_t deadline = now_ms() + SAMPLING_MS_MAX;
    fq_arena *scratch = fq_arena_new(CATALOG_BYTES_MAX);
    write_member(r, "documents");
    fq_buffer_char(&r->json, '[');
    for (int i = 0; i < PQntuples(found) && r->options->sample_rows > 0 && now_ms() < deadline; i++) {
        write_document(r, found, i, scratch);
        fq_arena_reset(scratch);
    }
    fq_buffer_char(&r->json, ']');
    fq_arena_free(scratch);
    return r->error.len == 0;
}

/* ---- all of it ---- */

static bool read_all(reading *r) {
    if (!execute(r, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") ||
        !execute(r, "SET LOCAL client_encoding TO 'UTF8'") || !find_schemas(r) ||
        !execute(r, "SET LOCAL search_path = pg_catalog") || !write_head(r) || !write_views(r)) {
        return false;
    }
    const char *bases = bases_array(r);
    if (!write_part(r, "types", fq_catalog_sql_types, 2, bases) ||
        !write_part(r, "relations", fq_catalog_sql_relations, 2, bases) ||
        !write_part(r, "functions", fq_catalog_sql_functions, 1, bases) || !write_documents(r)) {
        return false;
    }
    fq_buffer_literal(&r->json, "}\n");
    if (r->json.failed) {
        r->error = FQ_S("the catalog of the database is too large; --db-schemas names what to look at");
        return false;
    }
    return true;
}

fq_catalog_result fq_catalog_read(fq_arena *arena, fq_slice conninfo, const fq_catalog_options *options, fq_slice *json,
                                  fq_slice *error) {
    reading r = {.arena = fq_arena_new(CATALOG_BYTES_MAX * 2), .options = options};
    fq_buffer_init(&r.json, CATALOG_BYTES_MAX);
    fq_catalog_result result = FQ_CATALOG_CANNOT_CONNECT;
    if (open_connection(&r, conninfo)) {
        result = read_all(&r) ? FQ_CATALOG_OK : FQ_CATALOG_FAILED;
    }
    if (result == FQ_CATALOG_OK) {
        *json = fq_arena_copy(arena, fq_buffer_view(&r.json));
    } else {
        *error = fq_arena_copy(arena, r.error);
    }
    fq_buffer_done(&r.json);
    fq_arena_free(r.arena); /* results first: they do not need the connection */
    PQfinish(r.connection);
    return result;
}
