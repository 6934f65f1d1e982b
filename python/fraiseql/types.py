# SPDX-License-Identifier: MIT
"""Scalars for annotations, where Python has no type of its own for them.

    from fraiseql.types import ID, EmailAddress

    @fraiseql.type(sql_source="v_user")
    class User:
        id: ID
        email: EmailAddress

str, int, float, bool, UUID, datetime, date, time, timedelta, Decimal, bytes, dict and the classes of `ipaddress` need
none of these. The first group is what the engine knows and checks; the second passes through as it is stored, under a
name of its own in the schema (docs/decorators.md).
"""

from __future__ import annotations

from typing import ClassVar


class Scalar(str):
    """A scalar of GraphQL; a subclass of str, since that is what its values are in JSON."""

    graphql_name: ClassVar[str]

    def __init_subclass__(cls, graphql: str | None = None):
        cls.graphql_name = graphql or cls.__name__


# -- known to the engine: checked, compared and ordered as what they are ---------------------------------------------


class ID(Scalar):
    """An identifier: text, whatever the column is."""


class BigInt(Scalar):
    """64 bits; a string in JSON."""


class UUID(Scalar):
    """As uuid.UUID."""


class Date(Scalar):
    """As datetime.date."""


class DateTime(Scalar):
    """As datetime.datetime."""


class Time(Scalar):
    """As datetime.time."""


class Duration(Scalar):
    """As datetime.timedelta; ISO 8601."""


class JSON(Scalar):
    """As dict: any JSON."""


class Bytes(Scalar):
    """As bytes; base64."""


class IpAddress(Scalar):
    """inet."""


class CIDR(Scalar):
    """cidr."""


class MacAddress(Scalar):
    """macaddr."""


class LTree(Scalar, graphql="LTreePath"):
    """ltree."""


class DateRange(Scalar):
    """daterange, as `[a,b)`."""


class Int4Range(Scalar):
    """int4range."""


class Int8Range(Scalar):
    """int8range."""


class NumRange(Scalar):
    """numrange."""


class TsRange(Scalar):
    """tsrange."""


class TstzRange(Scalar):
    """tstzrange."""


# -- passed through: the schema names them, nothing is checked ---------------------------------------------------------


class AirportCode(Scalar):
    """IATA code of an airport."""


class ApiKey(Scalar):
    """A key of an API."""


class Color(Scalar):
    """`#rgb` or `#rrggbb`."""


class ContainerNumber(Scalar):
    """ISO 6346."""


class Coordinate(Scalar):
    """Latitude and longitude."""


class CurrencyCode(Scalar):
    """ISO 4217."""


class CUSIP(Scalar):
    """Number of a security in North America."""


class DomainName(Scalar):
    """A domain."""


class EmailAddress(Scalar):
    """An address of mail."""


class ExchangeCode(Scalar):
    """Code of a stock exchange."""


class ExchangeRate(Scalar):
    """A rate between currencies."""


class File(Scalar):
    """Address of a file."""


class FlightNumber(Scalar):
    """Airline and number."""


class HashSHA256(Scalar):
    """64 hexadecimal digits."""


class Hostname(Scalar):
    """RFC 1123."""


class HTML(Scalar):
    """Text with markup."""


class IBAN(Scalar):
    """Number of a bank account."""


class Image(Scalar):
    """Address of an image."""


class ISIN(Scalar):
    """Number of a security."""


class LanguageCode(Scalar):
    """ISO 639-1."""


class Latitude(Scalar):
    """Degrees from -90 to 90."""


class LEI(Scalar):
    """Identifier of a legal entity."""


class LicensePlate(Scalar):
    """Of a vehicle."""


class LocaleCode(Scalar):
    """`en-US`."""


class Longitude(Scalar):
    """Degrees from -180 to 180."""


class Markdown(Scalar):
    """Text with markup."""


class MIC(Scalar):
    """Code of a market."""


class MimeType(Scalar):
    """`text/plain`."""


class Money(Scalar):
    """An amount."""


class Percentage(Scalar):
    """From 0 to 100."""


class PhoneNumber(Scalar):
    """E.164."""


class Port(Scalar):
    """Number of a port, from 1 to 65535."""


class PortCode(Scalar):
    """UN/LOCODE of a harbour."""


class PostalCode(Scalar):
    """Of an address."""


class SEDOL(Scalar):
    """Number of a security in London."""


class SemanticVersion(Scalar):
    """`1.2.3`."""


class Slug(Scalar):
    """Words joined by hyphens."""


class StockSymbol(Scalar):
    """Of a share."""


class Timezone(Scalar):
    """`Europe/Paris`."""


class TrackingNumber(Scalar):
    """Of a parcel."""


class URL(Scalar):
    """An address of the web."""


class VIN(Scalar):
    """Number of a vehicle."""


KNOWN = frozenset(
    (
        *("Int", "Float", "String", "Boolean", "ID", "BigInt", "Decimal", "UUID", "Date", "Time", "DateTime", "Duration"),
        *("JSON", "Bytes", "IpAddress", "CIDR", "MacAddress", "LTreePath", "DateRange", "Int4Range", "Int8Range"),
        *("NumRange", "TsRange", "TstzRange"),
    )
)

__all__ = ["KNOWN", "Scalar", *(scalar.__name__ for scalar in Scalar.__subclasses__())]
