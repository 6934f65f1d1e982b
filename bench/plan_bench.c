/* SPDX-License-Identifier: MIT */
/* What a plan costs before anything is bound or sent: from text, operation name and role to a cached plan, and from a
 * text never seen to a finished plan. To be run under callgrind, which counts instructions of the two marked functions
 * alone: valgrind --tool=callgrind --toggle-collect=warm_plan build-bench/bench/plan_bench CONNINFO warm valgrind
 * --tool=callgrind --toggle-collect=cold_plan build-bench/bench/plan_bench CONNINFO cold The connection is only used to
 * read the catalog, outside of what is counted. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/plans.h"
#include "pg/catalog.h"
#include "schema/build.h"

#define REPEATS 100

#define CLASS_D                                                                                                        \
    "query D($s: String!, $n: String!) { users(where: {status: {eq: $s}, lastName: {gt: $n}}, "                        \
    "orderBy: [{lastName: ASC}], limit: 20) { id firstName lastName posts(orderBy: [{createdAt: DESC}, {id: DESC}], "  \
    "limit: 5) { id title views createdAt comments(orderBy: [{createdAt: DESC}, {id: DESC}], limit: 3) "               \
    "{ id body createdAt } } } }"
#define CLASS_D_VARIABLES "{\"s\":\"active\",\"n\":\"M\"}"

typedef struct bench {
    fq_plan_cache cache;
    fq_arena *arena;
    fq_errors errors;
    fq_variables variables;
} bench;

static fq_cached_text *find(bench *b) {
    return fq_plan_cache_text(&b->cache, FQ_S(CLASS_D), (fq_slice){0}, FQ_ANY_OPERATION, &b->errors);
}

static void coerce(bench *b, const fq_cached_text *text) {
    fq_json_error error;
    const fq_json *json = fq_json_parse(b->arena, FQ_S(CLASS_D_VARIABLES), 8, &error);
    const fq_cached_operation *o = text->operation;
    if (!fq_variables_coerce(b->arena, o->schema, o->document, o->node, json, &b->cache.limits, FQ_EXTENSIONS_ALL,
                             &b->variables, &b->errors)) {
        fputs("the variables do not fit\n", stderr);
        exit(1);
    }
}

static fq_cached_plan *plan(bench *b, const fq_cached_text *text) {
    return fq_plan_cache_plan(&b->cache, text, &b->variables, FQ_S(CLASS_D_VARIABLES), &b->errors);
}

__attribute__((noipa)) void warm_plan(bench *b);
__attribute__((noipa)) void cold_plan(bench *b);

/* Text to plan where both are known; the variables have been coerced, as part of binding. */
void warm_plan(bench *b) {
    fq_cached_text *text = find(b);
    fq_cached_plan *p = plan(b, text);
    fq_cached_plan_unref(p);
    fq_cached_text_unref(text);
}

void cold_plan(bench *b) {
    fq_cached_text *text = find(b);
    coerce(b, text);
    fq_cached_plan *p = plan(b, text);
    fq_cached_plan_unref(p);
    fq_cached_text_unref(text);
}

static fq_schema *read_schema(bench *b, const char *conninfo) {
    fq_catalog_options options = {0};
    fq_slice json = {0};
    fq_slice error = {0};
    if (fq_catalog_read(b->arena, fq_slice_from_cstr(conninfo), &options, &json, &error) != FQ_CATALOG_OK) {
        fprintf(stderr, "%.*s\n", FQ_PRI(error));
        exit(1);
    }
    fq_schema_options wanted = {0};
    fq_schema *schema = fq_schema_from_catalog(json, &wanted, &b->errors);
    if (schema == NULL) {
        fputs("the schema has errors\n", stderr);
        exit(1);
    }
    return schema;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fputs("usage: plan_bench CONNINFO warm|cold\n", stderr);
        return 2;
    }
    static bench b;
    const fq_limits limits = FQ_LIMITS_DEFAULT;
    b.arena = fq_arena_new((size_t)1 << 30);
    fq_errors_init(&b.errors, b.arena, 10);
    fq_plan_cache_init(&b.cache, &limits, FQ_PLANS_MAX, FQ_PLAN_CACHE_BYTES, 0);
    fq_plan_cache_set_schema(&b.cache, read_schema(&b, argv[1]));
    if (argv[2][0] == 'w') {
        fq_cached_text *text = find(&b);
        coerce(&b, text);
        fq_cached_plan_unref(plan(&b, text));
        fq_cached_text_unref(text);
        for (int i = 0; i < REPEATS; i++) {
            warm_plan(&b);
        }
    } else {
        for (int i = 0; i < REPEATS; i++) {
            fq_plan_cache_clear(&b.cache);
            cold_plan(&b);
        }
    }
    printf("%d repeats\n", REPEATS);
    fq_plan_cache_done(&b.cache);
    fq_arena_free(b.arena);
    return fq_errors_any(&b.errors) ? 1 : 0;
}
