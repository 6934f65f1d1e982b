/* SPDX-License-Identifier: MIT */
/* Dates and times that come as text, as a document holds them or as PostgreSQL prints them under DateStyle ISO, in the
 * forms of json/writer.h: a moment with an offset from UTC is brought to UTC, one without keeps its clock.
 * It knows no time zones but offsets, and asks no calendar whether there was such a day. */
#include "rows/codecs.h"
#include "json/writer.h"

#define SECOND_MICROSECONDS INT64_C(1000000)
#define DAY_SECONDS INT64_C(86400)
/* PostgreSQL's own bounds. */
#define YEAR_MIN (-4713)
#define DATE_YEAR_MAX 5874897
#define TIMESTAMP_YEAR_MAX 294276

typedef struct cursor {
    const char *at, *end;
} cursor;

typedef struct moment {
    int64_t days;         /* from 2000-01-01 */
    int64_t microseconds; /* of the day */
    int32_t east;         /* seconds */
    bool has_time, has_zone;
} moment;

static bool take(cursor *c, char wanted) {
    bool there = c->at < c->end && *c->at == wanted;
    c->at += there;
    return there;
}

/* Between `least` and `most` digits. */
static bool take_number(cursor *c, int least, int most, int64_t *number) {
    int n = 0;
    for (*number = 0; n < most && c->at < c->end && *c->at >= '0' && *c->at <= '9'; n++) {
        *number = *number * 10 + (*c->at++ - '0');
    }
    return n >= least;
}

/* Counts from 0000-03-01, so that the leap day is the last of its year. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
    enum { ERA_DAYS = 146097, DAYS_TO_2000 = 730425 };
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - DAYS_TO_2000;
}

static bool take_date(cursor *c, int64_t *year, int64_t *month, int64_t *day) {
    bool negative = take(c, '-');
    bool is_signed = negative || take(c, '+');
    if (!take_number(c, 4, 7, year) || !take(c, '-') || !take_number(c, 2, 2, month) || !take(c, '-') ||
        !take_number(c, 2, 2, day)) {
        return false;
    }
    *year = negative ? -*year : *year;
    bool zero = *year == 0 && !is_signed;
    return !zero && *year >= YEAR_MIN && *year <= DATE_YEAR_MAX && *month >= 1 && *month <= 12 && *day >= 1 &&
           *day <= 31;
}

/* `.f`, to microseconds; what is finer is cut off. */
static bool take_fraction(cursor *c, int64_t *microseconds) {
    int64_t scale = SECOND_MICROSECONDS, digit;
    *microseconds = 0;
    if (!take(c, '.')) {
        return true;
    }
    const char *start = c->at;
    while (take_number(c, 1, 1, &digit)) {
        scale /= 10;
        *microseconds += digit * scale;
    }
    return c->at > start;
}

static bool take_time(cursor *c, moment *m) {
    int64_t hour, minute, second = 0, fraction = 0;
    if (!take_number(c, 2, 2, &hour) || !take(c, ':') || !take_number(c, 2, 2, &minute) ||
        (take(c, ':') && (!take_number(c, 2, 2, &second) || !take_fraction(c, &fraction)))) {
        return false;
    }
    m->has_time = true;
    m->microseconds = ((hour * 60 + minute) * 60 + second) * SECOND_MICROSECONDS + fraction;
    return minute < 60 && second <= 60 && m->microseconds <= DAY_SECONDS * SECOND_MICROSECONDS;
}

/* `Z`, or an offset in hours, minutes and seconds; nothing is fine too. */
static bool take_zone(cursor *c, moment *m) {
    int64_t hours, minutes = 0, seconds = 0;
    bool east = c->at < c->end && *c->at == '+';
    if (take(c, 'Z') || take(c, 'z')) {
        m->has_zone = true;
        return true;
    }
    if (!take(c, '+') && !take(c, '-')) {
        return true;
    }
    if (!take_number(c, 2, 2, &hours)) {
        return false;
    }
    (void)take(c, ':');
    if (take_number(c, 2, 2, &minutes) && take(c, ':') && !take_number(c, 2, 2, &seconds)) {
        return false;
    }
    int32_t offset = (int32_t)((hours * 60 + minutes) * 60 + seconds);
    m->has_zone = true;
    m->east = east ? offset : -offset;
    return hours < 16 && minutes < 60 && seconds < 60;
}

static bool is_at(const cursor *c, const char *words) {
    return fq_slice_equal(fq_slice_of(c->at, (size_t)(c->end - c->at)), fq_slice_from_cstr(words));
}

static bool read_moment(fq_slice text, moment *m) {
    cursor c = {text.ptr, text.ptr + text.len};
    int64_t year, month, day;
    *m = (moment){0};
    if (!take_date(&c, &year, &month, &day)) {
        return false;
    }
    if ((take(&c, 'T') || (!is_at(&c, " BC") && take(&c, ' '))) && (!take_time(&c, m) || !take_zone(&c, m))) {
        return false;
    }
    if (is_at(&c, " BC")) {
        c.at = c.end;
        year = 1 - year;
    }
    m->days = days_from_civil(year, month, day);
    return c.at == c.end && (!m->has_time || year <= TIMESTAMP_YEAR_MAX);
}

fq_coded fq_moment_text_write(fq_buffer *out, fq_slice text) {
    moment m;
    if (!read_moment(text, &m)) {
        return FQ_CODED_REFUSED;
    }
    if (!m.has_time) {
        fq_json_write_date(out, (int32_t)m.days);
        return FQ_CODED_GOOD;
    }
    int64_t seconds = m.days * DAY_SECONDS - m.east;
    fq_json_write_timestamp(out, seconds * SECOND_MICROSECONDS + m.microseconds, m.has_zone ? FQ_S("Z") : FQ_S(""));
    return FQ_CODED_GOOD;
}

fq_coded fq_clock_text_write(fq_buffer *out, fq_slice text) {
    cursor c = {text.ptr, text.ptr + text.len};
    moment m = {0};
    if (!take_time(&c, &m) || !take_zone(&c, &m) || c.at != c.end) {
        return FQ_CODED_REFUSED;
    }
    char zone[FQ_ZONE_SIZE];
    unsigned len = m.has_zone ? fq_zone_format(zone, -m.east) : 0;
    fq_json_write_time(out, m.microseconds, fq_slice_of(zone, len));
    return FQ_CODED_GOOD;
}
