# SPDX-License-Identifier: MIT
"""The endpoint as a router for an application of one's own, and the connections behind it."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.responses import Response

from .._native import Pool
from ..pipeline import Pipeline, Schema, get_pipeline
from .config import FraiseQLConfig
from .endpoint import (
    NO_STORE,
    NOT_FOUND,
    UNAUTHENTICATED,
    UNAVAILABLE,
    GraphiQLFiles,
    GraphQLEndpoint,
    Unauthenticated,
    Unavailable,
    respond,
)

log = logging.getLogger("fraiseql")

_PAUSE = 1.0  # seconds after a failed attempt to connect in which no other is made


class LazyPipeline:
    """Pool and pipeline of a configuration, made when they are first asked for, once a process.

    A server that forks its workers after importing the application gives each worker its own. Where the database cannot
    be reached, or the schema has errors, that is logged, the request is answered with 503, and a later one tries again.
    """

    def __init__(self, config: FraiseQLConfig, schema: Schema = None):
        self.config = config
        self.schema = schema
        self._pipeline: Pipeline | None = None
        self._pid = 0
        self._making: asyncio.Future[Pipeline] | None = None
        self._failed_at = -_PAUSE

    def __call__(self):
        """The pipeline, or an awaitable of it."""
        if self._pipeline is not None and self._pid == os.getpid():
            return self._pipeline
        return self._make()

    async def _make(self) -> Pipeline:
        loop = asyncio.get_running_loop()
        making = self._making
        if making is None or making.get_loop() is not loop or making.done():
            if time.monotonic() - self._failed_at < _PAUSE:
                raise Unavailable
            making = self._making = loop.run_in_executor(None, self.connect)
        try:
            return await asyncio.shield(making)
        except (ConnectionError, ValueError, OSError) as error:
            if time.monotonic() - self._failed_at >= _PAUSE:
                self._failed_at = time.monotonic()
                log.error("no GraphQL pipeline: %s", error)
            raise Unavailable from None

    def given_schema(self) -> Schema:
        """What the schema is made from; None: the database. OSError for a file that can not be read."""
        if self.schema is None and self.config.schema is not None:
            return Path(self.config.schema).read_text(encoding="utf-8")
        return self.schema

    async def check_schema(self, seconds: float = 5.0) -> None:
        """At the start of a server: ValueError for a given schema with errors, OSError for a file that can not be read. A
        database that is not there, or takes longer, is no reason not to start."""
        if self.given_schema() is None or self.config.database_url is None:
            return
        loop = asyncio.get_running_loop()
        self._making = making = loop.run_in_executor(None, self.connect)
        done, _ = await asyncio.wait([making], timeout=seconds)
        error = making.exception() if done else None
        if isinstance(error, ValueError):
            raise error

    def connect(self) -> Pipeline:
        """Makes it now, blocking; ConnectionError, or ValueError for the schema."""
        if self.config.database_url is None:
            raise ConnectionError("no database is configured: set FRAISEQL_DATABASE, or give database_url")
        schema = self.given_schema()
        pool = Pool(self.config.database_url, self.config.pool_options())
        try:
            pipeline = Pipeline(pool, schema, self.config.pipeline_options())
        except BaseException:
            pool.close()
            raise
        for warning in pipeline.schema_warnings():
            log.warning("schema: %s", warning)
        self._pipeline, self._pid = pipeline, os.getpid()
        return pipeline

    def close(self) -> None:
        """Closes what was made; a later request makes it anew."""
        pipeline, self._pipeline = self._pipeline, None
        if pipeline is not None and self._pid == os.getpid():
            pipeline.close()
            pipeline.pool.close()


class _Health:
    async def __call__(self, scope, receive, send):
        await respond(send, 200, b'{"status":"ok"}')


class _Ready:
    def __init__(self, source):
        self.source = source

    async def __call__(self, scope, receive, send):
        try:
            pipeline = self.source()
            pipeline = pipeline if isinstance(pipeline, Pipeline) else await pipeline
            works = await pipeline.pool.health_check_async()
        except (Unavailable, RuntimeError):
            works = False
        await respond(send, 200 if works else 503, b'{"status":"ready"}' if works else b'{"status":"not ready"}')


class _Schema:
    def __init__(self, source, endpoint):
        self.source = source
        self.endpoint = endpoint

    async def __call__(self, scope, receive, send):
        try:
            if self.endpoint.users_introspect and not await self.endpoint.context(scope, receive):
                return await respond(send, 404, NOT_FOUND)
            pipeline = self.source()
            pipeline = pipeline if isinstance(pipeline, Pipeline) else await pipeline
        except Unauthenticated:
            return await respond(send, 401, UNAUTHENTICATED)
        except Unavailable:
            return await respond(send, 503, UNAVAILABLE, extra=((b"retry-after", b"1"),))
        sdl = pipeline.schema_sdl().encode()
        await respond(send, 200, sdl, extra=(NO_STORE,), content_type=b"text/plain; charset=utf-8")


class _Handed(Response):
    """A response that an ASGI application writes."""

    def __init__(self, application):
        super().__init__()
        self.application = application

    async def __call__(self, scope, receive, send):
        await self.application(scope, receive, send)


class _Route(APIRoute):
    """A bare ASGI application as a route that FastAPI's dependencies guard: those of the router, of include_router and
    of the application. Where there are none nothing stands before it. All methods are its own affair."""

    def __init__(self, path: str, endpoint, **more: Any):
        super().__init__(path, endpoint, **more)
        if not self.dependencies:
            self.app = endpoint.application

    async def handle(self, scope, receive, send):
        await self.app(scope, receive, send)


def _endpoint(application):
    async def endpoint() -> Response:
        return _Handed(application)

    endpoint.application = application
    return endpoint


def _process_pipeline() -> Pipeline:
    try:
        return get_pipeline()
    except RuntimeError:
        raise Unavailable from None


def graphql_router(
    pipeline: Pipeline | LazyPipeline | None = None,
    *,
    path: str = "/graphql",
    context_getter=None,
    graphiql: bool = True,
    persisted_only: bool = False,
    max_body: int = 1 << 20,
    health: bool = False,
    schema: bool = False,
    users_introspect: bool = False,
) -> APIRouter:
    """GraphQL at `path`: POST, GET for queries, GraphiQL, batches, persisted queries.

    Without a pipeline it is that of initialize_pipeline. context_getter(request) returns the user context (a dict or
    None) or an awaitable of it, and may raise Unauthenticated. health=True adds /health and /ready, schema=True
    /schema.graphql. users_introspect=True answers __schema, __type and /schema.graphql to requests that come with a user
    context alone (not None and not empty). Dependencies given to include_router, or to the application, run before each request.
    """
    source: Any = _process_pipeline if pipeline is None else pipeline
    if isinstance(pipeline, Pipeline):
        source = lambda: pipeline  # noqa: E731
    endpoint = GraphQLEndpoint(
        source,
        context_getter=context_getter,
        graphiql=graphiql,
        persisted_only=persisted_only,
        max_body=max_body,
        users_introspect=users_introspect,
    )
    router = APIRouter()
    routes: dict[str, Any] = {path: endpoint}
    if graphiql:
        routes[path.rpartition("/")[0] + "/graphiql/{name}"] = GraphiQLFiles()  # where the page looks for them
    if schema:
        routes["/schema.graphql"] = _Schema(source, endpoint)
    if health:
        routes["/health"], routes["/ready"] = _Health(), _Ready(source)
    for route, application in routes.items():
        router.routes.append(_Route(route, _endpoint(application), include_in_schema=False, name=route.strip("/")))
    return router
