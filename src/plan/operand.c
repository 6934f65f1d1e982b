/* SPDX-License-Identifier: MIT */
/* What is compared with values: columns, and scalars inside documents. Values are bound in the column's own type,
 * because another one loses the index; a scalar of a document has one canonical expression per type, so that an index
 * on just that expression serves. */
#include "plan/planner.h"

enum { TEXT_OID = 25, INT4_OID = 23, NUMERIC_OID = 1700 };

typedef struct oid_pair {
    uint32_t element, array;
} oid_pair;

static const oid_pair array_oids[] = {
    {16, 1000},   {21, 1005},   {23, 1007},   {20, 1016},   {700, 1021},  {701, 1022},  {1700, 1231}, {790, 791},
    {25, 1009},   {1043, 1015}, {1042, 1014}, {19, 1003},   {2950, 2951}, {1082, 1182}, {1083, 1183}, {1266, 1270},
    {1114, 1115}, {1184, 1185}, {1186, 1187}, {114, 199},   {3802, 3807}, {17, 1001},   {869, 1041},  {650, 651},
    {829, 1040},  {774, 775},   {3904, 3905}, {3926, 3927}, {3906, 3907}, {3912, 3913}, {3908, 3909}, {3910, 3911},
};

uint32_t fq_array_oid(uint32_t element) {
    for (size_t i = 0; i < sizeof(array_oids) / sizeof(array_oids[0]); i++) {
        if (array_oids[i].element == element) {
            return array_oids[i].array;
        }
    }
    return 0;
}

/* int2 takes int4 values (a bigger one is no error, just not equal), text types take text (name would cut it). */
static uint32_t value_oid(const fq_pgtype *type) {
    switch ((fq_storage)type->storage) {
    case FQ_STORAGE_INT2:
        return INT4_OID;
    case FQ_STORAGE_TEXT:
    case FQ_STORAGE_NAME:
        return TEXT_OID;
    case FQ_STORAGE_MONEY:
        return NUMERIC_OID;
    default:
        return type->oid != 0 ? type->oid : fq_storage_oid((fq_storage)type->storage);
    }
}

/* The text form of money depends on the server's locale, so it goes through numeric; json has no equality, jsonb has.
 */
static void set_casts(fq_operand *operand, bool array) {
    if (operand->storage == FQ_STORAGE_MONEY) {
        operand->oid = array ? fq_array_oid(NUMERIC_OID) : NUMERIC_OID;
        operand->cast = array ? FQ_S("::money[]") : FQ_S("::money");
        operand->list_cast = FQ_S("::money[]");
    }
}

fq_operand fq_operand_of_column(fq_planner *planner, uint32_t scan, const fq_column *column) {
    const fq_pgtype *type = column->type;
    fq_sql_column(&planner->scratch, scan, column->name);
    fq_operand operand = {.expression = fq_planner_take(planner), .type = type, .storage = type->storage};
    operand.oid = type->array ? type->oid : value_oid(type);
    operand.pattern = operand.expression;
    if (type->storage == FQ_STORAGE_BPCHAR) {
        operand.pattern = fq_arena_printf(planner->arena, "%.*s::text", FQ_PRI(operand.expression));
    } else if (type->storage == FQ_STORAGE_JSON && !type->array) {
        operand.expression = fq_arena_printf(planner->arena, "%.*s::jsonb", FQ_PRI(operand.expression));
        operand.storage = FQ_STORAGE_JSONB;
        operand.oid = fq_storage_oid(FQ_STORAGE_JSONB);
    }
    if (type->storage == FQ_STORAGE_INT2 && !type->array) {
        operand.storage = FQ_STORAGE_INT4; /* see value_oid */
    }
    if (type->storage == FQ_STORAGE_ENUM) {
        operand.enumeration = type->type;
        if (column->domain && !type->array) { /* no operator or aggregate of enums takes a domain over one */
            fq_buffer_slice(&planner->scratch, operand.expression);
            fq_buffer_literal(&planner->scratch, "::");
            fq_sql_relation(&planner->scratch, type->schema, type->name);
            operand.expression = fq_planner_take(planner);
        }
    }
    set_casts(&operand, type->array);
    return operand;
}

fq_operand fq_operand_of_element(const fq_operand *array) {
    const fq_pgtype *type = array->type->element;
    fq_operand item = {.type = type, .storage = array->storage, .enumeration = array->enumeration};
    item.oid = type != NULL ? type->oid : array->type->element_oid;
    set_casts(&item, false);
    return item;
}

typedef struct document_row {
    const char *cast; /* of the text that ->> gives; NULL: compared as jsonb */
    uint8_t storage;  /* of values */
    uint32_t oid;     /* of values; 0: that of the storage */
} document_row;

static const document_row document_rows[] = {
    [FQ_SCALAR_NONE] = {"", FQ_STORAGE_TEXT, 0},
    [FQ_SCALAR_OPAQUE] = {"", FQ_STORAGE_TEXT, 0},
    [FQ_SCALAR_INT] = {"::int", FQ_STORAGE_INT4, 0},
    [FQ_SCALAR_FLOAT] = {"::numeric", FQ_STORAGE_FLOAT8, NUMERIC_OID},
    [FQ_SCALAR_STRING] = {"", FQ_STORAGE_TEXT, 0},
    [FQ_SCALAR_BOOLEAN] = {"::boolean", FQ_STORAGE_BOOL, 0},
    [FQ_SCALAR_ID] = {"", FQ_STORAGE_TEXT, 0},
    [FQ_SCALAR_BIG_INT] = {"::bigint", FQ_STORAGE_INT8, 0},
    [FQ_SCALAR_DECIMAL] = {"::numeric", FQ_STORAGE_NUMERIC, 0},
    [FQ_SCALAR_UUID] = {"::uuid", FQ_STORAGE_UUID, 0},
    [FQ_SCALAR_DATE] = {"::date", FQ_STORAGE_DATE, 0},
    [FQ_SCALAR_TIME] = {"::time", FQ_STORAGE_TIME, 0},
    [FQ_SCALAR_DATE_TIME] = {"::timestamptz", FQ_STORAGE_TIMESTAMPTZ, 0},
    [FQ_SCALAR_DURATION] = {"::interval", FQ_STORAGE_INTERVAL, 0},
    [FQ_SCALAR_JSON] = {NULL, FQ_STORAGE_JSONB, 0},
    [FQ_SCALAR_BYTES] = {"", FQ_STORAGE_TEXT, 0},
    [FQ_SCALAR_IP_ADDRESS] = {"::inet", FQ_STORAGE_INET, 0},
    [FQ_SCALAR_CIDR] = {"::cidr", FQ_STORAGE_CIDR, 0},
    [FQ_SCALAR_MAC_ADDRESS] = {"::macaddr", FQ_STORAGE_MACADDR, 0},
    [FQ_SCALAR_LTREE_PATH] = {"", FQ_STORAGE_TEXT, 0},
    [FQ_SCALAR_INT4_RANGE] = {"::int4range", FQ_STORAGE_INT4RANGE, 0},
    [FQ_SCALAR_INT8_RANGE] = {"::int8range", FQ_STORAGE_INT8RANGE, 0},
    [FQ_SCALAR_NUM_RANGE] = {"::numrange", FQ_STORAGE_NUMRANGE, 0},
    [FQ_SCALAR_DATE_RANGE] = {"::daterange", FQ_STORAGE_DATERANGE, 0},
    [FQ_SCALAR_TS_RANGE] = {"::tsrange", FQ_STORAGE_TSRANGE, 0},
    [FQ_SCALAR_TSTZ_RANGE] = {"::tstzrange", FQ_STORAGE_TSTZRANGE, 0},
};

static fq_slice labels_of(fq_planner *planner, const fq_type *type) {
    fq_buffer_literal(&planner->scratch, "array[");
    for (uint32_t i = 0; i < type->n_values; i++) {
        fq_buffer_slice(&planner->scratch, i > 0 ? FQ_S(", ") : FQ_S(""));
        fq_sql_string(&planner->scratch, type->values[i].label);
    }
    fq_buffer_literal(&planner->scratch, "]::text[]");
    return fq_planner_take(planner);
}

fq_operand fq_operand_of_document(fq_planner *planner, fq_slice document, const fq_field *field) {
    const fq_type *core = fq_ref_core(field->type);
    const document_row *row = &document_rows[core->kind == FQ_SCALAR_TYPE ? core->scalar : FQ_SCALAR_NONE];
    fq_buffer *out = &planner->scratch;
    if (row->cast == NULL) {
        fq_buffer_literal(out, "nullif");
    }
    fq_buffer_char(out, '(');
    if (row->cast != NULL && row->cast[0] != '\0') {
        fq_buffer_char(out, '(');
    }
    fq_document_access(out, document, fq_field_json_key(field), field->document_alternative,
                       row->cast == NULL ? "->" : "->>");
    if (row->cast != NULL && row->cast[0] != '\0') {
        fq_buffer_char(out, ')');
        fq_buffer_slice(out, fq_slice_from_cstr(row->cast));
    }
    if (row->cast == NULL) {
        fq_buffer_literal(out, ", 'null'"); /* what ->> does for every other scalar */
    }
    fq_buffer_char(out, ')');
    fq_operand operand = {.expression = fq_planner_take(planner), .storage = row->storage};
    operand.oid = row->oid != 0 ? row->oid : fq_storage_oid((fq_storage)row->storage);
    operand.pattern = operand.expression;
    if (core->kind == FQ_ENUM_TYPE) {
        operand.enumeration = core;
        operand.labels = labels_of(planner, core);
    }
    return operand;
}

fq_slice fq_operand_order(fq_planner *planner, const fq_operand *operand) {
    if (operand->labels.len == 0) {
        return operand->expression;
    }
    return fq_arena_printf(planner->arena, "array_position(%.*s, %.*s)", FQ_PRI(operand->labels),
                           FQ_PRI(operand->expression));
}

fq_slice fq_scan_document(fq_planner *planner, const fq_scan *scan) {
    if (scan->relation->document == NULL) {
        return fq_slice_of(NULL, 0);
    }
    fq_sql_column(&planner->scratch, scan->number, scan->relation->document->name);
    return fq_planner_take(planner);
}

static fq_slice path_text(fq_planner *planner, const fq_path_name *path) {
    if (path->up == NULL) {
        return path->name;
    }
    fq_slice up = path_text(planner, path->up);
    return fq_arena_printf(planner->arena, "%.*s.%.*s", FQ_PRI(up), FQ_PRI(path->name));
}

void fq_operand_param(fq_planner *planner, fq_sql *sql, const fq_operand *operand, fq_param_form form,
                      const fq_value *value, const fq_path_name *path) {
    bool list = form == FQ_PARAM_LIST;
    fq_param param = {
        .value = value,
        .form = (uint8_t)form,
        .storage = operand->storage,
        .oid = list ? fq_array_oid(operand->oid) : operand->oid,
        .enum_type = operand->enumeration,
        .path = path_text(planner, path),
    };
    fq_sql_param(sql, &param);
    fq_buffer_slice(&sql->out, list ? operand->list_cast : operand->cast);
}
