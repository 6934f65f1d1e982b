/* SPDX-License-Identifier: MIT */
/* Rules on the text of SDL: each with what it lets through and what it refuses, alone and on top of another schema. */
#include "sdl_cases.h"

#include "graphql/parser.h"
#include "schema/sdl_rules.h"

#define QUERY "\ntype Query { q: Int }"

static void test_unique_names(void **state) {
    (void)state;
    const sdl_case cases[] = {
        {"scalar A enum B { A B }", ""},
        {"scalar A type A { a: Int }", "There can be only one type named \"A\". @1:8 1:15"},
        {"enum A { X } extend enum A { Y X }", "Enum value \"A.X\" can only be defined once. @1:10 1:32"},
        {"input A { x: Int y: Int } extend input A { y: Int }", "Field \"A.y\" can only be defined once. @1:18 1:44"},
        {"interface A { x: Int x: ID }", "Field \"A.x\" can only be defined once. @1:15 1:22"},
        {"type A { f(a: Int, b: Int, a: ID, a: ID): Int }",
         "Argument \"A.f(a:)\" can only be defined once. @1:12 1:28 1:35"},
        {"directive @d(a: Int, a: Int) on OBJECT", "Argument \"@d(a:)\" can only be defined once. @1:14 1:22"},
        {"directive @d on OBJECT directive @e on OBJECT directive @d on ENUM",
         "There can be only one directive named \"@d\". @1:12 1:58"},
        {"schema { query: Query } schema { query: Query }",
         "Must provide only one schema definition. @1:25\nThere can be only one query type in schema. @1:10 1:34"},
        {"schema { query: Query } extend schema { query: Query }",
         "There can be only one query type in schema. @1:10 1:41"},
        {"directive @d(a: [J]) on SCALAR scalar J @d(a: [{x: 1, y: {x: 2}}, {x: 1, x: 2}])",
         "There can be only one input field named \"x\". @1:68 1:74"},
        {"directive @d(a: Int) on SCALAR scalar J @d(a: 1, a: 2)",
         "There can be only one argument named \"a\". @1:44 1:50"},
    };
    SDL_RUN(cases, QUERY);
}

static void test_operations_and_fragments(void **state) {
    (void)state;
    const sdl_case cases[] = {
        {"query ($v: Query) { q } fragment F on Query { q { ... on Query { q(a: {b: 1}) @skip(if: true) } ...F } }",
         ""},
        {"fragment F on Missing { q }", "Unknown type \"Missing\". @1:15"},
        {"{ ... on Quer { q } }", "Unknown type \"Quer\". Did you mean \"Query\"? @1:10"},
        {"query ($v: [Missing!]) { q }", "Unknown type \"Missing\". @1:13"},
        {"query ($v: Strin) { q }", "Unknown type \"Strin\". @1:12"},
        {"query ($v: String) { q }", "Unknown type \"String\". @1:12"},
        {"{ q(a: 1, a: 2) }", "There can be only one argument named \"a\". @1:5 1:11"},
        {"{ q(a: [{b: 1, b: 2}]) }", "There can be only one input field named \"b\". @1:10 1:16"},
        {"{ q @missing }", "Unknown directive \"@missing\". @1:5"},
        {"{ q ... @skip(if: true) @skip(if: false) { q } }",
         "The directive \"@skip\" can only be used once at this location. @1:9 1:25"},
        {"{ ...F @include } fragment F on Query { q }",
         "Directive \"@include\" argument \"if\" of type \"Boolean!\" is required, but it was not provided. @1:8"},
        {"subscription @oneOf { q }", "Directive \"@oneOf\" may not be used on SUBSCRIPTION. @1:14"},
        {"query ($v: Query = {a: 1, a: 1} @oneOf) { q }",
         "There can be only one input field named \"a\". @1:21 1:27\n"
         "Directive \"@oneOf\" may not be used on VARIABLE_DEFINITION. @1:33"},
    };
    SDL_RUN(cases, QUERY);
}

/* Of two required arguments with one name, the later is asked for. */
static void test_arguments_defined_twice(void **state) {
    (void)state;
    const sdl_case cases[] = {
        {"scalar A @d directive @d(a: A!, a: A) on SCALAR",
         "Directive \"@d\" argument \"a\" of type \"A!\" is required, but it was not provided. @1:10\n"
         "Argument \"@d(a:)\" can only be defined once. @1:26 1:33"},
        {"scalar A @d directive @d(a: A!, a: [A]!) on SCALAR",
         "Directive \"@d\" argument \"a\" of type \"[A]!\" is required, but it was not provided. @1:10\n"
         "Argument \"@d(a:)\" can only be defined once. @1:26 1:33"},
    };
    SDL_RUN(cases, QUERY);
}

static void test_many_arguments(void **state) {
    (void)state;
    char sdl[4096] = "type A { f(", *end = sdl + strlen(sdl);
    for (int i = 0; i < 40; i++) {
        end += sprintf(end, "a%d: Int ", i % 39);
    }
    strcpy(end, "): Int }");
    SDL_RUN(((sdl_case[]){{sdl, "Argument \"A.f(a0:)\" can only be defined once. @1:12 1:353"}}), QUERY);
}

static void test_known_names(void **state) {
    (void)state;
    const sdl_case cases[] = {
        {"type A { a: [[B!]] } type B { a(b: ID, c: Float): __Type }", ""},
        {"type Person { a: [Persn!] }", "Unknown type \"Persn\". Did you mean \"Person\"? @1:19"},
        {"type A { a: Strin, b: Zzz }",
         "Unknown type \"Strin\". Did you mean \"String\"? @1:13\nUnknown type \"Zzz\". @1:23"},
        {"type A implements Xyz { a(b: Qqq): Int }", "Unknown type \"Xyz\". @1:19\nUnknown type \"Qqq\". @1:30"},
        {"union A = Xyz | Query", "Unknown type \"Xyz\". @1:11"},
        {"directive @d(a: Xyz) on OBJECT", "Unknown type \"Xyz\". @1:17"},
        {"extend schema { mutation: Xyz }", "Unknown type \"Xyz\". @1:27"},
        {"type A @skip(if: true) { a: Int }", "Directive \"@skip\" may not be used on OBJECT. @1:8"},
        {"type A { a: Int @nope }", "Unknown directive \"@nope\". @1:17"},
        {"input A { a: Int @d } extend input A { b: Int @d } directive @d on INPUT_FIELD_DEFINITION", ""},
        {"type A { a(b: Int @d): Int } directive @d on INPUT_FIELD_DEFINITION",
         "Directive \"@d\" may not be used on ARGUMENT_DEFINITION. @1:19"},
        {"enum A { X @oneOf }", "Directive \"@oneOf\" may not be used on ENUM_VALUE. @1:12"},
        {"type A { a: Int @deprecated(raeson: \"x\") }",
         "Unknown argument \"raeson\" on directive \"@deprecated\". Did you mean \"reason\"? @1:29"},
        {"scalar A @specifiedBy",
         "Directive \"@specifiedBy\" argument \"url\" of type \"String!\" is required, but it was not provided. @1:10"},
        {"directive @d(a: [Int!]!, b: Int! = 1, c: Int) on SCALAR scalar A @d",
         "Directive \"@d\" argument \"a\" of type \"[Int!]!\" is required, but it was not provided. @1:66"},
    };
    SDL_RUN(cases, QUERY);
}

static void test_repeated_directives(void **state) {
    (void)state;
    const sdl_case cases[] = {
        {"directive @d repeatable on SCALAR scalar A @d @d extend scalar A @d", ""},
        {"directive @d on SCALAR scalar A @d @d",
         "The directive \"@d\" can only be used once at this location. @1:33 1:36"},
        {"directive @d on SCALAR scalar A @d extend scalar A @d",
         "The directive \"@d\" can only be used once at this location. @1:33 1:52"},
        {"directive @d on ENUM_VALUE enum A { X @d Y @d }", ""},
        {"directive @d on SCHEMA schema @d { query: Query } extend schema @d",
         "The directive \"@d\" can only be used once at this location. @1:31 1:65"},
    };
    SDL_RUN(cases, QUERY);
}

static void test_extensions(void **state) {
    (void)state;
    const sdl_case cases[] = {
        {"extend type A { b: Int } type A { a: Int }", ""},
        {"extend type Qery { b: Int }",
         "Cannot extend type \"Qery\" because it is not defined. Did you mean \"Query\"? @1:13"},
        {"extend type Int { b: Int }", "Cannot extend type \"Int\" because it is not defined. @1:13"},
        {"input A { a: Int } extend type A { b: Int }", "Cannot extend non-object type \"A\". @1:1 1:20"},
        {"type A { a: Int } extend input A { b: Int }", "Cannot extend non-input object type \"A\". @1:1 1:19"},
        {"type A { a: Int } extend scalar A @specifiedBy(url: \"x\")",
         "Cannot extend non-scalar type \"A\". @1:1 1:19"},
        {"\"\"\"d\"\"\" type A { a: Int } extend union A = Query", "Cannot extend non-union type \"A\". @1:1 1:27"},
        {"type A { a: Int } extend enum A { X }", "Cannot extend non-enum type \"A\". @1:1 1:19"},
        {"type A { a: Int } extend interface A { b: Int }", "Cannot extend non-interface type \"A\". @1:1 1:19"},
    };
    SDL_RUN(cases, QUERY);
}

/* Names with the same spelling as built-in types change nothing; everything else with the reserved prefix is refused
 * later. */
static void test_redefined_builtins(void **state) {
    (void)state;
    const sdl_case cases[] = {
        {"scalar ID scalar Int", ""},
        {"directive @deprecated(reason: String) on FIELD_DEFINITION", ""},
    };
    SDL_RUN(cases, QUERY);
}

static void test_extended_schema(void **state) {
    (void)state;
    const struct {
        const char *base;
        const char *sdl;
        const char *errors;
    } cases[] = {
        {"type Query { a: Int }", "extend type Query { b: Int } type B { a: Query }", ""},
        {"type Query { a: Int }", "extend type Query { a: Int }",
         "Field \"Query.a\" already exists in the schema. It cannot also be defined in this type extension. @1:21"},
        {"type Query { a: In }  input In { b: Boolean }", "extend input I { a: Boolean }",
         "Cannot extend type \"I\" because it is not defined. Did you mean \"In\"? @1:14"},
        {"type Query { a: String }", "scalar Int", ""},
        {"enum A { X }", "extend enum A { X }",
         "Enum value \"A.X\" already exists in the schema. It cannot also be defined in this type extension. @1:17"},
        {"input A { x: Int }", "extend input A { x: Int }",
         "Field \"A.x\" already exists in the schema. It cannot also be defined in this type extension. @1:18"},
        {"type A { a: Int }", "scalar A",
         "Type \"A\" already exists in the schema. It cannot also be defined in this type definition. @1:8"},
        {"directive @d on OBJECT", "directive @d on OBJECT",
         "Directive \"@d\" already exists in the schema. It cannot be redefined. @1:12"},
        {"type Query { a: Int }", "schema { query: Query }",
         "Cannot define a new schema within a schema extension. @1:1\n"
         "Type for query already defined in the schema. It cannot be redefined. @1:10"},
        {"type Query { a: Int }", "extend scalar Query @d",
         "Cannot extend non-scalar type \"Query\". @1:1\n"
         "Unknown directive \"@d\". @1:21"},
        {"scalar Colour", "extend scalar Color @specifiedBy(url: \"x\")",
         "Cannot extend type \"Color\" because it is not defined. Did you mean \"Colour\"? @1:15"},
        {"directive @d(a: Int!) on SCALAR", "scalar A @d",
         "Directive \"@d\" argument \"a\" of type \"Int!\" is required, but it was not provided. @1:10"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_arena *arena = fq_arena_new(SIZE_MAX);
        fq_errors errors;
        fq_errors_init(&errors, arena, 100);
        fq_schema *base = fq_sdl_base_schema(fq_slice_from_cstr(cases[i].base), &errors);
        assert_non_null(base);
        fq_sdl_scope scope = {.builtins = base, .extended = base, .rules = FQ_SDL_ALL_RULES};
        fq_slice sdl = fq_slice_from_cstr(cases[i].sdl);
        const fq_document *document = fq_parse(arena, sdl, (fq_parse_limits){.depth = 50}, &errors);
        assert_non_null(document);
        bool valid = fq_sdl_validate(document, &scope, &errors);
        const char *text = sdl_errors_text(&errors, sdl, arena);
        if (strcmp(text, cases[i].errors) != 0 || valid != (cases[i].errors[0] == '\0')) {
            fail_msg("case %zu: got:\n%s\n expected:\n%s", i, text, cases[i].errors);
        }
        fq_schema_unref(base);
        fq_arena_free(arena);
    }
}

static void test_one_rule(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 100);
    fq_schema *builtins = fq_schema_new();
    const fq_document *document =
        fq_parse(arena, FQ_S("scalar A @nope scalar A type B { b: Nope }"), (fq_parse_limits){.depth = 50}, &errors);
    const uint32_t rules[] = {FQ_SDL_UNIQUE_TYPE_NAMES, FQ_SDL_KNOWN_DIRECTIVES, FQ_SDL_KNOWN_TYPE_NAMES};
    const char *const messages[] = {"There can be only one type named \"A\".", "Unknown directive \"@nope\".",
                                    "Unknown type \"Nope\"."};
    for (uint32_t i = 0; i < 3; i++) {
        fq_sdl_scope scope = {.builtins = builtins, .rules = rules[i]};
        assert_false(fq_sdl_validate(document, &scope, &errors));
        assert_int_equal(errors.list.len, i + 1);
        assert_true(fq_slice_equal(errors.list.items[i].message, fq_slice_from_cstr(messages[i])));
    }
    fq_schema_unref(builtins);
    fq_arena_free(arena);
}

static void test_error_limit(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 5);
    fq_buffer sdl;
    fq_buffer_init(&sdl, SIZE_MAX);
    for (int i = 0; i < 20000; i++) {
        fq_buffer_printf(&sdl, "type T%d { f: U%d } ", i, i);
    }
    assert_null(fq_schema_from_sdl(fq_buffer_view(&sdl), &errors));
    assert_int_equal(errors.list.len, 5);
    assert_true(errors.dropped >= 1 && errors.dropped < 10);
    fq_buffer_done(&sdl);
    fq_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unique_names),
        cmocka_unit_test(test_many_arguments),
        cmocka_unit_test(test_known_names),
        cmocka_unit_test(test_repeated_directives),
        cmocka_unit_test(test_extensions),
        cmocka_unit_test(test_redefined_builtins),
        cmocka_unit_test(test_extended_schema),
        cmocka_unit_test(test_one_rule),
        cmocka_unit_test(test_error_limit),
        cmocka_unit_test(test_operations_and_fragments),
        cmocka_unit_test(test_arguments_defined_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
