/* SPDX-License-Identifier: MIT */
/* Root fields that call a function. What it returns is written from the returned row. Relations of that row must show
 * the state after the call, which the calling statement can not see; so a volatile function with relations takes two
 * statements: the first records the returned rows in a setting of the transaction, the second reads them back and
 * joins. */
#include "plan/planner.h"

enum { TEXT_OID = 25 };

static const fq_function *function_of(const fq_scan *scan) { return scan->selection->field->source->function; }

static const fq_value *value_of(const fq_selection *selection, uint32_t number, const fq_input_value **arg) {
    for (uint32_t i = 0; i < selection->field->n_args; i++) {
        *arg = &selection->field->args[i];
        if ((*arg)->role == FQ_INPUT_FUNCTION && (*arg)->target == number &&
            selection->args[i].kind != FQ_VALUE_ABSENT) {
            return &selection->args[i];
        }
    }
    return NULL;
}

static void write_argument(fq_planner *planner, fq_sql *sql, const fq_function *function, uint32_t number,
                           const fq_value *value, const fq_input_value *arg) {
    const fq_pgtype *type = function->params[number];
    fq_path_name path = {NULL, arg->name};
    fq_column column = {.name = arg->name, .type = type};
    fq_operand operand = fq_operand_of_column(planner, 0, &column);
    if (type->storage == FQ_STORAGE_JSON || type->storage == FQ_STORAGE_JSONB) {
        fq_param param = {
            .value = value,
            .form = FQ_PARAM_JSON,
            .storage = type->storage,
            .oid = type->oid != 0 ? type->oid : fq_storage_oid((fq_storage)type->storage),
            .json_names = arg,
            .function = number == function->input_param ? function : NULL,
            .path = arg->name,
        };
        fq_sql_param(sql, &param);
        return;
    }
    if (type->oid != 0) {
        operand.oid = type->oid; /* functions are chosen by the exact types of their arguments */
        operand.storage = type->storage;
        operand.cast = fq_slice_of(NULL, 0);
    }
    fq_operand_param(planner, sql, &operand, type->array ? FQ_PARAM_ARRAY : FQ_PARAM_PLAIN, value, &path);
}

/* By position as long as none is left out, then by name. */
static void write_call(fq_planner *planner, fq_sql *sql, const fq_selection *selection) {
    const fq_function *function = selection->field->source->function;
    bool gap = false;
    uint32_t written = 0;
    fq_sql_relation(&sql->out, function->schema, function->name);
    fq_sql_text(sql, "(");
    for (uint32_t i = 0; i < function->n_params; i++) {
        const fq_input_value *arg = NULL;
        const fq_value *value = value_of(selection, i, &arg);
        if (value == NULL) {
            gap = true;
            continue;
        }
        if (written++ > 0) {
            fq_sql_text(sql, ", ");
        }
        if (gap) {
            fq_sql_identifier(&sql->out, function->param_names[i]);
            fq_sql_text(sql, " => ");
        }
        write_argument(planner, sql, function, i, value, arg);
    }
    fq_sql_text(sql, ")");
}

/* ---- where the rows come from ---- */

/* Rows as text survive from one statement of a transaction to the next. */
static void write_recorded(fq_sql *sql, const fq_function *function) {
    const fq_relation *row = function->row_type;
    if (function->returns_set) {
        fq_sql_text(sql, "unnest(coalesce(nullif(current_setting('fq.rows', true), ''), '{}')::");
        fq_sql_relation(&sql->out, row->schema, row->name);
        fq_sql_text(sql, "[])");
    } else {
        fq_sql_text(sql, "unnest(array[nullif(current_setting('fq.rows', true), '')::");
        fq_sql_relation(&sql->out, row->schema, row->name);
        fq_sql_text(sql, "])");
    }
}

/* The entity reads from another relation than the one whose rows the function returns: its rows are found by their key,
 * one after the other, so that their order stands. */
static void write_looked_up(fq_sql *sql, const fq_scan *scan) {
    const fq_key *key = scan->relation->key;
    fq_sql_text(sql, " fq_r cross join lateral (select * from ");
    fq_sql_relation(&sql->out, scan->relation->schema, scan->relation->name);
    fq_sql_text(sql, " fq_v where ");
    for (uint32_t i = 0; i < key->n_columns; i++) {
        if (i > 0) {
            fq_sql_text(sql, " and ");
        }
        fq_sql_text(sql, "fq_v.");
        fq_sql_identifier(&sql->out, key->columns[i]->name);
        fq_sql_text(sql, " = fq_r.");
        fq_sql_identifier(&sql->out, key->columns[i]->name);
    }
    fq_sql_text(sql, " limit 1)");
}

static bool looked_up(const fq_scan *scan) {
    const fq_function *function = function_of(scan);
    return function->row_type != NULL && function->row_type != scan->relation;
}

void fq_function_from(fq_planner *planner, fq_sql *sql, const fq_scan *scan) {
    const fq_function *function = function_of(scan);
    if (scan->origin == FQ_FROM_RECORDED) {
        write_recorded(sql, function);
    } else {
        write_call(planner, sql, scan->selection);
    }
    if (looked_up(scan)) {
        write_looked_up(sql, scan);
    }
    fq_sql_text(sql, " ");
    fq_sql_alias(&sql->out, 't', scan->number);
    if (function->row_type == NULL) {
        fq_sql_text(sql, "(v)");
    }
    sql->n_relations++;
}

/* ---- roots ---- */

/* The statement that calls and records. */
static void record(fq_planner *planner, const fq_selection *selection, fq_plan_root *root) {
    fq_sql sql;
    fq_sql_init(&sql, planner->arena);
    if (selection->field->source->function->returns_set) {
        fq_sql_text(&sql, "select set_config('fq.rows', coalesce(array_agg(fq_r)::text, '{}'), true) from ");
    } else {
        fq_sql_text(&sql, "select set_config('fq.rows', fq_r::text, true) from ");
    }
    write_call(planner, &sql, selection);
    fq_sql_text(&sql, " fq_r");
    fq_output output = {.oid = TEXT_OID};
    fq_statement statement = fq_sql_finish(&sql, &output, 1);
    fq_sql_done(&sql);
    fq_vec_push(planner->arena, &planner->statements, statement);
    root->n_before = 1;
}

/* Whether something but columns of the returned row itself is selected. */
static bool reads_more(const fq_scan *scan) {
    const fq_selection_set *set = scan->selection->children;
    for (uint32_t i = 0; i < set->count; i++) {
        uint32_t index = set->items[i].field->index;
        const fq_source *source = set->items[i].field->name.ptr[0] == '_' ? NULL : scan->entity->sources[index];
        if (source != NULL && (source->kind == FQ_SOURCE_TO_ONE || source->kind == FQ_SOURCE_TO_MANY)) {
            return true;
        }
    }
    return looked_up(scan);
}

/* A function that returns no row gives a row of nulls. */
static fq_step presence(fq_planner *planner, fq_scan *scan) {
    const fq_key *key = scan->relation->key;
    fq_step step = {.kind = FQ_STEP_OBJECT, .flags = fq_ref_flags(scan->selection->field->type) & FQ_STEP_NON_NULL};
    if (key != NULL) {
        step.column = fq_output_column(planner, scan, key->columns[0]).output;
        return step;
    }
    for (uint32_t i = 0; i < scan->relation->n_columns; i++) {
        scan->needed[i] = true;
    }
    fq_buffer_literal(&planner->scratch, "not (");
    fq_sql_alias(&planner->scratch, 't', scan->number);
    fq_buffer_literal(&planner->scratch, " is null)");
    step.column = fq_output_bool(planner, scan->tier, fq_planner_take(planner));
    step.flags |= FQ_STEP_FALSE_IS_NULL;
    return step;
}

static void plan_row_function(fq_planner *planner, fq_tier *tier, const fq_selection *selection, fq_plan_root *root) {
    const fq_function *function = selection->field->source->function;
    fq_scan *scan = tier->base;
    bool more = reads_more(scan);
    if (more && function->is_volatile) {
        scan->origin = FQ_FROM_RECORDED;
        record(planner, selection, root);
    }
    scan->numbered = function->returns_set && more;
    if (function->returns_set) {
        fq_plan_object(planner, scan, selection->children);
        fq_plan_finish_root(planner, selection, FQ_PROGRAM_LIST, root);
        return;
    }
    uint32_t opened = fq_emit_step(&planner->emit, tier, presence(planner, scan));
    fq_plan_object(planner, scan, selection->children);
    fq_emit_close(&planner->emit, opened);
    fq_plan_finish_root(planner, selection, FQ_PROGRAM_ONE, root);
}

static void plan_value_function(fq_planner *planner, fq_tier *tier, const fq_selection *selection, fq_plan_root *root) {
    const fq_function *function = selection->field->source->function;
    const fq_pgtype *type = function->value_type;
    fq_plan_value(planner, tier, fq_output_value(planner, tier, FQ_S("t0.v"), type), type, selection);
    fq_step *step = &planner->emit.steps.items[planner->emit.steps.len - 1];
    step->field = 0; /* the value is the root field's own, or an item of its list, which may be null */
    step->flags &= (uint8_t)~FQ_STEP_NON_NULL;
    fq_plan_finish_root(planner, selection, function->returns_set ? FQ_PROGRAM_LIST : FQ_PROGRAM_VALUE, root);
}

void fq_plan_function(fq_planner *planner, const fq_selection *selection, fq_plan_root *root) {
    const fq_function *function = selection->field->source->function;
    fq_tier *tier = fq_tier_root(planner, function->returns, selection);
    tier->base->origin = FQ_FROM_FUNCTION;
    if (function->row_type == NULL) {
        plan_value_function(planner, tier, selection, root);
    } else if (looked_up(tier->base) && tier->base->relation->key == NULL) {
        fq_errors_add_at(planner->errors, FQ_ERR_INTERNAL, selection->offset,
                         "\"%.*s\" has no key by which its rows could be found again.",
                         FQ_PRI(tier->base->relation->name));
    } else {
        plan_row_function(planner, tier, selection, root);
    }
}
