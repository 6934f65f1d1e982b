/* SPDX-License-Identifier: MIT */
/* The catalog's JSON (version 1), as pg/catalog.c writes it and `fraiseql introspect` keeps it, and its form in memory.
 *
 *   {"version": 1, "database": "shop", "role": "app", "server": 150020,
 *    "schemas": ["public"],                       exposed, in the order of preference
 *    "types": [{"oid", "schema", "name", "kind", "category", "element", "base", "labels", "attributes", "relation",
 *               "comment"}],
 *        kind: pg_type.typtype; element: of arrays; base: of domains; labels: of enums in order;
 *        attributes: of composites [{"number", "name", "type", "comment"}]; relation: whose rows have this type
 *    "relations": [{"oid", "schema", "name", "kind", "comment", "rows", "row_security", "children", "readable",
 *        "columns": [{"number", "name", "type", "not_null", "default", "readable", "comment"}],
 *        "keys": [{"name", "primary", "columns", "comment"}],
 *        "foreign_keys": [{"name", "columns", "target", "target_columns", "comment"}]}],
 *        kind: pg_class.relkind; rows: reltuples, -1 unknown; children: has inheriting tables; columns are given by
 * number "views": [{"relation", "base", "columns": [[own, base], ...]}],     views over a single relation "documents":
 * [{"relation", "column", "rows", "shape"}],             shape: see pg/shape.h "functions": [{"oid", "schema", "name",
 * "volatility", "set", "returns", "comment", "parameters": [{"name", "type", "default"}]}]}
 *
 * Unknown members are ignored and missing ones have the plainest meaning, so that small catalogs are quickly written.
 */
#ifndef FQ_SCHEMA_CATALOG_H
#define FQ_SCHEMA_CATALOG_H

#include "base/error.h"
#include "json/reader.h"

typedef struct fq_cat_attribute {
    uint16_t number;
    fq_slice name;
    uint32_t type;
    fq_slice comment;
    bool not_null;
    bool has_default;
    bool readable;
} fq_cat_attribute;

typedef struct fq_cat_type {
    uint32_t oid;
    fq_slice schema;
    fq_slice name;
    char kind; /* pg_type.typtype: b base, c composite, d domain, e enum, p pseudo, r range, m multirange */
    uint32_t element;
    uint32_t base;
    fq_slice *labels;
    uint32_t n_labels;
    fq_cat_attribute *attributes;
    uint32_t n_attributes;
    uint32_t relation; /* of a row type */
    fq_slice comment;
} fq_cat_type;

/* Columns of keys are attribute numbers. */
typedef struct fq_cat_key {
    fq_slice name;
    uint16_t *columns;
    uint32_t n_columns;
    bool primary;
    fq_slice comment;
} fq_cat_key;

typedef struct fq_cat_foreign_key {
    fq_slice name;
    uint16_t *columns;
    uint16_t *target_columns;
    uint32_t n_columns;
    uint32_t target; /* oid of a relation */
    fq_slice comment;
} fq_cat_foreign_key;

typedef struct fq_cat_document {
    fq_slice column;
    const fq_json *shape;
    uint32_t rows;
} fq_cat_document;

typedef struct fq_cat_relation {
    uint32_t oid;
    fq_slice schema;
    fq_slice name;
    fq_slice comment;
    char kind; /* pg_class.relkind */
    double rows;
    bool row_security;
    bool children;
    bool readable;
    fq_cat_attribute *columns;
    uint32_t n_columns;
    fq_cat_key *keys;
    uint32_t n_keys;
    fq_cat_foreign_key *foreign_keys;
    uint32_t n_foreign_keys;
    uint32_t base;               /* oid, or 0 */
    uint16_t (*base_columns)[2]; /* own number, number in the base */
    uint32_t n_base_columns;
    fq_cat_document document; /* shape NULL: none was looked at */
} fq_cat_relation;

typedef struct fq_cat_parameter {
    fq_slice name;
    uint32_t type;
    bool has_default;
} fq_cat_parameter;

typedef struct fq_cat_function {
    uint32_t oid;
    fq_slice schema;
    fq_slice name;
    char volatility; /* pg_proc.provolatile */
    bool returns_set;
    uint32_t returns;
    fq_slice comment;
    fq_cat_parameter *parameters;
    uint32_t n_parameters;
} fq_cat_function;

typedef struct fq_catalog {
    fq_slice database;
    fq_slice role;
    fq_slice *schemas;
    uint32_t n_schemas;
    fq_cat_type *types;
    uint32_t n_types;
    fq_cat_relation *relations;
    uint32_t n_relations;
    fq_cat_function *functions;
    uint32_t n_functions;
} fq_catalog;

/* Reads the JSON into `arena`; `json` must live as long. NULL with one error where it is no catalog. */
const fq_catalog *fq_catalog_parse(fq_arena *arena, fq_slice json, fq_errors *errors);

/* The index in `schemas`; UINT32_MAX where it is not exposed. */
uint32_t fq_catalog_schema_rank(const fq_catalog *catalog, fq_slice schema);

#endif
