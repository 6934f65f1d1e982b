/* SPDX-License-Identifier: MIT */
/* Aggregates over the rows of an entity: one row whose columns are the aggregates, in objects by function. Casts make
 * the types those that the schema promises: sums of small integers are BigInt, averages of integers Float. */
#include "plan/planner.h"

enum { FLOAT8_OID = 701, INT8_OID = 20, NUMERIC_OID = 1700, TEXT_OID = 25 };

static const fq_pgtype type_int8 = {.oid = INT8_OID, .storage = FQ_STORAGE_INT8};
static const fq_pgtype type_numeric = {.oid = NUMERIC_OID, .storage = FQ_STORAGE_NUMERIC};
static const fq_pgtype type_text = {.oid = TEXT_OID, .storage = FQ_STORAGE_TEXT};
static const fq_pgtype type_float8 = {.oid = FLOAT8_OID, .storage = FQ_STORAGE_FLOAT8};

static const char *const functions[] = {
    [FQ_AGGREGATE_SUM] = "sum",
    [FQ_AGGREGATE_AVG] = "avg",
    [FQ_AGGREGATE_MIN] = "min",
    [FQ_AGGREGATE_MAX] = "max",
};

/* What PostgreSQL returns, and with which cast it is what the schema says. */
typedef struct result {
    const fq_pgtype *type;
    const char *before; /* between the function and the expression */
    const char *after;  /* behind the call */
} result;

static bool small_integer(const fq_pgtype *type) {
    return type->storage == FQ_STORAGE_INT2 || type->storage == FQ_STORAGE_INT4;
}

static bool floating(const fq_pgtype *type) {
    return type->storage == FQ_STORAGE_FLOAT4 || type->storage == FQ_STORAGE_FLOAT8;
}

static result sum_of(const fq_pgtype *type) {
    if (small_integer(type)) {
        return (result){&type_int8, "", ""};
    }
    if (type->storage == FQ_STORAGE_INT8 || type->storage == FQ_STORAGE_NUMERIC) {
        return (result){&type_numeric, "", ""};
    }
    return (result){type, "", ""};
}

static result average_of(const fq_pgtype *type) {
    if (small_integer(type)) {
        return (result){&type_float8, "", "::float8"};
    }
    if (floating(type)) {
        return (result){&type_float8, "", ""};
    }
    if (type->storage == FQ_STORAGE_MONEY) {
        return (result){&type_numeric, "::numeric", ""};
    }
    return type->storage == FQ_STORAGE_INTERVAL ? (result){type, "", ""} : (result){&type_numeric, "", ""};
}

/* PostgreSQL 15 has no min and max of uuid; their texts are in the same order. Booleans have and and or instead. Those
 * of varchar and name are text, those of cidr inet. */
static result extreme_of(const fq_pgtype *type) {
    if (type->storage == FQ_STORAGE_TEXT || type->storage == FQ_STORAGE_NAME) {
        return (result){&type_text, "", ""};
    }
    if (type->storage == FQ_STORAGE_CIDR) {
        return (result){type, "", "::cidr"};
    }
    if (type->storage == FQ_STORAGE_UUID) {
        return (result){type, "::text", "::uuid"};
    }
    return (result){type, "", ""};
}

static result result_of(fq_aggregate aggregate, const fq_pgtype *type) {
    switch (aggregate) {
    case FQ_AGGREGATE_SUM:
        return sum_of(type);
    case FQ_AGGREGATE_AVG:
        return average_of(type);
    default:
        return extreme_of(type);
    }
}

static const char *function_of(fq_aggregate aggregate, const fq_pgtype *type) {
    if (type->storage == FQ_STORAGE_BOOL) {
        return aggregate == FQ_AGGREGATE_MIN ? "bool_and" : "bool_or";
    }
    return functions[aggregate];
}

static void plan_count(fq_planner *planner, fq_tier *tier, const fq_selection *selection) {
    fq_output output = {FQ_S("count(*)"), INT8_OID, 1};
    fq_transfer transfer = {.output = fq_tier_output(planner, tier, output), .codec = FQ_CODEC_INT8_INT};
    fq_plan_value(planner, tier, transfer, &type_int8, selection);
}

/* The type that values of a document's scalar have once they are cast. */
static fq_pgtype *document_type(fq_planner *planner, const fq_operand *operand) {
    fq_pgtype *type = FQ_NEW(planner->arena, fq_pgtype);
    bool number = operand->storage == FQ_STORAGE_FLOAT8;
    type->storage = number ? FQ_STORAGE_NUMERIC : operand->storage;
    type->oid = operand->oid;
    return type;
}

/* The label whose place among all is the first or the last. */
static void plan_extreme_label(fq_planner *planner, fq_scan *scan, const fq_selection *selection,
                               const fq_operand *operand) {
    fq_slice place = fq_operand_order(planner, operand);
    fq_slice label = fq_arena_printf(planner->arena, "(%.*s)[%s(%.*s)]", FQ_PRI(operand->labels),
                                     functions[selection->field->source->aggregate], FQ_PRI(place));
    fq_transfer transfer = {
        .output = fq_output_text(planner, scan->tier, label),
        .codec = FQ_CODEC_ENUM,
        .names = fq_label_names_make(planner, operand->enumeration),
    };
    fq_plan_value(planner, scan->tier, transfer, &type_text, selection);
}

static void plan_aggregated(fq_planner *planner, fq_scan *scan, const fq_selection *selection) {
    const fq_source *source = selection->field->source;
    const fq_source *subject = scan->entity->sources[source->subject->index];
    fq_operand operand = subject->kind == FQ_SOURCE_DOCUMENT
                             ? fq_operand_of_document(planner, fq_scan_document(planner, scan), source->subject)
                             : fq_operand_of_column(planner, scan->number, subject->column);
    if (operand.labels.len > 0) {
        plan_extreme_label(planner, scan, selection, &operand);
        return;
    }
    const fq_pgtype *type = operand.type != NULL ? operand.type : document_type(planner, &operand);
    fq_aggregate aggregate = (fq_aggregate)source->aggregate;
    const fq_type *core = fq_ref_core(selection->field->type);
    result r = result_of(aggregate, type);
    bool computed = aggregate == FQ_AGGREGATE_AVG || aggregate == FQ_AGGREGATE_SUM;
    if (computed && core->scalar == FQ_SCALAR_FLOAT && type->storage == FQ_STORAGE_NUMERIC) {
        r = (result){&type_float8, "", "::float8"}; /* a numeric's digits are no Float's */
    }
    fq_slice call = fq_arena_printf(planner->arena, "%s(%.*s%s)%s", function_of(aggregate, type),
                                    FQ_PRI(operand.expression), r.before, r.after);
    fq_transfer transfer = fq_output_value(planner, scan->tier, call, r.type);
    if (core->scalar == FQ_SCALAR_FLOAT && transfer.codec == FQ_CODEC_NUMERIC_STRING) {
        transfer.codec = FQ_CODEC_NUMERIC_NUMBER;
    }
    fq_plan_value(planner, scan->tier, transfer, r.type, selection);
}

static void plan_member(fq_planner *planner, fq_scan *scan, const fq_selection *selection);

static void plan_members(fq_planner *planner, fq_scan *scan, const fq_selection_set *set) {
    fq_emit_text(&planner->emit, FQ_S("{"));
    for (uint32_t i = 0; i < set->count; i++) {
        fq_emit_key(&planner->emit, &set->items[i], i == 0);
        if (!fq_plan_typename(planner, &set->items[i])) {
            plan_member(planner, scan, &set->items[i]);
        }
    }
    fq_emit_text(&planner->emit, FQ_S("}"));
}

static void plan_member(fq_planner *planner, fq_scan *scan, const fq_selection *selection) {
    switch ((fq_source_kind)selection->field->source->kind) {
    case FQ_SOURCE_COUNT:
        plan_count(planner, scan->tier, selection);
        return;
    case FQ_SOURCE_AGGREGATE_GROUP: {
        fq_step step = {
            .kind = FQ_STEP_OBJECT,
            .flags = fq_ref_flags(selection->field->type) & FQ_STEP_NON_NULL,
            .column = FQ_COLUMN_NONE,
            .field = fq_emit_field(&planner->emit, selection),
        };
        uint32_t opened = fq_emit_step(&planner->emit, NULL, step);
        plan_members(planner, scan, selection->children);
        fq_emit_close(&planner->emit, opened);
        return;
    }
    default:
        plan_aggregated(planner, scan, selection);
        return;
    }
}

void fq_plan_aggregate(fq_planner *planner, const fq_selection *selection, fq_plan_root *root) {
    fq_tier *tier = fq_tier_root(planner, selection->field->source->entity, selection);
    const fq_value *where = fq_selection_arg(selection, FQ_INPUT_WHERE);
    tier->base->where = where != NULL && fq_filter_any(where) ? where : NULL;
    tier->base->origin = FQ_FROM_AGGREGATE;
    plan_members(planner, tier->base, selection->children);
    if (tier->outputs.len == 0) { /* without an aggregate there would be a row for each row */
        fq_tier_output(planner, tier, (fq_output){FQ_S("count(*)"), INT8_OID, 1});
    }
    fq_plan_finish_root(planner, selection, FQ_PROGRAM_ONE, root);
}
