/* SPDX-License-Identifier: MIT */
/* Any JSON as the variables of one operation that takes every kind of input. What must hold beside no crash: it is
 * coerced or there are errors; what was coerced is written as JSON that reads back and is coerced to the same again
 * (coercion is idempotent); the leaves are numbered as they should be. */
#include <stdlib.h>

#include "graphql/parser.h"
#include "schema/build.h"
#include "validate/validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char sdl[] = "type Query { x(a: Int, b: Float, c: String, d: Boolean, e: ID, f: E, g: [[Int!]], h: In, i: "
                          "One, j: Any, k: Where): Int }\n"
                          "enum E { X Y }\n"
                          "input In { a: Int! b: In c: [In] d: Int! = 3 e: [E] }\n"
                          "input One @oneOf { a: Int b: String }\n"
                          "input Where { AND: [Where!] t: IntFilter }\n"
                          "input IntFilter { eq: Int in: [Int] }\n"
                          "scalar Any\n";

static const char source[] =
    "query ($a: Int, $b: Float, $c: String = \"c\", $d: Boolean, $e: ID, $f: E, $g: [[Int!]], $h: In, $i: One, "
    "$j: Any, $k: Where) { x(a: $a, b: $b, c: $c, d: $d, e: $e, f: $f, g: $g, h: $h, i: $i, j: $j, k: $k) }";

typedef struct target {
    fq_arena *arena;
    fq_schema *schema;
    const fq_document *document;
} target;

static target load(void) {
    target t = {.arena = fq_arena_new(SIZE_MAX)};
    fq_errors errors;
    fq_errors_init(&errors, t.arena, 10);
    t.schema = fq_schema_from_sdl(fq_slice_from_cstr(sdl), &errors);
    t.document = fq_parse(t.arena, fq_slice_from_cstr(source), (fq_parse_limits){.tokens = 0, .depth = 64}, &errors);
    if (t.schema == NULL || t.document == NULL) {
        abort();
    }
    fq_type *filter = fq_schema_type(t.schema, FQ_S("IntFilter"));
    for (uint32_t i = 0; i < filter->n_input_fields; i++) {
        filter->input_fields[i].role = FQ_INPUT_OPERATOR;
    }
    return t;
}

/* Coerces and writes the result; false where there are errors. */
static bool coerce(const target *t, fq_arena *arena, fq_slice text, fq_buffer *out, fq_buffer *signature) {
    static const fq_limits limits = FQ_LIMITS_DEFAULT;
    fq_json_error json_error;
    const fq_json *json = fq_json_parse(arena, text, 64, &json_error);
    if (json == NULL || json->kind != FQ_JSON_OBJECT) {
        return false;
    }
    fq_errors errors;
    fq_errors_init(&errors, arena, limits.errors);
    fq_variables variables;
    bool good = fq_variables_coerce(arena, t->schema, t->document, t->document->definitions, json, &limits,
                                    FQ_EXTENSIONS_ALL, &variables, &errors);
    if (good == fq_errors_any(&errors)) {
        abort();
    }
    for (uint32_t i = 0; good && i < variables.n_leaves; i++) {
        if (variables.leaves[i]->index != i || variables.leaves[i]->origin != FQ_ORIGIN_VARIABLE) {
            abort();
        }
    }
    if (good) {
        fq_variables_write_json(&variables, out);
        fq_variables_signature(t->schema, t->document, t->document->definitions, &variables, signature);
    }
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static target t;
    if (t.arena == NULL) {
        t = load();
    }
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_buffer once, again, signature;
    fq_buffer_init(&once, SIZE_MAX);
    fq_buffer_init(&again, SIZE_MAX);
    fq_buffer_init(&signature, SIZE_MAX);
    if (coerce(&t, arena, fq_slice_of((const char *)data, size), &once, &signature) &&
        (!coerce(&t, arena, fq_buffer_view(&once), &again, &signature) ||
         !fq_slice_equal(fq_buffer_view(&once), fq_buffer_view(&again)))) {
        abort();
    }
    fq_buffer_done(&once);
    fq_buffer_done(&again);
    fq_buffer_done(&signature);
    fq_arena_free(arena);
    return 0;
}
