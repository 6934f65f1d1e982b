/* SPDX-License-Identifier: MIT */
/* fraiseql._native.Pipeline: a schema over a pool, and its requests, awaited or waited for. The package's Pipeline is
 * this one with methods that are coroutines. */
#include <stdlib.h>
#include <string.h>

#include "native.h"
#include "to_json.h"

#define INPUT_MAX (64u * 1024 * 1024)

/* ---- making one ---- */

/* The schema's text: str, bytes, a dict, or None. */
static int read_schema(native_state *state, PyObject *schema, fraiseql_slice *text, fq_buffer *made) {
    if (schema == NULL || schema == Py_None) {
        return 0;
    }
    if (PyUnicode_Check(schema)) {
        Py_ssize_t len;
        text->ptr = PyUnicode_AsUTF8AndSize(schema, &len);
        text->len = (size_t)len;
        return text->ptr != NULL ? 0 : -1;
    }
    if (PyBytes_Check(schema)) {
        *text = (fraiseql_slice){PyBytes_AS_STRING(schema), (size_t)PyBytes_GET_SIZE(schema)};
        return 0;
    }
    if (PyDict_Check(schema)) {
        int status = native_json_object(state, made, "schema_json", schema);
        *text = (fraiseql_slice){made->ptr, made->len};
        return status;
    }
    PyErr_Format(PyExc_TypeError, "schema_json must be str, bytes, dict or None, not %.100s", Py_TYPE(schema)->tp_name);
    return -1;
}

static PyObject *exception_for(fraiseql_failure failure) {
    return failure == FRAISEQL_NO_DATABASE ? PyExc_ConnectionError : PyExc_ValueError;
}

static fraiseql *load_engine(const fraiseql_options *options) {
    fraiseql *engine;
    fraiseql_failure failure = FRAISEQL_OK;
    char *message = NULL;
    Py_BEGIN_ALLOW_THREADS engine = fraiseql_new(options, &failure, &message);
    Py_END_ALLOW_THREADS if (engine == NULL) {
        native_set_error(exception_for(failure), message != NULL ? message : "the schema could not be loaded");
    }
    free(message);
    return engine;
}

fraiseql *native_engine_load(native_state *state, fraiseql_options *options, PyObject *schema) {
    fq_buffer made;
    fq_buffer_init(&made, INPUT_MAX);
    fraiseql *engine = read_schema(state, schema, &options->schema, &made) == 0 ? load_engine(options) : NULL;
    fq_buffer_done(&made);
    return engine;
}

static int open_pipeline(native_pipeline *self, engine_thread *thread) {
    engine_task *task = engine_task_new(TASK_OPEN, thread, self->pipeline, NULL, NULL);
    if (task == NULL || !engine_thread_submit(task)) {
        if (task != NULL) {
            engine_task_drop(task);
        }
        PyErr_SetString(PyExc_RuntimeError, "the pool is closed");
        return -1;
    }
    bool waited = native_wait(task);
    bool works = task->works;
    engine_task_release(task);
    if (waited && !works) {
        PyErr_SetString(PyExc_RuntimeError, "the pool is closed");
    }
    self->closed = !works;
    return waited && works ? 0 : -1;
}

static int set_up(native_state *state, native_pipeline *self, PyObject *schema, PyObject *dict, PyObject *keep) {
    if (native_pool_thread(self->pool) == NULL) {
        return -1;
    }
    native_options options = {.engine = self->pool->options, .introspection = true};
    if (native_options_read(state, &options, dict, OPTIONS_OF_PIPELINE, keep) < 0) {
        return -1;
    }
    fraiseql *engine = native_engine_load(state, &options.engine, schema);
    if (engine == NULL) {
        return -1;
    }
    engine_thread *thread = native_pool_thread(self->pool); /* only now: the GIL was free while the schema was loaded */
    if (thread == NULL) {
        fraiseql_free(engine);
        return -1;
    }
    self->flags = (options.error_detail ? (unsigned)FRAISEQL_ERROR_DETAIL : 0) |
                  (options.introspection ? 0 : (unsigned)FRAISEQL_NO_INTROSPECTION);
    self->pipeline = engine_pipeline_new(thread, engine);
    if (self->pipeline == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    return open_pipeline(self, thread);
}

static PyObject *pipeline_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"pool", "schema_json", "options", NULL};
    native_state *state = native_state_of_type(type);
    PyObject *pool, *schema = NULL, *options = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!|OO:Pipeline", names, state->pool_type, &pool, &schema,
                                     &options)) {
        return NULL;
    }
    native_pipeline *self = (native_pipeline *)type->tp_alloc(type, 0);
    PyObject *keep = self != NULL ? PyList_New(0) : NULL;
    if (keep == NULL) {
        Py_XDECREF(self);
        return NULL;
    }
    self->pool = (native_pool *)Py_NewRef(pool);
    self->closed = true;
    int status = set_up(state, self, schema, options, keep);
    Py_DECREF(keep);
    if (status < 0) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static void close_it(native_pipeline *self) {
    if (!self->closed) {
        self->closed = true;
        engine_pipeline_close(self->pipeline);
    }
}

static int pipeline_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((native_pipeline *)self)->pool);
    return 0;
}

static void pipeline_dealloc(PyObject *self) {
    native_pipeline *pipeline = (native_pipeline *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    close_it(pipeline);
    engine_pipeline_unref(pipeline->pipeline);
    Py_XDECREF(pipeline->pool);
    type->tp_free(self);
    Py_DECREF(type);
}

/* The thread of an open pipeline; NULL with RuntimeError. */
static engine_thread *thread_of(native_pipeline *self) {
    if (self->closed) {
        PyErr_SetString(PyExc_RuntimeError, "the pipeline is closed");
        return NULL;
    }
    return native_pool_thread(self->pool);
}

/* ---- requests ---- */

static int read_text(PyObject *value, const char *name, fraiseql_slice *text) {
    if (value == NULL || value == Py_None) {
        return 0;
    }
    if (!PyUnicode_Check(value)) {
        PyErr_Format(PyExc_TypeError, "%s must be str%s, not %.100s", name,
                     strcmp(name, "query_string") == 0 ? "" : " or None", Py_TYPE(value)->tp_name);
        return -1;
    }
    Py_ssize_t len;
    text->ptr = PyUnicode_AsUTF8AndSize(value, &len);
    text->len = (size_t)len;
    if (text->ptr == NULL) {
        PyErr_Format(PyExc_ValueError, "%s holds a lone surrogate, which no UTF-8 has", name);
        return -1;
    }
    return 0;
}

static int read_timeout(PyObject *value, uint64_t *ms) {
    if (value == NULL || value == Py_None) {
        return 0;
    }
    double seconds = PyFloat_AsDouble(value);
    if (seconds == -1.0 && PyErr_Occurred()) {
        if (PyErr_ExceptionMatches(PyExc_TypeError)) {
            PyErr_Format(PyExc_TypeError, "timeout must be a number of seconds or None, not %.100s",
                         Py_TYPE(value)->tp_name);
        }
        return -1;
    }
    if (!(seconds > 0.0 && seconds < 1e9)) {
        PyErr_SetString(PyExc_ValueError, "timeout must be a positive number of seconds");
        return -1;
    }
    *ms = seconds < 0.001 ? 1 : (uint64_t)(seconds * 1000.0);
    return 0;
}

enum { ARG_QUERY, ARG_VARIABLES, ARG_CONTEXT, ARG_OPERATION, ARG_EXTENSIONS, ARG_TIMEOUT, N_ARGS };
static const char *const argument_names[N_ARGS] = {"query_string",   "variables",  "user_context",
                                                   "operation_name", "extensions", "timeout"};

/* Sorts the arguments of a vectorcall into places; -1 with TypeError. */
static int sort_arguments(PyObject *const *args, Py_ssize_t n_args, PyObject *names, PyObject *sorted[N_ARGS]) {
    if (n_args > N_ARGS) {
        PyErr_Format(PyExc_TypeError, "at most %d arguments, %zd were given", N_ARGS, n_args);
        return -1;
    }
    for (Py_ssize_t i = 0; i < n_args; i++) {
        sorted[i] = args[i];
    }
    for (Py_ssize_t i = 0; names != NULL && i < PyTuple_GET_SIZE(names); i++) {
        PyObject *name = PyTuple_GET_ITEM(names, i);
        int at = 0;
        while (at < N_ARGS && PyUnicode_CompareWithASCIIString(name, argument_names[at]) != 0) {
            at++;
        }
        if (at == N_ARGS || sorted[at] != NULL) {
            PyErr_Format(PyExc_TypeError, at == N_ARGS ? "there is no argument %R" : "argument %R was given twice",
                         name);
            return -1;
        }
        sorted[at] = args[n_args + i];
    }
    if (sorted[ARG_QUERY] == NULL || sorted[ARG_QUERY] == Py_None) {
        PyErr_SetString(PyExc_TypeError, sorted[ARG_QUERY] == NULL ? "argument query_string is missing"
                                                                   : "query_string must be str, not NoneType");
        return -1;
    }
    return 0;
}

/* Three dicts become one text with two seams. */
typedef struct dict_texts {
    fq_buffer text;
    size_t seams[3];
} dict_texts;

static int write_dicts(native_state *state, dict_texts *texts, PyObject *const dicts[3]) {
    static const char *const names[] = {"variables", "user_context", "extensions"};
    fq_buffer_init(&texts->text, INPUT_MAX);
    for (size_t i = 0; i < 3; i++) {
        if (native_json_object(state, &texts->text, names[i], dicts[i]) < 0) {
            return -1;
        }
        texts->seams[i] = texts->text.len;
    }
    return 0;
}

static fraiseql_slice dict_text(const dict_texts *texts, size_t i) {
    size_t from = i > 0 ? texts->seams[i - 1] : 0;
    size_t len = texts->seams[i] - from;
    return len > 0 ? (fraiseql_slice){texts->text.ptr + from, len} : (fraiseql_slice){0};
}

static int fill_input(native_state *state, PyObject *const sorted[N_ARGS], fraiseql_input *input, dict_texts *texts) {
    PyObject *const dicts[3] = {sorted[ARG_VARIABLES], sorted[ARG_CONTEXT], sorted[ARG_EXTENSIONS]};
    if (read_text(sorted[ARG_QUERY], "query_string", &input->query) < 0 ||
        read_text(sorted[ARG_OPERATION], "operation_name", &input->operation_name) < 0 ||
        read_timeout(sorted[ARG_TIMEOUT], &input->timeout_ms) < 0 || write_dicts(state, texts, dicts) < 0) {
        return -1;
    }
    input->variables = dict_text(texts, 0);
    input->user_context = dict_text(texts, 1);
    input->extensions = dict_text(texts, 2);
    return 0;
}

/* A task for the call's arguments; NULL with an exception. `hub` NULL: to be waited for. */
static engine_task *task_from_call(native_pipeline *self, native_hub *hub, PyObject *const *args, Py_ssize_t n_args,
                                   PyObject *names) {
    PyObject *sorted[N_ARGS] = {0};
    if (thread_of(self) == NULL) {
        return NULL;
    }
    dict_texts texts = {0};
    fraiseql_input input = {.flags = FRAISEQL_WHOLE | self->flags};
    engine_task *task = NULL;
    if (sort_arguments(args, n_args, names, sorted) == 0 &&
        fill_input(native_state_of_self((PyObject *)self), sorted, &input, &texts) == 0) {
        engine_thread *thread = thread_of(self); /* again: writing the dicts may have called Python */
        if (thread != NULL) {
            task = engine_task_new(TASK_REQUEST, thread, self->pipeline, hub != NULL ? native_hub_outlet(hub) : NULL,
                                   &input);
            if (task == NULL) {
                PyErr_NoMemory();
            }
        }
    }
    fq_buffer_done(&texts.text);
    return task;
}

static PyObject *pipeline_start(PyObject *self, PyObject *const *args, Py_ssize_t n_args, PyObject *names) {
    native_state *state = native_state_of_self(self);
    native_hub *hub = native_hub_running(state);
    if (hub == NULL) {
        return NULL;
    }
    engine_task *task = task_from_call((native_pipeline *)self, hub, args, n_args, names);
    PyObject *answer = task != NULL ? native_answer_start(state, hub, task, ANSWER_BYTES, self) : NULL;
    Py_DECREF(hub);
    return answer;
}

static PyObject *pipeline_execute_sync(PyObject *self, PyObject *const *args, Py_ssize_t n_args, PyObject *names) {
    engine_task *task = task_from_call((native_pipeline *)self, NULL, args, n_args, names);
    if (task == NULL) {
        return NULL;
    }
    if (!engine_thread_submit(task)) {
        engine_task_drop(task);
        PyErr_SetString(PyExc_RuntimeError, "the pool is closed");
        return NULL;
    }
    PyObject *bytes = NULL;
    if (native_wait(task)) {
        bytes = task->cancelled ? native_raise_closed()
                                : PyBytes_FromStringAndSize(task->chunk.bytes.ptr, (Py_ssize_t)task->chunk.bytes.len);
    }
    engine_task_release(task);
    return bytes;
}

static int read_buffer(PyObject *value, const char *name, fraiseql_slice *text) {
    if (value == NULL || value == Py_None) {
        return 0;
    }
    if (!PyBytes_Check(value)) {
        PyErr_Format(PyExc_TypeError, "%s must be bytes or None, not %.100s", name, Py_TYPE(value)->tp_name);
        return -1;
    }
    *text = (fraiseql_slice){PyBytes_AS_STRING(value), (size_t)PyBytes_GET_SIZE(value)};
    return 0;
}

/* request(body, query_string, user_context, flags): what HTTP brings, unread. */
static PyObject *pipeline_request(PyObject *self, PyObject *const *args, Py_ssize_t n_args) {
    if (n_args != 4) {
        PyErr_SetString(PyExc_TypeError, "request(body, query_string, user_context, flags)");
        return NULL;
    }
    native_state *state = native_state_of_self(self);
    native_pipeline *pipeline = (native_pipeline *)self;
    long flags = PyLong_AsLong(args[3]);
    fraiseql_input input = {0};
    fq_buffer context;
    fq_buffer_init(&context, INPUT_MAX);
    native_hub *hub = NULL;
    PyObject *answer = NULL;
    if (!(flags == -1 && PyErr_Occurred()) && read_buffer(args[0], "body", &input.body) == 0 &&
        read_buffer(args[1], "query_string", &input.query_string) == 0 &&
        native_json_object(state, &context, "user_context", args[2]) == 0) {
        input.user_context = (fraiseql_slice){context.ptr, context.len};
        input.flags = (unsigned)flags | pipeline->flags;
        hub = native_hub_running(state);
        engine_thread *thread = hub != NULL ? thread_of(pipeline) : NULL; /* last: all before may have called Python */
        if (thread != NULL) {
            engine_task *task =
                engine_task_new(TASK_REQUEST, thread, pipeline->pipeline, native_hub_outlet(hub), &input);
            answer = task != NULL ? native_answer_start(state, hub, task, ANSWER_REQUEST, self) : PyErr_NoMemory();
        }
    }
    Py_XDECREF(hub);
    fq_buffer_done(&context);
    return answer;
}

/* ---- looking inside ---- */

static engine_task *ask(native_pipeline *self, engine_task_kind kind) {
    engine_thread *thread = thread_of(self);
    engine_task *task = thread != NULL ? engine_task_new(kind, thread, self->pipeline, NULL, NULL) : NULL;
    if (task == NULL || !engine_thread_submit(task)) {
        if (task != NULL) {
            engine_task_drop(task);
        }
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_RuntimeError, "the pool is closed");
        }
        return NULL;
    }
    if (!native_wait(task)) {
        engine_task_release(task);
        return NULL;
    }
    return task;
}

static PyObject *pipeline_get_cache_stats(PyObject *self, PyObject *unused) {
    (void)unused;
    engine_task *task = ask((native_pipeline *)self, TASK_STATS);
    if (task == NULL) {
        return NULL;
    }
    fraiseql_stats stats = task->stats;
    engine_task_release(task);
    uint64_t lookups = stats.plan_hits + stats.plan_misses;
    return Py_BuildValue("{sKsKsdsIsIsnsKsK}", "hits", (unsigned long long)stats.plan_hits, "misses",
                         (unsigned long long)stats.plan_misses, "hit_rate",
                         lookups > 0 ? (double)stats.plan_hits / (double)lookups : 0.0, "cached_plans", stats.plans,
                         "max_cached_plans", stats.max_plans, "plan_bytes", (Py_ssize_t)stats.plan_bytes, "requests",
                         (unsigned long long)stats.requests, "request_errors",
                         (unsigned long long)stats.request_errors);
}

static PyObject *pipeline_clear_cache(PyObject *self, PyObject *unused) {
    (void)unused;
    engine_task *task = ask((native_pipeline *)self, TASK_CLEAR_CACHE);
    if (task == NULL) {
        return NULL;
    }
    engine_task_release(task);
    Py_RETURN_NONE;
}

PyObject *native_text(char *text) {
    PyObject *taken =
        text != NULL ? PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace") : Py_NewRef(Py_None);
    free(text);
    return taken;
}

static PyObject *print_schema(PyObject *self, char *(*print)(fraiseql *engine)) {
    native_pipeline *pipeline = (native_pipeline *)self;
    if (thread_of(pipeline) == NULL) {
        return NULL;
    }
    char *text;
    engine_pipeline *held = pipeline->pipeline;
    engine_pipeline_ref(held);
    Py_BEGIN_ALLOW_THREADS text = print(engine_pipeline_engine(held));
    Py_END_ALLOW_THREADS engine_pipeline_unref(held);
    return native_text(text);
}

static PyObject *pipeline_schema_sdl(PyObject *self, PyObject *unused) {
    (void)unused;
    return print_schema(self, fraiseql_schema_sdl);
}

static PyObject *pipeline_schema_json(PyObject *self, PyObject *unused) {
    (void)unused;
    return print_schema(self, fraiseql_schema_json);
}

static PyObject *pipeline_schema_warnings(PyObject *self, PyObject *unused) {
    (void)unused;
    return print_schema(self, fraiseql_schema_warnings);
}

/* _explain(json, analyze, query_string, variables, ...) */
static PyObject *pipeline_explain(PyObject *self, PyObject *const *args, Py_ssize_t n_args, PyObject *names) {
    if (n_args < 2) {
        PyErr_SetString(PyExc_TypeError, "_explain(json, analyze, query_string, ...)");
        return NULL;
    }
    fraiseql_explain_form form = args[0] == Py_True ? FRAISEQL_EXPLAIN_JSON : FRAISEQL_EXPLAIN_TEXT;
    fraiseql_explain_depth depth = args[1] == Py_True ? FRAISEQL_EXPLAIN_ANALYZE : FRAISEQL_EXPLAIN_PLAN;
    engine_task *task = task_from_call((native_pipeline *)self, NULL, args + 2, n_args - 2, names);
    if (task == NULL) {
        return NULL;
    }
    char *text, *message = NULL;
    Py_BEGIN_ALLOW_THREADS text =
        fraiseql_explain(engine_pipeline_engine(task->pipeline), &task->input, form, depth, &message);
    Py_END_ALLOW_THREADS engine_task_drop(task);
    return Py_BuildValue("(NN)", native_text(text), native_text(message));
}

static PyObject *pipeline_close(PyObject *self, PyObject *unused) {
    (void)unused;
    close_it((native_pipeline *)self);
    Py_RETURN_NONE;
}

static PyObject *pipeline_get_pool(PyObject *self, void *unused) {
    (void)unused;
    return Py_NewRef(((native_pipeline *)self)->pool);
}

static PyObject *pipeline_get_closed(PyObject *self, void *unused) {
    (void)unused;
    return PyBool_FromLong(((native_pipeline *)self)->closed);
}

#define FAST(function) (PyCFunction)(void (*)(void))(function)

static PyMethodDef pipeline_methods[] = {
    {"start", FAST(pipeline_start), METH_FASTCALL | METH_KEYWORDS,
     "As Pipeline.execute: starts at once, returns a future."},
    {"execute_sync", FAST(pipeline_execute_sync), METH_FASTCALL | METH_KEYWORDS, "Blocks, without the GIL; bytes."},
    {"request", FAST(pipeline_request), METH_FASTCALL,
     "request(body, query_string, user_context, flags): awaitable (result, bytes, stream or None)."},
    {"get_cache_stats", pipeline_get_cache_stats, METH_NOARGS, "A dict of the plan cache's numbers."},
    {"clear_cache", pipeline_clear_cache, METH_NOARGS, "Forgets all plans and the counts."},
    {"schema_sdl", pipeline_schema_sdl, METH_NOARGS, "The schema as SDL."},
    {"schema_json", pipeline_schema_json, METH_NOARGS, "The schema as schema JSON."},
    {"schema_warnings", pipeline_schema_warnings, METH_NOARGS, "Warnings about the schema, one a line."},
    {"_explain", FAST(pipeline_explain), METH_FASTCALL | METH_KEYWORDS, "(text or None, response with errors or None)"},
    {"close", pipeline_close, METH_NOARGS, "Running requests end; new ones are refused."},
    {0},
};
static PyGetSetDef pipeline_members[] = {
    {"pool", pipeline_get_pool, NULL, "The pool under it.", NULL},
    {"closed", pipeline_get_closed, NULL, "Whether close() has been called.", NULL},
    {0},
};
static PyType_Slot pipeline_slots[] = {
    {Py_tp_new, pipeline_new},         {Py_tp_dealloc, pipeline_dealloc}, {Py_tp_traverse, pipeline_traverse},
    {Py_tp_methods, pipeline_methods}, {Py_tp_getset, pipeline_members},  {0, NULL},
};
PyType_Spec native_pipeline_spec = {.name = "fraiseql._native.Pipeline",
                                    .basicsize = sizeof(native_pipeline),
                                    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                                    .slots = pipeline_slots};
