/* SPDX-License-Identifier: MIT */
/* See compression.h. Fast settings: an answer is compressed once, for one client, on the thread that serves all. The
 * output buffer grows to what one chunk needs and is used again. */
#include "compression.h"

#include <brotli/encode.h>
#include <stdlib.h>
#include <zlib.h>

#define BROTLI_LEVEL 3
#define BROTLI_WINDOW 18
#define GZIP_LEVEL 2
#define GZIP_WINDOW (15 + 16) /* with gzip's head */
#define GZIP_MEMORY 8
#define OUTPUT_STEP ((size_t)32 * 1024)

struct compressor {
    media_coding coding;
    BrotliEncoderState *brotli;
    z_stream gzip;
    uint8_t *out;
    size_t size;
    size_t used;
};

compressor *compressor_new(media_coding coding) {
    compressor *c = calloc(1, sizeof(*c));
    if (c == NULL) {
        return NULL;
    }
    c->coding = coding;
    bool good;
    if (coding == CODING_BROTLI) {
        c->brotli = BrotliEncoderCreateInstance(NULL, NULL, NULL);
        good = c->brotli != NULL && BrotliEncoderSetParameter(c->brotli, BROTLI_PARAM_QUALITY, BROTLI_LEVEL) != 0 &&
               BrotliEncoderSetParameter(c->brotli, BROTLI_PARAM_LGWIN, BROTLI_WINDOW) != 0;
    } else {
        good = deflateInit2(&c->gzip, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) == Z_OK;
    }
    if (!good) {
        compressor_free(c);
        return NULL;
    }
    return c;
}

void compressor_free(compressor *c) {
    if (c == NULL) {
        return;
    }
    if (c->coding == CODING_BROTLI) {
        BrotliEncoderDestroyInstance(c->brotli);
    } else {
        (void)deflateEnd(&c->gzip);
    }
    free(c->out);
    free(c);
}

static bool make_room(compressor *c) {
    if (c->size - c->used >= OUTPUT_STEP) {
        return true;
    }
    size_t size = c->size + (c->size > OUTPUT_STEP ? c->size : 2 * OUTPUT_STEP);
    uint8_t *grown = realloc(c->out, size);
    if (grown == NULL) {
        return false;
    }
    c->out = grown;
    c->size = size;
    return true;
}

static bool take_brotli(compressor *c, fq_slice in, compressor_step step) {
    size_t left = in.len;
    const uint8_t *next = (const uint8_t *)in.ptr;
    BrotliEncoderOperation operation = step == COMPRESS_LAST ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_FLUSH;
    do {
        if (!make_room(c)) {
            return false;
        }
        size_t room = c->size - c->used;
        uint8_t *to = c->out + c->used;
        if (BrotliEncoderCompressStream(c->brotli, operation, &left, &next, &room, &to, NULL) == BROTLI_FALSE) {
            return false;
        }
        c->used = c->size - room;
    } while (left > 0 || BrotliEncoderHasMoreOutput(c->brotli) != 0);
    return true;
}

static bool take_gzip(compressor *c, fq_slice in, compressor_step step) {
    c->gzip.next_in = (Bytef *)(uintptr_t)in.ptr; /* zlib only reads it */
    c->gzip.avail_in = (uInt)in.len;
    int result;
    do {
        if (in.len > UINT32_MAX || !make_room(c)) {
            return false;
        }
        c->gzip.next_out = c->out + c->used;
        uInt room = (uInt)(c->size - c->used < UINT32_MAX ? c->size - c->used : UINT32_MAX);
        c->gzip.avail_out = room;
        result = deflate(&c->gzip, step == COMPRESS_LAST ? Z_FINISH : Z_SYNC_FLUSH);
        c->used += room - c->gzip.avail_out;
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
            return false;
        }
    } while (step == COMPRESS_LAST ? result != Z_STREAM_END : c->gzip.avail_out == 0);
    return true;
}

fq_slice compressor_take(compressor *c, fq_slice in, compressor_step step) {
    c->used = 0;
    bool good = c->coding == CODING_BROTLI ? take_brotli(c, in, step) : take_gzip(c, in, step);
    return good ? fq_slice_of((const char *)c->out, c->used) : (fq_slice){0};
}
