# SPDX-License-Identifier: MIT
"""The functions and the object form: what comes back, as bytes, for good requests and bad ones."""

import json

import pytest

import fraiseql


async def test_the_answer_is_the_bytes_of_the_json(pipeline):
    body = await pipeline.execute("{ users(limit: 2) { id email } }")
    assert type(body) is bytes
    assert body == (b'{"data":{"users":[{"id":1,"email":"user1@example.com"},'
                    b'{"id":2,"email":"user2@example.com"}]}}')


def test_the_synchronous_form_gives_the_same(pipeline):
    body = pipeline.execute_sync("query ($id: Int!) { user(id: $id) { email posts(limit: 1) { title } } }", {"id": 3})
    assert body == b'{"data":{"user":{"email":"user3@example.com","posts":[{"title":"Post 2"}]}}}'


async def test_errors_of_the_request_are_in_the_answer(pipeline):
    answer = json.loads(await pipeline.execute("{ users { nme } }"))
    assert "data" not in answer
    assert answer["errors"][0]["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert answer["errors"][0]["message"].startswith('Cannot query field "nme" on type "User".')


async def test_functions_use_the_pipeline_of_the_process(shop, make_pool):
    pool = make_pool(shop)
    made = fraiseql.initialize_pipeline(pool)
    assert fraiseql.get_pipeline() is made and made.pool is pool
    body = await fraiseql.execute_graphql_query(query_string="{ user(id: 1) { id } }", variables={}, user_context={},
                                                operation_name=None, extensions=None)
    assert body == fraiseql.execute_graphql_query_sync("{ user(id: 1) { id } }") == b'{"data":{"user":{"id":1}}}'


def test_before_initialization_the_error_says_what_to_call(run_python):
    done = run_python("""
import asyncio, fraiseql
for call in (lambda: fraiseql.execute_graphql_query_sync("{ a }"), fraiseql.get_cache_stats, fraiseql.clear_cache,
             lambda: asyncio.run(fraiseql.execute_graphql_query("{ a }")), lambda: fraiseql.explain("{ a }")):
    try:
        call()
    except RuntimeError as error:
        print(error)
""")
    lines = done.stdout.splitlines()
    assert len(lines) == 5
    assert all(line.startswith("GraphQL pipeline not initialized. Call initialize_pipeline(") for line in lines)


@pytest.mark.parametrize("arguments, message", [
    ((1,), "query_string must be str, not int"),
    ((None,), "query_string must be str, not NoneType"),
    ((b"{ a }",), "query_string must be str, not bytes"),
    ((), "argument query_string is missing"),
    (("{ a }", [1]), "variables must be a dict or None, not list"),
    (("{ a }", None, "me"), "user_context must be a dict or None, not str"),
    (("{ a }", None, None, 5), "operation_name must be str or None, not int"),
    (("{ a }", None, None, None, "x"), "extensions must be a dict or None, not str"),
    (("{ a }", {"a": {"b": [0, object()]}}), "variables.a.b[1]: JSON holds nothing like object"),
    (("{ a }", {1: 2}), "variables: keys must be str, not int"),
])
def test_wrong_types_of_arguments_are_type_errors(pipeline, arguments, message):
    with pytest.raises(TypeError) as caught:
        pipeline._native.execute_sync(*arguments)
    assert str(caught.value) == message


# -- looking inside ------------------------------------------------------------------------------------------------------


def test_statistics_count_plans_and_clearing_forgets_them(pipeline):
    assert pipeline.get_cache_stats() == {"hits": 0, "misses": 0, "hit_rate": 0.0, "cached_plans": 0,
                                          "max_cached_plans": 5000, "plan_bytes": 0, "requests": 0, "request_errors": 0}
    for _ in range(4):
        pipeline.execute_sync("{ user(id: 1) { id } }")
    pipeline.execute_sync("{ nothing }")
    stats = pipeline.get_cache_stats()
    assert (stats["hits"], stats["misses"], stats["hit_rate"]) == (3, 1, 0.75)
    assert (stats["cached_plans"], stats["requests"], stats["request_errors"]) == (1, 5, 1)
    assert stats["plan_bytes"] > 0
    pipeline.clear_cache()
    stats = pipeline.get_cache_stats()
    assert (stats["hits"], stats["misses"], stats["cached_plans"]) == (0, 0, 0)
    assert pipeline.execute_sync("{ user(id: 1) { id } }") == b'{"data":{"user":{"id":1}}}'
    assert pipeline.get_cache_stats()["misses"] == 1


def test_explaining(pipeline):
    query = "query ($id: Int!) { user(id: $id) { email } }"
    text = pipeline.explain(query, {"id": 3})
    assert text.startswith("root user") and '"public"."users"' in text
    told = pipeline.explain(query, {"id": 3}, json=True)
    assert told["operation"] == "query"
    assert '"email"' in told["statements"][0]["sql"] and "3" not in told["statements"][0]["sql"]
    assert "3" in json.dumps(told["statements"][0]["parameters"])
    assert "plan" not in told["statements"][0]
    assert "actual time" in pipeline.explain(query, {"id": 3}, json=True, analyze=True)["statements"][0]["plan"]


def test_explaining_a_request_with_errors(pipeline):
    with pytest.raises(fraiseql.QueryError) as caught:
        pipeline.explain("{ user(id: 1) { nme } }")
    assert str(caught.value).startswith('Cannot query field "nme" on type "User".')
    assert json.loads(caught.value.response)["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    with pytest.raises(TypeError):
        pipeline.explain(5)


def test_the_schema_as_sdl_and_as_json_that_is_taken_again(pipeline, make_pool, shop):
    sdl = pipeline.schema_sdl()
    assert "type User {\n  id: Int!\n  email: String!\n  age: Int\n  createdAt: DateTime!\n" in sdl
    assert "  user(id: Int!): User\n" in sdl
    text = pipeline.schema_json()
    assert json.loads(text)["tables"]["users"]["view_name"] == "public.users"
    assert pipeline.schema_warnings() == []
    for form in (text, text.encode(), json.loads(text)):
        again = fraiseql.Pipeline(pipeline.pool, form)
        assert again.schema_sdl() == sdl
        assert again.execute_sync("{ user(id: 1) { email posts { id } } }") == pipeline.execute_sync(
            "{ user(id: 1) { email posts { id } } }")
    with pytest.raises(ValueError):
        fraiseql.Pipeline(pipeline.pool, text[:-10])


def test_details_of_errors_are_told_where_they_are_asked_for(make_database, make_pool):
    pool = make_pool(make_database("create view v_bad as select 1 as id, 1 / (random()::int * 0) as broken;"))
    query = "{ bads { id broken } }"
    quiet = json.loads(fraiseql.Pipeline(pool).execute_sync(query))["errors"][0]
    assert quiet["extensions"]["code"] == "DATABASE_ERROR" and "division" not in json.dumps(quiet)
    told = json.loads(fraiseql.Pipeline(pool, None, {"error_detail": True}).execute_sync(query))["errors"][0]
    assert "division by zero" in json.dumps(told)


def test_mutations(pipeline):
    body = pipeline.execute_sync('mutation ($name: JSON!) { visit(input: $name) { name } }', {"name": {"name": "Zoë"}})
    assert body.decode() == '{"data":{"visit":{"name":"Zoë"}}}'
