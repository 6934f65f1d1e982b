/* SPDX-License-Identifier: MIT */
/* What the stages of loading a schema file share. Private to src/schema; the form of the file is in docs/schema.md. */
#ifndef FQ_SCHEMA_FROM_JSON_H
#define FQ_SCHEMA_FROM_JSON_H

#include "schema/builder.h"

typedef enum fq_file_root { FQ_FILE_LIST, FQ_FILE_ONE, FQ_FILE_AGGREGATE } fq_file_root;

/* A member of `tables`: a root field over one relation. */
typedef struct fq_file_table {
    fq_slice root;
    const fq_json *json;
    uint8_t kind; /* fq_file_root */
    fq_slice type_name;
    const fq_found_relation *found; /* NULL: the file alone tells of the relation */
    fq_relation *relation;
    fq_draft *draft;
    const fq_entity *entity;
    const fq_key *key; /* of a one-row field */
    bool derived;      /* the file does not tell the type's fields */
} fq_file_table;

/* A relation that several tables may share, and what the file says of it. */
typedef struct fq_file_relation {
    fq_slice name; /* as written */
    fq_relation *relation;
    const fq_found_relation *found;
    const fq_json *fk_mappings;
} fq_file_relation;

typedef struct fq_file {
    fq_builder *builder;
    const fq_json *json;
    const fq_json *types; /* or NULL */
    FQ_VEC(fq_file_table) tables;
    FQ_VEC(fq_file_relation) relations;
} fq_file;

/* One error with the place in the file. */
void fq_file_error(fq_file *file, const char *format, ...) __attribute__((format(printf, 2, 3)));

const fq_json *fq_file_member(const fq_json *object, const char *key);
fq_slice fq_file_text(const fq_json *object, const char *key);
bool fq_file_flag(const fq_json *object, const char *key, bool otherwise);
/* The member where it is an array, else NULL. */
const fq_json *fq_file_array(const fq_json *object, const char *key);

/* The stages, in this order; each may add errors. */
void fq_file_read_tables(fq_file *file);    /* from_json.c */
void fq_file_make_relations(fq_file *file); /* from_json_relations.c */
void fq_file_make_types(fq_file *file);     /* from_json_types.c */
void fq_file_make_functions(fq_file *file); /* from_json_functions.c; after settling */

/* The scalar or type that a reference in the file names; NULL with an error where there is none. `place` is for the
 * error. */
const fq_type_ref *fq_file_ref(fq_file *file, fq_slice text, fq_slice place);

/* A relation that may be read though no table names it, or NULL. */
const fq_relation *fq_file_relation_in_catalog(const fq_file *file, fq_slice name);

/* A column of the relation that the file means by a name: as written, then in snake case. */
fq_column *fq_file_column(fq_file *file, const fq_relation *relation, fq_slice name);

#endif
