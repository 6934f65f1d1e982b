/* SPDX-License-Identifier: MIT */
/* Strings and block strings as graphql-js prints them. Block strings are laid out so that reading them back gives the
 * same value; which layout is chosen follows printBlockString of graphql-js. */
#include "base/utf8.h"
#include "graphql/print_state.h"

/* Single lines up to this length stay on one line with their quotes. */
#define SHORT_BLOCK_STRING 70

void fq_printer_newline(fq_printer *p) {
    fq_buffer_char(p->out, '\n');
    for (unsigned i = 0; i < p->indent; i++) {
        fq_buffer_literal(p->out, "  ");
    }
}

/* The letter behind the backslash of a short escape, or 0. */
static char short_escape(unsigned char c) {
    switch (c) {
    case '\b':
        return 'b';
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\f':
        return 'f';
    case '\r':
        return 'r';
    case '"':
    case '\\':
        return (char)c;
    default:
        return 0;
    }
}

void fq_print_string(fq_slice text, fq_buffer *out) {
    fq_buffer_char(out, '"');
    size_t plain = 0; /* the start of what has not been written yet */
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        /* U+0080 to U+009F are control characters too: C2 80 to C2 9F. */
        bool c1 = c == 0xC2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] <= 0x9F;
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7F && !c1) {
            continue;
        }
        fq_buffer_slice(out, fq_slice_sub(text, plain, i));
        if (short_escape(c) != 0) {
            fq_buffer_char(out, '\\');
            fq_buffer_char(out, short_escape(c));
        } else {
            fq_buffer_printf(out, "\\u%04X", (unsigned)(c1 ? (unsigned char)text.ptr[++i] : c));
        }
        plain = i + 1;
    }
    fq_buffer_slice(out, fq_slice_sub(text, plain, text.len));
    fq_buffer_char(out, '"');
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

typedef struct block_layout {
    bool newline_before;
    bool newline_after;
} block_layout;

/* Whether there are several lines and all but the first are empty or begin with white space: common indentation, which
 * reading back would take away unless the text starts on a line of its own. */
static bool indented_after_first(fq_slice text, bool *single_line) {
    bool indented = true;
    *single_line = true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c != '\n' && c != '\r') {
            continue;
        }
        *single_line = false;
        char next = i + 1 < text.len ? text.ptr[i + 1] : '\n';
        indented = indented && (is_blank(next) || next == '\n' || next == '\r');
    }
    return indented && !*single_line;
}

static block_layout layout_of(fq_slice text) {
    bool single_line;
    bool force_before = indented_after_first(text, &single_line);
    bool quotes_last = fq_slice_ends_with(text, FQ_S("\"\"\""));
    /* Three quotes at the end are escaped as a whole only when they are not part of a longer run such as four. */
    size_t run = 0;
    while (run < text.len && text.ptr[text.len - 1 - run] == '"') {
        run++;
    }
    bool escaped_last = quotes_last && run % 3 == 0;
    bool force_after = (run > 0 && !escaped_last) || fq_slice_ends_with(text, FQ_S("\\"));
    bool several =
        !single_line || force_after || force_before || escaped_last || fq_utf16_units(text) > SHORT_BLOCK_STRING;
    bool skip_before = single_line && text.len > 0 && is_blank(text.ptr[0]);
    return (block_layout){
        .newline_before = (several && !skip_before) || force_before,
        .newline_after = several || force_after,
    };
}

void fq_printer_block_string(fq_printer *p, fq_slice text) {
    block_layout layout = layout_of(text);
    fq_buffer_literal(p->out, "\"\"\"");
    if (layout.newline_before) {
        fq_printer_newline(p);
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n') {
            fq_printer_newline(p);
        } else if (fq_slice_starts_with(fq_slice_sub(text, i, text.len), FQ_S("\"\"\""))) {
            fq_buffer_literal(p->out, "\\\"\"\"");
            i += 2;
        } else {
            fq_buffer_char(p->out, text.ptr[i]);
        }
    }
    if (layout.newline_after) {
        fq_printer_newline(p);
    }
    fq_buffer_literal(p->out, "\"\"\"");
}

void fq_print_block_string(fq_slice text, fq_buffer *out) {
    fq_printer p = {.out = out};
    fq_printer_block_string(&p, text);
}
