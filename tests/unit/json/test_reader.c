/* SPDX-License-Identifier: MIT */
/* The JSON reader: what RFC 8259 allows gives the right tree, everything else an error at the right place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "json/reader.h"
#include "json/writer.h"

static fq_arena *arena;

static int set_up(void **state) {
    (void)state;
    arena = fq_arena_new(SIZE_MAX);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    fq_arena_free(arena);
    return 0;
}

/* A copy without anything behind it, so that sanitizers see reads past the end. */
static fq_slice exact(fq_slice text) {
    char *copy = fq_arena_alloc(arena, text.len);
    memcpy(copy, text.ptr, text.len);
    return fq_slice_of(copy, text.len);
}

static fq_json *parse(fq_slice text) {
    fq_json_error error = {0};
    fq_json *value = fq_json_parse(arena, exact(text), 64, &error);
    if (value == NULL) {
        fail_msg("%.*s: %s at %zu", FQ_PRI(text), error.message, error.offset);
    }
    return value;
}

static void reads_and_writes_back(void **state) {
    (void)state;
    static const struct {
        fq_slice text, written;
    } cases[] = {
        {FQ_S_INIT("null"), FQ_S_INIT("null")},
        {FQ_S_INIT(" \t\r\n true "), FQ_S_INIT("true")},
        {FQ_S_INIT("false"), FQ_S_INIT("false")},
        {FQ_S_INIT("-0"), FQ_S_INIT("-0")},
        {FQ_S_INIT("123456789012345678901234567890"), FQ_S_INIT("123456789012345678901234567890")},
        {FQ_S_INIT("1.5e+10"), FQ_S_INIT("1.5e+10")},
        {FQ_S_INIT("1E-2"), FQ_S_INIT("1E-2")},
        {FQ_S_INIT("\"\""), FQ_S_INIT("\"\"")},
        {FQ_S_INIT("\"a\\u0041\\n\\/\""), FQ_S_INIT("\"aA\\n/\"")},
        {FQ_S_INIT("\"\\\"\\\\\\b\\f\\n\\r\\t\""), FQ_S_INIT("\"\\\"\\\\\\b\\f\\n\\r\\t\"")},
        {FQ_S_INIT("\"\\ud83d\\uDE00\""), FQ_S_INIT("\"\xF0\x9F\x98\x80\"")},
        {FQ_S_INIT("\"\xF0\x9F\x98\x80 \xC3\xA9 \x7F\""), FQ_S_INIT("\"\xF0\x9F\x98\x80 \xC3\xA9 \x7F\"")},
        {FQ_S_INIT("\"\\u0000\""), FQ_S_INIT("\"\\u0000\"")},
        {FQ_S_INIT("[]"), FQ_S_INIT("[]")},
        {FQ_S_INIT("[ 1 , [ ] , { } ]"), FQ_S_INIT("[1,[],{}]")},
        {FQ_S_INIT("{}"), FQ_S_INIT("{}")},
        {FQ_S_INIT("{ \"a\" : 1 , \"\\u0062\" : { \"\" : [ null ] } }"), FQ_S_INIT("{\"a\":1,\"b\":{\"\":[null]}}")},
        {FQ_S_INIT("{\"a\":1,\"a\":2}"), FQ_S_INIT("{\"a\":1,\"a\":2}")},
    };
    fq_buffer out;
    fq_buffer_init(&out, 1000);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_buffer_clear(&out);
        fq_json_write_tree(&out, parse(cases[i].text));
        assert_int_equal(out.len, cases[i].written.len);
        assert_memory_equal(out.ptr, cases[i].written.ptr, out.len);
    }
    fq_buffer_done(&out);
}

static void refuses(void **state) {
    (void)state;
    static const struct {
        fq_slice text;
        size_t offset;
        const char *message;
    } cases[] = {
        {FQ_S_INIT(""), 0, "unexpected end of input"},
        {FQ_S_INIT("  "), 2, "unexpected end of input"},
        {FQ_S_INIT("nul"), 0, "unexpected character"},
        {FQ_S_INIT("True"), 0, "unexpected character"},
        {FQ_S_INIT("NaN"), 0, "unexpected character"},
        {FQ_S_INIT("\xEF\xBB\xBF{}"), 0, "unexpected character"},
        {FQ_S_INIT("'a'"), 0, "unexpected character"},
        {FQ_S_INIT("1 2"), 2, "unexpected text after the value"},
        {FQ_S_INIT("truex"), 4, "unexpected text after the value"},
        {FQ_S_INIT("{}}"), 2, "unexpected text after the value"},
        {FQ_S_INIT("null\0"), 4, "unexpected text after the value"},
        {FQ_S_INIT("01"), 0, "invalid number"},
        {FQ_S_INIT("-"), 0, "invalid number"},
        {FQ_S_INIT("1."), 0, "invalid number"},
        {FQ_S_INIT("1e"), 0, "invalid number"},
        {FQ_S_INIT("1e+"), 0, "invalid number"},
        {FQ_S_INIT("-a"), 0, "invalid number"},
        {FQ_S_INIT("+1"), 0, "unexpected character"},
        {FQ_S_INIT(".5"), 0, "unexpected character"},
        {FQ_S_INIT("0x1"), 1, "unexpected text after the value"},
        {FQ_S_INIT("\""), 1, "unexpected end of input"},
        {FQ_S_INIT("\"abc"), 4, "unexpected end of input"},
        {FQ_S_INIT("\"a\nb\""), 2, "control character in string"},
        {FQ_S_INIT("\"a\0b\""), 2, "control character in string"},
        {FQ_S_INIT("\"0123456789abcdef\x1F\""), 17, "control character in string"},
        {FQ_S_INIT("\"\\x\""), 1, "invalid escape sequence in string"},
        {FQ_S_INIT("\"\\"), 1, "invalid escape sequence in string"},
        {FQ_S_INIT("\"\\\0\""), 1, "invalid escape sequence in string"},
        {FQ_S_INIT("\"\\u12\""), 1, "invalid escape sequence in string"},
        {FQ_S_INIT("\"\\u12G4\""), 1, "invalid escape sequence in string"},
        {FQ_S_INIT("\"\\u{41}\""), 1, "invalid escape sequence in string"},
        {FQ_S_INIT("\"\\ud800\""), 1, "lone surrogate in string"},
        {FQ_S_INIT("\"\\udc00\""), 1, "lone surrogate in string"},
        {FQ_S_INIT("\"\\ud800\\ud800\""), 1, "lone surrogate in string"},
        {FQ_S_INIT("\"\\ud800\\n\""), 1, "lone surrogate in string"},
        {FQ_S_INIT("\"\\ud800\\u00"), 1, "lone surrogate in string"},
        {FQ_S_INIT("\"\xC0\x80\""), 1, "invalid UTF-8"},
        {FQ_S_INIT("\"\xED\xA0\x80\""), 1, "invalid UTF-8"},
        {FQ_S_INIT("\"\xF0\x9F\""), 1, "invalid UTF-8"},
        {FQ_S_INIT("["), 1, "unexpected end of input"},
        {FQ_S_INIT("[1"), 2, "unexpected end of input"},
        {FQ_S_INIT("[1,]"), 3, "unexpected character"},
        {FQ_S_INIT("[,1]"), 1, "unexpected character"},
        {FQ_S_INIT("[1 2]"), 3, "\",\" or \"]\" expected"},
        {FQ_S_INIT("[1}"), 2, "\",\" or \"]\" expected"},
        {FQ_S_INIT("{"), 1, "unexpected end of input"},
        {FQ_S_INIT("{a:1}"), 1, "a key in double quotes expected"},
        {FQ_S_INIT("{1:1}"), 1, "a key in double quotes expected"},
        {FQ_S_INIT("{\"a\"}"), 4, "\":\" expected"},
        {FQ_S_INIT("{\"a\":}"), 5, "unexpected character"},
        {FQ_S_INIT("{\"a\":1,}"), 7, "a key in double quotes expected"},
        {FQ_S_INIT("{\"a\":1]"), 6, "\",\" or \"}\" expected"},
        {FQ_S_INIT("// x\n1"), 0, "unexpected character"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_json_error error = {0};
        if (fq_json_parse(arena, exact(cases[i].text), 64, &error) != NULL) {
            fail_msg("accepted: %.*s", FQ_PRI(cases[i].text));
        }
        if (strcmp(error.message, cases[i].message) != 0 || error.offset != cases[i].offset) {
            fail_msg("%.*s: %s at %zu", FQ_PRI(cases[i].text), error.message, error.offset);
        }
    }
}

static void nesting_is_bounded(void **state) {
    (void)state;
    fq_json_error error = {0};
    assert_non_null(fq_json_parse(arena, FQ_S("[{\"a\":[1]}]"), 3, &error));
    assert_non_null(fq_json_parse(arena, FQ_S("[[],[],[[]],[[]]]"), 3, &error));
    assert_null(fq_json_parse(arena, FQ_S("[{\"a\":[[]]}]"), 3, &error));
    assert_string_equal(error.message, "too deeply nested");
    assert_int_equal(error.offset, 7);
    assert_non_null(fq_json_parse(arena, FQ_S("1"), 0, &error));
    assert_null(fq_json_parse(arena, FQ_S("[]"), 0, &error));
}

static void absurd_nesting_is_refused_whatever_the_caller_allows(void **state) {
    (void)state;
    enum { DEPTH = 1000000 };
    char *text = fq_arena_alloc(arena, DEPTH);
    memset(text, '[', DEPTH);
    fq_json_error error = {0};
    assert_null(fq_json_parse(arena, fq_slice_of(text, DEPTH), UINT32_MAX, &error));
    assert_string_equal(error.message, "too deeply nested");
    assert_int_equal(error.offset, FQ_JSON_DEPTH_MAX);
}

static void the_tree_tells_kinds_counts_and_ranges(void **state) {
    (void)state;
    const fq_json *root = parse(FQ_S(" {\"a\": [10, 2.0, 1e3], \"b\": \"x\\ty\", \"a\": true} "));
    assert_int_equal(root->kind, FQ_JSON_OBJECT);
    assert_int_equal(root->count, 3);
    assert_int_equal(root->start, 1);
    assert_int_equal(root->end, 46);
    const fq_json *list = root->child;
    assert_true(fq_slice_equal(list->key, FQ_S("a")));
    assert_int_equal(list->count, 3);
    assert_true(list->child->integer);
    assert_false(list->child->next->integer);
    assert_false(list->child->next->next->integer);
    assert_true(fq_slice_equal(list->child->next->text, FQ_S("2.0")));
    const fq_json *string = list->next;
    assert_int_equal(string->kind, FQ_JSON_STRING);
    assert_true(fq_slice_equal(string->text, FQ_S("x\ty")));
    assert_int_equal(string->start, 28);
    assert_int_equal(string->end, 34);
}

static void strings_without_escapes_are_views(void **state) {
    (void)state;
    fq_slice text = FQ_S("[\"plain\",\"esc\\n\"]");
    fq_json_error error;
    const fq_json *root = fq_json_parse(arena, text, 8, &error);
    assert_ptr_equal(root->child->text.ptr, text.ptr + 2);
    const char *decoded = root->child->next->text.ptr;
    assert_true(decoded < text.ptr || decoded >= text.ptr + text.len);
}

static void members_are_found_and_the_last_counts(void **state) {
    (void)state;
    const fq_json *root = parse(FQ_S("{\"a\":1,\"b\":2,\"a\":3}"));
    assert_true(fq_slice_equal(fq_json_member(root, FQ_S("a"))->text, FQ_S("3")));
    assert_true(fq_slice_equal(fq_json_member(root, FQ_S("b"))->text, FQ_S("2")));
    assert_null(fq_json_member(root, FQ_S("c")));
    assert_null(fq_json_member(parse(FQ_S("{}")), FQ_S("a")));
}

/* Special bytes at every offset of strings around the widths of the scan. */
static void special_bytes_are_seen_at_every_offset(void **state) {
    (void)state;
    static const char specials[] = {'\n', '\x1F', '\0', '\x80', '\xFF'};
    for (size_t len = 1; len < 50; len++) {
        for (size_t at = 0; at < len; at++) {
            for (size_t s = 0; s < sizeof(specials); s++) {
                char text[64];
                memset(text, 'x', sizeof(text));
                text[0] = '"';
                text[1 + at] = specials[s];
                text[1 + len] = '"';
                fq_json_error error = {0};
                assert_null(fq_json_parse(arena, exact(fq_slice_of(text, len + 2)), 8, &error));
                assert_int_equal(error.offset, 1 + at);
            }
        }
    }
}

static void numbers_are_checked_alone(void **state) {
    (void)state;
    static const fq_slice good[] = {FQ_S_INIT("0"),   FQ_S_INIT("-0"),      FQ_S_INIT("12"),
                                    FQ_S_INIT("1.5"), FQ_S_INIT("-1.5e-7"), FQ_S_INIT("1E5")};
    static const fq_slice bad[] = {FQ_S_INIT(""),    FQ_S_INIT("-"),  FQ_S_INIT("01"),  FQ_S_INIT("1."),
                                   FQ_S_INIT(" 1"),  FQ_S_INIT("1 "), FQ_S_INIT("+1"),  FQ_S_INIT("1e"),
                                   FQ_S_INIT("NaN"), FQ_S_INIT("1a"), FQ_S_INIT("0x1"), FQ_S_INIT("1..2")};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(fq_json_is_number(good[i]));
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(fq_json_is_number(bad[i]));
    }
}

static void skipping_finds_the_end_of_a_value(void **state) {
    (void)state;
    static const struct {
        fq_slice text;
        size_t at, end;
    } cases[] = {
        {FQ_S_INIT("1"), 0, 1},
        {FQ_S_INIT("[12, 3]"), 1, 3},
        {FQ_S_INIT("[12, 3]"), 4, 6},
        {FQ_S_INIT("[12, 3]"), 0, 7},
        {FQ_S_INIT("{\"a]\": \"}\\\"\", \"b\": [{}]} x"), 0, 24},
        {FQ_S_INIT("{\"a\": \"x\\\\\", \"b\": 1}"), 5, 11},
        {FQ_S_INIT("true,"), 0, 4},
        {FQ_S_INIT("  null"), 0, 6},
        {FQ_S_INIT("\"\\\\\\\"\"]"), 0, 6},
        {FQ_S_INIT("\"cut"), 0, 4}, /* not valid, but no reason to read beyond */
        {FQ_S_INIT("\"cut\\"), 0, 5},
        {FQ_S_INIT("[[1"), 0, 3},
        {FQ_S_INIT(""), 0, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(fq_json_skip(exact(cases[i].text), cases[i].at), cases[i].end);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_and_writes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nesting_is_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(absurd_nesting_is_refused_whatever_the_caller_allows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_tree_tells_kinds_counts_and_ranges, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strings_without_escapes_are_views, set_up, tear_down),
        cmocka_unit_test_setup_teardown(members_are_found_and_the_last_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(special_bytes_are_seen_at_every_offset, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_are_checked_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(skipping_finds_the_end_of_a_value, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
