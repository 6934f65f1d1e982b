# SPDX-License-Identifier: MIT
"""The database of the Python tests: users with posts, a gate at which queries wait until a test lets them go on, and what
the answers must be."""

import asyncio
import time

import psycopg

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

OPEN = b'{"data":{"gates":[{"state":"open"}]}}'
GATE = "{ gates { state } }"
USER = "query ($id: Int!) { user(id: $id) { id email posts(orderBy: {id: ASC}, limit: 2) { id } } }"


def user(number):
    """The bytes that USER must give, worked out from how the rows were made."""
    posts = [n for n in range(1, 301) if 1 + n % 100 == number][:2]
    return ('{"data":{"user":{"id":%d,"email":"user%d@example.com","posts":[%s]}}}' % (
        number, number, ",".join('{"id":%d}' % n for n in posts))).encode()


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
