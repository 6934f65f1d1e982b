# SPDX-License-Identifier: MIT
"""Golden cases: a query and its variables, the SQL and row program it becomes (plan.txt), and the response.

`make bless` writes plan.txt and response.json anew; the diff is what to read in a review. That an answer is true is the
business of the pairs (tests/integration/pairs); here it is that a plan changes only where somebody meant it.
"""

import json
import os
import re

import pytest

from support.server import run_program

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = sorted(os.listdir(os.path.join(HERE, "cases")))
BLESS = bool(os.environ.get("FRAISEQL_BLESS"))


def read(*path):
    path = os.path.join(HERE, *path)
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as f:
        return f.read()


@pytest.fixture(scope="module")
def database(make_database):
    return make_database(files=[os.path.join(HERE, "schema.sql")])


def timeless(text):
    """Without what differs from run to run."""
    return re.sub(r"\b\d+(\.\d+)? ?(ms|us)\b", "N ms", text)


def compare(case, name, got):
    if BLESS:
        with open(os.path.join(HERE, "cases", case, name), "w", encoding="utf-8") as f:
            f.write(got)
        return
    assert got == read("cases", case, name), "%s of %s changed; `make bless` writes it anew" % (name, case)


@pytest.mark.parametrize("case", CASES)
def test_golden(case, database):
    query, variables = read("cases", case, "query.graphql"), read("cases", case, "variables.json")
    arguments = ["--database", database] + (["--variables", variables] if variables else []) + ["-"]
    explained = run_program("explain", *arguments, input=query)
    assert explained.returncode == 0, explained.stdout + explained.stderr
    answered = run_program("query", *arguments, input=query)
    assert answered.returncode == 0, answered.stdout + answered.stderr
    compare(case, "plan.txt", timeless(explained.stdout))
    compare(case, "response.json", json.dumps(json.loads(answered.stdout), indent=1, ensure_ascii=False) + "\n")
