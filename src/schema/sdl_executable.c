/* SPDX-License-Identifier: MIT */
/* Operations and fragments in a type system document: nobody runs them, but the rules look into them as into everything
 * else: types and directives that are named there must exist, names must be unique. The built-in scalars count as known
 * only where a definition names them, which is graphql-js's way. Recursion is as deep as the parser lets selections be.
 */
#include "schema/sdl_rules.h"
#include "schema/sdl_state.h"

static const uint8_t operation_locations[] = {
    [FQ_QUERY] = FQ_LOCATION_QUERY,
    [FQ_MUTATION] = FQ_LOCATION_MUTATION,
    [FQ_SUBSCRIPTION] = FQ_LOCATION_SUBSCRIPTION,
};

static void walk_arguments(sdl_state *s, fq_node_id field) {
    sdl_visit_arguments(s, field);
    for (fq_node_id arg = sdl_node(s, field)->args; arg != 0; arg = fq_node_next(s->document, arg)) {
        sdl_walk_value(s, sdl_node(s, arg)->value);
    }
}

static void walk_selections(sdl_state *s, fq_node_id first) {
    for (fq_node_id id = first; id != 0 && !sdl_done(s); id = fq_node_next(s->document, id)) {
        const fq_node *node = sdl_node(s, id);
        if (node->kind == FQ_NODE_FIELD) {
            walk_arguments(s, id);
            sdl_walk_node_directives(s, id, FQ_LOCATION_FIELD);
        } else if (node->kind == FQ_NODE_FRAGMENT_SPREAD) {
            sdl_walk_node_directives(s, id, FQ_LOCATION_FRAGMENT_SPREAD);
        } else {
            if (node->type != 0) {
                sdl_visit_named_type(s, node->type);
            }
            sdl_walk_node_directives(s, id, FQ_LOCATION_INLINE_FRAGMENT);
        }
        walk_selections(s, node->children);
    }
}

static void walk_operation(sdl_state *s, fq_node_id id) {
    const fq_node *node = sdl_node(s, id);
    for (fq_node_id i = node->args; i != 0 && !sdl_done(s); i = fq_node_next(s->document, i)) {
        sdl_walk_type(s, sdl_node(s, i)->type);
        if (sdl_node(s, i)->value != 0) {
            sdl_walk_value(s, sdl_node(s, i)->value);
        }
        sdl_walk_node_directives(s, i, FQ_LOCATION_VARIABLE_DEFINITION);
    }
    sdl_walk_node_directives(s, id, operation_locations[node->flags & FQ_OPERATION_KIND_MASK]);
}

void sdl_walk_executable(sdl_state *s, fq_node_id id) {
    s->inside_executable = true;
    if (sdl_node(s, id)->kind == FQ_NODE_OPERATION) {
        walk_operation(s, id);
    } else {
        sdl_visit_named_type(s, sdl_node(s, id)->type);
        sdl_walk_node_directives(s, id, FQ_LOCATION_FRAGMENT_DEFINITION);
    }
    walk_selections(s, sdl_node(s, id)->children);
    s->inside_executable = false;
}
