# SPDX-License-Identifier: MIT
"""The connection pool alone: its own cases on a real PostgreSQL, then under load while connections are cut, split and
stalled and PostgreSQL is restarted. The load checks every answer itself; what it counts as wrong is never excused."""

import json
import os
import subprocess
import time

import psycopg
import pytest

from support.cluster import Cluster
from support.fault_proxy import FaultProxy
from support.server import BUILD, environment

POOL_TEST = os.environ.get("FRAISEQL_POOL_TEST", os.path.join(BUILD, "tests", "unit", "pg", "pool_test"))
POOL_LOAD = os.environ.get("FRAISEQL_POOL_LOAD", os.path.join(BUILD, "tests", "unit", "pg", "pool_load"))


class Load:
    """pool_load, while it runs."""

    def __init__(self, url, kind, seconds, jobs, *more, direct=None):
        env = environment(**({"POOL_LOAD_DIRECT": direct} if direct else {}))
        self.process = subprocess.Popen([POOL_LOAD, url, kind, str(seconds), str(jobs), *map(str, more)],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
        line = self.process.stdout.readline()
        if line != "running\n":
            raise AssertionError("pool_load did not start: " + line + self.process.stderr.read())

    def result(self, timeout=90):
        try:
            out, err = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("pool_load hangs: " + self.process.communicate()[1])
        assert self.process.returncode == 0, out + err
        result = json.loads(out)
        assert result["wrong"] == 0, result
        return result


def socket_of(cluster):
    return os.path.join(cluster.directory, ".s.PGSQL.5432")


def rows_written(url):
    with psycopg.connect(url) as judge:
        return judge.execute("select count(*) from load_written").fetchone()[0]


@pytest.fixture
def database(cluster):
    name = cluster.database()
    yield name
    cluster.drop(name)


@pytest.fixture
def proxy(cluster):
    with FaultProxy(socket_of(cluster)) as p:
        yield p


def test_cases(cluster, database):
    done = subprocess.run([POOL_TEST], capture_output=True, text=True, timeout=300,
                          env=environment(FRAISEQL_TEST_DATABASE=cluster.url(database)))
    assert done.returncode == 0, done.stdout + done.stderr


def test_load(cluster, database):
    for connections in (1, 3, 20):
        result = Load(cluster.url(database), "mixed", 1, 64, connections).result()
        assert result["ok"] > 100
        assert result["lost"] == result["unavailable"] == result["timed_out"] == result["failures"] == 0, result
        assert rows_written(cluster.url(database)) == result["writes_ok"]


def test_byte_by_byte(cluster, database, proxy):
    proxy.piece = 1
    result = Load(proxy.url(database), "mixed", 2, 8, 4, direct=cluster.url(database)).result()
    assert result["ok"] > 0
    assert result["lost"] == result["unavailable"] == result["failures"] == 0, result


@pytest.mark.parametrize("pieces", [2, 7, 1000])
def test_in_pieces(cluster, database, proxy, pieces):
    proxy.piece = pieces
    result = Load(proxy.url(database), "mixed", 1, 16, 4, direct=cluster.url(database)).result()
    assert result["ok"] > 0 and result["lost"] == result["failures"] == 0, result


def test_cut_anywhere(cluster, database, proxy):
    """Connections end after ever other numbers of bytes: in the middle of rows, headers, ends of segments."""
    load = Load(proxy.url(database), "mixed", 4, 32, 6, direct=cluster.url(database))
    cut = 20011
    until = time.monotonic() + 3
    while time.monotonic() < until:
        proxy.cut_after = cut
        cut = cut * 7 % 30013 + 1000
        time.sleep(0.02)
    proxy.cut_after = None
    result = load.result()
    assert proxy.cuts > 20
    assert result["failures"] > 0 and result["ok"] > 100
    assert result["ok_last_second"] > 0
    # a write that was reported as done is there; one that was lost may be
    assert result["writes_ok"] <= rows_written(cluster.url(database)) <= result["writes_ok"] + result["lost"]


def test_cut_all(cluster, database, proxy):
    load = Load(proxy.url(database), "mixed", 3, 32, 6, direct=cluster.url(database))
    for _ in range(20):
        time.sleep(0.1)
        proxy.cut_all()
    result = load.result()
    assert result["failures"] > 0 and result["ok_last_second"] > 0


def test_stall(cluster, database, proxy):
    """A network that swallows everything: deadlines hold, and afterwards there is service again."""
    load = Load(proxy.url(database), "lookup", 6, 16, 4, 500, direct=cluster.url(database))
    time.sleep(1)
    proxy.stall()
    time.sleep(2)
    proxy.go_on()
    result = load.result()
    assert result["timed_out"] > 0
    assert result["ok_last_second"] > 0, result


def test_nobody_answers(cluster, database, proxy):
    load = Load(proxy.url(database), "mixed", 4, 16, 4, direct=cluster.url(database))
    time.sleep(0.5)
    proxy.refuse = True
    proxy.cut_all()
    time.sleep(1.5)
    proxy.refuse = False
    result = load.result()
    assert result["unavailable"] > 0
    assert result["ok_last_second"] > 0, result


@pytest.mark.parametrize("how", ["restart", "kill"])
def test_server_restarts(own_cluster, how):
    database = own_cluster.database()
    load = Load(own_cluster.url(database), "mixed", 7, 32, 8)
    time.sleep(1)
    if how == "restart":
        own_cluster.stop()
    else:
        own_cluster.kill()
    time.sleep(1)
    own_cluster.start()
    result = load.result()
    assert result["unavailable"] > 0, result  # clients learnt that it was away
    assert result["ok_last_second"] > 0, result
    written = rows_written(own_cluster.url(database))
    if how == "restart":  # after the kill, asynchronous commits of the last moment are gone
        assert result["writes_ok"] <= written <= result["writes_ok"] + result["lost"]


def test_backends_terminated(cluster, database):
    load = Load(cluster.url(database), "mixed", 3, 32, 6)
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as admin:
        for _ in range(20):
            time.sleep(0.1)
            admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [database])
    result = load.result()
    assert result["failures"] > 0 and result["ok_last_second"] > 0


# -- TLS --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tls():
    """A cluster with a self-signed certificate, on TCP too: (cluster, port)."""
    from support.server import free_port
    with Cluster() as c:
        port = free_port()
        key, certificate = os.path.join(c.directory, "server.key"), os.path.join(c.directory, "server.crt")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2",
                        "-keyout", key, "-out", certificate], check=True, capture_output=True)
        os.chmod(key, 0o600)
        if c.user:
            os.chown(key, c.user.pw_uid, c.user.pw_gid)
            os.chown(certificate, c.user.pw_uid, c.user.pw_gid)
        c.settings.update(ssl="on", ssl_cert_file=certificate, ssl_key_file=key, listen_addresses="127.0.0.1")
        c.stop()
        c.settings["port"] = str(port)
        c.url = lambda database, user="postgres": "postgresql://%s@localhost:%d/%s?host=%s" % (user, port, database, c.directory)
        c.start()
        with psycopg.connect(c.url("postgres"), autocommit=True) as admin:
            admin.execute("create database tls")
        yield c, port


def tls_url(port, certificate=None, host="127.0.0.1"):
    more = "sslmode=verify-full&sslrootcert=" + certificate if certificate else "sslmode=require"
    return "postgresql://postgres@%s:%d/tls?%s" % (host, port, more)


def test_tls_cases(tls):
    cluster, port = tls
    url = tls_url(port, os.path.join(cluster.directory, "server.crt"))
    done = subprocess.run([POOL_TEST], capture_output=True, text=True, timeout=300,
                          env=environment(FRAISEQL_TEST_DATABASE=url))
    assert done.returncode == 0, done.stdout + done.stderr


def test_tls_load(tls):
    cluster, port = tls
    result = Load(tls_url(port), "mixed", 2, 64, 8).result()
    assert result["ok"] > 100 and result["lost"] == result["failures"] == 0, result
    with psycopg.connect(cluster.url("tls")) as judge:
        assert judge.execute("select count(*) from load_written").fetchone()[0] == result["writes_ok"]


@pytest.mark.parametrize("piece", [1, 100])
def test_tls_in_pieces(tls, piece):
    cluster, port = tls
    with FaultProxy(("127.0.0.1", port), tcp=True) as proxy:
        proxy.piece = piece
        result = Load(tls_url(proxy.port), "mixed", 2, 8, 3, direct=tls_url(port)).result()
        assert result["ok"] > 0 and result["lost"] == result["failures"] == 0, result


def test_tls_cut(tls):
    cluster, port = tls
    with FaultProxy(("127.0.0.1", port), tcp=True) as proxy:
        load = Load(tls_url(proxy.port), "mixed", 3, 16, 4, direct=tls_url(port))
        for _ in range(10):
            time.sleep(0.2)
            proxy.cut_all()
        result = load.result()
        assert result["failures"] > 0 and result["ok_last_second"] > 0, result


def test_tls_certificate_is_checked(tls):
    cluster, port = tls
    wrong = tls_url(port, "/etc/ssl/certs/ca-certificates.crt")
    result = Load(wrong, "lookup", 1, 2, direct=tls_url(port)).result()
    assert result["ok"] == 0 and result["unavailable"] > 0, result
