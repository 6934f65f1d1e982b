/* SPDX-License-Identifier: MIT */
/* JSON reader (RFC 8259): bytes to a tree in an arena. Strings without escapes are views of the input, others are
 * decoded; numbers keep their text. Strict: UTF-8 is checked, lone surrogates and duplicate-free nesting limits are
 * errors (duplicate keys are kept as they are; the reader of an object decides). */
#ifndef FQ_JSON_READER_H
#define FQ_JSON_READER_H

#include "base/arena.h"

typedef enum fq_json_kind {
    FQ_JSON_NULL,
    FQ_JSON_BOOL,
    FQ_JSON_NUMBER,
    FQ_JSON_STRING,
    FQ_JSON_ARRAY,
    FQ_JSON_OBJECT,
} fq_json_kind;

typedef struct fq_json fq_json;
struct fq_json {
    uint8_t kind;        /* fq_json_kind */
    bool truth;          /* of FQ_JSON_BOOL */
    bool integer;        /* of FQ_JSON_NUMBER: written without fraction and exponent */
    uint32_t count;      /* items or members */
    uint32_t start, end; /* byte range in the input */
    fq_slice text;       /* number: as written; string: decoded */
    fq_slice key;        /* of a member of an object: decoded */
    fq_json *child;      /* first item or member */
    fq_json *next;
};

typedef struct fq_json_error {
    const char *message; /* static text, without position */
    size_t offset;
    bool too_deep; /* nested past `max_depth`: a limit, not a mistake */
} fq_json_error;

/* Parses one value that spans the whole input but for white space. NULL on failure, with `error` filled. `text` is
 * borrowed and must live as long as the tree. `max_depth` bounds nesting of arrays and objects; more than
 * FQ_JSON_DEPTH_MAX counts as that, because it bounds the stack of everything that walks a tree. A NUL written as
 * \u0000 is a NUL byte in the text. */
#define FQ_JSON_DEPTH_MAX 1000
fq_json *fq_json_parse(fq_arena *arena, fq_slice text, uint32_t max_depth, fq_json_error *error);

/* The last member with that key (RFC 8259 leaves duplicates open; JavaScript takes the last), or NULL. */
fq_json *fq_json_member(const fq_json *object, fq_slice key);

/* Checks that `text` is one whole valid JSON number. */
bool fq_json_is_number(fq_slice text);

/* The end of the value that starts at `at` (white space before it allowed) in text known to be valid JSON, such as
 * PostgreSQL's own output; for skipping and copying without a tree. */
size_t fq_json_skip(fq_slice text, size_t at);

#endif
