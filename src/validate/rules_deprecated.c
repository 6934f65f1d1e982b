/* SPDX-License-Identifier: MIT */
/* Optional rule: nothing deprecated is used. Walks the document with the types of its positions; what is unknown is
 * left to validation. */
#include "validate/input.h"
#include "validate/rules_optional.h"

typedef struct walk {
    fq_arena *arena;
    const fq_schema *schema;
    const fq_document *document;
    fq_errors *errors;
    bool clean;
} walk;

/* What arguments belong to. */
typedef struct owner {
    const fq_input_value *args;
    uint32_t n_args;
    fq_slice type; /* of a field; empty: a directive */
    fq_slice name;
} owner;

static void report(walk *w, fq_node_id node, fq_slice what, fq_slice reason) {
    fq_errors_add_at(w->errors, FQ_ERR_VALIDATION_FAILED, fq_node_at(w->document, node)->start,
                     "%.*s is deprecated. %.*s", FQ_PRI(what), FQ_PRI(reason));
    w->clean = false;
}

/* ---- values ---- */

static void walk_value(walk *w, fq_node_id id, const fq_type_ref *type);

static void check_enum_value(walk *w, fq_node_id id, const fq_type *type) {
    fq_slice name = fq_node_name(w->document, id);
    const fq_enum_value *value = type->kind == FQ_ENUM_TYPE ? fq_type_enum_value(type, name) : NULL;
    if (value != NULL && value->deprecated) {
        report(w, id, fq_arena_printf(w->arena, "The enum value \"%.*s.%.*s\"", FQ_PRI(type->name), FQ_PRI(name)),
               value->deprecation_reason);
    }
}

static void walk_object(walk *w, fq_node_id id, const fq_type *type) {
    for (fq_node_id at = fq_node_at(w->document, id)->children; at != 0; at = fq_node_next(w->document, at)) {
        fq_slice name = fq_node_name(w->document, at);
        const fq_input_value *field = fq_type_input_field(type, name);
        if (field != NULL && field->deprecated) {
            report(w, at, fq_arena_printf(w->arena, "The input field %.*s.%.*s", FQ_PRI(type->name), FQ_PRI(name)),
                   field->deprecation_reason);
        }
        walk_value(w, fq_node_at(w->document, at)->value, field != NULL ? field->type : NULL);
    }
}

static void walk_value(walk *w, fq_node_id id, const fq_type_ref *type) {
    const fq_node *node = fq_node_at(w->document, id);
    if (type == NULL) {
        return;
    }
    if (node->kind == FQ_NODE_ENUM) {
        check_enum_value(w, id, fq_ref_core(type));
    } else if (node->kind == FQ_NODE_OBJECT) {
        walk_object(w, id, fq_ref_core(type));
    } else if (node->kind == FQ_NODE_LIST) {
        for (fq_node_id at = node->children; at != 0; at = fq_node_next(w->document, at)) {
            walk_value(w, at, type); /* only the core of the type counts */
        }
    }
}

/* ---- arguments and directives ---- */

static const fq_input_value *find_arg(const owner *o, fq_slice name) {
    for (uint32_t i = 0; i < o->n_args; i++) {
        if (fq_slice_equal(o->args[i].name, name)) {
            return &o->args[i];
        }
    }
    return NULL;
}

static void walk_arguments(walk *w, fq_node_id first, const owner *o) {
    for (fq_node_id id = first; id != 0; id = fq_node_next(w->document, id)) {
        const fq_input_value *arg = find_arg(o, fq_node_name(w->document, id));
        if (arg != NULL && arg->deprecated) {
            fq_slice what = o->type.len == 0
                                ? fq_arena_printf(w->arena, "Directive \"@%.*s\"", FQ_PRI(o->name))
                                : fq_arena_printf(w->arena, "Field \"%.*s.%.*s\"", FQ_PRI(o->type), FQ_PRI(o->name));
            report(w, id, fq_arena_printf(w->arena, "%.*s argument \"%.*s\"", FQ_PRI(what), FQ_PRI(arg->name)),
                   arg->deprecation_reason);
        }
        walk_value(w, fq_node_at(w->document, id)->value, arg != NULL ? arg->type : NULL);
    }
}

static void walk_directives(walk *w, fq_node_id first) {
    for (fq_node_id id = first; id != 0; id = fq_node_next(w->document, id)) {
        const fq_directive *directive = fq_schema_directive(w->schema, fq_node_name(w->document, id));
        if (directive != NULL) {
            owner o = {.args = directive->args, .n_args = directive->n_args, .name = directive->name};
            walk_arguments(w, fq_node_at(w->document, id)->args, &o);
        }
    }
}

/* ---- selections ---- */

static void walk_field(walk *w, fq_node_id id, const fq_type *parent, const fq_field *field) {
    const fq_node *node = fq_node_at(w->document, id);
    owner o = {0};
    if (field != NULL) {
        o = (owner){.args = field->args, .n_args = field->n_args, .type = parent->name, .name = field->name};
        if (field->deprecated) {
            report(w, id, fq_arena_printf(w->arena, "The field %.*s.%.*s", FQ_PRI(parent->name), FQ_PRI(field->name)),
                   field->deprecation_reason);
        }
    }
    walk_arguments(w, node->args, &o);
}

/* Recursion is as deep as the parser allows. */
static void walk_selections(walk *w, fq_node_id first, const fq_type *parent) {
    for (fq_node_id id = first; id != 0; id = fq_node_next(w->document, id)) {
        const fq_node *node = fq_node_at(w->document, id);
        const fq_type *type = parent;
        if (node->kind == FQ_NODE_FIELD) {
            const fq_field *field = parent != NULL ? fq_type_field(parent, fq_node_name(w->document, id)) : NULL;
            walk_field(w, id, parent, field);
            type = field != NULL ? fq_ref_core(field->type) : NULL;
        } else if (node->type != 0) {
            type = fq_schema_type(w->schema, fq_node_name(w->document, node->type));
        }
        walk_directives(w, node->directives);
        walk_selections(w, node->children, type);
    }
}

static void walk_variables(walk *w, fq_node_id first) {
    for (fq_node_id id = first; id != 0; id = fq_node_next(w->document, id)) {
        const fq_node *node = fq_node_at(w->document, id);
        if (node->value != 0) {
            walk_value(w, node->value,
                       fq_type_ref_of_node(w->arena, w->schema, w->document, node->type, FQ_EXTENSIONS_ALL));
        }
        walk_directives(w, node->directives);
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

bool fq_rule_no_deprecated(fq_arena *arena, const fq_schema *schema, const fq_document *document, fq_errors *errors) {
    walk w = {.arena = arena, .schema = schema, .document = document, .errors = errors, .clean = true};
    for (fq_node_id id = document->definitions; id != 0; id = fq_node_next(document, id)) {
        const fq_node *node = fq_node_at(document, id);
        if (node->kind == FQ_NODE_OPERATION) {
            walk_variables(&w, node->args);
            walk_directives(&w, node->directives);
            walk_selections(&w, node->children, root_type(schema, fq_node_operation_kind(document, id)));
        } else if (node->kind == FQ_NODE_FRAGMENT_DEFINITION) {
            walk_directives(&w, node->directives);
            walk_selections(&w, node->children, fq_schema_type(schema, fq_node_name(document, node->type)));
        }
    }
    return w.clean;
}
