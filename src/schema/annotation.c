/* SPDX-License-Identifier: MIT */
/* See annotation.h: a reader for the little YAML that comments hold. It looks at lines and knows no key. */
#include "schema/annotation.h"

#include "base/vec.h"

typedef FQ_VEC(fq_annotation_pair) pair_vec;

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static fq_slice trimmed(fq_slice s) {
    while (s.len > 0 && (is_blank(s.ptr[0]) || s.ptr[0] == '\n')) {
        s = fq_slice_sub(s, 1, s.len);
    }
    while (s.len > 0 && (is_blank(s.ptr[s.len - 1]) || s.ptr[s.len - 1] == '\n')) {
        s.len--;
    }
    return s;
}

static fq_slice unquoted(fq_slice s) {
    bool quoted = s.len >= 2 && (s.ptr[0] == '"' || s.ptr[0] == '\'') && s.ptr[s.len - 1] == s.ptr[0];
    return quoted ? fq_slice_sub(s, 1, s.len - 1) : s;
}

static bool next_line(fq_slice *text, fq_slice *line) {
    if (text->len == 0) {
        return false;
    }
    const char *newline = memchr(text->ptr, '\n', text->len);
    size_t len = newline != NULL ? (size_t)(newline - text->ptr) : text->len;
    *line = fq_slice_sub(*text, 0, len);
    *text = fq_slice_sub(*text, newline != NULL ? len + 1 : len, text->len);
    return true;
}

static size_t find(fq_slice s, char c) {
    const char *at = s.len > 0 ? memchr(s.ptr, c, s.len) : NULL;
    return at != NULL ? (size_t)(at - s.ptr) : s.len;
}

/* ---- pairs ---- */

/* `key: value` lines; a key without value opens a block of the indented lines below it. */
static void parse_lines(fq_arena *arena, fq_slice text, pair_vec *pairs) {
    fq_slice line;
    while (next_line(&text, &line)) {
        bool indented = line.len > 0 && is_blank(line.ptr[0]);
        size_t colon = find(line, ':');
        if (indented && pairs->len > 0 &&
            (pairs->items[pairs->len - 1].block || pairs->items[pairs->len - 1].value.len == 0)) {
            fq_annotation_pair *last = &pairs->items[pairs->len - 1];
            const char *start = last->block ? last->value.ptr : line.ptr;
            last->value = fq_slice_of(start, (size_t)(line.ptr + line.len - start));
            last->block = true;
        } else if (colon < line.len) {
            fq_slice value = trimmed(fq_slice_sub(line, colon + 1, line.len));
            fq_annotation_pair pair = {trimmed(fq_slice_sub(line, 0, colon)), unquoted(value), false};
            fq_vec_push(arena, pairs, pair);
        }
    }
}

/* The end of a value behind `=`: a quote's other end, or the next comma or space. */
static size_t value_end(fq_slice s, size_t from) {
    if (from < s.len && (s.ptr[from] == '"' || s.ptr[from] == '\'')) {
        size_t close = find(fq_slice_sub(s, from + 1, s.len), s.ptr[from]);
        return from + 1 + close < s.len ? from + 2 + close : s.len;
    }
    while (from < s.len && s.ptr[from] != ',' && !is_blank(s.ptr[from])) {
        from++;
    }
    return from;
}

static void parse_inline(fq_arena *arena, fq_slice text, pair_vec *pairs) {
    size_t at = 0;
    while (at < text.len) {
        while (at < text.len && (is_blank(text.ptr[at]) || text.ptr[at] == ',')) {
            at++;
        }
        size_t start = at;
        while (at < text.len && text.ptr[at] != '=' && text.ptr[at] != ',' && !is_blank(text.ptr[at])) {
            at++;
        }
        if (at == start) {
            at++; /* a lone `=` */
            continue;
        }
        fq_annotation_pair pair = {fq_slice_sub(text, start, at), {"", 0}, false};
        if (at < text.len && text.ptr[at] == '=') {
            size_t end = value_end(text, at + 1);
            pair.value = unquoted(fq_slice_sub(text, at + 1, end));
            at = end;
        }
        fq_vec_push(arena, pairs, pair);
    }
}

/* ---- the comment ---- */

#define MARK "@fraiseql:"

static size_t find_mark(fq_slice comment) {
    for (size_t i = 0; i + sizeof(MARK) - 1 <= comment.len; i++) {
        bool at_line_start = i == 0 || comment.ptr[i - 1] == '\n';
        if (at_line_start && memcmp(comment.ptr + i, MARK, sizeof(MARK) - 1) == 0) {
            return i;
        }
    }
    return comment.len;
}

static size_t find_empty_line(fq_slice text) {
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] == '\n' &&
            (text.ptr[i + 1] == '\n' || (text.ptr[i + 1] == '\r' && i + 2 < text.len && text.ptr[i + 2] == '\n'))) {
            return i;
        }
    }
    return text.len;
}

static fq_slice description_around(fq_arena *arena, fq_slice before, fq_slice after) {
    before = trimmed(before);
    after = trimmed(after);
    if (before.len == 0 || after.len == 0) {
        return before.len > 0 ? before : after;
    }
    return fq_arena_printf(arena, "%.*s\n\n%.*s", FQ_PRI(before), FQ_PRI(after));
}

/* No description has no address, which tells it from one that is empty. */
static fq_slice or_none(fq_slice text) { return text.len > 0 ? text : (fq_slice){NULL, 0}; }

fq_annotation fq_annotation_parse(fq_arena *arena, fq_slice comment) {
    fq_annotation annotation = {{"", 0}, or_none(trimmed(comment)), NULL, 0};
    size_t mark = find_mark(comment);
    if (mark == comment.len) {
        return annotation;
    }
    fq_slice rest = fq_slice_sub(comment, mark + sizeof(MARK) - 1, comment.len);
    size_t end = find_empty_line(rest);
    fq_slice block = fq_slice_sub(rest, 0, end);
    fq_slice first = {"", 0};
    (void)next_line(&block, &first);
    size_t tag_end = 0;
    while (tag_end < first.len && !is_blank(first.ptr[tag_end])) {
        tag_end++;
    }
    pair_vec pairs = {0};
    parse_inline(arena, fq_slice_sub(first, tag_end, first.len), &pairs);
    parse_lines(arena, block, &pairs);
    annotation.tag = fq_slice_sub(first, 0, tag_end);
    annotation.pairs = pairs.items;
    annotation.n_pairs = pairs.len;
    annotation.description =
        description_around(arena, fq_slice_sub(comment, 0, mark), fq_slice_sub(rest, end, rest.len));
    fq_slice given = fq_annotation_get(&annotation, FQ_S("description"));
    if (given.len > 0) {
        annotation.description = given;
    }
    annotation.description = or_none(annotation.description);
    return annotation;
}

static const fq_annotation_pair *find_pair(const fq_annotation *annotation, fq_slice key) {
    for (uint32_t i = 0; i < annotation->n_pairs; i++) {
        if (fq_slice_equal(annotation->pairs[i].key, key)) {
            return &annotation->pairs[i];
        }
    }
    return NULL;
}

fq_slice fq_annotation_get(const fq_annotation *annotation, fq_slice key) {
    const fq_annotation_pair *pair = find_pair(annotation, key);
    return pair != NULL && !pair->block ? pair->value : fq_slice_of("", 0);
}

bool fq_annotation_flag(const fq_annotation *annotation, fq_slice key) {
    const fq_annotation_pair *pair = find_pair(annotation, key);
    if (pair == NULL || pair->block) {
        return false;
    }
    fq_slice v = pair->value;
    return v.len == 0 || fq_slice_equal(v, FQ_S("true")) || fq_slice_equal(v, FQ_S("yes")) ||
           fq_slice_equal(v, FQ_S("on")) || fq_slice_equal(v, FQ_S("1"));
}

/* A block's lines without the indentation of its first, so that they read like a block at the margin. */
static fq_slice outdented(fq_arena *arena, fq_slice block) {
    size_t indent = 0;
    while (indent < block.len && is_blank(block.ptr[indent])) {
        indent++;
    }
    char *text = fq_arena_alloc(arena, block.len + 1);
    size_t len = 0;
    fq_slice line;
    while (next_line(&block, &line)) {
        size_t skip = 0;
        while (skip < indent && skip < line.len && is_blank(line.ptr[skip])) {
            skip++;
        }
        memcpy(text + len, line.ptr + skip, line.len - skip);
        len += line.len - skip;
        text[len++] = '\n';
    }
    return fq_slice_of(text, len > 0 ? len - 1 : 0);
}

uint32_t fq_annotation_block(fq_arena *arena, const fq_annotation *annotation, fq_slice key,
                             const fq_annotation_pair **pairs) {
    const fq_annotation_pair *pair = find_pair(annotation, key);
    pair_vec found = {0};
    if (pair != NULL && pair->block) {
        parse_lines(arena, outdented(arena, pair->value), &found);
    }
    *pairs = found.items;
    return found.len;
}

bool fq_annotation_next_item(fq_slice *list, fq_slice *item) {
    fq_slice rest = trimmed(*list);
    while (rest.len > 0 && (rest.ptr[0] == '[' || rest.ptr[0] == ',' || is_blank(rest.ptr[0]))) {
        rest = fq_slice_sub(rest, 1, rest.len);
    }
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != ',' && rest.ptr[end] != ']') {
        end++;
    }
    *item = unquoted(trimmed(fq_slice_sub(rest, 0, end)));
    *list = fq_slice_sub(rest, end, rest.len);
    return item->len > 0;
}
