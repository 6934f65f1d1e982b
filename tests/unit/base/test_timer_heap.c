/* SPDX-License-Identifier: MIT */
/* The timer heap against a plain model: order, equal times, removal from anywhere, and the border of a batch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/timer_heap.h"

static void nothing(void *arg) { (void)arg; }

/* The number that the next timer due at `now` was added with, or -1. */
static long take(fq_timer_heap *heap, uint64_t now) {
    fq_fire_fn fire;
    void *arg;
    if (!fq_timer_heap_take(heap, fq_timer_heap_batch(heap, now), &fire, &arg)) {
        return -1;
    }
    assert_true(fire == nothing);
    return (long)(intptr_t)arg;
}

static fq_timer *add(fq_timer_heap *heap, uint64_t due, long number) {
    return fq_timer_heap_add(heap, due, nothing, (void *)(intptr_t)number);
}

static void takes_by_time_then_by_order_of_adding(void **state) {
    (void)state;
    fq_timer_heap heap = {0};
    assert_int_equal(fq_timer_heap_due(&heap), UINT64_MAX);
    add(&heap, 30, 1);
    add(&heap, 10, 2);
    add(&heap, 20, 3);
    add(&heap, 10, 4);
    assert_int_equal(fq_timer_heap_due(&heap), 10);
    assert_int_equal(take(&heap, 9), -1);
    assert_int_equal(take(&heap, 20), 2);
    assert_int_equal(take(&heap, 20), 4);
    assert_int_equal(take(&heap, 20), 3);
    assert_int_equal(take(&heap, 20), -1);
    assert_int_equal(take(&heap, 30), 1);
    fq_timer_heap_done(&heap);
}

static void a_batch_does_not_hold_later_timers(void **state) {
    (void)state;
    fq_timer_heap heap = {0};
    fq_fire_fn fire;
    void *arg;
    add(&heap, 5, 1);
    fq_timer_batch batch = fq_timer_heap_batch(&heap, 5);
    add(&heap, 5, 2);
    assert_true(fq_timer_heap_take(&heap, batch, &fire, &arg));
    assert_false(fq_timer_heap_take(&heap, batch, &fire, &arg));
    assert_int_equal(take(&heap, 5), 2);
    fq_timer_heap_done(&heap);
}

#define MODEL 500

static void behaves_like_a_list_under_random_use(void **state) {
    (void)state;
    fq_timer_heap heap = {0};
    fq_timer *handles[MODEL];
    uint64_t due[MODEL];
    bool there[MODEL];
    unsigned seed = 7;
    for (long i = 0; i < MODEL; i++) {
        due[i] = (uint64_t)(rand_r(&seed) % 100);
        handles[i] = add(&heap, due[i], i);
        there[i] = true;
    }
    for (long i = 0; i < MODEL; i += 3) {
        fq_timer_heap_remove(&heap, handles[i]);
        there[i] = false;
    }
    for (uint64_t now = 0; now < 100; now++) {
        long expected = 0;
        for (long got = take(&heap, now); got >= 0; got = take(&heap, now)) {
            while (!there[expected] || due[expected] != now) {
                expected++;
            }
            assert_int_equal(got, expected);
            there[expected] = false;
        }
        for (long i = 0; i < MODEL; i++) {
            assert_false(there[i] && due[i] == now);
        }
    }
    assert_int_equal(heap.len, 0);
    fq_timer_heap_done(&heap);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_by_time_then_by_order_of_adding),
        cmocka_unit_test(a_batch_does_not_hold_later_timers),
        cmocka_unit_test(behaves_like_a_list_under_random_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
