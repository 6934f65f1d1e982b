/* SPDX-License-Identifier: MIT */
/* What SDL becomes: types with all their parts, extensions merged, defaults coerced; and that printing gives SDL back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "graphql/parser.h"
#include "schema/build.h"
#include "schema/builtins.h"
#include "schema/leaf_literal.h"
#include "schema/print.h"

static void assert_slice(fq_slice got, const char *expected) {
    if (!fq_slice_equal(got, fq_slice_from_cstr(expected))) {
        fail_msg("got \"%.*s\", expected \"%s\"", FQ_PRI(got), expected);
    }
}

static fq_schema *schema_of(const char *sdl) {
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 10);
    char *text = fq_arena_cstr(arena, fq_slice_from_cstr(sdl));
    fq_schema *schema = fq_schema_from_sdl(fq_slice_of(text, strlen(sdl)), &errors);
    if (schema == NULL) {
        fail_msg("%.*s", FQ_PRI(errors.list.items[0].message));
    }
    memset(text, 'x', strlen(sdl)); /* nothing may refer to the text that was given */
    fq_arena_free(arena);
    return schema;
}

static void test_model(void **state) {
    (void)state;
    fq_schema *schema = schema_of(
        "\"The whole.\" schema { query: Root mutation: Change }\n"
        "type Change { a: Int }\n"
        "\"\"\"\n  A root.\n\"\"\"\ntype Root implements Node & Named { \"The id.\" id: ID! name(lang: String = "
        "\"en\"): String!\n"
        "  old: [Color!] @deprecated(reason: \"gone\") older: Int @deprecated never: Int @deprecated(reason: null) }\n"
        "interface Node { id: ID! } interface Named { name(lang: String = \"en\"): String }\n"
        "enum Color { RED \"not red\" GREEN @deprecated } union Any = Root | Change\n"
        "scalar Url @specifiedBy(url: \"about:url\") scalar Other\n"
        "input Key @oneOf { id: ID name: String }\n"
        "directive @mark(level: Int! = 1) repeatable on OBJECT | FIELD | ENUM\n"
        "extend type Root { more: Any } extend enum Color { BLUE } extend union Any = Extra type Extra { x: Int }\n"
        "extend scalar Other @specifiedBy(url: \"about:other\")");
    assert_slice(schema->description, "The whole.");
    assert_slice(schema->query->name, "Root");
    assert_slice(schema->mutation->name, "Change");
    assert_null(schema->subscription);
    const fq_type *root = schema->query;
    assert_slice(root->description, "A root.");
    assert_int_equal(root->n_fields, 6);
    assert_int_equal(root->n_interfaces, 2);
    assert_slice(root->fields[5].name, "more");
    assert_slice(root->fields[0].description, "The id.");
    assert_null(root->fields[1].description.ptr);
    assert_true(root->fields[2].deprecated);
    assert_slice(root->fields[2].deprecation_reason, "gone");
    assert_slice(root->fields[3].deprecation_reason, "No longer supported");
    assert_false(root->fields[4].deprecated);
    const fq_input_value *lang = fq_field_arg(&root->fields[1], FQ_S("lang"));
    assert_true(lang->has_default);
    assert_int_equal(lang->default_value.kind, FQ_VALUE_STRING);
    assert_slice(lang->default_value.text, "en");
    const fq_type *node = fq_schema_type(schema, FQ_S("Node"));
    assert_int_equal(node->n_possible, 1);
    assert_ptr_equal(node->possible[0], root);
    const fq_type *color = fq_schema_type(schema, FQ_S("Color"));
    assert_int_equal(color->n_values, 3);
    assert_slice(fq_type_enum_value(color, FQ_S("GREEN"))->description, "not red");
    assert_slice(fq_type_enum_value(color, FQ_S("BLUE"))->label, "BLUE");
    assert_int_equal(fq_schema_type(schema, FQ_S("Any"))->n_possible, 3);
    assert_slice(fq_schema_type(schema, FQ_S("Url"))->specified_by, "about:url");
    assert_slice(fq_schema_type(schema, FQ_S("Other"))->specified_by, "about:other");
    assert_int_equal(fq_schema_type(schema, FQ_S("Url"))->scalar, FQ_SCALAR_OPAQUE);
    assert_true(fq_schema_type(schema, FQ_S("Key"))->one_of);
    const fq_directive *mark = fq_schema_directive(schema, FQ_S("mark"));
    assert_true(mark->repeatable);
    assert_int_equal(mark->locations, 1u << FQ_LOCATION_OBJECT | 1u << FQ_LOCATION_FIELD | 1u << FQ_LOCATION_ENUM);
    assert_ptr_equal(schema->directives[0], mark);
    fq_schema_unref(schema);
}

static void test_roots_by_name(void **state) {
    (void)state;
    fq_schema *schema =
        schema_of("type Query { a: Int } type Subscription { a: Int } extend schema { mutation: M } type M { a: Int }");
    assert_slice(schema->query->name, "Query");
    assert_slice(schema->mutation->name, "M");
    assert_slice(schema->subscription->name, "Subscription");
    fq_schema_unref(schema);
    schema = schema_of("type Query { a: Int } type Mutation { a: Int } schema { query: Query }");
    assert_null(schema->mutation);
    fq_schema_unref(schema);
}

/* An ID is text, also where its default was written as a number. */
static void test_default_of_id(void **state) {
    (void)state;
    fq_schema *schema = schema_of("type Query { f(x: [ID] = 7): Int }");
    const fq_value *value = &schema->query->fields[0].args[0].default_value;
    assert_int_equal(value->items[0].kind, FQ_VALUE_STRING);
    assert_slice(value->items[0].text, "7");
    fq_schema_unref(schema);
}

static void test_defaults(void **state) {
    (void)state;
    const struct {
        const char *type;
        const char *literal;
        const char *value;
    } cases[] = {
        {"Int", "3", "3"},
        {"Float", "1e3", "1e3"},
        {"String", "\"a\\n\\\"b\\\"\"", "\"a\\n\\\"b\\\"\""},
        {"String", "null", "null"},
        {"[Int]", "3", "[3]"},
        {"[[Int]!]", "3", "[[3]]"},
        {"[[Int]]", "[3, null, [4]]", "[[3], null, [4]]"},
        {"ID", "7", "7"},
        {"ID", "\"-12345678901234567890\"", "-12345678901234567890"},
        {"[ID!]", "\"0\"", "[0]"},
        {"ID", "\"007\"", "\"007\""},
        {"ID", "\"-\"", "\"-\""},
        {"ID", "\"1a\"", "\"1a\""},
        {"String", "\"7\"", "\"7\""},
        {"Color", "RED", "RED"},
        {"In", "{}", "{a: 1, c: {a: 1, b: [RED], c: null}}"},
        {"In", "{b: RED, c: {c: null}, a: 2}", "{a: 2, b: [RED], c: {a: 1, c: null}}"},
        {"Any", "{x: [FOO, {y: \"z\"}], w: -1.5}", "{x: [FOO, {y: \"z\"}], w: -1.5}"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char sdl[512];
        snprintf(sdl, sizeof(sdl),
                 "scalar Any enum Color { RED } input In { a: Int! = 1 b: [Color] c: In = {b: RED, c: null} } "
                 "type Query { f(x: %s = %s): Int }",
                 cases[i].type, cases[i].literal);
        fq_schema *schema = schema_of(sdl);
        fq_buffer out;
        fq_buffer_init(&out, 1000);
        fq_value_print(&schema->query->fields[0].args[0].default_value, schema->query->fields[0].args[0].type, &out);
        assert_slice(fq_buffer_view(&out), cases[i].value);
        fq_buffer_done(&out);
        fq_schema_unref(schema);
    }
}

static void test_default_members(void **state) {
    (void)state;
    fq_schema *schema = schema_of("input In { a: Int b: [Int] = [1, null] } type Query { f(x: In = {}): Int }");
    const fq_value *value = &schema->query->fields[0].args[0].default_value;
    assert_int_equal(value->count, 1);
    assert_ptr_equal(value->members[0].field, fq_type_input_field(fq_schema_type(schema, FQ_S("In")), FQ_S("b")));
    assert_true(value->members[0].value.has_null);
    assert_null(fq_value_member(value, FQ_S("a")));
    fq_schema_unref(schema);
}

static char *print(const fq_schema *schema) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    fq_schema_print_sdl(schema, &out);
    fq_buffer_char(&out, '\0');
    return out.ptr;
}

static void test_print(void **state) {
    (void)state;
    /* Each is its own print. */
    const char *const cases[] = {
        "type Query {\n  a: Int\n}",
        "schema {\n  query: Root\n}\n\ntype Root {\n  a: [Int!]!\n}",
        "\"\"\"All of it.\"\"\"\nschema {\n  query: Query\n}\n\ntype Query {\n  a: Int\n}",
        "directive @d(a: Int = 1, b: [String]) repeatable on FIELD | QUERY\n\ntype Query {\n  a: Int\n}",
        "type Query implements A & B {\n  a: Int\n}\n\ninterface A {\n  a: Int\n}\n\ninterface B {\n  a: Int\n}",
        "\"\"\"One.\"\"\"\ntype Query {\n  \"\"\"Two.\"\"\"\n  a(\n    \"\"\"Three.\"\"\"\n    x: Int\n    y: Int = "
        "2\n\n    \"\"\"Four.\"\"\"\n    "
        "z: Int\n  ): Int\n\n  \"\"\"\n  Five,\n    six.\n  \"\"\"\n  b(x: Int, y: Int): Int\n}",
        "type Query {\n  a: Int @deprecated\n  b(x: Int @deprecated(reason: \"a \\\"b\\\"\")): Int @deprecated(reason: "
        "\"\")\n}",
        "enum E {\n  A\n\n  \"\"\"b\"\"\"\n  B @deprecated\n}\n\ntype Query {\n  e: E\n}",
        "union U = Query | B\n\ntype B {\n  u: U\n}\n\ntype Query {\n  u: U\n}",
        "scalar S @specifiedBy(url: \"about:s\")\n\ninput I @oneOf {\n  a: S\n  b: [I!]\n}\n\ntype Query {\n  i(i: I): "
        "S\n}",
        "input I {\n  a: Int! = 1\n  b: String = \"x\\u0007\"\n}\n\ntype Query {\n  i(i: I = {a: 1, b: null}): Int\n}",
        "\"\"\"\"\"\"\ntype Query {\n  a: Int\n}",
        "\"  indented\\n  lines\"\ntype Query {\n  a: Int\n}",
        "\"ends with a line\\n\"\ntype Query {\n  a: Int\n}",
        "\"\\u0001 control\"\ntype Query {\n  a: Int\n}",
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_schema *schema = schema_of(cases[i]);
        char *text = print(schema);
        if (strcmp(text, cases[i]) != 0) {
            fail_msg("case %zu: got\n%s\nexpected\n%s", i, text, cases[i]);
        }
        free(text);
        fq_schema_unref(schema);
    }
}

static void test_refs(void **state) {
    (void)state;
    const char *const types[] = {"Int", "Int!", "[Int]", "[Int!]", "[Int]!", "[[[Int!]]!]!"};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        char sdl[100];
        snprintf(sdl, sizeof(sdl), "type Query { a: %s }", types[i]);
        fq_schema *schema = schema_of(sdl);
        assert_slice(fq_ref_text(schema->arena, schema->query->fields[0].type), types[i]);
        fq_schema_unref(schema);
    }
}

static void test_leaf_literals(void **state) {
    (void)state;
    const struct {
        const char *type;
        const char *literal;
        const char *error;
    } cases[] = {
        {"Int", "-2147483648", ""},
        {"Int", "-2147483649", "Int cannot represent non 32-bit signed integer value: -2147483649"},
        {"Int", "99999999999999999999999",
         "Int cannot represent non 32-bit signed integer value: 99999999999999999999999"},
        {"Int", "1.0", "Int cannot represent non-integer value: 1.0"},
        {"Float", "1", ""},
        {"Float", "\"1\"", "Float cannot represent non numeric value: \"1\""},
        {"String", "1", "String cannot represent a non string value: 1"},
        {"String", "\"\"\"a\"\"\"", ""},
        {"Boolean", "TRUE", "Boolean cannot represent a non boolean value: TRUE"},
        {"ID", "123456789012345678901", ""},
        {"ID", "1.5", "ID cannot represent a non-string and non-integer value: 1.5"},
        {"Any", "{a: [1]}", ""},
        {"Color", "RED", ""},
        {"Color", "BLUE", "Value \"BLUE\" does not exist in \"Color\" enum."},
        {"Color", "1", "Enum \"Color\" cannot represent non-enum value: 1."},
    };
    fq_schema *schema = schema_of("scalar Any enum Color { RED } type Query { a: Int }");
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 10);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const fq_type *type = fq_schema_type(schema, fq_slice_from_cstr(cases[i].type));
        const fq_document *document =
            fq_parse_const_value(arena, fq_slice_from_cstr(cases[i].literal), (fq_parse_limits){.depth = 10}, &errors);
        assert_slice(fq_leaf_literal_error(arena, type, document, document->definitions), cases[i].error);
    }
    fq_arena_free(arena);
    fq_schema_unref(schema);
}

static void test_syntax_error(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 10);
    assert_null(fq_schema_from_sdl(FQ_S("type Query {"), &errors));
    assert_int_equal(errors.list.len, 1);
    assert_int_equal(errors.list.items[0].code, FQ_ERR_PARSE_FAILED);
    fq_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_model),    cmocka_unit_test(test_roots_by_name),   cmocka_unit_test(test_default_of_id),
        cmocka_unit_test(test_defaults), cmocka_unit_test(test_default_members), cmocka_unit_test(test_print),
        cmocka_unit_test(test_refs),     cmocka_unit_test(test_leaf_literals),   cmocka_unit_test(test_syntax_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
