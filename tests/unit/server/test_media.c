/* SPDX-License-Identifier: MIT */
/* Media types and codings by their qualities (RFC 9110, section 12.5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media.h"

static void accept_chooses_a_form(void **state) {
    (void)state;
    static const struct {
        const char *accept; /* NULL: none */
        media_type plain, with_html;
    } cases[] = {
        {NULL, MEDIA_ANY, MEDIA_ANY},
        {"", MEDIA_ANY, MEDIA_ANY},
        {"*/*", MEDIA_ANY, MEDIA_ANY},
        {"application/*", MEDIA_ANY, MEDIA_ANY},
        {"application/json", MEDIA_JSON, MEDIA_JSON},
        {"application/graphql-response+json", MEDIA_RESPONSE, MEDIA_RESPONSE},
        {"application/json, application/graphql-response+json", MEDIA_RESPONSE, MEDIA_RESPONSE},
        {"application/json;q=0.9, application/graphql-response+json;q=0.8", MEDIA_ANY, MEDIA_ANY},
        {"APPLICATION/JSON ; Q=0.5", MEDIA_JSON, MEDIA_JSON},
        {"application/json;charset=utf-8", MEDIA_JSON, MEDIA_JSON},
        {"application/json; charset=\"UTF-8\"", MEDIA_JSON, MEDIA_JSON},
        {"application/json; charset=latin1", MEDIA_NONE, MEDIA_NONE},
        {"application/json;q=0", MEDIA_NONE, MEDIA_NONE},
        {"application/json;q=0, */*", MEDIA_RESPONSE, MEDIA_RESPONSE},
        {"image/png", MEDIA_NONE, MEDIA_NONE},
        {"text/html", MEDIA_NONE, MEDIA_HTML},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", MEDIA_ANY, MEDIA_HTML},
        {"text/html;q=0.1, application/json", MEDIA_JSON, MEDIA_JSON},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fq_slice accept = cases[i].accept != NULL ? fq_slice_from_cstr(cases[i].accept) : (fq_slice){0};
        media_type plain = media_choose(accept, OFFER_GRAPHQL);
        media_type html = media_choose(accept, OFFER_GRAPHQL_AND_HTML);
        if (plain != cases[i].plain || html != cases[i].with_html) {
            fail_msg("%s: %d and %d", cases[i].accept, plain, html);
        }
    }
}

static void json_is_known_by_its_type(void **state) {
    (void)state;
    static const char *const good[] = {"application/json", "Application/JSON", "application/json; charset=utf-8",
                                       "application/json;charset=\"UTF-8\""};
    static const char *const bad[] = {"",
                                      "text/plain",
                                      "application/jsonp",
                                      "application/json; charset=utf-16",
                                      "application/json; charset=utf8",
                                      "application/graphql",
                                      "json",
                                      "application/x-www-form-urlencoded"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!media_is_json(fq_slice_from_cstr(good[i]))) {
            fail_msg("%s", good[i]);
        }
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (media_is_json(fq_slice_from_cstr(bad[i]))) {
            fail_msg("%s", bad[i]);
        }
    }
}

static void codings_have_qualities(void **state) {
    (void)state;
    static const struct {
        const char *header;
        media_coding coding;
    } cases[] = {
        {"", CODING_IDENTITY},
        {"gzip", CODING_GZIP},
        {"br", CODING_BROTLI},
        {"gzip, br", CODING_BROTLI},
        {"GZIP;q=1.0, br;q=0.9", CODING_GZIP},
        {"*", CODING_BROTLI},
        {"br;q=0, *", CODING_GZIP},
        {"*;q=0", CODING_IDENTITY},
        {"gzip;q=0", CODING_IDENTITY},
        {"gzip;q=0.001", CODING_GZIP},
        {"identity, gzip;q=0.5", CODING_IDENTITY},
        {"deflate, zstd", CODING_IDENTITY},
        {"identity;q=0", CODING_IDENTITY},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        media_coding coding = media_coding_choose(fq_slice_from_cstr(cases[i].header));
        if (coding != cases[i].coding) {
            fail_msg("%s: %d", cases[i].header, coding);
        }
    }
    assert_int_equal(media_encoding_quality(FQ_S("gzip;q=0.5, br"), "gzip"), 500);
    assert_int_equal(media_encoding_quality(FQ_S("gzip;q=0.123"), "gzip"), 123);
    assert_int_equal(media_encoding_quality(FQ_S("br"), "gzip"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accept_chooses_a_form),
        cmocka_unit_test(json_is_known_by_its_type),
        cmocka_unit_test(codings_have_qualities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
