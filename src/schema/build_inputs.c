/* SPDX-License-Identifier: MIT */
/* What is generated from drafts: filters out of the operator table, where, orderBy and aggregate types, and the
 * arguments of lists. Every member carries its role and the index that the planner needs; nothing is published that can
 * not work. */
#include "schema/builder.h"
#include "schema/names.h"
#include "schema/operators.h"

typedef FQ_VEC(fq_input_value) input_vec;
typedef FQ_VEC(fq_field) field_vec;

static const fq_type_ref *named(fq_builder *builder, const fq_type *type) {
    return fq_ref_named(builder->schema, type);
}

static const fq_type_ref *list_of(fq_builder *builder, const fq_type_ref *of) {
    return fq_ref_list(builder->schema, of);
}

static const fq_type_ref *non_null(fq_builder *builder, const fq_type_ref *of) {
    return fq_ref_non_null(builder->schema, of);
}

fq_type *fq_builder_order_direction(fq_builder *builder) {
    static const struct {
        fq_slice name, description;
    } values[] = {
        {FQ_S_INIT("ASC"), FQ_S_INIT("Smallest first, nulls last.")},
        {FQ_S_INIT("DESC"), FQ_S_INIT("Greatest first, nulls first.")},
        {FQ_S_INIT("ASC_NULLS_FIRST"), FQ_S_INIT("Smallest first, nulls before them.")},
        {FQ_S_INIT("ASC_NULLS_LAST"), FQ_S_INIT("Smallest first, nulls last.")},
        {FQ_S_INIT("DESC_NULLS_FIRST"), FQ_S_INIT("Greatest first, nulls before them.")},
        {FQ_S_INIT("DESC_NULLS_LAST"), FQ_S_INIT("Greatest first, nulls last.")},
    };
    if (builder->order_direction == NULL) {
        fq_type *type = fq_schema_add_type(builder->schema, FQ_ENUM_TYPE, FQ_S("OrderDirection"));
        type->n_values = sizeof(values) / sizeof(values[0]);
        type->values = FQ_NEW_ARRAY(builder->arena, fq_enum_value, type->n_values);
        for (uint32_t i = 0; i < type->n_values; i++) {
            type->values[i].name = type->values[i].label = values[i].name;
            type->values[i].description = values[i].description;
        }
        builder->order_direction = type;
    }
    return builder->order_direction;
}

/* ---- filters ---- */

/* Families by the GraphQL type alone, since one filter type serves all its columns. */
static uint32_t families_of(const fq_type *type, bool array) {
    fq_pgtype like = {.storage = FQ_STORAGE_TEXT, .array = array};
    if (type->kind == FQ_ENUM_TYPE) {
        like.storage = FQ_STORAGE_ENUM;
    } else if (type->kind != FQ_SCALAR_TYPE) {
        return 0;
    } else if (type->scalar == FQ_SCALAR_ID) {
        return array ? fq_operator_families(&like) : FQ_FAMILY_EQUALITY | FQ_FAMILY_ANY;
    } else if (type->scalar == FQ_SCALAR_JSON) {
        like.storage = FQ_STORAGE_JSONB;
    } else if (type->scalar != FQ_SCALAR_STRING && type->scalar != FQ_SCALAR_OPAQUE) {
        for (int storage = FQ_STORAGE_BOOL; storage < FQ_STORAGE_ENUM; storage++) {
            if (fq_storage_scalar((fq_storage)storage) == (fq_scalar)type->scalar) {
                like.storage = (uint8_t)storage;
                break;
            }
        }
    }
    return fq_operator_families(&like);
}

static const fq_type_ref *operand(fq_builder *builder, const fq_operator *operator, const fq_type * type, bool array) {
    const fq_type_ref *one = named(builder, type);
    const fq_type_ref *same = array ? list_of(builder, one) : one;
    switch ((fq_operator_argument) operator->argument) {
    case FQ_ARGUMENT_SAME:
        return same;
    case FQ_ARGUMENT_LIST:
        return list_of(builder, same);
    case FQ_ARGUMENT_PAIR:
        return list_of(builder, non_null(builder, same));
    case FQ_ARGUMENT_BOOLEAN:
        return named(builder, fq_builder_scalar(builder, FQ_SCALAR_BOOLEAN));
    case FQ_ARGUMENT_STRING:
        return named(builder, fq_builder_scalar(builder, FQ_SCALAR_STRING));
    case FQ_ARGUMENT_INT:
        return named(builder, fq_builder_scalar(builder, FQ_SCALAR_INT));
    case FQ_ARGUMENT_ELEMENT:
        return one;
    }
    return same;
}

static void fill_filter(fq_builder *builder, fq_type *filter, const fq_type *type, bool array, uint32_t families) {
    input_vec fields = {0};
    for (uint32_t i = 0; i < fq_operators_count; i++) {
        const fq_operator *operator= & fq_operators[i];
        if ((operator->families & families) == 0) {
            continue;
        }
        fq_input_value field = {
            .name = operator->name,
            .type = operand(builder, operator, type, array),
            .role = FQ_INPUT_OPERATOR,
            .target = (uint16_t)i,
        };
        if (operator->instead.len> 0) {
            field.deprecated = true;
            field.deprecation_reason = fq_arena_printf(builder->arena, "use %.*s", FQ_PRI(operator->instead));
        }
        fq_vec_push(builder->arena, &fields, field);
    }
    filter->input_fields = fields.items;
    filter->n_input_fields = fields.len;
}

fq_type *fq_builder_filter(fq_builder *builder, const fq_type *type, bool array) {
    uint32_t families = families_of(type, array);
    if (families == 0) {
        return NULL;
    }
    fq_slice name = fq_arena_printf(builder->arena, "%.*s%s", FQ_PRI(type->name), array ? "ArrayFilter" : "Filter");
    fq_type *filter = fq_schema_type(builder->schema, name);
    if (filter == NULL) {
        filter = fq_schema_add_type(builder->schema, FQ_INPUT_OBJECT_TYPE, name);
        fill_filter(builder, filter, type, array, families);
    }
    return filter;
}

/* ---- where ---- */

static const fq_draft *draft_of(const fq_builder *builder, const fq_type *type) {
    for (uint32_t i = 0; i < builder->drafts.len; i++) {
        if (builder->drafts.items[i]->type == type) {
            return builder->drafts.items[i];
        }
    }
    return NULL;
}

static const fq_type_ref *without_non_null(const fq_type_ref *ref) {
    return ref->kind == FQ_REF_NON_NULL ? ref->of : ref;
}

/* The type of the field in a where type: a filter, the where type of a nested object, or NULL. */
static const fq_type *condition_type(fq_builder *builder, const fq_draft *draft, uint32_t i) {
    const fq_field *field = &draft->type->fields[i];
    const fq_source *source = draft->fields.items[i].source;
    bool list = without_non_null(field->type)->kind == FQ_REF_LIST;
    fq_type *core = fq_ref_core(field->type);
    if (source != NULL && source->kind == FQ_SOURCE_COLUMN) {
        if (fq_operator_families(source->column->type) == 0) {
            return NULL;
        }
        const fq_type *of = core->scalar == FQ_SCALAR_ID ? core : source->column->type->type;
        return fq_builder_filter(builder, of, source->column->type->array);
    }
    if (source != NULL && source->kind != FQ_SOURCE_DOCUMENT) {
        return NULL;
    }
    if (list) {
        return NULL; /* arrays inside documents have no operators yet */
    }
    if (core->kind == FQ_OBJECT_TYPE) {
        const fq_draft *nested = draft_of(builder, core);
        return nested != NULL ? nested->where : NULL;
    }
    return fq_builder_filter(builder, core, false);
}

static void fill_where(fq_builder *builder, fq_draft *draft) {
    const fq_type_ref *self = named(builder, draft->where);
    const fq_type_ref *list = list_of(builder, non_null(builder, self));
    input_vec fields = {0};
    fq_vec_push(builder->arena, &fields, (fq_input_value){.name = FQ_S("AND"), .type = list, .role = FQ_INPUT_AND});
    fq_vec_push(builder->arena, &fields, (fq_input_value){.name = FQ_S("OR"), .type = list, .role = FQ_INPUT_OR});
    fq_vec_push(builder->arena, &fields, (fq_input_value){.name = FQ_S("NOT"), .type = self, .role = FQ_INPUT_NOT});
    for (uint32_t i = 0; i < draft->type->n_fields; i++) {
        const fq_field *field = &draft->type->fields[i];
        const fq_type *condition = condition_type(builder, draft, i);
        bool is_logical = fq_slice_equal(field->name, FQ_S("AND")) || fq_slice_equal(field->name, FQ_S("OR")) ||
                          fq_slice_equal(field->name, FQ_S("NOT"));
        if (condition == NULL || is_logical) {
            continue;
        }
        fq_input_value input = {
            .name = field->name,
            .type = named(builder, condition),
            .role = FQ_INPUT_FILTER,
            .target = (uint16_t)i,
        };
        fq_vec_push(builder->arena, &fields, input);
    }
    draft->where->input_fields = fields.items;
    draft->where->n_input_fields = fields.len;
}

/* ---- orderBy ---- */

static bool is_orderable_scalar(const fq_type *type) {
    return type->kind == FQ_ENUM_TYPE || (type->kind == FQ_SCALAR_TYPE && type->scalar != FQ_SCALAR_JSON);
}

static bool is_orderable(const fq_draft_field *field) {
    const fq_source *source = field->source;
    if (source == NULL || without_non_null(field->field.type)->kind == FQ_REF_LIST) {
        return false;
    }
    if (source->kind == FQ_SOURCE_COLUMN) {
        return fq_operator_families(source->column->type) != 0 && is_orderable_scalar(source->column->type->type);
    }
    return source->kind == FQ_SOURCE_DOCUMENT && is_orderable_scalar(fq_ref_core(field->field.type));
}

static bool any_orderable(const fq_draft *draft) {
    for (uint32_t i = 0; i < draft->fields.len; i++) {
        if (is_orderable(&draft->fields.items[i])) {
            return true;
        }
    }
    return false;
}

static void fill_order_by(fq_builder *builder, fq_draft *draft) {
    input_vec fields = {0};
    const fq_type_ref *direction = named(builder, fq_builder_order_direction(builder));
    for (uint32_t i = 0; i < draft->fields.len; i++) {
        if (is_orderable(&draft->fields.items[i])) {
            fq_input_value input = {
                .name = draft->fields.items[i].field.name,
                .type = direction,
                .role = FQ_INPUT_ORDER,
                .target = (uint16_t)i,
            };
            fq_vec_push(builder->arena, &fields, input);
        }
    }
    draft->order_by->input_fields = fields.items;
    draft->order_by->n_input_fields = fields.len;
}

/* ---- aggregates ---- */

/* The scalar that an aggregate of values of `scalar` has; NONE where PostgreSQL has no such aggregate. */
static fq_scalar sum_scalar(fq_scalar scalar) {
    switch (scalar) {
    case FQ_SCALAR_INT:
        return FQ_SCALAR_BIG_INT;
    case FQ_SCALAR_BIG_INT:
    case FQ_SCALAR_DECIMAL:
        return FQ_SCALAR_DECIMAL;
    case FQ_SCALAR_FLOAT:
        return FQ_SCALAR_FLOAT;
    default:
        return FQ_SCALAR_NONE;
    }
}

static fq_scalar avg_scalar(fq_scalar scalar) { return scalar == FQ_SCALAR_INT ? FQ_SCALAR_FLOAT : sum_scalar(scalar); }

static bool has_minimum(const fq_type *type) {
    if (type->kind == FQ_ENUM_TYPE) {
        return true;
    }
    switch ((fq_scalar)type->scalar) {
    case FQ_SCALAR_INT:
    case FQ_SCALAR_BIG_INT:
    case FQ_SCALAR_DECIMAL:
    case FQ_SCALAR_FLOAT:
    case FQ_SCALAR_STRING:
    case FQ_SCALAR_DATE:
    case FQ_SCALAR_TIME:
    case FQ_SCALAR_DATE_TIME:
    case FQ_SCALAR_DURATION:
    case FQ_SCALAR_IP_ADDRESS:
        return type->kind == FQ_SCALAR_TYPE;
    default:
        return false;
    }
}

static const fq_type *aggregate_type(fq_builder *builder, const fq_draft_field *field, fq_aggregate aggregate) {
    const fq_source *source = field->source;
    if (!is_orderable(field)) {
        return NULL;
    }
    const fq_type *type =
        source->kind == FQ_SOURCE_COLUMN ? source->column->type->type : fq_ref_core(field->field.type);
    if (aggregate == FQ_AGGREGATE_MIN || aggregate == FQ_AGGREGATE_MAX) {
        return has_minimum(type) ? type : NULL;
    }
    if (type->kind != FQ_SCALAR_TYPE || (aggregate == FQ_AGGREGATE_AVG && source->kind == FQ_SOURCE_COLUMN &&
                                         source->column->type->storage == FQ_STORAGE_MONEY)) {
        return NULL; /* there is no avg(money) */
    }
    fq_scalar scalar =
        aggregate == FQ_AGGREGATE_SUM ? sum_scalar((fq_scalar)type->scalar) : avg_scalar((fq_scalar)type->scalar);
    return scalar != FQ_SCALAR_NONE ? fq_builder_scalar(builder, scalar) : NULL;
}

/* One of the types UserSum, UserAvg, UserMin, UserMax; NULL where it would be empty. */
static fq_type *make_aggregate_group(fq_builder *builder, fq_draft *draft, fq_aggregate aggregate, const char *suffix) {
    field_vec fields = {0};
    for (uint32_t i = 0; i < draft->fields.len; i++) {
        const fq_draft_field *field = &draft->fields.items[i];
        const fq_type *type = aggregate_type(builder, field, aggregate);
        if (type == NULL) {
            continue;
        }
        fq_source *source = fq_builder_source(builder, FQ_SOURCE_AGGREGATE_VALUE);
        source->aggregate = (uint8_t)aggregate;
        source->entity = draft->entity;
        source->subject = &draft->type->fields[i];
        fq_field value = {.name = field->field.name, .type = named(builder, type), .source = source};
        fq_vec_push(builder->arena, &fields, value);
    }
    if (fields.len == 0) {
        return NULL;
    }
    fq_slice name = fq_arena_printf(builder->arena, "%.*s%s", FQ_PRI(draft->type->name), suffix);
    fq_type *type = fq_schema_add_type(builder->schema, FQ_OBJECT_TYPE, name);
    type->fields = fields.items;
    type->n_fields = fields.len;
    return type;
}

static void make_aggregate(fq_builder *builder, fq_draft *draft) {
    static const struct {
        fq_aggregate aggregate;
        const char *suffix;
        fq_slice name;
    } groups[] = {
        {FQ_AGGREGATE_SUM, "Sum", FQ_S_INIT("sum")},
        {FQ_AGGREGATE_AVG, "Avg", FQ_S_INIT("avg")},
        {FQ_AGGREGATE_MIN, "Min", FQ_S_INIT("min")},
        {FQ_AGGREGATE_MAX, "Max", FQ_S_INIT("max")},
    };
    fq_slice name = fq_arena_printf(builder->arena, "%.*sAggregate", FQ_PRI(draft->type->name));
    draft->aggregate = fq_schema_add_type(builder->schema, FQ_OBJECT_TYPE, name);
    field_vec fields = {0};
    fq_source *count = fq_builder_source(builder, FQ_SOURCE_COUNT);
    count->entity = draft->entity;
    fq_field counted = {
        .name = FQ_S("count"),
        .type = non_null(builder, named(builder, fq_builder_scalar(builder, FQ_SCALAR_INT))),
        .source = count,
    };
    fq_vec_push(builder->arena, &fields, counted);
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        fq_type *group = make_aggregate_group(builder, draft, groups[i].aggregate, groups[i].suffix);
        if (group != NULL) {
            fq_source *source = fq_builder_source(builder, FQ_SOURCE_AGGREGATE_GROUP);
            source->aggregate = (uint8_t)groups[i].aggregate;
            source->entity = draft->entity;
            fq_field field = {.name = groups[i].name, .type = named(builder, group), .source = source};
            fq_vec_push(builder->arena, &fields, field);
        }
    }
    draft->aggregate->fields = fields.items;
    draft->aggregate->n_fields = fields.len;
}

/* ---- all of it ---- */

static fq_type *add_input(fq_builder *builder, const fq_draft *draft, const char *suffix) {
    fq_slice name = fq_arena_printf(builder->arena, "%.*s%s", FQ_PRI(draft->type->name), suffix);
    fq_type *type = fq_schema_add_type(builder->schema, FQ_INPUT_OBJECT_TYPE, name);
    type->subject = draft->type;
    return type;
}

void fq_builder_inputs(fq_builder *builder) {
    for (uint32_t i = 0; i < builder->drafts.len; i++) {
        fq_draft *draft = builder->drafts.items[i];
        if (!draft->composite) {
            draft->where = add_input(builder, draft, "Where");
        }
        if (draft->relation != NULL && any_orderable(draft)) {
            draft->order_by = add_input(builder, draft, "OrderBy");
        }
    }
    for (uint32_t i = 0; i < builder->drafts.len; i++) {
        fq_draft *draft = builder->drafts.items[i];
        if (draft->where != NULL) {
            fill_where(builder, draft);
        }
        if (draft->order_by != NULL) {
            fill_order_by(builder, draft);
        }
        if (draft->aggregate_name.len > 0) {
            make_aggregate(builder, draft);
        }
        for (uint32_t j = 0; j < draft->fields.len; j++) {
            if (draft->fields.items[j].list != NULL) {
                fq_field *field = &draft->type->fields[j];
                field->args = fq_builder_list_args(builder, draft->fields.items[j].list, &field->n_args);
            }
        }
    }
}
