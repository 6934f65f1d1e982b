/* SPDX-License-Identifier: MIT */
/* The messages of OverlappingFieldsCanBeMerged. Only run on documents that are known to have a conflict: then fields
 * are compared in pairs, in the order in which graphql-js does it, because that order decides which fields a message
 * names and how conflicts of subfields are told. The work is metered and the depth bounded; what has been found until
 * then is reported. */
#include "validate/rules.h"

#define DETAIL_MAX 1000 /* characters of a name or a reason */
#define NODES_MAX 20    /* places on each side of a conflict */
#define WORK_MAX 500000
#define DEPTH_MAX 1000

typedef struct field_group {
    fq_slice key;
    FQ_VEC(fq_node_id) fields;
} field_group;

/* What one selection set holds: fields by response name, inline fragments entered, and names of fragments. */
typedef struct field_map {
    FQ_VEC(field_group) groups;
    fq_map by_key; /* key -> index + 1 */
    FQ_VEC(fq_definition *) fragments;
    fq_map compared; /* name of a fragment -> exclusive or not, as below */
} field_map;

typedef FQ_VEC(fq_node_id) node_list;

typedef struct conflict {
    fq_slice key;
    fq_slice reason;
    node_list fields[2];
} conflict;

typedef FQ_VEC(conflict) conflict_list;

/* Whether fields can not both apply to one object. Values of maps, so none is 0. */
typedef enum exclusivity { TOGETHER = 1, EXCLUSIVE = 2 } exclusivity;

typedef struct reporter {
    fq_validator *v;
    field_map **maps; /* by owner of the selection set */
    fq_map pairs;     /* two fragments -> exclusivity */
    uint32_t work;
    uint32_t depth;
    bool aborted;
} reporter;

static bool spend(reporter *r, uint32_t work) {
    r->work += work;
    r->aborted |= r->work > WORK_MAX || r->depth > DEPTH_MAX;
    return !r->aborted;
}

/* ---- field maps ---- */

static void add_field(reporter *r, field_map *map, fq_node_id node) {
    fq_slice key = fq_node_response_key(r->v->document, node);
    uintptr_t index = (uintptr_t)fq_map_get(&map->by_key, key);
    if (index == 0) {
        fq_vec_push(r->v->arena, &map->groups, (field_group){.key = key});
        index = map->groups.len;
        fq_map_put(&map->by_key, key, (void *)index);
    }
    fq_vec_push(r->v->arena, &map->groups.items[index - 1].fields, node);
}

static void add_fragment(reporter *r, field_map *map, fq_definition *fragment) {
    for (uint32_t i = 0; i < map->fragments.len; i++) {
        if (map->fragments.items[i] == fragment) {
            return;
        }
    }
    fq_vec_push(r->v->arena, &map->fragments, fragment);
}

/* Recursion into inline fragments is as deep as the parser allows. */
static void add_selections(reporter *r, field_map *map, fq_node_id first) {
    for (fq_node_id id = first; id != 0; id = fq_v_next(r->v, id)) {
        switch (fq_v_node(r->v, id)->kind) {
        case FQ_NODE_FIELD:
            add_field(r, map, id);
            break;
        case FQ_NODE_INLINE_FRAGMENT:
            add_selections(r, map, fq_v_node(r->v, id)->children);
            break;
        default:
            if (r->v->infos[id].fragment != NULL && spend(r, map->fragments.len)) {
                add_fragment(r, map, r->v->infos[id].fragment);
            }
        }
    }
}

static field_map *map_of(reporter *r, fq_node_id owner) {
    if (r->maps[owner] == NULL) {
        field_map *map = FQ_NEW(r->v->arena, field_map);
        fq_map_init(&map->by_key, r->v->arena);
        fq_map_init(&map->compared, r->v->arena);
        r->maps[owner] = map;
        add_selections(r, map, fq_v_node(r->v, owner)->children);
    }
    return r->maps[owner];
}

/* ---- conflicts ---- */

static fq_slice abbreviate(reporter *r, fq_slice text) {
    if (text.len <= DETAIL_MAX) {
        return text;
    }
    return fq_arena_printf(r->v->arena, "%.*s...", DETAIL_MAX, text.ptr);
}

static void add_conflict(reporter *r, conflict_list *list, conflict c) { fq_vec_push(r->v->arena, list, c); }

static void add_simple(reporter *r, conflict_list *list, fq_slice key, fq_slice reason, fq_node_id a, fq_node_id b) {
    conflict c = {.key = key, .reason = reason};
    fq_vec_push(r->v->arena, &c.fields[0], a);
    fq_vec_push(r->v->arena, &c.fields[1], b);
    add_conflict(r, list, c);
}

/* The field, then the places of the conflicts inside it; of too many, the last ones of each. */
static node_list gather_nodes(reporter *r, fq_node_id field, const conflict_list *inside, int side) {
    node_list nodes = {0};
    fq_vec_push(r->v->arena, &nodes, field);
    for (uint32_t i = 0; i < inside->len && nodes.len < NODES_MAX; i++) {
        const node_list *from = &inside->items[i].fields[side];
        uint32_t room = NODES_MAX - nodes.len;
        for (uint32_t j = from->len > room ? from->len - room : 0; j < from->len; j++) {
            fq_vec_push(r->v->arena, &nodes, from->items[j]);
        }
    }
    return nodes;
}

static void add_subfield_conflicts(reporter *r, conflict_list *list, const conflict_list *inside, fq_slice key,
                                   fq_node_id a, fq_node_id b) {
    if (inside->len == 0) {
        return;
    }
    fq_buffer text;
    fq_buffer_init(&text, (size_t)1024 * 1024);
    for (uint32_t i = 0; i < inside->len && text.len <= DETAIL_MAX; i++) {
        const conflict *c = &inside->items[i];
        fq_buffer_printf(&text, "%ssubfields \"%.*s\" conflict because %.*s", i > 0 ? " and " : "",
                         FQ_PRI(abbreviate(r, c->key)), FQ_PRI(c->reason));
    }
    fq_slice reason = fq_arena_copy(r->v->arena, abbreviate(r, fq_buffer_view(&text)));
    fq_buffer_done(&text);
    conflict c = {.key = key, .reason = reason};
    c.fields[0] = gather_nodes(r, a, inside, 0);
    c.fields[1] = gather_nodes(r, b, inside, 1);
    add_conflict(r, list, c);
}

/* ---- pairs of fields ---- */

static void compare_sets(reporter *r, conflict_list *list, exclusivity parents, fq_node_id a, fq_node_id b);

static const fq_type_ref *known_type(const reporter *r, fq_node_id field) {
    const fq_field *definition = r->v->infos[field].field;
    return definition == NULL || fq_slice_starts_with(definition->name, FQ_S("__")) ? NULL : definition->type;
}

static bool exclude_each_other(const reporter *r, fq_node_id a, fq_node_id b) {
    const fq_type *x = r->v->infos[a].parent, *y = r->v->infos[b].parent;
    return x != y && x != NULL && y != NULL && x->kind == FQ_OBJECT_TYPE && y->kind == FQ_OBJECT_TYPE;
}

/* Why two fields are not the same, or empty. */
static fq_slice difference(reporter *r, fq_node_id a, fq_node_id b) {
    fq_slice x = fq_v_name(r->v, a), y = fq_v_name(r->v, b);
    if (!fq_slice_equal(x, y)) {
        return fq_arena_printf(r->v->arena, "\"%.*s\" and \"%.*s\" are different fields", FQ_PRI(abbreviate(r, x)),
                               FQ_PRI(abbreviate(r, y)));
    }
    bool same = fq_arguments_same(r->v->document, fq_v_node(r->v, a)->args, fq_v_node(r->v, b)->args);
    return same ? FQ_S("") : FQ_S("they have differing arguments");
}

static void compare_fields(reporter *r, conflict_list *list, exclusivity parents, fq_slice key, fq_node_id a,
                           fq_node_id b) {
    if (!spend(r, 2)) {
        return;
    }
    exclusivity both = parents == EXCLUSIVE || exclude_each_other(r, a, b) ? EXCLUSIVE : TOGETHER;
    fq_slice reason = both == TOGETHER ? difference(r, a, b) : FQ_S("");
    if (reason.len > 0) {
        add_simple(r, list, key, reason, a, b);
        return;
    }
    const fq_type_ref *x = known_type(r, a), *y = known_type(r, b);
    if (x != NULL && y != NULL && fq_types_conflict(x, y)) {
        reason = fq_arena_printf(r->v->arena, "they return conflicting types \"%.*s\" and \"%.*s\"",
                                 FQ_PRI(fq_type_ref_text(r->v->arena, x)), FQ_PRI(fq_type_ref_text(r->v->arena, y)));
        add_simple(r, list, key, reason, a, b);
        return;
    }
    if (fq_v_node(r->v, a)->children != 0 && fq_v_node(r->v, b)->children != 0) {
        conflict_list inside = {0};
        compare_sets(r, &inside, both, a, b);
        add_subfield_conflicts(r, list, &inside, key, a, b);
    }
}

/* ---- sets, and what fragments add to them ---- */

static void compare_maps(reporter *r, conflict_list *list, exclusivity parents, const field_map *a,
                         const field_map *b) {
    for (uint32_t i = 0; i < a->groups.len && spend(r, 1); i++) {
        const field_group *x = &a->groups.items[i];
        uintptr_t index = (uintptr_t)fq_map_get(&b->by_key, x->key);
        if (index == 0) {
            continue;
        }
        const field_group *y = &b->groups.items[index - 1];
        for (uint32_t j = 0; j < x->fields.len; j++) {
            for (uint32_t k = 0; k < y->fields.len && !r->aborted; k++) {
                compare_fields(r, list, parents, x->key, x->fields.items[j], y->fields.items[k]);
            }
        }
    }
}

/* Notes a comparison; false where one that says as much has been made. */
static bool note(fq_map *map, fq_slice key, exclusivity parents) {
    uintptr_t before = (uintptr_t)fq_map_get(map, key);
    if (before == TOGETHER || (before == EXCLUSIVE && parents == EXCLUSIVE)) {
        return false;
    }
    fq_map_put(map, key, (void *)(uintptr_t)parents);
    return true;
}

static void compare_with_fragment(reporter *r, conflict_list *list, exclusivity parents, field_map *map,
                                  const fq_definition *fragment) {
    if (!spend(r, 1) || map->groups.len == 0 || !note(&map->compared, fq_v_name(r->v, fragment->node), parents)) {
        return;
    }
    field_map *other = map_of(r, fragment->node);
    if (other == map) {
        return;
    }
    r->depth++;
    compare_maps(r, list, parents, map, other);
    for (uint32_t i = 0; i < other->fragments.len; i++) {
        compare_with_fragment(r, list, parents, map, other->fragments.items[i]);
    }
    r->depth--;
}

static bool note_pair(reporter *r, const fq_definition *a, const fq_definition *b, exclusivity parents) {
    fq_node_id ids[2] = {a->node < b->node ? a->node : b->node, a->node < b->node ? b->node : a->node};
    fq_slice key = fq_arena_copy(r->v->arena, fq_slice_of((const char *)ids, sizeof(ids)));
    return note(&r->pairs, key, parents);
}

static void compare_fragments(reporter *r, conflict_list *list, exclusivity parents, const fq_definition *a,
                              const fq_definition *b) {
    if (!spend(r, 2) || a == b || !note_pair(r, a, b, parents)) {
        return;
    }
    const field_map *x = map_of(r, a->node), *y = map_of(r, b->node);
    r->depth++;
    compare_maps(r, list, parents, x, y);
    for (uint32_t i = 0; i < y->fragments.len; i++) {
        compare_fragments(r, list, parents, a, y->fragments.items[i]);
    }
    for (uint32_t i = 0; i < x->fragments.len; i++) {
        compare_fragments(r, list, parents, x->fragments.items[i], b);
    }
    r->depth--;
}

/* The selections of two fields that share a place. */
static void compare_sets(reporter *r, conflict_list *list, exclusivity parents, fq_node_id a, fq_node_id b) {
    field_map *x = map_of(r, a), *y = map_of(r, b);
    r->depth++;
    compare_maps(r, list, parents, x, y);
    for (uint32_t i = 0; i < y->fragments.len; i++) {
        compare_with_fragment(r, list, parents, x, y->fragments.items[i]);
    }
    for (uint32_t i = 0; i < x->fragments.len; i++) {
        compare_with_fragment(r, list, parents, y, x->fragments.items[i]);
    }
    for (uint32_t i = 0; i < x->fragments.len; i++) {
        for (uint32_t j = 0; j < y->fragments.len && !r->aborted; j++) {
            compare_fragments(r, list, parents, x->fragments.items[i], y->fragments.items[j]);
        }
    }
    r->depth--;
}

static void compare_within(reporter *r, conflict_list *list, const field_map *map) {
    for (uint32_t i = 0; i < map->groups.len; i++) {
        const field_group *g = &map->groups.items[i];
        for (uint32_t j = 0; j < g->fields.len; j++) {
            for (uint32_t k = j + 1; k < g->fields.len && !r->aborted; k++) {
                compare_fields(r, list, TOGETHER, g->key, g->fields.items[j], g->fields.items[k]);
            }
        }
    }
}

static void compare_in_set(reporter *r, conflict_list *list, fq_node_id owner) {
    field_map *map = map_of(r, owner);
    compare_within(r, list, map);
    for (uint32_t i = 0; i < map->fragments.len && (map->groups.len > 0 || map->fragments.len > 1); i++) {
        compare_with_fragment(r, list, TOGETHER, map, map->fragments.items[i]);
        for (uint32_t j = i + 1; j < map->fragments.len && !r->aborted; j++) {
            compare_fragments(r, list, TOGETHER, map->fragments.items[i], map->fragments.items[j]);
        }
    }
}

/* ---- the document ---- */

static void report_conflict(reporter *r, const conflict *c) {
    fq_finding *finding =
        fq_report_begin(r->v,
                        "Fields \"%.*s\" conflict because %.*s. Use different aliases on the fields to "
                        "fetch both if this was intentional.",
                        FQ_PRI(abbreviate(r, c->key)), FQ_PRI(c->reason));
    for (int side = 0; side < 2; side++) {
        for (uint32_t i = 0; i < c->fields[side].len; i++) {
            fq_finding_locate(r->v, finding, fq_v_node(r->v, c->fields[side].items[i])->start);
        }
    }
}

/* Inline fragments belong to the set around them. */
static bool is_compared(const fq_validator *v, fq_node_id owner) {
    const fq_node *node = fq_v_node(v, owner);
    fq_node_id first = node->children;
    return node->kind != FQ_NODE_INLINE_FRAGMENT &&
           (fq_v_next(v, first) != 0 || fq_v_node(v, first)->kind == FQ_NODE_INLINE_FRAGMENT);
}

static void visit_set(reporter *r, fq_node_id owner) {
    fq_validator *v = r->v;
    if (is_compared(v, owner)) {
        conflict_list conflicts = {0};
        compare_in_set(r, &conflicts, owner);
        v->time = v->infos[owner].set_time;
        for (uint32_t i = 0; i < conflicts.len; i++) {
            report_conflict(r, &conflicts.items[i]);
        }
    }
    for (fq_node_id id = fq_v_node(v, owner)->children; id != 0 && !r->aborted; id = fq_v_next(v, id)) {
        if (fq_v_node(v, id)->children != 0) {
            visit_set(r, id);
        }
    }
}

bool fq_overlap_report(fq_validator *v) {
    reporter r = {.v = v, .maps = FQ_NEW_ARRAY(v->arena, field_map *, v->document->n_nodes)};
    fq_map_init(&r.pairs, v->arena);
    uint32_t before = v->findings[v->phase].len;
    for (uint32_t i = 0; i < v->n_definitions && !r.aborted && !fq_validator_full(v); i++) {
        visit_set(&r, v->definitions[i].node);
    }
    return v->findings[v->phase].len > before;
}
