/* SPDX-License-Identifier: MIT */
/* See map.h. Invariant: at most three quarters of the entries are taken; a taken entry has a value. */
#include "base/map.h"

#include "base/hash.h"

void fq_map_init(fq_map *map, fq_arena *arena) { *map = (fq_map){.arena = arena}; }

static fq_map_entry *find(const fq_map *map, fq_slice key, uint64_t hash) {
    uint32_t mask = map->capacity - 1;
    uint32_t i = (uint32_t)hash & mask;
    for (;;) {
        fq_map_entry *entry = &map->entries[i];
        if (entry->value == NULL || (entry->hash == hash && fq_slice_equal(entry->key, key))) {
            return entry;
        }
        i = (i + 1) & mask;
    }
}

static void grow(fq_map *map) {
    fq_map_entry *old = map->entries;
    uint32_t old_capacity = map->capacity;
    map->capacity = old_capacity > 0 ? old_capacity * 2 : 8;
    map->entries = FQ_NEW_ARRAY(map->arena, fq_map_entry, map->capacity);
    for (uint32_t i = 0; i < old_capacity; i++) {
        if (old[i].value != NULL) {
            *find(map, old[i].key, old[i].hash) = old[i];
        }
    }
}

void *fq_map_get(const fq_map *map, fq_slice key) {
    if (map->len == 0) {
        return NULL;
    }
    return find(map, key, fq_hash(key))->value;
}

bool fq_map_has(const fq_map *map, fq_slice key) { return fq_map_get(map, key) != NULL; }

void *fq_map_put(fq_map *map, fq_slice key, void *value) {
    if ((map->len + 1) * 4 > map->capacity * 3) {
        grow(map);
    }
    uint64_t hash = fq_hash(key);
    fq_map_entry *entry = find(map, key, hash);
    void *before = entry->value;
    if (before == NULL) {
        map->len++;
        entry->key = key;
        entry->hash = hash;
    }
    entry->value = value;
    return before;
}
