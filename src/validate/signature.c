/* SPDX-License-Identifier: MIT */
/* What of the variables fixes a plan, as a short text; and variables as JSON.
 * Invariant: equal signatures of one operation mean values of the same shape, so that leaf numbers mean the same. */
#include "validate/validate.h"

#include "json/writer.h"

/* Variables that are told apart; the values of those beyond count as fixing the plan. */
#define TRACKED_MAX 256

typedef struct variable_set {
    uint64_t bits[TRACKED_MAX / 64];
} variable_set;

static bool set_has(const variable_set *set, uint32_t i) {
    return i >= TRACKED_MAX || (set->bits[i / 64] >> (i % 64) & 1) != 0;
}

/* ---- which variables fix the plan by their value ---- */

static void mark_name(const fq_variables *variables, fq_slice name, variable_set *set) {
    for (uint32_t i = 0; i < variables->count && i < TRACKED_MAX; i++) {
        if (fq_slice_equal(variables->names[i], name)) {
            set->bits[i / 64] |= UINT64_C(1) << (i % 64);
        }
    }
}

static void mark_value(const fq_document *document, fq_node_id id, const fq_variables *variables, variable_set *set) {
    const fq_node *node = fq_node_at(document, id);
    if (node->kind == FQ_NODE_VARIABLE) {
        mark_name(variables, fq_node_name(document, id), set);
    } else if (node->kind == FQ_NODE_OBJECT_FIELD) {
        mark_value(document, node->value, variables, set);
    } else if (node->kind == FQ_NODE_LIST || node->kind == FQ_NODE_OBJECT) {
        for (fq_node_id item = node->children; item != 0; item = fq_node_next(document, item)) {
            mark_value(document, item, variables, set);
        }
    }
}

static bool decides(const fq_document *document, fq_node_id id) {
    const fq_node *node = fq_node_at(document, id);
    return node->args != 0 &&
           (node->kind == FQ_NODE_DIRECTIVE ||
            (node->kind == FQ_NODE_FIELD && fq_slice_starts_with(fq_node_name(document, id), FQ_S("__"))));
}

static bool is_limit(const fq_document *document, fq_node_id id) {
    return fq_node_at(document, id)->kind == FQ_NODE_ARGUMENT &&
           fq_slice_equal(fq_node_name(document, id), FQ_S("limit"));
}

/* Nodes of other operations are looked at as well: that is quicker than to walk, and only marks more. */
static variable_set deciding_variables(const fq_document *document, const fq_variables *variables,
                                       variable_set *limits) {
    variable_set set = {0};
    for (fq_node_id id = 1; id < document->n_nodes; id++) {
        if (is_limit(document, id)) {
            mark_value(document, fq_node_at(document, id)->value, variables, limits);
        } else if (decides(document, id)) {
            for (fq_node_id arg = fq_node_at(document, id)->args; arg != 0; arg = fq_node_next(document, arg)) {
                mark_value(document, fq_node_at(document, arg)->value, variables, &set);
            }
        }
    }
    return set;
}

/* ---- the signature ---- */

static void append_text(fq_slice text, fq_buffer *out) {
    fq_buffer_printf(out, "%zu:", text.len);
    fq_buffer_slice(out, text);
}

static char kind_letter(const fq_value *value) {
    static const char letters[] = "-nbifse[{j";
    return letters[value->kind];
}

/* What is written of leaves: their kind and nullness and which boolean it is, or all. */
typedef enum detail { DETAIL_SHAPE, DETAIL_FULL } detail;

static void append_value(const fq_value *value, detail leaves, fq_buffer *out);

static void append_members(const fq_value *object, detail leaves, fq_buffer *out) {
    for (uint32_t i = 0; i < object->count; i++) {
        fq_buffer_slice(out, object->members[i].name);
        fq_buffer_char(out, ':');
        append_value(&object->members[i].value, leaves, out);
    }
    fq_buffer_char(out, '}');
}

static void append_items(const fq_value *list, detail leaves, fq_buffer *out) {
    for (uint32_t i = 0; i < list->count; i++) {
        append_value(&list->items[i], leaves, out);
    }
    fq_buffer_char(out, ']');
}

static void append_value(const fq_value *value, detail leaves, fq_buffer *out) {
    bool full = leaves == DETAIL_FULL || value->origin == FQ_ORIGIN_CONSTANT;
    fq_buffer_char(out, kind_letter(value));
    if (value->kind == FQ_VALUE_OBJECT) {
        append_members(value, leaves, out);
    } else if (value->kind == FQ_VALUE_LIST && full) {
        append_items(value, leaves, out);
    } else if (value->kind == FQ_VALUE_LIST) {
        fq_buffer_char(out, value->has_null ? 'n' : ']');
    } else if (value->kind == FQ_VALUE_BOOLEAN) {
        fq_buffer_char(out, value->truth ? '1' : '0');
    } else if (full && value->kind > FQ_VALUE_BOOLEAN) {
        append_text(value->text, out);
    }
}

void fq_variables_signature(const fq_schema *schema, const fq_document *document, fq_node_id operation,
                            const fq_variables *variables, fq_buffer *signature) {
    (void)schema;
    (void)operation;
    if (variables->count == 0) {
        return;
    }
    variable_set limits = {0};
    variable_set set = deciding_variables(document, variables, &limits);
    for (uint32_t i = 0; i < variables->count; i++) {
        append_value(&variables->values[i], set_has(&set, i) ? DETAIL_FULL : DETAIL_SHAPE, signature);
        if (set_has(&limits, i)) {
            fq_buffer_printf(signature, "%u;", fq_limit_class(&variables->values[i]));
        }
    }
}

/* ---- JSON ---- */

static void write_value(const fq_value *value, fq_buffer *out) {
    switch ((fq_value_kind)value->kind) {
    case FQ_VALUE_ABSENT:
    case FQ_VALUE_NULL:
        fq_buffer_literal(out, "null");
        break;
    case FQ_VALUE_BOOLEAN:
        fq_buffer_slice(out, value->truth ? FQ_S("true") : FQ_S("false"));
        break;
    case FQ_VALUE_INT:
    case FQ_VALUE_FLOAT:
    case FQ_VALUE_JSON:
        fq_buffer_slice(out, value->text);
        break;
    case FQ_VALUE_STRING:
    case FQ_VALUE_ENUM:
        fq_json_write_string(out, value->text);
        break;
    case FQ_VALUE_LIST:
        fq_buffer_char(out, '[');
        for (uint32_t i = 0; i < value->count; i++) {
            fq_buffer_append(out, ",", i > 0);
            write_value(&value->items[i], out);
        }
        fq_buffer_char(out, ']');
        break;
    case FQ_VALUE_OBJECT:
        fq_buffer_char(out, '{');
        for (uint32_t i = 0; i < value->count; i++) {
            fq_buffer_append(out, ",", i > 0);
            fq_json_write_string(out, value->members[i].name);
            fq_buffer_char(out, ':');
            write_value(&value->members[i].value, out);
        }
        fq_buffer_char(out, '}');
        break;
    }
}

void fq_variables_write_json(const fq_variables *variables, fq_buffer *out) {
    fq_buffer_char(out, '{');
    bool first = true;
    for (uint32_t i = 0; i < variables->count; i++) {
        if (variables->values[i].kind == FQ_VALUE_ABSENT) {
            continue;
        }
        fq_buffer_append(out, ",", !first);
        first = false;
        fq_json_write_string(out, variables->names[i]);
        fq_buffer_char(out, ':');
        write_value(&variables->values[i], out);
    }
    fq_buffer_char(out, '}');
}
