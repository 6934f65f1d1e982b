/* SPDX-License-Identifier: MIT */
/* From the catalog's JSON to a frozen schema: parses, chooses what is shown, then runs the stages, each in a file of
 * its own (from_catalog_*.c). Pure: no database. The rules are in docs/schema.md. */
#include "base/limits.h"
#include "schema/builder.h"
#include "schema/names.h"
#include "schema/pattern.h"

/* ---- what a relation's name says ---- */

typedef struct prefix {
    fq_slice text;
    fq_relation_rank rank;
} prefix;

static const prefix prefixes[] = {
    {FQ_S_INIT("tv_"), FQ_RANK_TV},
    {FQ_S_INIT("v_"), FQ_RANK_V},
    {FQ_S_INIT("mv_"), FQ_RANK_MV},
    {FQ_S_INIT("tb_"), FQ_RANK_TB},
};

static fq_slice without_prefix(fq_slice name, uint8_t *rank) {
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (fq_slice_starts_with(name, prefixes[i].text) && name.len > prefixes[i].text.len) {
            *rank = (uint8_t)prefixes[i].rank;
            return fq_slice_sub(name, prefixes[i].text.len, name.len);
        }
    }
    *rank = FQ_RANK_BARE;
    return name;
}

static fq_slice singular_type_name(fq_builder *builder, fq_slice name) {
    fq_words words = fq_words_of(builder->arena, name);
    fq_words_singularize(builder->arena, &words);
    return fq_words_pascal(builder->arena, &words);
}

static bool matches_any(const fq_slice *patterns, uint32_t n, const fq_cat_relation *cat) {
    for (uint32_t i = 0; i < n; i++) {
        if (fq_pattern_matches(patterns[i], cat->schema, cat->name)) {
            return true;
        }
    }
    return false;
}

static bool included_by_name(const fq_schema_options *options, const fq_cat_relation *cat) {
    for (uint32_t i = 0; i < options->n_include; i++) {
        if (fq_pattern_is_name(options->include[i]) &&
            fq_pattern_matches(options->include[i], cat->schema, cat->name)) {
            return true;
        }
    }
    return false;
}

static void warn_name(fq_builder *builder, const fq_found_relation *found, const char *why) {
    fq_builder_warn(builder,
                    "\"%.*s\".\"%.*s\" is left out: %s; COMMENT ON ... IS '@fraiseql:type name=NewName' settles it",
                    FQ_PRI(found->cat->schema), FQ_PRI(found->cat->name), why);
}

static void find_relation(fq_builder *builder, const fq_cat_relation *cat) {
    const fq_schema_options *options = builder->options;
    fq_found_relation found = {
        .cat = cat,
        .annotation = fq_annotation_parse(builder->arena, cat->comment),
        .schema_rank = fq_catalog_schema_rank(builder->catalog, cat->schema),
        .relation = FQ_NEW(builder->arena, fq_relation),
    };
    found.excluded = (options->n_include > 0 && !matches_any(options->include, options->n_include, cat)) ||
                     matches_any(options->exclude, options->n_exclude, cat);
    found.type_name = singular_type_name(builder, without_prefix(cat->name, &found.rank));
    fq_slice given = fq_annotation_get(&found.annotation, FQ_S("name"));
    if (given.len > 0 && !fq_name_is_legal(given)) {
        fq_builder_warn(builder,
                        "\"%.*s\".\"%.*s\": \"%.*s\" is no name that GraphQL allows; the annotation's name is ignored",
                        FQ_PRI(cat->schema), FQ_PRI(cat->name), FQ_PRI(given));
        given.len = 0;
    }
    found.named = given.len > 0 || included_by_name(options, cat);
    if (given.len > 0) {
        found.type_name = given;
    }
    found.empty = !fq_catalog_has_fields(builder, &found);
    if (found.empty && !found.excluded && cat->readable && !fq_annotation_flag(&found.annotation, FQ_S("hidden"))) {
        warn_name(builder, &found, "it has no column that can be shown");
    }
    fq_vec_push(builder->arena, &builder->found, found);
}

fq_found_relation *fq_catalog_found(const fq_builder *builder, uint32_t oid) {
    for (uint32_t i = 0; i < builder->found.len; i++) {
        if (builder->found.items[i].cat->oid == oid) {
            return &builder->found.items[i];
        }
    }
    return NULL;
}

/* ---- which relation stands for an entity ---- */

static bool is_shown(const fq_found_relation *found) {
    return !found->excluded && found->cat->readable && found->schema_rank != UINT32_MAX &&
           !fq_annotation_flag(&found->annotation, FQ_S("hidden")) && !found->empty;
}

/* Where FraiseQL's views are, its tables are for writing. */
static bool has_fraiseql_views(const fq_builder *builder) {
    for (uint32_t i = 0; i < builder->found.len; i++) {
        const fq_found_relation *found = &builder->found.items[i];
        if (is_shown(found) && (found->rank == FQ_RANK_TV || found->rank == FQ_RANK_V)) {
            return true;
        }
    }
    return false;
}

static bool is_better(const fq_found_relation *a, const fq_found_relation *b) {
    if (a->rank != b->rank) {
        return a->rank < b->rank;
    }
    if (a->schema_rank != b->schema_rank) {
        return a->schema_rank < b->schema_rank;
    }
    return false; /* the catalog's order, which is by name */
}

/* Whose names an entity has, by the name of its type. */
typedef struct entity_names {
    fq_map best;        /* type name -> fq_found_relation */
    bool tables_hidden; /* tb_ tables are for writing */
} entity_names;

static bool is_hidden_table(const entity_names *names, const fq_found_relation *found) {
    return names->tables_hidden && found->rank == FQ_RANK_TB && !found->named;
}

static void find_best(fq_builder *builder, entity_names *names) {
    fq_map_init(&names->best, builder->arena);
    names->tables_hidden = has_fraiseql_views(builder);
    for (uint32_t i = 0; i < builder->found.len; i++) {
        fq_found_relation *found = &builder->found.items[i];
        if (!is_shown(found) || is_hidden_table(names, found) || found->type_name.len == 0) {
            continue;
        }
        const fq_found_relation *best = fq_map_get(&names->best, found->type_name);
        if (best == NULL || is_better(found, best)) {
            fq_map_put(&names->best, found->type_name, found);
        }
    }
}

/* ---- names ---- */

static void name_roots(fq_builder *builder, const fq_found_relation *found, fq_draft *draft, fq_slice plain_type_name) {
    fq_words words = fq_words_of(builder->arena, plain_type_name);
    fq_words_pluralize(builder->arena, &words);
    fq_slice plural = fq_annotation_get(&found->annotation, FQ_S("plural"));
    draft->one = fq_name_decapitalized(builder->arena, plain_type_name);
    draft->list = fq_name_is_legal(plural) ? fq_name_decapitalized(builder->arena, plural)
                                           : fq_words_camel(builder->arena, &words);
    if (!found->type_only) {
        draft->aggregate_name = fq_arena_printf(builder->arena, "%.*sAggregate", FQ_PRI(draft->list));
    }
    draft->has_roots = !found->type_only;
}

static void add_draft(fq_builder *builder, fq_found_relation *found, fq_slice plain_type_name) {
    fq_slice type_name = fq_builder_type_name(builder, plain_type_name, "Table");
    if (type_name.len == 0) {
        warn_name(builder, found, "no name is free for its type");
        return;
    }
    if (!fq_slice_equal(type_name, plain_type_name)) {
        fq_builder_warn(
            builder,
            "\"%.*s\".\"%.*s\": its type is named %.*s, since %.*s is a built-in or generated name; COMMENT ON ... "
            "IS '@fraiseql:type name=NewName' settles it",
            FQ_PRI(found->cat->schema), FQ_PRI(found->cat->name), FQ_PRI(type_name), FQ_PRI(plain_type_name));
        fq_builder_reserve_generated(builder, type_name);
    }
    found->draft = fq_builder_draft(builder, type_name, found->relation);
    found->draft->description = found->annotation.description;
    name_roots(builder, found, found->draft, plain_type_name);
}

/* A relation that is no entity's best keeps its prefix. */
static fq_slice name_with_prefix(fq_builder *builder, const fq_found_relation *found) {
    fq_slice given = fq_annotation_get(&found->annotation, FQ_S("name"));
    return fq_name_is_legal(given) ? given : singular_type_name(builder, found->cat->name);
}

/* The rows of a function need a type, even where their relation is hidden and nothing else stands for the entity. */
static void mark_returned(fq_builder *builder) {
    for (uint32_t i = 0; i < builder->catalog->n_functions; i++) {
        const fq_cat_function *function = &builder->catalog->functions[i];
        fq_annotation annotation = fq_annotation_parse(builder->arena, function->comment);
        const fq_cat_type *type = fq_builder_cat_type(builder, function->returns);
        fq_found_relation *found =
            type != NULL && type->relation != 0 ? fq_catalog_found(builder, type->relation) : NULL;
        if (found != NULL && !found->excluded &&
            fq_catalog_function_use(builder, function, &annotation) != FQ_FUNCTION_HIDDEN) {
            found->returned = true;
        }
    }
}

static void reserve_enum_filters(fq_builder *builder) {
    static int generated_mark;
    for (uint32_t i = 0; i < builder->catalog->n_types; i++) {
        if (builder->catalog->types[i].kind == 'e') {
            fq_slice name = fq_name_pascal(builder->arena, builder->catalog->types[i].name);
            fq_map_put(&builder->reserved, fq_arena_printf(builder->arena, "%.*sFilter", FQ_PRI(name)),
                       &generated_mark);
            fq_map_put(&builder->reserved, fq_arena_printf(builder->arena, "%.*sArrayFilter", FQ_PRI(name)),
                       &generated_mark);
        }
    }
}

static void choose_relation(fq_builder *builder, fq_found_relation *found, const entity_names *names) {
    const fq_found_relation *best = fq_map_get(&names->best, found->type_name);
    bool shown = is_shown(found) && !is_hidden_table(names, found);
    if (found->type_name.len == 0) {
        if (shown) {
            warn_name(builder, found, "its name has no form in GraphQL");
        }
    } else if (found == best) {
        add_draft(builder, found, found->type_name);
    } else if (shown && best != NULL && found->rank == best->rank) {
        warn_name(builder, found, "another relation has the same name");
    } else if (shown && found->named) {
        add_draft(builder, found, name_with_prefix(builder, found));
    } else if (found->returned && best == NULL) {
        found->type_only = true;
        add_draft(builder, found, found->type_name);
    }
}

/* The type of the relation that shows the entity of one that is not shown. Two of one rank are two entities that happen
 * to have one name, such as `users` in two schemas. */
static fq_draft *stand_in(const entity_names *names, const fq_found_relation *found) {
    const fq_found_relation *best = fq_map_get(&names->best, found->type_name);
    return best != NULL && best->rank != found->rank && !found->excluded ? best->draft : NULL;
}

void fq_catalog_find_all(fq_builder *builder) {
    for (uint32_t i = 0; i < builder->catalog->n_relations; i++) {
        find_relation(builder, &builder->catalog->relations[i]);
    }
}

void fq_catalog_choose(fq_builder *builder) {
    fq_catalog_find_all(builder);
    entity_names names;
    find_best(builder, &names);
    mark_returned(builder);
    reserve_enum_filters(builder);
    for (uint32_t i = 0; i < names.best.capacity; i++) {
        if (names.best.entries[i].value != NULL) {
            fq_builder_reserve_generated(builder, names.best.entries[i].key);
        }
    }
    for (uint32_t i = 0; i < builder->found.len; i++) {
        choose_relation(builder, &builder->found.items[i], &names);
    }
    for (uint32_t i = 0; i < builder->found.len; i++) {
        fq_found_relation *found = &builder->found.items[i];
        found->entity = found->draft != NULL ? found->draft : stand_in(&names, found);
    }
}

/* ---- the stages ---- */

static const fq_slice *copied(fq_arena *arena, const fq_slice *texts, uint32_t n) {
    fq_slice *copies = FQ_NEW_ARRAY(arena, fq_slice, n);
    for (uint32_t i = 0; i < n; i++) {
        copies[i] = fq_arena_copy(arena, texts[i]);
    }
    return copies;
}

static void keep_patterns(fq_builder *builder) {
    fq_schema *schema = builder->schema;
    schema->n_include = builder->options->n_include;
    schema->n_exclude = builder->options->n_exclude;
    schema->include = copied(schema->arena, builder->options->include, schema->n_include);
    schema->exclude = copied(schema->arena, builder->options->exclude, schema->n_exclude);
}

fq_schema *fq_schema_from_catalog(fq_slice catalog_json, const fq_schema_options *options, fq_errors *errors) {
    fq_schema *schema = fq_schema_new();
    schema->catalog = fq_arena_copy(schema->arena, catalog_json);
    fq_builder builder;
    fq_builder_init(&builder, schema, options, errors);
    keep_patterns(&builder);
    builder.catalog = fq_catalog_parse(schema->arena, schema->catalog, errors);
    if (builder.catalog == NULL) {
        fq_schema_unref(schema);
        return NULL;
    }
    fq_catalog_choose(&builder);
    fq_catalog_columns(&builder);
    fq_catalog_joins(&builder);
    fq_builder_settle(&builder);
    fq_builder_inputs(&builder);
    for (uint32_t i = 0; i < builder.drafts.len; i++) {
        if (builder.drafts.items[i]->has_roots) {
            fq_builder_roots(&builder, builder.drafts.items[i]);
        }
    }
    fq_catalog_functions(&builder);
    return fq_builder_finish(&builder);
}
