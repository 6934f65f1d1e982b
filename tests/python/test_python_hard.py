# SPDX-License-Identifier: MIT
"""Hard times: pools that are full, PostgreSQL that dies, schemas that change under load, signals, and exits."""

import asyncio
import json
import signal
import socket
import threading

import pytest

import fraiseql

from support.shop import GATE, OPEN, SHOP, USER, until, user

# The watchdog's thread stays behind in a fork, and faulthandler would wait for it there.
FORKS = "import faulthandler; faulthandler.cancel_dump_traceback_later()\n"

# A process for the tests of exits: a pipeline over argv[1] and queries that wait at the gate.
PIPELINE = """
import asyncio, os, sys, threading, fraiseql
GATE = "{ gates { state } }"
pool = fraiseql.Pool(sys.argv[1])
pipeline = fraiseql.initialize_pipeline(pool)
def say(*words):
    print(*words, flush=True)
"""


# -- pools that are full -------------------------------------------------------------------------------------------------


async def test_more_queries_than_connections_wait_for_their_turn(shop, make_pool, gate, wait_until_async):
    pipeline = fraiseql.Pipeline(make_pool(shop, {"max_size": 3}))
    tasks = [asyncio.ensure_future(pipeline.execute(GATE)) for _ in range(3)]
    await wait_until_async(gate.has(3))
    tasks += [asyncio.ensure_future(pipeline.execute(USER, {"id": 1 + n % 100})) for n in range(300)]
    tasks += [asyncio.ensure_future(pipeline.execute(GATE)) for _ in range(50)]
    await asyncio.sleep(0)
    gate.open()
    assert await asyncio.gather(*tasks) == [OPEN] * 3 + [user(1 + n % 100) for n in range(300)] + [OPEN] * 50


async def test_who_gets_no_connection_in_time_is_told_so(shop, make_pool, gate, wait_until_async):
    pool = make_pool(shop, {"max_size": 2, "connection_timeout": 300})
    pipeline = fraiseql.Pipeline(pool)
    running = [asyncio.ensure_future(pipeline.execute(GATE)) for _ in range(2)]
    await wait_until_async(gate.has(2))
    answers = [json.loads(b) for b in await asyncio.gather(*(pipeline.execute(GATE) for _ in range(5)))]
    assert [a["errors"][0]["extensions"]["code"] for a in answers] == ["SERVICE_UNAVAILABLE"] * 5
    assert [t.done() for t in running] == [False, False]
    gate.open()
    assert await asyncio.gather(*running) == [OPEN] * 2
    assert await pipeline.execute(USER, {"id": 1}) == user(1)


async def test_a_full_queue_refuses_at_once(shop, make_pool, gate, wait_until_async):
    pool = make_pool(shop, {"max_size": 1, "max_queue": 4})
    pipeline = fraiseql.Pipeline(pool)
    first = asyncio.ensure_future(pipeline.execute(GATE))
    await wait_until_async(gate.has(1))
    rest = [asyncio.ensure_future(pipeline.execute(GATE)) for _ in range(10)]
    refused = []
    for task in asyncio.as_completed(rest):
        refused.append(json.loads(await task))
        if len(refused) == 6:
            break
    assert {a["errors"][0]["extensions"]["code"] for a in refused} == {"SERVICE_UNAVAILABLE"}
    gate.open()
    bodies = await asyncio.gather(first, *rest)
    assert bodies.count(OPEN) == 5


async def test_those_who_give_up_while_they_wait_leave_the_queue(shop, make_pool, gate, wait_until_async):
    pool = make_pool(shop, {"max_size": 1})
    pipeline = fraiseql.Pipeline(pool)
    first = asyncio.ensure_future(pipeline.execute(GATE))
    await wait_until_async(gate.has(1))
    waiting = [asyncio.ensure_future(pipeline.execute(GATE)) for _ in range(20)]
    await wait_until_async(lambda: pool.get_stats()["waiting_requests"] == 20)
    for task in waiting:
        task.cancel()
    await wait_until_async(lambda: pool.get_stats()["waiting_requests"] == 0)
    gate.open()
    assert await first == OPEN
    assert all(isinstance(r, asyncio.CancelledError) for r in await asyncio.gather(*waiting, return_exceptions=True))


# -- PostgreSQL that dies ------------------------------------------------------------------------------------------------


def test_postgresql_restarts_under_load(own_cluster, make_pool):
    """Every await ends, with the right bytes or with an error that says what happened; afterwards all is well again."""
    url = own_cluster.url(own_cluster.database(own_cluster.template(sql=SHOP)))
    pool = make_pool(url, {"max_size": 4, "connection_timeout": 20000})
    pipeline = fraiseql.Pipeline(pool)
    seen, stopping = [], threading.Event()

    async def load():
        async def one(n):
            while not stopping.is_set():
                body = await pipeline.execute(USER, {"id": n})
                seen.append(body == user(n) or json.loads(body)["errors"][0]["extensions"]["code"])
        await asyncio.gather(*(one(1 + n) for n in range(40)))

    thread = threading.Thread(target=lambda: asyncio.run(load()))
    thread.start()

    def good_ones(more):
        goal = seen.count(True) + more
        until(lambda: seen.count(True) >= goal)

    try:
        good_ones(200)
        own_cluster.restart()
        good_ones(200)
        own_cluster.kill()
        own_cluster.start()
        good_ones(200)
    finally:
        stopping.set()
        thread.join()
    wrong = {word for word in seen if word is not True}
    assert wrong <= {"SERVICE_UNAVAILABLE", "DATABASE_ERROR"}, wrong
    assert pipeline.execute_sync(USER, {"id": 3}) == user(3)
    assert pool.health_check() is True


def test_a_database_that_is_away_is_an_error_in_the_answer_and_comes_back(own_cluster, make_pool):
    url = own_cluster.url(own_cluster.database(own_cluster.template(sql=SHOP)))
    pool = make_pool(url, {"connection_timeout": 500})
    pipeline = fraiseql.Pipeline(pool)
    assert pipeline.execute_sync(USER, {"id": 1}) == user(1)
    own_cluster.stop()
    answer = json.loads(pipeline.execute_sync(USER, {"id": 1}))
    assert answer["errors"][0]["extensions"]["code"] in ("SERVICE_UNAVAILABLE", "DATABASE_ERROR")
    assert pool.health_check() is False
    with pytest.raises(ConnectionError):
        fraiseql.Pipeline(pool)
    own_cluster.start()
    until(pool.health_check)
    assert pipeline.execute_sync(USER, {"id": 2}) == user(2)


def test_a_pool_that_connects_to_silence_closes(make_pool):
    """Something accepts the connection and never says a word: nothing may hang on it."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(16)
        url = "postgresql://127.0.0.1:%d/x" % silent.getsockname()[1]
        pool = make_pool(url, {"connection_timeout": 20000})

        async def main():
            health = asyncio.ensure_future(pool.health_check_async())
            given_up = asyncio.ensure_future(pool.health_check_async())
            await asyncio.sleep(0)
            given_up.cancel()
            pool.get_stats()
            await asyncio.to_thread(pool.close)
            with pytest.raises(RuntimeError, match="was closed before the query ended"):
                await health
            with pytest.raises(asyncio.CancelledError):
                await given_up

        asyncio.run(main())


# -- schemas that change under load --------------------------------------------------------------------------------------


@pytest.mark.parametrize("pools", ["one pool", "a pool each"])
def test_initialising_again_and_again_under_load(shop, make_pool, pools):
    """Requests from tasks and threads, while another thread replaces the pipeline: each sees the old or the new one."""
    shared = make_pool(shop)
    fraiseql.initialize_pipeline(shared)
    done, wrong = threading.Event(), []

    def check(body, n):
        if body != user(n):
            wrong.append(body)

    def synchronous(first):
        n = first
        while not done.is_set():
            n = 1 + n % 100
            check(fraiseql.execute_graphql_query_sync(USER, {"id": n}), n)

    async def asynchronous():
        async def one(n):
            while not done.is_set():
                check(await fraiseql.execute_graphql_query(USER, {"id": n}), n)
        await asyncio.gather(*(one(1 + n) for n in range(20)))

    def guarded(work, *arguments):
        try:
            work(*arguments)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=guarded, args=(synchronous, n)) for n in (3, 50)]
    threads += [threading.Thread(target=guarded, args=(lambda: asyncio.run(asynchronous()),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    made = []
    try:
        for n in range(15):
            if pools == "one pool":
                pipeline = fraiseql.initialize_pipeline(shared, None, {"max_depth": 20 + n})
            else:
                pipeline = fraiseql.initialize_pipeline(shop)
            assert fraiseql.get_pipeline() is pipeline
            made.append(pipeline)
            if n % 3 == 0:
                with pytest.raises(ValueError):
                    fraiseql.initialize_pipeline(shared, "{")
                assert fraiseql.get_pipeline() is pipeline
            if n % 4 == 0:
                made.clear()
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_the_second_schema_replaces_the_first_with_its_plans(shop, make_pool):
    pool = make_pool(shop)
    query = "{ people(limit: 1) { id } }"
    fraiseql.initialize_pipeline(pool, {"tables": {"people": {"view_name": "users"}}})
    assert fraiseql.execute_graphql_query_sync(query) == b'{"data":{"people":[{"id":1}]}}'
    fraiseql.initialize_pipeline(pool, {"tables": {"people": {"view_name": "posts"}}})
    assert fraiseql.get_cache_stats()["cached_plans"] == 0
    assert fraiseql.execute_graphql_query_sync("{ people(limit: 1) { title } }") == (
        b'{"data":{"people":[{"title":"Post 1"}]}}')


def test_pipelines_made_in_many_threads_at_once(shop, make_pool):
    pool, results = make_pool(shop), []

    def work(n):
        pipeline = fraiseql.Pipeline(pool)
        results.append(pipeline.execute_sync(USER, {"id": n}) == user(n))
        own = fraiseql.Pool(shop)
        results.append(fraiseql.Pipeline(own).execute_sync(USER, {"id": n}) == user(n))
        own.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 13)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 24


def test_a_pool_may_close_while_a_schema_is_loaded(shop):
    """The loading works without the GIL; what it comes back to may be gone."""
    ends = []

    def work(pool):
        try:
            fraiseql.Pipeline(pool)
            ends.append("made")
        except RuntimeError as error:
            ends.append(str(error))

    for _ in range(12):
        pool = fraiseql.Pool(shop)
        thread = threading.Thread(target=work, args=(pool,))
        thread.start()
        pool.close()
        fraiseql.Pool(shop).close()
        thread.join()
    assert len(ends) == 12 and set(ends) <= {"made", "the pool is closed"}


# -- signals -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [
    "pipeline.execute_sync(GATE)",
    "asyncio.run(pipeline.execute(GATE))",
])
def test_ctrl_c_ends_the_wait_and_the_query(shop, gate, start_python, wait_until, call):
    process = start_python(PIPELINE + """
try:
    %s
except KeyboardInterrupt:
    say("interrupted")
say(pipeline.execute_sync("{ user(id: 1) { id } }").decode())
sys.stdin.readline()
""" % call, shop)
    wait_until(gate.has(1))
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "interrupted\n"
    assert process.stdout.readline() == '{"data":{"user":{"id":1}}}\n'
    wait_until(gate.has(0))
    out, err = process.communicate("\n")
    assert (process.returncode, err) == (0, "")


# -- exits ---------------------------------------------------------------------------------------------------------------

EXITS = {
    "a task that nobody awaits": """
async def main():
    asyncio.ensure_future(pipeline.execute(GATE))
    await asyncio.sleep(0)
asyncio.run(main())
""",
    "a loop that was never closed": """
async def main():
    return [pipeline._native.start(GATE) for _ in range(5)]
loop = asyncio.new_event_loop()
kept = loop.run_until_complete(main())
""",
    "a loop that was dropped": """
async def main():
    pipeline._native.start(GATE)
asyncio.new_event_loop().run_until_complete(main())
""",
    "an exit from inside a coroutine": """
async def main():
    tasks = [asyncio.ensure_future(pipeline.execute(GATE)) for _ in range(5)]
    await asyncio.sleep(0)
    sys.exit(0)
asyncio.run(main())
""",
    "daemon threads that wait": """
import time
def wait():
    try:
        pipeline.execute_sync(GATE)
    except RuntimeError:
        pass
for _ in range(3):
    threading.Thread(target=wait, daemon=True).start()
while pool.get_stats()["active_connections"] + pool.get_stats()["waiting_requests"] == 0:
    time.sleep(0.001)
""",
    "a daemon thread with a loop": """
import time
async def main():
    await asyncio.gather(*(pipeline.execute(GATE) for _ in range(5)), return_exceptions=True)
    await asyncio.sleep(3600)
threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
while pool.get_stats()["active_connections"] + pool.get_stats()["waiting_requests"] == 0:
    time.sleep(0.001)
""",
    "a stream half read": """
import json
small = fraiseql.Pipeline(pool, None, {"response_buffer": 1024})
async def main():
    body = json.dumps({"query": "{ items { id filler } }"}).encode()
    return (await small._native.request(body, None, None, 0))[2]
stream = asyncio.run(main())
assert stream is not None
""",
    "many pools": """
async def main():
    global pools
    pools = [fraiseql.Pool(sys.argv[1]) for _ in range(5)]
    return [fraiseql.Pipeline(p)._native.start(GATE) for p in pools]
kept = asyncio.run(main())
""",
    "queries from other functions at exit": """
import atexit
def late():
    for call in (lambda: pipeline.execute_sync(GATE), lambda: asyncio.run(pipeline.execute(GATE)),
                 lambda: fraiseql.Pool(sys.argv[1])):
        try:
            call()
        except RuntimeError as error:
            say(error)
# atexit calls in reverse order: this one comes after the extension's own.
import importlib
atexit.unregister(fraiseql._native._shut_down)
atexit.register(late)
atexit.register(fraiseql._native._shut_down)
""",
    "objects that ask when they die": """
class Asks:
    def __init__(self):
        self.pipeline, self.run = pipeline, asyncio.run
    def __del__(self):
        try:
            self.pipeline.execute_sync(GATE)
        except RuntimeError:
            pass
kept = Asks()
builtins = __import__("builtins")
builtins.kept_longest = Asks()
""",
    "a probe of a pool that connects to nothing": """
import socket
silent = socket.socket()
silent.bind(("127.0.0.1", 0))
silent.listen()
mute = fraiseql.Pool("postgresql://127.0.0.1:%d/x" % silent.getsockname()[1])
async def main():
    asyncio.ensure_future(mute.health_check_async())
    await asyncio.sleep(0)
asyncio.run(main())
""",
    "nothing at all": "",
}


@pytest.mark.parametrize("way", EXITS)
def test_the_interpreter_ends_with_queries_running(shop, gate, run_python, wait_until, way):
    done = run_python(PIPELINE + EXITS[way] + '\nsay("end")\n', shop, timeout=60)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[:1] == ([] if way == "an exit from inside a coroutine" else ["end"])
    if way == "queries from other functions at exit":
        assert lines[1:] == ["the pool is closed", "the pool is closed", "the interpreter is shutting down"]
    wait_until(gate.has(0))  # though the gate is shut


def test_a_mutation_that_runs_at_exit_comes_through(shop, gate, start_python, wait_until):
    process = start_python(PIPELINE + """
async def main():
    asyncio.ensure_future(pipeline.execute('mutation { visit(input: {name: "at exit"}) { id } }'))
    await asyncio.sleep(0)
    while pool.get_stats()["active_connections"] == 0:
        await asyncio.sleep(0.001)
asyncio.run(main())
say("leaving")
""", shop)
    assert process.stdout.readline() == "leaving\n"
    wait_until(gate.has(1))
    gate.open()
    out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert gate.one("select count(*) from visit where name = 'at exit'") == 1


# -- reloading -----------------------------------------------------------------------------------------------------------


def test_reloading_the_modules_keeps_the_pipeline_and_what_runs(shop, gate, run_python):
    done = run_python(PIPELINE + """
import importlib
async def main():
    running = asyncio.ensure_future(pipeline.execute("{ user(id: 2) { id } }"))
    await asyncio.sleep(0)
    for module in (fraiseql._native, fraiseql.pipeline, fraiseql):
        assert importlib.reload(module) is module
    say(await running)
    say(await fraiseql.execute_graphql_query("{ user(id: 1) { id } }"))
    assert fraiseql.get_pipeline() is pipeline and not pool.closed
    say(fraiseql.initialize_pipeline(pool).execute_sync("{ user(id: 3) { id } }"))
asyncio.run(main())
""", shop)
    assert done.stdout.splitlines() == [str(b'{"data":{"user":{"id":%d}}}' % n) for n in (2, 1, 3)]


def test_importing_anew_makes_a_module_of_its_own_and_both_end(shop, gate, run_python, wait_until):
    done = run_python(PIPELINE + """
import gc, weakref
async def main():
    kept.append(pipeline._native.start(GATE))
kept = []
for _ in range(4):
    asyncio.new_event_loop().run_until_complete(main())
    before = fraiseql
    for name in [n for n in sys.modules if n.split(".")[0] == "fraiseql"]:
        del sys.modules[name]
    import fraiseql
    assert fraiseql is not before and fraiseql.Pool is not before.Pool
    try:
        fraiseql.Pipeline(before.Pool(sys.argv[1]))
    except TypeError as error:
        say(error)
    pool = fraiseql.Pool(sys.argv[1])
    pipeline = fraiseql.Pipeline(pool)
    say(pipeline.execute_sync("{ user(id: 1) { id } }").decode())
del before
gc.collect()
""", shop)
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["Pipeline() argument 1 must be fraiseql.Pool, not fraiseql.Pool",
                                        '{"data":{"user":{"id":1}}}'] * 4
    wait_until(gate.has(0))


# -- forks ---------------------------------------------------------------------------------------------------------------


def test_a_fork_gets_a_clear_error_and_can_make_its_own_pool(shop, run_python):
    done = run_python(PIPELINE + FORKS + """
import multiprocessing
QUERY = "{ user(id: 1) { id } }"
calls = [lambda: pipeline.execute_sync(QUERY), lambda: asyncio.run(pipeline.execute(QUERY)), pool.health_check,
         pool.get_stats, lambda: fraiseql.execute_graphql_query_sync(QUERY), pipeline.schema_sdl,
         lambda: fraiseql.Pipeline(pool), fraiseql.clear_cache, lambda: fraiseql.explain(QUERY),
         lambda: asyncio.run(one_probe())]
async def one_probe():
    await pool.health_check_async()
def child():
    for call in calls:
        try:
            call()
        except RuntimeError as error:
            say(error)
    own = fraiseql.initialize_pipeline(sys.argv[1])
    say(own.execute_sync(QUERY).decode())
    say(asyncio.run(own.execute(QUERY)).decode())
    pool.close()
    say("closed" if pool.closed else "open")

asyncio.run(pipeline.execute(QUERY))
process = multiprocessing.get_context("fork").Process(target=child)
process.start()
process.join()
assert process.exitcode == 0, process.exitcode
pid = os.fork()
if pid == 0:
    sys.exit(0)  # as a whole interpreter, with its functions at exit
assert os.waitpid(pid, 0)[1] == 0
say("parent", pipeline.execute_sync(QUERY).decode(), pool.health_check())
""", shop)
    lines = done.stdout.splitlines()
    assert lines[:10] == ["this process was forked after the Pool was made: its thread and connections stayed in the "
                          "parent. Make a Pool (call initialize_pipeline) in each process, after the fork"] * 10
    assert lines[10:] == ['{"data":{"user":{"id":1}}}'] * 2 + ["closed", 'parent {"data":{"user":{"id":1}}} True']
    assert done.stderr == ""


def test_a_fork_with_queries_running_ends_on_its_own(shop, gate, start_python, wait_until):
    """The child's exit must neither wait for the parent's queries nor disturb them."""
    process = start_python(PIPELINE + FORKS + """
async def main():
    running = [asyncio.ensure_future(pipeline.execute(GATE)) for _ in range(4)]
    await asyncio.sleep(0)
    pool.get_stats()
    pid = os.fork()
    if pid == 0:
        running.clear()
        asyncio._set_running_loop(None)
        own = fraiseql.Pipeline(sys.argv[1])
        say("child", own.execute_sync("{ user(id: 1) { id } }").decode())
        own.pool.close()
        os._exit(0)
    assert (await asyncio.to_thread(os.waitpid, pid, 0))[1] == 0
    say("waiting")
    say(set(await asyncio.gather(*running)))
asyncio.run(main())
""", shop)
    assert process.stdout.readline() == 'child {"data":{"user":{"id":1}}}\n'
    assert process.stdout.readline() == "waiting\n"
    wait_until(gate.has(4))
    gate.open()
    out, err = process.communicate()
    assert (process.returncode, out, err) == (0, "{%r}\n" % OPEN, "")


# -- sub-interpreters ----------------------------------------------------------------------------------------------------


def test_every_interpreter_has_its_own(shop, gate, run_python, wait_until):
    done = run_python(PIPELINE + """
import _xxsubinterpreters as interpreters, time
SOURCE = '''
import sys
sys.path[:] = %r
import asyncio, fraiseql
try:
    fraiseql.get_pipeline()
except RuntimeError as error:
    print(str(error)[:31], flush=True)
pool = fraiseql.Pool(%r)
pipeline = fraiseql.initialize_pipeline(pool)
print(pipeline.execute_sync("{ user(id: %d) { id } }").decode(), flush=True)
async def main():
    asyncio.ensure_future(pipeline.execute("{ gates { state } }"))
    return await pipeline.execute("{ user(id: %d) { id } }")
print(asyncio.run(main()).decode(), flush=True)
async def leave():
    return pipeline._native.start("{ gates { state } }")
kept = asyncio.new_event_loop().run_until_complete(leave())
'''
for n in range(1, 4):
    interpreter = interpreters.create()
    interpreters.run_string(interpreter, SOURCE % (sys.path, sys.argv[1], n, n))
    interpreters.destroy(interpreter)
    say("main", pipeline.execute_sync("{ user(id: 9) { id } }").decode())

# Several at the same time, in threads. Without event loops: asyncio of Python 3.11 mixes up those of its interpreters.
SYNCHRONOUS = '''
import sys
sys.path[:] = %r
import fraiseql
pipeline = fraiseql.Pipeline(%r)
for _ in range(20):
    body = pipeline.execute_sync("{ user(id: %d) { id } }")
    assert body.decode() == \'{"data":{"user":{"id":%d}}}\', body
'''
def work(n):
    interpreter = interpreters.create()
    interpreters.run_string(interpreter, SYNCHRONOUS % (sys.path, sys.argv[1], n, n))
    interpreters.destroy(interpreter)
    ends.append(n)
ends = []
threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 4)]
[t.start() for t in threads], [t.join() for t in threads]
say(sorted(ends))
""", shop)
    lines = done.stdout.splitlines()
    expected = []
    for n in (1, 2, 3):
        expected += ["GraphQL pipeline not initialized"[:31], '{"data":{"user":{"id":%d}}}' % n,
                     '{"data":{"user":{"id":%d}}}' % n, 'main {"data":{"user":{"id":9}}}']
    assert lines == expected + ["[1, 2, 3]"]
    wait_until(gate.has(0))
