/* SPDX-License-Identifier: MIT */
/* Relations between drafts, out of foreign keys: to-one, then to-many, then many-to-many fields, each with its join.
 * Foreign keys of hidden tables count for the relation that stands for their entity, where it has columns of the same
 * names. Invariant: a join's columns exist in their relations, and `unique` is claimed only where a table's key proves
 * it. */
#include "schema/builder.h"
#include "schema/names.h"

/* A foreign key seen from the drafts on its two sides. */
typedef struct link {
    const fq_found_relation *found; /* where the key stands */
    const fq_cat_foreign_key *key;  /* NULL: by the convention `x_id` */
    fq_annotation annotation;
    fq_draft *source;
    fq_draft *target;
    const fq_column **from;
    const fq_column **to;
    uint32_t n;
} link;

typedef FQ_VEC(link) link_vec;

/* ---- columns of a link ---- */

static const fq_column *readable_column(const fq_relation *relation, const fq_cat_relation *cat, uint16_t number) {
    for (uint32_t i = 0; i < cat->n_columns; i++) {
        if (cat->columns[i].number == number) {
            return fq_relation_column(relation, cat->columns[i].name);
        }
    }
    return NULL;
}

/* The columns of `cat` with these numbers, in `relation`, which may be another one of the same entity. */
static const fq_column **columns_in(fq_builder *builder, const fq_relation *relation, const fq_cat_relation *cat,
                                    const uint16_t *numbers, uint32_t n) {
    const fq_column **columns = FQ_NEW_ARRAY(builder->arena, const fq_column *, n);
    for (uint32_t i = 0; i < n; i++) {
        columns[i] = readable_column(relation, cat, numbers[i]);
        if (columns[i] == NULL) {
            return NULL;
        }
    }
    return columns;
}

static fq_draft *draft_for(const fq_found_relation *found) {
    return found->draft != NULL ? found->draft : found->entity;
}

static bool same_columns(const fq_column **a, const fq_column **b, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (a[i] != b[i]) {
            return false;
        }
    }
    return true;
}

static bool is_known_link(const link_vec *links, const link *l) {
    for (uint32_t i = 0; i < links->len; i++) {
        const link *known = &links->items[i];
        if (known->source == l->source && known->target == l->target && known->n == l->n &&
            same_columns(known->from, l->from, l->n) && same_columns(known->to, l->to, l->n)) {
            return true;
        }
    }
    return false;
}

static void add_link(fq_builder *builder, link_vec *links, const fq_found_relation *found,
                     const fq_cat_foreign_key *key) {
    const fq_found_relation *target = fq_catalog_found(builder, key->target);
    link l = {
        .found = found,
        .key = key,
        .annotation = fq_annotation_parse(builder->arena, key->comment),
        .source = draft_for(found),
        .target = target != NULL ? draft_for(target) : NULL,
        .n = key->n_columns,
    };
    if (l.source == NULL || l.target == NULL) {
        return;
    }
    l.from = columns_in(builder, l.source->relation, found->cat, key->columns, l.n);
    l.to = columns_in(builder, l.target->relation, target->cat, key->target_columns, l.n);
    if (l.from != NULL && l.to != NULL && !is_known_link(links, &l)) {
        fq_vec_push(builder->arena, links, l);
    }
}

/* ---- joins ---- */

static const fq_found_relation *found_of(const fq_builder *builder, const fq_relation *relation) {
    for (uint32_t i = 0; i < builder->found.len; i++) {
        if (builder->found.items[i].relation == relation) {
            return &builder->found.items[i];
        }
    }
    return NULL;
}

/* A parent of inheriting tables shows their rows too, and its keys do not hold for them. */
static bool is_unique(const fq_builder *builder, const fq_relation *relation, const fq_column *const *columns,
                      uint32_t n) {
    const fq_found_relation *found = found_of(builder, relation);
    if (found == NULL || found->cat->children) {
        return false;
    }
    for (uint32_t i = 0; i < relation->n_keys; i++) {
        if (fq_key_is(&relation->keys[i], columns, n)) {
            return true;
        }
    }
    return false;
}

static double average_rows(const fq_relation *many, const fq_relation *one) {
    return many->rows >= 0 && one->rows > 0 ? many->rows / one->rows : -1;
}

static fq_source *join_source(fq_builder *builder, fq_source_kind kind, const fq_draft *target, const fq_column **from,
                              const fq_column **to, uint32_t n, fq_join **made) {
    fq_source *source = fq_builder_source(builder, kind);
    fq_join *join = FQ_NEW(builder->arena, fq_join);
    *join = (fq_join){.target = target->entity, .from = from, .to = to, .n_columns = n, .average = -1};
    source->join = join;
    *made = join;
    return source;
}

static const fq_type_ref *rows_of(fq_builder *builder, const fq_draft *target) {
    const fq_type_ref *item = fq_ref_non_null(builder->schema, fq_ref_named(builder->schema, target->type));
    return fq_ref_non_null(builder->schema, fq_ref_list(builder->schema, item));
}

/* ---- names ---- */

static fq_slice with_columns(fq_builder *builder, fq_slice name, const fq_column *const *columns, uint32_t n) {
    name = fq_arena_printf(builder->arena, "%.*sBy", FQ_PRI(name));
    for (uint32_t i = 0; i < n; i++) {
        fq_slice column = columns[i]->field.len > 0 ? fq_name_capitalized(builder->arena, columns[i]->field)
                                                    : fq_name_pascal(builder->arena, columns[i]->name);
        name = fq_arena_printf(builder->arena, "%.*s%s%.*s", FQ_PRI(name), i > 0 ? "And" : "", FQ_PRI(column));
    }
    return name;
}

static fq_slice without_key_affixes(fq_slice column) {
    static const char *const endings[] = {"_id", "Id", "ID"};
    if (fq_slice_starts_with(column, FQ_S("fk_")) && column.len > 3) {
        column = fq_slice_sub(column, 3, column.len);
    }
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        size_t len = strlen(endings[i]);
        if (column.len > len && fq_slice_ends_with(column, fq_slice_from_cstr(endings[i]))) {
            return fq_slice_sub(column, 0, column.len - len);
        }
    }
    return column;
}

static void warn_join(fq_builder *builder, const link *l, const char *key, fq_slice wanted, fq_slice got) {
    fq_slice owner = l->found->cat->name;
    fq_slice name = l->key != NULL ? l->key->name : l->from[0]->name;
    if (got.len > 0) {
        fq_builder_warn(
            builder,
            "\"%.*s\" of \"%.*s\": the field is named %.*s, since %.*s is taken; COMMENT ON CONSTRAINT ... IS "
            "'@fraiseql:relation %s=newName' settles it",
            FQ_PRI(name), FQ_PRI(owner), FQ_PRI(got), FQ_PRI(wanted), key);
    } else {
        fq_builder_warn(
            builder,
            "\"%.*s\" of \"%.*s\": the field %.*s is left out, since the name is taken; COMMENT ON CONSTRAINT ... "
            "IS '@fraiseql:relation %s=newName' settles it",
            FQ_PRI(name), FQ_PRI(owner), FQ_PRI(wanted), key);
    }
}

static fq_slice given_name(const link *l, const char *key) {
    fq_slice given = fq_annotation_get(&l->annotation, fq_slice_from_cstr(key));
    return fq_name_is_legal(given) ? given : fq_slice_of("", 0);
}

/* Adds the field by its first free name of two. A first name that a column has is no clash where `quiet` says so. */
static fq_draft_field *add_field(fq_builder *builder, fq_draft *draft, const link *l, const char *key, fq_slice name,
                                 fq_slice second, bool quiet_after_column, const fq_type_ref *type, fq_source *source) {
    const fq_draft_field *known = fq_draft_find(draft, name);
    if (known == NULL) {
        return fq_draft_add(builder, draft, name, type, source);
    }
    bool quiet = quiet_after_column && known->class == FQ_CLASS_COLUMN;
    fq_draft_field *field = second.len > 0 ? fq_draft_add(builder, draft, second, type, source) : NULL;
    if (field == NULL) {
        warn_join(builder, l, key, second.len > 0 ? second : name, fq_slice_of("", 0));
    } else if (!quiet) {
        warn_join(builder, l, key, name, second);
    }
    return field;
}

/* ---- to-one ---- */

static void add_to_one(fq_builder *builder, const link *l) {
    fq_slice given = given_name(l, "name");
    fq_slice by_columns = with_columns(builder, l->target->one, l->from, l->n);
    fq_slice plain = l->n == 1 ? fq_name_camel(builder->arena, without_key_affixes(l->from[0]->name)) : by_columns;
    if (plain.len == 0) {
        plain = by_columns;
    }
    fq_join *join;
    fq_source *source = join_source(builder, FQ_SOURCE_TO_ONE, l->target, l->from, l->to, l->n, &join);
    join->unique = is_unique(builder, l->target->relation, l->to, l->n);
    join->average = 1;
    const fq_type_ref *type = fq_ref_named(builder->schema, l->target->type);
    fq_draft_field *field = add_field(
        builder, l->source, l, "name", given.len > 0 ? given : plain,
        given.len > 0 || fq_slice_equal(plain, by_columns) ? fq_slice_of("", 0) : by_columns, true, type, source);
    if (field != NULL) {
        field->class = FQ_CLASS_TO_ONE;
    }
}

/* ---- to-many ---- */

static uint32_t count_between(const link_vec *links, const fq_draft *source, const fq_draft *target) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < links->len; i++) {
        count += links->items[i].key != NULL && links->items[i].source == source && links->items[i].target == target;
    }
    return count;
}

static void add_to_many(fq_builder *builder, const link_vec *links, const link *l) {
    fq_slice given = given_name(l, "list");
    fq_slice by_columns = with_columns(builder, l->source->list, l->from, l->n);
    bool ambiguous = l->source == l->target || count_between(links, l->source, l->target) > 1;
    fq_slice plain = ambiguous ? by_columns : l->source->list;
    fq_join *join;
    fq_source *source = join_source(builder, FQ_SOURCE_TO_MANY, l->source, l->to, l->from, l->n, &join);
    join->unique = is_unique(builder, l->source->relation, l->from, l->n);
    join->average = average_rows(l->source->relation, l->target->relation);
    fq_slice second = given.len > 0 || ambiguous ? fq_slice_of("", 0) : by_columns;
    fq_draft_field *field = add_field(builder, l->target, l, "list", given.len > 0 ? given : plain, second, false,
                                      rows_of(builder, l->source), source);
    if (field != NULL) {
        field->class = FQ_CLASS_TO_MANY;
        field->list = l->source;
    }
}

/* ---- many-to-many ---- */

/* One side of a junction: its foreign key and the draft that it leads to. */
typedef struct side {
    const fq_cat_foreign_key *key;
    fq_draft *draft;
    const fq_column **through; /* columns of the junction ... */
    const fq_column **outer;   /* ... and of the draft's relation */
} side;

static bool covers(const fq_cat_key *key, const fq_cat_foreign_key *a, const fq_cat_foreign_key *b) {
    if (key->n_columns != a->n_columns + b->n_columns) {
        return false;
    }
    for (uint32_t i = 0; i < key->n_columns; i++) {
        uint32_t times = 0;
        for (uint32_t j = 0; j < a->n_columns; j++) {
            times += a->columns[j] == key->columns[i];
        }
        for (uint32_t j = 0; j < b->n_columns; j++) {
            times += b->columns[j] == key->columns[i];
        }
        if (times != 1) {
            return false;
        }
    }
    return true;
}

static bool is_junction_of(const fq_cat_relation *cat, const fq_cat_foreign_key *a, const fq_cat_foreign_key *b) {
    for (uint32_t i = 0; i < cat->n_keys; i++) {
        if (covers(&cat->keys[i], a, b)) {
            return true;
        }
    }
    return false;
}

static bool make_side(fq_builder *builder, const fq_found_relation *junction, const fq_cat_foreign_key *key,
                      side *made) {
    const fq_found_relation *target = fq_catalog_found(builder, key->target);
    made->key = key;
    made->draft = target != NULL ? draft_for(target) : NULL;
    if (made->draft == NULL) {
        return false;
    }
    made->through = columns_in(builder, junction->relation, junction->cat, key->columns, key->n_columns);
    made->outer = columns_in(builder, made->draft->relation, target->cat, key->target_columns, key->n_columns);
    return made->through != NULL && made->outer != NULL;
}

/* The list on the side of `near` that shows the rows of `far`. */
static void add_many_to_many(fq_builder *builder, const fq_found_relation *junction, const side *near,
                             const side *far) {
    link l = {
        .found = junction,
        .key = far->key,
        .annotation = fq_annotation_parse(builder->arena, far->key->comment),
        .from = far->through,
    };
    fq_slice given = given_name(&l, "many");
    fq_slice by_junction =
        fq_arena_printf(builder->arena, "%.*sBy%.*s", FQ_PRI(far->draft->list), FQ_PRI(junction->type_name));
    fq_join *join;
    fq_source *source =
        join_source(builder, FQ_SOURCE_TO_MANY, far->draft, near->outer, near->through, near->key->n_columns, &join);
    join->through = junction->relation;
    join->through_from = far->through;
    join->through_to = far->outer;
    join->n_through = far->key->n_columns;
    join->through_unique = true;
    join->average = average_rows(junction->relation, near->draft->relation);
    fq_draft_field *field =
        add_field(builder, near->draft, &l, "many", given.len > 0 ? given : far->draft->list,
                  given.len > 0 ? fq_slice_of("", 0) : by_junction, false, rows_of(builder, far->draft), source);
    if (field != NULL) {
        field->class = FQ_CLASS_MANY_TO_MANY;
        field->list = far->draft;
    }
}

static void add_junctions_of(fq_builder *builder, const fq_found_relation *junction) {
    const fq_cat_relation *cat = junction->cat;
    if (junction->excluded || !cat->readable) {
        return;
    }
    for (uint32_t i = 0; i < cat->n_foreign_keys; i++) {
        for (uint32_t j = i + 1; j < cat->n_foreign_keys; j++) {
            side a;
            side b;
            if (is_junction_of(cat, &cat->foreign_keys[i], &cat->foreign_keys[j]) &&
                make_side(builder, junction, &cat->foreign_keys[i], &a) &&
                make_side(builder, junction, &cat->foreign_keys[j], &b)) {
                add_many_to_many(builder, junction, &a, &b);
                add_many_to_many(builder, junction, &b, &a);
            }
        }
    }
}

/* ---- the convention `x_id` ---- */

static fq_draft *entity_named(const fq_builder *builder, fq_slice type_name) {
    for (uint32_t i = 0; i < builder->found.len; i++) {
        const fq_found_relation *found = &builder->found.items[i];
        if (found->draft != NULL && found->draft == found->entity && fq_slice_equal(found->type_name, type_name)) {
            return found->draft;
        }
    }
    return NULL;
}

static void add_convention_link(fq_builder *builder, link_vec *links, const fq_found_relation *found,
                                const fq_column *column) {
    if (!fq_slice_ends_with(column->name, FQ_S("_id")) || column->hidden) {
        return;
    }
    fq_draft *target =
        entity_named(builder, fq_name_pascal(builder->arena, fq_slice_sub(column->name, 0, column->name.len - 3)));
    const fq_column *id = target != NULL ? fq_relation_column(target->relation, FQ_S("id")) : NULL;
    if (id == NULL || id->type != column->type) {
        return;
    }
    link l = {.found = found, .source = found->draft, .target = target, .n = 1};
    l.from = FQ_NEW_ARRAY(builder->arena, const fq_column *, 1);
    l.to = FQ_NEW_ARRAY(builder->arena, const fq_column *, 1);
    l.from[0] = column;
    l.to[0] = id;
    if (!is_known_link(links, &l)) {
        fq_vec_push(builder->arena, links, l);
    }
}

static void add_convention_links(fq_builder *builder, link_vec *links, const fq_found_relation *found) {
    if (found->draft == NULL || (found->rank != FQ_RANK_V && found->rank != FQ_RANK_TV)) {
        return;
    }
    for (uint32_t i = 0; i < found->relation->n_columns; i++) {
        add_convention_link(builder, links, found, &found->relation->columns[i]);
    }
}

/* ---- all of it ---- */

void fq_catalog_joins(fq_builder *builder) {
    link_vec links = {0};
    for (uint32_t i = 0; i < builder->found.len; i++) {
        const fq_found_relation *found = &builder->found.items[i];
        for (uint32_t j = 0; j < found->cat->n_foreign_keys && !found->excluded; j++) {
            add_link(builder, &links, found, &found->cat->foreign_keys[j]);
        }
        add_convention_links(builder, &links, found);
    }
    for (uint32_t i = 0; i < links.len; i++) {
        if (!fq_annotation_flag(&links.items[i].annotation, FQ_S("hidden"))) {
            add_to_one(builder, &links.items[i]);
        }
    }
    for (uint32_t i = 0; i < links.len; i++) {
        if (links.items[i].key != NULL && !fq_annotation_flag(&links.items[i].annotation, FQ_S("hidden"))) {
            add_to_many(builder, &links, &links.items[i]);
        }
    }
    for (uint32_t i = 0; i < builder->found.len; i++) {
        add_junctions_of(builder, &builder->found.items[i]);
    }
}
