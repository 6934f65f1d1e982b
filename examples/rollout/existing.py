# SPDX-License-Identifier: MIT
"""What is there before: a GraphQL endpoint with SQL in Python. It stands for any ASGI application, v1's among them."""

import os

import psycopg
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

DATABASE = os.environ.get("HELPDESK_DATABASE", "postgresql://helpdesk_app@/helpdesk")
COMPANIES = "select company_id, name, plan from company order by company_id"


async def graphql(request):
    """It knows one query. Its settings of a session, its SQL and its JSON are what the new one takes over."""
    asked = await request.json()
    if "companies" not in asked["query"]:
        return JSONResponse({"errors": [{"message": "this endpoint answers { companies } alone"}]}, status_code=400)
    async with await psycopg.AsyncConnection.connect(DATABASE) as connection:
        tenant = request.headers.get("x-tenant", "")
        await connection.execute("select set_config('app.tenant_id', %s, true)", [tenant])
        rows = await (await connection.execute(COMPANIES)).fetchall()
    found = [{"companyId": number, "name": name, "plan": plan.upper()} for number, name, plan in rows]
    return JSONResponse({"data": {"companies": found}})


app = Starlette(routes=[Route("/graphql", graphql, methods=["POST"])])
