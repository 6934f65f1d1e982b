/* SPDX-License-Identifier: MIT */
/* Validation of type system documents as texts, before types are made of them: names are unique, what is referred to
 * exists, directives stand where they may (graphql-js: validateSDL). What the types must fulfil together is in
 * schema_rules.h. */
#ifndef FQ_SCHEMA_SDL_RULES_H
#define FQ_SCHEMA_SDL_RULES_H

#include "base/error.h"
#include "graphql/ast.h"
#include "schema/schema.h"

/* The rules, by graphql-js's names, as bits. */
#define FQ_SDL_RULES(X)                                                                                                \
    X(LONE_SCHEMA_DEFINITION, "LoneSchemaDefinitionRule")                                                              \
    X(UNIQUE_OPERATION_TYPES, "UniqueOperationTypesRule")                                                              \
    X(UNIQUE_TYPE_NAMES, "UniqueTypeNamesRule")                                                                        \
    X(UNIQUE_ENUM_VALUE_NAMES, "UniqueEnumValueNamesRule")                                                             \
    X(UNIQUE_FIELD_DEFINITION_NAMES, "UniqueFieldDefinitionNamesRule")                                                 \
    X(UNIQUE_ARGUMENT_DEFINITION_NAMES, "UniqueArgumentDefinitionNamesRule")                                           \
    X(UNIQUE_DIRECTIVE_NAMES, "UniqueDirectiveNamesRule")                                                              \
    X(KNOWN_TYPE_NAMES, "KnownTypeNamesRule")                                                                          \
    X(KNOWN_DIRECTIVES, "KnownDirectivesRule")                                                                         \
    X(UNIQUE_DIRECTIVES_PER_LOCATION, "UniqueDirectivesPerLocationRule")                                               \
    X(POSSIBLE_TYPE_EXTENSIONS, "PossibleTypeExtensionsRule")                                                          \
    X(KNOWN_ARGUMENT_NAMES_ON_DIRECTIVES, "KnownArgumentNamesOnDirectivesRule")                                        \
    X(UNIQUE_ARGUMENT_NAMES, "UniqueArgumentNamesRule")                                                                \
    X(UNIQUE_INPUT_FIELD_NAMES, "UniqueInputFieldNamesRule")                                                           \
    X(PROVIDED_REQUIRED_ARGUMENTS_ON_DIRECTIVES, "ProvidedRequiredArgumentsOnDirectivesRule")

enum {
#define X(name, text) FQ_SDL_BIT_##name,
    FQ_SDL_RULES(X)
#undef X
#define X(name, text) FQ_SDL_##name = 1 << FQ_SDL_BIT_##name,
        FQ_SDL_RULES(X)
#undef X
            FQ_SDL_ALL_RULES = (1 << 15) - 1,
};

typedef struct fq_sdl_scope {
    const fq_schema *builtins; /* a schema that has the built-in types and directives; any has */
    const fq_schema *extended; /* the schema that the document extends, or NULL where the document is the whole */
    uint32_t rules;            /* FQ_SDL_... */
} fq_sdl_scope;

/* Appends the errors (FQ_ERR_VALIDATION_FAILED) in document order, with graphql-js's messages and positions; ends early
 * once `errors` is full. True where there is none. Executable definitions are passed over. */
bool fq_sdl_validate(const fq_document *document, const fq_sdl_scope *scope, fq_errors *errors);

/* A schema to be extended: its text alone is validated, so it may lack a query type and the like; only names of types,
 * members and directives may be looked up in it. NULL and errors where the text is not valid. */
fq_schema *fq_sdl_base_schema(fq_slice sdl, fq_errors *errors);

#endif
