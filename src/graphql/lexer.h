/* SPDX-License-Identifier: MIT */
/* Lexical analysis of GraphQL (section 2.1): one token at a time over borrowed bytes, no copies. */
#ifndef FQ_GRAPHQL_LEXER_H
#define FQ_GRAPHQL_LEXER_H

#include "base/error.h"

typedef enum fq_token_kind {
    FQ_TOKEN_INVALID, /* an error has been appended */
    FQ_TOKEN_EOF,
    FQ_TOKEN_BANG,
    FQ_TOKEN_DOLLAR,
    FQ_TOKEN_AMP,
    FQ_TOKEN_PAREN_LEFT,
    FQ_TOKEN_PAREN_RIGHT,
    FQ_TOKEN_SPREAD,
    FQ_TOKEN_COLON,
    FQ_TOKEN_EQUALS,
    FQ_TOKEN_AT,
    FQ_TOKEN_BRACKET_LEFT,
    FQ_TOKEN_BRACKET_RIGHT,
    FQ_TOKEN_BRACE_LEFT,
    FQ_TOKEN_PIPE,
    FQ_TOKEN_BRACE_RIGHT,
    FQ_TOKEN_NAME,
    FQ_TOKEN_INT,
    FQ_TOKEN_FLOAT,
    FQ_TOKEN_STRING,
    FQ_TOKEN_BLOCK_STRING,
} fq_token_kind;

typedef struct fq_token {
    fq_token_kind kind;
    uint32_t start, end; /* byte range; quotes of strings included */
} fq_token;

typedef struct fq_lexer {
    fq_slice source;
    uint32_t at;
    fq_errors *errors;
} fq_lexer;

void fq_lexer_init(fq_lexer *lexer, fq_slice source, fq_errors *errors);

/* The next token; ignored tokens (section 2.1.7) are skipped. After FQ_TOKEN_INVALID or FQ_TOKEN_EOF the lexer stays
 * there. */
fq_token fq_lexer_next(fq_lexer *lexer);

/* The same, filling `token`: the faster form. */
void fq_lexer_read(fq_lexer *lexer, fq_token *token);

/* The value of a string token: a view of the source where nothing had to change, else a copy in `arena`. */
fq_slice fq_token_string(fq_arena *arena, fq_slice source, fq_token token);

/* The value of a token as graphql-js has it: of a string its text, of names and numbers the lexeme; {NULL, 0} for the
 * others. The line and column of a token are fq_position_of(source, token.start). */
fq_slice fq_token_value(fq_arena *arena, fq_slice source, fq_token token);

/* How messages and token lists name a kind: "Name", "BlockString", "{", "<EOF>". Static text. */
fq_slice fq_token_kind_name(fq_token_kind kind);

#endif
