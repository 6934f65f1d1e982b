/* SPDX-License-Identifier: MIT */
/* PostgreSQL's types as GraphQL's: scalars by storage, enums with their labels, composites as objects, arrays as lists,
 * domains as their base. A type is resolved once, on first use; a composite that contains itself ends in its own
 * object. What has no better form is a String by its text. */
#include "schema/builder.h"
#include "schema/names.h"

#define DOMAIN_DEPTH 32
#define TYPE_NAME_MAX 256 /* of a type in a file; bounds the brackets behind it */

/* ---- names of types ---- */

static int generated_mark;
static int taken_mark;

static const char *const generated_suffixes[] = {"Where", "OrderBy", "Aggregate", "Sum", "Avg", "Min", "Max"};

static fq_slice suffixed(fq_builder *builder, fq_slice name, const char *suffix) {
    return fq_arena_printf(builder->arena, "%.*s%s", FQ_PRI(name), suffix);
}

void fq_builder_reserve_generated(fq_builder *builder, fq_slice type_name) {
    for (size_t i = 0; i < sizeof(generated_suffixes) / sizeof(generated_suffixes[0]); i++) {
        fq_slice name = suffixed(builder, type_name, generated_suffixes[i]);
        if (!fq_map_has(&builder->reserved, name)) {
            fq_map_put(&builder->reserved, name, &generated_mark);
        }
    }
}

/* A name is free when nothing has it and nothing that will be generated from it is taken. */
static bool type_name_is_free(fq_builder *builder, fq_slice name) {
    if (name.len == 0 || fq_map_has(&builder->reserved, name)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(generated_suffixes) / sizeof(generated_suffixes[0]); i++) {
        if (fq_map_get(&builder->reserved, suffixed(builder, name, generated_suffixes[i])) == &taken_mark) {
            return false;
        }
    }
    return true;
}

fq_slice fq_builder_type_name(fq_builder *builder, fq_slice name, const char *suffix) {
    fq_slice chosen = name;
    if (!type_name_is_free(builder, chosen)) {
        chosen = suffixed(builder, name, suffix);
        if (name.len == 0 || !type_name_is_free(builder, chosen)) {
            return fq_slice_of("", 0);
        }
    }
    fq_map_put(&builder->reserved, chosen, &taken_mark);
    return chosen;
}

/* ---- scalars ---- */

fq_type *fq_builder_scalar(fq_builder *builder, fq_scalar scalar) {
    fq_slice name = fq_scalar_name(scalar);
    fq_type *type = fq_schema_type(builder->schema, name);
    if (type == NULL) {
        type = fq_schema_add_type(builder->schema, FQ_SCALAR_TYPE, name);
        type->scalar = (uint8_t)scalar;
        type->description = fq_scalar_description(scalar);
        type->specified_by = fq_scalar_specified_by(scalar);
    }
    return type;
}

/* ---- look-ups ---- */

static fq_slice oid_key(fq_builder *builder, uint32_t oid) {
    return fq_arena_copy(builder->arena, fq_slice_of((const char *)&oid, sizeof(oid)));
}

const fq_cat_type *fq_builder_cat_type(const fq_builder *builder, uint32_t oid) {
    for (uint32_t i = 0; oid != 0 && builder->catalog != NULL && i < builder->catalog->n_types; i++) {
        if (builder->catalog->types[i].oid == oid) {
            return &builder->catalog->types[i];
        }
    }
    return NULL;
}

static const fq_cat_type *without_domains(const fq_builder *builder, uint32_t oid) {
    const fq_cat_type *type = fq_builder_cat_type(builder, oid);
    for (int i = 0; i < DOMAIN_DEPTH && type != NULL && type->kind == 'd'; i++) {
        type = fq_builder_cat_type(builder, type->base);
    }
    return type;
}

/* ---- enums ---- */

/* A label that is legal keeps its name, wherever it stands. */
static bool is_taken(const fq_type *type, uint32_t n, const fq_cat_type *cat, fq_slice name) {
    for (uint32_t i = 0; i < cat->n_labels; i++) {
        bool named = i < n && fq_slice_equal(type->values[i].name, name);
        if (named || (i != n && fq_slice_equal(cat->labels[i], name))) {
            return true;
        }
    }
    return false;
}

/* Labels that become equal get a number behind them; the warning says so, since a client has to know. */
static fq_slice enum_value_name(fq_builder *builder, const fq_type *type, uint32_t n, const fq_cat_type *cat) {
    fq_slice label = cat->labels[n];
    fq_slice base = fq_name_enum_value(builder->arena, label);
    fq_slice name = base;
    for (uint32_t number = 2; !fq_slice_equal(name, label) && is_taken(type, n, cat, name); number++) {
        name = fq_arena_printf(builder->arena, "%.*s_%u", FQ_PRI(base), number);
    }
    if (!fq_slice_equal(name, base)) {
        fq_builder_warn(builder, "enum %.*s: the label \"%.*s\" is named %.*s, since %.*s is taken by another label",
                        FQ_PRI(type->name), FQ_PRI(label), FQ_PRI(name), FQ_PRI(base));
    }
    return name;
}

static void make_enum(fq_builder *builder, const fq_cat_type *cat, fq_pgtype *type) {
    fq_annotation annotation = fq_annotation_parse(builder->arena, cat->comment);
    fq_slice wanted = fq_annotation_get(&annotation, FQ_S("name"));
    fq_slice name = fq_name_is_legal(wanted) ? wanted : fq_name_pascal(builder->arena, cat->name);
    name = fq_builder_type_name(builder, name, "Enum");
    if (name.len == 0 || cat->n_labels == 0) {
        fq_builder_warn(builder,
                        "enum \"%.*s\".\"%.*s\" is shown as String, since %s; COMMENT ON TYPE ... IS '@fraiseql:type "
                        "name=NewName' gives it a name",
                        FQ_PRI(cat->schema), FQ_PRI(cat->name),
                        cat->n_labels == 0 ? "it has no labels" : "it has no free name");
        type->type = fq_builder_scalar(builder, FQ_SCALAR_STRING);
        return;
    }
    fq_type *made = fq_schema_add_type(builder->schema, FQ_ENUM_TYPE, name);
    made->description = annotation.description;
    made->values = FQ_NEW_ARRAY(builder->arena, fq_enum_value, cat->n_labels);
    for (uint32_t i = 0; i < cat->n_labels; i++) {
        made->values[i].label = cat->labels[i];
        made->values[i].name = enum_value_name(builder, made, i, cat);
        made->n_values++;
    }
    type->storage = FQ_STORAGE_ENUM;
    type->type = made;
}

/* ---- composites ---- */

static void add_attribute(fq_builder *builder, fq_draft *draft, fq_pgtype *owner, fq_column *column,
                          const fq_cat_attribute *attribute) {
    fq_annotation annotation = fq_annotation_parse(builder->arena, attribute->comment);
    fq_slice wanted = fq_annotation_get(&annotation, FQ_S("name"));
    fq_slice name = fq_name_is_legal(wanted) ? wanted : fq_name_camel(builder->arena, attribute->name);
    *column = (fq_column){
        .name = attribute->name,
        .type = fq_builder_pgtype(builder, attribute->type),
        .number = attribute->number,
        .index = owner->n_attributes,
        .description = annotation.description,
    };
    owner->n_attributes++;
    column->hidden = true;
    if (column->type == NULL || name.len == 0 || fq_annotation_flag(&annotation, FQ_S("hidden"))) {
        return;
    }
    fq_draft_field *field = fq_draft_add(builder, draft, name, fq_builder_value_ref(builder, column->type), NULL);
    if (field != NULL) {
        field->field.description = column->description;
        column->field = name;
        column->hidden = false;
    }
}

static void make_composite(fq_builder *builder, const fq_cat_type *cat, fq_pgtype *type) {
    fq_annotation annotation = fq_annotation_parse(builder->arena, cat->comment);
    fq_slice wanted = fq_annotation_get(&annotation, FQ_S("name"));
    fq_slice name = fq_name_is_legal(wanted) ? wanted : fq_name_pascal(builder->arena, cat->name);
    name = cat->n_attributes > 0 ? fq_builder_type_name(builder, name, "Composite") : fq_slice_of("", 0);
    if (name.len == 0) {
        type->type = fq_builder_scalar(builder, FQ_SCALAR_STRING);
        return;
    }
    fq_draft *draft = fq_builder_draft(builder, name, NULL);
    draft->composite = true;
    draft->description = annotation.description;
    type->storage = FQ_STORAGE_COMPOSITE;
    type->type = draft->type;
    fq_column *attributes = FQ_NEW_ARRAY(builder->arena, fq_column, cat->n_attributes);
    type->attributes = attributes;
    for (uint32_t i = 0; i < cat->n_attributes; i++) {
        add_attribute(builder, draft, type, &attributes[i], &cat->attributes[i]);
    }
    if (draft->fields.len == 0) { /* an object needs a field; its text then says it all */
        fq_draft_add(builder, draft, FQ_S("_text"),
                     fq_ref_named(builder->schema, fq_builder_scalar(builder, FQ_SCALAR_STRING)), NULL);
    }
}

/* ---- types ---- */

static bool is_array(const fq_cat_type *cat) { return cat->element != 0 && cat->kind == 'b'; }

static fq_storage storage_of(const fq_cat_type *cat) {
    bool known_extension = fq_slice_equal(cat->name, FQ_S("citext")) || fq_slice_equal(cat->name, FQ_S("ltree"));
    if (fq_slice_equal(cat->schema, FQ_S("pg_catalog")) || known_extension) {
        return fq_storage_by_type_name(cat->name);
    }
    return FQ_STORAGE_OTHER;
}

static void make_array(fq_builder *builder, const fq_cat_type *cat, fq_pgtype *type) {
    const fq_pgtype *element = fq_builder_pgtype(builder, cat->element);
    if (element == NULL || element->array || element->type == NULL) {
        type->type = fq_builder_scalar(builder, FQ_SCALAR_STRING);
        return;
    }
    type->array = true;
    type->element = element;
    type->element_oid = element->oid;
    type->storage = element->storage;
    type->type = element->type;
}

const fq_pgtype *fq_builder_pgtype(fq_builder *builder, uint32_t oid) {
    fq_pgtype *known = fq_map_get(&builder->oids, fq_slice_of((const char *)&oid, sizeof(oid)));
    if (known != NULL) {
        return known;
    }
    const fq_cat_type *cat = without_domains(builder, oid);
    if (cat == NULL || cat->kind == 'p' || cat->kind == 'd') {
        return NULL;
    }
    if (cat->oid != oid) {
        const fq_pgtype *base = fq_builder_pgtype(builder, cat->oid);
        if (base != NULL) {
            fq_map_put(&builder->oids, oid_key(builder, oid), (void *)base);
        }
        return base;
    }
    fq_pgtype *type = FQ_NEW(builder->arena, fq_pgtype);
    *type = (fq_pgtype){.oid = oid, .schema = cat->schema, .name = cat->name, .storage = FQ_STORAGE_OTHER};
    fq_map_put(&builder->oids, oid_key(builder, oid), type); /* before its parts: a composite may contain itself */
    if (is_array(cat)) {
        make_array(builder, cat, type);
    } else if (cat->kind == 'e') {
        make_enum(builder, cat, type);
    } else if (cat->kind == 'c') {
        make_composite(builder, cat, type);
    } else {
        type->storage = (uint8_t)storage_of(cat);
        type->type = fq_builder_scalar(builder, fq_storage_scalar((fq_storage)type->storage));
    }
    return type;
}

/* SQL's names of types that pg_type knows under another. */
static fq_slice canonical_type_name(fq_slice name) {
    static const struct {
        fq_slice sql, typname;
    } names[] = {
        {FQ_S_INIT("smallint"), FQ_S_INIT("int2")},
        {FQ_S_INIT("integer"), FQ_S_INIT("int4")},
        {FQ_S_INIT("int"), FQ_S_INIT("int4")},
        {FQ_S_INIT("serial"), FQ_S_INIT("int4")},
        {FQ_S_INIT("bigint"), FQ_S_INIT("int8")},
        {FQ_S_INIT("bigserial"), FQ_S_INIT("int8")},
        {FQ_S_INIT("real"), FQ_S_INIT("float4")},
        {FQ_S_INIT("double precision"), FQ_S_INIT("float8")},
        {FQ_S_INIT("float"), FQ_S_INIT("float8")},
        {FQ_S_INIT("decimal"), FQ_S_INIT("numeric")},
        {FQ_S_INIT("boolean"), FQ_S_INIT("bool")},
        {FQ_S_INIT("character varying"), FQ_S_INIT("varchar")},
        {FQ_S_INIT("character"), FQ_S_INIT("bpchar")},
        {FQ_S_INIT("char"), FQ_S_INIT("bpchar")},
        {FQ_S_INIT("timestamp with time zone"), FQ_S_INIT("timestamptz")},
        {FQ_S_INIT("timestamp without time zone"), FQ_S_INIT("timestamp")},
        {FQ_S_INIT("time with time zone"), FQ_S_INIT("timetz")},
        {FQ_S_INIT("time without time zone"), FQ_S_INIT("time")},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (fq_slice_equal(names[i].sql, name)) {
            return names[i].typname;
        }
    }
    return name;
}

static fq_slice lowered_without_modifier(fq_arena *arena, fq_slice name) {
    char *text = fq_arena_cstr(arena, name);
    size_t len = 0;
    bool inside = false;
    for (size_t i = 0; i < name.len; i++) {
        inside = inside || text[i] == '(';
        if (!inside) {
            text[len++] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
        }
        inside = inside && text[i] != ')';
    }
    return fq_slice_of(text, len);
}

const fq_pgtype *fq_builder_pgtype_named(fq_builder *builder, fq_slice name) {
    fq_slice plain = name.len <= TYPE_NAME_MAX ? lowered_without_modifier(builder->arena, name) : FQ_S("text");
    fq_pgtype *known = fq_map_get(&builder->named_types, plain);
    if (known != NULL) {
        return known;
    }
    fq_pgtype *type = FQ_NEW(builder->arena, fq_pgtype);
    fq_map_put(&builder->named_types, plain, type);
    if (fq_slice_ends_with(plain, FQ_S("[]"))) {
        const fq_pgtype *element = fq_builder_pgtype_named(builder, fq_slice_sub(plain, 0, plain.len - 2));
        *type = (fq_pgtype){
            .schema = FQ_S("pg_catalog"),
            .name = fq_arena_printf(builder->arena, "_%.*s", FQ_PRI(element->name)),
            .storage = element->storage,
            .array = true,
            .element = element,
            .element_oid = element->oid,
            .type = element->type,
        };
        return type;
    }
    fq_slice typname = canonical_type_name(plain);
    fq_storage storage = fq_storage_by_type_name(typname);
    *type = (fq_pgtype){
        .oid = fq_storage_oid(storage),
        .schema = FQ_S("pg_catalog"),
        .name = typname,
        .storage = (uint8_t)storage,
        .type = fq_builder_scalar(builder, fq_storage_scalar(storage)),
    };
    return type;
}

const fq_type_ref *fq_builder_value_ref(fq_builder *builder, const fq_pgtype *type) {
    const fq_type_ref *ref = fq_ref_named(builder->schema, type->type);
    return type->array ? fq_ref_list(builder->schema, ref) : ref;
}
