/* SPDX-License-Identifier: MIT */
/* What the builders from the catalog and from schema JSON share: drafts of object types and their entities, the types
 * of PostgreSQL as types of GraphQL, and everything that is generated from them (filters, where, orderBy, aggregates,
 * root fields). Private to src/schema. A builder lives while one schema is made; all memory is the schema's arena. */
#ifndef FQ_SCHEMA_BUILDER_H
#define FQ_SCHEMA_BUILDER_H

#include "base/vec.h"
#include "schema/annotation.h"
#include "schema/build.h"
#include "schema/catalog.h"

/* The order in which clashes of field names are settled. */
typedef enum fq_field_class {
    FQ_CLASS_COLUMN,
    FQ_CLASS_TO_ONE,
    FQ_CLASS_TO_MANY,
    FQ_CLASS_MANY_TO_MANY
} fq_field_class;

typedef struct fq_draft_field {
    fq_field field;
    uint8_t class;               /* fq_field_class */
    fq_source *source;           /* of the draft's own entity; NULL in documents */
    const struct fq_draft *list; /* a list of that draft's rows: its arguments are added at the end */
} fq_draft_field;

/* An object type in the making: of an entity, or of an object inside documents (relation NULL). */
typedef struct fq_draft fq_draft;
struct fq_draft {
    fq_type *type;
    fq_relation *relation;
    fq_entity *entity;
    fq_slice one; /* names of the root fields; empty: there is none */
    fq_slice list;
    fq_slice aggregate_name;
    fq_slice description;
    FQ_VEC(fq_draft_field) fields;
    fq_map names; /* taken field names */
    fq_type *where;
    fq_type *order_by; /* NULL: nothing can be ordered */
    fq_type *aggregate;
    bool has_roots;
    bool one_by_key; /* `one` exists and takes relation->key */
    bool composite;  /* a composite type of PostgreSQL: read through its column, never filtered */
};

/* What a relation's prefix says; the first of an entity gets the plain names. */
typedef enum fq_relation_rank { FQ_RANK_TV, FQ_RANK_V, FQ_RANK_MV, FQ_RANK_BARE, FQ_RANK_TB } fq_relation_rank;

/* A relation of the catalog and what became of it. */
typedef struct fq_found_relation {
    const fq_cat_relation *cat;
    fq_annotation annotation;
    fq_relation *relation; /* NULL: it can not be read, or is excluded */
    fq_draft *draft;       /* its own; NULL: hidden */
    fq_draft *entity;      /* the draft that stands for its entity; its own, or a better relation's, or NULL */
    fq_slice type_name;    /* without prefix, singular, as a type: what stands for the same entity has the same */
    uint8_t rank;          /* fq_relation_rank */
    uint32_t schema_rank;
    bool excluded;
    bool empty;     /* no column can be shown */
    bool named;     /* annotated or included by its full name: shown beside a better relation of its entity */
    bool returned;  /* a function that is shown returns its rows */
    bool type_only; /* shown as the type of functions' rows, without root fields */
} fq_found_relation;

typedef struct fq_builder {
    fq_schema *schema;
    fq_arena *arena;
    fq_errors *errors;
    const fq_schema_options *options;
    const fq_catalog *catalog; /* or NULL */
    fq_map oids;               /* 4 bytes of the oid -> fq_pgtype; relations: see found */
    fq_map named_types;        /* pgtypes that only a file told of, by name */
    fq_map reserved;           /* names of types that are taken or will be generated */
    FQ_VEC(fq_found_relation) found;
    FQ_VEC(fq_draft *) drafts;
    FQ_VEC(fq_entity *) entities;
    FQ_VEC(fq_field) query;
    FQ_VEC(fq_field) mutation;
    fq_map query_names;
    fq_map mutation_names;
    FQ_VEC(fq_slice) warnings;
    fq_type *order_direction;
} fq_builder;

void fq_builder_init(fq_builder *builder, fq_schema *schema, const fq_schema_options *options, fq_errors *errors);

/* One line for the operator, which names the annotation that settles it. */
void fq_builder_warn(fq_builder *builder, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- build_types.c ---- */

/* Scalars are added on first use. */
fq_type *fq_builder_scalar(fq_builder *builder, fq_scalar scalar);
/* NULL: a pseudo-type, or unknown. Domains are resolved to their base. */
const fq_pgtype *fq_builder_pgtype(fq_builder *builder, uint32_t oid);
/* Of a file that names a type of PostgreSQL: `uuid`, `text[]`, `timestamp with time zone`. Never NULL. */
const fq_pgtype *fq_builder_pgtype_named(fq_builder *builder, fq_slice name);
/* The reference for values of that type: lists of nullable items for arrays. */
const fq_type_ref *fq_builder_value_ref(fq_builder *builder, const fq_pgtype *type);
/* A name for a type that is neither taken nor generated: `name`, else `name` + `suffix`, else empty. It is then taken.
 */
fq_slice fq_builder_type_name(fq_builder *builder, fq_slice name, const char *suffix);
const fq_cat_type *fq_builder_cat_type(const fq_builder *builder, uint32_t oid);

/* ---- build_drafts.c ---- */

/* A draft whose type has that name (which must be free). `relation` NULL: an object inside documents. */
fq_draft *fq_builder_draft(fq_builder *builder, fq_slice type_name, fq_relation *relation);
/* Adds a field of FQ_CLASS_COLUMN; NULL where the name is taken. The returned field is valid until the next call. */
fq_draft_field *fq_draft_add(fq_builder *builder, fq_draft *draft, fq_slice name, const fq_type_ref *type,
                             fq_source *source);
/* The field of that name, or NULL; valid until the next field is added. */
fq_draft_field *fq_draft_find(const fq_draft *draft, fq_slice name);
fq_source *fq_builder_source(fq_builder *builder, fq_source_kind kind);
/* Turns all drafts into types and entities. Afterwards fields stand where they stay. */
void fq_builder_settle(fq_builder *builder);
/* The entity that reads the draft's type from another relation (after settling). */
const fq_entity *fq_builder_entity(fq_builder *builder, const fq_draft *draft, const fq_relation *relation);
/* The entity that reads the draft's type from rows of a function's row type: from the row itself where it has
 * everything, else from the draft's own relation, found by its key, where the row has that. */
const fq_entity *fq_builder_returned(fq_builder *builder, const fq_draft *draft, const fq_relation *row);
const fq_column *fq_relation_column(const fq_relation *relation, fq_slice name);
/* Whether the columns are, in any order, exactly those of the key. */
bool fq_key_is(const fq_key *key, const fq_column *const *columns, uint32_t n_columns);

/* ---- from_catalog_*.c: the stages, in this order ---- */

/* Which relations are shown, and the names of their types and root fields. */
void fq_catalog_choose(fq_builder *builder);
/* Whether a relation has a column that can be shown, by names alone. */
bool fq_catalog_has_fields(fq_builder *builder, const fq_found_relation *found);
/* Columns and keys of all relations; fields of columns and documents of the drafts. */
void fq_catalog_columns(fq_builder *builder);
/* Finds the document column and hides it where its keys become fields; then adds these fields. */
void fq_catalog_document(fq_builder *builder, fq_found_relation *found);
void fq_catalog_document_fields(fq_builder *builder, fq_found_relation *found);
/* To-one, to-many and many-to-many fields. */
void fq_catalog_joins(fq_builder *builder);
/* Root fields of functions (after settling). */
void fq_catalog_functions(fq_builder *builder);
/* Whether a function is shown, and as what. */
typedef enum fq_function_use { FQ_FUNCTION_HIDDEN, FQ_FUNCTION_QUERY, FQ_FUNCTION_MUTATION } fq_function_use;
/* Parameters become arguments, those with a default nullable ones; false where GraphQL has no value for one of them.
 * Trailing parameters that can not be said are left to their default. */
bool fq_catalog_parameters(fq_builder *builder, const fq_cat_function *cat, fq_function *function, fq_field *field);
fq_function_use fq_catalog_function_use(const fq_builder *builder, const fq_cat_function *function,
                                        const fq_annotation *annotation);
fq_found_relation *fq_catalog_found(const fq_builder *builder, uint32_t oid);
/* The same for loading a file: all relations with their columns and keys, none shown. */
void fq_catalog_find_all(fq_builder *builder);
void fq_catalog_fill_all(fq_builder *builder);
/* The key of a relation and the fields of its columns and documents, for a draft of its own. */
void fq_catalog_fields(fq_builder *builder, fq_found_relation *found);

/* ---- build_inputs.c ---- */

/* The filter for a value; NULL where it can not be filtered. */
fq_type *fq_builder_filter(fq_builder *builder, const fq_type *type, bool array);
/* The names that fq_builder_inputs will need for a type of that name are reserved. */
void fq_builder_reserve_generated(fq_builder *builder, fq_slice type_name);
/* Makes the where, orderBy and aggregate types of all drafts and the arguments of their lists. Drafts must be settled,
 * but for the arguments. */
void fq_builder_inputs(fq_builder *builder);
fq_type *fq_builder_order_direction(fq_builder *builder);

/* ---- build_roots.c ---- */

/* Adds a root field; false where the name is taken. */
bool fq_builder_query_field(fq_builder *builder, fq_field field);
bool fq_builder_mutation_field(fq_builder *builder, fq_field field);
/* The arguments where, orderBy, limit and offset of a list of that draft. */
const fq_input_value *fq_builder_list_args(fq_builder *builder, const fq_draft *draft, uint32_t *count);
const fq_input_value *fq_builder_where_arg(fq_builder *builder, const fq_draft *draft);
/* One argument for each column of a key. */
const fq_input_value *fq_builder_key_args(fq_builder *builder, const fq_draft *draft, const fq_key *key);
/* List, one row and aggregate fields of a draft, by the names that it has. */
void fq_builder_roots(fq_builder *builder, fq_draft *draft);
/* Root types, the order of types, warnings, the frozen schema; NULL (and errors) where it can not be. */
fq_schema *fq_builder_finish(fq_builder *builder);

#endif
