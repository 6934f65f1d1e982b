# SPDX-License-Identifier: MIT
"""An array of requests in one body: answered by an array in the same order, limited, switchable."""

import json

import pytest

NEW, OLD = "application/graphql-response+json", "application/json"


def send(server, body, accept=NEW):
    return server.request("POST", "/graphql", body if isinstance(body, str) else json.dumps(body),
                          {"Content-Type": "application/json", "Accept": accept})


def test_answers_stand_in_the_order_of_the_requests(demo_server):
    ids = [row["id"] for row in demo_server.gql("{ articles(limit: 8, orderBy: [{id: ASC}]) { id } }")["articles"]]
    batch = [{"query": "query ($i: Int!) { article(id: $i) { id } }", "variables": {"i": i}} for i in reversed(ids)]
    answer = send(demo_server, batch)
    assert answer.status == 200 and answer.headers["Content-Type"].startswith(NEW)
    assert answer.json == [{"data": {"article": {"id": i}}} for i in reversed(ids)]


@pytest.mark.parametrize("accept", [NEW, OLD])
def test_an_error_is_its_own_members_alone(demo_server, accept):
    answer = send(demo_server, [
        {"query": "{ __typename }"}, {"query": "{ nothing }"}, {"query": "{"}, {}, 7, None,
        {"query": "query A { a: __typename } query B { b: __typename }", "operationName": "B"},
        {"query": "query ($n: Int!) { users(limit: $n) { id } }", "variables": {"n": "x"}},
    ], accept)
    assert answer.status == 200
    codes = [a["errors"][0]["extensions"]["code"] if "errors" in a else a["data"] for a in answer.json]
    assert codes == [{"__typename": "Query"}, "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "BAD_REQUEST", "BAD_REQUEST", "BAD_REQUEST",
                     {"b": "Query"}, "BAD_USER_INPUT"]


def test_a_batch_of_one(demo_server):
    assert send(demo_server, [{"query": "{ __typename }"}]).json == [{"data": {"__typename": "Query"}}]


def test_an_empty_batch_is_refused(demo_server):
    answer = send(demo_server, [])
    assert answer.status == 400 and answer.errors[0]["message"] == "The batch is empty"


def test_batches_do_not_nest(demo_server):
    answer = send(demo_server, [[{"query": "{ __typename }"}], {"query": "{ __typename }"}])
    assert ["errors" in a for a in answer.json] == [True, False]


def test_the_limit(demo_database, serve):
    server = serve(demo_database, "--max-batch", "3")
    one = {"query": "{ __typename }"}
    assert len(send(server, [one] * 3).json) == 3
    answer = send(server, [one] * 4)
    assert answer.status == 400
    assert answer.errors[0]["message"] == "The batch has 4 requests, which exceeds the limit of 3 (max_batch)"


def test_the_default_limit(demo_server):
    one = {"query": "{ __typename }"}
    assert len(send(demo_server, [one] * 50).json) == 50
    assert send(demo_server, [one] * 51).status == 400


def test_switched_off(demo_database, serve):
    server = serve(demo_database, "--no-batching")
    answer = send(server, [{"query": "{ __typename }"}])
    assert answer.status == 400 and "switched off" in answer.errors[0]["message"]
    assert send(server, {"query": "{ __typename }"}).status == 200


def test_mutations_and_queries_may_stand_together(demo_server):
    answer = send(demo_server, [
        {"query": "mutation ($i: JSON!) { createUser(input: $i) { id } }", "variables": {"i": {"firstName": "B%d" % i, "lastName": "Batch"}}}
        for i in range(5)] + [{"query": "{ users(limit: 1) { id } }"}])
    assert all("errors" not in a for a in answer.json), answer
    assert len({a["data"]["createUser"]["id"] for a in answer.json[:5]}) == 5


def test_a_malformed_array_is_one_error(demo_server):
    answer = send(demo_server, '[{"query": "{ __typename }"},]')
    assert answer.status == 400 and "errors" in answer.json
