/* SPDX-License-Identifier: MIT */
/* Reading of input values. */
#include "schema/value.h"

const fq_value *fq_value_member(const fq_value *object, fq_slice name) {
    if (object->kind != FQ_VALUE_OBJECT) {
        return NULL;
    }
    for (uint32_t i = 0; i < object->count; i++) {
        if (fq_slice_equal(object->members[i].name, name)) {
            return &object->members[i].value;
        }
    }
    return NULL;
}

uint32_t fq_limit_class(const fq_value *value) {
    if (value->kind != FQ_VALUE_INT || value->text.len == 0 || value->text.len > 4) {
        return 0;
    }
    uint32_t limit = 0;
    for (size_t i = 0; i < value->text.len; i++) {
        char c = value->text.ptr[i];
        if (c < '0' || c > '9') {
            return FQ_LIMIT_PAGE; /* negative: refused when it is bound */
        }
        limit = limit * 10 + (uint32_t)(c - '0');
    }
    return limit <= FQ_LIMIT_PAGE ? FQ_LIMIT_PAGE : limit <= FQ_LIMIT_LONG ? FQ_LIMIT_LONG : 0;
}
