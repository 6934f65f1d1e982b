/* SPDX-License-Identifier: MIT */
/* Values of block strings (section 2.9.4, BlockStringValue): common indentation and blank lines at both ends are taken
 * away, line ends become \n, and \""" becomes three quotes. The raw text has been checked by the lexer. Works line by
 * line on the source; only what has to change is copied. */
#include "graphql/lexer.h"
#include "graphql/string_token.h"

static const fq_slice escaped_quotes = FQ_S_INIT("\\\"\"\"");

/* Takes the next line off `rest`, without its end; false when there is none. `more` says that a further one follows. */
typedef struct line_reader {
    fq_slice rest;
    bool more;
} line_reader;

static bool next_line(line_reader *reader, fq_slice *line) {
    if (!reader->more) {
        return false;
    }
    fq_slice rest = reader->rest;
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '\n' && rest.ptr[end] != '\r') {
        end++;
    }
    *line = fq_slice_sub(rest, 0, end);
    reader->more = end < rest.len;
    if (reader->more) {
        size_t after = rest.ptr[end] == '\r' && end + 1 < rest.len && rest.ptr[end + 1] == '\n' ? end + 2 : end + 1;
        reader->rest = fq_slice_sub(rest, after, rest.len);
    }
    return true;
}

static size_t leading_blanks(fq_slice line) {
    size_t n = 0;
    while (n < line.len && (line.ptr[n] == ' ' || line.ptr[n] == '\t')) {
        n++;
    }
    return n;
}

typedef struct layout {
    size_t indent;      /* common to all lines but the first */
    size_t first, past; /* the lines to keep: [first, past) */
} layout;

static layout measure(fq_slice raw) {
    layout found = {.indent = SIZE_MAX, .first = SIZE_MAX, .past = 0};
    line_reader reader = {.rest = raw, .more = true};
    fq_slice line;
    for (size_t i = 0; next_line(&reader, &line); i++) {
        size_t blanks = leading_blanks(line);
        if (blanks == line.len) {
            continue;
        }
        if (found.first == SIZE_MAX) {
            found.first = i;
        }
        found.past = i + 1;
        if (i > 0 && blanks < found.indent) {
            found.indent = blanks;
        }
    }
    return found;
}

static size_t copy_unescaped(char *out, fq_slice line) {
    size_t len = 0;
    size_t at = 0;
    while (at < line.len) {
        if (line.ptr[at] == '\\' && fq_slice_starts_with(fq_slice_sub(line, at, line.len), escaped_quotes)) {
            at++;
        }
        size_t run = at + 1;
        while (run < line.len && line.ptr[run] != '\\') {
            run++;
        }
        memcpy(out + len, line.ptr + at, run - at);
        len += run - at;
        at = run;
    }
    return len;
}

fq_slice fq_block_string_value(fq_arena *arena, fq_slice raw) {
    layout keep = measure(raw);
    line_reader reader = {.rest = raw, .more = true};
    char *text = NULL;
    size_t len = 0;
    fq_slice line;
    for (size_t i = 0; next_line(&reader, &line) && i < keep.past; i++) {
        if (i < keep.first) {
            continue;
        }
        size_t cut = i == 0 ? 0 : keep.indent < line.len ? keep.indent : line.len;
        fq_slice kept = fq_slice_sub(line, cut, line.len);
        if (keep.first + 1 == keep.past && (kept.len == 0 || memchr(kept.ptr, '\\', kept.len) == NULL)) {
            return kept;
        }
        if (text == NULL) {
            text = fq_arena_alloc(arena, raw.len);
        }
        if (i > keep.first) {
            text[len++] = '\n';
        }
        len += copy_unescaped(text + len, kept);
    }
    return text != NULL ? fq_slice_of(text, len) : FQ_S("");
}
