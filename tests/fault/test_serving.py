# SPDX-License-Identifier: MIT
"""Serving among clients that leave, stand still or flood, over HTTP/1.1 and HTTP/2, plain and TLS; shutting down, reloading."""

import concurrent.futures
import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time

import psycopg
import pytest

from support.need import need_command
from support.raw import Raw, post
from support.server import ROOT, Server, free_port, run_program

JSON = {"Content-Type": "application/json"}
SQL = """
create table thing (id int primary key, name text not null);
insert into thing select i, 'thing ' || i from generate_series(1, 1000) i;
create function nap(seconds float8) returns boolean volatile language plpgsql as $$ begin perform pg_sleep(seconds); return true; end $$;
create view slow as select id, nap(60) as rested from thing where id = 1;
create view short_nap as select id, nap(1.5) as rested from thing where id = 1;
create table row (id int primary key, text text not null);
insert into row select i, md5(i::text) || repeat(' y', 60) from generate_series(1, 100000) i;
create view inverse as select id, text, 1000000 / (50000 - id) as value from row order by id;
create function add_slowly(input jsonb) returns thing volatile language plpgsql as
$$ declare t thing; begin insert into thing values ((input ->> 'id')::int, 'slow') returning * into t; perform pg_sleep(1.5); return t; end $$;
"""
SLOW = "{ slows { id rested } }"
BROKEN = "{ inverses { id text value } }"


@pytest.fixture(scope="module")
def url(make_database):
    return make_database(SQL)


@pytest.fixture(scope="module")
def server(url, serve):
    return serve(url)


@pytest.fixture
def admin(url):
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def wait_for(condition, what, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def sleeping(admin):
    return admin.execute("select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'").fetchone()[0]


def active(admin):
    return admin.execute("select count(*) from pg_stat_activity where datname = current_database() and state = 'active' "
                         "and pid <> pg_backend_pid()").fetchone()[0]


def end_sleepers(admin):
    """PostgreSQL itself does not notice that its client has died."""
    admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()")
    wait_for(lambda: sleeping(admin) == 0, "somebody still sleeps")


# -- clients that leave -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("how", ["close", "half", "reset"])
def test_a_client_that_leaves_gives_up_its_read(server, admin, how):
    with Raw(server.port) as client:
        client.send(post(json.dumps({"query": SLOW})))
        wait_for(lambda: sleeping(admin) == 1, "the query never ran")
        if how == "half":
            client.socket.shutdown(socket.SHUT_WR)
        elif how == "reset":
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.socket.close()
        else:
            client.socket.close()
        wait_for(lambda: sleeping(admin) == 0, "the query still runs")
    assert server.gql("{ thing(id: 1) { name } }") == {"thing": {"name": "thing 1"}}


@pytest.mark.parametrize("how", ["close", "half"])
def test_a_mutation_runs_to_its_end(server, admin, how):
    number = 5000 + (how == "half")
    with Raw(server.port) as client:
        client.send(post(json.dumps({"query": "mutation { addSlowly(input: {id: %d}) { id } }" % number})))
        wait_for(lambda: sleeping(admin) == 1, "the mutation never ran")
        client.socket.close() if how == "close" else client.socket.shutdown(socket.SHUT_WR)
        wait_for(lambda: sleeping(admin) == 0, "the mutation still runs")
        wait_for(lambda: admin.execute("select count(*) from thing where id = %s", (number,)).fetchone() == (1,), "the row is missing")


@pytest.mark.parametrize("how", ["close", "half"])
def test_a_client_that_leaves_a_stream(server, admin, how):
    with Raw(server.port) as client:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        client.send(post(json.dumps({"query": "{ rows { id text } }"})))
        client.socket.recv(1000)
        wait_for(lambda: active(admin) == 1, "the query is not held back")
        client.socket.close() if how == "close" else client.socket.shutdown(socket.SHUT_WR)
        wait_for(lambda: active(admin) == 0, "the query still runs")


def test_a_client_that_reads_nothing_is_cut_off(url, serve, admin):
    server = serve(url, "--idle-connection-timeout", "1s")
    with Raw(server.port) as client:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.send(post(json.dumps({"query": "{ rows { id text } }"})))
        wait_for(lambda: active(admin) == 1, "the query is not held back")
        wait_for(lambda: active(admin) == 0, "a client that reads nothing holds its query")
    assert server.gql("{ thing(id: 1) { name } }") == {"thing": {"name": "thing 1"}}


def test_slow_heads_bodies_and_idle_connections_are_closed(url, serve):
    server = serve(url, "--idle-connection-timeout", "1s")
    clients = [Raw(server.port) for _ in range(3)]
    clients[1].send("POST /graphql HTTP/1.1\r\nHost: a\r\nX-")
    clients[2].send("POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
    ended = [False] * 3
    deadline = time.monotonic() + 30
    while not all(ended) and time.monotonic() < deadline:
        for i, client in enumerate(clients):
            if not ended[i]:
                client.send("a" if i else "")  # dripping bytes does not help
                ended[i] = client.closed(0.1)
    assert all(ended)
    for client in clients:
        client.socket.close()
    # One that works is kept although it lives longer than that.
    with Raw(server.port) as client:
        for _ in range(6):
            client.send(post('{"query": "{ __typename }"}'))
            assert client.answer()[0] == 200
            time.sleep(0.3)


def test_the_limit_of_connections(url, serve):
    server = serve(url, "--max-connections", "20")
    clients = [Raw(server.port) for _ in range(20)]
    for client in clients[:15]:
        client.send(post('{"query": "{ __typename }"}'))
        assert client.answer()[0] == 200
    more = [Raw(server.port) for _ in range(10)]
    assert sum(client.closed(0.2) for client in more) >= 9
    for client in clients + more:
        client.socket.close()

    def serves():
        try:
            return server.request("GET", "/health").status == 200
        except OSError:
            return False

    wait_for(serves, "no service after the crowd has left")


def test_a_broken_answer_over_http_1_1(server):
    with Raw(server.port) as client:
        client.send(post(json.dumps({"query": BROKEN})))
        received = client.rest()
    assert received.startswith(b"HTTP/1.1 200 ")
    assert b"Transfer-Encoding: chunked" in received or b"transfer-encoding: chunked" in received
    assert not received.endswith(b"\r\n0\r\n\r\n")
    assert server.gql("{ thing(id: 1) { name } }") == {"thing": {"name": "thing 1"}}


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_broken_compressed_answer(server, coding):
    with Raw(server.port) as client:
        client.send(post(json.dumps({"query": BROKEN}), "Accept-Encoding: " + coding))
        assert not client.rest().endswith(b"\r\n0\r\n\r\n")


# -- HTTP/2 -------------------------------------------------------------------------------------------------------------

def h2(server, mode, query, scheme="http", **more):
    need_command("node")
    return subprocess.Popen(["node", os.path.join(ROOT, "tests", "support", "h2.mjs"), mode, "%s://127.0.0.1:%d" % (scheme, server.port), query],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def result(process, send=None):
    out, error = process.communicate(send, timeout=120)
    assert process.returncode == 0 and out, error
    return json.loads(out)


def test_http2_answers(server):
    answer = result(h2(server, "one", "{ thing(id: 3) { name } }"))
    assert answer["status"] == 200 and json.loads(answer["body"]) == {"data": {"thing": {"name": "thing 3"}}}
    assert result(h2(server, "many", "{ things(limit: 100) { id name } }")) == {"good": 50}
    whole = result(h2(server, "one", "{ rows { id text } }"))
    assert whole["status"] == 200 and whole["reset"] == 0 and whole["length"] > 15_000_000


def test_http2_upgrade(server):
    need_command("curl")
    done = subprocess.run(["curl", "-s", "--http2", "-w", "\n%{http_version} %{http_code}", "http://127.0.0.1:%d/health" % server.port],
                          capture_output=True, text=True, timeout=60)
    assert done.stdout == '{"status":"ok"}\n2 200', done


def test_a_broken_answer_over_http2_is_reset(server):
    answer = result(h2(server, "one", BROKEN))
    assert answer["status"] == 200
    assert answer["reset"] != 0, answer
    assert server.gql("{ thing(id: 1) { name } }") == {"thing": {"name": "thing 1"}}


def test_a_reset_stream_gives_up_its_read(server, admin):
    process = h2(server, "cancel", SLOW)
    wait_for(lambda: sleeping(admin) == 1, "the query never ran")
    answer = result(process, "go\n")
    assert json.loads(answer["body"]) == {"data": {"__typename": "Query"}}
    wait_for(lambda: sleeping(admin) == 0, "the query still runs")


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def test_rapid_resets_end_the_connection(server, admin):
    """CVE-2023-44487: streams opened only to be reset cost the client nothing and the server a query each."""
    path = b"/graphql?query=%7Bslows%7Bid%20rested%7D%7D"
    headers = b"\x82\x86\x01\x01a\x04" + bytes([len(path)]) + path  # GET, http, :authority a, :path
    with Raw(server.port) as client:
        client.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0))
        opened = 0
        while opened < 5000 and not client.closed(0.01):
            client.send(b"".join(frame(1, 5, 2 * n + 1, headers) + frame(3, 0, 2 * n + 1, b"\0\0\0\x08") for n in range(opened, opened + 20)))
            opened += 20
        assert 200 <= opened < 1000
    wait_for(lambda: sleeping(admin) == 0, "the queries still run")
    assert server.gql("{ thing(id: 1) { name } }") == {"thing": {"name": "thing 1"}}


def test_unknown_frames_of_http2(server):
    """What is no HTTP/2 ends the connection and nothing else."""
    for garbage in (b"\xff" * 100, frame(0, 0, 1, b"data for no stream"), frame(1, 5, 2, b"\x82"), frame(6, 0, 0, b"short"), frame(8, 0, 0, b"\0\0\0\0"),
                    frame(9, 4, 1, b"\x82"), frame(1, 5, 1, b"\xff\xff\xff\xff\xff\xff")):
        with Raw(server.port) as client:
            client.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0) + garbage)
            assert client.closed()
    assert server.request("GET", "/health").status == 200


def test_tls(url, tmp_path, serve):
    need_command("openssl", "curl")
    cert, key = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    port = free_port()
    secure = Server(url, "--tls-cert", cert, "--tls-key", key, wait=False)
    try:
        wait_for(lambda: "serving https://" in secure.read_log(), "it does not start")
        for flags, version in ((["--http1.1"], "1.1"), (["--http2"], "2")):
            done = subprocess.run(["curl", "-s", "--cacert", cert, *flags, "-w", "\n%{http_version}", "-H", "Content-Type: application/json",
                                   "-d", '{"query": "{ thing(id: 3) { name } }"}', "https://127.0.0.1:%d/graphql" % secure.port],
                                  capture_output=True, text=True, timeout=60)
            assert done.stdout == '{"data":{"thing":{"name":"thing 3"}}}\n' + version, done
        whole = result(h2(secure, "one", "{ rows { id text } }", scheme="https"))
        assert whole["status"] == 200 and whole["length"] > 15_000_000
        # Something that is no TLS, and a connection that says nothing.
        with Raw(secure.port) as client:
            client.send(post('{"query": "{ __typename }"}'))
            assert client.closed()
    finally:
        secure.close()
    done = run_program("serve", "--database", url, "--listen", "127.0.0.1:%d" % port, "--tls-cert", cert, "--tls-key", str(tmp_path / "none"))
    assert done.returncode == 2 and "--tls-key" in done.stderr
    done = run_program("serve", "--database", url, "--listen", "127.0.0.1:%d" % port, "--tls-cert", cert)
    assert done.returncode == 2 and "belong together" in done.stderr


# -- listening ----------------------------------------------------------------------------------------------------------

def test_several_listeners_and_a_unix_socket(url, serve, tmp_path):
    path, port = str(tmp_path / "s.sock"), free_port()
    server = serve(url, "--listen", "unix:" + path, "--listen", "127.0.0.1:%d" % port)
    for connect in (lambda: socket.create_connection(("127.0.0.1", port)), lambda: unix(path)):
        with connect() as client:
            client.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            assert b"200 OK" in client.recv(65536)
    # A second server at the same places is an error; a socket that a dead one has left is none.
    done = run_program("serve", "--database", url, "--listen", "unix:" + path)
    assert done.returncode == 2 and "in use" in done.stderr
    done = run_program("serve", "--database", url, "--listen", "127.0.0.1:%d" % port)
    assert done.returncode == 2 and "in use" in done.stderr and "tip:" in done.stderr
    server.process.kill()
    server.process.wait()
    assert os.path.exists(path)
    again = Server(url, "--listen", "unix:" + path)
    assert again.request("GET", "/health").status == 200
    again.close()
    assert not os.path.exists(path)
    server.process = again.process  # the first was killed on purpose


def unix(path):
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    return client


def test_defaults_follow_the_address(url, serve):
    """On an address that others reach, GraphiQL, introspection and error detail are off."""
    local = serve(url)
    open_ = serve(url, "--listen", "0.0.0.0:%d" % free_port())
    html = {"Accept": "text/html"}
    assert local.request("GET", "/graphql", headers=html).status == 200
    assert open_.request("GET", "/graphql", headers=html).status in (400, 406)
    assert open_.request("GET", "/").status == 404
    assert open_.request("GET", "/schema.graphql").status == 404
    assert local.post("{ __schema { queryType { name } } }").status == 200
    refused = open_.post("{ __schema { queryType { name } } }")
    assert refused.status == 400 and "introspection" in refused.errors[0]["message"].lower()
    asked = serve(url, "--listen", "0.0.0.0:%d" % free_port(), "--introspection", "on", "--graphiql", "on")
    assert asked.post("{ __schema { queryType { name } } }").status == 200
    assert asked.request("GET", "/graphql", headers=html).status == 200


def test_introspection_for_the_authenticated(url, serve):
    server = serve(url, "--introspection", "authenticated", "--user-context-header", "X-User")
    user = {"X-User": '{"user_id": 7}'}
    assert server.post("{ __schema { queryType { name } } }").status == 400
    assert server.post("{ __schema { queryType { name } } }", headers=user).status == 200
    assert server.request("GET", "/schema.graphql").status == 404
    assert server.request("GET", "/schema.graphql", headers=user).status == 200


def test_two_workers_under_load(url, serve):
    server = serve(url, "--workers", "2", "--pool-size", "4")

    def load(seed):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for i in range(300):
            number = (seed * 131 + i * 7) % 1000 + 1
            connection.request("POST", "/graphql", json.dumps({"query": "query ($id: Int!) { thing(id: $id) { id name } }", "variables": {"id": number}}), JSON)
            answer = connection.getresponse()
            assert (answer.status, json.loads(answer.read())) == (200, {"data": {"thing": {"id": number, "name": "thing %d" % number}}})
        connection.close()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(load, i) for i in range(8)]:
            done.result(120)


# -- ending -------------------------------------------------------------------------------------------------------------

def ask_in_thread(server, query):
    answers = []
    thread = threading.Thread(target=lambda: answers.append(server.request("POST", "/graphql", json.dumps({"query": query}), JSON)))
    thread.start()
    return thread, answers


def test_sigterm_is_told_at_once_and_finishes(url, admin):
    server = Server(url)
    with Raw(server.port) as kept:
        kept.send("GET /ready HTTP/1.1\r\nHost: a\r\n\r\n")
        assert kept.answer()[0] == 200
        thread, answers = ask_in_thread(server, "{ shortNaps { rested } }")
        wait_for(lambda: sleeping(admin) == 1, "the query never ran")
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: "shutting down" in server.read_log(), "the signal was not seen")
        kept.send("GET /ready HTTP/1.1\r\nHost: a\r\n\r\n")
        status, headers, _ = kept.answer()
        assert status == 503 and headers["connection"] == "close"
        assert kept.closed()
    thread.join(60)
    assert answers[0].json == {"data": {"shortNaps": [{"rested": True}]}}
    assert server.process.wait(30) == 0
    server.close()


def test_a_second_signal_ends_at_once(url, admin):
    server = Server(url)
    thread, answers = None, []

    def ask():
        try:
            server.request("POST", "/graphql", json.dumps({"query": SLOW}), JSON)
        except (OSError, http.client.HTTPException):
            answers.append("cut")

    thread = threading.Thread(target=ask)
    thread.start()
    wait_for(lambda: sleeping(admin) == 1, "the query never ran")
    server.process.send_signal(signal.SIGTERM)
    wait_for(lambda: "shutting down" in server.read_log(), "the signal was not seen")
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(10) == 1
    thread.join(10)
    assert answers == ["cut"]
    server.log.close()
    os.unlink(server.log.name)
    end_sleepers(admin)


def test_the_shutdown_timeout(url, admin):
    server = Server(url, "--shutdown-timeout", "500ms")
    client = Raw(server.port)
    client.send(post(json.dumps({"query": SLOW})))
    wait_for(lambda: sleeping(admin) == 1, "the query never ran")
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(20) == 0
    assert "given up" in server.read_log()
    client.socket.close()
    end_sleepers(admin)
    server.log.close()
    os.unlink(server.log.name)


# -- the schema changes -------------------------------------------------------------------------------------------------

def test_sighup_reads_the_schema_anew(make_database, serve):
    url = make_database("create table first (id int primary key)")
    server = serve(url)
    assert server.post("{ seconds { id } }").status == 400
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("create table second (id int primary key)")
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: server.post("{ seconds { id } }").status == 200, "the new table does not show")


def test_a_changed_type_is_noticed(make_database, serve):
    url = make_database("create table thing (id int primary key, size int not null); insert into thing values (1, 5)")
    server = serve(url)
    assert server.gql("{ things { id size } }") == {"things": [{"id": 1, "size": 5}]}
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("alter table thing alter column size type text using 'size ' || size")
    wait_for(lambda: server.post("{ things { id size } }").json.get("data") == {"things": [{"id": 1, "size": "size 5"}]},
             "the change was never noticed")
    assert "read anew" in server.read_log()


@pytest.mark.parametrize("change, query, message", [
    ("alter table thing drop column size", "{ things { id size } }", 'Cannot query field "size" on type "Thing".'),
    ("alter table thing rename to object", "{ things { id } }", 'Cannot query field "things" on type "Query".'),
    ("drop function make_thing", "mutation { makeThing(input: {}) { id } }", "The mutation operation is not supported by the schema."),
])
def test_what_is_gone_is_noticed(make_database, serve, change, query, message):
    url = make_database("""create table thing (id int primary key, size int); insert into thing values (1, 5);
        create function make_thing(input jsonb) returns thing language sql volatile as 'select * from thing';""")
    server = serve(url)
    assert "errors" not in server.post(query).json
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(change)
    wait_for(lambda: server.post(query).errors[0]["message"].startswith(message), "the change was never noticed")


def test_a_broken_function_does_not_make_the_schema_stale(make_database, serve):
    url = make_database("""create table thing (id int primary key);
        create function lost() returns thing language plpgsql stable as 'declare r thing; begin select * into r from nowhere; return r; end';
        create function missing() returns thing language plpgsql stable as 'declare r thing; begin r.id := no_function(); return r; end';
        comment on function lost is '@fraiseql:query'; comment on function missing is '@fraiseql:query';""")
    server = serve(url)
    for _ in range(3):
        assert [server.post("{ %s { id } }" % name).errors[0]["extensions"]["sqlstate"] for name in ("lost", "missing")] == ["42P01", "42883"]
    time.sleep(0.5)
    assert "read anew" not in server.read_log()


# -- nothing of a password is told --------------------------------------------------------------------------------------

def test_passwords_are_not_told(url, serve):
    secret = "hunter2secret"
    for database in ("postgresql://u:%s@127.0.0.1:1/db", "postgresqll://u:%s@h/db", "postgresql://u:%s@[::1/db", "host=127.0.0.1 port=1 password=%s",
                     "host=127.0.0.1 port=1 password = '%s' x", "postgresql://u@127.0.0.1:1/db?password=%s"):
        done = run_program("serve", "--database", database % secret, "--listen", "127.0.0.1:0")
        assert done.returncode == 2
        assert secret not in done.stderr + done.stdout, done.stderr
    server = serve(url + "&password=" + secret)
    with open("/proc/%d/cmdline" % server.pid) as f:
        assert secret not in f.read()
    answer = server.post("{ inverses(limit: 60000) { value } }")
    assert secret not in answer.text and secret not in server.read_log()
