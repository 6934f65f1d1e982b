/* SPDX-License-Identifier: MIT */
/* What the library asks of an event loop: six functions. The same connections can so be driven by h2o's loop, by the
 * loop in event_loop.h, or by any other. All calls and all callbacks happen on the loop's one thread. */
#ifndef FQ_BASE_LOOP_H
#define FQ_BASE_LOOP_H

#include <stdint.h>

enum { FQ_READABLE = 1, FQ_WRITABLE = 2 };

/* Level-triggered readiness; errors and hang-ups are reported as readable. */
typedef void (*fq_ready_fn)(void *arg, unsigned events);
typedef void (*fq_fire_fn)(void *arg);

typedef struct fq_loop {
    void *ctx;
    /* Starts to watch a descriptor, with no interest yet; the descriptor stays the caller's. NULL on failure. */
    void *(*watch)(void *ctx, int fd, fq_ready_fn ready, void *arg);
    /* Sets the interest: any sum of FQ_READABLE and FQ_WRITABLE, or 0. */
    void (*want)(void *ctx, void *watch, unsigned events);
    /* Ends a watch, before its descriptor is closed; no callback comes afterwards. */
    void (*unwatch)(void *ctx, void *watch);
    /* Calls once after `ms` milliseconds. The handle is void after the call or the cancel. */
    void *(*timer)(void *ctx, uint64_t ms, fq_fire_fn fire, void *arg);
    void (*cancel)(void *ctx, void *timer);
    /* Calls once at the end of this turn of the loop, in the order of the requests; cannot be cancelled. */
    void (*defer)(void *ctx, fq_fire_fn fire, void *arg);
} fq_loop;

/* Milliseconds and microseconds of the monotonic clock. */
uint64_t fq_clock_ms(void);
uint64_t fq_clock_us(void);

#endif
