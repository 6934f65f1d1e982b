/* SPDX-License-Identifier: MIT */
/* Explaining a request through a plan cache; what fraiseql_explain and the planner (fraiseql.h) share. */
#ifndef FQ_ENGINE_EXPLAIN_H
#define FQ_ENGINE_EXPLAIN_H

#include "engine/engine.h"
#include "engine/plans.h"

/* As fraiseql_explain. The cache holds the schema that is meant. */
char *fq_explain(fraiseql *engine, fq_plan_cache *cache, const fraiseql_input *input, fraiseql_explain_form form,
                 fraiseql_explain_depth depth, char **message);

#endif
