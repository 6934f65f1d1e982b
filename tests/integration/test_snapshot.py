# SPDX-License-Identifier: MIT
"""A read request sees one snapshot, however many statements it took: a test writes between them and looks."""

import threading
import time

import psycopg
import pytest

LOCK = 4242


@pytest.fixture(scope="module")
def url(make_database):
    # Reading a gate waits while somebody holds the lock: the place where the test writes.
    return make_database("""
        create function pass() returns boolean volatile language plpgsql as $$
        begin
            perform pg_advisory_lock_shared(4242);
            perform pg_advisory_unlock_shared(4242);
            return true;
        end $$;
        create table door (id int primary key, name text not null);
        insert into door values (1, 'first'), (2, 'second');
        create view gate as select id, pass() as passed from door;
        create table item (id int primary key, door_id int not null references door);
        insert into item select i, 1 + i % 2 from generate_series(1, 10) i;
    """)


@pytest.fixture(scope="module")
def server(url, serve):
    return serve(url)


def wait_until_blocked(connection):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if connection.execute("select 1 from pg_locks where locktype = 'advisory' and not granted").fetchone():
            return
        time.sleep(0.01)
    raise AssertionError("the request did not come to the gate")


def ask_while(url, server, query, write):
    """The data of a query during which, once it waits at the gate, `write` is run and committed."""
    answers = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
        asking = threading.Thread(target=lambda: answers.append(server.gql(query)))
        asking.start()
        try:
            wait_until_blocked(connection)
            connection.execute(write)
        finally:
            connection.execute("select pg_advisory_unlock(%s)", [LOCK])
            asking.join(60)
    return answers[0]


def test_roots_of_one_request_see_one_snapshot(url, server):
    data = ask_while(url, server, "{ gates { id passed } items { id } itemsAggregate { count } }",
                     "insert into item values (11, 1); delete from item where id = 1")
    assert data["gates"] == [{"id": 1, "passed": True}, {"id": 2, "passed": True}]
    assert [row["id"] for row in data["items"]] == list(range(1, 11))
    assert data["itemsAggregate"] == {"count": 10}
    # The next request sees the write, so the first could have.
    assert [row["id"] for row in server.gql("{ items { id } }")["items"]] == list(range(2, 12))


def test_levels_of_one_request_see_one_snapshot(url, server):
    before = {row["id"]: row["items"] for row in server.gql("{ doors { id items { id } } }")["doors"]}
    data = ask_while(url, server, "{ gates { passed } doors { id name items { id } } }",
                     "insert into item values (12, 2); update door set name = 'changed'; insert into door values (3, 'third')")
    assert {row["id"]: row["items"] for row in data["doors"]} == before
    assert {row["name"] for row in data["doors"]} == {"first", "second"}
    assert len(server.gql("{ doors { id } }")["doors"]) == 3


def test_a_read_cannot_write(make_database, serve):
    url = make_database("""
        create table note (id int primary key);
        create function leave() returns int volatile language plpgsql as $$ begin insert into note values (1); return 1; end $$;
        create view sly as select 1 as id, leave() as left_behind;
    """)
    answer = serve(url).post("{ slies { id leftBehind } }")
    assert answer.status == 200
    assert answer.json["data"] is None
    assert answer.errors[0]["extensions"]["sqlstate"] == "25006"
    with psycopg.connect(url) as connection:
        assert connection.execute("select count(*) from note").fetchone() == (0,)
