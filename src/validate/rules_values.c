/* SPDX-License-Identifier: MIT */
/* Rules about literals (section 5.6): of the type that their position asks for, input fields known, required, unique,
 * one of one-of objects. On the way it records where variables are used, for the rules about variables. Custom scalars
 * take any literal. Where a filter is asked for, a bare literal is checked as its `eq`, if that extension is on. */
#include "validate/rules.h"

/* From here on a map finds equal names. */
#define MANY_FIELDS 16

/* ---- leaves ---- */

static void report_unexpected(fq_validator *v, fq_node_id node, const fq_type_ref *type) {
    fq_report(v, fq_v_node(v, node)->start, "Expected value of type \"%.*s\", found %.*s.",
              FQ_PRI(fq_type_ref_text(v->arena, type)), FQ_PRI(fq_node_printed(v->arena, v->document, node)));
}

static void report_scalar(fq_validator *v, fq_node_id node, const char *reason) {
    fq_report(v, fq_v_node(v, node)->start, "%s: %.*s", reason, FQ_PRI(fq_node_printed(v->arena, v->document, node)));
}

static bool is_int32(fq_slice lexeme) {
    bool negative = lexeme.ptr[0] == '-';
    fq_slice digits = fq_slice_sub(lexeme, negative, lexeme.len);
    if (digits.len != 10) {
        return digits.len < 10;
    }
    return memcmp(digits.ptr, negative ? "2147483648" : "2147483647", 10) <= 0;
}

static void check_int(fq_validator *v, fq_node_id id, fq_node_kind kind) {
    if (kind != FQ_NODE_INT) {
        report_scalar(v, id, "Int cannot represent non-integer value");
    } else if (!is_int32(fq_v_name(v, id))) {
        fq_report(v, fq_v_node(v, id)->start, "Int cannot represent non 32-bit signed integer value: %.*s",
                  FQ_PRI(fq_v_name(v, id)));
    }
}

static void check_scalar(fq_validator *v, fq_node_id id, const fq_type *type) {
    fq_node_kind kind = fq_v_node(v, id)->kind;
    switch (type->scalar) {
    case FQ_SCALAR_INT:
        check_int(v, id, kind);
        break;
    case FQ_SCALAR_FLOAT:
        if (kind != FQ_NODE_FLOAT && kind != FQ_NODE_INT) {
            report_scalar(v, id, "Float cannot represent non numeric value");
        }
        break;
    case FQ_SCALAR_STRING:
        if (kind != FQ_NODE_STRING) {
            report_scalar(v, id, "String cannot represent a non string value");
        }
        break;
    case FQ_SCALAR_BOOLEAN:
        if (kind != FQ_NODE_BOOLEAN) {
            report_scalar(v, id, "Boolean cannot represent a non boolean value");
        }
        break;
    case FQ_SCALAR_ID:
        if (kind != FQ_NODE_STRING && kind != FQ_NODE_INT) {
            report_scalar(v, id, "ID cannot represent a non-string and non-integer value");
        }
        break;
    default:
        break;
    }
}

static void check_enum(fq_validator *v, fq_node_id id, const fq_type *type) {
    const fq_node *node = fq_v_node(v, id);
    bool name = node->kind == FQ_NODE_ENUM;
    if ((name && fq_type_enum_value(type, fq_v_name(v, id)) != NULL) || fq_validator_full(v)) {
        return;
    }
    fq_slice text = fq_node_printed(v->arena, v->document, id);
    fq_slice suggestion = fq_enum_suggestions(v->arena, type, text);
    if (name) {
        fq_report(v, node->start, "Value \"%.*s\" does not exist in \"%.*s\" enum.%.*s", FQ_PRI(text),
                  FQ_PRI(type->name), FQ_PRI(suggestion));
    } else {
        fq_report(v, node->start, "Enum \"%.*s\" cannot represent non-enum value: %.*s.%.*s", FQ_PRI(type->name),
                  FQ_PRI(text), FQ_PRI(suggestion));
    }
}

/* A literal that is taken as a whole. */
static void check_leaf(fq_validator *v, fq_node_id id, const fq_type_ref *type) {
    if (type == NULL) {
        return;
    }
    const fq_type *core = fq_ref_core(type);
    if (core->kind == FQ_SCALAR_TYPE) {
        check_scalar(v, id, core);
    } else if (core->kind == FQ_ENUM_TYPE) {
        check_enum(v, id, core);
    } else if (!fq_validator_full(v)) {
        report_unexpected(v, id, type);
    }
}

/* ---- lists ---- */

static void visit_list(fq_validator *v, fq_node_id id, fq_position_type position) {
    const fq_type_ref *type = position.type != NULL ? fq_ref_nullable(position.type) : NULL;
    bool list = type != NULL && type->kind == FQ_REF_LIST;
    fq_position_type item = {.type = list ? type->of : type, .parent = position.type, .checked = position.checked};
    if (position.checked && !list) {
        check_leaf(v, id, item.type);
        item.checked = false;
    }
    for (fq_node_id at = fq_v_node(v, id)->children; at != 0; at = fq_v_next(v, at)) {
        fq_rules_value(v, at, item);
    }
}

/* ---- objects ---- */

static fq_node_id find_field(const fq_validator *v, fq_node_id first, fq_slice name) {
    fq_node_id found = 0;
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        if (fq_slice_equal(fq_v_name(v, id), name)) {
            found = id; /* the last counts, as in graphql-js */
        }
    }
    return found;
}

static void check_required_fields(fq_validator *v, fq_node_id object, const fq_type *type) {
    for (uint32_t i = 0; i < type->n_input_fields; i++) {
        const fq_input_value *field = &type->input_fields[i];
        if (field->type->kind != FQ_REF_NON_NULL || field->has_default ||
            find_field(v, fq_v_node(v, object)->children, field->name) != 0) {
            continue;
        }
        fq_report(v, fq_v_node(v, object)->start, "Field \"%.*s.%.*s\" of required type \"%.*s\" was not provided.",
                  FQ_PRI(type->name), FQ_PRI(field->name), FQ_PRI(fq_type_ref_text(v->arena, field->type)));
    }
}

static void check_one_of(fq_validator *v, fq_node_id object, const fq_type *type) {
    const fq_node *node = fq_v_node(v, object);
    fq_node_id first = node->children;
    bool one = first != 0;
    for (fq_node_id id = first; id != 0; id = fq_v_next(v, id)) {
        one &= fq_slice_equal(fq_v_name(v, id), fq_v_name(v, first));
    }
    if (!one) {
        fq_report(v, node->start, "OneOf Input Object \"%.*s\" must specify exactly one key.", FQ_PRI(type->name));
        return;
    }
    fq_node_id last = find_field(v, first, fq_v_name(v, first));
    if (fq_v_node(v, fq_v_node(v, last)->value)->kind == FQ_NODE_NULL) {
        fq_report(v, node->start, "Field \"%.*s.%.*s\" must be non-null.", FQ_PRI(type->name),
                  FQ_PRI(fq_v_name(v, first)));
    }
}

static void report_unknown_field(fq_validator *v, fq_node_id field, const fq_type *type) {
    if (fq_validator_full(v)) {
        return;
    }
    fq_slice name = fq_v_name(v, field);
    fq_report(v, fq_v_node(v, field)->start, "Field \"%.*s\" is not defined by type \"%.*s\".%.*s", FQ_PRI(name),
              FQ_PRI(type->name), FQ_PRI(fq_input_field_suggestions(v->arena, type, name)));
}

/* The names of an object's fields so far: compared one by one while they are few. */
typedef struct seen_names {
    fq_node_id first;
    uint32_t n;
    fq_map map; /* name -> node, from MANY_FIELDS on */
} seen_names;

static fq_node_id find_seen(fq_validator *v, seen_names *seen, fq_node_id id) {
    fq_slice name = fq_v_name(v, id);
    if (seen->n++ < MANY_FIELDS) {
        for (fq_node_id other = seen->first; other != id; other = fq_v_next(v, other)) {
            if (fq_slice_equal(fq_v_name(v, other), name)) {
                return other;
            }
        }
        return 0;
    }
    if (seen->map.arena == NULL) {
        fq_map_init(&seen->map, v->arena);
        for (fq_node_id other = seen->first; other != id; other = fq_v_next(v, other)) {
            if (!fq_map_has(&seen->map, fq_v_name(v, other))) {
                fq_map_put(&seen->map, fq_v_name(v, other), (void *)(uintptr_t)other);
            }
        }
    }
    fq_node_id before = (fq_node_id)(uintptr_t)fq_map_get(&seen->map, name);
    if (before == 0) {
        fq_map_put(&seen->map, name, (void *)(uintptr_t)id);
    }
    return before;
}

static void check_unique_field(fq_validator *v, seen_names *seen, fq_node_id field) {
    fq_node_id before = find_seen(v, seen, field);
    if (before == 0) {
        return;
    }
    fq_finding *finding =
        fq_report_begin(v, "There can be only one input field named \"%.*s\".", FQ_PRI(fq_v_name(v, field)));
    fq_finding_locate(v, finding, fq_v_node(v, before)->name_start);
    fq_finding_locate(v, finding, fq_v_node(v, field)->name_start);
}

static void visit_field(fq_validator *v, fq_node_id id, const fq_type *type, fq_position_type object,
                        seen_names *seen) {
    const fq_input_value *field = type != NULL ? fq_type_input_field(type, fq_v_name(v, id)) : NULL;
    if (object.checked && field == NULL && type != NULL) {
        report_unknown_field(v, id, type);
    }
    check_unique_field(v, seen, id);
    fq_position_type position = {.parent = object.type, .checked = object.checked};
    if (field != NULL) {
        position.type = field->type;
        position.has_default = field->has_default;
    }
    fq_rules_value(v, fq_v_node(v, id)->value, position);
}

static void visit_object(fq_validator *v, fq_node_id id, fq_position_type position) {
    const fq_type *type = position.type != NULL ? fq_ref_core(position.type) : NULL;
    if (type != NULL && type->kind != FQ_INPUT_OBJECT_TYPE) {
        type = NULL;
    }
    if (position.checked && type == NULL) {
        check_leaf(v, id, position.type);
        position.checked = false;
    } else if (position.checked) {
        check_required_fields(v, id, type);
        if (type->one_of) {
            check_one_of(v, id, type);
        }
    }
    seen_names seen = {.first = fq_v_node(v, id)->children};
    for (fq_node_id at = seen.first; at != 0; at = fq_v_next(v, at)) {
        visit_field(v, at, type, position, &seen);
    }
}

/* ---- any ---- */

/* What a bare literal is checked against: where it stands for a filter, the type of `eq`. */
static const fq_type_ref *bare_type(const fq_validator *v, const fq_type_ref *type, fq_node_kind kind) {
    const fq_type_ref *at = fq_ref_nullable(type);
    while (at->kind == FQ_REF_LIST && kind != FQ_NODE_LIST) {
        at = fq_ref_nullable(at->of);
    }
    const fq_input_value *eq = at->kind == FQ_REF_NAMED ? fq_filter_shorthand(at->type, v->extensions) : NULL;
    return eq != NULL ? eq->type : type;
}

void fq_rules_value(fq_validator *v, fq_node_id id, fq_position_type position) {
    fq_node_kind kind = fq_v_node(v, id)->kind;
    switch (kind) {
    case FQ_NODE_VARIABLE:
        fq_vec_push(v->arena, &v->usages, (fq_usage){id, position.type, position.parent, position.has_default});
        return;
    case FQ_NODE_NULL:
        if (position.checked && position.type != NULL && position.type->kind == FQ_REF_NON_NULL) {
            report_unexpected(v, id, position.type);
        }
        return;
    case FQ_NODE_OBJECT:
        visit_object(v, id, position);
        return;
    default:
        break;
    }
    if (position.checked && position.type != NULL) {
        position.type = bare_type(v, position.type, kind);
    }
    if (kind == FQ_NODE_LIST) {
        visit_list(v, id, position);
    } else if (position.checked) {
        check_leaf(v, id, position.type);
    }
}
