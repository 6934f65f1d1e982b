# SPDX-License-Identifier: MIT
"""`--prepared off`, for poolers: what is sent when a connection opens, and that answers do not depend on what would have
been set there: the settings of roles, and the encoding of the database."""

import json
import socket
import threading

import psycopg
import pytest

from support.server import run_program


class Listener:
    """A unix socket before PostgreSQL's that keeps the start-up message of each connection as {name: value}."""

    def __init__(self, target, directory):
        self.target = target
        self.directory = directory
        self.started = []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(directory / ".s.PGSQL.5432"))
        self.socket.listen(20)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.target)
            threading.Thread(target=self._pass_on, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(server, client, False), daemon=True).start()

    def _pass_on(self, source, target, first):
        while data := source.recv(65536):
            if first:
                words = data[8:].split(b"\0")
                self.started.append(dict(zip(words[::2], words[1::2])))
                first = False
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()


@pytest.fixture
def listener(cluster, tmp_path_factory):
    listener = Listener(cluster.directory + "/.s.PGSQL.5432", tmp_path_factory.mktemp("s"))
    yield listener
    listener.close()


TABLE = """
    create table t (id int primary key, n text, moment timestamptz, span interval, bin bytea, day date, half float8);
    insert into t values (1, 'né', '2024-01-02 03:04:05+02', '1 day 2 hours', '\\x00ff', '2024-02-29', 0.1);
"""
QUERY = '{ ts(where: {n: {eq: "né"}}) { n moment span bin day half } }'
ANSWER = {"data": {"ts": [{"n": "né", "moment": "2024-01-02T01:04:05Z", "span": "P1DT2H", "bin": "AP8=",
                           "day": "2024-02-29", "half": 0.1}]}}


def test_start_up_message(make_database, listener):
    url = make_database(TABLE)
    proxied = url.split("?")[0] + "?host=" + str(listener.directory)
    done = run_program("query", "--prepared", "off", "--database", proxied, QUERY)
    assert json.loads(done.stdout) == ANSWER, done.stderr
    assert len(listener.started) == 2  # the catalog's, and the pool's
    for names in listener.started:
        assert set(names) - {b""} == {b"user", b"database", b"application_name"}


def test_settings_of_the_role_do_not_matter(cluster, make_database):
    url = make_database(TABLE)
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        for setting in ("datestyle = 'German'", "intervalstyle = 'postgres_verbose'", "timezone = 'Asia/Tokyo'",
                        "extra_float_digits = 0", "bytea_output = 'escape'", "client_encoding = 'LATIN1'"):
            connection.execute('alter database "%s" set %s' % (name, setting))
    for mode in ("auto", "off"):
        done = run_program("query", "--prepared", mode, "--database", url, QUERY)
        assert json.loads(done.stdout) == ANSWER, (mode, done.stderr)


@pytest.mark.parametrize("mode", ["auto", "off"])
def test_another_encoding_of_the_database(cluster, mode):
    name = "latin_" + mode
    with cluster.admin() as admin:
        admin.execute('drop database if exists "%s" with (force)' % name)
        admin.execute("create database \"%s\" template template0 encoding 'LATIN1' locale 'C'" % name)
    try:
        url = cluster.url(name)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(TABLE)
            connection.execute("comment on table t is 'né'")
        assert "né" in run_program("schema", "--database", url).stdout
        done = run_program("query", "--prepared", mode, "--database", url, "--as", '{"name": "né"}', QUERY)
        assert json.loads(done.stdout) == ANSWER, done.stderr
    finally:
        cluster.drop(name)
