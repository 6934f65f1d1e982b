/* SPDX-License-Identifier: MIT */
/* Introspection: what each field of section 4.2 answers, as JSON text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "graphql/parser.h"
#include "schema/build.h"
#include "validate/introspection.h"
#include "validate/validate.h"

static const char sdl[] =
    "\"All.\" schema { query: Root }\n"
    "type Root implements Node { id: ID! \"Finds.\" find(by: Key, in: [Color!]! = [RED], old: Int @deprecated): Any\n"
    "  gone: Int @deprecated(reason: \"use id\") }\n"
    "interface Node { id: ID! }\n"
    "\"Colours.\" enum Color { RED GREEN @deprecated }\n"
    "union Any = Root | Other type Other { x: [[Int!]]! }\n"
    "input Key @oneOf { id: ID name: String }\n"
    "input In { a: String = \"x\\\"y\", b: In = {c: [1.5, 2], b: null, a: null}, c: [Float], d: Int = null, e: Int "
    "@deprecated }\n"
    "scalar Url @specifiedBy(url: \"about:url\")\n"
    "directive @mark(level: Int = 1, old: Int @deprecated) repeatable on OBJECT | FIELD\n";

/* The data of a query, as JSON text; freed with the arena. */
static fq_slice answer(fq_arena *arena, const fq_schema *schema, const char *query, const char *variables_json) {
    const fq_limits limits = FQ_LIMITS_DEFAULT;
    fq_errors errors;
    fq_errors_init(&errors, arena, 10);
    const fq_document *document = fq_parse(arena, fq_slice_from_cstr(query), (fq_parse_limits){.depth = 50}, &errors);
    if (document == NULL || !fq_validate(arena, schema, document, &limits, 0, &errors)) {
        fail_msg("%s: %.*s", query, FQ_PRI(errors.list.items[0].message));
    }
    fq_json_error json_error;
    const fq_json *json =
        variables_json != NULL ? fq_json_parse(arena, fq_slice_from_cstr(variables_json), 10, &json_error) : NULL;
    fq_node_id node = fq_operation_choose(document, (fq_slice){0}, &errors);
    fq_variables variables;
    assert_true(fq_variables_coerce(arena, schema, document, node, json, &limits, 0, &variables, &errors));
    fq_literals literals;
    fq_literals_lift(arena, document, &literals);
    const fq_operation *operation =
        fq_operation_resolve(arena, schema, document, node, &literals, &variables, &limits, 0, &errors);
    assert_non_null(operation);
    fq_buffer out;
    fq_buffer_init(&out, 1 << 20);
    for (uint32_t i = 0; i < operation->root->count; i++) {
        assert_true(fq_is_introspection(schema, &operation->root->items[i]));
        fq_buffer_slice(&out, i > 0 ? FQ_S(",") : FQ_S(""));
        fq_introspection_write(schema, &operation->root->items[i], &out);
    }
    fq_slice text = fq_arena_copy(arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return text;
}

static void test_answers(void **state) {
    (void)state;
    const struct {
        const char *query;
        const char *json;
    } cases[] = {
        {"{ __typename a: __typename }", "\"Root\",\"Root\""},
        {"{ __schema { description queryType { name } mutationType { name } subscriptionType { name } } }",
         "{\"description\":\"All.\",\"queryType\":{\"name\":\"Root\"},\"mutationType\":null,\"subscriptionType\":"
         "null}"},
        {"{ __type(name: \"Nothing\") { name } }", "null"},
        {"{ __type(name: \"Root\") { __typename kind n: name description isOneOf specifiedByURL interfaces { name } "
         "possibleTypes { name } enumValues { name } inputFields { name } ofType { name } } }",
         "{\"__typename\":\"__Type\",\"kind\":\"OBJECT\",\"n\":\"Root\",\"description\":null,\"isOneOf\":null,"
         "\"specifiedByURL\":null,\"interfaces\":[{\"name\":\"Node\"}],\"possibleTypes\":null,\"enumValues\":null,"
         "\"inputFields\":null,\"ofType\":null}"},
        {"{ __type(name: \"Root\") { fields { name description } } }",
         "{\"fields\":[{\"name\":\"id\",\"description\":null},{\"name\":\"find\",\"description\":\"Finds.\"}]}"},
        {"{ __type(name: \"Root\") { fields(includeDeprecated: true) { name isDeprecated deprecationReason } } }",
         "{\"fields\":[{\"name\":\"id\",\"isDeprecated\":false,\"deprecationReason\":null},"
         "{\"name\":\"find\",\"isDeprecated\":false,\"deprecationReason\":null},"
         "{\"name\":\"gone\",\"isDeprecated\":true,\"deprecationReason\":\"use id\"}]}"},
        {"{ __type(name: \"Root\") { fields { args { name } all: args(includeDeprecated: true) { name isDeprecated } } "
         "} }",
         "{\"fields\":[{\"args\":[],\"all\":[]},{\"args\":[{\"name\":\"by\"},{\"name\":\"in\"}],\"all\":[{\"name\":"
         "\"by\","
         "\"isDeprecated\":false},{\"name\":\"in\",\"isDeprecated\":false},{\"name\":\"old\",\"isDeprecated\":true}]}]"
         "}"},
        {"{ __type(name: \"Node\") { kind possibleTypes { name } interfaces { name } } }",
         "{\"kind\":\"INTERFACE\",\"possibleTypes\":[{\"name\":\"Root\"}],\"interfaces\":[]}"},
        {"{ __type(name: \"Any\") { kind possibleTypes { name } fields { name } } }",
         "{\"kind\":\"UNION\",\"possibleTypes\":[{\"name\":\"Root\"},{\"name\":\"Other\"}],\"fields\":null}"},
        {"{ __type(name: \"Color\") { kind description enumValues { name } all: enumValues(includeDeprecated: true) "
         "{ name description isDeprecated deprecationReason } } }",
         "{\"kind\":\"ENUM\",\"description\":\"Colours.\",\"enumValues\":[{\"name\":\"RED\"}],\"all\":[{\"name\":"
         "\"RED\","
         "\"description\":null,\"isDeprecated\":false,\"deprecationReason\":null},{\"name\":\"GREEN\",\"description\":"
         "null,"
         "\"isDeprecated\":true,\"deprecationReason\":\"No longer supported\"}]}"},
        {"{ __type(name: \"Key\") { kind isOneOf inputFields { name defaultValue } } }",
         "{\"kind\":\"INPUT_OBJECT\",\"isOneOf\":true,\"inputFields\":[{\"name\":\"id\",\"defaultValue\":null},"
         "{\"name\":\"name\",\"defaultValue\":null}]}"},
        {"{ __type(name: \"In\") { isOneOf inputFields { defaultValue } } }",
         "{\"isOneOf\":false,\"inputFields\":[{\"defaultValue\":\"\\\"x\\\\\\\"y\\\"\"},"
         "{\"defaultValue\":\"{a: null, b: null, c: [1.5, 2], d: "
         "null}\"},{\"defaultValue\":null},{\"defaultValue\":\"null\"}]}"},
        {"{ __type(name: \"In\") { inputFields(includeDeprecated: true) { name description type { name } } } }",
         "{\"inputFields\":[{\"name\":\"a\",\"description\":null,\"type\":{\"name\":\"String\"}},"
         "{\"name\":\"b\",\"description\":null,\"type\":{\"name\":\"In\"}},"
         "{\"name\":\"c\",\"description\":null,\"type\":{\"name\":null}},"
         "{\"name\":\"d\",\"description\":null,\"type\":{\"name\":\"Int\"}},"
         "{\"name\":\"e\",\"description\":null,\"type\":{\"name\":\"Int\"}}]}"},
        {"{ __type(name: \"Other\") { fields { type { kind name fields { name } ofType { kind ofType { kind ofType { "
         "kind "
         "ofType { kind name ofType { name } } } } } } } } }",
         "{\"fields\":[{\"type\":{\"kind\":\"NON_NULL\",\"name\":null,\"fields\":null,\"ofType\":{\"kind\":\"LIST\","
         "\"ofType\":{\"kind\":\"LIST\",\"ofType\":{\"kind\":\"NON_NULL\",\"ofType\":{\"kind\":\"SCALAR\",\"name\":"
         "\"Int\","
         "\"ofType\":null}}}}}}]}"},
        {"{ __type(name: \"Url\") { kind specifiedByURL } }", "{\"kind\":\"SCALAR\",\"specifiedByURL\":\"about:url\"}"},
        {"{ __schema { directives { name isRepeatable locations } } }",
         "{\"directives\":[{\"name\":\"mark\",\"isRepeatable\":true,\"locations\":[\"OBJECT\",\"FIELD\"]},"
         "{\"name\":\"include\",\"isRepeatable\":false,\"locations\":[\"FIELD\",\"FRAGMENT_SPREAD\",\"INLINE_"
         "FRAGMENT\"]},"
         "{\"name\":\"skip\",\"isRepeatable\":false,\"locations\":[\"FIELD\",\"FRAGMENT_SPREAD\",\"INLINE_FRAGMENT\"]},"
         "{\"name\":\"deprecated\",\"isRepeatable\":false,\"locations\":[\"FIELD_DEFINITION\",\"ARGUMENT_DEFINITION\","
         "\"ENUM_VALUE\",\"INPUT_FIELD_DEFINITION\"]},"
         "{\"name\":\"specifiedBy\",\"isRepeatable\":false,\"locations\":[\"SCALAR\"]},"
         "{\"name\":\"oneOf\",\"isRepeatable\":false,\"locations\":[\"INPUT_OBJECT\"]}]}"},
        {"{ __schema { directives { args { name defaultValue } } } }",
         "{\"directives\":[{\"args\":[{\"name\":\"level\",\"defaultValue\":\"1\"}]},{\"args\":[{\"name\":\"if\","
         "\"defaultValue\":null}]},{\"args\":[{\"name\":\"if\",\"defaultValue\":null}]},{\"args\":[{\"name\":"
         "\"reason\","
         "\"defaultValue\":\"\\\"No longer supported\\\"\"}]},{\"args\":[{\"name\":\"url\",\"defaultValue\":null}]},"
         "{\"args\":[]}]}"},
        {"{ __schema { types { name } } }",
         "{\"types\":[{\"name\":\"Root\"},{\"name\":\"Node\"},{\"name\":\"Color\"},{\"name\":\"Any\"},{\"name\":"
         "\"Other\"},"
         "{\"name\":\"Key\"},{\"name\":\"In\"},{\"name\":\"Url\"},{\"name\":\"Int\"},{\"name\":\"Float\"},{\"name\":"
         "\"String\"},"
         "{\"name\":\"Boolean\"},{\"name\":\"ID\"},{\"name\":\"__Schema\"},{\"name\":\"__Type\"},{\"name\":\"__"
         "TypeKind\"},"
         "{\"name\":\"__Field\"},{\"name\":\"__InputValue\"},{\"name\":\"__EnumValue\"},{\"name\":\"__Directive\"},"
         "{\"name\":\"__DirectiveLocation\"}]}"},
    };
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 10);
    fq_schema *schema = fq_schema_from_sdl(fq_slice_from_cstr(sdl), &errors);
    assert_non_null(schema);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_slice json = answer(arena, schema, cases[i].query, NULL);
        if (!fq_slice_equal(json, fq_slice_from_cstr(cases[i].json))) {
            fail_msg("%s\n got %.*s\n expected %s", cases[i].query, FQ_PRI(json), cases[i].json);
        }
    }
    fq_schema_unref(schema);
    fq_arena_free(arena);
}

static void test_variables(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 10);
    fq_schema *schema = fq_schema_from_sdl(fq_slice_from_cstr(sdl), &errors);
    const char *query =
        "query ($name: String!, $old: Boolean! = false) { __type(name: $name) { enumValues(includeDeprecated: $old) "
        "{ name } } }";
    const struct {
        const char *variables;
        const char *json;
    } cases[] = {
        {"{\"name\": \"Color\"}", "{\"enumValues\":[{\"name\":\"RED\"}]}"},
        {"{\"name\": \"Color\", \"old\": true}", "{\"enumValues\":[{\"name\":\"RED\"},{\"name\":\"GREEN\"}]}"},
        {"{\"name\": \"Int\"}", "{\"enumValues\":null}"},
        {"{\"name\": \"\"}", "null"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_slice json = answer(arena, schema, query, cases[i].variables);
        assert_true(fq_slice_equal(json, fq_slice_from_cstr(cases[i].json)));
    }
    fq_schema_unref(schema);
    fq_arena_free(arena);
}

/* Built-in scalars that a schema does not use are not part of it (section 3.5). */
static void test_unused_scalars(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 10);
    fq_schema *schema = fq_schema_from_sdl(FQ_S("type Query { a: Int }"), &errors);
    fq_slice json =
        answer(arena, schema, "{ a: __type(name: \"Int\") { name } b: __type(name: \"Float\") { name } }", NULL);
    assert_true(fq_slice_equal(json, FQ_S("{\"name\":\"Int\"},null")));
    fq_schema_unref(schema);
    fq_arena_free(arena);
}

/* A full buffer ends the writing early. */
static void test_full_buffer(void **state) {
    (void)state;
    fq_schema *schema = fq_schema_new();
    fq_schema_freeze(schema);
    const fq_type *type = fq_schema_type(schema, FQ_S("__Type"));
    const fq_type *whole = fq_schema_type(schema, FQ_S("__Schema"));
    fq_selection name = {.key = FQ_S("name"), .parent = type, .field = fq_type_field(type, FQ_S("name"))};
    fq_selection_set names = {.type = type, .items = &name, .count = 1};
    fq_selection types = {
        .key = FQ_S("types"), .parent = whole, .field = fq_type_field(whole, FQ_S("types")), .children = &names};
    fq_selection_set set = {.type = whole, .items = &types, .count = 1};
    fq_selection root = {.key = FQ_S("__schema"), .field = schema->schema_field, .children = &set};
    fq_buffer out;
    fq_buffer_init(&out, 40);
    fq_introspection_write(schema, &root, &out);
    assert_true(out.failed);
    assert_true(out.len <= 40);
    fq_buffer_done(&out);
    fq_schema_unref(schema);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_answers), cmocka_unit_test(test_variables),
                                       cmocka_unit_test(test_unused_scalars), cmocka_unit_test(test_full_buffer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
