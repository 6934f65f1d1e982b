/* SPDX-License-Identifier: MIT */
/* Resolved operations: fields collected and merged, arguments with the origins of their leaves, filters that are left
 * empty, limits; and which operation is chosen. */
#include "support.h"

static const char sdl[] =
    "type Query { users(where: UserWhere, orderBy: [UserOrderBy!], limit: Int, tags: [String]): [User!]! user(id: Int! "
    "= 1): User"
    "  node: Node pet: Pet add(input: JSON!, flag: Boolean = true): Int choose(by: Choice): Int }\n"
    "type Mutation { touch(id: Int!): User }\n"
    "interface Node { id: Int }\n"
    "type User implements Node { id: Int name: String friend(n: Int): User }\n"
    "type Cat implements Node { id: Int lives: Int }\n"
    "union Pet = Cat\n"
    "input UserWhere { AND: [UserWhere!] OR: [UserWhere!] NOT: UserWhere id: IntFilter name: StringFilter }\n"
    "input UserOrderBy { id: Direction name: Direction }\n"
    "input IntFilter { eq: Int gt: Int in: [Int] }\n"
    "input StringFilter { eq: String like: String }\n"
    "input Choice @oneOf { a: Int b: Int }\n"
    "enum Direction { ASC DESC }\n"
    "scalar JSON\n";

static world open_world(void) {
    world w = world_new(sdl);
    world_add_roles(&w, "User");
    w.extensions = FQ_EXTENSIONS_ALL;
    return w;
}

static const char *resolve(world *w, const char *source, const char *variables) {
    prepared p = world_prepare(w, source, variables);
    const fq_operation *operation = fq_operation_resolve(w->arena, w->schema, p.document, p.operation, &p.literals,
                                                         &p.variables, &w->limits, w->extensions, &w->errors);
    assert_int_equal(operation == NULL, fq_errors_any(&w->errors));
    return operation != NULL ? world_print(w, operation) : world_errors(w, p.document);
}

typedef struct resolve_case {
    const char *source;
    const char *variables;
    const char *expected;
} resolve_case;

static void check(const resolve_case *cases, size_t n) {
    world w = open_world();
    for (size_t i = 0; i < n; i++) {
        const char *got = resolve(&w, cases[i].source, cases[i].variables);
        if (strcmp(got, cases[i].expected) != 0) {
            fail_msg("%s %s\n got: %s\nwant: %s", cases[i].source, cases[i].variables, got, cases[i].expected);
        }
    }
    world_free(&w);
}

#define CHECK(cases) check(cases, sizeof(cases) / sizeof((cases)[0]))

static void test_fields(void **state) {
    (void)state;
    const resolve_case cases[] = {
        {"{ __typename t: __typename }", NULL, "{__typename:Query.__typename t:Query.__typename}"},
        {"{ user { name } user { id name } u: user(id: 2) { __typename } }", NULL,
         "{user:Query.user(id=1){name:User.name id:User.id} u:Query.user(id=L0){__typename:User.__typename}}"},
        {"{ user { ...B id ...A } } fragment A on User { id name ...B } fragment B on User { name }", NULL,
         "{user:Query.user(id=1){name:User.name id:User.id}}"},
        {"{ node { id ... on User { name } ... on Cat { lives } } }", NULL,
         "{node:Query.node{id:User.id name:User.name | id:Cat.id lives:Cat.lives}}"},
        {"{ pet { ... on Node { id } ... { __typename } } }", NULL,
         "{pet:Query.pet{id:Cat.id __typename:Cat.__typename}}"},
        {"query ($s: Boolean!, $i: Boolean!) { a: __typename @skip(if: $s) b: __typename @include(if: $i) "
         "c: __typename @include(if: true) @skip(if: $s) ... @include(if: $i) { d: __typename } ...F @skip(if: $s) } "
         "fragment F on Query { e: __typename }",
         "{\"s\":true,\"i\":false}", "{}"},
        {"query ($s: Boolean!, $i: Boolean!) { a: __typename @skip(if: $s) b: __typename @include(if: $i) "
         "c: __typename @include(if: true) @skip(if: $s) ... @include(if: $i) { d: __typename } ...F @skip(if: $s) } "
         "fragment F on Query { e: __typename }",
         "{\"s\":false,\"i\":true}",
         "{a:Query.__typename b:Query.__typename c:Query.__typename d:Query.__typename e:Query.__typename}"},
        {"mutation { touch(id: 1) { id } again: touch(id: 1) { id } }", NULL,
         "{touch:Mutation.touch(id=L0){id:User.id} again:Mutation.touch(id=L1){id:User.id}}"},
        {"{ __type(name: \"User\") { name } }", NULL, "{__type:Query.__type(name=\"User\"){name:__Type.name}}"},
    };
    CHECK(cases);
}

static void test_arguments(void **state) {
    (void)state;
    const resolve_case cases[] = {
        {"{ users(limit: 5, where: {id: {gt: 3, in: [1, 2]}}, orderBy: [{name: DESC}, {id: ASC}]) { id } }", NULL,
         "{users:Query.users(where={id:{gt:L1 in:[L2 L3]}} orderBy=[{name:DESC} {id:ASC}] limit=L0 "
         "tags=-){id:User.id}}"},
        {"{ users(orderBy: {name: DESC, id: ASC}, tags: \"x\", limit: null) { id } }", NULL,
         "{users:Query.users(where=- orderBy=[{name:DESC id:ASC}] limit=null tags=[L0]){id:User.id}}"},
        {"query ($v: Int, $w: String) { add(input: {a: [1, $v, {b: $w}], c: $w, d: ENUM}, flag: false) }", "{\"v\":2}",
         "{add:Query.add(input={a:[L0 V0 {}] d:ENUM} flag=L1)}"},
        {"query ($v: Int) { add(input: {a: [$v]}) }", "{}", "{add:Query.add(input={a:n[null]} flag=true)}"},
        {"query ($l: Int, $w: UserWhere, $t: [String]) { users(limit: $l, where: $w, tags: $t) { id } }",
         "{\"l\":3,\"w\":{\"name\":{\"like\":\"a%\"}},\"t\":[\"x\",\"y\"]}",
         "{users:Query.users(where={name:{like:V1}} orderBy=- limit=V0 tags=V2){id:User.id}}"},
        {"query ($l: Int, $w: UserWhere) { users(limit: $l, where: $w) { id } }", "{\"w\":null}",
         "{users:Query.users(where=V0null orderBy=- limit=- tags=-){id:User.id}}"},
        {"query ($i: Int) { users(where: {id: {in: [1, $i]}}, tags: [null, \"a\"]) { id } }", "{}",
         "{users:Query.users(where={id:{in:n[L0 null]}} orderBy=- limit=- tags=n[null L1]){id:User.id}}"},
        {"query ($i: Int) { user(id: $i) { id } }", "{}", "{user:Query.user(id=1){id:User.id}}"},
        {"query ($i: Int) { user(id: $i) { id } }", "{\"i\":null}",
         "{user:Query.user refused: Argument \"id\" of non-null type \"Int!\" must not be null. 27}"},
        {"query ($i: Int) { a: user { id } user(id: $i) { id } }", "{\"i\":null}",
         "{a:Query.user(id=1){id:User.id} user:Query.user refused: Argument \"id\" of non-null type \"Int!\" must not "
         "be "
         "null. 42}"},
        {"query ($f: Boolean = true) { user { id @skip(if: $f) } }", "{\"f\":null}",
         "Argument \"if\" of non-null type \"Boolean!\" must not be null. (1:50)"},
        {"query ($d: Direction = DESC) { users(orderBy: {id: $d}) { id } }", "{}",
         "{users:Query.users(where=- orderBy=[{id:DESC}] limit=- tags=-){id:User.id}}"},
    };
    CHECK(cases);
}

static void test_shorthand(void **state) {
    (void)state;
    const resolve_case cases[] = {
        {"{ users(where: {id: 3, name: \"x\"}) { id } }", NULL,
         "{users:Query.users(where={id:{eq:L0} name:{eq:L1}} orderBy=- limit=- tags=-){id:User.id}}"},
        {"{ users(where: {id: null}) { id } }", NULL,
         "{users:Query.users(where={id:{eq:null}} orderBy=- limit=- tags=-){id:User.id}}"},
        {"query ($f: IntFilter) { users(where: {id: $f}) { id } }", "{\"f\":null}",
         "{users:Query.users(where={id:{eq:V0null}} orderBy=- limit=- tags=-){id:User.id}}"},
        {"query ($f: IntFilter) { users(where: {id: $f}) { id } }", "{\"f\":9}",
         "{users:Query.users(where={id:{eq:V0}} orderBy=- limit=- tags=-){id:User.id}}"},
        {"query ($w: UserWhereInput) { users(where: $w) { id } }", "{\"w\":{\"OR\":[{\"id\":1},{\"name\":null}]}}",
         "{users:Query.users(where={OR:[{id:{eq:V0}} {name:{eq:V1null}}]} orderBy=- limit=- tags=-){id:User.id}}"},
    };
    CHECK(cases);
}

static void test_shorthand_is_checked(void **state) {
    (void)state;
    world w = open_world();
    assert_string_equal(world_validate(&w, "{ users(where: {id: \"x\"}) { id } }"),
                        "Int cannot represent non-integer value: \"x\" (1:21)");
    assert_string_equal(world_validate(&w, "{ users(where: {id: [1]}) { id } }"),
                        "Int cannot represent non-integer value: [1] (1:21)");
    assert_string_equal(world_validate(&w, "query ($i: Int) { users(where: {id: $i}) { id } }"),
                        "Variable \"$i\" of type \"Int\" used in position expecting type \"IntFilter\". (1:8, 1:37)");
    w.extensions = 0;
    assert_string_equal(world_validate(&w, "{ users(where: {id: 1}) { id } }"),
                        "Expected value of type \"IntFilter\", found 1. (1:21)");
    assert_string_equal(world_validate(&w, "query ($w: UserWhereInput) { users(where: $w) { id } }"),
                        "Unknown type \"UserWhereInput\". Did you mean \"UserWhere\"? (1:12)");
    world_free(&w);
}

#define LEFT_EMPTY(type)                                                                                               \
    "The filter of type \"" type                                                                                       \
    "\" is left empty because its variables were not sent; send them, or leave the filter out."

static void test_filters_never_vanish(void **state) {
    (void)state;
    const resolve_case cases[] = {
        {"query ($i: Int) { users(where: {id: {eq: $i}}) { id } }", "{}", LEFT_EMPTY("IntFilter") " (1:37)"},
        {"query ($f: IntFilter) { users(where: {id: $f}) { id } }", "{}", LEFT_EMPTY("UserWhere") " (1:38)"},
        {"query ($w: UserWhere) { users(where: {NOT: $w}) { id } }", "{}", LEFT_EMPTY("UserWhere") " (1:38)"},
        {"query ($i: Int) { users(where: {OR: [{id: {gt: $i}}, {id: {gt: 1}}]}) { id } }", "{}",
         LEFT_EMPTY("IntFilter") " (1:43)"},
        {"query ($i: Int) { users(where: {id: {eq: $i, gt: 1}}) { id } }", "{}",
         "{users:Query.users(where={id:{gt:L0}} orderBy=- limit=- tags=-){id:User.id}}"},
        {"{ users(where: {}) { id } a: users(where: {id: {}}) { id } }", NULL,
         "{users:Query.users(where={} orderBy=- limit=- tags=-){id:User.id} "
         "a:Query.users(where={id:{}} orderBy=- limit=- tags=-){id:User.id}}"},
        {"query ($w: UserWhere) { users(where: $w) { id } }", "{\"w\":{}}",
         "{users:Query.users(where={} orderBy=- limit=- tags=-){id:User.id}}"},
        {"query ($d: Direction) { users(orderBy: [{id: $d}]) { id } }", "{}",
         "{users:Query.users(where=- orderBy=[{}] limit=- tags=-){id:User.id}}"},
    };
    CHECK(cases);
}

static void test_limits(void **state) {
    (void)state;
    world w = open_world();
    w.limits.root_fields = 2;
    assert_string_equal(resolve(&w, "{ a: __typename b: __typename c: __typename }", NULL),
                        "Operation has 3 root fields, which exceeds the limit of 2 (root fields). (1:1)");
    w.limits.expanded_fields = 4;
    assert_string_equal(resolve(&w, "{ user { id name friend { id } } }", NULL),
                        "Operation has more than 4 fields with its fragments expanded, which exceeds the limit of 4 "
                        "(expanded fields). (1:27)");
    w.limits.expanded_fields = 100;
    w.limits.depth = 3;
    assert_string_equal(resolve(&w, "{ user { friend { id } } }", NULL),
                        "{user:Query.user(id=1){friend:User.friend(n=-){id:User.id}}}");
    assert_string_equal(
        resolve(&w, "{ user { friend { ...F } } } fragment F on User { friend { id } }", NULL),
        "Operation has more than 3 levels with its fragments expanded, which exceeds the limit of 3 (depth). (1:51)");
    w.limits.aliases = 1;
    assert_string_equal(world_validate(&w, "{ a: __typename b: __typename }"),
                        "Document has 2 aliases, which exceeds the limit of 1 (aliases). (1:1)");
    w.limits.directives = 1;
    assert_string_equal(world_validate(&w, "{ __typename @skip(if: true) @include(if: true) }"),
                        "Document has 2 directives, which exceeds the limit of 1 (directives). (1:1)");
    world_free(&w);
}

/* Fragments that double at each level expand to more fields than any limit; that is an error, not a long wait. */
static void test_doubling_fragments(void **state) {
    (void)state;
    world w = open_world();
    fq_buffer source;
    fq_buffer_init(&source, SIZE_MAX);
    fq_buffer_literal(&source, "{ user { ...F0 } }");
    for (int i = 0; i < 40; i++) {
        fq_buffer_printf(&source, " fragment F%d on User { a: friend(n: 1) { ...F%d } b: friend(n: 2) { ...F%d } }", i,
                         i + 1, i + 1);
    }
    fq_buffer_literal(&source, " fragment F40 on User { id }");
    const char *got = resolve(&w, fq_arena_cstr(w.arena, fq_buffer_view(&source)), NULL);
    assert_non_null(strstr(got, "exceeds the limit of 20000 (expanded fields)"));
    fq_buffer_done(&source);
    world_free(&w);
}

static void test_choose(void **state) {
    (void)state;
    const struct {
        const char *source, *name, *expected;
    } cases[] = {
        {"{ __typename }", NULL, "@0"},
        {"fragment F on Query { __typename } query Q { ...F }", NULL, "@35"},
        {"query A { __typename } query B { __typename }", "B", "@23"},
        {"query A { __typename } query B { __typename }", NULL,
         "Must provide operation name if query contains multiple operations."},
        {"query A { __typename }", "C", "Unknown operation named \"C\"."},
        {"query A { __typename }", "", "Unknown operation named \"\"."},
        {"{ __typename }", "", "Unknown operation named \"\"."},
        {"fragment F on Query { __typename }", NULL, "Must provide an operation."},
    };
    world w = open_world();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const fq_document *document = world_parse(&w, cases[i].source);
        fq_node_id node = fq_operation_choose(document, fq_slice_from_cstr(cases[i].name), &w.errors);
        assert_int_equal(node == 0, fq_errors_any(&w.errors));
        const char *got =
            node == 0 ? world_errors(&w, NULL) : fq_arena_printf(w.arena, "@%u", fq_node_at(document, node)->start).ptr;
        assert_string_equal(got, cases[i].expected);
    }
    world_free(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_shorthand),
        cmocka_unit_test(test_shorthand_is_checked),
        cmocka_unit_test(test_filters_never_vanish),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_doubling_fragments),
        cmocka_unit_test(test_choose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
