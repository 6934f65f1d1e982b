/* SPDX-License-Identifier: MIT */
/* GraphiQL, served by the program itself from files that the build has bundled. */
#ifndef FRAISEQL_SERVER_PAGES_H
#define FRAISEQL_SERVER_PAGES_H

#include "http.h"

/* Answers with GraphiQL's page, or where the build had no npm with a page that says how to get it. */
void pages_graphiql(http_request *http);

/* Answers a path of one of GraphiQL's files; false where the path is none. */
bool pages_asset(http_request *http, fq_slice path);

#endif
