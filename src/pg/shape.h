/* SPDX-License-Identifier: MIT */
/* The shape of JSON documents: which kinds of values stood where in the documents looked at, and no value itself, so
 * that a printed catalog never holds data. A shape is a JSON object with one member for each kind that was seen:
 *
 *   {"null": true, "boolean": true, "string": true, "int": true, "bigint": true, "number": true,
 *    "array": shape of all items, "object": {"key": shape, ...}}
 *
 * int: fits 32 bits; bigint: fits 64; number: any other. Keys stand in the order in which they were first seen. */
#ifndef FQ_PG_SHAPE_H
#define FQ_PG_SHAPE_H

#include "base/buffer.h"
#include "json/reader.h"

/* An object with more keys than this is a dictionary, whose keys are data: it is written as {"dictionary": true}. */
#define FQ_SHAPE_KEYS_MAX 256

typedef struct fq_shape_node fq_shape_node;

fq_shape_node *fq_shape_new(fq_arena *arena);
/* Adds what one document shows. Depth is bounded by the reader's. */
void fq_shape_add(fq_arena *arena, fq_shape_node *shape, const fq_json *document);
void fq_shape_write(const fq_shape_node *shape, fq_buffer *out);

#endif
