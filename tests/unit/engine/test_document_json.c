/* SPDX-License-Identifier: MIT */
/* The tree of a document as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fraiseql.h"

static void assert_tree(const char *document, const char *expected) {
    char *message = NULL;
    char *got = fraiseql_document_json((fraiseql_slice){document, strlen(document)}, &message);
    if (got == NULL) {
        fail_msg("%s", message);
    }
    assert_null(message);
    assert_string_equal(got, expected);
    free(got);
}

static void assert_refused(const char *document, size_t len, const char *expected) {
    char *message = NULL;
    assert_null(fraiseql_document_json((fraiseql_slice){document, len}, &message));
    if (strstr(message, expected) == NULL) {
        fail_msg("got: %s\nexpected: %s", message, expected);
    }
    free(message);
    assert_null(fraiseql_document_json((fraiseql_slice){document, len}, NULL));
}

static void test_operation(void **state) {
    (void)state;
    assert_tree("{ a }",
                "{\"operations\":[{\"operation\":\"query\",\"name\":null,\"variables\":[],\"directives\":[],"
                "\"selections\":[{\"field\":\"a\",\"alias\":null,\"arguments\":[],\"directives\":[],\"selections\":[]}]"
                "}],\"fragments\":[]}");
    assert_tree("mutation M($n: [Int!]! = [1] @d) @e { x: a { b } }",
                "{\"operations\":[{\"operation\":\"mutation\",\"name\":\"M\",\"variables\":[{\"name\":\"n\",\"type\":"
                "\"[Int!]!\",\"default\":{\"kind\":\"list\",\"json\":\"[1]\",\"text\":\"[1]\"},\"directives\":[{"
                "\"name\":\"d\",\"arguments\":[]}]}],\"directives\":[{\"name\":\"e\",\"arguments\":[]}],\"selections\":"
                "[{\"field\":\"a\",\"alias\":\"x\",\"arguments\":[],\"directives\":[],\"selections\":[{\"field\":\"b\","
                "\"alias\":null,\"arguments\":[],\"directives\":[],\"selections\":[]}]}]}],\"fragments\":[]}");
}

static void test_fragments(void **state) {
    (void)state;
    assert_tree("subscription { ...F @d ... on T { a } ... @d { a } } fragment F on T { a }",
                "{\"operations\":[{\"operation\":\"subscription\",\"name\":null,\"variables\":[],\"directives\":[],"
                "\"selections\":[{\"spread\":\"F\",\"directives\":[{\"name\":\"d\",\"arguments\":[]}]},"
                "{\"on\":\"T\",\"directives\":[],\"selections\":[{\"field\":\"a\",\"alias\":null,\"arguments\":[],"
                "\"directives\":[],\"selections\":[]}]},"
                "{\"on\":null,\"directives\":[{\"name\":\"d\",\"arguments\":[]}],\"selections\":[{\"field\":\"a\","
                "\"alias\":null,\"arguments\":[],\"directives\":[],\"selections\":[]}]}]}],"
                "\"fragments\":[{\"name\":\"F\",\"on\":\"T\",\"directives\":[],\"selections\":[{\"field\":\"a\","
                "\"alias\":null,\"arguments\":[],\"directives\":[],\"selections\":[]}]}]}");
}

/* What kind, json and text say of a value. */
static void assert_value(const char *value, const char *kind, const char *json, const char *text) {
    char document[512], expected[512];
    snprintf(document, sizeof(document), "query ($v: V) { a(b: %s) }", value);
    snprintf(expected, sizeof(expected),
             "\"arguments\":[{\"name\":\"b\",\"kind\":\"%s\",\"json\":\"%s\",\"text\":\"%s\"}]", kind, json, text);
    char *got = fraiseql_document_json((fraiseql_slice){document, strlen(document)}, NULL);
    assert_non_null(got);
    if (strstr(got, expected) == NULL) {
        fail_msg("got: %s\nexpected: %s", got, expected);
    }
    free(got);
}

static void test_values(void **state) {
    (void)state;
    assert_value("$v", "variable", "\\\"$v\\\"", "$v");
    assert_value("12345678901234567890", "int", "12345678901234567890", "12345678901234567890");
    assert_value("-1.10e3", "float", "-1.10e3", "-1.10e3");
    assert_value("\"$v\"", "string", "\\\"$v\\\"", "\\\"$v\\\"");
    assert_value("\"\\u00e9\\n\\\"\"", "string", "\\\"\xC3\xA9\\\\n\\\\\\\"\\\"", "\\\"\xC3\xA9\\\\n\\\\\\\"\\\"");
    assert_value("true", "boolean", "true", "true");
    assert_value("false", "boolean", "false", "false");
    assert_value("null", "null", "null", "null");
    assert_value("RED", "enum", "\\\"RED\\\"", "RED");
    assert_value("[]", "list", "[]", "[]");
    assert_value("{a: [1, $v], b: {c: RED}}", "object", "{\\\"a\\\":[1,\\\"$v\\\"],\\\"b\\\":{\\\"c\\\":\\\"RED\\\"}}",
                 "{a: [1, $v], b: {c: RED}}");
}

static void test_refused(void **state) {
    (void)state;
    assert_refused("{ a(", 4, "{\"errors\":[{\"message\":\"Syntax Error: Expected Name, found <EOF>.\"");
    assert_refused("", 0, "Syntax Error: Unexpected <EOF>.");
    assert_refused("{ a } type T { a: Int }", 23, "type system definition");
    char *deep = malloc(300 * 1024);
    memset(deep, '{', 300 * 1024);
    assert_refused(deep, 300 * 1024, "LIMIT_EXCEEDED");
    assert_refused(deep, 1000, "GRAPHQL_PARSE_FAILED");
    for (size_t i = 0; i < 200; i += 2) {
        memcpy(deep + i, "{a", 2);
    }
    assert_refused(deep, 200, "LIMIT_EXCEEDED");
    free(deep);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operation),
        cmocka_unit_test(test_fragments),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
