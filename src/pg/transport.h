/* SPDX-License-Identifier: MIT */
/* Non-blocking bytes over a connected socket, in the clear or through the SSL object that libpq has set up on it. Owns
 * neither. Knows no protocol. */
#ifndef FQ_PG_TRANSPORT_H
#define FQ_PG_TRANSPORT_H

#include "base/slice.h"

typedef struct fq_transport {
    int fd;
    void *ssl; /* SSL *, or NULL */
    /* What the last read and the last write wait for, as FQ_READABLE or FQ_WRITABLE (base/loop.h): under TLS either may
     * need the other direction. */
    unsigned read_waits;
    unsigned write_waits;
} fq_transport;

typedef enum fq_io { FQ_IO_OK, FQ_IO_WAIT, FQ_IO_CLOSED, FQ_IO_ERROR } fq_io;

void fq_transport_init(fq_transport *transport, int fd, void *ssl);

/* At most `size` bytes; FQ_IO_OK with *count > 0. FQ_IO_WAIT: nothing now. FQ_IO_CLOSED: end of the stream.
 * FQ_IO_ERROR: errno tells, or 0 where TLS failed. */
fq_io fq_transport_read(fq_transport *transport, char *to, size_t size, size_t *count);

/* May write less than asked. After FQ_IO_WAIT the next call must begin with the same bytes. */
fq_io fq_transport_write(fq_transport *transport, fq_slice bytes, size_t *count);

/* Whether bytes are held where the loop can not see them (decrypted, not yet read). */
bool fq_transport_has_buffered(const fq_transport *transport);

#endif
