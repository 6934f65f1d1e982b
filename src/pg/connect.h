/* SPDX-License-Identifier: MIT */
/* Opening and cancelling through libpq, on helper threads: hosts, TLS, authentication and failover are libpq's. What
 * comes back is a connection whose socket is ours to read and write; the PGconn stays for PQfinish and PQgetCancel. */
#ifndef FQ_PG_CONNECT_H
#define FQ_PG_CONNECT_H

#include <libpq-fe.h>

#include "pg/helper.h"
#include "pg/pool.h"

/* The configuration as libpq's keywords and values. Owns its strings; refcounted, because a helper may outlive its
 * pool. */
typedef struct fq_connect_params fq_connect_params;

/* NULL where the conninfo can not be read; *error is then a message without password, to be freed. */
fq_connect_params *fq_connect_params_new(const fq_pool_config *config, char **error);
fq_connect_params *fq_connect_params_ref(fq_connect_params *params);
void fq_connect_params_unref(fq_connect_params *params);

/* The value for a keyword, or NULL: for tests. */
const char *fq_connect_params_get(const fq_connect_params *params, const char *keyword);

/* `connection`, to be finished by its receiver, or NULL and `error`, a view valid during the call. */
typedef void (*fq_opened_fn)(void *arg, PGconn *connection, fq_slice error);

/* False where no thread could be started. Otherwise `opened(arg, ...)` follows, unless the helper is freed before. */
bool fq_connect_open(fq_helper *helper, fq_connect_params *params, fq_opened_fn opened, void *arg);

/* The SSL object of a connection, or NULL where it is in the clear. */
void *fq_connect_ssl(PGconn *connection);

typedef struct fq_cancel_task fq_cancel_task;

/* Asks the server to cancel what runs on the connection now; which that is when the request arrives is the caller's
 * care. `cancelled(arg)` follows whether it worked or not. NULL where it can not even be tried. */
fq_cancel_task *fq_connect_cancel(fq_helper *helper, PGconn *connection, fq_fire_fn cancelled, void *arg);

/* The callback shall not come any more. */
void fq_cancel_task_disown(fq_cancel_task *task);

#endif
