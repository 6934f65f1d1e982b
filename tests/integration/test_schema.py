# SPDX-License-Identifier: MIT
"""Schemas from real databases of many styles: the names that come out, that they load again, and that everything they
publish works: every root field, every field, every operator and every order is asked for once."""

import json
import os
import re

import psycopg
import pytest

from support.server import ROOT, run_program

SCHEMAS = os.path.join(ROOT, "tests", "support", "schemas")
STYLES = sorted(name[:-4] for name in os.listdir(SCHEMAS))


@pytest.fixture(scope="module")
def databases(make_database):
    """databases(style) -> URL of a database in that style; made once."""
    made = {}

    def database(style):
        if style not in made:
            made[style] = make_database(files=[os.path.join(SCHEMAS, style + ".sql")])
        return made[style]

    return database


@pytest.fixture(scope="module")
def sdl_of(databases):
    printed = {}

    def sdl(style):
        if style not in printed:
            run = run_program("schema", "--database", databases(style))
            assert run.returncode == 0, run.stderr
            printed[style] = run.stdout
        return printed[style]

    return sdl


def block(sdl, head):
    """The fields of a type: {name: the rest of its line}."""
    found = re.search(r"^%s \{\n(.*?)^\}" % re.escape(head), sdl, re.M | re.S)
    assert found, "%s is missing in\n%s" % (head, sdl)
    fields = re.findall(r"^  (\w+)(.*)$", re.sub(r'"""(.|\n)*?"""', "", found[1]), re.M)
    return {name: rest.lstrip(": ") for name, rest in fields}


def roots(sdl):
    return set(block(sdl, "type Query"))


# -- names ------------------------------------------------------------------------------------------------------------

EXPECTED = {
    "pagila": {
        "type Query": {"films", "film", "filmsAggregate", "filmActors", "filmActor", "languages", "payments", "payment",
                       "actorInfos", "filmLists", "filmList", "rentalByCategories", "categories", "category"},
        "type Film": {"filmId", "languageId", "originalLanguageId", "rating", "specialFeatures", "language",
                      "originalLanguage", "actors", "categories", "filmActors", "filmCategories", "releaseYear"},
        "type Language": {"filmsByLanguageId", "filmsByOriginalLanguageId"},
        "type Actor": {"films", "filmActors"},
        "enum MpaaRating": {"PG_13", "NC_17"},
    },
    "northwind": {
        "type Query": {"orderDetails", "orderDetail", "products", "product", "territories", "employeeTerritories", "regions",
                       "alphabeticalListOfProducts", "customerAndSuppliersByCities"},
        "type Product": {"productID", "productName", "unitPrice", "supplier", "category", "orderDetails", "orders"},
        "type Employee": {"reportsTo", "employeeByReportsTo", "employeesByReportsTo", "territories", "employeeTerritories"},
        "type OrderDetail": {"orderID", "productID", "quantity", "order", "product"},
    },
    "django": {
        "type Query": {"authUsers", "authUser", "authUserByUsername", "authUserGroups", "authUserGroupByUserIdAndGroupId",
                       "djangoContentTypeByAppLabelAndModel", "djangoSessions", "djangoSession"},
        "type AuthUser": {"username", "isStaff", "authGroups", "authUserGroups", "authPermissions", "djangoAdminLogs"},
        "type AuthGroup": {"authUsers", "authPermissions"},
        "type AuthUserGroup": {"user", "group", "userId", "groupId"},
    },
    "rails": {
        "type Query": {"people", "person", "addresses", "address", "statuses", "status", "categories", "category",
                       "categoriesProducts", "activeStorageBlobByKey", "newses", "news", "houses", "house", "buses", "bus",
                       "quizzes", "quiz", "analyses", "analysis", "metadatas", "metadata"},
        "type Person": {"manager", "peopleByManagerId", "addresses"},
        "type Category": {"parent", "categoriesByParentId", "products", "categoriesProducts"},
        "type Product": {"categories", "properties"},
    },
    "prisma": {
        "type Query": {"users", "user", "userByEmail", "profiles", "profileByUserId", "posts", "_postToTags",
                       "_postToTagByAAndB", "categories"},
        "type User": {"role", "posts", "profiles", "users"},
        "type Post": {"createdAt", "author", "tags", "_postToTags"},
        "type Tag": {"posts"},
        "enum Role": {"USER", "ADMIN"},
    },
    "weird": {
        "type Query": {"selects", "select", "queries", "query", "mutations", "dates", "ints", "strings", "_2nds", "comps",
                       "parentTs", "childTs", "searchUsers", "unls"},
        "type Select": {"from", "where", "orderBy", "and", "or", "not", "type", "_typename", "_x", "aB", "cD", "eF", "_2fa"},
        "type CompRef": {"compByCaAndCb", "compByCa2AndCb2"},
        "type Node": {"parentId", "parent", "nodeByParentId", "node", "nodesByParentId", "nodesByNodeId"},
        "type One": {"nodeById"},
        "type UsesEmp": {"r", "rs", "e"},
        "type Mutation": {"createThing", "many", "doIt", "createInt"},
    },
    "fraise": {
        "type Query": {"users", "user", "posts", "post"},
        "type User": {"id", "name", "firstName", "tags", "addr", "items", "mixed", "big"},
        "type Post": {"id", "userId", "tenant", "title", "user"},
        "type UserAddr": {"street", "geo"},
        "type Mutation": {"createUser", "createAudit"},
    },
}

HIDDEN = {
    "pagila": {"type Query": {"paymentP202201s", "paymentP202202s"}},
    "django": {"type Query": {"djangoMigrations"}},
    "rails": {"type Query": {"schemaMigrations", "arInternalMetadatas", "productBySku"}},
    "prisma": {"type Query": {"_prismaMigrations"}},
    "weird": {"type Query": {"onlyBads", "emptyTables", "tmp1s"}, "type Mutation": {"stab", "createVoid"}},
    "fraise": {"type Query": {"audits", "vPosts"}, "type User": {"pkUser", "data"}, "type Post": {"data", "fkAuthor"}},
}


@pytest.mark.parametrize("style", sorted(EXPECTED))
def test_names(sdl_of, style):
    sdl = sdl_of(style)
    for head, names in EXPECTED[style].items():
        missing = names - set(block(sdl, head))
        assert not missing, "%s lacks %s" % (head, missing)
    for head, names in HIDDEN.get(style, {}).items():
        shown = names & set(block(sdl, head))
        assert not shown, "%s shows %s" % (head, shown)


@pytest.mark.parametrize("style", ["pagila", "northwind", "django", "rails"])
def test_ordinary_databases_are_strict(databases, style):
    run = run_program("schema", "--strict", "--database", databases(style))
    assert run.returncode == 0 and run.stderr == "", run.stderr


def test_types(sdl_of):
    sample = block(sdl_of("types"), "type Sample")
    expected = {
        "i2": "Int", "i4": "Int", "i8": "BigInt", "f4": "Float", "f8": "Float", "n": "Decimal", "m": "Decimal", "b": "Boolean",
        "t": "String", "v": "String", "c": "String", "ci": "String", "nm": "String", "ch": "String", "u": "UUID", "d": "Date",
        "ti": "Time", "tz": "Time", "ts": "DateTime", "tstz": "DateTime", "iv": "Duration", "j": "JSON", "jb": "JSON", "ba": "Bytes",
        "ip": "IpAddress", "cd": "CIDR", "mac": "MacAddress", "mac8": "MacAddress", "lt": "LTreePath", "r4": "Int4Range",
        "r8": "Int8Range", "nr": "NumRange", "dr": "DateRange", "tsr": "TsRange", "tstzr": "TstzRange", "md": "Mood", "ad": "Addr",
        "em": "String", "we": "String", "pt": "String", "mr": "String", "ai": "[Int]", "am": "[Mood]", "aad": "[Addr]",
        "aj": "[JSON]", "ae": "[String]", "ar": "[Int4Range]", "i2v": "String", "id": "Int!",
    }
    assert {name: sample[name] for name in expected} == expected


def test_empty_database(make_database):
    run = run_program("schema", "--database", make_database())
    assert run.returncode == 0, run.stderr
    assert set(block(run.stdout, "type Query")) == {"_empty"}
    answer = run_program("query", "--database", make_database(), "{ _empty __typename }")
    assert json.loads(answer.stdout) == {"data": {"_empty": None, "__typename": "Query"}}


def test_views_have_their_base_tables_key(make_database):
    url = make_database("""
        create table t (a int, b int, n text, primary key (a, b));
        create view plain as select b as y, a as x, upper(n) as n from t where n <> '' order by n;
        create view part as select a from t;
        create view joined as select t.a, t.b from t, t t2;
        create view repeated as select a, b, generate_series(1, 2) as g from t;
        create view both_times as select a, b from t union all select a, b from t;
        create view inner_one as select s.a, s.b from (select a, b from t, generate_series(1, 2)) s;
        create view with_scalar as select a, b, (select count(*) from t) as c from t;
        create view over as select x, y from plain;
        create materialized view stored as select a, b from t;
        create view computed as select a + 0 as a, b from t;
    """)
    sdl = run_program("schema", "--database", url).stdout
    assert {"plain", "withScalar", "over", "stored"} <= roots(sdl)
    assert not {"part", "joined", "repeated", "bothTime", "innerOne", "computed"} & roots(sdl)
    assert "plain(x: Int!, y: Int!): Plain" in sdl


def test_what_the_role_may_not_read_is_hidden(cluster, make_database):
    url = make_database("""
        create table open (id int primary key, shown text, secret text);
        create table closed (id int primary key, open_id int references open);
        create schema private; create table private.t (id int primary key);
        do $$ begin create role schema_reader login; exception when duplicate_object then null; end $$;
        grant select (id, shown) on open to schema_reader;
    """)
    name = url.rsplit("/", 1)[1].split("?")[0]
    reader = cluster.url(name, "schema_reader")
    sdl = run_program("schema", "--database", reader).stdout
    assert roots(sdl) == {"opens", "open", "opensAggregate"}
    assert set(block(sdl, "type Open")) == {"id", "shown"}
    refused = run_program("schema", "--db-schemas", "private", "--database", reader)
    assert refused.returncode == 2 and "private" in refused.stderr
    missing = run_program("schema", "--db-schemas", "nothing", "--database", url)
    assert missing.returncode == 2 and "nothing" in missing.stderr
    sdl = run_program("schema", "--db-schemas", "private", "--database", url).stdout
    assert {"ts", "t"} <= roots(sdl)


def test_tables_of_one_name_in_two_schemas_are_two(make_database):
    """The one that is left out lends its keys to nobody: they lead to other rows."""
    url = make_database("""
        create schema other;
        create table users (id int primary key, name text);
        create table other.users (id int primary key, code text);
        create table notes (id int primary key, user_id int references users);
        create table other.entries (id int primary key, user_id int references other.users, users_id int references users);
        create function find_user() returns users stable language sql as 'select * from public.users limit 1';
        create function other.find_other() returns other.users stable language sql as 'select * from other.users limit 1';
        comment on function find_user is '@fraiseql:query'; comment on function other.find_other is '@fraiseql:query';
        insert into users values (1, 'ada'); insert into other.users values (1, 'x-1');
        insert into notes values (1, 1); insert into other.entries values (1, 1, 1);
    """)
    run = run_program("schema", "--db-schemas", "other,public", "--database", url)
    assert '"public"."users" is left out' in run.stderr
    assert set(block(run.stdout, "type User")) == {"id", "code", "entries"}
    assert set(block(run.stdout, "type Note")) == {"id", "userId"}
    assert set(block(run.stdout, "type Entry")) == {"id", "userId", "usersId", "user"}
    assert "findOther" in roots(run.stdout)
    sdl = run_program("schema", "--db-schemas", "public,other", "--database", url).stdout
    assert set(block(sdl, "type User")) == {"id", "name", "notes", "entries"}
    assert set(block(sdl, "type Entry")) == {"id", "userId", "usersId", "users"}
    answer = run_program("query", "--db-schemas", "public,other", "--database", url, "{ entries { users { name } } findUser { name } }")
    assert json.loads(answer.stdout) == {"data": {"entries": [{"users": {"name": "ada"}}], "findUser": {"name": "ada"}}}


def test_nested_id_reads_the_mapped_column(make_database, tmp_path):
    """fk_mappings: a filter on machine.id uses machine_id, here with other values than the document to tell them apart."""
    url = make_database("""
        create table tv_user (id int primary key, machine_id uuid, data jsonb not null);
        insert into tv_user values (1, '00000000-0000-0000-0000-000000000001', '{"machine": {"id": "x", "name": "a"}}'),
                                   (2, '00000000-0000-0000-0000-000000000002', '{"machine": {"id": "x", "name": "b"}}');
    """)
    file = tmp_path / "schema.json"
    file.write_text(json.dumps({
        "tables": {"users": {"view_name": "tv_user", "sql_columns": ["id", "machine_id"], "jsonb_column": "data",
                             "fk_mappings": {"machine": "machine_id"}, "has_jsonb_data": True}},
        "types": {"User": {"fields": {"id": {"graphql_type": "Int!"}, "machine": {"graphql_type": "Machine"}}},
                  "Machine": {"fields": {"id": {"graphql_type": "ID"}, "name": {"graphql_type": "String"}}}}}))

    def ids(where):
        run = run_program("query", "--database", url, "--schema", str(file), "{ users(where: %s) { id } }" % where)
        return [user["id"] for user in json.loads(run.stdout)["data"]["users"]]

    assert ids('{machine: {id: {eq: "00000000-0000-0000-0000-000000000002"}}}') == [2]
    assert ids('{machine: {name: {eq: "a"}}}') == [1]
    assert ids('{machine: {OR: [{id: {eq: "00000000-0000-0000-0000-000000000002"}}, {name: {eq: "a"}}]}}') == [1, 2]


def test_files_that_are_wrong(make_database, tmp_path):
    url = make_database("create view v_user as select 1 as id, 2 as machine_id, '{\"id\": 1}'::jsonb as data")
    file = tmp_path / "schema.json"
    users = {"view_name": "v_user", "sql_columns": ["id", "machine_id"], "jsonb_column": "data"}
    types = {"User": {"fields": {"machine": {"graphql_type": "Machine"}}}, "Machine": {"fields": {"id": {"graphql_type": "ID"}}}}
    for content, message in [
        ({}, "`tables` is missing"),
        ([], "a JSON object is expected"),
        ({"tables": {"users": {}}}, "tables.users.view_name is missing"),
        ({"tables": {"users": {**users, "view_name": "v_users"}}}, '"v_users" does not exist'),
        ({"tables": {"users": {**users, "sql_columns": ["id", "ident"]}}}, '"v_user" has no column "ident"'),
        ({"tables": {"users": {**users, "jsonb_column": "datum"}}}, 'no json or jsonb column "datum"'),
        ({"tables": {"users": {**users, "fk_mappings": {"machine": "machine"}}}, "types": types}, 'fk_mappings: "machine" is mapped to no column of "v_user"'),
        ({"tables": {"users": {**users, "fk_mappings": {"machine": 1}}}}, 'fk_mappings: "machine" is mapped to no column of "v_user"'),
        ({"tables": {"us ers": users}}, "no name that GraphQL allows"),
        ({"tables": {"users": users}, "types": {"User": {"fields": {"x": {"graphql_type": "Nope"}}}}}, '"Nope" is no type'),
    ]:
        file.write_text(json.dumps(content))
        done = run_program("schema", "--database", url, "--schema", str(file))
        assert (done.returncode, done.stdout) == (2, "") and message in done.stderr, (content, done.stderr)
    # Of no field that is declared: nothing can be filtered so, and v1 took such files.
    file.write_text(json.dumps({"tables": {"users": {**users, "fk_mappings": {"machine": "machine"}}}}))
    done = run_program("schema", "--database", url, "--schema", str(file))
    assert done.returncode == 0 and "is mapped to no column" in done.stderr and "machine: " not in done.stdout
    assert run_program("schema", "--database", url, "--schema", str(file), "--strict").returncode == 2


def test_mapped_columns_need_not_be_listed(make_database, tmp_path):
    """The form of v1's own example: fk_mappings names a column that sql_columns leaves out."""
    url = make_database("""create view v_user as select n as id, ('00000000-0000-4000-8000-00000000000' || n)::uuid as machine_id,
        jsonb_build_object('id', n, 'machine', jsonb_build_object('id', 'other')) as data from generate_series(1, 3) n""")
    file = tmp_path / "schema.json"
    file.write_text(json.dumps({
        "tables": {"users": {"view_name": "v_user", "sql_columns": ["id"], "jsonb_column": "data",
                             "fk_mappings": {"machine": "machine_id"}, "has_jsonb_data": True}},
        "types": {"User": {"fields": {"id": {"graphql_type": "Int!"}, "machine": {"graphql_type": "Machine"}}},
                  "Machine": {"fields": {"id": {"graphql_type": "ID!", "sql_type": "uuid"}}}}}))
    sdl = run_program("schema", "--schema", str(file))
    assert sdl.returncode == 0 and "machineId" not in sdl.stdout
    assert sdl.stdout == run_program("schema", "--database", url, "--schema", str(file)).stdout
    done = run_program("query", "--database", url, "--schema", str(file),
                       '{ users(where: {machine: {id: {eq: "00000000-0000-4000-8000-000000000002"}}}) { id } }')
    assert json.loads(done.stdout) == {"data": {"users": [{"id": 2}]}}


def test_extensions_objects_are_hidden(make_database):
    url = make_database("create extension pg_buffercache; create table t (id int primary key);")
    assert roots(run_program("schema", "--database", url).stdout) == {"ts", "t", "tsAggregate"}


# -- the printed file -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("style", STYLES)
def test_printed_json_loads_again(databases, sdl_of, style, tmp_path):
    printed = run_program("introspect", "--database", databases(style))
    assert printed.returncode == 0, printed.stderr
    data = json.loads(printed.stdout)
    assert all(isinstance(table["view_name"], str) for table in data["tables"].values())
    file = tmp_path / "schema.json"
    file.write_text(printed.stdout)
    assert run_program("schema", "--schema", str(file)).stdout == sdl_of(style)
    assert run_program("schema", "--schema", str(file), "--database", databases(style)).stdout == sdl_of(style)


FUNCTIONS = """
    create type size as enum ('very small', 'large');
    create table thing (id int primary key, name text);
    insert into thing values (1, 'a');
    create function things_of(size size, names text[], more int default 3) returns setof thing language sql stable as
        $$ select * from thing where size = 'very small' and name = any(names) and more = 3 $$;
    create function sizes() returns size[] language sql stable as $$ select enum_range(null::size) $$;
    create function counts() returns setof int language sql stable as $$ values (1), (null) $$;
    create function rename_thing(new_name text, input jsonb) returns thing language sql volatile as
        $$ update thing set name = new_name where id = (input ->> 'id')::int returning * $$;
    create function create_thing(input jsonb) returns thing language sql volatile as $$ insert into thing values (2, 'b') returning * $$;
    comment on function things_of is '@fraiseql:query'; comment on function sizes is '@fraiseql:query'; comment on function counts is '@fraiseql:query';
"""


def test_printed_json_with_functions_can_be_edited(make_database, tmp_path):
    """Without `source` the file's tables, types and functions rule: as they were printed they are the same schema."""
    url = make_database(FUNCTIONS)
    data = json.loads(run_program("introspect", "--database", url).stdout)
    assert set(data["queries"]) == {"thingsOf", "sizes", "counts"} and set(data["mutations"]) == {"renameThing", "createThing"}
    del data["source"]
    file = tmp_path / "schema.json"
    file.write_text(json.dumps(data))
    edited = run_program("schema", "--schema", str(file), "--database", url)
    sdl = run_program("schema", "--database", url).stdout
    assert edited.returncode == 0, edited.stderr
    assert sorted(edited.stdout.splitlines()) == sorted(sdl.splitlines())
    query = '{ sizes counts thingsOf(size: very_small, names: ["a"]) { id name } }'
    answer = run_program("query", "--schema", str(file), "--database", url, query).stdout
    assert json.loads(answer) == {"data": {"sizes": ["very_small", "large"], "counts": [1, None], "thingsOf": [{"id": 1, "name": "a"}]}}
    mutation = 'mutation { renameThing(newName: "z", input: {id: 1}) { name } createThing(input: {}) { id } }'
    answer = run_program("query", "--schema", str(file), "--database", url, mutation).stdout
    assert json.loads(answer) == {"data": {"renameThing": {"name": "z"}, "createThing": {"id": 2}}}


def test_printed_json_holds_no_rows(databases):
    printed = run_program("introspect", "--database", databases("fraise")).stdout
    assert "User" in printed and "5000000000" not in printed


# -- everything that is published works --------------------------------------------------------------------------------

VALUES = {
    "Int": 1, "Float": 1.5, "String": "a@b", "Boolean": True, "ID": "1", "BigInt": "1", "Decimal": "1.5",
    "UUID": "123e4567-e89b-12d3-a456-426614174000", "Date": "2024-01-01", "Time": "12:00:00", "DateTime": "2024-01-01T00:00:00",
    "Duration": "P1D", "JSON": {"a": 1}, "Bytes": "AAE=", "IpAddress": "10.0.0.1", "CIDR": "10.0.0.0/8",
    "MacAddress": "08:00:2b:01:02:03", "LTreePath": "a.b", "Int4Range": "[1,2)", "Int8Range": "[1,2)", "NumRange": "[1,2)",
    "DateRange": "[2024-01-01,2024-02-01)", "TsRange": "[2024-01-01,2024-02-01)", "TstzRange": "[2024-01-01,2024-02-01)",
}

INTROSPECTION = """{ __schema { types { kind name
    fields { name args { name type { ...ref } } type { ...ref } }
    inputFields(includeDeprecated: true) { name type { ...ref } } enumValues { name } } } }
    fragment ref on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }"""

# Views and functions that fail by their own definition.
BROKEN = {"booms", "boom", "boomsAggregate"}


class Published:
    def __init__(self, server):
        self.server = server
        self.types = {t["name"]: t for t in server.gql(INTROSPECTION)["__schema"]["types"]}

    @staticmethod
    def core(ref):
        while ref.get("ofType"):
            ref = ref["ofType"]
        return ref

    def value(self, ref):
        """A value for an input of that type."""
        if ref["kind"] == "NON_NULL":
            return self.value(ref["ofType"])
        if ref["kind"] == "LIST":
            return [self.value(ref["ofType"])] * 2
        if ref["kind"] == "ENUM":
            return self.types[ref["name"]]["enumValues"][0]["name"]
        return VALUES[ref["name"]]

    def selection(self, name, depth):
        parts = ["__typename"]
        for field in self.types[name]["fields"]:
            core = self.core(field["type"])
            if core["kind"] in ("SCALAR", "ENUM"):
                parts.append(field["name"])
            elif depth > 0:
                limit = "(limit: 1)" if any(a["name"] == "limit" for a in field["args"]) else ""
                parts.append("%s%s { %s }" % (field["name"], limit, self.selection(core["name"], depth - 1)))
        return " ".join(parts)

    @staticmethod
    def text(ref):
        if ref["kind"] == "NON_NULL":
            return Published.text(ref["ofType"]) + "!"
        if ref["kind"] == "LIST":
            return "[" + Published.text(ref["ofType"]) + "]"
        return ref["name"]


@pytest.mark.parametrize("style", STYLES)
def test_every_root_field_works(databases, serve, style):
    published = Published(serve(databases(style)))
    for field in published.types["Query"]["fields"]:
        if field["name"] in BROKEN:
            continue
        declared, given, variables = [], [], {}
        for arg in field["args"]:
            if arg["type"]["kind"] == "NON_NULL":
                declared.append("$%s: %s" % (arg["name"], published.text(arg["type"])))
                given.append("%s: $%s" % (arg["name"], arg["name"]))
                variables[arg["name"]] = published.value(arg["type"])
            elif arg["name"] == "limit":
                given.append("limit: 3")
        core = published.core(field["type"])
        selection = " { %s }" % published.selection(core["name"], 2) if core["kind"] == "OBJECT" else ""
        document = "query %s { %s%s%s }" % ("(%s)" % ", ".join(declared) if declared else "", field["name"],
                                            "(%s)" % ", ".join(given) if given else "", selection)
        answer = published.server.post(document, variables)
        assert answer.status == 200, (document, answer.text)
        errors = json.loads(answer.text).get("errors", [])
        assert not errors, (document, errors)


@pytest.mark.parametrize("style", STYLES)
def test_every_condition_and_order_works(databases, serve, style):
    published = Published(serve(databases(style)))
    for field in published.types["Query"]["fields"]:
        args = {a["name"]: a["type"] for a in field["args"]}
        if "where" not in args or field["name"] in BROKEN or field["name"].endswith("Aggregate"):
            continue
        for name, condition in conditions(published, published.core(args["where"])["name"], 2):
            document = "query ($w: %s) { %s(where: $w) { __typename } }" % (published.text(args["where"]), field["name"])
            answer = published.server.post(document, {"w": condition})
            assert answer.status == 200 and "errors" not in json.loads(answer.text), (document, condition, answer.text)
        if "orderBy" in args:
            for column in published.types[published.core(args["orderBy"])["name"]]["inputFields"]:
                for direction in ("ASC", "DESC_NULLS_LAST"):
                    document = "{ %s(orderBy: [{%s: %s}]) { __typename } }" % (field["name"], column["name"], direction)
                    answer = published.server.post(document)
                    assert answer.status == 200 and "errors" not in json.loads(answer.text), (document, answer.text)


def conditions(published, where, depth):
    for column in published.types[where]["inputFields"]:
        if column["name"] in ("AND", "OR", "NOT"):
            continue
        kind = published.core(column["type"])["name"]
        if kind.endswith("Where"):
            for name, condition in conditions(published, kind, depth - 1) if depth > 0 else ():
                yield column["name"], {column["name"]: condition}
            continue
        for operator in published.types[kind]["inputFields"]:
            yield column["name"], {column["name"]: {operator["name"]: published.value(operator["type"])}}


# -- the checks of input texts, against PostgreSQL itself ---------------------------------------------------------------

TYPES = {
    "BIG_INT": "int8", "DECIMAL": "numeric", "UUID": "uuid", "DATE": "date", "TIME": "timetz", "DATE_TIME": "timestamptz",
    "DURATION": "interval", "IP_ADDRESS": "inet", "CIDR": "cidr", "MAC_ADDRESS": "macaddr8", "LTREE_PATH": "ltree",
    "INT4_RANGE": "int4range", "INT8_RANGE": "int8range", "NUM_RANGE": "numrange", "DATE_RANGE": "daterange",
    "TS_RANGE": "tsrange", "TSTZ_RANGE": "tstzrange",
}


def checked_texts():
    """(scalar, texts taken) of the table in the unit test of the checks."""
    with open(os.path.join(ROOT, "tests", "unit", "schema", "test_check.c")) as f:
        table = f.read().split("static const row scalars[]")[1].split("};")[0]
    for scalar, good in re.findall(r"\{FQ_SCALAR_(\w+),\s*\{(.*?)\},\s*\{", table, re.S):
        yield scalar, [json.loads('"%s"' % text) for text in re.findall(r'"((?:[^"\\]|\\.)*)"', good)]


def test_what_the_checks_take_postgresql_takes(make_database):
    taken = {scalar: texts for scalar, texts in checked_texts() if scalar in TYPES}
    assert set(taken) == set(TYPES)
    with psycopg.connect(make_database("create extension ltree"), autocommit=True) as connection:
        for scalar, texts in taken.items():
            assert texts
            for text in texts:
                connection.execute("select %s::text::" + TYPES[scalar], [text])
