# SPDX-License-Identifier: MIT
"""What the tests share: one private PostgreSQL a run, fresh databases, the real server.

With pytest-xdist the first process starts the cluster and hands its directory to the workers in the environment.
"""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from support.cluster import DEMO_FILES, Attached, Cluster, load_sql  # noqa: E402
from support.server import PROGRAM, ROOT, Server  # noqa: E402

REFERENCE = "FRAISEQL_TEST_CLUSTER"

_cluster = None


def pytest_configure(config):
    global _cluster
    if hasattr(config, "workerinput") or config.option.collectonly or os.environ.get(REFERENCE):
        return
    _cluster = Cluster()
    os.environ[REFERENCE] = _cluster.reference()


def pytest_unconfigure(config):
    global _cluster
    if _cluster:
        _cluster.close()
        _cluster = None
        os.environ.pop(REFERENCE, None)


@pytest.fixture(scope="session")
def cluster():
    """The cluster of the run. A test that stops or kills PostgreSQL takes `own_cluster`."""
    return Attached(os.environ[REFERENCE])


@pytest.fixture
def own_cluster():
    with Cluster() as c:
        yield c


@pytest.fixture(scope="session")
def demo_template(cluster):
    """The demo's schema with a hundredth of its rows."""
    # As files of the template, so that a change of the demo makes a new one.
    scale = os.path.join(ROOT, "tests", "support", "small.sql")
    return cluster.template(scale, *DEMO_FILES)


@pytest.fixture(scope="module")
def demo_database(cluster, demo_template):
    """The URL of a fresh, small copy of the demo's database; this module's alone."""
    name = cluster.database(demo_template)
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture(scope="module")
def demo_server(demo_database):
    server = Server(demo_database)
    yield server
    server.close()


@pytest.fixture(scope="module")
def make_database(cluster):
    """make_database(sql) -> URL of a fresh database that holds what the SQL makes."""
    made = []

    def make(sql="", files=()):
        made.append(cluster.database(cluster.template(*files, sql=sql)))
        return cluster.url(made[-1])

    yield make
    for name in made:
        cluster.drop(name)


@pytest.fixture(scope="module")
def serve():
    """serve(url, *arguments, env={}) -> Server, ended and checked with the module."""
    servers = []

    def start(url, *arguments, **more):
        servers.append(Server(url, *arguments, **more))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture(scope="session", autouse=True)
def program_is_built():
    assert os.access(PROGRAM, os.X_OK), "%s is missing: run make" % PROGRAM
