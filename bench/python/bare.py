# SPDX-License-Identifier: MIT
"""bare.py URL QUERY KEY LOW HIGH TASKS SECONDS: the function without HTTP, awaited by tasks. Prints one line of JSON."""

import asyncio
import json
import random
import resource
import sys
import time

from fraiseql import Pool, execute_graphql_query, initialize_pipeline


async def main(url, query, key, low, high, tasks, seconds):
    initialize_pipeline(Pool(url, {"max_size": 8}))
    first = await execute_graphql_query(query, {key: int(low)})
    assert first.startswith(b'{"data":'), first
    counts = [0] * int(tasks)
    ends = 0.0

    async def ask(number):
        while time.perf_counter() < ends:
            value = random.randint(int(low), int(high))
            body = await execute_graphql_query(query, {key: value})
            assert body.startswith(b'{"data":{"user":{"id":%d,' % value), body
            counts[number] += 1

    for duration in (0.5, float(seconds)):  # the first one warms
        counts[:] = [0] * int(tasks)
        before, begun = cpu(), time.perf_counter()
        ends = begun + duration
        await asyncio.gather(*(ask(n) for n in range(int(tasks))))
        took = time.perf_counter() - begun
    print(json.dumps({"requests": sum(counts), "seconds": took, "cpu": cpu() - before}))


def cpu():
    """Seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


asyncio.run(main(*sys.argv[1:]))
