/* SPDX-License-Identifier: MIT */
/* See pages.h. */
#include "pages.h"

static const char without_bundle[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>FraiseQL</title>"
    "<h1>FraiseQL</h1><p>GraphQL is served at this address: POST a query as JSON.</p>"
    "<p>GraphiQL is not part of this build, because npm was not found when it was made. Install Node.js with npm and build "
    "again (<code>make</code>).</p></html>";

void pages_graphiql(http_request *http) {
    http_header type = {"content-type", FQ_S("text/html; charset=utf-8")};
    http_respond(http, 200, &type, 1, fq_slice_from_cstr(without_bundle));
}

bool pages_asset(http_request *http, fq_slice path) {
    (void)http, (void)path;
    return false;
}
