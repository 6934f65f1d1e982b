/* SPDX-License-Identifier: MIT */
/* The manifest of trusted documents, in one of two forms: {"id": "document", ...} as Relay's compiler writes it, and
 * Apollo's {"format": "apollo-persisted-query-manifest", "operations": [{"id", "body"}, ...]}. */
#include "engine/engine.h"

#include "json/reader.h"

static bool add(fq_arena *arena, fq_map *documents, fq_slice id, const fq_json *text) {
    if (text == NULL || text->kind != FQ_JSON_STRING || id.len == 0) {
        return false;
    }
    fq_slice *kept = FQ_NEW(arena, fq_slice);
    *kept = text->text;
    (void)fq_map_put(documents, id, kept);
    return true;
}

static bool read_operations(fq_arena *arena, const fq_json *list, fq_map *documents) {
    for (const fq_json *operation = list->child; operation != NULL; operation = operation->next) {
        bool object = operation->kind == FQ_JSON_OBJECT;
        const fq_json *id = object ? fq_json_member(operation, FQ_S("id")) : NULL;
        if (id == NULL || id->kind != FQ_JSON_STRING ||
            !add(arena, documents, id->text, fq_json_member(operation, FQ_S("body")))) {
            return false;
        }
    }
    return true;
}

bool fq_trusted_read(fq_arena *arena, const fq_json *manifest, fq_map *documents) {
    fq_map_init(documents, arena);
    const fq_json *operations = fq_json_member(manifest, FQ_S("operations"));
    if (operations != NULL && operations->kind == FQ_JSON_ARRAY) {
        return read_operations(arena, operations, documents);
    }
    for (const fq_json *member = manifest->child; member != NULL; member = member->next) {
        if (!add(arena, documents, member->key, member)) {
            return false;
        }
    }
    return true;
}
