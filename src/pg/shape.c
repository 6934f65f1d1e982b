/* SPDX-License-Identifier: MIT */
/* See shape.h. */
#include "pg/shape.h"

#include "base/map.h"
#include "base/vec.h"
#include "json/writer.h"

enum {
    SEEN_NULL = 1 << 0,
    SEEN_BOOLEAN = 1 << 1,
    SEEN_STRING = 1 << 2,
    SEEN_INT = 1 << 3,
    SEEN_BIGINT = 1 << 4,
    SEEN_NUMBER = 1 << 5,
    SEEN_OBJECT = 1 << 6,
    SEEN_DICTIONARY = 1 << 7,
};

typedef struct shape_member {
    fq_slice key;
    fq_shape_node *shape;
} shape_member;

struct fq_shape_node {
    unsigned seen;
    fq_shape_node *items; /* NULL: no array was seen */
    FQ_VEC(shape_member) members;
    fq_map by_key;
};

fq_shape_node *fq_shape_new(fq_arena *arena) {
    fq_shape_node *shape = FQ_NEW(arena, fq_shape_node);
    fq_map_init(&shape->by_key, arena);
    return shape;
}

/* The narrowest of int, bigint and number. `text` is a JSON number without fraction and exponent where `integer`. */
static unsigned kind_of_number(const fq_json *number) {
    bool negative = number->text.len > 0 && number->text.ptr[0] == '-';
    uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    uint64_t magnitude = 0;
    if (!number->integer) {
        return SEEN_NUMBER;
    }
    for (size_t i = negative ? 1 : 0; i < number->text.len; i++) {
        uint64_t digit = (uint64_t)(number->text.ptr[i] - '0');
        if (magnitude > (limit - digit) / 10) {
            return SEEN_NUMBER;
        }
        magnitude = magnitude * 10 + digit;
    }
    return magnitude <= (uint64_t)INT32_MAX + (negative ? 1 : 0) ? SEEN_INT : SEEN_BIGINT;
}

static void add_member(fq_arena *arena, fq_shape_node *shape, const fq_json *member) {
    fq_shape_node *known = fq_map_get(&shape->by_key, member->key);
    if (known == NULL) {
        if (shape->members.len == FQ_SHAPE_KEYS_MAX) {
            shape->seen |= SEEN_DICTIONARY;
            return;
        }
        known = fq_shape_new(arena);
        shape_member added = {fq_arena_copy(arena, member->key), known};
        fq_vec_push(arena, &shape->members, added);
        fq_map_put(&shape->by_key, added.key, known);
    }
    fq_shape_add(arena, known, member);
}

void fq_shape_add(fq_arena *arena, fq_shape_node *shape, const fq_json *document) {
    switch ((fq_json_kind)document->kind) {
    case FQ_JSON_NULL:
        shape->seen |= SEEN_NULL;
        break;
    case FQ_JSON_BOOL:
        shape->seen |= SEEN_BOOLEAN;
        break;
    case FQ_JSON_NUMBER:
        shape->seen |= kind_of_number(document);
        break;
    case FQ_JSON_STRING:
        shape->seen |= SEEN_STRING;
        break;
    case FQ_JSON_ARRAY:
        if (shape->items == NULL) {
            shape->items = fq_shape_new(arena);
        }
        for (const fq_json *item = document->child; item != NULL; item = item->next) {
            fq_shape_add(arena, shape->items, item);
        }
        break;
    case FQ_JSON_OBJECT:
        shape->seen |= SEEN_OBJECT;
        for (const fq_json *member = document->child; member != NULL; member = member->next) {
            add_member(arena, shape, member);
        }
        break;
    }
}

static void write_comma(fq_buffer *out, bool *first) {
    if (!*first) {
        fq_buffer_char(out, ',');
    }
    *first = false;
}

static void write_members(const fq_shape_node *shape, fq_buffer *out) {
    bool first = true;
    fq_buffer_literal(out, "\"object\":{");
    for (uint32_t i = 0; i < shape->members.len; i++) {
        write_comma(out, &first);
        fq_json_write_string(out, shape->members.items[i].key);
        fq_buffer_char(out, ':');
        fq_shape_write(shape->members.items[i].shape, out);
    }
    fq_buffer_char(out, '}');
}

void fq_shape_write(const fq_shape_node *shape, fq_buffer *out) {
    static const struct {
        unsigned kind;
        const char *name;
    } kinds[] = {
        {SEEN_NULL, "null"}, {SEEN_BOOLEAN, "boolean"}, {SEEN_STRING, "string"},
        {SEEN_INT, "int"},   {SEEN_BIGINT, "bigint"},   {SEEN_NUMBER, "number"},
    };
    bool first = true;
    fq_buffer_char(out, '{');
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if ((shape->seen & kinds[i].kind) != 0) {
            write_comma(out, &first);
            fq_buffer_printf(out, "\"%s\":true", kinds[i].name);
        }
    }
    if (shape->items != NULL) {
        write_comma(out, &first);
        fq_buffer_literal(out, "\"array\":");
        fq_shape_write(shape->items, out);
    }
    if ((shape->seen & SEEN_DICTIONARY) != 0) {
        write_comma(out, &first);
        fq_buffer_literal(out, "\"dictionary\":true");
    } else if ((shape->seen & SEEN_OBJECT) != 0) {
        write_comma(out, &first);
        write_members(shape, out);
    }
    fq_buffer_char(out, '}');
}
