/* SPDX-License-Identifier: MIT */
/* Rules about fragments (section 5.5) and the index of definitions that they rest on.
 * Every walk from fragment to fragment marks where it has been: its cost is that of the fragments, not of the paths. */
#include "validate/rules.h"

#include "graphql/suggest.h"

const fq_type *fq_v_type(const fq_validator *v, fq_slice name) {
    const fq_type *type = fq_schema_type(v->schema, name);
    return type != NULL && !type->unreferenced ? type : NULL;
}

/* ---- the index ---- */

static void index_definition(fq_validator *v, fq_node_id id) {
    const fq_node *node = fq_v_node(v, id);
    fq_definition *definition = &v->definitions[v->n_definitions];
    *definition = (fq_definition){.node = id, .canonical = definition, .first = definition};
    if (node->kind == FQ_NODE_OPERATION) {
        v->n_operations++;
    } else if (node->kind == FQ_NODE_FRAGMENT_DEFINITION) {
        definition->condition = fq_v_type(v, fq_v_name(v, node->type));
        fq_definition *before = fq_map_put(&v->fragments, fq_v_name(v, id), definition);
        definition->first = before != NULL ? before->first : definition;
    } else {
        return;
    }
    v->n_definitions++;
}

/* In graphql-js's order: a selection set, then the sets inside it, the last first. */
static void index_spreads(fq_validator *v, fq_definition *definition) {
    FQ_VEC(fq_node_id) sets = {0};
    definition->spreads = v->spreads.len;
    fq_vec_push(v->arena, &sets, fq_v_node(v, definition->node)->children);
    while (sets.len > 0) {
        for (fq_node_id id = sets.items[--sets.len]; id != 0; id = fq_v_next(v, id)) {
            const fq_node *node = fq_v_node(v, id);
            if (node->kind == FQ_NODE_FRAGMENT_SPREAD) {
                fq_vec_push(v->arena, &v->spreads, id);
                fq_definition *target = fq_map_get(&v->fragments, fq_v_name(v, id));
                v->infos[id].fragment = target;
                if (target != NULL) {
                    target->spread = true;
                }
            } else if (node->children != 0) {
                fq_vec_push(v->arena, &sets, node->children);
            }
        }
    }
    definition->n_spreads = v->spreads.len - definition->spreads;
}

static bool has_spreads(const fq_document *document) {
    for (fq_node_id id = 1; id < document->n_nodes; id++) {
        if (document->nodes[id].kind == FQ_NODE_FRAGMENT_SPREAD) {
            return true;
        }
    }
    return false;
}

/* Finds the definition that a name means, and the first that had it. */
static void link_names(fq_validator *v) {
    fq_map operations;
    fq_map_init(&operations, v->arena);
    for (uint32_t i = 0; i < v->n_definitions; i++) {
        fq_definition *definition = &v->definitions[i];
        fq_slice name = fq_v_name(v, definition->node);
        if (fq_v_node(v, definition->node)->kind == FQ_NODE_FRAGMENT_DEFINITION) {
            definition->canonical = fq_map_get(&v->fragments, name);
        } else if (name.len > 0 && v->n_operations > 1) {
            fq_definition *before = fq_map_put(&operations, name, definition);
            if (before != NULL) {
                definition->first = before->first;
            }
        }
    }
}

void fq_fragments_index(fq_validator *v) {
    uint32_t n = 0;
    for (fq_node_id id = v->document->definitions; id != 0; id = fq_v_next(v, id)) {
        n++;
    }
    v->definitions = FQ_NEW_ARRAY(v->arena, fq_definition, n);
    fq_map_init(&v->fragments, v->arena);
    for (fq_node_id id = v->document->definitions; id != 0; id = fq_v_next(v, id)) {
        index_definition(v, id);
    }
    if (v->n_definitions > 1) {
        link_names(v);
    }
    if (has_spreads(v->document)) {
        for (uint32_t i = 0; i < v->n_definitions; i++) {
            index_spreads(v, &v->definitions[i]);
        }
    }
}

/* ---- KnownTypeNames ---- */

static bool is_type_definition(fq_node_kind kind) {
    return kind == FQ_NODE_SCALAR_DEFINITION || kind == FQ_NODE_OBJECT_DEFINITION ||
           kind == FQ_NODE_INTERFACE_DEFINITION || kind == FQ_NODE_UNION_DEFINITION ||
           kind == FQ_NODE_ENUM_DEFINITION || kind == FQ_NODE_INPUT_OBJECT_DEFINITION;
}

void fq_rule_known_type_name(fq_validator *v, fq_node_id named_type) {
    if (fq_validator_full(v)) {
        return;
    }
    fq_slice name = fq_v_name(v, named_type);
    fq_suggestions suggestions;
    fq_suggestions_init(&suggestions, v->arena, name);
    for (fq_node_id id = v->document->definitions; id != 0; id = fq_v_next(v, id)) {
        if (is_type_definition(fq_v_node(v, id)->kind)) {
            if (fq_slice_equal(fq_v_name(v, id), name)) {
                return; /* defined in the document, which is reported as such */
            }
            fq_suggestions_offer(&suggestions, fq_v_name(v, id));
        }
    }
    for (uint32_t i = 0; i < v->schema->n_types; i++) {
        if (!v->schema->types[i]->unreferenced) {
            fq_suggestions_offer(&suggestions, v->schema->types[i]->name);
        }
    }
    fq_suggestions_sort(&suggestions);
    fq_report(v, fq_v_node(v, named_type)->start, "Unknown type \"%.*s\".%.*s", FQ_PRI(name),
              FQ_PRI(fq_suggestions_text(&suggestions, FQ_S(""))));
}

/* ---- UniqueFragmentNames, FragmentsOnCompositeTypes ---- */

void fq_rule_unique_fragment_name(fq_validator *v, const fq_definition *fragment) {
    if (fragment->first == fragment) {
        return;
    }
    fq_finding *finding =
        fq_report_begin(v, "There can be only one fragment named \"%.*s\".", FQ_PRI(fq_v_name(v, fragment->node)));
    fq_finding_locate(v, finding, fq_v_node(v, fragment->first->node)->name_start);
    fq_finding_locate(v, finding, fq_v_node(v, fragment->node)->name_start);
}

void fq_rule_fragment_composite(fq_validator *v, fq_node_id id, const fq_type *type) {
    const fq_node *node = fq_v_node(v, id);
    if (type == NULL || fq_type_is_composite(type)) {
        return;
    }
    uint32_t offset = fq_v_node(v, node->type)->start;
    if (node->kind == FQ_NODE_INLINE_FRAGMENT) {
        fq_report(v, offset, "Fragment cannot condition on non composite type \"%.*s\".", FQ_PRI(type->name));
    } else {
        fq_report(v, offset, "Fragment \"%.*s\" cannot condition on non composite type \"%.*s\".",
                  FQ_PRI(fq_v_name(v, id)), FQ_PRI(type->name));
    }
}

/* ---- PossibleFragmentSpreads ---- */

static bool includes(const fq_type *abstract, const fq_type *type) {
    for (uint32_t i = 0; i < abstract->n_possible; i++) {
        if (abstract->possible[i] == type) {
            return true;
        }
    }
    /* An interface that implements another is below it too. */
    for (uint32_t i = 0; type->kind == FQ_INTERFACE_TYPE && i < type->n_interfaces; i++) {
        if (type->interfaces[i] == abstract) {
            return true;
        }
    }
    return false;
}

bool fq_types_overlap(fq_validator *v, const fq_type *a, const fq_type *b) {
    if (a == b) {
        return true;
    }
    if (!fq_type_is_abstract(a) || !fq_type_is_abstract(b)) {
        return (fq_type_is_abstract(a) && includes(a, b)) || (fq_type_is_abstract(b) && includes(b, a));
    }
    if (v->type_marks == NULL) {
        v->type_marks = FQ_NEW_ARRAY(v->arena, uint32_t, v->schema->n_types);
    }
    v->type_walks++;
    for (uint32_t i = 0; i < a->n_possible; i++) {
        v->type_marks[a->possible[i]->index] = v->type_walks;
    }
    for (uint32_t i = 0; i < b->n_possible; i++) {
        if (v->type_marks[b->possible[i]->index] == v->type_walks) {
            return true;
        }
    }
    return false;
}

void fq_rule_possible_spread(fq_validator *v, fq_node_id id, const fq_type *type, const fq_type *parent) {
    if (type == NULL || parent == NULL || type == parent || !fq_type_is_composite(type) ||
        fq_types_overlap(v, type, parent)) {
        return;
    }
    const fq_node *node = fq_v_node(v, id);
    fq_slice name = fq_v_name(v, id);
    fq_slice what = node->kind == FQ_NODE_INLINE_FRAGMENT
                        ? FQ_S("Fragment")
                        : fq_arena_printf(v->arena, "Fragment \"%.*s\"", FQ_PRI(name));
    fq_report(v, node->start, "%.*s cannot be spread here as objects of type \"%.*s\" can never be of type \"%.*s\".",
              FQ_PRI(what), FQ_PRI(parent->name), FQ_PRI(type->name));
}

/* ---- NoFragmentCycles ---- */

typedef struct cycle_frame {
    fq_definition *fragment; /* whose spreads are followed */
    uint32_t at;             /* the next of them */
} cycle_frame;

typedef struct cycle_search {
    FQ_VEC(cycle_frame) frames;
    FQ_VEC(fq_node_id) path; /* the spreads that led here */
} cycle_search;

static void report_cycle(fq_validator *v, const cycle_search *search, uint32_t from) {
    if (fq_validator_full(v)) {
        return;
    }
    fq_buffer via;
    fq_buffer_init(&via, SIZE_MAX);
    uint32_t last = search->path.len - 1;
    uint32_t named = last - from > FQ_FINDING_PLACES_MAX ? from + FQ_FINDING_PLACES_MAX : last;
    for (uint32_t i = from; i < named; i++) {
        fq_buffer_printf(&via, "%s\"%.*s\"", i > from ? ", " : " via ", FQ_PRI(fq_v_name(v, search->path.items[i])));
    }
    if (named < last) {
        fq_buffer_printf(&via, ", and %u more", last - named);
    }
    fq_finding *finding = fq_report_begin(v, "Cannot spread fragment \"%.*s\" within itself%.*s.",
                                          FQ_PRI(fq_v_name(v, search->path.items[last])), FQ_PRI(fq_buffer_view(&via)));
    fq_buffer_done(&via);
    for (uint32_t i = from; i <= last && i - from < FQ_FINDING_PLACES_MAX; i++) {
        fq_finding_locate(v, finding, fq_v_node(v, search->path.items[i])->start);
    }
}

static void enter_fragment(fq_validator *v, cycle_search *search, fq_definition *fragment) {
    if (fragment->canonical->cycles_searched) {
        return;
    }
    fragment->canonical->cycles_searched = true;
    if (fragment->n_spreads > 0) {
        fragment->canonical->on_path = search->path.len + 1;
        fq_vec_push(v->arena, &search->frames, (cycle_frame){.fragment = fragment});
    }
}

static void follow_spread(fq_validator *v, cycle_search *search, fq_node_id spread) {
    fq_definition *target = v->infos[spread].fragment;
    fq_vec_push(v->arena, &search->path, spread);
    if (target != NULL && target->on_path != 0) {
        report_cycle(v, search, target->on_path - 1);
        search->path.len--;
        return;
    }
    uint32_t depth = search->frames.len;
    if (target != NULL) {
        enter_fragment(v, search, target);
    }
    if (search->frames.len == depth) {
        search->path.len--;
    }
}

/* Depth first, each fragment once; a cycle is reported where it closes. */
void fq_rule_fragment_cycles(fq_validator *v, fq_definition *fragment) {
    cycle_search search = {0};
    enter_fragment(v, &search, fragment);
    while (search.frames.len > 0) {
        cycle_frame *frame = &search.frames.items[search.frames.len - 1];
        if (frame->at < frame->fragment->n_spreads) {
            follow_spread(v, &search, v->spreads.items[frame->fragment->spreads + frame->at++]);
            continue;
        }
        frame->fragment->canonical->on_path = 0;
        search.frames.len--;
        if (search.path.len > 0) {
            search.path.len--;
        }
    }
}

/* ---- NoUnusedFragments ---- */

static void reach(fq_validator *v, const fq_definition *from, uint32_t walk, fq_fragment_list *list) {
    for (uint32_t i = 0; i < from->n_spreads; i++) {
        fq_definition *target = v->infos[v->spreads.items[from->spreads + i]].fragment;
        if (target != NULL && target->mark != walk) {
            target->mark = walk;
            fq_vec_push(v->arena, list, target);
        }
    }
}

void fq_fragments_reached(fq_validator *v, const fq_definition *operation, fq_fragment_list *list) {
    uint32_t walk = ++v->walks;
    reach(v, operation, walk, list);
    for (uint32_t i = 0; i < list->len && fq_validator_spend(v, 1 + list->items[i]->n_spreads); i++) {
        list->items[i]->used = true;
        reach(v, list->items[i], walk, list);
    }
}

void fq_rule_unused_fragments(fq_validator *v) {
    for (uint32_t i = 0; i < v->n_definitions; i++) {
        const fq_definition *definition = &v->definitions[i];
        const fq_node *node = fq_v_node(v, definition->node);
        if (node->kind == FQ_NODE_FRAGMENT_DEFINITION && !definition->canonical->used) {
            fq_report(v, node->start, "Fragment \"%.*s\" is never used.", FQ_PRI(fq_v_name(v, definition->node)));
        }
    }
}
