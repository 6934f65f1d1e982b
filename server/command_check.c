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

static int check_files(const options *o, fraiseql *engine) {
    static const char *const standard_input[] = {"-", NULL};
    const char *const *files = o->arguments.count > 0 ? o->arguments.items : standard_input;
    fraiseql_check_form form = o->json || !isatty(STDOUT_FILENO) ? FRAISEQL_CHECK_JSON : FRAISEQL_CHECK_TEXT;
    int code = EXIT_GOOD;
    for (size_t i = 0; files[i] != NULL; i++) {
        size_t length = 0;
        char *text = file_read(files[i], &length);
        if (text == NULL) {
            return EXIT_COULD_NOT_RUN;
        }
        const char *name = strcmp(files[i], "-") == 0 ? "<stdin>" : files[i];
        if (!fraiseql_check(engine, (fraiseql_slice){text, length}, name, form, wants_color(o), stdout)) {
            code = EXIT_ANSWER_IS_NO;
        }
        free(text);
    }
    return code;
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
