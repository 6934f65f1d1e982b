# SPDX-License-Identifier: MIT
"""Names of Python and of GraphQL, by the rule of docs/schema.md."""

from __future__ import annotations

import re

_LEGAL = re.compile(r"(?!__)[_A-Za-z][_0-9A-Za-z]*", re.ASCII)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def is_legal(name: str) -> bool:
    """Whether GraphQL allows it for what is declared."""
    return _LEGAL.fullmatch(name) is not None


def camel_case(name: str) -> str:
    """`first_name` is firstName, `dns_1_id` dns1Id, `API_KEY` apiKey, `firstName` stays; one leading underscore stays, and
    a trailing one, which keeps a name apart from a word of Python, is dropped."""
    words = [w.lower() if w.isupper() else w for w in name.split("_") if w]
    if not words:
        return name
    head = words[0][0].lower() + words[0][1:]
    return ("_" if name.startswith("_") else "") + head + "".join(w[0].upper() + w[1:] for w in words[1:])


def snake_case(name: str) -> str:
    """`CreateUser` is create_user, `createHTTPLog` create_http_log."""
    return _HUMP.sub("_", name).lower()
