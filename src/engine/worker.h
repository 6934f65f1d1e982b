/* SPDX-License-Identifier: MIT */
/* A worker's own view of itself: everything that one event loop owns. */
#ifndef FQ_ENGINE_WORKER_H
#define FQ_ENGINE_WORKER_H

#include "base/loop.h"
#include "engine/engine.h"
#include "engine/plans.h"
#include "pg/pool.h"

#define FQ_SPARE_ARENAS 64

struct fraiseql_worker {
    fraiseql *engine;
    fq_loop loop;
    fq_pool *pool;          /* NULL without a database */
    fraiseql_worker *owner; /* whose pool it is, or NULL: ours */
    fq_plan_cache plans;
    uint64_t generation; /* of the schema that the plans are for */
    fq_lru documents;    /* automatic persisted queries: SHA-256 in hexadecimal -> text */
    fq_map trusted;      /* id -> fq_slice of the text */
    fq_arena *trusted_arena;
    fq_arena *spare[FQ_SPARE_ARENAS]; /* emptied arenas of former requests */
    uint32_t n_spare;
    uint32_t requests_alive;        /* and probes, and workers that share the pool */
    struct fq_worker_probe *probes; /* under way */
    bool closing;
    void (*closed)(void *arg);
    void *closed_arg;
    uint64_t requests, request_errors, broken_answers;
};

/* An empty arena for a request, and back. */
fq_arena *fq_worker_take_arena(fraiseql_worker *worker);
void fq_worker_return_arena(fraiseql_worker *worker, fq_arena *arena);

/* Brings the plan cache up to the engine's schema. */
void fq_worker_refresh_schema(fraiseql_worker *worker);

/* A request has been freed: the last one lets a closing worker go on. */
void fq_worker_request_gone(fraiseql_worker *worker);

/* The run-time parameters that connections open with: name and value alternating, NULL at the end. */
extern const char *const fq_start_up_settings[];

/* What they run once they are open: SQL that makes up for a default of PostgreSQL's where nobody has set it. */
extern const char fq_tuning[];

/* Statements that frame a transaction, and the one that says how texts are encoded in it, where the connection could
 * not be opened with it. */
typedef enum fq_frame { FQ_FRAME_BEGIN_READ, FQ_FRAME_BEGIN_WRITE, FQ_FRAME_COMMIT, FQ_FRAME_ENCODING } fq_frame;
const fq_pg_statement *fq_frame_statement(fq_frame frame);

#endif
