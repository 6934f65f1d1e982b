/* SPDX-License-Identifier: MIT */
/* Any bytes as what a server sends. The decoders of the codec must not read outside; a connection with jobs of every
 * kind on it must end each of them exactly once, hand no rows to a job that has ended, and be able to close, whatever
 * comes. The first byte chooses how the rest is cut into pieces, and whether statements get names. */
#include "../tests/support/scripted.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

static void decode(fq_slice bytes) {
    fq_slice columns[8];
    uint32_t oids[8];
    fq_wire_error error;
    int n = fq_wire_data_row(bytes, columns, 8);
    check(n >= -1 && n <= 65535);
    for (int i = 0; i < n && i < 8; i++) {
        check(columns[i].ptr == NULL ||
              (columns[i].ptr >= bytes.ptr && columns[i].ptr + columns[i].len <= bytes.ptr + bytes.len));
    }
    check(fq_wire_row_description(bytes, oids, 8) >= -1);
    if (fq_wire_error_fields(bytes, &error)) {
        check(error.message.len < bytes.len);
    }
}

static void decode_all(const uint8_t *data, size_t size) {
    fq_slice bytes = fq_slice_of((const char *)data, size);
    decode(bytes);
    size_t at = 0, needed, before = 0;
    fq_wire_message message;
    while (fq_wire_next(bytes, &at, 1 << 20, &message, &needed) == FQ_WIRE_MESSAGE) {
        check(at == before + 5 + message.payload.len && at <= size);
        before = at;
        decode(message.payload);
    }
    check(at == before);
}

/* Bytes into the connection, in pieces of at most `piece`; a paused job is resumed, so that everything is read. */
static void feed(scripted *s, scripted_job *jobs, const uint8_t *data, size_t size, size_t piece) {
    for (size_t at = 0; at < size && s->closes == 0; at += piece) {
        size_t len = size - at < piece ? size - at : piece;
        scripted_say(s, (const char *)data + at, len);
        for (int i = 0; i < 3; i++) {
            if (jobs[i].job.connection != NULL) {
                fq_connection_resume(s->connection, &jobs[i].job);
            }
        }
        fq_connection_turn(s->connection, fq_clock_ms());
    }
}

static void converse(const uint8_t *data, size_t size, uint8_t how) {
    static const uint32_t int_oid[] = {23};
    static const fq_pg_statement statements[] = {
        {.id = 1, .sql = FQ_S_INIT("select 1"), .weight = 1, .columns = int_oid, .n_columns = 1},
        {.id = 2, .sql = FQ_S_INIT("select 2"), .weight = 1},
    };
    scripted s;
    scripted_job jobs[3];
    bool writes = (how & 64) != 0;
    scripted_open(&s, how & 128 ? 4 : 0);
    for (int i = 0; i < (writes ? 1 : 3); i++) {
        scripted_send(&s, &jobs[i], statements, 1 + (uint32_t)i % 2, writes ? FQ_PG_JOB_WRITES : 0);
        jobs[i].pause_at = (uint32_t)i + 1;
    }
    if (writes) {
        jobs[1] = jobs[2] = (scripted_job){.ended = 1};
    }
    fq_connection_turn(s.connection, fq_clock_ms());
    feed(&s, jobs, data, size, (how & 63) == 0 ? size + 1 : how & 63);
    fq_connection_lost(s.connection, FQ_S("over"), NULL);
    for (int i = 0; i < 3; i++) {
        check(jobs[i].ended + jobs[i].again == 1);
        check(jobs[i].again == 0 || jobs[i].rows == 0);
    }
    check(s.closes == 1);
    scripted_close(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0 || size > 60000) { /* more would not fit into the socket pair */
        return 0;
    }
    decode_all(data + 1, size - 1);
    converse(data + 1, size - 1, data[0]);
    return 0;
}
