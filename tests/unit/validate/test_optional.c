/* SPDX-License-Identifier: MIT */
/* The optional rules: introspection depth, no introspection, nothing deprecated. */
#include "support.h"

#include "validate/rules_optional.h"

static const char sdl[] = "type Query { a(old: Int @deprecated(reason: \"too old\"), b: In, e: E): Int gone: Query "
                          "@deprecated meta: __Type }\n"
                          "input In { x: Int y: Int @deprecated(reason: \"use x\") in: [In] }\n"
                          "enum E { NEW OLD @deprecated(reason: \"worn out\") }\n"
                          "directive @d(now: Int, then: Int @deprecated(reason: \"now\")) on FIELD\n";

typedef enum rule { MAX_DEPTH, NO_INTROSPECTION, NO_DEPRECATED } rule;

static const char *apply(world *w, rule which, const char *source) {
    const fq_document *document = world_parse(w, source);
    bool clean = true;
    switch (which) {
    case MAX_DEPTH:
        clean = fq_rule_max_introspection_depth(w->arena, document, &w->errors);
        break;
    case NO_INTROSPECTION:
        clean = fq_rule_no_introspection(w->arena, w->schema, document, &w->errors);
        break;
    case NO_DEPRECATED:
        clean = fq_rule_no_deprecated(w->arena, w->schema, document, &w->errors);
        break;
    }
    assert_int_equal(clean, !fq_errors_any(&w->errors));
    return world_errors(w, document);
}

static void test_rules(void **state) {
    (void)state;
#define HIDDEN(name)                                                                                                   \
    "GraphQL introspection has been disabled, but the requested query contained the field \"" name "\"."
    const struct {
        rule which;
        const char *source, *expected;
    } cases[] = {
        {MAX_DEPTH, "{ __schema { types { fields { type { fields { name } } } } } }", ""},
        {MAX_DEPTH, "{ __schema { types { fields { type { interfaces { possibleTypes { name } } } } } } }",
         "Maximum introspection depth exceeded (1:3)"},
        {MAX_DEPTH, "{ a fields { fields { fields { fields } } } }", ""},
        {MAX_DEPTH, "{ __type(name: \"A\") { ...F } } fragment F on __Type { fields { type { ...F } } }",
         "Maximum introspection depth exceeded (1:3)"},
        {MAX_DEPTH,
         "{ x: __type(name: \"A\") { ...F } y: __type(name: \"A\") { fields { type { ...F } } } } "
         "fragment F on __Type { fields { type { fields { name } } } }",
         "Maximum introspection depth exceeded (1:33)"},
        {MAX_DEPTH, "{ __schema { ...F } } fragment F on __Schema { ...F }", ""},
        {NO_INTROSPECTION, "{ __typename a }", ""},
        {NO_INTROSPECTION, "{ __schema { queryType { name } } }",
         HIDDEN("__schema") " (1:3)\n" HIDDEN("queryType") " (1:14)"},
        {NO_INTROSPECTION, "{ ... on Query { meta { name } } } fragment F on Query { t: __type(name: \"A\") { name } }",
         HIDDEN("meta") " (1:18)\n" HIDDEN("__type") " (1:58)"},
        {NO_DEPRECATED, "{ a(b: {x: 1}, e: NEW) @d(now: 1) unknown(old: 1) }", ""},
        {NO_DEPRECATED, "{ gone { a(old: 1, b: {in: [{y: 1}]}, e: OLD) @d(then: 2) } }",
         "The field Query.gone is deprecated. No longer supported (1:3)\n"
         "Field \"Query.a\" argument \"old\" is deprecated. too old (1:12)\n"
         "The input field In.y is deprecated. use x (1:30)\n"
         "The enum value \"E.OLD\" is deprecated. worn out (1:42)\n"
         "Directive \"@d\" argument \"then\" is deprecated. now (1:50)"},
        {NO_DEPRECATED, "query ($e: E = OLD) { a(e: $e) }", "The enum value \"E.OLD\" is deprecated. worn out (1:16)"},
    };
#undef HIDDEN
    world w = world_new(sdl);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *got = apply(&w, cases[i].which, cases[i].source);
        if (strcmp(got, cases[i].expected) != 0) {
            fail_msg("%s\n got: %s\nwant: %s", cases[i].source, got, cases[i].expected);
        }
    }
    world_free(&w);
}

/* A hundred thousand fragments in a row, and doubling ones. */
static void test_long_chains(void **state) {
    (void)state;
    world w = world_new(sdl);
    fq_buffer source;
    fq_buffer_init(&source, SIZE_MAX);
    fq_buffer_literal(&source, "{ __schema { ...F0 } }");
    for (int i = 0; i < 100000; i++) {
        fq_buffer_printf(&source, " fragment F%d on __Type { ...F%d ofType { ...F%d } }", i, i + 1, i + 1);
    }
    fq_buffer_literal(&source, " fragment F100000 on __Type { name }");
    fq_buffer_char(&source, '\0');
    assert_string_equal(apply(&w, MAX_DEPTH, source.ptr), "");
    fq_buffer_done(&source);
    world_free(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rules), cmocka_unit_test(test_long_chains)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
