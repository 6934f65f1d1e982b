/* SPDX-License-Identifier: MIT */
/* Validation (section 5): one traversal of the document, in graphql-js's order, with the types that it needs handed
 * down; each node calls the rules that look at it. Rules that follow fragments come afterwards. Knows nothing of
 * requests or plans: the verdict depends on the document, the schema and the limits alone. */
#include "validate/rules.h"

/* ---- directives and arguments ---- */

static void visit_arguments(fq_validator *v, const fq_argument_owner *owner, const fq_input_value *args,
                            uint32_t n_args, bool known) {
    for (fq_node_id id = fq_v_node(v, owner->node)->args; id != 0; id = fq_v_next(v, id)) {
        const fq_input_value *arg = fq_argument_find(args, n_args, fq_v_name(v, id));
        if (arg == NULL && known) {
            fq_rule_known_argument(v, owner, id);
        }
        fq_position_type position = {.checked = true};
        if (arg != NULL) {
            position.type = arg->type;
            position.has_default = arg->has_default;
        }
        fq_rules_value(v, fq_v_node(v, id)->value, position);
    }
}

static void check_unknown_directive_arguments(fq_validator *v, const fq_argument_owner *owner) {
    for (fq_node_id id = fq_v_node(v, owner->node)->args; id != 0; id = fq_v_next(v, id)) {
        if (fq_argument_find(owner->args, owner->n_args, fq_v_name(v, id)) == NULL) {
            fq_rule_known_argument(v, owner, id);
        }
    }
}

/* Values are looked at with the arguments of the schema's directive; of an unknown one, or one that the document
 * defines, as those of the field around it: so does graphql-js. */
static void visit_directive_values(fq_validator *v, const fq_argument_owner *owner, const fq_field *field) {
    const fq_directive *directive = fq_schema_directive(v->schema, owner->name);
    if (directive != NULL) {
        visit_arguments(v, owner, directive->args, directive->n_args, false);
    } else {
        visit_arguments(v, owner, field != NULL ? field->args : NULL, field != NULL ? field->n_args : 0, false);
    }
}

static void visit_directive(fq_validator *v, fq_node_id id, fq_directive_location location, const fq_field *field) {
    const fq_directive *directive = fq_v_directive(v, fq_v_name(v, id));
    fq_argument_owner owner = {.node = id, .directive = directive, .name = fq_v_name(v, id)};
    fq_rule_known_directive(v, id, directive, location);
    if (directive != NULL) {
        owner.args = directive->args;
        owner.n_args = directive->n_args;
        check_unknown_directive_arguments(v, &owner);
    }
    fq_rule_unique_arguments(v, fq_v_node(v, id)->args);
    visit_directive_values(v, &owner, field);
    if (directive != NULL) {
        fq_rule_required_arguments(v, &owner);
    }
}

void fq_visit_directives(fq_validator *v, fq_node_id first, fq_directive_location location, const fq_field *field) {
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        visit_directive(v, id, location, field);
    }
}

/* ---- selections ---- */

/* Where selections stand. */
typedef struct scope {
    const fq_type *type;   /* the parent type; NULL: unknown */
    const fq_field *field; /* the field around, or NULL */
} scope;

static void visit_selections(fq_validator *v, fq_node_id owner, scope s);

static const fq_field *find_field(const fq_validator *v, const fq_type *parent, fq_slice name) {
    if (parent == NULL) {
        return NULL;
    }
    if (name.len > 2 && name.ptr[0] == '_' && name.ptr[1] == '_') {
        if (fq_slice_equal(name, FQ_S("__typename"))) {
            return v->schema->typename_field;
        }
        if (parent == v->schema->query && fq_slice_equal(name, FQ_S("__schema"))) {
            return v->schema->schema_field;
        }
        if (parent == v->schema->query && fq_slice_equal(name, FQ_S("__type"))) {
            return v->schema->type_field;
        }
    }
    return fq_type_field(parent, name);
}

static void visit_field_arguments(fq_validator *v, fq_node_id id, scope s, const fq_field *field) {
    fq_argument_owner owner = {.node = id, .parent = s.type};
    if (field != NULL) {
        owner.name = field->name;
        owner.args = field->args;
        owner.n_args = field->n_args;
    }
    visit_arguments(v, &owner, owner.args, owner.n_args, field != NULL);
}

static void check_required(fq_validator *v, fq_node_id id, const fq_field *field) {
    if (field != NULL && field->n_args > 0) {
        fq_argument_owner owner = {.node = id, .args = field->args, .n_args = field->n_args, .name = field->name};
        fq_rule_required_arguments(v, &owner);
    }
}

static void visit_field(fq_validator *v, fq_node_id id, scope s) {
    const fq_node *node = fq_v_node(v, id);
    const fq_field *field = find_field(v, s.type, fq_v_name(v, id));
    v->infos[id].parent = s.type;
    v->infos[id].field = field;
    if (field != NULL) {
        fq_rule_scalar_leafs(v, id, field->type);
    } else if (s.type != NULL) {
        fq_rule_field_exists(v, id, s.type);
    }
    if (node->directives != 0) {
        fq_rule_unique_directives(v, node->directives);
    }
    if (node->args != 0) {
        fq_rule_unique_arguments(v, node->args);
        visit_field_arguments(v, id, s, field);
    }
    fq_visit_directives(v, node->directives, FQ_LOCATION_FIELD, field);
    if (node->children != 0) {
        const fq_type *type = field != NULL ? fq_ref_core(field->type) : NULL;
        bool composite = type != NULL && fq_type_is_composite(type);
        visit_selections(v, id, (scope){.type = composite ? type : NULL, .field = field});
    }
    check_required(v, id, field);
}

static void visit_spread(fq_validator *v, fq_node_id id, scope s) {
    const fq_node *node = fq_v_node(v, id);
    const fq_definition *fragment = v->infos[id].fragment;
    if (fragment == NULL) {
        fq_report(v, node->name_start, "Unknown fragment \"%.*s\".", FQ_PRI(fq_v_name(v, id)));
    } else {
        fq_rule_possible_spread(v, id, fragment->condition, s.type);
    }
    fq_rule_unique_directives(v, node->directives);
    fq_visit_directives(v, node->directives, FQ_LOCATION_FRAGMENT_SPREAD, s.field);
}

/* A type that a condition names; NULL, and reported, where there is none. */
static void check_condition(fq_validator *v, fq_node_id condition, const fq_type *type) {
    if (type == NULL) {
        fq_rule_known_type_name(v, condition);
    }
}

static void visit_inline_fragment(fq_validator *v, fq_node_id id, scope s) {
    const fq_node *node = fq_v_node(v, id);
    const fq_type *type = s.type;
    if (node->type != 0) {
        type = fq_v_type(v, fq_v_name(v, node->type));
        fq_rule_fragment_composite(v, id, type);
        fq_rule_possible_spread(v, id, type, s.type);
    }
    fq_rule_unique_directives(v, node->directives);
    if (node->type != 0) {
        check_condition(v, node->type, type);
    }
    fq_visit_directives(v, node->directives, FQ_LOCATION_INLINE_FRAGMENT, s.field);
    bool composite = type != NULL && fq_type_is_composite(type);
    visit_selections(v, id, (scope){.type = composite ? type : NULL, .field = s.field});
}

/* Recursion is as deep as the parser allows. */
static void visit_selections(fq_validator *v, fq_node_id owner, scope s) {
    v->infos[owner].set_time = ++v->time;
    v->time++;
    for (fq_node_id id = fq_v_node(v, owner)->children; id != 0; id = fq_v_next(v, id)) {
        switch (fq_v_node(v, id)->kind) {
        case FQ_NODE_FIELD:
            visit_field(v, id, s);
            break;
        case FQ_NODE_FRAGMENT_SPREAD:
            visit_spread(v, id, s);
            break;
        default:
            visit_inline_fragment(v, id, s);
        }
    }
}

/* ---- definitions ---- */

static fq_node_id core_type_node(const fq_validator *v, fq_node_id id) {
    while (fq_v_node(v, id)->kind != FQ_NODE_NAMED_TYPE) {
        id = fq_v_node(v, id)->type;
    }
    return id;
}

static void visit_variable_definition(fq_validator *v, fq_node_id id) {
    const fq_node *node = fq_v_node(v, id);
    const fq_type_ref *type = fq_type_ref_of_node(v->arena, v->schema, v->document, node->type, v->extensions);
    fq_rule_variable_input_type(v, id, type);
    fq_rule_unique_directives(v, node->directives);
    if (type == NULL) {
        fq_rule_known_type_name(v, core_type_node(v, node->type));
    }
    if (node->value != 0) {
        bool input = type != NULL && fq_type_is_input(fq_ref_core(type));
        fq_rules_value(v, node->value, (fq_position_type){.type = input ? type : NULL, .checked = true});
    }
    fq_visit_directives(v, node->directives, FQ_LOCATION_VARIABLE_DEFINITION, NULL);
}

static const fq_type *root_type(const fq_validator *v, fq_operation_kind kind) {
    switch (kind) {
    case FQ_MUTATION:
        return v->schema->mutation;
    case FQ_SUBSCRIPTION:
        return v->schema->subscription;
    default:
        return v->schema->query;
    }
}

static fq_directive_location operation_location(fq_operation_kind kind) {
    switch (kind) {
    case FQ_MUTATION:
        return FQ_LOCATION_MUTATION;
    case FQ_SUBSCRIPTION:
        return FQ_LOCATION_SUBSCRIPTION;
    default:
        return FQ_LOCATION_QUERY;
    }
}

static void visit_operation(fq_validator *v, fq_definition *operation) {
    const fq_node *node = fq_v_node(v, operation->node);
    fq_operation_kind kind = fq_node_operation_kind(v->document, operation->node);
    const fq_type *root = root_type(v, kind);
    fq_rules_operation_enter(v, operation, root);
    fq_rule_unique_variables(v, operation->node);
    fq_rule_unique_directives(v, node->directives);
    for (fq_node_id id = node->args; id != 0; id = fq_v_next(v, id)) {
        visit_variable_definition(v, id);
    }
    operation->usages = v->usages.len;
    fq_visit_directives(v, node->directives, operation_location(kind), NULL);
    visit_selections(v, operation->node, (scope){.type = root});
    operation->end_usages = v->usages.len;
    operation->end_time = ++v->time;
    v->time++;
}

static void visit_fragment(fq_validator *v, fq_definition *fragment) {
    const fq_node *node = fq_v_node(v, fragment->node);
    const fq_type *type = fragment->condition;
    fq_rule_fragment_composite(v, fragment->node, type);
    fq_rule_unique_fragment_name(v, fragment);
    fq_rule_fragment_cycles(v, fragment);
    fq_rule_unique_directives(v, node->directives);
    check_condition(v, node->type, type);
    fragment->usages = v->usages.len;
    fq_visit_directives(v, node->directives, FQ_LOCATION_FRAGMENT_DEFINITION, NULL);
    bool composite = type != NULL && fq_type_is_composite(type);
    visit_selections(v, fragment->node, (scope){.type = composite ? type : NULL});
    fragment->end_usages = v->usages.len;
}

static void visit_definitions(fq_validator *v) {
    fq_definition *next = v->definitions; /* the executable ones, in the order of the document */
    for (fq_node_id id = v->document->definitions; id != 0; id = fq_v_next(v, id)) {
        switch (fq_v_node(v, id)->kind) {
        case FQ_NODE_OPERATION:
            visit_operation(v, next++);
            break;
        case FQ_NODE_FRAGMENT_DEFINITION:
            visit_fragment(v, next++);
            break;
        default:
            fq_visit_type_system(v, id);
        }
    }
}

/* ---- the document ---- */

static void check_executable(fq_validator *v) {
    for (fq_node_id id = v->document->definitions; id != 0; id = fq_v_next(v, id)) {
        fq_node_kind kind = fq_v_node(v, id)->kind;
        if (kind != FQ_NODE_OPERATION && kind != FQ_NODE_FRAGMENT_DEFINITION) {
            fq_rule_executable_definition(v, id);
        }
    }
}

static bool within_limits(const fq_document *document, const fq_limits *limits, fq_errors *errors) {
    if (document->n_aliases > limits->aliases) {
        fq_limit_exceeded(errors, 0, "Document", document->n_aliases, "aliases", limits->aliases);
        return false;
    }
    if (document->n_directives > limits->directives) {
        fq_limit_exceeded(errors, 0, "Document", document->n_directives, "directives", limits->directives);
        return false;
    }
    return true;
}

/* What can be decided only when all definitions have been seen. */
static void finish(fq_validator *v) {
    uint32_t end = v->time + 1;
    v->phase = FQ_PHASE_OPERATIONS;
    for (uint32_t i = 0; i < v->n_definitions; i++) {
        if (fq_v_node(v, v->definitions[i].node)->kind == FQ_NODE_OPERATION) {
            fq_rules_variables_of_operation(v, &v->definitions[i]);
        }
    }
    v->phase = FQ_PHASE_OVERLAP;
    fq_rule_overlapping_fields(v);
    v->phase = FQ_PHASE_OPERATIONS;
    v->time = end;
    fq_rule_unused_fragments(v);
}

bool fq_validate(fq_arena *arena, const fq_schema *schema, const fq_document *document, const fq_limits *limits,
                 unsigned extensions, fq_errors *errors) {
    if (!within_limits(document, limits, errors)) {
        return false;
    }
    fq_validator v = {.arena = arena,
                      .schema = schema,
                      .document = document,
                      .limits = limits,
                      .extensions = extensions,
                      .maximum = limits->errors};
    v.infos = FQ_NEW_ARRAY(arena, fq_selection_info, document->n_nodes);
    check_executable(&v);
    fq_fragments_index(&v);
    fq_directives_index(&v);
    visit_definitions(&v);
    finish(&v);
    uint32_t before = errors->list.len + errors->dropped;
    fq_findings_finish(&v, errors);
    return errors->list.len + errors->dropped == before;
}
