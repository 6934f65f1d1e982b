# SPDX-License-Identifier: MIT
"""What is measured: FastAPI with our router. BENCH_DATABASE names the database, BENCH_POOL the size of the pool."""

import os

from fastapi import FastAPI

from fraiseql import Pipeline, Pool
from fraiseql.fastapi import graphql_router

app = FastAPI()
app.include_router(
    graphql_router(Pipeline(Pool(os.environ["BENCH_DATABASE"], {"max_size": int(os.environ.get("BENCH_POOL", "8"))})))
)
