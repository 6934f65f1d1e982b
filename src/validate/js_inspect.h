/* SPDX-License-Identifier: MIT */
/* Values in messages as graphql-js prints them: at most ten items of a list, two levels of nesting. */
#ifndef FQ_VALIDATE_JS_INSPECT_H
#define FQ_VALIDATE_JS_INSPECT_H

#include "base/buffer.h"
#include "json/reader.h"

/* Appends `value` as inspect() of graphql-js does. */
void fq_js_inspect(const fq_json *value, fq_buffer *out);

/* Appends a JSON number as JavaScript prints it. */
void fq_js_number(fq_slice text, fq_buffer *out);

/* The double that a JSON number reads as; infinite where it is beyond. */
double fq_js_number_value(fq_slice text);

#endif
