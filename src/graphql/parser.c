/* SPDX-License-Identifier: MIT */
/* See parser.h: entry points, the Document production, and the parser's errors. The productions are in
 * parser_executable.c, parser_values.c and parser_types.c. */
#include "graphql/parser.h"

#include "graphql/parser_state.h"

/* A node takes at least eight bytes of source as people write it; a denser document only makes the array grow. */
#define SOURCE_PER_NODE 8

void fq_parser_fail_at(fq_parser *p, uint32_t offset, fq_slice message) {
    if (!p->failed) {
        fq_syntax_error(p->errors, offset, message);
        fq_parser_stop(p);
    }
}

/* How a message names a kind: punctuators in quotes. */
static fq_slice kind_description(fq_arena *arena, fq_token_kind kind) {
    fq_slice name = fq_token_kind_name(kind);
    bool punctuator = kind >= FQ_TOKEN_BANG && kind <= FQ_TOKEN_BRACE_RIGHT;
    return punctuator ? fq_arena_printf(arena, "\"%.*s\"", FQ_PRI(name)) : name;
}

/* An error that describes a token between two texts: its kind, and its value where it has one. */
static void token_error(fq_parser *p, fq_slice before, fq_token token, fq_slice after) {
    if (p->failed) {
        return;
    }
    fq_slice kind = kind_description(p->arena, token.kind);
    fq_slice value = fq_token_value(p->arena, p->lexer.source, token);
    if (value.ptr != NULL) {
        fq_syntax_error(p->errors, token.start, before, kind, FQ_S(" \""), value, FQ_S("\""), after);
    } else {
        fq_syntax_error(p->errors, token.start, before, kind, after);
    }
    fq_parser_stop(p);
}

void fq_parser_unexpected(fq_parser *p, fq_token token) { token_error(p, FQ_S("Unexpected "), token, FQ_S(".")); }

void fq_parser_expected_token(fq_parser *p, fq_token_kind kind) {
    fq_slice wanted = kind_description(p->arena, kind);
    token_error(p, fq_arena_printf(p->arena, "Expected %.*s, found ", FQ_PRI(wanted)), p->token, FQ_S("."));
}

void fq_parser_expected_keyword(fq_parser *p, fq_slice keyword) {
    token_error(p, fq_arena_printf(p->arena, "Expected \"%.*s\", found ", FQ_PRI(keyword)), p->token, FQ_S("."));
}

void fq_parser_reserved_enum_value(fq_parser *p) {
    token_error(p, FQ_S(""), p->token, FQ_S(" is reserved and cannot be used for an enum value."));
}

void fq_parser_too_many_tokens(fq_parser *p) {
    if (p->limits.tokens == 0 || p->failed) {
        return;
    }
    fq_errors_add_at(p->errors, FQ_ERR_LIMIT_EXCEEDED, p->token.start,
                     "Document contains more than %u tokens (limit: tokens).", p->limits.tokens);
    fq_parser_stop(p);
}

void fq_parser_too_deep(fq_parser *p) {
    if (!p->failed) {
        fq_errors_add_at(p->errors, FQ_ERR_LIMIT_EXCEEDED, p->token.start,
                         "Document is nested deeper than %u levels (limit: depth).", p->limits.depth);
        fq_parser_stop(p);
    }
}

fq_node_id fq_parser_delimited(fq_parser *p, fq_token_kind delimiter, fq_production item) {
    fq_node_chain chain = {0};
    fq_parser_accept(p, delimiter);
    do {
        fq_parser_chain(p, &chain, item(p));
    } while (fq_parser_accept(p, delimiter));
    return chain.first;
}

/* The definitions that stand behind a description, or behind none. */
static fq_node_id described_definition(fq_parser *p) {
    fq_token first = p->token;
    fq_node_id description = fq_parser_description(p);
    if (description != 0 && fq_parser_at(p, FQ_TOKEN_BRACE_LEFT)) {
        fq_parser_fail_at(p, first.start,
                          FQ_S("Unexpected description, descriptions are not supported on shorthand queries."));
    }
    if (!fq_parser_at(p, FQ_TOKEN_NAME)) {
        fq_parser_unexpected(p, p->token);
        return 0;
    }
    fq_node_id definition = fq_parser_type_system_definition(p, description, first.start);
    if (definition != 0 || p->failed) {
        return definition;
    }
    fq_slice keyword = fq_parser_lexeme(p);
    if (fq_slice_equal(keyword, FQ_S("query")) || fq_slice_equal(keyword, FQ_S("mutation")) ||
        fq_slice_equal(keyword, FQ_S("subscription"))) {
        return fq_parser_operation(p, description, first.start);
    }
    if (fq_slice_equal(keyword, FQ_S("fragment"))) {
        return fq_parser_fragment_definition(p, description, first.start);
    }
    if (description != 0) {
        fq_parser_fail_at(p, first.start,
                          FQ_S("Unexpected description, only GraphQL definitions support descriptions."));
    } else if (fq_slice_equal(keyword, FQ_S("extend"))) {
        return fq_parser_extension(p);
    } else {
        fq_parser_unexpected(p, p->token);
    }
    return 0;
}

static fq_node_id parse_definition(fq_parser *p) {
    if (fq_parser_at(p, FQ_TOKEN_BRACE_LEFT)) {
        return fq_parser_operation(p, 0, p->token.start);
    }
    return described_definition(p);
}

static fq_node_id parse_definitions(fq_parser *p) { return fq_parser_items(p, parse_definition, FQ_TOKEN_EOF); }

static void parser_init(fq_parser *p, fq_arena *arena, fq_slice source, fq_parse_limits limits, fq_errors *errors) {
    *p = (fq_parser){.limits = limits, .arena = arena, .errors = errors};
    if (p->limits.depth > FQ_PARSE_DEPTH_MAX) {
        p->limits.depth = FQ_PARSE_DEPTH_MAX;
    }
    fq_lexer_init(&p->lexer, source, errors);
    size_t expected = source.len / SOURCE_PER_NODE;
    if (limits.tokens != 0 && expected > limits.tokens) {
        expected = limits.tokens;
    }
    p->nodes.capacity = (uint32_t)expected + 16;
    p->nodes.items = fq_arena_alloc(arena, sizeof(fq_node) * p->nodes.capacity);
    p->nodes.items[0] = (fq_node){.kind = FQ_NODE_NONE};
    p->nodes.len = 1;
}

static const fq_document *publish(const fq_parser *p, fq_node_id definitions) {
    fq_document *document = FQ_NEW(p->arena, fq_document);
    *document = (fq_document){
        .source = p->lexer.source,
        .nodes = p->nodes.items,
        .n_nodes = p->nodes.len,
        .strings = p->strings.items,
        .definitions = definitions,
        .n_tokens = p->n_tokens,
        .n_aliases = p->n_aliases,
        .n_directives = p->n_directives,
    };
    return document;
}

/* Parses the whole source as one production. */
static const fq_document *parse_as(fq_production production, fq_arena *arena, fq_slice source, fq_parse_limits limits,
                                   fq_errors *errors) {
    if (source.len > FQ_PARSE_BYTES_MAX) {
        fq_errors_add(errors, FQ_ERR_LIMIT_EXCEEDED, "Document is larger than %zu bytes.", FQ_PARSE_BYTES_MAX);
        return NULL;
    }
    fq_parser p;
    parser_init(&p, arena, source, limits, errors);
    fq_parser_advance(&p);
    fq_node_id result = production(&p);
    return p.failed ? NULL : publish(&p, result);
}

const fq_document *fq_parse(fq_arena *arena, fq_slice source, fq_parse_limits limits, fq_errors *errors) {
    return parse_as(parse_definitions, arena, source, limits, errors);
}

static fq_node_id whole_value(fq_parser *p) {
    fq_node_id value = fq_parser_value(p, FQ_NOT_CONSTANT);
    fq_parser_expect(p, FQ_TOKEN_EOF);
    return value;
}

static fq_node_id whole_const_value(fq_parser *p) {
    fq_node_id value = fq_parser_value(p, FQ_CONSTANT);
    fq_parser_expect(p, FQ_TOKEN_EOF);
    return value;
}

static fq_node_id whole_type(fq_parser *p) {
    fq_node_id type = fq_parser_type(p);
    fq_parser_expect(p, FQ_TOKEN_EOF);
    return type;
}

const fq_document *fq_parse_value(fq_arena *arena, fq_slice source, fq_parse_limits limits, fq_errors *errors) {
    return parse_as(whole_value, arena, source, limits, errors);
}

const fq_document *fq_parse_const_value(fq_arena *arena, fq_slice source, fq_parse_limits limits, fq_errors *errors) {
    return parse_as(whole_const_value, arena, source, limits, errors);
}

const fq_document *fq_parse_type(fq_arena *arena, fq_slice source, fq_parse_limits limits, fq_errors *errors) {
    return parse_as(whole_type, arena, source, limits, errors);
}
