/* SPDX-License-Identifier: MIT */
/* See pace.h. Invariant: a place once taken by a slow job goes to another slow one only; most jobs are quick and leave
 * no mark at all. */
#include "pg/pace.h"

#include "base/hash.h"

/* Behind a job of so many milliseconds, a lookup of a tenth of one notices. */
#define SLOW_US 8000
/* One run counts for a quarter, the first one too: what takes long shows at once, and a hiccup of the machine is soon
 * forgotten. */
#define WEIGHT 4

static uint64_t key_of(const fq_pg_job *job) {
    uint64_t key = job->n_calls;
    for (uint32_t i = 0; i < job->n_calls; i++) {
        key = fq_hash_mix(key, job->calls[i].statement->id);
    }
    return key != 0 ? key : 1;
}

void fq_pace_note(fq_pace *pace, const fq_pg_job *job, uint64_t ms) {
    uint64_t key = key_of(job);
    uint64_t us = ms * 1000;
    uint64_t *owner = &pace->places[key % FQ_PACE_PLACES].job;
    uint64_t *average = &pace->places[key % FQ_PACE_PLACES].average_us;
    if (*owner == key) {
        *average = (*average * (WEIGHT - 1) + us) / WEIGHT;
    } else if (us >= SLOW_US) {
        *owner = key;
        *average = us / WEIGHT;
    }
}

bool fq_pace_is_slow(const fq_pace *pace, const fq_pg_job *job) {
    uint64_t key = key_of(job);
    return pace->places[key % FQ_PACE_PLACES].job == key && pace->places[key % FQ_PACE_PLACES].average_us >= SLOW_US;
}
