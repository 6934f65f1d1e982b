# SPDX-License-Identifier: MIT
"""fraiseql._fraiseql_rs: v1's names for pools, pipelines and case, with real work behind them."""

import asyncio
import gc
import inspect
import json

import pytest

import fraiseql
from fraiseql import _fraiseql_rs as rs
from fraiseql import _native

SCHEMA = {
    "tables": {
        "users": {
            "view_name": "users",
            "sql_columns": ["id", "email", "age"],
            "jsonb_column": "data",
            "fk_mappings": {},
            "has_jsonb_data": False,
        }
    },
    "types": {
        "User": {
            "name": "User",
            "fields": {
                "id": {"graphql_type": "Int!", "sql_type": "int4", "is_scalar": True, "is_list": False},
                "email": {"graphql_type": "String!", "sql_type": "text", "is_scalar": True, "is_list": False},
                "age": {"graphql_type": "Int", "sql_type": "int4", "is_scalar": True, "is_list": False},
            },
        }
    },
}
TWO = "{ users(limit: 2) { id email } }"
TWO_ROWS = {"data": {"users": [{"id": 1, "email": "user1@example.com"}, {"id": 2, "email": "user2@example.com"}]}}


@pytest.fixture(autouse=True)
def nothing_from_before(monkeypatch):
    """Each test begins without a pipeline, plans, pools and a configured database."""
    for name in ("FRAISEQL_DATABASE", "FRAISEQL_DATABASE_URL", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(_native, "_current", None, raising=False)
    monkeypatch.setattr(rs, "_environment_pool", None)
    rs.clear_cache()
    yield
    for pool in (rs._environment_pool or (0, "", None))[2], getattr(_native._current, "pool", None):
        if pool is not None:
            pool.close()


# -- names -------------------------------------------------------------------------------------------------------------


def test_every_exported_name_is_there_and_documented():
    assert rs.__version__ == fraiseql.__version__
    for name in rs.__all__:
        value = getattr(rs, name)
        assert name == "__version__" or inspect.getdoc(value), name


V1_NAMES = """initialize_graphql_pipeline execute_graphql_query execute_graphql_query_sync PyGraphQLPipeline DatabasePool
parse_graphql_query build_sql_query build_sql_query_cached get_cache_stats clear_cache to_camel_case transform_keys
transform_json ParsedQuery FieldSelection GraphQLArgument VariableDefinition GeneratedQuery TableSchema""".split()


def test_v1_names_resolve():
    assert set(V1_NAMES) <= set(rs.__all__)


@pytest.mark.parametrize("name", ["build_graphql_response", "build_mutation_response", "initialize_schema_registry",
                                  "execute_query_async"])
def test_what_is_left_out_says_why(name):
    assert not hasattr(rs, name)
    with pytest.raises(AttributeError, match=r"is not provided: .*docs/python-v1\.md"):
        getattr(rs, name)


def test_an_unknown_name_is_an_ordinary_error():
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'$"):
        rs.nonsense


# -- the pipeline ------------------------------------------------------------------------------------------------------


async def test_not_initialized():
    text = r"^GraphQL pipeline not initialized\. Call initialize_graphql_pipeline\(\) first\.$"
    with pytest.raises(RuntimeError, match=text):
        await rs.execute_graphql_query("{ users { id } }", {}, {})
    with pytest.raises(RuntimeError, match=text):
        rs.execute_graphql_query_sync("{ users { id } }", {}, {})


async def test_execute_with_a_pool(shop):
    with_pool = rs.DatabasePool(shop)
    assert rs.initialize_graphql_pipeline(json.dumps(SCHEMA), with_pool) is None
    assert json.loads(await rs.execute_graphql_query(TWO, {}, {})) == TWO_ROWS
    variables = {"n": 2}
    answer = await rs.execute_graphql_query("query Q($n: Int) { users(limit: $n) { id email } }", variables,
                                            {"user_id": "7", "permissions": ["read"], "roles": ["user"]})
    assert type(answer) is bytes and json.loads(answer) == TWO_ROWS
    assert json.loads(rs.execute_graphql_query_sync(TWO, {}, {})) == TWO_ROWS
    assert fraiseql.get_pipeline().pool is with_pool
    assert with_pool.get_stats()["connections"] >= 1


async def test_execute_is_awaited(shop):
    rs.initialize_graphql_pipeline(json.dumps(SCHEMA), shop)
    waiting = rs.execute_graphql_query(query_string=TWO, variables={}, user_context={})
    assert inspect.isawaitable(waiting)
    answers = await asyncio.gather(waiting, *(rs.execute_graphql_query(TWO, {}, {}) for _ in range(50)))
    assert {json.dumps(json.loads(answer)) for answer in answers} == {json.dumps(TWO_ROWS)}


def test_errors_of_a_request_are_in_the_answer(shop):
    rs.initialize_graphql_pipeline(json.dumps(SCHEMA), shop)
    answer = json.loads(rs.execute_graphql_query_sync("invalid graphql syntax {{{", {}, {}))
    assert set(answer) == {"errors"}
    assert answer["errors"][0]["message"].startswith("Syntax Error:")
    assert answer["errors"][0]["extensions"] == {"code": "GRAPHQL_PARSE_FAILED"}


def test_operation_name_and_extensions(shop):
    rs.initialize_graphql_pipeline(json.dumps(SCHEMA), shop)
    document = "query A { users(limit: 1) { id } } query B { users(limit: 1) { email } }"
    answer = rs.execute_graphql_query_sync(document, None, None, "B")
    assert json.loads(answer) == {"data": {"users": [{"email": "user1@example.com"}]}}


@pytest.mark.parametrize("variable", ["FRAISEQL_DATABASE", "FRAISEQL_DATABASE_URL", "DATABASE_URL"])
def test_the_database_of_the_environment(shop, monkeypatch, variable):
    monkeypatch.setenv(variable, shop)
    rs.initialize_graphql_pipeline(json.dumps(SCHEMA))
    assert json.loads(rs.execute_graphql_query_sync(TWO, {}, {})) == TWO_ROWS


def test_the_order_of_the_environment(shop, monkeypatch):
    monkeypatch.setenv("FRAISEQL_DATABASE", shop)
    monkeypatch.setenv("FRAISEQL_DATABASE_URL", "postgresql:///does_not_exist")
    monkeypatch.setenv("DATABASE_URL", "postgresql:///does_not_exist_either")
    rs.initialize_graphql_pipeline(json.dumps(SCHEMA))
    assert json.loads(rs.execute_graphql_query_sync(TWO, {}, {})) == TWO_ROWS


def test_initializing_again_keeps_the_connections_and_replaces_the_schema(shop, monkeypatch):
    monkeypatch.setenv("FRAISEQL_DATABASE", shop)
    rs.initialize_graphql_pipeline(json.dumps(SCHEMA))
    pool = fraiseql.get_pipeline().pool
    assert json.loads(rs.execute_graphql_query_sync(TWO, {}, {})) == TWO_ROWS
    renamed = json.dumps({**SCHEMA, "tables": {"people": {**SCHEMA["tables"]["users"], "type": "[User]"}}})
    rs.initialize_graphql_pipeline(renamed)
    assert fraiseql.get_pipeline().pool is pool
    assert "errors" in json.loads(rs.execute_graphql_query_sync(TWO, {}, {}))
    answer = json.loads(rs.execute_graphql_query_sync(TWO.replace("users", "people"), {}, {}))
    assert answer == {"data": {"people": TWO_ROWS["data"]["users"]}}


def test_introspection_instead_of_schema_json(shop):
    rs.initialize_graphql_pipeline(None, shop)
    answer = json.loads(rs.execute_graphql_query_sync("{ user(id: 3) { posts(limit: 1) { title } } }", {}, {}))
    assert answer == {"data": {"user": {"posts": [{"title": "Post 2"}]}}}


@pytest.mark.parametrize("make", [rs.initialize_graphql_pipeline, rs.PyGraphQLPipeline])
def test_bad_arguments(make, shop):
    for schema in "", "not json", "[]", "{}", '{"tables": 1}':
        with pytest.raises(ValueError):
            make(schema, shop)
    with pytest.raises(ValueError):
        make("not json")  # no database either: the schema is told first, as in v1
    with pytest.raises(ConnectionError, match="FRAISEQL_DATABASE"):
        make(json.dumps(SCHEMA))
    with pytest.raises(ConnectionError):
        make(json.dumps(SCHEMA), "postgresql:///does_not_exist?host=/nowhere")
    with pytest.raises(TypeError, match="pool must be a DatabasePool"):
        make(json.dumps(SCHEMA), 7)
    with pytest.raises(TypeError):
        make(7, shop)


def test_a_failed_initialization_keeps_the_pipeline(shop):
    rs.initialize_graphql_pipeline(json.dumps(SCHEMA), shop)
    with pytest.raises(ValueError):
        rs.initialize_graphql_pipeline("{}", shop)
    assert json.loads(rs.execute_graphql_query_sync(TWO, {}, {})) == TWO_ROWS


def test_a_pipeline_object_is_its_own(shop):
    pool = rs.DatabasePool(shop, {"max_size": 2})
    pipeline = rs.PyGraphQLPipeline(json.dumps(SCHEMA), pool)
    answer = pipeline.execute(TWO, {}, {"user_id": None, "permissions": [], "roles": []})
    assert type(answer) is bytes and json.loads(answer) == TWO_ROWS
    with pytest.raises(RuntimeError):
        rs.execute_graphql_query_sync(TWO, {}, {})
    pool.close()


def test_the_user_context_reaches_the_session(make_database):
    url = make_database("""create view me as select 1 as id, current_setting('app.user_id', true) as user_id,
                           current_setting('app.roles', true) as roles""")
    pipeline = rs.PyGraphQLPipeline(None, url)
    answer = json.loads(pipeline.execute("{ mes { userId roles } }", {}, {"user_id": "42", "roles": ["a", "b"]}))
    assert answer == {"data": {"mes": [{"userId": "42", "roles": '["a","b"]'}]}}
    answer = json.loads(pipeline.execute("{ mes { userId } }", {}, {"user_id": None}))
    assert answer["data"]["mes"][0]["userId"] in (None, "")


# -- the pool ----------------------------------------------------------------------------------------------------------


def test_pool_with_the_keys_of_v1(shop):
    pool = rs.DatabasePool(shop, {"max_size": 3, "min_idle": 2, "connection_timeout": 5, "idle_timeout": 60,
                                  "max_lifetime": 600, "reap_frequency": 10})
    assert isinstance(pool, fraiseql.Pool)
    assert repr(pool) == "DatabasePool(max_size=3, min_idle=2)"
    assert pool.get_config_summary() == "Pool config: max_size=3, min_idle=2"
    assert pool.health_check() is True
    stats = pool.get_stats()
    assert {"connections", "idle_connections", "active_connections"} <= set(stats)
    assert 1 <= stats["connections"] <= 3 and stats["active_connections"] == 0
    pool.close()
    assert pool.closed


def test_defaults_of_v1(shop):
    pool = rs.DatabasePool(database_url=shop, config=None)
    assert repr(pool) == "DatabasePool(max_size=10, min_idle=1)"
    pool.close()
    pool = rs.DatabasePool(shop, {"max_size": None, "max_lifetime": None})
    assert repr(pool) == "DatabasePool(max_size=10, min_idle=1)"
    pool.close()


async def test_health_of_a_database_that_is_not_there(shop):
    pool = rs.DatabasePool("postgresql:///does_not_exist?host=/nowhere", {"connection_timeout": 0.2})
    assert pool.health_check() is False
    assert await pool.health_check_async() is False
    assert pool.get_stats()["connections"] == 0
    pool.close()


def test_connection_timeout_is_in_seconds(own_cluster):
    """Two requests and one connection, which is held: the second is refused after a second, not after a millisecond
    and not after v1's default of thirty."""
    url = own_cluster.url(own_cluster.database(own_cluster.template(
        sql="create view nap as select 1 as id, pg_sleep(3)::text as slept")))
    pool = rs.DatabasePool(url, {"max_size": 1, "connection_timeout": 1})
    pipeline = fraiseql.Pipeline(pool)

    async def both():
        first = asyncio.ensure_future(pipeline.execute("{ naps { id slept } }"))
        await asyncio.sleep(0)
        return await asyncio.gather(first, pipeline.execute("{ naps { id slept } }"))

    first, second = (json.loads(answer) for answer in asyncio.run(both()))
    assert first == {"data": {"naps": [{"id": 1, "slept": ""}]}}
    assert second["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"
    pool.close()


@pytest.mark.parametrize("config, error", [
    ({"max_sise": 1}, ValueError),
    ({"max_size": 0}, ValueError),
    ({"max_size": "3"}, TypeError),
    ({"idle_timeout": -1}, ValueError),
    ({"idle_timeout": float("nan")}, ValueError),
    ({"idle_timeout": float("inf")}, ValueError),
    ({"idle_timeout": "60"}, TypeError),
    ({"idle_timeout": True}, TypeError),
    ({"reap_frequency": "often"}, TypeError),
    ([], TypeError),
])
def test_bad_pool_config(shop, config, error):
    with pytest.raises(error):
        rs.DatabasePool(shop, config)


def test_pools_can_be_derived_from_and_are_collected(shop):
    class Named(fraiseql.Pool):
        pass

    class NamedV1(rs.DatabasePool):
        pass

    for kind in Named, NamedV1:
        pool = kind(shop)
        pool.name = "with a dict"
        pool.self = pool  # a cycle, for the collector
        assert pool.health_check() is True
        pipeline = fraiseql.Pipeline(pool)
        assert json.loads(pipeline.execute_sync("{ user(id: 1) { id } }")) == {"data": {"user": {"id": 1}}}
        del pipeline, pool
    gc.collect()
    assert not [o for o in gc.get_objects() if isinstance(o, (Named, NamedV1))]


def test_an_application_of_v1_ends_cleanly(shop, run_python):
    done = run_python("""
import asyncio, json, os, sys
from fraiseql._fraiseql_rs import initialize_graphql_pipeline, execute_graphql_query
initialize_graphql_pipeline(sys.argv[1])
print(asyncio.run(execute_graphql_query("{ users(limit: 2) { id email } }", {}, {})).decode())
""", json.dumps(SCHEMA), env={"DATABASE_URL": shop, "FRAISEQL_DATABASE": ""})
    assert json.loads(done.stdout) == TWO_ROWS and done.stderr == ""


# -- case --------------------------------------------------------------------------------------------------------------

CASES = [
    ("user_name", "userName"),
    ("email_address", "emailAddress"),
    ("user", "user"),
    ("userName", "userName"),
    ("dns_1_id", "dns1Id"),
    ("page_2_content", "page2Content"),
    ("billing_address_line_1", "billingAddressLine1"),
    ("line_1a", "line1a"),
    ("user__name", "userName"),
    ("user_name_", "userName"),
    ("_private", "_private"),
    ("_user_name", "_userName"),
    ("__typename", "__typename"),
    ("API_KEY", "APIKEY"),
    ("URL", "URL"),
    ("prénom_été", "prénomÉté"),
    ("_", "_"),
    ("", ""),
]


@pytest.mark.parametrize("given, expected", CASES)
def test_to_camel_case(given, expected):
    assert rs.to_camel_case(given) == expected
    assert rs.transform_keys({given: 1}) == {expected: 1}
    assert json.loads(rs.transform_json(json.dumps({given: 1}))) == {expected: 1}


def test_transform_keys():
    given = {"a_b": {"c_d": [{"e_f": 1}, [{"g_h": 2}], "i_j"]}, "k": ({"l_m": 3},)}
    assert rs.transform_keys(given) == {"aB": given["a_b"], "k": given["k"]}
    assert rs.transform_keys(given, recursive=True) == {
        "aB": {"cD": [{"eF": 1}, [{"gH": 2}], "i_j"]}, "k": ({"l_m": 3},)}
    assert given == {"a_b": {"c_d": [{"e_f": 1}, [{"g_h": 2}], "i_j"]}, "k": ({"l_m": 3},)}
    for wrong in [], None, "{}":
        with pytest.raises(TypeError):
            rs.transform_keys(wrong)
    with pytest.raises(TypeError):
        rs.transform_keys({1: 2})


@pytest.mark.parametrize("given, expected", [
    ('{"user_name": "John", "email_address": "john@example.com"}',
     '{"userName":"John","emailAddress":"john@example.com"}'),
    (' [ { "a_b" : [ 1 , 2 ] } , "c_d" , null ] ', '[{"aB":[1,2]},"c_d",null]'),
    ('{"a_b": "\\"c_d\\": 1", "e_f": "g: \\\\"}', '{"aB":"\\"c_d\\": 1","eF":"g: \\\\"}'),
    ('{"a_b": 1.10, "c_d": 12345678901234567890123, "e_f": 1e400}',
     '{"aB":1.10,"cD":12345678901234567890123,"eF":1e400}'),
    ('{"a\\u005fb": 1, "c_\\"d": 2, "é_à": 3}', '{"aB":1,"c\\"d":2,"éÀ":3}'),
    ('"a_b"', '"a_b"'),
    ("1.50", "1.50"),
])
def test_transform_json(given, expected):
    assert rs.transform_json(given) == expected


@pytest.mark.parametrize("wrong", ["", "{", "{'a': 1}", '{"a": NaN}', '{"a": 1,}', '{"a": 1} x', "[" * 100000])
def test_transform_json_refuses_what_is_not_json(wrong):
    with pytest.raises(ValueError):
        rs.transform_json(wrong)


def test_transform_json_of_a_long_number_and_of_the_wrong_type():
    digits = "9" * 10000  # more than int() takes
    assert rs.transform_json('{"a_b": %s}' % digits) == '{"aB":%s}' % digits
    with pytest.raises(TypeError):
        rs.transform_json(b"{}")
