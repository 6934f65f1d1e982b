/* SPDX-License-Identifier: MIT */
/* Runs the steps of a row program; see writer.h. The hot path of every answer: one switch a step, no allocation a
 * value.
 *
 * Invariant: a step either leaves exactly one JSON value behind its literal, or returns FQ_OUTCOME_NULLED with the
 * error reported, and whoever makes null of it cuts the buffer back to where that place began. Between rows the buffer
 * ends at the end of a row, so that the only place that may reach back behind a flush is the root field. */
#include "rows/writer.h"

#include "pg/wire.h"
#include "rows/codecs.h"
#include "rows/document.h"
#include "rows/levels.h"

/* Literals are short: to copy 32 bytes wherever there is room is quicker than to copy as many as there are. */
enum { WIDE = 32 };

struct fq_writer {
    const fq_program *program;
    const char *literals; /* the program's, with WIDE bytes behind that may be read */
    fq_buffer *out;
    fq_arena *arena;
    fq_error_sink sink;
    fq_levels levels;
    fq_document_writer document;
    fq_writer_state state;
    bool begun;       /* something was written: `start` is valid */
    bool flushed;     /* the caller has taken the start of it */
    bool root_null;   /* the value is null for a field error; further rows are not written */
    size_t start;     /* where the value begins in `out` */
    uint64_t rows;    /* of statement 0, received */
    uint32_t written; /* items of the root list, or 1 */
};

static fq_outcome run(fq_writer *writer, const fq_step *step, const fq_step *end, const fq_place *around);

/* --- nulls and field errors --- */

static void write_null(fq_buffer *out) { fq_buffer_literal(out, "null"); }

static fq_place place_of(const fq_step *step, const fq_place *around) {
    return (fq_place){.parent = around, .field = step->field};
}

/* The step's value is NULL in the database. */
__attribute__((noinline)) static fq_outcome null_value(fq_writer *writer, const fq_step *step, const fq_place *around) {
    if (!(step->flags & FQ_STEP_NON_NULL)) {
        write_null(writer->out);
        return FQ_OUTCOME_DONE;
    }
    fq_place place = place_of(step, around);
    fq_place_null_error(&writer->sink, &place);
    return FQ_OUTCOME_NULLED;
}

/* An error was reported inside the step's value, which began at `start`. */
static fq_outcome settle(fq_writer *writer, const fq_step *step, size_t start, fq_outcome outcome) {
    if (outcome != FQ_OUTCOME_NULLED || (step->flags & FQ_STEP_NON_NULL)) {
        return outcome;
    }
    fq_buffer_truncate(writer->out, start);
    write_null(writer->out);
    return FQ_OUTCOME_DONE;
}

static fq_outcome refused(fq_writer *writer, const fq_step *step, const fq_place *place, fq_coded coded,
                          fq_slice value) {
    if (coded == FQ_CODED_BROKEN) {
        return FQ_OUTCOME_BROKEN;
    }
    fq_slice message = {0};
    if (fq_errors_have_room(&writer->sink)) {
        message = fq_codec_refusal(writer->sink.errors->arena, step->codec, value);
    }
    fq_place_error(&writer->sink, place, message);
    return FQ_OUTCOME_NULLED;
}

/* --- scalars --- */

__attribute__((noinline)) static fq_outcome value_failed(fq_writer *writer, const fq_step *step, const fq_place *around,
                                                         size_t start, fq_coded coded) {
    if (coded == FQ_CODED_NULL) {
        return null_value(writer, step, around);
    }
    fq_place place = place_of(step, around);
    fq_slice value = writer->levels.values[step->column];
    return settle(writer, step, start, refused(writer, step, &place, coded, value));
}

static inline fq_outcome value_step(fq_writer *writer, const fq_step *step, const fq_place *around) {
    fq_slice value = writer->levels.values[step->column];
    if (value.ptr == NULL) {
        return null_value(writer, step, around);
    }
    size_t start = writer->out->len;
    fq_coded coded = fq_codec_write(writer->out, step->codec, step->names, value);
    if (__builtin_expect(coded != FQ_CODED_GOOD, 0)) {
        return value_failed(writer, step, around, start, coded);
    }
    return FQ_OUTCOME_DONE;
}

/* --- arrays of scalars --- */

typedef struct array_reader {
    const char *at;
    const char *end;
    uint64_t left;
    bool nested; /* more than one dimension */
} array_reader;

static bool array_open(array_reader *reader, fq_slice array) {
    *reader = (array_reader){.at = array.ptr + array.len, .end = array.ptr + array.len};
    if (array.len < 12) {
        return false;
    }
    uint32_t dimensions = fq_wire_u32(array.ptr);
    if (dimensions == 0) {
        return array.len == 12;
    }
    if (dimensions > 1) {
        reader->nested = true;
        return dimensions <= 6; /* PostgreSQL's MAXDIM */
    }
    if (array.len < 20) {
        return false;
    }
    reader->left = fq_wire_u32(array.ptr + 12);
    reader->at = array.ptr + 20;
    return reader->left <= (array.len - 20) / 4;
}

static bool array_next(array_reader *reader, fq_slice *element) {
    if (reader->end - reader->at < 4) {
        return false;
    }
    uint32_t length = fq_wire_u32(reader->at);
    reader->at += 4;
    *element = (fq_slice){0};
    if (length == UINT32_MAX) {
        return true;
    }
    if (length > (size_t)(reader->end - reader->at)) {
        return false;
    }
    *element = fq_slice_of(reader->at, length);
    reader->at += length;
    return true;
}

static fq_outcome write_element(fq_writer *writer, const fq_step *step, fq_slice element, const fq_place *place) {
    bool non_null = step->shape != NULL && step->shape->item != NULL && step->shape->item->non_null;
    size_t start = writer->out->len;
    fq_coded coded = FQ_CODED_NULL;
    if (element.ptr != NULL) {
        coded = fq_codec_write(writer->out, step->codec, step->names, element);
    }
    if (coded == FQ_CODED_GOOD) {
        return FQ_OUTCOME_DONE;
    }
    if (coded != FQ_CODED_NULL) {
        fq_outcome outcome = refused(writer, step, place, coded, element);
        if (outcome == FQ_OUTCOME_BROKEN || non_null) {
            return outcome;
        }
        fq_buffer_truncate(writer->out, start);
    } else if (non_null) {
        fq_place_null_error(&writer->sink, place);
        return FQ_OUTCOME_NULLED;
    }
    write_null(writer->out);
    return FQ_OUTCOME_DONE;
}

static fq_outcome write_elements(fq_writer *writer, const fq_step *step, array_reader *reader, fq_place *place) {
    fq_buffer_char(writer->out, '[');
    for (; reader->left > 0; reader->left--, place->index++) {
        fq_slice element;
        if (!array_next(reader, &element) || writer->out->failed) {
            return FQ_OUTCOME_BROKEN;
        }
        if (place->index > 0) {
            fq_buffer_char(writer->out, ',');
        }
        fq_outcome outcome = write_element(writer, step, element, place);
        if (outcome != FQ_OUTCOME_DONE) {
            return outcome;
        }
    }
    fq_buffer_char(writer->out, ']');
    return reader->at == reader->end ? FQ_OUTCOME_DONE : FQ_OUTCOME_BROKEN;
}

static fq_outcome array_step(fq_writer *writer, const fq_step *step, const fq_place *around) {
    fq_slice value = writer->levels.values[step->column];
    if (value.ptr == NULL) {
        return null_value(writer, step, around);
    }
    array_reader reader;
    if (!array_open(&reader, value)) {
        return FQ_OUTCOME_BROKEN;
    }
    fq_place place = place_of(step, around);
    size_t start = writer->out->len;
    if (reader.nested) {
        fq_place_error(&writer->sink, &place, FQ_MESSAGE_DIMENSIONS);
        return settle(writer, step, start, FQ_OUTCOME_NULLED);
    }
    place.indexed = true;
    return settle(writer, step, start, write_elements(writer, step, &reader, &place));
}

/* --- documents --- */

static fq_outcome document_step(fq_writer *writer, const fq_step *step, const fq_place *around) {
    fq_slice value = writer->levels.values[step->column];
    if (value.ptr == NULL) {
        return null_value(writer, step, around);
    }
    if (step->flags & FQ_STEP_BINARY_JSON) {
        if (value.len < 2 || value.ptr[0] != 1) {
            return FQ_OUTCOME_BROKEN;
        }
        value = fq_slice_sub(value, 1, value.len);
    }
    fq_place place = place_of(step, around);
    size_t start = writer->out->len;
    return settle(writer, step, start, fq_document_write(&writer->document, step->shape, value, &place));
}

/* --- objects and lists --- */

static inline const fq_step *body_end(const fq_writer *writer, const fq_step *step) {
    return writer->program->steps + step->end;
}

static bool object_is_there(const fq_writer *writer, const fq_step *step) {
    if (step->column == FQ_COLUMN_NONE) {
        return true;
    }
    fq_slice presence = writer->levels.values[step->column];
    if (presence.ptr == NULL) {
        return false;
    }
    bool is_false = presence.len == 1 && presence.ptr[0] == 0;
    return !((step->flags & FQ_STEP_FALSE_IS_NULL) && is_false);
}

static fq_outcome object_step(fq_writer *writer, const fq_step *step, const fq_place *around) {
    if (!object_is_there(writer, step)) {
        return null_value(writer, step, around);
    }
    fq_place place = place_of(step, around);
    size_t start = writer->out->len;
    return settle(writer, step, start, run(writer, step + 1, body_end(writer, step), &place));
}

static fq_outcome write_item(fq_writer *writer, const fq_step *step, const fq_place *place) {
    size_t start = writer->out->len;
    fq_outcome outcome = run(writer, step + 1, body_end(writer, step), place);
    if (outcome == FQ_OUTCOME_NULLED && !(step->flags & FQ_STEP_ITEM_NON_NULL)) {
        fq_buffer_truncate(writer->out, start);
        write_null(writer->out);
        return FQ_OUTCOME_DONE;
    }
    return outcome;
}

static fq_outcome write_items(fq_writer *writer, const fq_step *step, fq_place *place) {
    fq_levels *levels = &writer->levels;
    const fq_level_state *level = &levels->states[step->level];
    fq_level_begin(levels, step->level);
    fq_buffer_char(writer->out, '[');
    for (; fq_level_has_item(levels, level); place->index++) {
        if (place->index > 0) {
            fq_buffer_char(writer->out, ',');
        }
        fq_outcome outcome = writer->out->failed ? FQ_OUTCOME_BROKEN : write_item(writer, step, place);
        if (outcome != FQ_OUTCOME_DONE) {
            return outcome;
        }
        fq_level_next(levels, step->level);
    }
    fq_level_end(levels, step->level);
    fq_buffer_char(writer->out, ']');
    return levels->broken ? FQ_OUTCOME_BROKEN : FQ_OUTCOME_DONE;
}

static fq_outcome list_step(fq_writer *writer, const fq_step *step, const fq_place *around) {
    fq_place place = place_of(step, around);
    place.indexed = true;
    size_t start = writer->out->len;
    return settle(writer, step, start, write_items(writer, step, &place));
}

static inline void write_literal(fq_writer *writer, const fq_step *step) {
    fq_buffer *out = writer->out;
    const char *from = writer->literals + step->a;
    if (step->b <= WIDE && out->capacity - out->len >= WIDE && !out->failed) {
        memcpy(out->ptr + out->len, from, WIDE);
        out->len += step->b;
    } else {
        fq_buffer_append(out, from, step->b);
    }
}

static fq_outcome run(fq_writer *writer, const fq_step *step, const fq_step *end, const fq_place *around) {
    while (step < end) {
        fq_outcome outcome = FQ_OUTCOME_DONE;
        const fq_step *next = step + 1;
        if (step->b > 0) {
            write_literal(writer, step);
        }
        switch ((fq_step_kind)step->kind) {
        case FQ_STEP_LITERAL:
            break;
        case FQ_STEP_VALUE:
            outcome = value_step(writer, step, around);
            break;
        case FQ_STEP_ARRAY:
            outcome = array_step(writer, step, around);
            break;
        case FQ_STEP_OBJECT:
            outcome = object_step(writer, step, around);
            next = body_end(writer, step);
            break;
        case FQ_STEP_LIST:
            outcome = list_step(writer, step, around);
            next = body_end(writer, step);
            break;
        case FQ_STEP_DOCUMENT:
            outcome = document_step(writer, step, around);
            break;
        }
        if (outcome != FQ_OUTCOME_DONE) {
            return outcome;
        }
        step = next;
    }
    return FQ_OUTCOME_DONE;
}

/* --- the root field --- */

static const char *wide_literals(fq_arena *arena, fq_slice literals) {
    char *copy = fq_arena_alloc(arena, literals.len + WIDE);
    if (literals.len > 0) {
        memcpy(copy, literals.ptr, literals.len);
    }
    memset(copy + literals.len, 0, WIDE);
    return copy;
}

fq_writer *fq_writer_new(fq_arena *arena, const fq_program *program, fq_buffer *out, fq_errors *errors) {
    fq_writer *writer = FQ_NEW(arena, fq_writer);
    writer->program = program;
    writer->literals = wide_literals(arena, program->literals);
    writer->out = out;
    writer->arena = arena;
    writer->sink = (fq_error_sink){.errors = errors, .program = program};
    writer->document = (fq_document_writer){.arena = arena, .out = out, .sink = &writer->sink};
    fq_levels_init(&writer->levels, arena, program);
    return writer;
}

static bool is_list(const fq_writer *writer) { return writer->program->shape == FQ_PROGRAM_LIST; }

static void begin(fq_writer *writer) {
    if (writer->begun) {
        return;
    }
    writer->begun = true;
    writer->start = writer->out->len;
    if (is_list(writer)) {
        fq_buffer_char(writer->out, '[');
    }
}

/* The root field becomes null; its error is reported. */
static fq_writer_state null_root(fq_writer *writer) {
    if (writer->flushed) {
        return writer->state = FQ_WRITER_BROKEN;
    }
    fq_buffer_truncate(writer->out, writer->start);
    writer->root_null = true;
    return writer->state = writer->program->non_null ? FQ_WRITER_NULLED : FQ_WRITER_GOOD;
}

static fq_writer_state settle_root(fq_writer *writer, size_t start, fq_outcome outcome) {
    if (outcome == FQ_OUTCOME_BROKEN || writer->levels.broken) {
        return writer->state = FQ_WRITER_BROKEN;
    }
    if (outcome == FQ_OUTCOME_NULLED) {
        if (!is_list(writer) || writer->program->item_non_null) {
            return null_root(writer);
        }
        fq_buffer_truncate(writer->out, start);
        write_null(writer->out);
    }
    if (writer->out->failed) {
        writer->state = FQ_WRITER_BROKEN;
    }
    return writer->state;
}

/* Writes the root row at hand: an item of the list, or the one value. */
static fq_writer_state write_row(fq_writer *writer) {
    begin(writer);
    fq_place place = {.field = 0, .index = writer->written, .indexed = is_list(writer)};
    if (writer->written++ > 0) {
        fq_buffer_char(writer->out, ',');
    }
    size_t start = writer->out->len;
    const fq_step *steps = writer->program->steps;
    fq_outcome outcome = run(writer, steps, steps + writer->program->n_steps, &place);
    fq_levels_end_root(&writer->levels);
    return settle_root(writer, start, outcome);
}

/* With one statement rows are written as they come. */
static bool streams(const fq_writer *writer) { return writer->program->n_statements <= 1; }

static fq_writer_state store_row(fq_writer *writer, uint32_t statement, const fq_slice *columns, uint32_t n_columns) {
    fq_row_store_add(&writer->levels.stores[statement], writer->arena, columns, n_columns);
    if (fq_arena_failed(writer->arena)) {
        writer->state = FQ_WRITER_BROKEN;
    }
    return writer->state;
}

fq_writer_state fq_writer_row(fq_writer *writer, uint32_t statement, const fq_slice *columns, uint32_t n_columns) {
    const fq_program *program = writer->program;
    if (writer->state != FQ_WRITER_GOOD) {
        return writer->state;
    }
    if (statement >= program->n_statements || n_columns != program->statements[statement].n_columns) {
        return writer->state = FQ_WRITER_BROKEN;
    }
    writer->rows += statement == 0;
    if (!streams(writer)) {
        return store_row(writer, statement, columns, n_columns);
    }
    if (writer->root_null || (!is_list(writer) && writer->written > 0)) {
        return writer->state;
    }
    fq_levels_set_root(&writer->levels, columns);
    return write_row(writer);
}

static fq_writer_state write_stored_rows(fq_writer *writer) {
    fq_levels_start_rows(&writer->levels);
    while (writer->state == FQ_WRITER_GOOD && !writer->root_null && fq_levels_next_root(&writer->levels)) {
        write_row(writer);
        if (!is_list(writer)) {
            return writer->state;
        }
    }
    if (writer->state == FQ_WRITER_GOOD && !writer->root_null && !fq_levels_exhausted(&writer->levels)) {
        writer->state = FQ_WRITER_BROKEN;
    }
    return writer->state;
}

/* No row came where one value is wanted. */
static fq_writer_state write_missing(fq_writer *writer) {
    if (writer->program->non_null) {
        fq_place place = {.field = 0};
        fq_place_null_error(&writer->sink, &place);
        return null_root(writer);
    }
    write_null(writer->out);
    return writer->state;
}

fq_writer_state fq_writer_finish(fq_writer *writer) {
    if (writer->state == FQ_WRITER_GOOD && !streams(writer)) {
        write_stored_rows(writer);
    }
    if (writer->state != FQ_WRITER_GOOD) {
        return writer->state;
    }
    begin(writer);
    if (writer->root_null) {
        write_null(writer->out);
    } else if (is_list(writer)) {
        fq_buffer_char(writer->out, ']');
    } else if (writer->written == 0) {
        write_missing(writer);
    }
    if (writer->out->failed) {
        writer->state = FQ_WRITER_BROKEN;
    }
    return writer->state;
}

bool fq_writer_take_back(fq_writer *writer) {
    if (writer->flushed) {
        return false;
    }
    if (writer->begun) {
        fq_buffer_truncate(writer->out, writer->start);
    }
    return true;
}

void fq_writer_flushed(fq_writer *writer, size_t count) {
    if (!writer->begun || count == 0) {
        return;
    }
    if (count > writer->start) {
        writer->flushed = true;
    }
    writer->start -= count < writer->start ? count : writer->start;
}

uint64_t fq_writer_rows(const fq_writer *writer) { return writer->rows; }
