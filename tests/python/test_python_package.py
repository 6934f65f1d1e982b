# SPDX-License-Identifier: MIT
"""What the package is made of: no database driver, no SQL, a docstring and a type for every public name, and a thread of
the library's that knows nothing of Python."""

import ast
import inspect
import os
import re
import shutil
import subprocess
import sys

import pytest

import fraiseql
from support import extension
from support.server import ROOT

PACKAGE = os.path.join(extension.path(), "fraiseql")
SOURCES = os.path.join(ROOT, "python")
DRIVERS = {"psycopg", "psycopg2", "psycopg_pool", "asyncpg", "aiopg", "pg8000", "py_postgresql", "postgresql", "pgdb",
           "sqlalchemy", "databases", "tortoise", "peewee", "pony", "django", "sqlite3", "_sqlite3"}
SQL = re.compile(r"\b(select\b[\s\S]+\bfrom|insert\s+into|update\s+[\w\".]+\s+set|delete\s+from|with\s+\w+\s+as\s*\(|"
                 r"(create|alter|drop)\s+(table|view|function|schema|index|type)|set_config|pg_catalog|information_schema|"
                 r"begin\s+isolation|commit;|rollback;)", re.I)


def modules():
    """{file in the package: its tree}, of what an installation holds."""
    found = {}
    for folder, _, names in os.walk(PACKAGE, followlinks=True):
        for name in names:
            if name.endswith((".py", ".pyi")):
                path = os.path.join(folder, name)
                with open(path, encoding="utf-8") as f:
                    found[os.path.relpath(path, PACKAGE)] = ast.parse(f.read(), path)
    return found


def docstrings(tree):
    holders = [n for n in ast.walk(tree) if isinstance(n, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))]
    return {id(n.body[0].value) for n in holders if n.body and isinstance(n.body[0], ast.Expr)
            and isinstance(n.body[0].value, ast.Constant)}


def test_the_package_was_found():
    assert {"__init__.py", "pipeline.py", "_native.pyi", os.path.join("fastapi", "app.py")} <= set(modules())


def test_no_module_imports_a_database_driver():
    for path, tree in modules().items():
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else (
                [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else [])
            wrong = {n.split(".")[0] for n in names} & DRIVERS
            assert not wrong, (path, wrong)


def test_no_module_holds_sql():
    for path, tree in modules().items():
        told = docstrings(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
                assert not SQL.search(node.value), "%s:%d: %r" % (path, node.lineno, node.value)


def test_the_extension_of_python_holds_no_sql():
    """What lies between Python and the library: the engine alone writes SQL."""
    for name in sorted(os.listdir(os.path.join(SOURCES, "src"))):
        with open(os.path.join(SOURCES, "src", name)) as f:
            for text in re.findall(r'"((?:[^"\\\n]|\\.)*)"', re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)):
                assert not SQL.search(text), (name, text)


def test_the_pattern_for_sql_finds_sql():
    for text in ("select a from b", "SELECT\n*\nFROM x", "insert into t values (1)", "update t set a = 1", "delete from t",
                 "with a as (values (1))", "create table t()", "select set_config('a', 'b', true)", "commit;"):
        assert SQL.search(text)
    for text in ("from which to select", "update the page", "the pool was closed", "created with a type"):
        assert not SQL.search(text)


def test_all_of_it_at_work_loads_no_driver(shop, run_python):
    done = run_python("""
import asyncio, importlib, pkgutil, sys
before = set(sys.modules)
import fraiseql
for module in pkgutil.walk_packages(fraiseql.__path__, "fraiseql."):
    if module.name != "fraiseql.fastapi.app":  # makes an application of the environment
        importlib.import_module(module.name)
fraiseql.initialize_pipeline(sys.argv[1])
assert b"user1@" in asyncio.run(fraiseql.execute_graphql_query("{ users { email } }"))
print("\\n".join(sorted({name.split(".")[0] for name in set(sys.modules) - before})))
""", shop)
    loaded = set(done.stdout.split())
    assert {"fraiseql", "fastapi"} <= loaded
    assert not loaded & DRIVERS


def test_the_thread_of_the_library_knows_nothing_of_python():
    """It could not call Python by mistake: neither Python's header nor one that includes it is there."""
    seen, todo = set(), ["engine_thread.c", "engine_outlet.c"]
    while todo:
        name = todo.pop()
        with open(os.path.join(SOURCES, "src", name)) as f:
            text = f.read()
        assert "Python.h" not in text and not re.search(r"\bPy_?[A-Z]\w+\(", text), name
        for included in re.findall(r'#include "(\w+\.h)"', text):
            if included not in seen and os.path.exists(os.path.join(SOURCES, "src", included)):
                seen.add(included)
                todo.append(included)
    assert seen == {"engine_thread.h", "engine_outlet.h"}


# -- names ---------------------------------------------------------------------------------------------------------------


def public():
    """(name, object) of all that a user may call."""
    from fraiseql import _native

    found = [(name, getattr(fraiseql, name)) for name in fraiseql.__all__ if name != "__version__"]
    classes = [fraiseql.Pool, fraiseql.Pipeline, _native.Pipeline, _native.Planner]
    for owner in classes:
        found += [("%s.%s" % (owner.__qualname__, n), inspect.getattr_static(owner, n)) for n in vars(owner) if n[0] != "_"]
    return found


def test_every_public_name_has_a_docstring():
    missing = [name for name, value in public() if not inspect.getdoc(value)]
    assert missing == []
    assert fraiseql.__doc__ and fraiseql.pipeline.__doc__ and fraiseql._native.__doc__


CORE = {
    "execute_graphql_query": "(query_string, variables=None, user_context=None, operation_name=None, extensions=None, *, "
                             "timeout=None)",
    "execute_graphql_query_sync": "(query_string, variables=None, user_context=None, operation_name=None, "
                                  "extensions=None, *, timeout=None)",
    "initialize_pipeline": "(pool, schema_json=None, options=None)",
    "explain": "(query_string, variables=None, user_context=None, operation_name=None, extensions=None, *, json=False, "
               "analyze=False)",
    "get_cache_stats": "()",
    "clear_cache": "()",
    "get_pipeline": "()",
    "Pool": "(url, config=None)",
    "Pipeline": "(pool, schema_json=None, options=None)",
    "Pool.get_stats": "(self, /)",
    "Pool.health_check": "(self, /)",
    "Pool.health_check_async": "(self, /)",
    "Pool.close": "(self, /)",
}


@pytest.mark.parametrize("name", CORE)
def test_signatures_are_those_of_the_documentation(name):
    value = fraiseql
    for part in name.split("."):
        value = getattr(value, part)
    bare = inspect.signature(value)
    bare = bare.replace(parameters=[p.replace(annotation=inspect.Parameter.empty) for p in bare.parameters.values()],
                        return_annotation=inspect.Signature.empty)
    assert str(bare) == CORE[name]


def test_the_object_form_takes_what_the_functions_take():
    for function, method in ((fraiseql.execute_graphql_query, fraiseql.Pipeline.execute), (fraiseql.explain, fraiseql.Pipeline.explain),
                             (fraiseql.execute_graphql_query_sync, fraiseql.Pipeline.execute_sync)):
        of_method = list(inspect.signature(method).parameters.values())[1:]
        assert of_method == list(inspect.signature(function).parameters.values())
        assert inspect.iscoroutinefunction(function) == inspect.iscoroutinefunction(method)


@pytest.mark.skipif(not shutil.which("stubtest"), reason="not installed: mypy (tools/setup test)")
def test_the_stubs_say_what_the_extension_does(tmp_path):
    """mypy's own comparison of stub and module."""
    allowed = tmp_path / "allowed"
    allowed.write_text("fraiseql._native.Stream\n")  # no name of the module: only its requests make one
    done = subprocess.run([sys.executable, shutil.which("stubtest"), "fraiseql._native", "--allowlist", str(allowed),
                           "--ignore-missing-stub"], cwd=tmp_path, env={**os.environ, "PYTHONPATH": extension.path(),
                                                                         "MYPYPATH": extension.path(),
                                                                         "MYPY_CACHE_DIR": str(tmp_path / "cache")},
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not shutil.which("mypy"), reason="not installed: mypy (tools/setup test)")
def test_types_reach_the_user(tmp_path):
    user = tmp_path / "user.py"
    user.write_text("""
import fraiseql
async def good() -> bytes:
    pool = fraiseql.Pool("postgresql:///x", {"max_size": 3})
    fraiseql.initialize_pipeline(pool, None)
    healthy: bool = await pool.health_check_async()
    stats: dict[str, int] = pool.get_stats()
    return await fraiseql.execute_graphql_query("{ a }", {"id": 1}, operation_name=None)
async def bad() -> str:
    fraiseql.Pool(5)
    return await fraiseql.execute_graphql_query("{ a }", variables=[1])
""")
    done = subprocess.run(["mypy", "--strict", "--follow-imports=silent", "--no-error-summary", "--python-executable", sys.executable, str(user)],
                          cwd=tmp_path, env={**os.environ, "MYPYPATH": extension.path()}, capture_output=True, text=True,
                          timeout=300)
    wrong = [int(line.split(":")[1]) for line in done.stdout.splitlines() if line.startswith(("user.py", str(user))) and "error:" in line]
    assert sorted(set(wrong)) == [10, 11], done.stdout + done.stderr
