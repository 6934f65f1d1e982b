/* SPDX-License-Identifier: MIT */
/* Scans and tiers: how the rows of a root field nest, which columns tell them apart, and which way a to-many relation
 * is fetched. The keys of a tier repeat its parent's path; the path of a tier is the shortest list of columns that
 * tells its items apart among all items of that level in one answer. */
#include "plan/planner.h"

/* The program numbers levels in a byte. */
#define TIERS_MAX 255

fq_slice fq_planner_take(fq_planner *planner) {
    fq_slice copy = fq_arena_copy(planner->arena, fq_buffer_view(&planner->scratch));
    fq_buffer_clear(&planner->scratch);
    return copy;
}

/* What a function without rows returns comes from. */
static const fq_relation no_relation;

fq_scan *fq_scan_new(fq_planner *planner, fq_tier *tier, const fq_entity *entity) {
    fq_scan *scan = FQ_NEW(planner->arena, fq_scan);
    scan->number = planner->n_scans++;
    scan->tier = tier;
    scan->entity = entity;
    scan->relation = entity != NULL ? entity->relation : &no_relation;
    scan->needed = FQ_NEW_ARRAY(planner->arena, bool, scan->relation->n_columns);
    scan->outputs = FQ_NEW_ARRAY(planner->arena, uint32_t, scan->relation->n_columns);
    return scan;
}

void fq_scan_need(fq_scan *scan, const fq_column *column) { scan->needed[column->index] = true; }

uint32_t fq_tier_output(fq_planner *planner, fq_tier *tier, fq_output output) {
    fq_vec_push(planner->arena, &tier->outputs, output);
    return tier->outputs.len - 1;
}

/* The key that tells rows apart for sure, or NULL: by one that repeats a row would get the lists of its like too. */
static const fq_key *sure_key(const fq_relation *relation) { return relation->key_repeats ? NULL : relation->key; }

/* The columns that tell the rows of a base apart; its number where it has no key. */
static void push_own_path(fq_planner *planner, fq_tier *tier) {
    const fq_key *key = sure_key(tier->base->relation);
    if (key == NULL) {
        fq_vec_push(planner->arena, &tier->path, (fq_key_part){tier->base, NULL});
        return;
    }
    for (uint32_t i = 0; i < key->n_columns; i++) {
        fq_vec_push(planner->arena, &tier->path, (fq_key_part){tier->base, key->columns[i]});
    }
}

/* With the base's own parts alone where they suffice: below a row, its children are told apart within that row. */
static void make_path(fq_planner *planner, fq_tier *tier) {
    if (!tier->distinct && tier->key != NULL) {
        for (uint32_t i = 0; i < tier->parent->path.len; i++) {
            fq_vec_push(planner->arena, &tier->path, tier->parent->path.items[i]);
        }
    }
    push_own_path(planner, tier);
    tier->path_outputs = fq_arena_alloc(planner->arena, sizeof(uint32_t) * tier->path.len);
    for (uint32_t i = 0; i < tier->path.len; i++) {
        tier->path_outputs[i] = UINT32_MAX;
    }
}

/* The output of `tier` that holds one part of a path: its own, or the repetition of its parent's. */
static uint32_t output_part(fq_planner *planner, fq_tier *tier, fq_key_part part) {
    if (part.column == NULL) {
        part.scan->numbered = true;
        fq_order_by_all(planner, part.scan); /* the same number, wherever the rows are read again */
        fq_sql_alias(&planner->scratch, 't', part.scan->number);
        fq_buffer_literal(&planner->scratch, ".fq_n");
        return fq_tier_output(planner, tier, (fq_output){.expression = fq_planner_take(planner), .format = 1});
    }
    fq_scan_need(part.scan, part.column);
    if (part.scan->tier == tier) {
        return fq_output_column(planner, part.scan, part.column).output;
    }
    fq_sql_column(&planner->scratch, part.scan->number, part.column->name);
    return fq_output_value(planner, tier, fq_planner_take(planner), part.column->type).output;
}

static uint32_t path_output(fq_planner *planner, fq_tier *tier, uint32_t i) {
    if (tier->path_outputs[i] == UINT32_MAX) {
        uint32_t inherited = tier->key != NULL && !tier->distinct ? tier->parent->path.len : 0;
        tier->path_outputs[i] = i < inherited ? tier->key[i] : output_part(planner, tier, tier->path.items[i]);
    }
    return tier->path_outputs[i];
}

/* Makes the outputs by which the items of `tier` find their parents. */
static void make_key(fq_planner *planner, fq_tier *tier) {
    fq_tier *parent = tier->parent;
    tier->key = fq_arena_alloc(planner->arena, sizeof(uint32_t) * parent->path.len);
    for (uint32_t i = 0; i < parent->path.len; i++) {
        path_output(planner, parent, i);
        tier->key[i] = output_part(planner, tier, parent->path.items[i]);
    }
}

/* Whether these columns hold a unique key of the relation. */
static bool covers_key(const fq_relation *relation, const fq_column **columns, uint32_t n_columns) {
    for (uint32_t k = 0; k < relation->n_keys; k++) {
        const fq_key *key = &relation->keys[k];
        uint32_t found = 0;
        for (uint32_t i = 0; i < key->n_columns; i++) {
            for (uint32_t j = 0; j < n_columns; j++) {
                found += key->columns[i] == columns[j];
            }
        }
        if (found == key->n_columns) {
            return true;
        }
    }
    return false;
}

/* A statement of its own finds its parents again by repeating the root's restriction. That is right where the root is
 * short and its order ends in a key, and it is cheap for sure where the restriction is but the key: the row with it, or
 * the first rows in its order. */
static bool root_repeats_cheaply(const fq_planner *planner) {
    const fq_scan *root = planner->tiers.items[0]->base;
    const fq_key *key = sure_key(root->relation);
    if (key == NULL) {
        return false;
    }
    if (root->origin == FQ_FROM_KEY) {
        return root->relation->kind == FQ_TABLE || root->relation->kind == FQ_PARTITIONED_TABLE;
    }
    return root->origin == FQ_FROM_RELATION && root->limit != NULL && root->offset == NULL && root->where == NULL &&
           !root->equals && root->order.len == key->n_columns;
}

/* Whether an object has a list in it, itself or in its to-one relations. */
static bool has_lists(const fq_entity *entity, const fq_selection_set *set) {
    for (uint32_t i = 0; i < set->count; i++) {
        const fq_selection *selection = &set->items[i];
        const fq_source *source = selection->children != NULL ? entity->sources[selection->field->index] : NULL;
        if (source != NULL && source->kind == FQ_SOURCE_TO_MANY) {
            return true;
        }
        if (source != NULL && source->kind == FQ_SOURCE_TO_ONE &&
            has_lists(source->join->target, selection->children)) {
            return true;
        }
    }
    return false;
}

/* Arrays in the row above are always right, and stream. Rows of a statement of their own cost less where arrays of
 * several levels would repeat the levels above them, and where many columns hold few values each. */
static fq_level_kind kind_of_list(const fq_planner *planner, const fq_scan *from, const fq_join *join,
                                  const fq_selection *selection) {
    const fq_tier *parent = from->tier;
    if (parent->kind == FQ_LEVEL_ARRAYS || join->average < 0 || !root_repeats_cheaply(planner) ||
        parent->path.items[0].column == NULL || sure_key(parent->base->relation) == NULL) {
        return FQ_LEVEL_ARRAYS;
    }
    bool wide = selection->children->count > 2 * join->average;
    return wide || has_lists(join->target, selection->children) ? FQ_LEVEL_ROWS : FQ_LEVEL_ARRAYS;
}

static fq_tier *tier_new(fq_planner *planner, fq_level_kind kind, fq_tier *parent, const fq_entity *entity,
                         const fq_selection *selection) {
    fq_tier *tier = FQ_NEW(planner->arena, fq_tier);
    tier->number = planner->tiers.len;
    tier->kind = kind;
    tier->parent = parent;
    tier->row = kind == FQ_LEVEL_ARRAYS ? parent->row : tier;
    fq_vec_push(planner->arena, &planner->tiers, tier);
    tier->base = fq_scan_new(planner, tier, entity);
    tier->base->selection = selection;
    return tier;
}

fq_tier *fq_tier_root(fq_planner *planner, const fq_entity *entity, const fq_selection *selection) {
    fq_tier *tier = tier_new(planner, FQ_LEVEL_ROWS, NULL, entity, selection);
    tier->distinct = true;
    make_path(planner, tier);
    return tier;
}

static void need_all(fq_scan *scan, const fq_column **columns, uint32_t n_columns) {
    for (uint32_t i = 0; i < n_columns; i++) {
        fq_scan_need(scan, columns[i]);
    }
}

fq_tier *fq_tier_list(fq_planner *planner, fq_scan *from, const fq_join *join, const fq_selection *selection) {
    if (planner->tiers.len == TIERS_MAX) {
        fq_errors_add_at(planner->errors, FQ_ERR_LIMIT_EXCEEDED, selection->offset,
                         "One root field can hold at most %d lists.", TIERS_MAX - 1);
        return NULL;
    }
    fq_tier *parent = from->tier;
    fq_tier *tier = tier_new(planner, kind_of_list(planner, from, join, selection), parent, join->target, selection);
    tier->base->from = from;
    tier->base->join = join;
    need_all(from, join->from, join->n_columns);
    /* Rows without a key are numbered anew below each parent. */
    tier->distinct = parent->distinct && from == parent->base && join->through == NULL &&
                     sure_key(tier->base->relation) != NULL && sure_key(from->relation) != NULL &&
                     covers_key(from->relation, join->from, join->n_columns);
    if (tier->kind == FQ_LEVEL_ROWS || parent->kind == FQ_LEVEL_ARRAYS) {
        make_key(planner, tier);
    }
    make_path(planner, tier);
    if (tier->kind == FQ_LEVEL_ARRAYS) {
        fq_vec_push(planner->arena, &tier->row->arrays, tier);
    }
    return tier;
}

fq_scan *fq_scan_to_one(fq_planner *planner, fq_scan *from, const fq_join *join) {
    fq_scan *scan = fq_scan_new(planner, from->tier, join->target);
    scan->from = from;
    scan->join = join;
    need_all(from, join->from, join->n_columns);
    if (!join->unique) {
        fq_order_make(planner, scan, NULL); /* which of several rows is taken */
    }
    fq_vec_push(planner->arena, &from->joined, scan);
    return scan;
}

/* A column that is compared for equality with another is not NULL where there is a row. */
uint32_t fq_scan_presence(fq_planner *planner, fq_scan *scan) {
    return fq_output_column(planner, scan, scan->join->to[0]).output;
}
