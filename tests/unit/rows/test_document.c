/* SPDX-License-Identifier: MIT */
/* Projection of JSON documents: what is selected, in which order, how each JSON token is written for each kind of
 * field, where nulls go, and every document cut short at every length. */
#include "rows/json_scan.h"

#include "support.h"

enum { N = FQ_STEP_NON_NULL };

/* A leaf with that codec; the shapes of a test live as long as the test. */
static fq_shape *leaf(fq_codec codec, bool non_null) {
    fq_shape *shape = FQ_NEW(test_arena, fq_shape);
    *shape = (fq_shape){.codec = (uint8_t)codec, .non_null = non_null};
    return shape;
}

static fq_shape *list_of(const fq_shape *item, bool non_null) {
    fq_shape *shape = FQ_NEW(test_arena, fq_shape);
    *shape = (fq_shape){.list = true, .item = item, .non_null = non_null};
    return shape;
}

typedef struct field {
    const char *response_key;
    const char *key;
    const char *alternative;
    const fq_shape *shape;
    const char *constant;
} field;

static fq_shape *object_of(const field *fields, uint32_t count, bool non_null) {
    fq_projected_field *projected = FQ_NEW_ARRAY(test_arena, fq_projected_field, count);
    for (uint32_t i = 0; i < count; i++) {
        projected[i] = (fq_projected_field){
            .literal = fq_arena_printf(test_arena, "\"%s\":", fields[i].response_key),
            .response_key = fq_slice_from_cstr(fields[i].response_key),
            .constant = fq_slice_from_cstr(fields[i].constant),
            .key = fq_slice_from_cstr(fields[i].key),
            .alternative = fq_slice_from_cstr(fields[i].alternative),
            .coordinate = fq_arena_printf(test_arena, "T.%s", fields[i].key != NULL ? fields[i].key : ""),
            .shape = fields[i].shape,
            .offset = 100 + i,
        };
    }
    fq_projection *projection = FQ_NEW(test_arena, fq_projection);
    *projection = (fq_projection){projected, count};
    fq_shape *shape = FQ_NEW(test_arena, fq_shape);
    *shape = (fq_shape){.object = projection, .non_null = non_null};
    return shape;
}

#define OBJECT(non_null, ...)                                                                                          \
    object_of((field[]){__VA_ARGS__}, sizeof((field[]){__VA_ARGS__}) / sizeof(field), non_null)

/* [{doc: <shape>}] over one column. */
static builder *document(const fq_shape *shape, unsigned flags) {
    builder *b = build(FQ_PROGRAM_LIST, (const uint32_t[]){1, 0});
    fq_step *step = build_value(b, "", 0, FQ_CODEC_RAW, build_field(b, "doc", "Row.doc"), flags);
    step->kind = FQ_STEP_DOCUMENT;
    step->shape = shape;
    return b;
}

static void assert_document(const fq_shape *shape, unsigned flags, fq_slice text, const char *json,
                            const char *errors) {
    const row r = ROW(0, wire_cut(text, text.len));
    result got = run_program(document(shape, flags), &r, 1);
    const char *expected = fq_arena_cstr(test_arena, fq_arena_printf(test_arena, "[%s]", json));
    if (got.state != FQ_WRITER_GOOD || strcmp(got.json, expected) != 0 || strcmp(got.errors, errors) != 0) {
        fail_msg("`%.*s`: state %d\n%s\ninstead of\n%s\n%s", FQ_PRI(text), got.state, got.json, expected, got.errors);
    }
}

static void assert_broken(const fq_shape *shape, unsigned flags, fq_slice text) {
    const row r = ROW(0, text);
    result got = run_program(document(shape, flags), &r, 1);
    if (got.state != FQ_WRITER_BROKEN) {
        fail_msg("`%.*s`: %s", FQ_PRI(text), got.json);
    }
}

static void selection(void **state) {
    (void)state;
    const fq_shape *string = leaf(FQ_CODEC_STRING, false);
    const fq_shape *author =
        OBJECT(false, {"city", "city", NULL, string, NULL}, {"n", "first_name", NULL, string, NULL});
    const fq_shape *shape =
        OBJECT(false, {"title", "title", NULL, string, NULL}, {"__typename", NULL, NULL, NULL, "\"Post\""},
               {"again", "title", NULL, string, NULL}, {"author", "author", NULL, author, NULL},
               {"missing", "nope", NULL, string, NULL}, {"createdAt", "createdAt", "created_at", string, NULL});
    static const struct {
        const char *text;
        const char *json;
    } cases[] = {
        {"{}",
         "{\"title\":null,\"__typename\":\"Post\",\"again\":null,\"author\":null,\"missing\":null,\"createdAt\":null}"},
        {"{\"id\": 1, \"title\": \"A\", \"author\": {\"age\": [1, {\"city\": \"no\"}], \"first_name\": \"Ann\"}, "
         "\"created_at\": \"2020\"}",
         "{\"title\":\"A\",\"__typename\":\"Post\",\"again\":\"A\",\"author\":{\"city\":null,\"n\":\"Ann\"},"
         "\"missing\":null,\"createdAt\":\"2020\"}"},
        /* The key wins over its alternative wherever it stands; the last of equal keys wins. */
        {" {\"created_at\":\"a\",\"createdAt\":\"b\",\"created_at\":\"c\",\"title\":\"1\",\"title\":\"2\" } ",
         "{\"title\":\"2\",\"__typename\":\"Post\",\"again\":\"2\",\"author\":null,\"missing\":null,\"createdAt\":"
         "\"b\"}"},
        {"{\"created_at\":\"a\",\"createdAt\":null}",
         "{\"title\":null,\"__typename\":\"Post\",\"again\":null,\"author\":null,\"missing\":null,\"createdAt\":null}"},
        /* Escaped keys, and strings that look like structure. */
        {"{\"t\\u0069tle\":\"{\\\"[]}\\\\\",\"x\":\"]}\",\"author\":{\"c\\u0069ty\":\"\\\\\\\"\"}}",
         "{\"title\":\"{\\\"[]}\\\\\",\"__typename\":\"Post\",\"again\":\"{\\\"[]}\\\\\","
         "\"author\":{\"city\":\"\\\\\\\"\",\"n\":null},\"missing\":null,\"createdAt\":null}"},
        {"null", "null"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_document(shape, 0, wire_text(cases[i].text), cases[i].json, "");
    }
}

/* One leaf of each kind and each kind of token. */
static void tokens(void **state) {
    (void)state;
    static const struct {
        fq_codec codec;
        const char *token;
        const char *json; /* NULL: a field error */
    } cases[] = {
        {FQ_CODEC_STRING, "\"a\\n\"", "\"a\\n\""},
        {FQ_CODEC_STRING, "12.50", "\"12.50\""},
        {FQ_CODEC_STRING, "true", "\"true\""},
        {FQ_CODEC_STRING, "{}", NULL},
        {FQ_CODEC_STRING, "[1]", NULL},
        {FQ_CODEC_STRING, "null", "null"},
        {FQ_CODEC_TIMESTAMPTZ, "\"2020-01-01T00:00:00Z\"", "\"2020-01-01T00:00:00Z\""},
        {FQ_CODEC_MOMENT_TEXT, "\"2020-01-01T02:00:00+02:00\"", "\"2020-01-01T00:00:00Z\""},
        {FQ_CODEC_MOMENT_TEXT, "\"some \\\"day\\\"\"", "\"some \\\"day\\\"\""},
        {FQ_CODEC_MOMENT_TEXT, "5", "\"5\""},
        {FQ_CODEC_MOMENT_TEXT, "{}", NULL},
        {FQ_CODEC_CLOCK_TEXT, "\"12:00:00+00\"", "\"12:00:00Z\""},
        {FQ_CODEC_CLOCK_TEXT, "\"noon\"", NULL},
        {FQ_CODEC_RANGE_TZ_TEXT, "\"[\\\"2020-01-01 00:00:00+00\\\",)\"", "\"[2020-01-01T00:00:00Z,)\""},
        {FQ_CODEC_RANGE_TEXT, "\"empty\"", "\"empty\""},
        {FQ_CODEC_RANGE_TEXT, "5", NULL},
        {FQ_CODEC_UUID, "\"x\"", "\"x\""},
        {FQ_CODEC_RAW, "{\"a\": [1, null]}", "{\"a\": [1, null]}"},
        {FQ_CODEC_RAW, "null", "null"},
        {FQ_CODEC_RAW, "1.50", "1.50"},
        {FQ_CODEC_BOOL, "true", "true"},
        {FQ_CODEC_DOC_BOOL, "false", "false"},
        {FQ_CODEC_DOC_BOOL, "\"true\"", NULL},
        {FQ_CODEC_DOC_BOOL, "1", NULL},
        {FQ_CODEC_INT4, "5", "5"},
        {FQ_CODEC_DOC_INT, "5.0", "5"},
        {FQ_CODEC_DOC_INT, "\"5\"", "5"},
        {FQ_CODEC_DOC_INT, "5.5", NULL},
        {FQ_CODEC_DOC_INT, "3000000000", NULL},
        {FQ_CODEC_DOC_INT, "true", NULL},
        {FQ_CODEC_DOC_INT, "\"\"", NULL},
        {FQ_CODEC_DOC_INT, "[]", NULL},
        {FQ_CODEC_DOC_NUMBER, "1.50", "1.50"},
        {FQ_CODEC_DOC_NUMBER, "\"1.50\"", "1.50"},
        {FQ_CODEC_DOC_NUMBER, "\"NaN\"", NULL},
        {FQ_CODEC_DOC_NUMBER, "false", NULL},
        {FQ_CODEC_FLOAT_TEXT, "1e20", "1e20"},
        {FQ_CODEC_INT8_STRING, "9007199254740993", "\"9007199254740993\""},
        {FQ_CODEC_INT8_STRING, "\"-12345678901234567890\"", "\"-12345678901234567890\""},
        {FQ_CODEC_INT8_STRING, "7.00", "\"7\""},
        {FQ_CODEC_INT8_STRING, "7.5", NULL},
        {FQ_CODEC_INT8_STRING, "\"-\"", NULL},
        {FQ_CODEC_INT8_STRING, "\"007\"", NULL},
        {FQ_CODEC_INT8_STRING, "true", NULL},
        {FQ_CODEC_INT8_NUMBER, "\"42\"", "42"},
        {FQ_CODEC_NUMERIC_STRING, "1.500", "\"1.500\""},
        {FQ_CODEC_NUMERIC_STRING, "\"1.500\"", "\"1.500\""},
        {FQ_CODEC_NUMERIC_STRING, "\"one\"", NULL},
        {FQ_CODEC_NUMERIC_NUMBER, "\"1.5\"", "1.5"},
        {FQ_CODEC_ENUM, "\"in progress\"", "\"in_progress\""},
        {FQ_CODEC_ENUM, "\"in\\u0020progress\"", "\"in_progress\""},
        {FQ_CODEC_ENUM, "\"gone\"", NULL},
        {FQ_CODEC_ENUM, "1", NULL},
    };
    static const fq_label_name names[] = {{FQ_S_INIT("in progress"), FQ_S_INIT("in_progress")}};
    static const fq_label_names all_names = {names, 1};
    for (size_t i = 0; i < COUNT(cases); i++) {
        fq_shape *shape = leaf(cases[i].codec, false);
        shape->names = &all_names;
        fq_slice text = fq_arena_printf(test_arena, "{\"v\": %s}", cases[i].token);
        const row r = ROW(0, text);
        result got = run_program(document(OBJECT(false, {"v", "v", NULL, shape, NULL}), 0), &r, 1);
        assert_int_equal(got.state, FQ_WRITER_GOOD);
        const char *json = cases[i].json != NULL ? cases[i].json : "null";
        assert_string_equal(got.json, fq_arena_cstr(test_arena, fq_arena_printf(test_arena, "[{\"v\":%s}]", json)));
        assert_int_equal(strlen(got.errors) > 0, cases[i].json == NULL);
    }
}

/* A document of one scalar, without an object. */
static void scalars(void **state) {
    (void)state;
    assert_document(leaf(FQ_CODEC_DOC_INT, false), 0, wire_text(" 5 "), "5", "");
    assert_document(leaf(FQ_CODEC_RAW, false), 0, wire_text("[1, 2]"), "[1, 2]", "");
    assert_document(leaf(FQ_CODEC_STRING, false), 0, wire_text("\"a b\""), "\"a b\"", "");
    assert_document(leaf(FQ_CODEC_STRING, false), 0, wire_text("null"), "null", "");
    assert_broken(leaf(FQ_CODEC_STRING, false), 0, wire_text("\"a\" 1"));
    assert_broken(leaf(FQ_CODEC_STRING, false), 0, wire_text("1 2"));
    assert_broken(leaf(FQ_CODEC_STRING, false), 0, wire_text(""));
    assert_broken(leaf(FQ_CODEC_STRING, false), 0, wire_text("  "));
}

static void binary(void **state) {
    (void)state;
    const fq_shape *shape = OBJECT(false, {"v", "v", NULL, leaf(FQ_CODEC_RAW, false), NULL});
    assert_document(shape, FQ_STEP_BINARY_JSON, wire_bytes("\1{\"v\": 1}", 9), "{\"v\":1}", "");
    assert_broken(shape, FQ_STEP_BINARY_JSON, wire_bytes("\2{\"v\": 1}", 9));
    assert_broken(shape, FQ_STEP_BINARY_JSON, wire_bytes("\1", 1));
    const row none = ROW(0, NULL_VALUE);
    assert_run(document(shape, FQ_STEP_BINARY_JSON), &none, 1, "[null]", "");
    assert_run(document(shape, N), &none, 1, "[null]",
               "Cannot return null for non-nullable field Row.doc. at root.0.doc (10)");
}

/* {items: [{name}]} with every combination of non-null around one null name. */
static void propagation(void **state) {
    (void)state;
    fq_slice text = wire_text("{\"items\": [{\"name\": \"a\"}, {\"name\": null}, {\"name\": \"c\"}]}");
    static const char *const error =
        "Cannot return null for non-nullable field T.name. at root.0.doc.items.1.name (100)";
    static const char *const answers[] = {
        "{\"items\":[{\"name\":\"a\"},null,{\"name\":\"c\"}]}", /* the item */
        "{\"items\":null}",                                     /* the list */
        "null",                                                 /* the document */
        "null",                                                 /* the row around it */
    };
    for (size_t non_null = 0; non_null < 4; non_null++) {
        const fq_shape *item = OBJECT(non_null >= 1, {"name", "name", NULL, leaf(FQ_CODEC_STRING, true), NULL});
        const fq_shape *shape = OBJECT(false, {"items", "items", NULL, list_of(item, non_null >= 2), NULL});
        assert_document(shape, non_null >= 3 ? N : 0, text, answers[non_null], error);
    }
    const fq_shape *item = OBJECT(false, {"name", "name", NULL, leaf(FQ_CODEC_STRING, false), NULL});
    const fq_shape *shape = OBJECT(false, {"items", "items", NULL, list_of(item, true), NULL});
    assert_document(shape, 0, text, "{\"items\":[{\"name\":\"a\"},{\"name\":null},{\"name\":\"c\"}]}", "");
}

static void wrong_kinds(void **state) {
    (void)state;
    const fq_shape *inner = OBJECT(false, {"x", "x", NULL, leaf(FQ_CODEC_STRING, false), NULL});
    const fq_shape *shape = OBJECT(false, {"o", "object", NULL, inner, NULL},
                                   {"l", "list", NULL, list_of(leaf(FQ_CODEC_DOC_INT, false), false), NULL});
    assert_document(shape, 0, wire_text("{\"object\": 1, \"list\": {}}"), "{\"o\":null,\"l\":null}",
                    "Expected an object for field \"T.object\". at root.0.doc.o (100)\n"
                    "Expected Iterable, but did not find one for field \"T.list\". at root.0.doc.l (101)");
    assert_document(shape, 0, wire_text("{\"object\": [], \"list\": [1, \"x\", null, 2]}"),
                    "{\"o\":null,\"l\":[1,null,null,2]}",
                    "Expected an object for field \"T.object\". at root.0.doc.o (100)\n"
                    "Int cannot represent non-integer value: \"x\" at root.0.doc.l.1 (101)");
    assert_document(shape, 0, wire_text("[]"), "null", "Expected an object for field \"Row.doc\". at root.0.doc (10)");
}

static void lists(void **state) {
    (void)state;
    const fq_shape *ints = list_of(list_of(leaf(FQ_CODEC_DOC_INT, true), false), false);
    const fq_shape *shape = OBJECT(false, {"l", "l", NULL, ints, NULL});
    assert_document(shape, 0, wire_text("{\"l\": [ ]}"), "{\"l\":[]}", "");
    assert_document(shape, 0, wire_text("{\"l\":[[1,2],[],null, [ 3 ]]}"), "{\"l\":[[1,2],[],null,[3]]}", "");
    assert_document(shape, 0, wire_text("{\"l\":[[1,null],[2]]}"), "{\"l\":[null,[2]]}",
                    "Cannot return null for non-nullable field T.l. at root.0.doc.l.0.1 (100)");
}

/* More fields than the first scratch, one inside another. */
static void many_fields(void **state) {
    (void)state;
    enum { FIELDS = 60, DEPTH = 5 };
    field fields[FIELDS + 1];
    const fq_shape *shape = leaf(FQ_CODEC_DOC_INT, false);
    fq_slice text = wire_text("1");
    fq_slice expected = wire_text("1");
    for (int depth = 0; depth < DEPTH; depth++) {
        fq_buffer in;
        fq_buffer out;
        fq_buffer_init(&in, SIZE_MAX);
        fq_buffer_init(&out, SIZE_MAX);
        for (int i = 0; i < FIELDS; i++) {
            const char *name = fq_arena_cstr(test_arena, fq_arena_printf(test_arena, "field%d", i));
            fields[i] = (field){name, name, NULL, leaf(FQ_CODEC_DOC_INT, false), NULL};
            fq_buffer_printf(&in, "%c\"field%d\":%d", i > 0 ? ',' : '{', FIELDS - i - 1, FIELDS - i - 1);
            fq_buffer_printf(&out, "%c\"field%d\":%d", i > 0 ? ',' : '{', i, i);
        }
        fields[FIELDS] = (field){"sub", "sub", NULL, shape, NULL};
        fq_buffer_printf(&in, ",\"sub\":%.*s}", FQ_PRI(text));
        fq_buffer_printf(&out, ",\"sub\":%.*s}", FQ_PRI(expected));
        shape = object_of(fields, FIELDS + 1, false);
        text = wire_bytes(in.ptr, in.len);
        expected = wire_bytes(out.ptr, out.len);
        fq_buffer_done(&in);
        fq_buffer_done(&out);
    }
    assert_document(shape, 0, text, expected.ptr, "");
}

static void truncated(void **state) {
    (void)state;
    const fq_shape *string = leaf(FQ_CODEC_STRING, false);
    const fq_shape *inner = OBJECT(false, {"b", "b", NULL, string, NULL});
    const fq_shape *shape = OBJECT(false, {"a", "a", NULL, string, NULL}, {"o", "o", NULL, inner, NULL},
                                   {"l", "l", NULL, list_of(string, false), NULL});
    fq_slice whole =
        wire_text("{\"a\":\"x\\\"y\",\"skip\":{\"p\":[1,\"]\"]},\"o\":{\"b\":\"\\u00e9\"},\"l\":[\"1\", \"2\"]}");
    for (size_t len = 0; len < whole.len; len++) {
        assert_broken(shape, 0, wire_cut(whole, len));
    }
    static const char *const malformed[] = {
        "{\"a\" \"x\"}",
        "{\"a\":}",
        "{\"a\":\"x\",}",
        "{,}",
        "{\"a\":\"x\"}}",
        "{\"a\":\"x\"} 1",
        "{a:1}",
        "{\"l\":[1,]}",
        "{\"l\":[,]}",
        "{\"l\":[1 2]}",
        "{\"o\":{\"b\":\"x\"\"c\":1}}",
        "{\"a\":\"x\" \"b\":1}",
    };
    for (size_t i = 0; i < COUNT(malformed); i++) {
        assert_broken(shape, 0, wire_cut(fq_slice_from_cstr(malformed[i]), strlen(malformed[i])));
    }
}

/* Nesting in the data costs no stack. */
static void deep_data(void **state) {
    (void)state;
    enum { DEPTH = 1000000 };
    fq_buffer in;
    fq_buffer_init(&in, SIZE_MAX);
    fq_buffer_literal(&in, "{\"deep\":");
    for (int i = 0; i < DEPTH; i++) {
        fq_buffer_char(&in, i % 2 ? '[' : '{');
    }
    for (int i = DEPTH; i-- > 0;) {
        fq_buffer_char(&in, i % 2 ? ']' : '}');
    }
    fq_buffer_literal(&in, ",\"v\":1}");
    const fq_shape *shape = OBJECT(false, {"v", "v", NULL, leaf(FQ_CODEC_DOC_INT, false), NULL});
    assert_document(shape, 0, fq_buffer_view(&in), "{\"v\":1}", "");
    fq_buffer_done(&in);
}

static void strings_say(void **state) {
    (void)state;
    static const struct {
        const char *inside;
        const char *text;
        bool same;
    } cases[] = {
        {"abc", "abc", true},
        {"abc", "abcd", false},
        {"abcd", "abc", false},
        {"", "", true},
        {"\\n\\t\\\\\\\"\\/", "\n\t\\\"/", true},
        {"\\u00e9", "\xC3\xA9", true},
        {"\\ud83d\\ude00", "\xF0\x9F\x98\x80", true},
        {"\\ud83d", "\xED\xA0\xBD", false},
        {"\\ude00", "\xED\xB8\x80", false},
        {"\\ud83dx", "x", false},
        {"\\u12", "x", false},
        {"\\u12g4", "x", false},
        {"\\", "\\", false},
        {"\\x", "x", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        fq_slice inside = fq_slice_from_cstr(cases[i].inside);
        assert_int_equal(fq_scan_string_says(wire_cut(inside, inside.len), fq_slice_from_cstr(cases[i].text)),
                         cases[i].same);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(selection), TEST(tokens),      TEST(scalars),   TEST(binary),    TEST(propagation), TEST(wrong_kinds),
        TEST(lists),     TEST(many_fields), TEST(truncated), TEST(deep_data), TEST(strings_say),
    };
    return cmocka_run_group_tests_name("rows/document", tests, NULL, NULL);
}
