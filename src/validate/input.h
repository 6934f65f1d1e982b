/* SPDX-License-Identifier: MIT */
/* What validation, coercion and resolution share about input: types named in a document, the filter shorthand, texts
 * for messages, and values of literals. Only for src/validate. */
#ifndef FQ_VALIDATE_INPUT_H
#define FQ_VALIDATE_INPUT_H

#include "validate/validate.h"

/* A type with more wrappers counts as unknown; the parser's limit on depth is lower by default. */
#define FQ_TYPE_WRAPPERS_MAX 512

/* The type of that name; with FQ_EXTENSION_V1_NAMES also `UserWhereInput` for UserWhere and `UserOrderByInput` for
 * UserOrderBy where the schema has no such type. NULL where there is none. */
const fq_type *fq_input_type_named(const fq_schema *schema, fq_slice name, unsigned extensions);

/* The reference that a type node stands for, in `arena`; NULL where its named type does not exist. Section 6.1.2. */
const fq_type_ref *fq_type_ref_of_node(fq_arena *arena, const fq_schema *schema, const fq_document *document,
                                       fq_node_id node, unsigned extensions);

/* "[Int!]!" */
fq_slice fq_type_ref_text(fq_arena *arena, const fq_type_ref *ref);

static inline const fq_type_ref *fq_ref_nullable(const fq_type_ref *ref) {
    return ref->kind == FQ_REF_NON_NULL ? ref->of : ref;
}

/* Where a bare value may stand for a filter: the `eq` field that takes it; else NULL. */
const fq_input_value *fq_filter_shorthand(const fq_type *type, unsigned extensions);

/* A node in the layout of print(), for messages. */
fq_slice fq_node_printed(fq_arena *arena, const fq_document *document, fq_node_id node);

/* " Did you mean the enum value ..." or empty. */
fq_slice fq_enum_suggestions(fq_arena *arena, const fq_type *type, fq_slice input);
/* The same for the input fields of a type. */
fq_slice fq_input_field_suggestions(fq_arena *arena, const fq_type *type, fq_slice input);

/* "Document has 1001 aliases, which exceeds the limit of 1000 (aliases)." at an offset. */
void fq_limit_exceeded(fq_errors *errors, uint32_t offset, const char *subject, uint32_t value, const char *what,
                       uint32_t maximum);

/* ---- values of literals (section 6.4.1 and "Input Coercion" of section 3) ---- */

/* What literals are read with. The document is valid: kinds of literals are not checked again. */
typedef struct fq_literal_scope {
    fq_arena *arena;
    const fq_document *document;
    const fq_literals *literals;   /* or NULL: all are constants */
    const fq_variables *variables; /* or NULL: there are none */
    const fq_map *variable_map;    /* name -> its fq_value; NULL: searched */
    unsigned extensions;
    fq_errors *errors;
    bool reported; /* the reason of a failure has been appended */
} fq_literal_scope;

typedef enum fq_literal_result {
    FQ_LITERAL_VALUE,
    FQ_LITERAL_ABSENT, /* a variable that was not sent */
    FQ_LITERAL_INVALID,
} fq_literal_result;

fq_literal_result fq_literal_read(fq_literal_scope *scope, fq_node_id node, const fq_type_ref *type, fq_value *value);

/* The value of a variable, kind FQ_VALUE_ABSENT where it was not sent; NULL where it is not defined. */
const fq_value *fq_variable_value(const fq_variables *variables, fq_slice name);

/* A list knows whether it holds a null. */
void fq_value_note_nulls(fq_value *list);

/* Turns a value that stands for a filter into { eq: value }. */
void fq_value_wrap_in_filter(fq_arena *arena, const fq_input_value *eq, fq_value *value);

#endif
