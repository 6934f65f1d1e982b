/* SPDX-License-Identifier: MIT */
/* See digits.h. */
#include "json/digits.h"

#include <string.h>

static const char pairs[] = "0001020304050607080910111213141516171819"
                            "2021222324252627282930313233343536373839"
                            "4041424344454647484950515253545556575859"
                            "6061626364656667686970717273747576777879"
                            "8081828384858687888990919293949596979899";

char *fq_digits_write_padded(char *to, uint64_t value, unsigned width) {
    unsigned left = width;
    while (left >= 2) {
        left -= 2;
        memcpy(to + left, pairs + 2 * (value % 100), 2);
        value /= 100;
    }
    if (left == 1) {
        to[0] = (char)('0' + value % 10);
    }
    return to + width;
}

static unsigned count_digits(uint64_t value) {
    unsigned digits = 1;
    for (;;) {
        if (value < 10) {
            return digits;
        }
        if (value < 100) {
            return digits + 1;
        }
        if (value < 1000) {
            return digits + 2;
        }
        if (value < 10000) {
            return digits + 3;
        }
        value /= 10000;
        digits += 4;
    }
}

char *fq_digits_write(char *to, uint64_t value) {
    return fq_digits_write_padded(to, value, count_digits(value));
}
