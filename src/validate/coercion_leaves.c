/* SPDX-License-Identifier: MIT */
/* Coercion of leaves: the five standard scalars by the specification, custom scalars by their texts, enums by their
 * names; and the messages of coercion, which are graphql-js's. */
#include "validate/coercion.h"

#include <math.h>

#include "validate/js_inspect.h"
#include "json/writer.h"

/* Of one inspected value in a message. */
#define INSPECTED_MAX ((size_t)1024 * 1024)

/* ---- errors ---- */

void fq_coercion_report(fq_coercion *c, fq_slice message) {
    if (c->reported++ < FQ_COERCION_ERRORS_MAX) {
        fq_errors_add_at(c->errors, FQ_ERR_BAD_USER_INPUT, c->definition, "%.*s",
                         FQ_PRI(fq_arena_shown(c->arena, message)));
    } else if (!c->stopped) {
        c->stopped = true;
        fq_errors_add(c->errors, FQ_ERR_BAD_USER_INPUT,
                      "Too many errors processing variables, error limit reached. Execution aborted.");
    }
}

static void append_path(const fq_json_path *path, fq_buffer *out) {
    /* The chain runs from the end; JSON is never deeper than this. */
    const fq_json_path *steps[256];
    uint32_t n = 0;
    for (; path != NULL && n < 256; path = path->parent) {
        steps[n++] = path;
    }
    while (n-- > 0) {
        if (steps[n]->key.ptr == NULL) {
            fq_buffer_printf(out, "[%u]", steps[n]->index);
        } else {
            fq_buffer_char(out, '.');
            fq_buffer_slice(out, steps[n]->key);
        }
    }
}

void fq_coercion_report_invalid(fq_coercion *c, const fq_json *value, const fq_json_path *path, fq_slice reason) {
    if (c->reported >= FQ_COERCION_ERRORS_MAX) {
        fq_coercion_report(c, reason);
        return;
    }
    fq_buffer buffer;
    fq_buffer_init(&buffer, INSPECTED_MAX);
    fq_buffer_printf(&buffer, "Variable \"$%.*s\" got invalid value ", FQ_PRI(c->name));
    fq_js_inspect(value, &buffer);
    if (path != NULL) {
        fq_buffer_printf(&buffer, " at \"%.*s", FQ_PRI(c->name));
        append_path(path, &buffer);
        fq_buffer_char(&buffer, '"');
    }
    fq_buffer_literal(&buffer, "; ");
    fq_buffer_slice(&buffer, reason);
    fq_coercion_report(c, buffer.failed ? reason : fq_buffer_view(&buffer));
    fq_buffer_done(&buffer);
}

/* A reason that ends with the value. */
static void report_value(fq_coercion *c, const fq_json *value, const fq_json_path *path, const char *reason) {
    fq_buffer buffer;
    fq_buffer_init(&buffer, INSPECTED_MAX);
    fq_buffer_append(&buffer, reason, strlen(reason));
    fq_js_inspect(value, &buffer);
    fq_coercion_report_invalid(c, value, path, fq_buffer_view(&buffer));
    fq_buffer_done(&buffer);
}

/* ---- leaves ---- */

static fq_slice js_number_text(fq_coercion *c, fq_slice text) {
    fq_buffer buffer;
    fq_buffer_init(&buffer, INSPECTED_MAX);
    fq_js_number(text, &buffer);
    fq_slice copy = fq_arena_copy(c->arena, fq_buffer_view(&buffer));
    fq_buffer_done(&buffer);
    return copy;
}

static bool is_whole(double value) { return isfinite(value) && floor(value) == value; }

static bool coerce_int(fq_coercion *c, const fq_json *json, const fq_json_path *path, fq_value *value) {
    if (json->kind != FQ_JSON_NUMBER) {
        report_value(c, json, path, "Int cannot represent non-integer value: ");
        return false;
    }
    bool plain = json->integer && json->text.len < 10; /* surely within 32 bits */
    if (!plain) {
        double number = fq_js_number_value(json->text);
        if (!is_whole(number)) {
            report_value(c, json, path, "Int cannot represent non-integer value: ");
            return false;
        }
        if (number > INT32_MAX || number < INT32_MIN) {
            report_value(c, json, path, "Int cannot represent non 32-bit signed integer value: ");
            return false;
        }
    }
    value->kind = FQ_VALUE_INT;
    value->text = json->integer ? json->text : js_number_text(c, json->text);
    return true;
}

static bool coerce_float(fq_coercion *c, const fq_json *json, const fq_json_path *path, fq_value *value) {
    bool plain = json->kind == FQ_JSON_NUMBER && json->integer && json->text.len < 300;
    if (!plain && (json->kind != FQ_JSON_NUMBER || !isfinite(fq_js_number_value(json->text)))) {
        report_value(c, json, path, "Float cannot represent non numeric value: ");
        return false;
    }
    value->kind = json->integer ? FQ_VALUE_INT : FQ_VALUE_FLOAT;
    value->text = json->text;
    return true;
}

static bool coerce_string(fq_coercion *c, const fq_json *json, const fq_json_path *path, fq_value *value) {
    if (json->kind != FQ_JSON_STRING) {
        report_value(c, json, path, "String cannot represent a non string value: ");
        return false;
    }
    value->kind = FQ_VALUE_STRING;
    value->text = json->text;
    return true;
}

static bool coerce_boolean(fq_coercion *c, const fq_json *json, const fq_json_path *path, fq_value *value) {
    if (json->kind != FQ_JSON_BOOL) {
        report_value(c, json, path, "Boolean cannot represent a non boolean value: ");
        return false;
    }
    value->kind = FQ_VALUE_BOOLEAN;
    value->truth = json->truth;
    return true;
}

static bool coerce_id(fq_coercion *c, const fq_json *json, const fq_json_path *path, fq_value *value) {
    value->kind = FQ_VALUE_STRING;
    if (json->kind == FQ_JSON_STRING || (json->kind == FQ_JSON_NUMBER && json->integer)) {
        value->text = json->text;
        return true;
    }
    if (json->kind == FQ_JSON_NUMBER && is_whole(fq_js_number_value(json->text))) {
        value->text = js_number_text(c, json->text);
        return true;
    }
    report_value(c, json, path, "ID cannot represent value: ");
    return false;
}

static void take_json(fq_coercion *c, const fq_json *json, fq_value *value) {
    fq_buffer buffer;
    fq_buffer_init(&buffer, SIZE_MAX);
    fq_json_write_tree(&buffer, json);
    value->kind = FQ_VALUE_JSON;
    value->text = fq_arena_copy(c->arena, fq_buffer_view(&buffer));
    fq_buffer_done(&buffer);
}

/* A custom scalar of a schema file: whatever it is. */
static void take_opaque(fq_coercion *c, const fq_json *json, fq_value *value) {
    switch (json->kind) {
    case FQ_JSON_STRING:
        value->kind = FQ_VALUE_STRING;
        value->text = json->text;
        break;
    case FQ_JSON_NUMBER:
        value->kind = json->integer ? FQ_VALUE_INT : FQ_VALUE_FLOAT;
        value->text = json->text;
        break;
    case FQ_JSON_BOOL:
        value->kind = FQ_VALUE_BOOLEAN;
        value->truth = json->truth;
        break;
    default:
        take_json(c, json, value);
    }
}

static void report_custom(fq_coercion *c, const fq_type *type, const fq_json *json, const fq_json_path *path,
                          const char *reason) {
    fq_slice text = fq_arena_printf(c->arena, "Expected type \"%.*s\": %s.", FQ_PRI(type->name), reason);
    fq_coercion_report_invalid(c, json, path, text);
}

/* Scalars of ours: their text, which must be one that PostgreSQL reads as it is meant. */
static bool coerce_custom(fq_coercion *c, const fq_type *type, const fq_json *json, const fq_json_path *path,
                          fq_value *value) {
    bool number = type->scalar == FQ_SCALAR_BIG_INT || type->scalar == FQ_SCALAR_DECIMAL;
    if (json->kind == FQ_JSON_STRING) {
        value->kind = FQ_VALUE_STRING;
    } else if (json->kind == FQ_JSON_NUMBER && number) {
        value->kind = json->integer ? FQ_VALUE_INT : FQ_VALUE_FLOAT;
    } else {
        report_custom(c, type, json, path, number ? "neither a number nor a string" : "not a string");
        return false;
    }
    value->text = json->text;
    const char *reason = fq_scalar_check((fq_scalar)type->scalar, json->text);
    if (reason != NULL) {
        report_custom(c, type, json, path, reason);
        return false;
    }
    return true;
}

static bool coerce_scalar(fq_coercion *c, const fq_type *type, const fq_json *json, const fq_json_path *path,
                          fq_value *value) {
    switch ((fq_scalar)type->scalar) {
    case FQ_SCALAR_INT:
        return coerce_int(c, json, path, value);
    case FQ_SCALAR_FLOAT:
        return coerce_float(c, json, path, value);
    case FQ_SCALAR_STRING:
        return coerce_string(c, json, path, value);
    case FQ_SCALAR_BOOLEAN:
        return coerce_boolean(c, json, path, value);
    case FQ_SCALAR_ID:
        return coerce_id(c, json, path, value);
    case FQ_SCALAR_JSON:
        take_json(c, json, value);
        return true;
    case FQ_SCALAR_NONE:
    case FQ_SCALAR_OPAQUE:
        take_opaque(c, json, value);
        return true;
    default:
        return coerce_custom(c, type, json, path, value);
    }
}

static void report_no_enum_name(fq_coercion *c, const fq_type *type, const fq_json *json, const fq_json_path *path) {
    fq_buffer buffer;
    fq_buffer_init(&buffer, INSPECTED_MAX);
    fq_js_inspect(json, &buffer);
    fq_slice shown = fq_arena_copy(c->arena, fq_buffer_view(&buffer));
    fq_buffer_done(&buffer);
    fq_slice reason =
        fq_arena_printf(c->arena, "Enum \"%.*s\" cannot represent non-string value: %.*s.%.*s", FQ_PRI(type->name),
                        FQ_PRI(shown), FQ_PRI(fq_enum_suggestions(c->arena, type, shown)));
    fq_coercion_report_invalid(c, json, path, reason);
}

/* Enum values may be looked at while planning: they are constants. */
static bool coerce_enum(fq_coercion *c, const fq_type *type, const fq_json *json, const fq_json_path *path,
                        fq_value *value) {
    if (json->kind != FQ_JSON_STRING) {
        report_no_enum_name(c, type, json, path);
        return false;
    }
    const fq_enum_value *found = fq_type_enum_value(type, json->text);
    if (found == NULL) {
        fq_slice reason = fq_arena_printf(c->arena, "Value \"%.*s\" does not exist in \"%.*s\" enum.%.*s",
                                          FQ_PRI(fq_arena_shown(c->arena, json->text)), FQ_PRI(type->name),
                                          FQ_PRI(fq_enum_suggestions(c->arena, type, json->text)));
        fq_coercion_report_invalid(c, json, path, reason);
        return false;
    }
    *value = (fq_value){.kind = FQ_VALUE_ENUM, .origin = FQ_ORIGIN_CONSTANT, .text = found->name};
    return true;
}

bool fq_coerce_leaf(fq_coercion *c, const fq_type *type, const fq_json *json, const fq_json_path *path,
                    fq_value *value) {
    if (type->kind == FQ_ENUM_TYPE) {
        return coerce_enum(c, type, json, path, value);
    }
    *value = (fq_value){.origin = FQ_ORIGIN_VARIABLE};
    return coerce_scalar(c, type, json, path, value);
}
