# SPDX-License-Identifier: MIT
"""GraphQL over HTTP as a bare ASGI application: bodies go to the engine as they come, its bytes go out as they are.

Nothing is parsed here that the engine parses; what is decided here is media types, status codes and the body's size.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.requests import Request

from .. import _native
from . import media

JSON_TYPE = b"application/json; charset=utf-8"
RESPONSE_TYPE = b"application/graphql-response+json; charset=utf-8"

_ALLOWED = ((b"allow", b"GET, HEAD, POST, OPTIONS"),)
NO_STORE = (b"cache-control", b"no-store")
_PARAMETERS = (b"query", b"variables", b"operationName", b"extensions")
_GET_FLAGS = _native.READ_ONLY | _native.NO_BATCH
_ASSETS = Path(__file__).parent / "graphiql.zip"
_ASSET_TYPES = {".html": b"text/html; charset=utf-8", ".js": b"text/javascript; charset=utf-8", ".css": b"text/css"}

HINT = (
    b'<!doctype html><html lang="en"><meta charset="utf-8"><title>FraiseQL</title><h1>FraiseQL</h1>'
    b"<p>GraphQL is served at this address: POST a query as JSON.</p><p>GraphiQL is not part of this installation, "
    b"because npm was not there when it was built. <code>fraiseql serve</code> may have it.</p></html>"
)
POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def error_body(message: str, code: str) -> bytes:
    """An answer of one error."""
    return json.dumps({"errors": [{"message": message, "extensions": {"code": code}}]}).encode()


NOT_ACCEPTABLE = error_body("Answers are application/graphql-response+json or application/json", "NOT_ACCEPTABLE")
UNSUPPORTED = error_body("Send the request as Content-Type: application/json, in UTF-8", "UNSUPPORTED_MEDIA_TYPE")
ENCODED = error_body("Send the request without Content-Encoding", "UNSUPPORTED_MEDIA_TYPE")
TOO_LARGE = error_body("The body exceeds the limit (max_body)", "PAYLOAD_TOO_LARGE")
TWICE = error_body("A parameter is given twice", "BAD_REQUEST")
NO_QUERY = error_body(
    'There is no query: POST {"query": "{ __typename }"} as application/json, or GET ?query={__typename}', "BAD_REQUEST"
)
NO_METHOD = error_body("This path does not know that method", "METHOD_NOT_ALLOWED")
NOT_FOUND = error_body("There is nothing here", "NOT_FOUND")
UNAVAILABLE = error_body("The database is not available", "SERVICE_UNAVAILABLE")
UNAUTHENTICATED = error_body("Authentication required", "UNAUTHENTICATED")

_FIXED = {
    _native.DATA: 200,
    _native.BATCH: 200,
    _native.BAD_REQUEST: 400,
    _native.TOO_LARGE: 413,
    _native.METHOD_NOT_ALLOWED: 405,
    _native.UNAVAILABLE: 503,
}


def status_of(result: int, wanted: int) -> int:
    """The status of an answer: request errors are 200 only where application/json alone was named."""
    fixed = _FIXED.get(result)
    if fixed is not None:
        return fixed
    if result == _native.NOT_FOUND:
        return 400 if wanted == media.RESPONSE else 200
    return 200 if wanted == media.JSON else 400


class Unauthenticated(Exception):
    """A context_getter raises it to have the request answered with 401."""


class Unavailable(Exception):
    """There is no pipeline, and none can be made now: the request is answered with 503."""


class _BodyTooLarge(Exception):
    pass


class _Gone(Exception):
    """The client closed the connection before its request was whole, or before its answer was there."""


def user_context_of(context: Any) -> dict[str, Any] | None:
    """What a context getter returned, as the dict that the engine takes.

    v1's getters return {"user": user}; its id, roles and permissions become user_id, roles and permissions.
    """
    if context is None:
        return None
    if not isinstance(context, dict):
        raise TypeError(f"context_getter must return a dict or None, not {type(context).__name__}")
    if "user" not in context:
        return context
    context = dict(context)
    user = context.pop("user")
    read = user.get if isinstance(user, dict) else lambda name: getattr(user, name, None)
    for key, names in (("user_id", ("user_id", "id", "sub")), ("roles", ("roles",)), ("permissions", ("permissions",))):
        value = next((v for v in map(read, names) if v is not None), None)
        if value is not None:
            context.setdefault(key, value)
    return context


def _header(scope, name: bytes) -> bytes | None:
    """The value of a header; several are one list."""
    value: bytes | None = None
    for key, text in scope["headers"]:
        if key == name:
            value = text if value is None else value + b", " + text
    return value


class GraphQLEndpoint:
    """An ASGI application for one path. `pipeline()` gives the Pipeline, or an awaitable of it, for each request."""

    def __init__(
        self,
        pipeline,
        *,
        context_getter=None,
        graphiql: bool = True,
        persisted_only: bool = False,
        max_body: int = 1 << 20,
        users_introspect: bool = False,
    ):
        self.pipeline = pipeline
        self.context_getter = context_getter
        self.graphiql = graphiql
        self.flags = _native.PERSISTED_ONLY if persisted_only else 0
        self.max_body = max_body
        #: Whether introspection is for requests with a user context alone.
        self.users_introspect = users_introspect

    async def __call__(self, scope, receive, send):
        method = scope["method"]
        try:
            if method == "POST":
                await self._post(scope, receive, send)
            elif method in ("GET", "HEAD"):
                await self._get(scope, receive, send)
            elif method == "OPTIONS":
                await send({"type": "http.response.start", "status": 204, "headers": list(_ALLOWED)})
                await send({"type": "http.response.body", "body": b""})
            else:
                await respond(send, 405, NO_METHOD, extra=_ALLOWED)
        except Unauthenticated:
            await respond(send, 401, UNAUTHENTICATED)
        except Unavailable:
            await respond(send, 503, UNAVAILABLE, extra=((b"retry-after", b"1"),))
        except _Gone:
            pass

    async def _post(self, scope, receive, send):
        wanted = media.choose(_header(scope, b"accept"), False)
        if wanted == media.NONE:
            return await respond(send, 406, NOT_ACCEPTABLE)
        if not media.is_json(_header(scope, b"content-type")):
            return await respond(send, 415, UNSUPPORTED)
        if _header(scope, b"content-encoding") is not None:
            return await respond(send, 415, ENCODED)
        try:
            body = await read_body(receive, self.max_body)
        except _BodyTooLarge:
            return await respond(send, 413, TOO_LARGE, extra=((b"connection", b"close"),))
        await self._run(scope, receive, send, wanted, body, None, 0)

    async def _get(self, scope, receive, send):
        query = scope["query_string"]
        wanted = media.choose(_header(scope, b"accept"), self.graphiql)
        if wanted == media.HTML:
            return await respond_graphiql(send)
        given = [unquote_to_bytes(part.partition(b"=")[0]) for part in query.split(b"&") if b"=" in part]
        if b"query" not in given and b"extensions" not in given:
            return await respond(send, 400, NO_QUERY)
        if wanted == media.NONE:
            return await respond(send, 406, NOT_ACCEPTABLE)
        if any(given.count(name) > 1 for name in _PARAMETERS):
            return await respond(send, 400, TWICE)
        await self._run(scope, receive, send, wanted, None, query, _GET_FLAGS)

    async def context(self, scope, receive, body=None) -> dict[str, Any] | None:
        """The user context of a request; `body` where it has been read already."""
        if self.context_getter is None:
            return None
        context = self.context_getter(Request(scope, receive if body is None else _again(body, receive)))
        if inspect.isawaitable(context):
            context = await context
        return user_context_of(context)

    async def _run(self, scope, receive, send, wanted, body, query, flags):
        context = None if self.context_getter is None else await self.context(scope, receive, body)
        if self.users_introspect and not context:
            flags |= _native.NO_INTROSPECTION
        pipeline = self.pipeline()
        if inspect.isawaitable(pipeline):
            pipeline = await pipeline
        answer = pipeline._native.request(body, query, context, flags | self.flags)
        result, data, stream = await _unless_gone(receive, answer)
        headers = [(b"content-type", RESPONSE_TYPE if wanted == media.RESPONSE else JSON_TYPE)]
        if body is None:
            headers.append(NO_STORE)
        if stream is None:
            headers.append((b"content-length", b"%d" % len(data)))
        if result == _native.METHOD_NOT_ALLOWED:
            headers.append((b"allow", b"POST"))
        elif result == _native.UNAVAILABLE:
            headers.append((b"retry-after", b"1"))
        await send({"type": "http.response.start", "status": status_of(result, wanted), "headers": headers})
        if stream is None:
            await send({"type": "http.response.body", "body": data})
        else:
            await _send_stream(receive, send, data, stream)


async def _send_stream(receive, send, data: bytes, stream) -> None:
    """The next chunk is asked for when the server has taken the one before, so a slow client slows the database."""
    watch = _Watch(receive)
    try:
        await send({"type": "http.response.body", "body": data, "more_body": True})
        last = False
        while not last:
            data, last, broken = await watch.unless_gone(stream.next())
            if broken:
                # Without the message's end the server closes the connection: the client sees a broken answer.
                raise RuntimeError("the answer could not be completed")
            await send({"type": "http.response.body", "body": data, "more_body": not last})
    finally:
        watch.end()
        stream.close()


class _Watch:
    """Cancels what is awaited, and so its query, when the client closes the connection.

    Most answers are there within a millisecond: only for those that are not a task is worth its price.
    """

    __slots__ = ("answer", "gone", "receive", "task", "timer")

    def __init__(self, receive):
        self.answer = None
        self.receive = receive
        self.task = None
        self.gone = False
        self.timer = asyncio.get_running_loop().call_later(0.02, self._begin)

    def _begin(self):
        self.task = asyncio.ensure_future(self._look())

    async def _look(self):
        while (await self.receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        self.answer.cancel()

    async def unless_gone(self, answer):
        """The answer, or _Gone where the client closes the connection first."""
        self.answer = answer
        if self.gone:
            answer.cancel()
        try:
            return await answer
        except asyncio.CancelledError:
            if self.gone:
                raise _Gone from None
            raise

    def end(self):
        self.timer.cancel()
        if self.task is not None:
            self.task.cancel()


async def _unless_gone(receive, answer):
    watch = _Watch(receive)
    try:
        return await watch.unless_gone(answer)
    finally:
        watch.end()


def _again(body: bytes, receive):
    """For a context getter that reads the body, which has been read: the same body once more."""
    left = [{"type": "http.request", "body": body, "more_body": False}]

    async def again():
        return left.pop() if left else await receive()

    return again


async def read_body(receive, limit: int) -> bytes:
    """The whole body; nothing is copied where it comes in one piece."""
    parts, length, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        if length > limit:
            raise _BodyTooLarge
        more = message.get("more_body", False)
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def respond(send, status: int, body: bytes, wanted: int = media.ANY, extra=(), content_type: bytes | None = None):
    """One whole answer."""
    if content_type is None:
        content_type = RESPONSE_TYPE if wanted == media.RESPONSE else JSON_TYPE
    headers = [(b"content-type", content_type), (b"content-length", b"%d" % len(body)), *extra]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@lru_cache(None)
def _assets() -> dict[str, bytes]:
    """GraphiQL's files by name; none where the build had no npm."""
    if not _ASSETS.exists():
        return {}
    with zipfile.ZipFile(_ASSETS) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


async def respond_graphiql(send) -> None:
    """GraphiQL's page, or where the build had no npm a page that says so."""
    extra = ((b"cache-control", b"no-cache"), (b"vary", b"Accept"), (b"content-security-policy", POLICY))
    page = _assets().get("index.html", HINT)
    await respond(send, 200, page, extra=extra, content_type=b"text/html; charset=utf-8")


class GraphiQLFiles:
    """The scripts and styles of GraphiQL's page: an ASGI application for /graphiql/{name}."""

    async def __call__(self, scope, receive, send):
        name = scope["path"].rpartition("/")[2]
        body = _assets().get(name)
        if body is None:
            return await respond(send, 404, NOT_FOUND)
        extra = ((b"cache-control", b"public, max-age=31536000, immutable"), (b"x-content-type-options", b"nosniff"))
        kind = _ASSET_TYPES.get(Path(name).suffix, b"application/octet-stream")
        await respond(send, 200, body, extra=extra, content_type=kind)
