/* SPDX-License-Identifier: MIT */
/* What a request would do, without a connection: the plan's statements with the values of this request, and its row
 * programs. */
#include <stdlib.h>

#include "engine/answer.h"
#include "engine/engine.h"
#include "engine/input.h"
#include "engine/plans.h"
#include "json/writer.h"

typedef struct explanation {
    fraiseql *engine;
    fq_arena *arena;
    fq_errors errors;
    fq_request_input input;
    fq_plan_cache cache;
    fq_cached_text *text;
    fq_cached_plan *plan;
    fq_variables variables;
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

static const fq_pg_value *bind(explanation *e, uint32_t statement) {
    const fq_statement *s = &e->plan->plan->statements[statement];
    fq_bindings bindings = {.literals = e->text->literals,
                            .leaves = e->variables.leaves,
                            .document = e->text->operation->document};
    fq_pg_value *values = FQ_NEW_ARRAY(e->arena, fq_pg_value, s->n_params);
    return fq_statement_bind(e->arena, s, &bindings, values, &e->errors) ? values : NULL;
}

static bool prepare(explanation *e, const fraiseql_input *input) {
    const fq_json *batch = NULL;
    fq_input_kind kind =
        fq_input_read(e->arena, input, &e->engine->limits, &e->input, &batch, &e->errors);
    if (kind != FQ_INPUT_SINGLE || e->input.query.ptr == NULL) {
        if (!fq_errors_any(&e->errors)) {
            fq_errors_add(&e->errors, FQ_ERR_BAD_REQUEST, "There is no query to explain");
        }
        return false;
    }
    e->text =
        fq_plan_cache_text(&e->cache, e->input.query, e->input.operation_name, FQ_ANY_OPERATION, &e->errors);
    if (e->text == NULL) {
        return false;
    }
    const fq_cached_operation *operation = e->text->operation;
    if (!fq_variables_coerce(e->arena, operation->schema, operation->document, operation->node, e->input.variables,
                             &e->engine->limits, FQ_EXTENSIONS_ALL, &e->variables, &e->errors)) {
        return false;
    }
    e->plan = fq_plan_cache_plan(&e->cache, e->text, &e->variables, e->input.variables_text, &e->errors);
    return e->plan != NULL;
}

static bool write_text(explanation *e, fq_buffer *out) {
    const fq_plan *plan = e->plan->plan;
    fq_plan_print(plan, out);
    for (uint32_t i = 0; i < plan->n_statements; i++) {
        const fq_pg_value *values = bind(e, i);
        if (values == NULL) {
            return false;
        }
        if (plan->statements[i].n_params > 0) {
            fq_buffer_printf(out, "\nparameters of statement %u\n", i + 1);
        }
        for (uint32_t p = 0; p < plan->statements[i].n_params; p++) {
            fq_buffer_printf(out, "  $%u = ", p + 1);
            write_value(out, &values[p]);
            fq_buffer_char(out, '\n');
        }
    }
    return true;
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

static bool write_json(explanation *e, fq_buffer *out) {
    const fq_plan *plan = e->plan->plan;
    static const char *const kinds[] = {[FQ_QUERY] = "query", [FQ_MUTATION] = "mutation"};
    fq_buffer_printf(out, "{\"operation\":\"%s\",\"statements\":[", kinds[plan->kind]);
    for (uint32_t i = 0; i < plan->n_statements; i++) {
        const fq_pg_value *values = bind(e, i);
        if (values == NULL) {
            return false;
        }
        fq_buffer_printf(out, "%s{\"sql\":", i > 0 ? "," : "");
        fq_json_write_string(out, plan->statements[i].sql);
        fq_buffer_literal(out, ",\"parameters\":[");
        for (uint32_t p = 0; p < plan->statements[i].n_params; p++) {
            if (p > 0) {
                fq_buffer_char(out, ',');
            }
            write_value(out, &values[p]);
        }
        fq_buffer_literal(out, "]}");
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
    return true;
}

static char *take_text(fq_buffer *buffer) {
    fq_buffer_char(buffer, '\0');
    if (buffer->failed) {
        fq_buffer_done(buffer);
        return NULL;
    }
    return buffer->ptr;
}

char *fraiseql_explain(fraiseql *engine, const fraiseql_input *input, fraiseql_explain_form form, char **message) {
    explanation e = {.engine = engine, .arena = fq_arena_new(FQ_REQUEST_ARENA_MAX)};
    fq_errors_init(&e.errors, e.arena, engine->limits.errors);
    fq_plan_cache_init(&e.cache, &engine->limits, 4, FQ_PLAN_CACHE_BYTES, engine->options.big_numbers);
    fq_plan_cache_set_schema(&e.cache, fq_engine_schema(engine));
    fq_buffer out;
    fq_buffer_init(&out, FQ_PLAN_ARENA_MAX);
    bool good = prepare(&e, input);
    good = good && (form == FRAISEQL_EXPLAIN_JSON ? write_json(&e, &out) : write_text(&e, &out));
    if (!good) {
        fq_buffer_clear(&out);
        fq_buffer_char(&out, '{');
        fq_answer_errors(&out, &e.errors, e.text != NULL ? e.text->document->source : e.input.query);
        fq_buffer_literal(&out, "}\n");
    }
    char *text = take_text(&out);
    if (!good && message != NULL) {
        *message = text;
        text = NULL;
    }
    fq_cached_text_unref(e.text);
    fq_cached_plan_unref(e.plan);
    fq_plan_cache_done(&e.cache);
    fq_arena_free(e.arena);
    if (!good && message == NULL) {
        free(text);
        text = NULL;
    }
    return text;
}
