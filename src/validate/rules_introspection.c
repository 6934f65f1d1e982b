/* SPDX-License-Identifier: MIT */
/* Optional rules about introspection: none at all, or not too deep. Both look at selections only. */
#include "base/map.h"
#include "base/vec.h"
#include "validate/rules_optional.h"

/* Lists of introspection inside each other that are too many. */
#define LISTS_MAX 3

/* ---- no introspection ---- */

typedef struct type_walk {
    const fq_schema *schema;
    const fq_document *document;
    fq_errors *errors;
    bool clean;
} type_walk;

static const fq_field *find_field(const fq_schema *schema, const fq_type *parent, fq_slice name) {
    if (parent == schema->query && fq_slice_equal(name, schema->schema_field->name)) {
        return schema->schema_field;
    }
    if (parent == schema->query && fq_slice_equal(name, schema->type_field->name)) {
        return schema->type_field;
    }
    return fq_type_field(parent, name);
}

/* Recursion is as deep as the parser allows. */
static void walk_types(type_walk *w, fq_node_id first, const fq_type *parent) {
    for (fq_node_id id = first; id != 0; id = fq_node_next(w->document, id)) {
        const fq_node *node = fq_node_at(w->document, id);
        const fq_type *type = parent;
        if (node->kind == FQ_NODE_FIELD) {
            fq_slice name = fq_node_name(w->document, id);
            const fq_field *field = parent != NULL ? find_field(w->schema, parent, name) : NULL;
            type = field != NULL ? fq_ref_core(field->type) : NULL;
            if (type != NULL && type->introspection) {
                fq_errors_add_at(w->errors, FQ_ERR_VALIDATION_FAILED, node->start,
                                 "GraphQL introspection has been disabled, but the requested query contained the field "
                                 "\"%.*s\".",
                                 FQ_PRI(name));
                w->clean = false;
            }
        } else if (node->type != 0) {
            type = fq_schema_type(w->schema, fq_node_name(w->document, node->type));
        }
        walk_types(w, node->children, type);
    }
}

static const fq_type *definition_type(const fq_schema *schema, const fq_document *document, fq_node_id id) {
    const fq_node *node = fq_node_at(document, id);
    if (node->kind == FQ_NODE_FRAGMENT_DEFINITION) {
        return fq_schema_type(schema, fq_node_name(document, node->type));
    }
    switch (fq_node_operation_kind(document, id)) {
    case FQ_MUTATION:
        return schema->mutation;
    case FQ_SUBSCRIPTION:
        return schema->subscription;
    default:
        return schema->query;
    }
}

static bool is_executable(const fq_document *document, fq_node_id id) {
    fq_node_kind kind = fq_node_at(document, id)->kind;
    return kind == FQ_NODE_OPERATION || kind == FQ_NODE_FRAGMENT_DEFINITION;
}

bool fq_rule_no_introspection(fq_arena *arena, const fq_schema *schema, const fq_document *document,
                              fq_errors *errors) {
    (void)arena;
    type_walk w = {.schema = schema, .document = document, .errors = errors, .clean = true};
    for (fq_node_id id = document->definitions; id != 0; id = fq_node_next(document, id)) {
        if (is_executable(document, id)) {
            walk_types(&w, fq_node_at(document, id)->children, definition_type(schema, document, id));
        }
    }
    return w.clean;
}

/* ---- depth ---- */

typedef struct deep_fragment {
    fq_node_id node;
    uint32_t root;    /* the number of the root whose search came here last ... */
    uint32_t reached; /* ... inside so many lists + 1 */
    uint32_t safe;    /* entered inside fewer lists than this, it stays within the limit */
} deep_fragment;

typedef struct waiting {
    fq_node_id first; /* of selections */
    uint32_t lists;   /* around them */
} waiting;

typedef struct deep_walk {
    fq_arena *arena;
    const fq_document *document;
    fq_errors *errors;
    fq_map fragments; /* name -> deep_fragment */
    FQ_VEC(waiting) stack;
    FQ_VEC(deep_fragment *) entered; /* by the search of this root */
    uint32_t roots;
    bool clean;
} deep_walk;

static bool is_list(fq_slice name) {
    return fq_slice_equal(name, FQ_S("fields")) || fq_slice_equal(name, FQ_S("interfaces")) ||
           fq_slice_equal(name, FQ_S("possibleTypes")) || fq_slice_equal(name, FQ_S("inputFields"));
}

static void enter_fragment(deep_walk *w, fq_slice name, uint32_t lists) {
    deep_fragment *f = fq_map_get(&w->fragments, name);
    if (f == NULL || lists < f->safe || (f->root == w->roots && lists < f->reached)) {
        return;
    }
    f->root = w->roots;
    f->reached = lists + 1;
    fq_vec_push(w->arena, &w->entered, f);
    fq_vec_push(w->arena, &w->stack, (waiting){fq_node_at(w->document, f->node)->children, lists});
}

/* One list of selections; false where a list inside it is too deep. */
static bool search_selections(deep_walk *w, waiting at) {
    for (fq_node_id id = at.first; id != 0; id = fq_node_next(w->document, id)) {
        const fq_node *node = fq_node_at(w->document, id);
        uint32_t lists = at.lists;
        if (node->kind == FQ_NODE_FRAGMENT_SPREAD) {
            enter_fragment(w, fq_node_name(w->document, id), lists);
            continue;
        }
        if (node->kind == FQ_NODE_FIELD && is_list(fq_node_name(w->document, id)) && ++lists >= LISTS_MAX) {
            return false;
        }
        if (node->children != 0) {
            fq_vec_push(w->arena, &w->stack, (waiting){node->children, lists});
        }
    }
    return true;
}

/* Each fragment is entered at most once for each number of lists around it. */
static bool search_root(deep_walk *w, fq_node_id field) {
    w->roots++;
    w->stack.len = w->entered.len = 0;
    fq_vec_push(w->arena, &w->stack, (waiting){fq_node_at(w->document, field)->children, 0});
    while (w->stack.len > 0) {
        if (!search_selections(w, w->stack.items[--w->stack.len])) {
            return false;
        }
    }
    for (uint32_t i = 0; i < w->entered.len; i++) {
        deep_fragment *f = w->entered.items[i];
        f->safe = f->reached > f->safe ? f->reached : f->safe;
    }
    return true;
}

static void find_roots(deep_walk *w, fq_node_id first) {
    for (fq_node_id id = first; id != 0 && w->errors->dropped == 0; id = fq_node_next(w->document, id)) {
        const fq_node *node = fq_node_at(w->document, id);
        fq_slice name = fq_node_name(w->document, id);
        bool root = node->kind == FQ_NODE_FIELD &&
                    (fq_slice_equal(name, FQ_S("__schema")) || fq_slice_equal(name, FQ_S("__type")));
        if (root && !search_root(w, id)) {
            fq_errors_add_at(w->errors, FQ_ERR_VALIDATION_FAILED, node->start, "Maximum introspection depth exceeded");
            w->clean = false;
            continue;
        }
        find_roots(w, node->children);
    }
}

static bool mentions_introspection(const fq_document *document) {
    for (fq_node_id id = 1; id < document->n_nodes; id++) {
        if (document->nodes[id].kind == FQ_NODE_FIELD && document->nodes[id].children != 0 &&
            fq_slice_starts_with(fq_node_name(document, id), FQ_S("__"))) {
            return true;
        }
    }
    return false;
}

bool fq_rule_max_introspection_depth(fq_arena *arena, const fq_document *document, fq_errors *errors) {
    if (!mentions_introspection(document)) {
        return true;
    }
    deep_walk w = {.arena = arena, .document = document, .errors = errors, .clean = true};
    fq_map_init(&w.fragments, arena);
    for (fq_node_id id = document->definitions; id != 0; id = fq_node_next(document, id)) {
        if (fq_node_at(document, id)->kind == FQ_NODE_FRAGMENT_DEFINITION) {
            deep_fragment *f = FQ_NEW(arena, deep_fragment);
            f->node = id;
            fq_map_put(&w.fragments, fq_node_name(document, id), f);
        }
    }
    for (fq_node_id id = document->definitions; id != 0; id = fq_node_next(document, id)) {
        if (is_executable(document, id)) {
            find_roots(&w, fq_node_at(document, id)->children);
        }
    }
    return w.clean;
}
