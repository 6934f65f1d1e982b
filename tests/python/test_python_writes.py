# SPDX-License-Identifier: MIT
"""What is told of mutations whose later fields find no connection: what has run is never called not available."""

import asyncio
import json

import psycopg

import fraiseql

SQL = """
create table note(id int primary key, text text);
create function first_note(input jsonb) returns note language sql volatile as
    $$ insert into note values (1, 'first'); select pg_sleep(0.5); select * from note where id = 1 $$;
create function second_note(input jsonb) returns note language sql volatile as
    $$ insert into note values (2, 'second') returning * $$;
create view slow as select 1 as id, pg_sleep(60)::text as nap;
"""


async def starve(url, query):
    """The answer to a mutation on a pool of one connection, which a slow read has after its first field."""
    pool = fraiseql.Pool(url, {"max_size": 1, "connection_timeout": 1000})
    pipeline = fraiseql.Pipeline(pool)
    writing = asyncio.ensure_future(pipeline.execute(query))
    with psycopg.connect(url, autocommit=True) as admin:
        while not admin.execute("select 1 from pg_stat_activity where wait_event = 'PgSleep' and query like '%first_note%'").fetchall():
            assert not writing.done()
            await asyncio.sleep(0.01)
        reading = asyncio.ensure_future(pipeline.execute("{ slows { nap } }"))
        answer = json.loads(await writing)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        pool.close()
        return answer, admin.execute("select id, text from note order by id").fetchall()


async def test_a_field_that_has_run_is_told_though_the_next_one_finds_no_connection(make_database):
    for fields in ("__typename firstNote(input: {}) { text } secondNote(input: {}) { text }",
                   "firstNote(input: {}) { text } secondNote(input: {}) { text }"):
        answer, rows = await starve(make_database(SQL), "mutation { %s }" % fields)
        assert rows == [(1, "first")]
        assert answer["data"] == {**({"__typename": "Mutation"} if "__typename" in fields else {}),
                                  "firstNote": {"text": "first"}, "secondNote": None}
        assert [(e["path"], e["extensions"]["code"]) for e in answer["errors"]] == [(["secondNote"], "SERVICE_UNAVAILABLE")]
