/* SPDX-License-Identifier: MIT */
/* What every schema has: the five standard scalars, the directives of the specification and the types of introspection
 * (September 2025 edition, sections 3.5, 3.13 and 4.2). */
#ifndef FQ_SCHEMA_BUILTINS_H
#define FQ_SCHEMA_BUILTINS_H

#include "schema/schema.h"

/* Adds them to a schema that is empty. */
void fq_builtins_add(fq_schema *schema);

/* A standard scalar or a type of introspection: never printed, and always last in the schema. */
bool fq_type_is_builtin(const fq_type *type);

/* By name: the directives that the specification defines, also where a schema declares them itself. */
bool fq_directive_is_builtin(fq_slice name);

#endif
