# SPDX-License-Identifier: MIT
"""The package as users get it: built by pip from a clean copy of the tree, and from its own source archive; installed
into a virtual environment of its own and used from there, outside the source tree."""

import ast
import email
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile

import psycopg
import pytest

from support.need import need_command
from support.server import ROOT

PACKAGE = os.path.join(ROOT, "python", "fraiseql")
SILENT = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_NO_CACHE_DIR": "1"}
AS_TESTER = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]


def run(*command, cwd="/", check=True, **more):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_", "GIT_", "LD_"))}
    done = subprocess.run(list(map(str, command)), cwd=cwd, env={**env, **SILENT, **more}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=900)
    assert not check or done.returncode == 0, "%s\n%s" % (" ".join(map(str, command)), done.stdout[-6000:])
    return done.stdout


def tracked():
    """What a clone would hold: known to git, or new and not ignored. Without git, all but what is built."""
    if os.path.exists(os.path.join(ROOT, ".git")):
        listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
        return [n for n in listed.split("\0") if n and os.path.lexists(os.path.join(ROOT, n))]
    names = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [f for f in folders if not f.startswith((".", "build")) and f not in ("node_modules", "__pycache__")]
        names += [os.path.relpath(os.path.join(folder, f), ROOT) for f in files]
    return names


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A clean copy of the sources, committed to a repository of its own, as `meson dist` wants it."""
    need_command("git", "meson", "ninja")
    pytest.importorskip("mesonpy", reason="not installed: python3-mesonpy (tools/setup test)")
    copy = tmp_path_factory.mktemp("tree")
    for name in tracked():
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(os.path.join(ROOT, name), target, follow_symlinks=False)
    run("git", "init", "-q", cwd=copy)
    run("git", *AS_TESTER, "add", "-A", cwd=copy)
    run("git", *AS_TESTER, "commit", "-q", "-m", "copy", cwd=copy)
    return copy


def new_environment(folder):
    run(sys.executable, "-m", "venv", "--system-site-packages", folder)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def installed(tree, tmp_path_factory):
    """The Python of an environment in which the tree has been installed as the documentation says."""
    python = new_environment(tmp_path_factory.mktemp("venv") / "v")
    run(python, "-m", "pip", "install", "--no-build-isolation", "--no-index", ".", cwd=tree)
    return python


@pytest.fixture(scope="module")
def archive(tree, tmp_path_factory):
    """The source archive."""
    out = tmp_path_factory.mktemp("sdist")
    run(sys.executable, "-c", "import mesonpy, sys; mesonpy.build_sdist(sys.argv[1])", out, cwd=tree)
    (made,) = os.listdir(out)
    return out / made


@pytest.fixture(scope="module")
def wheel(archive, tmp_path_factory):
    """The wheel, built from the unpacked source archive, which is no repository. -O0: only its contents are looked at."""
    folder = tmp_path_factory.mktemp("wheel")
    with tarfile.open(archive) as packed:
        packed.extractall(folder)
    (source,) = (p for p in folder.iterdir() if p.is_dir())
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--config-settings",
        "setup-args=-Doptimization=0", "-w", folder, source)
    (made,) = folder.glob("*.whl")
    return made


def version():
    with open(os.path.join(ROOT, "meson.build")) as f:
        return re.search(r"version: '([^']+)'", f.read()).group(1)


def sources():
    found = set()
    for folder, folders, names in os.walk(PACKAGE):
        folders[:] = [f for f in folders if f != "__pycache__"]
        found |= {os.path.join("fraiseql", os.path.relpath(os.path.join(folder, n), PACKAGE)) for n in names}
    return found


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        native = {n for n in names if re.fullmatch(r"fraiseql/_native\.cpython-\d+-[\w-]+\.so", n)}
        assert len(native) == 1
        wanted = sources() | native | {"fraiseql/LICENSE"}
        if shutil.which("npm") and shutil.which("node"):
            wanted.add("fraiseql/fastapi/graphiql.zip")
        info = "fraiseql-%s.dist-info/" % version()
        assert names == wanted | {info + n for n in ("METADATA", "WHEEL", "RECORD")}
        assert {"fraiseql/py.typed", "fraiseql/_native.pyi"} <= names
        assert b"Permission is hereby granted" in packed.read("fraiseql/LICENSE")
        assert b"Root-Is-Purelib: false" in packed.read(info + "WHEEL")
    assert re.fullmatch(r"fraiseql-%s-cp3\d+-cp3\d+-linux_\w+\.whl" % re.escape(version()), wheel.name)


def test_graphiql_is_in_the_wheel_where_npm_is(wheel):
    need_command("npm", "node")
    with zipfile.ZipFile(wheel) as packed, zipfile.ZipFile(packed.open("fraiseql/fastapi/graphiql.zip")) as bundle:
        names = bundle.namelist()
        if not names:
            pytest.skip("npm could not fetch GraphiQL's packages")
        assert b"<script" in bundle.read("index.html")
        assert any(n.endswith(".js") for n in names) and any(n.endswith(".css") for n in names)


def test_the_source_archive_holds_what_is_tracked(archive):
    with tarfile.open(archive) as packed:
        names = {n.name.split("/", 1)[1] for n in packed.getmembers() if n.isfile()}
    assert archive.name == "fraiseql-%s.tar.gz" % version()
    assert {"PKG-INFO", "LICENSE", "meson.build", "python/src/native.c", "include/fraiseql.h"} <= names
    assert not [n for n in names if n.startswith(("build", ".mesonpy")) or n.endswith((".so", ".o"))]
    assert names - {"PKG-INFO"} <= set(tracked())


def test_metadata(wheel):
    with zipfile.ZipFile(wheel) as packed:
        told = email.message_from_bytes(packed.read("fraiseql-%s.dist-info/METADATA" % version()))
    assert (told["Name"], told["Version"]) == ("fraiseql", version())
    assert told["License"] == "MIT"
    assert told["Requires-Python"] == ">=3.11"
    assert sorted(told.get_all("Provides-Extra")) == ["fastapi", "rollout"]
    # No database driver, and nothing at all that is not asked for.
    required = sorted(re.sub(r"[()' \"]", "", line) for line in told.get_all("Requires-Dist"))
    assert required == ["fastapi>=0.92;extra==fastapi", "httpx>=0.23;extra==rollout"]
    assert told["Description-Content-Type"] == "text/markdown" and told.get_payload().startswith("# FraiseQL")


def test_pip_is_content(installed):
    """The environment sees the system's packages, and what pip says of those is not our matter."""
    assert "fraiseql" not in run(installed, "-m", "pip", "check", check=False).lower()
    shown = run(installed, "-m", "pip", "show", "fraiseql")
    assert "Version: " + version() in shown and "License: MIT" in shown
    assert re.search(r"^Requires: *$", shown, re.M)


QUERY = "{ users(limit: 2, orderBy: [{id: ASC}]) { id } __typename }"
USE = """
import asyncio, json, sys
import fraiseql
from fraiseql import Pool, execute_graphql_query, initialize_pipeline

url, query = sys.argv[1:]
initialize_pipeline(Pool(url))
body = asyncio.run(execute_graphql_query(query))
print(json.dumps({"file": fraiseql.__file__, "version": fraiseql.__version__, "answer": json.loads(body)}))
"""
USE_FASTAPI = """
import asyncio, json, sys
import httpx
from fraiseql.fastapi import create_fraiseql_app

async def main(url, query):
    app = create_fraiseql_app(database_url=url)
    async with httpx.AsyncClient(app=app, base_url="http://test") as client:
        answer = await client.post("/graphql", json={"query": query})
        page = await client.get("/graphql", headers={"accept": "text/html"})
    print(json.dumps({"status": answer.status_code, "answer": answer.json(), "page": page.text}))

asyncio.run(main(*sys.argv[1:]))
"""


def two_users(url):
    with psycopg.connect(url) as connection:
        return [{"id": str(row[0])} for row in connection.execute("select id from v_user order by id limit 2")]


def test_it_works_outside_the_source_tree(installed, demo_database):
    told = json.loads(run(installed, "-c", USE, demo_database, QUERY))
    assert told["file"].startswith(str(installed.parent.parent)) and told["version"] == version()
    assert told["answer"] == {"data": {"users": two_users(demo_database), "__typename": "Query"}}


def test_its_application_works_outside_the_source_tree(installed, demo_database):
    pytest.importorskip("fastapi", reason="not installed: python3-fastapi")
    told = json.loads(run(installed, "-c", USE_FASTAPI, demo_database, QUERY))
    assert told["status"] == 200
    assert told["answer"] == {"data": {"users": two_users(demo_database), "__typename": "Query"}}
    assert "<html" in told["page"]


def test_it_needs_nothing_of_the_server(installed):
    need_command("readelf")
    where = run(installed, "-c", "import fraiseql._native as n; print(n.__file__)").strip()
    needed = re.findall(r"NEEDED.*\[(.+)\]", run("readelf", "-d", where))
    assert any(n.startswith("libpq.") for n in needed)
    assert not [n for n in needed if re.match(r"lib(h2o|wslay|yaml|brotli|fraiseql)", n)]
    exported = re.findall(r"(\w+)$", run("nm", "-D", "--defined-only", where), re.M)
    assert exported == ["PyInit__native"]


def test_the_stub_names_what_the_module_has(installed):
    with open(os.path.join(PACKAGE, "_native.pyi")) as f:
        tree = ast.parse(f.read())
    named = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            members = [m.name if isinstance(m, ast.FunctionDef) else m.target.id for m in node.body
                       if isinstance(m, (ast.FunctionDef, ast.AnnAssign))]
            named[node.name] = sorted(m for m in members if not m.startswith("_"))
        elif isinstance(node, (ast.AnnAssign, ast.FunctionDef)):
            named[node.target.id if isinstance(node, ast.AnnAssign) else node.name] = None
    program = ("import fraiseql._native as n, json; print(json.dumps({k: sorted(m for m in dir(v) if m[0] != '_') if "
               "isinstance(v, type) else None for k, v in vars(n).items() if k[0] != '_'}))")
    del named["Stream"]  # no name of the module: only its requests make one
    assert json.loads(run(installed, "-c", program)) == named
