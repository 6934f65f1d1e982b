/* SPDX-License-Identifier: MIT */
/* Prints a document or a part of one in the layout of print() of graphql-js 16, except that definitions of variables
 * which take several lines are indented. Reading the text back gives the same tree. */
#ifndef FQ_GRAPHQL_PRINTER_H
#define FQ_GRAPHQL_PRINTER_H

#include "base/buffer.h"
#include "graphql/ast.h"

/* Appends the whole document, without a final line end. */
void fq_print_document(const fq_document *document, fq_buffer *out);

/* Appends one node: a definition, a selection, a value or a type reference. */
void fq_print_node(const fq_document *document, fq_node_id node, fq_buffer *out);

/* Appends a string as a quoted GraphQL string, or as a block string in graphql-js's layout. */
void fq_print_string(fq_slice text, fq_buffer *out);
void fq_print_block_string(fq_slice text, fq_buffer *out);

#endif
