# SPDX-License-Identifier: MIT
"""fraiseql._fraiseql_rs without a database: parsed documents, the SQL of operations, and the cache of plans."""

import dataclasses
import json
import threading

import pytest

from fraiseql import _fraiseql_rs as rs
from fraiseql import _native

# The metadata that v1's own examples used, with no types at all.
SCHEMA = json.dumps({
    "tables": {
        "users": dataclasses.asdict(rs.TableSchema("v_users", ["id", "email", "status"], fk_mappings={
            "machine": "machine_id"})),
        "posts": dataclasses.asdict(rs.TableSchema("v_post", ["id", "title"])),
    },
    "types": {},
})
TYPED = json.dumps({
    "tables": {"users": {"view_name": "v_user", "sql_columns": ["id"], "jsonb_column": "data"}},
    "types": {"User": {"name": "User", "fields": {
        "id": {"graphql_type": "ID!", "sql_type": "uuid", "is_scalar": True, "is_list": False},
        "age": {"graphql_type": "Int", "sql_type": "int4", "is_scalar": True, "is_list": False},
        "name": {"graphql_type": "String", "sql_type": "text", "is_scalar": True, "is_list": False},
    }}},
})


@pytest.fixture(autouse=True)
def no_plans(monkeypatch):
    monkeypatch.setattr(_native, "_current", None, raising=False)
    rs.clear_cache()
    yield
    rs.clear_cache()


def names(fields):
    return [f.name for f in fields]


# -- documents ---------------------------------------------------------------------------------------------------------


def test_a_simple_query():
    text = "{ users { id name } }"
    parsed = rs.parse_graphql_query(text)
    assert parsed == rs.ParsedQuery(
        operation_type="query", operation_name=None, root_field="users", variables=[], source=text,
        selections=[rs.FieldSelection("users", nested_fields=[rs.FieldSelection("id"), rs.FieldSelection("name")])])
    assert type(parsed.selections) is list and type(parsed.selections[0].nested_fields) is list


@pytest.mark.parametrize("text, kind, name, root", [
    ("query { users { id } }", "query", None, "users"),
    ("query A { a: users { id } posts { id } }", "query", "A", "users"),
    ('mutation M { createUser(input: {}) { id } }', "mutation", "M", "createUser"),
    ("subscription { changes { id } }", "subscription", None, "changes"),
    ("{ ...F } fragment F on Query { posts { id } users { id } }", "query", None, "posts"),
])
def test_kinds_names_and_roots(text, kind, name, root):
    parsed = rs.parse_graphql_query(text)
    assert (parsed.operation_type, parsed.operation_name, parsed.root_field) == (kind, name, root)


def test_arguments_of_every_kind():
    parsed = rs.parse_graphql_query(r'''query ($v: Int) { f(v: $v, i: -42, big: 12345678901234567890, f: 1.10, e: 1e3,
        s: "a \"b\" \\ \n é", block: """
          two
          lines
        """, t: true, n: null, c: RED, l: [1, $v, "$v"], o: {a: {b: RED}, c: [null, 2.50]}) }''')
    got = {a.name: (a.value_type, a.value_json) for a in parsed.selections[0].arguments}
    assert got == {
        "v": ("variable", '"$v"'), "i": ("int", "-42"), "big": ("int", "12345678901234567890"),
        "f": ("float", "1.10"), "e": ("float", "1e3"),
        "s": ("string", json.dumps('a "b" \\ \n é', ensure_ascii=False)), "block": ("string", '"two\\nlines"'),
        "t": ("boolean", "true"), "n": ("null", "null"), "c": ("enum", '"RED"'), "l": ("list", '[1,"$v","$v"]'),
        "o": ("object", '{"a":{"b":"RED"},"c":[null,2.50]}'),
    }
    for argument in parsed.selections[0].arguments:
        json.loads(argument.value_json)
    texts = {a.name: a.value_text for a in parsed.selections[0].arguments}
    # Where the JSON cannot tell a variable from a string, the text can.
    assert texts["l"] == '[1, $v, "$v"]' and texts["c"] == "RED" and texts["o"] == "{a: {b: RED}, c: [null, 2.50]}"


def test_aliases_directives_and_nesting():
    parsed = rs.parse_graphql_query(
        "query ($s: Boolean!) { a: users @include(if: $s) @skip(if: false) { b: posts { c: title @own(x: 1) } } }")
    users = parsed.selections[0]
    assert (users.name, users.alias, users.directives) == ("users", "a", ["include", "skip"])
    posts = users.nested_fields[0]
    assert (posts.name, posts.alias, posts.directives) == ("posts", "b", [])
    assert posts.nested_fields == [rs.FieldSelection("title", "c", directives=["own"])]


def test_variables_and_their_defaults():
    parsed = rs.parse_graphql_query(
        'query ($a: Int, $b: [ID!]! = ["x"], $c: UserWhere = {age: {gt: 3}}, $d: Color = RED, $e: Int = null) { f }')
    assert parsed.variables == [
        rs.VariableDefinition("a", "Int", None),
        rs.VariableDefinition("b", "[ID!]!", '["x"]'),
        rs.VariableDefinition("c", "UserWhere", '{"age":{"gt":3}}'),
        rs.VariableDefinition("d", "Color", '"RED"'),
        rs.VariableDefinition("e", "Int", "null"),
    ]
    assert parsed.is_cacheable()
    assert not rs.parse_graphql_query("subscription { a }").is_cacheable()


def test_fragments_are_expanded_in_place():
    parsed = rs.parse_graphql_query("""
        { users { id ...A @include(if: true) ... on Admin { level @skip(if: false) } ... { plain } last } }
        fragment A on User { name ...B more }
        fragment B on Person { age friends { ...C } }
        fragment C on User { id }""")
    fields = parsed.selections[0].nested_fields
    assert names(fields) == ["id", "name", "age", "friends", "more", "level", "plain", "last"]
    by_name = {f.name: f for f in fields}
    assert {n: f.type_condition for n, f in by_name.items()} == {
        "id": None, "name": "User", "age": "Person", "friends": "Person", "more": "User", "level": "Admin",
        "plain": None, "last": None}
    assert {n: f.directives for n, f in by_name.items() if f.directives} == {
        "name": ["include"], "age": ["include"], "friends": ["include"], "more": ["include"], "level": ["skip"]}
    assert by_name["friends"].nested_fields == [rs.FieldSelection("id", type_condition="User")]
    assert [(f.name, f.type_condition, f.fragment_spreads, names(f.selections)) for f in parsed.fragments] == [
        ("A", "User", ["B"], ["name", "age", "friends", "more"]),
        ("B", "Person", ["C"], ["age", "friends"]),
        ("C", "User", [], ["id"])]


def test_of_several_operations_the_first_or_the_named_one():
    text = "query A($n: Int) { a } mutation B { b } query C { c }"
    assert rs.parse_graphql_query(text).root_field == "a"
    second = rs.parse_graphql_query(text, "B")
    assert (second.operation_type, second.operation_name, second.root_field) == ("mutation", "B", "b")
    assert second.variables == [] and second.source == text
    with pytest.raises(ValueError, match='^Unknown operation named "D".$'):
        rs.parse_graphql_query(text, operation_name="D")


@pytest.mark.parametrize("text, message", [
    ("", "Syntax Error: Unexpected <EOF>. (line 1, column 1)"),
    ("{ users(", "Syntax Error: Expected Name, found <EOF>. (line 1, column 9)"),
    ("{\n  é\n}", "Syntax Error: Unexpected character: U+00E9. (line 2, column 3)"),
    ("fragment A on T { a }", "The document holds no operation."),
    ("{ a } type T { a: Int }", "The document holds a type system definition, which is not executable. (line 1, column 7)"),
    ("{ ...A }", 'Unknown fragment "A".'),
    ("{ ...A } fragment A on T { ...A }", 'Cannot spread fragment "A" within itself.'),
    ("{ ...A } fragment A on T { b { ...B } } fragment B on T { ...C } fragment C on T { ...A }",
     'Cannot spread fragment "A" within itself via "B", "C".'),
    ("{ a } fragment A on T { ...B } fragment B on T { ...A }", 'Cannot spread fragment "A" within itself via "B".'),
])
def test_what_is_wrong_is_said(text, message):
    with pytest.raises(ValueError) as caught:
        rs.parse_graphql_query(text)
    assert str(caught.value) == message


def test_documents_have_limits():
    with pytest.raises(ValueError, match="longer than 262144 bytes"):
        rs.parse_graphql_query("{ a }" + " " * 300000)
    with pytest.raises(ValueError, match="nest"):
        rs.parse_graphql_query("{a" * 2000 + "}" * 2000)
    # Each fragment spreads the next one twice: 2 to the power of 40 fields.
    doubling = "".join("fragment F%d on T { ...F%d ...F%d } " % (n, n + 1, n + 1) for n in range(40))
    with pytest.raises(ValueError, match="more than 20000 fields"):
        rs.parse_graphql_query("{ ...F0 } " + doubling + "fragment F40 on T { a }")
    chain = "".join("fragment F%d on T { ...F%d } " % (n, n + 1) for n in range(1500))
    with pytest.raises(ValueError, match="nested more than 256 deep"):
        rs.parse_graphql_query("{ ...F0 } " + chain + "fragment F1500 on T { a }")


def test_only_text_is_a_document():
    for wrong in b"{ a }", None, 1:
        with pytest.raises(TypeError):
            rs.parse_graphql_query(wrong)
    with pytest.raises(ValueError):
        rs.parse_graphql_query("{ a(b: \"\ud800\") }")


def test_signatures_are_of_text_and_operation():
    text = "query A { a } query B { b }"
    assert rs.parse_graphql_query(text).signature() == rs.parse_graphql_query(text, "A").signature()
    assert rs.parse_graphql_query(text).signature() != rs.parse_graphql_query(text, "B").signature()
    assert rs.parse_graphql_query("{ a(n: 1) }").signature() != rs.parse_graphql_query("{ a(n: 2) }").signature()


# -- SQL ---------------------------------------------------------------------------------------------------------------

BUILDERS = pytest.mark.parametrize("build", [rs.build_sql_query, rs.build_sql_query_cached])


def build_text(build, text, schema=SCHEMA, variables=None, operation=None):
    return build(rs.parse_graphql_query(text, operation), schema, variables)


@BUILDERS
def test_a_statement_and_its_parameters(build):
    query = build_text(build, '{ users(where: {status: "active", email: {like: "%test%"}}, limit: 10, offset: 20) { id } }')
    assert query.sql == ('select t0."id" from "v_users" t0 where t0."status" = $1 and t0."email" like $2 '
                         'order by t0."id" limit $3 offset $4')
    assert query.parameters == [("param_1", "active"), ("param_2", "%test%"), ("param_3", "10"), ("param_4", "20")]
    assert query.statements == [rs.GeneratedQuery(query.sql, query.parameters)]


@BUILDERS
def test_no_value_is_ever_in_the_sql(build):
    hostile = "'; drop table users; --"
    query = build_text(build, '{ users(where: {OR: [{status: {eq: "%s"}}, {email: {in: ["%s", "b"]}}]}) { id } }'
                       % (hostile, hostile))
    assert "drop" not in query.sql and " or " in query.sql
    assert [value for _, value in query.parameters] == [hostile, '{"%s","b"}' % hostile]


@BUILDERS
def test_fields_of_documents_are_compared_by_their_types(build):
    query = build_text(build, "{ users(where: {age: {gt: 9}}) { age name } }", TYPED)
    assert "::int) > $1" in query.sql and query.parameters == [("param_1", "9")]


@BUILDERS
def test_variables_and_operations(build):
    text = ("query A($n: Int = 5) { users(limit: $n) { id } } query B($w: UserWhere, $n: Int!) "
            "{ users(where: $w, limit: $n) { id } }")
    assert build_text(build, text).parameters == [("param_1", "5")]
    assert build_text(build, text, variables={"n": 7}).parameters == [("param_1", "7")]
    query = build_text(build, text, variables={"n": 3, "w": {"status": {"eq": "x"}}}, operation="B")
    assert query.parameters == [("param_1", "x"), ("param_2", "3")]
    with pytest.raises(rs.CompositionError, match=r'Variable "\$n" of required type "Int!" was not provided'):
        build_text(build, text, operation="B")


@BUILDERS
def test_several_statements(build):
    query = build_text(build, "{ users(limit: 1) { id } posts(limit: 2, offset: 3) { title } }")
    assert [s.parameters for s in query.statements] == [[("param_1", "1")], [("param_1", "2"), ("param_2", "3")]]
    assert query.sql == ";\n".join(s.sql for s in query.statements)
    assert query.parameters == [("param_1", "1"), ("statement_2_param_1", "2"), ("statement_2_param_2", "3")]


@BUILDERS
def test_an_operation_that_needs_no_rows(build):
    assert build_text(build, "{ __typename }") == rs.GeneratedQuery("", [], [])


@BUILDERS
@pytest.mark.parametrize("text, message", [
    ("{ users { id name } }", 'Cannot query field "name" on type "User".'),
    ("{ machines { id } }", 'Cannot query field "machines" on type "Query".'),
    ("{ users(limit: -1) { id } }", "limit must be non-negative"),
    ('{ users(limit: "1") { id } }', "Int cannot represent non-integer value"),
    ("{ users(where: {status: {around: 1}}) { id } }", '"around"'),
    ("mutation { createUser(input: {}) { id } }", "mutation"),
    ("subscription { users { id } }", "subscription"),
])
def test_operations_that_the_schema_does_not_allow(build, text, message):
    with pytest.raises(rs.CompositionError) as caught:
        build_text(build, text)
    assert str(caught.value).startswith("Query composition failed: ") and message.lower() in str(caught.value).lower()
    assert isinstance(caught.value, RuntimeError)  # as in v1
    assert json.loads(caught.value.response)["errors"]


@BUILDERS
def test_bad_schemas_and_arguments(build):
    parsed = rs.parse_graphql_query("{ users { id } }")
    for schema in "", "not json", "{}", '{"tables": {"users": {}}}':
        with pytest.raises(ValueError):
            build(parsed, schema)
    with pytest.raises(TypeError):
        build("{ users { id } }", SCHEMA)
    with pytest.raises(TypeError):
        build(parsed, json.loads(SCHEMA))
    with pytest.raises(TypeError):
        build(parsed, SCHEMA, ["n"])


# -- the cache ---------------------------------------------------------------------------------------------------------


def cached(text, schema=SCHEMA, variables=None):
    return build_text(rs.build_sql_query_cached, text, schema, variables)


def counts():
    stats = rs.get_cache_stats()
    assert set(stats) == {"hits", "misses", "hit_rate", "cached_plans", "max_cached_plans"}
    return stats["hits"], stats["misses"], stats["cached_plans"]


def test_statistics():
    assert rs.get_cache_stats() == {"hits": 0, "misses": 0, "hit_rate": 0.0, "cached_plans": 0, "max_cached_plans": 5000}
    results = [cached("{ users { id } }") for _ in range(5)]
    assert all(result == results[0] for result in results)
    assert rs.get_cache_stats() == {"hits": 4, "misses": 1, "hit_rate": 0.8, "cached_plans": 1, "max_cached_plans": 5000}
    assert cached("{ posts { id } }").sql != results[0].sql
    assert counts() == (4, 2, 2)
    rs.clear_cache()
    assert counts() == (0, 0, 0)


def test_building_without_the_cache_leaves_it_alone():
    build_text(rs.build_sql_query, "{ users { id } }")
    assert counts() == (0, 0, 0)


# In v1 each second line of these got the SQL of the first, and a hit lost its parameters.
def test_literals_share_a_plan_and_never_a_value():
    first, second = (cached('{ users(where: {status: "%s"}, limit: %d) { id } }' % values)
                     for values in (("active", 3), ("inactive", 4)))
    assert first.sql == second.sql and counts() == (1, 1, 1)
    assert first.parameters == [("param_1", "active"), ("param_2", "3")]
    assert second.parameters == [("param_1", "inactive"), ("param_2", "4")]


def test_variables_share_a_plan_and_never_a_value():
    text = "query ($w: UserWhere, $n: Int) { users(where: $w, limit: $n) { id } }"
    first = cached(text, variables={"w": {"status": "a"}, "n": 1})
    second = cached(text, variables={"w": {"status": "b"}, "n": 2})
    assert first.sql == second.sql and counts() == (1, 1, 1)
    assert [second.parameters, first.parameters] == [[("param_1", "b"), ("param_2", "2")],
                                                     [("param_1", "a"), ("param_2", "1")]]


@pytest.mark.parametrize("one, other", [
    ('{ users(where: {email: {eq: "a"}}) { id } }', '{ users(where: {status: {eq: "a"}}) { id } }'),
    ('{ users(where: {email: {eq: "a"}}) { id } }', '{ users(where: {email: {neq: "a"}}) { id } }'),
    ('{ users(where: {AND: [{email: "a"}, {status: "b"}]}) { id } }',
     '{ users(where: {OR: [{email: "a"}, {status: "b"}]}) { id } }'),
    ("{ users(orderBy: [{email: ASC}]) { id } }", "{ users(orderBy: [{email: DESC}]) { id } }"),
    ('{ users(where: {email: {eq: "a"}}) { id } }', "{ users(where: {email: {eq: null}}) { id } }"),
    ("{ users(limit: 1) { id } }", "{ users(offset: 1) { id } }"),
])
def test_other_shapes_have_other_plans(one, other):
    assert cached(one).sql != cached(other).sql
    assert counts() == (0, 2, 2)
    assert cached(one) == build_text(rs.build_sql_query, one)
    assert cached(other) == build_text(rs.build_sql_query, other)


def test_aliases_are_not_part_of_the_sql_and_directives_are():
    assert cached("{ a: users { id } }").sql == cached("{ b: users { id } }").sql
    skipping = "query ($s: Boolean!) { users { id email @skip(if: $s) } }"
    assert '"email"' in cached(skipping, variables={"s": False}).sql
    assert '"email"' not in cached(skipping, variables={"s": True}).sql


def test_each_schema_has_its_own_plans():
    text = "{ users { id } }"
    assert '"v_users"' in cached(text).sql and '"v_user"' in cached(text, TYPED).sql
    assert counts() == (0, 2, 2)
    # More schemas than are kept: the counts stay, the plans of the oldest go.
    for n in range(20):
        assert '"v_%d"' % n in cached(text, SCHEMA.replace("v_users", "v_%d" % n)).sql
    hits, misses, plans = counts()
    assert (hits, misses) == (0, 22) and plans == 8
    assert '"v_users"' in cached(text).sql


def test_the_pipeline_counts_too(shop):
    rs.initialize_graphql_pipeline(None, shop)
    for _ in range(3):
        rs.execute_graphql_query_sync("{ users(limit: 1) { id } }")
    cached("{ users { id } }")
    assert counts() == (2, 2, 2)
    assert rs.get_cache_stats()["hit_rate"] == 0.5
    rs.clear_cache()
    assert counts() == (0, 0, 0)
    pool = _native._current.pool
    _native._current.close()
    assert counts() == (0, 0, 0)  # closed, it counts no longer
    pool.close()


def test_many_threads_build_at_once():
    wrong = []

    def work(number):
        schema = SCHEMA.replace("v_users", "v_%d" % (number % 12))  # more than are kept
        for n in range(50):
            query = cached("{ users(limit: %d) { id } }" % n, schema)
            if '"v_%d"' % (number % 12) not in query.sql or query.parameters != [("param_1", str(n))]:
                wrong.append(query)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    hits, misses, _ = counts()
    assert hits + misses == 24 * 50
