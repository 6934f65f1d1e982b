/* SPDX-License-Identifier: MIT */
/* One scalar of a JSON document to the JSON of the field's type, as graphql-js would serialize the JavaScript value,
 * but for numbers, which keep their digits. The token is valid JSON without white space around it; it is never null. */
#include "rows/codecs.h"
#include "rows/json_scan.h"
#include "json/reader.h"

/* Of a range of dates or times, which have at most 32 bytes a bound. */
#define RANGE_TEXT_MAX 256

static void write_quoted(fq_buffer *out, fq_slice token) {
    fq_buffer_char(out, '"');
    fq_buffer_slice(out, token);
    fq_buffer_char(out, '"');
}

static bool is_string(fq_slice token) { return token.len >= 2 && token.ptr[0] == '"'; }

/* What stands between the quotes; other tokens are their own text. A string with escapes can be no number. */
static fq_slice text_of(fq_slice token) { return is_string(token) ? fq_slice_sub(token, 1, token.len - 1) : token; }

/* Strings stay as they are, numbers and booleans become strings. */
static fq_coded string_token(fq_buffer *out, fq_slice token) {
    if (token.ptr[0] == '{' || token.ptr[0] == '[') {
        return FQ_CODED_REFUSED;
    }
    if (is_string(token)) {
        fq_buffer_slice(out, token);
    } else {
        write_quoted(out, token);
    }
    return FQ_CODED_GOOD;
}

/* A whole number of any size: the digits, or a length of 0. */
static fq_slice integer_digits(fq_slice text) {
    size_t at = text.len > 0 && text.ptr[0] == '-';
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9') {
        at++;
    }
    fq_slice digits = fq_slice_sub(text, 0, at);
    if (at < text.len && text.ptr[at] == '.') {
        at++;
        while (at < text.len && text.ptr[at] == '0') {
            at++;
        }
    }
    return at == text.len && fq_json_is_number(text) ? digits : (fq_slice){0};
}

typedef enum number_form { AS_NUMBER, AS_STRING } number_form;

static fq_coded number_token(fq_buffer *out, fq_slice digits, number_form form) {
    if (!fq_json_is_number(digits)) {
        return FQ_CODED_REFUSED;
    }
    if (form == AS_STRING) {
        write_quoted(out, digits);
    } else {
        fq_buffer_slice(out, digits);
    }
    return FQ_CODED_GOOD;
}

static fq_coded boolean_token(fq_buffer *out, fq_slice token) {
    if (!fq_slice_equal(token, FQ_S("true")) && !fq_slice_equal(token, FQ_S("false"))) {
        return FQ_CODED_REFUSED;
    }
    fq_buffer_slice(out, token);
    return FQ_CODED_GOOD;
}

static fq_coded enum_token(fq_buffer *out, const fq_label_names *names, fq_slice token) {
    fq_slice label = text_of(token);
    for (uint32_t i = 0; is_string(token) && names != NULL && i < names->count; i++) {
        if (fq_scan_string_says(label, names->items[i].label)) {
            write_quoted(out, names->items[i].name);
            return FQ_CODED_GOOD;
        }
    }
    return FQ_CODED_REFUSED;
}

static fq_coded moment_token(fq_buffer *out, fq_slice token) {
    if (is_string(token) && fq_moment_text_write(out, text_of(token)) == FQ_CODED_GOOD) {
        return FQ_CODED_GOOD;
    }
    return string_token(out, token);
}

static fq_coded clock_token(fq_buffer *out, fq_slice token) {
    return is_string(token) ? fq_clock_text_write(out, text_of(token)) : FQ_CODED_REFUSED;
}

/* Its texts are free of escapes but for the quotes around bounds, which this undoes. */
static fq_coded range_token(fq_buffer *out, fq_slice token) {
    char text[RANGE_TEXT_MAX];
    size_t len = 0;
    fq_slice inner = text_of(token);
    if (!is_string(token) || inner.len > sizeof(text)) {
        return FQ_CODED_REFUSED;
    }
    for (size_t i = 0; i < inner.len; i++) {
        i += inner.ptr[i] == '\\' && i + 1 < inner.len;
        text[len++] = inner.ptr[i];
    }
    return fq_range_text_write(out, fq_slice_of(text, len));
}

fq_coded fq_codec_write_token(fq_buffer *out, uint8_t codec, const fq_label_names *names, fq_slice token) {
    switch ((fq_codec)codec) {
    case FQ_CODEC_RAW:
    case FQ_CODEC_JSONB:
        fq_buffer_slice(out, token);
        return FQ_CODED_GOOD;
    case FQ_CODEC_BOOL:
    case FQ_CODEC_BOOL_TEXT:
    case FQ_CODEC_DOC_BOOL:
        return boolean_token(out, token);
    case FQ_CODEC_INT2:
    case FQ_CODEC_INT4:
    case FQ_CODEC_INT8_INT:
    case FQ_CODEC_DOC_INT:
        return fq_int32_text_write(out, text_of(token));
    case FQ_CODEC_INT8_NUMBER:
        return number_token(out, integer_digits(text_of(token)), AS_NUMBER);
    case FQ_CODEC_INT8_STRING:
        return number_token(out, integer_digits(text_of(token)), AS_STRING);
    case FQ_CODEC_FLOAT_TEXT:
    case FQ_CODEC_NUMERIC_NUMBER:
    case FQ_CODEC_DOC_NUMBER:
        return number_token(out, text_of(token), AS_NUMBER);
    case FQ_CODEC_NUMERIC_STRING:
        return number_token(out, text_of(token), AS_STRING);
    case FQ_CODEC_ENUM:
        return enum_token(out, names, token);
    case FQ_CODEC_MOMENT_TEXT:
        return moment_token(out, token);
    case FQ_CODEC_CLOCK_TEXT:
        return clock_token(out, token);
    case FQ_CODEC_RANGE_TEXT:
    case FQ_CODEC_RANGE_TZ_TEXT:
        return range_token(out, token);
    default:
        return string_token(out, token);
    }
}
