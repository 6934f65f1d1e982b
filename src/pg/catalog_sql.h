/* SPDX-License-Identifier: MIT */
/* The statements that read the catalogs of PostgreSQL 15 and later. $1 is text[]: the exposed schemas; $2 is oid[]:
 * further relations that are needed though they are not exposed (bases of views). Each gives one row of one JSON text.
 * Run with search_path pg_catalog. */
#ifndef FQ_PG_CATALOG_SQL_H
#define FQ_PG_CATALOG_SQL_H

extern const char fq_catalog_sql_schemas[]; /* those of search_path, then those of $1; text[] as text */
extern const char fq_catalog_sql_missing[]; /* $1: schemas that do not exist or may not be used, one a row */
extern const char fq_catalog_sql_server[];  /* database, role, server version: three columns */
extern const char fq_catalog_sql_types[];
extern const char fq_catalog_sql_relations[];
extern const char fq_catalog_sql_functions[];
extern const char fq_catalog_sql_views[];     /* rows: oid of the view, ev_action; all of $1 and $2 */
extern const char fq_catalog_sql_documents[]; /* rows: oid, schema, name, column of documents to sample */

#endif
