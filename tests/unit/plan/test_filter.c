/* SPDX-License-Identifier: MIT */
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

/* What stands behind ` where `, without the order. */
static const char *where_of(const char *sql) {
    static char text[4096];
    const char *at = strstr(sql, " where ");
    snprintf(text, sizeof(text), "%s", at != NULL ? at + 7 : "");
    char *order = strstr(text, " order by ");
    if (order != NULL) {
        *order = '\0';
    }
    return text;
}

typedef struct filter_case {
    const char *where;
    const char *sql;
    const char *values;
} filter_case;

static void check(const char *field, const filter_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char query[1024];
        snprintf(query, sizeof(query), "{ %s(where: %s) { id } }", field, cases[i].where);
        planning_make(&p, query, NULL);
        if (p.plan == NULL) {
            fail_msg("%s: %s", cases[i].where, planning_error(&p));
        }
        assert_string_equal(where_of(planning_sql(&p, 0)), cases[i].sql);
        assert_string_equal(planning_values(&p, 0), cases[i].values);
    }
}

#define CHECK(field, ...)                                                                                              \
    do {                                                                                                               \
        static const filter_case cases[] = {__VA_ARGS__};                                                              \
        check(field, cases, sizeof(cases) / sizeof(cases[0]));                                                         \
    } while (0)

static void logic(void **state) {
    (void)state;
    CHECK("users", {"{}", "", ""}, {"null", "", ""}, {"{AND: null}", "", ""}, {"{AND: []}", "true", ""},
          {"{OR: []}", "false", ""}, {"{NOT: {}}", "not (true)", ""}, {"{age: {}}", "true", ""},
          {"{age: {gt: 1, lt: 9}, email: {eq: \"a\"}}", "t0.\"age\" > $1 and t0.\"age\" < $2 and t0.\"email\" = $3",
           "1|9|a"},
          {"{OR: [{age: {gt: 1}, id: {eq: 2}}, {NOT: {id: {eq: 3}}}]}",
           "((t0.\"age\" > $1 and t0.\"id\" = $2) or (not (t0.\"id\" = $3)))", "1|2|3"},
          {"{AND: [{id: {eq: 1}}, {OR: {id: {eq: 2}}}]}", "((t0.\"id\" = $1) and (((t0.\"id\" = $2))))", "1|2"});
}

static void nulls(void **state) {
    (void)state;
    CHECK("users", {"{age: null}", "t0.\"age\" is null", ""}, {"{age: {eq: null}}", "t0.\"age\" is null", ""},
          {"{age: {neq: null}}", "t0.\"age\" is not null", ""},
          {"{age: {in: [1, null]}}", "(t0.\"age\" = any($1) or t0.\"age\" is null)", "{\"1\"}"},
          {"{age: {nin: [1, null]}}", "(t0.\"age\" <> all($1) and t0.\"age\" is not null)", "{\"1\"}"},
          {"{age: {in: []}}", "t0.\"age\" = any($1)", "{}"}, {"{age: {isnull: true}}", "t0.\"age\" is null", ""},
          {"{age: {isnull: false}, active: {eq: true, neq: false}}",
           "t0.\"age\" is not null and t0.\"active\" = true and t0.\"active\" <> false", ""});
}

static void operators(void **state) {
    (void)state;
    CHECK("users", {"{email: \"x\"}", "t0.\"email\" = $1", "x"},
          {"{email: {contains: \"5%_\\\\\"}}", "t0.\"email\" like $1", "%5\\%\\_\\\\%"},
          {"{email: {startsWith: \"az\"}}", "(t0.\"email\" ~>=~ $1 and t0.\"email\" ~<~ $2 and t0.\"email\" like $3)",
           "az|a{|az%"},
          {"{email: {iendsWith: \"Z\"}}", "t0.\"email\" ilike $1", "%Z"},
          {"{email: {like: \"a_%\"}}", "t0.\"email\" like $1", "a_%"},
          {"{email: {nregex: \"^a\"}}", "t0.\"email\" !~ $1", "^a"},
          {"{age: {between: [1, 5]}}", "t0.\"age\" between $1 and $2", "1|5"},
          {"{small: {eq: 70000}}", "t0.\"small\" = $1", "70000"},
          {"{cost: {in: [\"1.50\", 2]}}", "t0.\"cost\" = any($1::money[])", "{\"1.50\",\"2\"}"},
          {"{code: {endsWith: \"b\"}}", "t0.\"code\"::text like $1", "%b"},
          {"{mood: {in: [very_happy]}}", "t0.\"mood\" = any($1)", "{\"very happy\"}"},
          {"{extra: {eq: {a: [1, \"x\", null]}}}", "t0.\"extra\" = $1", "{\"a\":[1,\"x\",null]}"},
          {"{raw: {eq: 5}}", "t0.\"raw\"::jsonb = $1", "5"}, {"{bin: {eq: \"AQL/\"}}", "t0.\"bin\" = $1", "\\x0102ff"},
          {"{tags: {contains: [\"a\\\"b\", null]}}", "t0.\"tags\" @> $1", "{\"a\\\"b\",NULL}"},
          {"{tags: {strictlyContains: [\"a\"]}}", "(t0.\"tags\" @> $1 and not t0.\"tags\" <@ $1)", "{\"a\"}"},
          {"{tags: {lenGte: 2}}", "cardinality(t0.\"tags\") >= $1", "2"},
          {"{tags: {anyEq: \"a\"}}", "$1 = any(t0.\"tags\")", "a"},
          {"{uid: {eq: \"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11\"}}", "t0.\"uid\" = $1",
           "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"});
}

static void prefixes(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"a", "a|b|a%"},
        {"\xED\x9F\xBF", "\xED\x9F\xBF|\xEE\x80\x80|\xED\x9F\xBF%"},
        {"z\xF4\x8F\xBF\xBF", "z\xF4\x8F\xBF\xBF|{|z\xF4\x8F\xBF\xBF%"},
        {"\x7F", "\x7F|\xC2\x80|\x7F%"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char query[200];
        snprintf(query, sizeof(query), "{ users(where: {email: {startsWith: \"%s\"}}) { id } }", cases[i][0]);
        planning_make(&p, query, NULL);
        assert_non_null(p.plan);
        assert_string_equal(planning_values(&p, 0), cases[i][1]);
    }
}

static void documents(void **state) {
    (void)state;
    CHECK("items", {"{status: {eq: \"x\"}}", "t0.\"status\" = $1", "x"},
          {"{viewCount: {gt: 9}}", "((t0.\"data\"->>'view_count')::int) > $1", "9"},
          {"{rating: {lt: 2.5}}", "((t0.\"data\"->>'rating')::numeric) < $1", "2.5"},
          {"{isOpen: true}", "((t0.\"data\"->>'is_open')::boolean) = true", ""},
          {"{title: {in: [\"a\", null]}}", "((t0.\"data\"->>'title') = any($1) or (t0.\"data\"->>'title') is null)",
           "{\"a\"}"},
          {"{owner: {address: {city: {eq: \"c\"}}, NOT: {firstName: null}}}",
           "(t0.\"data\"->'owner'->'address'->>'city') = $1 and not ((t0.\"data\"->'owner'->>'first_name') is null)",
           "c"});
}

static void variables(void **state) {
    (void)state;
    planning_make(&p,
                  "query($w: UserWhere, $l: [Int]) { users(where: $w) { id } b: users(where: {age: {in: $l}}) { id } }",
                  "{\"w\": {\"age\": {\"gt\": 3}, \"OR\": [{\"id\": {\"in\": [1, null, 2]}}]}, \"l\": [4, null]}");
    assert_non_null(p.plan);
    assert_string_equal(where_of(planning_sql(&p, 0)),
                        "t0.\"age\" > $1 and (((t0.\"id\" = any($2) or t0.\"id\" is null)))");
    assert_string_equal(planning_values(&p, 0), "3|{\"1\",\"2\"}");
    assert_string_equal(where_of(planning_sql(&p, 1)), "(t0.\"age\" = any($1) or t0.\"age\" is null)");
    assert_string_equal(planning_values(&p, 1), "{\"4\"}");
}

/* Errors while planning. */
static void refused(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"{ users(where: {age: {gt: null}}) { id } }", "gt does not take null"},
        {"{ users(where: {age: {in: null}}) { id } }", "in does not take null"},
        {"{ users(where: {email: {contains: null}}) { id } }", "contains does not take null"},
        {"{ users(where: {age: {between: [1]}}) { id } }", "between takes exactly two values"},
        {"{ users(where: {age: {between: [1, 2, 3]}}) { id } }", "between takes exactly two values"},
        {"{ posts { id comments(where: {body: {like: null}}) { id } } }", "like does not take null"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        planning_make(&p, cases[i][0], NULL);
        assert_null(p.plan);
        assert_string_equal(planning_error(&p), cases[i][1]);
        assert_int_equal(p.errors.list.items[0].code, FQ_ERR_BAD_USER_INPUT);
    }
}

/* Errors in the values of a request. */
static void refused_values(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"{ users(limit: -1) { id } }", "limit must be non-negative"},
        {"{ users(offset: -5) { id } }", "offset must be non-negative"},
        {"{ users { posts(limit: -1) { id } } }", "limit must be non-negative"},
        {"{ users(where: {uid: {eq: \"x\"}}) { id } }", "UUID cannot represent value: \"x\" (not a valid UUID)"},
        {"{ users(where: {createdAt: {in: [\"2024-01-01T00:00:00Z\", \"now\"]}}) { id } }",
         "DateTime cannot represent value: \"now\""},
        {"{ users(where: {email: {eq: \"a\\u0000b\"}}) { id } }", "String cannot represent value: \"a"},
        {"{ users(where: {extra: {eq: \"a\\u0000b\"}}) { id } }",
         "where.extra.eq: PostgreSQL can not hold the character U+0000"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        planning_make(&p, cases[i][0], NULL);
        assert_non_null(p.plan);
        assert_null(planning_values(&p, 0));
        assert_memory_equal(planning_error(&p), cases[i][1], strlen(cases[i][1]));
        assert_int_equal(p.errors.list.items[0].code, FQ_ERR_BAD_USER_INPUT);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logic),    cmocka_unit_test(nulls),          cmocka_unit_test(operators),
        cmocka_unit_test(prefixes), cmocka_unit_test(documents),      cmocka_unit_test(variables),
        cmocka_unit_test(refused),  cmocka_unit_test(refused_values),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
