/* SPDX-License-Identifier: MIT */
/* Productions of the type system (section 3): definitions and extensions of schemas, types and directives. A definition
 * and its extension share one function; an extension must add something. Nothing here is recursive but values and
 * types. */
#include "graphql/parser_state.h"

static fq_node_id parse_input_value_definition(fq_parser *p) {
    fq_node node = fq_parser_start(p, FQ_NODE_INPUT_VALUE_DEFINITION);
    node.description = fq_parser_description(p);
    fq_parser_name(p, &node);
    fq_parser_expect(p, FQ_TOKEN_COLON);
    node.type = fq_parser_type(p);
    node.value = fq_parser_accept(p, FQ_TOKEN_EQUALS) ? fq_parser_const_value(p) : 0;
    node.directives = fq_parser_directives(p, FQ_CONSTANT);
    return fq_parser_finish(p, &node);
}

static fq_node_id parse_argument_definitions(fq_parser *p) {
    return fq_parser_optional_many(p, FQ_TOKEN_PAREN_LEFT, parse_input_value_definition, FQ_TOKEN_PAREN_RIGHT);
}

static fq_node_id parse_field_definition(fq_parser *p) {
    fq_node node = fq_parser_start(p, FQ_NODE_FIELD_DEFINITION);
    node.description = fq_parser_description(p);
    fq_parser_name(p, &node);
    node.args = parse_argument_definitions(p);
    fq_parser_expect(p, FQ_TOKEN_COLON);
    node.type = fq_parser_type(p);
    node.directives = fq_parser_directives(p, FQ_CONSTANT);
    return fq_parser_finish(p, &node);
}

static fq_node_id parse_operation_type_definition(fq_parser *p) {
    fq_node node = fq_parser_start(p, FQ_NODE_OPERATION_TYPE_DEFINITION);
    node.flags = (uint8_t)fq_parser_operation_kind(p);
    fq_parser_expect(p, FQ_TOKEN_COLON);
    node.type = fq_parser_named_type(p);
    return fq_parser_finish(p, &node);
}

static fq_node_id parse_enum_value_definition(fq_parser *p) {
    fq_node node = fq_parser_start(p, FQ_NODE_ENUM_VALUE_DEFINITION);
    node.description = fq_parser_description(p);
    if (fq_parser_at_keyword(p, FQ_S("true")) || fq_parser_at_keyword(p, FQ_S("false")) ||
        fq_parser_at_keyword(p, FQ_S("null"))) {
        fq_parser_reserved_enum_value(p);
    }
    fq_parser_name(p, &node);
    node.directives = fq_parser_directives(p, FQ_CONSTANT);
    return fq_parser_finish(p, &node);
}

static void parse_schema(fq_parser *p, fq_node *node) {
    node->directives = fq_parser_directives(p, FQ_CONSTANT);
    if (node->kind == FQ_NODE_SCHEMA_DEFINITION || fq_parser_at(p, FQ_TOKEN_BRACE_LEFT)) {
        node->children = fq_parser_many(p, FQ_TOKEN_BRACE_LEFT, parse_operation_type_definition, FQ_TOKEN_BRACE_RIGHT);
    }
}

static void parse_scalar(fq_parser *p, fq_node *node) {
    fq_parser_name(p, node);
    node->directives = fq_parser_directives(p, FQ_CONSTANT);
}

/* Object and interface types. */
static void parse_fields_type(fq_parser *p, fq_node *node) {
    fq_parser_name(p, node);
    if (fq_parser_accept_keyword(p, FQ_S("implements"))) {
        node->interfaces = fq_parser_delimited(p, FQ_TOKEN_AMP, fq_parser_named_type);
    }
    node->directives = fq_parser_directives(p, FQ_CONSTANT);
    node->children = fq_parser_optional_many(p, FQ_TOKEN_BRACE_LEFT, parse_field_definition, FQ_TOKEN_BRACE_RIGHT);
}

static void parse_union(fq_parser *p, fq_node *node) {
    fq_parser_name(p, node);
    node->directives = fq_parser_directives(p, FQ_CONSTANT);
    if (fq_parser_accept(p, FQ_TOKEN_EQUALS)) {
        node->children = fq_parser_delimited(p, FQ_TOKEN_PIPE, fq_parser_named_type);
    }
}

static void parse_enum(fq_parser *p, fq_node *node) {
    fq_parser_name(p, node);
    node->directives = fq_parser_directives(p, FQ_CONSTANT);
    node->children = fq_parser_optional_many(p, FQ_TOKEN_BRACE_LEFT, parse_enum_value_definition, FQ_TOKEN_BRACE_RIGHT);
}

static void parse_input_object(fq_parser *p, fq_node *node) {
    fq_parser_name(p, node);
    node->directives = fq_parser_directives(p, FQ_CONSTANT);
    node->children =
        fq_parser_optional_many(p, FQ_TOKEN_BRACE_LEFT, parse_input_value_definition, FQ_TOKEN_BRACE_RIGHT);
}

static bool is_directive_location(fq_slice name) {
    static const fq_slice locations[] = {
        FQ_S_INIT("QUERY"),
        FQ_S_INIT("MUTATION"),
        FQ_S_INIT("SUBSCRIPTION"),
        FQ_S_INIT("FIELD"),
        FQ_S_INIT("FRAGMENT_DEFINITION"),
        FQ_S_INIT("FRAGMENT_SPREAD"),
        FQ_S_INIT("INLINE_FRAGMENT"),
        FQ_S_INIT("VARIABLE_DEFINITION"),
        FQ_S_INIT("SCHEMA"),
        FQ_S_INIT("SCALAR"),
        FQ_S_INIT("OBJECT"),
        FQ_S_INIT("FIELD_DEFINITION"),
        FQ_S_INIT("ARGUMENT_DEFINITION"),
        FQ_S_INIT("INTERFACE"),
        FQ_S_INIT("UNION"),
        FQ_S_INIT("ENUM"),
        FQ_S_INIT("ENUM_VALUE"),
        FQ_S_INIT("INPUT_OBJECT"),
        FQ_S_INIT("INPUT_FIELD_DEFINITION"),
    };
    for (size_t i = 0; i < sizeof(locations) / sizeof(locations[0]); i++) {
        if (fq_slice_equal(name, locations[i])) {
            return true;
        }
    }
    return false;
}

static fq_node_id parse_directive_location(fq_parser *p) {
    fq_node node = fq_parser_start(p, FQ_NODE_ENUM);
    fq_token token = p->token;
    fq_parser_name(p, &node);
    if (!is_directive_location(fq_slice_sub(p->lexer.source, token.start, token.end))) {
        fq_parser_unexpected(p, token);
    }
    return fq_parser_finish(p, &node);
}

static void parse_directive_definition(fq_parser *p, fq_node *node) {
    fq_parser_expect(p, FQ_TOKEN_AT);
    fq_parser_name(p, node);
    node->args = parse_argument_definitions(p);
    if (fq_parser_accept_keyword(p, FQ_S("repeatable"))) {
        node->flags |= FQ_DIRECTIVE_REPEATABLE;
    }
    fq_parser_expect_keyword(p, FQ_S("on"));
    node->children = fq_parser_delimited(p, FQ_TOKEN_PIPE, parse_directive_location);
}

typedef struct type_keyword {
    fq_slice word;
    void (*body)(fq_parser *p, fq_node *node); /* what follows the keyword */
    uint8_t definition;                        /* fq_node_kind */
    uint8_t extension;                         /* or FQ_NODE_NONE: can not be extended */
} type_keyword;

static const type_keyword keywords[] = {
    {FQ_S_INIT("schema"), parse_schema, FQ_NODE_SCHEMA_DEFINITION, FQ_NODE_SCHEMA_EXTENSION},
    {FQ_S_INIT("scalar"), parse_scalar, FQ_NODE_SCALAR_DEFINITION, FQ_NODE_SCALAR_EXTENSION},
    {FQ_S_INIT("type"), parse_fields_type, FQ_NODE_OBJECT_DEFINITION, FQ_NODE_OBJECT_EXTENSION},
    {FQ_S_INIT("interface"), parse_fields_type, FQ_NODE_INTERFACE_DEFINITION, FQ_NODE_INTERFACE_EXTENSION},
    {FQ_S_INIT("union"), parse_union, FQ_NODE_UNION_DEFINITION, FQ_NODE_UNION_EXTENSION},
    {FQ_S_INIT("enum"), parse_enum, FQ_NODE_ENUM_DEFINITION, FQ_NODE_ENUM_EXTENSION},
    {FQ_S_INIT("input"), parse_input_object, FQ_NODE_INPUT_OBJECT_DEFINITION, FQ_NODE_INPUT_OBJECT_EXTENSION},
    {FQ_S_INIT("directive"), parse_directive_definition, FQ_NODE_DIRECTIVE_DEFINITION, FQ_NODE_NONE},
};

/* The keyword that the token is, or NULL. */
static const type_keyword *keyword_here(const fq_parser *p) {
    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
        if (fq_parser_at_keyword(p, keywords[i].word)) {
            return &keywords[i];
        }
    }
    return NULL;
}

fq_node_id fq_parser_type_system_definition(fq_parser *p, fq_node_id description, uint32_t start) {
    const type_keyword *keyword = keyword_here(p);
    if (keyword == NULL) {
        return 0;
    }
    fq_node node = {.kind = keyword->definition, .start = start, .description = description};
    fq_parser_advance(p);
    keyword->body(p, &node);
    return fq_parser_finish(p, &node);
}

fq_node_id fq_parser_extension(fq_parser *p) {
    fq_node node = fq_parser_start(p, FQ_NODE_NONE);
    fq_parser_expect_keyword(p, FQ_S("extend"));
    const type_keyword *keyword = keyword_here(p);
    if (keyword == NULL || keyword->extension == FQ_NODE_NONE) {
        fq_parser_unexpected(p, p->token);
        return 0;
    }
    node.kind = keyword->extension;
    fq_parser_advance(p);
    keyword->body(p, &node);
    if (node.interfaces == 0 && node.directives == 0 && node.children == 0) {
        fq_parser_unexpected(p, p->token);
    }
    return fq_parser_finish(p, &node);
}
