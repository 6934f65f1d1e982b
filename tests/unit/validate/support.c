/* SPDX-License-Identifier: MIT */
/* See support.h. */
#include "support.h"

world world_new(const char *sdl) {
    world w = {.arena = fq_arena_new(SIZE_MAX), .limits = FQ_LIMITS_DEFAULT};
    fq_errors_init(&w.errors, w.arena, 1000);
    w.schema = fq_schema_from_sdl(fq_slice_from_cstr(sdl), &w.errors);
    if (w.schema == NULL) {
        fail_msg("%s", world_errors(&w, NULL));
    }
    return w;
}

void world_free(world *w) {
    fq_schema_unref(w->schema);
    fq_arena_free(w->arena);
}

static fq_input_role role_of_where_field(const fq_input_value *field) {
    if (fq_slice_equal(field->name, FQ_S("AND"))) {
        return FQ_INPUT_AND;
    }
    if (fq_slice_equal(field->name, FQ_S("OR"))) {
        return FQ_INPUT_OR;
    }
    return fq_slice_equal(field->name, FQ_S("NOT")) ? FQ_INPUT_NOT : FQ_INPUT_FILTER;
}

void world_add_roles(world *w, const char *subject) {
    for (uint32_t i = 0; i < w->schema->n_types; i++) {
        fq_type *type = w->schema->types[i];
        bool where = fq_slice_ends_with(type->name, FQ_S("Where"));
        bool order = fq_slice_ends_with(type->name, FQ_S("OrderBy"));
        bool filter = fq_slice_ends_with(type->name, FQ_S("Filter"));
        if (where || order) {
            type->subject = fq_schema_type(w->schema, fq_slice_from_cstr(subject));
        }
        for (uint32_t j = 0; j < type->n_input_fields; j++) {
            fq_input_value *field = &type->input_fields[j];
            if (filter) {
                field->role = FQ_INPUT_OPERATOR;
            } else if (where) {
                field->role = (uint8_t)role_of_where_field(field);
            } else if (order) {
                field->role = FQ_INPUT_ORDER;
            }
        }
    }
}

const fq_document *world_parse(world *w, const char *source) {
    const fq_document *document =
        fq_parse(w->arena, fq_slice_from_cstr(source), (fq_parse_limits){.tokens = 0, .depth = 200}, &w->errors);
    if (document == NULL) {
        fail_msg("%s: %s", source, world_errors(w, NULL));
    }
    return document;
}

const char *world_errors(world *w, const fq_document *document) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    for (uint32_t i = 0; i < w->errors.list.len; i++) {
        const fq_error *error = &w->errors.list.items[i];
        fq_buffer_printf(&out, "%s%.*s", i > 0 ? "\n" : "", FQ_PRI(error->message));
        for (uint32_t j = 0; j < error->n_offsets && document != NULL; j++) {
            fq_position position = fq_position_of(document->source, error->offsets[j]);
            fq_buffer_printf(&out, "%s%u:%u", j > 0 ? ", " : " (", position.line, position.column);
        }
        if (error->n_offsets > 0 && document != NULL) {
            fq_buffer_char(&out, ')');
        }
    }
    const char *text = fq_arena_cstr(w->arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    fq_errors_init(&w->errors, w->arena, 1000);
    return text;
}

const char *world_validate(world *w, const char *source) {
    const fq_document *document = world_parse(w, source);
    bool valid = fq_validate(w->arena, w->schema, document, &w->limits, w->extensions, &w->errors);
    assert_int_equal(valid, !fq_errors_any(&w->errors));
    return world_errors(w, document);
}

prepared world_prepare(world *w, const char *source, const char *variables) {
    prepared p = {.document = world_parse(w, source)};
    fq_validate(w->arena, w->schema, p.document, &w->limits, w->extensions, &w->errors);
    p.operation = fq_operation_choose(p.document, (fq_slice){0}, &w->errors);
    fq_json_error error;
    const fq_json *json = variables != NULL ? fq_json_parse(w->arena, fq_slice_from_cstr(variables), 64, &error) : NULL;
    if (p.operation != 0) {
        fq_variables_coerce(w->arena, w->schema, p.document, p.operation, json, &w->limits, w->extensions, &p.variables,
                            &w->errors);
    }
    if (fq_errors_any(&w->errors)) {
        fail_msg("%s: %s", source, world_errors(w, p.document));
    }
    fq_literals_lift(w->arena, p.document, &p.literals);
    return p;
}

/* ---- printing ---- */

static void print_value(const fq_value *value, fq_buffer *out) {
    if (value->origin == FQ_ORIGIN_LITERAL) {
        fq_buffer_printf(out, "L%u", value->index);
        return;
    }
    if (value->origin == FQ_ORIGIN_VARIABLE) {
        fq_buffer_printf(out, "V%u%s", value->index, value->kind == FQ_VALUE_NULL ? "null" : "");
        return;
    }
    switch ((fq_value_kind)value->kind) {
    case FQ_VALUE_ABSENT:
        fq_buffer_char(out, '-');
        break;
    case FQ_VALUE_NULL:
        fq_buffer_literal(out, "null");
        break;
    case FQ_VALUE_BOOLEAN:
        fq_buffer_slice(out, value->truth ? FQ_S("true") : FQ_S("false"));
        break;
    case FQ_VALUE_STRING:
        fq_buffer_printf(out, "\"%.*s\"", FQ_PRI(value->text));
        break;
    case FQ_VALUE_LIST:
        fq_buffer_slice(out, value->has_null ? FQ_S("n[") : FQ_S("["));
        for (uint32_t i = 0; i < value->count; i++) {
            fq_buffer_append(out, " ", i > 0);
            print_value(&value->items[i], out);
        }
        fq_buffer_char(out, ']');
        break;
    case FQ_VALUE_OBJECT:
        fq_buffer_char(out, '{');
        for (uint32_t i = 0; i < value->count; i++) {
            fq_buffer_printf(out, "%s%.*s:", i > 0 ? " " : "", FQ_PRI(value->members[i].name));
            print_value(&value->members[i].value, out);
        }
        fq_buffer_char(out, '}');
        break;
    default:
        fq_buffer_slice(out, value->text);
    }
}

static void print_set(const fq_selection_set *set, fq_buffer *out) {
    fq_buffer_char(out, '{');
    for (; set != NULL; set = set->next) {
        for (uint32_t i = 0; i < set->count; i++) {
            const fq_selection *s = &set->items[i];
            fq_buffer_append(out, " ", i > 0);
            fq_buffer_printf(out, "%.*s:%.*s.%.*s", FQ_PRI(s->key), FQ_PRI(s->parent->name), FQ_PRI(s->field->name));
            if (s->refusal != NULL) {
                fq_buffer_printf(out, " refused: %.*s %u", FQ_PRI(s->refusal->message), s->refusal->offset);
                continue;
            }
            for (uint32_t j = 0; j < s->field->n_args; j++) {
                fq_buffer_printf(out, "%s%.*s=", j == 0 ? "(" : " ", FQ_PRI(s->field->args[j].name));
                print_value(&s->args[j], out);
            }
            fq_buffer_append(out, ")", s->field->n_args > 0);
            if (s->children != NULL) {
                print_set(s->children, out);
            }
        }
        fq_buffer_append(out, " | ", set->next != NULL ? 3 : 0);
    }
    fq_buffer_char(out, '}');
}

static const char *finish(world *w, fq_buffer *out) {
    const char *text = fq_arena_cstr(w->arena, fq_buffer_view(out));
    fq_buffer_done(out);
    return text;
}

const char *world_print(world *w, const fq_operation *operation) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    print_set(operation->root, &out);
    return finish(w, &out);
}

const char *world_print_value(world *w, const fq_value *value) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    print_value(value, &out);
    return finish(w, &out);
}
