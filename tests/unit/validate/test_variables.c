/* SPDX-License-Identifier: MIT */
/* Coercion of variables: what comes out, what is refused and in which words, and what the signature tells apart. */
#include "support.h"

static const char sdl[] =
    "type Query { f(a: Int, b: Float, c: String, d: Boolean, e: ID, g: Color, h: [Int], i: [[Int!]], j: Box, k: [Box!],"
    "  l: Choice, m: Any, o: UserWhere, p: [UserOrderBy!], q: IntFilter): Int }\n"
    "type User { id: Int name: String }\n"
    "enum Color { RED GREEN BLUE }\n"
    "input Box { width: Int! height: Int = 7 label: String colors: [Color] inner: Box }\n"
    "input Choice @oneOf { one: Int two: String }\n"
    "input UserWhere { AND: [UserWhere!] id: IntFilter tags: TagsFilter }\n"
    "input UserOrderBy { id: Color }\n"
    "input IntFilter { eq: Int gt: Int in: [Int] }\n"
    "input TagsFilter { eq: [String] }\n"
    "scalar Any\n";

typedef struct variable_case {
    const char *definitions;
    const char *json;     /* NULL: none */
    const char *expected; /* the coerced variables, or the errors */
} variable_case;

static const char *coerce(world *w, const variable_case *c) {
    const char *source = fq_arena_printf(w->arena, "query (%s) { __typename }", c->definitions).ptr;
    const fq_document *document = world_parse(w, source);
    fq_json_error error;
    const fq_json *json = c->json != NULL ? fq_json_parse(w->arena, fq_slice_from_cstr(c->json), 64, &error) : NULL;
    fq_variables variables;
    bool good = fq_variables_coerce(w->arena, w->schema, document, document->definitions, json, &w->limits,
                                    w->extensions, &variables, &w->errors);
    assert_int_equal(good, !fq_errors_any(&w->errors));
    if (!good) {
        return world_errors(w, NULL);
    }
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    fq_variables_write_json(&variables, &out);
    const char *text = fq_arena_cstr(w->arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return text;
}

static void check(world *w, const variable_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const char *got = coerce(w, &cases[i]);
        if (strcmp(got, cases[i].expected) != 0) {
            fail_msg("%s %s\n got: %s\nwant: %s", cases[i].definitions, cases[i].json, got, cases[i].expected);
        }
    }
}

#define CHECK(w, cases) check(w, cases, sizeof(cases) / sizeof((cases)[0]))
#define INVALID(name, value) "Variable \"$" name "\" got invalid value " value "; "

static void test_presence(void **state) {
    (void)state;
    world w = world_new(sdl);
    const variable_case cases[] = {
        {"$a: Int", NULL, "{}"},
        {"$a: Int", "null", "{}"},
        {"$a: Int", "{}", "{}"},
        {"$a: Int", "{\"a\":null,\"other\":1}", "{\"a\":null}"},
        {"$a: Int = 3", "{}", "{\"a\":3}"},
        {"$a: Int = 3", "{\"a\":null}", "{\"a\":null}"},
        {"$a: Int! = 3", "{}", "{\"a\":3}"},
        {"$a: Int!", "{}", "Variable \"$a\" of required type \"Int!\" was not provided."},
        {"$a: Int! = 3", "{\"a\":null}", "Variable \"$a\" of non-null type \"Int!\" must not be null."},
        {"$a: Int, $b: String", "{\"b\":\"x\",\"a\":1,\"a\":2}", "{\"a\":2,\"b\":\"x\"}"},
        {"$g: Color", "{\"g\":\"RED\\u0000D\"}",
         "Variable \"$g\" got invalid value \"RED\\u0000D\"; Value \"RED\\u0000D\" does not exist in \"Color\" enum."
         " Did you mean the enum value \"RED\"?"},
        {"$q: IntFilter", "{\"q\":{\"eq\\u0000\":1}}",
         "Variable \"$q\" got invalid value { eq\\u0000: 1 }; Field \"eq\\u0000\" is not defined by type "
         "\"IntFilter\". Did you mean \"eq\"?"},
        {"$q: Query", "{\"q\":1}",
         "Variable \"$q\" expected value of type \"Query\" which cannot be used as an input type."},
    };
    CHECK(&w, cases);
    world_free(&w);
}

static void test_scalars(void **state) {
    (void)state;
    world w = world_new(sdl);
    const variable_case cases[] = {
        {"$a: Int", "{\"a\":-2147483648}", "{\"a\":-2147483648}"},
        {"$a: Int", "{\"a\":1.0}", "{\"a\":1}"},
        {"$a: Int", "{\"a\":2e3}", "{\"a\":2000}"},
        {"$a: Int", "{\"a\":1.5}", INVALID("a", "1.5") "Int cannot represent non-integer value: 1.5"},
        {"$a: Int", "{\"a\":\"1\"}", INVALID("a", "\"1\"") "Int cannot represent non-integer value: \"1\""},
        {"$a: Int", "{\"a\":2147483648}",
         INVALID("a", "2147483648") "Int cannot represent non 32-bit signed integer value: 2147483648"},
        {"$a: Int", "{\"a\":1e21}",
         INVALID("a", "1e+21") "Int cannot represent non 32-bit signed integer value: 1e+21"},
        {"$a: Int", "{\"a\":0.0000001}", INVALID("a", "1e-7") "Int cannot represent non-integer value: 1e-7"},
        {"$b: Float", "{\"b\":1.25e2}", "{\"b\":1.25e2}"},
        {"$b: Float", "{\"b\":7}", "{\"b\":7}"},
        {"$b: Float", "{\"b\":1e999}", INVALID("b", "Infinity") "Float cannot represent non numeric value: Infinity"},
        {"$b: Float", "{\"b\":true}", INVALID("b", "true") "Float cannot represent non numeric value: true"},
        {"$c: String", "{\"c\":\"a\\n\\\"\"}", "{\"c\":\"a\\n\\\"\"}"},
        {"$c: String", "{\"c\":[1,{}]}", INVALID("c", "[1, {}]") "String cannot represent a non string value: [1, {}]"},
        {"$d: Boolean", "{\"d\":false}", "{\"d\":false}"},
        {"$d: Boolean", "{\"d\":0}", INVALID("d", "0") "Boolean cannot represent a non boolean value: 0"},
        {"$e: ID", "{\"e\":\"x1\"}", "{\"e\":\"x1\"}"},
        {"$e: ID", "{\"e\":123456789012345678901}", "{\"e\":\"123456789012345678901\"}"},
        {"$e: ID = 4", "{}", "{\"e\":\"4\"}"},
        {"$e: ID", "{\"e\":1.5}", INVALID("e", "1.5") "ID cannot represent value: 1.5"},
        {"$g: Color", "{\"g\":\"RED\"}", "{\"g\":\"RED\"}"},
        {"$g: Color", "{\"g\":\"REDD\"}",
         INVALID("g",
                 "\"REDD\"") "Value \"REDD\" does not exist in \"Color\" enum. Did you mean the enum value \"RED\"?"},
        {"$g: Color", "{\"g\":1}", INVALID("g", "1") "Enum \"Color\" cannot represent non-string value: 1."},
        {"$m: Any", "{\"m\":{\"a\":[1,\"x\",null]}}", "{\"m\":{\"a\":[1,\"x\",null]}}"},
        {"$m: Any", "{\"m\":\"x\"}", "{\"m\":\"x\"}"},
    };
    CHECK(&w, cases);
    world_free(&w);
}

static void test_lists_and_objects(void **state) {
    (void)state;
    world w = world_new(sdl);
    const variable_case cases[] = {
        {"$h: [Int]", "{\"h\":[1,null]}", "{\"h\":[1,null]}"},
        {"$h: [Int]", "{\"h\":1}", "{\"h\":[1]}"},
        {"$i: [[Int!]]", "{\"i\":1}", "{\"i\":[[1]]}"},
        {"$i: [[Int!]]", "{\"i\":[1,[2,3],null]}", "{\"i\":[[1],[2,3],null]}"},
        {"$i: [[Int!]]", "{\"i\":[[null]]}",
         "Variable \"$i\" got invalid value null at \"i[0][0]\"; Expected non-nullable type \"Int!\" not to be null."},
        {"$j: Box", "{\"j\":{\"label\":\"l\",\"width\":1}}", "{\"j\":{\"label\":\"l\",\"width\":1,\"height\":7}}"},
        {"$j: Box", "{\"j\":{\"width\":1,\"height\":null}}", "{\"j\":{\"width\":1,\"height\":null}}"},
        {"$j: Box", "{\"j\":3}", INVALID("j", "3") "Expected type \"Box\" to be an object."},
        {"$j: Box", "{\"j\":{\"height\":1}}",
         INVALID("j", "{ height: 1 }") "Field \"width\" of required type \"Int!\" was not provided."},
        {"$j: Box", "{\"j\":{\"width\":1,\"inner\":{\"width\":\"w\",\"colours\":[]}}}",
         "Variable \"$j\" got invalid value \"w\" at \"j.inner.width\"; Int cannot represent non-integer value: \"w\"\n"
         "Variable \"$j\" got invalid value { width: \"w\", colours: [] } at \"j.inner\"; Field \"colours\" is not "
         "defined by "
         "type \"Box\". Did you mean \"colors\"?"},
        {"$k: [Box!]", "{\"k\":{\"width\":2}}", "{\"k\":[{\"width\":2,\"height\":7}]}"},
        {"$l: Choice", "{\"l\":{\"two\":\"t\"}}", "{\"l\":{\"two\":\"t\"}}"},
        {"$l: Choice", "{\"l\":{}}", INVALID("l", "{}") "Exactly one key must be specified for OneOf type \"Choice\"."},
        {"$l: Choice", "{\"l\":{\"one\":null}}",
         "Variable \"$l\" got invalid value null at \"l.one\"; Field \"one\" must be non-null."},
        {"$h: [Int]", "{\"h\":[[0,0,0,0,0,0,0,0,0,0,0,0]]}",
         "Variable \"$h\" got invalid value [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ... 2 more items] at \"h[0]\"; Int cannot "
         "represent "
         "non-integer value: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ... 2 more items]"},
        {"$c: String", "{\"c\":{\"a\":{\"b\":{\"c\":1},\"d\":[[2]]}}}",
         INVALID("c", "{ a: { b: [Object], d: [Array] } }") "String cannot represent a non string value: { a: { b: "
                                                            "[Object], d: [Array] } }"},
    };
    CHECK(&w, cases);
    world_free(&w);
}

static void test_many_errors(void **state) {
    (void)state;
    world w = world_new(sdl);
    fq_buffer json;
    fq_buffer_init(&json, SIZE_MAX);
    fq_buffer_literal(&json, "{\"h\":[\"\"");
    for (int i = 0; i < 100; i++) {
        fq_buffer_literal(&json, ",\"\"");
    }
    fq_buffer_literal(&json, "]}");
    const variable_case c = {"$h: [Int]", fq_arena_cstr(w.arena, fq_buffer_view(&json)), ""};
    fq_buffer_done(&json);
    const char *errors = coerce(&w, &c);
    unsigned lines = 1;
    for (const char *at = errors; *at != '\0'; at++) {
        lines += *at == '\n';
    }
    assert_int_equal(lines, 51);
    assert_non_null(strstr(errors, "\nToo many errors processing variables, error limit reached. Execution aborted."));
    world_free(&w);
}

static void test_extensions(void **state) {
    (void)state;
    world w = world_new(sdl);
    world_add_roles(&w, "User");
    const variable_case refused[] = {
        {"$o: UserWhere", "{\"o\":{\"id\":3}}",
         "Variable \"$o\" got invalid value 3 at \"o.id\"; Expected type \"IntFilter\" to be an object."},
        {"$o: UserWhereInput", "{}",
         "Variable \"$o\" expected value of type \"UserWhereInput\" which cannot be used as an input type."},
    };
    CHECK(&w, refused);
    w.extensions = FQ_EXTENSIONS_ALL;
    const variable_case taken[] = {
        {"$o: UserWhere", "{\"o\":{\"id\":3}}", "{\"o\":{\"id\":{\"eq\":3}}}"},
        {"$o: UserWhereInput", "{\"o\":{\"AND\":[{\"id\":null}]}}", "{\"o\":{\"AND\":[{\"id\":{\"eq\":null}}]}}"},
        {"$p: [UserOrderByInput!]", "{\"p\":{\"id\":\"RED\"}}", "{\"p\":[{\"id\":\"RED\"}]}"},
        {"$o: UserWhere", "{\"o\":{\"tags\":[\"a\"]}}", "{\"o\":{\"tags\":{\"eq\":[\"a\"]}}}"},
        {"$o: UserWhere", "{\"o\":{\"id\":\"x\"}}",
         "Variable \"$o\" got invalid value \"x\" at \"o.id\"; Int cannot represent non-integer value: \"x\""},
        {"$o: UserWhere = {id: 4}", "{}", "{\"o\":{\"id\":{\"eq\":4}}}"},
        {"$o: BoxWhereInput", "{}",
         "Variable \"$o\" expected value of type \"BoxWhereInput\" which cannot be used as an input type."},
    };
    CHECK(&w, taken);
    world_free(&w);
}

/* ---- signature ---- */

static fq_slice signature(world *w, const char *source, const char *json) {
    prepared p = world_prepare(w, source, json);
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    fq_variables_signature(w->schema, p.document, p.operation, &p.variables, &out);
    fq_slice copy = fq_arena_copy(w->arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return copy;
}

static void test_signature(void **state) {
    (void)state;
    const struct {
        const char *source, *a, *b;
        bool same;
    } cases[] = {
        {"query ($a: Int) { f(a: $a) }", "{\"a\":1}", "{\"a\":2}", true},
        {"query ($a: Int) { f(a: $a) }", "{\"a\":1}", "{\"a\":null}", false},
        {"query ($a: Int) { f(a: $a) }", "{}", "{\"a\":null}", false},
        {"query ($a: Int) { f(a: $a) }", "{}", "{\"a\":1}", false},
        {"query ($h: [Int]) { f(h: $h) }", "{\"h\":[1]}", "{\"h\":[2,3]}", true},
        {"query ($h: [Int]) { f(h: $h) }", "{\"h\":[1]}", "{\"h\":[2,null]}", false},
        {"query ($g: Color) { f(g: $g) }", "{\"g\":\"RED\"}", "{\"g\":\"BLUE\"}", false},
        {"query ($j: Box) { f(j: $j) }", "{\"j\":{\"width\":1}}", "{\"j\":{\"width\":2}}", true},
        {"query ($j: Box) { f(j: $j) }", "{\"j\":{\"width\":1}}", "{\"j\":{\"width\":2,\"label\":\"l\"}}", false},
        {"query ($j: Box) { f(j: $j) }", "{\"j\":{\"width\":1,\"label\":\"a\"}}",
         "{\"j\":{\"label\":\"a\",\"width\":1}}", false},
        {"query ($k: [Box!]) { f(k: $k) }", "{\"k\":[{\"width\":1}]}", "{\"k\":[{\"width\":1},{\"width\":1}]}", false},
        {"query ($m: Any) { f(m: $m) }", "{\"m\":{\"a\":1}}", "{\"m\":[2]}", true},
        {"query ($d: Boolean!) { f @skip(if: $d) }", "{\"d\":true}", "{\"d\":false}", false},
        {"query ($d: Boolean!) { f(d: $d) }", "{\"d\":true}", "{\"d\":false}", false},
        {"query ($c: String!) { __type(name: $c) { name } }", "{\"c\":\"User\"}", "{\"c\":\"Query\"}", false},
        {"query ($a: Int, $c: String) { f(a: $a, c: $c) }", "{\"a\":1}", "{\"c\":\"x\"}", false},
    };
    world w = world_new(sdl);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool same =
            fq_slice_equal(signature(&w, cases[i].source, cases[i].a), signature(&w, cases[i].source, cases[i].b));
        if (same != cases[i].same) {
            fail_msg("%s %s %s: %s", cases[i].source, cases[i].a, cases[i].b, same ? "the same" : "not the same");
        }
    }
    world_free(&w);
}

static void test_leaves(void **state) {
    (void)state;
    world w = world_new(sdl);
    prepared p =
        world_prepare(&w, "query ($k: [Box!], $h: [Int], $a: Int) { f(k: $k, h: $h, a: $a) }",
                      "{\"a\":5,\"h\":[1,2],\"k\":[{\"label\":\"x\",\"width\":1},{\"width\":2,\"colors\":[\"RED\"]}]}");
    assert_string_equal(world_print_value(&w, &p.variables.values[0]),
                        "[{label:V0 width:V1 height:7} {width:V2 colors:[RED] height:7}]");
    assert_string_equal(world_print_value(&w, &p.variables.values[1]), "V3");
    assert_string_equal(world_print_value(&w, &p.variables.values[2]), "V4");
    assert_int_equal(p.variables.n_leaves, 5);
    for (uint32_t i = 0; i < p.variables.n_leaves; i++) {
        assert_int_equal(p.variables.leaves[i]->index, i);
    }
    assert_int_equal(p.variables.leaves[3]->count, 2);
    world_free(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_presence),    cmocka_unit_test(test_scalars),    cmocka_unit_test(test_lists_and_objects),
        cmocka_unit_test(test_many_errors), cmocka_unit_test(test_extensions), cmocka_unit_test(test_signature),
        cmocka_unit_test(test_leaves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
