# SPDX-License-Identifier: MIT
"""Real clients, unmodified and pinned by tests/clients/package-lock.json, against the demo's schema.

The packages are installed once into tests/clients/node_modules, by `npm ci`. Without npm, or where its registry can not be
reached, the tests are skipped; under CI that is a failure.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess

import pytest

from conftest import need_command
from support.server import ROOT

CLIENTS = os.path.join(ROOT, "tests", "clients")


@pytest.fixture(scope="module")
def packages():
    need_command("node", "npm")
    with open(os.path.join(CLIENTS, "package-lock.json"), "rb") as f:
        wanted = hashlib.sha256(f.read()).hexdigest()
    stamp = os.path.join(CLIENTS, "node_modules", ".fraiseql-installed")
    with open(os.path.join(CLIENTS, "package.json")) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(stamp) or open(stamp).read() != wanted:
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=CLIENTS, capture_output=True,
                                  text=True, timeout=600)
            if done.returncode != 0:
                pytest.skip("not installed: npm ci failed: " + done.stderr.strip()[-500:])
            with open(stamp, "w") as f:
                f.write(wanted)


@pytest.fixture
def client(packages, demo_server, tmp_path):
    def run(script, *arguments):
        done = subprocess.run(["node", os.path.join(CLIENTS, script), "http://127.0.0.1:%d/graphql" % demo_server.port,
                               *arguments], cwd=CLIENTS, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


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
