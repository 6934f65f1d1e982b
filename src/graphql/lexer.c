/* SPDX-License-Identifier: MIT */
/* See lexer.h. One table gives the class of every byte, a second the token of every punctuator. Strings are in
 * string_token.c. Messages and positions of errors are those of graphql-js.
 * Invariant: `at` is the start of the next unread byte, or STOPPED once an error has been reported. */
#include "graphql/lexer.h"

#include <assert.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/utf8.h"
#include "graphql/string_token.h"
#include "graphql/syntax_error.h"

#define STOPPED UINT32_MAX

enum {
    OTHER = 0,
    BLANK = 1, /* white space, line ends, commas */
    NAME_START = 2,
    DIGIT = 4,
    PUNCTUATOR = 8, /* of one character */
    NUMBER_START = 16,
    COMMENT = 32,
};

static const unsigned char classes[256] = {
    ['\t'] = BLANK,
    ['\n'] = BLANK,
    ['\r'] = BLANK,
    [' '] = BLANK,
    [','] = BLANK,
    ['#'] = COMMENT,
    ['!'] = PUNCTUATOR,
    ['$'] = PUNCTUATOR,
    ['&'] = PUNCTUATOR,
    ['('] = PUNCTUATOR,
    [')'] = PUNCTUATOR,
    [':'] = PUNCTUATOR,
    ['='] = PUNCTUATOR,
    ['@'] = PUNCTUATOR,
    ['['] = PUNCTUATOR,
    [']'] = PUNCTUATOR,
    ['{'] = PUNCTUATOR,
    ['|'] = PUNCTUATOR,
    ['}'] = PUNCTUATOR,
    ['-'] = NUMBER_START,
    ['0' ... '9'] = DIGIT | NUMBER_START,
    ['A' ... 'Z'] = NAME_START,
    ['a' ... 'z'] = NAME_START,
    ['_'] = NAME_START,
};

static const unsigned char punctuators[128] = {
    ['!'] = FQ_TOKEN_BANG,          ['$'] = FQ_TOKEN_DOLLAR,      ['&'] = FQ_TOKEN_AMP,
    ['('] = FQ_TOKEN_PAREN_LEFT,    [')'] = FQ_TOKEN_PAREN_RIGHT, [':'] = FQ_TOKEN_COLON,
    ['='] = FQ_TOKEN_EQUALS,        ['@'] = FQ_TOKEN_AT,          ['['] = FQ_TOKEN_BRACKET_LEFT,
    [']'] = FQ_TOKEN_BRACKET_RIGHT, ['{'] = FQ_TOKEN_BRACE_LEFT,  ['|'] = FQ_TOKEN_PIPE,
    ['}'] = FQ_TOKEN_BRACE_RIGHT,
};

void fq_lexer_init(fq_lexer *lexer, fq_slice source, fq_errors *errors) {
    assert(source.len < UINT32_MAX);
    *lexer = (fq_lexer){.source = source, .errors = errors};
}

static unsigned class_at(fq_slice source, size_t at) {
    return at < source.len ? classes[(unsigned char)source.ptr[at]] : OTHER;
}

static char char_at(fq_slice source, size_t at) { return at < source.len ? source.ptr[at] : '\0'; }

/* Tokens are filled in place, member by member: returned by value they would be put together in memory and read back in
 * wider pieces, a stall that cost half the time of the whole lexer. */

/* Ends the lexer; an error has been appended. */
static void invalid(fq_lexer *lexer, uint32_t at, fq_token *token) {
    lexer->at = STOPPED;
    token->kind = FQ_TOKEN_INVALID;
    token->start = at;
    token->end = at;
}

/* A token that ends at `end`. */
static inline void token_to(fq_lexer *lexer, fq_token_kind kind, uint32_t start, uint32_t end, fq_token *token) {
    lexer->at = end;
    token->kind = kind;
    token->start = start;
    token->end = end;
}

/* From the # to the end of the line. Its bytes must be UTF-8 like all others; false after an error. */
static bool skip_comment(fq_lexer *lexer, uint32_t *at) {
    fq_slice source = lexer->source;
    while (*at < source.len && source.ptr[*at] != '\n' && source.ptr[*at] != '\r') {
        unsigned length = fq_utf8_length(source.ptr + *at, source.ptr + source.len);
        if (length == 0) {
            fq_utf8_error(source, *at, lexer->errors);
            return false;
        }
        *at += length;
    }
    return true;
}

#ifdef __SSE2__
static inline __m128i between(__m128i bytes, char low, char high) {
    return _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)(low - 1))),
                         _mm_cmplt_epi8(bytes, _mm_set1_epi8((char)(high + 1))));
}

/* How many of the sixteen bytes at `text` continue a name, from the first on. */
static inline uint32_t name_run(const char *text) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)text);
    __m128i letters = between(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
    __m128i others = _mm_or_si128(between(bytes, '0', '9'), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('_')));
    unsigned mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(letters, others));
    return (uint32_t)__builtin_ctz(~mask);
}
#endif

/* The end of the name whose first character is before `at`. Most names are shorter than sixteen bytes; taking them in
 * one step costs no mispredicted branch at their end. */
static inline uint32_t name_end(fq_slice source, uint32_t at) {
#ifdef __SSE2__
    if (source.len - at >= 16) {
        uint32_t run = name_run(source.ptr + at);
        at += run;
        if (run < 16) {
            return at;
        }
    }
#endif
    while (class_at(source, at) & (NAME_START | DIGIT)) {
        at++;
    }
    return at;
}

/* The first byte from `at` that belongs to a token, or the end of the source; false after an error. */
static inline bool skip_ignored(fq_lexer *lexer, uint32_t *start) {
    fq_slice source = lexer->source;
    uint32_t at = *start;
    for (;;) {
        while (at < source.len && classes[(unsigned char)source.ptr[at]] == BLANK) {
            at++;
        }
        *start = at;
        if (at >= source.len) {
            return true;
        }
        if (source.ptr[at] == '#') {
            if (!skip_comment(lexer, &at)) {
                return false;
            }
        } else if (source.ptr[at] == '\xEF' &&
                   fq_slice_starts_with(fq_slice_sub(source, at, source.len), FQ_S("\xEF\xBB\xBF"))) {
            at += 3; /* the byte order mark, ignored anywhere (section 2.1.1) */
        } else {
            return true;
        }
    }
}

static void bad_number(fq_lexer *lexer, uint32_t start, uint32_t at, fq_token *token) {
    fq_syntax_error(lexer->errors, at, FQ_S("Invalid number, expected digit but got: "),
                    fq_syntax_character(lexer->errors->arena, lexer->source, at), FQ_S("."));
    return invalid(lexer, start, token);
}

static uint32_t skip_digits(fq_slice source, uint32_t at) {
    while (class_at(source, at) & DIGIT) {
        at++;
    }
    return at;
}

static void bad_leading_zero(fq_lexer *lexer, uint32_t start, uint32_t at, fq_token *token) {
    fq_syntax_error(lexer->errors, at, FQ_S("Invalid number, unexpected digit after 0: "),
                    fq_syntax_character(lexer->errors->arena, lexer->source, at), FQ_S("."));
    return invalid(lexer, start, token);
}

/* IntValue and FloatValue (sections 2.9.1 and 2.9.2). */
static void lex_number(fq_lexer *lexer, uint32_t start, fq_token *token) {
    fq_slice source = lexer->source;
    fq_token_kind kind = FQ_TOKEN_INT;
    uint32_t at = start + (source.ptr[start] == '-');
    if (char_at(source, at) == '0' && class_at(source, at + 1) & DIGIT) {
        return bad_leading_zero(lexer, start, at + 1, token);
    }
    uint32_t digits = at;
    if ((at = skip_digits(source, at)) == digits) {
        return bad_number(lexer, start, at, token);
    }
    if (char_at(source, at) == '.') {
        kind = FQ_TOKEN_FLOAT;
        digits = ++at;
        if ((at = skip_digits(source, at)) == digits) {
            return bad_number(lexer, start, at, token);
        }
    }
    if (char_at(source, at) == 'e' || char_at(source, at) == 'E') {
        kind = FQ_TOKEN_FLOAT;
        at++;
        digits = at += char_at(source, at) == '+' || char_at(source, at) == '-';
        if ((at = skip_digits(source, at)) == digits) {
            return bad_number(lexer, start, at, token);
        }
    }
    /* Numbers may not be followed directly by a name or another fraction. */
    if (char_at(source, at) == '.' || class_at(source, at) & NAME_START) {
        return bad_number(lexer, start, at, token);
    }
    return token_to(lexer, kind, start, at, token);
}

static void lex_string(fq_lexer *lexer, uint32_t start, fq_token *token) {
    bool block = char_at(lexer->source, start + 1) == '"' && char_at(lexer->source, start + 2) == '"';
    uint32_t end = block ? fq_block_string_end(lexer->source, start, lexer->errors)
                         : fq_string_end(lexer->source, start, lexer->errors);
    if (end == 0) {
        return invalid(lexer, start, token);
    }
    return token_to(lexer, block ? FQ_TOKEN_BLOCK_STRING : FQ_TOKEN_STRING, start, end, token);
}

static void unexpected_character(fq_lexer *lexer, uint32_t at, fq_token *token) {
    fq_slice source = lexer->source;
    if (source.ptr[at] == '\'') {
        fq_syntax_error(lexer->errors, at,
                        FQ_S("Unexpected single quote character ('), did you mean to use a double quote (\")?"));
    } else if (fq_utf8_length(source.ptr + at, source.ptr + source.len) == 0) {
        fq_utf8_error(source, at, lexer->errors);
    } else {
        fq_syntax_error(lexer->errors, at, FQ_S("Unexpected character: "),
                        fq_syntax_character(lexer->errors->arena, source, at), FQ_S("."));
    }
    return invalid(lexer, at, token);
}

void fq_lexer_read(fq_lexer *lexer, fq_token *token) {
    if (lexer->at == STOPPED) {
        return invalid(lexer, (uint32_t)lexer->source.len, token);
    }
    fq_slice source = lexer->source;
    uint32_t at = lexer->at;
    if (!skip_ignored(lexer, &at)) {
        return invalid(lexer, at, token);
    }
    if (at >= source.len) {
        return token_to(lexer, FQ_TOKEN_EOF, at, at, token);
    }
    unsigned char first = (unsigned char)source.ptr[at];
    unsigned class = classes[first];
    if (class & NAME_START) {
        return token_to(lexer, FQ_TOKEN_NAME, at, name_end(source, at + 1), token);
    }
    if (class & PUNCTUATOR) {
        return token_to(lexer, punctuators[first], at, at + 1, token);
    }
    if (class & NUMBER_START) {
        return lex_number(lexer, at, token);
    }
    if (first == '"') {
        return lex_string(lexer, at, token);
    }
    if (first == '.' && char_at(source, at + 1) == '.' && char_at(source, at + 2) == '.') {
        return token_to(lexer, FQ_TOKEN_SPREAD, at, at + 3, token);
    }
    return unexpected_character(lexer, at, token);
}

fq_token fq_lexer_next(fq_lexer *lexer) {
    fq_token token;
    fq_lexer_read(lexer, &token);
    return token;
}

fq_slice fq_token_value(fq_arena *arena, fq_slice source, fq_token token) {
    switch (token.kind) {
    case FQ_TOKEN_NAME:
    case FQ_TOKEN_INT:
    case FQ_TOKEN_FLOAT:
        return fq_slice_sub(source, token.start, token.end);
    case FQ_TOKEN_STRING:
    case FQ_TOKEN_BLOCK_STRING:
        return fq_token_string(arena, source, token);
    default:
        return (fq_slice){NULL, 0};
    }
}

fq_slice fq_token_kind_name(fq_token_kind kind) {
    static const fq_slice names[] = {
        [FQ_TOKEN_INVALID] = FQ_S_INIT("<INVALID>"),
        [FQ_TOKEN_EOF] = FQ_S_INIT("<EOF>"),
        [FQ_TOKEN_BANG] = FQ_S_INIT("!"),
        [FQ_TOKEN_DOLLAR] = FQ_S_INIT("$"),
        [FQ_TOKEN_AMP] = FQ_S_INIT("&"),
        [FQ_TOKEN_PAREN_LEFT] = FQ_S_INIT("("),
        [FQ_TOKEN_PAREN_RIGHT] = FQ_S_INIT(")"),
        [FQ_TOKEN_SPREAD] = FQ_S_INIT("..."),
        [FQ_TOKEN_COLON] = FQ_S_INIT(":"),
        [FQ_TOKEN_EQUALS] = FQ_S_INIT("="),
        [FQ_TOKEN_AT] = FQ_S_INIT("@"),
        [FQ_TOKEN_BRACKET_LEFT] = FQ_S_INIT("["),
        [FQ_TOKEN_BRACKET_RIGHT] = FQ_S_INIT("]"),
        [FQ_TOKEN_BRACE_LEFT] = FQ_S_INIT("{"),
        [FQ_TOKEN_PIPE] = FQ_S_INIT("|"),
        [FQ_TOKEN_BRACE_RIGHT] = FQ_S_INIT("}"),
        [FQ_TOKEN_NAME] = FQ_S_INIT("Name"),
        [FQ_TOKEN_INT] = FQ_S_INIT("Int"),
        [FQ_TOKEN_FLOAT] = FQ_S_INIT("Float"),
        [FQ_TOKEN_STRING] = FQ_S_INIT("String"),
        [FQ_TOKEN_BLOCK_STRING] = FQ_S_INIT("BlockString"),
    };
    return names[kind];
}
