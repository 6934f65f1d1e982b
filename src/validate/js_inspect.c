/* SPDX-License-Identifier: MIT */
/* Printing of JSON values for messages, in the layout of graphql-js's inspect(). Only used where something is wrong, so
 * it is written for exactness, not for speed. */
#include "validate/js_inspect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "json/writer.h"

#define ITEMS_MAX 10
#define DEPTH_MAX 2
/* Longer texts of numbers are beyond or below any double but for zeros; they are cut for strtod. */
#define NUMBER_TEXT_MAX 4096

/* ---- numbers: ECMAScript, Number::toString ---- */

typedef struct decimal {
    char digits[24]; /* without trailing zeros */
    int n;           /* digits */
    int point;       /* the value is 0.digits * 10^point */
} decimal;

/* The shortest digits that read back as the same double. */
static decimal shortest(double value) {
    decimal d = {0};
    char text[40];
    for (int precision = 0; precision < 17; precision++) {
        snprintf(text, sizeof(text), "%.*e", precision, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    const char *exponent = strchr(text, 'e');
    for (const char *c = text; c < exponent; c++) {
        if (*c != '.') {
            d.digits[d.n++] = *c;
        }
    }
    while (d.n > 1 && d.digits[d.n - 1] == '0') {
        d.n--;
    }
    d.point = (int)strtol(exponent + 1, NULL, 10) + 1;
    return d;
}

static void zeros(fq_buffer *out, int count) {
    for (int i = 0; i < count; i++) {
        fq_buffer_char(out, '0');
    }
}

static void print_decimal(const decimal *d, fq_buffer *out) {
    size_t n = (size_t)d->n;
    if (d->n <= d->point && d->point <= 21) {
        fq_buffer_append(out, d->digits, n);
        zeros(out, d->point - d->n);
    } else if (0 < d->point && d->point <= 21) {
        fq_buffer_append(out, d->digits, (size_t)d->point);
        fq_buffer_char(out, '.');
        fq_buffer_append(out, d->digits + d->point, n - (size_t)d->point);
    } else if (-6 < d->point && d->point <= 0) {
        fq_buffer_literal(out, "0.");
        zeros(out, -d->point);
        fq_buffer_append(out, d->digits, n);
    } else {
        fq_buffer_char(out, d->digits[0]);
        if (n > 1) {
            fq_buffer_char(out, '.');
            fq_buffer_append(out, d->digits + 1, n - 1);
        }
        fq_buffer_printf(out, "e%+d", d->point - 1);
    }
}

double fq_js_number_value(fq_slice text) {
    char copy[NUMBER_TEXT_MAX + 1];
    size_t len = text.len < NUMBER_TEXT_MAX ? text.len : NUMBER_TEXT_MAX;
    memcpy(copy, text.ptr, len);
    copy[len] = '\0';
    return strtod(copy, NULL);
}

void fq_js_number(fq_slice text, fq_buffer *out) {
    double value = fq_js_number_value(text);
    if (value < 0) {
        fq_buffer_char(out, '-');
        value = -value;
    }
    if (isinf(value)) {
        fq_buffer_literal(out, "Infinity");
    } else if (value == 0) {
        fq_buffer_char(out, '0');
    } else {
        decimal d = shortest(value);
        print_decimal(&d, out);
    }
}

/* ---- values ---- */

static void inspect(const fq_json *value, int depth, fq_buffer *out);

static void inspect_list(const fq_json *list, int depth, fq_buffer *out) {
    if (list->count == 0) {
        fq_buffer_literal(out, "[]");
        return;
    }
    if (depth > DEPTH_MAX) {
        fq_buffer_literal(out, "[Array]");
        return;
    }
    fq_buffer_char(out, '[');
    uint32_t shown = 0;
    for (const fq_json *item = list->child; item != NULL && shown < ITEMS_MAX; item = item->next, shown++) {
        if (shown > 0) {
            fq_buffer_literal(out, ", ");
        }
        inspect(item, depth, out);
    }
    uint32_t rest = list->count - shown;
    if (rest > 0) {
        fq_buffer_printf(out, ", ... %u more item%s", rest, rest > 1 ? "s" : "");
    }
    fq_buffer_char(out, ']');
}

static void inspect_object(const fq_json *object, int depth, fq_buffer *out) {
    if (object->count == 0) {
        fq_buffer_literal(out, "{}");
        return;
    }
    if (depth > DEPTH_MAX) {
        fq_buffer_literal(out, "[Object]");
        return;
    }
    fq_buffer_literal(out, "{ ");
    for (const fq_json *member = object->child; member != NULL; member = member->next) {
        if (member != object->child) {
            fq_buffer_literal(out, ", ");
        }
        fq_buffer_slice(out, member->key);
        fq_buffer_literal(out, ": ");
        inspect(member, depth, out);
    }
    fq_buffer_literal(out, " }");
}

static void inspect(const fq_json *value, int depth, fq_buffer *out) {
    switch (value->kind) {
    case FQ_JSON_BOOL:
        fq_buffer_slice(out, value->truth ? FQ_S("true") : FQ_S("false"));
        break;
    case FQ_JSON_NUMBER:
        fq_js_number(value->text, out);
        break;
    case FQ_JSON_STRING:
        fq_json_write_string(out, value->text);
        break;
    case FQ_JSON_ARRAY:
        inspect_list(value, depth + 1, out);
        break;
    case FQ_JSON_OBJECT:
        inspect_object(value, depth + 1, out);
        break;
    default:
        fq_buffer_literal(out, "null");
    }
}

void fq_js_inspect(const fq_json *value, fq_buffer *out) { inspect(value, 0, out); }
