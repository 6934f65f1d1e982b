/* SPDX-License-Identifier: MIT */
/* The SQL of tiers. A restriction (the rows of a base: its join, filter, order and limit) becomes either the statement
 * itself or a derived table under the same alias, to which to-one relations, documents and lists are joined: so joins
 * never change which rows there are, and a document is read only for rows that are returned. Whatever is joined, the
 * order is stated again outside. Lists are arrays made by LATERAL, or statements of their own that repeat the
 * restrictions above them. */
#include "plan/planner.h"

typedef struct writing {
    fq_planner *planner;
    fq_sql *sql;
} writing;

static void put(const writing *w, const char *words) { fq_buffer_slice(&w->sql->out, fq_slice_from_cstr(words)); }

static void alias(const writing *w, char letter, uint32_t number) { fq_sql_alias(&w->sql->out, letter, number); }

static void column_of(const writing *w, char letter, uint32_t number, const fq_column *column) {
    alias(w, letter, number);
    put(w, ".");
    fq_sql_identifier(&w->sql->out, column->name);
}

static void relation(const writing *w, const fq_relation *r, char letter, uint32_t number) {
    fq_sql_relation(&w->sql->out, r->schema, r->name);
    put(w, " ");
    alias(w, letter, number);
    w->sql->n_relations++;
}

/* ---- one restriction ---- */

/* The columns of `a`, under its alias, equal those of `b`. */
static void equal(const writing *w, const fq_column **a, char a_letter, uint32_t a_number, const fq_column **b,
                  char b_letter, uint32_t b_number, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        put(w, i > 0 ? " and " : "");
        column_of(w, a_letter, a_number, a[i]);
        put(w, " = ");
        column_of(w, b_letter, b_number, b[i]);
    }
}

/* How a scan is joined to the one it comes from. A junction that may hold a pair twice is looked into by EXISTS, so
 * that no row appears twice; otherwise it stands in FROM, see from_relation. */
static void join_condition(const writing *w, const fq_scan *scan) {
    const fq_join *join = scan->join;
    uint32_t number = scan->number;
    if (join->through == NULL) {
        equal(w, join->to, 't', number, join->from, 't', scan->from->number, join->n_columns);
        return;
    }
    if (!join->through_unique) {
        put(w, "exists (select 1 from ");
        relation(w, join->through, 'j', number);
        put(w, " where ");
        equal(w, join->through_to, 't', number, join->through_from, 'j', number, join->n_through);
        put(w, " and ");
    }
    equal(w, join->to, 'j', number, join->from, 't', scan->from->number, join->n_columns);
    put(w, join->through_unique ? "" : ")");
}

static void from_relation(const writing *w, const fq_scan *scan) {
    const fq_join *join = scan->join;
    put(w, " from ");
    if (join == NULL || join->through == NULL || !join->through_unique) {
        relation(w, scan->relation, 't', scan->number);
        return;
    }
    relation(w, join->through, 'j', scan->number);
    put(w, " join ");
    relation(w, scan->relation, 't', scan->number);
    put(w, " on ");
    equal(w, join->through_to, 't', scan->number, join->through_from, 'j', scan->number, join->n_through);
}

/* What must equal an argument: the column of a key, or a field of the rows, wherever that lives. */
static fq_operand asked(const writing *w, const fq_scan *scan, const fq_input_value *arg) {
    if (arg->role == FQ_INPUT_KEY) {
        return fq_operand_of_column(w->planner, scan->number, arg->column);
    }
    const fq_source *source = scan->entity->sources[arg->target];
    if (source->kind == FQ_SOURCE_COLUMN) {
        return fq_operand_of_column(w->planner, scan->number, source->column);
    }
    return fq_operand_of_document(w->planner, fq_scan_document(w->planner, scan),
                                  &scan->entity->type->fields[arg->target]);
}

static void equal_conditions(const writing *w, const fq_scan *scan) {
    const fq_selection *selection = scan->selection;
    uint32_t written = 0;
    for (uint32_t i = 0; i < selection->field->n_args; i++) {
        const fq_input_value *arg = &selection->field->args[i];
        uint8_t given = selection->args[i].kind;
        if ((arg->role != FQ_INPUT_KEY && arg->role != FQ_INPUT_EQUAL) || given == FQ_VALUE_ABSENT ||
            given == FQ_VALUE_NULL) {
            continue;
        }
        put(w, written++ > 0 ? " and " : "");
        fq_operand operand = asked(w, scan, arg);
        fq_path_name path = {NULL, arg->name};
        fq_operator_write(w->planner, w->sql, &operand, FQ_FORM_EQ, &selection->args[i], &path);
    }
}

static void conditions(const writing *w, const fq_scan *scan) {
    const char *joint = " where ";
    if (scan->join != NULL) {
        put(w, joint);
        join_condition(w, scan);
        joint = " and ";
    }
    if (scan->origin == FQ_FROM_KEY || scan->equals) {
        put(w, joint);
        equal_conditions(w, scan);
        joint = " and ";
    }
    if (scan->where != NULL) {
        put(w, joint);
        fq_filter_write(w->planner, w->sql, scan, scan->where);
    }
}

static void page_param(const writing *w, const fq_value *value, fq_param_form form, fq_slice name) {
    fq_param param = {.value = value, .form = (uint8_t)form, .storage = FQ_STORAGE_INT8, .path = name};
    param.oid = fq_storage_oid(FQ_STORAGE_INT8);
    fq_sql_param(w->sql, &param);
}

static void page(const writing *w, const fq_scan *scan) {
    uint32_t most = scan->origin == FQ_FROM_RELATION ? w->planner->options->limits->max_rows : 0;
    if (scan->limit != NULL) {
        put(w, most > 0 ? " limit least(" : " limit ");
        page_param(w, scan->limit, FQ_PARAM_LIMIT, FQ_S("limit"));
    } else if (most > 0) {
        put(w, " limit ");
    }
    if (most > 0) {
        put(w, scan->limit != NULL ? ", " : "");
        fq_buffer_printf(&w->sql->out, "%u", most);
        put(w, scan->limit != NULL ? ")" : "");
    }
    if (scan->offset != NULL) {
        put(w, " offset ");
        page_param(w, scan->offset, FQ_PARAM_OFFSET, FQ_S("offset"));
    }
}

/* From FROM on. */
static void restriction(const writing *w, const fq_scan *scan) {
    if (scan->origin == FQ_FROM_FUNCTION || scan->origin == FQ_FROM_RECORDED) {
        put(w, " from ");
        fq_function_from(w->planner, w->sql, scan);
        return;
    }
    from_relation(w, scan);
    conditions(w, scan);
    fq_order_write(w->sql, scan, FQ_ORDER_INSIDE);
    page(w, scan);
}

/* The restriction as a derived table that offers the needed columns, what it is ordered by and the row's number. A
 * limit that PostgreSQL does not know is guessed as a tenth of all rows, which makes it hash whole tables for a page of
 * them: a second limit, the upper bound of the first one's class, tells how many can come and cuts nothing. */
static void derived(const writing *w, const fq_scan *scan, const bool *needed) {
    const char *joint = "(select ";
    w->sql->n_relations++;
    uint32_t most = scan->limit != NULL && scan->joined.len > 0 ? fq_limit_class(scan->limit) : 0;
    put(w, scan->numbered ? "(select r.*, row_number() over () fq_n from " : most > 0 ? "(select r.* from " : "");
    for (uint32_t i = 0; i < scan->relation->n_columns; i++) {
        if (needed[i]) {
            put(w, joint);
            column_of(w, 't', scan->number, &scan->relation->columns[i]);
            joint = ", ";
        }
    }
    for (uint32_t i = 0; i < scan->order.len; i++) {
        if (scan->order.items[i].column == NULL) {
            put(w, joint);
            fq_buffer_slice(&w->sql->out, scan->order.items[i].expression);
            put(w, " fq_");
            alias(w, 'o', i);
            joint = ", ";
        }
    }
    put(w, joint[0] == '(' ? "(select" : "");
    restriction(w, scan);
    put(w, scan->numbered || most > 0 ? ") r" : "");
    if (most > 0) {
        fq_buffer_printf(&w->sql->out, " limit %u", most);
    }
    put(w, ") ");
    alias(w, 't', scan->number);
}

/* ---- what is joined to it ---- */

/* At most one row of the target: the one with the smallest key where there may be several. */
static void one_row(const writing *w, const fq_scan *scan, const bool *needed) {
    const char *joint = "lateral (select ";
    for (uint32_t i = 0; i < scan->relation->n_columns; i++) {
        if (needed[i]) {
            put(w, joint);
            column_of(w, 't', scan->number, &scan->relation->columns[i]);
            joint = ", ";
        }
    }
    put(w, joint[0] == 'l' ? "lateral (select" : "");
    from_relation(w, scan);
    put(w, " where ");
    join_condition(w, scan);
    if (!scan->join->unique) {
        fq_order_write(w->sql, scan, FQ_ORDER_INSIDE);
    }
    put(w, " limit 1) ");
    alias(w, 't', scan->number);
    w->sql->n_relations++;
}

/* Detoasts once; OFFSET 0 keeps it from being pulled up and done again for every field. */
static void document(const writing *w, const fq_scan *scan) {
    put(w, " cross join lateral (select ");
    column_of(w, 't', scan->number, scan->relation->document);
    put(w, " #> '{}' x offset 0) ");
    alias(w, 'x', scan->number);
    w->sql->n_relations++;
}

static void joins(const writing *w, const fq_scan *scan) {
    if (scan->uses_document) {
        document(w, scan);
    }
    for (uint32_t i = 0; i < scan->joined.len; i++) {
        const fq_scan *target = scan->joined.items[i];
        put(w, " left join ");
        if (target->join->unique && target->join->through == NULL) {
            relation(w, target->relation, 't', target->number);
            put(w, " on ");
            join_condition(w, target);
        } else {
            one_row(w, target, target->needed);
            put(w, " on true");
        }
        joins(w, target);
    }
}

/* ---- the way from above to a list ---- */

/* What of `scan` is used by `next`, which comes from it, and by the keys of the tier that is written. */
static bool *needed_above(const writing *w, const fq_scan *scan, const fq_scan *next, const fq_tier *tier) {
    bool *needed = FQ_NEW_ARRAY(w->planner->arena, bool, scan->relation->n_columns);
    for (uint32_t i = 0; i < next->join->n_columns; i++) {
        needed[next->join->from[i]->index] = true;
    }
    for (uint32_t i = 0; i < tier->parent->path.len; i++) {
        const fq_key_part *part = &tier->parent->path.items[i];
        if (part->scan == scan && part->column != NULL) {
            needed[part->column->index] = true;
        }
    }
    for (uint32_t i = 0; tier->kind == FQ_LEVEL_ROWS && i < scan->order.len; i++) {
        if (scan->order.items[i].column != NULL) {
            needed[scan->order.items[i].column->index] = true;
        }
    }
    return needed;
}

/* The to-one relations between the base of a tier and `scan`. They are laterals, so that the order of the rows stands.
 */
static void hops(const writing *w, const fq_scan *scan, const fq_scan *next, const fq_tier *tier) {
    if (scan == scan->tier->base) {
        return;
    }
    hops(w, scan->from, scan, tier);
    put(w, " cross join ");
    one_row(w, scan, needed_above(w, scan, next, tier));
}

/* The restrictions from below the tier `stop` (NULL: from the root) down to `from`, which `next` comes from. True where
 * something was written. */
static bool chain(const writing *w, const fq_tier *stop, const fq_scan *from, const fq_scan *next,
                  const fq_tier *tier) {
    fq_tier *above = from->tier;
    if (above == stop) {
        return false;
    }
    fq_scan *base = above->base;
    bool more = above->parent != NULL && chain(w, stop, base->from, base, tier);
    put(w, more ? " cross join lateral " : "");
    const fq_scan *after = next;
    while (after->from != base) {
        after = after->from;
    }
    derived(w, base, needed_above(w, base, after, tier));
    hops(w, from, next, tier);
    return true;
}

/* ---- tiers ---- */

typedef enum naming { AS_THEY_ARE, NUMBERED } naming;

static void name_column(const writing *w, naming names, uint32_t *number) {
    if (names == NUMBERED) {
        put(w, " ");
        alias(w, 'c', (*number)++);
    }
}

static void select_list(const writing *w, const fq_tier *tier, naming names) {
    const char *joint = "select ";
    uint32_t number = 0;
    for (uint32_t i = 0; i < tier->outputs.len; i++, joint = ", ") {
        put(w, joint);
        fq_buffer_slice(&w->sql->out, tier->outputs.items[i].expression);
        name_column(w, names, &number);
    }
    for (uint32_t i = 0; i < tier->arrays.len; i++) {
        const fq_tier *arrays = tier->arrays.items[i];
        for (uint32_t j = 0; j < arrays->outputs.len; j++, joint = ", ") {
            put(w, joint);
            alias(w, 'a', arrays->number);
            put(w, ".");
            alias(w, 'c', j);
            name_column(w, names, &number);
        }
    }
    put(w, joint[0] == 's' ? "select" : "");
}

static void rows_of(const writing *w, const fq_tier *tier, naming names);

/* One row of arrays for each row of the tier above. */
static void arrays_of(const writing *w, const fq_tier *tier) {
    put(w, " left join lateral (");
    for (uint32_t i = 0; i < tier->outputs.len; i++) {
        put(w, i == 0 ? "select array_agg(b." : ", array_agg(b.");
        alias(w, 'c', i);
        put(w, ") ");
        alias(w, 'c', i);
    }
    put(w, " from ");
    if (chain(w, tier->row, tier->base->from, tier->base, tier)) {
        put(w, " cross join lateral ");
    }
    put(w, "(");
    rows_of(w, tier, NUMBERED);
    put(w, ") b) ");
    alias(w, 'a', tier->number);
    put(w, " on true");
    w->sql->n_relations += 2;
}

static void need_order(fq_scan *scan) {
    for (uint32_t i = 0; i < scan->order.len; i++) {
        if (scan->order.items[i].column != NULL) {
            fq_scan_need(scan, scan->order.items[i].column);
        }
    }
}

/* The rows of a tier with everything that is joined to them. */
static void rows_of(const writing *w, const fq_tier *tier, naming names) {
    fq_scan *base = tier->base;
    bool joined = base->joined.len > 0 || base->uses_document || tier->arrays.len > 0;
    bool key = base->origin == FQ_FROM_KEY;
    select_list(w, tier, names);
    if (!joined && !base->numbered) {
        restriction(w, base);
        put(w, key && base->relation->kind != FQ_TABLE ? " limit 1" : "");
        return;
    }
    if (key) {
        from_relation(w, base);
    } else {
        need_order(base);
        put(w, " from ");
        derived(w, base, base->needed);
    }
    joins(w, base);
    for (uint32_t i = 0; i < tier->arrays.len; i++) {
        arrays_of(w, tier->arrays.items[i]);
    }
    if (key) {
        conditions(w, base);
        put(w, base->relation->kind != FQ_TABLE ? " limit 1" : "");
    } else if (base->numbered) { /* by its order rows alike in all columns would change places, but not numbers */
        put(w, " order by ");
        alias(w, 't', base->number);
        put(w, ".fq_n");
    } else if (base->order.len > 0) {
        fq_order_write(w->sql, base, FQ_ORDER_OUTSIDE);
    }
}

/* A list as a statement of its own: the rows above it again, and below each of them its own. */
static void repeated(const writing *w, const fq_tier *tier) {
    put(w, "select b.* from ");
    chain(w, NULL, tier->base->from, tier->base, tier);
    put(w, " cross join lateral (");
    rows_of(w, tier, NUMBERED);
    put(w, ") b");
    fq_order_write(w->sql, w->planner->tiers.items[0]->base, FQ_ORDER_OUTSIDE);
    w->sql->n_relations++;
}

/* The columns of the statement: the tier's own, then the arrays in its rows. */
static fq_statement finish(const writing *w, const fq_tier *tier) {
    uint32_t count = tier->outputs.len;
    for (uint32_t i = 0; i < tier->arrays.len; i++) {
        count += tier->arrays.items[i]->outputs.len;
    }
    fq_output *outputs = fq_arena_alloc(w->planner->arena, sizeof(fq_output) * count);
    uint32_t at = 0;
    for (uint32_t i = 0; i < tier->outputs.len; i++) {
        outputs[at++] = tier->outputs.items[i];
    }
    while (at < count) {
        outputs[at++] = (fq_output){.format = 1};
    }
    return fq_sql_finish(w->sql, outputs, count);
}

void fq_tier_write(fq_planner *planner, fq_tier *tier) {
    fq_sql sql;
    fq_sql_init(&sql, planner->arena);
    writing w = {planner, &sql};
    if (tier->parent == NULL) {
        rows_of(&w, tier, AS_THEY_ARE);
    } else {
        repeated(&w, tier);
    }
    if (tier->base->origin == FQ_FROM_AGGREGATE && sql.n_ranges > 0) {
        sql.custom_plan = 1; /* without the values, an index may be used for most of a table, or not for little of it */
    }
    if (sql.out.failed) {
        fq_errors_add_at(planner->errors, FQ_ERR_LIMIT_EXCEEDED, tier->base->selection->offset,
                         "The SQL of this field would be too long.");
    }
    fq_statement statement = finish(&w, tier);
    fq_sql_done(&sql);
    fq_vec_push(planner->arena, &planner->statements, statement);
}
