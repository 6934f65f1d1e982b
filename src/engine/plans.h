/* SPDX-License-Identifier: MIT */
/* The plan cache of a worker: from a request's text to a plan that is ready to be bound.
 *
 * Three tables. A text (exact bytes, operation name, read as it stands) leads to an operation and brings the values of
 * its literals. An operation is a document whose literals have been lifted: texts that differ only in literals share
 * it. A plan belongs to an operation and to one signature of variables (validate.h). Entries in use stay alive by
 * reference counts. Not thread-safe. */
#ifndef FQ_ENGINE_PLANS_H
#define FQ_ENGINE_PLANS_H

#include "base/limits.h"
#include "cache/lru.h"
#include "fraiseql.h"
#include "pg/pool.h"
#include "plan/plan.h"
#include "validate/validate.h"

typedef struct fq_cached_operation {
    fq_lru_entry entry;
    uint32_t references;
    uint64_t id; /* unique in the worker */
    fq_arena *arena;
    fq_schema *schema;
    const fq_document *document;
    fq_literals literals;
    fq_node_id node;
    fq_operation_kind kind;
    fq_node_id introspection; /* the first __schema or __type field, or 0 */
    uint32_t n_variables;
} fq_cached_operation;

typedef struct fq_cached_text {
    fq_lru_entry entry;
    uint32_t references;
    fq_arena *arena;
    fq_cached_operation *operation;
    const fq_document *document; /* of this very text */
    const fq_value *literals;    /* by slot; offsets of the operation's document */
} fq_cached_text;

typedef struct fq_cached_plan {
    fq_lru_entry entry;
    uint32_t references;
    fq_arena *arena;
    fq_cached_operation *operation;
    const fq_plan *plan;
    const fq_pg_statement *statements; /* parallel to plan->statements */
} fq_cached_plan;

typedef struct fq_plan_cache {
    fq_lru texts;
    fq_lru operations;
    fq_lru plans;
    fq_schema *schema;
    fq_limits limits;
    fq_plan_options options;
    uint64_t next_id;
    fq_buffer scratch;
} fq_plan_cache;

void fq_plan_cache_init(fq_plan_cache *cache, const fq_limits *limits, uint32_t max_plans, size_t max_bytes,
                        uint8_t big_numbers);
void fq_plan_cache_done(fq_plan_cache *cache);

/* Drops everything that is cached; what is in use lives on. */
void fq_plan_cache_clear(fq_plan_cache *cache);

/* Takes a schema (its own reference), dropping what was planned for another. */
void fq_plan_cache_set_schema(fq_plan_cache *cache, fq_schema *schema);

/* The text's entry with a reference of the caller's; parses and validates where the text is new. `read_only`: a
 * mutation is not looked at further (FQ_ERR_METHOD_NOT_ALLOWED). NULL with errors appended, whose offsets refer to
 * `text`. */
typedef enum fq_operation_policy { FQ_ANY_OPERATION, FQ_READS_ONLY } fq_operation_policy;
fq_cached_text *fq_plan_cache_text(fq_plan_cache *cache, fq_slice text, fq_slice operation_name,
                                   fq_operation_policy policy, fq_errors *errors);

/* The plan for these variables, with a reference of the caller's. `variables` are coerced for the text's operation;
 * `variables_json` is the text that they came from (ptr NULL: none). NULL with errors appended, whose offsets refer to
 * the operation's own document. */
fq_cached_plan *fq_plan_cache_plan(fq_plan_cache *cache, const fq_cached_text *text, const fq_variables *variables,
                                   fq_slice variables_json, fq_errors *errors);

/* Forgets one plan (its caller keeps its reference). */
void fq_plan_cache_forget(fq_plan_cache *cache, fq_cached_plan *plan);

void fq_cached_text_unref(fq_cached_text *text);
void fq_cached_plan_unref(fq_cached_plan *plan);

/* Translates an offset in the operation's document to one in the text's document. */
uint32_t fq_cached_text_offset(const fq_cached_text *text, uint32_t offset);

/* The same for the errors of planning and binding, those from number `first` on. */
void fq_cached_text_relocate(const fq_cached_text *text, fq_arena *arena, fq_errors *errors, uint32_t first);

/* The members of fraiseql_stats that tell of plans. */
fraiseql_stats fq_plan_cache_stats(const fq_plan_cache *cache);

/* Forgets the plans and what was counted. */
void fq_plan_cache_reset(fq_plan_cache *cache);

#endif
