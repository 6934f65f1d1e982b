# SPDX-License-Identifier: MIT
"""The examples, run as their READMEs say: the commands there are what is executed here, against real servers."""

import glob
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psycopg
import pytest

from support import extension
from support.cluster import die_with_parent
from support.need import need_command
from support.server import BUILD, ROOT, environment, free_port

EXAMPLES = os.path.join(ROOT, "examples")
BIRCH_BEN = ["2", "1"]
ADA = ["1", "1", "agent"]


@pytest.fixture(scope="module")
def database(make_database, cluster):
    """The URL of the help desk's database, for the role of the application."""
    name = make_database(files=[os.path.join(EXAMPLES, "helpdesk", "schema.sql")]).partition("?")[0].rpartition("/")[2]
    return cluster.url(name, user="helpdesk_app")


@pytest.fixture(scope="module")
def settings(database, tmp_path_factory):
    """The environment of the examples; `python3` in it is the one that the extension was built for."""
    programs = tmp_path_factory.mktemp("bin")
    python = programs / "python3"
    python.write_text("#!/bin/sh\n%s exec %s \"$@\"\n" % (" ".join("%s=%s" % v for v in preloaded().items()), sys.executable))
    python.chmod(0o755)
    return environment(HELPDESK_DATABASE=database, PYTHONPATH=extension.path(), PYTHONDONTWRITEBYTECODE="1",
                       PATH="%s:%s" % (programs, os.environ["PATH"]), **preloaded())


def preloaded():
    """Of a run under a sanitizer, what it needs in every process."""
    return {k: v for k, v in os.environ.items() if k in ("LD_PRELOAD", "PYTHONMALLOC")}


class Application:
    """An example in uvicorn."""

    def __init__(self, folder, target, env):
        self.folder = os.path.join(EXAMPLES, folder)
        self.env = env
        self.port = free_port()
        self.process = subprocess.Popen([sys.executable, "-m", "uvicorn", target, "--port", str(self.port), "--log-level", "warning"],
                                        cwd=self.folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, preexec_fn=die_with_parent(signal.SIGKILL))
        self.url = "http://127.0.0.1:%d" % self.port
        deadline = time.monotonic() + 60
        while True:
            try:
                self.ask("GET", "/health")
                return
            except (urllib.error.URLError, ConnectionError):
                assert self.process.poll() is None, self.process.stdout.read().decode()
                assert time.monotonic() < deadline, "it does not answer"
                time.sleep(0.05)

    def ask(self, method, path, body=None, **headers):
        """(status, headers, text)"""
        data = None if body is None else json.dumps(body).encode()
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json", **headers}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def graphql(self, query, variables=None, **headers):
        status, _, text = self.ask("POST", "/graphql", {"query": query, "variables": variables or {}}, **headers)
        return status, json.loads(text)

    def shell(self, script):
        """What commands of the README print."""
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script.replace("http://127.0.0.1:8000", self.url)], cwd=self.folder,
                              env={k: v for k, v in self.env.items() if k != "LD_PRELOAD"},  # bash does not run with it
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def close(self):
        self.process.send_signal(signal.SIGINT)
        try:
            output = self.process.communicate(timeout=30)[0].decode()
        except subprocess.TimeoutExpired:
            self.process.kill()
            output = "it did not end:\n" + self.process.communicate()[0].decode()
        assert "Traceback" not in output and "did not end" not in output, output
        return output


def blocks(folder):
    """The shell blocks of an example's README."""
    with open(os.path.join(EXAMPLES, folder, "README.md")) as f:
        return re.findall(r"^```sh\n(.*?)^```", f.read(), re.S | re.M)


@pytest.fixture(scope="module")
def start(settings):
    started = []

    def run(folder, target, **more):
        need_command("curl")
        pytest.importorskip("uvicorn", reason="not installed: python3-uvicorn")
        started.append(Application(folder, target, {**settings, **more}))
        return started[-1]

    yield run
    for application in started:
        application.close()


@pytest.fixture(scope="module")
def helpdesk(start):
    return start("helpdesk", "helpdesk.main:app")


def token(settings, *words):
    made = subprocess.run([sys.executable, "-m", "helpdesk.auth", *words], cwd=os.path.join(EXAMPLES, "helpdesk"), env=settings,
                          capture_output=True, text=True, check=True)
    return "Bearer " + made.stdout.strip()


# -- the help desk -----------------------------------------------------------------------------------------------------


def test_the_commands_of_the_helpdesk(helpdesk, database):
    prepare, ben, opens, persisted = blocks("helpdesk")
    assert "psql -d helpdesk -f schema.sql" in prepare and "uvicorn helpdesk.main:app" in prepare  # the fixtures do that
    assert json.loads(helpdesk.shell(ben)) == {"data": {"tickets": [
        {"subject": "The printer eats paper", "state": "open",
         "messages": [{"body": "Since this morning."}, {"body": "Which printer is it?"}]},
        {"subject": "A second screen, please", "state": "closed", "messages": []}]}}
    begin = ben.splitlines()[0] + "\n"
    made = json.loads(helpdesk.shell(begin + opens))["data"]["openTicket"]
    assert made == {"ticketId": made["ticketId"], "author": {"name": "Ben"}, "labels": [{"name": "urgent"}]}
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("select set_config('app.tenant_id', '1', false), set_config('app.user_id', '2', false)")
        rows = connection.execute("select t.company_id, t.author_id, t.subject, m.body from ticket t join message m using (ticket_id) "
                                  "where ticket_id = %s", [made["ticketId"]]).fetchall()
    assert rows == [(1, 2, "No coffee", "Since Monday.")]
    listed, counts, ready = re.fullmatch(r"(\{.*\})(\{.*\})(\{.*\})", helpdesk.shell(begin + persisted)).groups()
    assert [t["subject"] for t in json.loads(listed)["data"]["tickets"]] == ["No coffee", "The printer eats paper"]
    assert json.loads(listed)["data"]["tickets"][1]["labels"] == [{"name": "printer"}, {"name": "urgent"}]
    assert json.loads(counts) == {"open": 2, "waiting": 0, "closed": 1}
    assert json.loads(ready) == {"status": "ready"}


def test_an_agent_sees_more_and_nobody_sees_another_company(helpdesk, settings):
    query = "{ tickets(where: {ticketId: {lte: 4}}) { ticketId messages { internal } } companies { name } articles { title steps } }"
    status, answer = helpdesk.graphql(query, Authorization=token(settings, *ADA))
    assert status == 200 and answer["data"] == {
        "tickets": [{"ticketId": 1, "messages": [{"internal": False}, {"internal": False}, {"internal": True}]},
                    {"ticketId": 2, "messages": [{"internal": False}]}, {"ticketId": 3, "messages": []}],
        "companies": [{"name": "Birch Ltd"}],
        "articles": [{"title": "Clearing a paper jam", "steps": ["Switch it off.", "Open the lid."]}]}
    status, answer = helpdesk.graphql("{ tickets { ticketId } companies { name } articles { title } }")
    assert (status, answer) == (200, {"data": {"tickets": [], "companies": [], "articles": []}})


def test_writing_is_guarded_by_the_same_policies(helpdesk, settings):
    add = "mutation ($in: JSON!) { addMessage(input: $in) { body author { name } ticket { subject } } }"
    ben = token(settings, *BIRCH_BEN)
    status, answer = helpdesk.graphql(add, {"in": {"ticketId": 1, "body": "The new one."}}, Authorization=ben)
    assert (status, answer) == (200, {"data": {"addMessage": {
        "body": "The new one.", "author": {"name": "Ben"}, "ticket": {"subject": "The printer eats paper"}}}})
    status, answer = helpdesk.graphql(add, {"in": {"ticketId": 4, "body": "Let me in."}}, Authorization=ben)
    assert status == 200 and answer["data"] == {"addMessage": None}
    assert answer["errors"][0]["extensions"]["sqlstate"] == "42501"
    status, answer = helpdesk.graphql("mutation { openTicket(input: {subject: \"No name\"}) { ticketId } }")
    assert answer["data"] == {"openTicket": None} and answer["errors"][0]["path"] == ["openTicket"]
    close = "mutation { closeTicket(input: {ticketId: 2}) { state closedAt } }"
    status, answer = helpdesk.graphql(close, Authorization=token(settings, *ADA))
    assert answer["data"]["closeTicket"]["state"] == "closed" and answer["data"]["closeTicket"]["closedAt"].endswith("Z")


def test_bad_tokens_are_401(helpdesk, settings):
    good = token(settings, *BIRCH_BEN)
    for bad in ("Bearer x.y", "Basic abc", good[:-2] + "zz", good.replace(".", "A."), "Bearer"):
        status, answer = helpdesk.graphql("{ companies { name } }", Authorization=bad)
        assert (status, answer["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED"), bad
        assert helpdesk.ask("GET", "/counts", Authorization=bad)[0] == 401
    assert helpdesk.ask("GET", "/counts")[0] == 401


def test_in_production_only_the_documents_may_be_asked(start, settings):
    secret = {"HELPDESK_PRODUCTION": "1", "HELPDESK_SECRET": "secret"}
    application = start("helpdesk", "helpdesk.main:app", **secret)
    ben = token({**settings, **secret}, *BIRCH_BEN)
    status, answer = application.graphql("{ companies { name } }", Authorization=ben)
    assert status == 400 and "data" not in answer
    with open(os.path.join(EXAMPLES, "helpdesk", "documents", "articles.graphql")) as f:
        status, answer = application.graphql(f.read(), Authorization=ben)
    assert (status, answer) == (200, {"data": {"articles": [
        {"id": 1, "title": "Clearing a paper jam", "steps": ["Switch it off.", "Open the lid."], "tags": ["printer"],
         "company": {"name": "Birch Ltd"}}]}})
    status, _, page = application.ask("GET", "/graphql", Accept="text/html")
    assert status == 400 and "<html" not in page
    assert application.graphql("{ companies { name } }", Authorization=token(settings, *BIRCH_BEN))[0] == 401


def test_production_wants_a_secret(settings):
    done = subprocess.run([sys.executable, "-c", "import helpdesk.main"], cwd=os.path.join(EXAMPLES, "helpdesk"),
                          env={**settings, "HELPDESK_PRODUCTION": "1"}, capture_output=True, text=True)
    assert done.returncode == 1 and "set HELPDESK_SECRET" in done.stderr


def test_the_applications_import_no_database_driver(settings):
    """The checks of docs/migration-from-v1.md, on the help desk and on a request that it answers."""
    program = """
import asyncio, sys, httpx, helpdesk.main
async def ask():
    async with httpx.AsyncClient(app=helpdesk.main.app, base_url="http://test") as client:
        return (await client.post("/graphql", json={"query": "{ __typename }"})).text
print(asyncio.run(ask()))
print(sorted({m.partition(".")[0] for m in sys.modules} & {"psycopg", "psycopg_pool", "psycopg2", "asyncpg", "graphql"}))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=os.path.join(EXAMPLES, "helpdesk"), env=settings,
                          capture_output=True, text=True)
    assert done.stdout == '{"data":{"__typename":"Query"}}\n[]\n', done.stderr


# -- the rollout -------------------------------------------------------------------------------------------------------


def test_the_commands_of_the_rollout(start):
    application = start("rollout", "main:app")
    prepare, shadow, grow, _ = blocks("rollout")
    assert "uvicorn main:app" in prepare
    first, counted = re.fullmatch(r"(.*?\}\]\}\})\s*(\{.*\})", application.shell(shadow), re.S).groups()
    assert re.search(r"^x-answered-by: existing\r?$", first, re.M | re.I)
    assert first.endswith('{"data":{"companies":[{"companyId":1,"name":"Birch Ltd","plan":"PAID"}]}}')
    deadline = time.monotonic() + 30
    while json.loads(counted)["shadow_different"] == 0 and time.monotonic() < deadline:
        counted = application.ask("GET", "/rollout")[2]
    told = json.loads(counted)
    assert (told["share"], told["shadow"], told["answered_by_existing"], told["answered_by_new"]) == (0, 100, 1, 0)
    assert (told["shadowed"], told["shadow_different"]) == (1, 1)
    assert told["differences"] == [{"query": "{ companies { companyId name plan } }", "at": [
        {"path": "data.companies.0.plan", "existing": '"PAID"', "new": '"paid"'}]}]
    last = application.shell(shadow.split("\nask ben")[0] + "\n" + grow)
    assert re.search(r"^x-answered-by: new\r?$", last, re.M | re.I)
    assert last.endswith('{"data":{"companies":[{"companyId":1,"name":"Birch Ltd","plan":"paid"}]}}')
    assert json.loads(application.ask("GET", "/rollout")[2])["answered_by_new"] == 1


def test_the_existing_application_answers_what_it_did_before(start):
    application = start("rollout", "existing:app")
    assert application.graphql("{ companies { companyId } }", X_Tenant="2") == (
        200, {"data": {"companies": [{"companyId": 2, "name": "Cedar & Sons", "plan": "FREE"}]}})


def test_the_existing_application_may_run_elsewhere(start):
    elsewhere = start("rollout", "existing:app")
    application = start("rollout", "main:app", ROLLOUT_EXISTING=elsewhere.url)
    status, headers, text = application.ask("POST", "/graphql", {"query": "{ companies { name plan } }"}, X_Tenant="2")
    assert (status, headers["x-answered-by"]) == (200, "existing")
    assert json.loads(text) == {"data": {"companies": [{"companyId": 2, "name": "Cedar & Sons", "plan": "FREE"}]}}
    status, headers, text = application.ask("POST", "/graphql", {"query": "{ companies { name plan } }"}, X_Tenant="2", X_Pipeline="new")
    assert (status, headers["x-answered-by"]) == (200, "new")
    assert json.loads(text) == {"data": {"companies": [{"name": "Cedar & Sons", "plan": "free"}]}}
    assert application.ask("POST", "/graphql", {"query": "{ other }"})[0] == 400  # the existing one's word
    assert application.ask("GET", "/health")[0] == 404
    elsewhere.process.terminate()
    elsewhere.process.wait(30)
    status, headers, text = application.ask("POST", "/graphql", {"query": "{ companies { name plan } }"})
    assert status == 502 and json.loads(text)["errors"][0]["extensions"]["code"] == "BAD_GATEWAY"


# -- C -----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """What `make install` puts in place."""
    need_command("meson", "pkg-config", "cc")
    root = tmp_path_factory.mktemp("root")
    subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", str(root)], check=True,
                   stdout=subprocess.DEVNULL, env=environment())
    return str(root)


def pkg_config(root, *words):
    (file,) = glob.glob(os.path.join(root, "**", "fraiseql.pc"), recursive=True)
    env = environment(PKG_CONFIG_LIBDIR=os.path.dirname(file), PKG_CONFIG_SYSROOT_DIR=root)
    return subprocess.run(["pkg-config", *words, "fraiseql"], env=env, capture_output=True, text=True, check=True).stdout.split()


def sanitizers():
    with open(os.path.join(BUILD, "meson-info", "intro-buildoptions.json")) as f:
        (chosen,) = (o["value"] for o in json.load(f) if o["name"] == "b_sanitize")
    return [] if chosen == "none" else ["-fsanitize=" + chosen]


def test_installation_has_the_program_the_library_and_the_header(installation):
    found = {os.path.relpath(p, installation) for p in glob.glob(os.path.join(installation, "**"), recursive=True) if os.path.isfile(p)}
    for wanted in (r"bin/fraiseql", r"include/fraiseql\.h", r"include/fraiseql/base/event_loop\.h", r"include/fraiseql/base/loop\.h",
                   r"/lib/libfraiseql\.so", r"/lib/pkgconfig/fraiseql\.pc", r"share/fraiseql/demo/run"):
        assert [f for f in found if re.search(wanted + "$", f)], wanted
    with open(os.path.join(ROOT, "meson.build")) as f:
        assert pkg_config(installation, "--modversion") == [re.search(r"version: '([^']+)'", f.read()).group(1)]


def test_the_c_program_builds_against_the_installation_and_runs(installation, database, tmp_path):
    program = tmp_path / "query"
    (command,) = blocks("c")
    assert "cc -o query query.c $(pkg-config --cflags --libs fraiseql)" in command
    done = subprocess.run(["cc", "-Wall", "-Wextra", "-Werror", *sanitizers(), "-o", str(program), "query.c",
                           *pkg_config(installation, "--cflags", "--libs")], cwd=os.path.join(EXAMPLES, "c"), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (library,) = glob.glob(os.path.join(installation, "**", "libfraiseql.so"), recursive=True)
    env = environment(LD_LIBRARY_PATH=os.path.dirname(library))
    run = lambda *words: subprocess.run([str(program), *words], env=env, capture_output=True, text=True, timeout=60)  # noqa: E731
    url = database.replace("helpdesk_app@", "postgres@")
    done = run(url, "query ($id: Int!) { company(companyId: $id) { name people(limit: 1) { name } } }", '{"id": 2}')
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == '{"data":{"company":{"name":"Cedar & Sons","people":[{"name":"Dora"}]}}}\n'
    done = run(url, "{ companys { name } }")
    assert done.returncode == 0 and json.loads(done.stdout)["errors"][0]["message"].startswith('Cannot query field "companys"')
    done = run(url.replace("host=", "host=/nowhere"), "{ companies { name } }")
    assert done.returncode == 2 and "nowhere" in done.stderr and done.stdout == ""
