# SPDX-License-Identifier: MIT
"""PostgreSQL dies, comes back, loses connections: errors while it is away, never a crash or a hang, then full service."""

import concurrent.futures
import http.client
import json
import signal
import threading
import time

import psycopg
import pytest

from support.server import Answer, Server, run_program

SCHEMA = """
create table thing (id int primary key, name text not null);
insert into thing select i, 'thing ' || i from generate_series(1, 1000) i;
create function add_thing(input jsonb) returns thing volatile language sql as
$$ insert into thing values ((input ->> 'id')::int, input ->> 'name') returning * $$;
create function nap(seconds float8) returns boolean volatile language plpgsql as $$ begin perform pg_sleep(seconds); return true; end $$;
create view slow as select id, nap(30) as rested from thing where id = 1;
"""


@pytest.fixture
def cluster_and_server(own_cluster):
    database = own_cluster.database(own_cluster.template(sql=SCHEMA))
    server = Server(own_cluster.url(database))
    yield own_cluster, server
    server.close()


def serves_again(server, seconds=30):
    deadline = time.monotonic() + seconds
    while True:
        answer = server.post("{ thing(id: 3) { name } }")
        if answer.status == 200 and answer.json == {"data": {"thing": {"name": "thing 3"}}}:
            return
        assert time.monotonic() < deadline, "no service long after PostgreSQL is back: %r" % answer
        time.sleep(0.05)


def is_proper(answer):
    """Either the right answer, or an error that says so; nothing else, whatever happens to PostgreSQL."""
    document = answer.json
    if answer.status == 200 and "errors" not in document:
        return True
    assert answer.status in (200, 503), answer
    assert document["errors"][0]["message"], answer
    code = document["errors"][0]["extensions"]["code"]
    assert code in ("SERVICE_UNAVAILABLE", "DATABASE_ERROR", "TIMEOUT"), answer
    if answer.status == 503:
        assert answer.headers["Retry-After"]
    return False


def test_killed_under_load(cluster_and_server):
    cluster, server = cluster_and_server
    ended, good, bad = threading.Event(), [0] * 8, [0] * 8

    def load(worker):
        number = 0
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        while not ended.is_set():
            number = number % 1000 + 1
            connection.request("POST", "/graphql", body=json.dumps({"query": "query ($id: Int!) { thing(id: $id) { id name } }",
                               "variables": {"id": number}}), headers={"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
            if is_proper(answer):
                assert answer.json == {"data": {"thing": {"id": number, "name": "thing %d" % number}}}
                good[worker] += 1
            else:
                bad[worker] += 1
                time.sleep(0.01)
        connection.close()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        running = [pool.submit(load, worker) for worker in range(8)]
        try:
            for _ in range(3):
                time.sleep(0.5)
                cluster.kill()
                time.sleep(0.5)
                cluster.start()
                serves_again(server)
        finally:
            ended.set()
        for worker in running:
            worker.result(60)
    assert sum(good) > 100
    assert sum(bad) > 0, "nobody noticed that PostgreSQL was away: this test shows nothing"
    assert server.process.poll() is None


def test_ready_says_what_is(cluster_and_server):
    cluster, server = cluster_and_server
    assert server.request("GET", "/ready").status == 200
    assert server.request("GET", "/health").status == 200
    cluster.stop()
    deadline = time.monotonic() + 30
    while server.request("GET", "/ready").status == 200:
        assert time.monotonic() < deadline, "/ready did not notice"
        server.post("{ thing(id: 1) { id } }")
        time.sleep(0.05)
    assert server.request("GET", "/health").status == 200
    assert not is_proper(server.post("{ thing(id: 1) { id } }"))
    cluster.start()
    serves_again(server)
    deadline = time.monotonic() + 30
    while server.request("GET", "/ready").status != 200:
        assert time.monotonic() < deadline, "/ready did not recover"
        time.sleep(0.05)


def test_terminated_backends(cluster_and_server):
    """An administrator ends every connection: idle ones are replaced, running queries fail by themselves only."""
    cluster, server = cluster_and_server
    for _ in range(5):
        serves_again(server)
        with psycopg.connect(server.database_url, autocommit=True) as admin:
            admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
        is_proper(server.post("{ thing(id: 3) { name } }"))
    serves_again(server)


def test_dropped_column_under_a_prepared_plan(cluster_and_server):
    cluster, server = cluster_and_server
    assert server.gql("{ thing(id: 1) { id name } }") == {"thing": {"id": 1, "name": "thing 1"}}
    with psycopg.connect(server.database_url, autocommit=True) as admin:
        admin.execute("alter table thing alter column name type varchar(100)")
    answer = server.post("{ thing(id: 1) { id name } }")
    assert answer.json == {"data": {"thing": {"id": 1, "name": "thing 1"}}} or not is_proper(answer)
    with psycopg.connect(server.database_url, autocommit=True) as admin:
        admin.execute("alter table thing drop column name cascade")
    answer = server.post("{ thing(id: 1) { id name } }")
    assert not is_proper(answer)
    assert server.gql("{ thing(id: 1) { id } }") == {"thing": {"id": 1}}


def test_a_write_without_answer_is_not_repeated(cluster_and_server):
    """The connection ends while a mutation runs: an error, and the row is there once or not at all."""
    cluster, server = cluster_and_server
    with psycopg.connect(server.database_url, autocommit=True) as admin:
        admin.execute("create function add_slowly(input jsonb) returns thing volatile language plpgsql as $$ declare t thing; begin "
                      "insert into thing values ((input ->> 'id')::int, 'slow') returning * into t; perform pg_sleep(30); return t; end $$")
        second = Server(server.database_url)
        answers = []
        asking = threading.Thread(target=lambda: answers.append(second.post("mutation { addSlowly(input: {id: 5000}) { id } }")))
        asking.start()
        deadline = time.monotonic() + 30
        while not admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where query like '%add_slowly%' and state = 'active' "
                                "and wait_event = 'PgSleep' and pid <> pg_backend_pid()").fetchone():
            assert time.monotonic() < deadline, "the mutation never ran"
            time.sleep(0.02)
        asking.join(60)
        assert not is_proper(answers[0])
        time.sleep(0.5)
        assert admin.execute("select count(*) from pg_stat_activity where query like '%add_slowly%' and state = 'active' and pid <> pg_backend_pid()").fetchone() == (0,)
        assert admin.execute("select count(*) from thing where id = 5000").fetchone()[0] == 0
        second.close()


def test_sigterm_finishes_running_requests(own_cluster):
    database = own_cluster.database(own_cluster.template(sql=SCHEMA.replace("nap(30)", "nap(1.5)")))
    server = Server(own_cluster.url(database))
    answers = []
    asking = threading.Thread(target=lambda: answers.append(server.request(
        "POST", "/graphql", json.dumps({"query": "{ slows { id rested } }"}), {"Content-Type": "application/json"})))
    asking.start()
    with psycopg.connect(server.database_url, autocommit=True) as admin:
        deadline = time.monotonic() + 30
        while not admin.execute("select 1 from pg_stat_activity where wait_event = 'PgSleep'").fetchone():
            assert time.monotonic() < deadline
            time.sleep(0.01)
    server.process.send_signal(signal.SIGTERM)
    asking.join(60)
    assert server.process.wait(60) == 0
    assert answers[0].status == 200
    assert answers[0].json == {"data": {"slows": [{"id": 1, "rested": True}]}}
    server.close()


def test_no_database_at_start(own_cluster):
    """A server whose database is not there says so and ends; it does not hang."""
    done = run_program("serve", "--database", own_cluster.url("nobody_made_this"), "--listen", "127.0.0.1:0", timeout=60)
    assert done.returncode != 0
    assert "nobody_made_this" in done.stderr
