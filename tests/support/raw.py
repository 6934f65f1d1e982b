# SPDX-License-Identifier: MIT
"""HTTP by hand: requests that no client library would send, and answers read byte by byte."""

import ctypes
import re
import socket
import time


class Raw:
    """One connection to a server on the loopback address."""

    def __init__(self, port, timeout=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data if isinstance(data, bytes) else data.encode())
        except (BrokenPipeError, ConnectionResetError):
            pass  # it answered and closed before it had read everything

    def _fill(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.buffer += data
        return data

    def answer(self):
        """(status, headers, body) of the next answer that has a Content-Length; None where the connection ends instead."""
        while b"\r\n\r\n" not in self.buffer:
            if not self._fill():
                return None
        head, _, rest = self.buffer.partition(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        headers = {name.strip().lower().decode(): value.strip().decode() for name, _, value in
                   (line.partition(b":") for line in head.split(b"\r\n")[1:])}
        length = int(headers.get("content-length", 0))
        while len(rest) < length:
            data = self._fill()
            if not data:
                return None
            rest += data
        self.buffer = rest[length:]
        return status, headers, rest[:length]

    def closed(self, seconds=20):
        """Whether the server ends the connection, within the time at the latest."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                if not self._fill():
                    return True
            except socket.timeout:
                return False
        return False

    def rest(self):
        while self._fill():
            pass
        return self.buffer


def post(body, *headers, path="/graphql"):
    """The bytes of a POST as it should be."""
    body = body if isinstance(body, bytes) else body.encode()
    lines = ["POST %s HTTP/1.1" % path, "Host: test", "Content-Type: application/json", "Content-Length: %d" % len(body), *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def unbrotli(data, most=64 << 20):
    library = ctypes.CDLL("libbrotlidec.so.1")
    size = ctypes.c_size_t(most)
    out = ctypes.create_string_buffer(most)
    assert library.BrotliDecoderDecompress(ctypes.c_size_t(len(data)), data, ctypes.byref(size), out) == 1, "no brotli"
    return out.raw[:size.value]


def is_sanitized(server):
    with open("/proc/%d/maps" % server.pid) as maps:
        return re.search("lib[at]san", maps.read()) is not None
