# SPDX-License-Identifier: MIT
"""What the kinds of columns mean: how a stored text is written as JSON, which value of the model it and a client's input
stand for, and how values are drawn. Nothing here comes from the engine: PostgreSQL's text of a value is the only source."""

import datetime
import json
import re
import struct
from decimal import Decimal


class Enum(str):
    """A name that stands bare in a document and quoted in variables."""


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


class Kind:
    gql = None
    ordered = True   # gt, lt, between; orderBy
    sortable = True
    text = False
    sums = False
    extremes = True

    def stored(self, text):
        """The model's value of PostgreSQL's text."""
        return self.read(text)

    def read(self, wire):
        """The model's value of a client's input."""
        return wire

    def json(self, text):
        return quoted(text)

    def filter(self):
        return self.gql + "Filter"


class Int(Kind):
    gql, sums = "Int", True

    def stored(self, text):
        return int(text)

    def json(self, text):
        return text

    def draw(self, draw):
        return draw.choice([draw.randrange(-2, 12), draw.randrange(-2, 12), draw.randrange(40), 2147483647, -2147483648])


class Small(Int):
    def draw(self, draw):
        return draw.choice([draw.randrange(4), draw.randrange(4), 40000, -32768])


class BigInt(Kind):
    gql, sums = "BigInt", True

    def stored(self, text):
        return int(text)

    def read(self, wire):
        return int(wire)

    def draw(self, draw):
        value = draw.choice([draw.randrange(40), draw.randrange(40), 9223372036854775807, -9223372036854775808, 2 ** 53 + 1])
        return value if draw.random() < 0.5 else str(value)


class Numeric(Kind):
    gql, sums, extremes = "Decimal", True, False  # of 1.5 and 1.50 either is the least

    def read(self, wire):
        return Decimal(str(wire))

    def draw(self, draw):
        text = draw.choice(["0", "1.5", "1.50", "-2.25", "0.1", "12345678901234567890.123456789", "3", "%d.%02d" % (
            draw.randrange(4), draw.randrange(100))])
        return text if draw.random() < 0.7 else int(text) if text.isdigit() else text


class Worth(Numeric):
    extremes = True

    def draw(self, draw):
        return draw.choice(["0.00", "1.50", "-2.25", "9999.99", "%d.5" % draw.randrange(4)])


class Float(Kind):
    gql, sums = "Float", True

    def read(self, wire):
        return float(wire)

    def json(self, text):
        return text

    def draw(self, draw):
        return draw.choice([0.5, 1.25, -3.75, 1e20, 2.5, 0.0, -0.25, draw.randrange(5), draw.randrange(20) / 4])


class Float4(Float):
    def read(self, wire):
        return struct.unpack("f", struct.pack("f", float(wire)))[0]

    def draw(self, draw):
        return draw.choice([0.5, 1.25, -3.75, 1024.5, 2.5, 0.0, -0.25, draw.randrange(5), draw.randrange(20) / 4])


class Bool(Kind):
    gql, ordered, extremes = "Boolean", False, False

    def stored(self, text):
        return text in ("t", "true")

    def json(self, text):
        return "true" if self.stored(text) else "false"

    def draw(self, draw):
        return draw.random() < 0.5


ALPHABET = ["a", "b", "B", "A", "%", "_", "\\", "'", '"', "é", "É", "😀", " ", "c", "\n", "{", ",", "\u007f", "\u0001"]


class Text(Kind):
    gql, text = "String", True

    def draw(self, draw):
        letters = ALPHABET if draw.random() < 0.3 else ALPHABET[:6]
        return draw.choice(["", "NULL", "ab", "a%"]) if draw.random() < 0.1 else "".join(
            draw.choice(letters) for _ in range(draw.choice([0, 1, 1, 2, 2, 3])))

    def like(self, value, pattern, ignore_case):
        return like(value, pattern, ignore_case)


class Citext(Text):
    extremes = False  # of A and a either is the least

    def stored(self, text):
        return text.lower()

    read = stored

    def like(self, value, pattern, ignore_case):
        return like(value, pattern, True)


def like(value, pattern, ignore_case):
    if ignore_case:
        value, pattern = value.lower(), pattern.lower()
    out, at = [], 0
    while at < len(pattern):
        c = pattern[at]
        if c == "\\":
            at += 1
            out.append(re.escape(pattern[at]))
        else:
            out.append(".*" if c == "%" else "." if c == "_" else re.escape(c))
        at += 1
    return re.fullmatch("".join(out), value, re.DOTALL) is not None


MOODS = ["zealous", "Ok", "happy day", "true", "fine"]
MOOD_NAMES = ["zealous", "Ok", "happy_day", "_true", "fine"]


class Mood(Kind):
    gql = "Mood"

    def stored(self, text):
        return MOODS.index(text)

    def read(self, wire):
        return MOOD_NAMES.index(wire)

    def json(self, text):
        return quoted(MOOD_NAMES[MOODS.index(text)])

    def draw(self, draw):
        return Enum(draw.choice(MOOD_NAMES))


INFINITE = {"-infinity": -1, "infinity": 1}


class Date(Kind):
    gql = "Date"

    def read(self, wire):
        return INFINITE.get(wire, 0), wire

    def draw(self, draw):
        return draw.choice(["infinity", "-infinity", "2020-02-29"] + ["20%02d-0%d-11" % (draw.randrange(3), draw.randrange(1, 3))] * 4)


class Time(Kind):
    gql = "Time"

    def read(self, wire):
        hours, minutes, seconds = (wire + ":00").split(":")[:3]
        return (int(hours) * 60 + int(minutes)) * 60 + Decimal(seconds)

    def draw(self, draw):
        return draw.choice(["00:00:00", "24:00:00", "10:30", "10:30:00", "10:30:00.5", "23:59:59.999999"])


class Timestamp(Kind):
    gql = "DateTime"
    zone = ""

    def read(self, wire):
        if wire in INFINITE:
            return INFINITE[wire], 0
        text = wire.replace("T", " ").replace("Z", "+00:00")
        text = re.sub(r"([+-]\d\d)$", r"\1:00", text)
        value = datetime.datetime.fromisoformat(re.sub(r"\.(\d+)", lambda m: "." + m.group(1).ljust(6, "0"), text))
        if value.tzinfo:
            value = (value - value.utcoffset()).replace(tzinfo=None)
        return 0, value

    def json(self, text):
        if text in INFINITE:
            return quoted(text)
        return quoted(re.sub(r"\+00$", "", text).replace(" ", "T") + self.zone)

    def draw(self, draw):
        return draw.choice(["infinity", "-infinity", "2020-01-01T00:00:00", "2020-01-01T00:00:00.12", "1999-12-31T23:59:59.999999",
                            "2020-0%d-01T12:00:00" % draw.randrange(1, 4)])


class Timestamptz(Timestamp):
    zone = "Z"

    def draw(self, draw):
        value = super().draw(draw)
        return value if value in INFINITE or draw.random() < 0.3 else value + draw.choice(["Z", "Z", "+00:00", "+02:00", "-11:30"])


class Uuid(Kind):
    gql, extremes = "UUID", False

    def read(self, wire):
        return wire.lower()

    def draw(self, draw):
        value = "%08x-0000-4000-8000-00000000000a" % draw.randrange(24)
        return value.upper() if draw.random() < 0.2 else value


class Array(Kind):
    ordered = sortable = extremes = False

    def __init__(self, element):
        self.element = element
        self.gql = "[%s]" % element.gql

    def stored(self, values):
        return tuple(values)

    read = stored

    def json(self, values):
        return "[%s]" % ",".join("null" if v is None else self.element.json(v if isinstance(v, str) else str(v)) for v in values)

    def filter(self):
        return self.element.gql + "ArrayFilter"

    def draw(self, draw, most=4):
        return [None if draw.random() < 0.15 else self.element.draw(draw) for _ in range(draw.randrange(most))]


class DocumentFloat(Float):
    """A number in a document: PostgreSQL compares it as numeric."""

    def read(self, wire):
        return Decimal(repr(wire))

    stored = staticmethod(Decimal)
