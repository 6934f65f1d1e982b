/* SPDX-License-Identifier: MIT */
/* The one hash of the library: XXH3 with a seed drawn once per process, so that clients can not choose collisions. */
#ifndef FQ_BASE_HASH_H
#define FQ_BASE_HASH_H

#include "base/slice.h"

uint64_t fq_hash(fq_slice bytes);

/* Folds one more value into a hash. */
static inline uint64_t fq_hash_mix(uint64_t hash, uint64_t value) {
    uint64_t mixed = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    return mixed ^ (mixed >> 29);
}

#endif
