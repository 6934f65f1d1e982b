/* SPDX-License-Identifier: MIT */
/* The values of one request on their way into the parameters of a statement. Everything is checked here, before
 * execution: what PostgreSQL would refuse or understand differently is an error of the client's input. Values go in
 * text format, in the forms that PostgreSQL reads the same under every setting. */
#include "plan/bind.h"

#include <assert.h>

#include "base/utf8.h"
#include "json/writer.h"

/* A bound above every text that begins with fewer of them: for prefixes that have no successor. */
#define HIGHEST "\xF4\x8F\xBF\xBF"
#define HIGHEST_COUNT 256
/* Texts of parameters are bounded by the request's body; this only stops a runaway. */
#define PARAM_MAX ((size_t)256 * 1024 * 1024)

const fq_value *fq_bound_value(const fq_binder *binder, const fq_value *value) {
    if (value->origin == FQ_ORIGIN_LITERAL) {
        return &binder->bindings->literals[value->index];
    }
    if (value->origin == FQ_ORIGIN_VARIABLE) {
        return binder->bindings->leaves[value->index];
    }
    return value;
}

const fq_value *fq_bound_item(const fq_binder *binder, const fq_value *list, uint32_t index) {
    const fq_value *item = &list->items[index];
    return list->origin == FQ_ORIGIN_CONSTANT ? fq_bound_value(binder, item) : item;
}

bool fq_bind_fail(const fq_binder *binder, const fq_value *value, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fq_slice message = fq_arena_vprintf(binder->arena, format, args);
    va_end(args);
    fq_errors_add_at(binder->errors, FQ_ERR_BAD_USER_INPUT, value->offset, "%.*s", FQ_PRI(message));
    return false;
}

bool fq_bind_refuse(const fq_binder *binder, const fq_value *value, fq_scalar scalar, fq_slice text,
                    const char *reason) {
    if (scalar == FQ_SCALAR_INT && value->kind == FQ_VALUE_INT) {
        return fq_bind_fail(binder, value, "Int cannot represent non 32-bit signed integer value: %.*s", FQ_PRI(text));
    }
    fq_slice name = fq_scalar_name(scalar);
    const char *quote = value->kind == FQ_VALUE_STRING ? "\"" : "";
    return fq_bind_fail(binder, value, "%.*s cannot represent value: %s%.*s%s (%s)", FQ_PRI(name), quote,
                        FQ_PRI(fq_arena_shown(binder->arena, text)), quote, reason);
}

/* ---- single values ---- */

static fq_slice label_of(const fq_type *type, fq_slice name) {
    const fq_enum_value *value = type != NULL ? fq_type_enum_value(type, name) : NULL;
    return value != NULL ? value->label : name;
}

static fq_slice lexeme(const fq_binder *binder, const fq_value *value) {
    switch ((fq_value_kind)value->kind) {
    case FQ_VALUE_BOOLEAN:
        return value->truth ? FQ_S("true") : FQ_S("false");
    case FQ_VALUE_ENUM:
        return label_of(binder->param->enum_type, value->text);
    default:
        return value->text;
    }
}

static fq_slice json_text(const fq_binder *binder, const fq_value *value, bool *good) {
    fq_buffer out;
    fq_buffer_init(&out, PARAM_MAX);
    *good = fq_bind_json(binder, value, &out);
    fq_slice text = fq_arena_copy(binder->arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return text;
}

static int base64_digit(char c) {
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Base64, already checked, to PostgreSQL's hexadecimal form. */
static fq_slice bytea_text(fq_arena *arena, fq_slice base64) {
    static const char digits[] = "0123456789abcdef";
    char *text = fq_arena_alloc(arena, base64.len * 2 + 2);
    size_t at = 2;
    uint32_t bits = 0;
    unsigned held = 0;
    memcpy(text, "\\x", 2);
    for (size_t i = 0; i < base64.len; i++) {
        int digit = base64_digit(base64.ptr[i]);
        if (digit < 0) {
            continue;
        }
        bits = (bits << 6 | (uint32_t)digit) & 0xFFFF;
        held += 6;
        if (held >= 8) {
            held -= 8;
            text[at++] = digits[bits >> (held + 4) & 15];
            text[at++] = digits[bits >> held & 15];
        }
    }
    return fq_slice_of(text, at);
}

static bool scalar_text(const fq_binder *binder, const fq_value *value, fq_slice *text) {
    fq_storage storage = (fq_storage)binder->param->storage;
    if (storage == FQ_STORAGE_JSON || storage == FQ_STORAGE_JSONB) {
        bool good;
        *text = json_text(binder, value, &good);
        return good;
    }
    *text = lexeme(binder, value);
    const char *reason = fq_storage_check(storage, *text);
    if (reason != NULL) {
        return fq_bind_refuse(binder, value, fq_storage_scalar(storage), *text, reason);
    }
    if (text->len > 0 && memchr(text->ptr, 0, text->len) != NULL) {
        return fq_bind_fail(binder, value, "%.*s: PostgreSQL can not hold the character U+0000",
                            FQ_PRI(binder->param->path));
    }
    if (storage == FQ_STORAGE_BYTEA) {
        *text = bytea_text(binder->arena, *text);
    }
    return true;
}

/* ---- lists ---- */

static void array_item(fq_buffer *out, fq_slice text) {
    fq_buffer_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\') {
            fq_buffer_char(out, '\\');
        }
        fq_buffer_char(out, text.ptr[i]);
    }
    fq_buffer_char(out, '"');
}

static bool write_items(const fq_binder *binder, const fq_value *list, fq_buffer *out) {
    uint32_t written = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const fq_value *item = fq_bound_item(binder, list, i);
        bool null = item->kind == FQ_VALUE_NULL || item->kind == FQ_VALUE_ABSENT;
        if (null && binder->param->form == FQ_PARAM_LIST) {
            continue;
        }
        fq_slice text;
        if (!null && !scalar_text(binder, item, &text)) {
            return false;
        }
        fq_buffer_slice(out, written++ > 0 ? FQ_S(",") : FQ_S(""));
        if (null) {
            fq_buffer_literal(out, "NULL");
        } else {
            array_item(out, text);
        }
    }
    return true;
}

static bool array_text(const fq_binder *binder, const fq_value *list, fq_slice *text) {
    assert(list->kind == FQ_VALUE_LIST);
    fq_buffer out;
    fq_buffer_init(&out, PARAM_MAX);
    fq_buffer_char(&out, '{');
    bool good = write_items(binder, list, &out);
    fq_buffer_char(&out, '}');
    *text = fq_arena_copy(binder->arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return good;
}

static bool pair_item(const fq_binder *binder, const fq_value *list, uint32_t index, fq_slice *text) {
    if (list->kind != FQ_VALUE_LIST || list->count != 2) {
        return fq_bind_fail(binder, list, "between takes exactly two values");
    }
    return scalar_text(binder, fq_bound_item(binder, list, index), text);
}

/* ---- paging ---- */

static bool page_text(const fq_binder *binder, const fq_value *value, fq_slice *text) {
    if (!scalar_text(binder, value, text)) {
        return false;
    }
    if (text->len > 0 && text->ptr[0] == '-' && !fq_slice_equal(*text, FQ_S("-0"))) {
        return fq_bind_fail(binder, value, "%.*s must be non-negative", FQ_PRI(binder->param->path));
    }
    return true;
}

/* ---- patterns ---- */

static fq_slice like_text(fq_arena *arena, fq_slice text, fq_param_form form) {
    char *out = fq_arena_alloc(arena, text.len * 2 + 2);
    size_t at = 0;
    if (form != FQ_PARAM_LIKE_PREFIX) {
        out[at++] = '%';
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '%' || text.ptr[i] == '_' || text.ptr[i] == '\\') {
            out[at++] = '\\';
        }
        out[at++] = text.ptr[i];
    }
    if (form != FQ_PARAM_LIKE_SUFFIX) {
        out[at++] = '%';
    }
    return fq_slice_of(out, at);
}

static size_t last_character(fq_slice text) {
    size_t at = text.len - 1;
    while (at > 0 && ((unsigned char)text.ptr[at] & 0xC0) == 0x80) {
        at--;
    }
    return at;
}

static fq_slice highest(fq_arena *arena) {
    char *text = fq_arena_alloc(arena, HIGHEST_COUNT * 4);
    for (size_t i = 0; i < HIGHEST_COUNT; i++) {
        memcpy(text + 4 * i, HIGHEST, 4);
    }
    return fq_slice_of(text, HIGHEST_COUNT * 4);
}

/* The smallest text above all texts with that prefix, in the order of bytes: its last character is raised by one, after
 * those that can not be raised are dropped. */
static fq_slice prefix_high(fq_arena *arena, fq_slice prefix) {
    while (prefix.len > 0) {
        size_t last = last_character(prefix);
        uint32_t point = fq_utf8_decode(prefix.ptr + last, (unsigned)(prefix.len - last));
        if (point < 0x10FFFF) {
            char *text = fq_arena_alloc(arena, last + 4);
            memcpy(text, prefix.ptr, last);
            return fq_slice_of(text, last + fq_utf8_encode(text + last, point == 0xD7FF ? 0xE000 : point + 1));
        }
        prefix.len = last;
    }
    return highest(arena);
}

/* ---- parameters ---- */

static bool param_text(const fq_binder *binder, const fq_value *value, fq_slice *text) {
    fq_param_form form = (fq_param_form)binder->param->form;
    bool good;
    switch (form) {
    case FQ_PARAM_LIST:
    case FQ_PARAM_ARRAY:
        return array_text(binder, value, text);
    case FQ_PARAM_LIMIT:
    case FQ_PARAM_OFFSET:
        return page_text(binder, value, text);
    case FQ_PARAM_JSON:
        *text = json_text(binder, value, &good);
        return good;
    case FQ_PARAM_FIRST:
        return pair_item(binder, value, 0, text);
    case FQ_PARAM_SECOND:
        return pair_item(binder, value, 1, text);
    case FQ_PARAM_PLAIN:
    case FQ_PARAM_PREFIX_LOW:
        return scalar_text(binder, value, text);
    case FQ_PARAM_PREFIX_HIGH:
        good = scalar_text(binder, value, text);
        *text = good ? prefix_high(binder->arena, *text) : *text;
        return good;
    default:
        good = scalar_text(binder, value, text);
        *text = good ? like_text(binder->arena, *text, form) : *text;
        return good;
    }
}

bool fq_statement_bind(fq_arena *arena, const fq_statement *statement, const fq_bindings *bindings, fq_pg_value *values,
                       fq_errors *errors) {
    for (uint32_t i = 0; i < statement->n_params; i++) {
        const fq_param *param = &statement->params[i];
        fq_binder binder = {arena, bindings, param, errors};
        const fq_value *value = fq_bound_value(&binder, param->value);
        values[i] = (fq_pg_value){0};
        if (value->kind == FQ_VALUE_NULL || value->kind == FQ_VALUE_ABSENT) {
            continue;
        }
        if (!param_text(&binder, value, &values[i].value)) {
            return false;
        }
        if (values[i].value.ptr == NULL) {
            values[i].value.ptr = ""; /* empty, not NULL */
        }
    }
    return true;
}
