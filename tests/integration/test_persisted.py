# SPDX-License-Identifier: MIT
"""Documents by their hash: automatic persisted queries and trusted documents, over HTTP."""

import hashlib
import json
from urllib.parse import quote

import pytest

from support.server import run_program

NEW, OLD = "application/graphql-response+json", "application/json"
DOCUMENT = "query ($n: Int!) { users(limit: $n, orderBy: [{id: ASC}]) { id } }"


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def persisted(text_or_hash, version=1):
    value = text_or_hash if len(text_or_hash) == 64 else digest(text_or_hash)
    return {"persistedQuery": {"version": version, "sha256Hash": value}}


def ask(server, body, accept=NEW):
    headers = {"Content-Type": "application/json"}
    if accept:
        headers["Accept"] = accept
    return server.request("POST", "/graphql", json.dumps(body), headers)


def code(answer):
    assert "data" not in answer.json, answer
    return answer.errors[0]["extensions"]["code"]


# -- automatic persisted queries ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("accept, status", [(NEW, 400), (OLD, 200), ("*/*", 200), (None, 200)])
def test_an_unknown_hash_is_not_found(demo_server, accept, status):
    answer = ask(demo_server, {"extensions": persisted("query Unknown { __typename }")}, accept)
    assert answer.status == status
    assert code(answer) == "PERSISTED_QUERY_NOT_FOUND"
    assert answer.errors[0]["message"] == "PersistedQueryNotFound"


def test_a_document_is_registered_and_then_found(demo_server):
    first = ask(demo_server, {"query": DOCUMENT, "variables": {"n": 2}, "extensions": persisted(DOCUMENT)})
    again = ask(demo_server, {"variables": {"n": 2}, "extensions": persisted(DOCUMENT)})
    other = ask(demo_server, {"variables": {"n": 1}, "extensions": persisted(DOCUMENT)})
    assert len(first.data["users"]) == 2
    assert again.text == first.text
    assert other.data["users"] == first.data["users"][:1]


def test_by_get(demo_server):
    text = "{ users(limit: 1) { identifier } }"
    ask(demo_server, {"query": text, "extensions": persisted(text)})
    answer = demo_server.request("GET", "/graphql?extensions=" + quote(json.dumps(persisted(text))), headers={"Accept": NEW})
    assert len(answer.data["users"]) == 1


def test_a_wrong_hash_is_refused_and_stores_nothing(demo_server):
    lie = digest("query Other { __typename }")
    answer = ask(demo_server, {"query": "{ __typename }", "extensions": persisted(lie)}, OLD)
    assert answer.status == 400
    assert answer.errors[0]["message"] == "provided sha does not match query"
    assert code(ask(demo_server, {"extensions": persisted(lie)})) == "PERSISTED_QUERY_NOT_FOUND"


def test_an_invalid_document_fails_as_ever(demo_server):
    text = "{ nothing }"
    for body in ({"query": text, "extensions": persisted(text)}, {"extensions": persisted(text)}):
        assert code(ask(demo_server, body)) == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize("value", [1, "x", [], {}, {"version": 1}, {"version": 2, "sha256Hash": "0" * 64}, {"version": 1, "sha256Hash": 7},
                                   {"version": 1, "sha256Hash": ""}, {"version": 1, "sha256Hash": "0" * 5000}])
def test_malformed_extensions(demo_server, value):
    answer = ask(demo_server, {"query": "{ __typename }", "extensions": {"persistedQuery": value}})
    assert answer.status == 400 and code(answer) == "BAD_REQUEST"


def test_null_is_no_persisted_query(demo_server):
    assert ask(demo_server, {"query": "{ __typename }", "extensions": {"persistedQuery": None}}).data == {"__typename": "Query"}


def test_the_store_is_bounded(demo_database, serve):
    server = serve(demo_database, "--max-apq", "4", "--workers", "1")
    texts = ["query Q%d { __typename }" % i for i in range(20)]
    for text in texts:
        assert ask(server, {"query": text, "extensions": persisted(text)}).status == 200
    found = [ask(server, {"extensions": persisted(text)}, OLD).json.get("data") is not None for text in texts]
    assert found == [False] * 16 + [True] * 4


def test_switched_off(demo_database, serve):
    server = serve(demo_database, "--no-apq")
    assert code(ask(server, {"extensions": persisted("{ __typename }")})) == "PERSISTED_QUERY_NOT_SUPPORTED"
    assert ask(server, {"query": "{ __typename }", "extensions": persisted("{ __typename }")}).data == {"__typename": "Query"}


def test_a_mutation_is_not_run_by_get(demo_server):
    text = "mutation { createUser(input: {name: \"Never\"}) { id } }"
    ask(demo_server, {"query": text, "extensions": persisted(text)})
    answer = demo_server.request("GET", "/graphql?extensions=" + quote(json.dumps(persisted(text))))
    assert answer.status == 405 and answer.headers["Allow"] == "POST"


# -- trusted documents --------------------------------------------------------------------------------------------------

TRUSTED = "query Trusted($n: Int = 1) {\n  users(limit: $n) { id }\n}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("trusted")
    (path / "users.graphql").write_text(TRUSTED)
    (path / "name.gql").write_text("{ __typename }")
    (path / "notes.txt").write_text("{ articles { id } }")
    return path


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    path = tmp_path_factory.mktemp("manifest") / "documents.json"
    path.write_text(json.dumps({"users-v1": TRUSTED, digest("{ __typename }"): "{ __typename }"}))
    return path


@pytest.fixture(scope="module")
def strict(demo_database, serve, folder):
    return serve(demo_database, "--trusted-documents", str(folder), "--trusted-only")


def test_a_trusted_document_is_found_by_its_hash(demo_database, serve, folder):
    server = serve(demo_database, "--trusted-documents", str(folder), "--no-apq")
    assert len(ask(server, {"variables": {"n": 3}, "extensions": persisted(TRUSTED)}).data["users"]) == 3
    assert ask(server, {"query": "{ authors(limit: 0) { id } }"}).data == {"authors": []}, "not required: others run, too"


def test_a_manifest_has_ids_of_any_form(demo_database, serve, manifest):
    server = serve(demo_database, "--trusted-documents", str(manifest), "--trusted-only")
    by_id = {"persistedQuery": {"version": 1, "sha256Hash": "users-v1"}}
    assert len(ask(server, {"extensions": by_id}).data["users"]) == 1
    assert ask(server, {"extensions": persisted("{ __typename }")}).data == {"__typename": "Query"}


def test_the_manifest_of_apollo(demo_database, serve, tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"format": "apollo-persisted-query-manifest", "version": 1,
                                "operations": [{"id": digest(TRUSTED), "name": "Trusted", "type": "query", "body": TRUSTED}]}))
    server = serve(demo_database, "--trusted-documents", str(path), "--trusted-only")
    assert len(ask(server, {"extensions": persisted(TRUSTED)}).data["users"]) == 1
    assert code(ask(server, {"query": "{ __typename }"})) == "ARBITRARY_QUERY_NOT_ALLOWED"


def test_required_mode_runs_what_is_trusted(strict):
    assert len(ask(strict, {"extensions": persisted(TRUSTED)}).data["users"]) == 1
    assert len(ask(strict, {"query": TRUSTED}).data["users"]) == 1, "the same text in full"
    assert len(ask(strict, {"query": TRUSTED, "extensions": persisted(TRUSTED)}).data["users"]) == 1


@pytest.mark.parametrize("body", [
    {"query": "{ users { id } }"},
    {"query": TRUSTED + " "},
    {"query": "{ users { id } }", "extensions": persisted("{ users { id } }")},
    {"query": "{ users { id } }", "extensions": persisted(TRUSTED)},
    {"query": "{ articles { id } }"},
    {"query": "not even a document"},
    {"query": "{ __schema { types { name } } }"},
    {"extensions": persisted("{ users { id } }")},
], ids=["plain", "one blank more", "with its hash", "under a trusted hash", "of another file", "no document", "introspection", "hash alone"])
def test_required_mode_refuses_everything_else(strict, body):
    for accept, status in ((NEW, 400), (OLD, 200)):
        answer = ask(strict, body, accept)
        assert answer.status == status
        assert code(answer) == "ARBITRARY_QUERY_NOT_ALLOWED"


def test_required_mode_holds_in_batches_and_by_get(strict):
    answer = ask(strict, [{"query": TRUSTED}, {"query": "{ articles { id } }"}])
    assert [list(a) for a in answer.json] == [["data"], ["errors"]]
    assert code(strict.request("GET", "/graphql?query=" + quote("{articles{id}}"), headers={"Accept": NEW})) == "ARBITRARY_QUERY_NOT_ALLOWED"


def test_what_was_refused_was_not_registered(strict):
    text = "{ users { identifier } }"
    ask(strict, {"query": text, "extensions": persisted(text)})
    assert code(ask(strict, {"extensions": persisted(text)})) == "ARBITRARY_QUERY_NOT_ALLOWED"


def serve_once(url, path):
    return run_program("serve", "--database", url, "--listen", "127.0.0.1:0", "--trusted-documents", str(path))


@pytest.mark.parametrize("text", ["[]", '{"a": 1}', "{", '"x"', '{"operations": [{"id": "a"}]}', '{"operations": [7]}'])
def test_a_bad_manifest_is_told_at_start(demo_database, tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text)
    done = serve_once(demo_database, path)
    assert done.returncode == 2 and done.stderr.startswith("fraiseql: error:")


def test_a_missing_manifest_is_told_at_start(demo_database, tmp_path):
    done = serve_once(demo_database, tmp_path / "none")
    assert done.returncode == 2 and "none" in done.stderr
