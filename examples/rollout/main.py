# SPDX-License-Identifier: MIT
"""From the application in existing.py to FraiseQL: first in shadow, then 5, 25, 50, 100 per cent.

    ROLLOUT_SHARE=5 ROLLOUT_SHADOW=100 uvicorn main:app
    curl -s -X POST 'http://127.0.0.1:8000/rollout?share=25'
    curl -s http://127.0.0.1:8000/rollout
"""

import logging
import os
from collections import deque

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse

from fraiseql.fastapi import FraiseQLConfig, create_fraiseql_app
from fraiseql.rollout import Rollout, Upstream, header_key

if "ROLLOUT_EXISTING" in os.environ:  # the address of one that runs elsewhere, as FraiseQL v1 must
    existing = Upstream(os.environ["ROLLOUT_EXISTING"])
else:
    from existing import app as existing

DATABASE = os.environ.get("HELPDESK_DATABASE", "postgresql://helpdesk_app@/helpdesk")

log = logging.getLogger("rollout")
differences = deque(maxlen=100)


def context(request):
    """The same that the existing application tells PostgreSQL."""
    return {"tenant_id": request.headers["x-tenant"]} if "x-tenant" in request.headers else None


def report(difference):
    """Keeps the last differences, and says where they are (not what: it may be somebody's data)."""
    differences.append({"query": difference.query, "at": [vars_of(d) for d in difference.differences]})
    log.warning("%s differs at %s", difference.operation_name, [d.path for d in difference.differences])


def vars_of(difference):
    """As JSON takes it."""
    return {"path": difference.path, "existing": difference.existing, "new": difference.new}


new: FastAPI = create_fraiseql_app(config=FraiseQLConfig(database_url=DATABASE), context_getter=context)

rollout = Rollout(
    existing,
    new,
    share=float(os.environ.get("ROLLOUT_SHARE", "0")),
    shadow=float(os.environ.get("ROLLOUT_SHADOW", "100")),
    key=header_key("x-user"),
    header="x-pipeline",
    mark="x-answered-by",
    on_difference=report,
)


async def counters(request: Request) -> JSONResponse:
    """What it has counted; POST ?share= and ?shadow= set it. Keep it from strangers."""
    if request.method == "POST":
        for name, value in request.query_params.items():
            {"share": rollout.set_share, "shadow": rollout.set_shadow}[name](float(value))
    return JSONResponse({**rollout.stats(), "differences": list(differences)})


async def app(scope, receive, send):
    """The rollout, with its counters beside it."""
    if scope["type"] == "http" and scope["path"] == "/rollout":
        response = await counters(Request(scope, receive))
        return await response(scope, receive, send)
    await rollout(scope, receive, send)
