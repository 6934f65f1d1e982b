# SPDX-License-Identifier: MIT
"""Pool and Pipeline as objects: what they accept, what they refuse and how, what they tell, how they end."""

import asyncio
import json
import weakref

import pytest

import fraiseql

UNREACHABLE = "postgresql://127.0.0.1:1/nothing"


def test_the_documented_configuration_is_accepted(shop, make_pool):
    pool = make_pool(shop, {"max_size": 20, "min_idle": 2, "connection_timeout": 30000, "idle_timeout": 600000,
                            "max_lifetime": 1800000})
    assert pool.health_check() is True
    stats = pool.get_stats()
    assert stats["connections"] >= 1
    assert stats["connections"] == stats["idle_connections"] + stats["active_connections"]


@pytest.mark.parametrize("config, error, message", [
    ({"max_sise": 3}, ValueError, "unknown option 'max_sise'; did you mean 'max_size'?"),
    ({"idle_timout": 3}, ValueError, "unknown option 'idle_timout'; did you mean 'idle_timeout'?"),
    ({"zzz": 3}, ValueError, "unknown option 'zzz'; there are: max_size, min_idle, connection_timeout, idle_timeout, "
                             "max_lifetime, max_queue, prepared"),
    ({5: 3}, ValueError, "unknown option 5; there are: max_size, min_idle, connection_timeout, idle_timeout, "
                         "max_lifetime, max_queue, prepared"),
    ({"max_size": 0}, ValueError, "option max_size: between 1 and 10000"),
    ({"max_size": -1}, ValueError, "option max_size: -1 is out of range"),
    ({"max_size": 2**70}, ValueError, "option max_size: %d is out of range" % 2**70),
    ({"max_size": "3"}, TypeError, "option max_size must be an int, not str"),
    ({"max_size": True}, TypeError, "option max_size must be an int, not bool"),
    ({"prepared": 1}, TypeError, "option prepared must be a bool, not int"),
    ([("max_size", 3)], TypeError, "config must be a dict or None, not list"),
])
def test_configuration_that_makes_no_sense_is_refused(shop, config, error, message):
    with pytest.raises(error) as caught:
        fraiseql.Pool(shop, config)
    assert str(caught.value) == message


def test_an_option_of_none_is_as_if_not_given(shop, make_pool):
    assert make_pool(shop, {"max_size": None}).health_check() is True


@pytest.mark.parametrize("arguments", [(), (5,), (None,), ("postgresql:///x", {}, 3)])
def test_wrong_arguments_of_a_pool_are_type_errors(arguments):
    with pytest.raises(TypeError):
        fraiseql.Pool(*arguments)


def test_a_pool_does_not_take_more_connections_than_its_size(shop, make_pool, gate, wait_until):
    pool = make_pool(shop, {"max_size": 2})
    pipeline = fraiseql.Pipeline(pool)

    async def main():
        tasks = [asyncio.ensure_future(pipeline.execute("{ gates { state } }")) for _ in range(7)]
        await asyncio.sleep(0)
        wait_until(gate.has(2))
        wait_until(lambda: pool.get_stats()["waiting_requests"] == 5)
        assert pool.get_stats() == {"connections": 2, "idle_connections": 0, "active_connections": 2,
                                    "waiting_requests": 5}
        gate.open()
        return await asyncio.gather(*tasks)

    assert set(asyncio.run(main())) == {b'{"data":{"gates":[{"state":"open"}]}}'}


def test_health(make_pool, shop):
    assert make_pool(shop).health_check() is True
    assert make_pool(UNREACHABLE, {"connection_timeout": 2000}).health_check() is False
    assert make_pool("nonsense").health_check() is False

    async def both():
        return await asyncio.gather(make_pool(shop).health_check_async(),
                                    make_pool(UNREACHABLE, {"connection_timeout": 2000}).health_check_async())

    assert asyncio.run(both()) == [True, False]


def test_no_database_is_a_connection_error(make_pool):
    for url in (UNREACHABLE, "postgresql:///nothing?host=/nowhere"):
        with pytest.raises(ConnectionError) as caught:
            fraiseql.Pipeline(make_pool(url))
        assert str(caught.value).startswith("cannot connect to PostgreSQL")


def test_a_database_that_does_not_exist_is_a_connection_error(cluster):
    with pytest.raises(ConnectionError) as caught:
        fraiseql.initialize_pipeline(cluster.url("no_such_database"))
    assert 'database "no_such_database" does not exist' in str(caught.value)


@pytest.mark.parametrize("schema, part", [
    ("{", "not valid JSON at line 1, column 2"),
    (b"[]", "schema"),
    ({"tables": 5}, "`tables`"),
    ({"tables": {"users": {"view_name": "v_nothing"}}}, 'relation "v_nothing" does not exist'),
    ("type Query { a: Int }", "does not tell where the data lives"),
])
def test_a_schema_with_errors_is_a_value_error(shop, make_pool, schema, part):
    with pytest.raises(ValueError) as caught:
        fraiseql.Pipeline(make_pool(shop), schema)
    assert not isinstance(caught.value, ConnectionError)
    assert part in str(caught.value)


@pytest.mark.parametrize("arguments, message", [
    ((5,), "argument 1 must be fraiseql.Pool, not int"),
    (("url", 5), "schema_json must be str, bytes, dict or None, not int"),
    (("url", None, [1]), "options must be a dict or None, not list"),
    (("url", None, {"max_depth": "1"}), "option max_depth must be an int, not str"),
    (("url", None, {"include": "users"}), "option include must be a list of str, not str"),
    (("url", None, {"include": [1]}), "option include must be a str, not int"),
])
def test_wrong_types_for_a_pipeline_are_type_errors(shop, arguments, message):
    arguments = [shop if a == "url" else a for a in arguments]
    with pytest.raises(TypeError) as caught:
        fraiseql.Pipeline(*arguments)
    assert message in str(caught.value)


def test_an_unknown_option_of_a_pipeline_names_the_nearest(shop):
    with pytest.raises(ValueError) as caught:
        fraiseql.Pipeline(shop, None, {"max_dept": 3})
    assert str(caught.value) == "unknown option 'max_dept'; did you mean 'max_depth'?"


def test_options_of_a_pipeline_take_effect(shop, make_pool):
    pool = make_pool(shop)

    def errors(options, query="{ users(limit: 1) { id posts { id } } }"):
        return json.loads(fraiseql.Pipeline(pool, None, options).execute_sync(query)).get("errors")

    assert errors(None) is None
    assert "depth" in errors({"max_depth": 1})[0]["message"]
    assert "introspection" in errors({"introspection": False}, "{ __schema { queryType { name } } }")[0]["message"].lower()
    sdl = fraiseql.Pipeline(pool, None, {"exclude": ["posts"]}).schema_sdl()
    assert "type User {" in sdl and "type Post" not in sdl
    assert "type Post {" in fraiseql.Pipeline(pool, None, {"include": ("posts", "users")}).schema_sdl()
    mapped = fraiseql.Pipeline(pool, None, {"session_map": {"app.user_id": "sub"}})
    assert mapped.execute_sync("{ mes { userId } }", user_context={"sub": "s7"}) == b'{"data":{"mes":[{"userId":"s7"}]}}'


def test_a_closed_pool_refuses_and_says_so(shop, make_pool):
    pool = make_pool(shop)
    pipeline = fraiseql.Pipeline(pool)
    assert pool.closed is False
    pool.close()
    pool.close()
    assert pool.closed is True
    calls = (pool.health_check, pool.get_stats, pipeline.get_cache_stats, pipeline.clear_cache, pipeline.schema_sdl,
             lambda: pipeline.execute_sync("{ users { id } }"), lambda: pipeline.explain("{ users { id } }"),
             lambda: asyncio.run(pipeline.execute("{ users { id } }")), lambda: fraiseql.Pipeline(pool))
    for call in calls:
        with pytest.raises(RuntimeError) as caught:
            call()
        assert str(caught.value) == "the pool is closed"
    pipeline.close()
    assert pipeline.closed


def test_a_closed_pipeline_refuses_and_its_pool_works_on(shop, make_pool):
    pool = make_pool(shop)
    first, second = fraiseql.Pipeline(pool), fraiseql.Pipeline(pool)
    first.close()
    first.close()
    with pytest.raises(RuntimeError) as caught:
        first.execute_sync("{ users { id } }")
    assert str(caught.value) == "the pipeline is closed"
    assert second.execute_sync("{ user(id: 1) { id } }") == b'{"data":{"user":{"id":1}}}'


def test_closing_gives_reads_up_and_lets_mutations_end(shop, make_pool, gate, wait_until):
    pool = make_pool(shop)
    pipeline = fraiseql.Pipeline(pool)
    before = gate.one("select count(*) from visit")

    async def main():
        read = asyncio.ensure_future(pipeline.execute("{ gates { state } }"))
        write = asyncio.ensure_future(pipeline.execute('mutation { visit(input: {name: "late"}) { name } }'))
        await asyncio.sleep(0)
        wait_until(gate.has(2))
        closing = asyncio.ensure_future(asyncio.to_thread(pool.close))
        for task in (read, write):
            with pytest.raises(RuntimeError) as caught:
                await task
            assert str(caught.value) == "the pool or pipeline was closed before the query ended"
        await asyncio.to_thread(wait_until, gate.has(1))  # the mutation
        gate.open()
        await closing

    asyncio.run(main())
    assert gate.one("select count(*) from visit where name = 'late'") == 1
    assert gate.one("select count(*) from visit") == before + 1


def test_closing_does_not_wait_for_a_reader_of_a_stream(shop, make_pool):
    """An HTTP client that reads slowly must not keep its pool from closing."""
    pool = make_pool(shop)
    pipeline = fraiseql.Pipeline(pool, None, {"response_buffer": 1024})

    async def main():
        query = json.dumps({"query": "{ items { id filler } }"}).encode()
        result, first, stream = await pipeline._native.request(query, None, None, 0)
        assert first.startswith(b'{"data":{"items":[{"id":1,"filler":"xx') and stream is not None
        pool.close()
        with pytest.raises(RuntimeError) as caught:
            await stream.next()
        assert str(caught.value) == "the pool was closed before the stream ended"

    asyncio.run(main())


def test_a_stream_is_read_to_its_end(pipeline):
    whole = pipeline.execute_sync("{ items { id filler } }")

    async def main(options):
        small = fraiseql.Pipeline(pipeline.pool, None, options)
        query = json.dumps({"query": "{ items { id filler } }"}).encode()
        result, chunk, stream = await small._native.request(query, None, None, 0)
        chunks, last = [chunk], stream is None
        while not last:
            chunk, last, broken = await stream.next()
            assert not broken
            chunks.append(chunk)
        with pytest.raises(RuntimeError):
            stream.next()
        return chunks

    chunks = asyncio.run(main({"response_buffer": 1024}))
    assert len(chunks) > 3
    assert b"".join(chunks) == whole


def test_a_closed_stream_frees_its_connection(shop, make_pool, wait_until):
    pool = make_pool(shop, {"max_size": 1})
    pipeline = fraiseql.Pipeline(pool, None, {"response_buffer": 1024})
    query = json.dumps({"query": "{ items { id filler } }"}).encode()

    async def main():
        for way in ("close", "drop", "close while awaited", "cancel"):
            result, chunk, stream = await pipeline._native.request(query, None, None, 0)
            if way == "close":
                stream.close()
                stream.close()
            elif way == "close while awaited":
                awaited = stream.next()
                stream.close()
                assert (await awaited)[1:] == (False, False)
            elif way == "cancel":
                awaited = stream.next()
                assert awaited.cancel()
            if way != "drop":
                with pytest.raises(RuntimeError):
                    stream.next()
            del stream
            assert await pipeline.execute("{ user(id: 1) { id } }") == b'{"data":{"user":{"id":1}}}'

    asyncio.run(main())


def test_a_pool_lives_as_long_as_a_pipeline_needs_it(shop):
    pipeline = fraiseql.Pipeline(shop)
    pool = weakref.ref(pipeline.pool)
    assert pipeline.execute_sync("{ user(id: 1) { id } }") == b'{"data":{"user":{"id":1}}}'
    assert pool() is not None
    del pipeline
    assert pool() is None


def test_a_pipeline_may_end_after_its_pool_and_others(shop, make_pool):
    """The pool's thread is forgotten when the next one is made; the pipeline still tells it that it closes."""
    pool = make_pool(shop)
    pipeline = fraiseql.Pipeline(pool)
    pool.close()
    others = [make_pool(shop) for _ in range(3)]
    del pool
    del pipeline
    assert others[0].health_check()
