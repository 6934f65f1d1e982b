/* SPDX-License-Identifier: MIT */
/* One request under way: read -> plan -> run -> hand out. Files: request.c (its life and the handing out), operation.c
 * (from text to a bound plan), execute.c (jobs and rows), batch.c (arrays of requests), persisted.c (documents by their
 * hash). */
#ifndef FQ_ENGINE_REQUEST_H
#define FQ_ENGINE_REQUEST_H

#include "engine/input.h"
#include "engine/session.h"
#include "engine/worker.h"
#include "rows/writer.h"

typedef enum fq_request_state {
    FQ_REQUEST_READING, /* in fraiseql_submit */
    FQ_REQUEST_RUNNING, /* a job or a batch is under way */
    FQ_REQUEST_HANDED,  /* a chunk that is not the last is with the front end */
    FQ_REQUEST_ENDING,  /* the last chunk is about to be handed out */
    FQ_REQUEST_ENDED,   /* it has been */
} fq_request_state;

struct fraiseql_request {
    fraiseql_worker *worker;
    fq_arena *arena;
    fraiseql_on_chunk on_chunk;
    void *arg;
    unsigned flags;
    uint8_t state; /* fq_request_state */
    bool released; /* the front end has freed it */
    bool job_active;
    bool deferred; /* a deferred call refers to it */
    bool streams;  /* the front end may get it in several chunks */
    bool broken;
    bool data_null; /* a null has propagated to `data` */
    fraiseql_result result;
    uint64_t deadline_ms;
    fq_errors errors;
    fq_buffer out;
    size_t handed; /* bytes of `out` in the chunk that is with the front end */
    uint64_t sent; /* bytes handed out in earlier chunks */
    /* what is run */
    fq_request_input input;
    fq_cached_text *text;
    fq_cached_plan *plan;
    fq_variables variables;
    fq_settings settings;
    /* the run */
    fq_pg_job job;
    const fq_pg_value **values; /* by statement of the plan */
    uint32_t first_call;        /* calls of the job before the plan's statements */
    uint32_t first_statement;   /* of the plan, in the job */
    uint32_t root;              /* the field being written, or n_roots */
    size_t root_start;          /* where its value begins in `out` */
    uint32_t n_roots_written;
    bool root_nulled;
    fq_writer *writer;
    /* batch */
    struct fq_batch *batch;
    fraiseql_request *parent; /* of a member: lives at least as long, since it holds the body */
    uint32_t members_alive;
};

/* Ends a request: `out` holds the whole rest of the answer. Handed out at the end of the loop's turn. */
void fq_request_end(fraiseql_request *request);

/* Ends a request with nothing but its errors. */
void fq_request_fail(fraiseql_request *request, fraiseql_result result);

/* Hands out what is in `out` as a chunk that is not the last. */
void fq_request_hand_out(fraiseql_request *request);

/* The document whose offsets the errors have. */
fq_slice fq_request_source(const fraiseql_request *request);

/* operation.c: from the input to a bound plan. False: the request has been failed. */
bool fq_request_prepare(fraiseql_request *request, const fraiseql_input *input);

/* persisted.c: the text that stands for the request's document, by extensions.persistedQuery or as given. False:
 * failed. */
bool fq_request_document(fraiseql_request *request, fq_slice *text);

/* execute.c */
void fq_request_execute(fraiseql_request *request);
void fq_request_continue(fraiseql_request *request); /* the front end has taken a chunk */

/* batch.c */
void fq_batch_start(fraiseql_request *request, const fraiseql_input *input, const fq_json *list);
void fq_batch_release(fraiseql_request *request); /* lets go of the members */

/* Starts a request that is one of a batch: its object has been parsed already. */
fraiseql_request *fq_request_start_member(fraiseql_request *parent, const fraiseql_input *input, const fq_json *object,
                                          fq_slice body, fraiseql_on_chunk on_chunk, void *arg);

#endif
