/* SPDX-License-Identifier: MIT */
/* Arguments that a schema file declares: what fields must equal, in columns and in documents, given, null and absent.
 */
#include "planning.h"

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#define FILE_JSON                                                                                                      \
    "{'tables': {"                                                                                                     \
    " 'users': {'view_name': 'v_user', 'sql_columns': ['id', 'tenant_id'], 'args': {'name': {'field': 'firstName'}, "  \
    "'tenant': {'required': true}, "                                                                                   \
    "   'limit': {'default': 20}, 'orderBy': {'default': [{'age': 'DESC'}]}}},"                                        \
    " 'user': {'view_name': 'v_user', 'kind': 'one', 'args': {'wanted': {'field': 'id', 'required': true}}},"          \
    " 'named': {'view_name': 'v_user', 'kind': 'one', 'type': 'User!', "                                               \
    "   'args': {'name': {'field': 'firstName', 'required': true, 'default': 'Ada'}}},"                                \
    " 'first': {'view_name': 'v_user', 'kind': 'one', 'type': 'User', 'args': {}}},"                                   \
    " 'types': {'User': {'fields': {'id': {'graphql_type': 'UUID!'}, 'firstName': {'stored_as': 'first_nm'},"          \
    "   'age': {'graphql_type': 'Int'}, 'tenant': {'graphql_type': 'Int!', 'column': 'tenant_id'}}}}}"

typedef struct row {
    const char *query;
    const char *variables;
    const char *sql;
    const char *values;
} row;

#define AGE "((t0.\"data\"->>'age')::int)"
#define NAME "(coalesce(t0.\"data\"->>'firstName', t0.\"data\"->>'first_nm'))"

static void test_statements(void **state) {
    (void)state;
    static const row rows[] = {
        {"{ users(tenant: 7) { id } }", NULL,
         "select t0.\"id\" from \"v_user\" t0 where t0.\"tenant_id\" = $1 order by " AGE
         " desc, t0.\"id\" desc limit $2",
         "7|20"},
        {"{ users(tenant: 7, limit: 3, orderBy: []) { id } }", NULL,
         "select t0.\"id\" from \"v_user\" t0 where t0.\"tenant_id\" = $1 order by t0.\"id\" limit $2", "7|3"},
        {"query ($n: String) { users(tenant: 7, name: $n, limit: null, orderBy: null, where: {age: {gt: 3}}) { id } }",
         "{\"n\": \"Ada\"}",
         "select t0.\"id\" from \"v_user\" t0 where " NAME " = $1 and t0.\"tenant_id\" = $2 and " AGE
         " > $3 order by t0.\"id\"",
         "Ada|7|3"},
        {"query ($n: String) { users(tenant: 7, name: $n, limit: null, orderBy: null) { id } }", "{\"n\": null}",
         "select t0.\"id\" from \"v_user\" t0 where t0.\"tenant_id\" = $1 order by t0.\"id\"", "7"},
        {"query ($n: String) { users(tenant: 7, name: $n, limit: null, orderBy: null) { id } }", NULL,
         "select t0.\"id\" from \"v_user\" t0 where t0.\"tenant_id\" = $1 order by t0.\"id\"", "7"},
        {"{ user(wanted: \"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\") { id } }", NULL,
         "select t0.\"id\" from \"v_user\" t0 where t0.\"id\" = $1 limit 1", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
        {"{ named { id } }", NULL,
         "select t0.\"id\" from \"v_user\" t0 where " NAME " = $1 order by t0.\"id\" limit $2", "Ada|1"},
        {"{ first { id } }", NULL, "select t0.\"id\" from \"v_user\" t0 order by t0.\"id\" limit $1", "1"},
    };
    planning p;
    planning_init_file(&p, FILE_JSON);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        planning_make(&p, rows[i].query, rows[i].variables);
        assert_string_equal(planning_error(&p), "");
        assert_string_equal(planning_sql(&p, 0), rows[i].sql);
        assert_string_equal(planning_values(&p, 0), rows[i].values);
    }
    planning_done(&p);
}

static void test_errors(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"{ users { id } }",
         "Field \"users\" argument \"tenant\" of type \"Int!\" is required, but it was not provided."},
        {"{ users(tenant: null) { id } }", "Expected value of type \"Int!\", found null."},
        {"{ users(tenant: \"x\") { id } }", "Int cannot represent non-integer value: \"x\""},
        {"{ named(name: null) { id } }", "Expected value of type \"String!\", found null."},
    };
    planning p;
    planning_init_file(&p, FILE_JSON);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        planning_make(&p, rows[i][0], NULL);
        assert_string_equal(planning_error(&p), rows[i][1]);
    }
    planning_done(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_statements), cmocka_unit_test(test_errors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
