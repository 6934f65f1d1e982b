/* SPDX-License-Identifier: MIT */
/* The pure parts of catalog reading: shapes of documents, origins of views, hints for failed connections. What they
 * make of real catalogs is in tests/integration/test_schema.py. */
#include "pg/connect_error.h"
#include "pg/shape.h"
#include "pg/view_origin.h"

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

static void test_shapes(void **state) {
    (void)state;
    static const struct {
        const char *documents[4];
        const char *shape;
    } rows[] = {
        {{NULL}, "{}"},
        {{"null"}, "{\"null\":true}"},
        {{"1", "\"x\"", "true"}, "{\"boolean\":true,\"string\":true,\"int\":true}"},
        {{"2147483647", "-2147483648"}, "{\"int\":true}"},
        {{"2147483648"}, "{\"bigint\":true}"},
        {{"-2147483649"}, "{\"bigint\":true}"},
        {{"9223372036854775807", "-9223372036854775808"}, "{\"bigint\":true}"},
        {{"9223372036854775808"}, "{\"number\":true}"},
        {{"99999999999999999999999"}, "{\"number\":true}"},
        {{"1.5", "1e3"}, "{\"number\":true}"},
        {{"1.0"}, "{\"number\":true}"},
        {{"{\"b\":1,\"a\":null}", "{\"a\":\"x\"}"},
         "{\"object\":{\"b\":{\"int\":true},\"a\":{\"null\":true,\"string\":true}}}"},
        {{"[1,[\"x\"],{}]", "[]"}, "{\"array\":{\"int\":true,\"array\":{\"string\":true},\"object\":{}}}"},
        {{"[]"}, "{\"array\":{}}"},
        {{"{}"}, "{\"object\":{}}"},
        {{"{\"a\\\"b\":1}"}, "{\"object\":{\"a\\\"b\":{\"int\":true}}}"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fq_arena *arena = fq_arena_new(1024 * 1024);
        fq_shape_node *shape = fq_shape_new(arena);
        for (size_t j = 0; rows[i].documents[j] != NULL; j++) {
            fq_json_error error;
            fq_shape_add(arena, shape, fq_json_parse(arena, fq_slice_from_cstr(rows[i].documents[j]), 64, &error));
        }
        fq_buffer out;
        fq_buffer_init(&out, 65536);
        fq_shape_write(shape, &out);
        assert_string_equal(fq_arena_cstr(arena, fq_buffer_view(&out)), rows[i].shape);
        fq_buffer_done(&out);
        fq_arena_free(arena);
    }
}

static void test_dictionary(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(4 * 1024 * 1024);
    fq_shape_node *shape = fq_shape_new(arena);
    for (int i = 0; i <= FQ_SHAPE_KEYS_MAX; i++) {
        fq_json_error error;
        fq_slice text = fq_arena_printf(arena, "{\"key %d\": 1}", i);
        fq_shape_add(arena, shape, fq_json_parse(arena, text, 64, &error));
    }
    fq_buffer out;
    fq_buffer_init(&out, 1024 * 1024);
    fq_shape_write(shape, &out);
    assert_string_equal(fq_arena_cstr(arena, fq_buffer_view(&out)), "{\"dictionary\":true}");
    fq_buffer_done(&out);
    fq_arena_free(arena);
}

#define QUERY(fields, from, targets)                                                                                   \
    "({QUERY :commandType 1 :canSetTag true " fields                                                                   \
    " :cteList <> :rtable ({RTE :alias {ALIAS :aliasname old :colnames <>} "                                           \
    ":rtekind 0 :relid 500 :relkind v} {RTE :eref {ALIAS :aliasname t :colnames (\"a\\{b\" \"c\\)\")} :rtekind 0 "     \
    ":relid 100 :relkind r} "                                                                                          \
    "{RTE :rtekind 1 :subquery {QUERY :targetList ({TARGETENTRY :expr {VAR} :resno 7 :resorigtbl 9 :resorigcol 9 "     \
    ":resjunk false})} :relid 3}) "                                                                                    \
    ":jointree {FROMEXPR :fromlist (" from ") :quals <>} :targetList (" targets                                        \
    ") :groupingSets <> :setOperations <> "                                                                            \
    ":stmt_len 0})"
#define PLAIN ":hasAggs false :hasTargetSRFs false"
#define TARGET(number, table, column, junk)                                                                            \
    "{TARGETENTRY :expr {VAR :varno 3 :varattno 1} :resno " #number                                                    \
    " :resname a\\ b :ressortgroupref 0 :resorigtbl " #table " :resorigcol " #column " :resjunk " junk "}"

static void test_view_origins(void **state) {
    (void)state;
    static const struct {
        const char *ev_action;
        uint32_t relation;
        uint32_t columns;
    } rows[] = {
        {QUERY(PLAIN, "{RANGETBLREF :rtindex 2}", TARGET(1, 100, 4, "false") " " TARGET(2, 100, 1, "false")), 100, 2},
        {QUERY(PLAIN, "{RANGETBLREF :rtindex 2}",
               TARGET(1, 100, 4, "true") " " TARGET(2, 77, 1, "false") " " TARGET(3, 0, 0, "false")),
         100, 0},
        {QUERY(PLAIN, "{RANGETBLREF :rtindex 2}",
               "{TARGETENTRY :expr {SUBLINK :subselect {QUERY :targetList (" TARGET(
                   1, 100, 4, "false") ")}} :resno 1 :resorigtbl 0 :resorigcol 0 :resjunk false}"),
         100, 0},
        {QUERY(PLAIN, "{RANGETBLREF :rtindex 2} {RANGETBLREF :rtindex 2}", TARGET(1, 100, 4, "false")), 0, 0},
        {QUERY(PLAIN, "{JOINEXPR :jointype 1}", TARGET(1, 100, 4, "false")), 0, 0},
        {QUERY(PLAIN, "{RANGETBLREF :rtindex 3}", TARGET(1, 100, 4, "false")), 0, 0},
        {QUERY(PLAIN, "{RANGETBLREF :rtindex 9}", TARGET(1, 100, 4, "false")), 0, 0},
        {QUERY(PLAIN, "", TARGET(1, 100, 4, "false")), 0, 0},
        {QUERY(":hasTargetSRFs true", "{RANGETBLREF :rtindex 2}", TARGET(1, 100, 4, "false")), 0, 0},
        {"", 0, 0},
        {"<>", 0, 0},
        {"({QUERY :commandType 1", 0, 0},
        {"({QUERY :commandType 1 :hasTargetSRFs false :setOperations {SETOPERATIONSTMT} :groupingSets <>})", 0, 0},
        {"((((((", 0, 0},
        {"}})){{((", 0, 0},
        {"({QUERY :rtable \\", 0, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fq_arena *arena = fq_arena_new(1024 * 1024);
        fq_view_origin origin = fq_view_origin_of(arena, fq_slice_from_cstr(rows[i].ev_action));
        if (origin.relation != rows[i].relation || origin.columns.len != rows[i].columns) {
            fail_msg("row %zu: base %u, %u columns", i, origin.relation, origin.columns.len);
        }
        if (i == 0) {
            assert_int_equal(origin.columns.items[0].number, 1);
            assert_int_equal(origin.columns.items[0].base, 4);
        }
        fq_arena_free(arena);
    }
}

/* Cut anywhere, a tree gives an answer. */
static void test_cut_view_origins(void **state) {
    (void)state;
    fq_slice whole = fq_slice_from_cstr(QUERY(PLAIN, "{RANGETBLREF :rtindex 2}", TARGET(1, 100, 4, "false")));
    for (size_t len = 0; len < whole.len; len++) {
        fq_arena *arena = fq_arena_new(1024 * 1024);
        fq_slice cut = fq_arena_copy(arena, fq_slice_sub(whole, 0, len));
        (void)fq_view_origin_of(arena, cut);
        fq_arena_free(arena);
    }
}

static void test_hints(void **state) {
    (void)state;
    static const struct {
        const char *text, *host, *hint; /* a part; NULL: none */
    } rows[] = {
        {"connection to server at \"db\" (10.0.0.1), port 5432 failed: Connection refused", "db", "listen"},
        {"could not translate host name \"db\" to address: Name or service not known", "db", "DNS"},
        {"FATAL:  password authentication failed for user \"x\"", "db", "password"},
        {"FATAL:  no pg_hba.conf entry for host \"1.2.3.4\", user \"x\", database \"y\", no encryption", "db",
         "sslmode"},
        {"FATAL:  no pg_hba.conf entry for host \"1.2.3.4\", user \"x\", database \"y\", SSL encryption", "db",
         "pg_hba.conf"},
        {"FATAL:  sorry, too many clients already", "db", "pool-size"},
        {"FATAL:  database \"shpo\" does not exist", "db", "psql -l"},
        {"FATAL:  role \"x\" does not exist", "db", "user"},
        {"FATAL:  the database system is starting up", "db", "starting"},
        {"something new", "db", NULL},
        {"", "", NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fq_arena *arena = fq_arena_new(65536);
        fq_slice hint = fq_connect_hint(arena, fq_slice_from_cstr(rows[i].text), fq_slice_from_cstr(rows[i].host));
        const char *got = fq_arena_cstr(arena, hint);
        assert_true((hint.len == 0) == (rows[i].hint == NULL));
        if (rows[i].hint != NULL && strstr(got, rows[i].hint) == NULL) {
            fail_msg("%s: %s", rows[i].text, got);
        }
        fq_arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),           cmocka_unit_test(test_dictionary), cmocka_unit_test(test_view_origins),
        cmocka_unit_test(test_cut_view_origins), cmocka_unit_test(test_hints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
