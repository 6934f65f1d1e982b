/* SPDX-License-Identifier: MIT */
/* The codec: what is written byte by byte, what is read back, and that no cut or flipped byte reads outside its
 * message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "pg/wire.h"

#define BYTES(literal) fq_slice_of(literal, sizeof(literal) - 1)

static fq_buffer out;

static int setup(void **state) {
    (void)state;
    fq_buffer_init(&out, 1 << 20);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    fq_buffer_done(&out);
    return 0;
}

static void expect_bytes(fq_slice expected) {
    assert_false(out.failed);
    assert_int_equal(out.len, expected.len);
    assert_memory_equal(out.ptr, expected.ptr, expected.len);
}

static void encoders(void **state) {
    (void)state;
    const uint32_t oids[] = {23, 0x01020304};
    fq_wire_parse(&out, FQ_S("f1"), FQ_S("select $1"), oids, 2);
    expect_bytes(BYTES("P\0\0\0\x1b"
                       "f1\0select $1\0"
                       "\0\x02"
                       "\0\0\0\x17"
                       "\x01\x02\x03\x04"));
    fq_buffer_clear(&out);
    fq_wire_describe_statement(&out, FQ_S("f1"));
    expect_bytes(BYTES("D\0\0\0\x08"
                       "Sf1\0"));
    fq_buffer_clear(&out);
    fq_wire_close_statement(&out, FQ_S(""));
    expect_bytes(BYTES("C\0\0\0\x06"
                       "S\0"));
    fq_buffer_clear(&out);
    fq_wire_execute(&out);
    fq_wire_sync(&out);
    fq_wire_query(&out, FQ_S("rollback"));
    fq_wire_terminate(&out);
    expect_bytes(BYTES("E\0\0\0\x09"
                       "\0\0\0\0\0"
                       "S\0\0\0\x04"
                       "Q\0\0\0\x0d"
                       "rollback\0"
                       "X\0\0\0\x04"));
}

typedef struct bind_case {
    const char *what;
    fq_pg_value params[3];
    uint32_t n_params;
    uint8_t formats[3];
    uint32_t n_formats;
    fq_slice expected; /* behind the header and the two names */
} bind_case;

static void binds(void **state) {
    (void)state;
    const bind_case cases[] = {
        {"nothing",
         {{{0}}},
         0,
         {0},
         0,
         BYTES("\0\0"
               "\0\0"
               "\0\0")},
        {"all text",
         {{FQ_S_INIT("a"), 0}, {FQ_S_INIT(""), 0}},
         2,
         {0, 0},
         2,
         BYTES("\0\0"
               "\0\x02"
               "\0\0\0\x01"
               "a"
               "\0\0\0\0"
               "\0\0")},
        {"all binary",
         {{FQ_S_INIT("ab"), 1}, {{NULL, 0}, 1}},
         2,
         {1, 1, 1},
         3,
         BYTES("\0\x01\0\x01"
               "\0\x02"
               "\0\0\0\x02"
               "ab"
               "\xff\xff\xff\xff"
               "\0\x01\0\x01")},
        {"mixed",
         {{FQ_S_INIT("a"), 0}, {FQ_S_INIT("b"), 1}},
         2,
         {0, 1},
         2,
         BYTES("\0\x02\0\0\0\x01"
               "\0\x02"
               "\0\0\0\x01"
               "a"
               "\0\0\0\x01"
               "b"
               "\0\x02\0\0\0\x01")},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const bind_case *c = &cases[i];
        fq_buffer_clear(&out);
        fq_wire_bind(&out, FQ_S("f"), c->params, c->n_params, c->formats, c->n_formats);
        assert_false(out.failed);
        assert_int_equal(out.ptr[0], 'B');
        assert_int_equal(fq_wire_u32(out.ptr + 1), out.len - 1);
        assert_memory_equal(out.ptr + 5, "\0f\0", 3);
        assert_int_equal(out.len - 8, c->expected.len);
        assert_memory_equal(out.ptr + 8, c->expected.ptr, c->expected.len);

        fq_buffer tail, again;
        fq_buffer_init(&tail, 1024);
        fq_buffer_init(&again, 1024);
        fq_wire_bind_tail(&tail, c->params, c->n_params, c->formats, c->n_formats);
        fq_wire_bind_with_tail(&again, FQ_S("f"), fq_buffer_view(&tail));
        assert_true(fq_slice_equal(fq_buffer_view(&again), fq_buffer_view(&out)));
        fq_buffer_done(&tail);
        fq_buffer_done(&again);
    }
}

static void refusals(void **state) {
    (void)state;
    fq_wire_parse(&out, FQ_S(""), BYTES("select \0 1"), NULL, 0);
    assert_true(out.failed);
    fq_buffer_clear(&out);
    fq_wire_describe_statement(&out, BYTES("a\0b"));
    assert_true(out.failed);
    fq_buffer_clear(&out);
    fq_pg_value *many = calloc(FQ_PG_PARAMS_MAX + 1, sizeof(*many));
    fq_wire_bind(&out, FQ_S(""), many, FQ_PG_PARAMS_MAX + 1, NULL, 0);
    assert_true(out.failed);
    fq_buffer_clear(&out);
    fq_wire_bind(&out, FQ_S(""), many, FQ_PG_PARAMS_MAX, NULL, 0);
    assert_false(out.failed);
    free(many);
    fq_buffer_clear(&out);
    const fq_pg_value huge[] = {{{"", FQ_PG_MESSAGE_MAX / 2}, 0}, {{"", FQ_PG_MESSAGE_MAX / 2}, 0}};
    fq_wire_bind(&out, FQ_S(""), huge, 2, NULL, 0);
    assert_true(out.failed);
}

/* A copy that ends where its block ends, so that a read past it is seen by the sanitizer. */
static char *exact(const char *bytes, size_t len) {
    char *copy = malloc(len > 0 ? len : 1);
    memcpy(copy, bytes, len);
    return copy;
}

static void next_message(void **state) {
    (void)state;
    const fq_slice two = BYTES("Z\0\0\0\x05"
                               "I"
                               "1\0\0\0\x04");
    for (size_t len = 0; len <= two.len; len++) {
        char *copy = exact(two.ptr, len);
        size_t at = 0, needed = 99;
        fq_wire_message message;
        fq_wire_result result = fq_wire_next(fq_slice_of(copy, len), &at, 1024, &message, &needed);
        if (len < 6) {
            assert_int_equal(result, FQ_WIRE_NEED_MORE);
            assert_int_equal(at, 0);
            assert_int_equal(needed, len < 5 ? 0 : 6);
        } else {
            assert_int_equal(result, FQ_WIRE_MESSAGE);
            assert_int_equal(message.type, 'Z');
            assert_int_equal(message.payload.len, 1);
            assert_int_equal(at, 6);
            result = fq_wire_next(fq_slice_of(copy, len), &at, 1024, &message, &needed);
            assert_int_equal(result, len == two.len ? FQ_WIRE_MESSAGE : FQ_WIRE_NEED_MORE);
            assert_int_equal(at, len == two.len ? 11 : 6);
        }
        free(copy);
    }
}

static void broken_messages(void **state) {
    (void)state;
    const fq_slice cases[] = {BYTES("x"),
                              BYTES("\0"),
                              BYTES("HTTP/1.1"),
                              BYTES("Z\0\0\0\x03"),
                              BYTES("D\0\0\x04\x01"),
                              BYTES("D\xff\xff\xff\xff")};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t at = 0, needed;
        fq_wire_message message;
        assert_int_equal(fq_wire_next(cases[i], &at, 1024, &message, &needed), FQ_WIRE_BROKEN);
        assert_int_equal(at, 0);
    }
}

static void data_rows(void **state) {
    (void)state;
    const fq_slice row = BYTES("\0\x03"
                               "\0\0\0\x02"
                               "ab"
                               "\xff\xff\xff\xff"
                               "\0\0\0\0");
    fq_slice columns[3];
    assert_int_equal(fq_wire_data_row(row, columns, 3), 3);
    assert_true(fq_slice_equal(columns[0], FQ_S("ab")));
    assert_null(columns[1].ptr);
    assert_non_null(columns[2].ptr);
    assert_int_equal(columns[2].len, 0);
    columns[1] = FQ_S("untouched");
    assert_int_equal(fq_wire_data_row(row, columns, 1), 3);
    assert_true(fq_slice_equal(columns[1], FQ_S("untouched")));
    for (size_t len = 0; len < row.len; len++) {
        char *copy = exact(row.ptr, len);
        assert_int_equal(fq_wire_data_row(fq_slice_of(copy, len), columns, 3), -1);
        free(copy);
    }
    const fq_slice bad[] = {BYTES("\0\0x"),
                            BYTES("\0\x01"
                                  "\0\0\0\x02"
                                  "a"),
                            BYTES("\0\x01"
                                  "\xff\xff\xff\xfe"),
                            BYTES("\0\x01"
                                  "\x7f\xff\xff\xff"
                                  "a"),
                            BYTES("\xff\xff")};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(fq_wire_data_row(bad[i], columns, 3), -1);
    }
}

static void error_fields(void **state) {
    (void)state;
    const fq_slice payload = BYTES("SFEHLER\0VERROR\0C23505\0Mtwice\0Dkey\0Hhint\0P7\0spublic\0tusers\0cemail\0nuq\0"
                                   "Fx.c\0L12\0Rraise\0\0");
    fq_wire_error error;
    assert_true(fq_wire_error_fields(payload, &error));
    const struct {
        fq_slice got;
        const char *expected;
    } fields[] = {
        {error.severity, "ERROR"}, {error.sqlstate, "23505"}, {error.message, "twice"}, {error.detail, "key"},
        {error.hint, "hint"},      {error.position, "7"},     {error.schema, "public"}, {error.table, "users"},
        {error.column, "email"},   {error.constraint, "uq"},  {error.routine, "raise"},
    };
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        assert_true(fq_slice_equal(fields[i].got, fq_slice_from_cstr(fields[i].expected)));
    }
    for (size_t len = 0; len < payload.len; len++) {
        char *copy = exact(payload.ptr, len);
        assert_false(fq_wire_error_fields(fq_slice_of(copy, len), &error));
        free(copy);
    }
    assert_false(fq_wire_error_fields(BYTES("Ma\0\0b"), &error));
}

static void row_descriptions(void **state) {
    (void)state;
    const fq_slice payload = BYTES("\0\x02"
                                   "id\0"
                                   "\0\0\0\x01"
                                   "\0\x01"
                                   "\0\0\0\x17"
                                   "\0\x04"
                                   "\xff\xff\xff\xff"
                                   "\0\0"
                                   "\0"
                                   "\0\0\0\x01"
                                   "\0\x02"
                                   "\0\0\x0e\xda"
                                   "\xff\xff"
                                   "\xff\xff\xff\xff"
                                   "\0\x01");
    uint32_t oids[2] = {0};
    assert_int_equal(fq_wire_row_description(payload, oids, 2), 2);
    assert_int_equal(oids[0], 23);
    assert_int_equal(oids[1], 3802);
    for (size_t len = 0; len < payload.len; len++) {
        char *copy = exact(payload.ptr, len);
        assert_int_equal(fq_wire_row_description(fq_slice_of(copy, len), oids, 2), -1);
        free(copy);
    }
}

/* Every byte of a stream flipped to some values: results may differ, reads outside may not happen. */
static void flipped_bytes(void **state) {
    (void)state;
    const fq_slice stream = BYTES("D\0\0\0\x14"
                                  "\0\x03"
                                  "\0\0\0\x00"
                                  "\xff\xff\xff\xff"
                                  "\0\0\0\x02"
                                  "ab"
                                  "E\0\0\0\x0f"
                                  "VERROR\0Ma\0\0"
                                  "T\0\0\0\x1b"
                                  "\0\x01"
                                  "id\0"
                                  "\0\0\0\x01"
                                  "\0\x01"
                                  "\0\0\0\x17"
                                  "\0\x04"
                                  "\xff\xff\xff\xff"
                                  "\0\0");
    static const unsigned char values[] = {0, 1, 0x7f, 0x80, 0xff};
    for (size_t i = 0; i < stream.len * sizeof(values); i++) {
        char *copy = exact(stream.ptr, stream.len);
        copy[i / sizeof(values)] = (char)values[i % sizeof(values)];
        size_t at = 0, needed;
        fq_wire_message message;
        while (fq_wire_next(fq_slice_of(copy, stream.len), &at, 4096, &message, &needed) == FQ_WIRE_MESSAGE) {
            fq_slice columns[4];
            uint32_t oids[4];
            fq_wire_error error;
            (void)fq_wire_data_row(message.payload, columns, 4);
            (void)fq_wire_row_description(message.payload, oids, 4);
            (void)fq_wire_error_fields(message.payload, &error);
            assert_true(at <= stream.len);
        }
        free(copy);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(encoders, setup, teardown),
        cmocka_unit_test_setup_teardown(binds, setup, teardown),
        cmocka_unit_test_setup_teardown(refusals, setup, teardown),
        cmocka_unit_test(next_message),
        cmocka_unit_test(broken_messages),
        cmocka_unit_test(data_rows),
        cmocka_unit_test(error_fields),
        cmocka_unit_test(row_descriptions),
        cmocka_unit_test(flipped_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
