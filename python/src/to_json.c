/* SPDX-License-Identifier: MIT */
/* See to_json.h. Dicts, lists and tuples nest up to MAX_DEPTH; the path to where we are lies on the C stack and is only
 * read for an error. bool comes before int, and Enum before the types that it may also be. */
#include "to_json.h"

#define MAX_DEPTH 128

typedef struct place {
    const struct place *above;
    const char *argument; /* at the top */
    PyObject *key;        /* of a dict, or NULL: */
    Py_ssize_t index;
    unsigned depth;
} place;

typedef struct writer {
    native_state *state;
    fq_buffer *out;
} writer;

static int write_value(writer *w, PyObject *value, const place *at);

/* ---- errors ---- */

static PyObject *path_of(const place *at) {
    if (at->above == NULL) {
        return PyUnicode_FromString(at->argument);
    }
    PyObject *above = path_of(at->above);
    if (above == NULL) {
        return NULL;
    }
    PyObject *path = at->key != NULL ? PyUnicode_FromFormat("%U.%S", above, at->key)
                                     : PyUnicode_FromFormat("%U[%zd]", above, at->index);
    Py_DECREF(above);
    return path;
}

static int fail(PyObject *type, const place *at, const char *what, const char *detail) {
    PyErr_Clear();
    /* The path of something that nests too deeply would fill the screen. */
    const place *shown = at;
    while (shown->depth > 16) {
        shown = shown->above;
    }
    PyObject *path = path_of(shown);
    if (path != NULL) {
        PyErr_Format(type, "%U: %s%s", path, what, detail);
        Py_DECREF(path);
    }
    return -1;
}

/* ---- scalars ---- */

static int write_string(writer *w, PyObject *value, const place *at) {
    Py_ssize_t len;
    const char *text = PyUnicode_AsUTF8AndSize(value, &len);
    if (text == NULL) {
        return fail(PyExc_ValueError, at, "a lone surrogate is no character of JSON", "");
    }
    fq_buffer *out = w->out;
    fq_buffer_char(out, '"');
    Py_ssize_t from = 0;
    for (Py_ssize_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }
        fq_buffer_append(out, text + from, (size_t)(i - from));
        from = i + 1;
        if (c < 0x20) {
            fq_buffer_printf(out, "\\u%04x", c);
        } else {
            fq_buffer_char(out, '\\');
            fq_buffer_char(out, (char)c);
        }
    }
    fq_buffer_append(out, text + from, (size_t)(len - from));
    fq_buffer_char(out, '"');
    return 0;
}

/* Appends the ASCII text of an object, in quotes or not; takes it over; NULL fails. */
static int write_text(writer *w, PyObject *text, bool quoted, const place *at) {
    int status = -1;
    if (text != NULL && PyUnicode_Check(text)) {
        Py_ssize_t len;
        const char *ascii = PyUnicode_AsUTF8AndSize(text, &len);
        if (quoted) {
            status = write_string(w, text, at);
        } else if (ascii != NULL) {
            fq_buffer_append(w->out, ascii, (size_t)len);
            status = 0;
        }
    } else if (text != NULL) {
        status = fail(PyExc_TypeError, at, "its text is no str", "");
    }
    Py_XDECREF(text);
    return status;
}

static int write_int(writer *w, PyObject *value, const place *at) {
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow == 0) {
        if (number == -1 && PyErr_Occurred()) {
            return -1;
        }
        fq_buffer_printf(w->out, "%lld", number);
        return 0;
    }
    return write_text(w, PyLong_Type.tp_repr(value), false, at);
}

static int write_float(writer *w, PyObject *value, const place *at) {
    double number = PyFloat_AS_DOUBLE(value);
    if (number - number != 0.0) {
        return fail(PyExc_ValueError, at, "JSON has no infinity and no NaN", "");
    }
    char *text = PyOS_double_to_string(number, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
    if (text == NULL) {
        return -1;
    }
    fq_buffer_append(w->out, text, strlen(text));
    PyMem_Free(text);
    return 0;
}

static int write_base64(writer *w, const char *bytes, Py_ssize_t len) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    fq_buffer_char(w->out, '"');
    for (Py_ssize_t i = 0; i < len; i += 3) {
        Py_ssize_t n = len - i < 3 ? len - i : 3;
        unsigned three = (unsigned)(unsigned char)bytes[i] << 16 |
                         (n > 1 ? (unsigned)(unsigned char)bytes[i + 1] << 8 : 0) |
                         (n > 2 ? (unsigned)(unsigned char)bytes[i + 2] : 0);
        fq_buffer_char(w->out, digits[three >> 18]);
        fq_buffer_char(w->out, digits[three >> 12 & 63]);
        fq_buffer_char(w->out, n > 1 ? digits[three >> 6 & 63] : '=');
        fq_buffer_char(w->out, n > 2 ? digits[three & 63] : '=');
    }
    fq_buffer_char(w->out, '"');
    return 0;
}

static int read_long(PyObject *object, PyObject *name, long long *value) {
    PyObject *member = PyObject_GetAttr(object, name);
    *value = member != NULL ? PyLong_AsLongLong(member) : -1;
    Py_XDECREF(member);
    return PyErr_Occurred() ? -1 : 0;
}

/* Microseconds behind a point, without the zeros at the end. */
static void write_fraction(fq_buffer *out, unsigned micros) {
    unsigned unit = 100000;
    if (micros > 0) {
        fq_buffer_char(out, '.');
    }
    for (; micros > 0; micros %= unit, unit /= 10) {
        fq_buffer_char(out, (char)('0' + micros / unit % 10));
    }
}

/* ISO 8601: days are never negative apart from the rest, so a negative span is written with a sign in front of all. */
static int write_duration(writer *w, PyObject *value) {
    long long days, seconds, micros;
    native_state *state = w->state;
    if (read_long(value, state->s_days, &days) < 0 || read_long(value, state->s_seconds, &seconds) < 0 ||
        read_long(value, state->s_microseconds, &micros) < 0) {
        return -1;
    }
    bool negative = days < 0;
    if (negative) { /* Python keeps seconds and microseconds positive */
        micros = micros > 0 ? 1000000 - micros : 0;
        seconds = 86400 - seconds - (micros > 0);
        days = -days - 1 + seconds / 86400;
        seconds %= 86400;
    }
    const char *sign = negative ? "-" : "";
    fq_buffer_literal(w->out, "\"P");
    if (days > 0) {
        fq_buffer_printf(w->out, "%s%lldD", sign, days);
    }
    if (seconds > 0 || micros > 0 || days == 0) {
        fq_buffer_printf(w->out, "T%s%lld", sign, seconds);
        write_fraction(w->out, (unsigned)micros);
        fq_buffer_char(w->out, 'S');
    }
    fq_buffer_char(w->out, '"');
    return 0;
}

static int write_decimal(writer *w, PyObject *value, const place *at) {
    PyObject *finite = PyObject_CallMethodNoArgs(value, w->state->s_is_finite);
    if (finite == NULL) {
        return -1;
    }
    bool is_finite = finite == Py_True;
    Py_DECREF(finite);
    return write_text(w, PyObject_Str(value), !is_finite, at);
}

/* Its value where that is a text (or where the member is one itself, or a number), else its name. */
static int write_enum(writer *w, PyObject *member, const place *at) {
    PyObject *value = PyObject_GetAttr(member, w->state->s_value);
    if (value == NULL) {
        return -1;
    }
    if (!PyUnicode_Check(value) && !PyLong_Check(member) && !PyFloat_Check(member)) {
        Py_SETREF(value, PyObject_GetAttr(member, w->state->s_name));
    }
    int status = value != NULL ? write_value(w, value, at) : -1;
    Py_XDECREF(value);
    return status;
}

/* ---- containers ---- */

static int write_dict(writer *w, PyObject *dict, const place *at) {
    fq_buffer_char(w->out, '{');
    PyObject *key, *value;
    Py_ssize_t position = 0;
    bool first = true;
    int status = 0;
    while (status == 0 && PyDict_Next(dict, &position, &key, &value)) {
        if (!PyUnicode_Check(key)) {
            return fail(PyExc_TypeError, at, "keys must be str, not ", Py_TYPE(key)->tp_name);
        }
        /* Writing a value may call Python, which may change the dict. */
        Py_INCREF(key);
        Py_INCREF(value);
        if (!first) {
            fq_buffer_char(w->out, ',');
        }
        first = false;
        place below = {.above = at, .key = key, .depth = at->depth + 1};
        status = write_string(w, key, &below);
        if (status == 0) {
            fq_buffer_char(w->out, ':');
            status = write_value(w, value, &below);
        }
        Py_DECREF(key);
        Py_DECREF(value);
    }
    fq_buffer_char(w->out, '}');
    return status;
}

static int write_sequence(writer *w, PyObject *sequence, const place *at) {
    fq_buffer_char(w->out, '[');
    int status = 0;
    for (Py_ssize_t i = 0; status == 0 && i < PySequence_Fast_GET_SIZE(sequence); i++) {
        if (i > 0) {
            fq_buffer_char(w->out, ',');
        }
        PyObject *item = PySequence_Fast_GET_ITEM(sequence, i);
        Py_INCREF(item);
        place below = {.above = at, .index = i, .depth = at->depth + 1};
        status = write_value(w, item, &below);
        Py_DECREF(item);
    }
    fq_buffer_char(w->out, ']');
    return status;
}

/* ---- everything ---- */

/* 1: is one, 0: is none, -1: exception. */
static int write_special(writer *w, PyObject *value, const place *at) {
    const native_state *state = w->state;
    PyObject *const by_isoformat[] = {state->datetime, state->date, state->time};
    for (size_t i = 0; i < sizeof(by_isoformat) / sizeof(by_isoformat[0]); i++) {
        int is = PyObject_IsInstance(value, by_isoformat[i]);
        if (is != 0) {
            return is < 0 || write_text(w, PyObject_CallMethodNoArgs(value, state->s_isoformat), true, at) < 0 ? -1 : 1;
        }
    }
    int is = PyObject_IsInstance(value, state->timedelta);
    if (is != 0) {
        return is < 0 || write_duration(w, value) < 0 ? -1 : 1;
    }
    is = PyObject_IsInstance(value, state->decimal);
    if (is != 0) {
        return is < 0 || write_decimal(w, value, at) < 0 ? -1 : 1;
    }
    is = PyObject_IsInstance(value, state->uuid);
    if (is != 0) {
        return is < 0 || write_text(w, PyObject_Str(value), true, at) < 0 ? -1 : 1;
    }
    return 0;
}

static int write_other(writer *w, PyObject *value, const place *at) {
    int is_enum = PyObject_IsInstance(value, w->state->enumeration);
    if (is_enum != 0) {
        return is_enum < 0 ? -1 : write_enum(w, value, at);
    }
    if (PyUnicode_Check(value)) {
        return write_string(w, value, at);
    }
    if (PyLong_Check(value)) {
        return write_int(w, value, at);
    }
    if (PyFloat_Check(value)) {
        return write_float(w, value, at);
    }
    if (PyBytes_Check(value)) {
        return write_base64(w, PyBytes_AS_STRING(value), PyBytes_GET_SIZE(value));
    }
    if (PyByteArray_Check(value)) {
        return write_base64(w, PyByteArray_AS_STRING(value), PyByteArray_GET_SIZE(value));
    }
    int special = write_special(w, value, at);
    if (special != 0) {
        return special < 0 ? -1 : 0;
    }
    return fail(PyExc_TypeError, at, "JSON holds nothing like ", Py_TYPE(value)->tp_name);
}

static int write_value(writer *w, PyObject *value, const place *at) {
    if (at->depth > MAX_DEPTH) {
        return fail(PyExc_ValueError, at, "nested deeper than 128 levels", "");
    }
    if (PyUnicode_CheckExact(value)) {
        return write_string(w, value, at);
    }
    if (value == Py_None) {
        fq_buffer_literal(w->out, "null");
        return 0;
    }
    if (PyBool_Check(value)) {
        fq_buffer_slice(w->out, value == Py_True ? FQ_S("true") : FQ_S("false"));
        return 0;
    }
    if (PyLong_CheckExact(value)) {
        return write_int(w, value, at);
    }
    if (PyFloat_CheckExact(value)) {
        return write_float(w, value, at);
    }
    if (PyDict_Check(value)) {
        return write_dict(w, value, at);
    }
    if (PyList_Check(value) || PyTuple_Check(value)) {
        return write_sequence(w, value, at);
    }
    return write_other(w, value, at);
}

int native_json_object(native_state *state, fq_buffer *out, const char *argument, PyObject *value) {
    if (value == NULL || value == Py_None) {
        return 0;
    }
    if (!PyDict_Check(value)) {
        PyErr_Format(PyExc_TypeError, "%s must be a dict or None, not %.100s", argument, Py_TYPE(value)->tp_name);
        return -1;
    }
    writer w = {state, out};
    place top = {.argument = argument};
    if (write_dict(&w, value, &top) < 0) {
        return -1;
    }
    if (out->failed) {
        PyErr_Format(PyExc_ValueError, "%s: too large", argument);
        return -1;
    }
    return 0;
}
