/* SPDX-License-Identifier: MIT */
/* A plan as text, for golden tests and `explain`: per root its statements with their parameters, and its program. */
#include "plan/plan.h"

static const char *const forms[] = {
    [FQ_PARAM_PLAIN] = "plain",
    [FQ_PARAM_LIST] = "list",
    [FQ_PARAM_LIMIT] = "limit",
    [FQ_PARAM_OFFSET] = "offset",
    [FQ_PARAM_LIKE_CONTAINS] = "like-contains",
    [FQ_PARAM_LIKE_PREFIX] = "like-prefix",
    [FQ_PARAM_LIKE_SUFFIX] = "like-suffix",
    [FQ_PARAM_PREFIX_LOW] = "prefix-low",
    [FQ_PARAM_PREFIX_HIGH] = "prefix-high",
    [FQ_PARAM_JSON] = "json",
    [FQ_PARAM_ARRAY] = "array",
    [FQ_PARAM_FIRST] = "first",
    [FQ_PARAM_SECOND] = "second",
};

static const char *const storages[] = {
#define X(name, scalar) #name,
    FQ_STORAGES(X)
#undef X
};

static void print_origin(const fq_value *value, fq_buffer *out) {
    switch ((fq_origin)value->origin) {
    case FQ_ORIGIN_LITERAL:
        fq_buffer_printf(out, "literal %u", value->index);
        return;
    case FQ_ORIGIN_VARIABLE:
        fq_buffer_printf(out, "variable leaf %u", value->index);
        return;
    case FQ_ORIGIN_CONSTANT:
        fq_buffer_literal(out, "constant");
        return;
    }
}

static void print_param(const fq_param *param, uint32_t number, fq_buffer *out) {
    fq_buffer_printf(out, "  $%u %.*s %s %s oid %u: ", number, FQ_PRI(param->path), storages[param->storage],
                     forms[param->form], param->oid);
    print_origin(param->value, out);
    fq_buffer_char(out, '\n');
}

static void print_statement(const fq_statement *statement, uint32_t number, fq_buffer *out) {
    fq_buffer_printf(out, " statement %u%s\n  %.*s\n", number, statement->custom_plan != 0 ? " (custom plan)" : "",
                     FQ_PRI(statement->sql));
    for (uint32_t i = 0; i < statement->n_params; i++) {
        print_param(&statement->params[i], i + 1, out);
    }
    fq_buffer_literal(out, "  result");
    for (uint32_t i = 0; i < statement->n_columns; i++) {
        fq_buffer_printf(out, " %u%s", statement->columns[i], statement->formats[i] != 0 ? "b" : "t");
    }
    fq_buffer_char(out, '\n');
}

static void print_root(const fq_plan *plan, const fq_plan_root *root, fq_buffer *out) {
    fq_buffer_printf(out, "root %.*s%s%s%s\n", FQ_PRI(root->key), root->non_null ? " non-null" : "",
                     root->streams ? " streams" : "", root->one_row ? " one-row" : "");
    if (root->constant.ptr != NULL) {
        fq_buffer_printf(out, " constant %.*s\n", FQ_PRI(root->constant));
        if (root->refusal != NULL) {
            fq_buffer_printf(out, " refused: %.*s\n", FQ_PRI(root->refusal->message));
        }
        return;
    }
    for (uint32_t i = root->first_statement - root->n_before; i < root->first_statement + root->n_statements; i++) {
        print_statement(&plan->statements[i], i, out);
    }
    fq_program_print(root->program, out);
}

void fq_plan_print(const fq_plan *plan, fq_buffer *out) {
    for (uint32_t i = 0; i < plan->n_roots; i++) {
        print_root(plan, &plan->roots[i], out);
    }
}
