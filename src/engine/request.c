/* SPDX-License-Identifier: MIT */
/* A request's life: made by submit, handed out in chunks, freed when the front end has let go of it, no job is under
 * way and no deferred call refers to it. Every end goes through fq_request_end; no callback comes from inside submit.
 */
#include "engine/request.h"

#include <stdlib.h>

#include "engine/answer.h"

static void destroy_if_over(fraiseql_request *request);

static void request_destroy(fraiseql_request *request) {
    fraiseql_worker *worker = request->worker;
    if (request->parent != NULL) {
        request->parent->members_alive--;
        destroy_if_over(request->parent);
    }
    fq_cached_text_unref(request->text);
    fq_cached_plan_unref(request->plan);
    fq_buffer_done(&request->out);
    fq_worker_return_arena(worker, request->arena);
    free(request);
    fq_worker_request_gone(worker);
}

static void destroy_if_over(fraiseql_request *request) {
    if (request->released && !request->job_active && !request->deferred && request->members_alive == 0) {
        request_destroy(request);
    }
}

/* ---- handing out ---- */

static void hand_out_last(void *arg) {
    fraiseql_request *request = arg;
    request->deferred = false;
    if (request->released) {
        destroy_if_over(request);
        return;
    }
    request->state = FQ_REQUEST_ENDED;
    fraiseql_chunk chunk = {
        .result = request->result,
        .bytes = fq_to_public(request->broken ? FQ_S("") : fq_buffer_view(&request->out)),
        .last = true,
        .broken = request->broken,
        .has_errors = fq_errors_any(&request->errors),
    };
    request->worker->broken_answers += request->broken;
    request->worker->request_errors += chunk.has_errors;
    request->on_chunk(request, request->arg, &chunk);
}

void fq_request_end(fraiseql_request *request) {
    request->state = FQ_REQUEST_ENDING;
    request->deferred = true;
    const fq_loop *loop = &request->worker->loop;
    loop->defer(loop->ctx, hand_out_last, request);
}

fq_slice fq_request_source(const fraiseql_request *request) {
    return request->text != NULL ? request->text->document->source : request->input.query;
}

void fq_request_fail(fraiseql_request *request, fraiseql_result result) {
    request->result = result;
    fq_buffer_clear(&request->out);
    fq_buffer_char(&request->out, '{');
    fq_answer_errors(&request->out, &request->errors, fq_request_source(request));
    fq_buffer_char(&request->out, '}');
    fq_request_end(request);
}

void fq_request_hand_out(fraiseql_request *request) {
    request->state = FQ_REQUEST_HANDED;
    request->handed = request->out.len;
    request->sent += request->handed;
    fraiseql_chunk chunk = {.result = request->result, .bytes = fq_to_public(fq_buffer_view(&request->out))};
    request->on_chunk(request, request->arg, &chunk);
}

void fraiseql_request_resume(fraiseql_request *request) {
    if (request->state == FQ_REQUEST_HANDED) {
        request->state = FQ_REQUEST_RUNNING;
        fq_request_continue(request);
    }
}

/* ---- life ---- */

static fraiseql_request *request_new(fraiseql_worker *worker, const fraiseql_input *input, fraiseql_on_chunk on_chunk,
                                     void *arg) {
    fraiseql_request *request = calloc(1, sizeof(*request));
    if (request == NULL) {
        abort();
    }
    const fq_limits *limits = &worker->engine->limits;
    uint64_t timeout = input->timeout_ms > 0 ? input->timeout_ms : limits->request_ms;
    request->worker = worker;
    request->arena = fq_worker_take_arena(worker);
    request->on_chunk = on_chunk;
    request->arg = arg;
    request->flags = input->flags;
    request->streams = (input->flags & FRAISEQL_WHOLE) == 0;
    request->deadline_ms = timeout > 0 ? fq_clock_ms() + timeout : 0;
    request->settings.arena = request->arena;
    fq_errors_init(&request->errors, request->arena, limits->errors);
    fq_buffer_init(&request->out, limits->buffered_answer);
    worker->requests++;
    worker->requests_alive++;
    return request;
}

static void run(fraiseql_request *request, const fraiseql_input *input) {
    if (fq_request_prepare(request, input)) {
        request->result = FRAISEQL_RESULT_DATA;
        request->state = FQ_REQUEST_RUNNING;
        fq_request_execute(request);
    }
}

fraiseql_request *fraiseql_submit(fraiseql_worker *worker, const fraiseql_input *input, fraiseql_on_chunk on_chunk,
                                  void *arg) {
    fraiseql_request *request = request_new(worker, input, on_chunk, arg);
    if (worker->closing) {
        fq_errors_add(&request->errors, FQ_ERR_SERVICE_UNAVAILABLE, "The server is shutting down");
        fq_request_fail(request, FRAISEQL_RESULT_UNAVAILABLE);
        return request;
    }
    fq_worker_refresh_schema(worker);
    const fq_json *batch = NULL;
    switch (fq_input_read(request->arena, input, &worker->engine->limits, &request->input, &batch, &request->errors)) {
    case FQ_INPUT_SINGLE:
        run(request, input);
        break;
    case FQ_INPUT_BATCH:
        fq_batch_start(request, input, batch);
        break;
    case FQ_INPUT_BAD:
        fq_request_fail(request, FRAISEQL_RESULT_BAD_REQUEST);
        break;
    case FQ_INPUT_TOO_LARGE:
        fq_request_fail(request, FRAISEQL_RESULT_TOO_LARGE);
        break;
    }
    return request;
}

fraiseql_request *fq_request_start_member(fraiseql_request *parent, const fraiseql_input *input, const fq_json *object,
                                          fq_slice body, fraiseql_on_chunk on_chunk, void *arg) {
    fraiseql_request *request = request_new(parent->worker, input, on_chunk, arg);
    request->streams = false;
    request->parent = parent;
    parent->members_alive++;
    if (fq_input_from_json(object, body, &request->input, &request->errors)) {
        run(request, input);
    } else {
        fq_request_fail(request, FRAISEQL_RESULT_BAD_REQUEST);
    }
    return request;
}

void fraiseql_request_free(fraiseql_request *request) {
    if (request == NULL) {
        return;
    }
    request->released = true;
    fq_batch_release(request);
    if (request->job_active && request->worker->pool != NULL) {
        bool writes = (request->job.flags & FQ_PG_JOB_WRITES) != 0;
        if (!writes) {
            fq_pool_cancel(request->worker->pool, &request->job);
        }
    }
    destroy_if_over(request);
}
