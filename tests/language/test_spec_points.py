# SPDX-License-Identifier: MIT
"""The points of the specification that implementations most often get wrong, one by one, over HTTP where they can be seen
there. docs/testing.md has the table that leads from each point to its tests; most stand here, some in files of their own."""

import json
import urllib.parse

import pytest

from support.raw import Raw, post
from support.server import run_program

JSON = {"Content-Type": "application/json"}
NEW = {"Accept": "application/graphql-response+json"}
SQL = """
create type mood as enum ('happy', 'sad');
create table item (id int primary key, name text not null, size int, big bigint, ratio float8, flag boolean, tags text[],
  mood mood, parent_id int references item);
comment on column item.size is 'How large.';
insert into item values (1, 'one', 10, 9007199254740993, 1.5, true, '{a,b}', 'happy', null), (2, 'two', 20, 2, 'NaN', false, '{}', 'sad', 1),
  (3, 'three', null, 3, 'Infinity', null, null, null, 1), (4, 'four', 7, null, null, null, null, null, 99 - 97);
create table tag (id int primary key, code text not null unique);
comment on column tag.id is '@fraiseql:field type=ID';
insert into tag values (1, 'red'), (12345, 'blue');
create table log (id int generated always as identity primary key, text text not null);
create function add_log(input jsonb) returns log volatile language sql as $$ insert into log (text) values (input ->> 'text') returning * $$;
create function too_wide(input jsonb) returns item volatile language sql as $$ select (1, 'x', null, null, null, null, null, null, null)::item $$;
"""
SDL = """
directive @once(n: Int) on FIELD | QUERY | FRAGMENT_DEFINITION | VARIABLE_DEFINITION
directive @again repeatable on FIELD
type Query { a: Int b(x: Int = 1, l: [Int], ll: [[Int]], o: In, one: One, id: ID, c: Color, need: Int! = 3): Int pet: Pet any: Any list: [Pet!] }
type Mutation { m: Int }
type Subscription { s: Int t: Int }
interface Pet { name: String }
type Dog implements Pet { name: String size: Int barks: Boolean! kin: [Dog] }
type Cat implements Pet { name: String size: String barks: Boolean kin: Dog }
union Any = Dog | Cat
input In { a: Int b: String! = "x" c: In d: [Int!] @deprecated }
input One @oneOf { n: Int s: String }
enum Color { RED GREEN }
"""


@pytest.fixture(scope="module")
def server(make_database, serve):
    return serve(make_database(SQL))


@pytest.fixture(scope="module")
def sdl(tmp_path_factory):
    path = tmp_path_factory.mktemp("sdl") / "schema.graphql"
    path.write_text(SDL)
    return str(path)


@pytest.fixture(scope="module")
def judge(sdl):
    """The messages of a document against the SDL above."""
    def ask(document):
        done = run_program("check", "--schema", sdl, "--json", input=document)
        assert done.returncode in (0, 1), done.stderr
        return [e["message"] for e in json.loads(done.stdout)["errors"]]
    return ask


@pytest.fixture(scope="module")
def coerce(sdl):
    """What variables become: {"coerced": ...}, or {"errors": [messages]}."""
    def ask(definitions, variables):
        line = json.dumps({"id": 1, "kind": "variables", "schema": sdl, "document": "query (%s) { a }" % definitions})[:-1] + ', "variables": %s}' % variables
        answer = json.loads(run_program("check", "--jsonl", input=line + "\n").stdout)
        return {"coerced": answer["coerced"]} if answer["valid"] else {"errors": [e["message"] for e in answer["errors"]]}
    return ask


def syntax(server, document):
    """The message of a syntax error, or ""."""
    answer = server.post(document)
    first = (answer.json.get("errors") or [{"extensions": {}}])[0]
    return first["message"] if first["extensions"].get("code") == "GRAPHQL_PARSE_FAILED" else ""


def refused(server, document, variables=None, **more):
    answer = server.post(document, variables, headers=NEW, **more)
    assert answer.status == 400 and "data" not in answer.json, answer
    return [e["message"] for e in answer.errors]


# -- 1, 2: HTTP (media types and their qualities stand in tests/integration/test_http.py) ------------------------------

def test_1_request_errors_have_no_data_and_field_errors_have_it(server):
    request_error = server.post("{ nothing }", headers=NEW)
    assert request_error.status == 400 and "data" not in request_error.json
    field_error = server.post("{ item(id: 2) { id ratio } }", headers=NEW)
    assert field_error.status == 200 and field_error.json["data"] == {"item": {"id": 2, "ratio": None}}


@pytest.mark.parametrize("accept, status, media", [
    ("application/json;q=0.1, application/graphql-response+json;q=0.2", 400, "application/graphql-response+json"),
    ("application/graphql-response+json;q=0.1, application/json;q=0.2", 400, "application/json"),
    ("APPLICATION/JSON ; Charset=\"utf-8\" ; q=1.0", 200, "application/json"),
    ("text/html;q=0.9, */*;q=0.1", 400, "application/json"),
    ("application/graphql-response+json;q=0, application/*", 400, "application/json"),
])
def test_2_accept_is_read_whole(server, accept, status, media):
    answer = server.post("{ nothing }", headers={"Accept": accept})
    assert (answer.status, answer.headers["Content-Type"].split(";")[0]) == (status, media)


# -- 3: depth, in the parser, the rules, the printer and what runs (tests/fault/test_hostile.py has the 100,000 levels) -

@pytest.mark.parametrize("document", [
    "{ items " + "{ parent " * 70 + "{ id }" + " }" * 70 + " }",
    "{ items(where: " + "{NOT: " * 70 + "{}" + "}" * 70 + ") { id } }",
    "{ items(where: {size: {in: " + "[" * 70 + "]" * 70 + "}}) { id } }",
    "query ($v: " + "[" * 70 + "Int" + "]" * 70 + ") { __typename }",
    "{ items " + "{ ... " * 70 + "{ id }" + " }" * 70 + " }",
    "{ items { ...f0 } } " + " ".join("fragment f%d on Item { parent { ...f%d } }" % (i, i + 1) for i in range(70)) + " fragment f70 on Item { id }",
])
def test_3_depth_is_limited(server, document):
    assert "deep" in refused(server, document)[0] or "depth" in refused(server, document)[0]


def test_3_errors_are_limited(server):
    answer = server.post("{ " + " ".join("x%d" % i for i in range(1000)) + " }", headers=NEW)
    assert len(answer.errors) == 101
    assert answer.errors[-1]["message"] == "Too many validation errors, error limit reached. Validation aborted."


# -- 4: fields that overlap --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("document, expected", [
    ("{ b(x: 1, c: RED) b(c: RED, x: 1) }", ""),
    ("{ b(o: {a: 1, b: \"x\"}) b(o: {b: \"x\", a: 1}) }", ""),
    ("{ b(l: [1, 2]) b(l: [2, 1]) }", "differing arguments"),
    ("{ pet { ... on Dog { size } ... on Cat { size } } }", "conflicting types"),
    ("{ pet { ... on Dog { barks } ... on Cat { barks } } }", "conflicting types"),
    ("{ pet { ... on Dog { kin { name } } ... on Cat { kin { name } } } }", "conflicting types"),
    ("{ pet { ...A ...B } } fragment A on Dog { k: name ...C } fragment B on Dog { ...C } fragment C on Dog { k: size }", "different fields"),
    ("{ pet { ... on Dog { kin { ...A } } } } fragment A on Dog { x: name ...B } fragment B on Dog { x: size ...A }", "different fields"),
])
def test_4_overlapping_fields(judge, document, expected):
    assert [m for m in judge(document) if "Fields" in m] == [] if not expected else any(expected in m for m in judge(document))


def test_4_overlapping_fields_take_no_time(server):
    """Quadratic or exponential comparing would take minutes or more here."""
    repeated = "{ items { " + "id " * 6000 + "} }"
    pairwise = "{ items { " + " ".join("...f%d" % i for i in range(120)) + " } } " + " ".join(
        "fragment f%d on Item { %s }" % (i, " ".join("...f%d" % j for j in range(i + 1, 120)) or "id") for i in range(120))
    for document in (repeated, pairwise):
        assert server.post(document).status in (200, 400)


# -- 5: fragments that go round, and such as are missing ---------------------------------------------------------------

@pytest.mark.parametrize("document, expected", [
    ("{ items { ...a } } fragment a on Item { ...a }", 'Cannot spread fragment "a" within itself.'),
    ("{ items { ...a } } fragment a on Item { parent { ...b } } fragment b on Item { ...a }", 'Cannot spread fragment "a" within itself via "b".'),
    ("{ items { ...a } }", 'Unknown fragment "a".'),
    ("{ items { ...a } } fragment a on Item { ...missing }", 'Unknown fragment "missing".'),
])
def test_5_fragments(server, document, expected):
    assert expected in refused(server, document)


def test_5_doubling_fragments_are_limited(server):
    document = "{ items { ...f0 } } " + " ".join("fragment f%d on Item { a: parent { ...f%d } b: parent { ...f%d } }" % (i, i + 1, i + 1) for i in range(30)) + " fragment f30 on Item { id }"
    assert "fields" in refused(server, document)[0]


# -- 6, 7, 8, 9: characters --------------------------------------------------------------------------------------------

def echo(server, literal):
    """A string literal as PostgreSQL has received it."""
    return server.gql("mutation { addLog(input: {text: %s}) { text } }" % literal)["addLog"]["text"]


@pytest.mark.parametrize("literal, expected", [
    ('"""\n    a\n      b\n\n    c\n  """', "a\n  b\n\nc"),
    ('"""first\n    a\n   b"""', "first\n a\nb"),
    ('"""a\r\n  b\r  c\n  d"""', "a\nb\nc\nd"),
    ('"""\n\n  \n  a\n\n \n"""', "a"),
    ('"""a \\""" b \\n \\u0041"""', 'a """ b \\n \\u0041'),
    ('"""\n\u00a0 a\n\u00a0 b"""', "\u00a0 a\n\u00a0 b"),
    ('"""\n\ta\n\t\tb"""', "a\n\tb"),
    ('""""""', ""),
])
def test_6_block_strings(server, literal, expected):
    assert echo(server, literal) == expected


@pytest.mark.parametrize("literal, expected", [
    ('"\\u{1F600}"', "\U0001f600"), ('"\\uD83D\\uDE00"', "\U0001f600"), ('"\\u{10FFFF}"', "\U0010ffff"), ('"\\u{000041}"', "A"),
    ('"\\/ \\b\\f\\n\\r\\t \\\\ \\""', '/ \b\f\n\r\t \\ "'),
])
def test_7_strings(server, literal, expected):
    assert echo(server, literal) == expected


@pytest.mark.parametrize("literal", ['"\\u{110000}"', '"\\u{D800}"', '"\\uD83D"', '"\\uDE00"', '"\\uD83D\\u{DE00}"', '"\\u{}"', '"\\u{D83D}\\uDE00"', '"a\nb"', '"\\x41"', "\"\\'\"", '"\\u12"', '"'])
def test_7_strings_that_are_none(server, literal):
    assert syntax(server, "mutation { addLog(input: {text: %s}) { text } }" % literal).startswith("Syntax Error: ")


def test_7_nul_is_legal_here_and_not_in_postgresql(server):
    answer = server.post('{ items(where: {name: {eq: "a\\u0000b"}}) { id } }')
    assert answer.status == 400 and answer.errors[0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("number", ["00", "01", "-01", "1.", ".5", "1e", "1e+", "0x1", "1a", "1.2.3", "1.0a", "- 1", "+1", "1_000", "1e5e5"])
def test_8_numbers_that_are_none(server, number):
    assert syntax(server, "{ items(limit: %s) { id } }" % number), number


@pytest.mark.parametrize("number", ["0", "-0", "1", "-7"])
def test_8_numbers(judge, number):
    assert judge("{ b(x: %s) }" % number) == []


def test_9_ignored_tokens(server):
    assert server.gql(",,\ufeff{,items(,where:{id:{eq:1},,}\ufeff,),# a comment\r{ id # another\n,,name\t}\r\n}\ufeff") == {"items": [{"id": 1, "name": "one"}]}


@pytest.mark.parametrize("character", ["\u00a0", "\v", "\f", "\u2028", "\u200b"])
def test_9_what_is_no_white_space(server, character):
    assert "Unexpected character" in syntax(server, "{ items%s{ id } }" % character)


# -- 10, 11, 12: numbers as values -------------------------------------------------------------------------------------

def test_10_int_has_32_bits(server, make_database, serve, tmp_path):
    assert refused(server, "{ items(limit: 2147483648) { id } }") == ["Int cannot represent non 32-bit signed integer value: 2147483648"]
    assert "2147483648" in refused(server, "query ($l: Int) { items(limit: $l) { id } }", {"l": 2147483648})[0]
    schema = {"tables": {"wides": {"view_name": "wide", "sql_columns": ["id", "n"]}},
              "types": {"Wide": {"name": "Wide", "fields": {"id": {"graphql_type": "Int", "is_scalar": True}, "n": {"graphql_type": "Int", "is_scalar": True}}}}}
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(schema))
    wide = serve(make_database("create table wide (id int primary key, n bigint); insert into wide values (1, 5), (2, 2147483648)"), "--schema", str(path))
    answer = wide.post("{ wides(orderBy: [{id: ASC}]) { id n } }")
    assert answer.json["data"] == {"wides": [{"id": 1, "n": 5}, {"id": 2, "n": None}]}, answer
    assert answer.errors[0]["path"] == ["wides", 1, "n"]
    assert "Int cannot represent" in answer.errors[0]["message"]


def test_11_float(server, judge, coerce):
    assert server.gql("{ items(where: {ratio: {gt: 1, lt: 2}}) { id ratio } }") == {"items": [{"id": 1, "ratio": 1.5}]}
    assert server.gql("query ($r: Float) { items(where: {ratio: {gte: $r, lt: 100}}) { id } }", {"r": 1}) == {"items": [{"id": 1}]}
    assert "Float cannot represent non numeric value" in refused(server, '{ items(where: {ratio: {eq: "1.5"}}) { id } }')[0]
    assert "Float cannot represent non numeric value" in refused(server, "query ($r: Float) { items(where: {ratio: {eq: $r}}) { id } }", {"r": "1.5"})[0]
    for id in (2, 3):  # NaN and Infinity
        answer = server.post("{ item(id: %d) { ratio } }" % id)
        assert answer.status == 200 and answer.json["data"] == {"item": {"ratio": None}} and answer.errors[0]["path"] == ["item", "ratio"]
    # Valid as a literal, and no number that PostgreSQL could compare with.
    assert server.post("{ items(where: {ratio: {lt: 1e400}}) { id } }").errors[0]["extensions"]["code"] in ("BAD_USER_INPUT", "DATABASE_ERROR")


@pytest.mark.parametrize("definition, value, expected", [
    ("$v: Int", "1.0", 1), ("$v: Int", "1e2", 100), ("$v: Int", "1.5", None), ("$v: Int", '"1"', None), ("$v: Int", "true", None),
    ("$v: Boolean", "1", None), ("$v: Boolean", '"true"', None), ("$v: String", "1", None), ("$v: String", "true", None),
    ("$v: ID", "7", "7"), ("$v: ID", '"a"', "a"), ("$v: ID", "12345678901234567890", "12345678901234567890"), ("$v: ID", "1.5", None), ("$v: ID", "true", None),
])
def test_12_variables_are_not_converted(coerce, definition, value, expected):
    answer = coerce(definition, '{"v": %s}' % value)
    assert answer == {"coerced": {"v": expected}} if expected is not None else "errors" in answer, answer


def test_12_literals_and_ids(server, judge):
    assert judge("{ b(x: 1.0) }") == ["Int cannot represent non-integer value: 1.0"]
    assert judge("{ b(id: 1.0) }") == ["ID cannot represent a non-string and non-integer value: 1.0"]
    assert judge('{ b(id: "a") x: b(id: 12345678901234567890) }') == []
    assert server.gql('{ tag(id: 12345) { id } other: tag(id: "1") { id code } }') == {"tag": {"id": "12345"}, "other": {"id": "1", "code": "red"}}


# -- 13, 14: variables -------------------------------------------------------------------------------------------------

def test_13_absent_null_and_default(server, coerce):
    document = "query ($l: Int = 1) { items(limit: $l, orderBy: [{id: ASC}]) { id } }"
    assert server.gql(document) == {"items": [{"id": 1}]}
    assert len(server.gql(document, {"l": None})["items"]) == 4
    assert coerce("$v: Int = 5", "{}") == {"coerced": {"v": 5}}
    assert coerce("$v: Int = 5", '{"v": null}') == {"coerced": {"v": None}}
    assert coerce("$v: Int", "{}") == {"coerced": {}}


def test_13_a_nullable_variable_in_a_required_place(server):
    """Its default makes it legal; a null at run time is an error of the field's, and the others are answered."""
    document = "query ($id: Int = 1) { item(id: $id) { id } }"
    assert server.gql(document) == {"item": {"id": 1}}
    answer = server.post("query ($id: Int = 1) { a: item(id: 2) { id } item(id: $id) { id } z: __typename }", {"id": None})
    assert answer.status == 200 and answer.json == {"data": {"a": {"id": 2}, "item": None, "z": "Query"}, "errors": [
        {"message": 'Argument "id" of non-null type "Int!" must not be null.', "locations": [{"line": 1, "column": 55}], "path": ["item"],
         "extensions": {"code": "BAD_USER_INPUT"}}]}, answer
    assert server.gql(document) == {"item": {"id": 1}}
    assert 'Variable "$id" of type "Int" used in position expecting type "Int!".' in refused(server, "query ($id: Int) { item(id: $id) { id } }")


def test_13_absent_inside_literals(server):
    # A field of an object is left out, an item of a list is null.
    assert server.gql("query ($n: Int) { items(where: {id: {eq: 1, gt: $n}}) { id } }") == {"items": [{"id": 1}]}
    assert server.gql("query ($n: Int) { items(where: {size: {in: [10, $n]}}, orderBy: [{id: ASC}]) { id } }") == {"items": [{"id": 1}, {"id": 3}]}


def test_14_unknown_names(server, coerce):
    assert server.gql("{ item(id: 1) { id } }", {"unknown": 1}) == {"item": {"id": 1}}
    assert coerce("$o: In", '{"o": {"a": 1, "x": 2}}')["errors"][0].startswith('Variable "$o" got invalid value { a: 1, x: 2 }; Field "x" is not defined by type "In".')
    assert coerce("$o: In", '{"o": {"c": {"d": [1, "2"]}}}')["errors"] == ['Variable "$o" got invalid value "2" at "o.c.d[1]"; Int cannot represent non-integer value: "2"']


# -- 15, 16, 17: lists and input objects -------------------------------------------------------------------------------

@pytest.mark.parametrize("type, value, expected", [
    ("[Int]", "1", [1]), ("[[Int]]", "1", [[1]]), ("[[Int]]", "[1, 2]", [[1], [2]]), ("[[Int]]", "[[1], 2, null]", [[1], [2], None]),
    ("[Int]", "null", None), ("[[Int]]", "null", None), ("[Int]", "[null]", [None]),
])
def test_15_lists(coerce, type, value, expected):
    """As a variable and as a literal alike."""
    assert coerce("$v: " + type, '{"v": %s}' % value) == {"coerced": {"v": expected}}
    assert coerce("$v: %s = %s" % (type, value), "{}") == {"coerced": {"v": expected}}


def test_15_lists_over_http(server):
    assert server.gql("{ items(where: {id: {in: 2}}) { id } }") == {"items": [{"id": 2}]}
    assert server.gql("query ($v: [Int!]) { items(where: {id: {in: $v}}) { id } }", {"v": 2}) == {"items": [{"id": 2}]}
    assert server.gql("{ items(orderBy: {id: DESC}, limit: 1) { id } }") == {"items": [{"id": 4}]}


def test_16_input_objects(coerce, judge):
    assert coerce("$o: In", '{"o": {}}') == {"coerced": {"o": {"b": "x"}}}
    assert coerce("$o: In", '{"o": {"c": {"c": {"a": null}}}}') == {"coerced": {"o": {"b": "x", "c": {"b": "x", "c": {"a": None, "b": "x"}}}}}
    assert "Expected non-nullable type" in coerce("$o: In", '{"o": {"b": null}}')["errors"][0]
    assert judge("{ b(o: {a: 1}) b2: b }") == []
    assert judge("{ b(o: {a: 1, a: 2}) }") == ['There can be only one input field named "a".']
    assert judge("{ b(need: null) }") == ['Expected value of type "Int!", found null.']


def test_17_one_of(coerce, judge, sdl):
    assert coerce("$v: One", '{"v": {"n": 1}}') == {"coerced": {"v": {"n": 1}}}
    for value in ("{}", '{"n": 1, "s": "x"}', '{"n": 1, "s": null}', '{"n": null}'):
        assert "errors" in coerce("$v: One", '{"v": %s}' % value), value
    assert judge("{ b(one: {n: 1}) }") == []
    assert judge("{ b(one: {n: 1, s: null}) }") == ['OneOf Input Object "One" must specify exactly one key.']
    assert judge("query ($n: Int!) { b(one: {n: $n}) }") == []
    assert "must be non-nullable" in judge("query ($n: Int) { b(one: {n: $n}) }")[0]
    line = json.dumps({"id": 1, "kind": "execute", "schema": sdl, "document": '{ a: __type(name: "One") { isOneOf } b: __type(name: "In") { isOneOf } }'})
    assert json.loads(run_program("check", "--jsonl", input=line + "\n").stdout)["result"]["data"] == {"a": {"isOneOf": True}, "b": {"isOneOf": False}}


# -- 18, 19, 20: what is answered --------------------------------------------------------------------------------------

@pytest.mark.parametrize("skip, include, there", [(False, True, True), (True, True, False), (False, False, False), (True, False, False)])
def test_18_skip_and_include(server, skip, include, there):
    variables = {"s": skip, "i": include}
    for part in ("name @skip(if: $s) @include(if: $i)", "...F @skip(if: $s) @include(if: $i)", "... @skip(if: $s) @include(if: $i) { name }"):
        fragment = " fragment F on Item { name }" if "...F" in part else ""
        data = server.gql("query ($s: Boolean!, $i: Boolean!) { item(id: 1) { id %s } }%s" % (part, fragment), variables)
        assert data == {"item": {"id": 1, **({"name": "one"} if there else {})}}


def test_18_before_fields_are_merged(server, judge):
    assert server.gql("{ item(id: 1) { id @skip(if: true) name id @include(if: true) } }") == {"item": {"name": "one", "id": 1}}
    assert 'Directive "@skip" argument "if" of type "Boolean!" is required, but it was not provided.' in refused(server, "{ item(id: 1) { id @skip } }")
    assert judge("subscription { s @skip(if: true) }") == ["Anonymous Subscription must not use `@skip` or `@include` directives in the top level selection."]


def test_19_order_of_keys(server):
    answer = server.post("{ item(id: 2) { name ...F id parent { name } } other: item(id: 1) { id } item(id: 2) { size } } fragment F on Item { id flag parent { id } name }")
    assert answer.text == '{"data":{"item":{"name":"two","id":2,"flag":false,"parent":{"id":1,"name":"one"},"size":20},"other":{"id":1}}}'


def test_20_null_propagation(make_database, serve):
    """Non-null fields that turn out null: `[T!]` falls, `[T]` keeps its siblings; paths have response keys and indices."""
    strict = serve(make_database("create table n (id int primary key, f float8 not null); insert into n values (1, 1), (2, 'NaN'), (3, 'NaN')"))
    answer = strict.post("{ ok: n(id: 1) { id } rows: ns(orderBy: [{id: ASC}]) { id value: f } }")
    assert answer.status == 200 and answer.json["data"] is None, answer
    assert answer.errors[0]["path"] == ["rows", 1, "value"]
    one = strict.post("{ good: n(id: 1) { f } bad: n(id: 2) { id x: f } }")
    assert one.json["data"] == {"good": {"f": 1.0}, "bad": None}
    assert [e["path"] for e in one.errors] == [["bad", "x"]]


# -- 21, 22: operations ------------------------------------------------------------------------------------------------

def test_21_subscriptions(judge, server):
    """Validation alone; they run with a later release."""
    assert judge("subscription S { s t }") == ['Subscription "S" must select only one top level field.']
    assert judge("subscription S { ...F } fragment F on Subscription { s t }") == ['Subscription "S" must select only one top level field.']
    assert judge("subscription S { __typename }") == ['Subscription "S" must not select an introspection top level field.']
    assert judge("subscription S { s }") == []
    assert "The subscription operation is not supported by the schema." in refused(server, "subscription { items { id } }")


def test_22_operation_name(server):
    two = "query A { item(id: 1) { id } } query B { item(id: 2) { id } }"
    assert server.gql(two, operation="B") == {"item": {"id": 2}}
    assert refused(server, two) == ["Must provide operation name if query contains multiple operations."]
    assert refused(server, two, operation="C") == ['Unknown operation named "C".']
    assert refused(server, two, operation="") == ['Unknown operation named "".']
    assert "This anonymous operation must be the only defined operation." in refused(server, "{ item(id: 1) { id } } query B { item(id: 2) { id } }")


# -- 23, 24: positions of variables and directives ---------------------------------------------------------------------

@pytest.mark.parametrize("document, good", [
    ("query ($v: Int = 1) { b(need: $v) }", True), ("query ($v: Int) { b(need: $v) }", True),  # the argument has a default
    ("query ($v: Boolean) { a @skip(if: $v) }", False), ("query ($v: Boolean!) { a @skip(if: $v) }", True), ("query ($v: Boolean = true) { a @skip(if: $v) }", True),
    ("query ($v: Int!) { b(l: [$v]) }", True), ("query ($v: Int) { b(l: $v) }", False), ("query ($v: [Int!]!) { b(l: $v) }", True), ("query ($v: [Int]) { b(ll: $v) }", False),
    ("query ($v: Int) { ...F } fragment F on Query { b(x: $v) }", True), ("query A { ...F } query B ($v: Int) { ...F } fragment F on Query { b(x: $v) }", False),
    ("query ($v: String) { ...F } fragment F on Query { b(x: $v) }", False), ("query ($v: Int) { a }", False),
])
def test_23_variables_in_their_places(judge, document, good):
    assert (judge(document) == []) == good


@pytest.mark.parametrize("document, expected", [
    ("{ a @again @again }", []),
    ("{ a @once @once }", ['The directive "@once" can only be used once at this location.']),
    ("query ($v: Int @once) @once { b(x: $v) }", []),
    ("fragment F on Query @once { a } { ...F }", []),
    ("{ ...F @once } fragment F on Query { a }", ['Directive "@once" may not be used on FRAGMENT_SPREAD.']),
    ("mutation @once { m }", ['Directive "@once" may not be used on MUTATION.']),
    ("{ a @nothing }", ['Unknown directive "@nothing".']),
])
def test_24_directives(judge, document, expected):
    assert judge(document) == expected


# -- 25: introspection -------------------------------------------------------------------------------------------------

def test_25_introspection(server):
    data = server.gql("""query ($name: String = "Item", $all: Boolean! = true) {
      none: __type(name: "Missing") { name }
      again: __type(name: $name) { ...T kind fields(includeDeprecated: $all) { name description } possibleTypes { name } enumValues { name } inputFields { name } specifiedByURL isOneOf }
      enum: __type(name: "Mood") { fields { name } enumValues { name } __typename }
      __schema { description types { name } directives { name isRepeatable args(includeDeprecated: true) { name } } queryType { fields(includeDeprecated: true) { name args(includeDeprecated: true) { name defaultValue } } } }
      __typename } fragment T on __Type { label: name }""")
    assert data["none"] is None and data["__typename"] == "Query"
    again = data["again"]
    assert list(again)[:2] == ["label", "kind"] and again["label"] == "Item" and again["kind"] == "OBJECT"
    assert {"name": "size", "description": "How large."} in again["fields"]
    assert (again["possibleTypes"], again["enumValues"], again["inputFields"], again["specifiedByURL"], again["isOneOf"]) == (None, None, None, None, None)
    assert data["enum"] == {"fields": None, "enumValues": [{"name": "happy"}, {"name": "sad"}], "__typename": "__Type"}
    names = [t["name"] for t in data["__schema"]["types"]]
    assert set(names) >= {"__Schema", "__Type", "__TypeKind", "__Field", "__InputValue", "__EnumValue", "__Directive", "__DirectiveLocation", "String", "Boolean"}
    assert len(names) == len(set(names))


def test_25_default_values_are_literals(sdl, tmp_path):
    path = tmp_path / "s.graphql"
    path.write_text('type Query { f(a: String = "q\\"\\n", b: [Color] = RED, c: In = {n: null, e: GREEN}, d: Int = null, e: Int, g: ID = 7 @deprecated): Int } enum Color { RED GREEN } input In { n: Int e: Color }')
    line = json.dumps({"id": 1, "kind": "execute", "schema": str(path), "document": """{ __type(name: "Query") { fields { args(includeDeprecated: true) { name defaultValue } some: args { name } } }
        field: __type(name: "__Type") { fields { name args { name type { kind } defaultValue } } } }"""})
    data = json.loads(run_program("check", "--jsonl", input=line + "\n").stdout)["result"]["data"]
    field = data["__type"]["fields"][0]
    assert [a["defaultValue"] for a in field["args"]] == ['"q\\"\\n"', "[RED]", "{n: null, e: GREEN}", "null", None, "7"]
    assert [a["name"] for a in field["some"]] == ["a", "b", "c", "d", "e"]
    fields = next(f for f in data["field"]["fields"] if f["name"] == "fields")
    assert fields["args"] == [{"name": "includeDeprecated", "type": {"kind": "NON_NULL"}, "defaultValue": "false"}]


# -- 26, 27: where descriptions and keywords may stand -----------------------------------------------------------------

@pytest.mark.parametrize("document, good", [
    ('"about" query Q { item(id: 1) { id } }', True),
    ('"""about""" query Q("which" $id: Int = 1) { item(id: $id) { ...F } } "its fields" fragment F on Item { id }', True),
    ('"about" { item(id: 1) { id } }', False),
    ('"about" extend type Query { a: Int }', False),
    ('{ item("no" id: 1) { id } }', False),
])
def test_26_descriptions(server, document, good):
    assert (syntax(server, document) == "") == good
    assert not good or server.gql(document) == {"item": {"id": 1}}


def test_27_names(judge, server, tmp_path):
    assert syntax(server, "fragment on on Item { id } { items { id } }") == 'Syntax Error: Unexpected Name "on".'
    assert server.gql("{ query: item(id: 1) { fragment: id on: name type: size true: flag null: id } }") == {"query": {"fragment": 1, "on": "one", "type": 10, "true": True, "null": 1}}
    for name in ("true", "false", "null"):
        path = tmp_path / "e.graphql"
        path.write_text("type Query { a: E } enum E { %s }" % name)
        assert 'Name "%s" is reserved and cannot be used for an enum value.' % name in run_program("check", "--schema", str(path), input="{ a }").stderr
    path.write_text("type Query { type: query, fragment(on: Int, input: Int): fragment, null: true } type query { query: Int } type true { a: Int } scalar fragment")
    done = run_program("check", "--schema", str(path), input="query query ($on: Int) { type { query } fragment(on: $on, input: 1) null { a } }")
    assert done.returncode == 0, done.stdout + done.stderr


# -- 28, 29: errors ----------------------------------------------------------------------------------------------------

def test_28_locations(server):
    answer = server.post('{\n  items(where: {name: {eq: "\U0001f600é"}}) { nothing }\n}', headers=NEW)
    error = answer.errors[0]
    # The emoji counts two, as two units of UTF-16.
    assert error["locations"] == [{"line": 2, "column": len('  items(where: {name: {eq: "..é"}}) { ') + 1}]
    assert set(error) == {"message", "locations", "extensions"} and isinstance(error["message"], str)
    nowhere = server.request("POST", "/graphql", "{}", {**JSON, **NEW}).json["errors"][0]
    assert "locations" not in nowhere


def test_29_sdl_and_nothing(server):
    assert refused(server, "{ item(id: 1) { id } } type T { a: Int }") == ['The "T" definition is not executable.']
    assert "The schema definition is not executable." in refused(server, "schema { query: Query }")
    for empty in ("", "   ", "# nothing", ",,"):
        answer = server.post(empty, headers=NEW)
        assert answer.status == 400 and answer.errors[0]["message"] in ("Syntax Error: Unexpected <EOF>.", 'The request has no "query".'), answer


# -- 31, 32: HTTP and JSON (smuggling and limits stand in tests/integration/test_http.py, hostile bodies in tests/fault/test_hostile.py)

@pytest.mark.parametrize("operation", ["M", None])
def test_31_get_does_not_mutate(server, operation):
    document = "query Q { item(id: 1) { id } } mutation M { addLog(input: {text: \"by GET\"}) { id } }" if operation else "mutation { addLog(input: {text: \"by GET\"}) { id } }"
    query = urllib.parse.urlencode({"query": document, **({"operationName": operation} if operation else {})})
    answer = server.request("GET", "/graphql?" + query)
    assert answer.status == 405 and "POST" in answer.headers["Allow"]
    assert server.gql('{ logs(where: {text: {eq: "by GET"}}) { id } }') == {"logs": []}


def test_31_what_could_be_read_two_ways_is_refused(server):
    body = json.dumps({"query": "{ __typename }"})
    for headers in (["Content-Length: +%d" % len(body)], ["Content-Length: %d" % len(body), "Content-Length: 1"], ["Content-Length: %d" % len(body), "Transfer-Encoding: chunked"],
                    ["Content-Length: 18446744073709551617"], ["Content-Length : %d" % len(body)], ["Transfer-Encoding: chunked, identity"]):
        with Raw(server.port) as client:
            client.send("\r\n".join(["POST /graphql HTTP/1.1", "Host: x", "Content-Type: application/json", *headers]) + "\r\n\r\n" + body)
            answer = client.answer()
            assert answer is None or answer[0] in (400, 413), (headers, answer)
            assert client.closed(), headers


@pytest.mark.parametrize("body, status", [
    ('{"query": "{ __typename }", "variables": []}', 400), ('{"query": "{ __typename }", "variables": null, "operationName": null, "extensions": null}', 200),
    ('{"query": "{ __typename }", "variables": "{}"}', 400), ('{"query": 7}', 400), ('{"query": null}', 400), ('[]', 400), ('7', 400), ('', 400),
    ('{"query": "{ __typename }", "operationName": 7}', 400), ('{"query": "{ __typename }", "extensions": []}', 400),
    ('{"query": "query ($v: String) { items(where: {name: {eq: $v}}) { id } }", "variables": {"v": "\\ud800"}}', 400),
    ('{"query": "query ($v: Float) { items(where: {ratio: {eq: $v}}) { id } }", "variables": {"v": 1e999}}', 400),
    ('{"query": "query ($v: Int) { items(limit: $v) { id } }", "variables": {"v": ' + "[" * 1000 + "]" * 1000 + "}}", 400),
])
def test_32_json(server, body, status):
    answer = server.request("POST", "/graphql", body, {**JSON, **NEW})
    assert answer.status == status, answer


def test_32_the_last_of_equal_keys_counts(server):
    body = '{"query": "query ($v: Int) { item(id: 1) { id } items(limit: $v) { id } }", "variables": {"v": 1, "v": 2}}'
    assert len(server.request("POST", "/graphql", body, JSON).data["items"]) == 2


# -- 33 ----------------------------------------------------------------------------------------------------------------

def test_33_mutations_run_in_order(server):
    data = server.gql("mutation { " + " ".join('a%d: addLog(input: {text: "m%d"}) { id }' % (i, i) for i in range(20)) + " }")
    assert list(data) == ["a%d" % i for i in range(20)]
    ids = [data["a%d" % i]["id"] for i in range(20)]
    assert ids == sorted(ids)
    assert [r["text"] for r in server.gql('{ logs(where: {text: {startsWith: "m"}}, orderBy: [{id: ASC}]) { text } }')["logs"]] == ["m%d" % i for i in range(20)]


def test_33_deprecated_inputs_may_not_be_required(tmp_path):
    path = tmp_path / "d.graphql"
    path.write_text("type Query { f(a: Int! @deprecated): Int } input In { b: Int! @deprecated c: Int! = 1 @deprecated }")
    messages = run_program("check", "--schema", str(path), input="{ f }").stderr
    assert "Required argument Query.f(a:) cannot be deprecated." in messages and "Required input field In.b cannot be deprecated." in messages and "In.c" not in messages
