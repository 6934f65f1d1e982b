/* SPDX-License-Identifier: MIT */
/* Whether a literal is legal for a leaf type: the texts of graphql-js (section 3.5 and 3.9, input coercion of
 * literals). */
#ifndef FQ_SCHEMA_LEAF_LITERAL_H
#define FQ_SCHEMA_LEAF_LITERAL_H

#include "graphql/ast.h"
#include "schema/schema.h"

/* The error's message, in `arena`, or the empty slice where the literal is legal. Any literal is legal for a scalar
 * that is not one of the five standard ones. `node` is not null and no variable. */
fq_slice fq_leaf_literal_error(fq_arena *arena, const fq_type *type, const fq_document *document, fq_node_id node);

#endif
