/* SPDX-License-Identifier: MIT */
/* Suggestions for misspelt names, as graphql-js makes them: " Did you mean \"name\" or \"names\"?". */
#ifndef FQ_GRAPHQL_SUGGEST_H
#define FQ_GRAPHQL_SUGGEST_H

#include "base/vec.h"

/* Longer names are neither corrected nor suggested: comparing costs the product of both lengths. */
#define FQ_SUGGEST_NAME_MAX 200

typedef struct fq_suggestion {
    fq_slice name;
    uint32_t distance;
} fq_suggestion;

typedef struct fq_suggestions {
    fq_arena *arena;
    fq_slice input;
    FQ_VEC(fq_suggestion) list;
} fq_suggestions;

/* `input` is the name that was not found. Slices are borrowed. */
void fq_suggestions_init(fq_suggestions *suggestions, fq_arena *arena, fq_slice input);

/* Takes `option` up where it is near enough to the input; an option offered twice counts once. */
void fq_suggestions_offer(fq_suggestions *suggestions, fq_slice option);

/* Sorts: the nearest first, then in natural order (numbers inside names by their value). */
void fq_suggestions_sort(fq_suggestions *suggestions);

/* The text to append to an error message, with a leading blank, for at most five sorted suggestions; empty where there
 * is none. `kind` may be empty, or what is suggested: "the enum value". */
fq_slice fq_suggestions_text(fq_suggestions *suggestions, fq_slice kind);

/* The same for names in a given order. */
fq_slice fq_did_you_mean(fq_arena *arena, fq_slice kind, const fq_slice *names, uint32_t n);

/* Orders names as people do: numbers inside them by their value. */
int fq_natural_compare(fq_slice a, fq_slice b);

#endif
