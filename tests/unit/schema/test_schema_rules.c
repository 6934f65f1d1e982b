/* SPDX-License-Identifier: MIT */
/* Rules on the types of a schema together (type validation of section 3), and on default values. */
#include "sdl_cases.h"

#define QUERY "\ntype Query { q: Int }"

static void test_roots(void **state) {
    (void)state;
    const sdl_case cases[] = {
        {"type Query { a: Int }", ""},
        {"type A { a: Int } schema { query: A }", ""},
        {"type A { a: Int }", "Query root type must be provided."},
        {"schema { mutation: A } type A { a: Int }", "Query root type must be provided. @1:1"},
        {"input Query { a: Int }", "Query root type must be Object type, it cannot be Query. @1:1"},
        {"type Query { a: Int } schema { query: Query subscription: S } scalar S",
         "Subscription root type must be Object type if provided, it cannot be S. @1:59"},
        {"type Query { a: Int } extend schema { mutation: I } interface I { a: Int }",
         "Mutation root type must be Object type if provided, it cannot be I. @1:49"},
        {"type A { a: Int } schema { query: A mutation: A }",
         "All root types must be different, \"A\" type is used as query and mutation root types. @1:35 1:47"},
        {"type A { a: Int } schema { query: A mutation: A subscription: A }",
         "All root types must be different, \"A\" type is used as query, mutation, and subscription root types. @1:35 "
         "1:47 1:63"},
        {"type A { a: Int } type B { a: Int } schema { query: B mutation: A subscription: A }",
         "All root types must be different, \"A\" type is used as mutation and subscription root types. @1:65 1:81"},
    };
    SDL_RUN(cases, "");
}

static void test_names_and_kinds(void **state) {
    (void)state;
    const sdl_case cases[] = {
        {"type A { a(b: E, c: I): E } enum E { X } input I { a: E, b: [I] }", ""},
        {"type __A { __b(__c: Int): Int }",
         "Name \"__A\" must not begin with \"__\", which is reserved by GraphQL introspection. @1:1\n"
         "Name \"__b\" must not begin with \"__\", which is reserved by GraphQL introspection. @1:12\n"
         "Name \"__c\" must not begin with \"__\", which is reserved by GraphQL introspection. @1:16"},
        {"enum E { __X }",
         "Name \"__X\" must not begin with \"__\", which is reserved by GraphQL introspection. @1:10"},
        {"directive @__d on OBJECT",
         "Name \"__d\" must not begin with \"__\", which is reserved by GraphQL introspection. @1:1"},
        {"type A { a: [I!] } input I { a: Int }", "The type of A.a must be Output Type but got: [I!]. @1:13"},
        {"type A { a(b: [A]!): Int }", "The type of A.a(b:) must be Input Type but got: [A]!. @1:15"},
        {"input I { a: Query }", "The type of I.a must be Input Type but got: Query. @1:14"},
        {"directive @d(a: Query) on OBJECT", "The type of @d(a:) must be Input Type but got: Query. @1:14"},
        {"type A", "Type A must define one or more fields. @1:1"},
        {"interface A extend interface A @d directive @d on INTERFACE",
         "Type A must define one or more fields. @1:1 1:13"},
        {"enum A union B input C",
         "Enum type A must define one or more values. @1:1\nUnion type B must define one or more member types. @1:8\n"
         "Input Object type C must define one or more fields. @1:16"},
        {"union U = Query | Query", "Union type U can only include type Query once. @1:11 1:19"},
        {"union U = Query | Int extend union U = E enum E { X }",
         "Union type U can only include Object types, it cannot include Int. @1:19\n"
         "Union type U can only include Object types, it cannot include E. @1:40"},
    };
    SDL_RUN(cases, QUERY);
}

static void test_deprecation(void **state) {
    (void)state;
    const sdl_case cases[] = {
        {"type A { a(b: Int! = 1 @deprecated, c: Int @deprecated): Int @deprecated(reason: \"\") }", ""},
        {"type A { a(b: Int! @deprecated): Int }", "Required argument A.a(b:) cannot be deprecated. @1:20 1:15"},
        {"input A { a: Int! @deprecated b: Int }", "Required input field A.a cannot be deprecated. @1:19 1:14"},
        {"directive @d(a: Int! @deprecated) on OBJECT", "Required argument @d(a:) cannot be deprecated. @1:22 1:17"},
        {"type A { a: Int @deprecated(reason: 3) }", "Argument \"reason\" has invalid value 3. @1:37"},
        {"scalar A @specifiedBy(url: X)", "Argument \"url\" has invalid value X. @1:28"},
        {"scalar A @specifiedBy(url: null)", "Argument \"url\" of non-null type \"String!\" must not be null. @1:28"},
        {"interface I { a: Int } type A implements I { a: Int @deprecated }",
         "Interface field I.a is not deprecated, so implementation field A.a must not be deprecated. @1:53 1:49"},
        {"interface I { a: Int @deprecated } type A implements I { a: Int @deprecated }", ""},
    };
    SDL_RUN(cases, QUERY);
}

static void test_interfaces(void **state) {
    (void)state;
    const sdl_case cases[] = {
        {"interface I { a: I b: [U] c: Int } type A implements I { a: A! b: [A!]! c: Int! } union U = A | Query", ""},
        {"type A implements Query { q: Int }",
         "Type A must only implement Interface types, it cannot implement Query. @1:19"},
        {"interface I { a: Int } type A implements I & I { a: Int }", "Type A can only implement I once. @1:42 1:46"},
        {"interface I implements I { a: Int }",
         "Type I cannot implement itself because it would create a circular reference. @1:24"},
        {"interface I implements J { a: Int } interface J implements I { a: Int }",
         "Type I cannot implement J because it would create a circular reference. @1:60 1:24\n"
         "Type J cannot implement I because it would create a circular reference. @1:24 1:60"},
        {"interface I { a: Int } interface J implements I { a: Int } type A implements J { a: Int }",
         "Type A must implement I because it is implemented by J. @1:47 1:78"},
        {"interface I { a: Int b: Int } type A implements I { a: Int } extend type A { c: Int }",
         "Interface field I.b expected but A does not provide it. @1:22 1:31 1:62"},
        {"interface I { a: [Int] } type A implements I { a: Int }",
         "Interface field I.a expects type [Int] but A.a is type Int. @1:18 1:51"},
        {"interface I { a: Int! } type A implements I { a: Int }",
         "Interface field I.a expects type Int! but A.a is type Int. @1:18 1:50"},
        {"interface I { a: U } union U = Query type A implements I { a: A }",
         "Interface field I.a expects type U but A.a is type A. @1:18 1:63"},
        {"interface I { a(x: Int): Int } type A implements I { a: Int }",
         "Interface field argument I.a(x:) expected but A.a does not provide it. @1:17 1:54"},
        {"interface I { a(x: Int): Int } type A implements I { a(x: Int!): Int }",
         "Interface field argument I.a(x:) expects type Int but A.a(x:) is type Int!. @1:20 1:59"},
        {"interface I { a: Int } type A implements I { a(x: Int, y: Int!, z: Int! = 1): Int }",
         "Object field A.a includes required argument y that is missing from the Interface field I.a. @1:56 1:15"},
    };
    SDL_RUN(cases, QUERY);
}

static void test_input_cycles(void **state) {
    (void)state;
    const sdl_case cases[] = {
        {"input A { a: A b: [A!]! c: B! } input B { a: A }", ""},
        {"input A { a: A! }",
         "Cannot reference Input Object \"A\" within itself through a series of non-null fields: \"a\". @1:11"},
        {"input A { x: Int b: B! } input B { c: C! } input C { a: A! }",
         "Cannot reference Input Object \"A\" within itself through a series of non-null fields: \"b.c.a\". @1:18 1:36 "
         "1:54"},
        {"input A @oneOf { a: A b: Int }", ""},
        {"input A @oneOf { a: A }",
         "Input Object A cannot be provided a finite value because it references itself through fields: A.a. @1:18"},
        {"input A @oneOf { b: B } input B { a: A! }", "Input Object A cannot be provided a finite value because it "
                                                      "references itself through fields: A.b, B.a. @1:18 1:35"},
        {"input A @oneOf { b: B } input B { a: A }", ""},
        {"input A @oneOf { a: Int! b: Int = 1 }",
         "OneOf input field A.a must be nullable. @1:21\nOneOf input field A.b cannot have a default value. @1:26"},
    };
    SDL_RUN(cases, QUERY);
}

static void test_default_errors(void **state) {
    (void)state;
    const sdl_case cases[] = {
        {"type A { a(b: __TypeKind = SCALAR, c: [__DirectiveLocation!] = [FIELD, ENUM]): Int }", ""},
        {"type A { a(b: Int = \"x\"): Int }",
         "A.a(b:) has invalid default value: Int cannot represent non-integer value: \"x\" @1:21"},
        {"type A { a(b: Int = 2147483648, c: Int = -2147483648): Int }",
         "A.a(b:) has invalid default value: Int cannot represent non 32-bit signed integer value: 2147483648 @1:21"},
        {"type A { a(b: [[Float!]] = [[1, 2.5], [true]]): Int }",
         "A.a(b:) has invalid default value at [1][0]: Float cannot represent non numeric value: true @1:40"},
        {"type A { a(b: Int! = null): Int }",
         "A.a(b:) has invalid default value: Expected value of non-null type \"Int!\" not to be null. @1:22"},
        {"enum E { RED } input I { e: E = \"RED\" }", "I.e has invalid default value: Enum \"E\" cannot represent "
                                                      "non-enum value: \"RED\". Did you mean the enum value "
                                                      "\"RED\"? @1:33"},
        {"enum E { RED } directive @d(e: E = READ) on OBJECT",
         "@d(e:) has invalid default value: Value \"READ\" does not exist in \"E\" enum. Did you mean the enum value "
         "\"RED\"? "
         "@1:36"},
        {"input I { n: Int! } type A { a(i: I = {}, j: I = 3): Int }",
         "A.a(i:) has invalid default value: Expected value of type \"I\" to include required field \"n\", found: {}. "
         "@1:39\n"
         "A.a(j:) has invalid default value: Expected value of type \"I\" to be an object, found: 3. @1:50"},
        {"input I { name: Int } type A { a(i: [I] = {nam: 1}): Int }",
         "A.a(i:) has invalid default value: Expected value of type \"I\" not to include unknown field \"nam\". Did "
         "you mean "
         "\"name\"? Found: {nam: 1}. @1:44"},
        {"input I @oneOf { a: Int b: Int } type A { a(i: I = {a: 1, b: 2}): Int }",
         "A.a(i:) has invalid default value: Within OneOf Input Object type \"I\", exactly one field must be "
         "specified, and the "
         "value for that field must be non-null. @1:52"},
        {"input I { i: I = {} }",
         "Invalid circular reference. The default value of Input Object field I.i references itself. @1:18"},
        {"input I { j: J = {} } input J { i: I = {} }", "Invalid circular reference. The default value of Input Object "
                                                        "field I.j references itself via the default values of: "
                                                        "J.i. @1:18 1:40"},
        {"input I { i: I = {i: null} }", ""},
        {"scalar J type A { a(j: J = {a: [1, \"x\", {b: FOO}]}): Int }", ""},
    };
    SDL_RUN(cases, QUERY);
}

/* Defaults in defaults must neither recurse without end nor multiply. */
static void test_default_limits(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_buffer chain, doubling;
    fq_buffer_init(&chain, SIZE_MAX);
    fq_buffer_init(&doubling, SIZE_MAX);
    for (int i = 0; i < 2000; i++) {
        fq_buffer_printf(&chain, "input T%d { f: T%d = {} } ", i, i + 1);
    }
    for (int i = 0; i < 40; i++) {
        fq_buffer_printf(&doubling, "input T%d { f: T%d = {} g: T%d = {} } ", i, i + 1, i + 1);
    }
    fq_buffer_literal(&chain, "input T2000 { f: Int = 1 } type Query { q: Int }");
    fq_buffer_literal(&doubling, "input T40 { f: Int = 1 } type Query { q: Int }");
    const struct {
        fq_slice sdl, says;
    } cases[] = {{fq_buffer_view(&chain), FQ_S("is nested too deeply.")},
                 {fq_buffer_view(&doubling), FQ_S("is too large.")}};
    for (int i = 0; i < 2; i++) {
        fq_errors errors;
        fq_errors_init(&errors, arena, 10);
        assert_null(fq_schema_from_sdl(cases[i].sdl, &errors));
        assert_int_equal(errors.list.items[0].code, FQ_ERR_LIMIT_EXCEEDED);
        assert_true(fq_slice_ends_with(errors.list.items[0].message, cases[i].says));
    }
    fq_buffer_done(&chain);
    fq_buffer_done(&doubling);
    fq_arena_free(arena);
}

/* Long cycles are walked without recursion. */
static void test_long_cycle(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 10);
    fq_buffer sdl;
    fq_buffer_init(&sdl, SIZE_MAX);
    fq_buffer_literal(&sdl, "type Query { q: Int } ");
    for (int i = 0; i < 50000; i++) {
        fq_buffer_printf(&sdl, "input T%d { f: T%d! } ", i, (i + 1) % 50000);
    }
    assert_null(fq_schema_from_sdl(fq_buffer_view(&sdl), &errors));
    assert_int_equal(errors.list.len, 1);
    assert_true(fq_slice_starts_with(errors.list.items[0].message, FQ_S("Cannot reference Input Object \"T0\"")));
    fq_buffer_done(&sdl);
    fq_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roots),          cmocka_unit_test(test_names_and_kinds),
        cmocka_unit_test(test_deprecation),    cmocka_unit_test(test_interfaces),
        cmocka_unit_test(test_input_cycles),   cmocka_unit_test(test_default_errors),
        cmocka_unit_test(test_default_limits), cmocka_unit_test(test_long_cycle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
