/* SPDX-License-Identifier: MIT */
/* See digits.h. */
#include "json/digits.h"

const char fq_digit_pairs[200] = {
    "0001020304050607080910111213141516171819"
    "2021222324252627282930313233343536373839"
    "4041424344454647484950515253545556575859"
    "6061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899",
};

#define EIGHT_DIGITS 100000000

static char *write_8(char *to, uint32_t value) {
    return fq_digits_write_4(fq_digits_write_4(to, value / 10000), value % 10000);
}

char *fq_digits_write_long(char *to, uint64_t value) {
    uint64_t high = value / EIGHT_DIGITS;
    to = high < EIGHT_DIGITS ? fq_digits_write(to, high) : fq_digits_write_long(to, high);
    return write_8(to, (uint32_t)(value % EIGHT_DIGITS));
}

char *fq_digits_write_padded(char *to, uint64_t value, unsigned width) {
    unsigned left = width;
    while (left >= 2) {
        left -= 2;
        fq_digits_write_2(to + left, (uint32_t)(value % 100));
        value /= 100;
    }
    if (left == 1) {
        to[0] = (char)('0' + value % 10);
    }
    return to + width;
}
