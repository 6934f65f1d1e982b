# SPDX-License-Identifier: MIT
"""The application: GraphQL at /graphql, a REST endpoint beside it that asks the same schema, /health and /ready.

    uvicorn helpdesk.main:app
"""

import inspect
import json

from fastapi import Depends, FastAPI, HTTPException, Request

from fraiseql.fastapi import FraiseQLConfig, Unauthenticated, create_fraiseql_app

from .auth import ContextGetter
from .settings import Settings

COUNTS = """
query Counts {
  open: ticketsAggregate(where: {state: {eq: open}}) { count }
  waiting: ticketsAggregate(where: {state: {eq: waiting}}) { count }
  closed: ticketsAggregate(where: {state: {eq: closed}}) { count }
}
"""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application for these settings, or those of the environment."""
    settings = settings or Settings()
    context = ContextGetter(settings.secret)
    config = FraiseQLConfig(
        database_url=settings.database,
        environment="production" if settings.production else "development",
        # In production clients ask what stands in documents/, by the SHA-256 of its text, and nothing else.
        trusted_documents=str(settings.documents),
        trusted_only=settings.production,
        app_name="Help desk",
        options={"max_depth": 12},
    )
    app = create_fraiseql_app(config=config, context_getter=context)

    def who(request: Request) -> dict:
        try:
            claims = context(request)
        except Unauthenticated:
            claims = None
        if claims is None:
            raise HTTPException(401)
        return claims

    @app.get("/counts")
    async def counts(claims: dict = Depends(who)) -> dict[str, int]:
        """How many tickets the caller sees, by their state: the engine without HTTP."""
        pipeline = app.state.fraiseql()
        if inspect.isawaitable(pipeline):  # it connects at its first use
            pipeline = await pipeline
        answer = json.loads(await pipeline.execute(COUNTS, user_context=claims))
        return {state: value["count"] for state, value in answer["data"].items()}

    return app


app = create_app()
