/* SPDX-License-Identifier: MIT */
/* Coercion of a request's variables (section 6.1.2) from JSON to typed values, with graphql-js's messages.
 * Invariant: a coerced value fits its type in every part; each of its leaves has a number, in the order of the values.
 * Errors go on to the next part, so that a client sees all of them, up to ERRORS_MAX. */
#include "validate/input.h"

#include <math.h>
#include <stdio.h>

#include "json/writer.h"
#include "validate/js_inspect.h"

/* graphql-js's own number; past it the rest is not looked at. */
#define ERRORS_MAX 50
/* Of one inspected value in a message. */
#define INSPECTED_MAX ((size_t)1024 * 1024)
/* From here on a map finds the members of the request's variables. */
#define MANY_MEMBERS 16

typedef struct json_path json_path;
struct json_path {
    const json_path *parent;
    fq_slice key; /* ptr NULL: an index */
    uint32_t index;
};

/* One input field of an object: the member that gives it, and its place among the members. */
typedef struct field_slot {
    const fq_json *json; /* NULL: not given */
    uint32_t place;
} field_slot;

typedef struct coercion {
    fq_arena *arena;
    const fq_schema *schema;
    const fq_document *document;
    unsigned extensions;
    fq_errors *errors;
    fq_slice name;       /* of the variable at hand ... */
    uint32_t definition; /* ... and where it is defined */
    uint32_t reported;
    bool stopped;
    FQ_VEC(field_slot) slots; /* a stack: those of the objects around the value at hand */
} coercion;

/* ---- errors ---- */

static void report(coercion *c, fq_slice message) {
    if (c->reported++ < ERRORS_MAX) {
        fq_errors_add_at(c->errors, FQ_ERR_BAD_USER_INPUT, c->definition, "%.*s", FQ_PRI(message));
    } else if (!c->stopped) {
        c->stopped = true;
        fq_errors_add(c->errors, FQ_ERR_BAD_USER_INPUT,
                      "Too many errors processing variables, error limit reached. Execution aborted.");
    }
}

static void append_path(const json_path *path, fq_buffer *out) {
    /* The chain runs from the end; JSON is never deeper than this. */
    const json_path *steps[256];
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

/* Variable "$x" got invalid value 1 at "x.a[0]"; reason */
static void report_invalid(coercion *c, const fq_json *value, const json_path *path, fq_slice reason) {
    if (c->reported >= ERRORS_MAX) {
        report(c, reason);
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
    report(c, buffer.failed ? reason : fq_buffer_view(&buffer));
    fq_buffer_done(&buffer);
}

/* A reason that ends with the value. */
static void report_value(coercion *c, const fq_json *value, const json_path *path, const char *reason) {
    fq_buffer buffer;
    fq_buffer_init(&buffer, INSPECTED_MAX);
    fq_buffer_append(&buffer, reason, strlen(reason));
    fq_js_inspect(value, &buffer);
    report_invalid(c, value, path, fq_buffer_view(&buffer));
    fq_buffer_done(&buffer);
}

/* ---- leaves ---- */

static fq_slice js_number_text(coercion *c, fq_slice text) {
    fq_buffer buffer;
    fq_buffer_init(&buffer, INSPECTED_MAX);
    fq_js_number(text, &buffer);
    fq_slice copy = fq_arena_copy(c->arena, fq_buffer_view(&buffer));
    fq_buffer_done(&buffer);
    return copy;
}

static bool is_whole(double value) {
    return isfinite(value) && floor(value) == value;
}

static bool coerce_int(coercion *c, const fq_json *json, const json_path *path, fq_value *value) {
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

static bool coerce_float(coercion *c, const fq_json *json, const json_path *path, fq_value *value) {
    bool plain = json->kind == FQ_JSON_NUMBER && json->integer && json->text.len < 300;
    if (!plain && (json->kind != FQ_JSON_NUMBER || !isfinite(fq_js_number_value(json->text)))) {
        report_value(c, json, path, "Float cannot represent non numeric value: ");
        return false;
    }
    value->kind = json->integer ? FQ_VALUE_INT : FQ_VALUE_FLOAT;
    value->text = json->text;
    return true;
}

static bool coerce_string(coercion *c, const fq_json *json, const json_path *path, fq_value *value) {
    if (json->kind != FQ_JSON_STRING) {
        report_value(c, json, path, "String cannot represent a non string value: ");
        return false;
    }
    value->kind = FQ_VALUE_STRING;
    value->text = json->text;
    return true;
}

static bool coerce_boolean(coercion *c, const fq_json *json, const json_path *path, fq_value *value) {
    if (json->kind != FQ_JSON_BOOL) {
        report_value(c, json, path, "Boolean cannot represent a non boolean value: ");
        return false;
    }
    value->kind = FQ_VALUE_BOOLEAN;
    value->truth = json->truth;
    return true;
}

static bool coerce_id(coercion *c, const fq_json *json, const json_path *path, fq_value *value) {
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

static void take_json(coercion *c, const fq_json *json, fq_value *value) {
    fq_buffer buffer;
    fq_buffer_init(&buffer, SIZE_MAX);
    fq_json_write_tree(&buffer, json);
    value->kind = FQ_VALUE_JSON;
    value->text = fq_arena_copy(c->arena, fq_buffer_view(&buffer));
    fq_buffer_done(&buffer);
}

/* A custom scalar of a schema file: whatever it is. */
static void take_opaque(coercion *c, const fq_json *json, fq_value *value) {
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

static void report_custom(coercion *c, const fq_type *type, const fq_json *json, const json_path *path,
                          const char *reason) {
    fq_slice text = fq_arena_printf(c->arena, "Expected type \"%.*s\": %s.", FQ_PRI(type->name), reason);
    report_invalid(c, json, path, text);
}

/* Scalars of ours: their text, which must be one that PostgreSQL reads as it is meant. */
static bool coerce_custom(coercion *c, const fq_type *type, const fq_json *json, const json_path *path,
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

static bool coerce_scalar(coercion *c, const fq_type *type, const fq_json *json, const json_path *path,
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

static void report_no_enum_name(coercion *c, const fq_type *type, const fq_json *json, const json_path *path) {
    fq_buffer buffer;
    fq_buffer_init(&buffer, INSPECTED_MAX);
    fq_js_inspect(json, &buffer);
    fq_slice shown = fq_arena_copy(c->arena, fq_buffer_view(&buffer));
    fq_buffer_done(&buffer);
    fq_slice reason = fq_arena_printf(c->arena, "Enum \"%.*s\" cannot represent non-string value: %.*s.%.*s",
                                      FQ_PRI(type->name), FQ_PRI(shown),
                                      FQ_PRI(fq_enum_suggestions(c->arena, type, shown)));
    report_invalid(c, json, path, reason);
}

/* Enum values may be looked at while planning: they are constants. */
static bool coerce_enum(coercion *c, const fq_type *type, const fq_json *json, const json_path *path, fq_value *value) {
    if (json->kind != FQ_JSON_STRING) {
        report_no_enum_name(c, type, json, path);
        return false;
    }
    const fq_enum_value *found = fq_type_enum_value(type, json->text);
    if (found == NULL) {
        fq_slice reason = fq_arena_printf(c->arena, "Value \"%.*s\" does not exist in \"%.*s\" enum.%.*s",
                                          FQ_PRI(json->text), FQ_PRI(type->name),
                                          FQ_PRI(fq_enum_suggestions(c->arena, type, json->text)));
        report_invalid(c, json, path, reason);
        return false;
    }
    *value = (fq_value){.kind = FQ_VALUE_ENUM, .origin = FQ_ORIGIN_CONSTANT, .text = found->name};
    return true;
}

/* ---- lists ---- */

static bool coerce(coercion *c, const fq_json *json, const fq_type_ref *type, const json_path *path, fq_value *value);

/* Lists of scalars are one leaf; lists of enums and objects fix the plan by their length. */
static fq_origin list_origin(const fq_type_ref *of) {
    return fq_ref_core(of)->kind == FQ_SCALAR_TYPE ? FQ_ORIGIN_VARIABLE : FQ_ORIGIN_CONSTANT;
}

static bool coerce_list(coercion *c, const fq_json *json, const fq_type_ref *of, const json_path *path,
                        fq_value *value) {
    *value = (fq_value){.kind = FQ_VALUE_LIST, .origin = (uint8_t)list_origin(of)};
    if (json->kind != FQ_JSON_ARRAY) {
        value->count = 1;
        value->items = FQ_NEW_ARRAY(c->arena, fq_value, 1);
        return coerce(c, json, of, path, &value->items[0]);
    }
    value->count = json->count;
    value->items = FQ_NEW_ARRAY(c->arena, fq_value, json->count);
    bool ok = true;
    json_path step = {.parent = path};
    for (const fq_json *item = json->child; item != NULL && !c->stopped; item = item->next, step.index++) {
        ok &= coerce(c, item, of, &step, &value->items[step.index]);
    }
    fq_value_note_nulls(value);
    return ok;
}

/* ---- input objects ---- */

static void report_required(coercion *c, const fq_input_value *field, const fq_json *json, const json_path *path) {
    fq_slice reason = fq_arena_printf(c->arena, "Field \"%.*s\" of required type \"%.*s\" was not provided.",
                                      FQ_PRI(field->name), FQ_PRI(fq_type_ref_text(c->arena, field->type)));
    report_invalid(c, json, path, reason);
}

static void report_unknown_field(coercion *c, const fq_type *type, const fq_json *object, fq_slice name,
                                 const json_path *path) {
    if (c->reported >= ERRORS_MAX) {
        report(c, name);
        return;
    }
    fq_slice reason = fq_arena_printf(c->arena, "Field \"%.*s\" is not defined by type \"%.*s\".%.*s", FQ_PRI(name),
                                      FQ_PRI(type->name),
                                      FQ_PRI(fq_input_field_suggestions(c->arena, type, name)));
    report_invalid(c, object, path, reason);
}

/* Pushes a slot for every field of the type, filled with its member: the last of several, at the place of the first. */
static uint32_t push_slots(coercion *c, const fq_type *type) {
    uint32_t base = c->slots.len;
    for (uint32_t i = 0; i < type->n_input_fields; i++) {
        fq_vec_push(c->arena, &c->slots, (field_slot){0});
    }
    return base;
}

typedef struct matched {
    uint32_t places;  /* members that are fields */
    uint32_t unknown; /* members that are not */
} matched;

static matched match_members(const fq_type *type, const fq_json *json, field_slot *slots) {
    matched m = {0};
    for (const fq_json *member = json->child; member != NULL; member = member->next) {
        const fq_input_value *field = fq_type_input_field(type, member->key);
        if (field == NULL) {
            m.unknown++;
            continue;
        }
        field_slot *slot = &slots[field - type->input_fields];
        if (slot->json == NULL) {
            slot->place = m.places++;
        }
        slot->json = member;
    }
    return m;
}

static uint32_t count_defaults(const fq_type *type, const field_slot *slots) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < type->n_input_fields; i++) {
        n += slots[i].json == NULL && type->input_fields[i].has_default;
    }
    return n;
}

static bool report_unknown_members(coercion *c, const fq_type *type, const fq_json *json, const json_path *path) {
    for (const fq_json *member = json->child; member != NULL && !c->stopped; member = member->next) {
        if (fq_type_input_field(type, member->key) == NULL) {
            report_unknown_field(c, type, json, member->key, path);
        }
    }
    return false;
}

/* Section 3.10.1: exactly one member, and it is not null. `first` is the first of them in the order of the type. */
static bool check_one_of(coercion *c, const fq_type *type, const fq_json *json, const json_path *path,
                         const fq_value *object, const fq_member *first) {
    bool ok = true;
    if (object->count != 1) {
        fq_slice reason = fq_arena_printf(c->arena, "Exactly one key must be specified for OneOf type \"%.*s\".",
                                          FQ_PRI(type->name));
        report_invalid(c, json, path, reason);
        ok = false;
    }
    if (first != NULL && first->value.kind == FQ_VALUE_NULL) {
        static const fq_json null = {.kind = FQ_JSON_NULL};
        json_path step = {.parent = path, .key = first->name};
        report_invalid(c, &null, &step,
                       fq_arena_printf(c->arena, "Field \"%.*s\" must be non-null.", FQ_PRI(first->name)));
        ok = false;
    }
    return ok;
}

/* Fields in the order of the type, as errors are; members in the order written, then defaults. `first` is set to the first
 * member in the order of the type. */
static bool coerce_fields(coercion *c, const fq_type *type, const fq_json *json, const json_path *path, uint32_t base,
                          uint32_t places, fq_value *value, const fq_member **first) {
    bool ok = true;
    for (uint32_t i = 0; i < type->n_input_fields && !c->stopped; i++) {
        const fq_input_value *field = &type->input_fields[i];
        field_slot slot = c->slots.items[base + i];
        fq_member *member = NULL;
        if (slot.json != NULL) {
            member = &value->members[slot.place];
            *member = (fq_member){.name = field->name, .field = field};
            json_path step = {.parent = path, .key = field->name};
            ok &= coerce(c, slot.json, field->type, &step, &member->value);
        } else if (field->has_default) {
            member = &value->members[places++];
            *member = (fq_member){.name = field->name, .field = field, .value = field->default_value};
        } else if (field->type->kind == FQ_REF_NON_NULL) {
            report_required(c, field, json, path);
            ok = false;
        }
        *first = *first != NULL ? *first : member;
    }
    return ok;
}

static bool coerce_object(coercion *c, const fq_json *json, const fq_type *type, const json_path *path,
                          fq_value *value) {
    uint32_t base = push_slots(c, type);
    field_slot *slots = c->slots.items + base;
    matched m = match_members(type, json, slots);
    *value = (fq_value){.kind = FQ_VALUE_OBJECT, .count = m.places + count_defaults(type, slots)};
    value->members = FQ_NEW_ARRAY(c->arena, fq_member, value->count);
    const fq_member *first = NULL;
    bool ok = coerce_fields(c, type, json, path, base, m.places, value, &first);
    c->slots.len = base;
    if (m.unknown > 0) {
        ok = report_unknown_members(c, type, json, path);
    }
    if (type->one_of) {
        ok &= check_one_of(c, type, json, path, value, first);
    }
    return ok;
}

static bool coerce_input_object(coercion *c, const fq_json *json, const fq_type *type, const json_path *path,
                                fq_value *value) {
    if (json->kind == FQ_JSON_OBJECT) {
        return coerce_object(c, json, type, path, value);
    }
    const fq_input_value *eq = fq_filter_shorthand(type, c->extensions);
    if (eq == NULL) {
        report_invalid(c, json, path,
                       fq_arena_printf(c->arena, "Expected type \"%.*s\" to be an object.", FQ_PRI(type->name)));
        return false;
    }
    bool ok = coerce(c, json, eq->type, path, value);
    fq_value_wrap_in_filter(c->arena, eq, value);
    return ok;
}

/* ---- any ---- */

static bool coerce_null(coercion *c, const fq_json *json, const fq_type_ref *type, const json_path *path,
                        fq_value *value) {
    *value = (fq_value){.kind = FQ_VALUE_NULL, .origin = FQ_ORIGIN_VARIABLE};
    if (type->kind == FQ_REF_NON_NULL) {
        fq_slice reason = fq_arena_printf(c->arena, "Expected non-nullable type \"%.*s\" not to be null.",
                                          FQ_PRI(fq_type_ref_text(c->arena, type)));
        report_invalid(c, json, path, reason);
        return false;
    }
    if (type->kind == FQ_REF_NAMED) {
        const fq_input_value *eq = fq_filter_shorthand(type->type, c->extensions);
        if (eq != NULL && eq->type->kind != FQ_REF_NON_NULL) {
            fq_value_wrap_in_filter(c->arena, eq, value);
        }
    }
    return true;
}

/* Recursion goes as deep as the JSON and the lists of one type together. */
static bool coerce(coercion *c, const fq_json *json, const fq_type_ref *type, const json_path *path, fq_value *value) {
    if (json->kind == FQ_JSON_NULL) {
        return coerce_null(c, json, type, path, value);
    }
    type = fq_ref_nullable(type);
    if (type->kind == FQ_REF_LIST) {
        return coerce_list(c, json, type->of, path, value);
    }
    switch (type->type->kind) {
    case FQ_INPUT_OBJECT_TYPE:
        return coerce_input_object(c, json, type->type, path, value);
    case FQ_ENUM_TYPE:
        return coerce_enum(c, type->type, json, path, value);
    default:
        *value = (fq_value){.origin = FQ_ORIGIN_VARIABLE};
        return coerce_scalar(c, type->type, json, path, value);
    }
}

/* ---- leaves ---- */

typedef struct leaf_list {
    fq_arena *arena;
    uint32_t offset; /* of the variable's definition: where errors about a part of its value point */
    FQ_VEC(const fq_value *) list;
} leaf_list;

static void number_leaves(leaf_list *leaves, fq_value *value) {
    if (value->origin == FQ_ORIGIN_VARIABLE) {
        value->index = leaves->list.len;
        value->offset = leaves->offset;
        fq_vec_push(leaves->arena, &leaves->list, value);
        return;
    }
    if (value->kind == FQ_VALUE_LIST) {
        for (uint32_t i = 0; i < value->count; i++) {
            number_leaves(leaves, &value->items[i]);
        }
    } else if (value->kind == FQ_VALUE_OBJECT) {
        for (uint32_t i = 0; i < value->count; i++) {
            number_leaves(leaves, &value->members[i].value);
        }
    }
}

/* ---- variables ---- */

/* The default of a definition is a constant of the document, which is part of the plan's key. */
static void take_default(coercion *c, fq_node_id node, const fq_type_ref *type, fq_value *value) {
    fq_literal_scope scope = {.arena = c->arena, .document = c->document, .extensions = c->extensions,
                              .errors = c->errors};
    if (fq_literal_read(&scope, node, type, value) != FQ_LITERAL_VALUE) {
        *value = (fq_value){.kind = FQ_VALUE_ABSENT};
    }
}

static bool coerce_given(coercion *c, const fq_json *json, const fq_type_ref *type, fq_value *value) {
    if (json->kind == FQ_JSON_NULL && type->kind == FQ_REF_NON_NULL) {
        report(c, fq_arena_printf(c->arena, "Variable \"$%.*s\" of non-null type \"%.*s\" must not be null.",
                                  FQ_PRI(c->name), FQ_PRI(fq_type_ref_text(c->arena, type))));
        return false;
    }
    return coerce(c, json, type, NULL, value);
}

static bool coerce_variable(coercion *c, const fq_node *definition, const fq_json *json, fq_value *value) {
    const fq_type_ref *type =
        fq_type_ref_of_node(c->arena, c->schema, c->document, definition->type, c->extensions);
    if (type == NULL || !fq_type_is_input(fq_ref_core(type))) {
        fq_slice text = fq_node_printed(c->arena, c->document, definition->type);
        fq_errors_add_at(c->errors, FQ_ERR_BAD_USER_INPUT, fq_node_at(c->document, definition->type)->start,
                         "Variable \"$%.*s\" expected value of type \"%.*s\" which cannot be used as an input type.",
                         FQ_PRI(c->name), FQ_PRI(text));
        c->reported++;
        return false;
    }
    if (json != NULL) {
        return coerce_given(c, json, type, value);
    }
    if (definition->value != 0) {
        take_default(c, definition->value, type, value);
    } else if (type->kind == FQ_REF_NON_NULL) {
        report(c, fq_arena_printf(c->arena, "Variable \"$%.*s\" of required type \"%.*s\" was not provided.",
                                  FQ_PRI(c->name), FQ_PRI(fq_type_ref_text(c->arena, type))));
        return false;
    }
    return true;
}

/* Finds members of the request's variables: by search where they are few, else by a map. */
typedef struct member_finder {
    const fq_json *object;
    fq_map map;
} member_finder;

static void finder_init(member_finder *finder, fq_arena *arena, const fq_json *json) {
    finder->object = json != NULL && json->kind == FQ_JSON_OBJECT ? json : NULL;
    fq_map_init(&finder->map, arena);
    if (finder->object != NULL && json->count > MANY_MEMBERS) {
        for (fq_json *member = json->child; member != NULL; member = member->next) {
            fq_map_put(&finder->map, member->key, member);
        }
    }
}

static const fq_json *find_member(const member_finder *finder, fq_slice name) {
    if (finder->object == NULL) {
        return NULL;
    }
    return finder->map.len > 0 ? fq_map_get(&finder->map, name) : fq_json_member(finder->object, name);
}

static uint32_t count_definitions(const fq_document *document, fq_node_id first) {
    uint32_t n = 0;
    for (fq_node_id id = first; id != 0; id = fq_node_next(document, id)) {
        n++;
    }
    return n;
}

bool fq_variables_coerce(fq_arena *arena, const fq_schema *schema, const fq_document *document, fq_node_id operation,
                         const fq_json *json, const fq_limits *limits, unsigned extensions, fq_variables *variables,
                         fq_errors *errors) {
    (void)limits; /* depth was bounded when the JSON was read */
    fq_node_id first = fq_node_at(document, operation)->args;
    uint32_t count = count_definitions(document, first);
    *variables = (fq_variables){.count = count};
    if (count == 0) {
        return true;
    }
    coercion c = {.arena = arena, .schema = schema, .document = document, .extensions = extensions, .errors = errors};
    fq_slice *names = FQ_NEW_ARRAY(arena, fq_slice, count);
    fq_value *values = FQ_NEW_ARRAY(arena, fq_value, count);
    leaf_list leaves = {.arena = arena};
    member_finder finder;
    finder_init(&finder, arena, json);
    bool ok = true;
    uint32_t i = 0;
    for (fq_node_id id = first; id != 0 && !c.stopped; id = fq_node_next(document, id), i++) {
        c.name = names[i] = fq_node_name(document, id);
        c.definition = fq_node_at(document, id)->start;
        ok &= coerce_variable(&c, fq_node_at(document, id), find_member(&finder, c.name), &values[i]);
        leaves.offset = c.definition;
        number_leaves(&leaves, &values[i]);
    }
    *variables = (fq_variables){names, values, count, leaves.list.items, leaves.list.len};
    return ok;
}
