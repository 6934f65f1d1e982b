/* SPDX-License-Identifier: MIT */
/* The extension module fraiseql._native: multi-phase initialization (PEP 489), all state in the module object, so that
 * every interpreter of a process has its own. At the exit of the interpreter its threads are ended. */
#include "native.h"

#include <stdlib.h>
#include <string.h>

static struct PyModuleDef module_def;

native_state *native_state_of(PyObject *module) { return PyModule_GetState(module); }

native_state *native_state_of_type(PyTypeObject *type) {
    PyObject *module = PyType_GetModuleByDef(type, &module_def);
    return module != NULL ? native_state_of(module) : NULL;
}

native_state *native_state_of_self(PyObject *self) { return native_state_of_type(Py_TYPE(self)); }

void native_set_error(PyObject *type, const char *message) {
    PyObject *text = PyUnicode_DecodeUTF8(message, (Py_ssize_t)strlen(message), "replace");
    if (text != NULL) {
        PyErr_SetObject(type, text);
        Py_DECREF(text);
    }
}

/* ---- setting up ---- */

static int intern_names(native_state *state) {
    const struct {
        PyObject **place;
        const char *text;
    } names[] = {
        {&state->s_set_result, "set_result"},
        {&state->s_set_exception, "set_exception"},
        {&state->s_cancelled, "cancelled"},
        {&state->s_drain, "_drain"},
        {&state->s_add_reader, "add_reader"},
        {&state->s_is_closed, "is_closed"},
        {&state->s_loop, "loop"},
        {&state->s_isoformat, "isoformat"},
        {&state->s_value, "value"},
        {&state->s_name, "name"},
        {&state->s_days, "days"},
        {&state->s_seconds, "seconds"},
        {&state->s_microseconds, "microseconds"},
        {&state->s_is_finite, "is_finite"},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        *names[i].place = PyUnicode_InternFromString(names[i].text);
        if (*names[i].place == NULL) {
            return -1;
        }
    }
    return 0;
}

static PyObject *import_name(const char *module, const char *name) {
    PyObject *imported = PyImport_ImportModule(module);
    PyObject *value = imported != NULL ? PyObject_GetAttrString(imported, name) : NULL;
    Py_XDECREF(imported);
    return value;
}

static int import_types(native_state *state) {
    const struct {
        PyObject **place;
        const char *module, *name;
    } types[] = {
        {&state->datetime, "datetime", "datetime"}, {&state->date, "datetime", "date"},
        {&state->time, "datetime", "time"},         {&state->timedelta, "datetime", "timedelta"},
        {&state->decimal, "decimal", "Decimal"},    {&state->uuid, "uuid", "UUID"},
        {&state->enumeration, "enum", "Enum"},
    };
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        *types[i].place = import_name(types[i].module, types[i].name);
        if (*types[i].place == NULL) {
            return -1;
        }
    }
    return 0;
}

static int make_types(PyObject *module, native_state *state) {
    state->pool_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &native_pool_spec, NULL);
    state->pipeline_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &native_pipeline_spec, NULL);
    state->planner_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &native_planner_spec, NULL);
    state->hub_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &native_hub_spec, NULL);
    state->stream_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &native_stream_spec, NULL);
    if (state->pool_type == NULL || state->pipeline_type == NULL || state->planner_type == NULL ||
        state->hub_type == NULL || state->stream_type == NULL || native_answer_make_type(module, state) < 0 ||
        PyModule_AddType(module, state->pool_type) < 0 || PyModule_AddType(module, state->pipeline_type) < 0 ||
        PyModule_AddType(module, state->planner_type) < 0) {
        return -1;
    }
    return 0;
}

static int add_constants(PyObject *module) {
    static const struct {
        const char *name;
        int value;
    } constants[] = {
        {"DATA", FRAISEQL_RESULT_DATA},
        {"REQUEST_ERROR", FRAISEQL_RESULT_REQUEST_ERROR},
        {"BAD_REQUEST", FRAISEQL_RESULT_BAD_REQUEST},
        {"TOO_LARGE", FRAISEQL_RESULT_TOO_LARGE},
        {"METHOD_NOT_ALLOWED", FRAISEQL_RESULT_METHOD_NOT_ALLOWED},
        {"NOT_FOUND", FRAISEQL_RESULT_NOT_FOUND},
        {"FORBIDDEN", FRAISEQL_RESULT_FORBIDDEN},
        {"UNAVAILABLE", FRAISEQL_RESULT_UNAVAILABLE},
        {"BATCH", FRAISEQL_RESULT_BATCH},
        {"READ_ONLY", FRAISEQL_READ_ONLY},
        {"NO_INTROSPECTION", FRAISEQL_NO_INTROSPECTION},
        {"ERROR_DETAIL", FRAISEQL_ERROR_DETAIL},
        {"NO_BATCH", FRAISEQL_NO_BATCH},
        {"PERSISTED_ONLY", FRAISEQL_PERSISTED_ONLY},
        {"WHOLE", FRAISEQL_WHOLE},
    };
    for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
        if (PyModule_AddIntConstant(module, constants[i].name, constants[i].value) < 0) {
            return -1;
        }
    }
    return PyModule_AddStringConstant(module, "version", fraiseql_version());
}

static PyObject *shut_down(PyObject *module, PyObject *unused) {
    (void)unused;
    native_pools_shut_down(native_state_of(module));
    Py_RETURN_NONE;
}

/* atexit runs before the interpreter takes itself down, so the GIL can still be let go while we wait. */
static int register_exit(PyObject *module) {
    PyObject *registrar = import_name("atexit", "register");
    PyObject *function = registrar != NULL ? PyObject_GetAttrString(module, "_shut_down") : NULL;
    PyObject *done = function != NULL ? PyObject_CallOneArg(registrar, function) : NULL;
    Py_XDECREF(registrar);
    Py_XDECREF(function);
    Py_XDECREF(done);
    return done != NULL ? 0 : -1;
}

static int module_exec(PyObject *module) {
    native_state *state = native_state_of(module);
    if (intern_names(state) < 0 || import_types(state) < 0 || make_types(module, state) < 0 ||
        add_constants(module) < 0) {
        return -1;
    }
    return register_exit(module);
}

/* ---- taking down ---- */

#define OBJECTS(state)                                                                                                 \
    {                                                                                                                  \
        (PyObject **)&(state)->pool_type, (PyObject **)&(state)->pipeline_type, (PyObject **)&(state)->planner_type,   \
            (PyObject **)&(state)->hub_type, (PyObject **)&(state)->answer_type, (PyObject **)&(state)->stream_type,   \
            &(state)->get_running_loop, &(state)->future_cancel, &(state)->datetime, &(state)->date, &(state)->time,   \
            &(state)->timedelta, &(state)->decimal, &(state)->uuid, &(state)->enumeration, &(state)->s_set_result,     \
            &(state)->s_set_exception, &(state)->s_cancelled, &(state)->s_drain, &(state)->s_add_reader,               \
            &(state)->s_is_closed, &(state)->s_loop, &(state)->s_isoformat, &(state)->s_value, &(state)->s_name,       \
            &(state)->s_days, &(state)->s_seconds, &(state)->s_microseconds, &(state)->s_is_finite                     \
    }

static int module_traverse(PyObject *module, visitproc visit, void *arg) {
    native_state *state = native_state_of(module);
    PyObject **const objects[] = OBJECTS(state);
    for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
        Py_VISIT(*objects[i]);
    }
    return 0;
}

static int module_clear(PyObject *module) {
    native_state *state = native_state_of(module);
    PyObject **const objects[] = OBJECTS(state);
    for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
        Py_CLEAR(*objects[i]);
    }
    return 0;
}

static void module_free(void *module) {
    native_state *state = native_state_of(module);
    (void)module_clear(module);
    native_streams_forget(state);
    native_hubs_forget(state);
    for (size_t i = 0; i < state->n_threads; i++) {
        engine_thread_unref(state->threads[i]);
    }
    free(state->threads);
    state->threads = NULL;
    state->n_threads = 0;
}

static PyObject *check_options(PyObject *module, PyObject *args) {
    native_state *state = PyModule_GetState(module);
    PyObject *pool, *pipeline;
    if (!PyArg_ParseTuple(args, "OO", &pool, &pipeline)) {
        return NULL;
    }
    native_options options = {0};
    PyObject *keep = PyList_New(0);
    bool good = keep != NULL && native_options_read(state, &options, pool, OPTIONS_OF_POOL, keep) == 0 &&
                native_options_read(state, &options, pipeline, OPTIONS_OF_PIPELINE, keep) == 0;
    Py_XDECREF(keep);
    if (!good) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef module_methods[] = {
    {"check_options", check_options, METH_VARARGS,
     "check_options(pool, pipeline): ValueError or TypeError for dicts of options that Pool or Pipeline would refuse."},
    {"document_json", native_document_json, METH_O, native_document_json_doc},
    {"_shut_down", shut_down, METH_NOARGS, "Ends all threads; called at the exit of the interpreter."},
    {0},
};
static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, module_exec},
#ifdef Py_mod_multiple_interpreters
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
    {0, NULL},
};
static struct PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT,
    .m_name = "fraiseql._native",
    .m_doc = "The engine, for the package fraiseql; use that.",
    .m_size = sizeof(native_state),
    .m_methods = module_methods,
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&module_def); }
