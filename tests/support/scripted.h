/* SPDX-License-Identifier: MIT */
/* One connection of src/pg on a socket pair, whose server is the test: it reads what was sent and writes what it likes.
 * The loop and the pool are doubles that record what is asked of them. For the unit test and the fuzzer. */
#ifndef FQ_TESTS_SCRIPTED_H
#define FQ_TESTS_SCRIPTED_H

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pg/connection.h"

typedef struct scripted {
    fq_loop loop;
    fq_connection *connection;
    int client, server; /* the two ends of a socket */
    fq_ready_fn ready;
    void *ready_arg;
    unsigned wanted;
    uint32_t wakes, cancels, closes;
    fq_close_reason closed_for;
    char closed_text[200];
} scripted;

typedef struct scripted_job {
    fq_pg_job job;
    fq_pg_call calls[3];
    uint32_t rows, completes, ended, again;
    uint64_t bytes;
    char last[32];
    fq_pg_failure failure;
    char sqlstate[6];
    uint32_t pause_at; /* row */
} scripted_job;

static void *scripted_watch(void *ctx, int fd, fq_ready_fn ready, void *arg) {
    scripted *s = ctx;
    (void)fd;
    s->ready = ready;
    s->ready_arg = arg;
    return s;
}

static void scripted_want(void *ctx, void *watch, unsigned events) {
    (void)watch;
    ((scripted *)ctx)->wanted = events;
}

static void scripted_unwatch(void *ctx, void *watch) {
    (void)watch;
    ((scripted *)ctx)->ready = NULL;
}

static void scripted_wake(void *pool) { ((scripted *)pool)->wakes++; }

static void scripted_due(void *pool, uint64_t at_ms) {
    (void)pool;
    (void)at_ms;
}

static fq_cancel_task *scripted_cancel(void *pool, fq_connection *connection) {
    (void)connection;
    ((scripted *)pool)->cancels++;
    return NULL;
}

static void scripted_closed(void *pool, fq_connection *connection, fq_close_reason reason, fq_slice text) {
    scripted *s = pool;
    (void)connection;
    s->closes++;
    s->closed_for = reason;
    size_t len = text.len < sizeof(s->closed_text) ? text.len : sizeof(s->closed_text) - 1;
    memcpy(s->closed_text, len > 0 ? text.ptr : "", len);
    s->closed_text[len] = '\0';
}

static void scripted_ended(void *pool, fq_pg_job *job, fq_pg_failure failure, const fq_wire_error *error) {
    scripted_job *j = (scripted_job *)job;
    (void)pool;
    j->ended++;
    j->failure = failure;
    if (error != NULL && error->sqlstate.len == 5) {
        memcpy(j->sqlstate, error->sqlstate.ptr, 5);
    }
    fq_buffer_done(&job->bytes);
}

static void scripted_again(void *pool, fq_pg_job *job) {
    (void)pool;
    ((scripted_job *)job)->again++;
    fq_buffer_done(&job->bytes);
}

static fq_pg_row_verdict scripted_row(fq_pg_job *job, uint32_t call, const fq_slice *columns, uint32_t n_columns) {
    scripted_job *j = (scripted_job *)job;
    (void)call;
    j->rows++;
    for (uint32_t i = 0; i < n_columns; i++) {
        for (size_t b = 0; columns[i].ptr != NULL && b < columns[i].len; b++) {
            j->bytes += (unsigned char)columns[i].ptr[b]; /* touches every byte: the sanitizer looks on */
        }
    }
    if (n_columns > 0 && columns[0].ptr != NULL && columns[0].len < sizeof(j->last)) {
        memcpy(j->last, columns[0].ptr, columns[0].len);
        j->last[columns[0].len] = '\0';
    }
    return j->rows == j->pause_at ? FQ_PG_PAUSE : FQ_PG_MORE;
}

static void scripted_complete(fq_pg_job *job, uint32_t call) {
    (void)call;
    ((scripted_job *)job)->completes++;
}

static const fq_pg_handler scripted_handler = {.row = scripted_row, .complete = scripted_complete};

static inline void scripted_open(scripted *s, uint32_t prepared_max) {
    static const fq_connection_owner owner = {.ended = scripted_ended,
                                              .again = scripted_again,
                                              .wake = scripted_wake,
                                              .due = scripted_due,
                                              .cancel = scripted_cancel,
                                              .closed = scripted_closed};
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) {
        abort();
    }
    *s = (scripted){.client = ends[0], .server = ends[1]};
    s->loop = (fq_loop){.ctx = s, .watch = scripted_watch, .want = scripted_want, .unwatch = scripted_unwatch};
    const fq_connection_config config = {.loop = &s->loop,
                                         .owner = &owner,
                                         .pool = s,
                                         .pipeline_depth = 8,
                                         .prepared_max = prepared_max,
                                         .prepared_bytes = 1 << 20};
    s->connection = fq_connection_new(&config, NULL, ends[0]);
}

static inline void scripted_close(scripted *s) {
    fq_connection_lost(s->connection, FQ_S("the test is over"), NULL);
    fq_connection_free(s->connection);
    close(s->client); /* which PQfinish does in real life */
    close(s->server);
}

/* A job of one to three statements without parameters. */
static inline void scripted_send(scripted *s, scripted_job *j, const fq_pg_statement *statements, uint32_t n,
                                 unsigned flags) {
    *j = (scripted_job){.job = {.handler = &scripted_handler, .n_calls = n, .flags = flags, .alone = flags != 0}};
    j->job.calls = j->calls;
    fq_buffer_init(&j->job.bytes, 1 << 20);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t len = 6;
        j->calls[i].statement = &statements[i];
        fq_buffer_append(&j->job.bytes, &len, sizeof(len));
        fq_wire_bind_tail(&j->job.bytes, NULL, 0, NULL, 0);
    }
    fq_connection_send(s->connection, &j->job, fq_clock_ms());
}

static inline void scripted_say(scripted *s, const char *bytes, size_t len) {
    if (write(s->server, bytes, len) < 0) {
        abort();
    }
    if (s->ready != NULL) {
        s->ready(s->ready_arg, FQ_READABLE);
    }
}

#define SCRIPTED_SAY(s, literal) scripted_say((s), literal, sizeof(literal) - 1)

#endif
