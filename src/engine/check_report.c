/* SPDX-License-Identifier: MIT */
/* Errors of a document for people: where, what, and the line of the source with a caret under the place:
 *
 *     users.graphql:2:5: Cannot query field "nmae" on type "User". Did you mean "name"?
 *         2 |     nmae
 *           |     ^
 *
 * What comes from the document is shown without control characters, so that it can not command the terminal. */
#include "base/utf8.h"
#include "engine/check.h"

/* Bytes shown of a long line, around the place. */
#define SHOWN_BEFORE 60
#define SHOWN_AFTER 100
/* Places shown of one error. */
#define PLACES_MAX 3

typedef struct report {
    const fq_lines *lines;
    fq_buffer *out;
    fq_check_color color;
} report;

static void style(const report *r, const char *code) {
    if (r->color == FQ_CHECK_COLOR) {
        fq_buffer_printf(r->out, "\033[%sm", code);
    }
}

/* One character at a time: tabs stay, other control characters and broken bytes become `?`. Returns the end. */
static const char *write_character(const char *at, const char *end, fq_buffer *out) {
    unsigned length = fq_utf8_length(at, end);
    uint32_t point = length > 0 ? fq_utf8_decode(at, length) : 0;
    bool control = point != '\t' && (point < 0x20 || (point >= 0x7F && point < 0xA0));
    if (control) {
        fq_buffer_char(out, '?');
    } else {
        fq_buffer_append(out, at, length);
    }
    return at + (length > 0 ? length : 1);
}

static void write_plain(fq_slice text, fq_buffer *out) {
    for (const char *at = text.ptr, *end = text.ptr + text.len; at < end;) {
        at = write_character(at, end, out);
    }
}

static bool is_continuation(char c) { return ((unsigned char)c & 0xC0) == 0x80; }

/* The part of a line around `at` that is shown, cut between characters. */
static fq_slice shown_part(fq_slice line, size_t at) {
    size_t from = at > SHOWN_BEFORE ? at - SHOWN_BEFORE : 0;
    size_t to = line.len - at > SHOWN_AFTER ? at + SHOWN_AFTER : line.len;
    while (from > 0 && is_continuation(line.ptr[from])) {
        from--;
    }
    while (to < line.len && is_continuation(line.ptr[to])) {
        to++;
    }
    return fq_slice_sub(line, from, to);
}

static void write_place(const report *r, uint32_t offset) {
    fq_position position = fq_lines_position(r->lines, offset);
    fq_slice line = fq_lines_text(r->lines, position.line);
    size_t at = offset - r->lines->starts.items[position.line - 1];
    fq_slice shown = shown_part(line, at < line.len ? at : line.len);
    const char *place = line.ptr + (at < line.len ? at : line.len);
    fq_buffer_printf(r->out, "%5u | ", position.line);
    write_plain(shown, r->out);
    fq_buffer_literal(r->out, "\n      | ");
    for (const char *c = shown.ptr; c < place; c++) {
        if (!is_continuation(*c)) {
            fq_buffer_char(r->out, *c == '\t' ? '\t' : ' ');
        }
    }
    style(r, "1;31");
    fq_buffer_char(r->out, '^');
    style(r, "0");
    fq_buffer_char(r->out, '\n');
}

static void write_error(const report *r, fq_slice name, const fq_error *error) {
    style(r, "1");
    write_plain(name, r->out);
    if (error->n_offsets > 0) {
        fq_position position = fq_lines_position(r->lines, error->offsets[0]);
        fq_buffer_printf(r->out, ":%u:%u", position.line, position.column);
    }
    fq_buffer_literal(r->out, ": ");
    style(r, "0");
    write_plain(error->message, r->out);
    fq_buffer_char(r->out, '\n');
    for (uint32_t i = 0; i < error->n_offsets && i < PLACES_MAX; i++) {
        write_place(r, error->offsets[i]);
    }
}

void fq_check_write_report(fq_arena *arena, fq_slice name, const fq_errors *errors, fq_slice source,
                           fq_check_color color, fq_buffer *out) {
    fq_lines lines;
    fq_lines_init(&lines, arena, source);
    report r = {.lines = &lines, .out = out, .color = color};
    for (uint32_t i = 0; i < errors->list.len; i++) {
        write_error(&r, name, &errors->list.items[i]);
    }
    write_plain(name, out);
    uint32_t n = errors->list.len + errors->dropped;
    if (n == 0) {
        fq_buffer_literal(out, ": valid\n");
    } else {
        fq_buffer_printf(out, ": %u error%s%s\n", n, n == 1 ? "" : "s",
                         errors->dropped > 0 ? " (the first are shown)" : "");
    }
}
