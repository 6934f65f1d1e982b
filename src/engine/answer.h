/* SPDX-License-Identifier: MIT */
/* Writes errors of a request as JSON (specification section 7.1.2), and turns errors of PostgreSQL into ours. */
#ifndef FQ_ENGINE_ANSWER_H
#define FQ_ENGINE_ANSWER_H

#include "base/buffer.h"
#include "base/error.h"
#include "pg/pool.h"
#include "schema/schema.h"

/* Appends `"errors":[...]`. Offsets are looked up in `source`; ptr NULL: no locations. */
void fq_answer_errors(fq_buffer *out, const fq_errors *errors, fq_slice source);

typedef enum fq_error_detail { FQ_DETAIL_HIDDEN, FQ_DETAIL_SHOWN } fq_error_detail;

/* Appends an error for a failed statement: code DATABASE_ERROR (or TIMEOUT), sqlstate, for constraint violations the
 * constraint and the fields; PostgreSQL's own words only with FQ_DETAIL_SHOWN. The caller adds path and offset. */
fq_error *fq_answer_database_error(fq_errors *errors, const fq_schema *schema, const fq_wire_error *error,
                                   fq_error_detail detail);

#endif
