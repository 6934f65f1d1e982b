# SPDX-License-Identifier: MIT
"""The real program, started for a test, and a small HTTP client that hides nothing of the answer."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time

from .cluster import die_with_parent

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("FRAISEQL_BUILD", os.path.join(ROOT, "build"))
PROGRAM = os.environ.get("FRAISEQL_PROGRAM", os.path.join(BUILD, "server", "fraiseql"))


def environment(**more):
    """Ours without what would configure the program or libpq behind the test's back."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("PG", "FRAISEQL_")) and k != "DATABASE_URL"}
    env.setdefault("ASAN_OPTIONS", "detect_leaks=1:abort_on_error=0")
    env.setdefault("LSAN_OPTIONS", "suppressions=%s:print_suppressions=0" % os.path.join(ROOT, "tests", "support", "lsan.supp"))
    env.setdefault("UBSAN_OPTIONS", "print_stacktrace=1:halt_on_error=1")
    env.update(more)
    return env


def run_program(*arguments, input=None, env=None, timeout=60):
    return subprocess.run([PROGRAM, *arguments], input=input, capture_output=True, text=True, timeout=timeout,
                          env=environment(**(env or {})))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Answer:
    """One HTTP answer. `text` is the body as it came; `json` keeps the order of keys and the text of numbers."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def data(self):
        document = self.json
        assert "errors" not in document, "unexpected errors: %s" % self.text
        assert self.status == 200, "status %d: %s" % (self.status, self.text)
        return document["data"]

    @property
    def errors(self):
        return self.json["errors"]

    def __repr__(self):
        return "<%d %s>" % (self.status, self.body[:400])


class Server:
    """`fraiseql serve` on a free port of the loopback address, ready to be asked."""

    def __init__(self, database_url, *arguments, env=None, wait=True):
        self.database_url = database_url
        self.arguments = list(arguments)
        self.env = env
        self.process = None
        self._connection = None
        self._start(wait)

    def _start(self, wait):
        for attempt in range(5):
            self.port = free_port()
            self.log = tempfile.NamedTemporaryFile(prefix="fraiseql-serve-", suffix=".log", delete=False)
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "--database", self.database_url, "--listen", "127.0.0.1:%d" % self.port,
                 *self.arguments],
                stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environment(**(self.env or {})),
                preexec_fn=die_with_parent(signal.SIGKILL))
            try:
                if wait:
                    self.wait_ready()
                return
            except RuntimeError:
                in_use = re.search("in use", self.read_log())
                self.stop(signal.SIGKILL)
                if not in_use or attempt == 4:  # somebody took the port between our look and the server's
                    raise

    def wait_ready(self, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError("the server ended with %d:\n%s" % (self.process.returncode, self.read_log()))
            try:
                if self.request("GET", "/ready", timeout=5).status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.02)
        raise RuntimeError("the server does not get ready:\n" + self.read_log())

    # -- asking -------------------------------------------------------------------------------------------------------

    def request(self, method, path, body=None, headers=None, timeout=60):
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def post(self, document, variables=None, operation=None, headers=None, timeout=60, **more):
        """A query by POST on a connection that is kept open."""
        body = {"query": document, **more}
        if variables is not None:
            body["variables"] = variables
        if operation is not None:
            body["operationName"] = operation
        send = {"Content-Type": "application/json", **(headers or {})}
        payload = json.dumps(body)
        for attempt in (0, 1):
            fresh = self._connection is None
            if fresh:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
            try:
                self._connection.request("POST", "/graphql", body=payload, headers=send)
                response = self._connection.getresponse()
                return Answer(response.status, response.headers, response.read())
            except (http.client.HTTPException, OSError):
                self._connection.close()
                self._connection = None
                if fresh or attempt:  # a kept connection may have been closed in between; a new one may not
                    raise

    def gql(self, document, variables=None, **more):
        """The data of a query that must succeed."""
        return self.post(document, variables, **more).data

    # -- life ---------------------------------------------------------------------------------------------------------

    @property
    def pid(self):
        return self.process.pid

    def memory(self, field="VmRSS"):
        """In bytes, from /proc."""
        with open("/proc/%d/status" % self.pid) as f:
            return int(re.search(field + r":\s+(\d+) kB", f.read()).group(1)) * 1024

    def read_log(self):
        with open(self.log.name, errors="replace") as f:
            return f.read()

    def stop(self, how=signal.SIGTERM, seconds=30):
        """Ends it; the exit code."""
        if self._connection:
            self._connection.close()
            self._connection = None
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("the server did not stop within %d s:\n%s" % (seconds, self.read_log()))
        return self.process.returncode

    def close(self):
        """stop(), and the checks that hold for every server: a clean end and nothing from a sanitizer."""
        code = self.stop()
        log = self.read_log()
        self.log.close()
        os.unlink(self.log.name)
        assert "Sanitizer" not in log and "runtime error:" not in log, log
        assert code == 0, "the server ended with %d:\n%s" % (code, log)
