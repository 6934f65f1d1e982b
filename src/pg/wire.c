/* SPDX-License-Identifier: MIT */
/* The codec of wire.h. Encoders write a message's length last, over a gap left for it; decoders test every length
 * against the bytes that are there before they use it, and copy nothing.
 * Must not know: sockets, connections, the order in which messages make sense. */
#include "pg/wire.h"

#include <assert.h>

#include "base/limits.h"

#define HEADER 5 /* type byte and length word */
#define FORMATS_MAX UINT16_MAX

static void put_u16(char *at, uint32_t value) {
    at[0] = (char)(value >> 8);
    at[1] = (char)value;
}

static void put_u32(char *at, uint32_t value) {
    assert(at != NULL);
    at[0] = (char)(value >> 24);
    at[1] = (char)(value >> 16);
    at[2] = (char)(value >> 8);
    at[3] = (char)value;
}

static void append_u16(fq_buffer *out, uint32_t value) {
    char bytes[2];
    put_u16(bytes, value);
    fq_buffer_append(out, bytes, sizeof(bytes));
}

/* A protocol string ends at its NUL, so that one inside would shift everything behind it. */
static void append_string(fq_buffer *out, fq_slice s) {
    if (s.len > 0 && memchr(s.ptr, '\0', s.len) != NULL) {
        out->failed = true;
        return;
    }
    fq_buffer_slice(out, s);
    fq_buffer_char(out, '\0');
}

static size_t message_begin(fq_buffer *out, char type) {
    size_t start = out->len;
    char *room = fq_buffer_reserve(out, HEADER);
    if (room != NULL) {
        room[0] = type;
        fq_buffer_commit(out, HEADER);
    }
    return start;
}

static void message_end(fq_buffer *out, size_t start) {
    if (out->failed) {
        return;
    }
    size_t len = out->len - start - 1;
    if (len > FQ_PG_MESSAGE_MAX) {
        out->failed = true;
        return;
    }
    put_u32(out->ptr + start + 1, (uint32_t)len);
}

void fq_wire_parse(fq_buffer *out, fq_slice name, fq_slice sql, const uint32_t *oids, uint32_t n_oids) {
    if (n_oids > FQ_PG_PARAMS_MAX) {
        out->failed = true;
        return;
    }
    size_t start = message_begin(out, 'P');
    append_string(out, name);
    append_string(out, sql);
    append_u16(out, n_oids);
    char *room = fq_buffer_reserve(out, (size_t)n_oids * 4);
    if (room != NULL) {
        for (uint32_t i = 0; i < n_oids; i++) {
            put_u32(room + (size_t)i * 4, oids[i]);
        }
        fq_buffer_commit(out, (size_t)n_oids * 4);
    }
    message_end(out, start);
}

/* Format codes have a short form: none where all are text, one where all are alike. Both writers below fill `at` and
 * return the bytes written, at most 2 + 2 * n. */
static size_t put_param_formats(char *at, const fq_pg_value *params, uint32_t n) {
    uint32_t binary = 0;
    for (uint32_t i = 0; i < n; i++) {
        binary += params[i].binary != 0;
    }
    uint32_t count = binary == 0 ? 0 : binary == n ? 1 : n;
    put_u16(at, count);
    for (uint32_t i = 0; i < count; i++) {
        put_u16(at + 2 + (size_t)i * 2, params[i].binary != 0);
    }
    return 2 + (size_t)count * 2;
}

static size_t put_result_formats(char *at, const uint8_t *formats, uint32_t n) {
    uint32_t binary = 0;
    for (uint32_t i = 0; i < n; i++) {
        binary += formats[i] != 0;
    }
    uint32_t count = binary == 0 ? 0 : binary == n ? 1 : n;
    put_u16(at, count);
    for (uint32_t i = 0; i < count; i++) {
        put_u16(at + 2 + (size_t)i * 2, formats[i] != 0);
    }
    return 2 + (size_t)count * 2;
}

static char *put_values(char *at, const fq_pg_value *params, uint32_t n) {
    put_u16(at, n);
    at += 2;
    for (uint32_t i = 0; i < n; i++) {
        fq_slice value = params[i].value;
        put_u32(at, value.ptr == NULL ? UINT32_MAX : (uint32_t)value.len);
        at += 4;
        if (value.ptr != NULL && value.len > 0) {
            memcpy(at, value.ptr, value.len);
            at += value.len;
        }
    }
    return at;
}

/* The most bytes that a tail can take, or SIZE_MAX where the protocol has no room for it. */
static size_t tail_bound(const fq_pg_value *params, uint32_t n_params, uint32_t n_formats) {
    if (n_params > FQ_PG_PARAMS_MAX || n_formats > FORMATS_MAX) {
        return SIZE_MAX;
    }
    size_t size = 6 + (size_t)n_params * 6 + (size_t)n_formats * 2;
    for (uint32_t i = 0; i < n_params; i++) {
        size_t len = params[i].value.ptr != NULL ? params[i].value.len : 0;
        if (len > FQ_PG_MESSAGE_MAX || size + len > FQ_PG_MESSAGE_MAX) {
            return SIZE_MAX;
        }
        size += len;
    }
    return size;
}

void fq_wire_bind_tail(fq_buffer *out, const fq_pg_value *params, uint32_t n_params, const uint8_t *formats,
                       uint32_t n_formats) {
    size_t bound = tail_bound(params, n_params, n_formats);
    char *room = bound != SIZE_MAX ? fq_buffer_reserve(out, bound) : NULL;
    if (room == NULL) {
        out->failed = true;
        return;
    }
    char *at = room + put_param_formats(room, params, n_params);
    at = put_values(at, params, n_params);
    at += put_result_formats(at, formats, n_formats);
    fq_buffer_commit(out, (size_t)(at - room));
}

static size_t bind_begin(fq_buffer *out, fq_slice name) {
    size_t start = message_begin(out, 'B');
    fq_buffer_char(out, '\0'); /* the unnamed portal */
    append_string(out, name);
    return start;
}

void fq_wire_bind(fq_buffer *out, fq_slice name, const fq_pg_value *params, uint32_t n_params, const uint8_t *formats,
                  uint32_t n_formats) {
    size_t start = bind_begin(out, name);
    fq_wire_bind_tail(out, params, n_params, formats, n_formats);
    message_end(out, start);
}

void fq_wire_bind_with_tail(fq_buffer *out, fq_slice name, fq_slice tail) {
    size_t start = bind_begin(out, name);
    fq_buffer_slice(out, tail);
    message_end(out, start);
}

static void statement_message(fq_buffer *out, char type, fq_slice name) {
    size_t start = message_begin(out, type);
    fq_buffer_char(out, 'S');
    append_string(out, name);
    message_end(out, start);
}

void fq_wire_describe_statement(fq_buffer *out, fq_slice name) { statement_message(out, 'D', name); }

void fq_wire_close_statement(fq_buffer *out, fq_slice name) { statement_message(out, 'C', name); }

void fq_wire_execute(fq_buffer *out) {
    /* length 9, the unnamed portal, all rows */
    static const char message[] = {'E', 0, 0, 0, 9, 0, 0, 0, 0, 0};
    fq_buffer_append(out, message, sizeof(message));
}

void fq_wire_sync(fq_buffer *out) {
    static const char message[] = {'S', 0, 0, 0, 4};
    fq_buffer_append(out, message, sizeof(message));
}

void fq_wire_query(fq_buffer *out, fq_slice sql) {
    size_t start = message_begin(out, 'Q');
    append_string(out, sql);
    message_end(out, start);
}

void fq_wire_terminate(fq_buffer *out) {
    static const char message[] = {'X', 0, 0, 0, 4};
    fq_buffer_append(out, message, sizeof(message));
}

/* Every type byte that a server of protocol 3.0 may send. */
static bool is_known_type(char type) { return type != '\0' && strchr("123ACDEGHIKNRSTVWZcdnstv", type) != NULL; }

fq_wire_result fq_wire_next(fq_slice received, size_t *at, size_t max_message, fq_wire_message *message,
                            size_t *needed) {
    size_t have = received.len - *at;
    *needed = 0;
    if (have == 0) {
        return FQ_WIRE_NEED_MORE;
    }
    const char *start = received.ptr + *at;
    if (!is_known_type(start[0])) {
        return FQ_WIRE_BROKEN;
    }
    if (have < HEADER) {
        return FQ_WIRE_NEED_MORE;
    }
    size_t len = fq_wire_u32(start + 1);
    if (len < 4 || len > max_message) {
        return FQ_WIRE_BROKEN;
    }
    if (have < len + 1) {
        *needed = len + 1;
        return FQ_WIRE_NEED_MORE;
    }
    *message = (fq_wire_message){.type = start[0], .payload = fq_slice_of(start + HEADER, len - 4)};
    *at += len + 1;
    return FQ_WIRE_MESSAGE;
}

int fq_wire_data_row(fq_slice payload, fq_slice *columns, int max) {
    if (payload.len < 2) {
        return -1;
    }
    int count = fq_wire_u16(payload.ptr);
    const char *at = payload.ptr + 2;
    const char *end = payload.ptr + payload.len;
    for (int i = 0; i < count; i++) {
        if (end - at < 4) {
            return -1;
        }
        uint32_t len = fq_wire_u32(at);
        at += 4;
        bool is_null = len == UINT32_MAX;
        if (!is_null && len > (size_t)(end - at)) {
            return -1;
        }
        if (i < max) {
            columns[i] = is_null ? (fq_slice){NULL, 0} : fq_slice_of(at, len);
        }
        at += is_null ? 0 : len;
    }
    return at == end ? count : -1;
}

/* Cuts a NUL-terminated string off the front; false where no NUL is left. */
static bool cut_string(const char **at, const char *end, fq_slice *s) {
    const char *nul = memchr(*at, '\0', (size_t)(end - *at));
    if (nul == NULL) {
        return false;
    }
    *s = fq_slice_of(*at, (size_t)(nul - *at));
    *at = nul + 1;
    return true;
}

static fq_slice *error_field(fq_wire_error *error, char code) {
    switch (code) {
    case 'V':
        return &error->severity;
    case 'C':
        return &error->sqlstate;
    case 'M':
        return &error->message;
    case 'D':
        return &error->detail;
    case 'H':
        return &error->hint;
    case 'P':
        return &error->position;
    case 's':
        return &error->schema;
    case 't':
        return &error->table;
    case 'c':
        return &error->column;
    case 'n':
        return &error->constraint;
    case 'R':
        return &error->routine;
    default:
        return NULL;
    }
}

bool fq_wire_error_fields(fq_slice payload, fq_wire_error *error) {
    *error = (fq_wire_error){0};
    const char *at = payload.ptr;
    const char *end = payload.ptr + payload.len;
    while (at < end && *at != '\0') {
        char code = *at++;
        fq_slice text;
        if (!cut_string(&at, end, &text)) {
            return false;
        }
        fq_slice *field = error_field(error, code);
        if (field != NULL) {
            *field = text;
        }
    }
    return at + 1 == end;
}

int fq_wire_row_description(fq_slice payload, uint32_t *oids, int max) {
    if (payload.len < 2) {
        return -1;
    }
    int count = fq_wire_u16(payload.ptr);
    const char *at = payload.ptr + 2;
    const char *end = payload.ptr + payload.len;
    for (int i = 0; i < count; i++) {
        fq_slice name;
        /* behind the name: table oid, column number, type oid, type size, type modifier, format */
        if (!cut_string(&at, end, &name) || end - at < 18) {
            return -1;
        }
        if (i < max) {
            oids[i] = fq_wire_u32(at + 6);
        }
        at += 18;
    }
    return at == end ? count : -1;
}
