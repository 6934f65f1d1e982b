/* SPDX-License-Identifier: MIT */
/* Which jobs have proved slow, so that they do not stand in front of others: remembered by their statements, in a small
 * table of fixed size. A memory, not a promise: it may forget, and two jobs may share a place in it. */
#ifndef FQ_PG_PACE_H
#define FQ_PG_PACE_H

#include "pg/pool.h"

#define FQ_PACE_PLACES 1024

typedef struct fq_pace {
    struct {
        uint64_t job; /* 0: free */
        uint64_t average_us;
    } places[FQ_PACE_PLACES];
} fq_pace;

/* Notes how long the server was at work on a job of these statements. */
void fq_pace_note(fq_pace *pace, const fq_pg_job *job, uint64_t ms);

bool fq_pace_is_slow(const fq_pace *pace, const fq_pg_job *job);

#endif
