/* SPDX-License-Identifier: MIT */
/* Hash maps: many keys, replacement, keys with NUL and of length zero. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/map.h"

static void finds_what_was_put(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_map map;
    fq_map_init(&map, arena);
    assert_null(fq_map_get(&map, FQ_S("missing")));
    int values[2000];
    fq_slice keys[2000];
    for (int i = 0; i < 2000; i++) {
        values[i] = i;
        keys[i] = fq_arena_printf(arena, "key%d", i);
        assert_null(fq_map_put(&map, keys[i], &values[i]));
    }
    assert_int_equal(map.len, 2000);
    for (int i = 0; i < 2000; i++) {
        assert_ptr_equal(fq_map_get(&map, keys[i]), &values[i]);
    }
    assert_false(fq_map_has(&map, FQ_S("key2000")));
    assert_false(fq_map_has(&map, FQ_S("key")));
    fq_arena_free(arena);
}

static void put_replaces_and_gives_the_old_value(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_map map;
    fq_map_init(&map, arena);
    int first = 1, second = 2;
    assert_null(fq_map_put(&map, FQ_S("a"), &first));
    assert_ptr_equal(fq_map_put(&map, FQ_S("a"), &second), &first);
    assert_ptr_equal(fq_map_get(&map, FQ_S("a")), &second);
    assert_int_equal(map.len, 1);
    fq_arena_free(arena);
}

static void keys_are_bytes(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(SIZE_MAX);
    fq_map map;
    fq_map_init(&map, arena);
    int empty = 0, nul = 1, longer = 2;
    fq_map_put(&map, FQ_S(""), &empty);
    fq_map_put(&map, FQ_S("\0"), &nul);
    fq_map_put(&map, FQ_S("\0a"), &longer);
    assert_ptr_equal(fq_map_get(&map, (fq_slice){NULL, 0}), &empty);
    assert_ptr_equal(fq_map_get(&map, FQ_S("\0")), &nul);
    assert_ptr_equal(fq_map_get(&map, FQ_S("\0a")), &longer);
    assert_null(fq_map_get(&map, FQ_S("\0b")));
    fq_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_put),
        cmocka_unit_test(put_replaces_and_gives_the_old_value),
        cmocka_unit_test(keys_are_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
