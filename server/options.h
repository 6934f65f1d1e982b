/* SPDX-License-Identifier: MIT */
/* The program's options: one table gives the flags, the environment variables, the keys of the configuration file and
 * the help. A value comes from the flag, else the environment, else the file, else the default. */
#ifndef FRAISEQL_SERVER_OPTIONS_H
#define FRAISEQL_SERVER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define LIST_MAX 64

typedef struct text_list {
    const char *items[LIST_MAX + 1]; /* NULL-terminated */
    size_t count;
} text_list;

/* What stands on the command line beside options: as many as the shell passes. */
typedef struct argument_list {
    const char **items;
    size_t count;
} argument_list;

/* Exit codes of every command. */
enum { EXIT_GOOD = 0, EXIT_ANSWER_IS_NO = 1, EXIT_COULD_NOT_RUN = 2 };

/* Commands, as bits: which options each takes. */
enum {
    COMMAND_SERVE = 1,
    COMMAND_QUERY = 2,
    COMMAND_EXPLAIN = 4,
    COMMAND_INTROSPECT = 8,
    COMMAND_SCHEMA = 16,
    COMMAND_CHECK = 32,
    COMMAND_DEMO = 64,
};

typedef struct options {
    /* where the data and the schema are */
    const char *database;
    const char *schema;
    const char *db_schemas;
    text_list include;
    text_list exclude;
    bool strict;
    bool big_numbers;
    const char *config;
    /* listening */
    text_list listen;
    const char *tls_cert;
    const char *tls_key;
    uint64_t workers;
    const char *graphiql;      /* auto, on, off */
    const char *introspection; /* auto, on, off, authenticated */
    const char *error_detail;  /* auto, on, off */
    const char *cors_origins;  /* comma-separated, or * */
    const char *compression;   /* on, off */
    const char *user_context_header;
    uint64_t shutdown_timeout;
    uint64_t max_connections;
    uint64_t idle_connection_timeout;
    bool batching;
    uint64_t max_batch;
    /* connections */
    uint64_t pool_size;
    uint64_t pool_min_idle;
    uint64_t connection_timeout;
    uint64_t idle_timeout;
    uint64_t max_lifetime;
    const char *prepared; /* auto, off */
    const char *session_map;
    /* limits */
    uint64_t max_body, max_document, max_tokens, max_depth, max_fields, max_aliases, max_directives, max_root_fields,
        max_errors, max_rows, max_buffered_answer, response_buffer, max_queue, max_plans, request_timeout;
    /* persisted documents */
    bool apq;
    uint64_t max_apq;
    const char *trusted_documents;
    bool trusted_only;
    /* one request */
    const char *variables;
    const char *operation;
    const char *as;
    bool json;
    bool analyze;
    bool jsonl;
    const char *color;
    /* what is no option */
    argument_list arguments;
    struct fq_arena *memory; /* of the texts that are not the command line's own */
} options;

/* Reads the command line behind the command's name, the environment and the configuration file. On a mistake it prints
 * what is wrong, the nearest known name and the usage to standard error and returns false. options_free in any case. A
 * password in the command line's --database is overwritten there, so that it does not show in lists of processes. */
bool options_read(options *out, unsigned command, const char *command_name, int argc, char **argv);

/* Frees what options_read has copied; the options must not be used any more. */
void options_free(options *o);

/* Prints the options that a command takes, in groups. */
void options_help(unsigned command, FILE *out);

#endif
