/* SPDX-License-Identifier: MIT */
/* Trusted documents as the operator keeps them: a manifest, or a folder of documents. */
#ifndef FRAISEQL_SERVER_TRUSTED_H
#define FRAISEQL_SERVER_TRUSTED_H

#include <stddef.h>

/* The manifest as JSON text: a file as it is, a folder's *.graphql and *.gql files each under the SHA-256 of its text.
 * malloc'ed; NULL after having said why. */
char *trusted_documents_read(const char *path, size_t *length);

#endif
