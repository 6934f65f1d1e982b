/* SPDX-License-Identifier: MIT */
/* Definitions of types and directives inside a request. They are never executable, which is an error by itself; like
 * graphql-js this still looks at their directives, at the names of types and at the members of default values, and lets
 * directives that the document defines be used. Repetition over a type and its extensions is not looked for. */
#include "validate/rules.h"

#include "schema/print.h"

/* ---- directives that the document defines ---- */

static uint32_t location_bit(fq_slice name) {
    for (uint32_t i = 0; i < FQ_LOCATIONS; i++) {
        if (fq_slice_equal(name, fq_directive_location_name((fq_directive_location)i))) {
            return 1u << i;
        }
    }
    return 0;
}

/* Arguments of unknown types count as nullable: their types are reported where they stand. */
static const fq_type_ref *argument_type(fq_validator *v, fq_node_id type) {
    static const fq_type unknown = {.kind = FQ_SCALAR_TYPE};
    static const fq_type_ref nullable = {.kind = FQ_REF_NAMED, .type = (fq_type *)(uintptr_t)&unknown};
    const fq_type_ref *ref = fq_type_ref_of_node(v->arena, v->schema, v->document, type, v->extensions);
    return ref != NULL ? ref : &nullable;
}

static fq_directive *directive_of_node(fq_validator *v, fq_node_id id) {
    const fq_node *node = fq_v_node(v, id);
    fq_directive *directive = FQ_NEW(v->arena, fq_directive);
    *directive = (fq_directive){.name = fq_v_name(v, id), .repeatable = (node->flags & FQ_DIRECTIVE_REPEATABLE) != 0};
    for (fq_node_id at = node->children; at != 0; at = fq_v_next(v, at)) {
        directive->locations |= location_bit(fq_v_name(v, at));
    }
    for (fq_node_id arg = node->args; arg != 0; arg = fq_v_next(v, arg)) {
        directive->n_args++;
    }
    fq_input_value *args = FQ_NEW_ARRAY(v->arena, fq_input_value, directive->n_args);
    directive->args = args;
    for (fq_node_id arg = node->args; arg != 0; arg = fq_v_next(v, arg)) {
        const fq_node *definition = fq_v_node(v, arg);
        *args++ = (fq_input_value){.name = fq_v_name(v, arg),
                                   .type = argument_type(v, definition->type),
                                   .has_default = definition->value != 0};
    }
    return directive;
}

void fq_directives_index(fq_validator *v) {
    fq_map_init(&v->own_directives, v->arena);
    for (fq_node_id id = v->document->definitions; id != 0; id = fq_v_next(v, id)) {
        if (fq_v_node(v, id)->kind == FQ_NODE_DIRECTIVE_DEFINITION) {
            fq_map_put(&v->own_directives, fq_v_name(v, id), directive_of_node(v, id));
            v->has_own_directives = true;
        }
    }
}

const fq_directive *fq_v_directive(const fq_validator *v, fq_slice name) {
    const fq_directive *own = v->has_own_directives ? fq_map_get(&v->own_directives, name) : NULL;
    return own != NULL ? own : fq_schema_directive(v->schema, name);
}

/* ---- the walk ---- */

static void visit_named_type(fq_validator *v, fq_node_id id) {
    while (fq_v_node(v, id)->kind != FQ_NODE_NAMED_TYPE) {
        id = fq_v_node(v, id)->type;
    }
    if (fq_schema_type(v->schema, fq_v_name(v, id)) == NULL) {
        fq_rule_known_type_name(v, id);
    }
}

static void visit_named_types(fq_validator *v, fq_node_id first) {
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        visit_named_type(v, id);
    }
}

static void visit_input_values(fq_validator *v, fq_node_id first, fq_directive_location location) {
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        const fq_node *node = fq_v_node(v, id);
        fq_rule_unique_directives(v, node->directives);
        visit_named_type(v, node->type);
        if (node->value != 0) {
            fq_rules_value(v, node->value, (fq_position_type){.checked = true});
        }
        fq_visit_directives(v, node->directives, location, NULL);
    }
}

static void visit_fields(fq_validator *v, fq_node_id first) {
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        const fq_node *node = fq_v_node(v, id);
        fq_rule_unique_directives(v, node->directives);
        visit_input_values(v, node->args, FQ_LOCATION_ARGUMENT_DEFINITION);
        visit_named_type(v, node->type);
        fq_visit_directives(v, node->directives, FQ_LOCATION_FIELD_DEFINITION, NULL);
    }
}

static void visit_enum_values(fq_validator *v, fq_node_id first) {
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        fq_rule_unique_directives(v, fq_v_node(v, id)->directives);
        fq_visit_directives(v, fq_v_node(v, id)->directives, FQ_LOCATION_ENUM_VALUE, NULL);
    }
}

static void visit_operation_types(fq_validator *v, fq_node_id first) {
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        visit_named_type(v, fq_v_node(v, id)->type);
    }
}

static fq_directive_location location_of(fq_node_kind kind) {
    switch (kind) {
    case FQ_NODE_SCALAR_DEFINITION:
    case FQ_NODE_SCALAR_EXTENSION:
        return FQ_LOCATION_SCALAR;
    case FQ_NODE_OBJECT_DEFINITION:
    case FQ_NODE_OBJECT_EXTENSION:
        return FQ_LOCATION_OBJECT;
    case FQ_NODE_INTERFACE_DEFINITION:
    case FQ_NODE_INTERFACE_EXTENSION:
        return FQ_LOCATION_INTERFACE;
    case FQ_NODE_UNION_DEFINITION:
    case FQ_NODE_UNION_EXTENSION:
        return FQ_LOCATION_UNION;
    case FQ_NODE_ENUM_DEFINITION:
    case FQ_NODE_ENUM_EXTENSION:
        return FQ_LOCATION_ENUM;
    case FQ_NODE_INPUT_OBJECT_DEFINITION:
    case FQ_NODE_INPUT_OBJECT_EXTENSION:
        return FQ_LOCATION_INPUT_OBJECT;
    default:
        return FQ_LOCATION_SCHEMA;
    }
}

void fq_visit_type_system(fq_validator *v, fq_node_id id) {
    const fq_node *node = fq_v_node(v, id);
    if (node->kind == FQ_NODE_DIRECTIVE_DEFINITION) {
        visit_input_values(v, node->args, FQ_LOCATION_ARGUMENT_DEFINITION);
        return;
    }
    fq_directive_location location = location_of((fq_node_kind)node->kind);
    fq_rule_unique_directives(v, node->directives);
    visit_named_types(v, node->interfaces);
    fq_visit_directives(v, node->directives, location, NULL);
    if (location == FQ_LOCATION_OBJECT || location == FQ_LOCATION_INTERFACE) {
        visit_fields(v, node->children);
    } else if (location == FQ_LOCATION_UNION) {
        visit_named_types(v, node->children);
    } else if (location == FQ_LOCATION_ENUM) {
        visit_enum_values(v, node->children);
    } else if (location == FQ_LOCATION_INPUT_OBJECT) {
        visit_input_values(v, node->children, FQ_LOCATION_INPUT_FIELD_DEFINITION);
    } else if (location == FQ_LOCATION_SCHEMA) {
        visit_operation_types(v, node->children);
    }
}
