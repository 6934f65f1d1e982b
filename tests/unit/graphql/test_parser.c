/* SPDX-License-Identifier: MIT */
/* The parser: trees, errors word for word, limits. What a tree says is mostly tested through the printer
 * (test_printer.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "graphql/parser.h"

static fq_arena *arena;
static fq_errors errors;
static const fq_parse_limits limits = {.tokens = 1000, .depth = 20};

static int set_up(void **state) {
    (void)state;
    arena = fq_arena_new(SIZE_MAX);
    fq_errors_init(&errors, arena, 100);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    fq_arena_free(arena);
    return 0;
}

typedef const fq_document *(*parse_fn)(fq_arena *a, fq_slice source, fq_parse_limits l, fq_errors *e);

/* Parses a copy without anything behind it, so that sanitizers see reads past the end. */
static const fq_document *parse_with(parse_fn parse, fq_slice source, fq_parse_limits l) {
    char *copy = fq_arena_alloc(arena, source.len);
    memcpy(copy, source.ptr, source.len);
    fq_errors_init(&errors, arena, 100);
    return parse(arena, fq_slice_of(copy, source.len), l, &errors);
}

static const fq_document *parse(fq_slice source) {
    const fq_document *document = parse_with(fq_parse, source, limits);
    if (document == NULL) {
        fail_msg("%.*s: %.*s", FQ_PRI(source), FQ_PRI(errors.list.items[0].message));
    }
    return document;
}

typedef struct error_case {
    fq_slice source;
    uint32_t offset;
    fq_slice message; /* without "Syntax Error: " */
} error_case;

static void assert_refused(parse_fn fn, const error_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (parse_with(fn, cases[i].source, limits) != NULL) {
            fail_msg("accepted: %.*s", FQ_PRI(cases[i].source));
        }
        assert_int_equal(errors.list.len, 1);
        const fq_error *error = &errors.list.items[0];
        assert_int_equal(error->code, FQ_ERR_PARSE_FAILED);
        fq_slice message = fq_slice_sub(error->message, strlen("Syntax Error: "), error->message.len);
        if (!fq_slice_equal(message, cases[i].message) || error->offsets[0] != cases[i].offset) {
            fail_msg("%.*s: %.*s at %u", FQ_PRI(cases[i].source), FQ_PRI(message), error->offsets[0]);
        }
    }
}

#define assert_all_refused(fn, cases) assert_refused((fn), (cases), sizeof(cases) / sizeof((cases)[0]))

static void executable_errors(void **state) {
    (void)state;
    static const error_case cases[] = {
        {FQ_S_INIT(""), 0, FQ_S_INIT("Unexpected <EOF>.")},
        {FQ_S_INIT("# only"), 6, FQ_S_INIT("Unexpected <EOF>.")},
        {FQ_S_INIT("{"), 1, FQ_S_INIT("Expected Name, found <EOF>.")},
        {FQ_S_INIT("{ }"), 2, FQ_S_INIT("Expected Name, found \"}\".")},
        {FQ_S_INIT("{ a }}"), 5, FQ_S_INIT("Unexpected \"}\".")},
        {FQ_S_INIT("{ a: }"), 5, FQ_S_INIT("Expected Name, found \"}\".")},
        {FQ_S_INIT("{ a() }"), 4, FQ_S_INIT("Expected Name, found \")\".")},
        {FQ_S_INIT("{ a(b) }"), 5, FQ_S_INIT("Expected \":\", found \")\".")},
        {FQ_S_INIT("{ a(b:) }"), 6, FQ_S_INIT("Unexpected \")\".")},
        {FQ_S_INIT("{ a(b: $) }"), 8, FQ_S_INIT("Expected Name, found \")\".")},
        {FQ_S_INIT("{ a(b: [1) }"), 9, FQ_S_INIT("Unexpected \")\".")},
        {FQ_S_INIT("{ a(b: {c}) }"), 9, FQ_S_INIT("Expected \":\", found \"}\".")},
        {FQ_S_INIT("{ a(b: {\"c\": 1}) }"), 8, FQ_S_INIT("Expected Name, found String \"c\".")},
        {FQ_S_INIT("{ a @ }"), 6, FQ_S_INIT("Expected Name, found \"}\".")},
        {FQ_S_INIT("{ a ?"), 4, FQ_S_INIT("Unexpected character: \"?\".")},
        {FQ_S_INIT("{ ... }"), 6, FQ_S_INIT("Expected \"{\", found \"}\".")},
        {FQ_S_INIT("{ ...on }"), 8, FQ_S_INIT("Expected Name, found \"}\".")},
        {FQ_S_INIT("{ ...a(x: 1) }"), 6, FQ_S_INIT("Expected Name, found \"(\".")},
        {FQ_S_INIT("query"), 5, FQ_S_INIT("Expected \"{\", found <EOF>.")},
        {FQ_S_INIT("query A B { a }"), 8, FQ_S_INIT("Expected \"{\", found Name \"B\".")},
        {FQ_S_INIT("query () { a }"), 7, FQ_S_INIT("Expected \"$\", found \")\".")},
        {FQ_S_INIT("query ($a) { a }"), 9, FQ_S_INIT("Expected \":\", found \")\".")},
        {FQ_S_INIT("query ($a: [Int) { a }"), 15, FQ_S_INIT("Expected \"]\", found \")\".")},
        {FQ_S_INIT("query ($a: Int!!) { a }"), 15, FQ_S_INIT("Expected \"$\", found \"!\".")},
        {FQ_S_INIT("query ($a: Int = $b) { a }"), 17, FQ_S_INIT("Unexpected variable \"$b\" in constant value.")},
        {FQ_S_INIT("query ($a: T = {b: [$c]}) { a }"), 20, FQ_S_INIT("Unexpected variable \"$c\" in constant value.")},
        {FQ_S_INIT("query ($a: Int @d(x: $b)) { a }"), 21, FQ_S_INIT("Unexpected variable \"$b\" in constant value.")},
        {FQ_S_INIT("query ($a: Int = $) { a }"), 17, FQ_S_INIT("Unexpected \"$\".")},
        {FQ_S_INIT("Query { a }"), 0, FQ_S_INIT("Unexpected Name \"Query\".")},
        {FQ_S_INIT("fragment on on T { a }"), 9, FQ_S_INIT("Unexpected Name \"on\".")},
        {FQ_S_INIT("fragment F T { a }"), 11, FQ_S_INIT("Expected \"on\", found Name \"T\".")},
        {FQ_S_INIT("fragment F($a: Int) on T { a }"), 10, FQ_S_INIT("Expected \"on\", found \"(\".")},
        {FQ_S_INIT("fragment F on T"), 15, FQ_S_INIT("Expected \"{\", found <EOF>.")},
        {FQ_S_INIT("{ a } 1.5"), 6, FQ_S_INIT("Unexpected Float \"1.5\".")},
        {FQ_S_INIT("{ a \"x\\ny\\u0000\" }"), 4, FQ_S_INIT("Expected Name, found String \"x\ny\0\".")},
        {FQ_S_INIT("{ a \"\"\"\n  b\n\"\"\" }"), 4, FQ_S_INIT("Expected Name, found BlockString \"b\".")},
        {FQ_S_INIT("\"d\" { a }"), 0,
         FQ_S_INIT("Unexpected description, descriptions are not supported on shorthand queries.")},
        {FQ_S_INIT("\"d\" other { a }"), 0,
         FQ_S_INIT("Unexpected description, only GraphQL definitions support descriptions.")},
        {FQ_S_INIT("\"d\" extend type T { a: Int }"), 0,
         FQ_S_INIT("Unexpected description, only GraphQL definitions support descriptions.")},
        {FQ_S_INIT("\"a\" \"b\" query { a }"), 4, FQ_S_INIT("Unexpected String \"b\".")},
        {FQ_S_INIT("\"d\""), 3, FQ_S_INIT("Unexpected <EOF>.")},
        {FQ_S_INIT("query \"d\" Q { a }"), 6, FQ_S_INIT("Expected \"{\", found String \"d\".")},
    };
    assert_all_refused(fq_parse, cases);
}

static void type_system_errors(void **state) {
    (void)state;
    static const error_case cases[] = {
        {FQ_S_INIT("schema"), 6, FQ_S_INIT("Expected \"{\", found <EOF>.")},
        {FQ_S_INIT("schema { }"), 9, FQ_S_INIT("Expected Name, found \"}\".")},
        {FQ_S_INIT("schema { querry: Q }"), 9, FQ_S_INIT("Unexpected Name \"querry\".")},
        {FQ_S_INIT("type"), 4, FQ_S_INIT("Expected Name, found <EOF>.")},
        {FQ_S_INIT("type T {}"), 8, FQ_S_INIT("Expected Name, found \"}\".")},
        {FQ_S_INIT("type T { a }"), 11, FQ_S_INIT("Expected \":\", found \"}\".")},
        {FQ_S_INIT("type T { a(): Int }"), 11, FQ_S_INIT("Expected Name, found \")\".")},
        {FQ_S_INIT("type T { a(b: Int = $c): Int }"), 20, FQ_S_INIT("Unexpected variable \"$c\" in constant value.")},
        {FQ_S_INIT("type T implements"), 17, FQ_S_INIT("Expected Name, found <EOF>.")},
        {FQ_S_INIT("type T implements A B { a: Int }"), 20, FQ_S_INIT("Unexpected Name \"B\".")},
        {FQ_S_INIT("type T implements A, B { a: Int }"), 21, FQ_S_INIT("Unexpected Name \"B\".")},
        {FQ_S_INIT("type T implements && A { a: Int }"), 19, FQ_S_INIT("Expected Name, found \"&\".")},
        {FQ_S_INIT("union U ="), 9, FQ_S_INIT("Expected Name, found <EOF>.")},
        {FQ_S_INIT("union U = | | A"), 12, FQ_S_INIT("Expected Name, found \"|\".")},
        {FQ_S_INIT("union U = A |"), 13, FQ_S_INIT("Expected Name, found <EOF>.")},
        {FQ_S_INIT("enum E { A, true }"), 12,
         FQ_S_INIT("Name \"true\" is reserved and cannot be used for an enum value.")},
        {FQ_S_INIT("enum E { null }"), 9, FQ_S_INIT("Name \"null\" is reserved and cannot be used for an enum value.")},
        {FQ_S_INIT("enum E {}"), 8, FQ_S_INIT("Expected Name, found \"}\".")},
        {FQ_S_INIT("input I { a(b: Int): Int }"), 11, FQ_S_INIT("Expected \":\", found \"(\".")},
        {FQ_S_INIT("directive a on FIELD"), 10, FQ_S_INIT("Expected \"@\", found Name \"a\".")},
        {FQ_S_INIT("directive @a FIELD"), 13, FQ_S_INIT("Expected \"on\", found Name \"FIELD\".")},
        {FQ_S_INIT("directive @a on"), 15, FQ_S_INIT("Expected Name, found <EOF>.")},
        {FQ_S_INIT("directive @a on FIELDS"), 16, FQ_S_INIT("Unexpected Name \"FIELDS\".")},
        {FQ_S_INIT("directive @a on FIELD | query"), 24, FQ_S_INIT("Unexpected Name \"query\".")},
        {FQ_S_INIT("extend"), 6, FQ_S_INIT("Unexpected <EOF>.")},
        {FQ_S_INIT("extend query { a }"), 7, FQ_S_INIT("Unexpected Name \"query\".")},
        {FQ_S_INIT("extend directive @a on FIELD"), 7, FQ_S_INIT("Unexpected Name \"directive\".")},
        {FQ_S_INIT("extend \"d\" type T { a: Int }"), 7, FQ_S_INIT("Unexpected String \"d\".")},
        {FQ_S_INIT("extend type T"), 13, FQ_S_INIT("Unexpected <EOF>.")},
        {FQ_S_INIT("extend schema"), 13, FQ_S_INIT("Unexpected <EOF>.")},
        {FQ_S_INIT("extend scalar S type T"), 16, FQ_S_INIT("Unexpected Name \"type\".")},
        {FQ_S_INIT("extend union U"), 14, FQ_S_INIT("Unexpected <EOF>.")},
        {FQ_S_INIT("extend enum E"), 13, FQ_S_INIT("Unexpected <EOF>.")},
        {FQ_S_INIT("extend input I"), 14, FQ_S_INIT("Unexpected <EOF>.")},
        {FQ_S_INIT("extend interface I"), 18, FQ_S_INIT("Unexpected <EOF>.")},
    };
    assert_all_refused(fq_parse, cases);
}

static void value_and_type_errors(void **state) {
    (void)state;
    static const error_case values[] = {
        {FQ_S_INIT(""), 0, FQ_S_INIT("Unexpected <EOF>.")},
        {FQ_S_INIT("1 2"), 2, FQ_S_INIT("Expected <EOF>, found Int \"2\".")},
        {FQ_S_INIT("[1"), 2, FQ_S_INIT("Unexpected <EOF>.")},
        {FQ_S_INIT("{a: 1"), 5, FQ_S_INIT("Expected Name, found <EOF>.")},
    };
    static const error_case constants[] = {
        {FQ_S_INIT("$a"), 0, FQ_S_INIT("Unexpected variable \"$a\" in constant value.")},
        {FQ_S_INIT("[$a]"), 1, FQ_S_INIT("Unexpected variable \"$a\" in constant value.")},
    };
    static const error_case types[] = {
        {FQ_S_INIT(""), 0, FQ_S_INIT("Expected Name, found <EOF>.")},
        {FQ_S_INIT("!"), 0, FQ_S_INIT("Expected Name, found \"!\".")},
        {FQ_S_INIT("[A"), 2, FQ_S_INIT("Expected \"]\", found <EOF>.")},
        {FQ_S_INIT("A!!"), 2, FQ_S_INIT("Expected <EOF>, found \"!\".")},
    };
    assert_all_refused(fq_parse_value, values);
    assert_all_refused(fq_parse_const_value, constants);
    assert_all_refused(fq_parse_type, types);
    assert_non_null(parse_with(fq_parse_value, FQ_S("{a: [$b, {c: null}], d: {}}"), limits));
    assert_non_null(parse_with(fq_parse_const_value, FQ_S("[]"), limits));
    assert_non_null(parse_with(fq_parse_type, FQ_S("[[A!]!]!"), limits));
}

/* Everything that the grammar allows somewhere and that is easy to get wrong. */
static void accepted_documents(void **state) {
    (void)state;
    static const fq_slice cases[] = {
        FQ_S_INIT("{a}"),
        FQ_S_INIT("\xEF\xBB\xBF{,,a,,}#"),
        FQ_S_INIT("query { on query mutation fragment true false null type }"),
        FQ_S_INIT("query on @a(b: on) { on(on: on) @on }"),
        FQ_S_INIT("fragment type on on { on }"),
        FQ_S_INIT("fragment query on fragment { ...fragment ... @on { on } ... on on { on } }"),
        FQ_S_INIT("{ a(b: -0, c: 0.0e-0, d: [], e: {}, f: \"\", g: \"\"\"\"\"\", h: $on, i: enum) }"),
        FQ_S_INIT("subscription ($a: Int = 1 @b(c: [2]), $d: [E!]! = [F] @g @g) @h { i }"),
        FQ_S_INIT("\"op\" query Q(\"v\" $a: Int) { a } \"frag\" fragment F on T { a }"),
        FQ_S_INIT("type type implements & a & implements @implements { type(input: enum = 1 @a): [b!]! @c @c }"),
        FQ_S_INIT("type T interface I scalar S enum E input I union U = | A"),
        FQ_S_INIT("interface I implements J & K @d { a: Int }"),
        FQ_S_INIT("enum on { on query \"d\" type @a(b: {c: d}) }"),
        FQ_S_INIT("\"d\" directive @a(\"b\" c: Int = 1 @d) repeatable on | FIELD | VARIABLE_DEFINITION"),
        FQ_S_INIT("directive @repeatable repeatable on INPUT_FIELD_DEFINITION"),
        FQ_S_INIT("extend schema @a { subscription: S } extend type T implements I extend type T @d"),
        FQ_S_INIT("extend union U = A | B extend enum E { F } extend input I { a: Int } extend scalar S @d"),
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        parse(cases[i]);
    }
}

static void assert_slice(fq_slice actual, fq_slice expected) {
    if (!fq_slice_equal(actual, expected)) {
        fail_msg("%.*s, expected %.*s", FQ_PRI(actual), FQ_PRI(expected));
    }
}

static void the_tree_of_an_operation(void **state) {
    (void)state;
    fq_slice source = FQ_S("query Q($v: [Int!] = 1) @d { x: f(a: $v, b: \"s\\n\") { g } ...F @e ... on T { h } }");
    const fq_document *d = parse(source);
    const fq_node *operation = fq_node_at(d, d->definitions);
    assert_int_equal(operation->kind, FQ_NODE_OPERATION);
    assert_int_equal(fq_node_operation_kind(d, d->definitions), FQ_QUERY);
    assert_slice(fq_node_name(d, d->definitions), FQ_S("Q"));
    assert_int_equal(operation->start, 0);
    assert_int_equal(operation->end, source.len);
    assert_int_equal(operation->next, 0);

    const fq_node *variable = fq_node_at(d, operation->args);
    assert_int_equal(variable->kind, FQ_NODE_VARIABLE_DEFINITION);
    assert_slice(fq_node_name(d, operation->args), FQ_S("v"));
    assert_int_equal(variable->start, 8);
    assert_int_equal(variable->end, 22);
    assert_int_equal(fq_node_at(d, variable->type)->kind, FQ_NODE_LIST_TYPE);
    assert_int_equal(fq_node_at(d, fq_node_at(d, variable->type)->type)->kind, FQ_NODE_NON_NULL_TYPE);
    assert_slice(fq_node_name(d, variable->value), FQ_S("1"));
    assert_slice(fq_node_name(d, operation->directives), FQ_S("d"));

    fq_node_id field = operation->children;
    assert_slice(fq_node_name(d, field), FQ_S("f"));
    assert_slice(fq_node_response_key(d, field), FQ_S("x"));
    fq_node_id first = fq_node_at(d, field)->args;
    assert_int_equal(fq_node_at(d, fq_node_at(d, first)->value)->kind, FQ_NODE_VARIABLE);
    fq_node_id second = fq_node_next(d, first);
    assert_slice(fq_node_text(d, fq_node_at(d, second)->value), FQ_S("s\n"));
    assert_int_equal(fq_node_next(d, second), 0);
    assert_slice(fq_node_response_key(d, fq_node_at(d, field)->children), FQ_S("g"));

    fq_node_id spread = fq_node_next(d, field);
    assert_int_equal(fq_node_at(d, spread)->kind, FQ_NODE_FRAGMENT_SPREAD);
    assert_slice(fq_node_name(d, spread), FQ_S("F"));
    fq_node_id inline_fragment = fq_node_next(d, spread);
    assert_int_equal(fq_node_at(d, inline_fragment)->kind, FQ_NODE_INLINE_FRAGMENT);
    assert_slice(fq_node_name(d, fq_node_at(d, inline_fragment)->type), FQ_S("T"));
    assert_int_equal(fq_node_next(d, inline_fragment), 0);

    assert_int_equal(d->n_aliases, 1);
    assert_int_equal(d->n_directives, 2);
    assert_int_equal(d->n_tokens, 42);
}

static void flags_and_descriptions(void **state) {
    (void)state;
    const fq_document *d = parse(FQ_S("{ a(x: true, y: false, z: \"\"\"b\"\"\") } \"D\" mutation { a } "
                                      "directive @r repeatable on FIELD"));
    const fq_node *shorthand = fq_node_at(d, d->definitions);
    assert_int_equal(shorthand->flags, FQ_QUERY | FQ_OPERATION_SHORTHAND);
    fq_node_id x = fq_node_at(d, shorthand->children)->args;
    fq_node_id y = fq_node_next(d, x);
    fq_node_id z = fq_node_next(d, y);
    assert_int_equal(fq_node_at(d, fq_node_at(d, x)->value)->flags, 1);
    assert_int_equal(fq_node_at(d, fq_node_at(d, y)->value)->flags, 0);
    assert_int_equal(fq_node_at(d, fq_node_at(d, z)->value)->flags, FQ_STRING_BLOCK);
    const fq_node *mutation = fq_node_at(d, shorthand->next);
    assert_int_equal(mutation->flags, FQ_MUTATION);
    assert_slice(fq_node_text(d, mutation->description), FQ_S("D"));
    assert_int_equal(mutation->start, fq_node_at(d, mutation->description)->start);
    assert_int_equal(fq_node_at(d, mutation->next)->flags, FQ_DIRECTIVE_REPEATABLE);
}

static void the_number_of_tokens_is_limited(void **state) {
    (void)state;
    fq_parse_limits few = {.tokens = 5, .depth = 10};
    assert_non_null(parse_with(fq_parse, FQ_S("{ a b c }"), few));
    assert_null(parse_with(fq_parse, FQ_S("{ a b c d }"), few));
    assert_int_equal(errors.list.len, 1);
    assert_int_equal(errors.list.items[0].code, FQ_ERR_LIMIT_EXCEEDED);
    assert_slice(errors.list.items[0].message, FQ_S("Document contains more than 5 tokens (limit: tokens)."));
    assert_int_equal(errors.list.items[0].offsets[0], 10);
    assert_non_null(parse_with(fq_parse, FQ_S("{ a b c d }"), (fq_parse_limits){.tokens = 0, .depth = 10}));
}

static void nesting_is_limited(void **state) {
    (void)state;
    static const struct {
        fq_slice allowed, refused;
        uint32_t offset;
    } cases[] = {
        {FQ_S_INIT("{a{b{c}}}"), FQ_S_INIT("{a{b{c{d}}}}"), 6},
        {FQ_S_INIT("{...{...{c}}}"), FQ_S_INIT("{...{...{...{d}}}}"), 12},
        {FQ_S_INIT("{a(b:[[1]])}"), FQ_S_INIT("{a(b:[[[1]]])}"), 7},
        {FQ_S_INIT("{a(b:{c:{d:1}})}"), FQ_S_INIT("{a(b:{c:[{d:1}]})}"), 9},
        {FQ_S_INIT("query($a:[[[A]]]){a}"), FQ_S_INIT("query($a:[[[[A]]]]){a}"), 12},
        {FQ_S_INIT("{a{b{c}} a{b{c}} a(b:[[]],c:[[]])}"), FQ_S_INIT("type T{a(b:I=[[[[]]]]):B}"), 16},
    };
    fq_parse_limits three = {.tokens = 0, .depth = 3};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_non_null(parse_with(fq_parse, cases[i].allowed, three));
        assert_null(parse_with(fq_parse, cases[i].refused, three));
        assert_int_equal(errors.list.len, 1);
        assert_int_equal(errors.list.items[0].code, FQ_ERR_LIMIT_EXCEEDED);
        assert_slice(errors.list.items[0].message, FQ_S("Document is nested deeper than 3 levels (limit: depth)."));
        assert_int_equal(errors.list.items[0].offsets[0], cases[i].offset);
    }
}

/* Whatever the caller allows, the stack is safe. */
static void absurd_nesting_is_refused(void **state) {
    (void)state;
    static const fq_slice units[] = {FQ_S_INIT("{a"), FQ_S_INIT("{...")};
    fq_parse_limits none = {.tokens = 0, .depth = UINT32_MAX};
    enum { TIMES = 300000 };
    char *text = fq_arena_alloc(arena, TIMES * 4);
    for (size_t u = 0; u < sizeof(units) / sizeof(units[0]); u++) {
        for (size_t i = 0; i < TIMES; i++) {
            memcpy(text + i * units[u].len, units[u].ptr, units[u].len);
        }
        assert_null(parse_with(fq_parse, fq_slice_of(text, TIMES * units[u].len), none));
        assert_int_equal(errors.list.items[0].code, FQ_ERR_LIMIT_EXCEEDED);
    }
    memset(text, '[', TIMES);
    assert_null(parse_with(fq_parse_value, fq_slice_of(text, TIMES), none));
    assert_int_equal(errors.list.items[0].code, FQ_ERR_LIMIT_EXCEEDED);
    assert_null(parse_with(fq_parse_type, fq_slice_of(text, TIMES), none));
    assert_int_equal(errors.list.items[0].code, FQ_ERR_LIMIT_EXCEEDED);
}

/* Dense documents have far more nodes than the first guess from their length. */
static void the_tree_grows(void **state) {
    (void)state;
    enum { FIELDS = 5000 };
    char *text = fq_arena_alloc(arena, 2 * FIELDS + 2);
    for (size_t i = 0; i < FIELDS; i++) {
        memcpy(text + 1 + 2 * i, "a ", 2);
    }
    text[0] = '{';
    text[2 * FIELDS + 1] = '}';
    const fq_document *d =
        parse_with(fq_parse, fq_slice_of(text, 2 * FIELDS + 2), (fq_parse_limits){.tokens = 0, .depth = 3});
    assert_non_null(d);
    size_t n = 0;
    for (fq_node_id i = fq_node_at(d, d->definitions)->children; i != 0; i = fq_node_next(d, i)) {
        assert_int_equal(fq_node_at(d, i)->start, 1 + 2 * n);
        n++;
    }
    assert_int_equal(n, FIELDS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(executable_errors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(type_system_errors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(value_and_type_errors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(accepted_documents, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_tree_of_an_operation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(flags_and_descriptions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_number_of_tokens_is_limited, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nesting_is_limited, set_up, tear_down),
        cmocka_unit_test_setup_teardown(absurd_nesting_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_tree_grows, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
