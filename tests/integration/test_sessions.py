# SPDX-License-Identifier: MIT
"""The user context is set for every statement of a request, reads included, and nothing of it outlives the request."""

import concurrent.futures
import http.client
import json
import random

import psycopg
import pytest

from support.raw import Raw, post
from support.server import run_program

OWNERS = ["ada", "ben", "carl", "dora", "o'hara; drop table secret", "ünal \"x\" \\"]


@pytest.fixture(scope="module")
def url(make_database):
    url = make_database("""
        create table secret (id int primary key, owner text not null);
        create table part (id int primary key, secret_id int not null references secret, owner text not null);
        alter table secret enable row level security;
        alter table part enable row level security;
        create policy own on secret using (owner = current_setting('app.user_id', true));
        create policy own on part using (owner = current_setting('app.user_id', true));
        create view setting as select 1 as id, nullif(current_setting('app.user_id', true), '') as user_id,
            nullif(current_setting('app.tenant_id', true), '') as tenant_id, nullif(current_setting('app.roles', true), '') as roles;
        create function take(input jsonb) returns secret volatile language sql as
        $$ insert into secret values ((input ->> 'id')::int, current_setting('app.user_id')) returning * $$;
        do $$ begin if not exists (select 1 from pg_roles where rolname = 'app') then create role app login; end if; end $$;
        grant select, insert on all tables in schema public to app;
    """)
    with psycopg.connect(url, autocommit=True) as connection:
        for i in range(300):
            owner = OWNERS[i % len(OWNERS)]
            connection.execute("insert into secret values (%s, %s)", [i, owner])
            connection.execute("insert into part values (%s, %s, %s)", [i, i, owner])
    return url.replace("postgres@", "app@")  # row security does not bind a superuser


@pytest.fixture(scope="module", params=["1", "4"])
def server(url, serve, request):
    return serve(url, "--user-context-header", "X-User", "--pool-size", request.param)


def own(owner):
    return [i for i in range(300) if OWNERS[i % len(OWNERS)] == owner]


def as_user(owner, **more):
    return {"X-User": json.dumps({"user_id": owner, **more})}


QUERY = "{ secrets { id parts { id } } partsAggregate { count } settings { userId } }"


def expected(owner):
    ids = own(owner)
    return {"secrets": [{"id": i, "parts": [{"id": i}]} for i in ids], "partsAggregate": {"count": len(ids)},
            "settings": [{"userId": owner}]}


def test_every_statement_of_a_request(server):
    for owner in OWNERS:
        assert server.gql(QUERY, headers=as_user(owner)) == expected(owner)


def test_nothing_outlives_a_request(server):
    nobody = {"secrets": [], "partsAggregate": {"count": 0}, "settings": [{"userId": None}]}
    assert server.gql(QUERY) == nobody
    for owner in OWNERS[:3]:
        server.gql(QUERY, headers=as_user(owner, tenant_id="t1"))
        assert server.gql(QUERY) == nobody
        assert server.gql("{ settings { tenantId } }", headers=as_user(owner)) == {"settings": [{"tenantId": None}]}


def test_many_users_at_once(server):
    def ask(seed):
        draw = random.Random(seed)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for _ in range(150):
            owner = draw.choice([*OWNERS, None])
            headers = {"Content-Type": "application/json", **(as_user(owner) if owner else {})}
            body = {k: v.encode() if isinstance(v, str) else v for k, v in headers.items()}
            connection.request("POST", "/graphql", body=json.dumps({"query": QUERY}), headers=body)
            document = json.loads(connection.getresponse().read())
            wanted = expected(owner) if owner else {"secrets": [], "partsAggregate": {"count": 0}, "settings": [{"userId": None}]}
            assert document == {"data": wanted}, owner
        connection.close()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(ask, seed) for seed in range(8)]:
            done.result()


def test_values_are_values(server):
    """Scalars as their text, lists and objects as JSON text, null as not set."""
    data = server.gql("{ settings { userId tenantId roles } }",
                      headers={"X-User": json.dumps({"user_id": 42, "tenant_id": None, "roles": ["a", {"b": True}]})})
    row = data["settings"][0]
    assert (row["userId"], row["tenantId"]) == ("42", None)
    assert json.loads(row["roles"]) == ["a", {"b": True}]


def test_mutations_run_as_the_user(server, request):
    number = 1000 + int(request.node.callspec.params["server"])
    assert server.gql("mutation { take(input: {id: %d}) { id owner } }" % number, headers=as_user("zora")) == {
        "take": {"id": number, "owner": "zora"}}
    assert number in [row["id"] for row in server.gql("{ secrets { id } }", headers=as_user("zora"))["secrets"]]
    assert server.gql("{ secrets { id } }", headers=as_user("nobody")) == {"secrets": []}


def test_what_a_map_may_set(url):
    query = "{ settings { userId tenantId } }"

    def run(session_map):
        return run_program("query", "--database", url, "--as", '{"sub": "x", "user_id": "y"}', "--session-map", session_map, query)

    done = run('{"app.user_id": "sub", "other.part.x": "nothing"}')
    assert json.loads(done.stdout)["data"]["settings"] == [{"userId": "x", "tenantId": None}]
    for name in ("role", "search_path", "app.", ".app", "app..x", "app.x y", "1app.x", "", "app.x;"):
        done = run(json.dumps({"app.tenant_id": "sub", name: "sub"}))
        assert done.returncode == 2 and 'can not set "%s"' % name in done.stderr, (name, done.stdout, done.stderr)
    assert run('{"app.user_id": 1}').returncode == 2
    assert run("[]").returncode == 2


def test_keys_that_are_no_identifiers_set_nothing(url):
    long = "k" * 63
    context = {"user_id": "x", "tenant id": "y", "tenant_id.x": "y", "9": "y", "": "y", "ü": "y", long: "y", long + "k": "y"}
    done = run_program("query", "--database", url, "--as", json.dumps(context), "{ settings { userId tenantId } }")
    assert json.loads(done.stdout) == {"data": {"settings": [{"userId": "x", "tenantId": None}]}}


def test_a_context_given_twice_is_refused(server):
    """A proxy that adds its header and leaves the client's: nobody is taken for the client's word."""
    body = json.dumps({"query": "{ settings { userId } }"})
    with Raw(server.port) as client:
        client.send(post(body, 'X-User: {"user_id": "ada"}', 'X-User: {"user_id": "ben"}'))
        status, _, answer = client.answer()
    assert status == 400 and b"not a JSON object" in answer
