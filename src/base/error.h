/* SPDX-License-Identifier: MIT */
/* Errors of a request as data: collected in a list that lives in the request's arena and is printed at the end by
 * whoever knows the document. User errors never abort; programmer errors are asserts. */
#ifndef FQ_BASE_ERROR_H
#define FQ_BASE_ERROR_H

#include "base/vec.h"

/* The code of `extensions.code`, one table for names. */
#define FQ_ERROR_CODES(X)                                                                                              \
    X(NONE, "")                                                                                                        \
    X(PARSE_FAILED, "GRAPHQL_PARSE_FAILED")                                                                            \
    X(VALIDATION_FAILED, "GRAPHQL_VALIDATION_FAILED")                                                                  \
    X(BAD_USER_INPUT, "BAD_USER_INPUT")                                                                                \
    X(BAD_REQUEST, "BAD_REQUEST")                                                                                      \
    X(OPERATION_RESOLUTION_FAILURE, "OPERATION_RESOLUTION_FAILURE")                                                    \
    X(UNAUTHENTICATED, "UNAUTHENTICATED")                                                                              \
    X(FORBIDDEN, "FORBIDDEN")                                                                                          \
    X(METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED")                                                                        \
    X(LIMIT_EXCEEDED, "LIMIT_EXCEEDED")                                                                                \
    X(PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE")                                                                          \
    X(PERSISTED_QUERY_NOT_FOUND, "PERSISTED_QUERY_NOT_FOUND")                                                          \
    X(PERSISTED_QUERY_NOT_SUPPORTED, "PERSISTED_QUERY_NOT_SUPPORTED")                                                  \
    X(PERSISTED_QUERY_HASH_MISMATCH, "PERSISTED_QUERY_HASH_MISMATCH")                                                  \
    X(ARBITRARY_QUERY_NOT_ALLOWED, "ARBITRARY_QUERY_NOT_ALLOWED")                                                      \
    X(DATABASE_ERROR, "DATABASE_ERROR")                                                                                \
    X(SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE")                                                                      \
    X(TIMEOUT, "TIMEOUT")                                                                                              \
    X(INTERNAL, "INTERNAL_SERVER_ERROR")

typedef enum fq_error_code {
#define X(name, text) FQ_ERR_##name,
    FQ_ERROR_CODES(X)
#undef X
} fq_error_code;

fq_slice fq_error_code_name(fq_error_code code);

/* One step of a response path: a key, or an index where key.ptr is NULL. */
typedef struct fq_path_step {
    fq_slice key;
    uint32_t index;
} fq_path_step;

typedef struct fq_error {
    fq_error_code code;
    fq_slice message;
    const uint32_t *offsets; /* byte offsets into the document */
    uint32_t n_offsets;
    const fq_path_step *path;
    uint32_t n_path;
    fq_slice extensions; /* further members of `extensions` as JSON text without braces, or empty */
} fq_error;

typedef struct fq_errors {
    fq_arena *arena;
    FQ_VEC(fq_error) list;
    uint32_t max;     /* entries kept */
    uint32_t dropped; /* entries beyond */
} fq_errors;

void fq_errors_init(fq_errors *errors, fq_arena *arena, uint32_t max);

/* Appends an error; the message is formatted into the arena. Returns the entry for further detail; beyond the maximum a
 * scratch entry that is not kept, never NULL. */
fq_error *fq_errors_add(fq_errors *errors, fq_error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4), returns_nonnull));

/* Appends an error at one position of the document. */
fq_error *fq_errors_add_at(fq_errors *errors, fq_error_code code, uint32_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5), returns_nonnull));

/* Adds a position to an entry. */
void fq_error_locate(fq_errors *errors, fq_error *error, uint32_t offset);

static inline bool fq_errors_any(const fq_errors *errors) { return errors->list.len + errors->dropped > 0; }

/* Line and column of a byte offset, both from 1; columns count UTF-16 code units, and CR, LF and CRLF end a line
 * (GraphQL, section 2.1.4; units as in graphql-js). */
typedef struct fq_position {
    uint32_t line;
    uint32_t column;
} fq_position;

fq_position fq_position_of(fq_slice document, uint32_t offset);

#endif
