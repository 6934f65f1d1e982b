# SPDX-License-Identifier: MIT
"""Who may introspect: everybody, nobody, or requests with a user context. `__typename` is no introspection."""

import pytest

QUERIES = ["{ __schema { queryType { name } } }", '{ __type(name: "User") { name } }', "{ users(limit: 0) { id } ...F } fragment F on Query { x: __schema { types { name } } }"]


@pytest.fixture(scope="module")
def off(demo_database, serve):
    return serve(demo_database, "--introspection", "off")


@pytest.fixture(scope="module")
def authenticated(demo_database, serve):
    return serve(demo_database, "--introspection", "authenticated", "--user-context-header", "X-User")


@pytest.mark.parametrize("text", QUERIES)
def test_on(demo_server, text):
    assert demo_server.gql(text)


@pytest.mark.parametrize("text", QUERIES)
def test_off(off, text):
    answer = off.post(text, headers={"Accept": "application/graphql-response+json"})
    assert answer.status == 400 and "data" not in answer.json
    assert "introspection" in answer.errors[0]["message"].lower()


def test_off_leaves_typename_and_queries(off):
    assert off.gql("{ __typename users(limit: 1) { __typename } }") == {"__typename": "Query", "users": [{"__typename": "User"}]}


def test_off_hides_the_printed_schema(off, demo_server):
    assert off.request("GET", "/schema.graphql").status == 404
    assert "type Query" in demo_server.request("GET", "/schema.graphql").text


def test_a_document_is_judged_anew_for_each_request(authenticated):
    """The cache of documents must not let an answer for one who may reach one who may not."""
    who = {"X-User": '{"user_id": 7}'}
    for _ in range(3):
        assert authenticated.post(QUERIES[0], headers=who).data == {"__schema": {"queryType": {"name": "Query"}}}
        assert "errors" in authenticated.post(QUERIES[0]).json
    assert authenticated.request("GET", "/schema.graphql").status == 404
    assert authenticated.request("GET", "/schema.graphql", headers=who).status == 200


@pytest.mark.parametrize("arguments, open_to_all", [(["--listen", "0.0.0.0:0"], False), (["--listen", "0.0.0.0:0", "--introspection", "on"], True)])
def test_the_default_depends_on_the_address(demo_database, serve, arguments, open_to_all):
    server = serve(demo_database, *arguments)
    assert ("data" in server.post(QUERIES[0]).json) == open_to_all
