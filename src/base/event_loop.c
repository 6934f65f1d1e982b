/* SPDX-License-Identifier: MIT */
/* See event_loop.h. Descriptors in epoll, timers in timer_heap.h, deferred calls in an array, and an eventfd that wakes
 * the loop from other threads. Invariant: callbacks may call any of the six functions. A watch that ends while its
 * event is still in the list of this turn is only marked, and freed when the turn is over; a timer that starts during a
 * turn fires in a later one. */
#include "base/event_loop.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/timer_heap.h"

#define EVENTS_PER_TURN 64

typedef struct watch {
    int fd;
    unsigned interest;
    fq_ready_fn ready; /* NULL once ended */
    void *arg;
    struct watch *next_ended;
} watch;

typedef struct deferred {
    fq_fire_fn fire;
    void *arg;
} deferred;

typedef struct deferred_list {
    deferred *items;
    size_t len, capacity;
} deferred_list;

struct fq_event_loop {
    fq_loop ops;
    int epoll_fd, wake_fd;
    fq_fire_fn on_wake;
    void *on_wake_arg;
    fq_timer_heap timers;
    deferred_list waiting; /* calls of this turn */
    deferred_list running; /* calls being made; kept for its memory */
    watch *ended;
};

static unsigned from_epoll(uint32_t events) {
    unsigned ready = events & (EPOLLIN | EPOLLERR | EPOLLHUP) ? FQ_READABLE : 0;
    return ready | (events & EPOLLOUT ? FQ_WRITABLE : 0);
}

/* Without interest, errors and hang-ups must not be reported again and again: one-shot silences them after the first.
 */
static uint32_t to_epoll(unsigned interest) {
    uint32_t events = interest & FQ_READABLE ? EPOLLIN : 0;
    events |= interest & FQ_WRITABLE ? EPOLLOUT : 0;
    return interest != 0 ? events : EPOLLONESHOT;
}

static void *loop_watch(void *ctx, int fd, fq_ready_fn ready, void *arg) {
    fq_event_loop *loop = ctx;
    watch *w = malloc(sizeof(*w));
    if (w == NULL) {
        return NULL;
    }
    *w = (watch){.fd = fd, .ready = ready, .arg = arg};
    struct epoll_event event = {.events = to_epoll(0), .data.ptr = w};
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
        free(w);
        return NULL;
    }
    return w;
}

static void loop_want(void *ctx, void *handle, unsigned interest) {
    fq_event_loop *loop = ctx;
    watch *w = handle;
    if (w->interest != interest) {
        w->interest = interest;
        struct epoll_event event = {.events = to_epoll(interest), .data.ptr = w};
        (void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, w->fd, &event);
    }
}

static void loop_unwatch(void *ctx, void *handle) {
    fq_event_loop *loop = ctx;
    watch *w = handle;
    (void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, w->fd, NULL);
    w->ready = NULL;
    w->next_ended = loop->ended;
    loop->ended = w;
}

static void *loop_timer(void *ctx, uint64_t ms, fq_fire_fn fire, void *arg) {
    fq_event_loop *loop = ctx;
    uint64_t now = fq_clock_us();
    uint64_t due = ms < (UINT64_MAX - now) / 1000 ? now + ms * 1000 : UINT64_MAX;
    return fq_timer_heap_add(&loop->timers, due, fire, arg);
}

static void loop_cancel(void *ctx, void *handle) {
    fq_event_loop *loop = ctx;
    fq_timer_heap_remove(&loop->timers, handle);
}

static void loop_defer(void *ctx, fq_fire_fn fire, void *arg) {
    fq_event_loop *loop = ctx;
    deferred_list *list = &loop->waiting;
    if (list->len == list->capacity) {
        list->capacity = list->capacity > 0 ? list->capacity * 2 : 16;
        list->items = realloc(list->items, list->capacity * sizeof(*list->items));
        if (list->items == NULL) {
            abort(); /* as arenas do: memory that the system refuses ends the process */
        }
    }
    list->items[list->len++] = (deferred){.fire = fire, .arg = arg};
}

fq_event_loop *fq_event_loop_new(fq_fire_fn on_wake, void *arg) {
    fq_event_loop *loop = calloc(1, sizeof(*loop));
    if (loop == NULL) {
        return NULL;
    }
    loop->on_wake = on_wake;
    loop->on_wake_arg = arg;
    loop->ops = (fq_loop){loop, loop_watch, loop_want, loop_unwatch, loop_timer, loop_cancel, loop_defer};
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}; /* NULL means the eventfd */
    if (loop->epoll_fd < 0 || loop->wake_fd < 0 ||
        epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, loop->wake_fd, &event) != 0) {
        int reason = errno;
        fq_event_loop_free(loop);
        errno = reason;
        return NULL;
    }
    return loop;
}

static void free_ended(fq_event_loop *loop) {
    while (loop->ended != NULL) {
        watch *w = loop->ended;
        loop->ended = w->next_ended;
        free(w);
    }
}

void fq_event_loop_free(fq_event_loop *loop) {
    if (loop == NULL) {
        return;
    }
    if (loop->epoll_fd >= 0) {
        close(loop->epoll_fd);
    }
    if (loop->wake_fd >= 0) {
        close(loop->wake_fd);
    }
    free_ended(loop);
    fq_timer_heap_done(&loop->timers);
    free(loop->waiting.items);
    free(loop->running.items);
    free(loop);
}

const fq_loop *fq_event_loop_ops(fq_event_loop *loop) { return &loop->ops; }

/* How long epoll may wait: not at all while calls are deferred, and no longer than to the next timer. */
static int wait_time(const fq_event_loop *loop, int max_wait_ms) {
    if (loop->waiting.len > 0) {
        return 0;
    }
    uint64_t due = fq_timer_heap_due(&loop->timers);
    if (due == UINT64_MAX) {
        return max_wait_ms;
    }
    uint64_t now = fq_clock_us();
    uint64_t wait = due > now ? (due - now + 999) / 1000 : 0; /* rounded up: never wake before the time */
    int limit = max_wait_ms < 0 ? INT_MAX : max_wait_ms;
    return wait < (uint64_t)limit ? (int)wait : limit;
}

static void take_wake(fq_event_loop *loop) {
    uint64_t count;
    if (read(loop->wake_fd, &count, sizeof(count)) == (ssize_t)sizeof(count) && loop->on_wake != NULL) {
        loop->on_wake(loop->on_wake_arg);
    }
}

static void dispatch(fq_event_loop *loop, const struct epoll_event *event) {
    watch *w = event->data.ptr;
    if (w == NULL) {
        take_wake(loop);
        return;
    }
    /* The interest may have changed since epoll looked; errors count as readable whatever is wanted, but not if nothing
     * is. */
    unsigned ready = from_epoll(event->events);
    if (!(event->events & (EPOLLERR | EPOLLHUP))) {
        ready &= w->interest;
    }
    if (w->ready != NULL && w->interest != 0 && ready != 0) {
        w->ready(w->arg, ready);
    }
}

static void run_timers(fq_event_loop *loop) {
    fq_timer_batch batch = fq_timer_heap_batch(&loop->timers, fq_clock_us());
    fq_fire_fn fire;
    void *arg;
    while (fq_timer_heap_take(&loop->timers, batch, &fire, &arg)) {
        fire(arg);
    }
}

/* Calls deferred by these calls wait for the next turn, which then does not wait for events. */
static void run_deferred(fq_event_loop *loop) {
    deferred_list calls = loop->waiting;
    loop->waiting = loop->running;
    loop->waiting.len = 0;
    loop->running = calls;
    for (size_t i = 0; i < calls.len; i++) {
        calls.items[i].fire(calls.items[i].arg);
    }
    loop->running.len = 0;
}

void fq_event_loop_turn(fq_event_loop *loop, int max_wait_ms) {
    struct epoll_event events[EVENTS_PER_TURN];
    int n = epoll_wait(loop->epoll_fd, events, EVENTS_PER_TURN, wait_time(loop, max_wait_ms));
    for (int i = 0; i < n; i++) {
        dispatch(loop, &events[i]);
    }
    run_timers(loop);
    run_deferred(loop);
    free_ended(loop);
}

int fq_event_loop_fd(const fq_event_loop *loop) { return loop->epoll_fd; }

int fq_event_loop_wait_ms(const fq_event_loop *loop) { return wait_time(loop, -1); }

void fq_event_loop_wake(fq_event_loop *loop) {
    int saved = errno; /* of the code that a signal handler interrupted */
    uint64_t one = 1;
    /* It can only fail when the counter is full, and then the loop is awake anyway. */
    ssize_t written = write(loop->wake_fd, &one, sizeof(one));
    (void)written;
    errno = saved;
}
