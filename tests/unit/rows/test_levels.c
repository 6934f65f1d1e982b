/* SPDX-License-Identifier: MIT */
/* Nested levels: hand-made cases of lists below lists, and then random trees whose answer is computed by plain
 * recursion and compared with programs that read the same tree from arrays, from rows of more statements, and from
 * mixtures of both. */
#include "support.h"

static fq_slice int4(int32_t value) { return wire_int(value, 4); }

/* users {id posts {id comments {text}}}, all arrays of one row:
 * $0 user id | level 1: $1 post id | level 2: $2 post id, $3 text */
static builder *three_deep(void) {
    static const uint32_t key[] = {2};
    static const uint32_t parent_key[] = {1};
    builder *b = build(FQ_PROGRAM_LIST, (const uint32_t[]){4, 0});
    uint32_t id = build_field(b, "id", "User.id");
    uint32_t posts = build_field(b, "posts", "User.posts");
    uint32_t comments = build_field(b, "comments", "Post.comments");
    uint32_t text = build_field(b, "text", "Comment.text");
    build_level(b, (fq_level){.kind = FQ_LEVEL_ARRAYS, .parent = 0, .first_column = 1, .n_columns = 1});
    build_level(b, (fq_level){.kind = FQ_LEVEL_ARRAYS,
                              .parent = 1,
                              .first_column = 2,
                              .n_columns = 2,
                              .key = key,
                              .parent_key = parent_key,
                              .n_key = 1});
    build_value(b, "{\"id\":", 0, FQ_CODEC_INT4, id, FQ_STEP_NON_NULL);
    fq_step *post_list = build_list(b, ",\"posts\":", 1, posts, FQ_STEP_NON_NULL | FQ_STEP_ITEM_NON_NULL);
    build_value(b, "{\"id\":", 1, FQ_CODEC_INT4, id, FQ_STEP_NON_NULL);
    fq_step *comment_list = build_list(b, ",\"comments\":", 2, comments, FQ_STEP_NON_NULL);
    build_value(b, "{\"text\":", 3, FQ_CODEC_STRING, text, FQ_STEP_NON_NULL);
    build_literal(b, "}");
    build_end(b, comment_list);
    build_literal(b, "}");
    build_end(b, post_list);
    build_literal(b, "}");
    return b;
}

static void arrays_of_one_row(void **state) {
    (void)state;
    fq_slice a = wire_text("a");
    const row rows[] = {
        ROW(0, int4(1), NULL_VALUE, NULL_VALUE, NULL_VALUE),
        ROW(0, int4(2), wire_array_of(int4(20)), wire_array(NULL, 0), NULL_VALUE),
        ROW(0, int4(3), wire_array_of(int4(30), int4(31), int4(32)), wire_array_of(int4(31), int4(31), int4(32)),
            wire_array_of(a, wire_text(""), wire_text("b"))),
    };
    assert_run(
        three_deep(), rows, 3,
        "[{\"id\":1,\"posts\":[]},{\"id\":2,\"posts\":[{\"id\":20,\"comments\":[]}]},"
        "{\"id\":3,\"posts\":[{\"id\":30,\"comments\":[]},{\"id\":31,\"comments\":[{\"text\":\"a\"},{\"text\":\"\"}]},"
        "{\"id\":32,\"comments\":[{\"text\":\"b\"}]}]}]",
        "");
}

static void null_items(void **state) {
    (void)state;
    fq_slice b = wire_text("b");
    const row rows[] = {
        ROW(0, int4(1), wire_array_of(int4(10), int4(11)), wire_array_of(int4(10), int4(10), int4(11)),
            wire_array_of(b, NULL_VALUE, b)),
        ROW(0, int4(2), wire_array_of(int4(20), NULL_VALUE), wire_array_of(int4(20)), wire_array_of(b)),
    };
    assert_run(three_deep(), rows, 2,
               "[{\"id\":1,\"posts\":[{\"id\":10,\"comments\":[{\"text\":\"b\"},null]},"
               "{\"id\":11,\"comments\":[{\"text\":\"b\"}]}]},null]",
               "Cannot return null for non-nullable field Comment.text. at root.0.posts.0.comments.1.text (40)\n"
               "Cannot return null for non-nullable field User.id. at root.1.posts.1.id (10)");
}

/* Children that no parent takes would be lost in silence. */
static void orphans(void **state) {
    (void)state;
    const row late = ROW(0, int4(1), wire_array_of(int4(10)), wire_array_of(int4(10), int4(99)),
                         wire_array_of(wire_text("a"), wire_text("b")));
    const row early = ROW(0, int4(1), wire_array_of(int4(10)), wire_array_of(int4(9), int4(10)),
                          wire_array_of(wire_text("a"), wire_text("b")));
    const row none = ROW(0, int4(1), NULL_VALUE, wire_array_of(int4(9)), wire_array_of(wire_text("a")));
    assert_int_equal(run_program(three_deep(), &late, 1).state, FQ_WRITER_BROKEN);
    assert_int_equal(run_program(three_deep(), &early, 1).state, FQ_WRITER_BROKEN);
    assert_int_equal(run_program(three_deep(), &none, 1).state, FQ_WRITER_BROKEN);
}

static void unequal_arrays(void **state) {
    (void)state;
    fq_slice a = wire_text("a");
    const row cases[] = {
        ROW(0, int4(1), wire_array_of(int4(10)), wire_array_of(int4(10), int4(10)), wire_array_of(a)),
        ROW(0, int4(1), wire_array_of(int4(10)), wire_array_of(int4(10)), NULL_VALUE),
        ROW(0, int4(1), wire_array_of(int4(10)), NULL_VALUE, wire_array_of(a)),
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(run_program(three_deep(), &cases[i], 1).state, FQ_WRITER_BROKEN);
    }
}

static void truncated_arrays(void **state) {
    (void)state;
    fq_slice columns[] = {int4(3), wire_array_of(int4(30), int4(31)), wire_array_of(int4(30), int4(31)),
                          wire_array_of(wire_text("a"), wire_text("bc"))};
    for (size_t column = 1; column < 4; column++) {
        for (size_t len = 0; len < columns[column].len; len++) {
            fq_slice cut[4];
            memcpy(cut, columns, sizeof(cut));
            cut[column] = wire_cut(columns[column], len);
            const row r = {0, cut, 4};
            assert_int_equal(run_program(three_deep(), &r, 1).state, FQ_WRITER_BROKEN);
        }
    }
}

/* connection {edges {id} total nodes {id}} over one level of rows. */
static void two_lists_of_one_level(void **state) {
    (void)state;
    builder *b = build(FQ_PROGRAM_ONE, (const uint32_t[]){1, 1, 0});
    uint32_t edges = build_field(b, "edges", "C.edges");
    uint32_t id = build_field(b, "id", "N.id");
    build_level(b, (fq_level){.kind = FQ_LEVEL_ROWS, .parent = 0, .statement = 1, .first_column = 1, .n_columns = 1});
    fq_step *first = build_list(b, "{\"edges\":", 1, edges, 0);
    build_value(b, "", 1, FQ_CODEC_INT4, id, FQ_STEP_NON_NULL);
    build_end(b, first);
    build_value(b, ",\"total\":", 0, FQ_CODEC_INT4, id, 0);
    fq_step *second = build_list(b, ",\"nodes\":", 1, edges, 0);
    build_value(b, "", 1, FQ_CODEC_INT4, id, 0);
    build_end(b, second);
    build_literal(b, "}");
    const row rows[] = {ROW(0, int4(7)), ROW(1, int4(1)), ROW(1, NULL_VALUE), ROW(1, int4(3))};
    assert_run(b, rows, 1, "{\"edges\":[],\"total\":7,\"nodes\":[]}", "");
    assert_run(b, rows, 4, "{\"edges\":[1,null,3],\"total\":7,\"nodes\":[1,null,3]}",
               "Cannot return null for non-nullable field N.id. at root.edges.1.id (20)");
    assert_run(b, rows + 1, 3, "null", "");
}

/* --- random trees --- */

enum { LEVELS = 5, NONE = -1 };
/* 0 users > 1 posts > 2 comments > 4 likes, and 1 posts > 3 tags. */
static const uint32_t parents[LEVELS] = {0, 0, 1, 1, 2};

typedef struct node node;
struct node {
    const node *parent;
    int32_t id;
    fq_slice kind;  /* the second key column */
    fq_slice value; /* a float's text, NaN or NULL */
    bool has_lists; /* the object around its lists is there */
    node *items[LEVELS];
    uint32_t counts[LEVELS];
};

/* How the tree is cut into statements: for each level its statement, where its rows or arrays come. */
typedef struct layout {
    fq_level_kind kind[LEVELS];
    uint32_t statement[LEVELS];
    uint32_t source[LEVELS]; /* of arrays: the level whose row holds them */
    uint32_t n_statements;
} layout;

static const layout layouts[] = {
    {{0, FQ_LEVEL_ARRAYS, FQ_LEVEL_ARRAYS, FQ_LEVEL_ARRAYS, FQ_LEVEL_ARRAYS}, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}, 1},
    {{0, FQ_LEVEL_ROWS, FQ_LEVEL_ROWS, FQ_LEVEL_ROWS, FQ_LEVEL_ROWS}, {0, 1, 2, 3, 4}, {0, 1, 2, 3, 4}, 5},
    {{0, FQ_LEVEL_ROWS, FQ_LEVEL_ARRAYS, FQ_LEVEL_ROWS, FQ_LEVEL_ARRAYS}, {0, 1, 1, 2, 1}, {0, 1, 1, 3, 1}, 3},
    {{0, FQ_LEVEL_ARRAYS, FQ_LEVEL_ROWS, FQ_LEVEL_ARRAYS, FQ_LEVEL_ARRAYS}, {0, 0, 1, 0, 1}, {0, 0, 2, 0, 2}, 2},
    {{0, FQ_LEVEL_ROWS, FQ_LEVEL_ROWS, FQ_LEVEL_ARRAYS, FQ_LEVEL_ROWS}, {0, 1, 2, 1, 3}, {0, 1, 2, 1, 4}, 4},
};

/* What a level's item has: two key columns, then id, kind, value, and the presence of the object around its lists. */
enum { PARENT_ID, PARENT_KIND, ID, KIND, VALUE, LISTS, COLUMNS };

typedef struct model {
    const layout *layout;
    unsigned value_flags[LEVELS];
    unsigned object_flags[LEVELS];
    unsigned list_flags[LEVELS];
    bool twice[LEVELS]; /* two lists over the level */
    uint32_t n_key;
    bool item_non_null;
    uint32_t first_column[LEVELS];
    node root; /* its items[0] are the users */
    uint32_t seed;
    int32_t last_id;
    int null_percent;
} model;

static uint32_t random_below(model *m, uint32_t limit) {
    m->seed = m->seed * 1664525U + 1013904223U;
    return (m->seed >> 8) % limit;
}

static bool random_percent(model *m, int percent) { return (int)random_below(m, 100) < percent; }

static void grow(model *m, node *parent, uint32_t level) {
    uint32_t count = random_below(m, level == 0 ? 5 : 4);
    node *items = FQ_NEW_ARRAY(test_arena, node, count);
    parent->items[level] = items;
    parent->counts[level] = count;
    for (uint32_t i = 0; i < count; i++) {
        items[i].parent = parent;
        items[i].id = ++m->last_id;
        items[i].kind = wire_bytes("kind", random_below(m, 4));
        items[i].has_lists = !random_percent(m, m->null_percent);
        items[i].value = random_percent(m, m->null_percent) ? NULL_VALUE : wire_text("1.5");
        if (random_percent(m, m->null_percent)) {
            items[i].value = wire_text("NaN");
        }
        for (uint32_t child = 1; child < LEVELS; child++) {
            if (parents[child] == level) {
                grow(m, &items[i], child);
            }
        }
    }
}

/* The truth: plain recursion over the tree. False: a field error that is not yet settled. */
static bool expect_item(const model *m, const node *item, uint32_t level, fq_buffer *out);

static void make_null(fq_buffer *out, size_t start) {
    fq_buffer_truncate(out, start);
    fq_buffer_literal(out, "null");
}

static bool settle(fq_buffer *out, size_t start, unsigned flags, bool good) {
    if (!good && !(flags & FQ_STEP_NON_NULL)) {
        make_null(out, start);
        return true;
    }
    return good;
}

static bool expect_items(const model *m, const node *parent, uint32_t level, fq_buffer *out) {
    fq_buffer_char(out, '[');
    for (uint32_t i = 0; i < parent->counts[level]; i++) {
        if (i > 0) {
            fq_buffer_char(out, ',');
        }
        size_t start = out->len;
        if (!expect_item(m, &parent->items[level][i], level, out)) {
            if (m->list_flags[level] & FQ_STEP_ITEM_NON_NULL) {
                return false;
            }
            make_null(out, start);
        }
    }
    fq_buffer_char(out, ']');
    return true;
}

static bool expect_lists(const model *m, const node *item, uint32_t level, fq_buffer *out) {
    if (!item->has_lists) {
        return false;
    }
    fq_buffer_literal(out, "{\"_\":0");
    for (uint32_t child = 1; child < LEVELS; child++) {
        for (int times = 0; parents[child] == level && times <= m->twice[child]; times++) {
            fq_buffer_printf(out, ",\"%u\":", child);
            size_t start = out->len;
            if (!settle(out, start, m->list_flags[child], expect_items(m, item, child, out))) {
                return false;
            }
        }
    }
    fq_buffer_char(out, '}');
    return true;
}

static bool expect_item(const model *m, const node *item, uint32_t level, fq_buffer *out) {
    fq_buffer_printf(out, "{\"id\":%d,\"v\":", item->id);
    size_t start = out->len;
    bool has_value = item->value.ptr != NULL && !fq_slice_equal(item->value, FQ_S("NaN"));
    fq_buffer_slice(out, item->value);
    if (!settle(out, start, m->value_flags[level], has_value)) {
        return false;
    }
    fq_buffer_literal(out, ",\"lists\":");
    start = out->len;
    if (!settle(out, start, m->object_flags[level], expect_lists(m, item, level, out))) {
        return false;
    }
    fq_buffer_char(out, '}');
    return true;
}

static const char *expect(const model *m) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    fq_buffer_char(&out, '[');
    for (uint32_t i = 0; i < m->root.counts[0]; i++) {
        if (i > 0) {
            fq_buffer_char(&out, ',');
        }
        size_t start = out.len;
        if (!expect_item(m, &m->root.items[0][i], 0, &out)) {
            if (m->item_non_null) {
                fq_buffer_done(&out);
                return "null";
            }
            make_null(&out, start);
        }
    }
    fq_buffer_char(&out, ']');
    const char *text = buffer_text(&out);
    fq_buffer_done(&out);
    return text;
}

/* --- the same tree as a program and its rows --- */

static void build_item(const model *m, builder *b, uint32_t level) {
    uint32_t first = m->first_column[level];
    build_value(b, "{\"id\":", first + ID, FQ_CODEC_INT4, build_field(b, "id", "T.id"), FQ_STEP_NON_NULL);
    build_value(b, ",\"v\":", first + VALUE, FQ_CODEC_FLOAT_TEXT, build_field(b, "v", "T.v"), m->value_flags[level]);
    fq_step *object =
        build_object(b, ",\"lists\":", first + LISTS, build_field(b, "lists", "T.lists"), m->object_flags[level]);
    build_literal(b, "{\"_\":0");
    for (uint32_t child = 1; child < LEVELS; child++) {
        for (int times = 0; parents[child] == level && times <= m->twice[child]; times++) {
            const char *key = fq_arena_cstr(test_arena, fq_arena_printf(test_arena, ",\"%u\":", child));
            fq_step *list = build_list(b, key, child, build_field(b, "list", "T.list"), m->list_flags[child]);
            build_item(m, b, child);
            build_end(b, list);
        }
    }
    build_literal(b, "}");
    build_end(b, object);
    build_literal(b, "}");
}

static uint32_t columns_of(const model *m, uint32_t statement) {
    uint32_t levels = 0;
    for (uint32_t level = 0; level < LEVELS; level++) {
        levels += m->layout->statement[level] == statement;
    }
    return levels * COLUMNS;
}

static builder *build_model(model *m) {
    uint32_t columns[LEVELS + 1] = {0};
    uint32_t next = 0;
    for (uint32_t s = 0; s < m->layout->n_statements; s++) {
        columns[s] = columns_of(m, s);
        for (uint32_t level = 0; level < LEVELS; level++) {
            if (m->layout->statement[level] == s) {
                m->first_column[level] = next;
                next += COLUMNS;
            }
        }
    }
    builder *b = build(FQ_PROGRAM_LIST, columns);
    b->program.item_non_null = m->item_non_null;
    for (uint32_t level = 1; level < LEVELS; level++) {
        uint32_t *keys = FQ_NEW_ARRAY(test_arena, uint32_t, 4);
        for (uint32_t k = 0; k < 2; k++) {
            keys[k] = m->first_column[level] + PARENT_ID + k;
            keys[2 + k] = m->first_column[parents[level]] + ID + k;
        }
        bool rows = m->layout->kind[level] == FQ_LEVEL_ROWS;
        bool own = !rows && m->layout->source[level] == parents[level];
        build_level(b, (fq_level){.kind = (uint8_t)m->layout->kind[level],
                                  .parent = (uint8_t)parents[level],
                                  .statement = rows ? m->layout->statement[level] : 0,
                                  .first_column = m->first_column[level],
                                  .n_columns = COLUMNS,
                                  .key = keys,
                                  .parent_key = keys + 2,
                                  .n_key = own ? 0 : m->n_key});
    }
    build_item(m, b, 0);
    return b;
}

static void item_columns(const node *item, fq_slice *columns) {
    columns[PARENT_ID] = item->parent != NULL ? int4(item->parent->id) : NULL_VALUE;
    columns[PARENT_KIND] = item->parent != NULL ? item->parent->kind : NULL_VALUE;
    columns[ID] = int4(item->id);
    columns[KIND] = item->kind;
    columns[VALUE] = item->value;
    columns[LISTS] = item->has_lists ? int4(1) : NULL_VALUE;
}

typedef struct gathered {
    const node *items[2048];
    uint32_t count;
} gathered;

/* The items of `level` below an item of level `at`, in order. */
static void gather(const node *item, uint32_t at, uint32_t level, gathered *to) {
    if (at == level) {
        assert_true(to->count < COUNT(to->items));
        to->items[to->count++] = item;
        return;
    }
    uint32_t next = level;
    while (parents[next] != at) {
        next = parents[next];
        if (next == 0) {
            return;
        }
    }
    for (uint32_t i = 0; i < item->counts[next]; i++) {
        gather(&item->items[next][i], next, level, to);
    }
}

static void array_columns(const node *source, uint32_t at, uint32_t level, fq_slice *columns) {
    gathered *found = FQ_NEW(test_arena, gathered);
    gather(source, at, level, found);
    fq_slice(*values)[COLUMNS] = fq_arena_alloc(test_arena, sizeof(*values) * (found->count + 1));
    for (uint32_t i = 0; i < found->count; i++) {
        item_columns(found->items[i], values[i]);
    }
    for (uint32_t column = 0; column < COLUMNS; column++) {
        fq_slice *elements = FQ_NEW_ARRAY(test_arena, fq_slice, found->count + 1);
        for (uint32_t i = 0; i < found->count; i++) {
            elements[i] = values[i][column];
        }
        columns[column] = found->count > 0 ? wire_array(elements, found->count) : NULL_VALUE;
    }
}

/* A row of the statement whose rows are the items of `source`. */
static row row_of(const model *m, const node *item, uint32_t source) {
    uint32_t statement = m->layout->statement[source];
    fq_slice *columns = FQ_NEW_ARRAY(test_arena, fq_slice, columns_of(m, statement));
    uint32_t first = UINT32_MAX;
    for (uint32_t level = 0; level < LEVELS; level++) {
        if (m->layout->statement[level] == statement && m->first_column[level] < first) {
            first = m->first_column[level];
        }
    }
    for (uint32_t level = 0; level < LEVELS; level++) {
        if (level == source) {
            item_columns(item, columns + m->first_column[level] - first);
        } else if (m->layout->statement[level] == statement) {
            array_columns(item, source, level, columns + m->first_column[level] - first);
        }
    }
    return (row){statement, columns, columns_of(m, statement)};
}

static size_t make_rows(const model *m, row *rows) {
    size_t count = 0;
    for (uint32_t level = 0; level < LEVELS; level++) {
        if (level > 0 && m->layout->kind[level] != FQ_LEVEL_ROWS) {
            continue;
        }
        gathered *found = FQ_NEW(test_arena, gathered);
        for (uint32_t i = 0; i < m->root.counts[0]; i++) {
            gather(&m->root.items[0][i], 0, level, found);
        }
        for (uint32_t i = 0; i < found->count; i++) {
            rows[count++] = row_of(m, found->items[i], level);
        }
    }
    return count;
}

static void randomize(model *m) {
    static const int percents[] = {0, 5, 30};
    m->null_percent = percents[random_below(m, 3)];
    m->n_key = 1 + random_below(m, 2);
    m->item_non_null = random_below(m, 4) == 0;
    for (uint32_t level = 0; level < LEVELS; level++) {
        m->value_flags[level] = random_below(m, 2);
        m->object_flags[level] = random_below(m, 2);
        m->list_flags[level] = random_below(m, 4);
        m->twice[level] = random_below(m, 5) == 0;
    }
    grow(m, &m->root, 0);
}

static void check_model(uint32_t seed, size_t layout_number) {
    model *m = FQ_NEW(test_arena, model);
    m->seed = seed;
    m->layout = &layouts[layout_number];
    randomize(m);
    builder *b = build_model(m);
    row *rows = FQ_NEW_ARRAY(test_arena, row, 4096);
    size_t n_rows = make_rows(m, rows);
    for (uint32_t i = 0; i < m->root.counts[0]; i++) {
        m->root.items[0][i].parent = NULL;
    }
    result r = run_program(b, rows, n_rows);
    const char *expected = expect(m);
    if (r.state != FQ_WRITER_GOOD || strcmp(r.json, expected) != 0) {
        fail_msg("seed %u, layout %zu: state %d\n%s\ninstead of\n%s\n%s", seed, layout_number, r.state, r.json,
                 expected, r.errors);
    }
}

static void random_trees(void **state) {
    for (uint32_t seed = 1; seed <= 400; seed++) {
        for (size_t i = 0; i < COUNT(layouts); i++) {
            check_model(seed * 7919U, i);
            test_teardown(state);
            test_setup(state);
        }
    }
}

/* Enough stored rows for many blocks, with rows larger than a block between. */
static void many_stored_rows(void **state) {
    (void)state;
    enum { USERS = 3000, WIDE = 700000 };
    static const uint32_t key[] = {1};
    static const uint32_t parent_key[] = {0};
    builder *b = build(FQ_PROGRAM_LIST, (const uint32_t[]){1, 2, 0});
    build_level(b, (fq_level){.kind = FQ_LEVEL_ROWS,
                              .parent = 0,
                              .statement = 1,
                              .first_column = 1,
                              .n_columns = 2,
                              .key = key,
                              .parent_key = parent_key,
                              .n_key = 1});
    fq_step *list = build_list(b, "", 1, build_field(b, "list", "T.list"), 0);
    build_value(b, "", 2, FQ_CODEC_RAW, build_field(b, "text", "T.text"), 0);
    build_end(b, list);
    char *wide = fq_arena_alloc(test_arena, WIDE);
    memset(wide, '7', WIDE);
    row *rows = FQ_NEW_ARRAY(test_arena, row, USERS * 3);
    fq_buffer expected;
    fq_buffer_init(&expected, SIZE_MAX);
    fq_buffer_char(&expected, '[');
    size_t n = 0;
    for (int i = 0; i < USERS; i++) {
        rows[n++] = (row){0, FQ_NEW(test_arena, fq_slice), 1};
        *(fq_slice *)rows[n - 1].columns = int4(i);
        fq_buffer_literal(&expected, "[");
        for (int j = 0; j < i % 3; j++) {
            fq_slice *columns = FQ_NEW_ARRAY(test_arena, fq_slice, 2);
            columns[0] = int4(i);
            columns[1] = fq_slice_of(wide, i == 1000 || i == 2000 ? WIDE : (size_t)(1 + i % 50));
            fq_buffer_printf(&expected, "%s", j > 0 ? "," : "");
            fq_buffer_slice(&expected, columns[1]);
            rows[n++] = (row){1, columns, 2};
        }
        fq_buffer_literal(&expected, "]");
        fq_buffer_printf(&expected, "%s", i + 1 < USERS ? "," : "]");
    }
    result r = run_program(b, rows, n);
    assert_int_equal(r.state, FQ_WRITER_GOOD);
    assert_string_equal(r.json, buffer_text(&expected));
    fq_buffer_done(&expected);
}

/* Statements without columns: users {__typename}. */
static void no_columns(void **state) {
    (void)state;
    builder *b = build(FQ_PROGRAM_LIST, (const uint32_t[]){1, 0});
    b->statements[0].n_columns = 0;
    b->program.n_columns = 0;
    build_literal(b, "{}");
    const row rows[] = {{0, NULL, 0}, {0, NULL, 0}};
    assert_run(b, rows, 2, "[{},{}]", "");
    b->program.n_statements = 2; /* now stored */
    assert_run(b, rows, 2, "[{},{}]", "");
}

static void arena_maximum(void **state) {
    (void)state;
    builder *b = build(FQ_PROGRAM_LIST, (const uint32_t[]){1, 1, 0});
    build_value(b, "", 0, FQ_CODEC_STRING, 0, 0);
    fq_arena *small = fq_arena_new(100000);
    fq_buffer out;
    fq_errors errors;
    fq_buffer_init(&out, SIZE_MAX);
    fq_errors_init(&errors, small, 10);
    fq_writer *writer = fq_writer_new(small, &b->program, &out, &errors);
    fq_slice text = wire_text("0123456789012345678901234567890123456789");
    int rows = 0;
    while (rows < 10000 && fq_writer_row(writer, 0, &text, 1) == FQ_WRITER_GOOD) {
        rows++;
    }
    assert_in_range(rows, 500, 5000);
    assert_int_equal(fq_writer_finish(writer), FQ_WRITER_BROKEN);
    fq_buffer_done(&out);
    fq_arena_free(small);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(arrays_of_one_row), TEST(null_items),       TEST(orphans),
        TEST(unequal_arrays),    TEST(truncated_arrays), TEST(two_lists_of_one_level),
        TEST(random_trees),      TEST(many_stored_rows), TEST(no_columns),
        TEST(arena_maximum),
    };
    return cmocka_run_group_tests_name("rows/levels", tests, NULL, NULL);
}
