/* SPDX-License-Identifier: MIT */
/* The schema model: making it, freezing it, sharing it and looking things up in it.
 * Invariant: until fq_schema_freeze one thread owns the schema and only names of types and directives can be looked up;
 * afterwards nothing but the reference count changes. Knows nothing of where a schema comes from. */
#include "schema/schema.h"

#include <assert.h>

#include "base/limits.h"
#include "base/vec.h"
#include "schema/builtins.h"

static uint64_t next_generation = 1;

fq_schema *fq_schema_new(void) {
    fq_arena *arena = fq_arena_new(FQ_SCHEMA_ARENA_MAX);
    fq_schema *schema = FQ_NEW(arena, fq_schema);
    schema->arena = arena;
    schema->references = 1;
    schema->generation = __atomic_fetch_add(&next_generation, 1, __ATOMIC_RELAXED);
    fq_map_init(&schema->type_map, arena);
    fq_map_init(&schema->directive_map, arena);
    fq_builtins_add(schema);
    return schema;
}

fq_schema *fq_schema_ref(const fq_schema *schema) {
    fq_schema *shared = (fq_schema *)schema;
    __atomic_fetch_add(&shared->references, 1, __ATOMIC_RELAXED);
    return shared;
}

void fq_schema_unref(fq_schema *schema) {
    if (schema != NULL && __atomic_sub_fetch(&schema->references, 1, __ATOMIC_ACQ_REL) == 0) {
        fq_arena_free(schema->arena);
    }
}

/* ---- building ---- */

/* Makes room for one more pointer behind the first `n`; the arrays double, so `n` alone tells when they are full. */
static void *room_for_one(fq_arena *arena, void *items, uint32_t n) {
    if (n != 0 && (n < 4 || (n & (n - 1)) != 0)) {
        return items;
    }
    uint32_t capacity = n;
    return fq_vec_grown(arena, items, n, &capacity, sizeof(void *));
}

fq_type *fq_schema_add_type(fq_schema *schema, fq_type_kind kind, fq_slice name) {
    fq_type *type = FQ_NEW(schema->arena, fq_type);
    type->kind = (uint8_t)kind;
    type->scalar = kind == FQ_SCALAR_TYPE ? FQ_SCALAR_OPAQUE : FQ_SCALAR_NONE;
    type->name = name;
    type->index = schema->n_types;
    fq_map_init(&type->members, schema->arena);
    schema->types = room_for_one(schema->arena, schema->types, schema->n_types);
    schema->types[schema->n_types++] = type;
    fq_map_put(&schema->type_map, name, type);
    return type;
}

fq_directive *fq_schema_add_directive(fq_schema *schema, fq_slice name) {
    fq_directive *directive = FQ_NEW(schema->arena, fq_directive);
    directive->name = name;
    schema->directives = room_for_one(schema->arena, schema->directives, schema->n_directives);
    schema->directives[schema->n_directives++] = directive;
    fq_map_put(&schema->directive_map, name, directive);
    return directive;
}

const fq_type_ref *fq_ref_named(fq_schema *schema, const fq_type *type) {
    fq_type_ref *ref = FQ_NEW(schema->arena, fq_type_ref);
    ref->kind = FQ_REF_NAMED;
    ref->type = (fq_type *)type;
    return ref;
}

static const fq_type_ref *wrapped(fq_schema *schema, fq_ref_kind kind, const fq_type_ref *of) {
    fq_type_ref *ref = FQ_NEW(schema->arena, fq_type_ref);
    ref->kind = kind;
    ref->of = of;
    return ref;
}

const fq_type_ref *fq_ref_list(fq_schema *schema, const fq_type_ref *of) { return wrapped(schema, FQ_REF_LIST, of); }

const fq_type_ref *fq_ref_non_null(fq_schema *schema, const fq_type_ref *of) {
    assert(of->kind != FQ_REF_NON_NULL);
    return wrapped(schema, FQ_REF_NON_NULL, of);
}

/* ---- freezing ---- */

static void index_members(fq_type *type) {
    for (uint32_t i = 0; i < type->n_fields; i++) {
        type->fields[i].index = i;
        fq_map_put(&type->members, type->fields[i].name, &type->fields[i]);
    }
    for (uint32_t i = 0; i < type->n_input_fields; i++) {
        fq_map_put(&type->members, type->input_fields[i].name, &type->input_fields[i]);
    }
    for (uint32_t i = 0; i < type->n_values; i++) {
        fq_map_put(&type->members, type->values[i].name, &type->values[i]);
    }
}

/* The implementing objects of every interface, in schema order: counted, then placed, both in one pass over all types.
 */
static void fill_possible_types(fq_schema *schema) {
    for (uint32_t i = 0; i < schema->n_types; i++) {
        fq_type *type = schema->types[i];
        for (uint32_t j = 0; type->kind == FQ_OBJECT_TYPE && j < type->n_interfaces; j++) {
            assert(type->interfaces[j]->kind == FQ_INTERFACE_TYPE);
            type->interfaces[j]->n_possible++;
        }
    }
    for (uint32_t i = 0; i < schema->n_types; i++) {
        if (schema->types[i]->kind == FQ_INTERFACE_TYPE) {
            schema->types[i]->possible = FQ_NEW_ARRAY(schema->arena, fq_type *, schema->types[i]->n_possible);
            schema->types[i]->n_possible = 0;
        }
    }
    for (uint32_t i = 0; i < schema->n_types; i++) {
        fq_type *type = schema->types[i];
        for (uint32_t j = 0; type->kind == FQ_OBJECT_TYPE && j < type->n_interfaces; j++) {
            fq_type *of = type->interfaces[j];
            of->possible[of->n_possible++] = type;
        }
    }
}

static void order_types(fq_schema *schema) {
    fq_type **ordered = FQ_NEW_ARRAY(schema->arena, fq_type *, schema->n_types);
    uint32_t n = 0;
    for (int builtin = 0; builtin <= 1; builtin++) {
        for (uint32_t i = 0; i < schema->n_types; i++) {
            if (fq_type_is_builtin(schema->types[i]) == (bool)builtin) {
                schema->types[i]->index = n;
                ordered[n++] = schema->types[i];
            }
        }
    }
    schema->types = ordered;
}

/* What a schema defines comes first, what every schema has last. */
static void order_directives(fq_schema *schema) {
    fq_directive **ordered = FQ_NEW_ARRAY(schema->arena, fq_directive *, schema->n_directives);
    uint32_t n = 0;
    for (int builtin = 0; builtin <= 1; builtin++) {
        for (uint32_t i = 0; i < schema->n_directives; i++) {
            if (fq_directive_is_builtin(schema->directives[i]->name) == (bool)builtin) {
                ordered[n++] = schema->directives[i];
            }
        }
    }
    schema->directives = ordered;
}

static void mark_arguments(const fq_input_value *args, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        fq_ref_core(args[i].type)->unreferenced = false;
    }
}

static void mark_unreferenced_scalars(fq_schema *schema) {
    for (uint32_t i = 0; i < schema->n_types; i++) {
        schema->types[i]->unreferenced =
            schema->types[i]->kind == FQ_SCALAR_TYPE && fq_type_is_builtin(schema->types[i]);
    }
    for (uint32_t i = 0; i < schema->n_types; i++) {
        const fq_type *type = schema->types[i];
        for (uint32_t j = 0; j < type->n_fields; j++) {
            fq_ref_core(type->fields[j].type)->unreferenced = false;
            mark_arguments(type->fields[j].args, type->fields[j].n_args);
        }
        mark_arguments(type->input_fields, type->n_input_fields);
    }
    for (uint32_t i = 0; i < schema->n_directives; i++) {
        mark_arguments(schema->directives[i]->args, schema->directives[i]->n_args);
    }
}

void fq_schema_freeze(fq_schema *schema) {
    order_types(schema);
    order_directives(schema);
    for (uint32_t i = 0; i < schema->n_types; i++) {
        index_members(schema->types[i]);
    }
    fill_possible_types(schema);
    mark_unreferenced_scalars(schema);
}

/* ---- looking up ---- */

fq_type *fq_schema_type(const fq_schema *schema, fq_slice name) { return fq_map_get(&schema->type_map, name); }

const fq_directive *fq_schema_directive(const fq_schema *schema, fq_slice name) {
    return fq_map_get(&schema->directive_map, name);
}

const fq_field *fq_type_field(const fq_type *type, fq_slice name) {
    return type->n_fields > 0 ? fq_map_get(&type->members, name) : NULL;
}

const fq_input_value *fq_type_input_field(const fq_type *type, fq_slice name) {
    return type->n_input_fields > 0 ? fq_map_get(&type->members, name) : NULL;
}

const fq_enum_value *fq_type_enum_value(const fq_type *type, fq_slice name) {
    return type->n_values > 0 ? fq_map_get(&type->members, name) : NULL;
}

const fq_input_value *fq_field_arg(const fq_field *field, fq_slice name) {
    for (uint32_t i = 0; i < field->n_args; i++) {
        if (fq_slice_equal(field->args[i].name, name)) {
            return &field->args[i];
        }
    }
    return NULL;
}
