/* SPDX-License-Identifier: MIT */
/* The hub of an event loop: when the loop finds the hub's descriptor readable, finished tasks become results. */
#include <errno.h>

#include "await.h"

/* The loop of a hub, as a new reference; NULL without an exception once it is gone. */
PyObject *native_hub_loop(const native_hub *hub) {
    PyObject *loop = NULL;
#if PY_VERSION_HEX >= 0x030D0000
    if (hub->loop != NULL && PyWeakref_GetRef(hub->loop, &loop) < 0) {
        PyErr_Clear();
    }
#else
    loop = hub->loop != NULL ? PyWeakref_GET_OBJECT(hub->loop) : NULL;
    loop = loop != Py_None ? Py_XNewRef(loop) : NULL;
#endif
    return loop;
}

/* ---- the list of hubs ---- */

static void unlink_hub(native_hub *hub) {
    if (hub->link != NULL) {
        *hub->link = hub->after;
        if (hub->after != NULL) {
            hub->after->link = hub->link;
        }
    }
    hub->link = NULL;
    hub->after = NULL;
}

static void link_hub(native_state *state, native_hub *hub) {
    hub->link = &state->hubs;
    hub->after = state->hubs;
    if (hub->after != NULL) {
        hub->after->link = &hub->after;
    }
    state->hubs = hub;
}

void native_hubs_forget(native_state *state) {
    while (state->hubs != NULL) {
        unlink_hub(state->hubs);
    }
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
        native_answer_settle(state, Py_NewRef(PyTuple_GET_ITEM(pair, 0)), Py_NewRef(PyTuple_GET_ITEM(pair, 1)));
    }
    Py_XDECREF(collected);
}

static PyObject *hub_drain(PyObject *self, PyObject *unused) {
    (void)unused;
    native_hub *hub = (native_hub *)self;
    native_state *state = native_state_of_self(self);
    if (hub->outlet == NULL || native_is_foreign(hub->generation)) {
        Py_RETURN_NONE;
    }
    if (hub->collected != NULL) {
        settle_collected(state, hub);
    }
    release_chain done = {0};
    for (engine_task *task = engine_outlet_take(hub->outlet), *next; task != NULL; task = next) {
        next = task->next;
        bool kept;
        PyObject *result;
        PyObject *answer = native_answer_take(state, task, &result, &kept);
        if (!kept) {
            chain_add(&done, task);
        }
        if (answer != NULL) {
            native_answer_settle(state, answer, result);
        }
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
    engine_task *task = native_is_foreign(hub->generation) ? NULL : engine_outlet_take(hub->outlet);
    for (engine_task *next; task != NULL; task = next) {
        next = task->next;
        bool kept;
        PyObject *result;
        PyObject *answer = native_answer_take(state, task, &result, &kept);
        if (answer != NULL) {
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
    unlink_hub(hub); /* before anything that may run Python */
    if (hub->outlet == NULL) {
        return;
    }
    engine_outlet *outlet = hub->outlet;
    hub->outlet = NULL;
    PyObject *abandoned = NULL; /* chained by `after`; let go of once the hub is consistent */
    while (hub->answers != NULL) {
        PyObject *answer = hub->answers;
        engine_task *task = native_part_of(answer)->task;
        native_answer_detach(answer);
        native_part_of(answer)->after = abandoned;
        abandoned = answer;
        engine_task_cancel(task);
    }
    if (!native_is_foreign(hub->generation)) {
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
        abandoned = native_part_of(answer)->after;
        native_part_of(answer)->after = NULL;
        native_answer_forget(answer);
    }
}

static int hub_traverse(PyObject *self, visitproc visit, void *arg) {
    native_hub *hub = (native_hub *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(hub->loop);
    Py_VISIT(hub->collected);
    for (PyObject *answer = hub->answers; answer != NULL; answer = native_part_of(answer)->after) {
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
    (void)hub_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef hub_methods[] = {
    {"_drain", hub_drain, METH_NOARGS, "Turns finished tasks into results; the event loop calls it."},
    {0},
};
static PyType_Slot hub_slots[] = {
    {Py_tp_dealloc, hub_dealloc},
    {Py_tp_traverse, hub_traverse},
    {Py_tp_clear, hub_clear},
    {Py_tp_methods, hub_methods},
    {0, NULL},
};
PyType_Spec native_hub_spec = {
    .name = "fraiseql._native.Hub",
    .basicsize = sizeof(native_hub),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = hub_slots,
};

/* ---- hubs of loops ---- */

/* With references: what is done with them may run Python, which may change the list. */
static PyObject *all_hubs(native_state *state) {
    PyObject *list = PyList_New(0);
    for (native_hub *hub = state->hubs; hub != NULL && list != NULL; hub = hub->after) {
        if (PyList_Append(list, (PyObject *)hub) < 0) {
            Py_CLEAR(list);
        }
    }
    if (list == NULL) {
        PyErr_Clear();
    }
    return list;
}

static bool loop_is_closed(native_state *state, native_hub *hub) {
    PyObject *loop = native_hub_loop(hub);
    if (loop == NULL) {
        return true;
    }
    PyObject *closed = PyObject_CallMethodNoArgs(loop, state->s_is_closed);
    bool is = closed == NULL || closed == Py_True;
    PyErr_Clear();
    Py_XDECREF(closed);
    Py_DECREF(loop);
    return is;
}

typedef enum loop_life { LOOP_CLOSED, LOOP_OPEN } loop_life;

/* An open loop must not watch a descriptor that is closed, and whose number may come again. */
static void let_go(native_hub *hub, loop_life life) {
    PyObject *loop = life == LOOP_OPEN && hub->outlet != NULL ? native_hub_loop(hub) : NULL;
    if (loop != NULL) {
        PyObject *removed = PyObject_CallMethod(loop, "remove_reader", "i", engine_outlet_fd(hub->outlet));
        PyErr_Clear();
        Py_XDECREF(removed);
        Py_DECREF(loop);
    }
    hub_orphan(hub);
}

void native_hubs_sweep(native_state *state, hub_sweep which) {
    PyObject *hubs = all_hubs(state);
    for (Py_ssize_t i = 0; hubs != NULL && i < PyList_GET_SIZE(hubs); i++) {
        native_hub *hub = (native_hub *)PyList_GET_ITEM(hubs, i);
        bool closed = loop_is_closed(state, hub);
        if (closed || which == SWEEP_ALL) {
            let_go(hub, closed ? LOOP_CLOSED : LOOP_OPEN);
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

/* The loop's reader gets the only lasting reference. */
static int watch(native_state *state, native_hub *hub, PyObject *loop) {
    PyObject *drain = PyObject_GetAttr((PyObject *)hub, state->s_drain);
    PyObject *fd = drain != NULL ? PyLong_FromLong(engine_outlet_fd(hub->outlet)) : NULL;
    PyObject *added = fd != NULL ? PyObject_CallMethodObjArgs(loop, state->s_add_reader, fd, drain, NULL) : NULL;
    Py_XDECREF(drain);
    Py_XDECREF(fd);
    Py_XDECREF(added);
    return added != NULL ? 0 : -1;
}

static native_hub *hub_new(native_state *state, PyObject *loop) {
    native_hub *hub = (native_hub *)state->hub_type->tp_alloc(state->hub_type, 0);
    if (hub == NULL) {
        return NULL;
    }
    hub->generation = engine_fork_generation();
    hub->outlet = engine_outlet_new();
    hub->loop = hub->outlet != NULL ? PyWeakref_NewRef(loop, NULL) : PyErr_SetFromErrno(PyExc_OSError);
    if (hub->loop == NULL || watch(state, hub, loop) < 0) {
        Py_DECREF(hub);
        return NULL;
    }
    link_hub(state, hub);
    return hub;
}

/* The hub of a loop, put in front; a new reference. NULL without an exception. */
static native_hub *find_hub(native_state *state, PyObject *loop) {
    for (native_hub *hub = state->hubs; hub != NULL; hub = hub->after) {
        PyObject *its = native_is_foreign(hub->generation) ? NULL : native_hub_loop(hub);
        Py_XDECREF(its);
        if (its == loop) {
            if (hub != state->hubs) {
                unlink_hub(hub);
                link_hub(state, hub);
            }
            return (native_hub *)Py_NewRef(hub);
        }
    }
    return NULL;
}

native_hub *native_hub_running(native_state *state) {
    if (state->get_running_loop == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "the interpreter is shutting down");
        return NULL;
    }
    PyObject *loop = PyObject_CallNoArgs(state->get_running_loop);
    if (loop == NULL) {
        return NULL;
    }
    native_hub *hub = find_hub(state, loop);
    if (hub == NULL) {
        native_hubs_sweep(state, SWEEP_CLOSED);
        hub = hub_new(state, loop);
    }
    Py_DECREF(loop);
    return hub;
}

engine_outlet *native_hub_outlet(native_hub *hub) { return hub->outlet; }
