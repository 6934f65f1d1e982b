# SPDX-License-Identifier: MIT
"""A help desk: GraphQL over PostgreSQL for several companies, in FastAPI."""
