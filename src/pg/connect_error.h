/* SPDX-License-Identifier: MIT */
/* What an operator reads when PostgreSQL can not be reached: whom we tried, libpq's own text, and one line of help. */
#ifndef FQ_PG_CONNECT_ERROR_H
#define FQ_PG_CONNECT_ERROR_H

#include "base/arena.h"

/* One more line for a failure that libpq tells so, or empty. `host` is what was tried; empty: the local socket. */
fq_slice fq_connect_hint(fq_arena *arena, fq_slice libpq_text, fq_slice host);

#endif
