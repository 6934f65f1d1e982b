/* SPDX-License-Identifier: MIT */
/* Lifted literals, and the key of a document: which documents share a plan. */
#include "support.h"

static fq_slice key_of(fq_arena *arena, const char *source, fq_literals *literals) {
    fq_errors errors;
    fq_errors_init(&errors, arena, 10);
    const fq_document *document =
        fq_parse(arena, fq_slice_from_cstr(source), (fq_parse_limits){.tokens = 0, .depth = 64}, &errors);
    if (document == NULL) {
        fail_msg("%s: %.*s", source, FQ_PRI(errors.list.items[0].message));
    }
    fq_literals_lift(arena, document, literals);
    fq_buffer key;
    fq_buffer_init(&key, SIZE_MAX);
    fq_document_key(document, literals, &key);
    fq_slice copy = fq_arena_copy(arena, fq_buffer_view(&key));
    fq_buffer_done(&key);
    return copy;
}

static void test_keys(void **state) {
    (void)state;
    const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        /* ignored tokens */
        {"{ a }", "{a}", true},
        {"{ a b }", "{,a,b # x {\r\n}", true},
        {"\xEF\xBB\xBF{ a b }", "{ a\n\tb }", true},
        {"{ a b }", "{ ab }", false},
        {"{ a(x: \"#\") }", "{ a(x: \"# }\") }", true},
        {"{ a(x: \"\"\"a\"\"\") b }", "{ a(x: \"b\")b }", true},
        {"{ a(x: \"\"\" \\\"\"\" } \"\"\") b }", "{ a(x: \"\\\"\")b }", true},
        {"query ($a: Int) { a }", "query($a:Int){a}", true},
        {"query A { a }", "query B { a }", false},
        {"{ ...F } fragment F on T { a }", "{ ... F } fragment F on T { a }", false}, /* shares less than it could */
        /* values */
        {"{ a(x: 1) }", "{ a(x: 2) }", true},
        {"{ a(x: 1) }", "{ a(x: 1.0) }", false},
        {"{ a(x: 1) }", "{ a(x: \"1\") }", false},
        {"{ a(x: true) }", "{ a(x: false) }", false}, /* which it is may decide the SQL */
        {"{ a(x: 1.5) }", "{ a(x: -2e9) }", true},
        {"{ a(x: null) }", "{ a(x: 1) }", false},
        {"{ a(x: RED) }", "{ a(x: BLUE) }", false},
        {"{ a(x: $v) }", "{ a(x: $w) }", false},
        {"{ a(x: 2147483647) }", "{ a(x: -2147483648) }", true},
        {"{ a(x: 2147483647) }", "{ a(x: 2147483648) }", false},
        {"{ a(x: -2147483648) }", "{ a(x: -2147483649) }", false},
        {"{ a(x: [1, 2]) }", "{ a(x: [3 4]) }", true},
        {"{ a(x: [1, 2]) }", "{ a(x: [1]) }", false},
        {"{ a(x: [1, 2]) }", "{ a(x: [12]) }", false},
        {"{ a(x: {k: 1, l: \"s\"}) }", "{ a(x: {k: 5, l: \"\"}) }", true},
        {"{ a(x: {k: 1}) }", "{ a(x: {l: 1}) }", false},
        {"{ a(x: 1) b }", "{ a(x: 1 b: 2) }", false},
        /* what is not lifted */
        {"{ a @skip(if: true) }", "{ a @skip(if: false) }", false},
        {"{ __type(name: \"A\") { name } }", "{ __type(name: \"B\") { name } }", false},
        {"query ($a: Int = 1) { a }", "query ($a: Int = 2) { a }", false},
        /* fields that may be the same field */
        {"{ a(x: 1) { b } a(x: 1) { c } }", "{ a(x: 2) { b } a(x: 2) { c } }", true},
        {"{ a(x: 1) { b } a(x: 1) { c } }", "{ a(x: 1) { b } a(x: 2) { c } }", false},
        {"{ a(x: 1, y: 2) { b } a(x: 1, y: 2) { c } }", "{ a(x: 1, y: 2) { b } a(x: 2, y: 1) { c } }", false},
        {"{ a(x: 1) { b } a(x: 1) { c } a(x: 2) { c } }", "{ a(x: 1) { b } a(x: 2) { c } a(x: 1) { c } }", false},
        {"{ a(x: \"s\") { b } a(x: \"s\") { c } }", "{ a(x: \"s\") { b } a(x: \"\"\"s\"\"\") { c } }", false},
        {"{ a(x: \"\\u0041\") { b } a(x: \"A\") { c } }", "{ a(x: \"B\") { b } a(x: \"B\") { c } }", true},
        {"{ a(x: \"\\u0000a\") { b } a(x: \"\\u0000b\") { c } }", "{ a(x: \"x\") { b } a(x: \"x\") { c } }", false},
        {"{ x: a(x: 1) y: a(x: 1) }", "{ x: a(x: 1) y: a(x: 2) }", true},
        {"{ x: a(x: 1) ...F } fragment F on Query { x: a(x: 1) }",
         "{ x: a(x: 1) ...F } fragment F on Query { x: a(x: 2) }", false},
        {"{ a(x: 1) b(x: 1) { a(x: 2) } }", "{ a(x: 1) b(x: 7) { a(x: 2) } }", true},
        /* a placeholder can not be forged */
        {"{ a(x: 1) }", "{ a(x: \"\\u0001i\") }", false},
        {"{ a @d(x: \"b\") }", "{ a @d(x: \"c\") }", false},
    };
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_literals literals;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool same = fq_slice_equal(key_of(arena, cases[i].a, &literals), key_of(arena, cases[i].b, &literals));
        if (same != cases[i].same) {
            fail_msg("%s and %s: %s", cases[i].a, cases[i].b, same ? "the same" : "not the same");
        }
    }
    fq_arena_free(arena);
}

static void test_slots(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_literals literals;
    key_of(arena,
           "query ($v: Int = 9) { a(x: 1, y: [\"s\\n\", {k: 2.5, l: E, m: $v}]) @skip(if: true) { b(z: false) } ...F } "
           "fragment F on T { __type(name: \"n\") { name } c(x: -3) }",
           &literals);
    const char *const texts[] = {"1", "s\n", "2.5", NULL, "-3"};
    const fq_value_kind kinds[] = {FQ_VALUE_INT, FQ_VALUE_STRING, FQ_VALUE_FLOAT, FQ_VALUE_BOOLEAN, FQ_VALUE_INT};
    assert_int_equal(literals.count, 5);
    for (uint32_t i = 0; i < literals.count; i++) {
        assert_int_equal(literals.values[i].kind, kinds[i]);
        assert_int_equal(literals.values[i].origin, FQ_ORIGIN_LITERAL);
        assert_int_equal(literals.values[i].index, i);
        if (texts[i] != NULL) {
            assert_true(fq_slice_equal(literals.values[i].text, fq_slice_from_cstr(texts[i])));
        }
    }
    assert_false(literals.values[3].truth);
    fq_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_keys), cmocka_unit_test(test_slots)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
