/* SPDX-License-Identifier: MIT */
/* fraiseql.Pool: a thread of the library and its connections. Closing gives running reads up and waits, while it takes
 * finished answers out of the engine's memory, which the thread must have back before it can end. */
#include "native.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define POOL_SIZE_MAX 10000
#define PATIENCE_MS 10000 /* for the end of a thread: a mutation that runs is awaited so long */

/* ---- the threads of this interpreter ---- */

static void forget_ended(native_state *state) {
    size_t kept = 0;
    for (size_t i = 0; i < state->n_threads; i++) {
        engine_thread *thread = state->threads[i];
        if (engine_thread_wait(thread, 0)) {
            engine_thread_unref(thread);
        } else {
            state->threads[kept++] = thread;
        }
    }
    state->n_threads = kept;
}

static int remember(native_state *state, engine_thread *thread) {
    forget_ended(state);
    if (state->n_threads == state->threads_capacity) {
        size_t capacity = state->threads_capacity * 2 + 4;
        engine_thread **grown = realloc(state->threads, capacity * sizeof(*grown));
        if (grown == NULL) {
            return -1;
        }
        state->threads = grown;
        state->threads_capacity = capacity;
    }
    engine_thread_ref(thread);
    state->threads[state->n_threads++] = thread;
    return 0;
}

/* Waits without the GIL; false where patience ran out. */
static bool await_end(native_state *state, engine_thread *thread) {
    for (unsigned waited = 0; waited < PATIENCE_MS; waited += 5) {
        bool ended;
        native_hubs_collect(state);
        native_streams_end(state, thread);
        Py_BEGIN_ALLOW_THREADS ended = engine_thread_wait(thread, 5);
        Py_END_ALLOW_THREADS if (ended) { return true; }
    }
    return false;
}

void native_pools_shut_down(native_state *state) {
    /* Ours alone from here: other threads run while we wait. */
    engine_thread **threads = state->threads;
    size_t n = state->n_threads;
    state->threads = NULL;
    state->n_threads = state->threads_capacity = 0;
    state->shut_down = true;
    for (size_t i = 0; i < n; i++) {
        engine_thread_quit(threads[i]);
    }
    native_hubs_sweep(state, SWEEP_ALL);
    for (size_t i = 0; i < n; i++) {
        (void)await_end(state, threads[i]);
        engine_thread_unref(threads[i]);
    }
    free(threads);
}

/* ---- the object ---- */

static int start_thread(native_state *state, native_pool *pool, const native_options *options) {
    pool->options = options->engine;
    pool->options.database = pool->url;
    char *message = NULL;
    pool->thread = engine_thread_new(&pool->options, options->pool_size, &message);
    if (pool->thread == NULL) {
        native_set_error(PyExc_ValueError, message != NULL ? message : "out of memory");
    } else if (remember(state, pool->thread) < 0) {
        PyErr_NoMemory();
    }
    free(message);
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *pool_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"url", "config", NULL};
    const char *url;
    PyObject *config = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "s|O:Pool", names, &url, &config)) {
        return NULL;
    }
    native_state *state = native_state_of_type(type);
    if (state == NULL || state->shut_down) {
        PyErr_SetString(PyExc_RuntimeError, "the interpreter is shutting down");
        return NULL;
    }
    native_options options = {.pool_size = 20};
    fraiseql_options_init(&options.engine);
    PyObject *keep = PyList_New(0);
    native_pool *pool = keep != NULL ? (native_pool *)type->tp_alloc(type, 0) : NULL;
    if (pool == NULL) {
        Py_XDECREF(keep);
        return NULL;
    }
    pool->url = strdup(url);
    int status = native_options_read(state, &options, config, OPTIONS_OF_POOL, keep);
    Py_DECREF(keep); /* a pool has no options with memory of their own */
    if (status == 0 && (options.pool_size == 0 || options.pool_size > POOL_SIZE_MAX)) {
        PyErr_Format(PyExc_ValueError, "option max_size: between 1 and %d", POOL_SIZE_MAX);
        status = -1;
    }
    if (status < 0 || start_thread(state, pool, &options) < 0) {
        Py_DECREF(pool);
        return NULL;
    }
    return (PyObject *)pool;
}

static int pool_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static void pool_dealloc(PyObject *self) {
    native_pool *pool = (native_pool *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (pool->weak_list != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    if (pool->thread != NULL) {
        engine_thread_quit(pool->thread);
        engine_thread_unref(pool->thread);
    }
    free(pool->url);
    type->tp_free(self);
    Py_DECREF(type);
}

engine_thread *native_pool_thread(native_pool *pool) {
    if (pool->thread == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "the pool is closed");
        return NULL;
    }
    if (engine_thread_is_foreign(pool->thread)) {
        PyErr_SetString(
            PyExc_RuntimeError,
            "this process was forked after the Pool was made: its thread and connections stayed in the parent. "
            "Make a Pool (call initialize_pipeline) in each process, after the fork");
        return NULL;
    }
    return pool->thread;
}

/* A task of the connections, done; NULL with an exception. To be released. */
static engine_task *ask(native_pool *pool, engine_task_kind kind) {
    engine_thread *thread = native_pool_thread(pool);
    engine_task *task = thread != NULL ? engine_task_new(kind, thread, NULL, NULL, NULL) : NULL;
    if (task == NULL) {
        return thread != NULL ? (engine_task *)PyErr_NoMemory() : NULL;
    }
    if (!engine_thread_submit(task)) {
        engine_task_drop(task);
        PyErr_SetString(PyExc_RuntimeError, "the pool is closed");
        return NULL;
    }
    if (!native_wait(task)) {
        engine_task_release(task);
        return NULL;
    }
    return task;
}

static PyObject *pool_health_check(PyObject *self, PyObject *unused) {
    (void)unused;
    engine_task *task = ask((native_pool *)self, TASK_PROBE);
    if (task == NULL) {
        return NULL;
    }
    bool works = task->works, cancelled = task->cancelled;
    engine_task_release(task);
    return cancelled ? native_raise_closed() : PyBool_FromLong(works);
}

static PyObject *pool_health_check_async(PyObject *self, PyObject *unused) {
    (void)unused;
    native_state *state = native_state_of_self(self);
    native_hub *hub = native_hub_running(state);
    engine_thread *thread = hub != NULL ? native_pool_thread((native_pool *)self) : NULL;
    engine_task *task = thread != NULL ? engine_task_new(TASK_PROBE, thread, NULL, native_hub_outlet(hub), NULL) : NULL;
    if (task == NULL && !PyErr_Occurred()) {
        PyErr_NoMemory();
    }
    PyObject *answer = task != NULL ? native_answer_start(state, hub, task, ANSWER_WORKS, self) : NULL;
    Py_XDECREF(hub);
    return answer;
}

static PyObject *pool_get_stats(PyObject *self, PyObject *unused) {
    (void)unused;
    engine_task *task = ask((native_pool *)self, TASK_STATS);
    if (task == NULL) {
        return NULL;
    }
    fraiseql_stats stats = task->stats;
    engine_task_release(task);
    return Py_BuildValue("{sIsIsIsI}", "connections", stats.connections, "idle_connections", stats.idle_connections,
                         "active_connections", stats.active_connections, "waiting_requests", stats.waiting_requests);
}

static PyObject *pool_close(PyObject *self, PyObject *unused) {
    (void)unused;
    native_pool *pool = (native_pool *)self;
    engine_thread *thread = pool->thread;
    if (thread != NULL) {
        pool->thread = NULL;
        engine_thread_quit(thread);
        (void)await_end(native_state_of_self(self), thread);
        engine_thread_unref(thread);
    }
    Py_RETURN_NONE;
}

static PyObject *pool_get_closed(PyObject *self, void *unused) {
    (void)unused;
    return PyBool_FromLong(((native_pool *)self)->thread == NULL);
}

PyDoc_STRVAR(pool_doc, "Pool(url, config=None)\n--\n\n"
                       "Connections to one database, and the thread that works on them.\n\n"
                       "url is what libpq takes, a URI or key=value pairs. config may hold max_size (20), min_idle "
                       "(2), connection_timeout (30000),\n"
                       "idle_timeout (600000), max_lifetime (1800000), max_queue (1000) and prepared (True; False "
                       "where a pooler in transaction mode\n"
                       "is in between). Times are in milliseconds. Nothing is connected before it is needed.");
PyDoc_STRVAR(health_doc, "health_check($self, /)\n--\n\nWhether a connection works, or comes to work. Blocks.");
PyDoc_STRVAR(health_async_doc, "health_check_async($self, /)\n--\n\nAs health_check, to be awaited.");
PyDoc_STRVAR(stats_doc,
             "get_stats($self, /)\n--\n\nA dict: connections, idle_connections, active_connections, waiting_requests.");
PyDoc_STRVAR(close_doc,
             "close($self, /)\n--\n\nGives running reads up, lets mutations end, closes the connections. Blocks.");

static PyMethodDef pool_methods[] = {
    {"health_check", pool_health_check, METH_NOARGS, health_doc},
    {"health_check_async", pool_health_check_async, METH_NOARGS, health_async_doc},
    {"get_stats", pool_get_stats, METH_NOARGS, stats_doc},
    {"close", pool_close, METH_NOARGS, close_doc},
    {0},
};
static PyGetSetDef pool_members[] = {
    {"closed", pool_get_closed, NULL, "Whether close() has been called.", NULL},
    {0},
};
static PyMemberDef pool_offsets[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(native_pool, weak_list), READONLY, NULL},
    {0},
};
static PyType_Slot pool_slots[] = {
    {Py_tp_doc, (void *)pool_doc}, {Py_tp_new, pool_new},
    {Py_tp_dealloc, pool_dealloc}, {Py_tp_traverse, pool_traverse},
    {Py_tp_methods, pool_methods}, {Py_tp_getset, pool_members},
    {Py_tp_members, pool_offsets}, {0, NULL},
};
PyType_Spec native_pool_spec = {.name = "fraiseql.Pool",
                                .basicsize = sizeof(native_pool),
                                .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                                .slots = pool_slots};
