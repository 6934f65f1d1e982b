/* SPDX-License-Identifier: MIT */
/* GraphiQL, served by the program itself from files that the build has bundled (graphiql/bundle.mjs). */
#ifndef FRAISEQL_SERVER_PAGES_H
#define FRAISEQL_SERVER_PAGES_H

#include "http.h"

/* One embedded file in its three forms; each pair is its first byte and the one behind its last. */
typedef struct page_file {
    const char *name; /* "index.html", "graphiql-HASH.js"; NULL ends the list */
    const char *type;
    const char *etag;
    const char *plain, *plain_end, *brotli, *brotli_end, *gzip, *gzip_end;
} page_file;

extern const page_file page_files[];

/* Answers with GraphiQL's page, or where the build had no npm with a page that says how to get it. */
void pages_graphiql(http_request *http);

/* Answers a path of one of GraphiQL's files (/graphiql/NAME); false where the path is none. */
bool pages_asset(http_request *http, fq_slice path);

#endif
