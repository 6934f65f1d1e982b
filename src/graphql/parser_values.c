/* SPDX-License-Identifier: MIT */
/* Productions of values, arguments, directives and type references (sections 2.6, 2.9, 2.11 and 2.12). Lists, objects
 * and list types are the recursive ones and count against the depth limit. */
#include "graphql/parser_state.h"

fq_node_id fq_parser_string(fq_parser *p) {
    fq_node node = fq_parser_start(p, FQ_NODE_STRING);
    node.flags = fq_parser_at(p, FQ_TOKEN_BLOCK_STRING) ? FQ_STRING_BLOCK : 0;
    node.text = p->strings.len;
    fq_vec_push(p->arena, &p->strings, fq_token_string(p->arena, p->lexer.source, p->token));
    fq_parser_advance(p);
    return fq_parser_finish(p, &node);
}

fq_node_id fq_parser_description(fq_parser *p) {
    bool string = fq_parser_at(p, FQ_TOKEN_STRING) || fq_parser_at(p, FQ_TOKEN_BLOCK_STRING);
    return string ? fq_parser_string(p) : 0;
}

/* Int and Float: the lexeme is kept. */
static fq_node_id parse_number(fq_parser *p, fq_node_kind kind) {
    fq_node node = fq_parser_start(p, kind);
    node.name_start = p->token.start;
    node.name_len = p->token.end - p->token.start;
    fq_parser_advance(p);
    return fq_parser_finish(p, &node);
}

/* true, false, null or an enum value. */
static fq_node_id parse_name_value(fq_parser *p) {
    fq_node node = fq_parser_start(p, FQ_NODE_ENUM);
    fq_slice name = fq_parser_lexeme(p);
    if (fq_slice_equal(name, FQ_S("true"))) {
        node.kind = FQ_NODE_BOOLEAN;
        node.flags = 1;
    } else if (fq_slice_equal(name, FQ_S("false"))) {
        node.kind = FQ_NODE_BOOLEAN;
    } else if (fq_slice_equal(name, FQ_S("null"))) {
        node.kind = FQ_NODE_NULL;
    } else {
        node.name_start = p->token.start;
        node.name_len = (uint32_t)name.len;
    }
    fq_parser_advance(p);
    return fq_parser_finish(p, &node);
}

static fq_node_id parse_variable(fq_parser *p) {
    fq_node node = fq_parser_start(p, FQ_NODE_VARIABLE);
    fq_parser_advance(p);
    fq_parser_name(p, &node);
    return fq_parser_finish(p, &node);
}

static void variable_in_constant(fq_parser *p) {
    fq_token dollar = p->token;
    fq_parser_advance(p);
    if (!fq_parser_at(p, FQ_TOKEN_NAME)) {
        fq_parser_unexpected(p, dollar);
        return;
    }
    fq_slice name = fq_parser_lexeme(p);
    fq_parser_fail_at(p, dollar.start,
                      fq_arena_printf(p->arena, "Unexpected variable \"$%.*s\" in constant value.", FQ_PRI(name)));
}

static fq_node_id parse_list(fq_parser *p, fq_constness constness) {
    fq_node node = fq_parser_start(p, FQ_NODE_LIST);
    if (!fq_parser_enter(p)) {
        return 0;
    }
    fq_parser_advance(p);
    fq_node_chain values = {0};
    while (!p->failed && !fq_parser_accept(p, FQ_TOKEN_BRACKET_RIGHT)) {
        fq_parser_chain(p, &values, fq_parser_value(p, constness));
    }
    fq_parser_leave(p);
    node.children = values.first;
    return fq_parser_finish(p, &node);
}

/* Name : Value, as in arguments and object fields. */
static fq_node_id parse_named_value(fq_parser *p, fq_node_kind kind, fq_constness constness) {
    fq_node node = fq_parser_start(p, kind);
    fq_parser_name(p, &node);
    fq_parser_expect(p, FQ_TOKEN_COLON);
    node.value = fq_parser_value(p, constness);
    return fq_parser_finish(p, &node);
}

static fq_node_id parse_object(fq_parser *p, fq_constness constness) {
    fq_node node = fq_parser_start(p, FQ_NODE_OBJECT);
    if (!fq_parser_enter(p)) {
        return 0;
    }
    fq_parser_advance(p);
    fq_node_chain fields = {0};
    while (!p->failed && !fq_parser_accept(p, FQ_TOKEN_BRACE_RIGHT)) {
        fq_parser_chain(p, &fields, parse_named_value(p, FQ_NODE_OBJECT_FIELD, constness));
    }
    fq_parser_leave(p);
    node.children = fields.first;
    return fq_parser_finish(p, &node);
}

fq_node_id fq_parser_value(fq_parser *p, fq_constness constness) {
    switch (p->token.kind) {
    case FQ_TOKEN_BRACKET_LEFT:
        return parse_list(p, constness);
    case FQ_TOKEN_BRACE_LEFT:
        return parse_object(p, constness);
    case FQ_TOKEN_INT:
        return parse_number(p, FQ_NODE_INT);
    case FQ_TOKEN_FLOAT:
        return parse_number(p, FQ_NODE_FLOAT);
    case FQ_TOKEN_STRING:
    case FQ_TOKEN_BLOCK_STRING:
        return fq_parser_string(p);
    case FQ_TOKEN_NAME:
        return parse_name_value(p);
    case FQ_TOKEN_DOLLAR:
        if (constness == FQ_NOT_CONSTANT) {
            return parse_variable(p);
        }
        variable_in_constant(p);
        return 0;
    default:
        fq_parser_unexpected(p, p->token);
        return 0;
    }
}

fq_node_id fq_parser_const_value(fq_parser *p) { return fq_parser_value(p, FQ_CONSTANT); }

static fq_node_id parse_argument(fq_parser *p) { return parse_named_value(p, FQ_NODE_ARGUMENT, FQ_NOT_CONSTANT); }

static fq_node_id parse_const_argument(fq_parser *p) { return parse_named_value(p, FQ_NODE_ARGUMENT, FQ_CONSTANT); }

fq_node_id fq_parser_arguments(fq_parser *p) {
    return fq_parser_optional_many(p, FQ_TOKEN_PAREN_LEFT, parse_argument, FQ_TOKEN_PAREN_RIGHT);
}

static fq_node_id parse_const_arguments(fq_parser *p) {
    return fq_parser_optional_many(p, FQ_TOKEN_PAREN_LEFT, parse_const_argument, FQ_TOKEN_PAREN_RIGHT);
}

static fq_node_id parse_directive(fq_parser *p, fq_constness constness) {
    fq_node node = fq_parser_start(p, FQ_NODE_DIRECTIVE);
    fq_parser_advance(p);
    fq_parser_name(p, &node);
    node.args = constness == FQ_CONSTANT ? parse_const_arguments(p) : fq_parser_arguments(p);
    p->n_directives++;
    return fq_parser_finish(p, &node);
}

fq_node_id fq_parser_directives(fq_parser *p, fq_constness constness) {
    fq_node_chain directives = {0};
    while (fq_parser_at(p, FQ_TOKEN_AT)) {
        fq_parser_chain(p, &directives, parse_directive(p, constness));
    }
    return directives.first;
}

fq_node_id fq_parser_named_type(fq_parser *p) {
    fq_node node = fq_parser_start(p, FQ_NODE_NAMED_TYPE);
    fq_parser_name(p, &node);
    return fq_parser_finish(p, &node);
}

static fq_node_id parse_list_type(fq_parser *p) {
    fq_node node = fq_parser_start(p, FQ_NODE_LIST_TYPE);
    if (!fq_parser_enter(p)) {
        return 0;
    }
    fq_parser_advance(p);
    node.type = fq_parser_type(p);
    fq_parser_expect(p, FQ_TOKEN_BRACKET_RIGHT);
    fq_parser_leave(p);
    return fq_parser_finish(p, &node);
}

fq_node_id fq_parser_type(fq_parser *p) {
    fq_node non_null = fq_parser_start(p, FQ_NODE_NON_NULL_TYPE);
    fq_node_id type = fq_parser_at(p, FQ_TOKEN_BRACKET_LEFT) ? parse_list_type(p) : fq_parser_named_type(p);
    if (!fq_parser_accept(p, FQ_TOKEN_BANG)) {
        return type;
    }
    non_null.type = type;
    return fq_parser_finish(p, &non_null);
}
