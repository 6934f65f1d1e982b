/* SPDX-License-Identifier: MIT */
/* Which texts the custom scalars and the storages take. tests/integration/test_schema.py compares the same texts with
 * what PostgreSQL itself says of them. */
#include "schema/storage.h"

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

typedef struct row {
    int kind; /* fq_scalar or fq_storage */
    const char *good[24];
    const char *bad[40];
} row;

static const row scalars[] = {
    {FQ_SCALAR_BIG_INT,
     {"0", "-1", "9223372036854775807", "-9223372036854775808", "007"},
     {"", "-", "+1", "1.0", "1e3", "9223372036854775808", "-9223372036854775809", "99999999999999999999", " 1", "0x10",
      "1_000"}},
    {FQ_SCALAR_DECIMAL,
     {"0", "-1.50", "1e10", "1E-5", ".5", "5.", "123456789012345678901234567890.123456789", "1e131071"},
     {"", "-", ".", "e5", "1e", "1e+", "NaN", "Infinity", "1,5", "1 ", "0x1", "1e131072", "1e-16384", "1e999999999",
      "--1"}},
    {FQ_SCALAR_UUID,
     {"123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000",
      "00000000-0000-0000-0000-000000000000"},
     {"", "123", "123e4567e89b12d3a456426614174000", "{123e4567-e89b-12d3-a456-426614174000}",
      "123e4567-e89b-12d3-a456-42661417400g", "123e4567-e89b-12d3-a456-4266141740000",
      "123e4567-e89b-12d3-a456_426614174000"}},
    {FQ_SCALAR_DATE,
     {"2024-02-29", "0001-01-01", "9999-12-31", "12345-06-07", "infinity", "-infinity", "2000-02-29", "5874897-12-31"},
     {"", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-04-31", "0000-01-01", "24-01-01",
      "2024-1-1", "2024/01/01", "01-02-2024", "2024-01-01T00:00:00", "today", "2024-01-01 ", "5874898-01-01",
      "+2024-01-01", "99999999-01-01", "2024-01-011"}},
    {FQ_SCALAR_TIME,
     {"00:00", "23:59:59", "12:30:15.123456", "24:00:00", "12:00:00Z", "12:00:00+02", "12:00:00-05:30",
      "12:00:00.1000000000", "12:00:00+0530"},
     {"", "25:00:00", "12:60:00", "12:00:60", "1:00", "12", "12:00:00.", "12:00:00.1234567", "24:00:01", "12:00 PM",
      "12:00:00+16:00", "12:00:00+2", "noon", "12:00:00+02:60", "12:00:00+"}},
    {FQ_SCALAR_DATE_TIME,
     {"2024-01-02T03:04:05Z", "2024-01-02T03:04:05.678901+02:00", "2024-01-02 03:04:05", "2024-01-02T03:04",
      "2024-01-02", "infinity", "-infinity", "2024-01-02t03:04:05z", "0001-01-01T00:00:00Z"},
     {"", "2024-01-02T", "2024-01-02T25:00:00Z", "2024-02-30T00:00:00Z", "now", "2024-01-02T03:04:05 Z",
      "2024-01-02T03:04:05+99:00", "1704164645", "294276-12-31T00:00:00Z", "2024-01-02T03:04:05Europe/Paris",
      "2024-01-02Z", "2024-01-02T03:04:05ZZ"}},
    {FQ_SCALAR_DURATION,
     {"P1D", "PT1H30M", "P1Y2M3W4DT5H6M7.5S", "P-1D", "PT0S", "P1W", "PT-1.5S", "P1.5D"},
     {"", "P", "PT", "P1DT", "1D", "P1", "PD", "-P1D", "P1H", "PT1D", "P1D2Y", "P1D1D", "P9999999999D", "1 day",
      "P178956971Y", "PT1.S", "P1D "}},
    {FQ_SCALAR_BYTES,
     {"", "AAEC", "aGk=", "aA==", "+/+/"},
     {"A", "AA", "AAA", "A===", "====", "a-_=", "aGk=\n", "aG=k", "aGk=aGk="}},
    {FQ_SCALAR_IP_ADDRESS,
     {"10.0.0.1", "10.0.0.1/8", "::1", "2001:db8::1/64", "255.255.255.255", "::ffff:10.0.0.1", "0.0.0.0/0"},
     {"", "10.0.0", "10.0.0.256", "10.0.0.01", "10.0.0.1/33", "::1/129", "::g", "10.0.0.1/", "10.0.0.1/08",
      "fe80::1%eth0", " 10.0.0.1", "localhost", "10.0.0.1/-1"}},
    {FQ_SCALAR_CIDR,
     {"10.0.0.0/8", "10.0.0.1", "10.0.0.1/32", "2001:db8::/32", "0.0.0.0/0", "::/0"},
     {"", "10.0.0.1/8", "10/8", "2001:db8::1/32", "10.0.0.0/40"}},
    {FQ_SCALAR_MAC_ADDRESS,
     {"08:00:2b:01:02:03", "08-00-2B-01-02-03", "0800.2b01.0203", "08002b010203", "08:00:2b:01:02:03:04:05",
      "0800.2b01.0203.0405"},
     {"", "08:00:2b:01:02", "08:00:2b:01:02:0g", "08:00-2b:01:02:03", "8:0:2b:1:2:3", "08002b01020",
      "08:00:2b:01:02:03:04"}},
    {FQ_SCALAR_LTREE_PATH,
     {"", "a", "Top.Science.Astronomy", "a_1.b2"},
     {".", "a.", ".a", "a..b", "a b", "a/b", "\xC3\xBC"}},
    {FQ_SCALAR_INT4_RANGE,
     {"[1,10)", "(1,10]", "[,]", "(,5)", "[5,)", "empty", "[1,1]", "[-5,-1]", "[\"1\",\"2\"]"},
     {"", "[1,10", "1,10", "[1;10)", "[10,1)", "[1.5,2)", "[1,2,3)", "[2147483648,)", "[1,2147483647]", "[ 1,2)",
      "[a,b)", "EMPTYY", "[]", "[1]"}},
    {FQ_SCALAR_INT8_RANGE,
     {"[1,9223372036854775807)", "[9223372036854775807,)"},
     {"[1,9223372036854775807]", "(9223372036854775807,)", "[1,9223372036854775808]",
      "[9223372036854775807,9223372036854775806]"}},
    {FQ_SCALAR_NUM_RANGE, {"[1.5,2.5)", "[-1e3,1e3]", "(,0.1]"}, {"[2.5,1.5)", "[NaN,1)", "[1,x)"}},
    {FQ_SCALAR_DATE_RANGE,
     {"[2024-01-01,2024-02-01)", "[,2024-01-01]", "[-infinity,infinity]", "empty"},
     {"[2024-02-01,2024-01-01)", "[2024-02-30,)", "[2024-01-01,5874897-12-31]", "[2024-01-01T00:00:00,)"}},
    {FQ_SCALAR_TS_RANGE,
     {"[2024-01-01T00:00:00,2024-01-02T00:00:00)", "[\"2024-01-01 00:00:00\",]"},
     {"[2024-01-01T00:00:00Z,)", "[2024-01-02T00:00:00,2024-01-01T00:00:00)"}},
    {FQ_SCALAR_TSTZ_RANGE,
     {"[2024-01-01T00:00:00Z,2024-01-01T00:00:00-01:00)", "[2024-01-01,)"},
     {"[2024-01-01T00:00:00Z,2024-01-01T00:00:00+01:00)"}},
    /* the standard scalars are checked elsewhere, JSON has nothing to check */
    {FQ_SCALAR_STRING, {"", "anything"}, {NULL}},
    {FQ_SCALAR_INT, {"x"}, {NULL}},
    {FQ_SCALAR_JSON, {"x"}, {NULL}},
};

static const row storages[] = {
    {FQ_STORAGE_INT2, {"32767", "-32768"}, {"32768", "-32769", "1.0", ""}},
    {FQ_STORAGE_INT4, {"2147483647", "-2147483648"}, {"2147483648", "x"}},
    {FQ_STORAGE_INT8, {"9223372036854775807"}, {"9223372036854775808"}},
    {FQ_STORAGE_FLOAT4, {"1.5", "3.4e38", "-0"}, {"3.5e38", "1e-60", "NaN", "x"}},
    {FQ_STORAGE_FLOAT8, {"1e308", "5e-324"}, {"1e309", "1e-400", "inf"}},
    {FQ_STORAGE_NUMERIC, {"1e100"}, {"NaN"}},
    {FQ_STORAGE_MONEY, {"12.34", "-92233720368547757"}, {"$1", "1e18"}},
    {FQ_STORAGE_TIME, {"12:00:00"}, {"12:00:00Z", "12:00:00+01"}},
    {FQ_STORAGE_TIMETZ, {"12:00:00", "12:00:00Z"}, {"x"}},
    {FQ_STORAGE_TIMESTAMP,
     {"2024-01-02T03:04:05", "2024-01-02"},
     {"2024-01-02T03:04:05Z", "2024-01-02T03:04:05+00:00"}},
    {FQ_STORAGE_TIMESTAMPTZ, {"2024-01-02T03:04:05", "2024-01-02T03:04:05Z"}, {"x"}},
    {FQ_STORAGE_MACADDR, {"08:00:2b:01:02:03"}, {"08:00:2b:01:02:03:04:05"}},
    {FQ_STORAGE_MACADDR8, {"08:00:2b:01:02:03", "08:00:2b:01:02:03:04:05"}, {"x"}},
    {FQ_STORAGE_JSONB, {"{\"a\": \"\\\\u0000\"}", "\"\\u0001\""}, {"\"\\u0000\"", "{\"a\\u0000\": 1}"}},
    {FQ_STORAGE_JSON, {"\"\\u0000\""}, {NULL}},
    {FQ_STORAGE_UUID, {"123e4567-e89b-12d3-a456-426614174000"}, {"x"}},
    {FQ_STORAGE_TSRANGE, {"[2024-01-01,)"}, {"[2024-01-01T00:00:00Z,)"}},
    {FQ_STORAGE_TEXT, {"", "x"}, {NULL}},
    {FQ_STORAGE_ENUM, {"x"}, {NULL}},
};

static void check(const char *what, const row *r, const char *(*checked)(int, fq_slice)) {
    for (size_t i = 0; r->good[i] != NULL; i++) {
        const char *reason = checked(r->kind, fq_slice_from_cstr(r->good[i]));
        if (reason != NULL) {
            fail_msg("%s %d: \"%s\" is refused: %s", what, r->kind, r->good[i], reason);
        }
    }
    for (size_t i = 0; r->bad[i] != NULL; i++) {
        if (checked(r->kind, fq_slice_from_cstr(r->bad[i])) == NULL) {
            fail_msg("%s %d: \"%s\" is taken", what, r->kind, r->bad[i]);
        }
    }
}

static const char *check_scalar(int scalar, fq_slice text) { return fq_scalar_check((fq_scalar)scalar, text); }

static const char *check_storage(int storage, fq_slice text) { return fq_storage_check((fq_storage)storage, text); }

static void test_scalars(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(scalars) / sizeof(scalars[0]); i++) {
        check("scalar", &scalars[i], check_scalar);
    }
}

static void test_storages(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(storages) / sizeof(storages[0]); i++) {
        check("storage", &storages[i], check_storage);
    }
}

static void test_nul(void **state) {
    (void)state;
    fq_slice text = fq_slice_of("a\0b", 3);
    assert_non_null(fq_storage_check(FQ_STORAGE_TEXT, text));
    assert_non_null(fq_storage_check(FQ_STORAGE_CITEXT, text));
    for (int scalar = FQ_SCALAR_BIG_INT; scalar <= FQ_SCALAR_TSTZ_RANGE; scalar++) {
        if (scalar != FQ_SCALAR_JSON) {
            assert_non_null(fq_scalar_check((fq_scalar)scalar, text));
        }
    }
    /* a valid beginning must not hide what follows */
    assert_non_null(fq_scalar_check(FQ_SCALAR_IP_ADDRESS, fq_slice_of("10.0.0.1\0x", 10)));
    assert_non_null(fq_scalar_check(FQ_SCALAR_DURATION, fq_slice_of("P1\0D", 4)));
}

static void test_names_agree(void **state) {
    (void)state;
    for (int scalar = FQ_SCALAR_INT; scalar <= FQ_SCALAR_TSTZ_RANGE; scalar++) {
        assert_int_equal(fq_scalar_by_name(fq_scalar_name((fq_scalar)scalar)), scalar);
    }
    assert_int_equal(fq_scalar_by_name(FQ_S("Nothing")), FQ_SCALAR_NONE);
    assert_int_equal(fq_scalar_by_name(FQ_S("")), FQ_SCALAR_NONE);
    assert_int_equal(fq_storage_by_type_name(FQ_S("varchar")), FQ_STORAGE_TEXT);
    assert_int_equal(fq_storage_by_type_name(FQ_S("point")), FQ_STORAGE_OTHER);
    assert_int_equal(fq_storage_oid(FQ_STORAGE_INT8), 20);
    assert_int_equal(fq_storage_oid(FQ_STORAGE_TEXT), 25);
    assert_int_equal(fq_storage_scalar(FQ_STORAGE_INT8), FQ_SCALAR_BIG_INT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars),
        cmocka_unit_test(test_storages),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_names_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
