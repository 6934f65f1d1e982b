# SPDX-License-Identifier: MIT
"""Two answers to one request, side by side: what was recorded of each, and where they differ.

Objects are compared irrespective of the order of their keys, lists in their order, numbers by their value. Of errors
their number and their paths count, not their texts, which the specification leaves to the implementation; nor do
`extensions` of the whole answer count.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

MAX_DIFFERENCES = 20
_SHOWN = 200  # characters of a value in a difference
_MISSING = object()

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two answers differ; the values are JSON texts, shortened, None where there is no value."""

    path: str
    existing: str | None
    new: str | None


class Recording:
    """What an application sent: its status, and its body up to a limit; of the rest length and hash alone."""

    def __init__(self, limit: int):
        self.limit = limit
        self.status: int | None = None
        self.headers: list[tuple[bytes, bytes]] = []
        self.length = 0
        self.complete = False
        self.began = time.perf_counter()
        self.seconds = 0.0
        self._hash = sha256()
        self._parts: list[bytes] = []

    async def __call__(self, message: dict[str, Any]) -> None:
        """As ASGI's send."""
        self.take(message)

    def take(self, message: dict[str, Any]) -> None:
        """Records one message."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self._add(message.get("body", b""))
            if not message.get("more_body", False):
                self.complete, self.seconds = True, time.perf_counter() - self.began

    def _add(self, data: bytes) -> None:
        self.length += len(data)
        self._hash.update(data)
        if self.length <= self.limit:
            self._parts.append(bytes(data))
        else:
            self._parts.clear()

    @property
    def whole(self) -> bool:
        """Whether the body is kept."""
        return self.complete and self.length <= self.limit

    def same_bytes(self, other: Recording) -> bool:
        """Whether both sent the same bytes, however long."""
        return (self.length, self._hash.digest(), self._coding()) == (other.length, other._hash.digest(), other._coding())

    def _coding(self) -> bytes:
        value = next((value for name, value in self.headers if name.lower() == b"content-encoding"), b"")
        return value.strip().lower().replace(b"identity", b"")

    def text(self) -> bytes | None:
        """The body without its coding; None where that is not known, or the text is too long to compare."""
        data = b"".join(self._parts)
        if not self._coding():
            return data
        if self._coding() not in (b"gzip", b"x-gzip"):
            return None
        reader = zlib.decompressobj(wbits=31)
        try:
            data = reader.decompress(data, self.limit + 1)
        except zlib.error:
            return None
        return data if len(data) <= self.limit and reader.eof else None


def patterns_of(paths: Iterable[str]) -> tuple[Path, ...]:
    """Paths such as data.users.*.updatedAt; `*` is any key or index, and what lies below a path goes with it."""
    return tuple(tuple(path.split(".")) for path in paths)


def compare(existing: Recording, new: Recording, ignored: tuple[Path, ...]) -> list[Difference] | None:
    """Where two complete answers differ, at most MAX_DIFFERENCES places; None where they cannot be compared."""
    found: list[Difference] = []
    if existing.status != new.status and ("status",) not in ignored:
        found.append(Difference("status", str(existing.status), str(new.status)))
    if existing.same_bytes(new):
        return found
    before, after = (existing.text(), new.text()) if existing.whole and new.whole else (None, None)
    if before is None or after is None:
        return found or None
    try:
        bodies = json.loads(before), json.loads(after)
    except (ValueError, RecursionError):
        if before != after:
            found.append(Difference("body", _shown(repr(before)), _shown(repr(after))))
        return found
    try:
        _Walk(ignored, found).answers(*bodies)
    except RecursionError:
        return None
    return found[:MAX_DIFFERENCES]


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def _json(value: Any) -> str | None:
    return None if value is _MISSING else _shown(json.dumps(value, ensure_ascii=False))


class _Walk:
    def __init__(self, ignored: tuple[Path, ...], found: list[Difference]):
        self.ignored = ignored
        self.found = found

    def answers(self, existing: Any, new: Any) -> None:
        """Both are whole answers: objects with data and errors, or a batch of them."""
        if isinstance(existing, list) and isinstance(new, list) and len(existing) == len(new):
            for left, right in zip(existing, new):
                self.answers(left, right)
        elif isinstance(existing, dict) and isinstance(new, dict):
            self.values((), _reduced(existing), _reduced(new), self.ignored)
        else:
            self.values((), existing, new, self.ignored)

    def values(self, path: Path, left: Any, right: Any, ignored: tuple[Path, ...]) -> None:
        if len(self.found) >= MAX_DIFFERENCES or () in ignored:
            return
        if isinstance(left, dict) and isinstance(right, dict):
            for key in left.keys() | right.keys() if left.keys() != right.keys() else left:
                self.member(path, key, left.get(key, _MISSING), right.get(key, _MISSING), ignored)
        elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
            for index, pair in enumerate(zip(left, right)):
                self.member(path, str(index), *pair, ignored)
        elif not _equal(left, right):
            self.found.append(Difference(".".join(path) or "body", _json(left), _json(right)))

    def member(self, path: Path, key: str, left: Any, right: Any, ignored: tuple[Path, ...]) -> None:
        below = tuple(p[1:] for p in ignored if p and p[0] in (key, "*")) if ignored else ()
        self.values((*path, key), left, right, below)


def _reduced(answer: dict[str, Any]) -> dict[str, Any]:
    """Of an answer what is compared."""
    reduced = {key: value for key, value in answer.items() if key != "extensions"}
    errors = reduced.get("errors")
    if isinstance(errors, list):
        reduced["errors"] = sorted(json.dumps(e.get("path") if isinstance(e, dict) else e) for e in errors)
    return reduced


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return left == right
