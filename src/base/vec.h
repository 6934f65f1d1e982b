/* SPDX-License-Identifier: MIT */
/* Typed growable arrays whose memory belongs to an arena. A vector is a plain struct that may be copied by value once
 * it is no longer pushed to. Growing leaves the old items in the arena: use it for short-lived or small arrays. */
#ifndef FQ_BASE_VEC_H
#define FQ_BASE_VEC_H

#include "base/arena.h"

#define FQ_VEC(type)                                                                                                   \
    struct {                                                                                                           \
        type *items;                                                                                                   \
        uint32_t len;                                                                                                  \
        uint32_t capacity;                                                                                             \
    }

/* Appends a value; the vector must have been zeroed before its first use. */
#define fq_vec_push(arena, vec, ...)                                                                                   \
    do {                                                                                                               \
        if ((vec)->len == (vec)->capacity) {                                                                           \
            (vec)->items = fq_vec_grown((arena), (vec)->items, (vec)->len, &(vec)->capacity, sizeof(*(vec)->items));   \
        }                                                                                                              \
        (vec)->items[(vec)->len++] = (__VA_ARGS__);                                                                    \
    } while (0)

static inline void *fq_vec_grown(fq_arena *arena, const void *items, uint32_t len, uint32_t *capacity, size_t size) {
    *capacity = *capacity > 0 ? *capacity * 2 : 4;
    void *grown = fq_arena_alloc(arena, size * *capacity);
    if (len > 0) {
        memcpy(grown, items, size * len);
    }
    return grown;
}

#endif
