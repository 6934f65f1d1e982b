/* SPDX-License-Identifier: MIT */
/* Arenas: alignment, zeroing, cleanups, the sticky maximum, and what a reset keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/vec.h"

static void allocations_are_aligned_and_apart(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    char *previous = NULL;
    assert_non_null(fq_arena_alloc(arena, 0));
    for (size_t size = 1; size < 3000; size += 7) {
        char *memory = fq_arena_alloc(arena, size);
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        memset(memory, 0xAB, size);
        assert_ptr_not_equal(memory, previous);
        previous = memory;
    }
    fq_arena_free(arena);
}

static void zeroed_memory_is_zero_after_reuse(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    memset(fq_arena_alloc(arena, 1000), 0xFF, 1000);
    fq_arena_reset(arena);
    const unsigned char *memory = fq_arena_zalloc(arena, 1000);
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(memory[i], 0);
    }
    fq_arena_free(arena);
}

static void large_allocations_do_not_disturb_small_ones(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    char *small = fq_arena_alloc(arena, 16);
    memset(small, 1, 16);
    char *large = fq_arena_alloc(arena, (size_t)1 << 20);
    memset(large, 2, (size_t)1 << 20);
    char *next = fq_arena_alloc(arena, 16);
    memset(next, 3, 16);
    assert_int_equal(small[15], 1);
    assert_int_equal(large[0], 2);
    assert_true(next > small && next < small + 4096);
    fq_arena_free(arena);
}

static void passing_the_maximum_sticks_until_reset(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(10000);
    assert_false(fq_arena_failed(arena));
    memset(fq_arena_alloc(arena, 20000), 0, 20000);
    assert_true(fq_arena_failed(arena));
    memset(fq_arena_alloc(arena, 8), 0, 8);
    assert_true(fq_arena_failed(arena));
    fq_arena_reset(arena);
    assert_false(fq_arena_failed(arena));
    assert_true(fq_arena_bytes(arena) < 10000);
    fq_arena_free(arena);
}

typedef struct trace {
    char *out;
    char letter;
} trace;

static void record(void *arg) {
    const trace *t = arg;
    size_t len = strlen(t->out);
    t->out[len] = t->letter;
    t->out[len + 1] = '\0';
}

static void cleanups_run_last_first(void **state) {
    (void)state;
    char order[8] = "";
    trace a = {order, 'a'}, b = {order, 'b'}, c = {order, 'c'};
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_arena_on_free(arena, record, &a);
    fq_arena_on_free(arena, record, &b);
    fq_arena_reset(arena);
    assert_string_equal(order, "ba");
    fq_arena_on_free(arena, record, &c);
    fq_arena_free(arena);
    assert_string_equal(order, "bac");
    fq_arena_free(NULL);
}

static void copies_end_with_a_nul_that_does_not_count(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_slice copy = fq_arena_copy(arena, FQ_S("a\0b"));
    assert_int_equal(copy.len, 3);
    assert_memory_equal(copy.ptr, "a\0b", 4);
    assert_string_equal(fq_arena_cstr(arena, (fq_slice){NULL, 0}), "");
    fq_slice text = fq_arena_printf(arena, "%d-%s", 42, "x");
    assert_true(fq_slice_equal(text, FQ_S("42-x")));
    fq_arena_free(arena);
}

static void vectors_keep_their_items_while_they_grow(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    FQ_VEC(uint32_t) numbers = {0};
    for (uint32_t i = 0; i < 1000; i++) {
        fq_vec_push(arena, &numbers, i * 3);
    }
    assert_int_equal(numbers.len, 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        assert_int_equal(numbers.items[i], i * 3);
    }
    fq_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations_are_aligned_and_apart),
        cmocka_unit_test(zeroed_memory_is_zero_after_reuse),
        cmocka_unit_test(large_allocations_do_not_disturb_small_ones),
        cmocka_unit_test(passing_the_maximum_sticks_until_reset),
        cmocka_unit_test(cleanups_run_last_first),
        cmocka_unit_test(copies_end_with_a_nul_that_does_not_count),
        cmocka_unit_test(vectors_keep_their_items_while_they_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
