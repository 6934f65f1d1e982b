/* SPDX-License-Identifier: MIT */
/* String tokens (section 2.9.4): the end of a string and its checks, and the value of plain strings. What the first
 * half accepts the second decodes without errors; escapes are read by one function for both. Messages and positions are
 * those of graphql-js. Block strings' values are made in block_string.c. */
#include "graphql/string_token.h"

#include "base/utf8.h"
#include "graphql/lexer.h"
#include "graphql/syntax_error.h"

typedef struct escape {
    uint32_t point;
    uint32_t len;  /* of the escape in the source; 0: not valid */
    uint32_t read; /* UTF-16 units that a message about it shows */
} escape;

static int hex_at(fq_slice source, size_t at) { return at < source.len ? fq_hex_digit(source.ptr[at]) : -1; }

/* \u{...}: at least one digit, and a Unicode scalar value in the end. */
static escape read_variable_width(fq_slice source, uint32_t at) {
    enum { LONGEST = 12 }; /* \u{ and eight digits and } */
    uint32_t point = 0;
    uint32_t size = 3;
    while (size < LONGEST) {
        size_t here = (size_t)at + size++;
        if (here < source.len && source.ptr[here] == '}') {
            bool valid = size >= 5 && fq_is_unicode_scalar(point);
            return (escape){.point = point, .len = valid ? size : 0, .read = size};
        }
        int digit = hex_at(source, here);
        if (digit < 0) {
            break;
        }
        point = point << 4 | (uint32_t)digit;
        if (point > INT32_MAX) {
            break;
        }
    }
    return (escape){.read = size};
}

/* Four hexadecimal digits, or a number above 0xFFFF. */
static uint32_t read_four_digits(fq_slice source, size_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = hex_at(source, at + i);
        if (digit < 0) {
            return UINT32_MAX;
        }
        value = value << 4 | (uint32_t)digit;
    }
    return value;
}

/* \uXXXX, or two of them that are a surrogate pair. */
static escape read_fixed_width(fq_slice source, uint32_t at) {
    uint32_t unit = read_four_digits(source, (size_t)at + 2);
    if (fq_is_unicode_scalar(unit)) {
        return (escape){.point = unit, .len = 6, .read = 6};
    }
    size_t second = (size_t)at + 6;
    if (fq_is_high_surrogate(unit) && second + 1 < source.len && source.ptr[second] == '\\' &&
        source.ptr[second + 1] == 'u') {
        uint32_t low = read_four_digits(source, second + 2);
        if (fq_is_low_surrogate(low)) {
            return (escape){.point = fq_surrogate_pair(unit, low), .len = 12, .read = 12};
        }
    }
    return (escape){.read = 6};
}

static escape read_character(fq_slice source, uint32_t at) {
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    char c = (size_t)at + 1 < source.len ? source.ptr[at + 1] : '\0';
    const char *found = c != '\0' ? strchr(from, c) : NULL;
    if (found == NULL) {
        return (escape){.read = 2};
    }
    return (escape){.point = (unsigned char)to[found - from], .len = 2, .read = 2};
}

/* The escape whose backslash is at `at`. */
static escape read_escape(fq_slice source, uint32_t at) {
    if ((size_t)at + 1 >= source.len || source.ptr[at + 1] != 'u') {
        return read_character(source, at);
    }
    bool braces = (size_t)at + 2 < source.len && source.ptr[at + 2] == '{';
    return braces ? read_variable_width(source, at) : read_fixed_width(source, at);
}

/* The text from `at` on, as many UTF-16 units as asked for but whole characters. */
static fq_slice excerpt(fq_slice source, uint32_t at, uint32_t units) {
    size_t end = at;
    while (end < source.len && units > 0) {
        unsigned length = fq_utf8_length(source.ptr + end, source.ptr + source.len);
        if (length == 0) {
            break;
        }
        uint32_t wide = length == 4 ? 2 : 1;
        units -= wide < units ? wide : units;
        end += length;
    }
    return fq_slice_sub(source, at, end);
}

static void escape_error(fq_slice source, uint32_t at, escape bad, fq_errors *errors) {
    bool unicode = (size_t)at + 1 < source.len && source.ptr[at + 1] == 'u';
    fq_syntax_error(errors, at,
                    unicode ? FQ_S("Invalid Unicode escape sequence: \"")
                            : FQ_S("Invalid character escape sequence: \""),
                    excerpt(source, at, bad.read), FQ_S("\"."));
}

void fq_utf8_error(fq_slice source, uint32_t at, fq_errors *errors) {
    fq_slice byte = fq_arena_printf(errors->arena, "0x%02X", (unsigned)(unsigned char)source.ptr[at]);
    fq_syntax_error(errors, at, FQ_S("Invalid UTF-8: byte "), byte, FQ_S("."));
}

uint32_t fq_string_end(fq_slice source, uint32_t start, fq_errors *errors) {
    uint32_t at = start + 1;
    while (at < source.len) {
        char c = source.ptr[at];
        if (c == '"') {
            return at + 1;
        }
        if (c == '\n' || c == '\r') {
            break;
        }
        uint32_t length = 1;
        if (c == '\\') {
            escape e = read_escape(source, at);
            if (e.len == 0) {
                escape_error(source, at, e, errors);
                return 0;
            }
            length = e.len;
        } else if ((unsigned char)c >= 0x80) {
            length = fq_utf8_length(source.ptr + at, source.ptr + source.len);
            if (length == 0) {
                fq_utf8_error(source, at, errors);
                return 0;
            }
        }
        at += length;
    }
    fq_syntax_error(errors, at, FQ_S("Unterminated string."));
    return 0;
}

uint32_t fq_block_string_end(fq_slice source, uint32_t start, fq_errors *errors) {
    static const fq_slice quotes = FQ_S_INIT("\"\"\"");
    static const fq_slice escaped_quotes = FQ_S_INIT("\\\"\"\"");
    uint32_t at = start + 3;
    while (at < source.len) {
        fq_slice rest = fq_slice_sub(source, at, source.len);
        uint32_t length = 1;
        if (rest.ptr[0] == '"' && fq_slice_starts_with(rest, quotes)) {
            return at + 3;
        }
        if (rest.ptr[0] == '\\' && fq_slice_starts_with(rest, escaped_quotes)) {
            length = 4;
        } else if ((unsigned char)rest.ptr[0] >= 0x80) {
            length = fq_utf8_length(rest.ptr, rest.ptr + rest.len);
            if (length == 0) {
                fq_utf8_error(source, at, errors);
                return 0;
            }
        }
        at += length;
    }
    fq_syntax_error(errors, at, FQ_S("Unterminated string."));
    return 0;
}

/* No escape is shorter than what it stands for, so the value never needs more room than its source. */
static fq_slice decode(fq_arena *arena, fq_slice raw) {
    char *text = fq_arena_alloc(arena, raw.len);
    size_t len = 0;
    uint32_t at = 0;
    while (at < raw.len) {
        const char *backslash = memchr(raw.ptr + at, '\\', raw.len - at);
        uint32_t plain_end = backslash != NULL ? (uint32_t)(backslash - raw.ptr) : (uint32_t)raw.len;
        memcpy(text + len, raw.ptr + at, plain_end - at);
        len += plain_end - at;
        at = plain_end;
        if (backslash != NULL) {
            escape e = read_escape(raw, at);
            len += fq_utf8_encode(text + len, e.point);
            at += e.len;
        }
    }
    return fq_slice_of(text, len);
}

fq_slice fq_token_string(fq_arena *arena, fq_slice source, fq_token token) {
    if (token.kind == FQ_TOKEN_BLOCK_STRING) {
        return fq_block_string_value(arena, fq_slice_sub(source, token.start + 3, token.end - 3));
    }
    fq_slice raw = fq_slice_sub(source, token.start + 1, token.end - 1);
    if (raw.len == 0 || memchr(raw.ptr, '\\', raw.len) == NULL) {
        return raw;
    }
    return decode(arena, raw);
}
