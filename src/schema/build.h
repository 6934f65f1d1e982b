/* SPDX-License-Identifier: MIT */
/* Ways to make a schema, and to print one. All are pure: texts in, frozen schema (one reference) or errors out. */
#ifndef FQ_SCHEMA_BUILD_H
#define FQ_SCHEMA_BUILD_H

#include "base/buffer.h"
#include "base/error.h"
#include "graphql/ast.h"
#include "schema/schema.h"

typedef struct fq_schema_options {
    const fq_slice *include; /* patterns of relation names (`*`, `?`; `schema.name` or `name`); none: all */
    uint32_t n_include;
    const fq_slice *exclude;
    uint32_t n_exclude;
    uint8_t strict;      /* 1: warnings are errors */
    uint8_t big_numbers; /* 1: BigInt and Decimal are written as JSON numbers */
} fq_schema_options;

/* From the catalog's JSON (schema/catalog.h). */
fq_schema *fq_schema_from_catalog(fq_slice catalog_json, const fq_schema_options *options, fq_errors *errors);

/* From schema JSON: the seed's form or the superset that fq_schema_print_json prints. `catalog_json` may be empty;
 * where a database is at hand it tells the true types of the columns that the file names. */
fq_schema *fq_schema_from_json(fq_slice json, fq_slice catalog_json, const fq_schema_options *options,
                               fq_errors *errors);

/* The schemas of the database that schema JSON names (as in "view_name": "app.v_user"), each once, as views of `json`;
 * none where the text is no JSON, or was printed from a catalog. */
fq_slice *fq_schema_json_schemas(fq_arena *arena, fq_slice json, uint32_t *count);

/* From type system definitions and extensions (SDL); no data behind it. All errors of SDL validation are appended, with
 * graphql-js's messages and offsets. `assume_valid` 0: validate. */
fq_schema *fq_schema_from_sdl(fq_slice sdl, fq_errors *errors);
/* The same for a document that is parsed already and must outlive nothing: what is needed is copied. */
fq_schema *fq_schema_from_document(const fq_document *document, fq_errors *errors);

/* Prints SDL in the layout of graphql-js's printSchema; types in schema order. */
void fq_schema_print_sdl(const fq_schema *schema, fq_buffer *out);

/* Prints schema JSON; loading it gives the same SDL. */
void fq_schema_print_json(const fq_schema *schema, fq_buffer *out);

#endif
