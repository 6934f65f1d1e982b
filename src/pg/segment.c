/* SPDX-License-Identifier: MIT */
/* Puts a job into messages: for each call Parse where its statement has no name yet, Describe after every Parse whose
 * columns the plan relies on, Bind, Execute; one Sync at the end.
 * Invariant: either the whole segment stands in the output buffer, or nothing of it.
 * Must not know: what comes back. */
#include "pg/connection.h"

static bool has_expected_columns(const fq_pg_statement *statement) {
    return statement->columns != NULL && statement->n_columns > 0;
}

/* The next Bind tail of a job, which submit has put into `bytes` behind its length. */
static fq_slice next_tail(const fq_pg_job *job, size_t *at) {
    uint32_t len;
    memcpy(&len, job->bytes.ptr + *at, sizeof(len));
    fq_slice tail = fq_slice_of(job->bytes.ptr + *at + sizeof(len), len);
    *at += sizeof(len) + len;
    return tail;
}

/* Parse, and Describe where types have to be compared; returns the name to bind to. */
static fq_slice write_parse(fq_connection *connection, const fq_pg_statement *statement, fq_pg_prepare wish,
                            char room[FQ_STATEMENT_NAME_SIZE], bool *parsed) {
    fq_statement_use use = fq_prepared_use(connection->prepared, statement, wish, connection->number);
    fq_slice name = use == FQ_USE_UNNAMED ? FQ_S("") : fq_statement_name(statement->id, room);
    *parsed = use != FQ_USE_NAME;
    if (*parsed) {
        fq_wire_parse(&connection->out, name, statement->sql, statement->oids, statement->n_params);
        if (has_expected_columns(statement)) {
            fq_wire_describe_statement(&connection->out, name);
        }
    }
    return name;
}

/* A name that failed once is not tried again by the same job. */
static fq_pg_prepare wish_of(const fq_pg_job *job, const fq_pg_statement *statement) {
    return job->retries > 0 ? FQ_PG_PREPARE_NEVER : statement->prepare;
}

static bool finish(fq_connection *connection, size_t start, fq_segment_kind kind, fq_pg_job *job) {
    fq_wire_sync(&connection->out);
    if (connection->out.failed) {
        fq_buffer_truncate(&connection->out, start);
        connection->out.failed = false;
        fq_prepared_end_segment(connection->prepared, connection->number);
        return false;
    }
    fq_connection_push(connection, kind, job, start);
    return true;
}

bool fq_segment_write_job(fq_connection *connection, fq_pg_job *job) {
    fq_buffer *out = &connection->out;
    connection->number++;
    fq_prepared_write_closes(connection->prepared, out);
    size_t start = out->len;
    size_t at = 0;
    for (uint32_t i = 0; i < job->n_calls; i++) {
        const fq_pg_statement *statement = job->calls[i].statement;
        char room[FQ_STATEMENT_NAME_SIZE];
        bool parsed;
        fq_slice name = write_parse(connection, statement, wish_of(job, statement), room, &parsed);
        fq_wire_bind_with_tail(out, name, next_tail(job, &at));
        fq_wire_execute(out);
    }
    return finish(connection, start, FQ_SEGMENT_JOB, job);
}

bool fq_segment_needs_check(const fq_connection *connection, const fq_pg_job *job) {
    if ((job->flags & FQ_PG_JOB_WRITES) == 0) {
        return false;
    }
    for (uint32_t i = 0; i < job->n_calls; i++) {
        const fq_pg_statement *statement = job->calls[i].statement;
        if (has_expected_columns(statement) && !fq_prepared_is_ready(connection->prepared, statement->id)) {
            return true;
        }
    }
    return false;
}

bool fq_segment_write_check(fq_connection *connection, fq_pg_job *job) {
    connection->number++;
    fq_prepared_write_closes(connection->prepared, &connection->out);
    size_t start = connection->out.len;
    for (uint32_t i = 0; i < job->n_calls; i++) {
        const fq_pg_statement *statement = job->calls[i].statement;
        if (has_expected_columns(statement) && !fq_prepared_is_ready(connection->prepared, statement->id)) {
            /* it is going to be parsed twice at least, so its name pays at once */
            fq_pg_prepare wish =
                statement->prepare == FQ_PG_PREPARE_NEVER ? FQ_PG_PREPARE_NEVER : FQ_PG_PREPARE_AT_ONCE;
            char room[FQ_STATEMENT_NAME_SIZE];
            bool parsed;
            (void)write_parse(connection, statement, wish, room, &parsed);
        }
    }
    return finish(connection, start, FQ_SEGMENT_CHECK, job);
}

void fq_segment_write_rollback(fq_connection *connection) {
    connection->number++;
    size_t start = connection->out.len;
    fq_wire_query(&connection->out, FQ_S("rollback"));
    fq_connection_push(connection, FQ_SEGMENT_ROLLBACK, NULL, start);
}
