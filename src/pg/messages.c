/* SPDX-License-Identifier: MIT */
/* What each message of the server means for the segment at the head of the pipeline.
 * Invariant: messages are acted on in the order in which they came, and a job that has ended is never called again:
 * what its segment still brings is dropped.
 * Must not know: sockets, buffers, other connections. */
#include "pg/connection.h"

#include <stdlib.h>

#define RETRIES_MAX 1

static void violated(fq_connection *connection, const char *what) {
    fq_connection_lost(connection, fq_slice_from_cstr(what), NULL);
}

static bool writes(const fq_pg_job *job) { return (job->flags & FQ_PG_JOB_WRITES) != 0; }

static bool left_no_trace(const fq_pg_job *job) { return !writes(job) && !job->any_row; }

static fq_segment *head_of(const fq_connection *connection) {
    return connection->n_segments > 0 ? fq_connection_segment(connection, 0) : NULL;
}

/* The head segment where it runs a job that somebody waits for, else NULL. */
static fq_segment *running(const fq_connection *connection) {
    fq_segment *segment = head_of(connection);
    return segment != NULL && segment->job != NULL && segment->kind == FQ_SEGMENT_JOB ? segment : NULL;
}

/* ---- types ---- */

static bool uses_statement(const fq_pg_job *job, uint64_t id) {
    for (uint32_t i = 0; i < job->n_calls; i++) {
        if (job->calls[i].statement->id == id) {
            return true;
        }
    }
    return false;
}

/* A statement's columns are not what its plan decodes. Jobs behind may have bound to its name without looking again:
 * they must not see a row either. */
static void types_changed(fq_connection *connection, fq_segment *segment, uint64_t id) {
    static const fq_wire_error too_late = {
        .severity = FQ_S_INIT("ERROR"),
        .sqlstate = FQ_S_INIT("08P01"),
        .message = FQ_S_INIT("the types of a statement changed while it was writing; its effects may remain"),
    };
    fq_prepared_forget(connection->prepared, id, connection->number, FQ_FORGET_STALE);
    for (uint32_t i = 1; i < connection->n_segments; i++) {
        fq_segment *behind = fq_connection_segment(connection, i);
        if (behind->job != NULL && uses_statement(behind->job, id)) {
            behind->fate = FQ_FATE_CANCEL;
            fq_connection_end_job(connection, behind, FQ_PG_TYPES_CHANGED, NULL);
        }
    }
    bool has_written = writes(segment->job) && segment->kind == FQ_SEGMENT_JOB;
    segment->fate = writes(segment->job) ? FQ_FATE_LET_RUN : FQ_FATE_CANCEL;
    fq_connection_end_job(connection, segment, has_written ? FQ_PG_LOST : FQ_PG_TYPES_CHANGED,
                          has_written ? &too_late : NULL);
}

static bool columns_agree(fq_connection *connection, const fq_pg_statement *statement, fq_slice payload) {
    uint32_t oids[64];
    int count = fq_wire_row_description(payload, oids, 64);
    if (count < 0) {
        violated(connection, "malformed RowDescription");
        return true;
    }
    if ((uint32_t)count != statement->n_columns) {
        return false;
    }
    uint32_t *all = oids;
    if (count > 64) {
        all = malloc((size_t)count * sizeof(*all));
        if (all == NULL) {
            return false;
        }
        (void)fq_wire_row_description(payload, all, count);
    }
    bool agree = true;
    for (int i = 0; i < count; i++) {
        agree = agree && (statement->columns[i] == 0 || statement->columns[i] == all[i]);
    }
    if (all != oids) {
        free(all);
    }
    return agree;
}

/* RowDescription, or NoData with an empty payload. */
static void on_description(fq_connection *connection, char type, fq_slice payload) {
    fq_segment *segment = head_of(connection);
    if (segment == NULL) {
        violated(connection, "a description that was not asked for");
        return;
    }
    if (segment->job == NULL) {
        return;
    }
    uint32_t call = segment->kind == FQ_SEGMENT_CHECK ? segment->described : segment->job->current;
    if (call >= segment->job->n_calls) {
        violated(connection, "a description that was not asked for");
        return;
    }
    const fq_pg_statement *statement = segment->job->calls[call].statement;
    if (statement->columns == NULL || statement->n_columns == 0) {
        return;
    }
    if (type == 'n' || !columns_agree(connection, statement, payload)) {
        segment->job->current = call;
        types_changed(connection, segment, statement->id);
    }
}

static void on_parse_complete(fq_connection *connection) {
    uint64_t id = fq_prepared_confirm(connection->prepared);
    fq_segment *segment = head_of(connection);
    if (segment == NULL || id == 0) {
        violated(connection, "ParseComplete that was not awaited");
        return;
    }
    if (segment->kind == FQ_SEGMENT_CHECK && segment->job != NULL) {
        uint32_t call = 0;
        while (call < segment->job->n_calls && segment->job->calls[call].statement->id != id) {
            call++;
        }
        segment->described = call;
    }
}

/* ---- rows ---- */

/* Columns of the row, in the connection's array; -1 where malformed. */
static int cut_columns(fq_connection *connection, fq_slice payload) {
    int count = fq_wire_data_row(payload, connection->columns, (int)connection->columns_max);
    if (count > (int)connection->columns_max) {
        fq_slice *grown = reallocarray(connection->columns, (size_t)count, sizeof(fq_slice));
        if (grown == NULL) {
            return -1;
        }
        connection->columns = grown;
        connection->columns_max = (uint32_t)count;
        count = fq_wire_data_row(payload, connection->columns, count);
    }
    return count;
}

/* A paused job would hold up those behind it for as long as its client likes. */
static void pause_reading(fq_connection *connection) {
    connection->reading = FQ_PAUSED;
    fq_connection_clear_behind(connection);
}

static void on_row(fq_connection *connection, fq_slice payload) {
    fq_segment *segment = running(connection);
    if (segment == NULL) {
        if (head_of(connection) == NULL) {
            violated(connection, "a row that was not asked for");
        }
        return;
    }
    fq_pg_job *job = segment->job;
    if (job->current >= job->n_calls) {
        violated(connection, "a row after the last statement");
        return;
    }
    const fq_pg_statement *statement = job->calls[job->current].statement;
    if (statement->rows == FQ_PG_ROWS_DROPPED) {
        return;
    }
    int count = cut_columns(connection, payload);
    if (count < 0) {
        violated(connection, "malformed DataRow");
        return;
    }
    if (statement->n_columns > 0 && (uint32_t)count != statement->n_columns) {
        types_changed(connection, segment, statement->id);
        return;
    }
    job->any_row = true;
    fq_pg_row_verdict verdict = job->handler->row(job, job->current, connection->columns, (uint32_t)count);
    if (verdict == FQ_PG_PAUSE && segment->job == job) { /* it may have been given up in there */
        pause_reading(connection);
    }
}

static void on_complete(fq_connection *connection) {
    fq_segment *segment = running(connection);
    if (segment == NULL) {
        return;
    }
    fq_pg_job *job = segment->job;
    if (job->current >= job->n_calls) {
        violated(connection, "more results than statements");
        return;
    }
    uint32_t call = job->current++;
    if (job->handler->complete != NULL) {
        job->handler->complete(job, call);
    }
}

/* ---- errors ---- */

static bool is_state(const fq_wire_error *error, const char *sqlstate) {
    return fq_slice_equal(error->sqlstate, fq_slice_from_cstr(sqlstate));
}

/* "cached plan must not change result type" shares its SQLSTATE with everything that PostgreSQL does not support. */
static bool is_stale_plan(const fq_wire_error *error) {
    return is_state(error, "0A000") &&
           (error->routine.len == 0 || fq_slice_equal(error->routine, FQ_S("RevalidateCachedQuery")));
}

/* Whether the error is about the statement's name, not about the statement; then the name is dealt with. */
static bool is_name_failure(fq_connection *connection, const fq_segment *segment, const fq_wire_error *error) {
    const fq_pg_job *job = segment->job;
    if (job->current >= job->n_calls) {
        return false;
    }
    uint64_t id = job->calls[job->current].statement->id;
    if (is_stale_plan(error)) {
        fq_prepared_forget(connection->prepared, id, segment->number, FQ_FORGET_STALE);
        return true;
    }
    if (is_state(error, "26000")) {
        fq_prepared_forget(connection->prepared, id, segment->number, FQ_FORGET_MISSING);
        return true;
    }
    if (is_state(error, "42P05")) {
        fq_prepared_give_up(connection->prepared); /* somebody else has named it: names do not hold here */
        return true;
    }
    return false;
}

/* A standby's recovery may end any read; the second time its snapshot is new. */
static bool is_conflict(const fq_wire_error *error) { return is_state(error, "40001"); }

static void job_failed(fq_connection *connection, fq_segment *segment, const fq_wire_error *error) {
    fq_pg_job *job = segment->job;
    segment->fate = segment->fate == FQ_FATE_CANCEL ? FQ_FATE_CANCEL : FQ_FATE_LET_RUN;
    bool was_name = is_name_failure(connection, segment, error);
    if (connection->rollbacks > 0 && is_state(error, "25P02") && left_no_trace(job)) {
        fq_connection_retry_job(connection, segment); /* a neighbour's transaction: not this job's failure */
    } else if ((was_name || is_conflict(error)) && left_no_trace(job) && job->retries < RETRIES_MAX) {
        job->retries++;
        fq_connection_retry_job(connection, segment);
    } else if (segment->fate == FQ_FATE_CANCEL && is_state(error, "57014")) {
        fq_connection_end_job(connection, segment, FQ_PG_TIMED_OUT, NULL);
    } else if (is_stale_plan(error) && was_name && writes(job)) {
        fq_connection_end_job(connection, segment, FQ_PG_TYPES_CHANGED, NULL);
    } else {
        fq_connection_end_job(connection, segment, FQ_PG_SERVER_ERROR, error);
    }
}

static void on_error(fq_connection *connection, fq_slice payload) {
    fq_wire_error error;
    if (!fq_wire_error_fields(payload, &error)) {
        violated(connection, "malformed ErrorResponse");
        return;
    }
    fq_segment *segment = head_of(connection);
    if (fq_slice_equal(error.severity, FQ_S("FATAL")) || fq_slice_equal(error.severity, FQ_S("PANIC")) ||
        segment == NULL) {
        fq_connection_lost(connection, error.message, &error);
        return;
    }
    if (segment->job != NULL) {
        job_failed(connection, segment, &error);
    }
}

/* ---- the end of a segment ---- */

static void job_completed(fq_connection *connection, fq_segment *segment) {
    fq_pg_job *job = segment->job;
    if (job->current != job->n_calls) {
        violated(connection, "fewer results than statements");
        return;
    }
    fq_segment ended = *segment;
    job->ran_ms = (int64_t)(connection->now_ms - segment->started_ms);
    fq_connection_pop(connection);
    fq_connection_end_job(connection, &ended, FQ_PG_OK, NULL);
}

static void check_completed(fq_connection *connection, fq_segment *segment) {
    fq_segment ended = *segment;
    fq_connection_pop(connection);
    if (!fq_segment_write_job(connection, ended.job)) {
        static const fq_wire_error error = FQ_ERROR_TOO_LARGE;
        fq_connection_end_job(connection, &ended, FQ_PG_SERVER_ERROR, &error);
        return;
    }
    connection->owner->wake(connection->pool);
}

/* A job left its transaction open, or failed inside one. What was sent behind it fails too, and is sent anew. */
static void on_unclean(fq_connection *connection, fq_segment_kind kind) {
    if (kind == FQ_SEGMENT_ROLLBACK) {
        violated(connection, "a transaction that can not be rolled back");
    } else if (connection->rollbacks == 0) {
        fq_segment_write_rollback(connection);
        connection->owner->wake(connection->pool);
    }
}

static void on_ready_for_query(fq_connection *connection, fq_slice payload) {
    fq_segment *segment = head_of(connection);
    if (segment == NULL || payload.len != 1) {
        violated(connection, "ReadyForQuery that was not awaited");
        return;
    }
    fq_segment_kind kind = segment->kind;
    bool is_clean = payload.ptr[0] == 'I';
    fq_prepared_end_segment(connection->prepared, segment->number);
    if (segment->job != NULL && kind == FQ_SEGMENT_JOB) {
        job_completed(connection, segment);
    } else if (segment->job != NULL && kind == FQ_SEGMENT_CHECK) {
        check_completed(connection, segment);
    } else {
        fq_connection_pop(connection);
    }
    if (!is_clean && connection->state != FQ_CONNECTION_CLOSED) {
        on_unclean(connection, kind);
    }
    fq_connection_settle(connection);
}

void fq_connection_message(fq_connection *connection, const fq_wire_message *message) {
    switch (message->type) {
    case 'D':
        on_row(connection, message->payload);
        break;
    case 'C':
    case 'I':
        on_complete(connection);
        break;
    case 'Z':
        on_ready_for_query(connection, message->payload);
        break;
    case 'E':
        on_error(connection, message->payload);
        break;
    case '1':
        on_parse_complete(connection);
        break;
    case 'T':
    case 'n':
        on_description(connection, message->type, message->payload);
        break;
    case '2': /* BindComplete */
    case '3': /* CloseComplete */
    case 't': /* ParameterDescription */
    case 'N': /* NoticeResponse */
    case 'S': /* ParameterStatus */
    case 'A': /* NotificationResponse */
    case 'K': /* BackendKeyData */
        break;
    default:
        violated(connection, "a message that has no place here (COPY is not supported)");
        break;
    }
}
