/* SPDX-License-Identifier: MIT */
/* Explaining without a database: fraiseql_explain, and the planner with its cache. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fraiseql.h"

static const char schema_text[] =
    "{\"tables\":{\"users\":{\"view_name\":\"v_user\",\"sql_columns\":[\"id\"],\"jsonb_column\":\"data\"}},\"types\":{"
    "\"User\":{\"fields\":{\"id\":{\"graphql_type\":\"Int!\",\"sql_type\":\"int4\"},\"name\":{\"graphql_type\":"
    "\"String\",\"sql_type\":\"text\"}}}}}";

static fraiseql *engine_of(const char *schema) {
    fraiseql_options options;
    fraiseql_options_init(&options);
    options.schema = (fraiseql_slice){schema, strlen(schema)};
    fraiseql_failure failure;
    char *message = NULL;
    fraiseql *engine = fraiseql_new(&options, &failure, &message);
    if (engine == NULL) {
        fail_msg("%s", message);
    }
    return engine;
}

static int set_up(void **state) {
    *state = engine_of(schema_text);
    return 0;
}

static int tear_down(void **state) {
    fraiseql_free(*state);
    return 0;
}

static fraiseql_input input_of(const char *query, const char *variables) {
    return (fraiseql_input){.query = {query, strlen(query)},
                            .variables = {variables, variables != NULL ? strlen(variables) : 0}};
}

static void assert_holds(const char *text, const char *part) {
    if (strstr(text != NULL ? text : "", part) == NULL) {
        fail_msg("got: %s\nexpected in it: %s", text != NULL ? text : "nothing", part);
    }
}

/* What the planner says, in JSON, holds the part. */
static void assert_planned(fraiseql_planner *planner, const char *query, const char *variables, const char *part) {
    fraiseql_input input = input_of(query, variables);
    char *message = NULL;
    char *text = fraiseql_planner_explain(planner, &input, FRAISEQL_EXPLAIN_JSON, &message);
    assert_holds(text != NULL ? text : message, part);
    assert_true((text == NULL) != (message == NULL));
    free(text);
    free(message);
}

static void assert_counts(const fraiseql_planner *planner, uint64_t hits, uint64_t misses, uint32_t plans) {
    fraiseql_stats stats = fraiseql_planner_stats(planner);
    assert_int_equal(stats.plan_hits, hits);
    assert_int_equal(stats.plan_misses, misses);
    assert_int_equal(stats.plans, plans);
    assert_int_equal(stats.max_plans, 5000);
}

static void test_without_database(void **state) {
    fraiseql_input input = input_of("{ users(where: {id: {eq: 7}}, limit: 2) { name } }", NULL);
    char *message = NULL;
    char *text = fraiseql_explain(*state, &input, FRAISEQL_EXPLAIN_JSON, FRAISEQL_EXPLAIN_PLAN, &message);
    assert_holds(text, "from \\\"v_user\\\" ");
    assert_holds(text, "\"parameters\":[\"7\",\"2\"]");
    assert_null(message);
    free(text);
}

static void test_values_are_not_shared(void **state) {
    fraiseql_planner *planner = fraiseql_planner_new(*state);
    assert_counts(planner, 0, 0, 0);
    assert_planned(planner, "{ users(limit: 2) { name } }", NULL, "\"parameters\":[\"2\"]");
    assert_planned(planner, "{ users(limit: 30) { name } }", NULL, "\"parameters\":[\"30\"]");
    assert_counts(planner, 1, 1, 1);
    const char *query = "query ($n: Int) { users(limit: $n) { name } }";
    assert_planned(planner, query, "{\"n\":4}", "\"parameters\":[\"4\"]");
    assert_planned(planner, query, "{\"n\":5}", "\"parameters\":[\"5\"]");
    assert_counts(planner, 2, 2, 2);
    assert_planned(planner, query, "{\"n\":null}", "\"parameters\":[]");
    assert_counts(planner, 2, 3, 3);
    fraiseql_planner_clear_cache(planner);
    assert_counts(planner, 0, 0, 0);
    fraiseql_planner_free(planner);
}

static void test_errors(void **state) {
    fraiseql_planner *planner = fraiseql_planner_new(*state);
    assert_planned(planner, "{ users { nam } }", NULL, "Cannot query field \\\"nam\\\" on type \\\"User\\\".");
    assert_planned(planner, "query ($n: Int!) { users(limit: $n) { name } }", NULL, "$n");
    assert_planned(planner, "", NULL, "\"errors\":[");
    fraiseql_planner_free(planner);
    fraiseql_planner_free(NULL);
}

/* Errors of binding name the place in the text at hand, also where the plan was made for another. */
static void test_places(void **state) {
    fraiseql_planner *planner = fraiseql_planner_new(*state);
    assert_planned(planner, "{ users(limit: 2) { name } }", NULL, "\"parameters\":[\"2\"]");
    assert_planned(planner, "{\n  users(\n    limit: -2) { name } }", NULL,
                   "limit must be non-negative\",\"locations\":[{\"line\":3,\"column\":12}]");
    fraiseql_planner_free(planner);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_without_database, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_values_are_not_shared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_errors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_places, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
