# SPDX-License-Identifier: MIT
"""A short comparison of validation and of the language as such with graphql-js; `make differential` is the long one."""

import importlib.machinery
import importlib.util
import os

import pytest

from support.server import ROOT, run_program

RUN = os.path.join(ROOT, "tests", "differential_validation", "run")
OWN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "abstract.graphql")


def load():
    loader = importlib.machinery.SourceFileLoader("differential_validation", RUN)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("differential_validation", loader))
    loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def tool():
    module = load()
    why = module.missing()
    if why:
        pytest.skip(why)
    return module


@pytest.mark.parametrize("seed, more", [(11, []), (12, ["--own-schema"])], ids=["as served", "without extensions"])
def test_the_demo(tool, demo_database, tmp_path, seed, more):
    sdl = tmp_path / "demo.graphql"
    sdl.write_text(run_program("schema", "--database", demo_database).stdout)
    done = tool.compare(str(sdl), 1500, seed, *more)
    assert done.returncode == 0, done.stdout


def test_a_schema_of_interfaces_and_unions(tool):
    """Interfaces, unions, oneOf, subscriptions, defaults of all kinds: what tables do not give."""
    done = tool.compare(OWN, 2500, 13, "--own-schema")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("kind", ["lex", "document", "value", "const-value", "type", "schema", "sdl-rule", "validate", "optional-rule", "variables", "introspection"])
def test_the_language_as_such(tool, kind):
    done = tool.compare_language(2000, 14, "--kinds", kind)
    assert done.returncode == 0, done.stdout
    assert " 0 valid" not in done.stdout
