/* SPDX-License-Identifier: MIT */
/* A plan cache without a worker: for those who want the SQL of operations and no connection. */
#include <stdlib.h>

#include "engine/explain.h"

struct fraiseql_planner {
    fraiseql *engine;
    fq_plan_cache cache;
    uint64_t generation; /* of the schema that the cache was made for */
};

static void refresh_schema(fraiseql_planner *planner) {
    if (planner->generation != planner->engine->generation) {
        fq_schema *schema = fq_engine_schema(planner->engine);
        planner->generation = schema->generation;
        fq_plan_cache_set_schema(&planner->cache, schema);
    }
}

fraiseql_planner *fraiseql_planner_new(fraiseql *engine) {
    fraiseql_planner *planner = calloc(1, sizeof(*planner));
    if (planner == NULL) {
        abort();
    }
    const fraiseql_options *options = &engine->options;
    planner->engine = engine;
    fq_plan_cache_init(&planner->cache, &engine->limits, options->max_plans, options->max_cache_bytes,
                       options->big_numbers);
    refresh_schema(planner);
    return planner;
}

void fraiseql_planner_free(fraiseql_planner *planner) {
    if (planner != NULL) {
        fq_plan_cache_done(&planner->cache);
        free(planner);
    }
}

char *fraiseql_planner_explain(fraiseql_planner *planner, const fraiseql_input *input, fraiseql_explain_form form,
                               char **message) {
    refresh_schema(planner);
    return fq_explain(planner->engine, &planner->cache, input, form, FRAISEQL_EXPLAIN_PLAN, message);
}

fraiseql_stats fraiseql_planner_stats(const fraiseql_planner *planner) { return fq_plan_cache_stats(&planner->cache); }

void fraiseql_planner_clear_cache(fraiseql_planner *planner) { fq_plan_cache_reset(&planner->cache); }
