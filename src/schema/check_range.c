/* SPDX-License-Identifier: MIT */
/* See check.h: ranges in PostgreSQL's text form, `[a,b)`, `(,b]`, `empty`. Bounds are checked like values of their type
 * and must be in order as far as that can be told here. */
#include "schema/check.h"

static bool check_bound(fq_slice text, fq_range_of of, fq_bound *bound) {
    switch (of) {
    case FQ_RANGE_OF_INT4:
        return fq_check_integer(text, INT32_MIN, INT32_MAX, bound);
    case FQ_RANGE_OF_INT8:
        return fq_check_integer(text, INT64_MIN, INT64_MAX, bound);
    case FQ_RANGE_OF_DECIMAL:
        return fq_check_decimal(text, bound);
    case FQ_RANGE_OF_DATE:
        return fq_check_date(text, bound);
    case FQ_RANGE_OF_TIMESTAMP:
        return fq_check_datetime(text, FQ_ZONE_FORBIDDEN, bound);
    case FQ_RANGE_OF_TIMESTAMPTZ:
        return fq_check_datetime(text, FQ_ZONE_OPTIONAL, bound);
    }
    return false;
}

static fq_slice unquoted(fq_slice text) {
    bool quoted = text.len >= 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"';
    return quoted ? fq_slice_sub(text, 1, text.len - 1) : text;
}

/* The server writes ranges of whole things as [a,b), so that a bound which has to move must have a place to move to. */
static bool can_move(fq_range_of of, const fq_bound *bound) {
    fq_bound last = {.exact = INT64_MAX};
    if (of == FQ_RANGE_OF_INT4) {
        last.exact = INT32_MAX;
    } else if (of == FQ_RANGE_OF_DATE) {
        (void)fq_check_date(FQ_S("5874897-12-31"), &last);
    } else if (of != FQ_RANGE_OF_INT8) {
        return true;
    }
    bool infinite = of == FQ_RANGE_OF_DATE && bound->exact == INT64_MAX;
    return !bound->comparable || infinite || bound->exact < last.exact;
}

static bool in_order(const fq_bound *lower, const fq_bound *upper) {
    if (!lower->comparable || !upper->comparable) {
        return true; /* one is open */
    }
    return lower->is_exact && upper->is_exact ? lower->exact <= upper->exact : lower->approximate <= upper->approximate;
}

bool fq_check_range(fq_slice text, fq_range_of of) {
    if (fq_slice_equal(text, FQ_S("empty"))) {
        return true;
    }
    const char *comma = text.len >= 3 ? memchr(text.ptr, ',', text.len) : NULL;
    bool opened = comma != NULL && (text.ptr[0] == '[' || text.ptr[0] == '(');
    if (!opened || (text.ptr[text.len - 1] != ']' && text.ptr[text.len - 1] != ')')) {
        return false;
    }
    size_t middle = (size_t)(comma - text.ptr);
    fq_slice lower_text = unquoted(fq_slice_sub(text, 1, middle));
    fq_slice upper_text = unquoted(fq_slice_sub(text, middle + 1, text.len - 1));
    fq_bound lower = {.comparable = false};
    fq_bound upper = {.comparable = false};
    if ((lower_text.len > 0 && !check_bound(lower_text, of, &lower)) ||
        (upper_text.len > 0 && !check_bound(upper_text, of, &upper))) {
        return false;
    }
    bool moved =
        (text.ptr[0] == '(' && !can_move(of, &lower)) || (text.ptr[text.len - 1] == ']' && !can_move(of, &upper));
    return !moved && in_order(&lower, &upper);
}
