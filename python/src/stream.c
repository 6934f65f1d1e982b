/* SPDX-License-Identifier: MIT */
/* A large answer in chunks. Between two chunks the stream holds the task, and the engine waits; the pool's closing
 * takes the task away from it, as the thread can not end before. */
#include "await.h"

void native_stream_give(native_state *state, native_stream *stream, engine_task *task) {
    stream->task = task;
    stream->after = state->streams;
    stream->link = &state->streams;
    if (stream->after != NULL) {
        stream->after->link = &stream->after;
    }
    state->streams = stream;
}

static engine_task *stream_take(native_stream *stream) {
    if (stream->link != NULL) {
        *stream->link = stream->after;
    }
    if (stream->after != NULL) {
        stream->after->link = stream->link;
    }
    stream->link = NULL;
    stream->after = NULL;
    engine_task *task = stream->task;
    stream->task = NULL;
    return task;
}

static void stream_end_it(native_stream *stream, stream_end end) {
    engine_task *task = stream_take(stream);
    stream->end = end;
    if (task != NULL && !native_is_foreign(stream->generation)) {
        task->next = NULL;
        engine_task_release(task);
    }
}

void native_streams_end(native_state *state, const engine_thread *thread) {
    for (native_stream *stream = state->streams, *after; stream != NULL; stream = after) {
        after = stream->after;
        if (stream->task->thread == thread) {
            stream_end_it(stream, STREAM_POOL_CLOSED);
        }
    }
}

void native_streams_forget(native_state *state) {
    while (state->streams != NULL) {
        native_stream *stream = state->streams;
        state->streams = stream->after;
        stream->link = NULL;
        stream->after = NULL;
    }
}

PyObject *native_stream_new(native_state *state, engine_task *task, PyObject *keep) {
    native_stream *stream = (native_stream *)state->stream_type->tp_alloc(state->stream_type, 0);
    if (stream != NULL) {
        stream->keep = Py_NewRef(keep);
        stream->generation = engine_fork_generation();
        native_stream_give(state, stream, task);
    }
    return (PyObject *)stream;
}

static PyObject *stream_next(PyObject *self, PyObject *unused) {
    (void)unused;
    native_stream *stream = (native_stream *)self;
    native_state *state = native_state_of_self(self);
    if (stream->task == NULL || native_is_foreign(stream->generation)) {
        PyErr_SetString(PyExc_RuntimeError, stream->end == STREAM_POOL_CLOSED
                                                ? "the pool was closed before the stream ended"
                                                : "the stream has ended, or its next chunk is awaited already");
        return NULL;
    }
    native_hub *hub = native_hub_running(state);
    if (hub == NULL) {
        return NULL;
    }
    bool is_ours = hub->outlet == stream->task->outlet;
    if (!is_ours) {
        PyErr_SetString(PyExc_RuntimeError, "the stream belongs to another event loop");
    }
    PyObject *answer = is_ours ? native_answer_new(state, hub) : NULL;
    if (answer != NULL) {
        answer_part *part = native_part_of(answer);
        part->form = ANSWER_NEXT;
        part->keep = Py_NewRef(stream->keep);
        part->stream = Py_NewRef(self);
        native_answer_attach(answer, hub, stream_take(stream));
        engine_task_resume(part->task);
    }
    Py_DECREF(hub);
    return answer;
}

static PyObject *stream_close(PyObject *self, PyObject *unused) {
    (void)unused;
    stream_end_it((native_stream *)self, STREAM_CLOSED);
    Py_RETURN_NONE;
}

static int stream_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((native_stream *)self)->keep);
    return 0;
}

static int stream_clear(PyObject *self) {
    stream_end_it((native_stream *)self, STREAM_CLOSED);
    Py_CLEAR(((native_stream *)self)->keep);
    return 0;
}

static void stream_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    (void)stream_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef stream_methods[] = {
    {"next", stream_next, METH_NOARGS, "Awaitable: (bytes, last, broken). The one before must have been taken."},
    {"close", stream_close, METH_NOARGS, "Gives up what was not read."},
    {0},
};
static PyType_Slot stream_slots[] = {
    {Py_tp_dealloc, stream_dealloc},
    {Py_tp_traverse, stream_traverse},
    {Py_tp_clear, stream_clear},
    {Py_tp_methods, stream_methods},
    {0, NULL},
};
PyType_Spec native_stream_spec = {
    .name = "fraiseql._native.Stream",
    .basicsize = sizeof(native_stream),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = stream_slots,
};
