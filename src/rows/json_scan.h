/* SPDX-License-Identifier: MIT */
/* Passing over JSON text without a tree: where strings and values end. The text is PostgreSQL's output and so known to
 * be valid; on anything else these return NULL or stop early, but never read beyond `end`. No recursion. */
#ifndef FQ_ROWS_JSON_SCAN_H
#define FQ_ROWS_JSON_SCAN_H

#include "base/slice.h"

static inline const char *fq_scan_space(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')) {
        at++;
    }
    return at;
}

/* `at` is behind the opening quote. Behind the closing quote, or NULL where there is none. Sets `*escaped` where it saw
 * a backslash. */
const char *fq_scan_string(const char *at, const char *end, bool *escaped);

/* `at` is at the first byte of a value. Behind its last byte, or NULL where the text ends before. */
const char *fq_scan_value(const char *at, const char *end);

/* Whether the inside of a JSON string, escapes and all, says `text`. */
bool fq_scan_string_says(fq_slice inside, fq_slice text);

#endif
