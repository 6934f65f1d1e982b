/* SPDX-License-Identifier: MIT */
/* Heads of requests that a proxy could read differently, and origins of other pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cors.h"
#include "http_head.h"

#define LINE "POST /graphql HTTP/1.1\r\n"
#define HOST "Host: x\r\n"

static void heads_in_order(void **state) {
    (void)state;
    static const char *const heads[] = {
        LINE HOST "\r\n",
        LINE "Host: [::1]:8080\r\n\r\n",
        LINE "Host: my_app-1.example.:80 \r\n\r\n",
        LINE HOST "Content-Length: 12\r\n\r\n",
        LINE HOST "Transfer-Encoding: chunked\r\n\r\n",
        LINE "host:\r\nX: a:b, c \t\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        const char *wrong = http_head_check_bytes(fq_slice_from_cstr(heads[i]));
        if (wrong != NULL) {
            fail_msg("%zu: %s", i, wrong);
        }
    }
}

static void heads_that_could_be_read_two_ways(void **state) {
    (void)state;
    static const char *const heads[] = {
        LINE HOST "Content-Length : 12\r\n\r\n",
        LINE HOST "Content-Length: 12\r\nContent-Length: 12\r\n\r\n",
        LINE HOST "Content-Length: 12\r\ncontent-length: 13\r\n\r\n",
        LINE HOST "Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n",
        LINE HOST "Content-Length: +12\r\n\r\n",
        LINE HOST "Content-Length: 1 2\r\n\r\n",
        LINE HOST "Content-Length: 12, 12\r\n\r\n",
        LINE HOST "Content-Length:\r\n\r\n",
        LINE "Host: a, b\r\n\r\n",
        LINE "Host: a b\r\n\r\n",
        LINE "Host: user@a\r\n\r\n",
        LINE "Host: a/b\r\n\r\n",
        LINE HOST HOST "\r\n",
    };
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        if (http_head_check_bytes(fq_slice_from_cstr(heads[i])) == NULL) {
            fail_msg("%s", heads[i]);
        }
    }
}

static void origins_are_compared_whole(void **state) {
    (void)state;
    const char *origins = "https://app.example, http://localhost:3000";
    assert_true(cors_allows(origins, FQ_S("https://app.example")));
    assert_true(cors_allows(origins, FQ_S("http://localhost:3000")));
    assert_true(cors_allows("*", FQ_S("https://anything.example")));
    static const char *const others[] = {"",
                                         "https://app.example.evil",
                                         "https://evil.app.example",
                                         "https://app.exampl",
                                         "http://app.example",
                                         "https://app.example:444",
                                         "https://app.example, http://localhost:3000",
                                         "null"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (cors_allows(origins, fq_slice_from_cstr(others[i]))) {
            fail_msg("%s", others[i]);
        }
    }
    assert_false(cors_allows("", FQ_S("https://app.example")));
}

static void header_lists_are_repeated_only_where_plain(void **state) {
    (void)state;
    assert_true(cors_is_header_list(FQ_S("content-type, X-Request-Id,authorization")));
    assert_false(cors_is_header_list(FQ_S("a\r\nset-cookie: x")));
    assert_false(cors_is_header_list(FQ_S("a: b")));
    assert_false(cors_is_header_list(FQ_S("<script>")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_in_order),
        cmocka_unit_test(heads_that_could_be_read_two_ways),
        cmocka_unit_test(origins_are_compared_whole),
        cmocka_unit_test(header_lists_are_repeated_only_where_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
