# SPDX-License-Identifier: MIT
"""GraphQL over PostgreSQL: one function from a query to the finished bytes.

    from fraiseql import initialize_pipeline, execute_graphql_query

    initialize_pipeline("postgresql:///shop")
    body = await execute_graphql_query("{ users(limit: 3) { id name } }")

Parsing, validation, SQL, connections and JSON are all done by the extension module, on a thread of its own. See
docs/python.md.
"""

from ._native import Pool, version as __version__
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

__all__ = [
    "Pipeline",
    "Pool",
    "QueryError",
    "__version__",
    "clear_cache",
    "execute_graphql_query",
    "execute_graphql_query_sync",
    "explain",
    "get_cache_stats",
    "get_pipeline",
    "initialize_pipeline",
]
