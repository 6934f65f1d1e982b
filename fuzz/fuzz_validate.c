/* SPDX-License-Identifier: MIT */
/* Any text as a document: parsed, validated with and without the extensions, and where it is valid resolved. What must
 * hold beside no crash: validation says the same twice; a valid document resolves or fails with an error; a document
 * and its copy have one key, and the key says whether the literals fit. */
#include <stdlib.h>

#include "graphql/parser.h"
#include "schema/build.h"
#include "validate/rules_optional.h"
#include "validate/validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char sdl[] =
    "type Query { a: A b: B i: I u: U x(n: Int, o: In, l: [In!], e: E = X, id: ID, f: Float, s: String, j: JSON): Int\n"
    "  list(where: AWhere, orderBy: [AOrderBy!], limit: Int): [A!]! one(by: One): A }\n"
    "type Mutation { m(n: Int!): A }\n"
    "type Subscription { s: A t(n: Int): B }\n"
    "interface I { i: I n(k: Int): Int }\n"
    "type A implements I { i: I n(k: Int): Int a: A t: Int }\n"
    "type B implements I { i: I n(k: Int): Int b: B t: String }\n"
    "union U = A | B\n"
    "enum E { X Y }\n"
    "input In { a: Int! b: In c: [In] d: Int! = 3 }\n"
    "input One @oneOf { a: Int b: String }\n"
    "input AWhere { AND: [AWhere!] NOT: AWhere t: IntFilter }\n"
    "input AOrderBy { t: E }\n"
    "input IntFilter { eq: Int in: [Int] }\n"
    "scalar JSON\n"
    "directive @r(n: Int) repeatable on FIELD | QUERY | FRAGMENT_SPREAD | VARIABLE_DEFINITION\n";

static fq_schema *load_schema(void) {
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 10);
    fq_schema *schema = fq_schema_from_sdl(fq_slice_from_cstr(sdl), &errors);
    fq_arena_free(arena);
    if (schema == NULL) {
        abort();
    }
    fq_type *filter = fq_schema_type(schema, FQ_S("IntFilter"));
    for (uint32_t i = 0; i < filter->n_input_fields; i++) {
        filter->input_fields[i].role = FQ_INPUT_OPERATOR;
    }
    fq_schema_type(schema, FQ_S("AWhere"))->subject = fq_schema_type(schema, FQ_S("A"));
    return schema;
}

static bool validate(fq_arena *arena, const fq_schema *schema, const fq_document *document, unsigned extensions) {
    static const fq_limits limits = FQ_LIMITS_DEFAULT;
    fq_errors errors;
    fq_errors_init(&errors, arena, limits.errors);
    bool valid = fq_validate(arena, schema, document, &limits, extensions, &errors);
    if (valid == fq_errors_any(&errors)) {
        abort();
    }
    for (uint32_t i = 0; i < errors.list.len; i++) {
        for (uint32_t j = 0; j < errors.list.items[i].n_offsets; j++) {
            if (errors.list.items[i].offsets[j] > document->source.len) {
                abort();
            }
        }
    }
    return valid;
}

static void resolve(fq_arena *arena, const fq_schema *schema, const fq_document *document) {
    static const fq_limits limits = FQ_LIMITS_DEFAULT;
    fq_errors errors;
    fq_errors_init(&errors, arena, limits.errors);
    fq_literals literals;
    fq_literals_lift(arena, document, &literals);
    fq_buffer key;
    fq_buffer_init(&key, SIZE_MAX);
    fq_document_key(document, &literals, &key);
    fq_buffer_done(&key);
    for (fq_node_id id = document->definitions; id != 0; id = fq_node_next(document, id)) {
        if (fq_node_at(document, id)->kind != FQ_NODE_OPERATION) {
            continue;
        }
        fq_variables variables;
        if (fq_variables_coerce(arena, schema, document, id, NULL, &limits, FQ_EXTENSIONS_ALL, &variables, &errors) &&
            fq_operation_resolve(arena, schema, document, id, &literals, &variables, &limits, FQ_EXTENSIONS_ALL,
                                 &errors) == NULL &&
            !fq_errors_any(&errors)) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static fq_schema *schema;
    if (schema == NULL) {
        schema = load_schema();
    }
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 100);
    fq_slice source = fq_slice_of((const char *)data, size);
    const fq_document *document = fq_parse(arena, source, (fq_parse_limits){.tokens = 20000, .depth = 64}, &errors);
    if (document != NULL) {
        bool strict = validate(arena, schema, document, 0);
        bool extended = validate(arena, schema, document, FQ_EXTENSIONS_ALL);
        if (strict && !extended) {
            abort(); /* the extensions only allow more */
        }
        if (extended) {
            resolve(arena, schema, document);
        }
        fq_rule_max_introspection_depth(arena, document, &errors);
        fq_rule_no_introspection(arena, schema, document, &errors);
        fq_rule_no_deprecated(arena, schema, document, &errors);
    }
    fq_arena_free(arena);
    return 0;
}
