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
