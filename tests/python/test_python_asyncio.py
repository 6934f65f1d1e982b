# SPDX-License-Identifier: MIT
"""Awaiting: many at once, cancelling, deadlines, callbacks that raise, loops that come and go, anyio."""

import asyncio
import contextvars
import gc
import json
import random
import threading
import weakref

import anyio
import pytest

import fraiseql
from support.shop import GATE, OPEN, USER, user


@pytest.fixture
def idle(pipeline, wait_until_async):
    """await idle(): nothing runs and nothing waits in the pool."""

    async def wait():
        def is_idle():
            stats = pipeline.pool.get_stats()
            return stats["active_connections"] == stats["waiting_requests"] == 0
        await wait_until_async(is_idle)

    return wait


async def test_a_thousand_at_once_each_get_their_own_answer(pipeline):
    order = [1 + n % 100 for n in range(1000)]
    random.Random(1).shuffle(order)
    answers = await asyncio.gather(*(pipeline.execute(USER, {"id": n}) for n in order))
    assert answers == [user(n) for n in order]


async def test_the_function_is_a_coroutine_and_answers_keep_their_context(shop, make_pool):
    fraiseql.initialize_pipeline(make_pool(shop))
    variable = contextvars.ContextVar("variable")

    async def one(n):
        variable.set(n)
        body = await fraiseql.execute_graphql_query(USER, {"id": n})
        return variable.get(), body

    assert asyncio.iscoroutinefunction(fraiseql.execute_graphql_query)
    assert await asyncio.gather(*(one(n) for n in range(1, 51))) == [(n, user(n)) for n in range(1, 51)]


async def test_who_asks_reaches_sql_and_only_that_request(pipeline):
    async def me(n):
        context = {"user_id": "u%d" % n, "tenant_id": n, "roles": ["a", "b"]} if n % 3 else None
        return await pipeline.execute("{ mes { userId tenantId roles } }", user_context=context)

    for n, body in enumerate(await asyncio.gather(*(me(n) for n in range(60)))):
        row = json.loads(body)["data"]["mes"][0]
        if n % 3:
            assert row == {"userId": "u%d" % n, "tenantId": str(n), "roles": '["a","b"]'}
        else:
            assert not any(row.values())


async def test_operation_names_and_extensions_arrive(pipeline):
    document = "query A { user(id: 1) { id } } query B { user(id: 2) { id } }"
    assert await pipeline.execute(document, operation_name="B") == b'{"data":{"user":{"id":2}}}'
    assert "operation" in json.loads(await pipeline.execute(document))["errors"][0]["message"]
    wrong = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
    assert "errors" in json.loads(await pipeline.execute(document, extensions=wrong, operation_name="A"))


class CountingLoop(asyncio.SelectorEventLoop):
    """Counts the wakes of every reader."""

    wakes = 0

    def add_reader(self, fd, callback, *args):
        def counted(*more):
            self.wakes += 1
            callback(*more)
        super().add_reader(fd, counted, *args)


def test_one_wake_serves_many_answers(pipeline, wait_until):
    """While the loop stands still, all answers end; then it is woken once."""
    loop = CountingLoop()

    async def main():
        await pipeline.execute(USER, {"id": 1})
        tasks = [asyncio.ensure_future(pipeline.execute(USER, {"id": 1 + n % 100})) for n in range(200)]
        await asyncio.sleep(0)
        before, requests = loop.wakes, pipeline.get_cache_stats()["requests"]
        assert requests == 201
        stats = pipeline.pool.get_stats
        wait_until(lambda: stats()["active_connections"] == stats()["waiting_requests"] == 0)
        assert await asyncio.gather(*tasks) == [user(1 + n % 100) for n in range(200)]
        return loop.wakes - before

    try:
        assert loop.run_until_complete(main()) == 1
    finally:
        loop.close()


# -- cancelling ----------------------------------------------------------------------------------------------------------


async def test_cancelling_the_task_cancels_the_query_in_the_database(pipeline, gate, wait_until_async, idle):
    task = asyncio.ensure_future(pipeline.execute(GATE))
    await wait_until_async(gate.has(1))
    task.cancel("enough")
    with pytest.raises(asyncio.CancelledError):
        await task
    await wait_until_async(gate.has(0))  # though the gate is still shut
    await idle()
    assert await pipeline.execute(USER, {"id": 5}) == user(5)


async def test_a_cancelled_mutation_runs_to_its_end(pipeline, gate, wait_until_async):
    task = asyncio.ensure_future(pipeline.execute('mutation { visit(input: {name: "kept"}) { id } }'))
    await wait_until_async(gate.has(1))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.open()
    await wait_until_async(lambda: gate.one("select count(*) from visit where name = 'kept'") == 1)


async def test_deadlines_of_asyncio_cancel_the_query(pipeline, gate, wait_until_async):
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(pipeline.execute(GATE), 0.05)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await pipeline.execute(GATE)
    await wait_until_async(gate.has(0))


async def test_our_own_deadline_is_an_error_in_the_answer(pipeline, gate, wait_until_async):
    answer = json.loads(await pipeline.execute(GATE, timeout=0.05))
    assert [e["extensions"]["code"] for e in answer["errors"]] == ["TIMEOUT"]
    assert answer["data"] is None
    await wait_until_async(gate.has(0))
    for wrong in (0, -1, float("nan"), 1e300):
        with pytest.raises(ValueError, match="timeout must be a positive number of seconds"):
            await pipeline.execute(GATE, timeout=wrong)
    with pytest.raises(TypeError, match="timeout must be a number of seconds or None, not str"):
        await pipeline.execute(GATE, timeout="1")


async def test_a_failing_task_group_cancels_the_rest(pipeline, gate, wait_until_async):
    async def fails():
        await wait_until_async(gate.has(3))
        raise LookupError("mine")

    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(pipeline.execute(GATE))
            group.create_task(fails())
    assert [repr(e) for e in caught.value.exceptions] == ["LookupError('mine')"]
    await wait_until_async(gate.has(0))


@pytest.mark.parametrize("seed", range(6))
async def test_cancellations_at_random_leave_the_others_whole(pipeline, gate, idle, seed):
    """Quick queries, ones that wait at the gate, and mutations; each cancelled before, between and after its answer."""
    rng = random.Random(seed)
    tasks, doomed = [], set()
    for n in range(300):
        kind = rng.choice(["user"] * 6 + ["gate"])
        what = pipeline.execute(USER, {"id": 1 + n % 100}) if kind == "user" else pipeline.execute(GATE)
        tasks.append((kind, n, asyncio.ensure_future(what)))
        if rng.random() < 0.3:
            await asyncio.sleep(rng.choice([0, 0, 0.001]))
        if rng.random() < 0.4:
            victim = rng.choice(tasks)[2]
            if victim.cancel():
                doomed.add(victim)
    gate.open()
    results = await asyncio.gather(*(task for _, _, task in tasks), return_exceptions=True)
    for (kind, n, task), result in zip(tasks, results):
        if isinstance(result, asyncio.CancelledError):
            assert task in doomed
        else:
            assert result == (user(1 + n % 100) if kind == "user" else OPEN)
    assert any(task.cancelled() for task in doomed)
    await idle()
    assert await pipeline.execute(USER, {"id": 7}) == user(7)


async def test_the_bare_future_can_be_cancelled_and_dropped(pipeline, gate, wait_until_async):
    start = pipeline._native.start
    future = start(GATE)
    assert isinstance(future, asyncio.Future) and not future.done()
    await wait_until_async(gate.has(1))
    assert future.cancel(msg="why") is True and future.cancel() is False
    await wait_until_async(gate.has(0))
    with pytest.raises(asyncio.CancelledError):
        await future
    start(USER, {"id": 1})  # nobody looks at it
    assert await start(USER, {"id": 2}) == user(2)
    with pytest.raises(TypeError):
        start(USER, {"id": 3}).cancel(1, 2, 3, 4)


async def test_an_answer_that_is_set_by_somebody_else_stays_theirs(pipeline, gate, wait_until_async, recwarn):
    future = pipeline._native.start(GATE)
    await wait_until_async(gate.has(1))
    seen = []
    hook, restore = (lambda args: seen.append(args.exc_type)), None
    import sys
    restore, sys.unraisablehook = sys.unraisablehook, hook
    try:
        future.set_result("theirs")
        gate.open()
        await pipeline.execute(USER, {"id": 1})
        await wait_until_async(lambda: seen)
    finally:
        sys.unraisablehook = restore
    assert await future == "theirs"
    assert seen == [asyncio.InvalidStateError]


# -- exceptions in callbacks ---------------------------------------------------------------------------------------------


async def test_exceptions_in_callbacks_stop_nothing(pipeline):
    caught = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: caught.append(context["exception"]))
    futures = [pipeline._native.start(USER, {"id": n}) for n in range(1, 41)]
    called = []
    for n, future in enumerate(futures):
        future.add_done_callback(lambda f: called.append(f.result()))
        future.add_done_callback(lambda f, n=n: 1 // 0)
        future.add_done_callback(lambda f: called.append(f.result()))
    assert await asyncio.gather(*futures) == [user(n) for n in range(1, 41)]
    await asyncio.sleep(0)
    assert len(called) == 80
    assert [type(e) for e in caught] == [ZeroDivisionError] * 40


async def test_a_callback_may_start_cancel_and_close(shop, make_pool):
    pool = make_pool(shop)
    pipeline = fraiseql.Pipeline(pool)
    start = pipeline._native.start
    later = []
    first, second = start(USER, {"id": 1}), start(USER, {"id": 2})
    first.add_done_callback(lambda f: (second.cancel(), later.append(start(USER, {"id": 3}))))
    await asyncio.wait([first, second])
    assert await later[0] == user(3)
    last = start(USER, {"id": 4})
    last.add_done_callback(lambda f: pool.close())
    assert await last == user(4)
    await asyncio.sleep(0)
    assert pool.closed


# -- loops ---------------------------------------------------------------------------------------------------------------


def test_without_a_running_loop_it_is_a_runtime_error(pipeline):
    with pytest.raises(RuntimeError, match="no running event loop"):
        pipeline._native.start(USER, {"id": 1})
    coroutine = pipeline.execute(USER, {"id": 1})
    with pytest.raises(RuntimeError, match="no running event loop"):
        coroutine.send(None)


def test_many_loops_one_after_the_other_and_nothing_stays_open(pipeline):
    import os

    def once(n):
        assert asyncio.run(pipeline.execute(USER, {"id": n})) == user(n)

    for n in range(1, 6):
        once(n)
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    for n in range(1, 41):
        once(n)
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= before + 1


def test_loops_in_threads_at_the_same_time(pipeline):
    wrong = []

    def work(first):
        async def main():
            for _ in range(5):
                ids = [1 + (first + n) % 100 for n in range(40)]
                if await asyncio.gather(*(pipeline.execute(USER, {"id": n}) for n in ids)) != [user(n) for n in ids]:
                    wrong.append(first)
        asyncio.run(main(), debug=first % 2 == 0)

    threads = [threading.Thread(target=work, args=(n * 13,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_loop_that_is_closed_with_queries_under_way_gives_them_up(pipeline, gate, wait_until):
    loop = asyncio.new_event_loop()

    async def begin():
        return [pipeline._native.start(GATE) for _ in range(3)]

    futures = loop.run_until_complete(begin())
    wait_until(gate.has(3))
    loop.close()
    assert asyncio.run(pipeline.execute(USER, {"id": 1})) == user(1)  # the next loop sweeps
    wait_until(gate.has(0))
    assert not any(f.done() for f in futures)
    watch = weakref.ref(futures[0])
    del futures
    gc.collect()
    assert watch() is None


def test_a_loop_that_is_dropped_with_queries_under_way_is_collected(pipeline, gate, wait_until):
    loop = asyncio.new_event_loop()

    async def begin():
        pipeline._native.start(GATE)

    loop.run_until_complete(begin())
    wait_until(gate.has(1))
    watch = weakref.ref(loop)
    loop.close()
    del loop
    gc.collect()
    wait_until(gate.has(0))
    assert watch() is None


def test_a_stream_of_another_loop_is_refused(pipeline):
    query = json.dumps({"query": "{ items { id filler } }"}).encode()
    small = fraiseql.Pipeline(pipeline.pool, None, {"response_buffer": 1024})

    async def begin():
        return (await small._native.request(query, None, None, 0))[2]

    async def go_on(stream):
        with pytest.raises(RuntimeError, match="the stream belongs to another event loop"):
            stream.next()

    loop = asyncio.new_event_loop()
    stream = loop.run_until_complete(begin())
    asyncio.run(go_on(stream))
    loop.run_until_complete(stream.next()) if False else stream.close()
    loop.close()


def test_anyio_on_its_asyncio_backend(pipeline, gate):
    async def main():
        found = {}

        async def one(n):
            found[n] = await pipeline.execute(USER, {"id": n})

        async with anyio.create_task_group() as group:
            for n in range(1, 31):
                group.start_soon(one, n)
        assert found == {n: user(n) for n in range(1, 31)}
        with anyio.move_on_after(0.05) as scope:
            await pipeline.execute(GATE)
        assert scope.cancel_called
        with pytest.raises(TimeoutError):
            with anyio.fail_after(0.05):
                await pipeline.execute(GATE)
        while gate.waiting():
            await anyio.sleep(0.01)
        return await anyio.to_thread.run_sync(pipeline.execute_sync, USER, {"id": 9})

    assert anyio.run(main, backend="asyncio") == user(9)


# -- without a loop ------------------------------------------------------------------------------------------------------


def test_the_synchronous_form_works_without_the_gil(pipeline, gate, wait_until):
    """The thread that opens the gate could not, if the waiting one kept the GIL."""
    bodies = []
    threads = [threading.Thread(target=lambda: bodies.append(pipeline.execute_sync(GATE))) for _ in range(5)]
    for thread in threads:
        thread.start()
    wait_until(gate.has(5))
    gate.open()
    for thread in threads:
        thread.join()
    assert bodies == [OPEN] * 5


def test_the_synchronous_form_inside_of_a_running_loop(pipeline):
    async def main():
        future = pipeline._native.start(USER, {"id": 2})
        return pipeline.execute_sync(USER, {"id": 1}), await future

    assert asyncio.run(main()) == (user(1), user(2))


def test_closing_wakes_those_who_wait_synchronously(shop, make_pool, gate, wait_until):
    pool = make_pool(shop)
    pipeline = fraiseql.Pipeline(pool)
    errors = []

    def wait():
        try:
            pipeline.execute_sync(GATE)
        except RuntimeError as error:
            errors.append(str(error))

    threads = [threading.Thread(target=wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    wait_until(gate.has(3))
    pool.close()
    for thread in threads:
        thread.join()
    assert errors == ["the pool or pipeline was closed before the query ended"] * 3
    wait_until(gate.has(0))
