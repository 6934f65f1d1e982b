/* SPDX-License-Identifier: MIT */
/* Fields that live in a JSONB document. The document is read once per row (`x0.x`, see select.c); scalars leave it as
 * text, objects and lists as the JSON of that part, which the row program projects while copying. */
#include "plan/planner.h"

const fq_shape *fq_shape_make(fq_planner *planner, const fq_type_ref *ref, uint8_t codec, const fq_label_names *names,
                              const fq_projection *object) {
    fq_shape *shape = FQ_NEW(planner->arena, fq_shape);
    if (ref->kind == FQ_REF_NON_NULL) {
        shape->non_null = true;
        ref = ref->of;
    }
    if (ref->kind == FQ_REF_LIST) {
        shape->list = true;
        shape->item = fq_shape_make(planner, ref->of, codec, names, object);
    } else {
        shape->codec = codec;
        shape->names = names;
        shape->object = object;
    }
    return shape;
}

/* How a scalar of a document is written, from its text or from its JSON value. */
static uint8_t document_codec(const fq_planner *planner, const fq_type *type) {
    if (type->kind == FQ_ENUM_TYPE) {
        return FQ_CODEC_ENUM; /* even where labels are names: nobody has checked what the document holds */
    }
    if (type->kind != FQ_SCALAR_TYPE) {
        return FQ_CODEC_STRING;
    }
    switch ((fq_scalar)type->scalar) {
    case FQ_SCALAR_INT:
        return FQ_CODEC_DOC_INT;
    case FQ_SCALAR_FLOAT:
        return FQ_CODEC_DOC_NUMBER;
    case FQ_SCALAR_BOOLEAN:
        return FQ_CODEC_DOC_BOOL;
    case FQ_SCALAR_BIG_INT:
    case FQ_SCALAR_DECIMAL:
        return planner->options->big_numbers != 0 ? FQ_CODEC_NUMERIC_NUMBER : FQ_CODEC_NUMERIC_STRING;
    case FQ_SCALAR_DATE_TIME:
        return FQ_CODEC_MOMENT_TEXT;
    case FQ_SCALAR_JSON:
        return FQ_CODEC_RAW;
    default:
        return FQ_CODEC_STRING;
    }
}

static const fq_label_names *document_names(fq_planner *planner, const fq_type *type) {
    return type->kind == FQ_ENUM_TYPE ? fq_label_names_make(planner, type) : NULL;
}

fq_slice fq_field_json_key(const fq_field *field) {
    return field->document_key.len > 0 ? field->document_key : field->name;
}

static const fq_projection *project(fq_planner *planner, const fq_selection_set *set);

static const fq_shape *shape_of(fq_planner *planner, const fq_selection *selection) {
    const fq_type *core = fq_ref_core(selection->field->type);
    const fq_projection *object = selection->children != NULL ? project(planner, selection->children) : NULL;
    return fq_shape_make(planner, selection->field->type, document_codec(planner, core), document_names(planner, core),
                         object);
}

/* `"key":` */
static fq_slice key_literal(fq_planner *planner, fq_slice key) {
    fq_buffer_char(&planner->scratch, '"');
    fq_buffer_slice(&planner->scratch, key);
    fq_buffer_literal(&planner->scratch, "\":");
    return fq_planner_take(planner);
}

fq_projected_field fq_projected_field_make(fq_planner *planner, const fq_selection *selection) {
    fq_slice parent = selection->parent->name;
    fq_projected_field field = {
        .literal = key_literal(planner, selection->key),
        .response_key = selection->key,
        .offset = selection->offset,
    };
    if (selection->field == planner->schema->typename_field) {
        field.constant = fq_arena_printf(planner->arena, "\"%.*s\"", FQ_PRI(parent));
    } else {
        field.coordinate = fq_arena_printf(planner->arena, "%.*s.%.*s", FQ_PRI(parent), FQ_PRI(selection->field->name));
    }
    return field;
}

static fq_projected_field projected(fq_planner *planner, const fq_selection *selection) {
    fq_projected_field field = fq_projected_field_make(planner, selection);
    if (field.constant.len == 0) {
        field.key = fq_field_json_key(selection->field);
        field.alternative = selection->field->document_alternative;
        field.shape = shape_of(planner, selection);
    }
    return field;
}

static const fq_projection *project(fq_planner *planner, const fq_selection_set *set) {
    fq_projected_field *fields = fq_arena_alloc(planner->arena, sizeof(fq_projected_field) * set->count);
    for (uint32_t i = 0; i < set->count; i++) {
        fields[i] = projected(planner, &set->items[i]);
    }
    fq_projection *projection = FQ_NEW(planner->arena, fq_projection);
    *projection = (fq_projection){fields, set->count};
    return projection;
}

static void one_access(fq_buffer *out, fq_slice document, fq_slice key, const char *arrow) {
    fq_buffer_slice(out, document);
    fq_buffer_slice(out, fq_slice_from_cstr(arrow));
    fq_sql_string(out, key);
}

void fq_document_access(fq_buffer *out, fq_slice document, fq_slice key, fq_slice alternative, const char *arrow) {
    if (alternative.len == 0) {
        one_access(out, document, key, arrow);
        return;
    }
    fq_buffer_literal(out, "coalesce(");
    one_access(out, document, key, arrow);
    fq_buffer_literal(out, ", ");
    one_access(out, document, alternative, arrow);
    fq_buffer_char(out, ')');
}

static fq_slice access_field(fq_planner *planner, const fq_scan *scan, const fq_field *field, const char *arrow) {
    char alias[16];
    fq_sql_alias(&planner->scratch, 'x', scan->number);
    fq_buffer_literal(&planner->scratch, ".x");
    size_t len = planner->scratch.len;
    memcpy(alias, planner->scratch.ptr, len);
    fq_buffer_clear(&planner->scratch);
    fq_document_access(&planner->scratch, fq_slice_of(alias, len), fq_field_json_key(field),
                       field->document_alternative, arrow);
    return fq_planner_take(planner);
}

void fq_plan_document(fq_planner *planner, fq_tier *tier, uint32_t output, const fq_selection *selection,
                      const fq_shape *shape) {
    fq_step step = {
        .kind = FQ_STEP_DOCUMENT,
        .flags = fq_ref_flags(selection->field->type) & FQ_STEP_NON_NULL,
        .column = output,
        .field = fq_emit_field(&planner->emit, selection),
        .shape = shape,
    };
    fq_emit_step(&planner->emit, tier, step);
}

static void plan_part(fq_planner *planner, fq_tier *tier, uint32_t output, const fq_selection *selection) {
    fq_plan_document(planner, tier, output, selection, shape_of(planner, selection));
}

void fq_plan_document_field(fq_planner *planner, fq_scan *scan, const fq_selection *selection) {
    const fq_type_ref *ref = selection->field->type;
    const fq_type_ref *inner = ref->kind == FQ_REF_NON_NULL ? ref->of : ref;
    scan->uses_document = true;
    fq_scan_need(scan, scan->relation->document);
    if (inner->kind == FQ_REF_LIST || selection->children != NULL) {
        fq_slice part = access_field(planner, scan, selection->field, "->");
        plan_part(planner, scan->tier, fq_output_jsonb(planner, scan->tier, part), selection);
        return;
    }
    uint8_t codec = document_codec(planner, inner->type);
    fq_step step = {
        .kind = FQ_STEP_VALUE,
        .codec = codec,
        .flags = fq_ref_flags(ref) & FQ_STEP_NON_NULL,
        .field = fq_emit_field(&planner->emit, selection),
        .names = document_names(planner, inner->type),
    };
    fq_slice value = access_field(planner, scan, selection->field, codec == FQ_CODEC_RAW ? "->" : "->>");
    step.column = codec == FQ_CODEC_RAW ? fq_output_jsonb(planner, scan->tier, value)
                                        : fq_output_text(planner, scan->tier, value);
    fq_emit_step(&planner->emit, scan->tier, step);
}

void fq_plan_json(fq_planner *planner, fq_tier *tier, fq_slice expression, const fq_selection *selection) {
    plan_part(planner, tier, fq_output_jsonb(planner, tier, expression), selection);
}
