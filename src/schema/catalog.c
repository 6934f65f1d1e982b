/* SPDX-License-Identifier: MIT */
/* See catalog.h: JSON to structs, member by member. It trusts nothing: wrong kinds of values read as the plainest
 * value, and numbers that name columns or types are looked up by whoever uses them. */
#include "schema/catalog.h"

#include <stdlib.h>

#define CATALOG_DEPTH 96

static const fq_json *member(const fq_json *object, const char *key) {
    return object->kind == FQ_JSON_OBJECT ? fq_json_member(object, fq_slice_from_cstr(key)) : NULL;
}

static fq_slice text_of(const fq_json *object, const char *key) {
    const fq_json *value = member(object, key);
    return value != NULL && value->kind == FQ_JSON_STRING ? value->text : fq_slice_of("", 0);
}

static bool truth_of(const fq_json *object, const char *key, bool otherwise) {
    const fq_json *value = member(object, key);
    return value != NULL && value->kind == FQ_JSON_BOOL ? value->truth : otherwise;
}

static double number_of(const fq_json *value, double otherwise) {
    char text[64];
    if (value == NULL || value->kind != FQ_JSON_NUMBER || value->text.len >= sizeof(text)) {
        return otherwise;
    }
    memcpy(text, value->text.ptr, value->text.len);
    text[value->text.len] = '\0';
    return strtod(text, NULL);
}

static uint32_t uint_of(const fq_json *value) {
    double number = number_of(value, 0);
    return number >= 0 && number <= UINT32_MAX ? (uint32_t)number : 0;
}

static uint16_t small_of(const fq_json *value) {
    uint32_t number = uint_of(value);
    return number <= UINT16_MAX ? (uint16_t)number : 0;
}

static char letter_of(const fq_json *object, const char *key, char otherwise) {
    fq_slice text = text_of(object, key);
    return text.len > 0 ? text.ptr[0] : otherwise;
}

static const fq_json *array_of(const fq_json *object, const char *key) {
    const fq_json *value = member(object, key);
    return value != NULL && value->kind == FQ_JSON_ARRAY ? value : NULL;
}

static uint32_t count_of(const fq_json *array) { return array != NULL ? array->count : 0; }

#define FIRST(array) ((array) != NULL ? (array)->child : NULL)
#define FOR_EACH(item, array)                                                                                          \
    for (const fq_json *item##_of = (array), *item = FIRST(item##_of); item != NULL; item = item->next)

static fq_slice *read_texts(fq_arena *arena, const fq_json *array, uint32_t *count) {
    fq_slice *texts = FQ_NEW_ARRAY(arena, fq_slice, count_of(array));
    FOR_EACH(item, array) {
        if (item->kind == FQ_JSON_STRING) {
            texts[(*count)++] = item->text;
        }
    }
    return texts;
}

static uint16_t *read_numbers(fq_arena *arena, const fq_json *array, uint32_t *count) {
    uint16_t *numbers = FQ_NEW_ARRAY(arena, uint16_t, count_of(array));
    *count = 0;
    FOR_EACH(item, array) { numbers[(*count)++] = small_of(item); }
    return numbers;
}

static fq_cat_attribute *read_attributes(fq_arena *arena, const fq_json *array, uint32_t *count) {
    fq_cat_attribute *attributes = FQ_NEW_ARRAY(arena, fq_cat_attribute, count_of(array));
    FOR_EACH(item, array) {
        attributes[*count] = (fq_cat_attribute){
            .number = member(item, "number") != NULL ? small_of(member(item, "number")) : (uint16_t)(*count + 1),
            .name = text_of(item, "name"),
            .type = uint_of(member(item, "type")),
            .comment = text_of(item, "comment"),
            .not_null = truth_of(item, "not_null", false),
            .has_default = truth_of(item, "default", false),
            .readable = truth_of(item, "readable", true),
        };
        (*count)++;
    }
    return attributes;
}

static void read_type(fq_arena *arena, const fq_json *json, fq_cat_type *type) {
    *type = (fq_cat_type){
        .oid = uint_of(member(json, "oid")),
        .schema = text_of(json, "schema"),
        .name = text_of(json, "name"),
        .kind = letter_of(json, "kind", 'b'),
        .element = uint_of(member(json, "element")),
        .base = uint_of(member(json, "base")),
        .relation = uint_of(member(json, "relation")),
        .comment = text_of(json, "comment"),
    };
    type->labels = read_texts(arena, array_of(json, "labels"), &type->n_labels);
    type->attributes = read_attributes(arena, array_of(json, "attributes"), &type->n_attributes);
}

static void read_keys(fq_arena *arena, const fq_json *array, fq_cat_relation *relation) {
    relation->keys = FQ_NEW_ARRAY(arena, fq_cat_key, count_of(array));
    FOR_EACH(item, array) {
        fq_cat_key *key = &relation->keys[relation->n_keys++];
        key->name = text_of(item, "name");
        key->primary = truth_of(item, "primary", false);
        key->comment = text_of(item, "comment");
        key->columns = read_numbers(arena, array_of(item, "columns"), &key->n_columns);
    }
}

static void read_foreign_keys(fq_arena *arena, const fq_json *array, fq_cat_relation *relation) {
    relation->foreign_keys = FQ_NEW_ARRAY(arena, fq_cat_foreign_key, count_of(array));
    FOR_EACH(item, array) {
        fq_cat_foreign_key *key = &relation->foreign_keys[relation->n_foreign_keys];
        uint32_t n_target_columns = 0;
        key->name = text_of(item, "name");
        key->target = uint_of(member(item, "target"));
        key->comment = text_of(item, "comment");
        key->columns = read_numbers(arena, array_of(item, "columns"), &key->n_columns);
        key->target_columns = read_numbers(arena, array_of(item, "target_columns"), &n_target_columns);
        if (key->n_columns > 0 && n_target_columns == key->n_columns) {
            relation->n_foreign_keys++;
        }
    }
}

static void read_relation(fq_arena *arena, const fq_json *json, fq_cat_relation *relation) {
    *relation = (fq_cat_relation){
        .oid = uint_of(member(json, "oid")),
        .schema = text_of(json, "schema"),
        .name = text_of(json, "name"),
        .comment = text_of(json, "comment"),
        .kind = letter_of(json, "kind", 'r'),
        .rows = number_of(member(json, "rows"), -1),
        .row_security = truth_of(json, "row_security", false),
        .children = truth_of(json, "children", false),
        .readable = truth_of(json, "readable", true),
    };
    relation->columns = read_attributes(arena, array_of(json, "columns"), &relation->n_columns);
    read_keys(arena, array_of(json, "keys"), relation);
    read_foreign_keys(arena, array_of(json, "foreign_keys"), relation);
}

static fq_cat_relation *find_relation(const fq_catalog *catalog, uint32_t oid) {
    for (uint32_t i = 0; i < catalog->n_relations; i++) {
        if (catalog->relations[i].oid == oid) {
            return &catalog->relations[i];
        }
    }
    return NULL;
}

static void read_view(fq_arena *arena, const fq_json *json, const fq_catalog *catalog) {
    fq_cat_relation *relation = find_relation(catalog, uint_of(member(json, "relation")));
    if (relation == NULL) {
        return;
    }
    const fq_json *columns = array_of(json, "columns");
    relation->base = uint_of(member(json, "base"));
    relation->base_columns = fq_arena_zalloc(arena, sizeof(relation->base_columns[0]) * (count_of(columns) + 1));
    relation->n_base_columns = 0;
    FOR_EACH(pair, columns) {
        if (pair->kind == FQ_JSON_ARRAY && pair->count == 2) {
            relation->base_columns[relation->n_base_columns][0] = small_of(pair->child);
            relation->base_columns[relation->n_base_columns][1] = small_of(pair->child->next);
            relation->n_base_columns++;
        }
    }
}

static void read_document(const fq_json *json, const fq_catalog *catalog) {
    fq_cat_relation *relation = find_relation(catalog, uint_of(member(json, "relation")));
    if (relation != NULL) {
        relation->document = (fq_cat_document){
            .column = text_of(json, "column"),
            .shape = member(json, "shape"),
            .rows = uint_of(member(json, "rows")),
        };
    }
}

static void read_function(fq_arena *arena, const fq_json *json, fq_cat_function *function) {
    const fq_json *parameters = array_of(json, "parameters");
    *function = (fq_cat_function){
        .oid = uint_of(member(json, "oid")),
        .schema = text_of(json, "schema"),
        .name = text_of(json, "name"),
        .volatility = letter_of(json, "volatility", 'v'),
        .returns_set = truth_of(json, "set", false),
        .returns = uint_of(member(json, "returns")),
        .comment = text_of(json, "comment"),
        .parameters = FQ_NEW_ARRAY(arena, fq_cat_parameter, count_of(parameters)),
    };
    FOR_EACH(item, parameters) {
        function->parameters[function->n_parameters++] = (fq_cat_parameter){
            .name = text_of(item, "name"),
            .type = uint_of(member(item, "type")),
            .has_default = truth_of(item, "default", false),
        };
    }
}

const fq_catalog *fq_catalog_parse(fq_arena *arena, fq_slice json, fq_errors *errors) {
    fq_json_error error;
    const fq_json *root = fq_json_parse(arena, json, CATALOG_DEPTH, &error);
    if (root == NULL) {
        fq_errors_add(errors, FQ_ERR_BAD_USER_INPUT, "the catalog is not valid JSON: %s at byte %zu", error.message,
                      error.offset);
        return NULL;
    }
    if (root->kind != FQ_JSON_OBJECT || uint_of(member(root, "version")) != 1) {
        fq_errors_add(errors, FQ_ERR_BAD_USER_INPUT, "this is no catalog of version 1");
        return NULL;
    }
    fq_catalog *catalog = FQ_NEW(arena, fq_catalog);
    const fq_json *types = array_of(root, "types");
    const fq_json *relations = array_of(root, "relations");
    const fq_json *functions = array_of(root, "functions");
    catalog->database = text_of(root, "database");
    catalog->role = text_of(root, "role");
    catalog->schemas = read_texts(arena, array_of(root, "schemas"), &catalog->n_schemas);
    catalog->types = FQ_NEW_ARRAY(arena, fq_cat_type, count_of(types));
    FOR_EACH(item, types) { read_type(arena, item, &catalog->types[catalog->n_types++]); }
    catalog->relations = FQ_NEW_ARRAY(arena, fq_cat_relation, count_of(relations));
    FOR_EACH(item, relations) { read_relation(arena, item, &catalog->relations[catalog->n_relations++]); }
    FOR_EACH(item, array_of(root, "views")) { read_view(arena, item, catalog); }
    FOR_EACH(item, array_of(root, "documents")) { read_document(item, catalog); }
    catalog->functions = FQ_NEW_ARRAY(arena, fq_cat_function, count_of(functions));
    FOR_EACH(item, functions) { read_function(arena, item, &catalog->functions[catalog->n_functions++]); }
    return catalog;
}

uint32_t fq_catalog_schema_rank(const fq_catalog *catalog, fq_slice schema) {
    for (uint32_t i = 0; i < catalog->n_schemas; i++) {
        if (fq_slice_equal(catalog->schemas[i], schema)) {
            return i;
        }
    }
    return UINT32_MAX;
}
