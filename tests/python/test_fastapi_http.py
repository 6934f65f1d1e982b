# SPDX-License-Identifier: MIT
"""The status rules of GraphQL over HTTP, as the program has them, from the application under a real uvicorn."""

import gzip
import json

import pytest

from support import npm
from support.asgi import Uvicorn
from support.raw import Raw, post

JSON = {"Content-Type": "application/json"}
NEW = "application/graphql-response+json"
GOOD = json.dumps({"query": "{ thing(id: 3) { name } }"})
INVALID = json.dumps({"query": "{ nothing }"})
SQL = """
create table thing (id int primary key, name text not null);
insert into thing select i, 'thing ' || i from generate_series(1, 20) i;
create function add_thing(input jsonb) returns thing volatile language sql as
$$ insert into thing values ((input ->> 'id')::int, input ->> 'name') returning * $$;
"""


@pytest.fixture(scope="module")
def server(make_database):
    server = Uvicorn("fraiseql.fastapi.app:app", make_database(SQL))
    yield server
    server.close()


@pytest.mark.parametrize("method, path, headers, body, status, expected", [
    ("GET", "/health", {}, None, 200, {}),
    ("GET", "/ready", {}, None, 200, {}),
    ("GET", "/schema.graphql", {}, None, 200, {"content-type": "text/plain; charset=utf-8"}),
    ("PUT", "/graphql", JSON, GOOD, 405, {"allow": "GET, HEAD, POST, OPTIONS"}),
    ("DELETE", "/graphql", {}, None, 405, {"allow": "GET, HEAD, POST, OPTIONS"}),
    ("PATCH", "/graphql", JSON, GOOD, 405, {"allow": "GET, HEAD, POST, OPTIONS"}),
    ("OPTIONS", "/graphql", {}, None, 204, {"allow": "GET, HEAD, POST, OPTIONS"}),
    ("POST", "/graphql", JSON, GOOD, 200, {"content-type": "application/json; charset=utf-8"}),
    ("POST", "/graphql", {**JSON, "Accept": NEW}, GOOD, 200, {"content-type": NEW + "; charset=utf-8"}),
    ("POST", "/graphql", {**JSON, "Accept": "application/json"}, GOOD, 200, {"content-type": "application/json; charset=utf-8"}),
    ("POST", "/graphql", {**JSON, "Accept": "application/json"}, INVALID, 200, {}),
    ("POST", "/graphql", {**JSON, "Accept": NEW}, INVALID, 400, {"content-type": NEW + "; charset=utf-8"}),
    ("POST", "/graphql", {**JSON, "Accept": NEW + ", application/json"}, INVALID, 400, {}),
    ("POST", "/graphql", {**JSON, "Accept": "*/*"}, INVALID, 400, {"content-type": "application/json; charset=utf-8"}),
    ("POST", "/graphql", JSON, INVALID, 400, {"content-type": "application/json; charset=utf-8"}),
    ("POST", "/graphql", {**JSON, "Accept": "application/*"}, GOOD, 200, {}),
    ("POST", "/graphql", {**JSON, "Accept": "APPLICATION/JSON;Q=0.5"}, GOOD, 200, {}),
    ("POST", "/graphql", {**JSON, "Accept": "image/png"}, GOOD, 406, {}),
    ("POST", "/graphql", {**JSON, "Accept": "text/html"}, GOOD, 406, {}),
    ("POST", "/graphql", {**JSON, "Accept": "application/json;q=0"}, GOOD, 406, {}),
    ("POST", "/graphql", {**JSON, "Accept": "image/png, */*;q=0.1"}, GOOD, 200, {}),
    ("POST", "/graphql", {**JSON, "Accept": "application/json; charset=iso-8859-1"}, GOOD, 406, {}),
    ("POST", "/graphql", {"Content-Type": "application/json; charset=UTF-8"}, GOOD, 200, {}),
    ("POST", "/graphql", {"Content-Type": 'application/json; charset="utf-8"'}, GOOD, 200, {}),
    ("POST", "/graphql", {"Content-Type": "application/json; charset=iso-8859-1"}, GOOD, 415, {}),
    ("POST", "/graphql", {"Content-Type": "text/plain"}, GOOD, 415, {}),
    ("POST", "/graphql", {"Content-Type": "application/jsonx"}, GOOD, 415, {}),
    ("POST", "/graphql", {"Content-Type": "application/json, text/plain"}, GOOD, 415, {}),
    ("POST", "/graphql", {}, GOOD, 415, {}),
    ("POST", "/graphql", {**JSON, "Content-Encoding": "gzip"}, gzip.compress(GOOD.encode(), mtime=0), 415, {}),
    ("POST", "/graphql", JSON, "", 400, {}),
    ("POST", "/graphql", JSON, "{", 400, {}),
    ("POST", "/graphql", JSON, "null", 400, {}),
    ("POST", "/graphql", JSON, "[]", 400, {}),
    ("POST", "/graphql", JSON, b'{"query": "\xff"}', 400, {}),
    ("POST", "/graphql", JSON, '{"query": 7}', 400, {}),
    ("POST", "/graphql", JSON, '{"query": "{ thing(id: 3) { name } }", "variables": []}', 400, {}),
    ("POST", "/graphql", JSON, '{"query": "{ thing(id: 3) { name } }", "variables": null, "operationName": null, "extensions": null}', 200, {}),
    ("GET", "/graphql?query=%7Bthing(id:3)%7Bname%7D%7D", {}, None, 200, {"cache-control": "no-store"}),
    ("HEAD", "/graphql?query=%7Bthing(id:3)%7Bname%7D%7D", {}, None, 200, {"cache-control": "no-store"}),
    ("GET", "/graphql?query=%7Bthing(id:3)%7Bname%7D%7D&variables=%7B", {}, None, 400, {}),
    ("GET", "/graphql?%71u%65ry=%7Bthing(id:3)%7Bname%7D%7D", {}, None, 200, {}),
    ("GET", "/graphql?query=%7Bthing(id:3)%7Bname%7D%7D&%71uery=%7Bthing(id:4)%7Bname%7D%7D", {}, None, 400, {}),
    ("GET", "/graphql?query=%7Bthing(id:3)%7Bname%7D%7D&query=%7Bthing(id:4)%7Bname%7D%7D", {}, None, 400, {}),
    ("GET", "/graphql?query=%7Bthing(id:3)%7Bname%7D%7D&variables=%7B%7D&variables=%7B%7D", {}, None, 400, {}),
    ("GET", "/graphql?query=%7Bthing(id:3)%7Bname%7D%7D", {"Accept": "image/png"}, None, 406, {}),
    ("GET", "/graphql", {}, None, 400, {}),
    ("GET", "/graphql?other=1", {}, None, 400, {}),
    ("GET", "/graphql", {"Accept": "text/html"}, None, 200, {"content-type": "text/html; charset=utf-8"}),
    ("GET", "/graphql?query=mutation%7BaddThing(input:%7B%7D)%7Bid%7D%7D", {}, None, 405, {"allow": "POST"}),
    ("GET", "/graphql?query=mutation%7Bnothing%7D", {}, None, 405, {"allow": "POST"}),
    ("GET", "/graphql?query=query+A%7Bthing(id:3)%7Bid%7D%7Dmutation+B%7Bnothing%7D&operationName=B", {}, None, 405, {"allow": "POST"}),
    ("GET", "/graphql?query=query+A%7Bthing(id:3)%7Bid%7D%7Dmutation+B%7BaddThing(input:%7B%7D)%7Bid%7D%7D&operationName=A", {}, None, 200, {}),
])
def test_answers(server, method, path, headers, body, status, expected):
    answer = server.request(method, path, body, headers)
    assert answer.status == status, answer
    for name, value in expected.items():
        assert answer.headers[name] == value
    if method == "HEAD" or status == 204:
        assert answer.body == b""
    elif status >= 400:
        assert answer.json["errors"][0]["message"]
        assert answer.json["errors"][0]["extensions"]["code"]
        assert "data" not in answer.json
    elif body == GOOD:
        assert answer.text == '{"data":{"thing":{"name":"thing 3"}}}'


def test_what_the_refusals_say(server):
    def code(method, headers, body=GOOD, path="/graphql"):
        return server.request(method, path, body, headers).errors[0]["extensions"]["code"]

    assert code("PUT", JSON) == "METHOD_NOT_ALLOWED"
    assert code("POST", {**JSON, "Accept": "image/png"}) == "NOT_ACCEPTABLE"
    assert code("POST", {}) == "UNSUPPORTED_MEDIA_TYPE"
    assert code("POST", JSON, "{") == "BAD_REQUEST"
    assert code("POST", JSON, json.dumps({"query": "{"})) == "GRAPHQL_PARSE_FAILED"
    assert code("GET", {}, None, "/graphql") == "BAD_REQUEST"
    assert code("GET", {}, None, "/graphql?query=mutation%7BaddThing(input:%7B%7D)%7Bid%7D%7D") == "METHOD_NOT_ALLOWED"


def test_a_field_that_fails_keeps_the_status(server):
    answer = server.post('mutation { addThing(input: {id: 3, name: "again"}) { id } }', headers={"Accept": NEW})
    assert answer.status == 200
    assert answer.json["data"] == {"addThing": None} and answer.errors[0]["path"] == ["addThing"]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_past_the_limit(server, chunked):
    with Raw(server.port) as connection:
        if chunked:
            connection.send(b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + b"".join(b"10000\r\n" + b" " * 65536 + b"\r\n" for _ in range(40)))
        else:
            connection.send(post(b" " * (2 << 20)))
        status, headers, body = connection.answer()
        assert status == 413 and headers["content-type"] == "application/json; charset=utf-8"
        assert json.loads(body)["errors"][0]["extensions"]["code"] == "PAYLOAD_TOO_LARGE"
        assert connection.closed()


def test_a_body_of_just_the_limit(server):
    body = GOOD.encode()
    answer = server.request("POST", "/graphql", body + b" " * ((1 << 20) - len(body)), JSON)
    assert answer.status == 200 and answer.json == {"data": {"thing": {"name": "thing 3"}}}


def test_graphiql(server):
    page = server.request("GET", "/graphql", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "http://" not in page.text and "https://" not in page.text
    if "not part of this installation" in page.text:
        return
    for mark, kind in (('<script src="', "text/javascript; charset=utf-8"), ('<link rel="stylesheet" href="', "text/css")):
        asset = server.request("GET", "/" + page.text.split(mark)[1].split('"')[0])
        assert asset.status == 200 and asset.headers["content-type"] == kind
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable" and len(asset.body) > 10000
    assert server.request("GET", "/graphiql/nothing.js").status == 404


def test_audits_of_graphql_over_http(server):
    npm.install()
    assert "audits" in npm.run("audits.mjs", "http://127.0.0.1:%d/graphql" % server.port)
