/* SPDX-License-Identifier: MIT */
/* A second look at the head of an HTTP/1.1 request, for what libh2o accepts and must not be accepted behind a proxy
 * that may read it differently (request smuggling): RFC 9112, sections 3.2, 5 and 6.3. */
#ifndef FRAISEQL_SERVER_HTTP_HEAD_H
#define FRAISEQL_SERVER_HTTP_HEAD_H

#include "base/slice.h"

struct st_h2o_req_t;

/* NULL where the head is in order, else what is wrong with it. */
const char *http_head_check(struct st_h2o_req_t *request);

/* The same over the bytes of a head; `end` of the head is an empty line. */
const char *http_head_check_bytes(fq_slice bytes);

#endif
