/* SPDX-License-Identifier: MIT */
/* See utf8.h. Both loops skip eight ASCII bytes at a time: nearly all text of a request is ASCII. */
#include "base/utf8.h"

static bool eight_ascii(const char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return (word & UINT64_C(0x8080808080808080)) == 0;
}

bool fq_utf8_valid(fq_slice text) {
    size_t i = 0;
    while (i < text.len) {
        if (text.len - i >= 8 && eight_ascii(text.ptr + i)) {
            i += 8;
            continue;
        }
        unsigned length = fq_utf8_length(text.ptr + i, text.ptr + text.len);
        if (length == 0) {
            return false;
        }
        i += length;
    }
    return true;
}

size_t fq_utf16_units(fq_slice text) {
    size_t units = 0;
    size_t i = 0;
    while (i < text.len) {
        if (text.len - i >= 8 && eight_ascii(text.ptr + i)) {
            units += 8;
            i += 8;
            continue;
        }
        unsigned char byte = (unsigned char)text.ptr[i++];
        /* Continuation bytes count nothing; characters of four bytes are surrogate pairs. */
        units += (byte & 0xC0) == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1;
    }
    return units;
}
