# SPDX-License-Identifier: MIT
"""The HTTP side as docs/http.md promises it: methods, media types, status codes, heads, compression, CORS."""

import gzip
import http.client
import json
import subprocess
from urllib.parse import urlencode

import pytest

from support.need import need_command
from support.raw import Raw, is_sanitized, post, unbrotli

JSON = {"Content-Type": "application/json"}
NEW = "application/graphql-response+json"
GOOD = json.dumps({"query": "{ thing(id: 3) { name } }"})
INVALID = json.dumps({"query": "{ nothing }"})
SQL = """
create table thing (id int primary key, name text not null);
insert into thing select i, 'thing ' || i from generate_series(1, 2000) i;
create table row (id int primary key, text text not null);
insert into row select i, md5(i::text) || repeat(' y', 60) from generate_series(1, 100000) i;
create function add_thing(input jsonb) returns thing volatile language sql as
$$ insert into thing values ((input ->> 'id')::int, input ->> 'name') returning * $$;
"""


@pytest.fixture(scope="module")
def server(make_database, serve):
    return serve(make_database(SQL), "--cors-origins", "https://app.example, https://other.example:8443")


# -- methods, paths, media types ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("method, path, headers, body, status, expected", [
    ("GET", "/nothing", {}, None, 404, {}),
    ("POST", "/nothing", JSON, GOOD, 404, {}),
    ("GET", "/graphql/", {}, None, 404, {}),
    ("GET", "/health", {}, None, 200, {}),
    ("HEAD", "/health", {}, None, 200, {}),
    ("POST", "/health", JSON, "{}", 405, {"allow": "GET, HEAD, OPTIONS"}),
    ("OPTIONS", "/health", {}, None, 204, {"allow": "GET, HEAD, OPTIONS"}),
    ("GET", "/ready", {}, None, 200, {}),
    ("GET", "/schema.graphql", {}, None, 200, {"content-type": "text/plain; charset=utf-8"}),
    ("GET", "/", {}, None, 303, {"location": "/graphql"}),
    ("PUT", "/graphql", JSON, GOOD, 405, {"allow": "GET, HEAD, POST, OPTIONS"}),
    ("DELETE", "/graphql", {}, None, 405, {"allow": "GET, HEAD, POST, OPTIONS"}),
    ("PATCH", "/graphql", JSON, GOOD, 405, {"allow": "GET, HEAD, POST, OPTIONS"}),
    ("OPTIONS", "/graphql", {}, None, 204, {"allow": "GET, HEAD, POST, OPTIONS"}),
    ("POST", "/graphql", JSON, GOOD, 200, {"content-type": "application/json; charset=utf-8"}),
    ("POST", "/graphql", {**JSON, "Accept": NEW}, GOOD, 200, {"content-type": NEW + "; charset=utf-8"}),
    ("POST", "/graphql", {**JSON, "Accept": "application/json"}, INVALID, 200, {}),
    ("POST", "/graphql", {**JSON, "Accept": NEW}, INVALID, 400, {"content-type": NEW + "; charset=utf-8"}),
    ("POST", "/graphql", {**JSON, "Accept": "*/*"}, INVALID, 400, {"content-type": "application/json; charset=utf-8"}),
    ("POST", "/graphql", JSON, INVALID, 400, {"content-type": "application/json; charset=utf-8"}),
    ("POST", "/graphql", {**JSON, "Accept": "application/*"}, GOOD, 200, {}),
    ("POST", "/graphql", {**JSON, "Accept": "APPLICATION/JSON;Q=0.5"}, GOOD, 200, {}),
    ("POST", "/graphql", {**JSON, "Accept": "image/png"}, GOOD, 406, {}),
    ("POST", "/graphql", {**JSON, "Accept": "application/json;q=0"}, GOOD, 406, {}),
    ("POST", "/graphql", {**JSON, "Accept": "image/png, */*;q=0.1"}, GOOD, 200, {}),
    ("POST", "/graphql", {**JSON, "Accept": "application/json; charset=iso-8859-1"}, GOOD, 406, {}),
    ("POST", "/graphql", {"Content-Type": "application/json; charset=UTF-8"}, GOOD, 200, {}),
    ("POST", "/graphql", {"Content-Type": 'application/json; charset="utf-8"'}, GOOD, 200, {}),
    ("POST", "/graphql", {"Content-Type": "application/json; charset=iso-8859-1"}, GOOD, 415, {}),
    ("POST", "/graphql", {"Content-Type": "text/plain"}, GOOD, 415, {}),
    ("POST", "/graphql", {"Content-Type": "application/jsonx"}, GOOD, 415, {}),
    ("POST", "/graphql", {}, GOOD, 415, {}),
    ("POST", "/graphql", {**JSON, "Content-Encoding": "gzip"}, gzip.compress(GOOD.encode(), mtime=0), 415, {}),
    ("POST", "/graphql", JSON, "", 400, {}),
    ("POST", "/graphql", JSON, "{", 400, {}),
    ("POST", "/graphql", JSON, "null", 400, {}),
    ("POST", "/graphql", JSON, '{"query": 7}', 400, {}),
    ("POST", "/graphql", JSON, '{"query": "{ thing(id: 3) { name } }", "variables": []}', 400, {}),
    ("POST", "/graphql", JSON, '{"query": "{ thing(id: 3) { name } }", "variables": null, "operationName": null, "extensions": null}', 200, {}),
    ("GET", "/graphql?query=%7Bthing(id:3)%7Bname%7D%7D", {}, None, 200, {"cache-control": "no-store"}),
    ("HEAD", "/graphql?query=%7Bthing(id:3)%7Bname%7D%7D", {}, None, 200, {"cache-control": "no-store"}),
    ("GET", "/graphql?query=%7Bthing(id:3)%7Bname%7D%7D&variables=%7B", {}, None, 400, {}),
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
    if method == "HEAD" or status in (204, 303):
        assert answer.body == b""
    elif status >= 400:
        assert answer.json["errors"][0]["message"]
        assert answer.json["errors"][0]["extensions"]["code"]
        assert "data" not in answer.json


def test_a_header_on_several_lines_is_one_list(server):
    with Raw(server.port) as client:
        client.send(post(INVALID, "Accept: image/png", "Accept: application/graphql-response+json;q=0.5", "Accept-Encoding: identity;q=0.1", "Accept-Encoding: gzip"))
        status, headers, _ = client.answer()
        assert status == 400 and headers["content-type"].startswith(NEW)
        client.send(post(GOOD, "Content-Type: text/plain"))
        assert client.answer()[0] == 415


def test_head_says_how_long_the_answer_would_be(server):
    path = "/graphql?query=%7Bthing(id:3)%7Bname%7D%7D"
    assert server.request("HEAD", path).headers["content-length"] == str(len(server.request("GET", path).body))


def test_the_name_of_a_parameter_may_be_escaped(server):
    answer = server.request("GET", "/graphql?%71u%65ry=%7Bthing(id:3)%7Bname%7D%7D")
    assert answer.status == 200 and answer.data == {"thing": {"name": "thing 3"}}, answer


@pytest.mark.parametrize("more", ["query=%7Bthing(id:4)%7Bname%7D%7D", "variables=%7B%7D&variables=%7B%7D", "operationName=A&operationName=B", "%71uery=%7Bthing%7D",
                                  "oper%61tionName=A&operationName=B"])
def test_a_parameter_given_twice_is_refused(server, more):
    """Which of the two counts would be a guess, and a proxy in front may guess otherwise."""
    answer = server.request("GET", "/graphql?query=%7Bthing(id:3)%7Bname%7D%7D&" + more)
    assert answer.status == 400 and "twice" in answer.errors[0]["message"], answer


def test_graphiql_page_is_strict(server):
    page = server.request("GET", "/graphql", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "http://" not in page.text and "https://" not in page.text
    if "not part of this build" in page.text:
        return
    again = server.request("GET", "/graphql", headers={"Accept": "text/html", "If-None-Match": page.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    script = page.text.split('<script src="')[1].split('"')[0]
    asset = server.request("GET", "/" + script)
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    packed = server.request("GET", "/" + script, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == asset.body
    packed = server.request("GET", "/" + script, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "br"
    assert unbrotli(packed.body) == asset.body


# -- heads that must be refused -----------------------------------------------------------------------------------------

def head(*lines):
    return ("\r\n".join(["POST /graphql HTTP/1.1", *lines]) + "\r\n\r\n").encode()


TYPE = "Content-Type: application/json"
SIZE = "Content-Length: %d" % len(GOOD)
SMUGGLED = b"0\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n"


BAD_HEADS = {
    "length and chunked": head("Host: a", TYPE, SIZE, "Transfer-Encoding: chunked") + SMUGGLED,
    "chunked and length": head("Host: a", TYPE, "Transfer-Encoding: chunked", "Content-Length: 5") + SMUGGLED,
    "two lengths": head("Host: a", TYPE, SIZE, "Content-Length: 7") + GOOD.encode(),
    "two lengths, the first too long": head("Host: a", TYPE, "Content-Length: 999", SIZE) + GOOD.encode(),
    "the same length twice": head("Host: a", TYPE, SIZE, SIZE) + GOOD.encode(),
    "a list of lengths": head("Host: a", TYPE, "Content-Length: 5, 5") + GOOD.encode(),
    "plus": head("Host: a", TYPE, "Content-Length: +%d" % len(GOOD)) + GOOD.encode(),
    "minus": head("Host: a", TYPE, "Content-Length: -1") + GOOD.encode(),
    "hexadecimal": head("Host: a", TYPE, "Content-Length: 0x20") + GOOD.encode(),
    "no number": head("Host: a", TYPE, "Content-Length: ") + GOOD.encode(),
    "length past 64 bits": head("Host: a", TYPE, "Content-Length: 99999999999999999999999") + GOOD.encode(),
    "unknown coding": head("Host: a", TYPE, "Transfer-Encoding: gzip, chunked") + SMUGGLED,
    "chunked twice": head("Host: a", TYPE, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + SMUGGLED,
    "chunk size past 64 bits": head("Host: a", TYPE, "Transfer-Encoding: chunked") + b"fffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    "chunk size no number": head("Host: a", TYPE, "Transfer-Encoding: chunked") + b"xyz\r\n{}\r\n0\r\n\r\n",
    "no host": head(TYPE, SIZE) + GOOD.encode(),
    "two hosts": head("Host: a", "Host: b", TYPE, SIZE) + GOOD.encode(),
    "two hosts in one": head("Host: a, b", TYPE, SIZE) + GOOD.encode(),
    "blank before the colon": head("Host: a", TYPE, "Content-Length : %d" % len(GOOD)) + GOOD.encode(),
    "folded": head("Host: a", TYPE, "X-A: b", " c: d", SIZE) + GOOD.encode(),
    "line feeds alone": b"GET /health HTTP/1.1\nHost: a\n\n",
    "no HTTP": b"hello there\r\n\r\n",
    "NUL in a header": head("Host: a", TYPE, "X-A: a\0b", SIZE) + GOOD.encode(),
    "a head past every limit": b"GET /health HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"a" * 600_000 + b"\r\n\r\n",
    "too many headers": b"GET /health HTTP/1.1\r\nHost: a\r\n" + b"X: a\r\n" * 500 + b"\r\n",
}


@pytest.mark.parametrize("name", BAD_HEADS)
def test_bad_heads(server, name):
    with Raw(server.port) as connection:
        connection.send(BAD_HEADS[name])
        answer = connection.answer()
        assert answer is not None, "closed without an answer"
        assert answer[0] == 400
        assert connection.closed(), "the connection stays open"
        assert b"HTTP/1.1 200" not in connection.buffer
    assert server.request("GET", "/health").status == 200


def test_pipelined_requests(server):
    with Raw(server.port) as connection:
        connection.send(b"".join(post(json.dumps({"query": "{ thing(id: %d) { name } }" % i})) for i in range(1, 21)))
        for i in range(1, 21):
            status, _, body = connection.answer()
            assert (status, json.loads(body)) == (200, {"data": {"thing": {"name": "thing %d" % i}}})


def test_pipelined_after_which_a_bad_head_comes(server):
    with Raw(server.port) as connection:
        connection.send(post(GOOD) + head("Host: a", TYPE, "Content-Length: 999", SIZE) + GOOD.encode())
        assert connection.answer()[0] == 200
        assert connection.answer()[0] == 400
        assert connection.closed()


def test_absolute_form_and_http_1_0(server):
    with Raw(server.port) as connection:
        connection.send("GET http://test:80/graphql?query=%7Bthing(id:3)%7Bname%7D%7D HTTP/1.1\r\nHost: test\r\n\r\n")
        assert json.loads(connection.answer()[2]) == {"data": {"thing": {"name": "thing 3"}}}
        connection.send("GET http://test HTTP/1.1\r\nHost: test\r\n\r\n")
        assert connection.answer()[0] == 303
    with Raw(server.port) as connection:
        connection.send("GET /health HTTP/1.0\r\n\r\n")
        assert connection.answer()[0] == 200
        assert connection.closed()


def test_chunked_requests(server):
    with Raw(server.port) as connection:
        chunks = b"".join(b"%x;name=value\r\n%c\r\n" % (1, byte) for byte in GOOD.encode())
        connection.send(head("Host: a", TYPE, "Transfer-Encoding: chunked") + chunks + b"0\r\nTrailer: x\r\n\r\n")
        assert connection.answer()[0] == 200


def test_expect_100_continue(server):
    with Raw(server.port) as connection:
        connection.send(head("Host: a", TYPE, SIZE, "Expect: 100-continue"))
        assert connection.answer()[0] == 100
        connection.send(GOOD)
        assert connection.answer()[0] == 200


@pytest.mark.parametrize("version", ["--http1.1", "--http2-prior-knowledge"])
def test_a_body_a_bit_past_the_limit(server, version):
    need_command("curl")
    done = subprocess.run(["curl", "-s", version, "-H", "Content-Type: application/json", "--data-binary", "@-", "-w", "\n%{http_code}",
                           "http://127.0.0.1:%d/graphql" % server.port], input=GOOD.ljust((1 << 20) + 1), capture_output=True, text=True, timeout=60)
    body, status = done.stdout.split("\n")
    assert status == "413", done
    assert json.loads(body) == {"errors": [{"message": "The request has 1048577 bytes, which exceeds the limit of 1048576 (max_body)",
                                            "extensions": {"code": "PAYLOAD_TOO_LARGE"}}]}


def test_json_past_the_limit_of_depth(server):
    for levels, status in ((64, 200), (65, 400)):
        deep = "[" * levels + "]" * levels
        post = server.request("POST", "/graphql", '{"query": "{ __typename }", "variables": {"a": %s}}' % deep, JSON)
        get = server.request("GET", "/graphql?" + urlencode({"query": "{ __typename }", "extensions": '{"a": {"b": %s}}' % deep}))
        assert (post.status, get.status) == (status, status), (post, get)
    assert post.errors == [{"message": "The request body has JSON nested deeper than 64 levels (limit: depth)", "extensions": {"code": "LIMIT_EXCEEDED"}}]
    assert get.errors == [{"message": '"extensions" has JSON nested deeper than 64 levels (limit: depth)', "extensions": {"code": "LIMIT_EXCEEDED"}}]


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [3 << 20, 12 << 20])
def test_a_body_past_the_limit(server, chunked, size):
    with Raw(server.port) as connection:
        if chunked:
            connection.send(head("Host: a", TYPE, "Transfer-Encoding: chunked") + b"".join(b"10000\r\n" + b" " * 65536 + b"\r\n" for _ in range(size >> 16)))
        else:
            connection.send(head("Host: a", TYPE, "Content-Length: %d" % size) + b" " * size)
        status, headers, body = connection.answer()
        assert status == 413
        assert headers["content-type"] == "application/json; charset=utf-8"
        assert json.loads(body)["errors"][0]["extensions"]["code"] == "PAYLOAD_TOO_LARGE"
        assert connection.closed()


# -- compression --------------------------------------------------------------------------------------------------------

MANY = json.dumps({"query": "{ things(limit: 1000) { id name } }"})


@pytest.mark.parametrize("accepted, coding", [
    (None, None), ("", None), ("gzip", "gzip"), ("br", "br"), ("gzip, deflate, br", "br"), ("gzip;q=1.0, br;q=0.5", "gzip"),
    ("gzip;q=0, br;q=0", None), ("gzip;q=0", None), ("*", "br"), ("*;q=0", None), ("identity", None), ("identity;q=0.5, gzip;q=0.4", None),
    ("GZIP", "gzip"), ("gzip;q=0.001", "gzip"), ("deflate, zstd", None), ("x-gzip", None),
])
def test_codings_by_quality(server, accepted, coding):
    plain = server.request("POST", "/graphql", MANY, JSON)
    answer = server.request("POST", "/graphql", MANY, {**JSON, **({} if accepted is None else {"Accept-Encoding": accepted})})
    assert answer.headers["content-encoding"] == coding
    assert "Accept-Encoding" in answer.headers.get_all("vary")
    body = {"gzip": gzip.decompress, "br": unbrotli, None: bytes}[coding](answer.body)
    assert body == plain.body
    assert coding is None or len(answer.body) < len(plain.body) / 2


def test_small_answers_are_left_alone(server):
    assert server.request("POST", "/graphql", GOOD, {**JSON, "Accept-Encoding": "gzip, br"}).headers["content-encoding"] is None


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_streams_are_compressed_with_little_memory(server, coding):
    body = json.dumps({"query": "{ rows { id text } }"})
    server.request("POST", "/graphql", MANY, {**JSON, "Accept-Encoding": coding})
    before = server.memory()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    connection.request("POST", "/graphql", body, {**JSON, "Accept-Encoding": coding})
    response = connection.getresponse()
    assert response.headers["content-encoding"] == coding
    packed, highest = b"", 0
    while chunk := response.read(65536):
        packed += chunk
        highest = max(highest, server.memory())
    connection.close()
    rows = json.loads((gzip.decompress if coding == "gzip" else unbrotli)(packed))["data"]["rows"]
    assert len(rows) == 100_000 and rows[99_999]["id"] == 100_000
    if not is_sanitized(server):
        assert highest - before < 8 << 20, "grew by %.1f MB" % ((highest - before) / 1e6)


def test_compression_can_be_off(server, serve):
    plain = serve(server.database_url, "--compression", "off")
    answer = plain.request("POST", "/graphql", MANY, {**JSON, "Accept-Encoding": "gzip, br"})
    assert answer.headers["content-encoding"] is None and answer.headers["vary"] is None


# -- CORS ---------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("origin, allowed", [
    ("https://app.example", True), ("https://APP.example", True), ("https://other.example:8443", True), ("https://other.example", False),
    ("http://app.example", False), ("https://app.example.evil", False), ("null", False),
])
def test_cors(server, origin, allowed):
    preflight = server.request("OPTIONS", "/graphql", headers={
        "Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type, authorization"})
    assert preflight.status == 204
    answer = server.request("POST", "/graphql", GOOD, {**JSON, "Origin": origin})
    assert answer.status == 200
    for told in (preflight, answer):
        assert told.headers["access-control-allow-origin"] == (origin if allowed else None)
        assert told.headers["access-control-allow-credentials"] is None
        assert "Origin" in told.headers.get_all("vary")
    assert preflight.headers["access-control-allow-methods"] == ("GET, HEAD, POST, OPTIONS" if allowed else None)
    assert preflight.headers["access-control-allow-headers"] == ("content-type, authorization" if allowed else None)
    refused = server.request("POST", "/graphql", "{", {**JSON, "Origin": origin})
    assert refused.headers["access-control-allow-origin"] == (origin if allowed else None)


def test_cors_for_all_and_for_none(server, serve):
    every = serve(server.database_url, "--cors-origins", "*")
    assert every.request("GET", "/health", headers={"Origin": "https://x.example"}).headers["access-control-allow-origin"] == "https://x.example"
    none = serve(server.database_url)
    assert none.request("GET", "/health", headers={"Origin": "https://x.example"}).headers["access-control-allow-origin"] is None


def test_a_limit_of_bodies_beyond_all_bodies(make_database, serve):
    """Twice as much, which is what is read before a body is refused, is no number of bytes any more."""
    server = serve(make_database(SQL), "--max-body", str(1 << 63))
    answer = server.request("POST", "/graphql", GOOD, JSON)
    assert answer.status == 200 and "errors" not in answer.json
