/* SPDX-License-Identifier: MIT */
/* See buffer.h. Capacity doubles up to the maximum. */
#include "base/buffer.h"

#include <stdio.h>
#include <stdlib.h>

#define FIRST_CAPACITY 256

void fq_buffer_init(fq_buffer *buffer, size_t max) { *buffer = (fq_buffer){.max = max}; }

void fq_buffer_done(fq_buffer *buffer) {
    free(buffer->ptr);
    *buffer = (fq_buffer){.max = buffer->max};
}

void fq_buffer_clear(fq_buffer *buffer) {
    buffer->len = 0;
    buffer->failed = false;
}

bool fq_buffer_grow(fq_buffer *buffer, size_t extra) {
    if (buffer->failed || extra > buffer->max || buffer->len > buffer->max - extra) {
        buffer->failed = true;
        return false;
    }
    size_t needed = buffer->len + extra;
    if (needed <= buffer->capacity) {
        return true;
    }
    size_t capacity = buffer->capacity > 0 ? buffer->capacity : FIRST_CAPACITY;
    /* Room beyond the maximum would be filled without asking here again. */
    capacity = capacity < buffer->max ? capacity : buffer->max;
    while (capacity < needed) {
        capacity = capacity > buffer->max / 2 ? buffer->max : capacity * 2;
    }
    char *ptr = realloc(buffer->ptr, capacity);
    if (ptr == NULL) {
        buffer->failed = true;
        return false;
    }
    buffer->ptr = ptr;
    buffer->capacity = capacity;
    return true;
}

void fq_buffer_printf(fq_buffer *buffer, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) {
        buffer->failed = true;
        return;
    }
    char *room = fq_buffer_reserve(buffer, (size_t)len + 1);
    if (room == NULL) {
        return;
    }
    va_start(args, format);
    (void)vsnprintf(room, (size_t)len + 1, format, args);
    va_end(args);
    buffer->len += (size_t)len;
}

void fq_buffer_consume(fq_buffer *buffer, size_t count) {
    if (count >= buffer->len) {
        buffer->len = 0;
        return;
    }
    memmove(buffer->ptr, buffer->ptr + count, buffer->len - count);
    buffer->len -= count;
}
