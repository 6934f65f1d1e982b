/* SPDX-License-Identifier: MIT */
/* The JSON writer: escaping, numbers, UUIDs, base64, dates and times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/writer.h"

static fq_buffer out;

static int set_up(void **state) {
    (void)state;
    fq_buffer_init(&out, (size_t)1 << 20);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    fq_buffer_done(&out);
    return 0;
}

/* Compares what was written with `expected` and empties the buffer. */
static void assert_written(fq_slice expected) {
    if (!fq_slice_equal(fq_buffer_view(&out), expected)) {
        fail_msg("%.*s, expected %.*s", FQ_PRI(fq_buffer_view(&out)), FQ_PRI(expected));
    }
    fq_buffer_clear(&out);
}

static void strings_are_escaped_where_json_asks_for_it(void **state) {
    (void)state;
    static const struct {
        fq_slice text, expected;
    } cases[] = {
        {{NULL, 0}, FQ_S_INIT("\"\"")},
        {FQ_S_INIT("plain"), FQ_S_INIT("\"plain\"")},
        {FQ_S_INIT("a\"b\\c/d"), FQ_S_INIT("\"a\\\"b\\\\c/d\"")},
        {FQ_S_INIT("\b\t\n\f\r"), FQ_S_INIT("\"\\b\\t\\n\\f\\r\"")},
        {FQ_S_INIT("\0\x01\x1F\x7F"), FQ_S_INIT("\"\\u0000\\u0001\\u001f\x7F\"")},
        {FQ_S_INIT("\xC3\xA9\xF0\x9F\x98\x80\xE2\x80\xA8"), FQ_S_INIT("\"\xC3\xA9\xF0\x9F\x98\x80\xE2\x80\xA8\"")},
        {FQ_S_INIT("0123456789abcdef0123456789abcdef\n!"), FQ_S_INIT("\"0123456789abcdef0123456789abcdef\\n!\"")},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_json_write_string(&out, cases[i].text);
        assert_written(cases[i].expected);
        fq_json_write_escaped(&out, cases[i].text);
        assert_written(fq_slice_sub(cases[i].expected, 1, cases[i].expected.len - 1));
    }
}

/* One special byte at every offset of strings around the widths of the scan; without memory behind the text. */
static void escapes_are_found_at_every_offset(void **state) {
    (void)state;
    for (size_t len = 1; len < 50; len++) {
        char *text = malloc(len);
        char expected[64];
        for (size_t at = 0; at < len; at++) {
            memset(text, at % 2 ? 'x' : '\xE9', len);
            text[at] = at % 3 ? '"' : '\\';
            memcpy(expected, text, at);
            expected[at] = '\\';
            memcpy(expected + at + 1, text + at, len - at);
            fq_json_write_escaped(&out, fq_slice_of(text, len));
            assert_written(fq_slice_of(expected, len + 1));
        }
        free(text);
    }
}

static void integers(void **state) {
    (void)state;
    fq_json_write_int64(&out, INT64_MIN);
    assert_written(FQ_S("-9223372036854775808"));
    fq_json_write_int64(&out, INT64_MAX);
    assert_written(FQ_S("9223372036854775807"));
    fq_json_write_int64(&out, 0);
    assert_written(FQ_S("0"));
    fq_json_write_int64(&out, -7);
    assert_written(FQ_S("-7"));
    fq_json_write_uint64(&out, UINT64_MAX);
    assert_written(FQ_S("18446744073709551615"));
    uint64_t power = 1;
    for (int i = 0; i < 20; i++, power *= 10) {
        for (uint64_t value = power - 1; value <= power + 1; value++) {
            char expected[32];
            snprintf(expected, sizeof(expected), "%llu", (unsigned long long)value);
            fq_json_write_uint64(&out, value);
            assert_written(fq_slice_from_cstr(expected));
        }
    }
}

static void doubles_are_short_and_read_back(void **state) {
    (void)state;
    static const struct {
        double value;
        fq_slice expected;
    } cases[] = {
        {0.0, FQ_S_INIT("0")},
        {-0.0, FQ_S_INIT("-0")},
        {1.0, FQ_S_INIT("1")},
        {-2.5, FQ_S_INIT("-2.5")},
        {0.1, FQ_S_INIT("0.1")},
        {19.99, FQ_S_INIT("19.99")},
        {100.05, FQ_S_INIT("100.05")},
        {0.000001, FQ_S_INIT("1e-06")},
        {0.00001, FQ_S_INIT("0.00001")},
        {1.0 / 3, FQ_S_INIT("0.3333333333333333")},
        {0.1 + 0.2, FQ_S_INIT("0.30000000000000004")},
        {123456789012345.0, FQ_S_INIT("123456789012345")},
        {1e22, FQ_S_INIT("1e+22")},
        {5e-324, FQ_S_INIT("5e-324")},
        {DBL_MAX, FQ_S_INIT("1.7976931348623157e+308")},
        {(double)INFINITY, FQ_S_INIT("null")},
        {-(double)INFINITY, FQ_S_INIT("null")},
        {(double)NAN, FQ_S_INIT("null")},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_json_write_double(&out, cases[i].value);
        assert_written(cases[i].expected);
    }
}

static void random_doubles_read_back_and_are_json(void **state) {
    (void)state;
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 100000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        double value;
        memcpy(&value, &bits, sizeof(value));
        if (i % 2) {
            value = (double)(int64_t)(bits % 2000000000) / (i % 3 ? 100.0 : 1024.0);
        }
        if (!isfinite(value)) {
            continue;
        }
        fq_json_write_double(&out, value);
        fq_buffer_char(&out, '\0');
        double again = strtod(out.ptr, NULL);
        if (again != value || !fq_json_is_number(fq_slice_of(out.ptr, out.len - 1))) {
            fail_msg("%a became %s", value, out.ptr);
        }
        fq_buffer_clear(&out);
    }
}

static void uuids_and_base64(void **state) {
    (void)state;
    static const unsigned char uuid[16] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                           0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    fq_json_write_uuid(&out, uuid);
    assert_written(FQ_S("\"00112233-4455-6677-8899-aabbccddeeff\""));
    static const struct {
        fq_slice bytes, expected;
    } cases[] = {
        {{NULL, 0}, FQ_S_INIT("\"\"")},
        {FQ_S_INIT("f"), FQ_S_INIT("\"Zg==\"")},
        {FQ_S_INIT("fo"), FQ_S_INIT("\"Zm8=\"")},
        {FQ_S_INIT("foo"), FQ_S_INIT("\"Zm9v\"")},
        {FQ_S_INIT("foobar"), FQ_S_INIT("\"Zm9vYmFy\"")},
        {FQ_S_INIT("\xFF\xFE\0\x3E"), FQ_S_INIT("\"//4APg==\"")},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_json_write_base64(&out, cases[i].bytes);
        assert_written(cases[i].expected);
    }
}

static void dates(void **state) {
    (void)state;
    static const struct {
        int32_t days;
        fq_slice expected;
    } cases[] = {
        {0, FQ_S_INIT("\"2000-01-01\"")},
        {-1, FQ_S_INIT("\"1999-12-31\"")},
        {59, FQ_S_INIT("\"2000-02-29\"")},
        {60, FQ_S_INIT("\"2000-03-01\"")},
        {-10957, FQ_S_INIT("\"1970-01-01\"")},
        {36583, FQ_S_INIT("\"2100-02-28\"")},
        {36584, FQ_S_INIT("\"2100-03-01\"")},
        {2921939, FQ_S_INIT("\"9999-12-31\"")},
        {2921940, FQ_S_INIT("\"+010000-01-01\"")},
        {-730119, FQ_S_INIT("\"0001-01-01\"")},
        {-730120, FQ_S_INIT("\"+000000-12-31\"")},     /* 1 BC */
        {-730486, FQ_S_INIT("\"-000001-12-31\"")},     /* 2 BC */
        {-2451507, FQ_S_INIT("\"-004712-01-01\"")},    /* 4713 BC */
        {2145031948, FQ_S_INIT("\"+5874897-12-31\"")}, /* the last date of PostgreSQL */
        {INT32_MAX, FQ_S_INIT("\"infinity\"")},
        {INT32_MIN, FQ_S_INIT("\"-infinity\"")},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_json_write_date(&out, cases[i].days);
        assert_written(cases[i].expected);
    }
}

static bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

static void every_date_of_eight_centuries(void **state) {
    (void)state;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t days = -146097; /* 1600-01-01 */
    for (int year = 1600; year < 2400; year++) {
        for (int month = 1; month <= 12; month++) {
            int length = lengths[month - 1] + (month == 2 && is_leap(year));
            for (int day = 1; day <= length; day++, days++) {
                char expected[32];
                snprintf(expected, sizeof(expected), "\"%04d-%02d-%02d\"", year, month, day);
                fq_json_write_date(&out, days);
                assert_written(fq_slice_from_cstr(expected));
            }
        }
    }
}

static void timestamps_and_times(void **state) {
    (void)state;
    static const struct {
        int64_t microseconds;
        fq_slice zone, expected;
    } cases[] = {
        {0, FQ_S_INIT("Z"), FQ_S_INIT("\"2000-01-01T00:00:00Z\"")},
        {0, {NULL, 0}, FQ_S_INIT("\"2000-01-01T00:00:00\"")},
        {-1, FQ_S_INIT("Z"), FQ_S_INIT("\"1999-12-31T23:59:59.999999Z\"")},
        {1500000, FQ_S_INIT("Z"), FQ_S_INIT("\"2000-01-01T00:00:01.5Z\"")},
        {1000, FQ_S_INIT(""), FQ_S_INIT("\"2000-01-01T00:00:00.001\"")},
        {INT64_C(86399999990), FQ_S_INIT(""), FQ_S_INIT("\"2000-01-01T23:59:59.99999\"")},
        {INT64_C(9223371331200000000) - 1, FQ_S_INIT("Z"), FQ_S_INIT("\"+294276-12-31T23:59:59.999999Z\"")},
        {INT64_C(-211813488000000000), FQ_S_INIT("Z"), FQ_S_INIT("\"-004713-11-24T00:00:00Z\"")},
        {INT64_MAX, FQ_S_INIT("Z"), FQ_S_INIT("\"infinity\"")},
        {INT64_MIN, FQ_S_INIT("Z"), FQ_S_INIT("\"-infinity\"")},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_json_write_timestamp(&out, cases[i].microseconds, cases[i].zone);
        assert_written(cases[i].expected);
    }
    fq_json_write_time(&out, INT64_C(45296120000), FQ_S(""));
    assert_written(FQ_S("\"12:34:56.12\""));
    fq_json_write_time(&out, INT64_C(86400000000), FQ_S("+02:00"));
    assert_written(FQ_S("\"24:00:00+02:00\""));
}

static void a_full_buffer_only_fails(void **state) {
    (void)state;
    fq_buffer small;
    for (size_t max = 0; max < 60; max++) {
        fq_buffer_init(&small, max);
        fq_json_write_string(&small, FQ_S("some \"text\" \n that does not fit, whatever comes"));
        fq_json_write_int64(&small, INT64_MIN);
        fq_json_write_double(&small, 1.0 / 3);
        fq_json_write_date(&small, 1);
        fq_json_write_timestamp(&small, 1, FQ_S("Z"));
        fq_json_write_time(&small, 1, FQ_S("Z"));
        fq_json_write_uuid(&small, (const unsigned char *)"0123456789abcdef");
        fq_json_write_base64(&small, FQ_S("0123456789abcdef"));
        assert_true(small.failed);
        assert_true(small.len <= max);
        fq_buffer_done(&small);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(strings_are_escaped_where_json_asks_for_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(escapes_are_found_at_every_offset, set_up, tear_down),
        cmocka_unit_test_setup_teardown(integers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(doubles_are_short_and_read_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_doubles_read_back_and_are_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(uuids_and_base64, set_up, tear_down),
        cmocka_unit_test_setup_teardown(dates, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_date_of_eight_centuries, set_up, tear_down),
        cmocka_unit_test_setup_teardown(timestamps_and_times, set_up, tear_down),
        cmocka_unit_test(a_full_buffer_only_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
