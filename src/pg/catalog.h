/* SPDX-License-Identifier: MIT */
/* Reads what the schema builder needs from PostgreSQL's catalogs, as one JSON text, so that building a schema stays a
 * pure function that can be tested without a database. Blocking (libpq): call it outside the event loop. */
#ifndef FQ_PG_CATALOG_H
#define FQ_PG_CATALOG_H

#include "base/arena.h"

typedef struct fq_catalog_options {
    const fq_slice *schemas; /* names to expose; n_schemas 0: those of search_path */
    uint32_t n_schemas;
    const fq_slice *more_schemas; /* beside those of search_path, where they exist and may be used */
    uint32_t n_more_schemas;
    uint32_t sample_rows; /* documents sampled of each jsonb `data` column of a v_/tv_ relation (100) */
} fq_catalog_options;

typedef enum fq_catalog_result { FQ_CATALOG_OK, FQ_CATALOG_CANNOT_CONNECT, FQ_CATALOG_FAILED } fq_catalog_result;

/* Connects, reads, disconnects. On success `*json` is the catalog (its form: docs/internals and schema/catalog.h);
 * otherwise
 * `*error` is a message for the operator, without password. Both live in `arena`. */
fq_catalog_result fq_catalog_read(fq_arena *arena, fq_slice conninfo, const fq_catalog_options *options, fq_slice *json,
                                  fq_slice *error);

#endif
