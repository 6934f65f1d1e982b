/* SPDX-License-Identifier: MIT */
/* Rules beyond the specification, each to be called on its own. Messages and places are graphql-js's. Errors are
 * FQ_ERR_VALIDATION_FAILED; true where there is none. */
#ifndef FQ_VALIDATE_RULES_OPTIONAL_H
#define FQ_VALIDATE_RULES_OPTIONAL_H

#include "validate/validate.h"

/* Lists of introspection (fields, interfaces, possibleTypes, inputFields) may be nested less than three deep: each
 * level multiplies the answer (MaxIntrospectionDepthRule). Looks at names alone, as far as fragments lead. */
bool fq_rule_max_introspection_depth(fq_arena *arena, const fq_document *document, fq_errors *errors);

/* No field may be of a type of introspection: for servers with introspection switched off (NoSchemaIntrospection).
 * `__typename` stays. */
bool fq_rule_no_introspection(fq_arena *arena, const fq_schema *schema, const fq_document *document, fq_errors *errors);

/* Nothing deprecated may be used: fields, arguments, input fields, enum values (NoDeprecated). */
bool fq_rule_no_deprecated(fq_arena *arena, const fq_schema *schema, const fq_document *document, fq_errors *errors);

#endif
