/* SPDX-License-Identifier: MIT */
/* Fields of a JSONB document: from the annotation `fields:`, else from the shape of sampled rows (pg/shape.h). Objects
 * inside become types named parent + field; what is of mixed kinds stays JSON. All nullable unless declared. A column
 * of the relation wins over a key of the same name. */
#include "schema/builder.h"
#include "schema/names.h"

#define NESTING 24 /* of objects in documents; deeper ones stay JSON */

/* ---- which column ---- */

static bool has_field_block(const fq_annotation *annotation) {
    for (uint32_t i = 0; i < annotation->n_pairs; i++) {
        if (annotation->pairs[i].block && fq_slice_equal(annotation->pairs[i].key, FQ_S("fields"))) {
            return true;
        }
    }
    return false;
}

static const fq_json *shape_of(const fq_found_relation *found, const fq_column *column) {
    return fq_slice_equal(found->cat->document.column, column->name) ? found->cat->document.shape : NULL;
}

/* The keys that objects of this shape had; NULL where it is not always an object. */
static const fq_json *object_keys(const fq_json *shape) {
    if (shape == NULL || shape->kind != FQ_JSON_OBJECT) {
        return NULL;
    }
    const fq_json *keys = NULL;
    for (const fq_json *kind = shape->child; kind != NULL; kind = kind->next) {
        if (fq_slice_equal(kind->key, FQ_S("object"))) {
            keys = kind;
        } else if (!fq_slice_equal(kind->key, FQ_S("null"))) {
            return NULL;
        }
    }
    return keys != NULL && keys->kind == FQ_JSON_OBJECT && keys->count > 0 ? keys : NULL;
}

static bool has_values(const fq_json *shape) {
    return shape != NULL && shape->kind == FQ_JSON_OBJECT && shape->count > 0;
}

void fq_catalog_document(fq_builder *builder, fq_found_relation *found) {
    bool declared = has_field_block(&found->annotation);
    fq_slice name = fq_annotation_get(&found->annotation, FQ_S("jsonb_column"));
    if (!declared && name.len == 0 && found->rank != FQ_RANK_TV && found->rank != FQ_RANK_V &&
        found->rank != FQ_RANK_MV) {
        return;
    }
    fq_column *column = (fq_column *)fq_relation_column(found->relation, name.len > 0 ? name : FQ_S("data"));
    if (column == NULL || column->type->array || column->type->storage != FQ_STORAGE_JSONB) {
        return;
    }
    if (declared || object_keys(shape_of(found, column)) != NULL) {
        found->relation->document = column;
        column->hidden = true;
        column->field = fq_slice_of("", 0);
    } else if (found->draft != NULL) {
        fq_builder_warn(
            builder,
            "\"%.*s\".\"%.*s\": the fields of \"%.*s\" are unknown, since %s, so it is "
            "shown as JSON; COMMENT ON ... IS '@fraiseql:type' with lines `fields:`, `  name: String!` tells them",
            FQ_PRI(found->cat->schema), FQ_PRI(found->cat->name), FQ_PRI(column->name),
            has_values(shape_of(found, column)) ? "not every row has an object with keys there"
                                                : "there are no rows to look at");
    }
}

/* ---- sampled ---- */

static const fq_type_ref *ref_of_shape(fq_builder *builder, fq_slice type_name, const fq_json *shape, int nesting);

static bool has_kind(const fq_json *shape, const char *kind) {
    return shape->kind == FQ_JSON_OBJECT && fq_json_member(shape, fq_slice_from_cstr(kind)) != NULL;
}

/* The one scalar that all values have; JSON where they are mixed or unknown. */
static fq_scalar scalar_of_shape(const fq_json *shape) {
    bool number = has_kind(shape, "int") || has_kind(shape, "bigint") || has_kind(shape, "number");
    bool string = has_kind(shape, "string");
    bool boolean = has_kind(shape, "boolean");
    bool structure = has_kind(shape, "object") || has_kind(shape, "array");
    if (structure || number + string + boolean != 1) {
        return FQ_SCALAR_JSON;
    }
    if (number) {
        return has_kind(shape, "number")   ? FQ_SCALAR_FLOAT
               : has_kind(shape, "bigint") ? FQ_SCALAR_BIG_INT
                                           : FQ_SCALAR_INT;
    }
    return string ? FQ_SCALAR_STRING : FQ_SCALAR_BOOLEAN;
}

static bool only_kinds(const fq_json *shape, const char *kind) {
    for (const fq_json *k = shape->child; k != NULL; k = k->next) {
        if (!fq_slice_equal(k->key, FQ_S("null")) && !fq_slice_equal(k->key, fq_slice_from_cstr(kind))) {
            return false;
        }
    }
    return has_kind(shape, kind);
}

static void warn_key(fq_builder *builder, const fq_draft *draft, fq_slice key, const char *why) {
    fq_builder_warn(
        builder,
        "the key \"%.*s\" of documents of type %.*s is left out: %s; `fields:` in a '@fraiseql:type' comment "
        "settles it",
        FQ_PRI(key), FQ_PRI(draft->type->name), why);
}

/* `firstName` beside `first_name` are two spellings of one field: the later becomes the alternative of the earlier. */
static bool merge_spelling(fq_draft *draft, fq_slice name, fq_slice key) {
    fq_draft_field *known = fq_draft_find(draft, name);
    if (known == NULL || known->field.document_key.len == 0 || known->field.document_alternative.len > 0) {
        return false;
    }
    known->field.document_alternative = key;
    return true;
}

static void add_document_field(fq_builder *builder, fq_draft *draft, const fq_json *member, int nesting) {
    fq_slice key = member->key;
    if (fq_slice_starts_with(key, FQ_S("__"))) {
        return; /* `__typename` as FraiseQL v1 left it in documents */
    }
    fq_slice name = fq_name_camel(builder->arena, key);
    if (name.len == 0) {
        warn_key(builder, draft, key, "it has no form in GraphQL");
        return;
    }
    const fq_draft_field *known = fq_draft_find(draft, name);
    if (known != NULL) {
        bool is_column = known->source != NULL && known->source->kind == FQ_SOURCE_COLUMN;
        if (!is_column && !merge_spelling(draft, name, key)) {
            warn_key(builder, draft, key, "another key has the same name");
        }
        return;
    }
    fq_slice nested_name = fq_arena_printf(builder->arena, "%.*s%.*s", FQ_PRI(draft->type->name),
                                           FQ_PRI(fq_name_capitalized(builder->arena, name)));
    fq_source *source = draft->relation != NULL ? fq_builder_source(builder, FQ_SOURCE_DOCUMENT) : NULL;
    const fq_type_ref *ref = ref_of_shape(builder, nested_name, member, nesting);
    fq_draft_field *field = fq_draft_add(builder, draft, name, ref, source);
    field->field.document_key = key;
}

/* Whether any key of an object can become a field: a dictionary whose keys are data stays JSON. */
static bool any_nameable(fq_builder *builder, const fq_json *keys) {
    for (const fq_json *member = keys->child; member != NULL; member = member->next) {
        if (!fq_slice_starts_with(member->key, FQ_S("__")) && fq_name_camel(builder->arena, member->key).len > 0) {
            return true;
        }
    }
    return false;
}

static const fq_type *object_type(fq_builder *builder, fq_slice name, const fq_json *keys, int nesting) {
    fq_slice type_name = nesting > 0 && any_nameable(builder, keys) ? fq_builder_type_name(builder, name, "Document")
                                                                    : fq_slice_of("", 0);
    if (type_name.len == 0) {
        return fq_builder_scalar(builder, FQ_SCALAR_JSON);
    }
    fq_builder_reserve_generated(builder, type_name);
    fq_draft *draft = fq_builder_draft(builder, type_name, NULL);
    for (const fq_json *member = keys->child; member != NULL; member = member->next) {
        add_document_field(builder, draft, member, nesting - 1);
    }
    return draft->type;
}

static const fq_type_ref *ref_of_shape(fq_builder *builder, fq_slice type_name, const fq_json *shape, int nesting) {
    const fq_json *keys = object_keys(shape);
    if (keys != NULL) {
        return fq_ref_named(builder->schema, object_type(builder, type_name, keys, nesting));
    }
    if (nesting > 0 && shape->kind == FQ_JSON_OBJECT && only_kinds(shape, "array")) {
        const fq_json *items = fq_json_member(shape, FQ_S("array"));
        return fq_ref_list(builder->schema, ref_of_shape(builder, type_name, items, nesting - 1));
    }
    return fq_ref_named(builder->schema, fq_builder_scalar(builder, scalar_of_shape(shape)));
}

/* ---- declared ---- */

/* `[String!]!`: the names are scalars, or types that exist already. NULL where it can not be read. */
static const fq_type_ref *parse_ref(fq_builder *builder, fq_slice text) {
    if (text.len > 1 && text.ptr[text.len - 1] == '!') {
        const fq_type_ref *of = parse_ref(builder, fq_slice_sub(text, 0, text.len - 1));
        return of != NULL && of->kind != FQ_REF_NON_NULL ? fq_ref_non_null(builder->schema, of) : NULL;
    }
    if (text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']') {
        const fq_type_ref *of = parse_ref(builder, fq_slice_sub(text, 1, text.len - 1));
        return of != NULL ? fq_ref_list(builder->schema, of) : NULL;
    }
    fq_scalar scalar = fq_scalar_by_name(text);
    if (scalar != FQ_SCALAR_NONE) {
        return fq_ref_named(builder->schema, fq_builder_scalar(builder, scalar));
    }
    const fq_type *type = fq_schema_type(builder->schema, text);
    return type != NULL && !type->introspection ? fq_ref_named(builder->schema, type) : NULL;
}

#define REF_MAX 256

static void add_declared_field(fq_builder *builder, fq_found_relation *found, const fq_annotation_pair *pair) {
    const fq_type_ref *ref = pair->value.len <= REF_MAX ? parse_ref(builder, pair->value) : NULL;
    if (ref == NULL || !fq_name_is_legal(pair->key)) {
        fq_builder_warn(builder,
                        "\"%.*s\".\"%.*s\": the declared field \"%.*s: %.*s\" has no legal name or no known type",
                        FQ_PRI(found->cat->schema), FQ_PRI(found->cat->name), FQ_PRI(pair->key), FQ_PRI(pair->value));
        return;
    }
    fq_draft_field *field =
        fq_draft_add(builder, found->draft, pair->key, ref, fq_builder_source(builder, FQ_SOURCE_DOCUMENT));
    if (field == NULL) {
        return; /* a column wins */
    }
    fq_slice snake = fq_name_snake(builder->arena, pair->key);
    field->field.document_key = pair->key;
    field->field.document_alternative = fq_slice_equal(snake, pair->key) ? fq_slice_of("", 0) : snake;
}

void fq_catalog_document_fields(fq_builder *builder, fq_found_relation *found) {
    const fq_column *column = found->relation->document;
    if (column == NULL) {
        return;
    }
    const fq_annotation_pair *pairs = NULL;
    uint32_t n = fq_annotation_block(builder->arena, &found->annotation, FQ_S("fields"), &pairs);
    for (uint32_t i = 0; i < n; i++) {
        add_declared_field(builder, found, &pairs[i]);
    }
    const fq_json *keys = n == 0 ? object_keys(shape_of(found, column)) : NULL;
    for (const fq_json *member = keys != NULL ? keys->child : NULL; member != NULL; member = member->next) {
        add_document_field(builder, found->draft, member, NESTING);
    }
}
