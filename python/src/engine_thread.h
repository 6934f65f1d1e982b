/* SPDX-License-Identifier: MIT */
/* The thread on which the library works for Python: an event loop, one pool of connections, and the pipelines (schemas)
 * over it. Knows nothing of Python, so it can never wait for the GIL. Other threads hand it commands; it hands finished
 * tasks to their outlet (an eventfd and a list) or posts their semaphore.
 *
 * A task has one owner at a time: its maker until engine_thread_submit, then the thread, then, once handed out, the
 * maker again, who reads the result and gives the task back with engine_task_release (or, for a stream,
 * engine_task_resume). A cancelled task is handed out like any other, so it always ends the same way. */
#ifndef FRAISEQL_PYTHON_ENGINE_THREAD_H
#define FRAISEQL_PYTHON_ENGINE_THREAD_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>

#include "fraiseql.h"

typedef struct engine_thread engine_thread;
typedef struct engine_pipeline engine_pipeline;
typedef struct engine_task engine_task;
typedef struct engine_probe engine_probe;

/* ---- outlets ---- */

/* Where finished tasks wait for one event loop of the front end. Reference-counted; the descriptor is readable when
 * tasks wait. After engine_outlet_close nobody takes tasks any more, and the thread releases them itself. */
typedef struct engine_outlet engine_outlet;

engine_outlet *engine_outlet_new(void); /* NULL (and errno) where the system gives no descriptor */
int engine_outlet_fd(const engine_outlet *outlet);
/* All waiting tasks, linked by `next` in the order they ended; clears the descriptor. */
engine_task *engine_outlet_take(engine_outlet *outlet);
/* Makes the descriptor readable. */
void engine_outlet_wake(engine_outlet *outlet);
/* Returns what was waiting, as engine_outlet_take. */
engine_task *engine_outlet_close(engine_outlet *outlet);
void engine_outlet_unref(engine_outlet *outlet);

/* ---- tasks ---- */

typedef enum engine_task_kind { TASK_REQUEST, TASK_PROBE, TASK_STATS, TASK_CLEAR_CACHE, TASK_OPEN } engine_task_kind;

typedef enum engine_action {
    ACTION_START,
    ACTION_RESUME,
    ACTION_CANCEL,
    ACTION_RELEASE,
    ACTION_CLOSE,
    ACTION_QUIT
} engine_action;

/* A link in the thread's queue. */
typedef struct engine_command {
    struct engine_command *next;
    engine_action action;
    void *object;
} engine_command;

struct engine_task {
    engine_task *next; /* in an outlet; free for the maker otherwise */
    engine_task_kind kind;
    engine_thread *thread;     /* with a reference */
    engine_pipeline *pipeline; /* NULL: the connections themselves */
    engine_outlet *outlet;     /* NULL: `ended` is posted */
    sem_t ended;
    void *user; /* the maker's own */
    /* the result, while the maker owns the task */
    fraiseql_chunk chunk; /* TASK_REQUEST */
    bool cancelled;
    bool works;           /* TASK_PROBE, TASK_OPEN */
    fraiseql_stats stats; /* TASK_STATS */
    /* the thread's */
    fraiseql_request *request;
    engine_probe *probe;
    bool handed_out;
    engine_task *live_before, *live_after;
    engine_command command, cancel;
    fraiseql_input input; /* points into `text` */
    char text[];
};

/* A task with a copy of the input (NULL: none); `outlet` gains a reference. NULL without memory. */
engine_task *engine_task_new(engine_task_kind kind, engine_thread *thread, engine_pipeline *pipeline,
                             engine_outlet *outlet, const fraiseql_input *input);
/* Frees a task that was never submitted. */
void engine_task_drop(engine_task *task);

/* False where the thread has ended; the task is still the caller's then. */
bool engine_thread_submit(engine_task *task);
/* Asks for the next chunk of a task whose chunk was not the last. */
void engine_task_resume(engine_task *task);
/* Gives a running task up; at any time between submit and release. Call once. Of the kinds that take time, requests and
 * probes, it is handed out at once, cancelled. */
void engine_task_cancel(engine_task *task);
/* Gives a handed out task back. A chain linked by `next` goes in one step, if all are of one thread. */
void engine_task_release(engine_task *chain);
/* Waits for a task without outlet, until the end, a signal (EINTR) or `seconds`; true at the end. */
bool engine_task_wait(engine_task *task, unsigned seconds);

/* ---- the thread and its pipelines ---- */

/* Starts a thread with a pool of connections. NULL and a message (free it) where the options or the system refuse. */
engine_thread *engine_thread_new(const fraiseql_options *options, uint32_t pool_size, char **message);
/* Asks it to end: running reads are given up, mutations end. Tasks are still handed out and must be released. */
void engine_thread_quit(engine_thread *thread);
/* Waits for the end, at most so long; true where it has ended. */
bool engine_thread_wait(engine_thread *thread, unsigned milliseconds);
void engine_thread_ref(engine_thread *thread);
/* The thread itself has a reference while it runs. */
void engine_thread_unref(engine_thread *thread);
/* Whether this process is a fork of the one that made the thread: then nothing of it may be used. */
bool engine_thread_is_foreign(const engine_thread *thread);
/* How often this process descends from a fork since the extension was loaded. */
unsigned engine_fork_generation(void);

/* Takes the engine over, also on failure (NULL: no memory). To be opened by a TASK_OPEN. */
engine_pipeline *engine_pipeline_new(engine_thread *thread, fraiseql *engine);
fraiseql *engine_pipeline_engine(const engine_pipeline *pipeline);
/* Running requests end, then the thread lets go of it. Call once, or not at all. */
void engine_pipeline_close(engine_pipeline *pipeline);
void engine_pipeline_ref(engine_pipeline *pipeline);
void engine_pipeline_unref(engine_pipeline *pipeline);

#endif
