/* SPDX-License-Identifier: MIT */
/* The types of a schema file: objects with the sources of their fields (enums and input objects: from_json_inputs.c). A
 * field is read from its column where there is one, else through a relation, else from the document by its name as
 * written or in snake case. What can be read from nowhere is an error. */
#include "schema/from_json.h"
#include "schema/names.h"

#define REF_DEPTH 16

/* ---- references ---- */

static const fq_type_ref *parse_ref(fq_file *file, fq_slice text, int depth) {
    fq_schema *schema = file->builder->schema;
    while (text.len > 0 && text.ptr[0] == ' ') {
        text = fq_slice_sub(text, 1, text.len);
    }
    while (text.len > 0 && text.ptr[text.len - 1] == ' ') {
        text.len--;
    }
    if (text.len > 1 && depth > 0 && text.ptr[text.len - 1] == '!') {
        const fq_type_ref *of = parse_ref(file, fq_slice_sub(text, 0, text.len - 1), depth - 1);
        return of != NULL && of->kind != FQ_REF_NON_NULL ? fq_ref_non_null(schema, of) : NULL;
    }
    if (text.len > 2 && depth > 0 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']') {
        const fq_type_ref *of = parse_ref(file, fq_slice_sub(text, 1, text.len - 1), depth - 1);
        return of != NULL ? fq_ref_list(schema, of) : NULL;
    }
    fq_scalar scalar = fq_scalar_by_name(text);
    if (scalar != FQ_SCALAR_NONE) {
        return fq_ref_named(schema, fq_builder_scalar(file->builder, scalar));
    }
    const fq_type *type = fq_schema_type(schema, text);
    return type != NULL && !type->introspection ? fq_ref_named(schema, type) : NULL;
}

const fq_type_ref *fq_file_ref(fq_file *file, fq_slice text, fq_slice place) {
    const fq_type_ref *ref = parse_ref(file, text, REF_DEPTH);
    if (ref == NULL) {
        fq_file_error(file, "%.*s: \"%.*s\" is no type of this file and no scalar", FQ_PRI(place), FQ_PRI(text));
    }
    return ref;
}

static fq_slice core_name(fq_slice text) {
    while (text.len > 0 && strchr("[ ", text.ptr[0]) != NULL) {
        text = fq_slice_sub(text, 1, text.len);
    }
    while (text.len > 0 && strchr("]! ", text.ptr[text.len - 1]) != NULL) {
        text.len--;
    }
    return text;
}

/* `is_scalar` declares a scalar that is ours to pass through, such as EmailAddress. */
static void declare_scalar(fq_file *file, const fq_json *field) {
    fq_slice name = core_name(fq_file_text(field, "graphql_type"));
    if (fq_file_flag(field, "is_scalar", false) && fq_name_is_legal(name) &&
        fq_scalar_by_name(name) == FQ_SCALAR_NONE && fq_schema_type(file->builder->schema, name) == NULL) {
        fq_slice taken = fq_builder_type_name(file->builder, name, "");
        if (taken.len > 0) {
            fq_schema_add_type(file->builder->schema, FQ_SCALAR_TYPE, taken);
        }
    }
}

const fq_type_ref *fq_file_field_ref(fq_file *file, fq_slice type_name, const fq_json *field) {
    fq_slice text = fq_file_text(field, "graphql_type");
    fq_slice place =
        fq_arena_printf(file->builder->arena, "types.%.*s.fields.%.*s", FQ_PRI(type_name), FQ_PRI(field->key));
    declare_scalar(file, field);
    const fq_type_ref *ref = fq_file_ref(file, text.len > 0 ? text : FQ_S("String"), place);
    bool is_list = ref != NULL && (ref->kind == FQ_REF_NON_NULL ? ref->of : ref)->kind == FQ_REF_LIST;
    if (ref != NULL && !is_list && fq_file_flag(field, "is_list", false)) {
        bool required = ref->kind == FQ_REF_NON_NULL;
        ref = fq_ref_list(file->builder->schema, required ? ref->of : ref);
        ref = required ? fq_ref_non_null(file->builder->schema, ref) : ref;
    }
    return ref;
}

/* ---- columns ---- */

static bool is_listed(const fq_file_table *table, const fq_column *column) {
    const fq_json *listed = fq_file_array(table->json, "sql_columns");
    for (const fq_json *item = listed != NULL ? listed->child : NULL; item != NULL; item = item->next) {
        if (item->kind == FQ_JSON_STRING && fq_slice_equal(item->text, column->name)) {
            return true;
        }
    }
    return listed == NULL;
}

static bool is_list(const fq_type_ref *ref) {
    return (ref->kind == FQ_REF_NON_NULL ? ref->of : ref)->kind == FQ_REF_LIST;
}

/* Whether values of the column can be given as the declared type. */
static bool fits(const fq_column *column, const fq_type_ref *ref) {
    const fq_type *type = fq_ref_core(ref);
    fq_storage storage = (fq_storage)column->type->storage;
    if (storage == FQ_STORAGE_JSON || storage == FQ_STORAGE_JSONB) {
        return column->type->array == is_list(ref) || type->kind == FQ_OBJECT_TYPE || is_list(ref);
    }
    if (column->type->array != is_list(ref)) {
        return false;
    }
    if (type == column->type->type || type->scalar == FQ_SCALAR_OPAQUE) {
        return true;
    }
    bool exact = storage == FQ_STORAGE_INT8 || storage == FQ_STORAGE_NUMERIC;
    switch (type->kind == FQ_SCALAR_TYPE ? (fq_scalar)type->scalar : FQ_SCALAR_NONE) {
    case FQ_SCALAR_ID:
    case FQ_SCALAR_STRING:
        return fq_type_is_leaf(column->type->type) && storage != FQ_STORAGE_BOOL && storage != FQ_STORAGE_FLOAT4 &&
               storage != FQ_STORAGE_FLOAT8;
    case FQ_SCALAR_FLOAT:
        return exact || storage == FQ_STORAGE_INT2 || storage == FQ_STORAGE_INT4;
    case FQ_SCALAR_INT:
        return storage == FQ_STORAGE_INT8;
    case FQ_SCALAR_BIG_INT:
    case FQ_SCALAR_DECIMAL:
        return exact;
    default:
        return false;
    }
}

/* An enum that the file declares is that of the column, whatever the file calls its type. */
static void adopt_enum(const fq_column *column, const fq_type *type) {
    fq_pgtype *pgtype = (fq_pgtype *)column->type;
    bool unknown = pgtype->oid == 0 && pgtype->storage == FQ_STORAGE_OTHER;
    if (type->kind == FQ_ENUM_TYPE && (pgtype->storage == FQ_STORAGE_ENUM || unknown)) {
        pgtype->storage = FQ_STORAGE_ENUM;
        pgtype->type = type;
        if (pgtype->element != NULL) {
            ((fq_pgtype *)pgtype->element)->storage = FQ_STORAGE_ENUM;
            ((fq_pgtype *)pgtype->element)->type = type;
        }
    }
}

static const fq_column *named_column(fq_file *file, const fq_file_table *table, const fq_json *field, bool *given) {
    fq_slice name = fq_file_text(field, "column");
    *given = name.len > 0;
    if (*given) {
        return fq_relation_column(table->relation, name);
    }
    fq_slice stored = fq_file_text(field, "stored_as");
    const fq_column *column = fq_relation_column(table->relation, field->key);
    if (column == NULL) {
        column = stored.len > 0 ? fq_relation_column(table->relation, stored)
                                : fq_file_column(file, table->relation, field->key);
    }
    return column != NULL && column != table->relation->document && is_listed(table, column) ? column : NULL;
}

/* ---- sources ---- */

static const fq_json *fk_mappings_of(const fq_file *file, const fq_relation *relation) {
    for (uint32_t i = 0; i < file->relations.len; i++) {
        if (file->relations.items[i].relation == relation) {
            return file->relations.items[i].fk_mappings;
        }
    }
    return NULL;
}

static const fq_column *fk_column(fq_file *file, const fq_relation *relation, fq_slice field) {
    const fq_json *mappings = fk_mappings_of(file, relation);
    fq_slice name = {"", 0};
    if (mappings != NULL && mappings->kind == FQ_JSON_OBJECT) {
        const fq_json *mapped = fq_json_member(mappings, field);
        if (mapped == NULL) {
            mapped = fq_json_member(mappings, fq_name_snake(file->builder->arena, field));
        }
        name = mapped != NULL && mapped->kind == FQ_JSON_STRING ? mapped->text : name;
    }
    return name.len > 0 ? fq_relation_column(relation, name) : NULL;
}

static const fq_file_table *table_of_type(const fq_file *file, const fq_type *type) {
    for (uint32_t i = 0; i < file->tables.len; i++) {
        if (file->tables.items[i].draft != NULL && file->tables.items[i].draft->type == type) {
            return &file->tables.items[i];
        }
    }
    return NULL;
}

static fq_source *join_source(fq_file *file, const fq_file_table *target, const fq_column **from, const fq_column **to,
                              uint32_t n, bool list) {
    fq_source *source = fq_builder_source(file->builder, list ? FQ_SOURCE_TO_MANY : FQ_SOURCE_TO_ONE);
    fq_join *join = FQ_NEW(file->builder->arena, fq_join);
    *join =
        (fq_join){.target = target->draft->entity, .from = from, .to = to, .n_columns = n, .average = list ? -1 : 1};
    for (uint32_t i = 0; target->found != NULL && !target->found->cat->children && i < target->relation->n_keys; i++) {
        join->unique = join->unique || fq_key_is(&target->relation->keys[i], to, n);
    }
    source->join = join;
    return source;
}

static const fq_column **named_columns(fq_file *file, const fq_relation *relation, const fq_json *names, uint32_t *n) {
    const fq_column **columns = FQ_NEW_ARRAY(file->builder->arena, const fq_column *, names != NULL ? names->count : 0);
    *n = 0;
    for (const fq_json *item = names != NULL ? names->child : NULL; item != NULL; item = item->next) {
        columns[*n] = item->kind == FQ_JSON_STRING ? fq_relation_column(relation, item->text) : NULL;
        if (columns[*n] == NULL) {
            return NULL;
        }
        (*n)++;
    }
    return *n > 0 ? columns : NULL;
}

/* `"relation": {"from": ["author_id"], "to": ["id"]}` of a field whose type is that of a table. */
static fq_source *told_join(fq_file *file, const fq_file_table *table, const fq_json *field, const fq_type_ref *ref) {
    const fq_json *relation = fq_file_member(field, "relation");
    const fq_file_table *target = table_of_type(file, fq_ref_core(ref));
    uint32_t n_from = 0;
    uint32_t n_to = 0;
    const fq_column **from = named_columns(file, table->relation, fq_file_array(relation, "from"), &n_from);
    const fq_column **to =
        target != NULL ? named_columns(file, target->relation, fq_file_array(relation, "to"), &n_to) : NULL;
    if (from == NULL || to == NULL || n_from != n_to) {
        fq_file_error(
            file,
            "types.%.*s.fields.%.*s: `relation` needs `from` and `to`, equally long lists of columns of the two "
            "relations, and a type that has a table",
            FQ_PRI(table->type_name), FQ_PRI(field->key));
        return NULL;
    }
    return join_source(file, target, from, to, n_from, is_list(ref));
}

static const fq_relation *relation_named(const fq_file *file, fq_slice name) {
    for (uint32_t i = 0; i < file->relations.len; i++) {
        if (fq_slice_equal(file->relations.items[i].name, name)) {
            return file->relations.items[i].relation;
        }
    }
    return fq_file_relation_in_catalog(file, name);
}

/* `"through": {"view_name": "article_tag", "from": ["tag_id"], "to": ["id"]}` of such a relation: `to` of the relation
 * are then columns of the junction, and these lead on to the target. */
static fq_source *told_through(fq_file *file, const fq_file_table *table, const fq_json *field,
                               const fq_type_ref *ref) {
    const fq_json *relation = fq_file_member(field, "relation");
    const fq_json *through = fq_file_member(relation, "through");
    const fq_file_table *target = table_of_type(file, fq_ref_core(ref));
    const fq_relation *junction = relation_named(file, fq_file_text(through, "view_name"));
    uint32_t n[4] = {0};
    const fq_column **from = named_columns(file, table->relation, fq_file_array(relation, "from"), &n[0]);
    const fq_column **to =
        junction != NULL ? named_columns(file, junction, fq_file_array(relation, "to"), &n[1]) : NULL;
    const fq_column **on =
        junction != NULL ? named_columns(file, junction, fq_file_array(through, "from"), &n[2]) : NULL;
    const fq_column **end =
        target != NULL ? named_columns(file, target->relation, fq_file_array(through, "to"), &n[3]) : NULL;
    if (from == NULL || to == NULL || on == NULL || end == NULL || n[0] != n[1] || n[2] != n[3] || !is_list(ref)) {
        fq_file_error(
            file,
            "types.%.*s.fields.%.*s: `through` needs a `view_name` that the file has as a table, `from` and `to`, "
            "equally long lists of columns, and a list type",
            FQ_PRI(table->type_name), FQ_PRI(field->key));
        return NULL;
    }
    fq_source *source = join_source(file, target, from, to, n[0], true);
    fq_join *join = (fq_join *)source->join;
    join->unique = false;
    join->through = junction;
    join->through_from = on;
    join->through_to = end;
    join->n_through = n[2];
    return source;
}

static fq_source *mapped_join(fq_file *file, const fq_column *column, const fq_type_ref *ref) {
    const fq_file_table *target = table_of_type(file, fq_ref_core(ref));
    const fq_column *id = target != NULL ? fq_relation_column(target->relation, FQ_S("id")) : NULL;
    if (id == NULL) {
        return NULL;
    }
    const fq_column **columns = FQ_NEW_ARRAY(file->builder->arena, const fq_column *, 2);
    columns[0] = column;
    columns[1] = id;
    return join_source(file, target, &columns[0], &columns[1], 1, false);
}

/* Where a field of the table's type is read. `*ref` becomes the true type where the declared one can not be. */
static fq_source *source_of(fq_file *file, const fq_file_table *table, const fq_json *field, const fq_type_ref **ref) {
    fq_builder *builder = file->builder;
    const fq_type *core = fq_ref_core(*ref);
    if (fq_file_member(field, "relation") != NULL) {
        bool through = fq_file_member(fq_file_member(field, "relation"), "through") != NULL;
        return through ? told_through(file, table, field, *ref) : told_join(file, table, field, *ref);
    }
    bool given = false;
    const fq_column *column = named_column(file, table, field, &given);
    bool is_object = core->kind == FQ_OBJECT_TYPE;
    if (column != NULL &&
        (given || !is_object || column->type->storage == FQ_STORAGE_JSONB || column->type->type == core)) {
        adopt_enum(column, core);
        if (!fits(column, *ref)) {
            bool required = (*ref)->kind == FQ_REF_NON_NULL;
            fq_builder_warn(builder, "types.%.*s.fields.%.*s: column \"%.*s\" has type %.*s and is shown as %.*s",
                            FQ_PRI(table->type_name), FQ_PRI(field->key), FQ_PRI(column->name),
                            FQ_PRI(column->type->name), FQ_PRI(column->type->type->name));
            *ref = fq_builder_value_ref(builder, column->type);
            *ref = required ? fq_ref_non_null(builder->schema, *ref) : *ref;
        }
        fq_source *source = fq_builder_source(builder, FQ_SOURCE_COLUMN);
        source->column = column;
        ((fq_column *)column)->field = field->key;
        ((fq_column *)column)->hidden = false;
        return source;
    }
    const fq_column *fk = is_object ? fk_column(file, table->relation, field->key) : NULL;
    fq_slice guess = fq_file_text(field, "id_column");
    if (fk == NULL && is_object && guess.len > 0) {
        fk = fq_relation_column(table->relation, guess);
    }
    if (table->relation->document != NULL && !given) {
        fq_source *source = fq_builder_source(builder, FQ_SOURCE_DOCUMENT);
        source->column = is_list(*ref) ? NULL : fk;
        return source;
    }
    return fk != NULL ? mapped_join(file, fk, *ref) : NULL;
}

/* ---- object types ---- */

static const fq_json *fields_of(const fq_file *file, fq_slice type_name) {
    const fq_json *type = file->types != NULL ? fq_json_member(file->types, type_name) : NULL;
    const fq_json *fields = fq_file_member(type, "fields");
    return fields != NULL && fields->kind == FQ_JSON_OBJECT ? fields : NULL;
}

static void set_document_keys(fq_file *file, const fq_json *json, fq_field *field) {
    fq_slice key = fq_file_text(json, "key");
    fq_slice stored = fq_file_text(json, "stored_as");
    fq_slice snake = stored.len > 0 ? stored : fq_name_snake(file->builder->arena, field->name);
    field->document_key = key.len > 0 ? key : field->name;
    field->document_alternative = key.len > 0 || fq_slice_equal(snake, field->name) ? fq_slice_of("", 0) : snake;
}

static void add_field(fq_file *file, fq_draft *draft, const fq_file_table *table, const fq_json *json) {
    fq_slice type_name = draft->type->name;
    if (json->kind != FQ_JSON_OBJECT || !fq_name_is_legal(json->key)) {
        fq_file_error(file, "types.%.*s.fields.%.*s: a legal name and an object are expected", FQ_PRI(type_name),
                      FQ_PRI(json->key));
        return;
    }
    const fq_type_ref *ref = fq_file_field_ref(file, type_name, json);
    if (ref == NULL) {
        return;
    }
    if (fq_ref_core(ref)->kind == FQ_INPUT_OBJECT_TYPE) {
        fq_file_error(file, "types.%.*s.fields.%.*s: an input type can not be shown", FQ_PRI(type_name),
                      FQ_PRI(json->key));
        return;
    }
    fq_source *source = table != NULL ? source_of(file, table, json, &ref) : NULL;
    if (table != NULL && source == NULL) {
        fq_file_error(file, "types.%.*s.fields.%.*s: \"%.*s\" has no such column, and no document that could hold it",
                      FQ_PRI(type_name), FQ_PRI(json->key), FQ_PRI(table->relation->name));
        return;
    }
    fq_draft_field *field = fq_draft_add(file->builder, draft, json->key, ref, source);
    if (field == NULL) {
        return; /* the name repeats: the first counts */
    }
    fq_slice description = fq_file_text(json, "description");
    field->field.description = description.len > 0 ? description : (fq_slice){NULL, 0};
    set_document_keys(file, json, &field->field);
    if (source != NULL && source->kind == FQ_SOURCE_TO_MANY) {
        field->list = table_of_type(file, fq_ref_core(ref))->draft;
    }
}

/* A table without a type of its own in the file: what the catalog or the list of columns tells. */
static void derive_fields(fq_file *file, fq_file_table *table) {
    fq_draft *draft = table->draft;
    if (table->found != NULL) {
        fq_found_relation *found = (fq_found_relation *)table->found;
        found->draft = draft;
        fq_catalog_fields(file->builder, found);
        found->draft = NULL;
    }
    bool untold = draft->fields.len == 0;
    for (uint32_t i = 0; untold && i < table->relation->n_columns; i++) {
        fq_column *column = &table->relation->columns[i];
        fq_slice name = fq_name_camel(file->builder->arena, column->name);
        if (name.len > 0) {
            fq_source *source = fq_builder_source(file->builder, FQ_SOURCE_COLUMN);
            source->column = column;
            column->hidden = false;
            column->field = name;
            fq_draft_add(file->builder, draft, name, fq_builder_value_ref(file->builder, column->type), source);
        }
    }
}

static fq_file_table *first_table(fq_file *file, fq_slice type_name) {
    for (uint32_t i = 0; i < file->tables.len; i++) {
        if (fq_slice_equal(file->tables.items[i].type_name, type_name)) {
            return &file->tables.items[i];
        }
    }
    return NULL;
}

static fq_draft *make_draft(fq_file *file, fq_slice name, fq_relation *relation) {
    fq_slice taken = fq_name_is_legal(name) ? fq_builder_type_name(file->builder, name, "") : fq_slice_of("", 0);
    if (taken.len == 0) {
        fq_file_error(file, "types.%.*s: the name is not legal, or that of a built-in or generated type", FQ_PRI(name));
        return NULL;
    }
    return fq_builder_draft(file->builder, taken, relation);
}

/* ---- all of it ---- */

static bool is_kind(const fq_json *type, const char *kind) {
    return fq_slice_equal(fq_file_text(type, "kind"), fq_slice_from_cstr(kind));
}

static fq_draft *draft_named(const fq_file *file, fq_slice name) {
    for (uint32_t i = 0; i < file->builder->drafts.len; i++) {
        if (fq_slice_equal(file->builder->drafts.items[i]->type->name, name)) {
            return file->builder->drafts.items[i];
        }
    }
    return NULL;
}

/* Every type is made before any field, because fields name types that come later. */
static void declare_types(fq_file *file) {
    const fq_json *first = file->types != NULL ? file->types->child : NULL;
    for (const fq_json *json = first; json != NULL; json = json->next) {
        if (!is_kind(json, "enum") && !is_kind(json, "input")) {
            fq_builder_reserve_generated(file->builder, json->key);
        }
    }
    for (const fq_json *json = first; json != NULL; json = json->next) {
        if (json->kind != FQ_JSON_OBJECT) {
            fq_file_error(file, "types.%.*s: an object is expected", FQ_PRI(json->key));
        } else if (is_kind(json, "enum")) {
            fq_file_make_enum(file, json);
        } else if (is_kind(json, "input")) {
            if (fq_name_is_legal(json->key) && fq_schema_type(file->builder->schema, json->key) == NULL) {
                fq_schema_add_type(file->builder->schema, FQ_INPUT_OBJECT_TYPE, json->key);
            }
        } else if (draft_named(file, json->key) == NULL) { /* else a composite type of the catalog */
            fq_file_table *table = first_table(file, json->key);
            fq_draft *draft = make_draft(file, json->key, table != NULL ? table->relation : NULL);
            fq_slice description = fq_file_text(json, "description");
            if (draft != NULL && description.len > 0) {
                draft->description = description;
            }
        }
    }
}

static void give_drafts_to_tables(fq_file *file) {
    for (uint32_t i = 0; i < file->tables.len; i++) {
        fq_file_table *table = &file->tables.items[i];
        table->draft = draft_named(file, table->type_name);
        if (table->draft == NULL) {
            fq_builder_reserve_generated(file->builder, table->type_name);
            table->draft = make_draft(file, table->type_name, table->relation);
            table->derived = table->draft != NULL;
        }
        if (table->draft != NULL && table->kind == FQ_FILE_AGGREGATE) {
            table->draft->aggregate_name = table->root;
        }
    }
}

static void fill_types(fq_file *file) {
    for (const fq_json *json = file->types != NULL ? file->types->child : NULL; json != NULL; json = json->next) {
        fq_draft *draft = draft_named(file, json->key);
        if (is_kind(json, "input")) {
            fq_file_fill_input(file, json, fq_schema_type(file->builder->schema, json->key));
            continue;
        }
        if (draft == NULL || draft->composite || is_kind(json, "enum")) {
            continue;
        }
        const fq_file_table *table = draft->relation != NULL ? first_table(file, json->key) : NULL;
        const fq_json *fields = fields_of(file, json->key);
        for (const fq_json *field = fields != NULL ? fields->child : NULL; field != NULL; field = field->next) {
            add_field(file, draft, table, field);
        }
        if (draft->fields.len == 0) {
            fq_file_error(file, "types.%.*s: a type needs a field", FQ_PRI(json->key));
        }
    }
    for (uint32_t i = 0; i < file->tables.len; i++) {
        if (file->tables.items[i].derived) {
            derive_fields(file, &file->tables.items[i]);
        }
    }
}

/* A second relation with the same type has sources of its own. */
static const fq_entity *entity_of(fq_file *file, const fq_file_table *table) {
    fq_draft *draft = table->draft;
    const fq_json *fields = fields_of(file, table->type_name);
    if (draft->relation == table->relation) {
        return draft->entity;
    }
    if (fields == NULL) {
        return fq_builder_entity(file->builder, draft, table->relation);
    }
    fq_entity *entity = FQ_NEW(file->builder->arena, fq_entity);
    const fq_source **sources = FQ_NEW_ARRAY(file->builder->arena, const fq_source *, draft->type->n_fields);
    for (uint32_t i = 0; i < draft->type->n_fields; i++) {
        const fq_json *field = fq_json_member(fields, draft->type->fields[i].name);
        const fq_type_ref *ref = draft->type->fields[i].type;
        sources[i] = field != NULL ? source_of(file, table, field, &ref) : NULL;
        if (sources[i] == NULL) {
            fq_file_error(file, "tables.%.*s: \"%.*s\" has no column and no document for the field %.*s of its type",
                          FQ_PRI(table->root), FQ_PRI(table->relation->name), FQ_PRI(draft->type->fields[i].name));
        }
    }
    *entity = (fq_entity){.relation = table->relation, .type = draft->type, .sources = sources};
    fq_vec_push(file->builder->arena, &file->builder->entities, entity);
    return entity;
}

void fq_file_make_types(fq_file *file) {
    declare_types(file);
    give_drafts_to_tables(file);
    if (fq_errors_any(file->builder->errors)) {
        return;
    }
    fill_types(file);
    fq_builder_settle(file->builder);
    for (uint32_t i = 0; i < file->tables.len && !fq_errors_any(file->builder->errors); i++) {
        file->tables.items[i].entity = entity_of(file, &file->tables.items[i]);
    }
}
