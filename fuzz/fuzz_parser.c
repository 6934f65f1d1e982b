/* SPDX-License-Identifier: MIT */
/* Parses any bytes as a document, a value and a type. What is accepted is printed, parsed again and printed again: the
 * two prints must be the same, and the tree must have the same number of nodes. What is refused must have one error. */
#include <stdlib.h>

#include "graphql/parser.h"
#include "graphql/printer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef const fq_document *(*parse_fn)(fq_arena *arena, fq_slice source, fq_parse_limits limits, fq_errors *errors);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

static fq_slice print(fq_arena *arena, const fq_document *document, bool whole) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    if (whole) {
        fq_print_document(document, &out);
    } else {
        fq_print_node(document, document->definitions, &out);
    }
    check(!out.failed);
    fq_slice printed = fq_arena_copy(arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return printed;
}

static void round_trip(parse_fn parse, fq_slice source) {
    fq_parse_limits limits = {.tokens = 5000, .depth = 50};
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 10);
    const fq_document *document = parse(arena, source, limits, &errors);
    check(document != NULL ? errors.list.len == 0 : errors.list.len == 1 && errors.dropped == 0);
    if (document != NULL) {
        fq_slice first = print(arena, document, parse == fq_parse);
        const fq_document *again = parse(arena, first, limits, &errors);
        check(again != NULL && again->n_nodes == document->n_nodes && again->n_aliases == document->n_aliases &&
              again->n_directives == document->n_directives);
        check(fq_slice_equal(first, print(arena, again, parse == fq_parse)));
    }
    fq_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fq_slice source = fq_slice_of((const char *)data, size);
    round_trip(fq_parse, source);
    round_trip(fq_parse_value, source);
    round_trip(fq_parse_const_value, source);
    round_trip(fq_parse_type, source);
    return 0;
}
