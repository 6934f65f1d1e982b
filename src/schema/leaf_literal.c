/* SPDX-License-Identifier: MIT */
/* See leaf_literal.h. */
#include "schema/leaf_literal.h"

#include "graphql/printer.h"
#include "graphql/suggest.h"

static fq_slice refusal(fq_arena *arena, const char *text, const fq_document *document, fq_node_id node) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    fq_buffer_slice(&out, fq_slice_from_cstr(text));
    fq_print_node(document, node, &out);
    fq_slice message = fq_arena_copy(arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return message;
}

/* Whether the lexeme of an integer fits into 32 bits; it may have any length. */
static bool fits_int32(fq_slice lexeme) {
    bool negative = lexeme.len > 0 && lexeme.ptr[0] == '-';
    int64_t value = 0;
    for (size_t i = negative; i < lexeme.len; i++) {
        value = value * 10 + (lexeme.ptr[i] - '0');
        if (value > INT64_C(2147483648)) {
            return false;
        }
    }
    return value <= INT32_MAX || negative;
}

static fq_slice int_error(fq_arena *arena, const fq_document *document, fq_node_id node) {
    if (document->nodes[node].kind != FQ_NODE_INT) {
        return refusal(arena, "Int cannot represent non-integer value: ", document, node);
    }
    return fits_int32(fq_node_name(document, node))
               ? FQ_S("")
               : refusal(arena, "Int cannot represent non 32-bit signed integer value: ", document, node);
}

static fq_slice enum_suggestions(fq_arena *arena, const fq_type *type, fq_slice name) {
    fq_suggestions suggestions;
    fq_suggestions_init(&suggestions, arena, name);
    for (uint32_t i = 0; i < type->n_values; i++) {
        fq_suggestions_offer(&suggestions, type->values[i].name);
    }
    return fq_suggestions_text(&suggestions, FQ_S("the enum value"));
}

static fq_slice enum_error(fq_arena *arena, const fq_type *type, const fq_document *document, fq_node_id node) {
    if (document->nodes[node].kind != FQ_NODE_ENUM) {
        fq_slice printed = refusal(arena, "", document, node);
        return fq_arena_printf(arena, "Enum \"%.*s\" cannot represent non-enum value: %.*s.%.*s", FQ_PRI(type->name),
                               FQ_PRI(printed), FQ_PRI(enum_suggestions(arena, type, printed)));
    }
    fq_slice name = fq_node_name(document, node);
    if (fq_map_has(&type->members, name)) {
        return FQ_S("");
    }
    return fq_arena_printf(arena, "Value \"%.*s\" does not exist in \"%.*s\" enum.%.*s", FQ_PRI(name),
                           FQ_PRI(type->name), FQ_PRI(enum_suggestions(arena, type, name)));
}

fq_slice fq_leaf_literal_error(fq_arena *arena, const fq_type *type, const fq_document *document, fq_node_id node) {
    fq_node_kind kind = document->nodes[node].kind;
    if (type->kind == FQ_ENUM_TYPE) {
        return enum_error(arena, type, document, node);
    }
    switch ((fq_scalar)type->scalar) {
    case FQ_SCALAR_INT:
        return int_error(arena, document, node);
    case FQ_SCALAR_FLOAT:
        return kind == FQ_NODE_INT || kind == FQ_NODE_FLOAT
                   ? FQ_S("")
                   : refusal(arena, "Float cannot represent non numeric value: ", document, node);
    case FQ_SCALAR_STRING:
        return kind == FQ_NODE_STRING ? FQ_S("")
                                      : refusal(arena, "String cannot represent a non string value: ", document, node);
    case FQ_SCALAR_BOOLEAN:
        return kind == FQ_NODE_BOOLEAN
                   ? FQ_S("")
                   : refusal(arena, "Boolean cannot represent a non boolean value: ", document, node);
    case FQ_SCALAR_ID:
        return kind == FQ_NODE_STRING || kind == FQ_NODE_INT
                   ? FQ_S("")
                   : refusal(arena, "ID cannot represent a non-string and non-integer value: ", document, node);
    default:
        return FQ_S("");
    }
}
