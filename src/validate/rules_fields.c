/* SPDX-License-Identifier: MIT */
/* Rules about fields (section 5.3): that they exist, and that leaves and only leaves have no selections. */
#include "validate/rules.h"

#include "graphql/suggest.h"

/* ---- FieldsOnCorrectType: types on which the field exists ---- */

typedef struct type_use {
    const fq_type *type;
    uint32_t uses;
} type_use;

typedef FQ_VEC(type_use) type_uses;

static void count_use(fq_validator *v, type_uses *uses, const fq_type *type) {
    for (uint32_t i = 0; i < uses->len; i++) {
        if (uses->items[i].type == type) {
            uses->items[i].uses++;
            return;
        }
    }
    fq_vec_push(v->arena, uses, (type_use){.type = type, .uses = 1});
}

static bool implements(const fq_type *type, const fq_type *interface) {
    for (uint32_t i = 0; i < type->n_interfaces; i++) {
        if (type->interfaces[i] == interface) {
            return true;
        }
    }
    return false;
}

/* The most used first, then interfaces before what implements them, then by name. */
static int compare_uses(const type_use *x, const type_use *y) {
    if (x->uses != y->uses) {
        return x->uses > y->uses ? -1 : 1;
    }
    if (x->type->kind == FQ_INTERFACE_TYPE && implements(y->type, x->type)) {
        return -1;
    }
    if (y->type->kind == FQ_INTERFACE_TYPE && implements(x->type, y->type)) {
        return 1;
    }
    return fq_natural_compare(x->type->name, y->type->name);
}

/* Puts the item at `at` where it belongs among those before it. */
static void insert_use(type_use *items, uint32_t at) {
    type_use item = items[at];
    uint32_t low = 0, high = at;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_uses(&item, &items[middle]) < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    memmove(&items[low + 1], &items[low], (at - low) * sizeof(item));
    items[low] = item;
}

static void reverse_uses(type_use *items, uint32_t n) {
    for (uint32_t i = 0; i < n / 2; i++) {
        type_use item = items[i];
        items[i] = items[n - 1 - i];
        items[n - 1 - i] = item;
    }
}

/* The comparison is not transitive, so the result depends on the way of sorting: this is the one of JavaScript's
 * engines for short arrays. A leading run is taken as it is, or reversed where it descends; the rest is inserted. */
static void sort_uses(type_use *items, uint32_t n) {
    if (n < 2) {
        return;
    }
    bool descending = compare_uses(&items[1], &items[0]) < 0;
    uint32_t run = 2;
    while (run < n && (compare_uses(&items[run], &items[run - 1]) < 0) == descending) {
        run++;
    }
    if (descending) {
        reverse_uses(items, run);
    }
    for (uint32_t i = run; i < n; i++) {
        insert_use(items, i);
    }
}

static fq_slice suggest_types(fq_validator *v, const fq_type *parent, fq_slice field) {
    type_uses uses = {0};
    for (uint32_t i = 0; i < parent->n_possible && fq_type_is_abstract(parent); i++) {
        const fq_type *possible = parent->possible[i];
        if (fq_type_field(possible, field) == NULL) {
            continue;
        }
        count_use(v, &uses, possible);
        for (uint32_t j = 0; j < possible->n_interfaces; j++) {
            if (fq_type_field(possible->interfaces[j], field) != NULL) {
                count_use(v, &uses, possible->interfaces[j]);
            }
        }
    }
    if (uses.len == 0) {
        return FQ_S("");
    }
    sort_uses(uses.items, uses.len);
    fq_slice *names = FQ_NEW_ARRAY(v->arena, fq_slice, uses.len);
    for (uint32_t i = 0; i < uses.len; i++) {
        names[i] = uses.items[i].type->name;
    }
    return fq_did_you_mean(v->arena, FQ_S("to use an inline fragment on"), names, uses.len);
}

static fq_slice suggest_fields(fq_validator *v, const fq_type *parent, fq_slice field) {
    fq_suggestions suggestions;
    fq_suggestions_init(&suggestions, v->arena, field);
    for (uint32_t i = 0; i < parent->n_fields; i++) {
        fq_suggestions_offer(&suggestions, parent->fields[i].name);
    }
    fq_suggestions_sort(&suggestions);
    return fq_suggestions_text(&suggestions, FQ_S(""));
}

void fq_rule_field_exists(fq_validator *v, fq_node_id field, const fq_type *parent) {
    if (fq_validator_full(v)) {
        return;
    }
    fq_slice name = fq_v_name(v, field);
    fq_slice suggestion = suggest_types(v, parent, name);
    if (suggestion.len == 0) {
        suggestion = suggest_fields(v, parent, name);
    }
    fq_report(v, fq_v_node(v, field)->start, "Cannot query field \"%.*s\" on type \"%.*s\".%.*s", FQ_PRI(name),
              FQ_PRI(parent->name), FQ_PRI(suggestion));
}

/* ---- ScalarLeafs ---- */

static uint32_t end_of_last(const fq_validator *v, fq_node_id first, uint32_t otherwise) {
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        otherwise = fq_v_node(v, id)->end;
    }
    return otherwise;
}

/* Where the selection set of a field begins: the first brace after its head, comments left aside. */
static uint32_t selection_set_start(const fq_validator *v, fq_node_id field) {
    const fq_node *node = fq_v_node(v, field);
    uint32_t at = end_of_last(v, node->args, node->name_start + node->name_len);
    at = end_of_last(v, node->directives, at);
    fq_slice source = v->document->source;
    bool comment = false;
    while (at < source.len && (comment || source.ptr[at] != '{')) {
        char c = source.ptr[at++];
        comment = (comment || c == '#') && c != '\n' && c != '\r';
    }
    return at;
}

void fq_rule_scalar_leafs(fq_validator *v, fq_node_id field, const fq_type_ref *type) {
    const fq_node *node = fq_v_node(v, field);
    bool leaf = fq_type_is_leaf(fq_ref_core(type));
    if (leaf == (node->children == 0) || fq_validator_full(v)) {
        return;
    }
    fq_slice name = fq_v_name(v, field);
    fq_slice text = fq_type_ref_text(v->arena, type);
    if (leaf) {
        fq_report(v, selection_set_start(v, field),
                  "Field \"%.*s\" must not have a selection since type \"%.*s\" has no subfields.", FQ_PRI(name),
                  FQ_PRI(text));
    } else {
        fq_report(v, node->start,
                  "Field \"%.*s\" of type \"%.*s\" must have a selection of subfields. Did you mean \"%.*s { ... }\"?",
                  FQ_PRI(name), FQ_PRI(text), FQ_PRI(name));
    }
}
