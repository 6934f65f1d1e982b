/* SPDX-License-Identifier: MIT */
/* What the files of the parser share: the state, one token of look-ahead, and the productions that call each other
 * across files. Recursive descent, one function a production. Failure is sticky: the first error is reported, the token
 * becomes FQ_TOKEN_INVALID, so that no production consumes or reports anything more, and every list ends. Nodes are
 * filled on the stack and stored when complete: children have lower ids than their parents, and no pointer into the
 * growing array is kept. Only for src/graphql. */
#ifndef FQ_GRAPHQL_PARSER_STATE_H
#define FQ_GRAPHQL_PARSER_STATE_H

#include "graphql/lexer.h"
#include "graphql/parser.h"
#include "graphql/syntax_error.h"

typedef struct fq_parser {
    fq_lexer lexer;
    fq_token token;    /* the next one, not consumed yet */
    uint32_t last_end; /* the end of the last consumed one */
    bool failed;
    uint32_t depth;
    uint32_t n_tokens, n_aliases, n_directives;
    fq_parse_limits limits;
    fq_arena *arena;
    fq_errors *errors;
    FQ_VEC(fq_node) nodes;
    FQ_VEC(fq_slice) strings;
} fq_parser;

/* Whether variables may appear in a value. */
typedef enum fq_constness { FQ_CONSTANT, FQ_NOT_CONSTANT } fq_constness;

/* Errors; each does nothing after the first. */
void fq_parser_fail_at(fq_parser *p, uint32_t offset, fq_slice message);
void fq_parser_unexpected(fq_parser *p, fq_token token);
void fq_parser_expected_token(fq_parser *p, fq_token_kind kind);
void fq_parser_expected_keyword(fq_parser *p, fq_slice keyword);
void fq_parser_reserved_enum_value(fq_parser *p);
void fq_parser_too_many_tokens(fq_parser *p);
void fq_parser_too_deep(fq_parser *p);

/* Gives up silently: an error has been reported. */
static inline void fq_parser_stop(fq_parser *p) {
    p->failed = true;
    p->token.kind = FQ_TOKEN_INVALID;
}

/* Consumes the token. */
static inline void fq_parser_advance(fq_parser *p) {
    p->last_end = p->token.end;
    fq_lexer_read(&p->lexer, &p->token);
    if (p->token.kind > FQ_TOKEN_EOF) {
        if (p->n_tokens++ == p->limits.tokens) {
            fq_parser_too_many_tokens(p);
        }
    } else if (p->token.kind == FQ_TOKEN_INVALID) {
        fq_parser_stop(p);
    }
}

static inline bool fq_parser_at(const fq_parser *p, fq_token_kind kind) { return p->token.kind == kind; }

static inline bool fq_parser_accept(fq_parser *p, fq_token_kind kind) {
    if (p->token.kind != kind) {
        return false;
    }
    fq_parser_advance(p);
    return true;
}

static inline bool fq_parser_expect(fq_parser *p, fq_token_kind kind) {
    if (p->token.kind == kind) {
        fq_parser_advance(p);
        return true;
    }
    fq_parser_expected_token(p, kind);
    return false;
}

/* The source text of the token. */
static inline fq_slice fq_parser_lexeme(const fq_parser *p) {
    return fq_slice_sub(p->lexer.source, p->token.start, p->token.end);
}

static inline bool fq_parser_at_keyword(const fq_parser *p, fq_slice keyword) {
    return p->token.kind == FQ_TOKEN_NAME && fq_slice_equal(fq_parser_lexeme(p), keyword);
}

static inline bool fq_parser_accept_keyword(fq_parser *p, fq_slice keyword) {
    if (!fq_parser_at_keyword(p, keyword)) {
        return false;
    }
    fq_parser_advance(p);
    return true;
}

static inline void fq_parser_expect_keyword(fq_parser *p, fq_slice keyword) {
    if (!fq_parser_accept_keyword(p, keyword)) {
        fq_parser_expected_keyword(p, keyword);
    }
}

/* A new node that starts at the token; store it with fq_parser_finish. */
static inline fq_node fq_parser_start(const fq_parser *p, fq_node_kind kind) {
    return (fq_node){.kind = (uint8_t)kind, .start = p->token.start};
}

/* Stores a node that ends with the last consumed token. */
static inline fq_node_id fq_parser_finish(fq_parser *p, fq_node *node) {
    node->end = p->last_end;
    fq_vec_push(p->arena, &p->nodes, *node);
    return p->nodes.len - 1;
}

/* Name: consumed into the node. */
static inline void fq_parser_name(fq_parser *p, fq_node *node) {
    node->name_start = p->token.start;
    node->name_len = p->token.end - p->token.start;
    fq_parser_expect(p, FQ_TOKEN_NAME);
}

/* Enters one level of nesting; false, with an error, past the limit. */
static inline bool fq_parser_enter(fq_parser *p) {
    if (p->depth == p->limits.depth) {
        fq_parser_too_deep(p);
        return false;
    }
    p->depth++;
    return true;
}

static inline void fq_parser_leave(fq_parser *p) { p->depth--; }

typedef struct fq_node_chain {
    fq_node_id first, last;
} fq_node_chain;

static inline void fq_parser_chain(fq_parser *p, fq_node_chain *chain, fq_node_id id) {
    if (chain->first == 0) {
        chain->first = id;
    } else {
        p->nodes.items[chain->last].next = id;
    }
    chain->last = id;
}

typedef fq_node_id (*fq_production)(fq_parser *p);

/* Items up to `close`, at least one; the opening token has been consumed. Inlined, so that `item` is called directly.
 */
__attribute__((always_inline)) static inline fq_node_id fq_parser_items(fq_parser *p, fq_production item,
                                                                        fq_token_kind close) {
    fq_node_chain chain = {0};
    do {
        fq_parser_chain(p, &chain, item(p));
    } while (!p->failed && !fq_parser_accept(p, close));
    return chain.first;
}

/* `open` item+ `close` */
__attribute__((always_inline)) static inline fq_node_id fq_parser_many(fq_parser *p, fq_token_kind open,
                                                                       fq_production item, fq_token_kind close) {
    return fq_parser_expect(p, open) ? fq_parser_items(p, item, close) : 0;
}

/* The same or nothing. */
__attribute__((always_inline)) static inline fq_node_id
fq_parser_optional_many(fq_parser *p, fq_token_kind open, fq_production item, fq_token_kind close) {
    return fq_parser_accept(p, open) ? fq_parser_items(p, item, close) : 0;
}

/* delimiter? item (delimiter item)* */
fq_node_id fq_parser_delimited(fq_parser *p, fq_token_kind delimiter, fq_production item);

/* parser_values.c */
fq_node_id fq_parser_value(fq_parser *p, fq_constness constness);
fq_node_id fq_parser_const_value(fq_parser *p);
fq_node_id fq_parser_string(fq_parser *p);
fq_node_id fq_parser_description(fq_parser *p); /* a string, or 0 */
fq_node_id fq_parser_arguments(fq_parser *p);
fq_node_id fq_parser_directives(fq_parser *p, fq_constness constness);
fq_node_id fq_parser_named_type(fq_parser *p);
fq_node_id fq_parser_type(fq_parser *p);

/* parser_executable.c; a description has been parsed already and is given, or 0, and where the definition starts. */
fq_node_id fq_parser_operation(fq_parser *p, fq_node_id description, uint32_t start);
fq_node_id fq_parser_fragment_definition(fq_parser *p, fq_node_id description, uint32_t start);
fq_operation_kind fq_parser_operation_kind(fq_parser *p);

/* parser_types.c. The first gives 0 without an error where the token is no keyword of a type system definition. */
fq_node_id fq_parser_type_system_definition(fq_parser *p, fq_node_id description, uint32_t start);
fq_node_id fq_parser_extension(fq_parser *p);

#endif
