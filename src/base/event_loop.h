/* SPDX-License-Identifier: MIT */
/* An event loop on epoll, for programs that have none: the command line and the Python extension's own thread.
 * One thread runs it; fq_event_loop_wake may be called from any thread. */
#ifndef FQ_BASE_EVENT_LOOP_H
#define FQ_BASE_EVENT_LOOP_H

#include <stdbool.h>

#include "base/loop.h"

typedef struct fq_event_loop fq_event_loop;

/* NULL (and errno) where the system refuses the descriptors. `on_wake(arg)` runs on the loop's thread after one or more
 * calls of fq_event_loop_wake; it may be NULL. */
fq_event_loop *fq_event_loop_new(fq_fire_fn on_wake, void *arg);

/* Pending timers and deferred calls are dropped; watches must have been ended. */
void fq_event_loop_free(fq_event_loop *loop);

/* The six functions. Valid as long as the loop. */
const fq_loop *fq_event_loop_ops(fq_event_loop *loop);

/* One turn: waits for the next event (at most `max_wait_ms`, -1 for ever), runs callbacks, then the deferred calls. */
void fq_event_loop_turn(fq_event_loop *loop, int max_wait_ms);

/* To run this loop inside another one: its descriptor is readable when a turn has something to do, and a turn is due
 * after the given milliseconds at the latest (-1: no timer is set). Both loops share one thread. */
int fq_event_loop_fd(const fq_event_loop *loop);
int fq_event_loop_wait_ms(const fq_event_loop *loop);

/* Thread-safe and safe in signal handlers; many wakes make one call. */
void fq_event_loop_wake(fq_event_loop *loop);

#endif
