/* SPDX-License-Identifier: MIT */
/* What the tests of validation share: texts in, texts out. Everything lives in one arena a test. */
#ifndef TEST_VALIDATE_SUPPORT_H
#define TEST_VALIDATE_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "graphql/parser.h"
#include "schema/build.h"
#include "validate/validate.h"

typedef struct test_case_world {
    fq_arena *arena;
    fq_schema *schema;
    fq_limits limits;
    unsigned extensions;
    fq_errors errors;
} world;

/* A world with the schema of that SDL; no extensions; the limits of a server. */
world world_new(const char *sdl);
void world_free(world *w);

/* Marks the input fields of the types whose names end in "Filter" as operators, and those of types that end in "Where"
 * as what a where type has; such types are about `subject`. So the schema looks like one that comes from a database. */
void world_add_roles(world *w, const char *subject);

const fq_document *world_parse(world *w, const char *source);

/* The errors as lines "message (line:column, ...)"; forgets them. */
const char *world_errors(world *w, const fq_document *document);

/* Validates; the errors, or "" */
const char *world_validate(world *w, const char *source);

/* A document that has been validated, its chosen operation and the coerced variables. Fails the test where there are
 * errors. */
typedef struct prepared {
    const fq_document *document;
    fq_node_id operation;
    fq_literals literals;
    fq_variables variables;
} prepared;
prepared world_prepare(world *w, const char *source, const char *variables);

/* The operation in one line: `key:Type.field(arg=value){...}`. */
const char *world_print(world *w, const fq_operation *operation);
/* A value: L0 for a lifted literal, V0 for a leaf of the variables, its text for a constant. */
const char *world_print_value(world *w, const fq_value *value);

#endif
