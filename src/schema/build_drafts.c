/* SPDX-License-Identifier: MIT */
/* Drafts of object types: fields are collected with their sources, then settled into types and entities once all stand.
 * Invariant: the names of a draft's fields are distinct; fields[i].source of an entity's draft is never NULL. */
#include "schema/builder.h"

#include <stdarg.h>

#include "schema/names.h"

/* Names that belong to the schema whatever the database holds. */
static void reserve_fixed_names(fq_builder *builder) {
    static int fixed_mark;
    static const char *const names[] = {"Query", "Mutation", "Subscription", "OrderDirection"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        fq_map_put(&builder->reserved, fq_slice_from_cstr(names[i]), &fixed_mark);
    }
    for (int scalar = FQ_SCALAR_INT; scalar <= FQ_SCALAR_TSTZ_RANGE; scalar++) {
        fq_slice name = fq_scalar_name((fq_scalar)scalar);
        fq_map_put(&builder->reserved, name, &fixed_mark);
        fq_map_put(&builder->reserved, fq_arena_printf(builder->arena, "%.*sFilter", FQ_PRI(name)), &fixed_mark);
        fq_map_put(&builder->reserved, fq_arena_printf(builder->arena, "%.*sArrayFilter", FQ_PRI(name)), &fixed_mark);
    }
}

void fq_builder_init(fq_builder *builder, fq_schema *schema, const fq_schema_options *options, fq_errors *errors) {
    static const fq_schema_options none;
    *builder = (fq_builder){
        .schema = schema,
        .arena = schema->arena,
        .errors = errors,
        .options = options != NULL ? options : &none,
    };
    fq_map_init(&builder->oids, schema->arena);
    fq_map_init(&builder->named_types, schema->arena);
    fq_map_init(&builder->reserved, schema->arena);
    fq_map_init(&builder->query_names, schema->arena);
    fq_map_init(&builder->mutation_names, schema->arena);
    reserve_fixed_names(builder);
}

void fq_builder_warn(fq_builder *builder, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fq_slice warning = fq_arena_vprintf(builder->arena, format, args);
    va_end(args);
    fq_vec_push(builder->arena, &builder->warnings, warning);
}

fq_draft *fq_builder_draft(fq_builder *builder, fq_slice type_name, fq_relation *relation) {
    fq_draft *draft = FQ_NEW(builder->arena, fq_draft);
    draft->type = fq_schema_add_type(builder->schema, FQ_OBJECT_TYPE, type_name);
    draft->relation = relation;
    fq_map_init(&draft->names, builder->arena);
    if (relation != NULL) {
        draft->entity = FQ_NEW(builder->arena, fq_entity);
        draft->entity->relation = relation;
        draft->entity->type = draft->type;
        draft->type->entity = draft->entity;
        fq_vec_push(builder->arena, &builder->entities, draft->entity);
    }
    fq_vec_push(builder->arena, &builder->drafts, draft);
    return draft;
}

fq_draft_field *fq_draft_add(fq_builder *builder, fq_draft *draft, fq_slice name, const fq_type_ref *type,
                             fq_source *source) {
    if (fq_map_has(&draft->names, name)) {
        return NULL;
    }
    fq_draft_field field = {.field = {.name = name, .type = type}, .class = FQ_CLASS_COLUMN, .source = source};
    fq_vec_push(builder->arena, &draft->fields, field);
    uintptr_t number = draft->fields.len; /* from 1, since a map holds no NULL */
    fq_map_put(&draft->names, name, (void *)number);
    return &draft->fields.items[number - 1];
}

fq_draft_field *fq_draft_find(const fq_draft *draft, fq_slice name) {
    uintptr_t number = (uintptr_t)fq_map_get(&draft->names, name);
    return number > 0 ? &draft->fields.items[number - 1] : NULL;
}

fq_source *fq_builder_source(fq_builder *builder, fq_source_kind kind) {
    fq_source *source = FQ_NEW(builder->arena, fq_source);
    source->kind = (uint8_t)kind;
    return source;
}

void fq_builder_settle(fq_builder *builder) {
    for (uint32_t i = 0; i < builder->drafts.len; i++) {
        fq_draft *draft = builder->drafts.items[i];
        fq_type *type = draft->type;
        type->description = draft->description;
        type->n_fields = draft->fields.len;
        type->fields = FQ_NEW_ARRAY(builder->arena, fq_field, draft->fields.len);
        const fq_source **sources = FQ_NEW_ARRAY(builder->arena, const fq_source *, draft->fields.len);
        for (uint32_t j = 0; j < draft->fields.len; j++) {
            type->fields[j] = draft->fields.items[j].field;
            type->fields[j].index = j;
            sources[j] = draft->fields.items[j].source;
        }
        if (draft->entity != NULL) {
            draft->entity->sources = sources;
        }
    }
}

/* ---- columns and keys ---- */

const fq_column *fq_relation_column(const fq_relation *relation, fq_slice name) {
    for (uint32_t i = 0; i < relation->n_columns; i++) {
        if (fq_slice_equal(relation->columns[i].name, name)) {
            return &relation->columns[i];
        }
    }
    return NULL;
}

static bool has_column(const fq_column *const *columns, uint32_t n_columns, const fq_column *column) {
    for (uint32_t i = 0; i < n_columns; i++) {
        if (columns[i] == column) {
            return true;
        }
    }
    return false;
}

bool fq_key_is(const fq_key *key, const fq_column *const *columns, uint32_t n_columns) {
    if (key == NULL || key->n_columns != n_columns) {
        return false;
    }
    for (uint32_t i = 0; i < n_columns; i++) {
        if (!has_column(columns, n_columns, key->columns[i])) {
            return false;
        }
    }
    return true;
}

/* ---- the same type from another relation ---- */

/* A join of one relation as a join of another that has columns of the same names; NULL where it has not. */
static const fq_source *moved_join(fq_builder *builder, const fq_source *source, const fq_relation *relation) {
    const fq_column **from = FQ_NEW_ARRAY(builder->arena, const fq_column *, source->join->n_columns);
    for (uint32_t i = 0; i < source->join->n_columns; i++) {
        from[i] = fq_relation_column(relation, source->join->from[i]->name);
        if (from[i] == NULL || from[i]->type != source->join->from[i]->type) {
            return NULL;
        }
    }
    fq_join *join = FQ_NEW(builder->arena, fq_join);
    *join = *source->join;
    join->from = from;
    fq_source *moved = FQ_NEW(builder->arena, fq_source);
    *moved = *source;
    moved->join = join;
    return moved;
}

static bool gives_field(const fq_column *column, const fq_field *field) {
    bool list = field->type->kind == FQ_REF_LIST ||
                (field->type->kind == FQ_REF_NON_NULL && field->type->of->kind == FQ_REF_LIST);
    return !column->hidden && fq_slice_equal(column->field, field->name) &&
           column->type->type == fq_ref_core(field->type) && column->type->array == list;
}

static const fq_source *moved_source(fq_builder *builder, const fq_field *field, const fq_source *source,
                                     const fq_relation *relation) {
    if (source->kind == FQ_SOURCE_TO_ONE || source->kind == FQ_SOURCE_TO_MANY) {
        return moved_join(builder, source, relation);
    }
    for (uint32_t i = 0; i < relation->n_columns; i++) {
        if (gives_field(&relation->columns[i], field)) {
            fq_source *moved = fq_builder_source(builder, FQ_SOURCE_COLUMN);
            moved->column = &relation->columns[i];
            return moved;
        }
    }
    return source->kind == FQ_SOURCE_DOCUMENT && relation->document != NULL ? source : NULL;
}

const fq_entity *fq_builder_entity(fq_builder *builder, const fq_draft *draft, const fq_relation *relation) {
    for (uint32_t i = 0; i < builder->entities.len; i++) {
        const fq_entity *known = builder->entities.items[i];
        if (known->type == draft->type && known->relation == relation) {
            return known;
        }
    }
    fq_entity *entity = FQ_NEW(builder->arena, fq_entity);
    const fq_source **sources = FQ_NEW_ARRAY(builder->arena, const fq_source *, draft->type->n_fields);
    for (uint32_t i = 0; i < draft->type->n_fields; i++) {
        sources[i] = moved_source(builder, &draft->type->fields[i], draft->entity->sources[i], relation);
    }
    *entity = (fq_entity){.relation = relation, .type = draft->type, .sources = sources};
    fq_vec_push(builder->arena, &builder->entities, entity);
    return entity;
}

static bool reads_all(const fq_entity *entity) {
    for (uint32_t i = 0; i < entity->type->n_fields; i++) {
        if (entity->sources[i] == NULL) {
            return false;
        }
    }
    return true;
}

static bool has_key_of(const fq_relation *row, const fq_relation *relation) {
    for (uint32_t i = 0; relation->key != NULL && i < relation->key->n_columns; i++) {
        const fq_column *column = fq_relation_column(row, relation->key->columns[i]->name);
        if (column == NULL || column->type != relation->key->columns[i]->type) {
            return false;
        }
    }
    return relation->key != NULL;
}

const fq_entity *fq_builder_returned(fq_builder *builder, const fq_draft *draft, const fq_relation *row) {
    const fq_entity *direct = fq_builder_entity(builder, draft, row);
    return reads_all(direct) || !has_key_of(row, draft->relation) ? direct : draft->entity;
}
