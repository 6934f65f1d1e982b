/* SPDX-License-Identifier: MIT */
/* See connection.h: states, the pipeline, cancelling, time limits, and the one exit.
 * Invariants: `state` changes in `move` alone, along `legal`; a cancel is out only while nobody but its target waits
 * for anything on this connection; after CLOSED nothing is touched but by fq_connection_free.
 * Must not know: bytes (connection_io.c), what messages mean (messages.c), how jobs are chosen (pool). */
#include "pg/connection.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define COLUMNS_FIRST 64
#define CONTROL_SEGMENTS 4 /* beyond the jobs' */
#define CANCEL_AFTER_MS 20 /* a cancel costs the server a process: most statements end sooner */
#define CANCEL_AGAIN_MS 1000
#define DRAIN_MS 10000   /* for a cancelled statement to end */
#define CONTROL_MS 10000 /* for a ping or a rollback to be answered */

/* ---- states ---- */

#define TO(state) (1u << FQ_CONNECTION_##state)

/* Looked at by the assert alone. */
__attribute__((unused)) static const unsigned legal[] = {
    [FQ_CONNECTION_IDLE] = TO(SHARED) | TO(ALONE) | TO(CLOSED),
    [FQ_CONNECTION_SHARED] = TO(IDLE) | TO(ALONE) | TO(DRAINING) | TO(RETIRING) | TO(CLOSED),
    [FQ_CONNECTION_ALONE] = TO(IDLE) | TO(DRAINING) | TO(RETIRING) | TO(CLOSED),
    [FQ_CONNECTION_DRAINING] = TO(IDLE) | TO(CLOSED),
    [FQ_CONNECTION_RETIRING] = TO(DRAINING) | TO(CLOSED),
    [FQ_CONNECTION_CLOSED] = 0,
};

static void move(fq_connection *connection, fq_connection_state to) {
    if (connection->state != to) {
        assert((legal[connection->state] & (1u << to)) != 0);
        connection->state = to;
    }
}

/* ---- life ---- */

static void *allocate(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL) {
        fprintf(stderr, "fraiseql: out of memory (%zu bytes)\n", count * size);
        abort();
    }
    return memory;
}

fq_connection *fq_connection_new(const fq_connection_config *config, PGconn *pq, int fd) {
    fq_connection *connection = allocate(1, sizeof(*connection));
    connection->loop = config->loop;
    connection->owner = config->owner;
    connection->pool = config->pool;
    fq_transport_init(&connection->transport, fd, pq != NULL ? fq_connect_ssl(pq) : NULL);
    if (!fq_connection_watch(connection)) {
        free(connection);
        return NULL;
    }
    connection->pq = pq;
    fq_buffer_init(&connection->out, SIZE_MAX / 4);
    connection->segments_max = 8;
    while (connection->segments_max < config->pipeline_depth + CONTROL_SEGMENTS) {
        connection->segments_max *= 2;
    }
    connection->segments = allocate(connection->segments_max, sizeof(fq_segment));
    connection->columns = allocate(COLUMNS_FIRST, sizeof(fq_slice));
    connection->columns_max = COLUMNS_FIRST;
    connection->prepared = fq_prepared_new(config->prepared_max, config->prepared_bytes);
    connection->now_ms = fq_clock_ms();
    connection->opened_ms = connection->used_ms = connection->heard_ms = connection->now_ms;
    fq_connection_want(connection);
    return connection;
}

void fq_connection_free(fq_connection *connection) {
    assert(connection->state == FQ_CONNECTION_CLOSED);
    fq_prepared_free(connection->prepared);
    fq_buffer_done(&connection->out);
    free(connection->in.bytes);
    free(connection->segments);
    free(connection->columns);
    free(connection);
}

/* libpq would say goodbye itself, and wait for a stalled network to take it; a socket that is shut down takes nothing.
 */
static void close_socket(fq_connection *connection) {
    shutdown(connection->transport.fd, SHUT_RDWR);
    PQfinish(connection->pq);
    connection->pq = NULL;
    fq_transport_init(&connection->transport, -1, NULL); /* the SSL object has gone with it */
}

/* The one way to CLOSED. */
static void close_now(fq_connection *connection, fq_close_reason reason, fq_slice text) {
    move(connection, FQ_CONNECTION_CLOSED);
    fq_connection_unwatch(connection);
    if (connection->cancel != NULL) {
        fq_cancel_task_disown(connection->cancel);
        connection->cancel = NULL;
    }
    close_socket(connection);
    connection->owner->closed(connection->pool, connection, reason, text);
}

static void say_goodbye(fq_connection *connection) {
    size_t count;
    fq_wire_terminate(&connection->out);
    if (!connection->out.failed) {
        fq_slice rest = fq_slice_sub(fq_buffer_view(&connection->out), connection->out_at, connection->out.len);
        (void)fq_transport_write(&connection->transport, rest, &count);
    }
}

/* ---- the pipeline ---- */

void fq_connection_push(fq_connection *connection, fq_segment_kind kind, fq_pg_job *job, size_t start) {
    assert(connection->n_segments < connection->segments_max);
    fq_segment *segment = fq_connection_segment(connection, connection->n_segments++);
    *segment = (fq_segment){.job = job, .number = connection->number, .started_ms = connection->now_ms, .kind = kind};
    segment->begins_at = connection->written + start - connection->out_at;
    if (job != NULL) {
        segment->deadline_ms = job->deadline_ms;
        job->connection = connection;
    } else {
        segment->deadline_ms = connection->now_ms + CONTROL_MS;
        connection->owner->due(connection->pool, segment->deadline_ms);
    }
    connection->rollbacks += kind == FQ_SEGMENT_ROLLBACK;
    if (connection->state == FQ_CONNECTION_IDLE) {
        move(connection, job != NULL && job->alone ? FQ_CONNECTION_ALONE : FQ_CONNECTION_SHARED);
    }
}

void fq_connection_pop(fq_connection *connection) {
    fq_segment *head = fq_connection_segment(connection, 0);
    connection->rollbacks -= head->kind == FQ_SEGMENT_ROLLBACK;
    connection->first++;
    connection->n_segments--;
    if (connection->n_segments > 0) {
        fq_connection_segment(connection, 0)->started_ms = connection->now_ms;
    }
}

void fq_connection_send(fq_connection *connection, fq_pg_job *job, uint64_t now_ms) {
    static const fq_wire_error too_large = FQ_ERROR_TOO_LARGE;
    connection->now_ms = now_ms;
    connection->used_ms = now_ms;
    job->current = 0;
    bool written = fq_segment_needs_check(connection, job) ? fq_segment_write_check(connection, job)
                                                           : fq_segment_write_job(connection, job);
    if (!written) {
        connection->owner->ended(connection->pool, job, FQ_PG_SERVER_ERROR, &too_large);
    }
}

void fq_connection_end_job(fq_connection *connection, fq_segment *segment, fq_pg_failure failure,
                           const fq_wire_error *error) {
    fq_pg_job *job = segment->job;
    segment->job = NULL;
    job->connection = NULL;
    connection->owner->ended(connection->pool, job, failure, error);
}

void fq_connection_retry_job(fq_connection *connection, fq_segment *segment) {
    fq_pg_job *job = segment->job;
    segment->job = NULL;
    job->connection = NULL;
    connection->owner->again(connection->pool, job);
}

static bool left_no_trace(const fq_pg_job *job) { return (job->flags & FQ_PG_JOB_WRITES) == 0 && !job->any_row; }

void fq_connection_clear_behind(fq_connection *connection) {
    for (uint32_t i = connection->n_segments; i-- > 1;) { /* the oldest last: it is to stand first in the queue */
        fq_segment *segment = fq_connection_segment(connection, i);
        if (segment->job != NULL) {
            assert(left_no_trace(segment->job));
            segment->fate = FQ_FATE_CANCEL;
            fq_connection_retry_job(connection, segment);
        }
    }
    if (connection->state == FQ_CONNECTION_SHARED) {
        move(connection, FQ_CONNECTION_ALONE);
    }
}

/* ---- cancelling ---- */

static uint64_t cancel_time(const fq_connection *connection, const fq_segment *segment) {
    uint64_t at = segment->started_ms + CANCEL_AFTER_MS;
    return at > connection->cancel_not_before_ms ? at : connection->cancel_not_before_ms;
}

/* The request hits whatever runs when it arrives. So nothing that somebody waits for may stand behind its target, and
 * nothing is sent until both the target and the request have ended. */
static void begin_cancel(fq_connection *connection) {
    fq_connection_clear_behind(connection);
    move(connection, FQ_CONNECTION_DRAINING);
    if (connection->drain_until_ms == 0) {
        connection->drain_until_ms = connection->now_ms + DRAIN_MS;
        connection->owner->due(connection->pool, connection->drain_until_ms);
    }
    connection->cancel = connection->owner->cancel(connection->pool, connection);
    connection->cancel_not_before_ms = connection->now_ms + CANCEL_AGAIN_MS;
}

static bool wants_cancel(const fq_connection *connection) {
    return connection->state != FQ_CONNECTION_CLOSED && connection->n_segments > 0 && connection->cancel == NULL &&
           fq_connection_segment(connection, 0)->fate == FQ_FATE_CANCEL;
}

static void look_after_head(fq_connection *connection) {
    if (!wants_cancel(connection)) {
        return;
    }
    uint64_t at = cancel_time(connection, fq_connection_segment(connection, 0));
    if (at <= connection->now_ms) {
        begin_cancel(connection);
    } else {
        connection->owner->due(connection->pool, at);
    }
}

void fq_connection_cancel_ended(fq_connection *connection, uint64_t now_ms) {
    connection->now_ms = now_ms;
    connection->cancel = NULL;
    connection->cancel_not_before_ms = now_ms + CANCEL_AGAIN_MS;
    fq_connection_settle(connection);
}

static void settle_empty(fq_connection *connection) {
    switch (connection->state) {
    case FQ_CONNECTION_DRAINING:
        if (connection->cancel != NULL) {
            return;
        }
        connection->drain_until_ms = 0;
        connection->cancel_not_before_ms = 0;
        break;
    case FQ_CONNECTION_RETIRING:
        say_goodbye(connection);
        close_now(connection, connection->retired_for, FQ_S(""));
        return;
    default:
        break;
    }
    move(connection, FQ_CONNECTION_IDLE);
}

void fq_connection_settle(fq_connection *connection) {
    if (connection->state == FQ_CONNECTION_CLOSED) {
        return;
    }
    if (connection->n_segments == 0) {
        settle_empty(connection);
    } else {
        look_after_head(connection);
    }
    connection->owner->wake(connection->pool);
}

/* ---- the exits ---- */

static void end_lost_job(fq_connection *connection, fq_segment *segment, const fq_wire_error *error) {
    fq_pg_job *job = segment->job;
    bool unsent = connection->written <= segment->begins_at;
    if (unsent && segment->kind == FQ_SEGMENT_JOB && !job->any_row) {
        fq_connection_retry_job(connection, segment);
    } else if (left_no_trace(job) && job->retries == 0) {
        job->retries++;
        fq_connection_retry_job(connection, segment);
    } else {
        fq_connection_end_job(connection, segment, FQ_PG_LOST, error);
    }
}

void fq_connection_lost(fq_connection *connection, fq_slice text, const fq_wire_error *error) {
    if (connection->state == FQ_CONNECTION_CLOSED) {
        return;
    }
    close_now(connection, FQ_CLOSE_LOST, text);
    const fq_wire_error plain = {.severity = FQ_S("FATAL"), .sqlstate = FQ_S("08006"), .message = text};
    for (uint32_t i = connection->n_segments; i-- > 0;) {
        fq_segment *segment = fq_connection_segment(connection, i);
        if (segment->job != NULL) {
            end_lost_job(connection, segment, error != NULL ? error : &plain);
        }
    }
    connection->n_segments = 0;
}

static bool has_jobs(const fq_connection *connection) {
    for (uint32_t i = 0; i < connection->n_segments; i++) {
        const fq_segment *segment = fq_connection_segment(connection, i);
        if (segment->job != NULL || segment->fate == FQ_FATE_LET_RUN) {
            return true;
        }
    }
    return false;
}

/* A server at work does not see that its client has left: what was given up must be cancelled before the end. */
static bool works_for_nobody(const fq_connection *connection) {
    for (uint32_t i = 0; i < connection->n_segments; i++) {
        if (fq_connection_segment(connection, i)->fate == FQ_FATE_CANCEL) {
            return true;
        }
    }
    return false;
}

void fq_connection_retire(fq_connection *connection, fq_close_reason reason) {
    if (connection->state == FQ_CONNECTION_CLOSED || connection->state == FQ_CONNECTION_RETIRING) {
        return;
    }
    connection->retired_for = reason;
    if (!has_jobs(connection)) {
        if (reason == FQ_CLOSE_POOL_IMPATIENT || !works_for_nobody(connection)) {
            say_goodbye(connection);
            close_now(connection, reason, FQ_S(""));
        }
    } else if (connection->state != FQ_CONNECTION_DRAINING) {
        move(connection, FQ_CONNECTION_RETIRING);
    }
}

/* ---- waiting and giving up ---- */

static void unpause(fq_connection *connection) {
    if (connection->reading == FQ_PAUSED) {
        connection->reading = FQ_RESUMING;
        connection->owner->wake(connection->pool);
    }
}

static uint32_t position_of(const fq_connection *connection, const fq_pg_job *job) {
    uint32_t i = 0;
    while (i < connection->n_segments && fq_connection_segment(connection, i)->job != job) {
        i++;
    }
    return i;
}

void fq_connection_resume(fq_connection *connection, fq_pg_job *job) {
    if (connection->n_segments > 0 && fq_connection_segment(connection, 0)->job == job) {
        unpause(connection);
    }
}

void fq_connection_give_up(fq_connection *connection, fq_pg_job *job, uint64_t now_ms) {
    uint32_t position = position_of(connection, job);
    assert(position < connection->n_segments);
    fq_segment *segment = fq_connection_segment(connection, position);
    segment->job = NULL;
    segment->fate = (job->flags & FQ_PG_JOB_WRITES) != 0 ? FQ_FATE_LET_RUN : FQ_FATE_CANCEL;
    job->connection = NULL;
    connection->now_ms = now_ms;
    if (position == 0) {
        unpause(connection);
        if (wants_cancel(connection)) {
            connection->owner->due(connection->pool, cancel_time(connection, segment));
        }
    }
}

/* ---- time limits ---- */

/* A write is given the time to say whether it was cancelled or came through. */
static void expire_segment(fq_connection *connection, uint32_t position) {
    fq_segment *segment = fq_connection_segment(connection, position);
    segment->deadline_ms = 0;
    if (segment->kind == FQ_SEGMENT_PING || segment->kind == FQ_SEGMENT_ROLLBACK) {
        fq_connection_lost(connection, FQ_S("the server does not answer"), NULL);
        return;
    }
    segment->fate = FQ_FATE_CANCEL;
    if (position == 0) {
        unpause(connection);
    }
    if (segment->job != NULL && (segment->job->flags & FQ_PG_JOB_WRITES) == 0) {
        segment->job->ran_ms = position == 0 ? (int64_t)(connection->now_ms - segment->started_ms) : -1;
        fq_connection_end_job(connection, segment, FQ_PG_TIMED_OUT, NULL);
    }
}

static uint64_t earlier(uint64_t a, uint64_t b) { return a < b ? a : b; }

uint64_t fq_connection_expire(fq_connection *connection, uint64_t now_ms) {
    uint64_t next = UINT64_MAX;
    connection->now_ms = now_ms;
    if (connection->drain_until_ms != 0 && connection->drain_until_ms <= now_ms) {
        fq_connection_lost(connection, FQ_S("the server does not end a cancelled statement"), NULL);
    }
    for (uint32_t i = 0; i < connection->n_segments; i++) {
        uint64_t deadline = fq_connection_segment(connection, i)->deadline_ms;
        if (deadline != 0 && deadline <= now_ms) {
            expire_segment(connection, i);
        } else if (deadline != 0) {
            next = earlier(next, deadline);
        }
    }
    look_after_head(connection);
    if (wants_cancel(connection)) {
        next = earlier(next, cancel_time(connection, fq_connection_segment(connection, 0)));
    }
    if (connection->drain_until_ms != 0 && connection->state != FQ_CONNECTION_CLOSED) {
        next = earlier(next, connection->drain_until_ms);
    }
    return next;
}

void fq_connection_ping(fq_connection *connection, uint64_t now_ms) {
    connection->now_ms = now_ms;
    connection->number++;
    size_t start = connection->out.len;
    fq_wire_sync(&connection->out);
    fq_connection_push(connection, FQ_SEGMENT_PING, NULL, start);
    connection->owner->wake(connection->pool);
}
