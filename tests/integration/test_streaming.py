# SPDX-License-Identifier: MIT
"""A long list leaves row by row: server memory stays flat, and a slow client slows PostgreSQL."""

import http.client
import json
import socket
import time

import psycopg
import pytest

ROWS = 100_000
QUERY = "{ lines { id text number } }"


@pytest.fixture(scope="module")
def server(make_database, serve):
    return serve(make_database("""
        create table line (id int primary key, text text not null, number float8);
        insert into line select i, 'line ' || i || repeat(' x', 60), case when i %% 7 > 0 then i / 8.0 end from generate_series(1, %d) i;
        create table twig (id int primary key, line_id int not null references line);
        insert into twig select i, 1 + (i - 1) / 2 from generate_series(1, 20000) i;
        create index on twig (line_id);
        analyze;
    """ % ROWS))


def expected(server):
    with psycopg.connect(server.database_url) as connection:
        return connection.execute(
            "select '{\"data\":{\"lines\":[' || string_agg('{\"id\":' || id || ',\"text\":\"' || text || '\",\"number\":' || coalesce(number::text, 'null') || '}', "
            "',' order by id) || ']}}' from line").fetchone()[0]


def test_every_row_arrives(server):
    answer = server.post(QUERY)
    assert answer.status == 200
    assert answer.text == expected(server)


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
        if "Sanitizer" not in open("/proc/%d/maps" % server.pid).read() and "libasan" not in open("/proc/%d/maps" % server.pid).read():
            assert highest - before < 8 << 20, "grew by %.1f MB" % ((highest - before) / 1e6)


def test_a_slow_client_slows_postgresql(server):
    before = server.memory()
    body = json.dumps({"query": QUERY}).encode()
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    client.connect(("127.0.0.1", server.port))
    client.sendall(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    client.recv(1000)
    with psycopg.connect(server.database_url, autocommit=True) as connection:
        # The backend waits for its client, which is the server, which waits for us.
        deadline = time.monotonic() + 30
        while not connection.execute("select 1 from pg_stat_activity where wait_event = 'ClientWrite'").fetchone():
            assert time.monotonic() < deadline, "PostgreSQL was never held back"
            time.sleep(0.02)
        assert connection.execute("select count(*) from pg_stat_activity where state = 'active' and query like '%line%' and pid <> pg_backend_pid()").fetchone()[0] >= 1
    if "libasan" not in open("/proc/%d/maps" % server.pid).read():
        assert server.memory() - before < 8 << 20
    # Other requests are served meanwhile.
    assert server.gql("{ line(id: 5) { number } }") == {"line": {"number": 0.625}}
    # And the rest arrives, whole, when we read on.
    client.settimeout(120)
    received = b""
    while chunk := client.recv(1 << 20):
        received += chunk
    client.close()
    assert received.endswith(b"]}}\r\n0\r\n\r\n"), received[-100:]


def test_a_long_list_takes_its_children_along(server):
    data = server.gql("{ lines(limit: 20000) { id twigs(limit: 2) { id } } }")
    assert len(data["lines"]) == 20000
    for line in data["lines"]:
        first = 2 * line["id"] - 1
        assert line["twigs"] == ([{"id": first}, {"id": first + 1}] if line["id"] <= 10000 else [])


def test_a_client_that_leaves_ends_its_query(server):
    body = json.dumps({"query": QUERY}).encode()
    client = socket.create_connection(("127.0.0.1", server.port))
    client.sendall(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    client.recv(1000)
    client.close()
    with psycopg.connect(server.database_url, autocommit=True) as connection:
        deadline = time.monotonic() + 30
        while connection.execute("select 1 from pg_stat_activity where state = 'active' and query like '%line%' and pid <> pg_backend_pid()").fetchone():
            assert time.monotonic() < deadline, "the query of a client that has left still runs"
            time.sleep(0.02)
    assert len(server.gql("{ lines(limit: 3) { id } }")["lines"]) == 3


def test_an_answer_that_breaks_after_it_began_is_never_well_formed(make_database, serve):
    """Past response_buffer the status has left: the message must end as broken."""
    url = make_database("""
        create table number (id int primary key);
        insert into number select generate_series(0, 200000);
        create view inverse as select id, repeat('x', 100) as filler, 1000000 / (150000 - id) as value from number order by id;
    """)
    server = serve(url)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("POST", "/graphql", body=json.dumps({"query": "{ inverses { id filler value } }"}), headers={"Content-Type": "application/json"})
    response = connection.getresponse()
    try:
        body = response.read()
    except http.client.IncompleteRead as error:
        body = error.partial
    else:
        document = json.loads(body)  # held back until the end: then it must be a proper error
        assert document["errors"]
        return
    with pytest.raises(ValueError):
        json.loads(body)
    assert server.gql("{ number(id: 7) { id } }") == {"number": {"id": 7}}
