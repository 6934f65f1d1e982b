/* SPDX-License-Identifier: MIT */
/* The least program over libfraiseql: asks one query and prints the answer.
 *
 *   query DATABASE-URL 'GRAPHQL' [VARIABLES-JSON]
 *
 * One engine, one worker on an event loop, one request. A program with an event loop of its own gives the worker the
 * six functions of base/loop.h instead. */
#include <fraiseql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/event_loop.h"

typedef struct asking {
    bool done, broken;
} asking;

/* An answer comes in chunks; the next one comes when we ask for it. */
static void on_chunk(fraiseql_request *request, void *arg, const fraiseql_chunk *chunk) {
    asking *state = arg;
    fwrite(chunk->bytes.ptr, 1, chunk->bytes.len, stdout);
    state->done = chunk->last;
    state->broken = chunk->broken;
    if (!chunk->last) {
        fraiseql_request_resume(request);
    }
}

static void on_closed(void *arg) { *(bool *)arg = true; }

static fraiseql_slice slice(const char *text) { return (fraiseql_slice){text, text != NULL ? strlen(text) : 0}; }

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: %s DATABASE-URL GRAPHQL [VARIABLES-JSON]\n", argv[0]);
        return 2;
    }
    fraiseql_options options;
    fraiseql_options_init(&options);
    options.database = argv[1];

    fraiseql_failure failure;
    char *message = NULL;
    fraiseql *engine = fraiseql_new(&options, &failure, &message);
    if (engine == NULL) {
        fprintf(stderr, "%s\n", message);
        free(message);
        return 2;
    }
    fq_event_loop *loop = fq_event_loop_new(NULL, NULL);
    fraiseql_worker *worker = fraiseql_worker_new(engine, fq_event_loop_ops(loop), 1);

    asking state = {0};
    fraiseql_input input = {.query = slice(argv[2]), .variables = slice(argc > 3 ? argv[3] : NULL)};
    fraiseql_request *request = fraiseql_submit(worker, &input, on_chunk, &state);
    while (!state.done) {
        fq_event_loop_turn(loop, -1);
    }
    fraiseql_request_free(request);
    putchar('\n');

    bool closed = false;
    fraiseql_worker_close(worker, on_closed, &closed);
    while (!closed) {
        fq_event_loop_turn(loop, -1);
    }
    fraiseql_worker_free(worker);
    fq_event_loop_free(loop);
    fraiseql_free(engine);
    return state.broken ? 1 : 0;
}
