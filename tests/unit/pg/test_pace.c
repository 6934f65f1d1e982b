/* SPDX-License-Identifier: MIT */
/* What is taken for slow, and how soon that is forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pg/pace.h"

static fq_pg_statement statements[2000];
static fq_pg_call calls[2000];

static fq_pg_job job_of(uint32_t first, uint32_t n) {
    for (uint32_t i = 0; i < 2000; i++) {
        statements[i].id = i + 1;
        calls[i].statement = &statements[i];
    }
    return (fq_pg_job){.calls = &calls[first], .n_calls = n};
}

static void slow_once_and_for_all(void **state) {
    (void)state;
    fq_pace pace = {0};
    fq_pg_job job = job_of(0, 2), other = job_of(1, 2), part = job_of(0, 1);
    fq_pace_note(&pace, &job, 100);
    assert_true(fq_pace_is_slow(&pace, &job));
    assert_false(fq_pace_is_slow(&pace, &other));
    assert_false(fq_pace_is_slow(&pace, &part));
    for (int i = 0; i < 20; i++) {
        fq_pace_note(&pace, &job, 10);
    }
    assert_true(fq_pace_is_slow(&pace, &job));
}

static void a_hiccup_is_forgotten(void **state) {
    (void)state;
    fq_pace pace = {0};
    fq_pg_job job = job_of(0, 1);
    fq_pace_note(&pace, &job, 60);
    assert_true(fq_pace_is_slow(&pace, &job));
    for (int i = 0; i < 3; i++) {
        fq_pace_note(&pace, &job, 0);
    }
    assert_false(fq_pace_is_slow(&pace, &job));
    fq_pace_note(&pace, &job, 10);
    assert_false(fq_pace_is_slow(&pace, &job));
}

static void quick_jobs_leave_no_mark(void **state) {
    (void)state;
    fq_pace pace = {0};
    fq_pg_job slow = job_of(0, 1);
    fq_pace_note(&pace, &slow, 1000);
    for (uint32_t i = 1; i < 2000; i++) {
        fq_pg_job job = job_of(i, 1);
        fq_pace_note(&pace, &job, 3);
        assert_false(fq_pace_is_slow(&pace, &job));
    }
    assert_true(fq_pace_is_slow(&pace, &slow));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slow_once_and_for_all),
        cmocka_unit_test(a_hiccup_is_forgotten),
        cmocka_unit_test(quick_jobs_leave_no_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
