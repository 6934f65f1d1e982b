# SPDX-License-Identifier: MIT
"""The same queries as they are usually answered in Python: graphql-core parses, validates and executes, resolvers build
SQL for the selected columns, psycopg runs it from an asynchronous pool (and prepares it by itself), the result becomes
JSON. Written as one would who wants it fast: bare dicts, one statement a request, no ORM, orjson where it is installed.

Both graphql-core 2 (Debian 12) and 3 are understood.
"""

import asyncio
import os
import re

import graphql
import psycopg_pool
from fastapi import FastAPI, Request, Response
from psycopg.rows import dict_row

try:
    from orjson import dumps
except ImportError:
    import json

    def dumps(value):
        """Bytes, as orjson's."""
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


SDL = """
scalar DateTime
type User { id: Int! firstName: String! lastName: String! email: String! status: String! city: String! age: Int createdAt: DateTime! }
type Post { id: Int! authorId: Int! title: String! body: String! views: Int! published: Boolean! createdAt: DateTime! }
input IntFilter { eq: Int gt: Int gte: Int lt: Int lte: Int }
input PostWhere { id: IntFilter authorId: IntFilter }
enum Direction { ASC DESC }
input PostOrder { id: Direction createdAt: Direction }
type Query { user(id: Int!): User posts(where: PostWhere, orderBy: [PostOrder!], limit: Int, offset: Int): [Post!]! }
schema { query: Query }
"""
OPERATORS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
OLD = graphql.__version__.startswith("2.")
COLUMNS = {name: re.sub(r"[A-Z]", lambda m: "_" + m.group().lower(), name) for name in set(re.findall(r"(\w+):", SDL))}

pool = psycopg_pool.AsyncConnectionPool(
    os.environ["BENCH_DATABASE"], min_size=8, max_size=int(os.environ.get("BENCH_POOL", "8")), open=False,
    kwargs={"autocommit": True, "row_factory": dict_row, "options": "-c timezone=UTC"},
)  # fmt: skip


def selected(info):
    """The columns of the fields that were asked for."""
    (node,) = info.field_asts if OLD else info.field_nodes
    names = [selection.name.value for selection in node.selection_set.selections]
    return ", ".join('%s as "%s"' % (COLUMNS[name], name) for name in names)


async def fetch(sql, parameters):
    """All rows."""
    async with pool.connection() as connection:
        return await (await connection.execute(sql, parameters)).fetchall()


async def resolve_user(_, info, id):
    """One row by its key."""
    rows = await fetch("select %s from users where id = %%s" % selected(info), [id])
    return rows[0] if rows else None


async def resolve_posts(_, info, where=None, orderBy=(), limit=None, offset=None):
    """A list, filtered, ordered and cut."""
    tests, parameters = [], []
    for name, comparisons in (where or {}).items():
        for operator, value in comparisons.items():
            tests.append("%s %s %%s" % (COLUMNS[name], OPERATORS[operator]))
            parameters.append(value)
    sql = "select %s from posts" % selected(info)
    if tests:
        sql += " where " + " and ".join(tests)
    if orderBy:
        sql += " order by " + ", ".join("%s %s" % (COLUMNS[n], d) for order in orderBy for n, d in order.items())
    for word, value in (("limit", limit), ("offset", offset)):
        if value is not None:
            sql += " %s %%s" % word
            parameters.append(value)
    return await fetch(sql, parameters)


def iso(value):
    """As the other one writes it."""
    return value.isoformat().replace("+00:00", "Z")


def make_schema():
    """The schema with its resolvers."""
    if OLD:
        from graphql.utils.build_ast_schema import build_ast_schema

        schema = build_ast_schema(graphql.parse(SDL))
        fields = schema.get_type("Query").fields
        fields["user"].resolver, fields["posts"].resolver = resolve_user, resolve_posts
    else:
        schema = graphql.build_schema(SDL)
        fields = schema.type_map["Query"].fields
        fields["user"].resolve, fields["posts"].resolve = resolve_user, resolve_posts
    kind = schema.get_type("DateTime")
    kind.serialize = iso
    return schema


schema = make_schema()


async def execute(document, variables, operation):
    """(data, errors) of a valid document."""
    if not OLD:
        result = graphql.execute(schema, document, variable_values=variables, operation_name=operation)
        result = await result if not isinstance(result, graphql.ExecutionResult) else result
        return result.data, result.errors
    from graphql.execution.executors.asyncio import AsyncioExecutor

    executor = AsyncioExecutor(loop=asyncio.get_running_loop())
    result = await graphql.execute(
        schema, document, variable_values=variables, operation_name=operation, executor=executor, return_promise=True
    )
    return result.data, result.errors


app = FastAPI()


@app.on_event("startup")
async def start():
    """The pool."""
    await pool.open(wait=True)


@app.on_event("shutdown")
async def stop():
    """The pool."""
    await pool.close()


@app.post("/graphql")
async def endpoint(request: Request) -> Response:
    """GraphQL over HTTP."""
    asked = await request.json()
    try:
        document = graphql.parse(asked["query"])
    except graphql.GraphQLError as error:
        return Response(dumps({"errors": [{"message": error.message}]}), 400, media_type="application/json")
    errors = graphql.validate(schema, document)
    if errors:
        return Response(dumps({"errors": [{"message": e.message} for e in errors]}), 400, media_type="application/json")
    data, errors = await execute(document, asked.get("variables"), asked.get("operationName"))
    answer = {"data": data, "errors": [{"message": str(e)} for e in errors]} if errors else {"data": data}
    return Response(dumps(answer), media_type="application/json")
