/* SPDX-License-Identifier: MIT */
/* The inside of a pool, shared by pool.c (its face and its turn), dispatch.c (which job goes where), attempts.c
 * (opening, with back-off) and upkeep.c (time). */
#ifndef FQ_PG_POOL_STATE_H
#define FQ_PG_POOL_STATE_H

#include "pg/connection.h"
#include "pg/pace.h"

typedef enum fq_job_state {
    FQ_JOB_OUTSIDE, /* the submitter's */
    FQ_JOB_QUEUED,  /* in one of the lanes */
    FQ_JOB_SENT,    /* on a connection */
    FQ_JOB_ENDING,  /* waits for `done` in the next turn */
} fq_job_state;

typedef struct fq_job_queue {
    fq_pg_job *first, *last;
    uint32_t len;
} fq_job_queue;

struct fq_pool {
    fq_loop loop;
    fq_pool_config config;     /* its strings are not kept */
    fq_connect_params *params; /* NULL: the conninfo can not be read, `last_error` tells */
    fq_helper *opener, *canceller;
    fq_connection **connections; /* the oldest first; CLOSED ones until the end of the turn */
    uint32_t n_connections, connections_max;
    fq_connection *reserved;    /* takes no cheap jobs, so that it comes free for one that wants to be alone */
    fq_job_queue shared, alone; /* lanes of waiting jobs */
    fq_job_queue ending;
    fq_pace pace;
    bool turn_is_due;
    void *timer;
    uint64_t due_ms; /* when it fires */
    /* attempts to connect */
    bool connecting;
    bool wants_more; /* dispatching found that another connection would help */
    uint64_t attempts;
    uint32_t failed_in_row;
    uint64_t retry_ms, eager_retry_ms; /* not before: the second where jobs are waiting */
    uint64_t random;
    uint64_t connects, failures;
    bool last_worked; /* the last connection that was closed had done so in good order */
    char last_error[512];
    /* the end */
    enum { FQ_POOL_OPEN, FQ_POOL_CLOSING, FQ_POOL_CLOSED } state;
    uint64_t patience_ms; /* until then, calls under way on the helpers are waited for */
    fq_fire_fn closed;
    void *closed_arg;
};

/* pool.c */
void fq_pool_wake(fq_pool *pool);
void fq_pool_end_later(fq_pool *pool, fq_pg_job *job, fq_pg_failure failure, const char *text);
uint32_t fq_pool_open_count(const fq_pool *pool);
void fq_pool_set_error(fq_pool *pool, fq_slice text);
extern const fq_connection_owner fq_pool_as_owner;

/* dispatch.c */
void fq_queue_push(fq_job_queue *queue, fq_pg_job *job);
void fq_queue_push_first(fq_job_queue *queue, fq_pg_job *job);
fq_pg_job *fq_queue_pop(fq_job_queue *queue);
void fq_queue_remove(fq_job_queue *queue, fq_pg_job *job);
fq_job_queue *fq_pool_lane(fq_pool *pool, const fq_pg_job *job);
void fq_pool_dispatch(fq_pool *pool, uint64_t now_ms);

/* attempts.c */
bool fq_pool_may_open(const fq_pool *pool);
void fq_pool_open_if_wanted(fq_pool *pool, uint64_t now_ms);
/* A number of [from, to), for jitter. */
uint64_t fq_pool_random(fq_pool *pool, uint64_t from, uint64_t to);

/* upkeep.c */
uint64_t fq_pool_waits_until(const fq_pool *pool, const fq_pg_job *job);
void fq_pool_due(fq_pool *pool, uint64_t at_ms);
/* How often connections are looked after. */
uint64_t fq_pool_upkeep_interval(const fq_pool *pool);

#endif
