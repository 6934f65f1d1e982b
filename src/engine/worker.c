/* SPDX-License-Identifier: MIT */
/* A worker's life: connections and cache made, kept in step with the engine's schema, and taken down in order: no new
 * requests, running ones end, connections close, then the owner is told. */
#include "engine/worker.h"

#include <pthread.h>
#include <stdlib.h>

/* What every connection is set to when it opens. The output formats are those that the codecs read; reads run in one
 * read-only snapshot without a BEGIN; generic plans unless a statement asks otherwise (docs/design.md). */
const char *const fq_start_up_settings[] = {
    "default_transaction_isolation",
    "repeatable read",
    "default_transaction_read_only",
    "on",
    "DateStyle",
    "ISO, YMD",
    "IntervalStyle",
    "iso_8601",
    "TimeZone",
    "UTC",
    "extra_float_digits",
    "1",
    "bytea_output",
    "hex",
    "client_encoding",
    "UTF8",
    "jit",
    "off",
    /* A generic plan takes `limit $1` for a tenth of the table; with parallel workers that turned a scan of 20 rows of
     * an index into a parallel sort of the whole table (74 ms instead of 0.2). */
    "max_parallel_workers_per_gather",
    "0",
    "plan_cache_mode",
    "force_generic_plan",
    NULL,
};

/* PostgreSQL's own 4 is for disks that turn. With it the planner reads and hashes the 10,000 authors of 100 articles
 * rather than look 100 of them up (2.8 times the time). A value that anybody has set, wherever, stays. */
const char fq_tuning[] = "select set_config(name, '1.1', false) from pg_catalog.pg_settings "
                         "where name = 'random_page_cost' and source = 'default'";

static fq_pg_statement frames[4];
static pthread_once_t frames_once = PTHREAD_ONCE_INIT;

static void make_frames(void) {
    static const fq_slice texts[] = {
        [FQ_FRAME_BEGIN_READ] = FQ_S_INIT("begin isolation level repeatable read read only"),
        [FQ_FRAME_BEGIN_WRITE] = FQ_S_INIT("begin isolation level read committed read write"),
        [FQ_FRAME_COMMIT] = FQ_S_INIT("commit"),
        [FQ_FRAME_ENCODING] = FQ_S_INIT("set local client_encoding to 'UTF8'"),
    };
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        frames[i] = (fq_pg_statement){
            .id = fq_pg_statement_id(), .sql = texts[i], .weight = 2000, .prepare = FQ_PG_PREPARE_AT_ONCE};
    }
}

const fq_pg_statement *fq_frame_statement(fq_frame frame) {
    (void)pthread_once(&frames_once, make_frames);
    return &frames[frame];
}

static void evict_document(fq_lru_entry *entry) { free(entry); }

static fq_pool *open_pool(const fraiseql_worker *worker, uint32_t pool_size) {
    const fraiseql_options *options = &worker->engine->options;
    if (options->database == NULL) {
        return NULL;
    }
    fq_pool_config config = FQ_POOL_CONFIG_DEFAULT;
    config.conninfo = fq_slice_from_cstr(options->database);
    config.application_name = FQ_S("fraiseql");
    config.max_size = pool_size;
    config.min_idle = options->min_idle < pool_size ? options->min_idle : pool_size;
    config.connect_timeout_ms = options->connection_timeout_ms;
    config.idle_timeout_ms = options->idle_timeout_ms;
    config.max_lifetime_ms = options->max_lifetime_ms;
    config.queue_max = options->max_queue;
    config.settings = options->prepared ? fq_start_up_settings : NULL;
    config.tuning = options->prepared ? fq_tuning : NULL;
    if (!options->prepared) {
        config.prepared_max = 0;
    }
    return fq_pool_new(&worker->loop, &config);
}

static void index_trusted(fraiseql_worker *worker) {
    worker->trusted_arena = fq_arena_new(FQ_SCHEMA_ARENA_MAX);
    fq_map_init(&worker->trusted, worker->trusted_arena);
    if (worker->engine->trusted != NULL) {
        (void)fq_trusted_read(worker->trusted_arena, worker->engine->trusted, &worker->trusted);
    }
}

static fraiseql_worker *worker_new(fraiseql *engine, const fq_loop *loop) {
    fraiseql_worker *worker = calloc(1, sizeof(*worker));
    if (worker == NULL) {
        abort();
    }
    worker->engine = engine;
    worker->loop = *loop;
    const fraiseql_options *options = &engine->options;
    fq_plan_cache_init(&worker->plans, &engine->limits, options->max_plans, options->max_cache_bytes,
                       options->big_numbers);
    fq_lru_init(&worker->documents, options->max_apq, 64 * 1024 * 1024, evict_document);
    index_trusted(worker);
    fq_worker_refresh_schema(worker);
    return worker;
}

fraiseql_worker *fraiseql_worker_new(fraiseql *engine, const fq_loop *loop, uint32_t pool_size) {
    fraiseql_worker *worker = worker_new(engine, loop);
    worker->pool = open_pool(worker, pool_size > 0 ? pool_size : 1);
    return worker;
}

fraiseql_worker *fraiseql_worker_new_sharing(fraiseql *engine, fraiseql_worker *owner) {
    fraiseql_worker *worker = worker_new(engine, &owner->loop);
    worker->pool = owner->pool;
    worker->owner = owner;
    owner->requests_alive++; /* keeps its pool open until we have closed */
    return worker;
}

void fq_worker_refresh_schema(fraiseql_worker *worker) {
    if (worker->generation != worker->engine->generation) {
        fq_schema *schema = fq_engine_schema(worker->engine);
        worker->generation = schema->generation;
        fq_plan_cache_set_schema(&worker->plans, schema);
    }
}

fq_arena *fq_worker_take_arena(fraiseql_worker *worker) {
    if (worker->n_spare > 0) {
        return worker->spare[--worker->n_spare];
    }
    return fq_arena_new(FQ_REQUEST_ARENA_MAX);
}

void fq_worker_return_arena(fraiseql_worker *worker, fq_arena *arena) {
    if (worker->n_spare < FQ_SPARE_ARENAS) {
        fq_arena_reset(arena);
        worker->spare[worker->n_spare++] = arena;
    } else {
        fq_arena_free(arena);
    }
}

/* ---- probes under way ---- */

typedef struct fq_worker_probe {
    fq_pg_job job;
    fq_pg_call call;
    struct fq_worker_probe *before, *after; /* of those under way */
    fraiseql_worker *worker;
    void (*answer)(void *arg, bool works, const char *message);
    void *arg;
} probe;

static void link_probe(probe *p) {
    p->after = p->worker->probes;
    if (p->after != NULL) {
        p->after->before = p;
    }
    p->worker->probes = p;
}

static void unlink_probe(probe *p) {
    *(p->before != NULL ? &p->before->after : &p->worker->probes) = p->after;
    if (p->after != NULL) {
        p->after->before = p->before;
    }
}

static void cancel_probes(fraiseql_worker *worker) {
    for (probe *p = worker->probes; p != NULL; p = p->after) {
        fq_pool_cancel(worker->pool, &p->job);
    }
}

/* ---- closing ---- */

static void tell_closed(void *arg) {
    fraiseql_worker *worker = arg;
    if (worker->owner != NULL) {
        fq_worker_request_gone(worker->owner);
        worker->owner = NULL;
        worker->pool = NULL;
    }
    if (worker->closed != NULL) {
        void (*closed)(void *arg) = worker->closed;
        worker->closed = NULL;
        closed(worker->closed_arg);
    }
}

/* Once no request is left: a mutation of several fields needs the pool to its end. */
static void close_pool(fraiseql_worker *worker) {
    if (worker->pool == NULL || worker->owner != NULL) {
        worker->loop.defer(worker->loop.ctx, tell_closed, worker);
    } else {
        fq_pool_close(worker->pool, tell_closed, worker);
    }
}

void fq_worker_request_gone(fraiseql_worker *worker) {
    worker->requests_alive--;
    if (worker->closing && worker->requests_alive == 0) {
        close_pool(worker);
    }
}

void fraiseql_worker_close(fraiseql_worker *worker, void (*closed)(void *arg), void *arg) {
    worker->closing = true;
    worker->closed = closed;
    worker->closed_arg = arg;
    cancel_probes(worker); /* nothing is left to find out */
    if (worker->requests_alive == 0) {
        close_pool(worker);
    }
}

void fraiseql_worker_free(fraiseql_worker *worker) {
    if (worker == NULL) {
        return;
    }
    if (worker->pool != NULL) {
        fq_pool_free(worker->pool);
    }
    fq_plan_cache_done(&worker->plans);
    fq_lru_done(&worker->documents);
    fq_arena_free(worker->trusted_arena);
    while (worker->n_spare > 0) {
        fq_arena_free(worker->spare[--worker->n_spare]);
    }
    free(worker);
}

/* ---- state ---- */

fraiseql_stats fraiseql_worker_stats(const fraiseql_worker *worker) {
    fraiseql_stats stats = fq_plan_cache_stats(&worker->plans);
    stats.requests = worker->requests;
    stats.request_errors = worker->request_errors;
    stats.broken_answers = worker->broken_answers;
    if (worker->pool != NULL) {
        fq_pool_stats pool = fq_pool_stats_get(worker->pool);
        stats.connections = pool.connections;
        stats.idle_connections = pool.idle_connections;
        stats.active_connections = pool.active_connections;
        stats.waiting_requests = pool.waiting;
    }
    return stats;
}

void fraiseql_worker_clear_cache(fraiseql_worker *worker) { fq_plan_cache_reset(&worker->plans); }

bool fraiseql_worker_ready(const fraiseql_worker *worker) {
    return !worker->closing && worker->pool != NULL && fq_pool_is_ready(worker->pool);
}

/* ---- probe ---- */

static fq_pg_row_verdict probe_row(fq_pg_job *job, uint32_t call, const fq_slice *columns, uint32_t n_columns) {
    (void)job, (void)call, (void)columns, (void)n_columns;
    return FQ_PG_MORE;
}

static void probe_done(fq_pg_job *job, fq_pg_failure failure, uint32_t call, const fq_wire_error *error) {
    (void)call;
    probe *p = (probe *)job;
    char message[512] = "";
    if (failure != FQ_PG_OK) {
        fq_slice text = error != NULL ? error->message : fq_pool_last_error(p->worker->pool);
        size_t len = text.len < sizeof(message) - 1 ? text.len : sizeof(message) - 1;
        memcpy(message, text.ptr != NULL ? text.ptr : "", len);
        message[len] = '\0';
    }
    p->answer(p->arg, failure == FQ_PG_OK, message);
    unlink_probe(p);
    fq_worker_request_gone(p->worker);
    free(p);
}

void fraiseql_worker_probe(fraiseql_worker *worker, void (*answer)(void *arg, bool works, const char *message),
                           void *arg) {
    static const fq_pg_handler handler = {.row = probe_row, .done = probe_done};
    static const uint8_t formats[1];
    static fq_pg_statement statement = {
        .sql = FQ_S_INIT("select 1"), .formats = formats, .n_columns = 1, .weight = 2000};
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    if (statement.id == 0) {
        statement.id = fq_pg_statement_id();
    }
    pthread_mutex_unlock(&lock);
    probe *p = calloc(1, sizeof(*p));
    if (p == NULL) {
        abort();
    }
    *p = (probe){.worker = worker, .answer = answer, .arg = arg, .call = {.statement = &statement}};
    p->job.handler = &handler;
    p->job.calls = &p->call;
    p->job.n_calls = 1;
    p->job.deadline_ms = fq_clock_ms() + 5000;
    worker->requests_alive++;
    link_probe(p);
    fq_pool_submit(worker->pool, &p->job);
}
