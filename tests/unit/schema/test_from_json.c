/* SPDX-License-Identifier: MIT */
/* Schema files: the seed's form with and without a database, its errors, and that what is printed loads again. */
#include "catalog_text.h"

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

/* Files are written with ' for ", for reading. */
static fq_slice file_text(fq_arena *arena, const char *text) {
    char *copy = fq_arena_cstr(arena, fq_slice_from_cstr(text));
    for (char *c = copy; *c != '\0'; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    return fq_slice_from_cstr(copy);
}

static fq_schema *load(fq_arena *arena, const char *file, const char *catalog, fq_errors *errors) {
    fq_slice json = catalog != NULL ? catalog_json(arena, catalog) : fq_slice_of("", 0);
    fq_errors_init(errors, arena, 10);
    return fq_schema_from_json(file_text(arena, file), json, NULL, errors);
}

#define SEED                                                                                                           \
    "{'tables': {'users': {'view_name': 'v_user', 'sql_columns': ['id', 'machine_id'], 'jsonb_column': 'data',"        \
    " 'fk_mappings': {'machine': 'machine_id'}, 'has_jsonb_data': true}},"                                             \
    " 'types': {'User': {'name': 'User', 'fields': {"                                                                  \
    "   'id': {'graphql_type': 'ID!', 'sql_type': 'uuid', 'is_scalar': true, 'is_list': false},"                       \
    "   'firstName': {'graphql_type': 'String', 'sql_type': 'text', 'is_scalar': true, 'is_list': false},"             \
    "   'age': {'graphql_type': 'Int'}, 'tags': {'graphql_type': 'String', 'is_list': true},"                          \
    "   'email': {'graphql_type': 'EmailAddress', 'is_scalar': true},"                                                 \
    "   'machine': {'graphql_type': 'Machine', 'is_scalar': false}}},"                                                 \
    "  'Machine': {'fields': {'id': {'graphql_type': 'ID!'}, 'name': {}}}}}"

typedef struct row {
    const char *file;
    const char *catalog;
    const char *looks[16][2];
} row;

static const row rows[] = {
    {SEED,
     NULL,
     {{"Query.users", "[User!]!"},
      {"Query.users(where)", "UserWhere"},
      {"Query.users(limit)", "Int"},
      {"User.id", "ID!"},
      {"User.firstName", "String"},
      {"User.tags", "[String]"},
      {"User.email", "EmailAddress"},
      {"User.machine", "Machine"},
      {"Machine.name", "String"},
      {"UserWhere.id", "IDFilter"},
      {"UserWhere.machine", "MachineWhere"},
      {"UserWhere.age", "IntFilter"},
      {"UserWhere.email", "EmailAddressFilter"},
      {"Query.user", NULL},
      {"Mutation", NULL}}},
    /* with a database: the same, and its functions */
    {SEED,
     "view v_user(id uuid, machine_id uuid, data jsonb); tb_user(pk_user int4 pk, id uuid unique); function "
     "create_user(input jsonb) tb_user;",
     {{"User.id", "ID!"}, {"UserWhere.id", "IDFilter"}, {"Mutation.createUser", "User"}, {"Query.users", "[User!]!"}}},
    /* every key but view_name is optional */
    {"{'tables': {'users': {'view_name': 'users'}}}",
     "users(id int4 pk, name text!); other(id int4 pk);",
     {{"Query.users", "[User!]!"},
      {"User.id", "Int!"},
      {"User.name", "String!"},
      {"Query.others", NULL},
      {"Other", NULL}}},
    {"{'tables': {'users': {'view_name': 'v_user'}}}",
     "view v_user(id uuid, data jsonb); document v_user data {\"object\": {\"first_name\": {\"string\":true}}};",
     {{"User.firstName", "String"}, {"User.id", "UUID"}, {"User.data", NULL}}},
    {"{'tables': {'users': {'view_name': 'v_user', 'sql_columns': ['id', 'first_name'], 'has_jsonb_data': false}}}",
     NULL,
     {{"User.id", "String"}, {"User.firstName", "String"}}},
    {"{'tables': {'users': {'view_name': 'v_user'}}, 'types': {'User': {'fields': {'id': {'graphql_type': 'UUID!'}, "
     "'name': {}}}}}",
     NULL,
     {{"Query.users", "[User!]!"}, {"User.id", "UUID!"}, {"User.name", "String"}, {"UserWhere.id", "UUIDFilter"}}},
    /* lists and one row: by `list`, `kind`, the type's brackets, else by the root field's number */
    {"{'tables': {'user': {'view_name': 'v_user', 'sql_columns': ['id']}, 'users': {'view_name': 'v_user'}, "
     "'everybody': {'view_name': 'v_user', 'type': '[User!]!'},"
     " 'me': {'view_name': 'v_user', 'type': 'User', 'list': true}, 'count': {'view_name': 'v_user', 'type': 'User', "
     "'kind': 'aggregate'},"
     " 'byName': {'view_name': 'v_user', 'type': 'User', 'kind': 'one', 'key': ['name']}},"
     " 'types': {'User': {'fields': {'id': {'graphql_type': 'UUID!'}, 'name': {'column': 'name'}, 'age': "
     "{'graphql_type': 'Int'}}}}}",
     "view v_user(id uuid, name text, data jsonb);",
     {{"Query.user", "User"},
      {"Query.user(id)", "UUID!"},
      {"Query.users", "[User!]!"},
      {"Query.everybody", "[User!]!"},
      {"Query.me", "[User!]!"},
      {"Query.count", "UserAggregate!"},
      {"UserSum.age", "BigInt"},
      {"Query.byName(name)", "String!"}}},
    /* the true type is taken where the declared one can not be */
    {"{'tables': {'users': {'view_name': 'users'}}, 'types': {'User': {'fields': {'id': {'graphql_type': 'ID!'}, 'n': "
     "{'graphql_type': 'Boolean!'},"
     " 'big': {'graphql_type': 'Int'}, 'price': {'graphql_type': 'Float'}, 'label': {'graphql_type': 'String'}}}}}",
     "users(id int4 pk, n int4, big int8, price numeric, label int4);",
     {{"User.id", "ID!"},
      {"User.n", "Int!"},
      {"User.big", "Int"},
      {"User.price", "Float"},
      {"User.label", "String"},
      {"UserWhere.big", "BigIntFilter"}}},
    /* relations and enums told by the file */
    {"{'tables': {'users': {'view_name': 'users', 'has_jsonb_data': false, 'sql_columns': ['id', 'role']}, 'posts': "
     "{'view_name': 'posts', 'has_jsonb_data': false, 'sql_columns': ['id', 'user_id']}},"
     " 'types': {'User': {'fields': {'id': {'graphql_type': 'Int!'}, 'role': {'graphql_type': 'Role', 'sql_type': "
     "'role'}, 'posts': {'graphql_type': '[Post!]!', 'relation': {'from': ['id'], 'to': ['user_id']}}}},"
     "  'Post': {'fields': {'id': {'graphql_type': 'Int!'}, 'user': {'graphql_type': 'User', 'relation': {'from': "
     "['user_id'], 'to': ['id']}}}},"
     "  'Role': {'kind': 'enum', 'values': {'ADMIN': 'the admin', 'USER': 'user'}}}}",
     NULL,
     {{"User.posts", "[Post!]!"},
      {"User.posts(where)", "PostWhere"},
      {"Post.user", "User"},
      {"User.role", "Role"},
      {"Role.ADMIN", "the admin"},
      {"UserWhere.role", "RoleFilter"}}},
    /* fk_mappings without a document is a to-one relation */
    {"{'tables': {'posts': {'view_name': 'posts', 'sql_columns': ['id', 'user_id'], 'has_jsonb_data': false, "
     "'fk_mappings': {'user': 'user_id'}}, 'users': {'view_name': 'users', 'sql_columns': ['id'], 'has_jsonb_data': "
     "false}},"
     " 'types': {'Post': {'fields': {'id': {'graphql_type': 'Int!'}, 'user': {'graphql_type': 'User'}}}, 'User': "
     "{'fields': {'id': {'graphql_type': 'Int!'}}}}}",
     NULL,
     {{"Post.user", "User"}, {"PostWhere.user", NULL}}},
    /* id_column is one where the column is there, and nothing where not */
    {"{'tables': {'posts': {'view_name': 'posts'}, 'users': {'view_name': 'users'}},"
     " 'types': {'Post': {'fields': {'id': {'graphql_type': 'Int!'}, 'writer': {'graphql_type': 'User', 'id_column': "
     "'user_id'}, 'other': {'graphql_type': 'User', 'id_column': 'nothing_id'}}}, 'User': {'fields': {'id': "
     "{'graphql_type': 'Int!'}}}}}",
     "posts(id int4 pk, user_id int4, data jsonb); users(id int4 pk);",
     {{"Post.writer", "User"}, {"Post.other", "User"}}},
    /* functions and input objects told by the file */
    {"{'tables': {'users': {'view_name': 'v_user'}}, 'types': {'User': {'fields': {'id': {'graphql_type': 'UUID!'}}}, "
     "'CreateUserInput': {'kind': 'input', 'fields': {'fullName': {'graphql_type': 'String!'}}}},"
     " 'mutations': {'createUser': {'function': 'app.create_user', 'type': 'User', 'input': 'CreateUserInput'}, "
     "'touch': {'function': 'touch', 'type': 'User'}},"
     " 'queries': {'activeUsers': {'function': 'active_users', 'type': '[User!]!'}}}",
     NULL,
     {{"Mutation.createUser(input)", "CreateUserInput!"},
      {"Mutation.touch(input)", "JSON!"},
      {"Query.activeUsers", "[User!]!"},
      {"CreateUserInput.fullName", "String!"}}},
    /* arguments, a row that must be there, a relation without a root field, defaults of input fields */
    {"{'tables': {'users': {'view_name': 'users', 'args': {'role': {}, 'wanted': {'field': 'id', 'required': true}}}, "
     "'user': {'view_name': 'users', 'kind': 'one', 'type': 'User!', 'args': {'role': {'default': 'USER'}}}, "
     "'_Post': {'view_name': 'posts', 'kind': 'none', 'type': 'Post'}},"
     " 'types': {'User': {'fields': {'id': {'graphql_type': 'Int!'}, 'role': {'graphql_type': 'Role'}}}, 'Post': "
     "{'fields': "
     "{'text': {'stored_as': 'txt'}}}, 'Role': {'kind': 'enum', 'values': {'ADMIN': 'the admin', 'USER': 'user'}}, "
     "'In': {'kind': 'input', 'fields': {'n': {'graphql_type': 'Int!', 'default': 3}, 'roles': {'graphql_type': "
     "'[Role!]', "
     "'default': ['ADMIN']}}}}, 'mutations': {'post': {'function': ['add_post', 'fn_add_post'], 'type': 'Post', "
     "'input': 'In'}}}",
     "enum role('the admin' user); users(id int4 pk, role role); posts(id int4 pk, txt text); function "
     "fn_add_post(input "
     "jsonb) posts;",
     {{"Query.users(role)", "Role"},
      {"Query.users(wanted)", "Int!"},
      {"Query.users(where)", "UserWhere"},
      {"Query.user", "User!"},
      {"Query.user(role)", "Role"},
      {"Query._Post", NULL},
      {"Mutation.post", "Post"},
      {"Post.text", "String"},
      {"Role.ADMIN", "the admin"},
      {"In.n", "Int!"}}},
};

static void test_loading(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
        fq_errors errors;
        fq_schema *schema = load(arena, rows[i].file, rows[i].catalog, &errors);
        if (schema == NULL) {
            fail_msg("%.*s\nin %s", FQ_PRI(errors.list.items[0].message), rows[i].file);
        }
        for (size_t j = 0; rows[i].looks[j][0] != NULL; j++) {
            const char *expected = rows[i].looks[j][1];
            const char *got = schema_look(arena, schema, rows[i].looks[j][0]);
            if ((got == NULL) != (expected == NULL) || (got != NULL && strcmp(got, expected) != 0)) {
                fail_msg("%s: is %s, not %s, in\n%s", rows[i].looks[j][0], got != NULL ? got : "missing",
                         expected != NULL ? expected : "missing", rows[i].file);
            }
        }
        fq_schema_unref(schema);
        fq_arena_free(arena);
    }
}

static char *sdl_of(fq_arena *arena, const fq_schema *schema) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    fq_schema_print_sdl(schema, &out);
    char *text = fq_arena_cstr(arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return text;
}

static fq_slice json_of(fq_arena *arena, const fq_schema *schema) {
    fq_buffer out;
    fq_buffer_init(&out, SIZE_MAX);
    fq_schema_print_json(schema, &out);
    fq_slice text = fq_arena_copy(arena, fq_buffer_view(&out));
    fq_buffer_done(&out);
    return text;
}

/* Printed, loaded, printed: the same SDL; and the printed text does not grow. */
static void assert_round_trip(fq_arena *arena, fq_schema *schema) {
    fq_errors errors;
    fq_errors_init(&errors, arena, 10);
    fq_slice json = json_of(arena, schema);
    fq_schema *again = fq_schema_from_json(json, fq_slice_of("", 0), NULL, &errors);
    if (again == NULL) {
        fail_msg("%.*s in\n%.*s", FQ_PRI(errors.list.items[0].message), FQ_PRI(json));
    }
    assert_string_equal(sdl_of(arena, again), sdl_of(arena, schema));
    fq_slice twice = json_of(arena, again);
    assert_string_equal(fq_arena_cstr(arena, twice), fq_arena_cstr(arena, json));
    fq_schema_unref(again);
}

static const char *const catalogs[] = {
    /* these need the catalog itself */
    "",
    "composite addr(street text, zip int4); t(id int4 pk, a addr, l addr[]);",
    /* of these tables and types tell all */
    "users(id int4 pk, email text! unique {the address}) {people}; posts(id int4 pk, author_id int4! ->users.id, views "
    "int4);",
    "enum mood('a b' ok); t(id int4 pk, m mood, ms mood[], p point, j jsonb, \"odd name\" text);",
    "a(id int4 pk); b(id int4 pk); j(a_id int4 ->a.id, b_id int4 ->b.id, pk(a_id b_id));",
    "view v_user(id uuid, machine_id uuid, data jsonb); view v_machine(id uuid); document v_user data {\"object\": "
    "{\"address\": {\"object\": {\"street\": {\"string\":true}}}}};"
    "function create_user(input jsonb) v_user {makes one};",
    "view v(a int4, b int4); foreign f(id int4); partitioned p(x int4, y int4, pk(x y));",
};

#define CATALOG_NEEDED 2

static void test_round_trip(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(catalogs) / sizeof(catalogs[0]); i++) {
        fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
        fq_schema *schema = catalog_schema(arena, catalogs[i], NULL);
        assert_round_trip(arena, schema);
        fq_schema_unref(schema);
        fq_arena_free(arena);
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
        fq_errors errors;
        fq_schema *schema = load(arena, rows[i].file, rows[i].catalog, &errors);
        assert_round_trip(arena, schema);
        fq_schema_unref(schema);
        fq_arena_free(arena);
    }
}

/* Tables and types alone, as they are printed, describe the same schema: they are true. */
static void test_printed_tables_are_true(void **state) {
    (void)state;
    for (size_t i = CATALOG_NEEDED; i < sizeof(catalogs) / sizeof(catalogs[0]); i++) {
        fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
        fq_errors errors;
        fq_errors_init(&errors, arena, 10);
        fq_schema *schema = catalog_schema(arena, catalogs[i], NULL);
        char *json = fq_arena_cstr(arena, json_of(arena, schema));
        memcpy(strstr(json, "\"source\""), "\"origin\"", 8); /* no longer one that the catalog rules */
        fq_schema *again = fq_schema_from_json(fq_slice_from_cstr(json), fq_slice_of("", 0), NULL, &errors);
        if (again == NULL) {
            fail_msg("%.*s in\n%s", FQ_PRI(errors.list.items[0].message), json);
        }
        assert_string_equal(sdl_of(arena, again), sdl_of(arena, schema));
        fq_schema_unref(again);
        fq_schema_unref(schema);
        fq_arena_free(arena);
    }
}

static void test_patterns_are_kept(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
    fq_slice exclude = FQ_S("secret*");
    fq_schema_options options = {.exclude = &exclude, .n_exclude = 1};
    fq_schema *schema = catalog_schema(arena, "users(id int4 pk); secrets(id int4 pk);", &options);
    assert_null(schema_look(arena, schema, "Query.secrets"));
    assert_round_trip(arena, schema);
    fq_schema_unref(schema);
    fq_arena_free(arena);
}

static void test_document_sources(void **state) {
    (void)state;
    fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
    fq_errors errors;
    fq_schema *schema = load(arena, SEED, NULL, &errors);
    const fq_type *user = fq_schema_type(schema, FQ_S("User"));
    const fq_field *first = fq_type_field(user, FQ_S("firstName"));
    const fq_field *machine = fq_type_field(user, FQ_S("machine"));
    const fq_field *id = fq_type_field(user, FQ_S("id"));
    assert_true(fq_slice_equal(first->document_key, FQ_S("firstName")));
    assert_true(fq_slice_equal(first->document_alternative, FQ_S("first_name")));
    assert_int_equal(user->entity->sources[first->index]->kind, FQ_SOURCE_DOCUMENT);
    assert_int_equal(user->entity->sources[machine->index]->kind, FQ_SOURCE_DOCUMENT);
    assert_true(fq_slice_equal(user->entity->sources[machine->index]->column->name, FQ_S("machine_id")));
    assert_int_equal(user->entity->sources[id->index]->kind, FQ_SOURCE_COLUMN);
    assert_int_equal(user->entity->sources[id->index]->column->type->storage, FQ_STORAGE_UUID);
    assert_true(fq_slice_equal(user->entity->relation->name, FQ_S("v_user")));
    fq_schema_unref(schema);
    fq_arena_free(arena);
}

typedef struct error_row {
    const char *file;
    const char *catalog;
    const char *message; /* a part of the first error */
} error_row;

static void test_named_schemas(void **state) {
    (void)state;
    static const struct {
        const char *file, *schemas;
    } named[] = {
        {"{'tables': {'a': {'view_name': 'app.v_a'}, 'b': {'view_name': 'v_b'}, 'c': {'view_name': 'app.v_c'}}}",
         "app "},
        {"{'mutations': {'m': {'function': ['x.f', 'y.f', 'f']}}, 'queries': {'q': {'function': 'z.q'}}}", "x y z "},
        {"{'tables': {'a': {'view_name': '.v'}, 'b': {'view_name': 5}, 'c': 'd.e', 'f': {}}, 'mutations': []}", ""},
        {"{'source': 'catalog', 'catalog': {}, 'tables': {'a': {'view_name': 'app.v_a'}}}", ""},
        {"{'tables':", ""},
        {"['tables']", ""},
    };
    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
        fq_arena *arena = fq_arena_new(1 << 20);
        uint32_t n;
        fq_slice *names = fq_schema_json_schemas(arena, file_text(arena, named[i].file), &n);
        fq_slice joined = FQ_S("");
        for (uint32_t k = 0; k < n; k++) {
            joined = fq_arena_printf(arena, "%.*s%.*s ", FQ_PRI(joined), FQ_PRI(names[k]));
        }
        assert_string_equal(fq_arena_cstr(arena, joined), named[i].schemas);
        fq_arena_free(arena);
    }
}

static void test_errors(void **state) {
    (void)state;
    static const error_row errors_rows[] = {
        {"", NULL, "not valid JSON at line 1"},
        {"{", NULL, "not valid JSON"},
        {"[]", NULL, "object is expected"},
        {"{}", NULL, "`tables` is missing"},
        {"{'tables': {'users': {}}}", NULL, "tables.users.view_name is missing"},
        {"{'tables': {'1x': {'view_name': 'x'}}}", NULL, "no name that GraphQL allows"},
        {"{'tables': {'users': {'view_name': 'nothing'}}}", "users(id int4 pk);", "\"nothing\" does not exist"},
        {"{'tables': {'users': {'view_name': 'users', 'sql_columns': ['id', 'x']}}}", "users(id int4 pk);",
         "no column \"x\""},
        {"{'tables': {'users': {'view_name': 'users', 'jsonb_column': 'doc'}}}", "users(id int4 pk);",
         "no json or jsonb column \"doc\""},
        {"{'tables': {'user': {'view_name': 'x', 'has_jsonb_data': false, 'sql_columns': ['a']}}}", NULL,
         "needs a `key`"},
        {"{'tables': {'users': {'view_name': 'x', 'key': ['b']}}}", NULL, "key names no column"},
        {"{'tables': {'users': {'view_name': 'x'}}, 'types': {'User': {'fields': {'a': {'graphql_type': 'Nope'}}}}}",
         NULL, "\"Nope\" is no type"},
        {"{'tables': {'users': {'view_name': 'x'}}, 'types': {'User': {'fields': {'a': {'graphql_type': '[Int'}}}}}",
         NULL, "\"[Int\""},
        {"{'tables': {'users': {'view_name': 'x'}}, 'types': {'User': {'fields': {}}}}", NULL, "a type needs a field"},
        {"{'tables': {'users': {'view_name': 'x'}}, 'types': {'User': {'fields': {'__a': {}}}}}", NULL, "legal name"},
        {"{'tables': {'users': {'view_name': 'x', 'type': 'Query'}}}", NULL, "types.Query"},
        {"{'tables': {'users': {'view_name': 'users'}}, 'types': {'User': {'fields': {'nothing': {}}}}}",
         "users(id int4 pk);", "no such column"},
        {"{'tables': {'users': {'view_name': 'x'}}, 'types': {'User': {'fields': {'a': {'relation': {'from': "
         "['z']}}}}}}",
         NULL, "`relation` needs"},
        {"{'tables': {'users': {'view_name': 'x'}}, 'types': {'E': {'kind': 'enum'}}}", NULL,
         "needs a legal name and `values`"},
        {"{'tables': {'users': {'view_name': 'x'}}, 'types': {'E': {'kind': 'enum', 'values': ['a-b']}}}", NULL,
         "no legal enum value"},
        {"{'tables': {'users': {'view_name': 'x'}}, 'types': {'I': {'kind': 'input'}}}", NULL,
         "input object needs a field"},
        {"{'tables': {'users': {'view_name': 'x'}}, 'mutations': {'m': {'function': 'f'}}}", NULL,
         "`function` and `type` are expected"},
        {"{'tables': {'users': {'view_name': 'x'}}, 'mutations': {'m': {'function': 'f', 'type': 'Int'}}}", NULL,
         "have no form"},
        {"{'tables': {'users': {'view_name': 'x', 'kind': 'lots'}}}", NULL, "there are list, one, aggregate and none"},
        {"{'tables': {'users': {'view_name': 'users', 'args': {'x': {}}}}}", "users(id int4 pk);",
         "tables.users.args.x: User has no field \"x\" that can be compared for equality"},
        {"{'tables': {'users': {'view_name': 'users', 'args': {'x': {'field': 'p'}}}}}", "users(id int4 pk, p point);",
         "no field \"p\" that can be compared"},
        {"{'tables': {'users': {'view_name': 'users', 'args': {'id': {'default': 'x'}}}}}", "users(id int4 pk);",
         "tables.users.args.id: this is no value of Int"},
        {"{'tables': {'users': {'view_name': 'users', 'args': {'limit': {'default': 1.5}}}}}", "users(id int4 pk);",
         "tables.users.args.limit: this is no value of Int"},
        {"{'tables': {'users': {'view_name': 'users', 'args': {'orderBy': {'default': [{'x': 'ASC'}]}}}}}",
         "users(id int4 pk);", "UserOrderBy has no field \"x\""},
        {"{'tables': {'users': {'view_name': 'users', 'args': {'orderBy': {'default': [{'id': 'UP'}]}}}}}",
         "users(id int4 pk);", "this is no value of OrderDirection"},
        {"{'tables': {'users': {'view_name': 'users', 'args': {'id': {'required': true, 'default': null}}}}}",
         "users(id int4 pk);", "this is no value of Int!"},
        {"{'tables': {'users': {'view_name': 'x'}}, 'types': {'I': {'kind': 'input', 'fields': {'d': {'graphql_type': "
         "'Date', 'default': '2024-02-30'}}}}}",
         NULL, "types.I.fields.d: this is no value of Date"},
        {"{'tables': {'users': {'view_name': 'x'}}, 'types': {'I': {'kind': 'input', 'fields': {'d': {'graphql_type': "
         "'JSON', 'default': {}}}}}}",
         NULL, "this is no value of JSON"},
        {"{'tables': {'days': {'view_name': 'days'}}, 'types': {'Mood': {'kind': 'enum', 'values': {'A': 'sad', 'B': "
         "'glad'}}}}",
         "enum mood(sad ok); days(id int4 pk, mood mood);", "has no label \"glad\""},
        {"{'tables': {'days': {'view_name': 'days'}}, 'types': {'Mood': {'kind': 'enum', 'values': {'ok': 'sad'}}}}",
         "enum mood(sad ok); days(id int4 pk, mood mood);", "two labels are named ok"},
        {"{'tables': {'users': {'view_name': 'users'}}, 'mutations': {'m': {'function': ['f', 'g'], 'type': 'User'}}}",
         "users(id int4 pk);", "the function \"f\" does not exist"},
        {"{'tables': {'users': {'view_name': 'users'}}, 'mutations': {'m': {'function': 'f', 'type': 'User'}}}",
         "users(id int4 pk); function f(input jsonb) jsonb;",
         "must return rows of a table or view, such as \"users\", not jsonb"},
        {"{'tables': {'users': {'view_name': 'users'}}, 'mutations': {'m': {'function': 'f', 'type': '[User!]!'}}}",
         "users(id int4 pk); function f(input jsonb) users;", "returns no set, so its type can not be a list"},
        {"{'tables': {'users': {'view_name': 'users'}}, 'mutations': {'m': {'function': 'f', 'type': 'User'}}}",
         "users(id int4 pk); other(x int4); function f(input jsonb) other;", "which lack the key"},
    };
    for (size_t i = 0; i < sizeof(errors_rows) / sizeof(errors_rows[0]); i++) {
        fq_arena *arena = fq_arena_new(16 * 1024 * 1024);
        fq_errors errors;
        fq_schema *schema = load(arena, errors_rows[i].file, errors_rows[i].catalog, &errors);
        if (schema != NULL || !fq_errors_any(&errors)) {
            fail_msg("no error: %s", errors_rows[i].file);
        }
        const char *message = fq_arena_cstr(arena, errors.list.items[0].message);
        if (strstr(message, errors_rows[i].message) == NULL) {
            fail_msg("%s\nfor %s", message, errors_rows[i].file);
        }
        fq_arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loading),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_printed_tables_are_true),
        cmocka_unit_test(test_patterns_are_kept),
        cmocka_unit_test(test_document_sources),
        cmocka_unit_test(test_named_schemas),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
