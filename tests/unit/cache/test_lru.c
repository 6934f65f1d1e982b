/* SPDX-License-Identifier: MIT */
/* The cache against its promises: order of eviction, both maxima, replacement, counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/hash.h"
#include "cache/lru.h"

typedef struct item {
    fq_lru_entry entry;
    char name[16];
    int evicted;
} item;

static void on_evict(fq_lru_entry *entry) { ((item *)entry)->evicted++; }

static void put(fq_lru *lru, item *it, const char *name, size_t bytes) {
    (void)snprintf(it->name, sizeof(it->name), "%s", name);
    it->entry.key = fq_slice_from_cstr(it->name);
    it->entry.hash = fq_hash(it->entry.key);
    it->entry.bytes = bytes;
    fq_lru_put(lru, &it->entry);
}

static item *get(fq_lru *lru, const char *name) {
    fq_slice key = fq_slice_from_cstr(name);
    return (item *)fq_lru_get(lru, fq_hash(key), key);
}

static void evicts_the_least_recently_used(void **state) {
    (void)state;
    fq_lru lru;
    item a = {0}, b = {0}, c = {0}, d = {0};
    fq_lru_init(&lru, 3, 1000, on_evict);
    put(&lru, &a, "a", 1);
    put(&lru, &b, "b", 1);
    put(&lru, &c, "c", 1);
    assert_ptr_equal(get(&lru, "a"), &a);
    put(&lru, &d, "d", 1);
    assert_int_equal(b.evicted, 1);
    assert_null(get(&lru, "b"));
    assert_ptr_equal(get(&lru, "a"), &a);
    assert_ptr_equal(get(&lru, "c"), &c);
    assert_int_equal(lru.count, 3);
    assert_int_equal(lru.hits, 3);
    assert_int_equal(lru.misses, 1);
    fq_lru_done(&lru);
    assert_int_equal(a.evicted + b.evicted + c.evicted + d.evicted, 4);
}

static void holds_the_maximum_in_bytes(void **state) {
    (void)state;
    fq_lru lru;
    item a = {0}, b = {0}, c = {0};
    fq_lru_init(&lru, 100, 10, on_evict);
    put(&lru, &a, "a", 4);
    put(&lru, &b, "b", 4);
    put(&lru, &c, "c", 11);
    assert_int_equal(c.evicted, 1);
    assert_int_equal(a.evicted, 1); /* the too large one pushed all others out before itself */
    assert_int_equal(lru.bytes, 0);
    item e = {0};
    put(&lru, &e, "e", 5);
    fq_lru_resize(&lru, &e.entry, 11);
    assert_int_equal(e.evicted, 1);
    fq_lru_done(&lru);
}

static void replaces_and_removes(void **state) {
    (void)state;
    fq_lru lru;
    item a = {0}, again = {0};
    fq_lru_init(&lru, 10, 100, on_evict);
    put(&lru, &a, "a", 1);
    put(&lru, &again, "a", 2);
    assert_int_equal(a.evicted, 1);
    assert_int_equal(lru.count, 1);
    assert_int_equal(lru.bytes, 2);
    fq_lru_remove(&lru, &again.entry);
    assert_int_equal(again.evicted, 1);
    assert_null(get(&lru, "a"));
    fq_lru_done(&lru);
}

static void finds_among_many(void **state) {
    (void)state;
    enum { MANY = 2000 };
    static item items[MANY];
    fq_lru lru;
    fq_lru_init(&lru, MANY, 1 << 30, on_evict);
    for (int i = 0; i < MANY; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "k%d", i);
        put(&lru, &items[i], name, 1);
    }
    for (int i = 0; i < MANY; i++) {
        assert_ptr_equal(get(&lru, items[i].name), &items[i]);
    }
    fq_lru_done(&lru);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evicts_the_least_recently_used),
        cmocka_unit_test(holds_the_maximum_in_bytes),
        cmocka_unit_test(replaces_and_removes),
        cmocka_unit_test(finds_among_many),
    };
    return cmocka_run_group_tests_name("cache/lru", tests, NULL, NULL);
}
