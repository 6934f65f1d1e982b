/* SPDX-License-Identifier: MIT */
/* A batch: an array of requests in one body, run side by side, answered by the array of their answers in the same
 * order. */
#include "engine/request.h"

typedef struct batch_member {
    fraiseql_request *parent;
    fraiseql_request *request;
    fq_slice answer; /* borrowed from the request, which lives as long as the batch */
    bool ended;
} batch_member;

struct fq_batch {
    batch_member *members;
    uint32_t count;
    uint32_t ended;
};

static void finish(fraiseql_request *parent) {
    struct fq_batch *batch = parent->batch;
    fq_buffer_char(&parent->out, '[');
    for (uint32_t i = 0; i < batch->count; i++) {
        if (i > 0) {
            fq_buffer_char(&parent->out, ',');
        }
        fq_buffer_slice(&parent->out, batch->members[i].answer);
    }
    fq_buffer_char(&parent->out, ']');
    if (parent->out.failed) {
        fq_errors_add(&parent->errors, FQ_ERR_LIMIT_EXCEEDED,
                      "The answer exceeds the limit of %zu bytes (max_buffered_answer)", parent->out.max);
        fq_request_fail(parent, FRAISEQL_RESULT_REQUEST_ERROR);
        return;
    }
    fq_request_end(parent);
}

static void on_member(fraiseql_request *request, void *arg, const fraiseql_chunk *chunk) {
    (void)request;
    batch_member *member = arg;
    member->answer = fq_from_public(chunk->bytes);
    member->ended = true;
    struct fq_batch *batch = member->parent->batch;
    if (++batch->ended == batch->count && !member->parent->released) {
        finish(member->parent);
    }
}

void fq_batch_start(fraiseql_request *request, const fraiseql_input *input, const fq_json *list) {
    const fraiseql_options *options = &request->worker->engine->options;
    if (!options->batching || (input->flags & FRAISEQL_NO_BATCH) != 0) {
        fq_errors_add(&request->errors, FQ_ERR_BAD_REQUEST, "Batching is switched off: send one request, not an array");
        fq_request_fail(request, FRAISEQL_RESULT_BAD_REQUEST);
        return;
    }
    if (list->count == 0 || list->count > options->max_batch) {
        fq_errors_add(&request->errors, list->count == 0 ? FQ_ERR_BAD_REQUEST : FQ_ERR_LIMIT_EXCEEDED,
                      list->count == 0 ? "The batch is empty"
                                       : "The batch has %u requests, which exceeds the limit of %u (max_batch)",
                      list->count, options->max_batch);
        fq_request_fail(request, FRAISEQL_RESULT_BAD_REQUEST);
        return;
    }
    struct fq_batch *batch = FQ_NEW(request->arena, struct fq_batch);
    batch->members = FQ_NEW_ARRAY(request->arena, batch_member, list->count);
    batch->count = list->count;
    request->batch = batch;
    request->result = FRAISEQL_RESULT_BATCH;
    request->state = FQ_REQUEST_RUNNING;
    fq_slice body = fq_from_public(input->body);
    uint32_t i = 0;
    for (const fq_json *object = list->child; object != NULL; object = object->next, i++) {
        batch->members[i].parent = request;
        batch->members[i].request =
            fq_request_start_member(request, input, object, body, on_member, &batch->members[i]);
    }
}

void fq_batch_release(fraiseql_request *request) {
    struct fq_batch *batch = request->batch;
    request->batch = NULL;
    if (batch == NULL) {
        return;
    }
    /* The last member to be destroyed would take this request with it. */
    request->members_alive++;
    for (uint32_t i = 0; i < batch->count; i++) {
        fraiseql_request_free(batch->members[i].request);
    }
    request->members_alive--;
}
