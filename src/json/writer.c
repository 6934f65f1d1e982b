/* SPDX-License-Identifier: MIT */
/* See writer.h: strings, integers, doubles, trees, UUIDs and base64; dates and times are in writer_time.c. Every
 * function reserves the room it needs at most and writes straight into the buffer; a buffer past its maximum only
 * becomes failed. */
#include "json/writer.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "json/digits.h"
#include "json/scan.h"

static const char hex_digits[] = "0123456789abcdef";

static void write_escape(fq_buffer *out, unsigned char c) {
    static const char letters[0x20] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    char letter = c < 0x20 ? letters[c] : (char)c;
    if (letter != 0) {
        fq_buffer_append(out, (char[]){'\\', letter}, 2);
    } else {
        fq_buffer_append(out, (char[]){'\\', 'u', '0', '0', hex_digits[c >> 4], hex_digits[c & 15]}, 6);
    }
}

void fq_json_write_escaped(fq_buffer *out, fq_slice text) {
    size_t at = 0;
    while (at < text.len) {
        size_t run = fq_scan_copyable(text.ptr + at, text.len - at);
        fq_buffer_append(out, text.ptr + at, run);
        at += run;
        if (at < text.len) {
            write_escape(out, (unsigned char)text.ptr[at++]);
        }
    }
}

void fq_json_write_string(fq_buffer *out, fq_slice text) {
    char *room = fq_buffer_reserve(out, text.len + 2);
    if (room == NULL) {
        return;
    }
    *room = '"';
    size_t run = fq_scan_copyable(text.ptr, text.len);
    if (run > 0) {
        memcpy(room + 1, text.ptr, run);
    }
    if (run == text.len) {
        room[run + 1] = '"';
        fq_buffer_commit(out, run + 2);
        return;
    }
    fq_buffer_commit(out, run + 1);
    fq_json_write_escaped(out, fq_slice_sub(text, run, text.len));
    fq_buffer_char(out, '"');
}

void fq_json_write_uint64(fq_buffer *out, uint64_t value) {
    char *room = fq_buffer_reserve(out, FQ_DIGITS_MAX);
    if (room != NULL) {
        fq_buffer_commit(out, (size_t)(fq_digits_write(room, value) - room));
    }
}

void fq_json_write_int64(fq_buffer *out, int64_t value) {
    char *room = fq_buffer_reserve(out, FQ_DIGITS_MAX + 1);
    if (room == NULL) {
        return;
    }
    char *at = room;
    uint64_t magnitude = (uint64_t)value;
    if (value < 0) {
        *at++ = '-';
        magnitude = -magnitude;
    }
    fq_buffer_commit(out, (size_t)(fq_digits_write(at, magnitude) - room));
}

#define EXACT_INTEGERS 9007199254740992.0 /* 2^53: every integer below is a double */
#define DECIMALS_TRIED 6

/* Doubles that are written with few decimals, such as prices: some m / 10^k with m below 2^53. That division is
 * correctly rounded, so if it gives `value`, reading "m with k decimals" gives it too; the smallest k gives the fewest
 * digits. */
static bool write_short_decimal(fq_buffer *out, double value) {
    static const double powers[DECIMALS_TRIED + 1] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    static const uint64_t divisors[DECIMALS_TRIED + 1] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    double magnitude = fabs(value);
    for (unsigned k = 0; k <= DECIMALS_TRIED && magnitude * powers[k] < EXACT_INTEGERS / 10; k++) {
        uint64_t digits = (uint64_t)(magnitude * powers[k] + 0.5);
        if ((double)digits / powers[k] != magnitude) {
            continue;
        }
        if (signbit(value)) {
            fq_buffer_char(out, '-');
        }
        fq_json_write_uint64(out, digits / divisors[k]);
        if (k > 0) {
            char text[DECIMALS_TRIED + 1] = ".";
            fq_digits_write_padded(text + 1, digits % divisors[k], k);
            fq_buffer_append(out, text, k + 1);
        }
        return true;
    }
    return false;
}

void fq_json_write_double(fq_buffer *out, double value) {
    if (!isfinite(value)) {
        fq_buffer_slice(out, FQ_S("null"));
        return;
    }
    /* Below a millionth the fixed form is no longer the shortest. */
    if ((value == 0 || fabs(value) >= 1e-5) && write_short_decimal(out, value)) {
        return;
    }
    char text[40];
    /* Fifteen digits are always told apart, but for the numbers next to zero, which have fewer bits. */
    int first = fabs(value) < DBL_MIN ? 1 : 15;
    for (int precision = first; precision <= 17; precision++) {
        snprintf(text, sizeof(text), "%.*g", precision, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    /* The locale may have its own decimal point, of one byte or several. */
    bool point = false;
    for (const char *c = text; *c != '\0'; c++) {
        bool plain = (*c >= '0' && *c <= '9') || *c == '-' || *c == '+' || *c == 'e';
        if (plain || !point) {
            fq_buffer_char(out, plain ? *c : '.');
        }
        point = point || !plain;
    }
}

static void write_children(fq_buffer *out, const fq_json *value) {
    for (const fq_json *child = value->child; child != NULL; child = child->next) {
        if (child != value->child) {
            fq_buffer_char(out, ',');
        }
        if (value->kind == FQ_JSON_OBJECT) {
            fq_json_write_string(out, child->key);
            fq_buffer_char(out, ':');
        }
        fq_json_write_tree(out, child);
    }
}

void fq_json_write_tree(fq_buffer *out, const fq_json *value) {
    switch ((fq_json_kind)value->kind) {
    case FQ_JSON_NULL:
        return fq_buffer_slice(out, FQ_S("null"));
    case FQ_JSON_BOOL:
        return fq_buffer_slice(out, value->truth ? FQ_S("true") : FQ_S("false"));
    case FQ_JSON_NUMBER:
        return fq_buffer_slice(out, value->text);
    case FQ_JSON_STRING:
        return fq_json_write_string(out, value->text);
    case FQ_JSON_ARRAY:
    case FQ_JSON_OBJECT:
        fq_buffer_char(out, value->kind == FQ_JSON_OBJECT ? '{' : '[');
        write_children(out, value);
        return fq_buffer_char(out, value->kind == FQ_JSON_OBJECT ? '}' : ']');
    }
}

void fq_json_write_uuid(fq_buffer *out, const unsigned char *bytes) {
    enum { LENGTH = 38 };
    char *room = fq_buffer_reserve(out, LENGTH);
    if (room == NULL) {
        return;
    }
    *room++ = '"';
    for (unsigned i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *room++ = '-';
        }
        *room++ = hex_digits[bytes[i] >> 4];
        *room++ = hex_digits[bytes[i] & 15];
    }
    *room = '"';
    fq_buffer_commit(out, LENGTH);
}

/* Four characters for up to three bytes (RFC 4648, section 4). */
static void write_base64_group(char *to, const unsigned char *from, size_t n) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = (uint32_t)from[0] << 16;
    bits |= n > 1 ? (uint32_t)from[1] << 8 : 0;
    bits |= n > 2 ? from[2] : 0;
    to[0] = alphabet[bits >> 18];
    to[1] = alphabet[bits >> 12 & 63];
    to[2] = n > 1 ? alphabet[bits >> 6 & 63] : '=';
    to[3] = n > 2 ? alphabet[bits & 63] : '=';
}

void fq_json_write_base64(fq_buffer *out, fq_slice bytes) {
    /* What would not fit fails here, before the product below could overflow. */
    size_t groups = bytes.len / 3 + (bytes.len % 3 != 0);
    char *room = fq_buffer_reserve(out, groups <= (SIZE_MAX - 2) / 4 ? groups * 4 + 2 : SIZE_MAX);
    if (room == NULL) {
        return;
    }
    *room++ = '"';
    const unsigned char *from = (const unsigned char *)bytes.ptr;
    for (size_t at = 0; at < bytes.len; at += 3, room += 4) {
        write_base64_group(room, from + at, bytes.len - at);
    }
    *room = '"';
    fq_buffer_commit(out, groups * 4 + 2);
}
