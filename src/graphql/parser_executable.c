/* SPDX-License-Identifier: MIT */
/* Productions of executable documents (sections 2.3 to 2.10): operations, selections, fragments. Selection sets are the
 * recursive ones and count against the depth limit. */
#include "graphql/parser_state.h"

static fq_node_id parse_selection(fq_parser *p);

/* { Selection+ } */
static fq_node_id parse_selection_set(fq_parser *p) {
    if (!fq_parser_at(p, FQ_TOKEN_BRACE_LEFT)) {
        fq_parser_expected_token(p, FQ_TOKEN_BRACE_LEFT);
        return 0;
    }
    if (!fq_parser_enter(p)) {
        return 0;
    }
    fq_parser_advance(p);
    fq_node_id selections = fq_parser_items(p, parse_selection, FQ_TOKEN_BRACE_RIGHT);
    fq_parser_leave(p);
    return selections;
}

static fq_node_id parse_field(fq_parser *p) {
    fq_node node = fq_parser_start(p, FQ_NODE_FIELD);
    fq_parser_name(p, &node);
    if (fq_parser_accept(p, FQ_TOKEN_COLON)) {
        node.alias_start = node.name_start;
        node.alias_len = node.name_len;
        p->n_aliases++;
        fq_parser_name(p, &node);
    }
    node.args = fq_parser_arguments(p);
    node.directives = fq_parser_directives(p, FQ_NOT_CONSTANT);
    if (fq_parser_at(p, FQ_TOKEN_BRACE_LEFT)) {
        node.children = parse_selection_set(p);
    }
    return fq_parser_finish(p, &node);
}

/* Spreads and inline fragments begin alike. */
static fq_node_id parse_fragment(fq_parser *p) {
    fq_node node = fq_parser_start(p, FQ_NODE_INLINE_FRAGMENT);
    fq_parser_advance(p);
    bool on = fq_parser_accept_keyword(p, FQ_S("on"));
    if (!on && fq_parser_at(p, FQ_TOKEN_NAME)) {
        node.kind = FQ_NODE_FRAGMENT_SPREAD;
        fq_parser_name(p, &node);
        node.directives = fq_parser_directives(p, FQ_NOT_CONSTANT);
        return fq_parser_finish(p, &node);
    }
    node.type = on ? fq_parser_named_type(p) : 0;
    node.directives = fq_parser_directives(p, FQ_NOT_CONSTANT);
    node.children = parse_selection_set(p);
    return fq_parser_finish(p, &node);
}

static fq_node_id parse_selection(fq_parser *p) {
    return fq_parser_at(p, FQ_TOKEN_SPREAD) ? parse_fragment(p) : parse_field(p);
}

/* Description? $Name : Type DefaultValue? Directives? */
static fq_node_id parse_variable_definition(fq_parser *p) {
    fq_node node = fq_parser_start(p, FQ_NODE_VARIABLE_DEFINITION);
    node.description = fq_parser_description(p);
    fq_parser_expect(p, FQ_TOKEN_DOLLAR);
    fq_parser_name(p, &node);
    fq_parser_expect(p, FQ_TOKEN_COLON);
    node.type = fq_parser_type(p);
    node.value = fq_parser_accept(p, FQ_TOKEN_EQUALS) ? fq_parser_const_value(p) : 0;
    node.directives = fq_parser_directives(p, FQ_CONSTANT);
    return fq_parser_finish(p, &node);
}

fq_operation_kind fq_parser_operation_kind(fq_parser *p) {
    fq_token token = p->token;
    fq_slice name = fq_parser_lexeme(p);
    if (!fq_parser_expect(p, FQ_TOKEN_NAME) || fq_slice_equal(name, FQ_S("query"))) {
        return FQ_QUERY;
    }
    if (fq_slice_equal(name, FQ_S("mutation"))) {
        return FQ_MUTATION;
    }
    if (!fq_slice_equal(name, FQ_S("subscription"))) {
        fq_parser_unexpected(p, token);
    }
    return FQ_SUBSCRIPTION;
}

fq_node_id fq_parser_operation(fq_parser *p, fq_node_id description, uint32_t start) {
    fq_node node = {.kind = FQ_NODE_OPERATION, .start = start, .description = description};
    if (fq_parser_at(p, FQ_TOKEN_BRACE_LEFT)) {
        node.flags = FQ_QUERY | FQ_OPERATION_SHORTHAND;
    } else {
        node.flags = (uint8_t)fq_parser_operation_kind(p);
        if (fq_parser_at(p, FQ_TOKEN_NAME)) {
            fq_parser_name(p, &node);
        }
        node.args = fq_parser_optional_many(p, FQ_TOKEN_PAREN_LEFT, parse_variable_definition, FQ_TOKEN_PAREN_RIGHT);
        node.directives = fq_parser_directives(p, FQ_NOT_CONSTANT);
    }
    node.children = parse_selection_set(p);
    return fq_parser_finish(p, &node);
}

/* FragmentName: any name but `on`. */
static void parse_fragment_name(fq_parser *p, fq_node *node) {
    if (fq_parser_at_keyword(p, FQ_S("on"))) {
        fq_parser_unexpected(p, p->token);
    }
    fq_parser_name(p, node);
}

fq_node_id fq_parser_fragment_definition(fq_parser *p, fq_node_id description, uint32_t start) {
    fq_node node = {.kind = FQ_NODE_FRAGMENT_DEFINITION, .start = start, .description = description};
    fq_parser_expect_keyword(p, FQ_S("fragment"));
    parse_fragment_name(p, &node);
    fq_parser_expect_keyword(p, FQ_S("on"));
    node.type = fq_parser_named_type(p);
    node.directives = fq_parser_directives(p, FQ_NOT_CONSTANT);
    node.children = parse_selection_set(p);
    return fq_parser_finish(p, &node);
}
