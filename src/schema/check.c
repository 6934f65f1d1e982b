/* SPDX-License-Identifier: MIT */
/* fq_scalar_check and fq_storage_check: which check belongs to which scalar and storage, and the checks of numbers and
 * simple texts. A reason is a static text that reads after the value: `Expected value of type "UUID", found "x"; not a
 * valid UUID`. */
#include "schema/check.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "schema/storage.h"

/* ---- numbers ---- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool fq_check_integer(fq_slice text, int64_t min, int64_t max, fq_bound *bound) {
    bool negative = text.len > 0 && text.ptr[0] == '-';
    size_t i = negative ? 1 : 0;
    uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    uint64_t magnitude = 0;
    if (i == text.len) {
        return false;
    }
    for (; i < text.len; i++) {
        if (!is_digit(text.ptr[i])) {
            return false;
        }
        uint64_t digit = (uint64_t)(text.ptr[i] - '0');
        if (magnitude > (limit - digit) / 10) {
            return false;
        }
        magnitude = magnitude * 10 + digit;
    }
    int64_t value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    *bound = (fq_bound){.comparable = true, .is_exact = true, .exact = value};
    return value >= min && value <= max;
}

static size_t skip_digits(fq_slice text, size_t i) {
    while (i < text.len && is_digit(text.ptr[i])) {
        i++;
    }
    return i;
}

/* numeric holds 131072 digits before and 16383 behind the point. */
#define DIGITS_BEFORE 131072
#define DIGITS_BEHIND 16383

static bool exponent_fits(fq_slice text, size_t from, size_t whole_digits, size_t fraction_digits) {
    if (text.len - from > 8) {
        return false;
    }
    long exponent = 0;
    bool negative = text.ptr[from] == '-';
    for (size_t i = from; i < text.len; i++) {
        exponent = is_digit(text.ptr[i]) ? exponent * 10 + (text.ptr[i] - '0') : exponent;
    }
    exponent = negative ? -exponent : exponent;
    return (long)whole_digits + exponent <= DIGITS_BEFORE && (long)fraction_digits - exponent <= DIGITS_BEHIND;
}

static double approximate_value(fq_slice text) {
    char copy[400];
    size_t len = text.len < sizeof(copy) ? text.len : sizeof(copy) - 1;
    memcpy(copy, text.ptr, len);
    copy[len] = '\0';
    return strtod(copy, NULL);
}

bool fq_check_decimal(fq_slice text, fq_bound *bound) {
    size_t start = text.len > 0 && text.ptr[0] == '-' ? 1 : 0;
    size_t i = skip_digits(text, start);
    size_t whole = i - start;
    size_t fraction = 0;
    if (i < text.len && text.ptr[i] == '.') {
        size_t end = skip_digits(text, i + 1);
        fraction = end - i - 1;
        i = end;
    }
    if (whole + fraction == 0 || whole > DIGITS_BEFORE || fraction > DIGITS_BEHIND) {
        return false;
    }
    if (i < text.len && (text.ptr[i] == 'e' || text.ptr[i] == 'E')) {
        size_t from = i + 1;
        i = from < text.len && (text.ptr[from] == '-' || text.ptr[from] == '+') ? from + 1 : from;
        size_t end = skip_digits(text, i);
        if (end == i || end != text.len || !exponent_fits(text, from, whole, fraction)) {
            return false;
        }
        i = end;
    }
    /* A long text is cut before its value is taken, which only ever makes bounds look equal or open. */
    *bound = (fq_bound){.comparable = text.len < 300, .approximate = approximate_value(text)};
    return i == text.len;
}

/* The server refuses what a float can not hold, on both ends. */
static bool check_float(fq_slice text, bool single) {
    fq_bound ignored;
    char copy[400];
    if (!fq_check_decimal(text, &ignored) || text.len >= sizeof(copy)) {
        return false;
    }
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    errno = 0;
    double value = single ? (double)strtof(copy, NULL) : strtod(copy, NULL);
    return !(errno == ERANGE && (value == 0 || isinf(value)));
}

static bool check_money(fq_slice text) {
    fq_bound bound;
    return fq_check_decimal(text, &bound) && fabs(bound.approximate) <= 92233720368547758.0;
}

/* ---- texts ---- */

static bool check_uuid(fq_slice text) {
    if (text.len != 36) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !hex) {
            return false;
        }
    }
    return true;
}

static bool is_base64(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
}

static bool check_base64(fq_slice text) {
    if (text.len % 4 != 0) {
        return false;
    }
    size_t len = text.len;
    while (len > 0 && text.len - len < 2 && text.ptr[len - 1] == '=') {
        len--;
    }
    for (size_t i = 0; i < len; i++) {
        if (!is_base64(text.ptr[i])) {
            return false;
        }
    }
    return true;
}

#define LTREE_LABEL_MAX 255
#define LTREE_LABELS_MAX 65535

static bool check_ltree(fq_slice text) {
    size_t label = 0;
    size_t labels = 1;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '.') {
            if (label == 0) {
                return false;
            }
            label = 0;
            labels++;
        } else if (is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-') {
            label++;
        } else {
            return false;
        }
        if (label > LTREE_LABEL_MAX || labels > LTREE_LABELS_MAX) {
            return false;
        }
    }
    return label > 0 || text.len == 0;
}

static bool has_nul(fq_slice text) { return text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL; }

/* jsonb holds its strings decoded, and PostgreSQL's text has no NUL. */
static bool has_escaped_nul(fq_slice json) {
    for (size_t i = 0; i + 1 < json.len; i++) {
        if (json.ptr[i] != '\\') {
            continue;
        }
        i++;
        if (json.ptr[i] == 'u' && i + 4 < json.len && memcmp(json.ptr + i + 1, "0000", 4) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- which check for which ---- */

const char *fq_scalar_check(fq_scalar scalar, fq_slice text) {
    fq_bound ignored;
    switch (scalar) {
    case FQ_SCALAR_BIG_INT:
        return fq_check_integer(text, INT64_MIN, INT64_MAX, &ignored) ? NULL : "not a 64-bit integer";
    case FQ_SCALAR_DECIMAL:
        return fq_check_decimal(text, &ignored) ? NULL : "not a decimal number";
    case FQ_SCALAR_UUID:
        return check_uuid(text) ? NULL : "not a valid UUID";
    case FQ_SCALAR_DATE:
        return fq_check_date(text, &ignored) ? NULL : "not a date of the form YYYY-MM-DD";
    case FQ_SCALAR_TIME:
        return fq_check_time(text, FQ_ZONE_OPTIONAL) ? NULL : "not a time of the form HH:MM:SS";
    case FQ_SCALAR_DATE_TIME:
        return fq_check_datetime(text, FQ_ZONE_OPTIONAL, &ignored)
                   ? NULL
                   : "not a date and time of the form YYYY-MM-DDTHH:MM:SSZ";
    case FQ_SCALAR_DURATION:
        return fq_check_duration(text) ? NULL : "not an ISO 8601 duration such as P1DT2H";
    case FQ_SCALAR_BYTES:
        return check_base64(text) ? NULL : "not valid base64";
    case FQ_SCALAR_IP_ADDRESS:
        return fq_check_ip_address(text) ? NULL : "not an IP address";
    case FQ_SCALAR_CIDR:
        return fq_check_cidr(text) ? NULL : "not a network such as 10.0.0.0/8";
    case FQ_SCALAR_MAC_ADDRESS:
        return fq_check_mac_address(text, 8) ? NULL : "not a hardware address such as 08:00:2b:01:02:03";
    case FQ_SCALAR_LTREE_PATH:
        return check_ltree(text) ? NULL : "not a path of labels separated by dots";
    case FQ_SCALAR_INT4_RANGE:
        return fq_check_range(text, FQ_RANGE_OF_INT4) ? NULL : "not a range of integers such as [1,10)";
    case FQ_SCALAR_INT8_RANGE:
        return fq_check_range(text, FQ_RANGE_OF_INT8) ? NULL : "not a range of 64-bit integers such as [1,10)";
    case FQ_SCALAR_NUM_RANGE:
        return fq_check_range(text, FQ_RANGE_OF_DECIMAL) ? NULL : "not a range of numbers such as [1.5,2.5)";
    case FQ_SCALAR_DATE_RANGE:
        return fq_check_range(text, FQ_RANGE_OF_DATE) ? NULL : "not a range of dates such as [2024-01-01,2024-02-01)";
    case FQ_SCALAR_TS_RANGE:
        return fq_check_range(text, FQ_RANGE_OF_TIMESTAMP) ? NULL : "not a range of dates and times without time zone";
    case FQ_SCALAR_TSTZ_RANGE:
        return fq_check_range(text, FQ_RANGE_OF_TIMESTAMPTZ) ? NULL : "not a range of dates and times";
    default:
        return NULL;
    }
}

const char *fq_storage_check(fq_storage storage, fq_slice text) {
    fq_bound ignored;
    switch (storage) {
    case FQ_STORAGE_INT2:
        return fq_check_integer(text, INT16_MIN, INT16_MAX, &ignored) ? NULL : "not a 16-bit integer";
    case FQ_STORAGE_INT4:
        return fq_check_integer(text, INT32_MIN, INT32_MAX, &ignored) ? NULL : "not a 32-bit integer";
    case FQ_STORAGE_FLOAT4:
        return check_float(text, true) ? NULL : "not a number that a 32-bit float can hold";
    case FQ_STORAGE_FLOAT8:
        return check_float(text, false) ? NULL : "not a number that a 64-bit float can hold";
    case FQ_STORAGE_MONEY:
        return check_money(text) ? NULL : "not an amount of money";
    case FQ_STORAGE_TIME:
        return fq_check_time(text, FQ_ZONE_FORBIDDEN) ? NULL : "not a time of the form HH:MM:SS without time zone";
    case FQ_STORAGE_TIMESTAMP:
        return fq_check_datetime(text, FQ_ZONE_FORBIDDEN, &ignored)
                   ? NULL
                   : "not a date and time of the form YYYY-MM-DDTHH:MM:SS without time zone";
    case FQ_STORAGE_MACADDR:
        return fq_check_mac_address(text, 6) ? NULL : "not a hardware address of 6 bytes such as 08:00:2b:01:02:03";
    case FQ_STORAGE_JSONB:
        return has_escaped_nul(text) ? "has a NUL character, which PostgreSQL can not store" : NULL;
    case FQ_STORAGE_BOOL:
    case FQ_STORAGE_JSON:
        return NULL;
    case FQ_STORAGE_OTHER:
    case FQ_STORAGE_TEXT:
    case FQ_STORAGE_BPCHAR:
    case FQ_STORAGE_NAME:
    case FQ_STORAGE_CITEXT:
    case FQ_STORAGE_ENUM:
    case FQ_STORAGE_COMPOSITE:
        return has_nul(text) ? "has a NUL character, which PostgreSQL can not store" : NULL;
    default:
        return fq_scalar_check(fq_storage_scalar(storage), text);
    }
}
