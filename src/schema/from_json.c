/* SPDX-License-Identifier: MIT */
/* From a schema file to a frozen schema. A file that was printed from a database holds the catalog that it was made
 * from, and is made from it again; any other file says itself which root fields and types there are, and the catalog of
 * a database at hand only tells the true types, keys and documents of the relations that it names. */
#include "schema/from_json.h"

#include <stdarg.h>

#include "base/limits.h"
#include "schema/names.h"
#include "json/writer.h"

/* ---- small readers ---- */

void fq_file_error(fq_file *file, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fq_slice message = fq_arena_vprintf(file->builder->arena, format, args);
    va_end(args);
    fq_errors_add(file->builder->errors, FQ_ERR_BAD_USER_INPUT, "schema file: %.*s", FQ_PRI(message));
}

const fq_json *fq_file_member(const fq_json *object, const char *key) {
    const fq_json *value =
        object != NULL && object->kind == FQ_JSON_OBJECT ? fq_json_member(object, fq_slice_from_cstr(key)) : NULL;
    return value != NULL && value->kind != FQ_JSON_NULL ? value : NULL;
}

fq_slice fq_file_text(const fq_json *object, const char *key) {
    const fq_json *value = fq_file_member(object, key);
    return value != NULL && value->kind == FQ_JSON_STRING ? value->text : fq_slice_of("", 0);
}

bool fq_file_is_printed(const fq_json *root) {
    return fq_slice_equal(fq_file_text(root, "source"), FQ_S("catalog")) && fq_file_member(root, "catalog") != NULL;
}

bool fq_file_flag(const fq_json *object, const char *key, bool otherwise) {
    const fq_json *value = fq_file_member(object, key);
    return value != NULL && value->kind == FQ_JSON_BOOL ? value->truth : otherwise;
}

const fq_json *fq_file_array(const fq_json *object, const char *key) {
    const fq_json *value = fq_file_member(object, key);
    return value != NULL && value->kind == FQ_JSON_ARRAY ? value : NULL;
}

/* ---- tables ---- */

fq_slice fq_file_core_type(fq_slice ref) {
    while (ref.len > 0 && (ref.ptr[0] == '[' || ref.ptr[0] == ' ')) {
        ref = fq_slice_sub(ref, 1, ref.len);
    }
    while (ref.len > 0 && strchr("]! ", ref.ptr[ref.len - 1]) != NULL) {
        ref.len--;
    }
    return ref;
}

static bool is_type(const fq_file *file, fq_slice name) {
    const fq_json *type = file->types != NULL && name.len > 0 ? fq_json_member(file->types, name) : NULL;
    return type != NULL && type->kind == FQ_JSON_OBJECT;
}

static fq_slice singular_name(fq_file *file, fq_slice root) {
    fq_words words = fq_words_of(file->builder->arena, root);
    fq_words_singularize(file->builder->arena, &words);
    return fq_words_pascal(file->builder->arena, &words);
}

/* The type that is meant by a root field without `type`: `users`, `user` and `getUser` have none but User to offer. */
static fq_slice type_name_of(fq_file *file, const fq_file_table *table) {
    fq_slice given = fq_file_core_type(fq_file_text(table->json, "type"));
    if (given.len > 0) {
        return given;
    }
    fq_slice singular = singular_name(file, table->root);
    fq_slice plain = fq_name_capitalized(file->builder->arena, table->root);
    if (is_type(file, singular) || !is_type(file, plain)) {
        return singular;
    }
    return plain;
}

static bool is_plural(fq_file *file, fq_slice root) {
    fq_slice singular = fq_name_decapitalized(file->builder->arena, singular_name(file, root));
    return !fq_slice_equal(singular, root);
}

static uint8_t kind_of(fq_file *file, const fq_file_table *table) {
    fq_slice kind = fq_file_text(table->json, "kind");
    fq_slice type = fq_file_text(table->json, "type");
    static const char *const kinds[] = {"list", "one", "aggregate", "none"}; /* as fq_file_root */
    for (uint8_t i = 0; kind.len > 0 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (fq_slice_equal(kind, fq_slice_from_cstr(kinds[i]))) {
            return i;
        }
    }
    if (kind.len > 0) {
        fq_file_error(file, "tables.%.*s.kind: there are list, one, aggregate and none", FQ_PRI(table->root));
    }
    bool list = type.len > 0 ? type.ptr[0] == '[' || is_plural(file, table->root) : is_plural(file, table->root);
    return fq_file_flag(table->json, "list", list) ? FQ_FILE_LIST : FQ_FILE_ONE;
}

void fq_file_read_tables(fq_file *file) {
    const fq_json *tables = fq_file_member(file->json, "tables");
    if (tables == NULL || tables->kind != FQ_JSON_OBJECT) {
        fq_file_error(file,
                      "`tables` is missing: {\"tables\": {\"users\": {\"view_name\": \"v_user\"}}, \"types\": {...}}");
        return;
    }
    for (const fq_json *json = tables->child; json != NULL; json = json->next) {
        fq_file_table table = {.root = json->key, .json = json};
        if (json->kind != FQ_JSON_OBJECT || fq_file_text(json, "view_name").len == 0) {
            fq_file_error(file, "tables.%.*s.view_name is missing", FQ_PRI(json->key));
            continue;
        }
        if (!fq_name_is_legal(json->key)) {
            fq_file_error(file, "tables.%.*s: this is no name that GraphQL allows", FQ_PRI(json->key));
            continue;
        }
        table.type_name = type_name_of(file, &table);
        table.kind = kind_of(file, &table);
        fq_vec_push(file->builder->arena, &file->tables, table);
    }
}

/* ---- root fields ---- */

static void add_root(fq_file *file, const fq_file_table *table, fq_field field) {
    field.name = table->root;
    field.description = fq_file_member(table->json, "description") != NULL ? fq_file_text(table->json, "description")
                                                                           : (fq_slice){NULL, 0};
    fq_builder_query_field(file->builder, field); /* names of a JSON object that repeat: the first counts */
}

static void add_list(fq_file *file, const fq_file_table *table) {
    fq_schema *schema = file->builder->schema;
    fq_source *source = fq_builder_source(file->builder, FQ_SOURCE_LIST);
    source->entity = table->entity;
    const fq_type_ref *item = fq_ref_non_null(schema, fq_ref_named(schema, table->draft->type));
    fq_field field = {.type = fq_ref_non_null(schema, fq_ref_list(schema, item)), .source = source};
    const fq_input_value *own = fq_builder_list_args(file->builder, table->draft, &field.n_args);
    field.args = fq_file_args(file, table, own, field.n_args, &field.n_args);
    add_root(file, table, field);
}

/* Whether a table may hold several rows with these columns; of a view one is taken in any case. */
static bool may_repeat(const fq_file_table *table, const fq_key *key) {
    if (table->found == NULL || table->relation->kind != FQ_TABLE || key == table->relation->key) {
        return false;
    }
    for (uint32_t i = 0; i < table->relation->n_keys; i++) {
        if (fq_key_is(&table->relation->keys[i], key->columns, key->n_columns)) {
            return false;
        }
    }
    return true;
}

/* By the arguments that the file tells (none: the first row), else by the key. A source without a key is the first of
 * the rows that the arguments leave. */
static void add_one(fq_file *file, const fq_file_table *table) {
    fq_builder *builder = file->builder;
    fq_source *source = fq_builder_source(builder, FQ_SOURCE_ONE);
    source->entity = table->entity;
    fq_slice type = fq_file_text(table->json, "type");
    fq_field field = {.type = fq_ref_named(builder->schema, table->draft->type), .source = source};
    if (type.len > 0 && type.ptr[type.len - 1] == '!') {
        field.type = fq_ref_non_null(builder->schema, field.type);
    }
    if (fq_file_member(table->json, "args") != NULL) {
        field.args = fq_file_args(file, table, NULL, 0, &field.n_args);
        source->key = fq_file_key_of_args(table, (fq_input_value *)field.args, field.n_args);
    } else if (table->key != NULL) {
        source->key = may_repeat(table, table->key) ? NULL : table->key;
        field.args = fq_builder_key_args(builder, table->draft, table->key);
        field.n_args = table->key->n_columns;
    } else {
        fq_file_error(file, "tables.%.*s: one row needs a `key`: the names of its columns", FQ_PRI(table->root));
        return;
    }
    add_root(file, table, field);
}

static void add_aggregate(fq_file *file, const fq_file_table *table) {
    fq_schema *schema = file->builder->schema;
    fq_source *source = fq_builder_source(file->builder, FQ_SOURCE_AGGREGATE);
    source->entity = table->entity;
    fq_field field = {.type = fq_ref_non_null(schema, fq_ref_named(schema, table->draft->aggregate)), .source = source};
    field.args = fq_builder_where_arg(file->builder, table->draft);
    field.n_args = 1;
    add_root(file, table, field);
}

static void add_roots(fq_file *file) {
    for (uint32_t i = 0; i < file->tables.len; i++) {
        const fq_file_table *table = &file->tables.items[i];
        if (table->draft == NULL || table->entity == NULL) {
            continue;
        }
        if (table->kind == FQ_FILE_LIST) {
            add_list(file, table);
        } else if (table->kind == FQ_FILE_ONE) {
            add_one(file, table);
        } else if (table->kind == FQ_FILE_AGGREGATE) {
            add_aggregate(file, table);
        }
    }
}

/* ---- files that were printed from a database ---- */

static fq_slice *texts_of(fq_arena *arena, const fq_json *array, uint32_t *count) {
    fq_slice *texts = FQ_NEW_ARRAY(arena, fq_slice, array != NULL ? array->count : 0);
    *count = 0;
    for (const fq_json *item = array != NULL ? array->child : NULL; item != NULL; item = item->next) {
        if (item->kind == FQ_JSON_STRING) {
            texts[(*count)++] = item->text;
        }
    }
    return texts;
}

/* With a database at hand its own catalog is newer than the one in the file. */
static fq_schema *from_printed(fq_arena *arena, const fq_json *json, fq_slice text, fq_slice catalog_json,
                               const fq_schema_options *options, fq_errors *errors) {
    const fq_json *catalog = fq_file_member(json, "catalog");
    fq_schema_options wanted = *options;
    if (wanted.n_include == 0) {
        wanted.include = texts_of(arena, fq_file_array(json, "include"), &wanted.n_include);
    }
    if (wanted.n_exclude == 0) {
        wanted.exclude = texts_of(arena, fq_file_array(json, "exclude"), &wanted.n_exclude);
    }
    fq_slice kept = fq_slice_sub(text, catalog->start, catalog->end);
    return fq_schema_from_catalog(catalog_json.len > 0 ? catalog_json : kept, &wanted, errors);
}

/* ---- all of it ---- */

static fq_schema *from_file(const fq_json *json, fq_slice text, fq_slice catalog_json, const fq_schema_options *options,
                            fq_errors *errors) {
    fq_schema *schema = fq_schema_new();
    fq_builder builder;
    fq_builder_init(&builder, schema, options, errors);
    schema->file = fq_arena_copy(schema->arena, text);
    fq_json_error ignored; /* the tree is made again over the schema's own copy, which its names point into */
    json = fq_json_parse(schema->arena, schema->file, FQ_FILE_DEPTH, &ignored);
    const fq_json *embedded = fq_file_member(json, "catalog");
    if (catalog_json.len > 0) {
        schema->catalog = fq_arena_copy(schema->arena, catalog_json);
    } else if (embedded != NULL) {
        schema->catalog = fq_slice_sub(schema->file, embedded->start, embedded->end);
    }
    if (schema->catalog.len > 0) {
        builder.catalog = fq_catalog_parse(schema->arena, schema->catalog, errors);
    }
    const fq_json *types = fq_file_member(json, "types");
    fq_file file = {
        .builder = &builder, .json = json, .types = types != NULL && types->kind == FQ_JSON_OBJECT ? types : NULL};
    fq_file_read_tables(&file);
    if (!fq_errors_any(errors)) {
        fq_file_make_relations(&file);
    }
    if (!fq_errors_any(errors)) {
        fq_file_make_types(&file);
    }
    if (!fq_errors_any(errors)) {
        fq_builder_inputs(&builder);
        add_roots(&file);
        fq_file_make_functions(&file);
    }
    return fq_builder_finish(&builder);
}

fq_schema *fq_schema_from_json(fq_slice json, fq_slice catalog_json, const fq_schema_options *options,
                               fq_errors *errors) {
    static const fq_schema_options none;
    fq_json_error error;
    fq_arena *arena = fq_arena_new(FQ_SCHEMA_ARENA_MAX);
    const fq_json *root = fq_json_parse(arena, json, FQ_FILE_DEPTH, &error);
    fq_schema *schema = NULL;
    options = options != NULL ? options : &none;
    if (root == NULL) {
        fq_position position = fq_position_of(json, (uint32_t)error.offset);
        fq_errors_add(errors, FQ_ERR_BAD_USER_INPUT, "schema file: not valid JSON at line %u, column %u: %s",
                      position.line, position.column, error.message);
    } else if (root->kind != FQ_JSON_OBJECT) {
        fq_errors_add(errors, FQ_ERR_BAD_USER_INPUT, "schema file: a JSON object is expected");
    } else if (fq_file_is_printed(root)) {
        schema = from_printed(arena, root, json, catalog_json, options, errors);
    } else {
        schema = from_file(root, json, catalog_json, options, errors);
    }
    fq_arena_free(arena);
    return schema;
}
