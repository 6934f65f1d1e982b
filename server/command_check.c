/* SPDX-License-Identifier: MIT */
/* `fraiseql check`: validates documents against a schema, for people and for CI. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

static bool wants_color(const options *o) {
    if (strcmp(o->color, "auto") != 0) {
        return strcmp(o->color, "always") == 0;
    }
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    bool dumb = term == NULL || strcmp(term, "dumb") == 0;
    return isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0') && !dumb;
}

/* The exit code for one file. */
static int check_file(const options *o, fraiseql *engine, const char *path, fraiseql_check_form form) {
    size_t length = 0;
    char *text = file_read(path, &length);
    if (text == NULL) {
        return EXIT_COULD_NOT_RUN;
    }
    const char *name = strcmp(path, "-") == 0 ? "<stdin>" : path;
    bool valid = fraiseql_check(engine, (fraiseql_slice){text, length}, name, form, wants_color(o), stdout);
    free(text);
    return valid ? EXIT_GOOD : EXIT_ANSWER_IS_NO;
}

/* All of them, also after one that can not be read; the worst exit code. */
static int check_files(const options *o, fraiseql *engine) {
    fraiseql_check_form form = o->json || !isatty(STDOUT_FILENO) ? FRAISEQL_CHECK_JSON : FRAISEQL_CHECK_TEXT;
    if (o->arguments.count == 0) {
        return check_file(o, engine, "-", form);
    }
    int worst = EXIT_GOOD;
    for (size_t i = 0; i < o->arguments.count; i++) {
        int code = check_file(o, engine, o->arguments.items[i], form);
        worst = code > worst ? code : worst;
    }
    return worst;
}

int command_check(const options *o) {
    bool needs_source = !o->jsonl || o->schema != NULL || o->database != NULL;
    fraiseql *engine = needs_source ? engine_open(o, NEED_SCHEMA) : NULL;
    if (needs_source && engine == NULL) {
        return EXIT_COULD_NOT_RUN;
    }
    int code;
    if (o->jsonl) {
        code = fraiseql_check_jsonl(engine, stdin, stdout) ? EXIT_GOOD : EXIT_COULD_NOT_RUN;
    } else {
        code = check_files(o, engine);
    }
    if (fflush(stdout) != 0) {
        code = EXIT_COULD_NOT_RUN;
    }
    fraiseql_free(engine);
    return code;
}
