/* SPDX-License-Identifier: MIT */
/* Passwords in connection strings of every form, and messages without them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/slice.h"
#include "secret.h"

static void passwords_are_found(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"postgresql://user:s3cret@host/db", "s3cret"},
        {"postgres://user:s3c%40ret@host:5432,other:5433/db?sslmode=require", "s3c%40ret"},
        {"postgresql://host/db?user=a&password=s3cret", "s3cret"},
        {"host=h user=u password=s3cret dbname=d", "s3cret"},
        {"postgresql://user@host/db", ""},
        {"postgresql:///db", ""},
        {"host=h user=u", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_slice found = database_password(fq_slice_from_cstr(cases[i][0]));
        if (!fq_slice_equal(found, fq_slice_from_cstr(cases[i][1]))) {
            fail_msg("%s: %.*s", cases[i][0], FQ_PRI(found));
        }
    }
}

static void passwords_are_hidden(void **state) {
    (void)state;
    char message[] = "connection to \"postgresql://user:s3cret@host/db\" failed: s3cret is wrong";
    secret_hide(message, "postgresql://user:s3cret@host/db");
    assert_null(strstr(message, "s3cret"));
    assert_non_null(strstr(message, "failed"));
    char other[] = "nothing to hide";
    secret_hide(other, "postgresql://host/db");
    assert_string_equal(other, "nothing to hide");
    secret_hide(NULL, "postgresql://user:s3cret@host/db");
    secret_hide(other, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(passwords_are_found), cmocka_unit_test(passwords_are_hidden)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
