/* SPDX-License-Identifier: MIT */
/* Rules about variables (section 5.8): unique, of input types, defined, used, and allowed where they stand. Uses in
 * fragments count for every operation that reaches them; each operation walks the fragments it reaches once. */
#include "validate/rules.h"

/* From here on a map finds definitions. */
#define MANY_VARIABLES 8

/* ---- definitions ---- */

void fq_rule_variable_input_type(fq_validator *v, fq_node_id definition, const fq_type_ref *type) {
    if (type == NULL || fq_type_is_input(fq_ref_core(type))) {
        return;
    }
    fq_node_id node = fq_v_node(v, definition)->type;
    fq_report(v, fq_v_node(v, node)->start, "Variable \"$%.*s\" cannot be non-input type \"%.*s\".",
              FQ_PRI(fq_v_name(v, definition)), FQ_PRI(fq_node_printed(v->arena, v->document, node)));
}

typedef struct variable {
    fq_node_id node;
    const fq_type_ref *type; /* NULL: unknown */
    bool used;
} variable;

typedef struct variables {
    variable *list;
    uint32_t n;
    fq_map map; /* name -> the last variable of that name, where there are many */
} variables;

static uint32_t count_variables(const fq_validator *v, fq_node_id first) {
    uint32_t n = 0;
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        n++;
    }
    return n;
}

static void index_variables(fq_validator *v, variables *all, fq_node_id first) {
    all->list = FQ_NEW_ARRAY(v->arena, variable, count_variables(v, first));
    fq_map_init(&all->map, v->arena);
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        all->list[all->n++] = (variable){
            .node = id,
            .type = fq_type_ref_of_node(v->arena, v->schema, v->document, fq_v_node(v, id)->type, v->extensions)};
    }
    for (uint32_t i = 0; i < all->n && all->n > MANY_VARIABLES; i++) {
        fq_map_put(&all->map, fq_v_name(v, all->list[i].node), &all->list[i]);
    }
}

/* The last variable of that name, or NULL. */
static variable *find_variable(const fq_validator *v, const variables *all, fq_slice name) {
    if (all->n > MANY_VARIABLES) {
        return fq_map_get(&all->map, name);
    }
    for (uint32_t i = all->n; i-- > 0;) {
        if (fq_slice_equal(fq_v_name(v, all->list[i].node), name)) {
            return &all->list[i];
        }
    }
    return NULL;
}

static void report_repeated(fq_validator *v, fq_node_id first, fq_slice name) {
    fq_finding *finding = fq_report_begin(v, "There can be only one variable named \"$%.*s\".", FQ_PRI(name));
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        if (fq_slice_equal(fq_v_name(v, id), name)) {
            fq_finding_locate(v, finding, fq_v_node(v, id)->name_start);
        }
    }
}

void fq_rule_unique_variables(fq_validator *v, fq_node_id operation) {
    fq_node_id first = fq_v_node(v, operation)->args;
    if (first == 0 || fq_v_next(v, first) == 0) {
        return;
    }
    fq_map counts;
    fq_map_init(&counts, v->arena);
    bool repeated = false;
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        uintptr_t count = (uintptr_t)fq_map_get(&counts, fq_v_name(v, id)) + 1;
        fq_map_put(&counts, fq_v_name(v, id), (void *)count);
        repeated |= count > 1;
    }
    for (fq_node_id id = repeated ? first : 0; id != 0; id = fq_v_next(v, id)) {
        if ((uintptr_t)fq_map_get(&counts, fq_v_name(v, id)) > 1 && !fq_validator_full(v)) {
            report_repeated(v, id, fq_v_name(v, id));
            fq_map_put(&counts, fq_v_name(v, id), (void *)1);
        }
    }
}

/* ---- VariablesInAllowedPosition (section 5.8.5) ---- */

/* Whether a value of type `sub` fits where `super` is asked for; input types only. */
static bool is_subtype(const fq_type_ref *sub, const fq_type_ref *super) {
    for (;;) {
        if (super->kind == FQ_REF_NON_NULL) {
            if (sub->kind != FQ_REF_NON_NULL) {
                return false;
            }
            super = super->of;
        }
        sub = fq_ref_nullable(sub);
        if (super->kind != sub->kind) {
            return false;
        }
        if (super->kind == FQ_REF_NAMED) {
            return super->type == sub->type;
        }
        super = super->of;
        sub = sub->of;
    }
}

static bool is_allowed(const fq_validator *v, const variable *known, const fq_usage *usage) {
    const fq_type_ref *place = usage->type;
    if (place->kind == FQ_REF_NON_NULL && known->type->kind != FQ_REF_NON_NULL) {
        fq_node_id value = fq_v_node(v, known->node)->value;
        bool has_value = value != 0 && fq_v_node(v, value)->kind != FQ_NODE_NULL;
        return (has_value || usage->has_default) && is_subtype(known->type, place->of);
    }
    return is_subtype(known->type, place);
}

static bool breaks_one_of(const variable *known, const fq_usage *usage) {
    return usage->parent != NULL && usage->parent->kind == FQ_REF_NAMED &&
           usage->parent->type->kind == FQ_INPUT_OBJECT_TYPE && usage->parent->type->one_of &&
           known->type->kind != FQ_REF_NON_NULL;
}

static void locate_both(fq_validator *v, fq_finding *finding, const variable *known, const fq_usage *usage) {
    fq_finding_locate(v, finding, fq_v_node(v, known->node)->start);
    fq_finding_locate(v, finding, fq_v_node(v, usage->node)->start);
}

static void check_position(fq_validator *v, const variable *known, const fq_usage *usage) {
    fq_slice name = fq_v_name(v, usage->node);
    if (known == NULL || known->type == NULL || usage->type == NULL || fq_validator_full(v)) {
        return;
    }
    if (!is_allowed(v, known, usage)) {
        fq_finding *finding = fq_report_begin(
            v, "Variable \"$%.*s\" of type \"%.*s\" used in position expecting type \"%.*s\".", FQ_PRI(name),
            FQ_PRI(fq_type_ref_text(v->arena, known->type)), FQ_PRI(fq_type_ref_text(v->arena, usage->type)));
        locate_both(v, finding, known, usage);
    }
    if (breaks_one_of(known, usage)) {
        fq_finding *finding = fq_report_begin(v,
                                              "Variable \"$%.*s\" is of type \"%.*s\" but must be non-nullable to be "
                                              "used for OneOf Input Object \"%.*s\".",
                                              FQ_PRI(name), FQ_PRI(fq_type_ref_text(v->arena, known->type)),
                                              FQ_PRI(usage->parent->type->name));
        locate_both(v, finding, known, usage);
    }
}

/* ---- the rules that are decided where an operation ends ---- */

typedef struct operation_walk {
    fq_validator *v;
    const fq_definition *operation;
    fq_fragment_list fragments;
    variables variables;
} operation_walk;

typedef void (*usage_visitor)(operation_walk *walk, const fq_usage *usage);

static void visit_range(operation_walk *walk, const fq_definition *definition, usage_visitor visit) {
    for (uint32_t i = definition->usages; i < definition->end_usages; i++) {
        visit(walk, &walk->v->usages.items[i]);
    }
}

/* Uses in the operation, then in the fragments in the order in which they are reached. */
static void visit_usages(operation_walk *walk, usage_visitor visit) {
    visit_range(walk, walk->operation, visit);
    for (uint32_t i = 0; i < walk->fragments.len; i++) {
        const fq_definition *fragment = walk->fragments.items[i];
        if (!fq_validator_spend(walk->v, 1 + fragment->end_usages - fragment->usages)) {
            return;
        }
        visit_range(walk, fragment, visit);
    }
}

/* " by operation \"name\"" or nothing. */
static fq_slice of_operation(const operation_walk *walk, const char *preposition) {
    fq_slice name = fq_v_name(walk->v, walk->operation->node);
    return name.len == 0 ? FQ_S("")
                         : fq_arena_printf(walk->v->arena, " %s operation \"%.*s\"", preposition, FQ_PRI(name));
}

static void check_defined(operation_walk *walk, const fq_usage *usage) {
    fq_validator *v = walk->v;
    fq_slice name = fq_v_name(v, usage->node);
    variable *found = find_variable(v, &walk->variables, name);
    if (found != NULL) {
        found->used = true;
        return;
    }
    if (fq_validator_full(v)) {
        return;
    }
    fq_finding *finding =
        fq_report_begin(v, "Variable \"$%.*s\" is not defined%.*s.", FQ_PRI(name), FQ_PRI(of_operation(walk, "by")));
    fq_finding_locate(v, finding, fq_v_node(v, usage->node)->start);
    fq_finding_locate(v, finding, fq_v_node(v, walk->operation->node)->start);
}

static void check_used(operation_walk *walk) {
    fq_validator *v = walk->v;
    for (uint32_t i = 0; i < walk->variables.n; i++) {
        fq_node_id node = walk->variables.list[i].node;
        if (!find_variable(v, &walk->variables, fq_v_name(v, node))->used && !fq_validator_full(v)) {
            fq_report(v, fq_v_node(v, node)->start, "Variable \"$%.*s\" is never used%.*s.", FQ_PRI(fq_v_name(v, node)),
                      FQ_PRI(of_operation(walk, "in")));
        }
    }
}

static void check_allowed(operation_walk *walk, const fq_usage *usage) {
    check_position(walk->v, find_variable(walk->v, &walk->variables, fq_v_name(walk->v, usage->node)), usage);
}

void fq_rules_variables_of_operation(fq_validator *v, fq_definition *operation) {
    operation_walk walk = {.v = v, .operation = operation};
    if (operation->n_spreads > 0) {
        fq_fragments_reached(v, operation, &walk.fragments);
    }
    if (v->usages.len == 0 && fq_v_node(v, operation->node)->args == 0) {
        return;
    }
    v->time = operation->end_time;
    index_variables(v, &walk.variables, fq_v_node(v, operation->node)->args);
    visit_usages(&walk, check_defined);
    check_used(&walk);
    visit_usages(&walk, check_allowed);
}
