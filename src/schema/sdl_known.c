/* SPDX-License-Identifier: MIT */
/* SDL rules about references: types, directives and their arguments exist, required arguments are given, directives
 * stand where their definition allows. */
#include "graphql/printer.h"
#include "schema/builtins.h"
#include "schema/print.h"
#include "schema/sdl_state.h"

#define ERROR_AT(s, offset, ...) fq_errors_add_at((s)->errors, FQ_ERR_VALIDATION_FAILED, (offset), __VA_ARGS__)

/* ---- directives as they are defined ---- */

static void add_argument(sdl_state *s, sdl_directive *directive, fq_slice name, fq_slice required_type) {
    fq_vec_push(s->scratch, &directive->args, (sdl_argument){name, required_type});
    fq_map_put(&directive->arg_names, name, directive);
    if (required_type.len > 0) {
        fq_map_put(&directive->required, name, (void *)(uintptr_t)directive->args.len);
    }
}

static sdl_directive *new_directive(sdl_state *s, fq_slice name) {
    sdl_directive *directive = FQ_NEW(s->scratch, sdl_directive);
    fq_map_init(&directive->arg_names, s->scratch);
    fq_map_init(&directive->required, s->scratch);
    fq_map_put(&s->directives, name, directive);
    return directive;
}

static void collect_schema_directives(sdl_state *s, const fq_schema *schema) {
    for (uint32_t i = 0; i < schema->n_directives; i++) {
        const fq_directive *from = schema->directives[i];
        sdl_directive *directive = new_directive(s, from->name);
        directive->locations = from->locations;
        directive->repeatable = from->repeatable;
        for (uint32_t j = 0; j < from->n_args; j++) {
            bool required = from->args[j].type->kind == FQ_REF_NON_NULL && !from->args[j].has_default;
            add_argument(s, directive, from->args[j].name,
                         required ? fq_ref_text(s->scratch, from->args[j].type) : FQ_S(""));
        }
    }
}

static fq_slice printed(sdl_state *s, fq_node_id id) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    fq_print_node(s->document, id, &out);
    fq_slice copy = fq_arena_copy(s->scratch, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return copy;
}

uint32_t sdl_location_bit(fq_slice name) {
    for (uint32_t i = 0; i < FQ_LOCATIONS; i++) {
        if (fq_slice_equal(name, fq_directive_location_name((fq_directive_location)i))) {
            return 1u << i;
        }
    }
    return 0;
}

static void collect_definition(sdl_state *s, fq_node_id id) {
    sdl_directive *directive = new_directive(s, sdl_name(s, id));
    directive->repeatable = (sdl_node(s, id)->flags & FQ_DIRECTIVE_REPEATABLE) != 0;
    for (fq_node_id i = sdl_node(s, id)->children; i != 0; i = fq_node_next(s->document, i)) {
        directive->locations |= sdl_location_bit(sdl_name(s, i));
    }
    for (fq_node_id i = sdl_node(s, id)->args; i != 0; i = fq_node_next(s->document, i)) {
        const fq_node *arg = sdl_node(s, i);
        bool required = sdl_node(s, arg->type)->kind == FQ_NODE_NON_NULL_TYPE && arg->value == 0;
        add_argument(s, directive, sdl_name(s, i), required ? printed(s, arg->type) : FQ_S(""));
    }
}

void sdl_collect_directives(sdl_state *s) {
    collect_schema_directives(s, s->scope->extended != NULL ? s->scope->extended : s->scope->builtins);
    for (fq_node_id id = s->document->definitions; id != 0; id = fq_node_next(s->document, id)) {
        if (sdl_node(s, id)->kind == FQ_NODE_DIRECTIVE_DEFINITION) {
            collect_definition(s, id);
        }
    }
}

/* ---- suggestions ---- */

static void offer(sdl_state *s, fq_suggestions *suggestions, fq_slice name) {
    if (s->offers_left > 0) {
        s->offers_left--;
        fq_suggestions_offer(suggestions, name);
    }
}

static void offer_schema_types(sdl_state *s, fq_suggestions *suggestions, const fq_schema *schema) {
    for (uint32_t i = 0; schema != NULL && i < schema->n_types; i++) {
        if (!schema->types[i]->unreferenced) {
            offer(s, suggestions, schema->types[i]->name);
        }
    }
}

static void offer_defined_types(sdl_state *s, fq_suggestions *suggestions) {
    for (fq_node_id id = s->document->definitions; id != 0 && s->offers_left > 0; id = fq_node_next(s->document, id)) {
        if (sdl_is_type_definition(sdl_node(s, id)->kind)) {
            offer(s, suggestions, sdl_name(s, id));
        }
    }
}

/* ---- types ---- */

static bool type_defined(const sdl_state *s, fq_slice name) {
    const sdl_type *type = fq_map_get(&s->types, name);
    return type != NULL && type->definition != 0;
}

static bool is_standard(const sdl_state *s, fq_slice name) {
    const fq_type *type = fq_schema_type(s->scope->builtins, name);
    return type != NULL && fq_type_is_builtin(type);
}

void sdl_visit_named_type(sdl_state *s, fq_node_id id) {
    fq_slice name = sdl_name(s, id);
    if (!sdl_rule_on(s, FQ_SDL_KNOWN_TYPE_NAMES) || type_defined(s, name) ||
        (!s->inside_executable && is_standard(s, name)) || sdl_done(s) || sdl_extended_type(s, name) != NULL) {
        return;
    }
    fq_suggestions suggestions;
    fq_suggestions_init(&suggestions, s->scratch, name);
    for (uint32_t i = 0; i < s->scope->builtins->n_types && !s->inside_executable; i++) {
        if (fq_type_is_builtin(s->scope->builtins->types[i])) {
            offer(s, &suggestions, s->scope->builtins->types[i]->name);
        }
    }
    offer_schema_types(s, &suggestions, s->scope->extended);
    offer_defined_types(s, &suggestions);
    ERROR_AT(s, sdl_node(s, id)->start, "Unknown type \"%.*s\".%.*s", FQ_PRI(name),
             FQ_PRI(fq_suggestions_text(&suggestions, FQ_S(""))));
}

static const char *const kind_words[] = {
    [FQ_SCALAR_TYPE] = "scalar", [FQ_OBJECT_TYPE] = "object", [FQ_INTERFACE_TYPE] = "interface",
    [FQ_UNION_TYPE] = "union",   [FQ_ENUM_TYPE] = "enum",     [FQ_INPUT_OBJECT_TYPE] = "input object",
};

void sdl_visit_type_extension(sdl_state *s, fq_node_id id) {
    if (!sdl_rule_on(s, FQ_SDL_POSSIBLE_TYPE_EXTENSIONS)) {
        return;
    }
    fq_slice name = sdl_name(s, id);
    fq_type_kind kind = sdl_type_kind(sdl_node(s, id)->kind);
    fq_node_id definition = sdl_type_of(s, name)->definition;
    const fq_type *existing = sdl_extended_type(s, name);
    if (definition == 0 && existing == NULL) {
        fq_suggestions suggestions;
        fq_suggestions_init(&suggestions, s->scratch, name);
        offer_defined_types(s, &suggestions);
        offer_schema_types(s, &suggestions, s->scope->extended);
        ERROR_AT(s, sdl_node(s, id)->name_start, "Cannot extend type \"%.*s\" because it is not defined.%.*s",
                 FQ_PRI(name), FQ_PRI(fq_suggestions_text(&suggestions, FQ_S(""))));
        return;
    }
    fq_type_kind expected =
        definition != 0 ? sdl_type_kind(sdl_node(s, definition)->kind) : (fq_type_kind)existing->kind;
    if (expected == kind) {
        return;
    }
    fq_error *error = fq_errors_add(s->errors, FQ_ERR_VALIDATION_FAILED, "Cannot extend non-%s type \"%.*s\".",
                                    kind_words[kind], FQ_PRI(name));
    if (definition != 0) {
        fq_error_locate(s->errors, error, sdl_node(s, definition)->start);
    }
    fq_error_locate(s->errors, error, sdl_node(s, id)->start);
}

/* ---- directives in use ---- */

static void check_known_arguments(sdl_state *s, fq_node_id id, const sdl_directive *directive) {
    for (fq_node_id arg = sdl_node(s, id)->args; arg != 0 && !sdl_done(s); arg = fq_node_next(s->document, arg)) {
        fq_slice name = sdl_name(s, arg);
        if (fq_map_has(&directive->arg_names, name)) {
            continue;
        }
        fq_suggestions suggestions;
        fq_suggestions_init(&suggestions, s->scratch, name);
        for (uint32_t i = 0; i < directive->args.len; i++) {
            offer(s, &suggestions, directive->args.items[i].name);
        }
        ERROR_AT(s, sdl_node(s, arg)->start, "Unknown argument \"%.*s\" on directive \"@%.*s\".%.*s", FQ_PRI(name),
                 FQ_PRI(sdl_name(s, id)), FQ_PRI(fq_suggestions_text(&suggestions, FQ_S(""))));
    }
}

static void check_required_arguments(sdl_state *s, fq_node_id id, const sdl_directive *directive) {
    if (directive->required.len == 0) {
        return;
    }
    fq_map given;
    fq_map_init(&given, s->scratch);
    for (fq_node_id arg = sdl_node(s, id)->args; arg != 0; arg = fq_node_next(s->document, arg)) {
        sdl_map_put(&given, sdl_name(s, arg), arg);
    }
    for (uint32_t i = 0; i < directive->args.len && !sdl_done(s); i++) {
        const sdl_argument *arg = &directive->args.items[i];
        bool required = (uintptr_t)fq_map_get(&directive->required, arg->name) == i + 1;
        if (required && !fq_map_has(&given, arg->name)) {
            ERROR_AT(s, sdl_node(s, id)->start,
                     "Directive \"@%.*s\" argument \"%.*s\" of type \"%.*s\" is required, but it was not provided.",
                     FQ_PRI(sdl_name(s, id)), FQ_PRI(arg->name), FQ_PRI(arg->required_type));
        }
    }
}

void sdl_visit_directive(sdl_state *s, fq_node_id id, fq_directive_location location) {
    if (sdl_done(s)) {
        return;
    }
    fq_slice name = sdl_name(s, id);
    const sdl_directive *directive = fq_map_get(&s->directives, name);
    if (sdl_rule_on(s, FQ_SDL_KNOWN_DIRECTIVES)) {
        if (directive == NULL) {
            ERROR_AT(s, sdl_node(s, id)->start, "Unknown directive \"@%.*s\".", FQ_PRI(name));
        } else if ((directive->locations & (1u << location)) == 0) {
            ERROR_AT(s, sdl_node(s, id)->start, "Directive \"@%.*s\" may not be used on %.*s.", FQ_PRI(name),
                     FQ_PRI(fq_directive_location_name(location)));
        }
    }
    if (directive != NULL && sdl_rule_on(s, FQ_SDL_KNOWN_ARGUMENT_NAMES_ON_DIRECTIVES)) {
        check_known_arguments(s, id, directive);
    }
    sdl_visit_arguments(s, id);
    if (directive != NULL && sdl_rule_on(s, FQ_SDL_PROVIDED_REQUIRED_ARGUMENTS_ON_DIRECTIVES)) {
        check_required_arguments(s, id, directive);
    }
}
