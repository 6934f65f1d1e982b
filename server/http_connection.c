/* SPDX-License-Identifier: MIT */
/* The life of connections, where libh2o 2.2 leaves something to be wished for: it does not notice a client that leaves
 * while its request runs, waits for the body of a request whose head must be refused, lets a client that reads nothing
 * hold its answer for ever, and closes so abruptly that a refused client may never see why. Invariant: every connection
 * is in the server's list from accept until its last descriptor is closed. */
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http_head.h"
#include "http_internal.h"

#define MAX_RESETS 200
#define LINGER_MS 2000
#define POLL_AT_ONCE 256

/* ---- beginning and end ---- */

static void forget(http_connection *c) {
    *c->link = c->next;
    if (c->next != NULL) {
        c->next->link = c->link;
    }
    c->server->n_connections--;
    free(c);
}

static void end_linger(http_connection *c) {
    if (c->linger != NULL) {
        h2o_socket_close(c->linger); /* closes the descriptor */
    }
    forget(c);
}

/* Throws away what the client still sends; its end or the time ends this. */
static void on_linger(h2o_socket_t *socket, const char *error) {
    http_connection *c = socket->data;
    char waste[16384];
    ssize_t got = 1;
    for (int i = 0; error == NULL && got > 0 && i < 16; i++) {
        got = recv(c->linger_fd, waste, sizeof(waste), MSG_DONTWAIT);
    }
    if (error != NULL || got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
        end_linger(c);
    }
}

static void on_socket_closed(void *arg) {
    http_connection *c = arg;
    c->socket = NULL;
    if (c->linger_fd < 0) {
        forget(c);
        return;
    }
    (void)shutdown(c->linger_fd, SHUT_WR);
    c->linger = h2o_evloop_socket_create(c->server->loop, c->linger_fd, H2O_SOCKET_FLAG_DONT_READ);
    c->linger->data = c;
    c->linger_until = fq_clock_ms() + LINGER_MS;
    c->server->unseen = true;
    h2o_socket_read_start(c->linger, on_linger);
}

void http_connection_accept(listener *l, h2o_socket_t *socket) {
    http_server *server = l->server;
    http_connection *c = server->n_connections < server->max_connections ? calloc(1, sizeof(*c)) : NULL;
    if (c == NULL) {
        h2o_socket_close(socket);
        return;
    }
    *c = (http_connection){
        .server = server, .socket = socket, .next = server->connections, .link = &server->connections, .linger_fd = -1};
    if (c->next != NULL) {
        c->next->link = &c->next;
    }
    server->connections = c;
    server->n_connections++;
    socket->on_close.cb = on_socket_closed;
    socket->on_close.data = c;
    h2o_accept(&l->accept, socket);
}

http_connection *http_connection_of(h2o_req_t *h2o) {
    h2o_socket_t *socket = h2o->conn->callbacks->get_socket(h2o->conn);
    return socket != NULL ? socket->on_close.data : NULL;
}

static void cut(http_connection *c) {
    if (c->socket != NULL) {
        (void)shutdown(h2o_socket_get_fd(c->socket), SHUT_RDWR);
    }
}

void http_connection_count(http_connection *c, http_stream_end end) {
    if (end == STREAM_ANSWERED) {
        c->resets -= c->resets > 0;
    } else if (++c->resets == MAX_RESETS) {
        cut(c);
    }
}

/* ---- refusals ---- */

char *http_refusal(const char *wrong) {
    char *text = NULL;
    if (asprintf(&text,
                 "{\"errors\":[{\"message\":\"This is no well-formed HTTP request: %s\",\"extensions\":"
                 "{\"code\":\"BAD_REQUEST\"}}]}",
                 wrong) < 0) {
        abort();
    }
    return text;
}

static void refuse_later_input(http_connection *c) {
    if (!c->refused && c->socket != NULL) {
        c->refused = true;
        c->linger_fd = dup(h2o_socket_get_fd(c->socket));
    }
}

static void on_refusal_sent(h2o_socket_t *socket, const char *error) {
    (void)error;
    http_connection *c = socket->on_close.data;
    c->resume(socket, "refused"); /* an error while reading: libh2o closes */
}

/* A head that must not be served, while libh2o still waits for the body that it believes in. */
static void refuse_head(http_connection *c, const char *wrong) {
    char *body = http_refusal(wrong);
    char text[1024];
    int size =
        snprintf(text, sizeof(text),
                 "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n"
                 "Content-Length: %zu\r\n\r\n%s",
                 strlen(body), body);
    free(body);
    refuse_later_input(c);
    c->resume = c->socket->_cb.read;
    h2o_socket_read_stop(c->socket);
    h2o_iovec_t vec = h2o_iovec_init(text, (size_t)size);
    h2o_socket_write(c->socket, &vec, 1, on_refusal_sent);
    c->server->work_for_h2o = true;
}

static void look_at_head(http_connection *c) {
    h2o_socket_t *socket = c->socket;
    if (c->running > 0 || c->is_http2 || c->refused || c->closing || socket->input == NULL ||
        socket->input->size == 0 || socket->_cb.read == NULL || socket->_cb.write != NULL) {
        return;
    }
    fq_slice input = fq_slice_of(socket->input->bytes, socket->input->size);
    /* No frame of HTTP/2 begins with a letter: its length would be too large. */
    bool http1 = input.ptr[0] >= 'A' && input.ptr[0] <= 'Z' && !fq_slice_starts_with(input, FQ_S("PRI * "));
    if (http1 && memmem(input.ptr, input.len, "\r\n\r\n", 4) != NULL) {
        const char *wrong = http_head_check_bytes(input);
        if (wrong != NULL) {
            refuse_head(c, wrong);
        }
    }
}

typedef struct refusal {
    h2o_ostream_t stream;
    h2o_iovec_t body;
} refusal;

static void send_refusal(h2o_ostream_t *stream, h2o_req_t *h2o, h2o_iovec_t *bufs, size_t n_bufs,
                         h2o_send_state_t state) {
    refusal *r = (refusal *)stream;
    if (n_bufs > 0) {
        bufs = &r->body;
        n_bufs = 1;
    }
    h2o_ostream_send_next(stream, h2o, bufs, n_bufs, state);
}

static void on_refusal(h2o_filter_t *filter, h2o_req_t *h2o, h2o_ostream_t **slot) {
    (void)filter;
    const char *text = h2o->res.status == 413 ? "{\"errors\":[{\"message\":\"The body exceeds the limit (max_body)\","
                                                "\"extensions\":{\"code\":\"PAYLOAD_TOO_LARGE\"}}]}"
                                              : "{\"errors\":[{\"message\":\"This is no well-formed HTTP request\","
                                                "\"extensions\":{\"code\":\"BAD_REQUEST\"}}]}";
    refusal *r = (refusal *)h2o_add_ostream(h2o, sizeof(*r), slot);
    r->stream.do_send = send_refusal;
    r->body = h2o_iovec_init(text, strlen(text));
    h2o->res.content_length = r->body.len;
    h2o->res.headers = (h2o_headers_t){NULL, 0, 0};
    h2o_add_header(&h2o->pool, &h2o->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL,
                   H2O_STRLIT("application/json; charset=utf-8"));
    http_connection *c = http_connection_of(h2o);
    if (c != NULL && h2o->version < 0x200) {
        refuse_later_input(c);
    }
    h2o_setup_next_ostream(h2o, &r->stream.next);
}

void http_refusals_register(h2o_hostconf_t *host) {
    h2o_filter_t *filter = h2o_create_filter(&host->fallback_path, sizeof(*filter));
    filter->on_setup_ostream = on_refusal;
}

/* ---- clients that have gone, or stand still ---- */

/* Gives up the requests of a client that has left; h2o tells of their end as of any other. */
static void give_up(http_connection *c) {
    cut(c);
    for (http_request *r = c->server->first; r != NULL; r = r->next) {
        if (r->connection == c && !r->ended) {
            if (c->socket->_cb.write == NULL) {
                http_break(r); /* frees the request */
            }
            return; /* HTTP/1: one at a time; a write under way fails by itself */
        }
    }
}

static void look_for_gone(http_connection **waiting, struct pollfd *fds, nfds_t n) {
    if (n == 0 || poll(fds, n, 0) <= 0) {
        return;
    }
    for (nfds_t i = 0; i < n; i++) {
        if ((fds[i].revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) {
            give_up(waiting[i]);
        }
    }
}

/* A client that takes no byte of what waits for it, for as long as an idle connection may live. */
static void look_for_stall(http_connection *c, uint64_t now) {
    struct tcp_info info;
    socklen_t size = sizeof(info);
    bool sending = c->socket->_cb.write != NULL;
    if (!sending || getsockopt(h2o_socket_get_fd(c->socket), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) {
        c->stalled_since = 0;
        return;
    }
    if (c->stalled_since == 0 || info.tcpi_bytes_acked != c->acked) {
        c->acked = info.tcpi_bytes_acked;
        c->stalled_since = now;
    } else if (now - c->stalled_since >= c->server->idle_timeout_ms) {
        c->stalled_since = 0;
        cut(c);
    }
}

void http_connections_look(http_server *server, uint64_t now) {
    struct pollfd fds[POLL_AT_ONCE];
    http_connection *waiting[POLL_AT_ONCE];
    nfds_t n = 0;
    bool again = false;
    http_connection *next;
    for (http_connection *c = server->connections; c != NULL; c = next) {
        next = c->next;
        if (c->socket == NULL) {
            again = true;
            if (now >= c->linger_until) {
                end_linger(c);
            }
            continue;
        }
        if (c->running > 0 && !c->is_http2) {
            if (n == POLL_AT_ONCE) {
                look_for_gone(waiting, fds, n);
                n = 0;
            }
            fds[n] = (struct pollfd){.fd = h2o_socket_get_fd(c->socket), .events = POLLRDHUP};
            waiting[n++] = c;
        }
        look_for_stall(c, now);
        look_at_head(c);
        again = again || c->running > 0 || c->stalled_since > 0;
    }
    look_for_gone(waiting, fds, n);
    server->unseen = again;
}
