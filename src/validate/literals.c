/* SPDX-License-Identifier: MIT */
/* Lifting of literals, and the key of a document under which its plan is kept.
 * Invariant: two documents with the same key differ in nothing but ignored tokens and the values in the slots, and
 * these differences change neither the verdict of validation nor the plan (limits have classes for that). Knows nothing
 * of any schema. */
#include "validate/validate.h"

#include "base/map.h"
#include "base/vec.h"

/* ---- lifting ---- */

typedef struct lifted_field {
    fq_slice key;        /* response key */
    uint32_t first, end; /* its slots */
} lifted_field;

typedef struct lifting {
    fq_arena *arena;
    const fq_document *document;
    uint32_t *slot_of_node;
    FQ_VEC(fq_value) values;
    FQ_VEC(uint32_t) limits; /* slots of arguments `limit` */
    FQ_VEC(lifted_field) fields;
} lifting;

static void lift(lifting *l, fq_node_id id, fq_value_kind kind) {
    const fq_node *node = fq_node_at(l->document, id);
    fq_value value = {
        .kind = (uint8_t)kind, .origin = FQ_ORIGIN_LITERAL, .index = l->values.len, .offset = node->start};
    if (kind == FQ_VALUE_STRING) {
        value.text = fq_node_text(l->document, id);
    } else if (kind == FQ_VALUE_BOOLEAN) {
        value.truth = node->flags != 0;
    } else {
        value.text = fq_node_name(l->document, id);
    }
    fq_vec_push(l->arena, &l->values, value);
    l->slot_of_node[id] = l->values.len;
}

/* Recursion is bounded by the parser's limit on depth, as all recursion over one definition. */
static void lift_value(lifting *l, fq_node_id id) {
    const fq_node *node = fq_node_at(l->document, id);
    switch (node->kind) {
    case FQ_NODE_INT:
        lift(l, id, FQ_VALUE_INT);
        break;
    case FQ_NODE_FLOAT:
        lift(l, id, FQ_VALUE_FLOAT);
        break;
    case FQ_NODE_STRING:
        lift(l, id, FQ_VALUE_STRING);
        break;
    case FQ_NODE_BOOLEAN:
        lift(l, id, FQ_VALUE_BOOLEAN);
        break;
    case FQ_NODE_LIST:
        for (fq_node_id item = node->children; item != 0; item = fq_node_next(l->document, item)) {
            lift_value(l, item);
        }
        break;
    case FQ_NODE_OBJECT:
        for (fq_node_id field = node->children; field != 0; field = fq_node_next(l->document, field)) {
            lift_value(l, fq_node_at(l->document, field)->value);
        }
        break;
    default:
        break;
    }
}

static void lift_arguments(lifting *l, fq_node_id id) {
    const fq_node *node = fq_node_at(l->document, id);
    if (node->args == 0 || fq_slice_starts_with(fq_node_name(l->document, id), FQ_S("__"))) {
        return;
    }
    uint32_t first = l->values.len;
    for (fq_node_id arg = node->args; arg != 0; arg = fq_node_next(l->document, arg)) {
        fq_node_id value = fq_node_at(l->document, arg)->value;
        bool limit = fq_node_at(l->document, value)->kind == FQ_NODE_INT &&
                     fq_slice_equal(fq_node_name(l->document, arg), FQ_S("limit"));
        if (limit) {
            fq_vec_push(l->arena, &l->limits, l->values.len);
        }
        lift_value(l, value);
    }
    if (l->values.len > first) {
        fq_vec_push(l->arena, &l->fields, (lifted_field){fq_node_response_key(l->document, id), first, l->values.len});
    }
}

static void lift_selections(lifting *l, fq_node_id first) {
    for (fq_node_id id = first; id != 0; id = fq_node_next(l->document, id)) {
        if (fq_node_at(l->document, id)->kind == FQ_NODE_FIELD) {
            lift_arguments(l, id);
        }
        lift_selections(l, fq_node_at(l->document, id)->children);
    }
}

/* ---- equal literals of fields that might be merged ---- */

static fq_slice literal_identity(const lifting *l, const fq_value *value) {
    const char *start = l->document->source.ptr + value->offset;
    if (value->kind != FQ_VALUE_STRING) {
        return fq_slice_of(start, value->kind == FQ_VALUE_BOOLEAN ? (value->truth ? 4 : 5) : value->text.len);
    }
    /* Block strings and quoted ones are different literals to the rule of overlapping fields. */
    bool block = fq_slice_starts_with(fq_slice_of(start, l->document->source.len - value->offset), FQ_S("\"\"\""));
    char *text = fq_arena_alloc(l->arena, value->text.len + 1);
    text[0] = block ? 'b' : 'q';
    if (value->text.len > 0) {
        memcpy(text + 1, value->text.ptr, value->text.len);
    }
    return fq_slice_of(text, value->text.len + 1);
}

static void link_same(lifting *l, const lifted_field *field, fq_map *seen, uint32_t *same) {
    for (uint32_t slot = field->first; slot < field->end; slot++) {
        fq_slice identity = literal_identity(l, &l->values.items[slot]);
        fq_value *first = fq_map_get(seen, identity);
        if (first == NULL) {
            fq_map_put(seen, identity, &l->values.items[slot]);
        } else {
            same[slot] = first->index + 1;
        }
    }
}

/* Fields with the same response key may have to be the same field: then it matters which of their literals are equal.
 */
static const uint32_t *find_same(lifting *l) {
    uint32_t *same = FQ_NEW_ARRAY(l->arena, uint32_t, l->values.len);
    if (l->fields.len < 2) {
        return same;
    }
    fq_map by_key, seen;
    fq_map_init(&by_key, l->arena);
    fq_map_init(&seen, l->arena);
    for (uint32_t i = 0; i < l->fields.len; i++) {
        lifted_field *field = &l->fields.items[i];
        lifted_field *first = fq_map_get(&by_key, field->key);
        if (first == NULL) {
            fq_map_put(&by_key, field->key, field);
            continue;
        }
        if (first->end != UINT32_MAX) {
            link_same(l, first, &seen, same);
            first->end = UINT32_MAX; /* done */
        }
        link_same(l, field, &seen, same);
    }
    return same;
}

void fq_literals_lift(fq_arena *arena, const fq_document *document, fq_literals *literals) {
    lifting l = {
        .arena = arena, .document = document, .slot_of_node = FQ_NEW_ARRAY(arena, uint32_t, document->n_nodes)};
    for (fq_node_id id = document->definitions; id != 0; id = fq_node_next(document, id)) {
        fq_node_kind kind = fq_node_at(document, id)->kind;
        if (kind == FQ_NODE_OPERATION || kind == FQ_NODE_FRAGMENT_DEFINITION) {
            lift_selections(&l, fq_node_at(document, id)->children);
        }
    }
    *literals = (fq_literals){.values = l.values.items, .count = l.values.len, .slot_of_node = l.slot_of_node};
    literals->same = find_same(&l);
    bool *is_limit = FQ_NEW_ARRAY(arena, bool, l.values.len);
    for (uint32_t i = 0; i < l.limits.len; i++) {
        is_limit[l.limits.items[i]] = true;
    }
    literals->is_limit = is_limit;
}

/* ---- the key ---- */

/* What a byte of a document is to the key. */
enum { BYTE_OTHER, BYTE_IGNORED, BYTE_PUNCTUATOR, BYTE_QUOTE };

/* Punctuators that need no space around them to be told apart from their neighbours: all but the spread. 0xEF begins
 * the byte order mark, which is the only character outside ASCII that may stand outside strings and comments. */
static const uint8_t byte_classes[256] = {
    [' '] = BYTE_IGNORED,    ['\n'] = BYTE_IGNORED,   ['\r'] = BYTE_IGNORED,   ['\t'] = BYTE_IGNORED,
    [','] = BYTE_IGNORED,    ['#'] = BYTE_IGNORED,    [0xEF] = BYTE_IGNORED,   ['{'] = BYTE_PUNCTUATOR,
    ['}'] = BYTE_PUNCTUATOR, ['('] = BYTE_PUNCTUATOR, [')'] = BYTE_PUNCTUATOR, ['['] = BYTE_PUNCTUATOR,
    [']'] = BYTE_PUNCTUATOR, [':'] = BYTE_PUNCTUATOR, ['$'] = BYTE_PUNCTUATOR, ['!'] = BYTE_PUNCTUATOR,
    ['@'] = BYTE_PUNCTUATOR, ['='] = BYTE_PUNCTUATOR, ['|'] = BYTE_PUNCTUATOR, ['&'] = BYTE_PUNCTUATOR,
    ['"'] = BYTE_QUOTE,
};

static inline uint8_t class_of(char c) { return byte_classes[(unsigned char)c]; }

static bool is_triple_quote(fq_slice source, size_t at) {
    return at + 3 <= source.len && memcmp(source.ptr + at, "\"\"\"", 3) == 0;
}

/* The end of the string token that starts at `at`, in a document that has been parsed. */
static size_t string_end(fq_slice source, size_t at) {
    if (!is_triple_quote(source, at)) {
        size_t i = at + 1;
        while (source.ptr[i] != '"') {
            i += source.ptr[i] == '\\' ? 2 : 1;
        }
        return i + 1;
    }
    size_t i = at + 3;
    while (!is_triple_quote(source, i)) {
        i += source.ptr[i] == '\\' && is_triple_quote(source, i + 1) ? 4 : 1;
    }
    return i + 3;
}

/* The end of the ignored tokens that start at `at` (section 2.1.7). */
static size_t ignored_end(fq_slice source, size_t at) {
    while (at < source.len && class_of(source.ptr[at]) == BYTE_IGNORED) {
        if (source.ptr[at] == '#') {
            while (at < source.len && source.ptr[at] != '\n' && source.ptr[at] != '\r') {
                at++;
            }
        } else {
            at += source.ptr[at] == '\xEF' ? 3 : 1;
        }
    }
    return at;
}

/* Copies the tokens of [from, to), where no token is cut, to `out`; returns where the copy ends. One space stays
 * between two tokens that might run together; a copy is never longer than its original. */
static char *copy_tokens(fq_slice source, size_t from, size_t to, char *out) {
    const char *begin = out;
    size_t at = from;
    while (at < to) {
        char c = source.ptr[at];
        uint8_t class = class_of(c);
        if (class == BYTE_IGNORED) {
            at = ignored_end(source, at);
            bool apart = out > begin && class_of(out[-1]) != BYTE_PUNCTUATOR && at < to &&
                         class_of(source.ptr[at]) != BYTE_PUNCTUATOR;
            if (apart) {
                *out++ = ' ';
            }
        } else if (class == BYTE_QUOTE) {
            size_t end = string_end(source, at);
            memcpy(out, source.ptr + at, end - at);
            out += end - at;
            at = end;
        } else {
            *out++ = c;
            at++;
        }
    }
    return out;
}

static void append_tokens(fq_slice source, size_t from, size_t to, fq_buffer *key) {
    char *room = fq_buffer_reserve(key, to - from);
    if (room != NULL) {
        fq_buffer_commit(key, (size_t)(copy_tokens(source, from, to, room) - room));
    }
}

/* Whether an integer literal fits 32 bits: beyond, it is no Int but may be an ID or a Float. */
static bool is_int32(fq_slice lexeme) {
    bool negative = lexeme.ptr[0] == '-';
    fq_slice digits = fq_slice_sub(lexeme, negative, lexeme.len);
    if (digits.len != 10) {
        return digits.len < 10;
    }
    return memcmp(digits.ptr, negative ? "2147483648" : "2147483647", 10) <= 0;
}

static char literal_letter(const fq_value *value) {
    switch (value->kind) {
    case FQ_VALUE_INT:
        return is_int32(value->text) ? 'i' : 'I';
    case FQ_VALUE_FLOAT:
        return 'f';
    case FQ_VALUE_BOOLEAN:
        return value->truth ? 't' : 'n';
    default:
        return 's';
    }
}

/* A byte that no document holds outside strings, so that a placeholder can not be forged. */
#define PLACEHOLDER '\x01'

static size_t literal_end(fq_slice source, const fq_value *value) {
    switch (value->kind) {
    case FQ_VALUE_STRING:
        return string_end(source, value->offset);
    case FQ_VALUE_BOOLEAN:
        return value->offset + (value->truth ? 4 : 5);
    default:
        return value->offset + value->text.len;
    }
}

void fq_document_key(const fq_document *document, const fq_literals *literals, fq_buffer *key) {
    size_t at = 0;
    for (uint32_t slot = 0; slot < literals->count; slot++) {
        const fq_value *value = &literals->values[slot];
        append_tokens(document->source, at, value->offset, key);
        fq_buffer_char(key, PLACEHOLDER);
        fq_buffer_char(key, literal_letter(value));
        if (literals->is_limit[slot]) {
            fq_buffer_printf(key, "%u;", fq_limit_class(value));
        }
        if (literals->same[slot] != 0) {
            fq_buffer_printf(key, "%u;", literals->same[slot]);
        }
        at = literal_end(document->source, value);
    }
    append_tokens(document->source, at, document->source.len, key);
}
