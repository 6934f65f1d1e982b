/* SPDX-License-Identifier: MIT */
/* The relations that a schema file names: taken from the catalog where a database is at hand, made up from the file's
 * columns and types where not. A file that names what the database has not is an error here, not at the first query. */
#include "schema/from_json.h"
#include "schema/names.h"

/* ---- columns ---- */

fq_column *fq_file_column(fq_file *file, const fq_relation *relation, fq_slice name) {
    const fq_column *column = fq_relation_column(relation, name);
    if (column == NULL) {
        column = fq_relation_column(relation, fq_name_snake(file->builder->arena, name));
    }
    return (fq_column *)column;
}

static bool field_means(fq_file *file, const fq_json *field, fq_slice column) {
    fq_slice given = fq_file_text(field, "column");
    if (given.len > 0) {
        return fq_slice_equal(given, column);
    }
    given = fq_file_text(field, "stored_as");
    if (given.len > 0 && fq_slice_equal(given, column)) {
        return true;
    }
    return fq_slice_equal(field->key, column) ||
           fq_slice_equal(fq_name_snake(file->builder->arena, field->key), column);
}

/* `[Int!]!` -> the storage that a column of such a field most likely has. */
static const fq_pgtype *likely_type(fq_file *file, fq_slice graphql_type) {
    bool list = graphql_type.len > 0 && graphql_type.ptr[0] == '[';
    while (graphql_type.len > 0 && strchr("[]! ", graphql_type.ptr[0]) != NULL) {
        graphql_type = fq_slice_sub(graphql_type, 1, graphql_type.len);
    }
    while (graphql_type.len > 0 && strchr("[]! ", graphql_type.ptr[graphql_type.len - 1]) != NULL) {
        graphql_type.len--;
    }
    static const struct {
        fq_scalar scalar;
        const char *type;
    } likely[] = {
        {FQ_SCALAR_INT, "int4"},
        {FQ_SCALAR_FLOAT, "float8"},
        {FQ_SCALAR_BOOLEAN, "bool"},
        {FQ_SCALAR_BIG_INT, "int8"},
        {FQ_SCALAR_DECIMAL, "numeric"},
        {FQ_SCALAR_UUID, "uuid"},
        {FQ_SCALAR_DATE, "date"},
        {FQ_SCALAR_TIME, "time"},
        {FQ_SCALAR_DATE_TIME, "timestamptz"},
        {FQ_SCALAR_DURATION, "interval"},
        {FQ_SCALAR_JSON, "jsonb"},
        {FQ_SCALAR_BYTES, "bytea"},
        {FQ_SCALAR_IP_ADDRESS, "inet"},
        {FQ_SCALAR_CIDR, "cidr"},
        {FQ_SCALAR_MAC_ADDRESS, "macaddr"},
        {FQ_SCALAR_LTREE_PATH, "ltree"},
        {FQ_SCALAR_INT4_RANGE, "int4range"},
        {FQ_SCALAR_INT8_RANGE, "int8range"},
        {FQ_SCALAR_NUM_RANGE, "numrange"},
        {FQ_SCALAR_DATE_RANGE, "daterange"},
        {FQ_SCALAR_TS_RANGE, "tsrange"},
        {FQ_SCALAR_TSTZ_RANGE, "tstzrange"},
    };
    fq_scalar scalar = fq_scalar_by_name(graphql_type);
    const char *name = "text";
    for (size_t i = 0; i < sizeof(likely) / sizeof(likely[0]); i++) {
        name = likely[i].scalar == scalar ? likely[i].type : name;
    }
    fq_slice text = fq_arena_printf(file->builder->arena, "%s%s", name, list ? "[]" : "");
    return fq_builder_pgtype_named(file->builder, text);
}

/* What the type's field says of a column; text where nothing does. */
static const fq_pgtype *told_type(fq_file *file, fq_slice type_name, fq_slice column) {
    const fq_json *type = file->types != NULL ? fq_json_member(file->types, type_name) : NULL;
    const fq_json *fields = fq_file_member(type, "fields");
    for (const fq_json *field = fields != NULL ? fields->child : NULL; field != NULL; field = field->next) {
        if (field->kind != FQ_JSON_OBJECT || !field_means(file, field, column)) {
            continue;
        }
        fq_slice sql_type = fq_file_text(field, "sql_type");
        if (sql_type.len > 0) {
            return fq_builder_pgtype_named(file->builder, sql_type);
        }
        return likely_type(file, fq_file_text(field, "graphql_type"));
    }
    return fq_builder_pgtype_named(file->builder, FQ_S("text"));
}

static fq_column *add_column(fq_file *file, fq_relation *relation, fq_slice name, const fq_pgtype *type) {
    fq_column *column = &relation->columns[relation->n_columns];
    *column = (fq_column){.name = name, .type = type, .index = relation->n_columns};
    column->number = (uint16_t)++relation->n_columns;
    column->field = fq_name_camel(file->builder->arena, name);
    column->hidden = column->field.len == 0;
    return column;
}

/* ---- relations ---- */

static bool is_named(const fq_cat_relation *cat, fq_slice name) {
    if (fq_slice_equal(cat->name, name)) {
        return true;
    }
    size_t dot = cat->schema.len;
    return name.len == dot + 1 + cat->name.len && name.ptr[dot] == '.' && fq_slice_starts_with(name, cat->schema) &&
           fq_slice_ends_with(name, cat->name);
}

/* Of several schemas the first of the exposed ones. */
static const fq_found_relation *find_in_catalog(const fq_builder *builder, fq_slice name) {
    const fq_found_relation *best = NULL;
    for (uint32_t i = 0; i < builder->found.len; i++) {
        const fq_found_relation *found = &builder->found.items[i];
        if (found->cat->readable && is_named(found->cat, name) &&
            (best == NULL || found->schema_rank < best->schema_rank)) {
            best = found;
        }
    }
    return best;
}

const fq_relation *fq_file_relation_in_catalog(const fq_file *file, fq_slice name) {
    const fq_found_relation *found = file->builder->catalog != NULL ? find_in_catalog(file->builder, name) : NULL;
    return found != NULL ? found->relation : NULL;
}

static fq_relation *made_up_relation(fq_file *file, fq_slice name) {
    fq_relation *relation = FQ_NEW(file->builder->arena, fq_relation);
    const char *dot = memchr(name.ptr, '.', name.len);
    size_t at = dot != NULL ? (size_t)(dot - name.ptr) : 0;
    relation->schema = fq_slice_sub(name, 0, at);
    relation->name = fq_slice_sub(name, dot != NULL ? at + 1 : 0, name.len);
    relation->kind = FQ_VIEW;
    relation->rows = -1;
    return relation;
}

static fq_file_relation *relation_of(fq_file *file, const fq_file_table *table) {
    fq_slice name = fq_file_text(table->json, "view_name");
    for (uint32_t i = 0; i < file->relations.len; i++) {
        if (fq_slice_equal(file->relations.items[i].name, name)) {
            return &file->relations.items[i];
        }
    }
    fq_file_relation made = {.name = name};
    if (file->builder->catalog != NULL) {
        made.found = find_in_catalog(file->builder, name);
        if (made.found == NULL) {
            fq_file_error(file,
                          "tables.%.*s: relation \"%.*s\" does not exist in the exposed schemas, or may not be read",
                          FQ_PRI(table->root), FQ_PRI(name));
            return NULL;
        }
        made.relation = made.found->relation;
    } else {
        made.relation = made_up_relation(file, name);
    }
    fq_vec_push(file->builder->arena, &file->relations, made);
    return &file->relations.items[file->relations.len - 1];
}

/* The columns that the file lists: they must exist, or come to exist. */
static void list_columns(fq_file *file, const fq_file_table *table, fq_relation *relation) {
    const fq_json *listed = fq_file_array(table->json, "sql_columns");
    if (table->found == NULL) {
        const fq_json *mapped = fq_file_member(table->json, "fk_mappings");
        uint32_t room = relation->n_columns + (listed != NULL ? listed->count : 0) +
                        (mapped != NULL ? mapped->count : 0) + 2; /* `id` and the document */
        fq_column *columns = FQ_NEW_ARRAY(file->builder->arena, fq_column, room);
        if (relation->n_columns > 0) {
            memcpy(columns, relation->columns, sizeof(fq_column) * relation->n_columns);
        }
        relation->columns = columns;
    }
    for (const fq_json *item = listed != NULL ? listed->child : NULL; item != NULL; item = item->next) {
        if (item->kind != FQ_JSON_STRING || fq_relation_column(relation, item->text) != NULL) {
            continue;
        }
        if (table->found != NULL) {
            fq_file_error(file, "tables.%.*s: \"%.*s\" has no column \"%.*s\"", FQ_PRI(table->root),
                          FQ_PRI(relation->name), FQ_PRI(item->text));
        } else {
            add_column(file, relation, item->text, told_type(file, table->type_name, item->text));
        }
    }
}

/* The field of the table's type that a mapping is about; NULL where the file does not declare it. */
static const fq_json *mapped_field(fq_file *file, const fq_file_table *table, const fq_json *mapping) {
    const fq_json *type = file->types != NULL ? fq_json_member(file->types, table->type_name) : NULL;
    const fq_json *fields = fq_file_member(type, "fields");
    for (const fq_json *field = fields != NULL ? fields->child : NULL; field != NULL; field = field->next) {
        if (field->kind == FQ_JSON_OBJECT && field_means(file, field, mapping->key)) {
            return field;
        }
    }
    return NULL;
}

/* The column of a mapping, which only filters by the id of what it maps read: it is of that id's type, and no field. */
static void add_mapped_column(fq_file *file, const fq_file_table *table, fq_relation *relation,
                              const fq_json *mapping) {
    fq_slice target = fq_file_core_type(fq_file_text(mapped_field(file, table, mapping), "graphql_type"));
    fq_column *column = add_column(file, relation, mapping->text, told_type(file, target, FQ_S("id")));
    column->hidden = true;
    column->field = fq_slice_of("", 0);
}

/* The columns that fk_mappings names, which sql_columns need not repeat. One that the database has not would be a
 * filter that silently reads the document instead; where no field can be filtered so, or the file lists no columns and
 * so maps what there might be, that is a warning. */
static void map_columns(fq_file *file, const fq_file_table *table, fq_relation *relation) {
    const fq_json *mappings = fq_file_member(table->json, "fk_mappings");
    const fq_json *mapping = mappings != NULL && mappings->kind == FQ_JSON_OBJECT ? mappings->child : NULL;
    bool listed = fq_file_array(table->json, "sql_columns") != NULL;
    for (; mapping != NULL; mapping = mapping->next) {
        bool text = mapping->kind == FQ_JSON_STRING;
        if (text && fq_relation_column(relation, mapping->text) != NULL) {
            continue;
        }
        if (text && table->found == NULL) {
            add_mapped_column(file, table, relation, mapping);
        } else if (text && (!listed || mapped_field(file, table, mapping) == NULL)) {
            fq_builder_warn(file->builder,
                            "schema file: tables.%.*s.fk_mappings: \"%.*s\" is mapped to no column of \"%.*s\"; the "
                            "mapping is not used",
                            FQ_PRI(table->root), FQ_PRI(mapping->key), FQ_PRI(relation->name));
        } else {
            fq_file_error(file, "tables.%.*s.fk_mappings: \"%.*s\" is mapped to no column of \"%.*s\"",
                          FQ_PRI(table->root), FQ_PRI(mapping->key), FQ_PRI(relation->name));
        }
    }
}

/* FraiseQL's views have a column `id` beside their document; a file that lists no columns need not say so. */
static void assume_id(fq_file *file, const fq_file_table *table, fq_relation *relation) {
    const fq_json *type = file->types != NULL ? fq_json_member(file->types, table->type_name) : NULL;
    const fq_json *fields = fq_file_member(type, "fields");
    bool unlisted = table->found == NULL && fq_file_array(table->json, "sql_columns") == NULL;
    if (unlisted && fq_file_member(fields, "id") != NULL && fq_relation_column(relation, FQ_S("id")) == NULL) {
        add_column(file, relation, FQ_S("id"), told_type(file, table->type_name, FQ_S("id")));
    }
}

static bool is_json_column(const fq_column *column) {
    return !column->type->array &&
           (column->type->storage == FQ_STORAGE_JSONB || column->type->storage == FQ_STORAGE_JSON);
}

static void find_document(fq_file *file, const fq_file_table *table, fq_relation *relation) {
    const fq_json *written =
        table->json->kind == FQ_JSON_OBJECT ? fq_json_member(table->json, FQ_S("jsonb_column")) : NULL;
    bool refused = written != NULL && written->kind == FQ_JSON_NULL;
    if (relation->document != NULL || !fq_file_flag(table->json, "has_jsonb_data", !refused)) {
        return;
    }
    fq_slice given = fq_file_text(table->json, "jsonb_column");
    bool asked = given.len > 0 || fq_file_flag(table->json, "has_jsonb_data", false);
    fq_slice name = given.len > 0 ? given : FQ_S("data");
    fq_column *column = (fq_column *)fq_relation_column(relation, name);
    if (column == NULL && table->found == NULL) {
        column = add_column(file, relation, name, fq_builder_pgtype_named(file->builder, FQ_S("jsonb")));
    }
    if (column != NULL && is_json_column(column)) {
        relation->document = column;
        column->hidden = true;
        column->field = fq_slice_of("", 0);
    } else if (asked && table->found != NULL) {
        fq_file_error(file, "tables.%.*s: \"%.*s\" has no json or jsonb column \"%.*s\"", FQ_PRI(table->root),
                      FQ_PRI(relation->name), FQ_PRI(name));
    }
}

/* ---- keys ---- */

static const fq_key *key_of_columns(fq_builder *builder, const fq_column **columns, uint32_t n) {
    fq_key *key = FQ_NEW(builder->arena, fq_key);
    *key = (fq_key){.columns = columns, .n_columns = n, .name = FQ_S("key")};
    return key;
}

static const fq_key *told_key(fq_file *file, const fq_file_table *table) {
    const fq_json *told = fq_file_member(table->json, "key");
    if (told == NULL) {
        return NULL;
    }
    const fq_json *item = told->kind == FQ_JSON_ARRAY ? told->child : told;
    const fq_column **columns = FQ_NEW_ARRAY(file->builder->arena, const fq_column *, told->count + 1);
    uint32_t n = 0;
    for (; item != NULL; item = told->kind == FQ_JSON_ARRAY ? item->next : NULL) {
        const fq_column *column =
            item->kind == FQ_JSON_STRING ? fq_file_column(file, table->relation, item->text) : NULL;
        if (column == NULL || column == table->relation->document) {
            fq_file_error(file, "tables.%.*s: its key names no column of \"%.*s\"", FQ_PRI(table->root),
                          FQ_PRI(table->relation->name));
            return NULL;
        }
        columns[n++] = column;
    }
    return n > 0 ? key_of_columns(file->builder, columns, n) : NULL;
}

static void find_key(fq_file *file, fq_file_table *table) {
    fq_relation *relation = table->relation;
    table->key = told_key(file, table);
    if (relation->key == NULL && table->key != NULL) {
        relation->key = table->key;
    }
    const fq_column *id = fq_relation_column(relation, FQ_S("id"));
    if (relation->key == NULL && id != NULL && table->found == NULL) {
        const fq_column **columns = FQ_NEW_ARRAY(file->builder->arena, const fq_column *, 1);
        columns[0] = id;
        relation->key = key_of_columns(file->builder, columns, 1);
    }
    if (table->key == NULL) {
        table->key = relation->key;
    }
}

/* ---- all of it ---- */

void fq_file_make_relations(fq_file *file) {
    fq_builder *builder = file->builder;
    if (builder->catalog != NULL) {
        fq_catalog_find_all(builder);
        fq_catalog_fill_all(builder);
        for (uint32_t i = 0; i < builder->found.len; i++) {
            fq_catalog_fields(builder, &builder->found.items[i]);
            builder->found.items[i].relation->document = NULL; /* the file decides */
        }
        builder->warnings.len = 0; /* what is not shown needs no warning */
    }
    for (uint32_t i = 0; i < file->tables.len; i++) {
        fq_file_table *table = &file->tables.items[i];
        fq_file_relation *relation = relation_of(file, table);
        if (relation == NULL) {
            continue;
        }
        table->found = relation->found;
        table->relation = relation->relation;
        if (relation->fk_mappings == NULL) {
            relation->fk_mappings = fq_file_member(table->json, "fk_mappings");
        }
        list_columns(file, table, relation->relation);
        assume_id(file, table, relation->relation);
        map_columns(file, table, relation->relation);
        find_document(file, table, relation->relation);
    }
    for (uint32_t i = 0; i < file->tables.len; i++) {
        if (file->tables.items[i].relation != NULL) {
            find_key(file, &file->tables.items[i]);
        }
    }
}
