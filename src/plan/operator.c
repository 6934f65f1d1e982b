/* SPDX-License-Identifier: MIT */
/* The SQL of each operator of the operator table. Which values are null, which booleans are true and the shape of lists
 * that are written out are fixed by the plan's key; everything else of a value arrives as a parameter. SQL's
 * three-valued logic stands but where the contract says otherwise (`eq: null`, nulls among the values of `in` and
 * `nin`). */
#include "plan/planner.h"

static const char *const comparisons[] = {
    [FQ_FORM_EQ] = " = ",   [FQ_FORM_NEQ] = " <> ", [FQ_FORM_GT] = " > ",
    [FQ_FORM_GTE] = " >= ", [FQ_FORM_LT] = " < ",   [FQ_FORM_LTE] = " <= ",
};

typedef struct pattern_row {
    const char *operator;
    uint8_t form; /* fq_param_form */
} pattern_row;

static const pattern_row patterns[] = {
    [FQ_FORM_CONTAINS] = {" like ", FQ_PARAM_LIKE_CONTAINS},
    [FQ_FORM_ICONTAINS] = {" ilike ", FQ_PARAM_LIKE_CONTAINS},
    [FQ_FORM_STARTS_WITH] = {" like ", FQ_PARAM_LIKE_PREFIX},
    [FQ_FORM_ISTARTS_WITH] = {" ilike ", FQ_PARAM_LIKE_PREFIX},
    [FQ_FORM_ENDS_WITH] = {" like ", FQ_PARAM_LIKE_SUFFIX},
    [FQ_FORM_IENDS_WITH] = {" ilike ", FQ_PARAM_LIKE_SUFFIX},
    [FQ_FORM_LIKE] = {" like ", FQ_PARAM_PLAIN},
    [FQ_FORM_ILIKE] = {" ilike ", FQ_PARAM_PLAIN},
    [FQ_FORM_NLIKE] = {" not like ", FQ_PARAM_PLAIN},
    [FQ_FORM_NILIKE] = {" not ilike ", FQ_PARAM_PLAIN},
    [FQ_FORM_REGEX] = {" ~ ", FQ_PARAM_PLAIN},
    [FQ_FORM_IREGEX] = {" ~* ", FQ_PARAM_PLAIN},
    [FQ_FORM_NREGEX] = {" !~ ", FQ_PARAM_PLAIN},
    [FQ_FORM_NIREGEX] = {" !~* ", FQ_PARAM_PLAIN},
};

static const char *const lengths[] = {
    [FQ_FORM_LEN_EQ] = " = ",   [FQ_FORM_LEN_NEQ] = " <> ", [FQ_FORM_LEN_GT] = " > ",
    [FQ_FORM_LEN_GTE] = " >= ", [FQ_FORM_LEN_LT] = " < ",   [FQ_FORM_LEN_LTE] = " <= ",
};

/* What an operator is written with. */
typedef struct operation {
    fq_planner *planner;
    fq_sql *sql;
    const fq_operand *operand;
    const fq_value *value;
    const fq_path_name *path;
} operation;

static void text(const operation *o, const char *words) { fq_buffer_slice(&o->sql->out, fq_slice_from_cstr(words)); }

static void subject(const operation *o) { fq_buffer_slice(&o->sql->out, o->operand->expression); }

static void param(const operation *o, fq_param_form form) {
    fq_operand_param(o->planner, o->sql, o->operand, form, o->value, o->path);
}

/* Booleans are part of the plan's key, so they are written out: a partial index needs to see them. */
static void compare(const operation *o, const char *operator) {
    subject(o);
    text(o, operator);
    if (o->value->kind == FQ_VALUE_BOOLEAN && o->operand->storage == FQ_STORAGE_BOOL) {
        text(o, o->value->truth ? "true" : "false");
        return;
    }
    param(o, o->operand->type != NULL && o->operand->type->array ? FQ_PARAM_ARRAY : FQ_PARAM_PLAIN);
}

/* Of an enum in a document the places among its labels are compared. */
static void ordered(const operation *o) { fq_buffer_slice(&o->sql->out, fq_operand_order(o->planner, o->operand)); }

static void ordered_param(const operation *o, fq_param_form form) {
    if (o->operand->labels.len == 0) {
        param(o, form);
        return;
    }
    text(o, "array_position(");
    fq_buffer_slice(&o->sql->out, o->operand->labels);
    text(o, ", ");
    param(o, form);
    text(o, ")");
}

static void compare_order(const operation *o, const char *operator) {
    ordered(o);
    text(o, operator);
    ordered_param(o, FQ_PARAM_PLAIN);
}

static bool has_null(const fq_value *list) {
    if (list->has_null) {
        return true;
    }
    for (uint32_t i = 0; list->origin == FQ_ORIGIN_CONSTANT && i < list->count; i++) {
        if (list->items[i].kind == FQ_VALUE_NULL) {
            return true;
        }
    }
    return false;
}

/* `= any('{}')` is false and `<> all('{}')` true, for NULL too: just what empty lists are to mean. */
static void membership(const operation *o, bool negated) {
    bool nulls = has_null(o->value);
    if (nulls) {
        text(o, "(");
    }
    subject(o);
    text(o, negated ? " <> all(" : " = any(");
    param(o, FQ_PARAM_LIST);
    text(o, ")");
    if (nulls) {
        text(o, negated ? " and " : " or ");
        subject(o);
        text(o, negated ? " is not null)" : " is null)");
    }
}

static void between(const operation *o) {
    bool counted = o->value->origin != FQ_ORIGIN_VARIABLE;
    if (counted && (o->value->kind != FQ_VALUE_LIST || o->value->count != 2)) {
        fq_errors_add_at(o->planner->errors, FQ_ERR_BAD_USER_INPUT, o->value->offset,
                         "between takes exactly two values");
        return;
    }
    if (has_null(o->value)) {
        fq_errors_add_at(o->planner->errors, FQ_ERR_BAD_USER_INPUT, o->value->offset, "between does not take null");
        return;
    }
    ordered(o);
    text(o, " between ");
    ordered_param(o, FQ_PARAM_FIRST);
    text(o, " and ");
    ordered_param(o, FQ_PARAM_SECOND);
}

static void is_null(const operation *o) {
    subject(o);
    text(o, o->value->truth ? " is null" : " is not null");
}

/* Texts are bound as text; citext in its own type, whose operators ignore case. */
static fq_operand pattern_operand(const operation *o) {
    fq_operand pattern = *o->operand;
    if (pattern.storage != FQ_STORAGE_CITEXT) {
        pattern.storage = FQ_STORAGE_TEXT;
        pattern.oid = fq_storage_oid(FQ_STORAGE_TEXT);
        pattern.cast = fq_slice_of(NULL, 0);
    }
    return pattern;
}

static void match(const operation *o, fq_operator_form form) {
    fq_operand pattern = pattern_operand(o);
    fq_buffer_slice(&o->sql->out, o->operand->pattern);
    text(o, patterns[form].operator);
    fq_operand_param(o->planner, o->sql, &pattern, (fq_param_form)patterns[form].form, o->value, o->path);
}

/* Bounds by bytes let a generic plan use an index for patterns; LIKE itself stays the test. */
static void starts_with(const operation *o) {
    if (o->operand->storage != FQ_STORAGE_TEXT) {
        o->sql->custom_plan = 1;
        match(o, FQ_FORM_STARTS_WITH);
        return;
    }
    fq_operand pattern = pattern_operand(o);
    text(o, "(");
    subject(o);
    text(o, " ~>=~ ");
    fq_operand_param(o->planner, o->sql, &pattern, FQ_PARAM_PREFIX_LOW, o->value, o->path);
    text(o, " and ");
    subject(o);
    text(o, " ~<~ ");
    fq_operand_param(o->planner, o->sql, &pattern, FQ_PARAM_PREFIX_HIGH, o->value, o->path);
    text(o, " and ");
    match(o, FQ_FORM_STARTS_WITH);
    text(o, ")");
}

static void array_length(const operation *o, const char *operator) {
    text(o, "cardinality(");
    subject(o);
    text(o, ")");
    text(o, operator);
    fq_operand length = {.storage = FQ_STORAGE_INT4, .oid = fq_storage_oid(FQ_STORAGE_INT4)};
    fq_operand_param(o->planner, o->sql, &length, FQ_PARAM_PLAIN, o->value, o->path);
}

static void element(const operation *o, const char *quantifier) {
    fq_operand item = fq_operand_of_element(o->operand);
    fq_operand_param(o->planner, o->sql, &item, FQ_PARAM_PLAIN, o->value, o->path);
    text(o, quantifier);
    subject(o);
    if (item.storage == FQ_STORAGE_ENUM && item.type != NULL) { /* no operator takes an enum and a domain over it */
        text(o, "::");
        fq_sql_relation(&o->sql->out, item.type->schema, item.type->name);
        text(o, "[]");
    }
    text(o, ")");
}

static void strictly_contains(const operation *o) {
    text(o, "(");
    compare(o, " @> ");
    text(o, " and not ");
    compare(o, " <@ ");
    text(o, ")");
}

static void null_operand(const operation *o, fq_operator_form form) {
    if (form == FQ_FORM_EQ || form == FQ_FORM_NEQ) {
        subject(o);
        text(o, form == FQ_FORM_EQ ? " is null" : " is not null");
        return;
    }
    fq_errors_add_at(o->planner->errors, FQ_ERR_BAD_USER_INPUT, o->value->offset, "%.*s does not take null",
                     FQ_PRI(o->path->name));
}

static void write_form(const operation *o, fq_operator_form form) {
    switch (form) {
    case FQ_FORM_GT ... FQ_FORM_LTE:
        o->sql->n_ranges++;
        compare_order(o, comparisons[form]);
        return;
    case FQ_FORM_EQ:
    case FQ_FORM_NEQ:
        compare(o, comparisons[form]);
        return;
    case FQ_FORM_IN:
    case FQ_FORM_NIN:
        membership(o, form == FQ_FORM_NIN);
        return;
    case FQ_FORM_IS_NULL:
        is_null(o);
        return;
    case FQ_FORM_BETWEEN:
        o->sql->n_ranges++;
        between(o);
        return;
    case FQ_FORM_STARTS_WITH:
        starts_with(o);
        return;
    case FQ_FORM_CONTAINS:
    case FQ_FORM_ICONTAINS:
    case FQ_FORM_ISTARTS_WITH ... FQ_FORM_NIREGEX:
        o->sql->custom_plan = 1; /* an index on patterns needs to see the pattern */
        match(o, form);
        return;
    case FQ_FORM_ARRAY_CONTAINS:
        compare(o, " @> ");
        return;
    case FQ_FORM_ARRAY_CONTAINED_BY:
        compare(o, " <@ ");
        return;
    case FQ_FORM_ARRAY_OVERLAPS:
        compare(o, " && ");
        return;
    case FQ_FORM_ARRAY_STRICTLY_CONTAINS:
        strictly_contains(o);
        return;
    case FQ_FORM_LEN_EQ ... FQ_FORM_LEN_LTE:
        array_length(o, lengths[form]);
        return;
    case FQ_FORM_ANY_EQ:
        element(o, " = any(");
        return;
    case FQ_FORM_ALL_EQ:
        element(o, " = all(");
        return;
    }
}

void fq_operator_write(fq_planner *planner, fq_sql *sql, const fq_operand *operand, fq_operator_form form,
                       const fq_value *value, const fq_path_name *path) {
    operation o = {planner, sql, operand, value, path};
    if (value->kind == FQ_VALUE_NULL) {
        null_operand(&o, form);
    } else {
        write_form(&o, form);
    }
}
