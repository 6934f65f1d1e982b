/* SPDX-License-Identifier: MIT */
/* See reader.h. Recursive descent, as deep as `max_depth` allows; every byte is looked at a bounded number of times.
 * A string is scanned to its end first, which checks everything, and is decoded in a second pass only where it has
 * escapes. The first error stops the reader: functions then return false and nothing looks at their results. */
#include "json/reader.h"

#include "base/utf8.h"
#include "json/scan.h"

typedef struct reader {
    fq_arena *arena;
    const char *start, *at, *end;
    uint32_t depth;
    fq_json_error *error;
} reader;

static bool read_value(reader *r, fq_json *value);

static bool fail_at(reader *r, const char *at, const char *message) {
    *r->error = (fq_json_error){.message = message, .offset = (size_t)(at - r->start)};
    return false;
}

/* At the position of the reader; the end of the input has its own message. */
static bool fail(reader *r, const char *message) {
    return fail_at(r, r->at, r->at < r->end ? message : "unexpected end of input");
}

static void skip_space(reader *r) {
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t')) {
        r->at++;
    }
}

static bool accept(reader *r, char c) {
    if (r->at < r->end && *r->at == c) {
        r->at++;
        return true;
    }
    return false;
}

/* The code unit of \uXXXX whose digits start at `at`, or UINT32_MAX. */
static uint32_t read_unit(const char *at, const char *end) {
    if (end - at < 4) {
        return UINT32_MAX;
    }
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = fq_hex_digit(at[i]);
        if (digit < 0) {
            return UINT32_MAX;
        }
        unit = unit << 4 | (uint32_t)digit;
    }
    return unit;
}

/* Reads the escape whose backslash is at `at`: its length, and what it stands for. 0 where it is not valid; `lone` then
 * tells a surrogate without its partner. */
static unsigned read_escape(const char *at, const char *end, uint32_t *point, bool *lone) {
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    *lone = false;
    if (end - at < 2) {
        return 0;
    }
    if (at[1] != 'u') {
        const char *found = at[1] != '\0' ? strchr(from, at[1]) : NULL;
        *point = found != NULL ? (unsigned char)to[found - from] : 0;
        return found != NULL ? 2 : 0;
    }
    uint32_t unit = read_unit(at + 2, end);
    if (fq_is_unicode_scalar(unit)) {
        *point = unit;
        return 6;
    }
    *lone = unit != UINT32_MAX;
    if (!fq_is_high_surrogate(unit) || end - at < 12 || at[6] != '\\' || at[7] != 'u') {
        return 0;
    }
    uint32_t low = read_unit(at + 8, end);
    if (!fq_is_low_surrogate(low)) {
        return 0;
    }
    *point = fq_surrogate_pair(unit, low);
    return 12;
}

/* Moves past one escape or one character beyond ASCII. */
static bool check_special(reader *r) {
    if (*r->at == '\\') {
        uint32_t point;
        bool lone;
        unsigned length = read_escape(r->at, r->end, &point, &lone);
        r->at += length;
        return length > 0 || fail(r, lone ? "lone surrogate in string" : "invalid escape sequence in string");
    }
    if ((unsigned char)*r->at < 0x20) {
        return fail(r, "control character in string");
    }
    unsigned length = fq_utf8_length(r->at, r->end);
    r->at += length;
    return length > 0 || fail(r, "invalid UTF-8");
}

/* No escape is shorter than what it stands for. */
static fq_slice decode(fq_arena *arena, fq_slice raw) {
    char *text = fq_arena_alloc(arena, raw.len);
    size_t len = 0;
    const char *at = raw.ptr;
    const char *end = raw.ptr + raw.len;
    while (at < end) {
        const char *backslash = memchr(at, '\\', (size_t)(end - at));
        const char *plain_end = backslash != NULL ? backslash : end;
        memcpy(text + len, at, (size_t)(plain_end - at));
        len += (size_t)(plain_end - at);
        at = plain_end;
        if (backslash != NULL) {
            uint32_t point = 0;
            bool lone;
            at += read_escape(at, end, &point, &lone);
            len += fq_utf8_encode(text + len, point);
        }
    }
    return fq_slice_of(text, len);
}

/* The reader is behind the opening quote. */
static bool read_string(reader *r, fq_slice *text) {
    const char *first = r->at;
    bool escaped = false;
    for (;;) {
        r->at += fq_scan_plain(r->at, (size_t)(r->end - r->at));
        if (r->at == r->end) {
            return fail(r, "");
        }
        if (*r->at == '"') {
            break;
        }
        escaped = escaped || *r->at == '\\';
        if (!check_special(r)) {
            return false;
        }
    }
    fq_slice raw = fq_slice_of(first, (size_t)(r->at - first));
    r->at++;
    *text = escaped ? decode(r->arena, raw) : raw;
    return true;
}

static const char *skip_digits(const char *at, const char *end) {
    while (at < end && *at >= '0' && *at <= '9') {
        at++;
    }
    return at;
}

/* The end of the number at `at` (RFC 8259, section 6), or NULL; `integer` is set when it has one. */
static const char *number_end(const char *at, const char *end, bool *integer) {
    at += at < end && *at == '-';
    const char *digits = at;
    at = skip_digits(at, end);
    if (at == digits || (*digits == '0' && at - digits > 1)) {
        return NULL;
    }
    *integer = true;
    if (at < end && *at == '.') {
        *integer = false;
        digits = ++at;
        at = skip_digits(at, end);
        if (at == digits) {
            return NULL;
        }
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        *integer = false;
        at++;
        at += at < end && (*at == '+' || *at == '-');
        digits = at;
        at = skip_digits(at, end);
        if (at == digits) {
            return NULL;
        }
    }
    return at;
}

static bool read_number(reader *r, fq_json *value) {
    const char *end = number_end(r->at, r->end, &value->integer);
    if (end == NULL) {
        return fail(r, "invalid number");
    }
    value->kind = FQ_JSON_NUMBER;
    value->text = fq_slice_of(r->at, (size_t)(end - r->at));
    r->at = end;
    return true;
}

static bool read_word(reader *r, fq_slice word) {
    if (!fq_slice_starts_with(fq_slice_of(r->at, (size_t)(r->end - r->at)), word)) {
        return fail(r, "unexpected character");
    }
    r->at += word.len;
    return true;
}

static bool read_key(reader *r, fq_slice *key) {
    skip_space(r);
    if (!accept(r, '"')) {
        return fail(r, "a key in double quotes expected");
    }
    if (!read_string(r, key)) {
        return false;
    }
    skip_space(r);
    return accept(r, ':') || fail(r, "\":\" expected");
}

/* Items or members up to the closing bracket; the opening one has been read. */
static bool read_children(reader *r, fq_json *parent) {
    bool object = parent->kind == FQ_JSON_OBJECT;
    fq_json **link = &parent->child;
    skip_space(r);
    if (accept(r, object ? '}' : ']')) {
        return true;
    }
    for (;;) {
        fq_json *child = FQ_NEW(r->arena, fq_json);
        if ((object && !read_key(r, &child->key)) || !read_value(r, child)) {
            return false;
        }
        *link = child;
        link = &child->next;
        parent->count++;
        skip_space(r);
        if (accept(r, object ? '}' : ']')) {
            return true;
        }
        if (!accept(r, ',')) {
            return fail(r, object ? "\",\" or \"}\" expected" : "\",\" or \"]\" expected");
        }
    }
}

static bool read_container(reader *r, fq_json *value, fq_json_kind kind) {
    if (r->depth == 0) {
        (void)fail(r, "too deeply nested");
        r->error->too_deep = true;
        return false;
    }
    r->depth--;
    r->at++;
    value->kind = (uint8_t)kind;
    if (!read_children(r, value)) {
        return false;
    }
    r->depth++;
    return true;
}

static bool read_any(reader *r, fq_json *value) {
    switch (r->at < r->end ? *r->at : '\0') {
    case '{':
        return read_container(r, value, FQ_JSON_OBJECT);
    case '[':
        return read_container(r, value, FQ_JSON_ARRAY);
    case '"':
        r->at++;
        value->kind = FQ_JSON_STRING;
        return read_string(r, &value->text);
    case 't':
        value->kind = FQ_JSON_BOOL;
        value->truth = true;
        return read_word(r, FQ_S("true"));
    case 'f':
        value->kind = FQ_JSON_BOOL;
        return read_word(r, FQ_S("false"));
    case 'n':
        value->kind = FQ_JSON_NULL;
        return read_word(r, FQ_S("null"));
    case '-':
    case '0' ... '9':
        return read_number(r, value);
    default:
        return fail(r, "unexpected character");
    }
}

static bool read_value(reader *r, fq_json *value) {
    skip_space(r);
    value->start = (uint32_t)(r->at - r->start);
    if (!read_any(r, value)) {
        return false;
    }
    value->end = (uint32_t)(r->at - r->start);
    return true;
}

fq_json *fq_json_parse(fq_arena *arena, fq_slice text, uint32_t max_depth, fq_json_error *error) {
    static const char empty[1];
    const char *start = text.ptr != NULL ? text.ptr : empty;
    reader r = {.arena = arena, .start = start, .at = start, .end = start + text.len, .error = error};
    r.depth = max_depth < FQ_JSON_DEPTH_MAX ? max_depth : FQ_JSON_DEPTH_MAX;
    if (text.len > UINT32_MAX) {
        fail(&r, "input is too long");
        return NULL;
    }
    fq_json *value = FQ_NEW(arena, fq_json);
    if (!read_value(&r, value)) {
        return NULL;
    }
    skip_space(&r);
    if (r.at < r.end) {
        fail(&r, "unexpected text after the value");
        return NULL;
    }
    return value;
}

fq_json *fq_json_member(const fq_json *object, fq_slice key) {
    fq_json *found = NULL;
    for (fq_json *member = object->child; member != NULL; member = member->next) {
        if (fq_slice_equal(member->key, key)) {
            found = member;
        }
    }
    return found;
}

bool fq_json_is_number(fq_slice text) {
    bool integer;
    return text.len > 0 && number_end(text.ptr, text.ptr + text.len, &integer) == text.ptr + text.len;
}

/* The end of the string whose first quote is at `at`. */
static size_t skip_string(fq_slice text, size_t at) {
    at++;
    while (at < text.len && text.ptr[at] != '"') {
        at += text.ptr[at] == '\\' ? 2 : 1;
    }
    return at < text.len ? at + 1 : text.len;
}

static bool ends_scalar(char c) {
    return c == ',' || c == ']' || c == '}' || c == ':' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

size_t fq_json_skip(fq_slice text, size_t at) {
    while (at < text.len &&
           (text.ptr[at] == ' ' || text.ptr[at] == '\n' || text.ptr[at] == '\r' || text.ptr[at] == '\t')) {
        at++;
    }
    size_t open = 0;
    while (at < text.len) {
        char c = text.ptr[at];
        if (c == '"') {
            at = skip_string(text, at);
        } else if (c == '{' || c == '[') {
            open++;
            at++;
        } else if (open > 0) {
            open -= c == '}' || c == ']';
            at++;
        } else {
            while (at < text.len && !ends_scalar(text.ptr[at])) {
                at++;
            }
        }
        if (open == 0) {
            break;
        }
    }
    return at;
}
