/* SPDX-License-Identifier: MIT */
/* See prepared.h. A hash table of entries by id; each entry is on one of two LRU lists, that of the seen or that of the
 * named. Invariant: `named` and `bytes` count the entries that have a name or are about to; a name that was taken away
 * stands in `closing` until its Close is written, and is not given again before. */
#include "pg/prepared.h"

#include <stdio.h>
#include <stdlib.h>

#define NONE UINT32_MAX
#define FIRST_CAPACITY 64
/* Statements seen once are remembered in this number at least, so that a small cache still notices second uses. */
#define SEEN_MIN 256

typedef enum entry_state { ENTRY_SEEN, ENTRY_SENT, ENTRY_READY } entry_state;

typedef struct entry {
    uint64_t id;
    uint64_t last_segment; /* that used it */
    uint64_t sent_segment; /* that carried its Parse */
    size_t weight;
    uint32_t chain;        /* next of the same bucket */
    uint32_t newer, older; /* neighbours in its LRU list */
    entry_state state;
} entry;

typedef struct lru_list {
    uint32_t newest, oldest;
    uint32_t len;
} lru_list;

/* A Parse on its way. */
typedef struct awaited {
    uint64_t id;
    uint64_t segment;
    fq_statement_use use;
} awaited;

struct fq_prepared {
    entry *entries;
    uint32_t *buckets; /* as many as entries */
    uint32_t capacity; /* a power of two or 0 */
    uint32_t len;      /* entries ever used; a full table reuses the oldest seen one */
    uint32_t max_entries;
    uint32_t max;
    size_t max_bytes;
    size_t bytes;
    lru_list seen, named;
    awaited *waiting;
    uint32_t n_waiting, waiting_capacity;
    uint64_t *closing;
    uint32_t n_closing, closing_capacity;
};

static void *resize_or_die(void *memory, size_t count, size_t size) {
    void *grown = reallocarray(memory, count, size);
    if (grown == NULL) {
        fprintf(stderr, "fraiseql: out of memory (%zu bytes)\n", count * size);
        abort();
    }
    return grown;
}

fq_prepared *fq_prepared_new(uint32_t max, size_t max_bytes) {
    fq_prepared *prepared = resize_or_die(NULL, 1, sizeof(*prepared));
    uint32_t seen = max > SEEN_MIN ? max : SEEN_MIN;
    *prepared = (fq_prepared){.max = max,
                              .max_bytes = max_bytes,
                              .max_entries = max < UINT32_MAX - seen ? max + seen : UINT32_MAX - 1,
                              .seen = {NONE, NONE, 0},
                              .named = {NONE, NONE, 0}};
    return prepared;
}

void fq_prepared_free(fq_prepared *prepared) {
    if (prepared == NULL) {
        return;
    }
    free(prepared->entries);
    free(prepared->buckets);
    free(prepared->waiting);
    free(prepared->closing);
    free(prepared);
}

fq_slice fq_statement_name(uint64_t id, char room[FQ_STATEMENT_NAME_SIZE]) {
    char *end = room + FQ_STATEMENT_NAME_SIZE;
    char *at = end;
    do {
        *--at = "0123456789abcdef"[id & 15];
        id >>= 4;
    } while (id != 0);
    *--at = 'f';
    return fq_slice_of(at, (size_t)(end - at));
}

/* ---- the hash table ---- */

static uint32_t bucket_of(const fq_prepared *prepared, uint64_t id) {
    return (uint32_t)((id * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (prepared->capacity - 1);
}

static uint32_t find(const fq_prepared *prepared, uint64_t id) {
    if (prepared->capacity == 0) {
        return NONE;
    }
    uint32_t i = prepared->buckets[bucket_of(prepared, id)];
    while (i != NONE && prepared->entries[i].id != id) {
        i = prepared->entries[i].chain;
    }
    return i;
}

static void link_into_bucket(fq_prepared *prepared, uint32_t i) {
    uint32_t *bucket = &prepared->buckets[bucket_of(prepared, prepared->entries[i].id)];
    prepared->entries[i].chain = *bucket;
    *bucket = i;
}

static void unlink_from_bucket(fq_prepared *prepared, uint32_t i) {
    uint32_t *at = &prepared->buckets[bucket_of(prepared, prepared->entries[i].id)];
    while (*at != i) {
        at = &prepared->entries[*at].chain;
    }
    *at = prepared->entries[i].chain;
}

static void table_grow(fq_prepared *prepared) {
    uint32_t capacity = prepared->capacity > 0 ? prepared->capacity * 2 : FIRST_CAPACITY;
    prepared->entries = resize_or_die(prepared->entries, capacity, sizeof(entry));
    prepared->buckets = resize_or_die(prepared->buckets, capacity, sizeof(uint32_t));
    prepared->capacity = capacity;
    for (uint32_t i = 0; i < capacity; i++) {
        prepared->buckets[i] = NONE;
    }
    for (uint32_t i = 0; i < prepared->len; i++) {
        link_into_bucket(prepared, i);
    }
}

/* ---- the two lists ---- */

static lru_list *list_of(fq_prepared *prepared, const entry *e) {
    return e->state == ENTRY_SEEN ? &prepared->seen : &prepared->named;
}

static void list_remove(fq_prepared *prepared, uint32_t i) {
    entry *e = &prepared->entries[i];
    lru_list *list = list_of(prepared, e);
    *(e->newer != NONE ? &prepared->entries[e->newer].older : &list->newest) = e->older;
    *(e->older != NONE ? &prepared->entries[e->older].newer : &list->oldest) = e->newer;
    list->len--;
}

static void list_add(fq_prepared *prepared, uint32_t i) {
    entry *e = &prepared->entries[i];
    lru_list *list = list_of(prepared, e);
    e->newer = NONE;
    e->older = list->newest;
    *(list->newest != NONE ? &prepared->entries[list->newest].newer : &list->oldest) = i;
    list->newest = i;
    list->len++;
}

static void touch(fq_prepared *prepared, uint32_t i) {
    if (list_of(prepared, &prepared->entries[i])->newest != i) {
        list_remove(prepared, i);
        list_add(prepared, i);
    }
}

/* The one setter of an entry's state: keeps the lists and the sum of bytes. */
static void set_state(fq_prepared *prepared, uint32_t i, entry_state state) {
    entry *e = &prepared->entries[i];
    bool was_named = e->state != ENTRY_SEEN;
    bool is_named = state != ENTRY_SEEN;
    if (was_named == is_named) {
        e->state = state;
        return;
    }
    list_remove(prepared, i);
    e->state = state;
    list_add(prepared, i);
    prepared->bytes = is_named ? prepared->bytes + e->weight : prepared->bytes - e->weight;
}

/* A new entry, in the place of the oldest seen one where the table is full; NONE where all have names. */
static uint32_t entry_add(fq_prepared *prepared, const fq_pg_statement *statement) {
    uint32_t i;
    if (prepared->len < prepared->max_entries) {
        if (prepared->len == prepared->capacity) {
            table_grow(prepared);
        }
        i = prepared->len++;
    } else if (prepared->seen.oldest != NONE) {
        i = prepared->seen.oldest;
        list_remove(prepared, i);
        unlink_from_bucket(prepared, i);
    } else {
        return NONE;
    }
    prepared->entries[i] = (entry){.id = statement->id, .weight = statement->weight, .state = ENTRY_SEEN};
    link_into_bucket(prepared, i);
    list_add(prepared, i);
    return i;
}

/* ---- names ---- */

static bool is_closing(const fq_prepared *prepared, uint64_t id) {
    for (uint32_t i = 0; i < prepared->n_closing; i++) {
        if (prepared->closing[i] == id) {
            return true;
        }
    }
    return false;
}

static void close_later(fq_prepared *prepared, uint64_t id) {
    if (prepared->n_closing == prepared->closing_capacity) {
        prepared->closing_capacity = prepared->closing_capacity > 0 ? prepared->closing_capacity * 2 : 8;
        prepared->closing = resize_or_die(prepared->closing, prepared->closing_capacity, sizeof(uint64_t));
    }
    prepared->closing[prepared->n_closing++] = id;
}

/* Takes names away until one of `weight` fits. Statements that `segment` itself uses keep theirs: its Close would come
 * too early for them. */
static bool make_room(fq_prepared *prepared, size_t weight, uint64_t segment) {
    uint32_t i = prepared->named.oldest;
    while (prepared->named.len >= prepared->max || prepared->bytes + weight > prepared->max_bytes) {
        while (i != NONE && prepared->entries[i].last_segment == segment) {
            i = prepared->entries[i].newer;
        }
        if (i == NONE) {
            return false;
        }
        uint32_t newer = prepared->entries[i].newer;
        close_later(prepared, prepared->entries[i].id);
        set_state(prepared, i, ENTRY_SEEN);
        i = newer;
    }
    return true;
}

static fq_statement_use await_parse(fq_prepared *prepared, uint64_t id, uint64_t segment, fq_statement_use use) {
    if (prepared->n_waiting == prepared->waiting_capacity) {
        prepared->waiting_capacity = prepared->waiting_capacity > 0 ? prepared->waiting_capacity * 2 : 8;
        prepared->waiting = resize_or_die(prepared->waiting, prepared->waiting_capacity, sizeof(awaited));
    }
    prepared->waiting[prepared->n_waiting++] = (awaited){.id = id, .segment = segment, .use = use};
    return use;
}

fq_statement_use fq_prepared_use(fq_prepared *prepared, const fq_pg_statement *statement, fq_pg_prepare wish,
                                 uint64_t segment) {
    if (prepared->max == 0 || wish == FQ_PG_PREPARE_NEVER || is_closing(prepared, statement->id)) {
        return await_parse(prepared, statement->id, segment, FQ_USE_UNNAMED);
    }
    uint32_t i = find(prepared, statement->id);
    bool is_new = i == NONE;
    if (is_new) {
        i = entry_add(prepared, statement);
    }
    if (i == NONE) {
        return await_parse(prepared, statement->id, segment, FQ_USE_UNNAMED);
    }
    touch(prepared, i);
    prepared->entries[i].last_segment = segment;
    if (prepared->entries[i].state != ENTRY_SEEN) {
        return FQ_USE_NAME;
    }
    bool wanted = !is_new || wish == FQ_PG_PREPARE_AT_ONCE;
    if (!wanted || statement->weight > prepared->max_bytes || !make_room(prepared, statement->weight, segment)) {
        return await_parse(prepared, statement->id, segment, FQ_USE_UNNAMED);
    }
    set_state(prepared, i, ENTRY_SENT);
    prepared->entries[i].sent_segment = segment;
    return await_parse(prepared, statement->id, segment, FQ_USE_PARSE);
}

bool fq_prepared_is_ready(const fq_prepared *prepared, uint64_t id) {
    uint32_t i = find(prepared, id);
    return i != NONE && prepared->entries[i].state == ENTRY_READY;
}

void fq_prepared_write_closes(fq_prepared *prepared, fq_buffer *out) {
    for (uint32_t i = 0; i < prepared->n_closing; i++) {
        char room[FQ_STATEMENT_NAME_SIZE];
        fq_wire_close_statement(out, fq_statement_name(prepared->closing[i], room));
    }
    prepared->n_closing = 0;
}

/* The entry that this Parse is about to name, or NONE. */
static uint32_t naming(const fq_prepared *prepared, const awaited *parse) {
    uint32_t i = parse->use == FQ_USE_PARSE ? find(prepared, parse->id) : NONE;
    bool is_pending =
        i != NONE && prepared->entries[i].state == ENTRY_SENT && prepared->entries[i].sent_segment == parse->segment;
    return is_pending ? i : NONE;
}

uint64_t fq_prepared_confirm(fq_prepared *prepared) {
    if (prepared->n_waiting == 0) {
        return 0;
    }
    awaited oldest = prepared->waiting[0];
    prepared->n_waiting--;
    memmove(prepared->waiting, prepared->waiting + 1, prepared->n_waiting * sizeof(awaited));
    uint32_t i = naming(prepared, &oldest);
    if (i != NONE) {
        set_state(prepared, i, ENTRY_READY);
    }
    return oldest.id;
}

void fq_prepared_end_segment(fq_prepared *prepared, uint64_t segment) {
    uint32_t kept = 0;
    for (uint32_t w = 0; w < prepared->n_waiting; w++) {
        awaited parse = prepared->waiting[w];
        if (parse.segment != segment) {
            prepared->waiting[kept++] = parse;
            continue;
        }
        uint32_t i = naming(prepared, &parse);
        if (i != NONE) {
            set_state(prepared, i, ENTRY_SEEN);
        }
    }
    prepared->n_waiting = kept;
}

void fq_prepared_forget(fq_prepared *prepared, uint64_t id, uint64_t segment, fq_forget_reason reason) {
    uint32_t i = find(prepared, id);
    if (i == NONE || prepared->entries[i].state == ENTRY_SEEN || prepared->entries[i].sent_segment > segment) {
        return;
    }
    set_state(prepared, i, ENTRY_SEEN);
    if (reason == FQ_FORGET_STALE) {
        close_later(prepared, id);
    }
}

void fq_prepared_give_up(fq_prepared *prepared) {
    while (prepared->named.oldest != NONE) {
        set_state(prepared, prepared->named.oldest, ENTRY_SEEN);
    }
    prepared->n_closing = 0;
    prepared->max = 0;
}

uint32_t fq_prepared_named(const fq_prepared *prepared) { return prepared->named.len; }

size_t fq_prepared_bytes(const fq_prepared *prepared) { return prepared->bytes; }
