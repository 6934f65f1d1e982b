/* SPDX-License-Identifier: MIT */
/* One open connection: a state machine over a socket, with a pipeline of segments under way. It reads and writes, cuts
 * messages, hands rows to jobs, and tells its owner what became of them. It never chooses jobs, never opens itself, and
 * never waits: every time limit is given to the owner's clock by `due`. All on the loop's thread. */
#ifndef FQ_PG_CONNECTION_H
#define FQ_PG_CONNECTION_H

#include <libpq-fe.h>

#include "pg/connect.h"
#include "pg/prepared.h"
#include "pg/transport.h"

typedef struct fq_connection fq_connection;

typedef enum fq_connection_state {
    FQ_CONNECTION_IDLE,     /* nothing under way */
    FQ_CONNECTION_SHARED,   /* segments under way, takes more of them behind */
    FQ_CONNECTION_ALONE,    /* one job has it for itself, or stands in its way */
    FQ_CONNECTION_DRAINING, /* a cancel is out: takes nothing until all segments and the cancel call have ended */
    FQ_CONNECTION_RETIRING, /* finishes what it has, then closes */
    FQ_CONNECTION_CLOSED,   /* awaits being freed */
} fq_connection_state;

typedef enum fq_close_reason {
    FQ_CLOSE_UNUSED, /* for too long */
    FQ_CLOSE_OLD,
    FQ_CLOSE_POOL,           /* the pool closes */
    FQ_CLOSE_POOL_IMPATIENT, /* and does not wait for a cancel any more */
    FQ_CLOSE_LOST,           /* broken by the server, the network, or a violation of the protocol */
} fq_close_reason;

/* What a connection asks of its pool. The calls come from readiness, from the clock and from the pool's turn, never
 * from inside fq_connection_resume and fq_connection_give_up (but for `wake`, `due` and `cancel`). */
typedef struct fq_connection_owner {
    /* The job is off the connection, with this outcome; `error` is valid during the call. */
    void (*ended)(void *pool, fq_pg_job *job, fq_pg_failure failure, const fq_wire_error *error);
    /* The job is off the connection and has left no trace: send it anew. */
    void (*again)(void *pool, fq_pg_job *job);
    /* Something changed that a turn of the pool has to look at: room, a resume, bytes to write. */
    void (*wake)(void *pool);
    /* fq_connection_expire is to be called at this time or before. */
    void (*due)(void *pool, uint64_t at_ms);
    /* Starts a cancel that ends in fq_connection_cancel_ended; NULL where that is impossible. */
    fq_cancel_task *(*cancel)(void *pool, fq_connection *connection);
    void (*closed)(void *pool, fq_connection *connection, fq_close_reason reason, fq_slice text);
} fq_connection_owner;

typedef enum fq_segment_kind {
    FQ_SEGMENT_JOB,
    FQ_SEGMENT_CHECK,    /* parses and describes a job's statements, before it runs */
    FQ_SEGMENT_ROLLBACK, /* ends a transaction that a job left open */
    FQ_SEGMENT_PING,
} fq_segment_kind;

typedef enum fq_segment_fate {
    FQ_FATE_RUN,     /* its end is awaited */
    FQ_FATE_CANCEL,  /* to be cancelled in the server, if it is still at work a while after it came to the head */
    FQ_FATE_LET_RUN, /* nobody waits for it, but it must not be cancelled */
} fq_segment_fate;

/* One Sync's worth under way. */
typedef struct fq_segment {
    fq_pg_job *job; /* NULL: nobody waits for it (any more) */
    uint64_t number;
    uint64_t begins_at;   /* bytes written on the connection before its first */
    uint64_t deadline_ms; /* 0: none */
    uint64_t started_ms;  /* when it came to the head of the pipeline */
    uint32_t described;   /* call whose Describe comes next */
    fq_segment_kind kind;
    fq_segment_fate fate;
} fq_segment;

typedef struct fq_receive_buffer {
    char *bytes;
    size_t start, end; /* of what is received and not yet cut */
    size_t capacity;
    size_t needed; /* bytes of the message that begins at `start`, 0 where unknown */
} fq_receive_buffer;

struct fq_connection {
    fq_connection_state state; /* written by one setter, in connection.c */
    enum { FQ_READING, FQ_PAUSED, FQ_RESUMING } reading;
    const fq_loop *loop;
    void *watch; /* NULL while nothing may be reported */
    PGconn *pq;  /* owned; NULL in tests */
    fq_transport transport;
    const fq_connection_owner *owner;
    void *pool;
    fq_receive_buffer in;
    fq_buffer out;
    size_t out_at;         /* written so far */
    uint64_t written;      /* bytes since the connection was opened */
    unsigned wanted;       /* readiness asked of the loop */
    fq_segment *segments;  /* a ring; the head is the oldest */
    uint32_t segments_max; /* a power of two */
    uint32_t first, n_segments;
    uint64_t number;    /* of the last segment */
    uint32_t rollbacks; /* segments of that kind under way: until they end, the transaction is not clean */
    fq_prepared *prepared;
    fq_close_reason retired_for;
    fq_cancel_task *cancel;
    uint64_t cancel_not_before_ms;
    uint64_t drain_until_ms; /* the patience with a cancel; 0: none is out */
    uint64_t now_ms;         /* when the current event began */
    uint64_t opened_ms, retire_ms;
    uint64_t used_ms;  /* by a job, last */
    uint64_t heard_ms; /* from the server, last */
    fq_slice *columns; /* of the current row */
    uint32_t columns_max;
};

typedef struct fq_connection_config {
    const fq_loop *loop;
    const fq_connection_owner *owner;
    void *pool;
    uint32_t pipeline_depth;
    uint32_t prepared_max;
    size_t prepared_bytes;
} fq_connection_config;

/* Takes over a connected, idle PGconn, or in tests a bare socket with `pq` NULL. NULL where the loop can not watch it;
 * `pq` then stays the caller's. */
fq_connection *fq_connection_new(const fq_connection_config *config, PGconn *pq, int fd);

/* Only when CLOSED. */
void fq_connection_free(fq_connection *connection);

#define FQ_ERROR_TOO_LARGE                                                                                             \
    {                                                                                                                  \
        .severity = FQ_S_INIT("ERROR"), .sqlstate = FQ_S_INIT("54000"),                                                \
        .message = FQ_S_INIT("the statement and its values do not fit into a message")                                 \
    }

/* Puts the job behind what is under way; nothing is written before fq_connection_turn. The state becomes ALONE for jobs
 * that are to be so, else SHARED; the caller has seen to it that there is room. */
void fq_connection_send(fq_connection *connection, fq_pg_job *job, uint64_t now_ms);

/* Writes what is to be written, goes on reading where that was resumed. */
void fq_connection_turn(fq_connection *connection, uint64_t now_ms);

/* Looks whether the server has taken its leave, before something is sent that can not be sent twice. */
void fq_connection_probe(fq_connection *connection, uint64_t now_ms);

/* The job's rows are wanted again. */
void fq_connection_resume(fq_connection *connection, fq_pg_job *job);

/* Nobody waits for the job any more; it is off the connection when this returns. Its segment is drained. */
void fq_connection_give_up(fq_connection *connection, fq_pg_job *job, uint64_t now_ms);

/* Acts on what is due; the time of the next thing that will be, or UINT64_MAX. */
uint64_t fq_connection_expire(fq_connection *connection, uint64_t now_ms);

void fq_connection_cancel_ended(fq_connection *connection, uint64_t now_ms);

/* An empty segment, to hear whether the server is there; for idle connections. */
void fq_connection_ping(fq_connection *connection, uint64_t now_ms);

/* No more jobs; closes at once or when the last job has ended. */
void fq_connection_retire(fq_connection *connection, fq_close_reason reason);

static inline fq_segment *fq_connection_segment(const fq_connection *connection, uint32_t position) {
    return &connection->segments[(connection->first + position) & (connection->segments_max - 1)];
}

/* ---- between connection.c, connection_io.c, segment.c and messages.c ---- */

bool fq_connection_watch(fq_connection *connection);
void fq_connection_unwatch(fq_connection *connection);
/* Tells the loop which readiness is wanted now. */
void fq_connection_want(fq_connection *connection);

/* `start`: where its bytes begin in `out`. */
void fq_connection_push(fq_connection *connection, fq_segment_kind kind, fq_pg_job *job, size_t start);
void fq_connection_pop(fq_connection *connection);
/* Brings the state in line with what is under way, after a segment or a cancel has ended. */
void fq_connection_settle(fq_connection *connection);
void fq_connection_lost(fq_connection *connection, fq_slice text, const fq_wire_error *error);
/* Takes the job off its segment, and ends it or sends it anew. */
void fq_connection_end_job(fq_connection *connection, fq_segment *segment, fq_pg_failure failure,
                           const fq_wire_error *error);
void fq_connection_retry_job(fq_connection *connection, fq_segment *segment);
/* Sends the jobs behind the head elsewhere: their segments stay, and nobody waits for them. */
void fq_connection_clear_behind(fq_connection *connection);

/* Acts on one message of the server; afterwards the connection may be paused or closed. */
void fq_connection_message(fq_connection *connection, const fq_wire_message *message);

/* Writes a job's segment, or the check that precedes it. False where it can not be put into messages. */
bool fq_segment_write_job(fq_connection *connection, fq_pg_job *job);
bool fq_segment_write_check(fq_connection *connection, fq_pg_job *job);
bool fq_segment_needs_check(const fq_connection *connection, const fq_pg_job *job);
void fq_segment_write_rollback(fq_connection *connection);

#endif
