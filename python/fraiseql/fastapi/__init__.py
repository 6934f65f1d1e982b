# SPDX-License-Identifier: MIT
"""FraiseQL in FastAPI (or in Starlette): an application, a router, or the bare ASGI endpoint."""

from .config import FraiseQLConfig
from .create import create_fraiseql_app
from .endpoint import GraphQLEndpoint, Unauthenticated
from .router import LazyPipeline, graphql_router

__all__ = [
    "FraiseQLConfig",
    "GraphQLEndpoint",
    "LazyPipeline",
    "Unauthenticated",
    "create_fraiseql_app",
    "graphql_router",
]
