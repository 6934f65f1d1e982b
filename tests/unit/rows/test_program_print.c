/* SPDX-License-Identifier: MIT */
/* The printed form of a program with every kind of step, level and shape. Golden tests rely on it. */
#include "support.h"

static const char expected[] = "program list non-null item-non-null\n"
                               "statement 0: columns $0 +4\n"
                               "statement 1: columns $4 +2\n"
                               "level 1: arrays below 0, columns $2 +1\n"
                               "level 2: rows below 1, columns $4 +2, statement 1, key $4 = $2\n"
                               "  value `{\"id\":` $0 int4 non-null # User.id\n"
                               "  array `,\"tags\":` $1 [enum!] names=a,b # User.tags\n"
                               "  object `,\"self\":` $1 non-null false-is-null # User.self\n"
                               "    list `{\"posts\":` level 1 item-non-null # User.posts\n"
                               "      object # User.posts\n"
                               "        value $2 string # Post.title\n"
                               "        list level 2\n"
                               "  document `,\"doc\":` $3 {\n"
                               "    \"__typename\": constant \"Doc\"\n"
                               "    \"at\": \"createdAt\"|\"created_at\" [timestamptz!]\n"
                               "  }! binary # User.doc\n"
                               "  literal `}`\n";

static void every_step(void **state) {
    (void)state;
    static const fq_shape moment = {.codec = FQ_CODEC_TIMESTAMPTZ, .non_null = true};
    static const fq_shape moments = {.list = true, .item = &moment};
    static const fq_projected_field projected[] = {
        {.literal = FQ_S_INIT("\"__typename\":"), .constant = FQ_S_INIT("\"Doc\"")},
        {.literal = FQ_S_INIT("\"at\":"),
         .key = FQ_S_INIT("createdAt"),
         .alternative = FQ_S_INIT("created_at"),
         .shape = &moments},
    };
    static const fq_projection projection = {projected, 2};
    static const fq_shape object = {.object = &projection, .non_null = true};
    static const fq_label_name labels[] = {{FQ_S_INIT("A"), FQ_S_INIT("a")}, {FQ_S_INIT("B"), FQ_S_INIT("b")}};
    static const fq_label_names names = {labels, 2};
    static const fq_shape tag = {.codec = FQ_CODEC_ENUM, .non_null = true};
    static const fq_shape tags = {.list = true, .item = &tag};
    static const uint32_t key[] = {4};
    static const uint32_t parent_key[] = {2};

    builder *b = build(FQ_PROGRAM_LIST, (const uint32_t[]){4, 2, 0});
    b->program.non_null = true;
    b->program.item_non_null = true;
    build_level(b, (fq_level){.kind = FQ_LEVEL_ARRAYS, .parent = 0, .first_column = 2, .n_columns = 1});
    build_level(b, (fq_level){.kind = FQ_LEVEL_ROWS,
                              .parent = 1,
                              .statement = 1,
                              .first_column = 4,
                              .n_columns = 2,
                              .key = key,
                              .parent_key = parent_key,
                              .n_key = 1});
    uint32_t posts = build_field(b, "posts", "User.posts");
    build_value(b, "{\"id\":", 0, FQ_CODEC_INT4, build_field(b, "id", "User.id"), FQ_STEP_NON_NULL);
    fq_step *array = build_value(b, ",\"tags\":", 1, FQ_CODEC_ENUM, build_field(b, "tags", "User.tags"), 0);
    array->kind = FQ_STEP_ARRAY;
    array->shape = &tags;
    array->names = &names;
    fq_step *self =
        build_object(b, ",\"self\":", 1, build_field(b, "self", "User.self"), FQ_STEP_NON_NULL | FQ_STEP_FALSE_IS_NULL);
    fq_step *list = build_list(b, "{\"posts\":", 1, posts, FQ_STEP_ITEM_NON_NULL);
    fq_step *item = build_object(b, "", FQ_COLUMN_NONE, posts, 0);
    build_value(b, "", 2, FQ_CODEC_STRING, build_field(b, "title", "Post.title"), 0);
    fq_step *empty = build_list(b, "", 2, build_field(b, "none", ""), 0);
    build_end(b, empty);
    build_end(b, item);
    build_end(b, list);
    build_end(b, self);
    fq_step *document =
        build_value(b, ",\"doc\":", 3, FQ_CODEC_RAW, build_field(b, "doc", "User.doc"), FQ_STEP_BINARY_JSON);
    document->kind = FQ_STEP_DOCUMENT;
    document->shape = &object;
    build_literal(b, "}");

    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    fq_program_print(&b->program, &out);
    assert_string_equal(buffer_text(&out), expected);
    fq_buffer_done(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {TEST(every_step)};
    return cmocka_run_group_tests_name("rows/program_print", tests, NULL, NULL);
}
