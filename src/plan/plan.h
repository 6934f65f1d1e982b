/* SPDX-License-Identifier: MIT */
/* Planning: from a resolved operation to SQL texts, parameters and row programs. Pure and deterministic; it never sees
 * a connection. Every value that a client sent becomes a parameter; identifiers come from the schema alone. A plan is
 * immutable and serves every request with the same document key and variables signature (validate.h). */
#ifndef FQ_PLAN_PLAN_H
#define FQ_PLAN_PLAN_H

#include "base/error.h"
#include "base/limits.h"
#include "pg/wire.h"
#include "rows/program.h"
#include "validate/operation.h"

/* What is done to a value on its way into a parameter. */
typedef enum fq_param_form {
    FQ_PARAM_PLAIN,
    FQ_PARAM_LIST,  /* a list of values as an array; nulls are left out (the SQL treats them) */
    FQ_PARAM_LIMIT, /* non-negative; "limit must be non-negative" */
    FQ_PARAM_OFFSET,
    FQ_PARAM_LIKE_CONTAINS, /* wildcards escaped, % on both sides */
    FQ_PARAM_LIKE_PREFIX,
    FQ_PARAM_LIKE_SUFFIX,
    FQ_PARAM_PREFIX_LOW, /* lower and upper bound of the texts with that prefix */
    FQ_PARAM_PREFIX_HIGH,
    FQ_PARAM_JSON,  /* the value as JSON text, input objects by their keys */
    FQ_PARAM_ARRAY, /* a GraphQL list as an array, nulls kept */
    FQ_PARAM_FIRST, /* first or second item of a pair */
    FQ_PARAM_SECOND,
} fq_param_form;

typedef struct fq_param {
    const fq_value *value;            /* a template; its leaves say where they come from */
    uint8_t form;                     /* fq_param_form */
    uint8_t storage;                  /* fq_storage: how the text is checked and encoded */
    uint32_t oid;                     /* sent in Parse */
    const fq_type *enum_type;         /* names are turned into labels */
    const fq_input_value *json_names; /* FQ_PARAM_JSON: the argument, whose type gives the keys */
    const fq_function *function; /* FQ_PARAM_JSON of a function without declared input type: first-level camelCase keys
                                    are mapped where its row type has such a column */
    fq_slice path;               /* for messages: "where.id.eq" */
} fq_param;

typedef struct fq_statement {
    fq_slice sql;
    const fq_param *params;
    uint32_t n_params;
    const uint32_t *oids;    /* of the params, for Parse */
    const uint8_t *formats;  /* of the result columns */
    const uint32_t *columns; /* expected type oids; 0 any */
    uint32_t n_columns;
    uint32_t weight;     /* estimated bytes in the backend once prepared */
    uint8_t custom_plan; /* 1: PostgreSQL should plan it for its values (plan_cache_mode) */
} fq_statement;

typedef struct fq_plan_root {
    fq_slice key;              /* response key */
    fq_slice constant;         /* JSON text known while planning (__typename, introspection), or ptr NULL */
    const fq_program *program; /* else */
    uint32_t first_statement;  /* of the plan; program statement i is plan statement first_statement + i */
    uint32_t n_statements;     /* those of the program */
    uint32_t n_before; /* statements before first_statement that belong to this root and return nothing to write */
    bool non_null;
    bool streams;    /* may be long: rows are written as they come */
    bool one_row;    /* by key: a cheap lookup */
    uint32_t offset; /* in the document */
    const fq_refusal
        *refusal; /* the error of a field that is null (`constant`) without having been asked for, or NULL */
} fq_plan_root;

typedef struct fq_plan {
    fq_operation_kind kind;
    const fq_plan_root *roots;
    uint32_t n_roots;
    const fq_statement *statements;
    uint32_t n_statements;
} fq_plan;

typedef struct fq_plan_options {
    const fq_limits *limits;
    uint8_t big_numbers; /* BigInt and Decimal as JSON numbers */
} fq_plan_options;

/* NULL with errors appended (FQ_ERR_BAD_USER_INPUT and the like). Everything is allocated in `arena`, which the
 * operation must share or outlive. */
const fq_plan *fq_plan_make(fq_arena *arena, const fq_operation *operation, const fq_plan_options *options,
                            fq_errors *errors);

/* The values of one request. */
typedef struct fq_bindings {
    const fq_value *literals;      /* by slot; those of the text at hand */
    const fq_value *const *leaves; /* by leaf number; those of the request's variables */
    const fq_document *document;   /* of the plan, for nothing but offsets; may be NULL */
} fq_bindings;

/* Encodes the parameters of a statement into `values` (n_params of them), with bytes in `arena`. False with an error
 * appended (FQ_ERR_BAD_USER_INPUT: not a valid UUID, negative limit, a NUL in a text ...). */
bool fq_statement_bind(fq_arena *arena, const fq_statement *statement, const fq_bindings *bindings, fq_pg_value *values,
                       fq_errors *errors);

/* Prints SQL, parameters and programs readably; for golden tests and `explain`. */
void fq_plan_print(const fq_plan *plan, fq_buffer *out);

#endif
