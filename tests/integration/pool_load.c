/* SPDX-License-Identifier: MIT */
/* Keeps a pool busy and checks every answer; for the fault tests, which break what they can meanwhile, and for
 * measuring.
 *
 *     pool_load CONNINFO lookup|mixed SECONDS JOBS [MAX_CONNECTIONS [DEADLINE_MS]]
 *
 * Makes the tables it needs, prints "running" once they are there, and at the end one JSON object. "wrong" counts
 * answers that differ from the truth; everything else may happen to a pool whose server is being ill-treated. */
#include <inttypes.h>
#include <libpq-fe.h>
#include <sys/resource.h>

#include "pool_client.h"

#define USERS 100000
#define JOBS_MAX 512

typedef enum kind { LOOKUP, STREAM, PAIR, FAILING, WRITE, KINDS } kind;

typedef struct load_job {
    fq_pg_job job;
    fq_pg_call calls[4];
    fq_pg_value values[1];
    kind kind;
    uint32_t id;
    char binary_id[4];
    uint32_t rows;
    bool wrong;
    struct load_job *resumable; /* in the list of jobs to resume */
} load_job;

static client c;
static load_job jobs[JOBS_MAX];
static load_job *to_resume;
static fq_pg_statement statements[KINDS], begin_read, commit_read, user_statement;
static bool mixed, stopping;
static uint32_t under_way, next_write = 1, deadline_ms;
static uint64_t outcomes[FQ_PG_TYPES_CHANGED + 1], wrong, writes_ok, ok_last_second, last_second_from;
static char first_wrong[200];

static uint32_t random_u32(void) {
    static uint64_t x = 88172645463325252u;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (uint32_t)(x >> 16);
}

static void put_u32(char *at, uint32_t value) {
    for (int i = 0; i < 4; i++) {
        at[i] = (char)(value >> (24 - 8 * i));
    }
}

static bool is_user(const load_job *j, const fq_slice *columns, uint32_t n_columns) {
    char name[32];
    int len = snprintf(name, sizeof(name), "user %u", j->id);
    return n_columns == 3 && columns[0].len == 4 && fq_wire_u32(columns[0].ptr) == j->id &&
           fq_slice_equal(columns[1], fq_slice_of(name, (size_t)len));
}

static fq_pg_row_verdict on_row(fq_pg_job *job, uint32_t call, const fq_slice *columns, uint32_t n_columns) {
    load_job *j = (load_job *)job;
    (void)call;
    j->rows++;
    if (j->kind == STREAM) {
        j->wrong = j->wrong || columns[0].len != 4 || fq_wire_u32(columns[0].ptr) != j->rows;
        if (j->rows % 500 == 0) {
            j->resumable = to_resume;
            to_resume = j;
            return FQ_PG_PAUSE;
        }
    } else {
        j->wrong = j->wrong || !is_user(j, columns, n_columns);
    }
    return FQ_PG_MORE;
}

static uint32_t expected_rows(kind k) {
    static const uint32_t rows[] = {[LOOKUP] = 1, [STREAM] = 2000, [PAIR] = 2, [FAILING] = 0, [WRITE] = 0};
    return rows[k];
}

static void start(load_job *j);

static void unlist(const load_job *j) {
    for (load_job **at = &to_resume; *at != NULL; at = &(*at)->resumable) {
        if (*at == j) {
            *at = j->resumable;
            return;
        }
    }
}

static void judge(load_job *j, fq_pg_failure failure, const fq_wire_error *error) {
    bool bad = j->wrong;
    if (failure == FQ_PG_OK) {
        bad = bad || j->rows != expected_rows(j->kind) || j->kind == FAILING;
        writes_ok += j->kind == WRITE;
    } else if (failure == FQ_PG_SERVER_ERROR) {
        bad = bad || j->kind != FAILING || !fq_slice_equal(error->sqlstate, FQ_S("22012"));
    } else if (failure == FQ_PG_TYPES_CHANGED || failure == FQ_PG_CANCELLED) {
        bad = true;
    }
    if (bad && wrong++ == 0) {
        (void)snprintf(first_wrong, sizeof(first_wrong), "kind %d failure %d rows %u %.*s", j->kind, failure, j->rows,
                       error != NULL ? (int)error->message.len : 0, error != NULL ? error->message.ptr : "");
    }
}

static void on_done(fq_pg_job *job, fq_pg_failure failure, uint32_t call, const fq_wire_error *error) {
    load_job *j = (load_job *)job;
    (void)call;
    unlist(j);
    judge(j, failure, error);
    outcomes[failure]++;
    under_way--;
    if (failure == FQ_PG_OK && last_second_from != 0 && fq_clock_ms() >= last_second_from) {
        ok_last_second++;
    }
    if (!stopping) {
        start(j);
    }
}

static const fq_pg_handler handler = {.row = on_row, .done = on_done};

static kind any_kind(void) {
    uint32_t r = random_u32() % 100;
    return !mixed || r < 70 ? LOOKUP : r < 75 ? STREAM : r < 85 ? PAIR : r < 95 ? FAILING : WRITE;
}

static void add(load_job *j, const fq_pg_statement *statement) {
    j->calls[j->job.n_calls++] = (fq_pg_call){.statement = statement, .values = j->values};
}

static void start(load_job *j) {
    *j = (load_job){.job = {.handler = &handler}, .kind = any_kind()};
    j->id = j->kind == WRITE ? next_write++ : 1 + random_u32() % USERS;
    j->id = j->kind == FAILING ? 0 : j->id;
    put_u32(j->binary_id, j->id);
    j->values[0] = (fq_pg_value){.value = fq_slice_of(j->binary_id, 4), .binary = 1};
    j->job.calls = j->calls;
    j->job.flags = j->kind == WRITE ? FQ_PG_JOB_WRITES : j->kind == STREAM ? FQ_PG_JOB_ALONE : 0;
    j->job.deadline_ms = deadline_ms != 0 ? fq_clock_ms() + deadline_ms : 0;
    if (j->kind == PAIR) {
        add(j, &begin_read);
        add(j, &statements[PAIR]);
        add(j, &user_statement);
        add(j, &commit_read);
    } else {
        add(j, &statements[j->kind]);
    }
    under_way++;
    fq_pool_submit(c.pool, &j->job);
}

static void make_statement(fq_pg_statement *s, const char *sql, uint32_t n_params, uint32_t n_columns) {
    static const uint32_t int_oid[] = {23};
    static const uint8_t formats[] = {1, 0, 0};
    static const uint32_t columns[] = {23, 25, 25};
    *s = (fq_pg_statement){.id = fq_pg_statement_id(),
                           .sql = fq_slice_from_cstr(sql),
                           .oids = int_oid,
                           .n_params = n_params,
                           .formats = formats,
                           .columns = columns,
                           .n_columns = n_columns,
                           .weight = 17000};
}

static void make_statements(void) {
    make_statement(&begin_read, "begin isolation level repeatable read read only", 0, 0);
    make_statement(&commit_read, "commit", 0, 0);
    make_statement(&statements[LOOKUP], "select id, name, email from load_users where id = $1", 1, 3);
    make_statement(&user_statement, "select id, name, email from load_users where id = $1 and id > 0", 1, 3);
    make_statement(&statements[STREAM], "select g::int from generate_series(1, 2000) g where $1::int > 0", 1, 1);
    make_statement(&statements[PAIR], "select id, name, email from load_users where id = $1 and true", 1, 3);
    make_statement(&statements[FAILING], "select 1 / $1::int", 1, 1);
    make_statement(&statements[WRITE], "insert into load_written values ($1)", 1, 0);
}

static bool make_tables(const char *conninfo) {
    PGconn *pq = PQconnectdb(conninfo);
    PGresult *result = PQexec(
        pq,
        "set client_min_messages = error; drop table if exists load_written; create table load_written (id int primary "
        "key);"
        "create table if not exists load_users (id int primary key, name text not null, email text not null);"
        "insert into load_users select g, 'user ' || g, 'u' || g || '@example.org' from generate_series(1, 100000) g "
        "on conflict do nothing; analyze load_users");
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!ok) {
        fprintf(stderr, "%s", PQerrorMessage(pq));
    }
    PQclear(result);
    PQfinish(pq);
    return ok;
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void turn(void) {
    while (to_resume != NULL) {
        load_job *j = to_resume;
        to_resume = j->resumable;
        fq_pool_resume(c.pool, &j->job);
    }
    fq_event_loop_turn(c.loop, to_resume != NULL ? 0 : 100);
}

static void report(double seconds, double cpu) {
    fq_pool_stats stats = fq_pool_stats_get(c.pool);
    uint64_t all = 0;
    for (int i = 0; i <= FQ_PG_TYPES_CHANGED; i++) {
        all += outcomes[i];
    }
    printf("{\"seconds\": %.3f, \"jobs\": %" PRIu64 ", \"per_second\": %.0f, \"cpu_us\": %.2f, \"ok\": %" PRIu64
           ", \"server_error\": %" PRIu64 ", \"unavailable\": %" PRIu64 ", \"lost\": %" PRIu64
           ", \"timed_out\": %" PRIu64 ", \"wrong\": %" PRIu64 ", \"writes_ok\": %" PRIu64
           ", \"ok_last_second\": %" PRIu64 ", \"connects\": %" PRIu64 ", \"failures\": %" PRIu64
           ", \"connections\": %u, \"first_wrong\": \"%s\"}\n",
           seconds, all, (double)all / seconds, cpu * 1e6 / (double)all, outcomes[FQ_PG_OK],
           outcomes[FQ_PG_SERVER_ERROR], outcomes[FQ_PG_UNAVAILABLE], outcomes[FQ_PG_LOST], outcomes[FQ_PG_TIMED_OUT],
           wrong, writes_ok, ok_last_second, stats.connects, stats.failures, stats.connections, first_wrong);
    fflush(stdout);
}

int main(int argc, char **argv) {
    if (argc < 5) {
        fprintf(stderr, "usage: pool_load CONNINFO lookup|mixed SECONDS JOBS [MAX_CONNECTIONS [DEADLINE_MS]]\n");
        return 2;
    }
    const char *direct =
        getenv("POOL_LOAD_DIRECT"); /* where the tables are made when CONNINFO leads through a faulty proxy */
    if (!make_tables(direct != NULL ? direct : argv[1])) {
        return 1;
    }
    mixed = strcmp(argv[2], "mixed") == 0;
    double seconds = atof(argv[3]);
    uint32_t n = (uint32_t)atoi(argv[4]);
    n = n < JOBS_MAX ? n : JOBS_MAX;
    deadline_ms = argc > 6 ? (uint32_t)atoi(argv[6]) : 0;
    fq_pool_config config = FQ_POOL_CONFIG_DEFAULT;
    static const char *const settings[] = {"plan_cache_mode", "force_generic_plan", "jit", "off", NULL};
    config.conninfo = fq_slice_from_cstr(argv[1]);
    config.settings = settings;
    config.max_size = argc > 5 ? (uint32_t)atoi(argv[5]) : config.max_size;
    make_statements();
    client_open(&c, &config);
    printf("running\n");
    fflush(stdout);
    double cpu = cpu_seconds();
    uint64_t from = fq_clock_ms(), until = from + (uint64_t)(seconds * 1000);
    last_second_from = until - 1000;
    for (uint32_t i = 0; i < n; i++) {
        start(&jobs[i]);
    }
    while (fq_clock_ms() < until) {
        turn();
    }
    stopping = true;
    while (under_way > 0) {
        turn();
    }
    report((double)(fq_clock_ms() - from) / 1000, cpu_seconds() - cpu);
    client_close(&c);
    return wrong > 0;
}
