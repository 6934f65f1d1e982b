/* SPDX-License-Identifier: MIT */
/* Arenas as a list of blocks, the newest first, each larger than the one before up to a ceiling.
 * Invariant: `next` and `end` lie in the newest block that serves small allocations. Under AddressSanitizer every
 * allocation is followed by a poisoned gap, so that overruns inside a block are found too. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define ARENA_GAP 16
#else
#define ARENA_GAP 0
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

#define FIRST_BLOCK 4096
#define LARGEST_BLOCK (256 * 1024)
#define ALIGNMENT alignof(max_align_t)

typedef struct block {
    struct block *previous;
    size_t size; /* of the whole block, header included */
    alignas(max_align_t) char data[];
} block;

typedef struct cleanup {
    struct cleanup *previous;
    void (*run)(void *arg);
    void *arg;
} cleanup;

struct fq_arena {
    block *newest;
    block *first; /* the one that a reset keeps */
    char *next;
    char *end;
    cleanup *cleanups;
    size_t bytes;
    size_t max_bytes;
    size_t block_size; /* of the next block */
    bool failed;
};

static void *allocate_or_die(size_t size) {
    void *memory = malloc(size);
    if (memory == NULL) {
        fprintf(stderr, "fraiseql: out of memory (%zu bytes)\n", size);
        abort();
    }
    return memory;
}

static block *block_add(fq_arena *arena, size_t payload) {
    size_t size = sizeof(block) + payload;
    block *b = allocate_or_die(size);
    b->size = size;
    arena->bytes += size;
    if (arena->bytes > arena->max_bytes) {
        arena->failed = true;
    }
    ASAN_POISON_MEMORY_REGION(b->data, payload);
    return b;
}

static void start_block(fq_arena *arena) {
    block *b = block_add(arena, arena->block_size - sizeof(block));
    b->previous = arena->newest;
    arena->newest = b;
    arena->next = b->data;
    arena->end = (char *)b + b->size;
    if (arena->block_size < LARGEST_BLOCK) {
        arena->block_size *= 2;
    }
}

fq_arena *fq_arena_new(size_t max_bytes) {
    fq_arena *arena = allocate_or_die(sizeof(*arena));
    *arena = (fq_arena){.max_bytes = max_bytes, .block_size = FIRST_BLOCK};
    start_block(arena);
    arena->first = arena->newest;
    return arena;
}

static void run_cleanups(fq_arena *arena) {
    while (arena->cleanups != NULL) {
        cleanup *c = arena->cleanups;
        arena->cleanups = c->previous;
        c->run(c->arg);
    }
}

static void free_block(fq_arena *arena, block *b) {
    arena->bytes -= b->size;
    ASAN_UNPOISON_MEMORY_REGION(b->data, b->size - sizeof(block));
    free(b);
}

/* Frees all blocks but one (or NULL). Large blocks may lie anywhere in the list, also behind the first. */
static void free_blocks_but(fq_arena *arena, const block *kept) {
    block *b = arena->newest;
    while (b != NULL) {
        block *previous = b->previous;
        if (b != kept) {
            free_block(arena, b);
        }
        b = previous;
    }
}

void fq_arena_free(fq_arena *arena) {
    if (arena == NULL) {
        return;
    }
    run_cleanups(arena);
    free_blocks_but(arena, NULL);
    free(arena);
}

void fq_arena_reset(fq_arena *arena) {
    run_cleanups(arena);
    block *first = arena->first;
    free_blocks_but(arena, first);
    first->previous = NULL;
    arena->newest = first;
    arena->next = first->data;
    arena->end = (char *)first + first->size;
    ASAN_POISON_MEMORY_REGION(first->data, first->size - sizeof(block));
    arena->block_size = FIRST_BLOCK * 2;
    arena->failed = arena->bytes > arena->max_bytes;
}

/* Large allocations get a block of their own behind the newest one, which goes on serving small ones. */
static void *allocate_alone(fq_arena *arena, size_t size) {
    block *b = block_add(arena, size);
    b->previous = arena->newest->previous;
    arena->newest->previous = b;
    ASAN_UNPOISON_MEMORY_REGION(b->data, size);
    return b->data;
}

void *fq_arena_alloc(fq_arena *arena, size_t size) {
    size_t padded = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    if (padded < size) {
        fprintf(stderr, "fraiseql: impossible allocation (%zu bytes)\n", size);
        abort();
    }
    padded += ARENA_GAP;
    if (padded > (size_t)(arena->end - arena->next)) {
        if (padded > arena->block_size / 4) {
            return allocate_alone(arena, padded);
        }
        start_block(arena);
    }
    char *memory = arena->next;
    arena->next += padded;
    ASAN_UNPOISON_MEMORY_REGION(memory, size);
    return memory;
}

void *fq_arena_zalloc(fq_arena *arena, size_t size) { return memset(fq_arena_alloc(arena, size), 0, size); }

char *fq_arena_cstr(fq_arena *arena, fq_slice s) {
    char *copy = fq_arena_alloc(arena, s.len + 1);
    if (s.len > 0) {
        memcpy(copy, s.ptr, s.len);
    }
    copy[s.len] = '\0';
    return copy;
}

fq_slice fq_arena_copy(fq_arena *arena, fq_slice s) { return fq_slice_of(fq_arena_cstr(arena, s), s.len); }

fq_slice fq_arena_shown(fq_arena *arena, fq_slice s) {
    static const char escape[] = "\\u0000";
    const size_t width = sizeof(escape) - 1;
    size_t nuls = 0;
    for (size_t i = 0; i < s.len; i++) {
        nuls += s.ptr[i] == '\0';
    }
    if (nuls == 0) {
        return s;
    }
    char *text = fq_arena_alloc(arena, s.len + nuls * width);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] != '\0') {
            text[len++] = s.ptr[i];
            continue;
        }
        memcpy(text + len, escape, width);
        len += width;
    }
    return fq_slice_of(text, len);
}

fq_slice fq_arena_vprintf(fq_arena *arena, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0) {
        return fq_slice_of("", 0);
    }
    char *text = fq_arena_alloc(arena, (size_t)len + 1);
    (void)vsnprintf(text, (size_t)len + 1, format, args);
    return fq_slice_of(text, (size_t)len);
}

fq_slice fq_arena_printf(fq_arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fq_slice text = fq_arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

void fq_arena_on_free(fq_arena *arena, void (*run)(void *arg), void *arg) {
    cleanup *c = fq_arena_alloc(arena, sizeof(*c));
    *c = (cleanup){.previous = arena->cleanups, .run = run, .arg = arg};
    arena->cleanups = c;
}

bool fq_arena_failed(const fq_arena *arena) { return arena->failed; }

size_t fq_arena_bytes(const fq_arena *arena) { return arena->bytes; }
