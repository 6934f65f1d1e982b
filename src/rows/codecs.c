/* SPDX-License-Identifier: MIT */
/* From the wire format of one value to JSON, one function a codec.
 * Lengths and ranges are checked before anything is written, so that no byte outside the value is read and no number
 * that PostgreSQL can not send reaches the calendar arithmetic of json/writer.h. Nothing is allocated here but error
 * messages. */
#include "rows/codecs.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "pg/wire.h"
#include "json/writer.h"

/* PostgreSQL's own bounds: 4714-11-24 BC to 5874897-12-31 for dates, to 294276-12-31 for timestamps. */
#define DATE_MIN (-2451545)
#define DATE_MAX 2145031948
#define TIMESTAMP_MIN INT64_C(-211813488000000000)
#define TIMESTAMP_MAX INT64_C(9223371331200000000)
#define DAY_MICROSECONDS INT64_C(86400000000)
#define ZONE_MAX_SECONDS (16 * 3600)

static fq_coded quoted(fq_buffer *out, fq_slice value) {
    char *room = fq_buffer_reserve(out, value.len + 2);
    if (room != NULL) {
        room[0] = '"';
        memcpy(room + 1, value.ptr, value.len);
        room[value.len + 1] = '"';
        fq_buffer_commit(out, value.len + 2);
    }
    return FQ_CODED_GOOD;
}

static fq_coded raw(fq_buffer *out, fq_slice value) {
    if (value.len == 0) {
        return FQ_CODED_BROKEN;
    }
    if (value.len == 4 && memcmp(value.ptr, "null", 4) == 0) {
        return FQ_CODED_NULL;
    }
    fq_buffer_slice(out, value);
    return FQ_CODED_GOOD;
}

static fq_coded jsonb(fq_buffer *out, fq_slice value) {
    if (value.len < 2 || value.ptr[0] != 1) {
        return FQ_CODED_BROKEN;
    }
    return raw(out, fq_slice_sub(value, 1, value.len));
}

static void write_truth(fq_buffer *out, bool truth) {
    if (truth) {
        fq_buffer_literal(out, "true");
    } else {
        fq_buffer_literal(out, "false");
    }
}

static fq_coded boolean(fq_buffer *out, fq_slice value, char no, char yes) {
    if (value.len != 1 || (value.ptr[0] != no && value.ptr[0] != yes)) {
        return FQ_CODED_BROKEN;
    }
    write_truth(out, value.ptr[0] == yes);
    return FQ_CODED_GOOD;
}

static fq_coded int2(fq_buffer *out, fq_slice value) {
    if (value.len != 2) {
        return FQ_CODED_BROKEN;
    }
    fq_json_write_int64(out, (int16_t)fq_wire_u16(value.ptr));
    return FQ_CODED_GOOD;
}

static fq_coded int4(fq_buffer *out, fq_slice value) {
    if (value.len != 4) {
        return FQ_CODED_BROKEN;
    }
    fq_json_write_int64(out, (int32_t)fq_wire_u32(value.ptr));
    return FQ_CODED_GOOD;
}

static fq_coded int8_number(fq_buffer *out, fq_slice value) {
    if (value.len != 8) {
        return FQ_CODED_BROKEN;
    }
    fq_json_write_int64(out, (int64_t)fq_wire_u64(value.ptr));
    return FQ_CODED_GOOD;
}

static fq_coded int8_string(fq_buffer *out, fq_slice value) {
    fq_buffer_char(out, '"');
    fq_coded coded = int8_number(out, value);
    fq_buffer_char(out, '"');
    return coded;
}

/* A count or another bigint where the schema says Int. */
static fq_coded int8_int(fq_buffer *out, fq_slice value) {
    if (value.len != 8) {
        return FQ_CODED_BROKEN;
    }
    int64_t number = (int64_t)fq_wire_u64(value.ptr);
    if (number < INT32_MIN || number > INT32_MAX) {
        return FQ_CODED_REFUSED;
    }
    fq_json_write_int64(out, number);
    return FQ_CODED_GOOD;
}

/* NaN and the infinities of PostgreSQL's types are no JSON numbers; nor is what a document may hold in a number's
 * place. */
static fq_coded number(fq_buffer *out, fq_slice text) {
    if (!fq_json_is_number(text)) {
        return FQ_CODED_REFUSED;
    }
    fq_buffer_slice(out, text);
    return FQ_CODED_GOOD;
}

static fq_coded number_string(fq_buffer *out, fq_slice text) {
    return fq_json_is_number(text) ? quoted(out, text) : FQ_CODED_REFUSED;
}

static fq_coded uuid(fq_buffer *out, fq_slice value) {
    if (value.len != 16) {
        return FQ_CODED_BROKEN;
    }
    fq_json_write_uuid(out, (const unsigned char *)value.ptr);
    return FQ_CODED_GOOD;
}

static fq_coded date(fq_buffer *out, fq_slice value) {
    if (value.len != 4) {
        return FQ_CODED_BROKEN;
    }
    int32_t days = (int32_t)fq_wire_u32(value.ptr);
    if ((days < DATE_MIN || days > DATE_MAX) && days != INT32_MIN && days != INT32_MAX) {
        return FQ_CODED_BROKEN;
    }
    fq_json_write_date(out, days);
    return FQ_CODED_GOOD;
}

static fq_coded time_of_day(fq_buffer *out, const char *bytes, fq_slice zone) {
    int64_t microseconds = (int64_t)fq_wire_u64(bytes);
    if (microseconds < 0 || microseconds > DAY_MICROSECONDS) {
        return FQ_CODED_BROKEN;
    }
    fq_json_write_time(out, microseconds, zone);
    return FQ_CODED_GOOD;
}

static fq_coded time_plain(fq_buffer *out, fq_slice value) {
    if (value.len != 8) {
        return FQ_CODED_BROKEN;
    }
    return time_of_day(out, value.ptr, FQ_S(""));
}

static unsigned put_two_digits(char *at, int value) {
    at[0] = (char)('0' + value / 10);
    at[1] = (char)('0' + value % 10);
    return 2;
}

unsigned fq_zone_format(char zone[FQ_ZONE_SIZE], int32_t west) {
    if (west == 0) {
        zone[0] = 'Z';
        return 1;
    }
    int seconds = west < 0 ? -west : west;
    unsigned len = 0;
    zone[len++] = west < 0 ? '+' : '-';
    len += put_two_digits(zone + len, seconds / 3600);
    zone[len++] = ':';
    len += put_two_digits(zone + len, seconds / 60 % 60);
    if (seconds % 60 != 0) {
        zone[len++] = ':';
        len += put_two_digits(zone + len, seconds % 60);
    }
    return len;
}

static fq_coded timetz(fq_buffer *out, fq_slice value) {
    if (value.len != 12) {
        return FQ_CODED_BROKEN;
    }
    int32_t west = (int32_t)fq_wire_u32(value.ptr + 8);
    if (west <= -ZONE_MAX_SECONDS || west >= ZONE_MAX_SECONDS) {
        return FQ_CODED_BROKEN;
    }
    char zone[FQ_ZONE_SIZE];
    unsigned len = fq_zone_format(zone, west);
    return time_of_day(out, value.ptr, fq_slice_of(zone, len));
}

static fq_coded timestamp(fq_buffer *out, fq_slice value, fq_slice zone) {
    if (value.len != 8) {
        return FQ_CODED_BROKEN;
    }
    int64_t at = (int64_t)fq_wire_u64(value.ptr);
    if ((at < TIMESTAMP_MIN || at >= TIMESTAMP_MAX) && at != INT64_MIN && at != INT64_MAX) {
        return FQ_CODED_BROKEN;
    }
    fq_json_write_timestamp(out, at, zone);
    return FQ_CODED_GOOD;
}

fq_slice fq_label_name_of(const fq_label_names *names, fq_slice label) {
    for (uint32_t i = 0; names != NULL && i < names->count; i++) {
        if (fq_slice_equal(names->items[i].label, label)) {
            return names->items[i].name;
        }
    }
    return (fq_slice){0};
}

static fq_coded enum_name(fq_buffer *out, const fq_label_names *names, fq_slice label) {
    fq_slice name = fq_label_name_of(names, label);
    if (name.ptr == NULL) {
        return FQ_CODED_REFUSED;
    }
    return quoted(out, name);
}

/* Such as 5.0 or 1e3, which a `json` column may hold; whole numbers are values of Int in graphql-js as well. */
static bool whole_number(fq_slice text, int64_t *value) {
    char digits[64];
    if (text.len >= sizeof(digits) || !fq_json_is_number(text)) {
        return false;
    }
    memcpy(digits, text.ptr, text.len);
    digits[text.len] = '\0';
    double parsed = strtod(digits, NULL);
    if (!(fabs(parsed) <= 2147483648.0) || parsed != floor(parsed)) {
        return false;
    }
    *value = (int64_t)parsed;
    return true;
}

static bool plain_digits(fq_slice text, int64_t *value) {
    bool negative = text.len > 0 && text.ptr[0] == '-';
    size_t digits = text.len - negative;
    if (digits == 0 || digits > 10) {
        return false;
    }
    int64_t sum = 0;
    for (size_t i = negative; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        sum = sum * 10 + (text.ptr[i] - '0');
    }
    *value = negative ? -sum : sum;
    return true;
}

fq_coded fq_int32_text_write(fq_buffer *out, fq_slice text) {
    int64_t value = 0;
    if (!plain_digits(text, &value) && !whole_number(text, &value)) {
        return FQ_CODED_REFUSED;
    }
    if (value < INT32_MIN || value > INT32_MAX) {
        return FQ_CODED_REFUSED;
    }
    fq_json_write_int64(out, value);
    return FQ_CODED_GOOD;
}

static fq_coded document_boolean(fq_buffer *out, fq_slice text) {
    bool truth = fq_slice_equal(text, FQ_S("true"));
    if (!truth && !fq_slice_equal(text, FQ_S("false"))) {
        return FQ_CODED_REFUSED;
    }
    write_truth(out, truth);
    return FQ_CODED_GOOD;
}

/* What is no moment is passed on: a document's strings have been checked by nobody. */
static fq_coded moment_text(fq_buffer *out, fq_slice text) {
    if (fq_moment_text_write(out, text) != FQ_CODED_GOOD) {
        fq_json_write_string(out, text);
    }
    return FQ_CODED_GOOD;
}

fq_coded fq_codec_write(fq_buffer *out, uint8_t codec, const fq_label_names *names, fq_slice value) {
    switch ((fq_codec)codec) {
    case FQ_CODEC_STRING:
        fq_json_write_string(out, value);
        return FQ_CODED_GOOD;
    case FQ_CODEC_QUOTED:
        return quoted(out, value);
    case FQ_CODEC_RAW:
        return raw(out, value);
    case FQ_CODEC_JSONB:
        return jsonb(out, value);
    case FQ_CODEC_BOOL:
        return boolean(out, value, 0, 1);
    case FQ_CODEC_BOOL_TEXT:
        return boolean(out, value, 'f', 't');
    case FQ_CODEC_INT2:
        return int2(out, value);
    case FQ_CODEC_INT4:
        return int4(out, value);
    case FQ_CODEC_INT8_NUMBER:
        return int8_number(out, value);
    case FQ_CODEC_INT8_STRING:
        return int8_string(out, value);
    case FQ_CODEC_INT8_INT:
        return int8_int(out, value);
    case FQ_CODEC_FLOAT_TEXT:
    case FQ_CODEC_NUMERIC_NUMBER:
    case FQ_CODEC_DOC_NUMBER:
        return number(out, value);
    case FQ_CODEC_NUMERIC_STRING:
        return number_string(out, value);
    case FQ_CODEC_UUID:
        return uuid(out, value);
    case FQ_CODEC_DATE:
        return date(out, value);
    case FQ_CODEC_TIME:
        return time_plain(out, value);
    case FQ_CODEC_TIMETZ:
        return timetz(out, value);
    case FQ_CODEC_TIMESTAMP:
        return timestamp(out, value, FQ_S(""));
    case FQ_CODEC_TIMESTAMPTZ:
        return timestamp(out, value, FQ_S("Z"));
    case FQ_CODEC_BYTEA:
        fq_json_write_base64(out, value);
        return FQ_CODED_GOOD;
    case FQ_CODEC_RANGE_TEXT:
    case FQ_CODEC_RANGE_TZ_TEXT:
        return fq_range_text_write(out, value);
    case FQ_CODEC_MOMENT_TEXT:
        return moment_text(out, value);
    case FQ_CODEC_CLOCK_TEXT:
        return fq_clock_text_write(out, value);
    case FQ_CODEC_ENUM:
        return enum_name(out, names, value);
    case FQ_CODEC_DOC_INT:
        return fq_int32_text_write(out, value);
    case FQ_CODEC_DOC_BOOL:
        return document_boolean(out, value);
    }
    return FQ_CODED_BROKEN;
}

static const struct {
    const char *name;
    const char *refusal; /* what the message says before the value, in graphql-js's words where it has any */
} codec_table[] = {
    [FQ_CODEC_STRING] = {"string", "String cannot represent value"},
    [FQ_CODEC_QUOTED] = {"quoted", "String cannot represent value"},
    [FQ_CODEC_RAW] = {"raw", "JSON cannot represent value"},
    [FQ_CODEC_JSONB] = {"jsonb", "JSON cannot represent value"},
    [FQ_CODEC_BOOL] = {"bool", "Boolean cannot represent a non boolean value"},
    [FQ_CODEC_BOOL_TEXT] = {"bool-text", "Boolean cannot represent a non boolean value"},
    [FQ_CODEC_INT2] = {"int2", "Int cannot represent non 32-bit signed integer value"},
    [FQ_CODEC_INT4] = {"int4", "Int cannot represent non 32-bit signed integer value"},
    [FQ_CODEC_INT8_NUMBER] = {"int8-number", "BigInt cannot represent non-integer value"},
    [FQ_CODEC_INT8_STRING] = {"int8-string", "BigInt cannot represent non-integer value"},
    [FQ_CODEC_INT8_INT] = {"int8-int", "Int cannot represent non 32-bit signed integer value"},
    [FQ_CODEC_FLOAT_TEXT] = {"float-text", "Float cannot represent non numeric value"},
    [FQ_CODEC_NUMERIC_STRING] = {"numeric-string", "Decimal cannot represent non numeric value"},
    [FQ_CODEC_NUMERIC_NUMBER] = {"numeric-number", "Decimal cannot represent non numeric value"},
    [FQ_CODEC_UUID] = {"uuid", "UUID cannot represent value"},
    [FQ_CODEC_DATE] = {"date", "Date cannot represent value"},
    [FQ_CODEC_TIME] = {"time", "Time cannot represent value"},
    [FQ_CODEC_TIMETZ] = {"timetz", "Time cannot represent value"},
    [FQ_CODEC_TIMESTAMP] = {"timestamp", "DateTime cannot represent value"},
    [FQ_CODEC_TIMESTAMPTZ] = {"timestamptz", "DateTime cannot represent value"},
    [FQ_CODEC_BYTEA] = {"bytea", "Bytes cannot represent value"},
    [FQ_CODEC_RANGE_TEXT] = {"range-text", "Range cannot represent value"},
    [FQ_CODEC_RANGE_TZ_TEXT] = {"range-tz-text", "Range cannot represent value"},
    [FQ_CODEC_MOMENT_TEXT] = {"moment-text", "DateTime cannot represent value"},
    [FQ_CODEC_CLOCK_TEXT] = {"clock-text", "Time cannot represent value"},
    [FQ_CODEC_ENUM] = {"enum", "Enum cannot represent value"},
    [FQ_CODEC_DOC_INT] = {"doc-int", "Int cannot represent non 32-bit signed integer value"},
    [FQ_CODEC_DOC_NUMBER] = {"doc-number", "Float cannot represent non numeric value"},
    [FQ_CODEC_DOC_BOOL] = {"doc-bool", "Boolean cannot represent a non boolean value"},
};

#define CODEC_COUNT (sizeof(codec_table) / sizeof(codec_table[0]))

const char *fq_codec_name(uint8_t codec) { return codec < CODEC_COUNT ? codec_table[codec].name : "?"; }

/* Enough to recognize the value by; a document may hold megabytes where a number was declared. */
#define SHOWN_BYTES 64

static size_t shown_length(fq_slice value) {
    if (value.len <= SHOWN_BYTES) {
        return value.len;
    }
    size_t len = SHOWN_BYTES;
    while (len > 0 && ((unsigned char)value.ptr[len] & 0xC0) == 0x80) {
        len--;
    }
    return len;
}

static const char *refusal_of(uint8_t codec, fq_slice value) {
    bool fraction = fq_json_is_number(value) &&
                    (memchr(value.ptr, '.', value.len) != NULL || memchr(value.ptr, 'e', value.len) != NULL);
    if (codec == FQ_CODEC_DOC_INT && (fraction || !fq_json_is_number(value))) {
        return "Int cannot represent non-integer value";
    }
    return codec < CODEC_COUNT ? codec_table[codec].refusal : "Cannot represent value";
}

fq_slice fq_codec_refusal(fq_arena *arena, uint8_t codec, fq_slice value) {
    if (codec == FQ_CODEC_INT8_INT && value.len == 8) {
        return fq_arena_printf(arena, "%s: %" PRId64, codec_table[codec].refusal, (int64_t)fq_wire_u64(value.ptr));
    }
    size_t len = shown_length(value);
    return fq_arena_printf(arena, "%s: %.*s%s", refusal_of(codec, value), (int)len, value.ptr,
                           len < value.len ? "..." : "");
}
