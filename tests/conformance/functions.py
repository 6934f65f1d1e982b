# SPDX-License-Identifier: MIT
"""Vectors of single functions (coercion of values, block strings), asked as whole requests of `fraiseql check --jsonl`.

`requests_of` makes the requests of a case, or None where no request could show it: coercion of results (they come from
PostgreSQL here, and are tested in tests/unit/rows), null for a scalar alone, variables without a type, minimized printing.
`judge` says what is wrong with their answers, or "".
"""

import json
import os


def schema_file(scratch, types):
    path = os.path.join(scratch, "types%d.graphql" % (hash(types) & 0xFFFFFFFF))
    with open(path, "w", encoding="utf-8") as f:
        f.write("type Query { a(b: Boolean, f: Float, i: ID, s: String): Int }\n" + types)
    return path


def block(text):
    return '"""%s%s"""' % ("\n" if "\n" in text else "", text.replace('"""', '\\"""'))


def requests_of(case, scratch):
    kind, id = case["kind"], case["id"]
    if kind == "dedent":
        return [{"id": id, "kind": "lex", "document": '"""%s"""' % "\n".join(case["lines"])}]
    if kind == "print-block-string":
        return None if case["options"].get("minimize") else [{"id": id, "kind": "const-value", "document": block(case["value"])}]
    if kind == "print-string":
        return [{"id": id, "kind": "const-value", "document": json.dumps(case["value"])}]
    if case.get("op") == "result":
        return None
    types, type = case.get("types", ""), case["type"]
    if "literal" not in case:
        if case["input"] is None and (kind == "scalar" or type.endswith("!")):
            return None
        return [{"id": id, "kind": "variables", "schema": schema_file(scratch, types), "document": "query ($v: %s) { __typename }" % type,
                 "variables": {"v": case["input"]}}]
    literal = case["literal"]
    if "$" in literal or "variables" in case or (kind == "scalar" and literal == "null"):
        return None
    asked = schema_file(scratch, types + "\nextend type Query { f(v: %s): Int }" % type)
    return [{"id": id, "kind": "validate", "schema": asked, "document": "{ f(v: %s) }" % literal},
            {"id": id + " value", "kind": "variables", "schema": asked, "document": "query ($v: %s = %s) { __typename }" % (type, literal)}]


def messages(expect):
    if "errors" in expect:
        return [e["message"] for e in expect["errors"]]
    return [expect["message"]] if "message" in expect else None


def says(answer, message):
    """Errors of variables say which one and where before they say what."""
    return any(e["message"] == message or e["message"].endswith("; " + message) for e in answer["errors"])


def judge(case, answers):
    expect, first = case["expect"], answers[0]
    if "lines" in expect:
        value = (first.get("tokens") or [{}])[0].get("value")
        return "" if value == "\n".join(expect["lines"]) else "%r" % value
    if "text" in expect:
        return "" if first.get("printed") == expect["text"] else "%r, expected %r" % (first.get("printed"), expect["text"])
    if first["valid"] != expect["valid"]:
        return "valid: %s, expected %s" % (first["valid"], expect["valid"])
    if expect["valid"]:
        value = answers[-1].get("coerced", {}).get("v")
        return "" if value == expect["value"] else "%s, expected %s" % (json.dumps(value), json.dumps(expect["value"]))
    # A path in the reference's own words ('value[0]') is the function's, not the request's.
    missing = [m for m in messages(expect) or [] if not m.startswith("Invalid value") and not says(first, m)]
    return "%s, expected %s" % ([e["message"] for e in first["errors"]], missing) if missing else ""
