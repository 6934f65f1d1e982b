/* SPDX-License-Identifier: MIT */
/* Types that a document names, the extensions of the language, and texts for messages. */
#include "validate/input.h"

#include "graphql/printer.h"
#include "graphql/suggest.h"

/* Of one printed node in a message: more than a document can hold. */
#define PRINTED_MAX ((size_t)16 * 1024 * 1024)

const fq_type *fq_input_type_named(const fq_schema *schema, fq_slice name, unsigned extensions) {
    const fq_type *type = fq_schema_type(schema, name);
    if (type != NULL && type->unreferenced) {
        return NULL; /* a built-in scalar that the schema does not have */
    }
    if (type != NULL || (extensions & FQ_EXTENSION_V1_NAMES) == 0) {
        return type;
    }
    if (!fq_slice_ends_with(name, FQ_S("WhereInput")) && !fq_slice_ends_with(name, FQ_S("OrderByInput"))) {
        return NULL;
    }
    type = fq_schema_type(schema, fq_slice_sub(name, 0, name.len - strlen("Input")));
    return type != NULL && type->subject != NULL ? type : NULL;
}

const fq_type_ref *fq_type_ref_of_node(fq_arena *arena, const fq_schema *schema, const fq_document *document,
                                       fq_node_id node, unsigned extensions) {
    fq_ref_kind wrappers[FQ_TYPE_WRAPPERS_MAX];
    uint32_t n = 0;
    while (fq_node_at(document, node)->kind != FQ_NODE_NAMED_TYPE) {
        if (n == FQ_TYPE_WRAPPERS_MAX) {
            return NULL;
        }
        wrappers[n++] = fq_node_at(document, node)->kind == FQ_NODE_LIST_TYPE ? FQ_REF_LIST : FQ_REF_NON_NULL;
        node = fq_node_at(document, node)->type;
    }
    const fq_type *named = fq_input_type_named(schema, fq_node_name(document, node), extensions);
    if (named == NULL) {
        return NULL;
    }
    fq_type_ref *refs = FQ_NEW_ARRAY(arena, fq_type_ref, n + 1);
    refs[n] = (fq_type_ref){.kind = FQ_REF_NAMED, .type = (fq_type *)named};
    for (uint32_t i = n; i-- > 0;) {
        refs[i] = (fq_type_ref){.kind = wrappers[i], .of = &refs[i + 1]};
    }
    return refs;
}

fq_slice fq_type_ref_text(fq_arena *arena, const fq_type_ref *ref) {
    size_t before = 0, after = 0;
    const fq_type_ref *core = ref;
    for (; core->kind != FQ_REF_NAMED; core = core->of) {
        before += core->kind == FQ_REF_LIST;
        after++;
    }
    fq_slice name = core->type->name;
    char *text = fq_arena_alloc(arena, before + name.len + after);
    memset(text, '[', before);
    memcpy(text + before, name.ptr, name.len);
    char *end = text + before + name.len + after;
    for (char *at = end; ref->kind != FQ_REF_NAMED; ref = ref->of) {
        *--at = ref->kind == FQ_REF_LIST ? ']' : '!';
    }
    return fq_slice_of(text, (size_t)(end - text));
}

const fq_input_value *fq_filter_shorthand(const fq_type *type, unsigned extensions) {
    if ((extensions & FQ_EXTENSION_FILTER_SHORTHAND) == 0 || type->kind != FQ_INPUT_OBJECT_TYPE ||
        !fq_slice_ends_with(type->name, FQ_S("Filter"))) {
        return NULL;
    }
    const fq_input_value *eq = fq_type_input_field(type, FQ_S("eq"));
    return eq != NULL && eq->role == FQ_INPUT_OPERATOR ? eq : NULL;
}

fq_slice fq_node_printed(fq_arena *arena, const fq_document *document, fq_node_id node) {
    fq_buffer buffer;
    fq_buffer_init(&buffer, PRINTED_MAX);
    fq_print_node(document, node, &buffer);
    fq_slice text = fq_arena_copy(arena, fq_buffer_view(&buffer));
    fq_buffer_done(&buffer);
    return text;
}

fq_slice fq_enum_suggestions(fq_arena *arena, const fq_type *type, fq_slice input) {
    fq_suggestions suggestions;
    fq_suggestions_init(&suggestions, arena, input);
    for (uint32_t i = 0; i < type->n_values; i++) {
        fq_suggestions_offer(&suggestions, type->values[i].name);
    }
    fq_suggestions_sort(&suggestions);
    return fq_suggestions_text(&suggestions, FQ_S("the enum value"));
}

fq_slice fq_input_field_suggestions(fq_arena *arena, const fq_type *type, fq_slice input) {
    fq_suggestions suggestions;
    fq_suggestions_init(&suggestions, arena, input);
    for (uint32_t i = 0; i < type->n_input_fields; i++) {
        fq_suggestions_offer(&suggestions, type->input_fields[i].name);
    }
    fq_suggestions_sort(&suggestions);
    return fq_suggestions_text(&suggestions, FQ_S(""));
}

void fq_limit_exceeded(fq_errors *errors, uint32_t offset, const char *subject, uint32_t value, const char *what,
                       uint32_t maximum) {
    fq_errors_add_at(errors, FQ_ERR_LIMIT_EXCEEDED, offset, "%s has %u %s, which exceeds the limit of %u (%s).",
                     subject, value, what, maximum, what);
}
