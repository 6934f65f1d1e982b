# SPDX-License-Identifier: MIT
"""One run of the new application, whose answer is held back until it is known to be one that a client should get.

Nothing of a failed answer has left as long as `sent` is false: then another application can still answer.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

_MAX_HELD = 64 << 10  # bytes of a 5xx answer's body


class Attempt:
    """`recording` sees what is sent on. The answer's first bytes are awaited for `timeout` seconds, None: for ever."""

    def __init__(self, receive, send, recording=None, timeout: float | None = None):
        self.sent = False
        self.complete = False
        self.gone = False  # the client
        self.status: int | None = None
        #: Why it failed: exception, timeout, status, nothing (no answer), broken (an answer without its end).
        self.failure: str | None = None
        self.error: Exception | None = None
        self._receive = receive
        self._send = send
        self._recording = recording
        self._timeout = timeout
        self._clock: asyncio.Timeout
        self._held: list[dict[str, Any]] = []
        self._held_bytes = 0
        self._over = False

    async def run(self, app, scope) -> None:
        """Runs the application; what it raises becomes `failure` and `error`. Cancellation passes through."""
        try:
            async with asyncio.timeout(self._timeout) as self._clock:
                await app(scope, self._watch, self._take)
        except Exception as error:
            self.error = error
            if not self.gone:
                self.failure = "timeout" if self._clock.expired() else "exception"
            return
        finally:
            self._over = True
        if not self.complete and not self.gone:
            self.failure = "broken" if self.sent or self._held else "nothing"
        elif self.status is not None and self.status >= 500:
            self.failure = "status"

    @property
    def refused(self) -> bool:
        """Whether the answer says that nothing was executed: no connection, queue full, shutting down."""
        if self.status != 503 or not self.complete:
            return False
        try:
            body = json.loads(b"".join(m.get("body", b"") for m in self._held))
            return body["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"
        except (ValueError, LookupError, TypeError, RecursionError):
            return False

    async def release(self) -> None:
        """Sends what was held back."""
        held, self._held = self._held, []
        self.sent = self.sent or bool(held)
        for message in held:
            await self._pass(message)

    async def _watch(self):
        message = await self._receive()
        if message["type"] == "http.disconnect" and not self.complete:
            self.gone = True
        return message

    async def _take(self, message):
        if self._over or (self._clock.expired() and not self.sent):
            raise ConnectionAbortedError("this answer has been given up")  # a task that the application left behind
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body" and not message.get("more_body", False):
            self.complete = True
        if self.sent:
            return await self._pass(message)
        self._held.append(message)
        if message["type"] != "http.response.body":
            return
        self._held_bytes += len(message.get("body", b""))
        if self.status is None or self.status < 500 or self._held_bytes > _MAX_HELD:
            self._clock.reschedule(None)
            await self.release()

    async def _pass(self, message):
        if self._recording is not None:
            self._recording.take(message)
        try:
            await self._send(message)
        except Exception:
            self.gone = True  # to a server that tells so, a client that has left is an error of sending
            raise
