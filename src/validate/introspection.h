/* SPDX-License-Identifier: MIT */
/* Execution of introspection (section 4): what `__schema` and `__type` select, written as JSON straight from the
 * schema. */
#ifndef FQ_VALIDATE_INTROSPECTION_H
#define FQ_VALIDATE_INTROSPECTION_H

#include "base/buffer.h"
#include "validate/operation.h"

/* Whether a field of a root type is answered from the schema alone: `__typename`, `__schema` or `__type`. */
bool fq_is_introspection(const fq_schema *schema, const fq_selection *selection);

/* Appends the value (without the key) of such a field. Linear in what is written; ends early where the buffer is full.
 * The arguments must be constants: variables in them are part of a plan's signature. */
void fq_introspection_write(const fq_schema *schema, const fq_selection *selection, fq_buffer *out);

#endif
