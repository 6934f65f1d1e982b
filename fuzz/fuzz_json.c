/* SPDX-License-Identifier: MIT */
/* Parses any bytes as JSON. What is accepted is written, parsed and written again: both texts must be the same.
 * Skipping must end where the value ends, and never beyond the input whatever it is. */
#include <stdlib.h>

#include "base/utf8.h"
#include "json/reader.h"
#include "json/writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

static fq_slice write_tree(fq_arena *arena, const fq_json *value) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    fq_json_write_tree(&out, value);
    fq_slice text = fq_arena_copy(arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fq_slice text = fq_slice_of((const char *)data, size);
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_json_error error = {0};
    size_t skipped = fq_json_skip(text, 0);
    check(skipped <= size);
    const fq_json *value = fq_json_parse(arena, text, 100, &error);
    if (value == NULL) {
        check(error.message != NULL && error.offset <= size);
    } else {
        check(fq_utf8_valid(text) && value->end <= size && skipped == value->end);
        fq_slice first = write_tree(arena, value);
        const fq_json *again = fq_json_parse(arena, first, 100, &error);
        check(again != NULL && again->count == value->count && again->end == first.len);
        check(fq_slice_equal(first, write_tree(arena, again)));
    }
    check(!fq_json_is_number(text) || (value != NULL && value->kind == FQ_JSON_NUMBER));
    fq_arena_free(arena);
    return 0;
}
