/* SPDX-License-Identifier: MIT */
/* The SQL of each shape of a selection, whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "planning.h"

static planning p;

static int set_up(void **state) {
    (void)state;
    planning_init(&p);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    planning_done(&p);
    return 0;
}

typedef struct shape_case {
    const char *query;
    const char *sql[4];
} shape_case;

static void check(const shape_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        planning_make(&p, cases[i].query, NULL);
        if (p.plan == NULL) {
            fail_msg("%s: %s", cases[i].query, planning_error(&p));
        }
        uint32_t n = 0;
        for (; n < 4 && cases[i].sql[n] != NULL; n++) {
            assert_string_equal(planning_sql(&p, n), cases[i].sql[n]);
        }
        assert_int_equal(p.plan->n_statements, n);
    }
}

#define CHECK(...)                                                                                                     \
    do {                                                                                                               \
        static const shape_case cases[] = {__VA_ARGS__};                                                               \
        check(cases, sizeof(cases) / sizeof(cases[0]));                                                                \
    } while (0)

static void roots(void **state) {
    (void)state;
    CHECK({"{ user(id: 1) { email } }", {"select t0.\"email\" from \"app\".\"users\" t0 where t0.\"id\" = $1"}},
          {"{ order(tenant: 1, no: 2) { total } }",
           {"select t0.\"total\" from \"app\".\"orders\" t0 where t0.\"tenant\" = $1 and t0.\"no\" = $2"}},
          {"{ users(orderBy: [{age: DESC}], limit: 2, offset: 3) { id } }",
           {"select t0.\"id\" from \"app\".\"users\" t0 order by t0.\"age\" desc, t0.\"id\" desc limit $1 offset $2"}},
          {"{ users(orderBy: [{age: DESC_NULLS_LAST, email: ASC_NULLS_FIRST}, {id: ASC}]) { id } }",
           {"select t0.\"id\" from \"app\".\"users\" t0 order by t0.\"age\" desc nulls last, t0.\"email\" nulls first, "
            "t0.\"id\""}},
          {"{ users(limit: null) { __typename } }", {"select from \"app\".\"users\" t0 order by t0.\"id\""}},
          {"{ logs { what } }",
           {"select t0.\"what\" from \"app\".\"logs\" t0 order by t0.\"at\", t0.\"what\", t0.\"user_id\""}});
}

static void to_one(void **state) {
    (void)state;
    CHECK({"{ posts(limit: 2) { author { email boss { id } } } }",
           {"select t1.\"id\", t1.\"email\", t2.\"id\" from (select r.* from (select t0.\"id\", "
            "t0.\"author_id\" from \"app\".\"posts\" t0 order by t0.\"id\" limit $1) r limit 100) t0 left join "
            "\"app\".\"users\" t1 on t1.\"id\" = t0.\"author_id\" "
            "left join \"app\".\"users\" t2 on t2.\"id\" = t1.\"boss_id\" order by t0.\"id\""}});
}

static void lists_as_arrays(void **state) {
    (void)state;
    CHECK({"{ users { id posts(limit: 2) { title } } }",
           {"select t0.\"id\", a1.c0 from (select t0.\"id\" from \"app\".\"users\" t0 order by t0.\"id\") t0 left join "
            "lateral (select array_agg(b.c0) c0 from (select t1.\"title\" c0 from \"app\".\"posts\" t1 where "
            "t1.\"author_id\" = t0.\"id\" order by t1.\"id\" limit $1) b) a1 on true order by t0.\"id\""}},
          {"{ post(id: 1) { tags { name } } }",
           {"select a1.c0 from \"app\".\"posts\" t0 left join lateral (select array_agg(b.c0) c0 from (select "
            "t1.\"name\" "
            "c0 from \"app\".\"post_tags\" j1 join \"app\".\"tags\" t1 on t1.\"id\" = j1.\"tag_id\" where "
            "j1.\"post_id\" = t0.\"id\" order by t1.\"id\") b) a1 on true where t0.\"id\" = $1"}},
          {"{ order(tenant: 1, no: 2) { lines { id } } }",
           {"select a1.c0 from \"app\".\"orders\" t0 left join lateral (select array_agg(b.c0) c0 from (select "
            "t1.\"id\" c0 "
            "from \"app\".\"lines\" t1 where t1.\"tenant\" = t0.\"tenant\" and t1.\"no\" = t0.\"no\" order by "
            "t1.\"id\") b) "
            "a1 on true where t0.\"tenant\" = $1 and t0.\"no\" = $2"}},
          {"{ users { posts { comments { body } } } }",
           {"select a1.c0, a2.c0, a2.c1 from (select t0.\"id\" from \"app\".\"users\" t0 order by t0.\"id\") t0 left "
            "join lateral (select array_agg(b.c0) c0 from (select "
            "t1.\"id\" c0 from \"app\".\"posts\" t1 where t1.\"author_id\" = t0.\"id\" order by t1.\"id\") b) a1 on "
            "true left "
            "join lateral (select array_agg(b.c0) c0, array_agg(b.c1) c1 from (select t1.\"id\" from \"app\".\"posts\" "
            "t1 "
            "where t1.\"author_id\" = t0.\"id\" order by t1.\"id\") t1 cross join lateral (select t1.\"id\" c0, "
            "t2.\"body\" c1 "
            "from \"app\".\"comments\" t2 where t2.\"post_id\" = t1.\"id\" order by t2.\"id\") b) a2 on true order by "
            "t0.\"id\""}});
}

/* Where the root is cheap to repeat: by key, or the first rows in the order of the key. */
static void lists_as_statements(void **state) {
    (void)state;
    CHECK({"{ user(id: 1) { posts { title comments { body } tags { name posts { id } } } } }",
           {"select t0.\"id\" from \"app\".\"users\" t0 where t0.\"id\" = $1",
            "select b.* from (select t0.\"id\" from \"app\".\"users\" t0 where t0.\"id\" = $1) t0 cross join lateral "
            "(select "
            "t0.\"id\" c0, t1.\"title\" c1, t1.\"id\" c2, a2.c0 c3 from (select t1.\"id\", t1.\"title\" from "
            "\"app\".\"posts\" t1 where t1.\"author_id\" = t0.\"id\" order by t1.\"id\") t1 left join lateral (select "
            "array_agg(b.c0) c0 from (select t2.\"body\" c0 from \"app\".\"comments\" t2 where t2.\"post_id\" = "
            "t1.\"id\" "
            "order by t2.\"id\") b) a2 on true order by t1.\"id\") b",
            "select b.* from (select t0.\"id\" from \"app\".\"users\" t0 where t0.\"id\" = $1) t0 cross join lateral "
            "(select "
            "t1.\"id\" from \"app\".\"posts\" t1 where t1.\"author_id\" = t0.\"id\" order by t1.\"id\") t1 cross join "
            "lateral (select t1.\"id\" c0, t3.\"name\" c1, a4.c0 c2 from (select t3.\"id\", t3.\"name\" from "
            "\"app\".\"post_tags\" j3 join \"app\".\"tags\" t3 on t3.\"id\" = j3.\"tag_id\" where j3.\"post_id\" = "
            "t1.\"id\" order by t3.\"id\") t3 left join lateral (select array_agg(b.c0) c0 from (select t4.\"id\" c0 "
            "from "
            "\"app\".\"post_tags\" j4 join \"app\".\"posts\" t4 on t4.\"id\" = j4.\"post_id\" where j4.\"tag_id\" = "
            "t3.\"id\" order by t4.\"id\") b) a4 on true order by t3.\"id\") b"}},
          {"{ users(limit: 3) { email posts(limit: 2) { id title views } } }",
           {"select t0.\"email\", t0.\"id\" from \"app\".\"users\" t0 order by t0.\"id\" limit $1",
            "select b.* from (select t0.\"id\" from \"app\".\"users\" t0 order by t0.\"id\" limit $1) "
            "t0 cross join lateral "
            "(select t0.\"id\" c0, t1.\"id\" c1, t1.\"title\" c2, t1.\"views\" c3 from \"app\".\"posts\" t1 where "
            "t1.\"author_id\" = t0.\"id\" order by t1.\"id\" limit $2) b order by t0.\"id\""}});
}

/* A list below rows that have no key finds its parents by their number. */
static void lists_below_rows_without_key(void **state) {
    (void)state;
    CHECK({"{ users { logs { user { posts { id } } } } }",
           {"select a1.c0, a1.c1, a2.c0, a2.c1 from (select t0.\"id\" from \"app\".\"users\" t0 order by t0.\"id\") t0 "
            "left join lateral (select array_agg(b.c0) c0, "
            "array_agg(b.c1) c1 from (select t2.\"id\" c0, t1.fq_n c1 from (select r.*, row_number() over () fq_n from "
            "(select t1.\"at\", t1.\"what\", t1.\"user_id\" from \"app\".\"logs\" t1 where t1.\"user_id\" = t0.\"id\" "
            "order by "
            "t1.\"at\", t1.\"what\", t1.\"user_id\") r) t1 left join \"app\".\"users\" t2 on t2.\"id\" = "
            "t1.\"user_id\" order by t1.fq_n) b) a1 on true left join lateral (select array_agg(b.c0) c0, "
            "array_agg(b.c1) c1 from (select r.*, row_number() over () fq_n from (select t1.\"user_id\" from "
            "\"app\".\"logs\" t1 where t1.\"user_id\" = t0.\"id\" order by t1.\"at\", t1.\"what\", t1.\"user_id\") r) "
            "t1 cross "
            "join lateral (select t2.\"id\" from \"app\".\"users\" t2 where t2.\"id\" = t1.\"user_id\" limit 1) t2 "
            "cross join "
            "lateral (select t1.fq_n c0, t3.\"id\" c1 from \"app\".\"posts\" t3 where t3.\"author_id\" = t2.\"id\" "
            "order by "
            "t3.\"id\") b) a2 on true order by t0.\"id\""}});
}

static void values(void **state) {
    (void)state;
    CHECK(
        {"{ user(id: 1) { home { zipCode } tags amounts cost ip } }",
         {"select t0.\"home\" is distinct from null, (t0.\"home\").\"zip_code\", t0.\"tags\", t0.\"amounts\"::text[], "
          "t0.\"cost\"::numeric, t0.\"ip\" from \"app\".\"users\" t0 where t0.\"id\" = $1"}},
        {"{ post(id: 1) { comments { author { score ip tags amounts mood } } } }",
         {"select a1.c0, a1.c1, a1.c2, a1.c3, a1.c4, a1.c5 from \"app\".\"posts\" t0 left join lateral (select "
          "array_agg(b.c0) c0, array_agg(b.c1) c1, array_agg(b.c2) c2, array_agg(b.c3) c3, array_agg(b.c4) c4, "
          "array_agg(b.c5) c5 from (select t2.\"id\" c0, t2.\"score\"::text c1, abbrev(t2.\"ip\") c2, "
          "array_send(t2.\"tags\") c3, array_send(t2.\"amounts\"::text[]) c4, t2.\"mood\"::text c5 from (select "
          "t1.\"id\", "
          "t1.\"author_id\" from \"app\".\"comments\" t1 where t1.\"post_id\" = t0.\"id\" order by t1.\"id\") t1 left "
          "join "
          "\"app\".\"users\" t2 on t2.\"id\" = t1.\"author_id\" order by t1.\"id\") b) a1 on true where t0.\"id\" = "
          "$1"}});
}

static void documents(void **state) {
    (void)state;
    CHECK({"{ items(orderBy: [{viewCount: DESC}], limit: 3) { id title owner { firstName } } }",
           {"select t0.\"id\", x0.x->>'title', x0.x->'owner' from (select t0.\"id\", t0.\"data\", "
            "((t0.\"data\"->>'view_count')::int) fq_o0 from \"app\".\"tv_item\" t0 order by "
            "((t0.\"data\"->>'view_count')::int) desc, t0.\"id\" desc limit $1) t0 cross join lateral (select "
            "t0.\"data\" #> "
            "'{}' x offset 0) x0 order by t0.fq_o0 desc, t0.\"id\" desc"}},
          {"{ items { id status } }",
           {"select t0.\"id\", t0.\"status\" from \"app\".\"tv_item\" t0 order by t0.\"id\""}});
}

static void aggregates(void **state) {
    (void)state;
    CHECK({"{ usersAggregate(where: {age: {gt: 1}}) { count sum { age score } avg { age } max { createdAt } } }",
           {"select count(*), sum(t0.\"age\"), sum(t0.\"score\"), avg(t0.\"age\")::float8, max(t0.\"created_at\") from "
            "\"app\".\"users\" t0 where t0.\"age\" > $1"}},
          {"{ usersAggregate { __typename } }", {"select count(*) from \"app\".\"users\" t0"}},
          {"{ itemsAggregate { sum { viewCount } } }",
           {"select sum(((t0.\"data\"->>'view_count')::int)) from \"app\".\"tv_item\" t0"}});
}

static void functions(void **state) {
    (void)state;
    CHECK(
        {"mutation { createUser(input: {email: \"a\"}) { email } }",
         {"select t0.\"id\", t0.\"email\" from \"app\".\"create_user\"($1) t0"}},
        {"mutation { createUser(input: {}) { posts { id } } }",
         {"select set_config('fq.rows', fq_r::text, true) from \"app\".\"create_user\"($1) fq_r",
          "select t0.\"id\", a1.c0 from (select t0.\"id\" from unnest(array[nullif(current_setting('fq.rows', true), "
          "'')::\"app\".\"users\"]) t0) t0 left join lateral (select array_agg(b.c0) c0 from (select t1.\"id\" c0 from "
          "\"app\".\"posts\" t1 where t1.\"author_id\" = t0.\"id\" order by t1.\"id\") b) a1 on true"}},
        {"mutation { touchUsers(input: {}) { boss { id } } }",
         {"select set_config('fq.rows', coalesce(array_agg(fq_r)::text, '{}'), true) from \"app\".\"touch_users\"($1) "
          "fq_r",
          "select t1.\"id\" from (select r.*, row_number() over () fq_n from (select t0.\"boss_id\" from "
          "unnest(coalesce(nullif(current_setting('fq.rows', true), ''), '{}')::\"app\".\"users\"[]) t0) r) t0 left "
          "join "
          "\"app\".\"users\" t1 on t1.\"id\" = t0.\"boss_id\" order by t0.fq_n"}},
        {"mutation { echo(input: {a: 1}) }", {"select t0.v from \"app\".\"echo\"($1) t0(v)"}});
}

/* First-level keys are mapped to columns of the row that comes back; others stay, and so does what lies deeper. */
static void function_input(void **state) {
    (void)state;
    planning_make(&p,
                  "mutation($i: JSON!) { createUser(input: $i) { id } b: createUser(input: {createdAt: \"x\", n: "
                  "{createdAt: $i}}) { id } }",
                  "{\"i\": {\"createdAt\": null, \"zip\": {\"bossId\": 1.50}, \"bossId\": [true]}}");
    assert_non_null(p.plan);
    assert_string_equal(planning_values(&p, 0), "{\"created_at\":null,\"zip\":{\"bossId\":1.50},\"boss_id\":[true]}");
    assert_string_equal(planning_values(&p, 1),
                        "{\"created_at\":\"x\",\"n\":{\"createdAt\":{\"createdAt\":null,\"zip\":{\"bossId\":1.50},"
                        "\"bossId\":[true]}}}");
}

/* How many rows can come is told in classes, which are part of a plan's key. */
static void limit_classes(void **state) {
    (void)state;
    CHECK({"{ posts(limit: 1000) { user: author { id } } }",
           {"select t1.\"id\" from (select r.* from (select t0.\"id\", t0.\"author_id\" from \"app\".\"posts\" t0 "
            "order by "
            "t0.\"id\" limit $1) r limit 1000) t0 left join \"app\".\"users\" t1 on t1.\"id\" = t0.\"author_id\" order "
            "by "
            "t0.\"id\""}},
          {"{ posts(limit: 1001) { user: author { id } } }",
           {"select t1.\"id\" from (select t0.\"id\", t0.\"author_id\" from \"app\".\"posts\" t0 order by t0.\"id\" "
            "limit $1) "
            "t0 left join \"app\".\"users\" t1 on t1.\"id\" = t0.\"author_id\" order by t0.\"id\""}});
}

static void constants(void **state) {
    (void)state;
    planning_make(&p, "{ a: __typename user(id: 1) { id } __type(name: \"User\") { name } }", NULL);
    assert_non_null(p.plan);
    assert_int_equal(p.plan->n_roots, 3);
    assert_int_equal(p.plan->n_statements, 1);
    assert_string_equal(fq_arena_cstr(p.arena, p.plan->roots[0].constant), "\"Query\"");
    assert_null(p.plan->roots[1].constant.ptr);
    assert_string_equal(fq_arena_cstr(p.arena, p.plan->roots[2].constant), "{\"name\":\"User\"}");
}

/* A maximum of the operator's holds for every list. */
static void max_rows(void **state) {
    (void)state;
    p.limits.max_rows = 50;
    CHECK({"{ users { id } }", {"select t0.\"id\" from \"app\".\"users\" t0 order by t0.\"id\" limit 50"}},
          {"{ users(limit: 3) { id } }",
           {"select t0.\"id\" from \"app\".\"users\" t0 order by t0.\"id\" limit least($1, 50)"}});
    p.limits.max_rows = 0;
}

/* Each list is a level; there can be 254 below a root field. */
static void too_many_lists(void **state) {
    (void)state;
    static char query[20000];
    size_t at = (size_t)snprintf(query, sizeof(query), "{ users { ");
    for (int i = 0; i < 300; i++) {
        at += (size_t)snprintf(query + at, sizeof(query) - at, "p%d: posts { id } ", i);
    }
    snprintf(query + at, sizeof(query) - at, "} }");
    planning_make(&p, query, NULL);
    assert_null(p.plan);
    assert_string_equal(planning_error(&p), "One root field can hold at most 254 lists.");
}

static const char *posts_of_ids(char *query, size_t size, int ids, int lists) {
    size_t at = (size_t)snprintf(query, size, "{ users { posts(where: {OR: [");
    for (int i = 0; i < ids; i++) {
        at += (size_t)snprintf(query + at, size - at, "{id: %d}", i);
    }
    at += (size_t)snprintf(query + at, size - at, "]}) { ");
    for (int i = 0; i < lists; i++) {
        at += (size_t)snprintf(query + at, size - at, "c%d: comments { id } ", i);
    }
    snprintf(query + at, size - at, "} } }");
    return query;
}

/* A restriction that is written several times has its parameters once. */
static void parameters_are_shared(void **state) {
    (void)state;
    static char query[100000];
    for (int ids = 1; ids < 300; ids += 23) {
        planning_make(&p, posts_of_ids(query, sizeof(query), ids, 3), NULL);
        assert_non_null(p.plan);
        const fq_statement *statement = &p.plan->statements[0];
        assert_int_equal(statement->n_params, ids);
        for (int i = 0; i < ids; i++) {
            assert_int_equal(statement->params[i].value->index, i);
        }
    }
}

static void too_long(void **state) {
    (void)state;
    static char query[100000];
    planning_make(&p, posts_of_ids(query, sizeof(query), 2500, 100), NULL);
    assert_null(p.plan);
    assert_string_equal(planning_error(&p), "The SQL of this field would be too long.");
    assert_int_equal(p.errors.list.items[0].code, FQ_ERR_LIMIT_EXCEEDED);
}

/* Without the values of ranges a plan of an aggregate is a guess. */
static void custom_plans(void **state) {
    (void)state;
    static const struct {
        const char *query;
        int custom;
    } cases[] = {
        {"{ usersAggregate(where: {age: {gt: 1}}) { count } }", 1},
        {"{ usersAggregate(where: {id: {eq: 1}}) { count } }", 0},
        {"{ users(where: {age: {gt: 1}}) { id } }", 0},
        {"{ users(where: {email: {contains: \"a\"}}) { id } }", 1},
        {"{ users(where: {email: {startsWith: \"a\"}}) { id } }", 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        planning_make(&p, cases[i].query, NULL);
        assert_int_equal(p.plan->statements[0].custom_plan, cases[i].custom);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots),
        cmocka_unit_test(to_one),
        cmocka_unit_test(lists_as_arrays),
        cmocka_unit_test(lists_as_statements),
        cmocka_unit_test(lists_below_rows_without_key),
        cmocka_unit_test(values),
        cmocka_unit_test(documents),
        cmocka_unit_test(aggregates),
        cmocka_unit_test(functions),
        cmocka_unit_test(function_input),
        cmocka_unit_test(limit_classes),
        cmocka_unit_test(constants),
        cmocka_unit_test(max_rows),
        cmocka_unit_test(too_many_lists),
        cmocka_unit_test(parameters_are_shared),
        cmocka_unit_test(too_long),
        cmocka_unit_test(custom_plans),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
