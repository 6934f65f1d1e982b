# SPDX-License-Identifier: MIT
"""The application configured by the environment, asked in process by httpx: no server, no start-up event, an event loop
of its own for each test. FraiseQL v1's seven scenarios, compared with what SQL says, and what else an application needs.
"""

import hashlib
import importlib
import json
import sys
import uuid

import psycopg
import pytest
from httpx import AsyncClient
from psycopg.rows import dict_row


@pytest.fixture(scope="module")
def sql(demo_database):
    with psycopg.connect(demo_database, autocommit=True, row_factory=dict_row) as connection:
        yield lambda text, *values: connection.execute(text, values).fetchall()


@pytest.fixture(scope="module")
def app(demo_database):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRAISEQL_DATABASE", demo_database)
        sys.modules.pop("fraiseql.fastapi.app", None)
        yield importlib.import_module("fraiseql.fastapi.app").app
    sys.modules.pop("fraiseql.fastapi.app", None)


@pytest.fixture
async def client(app):
    async with AsyncClient(app=app, base_url="http://test") as client:
        yield client


async def ask(client, query, **more):
    return await client.post("/graphql", json={"query": query, **more})


async def test_simple_query(client, sql):
    response = await ask(client, "query { users { id firstName } }")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    rows = sql("select id::text, data->>'firstName' as \"firstName\" from tv_user order by id")
    assert len(rows) >= 50
    assert response.json() == {"data": {"users": rows}}


async def test_where_with_a_bare_value(client, sql):
    response = await ask(client, 'query { users(where: {status: "active"}) { id name } }')
    assert response.status_code == 200
    rows = sql("select id::text, data->>'name' as name from tv_user where data->>'status' = 'active' order by id")
    assert rows
    assert response.json() == {"data": {"users": rows}}


async def test_pagination(client, sql):
    response = await ask(client, "query { users(limit: 10, offset: 5) { id } }")
    assert response.status_code == 200
    assert response.json() == {"data": {"users": sql("select id::text from tv_user order by id limit 10 offset 5")}}


async def test_mutation(client, sql):
    response = await ask(client, 'mutation { createUser(input: {name: "John"}) { id name } }')
    assert response.status_code == 200
    made = response.json()["data"]["createUser"]
    assert response.json() == {"data": {"createUser": {"id": str(uuid.UUID(made["id"])), "name": "John"}}}
    assert sql("select first_name, status from tb_user where id = %s", made["id"]) == [
        {"first_name": "John", "status": "active"}]
    again = await ask(client, "query ($id: UUID!) { user(id: $id) { name } }", variables={"id": made["id"]})
    assert again.json() == {"data": {"user": {"name": "John"}}}


async def test_query_with_variables(client, sql):
    query = "query GetUsers($where: UserWhere!) { users(where: $where) { id } }"
    for status in ("active", "inactive", "pending"):
        response = await ask(client, query, variables={"where": {"status": status}})
        rows = sql("select id::text from tv_user where data->>'status' = %s order by id", status)
        assert rows
        assert response.status_code == 200
        assert response.json() == {"data": {"users": rows}}


async def test_nested_fields(client, sql):
    response = await ask(client, "query { users { id equipment { name status } } }")
    assert response.status_code == 200
    rows = sql("""
        select u.id::text, coalesce((select json_agg(json_build_object('name', e.name, 'status', e.status) order by pk_equipment)
            from tb_equipment e where e.fk_user = u.pk_user), '[]') as equipment
        from tb_user u join tv_user t on t.id = u.id order by u.id""")
    assert response.json() == {"data": {"users": rows}}


async def test_error_handling(client):
    response = await ask(client, "query { invalidField { id } }")
    assert response.status_code == 400
    assert response.json() == {"errors": [{
        "message": 'Cannot query field "invalidField" on type "Query".', "locations": [{"line": 1, "column": 9}],
        "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}]}


async def test_batch(client):
    response = await client.post("/graphql", json=[
        {"query": "{ __typename }"}, {"query": "{ nothing }"}, {"query": "query ($n: Int) { users(limit: $n) { id } }", "variables": {"n": 0}}])
    assert response.status_code == 200
    first, second, third = response.json()
    assert first == {"data": {"__typename": "Query"}} and third == {"data": {"users": []}}
    assert second["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_automatic_persisted_queries(client):
    query = "{ __typename again: __typename }"
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}}
    missed = await client.post("/graphql", json={"extensions": extensions})
    assert missed.status_code == 200
    assert missed.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    newer = await client.post("/graphql", json={"extensions": extensions}, headers={"accept": "application/graphql-response+json"})
    assert newer.status_code == 400
    wrong = await client.post("/graphql", json={"query": "{ __typename }", "extensions": extensions})
    assert wrong.json()["errors"][0]["message"] == "provided sha does not match query"
    expected = {"data": {"__typename": "Query", "again": "Query"}}
    assert (await client.post("/graphql", json={"query": query, "extensions": extensions})).json() == expected
    assert (await client.post("/graphql", json={"extensions": extensions})).json() == expected
    by_get = await client.get("/graphql", params={"extensions": json.dumps(extensions)})
    assert (by_get.status_code, by_get.json()) == (200, expected)


async def test_health_and_ready(client):
    assert (await client.get("/health")).json() == {"status": "ok"}
    ready = await client.get("/ready")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


async def test_the_schema_as_a_page(client, app):
    page = await client.get("/schema.graphql")
    assert page.headers["content-type"] == "text/plain; charset=utf-8"
    assert page.text == app.state.fraiseql.connect().schema_sdl() and "type User {" in page.text


async def test_many_at_once(client, sql):
    import asyncio

    ids = [row["id"] for row in sql("select id from article order by id limit 100")]
    answers = await asyncio.gather(*(
        ask(client, "query ($id: Int!) { article(id: $id) { id } }", variables={"id": id}) for id in ids))
    assert [a.json() for a in answers] == [{"data": {"article": {"id": id}}} for id in ids]
