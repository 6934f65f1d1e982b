# SPDX-License-Identifier: MIT
"""The tables as Python sees them, read once, and what a query means for them: filters with three-valued logic, orders,
pages, relations, aggregates. The answer is made as text, so that it can be compared byte by byte."""

import functools
import json
from decimal import ROUND_HALF_UP, Decimal, localcontext

from . import kinds as k


class Table:
    def __init__(self, type_name, root, one, columns, key, relation=None):
        self.type, self.root, self.one = type_name, root, one
        self.columns, self.key = columns, key
        self.relation = relation
        self.relations = {}   # field -> (many?, table name, [(mine, theirs)], through or None)
        self.rows = []
        self.aggregate = "%sAggregate" % root

    def names(self):
        return list(self.columns)

    def sortable(self):
        return [c for c, kind in self.columns.items() if kind.sortable]


def tables():
    integer, text, big = k.Int(), k.Text(), k.BigInt()
    made = {
        "orgs": Table("Org", "orgs", "org", {"tenant": integer, "code": text, "label": text, "rank": integer}, ["tenant", "code"]),
        "people": Table("Person", "people", "person", {
            "id": integer, "name": text, "nick": k.Citext(), "bossId": integer, "orgTenant": integer, "orgCode": text,
            "mood": k.Mood(), "tags": k.Array(text), "nums": k.Array(integer), "born": k.Date(), "seen": k.Timestamptz(),
            "stamp": k.Timestamp(), "score": k.Numeric(), "big": big, "ratio": k.Float(), "small": k.Float4(),
            "active": k.Bool(), "level": k.Small(), "uid": k.Uuid(), "at": k.Time()}, ["id"]),
        "posts": Table("Post", "posts", "post", {"id": big, "authorId": integer, "editorId": integer, "title": text,
                                                 "views": integer, "posted": k.Timestamptz()}, ["id"]),
        "badges": Table("Badge", "badges", "badge", {"id": integer, "title": text, "worth": k.Worth()}, ["id"]),
        "awards": Table("Award", "awards", "award", {"personId": integer, "badgeId": integer, "given": k.Date()},
                        ["personId", "badgeId"]),
        "remarks": Table("Remark", "remarks", "remark", {"id": k.Uuid(), "postId": big, "personId": integer, "body": text}, ["id"]),
        "visits": Table("Visit", "visits", None, {"personId": integer, "postId": big, "n": integer, "note": text}, None),
        "tv_article": Table("Article", "articles", "article", {
            "id": k.Uuid(), "personId": integer, "live": k.Bool(), "title": text, "rating": k.DocumentFloat(),
            "wordCount": integer, "labels": k.Array(text)}, ["id"]),
        "busy": Table("Busy", "busies", "busy", {"id": integer, "name": text, "level": k.Small(), "bossId": integer}, ["id"]),
        "loose": Table("Loose", "looses", None, {"level": k.Small(), "heads": integer, "lastName": text}, None),
    }
    author = Table("ArticleAuthor", None, None, {"age": integer, "name": text}, None)
    part = Table("ArticleParts", None, None, {"n": integer, "t": text}, None)
    made["tv_article"].inner = {"author": author}
    made["tv_article"].lists = {"parts": part}
    for name, table in made.items():
        table.name = name

    def one(table, field, target, *pairs):
        made[table].relations[field] = (False, target, pairs, None)

    def many(table, field, target, *pairs):
        made[table].relations[field] = (True, target, pairs, None)

    one("people", "boss", "people", ("bossId", "id"))
    one("people", "orgByOrgTenantAndOrgCode", "orgs", ("orgTenant", "tenant"), ("orgCode", "code"))
    many("people", "awards", "awards", ("id", "personId"))
    many("people", "peopleByBossId", "people", ("id", "bossId"))
    many("people", "postsByAuthorId", "posts", ("id", "authorId"))
    many("people", "postsByEditorId", "posts", ("id", "editorId"))
    many("people", "remarks", "remarks", ("id", "personId"))
    many("people", "visits", "visits", ("id", "personId"))
    made["people"].relations["badges"] = (True, "badges", [("id", "id")], ("personId", "badgeId"))
    made["badges"].relations["people"] = (True, "people", [("id", "id")], ("badgeId", "personId"))
    many("badges", "awards", "awards", ("id", "badgeId"))
    many("orgs", "people", "people", ("tenant", "orgTenant"), ("code", "orgCode"))
    one("awards", "person", "people", ("personId", "id"))
    one("awards", "badge", "badges", ("badgeId", "id"))
    one("posts", "author", "people", ("authorId", "id"))
    one("posts", "editor", "people", ("editorId", "id"))
    many("posts", "remarks", "remarks", ("id", "postId"))
    many("posts", "visits", "visits", ("id", "postId"))
    one("remarks", "post", "posts", ("postId", "id"))
    one("remarks", "person", "people", ("personId", "id"))
    one("visits", "person", "people", ("personId", "id"))
    one("visits", "post", "posts", ("postId", "id"))
    one("tv_article", "person", "people", ("personId", "id"))
    return made


def snake(name):
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


# -- data -------------------------------------------------------------------------------------------------------------


def fill(connection, draw):
    """Rows with many ties and nulls."""

    def maybe(value, share=0.25):
        return None if draw.random() < share else value

    def insert(table, **row):
        names = ", ".join(row)
        connection.execute("insert into %s (%s) values (%s)" % (table, names, ", ".join(["%s"] * len(row))), list(row.values()))

    def few(kind, count=5):
        return [kind.draw(draw) for _ in range(count)]

    texts, labels = few(k.Text(), 12), few(k.Text(), 5)
    orgs = [(tenant, code) for tenant in (1, 2, 3) for code in sorted(set(["", "x", "X'", "é%"]))]
    for tenant, code in orgs:
        insert("orgs", tenant=tenant, code=code, label=maybe(draw.choice(labels)), rank=maybe(draw.randrange(3)))
    numbers = ["0", "1.5", "1.50", "-2.25", "0.10", "12345678901234567890.123456789"]
    for i in range(1, 31):
        tenant, code = draw.choice(orgs)
        insert("people", id=i, name=draw.choice(texts), nick=maybe(draw.choice(["ab", "AB", "aB", "b", "B", "É", "é", "%"])),
               boss_id=maybe(draw.randrange(1, i)) if i > 1 else None, org_tenant=maybe(tenant, 0.2), org_code=maybe(code, 0.2),
               mood=maybe(draw.choice(k.MOODS)), tags=maybe(k.Array(k.Text()).draw(draw)),
               nums=maybe([None if draw.random() < 0.2 else draw.randrange(3) for _ in range(draw.randrange(4))]),
               born=maybe(k.Date().draw(draw)), seen=maybe(k.Timestamptz().draw(draw)), stamp=maybe(k.Timestamp().draw(draw)),
               score=maybe(draw.choice(numbers)), big=maybe(draw.choice([0, 7, 7, 2 ** 53 + 1, 2 ** 63 - 1, -2 ** 63])),
               ratio=maybe(draw.choice([0.5, 1.25, -3.75, 0.0, 2.5])), small=maybe(draw.choice([0.5, 1.25, 0.0, 1024.5])),
               active=maybe(draw.random() < 0.5), level=draw.randrange(4), at=maybe(k.Time().draw(draw)),
               uid=maybe("%08x-0000-4000-8000-00000000000a" % (i * 5 % 31)))
    for i in range(1, 61):
        insert("posts", id=i if i % 9 else 2 ** 53 + i, author_id=draw.randrange(1, 20), editor_id=maybe(draw.randrange(1, 31)),
               title=maybe(draw.choice(texts)), views=maybe(draw.randrange(5)), posted=maybe(k.Timestamptz().draw(draw)))
    ids = [row[0] for row in connection.execute("select id from posts order by 1")]
    for i in range(1, 9):
        insert("badges", id=i, title=draw.choice(labels), worth=maybe(k.Worth().draw(draw)))
    for person, badge in sorted({(draw.randrange(1, 31), draw.randrange(1, 8)) for _ in range(60)}):
        insert("awards", person_id=person, badge_id=badge, given=maybe(k.Date().draw(draw)))
    for i in range(90):
        insert("remarks", id="%08x-0000-4000-8000-00000000000a" % (i * 7 % 97), post_id=draw.choice(ids[:45]),
               person_id=maybe(draw.randrange(1, 31)), body=maybe(draw.choice(texts)))
    for i in range(50):
        insert("visits", person_id=maybe(draw.randrange(1, 12)), post_id=maybe(draw.choice(ids)), n=maybe(draw.randrange(3)),
               note=maybe(draw.choice(labels)))
    for i in range(25):
        insert("tv_article", id="%08x-0000-4000-8000-00000000000a" % (i * 3 % 29), person_id=maybe(draw.randrange(1, 31)),
               data=json.dumps(document(draw, texts), ensure_ascii=False))
    connection.execute("analyze")


def document(draw, texts):
    def maybe_key(key, value):
        pick = draw.random()
        if pick > 0.3:
            result[key] = value
        elif pick > 0.15:
            result[key] = None

    result = {}
    maybe_key("live", draw.random() < 0.5)
    maybe_key("title", draw.choice(texts))
    maybe_key("rating", draw.choice([0.5, 1.25, -3.75, 4.5, 2.5]))
    maybe_key("word_count", draw.randrange(4))
    maybe_key("labels", k.Array(k.Text()).draw(draw))
    author, result_of_author = result, {}
    result = result_of_author
    maybe_key("age", draw.randrange(3))
    maybe_key("name", draw.choice(texts))
    result = author
    maybe_key("author", result_of_author)
    parts = []
    for _ in range(draw.randrange(4)):
        result = {}
        maybe_key("n", draw.randrange(3))
        maybe_key("t", draw.choice(texts))
        parts.append(None if draw.random() < 0.1 else result)
    result = author
    maybe_key("parts", parts)
    return result


class Row:
    __slots__ = ("text", "value", "inner", "cache")

    def __init__(self):
        self.text, self.value, self.inner, self.cache = {}, {}, {}, {}


def load(connection, made):
    connection.execute("set timezone = 'UTC'")
    for name, table in made.items():
        in_document = {} if name != "tv_article" else {
            c: kind for c, kind in table.columns.items() if c not in ("id", "personId")}
        columns = {c: kind for c, kind in table.columns.items() if c not in in_document}
        chosen = ", ".join('"%s"%s' % (snake(c), "" if isinstance(kind, k.Array) else "::text") for c, kind in columns.items())
        for found in connection.execute("select %s%s from %s" % (chosen, ", data" if in_document else "", name)):
            row = Row()
            for (column, kind), text in zip(columns.items(), found):
                row.text[column] = text
                row.value[column] = None if text is None else kind.stored(text)
            if in_document:
                load_document(table, row, found[-1], in_document)
            table.rows.append(row)


def load_document(table, row, data, columns):
    load_inner(row, data, columns)
    for field, inner in table.inner.items():
        row.inner[field] = None
        if data.get(field) is not None:
            row.inner[field] = Row()
            load_inner(row.inner[field], data[field], inner.columns)
    for field, inner in table.lists.items():
        row.inner[field] = None
        if data.get(field) is not None:
            row.inner[field] = []
            for item in data[field]:
                row.inner[field].append(None if item is None else Row())
                if item is not None:
                    load_inner(row.inner[field][-1], item, inner.columns)


def load_inner(row, data, columns):
    for column, kind in columns.items():
        value = data.get(snake(column))
        if value is not None and not isinstance(kind, (k.Text, k.Array)):
            value = json.dumps(value)
        row.text[column] = value
        row.value[column] = None if value is None else kind.stored(value)


# -- filters: True, False, or None for unknown ------------------------------------------------------------------------


def conjunction(values):
    values = list(values)
    return False if False in values else None if None in values else True


def disjunction(values):
    values = list(values)
    return True if True in values else None if None in values else False


def negation(value):
    return None if value is None else not value


class BadInput(Exception):
    pass


def matches(kind, operator, value, wire):
    """What `value operator wire` is; wire is what the client sent."""
    if operator == "isnull":
        return (value is None) == wire
    if wire is None:
        if operator in ("eq", "neq"):
            return (value is None) == (operator == "eq")
        raise BadInput(operator)
    if operator in ("in", "nin"):
        items = wire if isinstance(wire, list) else [wire]
        known = [kind.read(i) for i in items if i is not None]
        if operator == "in":
            member = (None if value is None else value in known) if known else False
            return disjunction([member, value is None]) if len(known) < len(items) else member
        member = (None if value is None else value not in known) if known else True
        return conjunction([member, value is not None]) if len(known) < len(items) else member
    if value is None:
        return None
    if operator == "between":
        low, high = kind.read(wire[0]), kind.read(wire[1])
        return low <= value <= high
    if isinstance(kind, k.Array):
        return matches_array(kind, operator, value, wire)
    if operator in COMPARISONS:
        return COMPARISONS[operator](value, kind.read(wire))
    return matches_text(kind, operator, value, wire)


COMPARISONS = {"eq": lambda a, b: a == b, "neq": lambda a, b: a != b, "gt": lambda a, b: a > b, "gte": lambda a, b: a >= b,
               "lt": lambda a, b: a < b, "lte": lambda a, b: a <= b}


def matches_text(kind, operator, value, wire):
    if operator in ("like", "ilike", "nlike", "nilike"):
        result = kind.like(value, wire, "ilike" in operator)
        return not result if operator[0] == "n" else result
    ignore = operator[0] == "i"
    name = operator[1:] if ignore else operator
    if ignore or isinstance(kind, k.Citext):
        value, wire = value.lower(), wire.lower()
    return {"contains": lambda: wire in value, "startsWith": lambda: value.startswith(wire),
            "endsWith": lambda: value.endswith(wire)}[name]()


def matches_array(kind, operator, value, wire):
    if operator.startswith("len"):
        return COMPARISONS[operator[3:].lower()](len(value), wire)
    if operator in ("anyEq", "allEq"):
        parts = [None if v is None else v == wire for v in value]
        return disjunction(parts) if operator == "anyEq" else conjunction(parts)
    wire = wire if isinstance(wire, list) else [wire]
    if operator in ("eq", "neq"):
        return (value == tuple(wire)) == (operator == "eq")

    def holds(a, b):  # a null is in nothing
        return all(v is not None and v in a for v in b)

    if operator == "contains":
        return holds(value, wire)
    if operator == "containedBy":
        return holds(wire, value)
    if operator == "strictlyContains":
        return holds(value, wire) and not holds(wire, value)
    return any(v is not None and v in wire for v in value)  # overlaps


def fits(table, row, where):
    """`row` is None inside a document where the object is missing."""
    if where is None:
        return True
    parts = []
    for name, value in where.items():
        if name in ("AND", "OR", "NOT"):
            if value is None:
                continue
            if name == "NOT":
                parts.append(negation(fits(table, row, value)))
                continue
            items = value if isinstance(value, list) else [value]
            parts.append((conjunction if name == "AND" else disjunction)([fits(table, row, item) for item in items]))
        elif name in getattr(table, "inner", {}):
            inner = row.inner[name]
            parts.append(inner is None if value is None else fits(table.inner[name], inner, value))
        else:
            kind = table.columns[name]
            mine = None if row is None else row.value[name]
            if isinstance(value, dict):
                parts.append(conjunction([matches(kind, o, mine, a) for o, a in value.items()]))
            else:
                parts.append(matches(kind, "eq", mine, value))
    return conjunction(parts)


# -- orders and pages -------------------------------------------------------------------------------------------------


def order_keys(table, order_by):
    keys = []
    for item in [] if order_by is None else order_by if isinstance(order_by, list) else [order_by]:
        for column, direction in item.items():
            if direction is not None and column not in [c for c, _ in keys]:
                keys.append((column, direction))
    last = "DESC" if keys and keys[-1][1].startswith("DESC") else "ASC"
    for column in table.key or table.sortable():
        if column not in [c for c, _ in keys]:
            keys.append((column, last))
    return keys


def sorted_rows(table, rows, order_by):
    keys = order_keys(table, order_by)

    def compare(a, b):
        for column, direction in keys:
            x, y = a.value[column], b.value[column]
            if x == y:
                continue
            first = direction.endswith("FIRST") or direction == "DESC"
            if x is None or y is None:
                return (-1 if x is None else 1) * (1 if first else -1)
            return (-1 if x < y else 1) * (-1 if direction.startswith("DESC") else 1)
        return 0
    return sorted(rows, key=functools.cmp_to_key(compare))


def listed(table, rows, arguments):
    where = arguments.get("where")
    found = sorted_rows(table, [r for r in rows if fits(table, r, where) is True], arguments.get("orderBy"))
    found = found[arguments.get("offset") or 0:]
    limit = arguments.get("limit")
    return found if limit is None else found[:limit]


def related(made, table, row, field):
    if field not in row.cache:
        many, target, pairs, through = table.relations[field]
        if through:
            mine, theirs = through
            wanted = {r.value[theirs] for r in made["awards"].rows if r.value[mine] == row.value[pairs[0][0]]}
            rows = [r for r in made[target].rows if r.value["id"] in wanted]
        else:
            values = [row.value[mine] for mine, _ in pairs]
            rows = [] if None in values else [
                r for r in made[target].rows if [r.value[theirs] for _, theirs in pairs] == values]
        row.cache[field] = rows
    return row.cache[field]


# -- aggregates -------------------------------------------------------------------------------------------------------


def scale_of(value):
    return max(0, -value.as_tuple().exponent)


def first_digit(value):
    """Weight and first digit in base 10000, as PostgreSQL holds numerics."""
    if value == 0:
        return 0, 0
    weight = value.adjusted() // 4
    return weight, int(abs(value).scaleb(-4 * weight))


def divided(total, count):
    """numeric / numeric with the scale that PostgreSQL chooses."""
    with localcontext() as context:
        context.prec = 200
        weight, first = first_digit(total)
        other_weight, other_first = first_digit(Decimal(count))
        quotient_weight = weight - other_weight - (1 if first <= other_first else 0)
        scale = max(16 - quotient_weight * 4, scale_of(total), 0)
        return (total / count).quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_UP)


def float_text(value, single=False):
    """As PostgreSQL's shortest text; the model's floats are short binary fractions."""
    if value == int(value) and abs(value) < 1e15:
        return "-0" if str(value) == "-0.0" else str(int(value))
    text = repr(value)
    return text


def aggregate(kind, function, texts):
    texts = [t for t in texts if t is not None]
    if not texts:
        return "null"
    if function in ("min", "max"):
        pick = min if function == "min" else max
        return kind.json(pick(texts, key=kind.stored))
    if isinstance(kind, k.Float):
        total = sum(float(t) for t in texts)
        return float_text(total if function == "sum" else total / len(texts))
    with localcontext() as context:
        context.prec = 200
        total = sum((Decimal(t) for t in texts), Decimal(0))
    if function == "sum":
        return k.quoted(format(total, "f"))
    average = divided(total, len(texts))
    if isinstance(kind, k.Int):
        return float_text(float(average))
    return k.quoted(format(average, "f"))
