/* SPDX-License-Identifier: MIT */
/* Input values: constants of a schema, literals of a document and values of variables, in one form.
 *
 * A value of a plan is a template: leaves that may differ from request to request say where they come from (`origin`,
 * `index`), and only their kind, their nullness and the truth of booleans may be looked at while planning; everything
 * else of the value fixes the plan. Literals that are lifted are numbered in document order (slots); leaves of
 * variables in the order of their values. */
#ifndef FQ_SCHEMA_VALUE_H
#define FQ_SCHEMA_VALUE_H

#include "base/slice.h"
#include "json/reader.h"

typedef enum fq_value_kind {
    FQ_VALUE_ABSENT, /* not given at all, which is not null */
    FQ_VALUE_NULL,
    FQ_VALUE_BOOLEAN,
    FQ_VALUE_INT,    /* text = lexeme */
    FQ_VALUE_FLOAT,  /* text = lexeme */
    FQ_VALUE_STRING, /* text = decoded */
    FQ_VALUE_ENUM,   /* text = name */
    FQ_VALUE_LIST,
    FQ_VALUE_OBJECT,
    FQ_VALUE_JSON, /* a value of a JSON scalar out of a variable: text = its JSON text */
} fq_value_kind;

typedef enum fq_origin {
    FQ_ORIGIN_CONSTANT, /* part of the plan's key: may be looked at */
    FQ_ORIGIN_LITERAL,  /* lifted literal number `index` */
    FQ_ORIGIN_VARIABLE, /* leaf number `index` of the variables; lists of leaf types are one leaf */
} fq_origin;

typedef struct fq_member fq_member;
typedef struct fq_value fq_value;
struct fq_value {
    uint8_t kind;   /* fq_value_kind */
    uint8_t origin; /* fq_origin */
    bool truth;     /* of FQ_VALUE_BOOLEAN */
    bool has_null;  /* of FQ_VALUE_LIST that is a leaf: one of its items is null */
    uint32_t index;
    uint32_t offset; /* where it stands in the document, for errors; of a variable's value: of the variable's use */
    uint32_t count;  /* items or members */
    fq_slice text;
    union {
        fq_value *items;
        fq_member *members; /* in the order written */
    };
};

struct fq_member {
    fq_slice name;
    const struct fq_input_value *field; /* the input field; NULL inside a JSON value */
    fq_value value;
};

/* PostgreSQL guesses a tenth of all rows for a limit that it does not know, and joins accordingly. So the size of a
 * limit, in three classes, is part of a plan's key, although the limit itself is not: FQ_LIMIT_PAGE, FQ_LIMIT_LONG, or
 * 0 for all others and what is no limit. */
enum { FQ_LIMIT_PAGE = 100, FQ_LIMIT_LONG = 1000 };
uint32_t fq_limit_class(const fq_value *value);

/* The member of that name, or NULL. */
const fq_value *fq_value_member(const fq_value *object, fq_slice name);

#endif
