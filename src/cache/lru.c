/* SPDX-License-Identifier: MIT */
/* See lru.h. Invariant: every entry is in exactly one bucket's chain and once in the list from newest to oldest. */
#include "cache/lru.h"

#include <stdio.h>
#include <stdlib.h>

#define LOAD_PERCENT 75
#define FIRST_BUCKETS 64

void fq_lru_init(fq_lru *lru, uint32_t max_count, size_t max_bytes, void (*evict)(fq_lru_entry *entry)) {
    *lru = (fq_lru){.max_count = max_count, .max_bytes = max_bytes, .evict = evict};
}

static fq_lru_entry **bucket_of(const fq_lru *lru, uint64_t hash) { return &lru->buckets[hash & (lru->n_buckets - 1)]; }

static void grow(fq_lru *lru) {
    uint32_t n_buckets = lru->n_buckets > 0 ? lru->n_buckets * 2 : FIRST_BUCKETS;
    fq_lru_entry **buckets = calloc(n_buckets, sizeof(fq_lru_entry *));
    if (buckets == NULL) {
        if (lru->n_buckets > 0) {
            return; /* longer chains, still right */
        }
        fprintf(stderr, "fraiseql: out of memory\n");
        abort();
    }
    free(lru->buckets);
    lru->buckets = buckets;
    lru->n_buckets = n_buckets;
    for (fq_lru_entry *entry = lru->newest; entry != NULL; entry = entry->older) {
        fq_lru_entry **bucket = bucket_of(lru, entry->hash);
        entry->chain = *bucket;
        *bucket = entry;
    }
}

static void list_unlink(fq_lru *lru, fq_lru_entry *entry) {
    *(entry->newer != NULL ? &entry->newer->older : &lru->newest) = entry->older;
    *(entry->older != NULL ? &entry->older->newer : &lru->oldest) = entry->newer;
}

static void list_push(fq_lru *lru, fq_lru_entry *entry) {
    entry->newer = NULL;
    entry->older = lru->newest;
    *(lru->newest != NULL ? &lru->newest->newer : &lru->oldest) = entry;
    lru->newest = entry;
}

static fq_lru_entry *find(const fq_lru *lru, uint64_t hash, fq_slice key) {
    if (lru->n_buckets == 0) {
        return NULL;
    }
    fq_lru_entry *entry = *bucket_of(lru, hash);
    while (entry != NULL && !(entry->hash == hash && fq_slice_equal(entry->key, key))) {
        entry = entry->chain;
    }
    return entry;
}

fq_lru_entry *fq_lru_get(fq_lru *lru, uint64_t hash, fq_slice key) {
    fq_lru_entry *entry = find(lru, hash, key);
    if (entry == NULL) {
        lru->misses++;
        return NULL;
    }
    lru->hits++;
    if (entry != lru->newest) {
        list_unlink(lru, entry);
        list_push(lru, entry);
    }
    return entry;
}

void fq_lru_remove(fq_lru *lru, fq_lru_entry *entry) {
    fq_lru_entry **link = bucket_of(lru, entry->hash);
    while (*link != entry) {
        link = &(*link)->chain;
    }
    *link = entry->chain;
    list_unlink(lru, entry);
    lru->count--;
    lru->bytes -= entry->bytes;
    lru->evict(entry);
}

static void shrink(fq_lru *lru) {
    while (lru->oldest != NULL && (lru->count > lru->max_count || lru->bytes > lru->max_bytes)) {
        fq_lru_remove(lru, lru->oldest);
    }
}

void fq_lru_put(fq_lru *lru, fq_lru_entry *entry) {
    fq_lru_entry *before = find(lru, entry->hash, entry->key);
    if (before != NULL) {
        fq_lru_remove(lru, before);
    }
    if ((uint64_t)(lru->count + 1) * 100 > (uint64_t)lru->n_buckets * LOAD_PERCENT) {
        grow(lru);
    }
    fq_lru_entry **bucket = bucket_of(lru, entry->hash);
    entry->chain = *bucket;
    *bucket = entry;
    list_push(lru, entry);
    lru->count++;
    lru->bytes += entry->bytes;
    shrink(lru);
}

void fq_lru_resize(fq_lru *lru, fq_lru_entry *entry, size_t bytes) {
    lru->bytes += bytes - entry->bytes;
    entry->bytes = bytes;
    shrink(lru);
}

void fq_lru_clear(fq_lru *lru) {
    while (lru->oldest != NULL) {
        fq_lru_remove(lru, lru->oldest);
    }
}

void fq_lru_done(fq_lru *lru) {
    fq_lru_clear(lru);
    free(lru->buckets);
    lru->buckets = NULL;
    lru->n_buckets = 0;
}
