/* SPDX-License-Identifier: MIT */
/* See json_scan.h. Strings and the insides of skipped objects and arrays are looked through 16 bytes at a time where
 * the machine has SSE2; the loop over single bytes does the rest and any other machine. */
#include "rows/json_scan.h"

#include "base/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>

/* The first quote or backslash in whole blocks of 16, or the place where these end. */
static const char *find_string_special(const char *at, const char *end) {
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    for (; end - at >= 16; at += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash));
        unsigned mask = (unsigned)_mm_movemask_epi8(hits);
        if (mask != 0) {
            return at + __builtin_ctz(mask);
        }
    }
    return at;
}

/* The same for a quote, a brace or a bracket: {} and [] differ in one bit. */
static const char *find_structural(const char *at, const char *end) {
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i lower = _mm_set1_epi8(0x20);
    const __m128i open = _mm_set1_epi8('{');
    const __m128i close = _mm_set1_epi8('}');
    for (; end - at >= 16; at += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i folded = _mm_or_si128(block, lower);
        __m128i hits = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(folded, open), _mm_cmpeq_epi8(folded, close)),
                                    _mm_cmpeq_epi8(block, quote));
        unsigned mask = (unsigned)_mm_movemask_epi8(hits);
        if (mask != 0) {
            return at + __builtin_ctz(mask);
        }
    }
    return at;
}
#else
static const char *find_string_special(const char *at, const char *end) {
    (void)end;
    return at;
}

static const char *find_structural(const char *at, const char *end) {
    (void)end;
    return at;
}
#endif

const char *fq_scan_string(const char *at, const char *end, bool *escaped) {
    while (at < end) {
        at = find_string_special(at, end);
        while (at < end && *at != '"' && *at != '\\') {
            at++;
        }
        if (at == end) {
            return NULL;
        }
        if (*at == '"') {
            return at + 1;
        }
        *escaped = true;
        at += end - at >= 2 ? 2 : 1;
    }
    return NULL;
}

static bool structural(char c) { return c == '"' || c == '{' || c == '}' || c == '[' || c == ']'; }

/* `at` is at the opening brace or bracket. */
static const char *scan_container(const char *at, const char *end) {
    size_t depth = 0;
    bool escaped;
    while (at < end) {
        at = find_structural(at, end);
        while (at < end && !structural(*at)) {
            at++;
        }
        if (at == end) {
            return NULL;
        }
        char c = *at++;
        if (c == '"') {
            at = fq_scan_string(at, end, &escaped);
            if (at == NULL) {
                return NULL;
            }
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (--depth == 0) {
            return at;
        }
    }
    return NULL;
}

static bool ends_scalar(char c) {
    return c == ',' || c == '}' || c == ']' || c == ':' || c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

const char *fq_scan_value(const char *at, const char *end) {
    bool escaped;
    if (at == end) {
        return NULL;
    }
    if (*at == '"') {
        return fq_scan_string(at + 1, end, &escaped);
    }
    if (*at == '{' || *at == '[') {
        return scan_container(at, end);
    }
    const char *start = at;
    while (at < end && !ends_scalar(*at)) {
        at++;
    }
    return at > start ? at : NULL;
}

/* Four hexadecimal digits; false where they are not. */
static bool read_unit(const char *at, const char *end, uint32_t *unit) {
    *unit = 0;
    if (end - at < 4) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        int digit = fq_hex_digit(at[i]);
        if (digit < 0) {
            return false;
        }
        *unit = *unit << 4 | (uint32_t)digit;
    }
    return true;
}

/* Decodes one \u escape, `at` behind the u; NULL where it is none or half a pair. */
static const char *decode_unicode(const char *at, const char *end, char *out, unsigned *len) {
    uint32_t unit;
    uint32_t low;
    if (!read_unit(at, end, &unit)) {
        return NULL;
    }
    at += 4;
    if (fq_is_high_surrogate(unit)) {
        if (end - at < 6 || at[0] != '\\' || at[1] != 'u' || !read_unit(at + 2, end, &low) ||
            !fq_is_low_surrogate(low)) {
            return NULL;
        }
        unit = fq_surrogate_pair(unit, low);
        at += 6;
    } else if (fq_is_low_surrogate(unit)) {
        return NULL;
    }
    *len = fq_utf8_encode(out, unit);
    return at;
}

/* Decodes one escape, `at` behind the backslash. */
static const char *decode_escape(const char *at, const char *end, char *out, unsigned *len) {
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    if (at == end) {
        return NULL;
    }
    if (*at == 'u') {
        return decode_unicode(at + 1, end, out, len);
    }
    const char *letter = memchr(letters, *at, sizeof(letters) - 1);
    if (letter == NULL) {
        return NULL;
    }
    out[0] = meanings[letter - letters];
    *len = 1;
    return at + 1;
}

bool fq_scan_string_says(fq_slice inside, fq_slice text) {
    const char *at = inside.ptr;
    const char *end = at + inside.len;
    size_t said = 0;
    while (at < end) {
        char bytes[4] = {*at};
        unsigned len = 1;
        at = *at == '\\' ? decode_escape(at + 1, end, bytes, &len) : at + 1;
        if (at == NULL || text.len - said < len || memcmp(text.ptr + said, bytes, len) != 0) {
            return false;
        }
        said += len;
    }
    return said == text.len;
}
