/* SPDX-License-Identifier: MIT */
/* See print.h. Values are as deep as the parser let them be. */
#include "schema/print.h"

#include "graphql/printer.h"

void fq_ref_print(const fq_type_ref *ref, fq_buffer *out) {
    const fq_type_ref *core = ref;
    for (; core->kind != FQ_REF_NAMED; core = core->of) {
        if (core->kind == FQ_REF_LIST) {
            fq_buffer_char(out, '[');
        }
    }
    fq_buffer_slice(out, core->type->name);
    /* The closing signs come in the opposite order of the wrappers. */
    size_t name_end = out->len;
    for (const fq_type_ref *r = ref; r->kind != FQ_REF_NAMED; r = r->of) {
        fq_buffer_char(out, r->kind == FQ_REF_LIST ? ']' : '!');
    }
    for (size_t i = name_end, j = out->len; i + 1 < j; i++) {
        char c = out->ptr[i];
        out->ptr[i] = out->ptr[--j];
        out->ptr[j] = c;
    }
}

fq_slice fq_ref_text(fq_arena *arena, const fq_type_ref *ref) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    fq_ref_print(ref, &out);
    fq_slice text = fq_arena_copy(arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return text;
}

/* An optional minus and digits without a leading zero: what reads back as the same text from an integer literal. */
static bool is_integer(fq_slice text) {
    size_t first = text.len > 0 && text.ptr[0] == '-';
    for (size_t i = first; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
    }
    return text.len > first && (text.ptr[first] != '0' || text.len == first + 1);
}

static void print_text(fq_slice text, const fq_type_ref *type, fq_buffer *out) {
    if (type != NULL && fq_ref_core(type)->scalar == FQ_SCALAR_ID && is_integer(text)) {
        fq_buffer_slice(out, text);
    } else {
        fq_print_string(text, out);
    }
}

static void print_object(const fq_value *value, fq_buffer *out) {
    fq_buffer_char(out, '{');
    for (uint32_t i = 0; i < value->count; i++) {
        const fq_member *member = &value->members[i];
        fq_buffer_slice(out, i > 0 ? FQ_S(", ") : FQ_S(""));
        fq_buffer_slice(out, member->name);
        fq_buffer_literal(out, ": ");
        fq_value_print(&member->value, member->field != NULL ? member->field->type : NULL, out);
    }
    fq_buffer_char(out, '}');
}

void fq_value_print(const fq_value *value, const fq_type_ref *type, fq_buffer *out) {
    switch ((fq_value_kind)value->kind) {
    case FQ_VALUE_NULL:
    case FQ_VALUE_ABSENT:
        fq_buffer_literal(out, "null");
        break;
    case FQ_VALUE_BOOLEAN:
        fq_buffer_slice(out, value->truth ? FQ_S("true") : FQ_S("false"));
        break;
    case FQ_VALUE_STRING:
        print_text(value->text, type, out);
        break;
    case FQ_VALUE_LIST:
        fq_buffer_char(out, '[');
        for (uint32_t i = 0; i < value->count; i++) {
            fq_buffer_slice(out, i > 0 ? FQ_S(", ") : FQ_S(""));
            fq_value_print(&value->items[i], type, out);
        }
        fq_buffer_char(out, ']');
        break;
    case FQ_VALUE_OBJECT:
        print_object(value, out);
        break;
    case FQ_VALUE_INT:
    case FQ_VALUE_FLOAT:
    case FQ_VALUE_ENUM:
    case FQ_VALUE_JSON:
        fq_buffer_slice(out, value->text);
        break;
    }
}

fq_slice fq_directive_location_name(fq_directive_location location) {
    static const fq_slice names[] = {
#define X(name) FQ_S_INIT(#name),
        FQ_DIRECTIVE_LOCATIONS(X)
#undef X
    };
    return names[location];
}

uint32_t fq_directive_locations(const fq_directive *directive, uint8_t order[FQ_LOCATIONS]) {
    uint32_t n = 0;
    if (directive->location_order != NULL) {
        memcpy(order, directive->location_order, directive->n_location_order);
        return directive->n_location_order;
    }
    for (uint32_t i = 0; i < FQ_LOCATIONS; i++) {
        if ((directive->locations & (1u << i)) != 0) {
            order[n++] = (uint8_t)i;
        }
    }
    return n;
}

fq_slice fq_type_kind_name(fq_type_kind kind) {
    static const fq_slice names[] = {
        [FQ_SCALAR_TYPE] = FQ_S_INIT("SCALAR"),       [FQ_OBJECT_TYPE] = FQ_S_INIT("OBJECT"),
        [FQ_INTERFACE_TYPE] = FQ_S_INIT("INTERFACE"), [FQ_UNION_TYPE] = FQ_S_INIT("UNION"),
        [FQ_ENUM_TYPE] = FQ_S_INIT("ENUM"),           [FQ_INPUT_OBJECT_TYPE] = FQ_S_INIT("INPUT_OBJECT"),
    };
    return names[kind];
}
