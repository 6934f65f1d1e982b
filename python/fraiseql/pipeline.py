# SPDX-License-Identifier: MIT
"""The object form and the functions over one pipeline for the whole process. All the work is done in fraiseql._native."""

from __future__ import annotations

import json as _json
from typing import Any, TypeAlias

from . import _native
from ._native import Pool

NOT_INITIALIZED = "GraphQL pipeline not initialized. Call initialize_pipeline(pool, schema_json) first."

Schema: TypeAlias = "str | bytes | dict[str, Any] | None"


class QueryError(ValueError):
    """What explain() raises for a request that has errors; `response` is the answer that it would get."""

    def __init__(self, response: str):
        try:
            text = "; ".join(error["message"] for error in _json.loads(response)["errors"])
        except (ValueError, KeyError, TypeError):
            text = response
        super().__init__(text)
        self.response = response


class Pipeline:
    """A schema over a pool.

    schema_json is schema JSON (str, bytes or dict), or None to take the schema from the database. Making one blocks:
    ValueError for a schema with errors, ConnectionError where the database cannot be reached. `options` are those of the
    program's configuration file that concern the engine: max_rows, max_depth, request_timeout (milliseconds),
    session_map, error_detail, introspection, ... (docs/python.md has the list).
    """

    __slots__ = ("_native", "__weakref__")

    def __init__(self, pool: Pool | str, schema_json: Schema = None, options: dict[str, Any] | None = None):
        if isinstance(pool, str):
            pool = Pool(pool)
        self._native = _native.Pipeline(pool, schema_json, options)

    async def execute(
        self,
        query_string: str,
        variables: dict[str, Any] | None = None,
        user_context: dict[str, Any] | None = None,
        operation_name: str | None = None,
        extensions: dict[str, Any] | None = None,
        *,
        timeout: float | None = None,
    ) -> bytes:
        """Runs one operation; the bytes are the whole JSON answer. Cancelling the task cancels the query.

        Errors of the request are in the answer. TypeError for arguments that JSON cannot hold; RuntimeError where the
        pipeline is closed. `timeout` is in seconds.
        """
        return await self._native.start(query_string, variables, user_context, operation_name, extensions, timeout)

    def execute_sync(
        self,
        query_string: str,
        variables: dict[str, Any] | None = None,
        user_context: dict[str, Any] | None = None,
        operation_name: str | None = None,
        extensions: dict[str, Any] | None = None,
        *,
        timeout: float | None = None,
    ) -> bytes:
        """As execute, for code without an event loop: blocks, with the GIL released. Ctrl-C cancels the query."""
        return self._native.execute_sync(query_string, variables, user_context, operation_name, extensions, timeout)

    def explain(
        self,
        query_string: str,
        variables: dict[str, Any] | None = None,
        user_context: dict[str, Any] | None = None,
        operation_name: str | None = None,
        extensions: dict[str, Any] | None = None,
        *,
        json: bool = False,
        analyze: bool = False,
    ) -> str | dict[str, Any]:
        """What the operation would do: statements, parameters, row programs; as a text, or with json=True as a dict.

        analyze=True also runs the statements, in a transaction that is rolled back, and adds PostgreSQL's plans. Raises
        QueryError where the request has errors. Blocks.
        """
        text, response = self._native._explain(
            json, analyze, query_string, variables, user_context, operation_name, extensions
        )
        if text is None:
            raise QueryError(response or "the request has errors")
        return _json.loads(text) if json else text

    def schema_sdl(self) -> str:
        """The schema in the schema definition language."""
        return self._native.schema_sdl()

    def schema_json(self) -> str:
        """The schema as schema JSON, which initialize_pipeline takes again."""
        return self._native.schema_json()

    def schema_warnings(self) -> list[str]:
        """What the schema's loading warned of."""
        return self._native.schema_warnings().splitlines()

    def get_cache_stats(self) -> dict[str, int | float]:
        """hits, misses, hit_rate, cached_plans, max_cached_plans and more of the plan cache."""
        return self._native.get_cache_stats()

    def clear_cache(self) -> None:
        """Forgets all plans and sets the counts to 0."""
        self._native.clear_cache()

    @property
    def pool(self) -> Pool:
        """The pool under it."""
        return self._native.pool

    @property
    def closed(self) -> bool:
        """Whether close() has been called."""
        return self._native.closed

    def close(self) -> None:
        """Refuses new requests; those that run end. The pool stays open."""
        self._native.close()


# -- the pipeline of the process ---------------------------------------------------------------------------------------


def get_pipeline() -> Pipeline:
    """The pipeline that initialize_pipeline has made; RuntimeError where there is none."""
    # An attribute of the extension module: so it survives a reload of this one.
    pipeline = getattr(_native, "_current", None)
    if pipeline is None:
        raise RuntimeError(NOT_INITIALIZED)
    return pipeline


def initialize_pipeline(
    pool: Pool | str, schema_json: Schema = None, options: dict[str, Any] | None = None
) -> Pipeline:
    """Makes the pipeline that execute_graphql_query uses, and returns it; see Pipeline for the arguments.

    A second call replaces schema and plans at once; requests that run end with the old ones. If it fails, the old
    pipeline stays.
    """
    pipeline = Pipeline(pool, schema_json, options)
    # Not closed here: another thread may be about to start a request on the old one, which ends with its last user.
    _native._current = pipeline  # type: ignore[attr-defined]
    return pipeline


async def execute_graphql_query(
    query_string: str,
    variables: dict[str, Any] | None = None,
    user_context: dict[str, Any] | None = None,
    operation_name: str | None = None,
    extensions: dict[str, Any] | None = None,
    *,
    timeout: float | None = None,
) -> bytes:
    """Runs one GraphQL operation and returns the finished JSON answer.

        body = await execute_graphql_query(
            "query ($id: Int!) { user(id: $id) { name } }", {"id": 1}, {"user_id": "7", "roles": ["editor"]})

    Errors of the request (syntax, validation, variables, database) are in the answer, as the GraphQL specification says.
    RuntimeError before initialize_pipeline; TypeError for wrong argument types. Cancelling the awaiting task cancels the
    query in the database.
    """
    return await get_pipeline()._native.start(
        query_string, variables, user_context, operation_name, extensions, timeout
    )


def execute_graphql_query_sync(
    query_string: str,
    variables: dict[str, Any] | None = None,
    user_context: dict[str, Any] | None = None,
    operation_name: str | None = None,
    extensions: dict[str, Any] | None = None,
    *,
    timeout: float | None = None,
) -> bytes:
    """As execute_graphql_query, blocking, with the GIL released."""
    return get_pipeline()._native.execute_sync(
        query_string, variables, user_context, operation_name, extensions, timeout
    )


def get_cache_stats() -> dict[str, int | float]:
    """hits, misses, hit_rate, cached_plans, max_cached_plans of the plan cache."""
    return get_pipeline().get_cache_stats()


def clear_cache() -> None:
    """Forgets all plans."""
    get_pipeline().clear_cache()


def explain(
    query_string: str,
    variables: dict[str, Any] | None = None,
    user_context: dict[str, Any] | None = None,
    operation_name: str | None = None,
    extensions: dict[str, Any] | None = None,
    *,
    json: bool = False,
    analyze: bool = False,
) -> str | dict[str, Any]:
    """What the operation would do in the pipeline of the process; see Pipeline.explain."""
    return get_pipeline().explain(
        query_string, variables, user_context, operation_name, extensions, json=json, analyze=analyze
    )
