/* SPDX-License-Identifier: MIT */
/* The printer: layouts, and that printed text reads back as the same tree (it prints the same again). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "graphql/parser.h"
#include "graphql/printer.h"

static fq_arena *arena;
static fq_errors errors;
static const fq_parse_limits limits = {.tokens = 0, .depth = 100};

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

static fq_slice print(fq_slice source) {
    const fq_document *document = fq_parse(arena, source, limits, &errors);
    if (document == NULL) {
        fail_msg("%.*s: %.*s", FQ_PRI(source), FQ_PRI(errors.list.items[0].message));
    }
    fq_buffer out;
    fq_buffer_init(&out, 100000);
    fq_print_document(document, &out);
    fq_slice printed = fq_arena_copy(arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return printed;
}

static void assert_slice(fq_slice actual, fq_slice expected) {
    if (!fq_slice_equal(actual, expected)) {
        fail_msg("got:\n%.*s\nexpected:\n%.*s", FQ_PRI(actual), FQ_PRI(expected));
    }
}

static void documents(void **state) {
    (void)state;
    static const struct {
        fq_slice source, printed;
    } cases[] = {
        {FQ_S_INIT("{a}"), FQ_S_INIT("{\n  a\n}")},
        {FQ_S_INIT("query{a}"), FQ_S_INIT("{\n  a\n}")},
        {FQ_S_INIT("query @d{a}"), FQ_S_INIT("query @d {\n  a\n}")},
        {FQ_S_INIT("mutation{a}subscription S{b}"), FQ_S_INIT("mutation {\n  a\n}\n\nsubscription S {\n  b\n}")},
        {FQ_S_INIT("query($a:[Int!]!=[1]@d$b:T){a}"), FQ_S_INIT("query ($a: [Int!]! = [1] @d, $b: T) {\n  a\n}")},
        {FQ_S_INIT("\"d\"query Q(\"v\"$a:T){a}"), FQ_S_INIT("\"d\"\nquery Q(\n  \"v\"\n  $a: T\n) {\n  a\n}")},
        {FQ_S_INIT("\"d\"query{a}"), FQ_S_INIT("\"d\"\nquery {\n  a\n}")},
        {FQ_S_INIT("{x:a(b:1,c:{d:[$e,true,null],f:{}})@g@h(i:E){j ...F@k ...on T@l{m} ...{n}}}"),
         FQ_S_INIT("{\n  x: a(b: 1, c: {d: [$e, true, null], f: {}}) @g @h(i: E) {\n    j\n    ...F @k\n"
                   "    ... on T @l {\n      m\n    }\n    ... {\n      n\n    }\n  }\n}")},
        {FQ_S_INIT("\"d\"fragment F on T@x{a}"), FQ_S_INIT("\"d\"\nfragment F on T @x {\n  a\n}")},
        /* 80 characters stay on the line, 81 do not; characters beyond ASCII count as UTF-16 units */
        {FQ_S_INIT("{f(a:\"012345678901234567890123456789012345678901234567890123456789012345678901\")}"),
         FQ_S_INIT("{\n  f(a: \"012345678901234567890123456789012345678901234567890123456789012345678901\")\n}")},
        {FQ_S_INIT("{f(a:\"0123456789012345678901234567890123456789012345678901234567890123456789012\")@d{c}}"),
         FQ_S_INIT("{\n  f(\n    a: \"0123456789012345678901234567890123456789012345678901234567890123456789012\"\n  ) "
                   "@d {\n    c\n  }\n}")},
        {FQ_S_INIT("{f(a:\"0123456789012345678901234567890123456789012345678901234567890123\\u{1F600}\"b:1)}"),
         FQ_S_INIT("{\n  f(a: \"0123456789012345678901234567890123456789012345678901234567890123\xF0\x9F\x98\x80\", b: "
                   "1)\n}")},
        {FQ_S_INIT("{a{f(a:\"\"\"x\ny\"\"\",b:\"\"\"one\"\"\")}}"),
         FQ_S_INIT("{\n  a {\n    f(a: \"\"\"\n    x\n    y\n    \"\"\", b: \"\"\"one\"\"\")\n  }\n}")},
        {FQ_S_INIT("schema@a{query:Q mutation:M}"), FQ_S_INIT("schema @a {\n  query: Q\n  mutation: M\n}")},
        {FQ_S_INIT("\"d\"scalar S@specifiedBy(url:\"u\")"), FQ_S_INIT("\"d\"\nscalar S @specifiedBy(url: \"u\")")},
        {FQ_S_INIT("type T implements&A&B@d{\"x\"a(b:Int=1@d c:[C]):D!@e}"),
         FQ_S_INIT("type T implements A & B @d {\n  \"x\"\n  a(b: Int = 1 @d, c: [C]): D! @e\n}")},
        {FQ_S_INIT("type T{a(\"x\"b:Int \"\"\"y\nz\"\"\"c:C):D}"),
         FQ_S_INIT("type T {\n  a(\n    \"x\"\n    b: Int\n    \"\"\"\n    y\n    z\n    \"\"\"\n    c: C\n  ): D\n}")},
        {FQ_S_INIT("type T"), FQ_S_INIT("type T")},
        {FQ_S_INIT("interface I implements J{a:Int}"), FQ_S_INIT("interface I implements J {\n  a: Int\n}")},
        {FQ_S_INIT("union U@d=|A|B union V"), FQ_S_INIT("union U @d = A | B\n\nunion V")},
        {FQ_S_INIT("enum E{\"x\"A B@d}"), FQ_S_INIT("enum E {\n  \"x\"\n  A\n  B @d\n}")},
        {FQ_S_INIT("input I{a:Int=1@d \"x\"b:[T!]}"), FQ_S_INIT("input I {\n  a: Int = 1 @d\n  \"x\"\n  b: [T!]\n}")},
        {FQ_S_INIT("directive@a(b:Int)repeatable on|FIELD|QUERY"),
         FQ_S_INIT("directive @a(b: Int) repeatable on FIELD | QUERY")},
        {FQ_S_INIT("extend schema@a extend scalar S@a extend type T@a extend type T implements I{a:A}"),
         FQ_S_INIT("extend schema @a\n\nextend scalar S @a\n\nextend type T @a\n\nextend type T implements I {\n"
                   "  a: A\n}")},
        {FQ_S_INIT("extend interface I{a:A}extend union U=A extend enum E{B}extend input I{a:A}"),
         FQ_S_INIT("extend interface I {\n  a: A\n}\n\nextend union U = A\n\nextend enum E {\n  B\n}\n\n"
                   "extend input I {\n  a: A\n}")},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_slice printed = print(cases[i].source);
        assert_slice(printed, cases[i].printed);
        assert_slice(print(printed), printed);
    }
}

static void single_nodes(void **state) {
    (void)state;
    static const struct {
        fq_slice source, printed;
    } values[] = {
        {FQ_S_INIT("{a:[1,2.50,\"x\",E,$v]}"), FQ_S_INIT("{a: [1, 2.50, \"x\", E, $v]}")},
        {FQ_S_INIT("\"\"\"  a\n b\"\"\""), FQ_S_INIT("\"\"\"\n  a\nb\n\"\"\"")},
    };
    fq_buffer out;
    fq_buffer_init(&out, 1000);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        fq_buffer_clear(&out);
        const fq_document *document = fq_parse_value(arena, values[i].source, limits, &errors);
        fq_print_node(document, document->definitions, &out);
        assert_slice(fq_buffer_view(&out), values[i].printed);
    }
    fq_buffer_clear(&out);
    const fq_document *type = fq_parse_type(arena, FQ_S(" [ [ A ! ] ] ! "), limits, &errors);
    fq_print_node(type, type->definitions, &out);
    assert_slice(fq_buffer_view(&out), FQ_S("[[A!]]!"));
    fq_buffer_done(&out);
}

static void quoted_strings(void **state) {
    (void)state;
    static const struct {
        fq_slice text, printed;
    } cases[] = {
        {{NULL, 0}, FQ_S_INIT("\"\"")},
        {FQ_S_INIT("a/b'c"), FQ_S_INIT("\"a/b'c\"")},
        {FQ_S_INIT("\"\\\b\t\n\f\r"), FQ_S_INIT("\"\\\"\\\\\\b\\t\\n\\f\\r\"")},
        {FQ_S_INIT("\0\x0B\x1F\x7F"), FQ_S_INIT("\"\\u0000\\u000B\\u001F\\u007F\"")},
        {FQ_S_INIT("\xC2\x80\xC2\x9F\xC2\xA0"), FQ_S_INIT("\"\\u0080\\u009F\xC2\xA0\"")},
        {FQ_S_INIT("\xF0\x9F\x98\x80"), FQ_S_INIT("\"\xF0\x9F\x98\x80\"")},
    };
    fq_buffer out;
    fq_buffer_init(&out, 1000);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_buffer_clear(&out);
        fq_print_string(cases[i].text, &out);
        assert_slice(fq_buffer_view(&out), cases[i].printed);
    }
    fq_buffer_done(&out);
}

static fq_slice read_back(fq_slice printed) {
    const fq_document *document = fq_parse_value(arena, printed, limits, &errors);
    if (document == NULL) {
        fail_msg("not readable: %.*s", FQ_PRI(printed));
    }
    return fq_node_text(document, document->definitions);
}

static void block_strings(void **state) {
    (void)state;
    static const struct {
        fq_slice text, printed;
    } cases[] = {
        {FQ_S_INIT(""), FQ_S_INIT("\"\"\"\"\"\"")},
        {FQ_S_INIT("one line"), FQ_S_INIT("\"\"\"one line\"\"\"")},
        {FQ_S_INIT("  led by spaces"), FQ_S_INIT("\"\"\"  led by spaces\"\"\"")},
        {FQ_S_INIT("  led by spaces\""), FQ_S_INIT("\"\"\"  led by spaces\"\n\"\"\"")},
        {FQ_S_INIT("two\nlines"), FQ_S_INIT("\"\"\"\ntwo\nlines\n\"\"\"")},
        {FQ_S_INIT("no\n  indent"), FQ_S_INIT("\"\"\"\nno\n  indent\n\"\"\"")},
        {FQ_S_INIT("quote\""), FQ_S_INIT("\"\"\"\nquote\"\n\"\"\"")},
        {FQ_S_INIT("backslash\\"), FQ_S_INIT("\"\"\"\nbackslash\\\n\"\"\"")},
        {FQ_S_INIT("three\"\"\""), FQ_S_INIT("\"\"\"\nthree\\\"\"\"\n\"\"\"")},
        {FQ_S_INIT("four\"\"\"\""), FQ_S_INIT("\"\"\"\nfour\\\"\"\"\"\n\"\"\"")},
        {FQ_S_INIT("a\"\"\"b"), FQ_S_INIT("\"\"\"a\\\"\"\"b\"\"\"")},
        {FQ_S_INIT("0123456789012345678901234567890123456789012345678901234567890123456789"),
         FQ_S_INIT("\"\"\"0123456789012345678901234567890123456789012345678901234567890123456789\"\"\"")},
        {FQ_S_INIT("01234567890123456789012345678901234567890123456789012345678901234567890"),
         FQ_S_INIT("\"\"\"\n01234567890123456789012345678901234567890123456789012345678901234567890\n\"\"\"")},
    };
    fq_buffer out;
    fq_buffer_init(&out, 1000);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_buffer_clear(&out);
        fq_print_block_string(cases[i].text, &out);
        assert_slice(fq_buffer_view(&out), cases[i].printed);
        assert_slice(read_back(fq_arena_copy(arena, fq_buffer_view(&out))), cases[i].text);
    }
    fq_buffer_done(&out);
}

/* Block strings at any depth come back as they were, because their lines are indented alike. */
static void block_strings_survive_indentation(void **state) {
    (void)state;
    static const fq_slice sources[] = {
        FQ_S_INIT("{a{b{c(d:\"\"\"\n  x\n    y\n\n  z\n\"\"\")}}}"),
        FQ_S_INIT("{a(b:{c:[\"\"\"\n  x\n\n y\"\"\"]}) @d(e:\"\"\"p\n q\"\"\")}"),
        FQ_S_INIT(
            "\"\"\"\nd\n  e\n\"\"\" type T { \"\"\"f\n\n g\"\"\" a(\"\"\"h\n i\"\"\" b: I = \"\"\"j\nk\"\"\"): L }"),
    };
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        const fq_document *before = fq_parse(arena, sources[i], limits, &errors);
        fq_slice printed = print(sources[i]);
        const fq_document *after = fq_parse(arena, printed, limits, &errors);
        assert_non_null(after);
        assert_int_equal(before->n_nodes, after->n_nodes);
        for (uint32_t n = 1; n < before->n_nodes; n++) {
            assert_int_equal(before->nodes[n].kind, after->nodes[n].kind);
            if (before->nodes[n].kind == FQ_NODE_STRING) {
                assert_slice(fq_node_text(after, n), fq_node_text(before, n));
            }
        }
    }
}

static void a_full_buffer_only_fails(void **state) {
    (void)state;
    const fq_document *document = fq_parse(
        arena, FQ_S("{ f(a: \"0123456789012345678901234567890123456789012345678901234567890123456789012345\") }"),
        limits, &errors);
    for (size_t max = 0; max < 80; max++) {
        fq_buffer out;
        fq_buffer_init(&out, max);
        fq_print_document(document, &out);
        assert_true(out.failed);
        fq_buffer_done(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(documents, set_up, tear_down),
        cmocka_unit_test_setup_teardown(single_nodes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quoted_strings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(block_strings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(block_strings_survive_indentation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_buffer_only_fails, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
