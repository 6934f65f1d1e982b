/* SPDX-License-Identifier: MIT */
/* Media types of GraphQL over HTTP: which form a client wants its answer in, and whether we can read what it sent. */
#ifndef FRAISEQL_SERVER_MEDIA_H
#define FRAISEQL_SERVER_MEDIA_H

#include "base/slice.h"

typedef enum media_type {
    MEDIA_NONE,     /* nothing of ours fits: 406 */
    MEDIA_RESPONSE, /* application/graphql-response+json */
    MEDIA_JSON,     /* application/json, by its name: request errors are 200 */
    MEDIA_ANY,      /* no preference: application/json with the newer type's status codes */
    MEDIA_HTML,     /* text/html: a browser */
} media_type;

/* Chooses by an Accept header (RFC 9110, section 12.5.1); ptr NULL: none was sent. MEDIA_HTML is considered only where
 * `html` is offered. */
typedef enum media_offer { OFFER_GRAPHQL, OFFER_GRAPHQL_AND_HTML } media_offer;
media_type media_choose(fq_slice accept, media_offer offer);

/* Whether a Content-Type is JSON in UTF-8. */
bool media_is_json(fq_slice content_type);

/* The quality (0 to 1000) that an Accept-Encoding header gives a coding; 0: refused or not named. */
int media_encoding_quality(fq_slice accept_encoding, const char *coding);

typedef enum media_coding { CODING_IDENTITY, CODING_BROTLI, CODING_GZIP } media_coding;

/* The coding that an Accept-Encoding header likes best; of two that it likes as well, brotli. Sending a body as it is
 * is always allowed: a header that refuses even that gets it. */
media_coding media_coding_choose(fq_slice accept_encoding);

#endif
