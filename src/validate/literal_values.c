/* SPDX-License-Identifier: MIT */
/* Values of literals by the type of their position: list coercion, defaults of input fields, variables, and the filter
 * shorthand. A filter whose members all were variables that were not sent is an error, so that no filter vanishes
 * unnoticed. Leaves keep their origin: lifted literals their slot, leaves of variables their number. */
#include "validate/input.h"

#include <assert.h>

#include "base/vec.h"

const fq_value *fq_variable_value(const fq_variables *variables, fq_slice name) {
    for (uint32_t i = 0; i < variables->count; i++) {
        if (fq_slice_equal(variables->names[i], name)) {
            return &variables->values[i];
        }
    }
    return NULL;
}

void fq_value_note_nulls(fq_value *list) {
    assert(list->items != NULL || list->count == 0);
    for (uint32_t i = 0; i < list->count; i++) {
        list->has_null |= list->items[i].kind == FQ_VALUE_NULL;
    }
}

void fq_value_wrap_in_filter(fq_arena *arena, const fq_input_value *eq, fq_value *value) {
    fq_member *member = FQ_NEW(arena, fq_member);
    *member = (fq_member){.name = eq->name, .field = eq, .value = *value};
    *value = (fq_value){.kind = FQ_VALUE_OBJECT, .offset = value->offset, .count = 1, .members = member};
}

static fq_literal_result read_variable(fq_literal_scope *scope, fq_node_id node, fq_value *value) {
    fq_slice name = fq_node_name(scope->document, node);
    const fq_value *found = NULL;
    if (scope->variable_map != NULL) {
        found = fq_map_get(scope->variable_map, name);
    } else if (scope->variables != NULL) {
        found = fq_variable_value(scope->variables, name);
    }
    if (found == NULL || found->kind == FQ_VALUE_ABSENT) {
        return FQ_LITERAL_ABSENT;
    }
    *value = *found;
    value->offset = fq_node_at(scope->document, node)->start;
    return FQ_LITERAL_VALUE;
}

static fq_value_kind leaf_kind(fq_node_kind kind) {
    switch (kind) {
    case FQ_NODE_INT:
        return FQ_VALUE_INT;
    case FQ_NODE_FLOAT:
        return FQ_VALUE_FLOAT;
    case FQ_NODE_STRING:
        return FQ_VALUE_STRING;
    case FQ_NODE_BOOLEAN:
        return FQ_VALUE_BOOLEAN;
    case FQ_NODE_ENUM:
        return FQ_VALUE_ENUM;
    default:
        return FQ_VALUE_NULL;
    }
}

static void read_leaf(const fq_literal_scope *scope, fq_node_id id, fq_value *value) {
    uint32_t slot = scope->literals != NULL ? scope->literals->slot_of_node[id] : 0;
    if (slot != 0) {
        *value = scope->literals->values[slot - 1];
        return;
    }
    const fq_node *node = fq_node_at(scope->document, id);
    *value = (fq_value){.kind = (uint8_t)leaf_kind(node->kind), .offset = node->start};
    if (node->kind == FQ_NODE_STRING) {
        value->text = fq_node_text(scope->document, id);
    } else if (node->kind == FQ_NODE_BOOLEAN) {
        value->truth = node->flags != 0;
    } else {
        value->text = fq_node_name(scope->document, id);
    }
}

/* ---- without a type: inside JSON scalars ---- */

static fq_literal_result read_untyped(fq_literal_scope *scope, fq_node_id id, fq_value *value);

static fq_literal_result read_untyped_list(fq_literal_scope *scope, fq_node_id id, fq_value *value) {
    const fq_document *document = scope->document;
    FQ_VEC(fq_value) items = {0};
    for (fq_node_id item = fq_node_at(document, id)->children; item != 0; item = fq_node_next(document, item)) {
        fq_value read = {.kind = FQ_VALUE_NULL, .offset = fq_node_at(document, item)->start};
        (void)read_untyped(scope, item, &read);
        fq_vec_push(scope->arena, &items, read);
    }
    *value = (fq_value){.kind = FQ_VALUE_LIST, .offset = fq_node_at(document, id)->start, .count = items.len};
    value->items = items.items;
    fq_value_note_nulls(value);
    return FQ_LITERAL_VALUE;
}

static fq_literal_result read_untyped_object(fq_literal_scope *scope, fq_node_id id, fq_value *value) {
    const fq_document *document = scope->document;
    FQ_VEC(fq_member) members = {0};
    for (fq_node_id field = fq_node_at(document, id)->children; field != 0; field = fq_node_next(document, field)) {
        fq_member member = {.name = fq_node_name(document, field)};
        if (read_untyped(scope, fq_node_at(document, field)->value, &member.value) == FQ_LITERAL_VALUE) {
            fq_vec_push(scope->arena, &members, member);
        }
    }
    *value = (fq_value){.kind = FQ_VALUE_OBJECT, .offset = fq_node_at(document, id)->start, .count = members.len};
    value->members = members.items;
    return FQ_LITERAL_VALUE;
}

static fq_literal_result read_untyped(fq_literal_scope *scope, fq_node_id id, fq_value *value) {
    switch (fq_node_at(scope->document, id)->kind) {
    case FQ_NODE_VARIABLE:
        return read_variable(scope, id, value);
    case FQ_NODE_LIST:
        return read_untyped_list(scope, id, value);
    case FQ_NODE_OBJECT:
        return read_untyped_object(scope, id, value);
    default:
        read_leaf(scope, id, value);
        return FQ_LITERAL_VALUE;
    }
}

/* ---- lists ---- */

static fq_literal_result read_list(fq_literal_scope *scope, fq_node_id id, const fq_type_ref *of, fq_value *value) {
    const fq_document *document = scope->document;
    const fq_node *node = fq_node_at(document, id);
    FQ_VEC(fq_value) items = {0};
    bool one = node->kind != FQ_NODE_LIST; /* a single value is a list of one */
    for (fq_node_id item = one ? id : node->children; item != 0; item = one ? 0 : fq_node_next(document, item)) {
        fq_value read = {.kind = FQ_VALUE_NULL, .offset = fq_node_at(document, item)->start};
        fq_literal_result result = fq_literal_read(scope, item, of, &read);
        if (result == FQ_LITERAL_INVALID || (result == FQ_LITERAL_ABSENT && of->kind == FQ_REF_NON_NULL)) {
            return FQ_LITERAL_INVALID;
        }
        fq_vec_push(scope->arena, &items, read);
    }
    *value = (fq_value){.kind = FQ_VALUE_LIST, .offset = node->start, .count = items.len};
    value->items = items.items;
    fq_value_note_nulls(value);
    return FQ_LITERAL_VALUE;
}

/* ---- input objects ---- */

typedef struct object_reading {
    FQ_VEC(fq_member) members;
    uint64_t *given; /* a bit for every input field of the type */
    uint32_t absent; /* members whose variable was not sent */
} object_reading;

/* Members in the order written, without those whose variable was not sent. */
static bool read_members(fq_literal_scope *scope, fq_node_id id, const fq_type *type, object_reading *reading) {
    const fq_document *document = scope->document;
    for (fq_node_id at = fq_node_at(document, id)->children; at != 0; at = fq_node_next(document, at)) {
        const fq_input_value *field = fq_type_input_field(type, fq_node_name(document, at));
        if (field == NULL) {
            return false;
        }
        fq_member member = {.name = field->name, .field = field};
        switch (fq_literal_read(scope, fq_node_at(document, at)->value, field->type, &member.value)) {
        case FQ_LITERAL_INVALID:
            return false;
        case FQ_LITERAL_ABSENT:
            reading->absent++;
            break;
        case FQ_LITERAL_VALUE: {
            size_t index = (size_t)(field - type->input_fields);
            reading->given[index / 64] |= UINT64_C(1) << (index % 64);
            fq_vec_push(scope->arena, &reading->members, member);
        }
        }
    }
    return true;
}

static bool add_defaults(fq_literal_scope *scope, const fq_type *type, object_reading *reading) {
    for (uint32_t i = 0; i < type->n_input_fields; i++) {
        const fq_input_value *field = &type->input_fields[i];
        if ((reading->given[i / 64] >> (i % 64) & 1) != 0) {
            continue;
        }
        if (field->has_default) {
            fq_member member = {.name = field->name, .field = field, .value = field->default_value};
            fq_vec_push(scope->arena, &reading->members, member);
        } else if (field->type->kind == FQ_REF_NON_NULL) {
            return false;
        }
    }
    return true;
}

/* Whether an object of the type restricts rows: where types and filters. */
static bool is_filter(const fq_type *type) {
    for (uint32_t i = 0; i < type->n_input_fields; i++) {
        switch (type->input_fields[i].role) {
        case FQ_INPUT_AND:
        case FQ_INPUT_OR:
        case FQ_INPUT_NOT:
        case FQ_INPUT_FILTER:
        case FQ_INPUT_OPERATOR:
            return true;
        default:
            break;
        }
    }
    return false;
}

static bool one_of_holds(const object_reading *reading) {
    return reading->members.len == 1 && reading->members.items[0].value.kind != FQ_VALUE_NULL;
}

static fq_literal_result read_object(fq_literal_scope *scope, fq_node_id id, const fq_type *type, fq_value *value) {
    uint32_t start = fq_node_at(scope->document, id)->start;
    object_reading reading = {.given = FQ_NEW_ARRAY(scope->arena, uint64_t, (type->n_input_fields + 63) / 64)};
    if (!read_members(scope, id, type, &reading) || !add_defaults(scope, type, &reading) ||
        (type->one_of && !one_of_holds(&reading))) {
        return FQ_LITERAL_INVALID;
    }
    if (reading.members.len == 0 && reading.absent > 0 && is_filter(type)) {
        fq_errors_add_at(scope->errors, FQ_ERR_BAD_USER_INPUT, start,
                         "The filter of type \"%.*s\" is left empty because its variables were not sent; send them, or "
                         "leave the filter out.",
                         FQ_PRI(type->name));
        scope->reported = true;
        return FQ_LITERAL_INVALID;
    }
    *value = (fq_value){.kind = FQ_VALUE_OBJECT, .offset = start, .count = reading.members.len};
    value->members = reading.members.items;
    return FQ_LITERAL_VALUE;
}

/* ---- any ---- */

static fq_literal_result read_non_null(fq_literal_scope *scope, fq_node_id id, const fq_type_ref *type,
                                       fq_value *value) {
    if (type->kind == FQ_REF_LIST) {
        return read_list(scope, id, type->of, value);
    }
    if (type->type->kind != FQ_INPUT_OBJECT_TYPE) {
        fq_literal_result result = read_untyped(scope, id, value);
        if (type->type->scalar == FQ_SCALAR_ID && value->kind == FQ_VALUE_INT && value->origin == FQ_ORIGIN_CONSTANT) {
            value->kind = FQ_VALUE_STRING; /* an ID is a text, however it is written (section 3.5.5) */
        }
        return result;
    }
    if (fq_node_at(scope->document, id)->kind == FQ_NODE_OBJECT) {
        return read_object(scope, id, type->type, value);
    }
    const fq_input_value *eq = fq_filter_shorthand(type->type, scope->extensions);
    if (eq == NULL || fq_literal_read(scope, id, eq->type, value) != FQ_LITERAL_VALUE) {
        return FQ_LITERAL_INVALID;
    }
    fq_value_wrap_in_filter(scope->arena, eq, value);
    return FQ_LITERAL_VALUE;
}

/* A null for a filter means eq: null. */
static void wrap_null(fq_literal_scope *scope, const fq_type_ref *type, fq_value *value) {
    const fq_input_value *eq = type->kind == FQ_REF_NAMED ? fq_filter_shorthand(type->type, scope->extensions) : NULL;
    if (eq != NULL && eq->type->kind != FQ_REF_NON_NULL) {
        fq_value_wrap_in_filter(scope->arena, eq, value);
    }
}

fq_literal_result fq_literal_read(fq_literal_scope *scope, fq_node_id id, const fq_type_ref *type, fq_value *value) {
    fq_node_kind kind = fq_node_at(scope->document, id)->kind;
    if (kind == FQ_NODE_VARIABLE) {
        fq_literal_result result = read_variable(scope, id, value);
        if (result != FQ_LITERAL_VALUE || value->kind != FQ_VALUE_NULL) {
            return result;
        }
    } else if (kind == FQ_NODE_NULL) {
        read_leaf(scope, id, value);
    } else {
        return read_non_null(scope, id, fq_ref_nullable(type), value);
    }
    if (type->kind == FQ_REF_NON_NULL) {
        return FQ_LITERAL_INVALID;
    }
    wrap_null(scope, type, value);
    return FQ_LITERAL_VALUE;
}
