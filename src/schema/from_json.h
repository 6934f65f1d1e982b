/* SPDX-License-Identifier: MIT */
/* What the stages of loading a schema file share. Private to src/schema; the form of the file is in docs/schema.md. */
#ifndef FQ_SCHEMA_FROM_JSON_H
#define FQ_SCHEMA_FROM_JSON_H

#include "schema/builder.h"

/* FQ_FILE_NO_ROOT: the relation of a type that has no root field of its own. */
typedef enum fq_file_root { FQ_FILE_LIST, FQ_FILE_ONE, FQ_FILE_AGGREGATE, FQ_FILE_NO_ROOT } fq_file_root;

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
/* `[User!]!` -> `User` */
fq_slice fq_file_core_type(fq_slice reference);
bool fq_file_flag(const fq_json *object, const char *key, bool otherwise);
/* The member where it is an array, else NULL. */
const fq_json *fq_file_array(const fq_json *object, const char *key);

/* How deep a file may nest. */
#define FQ_FILE_DEPTH 128
/* Whether the file was printed from a catalog, which it holds and is made from again. */
bool fq_file_is_printed(const fq_json *root);

/* The stages, in this order; each may add errors. */
void fq_file_read_tables(fq_file *file);    /* from_json.c */
void fq_file_make_relations(fq_file *file); /* from_json_relations.c */
void fq_file_make_types(fq_file *file);     /* from_json_types.c */
void fq_file_make_functions(fq_file *file); /* from_json_functions.c; after settling */

/* The scalar or type that a reference in the file names; NULL with an error where there is none. `place` is for the
 * error. */
const fq_type_ref *fq_file_ref(fq_file *file, fq_slice text, fq_slice place);

/* The type of a field or input field of the type of that name; NULL with an error. */
const fq_type_ref *fq_file_field_ref(fq_file *file, fq_slice type_name, const fq_json *field);

/* ---- from_json_inputs.c ---- */

void fq_file_make_enum(fq_file *file, const fq_json *json);
void fq_file_fill_input(fq_file *file, const fq_json *json, fq_type *type);

/* ---- from_json_args.c ---- */

/* The value of a default; false with an error where it is none of that type. */
bool fq_file_default(fq_file *file, fq_slice place, const fq_json *json, const fq_type_ref *ref, fq_value *out);
/* Takes the member `default` of `json` over. */
void fq_file_set_default(fq_file *file, fq_slice place, const fq_json *json, fq_input_value *input);
/* The table's declared arguments, then its `own` ones, which may have got defaults. */
const fq_input_value *fq_file_args(fq_file *file, const fq_file_table *table, const fq_input_value *own, uint32_t n_own,
                                   uint32_t *count);
/* The key of the relation where the arguments are just that; they then ask for it. Else NULL. */
const fq_key *fq_file_key_of_args(const fq_file_table *table, fq_input_value *args, uint32_t n);

/* A relation that may be read though no table names it, or NULL. */
const fq_relation *fq_file_relation_in_catalog(const fq_file *file, fq_slice name);

/* A column of the relation that the file means by a name: as written, then in snake case. */
fq_column *fq_file_column(fq_file *file, const fq_relation *relation, fq_slice name);

#endif
