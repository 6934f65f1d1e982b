/* SPDX-License-Identifier: MIT */
/* `fraiseql check --jsonl`: one request a line, one answer a line, for test suites. A request has `id`, `kind` and what
 * the kind needs: `document`, `schema` (a file of SDL or schema JSON), `variables`, `operationName`. An answer has the
 * same `id` and `valid`, `errors` and what the kind makes; or `unsupported`.
 *
 * Kinds: document, value, const-value, type (parse and print), lex, validate, variables, schema, execute (what needs no
 * data), sdl-rule (`rule` alone on the document, which extends the SDL in `extends` where that is given), optional-rule
 * (`rule`, which is none of the specification's, alone). */
#include <stdlib.h>

#include "base/utf8.h"
#include "engine/check.h"
#include "engine/engine.h"
#include "engine/schema_files.h"
#include "graphql/lexer.h"
#include "graphql/parser.h"
#include "graphql/printer.h"
#include "schema/build.h"
#include "schema/sdl_rules.h"
#include "validate/introspection.h"
#include "validate/rules_optional.h"
#include "validate/validate.h"
#include "json/writer.h"

#define REQUEST_DEPTH_MAX 200
/* Without an engine: what recursion surely bears, and what ends in reasonable time. */
#define SUITE_DEPTH 1000
#define SUITE_TOKENS 1000000
#define ANSWER_MAX ((size_t)256 * 1024 * 1024)

typedef struct checker {
    fraiseql *engine; /* or NULL */
    fq_limits limits;
    fq_schema_files files;
} checker;

/* One line. */
typedef struct request {
    checker *c;
    fq_arena *arena;
    const fq_json *json;
    fq_slice document;
    fq_errors errors;
    fq_slice source; /* the text that errors are about */
    fq_buffer *out;
} request;

/* ---- answers ---- */

static fq_slice member_text(const request *r, fq_slice name) {
    const fq_json *member = fq_json_member(r->json, name);
    return member != NULL && member->kind == FQ_JSON_STRING ? member->text : (fq_slice){0};
}

static void begin_answer(request *r) {
    fq_buffer_literal(r->out, "{\"id\":");
    const fq_json *id = fq_json_member(r->json, FQ_S("id"));
    if (id != NULL) {
        fq_json_write_tree(r->out, id);
    } else {
        fq_buffer_literal(r->out, "null");
    }
}

/* The verdict and the errors; more members may follow. */
static bool write_verdict(request *r) {
    bool valid = !fq_errors_any(&r->errors);
    begin_answer(r);
    fq_buffer_slice(r->out, valid ? FQ_S(",\"valid\":true,\"errors\":") : FQ_S(",\"valid\":false,\"errors\":"));
    fq_check_write_errors(r->arena, &r->errors, r->source, r->out);
    return valid;
}

static void answer_unsupported(request *r) {
    begin_answer(r);
    fq_buffer_literal(r->out, ",\"unsupported\":true");
}

/* ---- syntax ---- */

typedef const fq_document *(*parse_function)(fq_arena *arena, fq_slice source, fq_parse_limits limits,
                                             fq_errors *errors);

static fq_parse_limits parse_limits(const request *r) {
    return (fq_parse_limits){.tokens = r->c->limits.tokens, .depth = r->c->limits.depth};
}

static void answer_parse(request *r, parse_function parse) {
    const fq_document *document = parse(r->arena, r->document, parse_limits(r), &r->errors);
    if (!write_verdict(r) || document == NULL) {
        return;
    }
    fq_buffer printed;
    fq_buffer_init(&printed, ANSWER_MAX);
    if (parse == fq_parse) {
        fq_print_document(document, &printed);
    } else {
        fq_print_node(document, document->definitions, &printed);
    }
    fq_buffer_literal(r->out, ",\"printed\":");
    fq_json_write_string(r->out, fq_buffer_view(&printed));
    fq_buffer_done(&printed);
}

/* Counts in UTF-16 code units as the lexer goes along. */
typedef struct unit_counter {
    uint32_t offset;
    size_t units;
} unit_counter;

static size_t units_at(unit_counter *counter, fq_slice source, uint32_t offset) {
    counter->units += fq_utf16_units(fq_slice_sub(source, counter->offset, offset));
    counter->offset = offset;
    return counter->units;
}

static void write_token(request *r, const fq_lines *lines, unit_counter *counter, fq_token token) {
    fq_position position = fq_lines_position(lines, token.start);
    size_t start = units_at(counter, r->document, token.start), end = units_at(counter, r->document, token.end);
    fq_buffer_literal(r->out, "{\"kind\":");
    fq_json_write_string(r->out, fq_token_kind_name(token.kind));
    fq_buffer_printf(r->out, ",\"start\":%zu,\"end\":%zu,\"line\":%u,\"column\":%u", start, end, position.line,
                     position.column);
    fq_slice value = fq_token_value(r->arena, r->document, token);
    if (value.ptr != NULL) {
        fq_buffer_literal(r->out, ",\"value\":");
        fq_json_write_string(r->out, value);
    }
    fq_buffer_char(r->out, '}');
}

static void answer_lex(request *r) {
    fq_lexer lexer;
    fq_lexer_init(&lexer, r->document, &r->errors);
    FQ_VEC(fq_token) tokens = {0};
    do {
        fq_vec_push(r->arena, &tokens, fq_lexer_next(&lexer));
    } while (tokens.items[tokens.len - 1].kind > FQ_TOKEN_EOF);
    if (!write_verdict(r)) {
        return;
    }
    fq_lines lines;
    fq_lines_init(&lines, r->arena, r->document);
    unit_counter counter = {0};
    for (uint32_t i = 0; i < tokens.len; i++) {
        fq_buffer_slice(r->out, i == 0 ? FQ_S(",\"tokens\":[") : FQ_S(","));
        write_token(r, &lines, &counter, tokens.items[i]);
    }
    fq_buffer_char(r->out, ']');
}

/* ---- what needs a schema ---- */

typedef struct chosen_schema {
    fq_schema *schema; /* with a reference; NULL: an answer has been written */
    unsigned extensions;
} chosen_schema;

/* The line's own schema, compared with other validators and so without extensions; else the engine's. */
static chosen_schema choose_schema(request *r) {
    fq_slice path = member_text(r, FQ_S("schema"));
    if (path.ptr != NULL) {
        const fq_schema_file *kept = fq_schema_files_get(&r->c->files, path);
        if (kept->schema != NULL) {
            return (chosen_schema){fq_schema_ref(kept->schema), 0};
        }
        r->errors = kept->errors;
        r->source = kept->source;
        write_verdict(r);
    } else if (r->c->engine != NULL) {
        return (chosen_schema){fq_engine_schema(r->c->engine), FQ_EXTENSIONS_ALL};
    } else {
        answer_unsupported(r);
    }
    return (chosen_schema){0};
}

static void answer_validate(request *r, chosen_schema with) {
    fq_check_document(r->arena, with.schema, r->document, &r->c->limits, with.extensions, &r->errors);
    write_verdict(r);
}

static void answer_optional_rule(request *r, chosen_schema with) {
    fq_slice rule = member_text(r, FQ_S("rule"));
    const fq_document *document = fq_parse(r->arena, r->document, parse_limits(r), &r->errors);
    if (document == NULL) {
        write_verdict(r);
        return;
    }
    if (fq_slice_equal(rule, FQ_S("MaxIntrospectionDepthRule"))) {
        fq_rule_max_introspection_depth(r->arena, document, &r->errors);
    } else if (fq_slice_equal(rule, FQ_S("NoSchemaIntrospectionCustomRule"))) {
        fq_rule_no_introspection(r->arena, with.schema, document, &r->errors);
    } else if (fq_slice_equal(rule, FQ_S("NoDeprecatedCustomRule"))) {
        fq_rule_no_deprecated(r->arena, with.schema, document, &r->errors);
    } else {
        answer_unsupported(r);
        return;
    }
    write_verdict(r);
}

/* A document, one of its operations and the values of its variables. */
typedef struct prepared {
    const fq_document *document;
    fq_node_id operation;
    fq_variables variables;
} prepared;

static bool choose_and_coerce(request *r, chosen_schema with, prepared *p) {
    const fq_json *name = fq_json_member(r->json, FQ_S("operationName"));
    bool named = name != NULL && name->kind == FQ_JSON_STRING;
    fq_slice text = named && name->text.ptr == NULL ? FQ_S("") : named ? name->text : (fq_slice){0};
    p->operation = fq_operation_choose(p->document, text, &r->errors);
    return p->operation != 0 && fq_variables_coerce(r->arena, with.schema, p->document, p->operation,
                                                    fq_json_member(r->json, FQ_S("variables")), &r->c->limits,
                                                    with.extensions, &p->variables, &r->errors);
}

static void write_value(const fq_value *value, fq_buffer *out) {
    switch ((fq_value_kind)value->kind) {
    case FQ_VALUE_ABSENT:
    case FQ_VALUE_NULL:
        fq_buffer_literal(out, "null");
        break;
    case FQ_VALUE_BOOLEAN:
        fq_buffer_slice(out, value->truth ? FQ_S("true") : FQ_S("false"));
        break;
    case FQ_VALUE_STRING:
    case FQ_VALUE_ENUM:
        fq_json_write_string(out, value->text);
        break;
    case FQ_VALUE_LIST:
        fq_buffer_char(out, '[');
        for (uint32_t i = 0; i < value->count; i++) {
            fq_buffer_slice(out, i > 0 ? FQ_S(",") : FQ_S(""));
            write_value(&value->items[i], out);
        }
        fq_buffer_char(out, ']');
        break;
    case FQ_VALUE_OBJECT:
        fq_buffer_char(out, '{');
        for (uint32_t i = 0, n = 0; i < value->count; i++) {
            if (value->members[i].value.kind != FQ_VALUE_ABSENT) {
                fq_buffer_slice(out, n++ > 0 ? FQ_S(",") : FQ_S(""));
                fq_json_write_string(out, value->members[i].name);
                fq_buffer_char(out, ':');
                write_value(&value->members[i].value, out);
            }
        }
        fq_buffer_char(out, '}');
        break;
    case FQ_VALUE_INT:
    case FQ_VALUE_FLOAT:
    case FQ_VALUE_JSON:
        fq_buffer_slice(out, value->text);
        break;
    }
}

static void answer_variables(request *r, chosen_schema with) {
    prepared p = {.document = fq_parse(r->arena, r->document, parse_limits(r), &r->errors)};
    bool good = p.document != NULL && choose_and_coerce(r, with, &p);
    if (!write_verdict(r) || !good) {
        return;
    }
    fq_buffer_literal(r->out, ",\"coerced\":{");
    for (uint32_t i = 0, n = 0; i < p.variables.count; i++) {
        if (p.variables.values[i].kind != FQ_VALUE_ABSENT) {
            fq_buffer_slice(r->out, n++ > 0 ? FQ_S(",") : FQ_S(""));
            fq_json_write_string(r->out, p.variables.names[i]);
            fq_buffer_char(r->out, ':');
            write_value(&p.variables.values[i], r->out);
        }
    }
    fq_buffer_char(r->out, '}');
}

/* ---- execution without data ---- */

static bool only_introspection(const fq_operation *operation) {
    for (uint32_t i = 0; i < operation->root->count; i++) {
        if (!fq_is_introspection(operation->schema, &operation->root->items[i])) {
            return false;
        }
    }
    return operation->kind == FQ_QUERY;
}

static void write_data(const fq_operation *operation, fq_buffer *out) {
    fq_buffer_char(out, '{');
    for (uint32_t i = 0; i < operation->root->count; i++) {
        fq_buffer_slice(out, i > 0 ? FQ_S(",") : FQ_S(""));
        fq_json_write_string(out, operation->root->items[i].key);
        fq_buffer_char(out, ':');
        if (operation->root->items[i].refusal != NULL) {
            fq_buffer_literal(out, "null");
        } else {
            fq_introspection_write(operation->schema, &operation->root->items[i], out);
        }
    }
    fq_buffer_char(out, '}');
}

static void add_refusals(request *r, const fq_operation *operation) {
    for (uint32_t i = 0; i < operation->root->count; i++) {
        const fq_refusal *refusal = operation->root->items[i].refusal;
        if (refusal != NULL) {
            fq_errors_add_at(&r->errors, FQ_ERR_BAD_USER_INPUT, refusal->offset, "%.*s", FQ_PRI(refusal->message));
        }
    }
}

/* The operation with its selections, or NULL and errors. */
static const fq_operation *resolve(request *r, chosen_schema with) {
    prepared p = {
        .document = fq_check_document(r->arena, with.schema, r->document, &r->c->limits, with.extensions, &r->errors)};
    if (p.document == NULL || !choose_and_coerce(r, with, &p)) {
        return NULL;
    }
    fq_literals literals;
    fq_literals_lift(r->arena, p.document, &literals);
    return fq_operation_resolve(r->arena, with.schema, p.document, p.operation, &literals, &p.variables, &r->c->limits,
                                with.extensions, &r->errors);
}

static void answer_execute(request *r, chosen_schema with) {
    const fq_json *root = fq_json_member(r->json, FQ_S("root"));
    const fq_operation *operation = resolve(r, with);
    if (operation != NULL && ((root != NULL && root->kind != FQ_JSON_NULL) || !only_introspection(operation))) {
        answer_unsupported(r);
        return;
    }
    if (operation != NULL) {
        add_refusals(r, operation);
    }
    bool valid = write_verdict(r);
    fq_buffer_literal(r->out, ",\"result\":{");
    if (!valid) {
        fq_buffer_literal(r->out, "\"errors\":");
        fq_check_write_errors(r->arena, &r->errors, r->source, r->out);
    }
    if (operation != NULL) {
        fq_buffer_slice(r->out, valid ? FQ_S("\"data\":") : FQ_S(",\"data\":"));
        write_data(operation, r->out);
    }
    fq_buffer_char(r->out, '}');
}

/* ---- schemas as such ---- */

static const char introspection_query[] =
    "{ __schema { description queryType { name kind } mutationType { name kind } subscriptionType { name kind } "
    "types { ...T } directives { name description isRepeatable locations args(includeDeprecated: true) { ...V } } } } "
    "fragment T on __Type { kind name description specifiedByURL isOneOf "
    "fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...V } type { ...R } "
    "isDeprecated deprecationReason } inputFields(includeDeprecated: true) { ...V } interfaces { ...R } "
    "enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...R } } "
    "fragment V on __InputValue { name description type { ...R } defaultValue isDeprecated deprecationReason } "
    "fragment R on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name "
    "ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } "
    "}";

static void answer_schema(request *r, chosen_schema with) {
    fq_buffer sdl;
    fq_buffer_init(&sdl, ANSWER_MAX);
    fq_schema_print_sdl(with.schema, &sdl);
    write_verdict(r);
    fq_buffer_literal(r->out, ",\"printed\":");
    fq_json_write_string(r->out, fq_buffer_view(&sdl));
    fq_buffer_done(&sdl);
    r->document = fq_slice_from_cstr(introspection_query);
    const fq_operation *operation = resolve(r, with);
    if (operation != NULL) {
        fq_buffer_literal(r->out, ",\"introspection\":");
        write_data(operation, r->out);
    }
}

static uint32_t rule_named(fq_slice name) {
    static const struct {
        fq_slice name;
        uint32_t bit;
    } rules[] = {
#define X(id, text) {FQ_S_INIT(text), FQ_SDL_##id},
        FQ_SDL_RULES(X)
#undef X
    };
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (fq_slice_equal(rules[i].name, name)) {
            return rules[i].bit;
        }
    }
    return 0;
}

static void answer_sdl_rule(request *r) {
    fq_sdl_scope scope = {.rules = rule_named(member_text(r, FQ_S("rule")))};
    fq_slice extends = member_text(r, FQ_S("extends"));
    const fq_document *document =
        scope.rules != 0 ? fq_parse(r->arena, r->document, parse_limits(r), &r->errors) : NULL;
    if (scope.rules == 0) {
        answer_unsupported(r);
        return;
    }
    fq_schema *builtins = fq_schema_new(), *extended = NULL;
    fq_errors ignored;
    fq_errors_init(&ignored, r->arena, 1);
    if (extends.ptr != NULL) {
        extended = fq_sdl_base_schema(extends, &ignored);
    }
    scope.builtins = builtins;
    scope.extended = extended;
    if (document != NULL) {
        fq_sdl_validate(document, &scope, &r->errors);
    }
    write_verdict(r);
    fq_schema_unref(extended);
    fq_schema_unref(builtins);
}

/* ---- lines ---- */

typedef struct kind_row {
    fq_slice name;
    parse_function parse;
    void (*answer)(request *r);
    void (*answer_with)(request *r, chosen_schema with);
} kind_row;

static const kind_row kinds[] = {
    {FQ_S_INIT("document"), fq_parse, NULL, NULL},
    {FQ_S_INIT("value"), fq_parse_value, NULL, NULL},
    {FQ_S_INIT("const-value"), fq_parse_const_value, NULL, NULL},
    {FQ_S_INIT("type"), fq_parse_type, NULL, NULL},
    {FQ_S_INIT("lex"), NULL, answer_lex, NULL},
    {FQ_S_INIT("sdl-rule"), NULL, answer_sdl_rule, NULL},
    {FQ_S_INIT("validate"), NULL, NULL, answer_validate},
    {FQ_S_INIT("optional-rule"), NULL, NULL, answer_optional_rule},
    {FQ_S_INIT("variables"), NULL, NULL, answer_variables},
    {FQ_S_INIT("schema"), NULL, NULL, answer_schema},
    {FQ_S_INIT("execute"), NULL, NULL, answer_execute},
};

static void answer_kind(request *r) {
    fq_slice name = member_text(r, FQ_S("kind"));
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (!fq_slice_equal(kinds[i].name, name)) {
            continue;
        }
        if (kinds[i].parse != NULL) {
            answer_parse(r, kinds[i].parse);
        } else if (kinds[i].answer != NULL) {
            kinds[i].answer(r);
        } else {
            chosen_schema with = choose_schema(r);
            if (with.schema != NULL) {
                kinds[i].answer_with(r, with);
            }
            fq_schema_unref(with.schema);
        }
        return;
    }
    answer_unsupported(r);
}

static void answer_line(checker *c, fq_slice line, fq_buffer *out) {
    fq_arena *arena = fq_arena_new(FQ_REQUEST_ARENA_MAX);
    fq_json_error error = {0};
    const fq_json *json = fq_json_parse(arena, line, REQUEST_DEPTH_MAX, &error);
    if (json == NULL || json->kind != FQ_JSON_OBJECT) {
        fq_buffer_literal(out,
                          "{\"id\":null,\"valid\":false,\"errors\":[{\"message\":\"The line is no JSON object.\"}]}\n");
        fq_arena_free(arena);
        return;
    }
    request r = {.c = c, .arena = arena, .json = json, .out = out};
    fq_errors_init(&r.errors, arena, c->limits.errors);
    r.document = member_text(&r, FQ_S("document"));
    if (r.document.ptr == NULL) {
        r.document = FQ_S("");
    }
    r.source = r.document;
    answer_kind(&r);
    fq_buffer_literal(out, "}\n");
    fq_arena_free(arena);
}

bool fraiseql_check_jsonl(fraiseql *engine, FILE *in, FILE *out) {
    checker c = {.engine = engine, .limits = FQ_LIMITS_DEFAULT};
    if (engine != NULL) {
        c.limits = engine->limits;
    } else { /* the suite asks about the language, not about what a server lets through */
        c.limits.document_bytes = FQ_SDL_BYTES_MAX;
        c.limits.depth = SUITE_DEPTH;
        c.limits.tokens = SUITE_TOKENS;
    }
    fq_schema_files_init(&c.files, c.limits.errors);
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    bool good = true;
    fq_buffer answer;
    fq_buffer_init(&answer, ANSWER_MAX);
    while (good && (len = getline(&line, &capacity, in)) >= 0) {
        fq_buffer_clear(&answer);
        answer_line(&c, fq_slice_of(line, (size_t)len), &answer);
        good = !answer.failed && fwrite(answer.ptr, 1, answer.len, out) == answer.len && fflush(out) == 0;
    }
    good = good && ferror(in) == 0;
    free(line);
    fq_buffer_done(&answer);
    fq_schema_files_done(&c.files);
    return good;
}
