/* SPDX-License-Identifier: MIT */
/* Decimal digits of unsigned integers, two at a time from a table, for the hottest loops: inline, and in 32 bits
 * wherever the value allows. Only for src/json. */
#ifndef FQ_JSON_DIGITS_H
#define FQ_JSON_DIGITS_H

#include <stdint.h>
#include <string.h>

#define FQ_DIGITS_MAX 20 /* of UINT64_MAX */

/* "00" to "99". */
extern const char fq_digit_pairs[200];

/* Writes exactly two digits of a value below 100; returns the end. */
static inline char *fq_digits_write_2(char *to, uint32_t value) {
    memcpy(to, fq_digit_pairs + 2 * value, 2);
    return to + 2;
}

/* Exactly four digits of a value below 10,000. */
static inline char *fq_digits_write_4(char *to, uint32_t value) {
    return fq_digits_write_2(fq_digits_write_2(to, value / 100), value % 100);
}

/* Without leading zeros, of a value below 10,000. */
static inline char *fq_digits_write_up_to_4(char *to, uint32_t value) {
    if (value >= 100) {
        uint32_t high = value / 100;
        to[0] = (char)('0' + high);
        to = high < 10 ? to + 1 : fq_digits_write_2(to, high);
        return fq_digits_write_2(to, value % 100);
    }
    to[0] = (char)('0' + value);
    return value < 10 ? to + 1 : fq_digits_write_2(to, value);
}

/* What fq_digits_write does with values of more than eight digits. */
char *fq_digits_write_long(char *to, uint64_t value);

/* Writes `value` without leading zeros at `to`, which has room for FQ_DIGITS_MAX; returns the end. */
static inline char *fq_digits_write(char *to, uint64_t value) {
    if (value < 10000) {
        return fq_digits_write_up_to_4(to, (uint32_t)value);
    }
    if (value < 100000000) {
        to = fq_digits_write_up_to_4(to, (uint32_t)value / 10000);
        return fq_digits_write_4(to, (uint32_t)value % 10000);
    }
    return fq_digits_write_long(to, value);
}

/* Writes the last `width` digits of `value`, with leading zeros; returns the end. */
char *fq_digits_write_padded(char *to, uint64_t value, unsigned width);

#endif
