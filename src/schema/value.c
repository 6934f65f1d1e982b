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
