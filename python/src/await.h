/* SPDX-License-Identifier: MIT */
/* What answer.c, hub.c and stream.c share: the three objects behind an await, and how they hold each other.
 *
 * The loop holds its hub, by the reader of the hub's descriptor, and nobody else does: a loop that is closed or
 * collected takes its hub along, which gives up the queries under way. The hub holds the answers under way; the
 * interpreter's state has lists of hubs and streams that hold nothing. */
#ifndef FRAISEQL_PYTHON_AWAIT_H
#define FRAISEQL_PYTHON_AWAIT_H

#include "native.h"

/* Our members behind those of asyncio.Future, whose size only the running Python knows. */
typedef struct answer_part {
    engine_task *task; /* NULL once detached */
    native_hub *hub;
    PyObject *before, *after; /* the hub's list, which owns a reference */
    PyObject *keep;           /* lives until the answer: the pipeline, and with it the pool */
    PyObject *stream;         /* of which this is the next chunk, or NULL */
    answer_form form;
} answer_part;

struct native_hub {
    PyObject_HEAD engine_outlet *outlet; /* NULL once orphaned */
    PyObject *loop;                      /* a weak reference */
    PyObject *answers;                   /* the list of those under way */
    PyObject *collected;                 /* [(answer, result)] taken out by another thread, or NULL */
    native_hub **link, *after;           /* of the interpreter's list; link NULL: not in it */
    unsigned generation;
};

typedef enum stream_end { STREAM_OPEN, STREAM_CLOSED, STREAM_POOL_CLOSED } stream_end;

struct native_stream {
    PyObject_HEAD engine_task *task; /* NULL while a chunk is awaited, and at the end */
    PyObject *keep;
    native_stream **link, *after; /* of the interpreter's list of streams with a task */
    unsigned generation;
    stream_end end;
};

static inline answer_part *native_part_of(PyObject *answer) {
    const PyTypeObject *type = Py_TYPE(answer);
    return (answer_part *)((char *)answer + type->tp_basicsize - (Py_ssize_t)sizeof(answer_part));
}

/* Whether an object was made before this process was forked. */
static inline bool native_is_foreign(unsigned generation) { return generation != engine_fork_generation(); }

/* The loop of a hub, as a new reference; NULL without an exception once it is gone. */
PyObject *native_hub_loop(const native_hub *hub);

/* An answer of the hub's loop, not yet attached. */
PyObject *native_answer_new(native_state *state, native_hub *hub);
void native_answer_attach(PyObject *answer, native_hub *hub, engine_task *task);
/* Gives the list's reference to the caller. */
void native_answer_detach(PyObject *answer);
/* Drops that reference, with those that the answer held for its task's sake. */
void native_answer_forget(PyObject *answer);
/* Detaches the answer of a finished task and gives its reference to the caller, with the result or an exception as an
 * object; NULL where nobody waits. `*kept` where the task lives on in a stream. */
PyObject *native_answer_take(native_state *state, engine_task *task, PyObject **result, bool *kept);
/* Sets what native_answer_take gave. Takes both references. */
void native_answer_settle(native_state *state, PyObject *answer, PyObject *result);

/* A stream that holds a task whose chunk was not the last. */
PyObject *native_stream_new(native_state *state, engine_task *task, PyObject *keep);
void native_stream_give(native_state *state, native_stream *stream, engine_task *task);

/* An exception under way as an object. */
PyObject *native_current_exception(void);

#endif
