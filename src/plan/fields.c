/* SPDX-License-Identifier: MIT */
/* From a selection set to scans, tiers, outputs and steps: one function for each kind of field of an object whose rows
 * come from a relation. Fields that live in a document are document.c's. */
#include "plan/planner.h"

#include <assert.h>

uint8_t fq_ref_flags(const fq_type_ref *ref) {
    uint8_t flags = 0;
    if (ref->kind == FQ_REF_NON_NULL) {
        flags |= FQ_STEP_NON_NULL;
        ref = ref->of;
    }
    if (ref->kind == FQ_REF_LIST && ref->of->kind == FQ_REF_NON_NULL) {
        flags |= FQ_STEP_ITEM_NON_NULL;
    }
    return flags;
}

bool fq_plan_typename(fq_planner *planner, const fq_selection *selection) {
    if (selection->field != planner->schema->typename_field) {
        return false;
    }
    fq_emit_text(&planner->emit, FQ_S("\""));
    fq_emit_text(&planner->emit, selection->parent->name);
    fq_emit_text(&planner->emit, FQ_S("\""));
    return true;
}

/* What the field's declared scalar asks for beyond the column's storage: a schema file may call an int column ID. */
static fq_transfer declared(fq_planner *planner, fq_scan *scan, const fq_column *column, fq_scalar scalar) {
    fq_storage storage = (fq_storage)column->type->storage;
    bool small = storage == FQ_STORAGE_INT2 || storage == FQ_STORAGE_INT4;
    if (small && !column->type->array && (scalar == FQ_SCALAR_ID || scalar == FQ_SCALAR_STRING)) {
        fq_scan_need(scan, column);
        fq_sql_column(&planner->scratch, scan->number, column->name);
        fq_buffer_literal(&planner->scratch, "::text");
        uint32_t output = fq_output_text(planner, scan->tier, fq_planner_take(planner));
        return (fq_transfer){.output = output, .codec = FQ_CODEC_QUOTED};
    }
    fq_transfer transfer = fq_output_column(planner, scan, column);
    bool integer = scalar == FQ_SCALAR_INT;
    bool number = integer || scalar == FQ_SCALAR_FLOAT;
    bool numeric = transfer.codec == FQ_CODEC_NUMERIC_STRING || transfer.codec == FQ_CODEC_NUMERIC_NUMBER;
    bool bigint = transfer.codec == FQ_CODEC_INT8_STRING || transfer.codec == FQ_CODEC_INT8_NUMBER;
    if (number && numeric) {
        transfer.codec = integer ? FQ_CODEC_DOC_INT : FQ_CODEC_NUMERIC_NUMBER;
    } else if (number && bigint) {
        transfer.codec = integer ? FQ_CODEC_INT8_INT : FQ_CODEC_INT8_NUMBER;
    }
    return transfer;
}

void fq_plan_value(fq_planner *planner, fq_tier *tier, fq_transfer transfer, const fq_pgtype *type,
                   const fq_selection *selection) {
    const fq_type_ref *ref = selection->field->type;
    fq_step step = {
        .kind = FQ_STEP_VALUE,
        .codec = transfer.codec,
        .flags = fq_ref_flags(ref) & FQ_STEP_NON_NULL,
        .column = transfer.output,
        .field = fq_emit_field(&planner->emit, selection),
        .names = transfer.names,
    };
    if (type->array) {
        step.kind = FQ_STEP_ARRAY;
        step.shape = fq_shape_make(planner, ref, transfer.codec, transfer.names, NULL);
    }
    fq_emit_step(&planner->emit, tier, step);
}

static bool is_list(const fq_type_ref *ref) {
    return (ref->kind == FQ_REF_NON_NULL ? ref->of : ref)->kind == FQ_REF_LIST;
}

/* Columns with an inner structure: composites, their arrays, and JSON that is declared as a list or an object. */
static void plan_structure(fq_planner *planner, fq_scan *scan, const fq_column *column, const fq_selection *selection) {
    fq_scan_need(scan, column);
    fq_sql_column(&planner->scratch, scan->number, column->name);
    fq_slice expression = fq_planner_take(planner);
    if (column->type->storage != FQ_STORAGE_COMPOSITE) {
        fq_plan_json(planner, scan->tier, expression, selection);
    } else if (column->type->array) {
        fq_plan_composite_array(planner, scan->tier, expression, column->type, selection);
    } else {
        fq_plan_composite(planner, scan->tier, expression, column->type, selection);
    }
}

static void plan_column(fq_planner *planner, fq_scan *scan, const fq_column *column, const fq_selection *selection) {
    const fq_type *core = fq_ref_core(selection->field->type);
    const fq_pgtype *type = column->type;
    if (selection->children != NULL || (is_list(selection->field->type) && !type->array)) {
        plan_structure(planner, scan, column, selection);
        return;
    }
    fq_plan_value(planner, scan->tier, declared(planner, scan, column, (fq_scalar)core->scalar), type, selection);
}

const fq_column *fq_composite_attribute(const fq_pgtype *type, const fq_field *field) {
    for (uint32_t i = 0; i < type->n_attributes; i++) {
        if (fq_slice_equal(type->attributes[i].field, field->name)) {
            return &type->attributes[i];
        }
    }
    return NULL;
}

fq_slice fq_attribute_expression(fq_planner *planner, fq_slice composite, const fq_column *attribute) {
    fq_buffer_char(&planner->scratch, '(');
    fq_buffer_slice(&planner->scratch, composite);
    fq_buffer_literal(&planner->scratch, ").");
    fq_sql_identifier(&planner->scratch, attribute->name);
    return fq_planner_take(planner);
}

static const fq_pgtype text_type = {.storage = FQ_STORAGE_TEXT};

static void plan_attribute(fq_planner *planner, fq_tier *tier, fq_slice composite, const fq_pgtype *type,
                           const fq_selection *selection) {
    const fq_column *attribute = fq_composite_attribute(type, selection->field);
    if (attribute == NULL) { /* the one field of a composite whose attributes have no names in GraphQL */
        fq_slice text = fq_arena_printf(planner->arena, "%.*s::text", FQ_PRI(composite));
        fq_transfer transfer = {.output = fq_output_text(planner, tier, text), .codec = FQ_CODEC_STRING};
        fq_plan_value(planner, tier, transfer, &text_type, selection);
        return;
    }
    fq_slice expression = fq_attribute_expression(planner, composite, attribute);
    if (selection->children == NULL) {
        fq_plan_value(planner, tier, fq_output_value(planner, tier, expression, attribute->type), attribute->type,
                      selection);
    } else if (attribute->type->array) {
        fq_plan_composite_array(planner, tier, expression, attribute->type, selection);
    } else {
        fq_plan_composite(planner, tier, expression, attribute->type, selection);
    }
}

void fq_plan_composite(fq_planner *planner, fq_tier *tier, fq_slice expression, const fq_pgtype *type,
                       const fq_selection *selection) {
    fq_buffer_slice(&planner->scratch, expression);
    fq_buffer_literal(&planner->scratch, " is distinct from null");
    assert(selection->children != NULL);
    fq_step step = {
        .kind = FQ_STEP_OBJECT,
        .flags = (uint8_t)((fq_ref_flags(selection->field->type) & FQ_STEP_NON_NULL) | FQ_STEP_FALSE_IS_NULL),
        .column = fq_output_bool(planner, tier, fq_planner_take(planner)),
        .field = fq_emit_field(&planner->emit, selection),
    };
    uint32_t opened = fq_emit_step(&planner->emit, tier, step);
    fq_emit_text(&planner->emit, FQ_S("{"));
    for (uint32_t i = 0; i < selection->children->count; i++) {
        const fq_selection *child = &selection->children->items[i];
        fq_emit_key(&planner->emit, child, i == 0);
        if (!fq_plan_typename(planner, child)) {
            plan_attribute(planner, tier, expression, type, child);
        }
    }
    fq_emit_text(&planner->emit, FQ_S("}"));
    fq_emit_close(&planner->emit, opened);
}

static void plan_to_one(fq_planner *planner, fq_scan *scan, const fq_join *join, const fq_selection *selection) {
    fq_scan *target = fq_scan_to_one(planner, scan, join);
    fq_step step = {
        .kind = FQ_STEP_OBJECT,
        .flags = fq_ref_flags(selection->field->type) & FQ_STEP_NON_NULL,
        .column = fq_scan_presence(planner, target),
        .field = fq_emit_field(&planner->emit, selection),
    };
    uint32_t opened = fq_emit_step(&planner->emit, scan->tier, step);
    fq_plan_object(planner, target, selection->children);
    fq_emit_close(&planner->emit, opened);
}

static void plan_to_many(fq_planner *planner, fq_scan *scan, const fq_join *join, const fq_selection *selection) {
    fq_tier *tier = fq_tier_list(planner, scan, join, selection);
    if (tier == NULL) {
        return;
    }
    fq_scan_restrict(planner, tier->base);
    fq_step step = {
        .kind = FQ_STEP_LIST,
        .flags = fq_ref_flags(selection->field->type),
        .level = (uint8_t)tier->number,
        .field = fq_emit_field(&planner->emit, selection),
    };
    uint32_t opened = fq_emit_step(&planner->emit, NULL, step);
    fq_plan_object(planner, tier->base, selection->children);
    fq_emit_close(&planner->emit, opened);
}

static void plan_field(fq_planner *planner, fq_scan *scan, const fq_selection *selection) {
    const fq_source *source = scan->entity->sources[selection->field->index];
    if (source == NULL) {
        fq_errors_add_at(planner->errors, FQ_ERR_INTERNAL, selection->offset, "Field \"%.*s.%.*s\" has no data here.",
                         FQ_PRI(selection->parent->name), FQ_PRI(selection->field->name));
        return;
    }
    switch ((fq_source_kind)source->kind) {
    case FQ_SOURCE_DOCUMENT:
        fq_plan_document_field(planner, scan, selection);
        return;
    case FQ_SOURCE_TO_ONE:
        plan_to_one(planner, scan, source->join, selection);
        return;
    case FQ_SOURCE_TO_MANY:
        plan_to_many(planner, scan, source->join, selection);
        return;
    default:
        plan_column(planner, scan, source->column, selection);
        return;
    }
}

void fq_plan_object(fq_planner *planner, fq_scan *scan, const fq_selection_set *set) {
    fq_emit_text(&planner->emit, FQ_S("{"));
    for (uint32_t i = 0; i < set->count; i++) {
        const fq_selection *selection = &set->items[i];
        fq_emit_key(&planner->emit, selection, i == 0);
        if (!fq_plan_typename(planner, selection)) {
            plan_field(planner, scan, selection);
        }
    }
    fq_emit_text(&planner->emit, FQ_S("}"));
}
