/* SPDX-License-Identifier: MIT */
/* SDL rules about uniqueness: one schema definition, one type for each operation, one definition for each name, one use
 * of a directive that is not repeatable. Members of a type and of its extensions share one set of names. */
#include "base/limits.h"
#include "schema/sdl_state.h"

/* Up to this many names are compared pair by pair, which needs no memory. */
#define FEW 16

static void error_at(sdl_state *s, fq_slice message, const uint32_t *offsets, uint32_t n) {
    fq_error *error = fq_errors_add(s->errors, FQ_ERR_VALIDATION_FAILED, "%.*s", FQ_PRI(message));
    uint32_t *copy = FQ_NEW_ARRAY(s->errors->arena, uint32_t, n);
    memcpy(copy, offsets, n * sizeof(*copy));
    error->offsets = copy;
    error->n_offsets = n;
}

#define MESSAGE(s, ...) fq_arena_printf((s)->errors->arena, __VA_ARGS__)

/* ---- the schema ---- */

static const char *const operation_names[] = {"query", "mutation", "subscription"};

static bool root_exists(const fq_schema *schema, fq_operation_kind kind) {
    const fq_type *const roots[] = {schema->query, schema->mutation, schema->subscription};
    return roots[kind] != NULL;
}

static void check_lone_schema(sdl_state *s, fq_node_id id) {
    const fq_schema *extended = s->scope->extended;
    uint32_t at = sdl_node(s, id)->start;
    if (extended != NULL && (root_exists(extended, FQ_QUERY) || root_exists(extended, FQ_MUTATION) ||
                             root_exists(extended, FQ_SUBSCRIPTION))) {
        error_at(s, FQ_S("Cannot define a new schema within a schema extension."), &at, 1);
        return;
    }
    if (s->schema_definition != 0) {
        error_at(s, FQ_S("Must provide only one schema definition."), &at, 1);
    }
    s->schema_definition = id;
}

static void check_operation_types(sdl_state *s, fq_node_id id) {
    for (fq_node_id i = sdl_node(s, id)->children; i != 0 && !sdl_done(s); i = fq_node_next(s->document, i)) {
        fq_operation_kind kind = fq_node_operation_kind(s->document, i);
        fq_node_id before = s->operation_types[kind];
        if (s->scope->extended != NULL && root_exists(s->scope->extended, kind)) {
            error_at(
                s,
                MESSAGE(s, "Type for %s already defined in the schema. It cannot be redefined.", operation_names[kind]),
                &sdl_node(s, i)->start, 1);
        } else if (before != 0) {
            error_at(s, MESSAGE(s, "There can be only one %s type in schema.", operation_names[kind]),
                     (uint32_t[]){sdl_node(s, before)->start, sdl_node(s, i)->start}, 2);
        } else {
            s->operation_types[kind] = i;
        }
    }
}

void sdl_visit_schema(sdl_state *s, fq_node_id id) {
    if (sdl_node(s, id)->kind == FQ_NODE_SCHEMA_DEFINITION && sdl_rule_on(s, FQ_SDL_LONE_SCHEMA_DEFINITION)) {
        check_lone_schema(s, id);
    }
    if (sdl_rule_on(s, FQ_SDL_UNIQUE_OPERATION_TYPES)) {
        check_operation_types(s, id);
    }
}

/* ---- definitions and members ---- */

/* Notes a name; where it is there already, the node that brought it, else 0. */
static fq_node_id note_name(const sdl_state *s, fq_map *seen, fq_node_id id) {
    fq_node_id before = sdl_map_node(seen, sdl_name(s, id));
    if (before == 0) {
        sdl_map_put(seen, sdl_name(s, id), id);
    }
    return before;
}

/* An error at the names of two nodes. */
static void twice(sdl_state *s, fq_node_id before, fq_node_id id, fq_slice message) {
    error_at(s, message, (uint32_t[]){sdl_node(s, before)->name_start, sdl_node(s, id)->name_start}, 2);
}

static const fq_type *existing_type(const sdl_state *s, fq_slice name) { return sdl_extended_type(s, name); }

void sdl_visit_type_name(sdl_state *s, fq_node_id id) {
    if (!sdl_rule_on(s, FQ_SDL_UNIQUE_TYPE_NAMES)) {
        return;
    }
    fq_slice name = sdl_name(s, id);
    if (existing_type(s, name) != NULL) {
        error_at(
            s,
            MESSAGE(s, "Type \"%.*s\" already exists in the schema. It cannot also be defined in this type definition.",
                    FQ_PRI(name)),
            &sdl_node(s, id)->name_start, 1);
        return;
    }
    fq_node_id before = note_name(s, &s->seen_types, id);
    if (before != 0) {
        twice(s, before, id, MESSAGE(s, "There can be only one type named \"%.*s\".", FQ_PRI(name)));
    }
}

/* How members of a type are told apart. */
typedef struct member_rule {
    const char *what; /* "Field" */
    bool (*has)(const fq_type *type, fq_slice name);
} member_rule;

static bool has_field(const fq_type *type, fq_slice name) {
    return fq_type_field(type, name) != NULL || fq_type_input_field(type, name) != NULL;
}

static bool has_value(const fq_type *type, fq_slice name) { return fq_type_enum_value(type, name) != NULL; }

static void check_members(sdl_state *s, fq_node_id type_id, const member_rule *rule, fq_map *seen) {
    fq_slice owner = sdl_name(s, type_id);
    const fq_type *existing = existing_type(s, owner);
    for (fq_node_id i = sdl_node(s, type_id)->children; i != 0 && !sdl_done(s); i = fq_node_next(s->document, i)) {
        fq_slice name = sdl_name(s, i);
        if (existing != NULL && rule->has(existing, name)) {
            error_at(s,
                     MESSAGE(s,
                             "%s \"%.*s.%.*s\" already exists in the schema. It cannot also be defined in this type "
                             "extension.",
                             rule->what, FQ_PRI(owner), FQ_PRI(name)),
                     &sdl_node(s, i)->name_start, 1);
            continue;
        }
        fq_node_id before = note_name(s, seen, i);
        if (before != 0) {
            twice(s, before, i,
                  MESSAGE(s, "%s \"%.*s.%.*s\" can only be defined once.", rule->what, FQ_PRI(owner), FQ_PRI(name)));
        }
    }
}

void sdl_visit_enum_values(sdl_state *s, fq_node_id id) {
    if (sdl_rule_on(s, FQ_SDL_UNIQUE_ENUM_VALUE_NAMES)) {
        check_members(s, id, &(member_rule){"Enum value", has_value}, &sdl_type_of(s, sdl_name(s, id))->values);
    }
}

void sdl_visit_fields(sdl_state *s, fq_node_id id) {
    if (sdl_rule_on(s, FQ_SDL_UNIQUE_FIELD_DEFINITION_NAMES)) {
        check_members(s, id, &(member_rule){"Field", has_field}, &sdl_type_of(s, sdl_name(s, id))->fields);
    }
}

/* ---- arguments ---- */

static bool has_duplicates_few(const sdl_state *s, fq_node_id first) {
    for (fq_node_id i = first; i != 0; i = fq_node_next(s->document, i)) {
        for (fq_node_id j = fq_node_next(s->document, i); j != 0; j = fq_node_next(s->document, j)) {
            if (fq_slice_equal(sdl_name(s, i), sdl_name(s, j))) {
                return true;
            }
        }
    }
    return false;
}

typedef struct name_group {
    fq_slice name;
    FQ_VEC(uint32_t) offsets;
    struct name_group *next;
} name_group;

/* Groups of equal names in the order of their first use. */
static name_group *group_names(sdl_state *s, fq_node_id first) {
    fq_map groups;
    fq_map_init(&groups, s->scratch);
    name_group *head = NULL, **tail = &head;
    for (fq_node_id i = first; i != 0; i = fq_node_next(s->document, i)) {
        name_group *group = fq_map_get(&groups, sdl_name(s, i));
        if (group == NULL) {
            group = FQ_NEW(s->scratch, name_group);
            group->name = sdl_name(s, i);
            fq_map_put(&groups, group->name, group);
            *tail = group;
            tail = &group->next;
        }
        if (group->offsets.len < FQ_SDL_LOCATIONS_MAX) {
            fq_vec_push(s->scratch, &group->offsets, sdl_node(s, i)->name_start);
        }
    }
    return head;
}

/* Reports each name that a chain of arguments has several times: `before` NAME `after`. */
static void check_names(sdl_state *s, fq_node_id first, fq_slice before, const char *after) {
    uint32_t n = 0;
    for (fq_node_id i = first; i != 0 && n <= FEW; i = fq_node_next(s->document, i)) {
        n++;
    }
    if (n < 2 || (n <= FEW && !has_duplicates_few(s, first))) {
        return;
    }
    for (name_group *group = group_names(s, first); group != NULL && !sdl_done(s); group = group->next) {
        if (group->offsets.len > 1) {
            error_at(s, MESSAGE(s, "%.*s%.*s%s", FQ_PRI(before), FQ_PRI(group->name), after), group->offsets.items,
                     group->offsets.len);
        }
    }
}

void sdl_visit_field_arguments(sdl_state *s, fq_node_id id) {
    if (!sdl_rule_on(s, FQ_SDL_UNIQUE_ARGUMENT_DEFINITION_NAMES)) {
        return;
    }
    for (fq_node_id i = sdl_node(s, id)->children; i != 0 && !sdl_done(s); i = fq_node_next(s->document, i)) {
        fq_node_id args = sdl_node(s, i)->args;
        if (args != 0 && fq_node_next(s->document, args) != 0) {
            fq_slice before =
                fq_arena_printf(s->scratch, "Argument \"%.*s.%.*s(", FQ_PRI(sdl_name(s, id)), FQ_PRI(sdl_name(s, i)));
            check_names(s, args, before, ":)\" can only be defined once.");
        }
    }
}

void sdl_visit_directive_definition(sdl_state *s, fq_node_id id) {
    fq_slice name = sdl_name(s, id);
    if (sdl_rule_on(s, FQ_SDL_UNIQUE_ARGUMENT_DEFINITION_NAMES)) {
        fq_slice before = fq_arena_printf(s->scratch, "Argument \"@%.*s(", FQ_PRI(name));
        check_names(s, sdl_node(s, id)->args, before, ":)\" can only be defined once.");
    }
    if (!sdl_rule_on(s, FQ_SDL_UNIQUE_DIRECTIVE_NAMES)) {
        return;
    }
    if (s->scope->extended != NULL && fq_schema_directive(s->scope->extended, name) != NULL) {
        error_at(s,
                 MESSAGE(s, "Directive \"@%.*s\" already exists in the schema. It cannot be redefined.", FQ_PRI(name)),
                 &sdl_node(s, id)->name_start, 1);
        return;
    }
    fq_node_id before = note_name(s, &s->seen_directives, id);
    if (before != 0) {
        twice(s, before, id, MESSAGE(s, "There can be only one directive named \"@%.*s\".", FQ_PRI(name)));
    }
}

void sdl_visit_arguments(sdl_state *s, fq_node_id id) {
    if (sdl_rule_on(s, FQ_SDL_UNIQUE_ARGUMENT_NAMES)) {
        check_names(s, sdl_node(s, id)->args, FQ_S("There can be only one argument named \""), "\".");
    }
}

/* ---- uses ---- */

void sdl_visit_directives_of(sdl_state *s, fq_node_id id, fq_map *seen) {
    if (!sdl_rule_on(s, FQ_SDL_UNIQUE_DIRECTIVES_PER_LOCATION)) {
        return;
    }
    for (fq_node_id i = sdl_node(s, id)->directives; i != 0 && !sdl_done(s); i = fq_node_next(s->document, i)) {
        fq_slice name = sdl_name(s, i);
        const sdl_directive *directive = fq_map_get(&s->directives, name);
        if (directive == NULL || directive->repeatable) {
            continue;
        }
        fq_node_id before = sdl_map_node(seen, name);
        if (before == 0) {
            sdl_map_put(seen, name, i);
        } else {
            error_at(s, MESSAGE(s, "The directive \"@%.*s\" can only be used once at this location.", FQ_PRI(name)),
                     (uint32_t[]){sdl_node(s, before)->start, sdl_node(s, i)->start}, 2);
        }
    }
}

void sdl_visit_object(sdl_state *s, fq_node_id id) {
    fq_node_id first = sdl_node(s, id)->children;
    if (!sdl_rule_on(s, FQ_SDL_UNIQUE_INPUT_FIELD_NAMES) || first == 0 || fq_node_next(s->document, first) == 0) {
        return;
    }
    fq_map seen;
    fq_map_init(&seen, s->scratch);
    for (fq_node_id i = first; i != 0 && !sdl_done(s); i = fq_node_next(s->document, i)) {
        fq_node_id before = note_name(s, &seen, i);
        if (before != 0) {
            twice(s, before, i,
                  MESSAGE(s, "There can be only one input field named \"%.*s\".", FQ_PRI(sdl_name(s, i))));
        }
    }
}
