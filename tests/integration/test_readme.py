# SPDX-License-Identifier: MIT
"""What README.md shows is what happens."""

import json
import os
import re

import pytest

from support.cluster import DEMO_FILES
from support.server import ROOT, run_program


@pytest.fixture(scope="module")
def readme():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        return f.read()


@pytest.fixture(scope="module")
def users(make_database):
    """The demo's documents, all of them: the answer shown is of the first user."""
    return make_database(files=DEMO_FILES[1:])


def test_the_first_query_and_its_answer(readme, users, serve):
    body = re.search(r"-d '(\{.*\})'\n", readme).group(1)
    answer = re.search(r"```json\n(.*)\n```", readme).group(1)
    got = serve(users).request("POST", "/graphql", body, {"Content-Type": "application/json"})
    assert got.status == 200
    assert got.text == answer


def test_the_commands_are_there(readme, users):
    for command, arguments in re.findall(r"build/server/fraiseql (\w+) +--database \S+( '.*')?$", readme, re.M):
        if command == "serve":
            continue
        done = run_program(command, "--database", users, *([arguments.strip().strip("'")] if arguments else []))
        assert done.returncode == 0, (command, done.stdout, done.stderr)


def test_make_targets_are_there(readme):
    with open(os.path.join(ROOT, "Makefile"), encoding="utf-8") as f:
        makefile = f.read()
    for target in set(re.findall(r"`?\bmake ([a-z]+)", readme)):
        assert re.search("^%s:" % target, makefile, re.M) or target in ("does",), target
    assert json.loads(re.search(r"```json\n(.*)\n```", readme).group(1))
