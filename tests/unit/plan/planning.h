/* SPDX-License-Identifier: MIT */
/* From a query text to a plan, over a small schema of a magazine: what the tests of planning share. */
#ifndef TESTS_PLANNING_H
#define TESTS_PLANNING_H

#include "plan/plan.h"
#include "schema/schema.h"

typedef struct planning {
    fq_schema *schema;
    fq_arena *arena;
    fq_errors errors;
    fq_limits limits;
    fq_plan_options options;
    const fq_plan *plan;
    fq_bindings bindings;
} planning;

/* Loads the schema. */
void planning_init(planning *p);
/* Another one, from schema JSON that is written with ' for ". */
void planning_init_file(planning *p, const char *file);
void planning_done(planning *p);
/* Plans a query; `variables` is JSON or NULL. What was planned before is gone. p->plan is NULL with p->errors where it
 * fails. */
void planning_make(planning *p, const char *query, const char *variables);
/* The SQL of statement `number`, with a NUL. */
const char *planning_sql(const planning *p, uint32_t number);
/* The values of a statement's parameters as text, joined by `|`; NULL is `-`. NULL, with p->errors, where binding
 * fails. */
const char *planning_values(planning *p, uint32_t number);
/* The message of the first error, or "". */
const char *planning_error(const planning *p);

#endif
