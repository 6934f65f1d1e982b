/* SPDX-License-Identifier: MIT */
/* See plans.h. Invariant: a cached entry holds one reference for the table that it stands in; a text and a plan hold
 * one on their operation, an operation one on its schema. */
#include "engine/plans.h"

#include <stdlib.h>

#include "base/hash.h"
#include "graphql/parser.h"

/* Shares of the cache's bytes: plans carry SQL and row programs, the others a document. */
#define TEXTS_SHARE 4
#define OPERATIONS_SHARE 4
#define PLANS_SHARE 2
/* Texts are many where clients write literals into them. */
#define TEXTS_PER_PLAN 2

static void operation_unref(fq_cached_operation *operation) {
    if (--operation->references == 0) {
        fq_schema_unref(operation->schema);
        fq_arena_free(operation->arena);
    }
}

void fq_cached_text_unref(fq_cached_text *text) {
    if (text != NULL && --text->references == 0) {
        operation_unref(text->operation);
        fq_arena_free(text->arena);
    }
}

void fq_cached_plan_unref(fq_cached_plan *plan) {
    if (plan != NULL && --plan->references == 0) {
        operation_unref(plan->operation);
        fq_arena_free(plan->arena);
    }
}

static void evict_text(fq_lru_entry *entry) { fq_cached_text_unref((fq_cached_text *)entry); }

static void evict_operation(fq_lru_entry *entry) { operation_unref((fq_cached_operation *)entry); }

static void evict_plan(fq_lru_entry *entry) { fq_cached_plan_unref((fq_cached_plan *)entry); }

void fq_plan_cache_init(fq_plan_cache *cache, const fq_limits *limits, uint32_t max_plans, size_t max_bytes,
                        uint8_t big_numbers) {
    *cache = (fq_plan_cache){.limits = *limits};
    cache->options = (fq_plan_options){.limits = &cache->limits, .big_numbers = big_numbers};
    fq_lru_init(&cache->texts, max_plans * TEXTS_PER_PLAN, max_bytes / TEXTS_SHARE, evict_text);
    fq_lru_init(&cache->operations, max_plans, max_bytes / OPERATIONS_SHARE, evict_operation);
    fq_lru_init(&cache->plans, max_plans, max_bytes / PLANS_SHARE, evict_plan);
    fq_buffer_init(&cache->scratch, limits->document_bytes * 2 + limits->body_bytes * 2 + 4096);
}

void fq_plan_cache_clear(fq_plan_cache *cache) {
    fq_lru_clear(&cache->texts);
    fq_lru_clear(&cache->plans);
    fq_lru_clear(&cache->operations);
}

void fq_plan_cache_done(fq_plan_cache *cache) {
    fq_lru_done(&cache->texts);
    fq_lru_done(&cache->plans);
    fq_lru_done(&cache->operations);
    fq_schema_unref(cache->schema);
    fq_buffer_done(&cache->scratch);
}

void fq_plan_cache_set_schema(fq_plan_cache *cache, fq_schema *schema) {
    fq_plan_cache_clear(cache);
    fq_schema_unref(cache->schema);
    cache->schema = schema;
}

/* ---- texts and operations ---- */

/* The key of a text: the operation's name, a NUL (no name holds one), the text. Without a name the text itself, so that
 * the common case copies nothing. */
static fq_slice text_key(fq_plan_cache *cache, fq_slice text, fq_slice operation_name) {
    if (operation_name.ptr == NULL) {
        return text;
    }
    fq_buffer_clear(&cache->scratch);
    fq_buffer_char(&cache->scratch, '\0');
    fq_buffer_slice(&cache->scratch, operation_name);
    fq_buffer_char(&cache->scratch, '\0');
    fq_buffer_slice(&cache->scratch, text);
    return cache->scratch.failed ? text : fq_buffer_view(&cache->scratch);
}

static fq_node_id find_introspection(const fq_document *document) {
    for (fq_node_id i = 1; i < document->n_nodes; i++) {
        if (document->nodes[i].kind == FQ_NODE_FIELD) {
            fq_slice name = fq_node_name(document, i);
            if (fq_slice_equal(name, FQ_S("__schema")) || fq_slice_equal(name, FQ_S("__type"))) {
                return i;
            }
        }
    }
    return 0;
}

static uint32_t count_variables(const fq_document *document, fq_node_id operation) {
    uint32_t count = 0;
    for (fq_node_id i = document->nodes[operation].args; i != 0; i = fq_node_next(document, i)) {
        count++;
    }
    return count;
}

/* Finds or makes the operation of a document that has passed validation. A new one takes `arena` and the document in
 * it; otherwise the arena stays the caller's. */
static fq_cached_operation *operation_of(fq_plan_cache *cache, fq_arena *arena, const fq_document *document,
                                         const fq_literals *literals, fq_node_id node, bool *took_arena) {
    fq_buffer *key = &cache->scratch;
    fq_buffer_clear(key);
    fq_slice name = fq_node_name(document, node);
    fq_buffer_slice(key, name);
    fq_buffer_char(key, '\0');
    fq_document_key(document, literals, key);
    uint64_t hash = fq_hash(fq_buffer_view(key));
    fq_cached_operation *operation = (fq_cached_operation *)fq_lru_get(&cache->operations, hash, fq_buffer_view(key));
    *took_arena = operation == NULL;
    if (operation != NULL) {
        operation->references++;
        return operation;
    }
    operation = FQ_NEW(arena, fq_cached_operation);
    *operation = (fq_cached_operation){
        .entry = {.key = fq_arena_copy(arena, fq_buffer_view(key)), .hash = hash},
        .references = 2, /* the table's and the caller's */
        .id = ++cache->next_id,
        .arena = arena,
        .schema = fq_schema_ref(cache->schema),
        .document = document,
        .literals = *literals,
        .node = node,
        .kind = fq_node_operation_kind(document, node),
        .introspection = find_introspection(document),
        .n_variables = count_variables(document, node),
    };
    operation->entry.bytes = fq_arena_bytes(arena);
    fq_lru_put(&cache->operations, &operation->entry);
    return operation;
}

/* Parses and checks; the arena is the future entry's. */
static const fq_document *read_document(fq_plan_cache *cache, fq_arena *arena, fq_slice text, fq_slice operation_name,
                                        fq_operation_policy policy, fq_node_id *node, fq_errors *errors) {
    if (text.len > cache->limits.document_bytes) {
        fq_errors_add(errors, FQ_ERR_LIMIT_EXCEEDED,
                      "The document has %zu bytes, which exceeds the limit of %zu (max_document)", text.len,
                      cache->limits.document_bytes);
        return NULL;
    }
    fq_parse_limits limits = {.tokens = cache->limits.tokens, .depth = cache->limits.depth};
    const fq_document *document = fq_parse(arena, fq_arena_copy(arena, text), limits, errors);
    if (document == NULL) {
        return NULL;
    }
    /* A mutation by a read-only method is refused by its kind, whatever validation would say of it. */
    fq_errors choice;
    fq_errors_init(&choice, errors->arena, 1);
    *node = fq_operation_choose(document, operation_name, &choice);
    if (policy == FQ_READS_ONLY && *node != 0 && fq_node_operation_kind(document, *node) == FQ_MUTATION) {
        fq_errors_add(errors, FQ_ERR_METHOD_NOT_ALLOWED, "Mutations are not allowed by GET; use POST");
        return NULL;
    }
    if (!fq_validate(arena, cache->schema, document, &cache->limits, FQ_EXTENSIONS_ALL, errors)) {
        return NULL;
    }
    if (*node == 0) {
        fq_operation_choose(document, operation_name, errors);
        return NULL;
    }
    return document;
}

/* The values of a text whose document is not the operation's own. Their offsets become those of the operation's
 * literals, so that all offsets of a plan's errors are of one document (fq_cached_text_relocate). */
static const fq_value *align_literals(fq_arena *arena, const fq_literals *literals, const fq_literals *own) {
    fq_value *values = FQ_NEW_ARRAY(arena, fq_value, literals->count);
    for (uint32_t i = 0; i < literals->count; i++) {
        values[i] = literals->values[i];
        values[i].offset = own->values[i].offset;
    }
    return values;
}

static fq_cached_text *learn(fq_plan_cache *cache, fq_slice text, fq_slice operation_name, fq_operation_policy policy,
                             fq_errors *errors) {
    fq_arena *arena = fq_arena_new(FQ_PLAN_ARENA_MAX);
    fq_node_id node = 0;
    const fq_document *document = read_document(cache, arena, text, operation_name, policy, &node, errors);
    if (document == NULL) {
        fq_arena_free(arena);
        return NULL;
    }
    fq_literals literals;
    fq_literals_lift(arena, document, &literals);
    bool took_arena = false;
    fq_cached_operation *operation = operation_of(cache, arena, document, &literals, node, &took_arena);
    if (took_arena) {
        arena = fq_arena_new(FQ_PLAN_ARENA_MAX);
    }
    fq_slice key = fq_arena_copy(arena, text_key(cache, text, operation_name));
    fq_cached_text *entry = FQ_NEW(arena, fq_cached_text);
    *entry = (fq_cached_text){
        .entry = {.key = key, .hash = fq_hash(key), .bytes = fq_arena_bytes(arena)},
        .references = 2,
        .arena = arena,
        .operation = operation,
        .document = document,
        .literals = took_arena ? literals.values : align_literals(arena, &literals, &operation->literals),
    };
    fq_lru_put(&cache->texts, &entry->entry);
    return entry;
}

fq_cached_text *fq_plan_cache_text(fq_plan_cache *cache, fq_slice text, fq_slice operation_name,
                                   fq_operation_policy policy, fq_errors *errors) {
    fq_slice key = text_key(cache, text, operation_name);
    fq_cached_text *entry = (fq_cached_text *)fq_lru_get(&cache->texts, fq_hash(key), key);
    if (entry == NULL) {
        return learn(cache, text, operation_name, policy, errors);
    }
    if (policy == FQ_READS_ONLY && entry->operation->kind == FQ_MUTATION) {
        fq_errors_add(errors, FQ_ERR_METHOD_NOT_ALLOWED, "Mutations are not allowed by GET; use POST");
        return NULL;
    }
    entry->references++;
    return entry;
}

uint32_t fq_cached_text_offset(const fq_cached_text *text, uint32_t offset) {
    const fq_document *from = text->operation->document;
    if (from == text->document) {
        return offset;
    }
    /* Documents of one key have the same nodes in the same order. */
    for (fq_node_id i = 1; i < from->n_nodes && i < text->document->n_nodes; i++) {
        if (from->nodes[i].start == offset) {
            return text->document->nodes[i].start;
        }
    }
    return 0;
}

void fq_cached_text_relocate(const fq_cached_text *text, fq_arena *arena, fq_errors *errors, uint32_t first) {
    for (uint32_t i = first; i < errors->list.len; i++) {
        fq_error *error = &errors->list.items[i];
        uint32_t *offsets = FQ_NEW_ARRAY(arena, uint32_t, error->n_offsets);
        for (uint32_t o = 0; o < error->n_offsets; o++) {
            offsets[o] = fq_cached_text_offset(text, error->offsets[o]);
        }
        error->offsets = offsets;
    }
}

/* ---- plans ---- */

static const fq_pg_statement *pg_statements(fq_arena *arena, const fq_plan *plan) {
    fq_pg_statement *statements = FQ_NEW_ARRAY(arena, fq_pg_statement, plan->n_statements);
    for (uint32_t i = 0; i < plan->n_statements; i++) {
        const fq_statement *s = &plan->statements[i];
        statements[i] = (fq_pg_statement){
            .id = fq_pg_statement_id(),
            .sql = s->sql,
            .oids = s->oids,
            .n_params = s->n_params,
            .formats = s->formats,
            .columns = s->columns,
            .n_columns = s->n_columns,
            .weight = s->weight,
        };
    }
    return statements;
}

/* Variables anew in the plan's arena: constants among them become part of the plan. */
static bool own_variables(fq_plan_cache *cache, fq_arena *arena, const fq_cached_operation *operation,
                          fq_slice json_text, fq_variables *own, fq_errors *errors) {
    const fq_json *json = NULL;
    if (json_text.ptr != NULL) {
        fq_json_error ignored;
        json = fq_json_parse(arena, fq_arena_copy(arena, json_text), cache->limits.depth, &ignored);
    }
    return fq_variables_coerce(arena, operation->schema, operation->document, operation->node, json, &cache->limits,
                               FQ_EXTENSIONS_ALL, own, errors);
}

static fq_cached_plan *compile(fq_plan_cache *cache, fq_cached_operation *operation, fq_slice key,
                               fq_slice variables_json, fq_errors *errors) {
    fq_arena *arena = fq_arena_new(FQ_PLAN_ARENA_MAX);
    fq_slice own_key = fq_arena_copy(arena, key);
    fq_variables variables;
    const fq_plan *plan = NULL;
    if (own_variables(cache, arena, operation, variables_json, &variables, errors)) {
        const fq_operation *resolved =
            fq_operation_resolve(arena, operation->schema, operation->document, operation->node, &operation->literals,
                                 &variables, &cache->limits, FQ_EXTENSIONS_ALL, errors);
        if (resolved != NULL) {
            plan = fq_plan_make(arena, resolved, &cache->options, errors);
        }
    }
    if (plan != NULL && fq_arena_failed(arena)) {
        fq_errors_add(errors, FQ_ERR_LIMIT_EXCEEDED, "The operation is too large to be planned");
        plan = NULL;
    }
    if (plan == NULL) {
        fq_arena_free(arena);
        return NULL;
    }
    fq_cached_plan *entry = FQ_NEW(arena, fq_cached_plan);
    operation->references++;
    *entry = (fq_cached_plan){
        .entry = {.key = own_key, .hash = fq_hash(own_key)},
        .references = 2,
        .arena = arena,
        .operation = operation,
        .plan = plan,
        .statements = pg_statements(arena, plan),
    };
    entry->entry.bytes = fq_arena_bytes(arena);
    fq_lru_put(&cache->plans, &entry->entry);
    return entry;
}

fq_cached_plan *fq_plan_cache_plan(fq_plan_cache *cache, const fq_cached_text *text, const fq_variables *variables,
                                   fq_slice variables_json, fq_errors *errors) {
    fq_cached_operation *operation = text->operation;
    fq_buffer *key = &cache->scratch;
    fq_buffer_clear(key);
    fq_buffer_append(key, &operation->id, sizeof(operation->id));
    if (operation->n_variables > 0) {
        fq_variables_signature(operation->schema, operation->document, operation->node, variables, key);
    }
    if (key->failed) {
        fq_errors_add(errors, FQ_ERR_LIMIT_EXCEEDED, "The variables are too large to be planned for");
        return NULL;
    }
    fq_slice view = fq_buffer_view(key);
    fq_cached_plan *entry = (fq_cached_plan *)fq_lru_get(&cache->plans, fq_hash(view), view);
    if (entry == NULL) {
        return compile(cache, operation, view, variables_json, errors);
    }
    entry->references++;
    return entry;
}

void fq_plan_cache_forget(fq_plan_cache *cache, fq_cached_plan *plan) {
    fq_slice key = plan->entry.key;
    if (fq_lru_get(&cache->plans, plan->entry.hash, key) == &plan->entry) {
        fq_lru_remove(&cache->plans, &plan->entry);
    }
}

/* ---- numbers ---- */

fraiseql_stats fq_plan_cache_stats(const fq_plan_cache *cache) {
    return (fraiseql_stats){
        .plan_hits = cache->plans.hits,
        .plan_misses = cache->plans.misses,
        .plans = cache->plans.count,
        .max_plans = cache->plans.max_count,
        .plan_bytes = cache->plans.bytes + cache->texts.bytes + cache->operations.bytes,
    };
}

void fq_plan_cache_reset(fq_plan_cache *cache) {
    fq_plan_cache_clear(cache);
    cache->plans.hits = cache->plans.misses = 0;
}
