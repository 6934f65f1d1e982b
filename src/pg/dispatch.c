/* SPDX-License-Identifier: MIT */
/* Which waiting job goes to which connection. Two lanes: cheap jobs share few connections, deeply pipelined; jobs that
 * write, ask to be alone or have proved slow get an idle one. The lane whose first job is older goes first.
 * Must not know: bytes, time limits, how connections are opened. */
#include "pg/pool_state.h"

/* Cheap jobs on a connection before the next one is taken: deep enough that the backend does not sleep between them,
 * few enough that 32 jobs keep four cores busy. */
#define SPREAD 8
/* So many connections are taken before their pipelines are filled up: more backends than cores cost more than they
 * bring. */
#define SPREAD_CONNECTIONS 8
/* A segment at work for so long may be at it for much longer: better not to stand behind it. */
#define STALE_MS 20
/* Of so many connections or more, the last is kept free of jobs that want to be alone. */
#define KEEP_ONE_FROM 4

/* ---- queues ---- */

void fq_queue_push(fq_job_queue *queue, fq_pg_job *job) {
    job->next = NULL;
    *(queue->last != NULL ? &queue->last->next : &queue->first) = job;
    queue->last = job;
    queue->len++;
}

void fq_queue_push_first(fq_job_queue *queue, fq_pg_job *job) {
    job->next = queue->first;
    queue->first = job;
    if (queue->last == NULL) {
        queue->last = job;
    }
    queue->len++;
}

fq_pg_job *fq_queue_pop(fq_job_queue *queue) {
    fq_pg_job *job = queue->first;
    if (job != NULL) {
        queue->first = job->next;
        if (queue->first == NULL) {
            queue->last = NULL;
        }
        queue->len--;
    }
    return job;
}

void fq_queue_remove(fq_job_queue *queue, fq_pg_job *job) {
    fq_pg_job *previous = NULL;
    for (fq_pg_job *j = queue->first; j != NULL; previous = j, j = j->next) {
        if (j == job) {
            *(previous != NULL ? &previous->next : &queue->first) = job->next;
            if (queue->last == job) {
                queue->last = previous;
            }
            queue->len--;
            return;
        }
    }
}

fq_job_queue *fq_pool_lane(fq_pool *pool, const fq_pg_job *job) { return job->alone ? &pool->alone : &pool->shared; }

/* ---- the lane of cheap jobs ---- */

typedef enum patience { AVOID_STALE, BEHIND_ANYONE } patience;

static bool is_stale(const fq_connection *connection, uint64_t now_ms) {
    return connection->n_segments > 0 && fq_connection_segment(connection, 0)->started_ms + STALE_MS < now_ms;
}

static bool takes_shared(const fq_pool *pool, const fq_connection *connection, uint64_t now_ms, patience how) {
    bool shares = connection->state == FQ_CONNECTION_IDLE || connection->state == FQ_CONNECTION_SHARED;
    return shares && connection != pool->reserved && connection->reading == FQ_READING &&
           connection->n_segments < pool->config.pipeline_depth &&
           (how == BEHIND_ANYONE || !is_stale(connection, now_ms));
}

static uint32_t shared_load(const fq_pool *pool) {
    uint32_t load = 0;
    for (uint32_t i = 0; i < pool->n_connections; i++) {
        if (pool->connections[i]->state == FQ_CONNECTION_SHARED) {
            load += pool->connections[i]->n_segments;
        }
    }
    return load;
}

static uint32_t connections_for(const fq_pool *pool, uint32_t load) {
    uint32_t spread = load / SPREAD + 1;
    uint32_t full = load / pool->config.pipeline_depth + 1;
    uint32_t few = spread < SPREAD_CONNECTIONS ? spread : SPREAD_CONNECTIONS;
    return few > full ? few : full;
}

/* The least loaded of the first connections that the load calls for. */
static fq_connection *least_loaded(fq_pool *pool, uint64_t now_ms, patience how) {
    uint32_t wanted = connections_for(pool, shared_load(pool));
    uint32_t seen = 0;
    fq_connection *best = NULL;
    for (uint32_t i = 0; i < pool->n_connections && seen < wanted; i++) {
        fq_connection *connection = pool->connections[i];
        if (takes_shared(pool, connection, now_ms, how)) {
            seen++;
            if (best == NULL || connection->n_segments < best->n_segments) {
                best = connection;
            }
        }
    }
    if (seen < wanted) {
        pool->wants_more = true;
    }
    return best;
}

static fq_connection *pick_shared(fq_pool *pool, uint64_t now_ms) {
    fq_connection *connection = least_loaded(pool, now_ms, AVOID_STALE);
    if (connection == NULL && !fq_pool_may_open(pool)) {
        connection = least_loaded(pool, now_ms, BEHIND_ANYONE);
    }
    return connection;
}

/* ---- the lane of jobs that want to be alone ---- */

static uint32_t alone_max(const fq_pool *pool) {
    uint32_t size = pool->config.max_size;
    return size >= KEEP_ONE_FROM ? size - 1 : size;
}

static uint32_t alone_count(const fq_pool *pool) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < pool->n_connections; i++) {
        fq_connection_state state = pool->connections[i]->state;
        count += state == FQ_CONNECTION_ALONE || state == FQ_CONNECTION_DRAINING;
    }
    return count;
}

/* The last ones: cheap jobs take the first. */
static fq_connection *idle_connection(fq_pool *pool, const fq_pg_job *job, uint64_t now_ms) {
    for (uint32_t i = pool->n_connections; i-- > 0;) {
        fq_connection *connection = pool->connections[i];
        if (connection->state == FQ_CONNECTION_IDLE && (job->flags & FQ_PG_JOB_WRITES) != 0) {
            fq_connection_probe(connection, now_ms);
        }
        if (connection->state == FQ_CONNECTION_IDLE && connection->reading == FQ_READING) {
            return connection;
        }
    }
    return NULL;
}

static void reserve_one(fq_pool *pool) {
    for (uint32_t i = 0; i < pool->n_connections; i++) {
        fq_connection *connection = pool->connections[i];
        if (connection->state == FQ_CONNECTION_SHARED &&
            (pool->reserved == NULL || connection->n_segments < pool->reserved->n_segments)) {
            pool->reserved = connection;
        }
    }
}

static fq_connection *pick_alone(fq_pool *pool, const fq_pg_job *job, uint64_t now_ms) {
    if (alone_count(pool) >= alone_max(pool)) {
        return NULL;
    }
    fq_connection *connection = idle_connection(pool, job, now_ms);
    if (connection != NULL) {
        pool->reserved = NULL;
        return connection;
    }
    pool->wants_more = true;
    if (pool->reserved == NULL && !fq_pool_may_open(pool)) {
        reserve_one(pool);
    }
    return NULL;
}

/* ---- dispatching ---- */

/* `reserved` is of use only while somebody waits for it. */
static void check_reservation(fq_pool *pool) {
    if (pool->reserved != NULL && (pool->alone.len == 0 || pool->reserved->state != FQ_CONNECTION_SHARED)) {
        pool->reserved = NULL;
    }
}

/* True where the first job of the lane found a connection. */
static bool dispatch_first(fq_pool *pool, fq_job_queue *lane, uint64_t now_ms) {
    fq_pg_job *job = lane->first;
    fq_connection *connection = lane == &pool->alone ? pick_alone(pool, job, now_ms) : pick_shared(pool, now_ms);
    if (connection == NULL) {
        return false;
    }
    (void)fq_queue_pop(lane);
    job->state = FQ_JOB_SENT;
    fq_connection_send(connection, job, now_ms);
    return true;
}

static void refuse_overflow(fq_pool *pool, fq_job_queue *lane, uint32_t others) {
    uint32_t room = pool->config.queue_max > others ? pool->config.queue_max - others : 0;
    while (lane->len > room) {
        fq_pg_job *job = lane->last;
        fq_queue_remove(lane, job);
        fq_pool_end_later(pool, job, FQ_PG_UNAVAILABLE, "too many requests are waiting for a connection");
    }
}

void fq_pool_dispatch(fq_pool *pool, uint64_t now_ms) {
    bool shared_goes = true, alone_goes = true;
    pool->wants_more = false;
    check_reservation(pool);
    for (;;) {
        shared_goes = shared_goes && pool->shared.first != NULL;
        alone_goes = alone_goes && pool->alone.first != NULL;
        if (!shared_goes && !alone_goes) {
            break;
        }
        bool alone_is_older =
            alone_goes && (!shared_goes || pool->alone.first->queued_ms <= pool->shared.first->queued_ms);
        if (alone_is_older) {
            alone_goes = dispatch_first(pool, &pool->alone, now_ms);
        } else {
            shared_goes = dispatch_first(pool, &pool->shared, now_ms);
        }
    }
    refuse_overflow(pool, &pool->alone, 0);
    refuse_overflow(pool, &pool->shared, pool->alone.len);
}
