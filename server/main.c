/* SPDX-License-Identifier: MIT */
/* The fraiseql program: finds the command, reads its options, runs it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "commands.h"

typedef struct command {
    const char *name;
    unsigned bit;
    const char *usage;
    const char *summary;
    const char *examples;
} command;

static const command commands[] = {
    {"serve", COMMAND_SERVE, "fraiseql serve --database URL [options]", "serve GraphQL over HTTP",
     "  fraiseql serve --database postgresql:///shop\n"
     "  fraiseql serve --database postgresql://app@db/shop --listen 0.0.0.0:8080 --pool-size 40\n"
     "  fraiseql serve --config fraiseql.yaml\n"},
    {"query", COMMAND_QUERY, "fraiseql query --database URL [options] 'QUERY' | -",
     "run one request and print its response",
     "  fraiseql query --database postgresql:///shop '{ products(limit: 3) { id name } }'\n"
     "  fraiseql query --database postgresql:///shop --variables '{\"id\": 7}' - < product.graphql\n"},
    {"explain", COMMAND_EXPLAIN, "fraiseql explain --database URL [options] 'QUERY' | -",
     "print the SQL, the parameters and the row program of a request",
     "  fraiseql explain --database postgresql:///shop '{ products { name category { name } } }'\n"
     "  fraiseql explain --analyze --database postgresql:///shop - < slow.graphql\n"},
    {"introspect", COMMAND_INTROSPECT, "fraiseql introspect --database URL [options]",
     "print the schema JSON of a database", "  fraiseql introspect --database postgresql:///shop > schema.json\n"},
    {"schema", COMMAND_SCHEMA, "fraiseql schema (--database URL | --schema FILE) [options]",
     "print the GraphQL schema as SDL",
     "  fraiseql schema --database postgresql:///shop > schema.graphql\n"
     "  fraiseql schema --schema schema.json\n"},
    {"check", COMMAND_CHECK, "fraiseql check (--schema FILE | --database URL) [options] [FILE...|-]",
     "validate GraphQL documents",
     "  fraiseql check --schema schema.graphql queries/*.graphql\n"
     "  fraiseql check --database postgresql:///shop - < query.graphql\n"},
    {"demo", COMMAND_DEMO, "fraiseql demo [options]", "make a private database with sample data and serve it",
     "  fraiseql demo\n"},
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const command *find_command(const char *name) {
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

static void print_overview(FILE *out) {
    fputs("FraiseQL: GraphQL over PostgreSQL\n\nusage: fraiseql COMMAND [options]\n\ncommands\n", out);
    for (size_t i = 0; i < N_COMMANDS; i++) {
        fprintf(out, "  %-11s %s\n", commands[i].name, commands[i].summary);
    }
    fputs("\n  fraiseql help COMMAND    all options of a command\n  fraiseql --version\n\nexamples\n", out);
    fputs("  fraiseql demo\n  fraiseql serve --database postgresql:///shop\n"
          "  fraiseql query --database postgresql:///shop '{ __typename }'\n",
          out);
}

static void print_command_help(const command *c, FILE *out) {
    fprintf(out, "fraiseql %s: %s\n\nusage: %s\n\nexamples\n%s", c->name, c->summary, c->usage, c->examples);
    options_help(c->bit, out);
    fputs("\nEvery option is also an environment variable and a key of the configuration file (its name with _ for -); "
          "the\n"
          "flag rules over the variable, that over the file. A switch is turned off by --no-NAME or --NAME=false.\n",
          out);
    fputs("\nExit codes: 0 done, 1 the answer is no (errors in a response, invalid documents), 2 could not run.\n",
          out);
}

static int unknown_command(const char *name) {
    const char *names[N_COMMANDS];
    for (size_t i = 0; i < N_COMMANDS; i++) {
        names[i] = commands[i].name;
    }
    const char *near = fq_nearest_name(name, names, N_COMMANDS);
    fprintf(stderr, "fraiseql: error: unknown command '%s'\n", name);
    if (near != NULL) {
        fprintf(stderr, "  tip: a similar command exists: '%s'\n", near);
    }
    fputs("  all commands: fraiseql help\n", stderr);
    return EXIT_COULD_NOT_RUN;
}

static int help(int argc, char **argv) {
    if (argc < 3) {
        print_overview(stdout);
        return EXIT_GOOD;
    }
    const command *c = find_command(argv[2]);
    if (c == NULL) {
        return unknown_command(argv[2]);
    }
    print_command_help(c, stdout);
    return EXIT_GOOD;
}

static int run(const command *c, const options *o, const char *program) {
    switch (c->bit) {
    case COMMAND_SERVE:
        return command_serve(o);
    case COMMAND_QUERY:
        return command_query(o);
    case COMMAND_EXPLAIN:
        return command_explain(o);
    case COMMAND_INTROSPECT:
        return command_introspect(o);
    case COMMAND_SCHEMA:
        return command_schema(o);
    case COMMAND_CHECK:
        return command_check(o);
    default:
        return command_demo(o, program);
    }
}

int main(int argc, char **argv) {
    (void)signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        print_overview(stderr);
        return EXIT_COULD_NOT_RUN;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0) {
        printf("fraiseql %s\n", fraiseql_version());
        return EXIT_GOOD;
    }
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        return help(argc, argv);
    }
    const command *c = find_command(argv[1]);
    if (c == NULL) {
        return unknown_command(argv[1]);
    }
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_command_help(c, stdout);
            return EXIT_GOOD;
        }
    }
    static options o;
    int code = EXIT_COULD_NOT_RUN;
    if (options_read(&o, c->bit, c->name, argc - 2, argv + 2)) {
        code = run(c, &o, argv[0]);
    }
    options_free(&o);
    return code;
}
