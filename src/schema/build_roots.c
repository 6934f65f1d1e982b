/* SPDX-License-Identifier: MIT */
/* Root fields of drafts, the root types, and the end: types in a readable order, warnings, the frozen schema. */
#include "schema/builder.h"
#include "schema/builtins.h"
#include "schema/names.h"

typedef FQ_VEC(fq_input_value) input_vec;

/* ---- arguments ---- */

const fq_input_value *fq_builder_list_args(fq_builder *builder, const fq_draft *draft, uint32_t *count) {
    fq_schema *schema = builder->schema;
    const fq_type_ref *integer = fq_ref_named(schema, fq_builder_scalar(builder, FQ_SCALAR_INT));
    input_vec args = {0};
    fq_input_value where = {.name = FQ_S("where"), .type = fq_ref_named(schema, draft->where), .role = FQ_INPUT_WHERE};
    fq_vec_push(builder->arena, &args, where);
    if (draft->order_by != NULL) {
        const fq_type_ref *item = fq_ref_non_null(schema, fq_ref_named(schema, draft->order_by));
        fq_input_value order = {.name = FQ_S("orderBy"), .type = fq_ref_list(schema, item), .role = FQ_INPUT_ORDER_BY};
        fq_vec_push(builder->arena, &args, order);
    }
    fq_vec_push(builder->arena, &args,
                (fq_input_value){.name = FQ_S("limit"), .type = integer, .role = FQ_INPUT_LIMIT});
    fq_vec_push(builder->arena, &args,
                (fq_input_value){.name = FQ_S("offset"), .type = integer, .role = FQ_INPUT_OFFSET});
    *count = args.len;
    return args.items;
}

/* A column that is shown as ID is asked for as ID. */
static const fq_type_ref *key_argument_type(fq_builder *builder, const fq_draft *draft, const fq_column *column) {
    const fq_draft_field *field = fq_draft_find(draft, column->field);
    const fq_type *shown = field != NULL ? fq_ref_core(field->field.type) : NULL;
    bool is_id = shown != NULL && shown->scalar == FQ_SCALAR_ID;
    return fq_ref_named(builder->schema, is_id ? shown : column->type->type);
}

const fq_input_value *fq_builder_key_args(fq_builder *builder, const fq_draft *draft, const fq_key *key) {
    fq_input_value *args = FQ_NEW_ARRAY(builder->arena, fq_input_value, key->n_columns);
    for (uint32_t i = 0; i < key->n_columns; i++) {
        args[i] = (fq_input_value){
            .name = key->columns[i]->field,
            .type = fq_ref_non_null(builder->schema, key_argument_type(builder, draft, key->columns[i])),
            .role = FQ_INPUT_KEY,
            .column = key->columns[i],
        };
    }
    return args;
}

const fq_input_value *fq_builder_where_arg(fq_builder *builder, const fq_draft *draft) {
    fq_input_value *where = FQ_NEW(builder->arena, fq_input_value);
    where->name = FQ_S("where");
    where->type = fq_ref_named(builder->schema, draft->where);
    where->role = FQ_INPUT_WHERE;
    return where;
}

/* ---- fields ---- */

bool fq_builder_query_field(fq_builder *builder, fq_field field) {
    if (fq_map_has(&builder->query_names, field.name)) {
        return false;
    }
    fq_map_put(&builder->query_names, field.name, builder);
    fq_vec_push(builder->arena, &builder->query, field);
    return true;
}

bool fq_builder_mutation_field(fq_builder *builder, fq_field field) {
    if (fq_map_has(&builder->mutation_names, field.name)) {
        return false;
    }
    fq_map_put(&builder->mutation_names, field.name, builder);
    fq_vec_push(builder->arena, &builder->mutation, field);
    return true;
}

static bool add_root(fq_builder *builder, const fq_draft *draft, fq_field field) {
    if (fq_builder_query_field(builder, field)) {
        return true;
    }
    fq_builder_warn(builder,
                    "Query.%.*s of \"%.*s\".\"%.*s\" is left out, since the name is taken; COMMENT ON ... IS "
                    "'@fraiseql:type name=NewName, plural=newNames' settles it",
                    FQ_PRI(field.name), FQ_PRI(draft->relation->schema), FQ_PRI(draft->relation->name));
    return false;
}

static void add_list(fq_builder *builder, const fq_draft *draft) {
    fq_schema *schema = builder->schema;
    fq_source *source = fq_builder_source(builder, FQ_SOURCE_LIST);
    source->entity = draft->entity;
    const fq_type_ref *item = fq_ref_non_null(schema, fq_ref_named(schema, draft->type));
    fq_field field = {
        .name = draft->list,
        .type = fq_ref_non_null(schema, fq_ref_list(schema, item)),
        .source = source,
    };
    field.args = fq_builder_list_args(builder, draft, &field.n_args);
    add_root(builder, draft, field);
}

static void add_one(fq_builder *builder, const fq_draft *draft, fq_slice name, const fq_key *key) {
    fq_source *source = fq_builder_source(builder, FQ_SOURCE_ONE);
    source->entity = draft->entity;
    source->key = key;
    fq_field field = {
        .name = name,
        .type = fq_ref_named(builder->schema, draft->type),
        .args = fq_builder_key_args(builder, draft, key),
        .n_args = key->n_columns,
        .source = source,
    };
    add_root(builder, draft, field);
}

static void add_aggregate(fq_builder *builder, const fq_draft *draft) {
    fq_schema *schema = builder->schema;
    fq_source *source = fq_builder_source(builder, FQ_SOURCE_AGGREGATE);
    source->entity = draft->entity;
    fq_field field = {
        .name = draft->aggregate_name,
        .type = fq_ref_non_null(schema, fq_ref_named(schema, draft->aggregate)),
        .args = fq_builder_where_arg(builder, draft),
        .n_args = 1,
        .source = source,
    };
    add_root(builder, draft, field);
}

/* A key can be asked for when each of its columns has a field and one value in GraphQL. */
static bool is_askable(const fq_key *key) {
    for (uint32_t i = 0; i < key->n_columns; i++) {
        const fq_column *column = key->columns[i];
        if (column->hidden || column->type->array || column->type->storage == FQ_STORAGE_OTHER ||
            !fq_type_is_leaf(column->type->type) || column->type->storage == FQ_STORAGE_JSON ||
            column->type->storage == FQ_STORAGE_JSONB) {
            return false;
        }
    }
    return key->n_columns > 0;
}

static fq_slice by_key_name(fq_builder *builder, const fq_draft *draft, const fq_key *key) {
    fq_slice name = fq_arena_printf(builder->arena, "%.*sBy", FQ_PRI(draft->one));
    for (uint32_t i = 0; i < key->n_columns; i++) {
        fq_slice column = fq_name_capitalized(builder->arena, key->columns[i]->field);
        name = fq_arena_printf(builder->arena, "%.*s%s%.*s", FQ_PRI(name), i > 0 ? "And" : "", FQ_PRI(column));
    }
    return name;
}

static bool is_known_key(const fq_relation *relation, uint32_t n, const fq_key *key) {
    for (uint32_t i = 0; i < n; i++) {
        if (fq_key_is(&relation->keys[i], key->columns, key->n_columns)) {
            return true;
        }
    }
    return false;
}

static void add_other_keys(fq_builder *builder, const fq_draft *draft) {
    const fq_relation *relation = draft->relation;
    for (uint32_t i = 0; i < relation->n_keys; i++) {
        const fq_key *key = &relation->keys[i];
        bool is_the_key = draft->one_by_key && fq_key_is(relation->key, key->columns, key->n_columns);
        if (!is_the_key && is_askable(key) && !is_known_key(relation, i, key)) {
            add_one(builder, draft, by_key_name(builder, draft, key), key);
        }
    }
}

void fq_builder_roots(fq_builder *builder, fq_draft *draft) {
    if (draft->list.len > 0) {
        add_list(builder, draft);
    }
    if (draft->one.len > 0) {
        if (draft->one_by_key && is_askable(draft->relation->key)) {
            add_one(builder, draft, draft->one, draft->relation->key);
        }
        add_other_keys(builder, draft);
    }
    if (draft->aggregate_name.len > 0) {
        add_aggregate(builder, draft);
    }
}

/* ---- the end ---- */

static int place_of(const fq_builder *builder, const fq_type *type) {
    if (type == builder->schema->query) {
        return 0;
    }
    if (type == builder->schema->mutation) {
        return 1;
    }
    switch ((fq_type_kind)type->kind) {
    case FQ_INPUT_OBJECT_TYPE:
        return type->subject != NULL ? 2 : 3;
    case FQ_ENUM_TYPE:
        return 4;
    case FQ_SCALAR_TYPE:
        return 5;
    default:
        return 2;
    }
}

/* Root types, objects with what belongs to them, filters, enums, scalars; in each the order of making, but that the
 * types generated from an object follow it. */
static void order_types(fq_builder *builder) {
    fq_schema *schema = builder->schema;
    fq_type **ordered = FQ_NEW_ARRAY(builder->arena, fq_type *, schema->n_types);
    uint32_t n = 0;
    for (int place = 0; place <= 5; place++) {
        for (uint32_t i = 0; i < schema->n_types; i++) {
            if (place_of(builder, schema->types[i]) == place) {
                ordered[n++] = schema->types[i];
            }
        }
    }
    schema->types = ordered;
}

/* ---- types that nothing leads to ---- */

typedef struct reach {
    fq_arena *arena;
    fq_map seen; /* names of types */
    FQ_VEC(const fq_type *) open;
} reach;

static void reach_type(reach *r, const fq_type *type) {
    if (fq_map_put(&r->seen, type->name, (void *)type) == NULL) {
        fq_vec_push(r->arena, &r->open, type);
    }
}

static void reach_inputs(reach *r, const fq_input_value *inputs, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        reach_type(r, fq_ref_core(inputs[i].type));
    }
}

static void reach_members(reach *r, const fq_type *type) {
    for (uint32_t i = 0; i < type->n_fields; i++) {
        reach_type(r, fq_ref_core(type->fields[i].type));
        reach_inputs(r, type->fields[i].args, type->fields[i].n_args);
    }
    reach_inputs(r, type->input_fields, type->n_input_fields);
}

/* Hidden relations leave types behind that only their columns had. */
static void drop_unreachable_types(fq_builder *builder) {
    fq_schema *schema = builder->schema;
    reach r = {.arena = builder->arena};
    fq_map_init(&r.seen, builder->arena);
    reach_type(&r, schema->query);
    if (schema->mutation != NULL) {
        reach_type(&r, schema->mutation);
    }
    while (r.open.len > 0) {
        reach_members(&r, r.open.items[--r.open.len]);
    }
    uint32_t n = 0;
    fq_map_init(&schema->type_map, builder->arena);
    for (uint32_t i = 0; i < schema->n_types; i++) {
        fq_type *type = schema->types[i];
        if (fq_type_is_builtin(type) || fq_map_has(&r.seen, type->name)) {
            schema->types[n++] = type;
            fq_map_put(&schema->type_map, type->name, type);
        }
    }
    schema->n_types = n;
}

static fq_type *root_type(fq_builder *builder, fq_slice name, fq_field *fields, uint32_t n_fields) {
    fq_type *type = fq_schema_add_type(builder->schema, FQ_OBJECT_TYPE, name);
    type->fields = fields;
    type->n_fields = n_fields;
    return type;
}

static bool warnings_are_errors(fq_builder *builder) {
    if (!builder->options->strict || builder->warnings.len == 0) {
        return false;
    }
    for (uint32_t i = 0; i < builder->warnings.len; i++) {
        fq_errors_add(builder->errors, FQ_ERR_BAD_USER_INPUT, "%.*s", FQ_PRI(builder->warnings.items[i]));
    }
    return true;
}

fq_schema *fq_builder_finish(fq_builder *builder) {
    fq_schema *schema = builder->schema;
    if (builder->query.len == 0) { /* a schema must have a query type, and that a field */
        fq_field nothing = {
            .name = FQ_S("_empty"),
            .description = FQ_S("Nothing to query: no table or view was found. Always null."),
            .type = fq_ref_named(schema, fq_builder_scalar(builder, FQ_SCALAR_STRING)),
            .source = fq_builder_source(builder, FQ_SOURCE_NOTHING),
        };
        fq_builder_query_field(builder, nothing);
    }
    schema->query = root_type(builder, FQ_S("Query"), builder->query.items, builder->query.len);
    if (builder->mutation.len > 0) {
        schema->mutation = root_type(builder, FQ_S("Mutation"), builder->mutation.items, builder->mutation.len);
    }
    schema->entities = builder->entities.items;
    schema->n_entities = builder->entities.len;
    schema->warnings = builder->warnings.items;
    schema->n_warnings = builder->warnings.len;
    if (warnings_are_errors(builder) || fq_errors_any(builder->errors)) {
        fq_schema_unref(schema);
        return NULL;
    }
    if (fq_arena_failed(schema->arena)) {
        fq_errors_add(builder->errors, FQ_ERR_LIMIT_EXCEEDED, "the schema is too large");
        fq_schema_unref(schema);
        return NULL;
    }
    order_types(builder);
    drop_unreachable_types(builder);
    fq_schema_freeze(schema);
    return schema;
}
