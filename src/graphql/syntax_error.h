/* SPDX-License-Identifier: MIT */
/* Syntax errors of the lexer and the parser: "Syntax Error: " and a text put together from slices, because parts of it
 * come from the document and may hold any character, NUL included. Only for src/graphql. */
#ifndef FQ_GRAPHQL_SYNTAX_ERROR_H
#define FQ_GRAPHQL_SYNTAX_ERROR_H

#include "base/error.h"

/* Appends an FQ_ERR_PARSE_FAILED at a byte offset; the parts are copied. */
void fq_syntax_error_add(fq_errors *errors, uint32_t offset, const fq_slice *parts, size_t n_parts);

#define fq_syntax_error(errors, offset, ...)                                                                           \
    fq_syntax_error_add((errors), (offset), (const fq_slice[]){__VA_ARGS__},                                           \
                        sizeof((const fq_slice[]){__VA_ARGS__}) / sizeof(fq_slice))

/* How a message names the character at `at`: "<EOF>", `"a"`, `'"'`, or U+XXXX for what is not printable ASCII.
 * Lives in `arena`. The text there is valid UTF-8. */
fq_slice fq_syntax_character(fq_arena *arena, fq_slice source, uint32_t at);

#endif
