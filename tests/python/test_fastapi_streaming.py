# SPDX-License-Identifier: MIT
"""Large answers under a real uvicorn: constant memory, back-pressure to PostgreSQL, clients that leave, answers that break."""

import http.client
import json
import socket
import time

import psycopg
import pytest

from support.asgi import Uvicorn
from support.raw import Raw, is_sanitized, post

ROWS = 100_000
QUERY = "{ lines { id text number } }"


@pytest.fixture(scope="module")
def server(make_database):
    server = Uvicorn("fraiseql.fastapi.app:app", make_database("""
        create table line (id int primary key, text text not null, number float8);
        insert into line select i, 'line ' || i || repeat(' x', 60), case when i %% 7 > 0 then i / 8.0 end from generate_series(1, %d) i;
        create table done (id int primary key);
        create function finish(input jsonb) returns done volatile language plpgsql as $$
        declare made done;
        begin
            perform pg_sleep(1.5);
            insert into done values ((input ->> 'id')::int) returning * into made;
            return made;
        end $$;
        create table number (id int primary key);
        insert into number select generate_series(0, 200000);
        create view inverse as select id, repeat('x', 100) as filler, 1000000 / (150000 - id) as value from number order by id;
        create view slow as select 1 as id, pg_sleep(60)::text as text;
        analyze;
    """ % ROWS))
    yield server
    server.close()


def wait_until(database_url, text, seconds=30):
    with psycopg.connect(database_url, autocommit=True) as connection:
        deadline = time.monotonic() + seconds
        while not connection.execute(text).fetchone()[0]:
            assert time.monotonic() < deadline, "never true: " + text
            time.sleep(0.02)


ACTIVE = "select count(*) %s from pg_stat_activity where state = 'active' and query like '%%%s%%' and pid <> pg_backend_pid()"


def test_every_row_arrives(server):
    answer = server.post(QUERY)
    assert answer.status == 200 and answer.headers["transfer-encoding"] == "chunked"
    with psycopg.connect(server.database_url) as connection:
        expected = connection.execute(
            "select '{\"data\":{\"lines\":[' || string_agg('{\"id\":' || id || ',\"text\":\"' || text || '\",\"number\":' || coalesce(number::text, 'null') || '}', "
            "',' order by id) || ']}}' from line").fetchone()[0]
    assert answer.text == expected


def test_memory_stays_flat(server):
    server.post("{ lines(limit: 1000) { id text number } }")  # warm: plan, connection, buffers
    before = server.memory()
    for _ in range(3):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        connection.request("POST", "/graphql", body=json.dumps({"query": QUERY}), headers={"Content-Type": "application/json"})
        response = connection.getresponse()
        total, highest = 0, 0
        while chunk := response.read(65536):
            total += len(chunk)
            highest = max(highest, server.memory())
        connection.close()
        assert total > 15_000_000
        if not is_sanitized(server):
            assert highest - before < 12 << 20, "grew by %.1f MB" % ((highest - before) / 1e6)


def test_a_slow_client_slows_postgresql(server):
    before = server.memory()
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    client.connect(("127.0.0.1", server.port))
    client.sendall(post(json.dumps({"query": QUERY}), "Connection: close"))
    client.recv(1000)
    # The backend waits for its client, which is our process, which waits for us.
    wait_until(server.database_url, "select count(*) > 0 from pg_stat_activity where wait_event = 'ClientWrite'")
    if not is_sanitized(server):
        assert server.memory() - before < 12 << 20
    assert server.gql("{ line(id: 5) { number } }") == {"line": {"number": 0.625}}
    client.settimeout(120)
    received = b""
    while chunk := client.recv(1 << 20):
        received += chunk
    client.close()
    assert received.endswith(b"]}}\r\n0\r\n\r\n"), received[-100:]


def test_a_client_that_leaves_ends_its_stream(server):
    client = socket.create_connection(("127.0.0.1", server.port))
    client.sendall(post(json.dumps({"query": QUERY})))
    client.recv(1000)
    client.close()
    wait_until(server.database_url, ACTIVE % ("= 0", "line"))
    assert len(server.gql("{ lines(limit: 3) { id } }")["lines"]) == 3


def test_a_client_that_leaves_before_the_answer_cancels_its_query(server):
    with Raw(server.port) as client:
        client.send(post(json.dumps({"query": "{ slows { text } }"})))
        wait_until(server.database_url, ACTIVE % ("> 0", "slow"))
    wait_until(server.database_url, ACTIVE % ("= 0", "slow"))


def test_a_mutation_runs_to_its_end_without_its_client(server):
    with Raw(server.port) as client:
        client.send(post(json.dumps({"query": "mutation { finish(input: {id: 1}) { id } }"})))
        wait_until(server.database_url, ACTIVE % ("> 0", "finish"))
    wait_until(server.database_url, "select count(*) > 0 from done where id = 1")


def test_an_answer_that_breaks_after_it_began_is_never_well_formed(server):
    with Raw(server.port) as connection:
        connection.send(post(json.dumps({"query": "{ inverses { id filler value } }"})))
        received = connection.rest()  # the server ends the connection
    assert received.startswith(b"HTTP/1.1 200") and b"transfer-encoding: chunked" in received[:1000].lower()
    assert not received.endswith(b"0\r\n\r\n"), received[-200:]
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("POST", "/graphql", body=json.dumps({"query": "{ inverses { id filler value } }"}), headers={"Content-Type": "application/json"})
    with pytest.raises(http.client.IncompleteRead) as caught:
        connection.getresponse().read()
    connection.close()
    with pytest.raises(ValueError):
        json.loads(caught.value.partial)
    assert "could not be completed" in server.read_log()
    assert server.gql("{ number(id: 7) { id } }") == {"number": {"id": 7}}


def test_a_query_that_fails_before_its_answer_began_is_an_ordinary_error(server):
    answer = server.post("{ inverses(where: {id: {gte: 149990}}) { id value } }")
    assert answer.status == 200 and answer.json["data"] is None
    assert answer.errors[0]["extensions"]["code"] == "DATABASE_ERROR" and answer.errors[0]["path"] == ["inverses"]
