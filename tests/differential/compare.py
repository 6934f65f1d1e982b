# SPDX-License-Identifier: MIT
"""Asks the server and compares: each query with literals, with variables and with a mixture, each text twice, shuffled, over
some connections that stay open."""

import concurrent.futures
import http.client
import json
import os
import random
import threading

import psycopg

from . import generate, model

HERE = os.path.dirname(os.path.abspath(__file__))
DATA_SEED = 20


def schema_sql():
    with open(os.path.join(HERE, "schema.sql")) as f:
        return f.read()


def prepare(url, seed=DATA_SEED):
    """Fills a database that holds the schema, and reads it back."""
    made = model.tables()
    with psycopg.connect(url) as connection:
        model.fill(connection, random.Random(seed))
        connection.commit()
        model.load(connection, made)
    return made


def cases_of(seed, made):
    """(query, variables, expected bytes) of one random query, written in three ways."""
    draw = random.Random(seed)
    query = generate.Generator(draw, made).query()
    answer = query.answer().encode()
    return [(seed,) + query.write(draw, share) + (answer,) for share in (0, draw.choice([0.1, 0.3]), 1)]


class Client(threading.local):
    connection = None

    def __init__(self, port):
        self.port = port

    def post(self, query, variables):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = json.dumps({"query": query, "variables": variables})
        try:
            self.connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
            return self.connection.getresponse().read()
        except Exception:
            self.connection.close()
            self.connection = None
            raise


def run(port, made, seeds, clients=8, batch=200):
    """Yields the disagreements as (seed, query, variables, expected, got)."""
    client = Client(port)

    def ask(case):
        seed, query, variables, expected = case
        try:
            got = client.post(query, variables)
        except Exception as error:  # the server is gone, or hangs
            got = repr(error).encode()
        return None if got == expected else (seed, query, variables, expected, got)

    seeds = list(seeds)
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        for start in range(0, len(seeds), batch):
            cases = [case for seed in seeds[start:start + batch] for case in cases_of(seed, made)] * 2
            random.Random(start).shuffle(cases)
            for wrong in pool.map(ask, cases):
                if wrong:
                    yield wrong
