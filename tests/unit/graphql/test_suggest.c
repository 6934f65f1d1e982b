/* SPDX-License-Identifier: MIT */
/* Suggestions for misspelt names: what is near, in which order, in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "graphql/suggest.h"

static void test_texts(void **state) {
    (void)state;
    const struct {
        const char *input;
        const char *options[8];
        const char *kind;
        const char *text;
    } cases[] = {
        {"colour", {"color"}, "", " Did you mean \"color\"?"},
        {"colour", {"shape", "size"}, "", ""},
        {"NAME", {"name"}, "", " Did you mean \"name\"?"},
        {"nmae", {"name"}, "", " Did you mean \"name\"?"},
        {"ab", {"ba", "xy"}, "", " Did you mean \"ba\"?"},
        {"id", {"i", "ids"}, "", " Did you mean \"i\" or \"ids\"?"},
        {"item1", {"item10", "item2", "item3"}, "", " Did you mean \"item2\", \"item3\", or \"item10\"?"},
        {"tag1", {"tag2", "tag2", "tag2"}, "", " Did you mean \"tag2\"?"},
        {"a",
         {"g", "f", "e", "d", "c", "b"},
         "the enum value",
         " Did you mean the enum value \"b\", \"c\", \"d\", \"e\", or \"f\"?"},
        {"", {"a", "abc"}, "", " Did you mean \"a\"?"},
        {"abcdefghij", {"abcde"}, "", " Did you mean \"abcde\"?"},
        {"abcdefghij", {"abcd"}, "", ""},
    };
    fq_arena *arena = fq_arena_new(1 << 20);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_suggestions suggestions;
        fq_suggestions_init(&suggestions, arena, fq_slice_from_cstr(cases[i].input));
        for (size_t j = 0; j < 8 && cases[i].options[j] != NULL; j++) {
            fq_suggestions_offer(&suggestions, fq_slice_from_cstr(cases[i].options[j]));
        }
        fq_slice text = fq_suggestions_text(&suggestions, fq_slice_from_cstr(cases[i].kind));
        if (!fq_slice_equal(text, fq_slice_from_cstr(cases[i].text))) {
            fail_msg("case %zu: got \"%.*s\"", i, FQ_PRI(text));
        }
    }
    fq_arena_free(arena);
}

/* Long names must not cost the product of their lengths, nor pass the table's end. */
static void test_long_names(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(1 << 24);
    size_t len = 100000;
    char *name = fq_arena_alloc(arena, len);
    memset(name, 'x', len);
    for (size_t n = FQ_SUGGEST_NAME_MAX - 1; n <= len; n = n <= FQ_SUGGEST_NAME_MAX ? n + 1 : len + 1) {
        fq_suggestions suggestions;
        fq_suggestions_init(&suggestions, arena, fq_slice_of(name, n));
        fq_suggestions_offer(&suggestions, fq_slice_of(name, n - 1));
        fq_suggestions_offer(&suggestions, fq_slice_of(name, len));
        fq_suggestions_offer(&suggestions, FQ_S("x"));
        assert_int_equal(suggestions.list.len, n <= FQ_SUGGEST_NAME_MAX);
    }
    fq_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts), cmocka_unit_test(test_long_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
