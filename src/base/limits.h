/* SPDX-License-Identifier: MIT */
/* Every named maximum of the library, with its reason. What a user may change is a member of fq_limits, initialized by
 * FQ_LIMITS_DEFAULT; what only protects the program from itself is a macro. */
#ifndef FQ_BASE_LIMITS_H
#define FQ_BASE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

typedef struct fq_limits {
    size_t body_bytes;     /* of a request's body: bounds what a client can make us hold before anything is checked */
    size_t document_bytes; /* of a GraphQL document */
    uint32_t tokens;       /* of a GraphQL document: bounds parsing and everything that follows */
    uint32_t depth;        /* of selections, values, types and JSON: bounds every recursion */
    uint32_t expanded_fields; /* after fragments are expanded: bounds validation, planning and the SQL text */
    uint32_t aliases;         /* of a document */
    uint32_t directives;      /* of a document */
    uint32_t root_fields;     /* of an operation: each is at least one statement */
    uint32_t errors;          /* reported per request; more are counted only */
    uint64_t request_ms;      /* from the first byte to the last */
    size_t buffered_answer;   /* of an answer that has to be held whole */
    size_t response_buffer;   /* held back before an answer starts to stream, so that early errors stay well-formed */
    uint32_t max_rows;        /* rows of one list; 0 is no limit */
} fq_limits;

#define FQ_LIMITS_DEFAULT                                                                                              \
    {                                                                                                                  \
        .body_bytes = 1024 * 1024, .document_bytes = 256 * 1024, .tokens = 20000, .depth = 64,                         \
        .expanded_fields = 20000, .aliases = 1000, .directives = 500, .root_fields = 100, .errors = 100,               \
        .request_ms = 30000, .buffered_answer = 64 * 1024 * 1024, .response_buffer = 1024 * 1024, .max_rows = 0        \
    }

/* A request's arena: parsing, variables and row buffers of one request. */
#define FQ_REQUEST_ARENA_MAX ((size_t)96 * 1024 * 1024)
/* One plan with its document, SQL and row program. */
#define FQ_PLAN_ARENA_MAX ((size_t)16 * 1024 * 1024)
/* Plans cached per worker, and the bytes of all that its plan cache holds: under 100 MB. */
#define FQ_PLANS_MAX 5000
#define FQ_PLAN_CACHE_BYTES ((size_t)96 * 1024 * 1024)
/* A schema of some ten thousand types. */
#define FQ_SCHEMA_ARENA_MAX ((size_t)1024 * 1024 * 1024)
/* PostgreSQL's own limit on one message. */
#define FQ_PG_MESSAGE_MAX ((size_t)1024 * 1024 * 1024)
/* PostgreSQL's Bind counts parameters in 16 bits. */
#define FQ_PG_PARAMS_MAX 65535
/* Documents of the type system (schema files) come from the operator, not from clients. */
#define FQ_SDL_BYTES_MAX ((size_t)64 * 1024 * 1024)
/* Of values and types in SDL: deeper than anyone writes, shallow enough for every recursion over them. */
#define FQ_SDL_DEPTH_MAX 200
/* Levels of a default value, defaults of input fields within it included: they are computed by recursion, and printed
 * SDL must be readable again. */
#define FQ_DEFAULT_DEPTH_MAX 150
/* Values in a default value with those within it, which can multiply: it is printed and copied as a whole. */
#define FQ_DEFAULT_VALUES_MAX 100000
/* Comparisons for suggestions in one text of SDL: enough for a hundred typos in a schema of ten thousand types. */
#define FQ_SDL_SUGGESTIONS_MAX 1000000
/* Positions kept of one error of SDL: a name can be repeated any number of times. */
#define FQ_SDL_LOCATIONS_MAX 1000

#endif
