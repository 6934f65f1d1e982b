/* SPDX-License-Identifier: MIT */
/* The pool against a real PostgreSQL, whose connection string is in FRAISEQL_TEST_DATABASE; skipped without it. Every
 * case has a pool of its own and asks PostgreSQL itself, on a connection of its own, what became of things there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "pool_client.h"

static client c;
static PGconn *judge;
static fq_pool_config config;

static const char *database(void) { return getenv("FRAISEQL_TEST_DATABASE"); }

static int setup(void **state) {
    (void)state;
    config = (fq_pool_config)FQ_POOL_CONFIG_DEFAULT;
    config.conninfo = fq_slice_from_cstr(database());
    config.application_name = FQ_S("pool_test");
    c = (client){0};
    return 0;
}

static int teardown(void **state) {
    (void)state;
    if (c.pool != NULL) {
        client_close(&c);
    }
    return 0;
}

static void open_pool(void) { client_open(&c, &config); }

/* One value, as the judge sees it. */
static const char *ask(const char *sql) {
    static char answer[256];
    PGresult *result = PQexec(judge, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK) {
        fail_msg("%s: %s", sql, PQerrorMessage(judge));
    }
    (void)snprintf(answer, sizeof(answer), "%s", PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    return answer;
}

/* Statements that take the shared lock wait until the judge opens the gate again. */
#define AT_THE_GATE "pg_advisory_xact_lock_shared(7)"

static void close_gate(void) { (void)ask("select pg_advisory_lock(7)"); }

static void open_gate(void) { (void)ask("select pg_advisory_unlock_all()"); }

static client_job *job_of(const fq_pg_statement *statement, const char *value, unsigned flags) {
    client_job *j = calloc(1, sizeof(*j));
    j->job.flags = flags;
    client_add(j, statement, value);
    return j;
}

static void run(client_job *j) {
    client_submit(&c, j);
    assert_int_equal(j->done, 0); /* never from inside the submit */
    client_wait(&c, j);
    assert_int_equal(j->done, 1);
}

/* Runs a statement and returns its last row's first column. */
static const char *value_of(const fq_pg_statement *statement, const char *value) {
    static char last[64];
    client_job *j = job_of(statement, value, 0);
    run(j);
    if (j->failure != FQ_PG_OK) {
        fail_msg("%.*s: %d %s %s", FQ_PRI(statement->sql), j->failure, j->sqlstate, j->message);
    }
    memcpy(last, j->last, sizeof(last));
    free(j);
    return last;
}

static fq_pg_failure failure_of(const fq_pg_statement *statement, const char *value, unsigned flags) {
    client_job *j = job_of(statement, value, flags);
    run(j);
    fq_pg_failure failure = j->failure;
    free(j);
    return failure;
}

/* ---- the plain things ---- */

static void rows_and_values(void **state) {
    (void)state;
    open_pool();
    fq_pg_statement echo = client_statement("select $1::text, 2, null", 1);
    echo.n_columns = 3;
    for (int i = 0; i < 4; i++) { /* unnamed, named, by name */
        assert_string_equal(value_of(&echo, "h\xc3\xa9llo"), "h\xc3\xa9llo");
        assert_string_equal(value_of(&echo, NULL), "NULL");
        assert_string_equal(value_of(&echo, ""), "");
    }
    fq_pg_statement many = client_statement("select g from generate_series(1, 100000) g", 0);
    client_job *j = job_of(&many, NULL, FQ_PG_JOB_ALONE);
    run(j);
    assert_int_equal(j->rows, 100000);
    assert_int_equal(j->completes, 1);
    assert_int_equal(j->call, 1);
    free(j);
    fq_pg_statement none = client_statement("select where false", 0);
    assert_string_equal(value_of(&none, NULL), "");
    fq_pg_statement empty = client_statement("", 0);
    assert_string_equal(value_of(&empty, NULL), "");
}

static void large_values(void **state) {
    (void)state;
    open_pool();
    fq_pg_statement length = client_statement("select length($1::text)", 1);
    fq_pg_statement repeat = client_statement("select repeat('x', 30000000)", 0);
    size_t size = 20000000;
    char *big = malloc(size + 1);
    memset(big, 'y', size);
    big[size] = '\0';
    assert_string_equal(value_of(&length, big), "20000000"); /* more than the socket takes at once */
    free(big);
    client_job *j = job_of(&repeat, NULL, 0);
    run(j);
    assert_int_equal(j->failure, FQ_PG_OK);
    assert_int_equal(j->bytes, 30000000);
    free(j);
}

static void settings_end_with_the_segment(void **state) {
    (void)state;
    config.max_size = 1;
    open_pool();
    fq_pg_statement set = client_statement("select set_config('app.user', $1, true)", 1);
    fq_pg_statement get = client_statement("select current_setting('app.user', true)", 0);
    set.prepare = FQ_PG_PREPARE_AT_ONCE;
    set.rows = FQ_PG_ROWS_DROPPED;
    for (int i = 0; i < 3; i++) {
        client_job *j = job_of(&set, "ada", 0);
        client_add(j, &get, NULL);
        run(j);
        assert_string_equal(j->last, "ada");
        assert_int_equal(j->rows, 1); /* the setting's own row is not handed out */
        assert_int_equal(j->completes, 2);
        free(j);
        assert_string_equal(value_of(&get, NULL), ""); /* '' or NULL */
    }
}

static void startup_settings(void **state) {
    (void)state;
    static const char *const settings[] = {"default_transaction_isolation", "repeatable read", "app.odd", "a b\\c 'd'",
                                           NULL};
    char conninfo[512];
    (void)snprintf(conninfo, sizeof(conninfo), "%s&options=-c%%20work_mem%%3D7MB%%20-c%%20app.odd%%3Dnone", database());
    config.conninfo = fq_slice_from_cstr(conninfo);
    config.settings = settings;
    open_pool();
    fq_pg_statement isolation = client_statement("show transaction_isolation", 0);
    fq_pg_statement odd = client_statement("show app.odd", 0);
    fq_pg_statement memory = client_statement("show work_mem", 0);
    fq_pg_statement name = client_statement("show application_name", 0);
    fq_pg_statement encoding = client_statement("show client_encoding", 0);
    assert_string_equal(value_of(&isolation, NULL), "repeatable read");
    assert_string_equal(value_of(&odd, NULL), "a b\\c 'd'");
    assert_string_equal(value_of(&memory, NULL), "7MB");
    assert_string_equal(value_of(&name, NULL), "pool_test");
    assert_string_equal(value_of(&encoding, NULL), "UTF8");
}

/* It makes up for a default, and leaves alone what somebody has set. */
static void tuning(void **state) {
    (void)state;
    config.tuning =
        "select set_config(name, '1.1', false) from pg_settings where name = 'random_page_cost' and source = 'default'";
    fq_pg_statement cost = client_statement("show random_page_cost", 0);
    open_pool();
    assert_string_equal(value_of(&cost, NULL), "1.1");
    client_close(&c);
    char conninfo[512];
    (void)snprintf(conninfo, sizeof(conninfo), "%s&options=-c%%20random_page_cost%%3D4", database());
    config.conninfo = fq_slice_from_cstr(conninfo);
    open_pool();
    assert_string_equal(value_of(&cost, NULL), "4");
    client_close(&c);
    config.tuning = "select nonsense";
    open_pool();
    assert_string_equal(value_of(&cost, NULL), "4");
}

/* ---- errors ---- */

static void a_failure_leaves_neighbours_alone(void **state) {
    (void)state;
    config.max_size = 1;
    open_pool();
    fq_pg_statement one = client_statement("select $1::text", 1);
    fq_pg_statement fails = client_statement("select 1 / length($1::text)", 1);
    client_job *jobs[60];
    for (int i = 0; i < 60; i++) {
        char text[16];
        (void)snprintf(text, sizeof(text), "%d", i);
        jobs[i] = job_of(&one, text, 0);
        client_add(jobs[i], i % 7 == 3 ? &fails : &one, i % 7 == 3 ? "" : text);
        client_add(jobs[i], &one, "after");
        client_submit(&c, jobs[i]);
    }
    for (int i = 0; i < 60; i++) {
        client_wait(&c, jobs[i]);
        assert_int_equal(jobs[i]->done, 1);
        if (i % 7 == 3) {
            assert_int_equal(jobs[i]->failure, FQ_PG_SERVER_ERROR);
            assert_string_equal(jobs[i]->sqlstate, "22012");
            assert_int_equal(jobs[i]->call, 1);
            assert_int_equal(jobs[i]->rows, 1);
        } else {
            assert_int_equal(jobs[i]->failure, FQ_PG_OK);
            assert_int_equal(jobs[i]->rows, 3);
            assert_string_equal(jobs[i]->last, "after");
        }
        free(jobs[i]);
    }
    assert_int_equal(fq_pool_stats_get(c.pool).connections, 1);
}

/* A segment with a transaction of its own that fails inside it: what stands behind it in the pipeline runs all the
 * same. */
static void a_failed_transaction_leaves_neighbours_alone(void **state) {
    (void)state;
    config.max_size = 1;
    open_pool();
    fq_pg_statement begin = client_statement("begin isolation level repeatable read read only", 0);
    fq_pg_statement commit = client_statement("commit", 0);
    fq_pg_statement one = client_statement("select $1::text", 1);
    fq_pg_statement fails = client_statement("select 1 / length($1::text)", 1);
    client_job *jobs[40];
    for (int i = 0; i < 40; i++) {
        jobs[i] = job_of(&begin, NULL, 0);
        client_add(jobs[i], i % 5 == 1 ? &fails : &one, "");
        client_add(jobs[i], &commit, NULL);
        client_submit(&c, jobs[i]);
    }
    for (int i = 0; i < 40; i++) {
        client_wait(&c, jobs[i]);
        assert_int_equal(jobs[i]->failure, i % 5 == 1 ? FQ_PG_SERVER_ERROR : FQ_PG_OK);
        assert_string_equal(jobs[i]->sqlstate, i % 5 == 1 ? "22012" : "");
        free(jobs[i]);
    }
    assert_int_equal(fq_pool_stats_get(c.pool).failures, 0);
}

static void an_error_at_the_commit(void **state) {
    (void)state;
    (void)ask(
        "drop table if exists deferred; create table deferred (id int primary key deferrable initially deferred)");
    (void)ask("insert into deferred values (1)");
    open_pool();
    fq_pg_statement insert = client_statement("insert into deferred values (1)", 0);
    client_job *j = job_of(&insert, NULL, FQ_PG_JOB_WRITES);
    run(j);
    assert_int_equal(j->failure, FQ_PG_SERVER_ERROR);
    assert_string_equal(j->sqlstate, "23505");
    assert_int_equal(j->call, 1);
    free(j);
}

static void what_does_not_fit(void **state) {
    (void)state;
    open_pool();
    fq_pg_statement nul = client_statement("select 1", 0);
    nul.sql = fq_slice_of("select\0 1", 9);
    client_job *j = job_of(&nul, NULL, 0);
    run(j);
    assert_int_equal(j->failure, FQ_PG_SERVER_ERROR);
    assert_string_equal(j->sqlstate, "54000");
    free(j);
    fq_pg_statement copy = client_statement("copy (select 1) to stdout", 0);
    assert_int_equal(failure_of(&copy, NULL, FQ_PG_JOB_WRITES), FQ_PG_LOST);
    fq_pg_statement one = client_statement("select 1", 0);
    assert_string_equal(value_of(&one, NULL), "1");
}

/* ---- prepared statements ---- */

static void the_cache_is_bounded(void **state) {
    (void)state;
    config.max_size = 1;
    config.prepared_max = 3;
    open_pool();
    static char sql[12][64];
    fq_pg_statement statements[12];
    for (int i = 0; i < 12; i++) {
        (void)snprintf(sql[i], sizeof(sql[i]), "select %d + length($1::text)", i);
        statements[i] = client_statement(sql[i], 1);
    }
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 12; i++) {
            char expected[16];
            (void)snprintf(expected, sizeof(expected), "%d", i + 1);
            assert_string_equal(value_of(&statements[i], "x"), expected);
        }
    }
    fq_pg_statement count = client_statement("select count(*) from pg_prepared_statements", 0);
    count.prepare = FQ_PG_PREPARE_NEVER;
    assert_string_equal(value_of(&count, NULL), "3");
}

static void nothing_is_prepared(void **state) {
    (void)state;
    config.max_size = 1;
    config.prepared_max = 0;
    open_pool();
    fq_pg_statement count = client_statement("select count(*) from pg_prepared_statements where name <> ''", 0);
    count.prepare = FQ_PG_PREPARE_AT_ONCE;
    for (int i = 0; i < 3; i++) {
        assert_string_equal(value_of(&count, NULL), "0");
    }
}

static void names_that_vanish(void **state) {
    (void)state;
    config.max_size = 1;
    open_pool();
    fq_pg_statement one = client_statement("select 'one'", 0);
    fq_pg_statement forget = client_statement("deallocate all", 0);
    for (int i = 0; i < 4; i++) {
        assert_string_equal(value_of(&one, NULL), "one");
        assert_string_equal(value_of(&one, NULL), "one");
        assert_int_equal(failure_of(&forget, NULL, 0), FQ_PG_OK);
    }
}

static void names_of_somebody_else(void **state) {
    (void)state;
    config.max_size = 1;
    open_pool();
    fq_pg_statement one = client_statement("select 'one'", 0);
    char sql[80];
    (void)snprintf(sql, sizeof(sql), "prepare f%llx as select 'two'", (unsigned long long)one.id);
    fq_pg_statement other = client_statement(sql, 0);
    assert_int_equal(failure_of(&other, NULL, 0), FQ_PG_OK);
    for (int i = 0; i < 4; i++) {
        assert_string_equal(value_of(&one, NULL), "one");
    }
}

static void a_plan_that_went_stale(void **state) {
    (void)state;
    (void)ask("drop table if exists stale; create table stale (id int, name text)");
    (void)ask("insert into stale values (1, 'a')");
    config.max_size = 1;
    open_pool();
    fq_pg_statement star = client_statement("select * from stale", 0);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(value_of(&star, NULL), "1");
    }
    (void)ask("alter table stale drop column id");
    client_job *jobs[8]; /* several in the pipeline meet the change at once */
    for (int i = 0; i < 8; i++) {
        jobs[i] = job_of(&star, NULL, 0);
        client_submit(&c, jobs[i]);
    }
    for (int i = 0; i < 8; i++) {
        client_wait(&c, jobs[i]);
        assert_int_equal(jobs[i]->failure, FQ_PG_OK);
        assert_string_equal(jobs[i]->last, "a");
        free(jobs[i]);
    }
    assert_string_equal(value_of(&star, NULL), "a"); /* named again */
    (void)ask("alter table stale add column more int default 5");
    assert_int_equal(failure_of(&star, NULL, FQ_PG_JOB_WRITES), FQ_PG_TYPES_CHANGED);
}

static void types_that_changed(void **state) {
    (void)state;
    (void)ask("drop table if exists typed; create table typed (id int, name text)");
    (void)ask("insert into typed values (1, 'a')");
    static const uint32_t expected[] = {23, 0};
    for (uint32_t prepared_max = 0; prepared_max <= 100; prepared_max += 100) {
        config.max_size = 1;
        config.prepared_max = prepared_max;
        open_pool();
        fq_pg_statement s = client_statement("select id, name from typed", 0);
        s.columns = expected;
        s.n_columns = 2;
        for (int i = 0; i < 3; i++) {
            assert_string_equal(value_of(&s, NULL), "1");
        }
        (void)ask("alter table typed alter id type bigint");
        client_job *jobs[6];
        for (int i = 0; i < 6; i++) {
            jobs[i] = job_of(&s, NULL, 0);
            client_submit(&c, jobs[i]);
        }
        for (int i = 0; i < 6; i++) {
            client_wait(&c, jobs[i]);
            assert_int_equal(jobs[i]->failure, FQ_PG_TYPES_CHANGED);
            assert_int_equal(jobs[i]->rows, 0);
            free(jobs[i]);
        }
        (void)ask("alter table typed alter id type int");
        assert_string_equal(value_of(&s, NULL), "1");
        client_close(&c);
        c.pool = NULL;
    }
}

/* Whatever the plan expects of a new statement is compared before any of a pipeline's jobs sees a row. */
static void types_that_never_fitted(void **state) {
    (void)state;
    config.max_size = 1;
    open_pool();
    static const uint32_t expected[] = {23};
    fq_pg_statement wrong = client_statement("select 1::bigint", 0);
    wrong.columns = expected;
    wrong.n_columns = 1;
    client_job *jobs[12];
    for (int i = 0; i < 12; i++) {
        jobs[i] = job_of(&wrong, NULL, 0);
        client_submit(&c, jobs[i]);
    }
    for (int i = 0; i < 12; i++) {
        client_wait(&c, jobs[i]);
        assert_int_equal(jobs[i]->failure, FQ_PG_TYPES_CHANGED);
        assert_int_equal(jobs[i]->rows, 0);
        free(jobs[i]);
    }
}

static void a_write_is_checked_before_it_runs(void **state) {
    (void)state;
    (void)ask("drop table if exists written; create table written (id bigint)");
    static const uint32_t expected[] = {23};
    static const uint32_t right[] = {20};
    for (uint32_t prepared_max = 0; prepared_max <= 100; prepared_max += 100) {
        (void)ask("truncate written");
        config.prepared_max = prepared_max;
        open_pool();
        fq_pg_statement insert = client_statement("insert into written values (1) returning id", 0);
        insert.columns = expected;
        insert.n_columns = 1;
        assert_int_equal(failure_of(&insert, NULL, FQ_PG_JOB_WRITES), FQ_PG_TYPES_CHANGED);
        assert_string_equal(ask("select count(*) from written"), "0");
        fq_pg_statement fits = client_statement("insert into written values (2) returning id", 0);
        fits.columns = right;
        fits.n_columns = 1;
        for (int i = 0; i < 3; i++) {
            assert_int_equal(failure_of(&fits, NULL, FQ_PG_JOB_WRITES), FQ_PG_OK);
        }
        assert_string_equal(ask("select count(*) from written"), "3");
        client_close(&c);
        c.pool = NULL;
    }
}

/* ---- back-pressure ---- */

static void pausing(void **state) {
    (void)state;
    config.max_size = 2;
    open_pool();
    fq_pg_statement many = client_statement("select g, repeat('x', 100) from generate_series(1, 50000) g", 0);
    fq_pg_statement one = client_statement("select 1", 0);
    client_job *j = job_of(&many, NULL, 0);
    j->pause_every = 1000;
    client_submit(&c, j);
    uint32_t resumed = 0;
    while (j->done == 0) {
        fq_event_loop_turn(c.loop, 1000);
        if (j->paused > resumed) {
            uint32_t rows = j->rows;
            assert_string_equal(value_of(&one, NULL), "1"); /* others go on meanwhile */
            assert_int_equal(j->rows, rows);                /* and this one does not */
            resumed++;
            fq_pool_resume(c.pool, &j->job);
            assert_int_equal(j->rows, rows);
        }
    }
    assert_int_equal(j->failure, FQ_PG_OK);
    assert_int_equal(j->rows, 50000);
    assert_int_equal(resumed, 50);
    free(j);
}

static void a_paused_job_lets_those_behind_go(void **state) {
    (void)state;
    config.max_size = 2;
    open_pool();
    fq_pg_statement one = client_statement("select 1", 0);
    assert_string_equal(value_of(&one, NULL), "1");
    fq_pg_statement many = client_statement("select g from generate_series(1, 10) g", 0);
    client_job *j = job_of(&many, NULL, 0);
    j->pause_every = 1;
    client_submit(&c, j);
    client_job *behind[5];
    for (int i = 0; i < 5; i++) {
        behind[i] = job_of(&one, NULL, 0);
        client_submit(&c, behind[i]);
    }
    for (int i = 0; i < 5; i++) {
        client_wait(&c, behind[i]);
        assert_int_equal(behind[i]->failure, FQ_PG_OK);
        assert_int_equal(behind[i]->rows, 1);
        free(behind[i]);
    }
    assert_int_equal(j->rows, 1);
    j->pause_every = 0;
    fq_pool_resume(c.pool, &j->job);
    client_wait(&c, j);
    assert_int_equal(j->failure, FQ_PG_OK);
    assert_int_equal(j->rows, 10);
    free(j);
}

/* ---- giving up ---- */

/* How many statements of this pool are at work in PostgreSQL; waits a while for `expected`. */
static void expect_active(const char *expected) {
    const char *sql = "select count(*) from pg_stat_activity where application_name = 'pool_test' and state = 'active'";
    for (int i = 0; i < 500 && strcmp(ask(sql), expected) != 0; i++) {
        client_run_ms(&c, 10);
    }
    assert_string_equal(ask(sql), expected);
}

static void cancelling(void **state) {
    (void)state;
    config.max_size = 1;
    open_pool();
    fq_pg_statement sleep = client_statement("select pg_sleep(1000)", 0);
    fq_pg_statement one = client_statement("select 1", 0);
    client_job *unsent = job_of(&one, NULL, 0);
    client_submit(&c, unsent);
    fq_pool_cancel(c.pool, &unsent->job);
    assert_int_equal(unsent->done, 0);
    client_wait(&c, unsent);
    assert_int_equal(unsent->failure, FQ_PG_CANCELLED);
    free(unsent);

    client_job *slow = job_of(&sleep, NULL, 0);
    client_job *behind = job_of(&one, NULL, 0);
    client_submit(&c, slow);
    client_submit(&c, behind);
    expect_active("1");
    fq_pool_cancel(c.pool, &slow->job);
    assert_int_equal(slow->done, 0);
    client_wait(&c, slow);
    assert_int_equal(slow->failure, FQ_PG_CANCELLED);
    client_wait(&c, behind); /* the neighbour is not hit */
    assert_int_equal(behind->failure, FQ_PG_OK);
    assert_int_equal(behind->rows, 1);
    expect_active("0");
    assert_int_equal(fq_pool_stats_get(c.pool).connects, 1);
    free(slow);
    free(behind);
}

static void cancelling_in_a_row(void **state) {
    (void)state;
    config.max_size = 2;
    open_pool();
    fq_pg_statement many = client_statement("select g from generate_series(1, 3000000) g", 0);
    fq_pg_statement one = client_statement("select 1", 0);
    client_job *j = job_of(&many, NULL, FQ_PG_JOB_ALONE);
    j->cancel_at = 10;
    run(j);
    assert_int_equal(j->failure, FQ_PG_CANCELLED);
    assert_int_equal(j->rows, 10);
    free(j);
    assert_string_equal(value_of(&one, NULL), "1");
    expect_active("0");
    j = job_of(&many, NULL, FQ_PG_JOB_ALONE); /* while paused */
    j->pause_every = 5;
    client_submit(&c, j);
    while (j->paused == 0) {
        fq_event_loop_turn(c.loop, 1000);
    }
    fq_pool_cancel(c.pool, &j->job);
    client_wait(&c, j);
    assert_int_equal(j->failure, FQ_PG_CANCELLED);
    free(j);
    expect_active("0");
}

/* Cancels and quick statements in dense sequence: not one neighbour may be hit. */
static void cancels_hit_nobody_else(void **state) {
    (void)state;
    config.max_size = 2;
    open_pool();
    fq_pg_statement sleep = client_statement("select pg_sleep(0.03)", 0);
    fq_pg_statement one = client_statement("select pg_sleep(0.001)", 0);
    for (int round = 0; round < 40; round++) {
        client_job *slow = job_of(&sleep, NULL, 0);
        client_job *others[8];
        client_submit(&c, slow);
        for (int i = 0; i < 8; i++) {
            others[i] = job_of(&one, NULL, 0);
            client_submit(&c, others[i]);
        }
        client_run_ms(&c, 20 + (uint64_t)round % 14); /* around the time at which it ends by itself */
        fq_pool_cancel(c.pool, &slow->job);
        client_wait(&c, slow);
        for (int i = 0; i < 8; i++) {
            client_wait(&c, others[i]);
            if (others[i]->failure != FQ_PG_OK) {
                fail_msg("neighbour %d in round %d: %d %s", i, round, others[i]->failure, others[i]->message);
            }
            free(others[i]);
        }
        free(slow);
    }
}

static void deadlines(void **state) {
    (void)state;
    (void)ask("drop table if exists late; create table late (id int)");
    config.max_size = 2;
    open_pool();
    fq_pg_statement sleep = client_statement("select pg_sleep(1000)", 0);
    fq_pg_statement write = client_statement("insert into late select 1 from pg_sleep(1000)", 0);
    fq_pg_statement quick = client_statement("insert into late select 2 from pg_sleep(0.1)", 0);
    client_job *reads = job_of(&sleep, NULL, 0);
    client_job *writes = job_of(&write, NULL, FQ_PG_JOB_WRITES);
    reads->job.deadline_ms = writes->job.deadline_ms = fq_clock_ms() + 200;
    client_submit(&c, reads);
    client_submit(&c, writes);
    client_job *waits = job_of(&quick, NULL, FQ_PG_JOB_WRITES);
    waits->job.deadline_ms = fq_clock_ms() + 100; /* no connection is idle until then */
    client_submit(&c, waits);
    client_wait(&c, waits);
    assert_int_equal(waits->failure, FQ_PG_TIMED_OUT);
    client_wait(&c, reads);
    client_wait(&c, writes);
    assert_int_equal(reads->failure, FQ_PG_TIMED_OUT);
    assert_int_equal(writes->failure, FQ_PG_TIMED_OUT);
    expect_active("0");
    assert_string_equal(ask("select count(*) from late"), "0");
    free(reads);
    free(writes);
    free(waits);
}

static void a_write_outlives_its_client(void **state) {
    (void)state;
    (void)ask("drop table if exists kept; create table kept (id int)");
    open_pool();
    fq_pg_statement write = client_statement("insert into kept select 1 from " AT_THE_GATE, 0);
    client_job *j = job_of(&write, NULL, FQ_PG_JOB_WRITES);
    close_gate();
    client_submit(&c, j);
    expect_active("1");
    fq_pool_cancel(c.pool, &j->job);
    client_wait(&c, j);
    assert_int_equal(j->failure, FQ_PG_CANCELLED);
    free(j);
    client_run_ms(&c, 100);
    expect_active("1");
    open_gate();
    client_close(&c); /* waits for it */
    c.pool = NULL;
    assert_string_equal(ask("select count(*) from kept"), "1");
}

/* ---- the pool ---- */

static void slow_jobs_do_not_hold_up_cheap_ones(void **state) {
    (void)state;
    config.max_size = 4;
    open_pool();
    fq_pg_statement gate = client_statement("select " AT_THE_GATE, 0);
    fq_pg_statement one = client_statement("select 1", 0);
    client_job *slow[6];
    close_gate();
    for (int i = 0; i < 6; i++) {
        slow[i] = job_of(&gate, NULL, FQ_PG_JOB_ALONE);
        client_submit(&c, slow[i]);
    }
    expect_active("3"); /* one connection is kept */
    for (int i = 0; i < 20; i++) {
        assert_string_equal(value_of(&one, NULL), "1");
    }
    for (int i = 0; i < 6; i++) {
        assert_int_equal(slow[i]->done, 0);
    }
    open_gate();
    for (int i = 0; i < 6; i++) {
        client_wait(&c, slow[i]);
        assert_int_equal(slow[i]->failure, FQ_PG_OK);
        free(slow[i]);
    }
}

/* Nobody has said that it is slow: it has proved so. */
static void slow_jobs_are_known_by_experience(void **state) {
    (void)state;
    open_pool();
    fq_pg_statement gate = client_statement("select pg_sleep($1::text::float8), " AT_THE_GATE, 1);
    fq_pg_statement one = client_statement("select 1", 0);
    (void)value_of(&gate, "0.1");
    close_gate();
    client_job *slow = job_of(&gate, "0", 0);
    client_submit(&c, slow);
    for (int i = 0; i < 20; i++) {
        client_job *quick = job_of(&one, NULL, 0);
        client_submit(&c, quick);
        client_wait(&c, quick);
        assert_int_equal(quick->failure, FQ_PG_OK);
        free(quick);
    }
    assert_int_equal(slow->done, 0);
    open_gate();
    client_wait(&c, slow);
    assert_int_equal(slow->failure, FQ_PG_OK);
    free(slow);
}

static void one_connection_serves_all(void **state) {
    (void)state;
    config.max_size = 1;
    config.min_idle = 0;
    open_pool();
    fq_pg_statement one = client_statement("select 1", 0);
    client_job *jobs[200];
    for (int i = 0; i < 200; i++) {
        static const unsigned flags[] = {0, FQ_PG_JOB_ALONE, 0, FQ_PG_JOB_WRITES, 0};
        jobs[i] = job_of(&one, NULL, flags[i % 5]);
        client_submit(&c, jobs[i]);
    }
    for (int i = 0; i < 200; i++) {
        client_wait(&c, jobs[i]);
        assert_int_equal(jobs[i]->failure, FQ_PG_OK);
        free(jobs[i]);
    }
    assert_int_equal(fq_pool_stats_get(c.pool).connects, 1);
}

static void cheap_jobs_share_few_connections(void **state) {
    (void)state;
    open_pool();
    fq_pg_statement one = client_statement("select 1", 0);
    client_job *jobs[32];
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 32; i++) {
            jobs[i] = job_of(&one, NULL, 0);
            client_submit(&c, jobs[i]);
        }
        for (int i = 0; i < 32; i++) {
            client_wait(&c, jobs[i]);
            assert_int_equal(jobs[i]->failure, FQ_PG_OK);
            free(jobs[i]);
        }
    }
    assert_in_range(fq_pool_stats_get(c.pool).connections, 2, 5);
}

static void the_queue_has_a_maximum(void **state) {
    (void)state;
    config.max_size = 1;
    config.queue_max = 5;
    open_pool();
    fq_pg_statement one = client_statement("select 1", 0);
    assert_string_equal(value_of(&one, NULL), "1");
    client_job *jobs[10];
    for (int i = 0; i < 10; i++) {
        jobs[i] = job_of(&one, NULL, FQ_PG_JOB_ALONE);
        client_submit(&c, jobs[i]);
    }
    int served = 0, refused = 0;
    for (int i = 0; i < 10; i++) {
        client_wait(&c, jobs[i]);
        served += jobs[i]->failure == FQ_PG_OK;
        refused += jobs[i]->failure == FQ_PG_UNAVAILABLE;
        free(jobs[i]);
    }
    assert_int_equal(served, 6);
    assert_int_equal(refused, 4);
}

static void nobody_is_there(void **state) {
    (void)state;
    static const char *const conninfos[] = {"host=/tmp/nowhere-at-all port=1", "host=127.0.0.1 port=1 password=s3cret",
                                            "this is no conninfo s3cret"};
    fq_pg_statement one = client_statement("select 1", 0);
    for (int i = 0; i < 3; i++) {
        config.conninfo = fq_slice_from_cstr(conninfos[i]);
        open_pool();
        for (int round = 0; round < 3; round++) {
            client_job *j = job_of(&one, NULL, 0);
            uint64_t start = fq_clock_ms();
            run(j);
            assert_int_equal(j->failure, FQ_PG_UNAVAILABLE);
            assert_true(strlen(j->message) > 0);
            assert_null(strstr(j->message, "s3cret"));
            assert_true(fq_clock_ms() - start < 10000); /* not the 30 s of the timeout */
            free(j);
        }
        assert_false(fq_pool_is_ready(c.pool));
        assert_true(fq_pool_last_error(c.pool).len > 0);
        client_close(&c);
        c.pool = NULL;
    }
}

static void connections_are_replaced(void **state) {
    (void)state;
    config.max_size = 3;
    config.min_idle = 1;
    config.max_lifetime_ms = 100;
    open_pool();
    fq_pg_statement one = client_statement("select 1", 0);
    for (int i = 0; i < 60; i++) {
        assert_string_equal(value_of(&one, NULL), "1");
        client_run_ms(&c, 10);
    }
    assert_true(fq_pool_stats_get(c.pool).connects >= 3);
    assert_int_equal(fq_pool_stats_get(c.pool).failures, 0);
    assert_true(fq_pool_is_ready(c.pool));
}

static void unused_connections_are_closed(void **state) {
    (void)state;
    config.max_size = 5;
    config.min_idle = 1;
    config.idle_timeout_ms = 100;
    open_pool();
    fq_pg_statement sleep = client_statement("select pg_sleep(0.05)", 0);
    client_job *jobs[4];
    for (int i = 0; i < 4; i++) {
        jobs[i] = job_of(&sleep, NULL, FQ_PG_JOB_ALONE);
        client_submit(&c, jobs[i]);
    }
    for (int i = 0; i < 4; i++) {
        client_wait(&c, jobs[i]);
        free(jobs[i]);
    }
    assert_true(fq_pool_stats_get(c.pool).connections > 1);
    for (int i = 0; i < 300 && fq_pool_stats_get(c.pool).connections > 1; i++) {
        client_run_ms(&c, 10);
    }
    assert_int_equal(fq_pool_stats_get(c.pool).connections, 1);
    assert_int_equal(fq_pool_stats_get(c.pool).failures, 0);
}

static void closing_drains(void **state) {
    (void)state;
    config.max_size = 1;
    open_pool();
    fq_pg_statement gate = client_statement("select " AT_THE_GATE ", 1", 0);
    fq_pg_statement one = client_statement("select 1", 0);
    close_gate();
    client_job *running = job_of(&gate, NULL, FQ_PG_JOB_ALONE);
    client_job *waiting = job_of(&one, NULL, 0);
    client_submit(&c, running);
    expect_active("1");
    client_submit(&c, waiting);
    client_run_ms(&c, 50);
    assert_int_equal(waiting->done, 0);
    fq_pool_close(c.pool, client_on_closed, &c);
    client_wait(&c, waiting);
    client_run_ms(&c, 50);
    assert_int_equal(running->done, 0);
    assert_false(c.closed);
    open_gate();
    while (!c.closed) {
        fq_event_loop_turn(c.loop, 1000);
    }
    fq_pool_free(c.pool);
    fq_event_loop_free(c.loop);
    c.pool = NULL;
    assert_int_equal(running->failure, FQ_PG_OK);
    assert_int_equal(running->rows, 1);
    assert_int_equal(waiting->failure, FQ_PG_UNAVAILABLE);
    free(running);
    free(waiting);
}

static void closing_while_a_connection_is_opened(void **state) {
    (void)state;
    fq_pg_statement one = client_statement("select 1", 0);
    for (uint64_t ms = 0; ms < 10; ms++) {
        open_pool();
        client_job *j = job_of(&one, NULL, 0);
        client_submit(&c, j);
        client_run_ms(&c, ms);
        client_close(&c);
        c.pool = NULL;
        assert_int_equal(j->done, 1);
        assert_true(j->failure == FQ_PG_OK || j->failure == FQ_PG_UNAVAILABLE);
        free(j);
    }
    for (int i = 0;
         i < 500 && strcmp(ask("select count(*) from pg_stat_activity where application_name = 'pool_test'"), "0") != 0;
         i++) {
        (void)ask("select pg_sleep(0.01)");
    }
    assert_string_equal(ask("select count(*) from pg_stat_activity where application_name = 'pool_test'"), "0");
}

/* ---- lost connections ---- */

static void terminated_backends(void **state) {
    (void)state;
    (void)ask("drop table if exists lost; create table lost (id int)");
    config.max_size = 3;
    open_pool();
    const char *kill =
        "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where application_name = 'pool_test'";
    fq_pg_statement gate = client_statement("select " AT_THE_GATE ", 1", 0);
    fq_pg_statement some = client_statement("select g from generate_series(1, 3000000) g", 0);
    fq_pg_statement write = client_statement("insert into lost select 1 from " AT_THE_GATE, 0);
    fq_pg_statement before = client_statement("select 1 where false", 0);
    client_job *read = job_of(&before, NULL, 0);
    client_add(read, &gate, NULL);
    client_job *write_job = job_of(&write, NULL, FQ_PG_JOB_WRITES);
    client_job *stream = job_of(&some, NULL, FQ_PG_JOB_ALONE);
    stream->pause_every = 1;
    close_gate();
    client_submit(&c, read);
    client_submit(&c, write_job);
    client_submit(&c, stream);
    expect_active("3");
    while (stream->paused == 0) {
        fq_event_loop_turn(c.loop, 1000);
    }
    (void)ask(kill);
    open_gate();
    stream->pause_every = 0;
    fq_pool_resume(c.pool, &stream->job);
    client_wait(&c, read);
    client_wait(&c, write_job);
    client_wait(&c, stream);
    assert_int_equal(read->failure, FQ_PG_OK); /* sent anew */
    assert_int_equal(read->rows, 1);
    assert_int_equal(read->completes, 2); /* not three */
    assert_int_equal(write_job->failure, FQ_PG_LOST);
    assert_string_equal(write_job->sqlstate, "57P01");
    assert_int_equal(stream->failure, FQ_PG_LOST);
    assert_string_equal(ask("select count(*) from lost"), "0");
    free(read);
    free(write_job);
    free(stream);

    /* idle connections that were ended are noticed before anything is sent on them */
    client_run_ms(&c, 50);
    for (int i = 0; i < 10; i++) {
        (void)ask(kill);
        fq_pg_statement insert = client_statement("insert into lost values (1)", 0);
        assert_int_equal(failure_of(&insert, NULL, FQ_PG_JOB_WRITES), FQ_PG_OK);
    }
    assert_string_equal(ask("select count(*) from lost"), "10");
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(rows_and_values),
        CASE(large_values),
        CASE(settings_end_with_the_segment),
        CASE(startup_settings),
        CASE(tuning),
        CASE(a_failure_leaves_neighbours_alone),
        CASE(a_failed_transaction_leaves_neighbours_alone),
        CASE(an_error_at_the_commit),
        CASE(what_does_not_fit),
        CASE(the_cache_is_bounded),
        CASE(nothing_is_prepared),
        CASE(names_that_vanish),
        CASE(names_of_somebody_else),
        CASE(a_plan_that_went_stale),
        CASE(types_that_changed),
        CASE(types_that_never_fitted),
        CASE(a_write_is_checked_before_it_runs),
        CASE(pausing),
        CASE(a_paused_job_lets_those_behind_go),
        CASE(cancelling),
        CASE(cancelling_in_a_row),
        CASE(cancels_hit_nobody_else),
        CASE(deadlines),
        CASE(a_write_outlives_its_client),
        CASE(slow_jobs_do_not_hold_up_cheap_ones),
        CASE(slow_jobs_are_known_by_experience),
        CASE(one_connection_serves_all),
        CASE(cheap_jobs_share_few_connections),
        CASE(the_queue_has_a_maximum),
        CASE(nobody_is_there),
        CASE(connections_are_replaced),
        CASE(unused_connections_are_closed),
        CASE(closing_drains),
        CASE(closing_while_a_connection_is_opened),
        CASE(terminated_backends),
    };
    if (database() == NULL) {
        fprintf(stderr, "FRAISEQL_TEST_DATABASE is not set\n");
        return 77;
    }
    judge = PQconnectdb(database());
    if (PQstatus(judge) != CONNECTION_OK) {
        fprintf(stderr, "%s", PQerrorMessage(judge));
        PQfinish(judge);
        return 1;
    }
    PQclear(PQexec(judge, "set client_min_messages = error"));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    PQfinish(judge);
    return failed;
}
