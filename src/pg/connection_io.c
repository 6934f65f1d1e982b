/* SPDX-License-Identifier: MIT */
/* A connection's bytes: readiness, the two buffers, and the cutting of messages.
 * Invariants: rows are handed out where they lie, and nothing moves in the receive buffer meanwhile; a paused
 * connection is not read, and what it has received stays; memory grows with what has arrived, not with what is
 * announced, and goes when the connection is idle.
 * Must not know: what messages mean, what segments are for. */
#include "pg/connection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"

#define READ_SIZE 16384     /* room for a read; PostgreSQL sends 8 kB at a time */
#define READ_SIZE_MAX 65536 /* for connections that fill it */
#define KEEP_SIZE 65536     /* of a buffer while the connection is idle */
#define READS_PER_TURN 16   /* before other connections have their turn */

static void on_ready(void *arg, unsigned events);

/* ---- readiness ---- */

bool fq_connection_watch(fq_connection *connection) {
    const fq_loop *loop = connection->loop;
    connection->watch = loop->watch(loop->ctx, connection->transport.fd, on_ready, connection);
    connection->wanted = 0;
    return connection->watch != NULL;
}

void fq_connection_unwatch(fq_connection *connection) {
    if (connection->watch != NULL) {
        connection->loop->unwatch(connection->loop->ctx, connection->watch);
        connection->watch = NULL;
    }
}

void fq_connection_want(fq_connection *connection) {
    if (connection->state == FQ_CONNECTION_CLOSED || connection->watch == NULL) {
        return;
    }
    unsigned wanted = connection->reading == FQ_READING ? connection->transport.read_waits : 0;
    if (connection->out_at < connection->out.len) {
        wanted |= connection->transport.write_waits;
    }
    if (wanted != connection->wanted) {
        connection->wanted = wanted;
        connection->loop->want(connection->loop->ctx, connection->watch, wanted);
    }
}

/* ---- reading ---- */

/* How much to make room for: the rest of the current message, but never more than has come of it already, so that a
 * length alone takes no memory. */
static size_t wanted_room(const fq_receive_buffer *in) {
    size_t have = in->end - in->start;
    size_t rest = in->needed > have ? in->needed - have : 0;
    size_t ceiling = have > READ_SIZE_MAX ? have : READ_SIZE_MAX;
    rest = rest < ceiling ? rest : ceiling;
    return rest > READ_SIZE / 4 ? rest : READ_SIZE / 4;
}

/* Room behind what has been received; false where memory is refused. */
static bool make_room(fq_receive_buffer *in) {
    size_t have = in->end - in->start;
    size_t wanted = wanted_room(in);
    if (in->capacity - in->end >= wanted) {
        return true;
    }
    if (in->start > 0) {
        memmove(in->bytes, in->bytes + in->start, have);
        in->start = 0;
        in->end = have;
    }
    if (in->capacity - have >= wanted) {
        return true;
    }
    size_t capacity = in->capacity < READ_SIZE ? READ_SIZE : in->capacity;
    while (capacity - have < wanted) {
        capacity *= 2;
    }
    char *grown = realloc(in->bytes, capacity);
    if (grown == NULL) {
        return false;
    }
    in->bytes = grown;
    in->capacity = capacity;
    return true;
}

/* A connection that fills what it is offered gets more at a time. */
static void widen(fq_receive_buffer *in) {
    if (in->capacity < READ_SIZE_MAX && in->end == in->capacity) {
        char *grown = realloc(in->bytes, in->capacity * 2);
        if (grown != NULL) {
            in->bytes = grown;
            in->capacity *= 2;
        }
    }
}

static void shrink_idle(fq_connection *connection) {
    if (connection->n_segments > 0 || connection->in.start < connection->in.end) {
        return;
    }
    if (connection->in.capacity > KEEP_SIZE) {
        free(connection->in.bytes);
        connection->in = (fq_receive_buffer){0};
    }
    if (connection->out.capacity > KEEP_SIZE && connection->out.len == 0) {
        fq_buffer_done(&connection->out);
    }
}

/* Acts on every whole message that is there. */
static void cut_messages(fq_connection *connection) {
    fq_receive_buffer *in = &connection->in;
    while (connection->state != FQ_CONNECTION_CLOSED && connection->reading == FQ_READING) {
        fq_wire_message message;
        fq_slice received = fq_slice_of(in->bytes, in->end);
        fq_wire_result result = fq_wire_next(received, &in->start, FQ_PG_MESSAGE_MAX, &message, &in->needed);
        if (result == FQ_WIRE_NEED_MORE) {
            break;
        }
        if (result == FQ_WIRE_BROKEN) {
            fq_connection_lost(connection, FQ_S("the server sent what is not a message"), NULL);
            return;
        }
        fq_connection_message(connection, &message);
    }
    if (in->start == in->end) {
        in->start = in->end = 0;
    }
}

static void read_failed(fq_connection *connection, fq_io io) {
    char text[160];
    int error = errno;
    if (io == FQ_IO_CLOSED) {
        fq_connection_lost(connection, FQ_S("the server closed the connection"), NULL);
        return;
    }
    (void)snprintf(text, sizeof(text), "the connection to the server broke: %s",
                   error != 0 ? strerrordesc_np(error) : "TLS failure");
    fq_connection_lost(connection, fq_slice_from_cstr(text), NULL);
}

static bool can_read(const fq_connection *connection) {
    return connection->state != FQ_CONNECTION_CLOSED && connection->reading == FQ_READING;
}

static void read_all(fq_connection *connection) {
    fq_receive_buffer *in = &connection->in;
    for (int i = 0; i < READS_PER_TURN && can_read(connection); i++) {
        size_t count;
        if (!make_room(in)) {
            fq_connection_lost(connection, FQ_S("out of memory"), NULL);
            return;
        }
        size_t room = in->capacity - in->end;
        fq_io io = fq_transport_read(&connection->transport, in->bytes + in->end, room, &count);
        if (io == FQ_IO_WAIT) {
            return;
        }
        if (io != FQ_IO_OK) {
            read_failed(connection, io);
            return;
        }
        connection->heard_ms = connection->now_ms;
        in->end += count;
        widen(in);
        cut_messages(connection);
        if (!can_read(connection) || (count < room && !fq_transport_has_buffered(&connection->transport))) {
            return; /* that was all: readiness tells when there is more */
        }
    }
    if (can_read(connection) && fq_transport_has_buffered(&connection->transport)) {
        connection->reading = FQ_RESUMING; /* the loop can not see these bytes */
        connection->owner->wake(connection->pool);
    }
}

/* ---- writing ---- */

/* The server's parting words may lie unread: they tell more than errno does. */
static void write_failed(fq_connection *connection) {
    int error = errno;
    read_all(connection);
    errno = error;
    read_failed(connection, FQ_IO_ERROR);
}

static void write_all(fq_connection *connection) {
    fq_buffer *out = &connection->out;
    while (connection->state != FQ_CONNECTION_CLOSED && connection->out_at < out->len) {
        size_t count;
        fq_slice rest = fq_slice_sub(fq_buffer_view(out), connection->out_at, out->len);
        fq_io io = fq_transport_write(&connection->transport, rest, &count);
        if (io == FQ_IO_WAIT) {
            return;
        }
        if (io != FQ_IO_OK) {
            write_failed(connection);
            return;
        }
        connection->out_at += count;
        connection->written += count;
    }
    fq_buffer_clear(out);
    connection->out_at = 0;
}

/* ---- events ---- */

static void on_ready(void *arg, unsigned events) {
    (void)events;
    fq_connection *connection = arg;
    connection->now_ms = fq_clock_ms();
    bool writing = connection->out_at < connection->out.len;
    if (connection->reading == FQ_PAUSED && !writing) {
        fq_connection_unwatch(connection); /* a hang-up, which would be reported without end; the resume will find it */
        return;
    }
    read_all(connection);
    if (writing) {
        write_all(connection);
    }
    if (connection->state != FQ_CONNECTION_CLOSED) {
        shrink_idle(connection);
        fq_connection_want(connection);
    }
}

void fq_connection_turn(fq_connection *connection, uint64_t now_ms) {
    if (connection->state == FQ_CONNECTION_CLOSED) {
        return;
    }
    connection->now_ms = now_ms;
    if (connection->reading == FQ_RESUMING) {
        connection->reading = FQ_READING;
        if (connection->watch == NULL && !fq_connection_watch(connection)) {
            fq_connection_lost(connection, FQ_S("the loop can not watch the connection"), NULL);
            return;
        }
        cut_messages(connection);
        read_all(connection);
    }
    write_all(connection);
    fq_connection_want(connection);
}

void fq_connection_probe(fq_connection *connection, uint64_t now_ms) {
    connection->now_ms = now_ms;
    read_all(connection);
}
