/* SPDX-License-Identifier: MIT */
/* See catalog_text.h: a reader for well-formed texts; anything else fails the test. */
#include "catalog_text.h"

#include "base/vec.h"
#include "schema/print.h"
#include "json/writer.h"

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

typedef struct named_oid {
    fq_slice name;
    uint32_t oid;
} named_oid;

typedef struct text_column {
    fq_slice name;
    bool pk;
} text_column;

typedef struct text_relation {
    fq_slice name;
    uint32_t oid;
    FQ_VEC(fq_slice) columns;
} text_relation;

typedef struct reader {
    fq_arena *arena;
    const char *at;
    FQ_VEC(named_oid) types;
    FQ_VEC(text_relation) relations;
    fq_buffer types_json, relations_json, functions_json, views_json, documents_json, schemas_json;
    uint32_t next_oid;
} reader;

static void skip_blanks(reader *r) {
    while (*r->at != '\0' && strchr(" \t\n", *r->at) != NULL) {
        r->at++;
    }
}

static bool take(reader *r, char c) {
    skip_blanks(r);
    if (*r->at != c) {
        return false;
    }
    r->at++;
    return true;
}

static void need(reader *r, char c) {
    if (!take(r, c)) {
        fail_msg("catalog text: '%c' is expected before: %.40s", c, r->at);
    }
}

static fq_slice word(reader *r) {
    skip_blanks(r);
    char quote = *r->at;
    if (quote == '"' || quote == '\'') {
        const char *start = ++r->at;
        while (*r->at != quote) {
            r->at++;
        }
        return fq_slice_of(start, (size_t)(r->at++ - start));
    }
    const char *start = r->at;
    while (*r->at != '\0' && strchr(" \t\n(),;{}:!-'\"", *r->at) == NULL) {
        r->at++;
    }
    if (r->at == start) {
        fail_msg("catalog text: a name is expected before: %.40s", r->at);
    }
    return fq_slice_of(start, (size_t)(r->at - start));
}

static bool take_word(reader *r, const char *wanted) {
    skip_blanks(r);
    size_t len = strlen(wanted);
    if (strncmp(r->at, wanted, len) != 0 || strchr(" \t\n(),;{}:!-", r->at[len]) == NULL) {
        return false;
    }
    r->at += len;
    return true;
}

/* What stands between braces, balanced; empty where there is no comment. */
static fq_slice braces(reader *r) {
    if (!take(r, '{')) {
        return fq_slice_of("", 0);
    }
    const char *start = r->at;
    for (int depth = 1; depth > 0; r->at++) {
        depth += *r->at == '{' ? 1 : *r->at == '}' ? -1 : 0;
    }
    return fq_slice_of(start, (size_t)(r->at - 1 - start));
}

static fq_slice schema_of(fq_slice *name) {
    const char *dot = memchr(name->ptr, '.', name->len);
    if (dot == NULL) {
        return FQ_S("public");
    }
    fq_slice schema = fq_slice_sub(*name, 0, (size_t)(dot - name->ptr));
    *name = fq_slice_sub(*name, schema.len + 1, name->len);
    return schema;
}

static void comma(fq_buffer *out) {
    if (out->len > 0 && strchr("[{,", out->ptr[out->len - 1]) == NULL) {
        fq_buffer_char(out, ',');
    }
}

static void text_member(fq_buffer *out, const char *key, fq_slice value) {
    comma(out);
    fq_buffer_printf(out, "\"%s\":", key);
    fq_json_write_string(out, value);
}

static void comment_member(reader *r, fq_buffer *out) {
    fq_slice comment = braces(r);
    if (comment.len > 0) {
        text_member(out, "comment", comment);
    }
}

/* ---- types ---- */

static uint32_t add_type(reader *r, fq_slice name, const char *kind) {
    named_oid type = {name, r->next_oid++};
    fq_vec_push(r->arena, &r->types, type);
    bool builtin = kind[0] == 'b' && !fq_slice_equal(name, FQ_S("citext")) && !fq_slice_equal(name, FQ_S("ltree"));
    comma(&r->types_json);
    fq_buffer_printf(&r->types_json, "{\"oid\":%u", type.oid);
    text_member(&r->types_json, "schema", builtin || kind[0] == 'p' ? FQ_S("pg_catalog") : FQ_S("public"));
    text_member(&r->types_json, "name", name);
    text_member(&r->types_json, "kind", fq_slice_from_cstr(kind));
    return type.oid;
}

static uint32_t type_oid(reader *r, fq_slice name) {
    for (uint32_t i = 0; i < r->types.len; i++) {
        if (fq_slice_equal(r->types.items[i].name, name)) {
            return r->types.items[i].oid;
        }
    }
    if (name.len > 2 && fq_slice_ends_with(name, FQ_S("[]"))) {
        uint32_t element = type_oid(r, fq_slice_sub(name, 0, name.len - 2));
        uint32_t array = add_type(r, name, "b");
        fq_buffer_printf(&r->types_json, ",\"element\":%u}", element);
        return array;
    }
    bool pseudo = fq_slice_equal(name, FQ_S("void")) || fq_slice_equal(name, FQ_S("record"));
    uint32_t oid = add_type(r, name, pseudo ? "p" : "b");
    fq_buffer_char(&r->types_json, '}');
    return oid;
}

static void read_enum(reader *r) {
    fq_slice name = word(r);
    add_type(r, name, "e");
    need(r, '(');
    fq_buffer_literal(&r->types_json, ",\"labels\":[");
    while (!take(r, ')')) {
        comma(&r->types_json);
        fq_json_write_string(&r->types_json, word(r));
    }
    fq_buffer_char(&r->types_json, ']');
    comment_member(r, &r->types_json);
    fq_buffer_char(&r->types_json, '}');
}

static void read_composite(reader *r) {
    fq_slice name = word(r);
    fq_buffer attributes;
    fq_buffer_init(&attributes, SIZE_MAX);
    need(r, '(');
    for (int number = 1; !take(r, ')'); number++) {
        fq_slice attribute = word(r);
        fq_slice type = word(r);
        comma(&attributes);
        fq_buffer_printf(&attributes, "{\"number\":%d,\"type\":%u", number, type_oid(r, type));
        text_member(&attributes, "name", attribute);
        fq_buffer_char(&attributes, '}');
        (void)take(r, ',');
    }
    add_type(r, name, "c");
    fq_buffer_printf(&r->types_json, ",\"attributes\":[%.*s]", FQ_PRI(fq_buffer_view(&attributes)));
    comment_member(r, &r->types_json);
    fq_buffer_char(&r->types_json, '}');
    fq_buffer_done(&attributes);
}

static void read_domain(reader *r) {
    fq_slice name = word(r);
    uint32_t base = type_oid(r, word(r));
    add_type(r, name, "d");
    fq_buffer_printf(&r->types_json, ",\"base\":%u}", base);
}

/* ---- relations ---- */

static const text_relation *relation_named(reader *r, fq_slice name) {
    for (uint32_t i = 0; i < r->relations.len; i++) {
        if (fq_slice_equal(r->relations.items[i].name, name)) {
            return &r->relations.items[i];
        }
    }
    fail_msg("catalog text: no relation \"%.*s\"", FQ_PRI(name));
    return NULL;
}

static uint32_t number_of(const text_relation *relation, fq_slice column) {
    for (uint32_t i = 0; i < relation->columns.len; i++) {
        if (fq_slice_equal(relation->columns.items[i], column)) {
            return i + 1;
        }
    }
    fail_msg("catalog text: \"%.*s\" has no column \"%.*s\"", FQ_PRI(relation->name), FQ_PRI(column));
    return 0;
}

static void write_numbers(reader *r, fq_buffer *out, const text_relation *relation, const char *end) {
    fq_buffer_char(out, '[');
    skip_blanks(r);
    while (strchr(end, *r->at) == NULL) {
        comma(out);
        fq_buffer_printf(out, "%u", number_of(relation, word(r)));
        skip_blanks(r);
    }
    fq_buffer_char(out, ']');
}

static void start_key(fq_buffer *keys, fq_slice name, bool primary) {
    comma(keys);
    fq_buffer_printf(keys, "{\"primary\":%s", primary ? "true" : "false");
    text_member(keys, "name", name);
    fq_buffer_literal(keys, ",\"columns\":");
}

/* `->users.id`: the arrow has been read. Names of constraints are `fk`. */
static void start_foreign_key(fq_buffer *out) {
    comma(out);
    fq_buffer_literal(out, "{\"name\":\"fk\",\"columns\":");
}

static void read_arrow(reader *r, fq_buffer *out) {
    need(r, '-');
    r->at++; /* > */
    fq_slice target = word(r);
    const char *dot = memchr(target.ptr, '.', target.len);
    const text_relation *relation = relation_named(r, fq_slice_sub(target, 0, (size_t)(dot - target.ptr)));
    r->at = dot + 1;
    fq_buffer_printf(out, ",\"target\":%u,\"target_columns\":", relation->oid);
    write_numbers(r, out, relation, "{,);");
    comment_member(r, out);
    fq_buffer_char(out, '}');
}

typedef struct parts {
    fq_buffer columns, keys, foreign_keys;
} parts;

static void read_column(reader *r, text_relation *relation, parts *p) {
    fq_slice name = word(r);
    uint32_t type = type_oid(r, word(r));
    fq_vec_push(r->arena, &relation->columns, name);
    uint32_t number = relation->columns.len;
    comma(&p->columns);
    fq_buffer_printf(&p->columns, "{\"number\":%u,\"type\":%u", number, type);
    text_member(&p->columns, "name", name);
    for (;;) {
        skip_blanks(r);
        if (take(r, '!')) {
            fq_buffer_literal(&p->columns, ",\"not_null\":true");
        } else if (r->at[0] == '-' && r->at[1] == '>') {
            start_foreign_key(&p->foreign_keys);
            fq_buffer_printf(&p->foreign_keys, "[%u]", number);
            read_arrow(r, &p->foreign_keys);
        } else if (take(r, '-')) {
            fq_buffer_literal(&p->columns, ",\"readable\":false");
        } else if (take_word(r, "pk") || take_word(r, "unique")) {
            start_key(&p->keys, FQ_S("key"), r->at[-1] == 'k');
            fq_buffer_printf(&p->keys, "[%u]}", number);
        } else {
            break;
        }
    }
    comment_member(r, &p->columns);
    fq_buffer_char(&p->columns, '}');
}

static bool read_constraint(reader *r, const text_relation *relation, parts *p) {
    skip_blanks(r);
    bool primary = strncmp(r->at, "pk(", 3) == 0;
    bool unique = strncmp(r->at, "unique(", 7) == 0;
    bool foreign = strncmp(r->at, "fk(", 3) == 0;
    if (!primary && !unique && !foreign) {
        return false;
    }
    r->at = strchr(r->at, '(') + 1;
    if (foreign) {
        start_foreign_key(&p->foreign_keys);
        write_numbers(r, &p->foreign_keys, relation, "-");
        read_arrow(r, &p->foreign_keys);
    } else {
        start_key(&p->keys, primary ? FQ_S("pkey") : FQ_S("key"), primary);
        write_numbers(r, &p->keys, relation, ")");
        fq_buffer_char(&p->keys, '}');
    }
    need(r, ')');
    return true;
}

static void read_relation_flags(reader *r, fq_buffer *out) {
    for (;;) {
        if (take_word(r, "children")) {
            fq_buffer_literal(out, ",\"children\":true");
        } else if (take_word(r, "unreadable")) {
            fq_buffer_literal(out, ",\"readable\":false");
        } else if (take_word(r, "rows")) {
            fq_slice rows = word(r);
            fq_buffer_printf(out, ",\"rows\":%.*s", FQ_PRI(rows));
        } else {
            return;
        }
    }
}

static void read_relation(reader *r, const char *kind) {
    fq_slice name = word(r);
    fq_vec_push(r->arena, &r->relations, (text_relation){.name = name, .oid = r->next_oid++});
    text_relation relation = r->relations.items[r->relations.len - 1];
    parts p;
    fq_buffer_init(&p.columns, SIZE_MAX);
    fq_buffer_init(&p.keys, SIZE_MAX);
    fq_buffer_init(&p.foreign_keys, SIZE_MAX);
    need(r, '(');
    while (!take(r, ')')) {
        if (!read_constraint(r, &relation, &p)) {
            read_column(r, &relation, &p);
            r->relations.items[r->relations.len - 1] = relation; /* references to itself */
        }
        (void)take(r, ',');
    }
    fq_buffer *out = &r->relations_json;
    comma(out);
    fq_buffer_printf(out, "{\"oid\":%u,\"kind\":\"%s\"", relation.oid, kind);
    fq_slice bare = name;
    text_member(out, "schema", schema_of(&bare));
    text_member(out, "name", bare);
    fq_buffer_printf(out, ",\"columns\":[%.*s],\"keys\":[%.*s],\"foreign_keys\":[%.*s]",
                     FQ_PRI(fq_buffer_view(&p.columns)), FQ_PRI(fq_buffer_view(&p.keys)),
                     FQ_PRI(fq_buffer_view(&p.foreign_keys)));
    read_relation_flags(r, out);
    comment_member(r, out);
    fq_buffer_char(out, '}');
    fq_buffer_done(&p.columns);
    fq_buffer_done(&p.keys);
    fq_buffer_done(&p.foreign_keys);
    /* its row type */
    fq_slice row = fq_arena_printf(r->arena, "%.*s", FQ_PRI(name));
    add_type(r, row, "c");
    fq_buffer_printf(&r->types_json, ",\"relation\":%u}", relation.oid);
}

static void read_base(reader *r) {
    const text_relation *view = relation_named(r, word(r));
    const text_relation *base = relation_named(r, word(r));
    comma(&r->views_json);
    fq_buffer_printf(&r->views_json, "{\"relation\":%u,\"base\":%u,\"columns\":[", view->oid, base->oid);
    need(r, '(');
    while (!take(r, ')')) {
        fq_slice own = word(r);
        need(r, ':');
        comma(&r->views_json);
        fq_buffer_printf(&r->views_json, "[%u,%u]", number_of(view, own), number_of(base, word(r)));
    }
    fq_buffer_literal(&r->views_json, "]}");
}

static void read_document(reader *r) {
    const text_relation *relation = relation_named(r, word(r));
    comma(&r->documents_json);
    fq_buffer_printf(&r->documents_json, "{\"relation\":%u", relation->oid);
    text_member(&r->documents_json, "column", word(r));
    fq_slice shape = braces(r);
    fq_buffer_printf(&r->documents_json, ",\"rows\":1,\"shape\":{%.*s}}", FQ_PRI(shape));
}

static void read_function(reader *r) {
    fq_slice name = word(r);
    fq_buffer *out = &r->functions_json;
    fq_buffer parameters;
    fq_buffer_init(&parameters, SIZE_MAX);
    need(r, '(');
    while (!take(r, ')')) {
        fq_slice parameter = word(r);
        fq_slice type = word(r);
        comma(&parameters);
        fq_buffer_printf(&parameters, "{\"type\":%u,\"default\":%s", type_oid(r, type),
                         take_word(r, "default") ? "true" : "false");
        text_member(&parameters, "name", parameter);
        fq_buffer_char(&parameters, '}');
        (void)take(r, ',');
    }
    uint32_t returns = type_oid(r, word(r));
    comma(out);
    fq_buffer_printf(out, "{\"oid\":%u,\"returns\":%u,\"parameters\":[%.*s]", r->next_oid++, returns,
                     FQ_PRI(fq_buffer_view(&parameters)));
    fq_buffer_done(&parameters);
    text_member(out, "schema", schema_of(&name));
    text_member(out, "name", name);
    bool set = take_word(r, "set");
    bool stable = take_word(r, "stable");
    fq_buffer_printf(out, ",\"set\":%s,\"volatility\":\"%s\"", set ? "true" : "false", stable ? "s" : "v");
    (void)take_word(r, "volatile");
    comment_member(r, out);
    fq_buffer_char(out, '}');
}

static void read_schemas(reader *r) {
    fq_buffer_clear(&r->schemas_json);
    need(r, '(');
    while (!take(r, ')')) {
        if (r->schemas_json.len > 0) {
            fq_buffer_char(&r->schemas_json, ',');
        }
        fq_json_write_string(&r->schemas_json, word(r));
    }
}

static void read_statement(reader *r) {
    if (take_word(r, "enum")) {
        read_enum(r);
    } else if (take_word(r, "composite")) {
        read_composite(r);
    } else if (take_word(r, "domain")) {
        read_domain(r);
    } else if (take_word(r, "function")) {
        read_function(r);
    } else if (take_word(r, "base")) {
        read_base(r);
    } else if (take_word(r, "document")) {
        read_document(r);
    } else if (strncmp(r->at, "schemas(", 8) == 0) {
        r->at += 7;
        read_schemas(r);
    } else {
        read_relation(r, take_word(r, "view")          ? "v"
                         : take_word(r, "matview")     ? "m"
                         : take_word(r, "partitioned") ? "p"
                         : take_word(r, "foreign")     ? "f"
                                                       : "r");
    }
}

fq_slice catalog_json(fq_arena *arena, const char *text) {
    reader r = {.arena = arena, .at = text, .next_oid = 1000};
    fq_buffer *buffers[] = {&r.types_json, &r.relations_json, &r.functions_json,
                            &r.views_json, &r.documents_json, &r.schemas_json};
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++) {
        fq_buffer_init(buffers[i], SIZE_MAX);
    }
    fq_buffer_literal(&r.schemas_json, "\"public\"");
    skip_blanks(&r);
    while (*r.at != '\0') {
        read_statement(&r);
        need(&r, ';');
        skip_blanks(&r);
    }
    fq_slice json =
        fq_arena_printf(arena,
                        "{\"version\":1,\"schemas\":[%.*s],\"types\":[%.*s],\"relations\":[%.*s],\"functions\":[%.*s],"
                        "\"views\":[%.*s],\"documents\":[%.*s]}",
                        FQ_PRI(fq_buffer_view(&r.schemas_json)), FQ_PRI(fq_buffer_view(&r.types_json)),
                        FQ_PRI(fq_buffer_view(&r.relations_json)), FQ_PRI(fq_buffer_view(&r.functions_json)),
                        FQ_PRI(fq_buffer_view(&r.views_json)), FQ_PRI(fq_buffer_view(&r.documents_json)));
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++) {
        fq_buffer_done(buffers[i]);
    }
    return json;
}

fq_schema *catalog_schema(fq_arena *arena, const char *text, const fq_schema_options *options) {
    fq_errors errors;
    fq_errors_init(&errors, arena, 10);
    fq_schema *schema = fq_schema_from_catalog(catalog_json(arena, text), options, &errors);
    if (schema == NULL) {
        fail_msg("no schema: %.*s\n%s", errors.list.len > 0 ? (int)errors.list.items[0].message.len : 0,
                 errors.list.len > 0 ? errors.list.items[0].message.ptr : "", text);
    }
    return schema;
}

const char *schema_look(fq_arena *arena, const fq_schema *schema, const char *path) {
    const char *dot = strchr(path, '.');
    const char *argument = strchr(path, '(');
    fq_slice type_name = fq_slice_of(path, dot != NULL ? (size_t)(dot - path) : strlen(path));
    const fq_type *type = fq_schema_type(schema, type_name);
    if (type == NULL || dot == NULL) {
        return type != NULL ? "" : NULL;
    }
    fq_slice name = fq_slice_of(dot + 1, argument != NULL ? (size_t)(argument - dot - 1) : strlen(dot + 1));
    if (type->kind == FQ_INPUT_OBJECT_TYPE) {
        const fq_input_value *input = fq_type_input_field(type, name);
        return input != NULL ? fq_arena_cstr(arena, fq_ref_text(arena, input->type)) : NULL;
    }
    if (type->kind == FQ_ENUM_TYPE) {
        const fq_enum_value *value = fq_type_enum_value(type, name);
        return value != NULL ? fq_arena_cstr(arena, value->label) : NULL;
    }
    const fq_field *field = fq_type_field(type, name);
    if (field == NULL || argument == NULL) {
        return field != NULL ? fq_arena_cstr(arena, fq_ref_text(arena, field->type)) : NULL;
    }
    const fq_input_value *arg = fq_field_arg(field, fq_slice_of(argument + 1, strlen(argument) - 2));
    return arg != NULL ? fq_arena_cstr(arena, fq_ref_text(arena, arg->type)) : NULL;
}
