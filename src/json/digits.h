/* SPDX-License-Identifier: MIT */
/* Decimal digits of unsigned integers, two at a time from a table. Only for src/json. */
#ifndef FQ_JSON_DIGITS_H
#define FQ_JSON_DIGITS_H

#include <stdint.h>

#define FQ_DIGITS_MAX 20 /* of UINT64_MAX */

/* Writes `value` without leading zeros at `to`, which has room for FQ_DIGITS_MAX; returns the end. */
char *fq_digits_write(char *to, uint64_t value);

/* Writes the last `width` digits of `value`, with leading zeros; returns the end. */
char *fq_digits_write_padded(char *to, uint64_t value, unsigned width);

#endif
