/* SPDX-License-Identifier: MIT */
/* Functions of a schema file: `mutations` and `queries`, each `{"<field>": {"function", "type", "input"}}`. A file that
 * has neither, with a database at hand, gets the functions of the catalog that return rows of its relations. */
#include "schema/from_json.h"
#include "schema/names.h"

static const fq_cat_function *find_function(const fq_catalog *catalog, fq_slice name) {
    for (uint32_t i = 0; catalog != NULL && i < catalog->n_functions; i++) {
        const fq_cat_function *function = &catalog->functions[i];
        bool qualified = name.len == function->schema.len + 1 + function->name.len &&
                         name.ptr[function->schema.len] == '.' && fq_slice_starts_with(name, function->schema) &&
                         fq_slice_ends_with(name, function->name);
        if (qualified || fq_slice_equal(name, function->name)) {
            return function;
        }
    }
    return NULL;
}

static const fq_file_table *table_of(const fq_file *file, const fq_type *type) {
    for (uint32_t i = 0; i < file->tables.len; i++) {
        if (file->tables.items[i].draft != NULL && file->tables.items[i].draft->type == type) {
            return &file->tables.items[i];
        }
    }
    return NULL;
}

/* `function` may be a list of names: the first one that the database has. */
static const fq_cat_function *choose_function(const fq_file *file, const fq_json *json, fq_slice *name) {
    const fq_json *names = fq_file_array(json, "function");
    *name = fq_file_text(json, "function");
    const fq_cat_function *found = find_function(file->builder->catalog, *name);
    for (const fq_json *item = names != NULL ? names->child : NULL; item != NULL && found == NULL; item = item->next) {
        found = find_function(file->builder->catalog, item->text);
        *name = found != NULL || name->len == 0 ? item->text : *name;
    }
    return found;
}

static void name_function(fq_function *function, fq_slice name, const fq_cat_function *cat) {
    const char *dot = memchr(name.ptr, '.', name.len);
    size_t at = dot != NULL ? (size_t)(dot - name.ptr) : 0;
    function->schema = cat != NULL ? cat->schema : fq_slice_sub(name, 0, at);
    function->name = cat != NULL ? cat->name : fq_slice_sub(name, dot != NULL ? at + 1 : 0, name.len);
    function->is_volatile = cat == NULL || cat->volatility == 'v';
}

/* One json or jsonb parameter, as the catalog has it or as FraiseQL has it. */
static bool add_input(fq_file *file, const fq_cat_function *cat, fq_function *function) {
    const fq_pgtype **params = FQ_NEW_ARRAY(file->builder->arena, const fq_pgtype *, 1);
    fq_slice *names = FQ_NEW_ARRAY(file->builder->arena, fq_slice, 1);
    params[0] = fq_builder_pgtype_named(file->builder, FQ_S("jsonb"));
    names[0] = FQ_S("input");
    if (cat != NULL) {
        if (cat->n_parameters != 1) {
            return false;
        }
        params[0] = fq_builder_pgtype(file->builder, cat->parameters[0].type);
        names[0] = cat->parameters[0].name;
    }
    function->params = params;
    function->param_names = names;
    function->n_params = 1;
    function->input_param = 0;
    return params[0] != NULL && !params[0]->array &&
           (params[0]->storage == FQ_STORAGE_JSON || params[0]->storage == FQ_STORAGE_JSONB);
}

/* The arguments: an `input` of the type that the file tells, or, where it lists `parameters`, those that the function's
 * parameters in the database make. */
static bool add_arguments(fq_file *file, fq_slice place, const fq_cat_function *cat, fq_function *function,
                          const fq_json *json, fq_field *field) {
    fq_slice input = fq_file_text(json, "input");
    if (cat != NULL && fq_file_array(json, "parameters") != NULL) {
        bool all = fq_catalog_parameters(file->builder, cat, function, field);
        if (!all) {
            fq_file_error(file, "%.*s: GraphQL has no value for one of the parameters of the function \"%.*s\"",
                          FQ_PRI(place), FQ_PRI(function->name));
        }
        return all;
    }
    const fq_type_ref *ref = fq_file_ref(file, input.len > 0 ? input : FQ_S("JSON!"), place);
    if (ref == NULL) {
        return false;
    }
    if (!add_input(file, cat, function)) {
        fq_file_error(file, "%.*s: the function \"%.*s\" must take one json or jsonb parameter", FQ_PRI(place),
                      FQ_PRI(function->name));
        return false;
    }
    fq_input_value *arg = FQ_NEW(file->builder->arena, fq_input_value);
    *arg = (fq_input_value){.name = FQ_S("input"), .role = FQ_INPUT_FUNCTION};
    arg->type = ref->kind == FQ_REF_NON_NULL ? ref : fq_ref_non_null(file->builder->schema, ref);
    field->args = arg;
    field->n_args = 1;
    return true;
}

/* Rows of another relation than the type's are read again from the type's by its key. */
static bool has_key_of(const fq_relation *row, const fq_relation *relation) {
    for (uint32_t i = 0; relation->key != NULL && i < relation->key->n_columns; i++) {
        if (fq_relation_column(row, relation->key->columns[i]->name) == NULL) {
            return false;
        }
    }
    return relation->key != NULL;
}

/* What the catalog says of the result must be what the file makes of it. */
static bool check_result(fq_file *file, fq_slice place, const fq_cat_function *cat, const fq_file_table *table,
                         const fq_found_relation *found, const fq_type_ref *ref) {
    const fq_cat_type *type = fq_builder_cat_type(file->builder, cat->returns);
    const fq_pgtype *value = found == NULL ? fq_builder_pgtype(file->builder, cat->returns) : NULL;
    bool list = (ref->kind == FQ_REF_NON_NULL ? ref->of : ref)->kind == FQ_REF_LIST;
    if (list != (cat->returns_set || (value != NULL && value->array))) {
        fq_file_error(file, "%.*s: the function \"%.*s\" returns %s, so its type %s a list", FQ_PRI(place),
                      FQ_PRI(cat->name), cat->returns_set ? "a set" : "no set", list ? "can not be" : "must be");
        return false;
    }
    if (table == NULL) {
        return true;
    }
    if (found == NULL || found->relation == NULL) {
        fq_slice name = type != NULL ? type->name : FQ_S("a type that is not known");
        fq_file_error(
            file,
            "%.*s: the function \"%.*s\" must return rows of a table or view, such as \"%.*s\", not %.*s (JSON and "
            "mutation_response are not supported yet)",
            FQ_PRI(place), FQ_PRI(cat->name), FQ_PRI(table->relation->name), FQ_PRI(name));
        return false;
    }
    if (found->relation != table->relation && !has_key_of(found->relation, table->relation)) {
        fq_file_error(file,
                      "%.*s: the function \"%.*s\" returns rows of \"%.*s\", which lack the key by which they would be "
                      "found in \"%.*s\"",
                      FQ_PRI(place), FQ_PRI(cat->name), FQ_PRI(found->relation->name), FQ_PRI(table->relation->name));
        return false;
    }
    return true;
}

static bool set_result(fq_file *file, fq_slice place, const fq_cat_function *cat, fq_function *function,
                       const fq_type_ref *ref) {
    const fq_type *core = fq_ref_core(ref);
    const fq_file_table *table = table_of(file, core);
    const fq_cat_type *type = cat != NULL ? fq_builder_cat_type(file->builder, cat->returns) : NULL;
    const fq_found_relation *found =
        type != NULL && type->relation != 0 ? fq_catalog_found(file->builder, type->relation) : NULL;
    if (cat != NULL && !check_result(file, place, cat, table, found, ref)) {
        return false;
    }
    function->returns_set =
        cat != NULL ? cat->returns_set : (ref->kind == FQ_REF_NON_NULL ? ref->of : ref)->kind == FQ_REF_LIST;
    if (table != NULL) {
        function->row_type = found != NULL ? found->relation : table->relation;
        function->returns = fq_builder_returned(file->builder, table->draft, function->row_type);
    } else if (cat != NULL) {
        function->value_type = fq_builder_pgtype(file->builder, cat->returns);
    }
    return true;
}

static void add_function(fq_file *file, const fq_json *json, bool mutation) {
    fq_builder *builder = file->builder;
    fq_slice place = fq_arena_printf(builder->arena, "%s.%.*s", mutation ? "mutations" : "queries", FQ_PRI(json->key));
    fq_slice name = {"", 0};
    const fq_cat_function *cat = choose_function(file, json, &name);
    fq_slice type = fq_file_text(json, "type");
    if (json->kind != FQ_JSON_OBJECT || name.len == 0 || type.len == 0 || !fq_name_is_legal(json->key)) {
        fq_file_error(file, "%.*s: a legal name, `function` and `type` are expected", FQ_PRI(place));
        return;
    }
    const fq_type_ref *ref = fq_file_ref(file, type, place);
    if (ref == NULL) {
        return;
    }
    if (cat == NULL && builder->catalog != NULL) {
        fq_file_error(file, "%.*s: the function \"%.*s\" does not exist in the exposed schemas, or may not be called",
                      FQ_PRI(place), FQ_PRI(name));
        return;
    }
    fq_function *function = FQ_NEW(builder->arena, fq_function);
    name_function(function, name, cat);
    if (!set_result(file, place, cat, function, ref)) {
        return;
    }
    if (function->row_type == NULL && function->value_type == NULL) {
        fq_file_error(file, "%.*s: \"%.*s\" has no table, so the rows that the function returns have no form",
                      FQ_PRI(place), FQ_PRI(type));
        return;
    }
    fq_source *source = fq_builder_source(builder, FQ_SOURCE_FUNCTION);
    source->function = function;
    source->entity = function->returns;
    fq_slice description = fq_file_text(json, "description");
    fq_field field = {
        .name = json->key,
        .description = description.len > 0 ? description : (fq_slice){NULL, 0},
        .type = ref,
        .source = source,
    };
    if (!add_arguments(file, place, cat, function, json, &field)) {
        return;
    }
    bool added = mutation ? fq_builder_mutation_field(builder, field) : fq_builder_query_field(builder, field);
    if (!added) {
        fq_file_error(file, "%.*s: the name is taken", FQ_PRI(place));
    }
}

static void add_catalog_functions(fq_file *file) {
    fq_builder *builder = file->builder;
    uint32_t warnings = builder->warnings.len;
    for (uint32_t i = 0; i < file->tables.len; i++) {
        const fq_file_table *table = &file->tables.items[i];
        for (uint32_t j = 0; table->found != NULL && j < builder->found.len; j++) {
            fq_found_relation *found = &builder->found.items[j];
            bool same_entity = found == table->found || (found->rank != table->found->rank &&
                                                         fq_slice_equal(found->type_name, table->found->type_name));
            if (same_entity && found->entity == NULL) {
                found->entity = table->draft;
            }
        }
    }
    fq_catalog_functions(builder);
    builder->warnings.len = warnings; /* the file did not ask for those that can not be shown */
}

void fq_file_make_functions(fq_file *file) {
    const fq_json *mutations = fq_file_member(file->json, "mutations");
    const fq_json *queries = fq_file_member(file->json, "queries");
    for (const fq_json *json = mutations != NULL ? mutations->child : NULL; json != NULL; json = json->next) {
        add_function(file, json, true);
    }
    for (const fq_json *json = queries != NULL ? queries->child : NULL; json != NULL; json = json->next) {
        add_function(file, json, false);
    }
    if (mutations == NULL && queries == NULL && file->builder->catalog != NULL) {
        add_catalog_functions(file);
    }
}
