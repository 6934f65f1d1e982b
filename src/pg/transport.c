/* SPDX-License-Identifier: MIT */
/* See transport.h. Under TLS everything goes through libpq's own BIO, so that its socket options and its handling of
 * SIGPIPE stay in force. */
#include "pg/transport.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "base/loop.h"

void fq_transport_init(fq_transport *transport, int fd, void *ssl) {
    *transport = (fq_transport){.fd = fd, .ssl = ssl, .read_waits = FQ_READABLE, .write_waits = FQ_WRITABLE};
    if (ssl != NULL) {
        /* the output buffer may grow, and so move, between a write and its repetition */
        SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    }
}

static bool is_transient(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

static fq_io plain_result(ssize_t result, size_t *count) {
    if (result >= 0) {
        *count = (size_t)result;
        return FQ_IO_OK;
    }
    return is_transient(errno) ? FQ_IO_WAIT : FQ_IO_ERROR;
}

static fq_io plain_read(fq_transport *transport, char *to, size_t size, size_t *count) {
    ssize_t result;
    do {
        result = recv(transport->fd, to, size, 0);
    } while (result < 0 && errno == EINTR);
    return result == 0 ? FQ_IO_CLOSED : plain_result(result, count);
}

static fq_io plain_write(fq_transport *transport, fq_slice bytes, size_t *count) {
    ssize_t result;
    do {
        result = send(transport->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
    } while (result < 0 && errno == EINTR);
    return plain_result(result, count);
}

static fq_io tls_failure(SSL *ssl, int result, int saved_errno, unsigned *waits) {
    switch (SSL_get_error(ssl, result)) {
    case SSL_ERROR_WANT_READ:
        *waits = FQ_READABLE;
        return FQ_IO_WAIT;
    case SSL_ERROR_WANT_WRITE:
        *waits = FQ_WRITABLE;
        return FQ_IO_WAIT;
    case SSL_ERROR_ZERO_RETURN:
        return FQ_IO_CLOSED;
    case SSL_ERROR_SYSCALL:
        errno = saved_errno;
        return saved_errno == 0 ? FQ_IO_CLOSED : FQ_IO_ERROR;
    default:
        errno = 0;
        return FQ_IO_ERROR;
    }
}

static int clamp(size_t size) { return size > INT_MAX ? INT_MAX : (int)size; }

static fq_io tls_read(fq_transport *transport, char *to, size_t size, size_t *count) {
    ERR_clear_error();
    errno = 0;
    int result = SSL_read(transport->ssl, to, clamp(size));
    if (result > 0) {
        transport->read_waits = FQ_READABLE;
        *count = (size_t)result;
        return FQ_IO_OK;
    }
    return tls_failure(transport->ssl, result, errno, &transport->read_waits);
}

static fq_io tls_write(fq_transport *transport, fq_slice bytes, size_t *count) {
    ERR_clear_error();
    errno = 0;
    int result = SSL_write(transport->ssl, bytes.ptr, clamp(bytes.len));
    if (result > 0) {
        transport->write_waits = FQ_WRITABLE;
        *count = (size_t)result;
        return FQ_IO_OK;
    }
    return tls_failure(transport->ssl, result, errno, &transport->write_waits);
}

fq_io fq_transport_read(fq_transport *transport, char *to, size_t size, size_t *count) {
    *count = 0;
    return transport->ssl != NULL ? tls_read(transport, to, size, count) : plain_read(transport, to, size, count);
}

fq_io fq_transport_write(fq_transport *transport, fq_slice bytes, size_t *count) {
    *count = 0;
    return transport->ssl != NULL ? tls_write(transport, bytes, count) : plain_write(transport, bytes, count);
}

bool fq_transport_has_buffered(const fq_transport *transport) {
    return transport->ssl != NULL && SSL_has_pending(transport->ssl) != 0;
}
