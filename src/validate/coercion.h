/* SPDX-License-Identifier: MIT */
/* What coercion of variables shares between its files: the state, the path to the value at hand, errors, and the
 * coercion of leaves. Only for src/validate. */
#ifndef FQ_VALIDATE_COERCION_H
#define FQ_VALIDATE_COERCION_H

#include "base/vec.h"
#include "validate/input.h"

/* Errors that are reported; graphql-js's own number. Past it the rest is not looked at. */
#define FQ_COERCION_ERRORS_MAX 50

/* The way to a value inside a variable, from its end. */
typedef struct fq_json_path fq_json_path;
struct fq_json_path {
    const fq_json_path *parent;
    fq_slice key; /* ptr NULL: an index */
    uint32_t index;
};

/* One input field of an object: the member that gives it, and its place among the members. */
typedef struct fq_field_slot {
    const fq_json *json; /* NULL: not given */
    uint32_t place;
} fq_field_slot;

typedef struct fq_coercion {
    fq_arena *arena;
    const fq_schema *schema;
    const fq_document *document;
    unsigned extensions;
    fq_errors *errors;
    fq_slice name;       /* of the variable at hand ... */
    uint32_t definition; /* ... and where it is defined */
    uint32_t reported;
    bool stopped;                /* too many errors */
    FQ_VEC(fq_field_slot) slots; /* a stack: those of the objects around the value at hand */
} fq_coercion;

/* Reports at the definition of the variable. */
void fq_coercion_report(fq_coercion *c, fq_slice message);
/* Variable "$x" got invalid value 1 at "x.a[0]"; reason */
void fq_coercion_report_invalid(fq_coercion *c, const fq_json *value, const fq_json_path *path, fq_slice reason);

/* A scalar or enum value that is not null (sections 3.5 and 3.9, "Input Coercion"). `value` is overwritten. */
bool fq_coerce_leaf(fq_coercion *c, const fq_type *type, const fq_json *json, const fq_json_path *path,
                    fq_value *value);

#endif
