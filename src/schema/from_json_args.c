/* SPDX-License-Identifier: MIT */
/* Arguments that a schema file declares: `args` of a table, whose values the rows' fields must equal, and defaults of
 * arguments and input fields. A default is checked here, so that it can not fail in a request. */
#include "schema/from_json.h"
#include "schema/names.h"
#include "schema/print.h"

/* ---- defaults ---- */

static bool refuse(fq_file *file, fq_slice place, const fq_type_ref *ref) {
    fq_file_error(file, "%.*s: this is no value of %.*s", FQ_PRI(place),
                  FQ_PRI(fq_ref_text(file->builder->arena, ref)));
    return false;
}

static bool is_enum_value(const fq_type *type, fq_slice name) {
    for (uint32_t i = 0; i < type->n_values; i++) {
        if (fq_slice_equal(type->values[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* Whether the five standard scalars take it as it is, and whether the text of another one is legal. */
static bool is_leaf_value(const fq_type *type, const fq_json *json) {
    bool text = json->kind == FQ_JSON_STRING;
    bool number = json->kind == FQ_JSON_NUMBER;
    if (type->kind == FQ_ENUM_TYPE) {
        return text && is_enum_value(type, json->text);
    }
    switch ((fq_scalar)type->scalar) {
    case FQ_SCALAR_INT:
        return number && json->integer && fq_storage_check(FQ_STORAGE_INT4, json->text) == NULL;
    case FQ_SCALAR_FLOAT:
        return number;
    case FQ_SCALAR_BOOLEAN:
        return json->kind == FQ_JSON_BOOL;
    case FQ_SCALAR_STRING:
        return text;
    case FQ_SCALAR_ID:
        return text || (number && json->integer);
    case FQ_SCALAR_BIG_INT:
    case FQ_SCALAR_DECIMAL:
        return (text || number) && fq_scalar_check((fq_scalar)type->scalar, json->text) == NULL;
    case FQ_SCALAR_JSON:
        return false;
    default:
        return text && fq_scalar_check((fq_scalar)type->scalar, json->text) == NULL;
    }
}

static fq_value leaf_value(const fq_type *type, const fq_json *json) {
    fq_value value = {.text = json->text, .truth = json->truth};
    if (json->kind == FQ_JSON_BOOL) {
        value.kind = FQ_VALUE_BOOLEAN;
    } else if (json->kind == FQ_JSON_NUMBER) {
        value.kind = json->integer ? FQ_VALUE_INT : FQ_VALUE_FLOAT;
    } else {
        value.kind = type->kind == FQ_ENUM_TYPE ? FQ_VALUE_ENUM : FQ_VALUE_STRING;
    }
    return value;
}

static bool read_list(fq_file *file, fq_slice place, const fq_json *json, const fq_type_ref *ref, fq_value *out) {
    bool one = json->kind != FQ_JSON_ARRAY; /* input coercion of lists, section 3.11 */
    *out = (fq_value){.kind = FQ_VALUE_LIST, .count = one ? 1 : json->count};
    out->items = FQ_NEW_ARRAY(file->builder->arena, fq_value, out->count);
    uint32_t i = 0;
    for (const fq_json *item = one ? json : json->child; item != NULL; item = one ? NULL : item->next) {
        if (!fq_file_default(file, place, item, ref->of, &out->items[i++])) {
            return false;
        }
        out->has_null = out->has_null || out->items[i - 1].kind == FQ_VALUE_NULL;
    }
    return true;
}

static const fq_input_value *input_field(const fq_type *type, fq_slice name) {
    for (uint32_t i = 0; i < type->n_input_fields; i++) {
        if (fq_slice_equal(type->input_fields[i].name, name)) {
            return &type->input_fields[i];
        }
    }
    return NULL;
}

static bool read_object(fq_file *file, fq_slice place, const fq_json *json, const fq_type_ref *ref, fq_value *out) {
    if (json->kind != FQ_JSON_OBJECT) {
        return refuse(file, place, ref);
    }
    *out = (fq_value){.kind = FQ_VALUE_OBJECT};
    out->members = FQ_NEW_ARRAY(file->builder->arena, fq_member, json->count);
    for (const fq_json *item = json->child; item != NULL; item = item->next) {
        const fq_input_value *field = input_field(ref->type, item->key);
        if (field == NULL) {
            fq_file_error(file, "%.*s: %.*s has no field \"%.*s\"", FQ_PRI(place), FQ_PRI(ref->type->name),
                          FQ_PRI(item->key));
            return false;
        }
        fq_member *member = &out->members[out->count++];
        *member = (fq_member){.name = field->name, .field = field};
        if (!fq_file_default(file, place, item, field->type, &member->value)) {
            return false;
        }
    }
    return true;
}

bool fq_file_default(fq_file *file, fq_slice place, const fq_json *json, const fq_type_ref *ref, fq_value *out) {
    if (ref->kind == FQ_REF_NON_NULL) {
        return json->kind == FQ_JSON_NULL ? refuse(file, place, ref) : fq_file_default(file, place, json, ref->of, out);
    }
    if (json->kind == FQ_JSON_NULL) {
        *out = (fq_value){.kind = FQ_VALUE_NULL};
        return true;
    }
    if (ref->kind == FQ_REF_LIST) {
        return read_list(file, place, json, ref, out);
    }
    if (ref->type->kind == FQ_INPUT_OBJECT_TYPE) {
        return read_object(file, place, json, ref, out);
    }
    if (!is_leaf_value(ref->type, json)) {
        return refuse(file, place, ref);
    }
    *out = leaf_value(ref->type, json);
    return true;
}

void fq_file_set_default(fq_file *file, fq_slice place, const fq_json *json, fq_input_value *input) {
    const fq_json *given = fq_json_member(json, FQ_S("default")); /* null is one */
    if (given != NULL) {
        input->has_default = fq_file_default(file, place, given, input->type, &input->default_value);
    }
}

/* ---- arguments ---- */

static const fq_field *field_named(const fq_type *type, fq_slice name) {
    for (uint32_t i = 0; i < type->n_fields; i++) {
        if (fq_slice_equal(type->fields[i].name, name)) {
            return &type->fields[i];
        }
    }
    return NULL;
}

/* What the filter of the field takes for `eq`, which is what an argument that means equality takes; NULL where the
 * field has no such filter. */
static const fq_type_ref *equal_type(const fq_draft *draft, uint16_t position) {
    for (uint32_t i = 0; draft->where != NULL && i < draft->where->n_input_fields; i++) {
        const fq_input_value *filter = &draft->where->input_fields[i];
        if (filter->role == FQ_INPUT_FILTER && filter->target == position) {
            const fq_input_value *eq = input_field(fq_ref_core(filter->type), FQ_S("eq"));
            return eq != NULL && eq->role == FQ_INPUT_OPERATOR ? eq->type : NULL;
        }
    }
    return NULL;
}

static bool equal_argument(fq_file *file, const fq_file_table *table, const fq_json *json, fq_slice place,
                           fq_input_value *arg) {
    const fq_type *type = table->draft->type;
    fq_slice name = fq_file_text(json, "field");
    const fq_field *field = field_named(type, name.len > 0 ? name : json->key);
    uint16_t position = field != NULL ? (uint16_t)(field - type->fields) : 0; /* the type is not frozen yet */
    const fq_type_ref *ref = field != NULL ? equal_type(table->draft, position) : NULL;
    if (ref == NULL) {
        fq_file_error(file, "%.*s: %.*s has no field \"%.*s\" that can be compared for equality", FQ_PRI(place),
                      FQ_PRI(type->name), FQ_PRI(name.len > 0 ? name : json->key));
        return false;
    }
    ref = ref->kind == FQ_REF_NON_NULL ? ref->of : ref;
    if (fq_file_flag(json, "required", false)) {
        ref = fq_ref_non_null(file->builder->schema, ref);
    }
    fq_slice description = fq_file_text(json, "description");
    *arg = (fq_input_value){
        .name = json->key,
        .description = description.len > 0 ? description : (fq_slice){NULL, 0},
        .type = ref,
        .role = FQ_INPUT_EQUAL,
        .target = position,
    };
    return true;
}

const fq_input_value *fq_file_args(fq_file *file, const fq_file_table *table, const fq_input_value *own, uint32_t n_own,
                                   uint32_t *count) {
    const fq_json *told = fq_file_member(table->json, "args");
    bool object = told != NULL && told->kind == FQ_JSON_OBJECT;
    uint32_t room = n_own + (object ? told->count : 0);
    fq_input_value *args = FQ_NEW_ARRAY(file->builder->arena, fq_input_value, room);
    uint32_t n = 0;
    for (const fq_json *json = object ? told->child : NULL; json != NULL; json = json->next) {
        fq_slice place =
            fq_arena_printf(file->builder->arena, "tables.%.*s.args.%.*s", FQ_PRI(table->root), FQ_PRI(json->key));
        bool is_own = false;
        for (uint32_t i = 0; i < n_own; i++) {
            is_own = is_own || fq_slice_equal(own[i].name, json->key);
        }
        if (json->kind != FQ_JSON_OBJECT || !fq_name_is_legal(json->key)) {
            fq_file_error(file, "%.*s: a legal name and an object are expected", FQ_PRI(place));
        } else if (!is_own && equal_argument(file, table, json, place, &args[n])) {
            fq_file_set_default(file, place, json, &args[n++]);
        }
    }
    for (uint32_t i = 0; i < n_own; i++) {
        const fq_json *json = object ? fq_json_member(told, own[i].name) : NULL;
        args[n] = own[i];
        if (json != NULL && json->kind == FQ_JSON_OBJECT) {
            fq_slice place = fq_arena_printf(file->builder->arena, "tables.%.*s.args.%.*s", FQ_PRI(table->root),
                                             FQ_PRI(own[i].name));
            fq_file_set_default(file, place, json, &args[n]);
        }
        n++;
    }
    *count = n;
    return args;
}

/* ---- one row ---- */

static const fq_column *column_of(const fq_file_table *table, const fq_input_value *arg) {
    const fq_source *source = table->entity->sources[arg->target];
    return source != NULL && source->kind == FQ_SOURCE_COLUMN ? source->column : NULL;
}

/* Whether the arguments, all required, are just the columns of the key, which then finds the row. */
static bool is_key(const fq_file_table *table, const fq_input_value *args, uint32_t n) {
    const fq_key *key = table->relation->key;
    uint32_t found = 0;
    for (uint32_t i = 0; key != NULL && i < n; i++) {
        const fq_column *column = args[i].type->kind == FQ_REF_NON_NULL ? column_of(table, &args[i]) : NULL;
        for (uint32_t j = 0; column != NULL && j < key->n_columns; j++) {
            found += key->columns[j] == column;
        }
    }
    return key != NULL && n == key->n_columns && found == n;
}

const fq_key *fq_file_key_of_args(const fq_file_table *table, fq_input_value *args, uint32_t n) {
    if (!is_key(table, args, n)) {
        return NULL;
    }
    for (uint32_t i = 0; i < n; i++) {
        args[i].column = column_of(table, &args[i]);
        args[i].role = FQ_INPUT_KEY;
    }
    return table->relation->key;
}
