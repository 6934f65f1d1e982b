/* SPDX-License-Identifier: MIT */
/* Documents made to be costly: a hundred thousand of everything. Rules count the steps that they take through fragments
 * and refuse a document past a maximum; so a verdict other than that refusal shows that the work was bounded. The rest
 * is linear in the document, or these tests would not end. */
#include "support.h"

#define MANY 100000

static const char sdl[] = "type Query { a: Query b: Query x: Int y(n: Int, o: In): Int u: U }\n"
                          "type A { q: Query n: Int } type B { q: Query n: Int } union U = A | B\n"
                          "input In { a: Int b: In }\n";

static world open_world(void) {
    world w = world_new(sdl);
    w.limits.aliases = w.limits.directives = w.limits.root_fields = UINT32_MAX;
    return w;
}

/* A text with repetitions: "%d" stands for the number, "%n" for the next one. */
static void repeat(fq_buffer *out, const char *pattern, int n) {
    for (int i = 0; i < n; i++) {
        for (const char *c = pattern; *c != '\0'; c++) {
            if (c[0] == '%' && (c[1] == 'd' || c[1] == 'n')) {
                fq_buffer_printf(out, "%d", *++c == 'd' ? i : i + 1);
            } else {
                fq_buffer_char(out, *c);
            }
        }
    }
}

typedef struct hostile_case {
    const char *before, *pattern, *after;
    int n;
    const char *errors; /* the beginning; "" for a valid document */
} hostile_case;

static void test_documents(void **state) {
    (void)state;
    const hostile_case cases[] = {
        {"{", " a%d: x", "}", MANY, ""},
        {"{", " x", "}", MANY, ""},
        {"{", " y(n: 1)", "}", MANY, ""},
        {"{", " a { x }", "}", MANY, ""},
        {"{", " x @skip(if: true)", "}", MANY, ""},
        {"{ x", " @skip(if: true)", "}", MANY, "The directive \"@skip\" can only be used once at this location."},
        {"{", " ...F", "} fragment F on Query { x }", MANY, ""},
        {"{ ...F0 }", " fragment F%d on Query { x ...F%n }", " fragment F50000 on Query { x }", MANY / 2, ""},
        {"{ ...F0 }", " fragment F%d on Query { a { ...F%n } }", " fragment F50000 on Query { x }", MANY / 2, ""},
        {"{ ...F0 }", " fragment F%d on Query { ...F%n ...F%n }", " fragment F25000 on Query { x }", MANY / 4, ""},
        {"{ ...F0 }", " fragment F%d on Query { a { ...F%n } b { ...F%n } }", " fragment F25000 on Query { x }",
         MANY / 4, ""},
        {"{ ...F0 }", " fragment F%d on Query { a { ...F%n } a { ...F%n } }", " fragment F25000 on Query { x }",
         MANY / 4, ""},
        {"{ x }", " fragment F%d on Query { x ...F%n }", " fragment F50000 on Query { x }", MANY / 2,
         "Fragment \"F0\" is never used."},
        {"{ ...F0 }", " fragment F%d on Query { ...F%n }", " fragment F50000 on Query { ...F0 }", MANY / 2,
         "Cannot spread fragment \"F0\" within itself via \"F1\", \"F2\""},
        {"{ ...F0 }", " fragment F%d on Query { a { ...F%n } }", " fragment F5000 on Query { a { ...F0 } }", MANY / 20,
         "Cannot spread fragment \"F0\" within itself via \"F1\", \"F2\""},
        {"{", " z%d", "}", MANY, "Cannot query field \"z0\" on type \"Query\"."},
        {"{", " ...Z%d", "}", MANY, "Unknown fragment \"Z0\"."},
        {"{ y(", " n: 1", ") }", MANY, "There can be only one argument named \"n\"."},
        {"{ y(", " n%d: 1", ") }", MANY, "Unknown argument \"n0\" on field \"Query.y\"."},
        {"{ y(o: {", " a: 1", "}) }", MANY, "There can be only one input field named \"a\"."},
        {"{ y(o: {", " n%d: 1", "}) }", MANY, "Field \"n0\" is not defined by type \"In\"."},
        {"query (", " $v%d: Int", ") { x }", MANY, "Variable \"$v0\" is never used."},
        {"{ y(n: [", " $v%d", "]) }", MANY, "Int cannot represent non-integer value"},
        {"", " query Q { x }", "", MANY, "There can be only one operation named \"Q\"."},
        {"", " { x }", "", MANY, "This anonymous operation must be the only defined operation."},
        {"{ u {", " ... on A { q { a { x } } } ... on B { q { a { x } } }", "} }", MANY / 10, ""},
        {"{ x: y(n: 1)", " x: y(n: 2)", "}", MANY, "Fields \"x\" conflict because they have differing arguments."},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        world w = open_world();
        fq_buffer source;
        fq_buffer_init(&source, SIZE_MAX);
        repeat(&source, cases[i].before, 1);
        repeat(&source, cases[i].pattern, cases[i].n);
        repeat(&source, cases[i].after, 1);
        fq_buffer_char(&source, '\0');
        const fq_document *document = world_parse(&w, source.ptr);
        fq_validate(w.arena, w.schema, document, &w.limits, FQ_EXTENSIONS_ALL, &w.errors);
        fq_slice first = w.errors.list.len > 0 ? w.errors.list.items[0].message : FQ_S("");
        fq_slice want = fq_slice_from_cstr(cases[i].errors);
        if (want.len == 0 ? first.len > 0 : !fq_slice_starts_with(first, want)) {
            fail_msg("%s%s: %.*s", cases[i].before, cases[i].pattern, (int)(first.len < 200 ? first.len : 200),
                     first.ptr);
        }
        assert_true(w.errors.list.len <= w.limits.errors + 1);
        fq_buffer_done(&source);
        world_free(&w);
    }
}

/* As deep as a parser without much of a limit lets a document be. */
static void test_depth(void **state) {
    (void)state;
    const struct {
        const char *open, *inner, *close;
    } cases[] = {
        {"{ a ", "{ x }", "}"},
        {"{ ... on Query ", "{ x }", "}"},
        {"{ y(n: [", "1", "]) }"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        world w = open_world();
        fq_buffer source;
        fq_buffer_init(&source, SIZE_MAX);
        bool value = i == 2;
        repeat(&source, value ? "{ y(n: " : cases[i].open, value ? 1 : 150);
        repeat(&source, value ? "[" : "", 150);
        repeat(&source, cases[i].inner, 1);
        repeat(&source, value ? "]" : cases[i].close, 150);
        repeat(&source, value ? ") }" : "", 1);
        fq_buffer_char(&source, '\0');
        const char *errors = world_validate(&w, source.ptr);
        assert_int_equal(errors[0] == '\0', !value);
        fq_buffer_done(&source);
        world_free(&w);
    }
}

/* Operations times fragments is more work than any document needs: that is refused, with the limit named. */
static void test_steps(void **state) {
    (void)state;
    world w = open_world();
    fq_buffer source;
    fq_buffer_init(&source, SIZE_MAX);
    repeat(&source, " query Q%d { ...F0 }", 3000);
    repeat(&source, " fragment F%d on Query { x ...F%n }", 3000);
    fq_buffer_literal(&source, " fragment F3000 on Query { x }");
    fq_buffer_char(&source, '\0');
    assert_non_null(strstr(world_validate(&w, source.ptr), "which exceeds the limit of 4000000 (validation steps)"));
    fq_buffer_done(&source);
    world_free(&w);
}

/* Past the number of errors that are reported, one more says so. */
static void test_many_errors(void **state) {
    (void)state;
    world w = open_world();
    w.limits.errors = 3;
    assert_string_equal(
        world_validate(&w, "{ p q r s t }"),
        "Cannot query field \"p\" on type \"Query\". Did you mean \"a\", \"b\", \"u\", \"x\", or \"y\"? (1:3)\n"
        "Cannot query field \"q\" on type \"Query\". Did you mean \"a\", \"b\", \"u\", \"x\", or \"y\"? (1:5)\n"
        "Cannot query field \"r\" on type \"Query\". Did you mean \"a\", \"b\", \"u\", \"x\", or \"y\"? (1:7)\n"
        "Too many validation errors, error limit reached. Validation aborted.");
    world_free(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_many_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
