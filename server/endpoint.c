/* SPDX-License-Identifier: MIT */
/* Routes and GraphQL over HTTP: what a request asks for, which status its answer has. Holds no GraphQL of its own:
 * bodies go to the engine as they come. Invariant: an exchange lives from the request to `gone`, and frees the engine's
 * request there. */
#include "endpoint.h"

#include <stdlib.h>

#include "cors.h"
#include "media.h"
#include "pages.h"

typedef struct exchange {
    endpoint *endpoint;
    http_request *http;
    fraiseql_request *request;
    media_type media;
    bool by_get;
    bool started;
} exchange;

#define JSON_TYPE "application/json; charset=utf-8"
#define RESPONSE_TYPE "application/graphql-response+json; charset=utf-8"

/* ---- heads ---- */

typedef struct head {
    http_header headers[12];
    size_t n;
} head;

static void add(head *h, const char *name, fq_slice value) { h->headers[h->n++] = (http_header){name, value}; }

/* What every answer says to a browser that asks for a page of another origin. */
static void add_cors(head *h, const endpoint *e, http_request *http) {
    const char *origins = e->options->cors_origins;
    if (origins == NULL) {
        return;
    }
    add(h, "vary", FQ_S("Origin"));
    fq_slice origin = http_header_value(http, "origin");
    if (cors_allows(origins, origin)) {
        add(h, "access-control-allow-origin", origin);
        add(h, "access-control-expose-headers", FQ_S("Retry-After"));
    }
}

static head new_head(const endpoint *e, http_request *http, const char *type) {
    head h = {0};
    if (type != NULL) {
        add(&h, "content-type", fq_slice_from_cstr(type));
    }
    add_cors(&h, e, http);
    return h;
}

/* ---- plain answers ---- */

static void respond(http_request *http, int status, const head *h, fq_slice body) {
    http_respond(http, status, h->headers, h->n, body);
}

static void respond_text(const endpoint *e, http_request *http, int status, const char *type, fq_slice body) {
    head h = new_head(e, http, type);
    add(&h, "cache-control", FQ_S("no-store"));
    respond(http, status, &h, body);
}

#define ERROR_BODY(message, code)                                                                                      \
    FQ_S("{\"errors\":[{\"message\":\"" message "\",\"extensions\":{\"code\":\"" code "\"}}]}")

static void respond_nothing_here(const endpoint *e, http_request *http) {
    respond_text(e, http, 404, JSON_TYPE, ERROR_BODY("There is nothing here: GraphQL is at /graphql", "NOT_FOUND"));
}

static void respond_method(const endpoint *e, http_request *http, const char *allowed) {
    head h = new_head(e, http, JSON_TYPE);
    add(&h, "allow", fq_slice_from_cstr(allowed));
    respond(http, 405, &h, ERROR_BODY("This path does not know that method", "METHOD_NOT_ALLOWED"));
}

/* OPTIONS: which methods there are, and a browser's question whether a page may call (a preflight). */
static void respond_options(const endpoint *e, http_request *http, const char *allowed) {
    head h = new_head(e, http, NULL);
    add(&h, "allow", fq_slice_from_cstr(allowed));
    bool preflight = http_header_value(http, "access-control-request-method").ptr != NULL;
    if (preflight && cors_allows(e->options->cors_origins, http_header_value(http, "origin"))) {
        fq_slice names = http_header_value(http, "access-control-request-headers");
        add(&h, "access-control-allow-methods", fq_slice_from_cstr(allowed));
        if (cors_is_header_list(names)) {
            add(&h, "access-control-allow-headers", names);
        }
        add(&h, "vary", FQ_S("Access-Control-Request-Headers"));
        add(&h, "access-control-max-age", FQ_S("600"));
    }
    respond(http, 204, &h, FQ_S(""));
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

static head head_of(const exchange *x, fraiseql_result result) {
    head h = new_head(x->endpoint, x->http, x->media == MEDIA_RESPONSE ? RESPONSE_TYPE : JSON_TYPE);
    if (x->by_get) {
        add(&h, "cache-control", FQ_S("no-store"));
    }
    if (result == FRAISEQL_RESULT_METHOD_NOT_ALLOWED) {
        add(&h, "allow", FQ_S("POST"));
    } else if (result == FRAISEQL_RESULT_UNAVAILABLE) {
        add(&h, "retry-after", FQ_S("1"));
    }
    return h;
}

static void on_chunk(fraiseql_request *request, void *arg, const fraiseql_chunk *chunk) {
    (void)request;
    exchange *x = arg;
    fq_slice bytes = fq_slice_of(chunk->bytes.ptr, chunk->bytes.len);
    head h = head_of(x, chunk->result);
    int status = status_of(chunk->result, x->media);
    if (!x->started && chunk->last && !chunk->broken) {
        http_respond(x->http, status, h.headers, h.n, bytes);
        return;
    }
    if (!x->started) {
        x->started = true;
        http_start(x->http, status, h.headers, h.n);
    }
    if (chunk->broken) {
        http_break(x->http);
    } else {
        http_send(x->http, bytes, chunk->last);
    }
}

static fraiseql_slice public_slice(fq_slice s) { return (fraiseql_slice){s.ptr, s.len}; }

static unsigned flags_of(const endpoint_options *o, fq_slice user_context) {
    unsigned flags = o->error_detail ? FRAISEQL_ERROR_DETAIL : 0;
    bool authenticated = user_context.ptr != NULL && user_context.len > 0;
    if (o->introspection == INTROSPECTION_OFF || (o->introspection == INTROSPECTION_AUTHENTICATED && !authenticated)) {
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
    *x = (exchange){.endpoint = e, .http = http, .media = media, .by_get = input->query_string.ptr != NULL};
    *http_user(http) = x;
    x->request = fraiseql_submit(e->worker, input, on_chunk, x);
}

static void respond_not_acceptable(const endpoint *e, http_request *http) {
    respond_text(e, http, 406, JSON_TYPE,
                 ERROR_BODY("Answers are application/graphql-response+json or application/json", "NOT_ACCEPTABLE"));
}

static void graphql_post(endpoint *e, http_request *http) {
    media_type media = media_choose(http_header_value(http, "accept"), OFFER_GRAPHQL);
    if (media == MEDIA_NONE) {
        respond_not_acceptable(e, http);
        return;
    }
    if (!media_is_json(http_header_value(http, "content-type"))) {
        respond_text(
            e, http, 415, JSON_TYPE,
            ERROR_BODY("Send the request as Content-Type: application/json, in UTF-8", "UNSUPPORTED_MEDIA_TYPE"));
        return;
    }
    if (http_header_value(http, "content-encoding").ptr != NULL) {
        respond_text(e, http, 415, JSON_TYPE,
                     ERROR_BODY("Send the request without Content-Encoding", "UNSUPPORTED_MEDIA_TYPE"));
        return;
    }
    fq_slice body = http_body(http);
    fraiseql_input input = {.body = {body.ptr != NULL ? body.ptr : "", body.len}};
    run(e, http, media, &input);
}

/* How often each parameter of GraphQL over HTTP stands in a query string. */
typedef struct parameters {
    unsigned query, variables, operation_name, extensions;
} parameters;

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Whether a query string begins with that parameter; any character of a name may be written as %XX. */
static bool begins_with_parameter(fq_slice text, fq_slice name) {
    size_t at = 0;
    for (size_t i = 0; i < name.len; i++, at++) {
        bool escaped = at + 2 < text.len && text.ptr[at] == '%' && hex_digit(text.ptr[at + 1]) >= 0;
        int c = at < text.len ? text.ptr[at] : -1;
        if (escaped) {
            c = hex_digit(text.ptr[at + 1]) * 16 + hex_digit(text.ptr[at + 2]);
            at += 2;
        }
        if (c != name.ptr[i]) {
            return false;
        }
    }
    return at < text.len && text.ptr[at] == '=';
}

static parameters count_parameters(fq_slice query) {
    parameters p = {0};
    size_t at = 0;
    while (at < query.len) {
        fq_slice rest = fq_slice_sub(query, at, query.len);
        p.query += begins_with_parameter(rest, FQ_S("query"));
        p.variables += begins_with_parameter(rest, FQ_S("variables"));
        p.operation_name += begins_with_parameter(rest, FQ_S("operationName"));
        p.extensions += begins_with_parameter(rest, FQ_S("extensions"));
        const char *next = memchr(rest.ptr, '&', rest.len);
        at = next != NULL ? (size_t)(next - query.ptr) + 1 : query.len;
    }
    return p;
}

static void graphql_get(endpoint *e, http_request *http) {
    fq_slice query = http_query(http);
    parameters given = count_parameters(query);
    media_offer offer = e->options->graphiql ? OFFER_GRAPHQL_AND_HTML : OFFER_GRAPHQL;
    media_type media = media_choose(http_header_value(http, "accept"), offer);
    if (media == MEDIA_HTML) {
        pages_graphiql(http);
        return;
    }
    if (given.query == 0 && given.extensions == 0) {
        respond_text(
            e, http, 400, JSON_TYPE,
            ERROR_BODY("There is no query: POST {\\\"query\\\": \\\"{ __typename }\\\"} as application/json, or "
                       "GET /graphql?query={__typename}",
                       "BAD_REQUEST"));
        return;
    }
    if (media == MEDIA_NONE) {
        respond_not_acceptable(e, http);
        return;
    }
    if (given.query > 1 || given.variables > 1 || given.operation_name > 1 || given.extensions > 1) {
        respond_text(e, http, 400, JSON_TYPE, ERROR_BODY("A parameter is given twice", "BAD_REQUEST"));
        return;
    }
    fraiseql_input input = {.query_string = public_slice(query), .flags = FRAISEQL_READ_ONLY | FRAISEQL_NO_BATCH};
    run(e, http, media, &input);
}

static void graphql(endpoint *e, http_request *http) {
    if (fq_slice_equal(http_method(http), FQ_S("POST"))) {
        graphql_post(e, http);
    } else {
        graphql_get(e, http);
    }
}

/* ---- the other paths ---- */

static void health(endpoint *e, http_request *http) {
    respond_text(e, http, 200, "application/json", FQ_S("{\"status\":\"ok\"}"));
}

static void ready(endpoint *e, http_request *http) {
    bool good = !*e->options->shutting_down && fraiseql_worker_ready(e->worker);
    respond_text(e, http, good ? 200 : 503, "application/json",
                 good ? FQ_S("{\"status\":\"ready\"}") : FQ_S("{\"status\":\"not ready\"}"));
}

static void schema(endpoint *e, http_request *http) {
    fq_slice context = e->options->user_context_header != NULL
                           ? http_header_value(http, e->options->user_context_header)
                           : (fq_slice){0};
    if ((flags_of(e->options, context) & FRAISEQL_NO_INTROSPECTION) != 0) {
        respond_nothing_here(e, http);
        return;
    }
    char *sdl = fraiseql_schema_sdl(e->options->engine);
    http_own(http, sdl);
    respond_text(e, http, 200, "text/plain; charset=utf-8", fq_slice_from_cstr(sdl));
}

static void root(endpoint *e, http_request *http) {
    if (!e->options->graphiql) {
        respond_nothing_here(e, http);
        return;
    }
    head h = new_head(e, http, NULL);
    add(&h, "location", FQ_S("/graphql"));
    respond(http, 303, &h, FQ_S(""));
}

static void asset(endpoint *e, http_request *http) {
    if (!e->options->graphiql || !pages_asset(http, http_path(http))) {
        respond_nothing_here(e, http);
    }
}

typedef enum methods { ONLY_READS, READS_AND_POST } methods;

typedef struct route {
    const char *path;
    void (*answer)(endpoint *e, http_request *http);
    methods methods;
} route;

static const route routes[] = {
    {"/graphql", graphql, READS_AND_POST},   {"/health", health, ONLY_READS}, {"/ready", ready, ONLY_READS},
    {"/schema.graphql", schema, ONLY_READS}, {"/", root, ONLY_READS},
};
static const route other_paths = {NULL, asset, ONLY_READS};

static const route *find_route(fq_slice path) {
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (fq_slice_equal(path, fq_slice_from_cstr(routes[i].path))) {
            return &routes[i];
        }
    }
    return &other_paths;
}

static void on_request(http_request *http, void *arg) {
    endpoint *e = arg;
    const route *r = find_route(http_path(http));
    fq_slice method = http_method(http);
    const char *allowed = r->methods == READS_AND_POST ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS";
    bool reads = fq_slice_equal(method, FQ_S("GET")) || fq_slice_equal(method, FQ_S("HEAD"));
    if (reads || (r->methods == READS_AND_POST && fq_slice_equal(method, FQ_S("POST")))) {
        r->answer(e, http);
    } else if (r->path == NULL) {
        respond_nothing_here(e, http);
    } else if (fq_slice_equal(method, FQ_S("OPTIONS"))) {
        respond_options(e, http, allowed);
    } else {
        respond_method(e, http, allowed);
    }
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
