/* SPDX-License-Identifier: MIT */
/* What is awaited. An answer is an asyncio.Future with a task of the engine. Invariants: an answer and its task point
 * at each other until the result, a cancel or the end of the loop, whichever is first; whoever detaches them sees to
 * the task's release. All of it happens with the GIL. */
#include "await.h"

/* ---- attaching ---- */

void native_answer_attach(PyObject *answer, native_hub *hub, engine_task *task) {
    answer_part *part = native_part_of(answer);
    part->task = task;
    part->hub = hub;
    part->after = hub->answers;
    if (hub->answers != NULL) {
        native_part_of(hub->answers)->before = answer;
    }
    hub->answers = Py_NewRef(answer);
    task->user = answer;
}

/* Gives the list's reference to the caller. */
void native_answer_detach(PyObject *answer) {
    answer_part *part = native_part_of(answer);
    *(part->before != NULL ? &native_part_of(part->before)->after : &part->hub->answers) = part->after;
    if (part->after != NULL) {
        native_part_of(part->after)->before = part->before;
    }
    part->before = part->after = NULL;
    part->task->user = NULL;
    part->task = NULL;
    part->hub = NULL;
}

/* With the references that an answer holds for its task's sake. */
void native_answer_forget(PyObject *answer) {
    answer_part *part = native_part_of(answer);
    Py_CLEAR(part->keep);
    Py_CLEAR(part->stream);
    Py_DECREF(answer);
}

/* ---- results ---- */

PyObject *native_closed_error(void) {
    return PyObject_CallFunction(PyExc_RuntimeError, "s", "the pool or pipeline was closed before the query ended");
}

PyObject *native_raise_closed(void) {
    PyObject *error = native_closed_error();
    if (error != NULL) {
        PyErr_SetObject(PyExc_RuntimeError, error);
        Py_DECREF(error);
    }
    return NULL;
}

static PyObject *bytes_of(const engine_task *task) {
    return PyBytes_FromStringAndSize(task->chunk.bytes.ptr, (Py_ssize_t)task->chunk.bytes.len);
}

/* The result of a finished task, or an exception as an object; `*kept` where the task lives on in a stream. */
static PyObject *result_of(native_state *state, engine_task *task, const answer_part *part, bool *kept) {
    *kept = false;
    if (task->cancelled) {
        return native_closed_error();
    }
    switch (part->form) {
    case ANSWER_WORKS:
        return PyBool_FromLong(task->works);
    case ANSWER_BYTES:
        return bytes_of(task);
    case ANSWER_NEXT: {
        PyObject *next = Py_BuildValue("(NOO)", bytes_of(task), task->chunk.last ? Py_True : Py_False,
                                       task->chunk.broken ? Py_True : Py_False);
        native_stream *stream = (native_stream *)part->stream;
        if (next != NULL && !task->chunk.last && stream->end == STREAM_OPEN) {
            native_stream_give(state, stream, task);
            *kept = true;
        }
        return next;
    }
    case ANSWER_REQUEST:
        break;
    }
    PyObject *stream = task->chunk.last ? Py_NewRef(Py_None) : native_stream_new(state, task, part->keep);
    *kept = stream != NULL && stream != Py_None;
    return stream != NULL ? Py_BuildValue("(iNN)", (int)task->chunk.result, bytes_of(task), stream) : NULL;
}

/* An exception under way as an object. */
PyObject *native_current_exception(void) {
#if PY_VERSION_HEX >= 0x030C0000
    return PyErr_GetRaisedException();
#else
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback != NULL) {
        (void)PyException_SetTraceback(value, traceback);
    }
    Py_XDECREF(type);
    Py_XDECREF(traceback);
    return value;
#endif
}

/* Detaches the answer of a finished task and gives its reference to the caller, with the result; NULL where nobody
 * waits. Detached first: making the result may run Python, which may cancel the answer. */
PyObject *native_answer_take(native_state *state, engine_task *task, PyObject **result, bool *kept) {
    PyObject *answer = task->user;
    *kept = false;
    if (answer == NULL) {
        return NULL;
    }
    native_answer_detach(answer);
    *result = result_of(state, task, native_part_of(answer), kept);
    if (*result == NULL) {
        *result = native_current_exception();
    }
    return answer;
}

/* One that was cancelled between its detaching and now stays cancelled, without noise. */
static void complain(native_state *state, PyObject *answer) {
    PyObject *error = native_current_exception();
    PyObject *cancelled = PyObject_CallMethodNoArgs(answer, state->s_cancelled);
    if (cancelled != Py_True) {
        PyErr_Clear();
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
        PyErr_WriteUnraisable(answer);
    }
    Py_XDECREF(cancelled);
    Py_DECREF(error);
}

/* Takes both references. */
void native_answer_settle(native_state *state, PyObject *answer, PyObject *result) {
    PyObject *method = PyExceptionInstance_Check(result) ? state->s_set_exception : state->s_set_result;
    PyObject *done = PyObject_CallMethodOneArg(answer, method, result);
    if (done == NULL) {
        complain(state, answer);
    }
    Py_XDECREF(done);
    Py_DECREF(result);
    native_answer_forget(answer);
}

/* ---- answers ---- */

PyObject *native_answer_new(native_state *state, native_hub *hub) {
    PyObject *loop = native_hub_loop(hub);
    PyObject *const args[] = {loop};
    PyObject *names = loop != NULL ? PyTuple_Pack(1, state->s_loop) : NULL;
    PyObject *answer = names != NULL ? PyObject_Vectorcall((PyObject *)state->answer_type, args, 0, names) : NULL;
    Py_XDECREF(names);
    Py_XDECREF(loop);
    return answer;
}

PyObject *native_answer_start(native_state *state, native_hub *hub, engine_task *task, answer_form form,
                              PyObject *keep) {
    PyObject *answer = native_answer_new(state, hub);
    if (answer == NULL) {
        engine_task_drop(task);
        return NULL;
    }
    answer_part *part = native_part_of(answer);
    part->form = form;
    part->keep = Py_NewRef(keep);
    native_answer_attach(answer, hub, task);
    if (!engine_thread_submit(task)) {
        native_answer_detach(answer);
        native_answer_forget(answer);
        Py_DECREF(answer);
        engine_task_drop(task);
        PyErr_SetString(PyExc_RuntimeError, "the pool is closed");
        return NULL;
    }
    return answer;
}

/* As asyncio.Future's, and it gives up the query. */
static PyObject *answer_cancel(PyObject *self, PyObject *const *args, Py_ssize_t n_args, PyObject *names) {
    native_state *state = native_state_of_self(self);
    PyObject *all[4] = {self};
    Py_ssize_t n = n_args + (names != NULL ? PyTuple_GET_SIZE(names) : 0);
    if (n > 3) {
        PyErr_SetString(PyExc_TypeError, "cancel() takes one argument, msg");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        all[i + 1] = args[i];
    }
    PyObject *cancelled = PyObject_Vectorcall(state->future_cancel, all, (size_t)n_args + 1, names);
    engine_task *task = native_part_of(self)->task;
    if (cancelled == Py_True && task != NULL) {
        native_answer_detach(self);
        engine_task_cancel(task);
        native_answer_forget(self);
    }
    return cancelled;
}

static PyMethodDef answer_methods[] = {
    {"cancel", (PyCFunction)(void (*)(void))answer_cancel, METH_FASTCALL | METH_KEYWORDS,
     "Cancels the future, and the query in the database."},
    {0},
};

int native_answer_make_type(PyObject *module, native_state *state) {
    PyObject *asyncio = PyImport_ImportModule("asyncio");
    PyObject *future = asyncio != NULL ? PyObject_GetAttrString(asyncio, "Future") : NULL;
    state->get_running_loop = future != NULL ? PyObject_GetAttrString(asyncio, "get_running_loop") : NULL;
    state->future_cancel = state->get_running_loop != NULL ? PyObject_GetAttrString(future, "cancel") : NULL;
    Py_XDECREF(asyncio);
    if (state->future_cancel != NULL) {
        PyType_Slot slots[] = {{Py_tp_methods, answer_methods}, {Py_tp_doc, "An answer to be awaited."}, {0, NULL}};
        PyType_Spec spec = {
            .name = "fraiseql._native.Answer",
            .basicsize = (int)(((PyTypeObject *)future)->tp_basicsize + (Py_ssize_t)sizeof(answer_part)),
            .flags = Py_TPFLAGS_DEFAULT,
            .slots = slots,
        };
        state->answer_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, future);
    }
    Py_XDECREF(future);
    return state->answer_type != NULL ? 0 : -1;
}

/* ---- waiting without an event loop ---- */

bool native_wait(engine_task *task) {
    PyObject *interruption = NULL;
    for (;;) {
        bool ended;
        Py_BEGIN_ALLOW_THREADS ended = engine_task_wait(task, 1);
        Py_END_ALLOW_THREADS if (ended) { break; }
        if (interruption == NULL && PyErr_CheckSignals() < 0) {
            interruption = native_current_exception();
            engine_task_cancel(task);
        }
    }
    if (interruption != NULL) {
        PyErr_SetObject((PyObject *)Py_TYPE(interruption), interruption);
        Py_DECREF(interruption);
    }
    return interruption == NULL;
}
