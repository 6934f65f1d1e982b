/* SPDX-License-Identifier: MIT */
/* See pattern.h. Matching goes back to the last `*` only, so it is at most quadratic. */
#include "schema/pattern.h"

static bool matches(fq_slice pattern, fq_slice text) {
    size_t p = 0;
    size_t t = 0;
    size_t star = pattern.len; /* the last `*` seen ... */
    size_t resume = 0;         /* ... and the text that it has swallowed up to */
    while (t < text.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.len && (pattern.ptr[p] == '?' || pattern.ptr[p] == text.ptr[t])) {
            p++;
            t++;
        } else if (star < pattern.len) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*') {
        p++;
    }
    return p == pattern.len;
}

/* The schema is told from the name at each dot, since both may hold dots themselves. */
bool fq_pattern_matches(fq_slice pattern, fq_slice schema, fq_slice name) {
    if (matches(pattern, name)) {
        return true;
    }
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.ptr[i] == '.' && matches(fq_slice_sub(pattern, 0, i), schema) &&
            matches(fq_slice_sub(pattern, i + 1, pattern.len), name)) {
            return true;
        }
    }
    return false;
}

bool fq_pattern_is_name(fq_slice pattern) {
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.ptr[i] == '*' || pattern.ptr[i] == '?') {
            return false;
        }
    }
    return pattern.len > 0;
}
