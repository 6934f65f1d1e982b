/* SPDX-License-Identifier: MIT */
/* From the program's options to an engine. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "secret.h"
#include "trusted.h"

#define READ_STEP (64 * 1024)

char *file_read(const char *path, size_t *length) {
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    char *text = NULL;
    size_t size = 0;
    size_t got = file != NULL ? 1 : 0;
    *length = 0;
    while (got > 0) {
        if (size - *length < READ_STEP + 1) {
            size += *length + READ_STEP + 1;
            char *grown = realloc(text, size);
            if (grown == NULL) {
                abort();
            }
            text = grown;
        }
        got = fread(text + *length, 1, READ_STEP, file);
        *length += got;
    }
    if (file == NULL || ferror(file) != 0) {
        fprintf(stderr, "fraiseql: error: cannot read '%s': %s\n", standard ? "standard input" : path, strerror(errno));
        free(text);
        text = NULL;
    } else {
        text[*length] = '\0';
    }
    if (file != NULL && !standard) {
        fclose(file);
    }
    return text;
}

static void copy_limits(fraiseql_options *out, const options *o) {
    /* Commands that take no limits keep the library's. */
    if (o->max_document > 0) {
        out->max_document = o->max_document;
        out->max_tokens = (uint32_t)o->max_tokens;
        out->max_depth = (uint32_t)o->max_depth;
        out->max_fields = (uint32_t)o->max_fields;
        out->max_aliases = (uint32_t)o->max_aliases;
        out->max_directives = (uint32_t)o->max_directives;
        out->max_root_fields = (uint32_t)o->max_root_fields;
        out->max_errors = (uint32_t)o->max_errors;
    }
    if (o->max_body > 0) {
        out->max_body = o->max_body;
        out->max_rows = (uint32_t)o->max_rows;
        out->max_buffered_answer = o->max_buffered_answer;
        out->response_buffer = o->response_buffer;
        out->max_queue = (uint32_t)o->max_queue;
        out->max_plans = (uint32_t)o->max_plans;
        out->request_timeout_ms = o->request_timeout;
        out->min_idle = (uint32_t)o->pool_min_idle;
        out->connection_timeout_ms = o->connection_timeout;
        out->idle_timeout_ms = o->idle_timeout;
        out->max_lifetime_ms = o->max_lifetime;
    }
}

static fraiseql *report(fraiseql *engine, fraiseql_failure failure, char *message, const char *database) {
    if (engine == NULL) {
        secret_hide(message, database);
        fprintf(stderr, "fraiseql: error: %s%s\n", failure == FRAISEQL_BAD_SCHEMA ? "the schema has errors:\n" : "",
                message != NULL ? message : "the engine could not be made");
    }
    free(message);
    return engine;
}

fraiseql *engine_open(const options *o, engine_need need) {
    if (need == NEED_DATABASE && o->database == NULL) {
        fputs("fraiseql: error: no database is given\n  tip: --database postgresql:///NAME, or the variable "
              "FRAISEQL_DATABASE\n",
              stderr);
        return NULL;
    }
    if (o->database == NULL && o->schema == NULL) {
        fputs(
            "fraiseql: error: neither a schema file nor a database is given\n  tip: --schema FILE, or --database URL\n",
            stderr);
        return NULL;
    }
    fraiseql_options wanted;
    fraiseql_options_init(&wanted);
    wanted.database = o->database;
    wanted.db_schemas = o->db_schemas;
    wanted.include = o->include.count > 0 ? o->include.items : NULL;
    wanted.exclude = o->exclude.count > 0 ? o->exclude.items : NULL;
    wanted.strict = o->strict;
    wanted.big_numbers = o->big_numbers;
    wanted.prepared = o->prepared == NULL || strcmp(o->prepared, "off") != 0;
    wanted.session_map = o->session_map;
    copy_limits(&wanted, o);
    if (o->max_batch > 0) {
        wanted.batching = o->batching;
        wanted.max_batch = (uint32_t)o->max_batch;
        wanted.apq = o->apq;
        wanted.max_apq = (uint32_t)o->max_apq;
        wanted.trusted_only = o->trusted_only;
    }
    char *schema = NULL;
    char *trusted = NULL;
    if (o->schema != NULL) {
        size_t length = 0;
        schema = file_read(o->schema, &length);
        if (schema == NULL) {
            return NULL;
        }
        wanted.schema = (fraiseql_slice){schema, length};
    }
    if (o->trusted_documents != NULL) {
        size_t length = 0;
        trusted = trusted_documents_read(o->trusted_documents, &length);
        if (trusted == NULL) {
            free(schema);
            return NULL;
        }
        wanted.trusted = (fraiseql_slice){trusted, length};
    }
    fraiseql_failure failure = FRAISEQL_OK;
    char *message = NULL;
    fraiseql *engine = fraiseql_new(&wanted, &failure, &message);
    free(schema);
    free(trusted);
    return report(engine, failure, message, o->database);
}

void engine_print_warnings(fraiseql *engine) {
    char *warnings = fraiseql_schema_warnings(engine);
    if (warnings == NULL) {
        return;
    }
    char *save = NULL;
    for (char *line = strtok_r(warnings, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
        fprintf(stderr, "fraiseql: warning: %s\n", line);
    }
    free(warnings);
}
