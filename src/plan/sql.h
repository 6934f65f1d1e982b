/* SPDX-License-Identifier: MIT */
/* Writing SQL text: identifiers are always quoted, aliases are a letter and a number, values are parameters. A
 * statement numbers its own parameters; the same value in the same form is one parameter however often it is used. It
 * knows PostgreSQL's syntax and nothing of GraphQL. */
#ifndef FQ_PLAN_SQL_H
#define FQ_PLAN_SQL_H

#include "base/buffer.h"
#include "plan/plan.h"

/* A statement's text is bounded by the limits on selections and filters; this only stops a runaway. */
#define FQ_SQL_TEXT_MAX ((size_t)4 * 1024 * 1024)

/* Pieces of text. */
void fq_sql_identifier(fq_buffer *out, fq_slice name);
void fq_sql_relation(fq_buffer *out, fq_slice schema, fq_slice name);
/* A string constant; it reads the same whatever standard_conforming_strings is. */
void fq_sql_string(fq_buffer *out, fq_slice text);
/* `t12`. */
void fq_sql_alias(fq_buffer *out, char letter, uint32_t number);
/* `t12."name"`. */
void fq_sql_column(fq_buffer *out, uint32_t scan, fq_slice name);

/* One statement being written. */
typedef struct fq_sql {
    fq_arena *arena;
    fq_buffer out;
    FQ_VEC(fq_param) params;
    uint32_t *numbers;    /* of the params, a hash table by their values; NULL while there are few */
    uint32_t n_numbers;   /* its size, a power of two */
    uint32_t n_relations; /* tables and subselects, for the estimate of the statement's weight */
    uint32_t n_ranges;    /* comparisons by order, whose selectivity only their values tell */
    uint8_t custom_plan;
} fq_sql;

void fq_sql_init(fq_sql *sql, fq_arena *arena);
void fq_sql_done(fq_sql *sql);

#define fq_sql_text(sql, literal) fq_buffer_literal(&(sql)->out, literal)

/* Writes `$n` for a value; its number is the one it already has, or the next. */
void fq_sql_param(fq_sql *sql, const fq_param *param);

/* A result column as the statement declares it. */
typedef struct fq_output {
    fq_slice expression;
    uint32_t oid; /* expected type, 0 any */
    uint8_t format;
} fq_output;

/* The finished statement, copied into the arena; `outputs` are its result columns in order. */
fq_statement fq_sql_finish(fq_sql *sql, const fq_output *outputs, uint32_t n_outputs);

#endif
