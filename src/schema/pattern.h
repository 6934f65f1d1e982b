/* SPDX-License-Identifier: MIT */
/* Patterns of relation names, as --include and --exclude take them: `*` any characters, `?` one; `schema.name` or
 * `name`. */
#ifndef FQ_SCHEMA_PATTERN_H
#define FQ_SCHEMA_PATTERN_H

#include "base/slice.h"

bool fq_pattern_matches(fq_slice pattern, fq_slice schema, fq_slice name);
/* Whether it is the full name of one relation: no wildcard. */
bool fq_pattern_is_name(fq_slice pattern);

#endif
