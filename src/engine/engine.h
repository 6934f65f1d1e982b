/* SPDX-License-Identifier: MIT */
/* The engine's own view of itself: configuration and the current schema. Shared by all workers; only the schema
 * changes, under the lock, by being replaced. */
#ifndef FQ_ENGINE_ENGINE_H
#define FQ_ENGINE_ENGINE_H

#include <pthread.h>

#include "base/limits.h"
#include "base/map.h"
#include "fraiseql.h"
#include "schema/schema.h"

struct fraiseql {
    fq_arena *arena; /* of the copied options */
    fraiseql_options options;
    fq_limits limits;
    const fq_json *session_map; /* or NULL */
    const fq_json *trusted;     /* or NULL */
    pthread_mutex_t lock;
    fq_schema *schema;           /* under the lock */
    _Atomic uint64_t generation; /* of the schema; read without the lock */
    _Atomic int stale;           /* a statement's result types were not those expected */
};

static inline fq_slice fq_from_public(fraiseql_slice s) { return fq_slice_of(s.ptr, s.len); }
static inline fraiseql_slice fq_to_public(fq_slice s) { return (fraiseql_slice){s.ptr, s.len}; }

/* The current schema with a reference of the caller's. */
fq_schema *fq_engine_schema(fraiseql *engine);

/* trusted.c: the documents of a manifest by their ids, as fq_slice in `arena`, borrowing from the JSON; false where it
 * is malformed. */
bool fq_trusted_read(fq_arena *arena, const fq_json *manifest, fq_map *documents);

#endif
