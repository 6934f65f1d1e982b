/* SPDX-License-Identifier: MIT */
/* Default values: literals of SDL coerced to values of their types, once, so that everyone who needs one finds it
 * complete: single values are wrapped into lists, input objects have the defaults of their own fields. Errors are those
 * of graphql-js 17 (16 ignores defaults that are not legal).
 *
 * The default of one input field may need those of others; each is computed when first needed. Invariant: a field is on
 * `path` exactly while its default is being computed, so meeting it again is a cycle. Depth and size of a complete
 * default are bounded, because defaults within defaults can multiply. */
#include "base/limits.h"
#include "graphql/printer.h"
#include "graphql/suggest.h"
#include "schema/leaf_literal.h"
#include "schema/print.h"
#include "schema/sdl_build.h"

enum sdl_default_state { DEFAULT_NONE, DEFAULT_RUNNING, DEFAULT_DONE };

typedef struct running_default {
    sdl_origin *origin;
    uint32_t field;
} running_default;

typedef struct work {
    sdl_build *b;
    FQ_VEC(running_default) path;
    uint32_t depth;
} work;

/* Where in a default an error is: steps from the inside out. */
typedef struct step {
    const struct step *outer;
    fq_slice key; /* ptr NULL: an index */
    uint32_t index;
} step;

/* One default under way. */
typedef struct task {
    work *w;
    fq_slice owner;  /* "Type.field(argument:)" */
    fq_node_id node; /* the literal */
    uint32_t size;
    bool too_large;
} task;

static void print_path(const step *at, fq_buffer *out) {
    if (at == NULL) {
        return;
    }
    print_path(at->outer, out);
    if (at->key.ptr == NULL) {
        fq_buffer_printf(out, "[%u]", at->index);
    } else {
        fq_buffer_char(out, '.');
        fq_buffer_slice(out, at->key);
    }
}

static void invalid(task *t, fq_slice message, fq_node_id node, const step *at) {
    sdl_build *b = t->w->b;
    fq_buffer path;
    fq_buffer_init(&path, SIZE_MAX);
    if (at != NULL) {
        fq_buffer_literal(&path, " at ");
        print_path(at, &path);
    }
    sdl_error_at(b,
                 SDL_ERROR(b, "%.*s has invalid default value%.*s: %.*s", FQ_PRI(t->owner),
                           FQ_PRI(fq_buffer_view(&path)), FQ_PRI(message)),
                 node);
    fq_buffer_done(&path);
}

static fq_slice printed(const sdl_build *b, fq_node_id node) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    fq_print_node(b->document, node, &out);
    fq_slice copy = fq_arena_copy(b->scratch, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return copy;
}

static void count_values(task *t, uint32_t n) {
    t->size += n;
    if (t->size > FQ_DEFAULT_VALUES_MAX && !t->too_large) {
        t->too_large = true;
        fq_error *error = fq_errors_add(t->w->b->errors, FQ_ERR_LIMIT_EXCEEDED,
                                        "The default value of %.*s is too large.", FQ_PRI(t->owner));
        sdl_error_at(t->w->b, error, t->node);
    }
}

static fq_value coerce(task *t, fq_node_id node, const fq_type_ref *type, const step *at);
static const fq_value *default_of(task *t, sdl_origin *origin, uint32_t field);

/* ---- literals as they are ---- */

static fq_value plain_value(task *t, fq_node_id node);

static fq_value plain_list(task *t, fq_node_id node) {
    sdl_build *b = t->w->b;
    fq_value value = {.kind = FQ_VALUE_LIST};
    FQ_VEC(fq_value) items = {0};
    for (fq_node_id id = sdl_at(b, node)->children; id != 0; id = sdl_next(b, id)) {
        fq_vec_push(b->schema->arena, &items, plain_value(t, id));
        value.has_null |= items.items[items.len - 1].kind == FQ_VALUE_NULL;
    }
    value.items = items.items;
    value.count = items.len;
    return value;
}

static fq_value plain_object(task *t, fq_node_id node) {
    sdl_build *b = t->w->b;
    FQ_VEC(fq_member) members = {0};
    for (fq_node_id id = sdl_at(b, node)->children; id != 0; id = sdl_next(b, id)) {
        fq_member member = {.name = sdl_name_of(b, id), .value = plain_value(t, sdl_at(b, id)->value)};
        fq_vec_push(b->schema->arena, &members, member);
    }
    return (fq_value){.kind = FQ_VALUE_OBJECT, .members = members.items, .count = members.len};
}

/* A literal of a leaf type; of a custom scalar it can be anything. */
static fq_value plain_value(task *t, fq_node_id node) {
    sdl_build *b = t->w->b;
    count_values(t, 1);
    switch ((fq_node_kind)sdl_at(b, node)->kind) {
    case FQ_NODE_INT:
        return (fq_value){.kind = FQ_VALUE_INT, .text = sdl_name_of(b, node)};
    case FQ_NODE_FLOAT:
        return (fq_value){.kind = FQ_VALUE_FLOAT, .text = sdl_name_of(b, node)};
    case FQ_NODE_STRING:
        return (fq_value){.kind = FQ_VALUE_STRING,
                          .text = fq_arena_copy(b->schema->arena, fq_node_text(b->document, node))};
    case FQ_NODE_BOOLEAN:
        return (fq_value){.kind = FQ_VALUE_BOOLEAN, .truth = sdl_at(b, node)->flags == 1};
    case FQ_NODE_ENUM:
        return (fq_value){.kind = FQ_VALUE_ENUM, .text = sdl_name_of(b, node)};
    case FQ_NODE_LIST:
        return plain_list(t, node);
    case FQ_NODE_OBJECT:
        return plain_object(t, node);
    default:
        return (fq_value){.kind = FQ_VALUE_NULL};
    }
}

/* ---- input objects ---- */

static bool is_required(const fq_input_value *field) {
    return field->type->kind == FQ_REF_NON_NULL && !field->has_default;
}

static void report_unknown_fields(task *t, fq_node_id node, const fq_type *type, const step *at) {
    sdl_build *b = t->w->b;
    for (fq_node_id id = sdl_at(b, node)->children; id != 0 && !sdl_full(b); id = sdl_next(b, id)) {
        fq_slice name = sdl_name_of(b, id);
        if (fq_map_has(&type->members, name)) {
            continue;
        }
        fq_suggestions suggestions;
        fq_suggestions_init(&suggestions, b->scratch, name);
        for (uint32_t i = 0; i < type->n_input_fields; i++) {
            fq_suggestions_offer(&suggestions, type->input_fields[i].name);
        }
        fq_slice hint = fq_suggestions_text(&suggestions, FQ_S(""));
        invalid(t,
                fq_arena_printf(b->scratch,
                                "Expected value of type \"%.*s\" not to include unknown field \"%.*s\"%s%.*s%s: "
                                "%.*s.",
                                FQ_PRI(type->name), FQ_PRI(name), hint.len > 0 ? "." : "", FQ_PRI(hint),
                                hint.len > 0 ? " Found" : ", found", FQ_PRI(printed(b, node))),
                id, at);
    }
}

static void check_one_of(task *t, fq_node_id node, const fq_type *type, const fq_value *object, const step *at) {
    uint32_t known = 0;
    fq_slice key = {0};
    bool null = false;
    for (uint32_t i = 0; i < object->count; i++) {
        known++;
        key = object->members[i].name;
        null = object->members[i].value.kind == FQ_VALUE_NULL;
    }
    if (known != 1 || null) {
        step inner = {at, key, 0};
        invalid(t,
                fq_arena_printf(t->w->b->scratch,
                                "Within OneOf Input Object type \"%.*s\", exactly one field must be "
                                "specified, and the value for that field must be non-null.",
                                FQ_PRI(type->name)),
                node, known == 1 ? &inner : at);
    }
}

static void add_field(fq_value *object, const fq_input_value *field, fq_value value) {
    object->members[object->count++] = (fq_member){.name = field->name, .field = field, .value = value};
}

static fq_value coerce_object(task *t, fq_node_id node, const fq_type *type, const step *at) {
    sdl_build *b = t->w->b;
    sdl_origin *origin = sdl_origin_of(b, type);
    if (sdl_at(b, node)->kind != FQ_NODE_OBJECT || origin == NULL) {
        invalid(t,
                fq_arena_printf(b->scratch, "Expected value of type \"%.*s\" to be an object, found: %.*s.",
                                FQ_PRI(type->name), FQ_PRI(printed(b, node))),
                node, at);
        return (fq_value){.kind = FQ_VALUE_NULL};
    }
    fq_map given;
    fq_map_init(&given, b->scratch);
    for (fq_node_id id = sdl_at(b, node)->children; id != 0; id = sdl_next(b, id)) {
        fq_map_put(&given, sdl_name_of(b, id), (void *)(uintptr_t)sdl_at(b, id)->value);
    }
    fq_value object = {.kind = FQ_VALUE_OBJECT,
                       .members = FQ_NEW_ARRAY(b->schema->arena, fq_member, type->n_input_fields)};
    for (uint32_t i = 0; i < type->n_input_fields && !sdl_full(b) && !t->too_large; i++) {
        const fq_input_value *field = &type->input_fields[i];
        fq_node_id value = (fq_node_id)(uintptr_t)fq_map_get(&given, field->name);
        step inner = {at, field->name, 0};
        if (value != 0) {
            add_field(&object, field, coerce(t, value, field->type, &inner));
        } else if (field->has_default) {
            add_field(&object, field, *default_of(t, origin, i));
        } else if (is_required(field)) {
            invalid(t,
                    fq_arena_printf(b->scratch,
                                    "Expected value of type \"%.*s\" to include required field \"%.*s\", found: "
                                    "%.*s.",
                                    FQ_PRI(type->name), FQ_PRI(field->name), FQ_PRI(printed(b, node))),
                    node, at);
        }
    }
    report_unknown_fields(t, node, type, at);
    if (type->one_of) {
        check_one_of(t, node, type, &object, at);
    }
    return object;
}

/* ---- all types ---- */

static fq_value coerce_list(task *t, fq_node_id node, const fq_type_ref *item_type, const step *at) {
    sdl_build *b = t->w->b;
    fq_value value = {.kind = FQ_VALUE_LIST};
    FQ_VEC(fq_value) items = {0};
    if (sdl_at(b, node)->kind != FQ_NODE_LIST) {
        fq_vec_push(b->schema->arena, &items, coerce(t, node, item_type, at));
    } else {
        step inner = {at, {0}, 0};
        for (fq_node_id id = sdl_at(b, node)->children; id != 0 && !sdl_full(b) && !t->too_large;
             id = sdl_next(b, id)) {
            fq_value item = coerce(t, id, item_type, &inner);
            fq_vec_push(b->schema->arena, &items, item);
            value.has_null |= item.kind == FQ_VALUE_NULL;
            inner.index++;
        }
    }
    value.items = items.items;
    value.count = items.len;
    return value;
}

static fq_value coerce_inside(task *t, fq_node_id node, const fq_type_ref *type, const step *at) {
    sdl_build *b = t->w->b;
    bool null = sdl_at(b, node)->kind == FQ_NODE_NULL;
    if (type->kind == FQ_REF_NON_NULL) {
        if (null) {
            invalid(t,
                    fq_arena_printf(b->scratch, "Expected value of non-null type \"%.*s\" not to be null.",
                                    FQ_PRI(fq_ref_text(b->scratch, type))),
                    node, at);
        }
        type = type->of;
    }
    if (null) {
        return (fq_value){.kind = FQ_VALUE_NULL};
    }
    if (type->kind == FQ_REF_LIST) {
        return coerce_list(t, node, type->of, at);
    }
    if (type->type->kind == FQ_INPUT_OBJECT_TYPE) {
        return coerce_object(t, node, type->type, at);
    }
    fq_slice error = fq_leaf_literal_error(b->scratch, type->type, b->document, node);
    if (error.len > 0) {
        invalid(t, error, node, at);
        return (fq_value){.kind = FQ_VALUE_NULL};
    }
    fq_value value = plain_value(t, node);
    if (type->type->scalar == FQ_SCALAR_ID) {
        value.kind = FQ_VALUE_STRING;
    }
    return value;
}

static fq_value coerce(task *t, fq_node_id node, const fq_type_ref *type, const step *at) {
    work *w = t->w;
    if (w->depth == FQ_DEFAULT_DEPTH_MAX) {
        fq_error *error = fq_errors_add(w->b->errors, FQ_ERR_LIMIT_EXCEEDED,
                                        "The default value of %.*s is nested too deeply.", FQ_PRI(t->owner));
        sdl_error_at(w->b, error, t->node);
        return (fq_value){.kind = FQ_VALUE_NULL};
    }
    w->depth++;
    count_values(t, 1);
    fq_value value = coerce_inside(t, node, type, at);
    w->depth--;
    return value;
}

/* ---- defaults that need each other ---- */

static fq_slice running_text(const work *w, uint32_t i) {
    const running_default *r = &w->path.items[i];
    return fq_arena_printf(w->b->scratch, "%.*s.%.*s", FQ_PRI(r->origin->type->name),
                           FQ_PRI(r->origin->type->input_fields[r->field].name));
}

static void report_cycle(work *w, const sdl_origin *origin, uint32_t field) {
    uint32_t first = 0;
    while (w->path.items[first].origin != origin || w->path.items[first].field != field) {
        first++;
    }
    fq_buffer via;
    fq_buffer_init(&via, SIZE_MAX);
    for (uint32_t i = first + 1; i < w->path.len; i++) {
        fq_buffer_slice(&via, i == first + 1 ? FQ_S(" via the default values of: ") : FQ_S(", "));
        fq_buffer_slice(&via, running_text(w, i));
    }
    fq_error *error = SDL_ERROR(w->b,
                                "Invalid circular reference. The default value of Input Object field %.*s references "
                                "itself%.*s.",
                                FQ_PRI(running_text(w, first)), FQ_PRI(fq_buffer_view(&via)));
    fq_buffer_done(&via);
    for (uint32_t i = first; i < w->path.len; i++) {
        const running_default *r = &w->path.items[i];
        sdl_error_at(w->b, error, sdl_at(w->b, r->origin->members[r->field])->value);
    }
}

static void compute_field(work *w, sdl_origin *origin, uint32_t field) {
    fq_input_value *of = &origin->type->input_fields[field];
    origin->default_states[field] = DEFAULT_RUNNING;
    fq_vec_push(w->b->scratch, &w->path, (running_default){origin, field});
    task t = {.w = w, .owner = running_text(w, w->path.len - 1), .node = sdl_at(w->b, origin->members[field])->value};
    of->default_value = coerce(&t, t.node, of->type, NULL);
    origin->default_sizes[field] = t.size;
    origin->default_states[field] = DEFAULT_DONE;
    w->path.len--;
}

static const fq_value *default_of(task *t, sdl_origin *origin, uint32_t field) {
    if (origin->default_states[field] == DEFAULT_RUNNING) {
        report_cycle(t->w, origin, field);
    } else if (origin->default_states[field] == DEFAULT_NONE) {
        compute_field(t->w, origin, field);
    }
    count_values(t, origin->default_sizes[field]);
    return &origin->type->input_fields[field].default_value;
}

/* ---- everything that has a default ---- */

static void build_argument_default(work *w, fq_input_value *arg, fq_node_id id, fq_slice owner) {
    if (!arg->has_default || !fq_type_is_input(fq_ref_core(arg->type)) || sdl_full(w->b)) {
        return;
    }
    task t = {.w = w, .node = sdl_at(w->b, id)->value};
    t.owner = fq_arena_printf(w->b->scratch, "%.*s(%.*s:)", FQ_PRI(owner), FQ_PRI(arg->name));
    arg->default_value = coerce(&t, t.node, arg->type, NULL);
}

static void build_arguments(work *w, const fq_input_value *args, uint32_t n, fq_node_id first, fq_slice owner) {
    fq_node_id id = first;
    for (uint32_t i = 0; i < n; i++, id = sdl_next(w->b, id)) {
        build_argument_default(w, (fq_input_value *)&args[i], id, owner);
    }
}

static bool any_default(const fq_input_value *values, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (values[i].has_default) {
            return true;
        }
    }
    return false;
}

static void build_type_defaults(work *w, const sdl_origin *origin) {
    const fq_type *type = origin->type;
    for (uint32_t i = 0; i < type->n_fields && !sdl_full(w->b); i++) {
        const fq_field *field = &type->fields[i];
        if (any_default(field->args, field->n_args)) {
            build_arguments(w, field->args, field->n_args, sdl_at(w->b, origin->members[i])->args,
                            fq_arena_printf(w->b->scratch, "%.*s.%.*s", FQ_PRI(type->name), FQ_PRI(field->name)));
        }
    }
}

static void build_input_object_defaults(work *w, sdl_origin *origin) {
    fq_type *type = origin->type;
    for (uint32_t i = 0; i < type->n_input_fields && !sdl_full(w->b); i++) {
        const fq_input_value *field = &type->input_fields[i];
        if (field->has_default && origin->default_states[i] == DEFAULT_NONE &&
            fq_type_is_input(fq_ref_core(field->type))) {
            compute_field(w, origin, i);
        }
    }
}

void sdl_build_defaults(sdl_build *b) {
    work w = {.b = b};
    for (uint32_t i = 0; i < b->n_origins; i++) {
        uint32_t n = b->origins[i].type->n_input_fields;
        b->origins[i].default_states = FQ_NEW_ARRAY(b->scratch, uint8_t, n);
        b->origins[i].default_sizes = FQ_NEW_ARRAY(b->scratch, uint32_t, n);
    }
    for (uint32_t i = 0; i < b->n_origins; i++) {
        build_input_object_defaults(&w, &b->origins[i]);
    }
    for (uint32_t i = 0; i < b->n_origins; i++) {
        build_type_defaults(&w, &b->origins[i]);
    }
    for (uint32_t i = 0; i < b->directive_nodes.len && !sdl_full(b); i++) {
        const fq_directive *directive = b->built_directives.items[i];
        build_arguments(&w, directive->args, directive->n_args, sdl_at(b, b->directive_nodes.items[i])->args,
                        fq_arena_printf(b->scratch, "@%.*s", FQ_PRI(directive->name)));
    }
}
