/* SPDX-License-Identifier: MIT */
/* The text of a range, as PostgreSQL prints it under DateStyle ISO, to the JSON string `[a,b)`.
 * A bound that is a date or a time becomes ISO 8601 in the forms of json/writer.h; every other bound is copied without
 * the quotes that range output puts around it. It knows nothing of which range type it has: no other type prints a
 * date. */
#include "rows/codecs.h"
#include "json/writer.h"

/* A calendar date with what follows it, cut out of a bound. */
typedef struct moment {
    fq_slice year;
    fq_slice month_day; /* -MM-DD */
    fq_slice time;      /* HH:MM:SS[.f], or empty */
    fq_slice zone;      /* +HH[:MM[:SS]], or empty */
    bool before_christ;
} moment;

static bool digit(char c) { return c >= '0' && c <= '9'; }

/* Matches `pattern` at `at`, where 9 stands for any digit; the index behind it, or 0. */
static size_t match(fq_slice text, size_t at, const char *pattern) {
    for (; *pattern != '\0'; pattern++, at++) {
        if (at >= text.len || (*pattern == '9' ? !digit(text.ptr[at]) : text.ptr[at] != *pattern)) {
            return 0;
        }
    }
    return at;
}

static size_t digits_from(fq_slice text, size_t at) {
    while (at < text.len && digit(text.ptr[at])) {
        at++;
    }
    return at;
}

static size_t cut_time(fq_slice text, size_t at, moment *m) {
    size_t end = match(text, at, " 99:99:99");
    if (end == 0) {
        return at;
    }
    if (end < text.len && text.ptr[end] == '.') {
        end = digits_from(text, end + 1);
    }
    m->time = fq_slice_sub(text, at + 1, end);
    return end;
}

static size_t cut_zone(fq_slice text, size_t at, moment *m) {
    if (m->time.len == 0 || at >= text.len || (text.ptr[at] != '+' && text.ptr[at] != '-')) {
        return at;
    }
    size_t end = match(text, at + 1, "99");
    for (size_t next = end; next != 0; next = match(text, next, ":99")) {
        end = next;
    }
    if (end == 0) {
        return at;
    }
    m->zone = fq_slice_sub(text, at, end);
    return end;
}

/* YYYY-MM-DD[ HH:MM:SS[.f][+HH[:MM[:SS]]]][ BC], and nothing else. */
static bool cut_moment(fq_slice text, moment *m) {
    *m = (moment){0};
    size_t year = digits_from(text, 0);
    size_t at = year >= 4 && year <= 7 ? match(text, year, "-99-99") : 0;
    if (at == 0) {
        return false;
    }
    m->year = fq_slice_sub(text, 0, year);
    m->month_day = fq_slice_sub(text, year, at);
    at = cut_time(text, at, m);
    at = cut_zone(text, at, m);
    size_t before_christ = match(text, at, " BC");
    m->before_christ = before_christ != 0;
    return (m->before_christ ? before_christ : at) == text.len;
}

/* 1 BC is year 0. */
static void write_year(fq_buffer *out, const moment *m) {
    if (!m->before_christ && m->year.len == 4) {
        fq_buffer_slice(out, m->year);
        return;
    }
    int year = 0;
    for (size_t i = 0; i < m->year.len; i++) {
        year = year * 10 + (m->year.ptr[i] - '0');
    }
    if (m->before_christ) {
        year = 1 - year;
    }
    fq_buffer_printf(out, "%c%06d", year < 0 ? '-' : '+', year < 0 ? -year : year);
}

static void write_zone(fq_buffer *out, fq_slice zone) {
    if (fq_slice_equal(zone, FQ_S("+00"))) {
        fq_buffer_char(out, 'Z');
        return;
    }
    fq_buffer_slice(out, zone);
    if (zone.len == 3) {
        fq_buffer_literal(out, ":00");
    }
}

static void write_moment(fq_buffer *out, const moment *m) {
    write_year(out, m);
    fq_buffer_slice(out, m->month_day);
    if (m->time.len > 0) {
        fq_buffer_char(out, 'T');
        fq_buffer_slice(out, m->time);
        write_zone(out, m->zone);
    }
}

static void write_bound(fq_buffer *out, fq_slice bound) {
    moment m;
    if (cut_moment(bound, &m)) {
        write_moment(out, &m);
    } else {
        fq_json_write_escaped(out, bound);
    }
}

/* A bound in quotes from `at` (behind the first quote); its quotes and backslashes are doubled or escaped. Returns the
 * index behind the last quote, or 0. */
static size_t write_quoted_bound(fq_buffer *out, fq_slice text, size_t at) {
    size_t start = at;
    bool whole = true;
    while (at < text.len) {
        bool doubled = text.ptr[at] == '"' && at + 1 < text.len && text.ptr[at + 1] == '"';
        if (text.ptr[at] == '\\' || doubled) {
            fq_json_write_escaped(out, fq_slice_sub(text, start, at));
            start = at + 1;
            at += 2;
            whole = false;
        } else if (text.ptr[at] == '"') {
            fq_slice rest = fq_slice_sub(text, start, at);
            if (whole) {
                write_bound(out, rest);
            } else {
                fq_json_write_escaped(out, rest);
            }
            return at + 1;
        } else {
            at++;
        }
    }
    return 0;
}

/* One bound that starts at `at` and ends before one of the `stops`; the index of the stop, or 0. */
static size_t write_one(fq_buffer *out, fq_slice text, size_t at, const char *stops) {
    size_t end = at;
    if (at < text.len && text.ptr[at] == '"') {
        end = write_quoted_bound(out, text, at + 1);
    } else {
        while (end < text.len && strchr(stops, text.ptr[end]) == NULL) {
            end++;
        }
        write_bound(out, fq_slice_sub(text, at, end));
    }
    return end > 0 && end < text.len && text.ptr[end] != '\0' && strchr(stops, text.ptr[end]) != NULL ? end : 0;
}

fq_coded fq_range_text_write(fq_buffer *out, fq_slice text) {
    if (fq_slice_equal(text, FQ_S("empty"))) {
        fq_buffer_literal(out, "\"empty\"");
        return FQ_CODED_GOOD;
    }
    if (text.len < 3 || (text.ptr[0] != '[' && text.ptr[0] != '(')) {
        return FQ_CODED_BROKEN;
    }
    fq_buffer_char(out, '"');
    fq_buffer_char(out, text.ptr[0]);
    size_t comma = write_one(out, text, 1, ",");
    if (comma == 0) {
        return FQ_CODED_BROKEN;
    }
    fq_buffer_char(out, ',');
    size_t close = write_one(out, text, comma + 1, ")]");
    if (close == 0 || close + 1 != text.len) {
        return FQ_CODED_BROKEN;
    }
    fq_buffer_char(out, text.ptr[close]);
    fq_buffer_char(out, '"');
    return FQ_CODED_GOOD;
}
