# SPDX-License-Identifier: MIT
"""Nothing is kept: rounds of everything that the package does, with the objects, references, descriptors, threads and
memory counted from round to round; and, in a build with the address sanitizer, its report of what was never freed."""

import asyncio
import json
import sys

import pytest

from support import leaks
from support.server import BUILD

# A round is all that an application does between two quiet moments, in quantities, on a pool that stays or on its own.
ROUNDS = '''
import asyncio, gc, json, os, sys, threading, fraiseql
URL, WHAT, ROUNDS = sys.argv[1], sys.argv[2], int(sys.argv[3])
USER = "query ($id: Int!) { user(id: $id) { id email posts(limit: 2) { id } } }"
GATE = "{ gates { state } }"

def run(coroutine):
    """As asyncio.run, which itself leaves four strings behind each time (it looks for SIGINT's handler in an enum)."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()

pool = fraiseql.Pool(URL, {"max_size": 4})
pipeline = fraiseql.Pipeline(pool, None, {"response_buffer": 1024})
STREAM = json.dumps({"query": "{ items { id filler } }"}).encode()

async def awaits():
    await asyncio.gather(*(pipeline.execute(USER, {"id": 1 + n % 100}, {"user_id": str(n)}) for n in range(200)))

def synchronous():
    for n in range(100):
        pipeline.execute_sync(USER, {"id": n, "unused": [1, {"a": (None, 2.5)}, b"x"]})

async def cancelled():
    tasks = [asyncio.ensure_future(pipeline.execute(GATE if n % 20 == 0 else USER, {"id": n})) for n in range(60)]
    for n, task in enumerate(tasks):
        if n % 2 == 0:
            await asyncio.sleep(0)
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

async def errors():
    for call in (lambda: pipeline.execute(5), lambda: pipeline.execute(USER, [1]), lambda: pipeline.execute("{", None),
                 lambda: pipeline.execute(USER, {"id": object()}), lambda: pipeline.execute(USER, {"id": [[{1}]]}),
                 lambda: pipeline.execute(USER, {"id": float("nan")}), lambda: pipeline.execute("{ nothing }"),
                 lambda: pipeline.execute(USER, {"id": "\\ud800"}), lambda: pipeline.execute(USER, timeout=-1),
                 lambda: pipeline.execute(USER, {"id": 1}, wrong=1)):
        try:
            await call()
        except (TypeError, ValueError):
            pass

async def callbacks():
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    futures = [pipeline._native.start(USER, {"id": n}) for n in range(40)]
    for future in futures:
        future.add_done_callback(lambda f: 1 // 0)
    await asyncio.wait(futures)

async def streams():
    for way in ("read", "close", "drop", "cancel"):
        result, chunk, stream = await pipeline._native.request(STREAM, None, {"user_id": 1}, 0)
        last = False
        while way == "read" and not last:
            chunk, last, broken = await stream.next()
        if way == "close":
            stream.close()
        if way == "cancel":
            stream.next().cancel()

async def dropped_loop():
    return [pipeline._native.start(GATE if n == 0 else USER, {"id": n}) for n in range(10)]

def loops():
    for _ in range(3):
        loop = asyncio.new_event_loop()
        loop.run_until_complete(dropped_loop())
        loop.close()

def pipelines():
    fraiseql.initialize_pipeline(pool)
    for bad in ("{", {"tables": {"x": {"view_name": "nothing"}}}, 5):
        try:
            fraiseql.Pipeline(pool, bad)
        except (TypeError, ValueError):
            pass
    own = fraiseql.Pipeline(URL, None, {"max_depth": 9, "include": ["users", "posts"], "session_map": {"app.a": "b"}})
    own.execute_sync(USER, {"id": 1})
    run(own.execute(USER, {"id": 1}))
    for bad in ({"max_sise": 1}, {"max_size": "1"}, {"max_size": 0}, 5):
        try:
            fraiseql.Pool(URL, bad)
        except (TypeError, ValueError):
            pass
    if len(sys.argv) > 4:
        own.pool.close()

def inside():
    pipeline.schema_sdl(), pipeline.schema_json(), pipeline.schema_warnings(), pipeline.get_cache_stats()
    pipeline.explain(USER, {"id": 1}), pipeline.explain(USER, {"id": 1}, json=True)
    try:
        pipeline.explain("{ nothing }")
    except fraiseql.QueryError:
        pass
    pipeline.clear_cache()
    pool.get_stats(), pool.health_check(), run(probe())

async def probe():
    await pool.health_check_async()

def threads():
    many = [threading.Thread(target=lambda: run(awaits())) for _ in range(3)]
    [t.start() for t in many], [t.join() for t in many]

def round():
    work = globals()[WHAT]
    for _ in range({"errors": 5, "streams": 10, "inside": 20, "pipelines": 3}.get(WHAT, 1)):
        run(work()) if asyncio.iscoroutinefunction(work) else work()

def quiet():
    """Until the engine has ended what was given up, and for a while until threads have gone: some come to stay."""
    import time
    for _ in range(2000):
        stats = pool.get_stats()
        if stats["active_connections"] == stats["waiting_requests"] == 0:
            break
        time.sleep(0.005)
    for _ in range(60):
        if threads_now() <= least:
            break
        time.sleep(0.005)
    gc.collect()

def threads_now():
    return len(os.listdir("/proc/self/task"))

def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4096

def total():
    return sys.gettotalrefcount() if hasattr(sys, "gettotalrefcount") else 0
'''

MEASURE = ROUNDS + """
probe_once = run(probe())
watched = [None, True, False, fraiseql._native.Pool, fraiseql._native.Pipeline, fraiseql._native, dict, USER, GATE, STREAM,
           pool, pipeline, pipeline._native, asyncio.Future, RuntimeError]
least = 10**9
for _ in range(8):
    round()
    quiet()
least = threads_now()
counts = []
for n in range(ROUNDS):
    round()
    quiet()
    # As a text: the counts must not count themselves.
    counts.append(json.dumps({"objects": len(gc.get_objects()), "fds": len(os.listdir("/proc/self/fd")), "threads": threads_now(),
                   "memory": resident(), "total": total(), "refs": [sys.getrefcount(o) for o in watched],
                   "blocks": sys.getallocatedblocks()}))
print("[%s]" % ",".join(counts))
"""

WHATS = ["awaits", "synchronous", "cancelled", "errors", "callbacks", "streams", "loops", "pipelines", "inside", "threads"]
MiB = 1024 * 1024
LEAK_CHECK = {
    "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:fast_unwind_on_malloc=0:malloc_context_size=20:exitcode=23",
    "LSAN_OPTIONS": "max_leaks=0",
}


@pytest.mark.parametrize("what", WHATS)
def test_rounds_leave_nothing_behind(shop, run_python, what):
    rounds = 16
    done = run_python(MEASURE, shop, what, str(rounds))
    assert done.stderr == ""
    counts = json.loads(done.stdout)
    assert len(counts) == rounds
    half = counts[rounds // 2:]
    for key in ("objects", "fds", "threads", "total"):
        # The last round may not have more than every round of the second half: what leaks only ever grows.
        assert counts[-1][key] <= min(c[key] for c in half) + 2, (key, [c[key] for c in counts])
    for n, references in enumerate(zip(*(c["refs"] for c in half))):
        assert references[-1] <= min(references) + 3, (n, references)
    # The interpreter's own caches take a handful of blocks a round; an operation that left one would leave some hundred.
    assert half[-1]["blocks"] <= min(c["blocks"] for c in half) + 16 * len(half), [c["blocks"] for c in counts]
    # A megabyte and a half is less than half a round's answers, and far less than what a leak would make of six rounds.
    assert half[-1]["memory"] - half[0]["memory"] < 1.5 * MiB or leaks.is_sanitized(BUILD), [c["memory"] for c in counts]


async def test_the_bytes_have_one_owner(pipeline):
    one = bytes(bytearray(1000))
    expected = sys.getrefcount(one)
    awaited, waited = await pipeline.execute("{ users { id email } }"), pipeline.execute_sync("{ users { id email } }")
    await asyncio.sleep(0)  # the future that has woken this task is held until its step ends
    counts = sys.getrefcount(awaited), sys.getrefcount(waited)
    assert counts == (expected, expected)
    arguments = ["{ users { %s } }" % "id", {"a" * 50: "b" * 50}, {"user_id": "c" * 50}, "".join(["op"]), {"x": ["d"]}]
    before = [sys.getrefcount(a) for a in arguments]
    await pipeline.execute(*arguments)
    pipeline.execute_sync(*arguments)
    assert [sys.getrefcount(a) for a in arguments] == before


def test_types_and_modules_are_collected(shop, run_python):
    """Ten modules made and dropped: their heap types go with them, apart from what the interpreter's exit still needs."""
    done = run_python("""
import gc, sys, weakref, atexit
def once():
    import fraiseql, asyncio
    pool = fraiseql.Pool(sys.argv[1])
    pipeline = fraiseql.initialize_pipeline(pool)
    asyncio.run(pipeline.execute("{ users { id } }"))
    kept = [weakref.ref(t) for t in (fraiseql.Pool, fraiseql.Pipeline, type(pipeline._native), type(pool))]
    pool.close()
    fraiseql._native._shut_down()
    atexit.unregister(fraiseql._native._shut_down)
    for name in [n for n in sys.modules if n.split(".")[0] == "fraiseql"]:
        del sys.modules[name]
    return kept
kept = [w for _ in range(10) for w in once()]
gc.collect()
print(sum(w() is not None for w in kept))
""", shop)
    assert done.stdout == "0\n"


if leaks.is_sanitized(BUILD):

    @pytest.mark.parametrize("what", WHATS)
    def test_the_sanitizer_finds_no_leak_of_ours(shop, run_python, what):
        done = run_python(ROUNDS + """
least = threads_now() + 2
for _ in range(ROUNDS):
    round()
del round
fraiseql._native._shut_down()
""", shop, what, "3", "close", check=False, timeout=300, env=LEAK_CHECK)
        assert done.returncode in (0, 23), done.stderr[-4000:]
        assert leaks.of_module(done.stderr, "_native.") == []

    def test_the_sanitizer_would_find_one(run_python):
        """The control: memory that another extension module takes and forgets is found by the same reading."""
        done = run_python("""
import ctypes, fraiseql
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_size_t
for _ in range(100):
    libc.malloc(1234)
""", check=False, env=LEAK_CHECK)
        assert done.returncode == 23
        found = leaks.of_module(done.stderr, "_ctypes.")
        assert any("1234" in leak or "123400" in leak for leak in found), done.stderr[-3000:]
        assert leaks.of_module(done.stderr, "_native.") == []


def test_reports_are_read_as_they_are_meant():
    ours = "Direct leak of 8 byte(s) in 1 object(s) allocated from:\n    #0 0x1 in malloc (/l/libasan.so.8+0x1)\n" \
           "    #1 0x2 in PQexec (/l/libpq.so.5+0x2)\n    #2 0x3 in fq_connect ../src/pg/connect.c:9\n" \
           "    #3 0x4  (/usr/bin/python3.11+0x4)\n"
    theirs = "Direct leak of 8 byte(s) in 1 object(s) allocated from:\n    #0 0x1 in malloc (/l/libasan.so.8+0x1)\n" \
             "    #1 0x2 in PyType_GenericAlloc (/usr/bin/python3.11+0x2)\n    #2 0x3 in pool_new ../python/src/pool.c:9\n"
    assert leaks.of_module("=====\n\n%s\n%s\n" % (theirs, ours), "_native.") == [ours.strip()]
    assert leaks.of_module("", "_native.") == []
