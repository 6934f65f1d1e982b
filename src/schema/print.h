/* SPDX-License-Identifier: MIT */
/* Texts of parts of a schema: references to types, values, names of locations and kinds. */
#ifndef FQ_SCHEMA_PRINT_H
#define FQ_SCHEMA_PRINT_H

#include "base/buffer.h"
#include "schema/schema.h"

/* GraphQL's notation of a reference: "[User!]!". */
void fq_ref_print(const fq_type_ref *ref, fq_buffer *out);
fq_slice fq_ref_text(fq_arena *arena, const fq_type_ref *ref);

/* A value of that type as a GraphQL literal: enum values and keys without quotes, strings escaped (section 4.2.6,
 * defaultValue); an ID of digits alone as an integer. Without a type (NULL) as it is.
 * Values out of variables (FQ_VALUE_JSON) and FQ_VALUE_ABSENT are not literals and must not be given. */
void fq_value_print(const fq_value *value, const fq_type_ref *type, fq_buffer *out);

/* "QUERY" ... */
fq_slice fq_directive_location_name(fq_directive_location location);
/* All locations of a directive, in the order in which they are to be shown; their number. */
#define FQ_LOCATIONS (FQ_LOCATION_INPUT_FIELD_DEFINITION + 1)
uint32_t fq_directive_locations(const fq_directive *directive, uint8_t order[FQ_LOCATIONS]);

/* "SCALAR" ..., as in __TypeKind. */
fq_slice fq_type_kind_name(fq_type_kind kind);

#endif
