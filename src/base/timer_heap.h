/* SPDX-License-Identifier: MIT */
/* Timers in the order in which they are due: a binary heap of pointers, so that handles stay valid while the heap
 * moves. Timers of the same time are taken in the order in which they were added. Knows no clock. */
#ifndef FQ_BASE_TIMER_HEAP_H
#define FQ_BASE_TIMER_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"

typedef struct fq_timer fq_timer;

/* Zeroed before the first use. */
typedef struct fq_timer_heap {
    fq_timer **items;
    size_t len, capacity;
    uint64_t sequence; /* of the next timer */
} fq_timer_heap;

/* The timers that are due at one moment, without those that are added afterwards. */
typedef struct fq_timer_batch {
    uint64_t now;
    uint64_t sequence;
} fq_timer_batch;

/* The handle is valid until the timer is taken or removed. */
fq_timer *fq_timer_heap_add(fq_timer_heap *heap, uint64_t due, fq_fire_fn fire, void *arg);
void fq_timer_heap_remove(fq_timer_heap *heap, fq_timer *timer);

/* When the first is due; UINT64_MAX when there is none. */
uint64_t fq_timer_heap_due(const fq_timer_heap *heap);

fq_timer_batch fq_timer_heap_batch(const fq_timer_heap *heap, uint64_t now);

/* Takes the next timer of a batch out of the heap; false when there is none left. */
bool fq_timer_heap_take(fq_timer_heap *heap, fq_timer_batch batch, fq_fire_fn *fire, void **arg);

/* Drops all timers. */
void fq_timer_heap_done(fq_timer_heap *heap);

#endif
