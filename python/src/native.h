/* SPDX-License-Identifier: MIT */
/* What the files of the extension module share: the state of one module object (one an interpreter), its types, and
 * small helpers. No object of Python is static. */
#ifndef FRAISEQL_PYTHON_NATIVE_H
#define FRAISEQL_PYTHON_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#include "engine_thread.h"

typedef struct native_hub native_hub;
typedef struct native_stream native_stream;

typedef struct native_state {
    PyTypeObject *pool_type, *pipeline_type, *planner_type, *hub_type, *answer_type, *stream_type;
    /* asyncio */
    PyObject *get_running_loop, *future_cancel;
    /* not owned: */
    native_hub *hubs;       /* of event loops, the last used first */
    native_stream *streams; /* those that hold a task */
    /* types whose text JSON takes */
    PyObject *datetime, *date, *time, *timedelta, *decimal, *uuid, *enumeration;
    /* interned names */
    PyObject *s_set_result, *s_set_exception, *s_cancelled, *s_drain, *s_add_reader, *s_is_closed, *s_loop,
        *s_isoformat, *s_value, *s_name, *s_days, *s_seconds, *s_microseconds, *s_is_finite;
    /* every thread that may still run, each with a reference */
    engine_thread **threads;
    size_t n_threads, threads_capacity;
    bool shut_down; /* at the exit of the interpreter; no thread is made after it */
} native_state;

native_state *native_state_of(PyObject *module);
/* The state behind one of our types, or a subclass of one; behind an object of one. */
native_state *native_state_of_type(PyTypeObject *type);
native_state *native_state_of_self(PyObject *self);

/* ---- pool.c ---- */
typedef struct native_pool {
    PyObject_HEAD engine_thread *thread; /* NULL once closed */
    PyObject *weak_list;
    fraiseql_options options;
    char *url;
} native_pool;
extern PyType_Spec native_pool_spec;
/* The thread of an open pool of this process; else NULL with RuntimeError. */
engine_thread *native_pool_thread(native_pool *pool);
/* Ends what is left; at the exit of the interpreter. */
void native_pools_shut_down(native_state *state);

/* ---- pipeline.c ---- */
typedef struct native_pipeline {
    PyObject_HEAD native_pool *pool;
    engine_pipeline *pipeline;
    unsigned flags; /* of every request */
    bool closed;
} native_pipeline;
extern PyType_Spec native_pipeline_spec;
/* The engine for a schema (str, bytes, dict or None), loaded with the GIL released; NULL with an exception. */
fraiseql *native_engine_load(native_state *state, fraiseql_options *options, PyObject *schema);
/* Takes a text of the library over: str, or None for NULL. */
PyObject *native_text(char *text);

/* ---- planner.c ---- */
extern PyType_Spec native_planner_spec;
PyObject *native_document_json(PyObject *module, PyObject *text);
extern const char native_document_json_doc[];

/* ---- answer.c, hub.c, stream.c: what is awaited ---- */
typedef enum answer_form {
    ANSWER_BYTES,   /* the whole answer */
    ANSWER_REQUEST, /* (result, bytes, stream or None) */
    ANSWER_NEXT,    /* (bytes, last, broken) of a stream */
    ANSWER_WORKS,   /* bool */
} answer_form;

int native_answer_make_type(PyObject *module, native_state *state);
extern PyType_Spec native_hub_spec;
extern PyType_Spec native_stream_spec;

/* The hub of the running event loop, a new reference; NULL with RuntimeError where none runs. */
native_hub *native_hub_running(native_state *state);
engine_outlet *native_hub_outlet(native_hub *hub);
/* Submits a task (made with the hub's outlet) and returns what is awaited; `keep` lives until the answer. Takes the
 * task over, also on failure. */
PyObject *native_answer_start(native_state *state, native_hub *hub, engine_task *task, answer_form form,
                              PyObject *keep);
/* Takes waiting results out of the engine's memory on behalf of their loops, from any thread. */
void native_hubs_collect(native_state *state);
/* Lets go of loops that were closed; with `all`, of every loop. */
typedef enum hub_sweep { SWEEP_CLOSED, SWEEP_ALL } hub_sweep;
void native_hubs_sweep(native_state *state, hub_sweep which);
/* Ends the streams that hold a task of the thread; their next chunk is an error. */
void native_streams_end(native_state *state, const engine_thread *thread);
/* Empty the lists, before the state goes. */
void native_streams_forget(native_state *state);
void native_hubs_forget(native_state *state);

/* Waits for a submitted task without outlet, the GIL released; false with an exception (a signal's) where it was given
 * up. The task is handed out either way. */
bool native_wait(engine_task *task);
/* The exception for a task that was given up by a closing pool or pipeline. */
PyObject *native_closed_error(void);
PyObject *native_raise_closed(void); /* NULL */
/* Sets an exception with a text from outside, which may not be UTF-8. */
void native_set_error(PyObject *type, const char *message);

/* ---- options.c ---- */
/* Sets options from a dict; what they point to is added to `keep` (a list). -1 with ValueError or TypeError. */
typedef enum option_scope { OPTIONS_OF_POOL = 1, OPTIONS_OF_PIPELINE = 2 } option_scope;
typedef struct native_options {
    fraiseql_options engine;
    uint32_t pool_size;
    bool error_detail, introspection;
    const char *list[2][64]; /* include, exclude */
} native_options;
int native_options_read(native_state *state, native_options *options, PyObject *dict, option_scope scope,
                        PyObject *keep);

#endif
