# SPDX-License-Identifier: MIT
"""From declarations to schema JSON (docs/schema.md, "The schema file")."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import inspect
import re
import sys
import uuid
from collections.abc import Iterable
from typing import Annotated, Any, get_args, get_origin

from ._bodies import Body, read_body
from ._names import camel_case, is_legal
from ._references import DeclarationError, Reference, declaration_of, evaluate, refer
from .decorators import _UNSAID, MISSING, Declaration, Field, declared

_SECTION = re.compile(r"^(Fields|Attributes|Args|Arguments|Parameters|Returns|Raises|Example|Examples|Note|Notes):\s*$")
_ENTRY = re.compile(r"^\s+(\w+)(?:\s*\([^)]*\))?:\s+(.*)$")
_LIST_ARGUMENTS = {"where": "where", "order_by": "orderBy", "orderBy": "orderBy", "limit": "limit", "offset": "offset"}
_IDENTIFIERS = {"ID", "UUID", "Int", "BigInt", "String"}


# -- descriptions ------------------------------------------------------------------------------------------------------


def _described(thing: Any) -> tuple[str, dict[str, str]]:
    """The description in a docstring, and those of fields or arguments in its sections."""
    text = inspect.cleandoc(vars(thing).get("__doc__") or "" if isinstance(thing, type) else thing.__doc__ or "")
    if dataclasses.is_dataclass(thing) and text == f"{thing.__name__}{inspect.signature(thing)}".removesuffix(" -> None"):
        text = ""  # which @dataclass writes where nobody has written anything
    head, members, section, last = [], {}, None, None
    for line in text.splitlines():
        title = _SECTION.match(line)
        if title is not None:
            section = title.group(1)
        elif section is None:
            head.append(line)
        elif (entry := _ENTRY.match(line)) is not None and section not in ("Returns", "Raises"):
            last = entry.group(1)
            members[last] = entry.group(2)
        elif line.strip() and last is not None and line.startswith("  "):
            members[last] += " " + line.strip()
    return "\n".join(head).strip(), members


def _annotated_description(annotation: Any) -> str | None:
    if get_origin(annotation) is Annotated:
        return next((a for a in get_args(annotation)[1:] if isinstance(a, str)), None)
    return None


def _with(entry: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The entry with those members that say something."""
    entry.update({key: value for key, value in more.items() if value not in (None, "")})
    return entry


# -- defaults ----------------------------------------------------------------------------------------------------------


def _json_default(value: Any, reference: Reference, place: str) -> Any:
    """A default value of Python as schema JSON has it."""
    if isinstance(value, list | tuple):
        return [_json_default(item, reference.item or reference, place) for item in value]
    if isinstance(value, enum.Enum):
        return value.name
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, uuid.UUID | decimal.Decimal):
        return str(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    raise DeclarationError(f"{place}: {value!r} can not be the default of {reference}")


# -- the builder -------------------------------------------------------------------------------------------------------


class _Member:
    """An annotated attribute of a class."""

    def __init__(self, name: str, annotation: Any, value: Any):
        self.name = name
        self.annotation = annotation
        self.told = value if isinstance(value, Field) else Field()
        self.default = self.told.default if isinstance(value, Field) else value
        self.graphql_name = self.told.graphql_name or camel_case(name)
        if hasattr(self.default, "default_factory"):  # a dataclasses.field()
            self.default = self.default.default


def _members(target: type) -> list[_Member]:
    """The annotated attributes of a class and of those that it extends, the extended ones first."""
    found: dict[str, _Member] = {}
    for base in reversed(target.__mro__):
        for name, annotation in vars(base).get("__annotations__", {}).items():
            if not name.startswith("__") and "ClassVar" not in str(annotation):
                found[name] = _Member(name, annotation, vars(base).get(name, MISSING))
    return list(found.values())


class _Builder:
    def __init__(self, known: dict[str, Any]):
        self.known = known
        self.tables: dict[str, Any] = {}
        self.types: dict[str, Any] = {}
        self.queries: set[str] = set()
        self.mutations: dict[str, Any] = {}
        self.classes: dict[str, Any] = {}  # GraphQL name -> class

    def scopes(self, thing: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        # items() keeps what it yields alive: a class that nobody holds may go at any time.
        return declaration_of(thing).scope, {**dict(declared.items()), **self.known}

    # -- types --

    def use(self, reference: Reference, kinds: tuple[str, ...], place: str) -> None:
        """A type that is used is part of the schema; it must be of one of these kinds."""
        core = reference.core
        if core.declared is None:
            return
        declaration = declaration_of(core.declared)
        if declaration.kind not in kinds:
            wanted = "an input" if "input" in kinds else "a type"
            raise DeclarationError(f"{place}: {declaration.place} can not stand here; use {wanted}")
        before = self.classes.get(declaration.name)
        if before is not None and before is not core.declared:
            raise DeclarationError(f"{place}: there are two types of the name {declaration.name}; give one of them name=")
        if before is None:
            self.classes[declaration.name] = core.declared
            getattr(self, "add_" + declaration.kind)(declaration)

    def add_enum(self, declaration: Declaration) -> None:
        text, _ = _described(declaration.target)
        default = "An enumeration." if sys.version_info < (3, 11) else None  # Enum's own docstring
        self.types[declaration.name] = _with(
            {"kind": "enum", "values": {member.name: member.value for member in declaration.target}},
            description=text if text != default else None,
        )

    def add_type(self, declaration: Declaration) -> None:
        text, described = _described(declaration.target)
        fields: dict[str, Any] = {}
        self.types[declaration.name] = _with({"fields": fields}, description=text)
        for member in _members(declaration.target):
            fields[self.name_of(member, fields, declaration)] = self.type_field(member, declaration, described)
        if not fields:
            raise DeclarationError(f"{declaration.place}: a type needs a field: `name: str`")

    def add_input(self, declaration: Declaration) -> None:
        text, described = _described(declaration.target)
        fields: dict[str, Any] = {}
        self.types[declaration.name] = _with({"kind": "input", "fields": fields}, description=text)
        for member in _members(declaration.target):
            fields[self.name_of(member, fields, declaration)] = self.input_field(member, declaration, described)
        if not fields:
            raise DeclarationError(f"{declaration.place}: an input needs a field: `name: str`")

    def name_of(self, member: _Member, fields: dict[str, Any], declaration: Declaration) -> str:
        if not is_legal(member.graphql_name):
            raise DeclarationError(f"{declaration.place}.{member.name}: {member.graphql_name!r} is no name that GraphQL allows")
        if member.graphql_name in fields:
            raise DeclarationError(f"{declaration.place}.{member.name}: the name {member.graphql_name} is taken")
        return member.graphql_name

    def reference(self, member: _Member, declaration: Declaration, kinds: tuple[str, ...]) -> tuple[Reference, str | None]:
        place = f"{declaration.place}.{member.name}"
        scopes = self.scopes(declaration.target)
        annotation = evaluate(member.annotation, scopes, place)
        reference = refer(annotation, scopes, place)
        self.use(reference, kinds, place)
        return reference, _annotated_description(annotation)

    def type_field(self, member: _Member, declaration: Declaration, described: dict[str, str]) -> dict[str, Any]:
        reference, annotated = self.reference(member, declaration, ("type", "enum"))
        inner = declaration_of(reference.declared) if reference.declared is not None else None
        entity = inner is not None and inner.options.get("sql_source") and member.told.relation is None
        return _with(
            {"graphql_type": str(reference)},
            is_scalar=True if reference.passed_through else None,
            stored_as=member.name if member.name != member.graphql_name else None,
            column=member.told.column,
            relation=member.told.relation,
            # FraiseQL's convention: `machine_id` is the id of `machine`, where there is such a column.
            id_column=member.name + "_id" if entity else None,
            description=member.told.description or annotated or described.get(member.name),
        )

    def input_field(self, member: _Member, declaration: Declaration, described: dict[str, str]) -> dict[str, Any]:
        reference, annotated = self.reference(member, declaration, ("input", "enum"))
        if member.told.column or member.told.relation:
            raise DeclarationError(f"{declaration.place}.{member.name}: an input's field has no column and no relation")
        entry = _with(
            {"graphql_type": str(reference), "key": member.name},
            is_scalar=True if reference.passed_through else None,
            description=member.told.description or annotated or described.get(member.name),
        )
        # `= None` makes it optional, as an annotation `| None` does already.
        if member.default is not MISSING and member.default is not None:
            entry["default"] = _json_default(member.default, reference, f"{declaration.place}.{member.name}")
        elif member.default is None and reference.required:
            raise DeclarationError(
                f"{declaration.place}.{member.name}: None is no value of {reference}; annotate it with `| None`"
            )
        return entry

    # -- tables --

    def table(self, declaration: Declaration, view: str) -> dict[str, Any]:
        """The members of a table over the view, whose rows are of the declared type."""
        table: dict[str, Any] = {"view_name": view}
        if declaration.options["jsonb_column"] is not _UNSAID:
            table["jsonb_column"] = declaration.options["jsonb_column"]
        return table

    def add_row_type(self, declaration: Declaration, place: str) -> None:
        """The relation of a type that a mutation returns, where no query shows it."""
        source = declaration.options["sql_source"]
        if any(table["type"].strip("[]!") == declaration.name for table in self.tables.values()):
            return
        if source is None:
            raise DeclarationError(f"{place}: {declaration.place} needs a sql_source, by which the returned row is read")
        self.tables["_" + declaration.name] = {**self.table(declaration, source), "kind": "none", "type": declaration.name}

    # -- queries --

    def add_query(self, declaration: Declaration) -> None:
        function, place = declaration.target, declaration.place
        if declaration.name in self.tables:
            raise DeclarationError(f"{place}: there are two queries of the name {declaration.name}; give one of them name=")
        scopes = self.scopes(function)
        reference = self.returned(function, scopes, place)
        row = declaration_of(reference.core.declared)
        body = read_body(function, place)
        view = declaration.options["sql_source"] or body.view or row.options["sql_source"]
        if view is None:
            raise DeclarationError(
                f"{place}: {row.place} has no sql_source, so nothing says where its rows are: "
                '@fraiseql.type(sql_source="v_name")'
            )
        is_list = reference.item is not None
        text, described = _described(function)
        arguments = self.arguments(declaration, row, body, is_list, scopes, described)
        table = self.table(row, view)
        table["kind"] = "list" if is_list else "one"
        table["type"] = str(reference)
        if arguments or not is_list:
            table["args"] = arguments
        if row.options["key"]:
            table["key"] = row.options["key"]
        self.tables[declaration.name] = _with(table, description=text)

    def returned(self, function: Any, scopes: Any, place: str) -> Reference:
        annotation = function.__annotations__.get("return", MISSING)
        if annotation is MISSING:
            raise DeclarationError(f"{place}: annotate what it returns: `-> list[T]` or `-> T | None`")
        reference = refer(annotation, scopes, f"{place}: its result")
        core = reference.core
        row = declaration_of(core.declared) if core.declared is not None else None
        if row is None or row.kind != "type" or (reference.item is not None and reference.item.item is not None):
            raise DeclarationError(
                f"{place}: it returns {reference}, but a query returns rows: list[T] or T | None, where T is decorated "
                "with @fraiseql.type"
            )
        self.use(reference, ("type",), place)
        return reference

    def arguments(self, declaration, row, body: Body, is_list: bool, scopes, described) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for parameter in _parameters(declaration.target, declaration.place):
            name = camel_case(parameter.name)
            place = f"{declaration.place}({parameter.name})"
            paging = next((key for key, value in body.paging.items() if value == parameter.name), parameter.name)
            if is_list and paging in _LIST_ARGUMENTS:
                entry = self.list_argument(parameter, _LIST_ARGUMENTS[paging], name, place)
            else:
                entry = self.equal_argument(parameter, row, body, scopes, described, place)
            if entry:
                found[name] = entry
        for key, value in body.constants.items():
            if not is_list:
                raise DeclarationError(f"{declaration.place}: {key} is for lists")
            default = _order(value, row, declaration.place) if key == "order_by" else value
            found.setdefault(_LIST_ARGUMENTS[key], {})["default"] = default
        return found

    def list_argument(self, parameter: inspect.Parameter, meant: str, name: str, place: str) -> dict[str, Any]:
        """where, orderBy, limit and offset are there without being declared; a default is what there is to say."""
        if name != meant:
            raise DeclarationError(f"{place}: the argument of a list is named {meant}; name the parameter so")
        if parameter.default is parameter.empty and meant in ("limit", "offset"):
            raise DeclarationError(f"{place}: clients may leave {meant} out; give it a default, as in `{meant}: int = 20`")
        if parameter.default in (None, parameter.empty):
            return {}
        if meant in ("limit", "offset"):
            return {"default": parameter.default}
        raise DeclarationError(f"{place}: {meant} can not have a default here; leave it out or write `= None`")

    def equal_argument(self, parameter, row: Declaration, body: Body, scopes, described, place: str) -> dict[str, Any]:
        stored = body.equal.get(parameter.name)
        if stored is None and body.equal and body.view is not None:
            raise DeclarationError(f"{place}: find() does not get it; pass it as column={parameter.name}")
        wanted = stored or parameter.name.rstrip("_")
        member = next((m for m in _members(row.target) if wanted in (m.name, m.graphql_name, m.told.column)), None)
        if member is None:
            raise DeclarationError(
                f"{place}: {row.place} has no field {wanted!r}. A parameter is compared with the field of its name; for "
                "anything else clients have `where`, or a function of the database does it"
            )
        if parameter.annotation is parameter.empty:
            raise DeclarationError(f"{place}: annotate it, as in `{parameter.name}: UUID`")
        reference = refer(parameter.annotation, scopes, place)
        shown = refer(member.annotation, self.scopes(row.target), f"{row.place}.{member.name}")
        # A key is often annotated as another kind of identifier than its field; the column decides.
        names = {reference.core.name, shown.core.name}
        identifiers = names <= _IDENTIFIERS and not names.isdisjoint(("ID", "UUID"))
        if (reference.item is None) != (shown.item is None) or (reference.core.name != shown.core.name and not identifiers):
            raise DeclarationError(
                f"{place}: it is {reference}, but {row.place}.{member.name}, which must equal it, is {shown}"
            )
        annotation = evaluate(parameter.annotation, scopes, place)
        entry = _with(
            {"field": member.graphql_name},
            required=True if reference.required else None,
            description=_annotated_description(annotation) or described.get(parameter.name),
        )
        if parameter.default not in (parameter.empty, None):
            entry["default"] = _json_default(parameter.default, reference, place)
        elif parameter.default is None and reference.required:
            raise DeclarationError(f"{place}: None is no value of {reference}; annotate it with `| None`")
        return entry

    # -- mutations --

    def add_mutation(self, declaration: Declaration) -> None:
        place, target = declaration.place, declaration.target
        if declaration.name in self.mutations:
            raise DeclarationError(
                f"{place}: there are two mutations of the name {declaration.name}; give one of them name="
            )
        given, returned = self.class_form(declaration) if isinstance(target, type) else self.function_form(declaration)
        row = declaration_of(returned.core.declared) if returned.core.declared is not None else None
        if row is not None and row.kind == "enum":
            raise DeclarationError(f"{place}: a function that returns an enum is not supported")
        if row is not None:
            self.use(returned, ("type",), place)
            self.add_row_type(row, place)
        text, _ = _described(target)
        entry: dict[str, Any] = {"function": declaration.options["function"], "type": str(returned)}
        self.mutations[declaration.name] = _with(entry, input=given.name if given is not None else None, description=text)

    def class_form(self, declaration: Declaration) -> tuple[Reference | None, Reference]:
        target, place = declaration.target, declaration.place
        members = {member.name: member for member in _members(target)}
        for name in members:
            if name in ("failure", "error"):
                raise DeclarationError(
                    f"{place}: `{name}` needs a function that returns mutation_response; that is not supported yet. "
                    "Leave it out: an error that the function raises is an error of the answer"
                )
            if name not in ("input", "success"):
                raise DeclarationError(f"{place}: {name!r} is neither `input` nor `success`")
        for name in ("resolve", "prepare_input"):
            if inspect.isfunction(vars(target).get(name)):
                raise DeclarationError(f"{place}: {name}() would not run; put it into the function of the database")
        if "success" not in members:
            raise DeclarationError(f"{place}: say what it returns: `success: T`")
        scopes = self.scopes(target)
        success = refer(members["success"].annotation, scopes, f"{place}: success")
        given = None
        if "input" in members:
            given = self.input_of(refer(members["input"].annotation, scopes, f"{place}: input"), place)
        # One row is nullable, as a function may return none; v1's class says nothing of it.
        return given, success if success.item is not None else Reference(success.name, False, None, success.declared)

    def function_form(self, declaration: Declaration) -> tuple[Reference | None, Reference]:
        function, place = declaration.target, declaration.place
        scopes = self.scopes(function)
        parameters = _parameters(function, place)
        if any(p.name != "input" for p in parameters):
            raise DeclarationError(f"{place}: its one argument is `input`, which the function gets as JSON")
        if "return" not in function.__annotations__:
            raise DeclarationError(f"{place}: annotate what it returns: `-> T | None`")
        if read_body(function, place).view is not None:
            raise DeclarationError(f"{place}: its body reads a view, but bodies do not run; leave it empty (`...`)")
        returned = refer(function.__annotations__["return"], scopes, f"{place}: its result")
        given = None
        if parameters:
            if parameters[0].annotation is inspect.Parameter.empty:
                raise DeclarationError(f"{place}: annotate `input` with a class that is decorated with @fraiseql.input")
            given = self.input_of(refer(parameters[0].annotation, scopes, f"{place}(input)"), place)
        return given, returned

    def input_of(self, reference: Reference, place: str) -> Reference | None:
        if reference.item is None and reference.name == "JSON":
            return None
        declaration = declaration_of(reference.declared) if reference.declared is not None else None
        if declaration is None or declaration.kind != "input" or reference.item is not None:
            raise DeclarationError(f"{place}: its input is {reference}; it must be decorated with @fraiseql.input, or dict")
        self.use(reference, ("input",), place)
        return reference


def _parameters(function: Any, place: str) -> list[inspect.Parameter]:
    """Those that are arguments: without `info`, which v1 passes first."""
    parameters = list(inspect.signature(function).parameters.values())
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise DeclarationError(f"{place}: {parameter} is no argument that GraphQL could have; name each of them")
    return parameters[1:] if parameters and parameters[0].name in ("info", "_info", "_") else parameters


def _order(value: Any, row: Declaration, place: str) -> list[dict[str, str]]:
    """v1's forms of a constant order: "name", [("created_at", "DESC")], [{"created_at": "desc"}]."""
    entries: list[tuple[str, str]] = []
    for item in value if isinstance(value, list | tuple) and not _is_pair(value) else [value]:
        if isinstance(item, dict):
            entries += [(str(k), str(v)) for k, v in item.items()]
        elif _is_pair(item):
            entries.append((item[0], item[1]))
        else:
            name, _, direction = str(item).partition(" ")
            entries.append((name, direction or "ASC"))
    order = []
    for name, direction in entries:
        member = next((m for m in _members(row.target) if name in (m.name, m.graphql_name)), None)
        if member is None or direction.upper() not in ("ASC", "DESC"):
            raise DeclarationError(f"{place}: order_by={value!r} names no field of {row.place} and ASC or DESC")
        order.append({member.graphql_name: direction.upper()})
    return order


def _is_pair(item: Any) -> bool:
    return isinstance(item, list | tuple) and len(item) == 2 and str(item[1]).upper() in ("ASC", "DESC")


def _declarations(things: Iterable[Any], kinds: tuple[str, ...], parameter: str) -> list[Declaration]:
    found = []
    for thing in things:
        declaration = declaration_of(thing)
        if declaration is None or declaration.kind not in kinds:
            name = getattr(thing, "__qualname__", repr(thing))
            raise DeclarationError(f"{parameter}: {name} is not decorated with @fraiseql.{' or @fraiseql.'.join(kinds)}")
        found.append(declaration)
    return found


def build_schema_json(
    types: Iterable[Any] = (), queries: Iterable[Any] = (), mutations: Iterable[Any] = ()
) -> dict[str, Any]:
    """Schema JSON of what was declared, for Pipeline, initialize_pipeline, or `fraiseql serve --schema` in a file.

    Types, inputs and enums that queries and mutations use come along without being named. DeclarationError tells what
    can not be as it is declared; what the database does not have is a ValueError of Pipeline.
    """
    type_list = _declarations(types, ("type", "input", "enum"), "types")
    query_list = _declarations(queries, ("query",), "queries")
    mutation_list = _declarations(mutations, ("mutation",), "mutations")
    if not query_list and not mutation_list:
        raise DeclarationError("there are no queries: give queries=[...], functions decorated with @fraiseql.query")
    builder = _Builder({declaration.target.__name__: declaration.target for declaration in type_list})
    for declaration in query_list:
        builder.add_query(declaration)
    for declaration in mutation_list:
        builder.add_mutation(declaration)
    for declaration in type_list:  # also those that nothing leads to: an error in them is one
        reference = Reference(declaration.name, declared=declaration.target)
        builder.use(reference, ("type", "input", "enum"), "types")
    # Types that no relation gives rows to, and nothing shows, are left out by the engine.
    schema: dict[str, Any] = {"tables": builder.tables, "types": builder.types, "mutations": builder.mutations, "queries": {}}
    return schema
