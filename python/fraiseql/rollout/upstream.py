# SPDX-License-Identifier: MIT
"""An application that runs elsewhere, as an ASGI application: what comes in is sent there as it is, and so is the answer.

For an existing application that cannot live in the same process, such as FraiseQL v1, whose package has our name.
"""

from __future__ import annotations

import asyncio
import json
import logging

log = logging.getLogger("fraiseql.rollout")

_HOP_BY_HOP = frozenset(
    (b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te", b"trailer",
     b"transfer-encoding", b"upgrade", b"expect")
)  # fmt: skip
_BAD_GATEWAY = json.dumps(
    {"errors": [{"message": "The existing application does not answer", "extensions": {"code": "BAD_GATEWAY"}}]}
).encode()


_KEPT = 2.0  # seconds that an idle connection is used again: less than servers keep them (uvicorn: 5)


class _Gone(Exception):
    """The client left before its request was whole."""


class Upstream:
    """Sends HTTP requests to the server at `url`, whose paths are kept. Needs httpx. WebSockets are refused.

    `client` is an httpx.AsyncClient of one's own (for certificates, limits); `timeout` in seconds is that of the default.
    """

    def __init__(self, url: str, *, client=None, timeout: float = 60.0):
        self.url = url.rstrip("/").encode()
        self.timeout = timeout
        self._client = client

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            return await self._live(receive, send)
        if scope["type"] != "http":
            await receive()
            return await send({"type": "websocket.close", "code": 1013})
        whole = asyncio.Event()
        fetch = asyncio.ensure_future(self._fetch(scope, receive, send, whole))
        watch = asyncio.ensure_future(_gone(receive, whole))
        try:
            await asyncio.wait((fetch, watch), return_when=asyncio.FIRST_COMPLETED)
            if fetch.done():
                fetch.result()
        except _Gone:
            pass
        finally:
            fetch.cancel()
            watch.cancel()
            await asyncio.gather(fetch, watch, return_exceptions=True)

    async def aclose(self) -> None:
        """Closes the connections; a later request opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _live(self, receive, send):
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": message["type"] + ".complete"})
        await self.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _fetch(self, scope, receive, send, whole: asyncio.Event):
        import httpx

        if self._client is None:
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=64, keepalive_expiry=_KEPT)
            self._client = httpx.AsyncClient(timeout=self.timeout, limits=limits, trust_env=False)
        url = self.url + (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
        if scope["query_string"]:
            url += b"?" + scope["query_string"]
        request = httpx.Request(
            scope["method"], url.decode("latin-1"), headers=_forwarded(scope), content=_body(receive, whole)
        )
        begun = False
        try:
            answer = await self._client.send(request, stream=True, follow_redirects=False)
            try:
                headers = [(name.lower(), value) for name, value in answer.headers.raw if name.lower() not in _HOP_BY_HOP]
                begun = True
                await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
                async for data in answer.aiter_raw():
                    await send({"type": "http.response.body", "body": data, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
            finally:
                await answer.aclose()
        except httpx.TransportError as error:
            if begun:
                raise
            log.error("%s: %s", self.url.decode("latin-1"), error or type(error).__name__)
            headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_BAD_GATEWAY))]
            await send({"type": "http.response.start", "status": 502, "headers": headers})
            await send({"type": "http.response.body", "body": _BAD_GATEWAY})


def _forwarded(scope) -> list[tuple[bytes, bytes]]:
    headers = [(name, value) for name, value in scope["headers"] if name not in _HOP_BY_HOP]
    sized = any(name == b"content-length" for name, _ in scope["headers"])
    if not sized and not any(name == b"transfer-encoding" for name, _ in scope["headers"]):
        headers.append((b"content-length", b"0"))
    if scope.get("client"):
        headers.append((b"x-forwarded-for", scope["client"][0].encode()))
    headers.append((b"x-forwarded-proto", scope.get("scheme", "http").encode()))
    return headers


async def _body(receive, whole: asyncio.Event):
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        more = message.get("more_body", False)
        if message.get("body"):
            yield message["body"]
    whole.set()


async def _gone(receive, whole: asyncio.Event) -> None:
    await whole.wait()
    while (await receive())["type"] != "http.disconnect":
        pass
