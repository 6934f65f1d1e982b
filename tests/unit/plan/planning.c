/* SPDX-License-Identifier: MIT */
#include "planning.h"

#include <assert.h>
#include <stdlib.h>

#include "graphql/parser.h"
#include "schema/build.h"
#include "validate/validate.h"

#define TYPE(oid, name, category) "{\"oid\":" #oid ",\"schema\":\"pg_catalog\",\"name\":\"" name "\",\"kind\":\"b\",\"category\":\"" category "\"}"
#define COLUMN(number, name, type, not_null)                                                                           \
    "{\"number\":" #number ",\"name\":\"" name "\",\"type\":" #type ",\"not_null\":" #not_null ",\"readable\":true}"
#define PRIMARY(columns) "{\"name\":\"k\",\"primary\":true,\"columns\":" columns "}"
#define FOREIGN(name, columns, target, target_columns)                                                                 \
    "{\"name\":\"" name "\",\"columns\":" columns ",\"target\":" #target ",\"target_columns\":" target_columns "}"
#define RELATION(oid, name, kind, columns, keys, foreign)                                                        \
    "{\"oid\":" #oid ",\"schema\":\"app\",\"name\":\"" name "\",\"kind\":\"" kind "\",\"rows\":1000,\"readable\":true,"      \
    "\"columns\":[" columns "],\"keys\":[" keys "],\"foreign_keys\":[" foreign "]}"

/* users 1-n posts 1-n comments, posts n-n tags, orders with a key of two columns, logs without a key, a document, a view. */
static const char catalog[] =
    "{\"version\":1,\"schemas\":[\"app\"],\"types\":["
    TYPE(16, "bool", "B") "," TYPE(20, "int8", "N") "," TYPE(21, "int2", "N") "," TYPE(23, "int4", "N") ","
    TYPE(25, "text", "S") "," TYPE(114, "json", "U") "," TYPE(701, "float8", "N") "," TYPE(790, "money", "N") ","
    TYPE(869, "inet", "I") "," TYPE(1042, "bpchar", "S") "," TYPE(1184, "timestamptz", "D") "," TYPE(1700, "numeric", "N") ","
    TYPE(2950, "uuid", "U") "," TYPE(3802, "jsonb", "U") "," TYPE(17, "bytea", "U") ","
    "{\"oid\":1009,\"schema\":\"pg_catalog\",\"name\":\"_text\",\"kind\":\"b\",\"category\":\"A\",\"element\":25},"
    "{\"oid\":1231,\"schema\":\"pg_catalog\",\"name\":\"_numeric\",\"kind\":\"b\",\"category\":\"A\",\"element\":1700},"
    "{\"oid\":9001,\"schema\":\"app\",\"name\":\"mood\",\"kind\":\"e\",\"category\":\"E\",\"labels\":[\"sad\",\"very happy\"]},"
    "{\"oid\":9002,\"schema\":\"app\",\"name\":\"address\",\"kind\":\"c\",\"category\":\"C\",\"attributes\":["
    "{\"number\":1,\"name\":\"street\",\"type\":25},{\"number\":2,\"name\":\"zip_code\",\"type\":23}]},"
    "{\"oid\":9003,\"schema\":\"app\",\"name\":\"users\",\"kind\":\"c\",\"category\":\"C\",\"relation\":1}],\"relations\":["
    RELATION(1, "users", "r",
             COLUMN(1, "id", 23, true) "," COLUMN(2, "email", 25, true) "," COLUMN(3, "age", 23, false) ","
             COLUMN(4, "created_at", 1184, true) "," COLUMN(5, "mood", 9001, false) "," COLUMN(6, "home", 9002, false) ","
             COLUMN(7, "tags", 1009, false) "," COLUMN(8, "score", 1700, false) "," COLUMN(9, "big", 20, false) ","
             COLUMN(10, "uid", 2950, false) "," COLUMN(11, "small", 21, false) "," COLUMN(12, "cost", 790, false) ","
             COLUMN(13, "code", 1042, false) "," COLUMN(14, "extra", 3802, false) "," COLUMN(15, "boss_id", 23, false) ","
             COLUMN(16, "active", 16, false) "," COLUMN(17, "ip", 869, false) "," COLUMN(18, "amounts", 1231, false) ","
             COLUMN(19, "ratio", 701, false) "," COLUMN(20, "raw", 114, false) "," COLUMN(21, "bin", 17, false),
             PRIMARY("[1]") ",{\"name\":\"u\",\"primary\":false,\"columns\":[2]}", FOREIGN("f", "[15]", 1, "[1]")) ","
    RELATION(2, "posts", "r",
             COLUMN(1, "id", 23, true) "," COLUMN(2, "author_id", 23, true) "," COLUMN(3, "title", 25, true) ","
             COLUMN(4, "views", 23, false), PRIMARY("[1]"), FOREIGN("f", "[2]", 1, "[1]")) ","
    RELATION(3, "comments", "r",
             COLUMN(1, "id", 23, true) "," COLUMN(2, "post_id", 23, true) "," COLUMN(3, "author_id", 23, false) ","
             COLUMN(4, "body", 25, true), PRIMARY("[1]"), FOREIGN("f", "[2]", 2, "[1]") "," FOREIGN("g", "[3]", 1, "[1]")) ","
    RELATION(4, "tags", "r", COLUMN(1, "id", 23, true) "," COLUMN(2, "name", 25, true), PRIMARY("[1]"), "") ","
    RELATION(5, "post_tags", "r", COLUMN(1, "post_id", 23, true) "," COLUMN(2, "tag_id", 23, true), PRIMARY("[1,2]"),
             FOREIGN("f", "[1]", 2, "[1]") "," FOREIGN("g", "[2]", 4, "[1]")) ","
    RELATION(6, "orders", "r",
             COLUMN(1, "tenant", 23, true) "," COLUMN(2, "no", 23, true) "," COLUMN(3, "total", 1700, true),
             PRIMARY("[1,2]"), "") ","
    RELATION(7, "lines", "r",
             COLUMN(1, "id", 23, true) "," COLUMN(2, "tenant", 23, true) "," COLUMN(3, "no", 23, true) ","
             COLUMN(4, "item", 25, true), PRIMARY("[1]"), FOREIGN("f", "[2,3]", 6, "[1,2]")) ","
    RELATION(8, "logs", "r",
             COLUMN(1, "at", 1184, false) "," COLUMN(2, "what", 25, false) "," COLUMN(3, "extra", 114, false) ","
             COLUMN(4, "user_id", 23, false), "", FOREIGN("f", "[4]", 1, "[1]")) ","
    RELATION(9, "tv_item", "r",
             COLUMN(1, "id", 2950, true) "," COLUMN(2, "status", 25, true) "," COLUMN(3, "data", 3802, true), PRIMARY("[1]"),
             "")
    "],\"documents\":[{\"relation\":9,\"column\":\"data\",\"rows\":9,\"shape\":{\"object\":{\"title\":{\"string\":9},"
             "\"view_count\":{\"int\":9},\"rating\":{\"number\":9},\"is_open\":{\"boolean\":9},"
             "\"owner\":{\"object\":{\"first_name\":{\"string\":9},\"address\":{\"object\":{\"city\":{\"string\":9}}}}},"
             "\"parts\":{\"array\":{\"object\":{\"sku\":{\"string\":9},\"qty\":{\"int\":9}}}}}}}"
    "],\"functions\":["
    "{\"oid\":1,\"schema\":\"app\",\"name\":\"create_user\",\"volatility\":\"v\",\"set\":false,\"returns\":9003,"
    "\"parameters\":[{\"name\":\"input\",\"type\":3802}]},"
    "{\"oid\":2,\"schema\":\"app\",\"name\":\"touch_users\",\"volatility\":\"v\",\"set\":true,\"returns\":9003,"
    "\"parameters\":[{\"name\":\"input\",\"type\":3802}]},"
    "{\"oid\":3,\"schema\":\"app\",\"name\":\"echo\",\"volatility\":\"v\",\"set\":false,\"returns\":3802,"
    "\"parameters\":[{\"name\":\"input\",\"type\":3802}]}]}";

void planning_init(planning *p) {
    *p = (planning){.limits = FQ_LIMITS_DEFAULT};
    p->options.limits = &p->limits;
    p->arena = fq_arena_new(FQ_PLAN_ARENA_MAX);
    fq_errors_init(&p->errors, p->arena, 10);
    fq_schema_options options = {0};
    p->schema = fq_schema_from_catalog(fq_slice_of(catalog, sizeof(catalog) - 1), &options, &p->errors);
    assert(p->schema != NULL);
}

void planning_done(planning *p) {
    fq_arena_free(p->arena);
    fq_schema_unref(p->schema);
}

static const fq_operation *resolved(planning *p, const char *query, const char *variables) {
    fq_parse_limits limits = {.tokens = p->limits.tokens, .depth = p->limits.depth};
    const fq_document *document = fq_parse(p->arena, fq_slice_from_cstr(query), limits, &p->errors);
    if (document == NULL || !fq_validate(p->arena, p->schema, document, &p->limits, FQ_EXTENSIONS_ALL, &p->errors)) {
        return NULL;
    }
    fq_literals *literals = FQ_NEW(p->arena, fq_literals);
    fq_literals_lift(p->arena, document, literals);
    fq_node_id operation = fq_operation_choose(document, fq_slice_of(NULL, 0), &p->errors);
    fq_json_error json_error;
    fq_json *json = NULL;
    if (variables != NULL) {
        json = fq_json_parse(p->arena, fq_slice_from_cstr(variables), 64, &json_error);
        assert(json != NULL);
    }
    fq_variables *values = FQ_NEW(p->arena, fq_variables);
    if (!fq_variables_coerce(p->arena, p->schema, document, operation, json, &p->limits, FQ_EXTENSIONS_ALL, values,
                             &p->errors)) {
        return NULL;
    }
    p->bindings = (fq_bindings){literals->values, values->leaves, document};
    return fq_operation_resolve(p->arena, p->schema, document, operation, literals, values, &p->limits,
                                FQ_EXTENSIONS_ALL, &p->errors);
}

void planning_make(planning *p, const char *query, const char *variables) {
    fq_arena_reset(p->arena);
    fq_errors_init(&p->errors, p->arena, 10);
    const fq_operation *operation = resolved(p, query, variables);
    p->plan = operation != NULL ? fq_plan_make(p->arena, operation, &p->options, &p->errors) : NULL;
}

const char *planning_sql(const planning *p, uint32_t number) {
    return p->plan != NULL && number < p->plan->n_statements ? fq_arena_cstr(p->arena, p->plan->statements[number].sql) : "";
}

const char *planning_values(planning *p, uint32_t number) {
    const fq_statement *statement = &p->plan->statements[number];
    fq_pg_value *values = FQ_NEW_ARRAY(p->arena, fq_pg_value, statement->n_params);
    if (!fq_statement_bind(p->arena, statement, &p->bindings, values, &p->errors)) {
        return NULL;
    }
    fq_slice text = FQ_S("");
    for (uint32_t i = 0; i < statement->n_params; i++) {
        fq_slice value = values[i].value.ptr != NULL ? values[i].value : FQ_S("-");
        text = fq_arena_printf(p->arena, "%.*s%s%.*s", FQ_PRI(text), i > 0 ? "|" : "", FQ_PRI(value));
    }
    return fq_arena_cstr(p->arena, text);
}

const char *planning_error(const planning *p) {
    return p->errors.list.len > 0 ? fq_arena_cstr(p->arena, p->errors.list.items[0].message) : "";
}
