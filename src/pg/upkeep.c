/* SPDX-License-Identifier: MIT */
/* The pool's clock: one timer for everything that has a time limit, set to the earliest of them, and to a second at
 * most while connections are open, whose age and health it looks after. */
#include "pg/pool_state.h"

#define UPKEEP_MS 1000
#define PING_AFTER_MS 30000 /* of silence on an idle connection */

static void on_timer(void *arg);

void fq_pool_due(fq_pool *pool, uint64_t at_ms) {
    if (pool->timer != NULL && pool->due_ms <= at_ms) {
        return;
    }
    if (pool->timer != NULL) {
        pool->loop.cancel(pool->loop.ctx, pool->timer);
    }
    uint64_t now = fq_clock_ms();
    pool->due_ms = at_ms;
    pool->timer = pool->loop.timer(pool->loop.ctx, at_ms > now ? at_ms - now : 0, on_timer, pool);
}

static uint64_t earlier(uint64_t a, uint64_t b) { return a < b ? a : b; }

uint64_t fq_pool_upkeep_interval(const fq_pool *pool) {
    uint64_t interval = UPKEEP_MS;
    if (pool->config.idle_timeout_ms != 0) {
        interval = earlier(interval, pool->config.idle_timeout_ms / 4 + 1);
    }
    if (pool->config.max_lifetime_ms != 0) {
        interval = earlier(interval, pool->config.max_lifetime_ms / 4 + 1);
    }
    return interval;
}

uint64_t fq_pool_waits_until(const fq_pool *pool, const fq_pg_job *job) {
    uint64_t patience = job->queued_ms + pool->config.connect_timeout_ms;
    return job->deadline_ms != 0 ? earlier(job->deadline_ms, patience) : patience;
}

static uint64_t expire_lane(fq_pool *pool, fq_job_queue *lane, uint64_t now_ms) {
    uint64_t next_due = UINT64_MAX;
    fq_pg_job *next;
    for (fq_pg_job *job = lane->first; job != NULL; job = next) {
        next = job->next;
        uint64_t until = fq_pool_waits_until(pool, job);
        if (until > now_ms) {
            next_due = earlier(next_due, until);
            continue;
        }
        bool timed_out = job->deadline_ms != 0 && job->deadline_ms <= now_ms;
        fq_queue_remove(lane, job);
        fq_pool_end_later(pool, job, timed_out ? FQ_PG_TIMED_OUT : FQ_PG_UNAVAILABLE,
                          "no connection came free in time");
    }
    return next_due;
}

static void look_after(fq_pool *pool, fq_connection *connection, uint64_t now_ms) {
    uint64_t idle_timeout = pool->config.idle_timeout_ms;
    bool is_idle = connection->state == FQ_CONNECTION_IDLE;
    if (connection->state == FQ_CONNECTION_CLOSED) {
        return;
    }
    if (now_ms >= connection->retire_ms) {
        fq_connection_retire(connection, FQ_CLOSE_OLD);
    } else if (is_idle && idle_timeout != 0 && now_ms >= connection->used_ms + idle_timeout &&
               fq_pool_open_count(pool) > pool->config.min_idle) {
        fq_connection_retire(connection, FQ_CLOSE_UNUSED);
    } else if (is_idle && now_ms >= connection->heard_ms + PING_AFTER_MS) {
        fq_connection_ping(connection, now_ms);
    }
}

static void on_timer(void *arg) {
    fq_pool *pool = arg;
    pool->timer = NULL;
    uint64_t now = fq_clock_ms();
    uint64_t next = earlier(expire_lane(pool, &pool->shared, now), expire_lane(pool, &pool->alone, now));
    /* while jobs end in there, connections may be closed but none leaves the array */
    for (uint32_t i = 0; i < pool->n_connections; i++) {
        next = earlier(next, fq_connection_expire(pool->connections[i], now));
        look_after(pool, pool->connections[i], now);
    }
    if (pool->n_connections > 0) {
        next = earlier(next, now + fq_pool_upkeep_interval(pool));
    }
    if (next != UINT64_MAX) {
        fq_pool_due(pool, next);
    }
    fq_pool_wake(pool);
}
