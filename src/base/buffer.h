/* SPDX-License-Identifier: MIT */
/* A growable buffer of bytes with a maximum. An append that would pass the maximum changes nothing and sets the sticky
 * flag `failed`; later appends do nothing, so a writer reads as straight lines and its caller tests the flag once. The
 * buffer owns its memory; not thread-safe. */
#ifndef FQ_BASE_BUFFER_H
#define FQ_BASE_BUFFER_H

#include <assert.h>
#include <stdarg.h>

#include "base/slice.h"

typedef struct fq_buffer {
    char *ptr;
    size_t len;
    size_t capacity;
    size_t max;
    bool failed;
} fq_buffer;

/* No memory is taken before the first append. */
void fq_buffer_init(fq_buffer *buffer, size_t max);
void fq_buffer_done(fq_buffer *buffer);

/* Empties the buffer and clears the failure; the memory is kept. */
void fq_buffer_clear(fq_buffer *buffer);

/* Makes room for `extra` more bytes; false (and failed) past the maximum. */
bool fq_buffer_grow(fq_buffer *buffer, size_t extra);

/* Room for `extra` bytes behind the content, or NULL past the maximum. What is written there counts after
 * fq_buffer_commit. */
static inline char *fq_buffer_reserve(fq_buffer *buffer, size_t extra) {
    if (buffer->capacity - buffer->len < extra || buffer->failed) {
        if (!fq_buffer_grow(buffer, extra)) {
            return NULL;
        }
    }
    return buffer->ptr + buffer->len;
}

static inline void fq_buffer_commit(fq_buffer *buffer, size_t written) { buffer->len += written; }

static inline void fq_buffer_append(fq_buffer *buffer, const void *bytes, size_t len) {
    assert(bytes != NULL || len == 0);
    char *room = len > 0 ? fq_buffer_reserve(buffer, len) : NULL;
    if (room != NULL) {
        memcpy(room, bytes, len);
        buffer->len += len;
    }
}

static inline void fq_buffer_slice(fq_buffer *buffer, fq_slice s) { fq_buffer_append(buffer, s.ptr, s.len); }

static inline void fq_buffer_char(fq_buffer *buffer, char c) {
    char *room = fq_buffer_reserve(buffer, 1);
    if (room != NULL) {
        *room = c;
        buffer->len++;
    }
}

#define fq_buffer_literal(buffer, literal) fq_buffer_append((buffer), "" literal, sizeof(literal) - 1)

void fq_buffer_printf(fq_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3), nonnull(2)));

/* Drops everything behind the first `len` bytes. */
static inline void fq_buffer_truncate(fq_buffer *buffer, size_t len) {
    if (len < buffer->len) {
        buffer->len = len;
    }
}

/* Drops the first `count` bytes, moving the rest to the front. */
void fq_buffer_consume(fq_buffer *buffer, size_t count);

static inline fq_slice fq_buffer_view(const fq_buffer *buffer) { return fq_slice_of(buffer->ptr, buffer->len); }

#endif
