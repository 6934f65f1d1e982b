/* SPDX-License-Identifier: MIT */
/* libfraiseql: GraphQL over PostgreSQL, from a request's bytes to its answer's bytes.
 *
 * Three objects. A `fraiseql` is an engine: configuration and schema, shared by all threads. A `fraiseql_worker`
 * belongs to one event loop and its thread: connections, plan cache, requests under way. A `fraiseql_request` is one
 * request on a worker. A program makes one engine, one worker per loop, and submits requests; every callback comes on
 * the worker's thread, and never from inside the call that started it.
 *
 * Slices are borrowed for the duration of a call unless said otherwise. Strings are UTF-8. */
#ifndef FRAISEQL_H
#define FRAISEQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FRAISEQL_API __attribute__((visibility("default")))

typedef struct fraiseql fraiseql;
typedef struct fraiseql_worker fraiseql_worker;
typedef struct fraiseql_request fraiseql_request;
typedef struct fraiseql_planner fraiseql_planner;

typedef struct fraiseql_slice {
    const char *ptr; /* not terminated; NULL means "not given" where that matters */
    size_t len;
} fraiseql_slice;

/* The version of the library, such as "0.1.0". */
FRAISEQL_API const char *fraiseql_version(void);

/* ---- the engine ---- */

typedef enum fraiseql_failure {
    FRAISEQL_OK,
    FRAISEQL_BAD_OPTIONS, /* an option makes no sense */
    FRAISEQL_BAD_SCHEMA,  /* the schema has errors */
    FRAISEQL_NO_DATABASE, /* the database can not be reached or refuses */
} fraiseql_failure;

/* Initialize with fraiseql_options_init, then change what is wanted. Everything is copied by fraiseql_new. */
typedef struct fraiseql_options {
    const char *database;   /* what libpq takes; NULL: none (checking and printing of schemas only) */
    fraiseql_slice schema;  /* text of a schema file: schema JSON or SDL, told apart by content; ptr NULL: introspect */
    bool no_schema;         /* load none: only connections can be made and probed */
    const char *db_schemas; /* comma-separated; NULL: those of search_path */
    const char *const *include; /* patterns of relations, NULL-terminated; NULL: all */
    const char *const *exclude;
    bool strict;             /* warnings of the schema are errors */
    bool big_numbers;        /* BigInt and Decimal as JSON numbers */
    bool prepared;           /* false: nothing that a pooler in front of the database does not allow */
    bool batching;           /* arrays of requests in one body */
    uint32_t max_batch;      /* requests in one body */
    const char *session_map; /* JSON object: setting name -> key of the user context ("app.user_id": "sub"); NULL: every
                                top-level key that is an identifier becomes app.KEY */
    /* limits; 0 in max_rows: none */
    size_t max_body, max_document, max_buffered_answer, response_buffer, max_cache_bytes;
    uint32_t max_tokens, max_depth, max_fields, max_aliases, max_directives, max_root_fields, max_errors, max_rows,
        max_plans, max_queue;
    uint64_t request_timeout_ms;
    /* connections, per worker unless pool_size is divided by the caller */
    uint32_t min_idle;
    uint64_t connection_timeout_ms, idle_timeout_ms, max_lifetime_ms;
    /* persisted operations */
    bool apq;               /* automatic persisted queries */
    uint32_t max_apq;       /* documents in the store of a worker */
    fraiseql_slice trusted; /* manifest of trusted documents, JSON: {"<sha256 or id>": "document"}; ptr NULL: none */
    bool trusted_only;      /* refuse everything else */
} fraiseql_options;

FRAISEQL_API void fraiseql_options_init(fraiseql_options *options);

/* Loads the schema, blocking; with a database it connects once for the catalog. On failure NULL, `*failure` tells the
 * kind and `*message` (may be NULL) is a text for the operator, to be freed with free(). */
FRAISEQL_API fraiseql *fraiseql_new(const fraiseql_options *options, fraiseql_failure *failure, char **message);

/* Reads the schema anew, blocking, from any thread; workers take it up at their next request. On failure the old one
 * stays. */
FRAISEQL_API fraiseql_failure fraiseql_reload(fraiseql *engine, char **message);

/* Whether a statement has found that the database is no longer what the schema was made from (a column's type has
 * changed): then it is time for fraiseql_reload, which clears this. From any thread; cheap. */
FRAISEQL_API bool fraiseql_needs_reload(const fraiseql *engine);

/* Frees the engine; all its workers must have been freed. NULL is allowed. */
FRAISEQL_API void fraiseql_free(fraiseql *engine);

/* The schema as SDL or as schema JSON, and its warnings (one a line); NUL-terminated, to be freed with free(). */
FRAISEQL_API char *fraiseql_schema_sdl(fraiseql *engine);
FRAISEQL_API char *fraiseql_schema_json(fraiseql *engine);
FRAISEQL_API char *fraiseql_schema_warnings(fraiseql *engine);

typedef struct fraiseql_schema_counts {
    uint32_t types;       /* object types that have rows */
    uint32_t root_fields; /* queries and mutations */
    uint32_t mutations;
    uint32_t warnings;
} fraiseql_schema_counts;
FRAISEQL_API fraiseql_schema_counts fraiseql_schema_count(fraiseql *engine);

/* ---- workers ---- */

/* The event loop that drives a worker: the same six functions as base/loop.h, where their meaning stands. */
struct fq_loop;

/* A worker on the calling thread's loop, with at most `pool_size` connections. `loop` is copied. */
FRAISEQL_API fraiseql_worker *fraiseql_worker_new(fraiseql *engine, const struct fq_loop *loop, uint32_t pool_size);

/* A worker on the same loop and the same connections as another, which must outlive it; for several schemas, or a new
 * one, over one pool of connections. Both engines are for the same database. */
FRAISEQL_API fraiseql_worker *fraiseql_worker_new_sharing(fraiseql *engine, fraiseql_worker *owner);

/* Stops taking requests (later ones are answered as unavailable), lets running ones end (probes have failed), closes
 * the connections, then calls `closed(arg)`. After that, and not inside it, fraiseql_worker_free may be called. */
FRAISEQL_API void fraiseql_worker_close(fraiseql_worker *worker, void (*closed)(void *arg), void *arg);
FRAISEQL_API void fraiseql_worker_free(fraiseql_worker *worker);

typedef struct fraiseql_stats {
    uint64_t plan_hits, plan_misses;
    uint32_t plans, max_plans;
    size_t plan_bytes;
    uint32_t connections, idle_connections, active_connections, waiting_requests;
    uint64_t requests, request_errors, broken_answers;
} fraiseql_stats;
FRAISEQL_API fraiseql_stats fraiseql_worker_stats(const fraiseql_worker *worker);
FRAISEQL_API void fraiseql_worker_clear_cache(fraiseql_worker *worker);

/* Whether the schema is loaded and a connection works. */
FRAISEQL_API bool fraiseql_worker_ready(const fraiseql_worker *worker);

/* A connection works or comes to work (true), or the attempt fails (false, `message` says why); one call. */
FRAISEQL_API void fraiseql_worker_probe(fraiseql_worker *worker,
                                        void (*answer)(void *arg, bool works, const char *message), void *arg);

/* ---- requests ---- */

enum {
    FRAISEQL_READ_ONLY = 1, /* refuse mutations, as for HTTP GET: FRAISEQL_RESULT_METHOD_NOT_ALLOWED */
    FRAISEQL_NO_INTROSPECTION = 2,
    FRAISEQL_ERROR_DETAIL = 4, /* errors may tell the database's messages: development */
    FRAISEQL_NO_BATCH = 8,
    FRAISEQL_WHOLE = 16,          /* hand the answer out in one chunk */
    FRAISEQL_PERSISTED_ONLY = 32, /* refuse a document without its hash, unless it is trusted */
};

/* Either `body` (the JSON of GraphQL over HTTP) or `query_string` (of a GET, percent-encoded) or the members. */
typedef struct fraiseql_input {
    fraiseql_slice body;
    fraiseql_slice query_string;
    fraiseql_slice query;
    fraiseql_slice variables; /* JSON object or null */
    fraiseql_slice operation_name;
    fraiseql_slice extensions;   /* JSON object or null */
    fraiseql_slice user_context; /* JSON object of who asks; never from the client's body */
    unsigned flags;
    uint64_t timeout_ms; /* 0: the engine's */
} fraiseql_input;

/* What became of a request; what HTTP makes of it is the front end's matter. */
typedef enum fraiseql_result {
    FRAISEQL_RESULT_DATA,               /* execution began: `data` is there, errors may be */
    FRAISEQL_RESULT_REQUEST_ERROR,      /* failed before execution: syntax, validation, variables */
    FRAISEQL_RESULT_BAD_REQUEST,        /* no well-formed GraphQL request: JSON, missing query */
    FRAISEQL_RESULT_TOO_LARGE,          /* body past its limit */
    FRAISEQL_RESULT_METHOD_NOT_ALLOWED, /* a mutation where only reads are allowed */
    FRAISEQL_RESULT_NOT_FOUND,          /* PersistedQueryNotFound */
    FRAISEQL_RESULT_FORBIDDEN,          /* not a trusted document */
    FRAISEQL_RESULT_UNAVAILABLE,        /* no database connection in time, queue full, shutting down */
    FRAISEQL_RESULT_BATCH,              /* a batch: an array of answers */
} fraiseql_result;

typedef struct fraiseql_chunk {
    fraiseql_result result; /* the same in every chunk of a request */
    fraiseql_slice bytes;   /* valid until fraiseql_request_resume or fraiseql_request_free */
    bool last;
    bool broken;     /* the last chunk: the answer can not be completed; what was sent must end as broken */
    bool has_errors; /* of the last chunk: the answer has `errors` */
} fraiseql_chunk;

typedef void (*fraiseql_on_chunk)(fraiseql_request *request, void *arg, const fraiseql_chunk *chunk);

/* Starts a request; the input is copied. `on_chunk` is called at least once, the last time with `last` set; after a
 * chunk that is not the last the next one comes only after fraiseql_request_resume. Every request ends with
 * fraiseql_request_free. */
FRAISEQL_API fraiseql_request *fraiseql_submit(fraiseql_worker *worker, const fraiseql_input *input,
                                               fraiseql_on_chunk on_chunk, void *arg);
FRAISEQL_API void fraiseql_request_resume(fraiseql_request *request);

/* Frees a finished request, or gives up an unfinished one: no callback follows, a read is cancelled in the database, a
 * mutation runs to its end. */
FRAISEQL_API void fraiseql_request_free(fraiseql_request *request);

/* ---- looking inside ---- */

typedef enum fraiseql_explain_form { FRAISEQL_EXPLAIN_TEXT, FRAISEQL_EXPLAIN_JSON } fraiseql_explain_form;
typedef enum fraiseql_explain_depth { FRAISEQL_EXPLAIN_PLAN, FRAISEQL_EXPLAIN_ANALYZE } fraiseql_explain_depth;

/* What a request would do: SQL statements, parameters and row programs. With FRAISEQL_EXPLAIN_ANALYZE the statements
 * are run on a connection of their own, blocking, in a transaction that is rolled back, and PostgreSQL's plans are
 * added. NULL where the request has errors or the database refuses; `*message` then holds the response with its errors.
 * Both to be freed with free(). Needs no worker. */
FRAISEQL_API char *fraiseql_explain(fraiseql *engine, const fraiseql_input *input, fraiseql_explain_form form,
                                    fraiseql_explain_depth depth, char **message);

/* A planner explains many requests through one plan cache, without connections, loop or worker; also where the engine
 * has no database. Calls on one planner must not overlap; from which thread they come does not matter. The engine must
 * outlive it. */
FRAISEQL_API fraiseql_planner *fraiseql_planner_new(fraiseql *engine);
/* NULL is allowed. */
FRAISEQL_API void fraiseql_planner_free(fraiseql_planner *planner);

/* As fraiseql_explain with FRAISEQL_EXPLAIN_PLAN. Documents that differ in the values of literals only share a
 * plan (small and large limits have plans of their own), and never a value. */
FRAISEQL_API char *fraiseql_planner_explain(fraiseql_planner *planner, const fraiseql_input *input,
                                            fraiseql_explain_form form, char **message);

/* The members of plans; the others are 0. */
FRAISEQL_API fraiseql_stats fraiseql_planner_stats(const fraiseql_planner *planner);
/* Forgets the plans and sets the counts to 0. */
FRAISEQL_API void fraiseql_planner_clear_cache(fraiseql_planner *planner);

/* ---- reading documents ---- */

/* The syntax tree of an executable document as JSON, without a schema and without any check beyond the syntax:
 *
 *   {"operations": [{"operation": "query", "name", "variables": [VARIABLE], "directives", "selections"}],
 *    "fragments": [{"name", "on", "directives", "selections"}]}
 *   VARIABLE    {"name", "type": "[Int!]", "default": {VALUE} or null, "directives"}
 *   selections  [{"field", "alias", "arguments", "directives", "selections"} | {"spread", "directives"} |
 *                {"on", "directives", "selections"}]
 *   directives  [{"name", "arguments"}]
 *   arguments   [{"name", VALUE}]
 *   VALUE       "kind": variable, int, float, string, boolean, null, enum, list or object; "json": a string that holds
 *               the value as JSON, numbers as written, a variable as "$name", an enum value as a string; "text": the
 *               value as GraphQL
 *
 * Everything stands in the order of the document; what may be missing (names of operations, aliases, conditions) is
 * null. The default limits of size, tokens and depth hold. NULL where the text is no such document (`*message`, unless
 * NULL, is a response with the error) or memory is short. Both to be freed with free(). */
FRAISEQL_API char *fraiseql_document_json(fraiseql_slice document, char **message);

/* ---- checking documents ---- */

typedef enum fraiseql_check_form { FRAISEQL_CHECK_TEXT, FRAISEQL_CHECK_JSON } fraiseql_check_form;

/* Validates one document against the engine's schema and prints the verdict to `out`. `name` is the file's name for the
 * report; `color` as ANSI escapes. True where it is valid. */
FRAISEQL_API bool fraiseql_check(fraiseql *engine, fraiseql_slice document, const char *name, fraiseql_check_form form,
                                 bool color, FILE *out);

/* Reads one request a line from `in`, answers one a line to `out`, until the end of `in`; for test suites (`fraiseql
 * check
 * --jsonl`). `engine` may be NULL: each line then names its schema. False on a read or write error. */
FRAISEQL_API bool fraiseql_check_jsonl(fraiseql *engine, FILE *in, FILE *out);

#ifdef __cplusplus
}
#endif

#endif
