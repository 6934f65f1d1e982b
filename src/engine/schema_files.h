/* SPDX-License-Identifier: MIT */
/* Schema files, told apart by their content, and a small store of the last ones by path: a suite that names one of a
 * few files on each line does not read it each time. */
#ifndef FQ_ENGINE_SCHEMA_FILES_H
#define FQ_ENGINE_SCHEMA_FILES_H

#include <sys/types.h>
#include <time.h>

#include "base/error.h"
#include "schema/schema.h"

#define FQ_SCHEMA_FILES_KEPT 64

/* A file as last read: the schema, or what is wrong with it. */
typedef struct fq_schema_file {
    fq_arena *arena; /* of everything here; NULL: a free entry */
    fq_slice path;
    struct timespec changed;
    off_t size;
    fq_slice source;
    fq_schema *schema; /* NULL: errors */
    fq_errors errors;
} fq_schema_file;

typedef struct fq_schema_files {
    fq_schema_file files[FQ_SCHEMA_FILES_KEPT];
    unsigned next; /* the entry to give up next */
    uint32_t max_errors;
} fq_schema_files;

/* Whether the text of a schema file is schema JSON; else it is SDL. */
bool fq_schema_text_is_json(fq_slice text);

void fq_schema_files_init(fq_schema_files *store, uint32_t max_errors);
void fq_schema_files_done(fq_schema_files *store);

/* The file at a path, read anew where it has changed. Never NULL; valid until the next call. */
const fq_schema_file *fq_schema_files_get(fq_schema_files *store, fq_slice path);

#endif
