/* SPDX-License-Identifier: MIT */
/* Checking of documents, for people and for tools: what the public calls fraiseql_check and fraiseql_check_jsonl share.
 * Knows no database: a schema and texts in, a report out. */
#ifndef FQ_ENGINE_CHECK_H
#define FQ_ENGINE_CHECK_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/vec.h"
#include "graphql/ast.h"
#include "schema/schema.h"

/* Line starts of a text, so that many positions can be looked up in a long one. */
typedef struct fq_lines {
    fq_slice source;
    FQ_VEC(uint32_t) starts;
} fq_lines;

void fq_lines_init(fq_lines *lines, fq_arena *arena, fq_slice source);
/* As fq_position_of. */
fq_position fq_lines_position(const fq_lines *lines, uint32_t offset);
/* The text of a line (from 1), without its end. */
fq_slice fq_lines_text(const fq_lines *lines, uint32_t line);

/* Parses and validates an executable document; errors are appended. The document, or NULL where it is not valid. */
const fq_document *fq_check_document(fq_arena *arena, const fq_schema *schema, fq_slice source, const fq_limits *limits,
                                     unsigned extensions, fq_errors *errors);

/* Appends `[{"message":...,"locations":[{"line":...,"column":...}]}]`. `source` with ptr NULL: no locations. */
void fq_check_write_errors(fq_arena *arena, const fq_errors *errors, fq_slice source, fq_buffer *out);

/* Appends a report for a terminal: one paragraph an error, with the line of the source and a caret. */
typedef enum fq_check_color { FQ_CHECK_PLAIN, FQ_CHECK_COLOR } fq_check_color;
void fq_check_write_report(fq_arena *arena, fq_slice name, const fq_errors *errors, fq_slice source,
                           fq_check_color color, fq_buffer *out);

/* A JSON string of text that may not be valid UTF-8: bytes that are not become `?`. */
void fq_check_write_text(fq_slice text, fq_buffer *out);

#endif
