/* SPDX-License-Identifier: MIT */
/* What one connection knows of statements: which have been seen, which have a name in the backend, and which of those
 * must give way. Bounded by number and by the backend's estimated memory. Pure bookkeeping: it never sees a socket or a
 * job.
 *
 * A segment is one Sync's worth of messages, with a number that rises. Messages of one segment are not to be trusted
 * before the server has confirmed them: if something fails in it, its later Parse messages never happened. */
#ifndef FQ_PG_PREPARED_H
#define FQ_PG_PREPARED_H

#include "pg/pool.h"

typedef enum fq_statement_use {
    FQ_USE_UNNAMED, /* Parse without a name, then Bind */
    FQ_USE_PARSE,   /* Parse with its name, then Bind */
    FQ_USE_NAME,    /* Bind */
} fq_statement_use;

typedef struct fq_prepared fq_prepared;

/* `max` 0: nothing is ever given a name. Never NULL. */
fq_prepared *fq_prepared_new(uint32_t max, size_t max_bytes);
void fq_prepared_free(fq_prepared *prepared);

#define FQ_STATEMENT_NAME_SIZE 20
/* The statement's name in every backend: "f" and its id in hexadecimal, in `room`. */
fq_slice fq_statement_name(uint64_t id, char room[FQ_STATEMENT_NAME_SIZE]);

/* How segment `segment` is to use the statement, with `wish` in place of the statement's own. Expects that the caller
 * then writes these messages, in this order, into that segment. May push other statements out:
 * fq_prepared_write_closes. */
fq_statement_use fq_prepared_use(fq_prepared *prepared, const fq_pg_statement *statement, fq_pg_prepare wish,
                                 uint64_t segment);

/* Whether the statement has a name that the server has confirmed. */
bool fq_prepared_is_ready(const fq_prepared *prepared, uint64_t id);

/* Writes a Close for each statement pushed out; to be called at the very start of a segment, where nothing can have
 * failed yet. */
void fq_prepared_write_closes(fq_prepared *prepared, fq_buffer *out);

/* The server confirmed the oldest Parse: its statement's id, or 0 where none was awaited. */
uint64_t fq_prepared_confirm(fq_prepared *prepared);

/* The segment has ended, or was not sent after all: what it did not confirm has not happened. */
void fq_prepared_end_segment(fq_prepared *prepared, uint64_t segment);

typedef enum fq_forget_reason {
    FQ_FORGET_MISSING, /* the server does not know the name */
    FQ_FORGET_STALE,   /* it is to be closed and parsed anew */
} fq_forget_reason;

/* `segment` failed for the sake of this statement's name. Does nothing where a later segment has named it anew. */
void fq_prepared_forget(fq_prepared *prepared, uint64_t id, uint64_t segment, fq_forget_reason reason);

/* From now on no statement gets a name: names do not hold on this connection (a pooler stands before the server). */
void fq_prepared_give_up(fq_prepared *prepared);

uint32_t fq_prepared_named(const fq_prepared *prepared);
size_t fq_prepared_bytes(const fq_prepared *prepared);

#endif
