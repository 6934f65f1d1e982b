/* SPDX-License-Identifier: MIT */
/* Arrays of composites: one column of JSON that holds the selected attributes, each written as the text that its codec
 * reads, and the shape that projects it. Keys are the numbers of the selections, so that one attribute may stand under
 * several aliases. PostgreSQL's own to_json is no help: it knows other forms than ours of half the types. */
#include "plan/planner.h"

/* From a value to what stands in the JSON, and the codec that reads it there. */
typedef struct json_form {
    uint8_t codec;
    const char *before;
    const char *after;
} json_form;

static const json_form forms[] = {
    [FQ_STORAGE_OTHER] = {FQ_CODEC_STRING, "", "::text"},
    [FQ_STORAGE_BOOL] = {FQ_CODEC_DOC_BOOL, "", ""},
    [FQ_STORAGE_INT2] = {FQ_CODEC_DOC_INT, "", ""},
    [FQ_STORAGE_INT4] = {FQ_CODEC_DOC_INT, "", ""},
    [FQ_STORAGE_INT8] = {FQ_CODEC_INT8_STRING, "", "::text"},
    [FQ_STORAGE_FLOAT4] = {FQ_CODEC_FLOAT_TEXT, "", "::text"},
    [FQ_STORAGE_FLOAT8] = {FQ_CODEC_FLOAT_TEXT, "", "::text"},
    [FQ_STORAGE_NUMERIC] = {FQ_CODEC_NUMERIC_STRING, "", "::text"},
    [FQ_STORAGE_MONEY] = {FQ_CODEC_NUMERIC_STRING, "", "::numeric::text"},
    [FQ_STORAGE_TEXT] = {FQ_CODEC_STRING, "", ""},
    [FQ_STORAGE_BPCHAR] = {FQ_CODEC_STRING, "", ""},
    [FQ_STORAGE_NAME] = {FQ_CODEC_STRING, "", ""},
    [FQ_STORAGE_CITEXT] = {FQ_CODEC_STRING, "", "::text"},
    [FQ_STORAGE_UUID] = {FQ_CODEC_STRING, "", ""},
    [FQ_STORAGE_DATE] = {FQ_CODEC_MOMENT_TEXT, "", "::text"},
    [FQ_STORAGE_TIME] = {FQ_CODEC_CLOCK_TEXT, "", "::text"},
    [FQ_STORAGE_TIMETZ] = {FQ_CODEC_CLOCK_TEXT, "", "::text"},
    [FQ_STORAGE_TIMESTAMP] = {FQ_CODEC_MOMENT_TEXT, "", "::text"},
    [FQ_STORAGE_TIMESTAMPTZ] = {FQ_CODEC_MOMENT_TEXT, "", "::text"},
    [FQ_STORAGE_INTERVAL] = {FQ_CODEC_STRING, "", "::text"},
    [FQ_STORAGE_JSON] = {FQ_CODEC_RAW, "", ""},
    [FQ_STORAGE_JSONB] = {FQ_CODEC_RAW, "", ""},
    [FQ_STORAGE_BYTEA] = {FQ_CODEC_STRING, "translate(encode(", ", 'base64'), E'\\n', '')"},
    [FQ_STORAGE_INET] = {FQ_CODEC_STRING, "abbrev(", ")"},
    [FQ_STORAGE_CIDR] = {FQ_CODEC_STRING, "", "::text"},
    [FQ_STORAGE_MACADDR] = {FQ_CODEC_STRING, "", "::text"},
    [FQ_STORAGE_MACADDR8] = {FQ_CODEC_STRING, "", "::text"},
    [FQ_STORAGE_LTREE] = {FQ_CODEC_STRING, "", "::text"},
    [FQ_STORAGE_INT4RANGE] = {FQ_CODEC_STRING, "", "::text"},
    [FQ_STORAGE_INT8RANGE] = {FQ_CODEC_STRING, "", "::text"},
    [FQ_STORAGE_NUMRANGE] = {FQ_CODEC_STRING, "", "::text"},
    [FQ_STORAGE_DATERANGE] = {FQ_CODEC_RANGE_TEXT, "", "::text"},
    [FQ_STORAGE_TSRANGE] = {FQ_CODEC_RANGE_TEXT, "", "::text"},
    [FQ_STORAGE_TSTZRANGE] = {FQ_CODEC_RANGE_TZ_TEXT, "", "::text"},
    [FQ_STORAGE_ENUM] = {FQ_CODEC_ENUM, "", "::text"},
    [FQ_STORAGE_COMPOSITE] = {FQ_CODEC_STRING, "", ""},
};

static void key_of(fq_buffer *out, uint32_t number) { fq_buffer_printf(out, "k%u", number); }

/* ---- the SQL ---- */

static void write_value(fq_planner *planner, fq_buffer *out, fq_slice expression, const fq_pgtype *type,
                        const fq_selection_set *set, unsigned depth);

static void write_attribute(fq_planner *planner, fq_buffer *out, fq_slice composite, const fq_pgtype *type,
                            const fq_selection *selection, unsigned depth) {
    const fq_column *attribute = fq_composite_attribute(type, selection->field);
    if (attribute == NULL) {
        fq_buffer_printf(out, "%.*s::text", FQ_PRI(composite));
        return;
    }
    fq_slice expression = fq_attribute_expression(planner, composite, attribute);
    write_value(planner, out, expression, attribute->type, selection->children, depth);
}

/* A row with the attributes; NULL where there is no composite. */
static void write_object(fq_planner *planner, fq_buffer *out, fq_slice expression, const fq_pgtype *type,
                         const fq_selection_set *set, unsigned depth) {
    const char *joint = " ";
    fq_buffer_printf(out, "case when %.*s is distinct from null then (select row_to_json(o.*) from (select",
                     FQ_PRI(expression));
    for (uint32_t i = 0; i < set->count; i++) {
        if (set->items[i].field == planner->schema->typename_field) {
            continue;
        }
        fq_buffer_slice(out, fq_slice_from_cstr(joint));
        write_attribute(planner, out, expression, type, &set->items[i], depth);
        fq_buffer_char(out, ' ');
        key_of(out, i);
        joint = ", ";
    }
    fq_buffer_literal(out, ") o) end");
}

static void write_one(fq_planner *planner, fq_buffer *out, fq_slice expression, const fq_pgtype *type,
                      const fq_selection_set *set, unsigned depth) {
    if (set != NULL) {
        write_object(planner, out, expression, type, set, depth);
        return;
    }
    fq_buffer_slice(out, fq_slice_from_cstr(forms[type->storage].before));
    fq_buffer_slice(out, expression);
    fq_buffer_slice(out, fq_slice_from_cstr(forms[type->storage].after));
}

/* Functions that return rows stand in the select list, since in FROM a composite would fall apart into its columns, and
 * one that is NULL would be like one of NULLs. Anything but a list stands for more than one dimension. */
static void write_array(fq_planner *planner, fq_buffer *out, fq_slice expression, const fq_pgtype *type,
                        const fq_selection_set *set, unsigned depth) {
    fq_slice item = fq_arena_printf(planner->arena, "u%u.e", depth);
    fq_buffer_printf(out, "case when %.*s is null then null when array_ndims(%.*s) > 1 then '0'::json else ",
                     FQ_PRI(expression), FQ_PRI(expression));
    fq_buffer_literal(out, "coalesce((select json_agg(");
    write_one(planner, out, item, type->element, set, depth + 1);
    fq_buffer_printf(out, " order by u%u.n) from (select unnest(%.*s) e, generate_subscripts(%.*s, 1) n) u%u), ", depth,
                     FQ_PRI(expression), FQ_PRI(expression), depth);
    fq_buffer_literal(out, "'[]'::json) end");
}

static void write_value(fq_planner *planner, fq_buffer *out, fq_slice expression, const fq_pgtype *type,
                        const fq_selection_set *set, unsigned depth) {
    if (type->array) {
        write_array(planner, out, expression, type, set, depth);
    } else {
        write_one(planner, out, expression, type, set, depth);
    }
}

/* ---- the shape ---- */

static const fq_projection *project(fq_planner *planner, const fq_pgtype *type, const fq_selection_set *set);

static uint8_t codec_of(const fq_planner *planner, const fq_pgtype *type) {
    uint8_t codec = forms[type->storage].codec;
    if (codec == FQ_CODEC_ENUM && type->type == NULL) {
        return FQ_CODEC_STRING;
    }
    if (planner->options->big_numbers != 0) {
        return codec == FQ_CODEC_INT8_STRING      ? FQ_CODEC_INT8_NUMBER
               : codec == FQ_CODEC_NUMERIC_STRING ? FQ_CODEC_NUMERIC_NUMBER
                                                  : codec;
    }
    return codec;
}

static const fq_shape *shape_of(fq_planner *planner, const fq_pgtype *type, const fq_selection *selection) {
    uint8_t codec = codec_of(planner, type);
    const fq_label_names *names = codec == FQ_CODEC_ENUM ? fq_label_names_make(planner, type->type) : NULL;
    const fq_pgtype *one = type->array ? type->element : type;
    const fq_projection *object = selection->children != NULL ? project(planner, one, selection->children) : NULL;
    fq_shape *shape = FQ_NEW(planner->arena, fq_shape);
    *shape = *fq_shape_make(planner, selection->field->type, codec, names, object);
    shape->of_array = type->array;
    return shape;
}

static fq_projected_field projected(fq_planner *planner, const fq_pgtype *type, const fq_selection *selection,
                                    uint32_t number) {
    fq_projected_field field = fq_projected_field_make(planner, selection);
    if (field.constant.len > 0) {
        return field;
    }
    key_of(&planner->scratch, number);
    field.key = fq_planner_take(planner);
    const fq_column *attribute = fq_composite_attribute(type, selection->field);
    field.shape = attribute != NULL ? shape_of(planner, attribute->type, selection)
                                    : fq_shape_make(planner, selection->field->type, FQ_CODEC_STRING, NULL, NULL);
    return field;
}

static const fq_projection *project(fq_planner *planner, const fq_pgtype *type, const fq_selection_set *set) {
    fq_projected_field *fields = fq_arena_alloc(planner->arena, sizeof(fq_projected_field) * set->count);
    for (uint32_t i = 0; i < set->count; i++) {
        fields[i] = projected(planner, type, &set->items[i], i);
    }
    fq_projection *projection = FQ_NEW(planner->arena, fq_projection);
    *projection = (fq_projection){fields, set->count};
    return projection;
}

void fq_plan_composite_array(fq_planner *planner, fq_tier *tier, fq_slice expression, const fq_pgtype *type,
                             const fq_selection *selection) {
    fq_buffer out;
    fq_buffer_init(&out, FQ_SQL_TEXT_MAX);
    write_array(planner, &out, expression, type, selection->children, 0);
    fq_slice json = fq_arena_copy(planner->arena, fq_buffer_view(&out));
    if (out.failed) {
        fq_errors_add_at(planner->errors, FQ_ERR_LIMIT_EXCEEDED, selection->offset,
                         "The SQL of this field would be too long.");
    }
    fq_buffer_done(&out);
    fq_plan_document(planner, tier, fq_output_json(planner, tier, json), selection, shape_of(planner, type, selection));
}
