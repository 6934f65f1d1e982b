/* SPDX-License-Identifier: MIT */
/* See scan.h. A block that has a special byte is searched byte by byte with the table, so the wide tests only have to
 * be right about "none here". */
#include "json/scan.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { SPECIAL = 1, BEYOND_ASCII = 2 };

static const unsigned char classes[256] = {
    [0 ... 0x1F] = SPECIAL,
    ['"'] = SPECIAL,
    ['\\'] = SPECIAL,
    [0x80 ... 0xFF] = BEYOND_ASCII,
};

static size_t scan_bytes(const char *text, size_t from, size_t to, unsigned stop_at) {
    while (from < to && !(classes[(unsigned char)text[from]] & stop_at)) {
        from++;
    }
    return from;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Whether one of eight bytes is a control character, a quote or a backslash; may be wrong only by saying so too often.
 */
static inline bool special_in_eight(uint64_t word) {
    uint64_t quote = word ^ EACH('"');
    uint64_t backslash = word ^ EACH('\\');
    uint64_t found =
        ((word - EACH(0x20)) & ~word) | ((quote - EACH(1)) & ~quote) | ((backslash - EACH(1)) & ~backslash);
    return (found & EACH(0x80)) != 0;
}

static inline bool stops_in_eight(const char *text, unsigned stop_at) {
    uint64_t word;
    memcpy(&word, text, sizeof(word));
    return special_in_eight(word) || ((stop_at & BEYOND_ASCII) && (word & EACH(0x80)) != 0);
}

#ifdef __SSE2__
static inline bool stops_in_sixteen(const char *text, unsigned stop_at) {
    __m128i block = _mm_loadu_si128((const __m128i *)(const void *)text);
    __m128i found = _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')), _mm_cmpeq_epi8(block, _mm_set1_epi8('\\')));
    /* Unsigned "at most 0x1F": the smaller of the two is the byte itself. */
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
    int mask = _mm_movemask_epi8(_mm_or_si128(found, control));
    return mask != 0 || ((stop_at & BEYOND_ASCII) && _mm_movemask_epi8(block) != 0);
}
#endif

__attribute__((always_inline)) static inline size_t scan(const char *text, size_t len, unsigned stop_at) {
    size_t at = 0;
#ifdef __SSE2__
    while (len - at >= 16) {
        if (stops_in_sixteen(text + at, stop_at)) {
            return scan_bytes(text, at, len, stop_at);
        }
        at += 16;
    }
#endif
    while (len - at >= 8) {
        if (stops_in_eight(text + at, stop_at)) {
            return scan_bytes(text, at, len, stop_at);
        }
        at += 8;
    }
    return scan_bytes(text, at, len, stop_at);
}

size_t fq_scan_plain(const char *text, size_t len) { return scan(text, len, SPECIAL | BEYOND_ASCII); }

size_t fq_scan_copyable(const char *text, size_t len) { return scan(text, len, SPECIAL); }
