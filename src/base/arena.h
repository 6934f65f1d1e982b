/* SPDX-License-Identifier: MIT */
/* Arenas: memory by lifetime. Everything allocated from an arena dies with it in one call, and cleanups hang on it.
 *
 * An arena has a maximum in bytes. Passing it sets a sticky failure that callers test between stages; the allocation
 * itself still succeeds, so that no allocation has to be checked. (What one stage can allocate beyond the maximum is
 * bounded by the limits on its input, see limits.h.) Memory that the system refuses ends the process with a message.
 * Not thread-safe: one thread at a time. */
#ifndef FQ_BASE_ARENA_H
#define FQ_BASE_ARENA_H

#include <stdarg.h>

#include "base/slice.h"

typedef struct fq_arena fq_arena;

/* A new arena that may grow to `max_bytes` before it counts as failed. */
fq_arena *fq_arena_new(size_t max_bytes);

/* Runs the cleanups, the last registered first, and frees everything. NULL is allowed. */
void fq_arena_free(fq_arena *arena);

/* Runs the cleanups and forgets all allocations, but keeps the first block for reuse; the failure flag is cleared. */
void fq_arena_reset(fq_arena *arena);

/* Uninitialized memory aligned for any object; never NULL, also for size 0. */
void *fq_arena_alloc(fq_arena *arena, size_t size) __attribute__((returns_nonnull, malloc));

/* Zeroed memory. */
void *fq_arena_zalloc(fq_arena *arena, size_t size) __attribute__((returns_nonnull, malloc));

#define FQ_NEW(arena, type) ((type *)fq_arena_zalloc((arena), sizeof(type)))
#define FQ_NEW_ARRAY(arena, type, count) ((type *)fq_arena_zalloc((arena), sizeof(type) * (size_t)(count)))

/* A copy of `s` followed by a NUL that does not count. */
fq_slice fq_arena_copy(fq_arena *arena, fq_slice s);
char *fq_arena_cstr(fq_arena *arena, fq_slice s);

/* What a message can show of a client's text: printf would end at a NUL, which is written \u0000 here. */
fq_slice fq_arena_shown(fq_arena *arena, fq_slice s);

fq_slice fq_arena_printf(fq_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3), nonnull(2)));
fq_slice fq_arena_vprintf(fq_arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0), nonnull(2)));

/* Registers `run(arg)` to be called when the arena is freed or reset. */
void fq_arena_on_free(fq_arena *arena, void (*run)(void *arg), void *arg);

/* Whether the arena has passed its maximum. */
bool fq_arena_failed(const fq_arena *arena);

/* Bytes held from the system. */
size_t fq_arena_bytes(const fq_arena *arena);

#endif
