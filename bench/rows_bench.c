/* SPDX-License-Identifier: MIT */
/* Measures the writer: runs row programs over 1000 rows in memory again and again and prints nanoseconds a scalar and
 * megabytes of answer a second, the best of several rounds.
 *   rows_bench [ROUNDS]
 * Only the writer runs: the rows are already cut into columns, as fq_wire_data_row leaves them. */
#include <stdio.h>
#include <stdlib.h>

#include "base/loop.h"
#include "rows/writer.h"

#define ROUND_US 4000 /* shorter than a time slice, so that the best round was not interrupted */
#define ROWS 1000
#define MAX_COLUMNS 8

/* One case: rows of `n_columns` columns, written by the program. */
typedef struct subject {
    const char *name;
    fq_program program;
    fq_program_statement statement;
    fq_step steps[24];
    fq_level levels[2];
    fq_slice rows[ROWS][MAX_COLUMNS];
    uint32_t scalars; /* written for all rows */
} subject;

static const fq_program_field root_field = {FQ_S_INIT("root"), FQ_S_INIT("Query.root"), 0};

static fq_slice be_int(fq_arena *arena, int64_t value, size_t size) {
    char *bytes = fq_arena_alloc(arena, size);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (char)((uint64_t)value >> (8 * (size - 1 - i)));
    }
    return fq_slice_of(bytes, size);
}

static fq_slice text_of(fq_arena *arena, size_t len, uint32_t row) {
    char *bytes = fq_arena_alloc(arena, len);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (char)('a' + (row * 7 + i * 3) % 26);
    }
    return fq_slice_of(bytes, len);
}

static subject *new_subject(fq_arena *arena, const char *name, uint32_t n_columns) {
    subject *s = FQ_NEW(arena, subject);
    s->name = name;
    s->statement = (fq_program_statement){0, n_columns};
    s->program = (fq_program){.shape = FQ_PROGRAM_LIST,
                              .steps = s->steps,
                              .fields = &root_field,
                              .n_fields = 1,
                              .levels = s->levels,
                              .n_levels = 1,
                              .statements = &s->statement,
                              .n_statements = 1,
                              .n_columns = n_columns};
    return s;
}

static fq_step *add_step(subject *s, fq_arena *arena, fq_step_kind kind, const char *literal) {
    fq_step *step = &s->steps[s->program.n_steps++];
    fq_slice literals = s->program.literals;
    *step = (fq_step){.kind = (uint8_t)kind, .a = (uint32_t)literals.len, .b = (uint32_t)strlen(literal)};
    s->program.literals = fq_arena_printf(arena, "%.*s%s", FQ_PRI(literals), literal);
    return step;
}

static void add_value(subject *s, fq_arena *arena, const char *literal, uint32_t column, fq_codec codec) {
    fq_step *step = add_step(s, arena, FQ_STEP_VALUE, literal);
    step->column = column;
    step->codec = (uint8_t)codec;
}

/* {id, firstName, lastName, email, createdAt, active}: what most lists are like. */
static subject *people(fq_arena *arena) {
    subject *s = new_subject(arena, "mixed", 6);
    add_value(s, arena, "{\"id\":", 0, FQ_CODEC_INT4);
    add_value(s, arena, ",\"firstName\":", 1, FQ_CODEC_STRING);
    add_value(s, arena, ",\"lastName\":", 2, FQ_CODEC_STRING);
    add_value(s, arena, ",\"email\":", 3, FQ_CODEC_STRING);
    add_value(s, arena, ",\"createdAt\":", 4, FQ_CODEC_TIMESTAMPTZ);
    add_value(s, arena, ",\"active\":", 5, FQ_CODEC_BOOL);
    add_step(s, arena, FQ_STEP_LITERAL, "}");
    for (uint32_t i = 0; i < ROWS; i++) {
        s->rows[i][0] = be_int(arena, 10000 + i, 4);
        s->rows[i][1] = text_of(arena, 4 + i % 6, i);
        s->rows[i][2] = text_of(arena, 5 + i % 8, i);
        s->rows[i][3] = text_of(arena, 18 + i % 12, i);
        s->rows[i][4] = be_int(arena, INT64_C(650000000123456) + (int64_t)i * 1000003, 8);
        s->rows[i][5] = be_int(arena, i % 2, 1);
    }
    s->scalars = ROWS * 6;
    return s;
}

typedef fq_slice (*make_fn)(fq_arena *arena, uint32_t row);

static fq_slice make_int4(fq_arena *arena, uint32_t row) { return be_int(arena, (int64_t)row * 7919, 4); }

static fq_slice make_int8(fq_arena *arena, uint32_t row) { return be_int(arena, (int64_t)row * 1000003 * 1000003, 8); }

static fq_slice make_uuid(fq_arena *arena, uint32_t row) { return text_of(arena, 16, row); }

static fq_slice make_moment(fq_arena *arena, uint32_t row) {
    return be_int(arena, INT64_C(650000000000000) + (int64_t)row * 1000003, 8);
}

static fq_slice make_numeric(fq_arena *arena, uint32_t row) {
    return fq_arena_printf(arena, "%u.%02u", row * 13, row % 100);
}

static fq_slice make_short(fq_arena *arena, uint32_t row) { return text_of(arena, 8, row); }

static fq_slice make_long(fq_arena *arena, uint32_t row) { return text_of(arena, 500 + row % 50, row); }

/* Six columns of one kind. */
static subject *uniform(fq_arena *arena, const char *name, fq_codec codec, make_fn make) {
    subject *s = new_subject(arena, name, 6);
    for (uint32_t column = 0; column < 6; column++) {
        add_value(s, arena, column == 0 ? "{\"column0\":" : ",\"columnN\":", column, codec);
    }
    add_step(s, arena, FQ_STEP_LITERAL, "}");
    for (uint32_t i = 0; i < ROWS; i++) {
        for (uint32_t column = 0; column < 6; column++) {
            s->rows[i][column] = make(arena, i * 6 + column);
        }
    }
    s->scalars = ROWS * 6;
    return s;
}

static fq_slice array_of(fq_arena *arena, make_fn make, uint32_t row, uint32_t count) {
    fq_slice head[] = {be_int(arena, 1, 4), be_int(arena, 0, 4), be_int(arena, 25, 4), be_int(arena, count, 4),
                       be_int(arena, 1, 4)};
    char *bytes = fq_arena_alloc(arena, 20 + count * 600);
    size_t len = 0;
    for (size_t i = 0; i < 5; i++, len += 4) {
        memcpy(bytes + len, head[i].ptr, 4);
    }
    for (uint32_t i = 0; i < count; i++) {
        fq_slice value = make(arena, row * count + i);
        memcpy(bytes + len, be_int(arena, (int64_t)value.len, 4).ptr, 4);
        memcpy(bytes + len + 4, value.ptr, value.len);
        len += 4 + value.len;
    }
    return fq_slice_of(bytes, len);
}

/* {id, posts {id, title, createdAt}} with ten posts a row, from arrays. */
static subject *nested(fq_arena *arena) {
    enum { POSTS = 10 };
    subject *s = new_subject(arena, "arrays", 4);
    s->levels[1] = (fq_level){.kind = FQ_LEVEL_ARRAYS, .first_column = 1, .n_columns = 3};
    s->program.n_levels = 2;
    add_value(s, arena, "{\"id\":", 0, FQ_CODEC_INT4);
    fq_step *list = add_step(s, arena, FQ_STEP_LIST, ",\"posts\":");
    list->level = 1;
    add_value(s, arena, "{\"id\":", 1, FQ_CODEC_INT4);
    add_value(s, arena, ",\"title\":", 2, FQ_CODEC_STRING);
    add_value(s, arena, ",\"createdAt\":", 3, FQ_CODEC_TIMESTAMPTZ);
    add_step(s, arena, FQ_STEP_LITERAL, "}");
    list->end = s->program.n_steps;
    add_step(s, arena, FQ_STEP_LITERAL, "}");
    for (uint32_t i = 0; i < ROWS; i++) {
        s->rows[i][0] = make_int4(arena, i);
        s->rows[i][1] = array_of(arena, make_int4, i, POSTS);
        s->rows[i][2] = array_of(arena, make_short, i, POSTS);
        s->rows[i][3] = array_of(arena, make_moment, i, POSTS);
    }
    s->scalars = ROWS * (1 + 3 * POSTS);
    return s;
}

/* Four keys out of a document of some 1.2 kB. */
static subject *document(fq_arena *arena) {
    static const fq_shape string = {.codec = FQ_CODEC_STRING};
    static const fq_shape number = {.codec = FQ_CODEC_DOC_INT};
    static const fq_projected_field author_fields[] = {
        {.literal = FQ_S_INIT("\"name\":"), .key = FQ_S_INIT("name"), .shape = &string},
    };
    static const fq_projection author = {author_fields, 1};
    static const fq_shape author_shape = {.object = &author};
    static const fq_projected_field fields[] = {
        {.literal = FQ_S_INIT("\"id\":"), .key = FQ_S_INIT("id"), .shape = &number},
        {.literal = FQ_S_INIT("\"title\":"), .key = FQ_S_INIT("title"), .shape = &string},
        {.literal = FQ_S_INIT("\"author\":"), .key = FQ_S_INIT("author"), .shape = &author_shape},
        {.literal = FQ_S_INIT("\"createdAt\":"),
         .key = FQ_S_INIT("createdAt"),
         .alternative = FQ_S_INIT("created_at"),
         .shape = &string},
    };
    static const fq_projection object = {fields, 4};
    static const fq_shape shape = {.object = &object};
    subject *s = new_subject(arena, "document", 1);
    add_step(s, arena, FQ_STEP_DOCUMENT, "")->shape = &shape;
    for (uint32_t i = 0; i < ROWS; i++) {
        fq_slice body = text_of(arena, 600, i);
        fq_slice tag = text_of(arena, 12, i);
        s->rows[i][0] = fq_arena_printf(
            arena,
            "{\"id\": %u, \"body\": \"%.*s\", \"tags\": [\"%.*s\", \"%.*s\", \"%.*s\"], \"title\": \"%.*s\", "
            "\"views\": %u, "
            "\"author\": {\"id\": %u, \"name\": \"%.*s\", \"address\": {\"city\": \"%.*s\", \"zip\": \"12345\"}}, "
            "\"items\": [{\"sku\": \"a1\", \"n\": 1}, {\"sku\": \"a2\", \"n\": 2}, {\"sku\": \"a3\", \"n\": 3}], "
            "\"language\": \"en\", \"published\": true, \"created_at\": \"2024-01-01T00:00:00Z\"}",
            i, FQ_PRI(body), FQ_PRI(tag), FQ_PRI(tag), FQ_PRI(tag), FQ_PRI(tag), i * 3, i % 100, FQ_PRI(tag),
            FQ_PRI(tag));
    }
    s->scalars = ROWS * 4;
    return s;
}

static size_t input_bytes(const subject *s) {
    size_t bytes = 0;
    for (uint32_t i = 0; i < ROWS; i++) {
        for (uint32_t column = 0; column < s->statement.n_columns; column++) {
            bytes += s->rows[i][column].len;
        }
    }
    return bytes;
}

static void write_all(const subject *s, fq_arena *arena, fq_buffer *out) {
    fq_errors errors;
    fq_arena_reset(arena);
    fq_errors_init(&errors, arena, 10);
    fq_buffer_clear(out);
    fq_writer *writer = fq_writer_new(arena, &s->program, out, &errors);
    for (uint32_t i = 0; i < ROWS; i++) {
        fq_writer_row(writer, 0, s->rows[i], s->statement.n_columns);
    }
    if (fq_writer_finish(writer) != FQ_WRITER_GOOD || fq_errors_any(&errors)) {
        fprintf(stderr, "%s: the program fails\n", s->name);
        exit(1);
    }
}

static void measure(const subject *s, int rounds) {
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    double best = 0;
    for (int round = 0; round < rounds; round++) {
        uint64_t start = fq_clock_us();
        uint64_t elapsed;
        uint64_t runs = 0;
        do {
            write_all(s, arena, &out);
            runs++;
            elapsed = fq_clock_us() - start;
        } while (elapsed < ROUND_US);
        double us = (double)elapsed / (double)runs;
        best = round == 0 || us < best ? us : best;
    }
    printf("%-12s %7.2f ns/scalar %8.0f MB/s out %8.0f MB/s in\n", s->name, best * 1000 / s->scalars,
           (double)out.len / best, (double)input_bytes(s) / best);
    fq_buffer_done(&out);
    fq_arena_free(arena);
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 100;
    if (rounds < 1) {
        fprintf(stderr, "usage: rows_bench [ROUNDS]\n");
        return 2;
    }
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    measure(people(arena), rounds);
    measure(uniform(arena, "int4", FQ_CODEC_INT4, make_int4), rounds);
    measure(uniform(arena, "int8", FQ_CODEC_INT8_STRING, make_int8), rounds);
    measure(uniform(arena, "numeric", FQ_CODEC_NUMERIC_STRING, make_numeric), rounds);
    measure(uniform(arena, "uuid", FQ_CODEC_UUID, make_uuid), rounds);
    measure(uniform(arena, "timestamptz", FQ_CODEC_TIMESTAMPTZ, make_moment), rounds);
    measure(uniform(arena, "short text", FQ_CODEC_STRING, make_short), rounds);
    measure(uniform(arena, "long text", FQ_CODEC_STRING, make_long), rounds);
    measure(nested(arena), rounds);
    measure(document(arena), rounds);
    fq_arena_free(arena);
    return 0;
}
