/* SPDX-License-Identifier: MIT */
/* Making a row program: steps in order, each with the literal text that goes before it. Columns are numbered within
 * their tier while the tiers grow, and get their place in the program at the end. */
#ifndef FQ_PLAN_EMIT_H
#define FQ_PLAN_EMIT_H

#include "base/vec.h"
#include "rows/program.h"
#include "validate/operation.h"

typedef struct fq_tier fq_tier;

typedef struct fq_emit {
    fq_arena *arena;
    FQ_VEC(fq_step) steps;
    FQ_VEC(const fq_tier *) owners; /* of the steps' columns */
    FQ_VEC(fq_program_field) fields;
    fq_buffer literals;
    uint32_t pending; /* where the literal of the next step begins */
} fq_emit;

void fq_emit_begin(fq_emit *emit, fq_arena *arena);
void fq_emit_done(fq_emit *emit);

/* Text for the next step. */
static inline void fq_emit_text(fq_emit *emit, fq_slice text) { fq_buffer_slice(&emit->literals, text); }
/* `"key":`, after a comma unless it is the first of its object. */
void fq_emit_key(fq_emit *emit, const fq_selection *selection, bool first);

/* Registers a field for error messages; its number. */
uint32_t fq_emit_field(fq_emit *emit, const fq_selection *selection);

/* Appends a step, which takes the text so far; its number. `tier` owns `step.column`. */
uint32_t fq_emit_step(fq_emit *emit, const fq_tier *tier, fq_step step);
/* Ends the body of a list or object that began with step `opened`: remaining text becomes a step inside it. */
void fq_emit_close(fq_emit *emit, uint32_t opened);
/* Text that is left becomes a step. */
void fq_emit_flush(fq_emit *emit);

#endif
