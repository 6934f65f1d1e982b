# SPDX-License-Identifier: MIT
"""GraphQL over PostgreSQL: one function from a query to the finished bytes.

    from fraiseql import initialize_pipeline, execute_graphql_query

    initialize_pipeline("postgresql:///shop")
    body = await execute_graphql_query("{ users(limit: 3) { id name } }")

or, with a schema declared in Python (docs/decorators.md),

    @fraiseql.type(sql_source="v_user")
    class User:
        id: UUID
        name: str

    @fraiseql.query
    async def users(info) -> list[User]: ...

    app = fraiseql.create_fraiseql_app(database_url="postgresql:///shop", queries=[users])

Parsing, validation, SQL, connections and JSON are all done by the extension module, on a thread of its own. See
docs/python.md.
"""

from typing import TYPE_CHECKING, Any

from ._native import Pool, version as __version__
from .decorators import (
    DeclarationError,
    connection,
    dataloader_field,
    enum,
    error,
    failure,
    field,
    fraise_enum,
    fraise_field,
    fraise_input,
    fraise_interface,
    fraise_type,
    input,
    interface,
    mutation,
    query,
    result,
    subscription,
    success,
    type,
)
from .pipeline import (
    Pipeline,
    QueryError,
    clear_cache,
    execute_graphql_query,
    execute_graphql_query_sync,
    explain,
    get_cache_stats,
    get_pipeline,
    initialize_pipeline,
)
from .schema import build_schema_json
from .types import ID, JSON, Date, EmailAddress, LTree

if TYPE_CHECKING:
    from .fastapi import FraiseQLConfig, create_fraiseql_app

_OF_FASTAPI = ("FraiseQLConfig", "create_fraiseql_app")


def __getattr__(name: str) -> Any:
    """What needs FastAPI is imported when it is asked for."""
    if name in _OF_FASTAPI:
        from . import fastapi

        return getattr(fastapi, name)
    raise AttributeError(f"module 'fraiseql' has no attribute {name!r}")


# `from fraiseql import *` leaves out what would hide a built-in of Python: type and input.
__all__ = [
    "Date",
    "DeclarationError",
    "EmailAddress",
    "FraiseQLConfig",
    "ID",
    "JSON",
    "LTree",
    "Pipeline",
    "Pool",
    "QueryError",
    "__version__",
    "build_schema_json",
    "clear_cache",
    "connection",
    "create_fraiseql_app",
    "dataloader_field",
    "enum",
    "error",
    "execute_graphql_query",
    "execute_graphql_query_sync",
    "explain",
    "failure",
    "field",
    "fraise_enum",
    "fraise_field",
    "fraise_input",
    "fraise_interface",
    "fraise_type",
    "get_cache_stats",
    "get_pipeline",
    "initialize_pipeline",
    "interface",
    "mutation",
    "query",
    "result",
    "subscription",
    "success",
]
