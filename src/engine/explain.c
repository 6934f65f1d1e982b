/* SPDX-License-Identifier: MIT */
/* What a request would do, without a connection: the plan's statements with the values of this request, and its row
 * programs. The plan comes from a cache, the caller's or one for this call alone. */
#include "engine/explain.h"

#include <stdlib.h>

#include "engine/answer.h"
#include "engine/input.h"
#include "engine/session.h"
#include "engine/worker.h"
#include "pg/analyze.h"
#include "json/writer.h"

typedef struct explanation {
    fraiseql *engine;
    fq_arena *arena;
    fq_errors errors;
    fq_request_input input;
    fq_plan_cache *cache;
    fq_cached_text *text;
    fq_cached_plan *plan;
    fq_variables variables;
    const fq_pg_value **values; /* by statement */
    fq_analyze_step *steps;     /* by statement, where they were run; else NULL */
} explanation;

static void write_value(fq_buffer *out, const fq_pg_value *value) {
    if (value->value.ptr == NULL) {
        fq_buffer_literal(out, "null");
    } else if (value->binary) {
        fq_buffer_literal(out, "\"\\\\x");
        for (size_t i = 0; i < value->value.len; i++) {
            fq_buffer_printf(out, "%02x", (unsigned char)value->value.ptr[i]);
        }
        fq_buffer_char(out, '"');
    } else {
        fq_json_write_string(out, value->value);
    }
}

static bool bind(explanation *e) {
    const fq_plan *plan = e->plan->plan;
    fq_bindings bindings = {
        .literals = e->text->literals, .leaves = e->variables.leaves, .document = e->text->operation->document};
    e->values = FQ_NEW_ARRAY(e->arena, const fq_pg_value *, plan->n_statements);
    for (uint32_t i = 0; i < plan->n_statements; i++) {
        fq_pg_value *values = FQ_NEW_ARRAY(e->arena, fq_pg_value, plan->statements[i].n_params);
        e->values[i] = values;
        if (!fq_statement_bind(e->arena, &plan->statements[i], &bindings, values, &e->errors)) {
            return false;
        }
    }
    return true;
}

/* The settings that the request would run under, as C strings. */
static const char *const *settings_of(explanation *e, const fraiseql_input *input) {
    fq_settings context = {.arena = e->arena};
    if (input->user_context.ptr != NULL) {
        fq_slice text = fq_from_public(input->user_context);
        fq_json_error error = {0};
        const fq_json *json = fq_json_parse(e->arena, text, e->engine->limits.depth, &error);
        if (json == NULL || json->kind != FQ_JSON_OBJECT) {
            fq_errors_add(&e->errors, FQ_ERR_BAD_REQUEST, "The user context is not a JSON object");
            return NULL;
        }
        if (!fq_settings_from_context(&context, json, text, e->engine->session_map, &e->errors)) {
            return NULL;
        }
    }
    FQ_VEC(const char *) list = {0};
    for (uint32_t i = 0; fq_start_up_settings[i] != NULL; i++) {
        bool of_transactions = strncmp(fq_start_up_settings[i & ~1u], "default_transaction", 19) == 0;
        if (!of_transactions) {
            fq_vec_push(e->arena, &list, fq_start_up_settings[i]);
        }
    }
    for (uint32_t i = 0; i < context.values.len; i++) {
        fq_vec_push(e->arena, &list, fq_arena_cstr(e->arena, context.values.items[i].value));
    }
    fq_vec_push(e->arena, &list, NULL);
    return list.items;
}

static bool analyze(explanation *e, const fraiseql_input *input) {
    const fq_plan *plan = e->plan->plan;
    const char *const *settings = settings_of(e, input);
    if (settings == NULL || e->engine->options.database == NULL) {
        return false;
    }
    fq_analyze_step *steps = FQ_NEW_ARRAY(e->arena, fq_analyze_step, plan->n_statements);
    for (uint32_t i = 0; i < plan->n_statements; i++) {
        const fq_statement *s = &plan->statements[i];
        steps[i] = (fq_analyze_step){
            .sql = s->sql, .oids = s->oids, .values = e->values[i], .n_params = s->n_params, .explain = true};
    }
    fq_slice error = {0};
    fq_analyze_mode mode = plan->kind == FQ_MUTATION ? FQ_ANALYZE_WRITES : FQ_ANALYZE_READS;
    if (!fq_analyze(e->arena, fq_slice_from_cstr(e->engine->options.database), fq_tuning, settings, mode, steps,
                    plan->n_statements, &error)) {
        fq_errors_add(&e->errors, FQ_ERR_DATABASE_ERROR, "%.*s", FQ_PRI(error));
        return false;
    }
    e->steps = steps;
    return true;
}

static bool prepare(explanation *e, const fraiseql_input *input) {
    const fq_json *batch = NULL;
    fq_input_kind kind = fq_input_read(e->arena, input, &e->engine->limits, &e->input, &batch, &e->errors);
    if (kind != FQ_INPUT_SINGLE || e->input.query.ptr == NULL) {
        if (!fq_errors_any(&e->errors)) {
            fq_errors_add(&e->errors, FQ_ERR_BAD_REQUEST, "There is no query to explain");
        }
        return false;
    }
    e->text = fq_plan_cache_text(e->cache, e->input.query, e->input.operation_name, FQ_ANY_OPERATION, &e->errors);
    if (e->text == NULL) {
        return false;
    }
    const fq_cached_operation *operation = e->text->operation;
    if (operation->kind == FQ_SUBSCRIPTION) {
        fq_errors_add(&e->errors, FQ_ERR_BAD_REQUEST, "Subscriptions are not supported");
        return false;
    }
    return fq_variables_coerce(e->arena, operation->schema, operation->document, operation->node, e->input.variables,
                               &e->engine->limits, FQ_EXTENSIONS_ALL, &e->variables, &e->errors);
}

static void write_text(const explanation *e, fq_buffer *out) {
    const fq_plan *plan = e->plan->plan;
    fq_plan_print(plan, out);
    for (uint32_t i = 0; i < plan->n_statements; i++) {
        if (plan->statements[i].n_params > 0) {
            fq_buffer_printf(out, "\nparameters of statement %u\n", i + 1);
        }
        for (uint32_t p = 0; p < plan->statements[i].n_params; p++) {
            fq_buffer_printf(out, "  $%u = ", p + 1);
            write_value(out, &e->values[i][p]);
            fq_buffer_char(out, '\n');
        }
        if (e->steps != NULL) {
            fq_buffer_printf(out, "\nplan of statement %u\n", i + 1);
            fq_buffer_slice(out, e->steps[i].plan);
        }
    }
}

static void write_program(fq_buffer *out, const fq_plan_root *root) {
    fq_buffer text;
    fq_buffer_init(&text, out->max);
    if (root->program != NULL) {
        fq_program_print(root->program, &text);
    }
    fq_json_write_string(out, fq_buffer_view(&text));
    fq_buffer_done(&text);
}

static void write_statement_json(const explanation *e, uint32_t i, fq_buffer *out) {
    const fq_statement *statement = &e->plan->plan->statements[i];
    fq_buffer_literal(out, "{\"sql\":");
    fq_json_write_string(out, statement->sql);
    fq_buffer_literal(out, ",\"parameters\":[");
    for (uint32_t p = 0; p < statement->n_params; p++) {
        if (p > 0) {
            fq_buffer_char(out, ',');
        }
        write_value(out, &e->values[i][p]);
    }
    fq_buffer_char(out, ']');
    if (e->steps != NULL) {
        fq_buffer_literal(out, ",\"plan\":");
        fq_json_write_string(out, e->steps[i].plan);
    }
    fq_buffer_char(out, '}');
}

static void write_json(const explanation *e, fq_buffer *out) {
    const fq_plan *plan = e->plan->plan;
    static const char *const kinds[] = {[FQ_QUERY] = "query", [FQ_MUTATION] = "mutation"};
    fq_buffer_printf(out, "{\"operation\":\"%s\",\"statements\":[", kinds[plan->kind]);
    for (uint32_t i = 0; i < plan->n_statements; i++) {
        if (i > 0) {
            fq_buffer_char(out, ',');
        }
        write_statement_json(e, i, out);
    }
    fq_buffer_literal(out, "],\"fields\":[");
    for (uint32_t i = 0; i < plan->n_roots; i++) {
        const fq_plan_root *root = &plan->roots[i];
        fq_buffer_printf(out, "%s{\"key\":", i > 0 ? "," : "");
        fq_json_write_string(out, root->key);
        fq_buffer_printf(out, ",\"firstStatement\":%u,\"statements\":%u,\"program\":", root->first_statement,
                         root->n_statements);
        write_program(out, root);
        fq_buffer_char(out, '}');
    }
    fq_buffer_literal(out, "]}\n");
}

static char *take_text(fq_buffer *buffer) {
    fq_buffer_char(buffer, '\0');
    if (buffer->failed) {
        fq_buffer_done(buffer);
        return NULL;
    }
    return buffer->ptr;
}

static bool explain(explanation *e, const fraiseql_input *input, fraiseql_explain_depth depth) {
    if (!prepare(e, input)) {
        return false;
    }
    uint32_t n_errors = e->errors.list.len;
    e->plan = fq_plan_cache_plan(e->cache, e->text, &e->variables, e->input.variables_text, &e->errors);
    bool good = e->plan != NULL && bind(e);
    fq_cached_text_relocate(e->text, e->arena, &e->errors, n_errors);
    return good && (depth == FRAISEQL_EXPLAIN_PLAN || analyze(e, input));
}

char *fq_explain(fraiseql *engine, fq_plan_cache *cache, const fraiseql_input *input, fraiseql_explain_form form,
                 fraiseql_explain_depth depth, char **message) {
    explanation e = {.engine = engine, .arena = fq_arena_new(FQ_REQUEST_ARENA_MAX), .cache = cache};
    fq_errors_init(&e.errors, e.arena, engine->limits.errors);
    fq_buffer out;
    fq_buffer_init(&out, FQ_PLAN_ARENA_MAX);
    bool good = explain(&e, input, depth);
    if (good) {
        (form == FRAISEQL_EXPLAIN_JSON ? write_json : write_text)(&e, &out);
    } else {
        fq_buffer_char(&out, '{');
        fq_answer_errors(&out, &e.errors, e.text != NULL ? e.text->document->source : e.input.query);
        fq_buffer_literal(&out, "}\n");
    }
    char *text = take_text(&out);
    fq_cached_text_unref(e.text);
    fq_cached_plan_unref(e.plan);
    fq_arena_free(e.arena);
    if (message != NULL) {
        *message = good ? NULL : text;
    } else if (!good) {
        free(text);
    }
    return good ? text : NULL;
}

char *fraiseql_explain(fraiseql *engine, const fraiseql_input *input, fraiseql_explain_form form,
                       fraiseql_explain_depth depth, char **message) {
    fq_plan_cache cache;
    fq_plan_cache_init(&cache, &engine->limits, 4, FQ_PLAN_CACHE_BYTES, engine->options.big_numbers);
    fq_plan_cache_set_schema(&cache, fq_engine_schema(engine));
    char *text = fq_explain(engine, &cache, input, form, depth, message);
    fq_plan_cache_done(&cache);
    return text;
}
