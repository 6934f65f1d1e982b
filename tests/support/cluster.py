# SPDX-License-Identifier: MIT
"""A private PostgreSQL for tests and measurements.

Cluster() makes a data directory and a socket in a short temporary directory of its own and runs `postgres` there as a
child: no TCP, no password, no fsync, as an unprivileged user where we are root. It ends with this process however that
ends (context manager, atexit, and the kernel's parent-death signal), and what a killed run has left behind is removed
by the next one. It never touches a PostgreSQL that it did not start.
"""

import atexit
import ctypes
import glob
import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
import fcntl
from urllib.parse import quote

import psycopg

PREFIX = "fraiseql-pg-"
DEMO = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "tools", "demo")
DEMO_FILES = [os.path.join(DEMO, "relational.sql"), os.path.join(DEMO, "documents.sql")]

# Durability is of no use here; what is logged is what a failing test wants to show.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "autovacuum": "off",
    "timezone": "UTC",
    "lc_messages": "C",
    "log_min_messages": "warning",
    "jit": "off",
}


class ClusterError(RuntimeError):
    pass


def find_binaries(least=15):
    """The `bin` directory of the newest PostgreSQL installed (FRAISEQL_PG_BIN rules)."""
    chosen = os.environ.get("FRAISEQL_PG_BIN")
    if chosen:
        return chosen
    found = []
    for path in glob.glob("/usr/lib/postgresql/*/bin/postgres") + glob.glob("/usr/pgsql-*/bin/postgres"):
        version = re.search(r"(?:postgresql/|pgsql-)(\d+)/", path)
        if version and int(version.group(1)) >= least:
            found.append((int(version.group(1)), os.path.dirname(path)))
    if not found:
        on_path = shutil.which("postgres")
        if not on_path:
            raise ClusterError("no PostgreSQL of version %d or later is installed: run tools/setup test" % least)
        found.append((0, os.path.dirname(os.path.realpath(on_path))))
    return max(found)[1]


def unprivileged_user():
    """The user PostgreSQL runs as: us, or, as PostgreSQL refuses root, `postgres` or `nobody`."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ClusterError("running as root, and there is no user `postgres` or `nobody` to run PostgreSQL as")


def foreign_environment():
    """Ours, for programs of PostgreSQL: without what configures libpq or instruments this process."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PG") and k != "LD_PRELOAD"}


def die_with_parent(signum):
    """A preexec_fn: the kernel sends `signum` to the child when this process dies, even of SIGKILL."""
    libc = ctypes.CDLL(None, use_errno=True)

    def set_it():
        libc.prctl(1, signum, 0, 0, 0)  # PR_SET_PDEATHSIG

    return set_it


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def remove_leftovers(parent):
    """Removes directories of earlier runs whose process is gone (killed before it could tidy up)."""
    for path in glob.glob(os.path.join(parent, PREFIX + "*")):
        try:
            with open(os.path.join(path, "owner")) as f:
                owner = int(f.read())
        except (OSError, ValueError):
            continue
        if is_running(owner):
            continue
        try:
            with open(os.path.join(path, "data", "postmaster.pid")) as f:
                os.kill(int(f.readline()), signal.SIGQUIT)
            time.sleep(0.2)
        except (OSError, ValueError):
            pass
        shutil.rmtree(path, ignore_errors=True)


class Cluster:
    def __init__(self, settings=None, least=15):
        self.bin = find_binaries(least)
        self.user = unprivileged_user()
        self.settings = dict(SETTINGS, **(settings or {}))
        self.process = None
        # Not $TMPDIR: a socket's path has at most 107 bytes.
        remove_leftovers("/tmp")
        self.directory = tempfile.mkdtemp(prefix=PREFIX, dir="/tmp")
        self.data = os.path.join(self.directory, "data")
        self.log = os.path.join(self.directory, "log")
        self.owner_pid = os.getpid()
        with open(os.path.join(self.directory, "owner"), "w") as f:
            f.write(str(self.owner_pid))
        os.chmod(self.directory, 0o711)
        if self.user:
            os.chown(self.directory, self.user.pw_uid, self.user.pw_gid)
        atexit.register(self.close)
        try:
            self._initdb()
            self.start()
        except BaseException:
            self.close()
            raise

    # -- life ---------------------------------------------------------------------------------------------------------

    def _as_user(self):
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def _environment(self):
        env = foreign_environment()
        env.update(HOME=self.directory, LC_ALL="C.UTF-8")
        return env

    def _initdb(self):
        done = subprocess.run(
            [os.path.join(self.bin, "initdb"), "-D", self.data, "-U", "postgres", "--auth=trust", "--no-sync",
             "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"],
            env=self._environment(), cwd=self.directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            **self._as_user())
        if done.returncode != 0:
            raise ClusterError("initdb failed:\n" + done.stdout.decode(errors="replace"))

    def start(self):
        """Starts the server (again, after stop() or kill()) and waits until it answers."""
        arguments = [os.path.join(self.bin, "postgres"), "-D", self.data, "-k", self.directory]
        for name, value in self.settings.items():
            arguments += ["-c", "%s=%s" % (name, value)]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                arguments, env=self._environment(), cwd=self.directory, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True, preexec_fn=die_with_parent(signal.SIGQUIT), **self._as_user())
        deadline = time.monotonic() + 60
        while True:
            if self.process.poll() is not None:
                raise ClusterError("PostgreSQL did not start:\n" + self.read_log())
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise ClusterError("PostgreSQL does not answer:\n" + self.read_log())
                time.sleep(0.02)

    def stop(self, how=signal.SIGINT):
        """SIGINT is a fast shutdown, SIGQUIT an immediate one."""
        if not self.process:
            return
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def kill(self):
        """As a crash: every backend ends at once, without a word to its client beyond the protocol's."""
        self.stop(signal.SIGQUIT)

    def restart(self):
        self.stop()
        self.start()

    def close(self):
        if os.getpid() != self.owner_pid:  # a forked child does not own the cluster
            return
        atexit.unregister(self.close)
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def read_log(self):
        try:
            with open(self.log, errors="replace") as f:
                return f.read()[-4000:]
        except OSError:
            return ""

    def reference(self):
        """What another process needs for attach()."""
        return self.directory

    # -- databases ----------------------------------------------------------------------------------------------------

    def url(self, database, user="postgres"):
        return server_url(self.directory, database, user)

    def program(self, name):
        return os.path.join(self.bin, name)

    def admin(self):
        return psycopg.connect(self.url("postgres"), autocommit=True)

    def database(self, template=None):
        """A fresh database; the copy of a template made by `template()` where one is named."""
        return fresh_database(self.directory, template)

    def template(self, *sql_files, sql=""):
        return ensure_template(self.directory, sql_files, sql, self.bin)

    def drop(self, database):
        drop_database(self.directory, database)


class Attached:
    """The same cluster, seen from another process (a worker of pytest-xdist), which may not stop it."""

    def __init__(self, directory):
        self.directory = directory
        self.bin = find_binaries()

    url = Cluster.url
    program = Cluster.program
    admin = Cluster.admin
    database = Cluster.database
    template = Cluster.template
    drop = Cluster.drop
    reference = Cluster.reference


def server_url(directory, database, user):
    return "postgresql://%s@/%s?host=%s" % (quote(user, safe=""), quote(database, safe=""), quote(directory, safe=""))


_counter = 0


def fresh_database(directory, template=None):
    global _counter
    _counter += 1
    name = "t%d_%d" % (os.getpid(), _counter)
    with psycopg.connect(server_url(directory, "postgres", "postgres"), autocommit=True) as admin:
        admin.execute('create database "%s" template "%s" strategy file_copy' % (name, template or "template0"))
    return name


def drop_database(directory, name):
    with psycopg.connect(server_url(directory, "postgres", "postgres"), autocommit=True) as admin:
        admin.execute('drop database if exists "%s" with (force)' % name)


def ensure_template(directory, sql_files, sql, bin_directory):
    """The name of a database that holds what the files and then the text make; made once a cluster, by whoever is first."""
    digest = hashlib.sha256(sql.encode())
    for path in sql_files:
        with open(path, "rb") as f:
            digest.update(f.read())
    name = "template_" + digest.hexdigest()[:16]
    with open(os.path.join(directory, "lock"), "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(server_url(directory, "postgres", "postgres"), autocommit=True) as admin:
            if admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                return name
            admin.execute('drop database if exists "%s_new" with (force)' % name)
            admin.execute('create database "%s_new" template template0' % name)
            load_sql(server_url(directory, name + "_new", "postgres"), sql_files, sql, bin_directory)
            admin.execute('alter database "%s_new" rename to "%s"' % (name, name))
    return name


def load_sql(url, sql_files, sql="", bin_directory=None):
    """Runs files, then text, in one psql, which stops at the first error. One transaction: wal_level=minimal skips the log."""
    arguments = [os.path.join(bin_directory or find_binaries(), "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-1",
                 "-d", url]
    for path in sql_files:
        arguments += ["-f", os.path.abspath(path)]
    if sql or not sql_files:
        arguments += ["-f", "-"]
    env = foreign_environment()
    env["PGOPTIONS"] = "-c client_min_messages=warning"
    done = subprocess.run(arguments, input=sql.encode(), env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise ClusterError("loading SQL failed:\n" + done.stdout.decode(errors="replace")[-4000:])
