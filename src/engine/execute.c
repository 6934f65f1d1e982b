/* SPDX-License-Identifier: MIT */
/* Runs a bound plan: one job for all fields of a query, one job (a transaction) per field of a mutation, rows to the
 * writers as they come, errors to their fields. Invariant: `out` holds the answer up to the field `root`, whose value
 * begins at root_start; what has been handed out is never touched again. */
#include "engine/request.h"

#include "engine/answer.h"
#include "json/writer.h"

/* Chunks after the first one: large enough to be worth a write, small enough to keep memory flat. */
#define STREAM_CHUNK (64 * 1024)

static const fq_pg_handler job_handler;
typedef FQ_VEC(fq_pg_call) call_list;

static fraiseql_request *request_of(fq_pg_job *job) {
    return (fraiseql_request *)((char *)job - offsetof(fraiseql_request, job));
}

static const fq_plan *plan_of(const fraiseql_request *request) { return request->plan->plan; }

static const fq_plan_root *root_of(const fraiseql_request *request) { return &plan_of(request)->roots[request->root]; }

/* ---- errors ---- */

static void locate_at(fraiseql_request *request, fq_error *error, const fq_plan_root *root, uint32_t offset) {
    fq_path_step *path = FQ_NEW(request->arena, fq_path_step);
    path->key = root->key;
    error->path = path;
    error->n_path = 1;
    fq_error_locate(&request->errors, error, fq_cached_text_offset(request->text, offset));
}

static void locate(fraiseql_request *request, fq_error *error, const fq_plan_root *root) {
    locate_at(request, error, root, root->offset);
}

static void add_failure(fraiseql_request *request, const fq_plan_root *root, fq_pg_failure failure,
                        const fq_wire_error *wire) {
    fq_error_detail detail = (request->flags & FRAISEQL_ERROR_DETAIL) != 0 ? FQ_DETAIL_SHOWN : FQ_DETAIL_HIDDEN;
    bool writes = plan_of(request)->kind == FQ_MUTATION;
    fq_errors *errors = &request->errors;
    fq_error *error;
    switch (failure) {
    case FQ_PG_SERVER_ERROR:
        error = fq_answer_database_error(errors, request->text->operation->schema, wire, detail);
        break;
    case FQ_PG_TIMED_OUT:
    case FQ_PG_CANCELLED:
        error = fq_errors_add(errors, FQ_ERR_TIMEOUT, "The request took too long and was given up (request_timeout)");
        break;
    case FQ_PG_TYPES_CHANGED:
        error = fq_errors_add(errors, FQ_ERR_DATABASE_ERROR,
                              "The database's schema has changed since it was read; reload the schema");
        break;
    case FQ_PG_LOST:
        error =
            fq_errors_add(errors, FQ_ERR_DATABASE_ERROR, "%s",
                          writes ? "The connection to the database was lost during a write: whether it took effect is "
                                   "not known"
                                 : "The connection to the database was lost");
        break;
    default:
        error = fq_errors_add(errors, FQ_ERR_SERVICE_UNAVAILABLE, "The database is not available");
        break;
    }
    locate(request, error, root);
}

static void add_not_run(fraiseql_request *request, const fq_plan_root *root) {
    fq_error *error = fq_errors_add(&request->errors, FQ_ERR_DATABASE_ERROR,
                                    "Not executed: another field of the same request failed");
    locate(request, error, root);
}

/* Field errors come from the writer with offsets of the plan's own document. */
static void translate_field_errors(fraiseql_request *request, uint32_t first) {
    for (uint32_t i = first; i < request->errors.list.len; i++) {
        fq_error *error = &request->errors.list.items[i];
        uint32_t *offsets = FQ_NEW_ARRAY(request->arena, uint32_t, error->n_offsets);
        for (uint32_t o = 0; o < error->n_offsets; o++) {
            offsets[o] = fq_cached_text_offset(request->text, error->offsets[o]);
        }
        error->offsets = offsets;
    }
}

/* ---- the answer ---- */

static void write_key(fraiseql_request *request, fq_slice key) {
    fq_buffer_literal(&request->out, "\"");
    fq_buffer_slice(&request->out, key);
    fq_buffer_literal(&request->out, "\":");
}

static void add_refusal(fraiseql_request *request, const fq_plan_root *root) {
    fq_error *error = fq_errors_add(&request->errors, FQ_ERR_BAD_USER_INPUT, "%.*s", FQ_PRI(root->refusal->message));
    locate_at(request, error, root, root->refusal->offset);
    request->data_null = request->data_null || root->non_null;
}

/* Writes keys and constants up to the next field that has rows to come, and makes that one's writer. */
static void open_root(fraiseql_request *request) {
    const fq_plan *plan = plan_of(request);
    for (; request->root < plan->n_roots; request->root++) {
        const fq_plan_root *root = root_of(request);
        if (request->n_roots_written++ > 0) {
            fq_buffer_char(&request->out, ',');
        }
        write_key(request, root->key);
        request->root_start = request->out.len;
        if (root->constant.ptr == NULL) {
            request->root_nulled = false;
            request->writer = fq_writer_new(request->arena, root->program, &request->out, &request->errors);
            return;
        }
        fq_buffer_slice(&request->out, root->constant);
        if (root->refusal != NULL) {
            add_refusal(request, root);
        }
    }
}

static void null_root(fraiseql_request *request) {
    if (root_of(request)->non_null) {
        request->data_null = true;
    }
    fq_buffer_truncate(&request->out, request->root_start);
    fq_buffer_literal(&request->out, "null");
}

static void take_state(fraiseql_request *request, fq_writer_state state) {
    if (state == FQ_WRITER_NULLED) {
        request->root_nulled = true;
    } else if (state == FQ_WRITER_BROKEN && !request->root_nulled) {
        request->root_nulled = true;
        fq_error *error;
        if (request->out.failed) {
            error = fq_errors_add(&request->errors, FQ_ERR_LIMIT_EXCEEDED,
                                  "The answer exceeds the limit of %zu bytes (max_buffered_answer)", request->out.max);
        } else if (fq_arena_failed(request->arena)) {
            error =
                fq_errors_add(&request->errors, FQ_ERR_LIMIT_EXCEEDED, "The rows of the answer take too much memory");
        } else {
            error = fq_errors_add(&request->errors, FQ_ERR_INTERNAL, "The database's answer could not be read");
        }
        request->out.failed = false;
        locate(request, error, root_of(request));
    }
}

static void close_root(fraiseql_request *request) {
    uint32_t n_errors = request->errors.list.len;
    if (!request->root_nulled) {
        take_state(request, fq_writer_finish(request->writer));
        translate_field_errors(request, n_errors);
    }
    if (request->root_nulled) {
        if (request->sent > 0) {
            request->broken = true;
        } else {
            null_root(request);
        }
    }
    request->writer = NULL;
    request->root++;
    open_root(request);
}

static void finish(fraiseql_request *request) {
    fq_buffer *out = &request->out;
    if (request->broken) {
        fq_request_end(request);
        return;
    }
    if (request->data_null && request->sent > 0) {
        request->broken = true;
        fq_request_end(request);
        return;
    }
    if (request->data_null) {
        fq_buffer_clear(out);
        fq_buffer_literal(out, "{\"data\":null");
    } else {
        fq_buffer_char(out, '}');
    }
    if (fq_errors_any(&request->errors)) {
        fq_buffer_char(out, ',');
        fq_answer_errors(out, &request->errors, fq_request_source(request));
    }
    fq_buffer_char(out, '}');
    if (out->failed) {
        request->errors.list.len = 0;
        fq_errors_add(&request->errors, FQ_ERR_LIMIT_EXCEEDED,
                      "The answer exceeds the limit of %zu bytes (max_buffered_answer)", out->max);
        fq_request_fail(request, FRAISEQL_RESULT_DATA);
        return;
    }
    fq_request_end(request);
}

/* ---- rows ---- */

/* The plan's statement that a call of the job stands for; false for settings and transaction frames. */
static bool statement_of(const fraiseql_request *request, uint32_t call, uint32_t *statement) {
    if (call < request->first_call || request->root >= plan_of(request)->n_roots) {
        return false;
    }
    *statement = call - request->first_call + request->first_statement;
    const fq_plan_root *root = root_of(request);
    return *statement >= root->first_statement && *statement < root->first_statement + root->n_statements;
}

static bool wants_flush(const fraiseql_request *request) {
    size_t threshold = request->sent > 0 ? STREAM_CHUNK : request->worker->engine->limits.response_buffer;
    return request->streams && root_of(request)->streams && request->out.len >= threshold;
}

static void begin_answer(fraiseql_request *request) {
    fq_buffer_clear(&request->out);
    request->errors.list.len = 0;
    request->data_null = false;
    request->root = 0;
    request->n_roots_written = 0;
    fq_buffer_literal(&request->out, "{\"data\":{");
    open_root(request);
}

/* A read that is sent anew comes with a new snapshot: what the old one wrote (no rows, but perhaps empty lists) is
 * dropped. */
static void on_restarted(fq_pg_job *job) {
    fraiseql_request *request = request_of(job);
    if (!request->released && plan_of(request)->kind == FQ_QUERY) {
        begin_answer(request);
    }
}

static fq_pg_row_verdict on_row(fq_pg_job *job, uint32_t call, const fq_slice *columns, uint32_t n_columns) {
    fraiseql_request *request = request_of(job);
    uint32_t statement;
    if (request->released) {
        return FQ_PG_MORE;
    }
    if (request->root_nulled || !statement_of(request, call, &statement)) {
        return FQ_PG_MORE;
    }
    uint32_t n_errors = request->errors.list.len;
    take_state(request,
               fq_writer_row(request->writer, statement - root_of(request)->first_statement, columns, n_columns));
    if (request->errors.list.len > n_errors) {
        translate_field_errors(request, n_errors);
    }
    if (!request->root_nulled && wants_flush(request)) {
        fq_request_hand_out(request);
        return FQ_PG_PAUSE;
    }
    return FQ_PG_MORE;
}

void fq_request_continue(fraiseql_request *request) {
    fq_writer_flushed(request->writer, request->handed);
    fq_buffer_consume(&request->out, request->handed);
    request->root_start = 0;
    request->handed = 0;
    fq_pool_resume(request->worker->pool, &request->job);
}

static void on_complete(fq_pg_job *job, uint32_t call) {
    fraiseql_request *request = request_of(job);
    uint32_t statement;
    if (request->released) {
        return;
    }
    if (plan_of(request)->kind == FQ_MUTATION || !statement_of(request, call, &statement)) {
        return; /* a mutation's field is complete when its transaction is */
    }
    const fq_plan_root *root = root_of(request);
    if (statement == root->first_statement + root->n_statements - 1) {
        close_root(request);
    }
}

/* ---- jobs ---- */

static void push_call(call_list *calls, fq_arena *arena, const fq_pg_statement *statement, const fq_pg_value *values) {
    fq_vec_push(arena, calls, (fq_pg_call){.statement = statement, .values = values});
}

static void submit(fraiseql_request *request, const call_list *calls, unsigned flags) {
    request->job = (fq_pg_job){
        .handler = &job_handler,
        .calls = calls->items,
        .n_calls = calls->len,
        .flags = flags,
        .deadline_ms = request->deadline_ms,
    };
    request->job_active = true;
    fq_pool_submit(request->worker->pool, &request->job);
}

static bool opens_plain(const fraiseql_request *request) { return !request->worker->engine->options.prepared; }

static void push_settings(fraiseql_request *request, call_list *calls) {
    if (opens_plain(request)) {
        push_call(calls, request->arena, fq_frame_statement(FQ_FRAME_ENCODING), NULL);
    }
    uint32_t n_pairs = request->settings.values.len / 2;
    if (n_pairs > 0) {
        push_call(calls, request->arena, fq_settings_statement(n_pairs), request->settings.values.items);
    }
}

static void push_statements(fraiseql_request *request, call_list *calls, uint32_t from, uint32_t to) {
    request->first_call = calls->len;
    request->first_statement = from;
    for (uint32_t i = from; i < to; i++) {
        push_call(calls, request->arena, &request->plan->statements[i], request->values[i]);
    }
}

static bool may_be_long(const fq_plan *plan) {
    for (uint32_t i = 0; i < plan->n_roots; i++) {
        if (plan->roots[i].streams) {
            return true;
        }
    }
    return false;
}

static void run_query(fraiseql_request *request) {
    const fq_plan *plan = plan_of(request);
    call_list calls = {0};
    bool framed = opens_plain(request);
    if (framed) {
        push_call(&calls, request->arena, fq_frame_statement(FQ_FRAME_BEGIN_READ), NULL);
    }
    push_settings(request, &calls);
    push_statements(request, &calls, 0, plan->n_statements);
    if (framed) {
        push_call(&calls, request->arena, fq_frame_statement(FQ_FRAME_COMMIT), NULL);
    }
    submit(request, &calls, may_be_long(plan) ? FQ_PG_JOB_ALONE : 0);
}

static void run_mutation_field(fraiseql_request *request) {
    const fq_plan_root *root = root_of(request);
    call_list calls = {0};
    push_call(&calls, request->arena, fq_frame_statement(FQ_FRAME_BEGIN_WRITE), NULL);
    push_settings(request, &calls);
    push_statements(request, &calls, root->first_statement - root->n_before,
                    root->first_statement + root->n_statements);
    push_call(&calls, request->arena, fq_frame_statement(FQ_FRAME_COMMIT), NULL);
    submit(request, &calls, FQ_PG_JOB_WRITES);
}

/* Runs what is next: the whole query, or the next field of a mutation; or ends. */
static void run_next(fraiseql_request *request) {
    const fq_plan *plan = plan_of(request);
    if (request->root >= plan->n_roots) {
        finish(request);
    } else if (request->worker->pool == NULL) {
        fq_errors_add(&request->errors, FQ_ERR_SERVICE_UNAVAILABLE, "No database is configured");
        fq_request_fail(request, FRAISEQL_RESULT_UNAVAILABLE);
    } else if (plan->kind == FQ_MUTATION) {
        run_mutation_field(request);
    } else {
        run_query(request);
    }
}

void fq_request_execute(fraiseql_request *request) {
    begin_answer(request);
    run_next(request);
}

/* ---- ends of jobs ---- */

/* Nothing was executed and nothing has been written: the request as a whole is refused. */
static bool refuse_whole(fraiseql_request *request, fq_pg_failure failure, const fq_wire_error *wire) {
    bool first = request->sent == 0;
    for (uint32_t i = 0; i < request->root; i++) {
        first = first && plan_of(request)->roots[i].constant.ptr != NULL;
    }
    bool read_lost = failure == FQ_PG_LOST && plan_of(request)->kind == FQ_QUERY;
    if (!first || (failure != FQ_PG_UNAVAILABLE && !read_lost)) {
        return false;
    }
    fq_slice why = wire != NULL ? wire->message : (fq_slice){0};
    bool shown = (request->flags & FRAISEQL_ERROR_DETAIL) != 0 && why.len > 0;
    request->errors.list.len = 0;
    fq_errors_add(&request->errors, FQ_ERR_SERVICE_UNAVAILABLE, "%s%s%.*s",
                  read_lost ? "The connection to the database was lost" : "The database is not available",
                  shown ? ": " : "", shown ? (int)why.len : 0, shown ? why.ptr : "");
    fq_request_fail(request, FRAISEQL_RESULT_UNAVAILABLE);
    return true;
}

/* The failing field and all that did not come to their turn. */
static void fail_roots(fraiseql_request *request, fq_pg_failure failure, const fq_wire_error *wire) {
    const fq_plan *plan = plan_of(request);
    bool first = true;
    while (request->root < plan->n_roots) {
        const fq_plan_root *root = root_of(request);
        if (request->sent > 0) {
            request->broken = true;
        }
        if (!first && failure == FQ_PG_SERVER_ERROR) {
            add_not_run(request, root);
        } else if (!request->root_nulled || !first) {
            add_failure(request, root, failure, wire);
        }
        null_root(request);
        first = false;
        request->writer = NULL;
        request->root++;
        if (plan->kind == FQ_MUTATION) {
            open_root(request);
            return;
        }
        open_root(request);
    }
}

/* A column, relation, function, type or schema of our own statement is gone: an error inside of somebody's function has
 * no position in our text, and would have the schema read anew without end. */
static bool is_stale(fq_pg_failure failure, const fq_wire_error *wire) {
    static const fq_slice states[] = {FQ_S_INIT("42703"), FQ_S_INIT("42P01"), FQ_S_INIT("42883"), FQ_S_INIT("42704"),
                                      FQ_S_INIT("3F000")};
    if (failure == FQ_PG_TYPES_CHANGED) {
        return true;
    }
    bool ours = failure == FQ_PG_SERVER_ERROR && wire != NULL && wire->position.len > 0;
    for (size_t i = 0; ours && i < sizeof(states) / sizeof(states[0]); i++) {
        if (fq_slice_equal(wire->sqlstate, states[i])) {
            return true;
        }
    }
    return false;
}

static void on_done(fq_pg_job *job, fq_pg_failure failure, uint32_t call, const fq_wire_error *wire) {
    (void)call;
    fraiseql_request *request = request_of(job);
    request->job_active = false;
    if (request->released && plan_of(request)->kind != FQ_MUTATION) {
        fraiseql_request_free(request);
        return;
    }
    if (is_stale(failure, wire)) {
        fq_plan_cache_forget(&request->worker->plans, request->plan);
        request->worker->engine->stale = 1;
    }
    if (failure == FQ_PG_OK && plan_of(request)->kind == FQ_MUTATION) {
        close_root(request);
    } else if (failure != FQ_PG_OK) {
        if (refuse_whole(request, failure, wire)) {
            return;
        }
        fail_roots(request, failure, wire);
    }
    run_next(request);
}

static const fq_pg_handler job_handler = {
    .row = on_row, .complete = on_complete, .restarted = on_restarted, .done = on_done};
