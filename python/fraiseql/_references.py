# SPDX-License-Identifier: MIT
"""From an annotation of Python to a type of GraphQL. `T` is non-null, `T | None` nullable, `list[T]` a list."""

from __future__ import annotations

import builtins
import collections.abc
import datetime
import decimal
import enum
import ipaddress
import types
import typing
import uuid
from dataclasses import dataclass, replace
from typing import Any

from .types import KNOWN, Scalar


class DeclarationError(TypeError):
    """Something that is declared can not be: what, where, and what to do."""


_SCALARS: dict[Any, str] = {
    str: "String",
    int: "Int",
    float: "Float",
    bool: "Boolean",
    bytes: "Bytes",
    dict: "JSON",
    Any: "JSON",
    collections.abc.Mapping: "JSON",
    uuid.UUID: "UUID",
    datetime.datetime: "DateTime",
    datetime.date: "Date",
    datetime.time: "Time",
    datetime.timedelta: "Duration",
    decimal.Decimal: "Decimal",
    ipaddress.IPv4Address: "IpAddress",
    ipaddress.IPv6Address: "IpAddress",
    ipaddress.IPv4Interface: "IpAddress",
    ipaddress.IPv6Interface: "IpAddress",
    ipaddress.IPv4Network: "CIDR",
    ipaddress.IPv6Network: "CIDR",
}
_LISTS = (list, collections.abc.Sequence, collections.abc.Iterable)


@dataclass(frozen=True)
class Reference:
    """A type where it is used: a name, or a list of another reference; `declared` is the class behind the name."""

    name: str
    required: bool = True
    item: Reference | None = None
    declared: Any = None

    def __str__(self) -> str:
        inner = self.name if self.item is None else f"[{self.item}]"
        return inner + "!" if self.required else inner

    @property
    def core(self) -> Reference:
        """The named type inside all lists."""
        return self if self.item is None else self.item.core

    @property
    def passed_through(self) -> bool:
        """Whether it is a scalar that the engine does not know."""
        return self.core.declared is None and self.core.name not in KNOWN


def declaration_of(thing: Any):
    """What a decorator has put on this very class or function, or None."""
    return vars(thing).get("__fraiseql__") if hasattr(thing, "__dict__") else None


def evaluate(annotation: Any, scopes: tuple[dict[str, Any], dict[str, Any]], place: str) -> Any:
    """An annotation that is a text, as those under `from __future__ import annotations` and forward references are.

    The scopes are the names of the module, which rule, and those of everything that is declared.
    """
    if isinstance(annotation, typing.ForwardRef):
        annotation = annotation.__forward_arg__
    if not isinstance(annotation, str):
        return annotation
    module, declared = scopes
    try:
        return eval(annotation, {"__builtins__": builtins, **declared, **module})  # as typing.get_type_hints does
    except NameError as error:
        raise DeclarationError(
            f"{place}: {annotation!r} names {error.name!r}, which is nothing that this module or a declaration knows"
        ) from None
    except Exception as error:
        raise DeclarationError(f"{place}: {annotation!r} is no annotation: {error}") from None


def _union(arguments, scopes, place: str) -> Reference:
    rest = [a for a in arguments if a is not None and a is not types.NoneType]
    if len(rest) != 1:
        raise DeclarationError(
            f"{place}: unions are not supported: only `T | None`. A type with the fields of both is the usual way out"
        )
    return replace(refer(rest[0], scopes, place), required=False)


def _class(annotation: Any, place: str) -> Reference:
    name = getattr(annotation, "__name__", repr(annotation))
    declaration = declaration_of(annotation)
    if declaration is not None and declaration.kind in ("type", "input", "enum"):
        return Reference(declaration.name, declared=annotation)
    if declaration is not None and declaration.kind in ("query", "mutation"):
        raise DeclarationError(f"{place}: {declaration.kind} {name} can not be used as a type")
    if declaration is not None:
        raise DeclarationError(
            f"{place}: @{declaration.kind} {name} needs a function that returns mutation_response; that is not supported "
            "yet. Let the function return a row, and name its type"
        )
    if isinstance(annotation, type) and issubclass(annotation, Scalar) and annotation is not Scalar:
        return Reference(annotation.graphql_name)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        raise DeclarationError(f"{place}: decorate the enum {name} with @fraiseql.enum")
    raise DeclarationError(
        f"{place}: {name} has no form in GraphQL; decorate the class with @fraiseql.type, @fraiseql.input or "
        "@fraiseql.enum, or use a scalar (docs/decorators.md lists them)"
    )


def refer(annotation: Any, scopes: tuple[dict[str, Any], dict[str, Any]], place: str) -> Reference:
    """The reference that an annotation means; DeclarationError where it means none."""
    annotation = evaluate(annotation, scopes, place)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return refer(arguments[0], scopes, place)
    if origin is typing.Union or origin is types.UnionType:
        return _union(arguments, scopes, place)
    if origin in _LISTS:
        return Reference("", item=refer(arguments[0], scopes, place))
    if annotation in _LISTS or annotation is typing.List:
        raise DeclarationError(f"{place}: of what is it a list? Write list[T]")
    if origin in (dict, collections.abc.Mapping):
        return Reference("JSON")
    if origin is typing.Literal:
        raise DeclarationError(f"{place}: declare the choices as an enum with @fraiseql.enum, instead of Literal")
    if isinstance(annotation, typing.NewType):
        return refer(annotation.__supertype__, scopes, place)
    try:
        name = _SCALARS.get(annotation)
    except TypeError:  # unhashable
        name = None
    return Reference(name) if name is not None else _class(annotation, place)
