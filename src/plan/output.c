/* SPDX-License-Identifier: MIT */
/* How values leave PostgreSQL: for each storage the codec that writes it, its format in rows, and the cast that it
 * needs there and inside arrays (where all elements are binary, so what has no binary codec goes as text). One table
 * rules both, so that a key column of a parent and its repetition below have equal bytes. */
#include "plan/planner.h"

enum { TEXT = 0, BINARY = 1 };

typedef struct transfer_row {
    uint8_t codec;
    uint8_t format;       /* in rows */
    const char *cast;     /* in rows, or "" */
    const char *array;    /* in arrays of rows, after the value, or "" */
    const char *elements; /* of the elements of an array column, or "" */
} transfer_row;

/* Texts that PostgreSQL prints in another way than `::text` does would be spoilt by that cast: inet (the prefix length
 * of single addresses) goes through the text form of the whole array, char(n) keeps its padding by staying what it is.
 */
static const transfer_row transfers[] = {
    [FQ_STORAGE_OTHER] = {FQ_CODEC_STRING, TEXT, "", "::text", "::text::text[]"},
    [FQ_STORAGE_BOOL] = {FQ_CODEC_BOOL, BINARY, "", "", ""},
    [FQ_STORAGE_INT2] = {FQ_CODEC_INT2, BINARY, "", "", ""},
    [FQ_STORAGE_INT4] = {FQ_CODEC_INT4, BINARY, "", "", ""},
    [FQ_STORAGE_INT8] = {FQ_CODEC_INT8_STRING, BINARY, "", "", ""},
    [FQ_STORAGE_FLOAT4] = {FQ_CODEC_FLOAT_TEXT, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_FLOAT8] = {FQ_CODEC_FLOAT_TEXT, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_NUMERIC] = {FQ_CODEC_NUMERIC_STRING, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_MONEY] = {FQ_CODEC_NUMERIC_STRING, TEXT, "::numeric", "::numeric::text", "::numeric[]::text[]"},
    [FQ_STORAGE_TEXT] = {FQ_CODEC_STRING, TEXT, "", "", ""},
    [FQ_STORAGE_BPCHAR] = {FQ_CODEC_STRING, TEXT, "", "", ""},
    [FQ_STORAGE_NAME] = {FQ_CODEC_STRING, TEXT, "", "", ""},
    [FQ_STORAGE_CITEXT] = {FQ_CODEC_STRING, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_UUID] = {FQ_CODEC_UUID, BINARY, "", "", ""},
    [FQ_STORAGE_DATE] = {FQ_CODEC_DATE, BINARY, "", "", ""},
    [FQ_STORAGE_TIME] = {FQ_CODEC_TIME, BINARY, "", "", ""},
    [FQ_STORAGE_TIMETZ] = {FQ_CODEC_TIMETZ, BINARY, "", "", ""},
    [FQ_STORAGE_TIMESTAMP] = {FQ_CODEC_TIMESTAMP, BINARY, "", "", ""},
    [FQ_STORAGE_TIMESTAMPTZ] = {FQ_CODEC_TIMESTAMPTZ, BINARY, "", "", ""},
    [FQ_STORAGE_INTERVAL] = {FQ_CODEC_QUOTED, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_JSON] = {FQ_CODEC_RAW, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_JSONB] = {FQ_CODEC_RAW, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_BYTEA] = {FQ_CODEC_BYTEA, BINARY, "", "", ""},
    [FQ_STORAGE_INET] = {FQ_CODEC_QUOTED, TEXT, "", "", "::text::text[]"},
    [FQ_STORAGE_CIDR] = {FQ_CODEC_QUOTED, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_MACADDR] = {FQ_CODEC_QUOTED, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_MACADDR8] = {FQ_CODEC_QUOTED, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_LTREE] = {FQ_CODEC_STRING, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_INT4RANGE] = {FQ_CODEC_QUOTED, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_INT8RANGE] = {FQ_CODEC_QUOTED, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_NUMRANGE] = {FQ_CODEC_QUOTED, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_DATERANGE] = {FQ_CODEC_RANGE_TEXT, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_TSRANGE] = {FQ_CODEC_RANGE_TEXT, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_TSTZRANGE] = {FQ_CODEC_RANGE_TZ_TEXT, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_ENUM] = {FQ_CODEC_ENUM, TEXT, "", "::text", "::text[]"},
    [FQ_STORAGE_COMPOSITE] = {FQ_CODEC_STRING, TEXT, "", "::text", "::text::text[]"},
};

enum { TEXT_OID = 25, TEXT_ARRAY_OID = 1009, BOOL_OID = 16, JSON_OID = 114, JSONB_OID = 3802, NUMERIC_OID = 1700 };

static uint8_t codec_of(const fq_planner *planner, const transfer_row *row) {
    if (planner->options->big_numbers != 0) {
        if (row->codec == FQ_CODEC_INT8_STRING) {
            return FQ_CODEC_INT8_NUMBER;
        }
        if (row->codec == FQ_CODEC_NUMERIC_STRING) {
            return FQ_CODEC_NUMERIC_NUMBER;
        }
    }
    return row->codec;
}

static bool labels_are_names(const fq_type *type) {
    for (uint32_t i = 0; i < type->n_values; i++) {
        if (!fq_slice_equal(type->values[i].name, type->values[i].label)) {
            return false;
        }
    }
    return true;
}

const fq_label_names *fq_label_names_make(fq_planner *planner, const fq_type *type) {
    fq_label_name *items = fq_arena_alloc(planner->arena, sizeof(fq_label_name) * type->n_values);
    for (uint32_t i = 0; i < type->n_values; i++) {
        items[i] = (fq_label_name){type->values[i].label, type->values[i].name};
    }
    fq_label_names *names = FQ_NEW(planner->arena, fq_label_names);
    *names = (fq_label_names){items, type->n_values};
    return names;
}

/* A column whose row brings several values. */
static fq_output array_output(fq_planner *planner, const fq_tier *tier, fq_slice expression, const fq_pgtype *type,
                              const transfer_row *row) {
    fq_buffer *out = &planner->scratch;
    bool nested = tier->kind == FQ_LEVEL_ARRAYS;
    if (nested) {
        fq_buffer_literal(out, "array_send(");
    }
    fq_buffer_slice(out, expression);
    fq_buffer_slice(out, fq_slice_from_cstr(row->elements));
    if (nested) {
        fq_buffer_char(out, ')');
    }
    uint32_t oid = row->elements[0] != '\0' ? TEXT_ARRAY_OID : type->oid;
    return (fq_output){.expression = fq_planner_take(planner), .oid = nested ? 0 : oid, .format = BINARY};
}

static fq_output single_output(fq_planner *planner, const fq_tier *tier, fq_slice expression, const fq_pgtype *type,
                               const transfer_row *row) {
    bool nested = tier->kind == FQ_LEVEL_ARRAYS;
    if (nested && type->storage == FQ_STORAGE_INET) {
        return (fq_output){fq_arena_printf(planner->arena, "abbrev(%.*s)", FQ_PRI(expression)), 0, BINARY};
    }
    const char *cast = nested ? row->array : row->cast;
    uint32_t oid = cast[0] == '\0' ? type->oid : NUMERIC_OID;
    if (cast[0] != '\0') {
        fq_buffer_slice(&planner->scratch, expression);
        fq_buffer_slice(&planner->scratch, fq_slice_from_cstr(cast));
        expression = fq_planner_take(planner);
    }
    return (fq_output){.expression = expression, .oid = nested ? 0 : oid, .format = nested ? BINARY : row->format};
}

fq_transfer fq_output_value(fq_planner *planner, fq_tier *tier, fq_slice expression, const fq_pgtype *type) {
    const transfer_row *row = &transfers[type->storage];
    fq_transfer transfer = {.codec = codec_of(planner, row)};
    if (type->storage == FQ_STORAGE_ENUM) {
        const fq_type *enumeration = type->type;
        if (enumeration == NULL) {
            transfer.codec = FQ_CODEC_STRING;
        } else if (labels_are_names(enumeration)) {
            transfer.codec = FQ_CODEC_QUOTED;
        } else {
            transfer.names = fq_label_names_make(planner, enumeration);
        }
    }
    fq_output output = type->array ? array_output(planner, tier, expression, type, row)
                                   : single_output(planner, tier, expression, type, row);
    transfer.output = fq_tier_output(planner, tier, output);
    return transfer;
}

fq_transfer fq_output_column(fq_planner *planner, fq_scan *scan, const fq_column *column) {
    fq_scan_need(scan, column);
    const transfer_row *row = &transfers[column->type->storage];
    if (scan->outputs[column->index] != 0 && column->type->storage != FQ_STORAGE_ENUM) {
        return (fq_transfer){.output = scan->outputs[column->index] - 1, .codec = codec_of(planner, row)};
    }
    fq_sql_column(&planner->scratch, scan->number, column->name);
    fq_transfer transfer = fq_output_value(planner, scan->tier, fq_planner_take(planner), column->type);
    scan->outputs[column->index] = transfer.output + 1;
    return transfer;
}

static uint32_t plain_output(fq_planner *planner, fq_tier *tier, fq_slice expression, uint32_t oid, uint8_t format) {
    if (tier->kind == FQ_LEVEL_ARRAYS) {
        return fq_tier_output(planner, tier, (fq_output){expression, 0, BINARY});
    }
    return fq_tier_output(planner, tier, (fq_output){expression, oid, format});
}

uint32_t fq_output_text(fq_planner *planner, fq_tier *tier, fq_slice expression) {
    return plain_output(planner, tier, expression, TEXT_OID, TEXT);
}

uint32_t fq_output_bool(fq_planner *planner, fq_tier *tier, fq_slice expression) {
    return plain_output(planner, tier, expression, BOOL_OID, BINARY);
}

static uint32_t document_output(fq_planner *planner, fq_tier *tier, fq_slice expression, uint32_t oid) {
    if (tier->kind == FQ_LEVEL_ARRAYS) {
        expression = fq_arena_printf(planner->arena, "(%.*s)::text", FQ_PRI(expression));
    }
    return plain_output(planner, tier, expression, oid, TEXT);
}

uint32_t fq_output_json(fq_planner *planner, fq_tier *tier, fq_slice expression) {
    return document_output(planner, tier, expression, JSON_OID);
}

uint32_t fq_output_jsonb(fq_planner *planner, fq_tier *tier, fq_slice expression) {
    return document_output(planner, tier, expression, JSONB_OID);
}
