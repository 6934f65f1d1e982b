# SPDX-License-Identifier: MIT
"""What FastAPI costs by itself: an endpoint that reads the body and returns the same bytes."""

from fastapi import FastAPI, Request, Response

app = FastAPI()


@app.post("/graphql")
async def echo(request: Request) -> Response:
    """The body."""
    return Response(await request.body(), media_type="application/json")
