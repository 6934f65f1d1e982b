/* SPDX-License-Identifier: MIT */
/* The event loop: readiness, changes from inside callbacks, timers, deferred calls, wakes from another thread. Time is
 * only ever waited for, never measured. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/event_loop.h"

typedef struct probe {
    const fq_loop *ops;
    void *watch;
    void *other;
    int fds[2];
    unsigned events;
    unsigned calls;
    char log[16];
} probe;

static fq_event_loop *start(probe *p) {
    fq_event_loop *loop = fq_event_loop_new(NULL, NULL);
    assert_non_null(loop);
    *p = (probe){.ops = fq_event_loop_ops(loop)};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, p->fds), 0);
    return loop;
}

static void stop(fq_event_loop *loop, probe *p) {
    if (p->watch != NULL) {
        p->ops->unwatch(p->ops->ctx, p->watch);
    }
    close(p->fds[0]);
    if (p->fds[1] >= 0) {
        close(p->fds[1]);
    }
    fq_event_loop_free(loop);
}

static void on_ready(void *arg, unsigned events) {
    probe *p = arg;
    p->events = events;
    p->calls++;
}

static void reports_only_what_is_wanted(void **state) {
    (void)state;
    probe p;
    fq_event_loop *loop = start(&p);
    p.watch = p.ops->watch(p.ops->ctx, p.fds[0], on_ready, &p);
    assert_non_null(p.watch);
    assert_int_equal(write(p.fds[1], "x", 1), 1);
    fq_event_loop_turn(loop, 0);
    assert_int_equal(p.calls, 0);
    p.ops->want(p.ops->ctx, p.watch, FQ_READABLE);
    fq_event_loop_turn(loop, -1);
    assert_int_equal(p.events, FQ_READABLE);
    fq_event_loop_turn(loop, -1);
    assert_int_equal(p.calls, 2); /* level-triggered */
    p.ops->want(p.ops->ctx, p.watch, FQ_READABLE | FQ_WRITABLE);
    fq_event_loop_turn(loop, -1);
    assert_int_equal(p.events, FQ_READABLE | FQ_WRITABLE);
    p.ops->want(p.ops->ctx, p.watch, 0);
    fq_event_loop_turn(loop, 0);
    assert_int_equal(p.calls, 3);
    stop(loop, &p);
}

static void a_hang_up_is_readable_but_silent_without_interest(void **state) {
    (void)state;
    probe p;
    fq_event_loop *loop = start(&p);
    p.watch = p.ops->watch(p.ops->ctx, p.fds[0], on_ready, &p);
    close(p.fds[1]);
    p.fds[1] = -1;
    fq_event_loop_turn(loop, 0);
    fq_event_loop_turn(loop, 0);
    assert_int_equal(p.calls, 0);
    p.ops->want(p.ops->ctx, p.watch, FQ_READABLE);
    fq_event_loop_turn(loop, -1);
    assert_int_equal(p.calls, 1);
    assert_int_equal(p.events, FQ_READABLE);
    stop(loop, &p);
}

static void a_bad_descriptor_can_not_be_watched(void **state) {
    (void)state;
    probe p;
    fq_event_loop *loop = start(&p);
    assert_null(p.ops->watch(p.ops->ctx, -1, on_ready, &p));
    stop(loop, &p);
}

/* Whichever of two ready watches comes first ends both. */
static void end_both(void *arg, unsigned events) {
    probe *p = arg;
    (void)events;
    p->calls++;
    p->ops->unwatch(p->ops->ctx, p->watch);
    p->ops->unwatch(p->ops->ctx, p->other);
    p->watch = NULL;
    p->other = NULL;
}

static void no_callback_comes_after_the_end_of_a_watch(void **state) {
    (void)state;
    probe p;
    fq_event_loop *loop = start(&p);
    p.watch = p.ops->watch(p.ops->ctx, p.fds[0], end_both, &p);
    p.other = p.ops->watch(p.ops->ctx, p.fds[1], end_both, &p);
    p.ops->want(p.ops->ctx, p.watch, FQ_WRITABLE);
    p.ops->want(p.ops->ctx, p.other, FQ_WRITABLE);
    fq_event_loop_turn(loop, -1);
    assert_int_equal(p.calls, 1);
    fq_event_loop_turn(loop, 0);
    assert_int_equal(p.calls, 1);
    stop(loop, &p);
}

static void log_char(probe *p, char c) {
    size_t len = strlen(p->log);
    p->log[len] = c;
    p->log[len + 1] = '\0';
}

static void log_a(void *arg) { log_char(arg, 'a'); }

static void log_b(void *arg) { log_char(arg, 'b'); }

static void cancel_other(void *arg) {
    probe *p = arg;
    log_char(p, 'c');
    p->ops->cancel(p->ops->ctx, p->other);
}

static void again(void *arg) {
    probe *p = arg;
    log_char(p, 'r');
    p->ops->timer(p->ops->ctx, 0, log_a, p);
}

static void turn_until(fq_event_loop *loop, const probe *p, size_t calls) {
    while (strlen(p->log) < calls) {
        fq_event_loop_turn(loop, -1);
    }
}

static void timers_fire_in_order_and_once(void **state) {
    (void)state;
    probe p;
    fq_event_loop *loop = start(&p);
    p.ops->timer(p.ops->ctx, 3, log_b, &p);
    p.ops->timer(p.ops->ctx, 1, log_a, &p);
    void *cancelled = p.ops->timer(p.ops->ctx, 2, log_a, &p);
    p.ops->timer(p.ops->ctx, UINT64_MAX, log_a, &p);
    p.ops->cancel(p.ops->ctx, cancelled);
    turn_until(loop, &p, 2);
    assert_string_equal(p.log, "ab");
    fq_event_loop_turn(loop, 5);
    assert_string_equal(p.log, "ab");
    stop(loop, &p);
}

static void a_timer_can_cancel_another_that_is_due(void **state) {
    (void)state;
    probe p;
    fq_event_loop *loop = start(&p);
    p.ops->timer(p.ops->ctx, 0, cancel_other, &p);
    p.other = p.ops->timer(p.ops->ctx, 0, log_a, &p);
    usleep(10);
    turn_until(loop, &p, 1);
    fq_event_loop_turn(loop, 0);
    assert_string_equal(p.log, "c");
    stop(loop, &p);
}

static void a_timer_of_a_timer_waits_for_the_next_turn(void **state) {
    (void)state;
    probe p;
    fq_event_loop *loop = start(&p);
    p.ops->timer(p.ops->ctx, 0, again, &p);
    fq_event_loop_turn(loop, -1);
    assert_string_equal(p.log, "r");
    turn_until(loop, &p, 2);
    assert_string_equal(p.log, "ra");
    stop(loop, &p);
}

static void defer_again(void *arg) {
    probe *p = arg;
    log_char(p, 'd');
    p->ops->defer(p->ops->ctx, log_a, p);
}

static void deferred_calls_run_at_the_end_of_the_turn(void **state) {
    (void)state;
    probe p;
    fq_event_loop *loop = start(&p);
    p.ops->timer(p.ops->ctx, 0, log_b, &p);
    p.ops->defer(p.ops->ctx, defer_again, &p);
    p.ops->defer(p.ops->ctx, log_b, &p);
    fq_event_loop_turn(loop, -1); /* does not wait */
    size_t first = strlen(p.log);
    assert_true(first == 2 || first == 3);
    assert_string_equal(p.log + first - 2, "db");
    fq_event_loop_turn(loop, -1);
    assert_non_null(strchr(p.log, 'a'));
    stop(loop, &p);
}

static void *wake_often(void *arg) {
    for (int i = 0; i < 100; i++) {
        fq_event_loop_wake(arg);
    }
    return NULL;
}

static void count_wake(void *arg) { ++*(unsigned *)arg; }

static void wakes_of_another_thread_arrive_and_join(void **state) {
    (void)state;
    unsigned woken = 0;
    fq_event_loop *loop = fq_event_loop_new(count_wake, &woken);
    assert_non_null(loop);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, wake_often, loop), 0);
    fq_event_loop_turn(loop, -1);
    assert_int_equal(woken, 1);
    pthread_join(thread, NULL);
    fq_event_loop_turn(loop, 0);
    assert_true(woken <= 2);
    unsigned before = woken;
    wake_often(loop);
    fq_event_loop_turn(loop, -1);
    assert_int_equal(woken, before + 1); /* a hundred wakes, one call */
    fq_event_loop_turn(loop, 0);
    assert_int_equal(woken, before + 1);
    fq_event_loop_free(loop);
}

static void pending_work_is_dropped_with_the_loop(void **state) {
    (void)state;
    probe p;
    fq_event_loop *loop = start(&p);
    p.ops->timer(p.ops->ctx, 0, log_a, &p);
    p.ops->defer(p.ops->ctx, log_a, &p);
    stop(loop, &p);
    assert_string_equal(p.log, "");
    fq_event_loop_free(NULL);
}

static void the_clock_does_not_go_back(void **state) {
    (void)state;
    uint64_t us = fq_clock_us();
    uint64_t ms = fq_clock_ms();
    assert_true(ms >= us / 1000);
    assert_true(fq_clock_us() >= us);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_only_what_is_wanted),
        cmocka_unit_test(a_hang_up_is_readable_but_silent_without_interest),
        cmocka_unit_test(a_bad_descriptor_can_not_be_watched),
        cmocka_unit_test(no_callback_comes_after_the_end_of_a_watch),
        cmocka_unit_test(timers_fire_in_order_and_once),
        cmocka_unit_test(a_timer_can_cancel_another_that_is_due),
        cmocka_unit_test(a_timer_of_a_timer_waits_for_the_next_turn),
        cmocka_unit_test(deferred_calls_run_at_the_end_of_the_turn),
        cmocka_unit_test(wakes_of_another_thread_arrive_and_join),
        cmocka_unit_test(pending_work_is_dropped_with_the_loop),
        cmocka_unit_test(the_clock_does_not_go_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
