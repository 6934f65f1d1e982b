/* SPDX-License-Identifier: MIT */
/* Annotations in comments, and patterns of names. */
#include "schema/annotation.h"
#include "schema/pattern.h"

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

typedef struct row {
    const char *comment;
    const char *tag;
    const char *description; /* NULL: none */
    const char *pairs[6][2];
} row;

static const row rows[] = {
    {"", "", NULL, {{NULL}}},
    {"Just words.", "", "Just words.", {{NULL}}},
    {"  Just words.\n", "", "Just words.", {{NULL}}},
    {"@fraiseql:type", "type", NULL, {{"name", ""}}},
    {"@fraiseql:type name=Person", "type", NULL, {{"name", "Person"}}},
    {"@fraiseql:field name=email,type=String!,required=true",
     "field",
     NULL,
     {{"name", "email"}, {"type", "String!"}, {"required", "true"}}},
    {"@fraiseql:field name=\"the name\", type='[Int!]!'", "field", NULL, {{"name", "the name"}, {"type", "[Int!]!"}}},
    {"Before.\n@fraiseql:type\nname: Person\nkey: id, tenant_id\n\nAfter.",
     "type",
     "Before.\n\nAfter.",
     {{"name", "Person"}, {"key", "id, tenant_id"}}},
    {"@fraiseql:type\r\nname: \"Person\"\r\n\r\nAfter.", "type", "After.", {{"name", "Person"}}},
    {"@fraiseql:type\nname: A\ndescription: Said here.", "type", "Said here.", {{"name", "A"}}},
    {"not at the start @fraiseql:type name=X", "", "not at the start @fraiseql:type name=X", {{"name", ""}}},
    {"@fraiseql:field ===,,= a=", "field", NULL, {{"a", ""}, {"name", ""}}},
    {"@fraiseql:field a=\"open", "field", NULL, {{"a", "\"open"}}},
    {"@fraiseql:", "", NULL, {{"a", ""}}},
};

static void test_parse(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fq_arena *arena = fq_arena_new(65536);
        fq_annotation a = fq_annotation_parse(arena, fq_slice_from_cstr(rows[i].comment));
        assert_string_equal(fq_arena_cstr(arena, a.tag), rows[i].tag);
        assert_true((a.description.ptr == NULL) == (rows[i].description == NULL));
        if (rows[i].description != NULL) {
            assert_string_equal(fq_arena_cstr(arena, a.description), rows[i].description);
        }
        for (size_t j = 0; rows[i].pairs[j][0] != NULL; j++) {
            fq_slice value = fq_annotation_get(&a, fq_slice_from_cstr(rows[i].pairs[j][0]));
            assert_string_equal(fq_arena_cstr(arena, value), rows[i].pairs[j][1]);
        }
        fq_arena_free(arena);
    }
}

static void test_flags(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(65536);
    fq_annotation a = fq_annotation_parse(arena, FQ_S("@fraiseql:field hidden, on=yes, off=no\nmore: true"));
    assert_true(fq_annotation_flag(&a, FQ_S("hidden")));
    assert_true(fq_annotation_flag(&a, FQ_S("on")));
    assert_true(fq_annotation_flag(&a, FQ_S("more")));
    assert_false(fq_annotation_flag(&a, FQ_S("off")));
    assert_false(fq_annotation_flag(&a, FQ_S("missing")));
    fq_arena_free(arena);
}

static void test_block(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(65536);
    fq_annotation a = fq_annotation_parse(
        arena, FQ_S("@fraiseql:type\nname: A\nfields:\n  id: ID!\n  address: JSON\n\ttags: [String!]\nkey: id"));
    const fq_annotation_pair *pairs = NULL;
    assert_int_equal(fq_annotation_block(arena, &a, FQ_S("fields"), &pairs), 3);
    assert_true(fq_slice_equal(pairs[0].key, FQ_S("id")) && fq_slice_equal(pairs[0].value, FQ_S("ID!")));
    assert_true(fq_slice_equal(pairs[2].key, FQ_S("tags")) && fq_slice_equal(pairs[2].value, FQ_S("[String!]")));
    assert_true(fq_slice_equal(fq_annotation_get(&a, FQ_S("key")), FQ_S("id")));
    assert_int_equal(fq_annotation_get(&a, FQ_S("fields")).len, 0);
    assert_int_equal(fq_annotation_block(arena, &a, FQ_S("name"), &pairs), 0);
    fq_arena_free(arena);
}

static void test_items(void **state) {
    (void)state;
    static const char *const lists[] = {"id, tenant_id", "[id, tenant_id]", " id,tenant_id ", "['id', \"tenant_id\"]"};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        fq_slice list = fq_slice_from_cstr(lists[i]);
        fq_slice item;
        assert_true(fq_annotation_next_item(&list, &item) && fq_slice_equal(item, FQ_S("id")));
        assert_true(fq_annotation_next_item(&list, &item) && fq_slice_equal(item, FQ_S("tenant_id")));
        assert_false(fq_annotation_next_item(&list, &item));
    }
}

static void test_patterns(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *schema, *name;
        bool matches;
    } patterns[] = {
        {"users", "public", "users", true},
        {"users", "public", "user", false},
        {"user?", "public", "users", true},
        {"*", "a", "b", true},
        {"", "a", "b", false},
        {"public.*", "public", "x", true},
        {"public.*", "other", "x", false},
        {"*.users", "other", "users", true},
        {"a*b*c", "s", "aXXbYYc", true},
        {"a*b*c", "s", "aXXbYY", false},
        {"**", "s", "x", true},
        {"p*c.u*s", "public", "users", true},
        {"a.b", "s", "a.b", true},
        {"s.a.b", "s", "a.b", true},
        {"s.a.b", "s.a", "b", true},
        {"*a*a*a*a*b", "s", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
    };
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        bool got = fq_pattern_matches(fq_slice_from_cstr(patterns[i].pattern), fq_slice_from_cstr(patterns[i].schema),
                                      fq_slice_from_cstr(patterns[i].name));
        if (got != patterns[i].matches) {
            fail_msg("%s over %s.%s", patterns[i].pattern, patterns[i].schema, patterns[i].name);
        }
    }
    assert_true(fq_pattern_is_name(FQ_S("public.users")));
    assert_false(fq_pattern_is_name(FQ_S("user*")));
    assert_false(fq_pattern_is_name(FQ_S("")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse), cmocka_unit_test(test_flags),    cmocka_unit_test(test_block),
        cmocka_unit_test(test_items), cmocka_unit_test(test_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
