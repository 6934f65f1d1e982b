/* SPDX-License-Identifier: MIT */
/* See engine_thread.h. What stands below "on the thread" runs there alone and needs no lock; the queue, the end and
 * nothing else are shared. The thread ends when its workers are closed and every task has come back. */
#include "engine_thread.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/event_loop.h"
#include "engine_outlet.h"

struct engine_pipeline {
    engine_thread *thread; /* with a reference, as the task's: closing may come when the thread has long ended */
    fraiseql *engine;
    fraiseql_worker *worker; /* on the thread; NULL before the opening and after the closing */
    bool closing;
    atomic_uint refs;
    engine_command close;
    engine_pipeline *next; /* of the thread's open ones */
};

struct engine_thread {
    atomic_uint refs;
    unsigned generation; /* how often the process had been forked when it was made */
    pthread_t handle;
    pthread_mutex_t lock;
    pthread_cond_t ended_changed;
    bool ended, quit_asked;
    engine_command *first, *last; /* the queue */
    engine_command quit;
    uint32_t pool_size;
    fraiseql *engine; /* without schema: only the connections */
    fq_event_loop *loop;
    /* on the thread */
    fraiseql_worker *worker;
    engine_pipeline *open;
    engine_task *live;
    engine_task **gathered; /* ended in this turn */
    size_t n_gathered, gathered_capacity;
    bool quitting, base_closing, base_closed;
};

/* ---- forks ---- */

static unsigned fork_generation;
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

static void in_child(void) { fork_generation++; }

static void watch_forks(void) { (void)pthread_atfork(NULL, NULL, in_child); }

unsigned engine_fork_generation(void) { return fork_generation; }

bool engine_thread_is_foreign(const engine_thread *thread) { return thread->generation != fork_generation; }

/* ---- the queue ---- */

static bool post_chain(engine_thread *thread, engine_command *first, engine_command *last) {
    if (engine_thread_is_foreign(thread)) {
        return false; /* its thread stayed in the other process, and perhaps held the lock */
    }
    pthread_mutex_lock(&thread->lock);
    bool taken = !thread->ended;
    bool was_empty = thread->first == NULL;
    if (taken) {
        last->next = NULL;
        *(was_empty ? &thread->first : &thread->last->next) = first;
        thread->last = last;
        if (was_empty) {
            fq_event_loop_wake(thread->loop); /* under the lock: the loop may be gone right after it */
        }
    }
    pthread_mutex_unlock(&thread->lock);
    return taken;
}

static bool post(engine_thread *thread, engine_command *command, engine_action action, void *object) {
    command->action = action;
    command->object = object;
    return post_chain(thread, command, command);
}

bool engine_thread_submit(engine_task *task) { return post(task->thread, &task->command, ACTION_START, task); }

void engine_task_resume(engine_task *task) { (void)post(task->thread, &task->command, ACTION_RESUME, task); }

void engine_task_cancel(engine_task *task) { (void)post(task->thread, &task->cancel, ACTION_CANCEL, task); }

void engine_task_release(engine_task *chain) {
    if (chain == NULL) {
        return;
    }
    engine_thread *thread = chain->thread;
    engine_command *last = NULL;
    for (engine_task *task = chain; task != NULL; task = task->next) {
        task->command.action = ACTION_RELEASE;
        task->command.object = task;
        if (last != NULL) {
            last->next = &task->command;
        }
        last = &task->command;
    }
    (void)post_chain(thread, &chain->command, last);
}

bool engine_task_wait(engine_task *task, unsigned seconds) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)seconds;
    return sem_clockwait(&task->ended, CLOCK_MONOTONIC, &until) == 0;
}

/* ---- making tasks ---- */

static fraiseql_slice move_in(char **at, fraiseql_slice from) {
    if (from.ptr == NULL) {
        return from;
    }
    fraiseql_slice moved = {*at, from.len};
    memcpy(*at, from.ptr, from.len);
    *at += from.len;
    return moved;
}

engine_task *engine_task_new(engine_task_kind kind, engine_thread *thread, engine_pipeline *pipeline,
                             engine_outlet *outlet, const fraiseql_input *input) {
    static const fraiseql_input nothing;
    const fraiseql_input *in = input != NULL ? input : &nothing;
    size_t len = in->body.len + in->query_string.len + in->query.len + in->variables.len + in->operation_name.len +
                 in->extensions.len + in->user_context.len;
    engine_task *task = malloc(sizeof(*task) + len + 1); /* one more: a slice of no bytes is not NULL */
    if (task == NULL) {
        return NULL;
    }
    memset(task, 0, sizeof(*task));
    engine_thread_ref(thread);
    task->kind = kind;
    task->thread = thread;
    task->pipeline = pipeline;
    task->outlet = outlet;
    char *at = task->text;
    task->input = *in;
    task->input.body = move_in(&at, in->body);
    task->input.query_string = move_in(&at, in->query_string);
    task->input.query = move_in(&at, in->query);
    task->input.variables = move_in(&at, in->variables);
    task->input.operation_name = move_in(&at, in->operation_name);
    task->input.extensions = move_in(&at, in->extensions);
    task->input.user_context = move_in(&at, in->user_context);
    if (pipeline != NULL) {
        engine_pipeline_ref(pipeline);
    }
    if (outlet != NULL) {
        engine_outlet_ref(outlet);
    } else {
        sem_init(&task->ended, 0, 0);
    }
    return task;
}

void engine_task_drop(engine_task *task) {
    if (task->outlet != NULL) {
        engine_outlet_unref(task->outlet);
    } else {
        sem_destroy(&task->ended);
    }
    engine_pipeline_unref(task->pipeline);
    engine_thread_unref(task->thread);
    free(task);
}

/* ---- on the thread: tasks ---- */

static void gather(engine_task *task) {
    engine_thread *thread = task->thread;
    task->handed_out = true;
    if (thread->n_gathered == thread->gathered_capacity) {
        size_t capacity = thread->gathered_capacity > 0 ? thread->gathered_capacity * 2 : 64;
        engine_task **grown = realloc(thread->gathered, capacity * sizeof(*grown));
        if (grown == NULL) {
            abort();
        }
        thread->gathered = grown;
        thread->gathered_capacity = capacity;
    }
    thread->gathered[thread->n_gathered++] = task;
}

static void on_chunk(fraiseql_request *request, void *arg, const fraiseql_chunk *chunk) {
    engine_task *task = arg;
    task->request = request;
    task->chunk = *chunk;
    gather(task);
}

/* Outlives its task where that is given up: a probe has no cancel. */
struct engine_probe {
    engine_task *task; /* NULL once given up */
};

static void on_probe(void *arg, bool works, const char *message) {
    (void)message;
    engine_probe *probe = arg;
    if (probe->task != NULL) {
        probe->task->probe = NULL;
        probe->task->works = works;
        gather(probe->task);
    }
    free(probe);
}

static void start_probe(engine_task *task, fraiseql_worker *worker) {
    task->probe = malloc(sizeof(*task->probe));
    if (task->probe == NULL) {
        abort();
    }
    task->probe->task = task;
    fraiseql_worker_probe(worker, on_probe, task->probe);
}

static void open_pipeline(engine_task *task) {
    engine_thread *thread = task->thread;
    engine_pipeline *pipeline = task->pipeline;
    assert(pipeline != NULL);
    if (!thread->quitting) {
        pipeline->worker = fraiseql_worker_new_sharing(pipeline->engine, thread->worker);
        pipeline->next = thread->open;
        thread->open = pipeline;
        engine_pipeline_ref(pipeline); /* the thread's own */
        task->works = true;
    }
    gather(task);
}

static void start(engine_task *task) {
    engine_thread *thread = task->thread;
    task->live_after = thread->live;
    if (thread->live != NULL) {
        thread->live->live_before = task;
    }
    thread->live = task;
    fraiseql_worker *worker = task->pipeline != NULL ? task->pipeline->worker : thread->worker;
    bool going = worker != NULL && !thread->quitting && (task->pipeline == NULL || !task->pipeline->closing);
    if (task->kind == TASK_OPEN) {
        open_pipeline(task);
    } else if (task->kind == TASK_REQUEST && going) {
        task->request = fraiseql_submit(worker, &task->input, on_chunk, task);
    } else if (task->kind == TASK_PROBE && going) {
        start_probe(task, worker);
    } else {
        if (task->kind == TASK_REQUEST || task->kind == TASK_PROBE) {
            task->cancelled = true;
        } else if (task->kind == TASK_STATS && worker != NULL) {
            task->stats = fraiseql_worker_stats(worker);
        } else if (task->kind == TASK_CLEAR_CACHE && worker != NULL) {
            fraiseql_worker_clear_cache(worker);
        }
        gather(task);
    }
}

static void give_up(engine_task *task) {
    if (task->handed_out) {
        return;
    }
    if (task->probe != NULL) {
        task->probe->task = NULL;
        task->probe = NULL;
    }
    fraiseql_request_free(task->request);
    task->request = NULL;
    task->cancelled = true;
    task->chunk = (fraiseql_chunk){0};
    gather(task);
}

static void release(engine_task *task) {
    *(task->live_before != NULL ? &task->live_before->live_after : &task->thread->live) = task->live_after;
    if (task->live_after != NULL) {
        task->live_after->live_before = task->live_before;
    }
    fraiseql_request_free(task->request);
    engine_task_drop(task);
}

static void resume(engine_task *task) {
    task->handed_out = false;
    fraiseql_request_resume(task->request);
}

/* Hands out what ended in this turn. A woken reader finds all of it. */
static void hand_out(engine_thread *thread) {
    engine_outlet *to_wake[16];
    size_t n_to_wake = 0;
    for (size_t i = 0; i < thread->n_gathered; i++) {
        engine_task *task = thread->gathered[i];
        engine_outlet *outlet = task->outlet;
        if (outlet == NULL) {
            sem_post(&task->ended);
            continue;
        }
        engine_outlet_ref(outlet); /* the task is the maker's as soon as it is put */
        outlet_state state = engine_outlet_put(outlet, task);
        if (state == OUTLET_CLOSED) {
            engine_task_release(task); /* through the queue, where a cancel of it may still wait */
        }
        if (state == OUTLET_WAS_EMPTY && n_to_wake < sizeof(to_wake) / sizeof(to_wake[0])) {
            to_wake[n_to_wake++] = outlet;
        } else {
            if (state == OUTLET_WAS_EMPTY) {
                engine_outlet_wake(outlet);
            }
            engine_outlet_unref(outlet);
        }
    }
    thread->n_gathered = 0;
    for (size_t i = 0; i < n_to_wake; i++) {
        engine_outlet_wake(to_wake[i]);
        engine_outlet_unref(to_wake[i]);
    }
}

/* ---- on the thread: pipelines and the end ---- */

static void free_worker(void *arg) {
    engine_pipeline *pipeline = arg;
    engine_thread *thread = pipeline->thread;
    for (engine_pipeline **link = &thread->open; *link != NULL; link = &(*link)->next) {
        if (*link == pipeline) {
            *link = pipeline->next;
            break;
        }
    }
    fraiseql_worker_free(pipeline->worker);
    pipeline->worker = NULL;
    engine_pipeline_unref(pipeline);
}

static void on_pipeline_closed(void *arg) {
    engine_pipeline *pipeline = arg;
    const fq_loop *ops = fq_event_loop_ops(pipeline->thread->loop);
    ops->defer(ops->ctx, free_worker, pipeline); /* not inside of the callback */
}

static void close_pipeline(engine_pipeline *pipeline) {
    if (pipeline->worker != NULL && !pipeline->closing) {
        pipeline->closing = true;
        fraiseql_worker_close(pipeline->worker, on_pipeline_closed, pipeline);
    }
}

static void on_base_closed(void *arg) { ((engine_thread *)arg)->base_closed = true; }

static void begin_to_quit(engine_thread *thread) {
    thread->quitting = true;
    for (engine_task *task = thread->live; task != NULL; task = task->live_after) {
        give_up(task);
    }
    for (engine_pipeline *pipeline = thread->open; pipeline != NULL; pipeline = pipeline->next) {
        close_pipeline(pipeline);
    }
}

static void perform(engine_thread *thread, const engine_command *command) {
    switch (command->action) {
    case ACTION_START:
        start(command->object);
        break;
    case ACTION_RESUME:
        resume(command->object);
        break;
    case ACTION_CANCEL:
        give_up(command->object);
        break;
    case ACTION_RELEASE:
        release(command->object);
        break;
    case ACTION_CLOSE:
        close_pipeline(command->object);
        engine_pipeline_unref(command->object);
        break;
    case ACTION_QUIT:
        begin_to_quit(thread);
        break;
    }
}

static void on_wake(void *arg) {
    engine_thread *thread = arg;
    pthread_mutex_lock(&thread->lock);
    engine_command *command = thread->first;
    thread->first = thread->last = NULL;
    pthread_mutex_unlock(&thread->lock);
    while (command != NULL) {
        engine_command *next = command->next; /* performing a release frees the command */
        perform(thread, command);
        command = next;
    }
}

/* Whether all is closed and given back; nothing can be posted any more from then on. */
static bool is_over(engine_thread *thread) {
    if (!thread->quitting || thread->live != NULL || thread->open != NULL) {
        return false;
    }
    if (!thread->base_closing) {
        thread->base_closing = true;
        fraiseql_worker_close(thread->worker, on_base_closed, thread);
    }
    if (!thread->base_closed) {
        return false;
    }
    pthread_mutex_lock(&thread->lock);
    bool over = thread->first == NULL;
    if (over) {
        thread->ended = true;
    }
    pthread_mutex_unlock(&thread->lock);
    return over;
}

static void *run(void *arg) {
    engine_thread *thread = arg;
    pthread_setname_np(pthread_self(), "fraiseql");
    thread->worker = fraiseql_worker_new(thread->engine, fq_event_loop_ops(thread->loop), thread->pool_size);
    while (!is_over(thread)) {
        fq_event_loop_turn(thread->loop, -1);
        hand_out(thread);
    }
    fraiseql_worker_free(thread->worker);
    fq_event_loop_free(thread->loop);
    fraiseql_free(thread->engine);
    free(thread->gathered);
    pthread_mutex_lock(&thread->lock);
    thread->loop = NULL;
    pthread_cond_broadcast(&thread->ended_changed);
    pthread_mutex_unlock(&thread->lock);
    engine_thread_unref(thread);
    return NULL;
}

/* ---- life of the thread ---- */

static void init_sync(engine_thread *thread) {
    pthread_mutex_init(&thread->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&thread->ended_changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

static void free_thread(engine_thread *thread) {
    pthread_mutex_destroy(&thread->lock);
    pthread_cond_destroy(&thread->ended_changed);
    free(thread);
}

/* Signals are the main thread's: it could not run Python's handlers here. */
static int start_thread(engine_thread *thread) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(&thread->handle, NULL, run, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failure == 0) {
        pthread_detach(thread->handle);
    }
    return failure;
}

engine_thread *engine_thread_new(const fraiseql_options *options, uint32_t pool_size, char **message) {
    pthread_once(&fork_once, watch_forks);
    fraiseql_options own = *options;
    own.no_schema = true;
    fraiseql_failure failure;
    fraiseql *engine = fraiseql_new(&own, &failure, message);
    engine_thread *thread = engine != NULL ? calloc(1, sizeof(*thread)) : NULL;
    if (thread == NULL) {
        fraiseql_free(engine);
        return NULL;
    }
    atomic_init(&thread->refs, 2); /* the caller's and the thread's own */
    thread->generation = fork_generation;
    thread->pool_size = pool_size;
    thread->engine = engine;
    init_sync(thread);
    thread->loop = fq_event_loop_new(on_wake, thread);
    if (thread->loop == NULL || start_thread(thread) != 0) {
        *message = strdup("the system gives no descriptors or no thread");
        fq_event_loop_free(thread->loop);
        fraiseql_free(engine);
        free_thread(thread);
        return NULL;
    }
    return thread;
}

void engine_thread_quit(engine_thread *thread) {
    if (engine_thread_is_foreign(thread)) {
        return;
    }
    pthread_mutex_lock(&thread->lock);
    bool first = !thread->quit_asked;
    thread->quit_asked = true;
    pthread_mutex_unlock(&thread->lock);
    if (first) {
        (void)post(thread, &thread->quit, ACTION_QUIT, thread);
    }
}

bool engine_thread_wait(engine_thread *thread, unsigned milliseconds) {
    if (engine_thread_is_foreign(thread)) {
        return true;
    }
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(milliseconds / 1000);
    until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    int waited = 0;
    pthread_mutex_lock(&thread->lock);
    while (thread->loop != NULL && waited == 0) {
        waited = pthread_cond_clockwait(&thread->ended_changed, &thread->lock, CLOCK_MONOTONIC, &until);
    }
    bool ended = thread->loop == NULL;
    pthread_mutex_unlock(&thread->lock);
    return ended;
}

void engine_thread_ref(engine_thread *thread) { atomic_fetch_add_explicit(&thread->refs, 1, memory_order_relaxed); }

void engine_thread_unref(engine_thread *thread) {
    if (engine_thread_is_foreign(thread)) {
        return;
    }
    if (atomic_fetch_sub_explicit(&thread->refs, 1, memory_order_acq_rel) == 1) {
        free_thread(thread);
    }
}

/* ---- life of a pipeline ---- */

engine_pipeline *engine_pipeline_new(engine_thread *thread, fraiseql *engine) {
    engine_pipeline *pipeline = calloc(1, sizeof(*pipeline));
    if (pipeline == NULL) {
        fraiseql_free(engine);
        return NULL;
    }
    engine_thread_ref(thread);
    pipeline->thread = thread;
    pipeline->engine = engine;
    atomic_init(&pipeline->refs, 1);
    return pipeline;
}

fraiseql *engine_pipeline_engine(const engine_pipeline *pipeline) { return pipeline->engine; }

void engine_pipeline_ref(engine_pipeline *pipeline) {
    atomic_fetch_add_explicit(&pipeline->refs, 1, memory_order_relaxed);
}

void engine_pipeline_unref(engine_pipeline *pipeline) {
    if (pipeline == NULL || engine_thread_is_foreign(pipeline->thread)) {
        return; /* in a fork the engine's locks may be held for ever */
    }
    if (atomic_fetch_sub_explicit(&pipeline->refs, 1, memory_order_acq_rel) == 1) {
        fraiseql_free(pipeline->engine);
        engine_thread_unref(pipeline->thread);
        free(pipeline);
    }
}

void engine_pipeline_close(engine_pipeline *pipeline) {
    engine_pipeline_ref(pipeline); /* the command's */
    if (!post(pipeline->thread, &pipeline->close, ACTION_CLOSE, pipeline)) {
        engine_pipeline_unref(pipeline);
    }
}
