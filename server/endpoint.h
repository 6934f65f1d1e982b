/* SPDX-License-Identifier: MIT */
/* What the program answers: routes, and GraphQL over HTTP on one of them. One endpoint per worker thread. */
#ifndef FRAISEQL_SERVER_ENDPOINT_H
#define FRAISEQL_SERVER_ENDPOINT_H

#include "fraiseql.h"
#include "http.h"

typedef enum introspection_mode { INTROSPECTION_ON, INTROSPECTION_OFF, INTROSPECTION_AUTHENTICATED } introspection_mode;

/* The same for all workers; read-only while they run, but for the two flags. */
typedef struct endpoint_options {
    fraiseql *engine;
    bool graphiql;
    bool error_detail;
    introspection_mode introspection;
    const char *user_context_header; /* lower case, or NULL */
    const char *cors_origins;        /* comma-separated or "*", or NULL */
    _Atomic bool *shutting_down;
} endpoint_options;

typedef struct endpoint {
    const endpoint_options *options;
    fraiseql_worker *worker;
} endpoint;

extern const http_handler endpoint_handler; /* its argument is an endpoint */

#endif
