# SPDX-License-Identifier: MIT
"""Requests that share a plan never share a value."""

import concurrent.futures
import http.client
import json
import random

import psycopg
import pytest

ROWS = 500


@pytest.fixture(scope="module")
def server(make_database, serve):
    return serve(make_database("""
        create table item (id int primary key, kind int not null, label text not null);
        insert into item select i, i %% 17, 'label ' || i %% 23 from generate_series(1, %d) i;
        create index on item (kind);
        analyze item;
    """ % ROWS))


@pytest.fixture(scope="module")
def rows(server):
    with psycopg.connect(server.database_url) as connection:
        return connection.execute("select id, kind, label from item order by id").fetchall()


def expected(rows, kind, label, low, limit, offset):
    fitting = [i for i, k, l in rows if k == kind and l != label and i > low]
    return [{"id": i} for i in fitting[offset:offset + limit]]


def run(server, rows, seed, number, ask):
    draw = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    for _ in range(number):
        values = (draw.randrange(18), "label %d" % draw.randrange(24), draw.randrange(ROWS), draw.randrange(30), draw.randrange(4))
        connection.request("POST", "/graphql", body=json.dumps(ask(*values)), headers={"Content-Type": "application/json"})
        document = json.loads(connection.getresponse().read())
        assert document == {"data": {"items": expected(rows, *values)}}, values
    connection.close()


def with_literals(kind, label, low, limit, offset):
    return {"query": '{ items(where: {kind: {eq: %d}, label: {neq: "%s"}, id: {gt: %d}}, limit: %d, offset: %d) { id } }'
            % (kind, label, low, limit, offset)}


def with_variables(kind, label, low, limit, offset):
    return {"query": "query ($k: Int, $l: String, $i: Int, $n: Int, $o: Int) { items(where: {kind: {eq: $k}, label: {neq: $l}, "
                     "id: {gt: $i}}, limit: $n, offset: $o) { id } }",
            "variables": {"k": kind, "l": label, "i": low, "n": limit, "o": offset}}


@pytest.mark.parametrize("ask", [with_literals, with_variables])
def test_ten_thousand_random_values_over_one_shape(server, rows, ask):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(run, server, rows, seed, 1250, ask) for seed in range(8)]:
            done.result()


def test_two_literals_two_answers(server):
    for limit in (1, 2, 1, 3, 2):
        assert len(server.gql("{ items(limit: %d) { id } }" % limit)["items"]) == limit
    for kind in (3, 4, 3):
        assert {row["kind"] for row in server.gql("{ items(where: {kind: {eq: %d}}) { kind } }" % kind)["items"]} == {kind}


def test_kinds_of_literals_do_not_mix(server):
    """A literal's kind is part of the plan's key: "3" is no Int."""
    assert server.post("{ items(where: {kind: {eq: 3}}, limit: 1) { id } }").status == 200
    wrong = server.post('{ items(where: {kind: {eq: "3"}}, limit: 1) { id } }')
    assert wrong.status == 400
    assert "Int cannot represent non-integer value" in wrong.errors[0]["message"]
    assert server.post("{ items(where: {kind: {eq: 3.5}}, limit: 1) { id } }").status == 400
    assert server.post("{ items(where: {kind: {eq: null}}, limit: 1) { id } }").data == {"items": []}
