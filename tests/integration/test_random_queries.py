# SPDX-License-Identifier: MIT
"""Random queries against a model of the data in Python that knows nothing of SQL: filters with three-valued logic, orders
with nulls, limits at every level, relations of every kind, nested as deep as they come."""

import functools
import json
import random

import pytest

QUERIES = 400

SQL = """
create table users (id int primary key, name text not null, age int, boss_id int references users);
create table posts (id int primary key, user_id int not null references users, title text not null, views int);
create table comments (id int primary key, post_id int not null references posts, user_id int references users, body text);
create table tags (id int primary key, name text not null);
create table post_tags (post_id int references posts, tag_id int references tags, primary key (post_id, tag_id));
create table logs (at int, what text, user_id int references users);
"""


class Table:
    def __init__(self, type_name, root, columns, key):
        self.type_name, self.root, self.columns, self.key = type_name, root, columns, key
        self.rows, self.relations = [], {}


def make_tables():
    tables = {
        "users": Table("User", "users", {"id": int, "name": str, "age": int, "bossId": int}, ["id"]),
        "posts": Table("Post", "posts", {"id": int, "userId": int, "title": str, "views": int}, ["id"]),
        "comments": Table("Comment", "comments", {"id": int, "postId": int, "userId": int, "body": str}, ["id"]),
        "tags": Table("Tag", "tags", {"id": int, "name": str}, ["id"]),
        "post_tags": Table("PostTag", "postTags", {"postId": int, "tagId": int}, ["postId", "tagId"]),
        "logs": Table("Log", "logs", {"at": int, "what": str, "userId": int}, None),
    }

    def one(table, field, column, target):
        tables[table].relations[field] = ("one", target, lambda row: [r for r in tables[target].rows
                                                                     if r["id"] == row[column]])

    def many(table, field, target, column):
        tables[table].relations[field] = ("many", target, lambda row: [r for r in tables[target].rows
                                                                      if r[column] == row["id"]])

    def across(table, field, target, mine, theirs):
        tables[table].relations[field] = ("many", target, lambda row: [
            r for r in tables[target].rows
            if any(link[mine] == row["id"] and link[theirs] == r["id"] for link in tables["post_tags"].rows)])

    one("users", "boss", "bossId", "users")
    one("posts", "user", "userId", "users")
    one("comments", "post", "postId", "posts")
    one("comments", "user", "userId", "users")
    one("logs", "user", "userId", "users")
    one("post_tags", "tag", "tagId", "tags")
    many("users", "usersByBossId", "users", "bossId")
    many("users", "posts", "posts", "userId")
    many("users", "comments", "comments", "userId")
    many("users", "logs", "logs", "userId")
    many("posts", "comments", "comments", "postId")
    many("posts", "postTags", "post_tags", "postId")
    across("posts", "tags", "tags", "postId", "tagId")
    across("tags", "posts", "posts", "tagId", "postId")
    return tables


def fill(tables, draw):
    def word():
        return "".join(draw.choice("ab%_c") for _ in range(draw.randrange(4)))

    def maybe(value):
        return None if draw.random() < 0.2 else value

    users = tables["users"].rows
    for i in range(1, 13):
        users.append({"id": i, "name": word(), "age": maybe(draw.randrange(5)),
                      "bossId": maybe(draw.randrange(1, i)) if i > 1 else None})
    for i in range(1, 41):
        tables["posts"].rows.append({"id": i, "userId": draw.randrange(1, 10), "title": word(), "views": maybe(draw.randrange(6))})
    for i in range(1, 81):
        tables["comments"].rows.append({"id": i, "postId": draw.randrange(1, 35), "userId": maybe(draw.randrange(1, 13)),
                                        "body": maybe(word())})
    for i in range(1, 7):
        tables["tags"].rows.append({"id": i, "name": word()})
    pairs = {(draw.randrange(1, 41), draw.randrange(1, 6)) for _ in range(60)}
    tables["post_tags"].rows.extend({"postId": p, "tagId": t} for p, t in sorted(pairs))
    for _ in range(30):
        tables["logs"].rows.append({"at": maybe(draw.randrange(4)), "what": maybe(word()), "userId": maybe(draw.randrange(1, 13))})


def quoted(value):
    return "null" if value is None else "'%s'" % value if isinstance(value, str) else str(value)


def inserts(tables):
    return "".join("insert into %s values (%s);\n" % (name, ", ".join(quoted(v) for v in row.values()))
                   for name, table in tables.items() for row in table.rows) + "analyze;"


# -- filters: True, False, or None for unknown ------------------------------------------------------------------------


def negated(value):
    return None if value is None else not value


def conjunction(values):
    return False if False in values else None if None in values else True


def disjunction(values):
    return True if True in values else None if None in values else False


COMPARE = {"gt": lambda a, b: a > b, "gte": lambda a, b: a >= b, "lt": lambda a, b: a < b, "lte": lambda a, b: a <= b,
           "contains": lambda a, b: b in a, "startsWith": lambda a, b: a.startswith(b), "endsWith": lambda a, b: a.endswith(b)}


def holds(operator, value, argument):
    if operator == "isnull":
        return (value is None) == argument
    if operator in ("eq", "neq") and argument is None:
        return (value is None) == (operator == "eq")
    if operator == "in":
        known = [a for a in argument if a is not None]
        member = False if not known else None if value is None else value in known
        return disjunction([member, value is None]) if None in argument else member
    if operator == "nin":
        known = [a for a in argument if a is not None]
        member = True if not known else None if value is None else value not in known
        return conjunction([member, value is not None]) if None in argument else member
    if value is None:
        return None
    if operator == "between":
        return argument[0] <= value <= argument[1]
    return {"eq": lambda a, b: a == b, "neq": lambda a, b: a != b, **COMPARE}[operator](value, argument)


def fits(row, where):
    parts = []
    for name, value in where.items():
        if name == "AND":
            parts.append(conjunction([fits(row, v) for v in value]))
        elif name == "OR":
            parts.append(disjunction([fits(row, v) for v in value]))
        elif name == "NOT":
            parts.append(negated(fits(row, value)))
        elif isinstance(value, dict):
            parts.append(conjunction([holds(o, row[name], a) for o, a in value.items()]))
        else:
            parts.append(holds("eq", row[name], value))
    return conjunction(parts)


def draw_where(draw, table, depth):
    where = {}
    for _ in range(draw.choice([1, 1, 1, 2, 0])):
        pick = draw.random()
        if pick < 0.15 and depth > 0:
            where["AND"] = [draw_where(draw, table, depth - 1) for _ in range(draw.randrange(3))]
        elif pick < 0.4 and depth > 0:
            where["OR"] = [draw_where(draw, table, depth - 1) for _ in range(draw.randrange(4))]
        elif pick < 0.55 and depth > 0:
            where["NOT"] = draw_where(draw, table, depth - 1)
        else:
            column = draw.choice(list(table.columns))
            where[column] = draw_filter(draw, table.columns[column])
    return where


def draw_value(draw, kind):
    return draw.randrange(12) if kind is int else "".join(draw.choice("ab%_c") for _ in range(draw.randrange(3)))


def draw_filter(draw, kind):
    if draw.random() < 0.1:
        return draw.choice([None, draw_value(draw, kind)])
    operators = ["eq", "neq", "gt", "gte", "lt", "lte", "in", "nin", "isnull", "between"]
    chosen = {}
    for operator in draw.sample(operators + (["contains", "startsWith", "endsWith"] if kind is str else []), draw.choice([1, 1, 2])):
        if operator in ("in", "nin"):
            argument = [None if draw.random() < 0.15 else draw_value(draw, kind) for _ in range(draw.randrange(4))]
        elif operator == "isnull":
            argument = draw.random() < 0.5
        elif operator == "between":
            argument = sorted([draw_value(draw, kind), draw_value(draw, kind)])
        elif operator in ("eq", "neq") and draw.random() < 0.15:
            argument = None
        else:
            argument = draw_value(draw, kind)
        chosen[operator] = argument
    return chosen


# -- orders -----------------------------------------------------------------------------------------------------------


DIRECTIONS = ["ASC", "DESC", "ASC_NULLS_FIRST", "ASC_NULLS_LAST", "DESC_NULLS_FIRST", "DESC_NULLS_LAST"]


def compare_by(keys):
    def compare(a, b):
        for column, direction in keys:
            x, y = a[column], b[column]
            if x == y:
                continue
            down = direction.startswith("DESC")
            first = direction.endswith("FIRST") or direction == "DESC"
            if x is None or y is None:
                return (-1 if first else 1) * (1 if x is None else -1)
            return (-1 if x < y else 1) * (-1 if down else 1)
        return 0
    return functools.cmp_to_key(compare)


def complete(table, keys):
    last = "DESC" if keys and keys[-1][1].startswith("DESC") else "ASC"
    seen, result = set(), []
    for column, direction in keys + [(c, last) for c in (table.key or table.columns)]:
        if column not in seen:
            seen.add(column)
            result.append((column, direction))
    return result


# -- queries ----------------------------------------------------------------------------------------------------------


class Enum(str):
    pass


def written(value):
    if isinstance(value, Enum):
        return value
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%s: %s" % (k, written(v)) for k, v in value.items())
    if isinstance(value, list):
        return "[%s]" % ", ".join(written(v) for v in value)
    return json.dumps(value)


class Query:
    """Writes a random query while it works out the answer."""

    def __init__(self, draw, tables):
        self.draw, self.tables, self.variables, self.definitions = draw, tables, {}, []

    def argument(self, name, value, type_name):
        if self.draw.random() < 0.4:
            variable = "v%d" % len(self.variables)
            self.variables[variable] = value
            self.definitions.append("$%s: %s" % (variable, type_name))
            return "%s: $%s" % (name, variable)
        return "%s: %s" % (name, written(value))

    def listing(self, table):
        """The arguments of a list, and what they do to rows."""
        draw, texts = self.draw, []
        where, keys, limit, offset = {}, [], None, 0
        if draw.random() < 0.5:
            where = draw_where(draw, table, 2)
            texts.append(self.argument("where", where, table.type_name + "Where"))
        if draw.random() < 0.5:
            keys = [(c, Enum(draw.choice(DIRECTIONS))) for c in draw.sample(list(table.columns), draw.choice([1, 1, 2]))]
            value = [dict(keys)] if draw.random() < 0.5 else [{c: d} for c, d in keys]
            texts.append(self.argument("orderBy", value, "[%sOrderBy!]" % table.type_name))
        if draw.random() < 0.6:
            limit = draw.randrange(6)
            texts.append(self.argument("limit", limit, "Int"))
        if draw.random() < 0.2:
            offset = draw.randrange(3)
            texts.append(self.argument("offset", offset, "Int"))

        def apply(rows):
            found = sorted((r for r in rows if fits(r, where) is True), key=compare_by(complete(table, keys)))
            return found[offset:offset + limit] if limit is not None else found[offset:]

        return "(%s)" % ", ".join(texts) if texts else "", apply

    def selection(self, table, depth):
        """The text of a selection set, and what makes an object of a row."""
        texts, makers = [], []
        for column in self.draw.sample(list(table.columns), self.draw.choice([1, 2])):
            texts.append(column)
            makers.append((column, lambda row, c=column: row[c]))
        for number in range(self.draw.choice([0, 1, 1, 2]) if depth > 0 and table.relations else 0):
            field = self.draw.choice(list(table.relations))
            text, maker = self.relation(table, field, depth - 1)
            texts.append("r%d: %s%s" % (number, field, text))
            makers.append(("r%d" % number, maker))
        return "{ %s }" % " ".join(texts), lambda row: {key: make(row) for key, make in makers}

    def relation(self, table, field, depth):
        kind, target, related = table.relations[field]
        target = self.tables[target]
        arguments, apply = self.listing(target) if kind == "many" else ("", None)
        text, make = self.selection(target, depth)
        if kind == "many":
            return arguments + " " + text, lambda row: [make(r) for r in apply(related(row))]
        return " " + text, lambda row: next((make(r) for r in related(row)), None)

    def root(self):
        table = self.draw.choice(list(self.tables.values()))
        if table.key == ["id"] and self.draw.random() < 0.3:
            key = self.draw.randrange(1, 14)
            text, make = self.selection(table, 3)
            return ("r: %s(%s) %s" % (table.root[:-1], self.argument("id", key, "Int!"), text),
                    next((make(r) for r in table.rows if r["id"] == key), None))
        arguments, apply = self.listing(table)
        text, make = self.selection(table, 3)
        return "r: %s%s %s" % (table.root, arguments, text), [make(r) for r in apply(table.rows)]

    def make(self):
        body, answer = self.root()
        head = "query(%s) " % ", ".join(self.definitions) if self.definitions else ""
        return head + "{ " + body + " }", self.variables, {"r": answer}


@pytest.fixture(scope="module")
def tables():
    made = make_tables()
    fill(made, random.Random(7))
    return made


@pytest.fixture(scope="module")
def server(make_database, serve, tables):
    return serve(make_database(SQL + inserts(tables)))


@pytest.mark.parametrize("part", range(8))
def test_random_queries(server, tables, part):
    for number in range(part * QUERIES // 8, (part + 1) * QUERIES // 8):
        query, variables, expected = Query(random.Random(number), tables).make()
        got = server.post(query, variables).json
        assert got == {"data": expected}, "seed %d: %s %s" % (number, query, json.dumps(variables))
