/* SPDX-License-Identifier: MIT */
/* A hash map from slices to pointers, in an arena: for names of a schema, keys of a document and the like. Keys are
 * borrowed and must live as long as the map. Entries can be replaced but not removed. Safe for concurrent reading once
 * built. */
#ifndef FQ_BASE_MAP_H
#define FQ_BASE_MAP_H

#include "base/arena.h"

typedef struct fq_map_entry {
    fq_slice key;
    uint64_t hash;
    void *value;
} fq_map_entry;

typedef struct fq_map {
    fq_arena *arena;
    fq_map_entry *entries; /* open addressing; capacity is a power of two or 0 */
    uint32_t len;
    uint32_t capacity;
} fq_map;

void fq_map_init(fq_map *map, fq_arena *arena);

/* NULL where the key is missing. */
void *fq_map_get(const fq_map *map, fq_slice key);
bool fq_map_has(const fq_map *map, fq_slice key);

/* Sets or replaces; returns the value that stood there before, or NULL. `value` must not be NULL. */
void *fq_map_put(fq_map *map, fq_slice key, void *value);

#endif
