# SPDX-License-Identifier: MIT
"""What the tests of the Python package share: the package as the build made it, a database, pools that end."""

import os
import subprocess
import sys

import pytest

from support import extension

PACKAGE = extension.use()

SHOP = """
create table users(id int primary key, email text unique not null, age int, created_at timestamptz not null);
create table posts(id int primary key, author_id int not null references users, title text not null, views int);
insert into users select n, 'user' || n || '@example.com', case when n % 7 > 0 then 20 + n % 50 end,
                         timestamptz '2024-01-01 00:00Z' + n * interval '1 hour' from generate_series(1, 100) n;
insert into posts select n, 1 + n % 100, 'Post ' || n, n * 10 from generate_series(1, 300) n;
"""


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
def run_python():
    """run_python(source, *arguments, env={}, check=True): the source in a process of its own, with our package."""

    def run(source, *arguments, env=None, check=True, timeout=120):
        # A process that hangs tells where it stands before it is killed.
        head = "import faulthandler; faulthandler.dump_traceback_later(%d, exit=True)\n" % (timeout - 5)
        done = subprocess.run([sys.executable, "-X", "faulthandler", "-c", head + source, *arguments],
                              env={**os.environ, "PYTHONPATH": PACKAGE, **(env or {})}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=timeout)
        assert not check or done.returncode == 0, "exit %d\n%s\n%s" % (done.returncode, done.stdout, done.stderr)
        return done

    return run
