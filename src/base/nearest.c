/* SPDX-License-Identifier: MIT */
/* See nearest.h: optimal string alignment distance over short names. */
#include "base/nearest.h"

#include <stdint.h>
#include <string.h>

#define NAME_MAX_LENGTH 64

static char folded(char c) { return c == '_' ? '-' : c; }

static size_t min3(size_t a, size_t b, size_t c) {
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

static size_t distance(const char *a, const char *b) {
    size_t la = strlen(a);
    size_t lb = strlen(b);
    if (la > NAME_MAX_LENGTH || lb > NAME_MAX_LENGTH) {
        return SIZE_MAX; /* no name of ours is so long */
    }
    size_t rows[3][NAME_MAX_LENGTH + 1];
    for (size_t j = 0; j <= lb; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= la; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t change = folded(a[i - 1]) == folded(b[j - 1]) ? 0 : 1;
            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + change);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                size_t swapped = rows[(i - 2) % 3][j - 2] + 1;
                row[j] = swapped < row[j] ? swapped : row[j];
            }
        }
    }
    return rows[la % 3][lb];
}

const char *fq_nearest_name(const char *name, const char *const *names, size_t count) {
    size_t length = strlen(name);
    size_t allowed = length / 3 > 1 ? length / 3 : 1;
    const char *best = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t d = length >= 3 && strncmp(names[i], name, length) == 0 ? 1 : distance(name, names[i]);
        if (d <= allowed && (best == NULL || d < allowed)) {
            best = names[i];
            allowed = d;
        }
    }
    return best;
}
