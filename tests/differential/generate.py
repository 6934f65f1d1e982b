# SPDX-License-Identifier: MIT
"""Random queries as trees: which can be written with literals or with variables in any mixture, and evaluated."""

import json

from . import kinds as k
from . import model as m

DIRECTIONS = ["ASC", "DESC", "ASC_NULLS_FIRST", "ASC_NULLS_LAST", "DESC_NULLS_FIRST", "DESC_NULLS_LAST"]
# Response names that could meet the names in generated SQL, or those of other languages.
NASTY = ["t0", "t1", "x", "x0", "data", "a1", "c0", "b", "r", "j1", "o0", "fq_n", "fq_o0", "select", "__proto__", "errors", "null",
         "true", "query", "constructor", "_", "user", "order", "path", "limit"]
OLD = {"neq": ["ne"], "nin": ["notIn", "notin"], "startsWith": ["startswith"], "istartsWith": ["istartswith"],
       "endsWith": ["endswith"], "iendsWith": ["iendswith"], "containedBy": ["contained_by"],
       "strictlyContains": ["strictly_contains"], "lenEq": ["len_eq"], "lenGt": ["len_gt"], "anyEq": ["any_eq"]}
NEW = {old: new for new, olds in OLD.items() for old in olds}


class Node:
    """A value in the document: `wire` is what it is in JSON; `parts` its items or members, as nodes."""

    def __init__(self, wire, type_name, parts=None, unsent=()):
        self.wire, self.type, self.parts, self.unsent = wire, type_name, parts, list(unsent)


def leaf(wire, type_name):
    return Node(wire, type_name)


def a_list(nodes, type_name):
    return Node([n.wire for n in nodes], type_name, nodes)


def an_object(members, type_name, unsent=()):
    return Node({name: node.wire for name, node in members}, type_name, members, unsent)


class Field:
    def __init__(self, name, key=None, arguments=(), selection=None, directives=()):
        self.name, self.key = name, key or name
        self.arguments, self.selection, self.directives = list(arguments), selection, list(directives)


class Spread:
    def __init__(self, fragment, directives):
        self.fragment, self.directives = fragment, directives


class Inline:
    def __init__(self, type_name, selection, directives):
        self.type, self.selection, self.directives = type_name, selection, directives


class Fragment:
    def __init__(self, name, type_name, selection):
        self.name, self.type, self.selection = name, type_name, selection


class Generator:
    def __init__(self, draw, made):
        self.draw, self.made = draw, made
        self.fragments, self.keys = [], 0
        self.nasty = draw.sample(NASTY, len(NASTY))
        self.budget = 40

    def chance(self, share):
        return self.draw.random() < share

    # -- values ----------------------------------------------------------------------------------------------------

    def filter(self, kind):
        draw = self.draw
        if self.chance(0.12) and not isinstance(kind, k.Array):
            return leaf(None if self.chance(0.3) else kind.draw(draw), kind.filter())
        names = ["eq", "neq", "isnull"] + ([] if isinstance(kind, k.Array) else ["in", "nin"])
        if kind.ordered:
            names += ["gt", "gte", "lt", "lte", "between"]
        if kind.text:
            names += ["contains", "icontains", "startsWith", "istartsWith", "endsWith", "iendsWith", "like", "ilike", "nlike", "nilike"]
        if isinstance(kind, k.Array):
            names += ["contains", "containedBy", "overlaps", "strictlyContains", "lenEq", "lenNeq", "lenGt", "lenGte", "lenLt",
                      "lenLte", "anyEq", "allEq"]
        members = []
        for name in draw.sample(names, draw.choice([1, 1, 1, 1, 2, 2, 3, 0])):
            spelling = draw.choice(OLD[name]) if name in OLD and self.chance(0.1) else name
            members.append((spelling, self.operand(kind, name)))
        unsent = [(name, "Boolean") for name in ["isnull"] if members and name not in dict(members) and self.chance(0.1)]
        return an_object(members, kind.filter(), unsent)

    def operand(self, kind, name):
        draw, gql = self.draw, kind.gql
        if name == "isnull":
            return leaf(self.chance(0.5), "Boolean")
        if name in ("eq", "neq") and self.chance(0.1):
            return leaf(None, gql)
        if name in ("in", "nin"):
            if self.chance(0.05):
                return leaf(kind.draw(draw), "[%s]" % gql)
            items = [None if self.chance(0.15) else kind.draw(draw) for _ in range(draw.choice([0, 1, 2, 3, 6]))]
            return a_list([leaf(i, gql) for i in items], "[%s]" % gql)
        if name == "between":
            pair = [kind.draw(draw), kind.draw(draw)]
            if self.chance(0.8):
                pair.sort(key=kind.read)
            return a_list([leaf(i, gql + "!") for i in pair], "[%s!]" % gql)
        if isinstance(kind, k.Array):
            if name.startswith("len"):
                return leaf(draw.randrange(-1, 4), "Int")
            if name in ("anyEq", "allEq"):
                return leaf(kind.element.draw(draw), kind.element.gql)
            return a_list([leaf(i, kind.element.gql) for i in kind.draw(draw)], gql)
        if "like" in name:
            return leaf(self.pattern(kind), gql)
        return leaf(kind.draw(draw), gql)

    def pattern(self, kind):
        text = kind.draw(self.draw).replace("\\", "\\\\")
        return self.draw.choice(["%" + text, text + "%", "%" + text + "%", text, text + "_", "a\\%", "\\_", "__", "%"])

    def where(self, table, depth=2):
        draw, members, type_name = self.draw, {}, table.type + "Where"
        for _ in range(draw.choice([1, 1, 1, 2, 3, 0])):
            pick = draw.random()
            if pick < 0.4 and depth > 0:
                name = draw.choice(["AND", "OR", "OR", "NOT"])
                members[name] = self.branch(table, name, depth)
            elif pick < 0.6 and getattr(table, "inner", None):
                name = draw.choice(list(table.inner))
                inner = table.inner[name]
                members[name] = leaf(None, inner.type + "Where") if self.chance(0.2) else self.where(inner, depth)
            else:
                column = draw.choice([c for c in table.columns if not (table.type == "Article" and c == "labels")])
                members[column] = self.filter(table.columns[column])
        items = draw.sample(list(members.items()), len(members))
        unsent = [(c, table.columns[c].filter()) for c in draw.sample(list(table.columns), 1)
                  if items and any(i[1].wire is not None or i[0] not in ("AND", "OR", "NOT") for i in items)
                  and c not in members and self.chance(0.08) and c != "labels"]
        return an_object(items, type_name, unsent)

    def branch(self, table, name, depth):
        type_name = table.type + "Where"
        if self.chance(0.05):
            return leaf(None, type_name if name == "NOT" else "[%s!]" % type_name)
        if name == "NOT":
            return self.where(table, depth - 1)
        if self.chance(0.08):
            single = self.where(table, depth - 1)
            single.type = "[%s!]" % type_name
            return single
        nodes = [self.where(table, depth - 1) for _ in range(self.draw.choice([0, 1, 2, 2, 3]))]
        for node in nodes:
            node.type = type_name + "!"
        return a_list(nodes, "[%s!]" % type_name)

    def order(self, table):
        draw = self.draw
        columns = draw.sample(table.sortable(), min(len(table.sortable()), draw.choice([1, 1, 2, 2, 3])))
        pairs = [(c, leaf(k.Enum(draw.choice(DIRECTIONS)) if self.chance(0.95) else None, "OrderDirection")) for c in columns]
        type_name = table.type + "OrderBy"
        if self.chance(0.4):
            return Node([{c: n.wire for c, n in pairs}], "[%s!]" % type_name, [an_object(pairs, type_name + "!")])
        if self.chance(0.2):
            return an_object(pairs, "[%s!]" % type_name)
        return a_list([an_object([p], type_name + "!") for p in pairs], "[%s!]" % type_name)

    def arguments(self, table, paging=True):
        chosen = []
        if self.chance(0.55):
            chosen.append(("where", self.where(table) if self.chance(0.97) else leaf(None, table.type + "Where")))
        if paging:
            if self.chance(0.5):
                chosen.append(("orderBy", self.order(table)))
            if self.chance(0.45):
                chosen.append(("limit", leaf(self.draw.choice([0, 1, 2, 3, 5, 17, 100, 2147483647, None]), "Int")))
            if self.chance(0.25):
                chosen.append(("offset", leaf(self.draw.choice([0, 1, 2, 4, 99, 2147483647, None]), "Int")))
        return self.draw.sample(chosen, len(chosen))

    # -- selections ------------------------------------------------------------------------------------------------

    def directives(self):
        if self.chance(0.9):
            return []
        name = self.draw.choice(["skip", "include"])
        found = [(name, leaf(self.chance(0.5), "Boolean!"))]
        if self.chance(0.2):
            found.append(("include" if name == "skip" else "skip", leaf(self.chance(0.5), "Boolean!")))
        return found

    def key(self):
        self.keys += 1
        if self.nasty and self.chance(0.2):
            return self.nasty.pop()
        return "k%d" % self.keys

    def selection(self, table, depth, plain=False):
        draw, items = self.draw, []
        self.budget -= 1
        for _ in range(draw.choice([1, 2, 2, 3, 4])):
            pick = draw.random()
            if pick < 0.08:
                items.append(Field("__typename", self.key() if self.chance(0.3) else None, directives=self.directives()))
            elif pick < 0.18 and depth > 0 and table.columns and not plain:
                items.append(Inline(table.type if self.chance(0.6) else None, self.selection(table, depth - 1), self.directives()))
            elif pick < 0.28 and depth > 0 and not plain:
                items.append(Spread(self.fragment(table, depth - 1), self.directives()))
            elif pick < 0.62 and depth > 0 and table.relations and self.budget > 0:
                items.append(self.relation(table, depth - 1))
            elif pick < 0.72 and getattr(table, "inner", None):
                name = draw.choice(list(table.inner) + list(table.lists))
                inner = table.inner.get(name) or table.lists[name]
                items.append(Field(name, self.key() if self.chance(0.3) else None, [], self.selection(inner, 0, True),
                                   self.directives()))
            else:
                items.append(Field(draw.choice(list(table.columns)), self.key() if self.chance(0.1) else None,
                                   directives=self.directives()))
        again = [f for f in items if isinstance(f, Field) and f.selection and f.name in table.relations]
        if again and self.chance(0.15):
            first = draw.choice(again)
            target = self.made[table.relations[first.name][1]]
            items.append(Field(first.name, first.key, first.arguments, self.selection(target, 0), self.directives()))
            items[-1].arguments = first.arguments  # the same text, so that they merge
        return items

    def fragment(self, table, depth):
        fitting = [f for f in self.fragments if f.type == table.type]
        if fitting and self.chance(0.4):
            return self.draw.choice(fitting)
        self.keys += 1
        fragment = Fragment("f%d" % self.keys, table.type, [])
        fragment.selection = self.selection(table, depth)
        self.fragments.append(fragment)
        return fragment

    def relation(self, table, depth):
        name = self.draw.choice(list(table.relations))
        many, target, _, _ = table.relations[name]
        target = self.made[target]
        arguments = self.arguments(target) if many else []
        key = self.key() if arguments or self.chance(0.15) else None
        return Field(name, key, arguments, self.selection(target, depth), self.directives())

    def root(self):
        table = self.draw.choice(list(self.made.values()))
        pick = self.draw.random()
        if pick < 0.15:
            return Field(table.aggregate, self.key(), self.arguments(table, paging=False), self.aggregate(table), self.directives())
        if pick < 0.35 and table.one:
            return self.one(table)
        return Field(table.root, self.key(), self.arguments(table), self.selection(table, 4), self.directives())

    def one(self, table):
        if table.name == "people" and self.chance(0.2):
            name, key = "personByUid", ["uid"]
        else:
            name, key = table.one, table.key
        row = self.draw.choice(table.rows)
        arguments = []
        for column in key:
            kind = table.columns[column]
            wire = kind.draw(self.draw) if self.chance(0.2) or row.value[column] is None else row.text[column]
            if isinstance(kind, k.Int):
                wire = int(wire)
            arguments.append((column, leaf(wire, kind.gql + "!")))
        return Field(name, self.key(), arguments, self.selection(table, 4), self.directives())

    def aggregate(self, table):
        items = []
        for name in self.draw.sample(["count", "sum", "avg", "min", "max"], self.draw.choice([1, 2, 3])):
            sums = name in ("sum", "avg")
            columns = [c for c, kind in table.columns.items() if (kind.sums if sums else kind.extremes)]
            if name == "count":
                items.append(Field("count", directives=self.directives()))
            elif columns:
                chosen = self.draw.sample(columns, self.draw.choice([1, min(2, len(columns))]))
                items.append(Field(name, None, [], [Field(c) for c in chosen], self.directives()))
        return items or [Field("count")]

    def query(self):
        return Query([self.root() for _ in range(self.draw.choice([1, 1, 1, 2, 3]))], self.made)


class Query:
    def __init__(self, roots, made):
        self.roots, self.made = roots, made

    # -- writing ---------------------------------------------------------------------------------------------------

    def write(self, draw, share):
        """Text and variables; each value becomes a variable with the probability `share`."""
        return Writer(draw, share).write(self.roots)

    # -- the answer ------------------------------------------------------------------------------------------------

    def answer(self):
        return '{"data":%s}' % self.members(self.collect(self.roots, "Query"), lambda field, selection: self.root(field, selection))

    def included(self, item):
        return all(node.wire == (name == "include") for name, node in item.directives)

    def collect(self, selection, type_name):
        """Response key -> (first field, merged selection), in the order of first appearance."""
        found = {}
        self.collect_into(found, selection)
        return found

    def collect_into(self, found, selection):
        for item in selection:
            if not self.included(item):
                continue
            if isinstance(item, Field):
                held = found.setdefault(item.key, (item, []))
                held[1].extend(item.selection or [])
            else:
                self.collect_into(found, item.fragment.selection if isinstance(item, Spread) else item.selection)

    def members(self, collected, value):
        return "{%s}" % ",".join('"%s":%s' % (key, value(field, selection)) for key, (field, selection) in collected.items())

    def root(self, field, selection):
        for table in self.made.values():
            arguments = {name: node.wire for name, node in field.arguments}
            arguments = {name: plain(wire) for name, wire in arguments.items()}
            if field.name == table.root:
                return self.objects(table, m.listed(table, table.rows, arguments), selection)
            if field.name == table.aggregate:
                where = arguments.get("where")
                return self.aggregates(table, [r for r in table.rows if m.fits(table, r, where) is True], selection)
            if field.name == table.one or (table.name == "people" and field.name == "personByUid"):
                found = [r for r in table.rows if all(
                    r.value[c] == table.columns[c].read(w) for c, w in arguments.items())]
                return self.object(table, found[0], selection) if found else "null"
        raise AssertionError(field.name)

    def objects(self, table, rows, selection):
        return "[%s]" % ",".join(self.object(table, row, selection) for row in rows)

    def object(self, table, row, selection):
        if row is None:
            return "null"
        return self.members(self.collect(selection, table.type), lambda f, inner: self.field(table, row, f, inner))

    def field(self, table, row, field, selection):
        if field.name == "__typename":
            return '"%s"' % table.type
        if field.name in table.relations:
            many, target, _, _ = table.relations[field.name]
            rows = m.related(self.made, table, row, field.name)
            target = self.made[target]
            if many:
                arguments = {name: plain(node.wire) for name, node in field.arguments}
                return self.objects(target, m.listed(target, rows, arguments), selection)
            return self.object(target, rows[0] if rows else None, selection)
        if field.name in getattr(table, "inner", {}):
            return self.object(table.inner[field.name], row.inner[field.name], selection)
        if field.name in getattr(table, "lists", {}):
            items = row.inner[field.name]
            return "null" if items is None else self.objects(table.lists[field.name], items, selection)
        text = row.text[field.name]
        return "null" if text is None else table.columns[field.name].json(text)

    def aggregates(self, table, rows, selection):
        def inner(function):
            return lambda f, _: m.aggregate(table.columns[f.name], function, [r.text[f.name] for r in rows])

        return self.members(self.collect(selection, None), lambda f, sub: str(len(rows)) if f.name == "count" else self.members(
            self.collect(sub, None), inner(f.name)))


def plain(wire):
    """Old spellings to new ones."""
    if isinstance(wire, dict):
        return {NEW.get(name, name): plain(value) for name, value in wire.items()}
    return [plain(i) for i in wire] if isinstance(wire, list) else wire


class Writer:
    def __init__(self, draw, share):
        self.draw, self.share = draw, share
        self.variables, self.definitions, self.fragments, self.texts = {}, [], {}, {}

    def write(self, roots):
        body = self.selection(roots)
        head = "query%s" % ("(%s)" % ", ".join(self.definitions) if self.definitions else "")
        texts = [head + " " + body] + list(self.fragments.values())
        if self.draw.random() < 0.2:
            texts.reverse()
        return "\n".join(texts), self.variables

    def variable(self, node):
        name = "v%d" % len(self.definitions)
        if self.draw.random() < 0.1 and not node.type.endswith("!"):
            self.definitions.append("$%s: %s = %s" % (name, node.type, literal(node.wire)))
            if self.draw.random() < 0.5:
                return "$" + name
        else:
            self.definitions.append("$%s: %s" % (name, node.type))
        self.variables[name] = node.wire
        return "$" + name

    def value(self, node):
        if self.draw.random() < self.share and not (node.wire is None and node.type.endswith("!")):
            return self.variable(node)
        if isinstance(node.wire, list) and node.parts is not None:
            return "[%s]" % ", ".join(self.value(p) for p in node.parts)
        if isinstance(node.wire, dict):
            texts = ["%s: %s" % (name, self.value(part)) for name, part in node.parts]
            for name, type_name in node.unsent:
                self.definitions.append("$u%d: %s" % (len(self.definitions), type_name))
                texts.insert(self.draw.randrange(len(texts) + 1), "%s: $u%d" % (name, len(self.definitions) - 1))
            return "{%s}" % ", ".join(texts)
        return literal(node.wire)

    def arguments(self, arguments):
        if id(arguments) not in self.texts:
            parts = ["%s: %s" % (name, self.value(node)) for name, node in arguments]
            self.texts[id(arguments)] = "(%s)" % ", ".join(parts) if parts else ""
        return self.texts[id(arguments)]

    def directives(self, directives):
        return "".join(" @%s(if: %s)" % (name, self.value(node)) for name, node in directives)

    def selection(self, items):
        return "{ %s }" % " ".join(self.item(item) for item in items)

    def item(self, item):
        if isinstance(item, Spread):
            fragment = item.fragment
            if fragment.name not in self.fragments:
                self.fragments[fragment.name] = ""
                self.fragments[fragment.name] = "fragment %s on %s %s" % (fragment.name, fragment.type,
                                                                          self.selection(fragment.selection))
            return "...%s%s" % (fragment.name, self.directives(item.directives))
        if isinstance(item, Inline):
            return "...%s%s %s" % (" on " + item.type if item.type else "", self.directives(item.directives),
                                   self.selection(item.selection))
        name = item.name if item.key == item.name else "%s: %s" % (item.key, item.name)
        return name + self.arguments(item.arguments) + self.directives(item.directives) + (
            " " + self.selection(item.selection) if item.selection else "")


def literal(wire):
    if isinstance(wire, k.Enum):
        return wire
    if isinstance(wire, dict):
        return "{%s}" % ", ".join("%s: %s" % (name, literal(value)) for name, value in wire.items())
    if isinstance(wire, list):
        return "[%s]" % ", ".join(literal(item) for item in wire)
    if isinstance(wire, str):
        return json.dumps(wire, ensure_ascii=False).replace("\u007f", "\\u007F")
    return json.dumps(wire)
