/* SPDX-License-Identifier: MIT */
/* Relations of the catalog: their columns with GraphQL names, their keys, and the fields of columns.
 * Invariant: columns of one relation have distinct field names; a hidden column has none. Columns that the role may not
 * read are not there at all, unless only functions return the rows. */
#include "schema/builder.h"
#include "schema/names.h"

static bool is_table(const fq_cat_relation *cat) { return cat->kind == 'r' || cat->kind == 'p'; }

static uint8_t relation_kind(char relkind) {
    switch (relkind) {
    case 'v':
        return FQ_VIEW;
    case 'm':
        return FQ_MATERIALIZED_VIEW;
    case 'p':
        return FQ_PARTITIONED_TABLE;
    case 'f':
        return FQ_FOREIGN_TABLE;
    default:
        return FQ_TABLE;
    }
}

/* ---- FraiseQL's tables ---- */

static bool is_bookkeeping(fq_slice name) {
    return fq_slice_starts_with(name, FQ_S("pk_")) || fq_slice_starts_with(name, FQ_S("fk_"));
}

static const fq_cat_attribute *cat_column(const fq_cat_relation *cat, uint16_t number) {
    for (uint32_t i = 0; i < cat->n_columns; i++) {
        if (cat->columns[i].number == number) {
            return &cat->columns[i];
        }
    }
    return NULL;
}

static bool has_unique_id(const fq_cat_relation *cat) {
    for (uint32_t i = 0; i < cat->n_keys; i++) {
        const fq_cat_attribute *column = cat->keys[i].n_columns == 1 ? cat_column(cat, cat->keys[i].columns[0]) : NULL;
        if (column != NULL && fq_slice_equal(column->name, FQ_S("id"))) {
            return true;
        }
    }
    return false;
}

static bool has_column_like(const fq_cat_relation *cat, const char *prefix, const char *name) {
    for (uint32_t i = 0; i < cat->n_columns; i++) {
        if (prefix != NULL ? fq_slice_starts_with(cat->columns[i].name, fq_slice_from_cstr(prefix))
                           : fq_slice_equal(cat->columns[i].name, fq_slice_from_cstr(name))) {
            return true;
        }
    }
    return false;
}

/* `pk_x` beside a unique `id`; of views and projections an `id` is enough. */
static bool is_fraiseql_style(const fq_found_relation *found) {
    if (found->rank == FQ_RANK_TV || found->rank == FQ_RANK_V || found->rank == FQ_RANK_MV) {
        return has_column_like(found->cat, NULL, "id");
    }
    return has_column_like(found->cat, "pk_", NULL) && has_unique_id(found->cat);
}

/* ---- columns ---- */

static bool is_primary(const fq_cat_relation *cat, uint16_t number) {
    for (uint32_t i = 0; i < cat->n_keys; i++) {
        for (uint32_t j = 0; cat->keys[i].primary && j < cat->keys[i].n_columns; j++) {
            if (cat->keys[i].columns[j] == number) {
                return true;
            }
        }
    }
    return false;
}

static bool is_declared_not_null(const fq_annotation *annotation) {
    return fq_annotation_flag(annotation, FQ_S("required")) ||
           fq_slice_ends_with(fq_annotation_get(annotation, FQ_S("type")), FQ_S("!"));
}

static bool name_is_taken(const fq_relation *relation, fq_slice name) {
    for (uint32_t i = 0; i < relation->n_columns; i++) {
        if (fq_slice_equal(relation->columns[i].field, name)) {
            return true;
        }
    }
    return false;
}

static void warn_column(fq_builder *builder, const fq_found_relation *found, fq_slice column, const char *why) {
    if (found->draft != NULL) {
        fq_builder_warn(
            builder,
            "column \"%.*s\" of \"%.*s\".\"%.*s\" is left out: %s; COMMENT ON COLUMN ... IS '@fraiseql:field "
            "name=newName' settles it",
            FQ_PRI(column), FQ_PRI(found->cat->schema), FQ_PRI(found->cat->name), why);
    }
}

bool fq_catalog_has_fields(fq_builder *builder, const fq_found_relation *found) {
    for (uint32_t i = 0; i < found->cat->n_columns; i++) {
        const fq_cat_attribute *cat = &found->cat->columns[i];
        fq_annotation annotation = fq_annotation_parse(builder->arena, cat->comment);
        bool renamed = fq_name_is_legal(fq_annotation_get(&annotation, FQ_S("name")));
        bool nameable = renamed || (fq_name_camel(builder->arena, cat->name).len > 0 &&
                                    !(is_fraiseql_style(found) && is_bookkeeping(cat->name)));
        if (nameable && cat->readable && !fq_annotation_flag(&annotation, FQ_S("hidden"))) {
            return true;
        }
    }
    return false;
}

/* The GraphQL name of a column; empty where it has none. */
static fq_slice field_name(fq_builder *builder, const fq_found_relation *found, const fq_cat_attribute *cat,
                           const fq_annotation *annotation) {
    fq_slice none = {"", 0};
    fq_slice given = fq_annotation_get(annotation, FQ_S("name"));
    bool bookkeeping = is_fraiseql_style(found) && is_bookkeeping(cat->name) && given.len == 0;
    if (bookkeeping || fq_annotation_flag(annotation, FQ_S("hidden"))) {
        return none;
    }
    fq_slice name = fq_name_is_legal(given) ? given : fq_name_camel(builder->arena, cat->name);
    if (name.len == 0) {
        warn_column(builder, found, cat->name, "its name has no form in GraphQL");
        return none;
    }
    if (name_is_taken(found->relation, name)) {
        warn_column(builder, found, cat->name, "another column has the same name");
        return none;
    }
    return name;
}

static void add_column(fq_builder *builder, fq_found_relation *found, const fq_cat_attribute *cat) {
    const fq_pgtype *type = fq_builder_pgtype(builder, cat->type);
    if (type == NULL || (found->draft != NULL && !cat->readable)) {
        return;
    }
    fq_relation *relation = found->relation;
    fq_annotation annotation = fq_annotation_parse(builder->arena, cat->comment);
    fq_column column = {
        .name = cat->name,
        .type = type,
        .domain = cat->type != type->oid,
        .not_null = is_declared_not_null(&annotation) ||
                    (is_table(found->cat) && (cat->not_null || is_primary(found->cat, cat->number))),
        .has_default = cat->has_default,
        .number = cat->number,
        .index = relation->n_columns,
        .field = field_name(builder, found, cat, &annotation),
        .description = annotation.description,
    };
    column.hidden = column.field.len == 0;
    relation->columns[relation->n_columns++] = column;
}

/* `type=ID` is the one other type that a column may be given. */
static const fq_type_ref *column_ref(fq_builder *builder, const fq_found_relation *found, const fq_column *column) {
    const fq_cat_attribute *cat = cat_column(found->cat, column->number);
    fq_annotation annotation = fq_annotation_parse(builder->arena, cat->comment);
    fq_slice given = fq_annotation_get(&annotation, FQ_S("type"));
    bool is_id = !column->type->array && (fq_slice_equal(given, FQ_S("ID")) || fq_slice_equal(given, FQ_S("ID!"))) &&
                 fq_type_is_leaf(column->type->type);
    const fq_type_ref *ref = is_id ? fq_ref_named(builder->schema, fq_builder_scalar(builder, FQ_SCALAR_ID))
                                   : fq_builder_value_ref(builder, column->type);
    return column->not_null ? fq_ref_non_null(builder->schema, ref) : ref;
}

static void add_column_fields(fq_builder *builder, const fq_found_relation *found) {
    for (uint32_t i = 0; i < found->relation->n_columns; i++) {
        const fq_column *column = &found->relation->columns[i];
        if (column->hidden) {
            continue;
        }
        fq_source *source = fq_builder_source(builder, FQ_SOURCE_COLUMN);
        source->column = column;
        fq_draft_field *field =
            fq_draft_add(builder, found->draft, column->field, column_ref(builder, found, column), source);
        if (field != NULL) {
            field->field.description = column->description;
        }
    }
}

/* ---- keys ---- */

static const fq_column *column_by_number(const fq_relation *relation, uint16_t number) {
    for (uint32_t i = 0; i < relation->n_columns; i++) {
        if (relation->columns[i].number == number) {
            return &relation->columns[i];
        }
    }
    return NULL;
}

/* False where a column is not there for this role. */
static bool make_key(fq_builder *builder, const fq_relation *relation, const uint16_t *numbers, uint32_t n,
                     fq_key *key) {
    key->columns = FQ_NEW_ARRAY(builder->arena, const fq_column *, n);
    key->n_columns = n;
    for (uint32_t i = 0; i < n; i++) {
        key->columns[i] = column_by_number(relation, numbers[i]);
        if (key->columns[i] == NULL) {
            return false;
        }
    }
    return n > 0;
}

static void add_keys(fq_builder *builder, fq_found_relation *found) {
    fq_key *keys = FQ_NEW_ARRAY(builder->arena, fq_key, found->cat->n_keys);
    fq_relation *relation = found->relation;
    for (uint32_t i = 0; i < found->cat->n_keys; i++) {
        const fq_cat_key *cat = &found->cat->keys[i];
        fq_key *key = &keys[relation->n_keys];
        if (make_key(builder, relation, cat->columns, cat->n_columns, key)) {
            key->primary = cat->primary;
            key->name = cat->name;
            relation->n_keys++;
        }
    }
    relation->keys = keys;
}

static const fq_key *single_column_key(fq_builder *builder, const fq_column *column) {
    fq_key *key = FQ_NEW(builder->arena, fq_key);
    key->columns = FQ_NEW_ARRAY(builder->arena, const fq_column *, 1);
    key->columns[0] = column;
    key->n_columns = 1;
    key->name = column->name;
    return key;
}

static const fq_key *known_key_of(const fq_relation *relation, const fq_key *key) {
    for (uint32_t i = 0; i < relation->n_keys; i++) {
        if (fq_key_is(&relation->keys[i], key->columns, key->n_columns)) {
            return &relation->keys[i];
        }
    }
    return key;
}

static const fq_key *annotated_key(fq_builder *builder, const fq_found_relation *found) {
    fq_slice list = fq_annotation_get(&found->annotation, FQ_S("key"));
    if (list.len == 0) {
        return NULL;
    }
    FQ_VEC(const fq_column *) columns = {0};
    fq_slice item;
    while (fq_annotation_next_item(&list, &item)) {
        const fq_column *column = fq_relation_column(found->relation, item);
        if (column == NULL) {
            fq_builder_warn(builder, "\"%.*s\".\"%.*s\": its annotation's key names no column \"%.*s\" and is ignored",
                            FQ_PRI(found->cat->schema), FQ_PRI(found->cat->name), FQ_PRI(item));
            return NULL;
        }
        fq_vec_push(builder->arena, &columns, column);
    }
    fq_key *key = FQ_NEW(builder->arena, fq_key);
    *key = (fq_key){.columns = columns.items, .n_columns = columns.len, .name = FQ_S("annotation")};
    return columns.len > 0 ? known_key_of(found->relation, key) : NULL;
}

static bool all_not_null(const fq_key *key) {
    for (uint32_t i = 0; i < key->n_columns; i++) {
        if (!key->columns[i]->not_null) {
            return false;
        }
    }
    return true;
}

static uint16_t passed_through(const fq_cat_relation *view, uint16_t base_number) {
    for (uint32_t i = 0; i < view->n_base_columns; i++) {
        if (view->base_columns[i][1] == base_number) {
            return view->base_columns[i][0];
        }
    }
    return 0;
}

static const uint16_t *mapped(fq_builder *builder, const fq_cat_relation *view, const uint16_t *numbers, uint32_t n) {
    uint16_t *own = FQ_NEW_ARRAY(builder->arena, uint16_t, n);
    for (uint32_t i = 0; i < n; i++) {
        own[i] = passed_through(view, numbers[i]);
        if (own[i] == 0) {
            return NULL;
        }
    }
    return own;
}

#define VIEW_DEPTH 16

/* The key of the single base table, where all its columns are passed through unchanged; `depth` ends views over views.
 */
static const uint16_t *base_key(fq_builder *builder, const fq_cat_relation *cat, uint32_t *n, bool *primary,
                                int depth) {
    const fq_found_relation *base = cat->base != 0 ? fq_catalog_found(builder, cat->base) : NULL;
    if (base == NULL || base->cat->children || depth == 0) {
        return NULL;
    }
    for (uint32_t i = 0; i < base->cat->n_keys; i++) { /* primary first, as the catalog gives them */
        const fq_cat_key *key = &base->cat->keys[i];
        const uint16_t *own = mapped(builder, cat, key->columns, key->n_columns);
        if (own != NULL && key->n_columns > 0) {
            *n = key->n_columns;
            *primary = key->primary;
            return own;
        }
    }
    const uint16_t *below = base_key(builder, base->cat, n, primary, depth - 1);
    return below != NULL ? mapped(builder, cat, below, *n) : NULL;
}

static bool any_hidden(const fq_key *key) {
    for (uint32_t i = 0; i < key->n_columns; i++) {
        if (key->columns[i]->hidden) {
            return true;
        }
    }
    return false;
}

static const fq_key *view_key(fq_builder *builder, const fq_found_relation *found) {
    uint32_t n = 0;
    bool primary = false;
    const uint16_t *numbers = base_key(builder, found->cat, &n, &primary, VIEW_DEPTH);
    fq_key *key = FQ_NEW(builder->arena, fq_key);
    const fq_column *id = fq_relation_column(found->relation, FQ_S("id"));
    bool from_base = numbers != NULL && make_key(builder, found->relation, numbers, n, key);
    /* The base's `pk_x` is no public key; FraiseQL's views have `id` for that. */
    if (from_base && (id == NULL || !any_hidden(key))) {
        key->name = FQ_S("base");
        found->relation->key_repeats = !primary; /* nulls of a unique key do */
        return known_key_of(found->relation, key);
    }
    found->relation->key_repeats = true;
    return id != NULL ? single_column_key(builder, id) : NULL;
}

/* What identifies a row. `by_key` tells whether it also gives the one-row field. */
static const fq_key *row_key(fq_builder *builder, const fq_found_relation *found, bool *by_key) {
    const fq_relation *relation = found->relation;
    const fq_key *annotated = annotated_key(builder, found);
    *by_key = true;
    if (annotated != NULL) {
        return annotated;
    }
    const fq_column *id = fq_relation_column(relation, FQ_S("id"));
    for (uint32_t i = 0; id != NULL && is_fraiseql_style(found) && i < relation->n_keys; i++) {
        if (fq_key_is(&relation->keys[i], &id, 1)) {
            return &relation->keys[i];
        }
    }
    for (uint32_t i = 0; i < relation->n_keys; i++) {
        if (relation->keys[i].primary) {
            return &relation->keys[i];
        }
    }
    if (!is_table(found->cat)) {
        return view_key(builder, found);
    }
    *by_key = false;
    for (uint32_t i = 0; i < relation->n_keys; i++) {
        if (all_not_null(&relation->keys[i])) {
            return &relation->keys[i];
        }
    }
    return NULL;
}

/* ---- relations ---- */

static void fill_relation(fq_builder *builder, fq_found_relation *found) {
    const fq_cat_relation *cat = found->cat;
    fq_relation *relation = found->relation;
    relation->schema = cat->schema;
    relation->name = cat->name;
    relation->kind = relation_kind(cat->kind);
    relation->row_security = cat->row_security;
    relation->oid = cat->oid;
    relation->rows = cat->rows;
    relation->columns = FQ_NEW_ARRAY(builder->arena, fq_column, cat->n_columns);
    for (uint32_t i = 0; i < cat->n_columns; i++) {
        add_column(builder, found, &cat->columns[i]);
    }
    add_keys(builder, found);
}

void fq_catalog_fill_all(fq_builder *builder) {
    for (uint32_t i = 0; i < builder->found.len; i++) {
        fill_relation(builder, &builder->found.items[i]);
    }
}

void fq_catalog_fields(fq_builder *builder, fq_found_relation *found) {
    bool by_key = false;
    fq_catalog_document(builder, found);
    found->relation->key = row_key(builder, found, &by_key);
    found->relation->key_repeats = found->relation->key_repeats || found->cat->children;
    if (found->draft != NULL) {
        found->draft->one_by_key = by_key && found->relation->key != NULL;
        add_column_fields(builder, found);
        fq_catalog_document_fields(builder, found);
    }
}

void fq_catalog_columns(fq_builder *builder) {
    fq_catalog_fill_all(builder);
    for (uint32_t i = 0; i < builder->found.len; i++) {
        fq_catalog_fields(builder, &builder->found.items[i]);
    }
}
