/* SPDX-License-Identifier: MIT */
/* Options: where a value comes from, what it may look like, and which mistakes are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "options.h"

/* Arguments are separated by blanks. */
static bool read_options(options *o, unsigned command, const char *line) {
    static char text[512];
    (void)snprintf(text, sizeof(text), "%s", line);
    char *argv[32];
    int argc = 0;
    for (char *save = NULL, *word = strtok_r(text, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save)) {
        argv[argc++] = word;
    }
    return options_read(o, command, "test", argc, argv);
}

static int clean_environment(void **state) {
    (void)state;
    unsetenv("FRAISEQL_MAX_ROWS");
    unsetenv("FRAISEQL_DATABASE");
    unsetenv("FRAISEQL_DATABASE_URL");
    unsetenv("DATABASE_URL");
    return 0;
}

static void defaults_are_those_of_the_help(void **state) {
    (void)state;
    options o;
    assert_true(read_options(&o, COMMAND_SERVE, ""));
    assert_null(o.database);
    assert_int_equal(o.listen.count, 1);
    assert_string_equal(o.listen.items[0], "127.0.0.1:8080");
    assert_int_equal(o.max_body, 1 << 20);
    assert_int_equal(o.request_timeout, 30000);
    assert_int_equal(o.pool_size, 20);
    assert_true(o.batching);
    assert_false(o.trusted_only);
    options_free(&o);
}

static void values_have_units(void **state) {
    (void)state;
    options o;
    assert_true(read_options(&o, COMMAND_SERVE,
                             "--max-body 512KiB --max-document=10kB --request-timeout 1500ms "
                             "--idle-timeout 2min --shutdown-timeout 7 --no-apq --batching=off"));
    assert_int_equal(o.max_body, 524288);
    assert_int_equal(o.max_document, 10000);
    assert_int_equal(o.request_timeout, 1500);
    assert_int_equal(o.idle_timeout, 120000);
    assert_int_equal(o.shutdown_timeout, 7000);
    assert_false(o.apq);
    assert_false(o.batching);
    options_free(&o);
}

static void mistakes_are_refused(void **state) {
    (void)state;
    static const char *const lines[] = {
        "--max-rows x",
        "--max-rows -1",
        "--max-rows +1",
        "--max-rows=\t-1",
        "--max-rows 99999999999999999999",
        "--max-body 3XB",
        "--graphiql sometimes",
        "--batching=maybe",
        "--unknown 1",
        "--max-rows",
        "--variables {}",
        "-x",
        "--request-timeout 1.5s",
        "--max-rows=",
        "--config /nowhere/at-all.yaml",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        options o;
        if (read_options(&o, COMMAND_SERVE, lines[i])) {
            fail_msg("%s", lines[i]);
        }
        options_free(&o);
    }
}

static void flag_then_environment_then_file(void **state) {
    (void)state;
    char path[] = "/tmp/fraiseql-options-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    static const char text[] = "max_rows: 3\nmax_depth: 9\ninclude: [a, b]\n";
    assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
    close(fd);
    char line[128];
    (void)snprintf(line, sizeof(line), "--config %s", path);
    options o;
    assert_true(read_options(&o, COMMAND_SERVE, line));
    assert_int_equal(o.max_rows, 3);
    assert_int_equal(o.max_depth, 9);
    assert_int_equal(o.include.count, 2);
    options_free(&o);
    setenv("FRAISEQL_MAX_ROWS", "2", 1);
    assert_true(read_options(&o, COMMAND_SERVE, line));
    assert_int_equal(o.max_rows, 2);
    options_free(&o);
    (void)snprintf(line, sizeof(line), "--config %s --max-rows 1", path);
    assert_true(read_options(&o, COMMAND_SERVE, line));
    assert_int_equal(o.max_rows, 1);
    options_free(&o);
    unlink(path);
}

static void the_database_has_three_variables(void **state) {
    (void)state;
    options o;
    setenv("DATABASE_URL", "c", 1);
    assert_true(read_options(&o, COMMAND_SERVE, ""));
    assert_string_equal(o.database, "c");
    options_free(&o);
    setenv("FRAISEQL_DATABASE_URL", "b", 1);
    assert_true(read_options(&o, COMMAND_SERVE, ""));
    assert_string_equal(o.database, "b");
    options_free(&o);
    setenv("FRAISEQL_DATABASE", "a", 1);
    assert_true(read_options(&o, COMMAND_SERVE, ""));
    assert_string_equal(o.database, "a");
    options_free(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(defaults_are_those_of_the_help, clean_environment, clean_environment),
        cmocka_unit_test_setup_teardown(values_have_units, clean_environment, clean_environment),
        cmocka_unit_test_setup_teardown(mistakes_are_refused, clean_environment, clean_environment),
        cmocka_unit_test_setup_teardown(flag_then_environment_then_file, clean_environment, clean_environment),
        cmocka_unit_test_setup_teardown(the_database_has_three_variables, clean_environment, clean_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
