/* SPDX-License-Identifier: MIT */
/* Validates documents against a schema and reports as JSON lines. See check_report.c for people, check_jsonl.c for test
 * suites. */
#include "engine/check.h"

#include "base/utf8.h"
#include "engine/engine.h"
#include "graphql/parser.h"
#include "validate/validate.h"
#include "json/writer.h"

/* ---- positions ---- */

void fq_lines_init(fq_lines *lines, fq_arena *arena, fq_slice source) {
    *lines = (fq_lines){.source = source};
    fq_vec_push(arena, &lines->starts, 0);
    for (size_t i = 0; i < source.len; i++) {
        char c = source.ptr[i];
        if (c == '\n' || (c == '\r' && (i + 1 == source.len || source.ptr[i + 1] != '\n'))) {
            fq_vec_push(arena, &lines->starts, (uint32_t)(i + 1));
        }
    }
}

/* The number, from 0, of the line that holds an offset. */
static uint32_t line_of(const fq_lines *lines, uint32_t offset) {
    uint32_t low = 0, high = lines->starts.len;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (lines->starts.items[middle] <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

fq_position fq_lines_position(const fq_lines *lines, uint32_t offset) {
    if (offset > lines->source.len) {
        offset = (uint32_t)lines->source.len;
    }
    uint32_t line = line_of(lines, offset), start = lines->starts.items[line];
    fq_slice rest = fq_slice_sub(lines->source, start, lines->source.len);
    return (fq_position){line + 1, fq_position_of(rest, offset - start).column};
}

fq_slice fq_lines_text(const fq_lines *lines, uint32_t line) {
    uint32_t start = lines->starts.items[line - 1];
    size_t end = line < lines->starts.len ? lines->starts.items[line] : lines->source.len;
    while (end > start && (lines->source.ptr[end - 1] == '\n' || lines->source.ptr[end - 1] == '\r')) {
        end--;
    }
    return fq_slice_sub(lines->source, start, end);
}

/* ---- checking ---- */

const fq_document *fq_check_document(fq_arena *arena, const fq_schema *schema, fq_slice source, const fq_limits *limits,
                                     unsigned extensions, fq_errors *errors) {
    if (source.len > limits->document_bytes) {
        fq_errors_add(errors, FQ_ERR_LIMIT_EXCEEDED, "The document has more than %zu bytes.", limits->document_bytes);
        return NULL;
    }
    fq_parse_limits parse_limits = {.tokens = limits->tokens, .depth = limits->depth};
    const fq_document *document = fq_parse(arena, source, parse_limits, errors);
    if (document == NULL || !fq_validate(arena, schema, document, limits, extensions, errors)) {
        return NULL;
    }
    return document;
}

/* ---- reports ---- */

void fq_check_write_text(fq_slice text, fq_buffer *out) {
    if (fq_utf8_valid(text)) {
        fq_json_write_string(out, text);
        return;
    }
    fq_buffer valid;
    fq_buffer_init(&valid, out->max);
    const char *end = text.ptr + text.len;
    for (const char *at = text.ptr; at < end;) {
        unsigned length = fq_utf8_length(at, end);
        fq_buffer_slice(&valid, length > 0 ? fq_slice_of(at, length) : FQ_S("?"));
        at += length > 0 ? length : 1;
    }
    fq_json_write_string(out, fq_buffer_view(&valid));
    fq_buffer_done(&valid);
}

static void write_locations(const fq_lines *lines, const fq_error *error, fq_buffer *out) {
    fq_buffer_literal(out, ",\"locations\":[");
    for (uint32_t i = 0; i < error->n_offsets; i++) {
        fq_position position = fq_lines_position(lines, error->offsets[i]);
        fq_buffer_printf(out, "%s{\"line\":%u,\"column\":%u}", i > 0 ? "," : "", position.line, position.column);
    }
    fq_buffer_char(out, ']');
}

void fq_check_write_errors(fq_arena *arena, const fq_errors *errors, fq_slice source, fq_buffer *out) {
    fq_lines lines;
    if (source.ptr != NULL) {
        fq_lines_init(&lines, arena, source);
    }
    fq_buffer_char(out, '[');
    for (uint32_t i = 0; i < errors->list.len; i++) {
        const fq_error *error = &errors->list.items[i];
        fq_buffer_slice(out, i > 0 ? FQ_S(",{\"message\":") : FQ_S("{\"message\":"));
        fq_check_write_text(error->message, out);
        if (source.ptr != NULL && error->n_offsets > 0) {
            write_locations(&lines, error, out);
        }
        fq_buffer_char(out, '}');
    }
    fq_buffer_char(out, ']');
}

static void write_json(fq_arena *arena, fq_slice name, const fq_errors *errors, fq_slice source, fq_buffer *out) {
    fq_buffer_literal(out, "{\"file\":");
    fq_check_write_text(name, out);
    fq_buffer_slice(out, fq_errors_any(errors) ? FQ_S(",\"valid\":false") : FQ_S(",\"valid\":true"));
    fq_buffer_literal(out, ",\"errors\":");
    fq_check_write_errors(arena, errors, source, out);
    fq_buffer_literal(out, "}\n");
}

bool fraiseql_check(fraiseql *engine, fraiseql_slice document, const char *name, fraiseql_check_form form, bool color,
                    FILE *out) {
    fq_arena *arena = fq_arena_new(FQ_REQUEST_ARENA_MAX);
    fq_schema *schema = fq_engine_schema(engine);
    fq_slice source = fq_from_public(document), file = fq_slice_from_cstr(name);
    fq_errors errors;
    fq_errors_init(&errors, arena, engine->limits.errors);
    fq_check_document(arena, schema, source, &engine->limits, FQ_EXTENSIONS_ALL, &errors);
    fq_buffer report;
    fq_buffer_init(&report, SIZE_MAX);
    if (form == FRAISEQL_CHECK_JSON) {
        write_json(arena, file, &errors, source, &report);
    } else {
        fq_check_write_report(arena, file, &errors, source, color ? FQ_CHECK_COLOR : FQ_CHECK_PLAIN, &report);
    }
    (void)fwrite(report.ptr, 1, report.len, out);
    fq_buffer_done(&report);
    bool valid = !fq_errors_any(&errors);
    fq_schema_unref(schema);
    fq_arena_free(arena);
    return valid;
}
