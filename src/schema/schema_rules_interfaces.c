/* SPDX-License-Identifier: MIT */
/* Whether objects and interfaces fulfil the interfaces that they claim (section 3.6, IsValidImplementation). */
#include "schema/print.h"

#include "schema/sdl_build.h"
#include <assert.h>

#define REF(b, ref) FQ_PRI(fq_ref_text((b)->errors->arena, (ref)))
/* Beyond this many arguments of a field a map is made to find one. */
#define FEW_ARGUMENTS 16

/* The places where a type names an interface. */
static void locate_implements(sdl_build *b, const sdl_origin *origin, fq_slice interface, fq_error *error) {
    for (uint32_t part = 0; part < sdl_parts(origin); part++) {
        for (fq_node_id id = sdl_at(b, sdl_part(origin, part))->interfaces; id != 0; id = sdl_next(b, id)) {
            if (fq_slice_equal(sdl_name_of(b, id), interface)) {
                sdl_error_at(b, error, id);
            }
        }
    }
}

/* The names of a union's members, or of the interfaces of another type. */
static const fq_map *members_of(const sdl_build *b, sdl_origin *origin) {
    if (origin->members_of == NULL) {
        bool is_union = origin->type->kind == FQ_UNION_TYPE;
        uint32_t n = is_union ? origin->type->n_possible : origin->type->n_interfaces;
        fq_type **types = is_union ? origin->type->possible : origin->type->interfaces;
        origin->members_of = FQ_NEW(b->scratch, fq_map);
        fq_map_init(origin->members_of, b->scratch);
        for (uint32_t i = 0; i < n; i++) {
            fq_map_put(origin->members_of, types[i]->name, types[i]);
        }
    }
    return origin->members_of;
}

static bool is_subtype_named(const sdl_build *b, const fq_type *type, const fq_type *of) {
    if (type == of) {
        return true;
    }
    sdl_origin *type_origin = sdl_origin_of(b, type), *of_origin = sdl_origin_of(b, of);
    if (of->kind == FQ_UNION_TYPE && of_origin != NULL) {
        return type->kind == FQ_OBJECT_TYPE && fq_map_has(members_of(b, of_origin), type->name);
    }
    bool implements = type->kind == FQ_OBJECT_TYPE || type->kind == FQ_INTERFACE_TYPE;
    return of->kind == FQ_INTERFACE_TYPE && implements && type_origin != NULL &&
           fq_map_has(members_of(b, type_origin), of->name);
}

/* Section 3.6, IsSubType: covariant through lists, non-null below nullable. */
static bool is_subtype(const sdl_build *b, const fq_type_ref *type, const fq_type_ref *of) {
    for (;;) {
        if (of->kind == FQ_REF_NON_NULL) {
            if (type->kind != FQ_REF_NON_NULL) {
                return false;
            }
            type = type->of;
            of = of->of;
        } else if (type->kind == FQ_REF_NON_NULL) {
            type = type->of;
        } else if (of->kind == FQ_REF_LIST && type->kind == FQ_REF_LIST) {
            type = type->of;
            of = of->of;
        } else {
            return of->kind == FQ_REF_NAMED && type->kind == FQ_REF_NAMED && is_subtype_named(b, type->type, of->type);
        }
    }
}

static bool is_equal(const fq_type_ref *a, const fq_type_ref *c) {
    while (a->kind == c->kind && a->kind != FQ_REF_NAMED) {
        a = a->of;
        c = c->of;
    }
    return a->kind == c->kind && a->type == c->type;
}

/* ---- one field ---- */

/* A field with its type and node, and its arguments with theirs. */
typedef struct implementation {
    const fq_type *type;
    const fq_field *field;
    fq_node_id node;
    fq_map args; /* name -> argument; only of many */
} implementation;

static implementation implementation_of(sdl_build *b, const sdl_origin *origin, const fq_field *field) {
    implementation result = {
        .type = origin->type, .field = field, .node = origin->members[field - origin->type->fields]};
    fq_map_init(&result.args, b->scratch);
    for (uint32_t i = 0; field->n_args > FEW_ARGUMENTS && i < field->n_args; i++) {
        fq_map_put(&result.args, field->args[i].name, (void *)&field->args[i]);
    }
    return result;
}

static const fq_input_value *argument_named(const implementation *of, fq_slice name) {
    return of->args.len > 0 ? fq_map_get(&of->args, name) : fq_field_arg(of->field, name);
}

static fq_node_id argument_node(const sdl_build *b, const implementation *of, const fq_input_value *arg) {
    fq_node_id id = sdl_at(b, of->node)->args;
    for (const fq_input_value *i = of->field->args; i != arg; i++) {
        id = sdl_next(b, id);
    }
    return id;
}

#define ITEM(i, arg) FQ_PRI((i)->type->name), FQ_PRI((i)->field->name), FQ_PRI((arg)->name)

static void check_argument(sdl_build *b, const implementation *from, const fq_input_value *arg,
                           const implementation *to) {
    const fq_input_value *own = argument_named(to, arg->name);
    if (own == NULL) {
        fq_error *error =
            SDL_ERROR(b, "Interface field argument %.*s.%.*s(%.*s:) expected but %.*s.%.*s does not provide it.",
                      ITEM(from, arg), FQ_PRI(to->type->name), FQ_PRI(to->field->name));
        sdl_error_at(b, error, argument_node(b, from, arg));
        sdl_error_at(b, error, to->node);
    } else if (!is_equal(arg->type, own->type)) {
        fq_error *error =
            SDL_ERROR(b,
                      "Interface field argument %.*s.%.*s(%.*s:) expects type %.*s but %.*s.%.*s(%.*s:) is type "
                      "%.*s.",
                      ITEM(from, arg), REF(b, arg->type), ITEM(to, own), REF(b, own->type));
        sdl_error_at(b, error, sdl_at(b, argument_node(b, from, arg))->type);
        sdl_error_at(b, error, sdl_at(b, argument_node(b, to, own))->type);
    }
}

static void check_additional_argument(sdl_build *b, const implementation *from, const fq_input_value *own,
                                      const implementation *to) {
    bool required = own->type->kind == FQ_REF_NON_NULL && !own->has_default;
    if (!required || argument_named(from, own->name) != NULL) {
        return;
    }
    fq_error *error =
        SDL_ERROR(b,
                  "Object field %.*s.%.*s includes required argument %.*s that is missing from the Interface "
                  "field %.*s.%.*s.",
                  ITEM(to, own), FQ_PRI(from->type->name), FQ_PRI(from->field->name));
    sdl_error_at(b, error, argument_node(b, to, own));
    sdl_error_at(b, error, from->node);
}

static void check_field(sdl_build *b, const implementation *from, const implementation *to) {
    const fq_field *own = to->field;
    if (!is_subtype(b, own->type, from->field->type)) {
        fq_error *error = SDL_ERROR(b, "Interface field %.*s.%.*s expects type %.*s but %.*s.%.*s is type %.*s.",
                                    FQ_PRI(from->type->name), FQ_PRI(own->name), REF(b, from->field->type),
                                    FQ_PRI(to->type->name), FQ_PRI(own->name), REF(b, own->type));
        sdl_error_at(b, error, sdl_at(b, from->node)->type);
        sdl_error_at(b, error, sdl_at(b, to->node)->type);
    }
    for (uint32_t i = 0; i < from->field->n_args && !sdl_full(b); i++) {
        check_argument(b, from, &from->field->args[i], to);
    }
    for (uint32_t i = 0; i < own->n_args && !sdl_full(b); i++) {
        check_additional_argument(b, from, &own->args[i], to);
    }
    if (own->deprecated && !from->field->deprecated) {
        fq_error *error =
            SDL_ERROR(b,
                      "Interface field %.*s.%.*s is not deprecated, so implementation field %.*s.%.*s must not "
                      "be deprecated.",
                      FQ_PRI(from->type->name), FQ_PRI(own->name), FQ_PRI(to->type->name), FQ_PRI(own->name));
        sdl_error_at(b, error, sdl_directive_on(b, to->node, FQ_S("deprecated")));
        sdl_error_at(b, error, sdl_at(b, to->node)->type);
    }
}

/* ---- one interface ---- */

static void report_missing_field(sdl_build *b, const sdl_origin *origin, const sdl_origin *interface, uint32_t i) {
    fq_error *error =
        SDL_ERROR(b, "Interface field %.*s.%.*s expected but %.*s does not provide it.", FQ_PRI(interface->type->name),
                  FQ_PRI(interface->type->fields[i].name), FQ_PRI(origin->type->name));
    sdl_error_at(b, error, interface->members[i]);
    for (uint32_t part = 0; part < sdl_parts(origin); part++) {
        sdl_error_at(b, error, sdl_part(origin, part));
    }
}

static void check_implements(sdl_build *b, const sdl_origin *origin, const sdl_origin *interface) {
    for (uint32_t i = 0; i < interface->type->n_fields && !sdl_full(b); i++) {
        const fq_field *own = fq_map_get(&origin->type->members, interface->type->fields[i].name);
        if (own == NULL) {
            report_missing_field(b, origin, interface, i);
            continue;
        }
        implementation from = implementation_of(b, interface, &interface->type->fields[i]);
        implementation to = implementation_of(b, origin, own);
        check_field(b, &from, &to);
    }
}

/* Everything that the interface implements, the type must say that it implements too. */
static void check_ancestors(sdl_build *b, sdl_origin *origin, const sdl_origin *interface) {
    const fq_type *type = origin->type;
    for (uint32_t i = 0; i < interface->type->n_interfaces && !sdl_full(b); i++) {
        const fq_type *ancestor = interface->type->interfaces[i];
        if (fq_map_has(members_of(b, origin), ancestor->name)) {
            continue;
        }
        fq_error *error =
            ancestor == type
                ? SDL_ERROR(b, "Type %.*s cannot implement %.*s because it would create a circular reference.",
                            FQ_PRI(type->name), FQ_PRI(interface->type->name))
                : SDL_ERROR(b, "Type %.*s must implement %.*s because it is implemented by %.*s.", FQ_PRI(type->name),
                            FQ_PRI(ancestor->name), FQ_PRI(interface->type->name));
        locate_implements(b, interface, ancestor->name, error);
        locate_implements(b, origin, interface->type->name, error);
    }
}

void sdl_check_interfaces(sdl_build *b, sdl_origin *origin) {
    const fq_type *type = origin->type;
    for (uint32_t i = 0; i < type->n_interfaces && !sdl_full(b); i++) {
        const fq_type *interface = type->interfaces[i];
        sdl_origin *interface_origin = sdl_origin_of(b, interface);
        /* A repetition shows by the mark that the first mention has left. */
        bool repeated = interface_origin != NULL && interface_origin->stamp == type->index;
        fq_error *error = NULL;
        if (interface->kind != FQ_INTERFACE_TYPE) {
            error = SDL_ERROR(b, "Type %.*s must only implement Interface types, it cannot implement %.*s.",
                              FQ_PRI(type->name), FQ_PRI(interface->name));
        } else if (interface == type) {
            error = SDL_ERROR(b, "Type %.*s cannot implement itself because it would create a circular reference.",
                              FQ_PRI(type->name));
        } else if (repeated) {
            error =
                SDL_ERROR(b, "Type %.*s can only implement %.*s once.", FQ_PRI(type->name), FQ_PRI(interface->name));
        }
        if (error != NULL) {
            locate_implements(b, origin, interface->name, error);
            continue;
        }
        assert(interface_origin != NULL);
        interface_origin->stamp = type->index;
        check_ancestors(b, origin, interface_origin);
        check_implements(b, origin, interface_origin);
    }
}
