/* SPDX-License-Identifier: MIT */
/* Dates and times of writer.h: PostgreSQL's binary forms (days and microseconds from 2000-01-01, proleptic Gregorian)
 * as quoted ISO 8601 text. Years are astronomical: 1 BC is year 0. Integers only, no time zone data. */
#include "json/digits.h"
#include "json/writer.h"

#define DAY_MICROSECONDS INT64_C(86400000000)
#define SECOND_MICROSECONDS 1000000
/* Quotes, a signed year, month, day, T and time with fraction; the zone is extra. */
#define LONGEST 48

typedef struct civil_date {
    int64_t year;
    unsigned month, day; /* from 1 */
} civil_date;

/* Counts in eras of 400 years from 0000-03-01, so that the leap day is the last of its year; and from so many eras
 * before that every day that 32 bits or a timestamp can hold is positive. */
static civil_date civil_from_days(int64_t days_since_2000) {
    enum { ERA_DAYS = 146097, DAYS_TO_2000 = 730425, ERAS_BEFORE = 20000 }; /* days from 0000-03-01 to 2000-01-01 */
    uint64_t days = (uint64_t)(days_since_2000 + DAYS_TO_2000 + (int64_t)ERAS_BEFORE * ERA_DAYS);
    uint64_t era = days / ERA_DAYS;
    uint32_t day_of_era = (uint32_t)(days % ERA_DAYS);
    uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t month_from_march = (5 * day_of_year + 2) / 153;
    uint32_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    uint32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    int64_t year = ((int64_t)era - ERAS_BEFORE) * 400 + year_of_era + (month <= 2);
    return (civil_date){.year = year, .month = month, .day = day};
}

static char *put_date(char *to, int64_t days) {
    civil_date date = civil_from_days(days);
    if (date.year >= 1 && date.year <= 9999) {
        to = fq_digits_write_4(to, (uint32_t)date.year);
    } else {
        uint64_t magnitude = date.year < 0 ? (uint64_t)-date.year : (uint64_t)date.year;
        *to++ = date.year < 0 ? '-' : '+';
        to = magnitude < 1000000 ? fq_digits_write_padded(to, magnitude, 6) : fq_digits_write(to, magnitude);
    }
    *to++ = '-';
    to = fq_digits_write_2(to, date.month);
    *to++ = '-';
    return fq_digits_write_2(to, date.day);
}

/* hh:mm:ss with as much of the fraction as is not zero at the end. */
static char *put_time(char *to, uint64_t microseconds) {
    uint32_t seconds = (uint32_t)(microseconds / SECOND_MICROSECONDS);
    uint32_t fraction = (uint32_t)(microseconds % SECOND_MICROSECONDS);
    to = fq_digits_write_2(to, seconds / 3600);
    *to++ = ':';
    to = fq_digits_write_2(to, seconds / 60 % 60);
    *to++ = ':';
    to = fq_digits_write_2(to, seconds % 60);
    if (fraction != 0) {
        *to++ = '.';
        to = fq_digits_write_4(fq_digits_write_2(to, fraction / 10000), fraction % 10000);
        while (to[-1] == '0') {
            to--;
        }
    }
    return to;
}

/* The zone and the closing quote. */
static void finish(fq_buffer *out, const char *start, char *to, fq_slice zone) {
    if (zone.len > 0) {
        memcpy(to, zone.ptr, zone.len);
        to += zone.len;
    }
    *to++ = '"';
    fq_buffer_commit(out, (size_t)(to - start));
}

void fq_json_write_date(fq_buffer *out, int32_t days) {
    if (days == INT32_MAX || days == INT32_MIN) {
        fq_buffer_slice(out, days > 0 ? FQ_S("\"infinity\"") : FQ_S("\"-infinity\""));
        return;
    }
    char *room = fq_buffer_reserve(out, LONGEST);
    if (room != NULL) {
        *room = '"';
        finish(out, room, put_date(room + 1, days), FQ_S(""));
    }
}

void fq_json_write_timestamp(fq_buffer *out, int64_t microseconds, fq_slice zone) {
    if (microseconds == INT64_MAX || microseconds == INT64_MIN) {
        fq_buffer_slice(out, microseconds > 0 ? FQ_S("\"infinity\"") : FQ_S("\"-infinity\""));
        return;
    }
    char *room = fq_buffer_reserve(out, LONGEST + zone.len);
    if (room == NULL) {
        return;
    }
    int64_t days = microseconds / DAY_MICROSECONDS;
    int64_t time = microseconds % DAY_MICROSECONDS;
    if (time < 0) {
        time += DAY_MICROSECONDS;
        days--;
    }
    *room = '"';
    char *to = put_date(room + 1, days);
    *to++ = 'T';
    finish(out, room, put_time(to, (uint64_t)time), zone);
}

void fq_json_write_time(fq_buffer *out, int64_t microseconds, fq_slice zone) {
    char *room = fq_buffer_reserve(out, LONGEST + zone.len);
    if (room != NULL) {
        *room = '"';
        /* PostgreSQL's range is 00:00:00 to 24:00:00; anything else would not be a time. */
        int64_t time = microseconds < 0 ? 0 : microseconds > DAY_MICROSECONDS ? DAY_MICROSECONDS : microseconds;
        finish(out, room, put_time(room + 1, (uint64_t)time), zone);
    }
}
