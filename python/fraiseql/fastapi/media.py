# SPDX-License-Identifier: MIT
"""Which form a client wants its answer in, by the rules of GraphQL over HTTP; the same as the program's."""

from __future__ import annotations

import re
from functools import lru_cache

NONE, RESPONSE, JSON, ANY, HTML = range(5)

_PART = re.compile(r'((?:[^,;"]|"(?:\\.|[^"\\])*"?)*)([,;]?)')
_QUALITY = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")

# Of a range: how specific it is, and which of our types it means.
_MEANT = {
    "*/*": (1, ("response", "json", "html")),
    "application/*": (2, ("response", "json")),
    "text/*": (2, ("html",)),
    "application/graphql-response+json": (3, ("response",)),
    "application/json": (3, ("json",)),
    "text/html": (3, ("html",)),
    "application/xhtml+xml": (3, ("html",)),
}


def _ranges(header: str):
    """(type, {parameter: value}) of each member of the list; quotes may hold separators."""
    kind, parameters, fresh = "", {}, True
    for match in _PART.finditer(header):
        text, end = match.group(1).strip(), match.group(2)
        if fresh:
            kind = text.lower()
        elif "=" in text:
            name, _, value = text.partition("=")
            parameters[name.strip().lower()] = value.strip().strip('"').lower()
        fresh = end != ";"
        if fresh:
            if kind:
                yield kind, parameters
            kind, parameters = "", {}


def _wishes(header: str) -> dict[str, tuple[int, int]]:
    """(specificity, quality in thousandths) of the most specific range that means each of our types."""
    wishes = {"response": (0, 0), "json": (0, 0), "html": (0, 0)}
    for kind, parameters in _ranges(header):
        quality = parameters.get("q", "1")
        if kind not in _MEANT or not _QUALITY.fullmatch(quality) or parameters.get("charset", "utf-8") != "utf-8":
            continue
        specific, names = _MEANT[kind]
        for name in names:
            wishes[name] = max(wishes[name], (specific, round(float(quality) * 1000)))
    return wishes


@lru_cache(512)
def choose(accept: bytes | None, html_offered: bool) -> int:
    """One of NONE (406), RESPONSE, JSON (by its name: request errors are 200), ANY (no preference), HTML."""
    header = accept.decode("latin-1").strip() if accept is not None else ""
    if not header:
        return ANY
    wishes = _wishes(header)
    (response_specific, response), (json_specific, json) = wishes["response"], wishes["json"]
    html_specific, html = wishes["html"]
    if html_offered and html_specific == 3 and html > 0:
        if not (json_specific == 3 and json > html) and not (response_specific == 3 and response > html):
            return HTML
    if response == 0 and json == 0:
        return NONE
    if response_specific == 3 and response > 0 and response >= json:
        return RESPONSE
    if json_specific == 3 and json > 0:
        return ANY if response_specific == 3 and response > 0 else JSON
    return ANY if json > 0 else RESPONSE


@lru_cache(512)
def is_json(content_type: bytes | None) -> bool:
    """Whether a Content-Type is JSON in UTF-8."""
    if content_type is None:
        return False
    ranges = list(_ranges(content_type.decode("latin-1")))
    return len(ranges) == 1 and ranges[0][0] == "application/json" and ranges[0][1].get("charset", "utf-8") == "utf-8"
