/* SPDX-License-Identifier: MIT */
/* Which schemas of the database a schema file names, by `schema.name` of its relations and functions, so that its
 * catalog can be read. Knows nothing of what is in them. */
#include "schema/from_json.h"

typedef struct named_schemas {
    fq_arena *arena;
    FQ_VEC(fq_slice) list;
} named_schemas;

static void add_schema_of(named_schemas *named, const fq_json *text) {
    const char *dot = text->kind == FQ_JSON_STRING ? memchr(text->text.ptr, '.', text->text.len) : NULL;
    if (dot == NULL || dot == text->text.ptr) {
        return;
    }
    fq_slice schema = fq_slice_sub(text->text, 0, (size_t)(dot - text->text.ptr));
    for (uint32_t i = 0; i < named->list.len; i++) {
        if (fq_slice_equal(named->list.items[i], schema)) {
            return;
        }
    }
    fq_vec_push(named->arena, &named->list, schema);
}

/* `member` of each member of the object may be a name or a list of names. */
static void add_schemas_of(named_schemas *named, const fq_json *object, const char *member) {
    bool is_object = object != NULL && object->kind == FQ_JSON_OBJECT;
    for (const fq_json *item = is_object ? object->child : NULL; item != NULL; item = item->next) {
        const fq_json *name = fq_file_member(item, member);
        if (name == NULL) {
            continue;
        }
        add_schema_of(named, name);
        const fq_json *one = name->kind == FQ_JSON_ARRAY ? name->child : NULL;
        for (; one != NULL; one = one->next) {
            add_schema_of(named, one);
        }
    }
}

fq_slice *fq_schema_json_schemas(fq_arena *arena, fq_slice json, uint32_t *count) {
    named_schemas named = {.arena = arena};
    fq_json_error ignored;
    const fq_json *root = fq_json_parse(arena, json, FQ_FILE_DEPTH, &ignored);
    if (root != NULL && !fq_file_is_printed(root)) {
        add_schemas_of(&named, fq_file_member(root, "tables"), "view_name");
        add_schemas_of(&named, fq_file_member(root, "mutations"), "function");
        add_schemas_of(&named, fq_file_member(root, "queries"), "function");
    }
    *count = named.list.len;
    return named.list.items;
}
