/* SPDX-License-Identifier: MIT */
/* A list of finished tasks and the descriptor that tells of them: filled by the library's threads, emptied by one event
 * loop of the front end. The descriptor is written only where the list was empty, so one wake serves many answers. */
#include "engine_outlet.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct engine_outlet {
    pthread_mutex_t lock;
    engine_task *first, *last;
    bool closed;
    int fd;
    atomic_uint refs;
};

engine_outlet *engine_outlet_new(void) {
    engine_outlet *outlet = calloc(1, sizeof(*outlet));
    if (outlet == NULL) {
        return NULL;
    }
    outlet->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (outlet->fd < 0) {
        free(outlet);
        return NULL;
    }
    pthread_mutex_init(&outlet->lock, NULL);
    atomic_init(&outlet->refs, 1);
    return outlet;
}

int engine_outlet_fd(const engine_outlet *outlet) { return outlet->fd; }

void engine_outlet_wake(engine_outlet *outlet) {
    uint64_t one = 1;
    ssize_t written = write(outlet->fd, &one, sizeof(one));
    (void)written; /* it fails only where the counter is full, and then the descriptor is readable */
}

outlet_state engine_outlet_put(engine_outlet *outlet, engine_task *task) {
    task->next = NULL;
    pthread_mutex_lock(&outlet->lock);
    outlet_state state = outlet->closed ? OUTLET_CLOSED : outlet->first == NULL ? OUTLET_WAS_EMPTY : OUTLET_HAD_SOME;
    if (state == OUTLET_WAS_EMPTY) {
        outlet->first = task;
    } else if (state == OUTLET_HAD_SOME) {
        outlet->last->next = task;
    }
    if (state != OUTLET_CLOSED) {
        outlet->last = task;
    }
    pthread_mutex_unlock(&outlet->lock);
    return state;
}

static engine_task *take_all(engine_outlet *outlet, bool close_it) {
    pthread_mutex_lock(&outlet->lock);
    engine_task *tasks = outlet->first;
    outlet->first = outlet->last = NULL;
    outlet->closed = outlet->closed || close_it;
    pthread_mutex_unlock(&outlet->lock);
    return tasks;
}

engine_task *engine_outlet_take(engine_outlet *outlet) {
    uint64_t count;
    ssize_t got = read(outlet->fd, &count, sizeof(count)); /* before the list, or a wake could get lost */
    (void)got;
    return take_all(outlet, false);
}

engine_task *engine_outlet_close(engine_outlet *outlet) { return take_all(outlet, true); }

void engine_outlet_ref(engine_outlet *outlet) { atomic_fetch_add_explicit(&outlet->refs, 1, memory_order_relaxed); }

void engine_outlet_unref(engine_outlet *outlet) {
    if (outlet != NULL && atomic_fetch_sub_explicit(&outlet->refs, 1, memory_order_acq_rel) == 1) {
        close(outlet->fd);
        pthread_mutex_destroy(&outlet->lock);
        free(outlet);
    }
}
