/* SPDX-License-Identifier: MIT */
/* The lexer's part for strings (section 2.9.4): finding their end and checking what is between. Only for src/graphql.
 */
#ifndef FQ_GRAPHQL_STRING_TOKEN_H
#define FQ_GRAPHQL_STRING_TOKEN_H

#include "base/error.h"

/* The end of the string, or of the block string, whose first quote is at `start`; 0 after an error has been appended.
 */
uint32_t fq_string_end(fq_slice source, uint32_t start, fq_errors *errors);
uint32_t fq_block_string_end(fq_slice source, uint32_t start, fq_errors *errors);

/* Appends the error for bytes that are not UTF-8. */
void fq_utf8_error(fq_slice source, uint32_t at, fq_errors *errors);

/* The value of a block string without its quotes: BlockStringValue() of the specification. */
fq_slice fq_block_string_value(fq_arena *arena, fq_slice raw);

#endif
