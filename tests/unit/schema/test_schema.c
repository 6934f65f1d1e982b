/* SPDX-License-Identifier: MIT */
/* The schema model: built-in types, freezing, look-ups, sharing. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "schema/builtins.h"
#include "schema/schema.h"

static void assert_slice(fq_slice got, const char *expected) {
    if (!fq_slice_equal(got, fq_slice_from_cstr(expected))) {
        fail_msg("got \"%.*s\", expected \"%s\"", FQ_PRI(got), expected);
    }
}

static void add_field(fq_schema *schema, fq_type *type, const char *name, const fq_type *of) {
    fq_field *grown = FQ_NEW_ARRAY(schema->arena, fq_field, type->n_fields + 1);
    if (type->n_fields > 0) {
        memcpy(grown, type->fields, sizeof(*grown) * type->n_fields);
    }
    grown[type->n_fields].name = fq_slice_from_cstr(name);
    grown[type->n_fields].type = fq_ref_named(schema, of);
    type->fields = grown;
    type->n_fields++;
}

static void test_builtins(void **state) {
    (void)state;
    fq_schema *schema = fq_schema_new();
    fq_schema_freeze(schema);
    const struct {
        const char *name;
        fq_type_kind kind;
        fq_scalar scalar;
    } cases[] = {
        {"Int", FQ_SCALAR_TYPE, FQ_SCALAR_INT},
        {"Float", FQ_SCALAR_TYPE, FQ_SCALAR_FLOAT},
        {"String", FQ_SCALAR_TYPE, FQ_SCALAR_STRING},
        {"Boolean", FQ_SCALAR_TYPE, FQ_SCALAR_BOOLEAN},
        {"ID", FQ_SCALAR_TYPE, FQ_SCALAR_ID},
        {"__Schema", FQ_OBJECT_TYPE, FQ_SCALAR_NONE},
        {"__Type", FQ_OBJECT_TYPE, FQ_SCALAR_NONE},
        {"__Field", FQ_OBJECT_TYPE, FQ_SCALAR_NONE},
        {"__InputValue", FQ_OBJECT_TYPE, FQ_SCALAR_NONE},
        {"__EnumValue", FQ_OBJECT_TYPE, FQ_SCALAR_NONE},
        {"__Directive", FQ_OBJECT_TYPE, FQ_SCALAR_NONE},
        {"__TypeKind", FQ_ENUM_TYPE, FQ_SCALAR_NONE},
        {"__DirectiveLocation", FQ_ENUM_TYPE, FQ_SCALAR_NONE},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const fq_type *type = fq_schema_type(schema, fq_slice_from_cstr(cases[i].name));
        assert_non_null(type);
        assert_int_equal(type->kind, cases[i].kind);
        assert_int_equal(type->scalar, cases[i].scalar);
        assert_int_equal(type->introspection, cases[i].name[0] == '_');
        assert_true(fq_type_is_builtin(type));
    }
    assert_null(fq_schema_type(schema, FQ_S("Nothing")));
    fq_schema_unref(schema);
}

static void test_builtin_arguments(void **state) {
    (void)state;
    fq_schema *schema = fq_schema_new();
    fq_schema_freeze(schema);
    const char *const with_deprecated[][2] = {{"__Type", "fields"},
                                              {"__Type", "enumValues"},
                                              {"__Type", "inputFields"},
                                              {"__Field", "args"},
                                              {"__Directive", "args"}};
    for (size_t i = 0; i < 5; i++) {
        const fq_type *type = fq_schema_type(schema, fq_slice_from_cstr(with_deprecated[i][0]));
        const fq_field *field = fq_type_field(type, fq_slice_from_cstr(with_deprecated[i][1]));
        const fq_input_value *arg = fq_field_arg(field, FQ_S("includeDeprecated"));
        assert_non_null(arg);
        assert_int_equal(arg->type->kind, FQ_REF_NON_NULL);
        assert_slice(fq_ref_core(arg->type)->name, "Boolean");
        assert_true(arg->has_default);
        assert_int_equal(arg->default_value.kind, FQ_VALUE_BOOLEAN);
        assert_false(arg->default_value.truth);
        assert_null(fq_field_arg(field, FQ_S("include")));
    }
    assert_int_equal(fq_type_field(fq_schema_type(schema, FQ_S("__Type")), FQ_S("kind"))->n_args, 0);
    assert_slice(schema->typename_field->name, "__typename");
    assert_slice(schema->schema_field->name, "__schema");
    assert_int_equal(fq_field_arg(schema->type_field, FQ_S("name"))->type->kind, FQ_REF_NON_NULL);
    fq_schema_unref(schema);
}

static void test_builtin_directives(void **state) {
    (void)state;
    fq_schema *schema = fq_schema_new();
    fq_schema_freeze(schema);
    const struct {
        const char *name;
        const char *arg;
        fq_directive_location in, out;
    } cases[] = {
        {"skip", "if", FQ_LOCATION_FIELD, FQ_LOCATION_QUERY},
        {"include", "if", FQ_LOCATION_INLINE_FRAGMENT, FQ_LOCATION_FRAGMENT_DEFINITION},
        {"deprecated", "reason", FQ_LOCATION_INPUT_FIELD_DEFINITION, FQ_LOCATION_OBJECT},
        {"specifiedBy", "url", FQ_LOCATION_SCALAR, FQ_LOCATION_ENUM},
        {"oneOf", NULL, FQ_LOCATION_INPUT_OBJECT, FQ_LOCATION_OBJECT},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const fq_directive *directive = fq_schema_directive(schema, fq_slice_from_cstr(cases[i].name));
        assert_non_null(directive);
        assert_int_equal(directive->n_args, cases[i].arg != NULL);
        if (cases[i].arg != NULL) {
            assert_slice(directive->args[0].name, cases[i].arg);
        }
        assert_true(directive->locations & (1u << cases[i].in));
        assert_false(directive->locations & (1u << cases[i].out));
        assert_false(directive->repeatable);
        assert_true(fq_directive_is_builtin(directive->name));
    }
    assert_null(fq_schema_directive(schema, FQ_S("defer")));
    assert_false(fq_directive_is_builtin(FQ_S("defer")));
    fq_schema_unref(schema);
}

static void test_freeze(void **state) {
    (void)state;
    fq_schema *schema = fq_schema_new();
    fq_type *query = fq_schema_add_type(schema, FQ_OBJECT_TYPE, FQ_S("Query"));
    fq_type *node = fq_schema_add_type(schema, FQ_INTERFACE_TYPE, FQ_S("Node"));
    fq_type *user = fq_schema_add_type(schema, FQ_OBJECT_TYPE, FQ_S("User"));
    fq_type *post = fq_schema_add_type(schema, FQ_OBJECT_TYPE, FQ_S("Post"));
    fq_type *color = fq_schema_add_type(schema, FQ_ENUM_TYPE, FQ_S("Color"));
    fq_type *input = fq_schema_add_type(schema, FQ_INPUT_OBJECT_TYPE, FQ_S("In"));
    fq_type *id = fq_schema_type(schema, FQ_S("ID"));
    add_field(schema, query, "node", node);
    add_field(schema, query, "color", color);
    add_field(schema, node, "id", id);
    add_field(schema, user, "id", id);
    add_field(schema, post, "id", id);
    fq_type *nodes[] = {node};
    user->interfaces = post->interfaces = nodes;
    user->n_interfaces = post->n_interfaces = 1;
    fq_enum_value values[] = {{.name = FQ_S("RED")}, {.name = FQ_S("BLUE")}};
    color->values = values;
    color->n_values = 2;
    fq_input_value fields[] = {{.name = FQ_S("red"), .type = fq_ref_list(schema, fq_ref_named(schema, color))}};
    input->input_fields = fields;
    input->n_input_fields = 1;
    schema->query = query;
    fq_schema_freeze(schema);

    assert_ptr_equal(schema->types[0], query);
    assert_ptr_equal(schema->types[5], input);
    for (uint32_t i = 0; i < schema->n_types; i++) {
        assert_int_equal(schema->types[i]->index, i);
        assert_int_equal(fq_type_is_builtin(schema->types[i]), i >= 6);
    }
    assert_int_equal(node->n_possible, 2);
    assert_ptr_equal(node->possible[0], user);
    assert_ptr_equal(node->possible[1], post);
    assert_int_equal(fq_type_field(query, FQ_S("color"))->index, 1);
    assert_null(fq_type_field(query, FQ_S("nodes")));
    assert_ptr_equal(fq_type_enum_value(color, FQ_S("BLUE")), &values[1]);
    assert_null(fq_type_enum_value(query, FQ_S("color")));
    assert_ptr_equal(fq_type_input_field(input, FQ_S("red")), &fields[0]);
    assert_null(fq_type_field(input, FQ_S("red")));
    assert_ptr_equal(fq_ref_core(fields[0].type), color);
    assert_false(id->unreferenced);
    assert_true(fq_schema_type(schema, FQ_S("Float"))->unreferenced);
    assert_true(fq_schema_type(schema, FQ_S("Int"))->unreferenced);
    assert_false(fq_schema_type(schema, FQ_S("String"))->unreferenced);
    assert_false(color->unreferenced);
    fq_schema_unref(schema);
}

static void test_many_types(void **state) {
    (void)state;
    fq_schema *schema = fq_schema_new();
    for (int i = 0; i < 5000; i++) {
        fq_schema_add_type(schema, FQ_SCALAR_TYPE, fq_arena_printf(schema->arena, "T%d", i));
    }
    fq_schema_freeze(schema);
    for (uint32_t i = 0; i < 5000; i++) {
        char name[16];
        snprintf(name, sizeof(name), "T%u", i);
        assert_int_equal(fq_schema_type(schema, fq_slice_from_cstr(name))->index, i);
    }
    fq_schema_unref(schema);
}

static void *share(void *arg) {
    for (int i = 0; i < 10000; i++) {
        fq_schema_unref(fq_schema_ref(arg));
    }
    return NULL;
}

static void count_end(void *arg) { ++*(int *)arg; }

static void test_references(void **state) {
    (void)state;
    int ended = 0;
    fq_schema *schema = fq_schema_new();
    fq_schema *other = fq_schema_new();
    assert_true(schema->generation != other->generation);
    fq_schema_unref(other);
    fq_arena_on_free(schema->arena, count_end, &ended);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        pthread_create(&threads[i], NULL, share, schema);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_ptr_equal(fq_schema_ref(schema), schema);
    fq_schema_unref(schema);
    assert_int_equal(ended, 0);
    fq_schema_unref(schema);
    assert_int_equal(ended, 1);
    fq_schema_unref(NULL);
}

static void test_value_member(void **state) {
    (void)state;
    fq_member members[] = {{.name = FQ_S("a"), .value = {.kind = FQ_VALUE_NULL}},
                           {.name = FQ_S("b"), .value = {.kind = FQ_VALUE_INT}}};
    fq_value object = {.kind = FQ_VALUE_OBJECT, .count = 2, .members = members};
    assert_ptr_equal(fq_value_member(&object, FQ_S("b")), &members[1].value);
    assert_null(fq_value_member(&object, FQ_S("c")));
    assert_null(fq_value_member(&members[0].value, FQ_S("a")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builtins),           cmocka_unit_test(test_builtin_arguments),
        cmocka_unit_test(test_builtin_directives), cmocka_unit_test(test_freeze),
        cmocka_unit_test(test_many_types),         cmocka_unit_test(test_references),
        cmocka_unit_test(test_value_member),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
