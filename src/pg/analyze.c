/* SPDX-License-Identifier: MIT */
/* See analyze.h. Parameters travel in their own types, as in the real request, so that the plan is the real one. */
#include "pg/analyze.h"

#include <libpq-fe.h>

static void close_connection(void *connection) { PQfinish(connection); }

static PGconn *open_connection(fq_arena *arena, fq_slice conninfo, fq_slice *error) {
    const char *const keywords[] = {"application_name", "gssencmode", "dbname", NULL};
    const char *const values[] = {"fraiseql explain", "disable", fq_arena_cstr(arena, conninfo), NULL};
    PGconn *connection = PQconnectdbParams(keywords, values, 1);
    fq_arena_on_free(arena, close_connection, connection);
    if (PQstatus(connection) != CONNECTION_OK) {
        *error = fq_arena_copy(arena, fq_slice_from_cstr(PQerrorMessage(connection)));
        return NULL;
    }
    return connection;
}

static bool check(fq_arena *arena, PGconn *connection, const PGresult *result, fq_slice *error) {
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
        return true;
    }
    *error = fq_arena_copy(arena, fq_slice_from_cstr(PQerrorMessage(connection)));
    return false;
}

static bool run_text(fq_arena *arena, PGconn *connection, const char *sql, fq_slice *error) {
    PGresult *result = PQexec(connection, sql);
    bool good = check(arena, connection, result, error);
    PQclear(result);
    return good;
}

static bool set_one(fq_arena *arena, PGconn *connection, const char *name, const char *value, fq_slice *error) {
    const char *const values[] = {name, value};
    PGresult *result = PQexecParams(connection, "select set_config($1, $2, true)", 2, NULL, values, NULL, NULL, 0);
    bool good = check(arena, connection, result, error);
    PQclear(result);
    return good;
}

/* The lines of a plan as one text. */
static fq_slice joined(fq_arena *arena, const PGresult *result) {
    size_t size = 0;
    int rows = PQntuples(result);
    for (int i = 0; i < rows; i++) {
        size += (size_t)PQgetlength(result, i, 0) + 1;
    }
    char *text = fq_arena_alloc(arena, size + 1);
    size_t len = 0;
    for (int i = 0; i < rows; i++) {
        size_t n = (size_t)PQgetlength(result, i, 0);
        memcpy(text + len, PQgetvalue(result, i, 0), n);
        text[len + n] = '\n';
        len += n + 1;
    }
    return fq_slice_of(text, len);
}

static bool run_step(fq_arena *arena, PGconn *connection, fq_analyze_step *step, fq_slice *error) {
    const char **values = FQ_NEW_ARRAY(arena, const char *, step->n_params);
    int *lengths = FQ_NEW_ARRAY(arena, int, step->n_params);
    int *formats = FQ_NEW_ARRAY(arena, int, step->n_params);
    for (uint32_t i = 0; i < step->n_params; i++) {
        const fq_pg_value *value = &step->values[i];
        values[i] = value->value.ptr != NULL ? fq_arena_cstr(arena, value->value) : NULL;
        lengths[i] = (int)value->value.len;
        formats[i] = value->binary;
    }
    fq_slice sql =
        fq_arena_printf(arena, "%s%.*s", step->explain ? "explain (analyze, buffers) " : "", FQ_PRI(step->sql));
    PGresult *result = PQexecParams(connection, sql.ptr, (int)step->n_params, step->oids, values, lengths, formats, 0);
    bool good = check(arena, connection, result, error);
    if (good && step->explain) {
        step->plan = joined(arena, result);
    }
    PQclear(result);
    return good;
}

bool fq_analyze(fq_arena *arena, fq_slice conninfo, const char *tuning, const char *const *settings,
                fq_analyze_mode mode, fq_analyze_step *steps, uint32_t n_steps, fq_slice *error) {
    PGconn *connection = open_connection(arena, conninfo, error);
    if (connection != NULL && tuning != NULL) {
        PQclear(PQexec(connection, tuning));
    }
    const char *begin = mode == FQ_ANALYZE_WRITES ? "begin isolation level read committed read write"
                                                  : "begin isolation level repeatable read read only";
    bool good = connection != NULL && run_text(arena, connection, begin, error);
    for (uint32_t i = 0; good && settings[i] != NULL; i += 2) {
        good = set_one(arena, connection, settings[i], settings[i + 1], error);
    }
    for (uint32_t i = 0; good && i < n_steps; i++) {
        good = run_step(arena, connection, &steps[i], error);
    }
    return good; /* the connection's end, with the arena's, rolls back */
}
