/* SPDX-License-Identifier: MIT */
/* The nearest known name: what counts as a slip of the fingers, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/nearest.h"

static const char *const names[] = {"database", "max-rows", "max-plans", "listen", "schema", "tls-key", "db-schemas"};

static const char *nearest(const char *name) {
    const char *found = fq_nearest_name(name, names, sizeof(names) / sizeof(names[0]));
    return found != NULL ? found : "";
}

static void slips_are_known(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"databse", "database"},   {"dtaabase", "database"},    {"max_rows", "max-rows"}, {"max-row", "max-rows"},
        {"max-plan", "max-plans"}, {"listn", "listen"},         {"lis", "listen"},        {"shcema", "schema"},
        {"tls-kye", "tls-key"},    {"db_schema", "db-schemas"}, {"database", "database"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(nearest(cases[i][0]), cases[i][1]);
    }
}

static void strangers_are_not(void **state) {
    (void)state;
    static const char *const cases[] = {"", "x", "wholly-else", "maximum", "qqqqqq", "sch-ema-of-mine"};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(nearest(cases[i]), "");
    }
}

/* However long a name is: a third of its letters are no allowance for names that are not compared. */
static void long_names_are_like_nothing(void **state) {
    (void)state;
    char name[1000];
    for (size_t length = 60; length < sizeof(name); length++) {
        memset(name, 'q', length);
        name[length] = '\0';
        assert_string_equal(nearest(name), "");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slips_are_known),
        cmocka_unit_test(strangers_are_not),
        cmocka_unit_test(long_names_are_like_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
