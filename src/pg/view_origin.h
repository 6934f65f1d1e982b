/* SPDX-License-Identifier: MIT */
/* Where the columns of a simple view come from, read from pg_rewrite.ev_action (a node tree as text). A view is simple
 * when it selects from one relation and nothing in it can repeat that relation's rows: no join, no set operation, no
 * grouping sets, no set-returning function. Anything that is not understood is not simple, so that a wrong key is never
 * claimed. */
#ifndef FQ_PG_VIEW_ORIGIN_H
#define FQ_PG_VIEW_ORIGIN_H

#include "base/vec.h"

typedef struct fq_view_column {
    uint32_t number; /* in the view */
    uint32_t base;   /* number in the base relation */
} fq_view_column;

typedef struct fq_view_origin {
    uint32_t relation;              /* oid of the base; 0: not simple */
    FQ_VEC(fq_view_column) columns; /* passed through unchanged */
} fq_view_origin;

fq_view_origin fq_view_origin_of(fq_arena *arena, fq_slice ev_action);

#endif
