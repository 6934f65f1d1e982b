/* SPDX-License-Identifier: MIT */
/* The resolved operation: what planning works on. Fragments are expanded, fields merged, @skip and @include decided,
 * arguments coerced to typed values; everything in it is legal. Lives in the arena it was resolved into and refers to
 * the schema and to the document. */
#ifndef FQ_VALIDATE_OPERATION_H
#define FQ_VALIDATE_OPERATION_H

#include "graphql/ast.h"
#include "schema/schema.h"

typedef struct fq_selection fq_selection;
typedef struct fq_selection_set fq_selection_set;

/* Why a field is null without having been asked for: a null or missing argument, known only at run time. */
typedef struct fq_refusal {
    fq_slice message;
    uint32_t offset;
} fq_refusal;

/* One response key of one parent type (section 6.3.2, after merging). */
struct fq_selection {
    fq_slice key;          /* response key */
    const fq_type *parent; /* the object type that the field belongs to */
    const fq_field *field; /* schema->typename_field for __typename */
    const fq_value *args;  /* by the index of the argument in field->args; kind FQ_VALUE_ABSENT where not given and
                              without default */
    const fq_selection_set *children; /* NULL for leaves */
    uint32_t offset;                  /* of the first of the merged fields, for error locations */
    const fq_refusal *refusal;        /* of a root field, or NULL: then it has neither arguments nor children */
};

/* Selections of one concrete object type, in the order of the response. For an abstract static type there is one set
 * per possible type: see `next`. */
struct fq_selection_set {
    const fq_type *type;
    fq_selection *items;
    uint32_t count;
    const fq_selection_set *next; /* the set of the next possible type, or NULL */
};

typedef struct fq_operation {
    fq_operation_kind kind;
    fq_slice name; /* or empty */
    const fq_schema *schema;
    const fq_document *document;
    const fq_selection_set *root;
    fq_node_id node;
} fq_operation;

#endif
