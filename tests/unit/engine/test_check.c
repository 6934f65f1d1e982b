/* SPDX-License-Identifier: MIT */
/* Checking of documents: reports for people and tools, and the protocol for test suites. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/check.h"
#include "fraiseql.h"

static fraiseql *engine_of(const char *sdl) {
    fraiseql_options options;
    fraiseql_options_init(&options);
    options.schema = (fraiseql_slice){sdl, strlen(sdl)};
    fraiseql_failure failure;
    char *message = NULL;
    fraiseql *engine = fraiseql_new(&options, &failure, &message);
    if (engine == NULL) {
        fail_msg("%s", message);
    }
    return engine;
}

static void assert_text(char *got, const char *expected) {
    if (strcmp(got, expected) != 0) {
        fail_msg("got:\n%s\nexpected:\n%s", got, expected);
    }
    free(got);
}

static char *check(fraiseql *engine, const char *document, const char *name, fraiseql_check_form form, bool color,
                   bool valid) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    fraiseql_slice source = {document, strlen(document)};
    assert_int_equal(fraiseql_check(engine, source, name, form, color, out), valid);
    fclose(out);
    return text;
}

static void test_json(void **state) {
    (void)state;
    fraiseql *engine = engine_of("type Query { name: String }");
    assert_text(check(engine, "{ name }", "a.graphql", FRAISEQL_CHECK_JSON, false, true),
                "{\"file\":\"a.graphql\",\"valid\":true,\"errors\":[]}\n");
    assert_text(check(engine, "{\n  \xC3\xA9\n}", "a\xFF\"b", FRAISEQL_CHECK_JSON, false, false),
                "{\"file\":\"a?\\\"b\",\"valid\":false,\"errors\":[{\"message\":\"Syntax Error: Unexpected character: "
                "U+00E9.\","
                "\"locations\":[{\"line\":2,\"column\":3}]}]}\n");
    assert_text(check(engine, "{ a name nam: name }", "x", FRAISEQL_CHECK_JSON, false, false),
                "{\"file\":\"x\",\"valid\":false,\"errors\":[{\"message\":\"Cannot query field \\\"a\\\" on type "
                "\\\"Query\\\".\","
                "\"locations\":[{\"line\":1,\"column\":3}]}]}\n");
    fraiseql_free(engine);
}

static void test_report(void **state) {
    (void)state;
    fraiseql *engine = engine_of("type Query { name(a: String): String }");
    assert_text(check(engine, "{ name }", "a.graphql", FRAISEQL_CHECK_TEXT, false, true), "a.graphql: valid\n");
    assert_text(check(engine, "{\r\n\tname nmae\r\n}", "a.graphql", FRAISEQL_CHECK_TEXT, false, false),
                "a.graphql:2:7: Cannot query field \"nmae\" on type \"Query\". Did you mean \"name\"?\n"
                "    2 | \tname nmae\n"
                "      | \t     ^\n"
                "a.graphql: 1 error\n");
    assert_text(check(engine, "{ name(a: \"\xC3\xA9\") x }", "a", FRAISEQL_CHECK_TEXT, true, false),
                "\033[1ma:1:16: \033[0mCannot query field \"x\" on type \"Query\".\n"
                "    1 | { name(a: \"\xC3\xA9\") x }\n"
                "      |                \033[1;31m^\033[0m\n"
                "a: 1 error\n");
    assert_text(check(engine, "{ name", "a", FRAISEQL_CHECK_TEXT, false, false),
                "a:1:7: Syntax Error: Expected Name, found <EOF>.\n"
                "    1 | { name\n"
                "      |       ^\n"
                "a: 1 error\n");
    fraiseql_free(engine);
}

/* A document must not be able to command the terminal, nor to fill it. */
static void test_hostile_report(void **state) {
    (void)state;
    fraiseql *engine = engine_of("type Query { name: String }");
    char *text = check(engine, "{ name \033[2J \xFF }", "\033]0;x", FRAISEQL_CHECK_TEXT, false, false);
    assert_null(strchr(text, '\033'));
    assert_null(strchr(text, '\xFF'));
    free(text);
    char line[5000];
    memset(line, ',', sizeof(line));
    line[0] = '{';
    line[4000] = 'x';
    line[4998] = '}';
    line[4999] = '\0';
    text = check(engine, line, "a", FRAISEQL_CHECK_TEXT, false, false);
    assert_true(strlen(text) < 500);
    assert_non_null(strstr(text, ",x,"));
    free(text);
    fraiseql_free(engine);
}

static void test_lines(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(1 << 20);
    fq_slice source = FQ_S("a\r\nb\xC3\xA9\xF0\x9F\x98\x80"
                           "c\rd\n\n");
    fq_lines lines;
    fq_lines_init(&lines, arena, source);
    for (uint32_t offset = 0; offset <= source.len; offset++) {
        if (offset == 2) {
            continue; /* between CR and LF is no place where something can stand */
        }
        fq_position expected = fq_position_of(source, offset), got = fq_lines_position(&lines, offset);
        assert_int_equal(got.line, expected.line);
        assert_int_equal(got.column, expected.column);
    }
    assert_int_equal(fq_lines_text(&lines, 1).len, 1);
    assert_int_equal(fq_lines_text(&lines, 2).len, 8);
    assert_int_equal(fq_lines_text(&lines, 4).len, 0);
    fq_arena_free(arena);
}

/* ---- the protocol ---- */

static char *ask(fraiseql *engine, const char *requests) {
    char *text = NULL;
    size_t size = 0;
    FILE *in = fmemopen((char *)requests, strlen(requests), "r");
    FILE *out = open_memstream(&text, &size);
    assert_true(fraiseql_check_jsonl(engine, in, out));
    fclose(in);
    fclose(out);
    return text;
}

static void test_syntax_kinds(void **state) {
    (void)state;
    const struct {
        const char *request;
        const char *answer;
    } cases[] = {
        {"{\"id\":1,\"kind\":\"document\",\"document\":\"{a}\"}",
         "{\"id\":1,\"valid\":true,\"errors\":[],\"printed\":\"{\\n  a\\n}\"}\n"},
        {"{\"id\":\"x\",\"kind\":\"value\",\"document\":\"[1 $a]\"}",
         "{\"id\":\"x\",\"valid\":true,\"errors\":[],\"printed\":\"[1, $a]\"}\n"},
        {"{\"id\":\"x\",\"kind\":\"const-value\",\"document\":\"$\"}",
         "{\"id\":\"x\",\"valid\":false,\"errors\":[{\"message\":\"Syntax Error: Unexpected \\\"$\\\".\","
         "\"locations\":[{\"line\":1,\"column\":1}]}]}\n"},
        {"{\"kind\":\"type\",\"document\":\"[A!]\"}",
         "{\"id\":null,\"valid\":true,\"errors\":[],\"printed\":\"[A!]\"}\n"},
        {"{\"id\":2,\"kind\":\"lex\",\"document\":\"\\\"\xC3\xA9\\\" a\"}",
         "{\"id\":2,\"valid\":true,\"errors\":[],\"tokens\":[{\"kind\":\"String\",\"start\":0,\"end\":3,\"line\":1,"
         "\"column\":1,"
         "\"value\":\"\xC3\xA9\"},{\"kind\":\"Name\",\"start\":4,\"end\":5,\"line\":1,\"column\":5,\"value\":\"a\"},"
         "{\"kind\":\"<EOF>\",\"start\":5,\"end\":5,\"line\":1,\"column\":6}]}\n"},
        {"{\"id\":3,\"kind\":\"validate\",\"document\":\"{a}\"}", "{\"id\":3,\"unsupported\":true}\n"},
        {"{\"id\":3,\"kind\":\"dance\"}", "{\"id\":3,\"unsupported\":true}\n"},
        {"nonsense", "{\"id\":null,\"valid\":false,\"errors\":[{\"message\":\"The line is no JSON object.\"}]}\n"},
        {"{\"id\":4,\"kind\":\"sdl-rule\",\"rule\":\"UniqueTypeNamesRule\",\"extends\":\"scalar "
         "A\",\"document\":\"scalar A\"}",
         "{\"id\":4,\"valid\":false,\"errors\":[{\"message\":\"Type \\\"A\\\" already exists in the schema. It cannot "
         "also be "
         "defined in this type definition.\",\"locations\":[{\"line\":1,\"column\":8}]}]}\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_text(ask(NULL, cases[i].request), cases[i].answer);
    }
}

/* A request whose schema is a file with that content; `%s` in the request is the file's name. */
static char *ask_with_schema(const char *sdl, const char *request) {
    char path[] = "/tmp/fraiseql-check-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, sdl, strlen(sdl)), (ssize_t)strlen(sdl));
    close(fd);
    char *line = NULL;
    const char *gap = strstr(request, "PATH");
    assert_true(asprintf(&line, "%.*s%s%s", (int)(gap - request), request, path, gap + 4) > 0);
    char *answer = ask(NULL, line);
    free(line);
    unlink(path);
    return answer;
}

static void test_schema_kinds(void **state) {
    (void)state;
    const char *sdl = "type Query { a(x: In, id: ID): Int } input In { n: Int = 1 }";
    assert_text(ask_with_schema(sdl, "{\"id\":1,\"kind\":\"validate\",\"schema\":\"PATH\",\"document\":\"{ b }\"}"),
                "{\"id\":1,\"valid\":false,\"errors\":[{\"message\":\"Cannot query field \\\"b\\\" on type "
                "\\\"Query\\\". Did you mean "
                "\\\"a\\\"?\",\"locations\":[{\"line\":1,\"column\":3}]}]}\n");
    assert_text(ask_with_schema(
                    sdl, "{\"id\":1,\"kind\":\"variables\",\"schema\":\"PATH\",\"document\":\"query ($a: In, $b: [ID]) "
                         "{ a }\",\"variables\":{\"a\":{},\"b\":7}}"),
                "{\"id\":1,\"valid\":true,\"errors\":[],\"coerced\":{\"a\":{\"n\":1},\"b\":[\"7\"]}}\n");
    assert_text(ask_with_schema(
                    sdl,
                    "{\"id\":1,\"kind\":\"execute\",\"schema\":\"PATH\",\"document\":\"{ t: __typename __type(name: "
                    "\\\"In\\\") { kind } }\"}"),
                "{\"id\":1,\"valid\":true,\"errors\":[],\"result\":{\"data\":{\"t\":\"Query\",\"__type\":{\"kind\":"
                "\"INPUT_OBJECT\"}}}}\n");
    assert_text(ask_with_schema(sdl, "{\"id\":1,\"kind\":\"execute\",\"schema\":\"PATH\",\"document\":\"{ a }\"}"),
                "{\"id\":1,\"unsupported\":true}\n");
    assert_text(ask_with_schema(
                    sdl, "{\"id\":1,\"kind\":\"execute\",\"schema\":\"PATH\",\"document\":\"{ a }\",\"operationName\":"
                         "\"N\"}"),
                "{\"id\":1,\"valid\":false,\"errors\":[{\"message\":\"Unknown operation named "
                "\\\"N\\\".\"}],\"result\":{\"errors\":"
                "[{\"message\":\"Unknown operation named \\\"N\\\".\"}]}}\n");
    assert_text(
        ask_with_schema("type Query { a: B }", "{\"id\":1,\"kind\":\"schema\",\"schema\":\"PATH\"}"),
        "{\"id\":1,\"valid\":false,\"errors\":[{\"message\":\"Unknown type \\\"B\\\".\",\"locations\":[{\"line\":1,"
        "\"column\":17}]}]}\n");
    assert_text(
        ask_with_schema("type Query { a: Int @deprecated }",
                        "{\"id\":1,\"kind\":\"optional-rule\",\"rule\":\"NoDeprecatedCustomRule\",\"schema\":\"PATH\","
                        "\"document\":\"{ a }\"}"),
        "{\"id\":1,\"valid\":false,\"errors\":[{\"message\":\"The field Query.a is deprecated. No longer "
        "supported\",\"locations\":[{\"line\":1,\"column\":3}]}]}\n");
    char *answer = ask_with_schema(sdl, "{\"id\":1,\"kind\":\"schema\",\"schema\":\"PATH\"}");
    assert_non_null(strstr(
        answer, "\"printed\":\"type Query {\\n  a(x: In, id: ID): Int\\n}\\n\\ninput In {\\n  n: Int = 1\\n}\""));
    assert_non_null(strstr(answer, "\"introspection\":{\"__schema\":{"));
    free(answer);
}

static void test_missing_schema(void **state) {
    (void)state;
    assert_text(ask(NULL, "{\"id\":1,\"kind\":\"validate\",\"schema\":\"/nowhere/at/all\",\"document\":\"{a}\"}"),
                "{\"id\":1,\"valid\":false,\"errors\":[{\"message\":\"The schema file can not be read.\"}]}\n");
}

static void test_engine_schema(void **state) {
    (void)state;
    fraiseql *engine = engine_of("type Query { a: Int }");
    assert_text(
        ask(engine,
            "{\"id\":1,\"kind\":\"validate\",\"document\":\"{a}\"}\n{\"id\":2,\"kind\":\"validate\",\"document\":"
            "\"{a{b}}\"}\n"),
        "{\"id\":1,\"valid\":true,\"errors\":[]}\n{\"id\":2,\"valid\":false,\"errors\":[{\"message\":\"Field \\\"a\\\" "
        "must not "
        "have a selection since type \\\"Int\\\" has no subfields.\",\"locations\":[{\"line\":1,\"column\":3}]}]}\n");
    fraiseql_free(engine);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),           cmocka_unit_test(test_report),
        cmocka_unit_test(test_hostile_report), cmocka_unit_test(test_lines),
        cmocka_unit_test(test_syntax_kinds),   cmocka_unit_test(test_schema_kinds),
        cmocka_unit_test(test_missing_schema), cmocka_unit_test(test_engine_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
