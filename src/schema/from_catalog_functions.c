/* SPDX-License-Identifier: MIT */
/* Functions of the exposed schemas as root fields: mutations by form or annotation, queries by annotation only. Rows
 * that a function returns are read as the type of their entity, from the relation whose row type it really is. */
#include "schema/builder.h"
#include "schema/names.h"

static bool is_json(const fq_builder *builder, uint32_t oid) {
    const fq_cat_type *type = fq_builder_cat_type(builder, oid);
    return type != NULL && fq_slice_equal(type->schema, FQ_S("pg_catalog")) &&
           (fq_slice_equal(type->name, FQ_S("json")) || fq_slice_equal(type->name, FQ_S("jsonb")));
}

static bool is_input(const fq_builder *builder, const fq_cat_parameter *parameter) {
    return fq_slice_equal(parameter->name, FQ_S("input")) && is_json(builder, parameter->type);
}

fq_function_use fq_catalog_function_use(const fq_builder *builder, const fq_cat_function *function,
                                        const fq_annotation *annotation) {
    if (fq_catalog_schema_rank(builder->catalog, function->schema) == UINT32_MAX ||
        fq_annotation_flag(annotation, FQ_S("hidden"))) {
        return FQ_FUNCTION_HIDDEN;
    }
    if (fq_slice_equal(annotation->tag, FQ_S("query"))) {
        return FQ_FUNCTION_QUERY;
    }
    bool takes_input =
        function->n_parameters > 0 && is_input(builder, &function->parameters[function->n_parameters - 1]);
    if (fq_slice_equal(annotation->tag, FQ_S("mutation")) || (function->volatility == 'v' && takes_input)) {
        return FQ_FUNCTION_MUTATION;
    }
    return FQ_FUNCTION_HIDDEN;
}

static void warn_function(fq_builder *builder, const fq_cat_function *cat, const char *why) {
    fq_builder_warn(
        builder,
        "function \"%.*s\".\"%.*s\" is left out: %s; COMMENT ON FUNCTION ... IS '@fraiseql:mutation hidden' says "
        "that this is wanted",
        FQ_PRI(cat->schema), FQ_PRI(cat->name), why);
}

static fq_slice field_name(fq_builder *builder, const fq_cat_function *cat, const fq_annotation *annotation) {
    fq_slice given = fq_annotation_get(annotation, FQ_S("name"));
    if (fq_name_is_legal(given)) {
        return given;
    }
    fq_slice name = cat->name;
    if (fq_slice_starts_with(name, FQ_S("fn_")) && name.len > 3) {
        name = fq_slice_sub(name, 3, name.len);
    }
    return fq_name_camel(builder->arena, name);
}

/* ---- parameters ---- */

static bool is_passable(const fq_pgtype *type) { return type != NULL && fq_type_is_leaf(type->type); }

static bool is_left_out(fq_builder *builder, const fq_cat_parameter *parameter) {
    return parameter->has_default &&
           (parameter->name.len == 0 || fq_name_camel(builder->arena, parameter->name).len == 0 ||
            !is_passable(fq_builder_pgtype(builder, parameter->type)));
}

static const fq_type_ref *parameter_ref(fq_builder *builder, const fq_cat_parameter *parameter, const fq_pgtype *type) {
    const fq_type_ref *ref = fq_builder_value_ref(builder, type);
    bool optional = parameter->has_default && !is_input(builder, parameter);
    return optional ? ref : fq_ref_non_null(builder->schema, ref);
}

bool fq_catalog_parameters(fq_builder *builder, const fq_cat_function *cat, fq_function *function, fq_field *field) {
    uint32_t n = cat->n_parameters;
    while (n > 0 && is_left_out(builder, &cat->parameters[n - 1])) {
        n--;
    }
    const fq_pgtype **params = FQ_NEW_ARRAY(builder->arena, const fq_pgtype *, n);
    fq_slice *names = FQ_NEW_ARRAY(builder->arena, fq_slice, n);
    fq_input_value *args = FQ_NEW_ARRAY(builder->arena, fq_input_value, n);
    for (uint32_t i = 0; i < n; i++) {
        const fq_cat_parameter *parameter = &cat->parameters[i];
        params[i] = fq_builder_pgtype(builder, parameter->type);
        names[i] = parameter->name;
        fq_slice name = parameter->name.len > 0 ? fq_name_camel(builder->arena, parameter->name)
                                                : fq_arena_printf(builder->arena, "arg%u", i + 1);
        if (!is_passable(params[i]) || name.len == 0) {
            return false;
        }
        for (uint32_t j = 0; j < i; j++) {
            if (fq_slice_equal(args[j].name, name)) {
                return false;
            }
        }
        args[i] = (fq_input_value){
            .name = name,
            .type = parameter_ref(builder, parameter, params[i]),
            .role = FQ_INPUT_FUNCTION,
            .target = (uint16_t)i,
        };
        if (is_input(builder, parameter)) {
            function->input_param = i;
        }
    }
    function->params = params;
    function->param_names = names;
    function->n_params = n;
    field->args = args;
    field->n_args = n;
    return true;
}

/* ---- results ---- */

static const fq_type_ref *list_of(fq_builder *builder, const fq_type_ref *item) {
    return fq_ref_non_null(builder->schema, fq_ref_list(builder->schema, item));
}

/* The type of the result, nullable where it is one row or any value; NULL where GraphQL has none. */
static const fq_type_ref *add_result(fq_builder *builder, const fq_cat_function *cat, fq_function *function) {
    const fq_cat_type *type = fq_builder_cat_type(builder, cat->returns);
    const fq_found_relation *found =
        type != NULL && type->relation != 0 ? fq_catalog_found(builder, type->relation) : NULL;
    function->returns_set = cat->returns_set;
    if (found != NULL) {
        const fq_draft *draft = found->entity;
        if (draft == NULL) {
            return NULL;
        }
        function->row_type = found->relation;
        function->returns = fq_builder_returned(builder, draft, found->relation);
        const fq_type_ref *row = fq_ref_named(builder->schema, draft->type);
        return cat->returns_set ? list_of(builder, fq_ref_non_null(builder->schema, row)) : row;
    }
    const fq_pgtype *value = fq_builder_pgtype(builder, cat->returns);
    if (value == NULL || !fq_type_is_leaf(value->type)) {
        return NULL;
    }
    function->value_type = value;
    const fq_type_ref *one = fq_builder_value_ref(builder, value);
    return cat->returns_set ? list_of(builder, one) : one; /* a set of values may hold nulls */
}

/* With its relation the functions that return its rows are left out. */
static bool returns_excluded(const fq_builder *builder, const fq_cat_function *cat) {
    const fq_cat_type *type = fq_builder_cat_type(builder, cat->returns);
    const fq_found_relation *found =
        type != NULL && type->relation != 0 ? fq_catalog_found(builder, type->relation) : NULL;
    return found != NULL && found->excluded;
}

static void add_function(fq_builder *builder, const fq_cat_function *cat) {
    fq_annotation annotation = fq_annotation_parse(builder->arena, cat->comment);
    fq_function_use use = fq_catalog_function_use(builder, cat, &annotation);
    if (use == FQ_FUNCTION_HIDDEN || returns_excluded(builder, cat)) {
        return;
    }
    fq_function *function = FQ_NEW(builder->arena, fq_function);
    *function = (fq_function){
        .schema = cat->schema,
        .name = cat->name,
        .input_param = UINT32_MAX,
        .is_volatile = cat->volatility == 'v',
    };
    fq_source *source = fq_builder_source(builder, FQ_SOURCE_FUNCTION);
    source->function = function;
    fq_field field = {
        .name = field_name(builder, cat, &annotation),
        .description = annotation.description,
        .source = source,
    };
    field.type = add_result(builder, cat, function);
    source->entity = function->returns;
    if (field.name.len == 0) {
        warn_function(builder, cat, "its name has no form in GraphQL");
    } else if (field.type == NULL) {
        warn_function(builder, cat, "it returns neither rows of a relation that is shown nor a single value");
    } else if (!fq_catalog_parameters(builder, cat, function, &field)) {
        warn_function(builder, cat, "GraphQL has no value for one of its parameters");
    } else if (!(use == FQ_FUNCTION_QUERY ? fq_builder_query_field(builder, field)
                                          : fq_builder_mutation_field(builder, field))) {
        warn_function(builder, cat, "the name of its field is taken");
    }
}

void fq_catalog_functions(fq_builder *builder) {
    for (uint32_t i = 0; i < builder->catalog->n_functions; i++) {
        add_function(builder, &builder->catalog->functions[i]);
    }
}
