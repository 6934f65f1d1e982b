# SPDX-License-Identifier: MIT
"""A proxy before PostgreSQL that breaks connections on purpose.

It knows no protocol and runs in a thread of its own. Faults are set by attributes and calls, at any time, and concern
every connection that passes through:

    with FaultProxy(cluster.directory + "/.s.PGSQL.5432") as proxy:
        proxy.piece = 1              # pass on one byte at a time, both ways
        proxy.cut_after = 5000       # each connection's next 5000 bytes from the server, then its end
        proxy.stall() ... proxy.go_on()
        proxy.cut_all()
        proxy.refuse = True          # accept, and close at once
"""

import asyncio
import os
import shutil
import socket
import tempfile
import threading
from urllib.parse import quote


class FaultProxy:
    def __init__(self, target, tcp=False):
        """`target`: the path of a unix socket, or (host, port). Listens on a unix socket, or on TCP where asked to."""
        self.target = target
        self.tcp = tcp
        self.piece = 65536
        self.cut_after = None
        self.refuse = False
        self.connections = 0
        self.cuts = 0
        self.directory = None if tcp else tempfile.mkdtemp(prefix="fraiseql-proxy-", dir="/tmp")
        self.port = 5432
        self._writers = set()
        self._loop = asyncio.new_event_loop()
        self._going = None
        self._server = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._main, daemon=True)
        self._thread.start()
        self._started.wait(10)

    def url(self, database, user="postgres", more=""):
        if self.tcp:
            return "postgresql://%s@127.0.0.1:%d/%s?%s" % (user, self.port, quote(database), more)
        return "postgresql://%s@/%s?host=%s&%s" % (user, quote(database), quote(self.directory, safe=""), more)

    # -- faults, from any thread --------------------------------------------------------------------------------------

    def stall(self):
        self._call(lambda: self._going.clear())

    def go_on(self):
        self._call(lambda: self._going.set())

    def cut_all(self):
        self._call(self._cut_all)

    # -- inside -------------------------------------------------------------------------------------------------------

    def _call(self, what):
        done = threading.Event()
        self._loop.call_soon_threadsafe(lambda: (what(), done.set()))
        done.wait(10)

    def _cut_all(self):
        for writer in list(self._writers):
            self.cuts += 1
            writer.transport.abort()

    def _main(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        self._started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._end())
        self._loop.close()

    async def _listen(self):
        self._going = asyncio.Event()
        self._going.set()
        if self.tcp:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            self.port = self._server.sockets[0].getsockname()[1]
        else:
            path = os.path.join(self.directory, ".s.PGSQL.5432")
            self._server = await asyncio.start_unix_server(self._serve, path)

    async def _end(self):
        self._server.close()
        self._cut_all()
        tasks = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connect(self):
        if isinstance(self.target, str):
            return await asyncio.open_unix_connection(self.target)
        return await asyncio.open_connection(*self.target)

    async def _serve(self, reader, writer):
        self.connections += 1
        if self.refuse:
            writer.transport.abort()
            return
        try:
            server_reader, server_writer = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        both = {writer, server_writer}
        self._writers |= both
        for w in both:
            peer = w.get_extra_info("socket")
            if peer is not None and peer.family != socket.AF_UNIX:
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await asyncio.gather(self._pass(reader, server_writer, False), self._pass(server_reader, writer, True))
        finally:
            self._writers -= both
            for w in both:
                w.transport.abort()

    async def _pass(self, reader, writer, from_server):
        """Copies until the end or a cut. Counting begins anew whenever `cut_after` is set to something else."""
        limit, left = None, 0
        try:
            while True:
                data = await reader.read(65536)
                if not data:
                    writer.close()
                    return
                at = 0
                while at < len(data):
                    await self._going.wait()
                    if from_server and self.cut_after != limit:
                        limit = left = self.cut_after
                    size = min(self.piece, len(data) - at)
                    if limit is not None:
                        size = min(size, left)
                        left -= size
                    writer.write(data[at:at + size])
                    await writer.drain()
                    at += size
                    if limit is not None and left == 0:
                        self.cuts += 1
                        raise ConnectionResetError
                    if self.piece < 65536:
                        await asyncio.sleep(0)  # so that pieces do not meet again on their way
        except (ConnectionError, OSError):
            writer.transport.abort()
            raise ConnectionResetError from None

    def close(self):
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
        if self.directory:
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
