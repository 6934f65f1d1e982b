# SPDX-License-Identifier: MIT
"""What a user makes of it: contexts, authentication, routers in applications, configuration, databases that are not there,
several workers, forks."""

import asyncio
import hashlib
import json
import os
import signal
import time

import psycopg
import pytest
from fastapi import Depends, FastAPI, HTTPException, Request
from httpx import AsyncClient

import fraiseql
from fraiseql.fastapi import FraiseQLConfig, LazyPipeline, Unauthenticated, create_fraiseql_app, graphql_router
from support.asgi import Uvicorn

SQL = """
create table thing (id int primary key, name text not null);
insert into thing values (1, 'one'), (2, 'two');
create view setting as select 1 as id, nullif(current_setting('app.user_id', true), '') as user_id,
    nullif(current_setting('app.tenant_id', true), '') as tenant_id, nullif(current_setting('app.roles', true), '') as roles,
    nullif(current_setting('app.permissions', true), '') as permissions;
"""
SETTINGS = "{ settings { userId tenantId roles permissions } }"


@pytest.fixture(scope="module")
def url(make_database):
    return make_database(SQL)


@pytest.fixture
def make_app(url):
    """create_fraiseql_app over our database; closed with the test."""
    apps = []

    def make(**more):
        apps.append(create_fraiseql_app(**{"database_url": url, **more}))
        return apps[-1]

    yield make
    for app in apps:
        app.state.fraiseql.close()


async def ask(app, query="{ thing(id: 1) { name } }", path="/graphql", method="POST", headers=None, **body):
    async with AsyncClient(app=app, base_url="http://test") as client:
        if method == "GET":
            return await client.get(path, params={"query": query}, headers=headers)
        return await client.post(path, json={"query": query, **body}, headers=headers)


# -- contexts ------------------------------------------------------------------------------------------------------------

FULL = {"user_id": "u7", "tenant_id": 12, "roles": ["editor", "reader"], "permissions": ["a:b"]}


class User:
    id = "u7"
    roles = ["editor", "reader"]
    permissions = ["a:b"]


@pytest.mark.parametrize("context", [FULL, {"user": User(), "tenant_id": 12},
                                     {"user": {"sub": "u7", "roles": ["editor", "reader"], "permissions": ["a:b"]}, "tenant_id": 12}])
@pytest.mark.parametrize("how", ["sync", "async"])
async def test_a_context_reaches_the_database(make_app, context, how):
    async def later(request):
        await asyncio.sleep(0)
        return context

    app = make_app(context_getter=later if how == "async" else lambda request: context)
    (row,) = (await ask(app, SETTINGS)).json()["data"]["settings"]
    assert (row["userId"], row["tenantId"]) == ("u7", "12")
    assert (json.loads(row["roles"]), json.loads(row["permissions"])) == (["editor", "reader"], ["a:b"])


async def test_without_a_context_nothing_is_set(make_app):
    for app in (make_app(), make_app(context_getter=lambda request: None)):
        assert (await ask(app, SETTINGS)).json()["data"]["settings"] == [
            {"userId": None, "tenantId": None, "roles": None, "permissions": None}]


async def test_a_context_is_that_of_its_request(make_app):
    async def getter(request):
        await asyncio.sleep(0.001)
        return {"user_id": request.headers["x-user"]}

    app = make_app(context_getter=getter)
    answers = await asyncio.gather(*(ask(app, SETTINGS, headers={"x-user": str(i)}) for i in range(50)))
    assert [a.json()["data"]["settings"][0]["userId"] for a in answers] == [str(i) for i in range(50)]


async def test_a_getter_may_read_the_body(make_app):
    async def getter(request: Request):
        return {"user_id": (await request.json())["extensions"]["who"]}

    answer = await ask(make_app(context_getter=getter), SETTINGS, extensions={"who": "body"})
    assert answer.json()["data"]["settings"][0]["userId"] == "body"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_unauthenticated(make_app, method):
    def getter(request):
        raise Unauthenticated

    answer = await ask(make_app(context_getter=getter), method=method)
    assert answer.status_code == 401
    assert answer.json() == {"errors": [{"message": "Authentication required", "extensions": {"code": "UNAUTHENTICATED"}}]}


async def test_a_getter_may_raise_what_fastapi_knows(make_app):
    def getter(request):
        raise HTTPException(403, "not you")

    answer = await ask(make_app(context_getter=getter))
    assert (answer.status_code, answer.json()) == (403, {"detail": "not you"})


async def test_a_getter_that_returns_something_else_is_told(make_app):
    with pytest.raises(TypeError, match="context_getter must return a dict or None, not str"):
        await ask(make_app(context_getter=lambda request: "u7"))
    with pytest.raises(TypeError, match="user_context"):
        await ask(make_app(context_getter=lambda request: {"user_id": object()}))


# -- routers -------------------------------------------------------------------------------------------------------------

async def test_a_router_in_an_application_with_dependencies(url, make_pool):
    """A route without FastAPI's dependencies would let everybody past the guard."""
    seen = []

    async def guard(request: Request):
        seen.append(request.url.path)
        if request.headers.get("authorization") != "Bearer right":
            raise HTTPException(401, "who are you?")

    pipeline = fraiseql.Pipeline(make_pool(url))
    for app, path in ((FastAPI(), "/api/graphql"), (FastAPI(dependencies=[Depends(guard)]), "/graphql")):
        prefix, dependencies = ("/api", [Depends(guard)]) if path != "/graphql" else ("", None)
        app.include_router(graphql_router(pipeline, health=True), prefix=prefix, dependencies=dependencies)
        for method in ("POST", "GET"):
            refused = await ask(app, path=path, method=method)
            assert (refused.status_code, refused.json()) == (401, {"detail": "who are you?"})
            allowed = await ask(app, path=path, method=method, headers={"authorization": "Bearer right"})
            assert (allowed.status_code, allowed.json()) == (200, {"data": {"thing": {"name": "one"}}})
    assert seen == ["/api/graphql"] * 4 + ["/graphql"] * 4


async def test_a_guarded_answer_still_streams(url, make_pool):
    app = FastAPI(dependencies=[Depends(lambda: None)])
    app.include_router(graphql_router(fraiseql.Pipeline(make_pool(url), options={"response_buffer": 10})))
    answer = await ask(app, "{ things { name } }")
    assert answer.json() == {"data": {"things": [{"name": "one"}, {"name": "two"}]}}
    assert "content-length" not in answer.headers


async def test_graphiql_finds_its_files_where_it_is_mounted(url, make_pool):
    app = FastAPI()
    app.include_router(graphql_router(fraiseql.Pipeline(make_pool(url)), path="/v2/graphql"), prefix="/api")
    async with AsyncClient(app=app, base_url="http://test") as client:
        page = await client.get("/api/v2/graphql", headers={"accept": "text/html"})
        assert page.status_code == 200
        if "not part of this installation" not in page.text:
            script = page.text.split('<script src="')[1].split('"')[0]
            assert (await client.get("/api/v2/" + script)).status_code == 200


async def test_an_application_of_ones_own(make_app):
    app = FastAPI()

    @app.get("/hello")
    async def hello():
        return "hello"

    assert make_app(app=app) is app
    async with AsyncClient(app=app, base_url="http://test") as client:
        assert (await client.get("/hello")).json() == "hello"
    assert (await ask(app)).json() == {"data": {"thing": {"name": "one"}}}


async def test_the_router_of_the_process(url):
    app = FastAPI()
    app.include_router(graphql_router())
    before = getattr(fraiseql._native, "_current", None)
    fraiseql._native._current = None
    try:
        answer = await ask(app)
        assert answer.status_code == 503 and answer.headers["retry-after"] == "1"
        pipeline = fraiseql.initialize_pipeline(url)
        assert (await ask(app)).json() == {"data": {"thing": {"name": "one"}}}
        pipeline.close()
        pipeline.pool.close()
    finally:
        fraiseql._native._current = before


async def test_lifespans_run_and_close_the_pool(url):
    events = []

    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def life(app):
        events.append("start")
        yield
        events.append("end")

    own = FastAPI()
    own.router.lifespan_context = life
    for app in (create_fraiseql_app(database_url=url, lifespan=life), create_fraiseql_app(database_url=url, app=own)):
        async with app.router.lifespan_context(app):
            assert (await ask(app)).status_code == 200
            pipeline = app.state.fraiseql()
        assert pipeline.closed and pipeline.pool.closed
    assert events == ["start", "end"] * 2


# -- configuration -------------------------------------------------------------------------------------------------------

async def test_production_shows_nothing(make_app):
    app = make_app(production=True)
    async with AsyncClient(app=app, base_url="http://test") as client:
        assert (await client.get("/graphql", headers={"accept": "text/html"})).status_code == 400
        assert (await client.get("/schema.graphql")).status_code == 404
        assert (await client.get("/docs")).status_code == 404
    answer = await ask(app, "{ __schema { queryType { name } } }")
    assert answer.status_code == 400 and "ntrospection" in answer.json()["errors"][0]["message"]
    assert (await ask(app, "{ __typename }")).json() == {"data": {"__typename": "Query"}}
    shown = make_app(config=FraiseQLConfig(environment="production", introspection_policy="public", enable_playground=True))
    assert (await ask(shown, "{ __schema { queryType { name } } }")).json() == {"data": {"__schema": {"queryType": {"name": "Query"}}}}


async def test_introspection_for_those_who_are_known(make_app):
    async def who(request):
        if request.headers.get("x-user") == "bad":
            raise Unauthenticated
        return {"user": {"id": request.headers["x-user"]} if "x-user" in request.headers else None}

    app = make_app(config=FraiseQLConfig(introspection_policy="authenticated"), context_getter=who)
    ask_types, known = "{ __schema { queryType { name } } }", {"x-user": "7"}
    for _ in range(2):  # the second time from the plan cache
        answer = await ask(app, ask_types)
        assert answer.status_code == 400 and "ntrospection" in answer.json()["errors"][0]["message"]
        assert (await ask(app, ask_types, headers=known)).json() == {"data": {"__schema": {"queryType": {"name": "Query"}}}}
    assert (await ask(app, "{ thing(id: 1) { __typename } }")).json() == {"data": {"thing": {"__typename": "Thing"}}}
    async with AsyncClient(app=app, base_url="http://test") as client:
        assert (await client.get("/schema.graphql")).status_code == 404
        assert (await client.get("/schema.graphql", headers={"x-user": "bad"})).status_code == 401
        assert "type Thing" in (await client.get("/schema.graphql", headers=known)).text


def by_hash(document):
    return {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(document.encode()).hexdigest()}}


async def test_only_persisted_queries(make_app):
    app = make_app(config=FraiseQLConfig(apq_mode="required"))
    document = "{ thing(id: 1) { name } }"

    def is_refused(answer, status=400):
        assert answer.status_code == status
        assert answer.json()["errors"][0]["extensions"]["code"] == "ARBITRARY_QUERY_NOT_ALLOWED" and "data" not in answer.json()

    # Nothing that looks like a hash gets a document past, nor a body that Python's JSON would not read.
    for more in ({}, {"extensions": {}}, {"extensions": {"persistedQuery": None}}, {"variables": {"persistedQuery": {}}}):
        is_refused(await ask(app, document, **more))
    is_refused(await ask(app, document, headers={"accept": "application/json"}), 200)
    is_refused(await ask(app, document + "#persistedQuery", method="GET"))
    async with AsyncClient(app=app, base_url="http://test") as client:
        headers = {"content-type": "application/json"}
        is_refused(await client.post("/graphql", content='{"query": "%s", "variables": {"x": %s}}' % (document, "1" * 5000), headers=headers))
        batch = await client.post("/graphql", json=[{"query": document}, {"query": document, "extensions": by_hash(document)}])
    refused, registered = batch.json()
    assert refused["errors"][0]["extensions"]["code"] == "ARBITRARY_QUERY_NOT_ALLOWED"
    assert registered == {"data": {"thing": {"name": "one"}}}
    assert (await ask(app, None, extensions=by_hash(document))).json() == {"data": {"thing": {"name": "one"}}}
    assert (await ask(app, "{ things { id } }", extensions=by_hash(document))).json()["errors"][0]["message"] == "provided sha does not match query"


async def test_persisted_queries_switched_off(make_app):
    app = make_app(config=FraiseQLConfig(apq_mode="disabled"))
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
    answer = await ask(app, None, extensions=extensions)
    assert answer.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_SUPPORTED"


@pytest.mark.parametrize("trusted", ["manifest", "folder"])
async def test_trusted_documents(make_app, tmp_path, trusted):
    known, unknown = "{ thing(id: 2) { name } }", "{ thing(id: 1) { name } }"
    digest = hashlib.sha256(known.encode()).hexdigest()
    if trusted == "manifest":
        path = tmp_path / "manifest.json"
        path.write_text(json.dumps({digest: known}))
    else:
        path = tmp_path
        (tmp_path / "known.graphql").write_text(known)
    app = make_app(config=FraiseQLConfig(trusted_documents=str(path), trusted_only=True))
    by_hash = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
    for answer in (await ask(app, None, extensions=by_hash), await ask(app, known)):
        assert answer.json() == {"data": {"thing": {"name": "two"}}}
    refused = await ask(app, unknown)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["extensions"]["code"] == "ARBITRARY_QUERY_NOT_ALLOWED"
    also = make_app(config=FraiseQLConfig(trusted_documents=str(path)))
    assert (await ask(also, unknown)).json() == {"data": {"thing": {"name": "one"}}}


def test_the_environment(monkeypatch):
    for name in list(os.environ):
        if name.startswith("FRAISEQL_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    assert FraiseQLConfig.from_environment().database_url is None
    monkeypatch.setenv("DATABASE_URL", "postgresql:///c")
    assert FraiseQLConfig.from_environment().database_url == "postgresql:///c"
    monkeypatch.setenv("FRAISEQL_DATABASE_URL", "postgresql:///b")
    monkeypatch.setenv("FRAISEQL_DATABASE", "postgresql:///a")
    monkeypatch.setenv("FRAISEQL_DATABASE_POOL_SIZE", "7")
    monkeypatch.setenv("FRAISEQL_ENABLE_PLAYGROUND", "no")
    monkeypatch.setenv("FRAISEQL_QUERY_TIMEOUT", "2.5")
    monkeypatch.setenv("FRAISEQL_OPTIONS", '{"max_rows": 5}')
    monkeypatch.setenv("FRAISEQL_PREPARED", "off")
    config = FraiseQLConfig.from_environment()
    assert (config.database_url, config.database_pool_size, config.graphiql, config.query_timeout, config.options) == (
        "postgresql:///a", 7, False, 2.5, {"max_rows": 5})
    assert FraiseQLConfig.from_environment(database_url="postgresql:///d").database_url == "postgresql:///d"
    monkeypatch.setenv("FRAISEQL_DATABASE_POOL_SIZE", "many")
    with pytest.raises(ValueError, match="FRAISEQL_DATABASE_POOL_SIZE='many'"):
        FraiseQLConfig.from_environment()
    monkeypatch.delenv("FRAISEQL_DATABASE_POOL_SIZE")
    monkeypatch.setenv("FRAISEQL_ENVIRONMENT", "prod")
    with pytest.raises(ValueError, match="environment: 'prod' is none of 'development', 'production', 'testing'"):
        FraiseQLConfig.from_environment()


async def test_a_configuration_and_the_environment(url, monkeypatch):
    monkeypatch.setenv("FRAISEQL_DATABASE", url)
    monkeypatch.setenv("FRAISEQL_ENVIRONMENT", "production")
    config = FraiseQLConfig()
    app = create_fraiseql_app(config=config)
    other = create_fraiseql_app(config=config, database_url="host=/nowhere dbname=x", connection_pool_size=3)
    try:
        assert (await ask(app)).json() == {"data": {"thing": {"name": "one"}}}
        assert app.state.fraiseql.config.environment == "development" and app.state.fraiseql.config.database_pool_size == 20
        assert other.state.fraiseql.config.database_pool_size == 3 and config == FraiseQLConfig()
    finally:
        app.state.fraiseql.close()


@pytest.mark.parametrize("middleware", ["function", "gzip", "both"])
async def test_middleware_stands_before_it(make_app, middleware):
    from starlette.middleware.gzip import GZipMiddleware

    app = make_app(config=FraiseQLConfig(options={"response_buffer": 10}))
    if middleware != "gzip":
        @app.middleware("http")
        async def add_header(request, call_next):
            response = await call_next(request)
            response.headers["x-seen"] = "yes"
            return response
    if middleware != "function":
        app.add_middleware(GZipMiddleware, minimum_size=1)
    query = "{ %s }" % " ".join("a%d: things { name }" % i for i in range(90))
    answer = await ask(app, query)
    assert answer.json() == {"data": {"a%d" % i: [{"name": "one"}, {"name": "two"}] for i in range(90)}}
    assert answer.headers.get("x-seen") == ("yes" if middleware != "gzip" else None)
    assert answer.headers.get("content-encoding") == ("gzip" if middleware != "function" else None)


async def test_options_of_the_engine(make_app):
    app = make_app(config=FraiseQLConfig(options={"max_rows": 1}, max_query_depth=2))
    assert (await ask(app, "{ things { id } }")).json()["data"]["things"] == [{"id": 1}]
    answer = await ask(app, "{ __schema { queryType { fields { name } } } }")
    assert answer.status_code == 400 and "depth" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("more, error", [
    ({"options": {"max_row": 1}}, "unknown option 'max_row'; did you mean 'max_rows'"), ({"options": {"max_rows": -1}}, "max_rows"),
    ({"apq_mode": "sometimes"}, "apq_mode: 'sometimes' is none of"), ({"trusted_only": True}, "trusted_only needs trusted_documents"),
])
def test_wrong_configuration_is_an_error_at_once(url, more, error):
    with pytest.raises(ValueError, match=error):
        create_fraiseql_app(database_url=url, config=FraiseQLConfig(**more))


def test_trusted_documents_that_are_not_there(url):
    with pytest.raises(FileNotFoundError):
        create_fraiseql_app(database_url=url, config=FraiseQLConfig(trusted_documents="/nowhere/at/all"))


# -- without a database --------------------------------------------------------------------------------------------------

UNAVAILABLE = {"errors": [{"message": "The database is not available", "extensions": {"code": "SERVICE_UNAVAILABLE"}}]}


def test_without_a_configured_database():
    server = Uvicorn("fraiseql.fastapi.app:app", None, ready="/health")
    try:
        for _ in range(3):
            answer = server.post("{ __typename }")
            assert (answer.status, answer.headers["retry-after"], answer.json) == (503, "1", UNAVAILABLE)
        assert "no database is configured: set FRAISEQL_DATABASE" in server.read_log()
        assert server.request("GET", "/graphql?query=%7B__typename%7D").status == 503
        assert server.request("GET", "/schema.graphql").status == 503
        server.ready = "/ready"
        assert server.request("GET", "/ready").status == 503
        assert server.request("GET", "/graphql", headers={"Accept": "text/html"}).status == 200
        assert server.request("POST", "/graphql", "{}", {"Content-Type": "text/plain"}).status == 415
    finally:
        server.close()


def test_a_database_that_comes_later(cluster):
    name = "late_" + os.urandom(4).hex()
    server = Uvicorn("fraiseql.fastapi.app:app", cluster.url(name), ready="/health")
    try:
        assert server.post("{ __typename }").status == 503
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
            connection.execute('create database "%s"' % name)
        with psycopg.connect(cluster.url(name)) as connection:
            connection.execute(SQL)
        deadline = time.monotonic() + 30
        while server.post("{ __typename }").status == 503:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert server.gql("{ thing(id: 1) { name } }") == {"thing": {"name": "one"}}
        assert "no GraphQL pipeline" in server.read_log()
    finally:
        server.close()
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
            connection.execute('drop database if exists "%s" with (force)' % name)


async def test_a_schema_with_errors_ends_the_start(make_app):
    app = make_app(schema={"tables": {"things": {"view_name": "no_such_view"}}})
    with pytest.raises(ValueError, match="no_such_view"):
        async with app.router.lifespan_context(app):
            pass
    good = make_app(schema={"tables": {"things": {"view_name": "thing"}}})
    async with good.router.lifespan_context(good):
        assert (await ask(good, "{ things { name } }")).json() == {"data": {"things": [{"name": "one"}, {"name": "two"}]}}


async def test_a_schema_file_with_errors_ends_the_start(url, tmp_path):
    file = tmp_path / "schema.json"
    for text, error, said in (
        ('{"tables": {"things": {"view_name": "no_such_view"}}}', ValueError, "no_such_view"),
        (None, FileNotFoundError, "schema.json"),
    ):
        file.unlink(missing_ok=True)
        if text is not None:
            file.write_text(text)
        app = create_fraiseql_app(database_url=url, config=FraiseQLConfig(schema=str(file)))
        with pytest.raises(error, match=said):
            async with app.router.lifespan_context(app):
                pass
    file.write_text('{"tables": {"things": {"view_name": "thing"}}}')
    async with app.router.lifespan_context(app):
        assert (await ask(app, "{ things { name } }")).json() == {"data": {"things": [{"name": "one"}, {"name": "two"}]}}


async def test_a_start_without_the_database(make_app):
    app = make_app(schema={"tables": {"things": {"view_name": "thing"}}}, database_url="host=/nowhere/at/all dbname=x")
    async with app.router.lifespan_context(app):
        assert (await ask(app)).status_code == 503


async def test_a_schema_with_errors_is_logged_and_503(make_app, caplog):
    app = make_app(schema={"tables": {"things": {"view_name": "no_such_view"}}})
    answer = await ask(app)
    assert (answer.status_code, answer.json()) == (503, UNAVAILABLE)
    assert "no_such_view" in caplog.text


async def test_no_connection_in_time(url, make_app):
    """All connections are busy: 503 with Retry-After after database_pool_timeout."""
    app = make_app(config=FraiseQLConfig(database_pool_size=1, database_pool_min_idle=1, database_pool_timeout=0.2, prepared=True,
                                         options={"max_queue": 1}))
    with psycopg.connect(url) as blocker:
        blocker.execute("lock table thing in access exclusive mode")
        tasks = [asyncio.create_task(ask(app, "{ things { id name n%d: name } }" % i)) for i in range(12)]
        done, waiting = await asyncio.wait(tasks, timeout=20, return_when=asyncio.FIRST_COMPLETED)
        assert done, "nobody was turned away"
        answer = done.pop().result()
        assert answer.status_code == 503 and answer.headers["retry-after"] == "1"
        assert answer.json()["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"
        blocker.rollback()
    await asyncio.gather(*tasks)
    assert (await ask(app)).status_code == 200


# -- processes -----------------------------------------------------------------------------------------------------------

def test_several_workers(url):
    server = Uvicorn("fraiseql.fastapi.app:app", url, "--workers", "2")
    try:
        for i in range(40):
            assert server.request("POST", "/graphql", '{"query": "{ thing(id: 2) { name } }"}', {"Content-Type": "application/json"}).json == {
                "data": {"thing": {"name": "two"}}}
    finally:
        code = server.stop()
        assert code in (0, -signal.SIGTERM), server.read_log()


def test_a_server_that_forks_after_its_first_request(url, run_python):
    """Each process has its own connections; the parent's go on."""
    done = run_python("""
import asyncio, os, sys
from httpx import AsyncClient
from fraiseql.fastapi import create_fraiseql_app

app = create_fraiseql_app(database_url=sys.argv[1])

async def ask():
    async with AsyncClient(app=app, base_url="http://test") as client:
        return (await client.post("/graphql", json={"query": "{ thing(id: 1) { name } }"})).text

good = '{"data":{"thing":{"name":"one"}}}'
assert asyncio.run(ask()) == good
children = []
for _ in range(3):
    child = os.fork()
    if child == 0:
        text = asyncio.run(ask())
        app.state.fraiseql.close()
        os._exit(0 if text == good else 1)
    children.append(child)
assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
assert asyncio.run(ask()) == good
""", url)
    assert done.stderr == "", done.stderr


def test_it_ends_while_queries_run(make_database, run_python):
    url = make_database("create view slow as select 1 as id, pg_sleep(60)::text as text;")
    done = run_python("""
import asyncio, sys
from httpx import AsyncClient
from fraiseql.fastapi import create_fraiseql_app

app = create_fraiseql_app(database_url=sys.argv[1])

async def main():
    client = AsyncClient(app=app, base_url="http://test")
    tasks = [asyncio.create_task(client.post("/graphql", json={"query": "{ slows { text } }"})) for _ in range(3)]
    while app.state.fraiseql._pipeline is None or app.state.fraiseql().pool.get_stats()["active_connections"] == 0:
        await asyncio.sleep(0.02)

asyncio.run(main())
print("ended")
""", url)
    assert done.stdout == "ended\n"
