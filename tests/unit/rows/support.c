/* SPDX-License-Identifier: MIT */
/* See support.h. */
#include "support.h"

fq_arena *test_arena;

int test_setup(void **state) {
    (void)state;
    test_arena = fq_arena_new((size_t)64 << 20);
    return 0;
}

int test_teardown(void **state) {
    (void)state;
    fq_arena_free(test_arena);
    return 0;
}

fq_slice wire_bytes(const char *bytes, size_t len) { return fq_arena_copy(test_arena, fq_slice_of(bytes, len)); }

fq_slice wire_text(const char *text) { return wire_bytes(text, strlen(text)); }

static void put_int(char *to, int64_t value, size_t size) {
    for (size_t i = 0; i < size; i++) {
        to[i] = (char)((uint64_t)value >> (8 * (size - 1 - i)));
    }
}

fq_slice wire_int(int64_t value, size_t size) {
    char bytes[8];
    put_int(bytes, value, size);
    return wire_bytes(bytes, size);
}

fq_slice wire_array(const fq_slice *elements, size_t count) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    char head[20] = {0};
    put_int(head, count > 0, 4);
    put_int(head + 8, 25, 4);
    put_int(head + 12, (int64_t)count, 4);
    put_int(head + 16, 1, 4);
    fq_buffer_append(&out, head, count > 0 ? 20 : 12);
    for (size_t i = 0; i < count; i++) {
        char length[4];
        put_int(length, elements[i].ptr != NULL ? (int64_t)elements[i].len : -1, 4);
        fq_buffer_append(&out, length, 4);
        fq_buffer_slice(&out, elements[i]);
    }
    fq_slice copy = wire_bytes(out.ptr, out.len);
    fq_buffer_done(&out);
    return copy;
}

fq_slice wire_cut(fq_slice value, size_t len) {
    char *bytes = malloc(len > 0 ? len : 1);
    memcpy(bytes, value.ptr, len);
    fq_arena_on_free(test_arena, free, bytes);
    return fq_slice_of(bytes, len);
}

builder *build(fq_program_shape shape, const uint32_t *statement_columns) {
    builder *b = FQ_NEW(test_arena, builder);
    uint32_t first = 0;
    for (; *statement_columns != 0; statement_columns++) {
        b->statements[b->program.n_statements++] = (fq_program_statement){first, *statement_columns};
        first += *statement_columns;
    }
    b->program.shape = (uint8_t)shape;
    b->program.steps = b->steps;
    b->program.fields = b->fields;
    b->program.levels = b->levels;
    b->program.n_levels = 1;
    b->program.statements = b->statements;
    b->program.n_columns = first;
    b->program.literals = fq_slice_of(b->literals, 0);
    build_field(b, "root", "Query.root");
    return b;
}

uint32_t build_field(builder *b, const char *key, const char *coordinate) {
    uint32_t number = b->program.n_fields++;
    assert_true(number < COUNT(b->fields));
    b->fields[number] = (fq_program_field){fq_slice_from_cstr(key), fq_slice_from_cstr(coordinate), number * 10};
    return number;
}

fq_step *build_step(builder *b, fq_step_kind kind, const char *literal) {
    assert_true(b->program.n_steps < COUNT(b->steps));
    fq_step *step = &b->steps[b->program.n_steps++];
    size_t len = strlen(literal);
    size_t at = b->program.literals.len;
    assert_true(at + len <= sizeof(b->literals));
    memcpy(b->literals + at, literal, len);
    b->program.literals.len += len;
    *step = (fq_step){.kind = (uint8_t)kind, .a = (uint32_t)at, .b = (uint32_t)len};
    return step;
}

void build_literal(builder *b, const char *literal) { build_step(b, FQ_STEP_LITERAL, literal); }

fq_step *build_value(builder *b, const char *literal, uint32_t column, fq_codec codec, uint32_t field, unsigned flags) {
    fq_step *step = build_step(b, FQ_STEP_VALUE, literal);
    step->column = column;
    step->codec = (uint8_t)codec;
    step->field = field;
    step->flags = (uint8_t)flags;
    return step;
}

fq_step *build_object(builder *b, const char *literal, uint32_t column, uint32_t field, unsigned flags) {
    fq_step *step = build_step(b, FQ_STEP_OBJECT, literal);
    step->column = column;
    step->field = field;
    step->flags = (uint8_t)flags;
    return step;
}

fq_step *build_list(builder *b, const char *literal, uint32_t level, uint32_t field, unsigned flags) {
    fq_step *step = build_step(b, FQ_STEP_LIST, literal);
    step->level = (uint8_t)level;
    step->field = field;
    step->flags = (uint8_t)flags;
    return step;
}

void build_end(builder *b, fq_step *step) { step->end = b->program.n_steps; }

uint32_t build_level(builder *b, fq_level level) {
    uint32_t number = b->program.n_levels++;
    assert_true(number < COUNT(b->levels));
    b->levels[number] = level;
    return number;
}

const char *buffer_text(const fq_buffer *buffer) { return fq_arena_cstr(test_arena, fq_buffer_view(buffer)); }

static void print_path(fq_buffer *out, const fq_error *error) {
    for (uint32_t i = 0; i < error->n_path; i++) {
        if (error->path[i].key.ptr == NULL) {
            fq_buffer_printf(out, ".%u", error->path[i].index);
        } else {
            fq_buffer_printf(out, "%s%.*s", i > 0 ? "." : "", FQ_PRI(error->path[i].key));
        }
    }
}

const char *errors_text(const fq_errors *errors) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    for (uint32_t i = 0; i < errors->list.len; i++) {
        const fq_error *error = &errors->list.items[i];
        assert_int_equal(error->code, FQ_ERR_INTERNAL);
        assert_int_equal(error->n_offsets, 1);
        fq_buffer_printf(&out, "%s%.*s at ", i > 0 ? "\n" : "", FQ_PRI(error->message));
        print_path(&out, error);
        fq_buffer_printf(&out, " (%u)", error->offsets[0]);
    }
    if (errors->dropped > 0) {
        fq_buffer_printf(&out, "\nand %u more", errors->dropped);
    }
    const char *text = buffer_text(&out);
    fq_buffer_done(&out);
    return text;
}

typedef enum after_row { KEEP, FLUSH } after_row;

/* What stands in the buffer before: the answer so far. */
#define BEFORE "{\"x\":"

static void flush(fq_writer *writer, fq_buffer *out, fq_buffer *sent) {
    fq_buffer_slice(sent, fq_buffer_view(out));
    fq_writer_flushed(writer, out->len);
    fq_buffer_consume(out, out->len);
}

static result run(const builder *b, const row *rows, size_t n_rows, after_row then) {
    fq_buffer out;
    fq_buffer sent;
    fq_errors errors;
    fq_buffer_init(&out, SIZE_MAX);
    fq_buffer_init(&sent, SIZE_MAX);
    fq_errors_init(&errors, test_arena, 3);
    fq_writer *writer = fq_writer_new(test_arena, &b->program, &out, &errors);
    fq_buffer_literal(&out, BEFORE);
    fq_writer_state state = FQ_WRITER_GOOD;
    for (size_t i = 0; i < n_rows; i++) {
        state = fq_writer_row(writer, rows[i].statement, rows[i].columns, rows[i].n_columns);
        if (then == FLUSH && state == FQ_WRITER_GOOD) {
            flush(writer, &out, &sent);
        }
    }
    fq_writer_state finished = fq_writer_finish(writer);
    assert_true(state == FQ_WRITER_GOOD || finished == state);
    fq_buffer_slice(&sent, fq_buffer_view(&out));
    const char *text = buffer_text(&sent);
    assert_memory_equal(text, BEFORE, strlen(BEFORE));
    result r = {finished, text + strlen(BEFORE), errors_text(&errors)};
    fq_buffer_done(&out);
    fq_buffer_done(&sent);
    return r;
}

result run_program(const builder *b, const row *rows, size_t n_rows) { return run(b, rows, n_rows, KEEP); }

result run_flushing(const builder *b, const row *rows, size_t n_rows) { return run(b, rows, n_rows, FLUSH); }

void assert_run(const builder *b, const row *rows, size_t n_rows, const char *json, const char *errors) {
    result r = run_program(b, rows, n_rows);
    assert_int_equal(r.state, FQ_WRITER_GOOD);
    assert_string_equal(r.json, json);
    assert_string_equal(r.errors, errors);
}
