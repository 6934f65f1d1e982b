/* SPDX-License-Identifier: MIT */
/* Coercion of a request's variables (section 6.1.2) from JSON to typed values, with graphql-js's messages.
 * Invariant: a coerced value fits its type in every part; each of its leaves has a number, in the order of the values.
 * Errors go on to the next part, so that a client sees all of them, up to a maximum. */
#include "validate/coercion.h"

/* From here on a map finds the members of the request's variables. */
#define MANY_MEMBERS 16

/* ---- lists ---- */

static bool coerce(fq_coercion *c, const fq_json *json, const fq_type_ref *type, const fq_json_path *path,
                   fq_value *value);

/* Lists of scalars are one leaf; lists of enums and objects fix the plan by their length. */
static fq_origin list_origin(const fq_type_ref *of) {
    return fq_ref_core(of)->kind == FQ_SCALAR_TYPE ? FQ_ORIGIN_VARIABLE : FQ_ORIGIN_CONSTANT;
}

static bool coerce_list(fq_coercion *c, const fq_json *json, const fq_type_ref *of, const fq_json_path *path,
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
    fq_json_path step = {.parent = path};
    for (const fq_json *item = json->child; item != NULL && !c->stopped; item = item->next, step.index++) {
        ok &= coerce(c, item, of, &step, &value->items[step.index]);
    }
    fq_value_note_nulls(value);
    return ok;
}

/* ---- input objects ---- */

static void report_required(fq_coercion *c, const fq_input_value *field, const fq_json *json,
                            const fq_json_path *path) {
    fq_slice reason = fq_arena_printf(c->arena, "Field \"%.*s\" of required type \"%.*s\" was not provided.",
                                      FQ_PRI(field->name), FQ_PRI(fq_type_ref_text(c->arena, field->type)));
    fq_coercion_report_invalid(c, json, path, reason);
}

static void report_unknown_field(fq_coercion *c, const fq_type *type, const fq_json *object, fq_slice name,
                                 const fq_json_path *path) {
    if (c->reported >= FQ_COERCION_ERRORS_MAX) {
        fq_coercion_report(c, name);
        return;
    }
    fq_slice reason = fq_arena_printf(c->arena, "Field \"%.*s\" is not defined by type \"%.*s\".%.*s",
                                      FQ_PRI(fq_arena_shown(c->arena, name)), FQ_PRI(type->name),
                                      FQ_PRI(fq_input_field_suggestions(c->arena, type, name)));
    fq_coercion_report_invalid(c, object, path, reason);
}

/* Pushes a slot for every field of the type, filled with its member: the last of several, at the place of the first. */
static uint32_t push_slots(fq_coercion *c, const fq_type *type) {
    uint32_t base = c->slots.len;
    for (uint32_t i = 0; i < type->n_input_fields; i++) {
        fq_vec_push(c->arena, &c->slots, (fq_field_slot){0});
    }
    return base;
}

typedef struct matched {
    uint32_t places;  /* members that are fields */
    uint32_t unknown; /* members that are not */
} matched;

static matched match_members(const fq_type *type, const fq_json *json, fq_field_slot *slots) {
    matched m = {0};
    for (const fq_json *member = json->child; member != NULL; member = member->next) {
        const fq_input_value *field = fq_type_input_field(type, member->key);
        if (field == NULL) {
            m.unknown++;
            continue;
        }
        fq_field_slot *slot = &slots[field - type->input_fields];
        if (slot->json == NULL) {
            slot->place = m.places++;
        }
        slot->json = member;
    }
    return m;
}

static uint32_t count_defaults(const fq_type *type, const fq_field_slot *slots) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < type->n_input_fields; i++) {
        n += slots[i].json == NULL && type->input_fields[i].has_default;
    }
    return n;
}

static bool report_unknown_members(fq_coercion *c, const fq_type *type, const fq_json *json, const fq_json_path *path) {
    for (const fq_json *member = json->child; member != NULL && !c->stopped; member = member->next) {
        if (fq_type_input_field(type, member->key) == NULL) {
            report_unknown_field(c, type, json, member->key, path);
        }
    }
    return false;
}

/* Section 3.10.1: exactly one member, and it is not null. `first` is the first of them in the order of the type. */
static bool check_one_of(fq_coercion *c, const fq_type *type, const fq_json *json, const fq_json_path *path,
                         const fq_value *object, const fq_member *first) {
    bool ok = true;
    if (object->count != 1) {
        fq_slice reason =
            fq_arena_printf(c->arena, "Exactly one key must be specified for OneOf type \"%.*s\".", FQ_PRI(type->name));
        fq_coercion_report_invalid(c, json, path, reason);
        ok = false;
    }
    if (first != NULL && first->value.kind == FQ_VALUE_NULL) {
        static const fq_json null = {.kind = FQ_JSON_NULL};
        fq_json_path step = {.parent = path, .key = first->name};
        fq_coercion_report_invalid(c, &null, &step,
                                   fq_arena_printf(c->arena, "Field \"%.*s\" must be non-null.", FQ_PRI(first->name)));
        ok = false;
    }
    return ok;
}

/* Fields in the order of the type, as errors are; members in the order written, then defaults. `first` is set to the
 * first member in the order of the type. */
static bool coerce_fields(fq_coercion *c, const fq_type *type, const fq_json *json, const fq_json_path *path,
                          uint32_t base, uint32_t places, fq_value *value, const fq_member **first) {
    bool ok = true;
    for (uint32_t i = 0; i < type->n_input_fields && !c->stopped; i++) {
        const fq_input_value *field = &type->input_fields[i];
        fq_field_slot slot = c->slots.items[base + i];
        fq_member *member = NULL;
        if (slot.json != NULL) {
            member = &value->members[slot.place];
            *member = (fq_member){.name = field->name, .field = field};
            fq_json_path step = {.parent = path, .key = field->name};
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

static bool coerce_object(fq_coercion *c, const fq_json *json, const fq_type *type, const fq_json_path *path,
                          fq_value *value) {
    uint32_t base = push_slots(c, type);
    fq_field_slot *slots = c->slots.items + base;
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

static bool coerce_input_object(fq_coercion *c, const fq_json *json, const fq_type *type, const fq_json_path *path,
                                fq_value *value) {
    if (json->kind == FQ_JSON_OBJECT) {
        return coerce_object(c, json, type, path, value);
    }
    const fq_input_value *eq = fq_filter_shorthand(type, c->extensions);
    if (eq == NULL) {
        fq_coercion_report_invalid(
            c, json, path, fq_arena_printf(c->arena, "Expected type \"%.*s\" to be an object.", FQ_PRI(type->name)));
        return false;
    }
    bool ok = coerce(c, json, eq->type, path, value);
    fq_value_wrap_in_filter(c->arena, eq, value);
    return ok;
}

/* ---- any ---- */

static bool coerce_null(fq_coercion *c, const fq_json *json, const fq_type_ref *type, const fq_json_path *path,
                        fq_value *value) {
    *value = (fq_value){.kind = FQ_VALUE_NULL, .origin = FQ_ORIGIN_VARIABLE};
    if (type->kind == FQ_REF_NON_NULL) {
        fq_slice reason = fq_arena_printf(c->arena, "Expected non-nullable type \"%.*s\" not to be null.",
                                          FQ_PRI(fq_type_ref_text(c->arena, type)));
        fq_coercion_report_invalid(c, json, path, reason);
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
static bool coerce(fq_coercion *c, const fq_json *json, const fq_type_ref *type, const fq_json_path *path,
                   fq_value *value) {
    if (json->kind == FQ_JSON_NULL) {
        return coerce_null(c, json, type, path, value);
    }
    type = fq_ref_nullable(type);
    if (type->kind == FQ_REF_LIST) {
        return coerce_list(c, json, type->of, path, value);
    }
    if (type->type->kind == FQ_INPUT_OBJECT_TYPE) {
        return coerce_input_object(c, json, type->type, path, value);
    }
    return fq_coerce_leaf(c, type->type, json, path, value);
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
static void take_default(fq_coercion *c, fq_node_id node, const fq_type_ref *type, fq_value *value) {
    fq_literal_scope scope = {
        .arena = c->arena, .document = c->document, .extensions = c->extensions, .errors = c->errors};
    if (fq_literal_read(&scope, node, type, value) != FQ_LITERAL_VALUE) {
        *value = (fq_value){.kind = FQ_VALUE_ABSENT};
    }
}

static bool coerce_given(fq_coercion *c, const fq_json *json, const fq_type_ref *type, fq_value *value) {
    if (json->kind == FQ_JSON_NULL && type->kind == FQ_REF_NON_NULL) {
        fq_coercion_report(c,
                           fq_arena_printf(c->arena, "Variable \"$%.*s\" of non-null type \"%.*s\" must not be null.",
                                           FQ_PRI(c->name), FQ_PRI(fq_type_ref_text(c->arena, type))));
        return false;
    }
    return coerce(c, json, type, NULL, value);
}

static bool coerce_variable(fq_coercion *c, const fq_node *definition, const fq_json *json, fq_value *value) {
    const fq_type_ref *type = fq_type_ref_of_node(c->arena, c->schema, c->document, definition->type, c->extensions);
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
        fq_coercion_report(c,
                           fq_arena_printf(c->arena, "Variable \"$%.*s\" of required type \"%.*s\" was not provided.",
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
    if (finder->object != NULL && finder->object->count > MANY_MEMBERS) {
        for (fq_json *member = finder->object->child; member != NULL; member = member->next) {
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
    fq_coercion c = {
        .arena = arena, .schema = schema, .document = document, .extensions = extensions, .errors = errors};
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
