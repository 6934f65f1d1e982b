# SPDX-License-Identifier: MIT
"""Whose request it is: functions from an ASGI scope to the text by which a user stays on one side of a rollout."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from http.cookies import CookieError, SimpleCookie
from typing import Any


def header_of(scope: dict[str, Any], name: bytes) -> bytes | None:
    """The value of the first header of this (lower-case) name."""
    return next((value for key, value in scope["headers"] if key == name), None)


def header_key(name: str) -> Callable[[dict[str, Any]], bytes | None]:
    """The value of a header, such as one that a gateway sets for the user it has authenticated."""
    wanted = name.lower().encode("latin-1")
    return lambda scope: header_of(scope, wanted)


def cookie_key(name: str) -> Callable[[dict[str, Any]], str | None]:
    """The value of a cookie."""

    def key(scope):
        header = header_of(scope, b"cookie")
        if header is None:
            return None
        try:
            cookie = SimpleCookie(header.decode("latin-1")).get(name)
        except CookieError:
            return None
        return cookie.value if cookie is not None else None

    return key


def client_key(scope: dict[str, Any]) -> bytes | str | None:
    """The Authorization header where there is one, else the client's address."""
    client = scope.get("client")
    return header_of(scope, b"authorization") or (client[0] if client else None)


def percentile(key: str | bytes | int, salt: str) -> float:
    """Where a key stands, from 0 up to but not including 100; always the same, and evenly spread over keys."""
    data = key if isinstance(key, bytes) else str(key).encode("utf-8", "surrogatepass")
    digest = blake2b(data, key=salt.encode()[:64], digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / (1 << 53) * 100
