/* SPDX-License-Identifier: MIT */
/* See storage.h: the tables of storages and scalars. The checks of input texts are in check*.c. */
#include "schema/storage.h"

typedef struct scalar_row {
    fq_slice name;
    fq_slice description;
    fq_slice specified_by;
} scalar_row;

static const fq_slice scalar_names[] = {
#define X(name, text) FQ_S_INIT(text),
    FQ_SCALARS(X)
#undef X
};

#define SCALAR_COUNT (sizeof(scalar_names) / sizeof(scalar_names[0]))

/* Descriptions of the five standard scalars are builtins.c's affair. */
static const scalar_row scalar_rows[SCALAR_COUNT] = {
    [FQ_SCALAR_BIG_INT] = {.description =
                               FQ_S_INIT("A signed 64-bit integer, written as a string so that no digit is lost; "
                                         "accepted as a string or a number.")},
    [FQ_SCALAR_DECIMAL] = {.description =
                               FQ_S_INIT("A decimal number of any precision, written as a string so that no digit "
                                         "is lost; accepted as a string or a number.")},
    [FQ_SCALAR_UUID] = {.description = FQ_S_INIT("A universally unique identifier."),
                        .specified_by = FQ_S_INIT("https://www.rfc-editor.org/rfc/rfc4122")},
    [FQ_SCALAR_DATE] = {.description = FQ_S_INIT("A calendar date, `YYYY-MM-DD`.")},
    [FQ_SCALAR_TIME] = {.description =
                            FQ_S_INIT("A time of day, `HH:MM:SS[.ffffff]`, with an offset from UTC where the "
                                      "column has one.")},
    [FQ_SCALAR_DATE_TIME] = {.description =
                                 FQ_S_INIT("A point in time in UTC, `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`; without `Z` "
                                           "where the column has no time zone.")},
    [FQ_SCALAR_DURATION] = {.description = FQ_S_INIT("An ISO 8601 duration such as `P1DT2H30M`.")},
    [FQ_SCALAR_JSON] = {.description = FQ_S_INIT("Any JSON value."),
                        .specified_by = FQ_S_INIT("https://www.rfc-editor.org/rfc/rfc8259")},
    [FQ_SCALAR_BYTES] = {.description = FQ_S_INIT("Binary data in base64."),
                         .specified_by = FQ_S_INIT("https://www.rfc-editor.org/rfc/rfc4648#section-4")},
    [FQ_SCALAR_IP_ADDRESS] = {.description =
                                  FQ_S_INIT("An IPv4 or IPv6 address, with a prefix length where it has one.")},
    [FQ_SCALAR_CIDR] = {.description = FQ_S_INIT("An IPv4 or IPv6 network such as `10.0.0.0/8`.")},
    [FQ_SCALAR_MAC_ADDRESS] = {.description =
                                   FQ_S_INIT("A hardware address of 6 or 8 bytes such as `08:00:2b:01:02:03`.")},
    [FQ_SCALAR_LTREE_PATH] = {.description = FQ_S_INIT("A path of labels separated by dots.")},
    [FQ_SCALAR_INT4_RANGE] = {.description = FQ_S_INIT("A range of integers, `[a,b)`.")},
    [FQ_SCALAR_INT8_RANGE] = {.description = FQ_S_INIT("A range of 64-bit integers, `[a,b)`.")},
    [FQ_SCALAR_NUM_RANGE] = {.description = FQ_S_INIT("A range of decimal numbers, `[a,b)`.")},
    [FQ_SCALAR_DATE_RANGE] = {.description = FQ_S_INIT("A range of dates, `[a,b)`.")},
    [FQ_SCALAR_TS_RANGE] = {.description = FQ_S_INIT("A range of points in time without time zone, `[a,b)`.")},
    [FQ_SCALAR_TSTZ_RANGE] = {.description = FQ_S_INIT("A range of points in time, `[a,b)`.")},
};

fq_slice fq_scalar_name(fq_scalar scalar) { return scalar_names[scalar]; }

fq_scalar fq_scalar_by_name(fq_slice name) {
    for (size_t i = FQ_SCALAR_INT; i < SCALAR_COUNT; i++) {
        if (fq_slice_equal(scalar_names[i], name)) {
            return (fq_scalar)i;
        }
    }
    return FQ_SCALAR_NONE;
}

fq_slice fq_scalar_description(fq_scalar scalar) { return scalar_rows[scalar].description; }

fq_slice fq_scalar_specified_by(fq_scalar scalar) { return scalar_rows[scalar].specified_by; }

fq_scalar fq_storage_scalar(fq_storage storage) {
    static const uint8_t scalars[] = {
#define X(name, scalar) FQ_SCALAR_##scalar,
        FQ_STORAGES(X)
#undef X
    };
    return (fq_scalar)scalars[storage];
}

typedef struct type_row {
    fq_slice typname;
    fq_storage storage;
    uint32_t oid; /* 0: of an extension */
} type_row;

/* The first row of a storage is its proper type. */
static const type_row type_rows[] = {
    {FQ_S_INIT("bool"), FQ_STORAGE_BOOL, 16},
    {FQ_S_INIT("int2"), FQ_STORAGE_INT2, 21},
    {FQ_S_INIT("int4"), FQ_STORAGE_INT4, 23},
    {FQ_S_INIT("int8"), FQ_STORAGE_INT8, 20},
    {FQ_S_INIT("float4"), FQ_STORAGE_FLOAT4, 700},
    {FQ_S_INIT("float8"), FQ_STORAGE_FLOAT8, 701},
    {FQ_S_INIT("numeric"), FQ_STORAGE_NUMERIC, 1700},
    {FQ_S_INIT("money"), FQ_STORAGE_MONEY, 790},
    {FQ_S_INIT("text"), FQ_STORAGE_TEXT, 25},
    {FQ_S_INIT("varchar"), FQ_STORAGE_TEXT, 1043},
    {FQ_S_INIT("bpchar"), FQ_STORAGE_BPCHAR, 1042},
    {FQ_S_INIT("name"), FQ_STORAGE_NAME, 19},
    {FQ_S_INIT("citext"), FQ_STORAGE_CITEXT, 0},
    {FQ_S_INIT("uuid"), FQ_STORAGE_UUID, 2950},
    {FQ_S_INIT("date"), FQ_STORAGE_DATE, 1082},
    {FQ_S_INIT("time"), FQ_STORAGE_TIME, 1083},
    {FQ_S_INIT("timetz"), FQ_STORAGE_TIMETZ, 1266},
    {FQ_S_INIT("timestamp"), FQ_STORAGE_TIMESTAMP, 1114},
    {FQ_S_INIT("timestamptz"), FQ_STORAGE_TIMESTAMPTZ, 1184},
    {FQ_S_INIT("interval"), FQ_STORAGE_INTERVAL, 1186},
    {FQ_S_INIT("json"), FQ_STORAGE_JSON, 114},
    {FQ_S_INIT("jsonb"), FQ_STORAGE_JSONB, 3802},
    {FQ_S_INIT("bytea"), FQ_STORAGE_BYTEA, 17},
    {FQ_S_INIT("inet"), FQ_STORAGE_INET, 869},
    {FQ_S_INIT("cidr"), FQ_STORAGE_CIDR, 650},
    {FQ_S_INIT("macaddr"), FQ_STORAGE_MACADDR, 829},
    {FQ_S_INIT("macaddr8"), FQ_STORAGE_MACADDR8, 774},
    {FQ_S_INIT("ltree"), FQ_STORAGE_LTREE, 0},
    {FQ_S_INIT("int4range"), FQ_STORAGE_INT4RANGE, 3904},
    {FQ_S_INIT("int8range"), FQ_STORAGE_INT8RANGE, 3926},
    {FQ_S_INIT("numrange"), FQ_STORAGE_NUMRANGE, 3906},
    {FQ_S_INIT("daterange"), FQ_STORAGE_DATERANGE, 3912},
    {FQ_S_INIT("tsrange"), FQ_STORAGE_TSRANGE, 3908},
    {FQ_S_INIT("tstzrange"), FQ_STORAGE_TSTZRANGE, 3910},
};

#define TYPE_COUNT (sizeof(type_rows) / sizeof(type_rows[0]))

fq_storage fq_storage_by_type_name(fq_slice typname) {
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (fq_slice_equal(type_rows[i].typname, typname)) {
            return type_rows[i].storage;
        }
    }
    return FQ_STORAGE_OTHER;
}

uint32_t fq_storage_oid(fq_storage storage) {
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (type_rows[i].storage == storage) {
            return type_rows[i].oid;
        }
    }
    return 0;
}
