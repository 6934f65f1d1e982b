/* SPDX-License-Identifier: MIT */
/* From type system definitions and extensions to a schema, in stages: the text alone is validated (sdl_rules.h), types
 * are made of it, the types are validated together (schema_rules.c), defaults are coerced, the schema is frozen. A
 * stage with errors is the last one. The schema keeps a copy of the text; names are views of it. */
#include "base/limits.h"
#include "graphql/parser.h"
#include "schema/build.h"
#include "schema/print.h"
#include "schema/sdl_build.h"
#include "schema/sdl_rules.h"
#include "schema/sdl_state.h"

/* ---- errors ---- */

fq_error *sdl_error(sdl_build *b, fq_slice message) {
    return fq_errors_add(b->errors, FQ_ERR_VALIDATION_FAILED, "%.*s", FQ_PRI(message));
}

void sdl_error_at(sdl_build *b, fq_error *error, fq_node_id node) {
    if (node != 0 && error->n_offsets < FQ_SDL_LOCATIONS_MAX) {
        fq_error_locate(b->errors, error, sdl_at(b, node)->start);
    }
}

/* ---- collecting ---- */

static sdl_origin *origin_named(const sdl_build *b, fq_slice name) {
    const fq_type *type = fq_schema_type(b->schema, name);
    return type != NULL ? sdl_origin_of(b, type) : NULL;
}

static void collect_definition(sdl_build *b, fq_node_id id) {
    fq_node_kind kind = sdl_at(b, id)->kind;
    if (kind == FQ_NODE_SCHEMA_DEFINITION || kind == FQ_NODE_SCHEMA_EXTENSION) {
        b->has_schema_definition |= kind == FQ_NODE_SCHEMA_DEFINITION;
        fq_vec_push(b->scratch, &b->schema_nodes, id);
    } else if (kind == FQ_NODE_DIRECTIVE_DEFINITION) {
        fq_vec_push(b->scratch, &b->directive_nodes, id);
    } else if (sdl_is_type_definition(kind) && !fq_map_has(&b->schema->type_map, sdl_name_of(b, id))) {
        /* A definition with the name of a built-in type changes nothing, as in graphql-js. */
        sdl_origin *origin = &b->origins[b->n_origins++];
        origin->definition = id;
        origin->path_index = -1;
        origin->type = fq_schema_add_type(b->schema, sdl_type_kind(kind), sdl_name_of(b, id));
    }
}

static void collect(sdl_build *b) {
    uint32_t n = 0;
    for (fq_node_id id = b->document->definitions; id != 0; id = sdl_next(b, id)) {
        n++;
    }
    b->origins = FQ_NEW_ARRAY(b->scratch, sdl_origin, n);
    b->first_type = b->schema->n_types;
    for (fq_node_id id = b->document->definitions; id != 0; id = sdl_next(b, id)) {
        collect_definition(b, id);
    }
    for (fq_node_id id = b->document->definitions; id != 0; id = sdl_next(b, id)) {
        sdl_origin *origin = sdl_is_type_extension(sdl_at(b, id)->kind) ? origin_named(b, sdl_name_of(b, id)) : NULL;
        if (origin != NULL) {
            fq_vec_push(b->scratch, &origin->extensions, id);
        }
    }
}

/* ---- parts ---- */

/* A string of the document, copied. An empty description is not the same as none. */
static fq_slice text_of(const sdl_build *b, fq_node_id id) {
    if (id == 0) {
        return (fq_slice){0};
    }
    fq_slice text = fq_node_text(b->document, id);
    return text.len > 0 ? fq_arena_copy(b->schema->arena, text) : FQ_S("");
}

static fq_type *type_named(const sdl_build *b, fq_node_id id) { return fq_schema_type(b->schema, sdl_name_of(b, id)); }

static const fq_type_ref *build_ref(sdl_build *b, fq_node_id id) {
    const fq_node *node = sdl_at(b, id);
    if (node->kind == FQ_NODE_LIST_TYPE) {
        return fq_ref_list(b->schema, build_ref(b, node->type));
    }
    if (node->kind == FQ_NODE_NON_NULL_TYPE) {
        return fq_ref_non_null(b->schema, build_ref(b, node->type));
    }
    return fq_ref_named(b->schema, type_named(b, id));
}

static uint32_t chain_length(const sdl_build *b, fq_node_id first) {
    uint32_t n = 0;
    for (fq_node_id id = first; id != 0; id = sdl_next(b, id)) {
        n++;
    }
    return n;
}

/* All but the default value: that needs all types to stand. */
static void build_input_value(sdl_build *b, fq_node_id id, fq_input_value *out) {
    const fq_node *node = sdl_at(b, id);
    out->name = sdl_name_of(b, id);
    out->description = text_of(b, node->description);
    out->type = build_ref(b, node->type);
    out->has_default = node->value != 0;
    out->deprecated = sdl_deprecation(b, id, &out->deprecation_reason);
}

static uint32_t build_arguments(sdl_build *b, fq_node_id first, const fq_input_value **out) {
    uint32_t n = chain_length(b, first), i = 0;
    fq_input_value *args = FQ_NEW_ARRAY(b->schema->arena, fq_input_value, n);
    for (fq_node_id id = first; id != 0; id = sdl_next(b, id)) {
        build_input_value(b, id, &args[i++]);
    }
    *out = args;
    return n;
}

static void build_field(sdl_build *b, fq_node_id id, fq_field *out) {
    const fq_node *node = sdl_at(b, id);
    out->name = sdl_name_of(b, id);
    out->description = text_of(b, node->description);
    out->n_args = build_arguments(b, node->args, &out->args);
    out->type = build_ref(b, node->type);
    out->deprecated = sdl_deprecation(b, id, &out->deprecation_reason);
}

static void build_enum_value(sdl_build *b, fq_node_id id, fq_enum_value *out) {
    out->name = out->label = sdl_name_of(b, id);
    out->description = text_of(b, sdl_at(b, id)->description);
    out->deprecated = sdl_deprecation(b, id, &out->deprecation_reason);
}

/* ---- types ---- */

/* The members of the definition and of all extensions, in order. */
static uint32_t list_members(sdl_build *b, sdl_origin *origin) {
    uint32_t n = 0, i = 0;
    for (uint32_t part = 0; part < sdl_parts(origin); part++) {
        n += chain_length(b, sdl_at(b, sdl_part(origin, part))->children);
    }
    origin->members = FQ_NEW_ARRAY(b->scratch, fq_node_id, n);
    for (uint32_t part = 0; part < sdl_parts(origin); part++) {
        for (fq_node_id id = sdl_at(b, sdl_part(origin, part))->children; id != 0; id = sdl_next(b, id)) {
            origin->members[i++] = id;
        }
    }
    return n;
}

static void build_fields(sdl_build *b, sdl_origin *origin, uint32_t n) {
    fq_type *type = origin->type;
    type->n_fields = n;
    type->fields = FQ_NEW_ARRAY(b->schema->arena, fq_field, n);
    for (uint32_t i = 0; i < n; i++) {
        build_field(b, origin->members[i], &type->fields[i]);
        fq_map_put(&type->members, type->fields[i].name, &type->fields[i]);
    }
}

static void build_interfaces(sdl_build *b, sdl_origin *origin) {
    fq_type *type = origin->type;
    uint32_t n = 0;
    for (uint32_t part = 0; part < sdl_parts(origin); part++) {
        n += chain_length(b, sdl_at(b, sdl_part(origin, part))->interfaces);
    }
    type->interfaces = FQ_NEW_ARRAY(b->schema->arena, fq_type *, n);
    for (uint32_t part = 0; part < sdl_parts(origin); part++) {
        for (fq_node_id id = sdl_at(b, sdl_part(origin, part))->interfaces; id != 0; id = sdl_next(b, id)) {
            type->interfaces[type->n_interfaces++] = type_named(b, id);
        }
    }
}

static void build_input_fields(sdl_build *b, sdl_origin *origin, uint32_t n) {
    fq_type *type = origin->type;
    type->one_of = sdl_one_of(b, origin);
    type->n_input_fields = n;
    type->input_fields = FQ_NEW_ARRAY(b->schema->arena, fq_input_value, n);
    for (uint32_t i = 0; i < n; i++) {
        build_input_value(b, origin->members[i], &type->input_fields[i]);
        fq_map_put(&type->members, type->input_fields[i].name, &type->input_fields[i]);
    }
}

static void build_values(sdl_build *b, sdl_origin *origin, uint32_t n) {
    fq_type *type = origin->type;
    type->n_values = n;
    type->values = FQ_NEW_ARRAY(b->schema->arena, fq_enum_value, n);
    for (uint32_t i = 0; i < n; i++) {
        build_enum_value(b, origin->members[i], &type->values[i]);
        fq_map_put(&type->members, type->values[i].name, &type->values[i]);
    }
}

static void build_possible(sdl_build *b, sdl_origin *origin, uint32_t n) {
    fq_type *type = origin->type;
    type->n_possible = n;
    type->possible = FQ_NEW_ARRAY(b->schema->arena, fq_type *, n);
    for (uint32_t i = 0; i < n; i++) {
        type->possible[i] = type_named(b, origin->members[i]);
    }
}

static void build_type(sdl_build *b, sdl_origin *origin) {
    origin->type->description = text_of(b, sdl_at(b, origin->definition)->description);
    uint32_t n = list_members(b, origin);
    switch ((fq_type_kind)origin->type->kind) {
    case FQ_OBJECT_TYPE:
    case FQ_INTERFACE_TYPE:
        build_interfaces(b, origin);
        build_fields(b, origin, n);
        break;
    case FQ_INPUT_OBJECT_TYPE:
        build_input_fields(b, origin, n);
        break;
    case FQ_ENUM_TYPE:
        build_values(b, origin, n);
        break;
    case FQ_UNION_TYPE:
        build_possible(b, origin, n);
        break;
    case FQ_SCALAR_TYPE:
        origin->type->specified_by = sdl_specified_by(b, origin);
        break;
    }
}

static void build_locations(sdl_build *b, fq_node_id first, fq_directive *directive) {
    uint8_t *order = FQ_NEW_ARRAY(b->schema->arena, uint8_t, FQ_LOCATIONS);
    directive->locations = 0;
    directive->n_location_order = 0;
    for (fq_node_id id = first; id != 0; id = sdl_next(b, id)) {
        uint32_t bit = sdl_location_bit(sdl_name_of(b, id));
        if ((directive->locations & bit) == 0) {
            directive->locations |= bit;
            order[directive->n_location_order++] = (uint8_t)__builtin_ctz(bit);
        }
    }
    directive->location_order = order;
}

/* A document may define a built-in directive itself, and then its definition counts. */
static void build_directive(sdl_build *b, fq_node_id id) {
    fq_slice name = sdl_name_of(b, id);
    fq_directive *directive = (fq_directive *)fq_schema_directive(b->schema, name);
    if (directive == NULL) {
        directive = fq_schema_add_directive(b->schema, name);
    }
    const fq_node *node = sdl_at(b, id);
    directive->description = text_of(b, node->description);
    directive->repeatable = (node->flags & FQ_DIRECTIVE_REPEATABLE) != 0;
    directive->n_args = build_arguments(b, node->args, &directive->args);
    build_locations(b, node->children, directive);
    fq_vec_push(b->scratch, &b->built_directives, directive);
}

static void build_roots(sdl_build *b) {
    fq_type **const roots[] = {&b->schema->query, &b->schema->mutation, &b->schema->subscription};
    const fq_slice names[] = {FQ_S("Query"), FQ_S("Mutation"), FQ_S("Subscription")};
    for (uint32_t i = 0; i < b->schema_nodes.len; i++) {
        const fq_node *node = sdl_at(b, b->schema_nodes.items[i]);
        if (node->kind == FQ_NODE_SCHEMA_DEFINITION) {
            b->schema->description = text_of(b, node->description);
        }
        for (fq_node_id id = node->children; id != 0; id = sdl_next(b, id)) {
            *roots[fq_node_operation_kind(b->document, id)] = type_named(b, sdl_at(b, id)->type);
        }
    }
    for (int i = 0; i < 3 && !b->has_schema_definition; i++) {
        fq_type *type = fq_schema_type(b->schema, names[i]);
        if (type != NULL) {
            *roots[i] = type;
        }
    }
}

static void build(sdl_build *b) {
    collect(b);
    for (uint32_t i = 0; i < b->n_origins; i++) {
        build_type(b, &b->origins[i]);
    }
    for (uint32_t i = 0; i < b->directive_nodes.len; i++) {
        build_directive(b, b->directive_nodes.items[i]);
    }
    build_roots(b);
}

/* ---- stages ---- */

static uint32_t count_errors(const fq_errors *errors) { return errors->list.len + errors->dropped; }

static void build_from_text(sdl_build *b) {
    fq_sdl_scope scope = {.builtins = b->schema, .rules = FQ_SDL_ALL_RULES};
    if (fq_sdl_validate(b->document, &scope, b->errors)) {
        build(b);
    }
}

static void build_and_freeze(sdl_build *b) {
    uint32_t before = count_errors(b->errors);
    build_from_text(b);
    if (count_errors(b->errors) == before) {
        sdl_check_schema(b);
        sdl_build_defaults(b);
    }
    if (count_errors(b->errors) == before) {
        fq_schema_freeze(b->schema);
    }
}

typedef void (*stages_fn)(sdl_build *b);

static fq_schema *run(const fq_document *document, stages_fn stages, fq_errors *errors) {
    uint32_t before = count_errors(errors);
    sdl_build b = {.document = document, .schema = fq_schema_new(), .errors = errors};
    b.scratch = fq_arena_new(FQ_SCHEMA_ARENA_MAX);
    b.source = fq_arena_copy(b.schema->arena, document->source);
    stages(&b);
    if (fq_arena_failed(b.schema->arena) || fq_arena_failed(b.scratch)) {
        fq_errors_add(errors, FQ_ERR_LIMIT_EXCEEDED, "The schema is too large.");
    }
    fq_arena_free(b.scratch);
    if (count_errors(errors) == before) {
        return b.schema;
    }
    fq_schema_unref(b.schema);
    return NULL;
}

static fq_schema *parse_and_run(fq_slice sdl, stages_fn stages, fq_errors *errors) {
    if (sdl.len > FQ_SDL_BYTES_MAX) {
        fq_errors_add(errors, FQ_ERR_LIMIT_EXCEEDED, "The schema is too large.");
        return NULL;
    }
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_schema *schema = NULL;
    const fq_document *document = fq_parse(arena, sdl, (fq_parse_limits){.depth = FQ_SDL_DEPTH_MAX}, errors);
    if (document != NULL) {
        schema = run(document, stages, errors);
    }
    fq_arena_free(arena);
    return schema;
}

fq_schema *fq_schema_from_document(const fq_document *document, fq_errors *errors) {
    return run(document, build_and_freeze, errors);
}

fq_schema *fq_schema_from_sdl(fq_slice sdl, fq_errors *errors) { return parse_and_run(sdl, build_and_freeze, errors); }

static void build_base(sdl_build *b) {
    uint32_t before = count_errors(b->errors);
    build_from_text(b);
    if (count_errors(b->errors) == before) {
        fq_schema_freeze(b->schema);
    }
}

fq_schema *fq_sdl_base_schema(fq_slice sdl, fq_errors *errors) { return parse_and_run(sdl, build_base, errors); }
