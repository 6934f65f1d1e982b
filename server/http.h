/* SPDX-License-Identifier: MIT */
/* HTTP as the program needs it: requests come in whole, answers go out whole or in chunks with back-pressure, and a
 * client that leaves is told of. The HTTP library (libh2o) stands behind this header alone. One http_server per thread
 * and event loop; listeners are shared between them. */
#ifndef FRAISEQL_SERVER_HTTP_H
#define FRAISEQL_SERVER_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/event_loop.h"
#include "base/slice.h"

typedef struct http_server http_server;
typedef struct http_request http_request;

typedef struct http_header {
    const char *name; /* lower case */
    fq_slice value;
} http_header;

typedef struct http_handler {
    /* A request has arrived with its whole body. It is answered now or later, exactly once. */
    void (*request)(http_request *request, void *arg);
    /* The chunk has been taken: the next may be sent. */
    void (*ready)(http_request *request, void *arg);
    /* The client has gone before the end of the answer, or the answer is through: the request must not be used any more
     * after this call, which comes exactly once for each request. */
    void (*gone)(http_request *request, void *arg);
} http_handler;

typedef struct http_options {
    size_t max_body;
    uint64_t idle_timeout_ms;
    uint32_t max_connections; /* of this server */
    const char *tls_cert;     /* PEM files, or NULL */
    const char *tls_key;
    bool compress; /* answers, where the client accepts it */
    /* Once true, answers end their connections, also those before this thread comes to http_server_shut. May be NULL.
     */
    const _Atomic bool *ending;
} http_options;

/* A bound and listening socket; -1 after having said why. `address` is HOST:PORT or unix:PATH. */
int http_listen(const char *address);
/* What a listener is bound to, for people ("http://127.0.0.1:8080"). */
void http_listen_name(const char *address, int fd, bool tls, char *out, size_t size);
/* Whether only programs on this machine can reach it. */
bool http_listen_is_local(const char *address, int fd);

/* NULL after having said why. `fds` stay the caller's; they are duplicated. */
http_server *http_server_new(fq_event_loop *loop, const int *fds, size_t n_fds, const http_options *options,
                             const http_handler *handler, void *arg);

/* Runs one turn of both loops. */
void http_server_turn(http_server *server);

/* Stops listening, lets keep-alive connections end after their running request. */
void http_server_shut(http_server *server);
/* Requests that have not been answered to their end. */
size_t http_server_running(const http_server *server);
void http_server_free(http_server *server);

/* ---- a request ---- */

fq_slice http_method(const http_request *request);
fq_slice http_path(const http_request *request);  /* without query string */
fq_slice http_query(const http_request *request); /* behind the ?, ptr NULL where there is none */
fq_slice http_body(const http_request *request);
/* The value of that (lower-case) name, ptr NULL where there is none; several lines are joined by ", ". */
fq_slice http_header_value(const http_request *request, const char *name);
void **http_user(http_request *request);            /* a pointer of the handler's */
void http_own(http_request *request, void *memory); /* free()d after `gone`; once for each request */

/* The whole answer; `body` must live until `gone`. */
void http_respond(http_request *request, int status, const http_header *headers, size_t n_headers, fq_slice body);

/* An answer in chunks: the head, then chunks, each after the `ready` of the one before. `bytes` must live until then.
 */
void http_start(http_request *request, int status, const http_header *headers, size_t n_headers);
void http_send(http_request *request, fq_slice bytes, bool last);
/* Ends an answer as broken: the client must not take it for a whole one. */
void http_break(http_request *request);

#endif
