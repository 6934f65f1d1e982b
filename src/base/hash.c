/* SPDX-License-Identifier: MIT */
/* See hash.h. */
#include "base/hash.h"

#include <pthread.h>
#include <sys/random.h>
#include <time.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static uint64_t process_seed;
static pthread_once_t seed_once = PTHREAD_ONCE_INIT;

static void draw_seed(void) {
    if (getrandom(&process_seed, sizeof(process_seed), GRND_NONBLOCK) != (ssize_t)sizeof(process_seed)) {
        process_seed = (uint64_t)time(NULL) * UINT64_C(0x9E3779B97F4A7C15);
    }
}

uint64_t fq_hash(fq_slice bytes) {
    (void)pthread_once(&seed_once, draw_seed);
    return XXH3_64bits_withSeed(bytes.ptr, bytes.len, process_seed);
}
