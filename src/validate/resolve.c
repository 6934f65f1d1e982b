/* SPDX-License-Identifier: MIT */
/* Field collection and merging (section 6.3.2) with arguments coerced (section 6.4.1), for a document that is valid.
 * Invariant: every selection visited counts against the limit of expanded fields, and fields and spreads are entered at
 * most as deep as the limit on depth, so that fragments can expand neither without bound nor without end. */
#include "validate/input.h"

#include "base/vec.h"

/* From here on a map finds the response keys of a set. */
#define MANY_KEYS 16

typedef struct fragment {
    fq_node_id node;
    const fq_type *condition;
    uint32_t visited; /* the number of the last collection that entered it */
} fragment;

typedef struct resolver {
    fq_arena *arena;
    const fq_schema *schema;
    const fq_document *document;
    const fq_limits *limits;
    fq_errors *errors;
    fq_literal_scope scope;
    fq_map fragments; /* name -> fragment */
    fq_map variables; /* name -> fq_value */
    uint32_t collections;
    uint32_t expanded;
    bool failed;
    bool lacks_value; /* what failed is an argument that is null or missing at run time */
} resolver;

/* The fields that share a response key, in document order. */
typedef struct use {
    fq_node_id field;
    struct use *next;
} use;

typedef struct group {
    fq_slice key;
    use first;
    use *last; /* NULL: the first is the only one */
} group;

typedef struct collection {
    const fq_type *type;
    uint32_t number;
    FQ_VEC(group *) groups;
    fq_map by_key;
} collection;

/* ---- limits ---- */

static bool count_selection(resolver *r, uint32_t offset) {
    if (r->expanded == r->limits->expanded_fields && !r->failed) {
        fq_errors_add_at(r->errors, FQ_ERR_LIMIT_EXCEEDED, offset,
                         "Operation has more than %u fields with its fragments expanded, which exceeds the limit of %u "
                         "(expanded fields).",
                         r->limits->expanded_fields, r->limits->expanded_fields);
        r->failed = true;
    }
    r->expanded++;
    return !r->failed;
}

static bool check_depth(resolver *r, uint32_t depth, uint32_t offset) {
    if (depth > r->limits->depth && !r->failed) {
        fq_errors_add_at(
            r->errors, FQ_ERR_LIMIT_EXCEEDED, offset,
            "Operation has more than %u levels with its fragments expanded, which exceeds the limit of %u (depth).",
            r->limits->depth, r->limits->depth);
        r->failed = true;
    }
    return !r->failed;
}

/* ---- arguments ---- */

static fq_node_id find_argument(const fq_document *document, fq_node_id first, fq_slice name) {
    for (fq_node_id id = first; id != 0; id = fq_node_next(document, id)) {
        if (fq_slice_equal(fq_node_name(document, id), name)) {
            return id;
        }
    }
    return 0;
}

static void fail_missing(resolver *r, const fq_input_value *arg, fq_node_id owner, fq_node_id value) {
    fq_slice type = fq_type_ref_text(r->arena, arg->type);
    r->failed = true;
    r->lacks_value = true;
    if (value == 0) {
        fq_errors_add_at(r->errors, FQ_ERR_BAD_USER_INPUT, fq_node_at(r->document, owner)->start,
                         "Argument \"%.*s\" of required type \"%.*s\" was not provided.", FQ_PRI(arg->name),
                         FQ_PRI(type));
        return;
    }
    fq_errors_add_at(r->errors, FQ_ERR_BAD_USER_INPUT, fq_node_at(r->document, value)->start,
                     "Argument \"%.*s\" of required type \"%.*s\" was provided the variable \"$%.*s\" which was not "
                     "provided a runtime value.",
                     FQ_PRI(arg->name), FQ_PRI(type), FQ_PRI(fq_node_name(r->document, value)));
}

static bool is_null(resolver *r, fq_node_id value) {
    if (fq_node_at(r->document, value)->kind == FQ_NODE_VARIABLE) {
        const fq_value *found = fq_map_get(&r->variables, fq_node_name(r->document, value));
        return found != NULL && found->kind == FQ_VALUE_NULL;
    }
    return fq_node_at(r->document, value)->kind == FQ_NODE_NULL;
}

static void fail_invalid(resolver *r, const fq_input_value *arg, fq_node_id value) {
    r->failed = true;
    if (r->scope.reported) {
        r->scope.reported = false;
        return;
    }
    uint32_t offset = fq_node_at(r->document, value)->start;
    if (is_null(r, value)) {
        r->lacks_value = true;
        fq_errors_add_at(r->errors, FQ_ERR_BAD_USER_INPUT, offset,
                         "Argument \"%.*s\" of non-null type \"%.*s\" must not be null.", FQ_PRI(arg->name),
                         FQ_PRI(fq_type_ref_text(r->arena, arg->type)));
        return;
    }
    fq_errors_add_at(r->errors, FQ_ERR_BAD_USER_INPUT, offset, "Argument \"%.*s\" has invalid value %.*s.",
                     FQ_PRI(arg->name), FQ_PRI(fq_node_printed(r->arena, r->document, value)));
}

static fq_value coerce_argument(resolver *r, const fq_input_value *arg, fq_node_id owner, fq_node_id node) {
    fq_value value = {.kind = FQ_VALUE_ABSENT};
    fq_node_id given = node != 0 ? fq_node_at(r->document, node)->value : 0;
    fq_literal_result result = given != 0 ? fq_literal_read(&r->scope, given, arg->type, &value) : FQ_LITERAL_ABSENT;
    if (result == FQ_LITERAL_INVALID) {
        fail_invalid(r, arg, given);
    } else if (result == FQ_LITERAL_ABSENT && arg->has_default) {
        value = arg->default_value;
    } else if (result == FQ_LITERAL_ABSENT && arg->type->kind == FQ_REF_NON_NULL) {
        fail_missing(r, arg, owner, given);
    }
    return value;
}

static const fq_value *coerce_arguments(resolver *r, const fq_field *field, fq_node_id node) {
    if (field->n_args == 0) {
        return NULL;
    }
    fq_value *args = FQ_NEW_ARRAY(r->arena, fq_value, field->n_args);
    fq_node_id first = fq_node_at(r->document, node)->args;
    for (uint32_t i = 0; i < field->n_args && !r->failed; i++) {
        args[i] = coerce_argument(r, &field->args[i], node, find_argument(r->document, first, field->args[i].name));
    }
    return args;
}

/* ---- @skip and @include (sections 3.13.1 and 3.13.2) ---- */

static bool condition_of(resolver *r, fq_slice directive, fq_node_id node) {
    const fq_directive *definition = fq_schema_directive(r->schema, directive);
    fq_node_id arg = find_argument(r->document, fq_node_at(r->document, node)->args, FQ_S("if"));
    if (definition == NULL || definition->n_args == 0) {
        return false;
    }
    return coerce_argument(r, &definition->args[0], node, arg).truth;
}

static bool is_included(resolver *r, fq_node_id selection) {
    fq_node_id id = fq_node_at(r->document, selection)->directives;
    for (; id != 0; id = fq_node_next(r->document, id)) {
        fq_slice name = fq_node_name(r->document, id);
        if (fq_slice_equal(name, FQ_S("skip")) && condition_of(r, name, id)) {
            return false;
        }
        if (fq_slice_equal(name, FQ_S("include")) && !condition_of(r, name, id)) {
            return false;
        }
    }
    return true;
}

/* ---- collecting ---- */

static group *find_group(collection *c, fq_slice key) {
    if (c->by_key.len > 0) {
        return fq_map_get(&c->by_key, key);
    }
    for (uint32_t i = 0; i < c->groups.len; i++) {
        if (fq_slice_equal(c->groups.items[i]->key, key)) {
            return c->groups.items[i];
        }
    }
    return NULL;
}

static void add_group(resolver *r, collection *c, fq_slice key, fq_node_id field) {
    group *g = FQ_NEW(r->arena, group);
    *g = (group){.key = key, .first = {.field = field}};
    fq_vec_push(r->arena, &c->groups, g);
    if (c->groups.len < MANY_KEYS) {
        return;
    }
    for (uint32_t i = c->by_key.len; i < c->groups.len; i++) {
        fq_map_put(&c->by_key, c->groups.items[i]->key, c->groups.items[i]);
    }
}

static void collect_field(resolver *r, collection *c, fq_node_id field) {
    fq_slice key = fq_node_response_key(r->document, field);
    group *g = find_group(c, key);
    if (g == NULL) {
        add_group(r, c, key, field);
        return;
    }
    use *last = g->last != NULL ? g->last : &g->first;
    last->next = FQ_NEW(r->arena, use);
    last->next->field = field;
    g->last = last->next;
}

static bool is_possible(const fq_type *abstract, const fq_type *type) {
    for (uint32_t i = 0; i < abstract->n_possible; i++) {
        if (abstract->possible[i] == type) {
            return true;
        }
    }
    return false;
}

static bool applies(const fq_type *condition, const fq_type *type) {
    return condition == type || (condition != NULL && is_possible(condition, type));
}

static void collect(resolver *r, collection *c, fq_node_id first, uint32_t depth);

static void collect_inline(resolver *r, collection *c, fq_node_id id, uint32_t depth) {
    const fq_node *node = fq_node_at(r->document, id);
    const fq_type *condition =
        node->type != 0 ? fq_schema_type(r->schema, fq_node_name(r->document, node->type)) : c->type;
    if (applies(condition, c->type)) {
        collect(r, c, node->children, depth);
    }
}

static void collect_spread(resolver *r, collection *c, fq_node_id id, uint32_t depth) {
    fragment *f = fq_map_get(&r->fragments, fq_node_name(r->document, id));
    if (f == NULL || f->visited == c->number || !check_depth(r, depth + 1, fq_node_at(r->document, id)->start)) {
        return;
    }
    f->visited = c->number;
    if (applies(f->condition, c->type)) {
        collect(r, c, fq_node_at(r->document, f->node)->children, depth + 1);
    }
}

/* `depth` counts the spreads that were entered. */
static void collect(resolver *r, collection *c, fq_node_id first, uint32_t depth) {
    for (fq_node_id id = first; id != 0; id = fq_node_next(r->document, id)) {
        if (!count_selection(r, fq_node_at(r->document, id)->start) || !is_included(r, id)) {
            continue;
        }
        switch (fq_node_at(r->document, id)->kind) {
        case FQ_NODE_FIELD:
            collect_field(r, c, id);
            break;
        case FQ_NODE_INLINE_FRAGMENT:
            collect_inline(r, c, id, depth);
            break;
        default:
            collect_spread(r, c, id, depth);
        }
    }
}

/* ---- selections ---- */

static const fq_field *find_field(const resolver *r, const fq_type *parent, fq_slice name) {
    if (fq_slice_starts_with(name, FQ_S("__"))) {
        if (fq_slice_equal(name, FQ_S("__typename"))) {
            return r->schema->typename_field;
        }
        if (parent == r->schema->query && fq_slice_equal(name, FQ_S("__schema"))) {
            return r->schema->schema_field;
        }
        if (parent == r->schema->query && fq_slice_equal(name, FQ_S("__type"))) {
            return r->schema->type_field;
        }
    }
    return fq_type_field(parent, name);
}

static const fq_selection_set *resolve_children(resolver *r, const fq_type *type, const use *uses, uint32_t depth);

/* The rule of section 6.4.1 for a root field: the error is the field's, the others are answered. Further down it stays
 * the request's. True where the field needs no more. */
static bool refuse_root(resolver *r, uint32_t n_errors, uint32_t depth, fq_selection *selection) {
    if (depth > 1 || !r->failed || !r->lacks_value || r->errors->list.len != n_errors + 1) {
        return false;
    }
    const fq_error *error = &r->errors->list.items[n_errors];
    fq_refusal *refusal = FQ_NEW(r->arena, fq_refusal);
    *refusal = (fq_refusal){.message = fq_arena_copy(r->arena, error->message), .offset = error->offsets[0]};
    selection->refusal = refusal;
    selection->args = NULL;
    r->errors->list.len = n_errors;
    r->failed = false;
    r->lacks_value = false;
    return true;
}

static void resolve_group(resolver *r, collection *c, const group *g, fq_selection_set *set, uint32_t depth) {
    fq_node_id node = g->first.field;
    const fq_field *field = find_field(r, c->type, fq_node_name(r->document, node));
    if (field == NULL) {
        return;
    }
    fq_selection *selection = &set->items[set->count++];
    *selection = (fq_selection){.key = g->key, .parent = c->type, .field = field};
    selection->offset = fq_node_at(r->document, node)->start;
    uint32_t n_errors = r->errors->list.len;
    selection->args = coerce_arguments(r, field, node);
    if (refuse_root(r, n_errors, depth, selection)) {
        return;
    }
    const fq_type *type = fq_ref_core(field->type);
    if (fq_type_is_composite(type) && check_depth(r, depth + 1, selection->offset)) {
        selection->children = resolve_children(r, type, &g->first, depth + 1);
    }
}

static fq_selection_set *finish_set(resolver *r, collection *c, uint32_t depth) {
    fq_selection_set *set = FQ_NEW(r->arena, fq_selection_set);
    set->type = c->type;
    set->items = FQ_NEW_ARRAY(r->arena, fq_selection, c->groups.len);
    for (uint32_t i = 0; i < c->groups.len && !r->failed; i++) {
        resolve_group(r, c, c->groups.items[i], set, depth);
    }
    return set;
}

static collection start_collection(resolver *r, const fq_type *type) {
    collection c = {.type = type, .number = ++r->collections};
    fq_map_init(&c.by_key, r->arena);
    return c;
}

static fq_selection_set *resolve_for_type(resolver *r, const fq_type *type, const use *uses, uint32_t depth) {
    collection c = start_collection(r, type);
    for (; uses != NULL; uses = uses->next) {
        collect(r, &c, fq_node_at(r->document, uses->field)->children, 0);
    }
    return finish_set(r, &c, depth);
}

/* One set for an object type, one for each possible type of an abstract one. */
static const fq_selection_set *resolve_children(resolver *r, const fq_type *type, const use *uses, uint32_t depth) {
    if (type->kind == FQ_OBJECT_TYPE || type->n_possible == 0) {
        return resolve_for_type(r, type, uses, depth);
    }
    fq_selection_set *first = NULL;
    for (uint32_t i = type->n_possible; i-- > 0 && !r->failed;) {
        fq_selection_set *set = resolve_for_type(r, type->possible[i], uses, depth);
        set->next = first;
        first = set;
    }
    return first;
}

/* ---- the operation ---- */

static void index_fragments(resolver *r) {
    fq_map_init(&r->fragments, r->arena);
    for (fq_node_id id = r->document->definitions; id != 0; id = fq_node_next(r->document, id)) {
        const fq_node *node = fq_node_at(r->document, id);
        if (node->kind == FQ_NODE_FRAGMENT_DEFINITION) {
            fragment *f = FQ_NEW(r->arena, fragment);
            *f = (fragment){.node = id, .condition = fq_schema_type(r->schema, fq_node_name(r->document, node->type))};
            fq_map_put(&r->fragments, fq_node_name(r->document, id), f);
        }
    }
}

static void index_variables(resolver *r, const fq_variables *variables) {
    fq_map_init(&r->variables, r->arena);
    for (uint32_t i = 0; variables != NULL && i < variables->count; i++) {
        fq_map_put(&r->variables, variables->names[i], (fq_value *)&variables->values[i]);
    }
}

static const fq_type *root_type(const fq_schema *schema, fq_operation_kind kind) {
    switch (kind) {
    case FQ_MUTATION:
        return schema->mutation;
    case FQ_SUBSCRIPTION:
        return schema->subscription;
    default:
        return schema->query;
    }
}

static void check_root_fields(resolver *r, const fq_selection_set *root, fq_node_id operation) {
    if (root->count > r->limits->root_fields && !r->failed) {
        fq_limit_exceeded(r->errors, fq_node_at(r->document, operation)->start, "Operation", root->count, "root fields",
                          r->limits->root_fields);
        r->failed = true;
    }
}

static fq_operation *start_operation(const resolver *r, fq_node_id node) {
    fq_operation *operation = FQ_NEW(r->arena, fq_operation);
    operation->kind = fq_node_operation_kind(r->document, node);
    operation->name = fq_node_name(r->document, node);
    operation->schema = r->schema;
    operation->document = r->document;
    operation->node = node;
    return operation;
}

const fq_operation *fq_operation_resolve(fq_arena *arena, const fq_schema *schema, const fq_document *document,
                                         fq_node_id operation, const fq_literals *literals,
                                         const fq_variables *variables, const fq_limits *limits, unsigned extensions,
                                         fq_errors *errors) {
    resolver r = {.arena = arena, .schema = schema, .document = document, .limits = limits, .errors = errors};
    index_fragments(&r);
    index_variables(&r, variables);
    r.scope = (fq_literal_scope){.arena = arena,
                                 .document = document,
                                 .literals = literals,
                                 .variables = variables,
                                 .variable_map = &r.variables,
                                 .extensions = extensions,
                                 .errors = errors};
    fq_operation *resolved = start_operation(&r, operation);
    const fq_type *root = root_type(schema, resolved->kind);
    if (root == NULL) {
        fq_errors_add_at(errors, FQ_ERR_BAD_USER_INPUT, fq_node_at(document, operation)->start,
                         "Schema is not configured to execute this operation.");
        return NULL;
    }
    collection c = start_collection(&r, root);
    collect(&r, &c, fq_node_at(document, operation)->children, 0);
    resolved->root = finish_set(&r, &c, 1);
    check_root_fields(&r, resolved->root, operation);
    return r.failed ? NULL : resolved;
}
