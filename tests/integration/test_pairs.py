# SPDX-License-Identifier: MIT
"""Every pair of tests/integration/pairs, over HTTP, each twice: planned, and from the plan cache."""

import glob
import os

import psycopg
import pytest

from support.pairs import compare, prepare, read_pairs

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pairs")
PAIRS = [pair for path in sorted(glob.glob(os.path.join(HERE, "*.pairs"))) for pair in read_pairs(path)]


@pytest.fixture(scope="module")
def database(make_database):
    return make_database(files=[os.path.join(HERE, "schema.sql")])


@pytest.fixture(scope="module")
def server(database, serve):
    return serve(database)


@pytest.fixture(scope="module")
def connection(database):
    with psycopg.connect(database, autocommit=True) as connection:
        prepare(connection)
        yield connection


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.title for pair in PAIRS])
def test_pair(pair, server, connection):
    for turn in ("cold", "warm"):
        wrong = compare(connection, server, pair)
        assert not wrong, "%s, %s\n%s\n%s" % (turn, pair, pair.query, wrong)
