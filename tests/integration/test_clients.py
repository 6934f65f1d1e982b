# SPDX-License-Identifier: MIT
"""Real clients, unmodified and pinned by tests/clients/package-lock.json, against the demo's schema."""

import shutil

import pytest

from support import npm


@pytest.fixture(scope="module")
def packages():
    npm.install()


@pytest.fixture
def client(packages, demo_server):
    return lambda script, *arguments: npm.run(script, "http://127.0.0.1:%d/graphql" % demo_server.port, *arguments)


@pytest.mark.parametrize("script", ["apollo.mjs", "urql.mjs", "graphql-request.mjs"])
def test_client(client, script):
    client(script)


def test_audits_of_graphql_over_http(client):
    assert "audits" in client("audits.mjs")


def test_relay_compiler_and_runtime(client, tmp_path):
    client("relay.mjs", str(tmp_path))


def test_codegen(client, tmp_path):
    client("codegen.mjs", str(tmp_path))


def test_graphiql_in_chromium(client, demo_server, tmp_path):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("no Chromium here")
    page = demo_server.request("GET", "/graphql", headers={"Accept": "text/html"})
    if b"not part of this build" in page.body:
        pytest.skip("not installed: npm, when the program was built")
    client("graphiql.mjs", str(tmp_path), chromium)
    assert (tmp_path / "graphiql.png").stat().st_size > 10000
