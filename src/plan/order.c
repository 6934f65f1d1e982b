/* SPDX-License-Identifier: MIT */
/* The order of a list: the keys that were asked for, completed with the key of the relation in the direction of the
 * last one, so that it is total and can be read backwards along an index. A relation without a key is ordered by
 * everything that can be. */
#include "plan/planner.h"

static const fq_slice direction_texts[] = {
    [FQ_ASC] = FQ_S_INIT(""),
    [FQ_DESC] = FQ_S_INIT(" desc"),
    [FQ_ASC_NULLS_FIRST] = FQ_S_INIT(" nulls first"),
    [FQ_ASC_NULLS_LAST] = FQ_S_INIT(""), /* as PostgreSQL does without words */
    [FQ_DESC_NULLS_FIRST] = FQ_S_INIT(" desc"),
    [FQ_DESC_NULLS_LAST] = FQ_S_INIT(" desc nulls last"),
};

static const fq_slice direction_names[] = {
    [FQ_ASC] = FQ_S_INIT("ASC"),
    [FQ_DESC] = FQ_S_INIT("DESC"),
    [FQ_ASC_NULLS_FIRST] = FQ_S_INIT("ASC_NULLS_FIRST"),
    [FQ_ASC_NULLS_LAST] = FQ_S_INIT("ASC_NULLS_LAST"),
    [FQ_DESC_NULLS_FIRST] = FQ_S_INIT("DESC_NULLS_FIRST"),
    [FQ_DESC_NULLS_LAST] = FQ_S_INIT("DESC_NULLS_LAST"),
};

static fq_direction direction_of(fq_slice name) {
    for (unsigned i = FQ_DESC; i <= FQ_DESC_NULLS_LAST; i++) {
        if (fq_slice_equal(name, direction_names[i])) {
            return (fq_direction)i;
        }
    }
    return FQ_ASC;
}

static bool descends(fq_direction direction) {
    return direction == FQ_DESC || direction == FQ_DESC_NULLS_FIRST || direction == FQ_DESC_NULLS_LAST;
}

static bool sortable(const fq_column *column) {
    fq_storage storage = (fq_storage)column->type->storage;
    return storage != FQ_STORAGE_OTHER && storage != FQ_STORAGE_JSON && storage != FQ_STORAGE_COMPOSITE;
}

static bool ordered_by(const fq_scan *scan, const fq_column *column) {
    for (uint32_t i = 0; i < scan->order.len; i++) {
        if (scan->order.items[i].column == column) {
            return true;
        }
    }
    return false;
}

static bool ordered_by_expression(const fq_scan *scan, fq_slice expression) {
    for (uint32_t i = 0; i < scan->order.len; i++) {
        if (scan->order.items[i].column == NULL && fq_slice_equal(scan->order.items[i].expression, expression)) {
            return true;
        }
    }
    return false;
}

static void push_column(fq_planner *planner, fq_scan *scan, const fq_column *column, fq_direction direction) {
    if (!ordered_by(scan, column)) {
        fq_vec_push(planner->arena, &scan->order, (fq_order_key){.column = column, .direction = direction});
    }
}

static void push_field(fq_planner *planner, fq_scan *scan, const fq_field *field, const fq_entity *entity,
                       fq_slice document, fq_direction direction) {
    const fq_source *source = entity != NULL ? entity->sources[field->index] : NULL;
    if (source != NULL && source->kind != FQ_SOURCE_DOCUMENT) {
        push_column(planner, scan, source->column, direction);
        return;
    }
    fq_operand operand = fq_operand_of_document(planner, document, field);
    fq_slice expression = fq_operand_order(planner, &operand);
    if (!ordered_by_expression(scan, expression)) {
        fq_vec_push(planner->arena, &scan->order, (fq_order_key){.expression = expression, .direction = direction});
    }
}

/* One object of `orderBy` about `subject`, whose fields are those of `entity`, or with NULL are in the JSON `document`.
 */
static void push_object(fq_planner *planner, fq_scan *scan, const fq_value *object, const fq_type *subject,
                        const fq_entity *entity, fq_slice document) {
    for (uint32_t i = 0; i < object->count; i++) {
        const fq_member *member = &object->members[i];
        if (member->field == NULL || member->field->role != FQ_INPUT_ORDER) {
            continue;
        }
        const fq_field *field = &subject->fields[member->field->target];
        if (member->value.kind == FQ_VALUE_ENUM) {
            push_field(planner, scan, field, entity, document, direction_of(member->value.text));
        } else if (member->value.kind == FQ_VALUE_OBJECT) {
            fq_document_access(&planner->scratch, document, fq_field_json_key(field), field->document_alternative,
                               "->");
            push_object(planner, scan, &member->value, fq_ref_core(field->type), NULL, fq_planner_take(planner));
        }
    }
}

static fq_direction last_direction(const fq_scan *scan) {
    bool down = scan->order.len > 0 && descends(scan->order.items[scan->order.len - 1].direction);
    return down ? FQ_DESC : FQ_ASC;
}

void fq_order_by_all(fq_planner *planner, fq_scan *scan) {
    fq_direction direction = last_direction(scan);
    for (uint32_t i = 0; i < scan->relation->n_columns; i++) {
        if (sortable(&scan->relation->columns[i])) {
            push_column(planner, scan, &scan->relation->columns[i], direction);
        }
    }
}

static void complete(fq_planner *planner, fq_scan *scan) {
    const fq_key *key = scan->relation->key;
    if (key == NULL) {
        fq_order_by_all(planner, scan);
        return;
    }
    fq_direction direction = last_direction(scan);
    for (uint32_t i = 0; i < key->n_columns; i++) {
        push_column(planner, scan, key->columns[i], direction);
    }
}

void fq_order_make(fq_planner *planner, fq_scan *scan, const fq_value *order_by) {
    const fq_entity *entity = scan->entity;
    fq_slice document = fq_scan_document(planner, scan);
    if (order_by != NULL && order_by->kind == FQ_VALUE_LIST) {
        for (uint32_t i = 0; i < order_by->count; i++) {
            push_object(planner, scan, &order_by->items[i], entity->type, entity, document);
        }
    } else if (order_by != NULL && order_by->kind == FQ_VALUE_OBJECT) {
        push_object(planner, scan, order_by, entity->type, entity, document);
    }
    complete(planner, scan);
}

void fq_order_write(fq_sql *sql, const fq_scan *scan, fq_order_place place) {
    for (uint32_t i = 0; i < scan->order.len; i++) {
        const fq_order_key *key = &scan->order.items[i];
        if (i == 0) {
            fq_sql_text(sql, " order by ");
        } else {
            fq_sql_text(sql, ", ");
        }
        if (key->column != NULL) {
            fq_sql_column(&sql->out, scan->number, key->column->name);
        } else if (place == FQ_ORDER_INSIDE) {
            fq_buffer_slice(&sql->out, key->expression);
        } else {
            fq_sql_alias(&sql->out, 't', scan->number);
            fq_sql_text(sql, ".fq_");
            fq_sql_alias(&sql->out, 'o', i);
        }
        fq_buffer_slice(&sql->out, direction_texts[key->direction]);
    }
}
