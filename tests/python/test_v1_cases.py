# SPDX-License-Identifier: MIT
"""Cases that FraiseQL v1 tested from the outside, with schemas of our own: what a user of v1 may rely on. Where v1 answered
wrongly (__typename that nobody selected, [] for a list that failed, numbers compared as texts) the right answer stands
here. Through `await execute_graphql_query`, and over HTTP where v1 went that way."""

import hashlib
import json
import urllib.parse
import uuid

import psycopg
import pytest

from fraiseql import _fraiseql_rs as rs
from fraiseql import _native
from support.asgi import Uvicorn

SQL = """
create table tb_equipment (pk_equipment int primary key, id uuid unique not null, name text not null, is_active boolean not null);
create table tb_assignment (id uuid primary key, fk_equipment int references tb_equipment, note text);
insert into tb_equipment values (1, '00000000-0000-4000-8000-0000000000e1', 'Device ABC', true),
                                (2, '00000000-0000-4000-8000-0000000000e2', 'Device XYZ', false);
insert into tb_assignment values ('00000000-0000-4000-8000-0000000000a1', 1, 'first'),
                                 ('00000000-0000-4000-8000-0000000000a2', null, 'second');
create view v_assignment as select a.id, jsonb_build_object('id', a.id, 'note', a.note, 'equipment',
    case when e.id is not null then jsonb_build_object('id', e.id, 'name', e.name, 'is_active', e.is_active) end) as data
    from tb_assignment a left join tb_equipment e on e.pk_equipment = a.fk_equipment;

create view v_network as select 1 as id, '{
    "dns_1": {"ip_address": "10.0.0.1", "is_primary": true}, "dns_2": {"ip_address": "10.0.0.2", "is_primary": false},
    "smtp_server": {"host_name": "mail", "port_number": 25}, "gateway": null,
    "print_servers": [{"host_name": "p1", "queue_list": [{"queue_name": "q1", "page_2_content": "x_y"}]}, {"host_name": "p2",
    "queue_list": []}], "dns_1_id": "d1", "backup_1_id": "b1"}'::jsonb as data;

create table tb_user (id int primary key, name text not null, age int, active boolean not null);
insert into tb_user select n, 'User ' || lpad(n::text, 2, '0'), 20 + n * 7 % 23, n % 3 > 0 from generate_series(1, 20) n;
create view v_user as select id, jsonb_build_object('id', id, 'first_name', name, 'age', age, 'active', active) as data
    from tb_user;
create table tb_post (id int primary key, author_id int not null, title text not null, amount numeric(10, 2));
insert into tb_post select 100 + n, 1 + n % 5, 'Post ' || n, (array[25, 125, 1000, 1234.53, 9, 10, 99.9])[1 + n % 7]
    from generate_series(1, 12) n;
create view v_post as select p.id, p.author_id, jsonb_build_object('id', p.id, 'title', p.title, 'amount', p.amount,
    'author', jsonb_build_object('id', u.id, 'first_name', u.name)) as data
    from tb_post p join tb_user u on u.id = p.author_id;
create view v_comment as select n as id, jsonb_build_object('id', n, 'body', 'Comment ' || n) as data
    from generate_series(1, 3) n;
create view v_user_group as select 1 as id, jsonb_build_object('id', 1, 'label', 'admins') as data;
create view v_user_setting as select 7 as id, jsonb_build_object('id', 7, 'label', 'dark') as data;
create view v_nothing as select 1 as id, '{"id": 1, "label": "x"}'::jsonb as data where current_setting('app.show', true) = '1';
create function fail() returns int volatile language plpgsql as
    $$ begin if current_setting('app.failing', true) = '1' then raise exception 'Database connection failed'; end if;
       return 1; end $$;
create view v_report as select fail() as id, '{"id": 1, "label": "r"}'::jsonb as data;

create table tb_machine (id uuid primary key, name text not null);
insert into tb_machine values ('00000000-0000-4000-8000-00000000000a', 'A'), ('00000000-0000-4000-8000-00000000000b', 'B');
create table tv_allocation (id int primary key, machine_id uuid, data jsonb not null);
insert into tv_allocation select n, m.id, jsonb_build_object('id', n, 'label', 'allocation ' || n, 'machine',
    jsonb_build_object('id', m.id, 'name', m.name)) from generate_series(1, 9) n
    join tb_machine m on m.name = case when n % 3 = 0 then 'B' else 'A' end;

create table tb_server (id int primary key, ip_address inet not null);
insert into tb_server values (1, '8.8.8.8'), (2, '21.43.63.2'), (3, '21.43.108.1'), (4, '10.0.0.9'), (5, '2001:db8::1');
create view v_server as select id, ip_address, jsonb_build_object('id', id, 'ip_address', host(ip_address)) as data from tb_server;
"""
MACHINE_A, MACHINE_B = ("00000000-0000-4000-8000-00000000000" + letter for letter in "ab")


@pytest.fixture(scope="module")
def database(make_database):
    return make_database(SQL)


@pytest.fixture(scope="module")
def truth(database):
    """truth(sql, *values) -> the rows of independent SQL."""
    with psycopg.connect(database, autocommit=True) as connection:
        yield lambda sql, *values: connection.execute(sql, values).fetchall()


@pytest.fixture(scope="module")
def pipeline(database):
    """The pipeline of the process, from the database's own schema."""
    pool = rs.DatabasePool(database, {"max_size": 4})
    before = getattr(_native, "_current", None)
    rs.initialize_graphql_pipeline(None, pool)
    yield
    _native._current = before
    pool.close()


@pytest.fixture
def ask(pipeline):
    async def ask(query, variables=None, context=None):
        return json.loads(await rs.execute_graphql_query(query, variables or {}, context or {}))

    return ask


@pytest.fixture(scope="module")
def http(database):
    server = Uvicorn("fraiseql.fastapi.app:app", database)
    yield server
    server.close()


def post(server, body, headers=None):
    answer = server.request("POST", "/graphql", json.dumps(body),
                            {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})})
    return answer.status, json.loads(answer.body)


@pytest.fixture(params=["function", "http"])
def both(request, ask):
    """The same question by the function and over HTTP."""
    if request.param == "function":
        return ask
    server = request.getfixturevalue("http")

    async def over_http(query, variables=None):
        status, answer = post(server, {"query": query, "variables": variables})
        assert status == 200
        return answer

    return over_http


# -- __typename and nested documents -----------------------------------------------------------------------------------


async def test_typename_of_nested_documents(both):
    answer = await both("{ assignments { id __typename equipment { id name isActive __typename } } }")
    first, second = answer["data"]["assignments"]
    assert first == {"id": "00000000-0000-4000-8000-0000000000a1", "__typename": "Assignment", "equipment": {
        "id": "00000000-0000-4000-8000-0000000000e1", "name": "Device ABC", "isActive": True,
        "__typename": "AssignmentEquipment"}}
    assert second == {"id": "00000000-0000-4000-8000-0000000000a2", "__typename": "Assignment", "equipment": None}
    assert "errors" not in answer


async def test_typename_of_nested_documents_with_declared_types(database):
    """As v1 declared it: Equipment is a type of its own."""
    field = {"sql_type": "text", "is_scalar": True, "is_list": False}
    schema = {
        "tables": {"assignments": {"view_name": "v_assignment", "sql_columns": ["id"], "jsonb_column": "data",
                                   "fk_mappings": {}, "has_jsonb_data": True}},
        "types": {
            "Assignment": {"name": "Assignment", "fields": {
                "id": {**field, "graphql_type": "ID!", "sql_type": "uuid"},
                "equipment": {**field, "graphql_type": "Equipment", "sql_type": "jsonb", "is_scalar": False}}},
            "Equipment": {"name": "Equipment", "fields": {
                "name": {**field, "graphql_type": "String!"},
                "isActive": {**field, "graphql_type": "Boolean", "sql_type": "bool"}}},
        },
    }
    pool = rs.DatabasePool(database)
    answer = rs.PyGraphQLPipeline(json.dumps(schema), pool).execute(
        "{ assignments { __typename equipment { __typename name isActive } } }", {}, {})
    assert json.loads(answer) == {"data": {"assignments": [
        {"__typename": "Assignment", "equipment": {"__typename": "Equipment", "name": "Device ABC", "isActive": True}},
        {"__typename": "Assignment", "equipment": None}]}}
    pool.close()


async def test_typename_only_where_it_is_selected(ask):
    answer = await ask("{ users(limit: 2) { id } user(id: 1) { id } none: user(id: 999) { id __typename } }")
    assert answer == {"data": {"users": [{"id": 1}, {"id": 2}], "user": {"id": 1}, "none": None}}
    answer = await ask("{ __typename users(limit: 2) { id __typename } user(id: 1) { kind: __typename } }")
    assert answer == {"data": {"__typename": "Query", "users": [{"id": 1, "__typename": "User"}, {"id": 2, "__typename": "User"}],
                               "user": {"kind": "User"}}}


async def test_keys_are_in_camel_case_at_every_level(ask):
    answer = await ask("""{ networks { dns1 { ipAddress isPrimary } dns2 { ipAddress } smtpServer { hostName portNumber }
        gateway printServers { hostName queueList { queueName page2Content } } } }""")
    assert answer == {"data": {"networks": [{
        "dns1": {"ipAddress": "10.0.0.1", "isPrimary": True}, "dns2": {"ipAddress": "10.0.0.2"},
        "smtpServer": {"hostName": "mail", "portNumber": 25}, "gateway": None,
        "printServers": [{"hostName": "p1", "queueList": [{"queueName": "q1", "page2Content": "x_y"}]},
                         {"hostName": "p2", "queueList": []}]}]}}


async def test_names_with_a_number_between_underscores(ask):
    assert await ask("{ networks { dns1Id backup1Id } }") == {"data": {"networks": [{"dns1Id": "d1", "backup1Id": "b1"}]}}
    # In v1 such a field could not be filtered: it looked for dns1_id.
    for value, found in ("d1", [{"backup1Id": "b1"}]), ("d2", []):
        answer = await ask("query ($v: String) { networks(where: {dns1Id: {eq: $v}}) { backup1Id } }", {"v": value})
        assert answer == {"data": {"networks": found}}


# -- several root fields -----------------------------------------------------------------------------------------------

TWO_ROOTS = "{ users(limit: 2) { id firstName } posts(limit: 2) { id title } }"


async def test_two_roots(both):
    assert await both(TWO_ROOTS) == {"data": {
        "users": [{"id": 1, "firstName": "User 01"}, {"id": 2, "firstName": "User 02"}],
        "posts": [{"id": 101, "title": "Post 1"}, {"id": 102, "title": "Post 2"}]}}


async def test_three_and_five_roots(both):
    answer = await both("{ users(limit: 1) { id } posts(limit: 1) { id } comments(limit: 1) { id } }")
    assert answer == {"data": {"users": [{"id": 1}], "posts": [{"id": 101}], "comments": [{"id": 1}]}}
    answer = await both("""{ comments(limit: 1) { body } userGroups { label } post(id: 103) { title } users(limit: 1) { age }
                             userSettings { label } }""")
    assert answer == {"data": {"comments": [{"body": "Comment 1"}], "userGroups": [{"label": "admins"}],
                               "post": {"title": "Post 3"}, "users": [{"age": 27}], "userSettings": [{"label": "dark"}]}}
    assert list(answer["data"]) == ["comments", "userGroups", "post", "users", "userSettings"]


async def test_no_root_is_dropped_under_aliases(ask):
    answer = await ask("""{ first: users(limit: 1) { key: id } second: users(limit: 1, offset: 1) { key: id }
                            articles: posts(limit: 1) { heading: title writer: author { name: firstName } } }""")
    assert answer == {"data": {"first": [{"key": 1}], "second": [{"key": 2}],
                               "articles": [{"heading": "Post 1", "writer": {"name": "User 02"}}]}}


async def test_a_root_that_fails(ask):
    """v1 put [] in the place of the list, which looks like an answer without rows. Here a list is never null, so what is
    above it is: `data`; the error tells which field it was."""
    failing = {"failing": "1"}
    answer = await ask("{ comments { id } reports { id } }", {}, failing)
    assert answer["data"] is None
    error = answer["errors"][0]
    assert error["path"] == ["reports"] and error["locations"] == [{"line": 1, "column": 19}]
    assert error["message"] == "Database connection failed"
    assert error["extensions"] == {"code": "DATABASE_ERROR", "sqlstate": "P0001"}
    assert (await ask("{ comments { id } reports { id } }"))["data"] == {
        "comments": [{"id": 1}, {"id": 2}, {"id": 3}], "reports": [{"id": 1}]}


async def test_one_row_that_fails_is_null_and_others_stay(ask):
    answer = await ask("{ before: user(id: 1) { id } report(id: 1) { label } }", {}, {"failing": "1"})
    assert answer["data"] == {"before": {"id": 1}, "report": None}
    assert [e["path"] for e in answer["errors"]] == [["report"]]


@pytest.mark.parametrize("skip, keys", [(True, ["posts"]), (False, ["users", "posts"])])
async def test_directives_on_roots(ask, skip, keys):
    answer = await ask("query ($s: Boolean!) { users(limit: 1) @skip(if: $s) { id } posts(limit: 1) { id } }", {"s": skip})
    assert list(answer["data"]) == keys
    answer = await ask("query ($s: Boolean!) { users(limit: 1) @include(if: $s) { id } posts(limit: 1) { id } }",
                       {"s": not skip})
    assert list(answer["data"]) == keys


async def test_directives_with_literals_and_below_the_root(ask):
    answer = await ask("""{ users(limit: 1) @skip(if: false) { id age @include(if: false) } posts @include(if: false) { id }
                            comments(limit: 1) @skip(if: false) @include(if: true) { id } }""")
    assert answer == {"data": {"users": [{"id": 1}], "comments": [{"id": 1}]}}
    answer = await ask("{ users(limit: 1) @upper { id } }")
    assert answer["errors"][0]["message"] == 'Unknown directive "@upper".' and "data" not in answer


async def test_fragments(ask):
    answer = await ask("""{ users(limit: 1) { ...Named ... on User { age } } posts(limit: 1) { ...Written } ...More }
        fragment Named on User { id ...Name } fragment Name on User { firstName }
        fragment Written on Post { author { firstName } } fragment More on Query { comments(limit: 1) { id } }""")
    assert answer == {"data": {"users": [{"id": 1, "firstName": "User 01", "age": 27}],
                               "posts": [{"author": {"firstName": "User 02"}}], "comments": [{"id": 1}]}}


async def test_fragments_in_a_circle(ask):
    answer = await ask("{ users { ...A } posts { id } } fragment A on User { id ...B } fragment B on User { ...A }")
    assert "data" not in answer
    assert answer["errors"][0]["message"] == 'Cannot spread fragment "A" within itself via "B".'


# -- arguments and variables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where, expected", [
    ("id: {eq: 3}", "id = 3"),
    ('firstName: {eq: "User 04"}', "name = 'User 04'"),
    ("active: {eq: true}", "active"),
    ("active: {eq: false}", "not active"),
    ("age: {in: [27, 34, 9]}", "age in (27, 34, 9)"),
    ("age: {eq: null}", "age is null"),
    ("age: {gte: 25}, active: {eq: true}", "age >= 25 and active"),
    ("OR: [{age: {gte: 40}, active: {eq: true}}, {id: {lt: 3}}]", "age >= 40 and active or id < 3"),
    ("NOT: {OR: [{age: {lt: 30}}, {id: {gt: 15}}]}", "not (age < 30 or id > 15)"),
])
async def test_literals_of_each_kind(ask, truth, where, expected):
    answer = await ask("{ users(where: {%s}, orderBy: [{id: ASC}]) { id } }" % where)
    assert answer == {"data": {"users": [{"id": id} for id, in truth("select id from tb_user where %s order by id" % expected)]}}


async def test_filters_that_are_built_at_run_time(ask, truth):
    """A dict as a variable: all of its members hold. v1 left members that are None out; here they mean null."""
    query = "query ($where: UserWhereInput) { users(where: $where, orderBy: [{id: ASC}]) { id } }"
    where = {}
    assert len((await ask(query, {"where": where}))["data"]["users"]) == 20
    where["age"] = {"gte": 30}
    where["active"] = {"eq": True}
    where["OR"] = [{"id": {"lt": 5}}, {"firstName": {"endsWith": "9"}}]
    answer = await ask(query, {"where": where})
    rows = truth("select id from tb_user where age >= 30 and active and (id < 5 or name like '%%9') order by id")
    assert rows and answer == {"data": {"users": [{"id": id} for id, in rows]}}
    assert (await ask(query, {"where": {"age": {"eq": None}}}))["data"]["users"] == []


async def test_variables_and_defaults(ask):
    query = "query ($n: Int = 10, $o: Int) { users(limit: $n, offset: $o) { id } }"
    assert len((await ask(query))["data"]["users"]) == 10
    assert len((await ask(query, {"n": 3}))["data"]["users"]) == 3
    assert len((await ask(query, {"n": None}))["data"]["users"]) == 20  # a null that is given stays null: no limit
    assert (await ask(query, {"n": 1, "o": 4}))["data"]["users"] == [{"id": 5}]


@pytest.mark.parametrize("variables, message", [
    ({}, 'Variable "$id" of required type "Int!" was not provided.'),
    ({"id": None}, 'Variable "$id" of non-null type "Int!" must not be null.'),
    ({"id": "one"}, 'Variable "$id" got invalid value "one"; Int cannot represent non-integer value: "one"'),
])
async def test_variables_are_checked(ask, variables, message):
    answer = await ask("query ($id: Int!) { user(id: $id) { id } }", variables)
    assert "data" not in answer and answer["errors"][0]["message"] == message


@pytest.mark.parametrize("arguments, sql", [
    ("orderBy: [{age: ASC}, {id: ASC}]", "order by age, id"),
    ("orderBy: [{age: DESC}, {id: DESC}]", "order by age desc, id desc"),
    ("orderBy: {firstName: DESC}", "order by name desc"),
    ("where: {age: {gte: 25}}, orderBy: [{age: ASC}, {id: ASC}]", "where age >= 25 order by age, id"),
    ("orderBy: [{id: ASC}], limit: 5", "order by id limit 5"),
    ("orderBy: [{id: ASC}], offset: 5", "order by id offset 5"),
    ("orderBy: [{id: ASC}], limit: 5, offset: 10", "order by id limit 5 offset 10"),
    ("limit: 0", "limit 0"),
    ("offset: 100", "offset 100"),
])
async def test_order_and_pages(ask, truth, arguments, sql):
    answer = await ask("{ users(%s) { id age firstName } }" % arguments)
    rows = truth("select id, age, name from tb_user " + sql)
    assert answer == {"data": {"users": [{"id": i, "age": a, "firstName": n} for i, a, n in rows]}}


@pytest.mark.parametrize("name", ["limit", "offset"])
async def test_negative_pages(ask, name):
    for query, variables in ("{ users(%s: -1) { id } }" % name, {}), ("query ($n: Int) { users(%s: $n) { id } }" % name, {"n": -1}):
        answer = await ask(query, variables)
        assert "data" not in answer
        assert answer["errors"][0]["message"] == name + " must be non-negative"
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_numbers_in_documents_are_ordered_and_compared_as_numbers(ask, truth):
    answer = await ask("{ posts(orderBy: [{amount: ASC}, {id: ASC}]) { id amount } }")
    rows = truth("select id, amount::float8 from tb_post order by amount, id")
    assert [(p["id"], float(p["amount"])) for p in answer["data"]["posts"]] == rows
    assert [amount for _, amount in rows][:3] == [9, 9, 10]  # as texts, 10 and 1000 would come first
    answer = await ask("{ posts(where: {amount: {gt: 99}}, orderBy: [{amount: DESC}, {id: ASC}]) { id } }")
    assert [p["id"] for p in answer["data"]["posts"]] == [
        id for id, in truth("select id from tb_post where amount > 99 order by amount desc, id")]


@pytest.mark.parametrize("value", [
    "'; DROP TABLE tb_user; --", "' OR '1'='1", '" OR 1=1 --', "1' UNION SELECT * FROM pg_user --", "/* x */", "\\'; --",
    "%' OR name LIKE '%", "$1", "{{7*7}}", "'||pg_sleep(10)||'",
])
async def test_hostile_values_are_values(ask, truth, value):
    for operator in "eq", "neq", "contains", "startsWith", "endsWith", "like", "ilike", "in":
        given = [value] if operator == "in" else value
        expected = 20 if operator == "neq" else 0
        for query, variables in (
                ("query ($w: UserWhere) { users(where: $w) { id } }", {"w": {"firstName": {operator: given}}}),
                ("{ users(where: {firstName: {%s: %s}}) { id } }" % (operator, json.dumps(given)), {})):
            answer = await ask(query, variables)
            assert len(answer["data"]["users"]) == expected, (operator, answer)
    assert truth("select count(*) from tb_user") == [(20,)]


# -- nested filters ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("machine, ids", [(MACHINE_A, [1, 2, 4, 5, 7, 8]), (MACHINE_B, [3, 6, 9]), (str(uuid.UUID(int=0)), [])])
async def test_a_nested_filter_on_an_id(ask, machine, ids):
    """In a hybrid table (columns beside the document): never all rows."""
    answer = await ask("query ($m: String) { allocations(where: {machine: {id: {eq: $m}}}, orderBy: [{id: ASC}]) { id } }",
                       {"m": machine})
    assert answer == {"data": {"allocations": [{"id": id} for id in ids]}}
    answer = await ask("query ($m: UUID) { allocations(where: {machineId: {eq: $m}}, orderBy: [{id: ASC}]) { id } }",
                       {"m": machine})
    assert answer == {"data": {"allocations": [{"id": id} for id in ids]}}


def test_a_nested_filter_on_an_id_reads_the_column_of_fk_mappings(database):
    field = {"sql_type": "text", "is_scalar": True, "is_list": False}
    schema = json.dumps({
        "tables": {"allocations": {"view_name": "tv_allocation", "sql_columns": ["id"], "jsonb_column": "data",
                                   "fk_mappings": {"machine": "machine_id"}, "has_jsonb_data": True}},
        "types": {
            "Allocation": {"name": "Allocation", "fields": {
                "id": {**field, "graphql_type": "Int!", "sql_type": "int4"}, "label": {**field, "graphql_type": "String"},
                "machine": {**field, "graphql_type": "Machine", "sql_type": "jsonb", "is_scalar": False}}},
            "Machine": {"name": "Machine", "fields": {
                "id": {**field, "graphql_type": "ID!", "sql_type": "uuid"}, "name": {**field, "graphql_type": "String"}}},
        },
    })
    query = ('{ allocations(where: {machine: {id: {eq: "%s"}, name: {eq: "B"}}}, orderBy: [{id: DESC}], limit: 2) '
             "{ id label machine { name } } }" % MACHINE_B)
    made = rs.build_sql_query(rs.parse_graphql_query(query), schema)
    assert '"machine_id" = $1' in made.sql and made.parameters[0] == ("param_1", MACHINE_B)
    pool = rs.DatabasePool(database)
    answer = json.loads(rs.PyGraphQLPipeline(schema, pool).execute(query, {}, {}))
    assert answer == {"data": {"allocations": [{"id": id, "label": "allocation %d" % id, "machine": {"name": "B"}}
                                               for id in (9, 6)]}}
    pool.close()


async def test_addresses(ask):
    """The scalar of an inet column is accepted in a filter, as a literal and as a variable."""
    answer = await ask('{ servers(where: {ipAddress: {eq: "8.8.8.8"}}) { id ipAddress } }')
    assert answer == {"data": {"servers": [{"id": 1, "ipAddress": "8.8.8.8"}]}}
    answer = await ask("query ($ip: IpAddress!) { servers(where: {ipAddress: {eq: $ip}}) { id } }", {"ip": "2001:db8::1"})
    assert answer == {"data": {"servers": [{"id": 5}]}}
    answer = await ask("query ($ips: [IpAddress]) { servers(where: {ipAddress: {nin: $ips}}) { id } }",
                       {"ips": ["8.8.8.8", "10.0.0.9"]})
    assert answer == {"data": {"servers": [{"id": 2}, {"id": 3}, {"id": 5}]}}
    answer = await ask('{ servers(where: {ipAddress: {eq: "8.8.8"}}) { id } }')
    assert "data" not in answer and answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


# -- no rows, one row, names -------------------------------------------------------------------------------------------


async def test_a_row_that_is_not_there_is_null(both):
    assert await both("{ user(id: 999) { id } }") == {"data": {"user": None}}
    assert await both("query ($id: Int!) { missing: user(id: $id) { id firstName } }", {"id": -1}) == {"data": {"missing": None}}


@pytest.mark.parametrize("limit, expected", [(0, []), (1, [{"id": 1}]), (2, [{"id": 1}, {"id": 2}])])
async def test_a_list_is_a_list_however_many_rows_it_has(ask, limit, expected):
    assert await ask("{ comments(limit: %d) { id } }" % limit) == {"data": {"comments": expected}}


async def test_a_list_of_a_view_without_rows(ask):
    assert await ask("{ nothings { id } nothing(id: 1) { id } }") == {"data": {"nothings": [], "nothing": None}}


async def test_names_with_the_same_beginning_are_distinct_fields(ask):
    answer = await ask("{ __schema { queryType { fields { name type { kind name ofType { kind ofType { ofType { name } } } } } } } }")
    fields = {f["name"]: f["type"] for f in answer["data"]["__schema"]["queryType"]["fields"]}
    assert {"user", "users", "userGroup", "userGroups", "userSetting", "userSettings"} <= set(fields)
    assert len(fields) == len(answer["data"]["__schema"]["queryType"]["fields"])
    assert [fields[name]["name"] for name in ("user", "userGroup", "userSetting")] == ["User", "UserGroup", "UserSetting"]
    assert [fields[name]["ofType"]["ofType"]["ofType"]["name"] for name in ("users", "userGroups", "userSettings")] == [
        "User", "UserGroup", "UserSetting"]
    answer = await ask("{ user(id: 1) { id } users(limit: 1) { id } userGroups { id label } userSetting(id: 7) { label } }")
    assert answer == {"data": {"user": {"id": 1}, "users": [{"id": 1}], "userGroups": [{"id": 1, "label": "admins"}],
                               "userSetting": {"label": "dark"}}}


async def test_whole_answers(both):
    assert await both("{ users(limit: 1) { id firstName age active } }") == {
        "data": {"users": [{"id": 1, "firstName": "User 01", "age": 27, "active": True}]}}
    assert await both("{ user(id: 3) { firstName active } }") == {"data": {"user": {"firstName": "User 03", "active": False}}}
    assert await both("query P($id: Int!) { post(id: $id) { title author { id firstName } } }", {"id": 104}) == {
        "data": {"post": {"title": "Post 4", "author": {"id": 5, "firstName": "User 05"}}}}
    assert await both('{ posts(where: {author: {firstName: {eq: "User 01"}}}) { id } }') == {
        "data": {"posts": [{"id": 105}, {"id": 110}]}}


# -- over HTTP alone ---------------------------------------------------------------------------------------------------


def test_persisted_queries(http):
    """Not known, then sent with its hash, then known; a hash that is not the query's is refused, where v1 stored it."""
    query = "{ user(id: 2) { firstName } }"
    digest = hashlib.sha256(query.encode()).hexdigest()
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
    status, answer = post(http, {"extensions": extensions})
    assert status == 200 and answer["errors"][0]["message"] == "PersistedQueryNotFound"
    assert answer["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    found = {"data": {"user": {"firstName": "User 02"}}}
    assert post(http, {"query": query, "extensions": extensions}) == (200, found)
    assert post(http, {"extensions": extensions}) == (200, found)
    url = "/graphql?" + urllib.parse.urlencode({"extensions": json.dumps(extensions)})
    assert json.loads(http.request("GET", url, headers={"Accept": "application/json"}).body) == found
    _, answer = post(http, {"query": "{ users { id } }", "extensions": extensions})
    assert "data" not in answer and answer["errors"]
    assert post(http, {"extensions": extensions}) == (200, found)


INTROSPECTION = {"query": "{ __schema { queryType { name } } }"}


@pytest.mark.parametrize("environment, allowed", [
    ({}, True),
    ({"FRAISEQL_INTROSPECTION_POLICY": "public"}, True),
    ({"FRAISEQL_INTROSPECTION_POLICY": "disabled"}, False),
    ({"FRAISEQL_ENVIRONMENT": "production"}, False),
    ({"FRAISEQL_ENVIRONMENT": "production", "FRAISEQL_INTROSPECTION_POLICY": "public"}, True),
])
def test_introspection_policies(database, environment, allowed):
    server = Uvicorn("fraiseql.fastapi.app:app", database, env=environment)
    try:
        status, answer = post(server, INTROSPECTION)
        assert status == 200
        if allowed:
            assert answer == {"data": {"__schema": {"queryType": {"name": "Query"}}}}
        else:
            assert "data" not in answer and "introspection has been disabled" in answer["errors"][0]["message"]
        assert post(server, {"query": "{ __typename user(id: 1) { __typename } }"}) == (
            200, {"data": {"__typename": "Query", "user": {"__typename": "User"}}})
    finally:
        server.close()


# -- row security ------------------------------------------------------------------------------------------------------

TENANTS = """
create table tb_document (id int primary key, tenant_id uuid not null, title text not null);
insert into tb_document select n, ('00000000-0000-4000-8000-00000000000' || n % 2)::uuid, 'Document ' || n from generate_series(1, 6) n;
alter table tb_document enable row level security;
create policy own on tb_document using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create view v_document with (security_invoker = true) as
    select id, jsonb_build_object('id', id, 'title', title) as data from tb_document;
comment on view v_document is '@fraiseql:type
fields:
  title: String!';
"""


@pytest.fixture
def tenants(cluster, make_database):
    """The URL of a database with row security, for a role that it holds for."""
    role = "v1_%s" % uuid.uuid4().hex[:12]
    with cluster.admin() as admin:
        admin.execute('create role "%s" login' % role)
    url = make_database(TENANTS)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('grant select on tb_document, v_document to "%s"' % role)
    yield url.replace("//postgres@", "//%s@" % role)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('drop owned by "%s"' % role)
    with cluster.admin() as admin:
        admin.execute('drop role "%s"' % role)


def test_tenants_see_their_own_rows(tenants):
    """In v1 the context never reached a read, so that policies on app.tenant_id did not work."""
    pool = rs.DatabasePool(tenants, {"max_size": 1})  # one connection: nothing of a tenant stays on it
    pipeline = rs.PyGraphQLPipeline(None, pool)

    def ids(context):
        answer = json.loads(pipeline.execute("{ documents { id } }", {}, context))
        return [row["id"] for row in answer["data"]["documents"]]

    zero, one = ({"tenant_id": "00000000-0000-4000-8000-00000000000%d" % n} for n in range(2))
    for _ in range(3):
        assert ids(zero) == [2, 4, 6]
        assert ids(one) == [1, 3, 5]
        assert ids({}) == []
    assert json.loads(pipeline.execute("{ document(id: 1) { title } }", {}, zero)) == {"data": {"document": None}}
    assert json.loads(pipeline.execute("{ document(id: 1) { title } }", {}, one)) == {"data": {"document": {"title": "Document 1"}}}
    pool.close()
