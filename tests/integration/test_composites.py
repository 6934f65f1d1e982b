# SPDX-License-Identifier: MIT
"""Composites, alone and in arrays: their attributes have the same JSON as columns of the same types and values (whose
JSON the pairs compare with SQL)."""

import json

import pytest

from support.server import run_program

# (name, type, value of the first row, value of the second)
ATTRIBUTES = [
    ("i2", "int2", "1", "null"), ("i4", "int4", "-2147483648", "0"), ("i8", "int8", "9007199254740993", "null"),
    ("f4", "float4", "0.1", "'NaN'"), ("f8", "float8", "1e-7", "'Infinity'"), ("n", "numeric", "1.50", "'NaN'"),
    ("m", "money", "-12.5", "null"), ("b", "bool", "true", "false"), ("t", "text", "E'q\"\\\\ \\n\\t\\u0001 é'", "''"),
    ("c", "char(3)", "'a'", "'abc'"), ("nm", "name", "'n'", "''"), ("ci", "citext", "'Ab'", "null"),
    ("u", "uuid", "'123E4567-e89b-12d3-a456-426614174000'", "null"), ("d", "date", "'0044-03-15 BC'", "'infinity'"),
    ("ti", "time", "'12:30:00.5'", "'24:00'"), ("tz", "timetz", "'12:30:00.25-03:30'", "'24:00+00'"),
    ("ts", "timestamp", "'2024-01-01 00:00:00.10'", "'infinity'"),
    ("tstz", "timestamptz", "'294276-12-31 23:59:59Z'", "'-infinity'"), ("iv", "interval", "'-1 year 2 days'", "'0'"),
    ("j", "json", "'{\"b\":1,  \"a\":[null]}'", "'null'"), ("jb", "jsonb", "'{\"b\":1,\"a\":2}'", "'null'"),
    ("ba", "bytea", "decode(repeat('00ff7f', 40), 'hex')", "''"), ("ip", "inet", "'10.0.0.1'", "'::1/64'"),
    ("cd", "cidr", "'10.0.0.0/8'", "'::/0'"), ("mac", "macaddr", "'08:00:2b:01:02:03'", "null"), ("lt", "ltree", "'a.b'", "''"),
    ("r4", "int4range", "'[1,5]'", "'empty'"), ("nr", "numrange", "'[1.5,2]'", "'(,)'"),
    ("dr", "daterange", "'[0044-03-15 BC,)'", "'empty'"), ("tsr", "tsrange", "'[2024-01-01,2024-01-02)'", "'(,)'"),
    ("tstzr", "tstzrange", "'(,2024-01-01 00:00+02]'", "null"), ("bits", "bit(3)", "'101'", "null"), ("pt", "point", "'(1,2)'", "null"),
    ("md", "mood", "'so-so'", "'4ever'"),
    ("a8", "int8[]", "'{1,null}'", "'{}'"), ("an", "numeric[]", "'{1.50}'", "'{{1},{2}}'"),
    ("af", "float8[]", "'{1e300,0.1}'", "'{NaN,1}'"), ("at", "text[]", "'{\"a\\\"b\",null,\"\"}'", "'{}'"),
    ("aba", "bytea[]", "'{\"\\\\x00\",\"\\\\xff\",null}'", "'{}'"),
    ("ats", "timestamptz[]", "'{2024-01-01 00:00:00.5+02,infinity}'", "'{}'"), ("atz", "timetz[]", "'{00:00+00,12:00-03}'", "'{}'"),
    ("ad", "date[]", "'{5874897-12-31,-infinity}'", "null"), ("au", "uuid[]", "'{123e4567-e89b-12d3-a456-426614174000}'", "null"),
    ("aj", "json[]", "array['[1]'::json, 'null', '{\"a\":  1}']", "'{}'"), ("aip", "inet[]", "'{10.0.0.1,10.0.0.0/8}'", "'{}'"),
    ("atr", "tstzrange[]", "'{\"[2024-01-01 00:00+02,)\",empty}'", "'{}'"), ("ac", "char(3)[]", "'{ab}'", "'{}'"),
    ("am", "mood[]", "'{so-so,happy,null}'", "'{}'"), ("ab", "bool[]", "'{t,f,null}'", "'{}'"),
]


def make_sql():
    names = ", ".join(a[0] for a in ATTRIBUTES)
    columns = ", ".join("%s %s" % a[:2] for a in ATTRIBUTES)
    row = "row(%s)::everything" % names
    return """
        create extension citext; create extension ltree;
        create type mood as enum ('happy', 'so-so', '4ever');
        create type everything as (%(columns)s);
        create type outer_type as (name text, "inner" everything, inners everything[]);
        create domain outers as outer_type[];
        create table plain (id int primary key, %(columns)s);
        insert into plain values (1, %(first)s), (2, %(second)s);
        -- a column called as what the SQL might call its own rows
        create table holder (id int primary key, one everything, many everything[], deep outer_type, deeper outers, o int, e int, n int);
        insert into holder select id, %(row)s, array[%(row)s, null], ('x', %(row)s, array[%(row)s])::outer_type,
            array[('y', %(row)s, array[%(row)s])]::outer_type[] from plain;
        insert into holder (id, many, deeper) values (3, '{}', array[null, (null, null, null)]::outer_type[]);
        insert into holder (id, many) select 4, array[[one], [one]] from holder where id = 1;
        create table child (id int primary key, holder_id int references holder, many everything[]);
        insert into child select id, id, many from holder;
    """ % {"columns": columns, "first": ", ".join(a[2] for a in ATTRIBUTES), "second": ", ".join(a[3] for a in ATTRIBUTES),
           "row": row}


NAMES = " ".join(a[0] for a in ATTRIBUTES)


@pytest.fixture(scope="module")
def ask(make_database):
    url = make_database(make_sql())

    def ask(query, *arguments):
        done = run_program("query", "--database", url, *arguments, query)
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)

    return ask


def messages(answer, cut):
    """The last steps of the errors' paths, with the message's beginning."""
    return {(tuple(e["path"][cut:]), e["message"].split(":")[0]) for e in answer.get("errors", [])}


@pytest.mark.parametrize("options", [(), ("--big-numbers",), ("--prepared", "off")])
def test_attributes_are_written_like_columns(ask, options):
    for number in (1, 2):
        plain = ask("{ plain(id: %d) { %s } }" % (number, NAMES), *options)
        columns, errors = plain["data"]["plain"], messages(plain, 1)
        for query, find, cut in [
            ("one { %s }", lambda h: h["one"], 2),
            ("many { %s }", lambda h: h["many"][0], 3),
            ("deep { inner { %s } }", lambda h: h["deep"]["inner"], 3),
            ("deep { inners { %s } }", lambda h: h["deep"]["inners"][0], 4),
            ("deeper { inner { %s } }", lambda h: h["deeper"][0]["inner"], 4),
            ("deeper { inners { %s } }", lambda h: h["deeper"][0]["inners"][0], 5),
        ]:
            answer = ask("{ holder(id: %d) { %s } }" % (number, query % NAMES), *options)
            assert find(answer["data"]["holder"]) == columns, query
            assert messages(answer, cut) == errors, query
        nested = ask("{ holder(id: %d) { children { many { %s } } } }" % (number, NAMES), *options)
        assert nested["data"]["holder"]["children"][0]["many"][0] == columns


def test_nulls_empty_arrays_and_aliases(ask):
    answer = ask("{ holders { id many { a: i2 b: i2 c: md __typename } one { i2 } deeper { name inner { i2 } inners { i2 } } } }")
    first, second, third, fourth = answer["data"]["holders"]
    assert first["many"] == [{"a": 1, "b": 1, "c": "so_so", "__typename": "Everything"}, None]
    assert third == {"id": 3, "many": [], "one": None,
                     "deeper": [None, {"name": None, "inner": None, "inners": None}]}
    assert fourth == {"id": 4, "many": None, "one": None, "deeper": None}
    assert [(e["path"], e["message"]) for e in answer["errors"]] == [
        (["holders", 3, "many"], "Arrays of more than one dimension can not be represented as a list.")]


def test_only_type_names(ask):
    assert ask("{ holder(id: 1) { many { __typename } } }")["data"]["holder"]["many"] == [{"__typename": "Everything"}, None]


def test_attributes_without_a_name_in_graphql(make_database):
    url = make_database("""create type odd as ("日" int, "本" text);
        create table t (id int primary key, one odd, many odd[]); insert into t values (1, '(1,x)', array['(2,y)'::odd, null]);""")
    answer = run_program("query", "--database", url, "{ ts { one { _text } many { _text } } }").stdout
    assert json.loads(answer) == {"data": {"ts": [{"one": {"_text": "(1,x)"}, "many": [{"_text": "(2,y)"}, None]}]}}
