/* SPDX-License-Identifier: MIT */
/* Every rule of section 5: documents that it accepts and refuses, with the messages and places of the refusals. */
#include "support.h"

static const char sdl[] = "type Query { zoo(name: String!): Zoo animal(id: ID): Animal pet: Pet keepers(first: Int = "
                          "10, order: Order): [Keeper!]!"
                          "  find(by: Finder, near: [Point!], tags: [[String]]): Int any(json: Anything): Int }\n"
                          "type Mutation { open(zoo: ID!): Zoo }\n"
                          "type Subscription { opened: Zoo closed(zoo: ID): Zoo }\n"
                          "interface Animal { name: String legs: Int }\n"
                          "type Lion implements Animal { name: String legs: Int mane: Mane! }\n"
                          "type Snake implements Animal { name: String legs: Int venom: Float }\n"
                          "type Rock { weight: Float }\n"
                          "union Pet = Lion | Snake\n"
                          "type Mane { color(shade: Int): String length: Int! }\n"
                          "type Zoo { name: String lions: [Lion!]! keepers: [Keeper] }\n"
                          "type Keeper { name: String boss: Keeper zoo: Zoo }\n"
                          "enum Order { NAME AGE }\n"
                          "input Finder @oneOf { name: String id: ID point: Point }\n"
                          "input Point { x: Float! y: Float! = 0 label: String inner: Point }\n"
                          "scalar Anything\n"
                          "directive @tag(name: String!, level: Int = 1) repeatable on FIELD | VARIABLE_DEFINITION\n"
                          "directive @once on QUERY | FRAGMENT_DEFINITION | INLINE_FRAGMENT\n";

typedef struct rule_case {
    const char *document;
    const char *errors; /* "" where it is valid */
} rule_case;

static void check(const rule_case *cases, size_t n) {
    world w = world_new(sdl);
    for (size_t i = 0; i < n; i++) {
        const char *errors = world_validate(&w, cases[i].document);
        if (strcmp(errors, cases[i].errors) != 0) {
            fail_msg("%s\n got: %s\nwant: %s", cases[i].document, errors, cases[i].errors);
        }
    }
    world_free(&w);
}

#define CHECK(cases) check(cases, sizeof(cases) / sizeof((cases)[0]))

static void test_operations(void **state) {
    (void)state;
    const rule_case cases[] = {
        {"{ pet { __typename } }", ""},
        {"query A { pet { __typename } } query B { pet { __typename } }", ""},
        {"query A { pet { __typename } } mutation A { open(zoo: 1) { name } } query A { pet { __typename } }",
         "There can be only one operation named \"A\". (1:7, 1:41)\n"
         "There can be only one operation named \"A\". (1:7, 1:75)"},
        {"{ pet { __typename } } query B { pet { __typename } }",
         "This anonymous operation must be the only defined operation. (1:1)"},
        {"{ pet { __typename } } type Moon { name: String } extend schema @once",
         "The \"Moon\" definition is not executable. (1:24)\nThe schema definition is not executable. (1:51)\n"
         "Directive \"@once\" may not be used on SCHEMA. (1:65)"},
        {"subscription { opened { name } }", ""},
        {"subscription { opened { name } opened { name } }", ""},
        {"subscription Two { opened { name } closed { name } }",
         "Subscription \"Two\" must select only one top level field. (1:36)"},
        {"subscription { ...F } fragment F on Subscription { opened { name } ... { other: opened { name } } }",
         "Anonymous Subscription must select only one top level field. (1:74)"},
        {"subscription { __typename }",
         "Anonymous Subscription must not select an introspection top level field. (1:16)"},
        {"subscription ($b: Boolean!) { opened @skip(if: $b) { name } }",
         "Anonymous Subscription must not use `@skip` or `@include` directives in the top level selection. (1:38)"},
    };
    CHECK(cases);
}

static void test_operation_types(void **state) {
    (void)state;
    world w = world_new("type Query { a: Int }");
    assert_string_equal(world_validate(&w, "mutation M { a }"),
                        "The mutation operation is not supported by the schema. (1:1)");
    assert_string_equal(world_validate(&w, "subscription { a }"),
                        "The subscription operation is not supported by the schema. (1:1)");
    assert_string_equal(world_validate(&w, "query ($f: Float = 1) { a @skip(if: $f) }"),
                        "Unknown type \"Float\". (1:12)");
    world_free(&w);
}

static void test_fields(void **state) {
    (void)state;
    const rule_case cases[] = {
        {"{ __typename __schema { queryType { name } } __type(name: \"Zoo\") { kind } }", ""},
        {"{ zoo(name: \"a\") { __schema { description } } }",
         "Cannot query field \"__schema\" on type \"Zoo\". (1:20)"},
        {"{ zoo(name: \"a\") { nmae } }", "Cannot query field \"nmae\" on type \"Zoo\". Did you mean \"name\"? (1:20)"},
        {"{ animal { mane { length } } }",
         "Cannot query field \"mane\" on type \"Animal\". Did you mean to use an inline fragment on \"Lion\"? (1:12)"},
        {"{ pet { name } }", "Cannot query field \"name\" on type \"Pet\". Did you mean to use an inline fragment on "
                             "\"Animal\", \"Lion\", or "
                             "\"Snake\"? (1:9)"},
        {"{ pet { purr } }", "Cannot query field \"purr\" on type \"Pet\". (1:9)"},
        {"{ unknown { anything { at(all: 1) } } }", "Cannot query field \"unknown\" on type \"Query\". (1:3)"},
        {"{ zoo(name: \"a\") }",
         "Field \"zoo\" of type \"Zoo\" must have a selection of subfields. Did you mean \"zoo { ... }\"? (1:3)"},
        {"{ zoo(name: \"a\") { name # { no\n @tag(name: \"}\") # {\n { x } } }",
         "Field \"name\" must not have a selection since type \"String\" has no subfields. (3:2)"},
        {"{ keepers { ... on Rock { weight } } }",
         "Fragment cannot be spread here as objects of type \"Keeper\" can never be of type \"Rock\". (1:13)"},
    };
    CHECK(cases);
}

static void test_fragments(void **state) {
    (void)state;
    const rule_case cases[] = {
        {"{ animal { ...F ... on Lion { mane { length } } ... { name } } } fragment F on Animal { legs }", ""},
        {"{ pet { ...F } } fragment F on Animal { legs }", ""},
        {"{ animal { ...F } }", "Unknown fragment \"F\". (1:15)"},
        {"{ pet { __typename } } fragment F on Animal { legs }", "Fragment \"F\" is never used. (1:24)"},
        {"{ animal { ...F } } fragment F on Animal { legs } fragment F on Lion { name }",
         "There can be only one fragment named \"F\". (1:30, 1:60)"},
        {"{ animal { ...F ... on Order { x } } } fragment F on Point { x }",
         "Fragment cannot condition on non composite type \"Order\". (1:24)\n"
         "Fragment \"F\" cannot condition on non composite type \"Point\". (1:54)"},
        {"{ animal { ... on Lino { name } } }", "Unknown type \"Lino\". Did you mean \"Lion\" or \"Int\"? (1:19)"},
        {"{ animal { ...F } } fragment F on Rock { weight }",
         "Fragment \"F\" cannot be spread here as objects of type \"Animal\" can never be of type \"Rock\". (1:12)"},
        {"{ animal { ...F } } fragment F on Animal { ...F }", "Cannot spread fragment \"F\" within itself. (1:44)"},
        {"{ animal { ...F } } fragment F on Animal { ...G } fragment G on Animal { name ...H } fragment H on Animal { "
         "...F ...G }",
         "Cannot spread fragment \"F\" within itself via \"G\", \"H\". (1:44, 1:79, 1:109)\n"
         "Cannot spread fragment \"G\" within itself via \"H\". (1:79, 1:114)"},
        {"{ keepers { ...F } } fragment F on Keeper { boss { ...F } }",
         "Cannot spread fragment \"F\" within itself. (1:52)"},
    };
    CHECK(cases);
}

static void test_arguments(void **state) {
    (void)state;
    const rule_case cases[] = {
        {"{ keepers(first: 1, order: AGE) { name } }", ""},
        {"{ keepers(frist: 1) { name } }",
         "Unknown argument \"frist\" on field \"Query.keepers\". Did you mean \"first\"? (1:11)"},
        {"{ zoo { name } }",
         "Field \"zoo\" argument \"name\" of type \"String!\" is required, but it was not provided. (1:3)"},
        {"{ keepers(first: 1, order: AGE, first: 2) { name } }",
         "There can be only one argument named \"first\". (1:11, 1:33)"},
        {"{ pet @tag(nmae: \"x\") { __typename } }",
         "Unknown argument \"nmae\" on directive \"@tag\". Did you mean \"name\"? (1:12)\n"
         "Directive \"@tag\" argument \"name\" of type \"String!\" is required, but it was not provided. (1:7)"},
    };
    CHECK(cases);
}

static void test_directives(void **state) {
    (void)state;
    const rule_case cases[] = {
        {"query @once { pet @tag(name: \"a\") @tag(name: \"b\") { ... @once { __typename } } }", ""},
        {"{ pet @what { __typename } }", "Unknown directive \"@what\". (1:7)"},
        {"{ pet @once { __typename } }", "Directive \"@once\" may not be used on FIELD. (1:7)"},
        {"query @once @once { pet { __typename } }",
         "The directive \"@once\" can only be used once at this location. (1:7, 1:13)"},
        {"mutation @once { open(zoo: 1) { name } }", "Directive \"@once\" may not be used on MUTATION. (1:10)"},
        {"query ($a: Int @tag(name: \"v\") @once) { keepers(first: $a) { ...F @once } } fragment F on Keeper @once { "
         "name }",
         "Directive \"@once\" may not be used on VARIABLE_DEFINITION. (1:32)\n"
         "Directive \"@once\" may not be used on FRAGMENT_SPREAD. (1:67)"},
    };
    CHECK(cases);
}

static void test_values(void **state) {
    (void)state;
    const rule_case cases[] = {
        {"{ a: keepers(first: 2147483647) { name } b: keepers(first: -2147483648) { name } c: keepers(first: null) { "
         "name } }",
         ""},
        {"{ a: keepers(first: 2147483648) { name } }",
         "Int cannot represent non 32-bit signed integer value: 2147483648 (1:21)"},
        {"{ keepers(first: 1.0) { name } }", "Int cannot represent non-integer value: 1.0 (1:18)"},
        {"{ keepers(first: [1]) { name } }", "Int cannot represent non-integer value: [1] (1:18)"},
        {"{ zoo(name: 1) { name } }", "String cannot represent a non string value: 1 (1:13)"},
        {"{ zoo(name: null) { name } }", "Expected value of type \"String!\", found null. (1:13)"},
        {"{ animal(id: 1) { name } }", ""},
        {"{ animal(id: 1.5) { name } }", "ID cannot represent a non-string and non-integer value: 1.5 (1:14)"},
        {"{ pet { __typename @skip(if: \"yes\") } }", "Boolean cannot represent a non boolean value: \"yes\" (1:30)"},
        {"{ keepers(order: NAEM) { name } }",
         "Value \"NAEM\" does not exist in \"Order\" enum. Did you mean the enum value \"NAME\"? (1:18)"},
        {"{ keepers(order: \"NAME\") { name } }",
         "Enum \"Order\" cannot represent non-enum value: \"NAME\". Did you mean the enum value \"NAME\"? (1:18)"},
        {"{ any(json: {a: [1, \"x\", TRUE, null]}) }", ""},
        {"{ find(near: {x: 1}) }", ""},
        {"{ find(near: [{x: 1, y: 2.5, label: \"l\", inner: {x: 0}}]) }", ""},
        {"{ find(near: [{y: \"up\", z: 1}]) }",
         "Field \"Point.x\" of required type \"Float!\" was not provided. (1:15)\n"
         "Float cannot represent non numeric value: \"up\" (1:19)\n"
         "Field \"z\" is not defined by type \"Point\". Did you mean \"x\" or \"y\"? (1:25)"},
        {"{ find(near: [{x: 1, x: 2}]) }", "There can be only one input field named \"x\". (1:16, 1:22)"},
        {"{ find(near: 3) }", "Expected value of type \"[Point!]\", found 3. (1:14)"},
        {"{ find(near: [null]) }", "Expected value of type \"Point!\", found null. (1:15)"},
        {"{ a: find(tags: \"a\") b: find(tags: [\"a\"]) c: find(tags: [[\"a\", null], null]) }", ""},
        {"{ find(tags: [[1]]) }", "String cannot represent a non string value: 1 (1:16)"},
        {"{ find(by: {name: \"x\"}) }", ""},
        {"{ find(by: {name: \"x\", id: 1}) }", "OneOf Input Object \"Finder\" must specify exactly one key. (1:12)"},
        {"{ find(by: {}) }", "OneOf Input Object \"Finder\" must specify exactly one key. (1:12)"},
        {"{ find(by: {id: null}) }", "Field \"Finder.id\" must be non-null. (1:12)"},
        {"query ($o: Order = AGE, $p: Point = {x: \"1\"}) { keepers(order: $o) { name } find(near: [$p]) }",
         "Float cannot represent non numeric value: \"1\" (1:41)"},
    };
    CHECK(cases);
}

static void test_variables(void **state) {
    (void)state;
    const rule_case cases[] = {
        {"query ($n: String!, $f: Int) { zoo(name: $n) { name } keepers(first: $f) { name } }", ""},
        {"query ($n: String = \"x\") { zoo(name: $n) { name } }", ""},
        {"query ($n: String) { zoo(name: $n) { name } }",
         "Variable \"$n\" of type \"String\" used in position expecting type \"String!\". (1:8, 1:32)"},
        {"query ($n: String = null) { zoo(name: $n) { name } }",
         "Variable \"$n\" of type \"String\" used in position expecting type \"String!\". (1:8, 1:39)"},
        {"query ($n: [String!]!) { find(tags: [$n]) }", ""},
        {"query ($n: String) { find(tags: [$n]) }",
         "Variable \"$n\" of type \"String\" used in position expecting type \"[String]\". (1:8, 1:34)"},
        {"query ($y: Float) { find(near: {x: 1, y: $y}) }", ""},
        {"query ($x: Float) { find(near: {x: $x}) }",
         "Variable \"$x\" of type \"Float\" used in position expecting type \"Float!\". (1:8, 1:36)"},
        {"query ($i: ID) { find(by: {id: $i}) }", "Variable \"$i\" is of type \"ID\" but must be non-nullable to be "
                                                  "used for OneOf Input Object \"Finder\". (1:8, 1:32)"},
        {"query Q { zoo(name: $n) { name } }", "Variable \"$n\" is not defined by operation \"Q\". (1:21, 1:1)"},
        {"query ($a: Int) { pet { __typename } }", "Variable \"$a\" is never used. (1:8)"},
        {"query ($a: Int, $a: String) { keepers(first: $a) { name } }",
         "There can be only one variable named \"$a\". (1:9, 1:18)\n"
         "Variable \"$a\" of type \"String\" used in position expecting type \"Int\". (1:17, 1:46)"},
        {"query ($z: Zoo, $q: Qoint) { find(by: $z) any(json: $q) }",
         "Variable \"$z\" cannot be non-input type \"Zoo\". (1:12)\n"
         "Unknown type \"Qoint\". Did you mean \"Point\", \"Int\", or \"Lion\"? (1:21)\n"
         "Variable \"$z\" of type \"Zoo\" used in position expecting type \"Finder\". (1:8, 1:39)"},
        {"query A($a: Int) { ...F } query B { ...F } fragment F on Query { ...G } fragment G on Query { keepers(first: "
         "$a) { name } }",
         "Variable \"$a\" is not defined by operation \"B\". (1:110, 1:27)"},
        {"query ($j: Int) { any(json: {a: [$j]}) }", ""},
        {"query ($j: Int) { find(near: 3, tags: $j) }",
         "Expected value of type \"[Point!]\", found 3. (1:30)\n"
         "Variable \"$j\" of type \"Int\" used in position expecting type \"[[String]]\". (1:8, 1:39)"},
    };
    CHECK(cases);
}

static void test_overlap(void **state) {
    (void)state;
#define ADVICE ". Use different aliases on the fields to fetch both if this was intentional."
    const rule_case cases[] = {
        {"{ zoo(name: \"a\") { name } zoo(name: \"a\") { lions { name } } }", ""},
        {"{ a: find(near: {x: 1, y: 2}) a: find(near: {y: 2, x: 1}) }", ""},
        {"{ c: any(json: {a: 1, b: 1, a: 2}) c: any(json: {b: 1, a: 1, a: 2}) }",
         "There can be only one input field named \"a\". (1:17, 1:29)\n"
         "There can be only one input field named \"a\". (1:56, 1:62)"},
        {"{ c: any(json: {a: 1, a: 2}) c: any(json: {a: 2, a: 1}) }",
         "Fields \"c\" conflict because they have differing arguments" ADVICE " (1:3, 1:30)\n"
         "There can be only one input field named \"a\". (1:17, 1:23)\n"
         "There can be only one input field named \"a\". (1:44, 1:50)"},
        {"{ zoo(name: \"a\") { name } zoo(name: \"b\") { name } }",
         "Fields \"zoo\" conflict because they have differing arguments" ADVICE " (1:3, 1:27)"},
        {"{ a: keepers { name } a: keepers(first: 1) { name } }",
         "Fields \"a\" conflict because they have differing arguments" ADVICE " (1:3, 1:23)"},
        {"{ zoo(name: \"a\") { name name: keepers { name } } }",
         "Fields \"name\" conflict because \"name\" and \"keepers\" are different fields" ADVICE " (1:20, 1:25)"},
        {"{ pet { ... on Lion { n: name } ... on Snake { n: legs } } }",
         "Fields \"n\" conflict because they return conflicting types \"String\" and \"Int\"" ADVICE " (1:23, 1:48)"},
        {"{ pet { ... on Lion { n: name } ... on Snake { n: name } } }", ""},
        {"{ pet { ... on Lion { n: legs mane { c: color(shade: 1) } } ... on Snake { n: legs } } }", ""},
        {"{ animal { n: legs ... on Snake { n: venom } } }",
         "Fields \"n\" conflict because \"legs\" and \"venom\" are different fields" ADVICE " (1:12, 1:35)"},
        {"{ keepers { boss { n: name } ...F } } fragment F on Keeper { boss { n: __typename } }",
         "Fields \"boss\" conflict because subfields \"n\" conflict because \"name\" and \"__typename\" are different "
         "fields" ADVICE " (1:13, 1:20, 1:62, 1:69)"},
        {"{ keepers { ...F ...G } } fragment F on Keeper { boss { boss { n: name } } } fragment G on Keeper { boss { "
         "...H } } "
         "fragment H on Keeper { boss { n: __typename } }",
         "Fields \"boss\" conflict because subfields \"boss\" conflict because subfields \"n\" conflict because "
         "\"name\" and "
         "\"__typename\" are different fields" ADVICE " (1:50, 1:57, 1:64, 1:101, 1:140, 1:147)"},
    };
#undef ADVICE
    CHECK(cases);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operations), cmocka_unit_test(test_operation_types), cmocka_unit_test(test_fields),
        cmocka_unit_test(test_fragments),  cmocka_unit_test(test_arguments),       cmocka_unit_test(test_directives),
        cmocka_unit_test(test_values),     cmocka_unit_test(test_variables),       cmocka_unit_test(test_overlap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
