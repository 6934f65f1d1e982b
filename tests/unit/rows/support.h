/* SPDX-License-Identifier: MIT */
/* For the tests of src/rows: wire values and row programs made by hand, and one call that runs a program over rows and
 * gives the answer with its errors as text. Everything lives in the fixture's arena. */
#ifndef TESTS_ROWS_SUPPORT_H
#define TESTS_ROWS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* The order is cmocka's. */
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "rows/program.h"
#include "rows/writer.h"

extern fq_arena *test_arena;
int test_setup(void **state);
int test_teardown(void **state);

#define TEST(function) cmocka_unit_test_setup_teardown(function, test_setup, test_teardown)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- values as PostgreSQL sends them --- */

#define NULL_VALUE ((fq_slice){0})
fq_slice wire_text(const char *text);
fq_slice wire_bytes(const char *bytes, size_t len);
fq_slice wire_int(int64_t value, size_t size); /* 1, 2, 4 or 8 bytes */
fq_slice wire_array(const fq_slice *elements, size_t count);
/* The first `len` bytes in memory of their own, so that the sanitizer sees every byte beyond. */
fq_slice wire_cut(fq_slice value, size_t len);
#define wire_array_of(...) wire_array((fq_slice[]){__VA_ARGS__}, sizeof((fq_slice[]){__VA_ARGS__}) / sizeof(fq_slice))

/* --- programs --- */

typedef struct builder {
    fq_program program;
    fq_step steps[256];
    fq_program_field fields[128];
    fq_level levels[8];
    fq_program_statement statements[8];
    char literals[4096];
} builder;

/* A program over statements of so many columns each, ended by 0; field 0 is Query.root. */
builder *build(fq_program_shape shape, const uint32_t *statement_columns);
/* A field Type.name with response key `key`; its offset is its number * 10. */
uint32_t build_field(builder *b, const char *key, const char *coordinate);
fq_step *build_step(builder *b, fq_step_kind kind, const char *literal);
void build_literal(builder *b, const char *literal);
fq_step *build_value(builder *b, const char *literal, uint32_t column, fq_codec codec, uint32_t field, unsigned flags);
/* The body goes up to build_end. */
fq_step *build_object(builder *b, const char *literal, uint32_t column, uint32_t field, unsigned flags);
fq_step *build_list(builder *b, const char *literal, uint32_t level, uint32_t field, unsigned flags);
void build_end(builder *b, fq_step *step);
uint32_t build_level(builder *b, fq_level level);

/* --- running --- */

typedef struct row {
    uint32_t statement;
    const fq_slice *columns;
    uint32_t n_columns;
} row;

#define ROW(statement, ...)                                                                                            \
    ((row){statement, (fq_slice[]){__VA_ARGS__}, sizeof((fq_slice[]){__VA_ARGS__}) / sizeof(fq_slice)})

typedef struct result {
    fq_writer_state state;
    const char *json;   /* what was written; unspecified where the state is not good */
    const char *errors; /* `message at path (offset)`, a line each */
} result;

result run_program(const builder *b, const row *rows, size_t n_rows);
/* The same, with everything flushed after each row. */
result run_flushing(const builder *b, const row *rows, size_t n_rows);

/* Runs over the rows and compares answer and errors. */
void assert_run(const builder *b, const row *rows, size_t n_rows, const char *json, const char *errors);

const char *errors_text(const fq_errors *errors);
const char *buffer_text(const fq_buffer *buffer);

#endif
