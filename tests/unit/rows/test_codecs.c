/* SPDX-License-Identifier: MIT */
/* Each codec at the edges of its type, the refusals with their messages, and every value cut short at every length. */
#include "rows/codecs.h"

#include <stdio.h>

#include "support.h"

#define GOOD FQ_CODED_GOOD
#define REFUSED FQ_CODED_REFUSED
#define BROKEN FQ_CODED_BROKEN

static const fq_label_name label_names[] = {
    {FQ_S_INIT("in progress"), FQ_S_INIT("in_progress")},
    {FQ_S_INIT("done"), FQ_S_INIT("done")},
    {FQ_S_INIT("\"quoted\""), FQ_S_INIT("quoted")},
};
static const fq_label_names names = {label_names, COUNT(label_names)};

static fq_coded write_one(fq_codec codec, fq_slice value, const char **text) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    fq_coded coded = fq_codec_write(&out, (uint8_t)codec, &names, value);
    *text = buffer_text(&out);
    fq_buffer_done(&out);
    return coded;
}

static void assert_written(fq_codec codec, fq_slice value, const char *json) {
    const char *text;
    fq_coded coded = write_one(codec, wire_cut(value, value.len), &text);
    if (coded != GOOD || strcmp(text, json) != 0) {
        fail_msg("%s: %d `%s` instead of `%s`", fq_codec_name((uint8_t)codec), coded, text, json);
    }
}

static void assert_not_written(fq_codec codec, fq_slice value, fq_coded expected) {
    const char *text;
    fq_coded coded = write_one(codec, wire_cut(value, value.len), &text);
    if (coded != expected) {
        fail_msg("%s: %d `%s` instead of %d for `%.*s`", fq_codec_name((uint8_t)codec), coded, text, expected,
                 FQ_PRI(value));
    }
}

static void texts(void **state) {
    static const struct {
        fq_codec codec;
        const char *value;
        const char *json; /* NULL: refused or broken */
        fq_coded coded;
    } cases[] = {
        {FQ_CODEC_STRING, "", "\"\"", GOOD},
        {FQ_CODEC_STRING, "a \"b\" \\ \n\x01 \xC3\xA9", "\"a \\\"b\\\" \\\\ \\n\\u0001 \xC3\xA9\"", GOOD},
        {FQ_CODEC_STRING, "0123456789abcdef0123456789abcdef\"", "\"0123456789abcdef0123456789abcdef\\\"\"", GOOD},
        {FQ_CODEC_QUOTED, "192.168.0.1/24", "\"192.168.0.1/24\"", GOOD},
        {FQ_CODEC_QUOTED, "", "\"\"", GOOD},
        {FQ_CODEC_RAW, "{\"a\": [1, null]}", "{\"a\": [1, null]}", GOOD},
        {FQ_CODEC_RAW, "", NULL, BROKEN},
        {FQ_CODEC_RAW, "null", NULL, FQ_CODED_NULL},
        {FQ_CODEC_BOOL_TEXT, "t", "true", GOOD},
        {FQ_CODEC_BOOL_TEXT, "f", "false", GOOD},
        {FQ_CODEC_BOOL_TEXT, "true", NULL, BROKEN},
        {FQ_CODEC_BOOL_TEXT, "", NULL, BROKEN},
        {FQ_CODEC_FLOAT_TEXT, "0.1", "0.1", GOOD},
        {FQ_CODEC_FLOAT_TEXT, "-0", "-0", GOOD},
        {FQ_CODEC_FLOAT_TEXT, "1e+20", "1e+20", GOOD},
        {FQ_CODEC_FLOAT_TEXT, "1.7976931348623157e+308", "1.7976931348623157e+308", GOOD},
        {FQ_CODEC_FLOAT_TEXT, "5e-324", "5e-324", GOOD},
        {FQ_CODEC_FLOAT_TEXT, "NaN", NULL, REFUSED},
        {FQ_CODEC_FLOAT_TEXT, "Infinity", NULL, REFUSED},
        {FQ_CODEC_FLOAT_TEXT, "-Infinity", NULL, REFUSED},
        {FQ_CODEC_FLOAT_TEXT, "nan", NULL, REFUSED},
        {FQ_CODEC_FLOAT_TEXT, "", NULL, REFUSED},
        {FQ_CODEC_FLOAT_TEXT, "1.", NULL, REFUSED},
        {FQ_CODEC_NUMERIC_STRING, "12345678901234567890.1234567890", "\"12345678901234567890.1234567890\"", GOOD},
        {FQ_CODEC_NUMERIC_STRING, "-0.00", "\"-0.00\"", GOOD},
        {FQ_CODEC_NUMERIC_STRING, "NaN", NULL, REFUSED},
        {FQ_CODEC_NUMERIC_STRING, "-Infinity", NULL, REFUSED},
        {FQ_CODEC_NUMERIC_STRING, "$1.00", NULL, REFUSED},
        {FQ_CODEC_NUMERIC_NUMBER, "12345678901234567890.1234567890", "12345678901234567890.1234567890", GOOD},
        {FQ_CODEC_NUMERIC_NUMBER, "NaN", NULL, REFUSED},
        {FQ_CODEC_ENUM, "in progress", "\"in_progress\"", GOOD},
        {FQ_CODEC_ENUM, "done", "\"done\"", GOOD},
        {FQ_CODEC_ENUM, "gone", NULL, REFUSED},
        {FQ_CODEC_ENUM, "", NULL, REFUSED},
        {FQ_CODEC_DOC_INT, "0", "0", GOOD},
        {FQ_CODEC_DOC_INT, "-0", "0", GOOD},
        {FQ_CODEC_DOC_INT, "2147483647", "2147483647", GOOD},
        {FQ_CODEC_DOC_INT, "-2147483648", "-2147483648", GOOD},
        {FQ_CODEC_DOC_INT, "2147483648", NULL, REFUSED},
        {FQ_CODEC_DOC_INT, "-2147483649", NULL, REFUSED},
        {FQ_CODEC_DOC_INT, "99999999999999999999999999", NULL, REFUSED},
        {FQ_CODEC_DOC_INT, "5.00", "5", GOOD},
        {FQ_CODEC_DOC_INT, "1e3", "1000", GOOD},
        {FQ_CODEC_DOC_INT, "1e400", NULL, REFUSED},
        {FQ_CODEC_DOC_INT, "5.5", NULL, REFUSED},
        {FQ_CODEC_DOC_INT, "five", NULL, REFUSED},
        {FQ_CODEC_DOC_INT, "0x10", NULL, REFUSED},
        {FQ_CODEC_DOC_INT, " 5", NULL, REFUSED},
        {FQ_CODEC_DOC_INT, "-", NULL, REFUSED},
        {FQ_CODEC_DOC_INT, "", NULL, REFUSED},
        {FQ_CODEC_DOC_INT, "true", NULL, REFUSED},
        {FQ_CODEC_DOC_NUMBER, "1.50", "1.50", GOOD},
        {FQ_CODEC_DOC_NUMBER, "NaN", NULL, REFUSED},
        {FQ_CODEC_DOC_NUMBER, "", NULL, REFUSED},
        {FQ_CODEC_DOC_BOOL, "true", "true", GOOD},
        {FQ_CODEC_DOC_BOOL, "false", "false", GOOD},
        {FQ_CODEC_DOC_BOOL, "t", NULL, REFUSED},
        {FQ_CODEC_DOC_BOOL, "1", NULL, REFUSED},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        fq_slice value = wire_text(cases[i].value);
        if (cases[i].coded == GOOD) {
            assert_written(cases[i].codec, value, cases[i].json);
        } else {
            assert_not_written(cases[i].codec, value, cases[i].coded);
        }
    }
}

#define DAY INT64_C(86400000000)

static void integers_and_times(void **state) {
    static const struct {
        fq_codec codec;
        int64_t value;
        size_t size;
        const char *json; /* NULL: broken */
    } cases[] = {
        {FQ_CODEC_BOOL, 0, 1, "false"},
        {FQ_CODEC_BOOL, 1, 1, "true"},
        {FQ_CODEC_BOOL, 2, 1, NULL},
        {FQ_CODEC_INT2, INT16_MIN, 2, "-32768"},
        {FQ_CODEC_INT2, INT16_MAX, 2, "32767"},
        {FQ_CODEC_INT4, INT32_MIN, 4, "-2147483648"},
        {FQ_CODEC_INT4, INT32_MAX, 4, "2147483647"},
        {FQ_CODEC_INT4, -1, 4, "-1"},
        {FQ_CODEC_INT4, 0, 4, "0"},
        {FQ_CODEC_INT8_NUMBER, INT64_MIN, 8, "-9223372036854775808"},
        {FQ_CODEC_INT8_NUMBER, INT64_MAX, 8, "9223372036854775807"},
        {FQ_CODEC_INT8_STRING, INT64_MIN, 8, "\"-9223372036854775808\""},
        {FQ_CODEC_INT8_STRING, 0, 8, "\"0\""},
        {FQ_CODEC_INT8_INT, INT32_MIN, 8, "-2147483648"},
        {FQ_CODEC_INT8_INT, INT32_MAX, 8, "2147483647"},
        {FQ_CODEC_DATE, 0, 4, "\"2000-01-01\""},
        {FQ_CODEC_DATE, 59, 4, "\"2000-02-29\""},
        {FQ_CODEC_DATE, -1, 4, "\"1999-12-31\""},
        {FQ_CODEC_DATE, -730119, 4, "\"0001-01-01\""},
        {FQ_CODEC_DATE, -730120, 4, "\"+000000-12-31\""},
        {FQ_CODEC_DATE, -2451545, 4, "\"-004713-11-24\""},
        {FQ_CODEC_DATE, -2451546, 4, NULL},
        {FQ_CODEC_DATE, 2145031948, 4, "\"+5874897-12-31\""},
        {FQ_CODEC_DATE, 2145031949, 4, NULL},
        {FQ_CODEC_DATE, INT32_MAX, 4, "\"infinity\""},
        {FQ_CODEC_DATE, INT32_MIN, 4, "\"-infinity\""},
        {FQ_CODEC_TIME, 0, 8, "\"00:00:00\""},
        {FQ_CODEC_TIME, DAY, 8, "\"24:00:00\""},
        {FQ_CODEC_TIME, DAY - 1, 8, "\"23:59:59.999999\""},
        {FQ_CODEC_TIME, 1500000, 8, "\"00:00:01.5\""},
        {FQ_CODEC_TIME, DAY + 1, 8, NULL},
        {FQ_CODEC_TIME, -1, 8, NULL},
        {FQ_CODEC_TIMESTAMP, 0, 8, "\"2000-01-01T00:00:00\""},
        {FQ_CODEC_TIMESTAMP, -1, 8, "\"1999-12-31T23:59:59.999999\""},
        {FQ_CODEC_TIMESTAMP, 100, 8, "\"2000-01-01T00:00:00.0001\""},
        {FQ_CODEC_TIMESTAMPTZ, 0, 8, "\"2000-01-01T00:00:00Z\""},
        {FQ_CODEC_TIMESTAMPTZ, 8400 * DAY, 8, "\"2022-12-31T00:00:00Z\""},
        {FQ_CODEC_TIMESTAMPTZ, INT64_MAX, 8, "\"infinity\""},
        {FQ_CODEC_TIMESTAMPTZ, INT64_MIN, 8, "\"-infinity\""},
        {FQ_CODEC_TIMESTAMPTZ, INT64_C(-211813488000000000), 8, "\"-004713-11-24T00:00:00Z\""},
        {FQ_CODEC_TIMESTAMPTZ, INT64_C(-211813488000000001), 8, NULL},
        {FQ_CODEC_TIMESTAMPTZ, INT64_C(9223371331199999999), 8, "\"+294276-12-31T23:59:59.999999Z\""},
        {FQ_CODEC_TIMESTAMPTZ, INT64_C(9223371331200000000), 8, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        fq_slice value = wire_int(cases[i].value, cases[i].size);
        if (cases[i].json == NULL) {
            assert_not_written(cases[i].codec, value, BROKEN);
            continue;
        }
        assert_written(cases[i].codec, value, cases[i].json);
        for (size_t len = 0; len < value.len; len++) {
            assert_not_written(cases[i].codec, fq_slice_sub(value, 0, len), BROKEN);
        }
        assert_not_written(cases[i].codec, wire_bytes("\0\0\0\0\0\0\0\0\0", cases[i].size + 1), BROKEN);
    }
}

static void times_with_zone(void **state) {
    static const struct {
        int64_t time;
        int32_t west;
        const char *json;
    } cases[] = {
        {0, 0, "\"00:00:00Z\""},
        {45296789000, -7200, "\"12:34:56.789+02:00\""},
        {45296000000, 12615, "\"12:34:56-03:30:15\""},
        {DAY, -57599, "\"24:00:00+15:59:59\""},
        {0, 16 * 3600, NULL},
        {0, -16 * 3600, NULL},
        {0, INT32_MIN, NULL},
        {-1, 0, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char bytes[12];
        memcpy(bytes, wire_int(cases[i].time, 8).ptr, 8);
        memcpy(bytes + 8, wire_int(cases[i].west, 4).ptr, 4);
        fq_slice value = wire_bytes(bytes, 12);
        if (cases[i].json != NULL) {
            assert_written(FQ_CODEC_TIMETZ, value, cases[i].json);
        } else {
            assert_not_written(FQ_CODEC_TIMETZ, value, BROKEN);
        }
        for (size_t len = 0; len < 12; len++) {
            assert_not_written(FQ_CODEC_TIMETZ, fq_slice_sub(value, 0, len), BROKEN);
        }
    }
}

static void bytes(void **state) {
    (void)state;
    fq_slice uuid = wire_bytes("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 16);
    assert_written(FQ_CODEC_UUID, uuid, "\"00112233-4455-6677-8899-aabbccddeeff\"");
    for (size_t len = 0; len < 16; len++) {
        assert_not_written(FQ_CODEC_UUID, fq_slice_sub(uuid, 0, len), BROKEN);
    }
    assert_written(FQ_CODEC_BYTEA, wire_bytes("\0\xff\x10", 3), "\"AP8Q\"");
    assert_written(FQ_CODEC_BYTEA, wire_bytes("\0\xff", 2), "\"AP8=\"");
    assert_written(FQ_CODEC_BYTEA, wire_bytes("", 0), "\"\"");
    assert_written(FQ_CODEC_JSONB, wire_bytes("\1[1, 2]", 7), "[1, 2]");
    assert_not_written(FQ_CODEC_JSONB, wire_bytes("\2[1, 2]", 7), BROKEN);
    assert_not_written(FQ_CODEC_JSONB, wire_bytes("\1", 1), BROKEN);
    assert_not_written(FQ_CODEC_JSONB, wire_bytes("\1null", 5), FQ_CODED_NULL);
    assert_not_written(FQ_CODEC_JSONB, wire_bytes("", 0), BROKEN);
}

static void ranges(void **state) {
    static const struct {
        const char *text;
        const char *json; /* NULL: broken */
    } cases[] = {
        {"empty", "\"empty\""},
        {"[1,10)", "\"[1,10)\""},
        {"(,)", "\"(,)\""},
        {"(,5]", "\"(,5]\""},
        {"[-12345,)", "\"[-12345,)\""},
        {"(1.5,2.50]", "\"(1.5,2.50]\""},
        {"[2020-01-01,2020-02-01)", "\"[2020-01-01,2020-02-01)\""},
        {"[\"2020-01-01 00:00:00\",\"2021-01-01 12:30:00.5\")", "\"[2020-01-01T00:00:00,2021-01-01T12:30:00.5)\""},
        {"[\"2020-01-01 00:00:00+00\",infinity)", "\"[2020-01-01T00:00:00Z,infinity)\""},
        {"[-infinity,\"2020-01-01 00:00:00+05:30\"]", "\"[-infinity,2020-01-01T00:00:00+05:30]\""},
        {"[\"2020-01-01 00:00:00-03\",)", "\"[2020-01-01T00:00:00-03:00,)\""},
        {"[\"1850-01-01 00:00:00+01:01:01\",)", "\"[1850-01-01T00:00:00+01:01:01,)\""},
        {"[\"0044-03-15 BC\",\"0001-01-01 BC\")", "\"[-000043-03-15,+000000-01-01)\""},
        {"[\"0044-03-15 12:00:00+00 BC\",10000-01-01)", "\"[-000043-03-15T12:00:00Z,+010000-01-01)\""},
        {"[5874897-12-31,)", "\"[+5874897-12-31,)\""},
        {"[\"a,b\",\"c\"\"d\\\\e\")", "\"[a,b,c\\\"d\\\\e)\""},
        {"[\"\",\"x\")", "\"[,x)\""},
        {"[\"2020-01-01 oops\",)", "\"[2020-01-01 oops,)\""},
        {"[2020-01-1,)", "\"[2020-01-1,)\""},
        {"", NULL},
        {"[", NULL},
        {"[]", NULL},
        {"[1", NULL},
        {"[1,", NULL},
        {"[1,2", NULL},
        {"[1,2)x", NULL},
        {"1,2)", NULL},
        {"[\"1,2)", NULL},
        {"[\"1\"x,2)", NULL},
        {"[\"1\\", NULL},
        {"{[1,2)}", NULL},
        {"emptyx", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        fq_slice value = wire_text(cases[i].text);
        if (cases[i].json == NULL) {
            assert_not_written(FQ_CODEC_RANGE_TEXT, value, BROKEN);
            continue;
        }
        assert_written(FQ_CODEC_RANGE_TEXT, value, cases[i].json);
        assert_written(FQ_CODEC_RANGE_TZ_TEXT, value, cases[i].json);
        for (size_t len = 0; len < value.len; len++) {
            assert_not_written(FQ_CODEC_RANGE_TEXT, fq_slice_sub(value, 0, len), BROKEN);
        }
    }
    assert_not_written(FQ_CODEC_RANGE_TEXT, wire_bytes("[1\0,2)", 6), BROKEN);
}

static void moments(void **state) {
    static const struct {
        const char *text;
        const char *json; /* NULL: no moment, so a string as it is */
    } cases[] = {
        {"2024-01-02 03:04:05", "\"2024-01-02T03:04:05\""},
        {"2024-01-02T03:04:05.600", "\"2024-01-02T03:04:05.6\""},
        {"2024-01-02T03:04", "\"2024-01-02T03:04:00\""},
        {"2024-01-02T03:04:05.1234567Z", "\"2024-01-02T03:04:05.123456Z\""},
        {"2024-01-02 03:04:05+00", "\"2024-01-02T03:04:05Z\""},
        {"2024-01-01T00:30:00+02:00", "\"2023-12-31T22:30:00Z\""},
        {"2024-02-29T23:30:00.5-0330", "\"2024-03-01T03:00:00.5Z\""},
        {"2024-02-29T23:30:00-00:00:01", "\"2024-02-29T23:30:01Z\""},
        {"1999-12-31T24:00:00Z", "\"2000-01-01T00:00:00Z\""},
        {"2024-02-29", "\"2024-02-29\""},
        {"0044-03-15 BC", "\"-000043-03-15\""},
        {"0044-03-15 12:00:00+01 BC", "\"-000043-03-15T11:00:00Z\""},
        {"-000043-03-15T12:00:00Z", "\"-000043-03-15T12:00:00Z\""},
        {"+010000-01-01T00:00:00Z", "\"+010000-01-01T00:00:00Z\""},
        {"10000-01-01 00:00:00", "\"+010000-01-01T00:00:00\""},
        {"5874897-12-31", "\"+5874897-12-31\""},
        {"294276-12-31 23:59:59.999999+00", "\"+294276-12-31T23:59:59.999999Z\""},
        {"294277-01-01 00:00:00+00", NULL},
        {"-999999-01-01T00:00:00Z", NULL},
        {"9999999-01-01", NULL},
        {"infinity", NULL},
        {"yesterday", NULL},
        {"", NULL},
        {"2024-13-01", NULL},
        {"2024-01-00", NULL},
        {"0000-01-01", NULL},
        {"2024-01-01T", NULL},
        {"2024-01-01T12", NULL},
        {"2024-01-01T25:00", NULL},
        {"2024-01-01T12:60", NULL},
        {"2024-01-01T12:00:00.", NULL},
        {"2024-01-01T12:00:00+99", NULL},
        {"2024-01-01T12:00:00+", NULL},
        {"2024-01-01T12:00:00Zx", NULL},
        {"2024-01-01 12:00:00Z BCE", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char same[64];
        (void)snprintf(same, sizeof(same), "\"%s\"", cases[i].text);
        assert_written(FQ_CODEC_MOMENT_TEXT, wire_text(cases[i].text), cases[i].json != NULL ? cases[i].json : same);
    }
    assert_written(FQ_CODEC_CLOCK_TEXT, wire_text("12:30:00.50"), "\"12:30:00.5\"");
    assert_written(FQ_CODEC_CLOCK_TEXT, wire_text("24:00:00"), "\"24:00:00\"");
    assert_written(FQ_CODEC_CLOCK_TEXT, wire_text("12:30:00+00"), "\"12:30:00Z\"");
    assert_written(FQ_CODEC_CLOCK_TEXT, wire_text("12:30:00-03:30"), "\"12:30:00-03:30\"");
    assert_not_written(FQ_CODEC_CLOCK_TEXT, wire_text("noon"), REFUSED);
}

static void messages(void **state) {
    static const struct {
        fq_codec codec;
        const char *value;
        const char *message;
    } cases[] = {
        {FQ_CODEC_FLOAT_TEXT, "NaN", "Float cannot represent non numeric value: NaN"},
        {FQ_CODEC_NUMERIC_STRING, "Infinity", "Decimal cannot represent non numeric value: Infinity"},
        {FQ_CODEC_DOC_INT, "4294967296", "Int cannot represent non 32-bit signed integer value: 4294967296"},
        {FQ_CODEC_DOC_INT, "1.5", "Int cannot represent non-integer value: 1.5"},
        {FQ_CODEC_DOC_INT, "x", "Int cannot represent non-integer value: x"},
        {FQ_CODEC_DOC_NUMBER, "x", "Float cannot represent non numeric value: x"},
        {FQ_CODEC_DOC_BOOL, "x", "Boolean cannot represent a non boolean value: x"},
        {FQ_CODEC_ENUM, "gone", "Enum cannot represent value: gone"},
        {FQ_CODEC_STRING, "0123456789012345678901234567890123456789012345678901234567890123456789",
         "String cannot represent value: 0123456789012345678901234567890123456789012345678901234567890123..."},
        {FQ_CODEC_STRING, "012345678901234567890123456789012345678901234567890123456789012\xC3\xA9z",
         "String cannot represent value: 012345678901234567890123456789012345678901234567890123456789012..."},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        fq_slice message = fq_codec_refusal(test_arena, (uint8_t)cases[i].codec, wire_text(cases[i].value));
        assert_string_equal(fq_arena_cstr(test_arena, message), cases[i].message);
    }
}

static void int8_beyond_int(void **state) {
    (void)state;
    assert_not_written(FQ_CODEC_INT8_INT, wire_int(INT64_C(2147483648), 8), REFUSED);
    assert_not_written(FQ_CODEC_INT8_INT, wire_int(INT64_C(-2147483649), 8), REFUSED);
    fq_slice message = fq_codec_refusal(test_arena, FQ_CODEC_INT8_INT, wire_int(INT64_C(-2147483649), 8));
    assert_string_equal(fq_arena_cstr(test_arena, message),
                        "Int cannot represent non 32-bit signed integer value: -2147483649");
}

/* Past the buffer's maximum nothing is written and nothing breaks. */
static void full_buffer(void **state) {
    (void)state;
    for (int codec = FQ_CODEC_STRING; codec <= FQ_CODEC_DOC_BOOL; codec++) {
        fq_buffer out;
        fq_buffer_init(&out, 3);
        fq_codec_write(&out, (uint8_t)codec, &names, wire_text("12345678"));
        assert_true(out.len <= 3);
        fq_buffer_done(&out);
    }
}

static void unknown_codec(void **state) {
    (void)state;
    assert_not_written((fq_codec)200, wire_text("x"), BROKEN);
    assert_string_equal(fq_codec_name(200), "?");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(texts),   TEST(integers_and_times), TEST(times_with_zone), TEST(bytes),         TEST(ranges),
        TEST(moments), TEST(messages),           TEST(full_buffer),     TEST(unknown_codec), TEST(int8_beyond_int),
    };
    return cmocka_run_group_tests_name("rows/codecs", tests, NULL, NULL);
}
