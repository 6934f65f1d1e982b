# SPDX-License-Identifier: MIT
"""The npm packages of tests/clients, installed once, by `npm ci`, into tests/clients/node_modules."""

import fcntl
import hashlib
import os
import shutil
import subprocess

import pytest

from .server import ROOT

CLIENTS = os.path.join(ROOT, "tests", "clients")


def install():
    """Installs what the lock file says. Without npm, or where its registry can not be reached, the test is skipped; under
    CI tests/run makes that a failure."""
    for name in ("node", "npm"):
        if not shutil.which(name):
            pytest.skip("not installed: %s (tools/setup test)" % name)
    with open(os.path.join(CLIENTS, "package-lock.json"), "rb") as f:
        wanted = hashlib.sha256(f.read()).hexdigest()
    stamp = os.path.join(CLIENTS, "node_modules", ".fraiseql-installed")
    with open(os.path.join(CLIENTS, "package.json")) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(stamp) or open(stamp).read() != wanted:
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=CLIENTS, capture_output=True,
                                  text=True, timeout=600)
            if done.returncode != 0:
                pytest.skip("not installed: npm ci failed: " + done.stderr.strip()[-500:])
            with open(stamp, "w") as f:
                f.write(wanted)


def run(script, *arguments):
    """What tests/clients/SCRIPT prints; it must end well."""
    done = subprocess.run(["node", os.path.join(CLIENTS, script), *arguments], cwd=CLIENTS, capture_output=True, text=True,
                          timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
