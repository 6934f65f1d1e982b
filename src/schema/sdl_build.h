/* SPDX-License-Identifier: MIT */
/* What the files that make a schema out of SDL share: the schema under way, and which nodes of the document each part
 * of it came from. Only for schema/from_sdl*.c and schema/schema_rules*.c. */
#ifndef FQ_SCHEMA_SDL_BUILD_H
#define FQ_SCHEMA_SDL_BUILD_H

#include "base/error.h"
#include "base/vec.h"
#include "graphql/ast.h"
#include "schema/schema.h"

/* Where a type came from, and what the rules note about it. */
typedef struct sdl_origin {
    fq_type *type;
    fq_node_id definition;
    FQ_VEC(fq_node_id) extensions;
    fq_node_id *members; /* nodes of its fields, input fields or values, by index */
    fq_map *members_of;  /* of a union: names of its members; of others: of its interfaces; made when first asked for */
    uint8_t *default_states; /* of input fields, by index: sdl_default_state */
    uint32_t *default_sizes; /* values in a finished default */
    uint32_t stamp;
    bool visited;
    int64_t path_index; /* on the path that is being searched, or -1 */
} sdl_origin;

typedef struct sdl_build {
    const fq_document *document;
    fq_schema *schema;
    fq_errors *errors;
    fq_arena *scratch;
    fq_slice source; /* the text, copied into the schema: names are views of it */
    sdl_origin *origins;
    uint32_t n_origins;
    uint32_t first_type;             /* schema->types[first_type + i] came from origins[i] */
    FQ_VEC(fq_node_id) schema_nodes; /* the definition, if any, and the extensions */
    bool has_schema_definition;
    FQ_VEC(fq_node_id) directive_nodes; /* definitions, in order */
    FQ_VEC(fq_directive *) built_directives;
} sdl_build;

static inline const fq_node *sdl_at(const sdl_build *b, fq_node_id id) { return &b->document->nodes[id]; }

static inline fq_node_id sdl_next(const sdl_build *b, fq_node_id id) { return b->document->nodes[id].next; }

/* The name of a node in the schema's copy of the text. */
static inline fq_slice sdl_name_of(const sdl_build *b, fq_node_id id) {
    const fq_node *node = sdl_at(b, id);
    return fq_slice_of(b->source.ptr + node->name_start, node->name_len);
}

/* The origin of a type, or NULL for built-in ones. */
static inline sdl_origin *sdl_origin_of(const sdl_build *b, const fq_type *type) {
    return type->index >= b->first_type ? &b->origins[type->index - b->first_type] : NULL;
}

/* Whether the list of errors is full. */
static inline bool sdl_full(const sdl_build *b) { return b->errors->dropped > 0; }

/* The definition (number 0) and the extensions of a type, as one sequence. */
static inline uint32_t sdl_parts(const sdl_origin *origin) { return origin->extensions.len + 1; }

static inline fq_node_id sdl_part(const sdl_origin *origin, uint32_t i) {
    return i == 0 ? origin->definition : origin->extensions.items[i - 1];
}

/* The first use of that directive on a node, or 0. */
fq_node_id sdl_directive_on(const sdl_build *b, fq_node_id node, fq_slice name);

/* Adds an error at the starts of some nodes; 0 is no node. */
fq_error *sdl_error(sdl_build *b, fq_slice message);
void sdl_error_at(sdl_build *b, fq_error *error, fq_node_id node);
#define SDL_ERROR(b, ...) sdl_error((b), fq_arena_printf((b)->errors->arena, __VA_ARGS__))

/* from_sdl_directives.c: what directives say about definitions; errors for arguments of the wrong type. */
bool sdl_deprecation(sdl_build *b, fq_node_id node, fq_slice *reason);
fq_slice sdl_specified_by(sdl_build *b, const sdl_origin *origin);
bool sdl_one_of(const sdl_build *b, const sdl_origin *origin);

/* from_sdl_defaults.c: the default values of everything, coerced, with their errors. */
void sdl_build_defaults(sdl_build *b);

/* schema_rules.c: what the types must fulfil together. */
void sdl_check_schema(sdl_build *b);
/* schema_rules_interfaces.c */
void sdl_check_interfaces(sdl_build *b, sdl_origin *origin);
/* schema_rules_cycles.c */
void sdl_check_cycles(sdl_build *b);

#endif
