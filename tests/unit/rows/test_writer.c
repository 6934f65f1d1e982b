/* SPDX-License-Identifier: MIT */
/* The writer over one row at a time: the three shapes of a root field, steps without levels, null propagation to every
 * kind of place, flushing, limits, and malformed rows. Levels have a test of their own. */
#include "support.h"

#define ONE_STATEMENT(n) ((const uint32_t[]){n, 0})

/* {id: Int!, name: String} as a list. */
static builder *people(unsigned id_flags, bool item_non_null, bool non_null) {
    builder *b = build(FQ_PROGRAM_LIST, ONE_STATEMENT(2));
    uint32_t id = build_field(b, "id", "User.id");
    uint32_t name = build_field(b, "called", "User.name");
    build_value(b, "{\"id\":", 0, FQ_CODEC_INT4, id, id_flags);
    build_value(b, ",\"called\":", 1, FQ_CODEC_STRING, name, 0);
    build_literal(b, "}");
    b->program.item_non_null = item_non_null;
    b->program.non_null = non_null;
    return b;
}

static fq_slice int4(int32_t value) { return wire_int(value, 4); }

static void list_of_rows(void **state) {
    (void)state;
    const row rows[] = {ROW(0, int4(1), wire_text("Ann")), ROW(0, int4(2), NULL_VALUE)};
    builder *b = people(FQ_STEP_NON_NULL, true, true);
    assert_run(b, rows, 0, "[]", "");
    assert_run(b, rows, 1, "[{\"id\":1,\"called\":\"Ann\"}]", "");
    assert_run(b, rows, 2, "[{\"id\":1,\"called\":\"Ann\"},{\"id\":2,\"called\":null}]", "");
}

static void one_row(void **state) {
    (void)state;
    const row rows[] = {ROW(0, int4(1), wire_text("Ann")), ROW(0, int4(2), wire_text("Bob"))};
    builder *b = people(FQ_STEP_NON_NULL, false, false);
    b->program.shape = FQ_PROGRAM_ONE;
    assert_run(b, rows, 0, "null", "");
    assert_run(b, rows, 1, "{\"id\":1,\"called\":\"Ann\"}", "");
    assert_run(b, rows, 2, "{\"id\":1,\"called\":\"Ann\"}", "");
    b->program.non_null = true;
    result r = run_program(b, rows, 0);
    assert_int_equal(r.state, FQ_WRITER_NULLED);
    assert_string_equal(r.json, "");
    assert_string_equal(r.errors, "Cannot return null for non-nullable field Query.root. at root (0)");
}

static void one_value(void **state) {
    (void)state;
    builder *b = build(FQ_PROGRAM_VALUE, ONE_STATEMENT(1));
    fq_step *step = build_value(b, "", 0, FQ_CODEC_INT8_STRING, 0, 0);
    const row full = ROW(0, wire_int(42, 8));
    const row empty = ROW(0, NULL_VALUE);
    assert_run(b, &full, 1, "\"42\"", "");
    assert_run(b, &empty, 1, "null", "");
    assert_run(b, &empty, 0, "null", "");
    step->flags = FQ_STEP_NON_NULL;
    b->program.non_null = true;
    result r = run_program(b, &empty, 1);
    assert_int_equal(r.state, FQ_WRITER_NULLED);
    assert_string_equal(r.errors, "Cannot return null for non-nullable field Query.root. at root (0)");
}

#define NULL_ID "Cannot return null for non-nullable field User.id. at root.1.id (10)"

/* A null in a non-null field, under each kind of list around it. */
static void null_in_non_null(void **state) {
    (void)state;
    const row rows[] = {ROW(0, int4(1), wire_text("a")), ROW(0, NULL_VALUE, wire_text("b")),
                        ROW(0, int4(3), wire_text("c"))};
    assert_run(people(FQ_STEP_NON_NULL, false, true), rows, 3,
               "[{\"id\":1,\"called\":\"a\"},null,{\"id\":3,\"called\":\"c\"}]", NULL_ID);
    assert_run(people(FQ_STEP_NON_NULL, true, false), rows, 3, "null", NULL_ID);
    result r = run_program(people(FQ_STEP_NON_NULL, true, true), rows, 3);
    assert_int_equal(r.state, FQ_WRITER_NULLED);
    assert_string_equal(r.json, "");
    assert_string_equal(r.errors, NULL_ID);
}

/* The same, when everything before was already sent. */
static void null_after_flush(void **state) {
    (void)state;
    const row rows[] = {ROW(0, int4(1), wire_text("a")), ROW(0, NULL_VALUE, wire_text("b")),
                        ROW(0, int4(3), wire_text("c"))};
    result r = run_flushing(people(FQ_STEP_NON_NULL, false, true), rows, 3);
    assert_int_equal(r.state, FQ_WRITER_GOOD);
    assert_string_equal(r.json, "[{\"id\":1,\"called\":\"a\"},null,{\"id\":3,\"called\":\"c\"}]");
    assert_string_equal(r.errors, NULL_ID);
    assert_int_equal(run_flushing(people(FQ_STEP_NON_NULL, true, false), rows, 3).state, FQ_WRITER_BROKEN);
    assert_int_equal(run_flushing(people(FQ_STEP_NON_NULL, true, true), rows, 3).state, FQ_WRITER_BROKEN);
    const row first_bad[] = {ROW(0, NULL_VALUE, wire_text("b")), ROW(0, int4(3), wire_text("c"))};
    r = run_flushing(people(FQ_STEP_NON_NULL, true, false), first_bad, 2);
    assert_int_equal(r.state, FQ_WRITER_GOOD);
    assert_string_equal(r.json, "null");
}

/* User {id author {name! address {city!}}}: objects that may be null inside each other. */
static builder *nested(unsigned author_flags, unsigned address_flags, unsigned city_flags) {
    builder *b = build(FQ_PROGRAM_LIST, ONE_STATEMENT(4));
    uint32_t id = build_field(b, "id", "Post.id");
    uint32_t author = build_field(b, "author", "Post.author");
    uint32_t name = build_field(b, "name", "User.name");
    uint32_t address = build_field(b, "address", "User.address");
    uint32_t city = build_field(b, "city", "Address.city");
    build_value(b, "{\"id\":", 0, FQ_CODEC_INT4, id, 0);
    fq_step *author_step = build_object(b, ",\"author\":", 1, author, author_flags);
    build_value(b, "{\"name\":", 2, FQ_CODEC_STRING, name, FQ_STEP_NON_NULL);
    fq_step *address_step = build_object(b, ",\"address\":", FQ_COLUMN_NONE, address, address_flags);
    build_value(b, "{\"city\":", 3, FQ_CODEC_FLOAT_TEXT, city, city_flags);
    build_literal(b, "}");
    build_end(b, address_step);
    build_literal(b, "}");
    build_end(b, author_step);
    build_literal(b, "}");
    return b;
}

#define NULL_CITY "Cannot return null for non-nullable field Address.city. at root.0.author.address.city (50)"
#define NAN_CITY "Float cannot represent non numeric value: NaN at root.0.author.address.city (50)"

static void objects(void **state) {
    (void)state;
    const row full = ROW(0, int4(1), int4(9), wire_text("Ann"), wire_text("1.5"));
    const row no_author = ROW(0, int4(1), NULL_VALUE, NULL_VALUE, NULL_VALUE);
    const row no_city = ROW(0, int4(1), int4(9), wire_text("Ann"), NULL_VALUE);
    const row nan = ROW(0, int4(1), int4(9), wire_text("Ann"), wire_text("NaN"));
    enum { N = FQ_STEP_NON_NULL };
    assert_run(nested(0, 0, N), &full, 1, "[{\"id\":1,\"author\":{\"name\":\"Ann\",\"address\":{\"city\":1.5}}}]", "");
    assert_run(nested(0, N, N), &no_author, 1, "[{\"id\":1,\"author\":null}]", "");
    assert_run(nested(N, N, N), &no_author, 1, "[null]",
               "Cannot return null for non-nullable field Post.author. at root.0.author (20)");
    assert_run(nested(0, 0, 0), &no_city, 1, "[{\"id\":1,\"author\":{\"name\":\"Ann\",\"address\":{\"city\":null}}}]",
               "");
    assert_run(nested(0, 0, 0), &nan, 1, "[{\"id\":1,\"author\":{\"name\":\"Ann\",\"address\":{\"city\":null}}}]",
               NAN_CITY);
    assert_run(nested(0, 0, N), &nan, 1, "[{\"id\":1,\"author\":{\"name\":\"Ann\",\"address\":null}}]", NAN_CITY);
    assert_run(nested(0, 0, N), &no_city, 1, "[{\"id\":1,\"author\":{\"name\":\"Ann\",\"address\":null}}]", NULL_CITY);
    assert_run(nested(0, N, N), &no_city, 1, "[{\"id\":1,\"author\":null}]", NULL_CITY);
    assert_run(nested(N, N, N), &no_city, 1, "[null]", NULL_CITY);
}

static void false_is_null(void **state) {
    (void)state;
    const fq_slice presences[] = {NULL_VALUE, wire_int(0, 1), wire_int(1, 1)};
    for (size_t i = 0; i < COUNT(presences); i++) {
        const row r = ROW(0, int4(1), presences[i], wire_text("Ann"), wire_text("1"));
        assert_run(nested(FQ_STEP_FALSE_IS_NULL, 0, 0), &r, 1,
                   i < 2 ? "[{\"id\":1,\"author\":null}]"
                         : "[{\"id\":1,\"author\":{\"name\":\"Ann\",\"address\":{\"city\":1}}}]",
                   "");
    }
    const row r = ROW(0, int4(1), wire_int(0, 1), wire_text("Ann"), wire_text("1"));
    assert_run(nested(0, 0, 0), &r, 1, "[{\"id\":1,\"author\":{\"name\":\"Ann\",\"address\":{\"city\":1}}}]", "");
}

/* tags: [Float] in all four combinations of nullness. */
static builder *with_array(bool item_non_null, unsigned flags) {
    builder *b = build(FQ_PROGRAM_LIST, ONE_STATEMENT(1));
    uint32_t tags = build_field(b, "tags", "Post.tags");
    fq_shape *shapes = FQ_NEW_ARRAY(test_arena, fq_shape, 2);
    shapes[0] = (fq_shape){.list = true, .item = &shapes[1]};
    shapes[1] = (fq_shape){.non_null = item_non_null, .codec = FQ_CODEC_FLOAT_TEXT};
    fq_step *step = build_value(b, "{\"tags\":", 0, FQ_CODEC_FLOAT_TEXT, tags, flags);
    step->kind = FQ_STEP_ARRAY;
    step->shape = &shapes[0];
    build_literal(b, "}");
    return b;
}

#define NULL_TAG "Cannot return null for non-nullable field Post.tags. at root.0.tags.1 (10)"
#define NAN_TAG "Float cannot represent non numeric value: NaN at root.0.tags.1 (10)"
#define NESTED_TAG "Arrays of more than one dimension can not be represented as a list. at root.0.tags (10)"

static void arrays(void **state) {
    (void)state;
    fq_slice one = wire_text("1");
    const row none = ROW(0, NULL_VALUE);
    const row empty = ROW(0, wire_array(NULL, 0));
    const row plain = ROW(0, wire_array_of(one, wire_text("2.5")));
    const row hole = ROW(0, wire_array_of(one, NULL_VALUE, one));
    const row nan = ROW(0, wire_array_of(one, wire_text("NaN"), one));
    const row square = ROW(0, wire_bytes("\0\0\0\2\0\0\0\0\0\0\0\x19", 12));
    enum { N = FQ_STEP_NON_NULL };
    assert_run(with_array(false, 0), &none, 1, "[{\"tags\":null}]", "");
    assert_run(with_array(false, N), &none, 1, "[null]",
               "Cannot return null for non-nullable field Post.tags. at root.0.tags (10)");
    assert_run(with_array(true, N), &empty, 1, "[{\"tags\":[]}]", "");
    assert_run(with_array(true, N), &plain, 1, "[{\"tags\":[1,2.5]}]", "");
    assert_run(with_array(false, N), &hole, 1, "[{\"tags\":[1,null,1]}]", "");
    assert_run(with_array(true, 0), &hole, 1, "[{\"tags\":null}]", NULL_TAG);
    assert_run(with_array(true, N), &hole, 1, "[null]", NULL_TAG);
    assert_run(with_array(false, N), &nan, 1, "[{\"tags\":[1,null,1]}]", NAN_TAG);
    assert_run(with_array(true, 0), &nan, 1, "[{\"tags\":null}]", NAN_TAG);
    assert_run(with_array(true, N), &nan, 1, "[null]", NAN_TAG);
    assert_run(with_array(false, 0), &square, 1, "[{\"tags\":null}]", NESTED_TAG);
    assert_run(with_array(false, N), &square, 1, "[null]", NESTED_TAG);
}

/* JSON's null is no value of a non-null JSON field. */
static void json_null(void **state) {
    (void)state;
    builder *b = build(FQ_PROGRAM_LIST, ONE_STATEMENT(1));
    fq_step *step = build_value(b, "", 0, FQ_CODEC_RAW, build_field(b, "data", "T.data"), 0);
    const row r = ROW(0, wire_text("null"));
    assert_run(b, &r, 1, "[null]", "");
    step->flags = FQ_STEP_NON_NULL;
    assert_run(b, &r, 1, "[null]", "Cannot return null for non-nullable field T.data. at root.0.data (10)");
    builder *list = with_array(true, 0);
    list->steps[0].codec = FQ_CODEC_RAW;
    const row items = ROW(0, wire_array_of(wire_text("{}"), wire_text("null")));
    assert_run(list, &items, 1, "[{\"tags\":null}]", NULL_TAG);
    list = with_array(false, 0);
    list->steps[0].codec = FQ_CODEC_RAW;
    assert_run(list, &items, 1, "[{\"tags\":[{},null]}]", "");
}

static void malformed_arrays(void **state) {
    (void)state;
    fq_slice whole = wire_array_of(wire_text("1"), NULL_VALUE, wire_text("2.5"));
    for (size_t len = 0; len < whole.len; len++) {
        const row r = ROW(0, wire_cut(whole, len));
        assert_int_equal(run_program(with_array(false, 0), &r, 1).state, FQ_WRITER_BROKEN);
    }
    char longer[128] = {0};
    memcpy(longer, whole.ptr, whole.len);
    const row one_more = ROW(0, wire_bytes(longer, whole.len + 1));
    assert_int_equal(run_program(with_array(false, 0), &one_more, 1).state, FQ_WRITER_BROKEN);
    static const char *const heads[] = {
        "\0\0\0\1\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\0\0\0\1", /* four thousand million elements */
        "\0\0\0\7\0\0\0\0\0\0\0\x19\0\0\0\1\0\0\0\1",         /* seven dimensions */
        "\0\0\0\0\0\0\0\0\0\0\0\x19\0\0\0\1\0\0\0\1",         /* none, and yet more bytes */
    };
    for (size_t i = 0; i < COUNT(heads); i++) {
        const row r = ROW(0, wire_cut(fq_slice_of(heads[i], 20), 20));
        assert_int_equal(run_program(with_array(false, 0), &r, 1).state, FQ_WRITER_BROKEN);
    }
}

static void malformed_rows(void **state) {
    (void)state;
    builder *b = people(0, false, false);
    const row short_int = ROW(0, wire_int(1, 2), wire_text("a"));
    const row one_column = ROW(0, int4(1));
    const row three_columns = ROW(0, int4(1), int4(1), int4(1));
    const row other_statement = ROW(1, int4(1), wire_text("a"));
    assert_int_equal(run_program(b, &short_int, 1).state, FQ_WRITER_BROKEN);
    assert_int_equal(run_program(b, &one_column, 1).state, FQ_WRITER_BROKEN);
    assert_int_equal(run_program(b, &three_columns, 1).state, FQ_WRITER_BROKEN);
    assert_int_equal(run_program(b, &other_statement, 1).state, FQ_WRITER_BROKEN);
}

/* Many errors: those beyond the maximum are counted, and cost no memory. */
static void many_errors(void **state) {
    (void)state;
    enum { ROWS = 100000 };
    fq_buffer out;
    fq_errors errors;
    fq_buffer_init(&out, SIZE_MAX);
    fq_errors_init(&errors, test_arena, 10);
    builder *b = people(FQ_STEP_NON_NULL, false, false);
    fq_writer *writer = fq_writer_new(test_arena, &b->program, &out, &errors);
    const fq_slice columns[] = {NULL_VALUE, NULL_VALUE};
    size_t before = 0;
    for (size_t i = 0; i < ROWS; i++) {
        before = i == 10 ? fq_arena_bytes(test_arena) : before;
        assert_int_equal(fq_writer_row(writer, 0, columns, 2), FQ_WRITER_GOOD);
    }
    assert_int_equal(fq_writer_finish(writer), FQ_WRITER_GOOD);
    assert_int_equal(fq_writer_rows(writer), ROWS);
    assert_int_equal(errors.list.len, 10);
    assert_int_equal(errors.dropped, ROWS - 10);
    assert_int_equal(fq_arena_bytes(test_arena), before);
    assert_int_equal(out.len, 1 + ROWS * 5);
    fq_buffer_done(&out);
}

static void full_buffer(void **state) {
    (void)state;
    builder *b = people(0, false, false);
    const fq_slice columns[] = {int4(1), wire_text("Ann")};
    for (size_t max = 0; max < 100; max++) {
        fq_buffer out;
        fq_errors errors;
        fq_buffer_init(&out, max);
        fq_errors_init(&errors, test_arena, 10);
        fq_writer *writer = fq_writer_new(test_arena, &b->program, &out, &errors);
        fq_writer_row(writer, 0, columns, 2);
        fq_writer_row(writer, 0, columns, 2);
        fq_writer_state end = fq_writer_finish(writer);
        /* Room is reserved for the longest integer, so a buffer that would just do may be refused. */
        size_t needed = strlen("[{\"id\":1,\"called\":\"Ann\"},{\"id\":1,\"called\":\"Ann\"}]");
        assert_true(max >= needed || end == FQ_WRITER_BROKEN);
        assert_true(max < needed + 20 || end == FQ_WRITER_GOOD);
        assert_true(out.len <= max);
        fq_buffer_done(&out);
    }
}

static void take_back(void **state) {
    (void)state;
    builder *b = people(0, false, false);
    const fq_slice columns[] = {int4(1), wire_text("Ann")};
    fq_buffer out;
    fq_errors errors;
    fq_buffer_init(&out, SIZE_MAX);
    fq_errors_init(&errors, test_arena, 10);
    fq_writer *writer = fq_writer_new(test_arena, &b->program, &out, &errors);
    assert_true(fq_writer_take_back(writer));
    fq_buffer_literal(&out, "before");
    fq_writer_row(writer, 0, columns, 2);
    assert_true(out.len > 6);
    fq_writer_flushed(writer, 2);
    fq_buffer_consume(&out, 2);
    assert_true(fq_writer_take_back(writer));
    assert_string_equal(buffer_text(&out), "fore");
    writer = fq_writer_new(test_arena, &b->program, &out, &errors);
    fq_writer_row(writer, 0, columns, 2);
    fq_writer_flushed(writer, 4);
    fq_buffer_consume(&out, 4);
    assert_true(fq_writer_take_back(writer));
    assert_int_equal(out.len, 0);
    writer = fq_writer_new(test_arena, &b->program, &out, &errors);
    fq_writer_row(writer, 0, columns, 2);
    fq_writer_flushed(writer, 1);
    fq_buffer_consume(&out, 1);
    assert_false(fq_writer_take_back(writer));
    fq_buffer_done(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(list_of_rows), TEST(one_row),       TEST(one_value), TEST(null_in_non_null), TEST(null_after_flush),
        TEST(objects),      TEST(false_is_null), TEST(arrays),    TEST(malformed_arrays), TEST(malformed_rows),
        TEST(many_errors),  TEST(full_buffer),   TEST(take_back), TEST(json_null),
    };
    return cmocka_run_group_tests_name("rows/writer", tests, NULL, NULL);
}
