# SPDX-License-Identifier: MIT
"""Pairs of a GraphQL query and independent SQL that must give the same bytes.

A file of pairs:

    === a title
    query { artists(limit: 1) { name } }
    --- variables                           (may be left out)
    {"a": 1}
    --- sql
    select many(select name from artist order by artist_id limit 1) as artists

The SQL is one select, a column a root field, in order. many(select ...) is the JSON list of a select's rows and
one(select ...) its only row or null; both may nest. The functions of TRUTH (below) write the text that a GraphQL type
has in JSON. No expected rows are kept: the database decides, by SQL that the engine has not seen.

Compared is the whole body: keys in order, the text of numbers, everything. What is ignored is white space outside
strings (jsonb prints some) and how a character is escaped.
"""

import json
import re

TRUTH = """
create schema if not exists truth;
-- numbers that JSON strings carry
create or replace function truth.text(anyelement) returns text immutable language sql as $$ select $1::text $$;
create or replace function truth.utc(t timestamptz) returns text immutable language sql as $$
    select case when t = 'infinity' then 'infinity' when t = '-infinity' then '-infinity' else
        to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
        || rtrim(rtrim(to_char(t at time zone 'UTC', '.US'), '0'), '.') || 'Z' end $$;
create or replace function truth.local(t timestamp) returns text immutable language sql as $$
    select case when t = 'infinity' then 'infinity' when t = '-infinity' then '-infinity' else
        to_char(t, 'YYYY-MM-DD"T"HH24:MI:SS') || rtrim(rtrim(to_char(t, '.US'), '0'), '.') end $$;
create or replace function truth.base64(b bytea) returns text immutable language sql as $$
    select translate(encode(b, 'base64'), E'\\n', '') $$;
create or replace function truth.duration(i interval) returns text immutable language sql
    set intervalstyle = 'iso_8601' as $$ select i::text $$;
"""


class Pair:
    def __init__(self, title, query, variables, sql, where):
        self.title = title
        self.query = query
        self.variables = variables
        self.sql = sql
        self.where = where  # file:line

    def __repr__(self):
        return "%s (%s)" % (self.title, self.where)


def read_pairs(path):
    pairs, sections, title, line_of_title = [], {}, None, 0
    current = None

    def finish():
        if title is None:
            return
        where = "%s:%d" % (path, line_of_title)
        if not sections.get("query", "").strip() or not sections.get("sql", "").strip():
            raise ValueError("%s: a pair needs a query and SQL" % where)
        variables = sections.get("variables", "").strip()
        pairs.append(Pair(title, sections["query"].strip(), json.loads(variables) if variables else None,
                          sections["sql"].strip().rstrip(";"), where))

    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            if line.startswith("=== "):
                finish()
                sections, title, line_of_title, current = {"query": ""}, line[4:].strip(), number, "query"
            elif line.startswith("--- "):
                current = line[4:].strip()
                if current not in ("variables", "sql"):
                    raise ValueError("%s:%d: unknown section %s" % (path, number, current))
                sections[current] = ""
            elif current:
                sections[current] += line
    finish()
    titles = [p.title for p in pairs]
    doubled = {t for t in titles if titles.count(t) > 1}
    if doubled:
        raise ValueError("%s: titles that stand twice: %s" % (path, ", ".join(sorted(doubled))))
    return pairs


WRAPPERS = {
    "many": ("(select coalesce(json_agg(row_to_json(q)), '[]'::json) from (", ") q)"),
    "one": ("(select row_to_json(q) from (", ") q)"),
}
TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|\b(?:many|one)\((?=\s*select\b)|\(|\)|[^'\"()\-mo]+|.", re.S)


def expand(sql):
    """SQL with many(...) and one(...) written out."""
    out, closing = [], []
    for token in TOKEN.findall(sql):
        if token in ("many(", "one("):
            before, after = WRAPPERS[token[:-1]]
            out.append(before)
            closing.append(after)
            continue
        if token == "(":
            closing.append(")")
        elif token == ")":
            token = closing.pop()
        out.append(token)
    if closing:
        raise ValueError("a parenthesis is not closed: " + sql)
    return "".join(out)


JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\s+|[^"\s]+')


def canonical(text):
    """JSON text without white space outside strings, and with every string escaped in one way."""
    out = []
    for token in JSON_TOKEN.findall(text):
        if token[0] == '"':
            out.append(json.dumps(json.loads(token, strict=False), ensure_ascii=False))
        elif not token.isspace():
            out.append(token)
    return "".join(out)


def truth(connection, pair):
    """The body that the SQL of a pair says."""
    rows = connection.execute("select row_to_json(q)::text from (" + expand(pair.sql) + ") q").fetchall()
    if len(rows) != 1:
        raise ValueError("%s: the SQL gives %d rows, not one" % (pair, len(rows)))
    return canonical('{"data":' + rows[0][0] + "}")


def prepare(connection):
    """Makes a connection and its database ready for truth()."""
    connection.execute(TRUTH)
    connection.execute("set timezone to 'UTC'")


def difference(wanted, got, around=120):
    """The place where two texts begin to differ, for people."""
    at = next((i for i, (a, b) in enumerate(zip(wanted, got)) if a != b), min(len(wanted), len(got)))
    start = max(0, at - around)
    return "at byte %d\n   SQL: ...%s\n  ours: ...%s" % (at, wanted[start:at + around], got[start:at + around])


def compare(connection, server, pair):
    """None where the pair agrees, else what differs."""
    wanted = truth(connection, pair)
    answer = server.post(pair.query, pair.variables)
    if answer.status != 200:
        return "status %d: %s" % (answer.status, answer.text[:1000])
    got = canonical(answer.text)
    return None if got == wanted else difference(wanted, got)
