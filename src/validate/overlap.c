/* SPDX-License-Identifier: MIT */
/* OverlappingFieldsCanBeMerged (section 5.3.2), near-linear: instead of comparing fields in pairs, the fields that
 * share a place in the response are grouped by response name, each group is checked against its first member, and the
 * selections of a group are merged and treated in the same way. A merged set is a set of fields whose selections stand
 * in one place. Each set is treated once (fields by a bit, sets of several by a map), however many paths lead to it;
 * that also ends cycles. Work waits on a list, so nothing recurses. A set is checked for shape (all its fields, also of
 * types that exclude each other, must have types of one shape) and for sameness (those that can apply to one object
 * must be the same field with the same arguments). Only says whether there is a conflict: the messages are made in
 * overlap_report.c. */
#include "validate/rules.h"

#include <stdlib.h>

/* From here on a map finds the groups of a set. */
#define MANY_GROUPS 16

enum { CHECK_SHAPE = 1, CHECK_SAME = 2, CHECK_ALL = 3 };

/* Fields whose selections are merged, or a definition. */
typedef struct merged_set {
    const fq_node_id *owners; /* sorted */
    uint32_t n;
    fq_node_id single; /* the owner, where there is one: saves the list */
    uint32_t checks;
} merged_set;

typedef struct group {
    fq_slice key;
    uint32_t first, last; /* indexes of collected fields */
    uint32_t count;
} group;

typedef struct collected {
    fq_node_id node;
    uint32_t next; /* of the same group; UINT32_MAX: none */
} collected;

typedef FQ_VEC(fq_node_id) node_list;

typedef struct overlap {
    fq_validator *v;
    uint8_t *done; /* by node: the checks that its own set has had */
    fq_map done_sets;
    FQ_VEC(merged_set) waiting;
    FQ_VEC(collected) fields; /* of the set at hand ... */
    FQ_VEC(group) groups;     /* ... by response name */
    node_list stack;
    node_list members;
    fq_node_id conflict[2]; /* the first pair found */
    const char *reason;
} overlap;

/* ---- comparing ---- */

bool fq_types_conflict(const fq_type_ref *a, const fq_type_ref *b) {
    while (a != b) {
        if (a->kind != b->kind) {
            return true;
        }
        if (a->kind == FQ_REF_NAMED) {
            return a->type != b->type && (fq_type_is_leaf(a->type) || fq_type_is_leaf(b->type));
        }
        a = a->of;
        b = b->of;
    }
    return false;
}

static bool same_value(const fq_document *document, fq_node_id a, fq_node_id b);

static fq_node_id find_named(const fq_document *document, fq_node_id first, fq_slice name) {
    fq_node_id found = 0;
    for (fq_node_id id = first; id != 0; id = fq_node_next(document, id)) {
        if (fq_slice_equal(fq_node_name(document, id), name)) {
            found = id;
        }
    }
    return found;
}

static uint32_t chain_length(const fq_document *document, fq_node_id first) {
    uint32_t n = 0;
    for (fq_node_id id = first; id != 0; id = fq_node_next(document, id)) {
        n++;
    }
    return n;
}

/* How many nodes before `id` have its name. */
static uint32_t earlier_of_name(const fq_document *document, fq_node_id first, fq_node_id id) {
    uint32_t n = 0;
    for (fq_node_id before = first; before != id; before = fq_node_next(document, before)) {
        n += fq_slice_equal(fq_node_name(document, before), fq_node_name(document, id));
    }
    return n;
}

/* The node of this name that has so many of its name before it; 0 where there is none. */
static fq_node_id find_nth(const fq_document *document, fq_node_id first, fq_slice name, uint32_t n) {
    fq_node_id id = first;
    while (id != 0 && !(fq_slice_equal(fq_node_name(document, id), name) && n-- == 0)) {
        id = fq_node_next(document, id);
    }
    return id;
}

/* Fields of objects, in any order; of a name that is there twice, which is another rule's error, in their order. */
static bool same_fields(const fq_document *document, fq_node_id a, fq_node_id b) {
    if (chain_length(document, a) != chain_length(document, b)) {
        return false;
    }
    for (fq_node_id id = a; id != 0; id = fq_node_next(document, id)) {
        fq_node_id other = find_nth(document, b, fq_node_name(document, id), earlier_of_name(document, a, id));
        if (other == 0 || !same_value(document, fq_node_at(document, id)->value, fq_node_at(document, other)->value)) {
            return false;
        }
    }
    return true;
}

/* Arguments, in any order; of a name that is there twice the last counts, as in graphql-js. */
static bool same_arguments(const fq_document *document, fq_node_id a, fq_node_id b) {
    if (chain_length(document, a) != chain_length(document, b)) {
        return false;
    }
    for (fq_node_id id = a; id != 0; id = fq_node_next(document, id)) {
        fq_node_id other = find_named(document, b, fq_node_name(document, id));
        if (other == 0 || !same_value(document, fq_node_at(document, id)->value, fq_node_at(document, other)->value)) {
            return false;
        }
    }
    return true;
}

static bool same_items(const fq_document *document, fq_node_id a, fq_node_id b) {
    while (a != 0 && b != 0 && same_value(document, a, b)) {
        a = fq_node_next(document, a);
        b = fq_node_next(document, b);
    }
    return a == 0 && b == 0;
}

static bool same_value(const fq_document *document, fq_node_id a, fq_node_id b) {
    const fq_node *x = fq_node_at(document, a), *y = fq_node_at(document, b);
    if (x->kind != y->kind || x->flags != y->flags) {
        return false;
    }
    switch (x->kind) {
    case FQ_NODE_STRING:
        return fq_slice_equal(fq_node_text(document, a), fq_node_text(document, b));
    case FQ_NODE_LIST:
        return same_items(document, x->children, y->children);
    case FQ_NODE_OBJECT:
        return same_fields(document, x->children, y->children);
    case FQ_NODE_NULL:
    case FQ_NODE_BOOLEAN:
        return true;
    default:
        return fq_slice_equal(fq_node_name(document, a), fq_node_name(document, b));
    }
}

bool fq_arguments_same(const fq_document *document, fq_node_id first_a, fq_node_id first_b) {
    return same_arguments(document, first_a, first_b);
}

/* The type of a field; NULL where it is not known, as graphql-js does not know those of introspection. */
static const fq_type_ref *known_type(const overlap *o, fq_node_id field) {
    const fq_field *definition = o->v->infos[field].field;
    return definition == NULL || fq_slice_starts_with(definition->name, FQ_S("__")) ? NULL : definition->type;
}

static void found(overlap *o, fq_node_id a, fq_node_id b, const char *reason) {
    o->conflict[0] = a;
    o->conflict[1] = b;
    o->reason = reason;
}

/* ---- collecting ---- */

static void add_field(overlap *o, fq_node_id node) {
    uint32_t index = o->fields.len;
    fq_vec_push(o->v->arena, &o->fields, (collected){node, UINT32_MAX});
    fq_slice key = fq_node_response_key(o->v->document, node);
    for (uint32_t i = 0; i < o->groups.len; i++) {
        group *g = &o->groups.items[i];
        if (fq_slice_equal(g->key, key)) {
            o->fields.items[g->last].next = index;
            g->last = index;
            g->count++;
            return;
        }
    }
    fq_vec_push(o->v->arena, &o->groups, (group){key, index, index, 1});
}

/* The same where groups are many. */
static void add_field_by_map(overlap *o, fq_map *map, fq_node_id node) {
    fq_slice key = fq_node_response_key(o->v->document, node);
    uintptr_t number = (uintptr_t)fq_map_get(map, key);
    uint32_t index = o->fields.len;
    fq_vec_push(o->v->arena, &o->fields, (collected){node, UINT32_MAX});
    if (number == 0) {
        fq_vec_push(o->v->arena, &o->groups, (group){key, index, index, 1});
        fq_map_put(map, key, (void *)(uintptr_t)o->groups.len);
        return;
    }
    group *g = &o->groups.items[number - 1];
    o->fields.items[g->last].next = index;
    g->last = index;
    g->count++;
}

static void start_map(const overlap *o, fq_map *map) {
    fq_map_init(map, o->v->arena);
    for (uint32_t i = 0; i < o->groups.len; i++) {
        fq_map_put(map, o->groups.items[i].key, (void *)(uintptr_t)(i + 1));
    }
}

static void enter_spread(overlap *o, fq_node_id spread, uint32_t walk) {
    fq_definition *fragment = o->v->infos[spread].fragment;
    if (fragment == NULL || fragment->mark == walk) {
        return;
    }
    fragment->mark = walk;
    fragment->merged = true;
    fq_vec_push(o->v->arena, &o->stack, fq_v_node(o->v, fragment->node)->children);
}

/* Fills `fields` and `groups` with what the selections of the set hold, fragments entered once. */
static void collect(overlap *o, const merged_set *set) {
    fq_validator *v = o->v;
    uint32_t walk = ++v->walks;
    fq_map map = {0};
    o->fields.len = o->groups.len = o->stack.len = 0;
    for (uint32_t i = set->n; i-- > 0;) {
        fq_vec_push(v->arena, &o->stack, fq_v_node(v, set->n == 1 ? set->single : set->owners[i])->children);
    }
    while (o->stack.len > 0) {
        uint32_t visited = 0;
        for (fq_node_id id = o->stack.items[--o->stack.len]; id != 0; id = fq_v_next(v, id), visited++) {
            fq_node_kind kind = fq_v_node(v, id)->kind;
            if (kind == FQ_NODE_FRAGMENT_SPREAD) {
                enter_spread(o, id, walk);
            } else if (kind == FQ_NODE_INLINE_FRAGMENT) {
                fq_vec_push(v->arena, &o->stack, fq_v_node(v, id)->children);
            } else if (map.arena != NULL) {
                add_field_by_map(o, &map, id);
            } else {
                add_field(o, id);
                if (o->groups.len == MANY_GROUPS) {
                    start_map(o, &map);
                }
            }
        }
        if (!fq_validator_spend(v, visited)) {
            o->stack.len = 0;
        }
    }
}

/* ---- sets that wait ---- */

static int compare_nodes(const void *a, const void *b) {
    fq_node_id x = *(const fq_node_id *)a, y = *(const fq_node_id *)b;
    return x < y ? -1 : x > y;
}

static void wait_for_single(overlap *o, fq_node_id field, uint32_t checks) {
    checks &= ~(uint32_t)o->done[field];
    if (checks != 0) {
        o->done[field] = (uint8_t)(o->done[field] | checks);
        fq_vec_push(o->v->arena, &o->waiting, (merged_set){.n = 1, .single = field, .checks = checks});
    }
}

/* Puts the set of those members that have selections on the list, unless it has been there. */
static void wait_for_members(overlap *o, uint32_t checks) {
    node_list *members = &o->members;
    uint32_t n = 0;
    for (uint32_t i = 0; i < members->len; i++) {
        if (fq_v_node(o->v, members->items[i])->children != 0) {
            members->items[n++] = members->items[i];
        }
    }
    members->len = n;
    if (n == 0 || !fq_validator_spend(o->v, n)) {
        return;
    }
    if (n == 1) {
        wait_for_single(o, members->items[0], checks);
        return;
    }
    qsort(members->items, n, sizeof(fq_node_id), compare_nodes);
    size_t size = sizeof(fq_node_id) * n;
    char *key = fq_arena_alloc(o->v->arena, size + sizeof(checks));
    memcpy(key, members->items, size);
    memcpy(key + size, &checks, sizeof(checks));
    if (fq_map_put(&o->done_sets, fq_slice_of(key, size + sizeof(checks)), o) == NULL) {
        fq_vec_push(o->v->arena, &o->waiting,
                    (merged_set){.owners = (const fq_node_id *)(void *)key, .n = n, .checks = checks});
    }
}

/* ---- checking ---- */

static void check_shape(overlap *o, const group *g) {
    fq_node_id first = 0;
    for (uint32_t i = g->first; i != UINT32_MAX; i = o->fields.items[i].next) {
        fq_node_id node = o->fields.items[i].node;
        const fq_type_ref *type = known_type(o, node);
        if (type == NULL) {
            continue;
        }
        if (first == 0) {
            first = node;
        } else if (fq_types_conflict(known_type(o, first), type)) {
            found(o, first, node, "they return conflicting types");
            return;
        }
    }
}

static void check_same(overlap *o, fq_node_id a, fq_node_id b) {
    const fq_document *document = o->v->document;
    if (!fq_slice_equal(fq_node_name(document, a), fq_node_name(document, b))) {
        found(o, a, b, "they are different fields");
    } else if (!fq_arguments_same(document, fq_node_at(document, a)->args, fq_node_at(document, b)->args)) {
        found(o, a, b, "they have differing arguments");
    }
}

/* The object type that a field is certain to belong to; NULL for fields of abstract or unknown types. */
static const fq_type *object_parent(const overlap *o, fq_node_id node) {
    const fq_type *parent = o->v->infos[node].parent;
    return parent != NULL && parent->kind == FQ_OBJECT_TYPE ? parent : NULL;
}

/* The members that can apply to an object of the type: those of the type and those of no certain type. */
static void check_for_type(overlap *o, const group *g, const fq_type *type) {
    o->members.len = 0;
    for (uint32_t i = g->first; i != UINT32_MAX && o->reason == NULL; i = o->fields.items[i].next) {
        fq_node_id node = o->fields.items[i].node;
        const fq_type *parent = object_parent(o, node);
        if (parent == NULL || type == NULL || parent == type) {
            fq_vec_push(o->v->arena, &o->members, node);
            if (o->members.len > 1) {
                check_same(o, o->members.items[0], node);
            }
        }
    }
}

/* The only object type among the parents; `several` where there are more. */
static const fq_type *only_object_parent(const overlap *o, const group *g, bool *several) {
    const fq_type *only = NULL;
    for (uint32_t i = g->first; i != UINT32_MAX; i = o->fields.items[i].next) {
        const fq_type *parent = object_parent(o, o->fields.items[i].node);
        if (parent != NULL && only != NULL && parent != only) {
            *several = true;
        }
        only = only != NULL ? only : parent;
    }
    return only;
}

static void check_types_apart(overlap *o, const group *g, uint32_t checks) {
    fq_map seen;
    fq_map_init(&seen, o->v->arena);
    for (uint32_t i = g->first; i != UINT32_MAX && o->reason == NULL; i = o->fields.items[i].next) {
        const fq_type *parent = object_parent(o, o->fields.items[i].node);
        if (parent != NULL && fq_map_put(&seen, parent->name, o) == NULL && fq_validator_spend(o->v, g->count)) {
            check_for_type(o, g, parent);
            wait_for_members(o, CHECK_SAME);
        }
    }
    if ((checks & CHECK_SHAPE) != 0) {
        o->members.len = 0;
        for (uint32_t i = g->first; i != UINT32_MAX; i = o->fields.items[i].next) {
            fq_vec_push(o->v->arena, &o->members, o->fields.items[i].node);
        }
        wait_for_members(o, CHECK_SHAPE);
    }
}

static void check_group(overlap *o, const group *g, uint32_t checks) {
    fq_node_id first = o->fields.items[g->first].node;
    if (g->count == 1) {
        if (fq_v_node(o->v, first)->children != 0) {
            wait_for_single(o, first, checks);
        }
        return;
    }
    if ((checks & CHECK_SHAPE) != 0) {
        check_shape(o, g);
    }
    bool several = false;
    (void)only_object_parent(o, g, &several);
    if (several && (checks & CHECK_SAME) != 0) {
        check_types_apart(o, g, checks);
        return;
    }
    o->members.len = 0;
    for (uint32_t i = g->first; i != UINT32_MAX && o->reason == NULL; i = o->fields.items[i].next) {
        fq_node_id node = o->fields.items[i].node;
        fq_vec_push(o->v->arena, &o->members, node);
        if ((checks & CHECK_SAME) != 0 && node != first) {
            check_same(o, first, node);
        }
    }
    wait_for_members(o, checks);
}

static void check_set(overlap *o, const merged_set *set) {
    collect(o, set);
    for (uint32_t i = 0; i < o->groups.len && o->reason == NULL; i++) {
        check_group(o, &o->groups.items[i], set->checks);
    }
}

static void check_from(overlap *o, fq_node_id definition) {
    wait_for_single(o, definition, CHECK_ALL);
    while (o->waiting.len > 0 && o->reason == NULL && !o->v->exhausted) {
        merged_set set = o->waiting.items[--o->waiting.len];
        check_set(o, &set);
    }
}

/* From operations first, and fragments that nothing spreads; then from those that these have not reached. */
static void check_definitions(overlap *o) {
    for (uint32_t i = 0; i < o->v->n_definitions; i++) {
        const fq_definition *definition = &o->v->definitions[i];
        if (!definition->spread) {
            check_from(o, definition->node);
        }
    }
    for (uint32_t i = 0; i < o->v->n_definitions; i++) {
        const fq_definition *definition = &o->v->definitions[i];
        if (definition->spread && !definition->merged) {
            check_from(o, definition->node);
        }
    }
}

static void report_first(const overlap *o) {
    fq_validator *v = o->v;
    v->time = UINT32_MAX;
    fq_finding *finding = fq_report_begin(v,
                                          "Fields \"%.*s\" conflict because %s. Use different aliases on the fields to "
                                          "fetch both if this was intentional.",
                                          FQ_PRI(fq_node_response_key(v->document, o->conflict[0])), o->reason);
    fq_finding_locate(v, finding, fq_v_node(v, o->conflict[0])->start);
    fq_finding_locate(v, finding, fq_v_node(v, o->conflict[1])->start);
}

void fq_rule_overlapping_fields(fq_validator *v) {
    overlap o = {.v = v, .done = FQ_NEW_ARRAY(v->arena, uint8_t, v->document->n_nodes)};
    fq_map_init(&o.done_sets, v->arena);
    check_definitions(&o);
    if (o.reason != NULL && !fq_overlap_report(v)) {
        report_first(&o);
    }
}
