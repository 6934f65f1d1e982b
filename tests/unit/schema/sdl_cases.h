/* SPDX-License-Identifier: MIT */
/* Tables of SDL and the errors that it has: one line an error, "message @line:column line:column"; empty: valid. */
#ifndef FQ_TESTS_SDL_CASES_H
#define FQ_TESTS_SDL_CASES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "schema/build.h"

typedef struct sdl_case {
    const char *sdl;
    const char *errors;
} sdl_case;

/* The errors in the form of the tables. */
static inline char *sdl_errors_text(const fq_errors *errors, fq_slice source, fq_arena *arena) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    for (uint32_t i = 0; i < errors->list.len; i++) {
        const fq_error *error = &errors->list.items[i];
        fq_buffer_printf(&out, "%s%.*s", i > 0 ? "\n" : "", FQ_PRI(error->message));
        for (uint32_t j = 0; j < error->n_offsets; j++) {
            fq_position at = fq_position_of(source, error->offsets[j]);
            fq_buffer_printf(&out, "%s%u:%u", j > 0 ? " " : " @", at.line, at.column);
        }
    }
    char *text = fq_arena_cstr(arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return text;
}

/* Runs a table; what stands in `around` is put behind every text. */
static inline void sdl_run_cases(const sdl_case *cases, size_t n, const char *around) {
    for (size_t i = 0; i < n; i++) {
        fq_arena *arena = fq_arena_new(SIZE_MAX);
        fq_errors errors;
        fq_errors_init(&errors, arena, 100);
        fq_slice sdl = fq_arena_printf(arena, "%s%s", cases[i].sdl, around);
        fq_schema *schema = fq_schema_from_sdl(sdl, &errors);
        const char *text = sdl_errors_text(&errors, sdl, arena);
        if (strcmp(text, cases[i].errors) != 0 || (schema != NULL) != (cases[i].errors[0] == '\0')) {
            fail_msg("case %zu: %s\n got:\n%s\n expected:\n%s", i, cases[i].sdl, text, cases[i].errors);
        }
        fq_schema_unref(schema);
        fq_arena_free(arena);
    }
}

#define SDL_RUN(cases, around) sdl_run_cases((cases), sizeof(cases) / sizeof((cases)[0]), (around))

#endif
