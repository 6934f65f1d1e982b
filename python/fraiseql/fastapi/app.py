# SPDX-License-Identifier: MIT
"""`app`, configured by the environment:

    FRAISEQL_DATABASE=postgresql:///shop uvicorn fraiseql.fastapi.app:app

It connects at its first request; without a configured database it answers 503. FraiseQLConfig has the other names.
"""

from .create import create_fraiseql_app

__all__ = ["app", "create_fraiseql_app"]

app = create_fraiseql_app()
