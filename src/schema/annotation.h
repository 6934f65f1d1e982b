/* SPDX-License-Identifier: MIT */
/* `@fraiseql:` annotations in comments of the database (docs/schema.md, "Annotations").
 *
 *   A person who can log in.                      description: what stands before and after
 *   @fraiseql:type                                 one block: from its line to the next empty line
 *   name: Person                                   `key: value`, one a line,
 *   @fraiseql:field name=email, type=String!       or `key=value` behind the tag, separated by commas or spaces
 *
 * Quotes around a value are taken off; indented lines belong to the `key:` above them. Never fails: what can not be
 * read is part of the description. */
#ifndef FQ_SCHEMA_ANNOTATION_H
#define FQ_SCHEMA_ANNOTATION_H

#include "base/arena.h"

typedef struct fq_annotation_pair {
    fq_slice key;
    fq_slice value; /* of an indented block: its lines */
    bool block;
} fq_annotation_pair;

typedef struct fq_annotation {
    fq_slice tag; /* type, field, relation, query, mutation ...; empty: none */
    fq_slice description;
    const fq_annotation_pair *pairs;
    uint32_t n_pairs;
} fq_annotation;

fq_annotation fq_annotation_parse(fq_arena *arena, fq_slice comment);

/* The value of a key, empty where it is missing. */
fq_slice fq_annotation_get(const fq_annotation *annotation, fq_slice key);
/* Whether the key is there and says yes (`true`, `yes`, `on`, `1`, or nothing). */
bool fq_annotation_flag(const fq_annotation *annotation, fq_slice key);

/* The pairs of an indented block, one level down. */
uint32_t fq_annotation_block(fq_arena *arena, const fq_annotation *annotation, fq_slice key,
                             const fq_annotation_pair **pairs);

/* Cuts the next item off a list separated by commas, `[` and `]` around it allowed; false at the end. */
bool fq_annotation_next_item(fq_slice *list, fq_slice *item);

#endif
