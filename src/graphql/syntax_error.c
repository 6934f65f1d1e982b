/* SPDX-License-Identifier: MIT */
/* See syntax_error.h. */
#include "graphql/syntax_error.h"

#include "base/utf8.h"

void fq_syntax_error_add(fq_errors *errors, uint32_t offset, const fq_slice *parts, size_t n_parts) {
    static const fq_slice prefix = FQ_S_INIT("Syntax Error: ");
    size_t len = prefix.len;
    for (size_t i = 0; i < n_parts; i++) {
        len += parts[i].len;
    }
    char *text = fq_arena_alloc(errors->arena, len);
    memcpy(text, prefix.ptr, prefix.len);
    char *out = text + prefix.len;
    for (size_t i = 0; i < n_parts; i++) {
        if (parts[i].len > 0) {
            memcpy(out, parts[i].ptr, parts[i].len);
            out += parts[i].len;
        }
    }
    fq_error *error = fq_errors_add_at(errors, FQ_ERR_PARSE_FAILED, offset, "%s", "");
    error->message = fq_slice_of(text, len);
}

fq_slice fq_syntax_character(fq_arena *arena, fq_slice source, uint32_t at) {
    if (at >= source.len) {
        return FQ_S("<EOF>");
    }
    const char *c = source.ptr + at;
    if (*c == '"') {
        return FQ_S("'\"'");
    }
    if (*c >= 0x20 && *c <= 0x7E) {
        return fq_arena_printf(arena, "\"%c\"", *c);
    }
    unsigned length = fq_utf8_length(c, source.ptr + source.len);
    return fq_arena_printf(arena, "U+%04X", (unsigned)(length > 0 ? fq_utf8_decode(c, length) : 0xFFFD));
}
