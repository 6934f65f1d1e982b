/* SPDX-License-Identifier: MIT */
/* Projection of JSON documents: copies the selected part of a document to the answer without building a tree. */
#ifndef FQ_ROWS_DOCUMENT_H
#define FQ_ROWS_DOCUMENT_H

#include "base/buffer.h"
#include "rows/place.h"

/* Where a selected key's value lies in the text at hand. */
typedef struct fq_found {
    fq_slice value;
    bool by_key; /* under its key, not its alternative */
} fq_found;

typedef struct fq_document_writer {
    fq_arena *arena;
    fq_buffer *out;
    fq_error_sink *sink;
    fq_found *found; /* a stack, shared by the objects that are open */
    uint32_t n_found;
    uint32_t found_capacity;
} fq_document_writer;

/* Writes JSON text through a shape. FQ_OUTCOME_NULLED: an error is reported, and what was written is for the caller to
 * take back. `place` is the document's own. */
fq_outcome fq_document_write(fq_document_writer *writer, const fq_shape *shape, fq_slice text, const fq_place *place);

#endif
