# SPDX-License-Identifier: MIT
"""create_fraiseql_app: a whole application from a database and a schema."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from ..pipeline import Schema
from ..schema import build_schema_json
from .config import FraiseQLConfig, database_of_environment
from .router import LazyPipeline, graphql_router


def _configuration(config: FraiseQLConfig | None, given: dict[str, Any]) -> FraiseQLConfig:
    if config is None:
        return FraiseQLConfig.from_environment(**given)
    told = {name: value for name, value in given.items() if value is not None}
    if config.database_url is None:
        told.setdefault("database_url", database_of_environment())
    return replace(config, **told)  # the caller's stays as it is


def _life(pipeline: LazyPipeline, inner: Any):
    @asynccontextmanager
    async def life(application: FastAPI):
        try:
            await pipeline.check_schema()
            async with inner(application) as state:
                yield state
        finally:
            pipeline.close()

    return life


def create_fraiseql_app(
    *,
    database_url: str | None = None,
    schema: Schema = None,
    types: Iterable[Any] = (),
    queries: Iterable[Any] = (),
    mutations: Iterable[Any] = (),
    config: FraiseQLConfig | None = None,
    context_getter=None,
    lifespan: Any = None,
    title: str | None = None,
    version: str | None = None,
    description: str = "GraphQL over PostgreSQL",
    production: bool | None = None,
    connection_pool_size: int | None = None,
    connection_pool_timeout: float | None = None,
    connection_pool_max_overflow: int | None = None,
    connection_pool_recycle: float | None = None,
    app: FastAPI | None = None,
) -> FastAPI:
    """A FastAPI application with GraphQL at /graphql, GraphiQL, /health and /ready.

    The schema: what types, queries and mutations declare (docs/decorators.md), or `schema` (schema JSON, as str or
    dict), or the database's own. Everything else is `config`, or the
    environment (FraiseQLConfig.from_environment). `app` adds the routes to an application that is there. The pool is made
    at the first request and closed at the end.
    """
    given = {
        "database_url": database_url,
        "database_pool_size": connection_pool_size,
        "database_pool_timeout": connection_pool_timeout,
        "database_max_overflow": connection_pool_max_overflow,
        "database_pool_recycle": connection_pool_recycle,
        "environment": None if production is None else "production" if production else "development",
    }
    if types or queries or mutations:
        if schema is not None:
            raise ValueError("give either schema or types, queries and mutations")
        schema = build_schema_json(types, queries, mutations)
    config = _configuration(config, given)
    config.check()
    pipeline = LazyPipeline(config, schema)
    if app is None:
        app = FastAPI(
            title=title or config.app_name,
            version=version or config.app_version,
            description=description,
            docs_url=None if config.production else "/docs",
            openapi_url=None if config.production else "/openapi.json",
        )
    app.state.fraiseql = pipeline
    router = graphql_router(
        pipeline,
        path=config.graphql_path,
        context_getter=context_getter,
        graphiql=config.graphiql,
        persisted_only=config.apq_mode == "required",
        max_body=config.max_body,
        health=True,
        schema=config.introspection,
        users_introspect=config.introspection_policy == "authenticated",
    )
    app.include_router(router)
    # Not FastAPI(lifespan=...), which its versions before 0.93 ignore.
    app.router.lifespan_context = _life(pipeline, lifespan or app.router.lifespan_context)
    return app
