/* SPDX-License-Identifier: MIT */
/* What the files of SDL validation share: the state of one run and the visits of one file to another. Only for
 * schema/sdl_*.c. */
#ifndef FQ_SCHEMA_SDL_STATE_H
#define FQ_SCHEMA_SDL_STATE_H

#include "graphql/suggest.h"
#include "schema/sdl_rules.h"

/* What is known of one type name: the members that its definition and extensions have brought so far. */
typedef struct sdl_type {
    fq_node_id definition; /* the last one, or 0 */
    fq_map fields;         /* name -> node */
    fq_map values;
    fq_map directives;
} sdl_type;

typedef struct sdl_argument {
    fq_slice name;
    fq_slice required_type; /* printed; empty where the argument may be left out */
} sdl_argument;

/* A directive, from the document, the extended schema or the built-in ones. */
typedef struct sdl_directive {
    uint32_t locations;
    bool repeatable;
    FQ_VEC(sdl_argument) args; /* required ones first would lose their order: all, in order */
    fq_map arg_names;
    fq_map required; /* name -> number of the last required argument with it, from 1 */
} sdl_directive;

typedef struct sdl_state {
    const fq_document *document;
    const fq_sdl_scope *scope;
    fq_errors *errors;
    fq_arena *scratch;
    fq_map types;      /* name -> sdl_type */
    fq_map directives; /* name -> sdl_directive */
    fq_map seen_types; /* name -> node of the first definition */
    fq_map seen_directives;
    fq_map schema_directives; /* directives used on the schema definition and its extensions */
    fq_node_id operation_types[3];
    fq_node_id schema_definition;
    bool inside_executable; /* in an operation or fragment */
    uint32_t offers_left;   /* comparisons for suggestions: hostile documents could ask for any number */
} sdl_state;

static inline const fq_node *sdl_node(const sdl_state *s, fq_node_id id) { return &s->document->nodes[id]; }

static inline fq_slice sdl_name(const sdl_state *s, fq_node_id id) { return fq_node_name(s->document, id); }

static inline bool sdl_rule_on(const sdl_state *s, uint32_t rule) { return (s->scope->rules & rule) != 0; }

/* Whether the list of errors is full: nothing more is to be found out. */
static inline bool sdl_done(const sdl_state *s) { return s->errors->dropped > 0; }

/* Maps of nodes. */
static inline fq_node_id sdl_map_node(const fq_map *map, fq_slice name) {
    return (fq_node_id)(uintptr_t)fq_map_get(map, name);
}

static inline void sdl_map_put(fq_map *map, fq_slice name, fq_node_id id) {
    fq_map_put(map, name, (void *)(uintptr_t)id);
}

/* The entry of a type name; made where it is missing. */
sdl_type *sdl_type_of(sdl_state *s, fq_slice name);

/* A type of the extended schema, built-in ones only where it names them; NULL where there is none. */
static inline const fq_type *sdl_extended_type(const sdl_state *s, fq_slice name) {
    const fq_type *type = s->scope->extended != NULL ? fq_schema_type(s->scope->extended, name) : NULL;
    return type != NULL && !type->unreferenced ? type : NULL;
}

/* The bit of a directive location by its name. */
uint32_t sdl_location_bit(fq_slice name);

/* sdl_rules.c: the walk. */
void sdl_walk_type(sdl_state *s, fq_node_id id);
void sdl_walk_value(sdl_state *s, fq_node_id id);
void sdl_walk_node_directives(sdl_state *s, fq_node_id id, fq_directive_location location);

/* sdl_executable.c: operations and fragments. */
void sdl_walk_executable(sdl_state *s, fq_node_id id);

/* sdl_known.c: what is referred to exists. */
void sdl_collect_directives(sdl_state *s);
void sdl_visit_named_type(sdl_state *s, fq_node_id id);
/* A directive in use; `location` is an fq_directive_location. */
void sdl_visit_directive(sdl_state *s, fq_node_id id, fq_directive_location location);
void sdl_visit_type_extension(sdl_state *s, fq_node_id id);

/* sdl_unique.c: names are unique. */
void sdl_visit_schema(sdl_state *s, fq_node_id id);
void sdl_visit_type_name(sdl_state *s, fq_node_id id);
void sdl_visit_enum_values(sdl_state *s, fq_node_id id);
void sdl_visit_fields(sdl_state *s, fq_node_id id);
void sdl_visit_field_arguments(sdl_state *s, fq_node_id id);
void sdl_visit_directive_definition(sdl_state *s, fq_node_id id);
void sdl_visit_directives_of(sdl_state *s, fq_node_id id, fq_map *seen);
void sdl_visit_arguments(sdl_state *s, fq_node_id id);
void sdl_visit_object(sdl_state *s, fq_node_id id);

static inline bool sdl_is_type_definition(fq_node_kind kind) {
    return kind == FQ_NODE_SCALAR_DEFINITION || kind == FQ_NODE_OBJECT_DEFINITION ||
           kind == FQ_NODE_INTERFACE_DEFINITION || kind == FQ_NODE_UNION_DEFINITION ||
           kind == FQ_NODE_ENUM_DEFINITION || kind == FQ_NODE_INPUT_OBJECT_DEFINITION;
}

static inline bool sdl_is_type_extension(fq_node_kind kind) {
    return kind >= FQ_NODE_SCALAR_EXTENSION && kind <= FQ_NODE_INPUT_OBJECT_EXTENSION;
}

/* The kind of type that a definition or an extension is about. */
fq_type_kind sdl_type_kind(fq_node_kind kind);

#endif
