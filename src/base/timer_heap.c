/* SPDX-License-Identifier: MIT */
/* See timer_heap.h. Invariant: items[i]->index == i, and no item comes before its parent. */
#include "base/timer_heap.h"

#include <stdlib.h>

struct fq_timer {
    uint64_t due;
    uint64_t sequence;
    size_t index;
    fq_fire_fn fire;
    void *arg;
};

static bool before(const fq_timer *a, const fq_timer *b) {
    return a->due != b->due ? a->due < b->due : a->sequence < b->sequence;
}

static void put(fq_timer_heap *heap, size_t index, fq_timer *timer) {
    heap->items[index] = timer;
    timer->index = index;
}

static void sift_up(fq_timer_heap *heap, size_t index, fq_timer *timer) {
    while (index > 0 && before(timer, heap->items[(index - 1) / 2])) {
        put(heap, index, heap->items[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    put(heap, index, timer);
}

static void sift_down(fq_timer_heap *heap, size_t index, fq_timer *timer) {
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= heap->len) {
            break;
        }
        if (child + 1 < heap->len && before(heap->items[child + 1], heap->items[child])) {
            child++;
        }
        if (!before(heap->items[child], timer)) {
            break;
        }
        put(heap, index, heap->items[child]);
        index = child;
    }
    put(heap, index, timer);
}

/* As arenas do: memory that the system refuses ends the process. */
static void *check(void *memory) {
    if (memory == NULL) {
        abort();
    }
    return memory;
}

fq_timer *fq_timer_heap_add(fq_timer_heap *heap, uint64_t due, fq_fire_fn fire, void *arg) {
    if (heap->len == heap->capacity) {
        heap->capacity = heap->capacity > 0 ? heap->capacity * 2 : 16;
        heap->items = check(realloc(heap->items, heap->capacity * sizeof(*heap->items)));
    }
    fq_timer *timer = check(malloc(sizeof(*timer)));
    *timer = (fq_timer){.due = due, .sequence = heap->sequence++, .fire = fire, .arg = arg};
    sift_up(heap, heap->len++, timer);
    return timer;
}

void fq_timer_heap_remove(fq_timer_heap *heap, fq_timer *timer) {
    size_t index = timer->index;
    fq_timer *last = heap->items[--heap->len];
    if (last != timer) {
        sift_down(heap, index, last);
        sift_up(heap, last->index, last);
    }
    free(timer);
}

uint64_t fq_timer_heap_due(const fq_timer_heap *heap) { return heap->len > 0 ? heap->items[0]->due : UINT64_MAX; }

fq_timer_batch fq_timer_heap_batch(const fq_timer_heap *heap, uint64_t now) {
    return (fq_timer_batch){.now = now, .sequence = heap->sequence};
}

bool fq_timer_heap_take(fq_timer_heap *heap, fq_timer_batch batch, fq_fire_fn *fire, void **arg) {
    /* A timer added since is due no earlier than those of the batch: `now` lies before its start. */
    if (heap->len == 0 || heap->items[0]->due > batch.now || heap->items[0]->sequence >= batch.sequence) {
        return false;
    }
    *fire = heap->items[0]->fire;
    *arg = heap->items[0]->arg;
    fq_timer_heap_remove(heap, heap->items[0]);
    return true;
}

void fq_timer_heap_done(fq_timer_heap *heap) {
    for (size_t i = 0; i < heap->len; i++) {
        free(heap->items[i]);
    }
    free(heap->items);
    *heap = (fq_timer_heap){0};
}
