/* SPDX-License-Identifier: MIT */
/* Parser for GraphQL documents, executable and type system (September 2025 edition, sections 2 and 3). Pure: bytes in,
 * tree out. Error messages and positions are those of graphql-js 16 ("Syntax Error: ..."). */
#ifndef FQ_GRAPHQL_PARSER_H
#define FQ_GRAPHQL_PARSER_H

#include "base/error.h"
#include "graphql/ast.h"

/* A larger depth limit counts as this one: it bounds the stack that parsing, printing and all later walks of a tree
 * take. */
#define FQ_PARSE_DEPTH_MAX 1000
/* Positions have 32 bits. */
#define FQ_PARSE_BYTES_MAX ((size_t)1 << 31)

typedef struct fq_parse_limits {
    uint32_t tokens; /* 0: no limit */
    uint32_t depth;  /* of nesting of selections, values and types together; 0 is not allowed */
} fq_parse_limits;

/* Parses a whole document. The tree and decoded strings live in `arena`; `source` is borrowed and must live as long.
 * NULL on failure, with one error appended: FQ_ERR_PARSE_FAILED, or FQ_ERR_LIMIT_EXCEEDED for a limit. */
const fq_document *fq_parse(fq_arena *arena, fq_slice source, fq_parse_limits limits, fq_errors *errors);

/* Parse a single value, constant value (no variables) or type reference, from start to end of the source; the result is
 * `definitions` of the returned document. */
const fq_document *fq_parse_value(fq_arena *arena, fq_slice source, fq_parse_limits limits, fq_errors *errors);
const fq_document *fq_parse_const_value(fq_arena *arena, fq_slice source, fq_parse_limits limits, fq_errors *errors);
const fq_document *fq_parse_type(fq_arena *arena, fq_slice source, fq_parse_limits limits, fq_errors *errors);

#endif
