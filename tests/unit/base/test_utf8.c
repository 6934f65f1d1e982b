/* SPDX-License-Identifier: MIT */
/* UTF-8: every scalar value survives encoding and decoding, and every kind of wrong sequence is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"

static void every_scalar_value_round_trips(void **state) {
    (void)state;
    for (uint32_t point = 0; point <= 0x10FFFF; point++) {
        char text[4];
        unsigned length = fq_utf8_encode(text, point);
        if (!fq_is_unicode_scalar(point)) {
            assert_int_equal(fq_utf8_length(text, text + length), 0);
            continue;
        }
        if (fq_utf8_length(text, text + length) != length || fq_utf8_decode(text, length) != point) {
            fail_msg("U+%04X", (unsigned)point);
        }
    }
}

static void wrong_sequences_are_refused(void **state) {
    (void)state;
    static const fq_slice cases[] = {
        FQ_S_INIT("\x80"), /* continuation alone */
        FQ_S_INIT("\xC3"), /* cut off */
        FQ_S_INIT("\xC3x"),
        FQ_S_INIT("\xC0\x80"), /* overlong */
        FQ_S_INIT("\xC1\xBF"),
        FQ_S_INIT("\xE0\x9F\xBF"),
        FQ_S_INIT("\xE2\x82"),
        FQ_S_INIT("\xE2\x82x"),
        FQ_S_INIT("\xED\xA0\x80"), /* surrogate */
        FQ_S_INIT("\xED\xBF\xBF"),
        FQ_S_INIT("\xF0\x8F\xBF\xBF"),
        FQ_S_INIT("\xF0\x9F\x98"),
        FQ_S_INIT("\xF4\x90\x80\x80"), /* beyond U+10FFFF */
        FQ_S_INIT("\xF5\x80\x80\x80"),
        FQ_S_INIT("\xFF"),
        FQ_S_INIT("12345678\x80"),
        FQ_S_INIT("1234567\x80"
                  "12345678"),
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_false(fq_utf8_valid(cases[i]));
    }
    assert_true(fq_utf8_valid(FQ_S("")));
    assert_true(fq_utf8_valid(FQ_S("ascii of some length, \xC3\xA9, \xE2\x82\xAC, \xF0\x9F\x98\x80 and a \0 byte")));
}

static void utf16_units_are_counted(void **state) {
    (void)state;
    assert_int_equal(fq_utf16_units(FQ_S("")), 0);
    assert_int_equal(fq_utf16_units(FQ_S("0123456789")), 10);
    assert_int_equal(fq_utf16_units(FQ_S("01234567\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z")), 8 + 1 + 1 + 2 + 1);
}

static void surrogate_pairs_combine(void **state) {
    (void)state;
    assert_int_equal(fq_surrogate_pair(0xD83D, 0xDE00), 0x1F600);
    assert_int_equal(fq_surrogate_pair(0xD800, 0xDC00), 0x10000);
    assert_int_equal(fq_surrogate_pair(0xDBFF, 0xDFFF), 0x10FFFF);
}

static void hexadecimal_digits(void **state) {
    (void)state;
    for (int c = -128; c < 128; c++) {
        int expected = c >= '0' && c <= '9'   ? c - '0'
                       : c >= 'a' && c <= 'f' ? c - 'a' + 10
                       : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                              : -1;
        assert_int_equal(fq_hex_digit((char)c), expected);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scalar_value_round_trips),
        cmocka_unit_test(wrong_sequences_are_refused),
        cmocka_unit_test(utf16_units_are_counted),
        cmocka_unit_test(surrogate_pairs_combine),
        cmocka_unit_test(hexadecimal_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
