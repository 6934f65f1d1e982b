# SPDX-License-Identifier: MIT
"""Rollout: an ASGI application in front of an existing one and a new one.

It decides for each GraphQL request who answers, runs both where they are to be compared, and lets the existing one
answer where the new one fails. It must never run twice what may write, and never send a mixture of two answers.
"""

from __future__ import annotations

import asyncio
import copy
import inspect
import logging
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .attempt import Attempt
from .breaker import Breaker
from .compare import Difference, Recording, compare, patterns_of
from .keys import client_key, header_of, percentile
from .reading import Reader, operation_of

log = logging.getLogger("fraiseql.rollout")

_COUNTERS = (
    "requests", "answered_by_existing", "answered_by_new", "chosen_by_header", "without_key", "fallbacks",
    "failures_exception", "failures_timeout", "failures_status", "failures_nothing", "failures_broken",
    "failed_writes", "refused_by_breaker", "breaker_opened", "clients_gone", "bodies_too_large", "key_errors",
    "shadowed", "shadow_same", "shadow_different", "shadow_not_compared", "shadow_failed", "shadow_skipped_writes",
    "shadow_skipped_busy", "callback_errors",
)  # fmt: skip
_LARGE = 64 << 10  # bytes of answers from which they are compared in a thread


@dataclass(frozen=True, slots=True)
class Report:
    """Two answers that differ. `body` is the request's; of a GET, its query string."""

    query: str | None
    operation_name: str | None
    body: bytes
    answered_by: str
    existing_status: int | None
    new_status: int | None
    existing_seconds: float
    new_seconds: float
    differences: list[Difference]


class _TooLarge(Exception):
    pass


class _Gone(Exception):
    pass


class _Request:
    """A GraphQL request that was read whole."""

    def __init__(self, scope, body: bytes, receive, reads: bool):
        self.scope = scope
        self.body = body
        self.receive = receive
        self.reads = reads

    def replay(self):
        """A `receive` of one's own: the body, then what comes from the client."""
        return _replay([{"type": "http.request", "body": self.body, "more_body": False}], self.receive)

    def copy_of_scope(self) -> dict[str, Any]:
        """Applications write into their scope."""
        scope = dict(self.scope, headers=list(self.scope["headers"]))
        for name in ("state", "session"):
            if name in scope:
                scope[name] = copy.copy(scope[name])
        return scope


def _replay(messages, receive):
    left = iter(messages)

    async def replayed():
        message = next(left, None)
        return message if message is not None else await receive()

    return replayed


class Rollout:
    """An ASGI application that sends a share of the GraphQL traffic to `new` and the rest to `existing`.

    share: percentage (0 to 100) of users whose requests `new` answers, or a function that returns it. `key(scope)` gives
    the user (str, bytes, int, or an awaitable of it): who was in at 5 stays in at 25. Requests without a key are drawn
    at random. Where the request's `header` says "new" or "existing", it decides.

    shadow: percentage of reads that both run. The one that `share` has chosen answers; the other's answer is compared,
    and `on_difference(report)` is called where they differ. Paths in `ignore` are left out ("data.users.*.updatedAt").
    Mutations, and what is not certainly a read, are never run twice.

    Where `new` raises, answers with 5xx, or sends nothing within `timeout` seconds, `existing` answers: for reads, and
    for writes that `new` has refused without running anything. After repeated failures the breaker keeps all traffic
    away from `new` for a while. `mark` names a response header that says who answered.

    Everything else (other paths, other methods, pages, WebSockets, the lifespan) goes to `existing`.
    """

    def __init__(
        self,
        existing,
        new,
        *,
        share: float | Callable[[], float] = 0,
        key: Callable[[dict[str, Any]], Any] | None = client_key,
        header: str | None = None,
        salt: str = "",
        shadow: float = 0,
        on_difference: Callable[[Report], Any] | None = None,
        ignore: Iterable[str] = (),
        fallback: bool = True,
        timeout: float | None = 30.0,
        breaker: Breaker | None = None,
        path: str | Iterable[str] | None = "/graphql",
        documents: Mapping[str, str] | None = None,
        mark: str | None = None,
        max_body: int = 1 << 20,
        max_compared: int = 1 << 20,
        max_shadows: int = 16,
    ):
        self.existing = existing
        self.new = new
        self.key = key
        self.salt = salt
        self.on_difference = on_difference
        self.fallback = fallback
        self.timeout = timeout
        self.breaker = breaker or Breaker()
        self.max_body = max_body
        self.max_compared = max_compared
        self.max_shadows = max_shadows
        self._header = header.lower().encode("latin-1") if header is not None else None
        self._mark = mark.lower().encode("latin-1") if mark is not None else None
        self._paths = None if path is None else {path} if isinstance(path, str) else set(path)
        self._ignored = patterns_of(ignore)
        self._reader = Reader(documents)
        self._count = dict.fromkeys(_COUNTERS, 0)
        self._seconds = {"existing": 0.0, "new": 0.0}
        # One of each shadow: first what runs the other application, then what waits for that and compares.
        self._tasks: set[asyncio.Task[Any]] = set()
        self.set_share(share)
        self.set_shadow(shadow)

    # -- what can be read and set at run time ------------------------------------------------------------------------

    def set_share(self, share: float | Callable[[], float]) -> None:
        """The percentage of users that the new application answers, from the next request on."""
        if not callable(share):
            _check_percentage("share", share)
        self._share = share

    def set_shadow(self, shadow: float) -> None:
        """The percentage of reads that both run."""
        _check_percentage("shadow", shadow)
        self._shadow = shadow

    @property
    def share(self) -> float:
        """The percentage now."""
        return self._share() if callable(self._share) else self._share

    @property
    def shadow(self) -> float:
        """The percentage of reads that both run."""
        return self._shadow

    def stats(self) -> dict[str, Any]:
        """All counters, the share, the state of the breaker, and mean seconds of the answers that were compared."""
        done = self._count["shadow_same"] + self._count["shadow_different"]
        means = {"mean_seconds_%s" % name: total / done if done else 0.0 for name, total in self._seconds.items()}
        told = {"share": self.share, "shadow": self._shadow, "breaker": self.breaker.state}
        return {**told, **self._count, **means, "shadows_running": len(self._tasks)}

    def reset_stats(self) -> None:
        """All counters to 0."""
        self._count.update(dict.fromkeys(_COUNTERS, 0))
        self._seconds.update(existing=0.0, new=0.0)

    async def drain(self) -> None:
        """Waits until all comparisons under way are done."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    # -- ASGI --------------------------------------------------------------------------------------------------------

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            return await self._live(scope, receive, send)
        if not self._is_graphql(scope):
            return await self.existing(scope, receive, send)
        self._count["requests"] += 1
        by_new = await self._chooses_new(scope)
        shadowed = self._shadow > 0 and random.random() * 100 < self._shadow
        if not by_new and not shadowed:
            return await self._answer_by_existing(scope, receive, send)
        try:
            request = await self._read(scope, receive)
        except _Gone:
            self._count["clients_gone"] += 1
            return
        except _TooLarge as error:
            self._count["bodies_too_large"] += 1
            return await self._answer_by_existing(scope, _replay(error.args[0], receive), send)
        await self._answer(request, send, by_new, shadowed)

    async def _live(self, scope, receive, send):
        try:
            await self.existing(scope, receive, send)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _is_graphql(self, scope) -> bool:
        if scope["type"] != "http" or not self._is_path(scope):
            return False
        if scope["method"] == "GET":  # a page, where there is no query
            return any(part.startswith((b"query=", b"extensions=")) for part in scope["query_string"].split(b"&"))
        return scope["method"] == "POST"

    def _is_path(self, scope) -> bool:
        if self._paths is None or scope["path"] in self._paths:
            return True
        root = scope.get("root_path", "")  # by newer servers and frameworks a part of the path
        return bool(root) and scope["path"].startswith(root) and scope["path"][len(root) :] in self._paths

    async def _chooses_new(self, scope) -> bool:
        if self._header is not None:
            wish = (header_of(scope, self._header) or b"").strip().lower()
            if wish in (b"new", b"existing"):
                self._count["chosen_by_header"] += 1
                return wish == b"new"
        try:
            share = self.share
            if share <= 0 or share >= 100:
                return share >= 100
            key = self.key(scope) if self.key is not None else None
            if inspect.isawaitable(key):
                key = await key
            if key is not None:
                return percentile(key, self.salt) < share
        except Exception:
            log.exception("no decision: the existing application answers")
            self._count["key_errors"] += 1
            return False
        self._count["without_key"] += 1
        return random.random() * 100 < share

    async def _read(self, scope, receive) -> _Request:
        messages, length, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            messages.append(message)
            length += len(message.get("body", b""))
            if length > self.max_body:
                raise _TooLarge(messages)
            more = message.get("more_body", False)
        body = b"".join(message.get("body", b"") for message in messages)
        kind = header_of(scope, b"content-type")
        return _Request(scope, body, receive, self._reader.reads(scope["method"], scope["query_string"], kind, body))

    # -- one answer --------------------------------------------------------------------------------------------------

    async def _answer(self, request: _Request, send, by_new: bool, shadowed: bool):
        permit = self._enter() if by_new else 0
        refused = by_new and permit == 0
        by_new = permit != 0
        other, recording = None, None
        if shadowed and not refused:
            other = self._start_other(request, self.existing if by_new else self.new)
            recording = Recording(self.max_compared) if other is not None else None
        try:
            if by_new:
                answered = await self._answer_by_new(request, send, permit, recording)
            else:
                taken = _tee(send, recording) if recording is not None else send
                answered = await self._answer_by_existing(request.scope, request.replay(), taken)
        except BaseException:
            if other is not None:
                other.cancel()
            raise
        if other is not None:
            self._compare_later(request, "new" if by_new else "existing", recording if answered else None, other)

    def _enter(self) -> int:
        permit = self.breaker.enter()
        if permit == 0:
            self._count["refused_by_breaker"] += 1
        return permit

    async def _answer_by_existing(self, scope, receive, send) -> bool:
        self._count["answered_by_existing"] += 1
        await self.existing(scope, receive, self._marked(send, b"existing"))
        return True

    async def _answer_by_new(self, request: _Request, send, permit: int, recording: Recording | None) -> bool:
        """Whether it was the new one that answered."""
        limit = self.timeout if request.reads and self.fallback else None
        attempt = Attempt(request.replay(), self._marked(send, b"new"), recording, limit)
        try:
            await attempt.run(self.new, request.copy_of_scope())
        except BaseException:
            self.breaker.abandoned(permit)
            raise
        if attempt.gone:
            self.breaker.abandoned(permit)
            self._count["clients_gone"] += 1
            if attempt.error is not None and attempt.sent:
                raise attempt.error
            return False
        self._settle(permit, attempt.failure)
        if attempt.failure is None:
            self._count["answered_by_new"] += 1
            return True
        if self.fallback and not attempt.sent and (request.reads or attempt.refused):
            self._count["fallbacks"] += 1
            log.warning("the new application failed (%s): the existing one answers", attempt.failure, exc_info=attempt.error)
            await self._answer_by_existing(request.scope, request.replay(), send)
            return False
        self._count["answered_by_new"] += 1
        if not request.reads:
            self._count["failed_writes"] += 1
        if attempt.error is not None:
            raise attempt.error
        await attempt.release()
        return attempt.complete

    def _settle(self, permit: int, failure: str | None) -> None:
        if failure is None:
            return self.breaker.succeeded(permit)
        self._count["failures_" + failure] += 1
        if self.breaker.failed(permit):
            self._count["breaker_opened"] += 1
            log.error("the new application fails repeatedly: nothing is sent to it for %g s", self.breaker.pause)

    def _marked(self, send, name: bytes):
        if self._mark is None:
            return send

        async def marked(message):
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), (self._mark, name)]}
            await send(message)

        return marked

    # -- both --------------------------------------------------------------------------------------------------------

    def _start_other(self, request: _Request, app) -> asyncio.Task[Recording] | None:
        """Runs the application that does not answer; None where it must not or may not."""
        if not request.reads:
            self._count["shadow_skipped_writes"] += 1
            return None
        if len(self._tasks) >= self.max_shadows:
            self._count["shadow_skipped_busy"] += 1
            return None
        permit = self._enter() if app is self.new else 0
        if app is self.new and permit == 0:
            return None
        self._count["shadowed"] += 1
        scope = dict(request.copy_of_scope(), extensions={})
        task = self._keep(self._run_other(request, app, scope, permit))

        def ended(task: asyncio.Task[Any]) -> None:
            if task.cancelled():  # perhaps before it has begun, where it runs none of its own code
                self.breaker.abandoned(permit)

        task.add_done_callback(ended)
        return task

    def _keep(self, coroutine) -> asyncio.Task[Any]:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _run_other(self, request: _Request, app, scope, permit: int) -> Recording | None:
        recording = Recording(self.max_compared)
        attempt = Attempt(_replay([{"type": "http.request", "body": request.body, "more_body": False}], _never), recording)
        try:
            async with asyncio.timeout(self.timeout):
                await attempt.run(app, scope)
        except TimeoutError:
            attempt.failure = "timeout"
        if app is self.new:
            self._settle(permit, attempt.failure)
        if attempt.failure == "status":
            await attempt.release()
        elif attempt.failure is not None:
            log.warning("shadow: an application failed (%s)", attempt.failure, exc_info=attempt.error)
            return None
        return recording

    def _compare_later(self, request: _Request, answered_by: str, recording: Recording | None, other) -> None:
        if recording is None or not recording.complete:
            self._count["shadow_not_compared"] += 1
            other.cancel()
            return
        comparison = self._keep(self._compare(request, answered_by, recording, other))
        comparison.add_done_callback(lambda _: other.cancel())
        self._tasks.discard(other)

    async def _compare(self, request: _Request, answered_by: str, recording: Recording, other) -> None:
        result = await other
        if result is None:
            self._count["shadow_failed"] += 1
            return
        existing, new = (recording, result) if answered_by == "existing" else (result, recording)
        if existing.length + new.length < _LARGE:
            found = compare(existing, new, self._ignored)
        else:
            found = await asyncio.to_thread(compare, existing, new, self._ignored)
        if found is None:
            self._count["shadow_not_compared"] += 1
            return
        self._seconds["existing"] += existing.seconds
        self._seconds["new"] += new.seconds
        self._count["shadow_different" if found else "shadow_same"] += 1
        if found:
            await self._report(request, answered_by, existing, new, found)

    async def _report(self, request: _Request, answered_by: str, existing: Recording, new: Recording, found) -> None:
        method, query_string = request.scope["method"], request.scope["query_string"]
        query, name = operation_of(method, query_string, request.body)
        if self.on_difference is None:
            log.warning("answers to %s differ at %s", name or "a request", ", ".join(d.path for d in found))
            return
        report = Report(
            query, name, request.body if method == "POST" else query_string, answered_by, existing.status, new.status,
            existing.seconds, new.seconds, found,
        )  # fmt: skip
        try:
            result = self.on_difference(report)
            if inspect.isawaitable(result):
                await result
        except Exception:
            self._count["callback_errors"] += 1
            log.exception("on_difference failed")


def _check_percentage(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 100:
        raise ValueError(f"{name} is a percentage from 0 to 100, not {value!r}")


def _tee(send, recording: Recording):
    async def tee(message):
        recording.take(message)
        await send(message)

    return tee


async def _never():
    await asyncio.get_running_loop().create_future()
