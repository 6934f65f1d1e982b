# SPDX-License-Identifier: MIT
"""Requests that are made to hurt: each gets a clear error, soon, and the server goes on serving with the memory it had.

Sizes go past the limits on purpose; where a limit would stop them first (the body's, the document's, tokens'), a second server
with that limit lifted meets them too.
"""

import json
import random

import pytest

from support.raw import Raw, is_sanitized, post

JSON = {"Content-Type": "application/json"}
MANY = 100_000
SQL = """
create table node (id int primary key, name text not null, size int, parent_id int references node, data jsonb, tags text[]);
insert into node select i, 'node ' || i, i, nullif(i / 2, 0), jsonb_build_object('n', i), array['a', 'b'] from generate_series(1, 100) i;
create index on node (parent_id);
create function echo(input jsonb) returns node volatile language sql as $$ select * from node where id = 1 $$;
"""


@pytest.fixture(scope="module")
def url(make_database):
    return make_database(SQL)


@pytest.fixture(scope="module")
def strict(url, serve):
    return serve(url)


@pytest.fixture(scope="module")
def loose(url, serve):
    """Whatever comes is read: only depth and the limits on work are left."""
    return serve(url, "--max-body", "64MiB", "--max-document", "64MiB", "--max-tokens", "10000000")


@pytest.fixture(params=["strict", "loose"])
def server(request):
    return request.getfixturevalue(request.param)


def documents():
    deep = MANY
    yield "nested selections", "{ nodes " + "{ parent " * deep + "{ id }" + " }" * deep + " }"
    yield "nested selections, never closed", "{ nodes " + "{ parent " * deep
    yield "braces alone", "{" * deep
    yield "nested lists", "{ nodes(where: " + "[" * deep + "]" * deep + ") { id } }"
    yield "lists never closed", "{ nodes(where: " + "[" * deep
    yield "nested objects", "{ nodes(where: " + "{NOT: " * deep + "{}" + "}" * deep + ") { id } }"
    yield "nested objects as a default", "query ($w: NodeWhere = " + "{NOT: " * deep + "{}" + "}" * deep + ") { nodes(where: $w) { id } }"
    yield "nested types", "query ($w: " + "[" * deep + "Int" + "]" * deep + ") { nodes { id } }"
    yield "nested inline fragments", "{ nodes " + "{ ... " * deep + "{ id }" + " }" * deep + " }"
    yield "aliases of a field", "{ nodes { " + " ".join("a%d: id" % i for i in range(MANY)) + " } }"
    yield "aliases of a root field", "{ " + " ".join("a%d: node(id: 1) { id }" % i for i in range(MANY)) + " }"
    yield "one field repeated", "{ nodes { " + "id " * MANY + "} }"
    yield "one field repeated with selections", "{ nodes { " + "parent { id } " * MANY + "} }"
    yield "fragments without use", "{ nodes { id } } " + " ".join("fragment f%d on Node { id }" % i for i in range(MANY))
    yield "a chain of fragments", "{ nodes { ...f0 } } " + " ".join("fragment f%d on Node { ...f%d }" % (i, i + 1) for i in range(MANY)) + " fragment f%d on Node { id }" % MANY
    yield "a ring of fragments", "{ nodes { ...f0 } } " + " ".join("fragment f%d on Node { ...f%d }" % (i, (i + 1) % MANY) for i in range(MANY))
    yield "doubling fragments", "{ nodes { ...f0 } } " + " ".join("fragment f%d on Node { a: parent { ...f%d } b: parent { ...f%d } }" % (i, i + 1, i + 1) for i in range(60)) + " fragment f60 on Node { id }"
    yield "doubling fragments on one level", "{ nodes { ...f0 } } " + " ".join("fragment f%d on Node { ...f%d ...f%d }" % (i, i + 1, i + 1) for i in range(1000)) + " fragment f1000 on Node { id }"
    yield "one fragment spread often", "{ nodes { " + "...f " * MANY + "} } fragment f on Node { id name }"
    yield "fragments that spread each other all", "{ nodes { ...f0 } } " + " ".join("fragment f%d on Node { id %s }" % (i, " ".join("...f%d" % j for j in range(i + 1, 150))) for i in range(150))
    yield "overlapping selections", "{ " + "nodes { parent { parent { a: id } } } nodes { parent { parent { a: name } } } " * 400 + " }"
    yield "many operations", " ".join("query q%d { nodes { id } }" % i for i in range(MANY))
    yield "many variables", "query (" + " ".join("$v%d: Int" % i for i in range(MANY)) + ") { nodes { id } }"
    yield "many arguments", "{ nodes(" + " ".join("a%d: 1" % i for i in range(MANY)) + ") { id } }"
    yield "many directives", "{ nodes { id " + "@include(if: true) " * MANY + "} }"
    yield "many unknown directives", "{ nodes { id " + " ".join("@d%d" % i for i in range(MANY)) + " } }"
    yield "many unknown fields", "{ nodes { " + " ".join("unknownField%d" % i for i in range(MANY)) + " } }"
    yield "a long list in a filter", "{ nodes(where: {id: {in: [" + "1," * MANY + "]}}) { id } }"
    yield "many conditions", "{ nodes(where: {OR: [" + "{id: {eq: 1}}," * (MANY // 10) + "]}) { id } }"
    yield "a long name", "{ " + "a" * 5_000_000 + " }"
    yield "a long string", '{ nodes(where: {name: {eq: "' + "a" * 5_000_000 + '"}}) { id } }'
    yield "a long number", "{ nodes(where: {size: {eq: " + "9" * 1_000_000 + "}}) { id } }"
    yield "a long comment", "#" + "a" * 5_000_000 + "\n{ nodes { id } }"
    yield "a long block string", '{ nodes(where: {name: {eq: """' + "\n  a" * 500_000 + '"""}}) { id } }'
    yield "commas alone", "," * 5_000_000
    yield "introspection in rings", "{ __schema { types " + "{ fields { type { fields { type { fields { type { fields { type { name } } } } } } } } }" + " } }"
    yield "deep introspection", "{ __type(name: \"Node\") " + "{ ofType " * deep + "{ name }" + " }" * deep + " }"
    yield "type-system definitions", " ".join("type T%d { a: Int }" % i for i in range(MANY))


DOCUMENTS = dict(documents())


def answered(server, body, headers=JSON):
    """Any clear answer will do; what matters is that there is one."""
    answer = server.request("POST", "/graphql", body, headers, timeout=120)
    assert answer.status in (200, 400, 413), answer
    document = answer.json
    if answer.status != 200:
        assert document["errors"][0]["message"] and document["errors"][0]["extensions"]["code"]
        assert len(document["errors"]) <= 101
        assert len(answer.body) < (2 << 20) + 2 * len(body)  # a message may quote what it is about
    return answer


def serves(server):
    assert server.gql("{ node(id: 7) { name } }") == {"node": {"name": "node 7"}}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents(server, name):
    answered(server, json.dumps({"query": DOCUMENTS[name]}))
    serves(server)


def bodies():
    query = json.dumps("query ($w: NodeWhere, $i: JSON!) { nodes(where: $w) { id } } ").encode()
    deep = MANY
    yield "nested arrays", b"[" * deep + b"]" * deep
    yield "arrays never closed", b"[" * deep
    yield "nested objects", b'{"query":' * deep + b"1" + b"}" * deep
    yield "nested variables", b'{"query": ' + query + b', "variables": {"w": ' + b'{"NOT": ' * deep + b"{}" + b"}" * deep + b"}}"
    yield "nested lists in variables", b'{"query": ' + query + b', "variables": {"w": ' + b"[" * deep + b"]" * deep + b"}}"
    yield "a nested JSON scalar", b'{"query": "mutation ($i: JSON!) { echo(input: $i) { id } }", "variables": {"i": {"a": ' + b"[" * deep + b"]" * deep + b"}}}"
    yield "nested extensions", b'{"query": "{ __typename }", "extensions": ' + b'{"a": ' * deep + b"{}" + b"}" * deep + b"}"
    yield "many keys", b"{" + b",".join(b'"k%d": 1' % i for i in range(MANY)) + b"}"
    yield "many variables that nobody asked for", b'{"query": "{ __typename }", "variables": {' + b",".join(b'"k%d": 1' % i for i in range(MANY)) + b"}}"
    yield "a batch past its limit", b"[" + b",".join([b'{"query": "{ __typename }"}'] * 10000) + b"]"
    yield "a batch of nothing", b"[]"
    yield "a batch in a batch", b'[[{"query": "{ __typename }"}]]'
    yield "the same key twice", b'{"query": "{ __typename }", "query": "{ nodes { id } }"}'
    yield "no UTF-8", b'{"query": "{ node(id: 1) { id } } # \xff\xfe"}'
    yield "overlong UTF-8", b'{"query": "{ node(id: 1) { id } } # \xc0\xaf"}'
    yield "a surrogate in UTF-8", b'{"query": "{ node(id: 1) { id } } # \xed\xa0\x80"}'
    yield "past Unicode", b'{"query": "{ node(id: 1) { id } } # \xf4\x90\x80\x80"}'
    yield "half a character", b'{"query": "{ node(id: 1) { id } } # \xe2\x82'
    yield "NUL in the body", b'{"query": "{ __typename }\0"}'
    yield "NUL as an escape", b'{"query": "{ __typename }\\u0000"}'
    yield "a lone surrogate", b'{"query": "{ nodes(where: {name: {eq: \\"\\\\ud800\\"}}) { id } }"}'
    yield "a lone surrogate in JSON", b'{"query": "{ __typename } # \\ud800"}'
    yield "surrogates the wrong way round", b'{"query": "{ __typename } # \\udc00\\ud800"}'
    yield "a raw control character", b'{"query": "{ __typename }\n"}'
    yield "UTF-16", '{"query": "{ __typename }"}'.encode("utf-16")
    yield "a byte-order mark", b'\xef\xbb\xbf{"query": "{ __typename }"}'
    yield "more behind the end", b'{"query": "{ __typename }"} x'
    yield "a huge number", b'{"query": "query ($s: Int) { nodes(where: {size: {eq: $s}}) { id } }", "variables": {"s": ' + b"9" * 500_000 + b"}}"
    yield "a huge exponent", b'{"query": "query ($s: Int) { nodes(where: {size: {eq: $s}}) { id } }", "variables": {"s": 1e999999999}}'
    yield "NaN", b'{"query": "query ($s: Int) { nodes(where: {size: {eq: $s}}) { id } }", "variables": {"s": NaN}}'
    yield "a hash that is none", b'{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "' + b"g" * 64 + b'"}}}'
    yield "a hash of something else", b'{"query": "{ __typename }", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "' + b"0" * 64 + b'"}}}'
    yield "nothing but blanks", b" " * 900_000


BODIES = dict(bodies())


@pytest.mark.parametrize("name", BODIES)
def test_bodies(server, name):
    answered(server, BODIES[name])
    serves(server)


@pytest.mark.parametrize("value, status", [("\\ud800", 400), ("\\udc00\\ud800", 400), ("\\u0000", 400), ("a\\u0000b", 400), ("\\ud83d\\ude00", 200), ("\U0001f600", 200)])
@pytest.mark.parametrize("place", ["variable", "json", "literal"])
def test_text_that_postgresql_can_not_hold(strict, place, value, status):
    """A NUL and a lone surrogate are legal here and there in GraphQL or JSON, and never in PostgreSQL's text."""
    queries = {"variable": ('query ($t: String) { nodes(where: {name: {eq: $t}}) { id } }', '{"t": "%s"}'),
               "json": ('mutation ($t: JSON!) { echo(input: $t) { id } }', '{"t": {"a": "%s"}}'),
               "literal": ('{ nodes(where: {name: {eq: "%s"}}) { id } }', "{}")}
    query, variables = queries[place]
    if place == "literal":
        text = json.dumps(query % value)
    else:
        text, variables = json.dumps(query), variables % value
    answer = answered(strict, ('{"query": %s, "variables": %s}' % (text, variables)).encode())
    if place == "json" and "\\u0000" in value:
        # The scalar may hold it; that jsonb can not is PostgreSQL's word.
        assert answer.status == 200 and answer.errors[0]["extensions"]["code"] in ("DATABASE_ERROR", "BAD_USER_INPUT"), answer
    else:
        assert answer.status == status, answer
    serves(strict)


def test_random_bytes(strict):
    """Whatever arrives: an answer or an end of the connection, and service for the next."""
    random.seed(20240229)
    good = post(json.dumps({"query": "{ nodes(where: {id: {lt: 5}}) { id name } }"}))
    for _ in range(300):
        data = bytearray(good)
        for _ in range(random.choice((1, 1, 2, 5, 20))):
            kind, at = random.random(), random.randrange(len(data))
            if kind < 0.5:
                data[at] = random.randrange(256)
            elif kind < 0.75:
                del data[at:at + random.randrange(1, 10)]
            else:
                data[at:at] = bytes(random.randrange(256) for _ in range(random.randrange(1, 10)))
        with Raw(strict.port, timeout=60) as client:
            client.send(bytes(data))
            client.socket.shutdown(1)
            client.rest()
    serves(strict)


def test_memory_is_flat(strict):
    """The same crowd of hostile requests twice: what the first round left behind, the second does not add to."""
    def crowd():
        for name, text in DOCUMENTS.items():
            if len(text) < 200_000:
                answered(strict, json.dumps({"query": text}))
        for i, (name, body) in enumerate(BODIES.items()):
            answered(strict, body)
        for i in range(2000):  # texts that are all new, valid and not
            strict.post("{ nodes(where: {id: {eq: 1}}) { a%d: id } }" % (i % 500))
            strict.post("{ nodes { unknown%d } }" % random.randrange(10 ** 9))

    crowd()
    before = strict.memory()
    crowd()
    if not is_sanitized(strict):
        assert strict.memory() - before < 8 << 20, "grew by %.1f MB" % ((strict.memory() - before) / 1e6)
    serves(strict)
