/* SPDX-License-Identifier: MIT */
/* Prints a schema as SDL in the layout of graphql-js's printSchema: the schema definition where it is not implied, then
 * directives, then types, with an empty line between. Built-in types and directives are left out. */
#include "graphql/printer.h"
#include "schema/build.h"
#include "schema/builtins.h"
#include "schema/print.h"

/* The layout of a block string needs no escapes but for quotes; control characters and white space at the borders would
 * not come back (isPrintableAsBlockString of graphql-js). */
static bool block_string_fits(fq_slice text) {
    bool empty_line = true, indented = false, common_indent = true, several_lines = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\n') {
            if (empty_line && !several_lines) {
                return false; /* begins with an empty line */
            }
            several_lines = true;
            empty_line = true;
            indented = false;
        } else if (c == '\t' || c == ' ') {
            indented |= empty_line;
        } else if ((unsigned char)c < ' ') {
            return false;
        } else {
            common_indent &= indented;
            empty_line = false;
        }
    }
    return text.len == 0 || (!empty_line && !(common_indent && several_lines));
}

static void newline(fq_buffer *out, unsigned indent) {
    fq_buffer_char(out, '\n');
    for (unsigned i = 0; i < indent; i++) {
        fq_buffer_char(out, ' ');
    }
}

static void indentation(fq_buffer *out, unsigned indent) {
    for (unsigned i = 0; i < indent; i++) {
        fq_buffer_char(out, ' ');
    }
}

typedef enum place { PLACE_FIRST, PLACE_LATER } place;

/* A description with the line end behind it; an item that is not the first of its block is set off by an empty line. */
static void print_description(fq_slice text, unsigned indent, place at, fq_buffer *out) {
    if (text.ptr == NULL) {
        return;
    }
    if (indent > 0 && at == PLACE_LATER) {
        fq_buffer_char(out, '\n');
    }
    indentation(out, indent);
    fq_buffer string;
    fq_buffer_init(&string, SIZE_MAX);
    if (block_string_fits(text)) {
        fq_print_block_string(text, &string);
    } else {
        fq_print_string(text, &string);
    }
    for (size_t i = 0; i < string.len; i++) {
        if (string.ptr[i] == '\n') {
            newline(out, indent);
        } else {
            fq_buffer_char(out, string.ptr[i]);
        }
    }
    fq_buffer_done(&string);
    fq_buffer_char(out, '\n');
}

static void print_deprecated(bool deprecated, fq_slice reason, fq_buffer *out) {
    if (!deprecated) {
        return;
    }
    fq_buffer_literal(out, " @deprecated");
    if (!fq_slice_equal(reason, FQ_S("No longer supported"))) {
        fq_buffer_literal(out, "(reason: ");
        fq_print_string(reason, out);
        fq_buffer_char(out, ')');
    }
}

static void print_input_value(const fq_input_value *value, fq_buffer *out) {
    fq_buffer_slice(out, value->name);
    fq_buffer_literal(out, ": ");
    fq_ref_print(value->type, out);
    if (value->has_default) {
        fq_buffer_literal(out, " = ");
        fq_value_print(&value->default_value, value->type, out);
    }
    print_deprecated(value->deprecated, value->deprecation_reason, out);
}

static bool any_description(const fq_input_value *args, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (args[i].description.len > 0) {
            return true;
        }
    }
    return false;
}

static void print_arguments(const fq_input_value *args, uint32_t n, unsigned indent, fq_buffer *out) {
    if (n == 0) {
        return;
    }
    bool lines = any_description(args, n);
    fq_buffer_char(out, '(');
    for (uint32_t i = 0; i < n; i++) {
        if (lines) {
            fq_buffer_char(out, '\n');
            print_description(args[i].description, indent + 2, i == 0 ? PLACE_FIRST : PLACE_LATER, out);
            indentation(out, indent + 2);
        } else if (i > 0) {
            fq_buffer_literal(out, ", ");
        }
        print_input_value(&args[i], out);
    }
    if (lines) {
        newline(out, indent);
    }
    fq_buffer_char(out, ')');
}

/* ---- definitions ---- */

/* Opens a block before its first item, and ends the line before each item. */
static void begin_item(uint32_t i, fq_slice description, fq_buffer *out) {
    fq_buffer_slice(out, i == 0 ? FQ_S(" {\n") : FQ_S("\n"));
    print_description(description, 2, i == 0 ? PLACE_FIRST : PLACE_LATER, out);
    indentation(out, 2);
}

static void end_block(uint32_t n, fq_buffer *out) {
    if (n > 0) {
        fq_buffer_literal(out, "\n}");
    }
}

static void print_fields(const fq_type *type, fq_buffer *out) {
    for (uint32_t i = 0; i < type->n_fields; i++) {
        const fq_field *field = &type->fields[i];
        begin_item(i, field->description, out);
        fq_buffer_slice(out, field->name);
        print_arguments(field->args, field->n_args, 2, out);
        fq_buffer_literal(out, ": ");
        fq_ref_print(field->type, out);
        print_deprecated(field->deprecated, field->deprecation_reason, out);
    }
    end_block(type->n_fields, out);
}

static void print_input_fields(const fq_type *type, fq_buffer *out) {
    for (uint32_t i = 0; i < type->n_input_fields; i++) {
        begin_item(i, type->input_fields[i].description, out);
        print_input_value(&type->input_fields[i], out);
    }
    end_block(type->n_input_fields, out);
}

static void print_values(const fq_type *type, fq_buffer *out) {
    for (uint32_t i = 0; i < type->n_values; i++) {
        begin_item(i, type->values[i].description, out);
        fq_buffer_slice(out, type->values[i].name);
        print_deprecated(type->values[i].deprecated, type->values[i].deprecation_reason, out);
    }
    end_block(type->n_values, out);
}

static void print_names(fq_slice before, fq_type *const *types, uint32_t n, fq_slice between, fq_buffer *out) {
    for (uint32_t i = 0; i < n; i++) {
        fq_buffer_slice(out, i == 0 ? before : between);
        fq_buffer_slice(out, types[i]->name);
    }
}

static void print_type(const fq_type *type, fq_buffer *out) {
    static const fq_slice keywords[] = {
        [FQ_SCALAR_TYPE] = FQ_S_INIT("scalar "),       [FQ_OBJECT_TYPE] = FQ_S_INIT("type "),
        [FQ_INTERFACE_TYPE] = FQ_S_INIT("interface "), [FQ_UNION_TYPE] = FQ_S_INIT("union "),
        [FQ_ENUM_TYPE] = FQ_S_INIT("enum "),           [FQ_INPUT_OBJECT_TYPE] = FQ_S_INIT("input "),
    };
    print_description(type->description, 0, PLACE_FIRST, out);
    fq_buffer_slice(out, keywords[type->kind]);
    fq_buffer_slice(out, type->name);
    switch ((fq_type_kind)type->kind) {
    case FQ_SCALAR_TYPE:
        if (type->specified_by.ptr != NULL) {
            fq_buffer_literal(out, " @specifiedBy(url: ");
            fq_print_string(type->specified_by, out);
            fq_buffer_char(out, ')');
        }
        break;
    case FQ_OBJECT_TYPE:
    case FQ_INTERFACE_TYPE:
        print_names(FQ_S(" implements "), type->interfaces, type->n_interfaces, FQ_S(" & "), out);
        print_fields(type, out);
        break;
    case FQ_UNION_TYPE:
        print_names(FQ_S(" = "), type->possible, type->n_possible, FQ_S(" | "), out);
        break;
    case FQ_ENUM_TYPE:
        print_values(type, out);
        break;
    case FQ_INPUT_OBJECT_TYPE:
        fq_buffer_slice(out, type->one_of ? FQ_S(" @oneOf") : FQ_S(""));
        print_input_fields(type, out);
        break;
    }
}

static void print_directive(const fq_directive *directive, fq_buffer *out) {
    print_description(directive->description, 0, PLACE_FIRST, out);
    fq_buffer_literal(out, "directive @");
    fq_buffer_slice(out, directive->name);
    print_arguments(directive->args, directive->n_args, 0, out);
    fq_buffer_slice(out, directive->repeatable ? FQ_S(" repeatable on ") : FQ_S(" on "));
    uint8_t order[FQ_LOCATIONS];
    uint32_t n = fq_directive_locations(directive, order);
    for (uint32_t i = 0; i < n; i++) {
        fq_buffer_slice(out, i == 0 ? FQ_S("") : FQ_S(" | "));
        fq_buffer_slice(out, fq_directive_location_name((fq_directive_location)order[i]));
    }
}

/* ---- the schema ---- */

static bool has_common_name(const fq_type *root, fq_slice name) {
    return root == NULL || fq_slice_equal(root->name, name);
}

static void print_root(const char *keyword, const fq_type *root, fq_buffer *out) {
    if (root != NULL) {
        fq_buffer_printf(out, "  %s: ", keyword);
        fq_buffer_slice(out, root->name);
        fq_buffer_char(out, '\n');
    }
}

static bool print_schema_definition(const fq_schema *schema, fq_buffer *out) {
    if (schema->description.ptr == NULL && has_common_name(schema->query, FQ_S("Query")) &&
        has_common_name(schema->mutation, FQ_S("Mutation")) &&
        has_common_name(schema->subscription, FQ_S("Subscription"))) {
        return false;
    }
    print_description(schema->description, 0, PLACE_FIRST, out);
    fq_buffer_literal(out, "schema {\n");
    print_root("query", schema->query, out);
    print_root("mutation", schema->mutation, out);
    print_root("subscription", schema->subscription, out);
    fq_buffer_char(out, '}');
    return true;
}

static void separate(bool *any, fq_buffer *out) {
    if (*any) {
        fq_buffer_literal(out, "\n\n");
    }
    *any = true;
}

void fq_schema_print_sdl(const fq_schema *schema, fq_buffer *out) {
    bool any = print_schema_definition(schema, out);
    for (uint32_t i = 0; i < schema->n_directives; i++) {
        if (!fq_directive_is_builtin(schema->directives[i]->name)) {
            separate(&any, out);
            print_directive(schema->directives[i], out);
        }
    }
    for (uint32_t i = 0; i < schema->n_types; i++) {
        if (!fq_type_is_builtin(schema->types[i])) {
            separate(&any, out);
            print_type(schema->types[i], out);
        }
    }
}
