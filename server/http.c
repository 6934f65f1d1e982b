/* SPDX-License-Identifier: MIT */
/* See http.h: libh2o 2.2 on its own event loop, with the library's loop nested in it.
 * Invariant: an http_request lives from on_request until h2o disposes of its own, and is told `gone` then. */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "http_head.h"
#include "http_internal.h"

/* How many times `max_body` is read before a body is refused. */
#define BODY_HEADROOM 2

/* How often connections are looked at: a client that has gone frees its query this soon. */
#define LOOK_MS 100
#define ACCEPT_AT_ONCE 16

typedef struct http_route {
    h2o_handler_t handler;
    http_server *server;
} http_route;

/* ---- requests ---- */

static void on_dispose(void *memory) {
    http_request *request = *(http_request **)memory;
    http_server *server = request->server;
    *request->link = request->next;
    if (request->next != NULL) {
        request->next->link = request->link;
    }
    server->running--;
    if (request->connection != NULL) {
        request->connection->running--;
        request->connection->closing = !request->connection->is_http2 && !request->h2o->http1_is_persistent;
        if (request->connection->is_http2) {
            http_connection_count(request->connection, request->ended ? STREAM_ANSWERED : STREAM_GIVEN_UP);
        }
    }
    server->handler.gone(request, server->arg);
    compressor_free(request->compressor);
    free(request->owned);
    free(request);
}

/* A write that was begun outside of h2o's turn and filled the socket to the brim is polled for even after it is done,
 * and then trips an assertion. Starting (or stopping) to read anew makes h2o look again at what it has to poll for. */
static void poll_anew(h2o_socket_t *socket) {
    if (socket->_cb.read != NULL) {
        h2o_socket_read_start(socket, socket->_cb.read);
    } else {
        h2o_socket_read_stop(socket);
    }
}

static void on_proceed(h2o_generator_t *generator, h2o_req_t *h2o) {
    http_request *request = (http_request *)generator;
    h2o_socket_t *socket = h2o->conn->callbacks->get_socket(h2o->conn);
    if (socket != NULL && h2o->version < 0x200) {
        poll_anew(socket);
    }
    if (request->streaming && !request->ended) {
        request->server->handler.ready(request, request->server->arg);
    }
}

static void on_stop(h2o_generator_t *generator, h2o_req_t *h2o) {
    (void)generator, (void)h2o; /* the dispose follows */
}

static http_request *new_request(http_server *server, h2o_req_t *h2o) {
    http_request *request = calloc(1, sizeof(*request));
    if (request == NULL) {
        abort();
    }
    *request = (http_request){
        .generator = {on_proceed, on_stop},
        .h2o = h2o,
        .server = server,
        .connection = http_connection_of(h2o),
        .next = server->first,
        .link = &server->first,
        .only_head = h2o_memis(h2o->input.method.base, h2o->input.method.len, H2O_STRLIT("HEAD")) != 0,
    };
    if (server->first != NULL) {
        server->first->link = &request->next;
    }
    server->first = request;
    server->running++;
    if (request->connection != NULL) {
        request->connection->running++;
        request->connection->is_http2 = h2o->version >= 0x200;
    }
    http_request **memory = h2o_mem_alloc_shared(&h2o->pool, sizeof(*memory), on_dispose);
    *memory = request;
    return request;
}

static int on_request(h2o_handler_t *handler, h2o_req_t *h2o) {
    http_server *server = ((http_route *)handler)->server;
    http_request *request = new_request(server, h2o);
    if (server->shut) {
        h2o->http1_is_persistent = 0;
    }
    const char *wrong = h2o->version < 0x200 ? http_head_check(h2o) : NULL;
    if (wrong != NULL) {
        h2o->http1_is_persistent = 0;
        request->owned = http_refusal(wrong);
        http_header type = {"content-type", FQ_S("application/json; charset=utf-8")};
        http_respond(request, 400, &type, 1, fq_slice_from_cstr(request->owned));
        return 0;
    }
    server->handler.request(request, server->arg);
    return 0;
}

fq_slice http_method(const http_request *request) {
    return fq_slice_of(request->h2o->input.method.base, request->h2o->input.method.len);
}

/* The request target as origin-form: of the absolute form (http://host/path?query), which a server has to know too,
 * without its front. */
static fq_slice target_of(const http_request *request) {
    fq_slice target = fq_slice_of(request->h2o->input.path.base, request->h2o->input.path.len);
    const char *scheme = target.len > 0 && target.ptr[0] != '/' ? memmem(target.ptr, target.len, "://", 3) : NULL;
    if (scheme == NULL) {
        return target;
    }
    fq_slice rest = fq_slice_sub(target, (size_t)(scheme - target.ptr) + 3, target.len);
    const char *path = memchr(rest.ptr, '/', rest.len);
    return path != NULL ? fq_slice_sub(rest, (size_t)(path - rest.ptr), rest.len) : FQ_S("/");
}

fq_slice http_path(const http_request *request) {
    fq_slice target = target_of(request);
    const char *mark = memchr(target.ptr, '?', target.len);
    return mark != NULL ? fq_slice_of(target.ptr, (size_t)(mark - target.ptr)) : target;
}

fq_slice http_query(const http_request *request) {
    fq_slice target = target_of(request);
    const char *mark = memchr(target.ptr, '?', target.len);
    return mark != NULL ? fq_slice_sub(target, (size_t)(mark - target.ptr) + 1, target.len) : (fq_slice){0};
}

fq_slice http_body(const http_request *request) {
    return fq_slice_of(request->h2o->entity.base, request->h2o->entity.len);
}

/* Values of one name on several lines, as one list (RFC 9110, section 5.3). */
static fq_slice join_values(const http_request *request, const char *name, size_t total) {
    const h2o_headers_t *headers = &request->h2o->headers;
    char *joined = h2o_mem_alloc_pool(&request->h2o->pool, total), *end = joined;
    for (ssize_t at = -1; (at = h2o_find_header_by_str(headers, name, strlen(name), at)) >= 0;) {
        if (end > joined) {
            end = mempcpy(end, ", ", 2);
        }
        end = mempcpy(end, headers->entries[at].value.base, headers->entries[at].value.len);
    }
    return fq_slice_of(joined, (size_t)(end - joined));
}

fq_slice http_header_value(const http_request *request, const char *name) {
    const h2o_headers_t *headers = &request->h2o->headers;
    fq_slice first = {0};
    size_t total = 0, lines = 0;
    for (ssize_t at = -1; (at = h2o_find_header_by_str(headers, name, strlen(name), at)) >= 0; lines++) {
        h2o_iovec_t value = headers->entries[at].value;
        first = lines == 0 ? fq_slice_of(value.base, value.len) : first;
        total += value.len + 2;
    }
    return lines < 2 ? first : join_values(request, name, total);
}

void **http_user(http_request *request) { return &request->user; }

void http_own(http_request *request, void *memory) { request->owned = memory; }

static const char *reason_of(int status) {
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {204, "No Content"},
        {303, "See Other"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {413, "Payload Too Large"},
        {415, "Unsupported Media Type"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (reasons[i].status == status) {
            return reasons[i].reason;
        }
    }
    return "Unknown";
}

static void set_head(http_request *request, int status, const http_header *headers, size_t n_headers) {
    h2o_req_t *h2o = request->h2o;
    h2o->res.status = status;
    h2o->res.reason = reason_of(status);
    for (size_t i = 0; i < n_headers; i++) {
        h2o_add_header_by_str(&h2o->pool, &h2o->res.headers, headers[i].name, strlen(headers[i].name), 1, NULL,
                              headers[i].value.ptr, headers[i].value.len);
    }
    const http_server *server = request->server;
    bool ending = server->shut || (server->ending != NULL && *server->ending);
    if (ending && h2o->version < 0x200) {
        h2o->http1_is_persistent = 0;
    }
}

/* Chooses how the body is compressed and says so in the head. Bodies that have a coding already are left alone. */
static void choose_coding(http_request *request, const http_header *headers, size_t n_headers, size_t size) {
    h2o_req_t *h2o = request->h2o;
    if (request->server->compression == COMPRESSION_OFF || size < COMPRESSION_MIN_SIZE) {
        return;
    }
    for (size_t i = 0; i < n_headers; i++) {
        if (strcmp(headers[i].name, "content-encoding") == 0) {
            return;
        }
    }
    h2o_add_header(&h2o->pool, &h2o->res.headers, H2O_TOKEN_VARY, NULL, H2O_STRLIT("Accept-Encoding"));
    media_coding coding = media_coding_choose(http_header_value(request, "accept-encoding"));
    request->compressor = coding != CODING_IDENTITY ? compressor_new(coding) : NULL;
    if (request->compressor != NULL) {
        const char *name = coding == CODING_BROTLI ? "br" : "gzip";
        h2o_add_header(&h2o->pool, &h2o->res.headers, H2O_TOKEN_CONTENT_ENCODING, NULL, name, strlen(name));
    }
}

static void start(http_request *request) {
    request->started = true;
    h2o_start_response(request->h2o, &request->generator);
}

static void send_vec(http_request *request, fq_slice bytes, h2o_send_state_t state) {
    request->server->work_for_h2o |= !request->server->in_h2o;
    request->server->unseen = true;
    h2o_iovec_t vec = h2o_iovec_init(bytes.ptr, bytes.len);
    h2o_send(request->h2o, &vec, bytes.len > 0 && !request->only_head ? 1 : 0, state);
}

void http_respond(http_request *request, int status, const http_header *headers, size_t n_headers, fq_slice body) {
    set_head(request, status, headers, n_headers);
    choose_coding(request, headers, n_headers, body.len);
    if (request->compressor != NULL) {
        fq_slice packed = compressor_take(request->compressor, body, COMPRESS_LAST);
        if (packed.ptr == NULL) {
            start(request);
            http_break(request);
            return;
        }
        body = packed;
    }
    bool no_body = status == 204 || status == 304;
    request->h2o->res.content_length = no_body ? SIZE_MAX : body.len;
    request->ended = true;
    start(request);
    send_vec(request, body, H2O_SEND_STATE_FINAL);
}

void http_start(http_request *request, int status, const http_header *headers, size_t n_headers) {
    set_head(request, status, headers, n_headers);
    choose_coding(request, headers, n_headers, SIZE_MAX);
    request->streaming = true;
    start(request);
}

void http_send(http_request *request, fq_slice bytes, bool last) {
    if (request->compressor != NULL) {
        bytes = compressor_take(request->compressor, bytes, last ? COMPRESS_LAST : COMPRESS_MORE);
        if (bytes.ptr == NULL) {
            http_break(request);
            return;
        }
    }
    request->ended = last || request->only_head;
    send_vec(request, bytes, request->ended ? H2O_SEND_STATE_FINAL : H2O_SEND_STATE_IN_PROGRESS);
}

void http_break(http_request *request) {
    if (!request->started) {
        set_head(request, 500, NULL, 0);
        start(request);
    }
    request->ended = true;
    request->h2o->http1_is_persistent = 0;
    send_vec(request, FQ_S(""), H2O_SEND_STATE_ERROR);
}

/* ---- the server ---- */

static void on_accept(h2o_socket_t *socket, const char *error) {
    listener *l = socket->data;
    for (int i = 0; error == NULL && i < ACCEPT_AT_ONCE; i++) {
        h2o_socket_t *connection = h2o_evloop_socket_accept(socket);
        if (connection == NULL) {
            return;
        }
        http_connection_accept(l, connection);
    }
}

static void on_inner_ready(h2o_socket_t *socket, const char *error) {
    (void)socket, (void)error; /* only ends the wait: http_server_turn runs the inner loop */
}

static SSL_CTX *open_tls(const http_options *options) {
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (tls == NULL || SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1 ||
        SSL_CTX_use_certificate_chain_file(tls, options->tls_cert) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, options->tls_key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(tls) != 1) {
        fprintf(stderr, "fraiseql: error: --tls-cert '%s', --tls-key '%s': %s\n", options->tls_cert, options->tls_key,
                ERR_reason_error_string(ERR_peek_last_error()));
        SSL_CTX_free(tls);
        return NULL;
    }
    h2o_ssl_register_alpn_protocols(tls, h2o_http2_alpn_protocols);
    return tls;
}

static void configure(http_server *server, const http_options *options) {
    h2o_config_init(&server->config);
    server->config.server_name = h2o_iovec_init(H2O_STRLIT("fraiseql"));
    /* Past this h2o refuses by itself: in HTTP/2 by a reset that says nothing. What is between gets our own answer. */
    if (__builtin_mul_overflow(options->max_body, BODY_HEADROOM, &server->config.max_request_entity_size)) {
        server->config.max_request_entity_size = SIZE_MAX;
    }
    server->config.http1.req_timeout = options->idle_timeout_ms;
    server->config.http2.idle_timeout = options->idle_timeout_ms;
    h2o_hostconf_t *host = h2o_config_register_host(&server->config, h2o_iovec_init(H2O_STRLIT("default")), 65535);
    http_refusals_register(host);
    h2o_pathconf_t *path = h2o_config_register_path(host, "/", 0);
    http_route *route = (http_route *)h2o_create_handler(path, sizeof(*route));
    route->handler.on_req = on_request;
    route->server = server;
}

http_server *http_server_new(fq_event_loop *loop, const int *fds, size_t n_fds, const http_options *options,
                             const http_handler *handler, void *arg) {
    http_server *server = calloc(1, sizeof(*server));
    listener *listeners = calloc(n_fds, sizeof(*listeners));
    if (server == NULL || listeners == NULL) {
        abort();
    }
    server->inner = loop;
    server->handler = *handler;
    server->arg = arg;
    server->listeners = listeners;
    server->n_listeners = n_fds;
    server->max_connections = options->max_connections;
    server->ending = options->ending;
    server->idle_timeout_ms = options->idle_timeout_ms;
    server->compression = options->compress ? COMPRESSION_ON : COMPRESSION_OFF;
    if (options->tls_cert != NULL) {
        server->tls = open_tls(options);
        if (server->tls == NULL) {
            free(listeners);
            free(server);
            return NULL;
        }
    }
    configure(server, options);
    server->loop = h2o_evloop_create();
    h2o_context_init(&server->context, server->loop, &server->config);
    server->inner_socket =
        h2o_evloop_socket_create(server->loop, dup(fq_event_loop_fd(loop)), H2O_SOCKET_FLAG_DONT_READ);
    h2o_socket_read_start(server->inner_socket, on_inner_ready);
    for (size_t i = 0; i < n_fds; i++) {
        listener *l = &listeners[i];
        l->server = server;
        l->accept = (h2o_accept_ctx_t){.ctx = &server->context, .hosts = server->config.hosts, .ssl_ctx = server->tls};
        l->socket = h2o_evloop_socket_create(server->loop, dup(fds[i]), H2O_SOCKET_FLAG_DONT_READ);
        l->socket->data = l;
        h2o_socket_read_start(l->socket, on_accept);
    }
    return server;
}

void http_server_turn(http_server *server) {
    int wait = fq_event_loop_wait_ms(server->inner);
    if (server->unseen && (wait < 0 || wait > LOOK_MS)) {
        wait = LOOK_MS;
    }
    wait = server->work_for_h2o ? 0 : wait;
    server->work_for_h2o = false;
    server->in_h2o = true;
    (void)h2o_evloop_run(server->loop, wait < 0 ? INT32_MAX : wait);
    server->in_h2o = false;
    fq_event_loop_turn(server->inner, 0);
    /* Whatever ended the wait may be news of a connection; a loop that only waits is not woken by looking. */
    server->unseen = true;
    uint64_t now = fq_clock_ms();
    if (now >= server->next_look) {
        server->next_look = now + LOOK_MS;
        http_connections_look(server, now);
    }
}

void http_server_shut(http_server *server) {
    if (server->shut) {
        return;
    }
    server->shut = true;
    for (size_t i = 0; i < server->n_listeners; i++) {
        h2o_socket_read_stop(server->listeners[i].socket);
        h2o_socket_close(server->listeners[i].socket);
        server->listeners[i].socket = NULL;
    }
    h2o_context_request_shutdown(&server->context);
}

size_t http_server_running(const http_server *server) { return server->running; }

void http_server_free(http_server *server) {
    if (server == NULL) {
        return;
    }
    /* h2o 2.2 can not free a loop or connections that are still open: the program ends now. */
    SSL_CTX_free(server->tls);
    free(server->listeners);
    free(server);
}
