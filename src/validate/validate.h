/* SPDX-License-Identifier: MIT */
/* From a parsed document to a resolved operation, in the steps of the specification's sections 5 and 6.1. Pure.
 * The order: validate the document (once per text), choose the operation, coerce the request's variables, resolve. */
#ifndef FQ_VALIDATE_VALIDATE_H
#define FQ_VALIDATE_VALIDATE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/limits.h"
#include "validate/operation.h"

/* Extensions of the language that are on by default and can be switched off for comparison with other validators. */
enum {
    FQ_EXTENSION_FILTER_SHORTHAND = 1, /* a bare scalar (or null) for a filter means eq */
    FQ_EXTENSION_V1_NAMES = 2,         /* UserWhereInput and UserOrderByInput in variable definitions */
    FQ_EXTENSIONS_ALL = 3,
};

/* Applies every rule of section 5 to the whole document. Appends errors (FQ_ERR_VALIDATION_FAILED, or
 * FQ_ERR_LIMIT_EXCEEDED); true where there is none. Scratch memory comes from `arena`. */
bool fq_validate(fq_arena *arena, const fq_schema *schema, const fq_document *document, const fq_limits *limits,
                 unsigned extensions, fq_errors *errors);

/* Section 6.1 GetOperation. `name` with ptr NULL: not given. 0 and an error (FQ_ERR_OPERATION_RESOLUTION_FAILURE,
 * messages of graphql-js) where there is none. */
fq_node_id fq_operation_choose(const fq_document *document, fq_slice name, fq_errors *errors);

/* ---- literals ---- */

/* The literals of a document that are lifted out of the plan's key: Int, Float, String and Boolean literals in value
 * position of field arguments, but not in arguments of directives, of fields whose name begins with two underscores, or
 * in default values. Numbers them in document order. */
typedef struct fq_literals {
    const fq_value *values; /* by slot; origin FQ_ORIGIN_LITERAL */
    uint32_t count;
    const uint32_t *slot_of_node; /* by fq_node_id: slot + 1, or 0 */
    const uint32_t *same; /* by slot: slot + 1 of the first equal literal of a field with the same response key, or
                             0: whether fields can be merged depends on it, so it is part of the key */
    const bool *is_limit; /* by slot: the value of an argument `limit`, whose class (fq_limit_class) is in the key */
} fq_literals;
void fq_literals_lift(fq_arena *arena, const fq_document *document, fq_literals *literals);

/* Appends to `key` a form of the document in which ignored tokens are gone and each lifted literal is replaced by its
 * kind (integers beyond 32 bits are a kind of their own, so are true and false, and limits have classes): equal keys
 * mean that both documents are valid or neither, and equal plans, but for the values in the slots. */
void fq_document_key(const fq_document *document, const fq_literals *literals, fq_buffer *key);

/* ---- variables ---- */

/* Coerced variables (section 6.1.2). */
typedef struct fq_variables {
    const fq_slice *names;  /* of the operation's variable definitions, in order */
    const fq_value *values; /* kind FQ_VALUE_ABSENT: not given and no default. Leaves carry origin FQ_ORIGIN_VARIABLE */
    uint32_t count;
    const fq_value **leaves; /* by leaf number */
    uint32_t n_leaves;
} fq_variables;

/* Coerces the request's variables (`json` NULL: none given; else an object or null). Errors are FQ_ERR_BAD_USER_INPUT
 * with graphql-js's messages ("Variable \"$x\" got invalid value ..."). Custom scalars are checked (fq_scalar_check).
 */
bool fq_variables_coerce(fq_arena *arena, const fq_schema *schema, const fq_document *document, fq_node_id operation,
                         const fq_json *json, const fq_limits *limits, unsigned extensions, fq_variables *variables,
                         fq_errors *errors);

/* Appends the coerced values as one JSON object; variables that are absent are left out. */
void fq_variables_write_json(const fq_variables *variables, fq_buffer *out);

/* Appends what of the variables fixes the plan: for each variable its presence and nullness; for objects and lists of
 * objects their keys in order and their shape; for leaves their nullness, for booleans which it is, for lists of leaves
 * also whether a null is among the items; enum values, and variables used in directives or in arguments of
 * introspection fields, in full; of a variable that is a `limit` its class (fq_limit_class). Equal signatures of one
 * operation mean one plan. Cheap: it runs on every request. */
void fq_variables_signature(const fq_schema *schema, const fq_document *document, fq_node_id operation,
                            const fq_variables *variables, fq_buffer *signature);

/* ---- resolution ---- */

/* Collects fields with these variables (section 6.3.2) and coerces arguments (section 6.4.1). The document must have
 * passed fq_validate. Leaves of values keep their origin, so that a plan made from the result serves all requests with
 * the same document key and signature. NULL with errors appended where arguments fail (FQ_ERR_BAD_USER_INPUT) or a
 * limit is passed. An input object that is left without members because all its variables were not sent is an error
 * where it is a filter (contract: a filter never vanishes unnoticed). */
const fq_operation *fq_operation_resolve(fq_arena *arena, const fq_schema *schema, const fq_document *document,
                                         fq_node_id operation, const fq_literals *literals,
                                         const fq_variables *variables, const fq_limits *limits, unsigned extensions,
                                         fq_errors *errors);

#endif
