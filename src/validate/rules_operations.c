/* SPDX-License-Identifier: MIT */
/* Rules about operations (section 5.2): names, the lone anonymous one, existing root types, and subscriptions with one
 * root field; and that a document holds nothing but executable definitions (section 5.1.1). */
#include "validate/rules.h"

void fq_rule_executable_definition(fq_validator *v, fq_node_id definition) {
    const fq_node *node = fq_v_node(v, definition);
    if (node->kind == FQ_NODE_SCHEMA_DEFINITION || node->kind == FQ_NODE_SCHEMA_EXTENSION) {
        fq_report(v, node->start, "The schema definition is not executable.");
        return;
    }
    fq_report(v, node->start, "The \"%.*s\" definition is not executable.", FQ_PRI(fq_v_name(v, definition)));
}

static const char *kind_text(fq_operation_kind kind) {
    return kind == FQ_QUERY ? "query" : kind == FQ_MUTATION ? "mutation" : "subscription";
}

static void report_same_name(fq_validator *v, const fq_definition *operation) {
    fq_finding *finding =
        fq_report_begin(v, "There can be only one operation named \"%.*s\".", FQ_PRI(fq_v_name(v, operation->node)));
    fq_finding_locate(v, finding, fq_v_node(v, operation->first->node)->name_start);
    fq_finding_locate(v, finding, fq_v_node(v, operation->node)->name_start);
}

void fq_rules_operation_enter(fq_validator *v, fq_definition *definition, const fq_type *root) {
    const fq_node *node = fq_v_node(v, definition->node);
    fq_operation_kind kind = fq_node_operation_kind(v->document, definition->node);
    if (root == NULL) {
        fq_report(v, node->start, "The %s operation is not supported by the schema.", kind_text(kind));
    }
    if (definition->first != definition) {
        report_same_name(v, definition);
    }
    if (node->name_len == 0 && v->n_operations > 1) {
        fq_report(v, node->start, "This anonymous operation must be the only defined operation.");
    }
    if (kind == FQ_SUBSCRIPTION && root != NULL) {
        fq_rule_single_field_subscription(v, definition);
    }
}

/* ---- subscriptions (section 5.2.4.1) ---- */

typedef struct root_field {
    fq_slice key;
    FQ_VEC(fq_node_id) nodes;
} root_field;

typedef struct root_fields {
    FQ_VEC(root_field) list;
    fq_map by_key;                 /* key -> index + 1 */
    FQ_VEC(fq_node_id) conditions; /* @skip and @include, which are forbidden */
    uint32_t walk;
} root_fields;

static fq_node_id find_directive(const fq_validator *v, fq_node_id first, fq_slice name) {
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        if (fq_slice_equal(fq_v_name(v, id), name)) {
            return id;
        }
    }
    return 0;
}

static fq_node_id find_condition(const fq_validator *v, fq_node_id selection) {
    fq_node_id first = fq_v_node(v, selection)->directives;
    fq_node_id skip = find_directive(v, first, FQ_S("skip"));
    return skip != 0 ? skip : find_directive(v, first, FQ_S("include"));
}

static void add_root_field(fq_validator *v, root_fields *fields, fq_node_id node) {
    fq_slice key = fq_node_response_key(v->document, node);
    uintptr_t index = (uintptr_t)fq_map_get(&fields->by_key, key);
    if (index == 0) {
        fq_vec_push(v->arena, &fields->list, (root_field){.key = key});
        index = fields->list.len;
        fq_map_put(&fields->by_key, key, (void *)index);
    }
    fq_vec_push(v->arena, &fields->list.items[index - 1].nodes, node);
}

static bool applies(const fq_validator *v, const fq_type *condition) {
    const fq_type *type = v->schema->subscription;
    if (condition == NULL || condition == type) {
        return condition == type;
    }
    for (uint32_t i = 0; i < condition->n_possible; i++) {
        if (condition->possible[i] == type) {
            return true;
        }
    }
    return false;
}

typedef FQ_VEC(fq_node_id) node_stack;

/* Selections that stand where this one does, or 0. */
static fq_node_id selections_inside(fq_validator *v, root_fields *fields, fq_node_id id) {
    const fq_node *node = fq_v_node(v, id);
    if (node->kind == FQ_NODE_INLINE_FRAGMENT) {
        bool inside = node->type == 0 || applies(v, fq_v_type(v, fq_v_name(v, node->type)));
        return inside ? node->children : 0;
    }
    fq_definition *fragment = v->infos[id].fragment;
    if (fragment == NULL || fragment->mark == fields->walk) {
        return 0;
    }
    fragment->mark = fields->walk;
    return applies(v, fragment->condition) ? fq_v_node(v, fragment->node)->children : 0;
}

/* In document order: what follows a fragment waits on the stack. */
static void collect_root_fields(fq_validator *v, root_fields *fields, fq_node_id first) {
    node_stack stack = {0};
    fq_node_id id = first;
    while (fq_validator_spend(v, 1)) {
        if (id == 0) {
            if (stack.len == 0) {
                return;
            }
            id = stack.items[--stack.len];
            continue;
        }
        fq_node_id next = fq_v_next(v, id);
        fq_node_id condition = find_condition(v, id);
        if (condition != 0) {
            fq_vec_push(v->arena, &fields->conditions, condition);
        } else if (fq_v_node(v, id)->kind == FQ_NODE_FIELD) {
            add_root_field(v, fields, id);
        } else {
            fq_node_id inside = selections_inside(v, fields, id);
            if (inside != 0) {
                fq_vec_push(v->arena, &stack, next);
                next = inside;
            }
        }
        id = next;
    }
}

static void report_conditions(fq_validator *v, const root_fields *fields, fq_slice who) {
    fq_finding *finding = fq_report_begin(
        v, "%.*s must not use `@skip` or `@include` directives in the top level selection.", FQ_PRI(who));
    for (uint32_t i = 0; i < fields->conditions.len; i++) {
        fq_finding_locate(v, finding, fq_v_node(v, fields->conditions.items[i])->start);
    }
}

static void report_extra_fields(fq_validator *v, const root_fields *fields, fq_slice who) {
    fq_finding *finding = fq_report_begin(v, "%.*s must select only one top level field.", FQ_PRI(who));
    for (uint32_t i = 1; i < fields->list.len; i++) {
        const root_field *field = &fields->list.items[i];
        for (uint32_t j = 0; j < field->nodes.len; j++) {
            fq_finding_locate(v, finding, fq_v_node(v, field->nodes.items[j])->start);
        }
    }
}

static void report_introspection(fq_validator *v, const root_field *field, fq_slice who) {
    fq_finding *finding = fq_report_begin(v, "%.*s must not select an introspection top level field.", FQ_PRI(who));
    for (uint32_t j = 0; j < field->nodes.len; j++) {
        fq_finding_locate(v, finding, fq_v_node(v, field->nodes.items[j])->start);
    }
}

void fq_rule_single_field_subscription(fq_validator *v, fq_definition *operation) {
    root_fields fields = {.walk = ++v->walks};
    fq_map_init(&fields.by_key, v->arena);
    collect_root_fields(v, &fields, fq_v_node(v, operation->node)->children);
    fq_slice name = fq_v_name(v, operation->node);
    fq_slice who = name.len > 0 ? fq_arena_printf(v->arena, "Subscription \"%.*s\"", FQ_PRI(name))
                                : FQ_S("Anonymous Subscription");
    if (fields.conditions.len > 0) {
        report_conditions(v, &fields, who);
        return;
    }
    if (fields.list.len > 1) {
        report_extra_fields(v, &fields, who);
    }
    for (uint32_t i = 0; i < fields.list.len; i++) {
        if (fq_slice_starts_with(fq_v_name(v, fields.list.items[i].nodes.items[0]), FQ_S("__"))) {
            report_introspection(v, &fields.list.items[i], who);
        }
    }
}
