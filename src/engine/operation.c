/* SPDX-License-Identifier: MIT */
/* From a request's input to a plan with its values bound: document, operation, variables, plan, parameters, settings.
 * Whatever fails here is a request error: nothing has been executed. */
#include "engine/request.h"

static fraiseql_result result_of(const fq_errors *errors) {
    if (errors->list.len > 0) {
        switch (errors->list.items[0].code) {
        case FQ_ERR_METHOD_NOT_ALLOWED:
            return FRAISEQL_RESULT_METHOD_NOT_ALLOWED;
        case FQ_ERR_BAD_REQUEST:
            return FRAISEQL_RESULT_BAD_REQUEST;
        default:
            break;
        }
    }
    return FRAISEQL_RESULT_REQUEST_ERROR;
}

static bool check_introspection(fraiseql_request *request) {
    const fq_cached_operation *operation = request->text->operation;
    if ((request->flags & FRAISEQL_NO_INTROSPECTION) == 0 || operation->introspection == 0) {
        return true;
    }
    fq_slice name = fq_node_name(operation->document, operation->introspection);
    uint32_t offset = operation->document->nodes[operation->introspection].start;
    fq_errors_add_at(&request->errors, FQ_ERR_VALIDATION_FAILED, fq_cached_text_offset(request->text, offset),
                     "GraphQL introspection has been disabled, but the requested query contained the field \"%.*s\".",
                     FQ_PRI(name));
    return false;
}

static bool coerce_variables(fraiseql_request *request) {
    const fq_cached_operation *operation = request->text->operation;
    if (operation->n_variables == 0) {
        return true;
    }
    return fq_variables_coerce(request->arena, operation->schema, operation->document, operation->node,
                               request->input.variables, &request->worker->engine->limits, FQ_EXTENSIONS_ALL,
                               &request->variables, &request->errors);
}

static bool bind(fraiseql_request *request) {
    const fq_plan *plan = request->plan->plan;
    fq_bindings bindings = {
        .literals = request->text->literals,
        .leaves = request->variables.leaves,
        .document = request->text->operation->document,
    };
    request->values = FQ_NEW_ARRAY(request->arena, const fq_pg_value *, plan->n_statements);
    for (uint32_t i = 0; i < plan->n_statements; i++) {
        fq_pg_value *values = FQ_NEW_ARRAY(request->arena, fq_pg_value, plan->statements[i].n_params);
        request->values[i] = values;
        if (!fq_statement_bind(request->arena, &plan->statements[i], &bindings, values, &request->errors)) {
            return false;
        }
    }
    return true;
}

static bool wants_custom_plan(const fq_plan *plan) {
    for (uint32_t i = 0; i < plan->n_statements; i++) {
        if (plan->statements[i].custom_plan) {
            return true;
        }
    }
    return false;
}

/* What `prepared off` can not set when a connection opens is set in each transaction. */
static void add_format_settings(fq_settings *settings) {
    static const fq_slice pairs[][2] = {
        {FQ_S_INIT("DateStyle"), FQ_S_INIT("ISO, YMD")}, {FQ_S_INIT("IntervalStyle"), FQ_S_INIT("iso_8601")},
        {FQ_S_INIT("TimeZone"), FQ_S_INIT("UTC")},       {FQ_S_INIT("extra_float_digits"), FQ_S_INIT("1")},
        {FQ_S_INIT("bytea_output"), FQ_S_INIT("hex")},   {FQ_S_INIT("jit"), FQ_S_INIT("off")},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        fq_settings_add(settings, pairs[i][0], pairs[i][1]);
    }
}

static bool collect_settings(fraiseql_request *request, const fraiseql_input *input) {
    const fraiseql *engine = request->worker->engine;
    fq_settings *settings = &request->settings;
    if (!engine->options.prepared) {
        add_format_settings(settings);
    } else if (wants_custom_plan(request->plan->plan)) {
        fq_settings_add(settings, FQ_S("plan_cache_mode"), FQ_S("force_custom_plan"));
    }
    if (input->user_context.ptr == NULL || input->user_context.len == 0) {
        return true;
    }
    fq_slice text = fq_arena_copy(request->arena, fq_from_public(input->user_context));
    fq_json_error error = {0};
    const fq_json *context = fq_json_parse(request->arena, text, engine->limits.depth, &error);
    if (context == NULL || (context->kind != FQ_JSON_OBJECT && context->kind != FQ_JSON_NULL)) {
        fq_errors_add(&request->errors, FQ_ERR_BAD_REQUEST, "The user context is not a JSON object%s%s",
                      context == NULL ? ": " : "", context == NULL ? error.message : "");
        return false;
    }
    if (context->kind == FQ_JSON_NULL) {
        return true;
    }
    return fq_settings_from_context(settings, context, text, engine->session_map, &request->errors);
}

static bool find_text(fraiseql_request *request) {
    fq_slice document;
    if (!fq_request_document(request, &document)) {
        return false;
    }
    request->input.query = document;
    fq_operation_policy policy = (request->flags & FRAISEQL_READ_ONLY) != 0 ? FQ_READS_ONLY : FQ_ANY_OPERATION;
    request->text =
        fq_plan_cache_text(&request->worker->plans, document, request->input.operation_name, policy, &request->errors);
    if (request->text == NULL) {
        fq_request_fail(request, result_of(&request->errors));
        return false;
    }
    return true;
}

bool fq_request_prepare(fraiseql_request *request, const fraiseql_input *input) {
    if (!find_text(request)) {
        return false;
    }
    if (request->text->operation->kind == FQ_SUBSCRIPTION) {
        fq_errors_add(&request->errors, FQ_ERR_BAD_REQUEST, "Subscriptions are not supported");
        fq_request_fail(request, FRAISEQL_RESULT_REQUEST_ERROR);
        return false;
    }
    bool good = check_introspection(request) && coerce_variables(request);
    uint32_t n_errors = request->errors.list.len;
    if (good) {
        request->plan = fq_plan_cache_plan(&request->worker->plans, request->text, &request->variables,
                                           request->input.variables_text, &request->errors);
        good = request->plan != NULL && bind(request);
        fq_cached_text_relocate(request->text, request->arena, &request->errors, n_errors);
    }
    good = good && collect_settings(request, input);
    if (!good) {
        fq_request_fail(request, result_of(&request->errors));
    }
    return good;
}
