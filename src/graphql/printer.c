/* SPDX-License-Identifier: MIT */
/* See printer.h: one function a kind of node, writing straight into the buffer. Every line end that a node writes,
 * those inside block strings included, is followed by the indentation of the enclosing node. Recursion is as deep as
 * the tree, which the parser's depth limit bounds. Strings are in print_string.c. */
#include "graphql/printer.h"

#include <assert.h>

#include "base/utf8.h"
#include "graphql/print_state.h"

/* Longer lines of arguments are broken up, as graphql-js does. */
#define LINE_LENGTH 80

static void print_node(fq_printer *p, fq_node_id id);

static const fq_node *node_at(const fq_printer *p, fq_node_id id) { return fq_node_at(p->document, id); }

static void print_name(fq_printer *p, fq_node_id id) { fq_buffer_slice(p->out, fq_node_name(p->document, id)); }

/* The nodes of a chain with `separator` between them. */
static void print_chain(fq_printer *p, fq_node_id first, fq_slice separator) {
    for (fq_node_id i = first; i != 0; i = fq_node_next(p->document, i)) {
        if (i != first) {
            fq_buffer_slice(p->out, separator);
        }
        print_node(p, i);
    }
}

/* The nodes of a chain, each on its own line, one level further in, between `open` and `close`. */
static void print_lines(fq_printer *p, char open, fq_node_id first, char close) {
    fq_buffer_char(p->out, open);
    p->indent++;
    for (fq_node_id i = first; i != 0; i = fq_node_next(p->document, i)) {
        fq_printer_newline(p);
        print_node(p, i);
    }
    p->indent--;
    fq_printer_newline(p);
    fq_buffer_char(p->out, close);
}

/* " { ... }" where there are any. */
static void print_block(fq_printer *p, fq_node_id first) {
    if (first != 0) {
        fq_buffer_char(p->out, ' ');
        print_lines(p, '{', first, '}');
    }
}

static void print_directives(fq_printer *p, fq_node_id first) {
    if (first != 0) {
        fq_buffer_char(p->out, ' ');
        print_chain(p, first, FQ_S(" "));
    }
}

static void print_description(fq_printer *p, const fq_node *node) {
    if (node->description != 0) {
        print_node(p, node->description);
        fq_printer_newline(p);
    }
}

static void print_inline_arguments(fq_printer *p, fq_node_id first) {
    if (first != 0) {
        fq_buffer_char(p->out, '(');
        print_chain(p, first, FQ_S(", "));
        fq_buffer_char(p->out, ')');
    }
}

/* The length in UTF-16 units of what was written since `from`, without the indentation that line ends brought. */
static size_t length_since(const fq_printer *p, size_t from) {
    fq_slice text = fq_slice_sub(fq_buffer_view(p->out), from, p->out->len);
    size_t length = fq_utf16_units(text);
    assert(text.ptr != NULL || text.len == 0);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n') {
            length -= (size_t)p->indent * FQ_PRINT_INDENT;
        }
    }
    return length;
}

static void print_field(fq_printer *p, fq_node_id id) {
    const fq_node *node = node_at(p, id);
    size_t line = p->out->len;
    if (node->alias_len > 0) {
        fq_buffer_slice(p->out, fq_node_response_key(p->document, id));
        fq_buffer_literal(p->out, ": ");
    }
    print_name(p, id);
    size_t args = p->out->len;
    print_inline_arguments(p, node->args);
    if (node->args != 0 && !p->out->failed && length_since(p, line) > LINE_LENGTH) {
        fq_buffer_truncate(p->out, args);
        print_lines(p, '(', node->args, ')');
    }
    print_directives(p, node->directives);
    print_block(p, node->children);
}

/* In parentheses on one line, or each on its own where one of them takes several lines. */
static void print_definitions_in_parentheses(fq_printer *p, fq_node_id first) {
    size_t from = p->out->len;
    print_inline_arguments(p, first);
    if (first != 0 && !p->out->failed && memchr(p->out->ptr + from, '\n', p->out->len - from) != NULL) {
        fq_buffer_truncate(p->out, from);
        print_lines(p, '(', first, ')');
    }
}

static fq_slice operation_word(fq_operation_kind kind) {
    static const fq_slice words[] = {
        [FQ_QUERY] = FQ_S_INIT("query"),
        [FQ_MUTATION] = FQ_S_INIT("mutation"),
        [FQ_SUBSCRIPTION] = FQ_S_INIT("subscription"),
    };
    return words[kind];
}

static void print_operation(fq_printer *p, fq_node_id id) {
    const fq_node *node = node_at(p, id);
    bool bare = node->name_len == 0 && node->args == 0 && node->directives == 0 && node->description == 0;
    if (bare && fq_node_operation_kind(p->document, id) == FQ_QUERY) {
        print_lines(p, '{', node->children, '}');
        return;
    }
    print_description(p, node);
    fq_buffer_slice(p->out, operation_word(fq_node_operation_kind(p->document, id)));
    if (node->name_len > 0 || node->args != 0) {
        fq_buffer_char(p->out, ' ');
    }
    print_name(p, id);
    print_definitions_in_parentheses(p, node->args);
    print_directives(p, node->directives);
    print_block(p, node->children);
}

static void print_default(fq_printer *p, const fq_node *node) {
    if (node->value != 0) {
        fq_buffer_literal(p->out, " = ");
        print_node(p, node->value);
    }
}

/* Variable and input value definitions; `prefix` is "$" or "". */
static void print_input(fq_printer *p, fq_node_id id, fq_slice prefix) {
    const fq_node *node = node_at(p, id);
    print_description(p, node);
    fq_buffer_slice(p->out, prefix);
    print_name(p, id);
    fq_buffer_literal(p->out, ": ");
    print_node(p, node->type);
    print_default(p, node);
    print_directives(p, node->directives);
}

static void print_spread(fq_printer *p, fq_node_id id) {
    fq_buffer_literal(p->out, "...");
    print_name(p, id);
    print_directives(p, node_at(p, id)->directives);
}

static void print_inline_fragment(fq_printer *p, fq_node_id id) {
    const fq_node *node = node_at(p, id);
    fq_buffer_literal(p->out, "...");
    if (node->type != 0) {
        fq_buffer_literal(p->out, " on ");
        print_node(p, node->type);
    }
    print_directives(p, node->directives);
    print_block(p, node->children);
}

static void print_fragment_definition(fq_printer *p, fq_node_id id) {
    const fq_node *node = node_at(p, id);
    print_description(p, node);
    fq_buffer_literal(p->out, "fragment ");
    print_name(p, id);
    fq_buffer_literal(p->out, " on ");
    print_node(p, node->type);
    print_directives(p, node->directives);
    print_block(p, node->children);
}

/* name: value */
static void print_named_value(fq_printer *p, fq_node_id id) {
    print_name(p, id);
    fq_buffer_literal(p->out, ": ");
    print_node(p, node_at(p, id)->value);
}

static void print_directive(fq_printer *p, fq_node_id id) {
    fq_buffer_char(p->out, '@');
    print_name(p, id);
    print_inline_arguments(p, node_at(p, id)->args);
}

static void print_string_value(fq_printer *p, fq_node_id id) {
    fq_slice text = fq_node_text(p->document, id);
    if (node_at(p, id)->flags & FQ_STRING_BLOCK) {
        fq_printer_block_string(p, text);
    } else {
        fq_print_string(text, p->out);
    }
}

static void print_list(fq_printer *p, fq_node_id id) {
    fq_buffer_char(p->out, '[');
    print_chain(p, node_at(p, id)->children, FQ_S(", "));
    fq_buffer_char(p->out, ']');
}

static void print_object(fq_printer *p, fq_node_id id) {
    fq_buffer_char(p->out, '{');
    print_chain(p, node_at(p, id)->children, FQ_S(", "));
    fq_buffer_char(p->out, '}');
}

static void print_list_type(fq_printer *p, fq_node_id id) {
    fq_buffer_char(p->out, '[');
    print_node(p, node_at(p, id)->type);
    fq_buffer_char(p->out, ']');
}

static void print_operation_type(fq_printer *p, fq_node_id id) {
    fq_buffer_slice(p->out, operation_word(fq_node_operation_kind(p->document, id)));
    fq_buffer_literal(p->out, ": ");
    print_node(p, node_at(p, id)->type);
}

static void print_field_definition(fq_printer *p, fq_node_id id) {
    const fq_node *node = node_at(p, id);
    print_description(p, node);
    print_name(p, id);
    print_definitions_in_parentheses(p, node->args);
    fq_buffer_literal(p->out, ": ");
    print_node(p, node->type);
    print_directives(p, node->directives);
}

static void print_enum_value_definition(fq_printer *p, fq_node_id id) {
    print_description(p, node_at(p, id));
    print_name(p, id);
    print_directives(p, node_at(p, id)->directives);
}

static void print_directive_definition(fq_printer *p, fq_node_id id) {
    const fq_node *node = node_at(p, id);
    print_description(p, node);
    fq_buffer_literal(p->out, "directive @");
    print_name(p, id);
    print_definitions_in_parentheses(p, node->args);
    if (node->flags & FQ_DIRECTIVE_REPEATABLE) {
        fq_buffer_literal(p->out, " repeatable");
    }
    fq_buffer_literal(p->out, " on ");
    print_chain(p, node->children, FQ_S(" | "));
}

/* Schemas and all types but unions: `words` name implements-list directives block. */
static void print_type(fq_printer *p, fq_node_id id, fq_slice words) {
    const fq_node *node = node_at(p, id);
    print_description(p, node);
    fq_buffer_slice(p->out, words);
    if (node->name_len > 0) {
        fq_buffer_char(p->out, ' ');
        print_name(p, id);
    }
    if (node->interfaces != 0) {
        fq_buffer_literal(p->out, " implements ");
        print_chain(p, node->interfaces, FQ_S(" & "));
    }
    print_directives(p, node->directives);
    print_block(p, node->children);
}

static void print_union(fq_printer *p, fq_node_id id, fq_slice words) {
    const fq_node *node = node_at(p, id);
    print_description(p, node);
    fq_buffer_slice(p->out, words);
    fq_buffer_char(p->out, ' ');
    print_name(p, id);
    print_directives(p, node->directives);
    if (node->children != 0) {
        fq_buffer_literal(p->out, " = ");
        print_chain(p, node->children, FQ_S(" | "));
    }
}

static void print_type_system_node(fq_printer *p, fq_node_id id) {
    switch ((fq_node_kind)node_at(p, id)->kind) {
    case FQ_NODE_SCHEMA_DEFINITION:
        return print_type(p, id, FQ_S("schema"));
    case FQ_NODE_OPERATION_TYPE_DEFINITION:
        return print_operation_type(p, id);
    case FQ_NODE_SCALAR_DEFINITION:
        return print_type(p, id, FQ_S("scalar"));
    case FQ_NODE_OBJECT_DEFINITION:
        return print_type(p, id, FQ_S("type"));
    case FQ_NODE_INTERFACE_DEFINITION:
        return print_type(p, id, FQ_S("interface"));
    case FQ_NODE_FIELD_DEFINITION:
        return print_field_definition(p, id);
    case FQ_NODE_INPUT_VALUE_DEFINITION:
        return print_input(p, id, FQ_S(""));
    case FQ_NODE_UNION_DEFINITION:
        return print_union(p, id, FQ_S("union"));
    case FQ_NODE_ENUM_DEFINITION:
        return print_type(p, id, FQ_S("enum"));
    case FQ_NODE_ENUM_VALUE_DEFINITION:
        return print_enum_value_definition(p, id);
    case FQ_NODE_INPUT_OBJECT_DEFINITION:
        return print_type(p, id, FQ_S("input"));
    case FQ_NODE_DIRECTIVE_DEFINITION:
        return print_directive_definition(p, id);
    case FQ_NODE_SCHEMA_EXTENSION:
        return print_type(p, id, FQ_S("extend schema"));
    case FQ_NODE_SCALAR_EXTENSION:
        return print_type(p, id, FQ_S("extend scalar"));
    case FQ_NODE_OBJECT_EXTENSION:
        return print_type(p, id, FQ_S("extend type"));
    case FQ_NODE_INTERFACE_EXTENSION:
        return print_type(p, id, FQ_S("extend interface"));
    case FQ_NODE_UNION_EXTENSION:
        return print_union(p, id, FQ_S("extend union"));
    case FQ_NODE_ENUM_EXTENSION:
        return print_type(p, id, FQ_S("extend enum"));
    case FQ_NODE_INPUT_OBJECT_EXTENSION:
        return print_type(p, id, FQ_S("extend input"));
    default:
        return;
    }
}

static void print_node(fq_printer *p, fq_node_id id) {
    switch ((fq_node_kind)node_at(p, id)->kind) {
    case FQ_NODE_OPERATION:
        return print_operation(p, id);
    case FQ_NODE_VARIABLE_DEFINITION:
        return print_input(p, id, FQ_S("$"));
    case FQ_NODE_FIELD:
        return print_field(p, id);
    case FQ_NODE_FRAGMENT_SPREAD:
        return print_spread(p, id);
    case FQ_NODE_INLINE_FRAGMENT:
        return print_inline_fragment(p, id);
    case FQ_NODE_FRAGMENT_DEFINITION:
        return print_fragment_definition(p, id);
    case FQ_NODE_ARGUMENT:
    case FQ_NODE_OBJECT_FIELD:
        return print_named_value(p, id);
    case FQ_NODE_DIRECTIVE:
        return print_directive(p, id);
    case FQ_NODE_VARIABLE:
        fq_buffer_char(p->out, '$');
        return print_name(p, id);
    case FQ_NODE_INT:
    case FQ_NODE_FLOAT:
    case FQ_NODE_ENUM:
    case FQ_NODE_NAMED_TYPE:
        return print_name(p, id);
    case FQ_NODE_STRING:
        return print_string_value(p, id);
    case FQ_NODE_BOOLEAN:
        return fq_buffer_slice(p->out, node_at(p, id)->flags ? FQ_S("true") : FQ_S("false"));
    case FQ_NODE_NULL:
        return fq_buffer_slice(p->out, FQ_S("null"));
    case FQ_NODE_LIST:
        return print_list(p, id);
    case FQ_NODE_OBJECT:
        return print_object(p, id);
    case FQ_NODE_LIST_TYPE:
        return print_list_type(p, id);
    case FQ_NODE_NON_NULL_TYPE:
        print_node(p, node_at(p, id)->type);
        return fq_buffer_char(p->out, '!');
    default:
        return print_type_system_node(p, id);
    }
}

void fq_print_document(const fq_document *document, fq_buffer *out) {
    fq_printer p = {.document = document, .out = out};
    print_chain(&p, document->definitions, FQ_S("\n\n"));
}

void fq_print_node(const fq_document *document, fq_node_id node, fq_buffer *out) {
    fq_printer p = {.document = document, .out = out};
    print_node(&p, node);
}
