/* SPDX-License-Identifier: MIT */
/* See view_origin.h. The reader knows the outer form of node trees only: `{NODE :field value ...}` and `(item item)`,
 * with braces and parentheses inside names escaped by a backslash. */
#include "pg/view_origin.h"

static bool opens(char c) { return c == '{' || c == '('; }

static bool closes(char c) { return c == '}' || c == ')'; }

/* The end of the balanced group that starts at `from`; `text.len` where it does not end. */
static size_t group_end(fq_slice text, size_t from) {
    size_t depth = 0;
    for (size_t i = from; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\\') {
            i++;
        } else if (opens(c)) {
            depth++;
        } else if (closes(c) && --depth == 0) {
            return i + 1;
        }
    }
    return text.len;
}

/* The value behind `:name ` in the node `{...}` itself, not in nodes inside it; empty where there is none. */
static fq_slice node_field(fq_slice node, const char *name) {
    size_t len = strlen(name);
    size_t start = 0; /* of the value */
    for (size_t i = 1; i < node.len; i++) {
        char c = node.ptr[i];
        bool field_begins = c == ':' && node.ptr[i - 1] == ' ';
        if (start > 0 && (field_begins || i + 1 == node.len)) {
            return fq_slice_sub(node, start, field_begins ? i - 1 : i);
        }
        if (c == '\\') {
            i++;
        } else if (opens(c)) {
            i = group_end(node, i) - 1;
        } else if (field_begins && node.len - i > len + 2 && memcmp(node.ptr + i + 1, name, len) == 0 &&
                   node.ptr[i + 1 + len] == ' ') {
            start = i + 2 + len;
            i = start - 1;
        }
    }
    return fq_slice_of("", 0);
}

/* Cuts the next group off a list's inside. */
static bool next_item(fq_slice *list, fq_slice *item) {
    size_t start = 0;
    while (start < list->len && !opens(list->ptr[start])) {
        start++;
    }
    if (start == list->len) {
        return false;
    }
    size_t end = group_end(*list, start);
    *item = fq_slice_sub(*list, start, end);
    *list = fq_slice_sub(*list, end, list->len);
    return true;
}

/* What stands between the parentheses of a list. */
static fq_slice inside(fq_slice list) {
    return list.len >= 2 && list.ptr[0] == '(' ? fq_slice_sub(list, 1, list.len - 1) : fq_slice_of("", 0);
}

static bool field_is(fq_slice node, const char *name, const char *value) {
    return fq_slice_equal(node_field(node, name), fq_slice_from_cstr(value));
}

static uint32_t field_number(fq_slice node, const char *name) {
    fq_slice text = node_field(node, name);
    uint64_t value = 0;
    for (size_t i = 0; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9' && value <= UINT32_MAX; i++) {
        value = value * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return value <= UINT32_MAX ? (uint32_t)value : 0;
}

static bool only_item(fq_slice list, fq_slice *item) {
    fq_slice rest = inside(list);
    fq_slice second;
    return next_item(&rest, item) && !next_item(&rest, &second);
}

/* The range table entry that the view alone selects from; empty where it is not so simple. */
static fq_slice single_source(fq_slice query) {
    fq_slice none = {"", 0};
    fq_slice reference;
    fq_slice jointree = node_field(query, "jointree");
    bool plain = field_is(query, "commandType", "1") && field_is(query, "hasTargetSRFs", "false") &&
                 field_is(query, "setOperations", "<>") && field_is(query, "groupingSets", "<>");
    if (!plain || !only_item(node_field(jointree, "fromlist"), &reference) ||
        !fq_slice_starts_with(reference, FQ_S("{RANGETBLREF "))) {
        return none;
    }
    uint32_t index = field_number(reference, "rtindex");
    fq_slice table = inside(node_field(query, "rtable"));
    fq_slice entry = none;
    for (uint32_t i = 0; i < index; i++) {
        if (!next_item(&table, &entry)) {
            return none;
        }
    }
    return field_is(entry, "rtekind", "0") ? entry : none;
}

fq_view_origin fq_view_origin_of(fq_arena *arena, fq_slice ev_action) {
    fq_view_origin origin = {.relation = 0};
    fq_slice query;
    if (!only_item(ev_action, &query) || !fq_slice_starts_with(query, FQ_S("{QUERY "))) {
        return origin;
    }
    fq_slice entry = single_source(query);
    uint32_t relation = field_number(entry, "relid");
    fq_slice targets = inside(node_field(query, "targetList"));
    fq_slice target;
    while (relation != 0 && next_item(&targets, &target)) {
        fq_view_column column = {field_number(target, "resno"), field_number(target, "resorigcol")};
        bool passed = field_number(target, "resorigtbl") == relation && field_is(target, "resjunk", "false") &&
                      fq_slice_starts_with(node_field(target, "expr"), FQ_S("{VAR "));
        if (passed && column.number > 0 && column.base > 0) {
            fq_vec_push(arena, &origin.columns, column);
        }
    }
    origin.relation = relation;
    return origin;
}
