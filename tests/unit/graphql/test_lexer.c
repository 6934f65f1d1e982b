/* SPDX-License-Identifier: MIT */
/* The lexer (section 2.1): token kinds, ranges and values; what is ignored; errors with their places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "graphql/lexer.h"

static fq_arena *arena;
static fq_errors errors;

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

/* A copy without anything behind it, so that sanitizers see reads past the end. */
static fq_slice exact(fq_slice text) {
    char *copy = fq_arena_alloc(arena, text.len);
    memcpy(copy, text.ptr, text.len);
    return fq_slice_of(copy, text.len);
}

/* All tokens but the last as "Kind start-end value" separated by "; ". */
static fq_slice lex(fq_slice source) {
    fq_buffer out;
    fq_buffer_init(&out, 100000);
    source = exact(source);
    fq_lexer lexer;
    fq_lexer_init(&lexer, source, &errors);
    for (;;) {
        fq_token token = fq_lexer_next(&lexer);
        if (token.kind <= FQ_TOKEN_EOF) {
            break;
        }
        fq_slice kind = fq_token_kind_name(token.kind);
        fq_slice value = fq_token_value(arena, source, token);
        fq_buffer_printf(&out, "%s%.*s %u-%u", out.len > 0 ? "; " : "", FQ_PRI(kind), token.start, token.end);
        if (value.ptr != NULL) {
            fq_buffer_char(&out, ' ');
            fq_buffer_slice(&out, value);
        }
    }
    fq_slice result = fq_arena_copy(arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return result;
}

static void tokens_have_kinds_ranges_and_values(void **state) {
    (void)state;
    static const struct {
        fq_slice source, tokens;
    } cases[] = {
        {FQ_S_INIT(""), FQ_S_INIT("")},
        {FQ_S_INIT("!$&()...:=@[]{|}"),
         FQ_S_INIT("! 0-1; $ 1-2; & 2-3; ( 3-4; ) 4-5; ... 5-8; : 8-9; = 9-10; @ 10-11; [ 11-12; ] 12-13; { 13-14; "
                   "| 14-15; } 15-16")},
        {FQ_S_INIT("a _b C9_ __typename"), FQ_S_INIT("Name 0-1 a; Name 2-4 _b; Name 5-8 C9_; Name 9-19 __typename")},
        {FQ_S_INIT("abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789 x"),
         FQ_S_INIT("Name 0-64 abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789; Name 65-66 x")},
        {FQ_S_INIT("0 -0 12 -345"), FQ_S_INIT("Int 0-1 0; Int 2-4 -0; Int 5-7 12; Int 8-12 -345")},
        {FQ_S_INIT("0.0 -1.5 1e3 1E+3 1.25e-10"),
         FQ_S_INIT("Float 0-3 0.0; Float 4-8 -1.5; Float 9-12 1e3; Float 13-17 1E+3; Float 18-26 1.25e-10")},
        {FQ_S_INIT("\"\" \"a b\""), FQ_S_INIT("String 0-2 ; String 3-8 a b")},
        {FQ_S_INIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), FQ_S_INIT("String 0-18 \"\\/\b\f\n\r\t")},
        {FQ_S_INIT("\"\\u0041\\u{42}\\u{0001F600}\""), FQ_S_INIT("String 0-26 AB\xF0\x9F\x98\x80")},
        {FQ_S_INIT("\"\\uD83D\\uDE00 \\u{10FFFF}\""), FQ_S_INIT("String 0-25 \xF0\x9F\x98\x80 \xF4\x8F\xBF\xBF")},
        {FQ_S_INIT("\"\xF0\x9F\x98\x80\t\x01\""), FQ_S_INIT("String 0-8 \xF0\x9F\x98\x80\t\x01")},
        {FQ_S_INIT("\"a\\u0000b\""), FQ_S_INIT("String 0-10 a\0b")},
        {FQ_S_INIT("\"\"\"\"\"\""), FQ_S_INIT("BlockString 0-6 ")},
        {FQ_S_INIT("\"\"\" \" \"\" \\\" \\\"\"\" \"\"\""), FQ_S_INIT("BlockString 0-20  \" \"\" \\\" \"\"\" ")},
        {FQ_S_INIT("\"\"\"\\u0041\\n\"\"\""), FQ_S_INIT("BlockString 0-14 \\u0041\\n")},
        {FQ_S_INIT("\"\"\"a\"\"\"\"b\""), FQ_S_INIT("BlockString 0-7 a; String 7-10 b")},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_slice tokens = lex(cases[i].source);
        if (!fq_slice_equal(tokens, cases[i].tokens)) {
            fail_msg("%.*s:\n%.*s\n%.*s", FQ_PRI(cases[i].source), FQ_PRI(tokens), FQ_PRI(cases[i].tokens));
        }
        assert_false(fq_errors_any(&errors));
    }
}

static void ignored_tokens_separate_and_nothing_more(void **state) {
    (void)state;
    static const fq_slice ignored[] = {
        FQ_S_INIT(" "),     FQ_S_INIT("\t"),           FQ_S_INIT("\n"),
        FQ_S_INIT("\r"),    FQ_S_INIT("\r\n"),         FQ_S_INIT(","),
        FQ_S_INIT(",,, ,"), FQ_S_INIT("\xEF\xBB\xBF"), FQ_S_INIT("# x {\n"),
        FQ_S_INIT("#\r"),   FQ_S_INIT("#a\r\n#\"b\n"), FQ_S_INIT("\n\xEF\xBB\xBF\t#\xF0\x9F\x98\x80\n "),
    };
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
        fq_slice all[] = {ignored[i], FQ_S("a"), ignored[i], FQ_S("1"), ignored[i], FQ_S("\"s\""), ignored[i]};
        fq_buffer source;
        fq_buffer_init(&source, 1000);
        for (size_t j = 0; j < sizeof(all) / sizeof(all[0]); j++) {
            fq_buffer_slice(&source, all[j]);
        }
        fq_slice expected = fq_arena_printf(arena, "Name %zu-%zu a; Int %zu-%zu 1; String %zu-%zu s", ignored[i].len,
                                            ignored[i].len + 1, 2 * ignored[i].len + 1, 2 * ignored[i].len + 2,
                                            3 * ignored[i].len + 2, 3 * ignored[i].len + 5);
        fq_slice tokens = lex(fq_buffer_view(&source));
        if (!fq_slice_equal(tokens, expected)) {
            fail_msg("%zu: %.*s", i, FQ_PRI(tokens));
        }
        fq_buffer_done(&source);
    }
    assert_false(fq_errors_any(&errors));
    assert_true(fq_slice_equal(lex(FQ_S("a # no line end")), FQ_S("Name 0-1 a")));
}

static void errors_have_messages_and_places(void **state) {
    (void)state;
    static const struct {
        fq_slice source;
        uint32_t offset;
        fq_slice message; /* without "Syntax Error: " */
    } cases[] = {
        {FQ_S_INIT("a ?"), 2, FQ_S_INIT("Unexpected character: \"?\".")},
        {FQ_S_INIT("."), 0, FQ_S_INIT("Unexpected character: \".\".")},
        {FQ_S_INIT(".."), 0, FQ_S_INIT("Unexpected character: \".\".")},
        {FQ_S_INIT("\v"), 0, FQ_S_INIT("Unexpected character: U+000B.")},
        {FQ_S_INIT("\0"), 0, FQ_S_INIT("Unexpected character: U+0000.")},
        {FQ_S_INIT("\x7F"), 0, FQ_S_INIT("Unexpected character: U+007F.")},
        {FQ_S_INIT("\xC2\xA0"), 0, FQ_S_INIT("Unexpected character: U+00A0.")},
        {FQ_S_INIT("a\xC3\xA9"), 1, FQ_S_INIT("Unexpected character: U+00E9.")},
        {FQ_S_INIT("\xF0\x9F\x98\x80"), 0, FQ_S_INIT("Unexpected character: U+1F600.")},
        {FQ_S_INIT("\xEF\xBB"), 0, FQ_S_INIT("Invalid UTF-8: byte 0xEF.")},
        {FQ_S_INIT("'a'"), 0,
         FQ_S_INIT("Unexpected single quote character ('), did you mean to use a double quote (\")?")},
        {FQ_S_INIT("00"), 1, FQ_S_INIT("Invalid number, unexpected digit after 0: \"0\".")},
        {FQ_S_INIT("-01.5"), 2, FQ_S_INIT("Invalid number, unexpected digit after 0: \"1\".")},
        {FQ_S_INIT("-"), 1, FQ_S_INIT("Invalid number, expected digit but got: <EOF>.")},
        {FQ_S_INIT("- 1"), 1, FQ_S_INIT("Invalid number, expected digit but got: \" \".")},
        {FQ_S_INIT("1."), 2, FQ_S_INIT("Invalid number, expected digit but got: <EOF>.")},
        {FQ_S_INIT("1.a"), 2, FQ_S_INIT("Invalid number, expected digit but got: \"a\".")},
        {FQ_S_INIT("1e\n"), 2, FQ_S_INIT("Invalid number, expected digit but got: U+000A.")},
        {FQ_S_INIT("1e\""), 2, FQ_S_INIT("Invalid number, expected digit but got: '\"'.")},
        {FQ_S_INIT("1e+"), 3, FQ_S_INIT("Invalid number, expected digit but got: <EOF>.")},
        {FQ_S_INIT("1.2.3"), 3, FQ_S_INIT("Invalid number, expected digit but got: \".\".")},
        {FQ_S_INIT("1..."), 2, FQ_S_INIT("Invalid number, expected digit but got: \".\".")},
        {FQ_S_INIT("0xF"), 1, FQ_S_INIT("Invalid number, expected digit but got: \"x\".")},
        {FQ_S_INIT("1_000"), 1, FQ_S_INIT("Invalid number, expected digit but got: \"_\".")},
        {FQ_S_INIT("\"abc"), 4, FQ_S_INIT("Unterminated string.")},
        {FQ_S_INIT("\""), 1, FQ_S_INIT("Unterminated string.")},
        {FQ_S_INIT("\"a\nb\""), 2, FQ_S_INIT("Unterminated string.")},
        {FQ_S_INIT("\"a\rb\""), 2, FQ_S_INIT("Unterminated string.")},
        {FQ_S_INIT("\"a\\\""), 4, FQ_S_INIT("Unterminated string.")},
        {FQ_S_INIT("\"\"\"abc\"\""), 8, FQ_S_INIT("Unterminated string.")},
        {FQ_S_INIT("\"\"\"\\\"\"\""), 7, FQ_S_INIT("Unterminated string.")},
        {FQ_S_INIT("\"\\a\""), 1, FQ_S_INIT("Invalid character escape sequence: \"\\a\".")},
        {FQ_S_INIT("\"\\'\""), 1, FQ_S_INIT("Invalid character escape sequence: \"\\'\".")},
        {FQ_S_INIT("\"\\"), 1, FQ_S_INIT("Invalid character escape sequence: \"\\\".")},
        {FQ_S_INIT("\"\\\0\""), 1, FQ_S_INIT("Invalid character escape sequence: \"\\\0\".")},
        {FQ_S_INIT("\"\\\xC3\xA9\""), 1, FQ_S_INIT("Invalid character escape sequence: \"\\\xC3\xA9\".")},
        {FQ_S_INIT("\"\\u12"), 1, FQ_S_INIT("Invalid Unicode escape sequence: \"\\u12\".")},
        {FQ_S_INIT("\"\\u12x4\""), 1, FQ_S_INIT("Invalid Unicode escape sequence: \"\\u12x4\".")},
        {FQ_S_INIT("\"\\uD800\""), 1, FQ_S_INIT("Invalid Unicode escape sequence: \"\\uD800\".")},
        {FQ_S_INIT("\"\\uDC00\""), 1, FQ_S_INIT("Invalid Unicode escape sequence: \"\\uDC00\".")},
        {FQ_S_INIT("\"\\uD83D\\u{DE00}\""), 1, FQ_S_INIT("Invalid Unicode escape sequence: \"\\uD83D\".")},
        {FQ_S_INIT("\"\\u{}\""), 1, FQ_S_INIT("Invalid Unicode escape sequence: \"\\u{}\".")},
        {FQ_S_INIT("\"\\u{D800}\""), 1, FQ_S_INIT("Invalid Unicode escape sequence: \"\\u{D800}\".")},
        {FQ_S_INIT("\"\\u{110000}\""), 1, FQ_S_INIT("Invalid Unicode escape sequence: \"\\u{110000}\".")},
        {FQ_S_INIT("\"\\u{41g}\""), 1, FQ_S_INIT("Invalid Unicode escape sequence: \"\\u{41g\".")},
        {FQ_S_INIT("\"\\u{0000000041}\""), 1, FQ_S_INIT("Invalid Unicode escape sequence: \"\\u{000000004\".")},
        {FQ_S_INIT("\"\\u{FFFFFFFF}\""), 1, FQ_S_INIT("Invalid Unicode escape sequence: \"\\u{FFFFFFFF\".")},
        {FQ_S_INIT("\"\\u{41"), 1, FQ_S_INIT("Invalid Unicode escape sequence: \"\\u{41\".")},
        {FQ_S_INIT("\"a\xFF\""), 2, FQ_S_INIT("Invalid UTF-8: byte 0xFF.")},
        {FQ_S_INIT("\"\xED\xA0\x80\""), 1, FQ_S_INIT("Invalid UTF-8: byte 0xED.")},
        {FQ_S_INIT("\"\"\"a\xC3\"\"\""), 4, FQ_S_INIT("Invalid UTF-8: byte 0xC3.")},
        {FQ_S_INIT("# \x80\na"), 2, FQ_S_INIT("Invalid UTF-8: byte 0x80.")},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_errors_init(&errors, arena, 10);
        lex(cases[i].source);
        assert_int_equal(errors.list.len, 1);
        const fq_error *error = &errors.list.items[0];
        assert_int_equal(error->code, FQ_ERR_PARSE_FAILED);
        assert_true(fq_slice_starts_with(error->message, FQ_S("Syntax Error: ")));
        fq_slice message = fq_slice_sub(error->message, 14, error->message.len);
        if (!fq_slice_equal(message, cases[i].message) || error->offsets[0] != cases[i].offset) {
            fail_msg("%.*s: %.*s at %u", FQ_PRI(cases[i].source), FQ_PRI(message), error->offsets[0]);
        }
    }
}

static void stays_at_the_end_and_at_an_error(void **state) {
    (void)state;
    fq_lexer lexer;
    fq_lexer_init(&lexer, FQ_S("a"), &errors);
    assert_int_equal(fq_lexer_next(&lexer).kind, FQ_TOKEN_NAME);
    assert_int_equal(fq_lexer_next(&lexer).kind, FQ_TOKEN_EOF);
    assert_int_equal(fq_lexer_next(&lexer).kind, FQ_TOKEN_EOF);
    fq_lexer_init(&lexer, FQ_S("? a"), &errors);
    assert_int_equal(fq_lexer_next(&lexer).kind, FQ_TOKEN_INVALID);
    assert_int_equal(fq_lexer_next(&lexer).kind, FQ_TOKEN_INVALID);
    assert_int_equal(errors.list.len, 1);
}

static void block_strings_lose_common_indentation(void **state) {
    (void)state;
    static const struct {
        fq_slice raw, value;
    } cases[] = {
        {FQ_S_INIT(""), FQ_S_INIT("")},
        {FQ_S_INIT("   "), FQ_S_INIT("")},
        {FQ_S_INIT("\n \n\t\n"), FQ_S_INIT("")},
        {FQ_S_INIT("a"), FQ_S_INIT("a")},
        {FQ_S_INIT("  a  "), FQ_S_INIT("  a  ")}, /* the first line keeps its indentation */
        {FQ_S_INIT("\n  a\n    b\n\n  c\n"), FQ_S_INIT("a\n  b\n\nc")},
        {FQ_S_INIT("a\n  b\n c"), FQ_S_INIT("a\n b\nc")},
        {FQ_S_INIT("  a\n  b"), FQ_S_INIT("  a\nb")},
        {FQ_S_INIT("\n\n  a\n \n  b\n\n"), FQ_S_INIT("a\n\nb")}, /* blank lines do not count, inner ones stay */
        {FQ_S_INIT("\n    a\n   \n    b"), FQ_S_INIT("a\n\nb")},
        {FQ_S_INIT("\n    a\n      \n    b"), FQ_S_INIT("a\n  \nb")},
        {FQ_S_INIT("\n\ta\n\t\tb"), FQ_S_INIT("a\n\tb")},
        {FQ_S_INIT("\n \ta\n\t b"), FQ_S_INIT("a\nb")}, /* a tab counts like a space */
        {FQ_S_INIT("a\rb\r\nc\n\rd"), FQ_S_INIT("a\nb\nc\n\nd")},
        {FQ_S_INIT("\n  \\\"\"\"x\n  y\\z"), FQ_S_INIT("\"\"\"x\ny\\z")},
        {FQ_S_INIT("\\\"\"\""), FQ_S_INIT("\"\"\"")},
        {FQ_S_INIT("\\\n"), FQ_S_INIT("\\")},
        {FQ_S_INIT("\n  a\xC2\xA0\n\xC2\xA0 b"), FQ_S_INIT("  a\xC2\xA0\n\xC2\xA0 b")}, /* no white space */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_slice source = fq_arena_printf(arena, "\"\"\"%.*s\"\"\"", FQ_PRI(cases[i].raw));
        fq_lexer lexer;
        fq_lexer_init(&lexer, source, &errors);
        fq_token token = fq_lexer_next(&lexer);
        assert_int_equal(token.kind, FQ_TOKEN_BLOCK_STRING);
        fq_slice value = fq_token_string(arena, source, token);
        if (!fq_slice_equal(value, cases[i].value)) {
            fail_msg("%zu: [%.*s]", i, FQ_PRI(value));
        }
    }
}

static void unchanged_strings_are_views(void **state) {
    (void)state;
    fq_slice source = FQ_S("\"plain\" \"\"\"\n  block\n\"\"\" \"esc\\n\"");
    fq_lexer lexer;
    fq_lexer_init(&lexer, source, &errors);
    assert_ptr_equal(fq_token_string(arena, source, fq_lexer_next(&lexer)).ptr, source.ptr + 1);
    assert_ptr_equal(fq_token_string(arena, source, fq_lexer_next(&lexer)).ptr, source.ptr + 14);
    const char *decoded = fq_token_string(arena, source, fq_lexer_next(&lexer)).ptr;
    assert_true(decoded < source.ptr || decoded > source.ptr + source.len);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tokens_have_kinds_ranges_and_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ignored_tokens_separate_and_nothing_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(errors_have_messages_and_places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stays_at_the_end_and_at_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(block_strings_lose_common_indentation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unchanged_strings_are_views, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
