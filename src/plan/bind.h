/* SPDX-License-Identifier: MIT */
/* What the files of binding share. Only for src/plan. */
#ifndef FQ_PLAN_BIND_H
#define FQ_PLAN_BIND_H

#include "plan/plan.h"

typedef struct fq_binder {
    fq_arena *arena;
    const fq_bindings *bindings;
    const fq_param *param;
    fq_errors *errors;
} fq_binder;

/* The value of this request behind a template. */
const fq_value *fq_bound_value(const fq_binder *binder, const fq_value *value);
/* An item of a list that was found so. A list that came whole out of a variable holds its items' values already. */
const fq_value *fq_bound_item(const fq_binder *binder, const fq_value *list, uint32_t index);
/* Appends an error about a value; false. */
bool fq_bind_fail(const fq_binder *binder, const fq_value *value, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "Int cannot represent ...": why a text is no value of that scalar; false. */
bool fq_bind_refuse(const fq_binder *binder, const fq_value *value, fq_scalar scalar, fq_slice text,
                    const char *reason);
/* Appends a value as JSON text (bind_json.c); false with an error. */
bool fq_bind_json(const fq_binder *binder, const fq_value *value, fq_buffer *out);

#endif
