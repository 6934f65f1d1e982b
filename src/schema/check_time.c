/* SPDX-License-Identifier: MIT */
/* See check.h: dates, times and durations (ISO 8601 as PostgreSQL reads it). Calendars are checked to the day, so that
 * 2023-02-29 is refused here and not by the server. */
#include "schema/check.h"

/* A text being read from the left. */
typedef struct scan {
    const char *at;
    const char *end;
} scan;

static scan scan_of(fq_slice text) { return (scan){text.ptr, text.ptr + text.len}; }

static bool at_end(const scan *s) { return s->at == s->end; }

static bool take(scan *s, char c) {
    if (s->at < s->end && *s->at == c) {
        s->at++;
        return true;
    }
    return false;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* A number of `min` to `max` digits (at most 9); all digits that are there are taken, so one more is a failure. */
static bool take_digits(scan *s, int min, int max, int32_t *value) {
    int n = 0;
    *value = 0;
    while (s->at < s->end && is_digit(*s->at) && n <= max) {
        *value = n < max ? *value * 10 + (*s->at - '0') : *value;
        s->at++;
        n++;
    }
    return n >= min && n <= max;
}

static bool is_infinite(fq_slice text, fq_bound *bound) {
    bool below = fq_slice_equal(text, FQ_S("-infinity"));
    if (!below && !fq_slice_equal(text, FQ_S("infinity"))) {
        return false;
    }
    *bound = (fq_bound){.comparable = true, .is_exact = true, .exact = below ? INT64_MIN : INT64_MAX};
    return true;
}

/* ---- dates ---- */

static bool is_leap(int32_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

static int32_t days_in_month(int32_t year, int32_t month) {
    static const int32_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days since 0000-03-01 (proleptic Gregorian), counted in years that begin in March. */
static int64_t day_number(int32_t year, int32_t month, int32_t day) {
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t shifted = (month + 9) % 12;
    return y * 365 + y / 4 - y / 100 + y / 400 + (shifted * 306 + 5) / 10 + day - 1;
}

static bool take_date(scan *s, int32_t last_year, int64_t *days) {
    int32_t year;
    int32_t month;
    int32_t day;
    if (!take_digits(s, 4, 7, &year) || !take(s, '-') || !take_digits(s, 2, 2, &month) || !take(s, '-') ||
        !take_digits(s, 2, 2, &day)) {
        return false;
    }
    if (year < 1 || year > last_year || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) {
        return false;
    }
    *days = day_number(year, month, day);
    return true;
}

#define LAST_YEAR_OF_DATE 5874897
#define LAST_YEAR_OF_TIMESTAMP 294275

bool fq_check_date(fq_slice text, fq_bound *bound) {
    int64_t days = 0;
    scan s = scan_of(text);
    if (is_infinite(text, bound)) {
        return true;
    }
    if (!take_date(&s, LAST_YEAR_OF_DATE, &days) || !at_end(&s)) {
        return false;
    }
    *bound = (fq_bound){.comparable = true, .is_exact = true, .exact = days};
    return true;
}

/* ---- times ---- */

/* Up to six digits count; what follows must be zeros, since the server would round it. */
static bool take_fraction(scan *s, int64_t *microseconds) {
    int64_t unit = 100000;
    int n = 0;
    for (; s->at < s->end && is_digit(*s->at); s->at++, n++) {
        if (unit == 0 && *s->at != '0') {
            return false;
        }
        *microseconds += unit * (*s->at - '0');
        unit /= 10;
    }
    return n > 0;
}

static bool take_time(scan *s, int64_t *microseconds) {
    int32_t hour;
    int32_t minute;
    int32_t second = 0;
    int64_t fraction = 0;
    if (!take_digits(s, 2, 2, &hour) || !take(s, ':') || !take_digits(s, 2, 2, &minute)) {
        return false;
    }
    if (take(s, ':') && (!take_digits(s, 2, 2, &second) || (take(s, '.') && !take_fraction(s, &fraction)))) {
        return false;
    }
    bool midnight = hour == 24 && minute == 0 && second == 0 && fraction == 0;
    if ((hour > 23 && !midnight) || minute > 59 || second > 59) {
        return false;
    }
    *microseconds = ((int64_t)hour * 3600 + minute * 60 + second) * 1000000 + fraction;
    return true;
}

/* `Z`, `+HH`, `+HH:MM`, `+HHMM`; nothing is fine. */
static bool take_zone(scan *s, bool *found, int64_t *offset_seconds) {
    int32_t hours = 0;
    int32_t minutes = 0;
    *found = !at_end(s);
    *offset_seconds = 0;
    if (take(s, 'Z') || take(s, 'z') || !*found) {
        return true;
    }
    bool west = take(s, '-');
    if (!west && !take(s, '+')) {
        return false;
    }
    const char *start = s->at;
    while (s->at < s->end && is_digit(*s->at)) {
        s->at++;
    }
    scan digits = {start, s->at};
    if (s->at - start == 4) {
        digits.end = start + 2;
        scan rest = {start + 2, s->at};
        if (!take_digits(&rest, 2, 2, &minutes)) {
            return false;
        }
    } else if (take(s, ':') && !take_digits(s, 2, 2, &minutes)) {
        return false;
    }
    if (!take_digits(&digits, 2, 2, &hours) || !at_end(&digits) || hours > 15 || minutes > 59) {
        return false;
    }
    *offset_seconds = ((int64_t)hours * 3600 + minutes * 60) * (west ? -1 : 1);
    return true;
}

bool fq_check_time(fq_slice text, fq_zone_rule zone) {
    scan s = scan_of(text);
    int64_t microseconds = 0;
    int64_t offset = 0;
    bool has_zone = false;
    return take_time(&s, &microseconds) && take_zone(&s, &has_zone, &offset) && at_end(&s) &&
           !(has_zone && zone == FQ_ZONE_FORBIDDEN);
}

bool fq_check_datetime(fq_slice text, fq_zone_rule zone, fq_bound *bound) {
    scan s = scan_of(text);
    int64_t days = 0;
    int64_t microseconds = 0;
    int64_t offset = 0;
    bool has_zone = false;
    if (is_infinite(text, bound)) {
        return true;
    }
    if (!take_date(&s, LAST_YEAR_OF_TIMESTAMP, &days)) {
        return false;
    }
    bool separator = take(&s, 'T') || take(&s, 't') || take(&s, ' ');
    if (separator && (!take_time(&s, &microseconds) || !take_zone(&s, &has_zone, &offset))) {
        return false;
    }
    if (!at_end(&s) || (has_zone && zone == FQ_ZONE_FORBIDDEN)) {
        return false;
    }
    int64_t exact = days * 86400000000 + microseconds - offset * 1000000;
    *bound = (fq_bound){.comparable = true, .is_exact = true, .exact = exact};
    return true;
}

/* ---- durations ---- */

/* One `number unit` of a duration: sign, up to nine digits, a fraction. */
static bool take_quantity(scan *s, int64_t *whole) {
    int32_t value;
    int64_t ignored = 0;
    bool negative = take(s, '-');
    if (!negative) {
        (void)take(s, '+');
    }
    if (!take_digits(s, 1, 9, &value) || (take(s, '.') && !take_fraction(s, &ignored))) {
        return false;
    }
    *whole = negative ? -(int64_t)value : value;
    return true;
}

/* Quantities whose units come from `units`, each at most once and in this order. */
static bool take_quantities(scan *s, const char *units, int64_t *values, int *count) {
    const char *next = units;
    while (!at_end(s) && *s->at != 'T') {
        int64_t whole = 0;
        if (!take_quantity(s, &whole) || at_end(s)) {
            return false;
        }
        const char *unit = strchr(next, *s->at);
        if (unit == NULL || *unit == '\0') {
            return false;
        }
        values[unit - units] = whole;
        next = unit + 1;
        s->at++;
        (*count)++;
    }
    return true;
}

static bool fits_int32(int64_t value) { return value >= INT32_MIN && value <= INT32_MAX; }

bool fq_check_duration(fq_slice text) {
    scan s = scan_of(text);
    int64_t date[4] = {0};
    int64_t time[3] = {0};
    int count = 0;
    if (!take(&s, 'P') || !take_quantities(&s, "YMWD", date, &count)) {
        return false;
    }
    if (take(&s, 'T')) {
        int in_time = 0;
        if (!take_quantities(&s, "HMS", time, &in_time) || in_time == 0) {
            return false;
        }
        count += in_time;
    }
    return at_end(&s) && count > 0 && fits_int32(date[0] * 12 + date[1]) && fits_int32(date[2] * 7 + date[3]);
}
