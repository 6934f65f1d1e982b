/* SPDX-License-Identifier: MIT */
/* The end of a root field: its statements are written, and steps and levels get their places in the numbering of
 * columns: statement after statement, in each the columns of the tier with rows and then those of the arrays in its
 * rows. */
#include "plan/planner.h"

#include <assert.h>

/* PostgreSQL allows 1664 entries in a target list. */
#define COLUMNS_MAX 1600

/* Items are counted by the elements of a column, so there must be one. */
static void ensure_outputs(fq_planner *planner) {
    for (uint32_t i = 1; i < planner->tiers.len; i++) {
        fq_tier *tier = planner->tiers.items[i];
        if (tier->kind == FQ_LEVEL_ARRAYS && tier->outputs.len == 0) {
            fq_output_bool(planner, tier, FQ_S("true"));
        }
    }
}

static uint32_t place_tier(fq_planner *planner, fq_tier *tier, uint32_t column, const fq_selection *selection) {
    uint32_t first = column;
    tier->first_column = column;
    column += tier->outputs.len;
    for (uint32_t i = 0; i < tier->arrays.len; i++) {
        tier->arrays.items[i]->first_column = column;
        column += tier->arrays.items[i]->outputs.len;
    }
    if (column - first > COLUMNS_MAX) {
        fq_errors_add_at(planner->errors, FQ_ERR_LIMIT_EXCEEDED, selection->offset,
                         "One list can not select more than %d columns.", COLUMNS_MAX);
    }
    return column;
}

/* Numbers statements and columns, and writes the statements. */
static void place(fq_planner *planner, const fq_selection *selection, fq_program *program) {
    fq_program_statement *statements = FQ_NEW_ARRAY(planner->arena, fq_program_statement, planner->tiers.len);
    uint32_t column = 0;
    for (uint32_t i = 0; i < planner->tiers.len; i++) {
        fq_tier *tier = planner->tiers.items[i];
        if (tier->kind != FQ_LEVEL_ROWS || fq_errors_any(planner->errors)) {
            continue;
        }
        tier->statement = program->n_statements++;
        uint32_t next = place_tier(planner, tier, column, selection);
        statements[tier->statement] = (fq_program_statement){column, next - column};
        column = next;
        fq_tier_write(planner, tier);
    }
    program->statements = statements;
    program->n_columns = column;
}

static const uint32_t *placed_keys(fq_planner *planner, const uint32_t *outputs, uint32_t count, uint32_t first) {
    uint32_t *keys = fq_arena_alloc(planner->arena, sizeof(uint32_t) * count);
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = first + outputs[i];
    }
    return keys;
}

static fq_level level_of(fq_planner *planner, const fq_tier *tier) {
    const fq_tier *parent = tier->parent;
    fq_level level = {
        .kind = (uint8_t)tier->kind,
        .parent = parent != NULL ? (uint8_t)parent->number : 0,
        .statement = tier->statement,
        .first_column = tier->first_column,
        .n_columns = tier->outputs.len,
    };
    if (tier->key != NULL) {
        assert(parent != NULL);
        level.n_key = parent->path.len;
        level.key = placed_keys(planner, tier->key, level.n_key, tier->first_column);
        level.parent_key = placed_keys(planner, parent->path_outputs, level.n_key, parent->first_column);
    }
    return level;
}

static void make_levels(fq_planner *planner, fq_program *program) {
    fq_level *levels = fq_arena_alloc(planner->arena, sizeof(fq_level) * planner->tiers.len);
    for (uint32_t i = 0; i < planner->tiers.len; i++) {
        levels[i] = level_of(planner, planner->tiers.items[i]);
    }
    program->levels = levels;
    program->n_levels = planner->tiers.len;
}

static void place_steps(fq_emit *emit) {
    for (uint32_t i = 0; i < emit->steps.len; i++) {
        fq_step *step = &emit->steps.items[i];
        bool has_column = step->kind != FQ_STEP_LITERAL && step->kind != FQ_STEP_LIST && step->column != FQ_COLUMN_NONE;
        if (has_column && emit->owners.items[i] != NULL) {
            step->column += emit->owners.items[i]->first_column;
        }
    }
}

void fq_plan_finish_root(fq_planner *planner, const fq_selection *selection, fq_program_shape shape,
                         fq_plan_root *root) {
    fq_emit *emit = &planner->emit;
    fq_emit_flush(emit);
    ensure_outputs(planner);
    uint8_t flags = fq_ref_flags(selection->field->type);
    fq_program *program = FQ_NEW(planner->arena, fq_program);
    program->shape = (uint8_t)shape;
    program->non_null = (flags & FQ_STEP_NON_NULL) != 0;
    program->item_non_null = (flags & FQ_STEP_ITEM_NON_NULL) != 0;
    root->first_statement = planner->statements.len;
    place(planner, selection, program);
    make_levels(planner, program);
    place_steps(emit);
    program->steps = emit->steps.items;
    program->n_steps = emit->steps.len;
    program->literals = fq_arena_copy(planner->arena, fq_buffer_view(&emit->literals));
    program->fields = emit->fields.items;
    program->n_fields = emit->fields.len;
    root->program = program;
    root->n_statements = program->n_statements;
    root->streams = shape == FQ_PROGRAM_LIST && program->n_statements == 1;
}
