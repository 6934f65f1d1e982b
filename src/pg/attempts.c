/* SPDX-License-Identifier: MIT */
/* Opening connections: one attempt at a time, while there is demand; after a failure with a pause that doubles.
 * Invariant: while no connection is open, a job that has waited through a whole failed attempt fails with its reason,
 * so that clients learn at once that PostgreSQL is away; and with jobs waiting an attempt is made every second at
 * least. */
#include "pg/pool_state.h"

#define PAUSE_FIRST_MS 50
#define PAUSE_MAX_MS 5000
#define PAUSE_EAGER_MS 1000 /* the most, where jobs are waiting */

uint64_t fq_pool_random(fq_pool *pool, uint64_t from, uint64_t to) {
    uint64_t x = pool->random;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    pool->random = x;
    return to > from ? from + x % (to - from) : from;
}

bool fq_pool_may_open(const fq_pool *pool) {
    return pool->state == FQ_POOL_OPEN && pool->failed_in_row == 0 && fq_pool_open_count(pool) < pool->config.max_size;
}

static void fail_lane(fq_pool *pool, fq_job_queue *lane) {
    fq_pg_job *next;
    for (fq_pg_job *job = lane->first; job != NULL; job = next) {
        next = job->next;
        if (job->attempt < pool->attempts) {
            fq_queue_remove(lane, job);
            fq_pool_end_later(pool, job, FQ_PG_UNAVAILABLE, NULL);
        }
    }
}

static void attempt_failed(fq_pool *pool, fq_slice error) {
    uint32_t doublings = pool->failed_in_row < 10 ? pool->failed_in_row : 10;
    uint64_t pause = (uint64_t)PAUSE_FIRST_MS << doublings;
    pause = pause > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause;
    uint64_t eager = pause > PAUSE_EAGER_MS ? PAUSE_EAGER_MS : pause;
    uint64_t now = fq_clock_ms();
    pool->retry_ms = now + fq_pool_random(pool, pause / 2, pause + 1);
    pool->eager_retry_ms = now + fq_pool_random(pool, eager / 2, eager + 1);
    pool->failed_in_row++;
    pool->failures++;
    fq_pool_set_error(pool, error);
    if (fq_pool_open_count(pool) == 0) {
        pool->last_worked = false;
        fail_lane(pool, &pool->shared);
        fail_lane(pool, &pool->alone);
    }
}

static void attempt_worked(fq_pool *pool, PGconn *pq) {
    const fq_connection_config config = {.loop = &pool->loop,
                                         .owner = &fq_pool_as_owner,
                                         .pool = pool,
                                         .pipeline_depth = pool->config.pipeline_depth,
                                         .prepared_max = pool->config.prepared_max,
                                         .prepared_bytes = pool->config.prepared_bytes};
    fq_connection *connection = fq_connection_new(&config, pq, PQsocket(pq));
    if (connection == NULL) {
        PQfinish(pq);
        attempt_failed(pool, FQ_S("the event loop can not watch another connection"));
        return;
    }
    uint64_t life = pool->config.max_lifetime_ms;
    connection->retire_ms =
        life == 0 ? UINT64_MAX : connection->opened_ms + fq_pool_random(pool, life - life / 8, life);
    pool->connections[pool->n_connections++] = connection;
    pool->failed_in_row = 0;
    pool->connects++;
    fq_pool_due(pool, connection->opened_ms + fq_pool_upkeep_interval(pool));
}

static void on_opened(void *arg, PGconn *pq, fq_slice error) {
    fq_pool *pool = arg;
    pool->connecting = false;
    if (pq != NULL) {
        attempt_worked(pool, pq);
    } else {
        attempt_failed(pool, error);
    }
    fq_pool_wake(pool);
}

static bool is_wanted(const fq_pool *pool) {
    uint32_t open = fq_pool_open_count(pool);
    if (open >= pool->config.max_size || pool->n_connections >= pool->connections_max) {
        return false;
    }
    bool nobody_serves = open == 0 && pool->shared.len + pool->alone.len > 0;
    return open < pool->config.min_idle || pool->wants_more || pool->shared.len > 0 || nobody_serves;
}

void fq_pool_open_if_wanted(fq_pool *pool, uint64_t now_ms) {
    if (pool->state != FQ_POOL_OPEN || pool->connecting || !is_wanted(pool)) {
        return;
    }
    bool eager = pool->shared.len + pool->alone.len > 0;
    uint64_t not_before = eager ? pool->eager_retry_ms : pool->retry_ms;
    if (pool->failed_in_row > 0 && now_ms < not_before) {
        fq_pool_due(pool, not_before);
        return;
    }
    pool->attempts++;
    if (pool->params == NULL) {
        attempt_failed(pool, fq_slice_from_cstr(pool->last_error));
        fq_pool_wake(pool);
        return;
    }
    pool->connecting = fq_connect_open(pool->opener, pool->params, on_opened, pool);
    if (!pool->connecting) {
        attempt_failed(pool, FQ_S("no thread can be started to open a connection"));
        fq_pool_wake(pool);
    }
}
