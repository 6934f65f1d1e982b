# SPDX-License-Identifier: MIT
"""Decorators that declare a schema: types, inputs, enums, queries and mutations. They only note what was declared;
build_schema_json() makes schema JSON of it. No resolver runs in Python: the engine answers from views and functions.
"""

from __future__ import annotations

import builtins
import enum as _enum
import inspect
import sys
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field as _field
from types import FrameType
from typing import Any, TypeVar, overload

from ._names import camel_case, is_legal, snake_case
from ._references import DeclarationError, declaration_of

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

#: What jsonb_column is where nothing is said: `data`, where the relation has it.
_UNSAID: Any = object()
#: What has no default; None is one.
MISSING: Any = object()


@dataclass
class Declaration:
    """What a decorator notes: `kind` is type, input, enum, query or mutation, `name` that of GraphQL."""

    kind: str
    name: str
    target: Any
    options: dict[str, Any] = _field(default_factory=dict)
    #: The names of the module that declares it, for annotations that are texts.
    scope: dict[str, Any] = _field(default_factory=dict, repr=False)

    @property
    def place(self) -> str:
        """For error messages."""
        return f"{self.kind} {self.target.__qualname__}"


#: Every declared class by its Python name, for forward references; the latest counts.
declared: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()


def _scope() -> dict[str, Any]:
    """The names of the module that calls a decorator of ours; a module need not be in sys.modules."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals is globals():
        frame = frame.f_back
    return {} if frame is None else frame.f_globals


def _note(kind: str, target: Any, name: str, **options: Any) -> None:
    if not is_legal(name):
        raise DeclarationError(f"{kind} {target.__qualname__}: {name!r} is no name that GraphQL allows")
    declared[target.__name__] = target
    target.__fraiseql__ = Declaration(kind, name, target, options, getattr(target, "__globals__", None) or _scope())


def _check_class(kind: str, target: Any) -> None:
    if not isinstance(target, builtins.type):
        raise DeclarationError(f"@fraiseql.{kind} stands above a class, not {target!r}")


@dataclass(frozen=True)
class Field:
    """What fraise_field() notes."""

    default: Any = MISSING
    description: str | None = None
    graphql_name: str | None = None
    column: str | None = None
    relation: dict[str, list[str]] | None = None


def fraise_field(
    *,
    default: Any = MISSING,
    description: str | None = None,
    graphql_name: str | None = None,
    column: str | None = None,
    relation: dict[str, list[str]] | None = None,
) -> Any:
    """More about one field, as its value in the class:

        name: str = fraiseql.fraise_field(description="As on the passport", column="full_name")
        posts: list["Post"] = fraiseql.fraise_field(relation={"from": ["id"], "to": ["author_id"]})

    default is that of an input's field. column is where a type's field is read, if not where its name says; relation
    names the columns of both sides that are equal, of types with a sql_source.
    """
    return Field(default, description, graphql_name, column, relation)


# -- types, inputs, enums ----------------------------------------------------------------------------------------------


@overload
def type(target: builtins.type[T], /) -> builtins.type[T]: ...
@overload
def type(
    *, sql_source: str | None = None, jsonb_column: str | None = _UNSAID, name: str | None = None, key: Any = None
) -> Callable[[builtins.type[T]], builtins.type[T]]: ...
def type(target=None, /, *, sql_source=None, jsonb_column=_UNSAID, name=None, key=None, **more):
    """Declares an object type: an annotated class whose fields are the columns of the relation `sql_source`
    (`view` or `schema.view`) or the keys of its JSONB column.

        @fraiseql.type(sql_source="v_user", jsonb_column="data")
        class User:
            id: UUID
            first_name: str | None

    jsonb_column is `data` where the relation has it; None: there is none. Without sql_source the type is an object
    inside documents. key names the columns that identify a row, where the database does not know. The docstring is the
    description; a section `Fields:` in it describes the fields.
    """

    def decorate(target):
        _check_class("type", target)
        if more.get("implements"):
            raise DeclarationError(f"type {target.__qualname__}: interfaces are not supported; repeat their fields")
        for option in more:
            if option not in ("implements", "resolve_nested"):
                raise DeclarationError(
                    f"type {target.__qualname__}: there is no option {option!r}; there are sql_source, jsonb_column, "
                    "name and key"
                )
        if more.get("resolve_nested"):
            raise DeclarationError(
                f"type {target.__qualname__}: resolve_nested is not supported: compose the object in the view, or give "
                "the field fraise_field(relation={'from': [...], 'to': [...]})"
            )
        keys = [key] if isinstance(key, str) else key
        _note("type", target, name or target.__name__, sql_source=sql_source, jsonb_column=jsonb_column, key=keys)
        return target

    return decorate if target is None else decorate(target)


@overload
def input(target: builtins.type[T], /) -> builtins.type[T]: ...
@overload
def input(*, name: str | None = None) -> Callable[[builtins.type[T]], builtins.type[T]]: ...
def input(target=None, /, *, name=None):
    """Declares an input object: an annotated class. The function of a mutation gets its fields as JSON under their
    Python names; what was not sent is not in it, null is null.

        @fraiseql.input
        class CreateUserInput:
            full_name: str
            status: str = "active"
    """

    def decorate(target):
        _check_class("input", target)
        _note("input", target, name or target.__name__)
        return target

    return decorate if target is None else decorate(target)


@overload
def enum(target: builtins.type[T], /) -> builtins.type[T]: ...
@overload
def enum(*, name: str | None = None) -> Callable[[builtins.type[T]], builtins.type[T]]: ...
def enum(target=None, /, *, name=None):
    """Declares an enum: a class of enum.Enum whose values are texts. GraphQL has the members' names, the database their
    values.

        @fraiseql.enum
        class Status(Enum):
            ACTIVE = "active"
    """

    def decorate(target):
        if not isinstance(target, builtins.type) or not issubclass(target, _enum.Enum):
            raise DeclarationError(f"@fraiseql.enum stands above a class of enum.Enum, not {target!r}")
        for member in target:
            if not isinstance(member.value, str):
                raise DeclarationError(
                    f"enum {target.__qualname__}: {member.name} = {member.value!r}: values are the texts that the "
                    "database holds"
                )
            if not is_legal(member.name) or member.name in ("true", "false", "null"):
                raise DeclarationError(f"enum {target.__qualname__}: {member.name!r} is no name that GraphQL allows")
        if not len(target):
            raise DeclarationError(f"enum {target.__qualname__}: an enum needs a value")
        _note("enum", target, name or target.__name__)
        return target

    return decorate if target is None else decorate(target)


# -- queries and mutations ---------------------------------------------------------------------------------------------


@overload
def query(target: F, /) -> F: ...
@overload
def query(*, name: str | None = None, sql_source: str | None = None) -> Callable[[F], F]: ...
def query(target=None, /, *, name=None, sql_source=None):
    """Declares a root field by an annotated function, which does not run.

        @fraiseql.query
        async def users(info) -> list[User]: ...

        @fraiseql.query
        async def user(info, id: UUID) -> User | None: ...

    A list has the arguments where, orderBy, limit and offset. Every parameter is an argument that the type's field of
    its name must equal; null, where it may be null, means any. One row is the first in the order of the key. A body in
    v1's form, `return await info.context["db"].find("view", column=parameter)`, is read for the view and the columns;
    any other body is an error when the schema is built. sql_source is the relation, where it is not the type's.
    """

    def decorate(target):
        if not inspect.isfunction(target):
            raise DeclarationError(f"@fraiseql.query stands above a function, not {target!r}")
        _note("query", target, name or camel_case(target.__name__), sql_source=sql_source)
        return target

    return decorate if target is None else decorate(target)


def _function_name(function: str | None, schema: str | None, default: str, place: str) -> str | list[str]:
    """What the schema JSON says; without a name given, the database may have either."""
    prefix = "" if schema is None else schema + "."
    if function is None:
        return [prefix + default, prefix + "fn_" + default]
    if "." in function and schema is not None:
        raise DeclarationError(f"{place}: {function!r} names a schema, and schema={schema!r} another; give one of them")
    return prefix + function


def _mutation_name(function: str | None, default: str) -> str:
    name = default if function is None else function.rpartition(".")[2]
    return camel_case(name.removeprefix("fn_"))


@overload
def mutation(target: T, /) -> T: ...
@overload
def mutation(
    *, function: str | None = None, schema: str | None = None, name: str | None = None
) -> Callable[[T], T]: ...
def mutation(target=None, /, *, function=None, schema=None, name=None, **more):
    """Declares a mutation: a class that names its input and the type of the row that its function returns, or an
    annotated function, which does not run.

        @fraiseql.mutation(function="create_user")
        class CreateUser:
            input: CreateUserInput
            success: User

        @fraiseql.mutation
        async def create_user(info, input: CreateUserInput) -> User: ...

    The function of the database takes the input as json or jsonb and returns a row of a table or view of that entity.
    Without a name it is the class's or function's in snake case, with or without `fn_`. The field is that name in camel
    case, without `fn_`. An error that the function raises is an error of the answer.
    """

    def decorate(target):
        is_class = isinstance(target, builtins.type)
        if not is_class and not inspect.isfunction(target):
            raise DeclarationError(f"@fraiseql.mutation stands above a class or a function, not {target!r}")
        place = f"mutation {target.__qualname__}"
        _refuse_options(place, more)
        default = snake_case(target.__name__)
        _note(
            "mutation",
            target,
            name or _mutation_name(function, default),
            function=_function_name(function, schema, default, place),
        )
        return target

    return decorate if target is None else decorate(target)


def _refuse_options(place: str, more: dict[str, Any]) -> None:
    if more.get("context_params"):
        raise DeclarationError(
            f"{place}: context_params is not supported: the user context is set as app.* for every statement; read "
            "current_setting('app.user_id') in the function"
        )
    if more.get("enable_cascade"):
        raise DeclarationError(f"{place}: enable_cascade is not supported yet")
    for option in more:
        if option not in ("context_params", "enable_cascade"):
            raise DeclarationError(f"{place}: there is no option {option!r}; there are function, schema and name")


# -- what v1 has and this does not -------------------------------------------------------------------------------------


def _result(kind: str):
    def decorate(target=None, /, **_):
        def note(target):
            _check_class(kind, target)
            _note(kind, target, target.__name__)
            return target

        return note if target is None else note(target)

    decorate.__name__ = decorate.__qualname__ = kind
    decorate.__doc__ = (
        f"v1's @{kind}, for functions that return mutation_response. Such functions are not supported yet: a mutation "
        "that names such a class is an error; name the type of the row that its function returns."
    )
    return decorate


success = _result("success")
failure = _result("failure")
error = _result("error")
result = _result("result")


def _refused(kind: str, instead: str):
    def refuse(*_: Any, **__: Any):
        raise DeclarationError(f"@fraiseql.{kind} is not supported: {instead}")

    refuse.__name__ = refuse.__qualname__ = kind
    refuse.__doc__ = f"v1's @{kind}: an error that tells what to do instead. {instead[0].upper()}{instead[1:]}."
    return refuse


field = _refused("field", "fields are not computed in Python; add a column or a key to the view")
dataloader_field = _refused("dataloader_field", "compose the object in the view, or declare a relation with fraise_field")
connection = _refused("connection", "return list[T]; it has limit, offset and orderBy")
subscription = _refused("subscription", "there are no subscriptions yet")
interface = _refused("interface", "repeat the fields in each type")

fraise_type, fraise_input, fraise_enum, fraise_interface = type, input, enum, interface

__all__ = [
    "Declaration",
    "DeclarationError",
    "Field",
    "connection",
    "dataloader_field",
    "declaration_of",
    "enum",
    "error",
    "failure",
    "field",
    "fraise_enum",
    "fraise_field",
    "fraise_input",
    "fraise_interface",
    "fraise_type",
    "input",
    "interface",
    "mutation",
    "query",
    "result",
    "subscription",
    "success",
    "type",
]
