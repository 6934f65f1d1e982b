/* SPDX-License-Identifier: MIT */
/* See catalog_sql.h. Members that are false or null are left out, so that the catalog of a large database stays small.
 */
#include "pg/catalog_sql.h"

const char fq_catalog_sql_schemas[] =
    "SELECT coalesce(array_agg(s ORDER BY later, n), '{}')::text FROM ("
    "  SELECT DISTINCT ON (s) s, later, n FROM ("
    "    SELECT s::text, false, n FROM unnest(current_schemas(false)) WITH ORDINALITY AS u(s, n) "
    "    UNION ALL SELECT u.s, true, u.n FROM unnest($1::text[]) WITH ORDINALITY AS u(s, n) "
    "      JOIN pg_namespace p ON p.nspname = u.s AND has_schema_privilege(p.oid, 'USAGE')) AS u(s, later, n) "
    "  WHERE s <> 'information_schema' AND s NOT LIKE 'pg\\_%' ORDER BY s, later, n) AS one_of_each";

const char fq_catalog_sql_missing[] =
    "SELECT s FROM unnest($1::text[]) AS u(s) WHERE NOT EXISTS (SELECT 1 FROM pg_namespace n WHERE n.nspname = s "
    "AND has_schema_privilege(n.oid, 'USAGE'))";

const char fq_catalog_sql_server[] =
    "SELECT current_database()::text, current_user::text, current_setting('server_version_num')";

/* Functions that can become root fields: by form, or because a comment says so. */
#define CANDIDATE_FUNCTIONS                                                                                            \
    "candidate AS (SELECT p.oid, n.nspname, p.proname, p.provolatile, p.proretset, p.prorettype, p.pronargdefaults, "  \
    "    f.names, p.proargtypes::oid[] AS argtypes, p.pronargs, obj_description(p.oid, 'pg_proc') AS comment "         \
    "  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "                                                  \
    "  CROSS JOIN LATERAL (SELECT CASE WHEN p.proargmodes IS NULL THEN p.proargnames ELSE "                            \
    "      (SELECT array_agg(a.name ORDER BY a.n) FROM unnest(p.proargnames, p.proargmodes) WITH ORDINALITY "          \
    "         AS a(name, mode, n) WHERE a.mode IN ('i', 'b', 'v')) END AS names) f "                                   \
    "  WHERE n.nspname = ANY ($1) AND p.prokind = 'f' AND p.provariadic = 0 "                                          \
    "    AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype) "                                      \
    "    AND has_function_privilege(p.oid, 'EXECUTE') "                                                                \
    "    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid "         \
    "      AND d.deptype = 'e') "                                                                                      \
    "    AND (obj_description(p.oid, 'pg_proc') ~ '(^|\\n)@fraiseql:' OR (p.provolatile = 'v' "                        \
    "      AND f.names[p.pronargs] = 'input' AND p.proargtypes[p.pronargs - 1] IN ('json'::regtype, "                  \
    "'jsonb'::regtype)))"                                                                                              \
    ")"

/* Tables of tools that move schemas, and other housekeeping: nobody's data. */
#define TOOL_TABLES                                                                                                    \
    "'schema_migrations', 'ar_internal_metadata', '_prisma_migrations', 'alembic_version', 'django_migrations', "      \
    "'flyway_schema_history', 'schema_version', 'knex_migrations', 'knex_migrations_lock', 'databasechangelog', "      \
    "'databasechangeloglock', 'goose_db_version', '__EFMigrationsHistory', '__drizzle_migrations', "                   \
    "'typeorm_metadata', 'typeorm_migrations', '_sqlx_migrations', 'pgmigrations', 'SequelizeMeta', "                  \
    "'refinery_schema_history', '__diesel_schema_migrations', 'diesel_schema_migrations', 'gorp_migrations', "         \
    "'phinxlog', 'doctrine_migration_versions', 'sqitch_changes', 'mikro_orm_migrations', 'yoyo_migrations', "         \
    "'_yoyo_migration', '_yoyo_log', '_yoyo_version', 'yoyo_lock', '_sqitch', 'atlas_schema_revisions', "              \
    "'__migrationversions', 'ecto_schema_migrations', 'hdb_schema_migrations'"

/* Everything that may have to be described: what is exposed and may be read, what functions return, what views stand
 * on. */
#define RELATIONS                                                                                                      \
    "relation AS (SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples, c.relrowsecurity, "                      \
    "    (c.relhassubclass AND c.relkind = 'r') AS children, "                                                         \
    "    has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') AS readable "              \
    "  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "                                                 \
    "  WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND ("                                                             \
    "    (n.nspname = ANY ($1) AND NOT c.relispartition AND has_schema_privilege(n.oid, 'USAGE') "                     \
    "      AND has_any_column_privilege(c.oid, 'SELECT') AND c.relname NOT IN (" TOOL_TABLES ") "                      \
    "      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid "      \
    "        AND d.deptype = 'e')) "                                                                                   \
    "    OR c.oid = ANY ($2) "                                                                                         \
    "    OR c.oid IN (SELECT t.typrelid FROM candidate f JOIN pg_type t ON t.oid = f.prorettype)))"

const char fq_catalog_sql_relations[] =
    "WITH " CANDIDATE_FUNCTIONS ", " RELATIONS " "
    "SELECT coalesce(json_agg(json_strip_nulls(json_build_object("
    "  'oid', r.oid::int8, 'schema', r.nspname, 'name', r.relname, 'kind', r.relkind, 'rows', r.reltuples::float8, "
    "  'row_security', nullif(r.relrowsecurity, false), 'children', nullif(r.children, false), "
    "  'readable', nullif(r.readable, true), 'comment', obj_description(r.oid, 'pg_class'), "
    "  'columns', (SELECT json_agg(json_strip_nulls(json_build_object('number', a.attnum, 'name', a.attname, "
    "      'type', a.atttypid::int8, 'not_null', nullif(a.attnotnull, false), "
    "      'default', nullif(a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> '', false), "
    "      'readable', nullif(has_column_privilege(r.oid, a.attnum, 'SELECT'), true), "
    "      'comment', col_description(r.oid, a.attnum))) ORDER BY a.attnum) "
    "    FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped), "
    "  'keys', (SELECT json_agg(json_strip_nulls(json_build_object('name', i.relname, "
    "      'primary', nullif(x.indisprimary, false), "
    "      'columns', (SELECT json_agg(k.n ORDER BY k.p) FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS k(n, p) "
    "        WHERE k.p <= x.indnkeyatts), "
    "      'comment', coalesce((SELECT obj_description(o.oid, 'pg_constraint') FROM pg_constraint o "
    "        WHERE o.conindid = x.indexrelid AND o.conrelid = x.indrelid AND o.contype IN ('p', 'u')), "
    "        obj_description(x.indexrelid, 'pg_class')))) "
    "      ORDER BY x.indisprimary DESC, x.indnkeyatts, x.indkey::int2[], i.relname) "
    "    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid "
    "    WHERE x.indrelid = r.oid AND x.indisunique AND x.indisvalid AND x.indpred IS NULL AND x.indexprs IS NULL), "
    "  'foreign_keys', (SELECT json_agg(json_strip_nulls(json_build_object('name', o.conname, 'columns', o.conkey, "
    "      'target', o.confrelid::int8, 'target_columns', o.confkey, 'comment', obj_description(o.oid, "
    "'pg_constraint'))) "
    "      ORDER BY o.conkey, o.conname) "
    "    FROM pg_constraint o WHERE o.conrelid = r.oid AND o.contype = 'f' AND o.conparentid = 0)"
    "))::json ORDER BY array_position($1, r.nspname::text), r.relname), '[]')::text FROM relation r";

const char fq_catalog_sql_functions[] =
    "WITH " CANDIDATE_FUNCTIONS " "
    "SELECT coalesce(json_agg(json_strip_nulls(json_build_object("
    "  'oid', f.oid::int8, 'schema', f.nspname, 'name', f.proname, 'volatility', f.provolatile, "
    "  'set', nullif(f.proretset, false), 'returns', f.prorettype::int8, 'comment', f.comment, "
    "  'parameters', (SELECT json_agg(json_strip_nulls(json_build_object('name', nullif(f.names[a.n], ''), "
    "      'type', a.type::int8, 'default', nullif(a.n > f.pronargs - f.pronargdefaults, false))) ORDER BY a.n) "
    "    FROM unnest(f.argtypes) WITH ORDINALITY AS a(type, n)))) "
    "  ORDER BY array_position($1, f.nspname::text), f.proname, f.oid), '[]')::text FROM candidate f";

/* The types in use and all that they are made of. */
const char fq_catalog_sql_types[] =
    "WITH RECURSIVE " CANDIDATE_FUNCTIONS ", " RELATIONS ", "
    "used(oid) AS ("
    "  (SELECT a.atttypid FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT "
    "a.attisdropped "
    "   UNION SELECT f.prorettype FROM candidate f UNION SELECT unnest(f.argtypes) FROM candidate f) "
    "  UNION SELECT part.oid FROM used u JOIN pg_type t ON t.oid = u.oid CROSS JOIN LATERAL ("
    "    SELECT t.typbasetype AS oid WHERE t.typtype = 'd' "
    "    UNION ALL SELECT t.typelem WHERE t.typelem <> 0 "
    "    UNION ALL SELECT a.atttypid FROM pg_attribute a WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND "
    "a.attnum > 0 "
    "      AND NOT a.attisdropped) part) "
    "SELECT coalesce(json_agg(json_strip_nulls(json_build_object("
    "  'oid', t.oid::int8, 'schema', n.nspname, 'name', t.typname, 'kind', t.typtype, "
    "  'element', (SELECT e.oid::int8 FROM pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid), "
    "  'base', nullif(t.typbasetype, 0)::int8, "
    "  'labels', (SELECT json_agg(l.enumlabel ORDER BY l.enumsortorder) FROM pg_enum l WHERE l.enumtypid = t.oid), "
    "  'attributes', (SELECT json_agg(json_strip_nulls(json_build_object('number', a.attnum, 'name', a.attname, "
    "      'type', a.atttypid::int8, 'comment', col_description(t.typrelid, a.attnum))) ORDER BY a.attnum) "
    "    FROM pg_attribute a WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT "
    "a.attisdropped), "
    "  'relation', (SELECT c.oid::int8 FROM pg_class c WHERE t.typtype = 'c' AND c.oid = t.typrelid AND c.relkind <> "
    "'c'), "
    "  'comment', obj_description(t.oid, 'pg_type'))) ORDER BY n.nspname = 'pg_catalog' DESC, t.typname, t.oid), "
    "'[]')::text "
    "FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.oid IN (SELECT used.oid FROM used)";

const char fq_catalog_sql_views[] =
    "SELECT c.oid::int8, w.ev_action::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "JOIN pg_rewrite w ON w.ev_class = c.oid AND w.ev_type = '1' "
    "WHERE c.relkind IN ('v', 'm') AND (n.nspname = ANY ($1) OR c.oid = ANY ($2)) ORDER BY c.oid";

const char fq_catalog_sql_documents[] =
    "SELECT c.oid::int8, n.nspname, c.relname, a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = 'data' "
    "  AND a.atttypid = 'jsonb'::regtype "
    "WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND NOT c.relispartition "
    "  AND c.relname ~ '^(v|tv|mv)_' AND has_column_privilege(c.oid, a.attnum, 'SELECT') ORDER BY c.oid";
