/* SPDX-License-Identifier: MIT */
/* Lexes any bytes. Tokens must lie in order inside the source, their values must be valid UTF-8, and the lexer must end
 * with the end of the source or with exactly one error. */
#include <stdlib.h>

#include "base/utf8.h"
#include "graphql/lexer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fq_slice source = fq_slice_of((const char *)data, size);
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 10);
    fq_lexer lexer;
    fq_lexer_init(&lexer, source, &errors);
    fq_token token;
    uint32_t last_end = 0;
    while ((token = fq_lexer_next(&lexer)).kind > FQ_TOKEN_EOF) {
        check(token.start >= last_end && token.end > token.start && token.end <= size);
        last_end = token.end;
        fq_slice value = fq_token_value(arena, source, token);
        check(value.len <= size && fq_utf8_valid(value));
    }
    check(token.kind == FQ_TOKEN_EOF ? errors.list.len == 0 && fq_utf8_valid(source) : errors.list.len == 1);
    if (errors.list.len == 1) {
        check(errors.list.items[0].offsets[0] <= size);
    }
    fq_arena_free(arena);
    return 0;
}
