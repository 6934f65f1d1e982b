/* SPDX-License-Identifier: MIT */
/* Slices: a pointer and a length, passed by value. They never own memory and are not terminated by NUL.
 * A slice is valid as long as the memory that it points into; {NULL, 0} is the empty slice. */
#ifndef FQ_BASE_SLICE_H
#define FQ_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct fq_slice {
    const char *ptr;
    size_t len;
} fq_slice;

/* A slice over a string literal (not over a pointer). */
#define FQ_S(literal) ((fq_slice){"" literal, sizeof(literal) - 1})
/* The same as a constant initializer of static tables. */
#define FQ_S_INIT(literal)                                                                                             \
    { "" literal, sizeof(literal) - 1 }
/* The two arguments of printf's "%.*s". */
#define FQ_PRI(s) (int)(s).len, (s).ptr

static inline fq_slice fq_slice_of(const char *ptr, size_t len) { return (fq_slice){ptr, len}; }

/* Borrows a NUL-terminated string of a foreign border; NULL gives the empty slice. */
static inline fq_slice fq_slice_from_cstr(const char *text) {
    return (fq_slice){text, text != NULL ? strlen(text) : 0};
}

static inline bool fq_slice_equal(fq_slice a, fq_slice b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool fq_slice_starts_with(fq_slice s, fq_slice prefix) {
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool fq_slice_ends_with(fq_slice s, fq_slice suffix) {
    return s.len >= suffix.len && (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

/* The part [from, to) of `s`; both must lie inside it. */
static inline fq_slice fq_slice_sub(fq_slice s, size_t from, size_t to) { return (fq_slice){s.ptr + from, to - from}; }

/* Orders by bytes, a prefix first; for qsort-like use. */
static inline int fq_slice_compare(fq_slice a, fq_slice b) {
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n > 0 ? memcmp(a.ptr, b.ptr, n) : 0;
    if (order != 0) {
        return order;
    }
    return a.len < b.len ? -1 : a.len > b.len;
}

#endif
