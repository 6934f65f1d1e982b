/* SPDX-License-Identifier: MIT */
/* Runs statements under EXPLAIN ANALYZE in one transaction that is rolled back, for people who ask why a request is
 * slow. Blocking (libpq): call it outside the event loop. */
#ifndef FQ_PG_ANALYZE_H
#define FQ_PG_ANALYZE_H

#include "base/arena.h"
#include "pg/pool.h"

/* One statement to be run: explained where `explain` is set, else only run (settings). `plan` is filled with
 * PostgreSQL's text. */
typedef struct fq_analyze_step {
    fq_slice sql;
    const uint32_t *oids;
    const fq_pg_value *values;
    uint32_t n_params;
    bool explain;
    fq_slice plan;
} fq_analyze_step;

typedef enum fq_analyze_mode { FQ_ANALYZE_READS, FQ_ANALYZE_WRITES } fq_analyze_mode;

/* `tuning`: what the pool's connections run when they are new, or NULL. `settings`: name and value alternating, NULL at
 * the end; set for the transaction. False with `*error` filled (in
 * `arena`, without password). Nothing that the statements wrote remains. */
bool fq_analyze(fq_arena *arena, fq_slice conninfo, const char *tuning, const char *const *settings,
                fq_analyze_mode mode, fq_analyze_step *steps, uint32_t n_steps, fq_slice *error);

#endif
