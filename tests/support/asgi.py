# SPDX-License-Identifier: MIT
"""An ASGI application under a real uvicorn, asked as the program is."""

import os
import signal
import subprocess
import sys
import tempfile

from . import extension
from .cluster import die_with_parent
from .server import Server, environment, free_port


class Uvicorn(Server):
    """uvicorn with an application whose source is given (it defines `app`), or with `module:name`."""

    def __init__(self, application, database_url=None, *arguments, env=None, ready="/ready"):
        self.application = application
        self.ready = ready
        super().__init__(database_url, *arguments, env=env)

    def _start(self, wait):
        self.folder = tempfile.TemporaryDirectory(prefix="fraiseql-asgi-")
        target = self.application
        if "\n" in target:
            with open(os.path.join(self.folder.name, "served.py"), "w") as file:
                file.write(target)
            target = "served:app"
        # Of a sanitizer's build the runtime must be in the process first, as it is in ours.
        runtime = {"LD_PRELOAD": os.environ["LD_PRELOAD"]} if "LD_PRELOAD" in os.environ else {}
        more = {"PYTHONPATH": extension.path() + os.pathsep + self.folder.name, **runtime, **(self.env or {})}
        if self.database_url:
            more["FRAISEQL_DATABASE"] = self.database_url
        self.port = free_port()
        self.log = tempfile.NamedTemporaryFile(prefix="fraiseql-asgi-", suffix=".log", delete=False)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", target, "--host", "127.0.0.1", "--port", str(self.port),
             "--no-access-log", "--timeout-keep-alive", "60", *self.arguments],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environment(**more),
            preexec_fn=die_with_parent(signal.SIGKILL))
        if wait:
            self.wait_ready()

    def request(self, method, path, body=None, headers=None, timeout=60):
        return super().request(method, self.ready if path == "/ready" else path, body, headers, timeout)

    def close(self):
        super().close()
        self.folder.cleanup()
