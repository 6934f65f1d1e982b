/* SPDX-License-Identifier: MIT */
/* The tree of an executable document as JSON, for front ends that look into documents. Needs no schema and resolves
 * nothing: fragments stay where they are spread. Recursion is as deep as the tree, which the parser's limit bounds. */
#include "base/limits.h"
#include "engine/answer.h"
#include "engine/engine.h"
#include "graphql/parser.h"
#include "graphql/printer.h"
#include "json/writer.h"

typedef struct tree_writer {
    const fq_document *document;
    fq_buffer *out;
    fq_buffer scratch; /* a text of its own, before it is quoted */
} tree_writer;

typedef void (*write_node)(tree_writer *w, fq_node_id id);

static const fq_node *node_at(const tree_writer *w, fq_node_id id) { return fq_node_at(w->document, id); }

/* ---- pieces ---- */

static void write_list(tree_writer *w, fq_node_id first, write_node write) {
    fq_buffer_char(w->out, '[');
    for (fq_node_id i = first; i != 0; i = fq_node_next(w->document, i)) {
        if (i != first) {
            fq_buffer_char(w->out, ',');
        }
        write(w, i);
    }
    fq_buffer_char(w->out, ']');
}

static void write_text_or_null(tree_writer *w, fq_slice text) {
    if (text.len > 0) {
        fq_json_write_string(w->out, text);
    } else {
        fq_buffer_literal(w->out, "null");
    }
}

static void write_scratch(tree_writer *w) {
    w->out->failed |= w->scratch.failed;
    fq_json_write_string(w->out, fq_buffer_view(&w->scratch));
    fq_buffer_clear(&w->scratch);
}

/* A value or a type as GraphQL text. */
static void write_graphql(tree_writer *w, fq_node_id id) {
    fq_print_node(w->document, id, &w->scratch);
    write_scratch(w);
}

/* ---- values ---- */

static fq_slice kind_name(const fq_node *value) {
    static const fq_slice names[] = {
        [FQ_NODE_VARIABLE] = FQ_S_INIT("variable"), [FQ_NODE_INT] = FQ_S_INIT("int"),
        [FQ_NODE_FLOAT] = FQ_S_INIT("float"),       [FQ_NODE_STRING] = FQ_S_INIT("string"),
        [FQ_NODE_BOOLEAN] = FQ_S_INIT("boolean"),   [FQ_NODE_NULL] = FQ_S_INIT("null"),
        [FQ_NODE_ENUM] = FQ_S_INIT("enum"),         [FQ_NODE_LIST] = FQ_S_INIT("list"),
        [FQ_NODE_OBJECT] = FQ_S_INIT("object"),
    };
    return names[value->kind];
}

static void print_json(const fq_document *document, fq_node_id id, fq_buffer *out);

static void print_items(const fq_document *document, fq_node_id first, fq_buffer *out) {
    for (fq_node_id i = first; i != 0; i = fq_node_next(document, i)) {
        if (i != first) {
            fq_buffer_char(out, ',');
        }
        if (fq_node_at(document, i)->kind == FQ_NODE_OBJECT_FIELD) {
            fq_json_write_string(out, fq_node_name(document, i));
            fq_buffer_char(out, ':');
            print_json(document, fq_node_at(document, i)->value, out);
        } else {
            print_json(document, i, out);
        }
    }
}

/* A value as JSON, numbers as they were written: GraphQL's are JSON's. */
static void print_json(const fq_document *document, fq_node_id id, fq_buffer *out) {
    const fq_node *value = fq_node_at(document, id);
    switch ((fq_node_kind)value->kind) {
    case FQ_NODE_VARIABLE: /* a name needs no escapes */
        fq_buffer_printf(out, "\"$%.*s\"", FQ_PRI(fq_node_name(document, id)));
        break;
    case FQ_NODE_INT:
    case FQ_NODE_FLOAT:
        fq_buffer_slice(out, fq_node_name(document, id));
        break;
    case FQ_NODE_STRING:
        fq_json_write_string(out, fq_node_text(document, id));
        break;
    case FQ_NODE_BOOLEAN:
        fq_buffer_slice(out, value->flags != 0 ? FQ_S("true") : FQ_S("false"));
        break;
    case FQ_NODE_ENUM:
        fq_json_write_string(out, fq_node_name(document, id));
        break;
    case FQ_NODE_LIST:
        fq_buffer_char(out, '[');
        print_items(document, value->children, out);
        fq_buffer_char(out, ']');
        break;
    case FQ_NODE_OBJECT:
        fq_buffer_char(out, '{');
        print_items(document, value->children, out);
        fq_buffer_char(out, '}');
        break;
    default:
        fq_buffer_literal(out, "null");
        break;
    }
}

/* The members kind, json and text of whatever has a value. */
static void write_value(tree_writer *w, fq_node_id value) {
    fq_buffer_literal(w->out, "\"kind\":");
    fq_json_write_string(w->out, kind_name(node_at(w, value)));
    fq_buffer_literal(w->out, ",\"json\":");
    print_json(w->document, value, &w->scratch);
    write_scratch(w);
    fq_buffer_literal(w->out, ",\"text\":");
    write_graphql(w, value);
}

/* ---- selections ---- */

static void write_argument(tree_writer *w, fq_node_id id) {
    fq_buffer_literal(w->out, "{\"name\":");
    fq_json_write_string(w->out, fq_node_name(w->document, id));
    fq_buffer_char(w->out, ',');
    write_value(w, node_at(w, id)->value);
    fq_buffer_char(w->out, '}');
}

static void write_directive(tree_writer *w, fq_node_id id) {
    fq_buffer_literal(w->out, "{\"name\":");
    fq_json_write_string(w->out, fq_node_name(w->document, id));
    fq_buffer_literal(w->out, ",\"arguments\":");
    write_list(w, node_at(w, id)->args, write_argument);
    fq_buffer_char(w->out, '}');
}

static void write_directives(tree_writer *w, const fq_node *node) {
    fq_buffer_literal(w->out, ",\"directives\":");
    write_list(w, node->directives, write_directive);
}

static void write_selection(tree_writer *w, fq_node_id id);

static void write_selections(tree_writer *w, const fq_node *node) {
    fq_buffer_literal(w->out, ",\"selections\":");
    write_list(w, node->children, write_selection);
}

static void write_condition(tree_writer *w, const fq_node *node) {
    if (node->type != 0) {
        fq_json_write_string(w->out, fq_node_name(w->document, node->type));
    } else {
        fq_buffer_literal(w->out, "null");
    }
}

static void write_field(tree_writer *w, fq_node_id id) {
    const fq_node *field = node_at(w, id);
    fq_slice alias = fq_slice_of(w->document->source.ptr + field->alias_start, field->alias_len);
    fq_buffer_literal(w->out, "{\"field\":");
    fq_json_write_string(w->out, fq_node_name(w->document, id));
    fq_buffer_literal(w->out, ",\"alias\":");
    write_text_or_null(w, alias);
    fq_buffer_literal(w->out, ",\"arguments\":");
    write_list(w, field->args, write_argument);
    write_directives(w, field);
    write_selections(w, field);
    fq_buffer_char(w->out, '}');
}

static void write_selection(tree_writer *w, fq_node_id id) {
    const fq_node *node = node_at(w, id);
    if (node->kind == FQ_NODE_FIELD) {
        write_field(w, id);
        return;
    }
    if (node->kind == FQ_NODE_FRAGMENT_SPREAD) {
        fq_buffer_literal(w->out, "{\"spread\":");
        fq_json_write_string(w->out, fq_node_name(w->document, id));
        write_directives(w, node);
    } else {
        fq_buffer_literal(w->out, "{\"on\":");
        write_condition(w, node);
        write_directives(w, node);
        write_selections(w, node);
    }
    fq_buffer_char(w->out, '}');
}

/* ---- definitions ---- */

static void write_variable(tree_writer *w, fq_node_id id) {
    const fq_node *variable = node_at(w, id);
    fq_buffer_literal(w->out, "{\"name\":");
    fq_json_write_string(w->out, fq_node_name(w->document, id));
    fq_buffer_literal(w->out, ",\"type\":");
    write_graphql(w, variable->type);
    fq_buffer_literal(w->out, ",\"default\":");
    if (variable->value != 0) {
        fq_buffer_char(w->out, '{');
        write_value(w, variable->value);
        fq_buffer_char(w->out, '}');
    } else {
        fq_buffer_literal(w->out, "null");
    }
    write_directives(w, variable);
    fq_buffer_char(w->out, '}');
}

static void write_operation(tree_writer *w, fq_node_id id) {
    static const fq_slice kinds[] = {
        [FQ_QUERY] = FQ_S_INIT("query"),
        [FQ_MUTATION] = FQ_S_INIT("mutation"),
        [FQ_SUBSCRIPTION] = FQ_S_INIT("subscription"),
    };
    const fq_node *operation = node_at(w, id);
    fq_buffer_literal(w->out, "{\"operation\":");
    fq_json_write_string(w->out, kinds[fq_node_operation_kind(w->document, id)]);
    fq_buffer_literal(w->out, ",\"name\":");
    write_text_or_null(w, fq_node_name(w->document, id));
    fq_buffer_literal(w->out, ",\"variables\":");
    write_list(w, operation->args, write_variable);
    write_directives(w, operation);
    write_selections(w, operation);
    fq_buffer_char(w->out, '}');
}

static void write_fragment(tree_writer *w, fq_node_id id) {
    const fq_node *fragment = node_at(w, id);
    fq_buffer_literal(w->out, "{\"name\":");
    fq_json_write_string(w->out, fq_node_name(w->document, id));
    fq_buffer_literal(w->out, ",\"on\":");
    write_condition(w, fragment);
    write_directives(w, fragment);
    write_selections(w, fragment);
    fq_buffer_char(w->out, '}');
}

static void write_definitions(tree_writer *w, fq_node_kind kind, write_node write) {
    bool first = true;
    fq_buffer_char(w->out, '[');
    for (fq_node_id i = w->document->definitions; i != 0; i = fq_node_next(w->document, i)) {
        if (node_at(w, i)->kind != kind) {
            continue;
        }
        if (!first) {
            fq_buffer_char(w->out, ',');
        }
        first = false;
        write(w, i);
    }
    fq_buffer_char(w->out, ']');
}

static void write_document(const fq_document *document, fq_buffer *out) {
    tree_writer w = {.document = document, .out = out};
    fq_buffer_init(&w.scratch, out->max);
    fq_buffer_literal(out, "{\"operations\":");
    write_definitions(&w, FQ_NODE_OPERATION, write_operation);
    fq_buffer_literal(out, ",\"fragments\":");
    write_definitions(&w, FQ_NODE_FRAGMENT_DEFINITION, write_fragment);
    fq_buffer_char(out, '}');
    fq_buffer_done(&w.scratch);
}

/* ---- the whole ---- */

static bool check_executable(const fq_document *document, fq_errors *errors) {
    for (fq_node_id i = document->definitions; i != 0; i = fq_node_next(document, i)) {
        const fq_node *node = fq_node_at(document, i);
        if (node->kind != FQ_NODE_OPERATION && node->kind != FQ_NODE_FRAGMENT_DEFINITION) {
            fq_errors_add_at(errors, FQ_ERR_VALIDATION_FAILED, node->start,
                             "The document holds a type system definition, which is not executable.");
            return false;
        }
    }
    return true;
}

static const fq_document *parse(fq_arena *arena, fq_slice source, fq_errors *errors) {
    static const fq_limits limits = FQ_LIMITS_DEFAULT;
    if (source.len > limits.document_bytes) {
        fq_errors_add(errors, FQ_ERR_LIMIT_EXCEEDED, "The document is longer than %zu bytes", limits.document_bytes);
        return NULL;
    }
    fq_parse_limits wanted = {.tokens = limits.tokens, .depth = limits.depth};
    const fq_document *document = fq_parse(arena, source, wanted, errors);
    return document != NULL && check_executable(document, errors) ? document : NULL;
}

char *fraiseql_document_json(fraiseql_slice text, char **message) {
    fq_slice source = fq_from_public(text);
    fq_arena *arena = fq_arena_new(FQ_REQUEST_ARENA_MAX);
    fq_errors errors;
    fq_errors_init(&errors, arena, 1);
    fq_buffer out;
    fq_buffer_init(&out, FQ_REQUEST_ARENA_MAX);
    const fq_document *document = parse(arena, source, &errors);
    if (document != NULL) {
        write_document(document, &out);
    } else {
        fq_buffer_char(&out, '{');
        fq_answer_errors(&out, &errors, source);
        fq_buffer_char(&out, '}');
    }
    fq_buffer_char(&out, '\0');
    char *written = NULL;
    if (out.failed) {
        fq_buffer_done(&out);
    } else {
        written = out.ptr;
    }
    fq_arena_free(arena);
    if (message != NULL) {
        *message = document == NULL ? written : NULL;
    } else if (document == NULL) {
        fq_buffer_done(&out);
    }
    return document != NULL ? written : NULL;
}
