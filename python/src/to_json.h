/* SPDX-License-Identifier: MIT */
/* Python values to JSON text, for variables, user contexts and extensions. */
#ifndef FRAISEQL_PYTHON_TO_JSON_H
#define FRAISEQL_PYTHON_TO_JSON_H

#include "base/buffer.h"
#include "native.h"

/* Appends the JSON of a dict; `argument` names it in errors. -1 with TypeError for a type that JSON does not hold,
 * ValueError for a value (infinite, nested too deeply), each with the path to it. None and an absent argument append
 * nothing. */
int native_json_object(native_state *state, fq_buffer *out, const char *argument, PyObject *value);

#endif
