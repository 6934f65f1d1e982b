/* SPDX-License-Identifier: MIT */
/* See emit.h. */
#include "plan/emit.h"

/* Literals are response keys and type names: bounded by the limits on expanded fields. */
#define LITERALS_MAX ((size_t)16 * 1024 * 1024)

void fq_emit_begin(fq_emit *emit, fq_arena *arena) {
    fq_buffer literals = emit->literals;
    *emit = (fq_emit){.arena = arena, .literals = literals};
    if (literals.max == 0) {
        fq_buffer_init(&emit->literals, LITERALS_MAX);
    } else {
        fq_buffer_clear(&emit->literals);
    }
}

void fq_emit_done(fq_emit *emit) { fq_buffer_done(&emit->literals); }

void fq_emit_key(fq_emit *emit, const fq_selection *selection, bool first) {
    char *room = fq_buffer_reserve(&emit->literals, selection->key.len + 4);
    if (room == NULL) {
        return;
    }
    size_t at = 0;
    if (!first) {
        room[at++] = ',';
    }
    room[at++] = '"';
    memcpy(room + at, selection->key.ptr, selection->key.len);
    at += selection->key.len;
    room[at++] = '"';
    room[at++] = ':';
    fq_buffer_commit(&emit->literals, at);
}

/* "Type.field" */
static fq_slice coordinate(fq_arena *arena, fq_slice type, fq_slice field) {
    char *text = fq_arena_alloc(arena, type.len + 1 + field.len);
    memcpy(text, type.ptr, type.len);
    text[type.len] = '.';
    memcpy(text + type.len + 1, field.ptr, field.len);
    return fq_slice_of(text, type.len + 1 + field.len);
}

uint32_t fq_emit_field(fq_emit *emit, const fq_selection *selection) {
    fq_program_field field = {
        .key = selection->key,
        .coordinate = coordinate(emit->arena, selection->parent->name, selection->field->name),
        .offset = selection->offset,
    };
    fq_vec_push(emit->arena, &emit->fields, field);
    return emit->fields.len - 1;
}

uint32_t fq_emit_step(fq_emit *emit, const fq_tier *tier, fq_step step) {
    step.a = emit->pending;
    step.b = (uint32_t)emit->literals.len - emit->pending;
    emit->pending = (uint32_t)emit->literals.len;
    step.end = emit->steps.len + 1;
    fq_vec_push(emit->arena, &emit->steps, step);
    fq_vec_push(emit->arena, &emit->owners, tier);
    return emit->steps.len - 1;
}

void fq_emit_flush(fq_emit *emit) {
    if (emit->pending < emit->literals.len) {
        fq_emit_step(emit, NULL, (fq_step){.kind = FQ_STEP_LITERAL});
    }
}

void fq_emit_close(fq_emit *emit, uint32_t opened) {
    fq_emit_flush(emit);
    emit->steps.items[opened].end = emit->steps.len;
}
