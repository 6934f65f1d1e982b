/* SPDX-License-Identifier: MIT */
/* `fraiseql schema` and `fraiseql introspect`: print what the engine made of a database or a file. */
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"

static bool no_arguments(const options *o) {
    if (o->arguments.count > 0) {
        fprintf(stderr, "fraiseql: error: unexpected argument '%s'\n", o->arguments.items[0]);
        return false;
    }
    return true;
}

static int print_text(fraiseql *engine, char *text) {
    bool good = text != NULL && fputs(text, stdout) != EOF && fflush(stdout) == 0;
    free(text);
    fraiseql_free(engine);
    return good ? EXIT_GOOD : EXIT_COULD_NOT_RUN;
}

int command_schema(const options *o) {
    fraiseql *engine = no_arguments(o) ? engine_open(o, NEED_SCHEMA) : NULL;
    if (engine == NULL) {
        return EXIT_COULD_NOT_RUN;
    }
    engine_print_warnings(engine);
    return print_text(engine, fraiseql_schema_sdl(engine));
}

int command_introspect(const options *o) {
    fraiseql *engine = no_arguments(o) ? engine_open(o, NEED_DATABASE) : NULL;
    if (engine == NULL) {
        return EXIT_COULD_NOT_RUN;
    }
    engine_print_warnings(engine);
    return print_text(engine, fraiseql_schema_json(engine));
}
