/* SPDX-License-Identifier: MIT */
/* Reads a request as GraphQL over HTTP gives it: a JSON body, a query string, or single members. */
#ifndef FQ_ENGINE_INPUT_H
#define FQ_ENGINE_INPUT_H

#include "base/error.h"
#include "base/limits.h"
#include "fraiseql.h"
#include "json/reader.h"

typedef struct fq_request_input {
    fq_slice query;           /* ptr NULL: not given */
    fq_slice operation_name;  /* ptr NULL: not given */
    const fq_json *variables; /* NULL: not given or null */
    fq_slice variables_text;  /* their JSON text, ptr NULL: not given or null */
    const fq_json *extensions;
} fq_request_input;

typedef enum fq_input_kind { FQ_INPUT_SINGLE, FQ_INPUT_BATCH, FQ_INPUT_BAD, FQ_INPUT_TOO_LARGE } fq_input_kind;

/* Texts are copied into `arena`. FQ_INPUT_BATCH: `*batch` is the array of requests, each to be read by
 * fq_input_from_json. FQ_INPUT_BAD and _TOO_LARGE: an error has been appended. */
fq_input_kind fq_input_read(fq_arena *arena, const fraiseql_input *input, const fq_limits *limits,
                            fq_request_input *request, const fq_json **batch, fq_errors *errors);

/* One request object. `text` is the body that the tree was read from. False with an error appended. */
bool fq_input_from_json(const fq_json *object, fq_slice text, fq_request_input *request, fq_errors *errors);

#endif
