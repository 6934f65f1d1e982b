/* SPDX-License-Identifier: MIT */
/* The row programs on hostile bytes. The first byte chooses: one codec over a value, a document through a projection,
 * or rows of two statements through a program with nested levels. Whatever is reported as good must be one JSON value.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "rows/codecs.h"
#include "rows/writer.h"
#include "json/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_DEPTH 4000

static const fq_label_name labels[] = {
    {FQ_S_INIT("in progress"), FQ_S_INIT("in_progress")},
    {FQ_S_INIT("done"), FQ_S_INIT("DONE")},
};
static const fq_label_names names = {labels, 2};

static bool is_json(fq_arena *arena, fq_slice text) {
    fq_json_error error;
    return fq_json_parse(arena, text, MAX_DEPTH, &error) != NULL;
}

static void must_be_json(fq_arena *arena, fq_slice text) {
    if (!is_json(arena, text)) {
        fprintf(stderr, "not JSON: %.*s\n", FQ_PRI(text));
        abort();
    }
}

/* Bytes of their own, so that the sanitizer sees every read beyond them. */
static fq_slice own_copy(fq_arena *arena, fq_slice bytes) {
    char *copy = malloc(bytes.len > 0 ? bytes.len : 1);
    if (bytes.len > 0) {
        memcpy(copy, bytes.ptr, bytes.len);
    }
    fq_arena_on_free(arena, free, copy);
    return fq_slice_of(copy, bytes.len);
}

/* These copy text that PostgreSQL has made sure of. */
static bool copies(uint8_t codec) {
    return codec == FQ_CODEC_RAW || codec == FQ_CODEC_JSONB || codec == FQ_CODEC_QUOTED;
}

static void codec_over_value(fq_arena *arena, fq_buffer *out, fq_slice input) {
    uint8_t codec = input.len > 0 ? (uint8_t)input.ptr[0] % 32 : 0;
    fq_slice value = own_copy(arena, input.len > 0 ? fq_slice_sub(input, 1, input.len) : input);
    bool text = codec == FQ_CODEC_STRING || codec == FQ_CODEC_RANGE_TEXT || codec == FQ_CODEC_RANGE_TZ_TEXT ||
                codec == FQ_CODEC_MOMENT_TEXT || codec == FQ_CODEC_CLOCK_TEXT;
    fq_coded coded = fq_codec_write(out, codec, &names, value);
    if (coded == FQ_CODED_GOOD && !copies(codec) && (!text || fq_utf8_valid(value))) {
        must_be_json(arena, fq_buffer_view(out));
    }
    fq_codec_refusal(arena, codec, value);
}

/* --- a program with every kind of step --- */

static const fq_shape any = {.codec = FQ_CODEC_RAW};
static const fq_shape string = {.codec = FQ_CODEC_STRING};
static const fq_shape string_non_null = {.codec = FQ_CODEC_STRING, .non_null = true};
static const fq_shape integer = {.codec = FQ_CODEC_DOC_INT};
static const fq_shape big = {.codec = FQ_CODEC_INT8_STRING};
static const fq_shape decimal = {.codec = FQ_CODEC_NUMERIC_STRING};
static const fq_shape floating = {.codec = FQ_CODEC_DOC_NUMBER};
static const fq_shape truth = {.codec = FQ_CODEC_DOC_BOOL};
static const fq_shape label = {.codec = FQ_CODEC_ENUM, .names = &names};
static const fq_shape integers = {.list = true, .item = &integer};
static const fq_projected_field inner_fields[] = {
    {.literal = FQ_S_INIT("\"n\":"), .key = FQ_S_INIT("n"), .shape = &string_non_null},
    {.literal = FQ_S_INIT("\"a\":"), .key = FQ_S_INIT("a"), .shape = &any},
};
static const fq_projection inner = {inner_fields, 2};
static const fq_shape object = {.object = &inner};
static const fq_shape objects = {.list = true, .item = &object};
static const fq_projected_field outer_fields[] = {
    {.literal = FQ_S_INIT("\"a\":"), .key = FQ_S_INIT("a"), .shape = &any},
    {.literal = FQ_S_INIT("\"s\":"), .key = FQ_S_INIT("s"), .alternative = FQ_S_INIT("t"), .shape = &string},
    {.literal = FQ_S_INIT("\"i\":"), .key = FQ_S_INIT("i"), .shape = &integer},
    {.literal = FQ_S_INIT("\"b\":"), .key = FQ_S_INIT("b"), .shape = &big},
    {.literal = FQ_S_INIT("\"d\":"), .key = FQ_S_INIT("d"), .shape = &decimal},
    {.literal = FQ_S_INIT("\"f\":"), .key = FQ_S_INIT("f"), .shape = &floating},
    {.literal = FQ_S_INIT("\"B\":"), .key = FQ_S_INIT("B"), .shape = &truth},
    {.literal = FQ_S_INIT("\"e\":"), .key = FQ_S_INIT("e"), .shape = &label},
    {.literal = FQ_S_INIT("\"l\":"), .key = FQ_S_INIT("l"), .shape = &integers},
    {.literal = FQ_S_INIT("\"o\":"), .key = FQ_S_INIT("o"), .shape = &object},
    {.literal = FQ_S_INIT("\"O\":"), .key = FQ_S_INIT("O"), .shape = &objects},
    {.literal = FQ_S_INIT("\"k\":"), .constant = FQ_S_INIT("\"K\"")},
};
static const fq_projection outer = {outer_fields, sizeof(outer_fields) / sizeof(outer_fields[0])};
static const fq_shape document_shape = {.object = &outer};
static const fq_shape item_non_null = {.codec = FQ_CODEC_FLOAT_TEXT, .non_null = true};
static const fq_shape array_shape = {.list = true, .item = &item_non_null};

static const fq_program_field fields[] = {
    {FQ_S_INIT("root"), FQ_S_INIT("Query.root"), 0},
    {FQ_S_INIT("x"), FQ_S_INIT("T.x"), 10},
    {FQ_S_INIT("list"), FQ_S_INIT("T.list"), 20},
};

static fq_program program_of(const fq_step *steps, uint32_t n_steps, fq_slice literals) {
    return (fq_program){.shape = FQ_PROGRAM_LIST,
                        .steps = steps,
                        .n_steps = n_steps,
                        .literals = literals,
                        .fields = fields,
                        .n_fields = 3,
                        .n_levels = 1};
}

static void document(fq_arena *arena, fq_buffer *out, fq_slice input) {
    static const fq_step steps[] = {{.kind = FQ_STEP_DOCUMENT, .field = 1, .shape = &document_shape}};
    static const fq_program_statement statement = {0, 1};
    fq_program program = program_of(steps, 1, FQ_S(""));
    program.statements = &statement;
    program.n_statements = 1;
    program.n_columns = 1;
    fq_errors errors;
    fq_errors_init(&errors, arena, 5);
    fq_writer *writer = fq_writer_new(arena, &program, out, &errors);
    fq_slice column = own_copy(arena, input);
    fq_writer_row(writer, 0, &column, 1);
    fq_writer_state state = fq_writer_finish(writer);
    if (!is_json(arena, input)) {
        return;
    }
    if (state != FQ_WRITER_GOOD) {
        fprintf(stderr, "valid JSON is refused\n");
        abort();
    }
    must_be_json(arena, fq_buffer_view(out));
}

/* $0 int, $1 array of floats, level 1 (arrays): $2 id, $3 text; level 2 (arrays below 1): $4 key, $5 uuid;
 * level 3 (rows below 1): $6 key, $7 moment; level 4 (arrays of level 3's rows): $8 date */
enum { OPEN = 0, COMMA = 1, CLOSE = 2 }; /* in the literals "[,]" */
static const fq_step level_steps[] = {
    {.kind = FQ_STEP_OBJECT, .column = 0, .end = 16},
    {.kind = FQ_STEP_LITERAL, .a = OPEN, .b = 1},
    {.kind = FQ_STEP_LIST, .level = 1, .end = 14, .field = 2},
    {.kind = FQ_STEP_OBJECT, .column = 2, .end = 14, .field = 2},
    {.kind = FQ_STEP_LIST,
     .level = 2,
     .end = 6,
     .field = 2,
     .flags = FQ_STEP_NON_NULL | FQ_STEP_ITEM_NON_NULL,
     .a = OPEN,
     .b = 1},
    {.kind = FQ_STEP_VALUE, .column = 5, .codec = FQ_CODEC_UUID, .field = 1, .flags = FQ_STEP_NON_NULL},
    {.kind = FQ_STEP_LIST, .level = 3, .end = 11, .field = 2, .a = COMMA, .b = 1},
    {.kind = FQ_STEP_LIST, .level = 4, .end = 9, .field = 2, .a = OPEN, .b = 1},
    {.kind = FQ_STEP_VALUE, .column = 8, .codec = FQ_CODEC_DATE, .field = 1},
    {.kind = FQ_STEP_VALUE, .column = 7, .codec = FQ_CODEC_TIMESTAMPTZ, .field = 1, .a = COMMA, .b = 1},
    {.kind = FQ_STEP_LITERAL, .a = CLOSE, .b = 1},
    {.kind = FQ_STEP_LIST, .level = 2, .end = 13, .field = 2, .a = COMMA, .b = 1},
    {.kind = FQ_STEP_VALUE, .column = 5, .codec = FQ_CODEC_UUID, .field = 1},
    {.kind = FQ_STEP_LITERAL, .a = CLOSE, .b = 1},
    {.kind = FQ_STEP_ARRAY, .column = 1, .codec = FQ_CODEC_FLOAT_TEXT, .shape = &array_shape, .a = COMMA, .b = 1},
    {.kind = FQ_STEP_LITERAL, .a = CLOSE, .b = 1},
};
static const uint32_t key_2[] = {4};
static const uint32_t key_3[] = {6};
static const uint32_t parent_key[] = {2};
static const fq_level levels[] = {
    {0},
    {.kind = FQ_LEVEL_ARRAYS, .parent = 0, .first_column = 2, .n_columns = 2},
    {.kind = FQ_LEVEL_ARRAYS,
     .parent = 1,
     .first_column = 4,
     .n_columns = 2,
     .key = key_2,
     .parent_key = parent_key,
     .n_key = 1},
    {.kind = FQ_LEVEL_ROWS,
     .parent = 1,
     .statement = 1,
     .first_column = 6,
     .n_columns = 2,
     .key = key_3,
     .parent_key = parent_key,
     .n_key = 1},
    {.kind = FQ_LEVEL_ARRAYS, .parent = 3, .first_column = 8, .n_columns = 1},
};
static const fq_program_statement statements[] = {{0, 6}, {6, 3}};

/* A column: one byte of length (255 is NULL), then its bytes. */
static fq_slice next_column(fq_arena *arena, fq_slice *input) {
    if (input->len == 0) {
        return (fq_slice){0};
    }
    size_t len = (unsigned char)input->ptr[0];
    *input = fq_slice_sub(*input, 1, input->len);
    if (len == 255) {
        return (fq_slice){0};
    }
    len = len < input->len ? len : input->len;
    fq_slice column = own_copy(arena, fq_slice_sub(*input, 0, len));
    *input = fq_slice_sub(*input, len, input->len);
    return column;
}

static void rows(fq_arena *arena, fq_buffer *out, fq_slice input) {
    fq_program program = program_of(level_steps, sizeof(level_steps) / sizeof(level_steps[0]), FQ_S("[,]"));
    program.levels = levels;
    program.n_levels = 5;
    program.statements = statements;
    program.n_statements = 2;
    program.n_columns = 9;
    fq_errors errors;
    fq_errors_init(&errors, arena, 5);
    fq_writer *writer = fq_writer_new(arena, &program, out, &errors);
    fq_writer_state state = FQ_WRITER_GOOD;
    while (input.len > 0 && state == FQ_WRITER_GOOD) {
        uint32_t statement = (uint32_t)input.ptr[0] & 1U;
        fq_slice columns[6];
        input = fq_slice_sub(input, 1, input.len);
        for (uint32_t i = 0; i < statements[statement].n_columns; i++) {
            columns[i] = next_column(arena, &input);
        }
        state = fq_writer_row(writer, statement, columns, statements[statement].n_columns);
    }
    if (fq_writer_finish(writer) == FQ_WRITER_GOOD) {
        must_be_json(arena, fq_buffer_view(out));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    fq_slice input = fq_slice_of((const char *)data + 1, size - 1);
    fq_arena *arena = fq_arena_new((size_t)256 << 20);
    fq_buffer out;
    fq_buffer_init(&out, (size_t)64 << 20);
    switch (data[0] % 3) {
    case 0:
        codec_over_value(arena, &out, input);
        break;
    case 1:
        document(arena, &out, input);
        break;
    default:
        rows(arena, &out, input);
    }
    fq_buffer_done(&out);
    fq_arena_free(arena);
    return 0;
}
