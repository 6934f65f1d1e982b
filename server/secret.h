/* SPDX-License-Identifier: MIT */
/* Passwords inside connection strings: found, and kept out of what is printed. */
#ifndef FRAISEQL_SERVER_SECRET_H
#define FRAISEQL_SERVER_SECRET_H

#include "base/slice.h"

/* The password in a connection string (URI or key=value), also in a malformed one; empty where there is none. */
fq_slice database_password(fq_slice database);

/* Overwrites the password of `database` wherever it stands in `message`. Both may be NULL. */
void secret_hide(char *message, const char *database);

#endif
