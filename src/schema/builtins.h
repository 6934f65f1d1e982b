/* SPDX-License-Identifier: MIT */
/* What every schema has: the five standard scalars, the directives of the specification and the types of introspection
 * (September 2025 edition, sections 3.5, 3.13 and 4.2). */
#ifndef FQ_SCHEMA_BUILTINS_H
#define FQ_SCHEMA_BUILTINS_H

#include "schema/schema.h"

/* The fields of the types of introspection, in order. X(ID, "name", "type in GraphQL's notation", "description" or
 * NULL). */
#define FQ_INTROSPECTION_SCHEMA(X)                                                                                     \
    X(SCHEMA_DESCRIPTION, "description", "String", "What the schema says about itself.")                               \
    X(SCHEMA_TYPES, "types", "[__Type!]!", "All types of the schema, built-in ones included.")                         \
    X(SCHEMA_QUERY_TYPE, "queryType", "__Type!", "The type that queries start from.")                                  \
    X(SCHEMA_MUTATION_TYPE, "mutationType", "__Type", "The type that mutations start from, where there are any.")      \
    X(SCHEMA_SUBSCRIPTION_TYPE, "subscriptionType", "__Type",                                                          \
      "The type that subscriptions start from, where there are any.")                                                  \
    X(SCHEMA_DIRECTIVES, "directives", "[__Directive!]!", "All directives that the schema knows.")

#define FQ_INTROSPECTION_TYPE(X)                                                                                       \
    X(TYPE_KIND, "kind", "__TypeKind!", "Which kind of type this is.")                                                 \
    X(TYPE_NAME, "name", "String", "The name; null for lists and non-null types.")                                     \
    X(TYPE_DESCRIPTION, "description", "String", NULL)                                                                 \
    X(TYPE_SPECIFIED_BY_URL, "specifiedByURL", "String", "Where a custom scalar is specified.")                        \
    X(TYPE_FIELDS, "fields", "[__Field!]", "The fields of an object or interface.")                                    \
    X(TYPE_INTERFACES, "interfaces", "[__Type!]", "The interfaces that an object or interface implements.")            \
    X(TYPE_POSSIBLE_TYPES, "possibleTypes", "[__Type!]", "The object types that an interface or union can be.")        \
    X(TYPE_ENUM_VALUES, "enumValues", "[__EnumValue!]", "The values of an enum.")                                      \
    X(TYPE_INPUT_FIELDS, "inputFields", "[__InputValue!]", "The fields of an input object.")                           \
    X(TYPE_OF_TYPE, "ofType", "__Type", "The type that a list or non-null type wraps.")                                \
    X(TYPE_IS_ONE_OF, "isOneOf", "Boolean", "Of an input object: whether exactly one of its fields is to be given.")

#define FQ_INTROSPECTION_FIELD(X)                                                                                      \
    X(FIELD_NAME, "name", "String!", NULL)                                                                             \
    X(FIELD_DESCRIPTION, "description", "String", NULL)                                                                \
    X(FIELD_ARGS, "args", "[__InputValue!]!", "The arguments that the field takes.")                                   \
    X(FIELD_TYPE, "type", "__Type!", NULL)                                                                             \
    X(FIELD_IS_DEPRECATED, "isDeprecated", "Boolean!", NULL)                                                           \
    X(FIELD_DEPRECATION_REASON, "deprecationReason", "String", NULL)

#define FQ_INTROSPECTION_INPUT_VALUE(X)                                                                                \
    X(INPUT_VALUE_NAME, "name", "String!", NULL)                                                                       \
    X(INPUT_VALUE_DESCRIPTION, "description", "String", NULL)                                                          \
    X(INPUT_VALUE_TYPE, "type", "__Type!", NULL)                                                                       \
    X(INPUT_VALUE_DEFAULT_VALUE, "defaultValue", "String",                                                             \
      "The default value as a GraphQL literal; null where there is none.")                                             \
    X(INPUT_VALUE_IS_DEPRECATED, "isDeprecated", "Boolean!", NULL)                                                     \
    X(INPUT_VALUE_DEPRECATION_REASON, "deprecationReason", "String", NULL)

#define FQ_INTROSPECTION_ENUM_VALUE(X)                                                                                 \
    X(ENUM_VALUE_NAME, "name", "String!", NULL)                                                                        \
    X(ENUM_VALUE_DESCRIPTION, "description", "String", NULL)                                                           \
    X(ENUM_VALUE_IS_DEPRECATED, "isDeprecated", "Boolean!", NULL)                                                      \
    X(ENUM_VALUE_DEPRECATION_REASON, "deprecationReason", "String", NULL)

#define FQ_INTROSPECTION_DIRECTIVE(X)                                                                                  \
    X(DIRECTIVE_NAME, "name", "String!", NULL)                                                                         \
    X(DIRECTIVE_DESCRIPTION, "description", "String", NULL)                                                            \
    X(DIRECTIVE_IS_REPEATABLE, "isRepeatable", "Boolean!", "Whether it may stand several times at one place.")         \
    X(DIRECTIVE_LOCATIONS, "locations", "[__DirectiveLocation!]!", "Where it may stand.")                              \
    X(DIRECTIVE_ARGS, "args", "[__InputValue!]!", "The arguments that it takes.")

/* A number for each field: that of the first field of its type plus fq_field.index. */
typedef enum fq_meta_field {
#define X(id, name, type, description) FQ_META_##id,
    FQ_INTROSPECTION_SCHEMA(X) FQ_INTROSPECTION_TYPE(X) FQ_INTROSPECTION_FIELD(X) FQ_INTROSPECTION_INPUT_VALUE(X)
        FQ_INTROSPECTION_ENUM_VALUE(X) FQ_INTROSPECTION_DIRECTIVE(X)
#undef X
} fq_meta_field;

/* Adds them to a schema that is empty. */
void fq_builtins_add(fq_schema *schema);

/* A standard scalar or a type of introspection: never printed, and always last in the schema. */
bool fq_type_is_builtin(const fq_type *type);

/* By name: the directives that the specification defines, also where a schema declares them itself. */
bool fq_directive_is_builtin(fq_slice name);

#endif
