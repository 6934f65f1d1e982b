/* SPDX-License-Identifier: MIT */
/* UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing beyond U+10FFFF. Offsets are bytes; the one
 * count in other units is fq_utf16_units, for positions as JavaScript tools count them. */
#ifndef FQ_BASE_UTF8_H
#define FQ_BASE_UTF8_H

#include "base/slice.h"

/* The length, 1 to 4, of the character at `at`, which must lie before `end`; 0 where the bytes are not valid UTF-8. */
static inline unsigned fq_utf8_length(const char *at, const char *end) {
    const unsigned char *s = (const unsigned char *)at;
    size_t room = (size_t)(end - at);
    if (s[0] < 0x80) {
        return 1;
    }
    if (s[0] < 0xC2 || s[0] > 0xF4 || room < 2 || (s[1] & 0xC0) != 0x80) {
        return 0;
    }
    if (s[0] < 0xE0) {
        return 2;
    }
    if (room < 3 || (s[2] & 0xC0) != 0x80) {
        return 0;
    }
    if (s[0] < 0xF0) {
        return (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ? 0 : 3;
    }
    if (room < 4 || (s[3] & 0xC0) != 0x80) {
        return 0;
    }
    return (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F) ? 0 : 4;
}

/* The code point of a valid character of that length. */
static inline uint32_t fq_utf8_decode(const char *at, unsigned length) {
    const unsigned char *s = (const unsigned char *)at;
    switch (length) {
    case 1:
        return s[0];
    case 2:
        return (uint32_t)(s[0] & 0x1F) << 6 | (s[1] & 0x3F);
    case 3:
        return (uint32_t)(s[0] & 0x0F) << 12 | (uint32_t)(s[1] & 0x3F) << 6 | (s[2] & 0x3F);
    default:
        return (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3F) << 12 | (uint32_t)(s[2] & 0x3F) << 6 |
               (s[3] & 0x3F);
    }
}

/* Writes a Unicode scalar value and returns its length, 1 to 4. */
static inline unsigned fq_utf8_encode(char *out, uint32_t point) {
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xE0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (point & 0x3F));
    return 4;
}

static inline bool fq_is_high_surrogate(uint32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }

static inline bool fq_is_low_surrogate(uint32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

static inline bool fq_is_unicode_scalar(uint32_t point) {
    return point <= 0x10FFFF && !(point >= 0xD800 && point <= 0xDFFF);
}

static inline uint32_t fq_surrogate_pair(uint32_t high, uint32_t low) {
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

/* The value of a hexadecimal digit, or -1. */
static inline int fq_hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Whether all of `text` is valid. */
bool fq_utf8_valid(fq_slice text);

/* How many UTF-16 code units valid text has. */
size_t fq_utf16_units(fq_slice text);

#endif
