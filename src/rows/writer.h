/* SPDX-License-Identifier: MIT */
/* Runs a row program: rows in, JSON out. One writer per root field and request.
 *
 * With one statement every row is written as it comes, so that a list streams in constant memory. With several, rows
 * are copied and the program runs when the last statement is complete. A field error nulls the nearest nullable place
 * (section 6.4.4): what was written of it is taken back. Between rows the caller may flush everything in `out`; only an
 * error that then nulls the whole root field can not be answered any more and is FQ_WRITER_BROKEN. */
#ifndef FQ_ROWS_WRITER_H
#define FQ_ROWS_WRITER_H

#include "base/buffer.h"
#include "base/error.h"
#include "rows/program.h"

typedef struct fq_writer fq_writer;

typedef enum fq_writer_state {
    FQ_WRITER_GOOD,   /* so far */
    FQ_WRITER_NULLED, /* the root field's value is null and, being non-null, takes `data` with it */
    FQ_WRITER_BROKEN, /* malformed data from the server, the buffer's or the arena's maximum passed, or the root field
                         is null when part of it has been flushed */
} fq_writer_state;

/* `arena` is the request's. `out` gets the value of the root field (without its key). `errors` gets field errors. */
fq_writer *fq_writer_new(fq_arena *arena, const fq_program *program, fq_buffer *out, fq_errors *errors);

/* One row of a statement of the program; the columns are borrowed for the call. */
fq_writer_state fq_writer_row(fq_writer *writer, uint32_t statement, const fq_slice *columns, uint32_t n_columns);

/* All rows of all statements have come: closes the value. If the root field is null for a field error and nullable, the
 * text is "null" and the state good. */
fq_writer_state fq_writer_finish(fq_writer *writer);

/* Takes back everything written since fq_writer_new (the failure of a statement: the caller then writes null). False
 * where part of it has been flushed. */
bool fq_writer_take_back(fq_writer *writer);

/* Tells the writer that the caller has taken the first `count` bytes off the front of `out` (fq_buffer_consume). */
void fq_writer_flushed(fq_writer *writer, size_t count);

/* Rows of statement 0 so far. */
uint64_t fq_writer_rows(const fq_writer *writer);

#endif
