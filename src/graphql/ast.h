/* SPDX-License-Identifier: MIT */
/* The abstract syntax tree of a GraphQL document (September 2025 edition, sections 2 and 3): one flat array of nodes in
 * an arena, linked by indexes; positions are byte offsets into the source. Read-only once parsed, so it can be shared.
 * Node 0 is never used: index 0 means "none". Lists are chains over `next`. */
#ifndef FQ_GRAPHQL_AST_H
#define FQ_GRAPHQL_AST_H

#include "base/slice.h"

typedef uint32_t fq_node_id;

typedef enum fq_node_kind {
    FQ_NODE_NONE,
    /* executable */
    FQ_NODE_OPERATION, /* name?, description?, variables, directives, children = selections; flags: fq_operation_kind */
    FQ_NODE_VARIABLE_DEFINITION, /* name (without $), description?, type, value = default?, directives */
    FQ_NODE_FIELD,               /* alias?, name, args, directives, children = selections */
    FQ_NODE_FRAGMENT_SPREAD,     /* name, directives */
    FQ_NODE_INLINE_FRAGMENT,     /* type = condition? (a named type), directives, children = selections */
    FQ_NODE_FRAGMENT_DEFINITION, /* name, description?, type = condition, directives, children = selections */
    FQ_NODE_ARGUMENT,            /* name, value */
    FQ_NODE_DIRECTIVE,           /* name (without @), args */
    /* values */
    FQ_NODE_VARIABLE, /* name (without $) */
    FQ_NODE_INT,      /* name = the lexeme */
    FQ_NODE_FLOAT,    /* name = the lexeme */
    FQ_NODE_STRING,   /* text: fq_node_text; flags & FQ_STRING_BLOCK */
    FQ_NODE_BOOLEAN,  /* flags = 1 for true */
    FQ_NODE_NULL,
    FQ_NODE_ENUM,         /* name */
    FQ_NODE_LIST,         /* children = values */
    FQ_NODE_OBJECT,       /* children = object fields */
    FQ_NODE_OBJECT_FIELD, /* name, value */
    /* types */
    FQ_NODE_NAMED_TYPE,    /* name */
    FQ_NODE_LIST_TYPE,     /* type */
    FQ_NODE_NON_NULL_TYPE, /* type */
    /* type system definitions */
    FQ_NODE_SCHEMA_DEFINITION,         /* description?, directives, children = operation type definitions */
    FQ_NODE_OPERATION_TYPE_DEFINITION, /* type = named type; flags: fq_operation_kind */
    FQ_NODE_SCALAR_DEFINITION,         /* description?, name, directives */
    FQ_NODE_OBJECT_DEFINITION,         /* description?, name, interfaces = named types, directives, children = fields */
    FQ_NODE_INTERFACE_DEFINITION,      /* the same */
    FQ_NODE_FIELD_DEFINITION,          /* description?, name, args = input value definitions, type, directives */
    FQ_NODE_INPUT_VALUE_DEFINITION,    /* description?, name, type, value = default?, directives */
    FQ_NODE_UNION_DEFINITION,          /* description?, name, directives, children = named types */
    FQ_NODE_ENUM_DEFINITION,           /* description?, name, directives, children = enum value definitions */
    FQ_NODE_ENUM_VALUE_DEFINITION,     /* description?, name, directives */
    FQ_NODE_INPUT_OBJECT_DEFINITION,   /* description?, name, directives, children = input value definitions */
    FQ_NODE_DIRECTIVE_DEFINITION,      /* description?, name, args, children = locations (FQ_NODE_ENUM); flags &
                                          FQ_DIRECTIVE_REPEATABLE */
    /* type system extensions: as the definitions, without description */
    FQ_NODE_SCHEMA_EXTENSION,
    FQ_NODE_SCALAR_EXTENSION,
    FQ_NODE_OBJECT_EXTENSION,
    FQ_NODE_INTERFACE_EXTENSION,
    FQ_NODE_UNION_EXTENSION,
    FQ_NODE_ENUM_EXTENSION,
    FQ_NODE_INPUT_OBJECT_EXTENSION,
} fq_node_kind;

typedef enum fq_operation_kind { FQ_QUERY, FQ_MUTATION, FQ_SUBSCRIPTION } fq_operation_kind;

enum { FQ_STRING_BLOCK = 1, FQ_DIRECTIVE_REPEATABLE = 1 };
/* A flag of FQ_NODE_OPERATION beside its kind: the anonymous shorthand `{ ... }`. */
enum { FQ_OPERATION_KIND_MASK = 3, FQ_OPERATION_SHORTHAND = 4 };

/* Ranges are byte offsets; `end` is one past the last byte. Which members a kind uses is said in the enum above. */
typedef struct fq_node {
    uint8_t kind; /* fq_node_kind */
    uint8_t flags;
    uint16_t unused;
    uint32_t start, end;
    uint32_t name_start, name_len;   /* the name token or lexeme; len 0: none */
    uint32_t alias_start, alias_len; /* of a field */
    fq_node_id next;                 /* the following node of the same list */
    fq_node_id description;          /* an FQ_NODE_STRING */
    fq_node_id args;                 /* arguments, variable definitions or argument definitions */
    fq_node_id directives;
    fq_node_id children;
    fq_node_id type;
    fq_node_id value;
    fq_node_id interfaces;
    uint32_t text; /* index into fq_document.strings, of FQ_NODE_STRING */
} fq_node;

typedef struct fq_document {
    fq_slice source;
    const fq_node *nodes;
    uint32_t n_nodes;        /* index 0 included */
    const fq_slice *strings; /* decoded values of string nodes */
    fq_node_id definitions;  /* the first definition */
    uint32_t n_tokens;
    uint32_t n_aliases;
    uint32_t n_directives;
} fq_document;

static inline const fq_node *fq_node_at(const fq_document *document, fq_node_id id) { return &document->nodes[id]; }

/* Walks a chain: `for (fq_node_id i = first; i != 0; i = fq_node_next(document, i))`. */
static inline fq_node_id fq_node_next(const fq_document *document, fq_node_id id) { return document->nodes[id].next; }

/* The name or lexeme of a node, empty where it has none. */
static inline fq_slice fq_node_name(const fq_document *document, fq_node_id id) {
    const fq_node *node = &document->nodes[id];
    return fq_slice_of(document->source.ptr + node->name_start, node->name_len);
}

/* The response key of a field: its alias, else its name (section 2.6 and 2.7). */
static inline fq_slice fq_node_response_key(const fq_document *document, fq_node_id id) {
    const fq_node *node = &document->nodes[id];
    if (node->alias_len > 0) {
        return fq_slice_of(document->source.ptr + node->alias_start, node->alias_len);
    }
    return fq_slice_of(document->source.ptr + node->name_start, node->name_len);
}

/* The decoded value of a string node: escapes resolved, block strings dedented (sections 2.9.4 and following). */
static inline fq_slice fq_node_text(const fq_document *document, fq_node_id id) {
    return document->strings[document->nodes[id].text];
}

static inline fq_operation_kind fq_node_operation_kind(const fq_document *document, fq_node_id id) {
    return (fq_operation_kind)(document->nodes[id].flags & FQ_OPERATION_KIND_MASK);
}

#endif
