/* SPDX-License-Identifier: MIT */
/* From names of a database to names of GraphQL: words, number, camel and Pascal case, enum labels (docs/schema.md,
 * "Names"). Pure functions of their input: the same database always gives the same names. They know no catalog and
 * settle no clash. */
#ifndef FQ_SCHEMA_NAMES_H
#define FQ_SCHEMA_NAMES_H

#include "base/arena.h"

/* Longer names than this (after splitting) are not names. PostgreSQL's have at most 63 bytes. */
#define FQ_WORDS_MAX 64

/* A name split into words: at every character that is no letter or digit, all-capital words in lower case. */
typedef struct fq_words {
    fq_slice items[FQ_WORDS_MAX];
    uint32_t count;  /* 0: GraphQL can not say this name (outside ASCII, without a letter or digit, too long) */
    bool underscore; /* one leading underscore stays */
} fq_words;

fq_words fq_words_of(fq_arena *arena, fq_slice name);

/* Change the last word only. The plural is made from the singular. */
void fq_words_singularize(fq_arena *arena, fq_words *words);
void fq_words_pluralize(fq_arena *arena, fq_words *words);

/* The words as one name: `invoiceLine` and `InvoiceLine`; a leading digit gets an underscore. Empty where count is 0.
 */
fq_slice fq_words_camel(fq_arena *arena, const fq_words *words);
fq_slice fq_words_pascal(fq_arena *arena, const fq_words *words);

/* Both steps at once, for names whose number does not change. Empty: GraphQL can not say it. */
fq_slice fq_name_camel(fq_arena *arena, fq_slice name);
fq_slice fq_name_pascal(fq_arena *arena, fq_slice name);

/* A GraphQL name whose first letter is made small or great; the rest stays. */
fq_slice fq_name_decapitalized(fq_arena *arena, fq_slice name);
fq_slice fq_name_capitalized(fq_arena *arena, fq_slice name);

/* `firstName` -> `first_name`: where keys of a document are looked for next. */
fq_slice fq_name_snake(fq_arena *arena, fq_slice name);

/* The name of an enum label; never empty. Different labels may get the same name: the caller settles that. */
fq_slice fq_name_enum_value(fq_arena *arena, fq_slice label);

/* Whether it is a Name of the specification (section 2.1.9) that is not reserved for introspection (two underscores).
 */
bool fq_name_is_legal(fq_slice name);

#endif
