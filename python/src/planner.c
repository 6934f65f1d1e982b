/* SPDX-License-Identifier: MIT */
/* fraiseql._native.Planner: the SQL of operations for a schema, without a database; and the trees of documents. The GIL
 * is held while it plans, which also keeps calls on one planner apart. */
#include <string.h>

#include "native.h"
#include "to_json.h"

#define INPUT_MAX (64u * 1024 * 1024)

typedef struct native_planner {
    PyObject_HEAD fraiseql *engine;
    fraiseql_planner *planner;
} native_planner;

static PyObject *planner_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"schema_json", "options", NULL};
    native_state *state = native_state_of_type(type);
    PyObject *schema, *dict = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:Planner", names, &schema, &dict)) {
        return NULL;
    }
    native_options options = {0};
    fraiseql_options_init(&options.engine);
    PyObject *keep = PyList_New(0); /* what the options point to, until they have been copied */
    fraiseql *engine = NULL;
    if (keep != NULL && native_options_read(state, &options, dict, OPTIONS_OF_PIPELINE, keep) == 0) {
        engine = native_engine_load(state, &options.engine, schema);
    }
    Py_XDECREF(keep);
    native_planner *self = engine != NULL ? (native_planner *)type->tp_alloc(type, 0) : NULL;
    if (self == NULL) {
        fraiseql_free(engine);
        return NULL;
    }
    self->engine = engine;
    self->planner = fraiseql_planner_new(engine);
    return (PyObject *)self;
}

static int planner_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static void planner_dealloc(PyObject *self) {
    native_planner *planner = (native_planner *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    fraiseql_planner_free(planner->planner);
    fraiseql_free(planner->engine);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *answer(char *text, char *message) {
    PyObject *taken = native_text(text);
    PyObject *error = native_text(message);
    return Py_BuildValue("(NN)", taken, error);
}

static PyObject *planner_explain(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"query_string", "variables", "operation_name", "cached", NULL};
    native_planner *planner = (native_planner *)self;
    const char *query, *operation = NULL;
    Py_ssize_t query_len, operation_len = 0;
    PyObject *variables = NULL;
    int cached = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "s#|Oz#p:explain", names, &query, &query_len, &variables, &operation,
                                     &operation_len, &cached)) {
        return NULL;
    }
    fq_buffer json;
    fq_buffer_init(&json, INPUT_MAX);
    if (native_json_object(native_state_of_self(self), &json, "variables", variables) < 0) {
        fq_buffer_done(&json);
        return NULL;
    }
    fraiseql_input input = {
        .query = {query, (size_t)query_len},
        .operation_name = {operation, (size_t)operation_len},
        .variables = {json.ptr, json.len},
    };
    char *message = NULL;
    char *text =
        cached ? fraiseql_planner_explain(planner->planner, &input, FRAISEQL_EXPLAIN_JSON, &message)
               : fraiseql_explain(planner->engine, &input, FRAISEQL_EXPLAIN_JSON, FRAISEQL_EXPLAIN_PLAN, &message);
    fq_buffer_done(&json);
    return answer(text, message);
}

static PyObject *planner_get_cache_stats(PyObject *self, PyObject *unused) {
    (void)unused;
    fraiseql_stats stats = fraiseql_planner_stats(((native_planner *)self)->planner);
    return Py_BuildValue("{sKsKsIsI}", "hits", (unsigned long long)stats.plan_hits, "misses",
                         (unsigned long long)stats.plan_misses, "cached_plans", stats.plans, "max_cached_plans",
                         stats.max_plans);
}

static PyObject *planner_clear_cache(PyObject *self, PyObject *unused) {
    (void)unused;
    fraiseql_planner_clear_cache(((native_planner *)self)->planner);
    Py_RETURN_NONE;
}

PyDoc_STRVAR(planner_doc,
             "Planner(schema_json, options=None)\n--\n\n"
             "The SQL of operations for a schema, without a database. ValueError for a schema with errors.");
PyDoc_STRVAR(explain_doc,
             "explain($self, query_string, variables=None, operation_name=None, cached=True)\n--\n\n"
             "(statements as JSON or None, response with errors or None); cached=False plans without the cache.");

static PyMethodDef planner_methods[] = {
    {"explain", (PyCFunction)(void (*)(void))planner_explain, METH_VARARGS | METH_KEYWORDS, explain_doc},
    {"get_cache_stats", planner_get_cache_stats, METH_NOARGS, "hits, misses, cached_plans, max_cached_plans."},
    {"clear_cache", planner_clear_cache, METH_NOARGS, "Forgets all plans and the counts."},
    {0},
};
static PyType_Slot planner_slots[] = {
    {Py_tp_doc, (void *)planner_doc},   {Py_tp_new, planner_new},         {Py_tp_dealloc, planner_dealloc},
    {Py_tp_traverse, planner_traverse}, {Py_tp_methods, planner_methods}, {0, NULL},
};
PyType_Spec native_planner_spec = {.name = "fraiseql._native.Planner",
                                   .basicsize = sizeof(native_planner),
                                   .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                                   .slots = planner_slots};

/* ---- documents ---- */

const char native_document_json_doc[] = "document_json(text, /)\n--\n\n"
                                        "(the document's tree as JSON or None, response with the error or None)";

PyObject *native_document_json(PyObject *module, PyObject *text) {
    (void)module;
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "a document must be str, not %.100s", Py_TYPE(text)->tp_name);
        return NULL;
    }
    Py_ssize_t len;
    const char *bytes = PyUnicode_AsUTF8AndSize(text, &len);
    if (bytes == NULL) {
        return NULL;
    }
    char *message = NULL;
    char *json = fraiseql_document_json((fraiseql_slice){bytes, (size_t)len}, &message);
    return answer(json, message);
}
