/* SPDX-License-Identifier: MIT */
/* Measures the parser: parses a file again and again and prints nanoseconds a byte, the best of several rounds.
 *   parse_bench FILE [ROUNDS]
 * Each parse has its own arena reset before it, as a request has. Only the best round counts: the others were
 * disturbed. */
#include <stdio.h>
#include <stdlib.h>

#include "base/loop.h"
#include "graphql/lexer.h"
#include "graphql/parser.h"

#define ROUND_US 5000 /* short, so that some rounds are not interrupted */

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

static bool parse_once(fq_arena *arena, fq_slice source, fq_errors *errors) {
    fq_arena_reset(arena);
    fq_errors_init(errors, arena, 1);
    return fq_parse(arena, source, (fq_parse_limits){.tokens = 0, .depth = 1000}, errors) != NULL;
}

static bool lex_once(fq_arena *arena, fq_slice source, fq_errors *errors) {
    fq_arena_reset(arena);
    fq_errors_init(errors, arena, 1);
    fq_lexer lexer;
    fq_lexer_init(&lexer, source, errors);
    fq_token token;
    do {
        fq_lexer_read(&lexer, &token);
    } while (token.kind > FQ_TOKEN_EOF);
    return token.kind == FQ_TOKEN_EOF;
}

typedef bool (*work_fn)(fq_arena *arena, fq_slice source, fq_errors *errors);

static double best_ns_per_byte(work_fn work, fq_slice source, int rounds) {
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_errors errors;
    double best = 0;
    for (int round = 0; round < rounds; round++) {
        uint64_t start = fq_clock_us();
        uint64_t elapsed;
        uint64_t runs = 0;
        do {
            if (!work(arena, source, &errors)) {
                fq_slice message = errors.list.items[0].message;
                fprintf(stderr, "%.*s\n", FQ_PRI(message));
                exit(1);
            }
            runs++;
            elapsed = fq_clock_us() - start;
        } while (elapsed < ROUND_US);
        double ns = (double)elapsed * 1000 / (double)runs / (double)source.len;
        best = round == 0 || ns < best ? ns : best;
    }
    fq_arena_free(arena);
    return best;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: parse_bench FILE [ROUNDS]\n");
        return 2;
    }
    fq_slice source = read_file(argv[1]);
    int rounds = argc > 2 ? atoi(argv[2]) : 200;
    if (source.len == 0 || rounds < 1) {
        fprintf(stderr, "nothing to measure\n");
        return 2;
    }
    printf("%zu bytes: lexer %.2f ns/byte, parser %.2f ns/byte\n", source.len,
           best_ns_per_byte(lex_once, source, rounds), best_ns_per_byte(parse_once, source, rounds));
    free((void *)(uintptr_t)source.ptr);
    return 0;
}
