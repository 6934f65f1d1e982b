# SPDX-License-Identifier: MIT
"""What the tests of the Python package share: the package as the build made it, a database, pools that end."""

import asyncio
import os
import subprocess
import sys
import time

import psycopg
import pytest

from support import extension

PACKAGE = extension.use()

# A process that hangs tells where it stands before it ends.
WATCHDOG = "import faulthandler; faulthandler.dump_traceback_later(%d, exit=True)\n"

SHOP = """
create table users(id int primary key, email text unique not null, age int, created_at timestamptz not null);
create table posts(id int primary key, author_id int not null references users, title text not null, views int);
insert into users select n, 'user' || n || '@example.com', case when n % 7 > 0 then 20 + n % 50 end,
                         timestamptz '2024-01-01 00:00Z' + n * interval '1 hour' from generate_series(1, 100) n;
-- A gate: its reader waits for as long as a test holds the lock. A mutation that waits there, too.
create view v_gate as select 1 as id, pg_advisory_xact_lock_shared(7)::text || 'open' as state;
create table visit(id int primary key generated always as identity, name text not null);
create function fn_visit(input jsonb) returns visit language plpgsql as $$
declare made visit;
begin
    perform pg_advisory_xact_lock_shared(7);
    insert into visit(name) values (input ->> 'name') returning * into made;
    return made;
end $$;
create view v_item as select n as id, repeat('x', 200) as filler from generate_series(1, 5000) n;
create view v_me as select 1 as id, current_setting('app.user_id', true) as user_id,
    current_setting('app.tenant_id', true) as tenant_id, current_setting('app.roles', true) as roles;
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


class Gate:
    """The lock that readers of `gates` and the mutation `visit` wait for, from when shut() has been called."""

    def __init__(self, url):
        self.connection = psycopg.connect(url, autocommit=True)

    def shut(self):
        self.connection.execute("select pg_advisory_lock(7)")

    def open(self):
        self.connection.execute("select pg_advisory_unlock_all()")

    def waiting(self):
        return self.connection.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'advisory'"
        ).fetchone()[0]

    def has(self, number):
        """A condition for until()."""
        return lambda: self.waiting() == number

    def one(self, sql):
        return self.connection.execute(sql).fetchone()[0]


@pytest.fixture
def gate(shop):
    made = Gate(shop)
    made.shut()
    yield made
    made.connection.close()


def until(condition, seconds=60):
    """Waits, with the thread's loop standing still."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.01)


async def until_async(condition, seconds=60):
    """Waits, with the loop going on."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        await asyncio.sleep(0.01)


@pytest.fixture
def wait_until():
    return until


@pytest.fixture
def wait_until_async():
    return until_async


@pytest.fixture
def start_python():
    """start_python(source, *arguments): as run_python, in the background; ended with the test."""
    started = []

    def start(source, *arguments, env=None):
        started.append(subprocess.Popen([sys.executable, "-X", "faulthandler", "-c", WATCHDOG % 110 + source, *arguments],
                                        env={**os.environ, "PYTHONPATH": PACKAGE, **(env or {})},
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def run_python():
    """run_python(source, *arguments, env={}, check=True): the source in a process of its own, with our package."""

    def run(source, *arguments, env=None, check=True, timeout=120):
        done = subprocess.run([sys.executable, "-X", "faulthandler", "-c", WATCHDOG % (timeout - 5) + source, *arguments],
                              env={**os.environ, "PYTHONPATH": PACKAGE, **(env or {})}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=timeout)
        assert not check or done.returncode == 0, "exit %d\n%s\n%s" % (done.returncode, done.stdout, done.stderr)
        return done

    return run
