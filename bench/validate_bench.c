/* SPDX-License-Identifier: MIT */
/* Measures validation, and what a request that misses the first cache does beside: the key of the document, the
 * coercion and the signature of its variables, and resolution. Prints microseconds a document, the best of several
 * rounds. validate_bench SCHEMA.graphql DOCUMENT.graphql [VARIABLES.json] [ROUNDS] Each step has its own arena reset
 * before it, as a request has. Only the best round counts: the others were disturbed. */
#include <stdio.h>
#include <stdlib.h>

#include "base/loop.h"
#include "graphql/parser.h"
#include "schema/build.h"
#include "validate/validate.h"

#define ROUND_US 5000 /* short, so that some rounds are not interrupted */

typedef struct subject {
    fq_schema *schema;
    const fq_document *document;
    fq_node_id operation;
    const fq_json *json;
    fq_limits limits;
    fq_literals literals;
    fq_variables variables;
    fq_arena *scratch;
    fq_errors errors;
    fq_buffer buffer;
} subject;

static fq_slice read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        exit(1);
    }
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    if (text == NULL || fread(text, 1, size, file) != size) {
        perror(path);
        exit(1);
    }
    fclose(file);
    return fq_slice_of(text, size);
}

static void fail_on(const fq_errors *errors) {
    if (fq_errors_any(errors)) {
        fprintf(stderr, "%.*s\n", FQ_PRI(errors->list.items[0].message));
        exit(1);
    }
}

/* ---- what is measured ---- */

static void do_validate(subject *s) {
    fq_validate(s->scratch, s->schema, s->document, &s->limits, FQ_EXTENSIONS_ALL, &s->errors);
}

static void do_key(subject *s) {
    fq_literals literals;
    fq_literals_lift(s->scratch, s->document, &literals);
    fq_document_key(s->document, &literals, &s->buffer);
}

static void do_variables(subject *s) {
    fq_variables variables;
    fq_variables_coerce(s->scratch, s->schema, s->document, s->operation, s->json, &s->limits, FQ_EXTENSIONS_ALL,
                        &variables, &s->errors);
    fq_variables_signature(s->schema, s->document, s->operation, &variables, &s->buffer);
}

static void do_resolve(subject *s) {
    fq_operation_resolve(s->scratch, s->schema, s->document, s->operation, &s->literals, &s->variables, &s->limits,
                         FQ_EXTENSIONS_ALL, &s->errors);
}

static double best_us(subject *s, void (*work)(subject *s), int rounds) {
    double best = 0;
    for (int round = 0; round < rounds; round++) {
        uint64_t start = fq_clock_us();
        uint64_t elapsed;
        uint64_t runs = 0;
        do {
            for (int i = 0; i < 16; i++) {
                fq_arena_reset(s->scratch);
                fq_errors_init(&s->errors, s->scratch, s->limits.errors);
                fq_buffer_clear(&s->buffer);
                work(s);
                fail_on(&s->errors);
            }
            runs += 16;
            elapsed = fq_clock_us() - start;
        } while (elapsed < ROUND_US);
        double us = (double)elapsed / (double)runs;
        best = round == 0 || us < best ? us : best;
    }
    return best;
}

/* ---- set-up ---- */

static void prepare(subject *s, fq_arena *arena, fq_slice sdl, fq_slice source, fq_slice variables) {
    fq_errors errors;
    fq_errors_init(&errors, arena, 100);
    s->schema = fq_schema_from_sdl(sdl, &errors);
    fail_on(&errors);
    s->document = fq_parse(arena, source, (fq_parse_limits){.tokens = 0, .depth = 1000}, &errors);
    fail_on(&errors);
    s->operation = fq_operation_choose(s->document, (fq_slice){0}, &errors);
    fail_on(&errors);
    fq_json_error json_error;
    s->json = variables.len > 0 ? fq_json_parse(arena, variables, 64, &json_error) : NULL;
    fq_literals_lift(arena, s->document, &s->literals);
    fq_variables_coerce(arena, s->schema, s->document, s->operation, s->json, &s->limits, FQ_EXTENSIONS_ALL,
                        &s->variables, &errors);
    fail_on(&errors);
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: validate_bench SCHEMA.graphql DOCUMENT.graphql [VARIABLES.json] [ROUNDS]\n");
        return 2;
    }
    fq_slice sdl = read_file(argv[1]), source = read_file(argv[2]);
    fq_slice variables = argc > 3 ? read_file(argv[3]) : (fq_slice){0};
    int rounds = argc > 4 ? atoi(argv[4]) : 200;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    subject s = {.limits = FQ_LIMITS_DEFAULT, .scratch = fq_arena_new(SIZE_MAX)};
    fq_buffer_init(&s.buffer, SIZE_MAX);
    prepare(&s, arena, sdl, source, variables);
    printf("%zu bytes, %u nodes: validate %.2f us, literals and key %.2f us, variables and signature %.2f us, resolve "
           "%.2f us\n",
           source.len, s.document->n_nodes - 1, best_us(&s, do_validate, rounds), best_us(&s, do_key, rounds),
           best_us(&s, do_variables, rounds), best_us(&s, do_resolve, rounds));
    fq_buffer_done(&s.buffer);
    fq_arena_free(s.scratch);
    fq_arena_free(arena);
    fq_schema_unref(s.schema);
    free((void *)(uintptr_t)sdl.ptr);
    free((void *)(uintptr_t)source.ptr);
    free((void *)(uintptr_t)variables.ptr);
    return 0;
}
