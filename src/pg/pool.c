/* SPDX-License-Identifier: MIT */
/* See pool.h: the pool's face, its turn, and its end. Everything that a call changes takes effect in the turn, which
 * the loop runs once at the end of its own: so no callback comes from inside a call, and all that a connection has to
 * say leaves in one write. */
#include "pg/pool_state.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"

#define CLOSING_LOOK_MS 20
#define CLOSING_PATIENCE_MS 3000 /* with a connection or a cancel that is on its way; most take a few milliseconds */

uint64_t fq_pg_statement_id(void) {
    static atomic_uint_fast64_t last;
    return atomic_fetch_add(&last, 1) + 1;
}

/* ---- the ends of jobs ---- */

static void finish_job(fq_pg_job *job, fq_pg_failure failure, const fq_wire_error *error) {
    fq_buffer_done(&job->bytes);
    job->state = FQ_JOB_OUTSIDE;
    job->handler->done(job, failure, job->current, error);
}

void fq_pool_end_later(fq_pool *pool, fq_pg_job *job, fq_pg_failure failure, const char *text) {
    job->state = FQ_JOB_ENDING;
    job->ending = failure;
    job->ending_text = text;
    fq_queue_push(&pool->ending, job);
    fq_pool_wake(pool);
}

static void end_due_jobs(fq_pool *pool) {
    static const fq_wire_error too_large = FQ_ERROR_TOO_LARGE;
    for (fq_pg_job *job = fq_queue_pop(&pool->ending); job != NULL; job = fq_queue_pop(&pool->ending)) {
        const char *text = job->ending_text != NULL ? job->ending_text : pool->last_error;
        const fq_wire_error unavailable = {
            .severity = FQ_S("FATAL"), .sqlstate = FQ_S("08001"), .message = fq_slice_from_cstr(text)};
        const fq_wire_error *error = job->ending == FQ_PG_UNAVAILABLE    ? &unavailable
                                     : job->ending == FQ_PG_SERVER_ERROR ? &too_large
                                                                         : NULL;
        finish_job(job, job->ending, error);
    }
}

/* ---- what connections ask of the pool ---- */

static void on_ended(void *arg, fq_pg_job *job, fq_pg_failure failure, const fq_wire_error *error) {
    fq_pool *pool = arg;
    if (job->ran_ms >= 0) {
        fq_pace_note(&pool->pace, job, (uint64_t)job->ran_ms);
    }
    finish_job(job, failure, error);
}

static void on_again(void *arg, fq_pg_job *job) {
    fq_pool *pool = arg;
    bool has_told = job->current > 0;
    job->current = 0;
    if (pool->state != FQ_POOL_OPEN) {
        fq_pool_end_later(pool, job, FQ_PG_UNAVAILABLE, "the pool is closing");
        return;
    }
    job->state = FQ_JOB_QUEUED;
    job->attempt = pool->attempts;
    fq_queue_push_first(fq_pool_lane(pool, job), job);
    fq_pool_due(pool, fq_pool_waits_until(pool, job));
    fq_pool_wake(pool);
    if (has_told && job->handler->restarted != NULL) {
        job->handler->restarted(job);
    }
}

static void on_wake(void *arg) { fq_pool_wake(arg); }

static void on_due(void *arg, uint64_t at_ms) { fq_pool_due(arg, at_ms); }

static void on_cancelled(void *arg) { fq_connection_cancel_ended(arg, fq_clock_ms()); }

static fq_cancel_task *on_cancel(void *arg, fq_connection *connection) {
    fq_pool *pool = arg;
    return fq_connect_cancel(pool->canceller, connection->pq, on_cancelled, connection);
}

static void on_closed(void *arg, fq_connection *connection, fq_close_reason reason, fq_slice text) {
    fq_pool *pool = arg;
    pool->last_worked = reason != FQ_CLOSE_LOST;
    if (reason == FQ_CLOSE_LOST) {
        pool->failures++;
        fq_pool_set_error(pool, text);
    }
    if (pool->reserved == connection) {
        pool->reserved = NULL;
    }
    fq_pool_wake(pool);
}

const fq_connection_owner fq_pool_as_owner = {
    .ended = on_ended, .again = on_again, .wake = on_wake, .due = on_due, .cancel = on_cancel, .closed = on_closed};

/* ---- the turn ---- */

uint32_t fq_pool_open_count(const fq_pool *pool) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < pool->n_connections; i++) {
        count += pool->connections[i]->state != FQ_CONNECTION_CLOSED;
    }
    return count;
}

void fq_pool_set_error(fq_pool *pool, fq_slice text) {
    size_t len = text.len < sizeof(pool->last_error) ? text.len : sizeof(pool->last_error) - 1;
    memmove(pool->last_error, text.ptr != NULL ? text.ptr : "", len);
    pool->last_error[len] = '\0';
}

static void free_closed(fq_pool *pool) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < pool->n_connections; i++) {
        fq_connection *connection = pool->connections[i];
        if (connection->state == FQ_CONNECTION_CLOSED) {
            fq_connection_free(connection);
        } else {
            pool->connections[kept++] = connection;
        }
    }
    pool->n_connections = kept;
}

static void turn_connections(fq_pool *pool, uint64_t now_ms) {
    for (uint32_t i = 0; i < pool->n_connections; i++) {
        fq_connection *connection = pool->connections[i];
        if (connection->reading == FQ_RESUMING || connection->out_at < connection->out.len) {
            fq_connection_turn(connection, now_ms);
        }
    }
}

/* A thread that is in the middle of a TLS handshake when the process ends would meet an OpenSSL that has been taken
 * down. */
static bool helpers_are_awaited(const fq_pool *pool) {
    return (fq_helper_is_busy(pool->opener) || fq_helper_is_busy(pool->canceller)) && fq_clock_ms() < pool->patience_ms;
}

static void finish_closing(fq_pool *pool) {
    fq_close_reason reason = fq_clock_ms() < pool->patience_ms ? FQ_CLOSE_POOL : FQ_CLOSE_POOL_IMPATIENT;
    for (uint32_t i = 0; i < pool->n_connections; i++) {
        fq_connection_retire(pool->connections[i], reason);
    }
    free_closed(pool);
    if (pool->n_connections > 0 || pool->ending.len > 0 || pool->turn_is_due || helpers_are_awaited(pool)) {
        fq_pool_due(pool, fq_clock_ms() + CLOSING_LOOK_MS);
        return;
    }
    pool->state = FQ_POOL_CLOSED;
    if (pool->timer != NULL) {
        pool->loop.cancel(pool->loop.ctx, pool->timer);
        pool->timer = NULL;
    }
    fq_helper_free(pool->opener);
    fq_helper_free(pool->canceller);
    pool->opener = pool->canceller = NULL;
    pool->closed(pool->closed_arg);
}

static void on_turn(void *arg) {
    fq_pool *pool = arg;
    uint64_t now = fq_clock_ms();
    pool->turn_is_due = false;
    end_due_jobs(pool);
    fq_pool_dispatch(pool, now);
    fq_pool_open_if_wanted(pool, now);
    turn_connections(pool, now);
    if (pool->state == FQ_POOL_CLOSING) {
        finish_closing(pool);
    } else {
        free_closed(pool);
    }
}

void fq_pool_wake(fq_pool *pool) {
    if (!pool->turn_is_due && pool->state != FQ_POOL_CLOSED) {
        pool->turn_is_due = true;
        pool->loop.defer(pool->loop.ctx, on_turn, pool);
    }
}

/* ---- life ---- */

static fq_pool_config checked(const fq_pool_config *config) {
    fq_pool_config copy = *config;
    copy.conninfo = copy.application_name = FQ_S("");
    copy.settings = NULL;
    copy.max_size = copy.max_size > 0 ? copy.max_size : 1;
    copy.pipeline_depth = copy.pipeline_depth > 0 ? copy.pipeline_depth : 1;
    copy.min_idle = copy.min_idle < copy.max_size ? copy.min_idle : copy.max_size;
    return copy;
}

static void *zeroed(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL) {
        fprintf(stderr, "fraiseql: out of memory (%zu bytes)\n", count * size);
        abort();
    }
    return memory;
}

fq_pool *fq_pool_new(const fq_loop *loop, const fq_pool_config *config) {
    fq_pool *pool = zeroed(1, sizeof(*pool));
    pool->loop = *loop;
    pool->config = checked(config);
    pool->random = fq_clock_us() * 2 + 1;
    pool->connections_max = pool->config.max_size * 2; /* half of them closed, until the end of the turn */
    pool->connections = zeroed(pool->connections_max, sizeof(fq_connection *));
    pool->opener = fq_helper_new(&pool->loop);
    pool->canceller = fq_helper_new(&pool->loop);
    char *error = NULL;
    pool->params = fq_connect_params_new(config, &error);
    if (pool->params == NULL) {
        fq_pool_set_error(pool, fq_slice_from_cstr(error));
        free(error);
    }
    fq_pool_wake(pool);
    return pool;
}

void fq_pool_close(fq_pool *pool, fq_fire_fn closed, void *arg) {
    assert(pool->state == FQ_POOL_OPEN);
    pool->state = FQ_POOL_CLOSING;
    pool->patience_ms = fq_clock_ms() + CLOSING_PATIENCE_MS;
    pool->closed = closed;
    pool->closed_arg = arg;
    fq_job_queue *lanes[] = {&pool->shared, &pool->alone};
    for (int i = 0; i < 2; i++) {
        for (fq_pg_job *job = fq_queue_pop(lanes[i]); job != NULL; job = fq_queue_pop(lanes[i])) {
            fq_pool_end_later(pool, job, FQ_PG_UNAVAILABLE, "the pool is closing");
        }
    }
    fq_pool_wake(pool);
}

void fq_pool_free(fq_pool *pool) {
    if (pool == NULL) {
        return;
    }
    assert(pool->state == FQ_POOL_CLOSED);
    fq_connect_params_unref(pool->params);
    free(pool->connections);
    free(pool);
}

/* ---- jobs ---- */

/* Values are written as they will be sent, behind the name that only the connection will know. */
static void keep_values(fq_pg_job *job) {
    fq_buffer_init(&job->bytes, FQ_PG_MESSAGE_MAX);
    for (uint32_t i = 0; i < job->n_calls; i++) {
        const fq_pg_statement *statement = job->calls[i].statement;
        uint32_t len = 0;
        size_t at = job->bytes.len;
        fq_buffer_append(&job->bytes, &len, sizeof(len));
        fq_wire_bind_tail(&job->bytes, job->calls[i].values, statement->n_params, statement->formats,
                          statement->formats != NULL ? statement->n_columns : 0);
        if (!job->bytes.failed) {
            len = (uint32_t)(job->bytes.len - at - sizeof(len));
            memcpy(job->bytes.ptr + at, &len, sizeof(len));
        }
    }
}

void fq_pool_submit(fq_pool *pool, fq_pg_job *job) {
    assert(pool->state != FQ_POOL_CLOSED);
    job->next = NULL;
    job->connection = NULL;
    job->current = 0;
    job->retries = 0;
    job->any_row = false;
    job->ran_ms = -1;
    job->alone = (job->flags & (FQ_PG_JOB_ALONE | FQ_PG_JOB_WRITES)) != 0 || fq_pace_is_slow(&pool->pace, job);
    job->attempt = pool->attempts;
    job->queued_ms = fq_clock_ms();
    keep_values(job);
    if (pool->state != FQ_POOL_OPEN) {
        fq_pool_end_later(pool, job, FQ_PG_UNAVAILABLE, "the pool is closing");
    } else if (job->bytes.failed) {
        fq_pool_end_later(pool, job, FQ_PG_SERVER_ERROR, NULL);
    } else {
        job->state = FQ_JOB_QUEUED;
        fq_queue_push(fq_pool_lane(pool, job), job);
        fq_pool_due(pool, fq_pool_waits_until(pool, job));
        fq_pool_wake(pool);
    }
}

void fq_pool_cancel(fq_pool *pool, fq_pg_job *job) {
    switch ((fq_job_state)job->state) {
    case FQ_JOB_QUEUED:
        fq_queue_remove(fq_pool_lane(pool, job), job);
        fq_pool_end_later(pool, job, FQ_PG_CANCELLED, NULL);
        break;
    case FQ_JOB_SENT:
        fq_connection_give_up(job->connection, job, fq_clock_ms());
        fq_pool_end_later(pool, job, FQ_PG_CANCELLED, NULL);
        break;
    case FQ_JOB_ENDING:
    case FQ_JOB_OUTSIDE:
        break;
    }
}

void fq_pool_resume(fq_pool *pool, fq_pg_job *job) {
    (void)pool;
    if (job->state == FQ_JOB_SENT) {
        fq_connection_resume(job->connection, job);
    }
}

/* ---- what others may know ---- */

fq_pool_stats fq_pool_stats_get(const fq_pool *pool) {
    fq_pool_stats stats = {.connecting = pool->connecting ? 1 : 0,
                           .waiting = pool->shared.len + pool->alone.len,
                           .connects = pool->connects,
                           .failures = pool->failures};
    for (uint32_t i = 0; i < pool->n_connections; i++) {
        fq_connection_state state = pool->connections[i]->state;
        stats.connections += state != FQ_CONNECTION_CLOSED;
        stats.idle_connections += state == FQ_CONNECTION_IDLE;
        stats.active_connections += state != FQ_CONNECTION_CLOSED && state != FQ_CONNECTION_IDLE;
    }
    return stats;
}

fq_slice fq_pool_last_error(const fq_pool *pool) { return fq_slice_from_cstr(pool->last_error); }

bool fq_pool_is_ready(const fq_pool *pool) { return fq_pool_open_count(pool) > 0 || pool->last_worked; }
