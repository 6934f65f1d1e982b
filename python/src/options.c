/* SPDX-License-Identifier: MIT */
/* Options from a dict of Python, by one table: name, kind, place, and whose they are. The names are those of the
 * program's configuration file; times are in milliseconds. */
#include "native.h"

#include <stddef.h>

#include "base/nearest.h"
#include "to_json.h"

typedef enum option_kind {
    KIND_U32,
    KIND_U64,
    KIND_SIZE,
    KIND_BOOL,
    KIND_TEXT,
    KIND_SLICE,
    KIND_LIST,
    KIND_JSON
} option_kind;

typedef struct option {
    const char *name;
    unsigned scopes;
    option_kind kind;
    size_t offset;
} option;

#define ENGINE(member) (offsetof(native_options, engine) + offsetof(fraiseql_options, member))
#define POOL OPTIONS_OF_POOL
#define PIPELINE OPTIONS_OF_PIPELINE

static const option table[] = {
    {"max_size", POOL, KIND_U32, offsetof(native_options, pool_size)},
    {"min_idle", POOL, KIND_U32, ENGINE(min_idle)},
    {"connection_timeout", POOL, KIND_U64, ENGINE(connection_timeout_ms)},
    {"idle_timeout", POOL, KIND_U64, ENGINE(idle_timeout_ms)},
    {"max_lifetime", POOL, KIND_U64, ENGINE(max_lifetime_ms)},
    {"max_queue", POOL, KIND_U32, ENGINE(max_queue)},
    {"prepared", POOL, KIND_BOOL, ENGINE(prepared)},
    {"error_detail", PIPELINE, KIND_BOOL, offsetof(native_options, error_detail)},
    {"introspection", PIPELINE, KIND_BOOL, offsetof(native_options, introspection)},
    {"db_schemas", PIPELINE, KIND_TEXT, ENGINE(db_schemas)},
    {"include", PIPELINE, KIND_LIST, ENGINE(include)},
    {"exclude", PIPELINE, KIND_LIST, ENGINE(exclude)},
    {"strict", PIPELINE, KIND_BOOL, ENGINE(strict)},
    {"big_numbers", PIPELINE, KIND_BOOL, ENGINE(big_numbers)},
    {"batching", PIPELINE, KIND_BOOL, ENGINE(batching)},
    {"max_batch", PIPELINE, KIND_U32, ENGINE(max_batch)},
    {"session_map", PIPELINE, KIND_JSON, ENGINE(session_map)},
    {"max_body", PIPELINE, KIND_SIZE, ENGINE(max_body)},
    {"max_document", PIPELINE, KIND_SIZE, ENGINE(max_document)},
    {"max_buffered_answer", PIPELINE, KIND_SIZE, ENGINE(max_buffered_answer)},
    {"response_buffer", PIPELINE, KIND_SIZE, ENGINE(response_buffer)},
    {"max_cache_bytes", PIPELINE, KIND_SIZE, ENGINE(max_cache_bytes)},
    {"max_tokens", PIPELINE, KIND_U32, ENGINE(max_tokens)},
    {"max_depth", PIPELINE, KIND_U32, ENGINE(max_depth)},
    {"max_fields", PIPELINE, KIND_U32, ENGINE(max_fields)},
    {"max_aliases", PIPELINE, KIND_U32, ENGINE(max_aliases)},
    {"max_directives", PIPELINE, KIND_U32, ENGINE(max_directives)},
    {"max_root_fields", PIPELINE, KIND_U32, ENGINE(max_root_fields)},
    {"max_errors", PIPELINE, KIND_U32, ENGINE(max_errors)},
    {"max_rows", PIPELINE, KIND_U32, ENGINE(max_rows)},
    {"max_plans", PIPELINE, KIND_U32, ENGINE(max_plans)},
    {"request_timeout", PIPELINE, KIND_U64, ENGINE(request_timeout_ms)},
    {"apq", PIPELINE, KIND_BOOL, ENGINE(apq)},
    {"max_apq", PIPELINE, KIND_U32, ENGINE(max_apq)},
    {"trusted_documents", PIPELINE, KIND_SLICE, ENGINE(trusted)},
    {"trusted_only", PIPELINE, KIND_BOOL, ENGINE(trusted_only)},
};

static int wrong_type(const char *name, const char *wanted, PyObject *value) {
    PyErr_Format(PyExc_TypeError, "option %s must be %s, not %.100s", name, wanted, Py_TYPE(value)->tp_name);
    return -1;
}

static int read_number(const option *o, void *place, PyObject *value) {
    if (!PyLong_Check(value) || PyBool_Check(value)) {
        return wrong_type(o->name, "an int", value);
    }
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (number < 0 || overflow != 0 || (o->kind == KIND_U32 && number > UINT32_MAX)) {
        PyErr_Format(PyExc_ValueError, "option %s: %R is out of range", o->name, value);
        return -1;
    }
    if (o->kind == KIND_U32) {
        *(uint32_t *)place = (uint32_t)number;
    } else if (o->kind == KIND_U64) {
        *(uint64_t *)place = (uint64_t)number;
    } else {
        *(size_t *)place = (size_t)number;
    }
    return 0;
}

static int read_text(const option *o, const char **place, PyObject *value, PyObject *keep) {
    if (!PyUnicode_Check(value)) {
        return wrong_type(o->name, "a str", value);
    }
    *place = PyUnicode_AsUTF8(value);
    return *place != NULL ? PyList_Append(keep, value) : -1;
}

static int read_slice(const option *o, fraiseql_slice *place, PyObject *value, PyObject *keep) {
    const char *text;
    if (read_text(o, &text, value, keep) < 0) {
        return -1;
    }
    *place = (fraiseql_slice){text, strlen(text)};
    return 0;
}

static int read_list(const option *o, native_options *options, const char *const **place, PyObject *value,
                     PyObject *keep) {
    if (!PyList_Check(value) && !PyTuple_Check(value)) {
        return wrong_type(o->name, "a list of str", value);
    }
    const char **list = options->list[strcmp(o->name, "exclude") == 0];
    Py_ssize_t n = PySequence_Fast_GET_SIZE(value);
    if (n > 63) {
        PyErr_Format(PyExc_ValueError, "option %s: at most 63 patterns", o->name);
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        if (read_text(o, &list[i], PySequence_Fast_GET_ITEM(value, i), keep) < 0) {
            return -1;
        }
    }
    list[n] = NULL;
    *place = n > 0 ? list : NULL;
    return 0;
}

static int read_json(const option *o, native_state *state, const char **place, PyObject *value, PyObject *keep) {
    if (PyUnicode_Check(value)) {
        return read_text(o, place, value, keep);
    }
    fq_buffer text;
    fq_buffer_init(&text, 1024 * 1024);
    PyObject *copy = NULL;
    if (native_json_object(state, &text, o->name, value) == 0) {
        copy = PyUnicode_FromStringAndSize(text.ptr, (Py_ssize_t)text.len);
    }
    fq_buffer_done(&text);
    int status = copy != NULL ? read_text(o, place, copy, keep) : -1;
    Py_XDECREF(copy);
    return status;
}

static int read_option(native_state *state, native_options *options, const option *o, PyObject *value, PyObject *keep) {
    void *place = (char *)options + o->offset;
    switch (o->kind) {
    case KIND_U32:
    case KIND_U64:
    case KIND_SIZE:
        return read_number(o, place, value);
    case KIND_BOOL:
        if (!PyBool_Check(value)) {
            return wrong_type(o->name, "a bool", value);
        }
        *(bool *)place = value == Py_True;
        return 0;
    case KIND_TEXT:
        return read_text(o, place, value, keep);
    case KIND_SLICE:
        return read_slice(o, place, value, keep);
    case KIND_LIST:
        return read_list(o, options, place, value, keep);
    case KIND_JSON:
        return read_json(o, state, place, value, keep);
    }
    return 0;
}

/* Names the nearest known option, or all of them. */
static int unknown(PyObject *key, option_scope scope) {
    const char *names[sizeof(table) / sizeof(table[0])];
    size_t n = 0;
    fq_buffer all;
    fq_buffer_init(&all, 4096);
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (table[i].scopes & scope) {
            fq_buffer_printf(&all, "%s%s", n > 0 ? ", " : "", table[i].name);
            names[n++] = table[i].name;
        }
    }
    fq_buffer_char(&all, '\0');
    const char *name = PyUnicode_Check(key) ? PyUnicode_AsUTF8(key) : NULL;
    PyErr_Clear();
    const char *near = name != NULL ? fq_nearest_name(name, names, n) : NULL;
    if (near != NULL) {
        PyErr_Format(PyExc_ValueError, "unknown option %R; did you mean '%s'?", key, near);
    } else {
        PyErr_Format(PyExc_ValueError, "unknown option %R; there are: %s", key, all.ptr);
    }
    fq_buffer_done(&all);
    return -1;
}

int native_options_read(native_state *state, native_options *options, PyObject *dict, option_scope scope,
                        PyObject *keep) {
    if (dict == NULL || dict == Py_None) {
        return 0;
    }
    if (!PyDict_Check(dict)) {
        PyErr_Format(PyExc_TypeError, "%s must be a dict or None, not %.100s",
                     scope == OPTIONS_OF_POOL ? "config" : "options", Py_TYPE(dict)->tp_name);
        return -1;
    }
    PyObject *key, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(dict, &position, &key, &value)) {
        const char *name = PyUnicode_Check(key) ? PyUnicode_AsUTF8(key) : NULL;
        const option *found = NULL;
        for (size_t i = 0; name != NULL && i < sizeof(table) / sizeof(table[0]); i++) {
            if ((table[i].scopes & scope) != 0 && strcmp(table[i].name, name) == 0) {
                found = &table[i];
            }
        }
        PyErr_Clear();
        if (found == NULL) {
            return unknown(key, scope);
        }
        if (value != Py_None && read_option(state, options, found, value, keep) < 0) {
            return -1;
        }
    }
    return 0;
}
