/* SPDX-License-Identifier: MIT */
/* How PostgreSQL holds a value (storage) and what GraphQL calls it (scalar): one table for the schema, for the check of
 * inputs, for parameters and for the decoders. Contract: docs/types.md. */
#ifndef FQ_SCHEMA_STORAGE_H
#define FQ_SCHEMA_STORAGE_H

#include "base/slice.h"

/* Storage classes. X(NAME, SCALAR): the scalar that values of this storage have unless declared otherwise. */
#define FQ_STORAGES(X)                                                                                                 \
    X(OTHER, STRING) /* anything else, by its text */                                                                  \
    X(BOOL, BOOLEAN)                                                                                                   \
    X(INT2, INT)                                                                                                       \
    X(INT4, INT)                                                                                                       \
    X(INT8, BIG_INT)                                                                                                   \
    X(FLOAT4, FLOAT)                                                                                                   \
    X(FLOAT8, FLOAT)                                                                                                   \
    X(NUMERIC, DECIMAL)                                                                                                \
    X(MONEY, DECIMAL)                                                                                                  \
    X(TEXT, STRING)   /* text, varchar */                                                                              \
    X(BPCHAR, STRING) /* char(n) */                                                                                    \
    X(NAME, STRING)                                                                                                    \
    X(CITEXT, STRING)                                                                                                  \
    X(UUID, UUID)                                                                                                      \
    X(DATE, DATE)                                                                                                      \
    X(TIME, TIME)                                                                                                      \
    X(TIMETZ, TIME)                                                                                                    \
    X(TIMESTAMP, DATE_TIME)                                                                                            \
    X(TIMESTAMPTZ, DATE_TIME)                                                                                          \
    X(INTERVAL, DURATION)                                                                                              \
    X(JSON, JSON)                                                                                                      \
    X(JSONB, JSON)                                                                                                     \
    X(BYTEA, BYTES)                                                                                                    \
    X(INET, IP_ADDRESS)                                                                                                \
    X(CIDR, CIDR)                                                                                                      \
    X(MACADDR, MAC_ADDRESS)                                                                                            \
    X(MACADDR8, MAC_ADDRESS)                                                                                           \
    X(LTREE, LTREE_PATH)                                                                                               \
    X(INT4RANGE, INT4_RANGE)                                                                                           \
    X(INT8RANGE, INT8_RANGE)                                                                                           \
    X(NUMRANGE, NUM_RANGE)                                                                                             \
    X(DATERANGE, DATE_RANGE)                                                                                           \
    X(TSRANGE, TS_RANGE)                                                                                               \
    X(TSTZRANGE, TSTZ_RANGE)                                                                                           \
    X(ENUM, NONE)      /* an enum type of GraphQL */                                                                   \
    X(COMPOSITE, NONE) /* an object type of GraphQL */

typedef enum fq_storage {
#define X(name, scalar) FQ_STORAGE_##name,
    FQ_STORAGES(X)
#undef X
} fq_storage;

/* Scalars. X(NAME, "GraphQLName"). NONE is no scalar; OPAQUE is a custom scalar of a schema file, taken as it comes. */
#define FQ_SCALARS(X)                                                                                                  \
    X(NONE, "")                                                                                                        \
    X(OPAQUE, "")                                                                                                      \
    X(INT, "Int")                                                                                                      \
    X(FLOAT, "Float")                                                                                                  \
    X(STRING, "String")                                                                                                \
    X(BOOLEAN, "Boolean")                                                                                              \
    X(ID, "ID")                                                                                                        \
    X(BIG_INT, "BigInt")                                                                                               \
    X(DECIMAL, "Decimal")                                                                                              \
    X(UUID, "UUID")                                                                                                    \
    X(DATE, "Date")                                                                                                    \
    X(TIME, "Time")                                                                                                    \
    X(DATE_TIME, "DateTime")                                                                                           \
    X(DURATION, "Duration")                                                                                            \
    X(JSON, "JSON")                                                                                                    \
    X(BYTES, "Bytes")                                                                                                  \
    X(IP_ADDRESS, "IpAddress")                                                                                         \
    X(CIDR, "CIDR")                                                                                                    \
    X(MAC_ADDRESS, "MacAddress")                                                                                       \
    X(LTREE_PATH, "LTreePath")                                                                                         \
    X(INT4_RANGE, "Int4Range")                                                                                         \
    X(INT8_RANGE, "Int8Range")                                                                                         \
    X(NUM_RANGE, "NumRange")                                                                                           \
    X(DATE_RANGE, "DateRange")                                                                                         \
    X(TS_RANGE, "TsRange")                                                                                             \
    X(TSTZ_RANGE, "TstzRange")

typedef enum fq_scalar {
#define X(name, text) FQ_SCALAR_##name,
    FQ_SCALARS(X)
#undef X
} fq_scalar;

fq_slice fq_scalar_name(fq_scalar scalar);
/* FQ_SCALAR_NONE where no scalar of ours has that name. */
fq_scalar fq_scalar_by_name(fq_slice name);
/* A one-line description for the schema, and the URL of its specification or empty. */
fq_slice fq_scalar_description(fq_scalar scalar);
fq_slice fq_scalar_specified_by(fq_scalar scalar);

fq_scalar fq_storage_scalar(fq_storage storage);
/* By pg_type.typname of a base type of pg_catalog or a known extension; FQ_STORAGE_OTHER for the rest. */
fq_storage fq_storage_by_type_name(fq_slice typname);
/* The oid where it is fixed (pg_catalog types), else 0. */
uint32_t fq_storage_oid(fq_storage storage);

/* Whether `text` is a legal external form of a custom scalar (UUID, Date, Decimal ...): what PostgreSQL would refuse or
 * understand differently is refused here, before execution. NULL where legal, else a static reason such as
 * "not a valid UUID". For the five standard scalars always NULL. */
const char *fq_scalar_check(fq_scalar scalar, fq_slice text);
/* The same for one storage: a DateTime with a zone is refused for timestamp, ranges of integers are checked ... */
const char *fq_storage_check(fq_storage storage, fq_slice text);

#endif
