/* SPDX-License-Identifier: MIT */
/* Type validation (the "Type Validation" parts of section 3), in the order and with the messages of graphql-js's
 * validateSchema. Works on a schema just made from SDL, before it is frozen; positions come from the nodes of origin.
 * Each rule is linear in what it looks at, and all end once the list of errors is full. */
#include "schema/print.h"
#include "schema/sdl_build.h"

static bool is_reserved(fq_slice name) { return fq_slice_starts_with(name, FQ_S("__")); }

static void check_name(sdl_build *b, fq_slice name, fq_node_id node) {
    if (is_reserved(name)) {
        sdl_error_at(b,
                     SDL_ERROR(b,
                               "Name \"%.*s\" must not begin with \"__\", which is reserved by GraphQL introspection.",
                               FQ_PRI(name)),
                     node);
    }
}

#define REF(b, ref) FQ_PRI(fq_ref_text((b)->errors->arena, (ref)))

static bool is_output(const fq_type_ref *ref) { return fq_ref_core(ref)->kind != FQ_INPUT_OBJECT_TYPE; }

static bool is_required(const fq_input_value *value) {
    return value->type->kind == FQ_REF_NON_NULL && !value->has_default;
}

/* ---- roots ---- */

/* The node of the type that the schema's definition names for an operation; 0 where it names none. */
static fq_node_id root_node(const sdl_build *b, fq_operation_kind kind) {
    for (uint32_t i = 0; i < b->schema_nodes.len; i++) {
        for (fq_node_id id = sdl_at(b, b->schema_nodes.items[i])->children; id != 0; id = sdl_next(b, id)) {
            if (fq_node_operation_kind(b->document, id) == kind) {
                return sdl_at(b, id)->type;
            }
        }
    }
    return 0;
}

static void check_root_kind(sdl_build *b, const fq_type *root, fq_operation_kind kind) {
    static const char *const names[] = {"Query", "Mutation", "Subscription"};
    if (root == NULL || root->kind == FQ_OBJECT_TYPE) {
        return;
    }
    fq_error *error = SDL_ERROR(b, "%s root type must be Object type%s, it cannot be %.*s.", names[kind],
                                kind == FQ_QUERY ? "" : " if provided", FQ_PRI(root->name));
    fq_node_id node = root_node(b, kind);
    const sdl_origin *origin = sdl_origin_of(b, root);
    sdl_error_at(b, error, node != 0 ? node : origin != NULL ? origin->definition : 0);
}

static void check_roots_differ(sdl_build *b, const fq_type *const roots[3]) {
    static const char *const texts[] = {[3] = "query and mutation",
                                        [5] = "query and subscription",
                                        [6] = "mutation and subscription",
                                        [7] = "query, mutation, and subscription"};
    unsigned done = 0;
    for (int i = 0; i < 3; i++) {
        unsigned same = 0;
        for (int j = i; j < 3 && roots[i] != NULL && roots[i]->kind == FQ_OBJECT_TYPE; j++) {
            same |= roots[j] == roots[i] ? 1u << j : 0;
        }
        if ((same & (same - 1)) == 0 || (done & 1u << i) != 0) {
            continue;
        }
        done |= same;
        fq_error *error = SDL_ERROR(b, "All root types must be different, \"%.*s\" type is used as %s root types.",
                                    FQ_PRI(roots[i]->name), texts[same]);
        for (int j = i; j < 3; j++) {
            sdl_error_at(b, error, (same & 1u << j) != 0 ? root_node(b, (fq_operation_kind)j) : 0);
        }
    }
}

static void check_roots(sdl_build *b) {
    const fq_type *const roots[] = {b->schema->query, b->schema->mutation, b->schema->subscription};
    if (roots[FQ_QUERY] == NULL) {
        fq_error *error = SDL_ERROR(b, "Query root type must be provided.");
        for (uint32_t i = 0; i < b->schema_nodes.len; i++) {
            fq_node_id node = b->schema_nodes.items[i];
            sdl_error_at(b, error, sdl_at(b, node)->kind == FQ_NODE_SCHEMA_DEFINITION ? node : 0);
        }
    }
    for (int i = 0; i < 3; i++) {
        check_root_kind(b, roots[i], (fq_operation_kind)i);
    }
    check_roots_differ(b, roots);
}

/* ---- directives and members ---- */

/* "Required argument X cannot be deprecated." for whatever `what` X is. */
static void check_deprecation(sdl_build *b, const fq_input_value *value, fq_node_id node, fq_slice what) {
    if (is_required(value) && value->deprecated) {
        fq_error *error = SDL_ERROR(b, "Required %.*s cannot be deprecated.", FQ_PRI(what));
        sdl_error_at(b, error, sdl_directive_on(b, node, FQ_S("deprecated")));
        sdl_error_at(b, error, sdl_at(b, node)->type);
    }
}

static void check_directive(sdl_build *b, const fq_directive *directive, fq_node_id node) {
    check_name(b, directive->name, node);
    fq_node_id id = sdl_at(b, node)->args;
    for (uint32_t i = 0; i < directive->n_args && !sdl_full(b); i++, id = sdl_next(b, id)) {
        const fq_input_value *arg = &directive->args[i];
        check_name(b, arg->name, id);
        if (!fq_type_is_input(fq_ref_core(arg->type))) {
            sdl_error_at(b,
                         SDL_ERROR(b, "The type of @%.*s(%.*s:) must be Input Type but got: %.*s.",
                                   FQ_PRI(directive->name), FQ_PRI(arg->name), REF(b, arg->type)),
                         id);
        }
        if (arg->deprecated) {
            fq_slice what =
                fq_arena_printf(b->scratch, "argument @%.*s(%.*s:)", FQ_PRI(directive->name), FQ_PRI(arg->name));
            check_deprecation(b, arg, id, what);
        }
    }
}

static void check_arguments(sdl_build *b, const fq_type *type, const fq_field *field, fq_node_id node) {
    fq_node_id id = sdl_at(b, node)->args;
    for (uint32_t i = 0; i < field->n_args && !sdl_full(b); i++, id = sdl_next(b, id)) {
        const fq_input_value *arg = &field->args[i];
        check_name(b, arg->name, id);
        if (!fq_type_is_input(fq_ref_core(arg->type))) {
            sdl_error_at(b,
                         SDL_ERROR(b, "The type of %.*s.%.*s(%.*s:) must be Input Type but got: %.*s.",
                                   FQ_PRI(type->name), FQ_PRI(field->name), FQ_PRI(arg->name), REF(b, arg->type)),
                         sdl_at(b, id)->type);
        }
        if (arg->deprecated) {
            fq_slice what = fq_arena_printf(b->scratch, "argument %.*s.%.*s(%.*s:)", FQ_PRI(type->name),
                                            FQ_PRI(field->name), FQ_PRI(arg->name));
            check_deprecation(b, arg, id, what);
        }
    }
}

/* "X must define one or more Y." at the definition and all extensions. */
static void check_not_empty(sdl_build *b, const sdl_origin *origin, uint32_t n, const char *what, const char *members) {
    if (n > 0) {
        return;
    }
    fq_error *error = SDL_ERROR(b, "%s %.*s must define one or more %s.", what, FQ_PRI(origin->type->name), members);
    for (uint32_t part = 0; part < sdl_parts(origin); part++) {
        sdl_error_at(b, error, sdl_part(origin, part));
    }
}

static void check_fields(sdl_build *b, const sdl_origin *origin) {
    const fq_type *type = origin->type;
    check_not_empty(b, origin, type->n_fields, "Type", "fields");
    for (uint32_t i = 0; i < type->n_fields && !sdl_full(b); i++) {
        const fq_field *field = &type->fields[i];
        fq_node_id node = origin->members[i];
        check_name(b, field->name, node);
        if (!is_output(field->type)) {
            sdl_error_at(b,
                         SDL_ERROR(b, "The type of %.*s.%.*s must be Output Type but got: %.*s.", FQ_PRI(type->name),
                                   FQ_PRI(field->name), REF(b, field->type)),
                         sdl_at(b, node)->type);
        }
        check_arguments(b, type, field, node);
    }
}

static void check_one_of_field(sdl_build *b, const fq_type *type, const fq_input_value *field, fq_node_id node) {
    if (field->type->kind == FQ_REF_NON_NULL) {
        sdl_error_at(
            b, SDL_ERROR(b, "OneOf input field %.*s.%.*s must be nullable.", FQ_PRI(type->name), FQ_PRI(field->name)),
            sdl_at(b, node)->type);
    }
    if (field->has_default) {
        sdl_error_at(b,
                     SDL_ERROR(b, "OneOf input field %.*s.%.*s cannot have a default value.", FQ_PRI(type->name),
                               FQ_PRI(field->name)),
                     node);
    }
}

static void check_input_fields(sdl_build *b, const sdl_origin *origin) {
    const fq_type *type = origin->type;
    check_not_empty(b, origin, type->n_input_fields, "Input Object type", "fields");
    for (uint32_t i = 0; i < type->n_input_fields && !sdl_full(b); i++) {
        const fq_input_value *field = &type->input_fields[i];
        fq_node_id node = origin->members[i];
        check_name(b, field->name, node);
        if (!fq_type_is_input(fq_ref_core(field->type))) {
            sdl_error_at(b,
                         SDL_ERROR(b, "The type of %.*s.%.*s must be Input Type but got: %.*s.", FQ_PRI(type->name),
                                   FQ_PRI(field->name), REF(b, field->type)),
                         sdl_at(b, node)->type);
        }
        if (field->deprecated) {
            check_deprecation(
                b, field, node,
                fq_arena_printf(b->scratch, "input field %.*s.%.*s", FQ_PRI(type->name), FQ_PRI(field->name)));
        }
        if (type->one_of) {
            check_one_of_field(b, type, field, node);
        }
    }
}

/* ---- unions and enums ---- */

static void report_member(sdl_build *b, const sdl_origin *origin, fq_slice member, fq_error *error) {
    for (uint32_t i = 0; i < origin->type->n_possible; i++) {
        if (fq_slice_equal(sdl_name_of(b, origin->members[i]), member)) {
            sdl_error_at(b, error, origin->members[i]);
        }
    }
}

static void check_union(sdl_build *b, const sdl_origin *origin) {
    const fq_type *type = origin->type;
    check_not_empty(b, origin, type->n_possible, "Union type", "member types");
    fq_map seen;
    fq_map_init(&seen, b->scratch);
    for (uint32_t i = 0; i < type->n_possible && !sdl_full(b); i++) {
        fq_type *member = type->possible[i];
        if (fq_map_put(&seen, member->name, member) != NULL) {
            report_member(b, origin, member->name,
                          SDL_ERROR(b, "Union type %.*s can only include type %.*s once.", FQ_PRI(type->name),
                                    FQ_PRI(member->name)));
        } else if (member->kind != FQ_OBJECT_TYPE) {
            report_member(b, origin, member->name,
                          SDL_ERROR(b, "Union type %.*s can only include Object types, it cannot include %.*s.",
                                    FQ_PRI(type->name), FQ_PRI(member->name)));
        }
    }
}

static void check_enum(sdl_build *b, const sdl_origin *origin) {
    check_not_empty(b, origin, origin->type->n_values, "Enum type", "values");
    for (uint32_t i = 0; i < origin->type->n_values && !sdl_full(b); i++) {
        check_name(b, origin->type->values[i].name, origin->members[i]);
    }
}

/* ---- all ---- */

static void check_type(sdl_build *b, sdl_origin *origin) {
    check_name(b, origin->type->name, origin->definition);
    switch ((fq_type_kind)origin->type->kind) {
    case FQ_OBJECT_TYPE:
    case FQ_INTERFACE_TYPE:
        check_fields(b, origin);
        sdl_check_interfaces(b, origin);
        break;
    case FQ_UNION_TYPE:
        check_union(b, origin);
        break;
    case FQ_ENUM_TYPE:
        check_enum(b, origin);
        break;
    case FQ_INPUT_OBJECT_TYPE:
        check_input_fields(b, origin);
        break;
    case FQ_SCALAR_TYPE:
        break;
    }
}

void sdl_check_schema(sdl_build *b) {
    check_roots(b);
    for (uint32_t i = 0; i < b->directive_nodes.len && !sdl_full(b); i++) {
        check_directive(b, b->built_directives.items[i], b->directive_nodes.items[i]);
    }
    for (uint32_t i = 0; i < b->n_origins && !sdl_full(b); i++) {
        check_type(b, &b->origins[i]);
    }
    if (!sdl_full(b)) {
        sdl_check_cycles(b);
    }
}
