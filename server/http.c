/* SPDX-License-Identifier: MIT */
/* See http.h: libh2o 2.2 on its own event loop, with the library's loop nested in it.
 * Invariant: an http_request lives in the pool of its h2o request and is told `gone` when that is disposed. */
#include "http.h"

#include <errno.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define H2O_USE_LIBUV 0
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <h2o.h>
#include <h2o/http1.h>
#include <h2o/http2.h>
#pragma GCC diagnostic pop

#include "http_head.h"

#define LISTEN_BACKLOG 4096
/* How often clients of running requests are looked at: one that has gone frees its query this soon. */
#define GONE_CHECK_MS 100
#define GONE_CHECK_AT_ONCE 256

typedef struct listener {
    h2o_socket_t *socket;
    http_server *server;
    h2o_accept_ctx_t accept;
} listener;

struct http_server {
    h2o_globalconf_t config;
    h2o_context_t context;
    h2o_evloop_t *loop;
    fq_event_loop *inner;
    h2o_socket_t *inner_socket;
    http_handler handler;
    void *arg;
    SSL_CTX *tls;
    listener *listeners;
    size_t n_listeners;
    uint32_t max_connections;
    uint32_t connections;
    http_request *first; /* running requests, newest first */
    size_t running;
    uint64_t next_gone_check;
    bool shut;
    bool in_h2o;       /* inside h2o's turn */
    bool work_for_h2o; /* something was sent outside of it: h2o has callbacks to run, for which it would not end its wait */
};

struct http_request {
    h2o_generator_t generator; /* first: h2o hands it back */
    h2o_req_t *h2o;
    http_server *server;
    http_request *next, **link;
    void *user;
    void *owned;
    uint64_t started_ms;
    bool streaming;
    bool ended;
};

typedef struct http_route {
    h2o_handler_t handler;
    http_server *server;
} http_route;

/* ---- listening ---- */

static int listen_unix(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address.sun_path)) {
        fprintf(stderr, "fraiseql: error: the socket's path is longer than %zu bytes: %s\n", sizeof(address.sun_path) - 1,
                path);
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct stat info;
    /* A socket that nobody listens on any more is a leftover; a live one is an error. */
    if (fd >= 0 && stat(path, &info) == 0 && S_ISSOCK(info.st_mode) &&
        connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0 && errno == ECONNREFUSED) {
        (void)unlink(path);
        close(fd);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    }
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, LISTEN_BACKLOG) != 0) {
        fprintf(stderr, "fraiseql: error: cannot listen on unix:%s: %s\n", path, strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    return fd;
}

static int listen_tcp(const char *address) {
    char host[256];
    const char *colon = strrchr(address, ':');
    size_t length = colon != NULL ? (size_t)(colon - address) : 0;
    if (colon == NULL || length >= sizeof(host) || colon[1] == '\0') {
        fprintf(stderr, "fraiseql: error: --listen '%s': give HOST:PORT, such as 127.0.0.1:8080, or unix:PATH\n", address);
        return -1;
    }
    memcpy(host, address, length);
    host[length] = '\0';
    char *name = host;
    if (length > 1 && host[0] == '[' && host[length - 1] == ']') {
        host[length - 1] = '\0';
        name = host + 1;
    }
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int failure = getaddrinfo(*name != '\0' ? name : NULL, colon + 1, &hints, &found);
    if (failure != 0) {
        fprintf(stderr, "fraiseql: error: --listen '%s': %s\n", address, gai_strerror(failure));
        return -1;
    }
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;
    if (fd >= 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    }
    if (fd < 0 || bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, LISTEN_BACKLOG) != 0) {
        fprintf(stderr, "fraiseql: error: cannot listen on %s: %s\n", address, strerror(errno));
        if (errno == EADDRINUSE) {
            fputs("  tip: another program uses that port; stop it or choose another with --listen\n", stderr);
        }
        if (fd >= 0) {
            close(fd);
        }
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

int http_listen(const char *address) {
    return strncmp(address, "unix:", 5) == 0 ? listen_unix(address + 5) : listen_tcp(address);
}

bool http_listen_is_local(const char *address, int fd) {
    if (strncmp(address, "unix:", 5) == 0) {
        return true;
    }
    struct sockaddr_storage bound;
    socklen_t length = sizeof(bound);
    if (getsockname(fd, (struct sockaddr *)&bound, &length) != 0) {
        return false;
    }
    if (bound.ss_family == AF_INET) {
        return (ntohl(((struct sockaddr_in *)&bound)->sin_addr.s_addr) >> 24) == 127;
    }
    return bound.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((struct sockaddr_in6 *)&bound)->sin6_addr);
}

void http_listen_name(const char *address, int fd, bool tls, char *out, size_t size) {
    struct sockaddr_storage bound;
    socklen_t length = sizeof(bound);
    char host[128];
    char port[16];
    if (strncmp(address, "unix:", 5) == 0 || getsockname(fd, (struct sockaddr *)&bound, &length) != 0 ||
        getnameinfo((struct sockaddr *)&bound, length, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        (void)snprintf(out, size, "%s", address);
        return;
    }
    bool six = strchr(host, ':') != NULL;
    (void)snprintf(out, size, "%s://%s%s%s:%s", tls ? "https" : "http", six ? "[" : "", host, six ? "]" : "", port);
}

/* ---- requests ---- */

static void on_dispose(void *memory) {
    http_request *request = *(http_request **)memory;
    http_server *server = request->server;
    *request->link = request->next;
    if (request->next != NULL) {
        request->next->link = request->link;
    }
    server->running--;
    server->handler.gone(request, server->arg);
    free(request->owned);
    free(request);
}

static void on_proceed(h2o_generator_t *generator, h2o_req_t *h2o) {
    (void)h2o;
    http_request *request = (http_request *)generator;
    if (request->streaming && !request->ended) {
        request->server->handler.ready(request, request->server->arg);
    }
}

static void on_stop(h2o_generator_t *generator, h2o_req_t *h2o) {
    (void)h2o;
    ((http_request *)generator)->ended = true; /* the dispose follows */
}

static int on_request(h2o_handler_t *handler, h2o_req_t *h2o) {
    http_server *server = ((http_route *)handler)->server;
    http_request *request = calloc(1, sizeof(*request));
    if (request == NULL) {
        abort();
    }
    *request = (http_request){
        .generator = {on_proceed, on_stop},
        .h2o = h2o,
        .server = server,
        .next = server->first,
        .link = &server->first,
        .started_ms = fq_clock_ms(),
    };
    if (server->first != NULL) {
        server->first->link = &request->next;
    }
    server->first = request;
    server->running++;
    http_request **memory = h2o_mem_alloc_shared(&h2o->pool, sizeof(*memory), on_dispose);
    *memory = request;
    if (server->shut) {
        h2o->http1_is_persistent = 0;
    }
    const char *wrong = h2o->version < 0x200 ? http_head_check(h2o) : NULL;
    if (wrong != NULL) {
        h2o->http1_is_persistent = 0;
        request->ended = true;
        h2o_send_error_400(h2o, "Bad Request", wrong, 0);
        return 0;
    }
    server->handler.request(request, server->arg);
    return 0;
}

fq_slice http_method(const http_request *request) {
    return fq_slice_of(request->h2o->input.method.base, request->h2o->input.method.len);
}

fq_slice http_path(const http_request *request) {
    const h2o_req_t *h2o = request->h2o;
    size_t end = h2o->query_at != SIZE_MAX ? h2o->query_at : h2o->input.path.len;
    return fq_slice_of(h2o->input.path.base, end);
}

fq_slice http_query(const http_request *request) {
    const h2o_req_t *h2o = request->h2o;
    if (h2o->query_at == SIZE_MAX || h2o->query_at >= h2o->input.path.len) {
        return (fq_slice){0};
    }
    return fq_slice_of(h2o->input.path.base + h2o->query_at + 1, h2o->input.path.len - h2o->query_at - 1);
}

fq_slice http_body(const http_request *request) {
    return fq_slice_of(request->h2o->entity.base, request->h2o->entity.len);
}

fq_slice http_header_value(const http_request *request, const char *name) {
    ssize_t at = h2o_find_header_by_str(&request->h2o->headers, name, strlen(name), -1);
    if (at < 0) {
        return (fq_slice){0};
    }
    h2o_iovec_t value = request->h2o->headers.entries[at].value;
    return fq_slice_of(value.base, value.len);
}

void **http_user(http_request *request) {
    return &request->user;
}

void http_own(http_request *request, void *memory) {
    request->owned = memory;
}

static const char *reason_of(int status) {
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"}, {204, "No Content"}, {303, "See Other"}, {400, "Bad Request"}, {401, "Unauthorized"},
        {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"}, {406, "Not Acceptable"},
        {413, "Payload Too Large"}, {415, "Unsupported Media Type"}, {500, "Internal Server Error"},
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
    if (request->server->shut && h2o->version < 0x200) {
        h2o->http1_is_persistent = 0;
    }
}

void http_respond(http_request *request, int status, const http_header *headers, size_t n_headers, fq_slice body) {
    h2o_req_t *h2o = request->h2o;
    set_head(request, status, headers, n_headers);
    h2o->res.content_length = body.len;
    request->ended = true;
    h2o_start_response(h2o, &request->generator);
    request->server->work_for_h2o |= !request->server->in_h2o;
    h2o_iovec_t vec = h2o_iovec_init(body.ptr, body.len);
    h2o_send(h2o, &vec, body.len > 0 ? 1 : 0, H2O_SEND_STATE_FINAL);
}

void http_start(http_request *request, int status, const http_header *headers, size_t n_headers) {
    set_head(request, status, headers, n_headers);
    request->streaming = true;
    h2o_start_response(request->h2o, &request->generator);
}

void http_send(http_request *request, fq_slice bytes, bool last) {
    h2o_iovec_t vec = h2o_iovec_init(bytes.ptr, bytes.len);
    request->ended = last;
    request->server->work_for_h2o |= !request->server->in_h2o;
    h2o_send(request->h2o, &vec, bytes.len > 0 ? 1 : 0, last ? H2O_SEND_STATE_FINAL : H2O_SEND_STATE_IN_PROGRESS);
}

void http_break(http_request *request) {
    request->ended = true;
    request->h2o->http1_is_persistent = 0;
    request->server->work_for_h2o |= !request->server->in_h2o;
    h2o_send(request->h2o, NULL, 0, H2O_SEND_STATE_ERROR);
}

/* ---- the server ---- */

static void on_connection_end(void *arg) {
    http_server *server = arg;
    server->connections--;
}

static void on_accept(h2o_socket_t *socket, const char *error) {
    listener *l = socket->data;
    if (error != NULL) {
        return;
    }
    http_server *server = l->server;
    for (int i = 0; i < 16; i++) {
        h2o_socket_t *connection = h2o_evloop_socket_accept(socket);
        if (connection == NULL) {
            return;
        }
        if (server->connections >= server->max_connections) {
            h2o_socket_close(connection);
            continue;
        }
        server->connections++;
        connection->on_close.cb = on_connection_end;
        connection->on_close.data = server;
        h2o_accept(&l->accept, connection);
    }
}

static void on_inner_ready(h2o_socket_t *socket, const char *error) {
    (void)socket, (void)error; /* only ends the wait: http_server_turn runs the inner loop */
}

static SSL_CTX *open_tls(const http_options *options) {
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (tls == NULL || SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1 ||
        SSL_CTX_use_certificate_chain_file(tls, options->tls_cert) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, options->tls_key, SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key(tls) != 1) {
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
    server->config.max_request_entity_size = options->max_body;
    server->config.http1.req_timeout = options->idle_timeout_ms;
    server->config.http2.idle_timeout = options->idle_timeout_ms;
    h2o_hostconf_t *host = h2o_config_register_host(&server->config, h2o_iovec_init(H2O_STRLIT("default")), 65535);
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

/* A client that closed its side, wholly or by half, does not wait for the answer. libh2o only notices when it writes. */
static void check_gone(http_server *server) {
    uint64_t now = fq_clock_ms();
    if (now < server->next_gone_check) {
        return;
    }
    server->next_gone_check = now + GONE_CHECK_MS;
    struct pollfd fds[GONE_CHECK_AT_ONCE];
    http_request *requests[GONE_CHECK_AT_ONCE];
    nfds_t n = 0;
    for (http_request *r = server->first; r != NULL && n < GONE_CHECK_AT_ONCE; r = r->next) {
        h2o_socket_t *socket = r->h2o->conn->callbacks->get_socket(r->h2o->conn);
        if (now - r->started_ms >= GONE_CHECK_MS && !r->ended && socket != NULL && r->h2o->version < 0x200) {
            fds[n] = (struct pollfd){.fd = h2o_socket_get_fd(socket), .events = POLLRDHUP};
            requests[n++] = r;
        }
    }
    if (n > 0 && poll(fds, n, 0) > 0) {
        for (nfds_t i = 0; i < n; i++) {
            if ((fds[i].revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0 && !requests[i]->ended) {
                http_request *r = requests[i];
                if (!r->streaming) {
                    http_start(r, 400, NULL, 0);
                }
                http_break(r);
            }
        }
    }
}

void http_server_turn(http_server *server) {
    int wait = fq_event_loop_wait_ms(server->inner);
    if (server->running > 0 && (wait < 0 || wait > GONE_CHECK_MS)) {
        wait = GONE_CHECK_MS;
    }
    wait = server->work_for_h2o ? 0 : wait;
    server->work_for_h2o = false;
    server->in_h2o = true;
    (void)h2o_evloop_run(server->loop, wait < 0 ? INT32_MAX : wait);
    server->in_h2o = false;
    fq_event_loop_turn(server->inner, 0);
    if (server->running > 0) {
        check_gone(server);
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

size_t http_server_running(const http_server *server) {
    return server->running;
}

void http_server_free(http_server *server) {
    if (server == NULL) {
        return;
    }
    /* h2o 2.2 can not free a loop or connections that are still open: the program ends now. */
    SSL_CTX_free(server->tls);
    free(server->listeners);
    free(server);
}
