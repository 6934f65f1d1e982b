/* SPDX-License-Identifier: MIT */
/* Which pages of other origins may call this server from a browser (the Fetch standard's CORS protocol). Cookies are
 * never allowed: who asks is told by the Authorization header. */
#ifndef FRAISEQL_SERVER_CORS_H
#define FRAISEQL_SERVER_CORS_H

#include "base/slice.h"

/* Whether `origin`, as a browser sends it, is one of `origins`: comma-separated, or "*" for all. */
bool cors_allows(const char *origins, fq_slice origin);

/* Whether a value of Access-Control-Request-Headers is a plain list of header names, fit to be repeated in the answer.
 */
bool cors_is_header_list(fq_slice names);

#endif
