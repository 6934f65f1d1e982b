/* SPDX-License-Identifier: MIT */
/* The built-in part of a schema as tables: one row a type, a member, an argument, with types in GraphQL's notation.
 * Invariant: rows of members follow each other type by type, and a row of arguments names the member that it belongs
 * to. */
#include "schema/builtins.h"

#include <assert.h>

#define LOCATION(name) (1u << FQ_LOCATION_##name)

typedef struct member_row {
    const char *name;
    const char *type; /* in GraphQL's notation; NULL for an enum value */
    const char *description;
} member_row;

typedef struct type_row {
    const char *name;
    fq_type_kind kind;
    fq_scalar scalar;
    const char *description;
    const member_row *members; /* ends with a row without name */
} type_row;

typedef struct argument_row {
    const char *owner; /* "Type.field" or "@directive" */
    const char *name;
    const char *type;
    const char *description;
    fq_value default_value;
} argument_row;

#define ROW(id, name, type, description) {name, type, description},
static const member_row schema_members[] = {FQ_INTROSPECTION_SCHEMA(ROW){0}};
static const member_row type_members[] = {FQ_INTROSPECTION_TYPE(ROW){0}};
static const member_row field_members[] = {FQ_INTROSPECTION_FIELD(ROW){0}};
static const member_row input_value_members[] = {FQ_INTROSPECTION_INPUT_VALUE(ROW){0}};
static const member_row enum_value_members[] = {FQ_INTROSPECTION_ENUM_VALUE(ROW){0}};
static const member_row directive_members[] = {FQ_INTROSPECTION_DIRECTIVE(ROW){0}};
#undef ROW

static const member_row type_kind_values[] = {
    {"SCALAR", NULL, "A single value."},
    {"OBJECT", NULL, "Has `fields` and `interfaces`."},
    {"INTERFACE", NULL, "Has `fields`, `interfaces` and `possibleTypes`."},
    {"UNION", NULL, "Has `possibleTypes`."},
    {"ENUM", NULL, "Has `enumValues`."},
    {"INPUT_OBJECT", NULL, "Has `inputFields`."},
    {"LIST", NULL, "A list of `ofType`."},
    {"NON_NULL", NULL, "An `ofType` that is never null."},
    {0},
};

static const member_row location_values[] = {
#define X(name) {#name, NULL, NULL},
    FQ_DIRECTIVE_LOCATIONS(X)
#undef X
        {0},
};

static const type_row types[] = {
    {"Int", FQ_SCALAR_TYPE, FQ_SCALAR_INT, "A whole number of 32 bits, with sign.", NULL},
    {"Float", FQ_SCALAR_TYPE, FQ_SCALAR_FLOAT, "A number of double precision (IEEE 754).", NULL},
    {"String", FQ_SCALAR_TYPE, FQ_SCALAR_STRING, "Text, in Unicode.", NULL},
    {"Boolean", FQ_SCALAR_TYPE, FQ_SCALAR_BOOLEAN, "`true` or `false`.", NULL},
    {"ID", FQ_SCALAR_TYPE, FQ_SCALAR_ID,
     "Identifies something. It comes out as a string; a string or a whole number goes in.", NULL},
    {"__Schema", FQ_OBJECT_TYPE, FQ_SCALAR_NONE, "A schema: its types, its directives and where operations start.",
     schema_members},
    {"__Type", FQ_OBJECT_TYPE, FQ_SCALAR_NONE,
     "A type. `kind` tells which of the other fields it has: those that do not apply are null.", type_members},
    {"__TypeKind", FQ_ENUM_TYPE, FQ_SCALAR_NONE, "The kinds of types.", type_kind_values},
    {"__Field", FQ_OBJECT_TYPE, FQ_SCALAR_NONE, "A field of an object or interface.", field_members},
    {"__InputValue", FQ_OBJECT_TYPE, FQ_SCALAR_NONE, "An argument, or a field of an input object.",
     input_value_members},
    {"__EnumValue", FQ_OBJECT_TYPE, FQ_SCALAR_NONE, "One of the values of an enum.", enum_value_members},
    {"__Directive", FQ_OBJECT_TYPE, FQ_SCALAR_NONE, "A directive: an instruction written behind an `@`.",
     directive_members},
    {"__DirectiveLocation", FQ_ENUM_TYPE, FQ_SCALAR_NONE, "The places where a directive may stand.", location_values},
};

static const struct {
    const char *name;
    const char *description;
    uint32_t locations;
} directives[] = {
    {"include", "Takes the field or fragment only where `if` is true.",
     LOCATION(FIELD) | LOCATION(FRAGMENT_SPREAD) | LOCATION(INLINE_FRAGMENT)},
    {"skip", "Leaves the field or fragment out where `if` is true.",
     LOCATION(FIELD) | LOCATION(FRAGMENT_SPREAD) | LOCATION(INLINE_FRAGMENT)},
    {"deprecated", "Tells clients to stop using this.",
     LOCATION(FIELD_DEFINITION) | LOCATION(ARGUMENT_DEFINITION) | LOCATION(INPUT_FIELD_DEFINITION) |
         LOCATION(ENUM_VALUE)},
    {"specifiedBy", "Tells where a custom scalar is specified.", LOCATION(SCALAR)},
    {"oneOf", "Asks for exactly one field of the input object.", LOCATION(INPUT_OBJECT)},
};

#define TEXT(literal)                                                                                                  \
    { .kind = FQ_VALUE_STRING, .text = FQ_S_INIT(literal) }
#define FALSE_VALUE                                                                                                    \
    { .kind = FQ_VALUE_BOOLEAN }

/* In the order of the fields and directives above. */
static const argument_row arguments[] = {
    {"__Type.fields", "includeDeprecated", "Boolean!", NULL, FALSE_VALUE},
    {"__Type.enumValues", "includeDeprecated", "Boolean!", NULL, FALSE_VALUE},
    {"__Type.inputFields", "includeDeprecated", "Boolean!", NULL, FALSE_VALUE},
    {"__Field.args", "includeDeprecated", "Boolean!", NULL, FALSE_VALUE},
    {"__Directive.args", "includeDeprecated", "Boolean!", NULL, FALSE_VALUE},
    {"@include", "if", "Boolean!", "Taken where true.", {0}},
    {"@skip", "if", "Boolean!", "Left out where true.", {0}},
    {"@deprecated", "reason", "String", "Why, and what to use instead; in Markdown.", TEXT("No longer supported")},
    {"@specifiedBy", "url", "String!", "The address of the specification.", {0}},
};

/* ---- from rows to the model ---- */

/* Reads GraphQL's notation of a type from its end: `!` wraps what stands before it, brackets what stands between. */
static const fq_type_ref *read_type(fq_schema *schema, fq_slice text) {
    if (text.ptr[text.len - 1] == '!') {
        return fq_ref_non_null(schema, read_type(schema, fq_slice_sub(text, 0, text.len - 1)));
    }
    if (text.ptr[0] == '[') {
        return fq_ref_list(schema, read_type(schema, fq_slice_sub(text, 1, text.len - 1)));
    }
    fq_type *type = fq_schema_type(schema, text);
    assert(type != NULL);
    return fq_ref_named(schema, type);
}

/* Rows of one owner follow each other. */
static uint32_t read_arguments(fq_schema *schema, fq_slice owner, const fq_input_value **out) {
    uint32_t first = 0, n = 0, total = sizeof(arguments) / sizeof(arguments[0]);
    while (first < total && !fq_slice_equal(fq_slice_from_cstr(arguments[first].owner), owner)) {
        first++;
    }
    while (first + n < total && fq_slice_equal(fq_slice_from_cstr(arguments[first + n].owner), owner)) {
        n++;
    }
    fq_input_value *args = FQ_NEW_ARRAY(schema->arena, fq_input_value, n);
    for (uint32_t i = 0; i < n; i++) {
        const argument_row *row = &arguments[first + i];
        args[i].name = fq_slice_from_cstr(row->name);
        args[i].description = fq_slice_from_cstr(row->description);
        args[i].type = read_type(schema, fq_slice_from_cstr(row->type));
        args[i].has_default = row->default_value.kind != FQ_VALUE_ABSENT;
        args[i].default_value = row->default_value;
    }
    *out = args;
    return n;
}

static uint32_t count_rows(const member_row *rows) {
    uint32_t n = 0;
    while (rows[n].name != NULL) {
        n++;
    }
    return n;
}

static void add_fields(fq_schema *schema, fq_type *type, const member_row *rows) {
    type->n_fields = count_rows(rows);
    type->fields = FQ_NEW_ARRAY(schema->arena, fq_field, type->n_fields);
    for (uint32_t i = 0; i < type->n_fields; i++) {
        fq_field *field = &type->fields[i];
        field->name = fq_slice_from_cstr(rows[i].name);
        field->description = fq_slice_from_cstr(rows[i].description);
        field->type = read_type(schema, fq_slice_from_cstr(rows[i].type));
        field->index = i;
        char owner[64];
        size_t len = type->name.len + 1 + field->name.len;
        assert(len <= sizeof(owner));
        memcpy(owner, type->name.ptr, type->name.len);
        owner[type->name.len] = '.';
        memcpy(owner + type->name.len + 1, field->name.ptr, field->name.len);
        field->n_args = read_arguments(schema, fq_slice_of(owner, len), &field->args);
    }
}

static void add_values(fq_schema *schema, fq_type *type, const member_row *rows) {
    type->n_values = count_rows(rows);
    type->values = FQ_NEW_ARRAY(schema->arena, fq_enum_value, type->n_values);
    for (uint32_t i = 0; i < type->n_values; i++) {
        type->values[i].name = fq_slice_from_cstr(rows[i].name);
        type->values[i].description = fq_slice_from_cstr(rows[i].description);
        type->values[i].label = type->values[i].name;
        fq_map_put(&type->members, type->values[i].name, &type->values[i]); /* defaults in SDL look them up */
    }
}

static void add_directives(fq_schema *schema) {
    static const char *const owners[] = {"@include", "@skip", "@deprecated", "@specifiedBy", "@oneOf"};
    for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++) {
        fq_directive *directive = fq_schema_add_directive(schema, fq_slice_from_cstr(directives[i].name));
        directive->description = fq_slice_from_cstr(directives[i].description);
        directive->locations = directives[i].locations;
        directive->n_args = read_arguments(schema, fq_slice_from_cstr(owners[i]), &directive->args);
    }
}

/* The fields that exist without being members of any type (section 4.1 and 4.2). */
static void add_meta_fields(fq_schema *schema) {
    fq_field *fields = FQ_NEW_ARRAY(schema->arena, fq_field, 3);
    fields[0] = (fq_field){.name = FQ_S("__typename"),
                           .description = FQ_S("The name of the object's type."),
                           .type = read_type(schema, FQ_S("String!"))};
    fields[1] = (fq_field){
        .name = FQ_S("__schema"), .description = FQ_S("The schema."), .type = read_type(schema, FQ_S("__Schema!"))};
    fields[2] = (fq_field){.name = FQ_S("__type"),
                           .description = FQ_S("The type of that name, if there is one."),
                           .type = read_type(schema, FQ_S("__Type"))};
    fq_input_value *name = FQ_NEW(schema->arena, fq_input_value);
    name->name = FQ_S("name");
    name->type = read_type(schema, FQ_S("String!"));
    fields[2].args = name;
    fields[2].n_args = 1;
    schema->typename_field = &fields[0];
    schema->schema_field = &fields[1];
    schema->type_field = &fields[2];
}

void fq_builtins_add(fq_schema *schema) {
    const size_t n = sizeof(types) / sizeof(types[0]);
    for (size_t i = 0; i < n; i++) {
        fq_type *type = fq_schema_add_type(schema, types[i].kind, fq_slice_from_cstr(types[i].name));
        type->description = fq_slice_from_cstr(types[i].description);
        type->scalar = (uint8_t)types[i].scalar;
        type->introspection = types[i].kind != FQ_SCALAR_TYPE;
    }
    for (size_t i = 0; i < n; i++) {
        if (types[i].kind == FQ_OBJECT_TYPE) {
            add_fields(schema, schema->types[i], types[i].members);
        } else if (types[i].kind == FQ_ENUM_TYPE) {
            add_values(schema, schema->types[i], types[i].members);
        }
    }
    add_directives(schema);
    add_meta_fields(schema);
}

bool fq_type_is_builtin(const fq_type *type) {
    return type->introspection ||
           (type->kind == FQ_SCALAR_TYPE && type->scalar >= FQ_SCALAR_INT && type->scalar <= FQ_SCALAR_ID);
}

bool fq_directive_is_builtin(fq_slice name) {
    for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++) {
        if (fq_slice_equal(fq_slice_from_cstr(directives[i].name), name)) {
            return true;
        }
    }
    return false;
}
