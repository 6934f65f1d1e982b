/* SPDX-License-Identifier: MIT */
/* A pool of PostgreSQL connections on one event loop, and jobs on them.
 *
 * A job is one segment: settings and statements up to one Sync, hence one implicit transaction unless its statements
 * say otherwise. Jobs are queued when no connection may take them, pipelined behind others where both sides allow it,
 * and always end with exactly one call of `done`, which never comes from inside a call of the submitter's. The pool
 * knows nothing of GraphQL. Everything happens on the loop's thread, but for opening and cancelling connections
 * (libpq's blocking parts), which run on helper threads of the pool: one each, so that a cancel which hangs in a dead
 * network does not keep a new connection from being opened. */
#ifndef FQ_PG_POOL_H
#define FQ_PG_POOL_H

#include "base/arena.h"
#include "base/loop.h"
#include "pg/wire.h"

/* When a statement gets a name on a connection. A named statement saves parsing and planning, and costs the backend
 * memory. */
typedef enum fq_pg_prepare {
    FQ_PG_PREPARE_SECOND_USE, /* of this statement on this connection */
    FQ_PG_PREPARE_AT_ONCE,    /* for what nearly every job uses, such as settings */
    FQ_PG_PREPARE_NEVER,
} fq_pg_prepare;

/* Where a statement's rows go. Rows that nobody wants (of set_config) do not keep a job from being sent anew. */
typedef enum fq_pg_rows { FQ_PG_ROWS_TO_HANDLER, FQ_PG_ROWS_DROPPED } fq_pg_rows;

/* A statement as a plan holds it: immutable, alive for as long as any job refers to it. */
typedef struct fq_pg_statement {
    uint64_t id; /* unique in the process (fq_pg_statement_id); names the prepared statement */
    fq_slice sql;
    const uint32_t *oids; /* of the parameters */
    uint32_t n_params;
    const uint8_t *formats;  /* of the result columns, 0 text 1 binary */
    const uint32_t *columns; /* expected type oids of the result columns; 0: any. NULL: not checked */
    uint32_t n_columns;
    uint32_t weight; /* estimated bytes that it costs a backend once prepared */
    fq_pg_prepare prepare;
    fq_pg_rows rows;
} fq_pg_statement;

uint64_t fq_pg_statement_id(void);

/* A statement with its values, for one job. `values` are copied out by the submit; the calls themselves must stay until
 * `done`. */
typedef struct fq_pg_call {
    const fq_pg_statement *statement;
    const fq_pg_value *values;
} fq_pg_call;

typedef enum fq_pg_failure {
    FQ_PG_OK,
    FQ_PG_SERVER_ERROR,  /* a statement failed; `error` tells; later statements of the segment did not run */
    FQ_PG_UNAVAILABLE,   /* no connection in time, queue full, or closing: nothing was sent */
    FQ_PG_LOST,          /* the connection broke while the job was under way */
    FQ_PG_CANCELLED,     /* by fq_pool_cancel */
    FQ_PG_TIMED_OUT,     /* its deadline passed; the query was cancelled */
    FQ_PG_TYPES_CHANGED, /* a statement's result columns are not those that the plan expects: plan anew. No row of that
                          * statement was handed out, and nothing that the job wrote remains */
} fq_pg_failure;

typedef struct fq_pg_job fq_pg_job;

typedef enum fq_pg_row_verdict {
    FQ_PG_MORE,  /* go on */
    FQ_PG_PAUSE, /* this row is taken; stop reading the connection until fq_pool_resume */
} fq_pg_row_verdict;

typedef struct fq_pg_handler {
    /* One row of call number `call`; `columns` and their bytes are valid during the call only. */
    fq_pg_row_verdict (*row)(fq_pg_job *job, uint32_t call, const fq_slice *columns, uint32_t n_columns);
    /* Call number `call` is complete. May be NULL. */
    void (*complete)(fq_pg_job *job, uint32_t call);
    /* The job will be sent anew, and complete its calls from the first again: what was concluded from complete calls is
     * void. Happens to reads alone, and only before their first row; not told where no call was complete. May be NULL.
     */
    void (*restarted)(fq_pg_job *job);
    /* The end of the job. `call` is the failing call's number where it is known, else the number of complete calls;
     * `error` is set for FQ_PG_SERVER_ERROR (views, valid during the call), for FQ_PG_UNAVAILABLE and FQ_PG_LOST it may
     * hold a message; else NULL. */
    void (*done)(fq_pg_job *job, fq_pg_failure failure, uint32_t call, const fq_wire_error *error);
} fq_pg_handler;

enum {
    FQ_PG_JOB_WRITES = 1, /* must not be retried once sent; not cancelled when its client leaves */
    FQ_PG_JOB_ALONE = 2,  /* wants a connection of its own: streams or is known to be slow */
};

/* Embedded in the submitter's request; owned by the pool from submit until `done`. */
struct fq_pg_job {
    /* set by the submitter */
    const fq_pg_handler *handler;
    const fq_pg_call *calls;
    uint32_t n_calls;
    unsigned flags;
    uint64_t deadline_ms; /* fq_clock_ms() at which it ends; 0: none */
    /* private to the pool */
    fq_pg_job *next;
    struct fq_connection *connection;
    fq_buffer bytes; /* its Bind messages behind their names, each after its length */
    uint64_t queued_ms;
    uint64_t attempt; /* connection attempts that had begun when it was queued */
    uint32_t current; /* complete calls */
    uint8_t state;
    uint8_t retries;
    bool any_row;
    bool alone;              /* takes a connection for itself */
    int64_t ran_ms;          /* how long the server was at work on it; -1: not known */
    fq_pg_failure ending;    /* with which it waits for `done` */
    const char *ending_text; /* NULL: the last connection failure */
};

typedef struct fq_pool_config {
    fq_slice conninfo;           /* what libpq takes; URI or key=value */
    fq_slice application_name;   /* used unless the conninfo sets one */
    uint32_t max_size;           /* 20 */
    uint32_t min_idle;           /* 2 */
    uint64_t connect_timeout_ms; /* 30000: also how long a job waits for a connection */
    uint64_t idle_timeout_ms;    /* 600000 */
    uint64_t max_lifetime_ms;    /* 1800000 */
    uint32_t queue_max;          /* jobs waiting, 1000 */
    uint32_t pipeline_depth;     /* cheap jobs under way on one connection, 16 */
    uint32_t prepared_max;       /* statements an LRU holds per connection, 512; 0: never prepare */
    size_t prepared_bytes;       /* their estimated weight, 32 MB */
    /* Run-time parameters sent at start-up as "-c name=value" options, name and value alternating, NULL at the end;
     * NULL itself: none (behind poolers). */
    const char *const *settings;
    /* A statement run once on each new connection, before any job; its failure is ignored. NULL: none. */
    const char *tuning;
} fq_pool_config;

#define FQ_POOL_CONFIG_DEFAULT                                                                                         \
    {                                                                                                                  \
        .max_size = 20, .min_idle = 2, .connect_timeout_ms = 30000, .idle_timeout_ms = 600000,                         \
        .max_lifetime_ms = 1800000, .queue_max = 1000, .pipeline_depth = 16, .prepared_max = 512,                      \
        .prepared_bytes = 32 * 1024 * 1024                                                                             \
    }

typedef struct fq_pool fq_pool;

typedef struct fq_pool_stats {
    uint32_t connections; /* open */
    uint32_t idle_connections;
    uint32_t active_connections; /* with a job under way */
    uint32_t connecting;
    uint32_t waiting;            /* jobs in the queue */
    uint64_t connects, failures; /* since the start */
} fq_pool_stats;

/* Copies the configuration; opens min_idle connections in the background. */
fq_pool *fq_pool_new(const fq_loop *loop, const fq_pool_config *config);

/* Takes no more jobs; waiting jobs end as FQ_PG_UNAVAILABLE, running ones run to their end; then `closed(arg)` is
 * called. fq_pool_free is allowed after that call (not inside it). */
void fq_pool_close(fq_pool *pool, fq_fire_fn closed, void *arg);
void fq_pool_free(fq_pool *pool);

void fq_pool_submit(fq_pool *pool, fq_pg_job *job);

/* Gives a job up; `done` follows with FQ_PG_CANCELLED (or with the outcome that came first). A statement under way is
 * cancelled in PostgreSQL, unless the job writes. */
void fq_pool_cancel(fq_pool *pool, fq_pg_job *job);

/* Goes on reading after FQ_PG_PAUSE. */
void fq_pool_resume(fq_pool *pool, fq_pg_job *job);

fq_pool_stats fq_pool_stats_get(const fq_pool *pool);

/* The last connection failure's text (no password in it), or empty. Valid until the next turn of the loop. */
fq_slice fq_pool_last_error(const fq_pool *pool);

/* Whether a connection is open now, or the last one that was closed had worked: for readiness. */
bool fq_pool_is_ready(const fq_pool *pool);

#endif
