/* SPDX-License-Identifier: MIT */
/* Enums and input objects of a schema file. An enum of the database keeps its labels; the file names them. */
#include "schema/from_json.h"
#include "schema/names.h"

static void check_value_name(fq_file *file, const fq_json *json, fq_slice name) {
    if (!fq_slice_equal(fq_name_enum_value(file->builder->arena, name), name)) {
        fq_file_error(file, "types.%.*s: \"%.*s\" is no legal enum value", FQ_PRI(json->key), FQ_PRI(name));
    }
}

/* The catalog's enum of that name has its labels, in their order; the file says how they are named. */
static void name_labels(fq_file *file, const fq_json *json, const fq_json *values, fq_type *type) {
    for (const fq_json *value = values->child; value != NULL; value = value->next) {
        fq_slice name = values->kind == FQ_JSON_OBJECT ? value->key : value->text;
        fq_slice label = value->kind == FQ_JSON_STRING ? value->text : name;
        fq_enum_value *found = NULL;
        check_value_name(file, json, name);
        for (uint32_t i = 0; i < type->n_values; i++) {
            if (fq_slice_equal(type->values[i].label, label)) {
                found = &type->values[i];
            }
        }
        if (found == NULL) {
            fq_file_error(file, "types.%.*s: the database's enum of this name has no label \"%.*s\"", FQ_PRI(json->key),
                          FQ_PRI(label));
        } else {
            found->name = name;
        }
    }
    for (uint32_t i = 0; i < type->n_values; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (fq_slice_equal(type->values[i].name, type->values[j].name)) {
                fq_file_error(file, "types.%.*s: two labels are named %.*s", FQ_PRI(json->key),
                              FQ_PRI(type->values[i].name));
            }
        }
    }
}

/* Types that functions alone use are not made before they are asked for; here they would come after the file's. */
static void make_of_catalog(fq_file *file, fq_slice name) {
    const fq_catalog *catalog = file->builder->catalog;
    for (uint32_t i = 0; catalog != NULL && i < catalog->n_types; i++) {
        const fq_cat_type *type = &catalog->types[i];
        if (type->kind == 'e' && fq_slice_equal(fq_name_pascal(file->builder->arena, type->name), name)) {
            (void)fq_builder_pgtype(file->builder, type->oid);
        }
    }
}

/* `"values": ["A", "B"]`, or `{"A": "label in the database"}`. */
void fq_file_make_enum(fq_file *file, const fq_json *json) {
    const fq_json *values = fq_file_member(json, "values");
    const fq_json *first = values != NULL ? values->child : NULL;
    make_of_catalog(file, json->key);
    fq_type *known = fq_schema_type(file->builder->schema, json->key);
    if (known != NULL) {
        if (known->kind == FQ_ENUM_TYPE && first != NULL) {
            name_labels(file, json, values, known);
        }
        return;
    }
    if (first == NULL || !fq_name_is_legal(json->key)) {
        fq_file_error(file, "types.%.*s: an enum needs a legal name and `values`", FQ_PRI(json->key));
        return;
    }
    fq_type *type = fq_schema_add_type(file->builder->schema, FQ_ENUM_TYPE, json->key);
    fq_slice description = fq_file_text(json, "description");
    type->description = description.len > 0 ? description : (fq_slice){NULL, 0};
    type->values = FQ_NEW_ARRAY(file->builder->arena, fq_enum_value, values->count);
    for (const fq_json *value = first; value != NULL; value = value->next) {
        fq_slice name = values->kind == FQ_JSON_OBJECT ? value->key : value->text;
        fq_slice label = value->kind == FQ_JSON_STRING ? value->text : name;
        check_value_name(file, json, name);
        type->values[type->n_values++] = (fq_enum_value){.name = name, .label = label};
    }
}

void fq_file_fill_input(fq_file *file, const fq_json *json, fq_type *type) {
    const fq_json *fields = fq_file_member(json, "fields");
    fq_slice told = fq_file_text(json, "description");
    type->description = told.len > 0 ? told : type->description;
    type->input_fields = FQ_NEW_ARRAY(file->builder->arena, fq_input_value, fields != NULL ? fields->count : 0);
    for (const fq_json *field = fields != NULL ? fields->child : NULL; field != NULL; field = field->next) {
        const fq_type_ref *ref = fq_name_is_legal(field->key) ? fq_file_field_ref(file, json->key, field) : NULL;
        if (ref == NULL || !fq_type_is_input(fq_ref_core(ref))) {
            fq_file_error(file, "types.%.*s.fields.%.*s: an input field needs a legal name and an input type",
                          FQ_PRI(json->key), FQ_PRI(field->key));
            continue;
        }
        fq_slice key = fq_file_text(field, "key");
        fq_slice description = fq_file_text(field, "description");
        fq_slice place =
            fq_arena_printf(file->builder->arena, "types.%.*s.fields.%.*s", FQ_PRI(json->key), FQ_PRI(field->key));
        fq_input_value *made = &type->input_fields[type->n_input_fields++];
        *made = (fq_input_value){
            .name = field->key,
            .description = description.len > 0 ? description : (fq_slice){NULL, 0},
            .type = ref,
            .key = key.len > 0 ? key : fq_name_snake(file->builder->arena, field->key),
        };
        fq_file_set_default(file, place, field, made);
    }
    if (type->n_input_fields == 0) {
        fq_file_error(file, "types.%.*s: an input object needs a field", FQ_PRI(json->key));
    }
}
