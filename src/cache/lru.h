/* SPDX-License-Identifier: MIT */
/* The one cache of the library: least recently used goes first, bounded by entries and by bytes. Entries are embedded
 * in their owner's structs; the cache owns them from the put until it hands them to `evict`. Not thread-safe. */
#ifndef FQ_CACHE_LRU_H
#define FQ_CACHE_LRU_H

#include "base/slice.h"

typedef struct fq_lru_entry fq_lru_entry;
struct fq_lru_entry {
    fq_slice key;  /* set by the owner; lives as long as the entry */
    uint64_t hash; /* set by the owner: any good hash of the key */
    size_t bytes;  /* set by the owner: what the entry costs */
    fq_lru_entry *chain;
    fq_lru_entry *newer, *older;
};

typedef struct fq_lru {
    fq_lru_entry **buckets;
    uint32_t n_buckets; /* a power of two */
    uint32_t count;
    uint32_t max_count;
    size_t bytes;
    size_t max_bytes;
    fq_lru_entry *newest, *oldest;
    void (*evict)(fq_lru_entry *entry);
    uint64_t hits, misses;
} fq_lru;

/* `evict` is called for each entry that leaves the cache, once. */
void fq_lru_init(fq_lru *lru, uint32_t max_count, size_t max_bytes, void (*evict)(fq_lru_entry *entry));
/* Evicts everything and frees the table. */
void fq_lru_done(fq_lru *lru);

/* Finds an entry and makes it the newest; NULL where there is none. Counts a hit or a miss. */
fq_lru_entry *fq_lru_get(fq_lru *lru, uint64_t hash, fq_slice key);

/* Adds an entry; one of the same key is evicted first, then the oldest ones until the maxima hold. An entry that alone
 * is over the maximum in bytes is evicted at once. */
void fq_lru_put(fq_lru *lru, fq_lru_entry *entry);

/* Takes an entry out and evicts it. */
void fq_lru_remove(fq_lru *lru, fq_lru_entry *entry);

void fq_lru_clear(fq_lru *lru);

/* An entry's cost has grown (or shrunk): counts it anew and evicts others if need be. */
void fq_lru_resize(fq_lru *lru, fq_lru_entry *entry, size_t bytes);

#endif
