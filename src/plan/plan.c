/* SPDX-License-Identifier: MIT */
/* Plans: one root field after the other. */
#include "plan/plan.h"

#include "plan/planner.h"
#include "validate/introspection.h"

/* Expressions are paths into a document at the longest. */
#define EXPRESSION_MAX ((size_t)1024 * 1024)
/* Introspection of a schema of some thousands of types; it is kept with the plan. */
#define CONSTANT_MAX ((size_t)12 * 1024 * 1024)

const fq_value *fq_selection_arg(const fq_selection *selection, fq_input_role role) {
    for (uint32_t i = 0; i < selection->field->n_args; i++) {
        const fq_value *value = &selection->args[i];
        if (selection->field->args[i].role == role && value->kind != FQ_VALUE_ABSENT && value->kind != FQ_VALUE_NULL) {
            return value;
        }
    }
    return NULL;
}

/* A row without a key is the first of those that there are. */
static const fq_value one_row = {
    .kind = FQ_VALUE_INT, .origin = FQ_ORIGIN_CONSTANT, .text = FQ_S_INIT("1"), .count = 0};

void fq_scan_restrict(fq_planner *planner, fq_scan *scan) {
    const fq_selection *selection = scan->selection;
    const fq_value *where = fq_selection_arg(selection, FQ_INPUT_WHERE);
    scan->where = where != NULL && fq_filter_any(where) ? where : NULL;
    scan->equals =
        fq_selection_arg(selection, FQ_INPUT_EQUAL) != NULL || fq_selection_arg(selection, FQ_INPUT_KEY) != NULL;
    scan->limit = fq_selection_arg(selection, FQ_INPUT_LIMIT);
    scan->offset = fq_selection_arg(selection, FQ_INPUT_OFFSET);
    fq_order_make(planner, scan, fq_selection_arg(selection, FQ_INPUT_ORDER_BY));
}

void fq_plan_rows(fq_planner *planner, const fq_selection *selection, fq_plan_root *root) {
    const fq_source *source = selection->field->source;
    bool one = source->kind == FQ_SOURCE_ONE;
    fq_tier *tier = fq_tier_root(planner, source->entity, selection);
    if (one && source->key != NULL) {
        tier->base->origin = FQ_FROM_KEY;
    } else {
        fq_scan_restrict(planner, tier->base);
        tier->base->limit = one ? &one_row : tier->base->limit;
    }
    fq_plan_object(planner, tier->base, selection->children);
    fq_plan_finish_root(planner, selection, one ? FQ_PROGRAM_ONE : FQ_PROGRAM_LIST, root);
    root->one_row = one && planner->tiers.len == 1;
}

/* What the schema alone answers. */
static fq_slice constant_of(fq_planner *planner, const fq_selection *selection) {
    fq_buffer out;
    fq_buffer_init(&out, CONSTANT_MAX);
    fq_introspection_write(planner->schema, selection, &out);
    if (out.failed) {
        fq_errors_add_at(planner->errors, FQ_ERR_LIMIT_EXCEEDED, selection->offset,
                         "The answer to this introspection is too long.");
    }
    fq_slice text = fq_arena_copy(planner->arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return text;
}

static void plan_source(fq_planner *planner, const fq_selection *selection, fq_plan_root *root) {
    planner->tiers.len = 0;
    planner->n_scans = 0;
    fq_emit_begin(&planner->emit, planner->arena);
    fq_emit_field(&planner->emit, selection);
    switch ((fq_source_kind)selection->field->source->kind) {
    case FQ_SOURCE_AGGREGATE:
        fq_plan_aggregate(planner, selection, root);
        return;
    case FQ_SOURCE_FUNCTION:
        fq_plan_function(planner, selection, root);
        return;
    default:
        fq_plan_rows(planner, selection, root);
        return;
    }
}

static void plan_root(fq_planner *planner, const fq_selection *selection, fq_plan_root *root) {
    *root = (fq_plan_root){
        .key = selection->key,
        .non_null = selection->field->type->kind == FQ_REF_NON_NULL,
        .offset = selection->offset,
    };
    if (selection->refusal != NULL) {
        root->constant = FQ_S("null");
        root->refusal = selection->refusal;
    } else if (fq_is_introspection(planner->schema, selection)) {
        root->constant = constant_of(planner, selection);
    } else if (selection->field->source != NULL && selection->field->source->kind == FQ_SOURCE_NOTHING) {
        root->constant = FQ_S("null");
    } else if (selection->field->source != NULL) {
        plan_source(planner, selection, root);
    } else {
        fq_errors_add_at(planner->errors, FQ_ERR_INTERNAL, selection->offset,
                         "Field \"%.*s.%.*s\" has no data behind it.", FQ_PRI(selection->parent->name),
                         FQ_PRI(selection->field->name));
    }
}

static void check_memory(fq_planner *planner, const fq_selection *selection) {
    if (fq_arena_failed(planner->arena) || planner->scratch.failed || planner->emit.literals.failed) {
        fq_errors_add_at(planner->errors, FQ_ERR_LIMIT_EXCEEDED, selection->offset,
                         "The plan of this operation is too large.");
    }
}

const fq_plan *fq_plan_make(fq_arena *arena, const fq_operation *operation, const fq_plan_options *options,
                            fq_errors *errors) {
    fq_planner planner = {
        .arena = arena,
        .operation = operation,
        .schema = operation->schema,
        .options = options,
        .errors = errors,
    };
    fq_buffer_init(&planner.scratch, EXPRESSION_MAX);
    const fq_selection_set *set = operation->root;
    fq_plan_root *roots = FQ_NEW_ARRAY(arena, fq_plan_root, set->count);
    for (uint32_t i = 0; i < set->count && !fq_errors_any(errors); i++) {
        plan_root(&planner, &set->items[i], &roots[i]);
        check_memory(&planner, &set->items[i]);
    }
    fq_buffer_done(&planner.scratch);
    fq_emit_done(&planner.emit);
    if (fq_errors_any(errors)) {
        return NULL;
    }
    fq_plan *plan = FQ_NEW(arena, fq_plan);
    *plan = (fq_plan){operation->kind, roots, set->count, planner.statements.items, planner.statements.len};
    return plan;
}
