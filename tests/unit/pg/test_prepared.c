/* SPDX-License-Identifier: MIT */
/* Which statements get a name, which lose it, and what is believed of a segment that failed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "pg/prepared.h"

static fq_statement_use use(fq_prepared *p, uint64_t id, uint64_t segment) {
    const fq_pg_statement statement = {.id = id, .weight = 10};
    return fq_prepared_use(p, &statement, FQ_PG_PREPARE_SECOND_USE, segment);
}

static fq_statement_use use_at_once(fq_prepared *p, uint64_t id, uint64_t segment) {
    const fq_pg_statement statement = {.id = id, .weight = 10};
    return fq_prepared_use(p, &statement, FQ_PG_PREPARE_AT_ONCE, segment);
}

/* The names in the Close messages that are due, separated by spaces. */
static const char *closes(fq_prepared *p) {
    static char names[256];
    fq_buffer out;
    fq_buffer_init(&out, 4096);
    fq_prepared_write_closes(p, &out);
    names[0] = '\0';
    for (size_t at = 0; at < out.len; at += fq_wire_u32(out.ptr + at + 1) + 1) {
        assert_int_equal(out.ptr[at], 'C');
        size_t len = strlen(names);
        (void)snprintf(names + len, sizeof(names) - len, "%s%s", len > 0 ? " " : "", out.ptr + at + 6);
    }
    fq_buffer_done(&out);
    return names;
}

static void names(void **state) {
    (void)state;
    char room[FQ_STATEMENT_NAME_SIZE];
    assert_true(fq_slice_equal(fq_statement_name(1, room), FQ_S("f1")));
    assert_true(fq_slice_equal(fq_statement_name(0xabc, room), FQ_S("fabc")));
    assert_true(fq_slice_equal(fq_statement_name(UINT64_MAX, room), FQ_S("fffffffffffffffff")));
}

static void second_use_is_named(void **state) {
    (void)state;
    fq_prepared *p = fq_prepared_new(4, 1000);
    assert_int_equal(use(p, 1, 1), FQ_USE_UNNAMED);
    assert_int_equal(fq_prepared_confirm(p), 1);
    fq_prepared_end_segment(p, 1);
    assert_int_equal(use(p, 1, 2), FQ_USE_PARSE);
    assert_false(fq_prepared_is_ready(p, 1));
    assert_int_equal(use(p, 1, 3), FQ_USE_NAME); /* sent behind it */
    assert_int_equal(fq_prepared_confirm(p), 1);
    assert_true(fq_prepared_is_ready(p, 1));
    assert_int_equal(use_at_once(p, 2, 4), FQ_USE_PARSE);
    assert_int_equal(fq_prepared_named(p), 2);
    assert_int_equal(fq_prepared_bytes(p), 20);
    assert_int_equal(fq_prepared_confirm(p), 2);
    assert_int_equal(fq_prepared_confirm(p), 0);
    fq_prepared_free(p);
}

static void nothing_is_named(void **state) {
    (void)state;
    fq_prepared *p = fq_prepared_new(0, 1000);
    for (uint64_t i = 1; i < 5; i++) {
        assert_int_equal(use_at_once(p, 1, i), FQ_USE_UNNAMED);
        assert_int_equal(fq_prepared_confirm(p), 1);
    }
    fq_prepared_free(p);
    p = fq_prepared_new(4, 9); /* heavier than all there is */
    assert_int_equal(use_at_once(p, 1, 1), FQ_USE_UNNAMED);
    assert_int_equal(use_at_once(p, 1, 2), FQ_USE_UNNAMED);
    fq_prepared_free(p);
}

static void the_oldest_gives_way(void **state) {
    (void)state;
    fq_prepared *p = fq_prepared_new(2, 1000);
    assert_int_equal(use_at_once(p, 1, 1), FQ_USE_PARSE);
    assert_int_equal(use_at_once(p, 2, 2), FQ_USE_PARSE);
    assert_int_equal(use(p, 1, 3), FQ_USE_NAME);
    assert_int_equal(use_at_once(p, 3, 4), FQ_USE_PARSE); /* in the place of 2 */
    assert_int_equal(use(p, 2, 4), FQ_USE_UNNAMED);       /* not before its Close is out */
    assert_string_equal(closes(p), "f2");
    assert_string_equal(closes(p), "");
    assert_int_equal(use(p, 1, 5), FQ_USE_NAME);
    assert_int_equal(use(p, 2, 6), FQ_USE_PARSE); /* 3 is older now */
    assert_string_equal(closes(p), "f3");
    assert_int_equal(fq_prepared_named(p), 2);
    fq_prepared_free(p);
}

static void bytes_are_bounded(void **state) {
    (void)state;
    fq_prepared *p = fq_prepared_new(100, 35);
    for (uint64_t id = 1; id <= 5; id++) {
        assert_int_equal(use_at_once(p, id, id), FQ_USE_PARSE);
        assert_true(fq_prepared_bytes(p) <= 35);
    }
    assert_int_equal(fq_prepared_named(p), 3);
    assert_string_equal(closes(p), "f1 f2");
    fq_prepared_free(p);
}

static void one_segment_keeps_its_own(void **state) {
    (void)state;
    fq_prepared *p = fq_prepared_new(2, 1000);
    assert_int_equal(use_at_once(p, 1, 1), FQ_USE_PARSE);
    assert_int_equal(use_at_once(p, 2, 1), FQ_USE_PARSE);
    assert_int_equal(use_at_once(p, 3, 1), FQ_USE_UNNAMED);
    assert_string_equal(closes(p), "");
    fq_prepared_free(p);
}

static void failed_segments_name_nothing(void **state) {
    (void)state;
    fq_prepared *p = fq_prepared_new(4, 1000);
    assert_int_equal(use_at_once(p, 1, 1), FQ_USE_PARSE);
    assert_int_equal(use_at_once(p, 2, 1), FQ_USE_PARSE);
    assert_int_equal(use_at_once(p, 3, 2), FQ_USE_PARSE);
    assert_int_equal(fq_prepared_confirm(p), 1); /* then an error: the Parse of 2 was skipped */
    fq_prepared_end_segment(p, 1);
    assert_true(fq_prepared_is_ready(p, 1));
    assert_int_equal(fq_prepared_confirm(p), 3); /* the next segment's confirmation is not taken for it */
    assert_true(fq_prepared_is_ready(p, 3));
    assert_int_equal(use(p, 2, 3), FQ_USE_PARSE);
    fq_prepared_free(p);
}

static void forgetting(void **state) {
    (void)state;
    fq_prepared *p = fq_prepared_new(4, 1000);
    assert_int_equal(use_at_once(p, 1, 1), FQ_USE_PARSE);
    (void)fq_prepared_confirm(p);
    fq_prepared_forget(p, 1, 2, FQ_FORGET_STALE);
    assert_int_equal(use(p, 1, 3), FQ_USE_UNNAMED); /* its name is not free yet */
    assert_string_equal(closes(p), "f1");
    assert_int_equal(use(p, 1, 4), FQ_USE_PARSE);
    fq_prepared_forget(p, 1, 3, FQ_FORGET_STALE); /* an older segment's complaint */
    assert_int_equal(use(p, 1, 5), FQ_USE_NAME);
    fq_prepared_forget(p, 1, 5, FQ_FORGET_MISSING);
    assert_string_equal(closes(p), "");
    assert_int_equal(use(p, 1, 6), FQ_USE_PARSE);
    fq_prepared_give_up(p);
    assert_int_equal(use(p, 1, 7), FQ_USE_UNNAMED);
    assert_int_equal(fq_prepared_named(p), 0);
    fq_prepared_free(p);
}

static void many_statements(void **state) {
    (void)state;
    fq_prepared *p = fq_prepared_new(50, 100000);
    for (uint64_t segment = 1; segment <= 20000; segment++) {
        uint64_t id = 1 + (segment * 7919) % 997; /* more statements than are remembered */
        fq_statement_use how = use(p, id, segment);
        if (how != FQ_USE_NAME) {
            assert_int_equal(fq_prepared_confirm(p), id);
        }
        (void)closes(p);
        fq_prepared_end_segment(p, segment);
        assert_true(fq_prepared_named(p) <= 50);
        assert_int_equal(fq_prepared_bytes(p), fq_prepared_named(p) * 10);
        uint64_t hot = 5000 + segment % 10; /* used all the time: never lost */
        how = use(p, hot, segment);
        assert_true(segment <= 20 || how == FQ_USE_NAME);
        if (how != FQ_USE_NAME) {
            assert_int_equal(fq_prepared_confirm(p), hot);
        }
    }
    fq_prepared_free(p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(second_use_is_named),
        cmocka_unit_test(nothing_is_named),
        cmocka_unit_test(the_oldest_gives_way),
        cmocka_unit_test(bytes_are_bounded),
        cmocka_unit_test(one_segment_keeps_its_own),
        cmocka_unit_test(failed_segments_name_nothing),
        cmocka_unit_test(forgetting),
        cmocka_unit_test(many_statements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
