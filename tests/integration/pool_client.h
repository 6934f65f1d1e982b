/* SPDX-License-Identifier: MIT */
/* What the programs around the pool share: an event loop with a pool on it, and jobs that remember what became of them.
 */
#ifndef FQ_TESTS_POOL_CLIENT_H
#define FQ_TESTS_POOL_CLIENT_H

#include <stdio.h>
#include <stdlib.h>

#include "base/event_loop.h"
#include "pg/pool.h"

#define CLIENT_CALLS_MAX 8

typedef struct client {
    fq_event_loop *loop;
    fq_pool *pool;
    bool closed;
} client;

typedef struct client_job {
    fq_pg_job job; /* first: the handlers get this */
    client *of;
    fq_pg_call calls[CLIENT_CALLS_MAX];
    fq_pg_value values[CLIENT_CALLS_MAX];
    uint32_t pause_every; /* rows; 0: never */
    uint32_t paused;
    uint32_t cancel_at; /* row in which the job cancels itself; 0: none */
    uint32_t rows, completes;
    uint64_t bytes;
    char last[64]; /* the last row's first column */
    uint32_t done; /* calls of done */
    fq_pg_failure failure;
    uint32_t call;
    char sqlstate[6];
    char message[200];
} client_job;

static inline void client_copy(char *to, size_t size, fq_slice from) {
    size_t len = from.len < size ? from.len : size - 1;
    memcpy(to, from.len > 0 ? from.ptr : "", len);
    to[len] = '\0';
}

static fq_pg_row_verdict client_row(fq_pg_job *job, uint32_t call, const fq_slice *columns, uint32_t n_columns) {
    client_job *j = (client_job *)job;
    (void)call;
    j->rows++;
    for (uint32_t i = 0; i < n_columns; i++) {
        j->bytes += columns[i].len;
    }
    if (n_columns > 0) {
        client_copy(j->last, sizeof(j->last), columns[0].ptr != NULL ? columns[0] : FQ_S("NULL"));
    }
    if (j->rows == j->cancel_at) {
        fq_pool_cancel(j->of->pool, job);
        return FQ_PG_PAUSE;
    }
    if (j->pause_every > 0 && j->rows % j->pause_every == 0) {
        j->paused++;
        return FQ_PG_PAUSE;
    }
    return FQ_PG_MORE;
}

static void client_complete(fq_pg_job *job, uint32_t call) {
    (void)call;
    ((client_job *)job)->completes++;
}

static void client_restarted(fq_pg_job *job) { ((client_job *)job)->completes = 0; }

static void client_done(fq_pg_job *job, fq_pg_failure failure, uint32_t call, const fq_wire_error *error) {
    client_job *j = (client_job *)job;
    j->done++;
    j->failure = failure;
    j->call = call;
    if (error != NULL) {
        client_copy(j->sqlstate, sizeof(j->sqlstate), error->sqlstate);
        client_copy(j->message, sizeof(j->message), error->message);
    }
}

static const fq_pg_handler client_handler = {
    .row = client_row, .complete = client_complete, .restarted = client_restarted, .done = client_done};

static void client_on_closed(void *arg) { ((client *)arg)->closed = true; }

static inline void client_open(client *c, const fq_pool_config *config) {
    *c = (client){.loop = fq_event_loop_new(NULL, NULL)};
    c->pool = fq_pool_new(fq_event_loop_ops(c->loop), config);
}

static inline void client_close(client *c) {
    fq_pool_close(c->pool, client_on_closed, c);
    while (!c->closed) {
        fq_event_loop_turn(c->loop, 1000);
    }
    fq_pool_free(c->pool);
    fq_event_loop_free(c->loop);
}

/* One more statement of a job; `value` NULL: no parameter. */
static inline void client_add(client_job *j, const fq_pg_statement *statement, const char *value) {
    uint32_t n = j->job.n_calls++;
    j->values[n] = (fq_pg_value){.value = fq_slice_from_cstr(value)};
    j->calls[n] = (fq_pg_call){.statement = statement, .values = &j->values[n]};
}

static inline void client_submit(client *c, client_job *j) {
    j->of = c;
    j->job.handler = &client_handler;
    j->job.calls = j->calls;
    fq_pool_submit(c->pool, &j->job);
}

/* Turns the loop until the job has ended, for a minute at most. */
static inline void client_wait(client *c, const client_job *j) {
    uint64_t until = fq_clock_ms() + 60000;
    while (j->done == 0 && fq_clock_ms() < until) {
        fq_event_loop_turn(c->loop, 1000);
    }
}

static inline void client_run_ms(client *c, uint64_t ms) {
    uint64_t until = fq_clock_ms() + ms;
    while (fq_clock_ms() < until) {
        fq_event_loop_turn(c->loop, 5);
    }
}

/* A statement without parameters, or with one of text. */
static inline fq_pg_statement client_statement(const char *sql, uint32_t n_params) {
    static const uint32_t text_oid[] = {25};
    return (fq_pg_statement){.id = fq_pg_statement_id(),
                             .sql = fq_slice_from_cstr(sql),
                             .oids = text_oid,
                             .n_params = n_params,
                             .weight = 1000};
}

#endif
