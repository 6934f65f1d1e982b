/* SPDX-License-Identifier: MIT */
/* One connection against a scripted server: what a job sees however the bytes are cut, what breaks a connection, and
 * what becomes of the jobs on it then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../support/scripted.h"

#define PARSED "1\0\0\0\x04"
#define BOUND "2\0\0\0\x04"
#define ROW_A                                                                                                          \
    "D\0\0\0\x0b"                                                                                                      \
    "\0\x01"                                                                                                           \
    "\0\0\0\x01"                                                                                                       \
    "a"
#define ROW_B                                                                                                          \
    "D\0\0\0\x0b"                                                                                                      \
    "\0\x01"                                                                                                           \
    "\0\0\0\x01"                                                                                                       \
    "b"
#define COMPLETE                                                                                                       \
    "C\0\0\0\x0d"                                                                                                      \
    "SELECT 1\0"
#define IDLE                                                                                                           \
    "Z\0\0\0\x05"                                                                                                      \
    "I"
#define FAILED_BLOCK                                                                                                   \
    "Z\0\0\0\x05"                                                                                                      \
    "E"
#define ERROR                                                                                                          \
    "E\0\0\0\x17"                                                                                                      \
    "VERROR\0C22012\0Mno\0\0"
#define ABORTED                                                                                                        \
    "E\0\0\0\x17"                                                                                                      \
    "VERROR\0C25P02\0Mno\0\0"
#define NO_NAME                                                                                                        \
    "E\0\0\0\x17"                                                                                                      \
    "VERROR\0C26000\0Mno\0\0"
#define FATAL                                                                                                          \
    "E\0\0\0\x17"                                                                                                      \
    "VFATAL\0C57P01\0Mno\0\0"
#define NOTICE                                                                                                         \
    "N\0\0\0\x19"                                                                                                      \
    "VWARNING\0C01000\0Mno\0\0"
#define STATUS                                                                                                         \
    "S\0\0\0\x09"                                                                                                      \
    "a\0b\0\0"
#define NOTIFY                                                                                                         \
    "A\0\0\0\x0d"                                                                                                      \
    "\0\0\0\1"                                                                                                         \
    "abc\0\0"
#define INT4                                                                                                           \
    "T\0\0\0\x1b"                                                                                                      \
    "\0\x01"                                                                                                           \
    "id\0"                                                                                                             \
    "\0\0\0\0"                                                                                                         \
    "\0\0"                                                                                                             \
    "\0\0\0\x17"                                                                                                       \
    "\0\x04"                                                                                                           \
    "\xff\xff\xff\xff"                                                                                                 \
    "\0\0"
#define INT8                                                                                                           \
    "T\0\0\0\x1b"                                                                                                      \
    "\0\x01"                                                                                                           \
    "id\0"                                                                                                             \
    "\0\0\0\0"                                                                                                         \
    "\0\0"                                                                                                             \
    "\0\0\0\x14"                                                                                                       \
    "\0\x08"                                                                                                           \
    "\xff\xff\xff\xff"                                                                                                 \
    "\0\0"
#define ANSWER PARSED BOUND ROW_A ROW_B COMPLETE IDLE

static scripted s;
static scripted_job jobs[4];
static fq_pg_statement plain, typed;

static int setup(void **state) {
    (void)state;
    static const uint32_t int_oid[] = {23};
    plain = (fq_pg_statement){.id = fq_pg_statement_id(), .sql = FQ_S("select 'a'"), .weight = 1};
    typed = (fq_pg_statement){
        .id = fq_pg_statement_id(), .sql = FQ_S("select id"), .weight = 1, .columns = int_oid, .n_columns = 1};
    scripted_open(&s, 0);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    scripted_close(&s);
    return 0;
}

/* What the connection has sent since the last call: the types of its messages. */
static const char *sent(void) {
    static char bytes[65536], types[512];
    fq_connection_turn(s.connection, fq_clock_ms());
    ssize_t len = read(s.server, bytes, sizeof(bytes));
    size_t n = 0;
    for (ssize_t at = 0; at < len && n < sizeof(types) - 1; at += fq_wire_u32(bytes + at + 1) + 1) {
        types[n++] = bytes[at];
    }
    types[n] = '\0';
    return types;
}

static void an_answer(void **state) {
    (void)state;
    const fq_pg_statement two[] = {plain, plain};
    scripted_send(&s, &jobs[0], two, 2, 0);
    assert_string_equal(sent(), "PBEPBES");
    SCRIPTED_SAY(&s, PARSED BOUND ROW_A COMPLETE PARSED BOUND ROW_B ROW_B COMPLETE);
    assert_int_equal(jobs[0].ended, 0); /* an error may still follow, at the commit */
    SCRIPTED_SAY(&s, IDLE);
    assert_int_equal(jobs[0].ended, 1);
    assert_int_equal(jobs[0].failure, FQ_PG_OK);
    assert_int_equal(jobs[0].rows, 3);
    assert_int_equal(jobs[0].completes, 2);
    assert_string_equal(jobs[0].last, "b");
    assert_int_equal(s.connection->state, FQ_CONNECTION_IDLE);
}

static void byte_by_byte(void **state) {
    (void)state;
    static const char stream[] = NOTICE ANSWER STATUS ANSWER NOTIFY PARSED BOUND ROW_A ERROR IDLE;
    for (int i = 0; i < 3; i++) {
        scripted_send(&s, &jobs[i], &plain, 1, 0);
    }
    (void)sent();
    for (size_t i = 0; i < sizeof(stream) - 1; i++) {
        scripted_say(&s, stream + i, 1);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(jobs[i].ended, 1);
        assert_int_equal(jobs[i].failure, i < 2 ? FQ_PG_OK : FQ_PG_SERVER_ERROR);
        assert_int_equal(jobs[i].rows, i < 2 ? 2 : 1);
    }
    assert_string_equal(jobs[2].sqlstate, "22012");
    assert_int_equal(s.connection->state, FQ_CONNECTION_IDLE);
}

static void what_is_no_protocol(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } streams[] = {
#define STREAM(literal) {literal, sizeof(literal) - 1}
        STREAM("HTTP/1.1 400 Bad Request\r\n"),
        STREAM("\0"),
        STREAM("D\0\0\0\x03"),
        STREAM("D\xff\xff\xff\xff"),
        STREAM(PARSED BOUND "D\0\0\0\x06"
                            "\0\x02"),
        STREAM(PARSED BOUND ROW_A COMPLETE COMPLETE),
        STREAM(PARSED BOUND ROW_A COMPLETE ROW_A),
        STREAM(PARSED BOUND IDLE),
        STREAM(PARSED PARSED),
        STREAM(ANSWER IDLE),
        STREAM(ANSWER ROW_A),
        STREAM("Z\0\0\0\x04"),
        STREAM("E\0\0\0\x06"
               "VE"),
        STREAM("G\0\0\0\x07"
               "\0\0\0"),
        STREAM("R\0\0\0\x08"
               "\0\0\0\0"),
    };
    for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
        scripted_send(&s, &jobs[0], &plain, 1, FQ_PG_JOB_WRITES);
        (void)sent();
        scripted_say(&s, streams[i].bytes, streams[i].len);
        if (s.closes != 1) {
            fail_msg("stream %zu left the connection open", i);
        }
        assert_int_equal(s.closed_for, FQ_CLOSE_LOST);
        assert_true(strlen(s.closed_text) > 0);
        assert_int_equal(jobs[0].ended, 1);
        (void)teardown(NULL);
        (void)setup(NULL);
    }
}

static void the_end_of_the_stream(void **state) {
    (void)state;
    scripted_send(&s, &jobs[0], &plain, 1, 0);
    (void)sent();
    SCRIPTED_SAY(&s, PARSED BOUND ROW_A);
    shutdown(s.server, SHUT_RDWR);
    s.ready(s.ready_arg, FQ_READABLE);
    assert_int_equal(jobs[0].failure, FQ_PG_LOST); /* a row was seen */
    assert_int_equal(jobs[0].ended, 1);
}

static void what_may_be_sent_anew(void **state) {
    (void)state;
    for (int sending = 0; sending < 2; sending++) {
        scripted_send(&s, &jobs[0], &plain, 1, FQ_PG_JOB_WRITES);
        if (sending) {
            (void)sent();
        }
        shutdown(s.server, SHUT_RDWR);
        s.ready(s.ready_arg, FQ_READABLE);
        assert_int_equal(jobs[0].again, sending ? 0 : 1);
        assert_int_equal(jobs[0].ended, sending ? 1 : 0);
        (void)teardown(NULL);
        (void)setup(NULL);
    }
    for (int i = 0; i < 3; i++) {
        scripted_send(&s, &jobs[i], &plain, 1, 0);
    }
    (void)sent();
    jobs[1].job.retries = 1; /* its second loss */
    SCRIPTED_SAY(&s, PARSED BOUND FATAL);
    assert_string_equal(s.closed_text, "no");
    assert_int_equal(jobs[0].again, 1);
    assert_int_equal(jobs[1].ended, 1);
    assert_int_equal(jobs[1].failure, FQ_PG_LOST);
    assert_string_equal(jobs[1].sqlstate, "57P01");
    assert_int_equal(jobs[2].again, 1);
}

static void a_farewell_while_idle(void **state) {
    (void)state;
    SCRIPTED_SAY(&s, FATAL);
    assert_int_equal(s.closes, 1);
    assert_string_equal(s.closed_text, "no");
}

static void an_open_transaction_is_rolled_back(void **state) {
    (void)state;
    scripted_send(&s, &jobs[0], &plain, 1, 0);
    scripted_send(&s, &jobs[1], &plain, 1, 0);
    (void)sent();
    SCRIPTED_SAY(&s, ERROR FAILED_BLOCK);
    assert_int_equal(jobs[0].failure, FQ_PG_SERVER_ERROR);
    assert_string_equal(sent(), "Q");
    scripted_send(&s, &jobs[2], &plain, 1, 0); /* behind the rollback */
    SCRIPTED_SAY(&s, ABORTED FAILED_BLOCK);
    assert_int_equal(jobs[1].again, 1);
    assert_int_equal(jobs[1].job.retries, 0); /* not by its own fault */
    assert_string_equal(sent(), "PBES");      /* one rollback is enough */
    SCRIPTED_SAY(&s, COMPLETE IDLE ANSWER);
    assert_int_equal(jobs[2].failure, FQ_PG_OK);
    assert_int_equal(s.connection->state, FQ_CONNECTION_IDLE);
}

static void types_are_compared_before_rows(void **state) {
    (void)state;
    scripted_send(&s, &jobs[0], &typed, 1, 0);
    assert_string_equal(sent(), "PDBES");
    SCRIPTED_SAY(&s, PARSED "t\0\0\0\x06\0\0" INT4 BOUND ROW_A COMPLETE IDLE);
    assert_int_equal(jobs[0].failure, FQ_PG_OK);
    assert_int_equal(jobs[0].rows, 1);
    scripted_send(&s, &jobs[0], &typed, 1, 0);
    SCRIPTED_SAY(&s, PARSED INT8 BOUND ROW_A COMPLETE);
    assert_int_equal(jobs[0].failure, FQ_PG_TYPES_CHANGED);
    assert_int_equal(jobs[0].rows, 0);
    SCRIPTED_SAY(&s, IDLE);
    scripted_send(&s, &jobs[0], &typed, 1, 0);
    SCRIPTED_SAY(&s, PARSED "n\0\0\0\x04" BOUND COMPLETE IDLE);
    assert_int_equal(jobs[0].failure, FQ_PG_TYPES_CHANGED);
    assert_int_equal(s.connection->state, FQ_CONNECTION_IDLE);
}

static void a_write_waits_for_its_check(void **state) {
    (void)state;
    (void)sent();
    scripted_send(&s, &jobs[0], &typed, 1, FQ_PG_JOB_WRITES);
    assert_string_equal(sent(), "PDS");
    SCRIPTED_SAY(&s, PARSED INT8 IDLE);
    assert_int_equal(jobs[0].failure, FQ_PG_TYPES_CHANGED);
    assert_string_equal(sent(), ""); /* it never ran */
    scripted_send(&s, &jobs[0], &typed, 1, FQ_PG_JOB_WRITES);
    assert_string_equal(sent(), "PDS");
    SCRIPTED_SAY(&s, PARSED INT4 IDLE);
    assert_int_equal(jobs[0].ended, 0);
    assert_string_equal(sent(), "PDBES");
    SCRIPTED_SAY(&s, PARSED INT4 BOUND ROW_A COMPLETE IDLE);
    assert_int_equal(jobs[0].failure, FQ_PG_OK);
    assert_int_equal(jobs[0].rows, 1);
}

static void pausing(void **state) {
    (void)state;
    scripted_send(&s, &jobs[0], &plain, 1, 0);
    scripted_send(&s, &jobs[1], &plain, 1, 0);
    (void)sent();
    jobs[0].pause_at = 1;
    SCRIPTED_SAY(&s, PARSED BOUND ROW_A ROW_B ROW_B);
    assert_int_equal(jobs[0].rows, 1);
    assert_int_equal(jobs[1].again, 1); /* it shall not wait for a slow reader */
    assert_int_equal(s.wanted, 0);
    assert_int_equal(s.connection->state, FQ_CONNECTION_ALONE);
    s.ready(s.ready_arg, FQ_READABLE); /* a hang-up is reported although nothing is wanted */
    assert_null(s.ready);
    assert_int_equal(jobs[0].rows, 1);
    fq_connection_resume(s.connection, &jobs[0].job);
    assert_int_equal(jobs[0].rows, 1); /* never from inside the call */
    fq_connection_turn(s.connection, fq_clock_ms());
    assert_int_equal(jobs[0].rows, 3); /* what had been received was not lost */
    assert_int_equal(s.wanted, FQ_READABLE);
    SCRIPTED_SAY(&s, COMPLETE IDLE ANSWER);
    assert_int_equal(jobs[0].failure, FQ_PG_OK);
    assert_int_equal(jobs[1].rows, 0);
    assert_int_equal(s.connection->state, FQ_CONNECTION_IDLE);
}

static void giving_up(void **state) {
    (void)state;
    uint64_t now = fq_clock_ms();
    scripted_send(&s, &jobs[0], &plain, 1, 0);
    scripted_send(&s, &jobs[1], &plain, 1, 0);
    (void)sent();
    fq_connection_give_up(s.connection, &jobs[0].job, now);
    fq_buffer_done(&jobs[0].job.bytes);
    assert_true(fq_connection_expire(s.connection, now) > now);
    assert_int_equal(s.cancels, 0); /* most end by themselves */
    SCRIPTED_SAY(&s, PARSED BOUND ROW_A);
    assert_int_equal(jobs[0].rows, 0);
    (void)fq_connection_expire(s.connection, now + 60);
    assert_int_equal(s.cancels, 1);
    assert_int_equal(jobs[1].again, 1); /* out of the line of fire */
    assert_int_equal(s.connection->state, FQ_CONNECTION_DRAINING);
    SCRIPTED_SAY(&s, ERROR IDLE ANSWER);
    assert_int_equal(jobs[1].rows, 0);
    assert_int_equal(s.connection->state, FQ_CONNECTION_IDLE);
    assert_int_equal(jobs[0].ended + jobs[1].ended, 0);
}

static void a_cancel_that_does_not_help(void **state) {
    (void)state;
    uint64_t now = fq_clock_ms();
    scripted_send(&s, &jobs[0], &plain, 1, 0);
    (void)sent();
    fq_connection_give_up(s.connection, &jobs[0].job, now);
    fq_buffer_done(&jobs[0].job.bytes);
    (void)fq_connection_expire(s.connection, now + 100);
    assert_int_equal(s.connection->state, FQ_CONNECTION_DRAINING);
    assert_int_equal(s.closes, 0);
    (void)fq_connection_expire(s.connection, now + 60000);
    assert_int_equal(s.closes, 1);
}

static void deadlines(void **state) {
    (void)state;
    uint64_t now = fq_clock_ms();
    scripted_send(&s, &jobs[0], &plain, 1, 0);
    s.connection->segments[0].deadline_ms = now + 50;
    (void)sent();
    assert_true(fq_connection_expire(s.connection, now) == now + 50);
    assert_int_equal(jobs[0].ended, 0);
    (void)fq_connection_expire(s.connection, now + 50);
    assert_int_equal(jobs[0].failure, FQ_PG_TIMED_OUT);
    assert_int_equal(s.cancels, 1);
    SCRIPTED_SAY(&s, ANSWER);
    assert_int_equal(s.connection->state, FQ_CONNECTION_IDLE);
    assert_int_equal(jobs[0].ended, 1);
}

/* More than the socket takes leaves in parts, in order. */
static void output_in_parts(void **state) {
    (void)state;
    static char sql[300000];
    memset(sql, ' ', sizeof(sql));
    memcpy(sql, "select", 6);
    fq_pg_statement large = {.id = fq_pg_statement_id(), .sql = fq_slice_of(sql, sizeof(sql)), .weight = 1};
    scripted_send(&s, &jobs[0], &large, 1, 0);
    scripted_send(&s, &jobs[1], &large, 1, 0);
    size_t total = s.connection->out.len;
    char *got = malloc(total + 1);
    size_t len = 0;
    fq_connection_turn(s.connection, fq_clock_ms());
    assert_true(s.wanted & FQ_WRITABLE);
    while (len < total) {
        ssize_t count = read(s.server, got + len, total - len);
        if (count > 0) {
            len += (size_t)count;
        } else {
            s.ready(s.ready_arg, FQ_WRITABLE);
        }
    }
    assert_int_equal(got[0], 'P');
    assert_int_equal(got[total / 2], 'P');
    assert_int_equal(got[total - 5], 'S');
    free(got);
    assert_false(s.wanted & FQ_WRITABLE);
    SCRIPTED_SAY(&s, ANSWER ANSWER);
    assert_int_equal(jobs[1].failure, FQ_PG_OK);
    assert_true(s.connection->out.capacity <= 65536); /* and the memory goes */
}

static void retiring(void **state) {
    (void)state;
    scripted_send(&s, &jobs[0], &plain, 1, 0);
    (void)sent();
    fq_connection_retire(s.connection, FQ_CLOSE_OLD);
    assert_int_equal(s.connection->state, FQ_CONNECTION_RETIRING);
    SCRIPTED_SAY(&s, ANSWER);
    assert_int_equal(jobs[0].failure, FQ_PG_OK);
    assert_int_equal(s.closes, 1);
    assert_int_equal(s.closed_for, FQ_CLOSE_OLD);
}

static void a_ping_is_answered_or_not(void **state) {
    (void)state;
    fq_connection_ping(s.connection, fq_clock_ms());
    assert_string_equal(sent(), "S");
    SCRIPTED_SAY(&s, IDLE);
    assert_int_equal(s.connection->state, FQ_CONNECTION_IDLE);
    fq_connection_ping(s.connection, fq_clock_ms());
    (void)fq_connection_expire(s.connection, fq_clock_ms() + 60000);
    assert_int_equal(s.closes, 1);
}

static void a_name_that_is_not_there(void **state) {
    (void)state;
    (void)teardown(NULL);
    scripted_open(&s, 10);
    plain.prepare = FQ_PG_PREPARE_AT_ONCE;
    scripted_send(&s, &jobs[0], &plain, 1, 0);
    assert_string_equal(sent(), "PBES");
    SCRIPTED_SAY(&s, ANSWER);
    scripted_send(&s, &jobs[0], &plain, 1, 0);
    assert_string_equal(sent(), "BES");
    SCRIPTED_SAY(&s, NO_NAME IDLE);
    assert_int_equal(jobs[0].again, 1);
    scripted_send(&s, &jobs[0], &plain, 1, FQ_PG_JOB_WRITES);
    assert_string_equal(sent(), "PBES");
    SCRIPTED_SAY(&s, NO_NAME IDLE);
    assert_int_equal(jobs[0].again, 0); /* a write is not repeated */
    assert_int_equal(jobs[0].failure, FQ_PG_SERVER_ERROR);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(an_answer),
        CASE(byte_by_byte),
        CASE(what_is_no_protocol),
        CASE(the_end_of_the_stream),
        CASE(what_may_be_sent_anew),
        CASE(a_farewell_while_idle),
        CASE(an_open_transaction_is_rolled_back),
        CASE(types_are_compared_before_rows),
        CASE(a_write_waits_for_its_check),
        CASE(pausing),
        CASE(giving_up),
        CASE(a_cancel_that_does_not_help),
        CASE(deadlines),
        CASE(output_in_parts),
        CASE(retiring),
        CASE(a_ping_is_answered_or_not),
        CASE(a_name_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
