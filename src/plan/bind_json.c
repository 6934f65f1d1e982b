/* SPDX-License-Identifier: MIT */
/* Values as JSON text: arguments of functions and values of JSON columns. Input objects get the keys that their type
 * says; in a free JSON argument, first-level keys are mapped where the function's row type has a column of that GraphQL
 * name. What is absent stays absent, and null stays null. */
#include "plan/bind.h"

#include "json/writer.h"

typedef enum key_place { FIRST_LEVEL, DEEPER } key_place;

static fq_slice column_key(const fq_function *function, fq_slice name) {
    const fq_relation *row = function != NULL ? function->row_type : NULL;
    for (uint32_t i = 0; row != NULL && i < row->n_columns; i++) {
        if (fq_slice_equal(row->columns[i].field, name)) {
            return row->columns[i].name;
        }
    }
    return name;
}

static fq_slice member_key(const fq_binder *binder, const fq_member *member, key_place place) {
    if (member->field != NULL) {
        return member->field->key.len > 0 ? member->field->key : member->name;
    }
    return place == FIRST_LEVEL ? column_key(binder->param->function, member->name) : member->name;
}

static bool write_value(const fq_binder *binder, const fq_value *value, const fq_type *type, key_place place,
                        fq_buffer *out);

static bool write_members(const fq_binder *binder, const fq_value *object, key_place place, fq_buffer *out) {
    uint32_t written = 0;
    fq_buffer_char(out, '{');
    for (uint32_t i = 0; i < object->count; i++) {
        const fq_member *member = &object->members[i];
        if (member->value.kind == FQ_VALUE_ABSENT) {
            continue;
        }
        if (written++ > 0) {
            fq_buffer_char(out, ',');
        }
        fq_json_write_string(out, member_key(binder, member, place));
        fq_buffer_char(out, ':');
        const fq_type *type = member->field != NULL ? fq_ref_core(member->field->type) : NULL;
        if (!write_value(binder, fq_bound_value(binder, &member->value), type, DEEPER, out)) {
            return false;
        }
    }
    fq_buffer_char(out, '}');
    return true;
}

static bool write_list(const fq_binder *binder, const fq_value *list, const fq_type *type, fq_buffer *out) {
    fq_buffer_char(out, '[');
    for (uint32_t i = 0; i < list->count; i++) {
        if (i > 0) {
            fq_buffer_char(out, ',');
        }
        if (!write_value(binder, fq_bound_item(binder, list, i), type, DEEPER, out)) {
            return false;
        }
    }
    fq_buffer_char(out, ']');
    return true;
}

/* JSON text of a variable whose first-level keys are mapped. */
static void write_mapped(const fq_binder *binder, const fq_value *value, fq_buffer *out) {
    fq_json_error error;
    const fq_json *json = fq_json_parse(binder->arena, value->text, UINT32_MAX, &error);
    if (json == NULL || json->kind != FQ_JSON_OBJECT) {
        fq_buffer_slice(out, value->text);
        return;
    }
    fq_buffer_char(out, '{');
    for (const fq_json *member = json->child; member != NULL; member = member->next) {
        fq_buffer_slice(out, member == json->child ? FQ_S("") : FQ_S(","));
        fq_json_write_string(out, column_key(binder->param->function, member->key));
        fq_buffer_char(out, ':');
        fq_buffer_slice(out, fq_slice_sub(value->text, member->start, member->end));
    }
    fq_buffer_char(out, '}');
}

static bool write_leaf(const fq_binder *binder, const fq_value *value, const fq_type *type, fq_buffer *out) {
    fq_scalar scalar = type != NULL && type->kind == FQ_SCALAR_TYPE ? (fq_scalar)type->scalar : FQ_SCALAR_NONE;
    fq_storage storage = scalar == FQ_SCALAR_INT ? FQ_STORAGE_INT4 : FQ_STORAGE_OTHER;
    const char *reason =
        scalar == FQ_SCALAR_INT ? fq_storage_check(storage, value->text) : fq_scalar_check(scalar, value->text);
    if (reason != NULL && value->kind != FQ_VALUE_BOOLEAN) {
        return fq_bind_refuse(binder, value, scalar, value->text, reason);
    }
    switch ((fq_value_kind)value->kind) {
    case FQ_VALUE_BOOLEAN:
        fq_buffer_slice(out, value->truth ? FQ_S("true") : FQ_S("false"));
        return true;
    case FQ_VALUE_INT:
    case FQ_VALUE_FLOAT:
        fq_buffer_slice(out, value->text);
        return true;
    default:
        break;
    }
    const fq_enum_value *label = value->kind == FQ_VALUE_ENUM && type != NULL && type->kind == FQ_ENUM_TYPE
                                     ? fq_type_enum_value(type, value->text)
                                     : NULL;
    if (value->text.len > 0 && memchr(value->text.ptr, 0, value->text.len) != NULL) {
        return fq_bind_fail(binder, value, "%.*s: PostgreSQL can not hold the character U+0000",
                            FQ_PRI(binder->param->path));
    }
    fq_json_write_string(out, label != NULL ? label->label : value->text);
    return true;
}

/* `value` is bound. */
static bool write_value(const fq_binder *binder, const fq_value *value, const fq_type *type, key_place place,
                        fq_buffer *out) {
    switch ((fq_value_kind)value->kind) {
    case FQ_VALUE_ABSENT:
    case FQ_VALUE_NULL:
        fq_buffer_literal(out, "null");
        return true;
    case FQ_VALUE_OBJECT:
        return write_members(binder, value, place, out);
    case FQ_VALUE_LIST:
        return write_list(binder, value, type, out);
    case FQ_VALUE_JSON:
        if (place == FIRST_LEVEL && binder->param->function != NULL) {
            write_mapped(binder, value, out);
        } else {
            fq_buffer_slice(out, value->text);
        }
        return true;
    default:
        return write_leaf(binder, value, type, out);
    }
}

bool fq_bind_json(const fq_binder *binder, const fq_value *value, fq_buffer *out) {
    const fq_input_value *arg = binder->param->json_names;
    return write_value(binder, value, arg != NULL ? fq_ref_core(arg->type) : NULL, FIRST_LEVEL, out);
}
