/* SPDX-License-Identifier: MIT */
/* The one operator table: it drives the filter inputs that are published, their validation, and the SQL that is
 * written. An operator that stands here works; one that does not is a validation error. It lies below `plan` because
 * the schema is built from it; the SQL of a form is written in plan/filter.c. */
#ifndef FQ_SCHEMA_OPERATORS_H
#define FQ_SCHEMA_OPERATORS_H

#include "schema/schema.h"

/* Families of columns that share operators, as bits. */
enum {
    FQ_FAMILY_EQUALITY = 1 << 0, /* can be compared for equality */
    FQ_FAMILY_ORDERED = 1 << 1,  /* can be compared by order */
    FQ_FAMILY_TEXT = 1 << 2,     /* patterns */
    FQ_FAMILY_ARRAY = 1 << 3,    /* arrays as a whole; their elements have families of their own */
    FQ_FAMILY_JSON = 1 << 4,
    FQ_FAMILY_ANY = 1 << 5, /* isnull */
};

typedef enum fq_operator_argument {
    FQ_ARGUMENT_SAME, /* a value of the column's type */
    FQ_ARGUMENT_LIST, /* a list of them */
    FQ_ARGUMENT_PAIR, /* a list of exactly two of them */
    FQ_ARGUMENT_BOOLEAN,
    FQ_ARGUMENT_STRING,
    FQ_ARGUMENT_INT,
    FQ_ARGUMENT_ELEMENT, /* one element of an array column */
} fq_operator_argument;

typedef enum fq_operator_form {
    FQ_FORM_EQ,
    FQ_FORM_NEQ,
    FQ_FORM_GT,
    FQ_FORM_GTE,
    FQ_FORM_LT,
    FQ_FORM_LTE,
    FQ_FORM_IN,
    FQ_FORM_NIN,
    FQ_FORM_IS_NULL,
    FQ_FORM_BETWEEN,
    FQ_FORM_CONTAINS, /* LIKE with the value's wildcards taken literally */
    FQ_FORM_ICONTAINS,
    FQ_FORM_STARTS_WITH,
    FQ_FORM_ISTARTS_WITH,
    FQ_FORM_ENDS_WITH,
    FQ_FORM_IENDS_WITH,
    FQ_FORM_LIKE,
    FQ_FORM_ILIKE,
    FQ_FORM_NLIKE,
    FQ_FORM_NILIKE,
    FQ_FORM_REGEX,
    FQ_FORM_IREGEX,
    FQ_FORM_NREGEX,
    FQ_FORM_NIREGEX,
    FQ_FORM_ARRAY_CONTAINS,
    FQ_FORM_ARRAY_CONTAINED_BY,
    FQ_FORM_ARRAY_OVERLAPS,
    FQ_FORM_ARRAY_STRICTLY_CONTAINS,
    FQ_FORM_LEN_EQ,
    FQ_FORM_LEN_NEQ,
    FQ_FORM_LEN_GT,
    FQ_FORM_LEN_GTE,
    FQ_FORM_LEN_LT,
    FQ_FORM_LEN_LTE,
    FQ_FORM_ANY_EQ,
    FQ_FORM_ALL_EQ,
} fq_operator_form;

typedef struct fq_operator {
    fq_slice name;
    fq_slice instead; /* of another spelling: the name to use; empty for the proper one */
    uint32_t families;
    uint8_t argument; /* fq_operator_argument */
    uint8_t form;     /* fq_operator_form */
} fq_operator;

extern const fq_operator fq_operators[];
extern const uint32_t fq_operators_count;

/* The families that a column of that type belongs to; 0: it can not be filtered. */
uint32_t fq_operator_families(const fq_pgtype *type);

#endif
