# SPDX-License-Identifier: MIT
"""What variables may hold: each type of Python as the text of its scalar, there and back through PostgreSQL."""

import datetime as dt
import decimal
import enum
import json
import uuid
from collections import OrderedDict

import pytest

import fraiseql

VALUES = """
create type mood as enum ('HAPPY', 'SAD');
create table v(id int primary key, instant timestamptz, moment timestamp, day date, clock time, span interval,
               amount numeric, blob bytea, key uuid, fraction float8, big int8, mood mood, note text, doc jsonb, yes bool);
insert into v values (1, '2024-01-02T03:04:05.6Z', '2024-01-02T03:04:05.6', '2024-02-03', '10:11:12.5',
                      interval '-2 days -3.5 seconds', 12345678901234567890.50, '\\x0102ff',
                      '0e7b1e0a-1111-4222-8333-444455556666', 0.1, 9007199254740993, 'SAD', 'Zoë "quoted" \u2028', '{}', true);
create function fn_keep(input jsonb) returns v language sql as
    $$ update v set doc = input where id = 1 returning * $$;
"""

UTC, EAST = dt.timezone.utc, dt.timezone(dt.timedelta(hours=5, minutes=30))


class Mood(enum.Enum):
    HAPPY = 1
    SAD = 2


class MoodText(enum.Enum):
    FELT = "SAD"


class MoodStr(str, enum.Enum):
    FELT = "SAD"


class Number(enum.IntEnum):
    ONE = 1


class Key(uuid.UUID):
    pass


@pytest.fixture(scope="module")
def values(make_database):
    pool = fraiseql.Pool(make_database(VALUES))
    yield fraiseql.Pipeline(pool)
    pool.close()


@pytest.mark.parametrize("column, scalar, value, text", [
    ("instant", "DateTime", dt.datetime(2024, 1, 2, 3, 4, 5, 600000, UTC), '"2024-01-02T03:04:05.6Z"'),
    ("instant", "DateTime", dt.datetime(2024, 1, 2, 8, 34, 5, 600000, EAST), '"2024-01-02T03:04:05.6Z"'),
    ("instant", "DateTime", dt.datetime(2024, 1, 2, 3, 4, 5, 600000), '"2024-01-02T03:04:05.6Z"'),
    ("moment", "DateTime", dt.datetime(2024, 1, 2, 3, 4, 5, 600000), '"2024-01-02T03:04:05.6"'),
    ("day", "Date", dt.date(2024, 2, 3), '"2024-02-03"'),
    ("clock", "Time", dt.time(10, 11, 12, 500000), '"10:11:12.5"'),
    ("span", "Duration", dt.timedelta(days=-2, seconds=-3.5), '"P-2DT-3.5S"'),
    ("amount", "Decimal", decimal.Decimal("12345678901234567890.50"), '"12345678901234567890.50"'),
    ("amount", "Decimal", decimal.Decimal("1234567890123456789050E-2"), '"12345678901234567890.50"'),
    ("blob", "Bytes", b"\x01\x02\xff", '"AQL/"'),
    ("blob", "Bytes", bytearray(b"\x01\x02\xff"), '"AQL/"'),
    ("key", "UUID", uuid.UUID("0e7b1e0a-1111-4222-8333-444455556666"), '"0e7b1e0a-1111-4222-8333-444455556666"'),
    ("key", "UUID", Key("0e7b1e0a-1111-4222-8333-444455556666"), '"0e7b1e0a-1111-4222-8333-444455556666"'),
    ("fraction", "Float", 0.1, "0.1"),
    ("big", "BigInt", 9007199254740993, '"9007199254740993"'),
    ("mood", "Mood", Mood.SAD, '"SAD"'),
    ("mood", "Mood", MoodText.FELT, '"SAD"'),
    ("mood", "Mood", MoodStr.FELT, '"SAD"'),
    ("id", "Int", Number.ONE, "1"),
    ("note", "String", 'Zoë "quoted" \u2028', json.dumps('Zoë "quoted" \u2028', ensure_ascii=False)),
    ("yes", "Boolean", True, "true"),
])
def test_a_value_finds_its_row_and_comes_back(values, column, scalar, value, text):
    query = "query ($v: %s, $all: [%s]) { vs(where: {AND: [{%s: {eq: $v}}, {%s: {in: $all}}]}) { %s } }"
    body = values.execute_sync(query % (scalar, scalar, column, column, column), {"v": value, "all": (value, None)})
    assert body.decode() == '{"data":{"vs":[{"%s":%s}]}}' % (column, text)


@pytest.mark.parametrize("column, scalar, value, part", [
    ("moment", "DateTime", dt.datetime(2024, 1, 2, tzinfo=UTC), "without time zone"),
    ("clock", "Time", dt.time(1, 2, tzinfo=UTC), "without time zone"),
    ("amount", "Decimal", decimal.Decimal("NaN"), "not a decimal number"),
    ("day", "Date", dt.datetime(2024, 1, 2), "Date"),
    ("big", "BigInt", 2**63, "BigInt"),
])
def test_a_value_that_the_column_does_not_hold_is_an_error_in_the_answer(values, column, scalar, value, part):
    answer = json.loads(values.execute_sync("query ($v: %s) { vs(where: {%s: {eq: $v}}) { id } }" % (scalar, column),
                                            {"v": value}))
    assert "data" not in answer and part in answer["errors"][0]["message"]
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("span, text", [
    (dt.timedelta(0), "PT0S"),
    (dt.timedelta(days=1), "P1D"),
    (dt.timedelta(days=-1), "P-1D"),
    (dt.timedelta(hours=-1), "PT-3600S"),
    (dt.timedelta(microseconds=1), "PT0.000001S"),
    (dt.timedelta(microseconds=-1), "PT-0.000001S"),
    (dt.timedelta(days=1, microseconds=-1), "PT86399.999999S"),
    (dt.timedelta(days=-1, microseconds=1), "PT-86399.999999S"),
    (dt.timedelta(days=-2, microseconds=-500000), "P-2DT-0.5S"),
    (dt.timedelta.min, "P-999999999D"),
    (dt.timedelta.max, "P999999999DT86399.999999S"),
])
def test_durations_are_iso_8601(values, span, text):
    assert kept(values, {"span": span}) == {"span": text}


def kept(values, document):
    """The document as PostgreSQL has received it."""
    body = values.execute_sync("mutation ($d: JSON!) { keep(input: $d) { doc } }", {"d": document})
    return json.loads(body)["data"]["keep"]["doc"]


def test_documents_keep_their_shape(values):
    document = {"list": [1, [2.5, (3, None)], {}], "text": "\x00a\x1f\"\\/\u2028😀"[1:], "yes": True, "no": False,
                "big": 2**80, "deep": OrderedDict([("b", 1), ("a", {"c": []})]), "": 0, "float": 1.5e-07, "negative": -0.5,
                "bytes": b"", "one": b"a", "two": b"ab", "three": b"abc"}
    assert kept(values, document) == {
        "list": [1, [2.5, [3, None]], {}], "text": "a\x1f\"\\/\u2028😀", "yes": True, "no": False, "big": 2**80,
        "deep": {"b": 1, "a": {"c": []}}, "": 0, "float": 1.5e-07, "negative": -0.5, "bytes": "", "one": "YQ==",
        "two": "YWI=", "three": "YWJj"}


class Odd:
    pass


class OddText(decimal.Decimal):
    def __str__(self):
        return 5


class Raises(decimal.Decimal):
    def __str__(self):
        raise LookupError("from __str__")


def nested(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("variables, error, message", [
    ({"a": Odd()}, TypeError, "variables.a: JSON holds nothing like Odd"),
    ({"a": {"b": [0, {1}]}}, TypeError, "variables.a.b[1]: JSON holds nothing like set"),
    ({"a": {5: 1}}, TypeError, "variables.a: keys must be str, not int"),
    ({"a": 1j}, TypeError, "variables.a: JSON holds nothing like complex"),
    ({"a": float("nan")}, ValueError, "variables.a: JSON has no infinity and no NaN"),
    ({"a": [float("-inf")]}, ValueError, "variables.a[0]: JSON has no infinity and no NaN"),
    ({"a": "\ud800"}, ValueError, "variables.a: a lone surrogate is no character of JSON"),
    ({"\udfff": 1}, ValueError, None),
    ({"a": OddText(5)}, TypeError, None),
    ({"a": Raises(5)}, LookupError, "from __str__"),
    ({"a": 10**5000}, ValueError, None),
    ({"a": nested(200)}, ValueError, None),
])
def test_what_json_does_not_hold_is_an_error_with_its_place(values, variables, error, message):
    with pytest.raises(error) as caught:
        values.execute_sync("query ($a: JSON) { vs { id } }", variables)
    assert message is None or str(caught.value).strip("'") == message


def test_a_value_that_holds_itself_is_an_error(values):
    itself = {}
    itself["me"] = [itself]
    with pytest.raises(ValueError, match="nested deeper than 128 levels"):
        values.execute_sync("query ($a: JSON) { vs { id } }", itself)


def test_values_that_change_while_they_are_written_do_no_harm(values):
    class Grows(decimal.Decimal):
        def __str__(self):
            container.clear()
            rest.clear()
            for i in range(1000):
                container["k%d" % i] = i
            return "1"

    rest = [Grows(1), 2, 3]
    container = {"a": Grows(1), "b": rest, "c": 3}
    try:
        values.execute_sync("query ($a: JSON) { vs { id } }", container)
    except (RuntimeError, ValueError):
        pass


def test_a_pool_that_closes_while_variables_are_written_is_an_error(make_database, make_pool):
    pool = make_pool(make_database(VALUES))
    pipeline = fraiseql.Pipeline(pool)

    class Closes(decimal.Decimal):
        def __str__(self):
            pool.close()
            return "1"

    with pytest.raises(RuntimeError, match="the pool is closed"):
        pipeline.execute_sync("query ($a: JSON) { vs { id } }", {"a": Closes(1)})
