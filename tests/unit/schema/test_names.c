/* SPDX-License-Identifier: MIT */
/* Names: words, number, camel and Pascal case, enum labels. The tables are the rules of docs/schema.md by example. */
#include "schema/names.h"

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

static fq_arena *arena;

static int set_up(void **state) {
    (void)state;
    arena = fq_arena_new(1024 * 1024);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    fq_arena_free(arena);
    return 0;
}

static void assert_text(const char *input, fq_slice got, const char *expected) {
    if (!fq_slice_equal(got, fq_slice_from_cstr(expected))) {
        fail_msg("\"%s\" gives \"%.*s\", not \"%s\"", input, FQ_PRI(got), expected);
    }
}

typedef struct pair {
    const char *from;
    const char *to;
} pair;

#define EACH(row, rows) for (const pair *row = rows; row < rows + sizeof(rows) / sizeof(rows[0]); row++)

static void test_fields(void **state) {
    (void)state;
    static const pair rows[] = {
        /* those of docs/schema.md */
        {"URL", "url"},
        {"API_KEY", "apiKey"},
        {"zip code", "zipCode"},
        {"CustomerID", "customerID"},
        {"dns_1_id", "dns1Id"},
        /* snake case */
        {"id", "id"},
        {"first_name", "firstName"},
        {"user__name", "userName"},
        {"line_1a", "line1a"},
        {"page_2_content", "page2Content"},
        {"trailing_", "trailing"},
        {"is_IPv4", "isIPv4"},
        {"a_b_c", "aBC"},
        {"created_at", "createdAt"},
        /* quoted names */
        {"firstName", "firstName"},
        {"FirstName", "firstName"},
        {"UnitPrice", "unitPrice"},
        {"Order Date", "orderDate"},
        {"e-mail", "eMail"},
        {"price (EUR)", "priceEur"},
        {"a.b", "aB"},
        {"what's up?", "whatSUp"},
        {"MAX_SIZE_MB", "maxSizeMb"},
        {"userID", "userID"},
        {"A", "a"},
        {"B", "b"},
        {"XMLHttp", "xMLHttp"},
        /* underscores and digits in front */
        {"_private", "_private"},
        {"__private", "_private"},
        {"___x_y", "_xY"},
        {"2fa", "_2fa"},
        {"2fa_codes", "_2faCodes"},
        {"_2fa", "_2fa"},
        {"1", "_1"},
        {"$price", "price"},
        {"-x", "x"},
        /* no name at all */
        {"", ""},
        {"_", ""},
        {"___", ""},
        {"%", ""},
        {"\xC3\xBC", ""},
        {"stra\xC3\x9F"
         "e",
         ""},
        {"\xE6\x97\xA5\xE6\x9C\xAC", ""},
    };
    EACH(row, rows) { assert_text(row->from, fq_name_camel(arena, fq_slice_from_cstr(row->from)), row->to); }
}

static void test_types(void **state) {
    (void)state;
    static const pair rows[] = {
        {"users", "Users"},
        {"invoice_line", "InvoiceLine"},
        {"API_KEY", "ApiKey"},
        {"Order Details", "OrderDetails"},
        {"_PostToTag", "_PostToTag"},
        {"2nd", "_2nd"},
        {"URL", "Url"},
        {"iPhone", "IPhone"},
    };
    EACH(row, rows) { assert_text(row->from, fq_name_pascal(arena, fq_slice_from_cstr(row->from)), row->to); }
}

static fq_slice singular(const char *name) {
    fq_words words = fq_words_of(arena, fq_slice_from_cstr(name));
    fq_words_singularize(arena, &words);
    return fq_words_camel(arena, &words);
}

static fq_slice plural(const char *name) {
    fq_words words = fq_words_of(arena, fq_slice_from_cstr(name));
    fq_words_pluralize(arena, &words);
    return fq_words_camel(arena, &words);
}

static void test_singular(void **state) {
    (void)state;
    static const pair rows[] = {
        /* 1: irregular */
        {"people", "person"},
        {"men", "man"},
        {"women", "woman"},
        {"children", "child"},
        {"mice", "mouse"},
        {"feet", "foot"},
        {"teeth", "tooth"},
        {"criteria", "criterion"},
        {"indices", "index"},
        {"vertices", "vertex"},
        {"matrices", "matrix"},
        {"analyses", "analysis"},
        {"quizzes", "quiz"},
        {"movies", "movie"},
        {"cookies", "cookie"},
        {"ties", "tie"},
        {"caches", "cache"},
        {"uses", "use"},
        {"person", "person"},
        {"use", "use"},
        {"SalesPeople", "salesPerson"},
        {"user_movies", "userMovie"},
        /* 2: unchanged, and with es */
        {"address", "address"},
        {"status", "status"},
        {"basis", "basis"},
        {"news", "news"},
        {"series", "series"},
        {"species", "species"},
        {"alias", "alias"},
        {"aliases", "alias"},
        {"atlases", "atlas"},
        {"biases", "bias"},
        {"canvases", "canvas"},
        {"gases", "gas"},
        {"lenses", "lens"},
        {"data", "data"},
        {"metadata", "metadata"},
        {"media", "media"},
        {"equipment", "equipment"},
        {"serieses", "series"},
        {"newses", "news"},
        /* 3: consonant + ies */
        {"categories", "category"},
        {"cities", "city"},
        {"companies", "company"},
        {"entries", "entry"},
        /* 4: xes ches shes sses */
        {"boxes", "box"},
        {"taxes", "tax"},
        {"matches", "match"},
        {"branches", "branch"},
        {"dishes", "dish"},
        {"addresses", "address"},
        {"classes", "class"},
        {"processes", "process"},
        {"indexes", "index"},
        /* 5: uses */
        {"statuses", "status"},
        {"buses", "bus"},
        {"bonuses", "bonus"},
        {"campuses", "campus"},
        {"houses", "house"},
        {"warehouses", "warehouse"},
        {"causes", "cause"},
        {"clauses", "clause"},
        {"spouses", "spouse"},
        /* 6: s */
        {"users", "user"},
        {"invoices", "invoice"},
        {"databases", "database"},
        {"exercises", "exercise"},
        {"keys", "key"},
        {"premises", "premise"},
        {"sizes", "size"},
        {"prizes", "prize"},
        {"shoes", "shoe"},
        {"s", "s"},
        /* only the last word */
        {"order_details", "orderDetail"},
        {"news_items", "newsItem"},
        {"people_names", "peopleName"},
        {"active_storage_blobs", "activeStorageBlob"},
        {"auth_user_user_permissions", "authUserUserPermission"},
        {"OrderDetails", "orderDetail"},
        {"EmployeeTerritories", "employeeTerritory"},
        {"CATEGORIES", "category"},
        {"Order Details", "orderDetail"},
        {"user", "user"},
        {"sheep", "sheep"},
        {"django_content_type", "djangoContentType"},
    };
    EACH(row, rows) { assert_text(row->from, singular(row->from), row->to); }
}

static void test_plural(void **state) {
    (void)state;
    static const pair rows[] = {
        {"person", "people"},
        {"people", "people"},
        {"child", "children"},
        {"movie", "movies"},
        {"analysis", "analyses"},
        {"category", "categories"},
        {"day", "days"},
        {"key", "keys"},
        {"bus", "buses"},
        {"status", "statuses"},
        {"box", "boxes"},
        {"waltz", "waltzes"},
        {"match", "matches"},
        {"dish", "dishes"},
        {"address", "addresses"},
        {"users", "users"},
        {"user", "users"},
        {"invoice_line", "invoiceLines"},
        {"news", "newses"},
        {"equipment", "equipments"},
        {"Order Details", "orderDetails"},
        {"SalesPerson", "salesPeople"},
        {"y", "ys"},
        {"playlist_track", "playlistTracks"},
        {"media_type", "mediaTypes"},
        {"_PostToTag", "_postToTags"},
        {"data", "datas"},
        {"series", "serieses"},
    };
    EACH(row, rows) { assert_text(row->from, plural(row->from), row->to); }
}

/* A list and one row must never get the same name. */
static void test_plural_differs_from_singular(void **state) {
    (void)state;
    static const char *const names[] = {"users",  "news",     "series", "data", "equipment", "sheep",
                                        "status", "people",   "as",     "gas",  "y",         "media",
                                        "bus",    "analyses", "x",      "id",   "fish",      "dns"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        fq_slice one = singular(names[i]);
        fq_slice many = plural(names[i]);
        if (fq_slice_equal(one, many)) {
            fail_msg("%s: %.*s is both", names[i], FQ_PRI(one));
        }
        assert_text(names[i], singular(fq_arena_cstr(arena, many)), fq_arena_cstr(arena, one));
    }
}

static void test_enum_values(void **state) {
    (void)state;
    static const pair rows[] = {
        {"active", "active"},
        {"ACTIVE", "ACTIVE"},
        {"PG-13", "PG_13"},
        {"NC-17", "NC_17"},
        {"very happy", "very_happy"},
        {"1st", "_1st"},
        {"true", "_true"},
        {"false", "_false"},
        {"null", "_null"},
        {"True", "True"},
        {"", "_"},
        {"a.b/c", "a_b_c"},
        {"\xC3\xBC", "_"},
        {"x\xC3\xBCy", "x_y"},
        {"__x", "_x"},
        {"-", "_"},
        {"--a", "_a"},
        {"_ok", "_ok"},
    };
    EACH(row, rows) {
        fq_slice name = fq_name_enum_value(arena, fq_slice_from_cstr(row->from));
        assert_text(row->from, name, row->to);
        assert_true(fq_name_is_legal(name));
    }
}

static void test_snake(void **state) {
    (void)state;
    static const pair rows[] = {
        {"firstName", "first_name"},
        {"id", "id"},
        {"dns1Id", "dns1_id"},
        {"userID", "user_id"},
        {"APIKey", "api_key"},
        {"first_name", "first_name"},
        {"URL", "url"},
        {"createdAtUTC", "created_at_utc"},
    };
    EACH(row, rows) { assert_text(row->from, fq_name_snake(arena, fq_slice_from_cstr(row->from)), row->to); }
}

static void test_legal(void **state) {
    (void)state;
    assert_true(fq_name_is_legal(FQ_S("a")));
    assert_true(fq_name_is_legal(FQ_S("_")));
    assert_true(fq_name_is_legal(FQ_S("_1")));
    assert_false(fq_name_is_legal(FQ_S("")));
    assert_false(fq_name_is_legal(FQ_S("1a")));
    assert_false(fq_name_is_legal(FQ_S("__a")));
    assert_false(fq_name_is_legal(FQ_S("a-b")));
    assert_false(fq_name_is_legal(FQ_S("\xC3\xBC")));
}

/* Whatever the name, what comes out is empty or legal. */
static void test_always_legal(void **state) {
    (void)state;
    static const char alphabet[] = "aZ09_- .\"\\\xC3\xBC\n";
    char name[7] = {0};
    uint32_t seed = 12345;
    for (int i = 0; i < 20000; i++) {
        size_t len = (size_t)(i % 6) + 1;
        for (size_t j = 0; j < len; j++) {
            seed = seed * 1664525 + 1013904223;
            name[j] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
        }
        fq_slice names[] = {fq_name_camel(arena, fq_slice_of(name, len)),
                            fq_name_pascal(arena, fq_slice_of(name, len))};
        assert_true(names[0].len == 0 || fq_name_is_legal(names[0]));
        assert_true(names[1].len == 0 || fq_name_is_legal(names[1]));
        assert_true(fq_name_is_legal(fq_name_enum_value(arena, fq_slice_of(name, len))));
    }
}

static void test_too_long(void **state) {
    (void)state;
    char name[400];
    for (size_t i = 0; i < sizeof(name); i++) {
        name[i] = i % 2 == 0 ? 'a' : '_';
    }
    assert_int_equal(fq_name_camel(arena, fq_slice_of(name, sizeof(name))).len, 0);
    assert_int_equal(fq_name_camel(arena, fq_slice_of(name, 127)).len, 64);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),      cmocka_unit_test(test_types),
        cmocka_unit_test(test_singular),    cmocka_unit_test(test_plural),
        cmocka_unit_test(test_snake),       cmocka_unit_test(test_plural_differs_from_singular),
        cmocka_unit_test(test_legal),       cmocka_unit_test(test_always_legal),
        cmocka_unit_test(test_enum_values), cmocka_unit_test(test_too_long),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
