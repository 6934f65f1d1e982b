/* SPDX-License-Identifier: MIT */
/* The walk over a type system document: each node is visited once, in the order of the text, by the rules in the order
 * of graphql-js, so that errors come in the same order. Linear in the text; recursion is as deep as values are nested,
 * which the parser has bounded. */
#include "schema/sdl_rules.h"

#include "base/limits.h"
#include "schema/sdl_state.h"

fq_type_kind sdl_type_kind(fq_node_kind kind) {
    switch (kind) {
    case FQ_NODE_OBJECT_DEFINITION:
    case FQ_NODE_OBJECT_EXTENSION:
        return FQ_OBJECT_TYPE;
    case FQ_NODE_INTERFACE_DEFINITION:
    case FQ_NODE_INTERFACE_EXTENSION:
        return FQ_INTERFACE_TYPE;
    case FQ_NODE_UNION_DEFINITION:
    case FQ_NODE_UNION_EXTENSION:
        return FQ_UNION_TYPE;
    case FQ_NODE_ENUM_DEFINITION:
    case FQ_NODE_ENUM_EXTENSION:
        return FQ_ENUM_TYPE;
    case FQ_NODE_INPUT_OBJECT_DEFINITION:
    case FQ_NODE_INPUT_OBJECT_EXTENSION:
        return FQ_INPUT_OBJECT_TYPE;
    default:
        return FQ_SCALAR_TYPE;
    }
}

sdl_type *sdl_type_of(sdl_state *s, fq_slice name) {
    sdl_type *type = fq_map_get(&s->types, name);
    if (type == NULL) {
        type = FQ_NEW(s->scratch, sdl_type);
        fq_map_init(&type->fields, s->scratch);
        fq_map_init(&type->values, s->scratch);
        fq_map_init(&type->directives, s->scratch);
        fq_map_put(&s->types, name, type);
    }
    return type;
}

static void collect_types(sdl_state *s) {
    for (fq_node_id id = s->document->definitions; id != 0; id = fq_node_next(s->document, id)) {
        if (sdl_is_type_definition(sdl_node(s, id)->kind)) {
            sdl_type_of(s, sdl_name(s, id))->definition = id;
        }
    }
}

/* ---- the walk ---- */

void sdl_walk_type(sdl_state *s, fq_node_id id) {
    while (sdl_node(s, id)->kind != FQ_NODE_NAMED_TYPE) {
        id = sdl_node(s, id)->type;
    }
    sdl_visit_named_type(s, id);
}

static void walk_named_types(sdl_state *s, fq_node_id first) {
    for (fq_node_id id = first; id != 0; id = fq_node_next(s->document, id)) {
        sdl_visit_named_type(s, id);
    }
}

void sdl_walk_value(sdl_state *s, fq_node_id id) {
    const fq_node *node = sdl_node(s, id);
    if (node->kind == FQ_NODE_OBJECT) {
        sdl_visit_object(s, id);
        for (fq_node_id i = node->children; i != 0; i = fq_node_next(s->document, i)) {
            sdl_walk_value(s, sdl_node(s, i)->value);
        }
    } else if (node->kind == FQ_NODE_LIST) {
        for (fq_node_id i = node->children; i != 0; i = fq_node_next(s->document, i)) {
            sdl_walk_value(s, i);
        }
    }
}

static void walk_directives(sdl_state *s, fq_node_id first, fq_directive_location location) {
    for (fq_node_id id = first; id != 0; id = fq_node_next(s->document, id)) {
        sdl_visit_directive(s, id, location);
        for (fq_node_id arg = sdl_node(s, id)->args; arg != 0; arg = fq_node_next(s->document, arg)) {
            sdl_walk_value(s, sdl_node(s, arg)->value);
        }
    }
}

/* Everything that every node may carry: uniqueness of its directives, then the directives themselves. */
void sdl_walk_node_directives(sdl_state *s, fq_node_id id, fq_directive_location location) {
    fq_map seen;
    fq_map_init(&seen, s->scratch);
    sdl_visit_directives_of(s, id, &seen);
    walk_directives(s, sdl_node(s, id)->directives, location);
}

static void walk_input_values(sdl_state *s, fq_node_id first, fq_directive_location location) {
    for (fq_node_id id = first; id != 0 && !sdl_done(s); id = fq_node_next(s->document, id)) {
        const fq_node *node = sdl_node(s, id);
        sdl_walk_type(s, node->type);
        if (node->value != 0) {
            sdl_walk_value(s, node->value);
        }
        sdl_walk_node_directives(s, id, location);
    }
}

static void walk_fields(sdl_state *s, fq_node_id first) {
    for (fq_node_id id = first; id != 0 && !sdl_done(s); id = fq_node_next(s->document, id)) {
        const fq_node *node = sdl_node(s, id);
        walk_input_values(s, node->args, FQ_LOCATION_ARGUMENT_DEFINITION);
        sdl_walk_type(s, node->type);
        sdl_walk_node_directives(s, id, FQ_LOCATION_FIELD_DEFINITION);
    }
}

static void walk_enum_values(sdl_state *s, fq_node_id first) {
    for (fq_node_id id = first; id != 0 && !sdl_done(s); id = fq_node_next(s->document, id)) {
        sdl_walk_node_directives(s, id, FQ_LOCATION_ENUM_VALUE);
    }
}

static void walk_schema(sdl_state *s, fq_node_id id) {
    sdl_visit_schema(s, id);
    sdl_visit_directives_of(s, id, &s->schema_directives);
    walk_directives(s, sdl_node(s, id)->directives, FQ_LOCATION_SCHEMA);
    for (fq_node_id i = sdl_node(s, id)->children; i != 0; i = fq_node_next(s->document, i)) {
        sdl_visit_named_type(s, sdl_node(s, i)->type);
    }
}

static void walk_directive_definition(sdl_state *s, fq_node_id id) {
    sdl_visit_directive_definition(s, id);
    walk_input_values(s, sdl_node(s, id)->args, FQ_LOCATION_ARGUMENT_DEFINITION);
}

static const uint8_t location_of_kind[] = {
    [FQ_SCALAR_TYPE] = FQ_LOCATION_SCALAR,       [FQ_OBJECT_TYPE] = FQ_LOCATION_OBJECT,
    [FQ_INTERFACE_TYPE] = FQ_LOCATION_INTERFACE, [FQ_UNION_TYPE] = FQ_LOCATION_UNION,
    [FQ_ENUM_TYPE] = FQ_LOCATION_ENUM,           [FQ_INPUT_OBJECT_TYPE] = FQ_LOCATION_INPUT_OBJECT,
};

static void visit_type(sdl_state *s, fq_node_id id, fq_type_kind kind) {
    if (sdl_is_type_definition(sdl_node(s, id)->kind)) {
        sdl_visit_type_name(s, id);
    }
    if (kind == FQ_ENUM_TYPE) {
        sdl_visit_enum_values(s, id);
    } else if (kind != FQ_SCALAR_TYPE && kind != FQ_UNION_TYPE) {
        sdl_visit_fields(s, id);
        if (kind != FQ_INPUT_OBJECT_TYPE) {
            sdl_visit_field_arguments(s, id);
        }
    }
    sdl_visit_directives_of(s, id, &sdl_type_of(s, sdl_name(s, id))->directives);
    if (sdl_is_type_extension(sdl_node(s, id)->kind)) {
        sdl_visit_type_extension(s, id);
    }
}

static void walk_type_definition(sdl_state *s, fq_node_id id) {
    const fq_node *node = sdl_node(s, id);
    fq_type_kind kind = sdl_type_kind(node->kind);
    visit_type(s, id, kind);
    walk_named_types(s, node->interfaces);
    walk_directives(s, node->directives, location_of_kind[kind]);
    switch (kind) {
    case FQ_OBJECT_TYPE:
    case FQ_INTERFACE_TYPE:
        walk_fields(s, node->children);
        break;
    case FQ_UNION_TYPE:
        walk_named_types(s, node->children);
        break;
    case FQ_ENUM_TYPE:
        walk_enum_values(s, node->children);
        break;
    case FQ_INPUT_OBJECT_TYPE:
        walk_input_values(s, node->children, FQ_LOCATION_INPUT_FIELD_DEFINITION);
        break;
    case FQ_SCALAR_TYPE:
        break;
    }
}

static void walk_definition(sdl_state *s, fq_node_id id) {
    fq_node_kind kind = sdl_node(s, id)->kind;
    if (kind == FQ_NODE_SCHEMA_DEFINITION || kind == FQ_NODE_SCHEMA_EXTENSION) {
        walk_schema(s, id);
    } else if (kind == FQ_NODE_DIRECTIVE_DEFINITION) {
        walk_directive_definition(s, id);
    } else if (sdl_is_type_definition(kind) || sdl_is_type_extension(kind)) {
        walk_type_definition(s, id);
    } else {
        sdl_walk_executable(s, id);
    }
}

bool fq_sdl_validate(const fq_document *document, const fq_sdl_scope *scope, fq_errors *errors) {
    uint32_t before = errors->list.len + errors->dropped;
    fq_arena *scratch = fq_arena_new(FQ_SCHEMA_ARENA_MAX);
    sdl_state s = {.document = document,
                   .scope = scope,
                   .errors = errors,
                   .scratch = scratch,
                   .offers_left = FQ_SDL_SUGGESTIONS_MAX};
    fq_map *const maps[] = {&s.types, &s.directives, &s.seen_types, &s.seen_directives, &s.schema_directives};
    for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
        fq_map_init(maps[i], scratch);
    }
    collect_types(&s);
    sdl_collect_directives(&s);
    for (fq_node_id id = document->definitions; id != 0 && !sdl_done(&s); id = fq_node_next(document, id)) {
        walk_definition(&s, id);
    }
    fq_arena_free(scratch);
    return errors->list.len + errors->dropped == before;
}
