/* SPDX-License-Identifier: MIT */
/* `fraiseql query` and `fraiseql explain`: one request from the command line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/event_loop.h"
#include "commands.h"

static fraiseql_slice slice_of(const char *text) { return (fraiseql_slice){text, text != NULL ? strlen(text) : 0}; }

/* The query text: the one argument, or standard input for "-". */
static char *read_query(const options *o) {
    if (o->arguments.count != 1) {
        fprintf(stderr,
                "fraiseql: error: %s\n  tip: quote the query: fraiseql query --database URL '{ __typename }', or - "
                "for standard input\n",
                o->arguments.count == 0 ? "no query is given" : "more than one query is given");
        return NULL;
    }
    const char *argument = o->arguments.items[0];
    size_t length = 0;
    return strcmp(argument, "-") == 0 ? file_read("-", &length) : strdup(argument);
}

static fraiseql_input input_of(const options *o, const char *query) {
    return (fraiseql_input){
        .query = slice_of(query),
        .variables = slice_of(o->variables),
        .operation_name = slice_of(o->operation),
        .user_context = slice_of(o->as),
        .flags = FRAISEQL_ERROR_DETAIL,
    };
}

/* ---- query ---- */

typedef struct run {
    bool ended;
    bool closed;
    bool resume;
    int code;
} run;

static void on_chunk(fraiseql_request *request, void *arg, const fraiseql_chunk *chunk) {
    (void)request;
    run *r = arg;
    if (fwrite(chunk->bytes.ptr, 1, chunk->bytes.len, stdout) != chunk->bytes.len) {
        r->code = EXIT_COULD_NOT_RUN;
    }
    r->resume = !chunk->last;
    if (!chunk->last) {
        return;
    }
    r->ended = true;
    if (chunk->broken) {
        fputs("\nfraiseql: error: the answer broke off: an error came after its first part had been printed\n", stderr);
        r->code = EXIT_COULD_NOT_RUN;
    } else if (chunk->result == FRAISEQL_RESULT_UNAVAILABLE) {
        r->code = EXIT_COULD_NOT_RUN;
    } else if (chunk->has_errors || chunk->result != FRAISEQL_RESULT_DATA) {
        r->code = EXIT_ANSWER_IS_NO;
    }
}

static void on_closed(void *arg) { ((run *)arg)->closed = true; }

static int run_request(fraiseql *engine, const fraiseql_input *input) {
    fq_event_loop *loop = fq_event_loop_new(NULL, NULL);
    if (loop == NULL) {
        fprintf(stderr, "fraiseql: error: no event loop: %s\n", strerror(errno));
        return EXIT_COULD_NOT_RUN;
    }
    fraiseql_worker *worker = fraiseql_worker_new(engine, fq_event_loop_ops(loop), 1);
    run r = {0};
    fraiseql_request *request = fraiseql_submit(worker, input, on_chunk, &r);
    while (!r.ended) {
        fq_event_loop_turn(loop, -1);
        if (r.resume) {
            r.resume = false;
            fraiseql_request_resume(request);
        }
    }
    fputc('\n', stdout);
    if (fflush(stdout) != 0) {
        r.code = EXIT_COULD_NOT_RUN;
    }
    fraiseql_request_free(request);
    fraiseql_worker_close(worker, on_closed, &r);
    while (!r.closed) {
        fq_event_loop_turn(loop, -1);
    }
    fraiseql_worker_free(worker);
    fq_event_loop_free(loop);
    return r.code;
}

int command_query(const options *o) {
    char *query = read_query(o);
    fraiseql *engine = query != NULL ? engine_open(o, NEED_DATABASE) : NULL;
    int code = EXIT_COULD_NOT_RUN;
    if (engine != NULL) {
        fraiseql_input input = input_of(o, query);
        code = run_request(engine, &input);
    }
    fraiseql_free(engine);
    free(query);
    return code;
}

/* ---- explain ---- */

int command_explain(const options *o) {
    char *query = read_query(o);
    fraiseql *engine = query != NULL ? engine_open(o, NEED_DATABASE) : NULL;
    int code = EXIT_COULD_NOT_RUN;
    if (engine != NULL) {
        fraiseql_input input = input_of(o, query);
        char *message = NULL;
        char *text = fraiseql_explain(engine, &input, o->json ? FRAISEQL_EXPLAIN_JSON : FRAISEQL_EXPLAIN_TEXT,
                                      o->analyze ? FRAISEQL_EXPLAIN_ANALYZE : FRAISEQL_EXPLAIN_PLAN, &message);
        fputs(text != NULL ? text : message, stdout);
        code = text != NULL ? EXIT_GOOD : EXIT_ANSWER_IS_NO;
        free(text);
        free(message);
    }
    fraiseql_free(engine);
    free(query);
    return code;
}
