# SPDX-License-Identifier: MIT
"""What the tests of the Python package share: the package as the build made it, a database, pools that end."""

import os
import signal
import subprocess
import sys

import pytest

from support import extension
from support.shop import SHOP, Gate, until, until_async

PACKAGE = extension.use()

# A process that hangs tells where it stands before it ends.
WATCHDOG = "import faulthandler; faulthandler.dump_traceback_later(%d, exit=True)\n"


@pytest.fixture(scope="module")
def shop(make_database):
    """The URL of a fresh database with 100 users and 300 posts."""
    return make_database(SHOP)


@pytest.fixture
def make_pool():
    """make_pool(url, config=None) -> Pool, closed with the test."""
    import fraiseql

    pools = []

    def make(url, config=None):
        pools.append(fraiseql.Pool(url, config))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


@pytest.fixture
def pipeline(shop, make_pool):
    """A pipeline over `shop` with the schema of its tables."""
    import fraiseql

    return fraiseql.Pipeline(make_pool(shop))


@pytest.fixture
def gate(shop):
    made = Gate(shop)
    made.shut()
    yield made
    made.connection.close()


@pytest.fixture
def wait_until():
    return until


@pytest.fixture
def wait_until_async():
    return until_async


def begin(source, arguments, env, watchdog):
    # A group of its own, so that what it forked ends with it.
    return subprocess.Popen([sys.executable, "-X", "faulthandler", "-c", WATCHDOG % watchdog + source, *arguments],
                            env={**os.environ, "PYTHONPATH": PACKAGE, **(env or {})}, start_new_session=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.communicate()


@pytest.fixture
def start_python():
    """start_python(source, *arguments, env={}): the source in a process of its own, with our package; ended with the
    test."""
    started = []

    def start(source, *arguments, env=None):
        started.append(begin(source, arguments, env, 110))
        return started[-1]

    yield start
    for process in started:
        end(process)


@pytest.fixture
def run_python():
    """run_python(source, *arguments, env={}, check=True): the same, to its end."""

    def run(source, *arguments, env=None, check=True, timeout=120):
        process = begin(source, arguments, env, timeout - 5)
        try:
            out, err = process.communicate(timeout=timeout)
        finally:
            if process.returncode is None:
                end(process)
        assert not check or process.returncode == 0, "exit %s\n%s\n%s" % (process.returncode, out, err)
        return subprocess.CompletedProcess(source, process.returncode, out, err)

    return run
