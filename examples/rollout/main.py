# SPDX-License-Identifier: MIT
"""From the application in existing.py to FraiseQL: first in shadow, then 5, 25, 50, 100 per cent.

    ROLLOUT_SHARE=5 ROLLOUT_SHADOW=100 uvicorn main:app
    curl -s -X POST 'http://127.0.0.1:8000/rollout?share=25'
    curl -s http://127.0.0.1:8000/rollout
"""

import logging
import os
from collections import deque

from existing import DATABASE, app as existing
from fastapi import FastAPI
from starlette.responses import JSONResponse
from starlette.routing import Route

from fraiseql.fastapi import FraiseQLConfig, create_fraiseql_app
from fraiseql.rollout import Rollout, header_key

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

app = Rollout(
    existing,
    new,
    share=float(os.environ.get("ROLLOUT_SHARE", "0")),
    shadow=float(os.environ.get("ROLLOUT_SHADOW", "100")),
    key=header_key("x-user"),
    header="x-pipeline",
    mark="x-answered-by",
    on_difference=report,
)


async def rollout(request):
    """What it has counted; POST ?share= and ?shadow= set it. Keep it from strangers."""
    if request.method == "POST":
        for name, value in request.query_params.items():
            {"share": app.set_share, "shadow": app.set_shadow}[name](float(value))
    return JSONResponse({**app.stats(), "differences": list(differences)})


existing.router.routes.append(Route("/rollout", rollout, methods=["GET", "POST"]))
