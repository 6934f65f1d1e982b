/* SPDX-License-Identifier: MIT */
/* Routes and GraphQL over HTTP: what a request asks for, which status its answer has. Holds no GraphQL of its own: bodies go
 * to the engine as they come.
 * Invariant: an exchange lives from the request to `gone`, and frees the engine's request there. */
#include "endpoint.h"

#include <stdlib.h>

#include "media.h"
#include "pages.h"

typedef struct exchange {
    endpoint *endpoint;
    http_request *http;
    fraiseql_request *request;
    media_type media;
    bool started;
} exchange;

#define JSON_TYPE "application/json; charset=utf-8"
#define RESPONSE_TYPE "application/graphql-response+json; charset=utf-8"

/* ---- plain answers ---- */

static void respond_text(http_request *http, int status, const char *type, fq_slice body, const http_header *extra) {
    http_header headers[3] = {{"content-type", fq_slice_from_cstr(type)}, {"cache-control", FQ_S("no-store")}};
    size_t n = 2;
    if (extra != NULL) {
        headers[n++] = *extra;
    }
    http_respond(http, status, headers, n, body);
}

#define ERROR_BODY(message, code)                                                                                      \
    FQ_S("{\"errors\":[{\"message\":\"" message "\",\"extensions\":{\"code\":\"" code "\"}}]}")

static void respond_method(http_request *http, const char *allowed) {
    http_header allow = {"allow", fq_slice_from_cstr(allowed)};
    respond_text(http, 405, JSON_TYPE, ERROR_BODY("This path does not know that method", "METHOD_NOT_ALLOWED"), &allow);
}

/* ---- GraphQL ---- */

static int status_of(fraiseql_result result, media_type media) {
    switch (result) {
    case FRAISEQL_RESULT_DATA:
    case FRAISEQL_RESULT_BATCH:
        return 200;
    case FRAISEQL_RESULT_REQUEST_ERROR:
    case FRAISEQL_RESULT_FORBIDDEN:
        return media == MEDIA_JSON ? 200 : 400;
    case FRAISEQL_RESULT_NOT_FOUND:
        return media == MEDIA_RESPONSE ? 400 : 200;
    case FRAISEQL_RESULT_BAD_REQUEST:
        return 400;
    case FRAISEQL_RESULT_TOO_LARGE:
        return 413;
    case FRAISEQL_RESULT_METHOD_NOT_ALLOWED:
        return 405;
    case FRAISEQL_RESULT_UNAVAILABLE:
        return 503;
    }
    return 500;
}

static size_t head_of(const exchange *x, fraiseql_result result, http_header headers[4]) {
    size_t n = 0;
    headers[n++] = (http_header){"content-type", x->media == MEDIA_RESPONSE ? FQ_S(RESPONSE_TYPE) : FQ_S(JSON_TYPE)};
    if (result == FRAISEQL_RESULT_METHOD_NOT_ALLOWED) {
        headers[n++] = (http_header){"allow", FQ_S("POST")};
    } else if (result == FRAISEQL_RESULT_UNAVAILABLE) {
        headers[n++] = (http_header){"retry-after", FQ_S("1")};
    }
    return n;
}

static void on_chunk(fraiseql_request *request, void *arg, const fraiseql_chunk *chunk) {
    (void)request;
    exchange *x = arg;
    fq_slice bytes = fq_slice_of(chunk->bytes.ptr, chunk->bytes.len);
    http_header headers[4];
    size_t n = head_of(x, chunk->result, headers);
    int status = status_of(chunk->result, x->media);
    if (!x->started && chunk->last && !chunk->broken) {
        http_respond(x->http, status, headers, n, bytes);
        return;
    }
    if (!x->started) {
        x->started = true;
        http_start(x->http, status, headers, n);
    }
    if (chunk->broken) {
        http_break(x->http);
    } else {
        http_send(x->http, bytes, chunk->last);
    }
}

static fraiseql_slice public_slice(fq_slice s) {
    return (fraiseql_slice){s.ptr, s.len};
}

static unsigned flags_of(const endpoint_options *o, fq_slice user_context) {
    unsigned flags = o->error_detail ? FRAISEQL_ERROR_DETAIL : 0;
    bool authenticated = user_context.ptr != NULL && user_context.len > 0;
    if (o->introspection == INTROSPECTION_OFF ||
        (o->introspection == INTROSPECTION_AUTHENTICATED && !authenticated)) {
        flags |= FRAISEQL_NO_INTROSPECTION;
    }
    return flags;
}

static void run(endpoint *e, http_request *http, media_type media, fraiseql_input *input) {
    const endpoint_options *o = e->options;
    fq_slice context = o->user_context_header != NULL ? http_header_value(http, o->user_context_header) : (fq_slice){0};
    input->user_context = public_slice(context);
    input->flags |= flags_of(o, context);
    exchange *x = calloc(1, sizeof(*x));
    if (x == NULL) {
        abort();
    }
    *x = (exchange){.endpoint = e, .http = http, .media = media};
    *http_user(http) = x;
    x->request = fraiseql_submit(e->worker, input, on_chunk, x);
}

static void graphql_post(endpoint *e, http_request *http) {
    media_type media = media_choose(http_header_value(http, "accept"), OFFER_GRAPHQL);
    if (media == MEDIA_NONE) {
        respond_text(http, 406, JSON_TYPE,
                     ERROR_BODY("Answers are application/graphql-response+json or application/json", "NOT_ACCEPTABLE"), NULL);
        return;
    }
    if (!media_is_json(http_header_value(http, "content-type"))) {
        respond_text(http, 415, JSON_TYPE,
                     ERROR_BODY("Send the request as Content-Type: application/json, in UTF-8", "UNSUPPORTED_MEDIA_TYPE"),
                     NULL);
        return;
    }
    fq_slice body = http_body(http);
    fraiseql_input input = {.body = {body.ptr != NULL ? body.ptr : "", body.len}};
    run(e, http, media, &input);
}

static bool has_query(fq_slice query) {
    size_t at = 0;
    while (at < query.len) {
        fq_slice rest = fq_slice_sub(query, at, query.len);
        if (fq_slice_starts_with(rest, FQ_S("query=")) || fq_slice_starts_with(rest, FQ_S("extensions="))) {
            return true;
        }
        const char *next = memchr(rest.ptr, '&', rest.len);
        at = next != NULL ? (size_t)(next - query.ptr) + 1 : query.len;
    }
    return false;
}

static void graphql_get(endpoint *e, http_request *http) {
    fq_slice query = http_query(http);
    bool asked = has_query(query);
    media_offer offer = e->options->graphiql ? OFFER_GRAPHQL_AND_HTML : OFFER_GRAPHQL;
    media_type media = media_choose(http_header_value(http, "accept"), offer);
    if (media == MEDIA_HTML) {
        pages_graphiql(http);
        return;
    }
    if (!asked) {
        respond_text(http, 400, JSON_TYPE,
                     ERROR_BODY("There is no query: POST {\\\"query\\\": \\\"{ __typename }\\\"} as application/json, or "
                                "GET /graphql?query={__typename}",
                                "BAD_REQUEST"),
                     NULL);
        return;
    }
    if (media == MEDIA_NONE) {
        respond_text(http, 406, JSON_TYPE,
                     ERROR_BODY("Answers are application/graphql-response+json or application/json", "NOT_ACCEPTABLE"), NULL);
        return;
    }
    fraiseql_input input = {.query_string = public_slice(query), .flags = FRAISEQL_READ_ONLY | FRAISEQL_NO_BATCH};
    run(e, http, media, &input);
}

static void graphql(endpoint *e, http_request *http) {
    fq_slice method = http_method(http);
    if (fq_slice_equal(method, FQ_S("POST"))) {
        graphql_post(e, http);
    } else if (fq_slice_equal(method, FQ_S("GET"))) {
        graphql_get(e, http);
    } else {
        respond_method(http, "GET, POST");
    }
}

/* ---- the other paths ---- */

static void health(endpoint *e, http_request *http) {
    (void)e;
    respond_text(http, 200, "application/json", FQ_S("{\"status\":\"ok\"}"), NULL);
}

static void ready(endpoint *e, http_request *http) {
    bool good = !*e->options->shutting_down && fraiseql_worker_ready(e->worker);
    respond_text(http, good ? 200 : 503, "application/json",
                 good ? FQ_S("{\"status\":\"ready\"}") : FQ_S("{\"status\":\"not ready\"}"), NULL);
}

static void schema(endpoint *e, http_request *http) {
    if (e->options->introspection != INTROSPECTION_ON) {
        respond_text(http, 404, JSON_TYPE, ERROR_BODY("There is nothing here", "NOT_FOUND"), NULL);
        return;
    }
    char *sdl = fraiseql_schema_sdl(e->options->engine);
    http_own(http, sdl);
    respond_text(http, 200, "text/plain; charset=utf-8", fq_slice_from_cstr(sdl), NULL);
}

static void root(endpoint *e, http_request *http) {
    if (!e->options->graphiql) {
        respond_text(http, 404, JSON_TYPE, ERROR_BODY("There is nothing here: GraphQL is at /graphql", "NOT_FOUND"), NULL);
        return;
    }
    http_header location = {"location", FQ_S("/graphql")};
    respond_text(http, 303, "text/plain", FQ_S(""), &location);
}

typedef struct route {
    const char *path;
    void (*answer)(endpoint *e, http_request *http);
    bool only_get;
} route;

static const route routes[] = {
    {"/graphql", graphql, false}, {"/health", health, true},       {"/ready", ready, true},
    {"/schema.graphql", schema, true}, {"/", root, true},
};

static void on_request(http_request *http, void *arg) {
    endpoint *e = arg;
    fq_slice path = http_path(http);
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (fq_slice_equal(path, fq_slice_from_cstr(routes[i].path))) {
            fq_slice method = http_method(http);
            bool reads = fq_slice_equal(method, FQ_S("GET")) || fq_slice_equal(method, FQ_S("HEAD"));
            if (routes[i].only_get && !reads) {
                respond_method(http, "GET, HEAD");
            } else {
                routes[i].answer(e, http);
            }
            return;
        }
    }
    if (e->options->graphiql && pages_asset(http, path)) {
        return;
    }
    respond_text(http, 404, JSON_TYPE, ERROR_BODY("There is nothing here: GraphQL is at /graphql", "NOT_FOUND"), NULL);
}

static void on_ready(http_request *http, void *arg) {
    (void)arg;
    exchange *x = *http_user(http);
    if (x != NULL) {
        fraiseql_request_resume(x->request);
    }
}

static void on_gone(http_request *http, void *arg) {
    (void)arg;
    exchange *x = *http_user(http);
    if (x != NULL) {
        fraiseql_request_free(x->request);
        free(x);
    }
}

const http_handler endpoint_handler = {.request = on_request, .ready = on_ready, .gone = on_gone};
