/* SPDX-License-Identifier: MIT */
/* Compresses answers as they leave, whole or chunk by chunk: each chunk can be read by the client as soon as it
 * arrives. */
#ifndef FRAISEQL_SERVER_COMPRESSION_H
#define FRAISEQL_SERVER_COMPRESSION_H

#include "base/slice.h"
#include "media.h"

typedef enum http_compression { COMPRESSION_OFF, COMPRESSION_ON } http_compression;

/* Bodies below this size are sent as they are. */
#define COMPRESSION_MIN_SIZE 1024

typedef struct compressor compressor;

/* For CODING_BROTLI or CODING_GZIP; NULL where memory is short. */
compressor *compressor_new(media_coding coding);
void compressor_free(compressor *c);

typedef enum compressor_step { COMPRESS_MORE, COMPRESS_LAST } compressor_step;

/* What goes over the wire for `in`; valid until the next call. ptr NULL on failure: the answer is broken. */
fq_slice compressor_take(compressor *c, fq_slice in, compressor_step step);

#endif
