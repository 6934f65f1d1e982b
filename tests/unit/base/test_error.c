/* SPDX-License-Identifier: MIT */
/* Error lists: the maximum, positions, and line and column of byte offsets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"

static void keeps_no_more_than_its_maximum(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 2);
    assert_false(fq_errors_any(&errors));
    for (int i = 0; i < 5; i++) {
        fq_error *error = fq_errors_add_at(&errors, FQ_ERR_BAD_USER_INPUT, (uint32_t)i, "number %d", i);
        assert_non_null(error);
    }
    assert_true(fq_errors_any(&errors));
    assert_int_equal(errors.list.len, 2);
    assert_int_equal(errors.dropped, 3);
    assert_true(fq_slice_equal(errors.list.items[1].message, FQ_S("number 1")));
    assert_int_equal(errors.list.items[1].offsets[0], 1);
    fq_arena_free(arena);
}

static void an_error_can_have_several_positions(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 10);
    fq_error *error = fq_errors_add(&errors, FQ_ERR_VALIDATION_FAILED, "twice");
    assert_int_equal(error->n_offsets, 0);
    fq_error_locate(&errors, error, 3);
    fq_error_locate(&errors, error, 8);
    assert_int_equal(error->n_offsets, 2);
    assert_int_equal(error->offsets[0], 3);
    assert_int_equal(error->offsets[1], 8);
    fq_arena_free(arena);
}

static void codes_have_names(void **state) {
    (void)state;
    assert_true(fq_slice_equal(fq_error_code_name(FQ_ERR_PARSE_FAILED), FQ_S("GRAPHQL_PARSE_FAILED")));
    assert_true(fq_slice_equal(fq_error_code_name(FQ_ERR_INTERNAL), FQ_S("INTERNAL_SERVER_ERROR")));
}

static void positions_count_lines_and_utf16_units(void **state) {
    (void)state;
    static const struct {
        fq_slice document;
        uint32_t offset, line, column;
    } cases[] = {
        {FQ_S_INIT(""), 0, 1, 1},
        {FQ_S_INIT("abc"), 2, 1, 3},
        {FQ_S_INIT("abc"), 99, 1, 4},
        {FQ_S_INIT("a\nb"), 1, 1, 2},
        {FQ_S_INIT("a\nb"), 2, 2, 1},
        {FQ_S_INIT("a\rb"), 2, 2, 1},
        {FQ_S_INIT("a\r\nb"), 3, 2, 1},
        {FQ_S_INIT("a\n\rb"), 3, 3, 1},
        {FQ_S_INIT("a\r\r\n\n"), 5, 4, 1},
        {FQ_S_INIT("\xC3\xA9x"), 2, 1, 2},         /* one unit */
        {FQ_S_INIT("\xE2\x82\xACx"), 3, 1, 2},     /* one unit */
        {FQ_S_INIT("\xF0\x9F\x98\x80x"), 4, 1, 3}, /* a surrogate pair */
        {FQ_S_INIT("\xEF\xBB\xBFx"), 3, 1, 2},     /* the byte order mark counts */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_position position = fq_position_of(cases[i].document, cases[i].offset);
        assert_int_equal(position.line, cases[i].line);
        assert_int_equal(position.column, cases[i].column);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_no_more_than_its_maximum),
        cmocka_unit_test(an_error_can_have_several_positions),
        cmocka_unit_test(codes_have_names),
        cmocka_unit_test(positions_count_lines_and_utf16_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
