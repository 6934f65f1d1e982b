/* SPDX-License-Identifier: MIT */
/* Makes a schema of any bytes. What is accepted is printed and read again, and both prints must be the same; its whole
 * introspection must be well-formed JSON. What is refused must have an error, with positions inside the text. */
#include <stdlib.h>

#include "graphql/parser.h"
#include "schema/build.h"
#include "validate/introspection.h"
#include "validate/validate.h"
#include "json/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char query[] =
    "{ __schema { description queryType { ...R } types { kind name description specifiedByURL isOneOf "
    "fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...V } type { ...R } "
    "isDeprecated "
    "deprecationReason } inputFields(includeDeprecated: true) { ...V } interfaces { ...R } "
    "enumValues(includeDeprecated: true) { name description deprecationReason } possibleTypes { ...R } } "
    "directives { name description isRepeatable locations args { ...V } } } } "
    "fragment V on __InputValue { name description type { ...R } defaultValue deprecationReason } "
    "fragment R on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

static void check_errors(const fq_errors *errors, size_t size) {
    check(errors->list.len > 0);
    for (uint32_t i = 0; i < errors->list.len; i++) {
        check(errors->list.items[i].message.len > 0);
        for (uint32_t j = 0; j < errors->list.items[i].n_offsets; j++) {
            check(errors->list.items[i].offsets[j] <= size);
        }
    }
}

static fq_slice print(fq_arena *arena, const fq_schema *schema) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    fq_schema_print_sdl(schema, &out);
    fq_slice text = fq_arena_copy(arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return text;
}

static void introspect(fq_arena *arena, const fq_schema *schema, fq_errors *errors) {
    const fq_limits limits = FQ_LIMITS_DEFAULT;
    const fq_document *document = fq_parse(arena, fq_slice_from_cstr(query), (fq_parse_limits){.depth = 50}, errors);
    check(document != NULL && fq_validate(arena, schema, document, &limits, 0, errors));
    fq_node_id node = fq_operation_choose(document, (fq_slice){0}, errors);
    fq_variables variables;
    fq_literals literals;
    fq_literals_lift(arena, document, &literals);
    check(fq_variables_coerce(arena, schema, document, node, NULL, &limits, 0, &variables, errors));
    const fq_operation *operation =
        fq_operation_resolve(arena, schema, document, node, &literals, &variables, &limits, 0, errors);
    check(operation != NULL);
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    fq_introspection_write(schema, &operation->root->items[0], &out);
    fq_json_error error;
    check(fq_json_parse(arena, fq_buffer_view(&out), 50, &error) != NULL);
    fq_buffer_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 10);
    fq_schema *schema = fq_schema_from_sdl(fq_slice_of((const char *)data, size), &errors);
    if (schema == NULL) {
        check_errors(&errors, size);
    } else {
        check(!fq_errors_any(&errors));
        fq_slice first = print(arena, schema);
        introspect(arena, schema, &errors);
        fq_schema *again = fq_schema_from_sdl(first, &errors);
        check(again != NULL && fq_slice_equal(first, print(arena, again)));
        fq_schema_unref(again);
        fq_schema_unref(schema);
    }
    fq_arena_free(arena);
    return 0;
}
