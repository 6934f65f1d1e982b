/* SPDX-License-Identifier: MIT */
/* What is awaited. An answer is an asyncio.Future with a task of the engine; the hub of an event loop holds the answers
 * under way and, when the loop finds its descriptor readable, turns finished tasks into results. Invariants: an answer
 * and its task point at each other until the result, a cancel or the end of the loop, whichever is first; whoever
 * detaches them sees to the task's release. All of it happens with the GIL. */
#include "native.h"

#include <errno.h>
#include <stddef.h>

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
    PyObject_HEAD engine_outlet *outlet;
    PyObject *loop; /* a weak reference */
    PyObject *weak_list;
    PyObject *answers;   /* the list of those under way */
    PyObject *collected; /* [(answer, result)] taken out by another thread, or NULL */
    unsigned generation;
};

typedef struct native_stream {
    PyObject_HEAD engine_task *task; /* NULL while a chunk is awaited, and at the end */
    PyObject *keep;
    unsigned generation;
} native_stream;

static answer_part *part_of(PyObject *answer) {
    const PyTypeObject *type = Py_TYPE(answer);
    return (answer_part *)((char *)answer + type->tp_basicsize - (Py_ssize_t)sizeof(answer_part));
}

static bool is_foreign(unsigned generation) { return generation != engine_fork_generation(); }

/* ---- attaching ---- */

static void attach(PyObject *answer, native_hub *hub, engine_task *task) {
    answer_part *part = part_of(answer);
    part->task = task;
    part->hub = hub;
    part->after = hub->answers;
    if (hub->answers != NULL) {
        part_of(hub->answers)->before = answer;
    }
    hub->answers = Py_NewRef(answer);
    task->user = answer;
}

/* Gives the list's reference to the caller. */
static void detach(PyObject *answer) {
    answer_part *part = part_of(answer);
    *(part->before != NULL ? &part_of(part->before)->after : &part->hub->answers) = part->after;
    if (part->after != NULL) {
        part_of(part->after)->before = part->before;
    }
    part->before = part->after = NULL;
    part->task->user = NULL;
    part->task = NULL;
    part->hub = NULL;
}

/* With the references that an answer holds for its task's sake. */
static void forget(PyObject *answer) {
    answer_part *part = part_of(answer);
    Py_CLEAR(part->keep);
    Py_CLEAR(part->stream);
    Py_DECREF(answer);
}

/* ---- results ---- */

PyObject *native_closed_error(void) {
    return PyObject_CallFunction(PyExc_RuntimeError, "s", "the pool or pipeline was closed before the query ended");
}

static PyObject *bytes_of(const engine_task *task) {
    return PyBytes_FromStringAndSize(task->chunk.bytes.ptr, (Py_ssize_t)task->chunk.bytes.len);
}

static PyObject *new_stream(native_state *state, engine_task *task, PyObject *keep) {
    native_stream *stream = PyObject_New(native_stream, state->stream_type);
    if (stream != NULL) {
        stream->task = task;
        stream->keep = Py_NewRef(keep);
        stream->generation = engine_fork_generation();
    }
    return (PyObject *)stream;
}

/* The result of a finished task, or an exception as an object; `*kept` where the task lives on in a stream. */
static PyObject *result_of(native_state *state, engine_task *task, answer_part *part, bool *kept) {
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
        if (next != NULL && !task->chunk.last) {
            ((native_stream *)part->stream)->task = task;
            *kept = true;
        }
        return next;
    }
    case ANSWER_REQUEST:
        break;
    }
    PyObject *stream = task->chunk.last ? Py_NewRef(Py_None) : new_stream(state, task, part->keep);
    *kept = stream != NULL && stream != Py_None;
    return stream != NULL ? Py_BuildValue("(iNN)", (int)task->chunk.result, bytes_of(task), stream) : NULL;
}

/* An exception under way as an object. */
static PyObject *current_exception(void) {
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    Py_XDECREF(type);
    Py_XDECREF(traceback);
    return value;
}

/* Takes both references. */
static void settle(native_state *state, PyObject *answer, PyObject *result) {
    if (result == NULL) {
        result = current_exception();
    }
    PyObject *method = PyExceptionInstance_Check(result) ? state->s_set_exception : state->s_set_result;
    PyObject *done = PyObject_CallMethodOneArg(answer, method, result);
    if (done == NULL) { /* somebody else has set it */
        PyErr_WriteUnraisable(answer);
    }
    Py_XDECREF(done);
    Py_DECREF(result);
    forget(answer);
}

/* ---- the hub ---- */

typedef struct release_chain {
    engine_task *first, *last;
} release_chain;

static void chain_flush(release_chain *chain) {
    engine_task_release(chain->first);
    *chain = (release_chain){0};
}

static void chain_add(release_chain *chain, engine_task *task) {
    if (chain->first != NULL && chain->first->thread != task->thread) {
        chain_flush(chain);
    }
    task->next = NULL;
    *(chain->first != NULL ? &chain->last->next : &chain->first) = task;
    chain->last = task;
}

static void settle_collected(native_state *state, native_hub *hub) {
    PyObject *collected = hub->collected;
    hub->collected = NULL;
    for (Py_ssize_t i = 0; collected != NULL && i < PyList_GET_SIZE(collected); i++) {
        PyObject *pair = PyList_GET_ITEM(collected, i);
        settle(state, Py_NewRef(PyTuple_GET_ITEM(pair, 0)), Py_NewRef(PyTuple_GET_ITEM(pair, 1)));
    }
    Py_XDECREF(collected);
}

static PyObject *hub_drain(PyObject *self, PyObject *unused) {
    (void)unused;
    native_hub *hub = (native_hub *)self;
    native_state *state = native_state_of_self(self);
    if (is_foreign(hub->generation)) {
        Py_RETURN_NONE;
    }
    if (hub->collected != NULL) {
        settle_collected(state, hub);
    }
    release_chain done = {0};
    for (engine_task *task = engine_outlet_take(hub->outlet), *next; task != NULL; task = next) {
        next = task->next;
        PyObject *answer = task->user;
        if (answer == NULL) {
            chain_add(&done, task);
            continue;
        }
        bool kept;
        PyObject *result = result_of(state, task, part_of(answer), &kept);
        detach(answer);
        if (!kept) {
            chain_add(&done, task);
        }
        settle(state, answer, result);
    }
    chain_flush(&done);
    Py_RETURN_NONE;
}

static int remember_collected(native_hub *hub, PyObject *answer, PyObject *result) {
    if (hub->collected == NULL) {
        hub->collected = PyList_New(0);
    }
    PyObject *pair = hub->collected != NULL ? PyTuple_Pack(2, answer, result) : NULL;
    int status = pair != NULL ? PyList_Append(hub->collected, pair) : -1;
    Py_XDECREF(pair);
    return status;
}

static void hub_collect(native_state *state, native_hub *hub) {
    release_chain done = {0};
    engine_task *task = is_foreign(hub->generation) ? NULL : engine_outlet_take(hub->outlet);
    for (engine_task *next; task != NULL; task = next) {
        next = task->next;
        PyObject *answer = task->user;
        bool kept = false;
        if (answer != NULL) {
            PyObject *result = result_of(state, task, part_of(answer), &kept);
            detach(answer);
            if (result == NULL) {
                result = current_exception();
            }
            if (remember_collected(hub, answer, result) < 0) {
                PyErr_WriteUnraisable(answer);
            }
            Py_DECREF(result);
            Py_DECREF(answer);
        }
        if (!kept) {
            chain_add(&done, task);
        }
    }
    chain_flush(&done);
    if (hub->collected != NULL) {
        engine_outlet_wake(hub->outlet);
    }
}

/* The loop is gone: nobody will look at the answers, so their queries are given up. */
static void hub_orphan(native_hub *hub) {
    if (hub->outlet == NULL) {
        return;
    }
    engine_outlet *outlet = hub->outlet;
    hub->outlet = NULL;
    PyObject *abandoned = NULL; /* chained by `after`; let go of once the hub is consistent */
    while (hub->answers != NULL) {
        PyObject *answer = hub->answers;
        engine_task *task = part_of(answer)->task;
        detach(answer);
        part_of(answer)->after = abandoned;
        abandoned = answer;
        engine_task_cancel(task);
    }
    if (!is_foreign(hub->generation)) {
        release_chain done = {0};
        for (engine_task *task = engine_outlet_close(outlet), *next; task != NULL; task = next) {
            next = task->next;
            chain_add(&done, task);
        }
        chain_flush(&done);
    }
    engine_outlet_unref(outlet);
    while (abandoned != NULL) {
        PyObject *answer = abandoned;
        abandoned = part_of(answer)->after;
        part_of(answer)->after = NULL;
        forget(answer);
    }
}

static int hub_traverse(PyObject *self, visitproc visit, void *arg) {
    native_hub *hub = (native_hub *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(hub->loop);
    Py_VISIT(hub->collected);
    for (PyObject *answer = hub->answers; answer != NULL; answer = part_of(answer)->after) {
        Py_VISIT(answer);
    }
    return 0;
}

static int hub_clear(PyObject *self) {
    native_hub *hub = (native_hub *)self;
    hub_orphan(hub);
    Py_CLEAR(hub->loop);
    Py_CLEAR(hub->collected);
    return 0;
}

static void hub_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (((native_hub *)self)->weak_list != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    (void)hub_clear(self);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static PyMethodDef hub_methods[] = {
    {"_drain", hub_drain, METH_NOARGS, "Turns finished tasks into results; the event loop calls it."},
    {0},
};
static PyMemberDef hub_members[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(native_hub, weak_list), READONLY, NULL},
    {0},
};
static PyType_Slot hub_slots[] = {
    {Py_tp_dealloc, hub_dealloc}, {Py_tp_traverse, hub_traverse}, {Py_tp_clear, hub_clear},
    {Py_tp_methods, hub_methods}, {Py_tp_members, hub_members},   {0, NULL},
};
PyType_Spec native_hub_spec = {
    .name = "fraiseql._native.Hub",
    .basicsize = sizeof(native_hub),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = hub_slots,
};

/* ---- hubs of loops ---- */

static PyObject *all_hubs(native_state *state) {
    PyObject *values = state->hubs != NULL ? PyObject_CallMethod(state->hubs, "values", NULL) : NULL;
    PyObject *list = values != NULL ? PySequence_List(values) : NULL;
    Py_XDECREF(values);
    if (list == NULL) {
        PyErr_Clear();
    }
    return list;
}

static bool loop_is_closed(native_state *state, native_hub *hub) {
    PyObject *loop = PyWeakref_GetObject(hub->loop);
    if (loop == NULL || loop == Py_None) {
        PyErr_Clear();
        return true;
    }
    Py_INCREF(loop);
    PyObject *closed = PyObject_CallMethodNoArgs(loop, state->s_is_closed);
    bool is = closed == NULL || closed == Py_True;
    PyErr_Clear();
    Py_XDECREF(closed);
    Py_DECREF(loop);
    return is;
}

void native_hubs_sweep(native_state *state, hub_sweep which) {
    PyObject *hubs = all_hubs(state);
    for (Py_ssize_t i = 0; hubs != NULL && i < PyList_GET_SIZE(hubs); i++) {
        native_hub *hub = (native_hub *)PyList_GET_ITEM(hubs, i);
        if (hub->loop != NULL && (which == SWEEP_ALL || loop_is_closed(state, hub))) {
            if (hub == state->last_hub) {
                state->last_hub = NULL;
                Py_DECREF(hub);
            }
            PyObject *loop = PyWeakref_GetObject(hub->loop);
            if (loop != NULL && loop != Py_None && PyObject_DelItem(state->hubs, loop) < 0) {
                PyErr_Clear();
            }
            hub_orphan(hub);
        }
    }
    Py_XDECREF(hubs);
}

void native_hubs_collect(native_state *state) {
    native_hubs_sweep(state, SWEEP_CLOSED);
    PyObject *hubs = all_hubs(state);
    for (Py_ssize_t i = 0; hubs != NULL && i < PyList_GET_SIZE(hubs); i++) {
        native_hub *hub = (native_hub *)PyList_GET_ITEM(hubs, i);
        if (hub->outlet != NULL) {
            hub_collect(state, hub);
        }
    }
    Py_XDECREF(hubs);
}

static native_hub *hub_new(native_state *state, PyObject *loop) {
    native_hub *hub = PyObject_GC_New(native_hub, state->hub_type);
    if (hub == NULL) {
        return NULL;
    }
    hub->weak_list = hub->answers = hub->collected = NULL;
    hub->generation = engine_fork_generation();
    hub->loop = PyWeakref_NewRef(loop, NULL);
    hub->outlet = engine_outlet_new();
    PyObject_GC_Track(hub);
    PyObject *added = NULL;
    if (hub->outlet == NULL) {
        PyErr_SetFromErrno(PyExc_OSError);
    } else if (hub->loop != NULL) {
        PyObject *drain = PyObject_GetAttrString((PyObject *)hub, "_drain");
        PyObject *fd = drain != NULL ? PyLong_FromLong(engine_outlet_fd(hub->outlet)) : NULL;
        added = fd != NULL ? PyObject_CallMethodObjArgs(loop, state->s_add_reader, fd, drain, NULL) : NULL;
        Py_XDECREF(drain);
        Py_XDECREF(fd);
    }
    if (added == NULL || PyObject_SetItem(state->hubs, loop, (PyObject *)hub) < 0) {
        Py_XDECREF(added);
        Py_DECREF(hub);
        return NULL;
    }
    Py_DECREF(added);
    return hub;
}

native_hub *native_hub_running(native_state *state) {
    PyObject *loop = PyObject_CallNoArgs(state->get_running_loop);
    if (loop == NULL) {
        return NULL;
    }
    native_hub *hub = state->last_hub;
    if (hub != NULL && !is_foreign(hub->generation) && PyWeakref_GetObject(hub->loop) == loop) {
        Py_DECREF(loop);
        return hub;
    }
    hub = (native_hub *)PyObject_GetItem(state->hubs, loop);
    if (hub == NULL || is_foreign(hub->generation)) {
        PyErr_Clear();
        Py_XDECREF(hub);
        native_hubs_sweep(state, SWEEP_CLOSED);
        hub = hub_new(state, loop);
    }
    Py_DECREF(loop);
    if (hub != NULL) {
        native_hub *before = state->last_hub;
        state->last_hub = hub; /* its reference keeps what is returned */
        Py_XDECREF(before);
    }
    return hub;
}

engine_outlet *native_hub_outlet(native_hub *hub) { return hub->outlet; }

/* ---- answers ---- */

static PyObject *make_answer(native_state *state, native_hub *hub) {
    PyObject *loop = PyWeakref_GetObject(hub->loop);
    PyObject *const args[] = {loop};
    PyObject *names = PyTuple_Pack(1, state->s_loop);
    PyObject *answer = names != NULL ? PyObject_Vectorcall((PyObject *)state->answer_type, args, 0, names) : NULL;
    Py_XDECREF(names);
    return answer;
}

static void abandon(engine_task *task) { engine_task_drop(task); }

PyObject *native_answer_start(native_state *state, native_hub *hub, engine_task *task, answer_form form,
                              PyObject *keep) {
    PyObject *answer = make_answer(state, hub);
    if (answer == NULL) {
        abandon(task);
        return NULL;
    }
    answer_part *part = part_of(answer);
    part->form = form;
    part->keep = Py_NewRef(keep);
    attach(answer, hub, task);
    if (!engine_thread_submit(task)) {
        detach(answer);
        forget(answer);
        Py_DECREF(answer);
        abandon(task);
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
    engine_task *task = part_of(self)->task;
    if (cancelled == Py_True && task != NULL) {
        detach(self);
        engine_task_cancel(task);
        forget(self);
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

/* ---- streams ---- */

static PyObject *stream_next(PyObject *self, PyObject *unused) {
    (void)unused;
    native_stream *stream = (native_stream *)self;
    native_state *state = native_state_of_self(self);
    if (stream->task == NULL || is_foreign(stream->generation)) {
        PyErr_SetString(PyExc_RuntimeError, "the stream has ended, or its next chunk is awaited already");
        return NULL;
    }
    native_hub *hub = native_hub_running(state);
    if (hub == NULL) {
        return NULL;
    }
    if (hub->outlet != stream->task->outlet) {
        PyErr_SetString(PyExc_RuntimeError, "the stream belongs to another event loop");
        return NULL;
    }
    PyObject *answer = make_answer(state, hub);
    if (answer != NULL) {
        answer_part *part = part_of(answer);
        part->form = ANSWER_NEXT;
        part->keep = Py_NewRef(stream->keep);
        part->stream = Py_NewRef(self);
        attach(answer, hub, stream->task);
        stream->task = NULL;
        engine_task_resume(part->task);
    }
    return answer;
}

static PyObject *stream_close(PyObject *self, PyObject *unused) {
    (void)unused;
    native_stream *stream = (native_stream *)self;
    if (stream->task != NULL && !is_foreign(stream->generation)) {
        stream->task->next = NULL;
        engine_task_release(stream->task);
    }
    stream->task = NULL;
    Py_RETURN_NONE;
}

static void stream_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    Py_XDECREF(stream_close(self, NULL));
    Py_CLEAR(((native_stream *)self)->keep);
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyMethodDef stream_methods[] = {
    {"next", stream_next, METH_NOARGS, "Awaitable: (bytes, last, broken). The one before must have been taken."},
    {"close", stream_close, METH_NOARGS, "Gives up what was not read."},
    {0},
};
static PyType_Slot stream_slots[] = {
    {Py_tp_dealloc, stream_dealloc},
    {Py_tp_methods, stream_methods},
    {0, NULL},
};
PyType_Spec native_stream_spec = {
    .name = "fraiseql._native.Stream",
    .basicsize = sizeof(native_stream),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = stream_slots,
};

/* ---- waiting without an event loop ---- */

bool native_wait(engine_task *task) {
    bool interrupted = false;
    PyObject *type = NULL, *value = NULL, *traceback = NULL;
    for (;;) {
        bool ended;
        Py_BEGIN_ALLOW_THREADS ended = engine_task_wait(task, 1);
        Py_END_ALLOW_THREADS if (ended) { break; }
        if (!interrupted && PyErr_CheckSignals() < 0) {
            interrupted = true;
            PyErr_Fetch(&type, &value, &traceback);
            engine_task_cancel(task);
        }
    }
    if (interrupted) {
        PyErr_Restore(type, value, traceback);
    }
    return !interrupted;
}
