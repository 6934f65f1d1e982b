/* SPDX-License-Identifier: MIT */
/* Codec of PostgreSQL's frontend/backend protocol 3.0 for the query phase (manual, chapter "Message Formats"). Pure: it
 * appends messages to a buffer and cuts messages out of received bytes; it never sees a socket. */
#ifndef FQ_PG_WIRE_H
#define FQ_PG_WIRE_H

#include "base/buffer.h"

/* A parameter's value on its way to PostgreSQL; value.ptr NULL is SQL NULL. */
typedef struct fq_pg_value {
    fq_slice value;
    uint8_t binary; /* 0 text, 1 binary format */
} fq_pg_value;

/* Encoders, one message each. `name` empty: the unnamed statement. What the protocol can not carry (a NUL in SQL or a
 * name, too many parameters, a message over FQ_PG_MESSAGE_MAX) sets the buffer's failure. */
void fq_wire_parse(fq_buffer *out, fq_slice name, fq_slice sql, const uint32_t *oids, uint32_t n_oids);
/* `formats`: one byte per result column (0 text, 1 binary); n_formats 0: all text. */
void fq_wire_bind(fq_buffer *out, fq_slice name, const fq_pg_value *params, uint32_t n_params, const uint8_t *formats,
                  uint32_t n_formats);
/* The same in two steps, for a caller who has the values before he knows the name: the tail is what follows the name.
 */
void fq_wire_bind_tail(fq_buffer *out, const fq_pg_value *params, uint32_t n_params, const uint8_t *formats,
                       uint32_t n_formats);
void fq_wire_bind_with_tail(fq_buffer *out, fq_slice name, fq_slice tail);
void fq_wire_describe_statement(fq_buffer *out, fq_slice name);
void fq_wire_execute(fq_buffer *out);
void fq_wire_close_statement(fq_buffer *out, fq_slice name);
void fq_wire_sync(fq_buffer *out);
void fq_wire_query(fq_buffer *out, fq_slice sql);
void fq_wire_terminate(fq_buffer *out);

/* One message of the server: its type byte and payload, a view into the received bytes. */
typedef struct fq_wire_message {
    char type;
    fq_slice payload;
} fq_wire_message;

typedef enum fq_wire_result { FQ_WIRE_MESSAGE, FQ_WIRE_NEED_MORE, FQ_WIRE_BROKEN } fq_wire_result;

/* Cuts the next message from `received` at `*at`, moving `*at` behind it. FQ_WIRE_NEED_MORE leaves `*at` and sets
 * `*needed` to the bytes that the whole message takes (0 where unknown). FQ_WIRE_BROKEN: not this protocol, or over
 * `max_message`. */
fq_wire_result fq_wire_next(fq_slice received, size_t *at, size_t max_message, fq_wire_message *message,
                            size_t *needed);

/* Columns of a DataRow, read where they lie; ptr NULL is NULL. Fills at most `max` and returns the number of columns,
 * or -1 where the payload is malformed. */
int fq_wire_data_row(fq_slice payload, fq_slice *columns, int max);

/* Fields of an ErrorResponse or NoticeResponse that are of use; views into the payload. False where malformed. */
typedef struct fq_wire_error {
    fq_slice severity; /* not localized */
    fq_slice sqlstate; /* five characters */
    fq_slice message;
    fq_slice detail;
    fq_slice hint;
    fq_slice position;
    fq_slice schema;
    fq_slice table;
    fq_slice column;
    fq_slice constraint;
    fq_slice routine; /* of the server's source; never localized */
} fq_wire_error;
bool fq_wire_error_fields(fq_slice payload, fq_wire_error *error);

/* Column type oids of a RowDescription; at most `max` are filled; the number of columns, or -1. */
int fq_wire_row_description(fq_slice payload, uint32_t *oids, int max);

/* Big-endian reads, for those who decode binary values. */
static inline uint16_t fq_wire_u16(const char *p) {
    const unsigned char *b = (const unsigned char *)p;
    return (uint16_t)((b[0] << 8) | b[1]);
}
static inline uint32_t fq_wire_u32(const char *p) {
    const unsigned char *b = (const unsigned char *)p;
    return ((uint32_t)b[0] << 24) | ((uint32_t)b[1] << 16) | ((uint32_t)b[2] << 8) | b[3];
}
static inline uint64_t fq_wire_u64(const char *p) { return ((uint64_t)fq_wire_u32(p) << 32) | fq_wire_u32(p + 4); }

#endif
