/* SPDX-License-Identifier: MIT */
/* What http.c and http_connection.c share: libh2o's types, the server, its connections and its requests. */
#ifndef FRAISEQL_SERVER_HTTP_INTERNAL_H
#define FRAISEQL_SERVER_HTTP_INTERNAL_H

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

#include "compression.h"
#include "http.h"

typedef struct http_connection http_connection;

typedef struct listener {
    h2o_socket_t *socket;
    http_server *server;
    h2o_accept_ctx_t accept;
} listener;

/* One client. Its socket belongs to libh2o until that closes it. */
struct http_connection {
    http_server *server;
    h2o_socket_t *socket; /* NULL: closed by libh2o, lingering */
    h2o_socket_cb resume; /* libh2o's own reader, while an answer to a bad head is on its way */
    http_connection *next, **link;
    uint32_t running; /* requests without their whole answer */
    uint32_t resets;  /* streams that the client has given up, less those it let end */
    bool is_http2;    /* known with the first request */
    bool closing;     /* libh2o closes it after the answer that was its last */
    bool refused;     /* the client may still be sending what nobody reads: linger, so that it sees our answer */
    int linger_fd;
    h2o_socket_t *linger;
    uint64_t linger_until;
    uint64_t acked;         /* bytes that the client's kernel has taken, when last looked at */
    uint64_t stalled_since; /* 0: nothing to send, or it moves */
};

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
    http_compression compression;
    uint64_t idle_timeout_ms;
    uint32_t max_connections;
    uint32_t n_connections;
    http_connection *connections; /* newest first */
    http_request *first;          /* running requests, newest first */
    size_t running;
    uint64_t next_look; /* at the connections */
    bool unseen;        /* something happened since the last look */
    bool shut;
    const _Atomic bool *ending; /* or NULL: as in http_options */
    bool in_h2o;                /* inside h2o's turn */
    bool work_for_h2o; /* something was sent outside of it: h2o has callbacks to run, for which it would not end its
                          wait */
};

struct http_request {
    h2o_generator_t generator; /* first: h2o hands it back */
    h2o_req_t *h2o;
    http_server *server;
    http_connection *connection;
    http_request *next, **link;
    void *user;
    void *owned;
    compressor *compressor; /* or NULL: as it is */
    bool only_head;         /* HEAD: the answer has no body */
    bool started;           /* its head was handed to libh2o */
    bool streaming;         /* an answer in chunks */
    bool ended;             /* the last of the answer was handed to libh2o, or nobody wants it */
};

/* Takes a connection over from a listener; closes it where there are too many. */
void http_connection_accept(listener *l, h2o_socket_t *socket);

/* The connection of a request. */
http_connection *http_connection_of(h2o_req_t *h2o);

/* A stream's end, for the budget of resets: a client that opens streams only to reset them (CVE-2023-44487) is cut off.
 */
typedef enum http_stream_end { STREAM_ANSWERED, STREAM_GIVEN_UP } http_stream_end;
void http_connection_count(http_connection *connection, http_stream_end end);

/* Looks at all connections: clients that have gone, that read nothing, that sent a head which must not be served. */
void http_connections_look(http_server *server, uint64_t now);

/* The body of a refusal, to be freed with free(); `wrong` needs no escapes. */
char *http_refusal(const char *wrong);

/* Makes libh2o's own refusals say what is wrong in JSON. */
void http_refusals_register(h2o_hostconf_t *host);

#endif
