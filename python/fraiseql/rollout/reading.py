# SPDX-License-Identifier: MIT
"""Whether a request certainly only reads, told without running it and without parsing GraphQL for good.

READ is said only where every way to understand the request is a query: what is sent to two applications must not write
twice. Whatever is odd (keys given twice, operations known by a hash alone, other media types) is not certain.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

# In a body that begins so and has none of these, the document is in plain sight and has nothing but queries.
_BEGIN = re.compile(rb'\s*+\{\s*+"query"\s*+:\s*+"[^"]')
_DOUBT = re.compile(rb"mutation|subscription|persistedQuery|\\u|\0")
_OTHER_KINDS = re.compile(r"mutation|subscription")
_TOKEN = re.compile(
    r'"""(?>\\"""|(?!""").)*+"""|"(?>\\.|[^"\\\n\r])*+"|#[^\n\r]*+|\$\s*+[_A-Za-z]\w*+|[_A-Za-z]\w*+|[{}"]',
    re.ASCII | re.DOTALL,
)
_MAX_KNOWN = 1024


class _Twice(ValueError):
    pass


def document_reads(document: str) -> bool:
    """Whether no operation of the document is a mutation or a subscription."""
    if _OTHER_KINDS.search(document) is None:
        return True
    depth = 0
    for token in _TOKEN.findall(document):
        if token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
        elif token == '"' or depth < 0 or (depth == 0 and token in ("mutation", "subscription")):
            return False
    return True


def _unique(pairs):
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _Twice
    return made


class Reader:
    """Tells READ from the rest. `documents` are trusted documents by their hash (or id); more are learned as they pass."""

    def __init__(self, documents: Mapping[str, str] | None = None):
        self._documents = {key.lower(): document_reads(text) for key, text in (documents or {}).items()}
        self._learned: OrderedDict[str, bool] = OrderedDict()

    def reads(self, method: str, query_string: bytes, content_type: bytes | None, body: bytes) -> bool:
        """Whether the request is one query (or a batch of queries) and certainly nothing else."""
        if method == "POST":
            kind = (content_type or b"").partition(b";")[0].strip().lower()
            if kind not in (b"application/json", b"application/graphql-response+json"):
                return False
            return self._body_reads(body)
        return self._query_string_reads(query_string)

    def _body_reads(self, body: bytes) -> bool:
        if _BEGIN.match(body) is not None and _DOUBT.search(body) is None:
            return True
        try:
            requests = json.loads(body, object_pairs_hook=_unique)
        except (ValueError, RecursionError):
            return False
        requests = requests if isinstance(requests, list) else [requests]
        return bool(requests) and all(map(self._request_reads, requests))

    def _query_string_reads(self, query_string: bytes) -> bool:
        try:
            request: dict[str, Any] = _unique(parse_qsl(query_string.decode("latin-1"), max_num_fields=100))
            if "extensions" in request:
                request["extensions"] = json.loads(request["extensions"], object_pairs_hook=_unique)
        except (ValueError, RecursionError):
            return False
        return self._request_reads(request)

    def _request_reads(self, request: Any) -> bool:
        if not isinstance(request, dict):
            return False
        extensions = request.get("extensions")
        persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
        hashed = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
        query = request.get("query")
        if hashed is None:
            return isinstance(query, str) and bool(query) and document_reads(query)
        if not isinstance(hashed, str):
            return False
        if isinstance(query, str) and query:
            return self._learn(hashed.lower(), query)
        return query in (None, "") and self._known(hashed.lower())

    def _known(self, hashed: str) -> bool:
        if hashed in self._learned:
            self._learned.move_to_end(hashed)
            return self._learned[hashed]
        return self._documents.get(hashed, False)

    def _learn(self, hashed: str, query: str) -> bool:
        if sha256(query.encode("utf-8", "surrogatepass")).hexdigest() != hashed:
            return False
        self._learned[hashed] = reads = document_reads(query)
        self._learned.move_to_end(hashed)
        if len(self._learned) > _MAX_KNOWN:
            self._learned.popitem(last=False)
        return reads


def operation_of(method: str, query_string: bytes, body: bytes) -> tuple[str | None, str | None]:
    """(query, operationName) of a single request, for a report; None for what is not there."""
    try:
        request = json.loads(body) if method == "POST" else dict(parse_qsl(query_string.decode("latin-1")))
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(request, dict):
        return None, None
    query, name = request.get("query"), request.get("operationName")
    return query if isinstance(query, str) else None, name if isinstance(name, str) else None
