/* SPDX-License-Identifier: MIT */
/* The monotonic clock of loop.h. */
#include <time.h>

#include "base/loop.h"

uint64_t fq_clock_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t fq_clock_ms(void) { return fq_clock_us() / 1000; }
