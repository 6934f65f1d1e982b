/* SPDX-License-Identifier: MIT */
/* Names near to another: the number of edits (insert, delete, substitute, swap two neighbours; any change of case
 * counts as one), kept in three rows of the usual table. Measures and texts are graphql-js's, so that messages are the
 * same. */
#include "graphql/suggest.h"

#include <stdlib.h>

#define SHOWN_MAX 5

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static bool equal_but_for_case(fq_slice a, fq_slice b) {
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* The edits from `a` to the shorter `b`; UINT32_MAX where they are more than `threshold`. */
static uint32_t edits(fq_slice a, fq_slice b, uint32_t threshold) {
    uint32_t rows[3][FQ_SUGGEST_NAME_MAX + 1];
    for (uint32_t j = 0; j <= b.len; j++) {
        rows[0][j] = j;
    }
    for (uint32_t i = 1; i <= a.len; i++) {
        const uint32_t *above = rows[(i - 1) % 3];
        uint32_t *row = rows[i % 3];
        uint32_t smallest = row[0] = i;
        for (uint32_t j = 1; j <= b.len; j++) {
            char from = lower(a.ptr[i - 1]), to = lower(b.ptr[j - 1]);
            uint32_t cell = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + (from != to));
            if (i > 1 && j > 1 && from == lower(b.ptr[j - 2]) && lower(a.ptr[i - 2]) == to) {
                cell = least(cell, rows[(i - 2) % 3][j - 2] + 1);
            }
            row[j] = cell;
            smallest = least(smallest, cell);
        }
        if (smallest > threshold) {
            return UINT32_MAX;
        }
    }
    uint32_t distance = rows[a.len % 3][b.len];
    return distance <= threshold ? distance : UINT32_MAX;
}

static uint32_t distance_between(fq_slice input, fq_slice option) {
    if (fq_slice_equal(input, option)) {
        return 0;
    }
    if (equal_but_for_case(input, option)) {
        return 1;
    }
    if (input.len > FQ_SUGGEST_NAME_MAX || option.len > FQ_SUGGEST_NAME_MAX) {
        return UINT32_MAX;
    }
    uint32_t threshold = (uint32_t)(input.len * 2 / 5) + 1;
    fq_slice longer = option.len < input.len ? input : option;
    fq_slice shorter = option.len < input.len ? option : input;
    return longer.len - shorter.len > threshold ? UINT32_MAX : edits(longer, shorter, threshold);
}

void fq_suggestions_init(fq_suggestions *suggestions, fq_arena *arena, fq_slice input) {
    *suggestions = (fq_suggestions){.arena = arena, .input = input};
}

void fq_suggestions_offer(fq_suggestions *suggestions, fq_slice option) {
    uint32_t distance = distance_between(suggestions->input, option);
    if (distance != UINT32_MAX) {
        fq_vec_push(suggestions->arena, &suggestions->list, (fq_suggestion){option, distance});
    }
}

static bool is_digit(fq_slice s, size_t at) { return at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9'; }

/* Reads a number; a zero ends it, so that leading zeros compare one by one. */
static double read_number(fq_slice s, size_t *at) {
    double value = 0;
    do {
        value = value * 10 + (s.ptr[*at] - '0');
        ++*at;
    } while (is_digit(s, *at) && value > 0);
    return value;
}

int fq_natural_compare(fq_slice a, fq_slice b) {
    size_t i = 0, j = 0;
    while (i < a.len && j < b.len) {
        if (is_digit(a, i) && is_digit(b, j)) {
            double x = read_number(a, &i), y = read_number(b, &j);
            if (x < y || x > y) {
                return x < y ? -1 : 1;
            }
        } else if (a.ptr[i] != b.ptr[j]) {
            return (unsigned char)a.ptr[i] < (unsigned char)b.ptr[j] ? -1 : 1;
        } else {
            i++;
            j++;
        }
    }
    return a.len < b.len ? -1 : a.len > b.len;
}

static int order(const void *a, const void *b) {
    const fq_suggestion *x = a, *y = b;
    if (x->distance != y->distance) {
        return x->distance < y->distance ? -1 : 1;
    }
    int natural = fq_natural_compare(x->name, y->name);
    return natural != 0 ? natural : fq_slice_compare(x->name, y->name);
}

void fq_suggestions_sort(fq_suggestions *suggestions) {
    fq_suggestion *items = suggestions->list.items;
    uint32_t kept = 0;
    if (suggestions->list.len > 1) {
        qsort(items, suggestions->list.len, sizeof(*items), order);
    }
    for (uint32_t i = 0; i < suggestions->list.len; i++) {
        if (kept == 0 || !fq_slice_equal(items[kept - 1].name, items[i].name)) {
            items[kept++] = items[i];
        }
    }
    suggestions->list.len = kept;
}

fq_slice fq_suggestions_text(fq_suggestions *suggestions, fq_slice kind) {
    fq_suggestions_sort(suggestions);
    fq_slice names[SHOWN_MAX];
    uint32_t n = least(suggestions->list.len, SHOWN_MAX);
    for (uint32_t i = 0; i < n; i++) {
        names[i] = suggestions->list.items[i].name;
    }
    return fq_did_you_mean(suggestions->arena, kind, names, n);
}

fq_slice fq_did_you_mean(fq_arena *arena, fq_slice kind, const fq_slice *names, uint32_t n) {
    if (n == 0) {
        return FQ_S("");
    }
    n = least(n, SHOWN_MAX);
    fq_slice text = fq_arena_printf(arena, " Did you mean %.*s%s", FQ_PRI(kind), kind.len > 0 ? " " : "");
    for (uint32_t i = 0; i < n; i++) {
        const char *between = i == 0 ? "" : i + 1 < n ? ", " : n == 2 ? " or " : ", or ";
        text = fq_arena_printf(arena, "%.*s%s\"%.*s\"", FQ_PRI(text), between, FQ_PRI(names[i]));
    }
    return fq_arena_printf(arena, "%.*s?", FQ_PRI(text));
}
