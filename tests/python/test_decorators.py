# SPDX-License-Identifier: MIT
"""What the decorators make of declarations, and what each of them says of what can not be declared."""

import dataclasses
import datetime
import decimal
import enum
import ipaddress
import typing
import uuid
from typing import Annotated, Any, List, Literal, NewType, Optional, Union

import pytest

import fraiseql
from fraiseql import DeclarationError, build_schema_json
from fraiseql._names import camel_case, snake_case
from fraiseql._references import refer
from fraiseql.types import ID, UUID, BigInt, EmailAddress, LTree

SCOPES = (globals(), {})


@fraiseql.type(sql_source="v_user")
class User:
    id: uuid.UUID
    first_name: str | None
    age: int
    tags: list[str]


@fraiseql.input
class UserInput:
    name: str


@fraiseql.enum
class Color(enum.Enum):
    RED = "red"


class Undecorated:
    x: int


@fraiseql.query
def users(info) -> list[User]: ...


# -- names and types -----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name, camel", [
    ("first_name", "firstName"), ("dns_1_id", "dns1Id"), ("API_KEY", "apiKey"), ("URL", "url"), ("firstName", "firstName"), ("_private", "_private"),
    ("id_", "id"), ("a__b", "aB"), ("User", "user"), ("x", "x"),
])
def test_camel_case(name, camel):
    assert camel_case(name) == camel


@pytest.mark.parametrize("name, snake", [("CreateUser", "create_user"), ("createHTTPLog", "create_http_log"), ("create_user", "create_user"), ("DNS1Set", "dns1_set")])
def test_snake_case(name, snake):
    assert snake_case(name) == snake


@pytest.mark.parametrize("annotation, reference", [
    (int, "Int!"), (str, "String!"), (float, "Float!"), (bool, "Boolean!"), (bytes, "Bytes!"), (uuid.UUID, "UUID!"), (UUID, "UUID!"),
    (datetime.datetime, "DateTime!"), (datetime.date, "Date!"), (datetime.time, "Time!"), (datetime.timedelta, "Duration!"),
    (decimal.Decimal, "Decimal!"), (dict, "JSON!"), (dict[str, Any], "JSON!"), (Any, "JSON!"), (typing.Dict[str, int], "JSON!"),
    (ipaddress.IPv4Address, "IpAddress!"), (ipaddress.IPv6Network, "CIDR!"), (ID, "ID!"), (BigInt, "BigInt!"), (LTree, "LTreePath!"), (EmailAddress, "EmailAddress!"),
    (str | None, "String"), (Optional[int], "Int"), (Union[None, ID], "ID"), (list[int], "[Int!]!"), (list[int | None] | None, "[Int]"), (List[str], "[String!]!"),
    (list[list[int]], "[[Int!]!]!"), (User, "User!"), (Color | None, "Color"), (list[User], "[User!]!"), (Annotated[int, "how many"], "Int!"),
    (NewType("UserId", int), "Int!"), ("list[User] | None", "[User!]"), ("uuid.UUID", "UUID!"), (list["User"], "[User!]!"), (Optional["User"], "User"),
])
def test_references(annotation, reference):
    assert str(refer(annotation, SCOPES, "here")) == reference


@pytest.mark.parametrize("annotation, message", [
    (object, "object has no form in GraphQL; decorate the class"), (Undecorated, "Undecorated has no form"), (set[int], "has no form"),
    (Union[int, str], "unions are not supported"), (User | Color, "unions are not supported"), (list, "of what is it a list"), (Literal["a"], "declare the choices as an enum"),
    ("Nobody", "'Nobody' names 'Nobody', which is nothing"), ("list[", "is no annotation"), (enum.Enum("E", "a"), "decorate the enum E with @fraiseql.enum"), (complex, "complex has no form"),
    (users, "query users can not be used as a type"),
])
def test_annotations_without_a_form(annotation, message):
    with pytest.raises(DeclarationError, match="^here: ") as caught:
        refer(annotation, SCOPES, "here")
    assert message in str(caught.value)


# -- schema JSON ---------------------------------------------------------------------------------------------------------

def test_what_is_built():
    @fraiseql.type
    class Place:
        city: str

    @fraiseql.type(sql_source="app.v_person", jsonb_column="doc", key="id", name="Person")
    class PersonRow:
        """Somebody.

        More of it.

        Attributes:
            full_name: As on
                the passport
        """

        id: ID
        full_name: str
        color: Color | None
        place: Place | None
        mail: EmailAddress
        boss: "PersonRow | None"

    @fraiseql.query
    def people(info, full_name: str | None = None, limit: int = 10) -> list[PersonRow]:
        """All of them."""

    @fraiseql.query(sql_source="v_vip")
    async def vip(info, id: ID) -> PersonRow | None: ...

    @fraiseql.mutation(function="app.fn_add_person")
    class AddPerson:
        """Adds."""

        input: UserInput
        success: PersonRow

    assert build_schema_json(queries=[people, vip], mutations=[AddPerson]) == {
        "tables": {
            "people": {"view_name": "app.v_person", "jsonb_column": "doc", "kind": "list", "type": "[Person!]!",
                       "args": {"fullName": {"field": "fullName"}, "limit": {"default": 10}}, "key": ["id"], "description": "All of them."},
            "vip": {"view_name": "v_vip", "jsonb_column": "doc", "kind": "one", "type": "Person",
                    "args": {"id": {"field": "id", "required": True}}, "key": ["id"]},
        },
        "types": {
            "Person": {"description": "Somebody.\n\nMore of it.", "fields": {
                "id": {"graphql_type": "ID!"}, "fullName": {"graphql_type": "String!", "stored_as": "full_name", "description": "As on the passport"},
                "color": {"graphql_type": "Color"}, "place": {"graphql_type": "Place"}, "mail": {"graphql_type": "EmailAddress!", "is_scalar": True},
                "boss": {"graphql_type": "Person", "id_column": "boss_id"}}},
            "Color": {"kind": "enum", "values": {"RED": "red"}},
            "Place": {"fields": {"city": {"graphql_type": "String!"}}},
            "UserInput": {"kind": "input", "fields": {"name": {"graphql_type": "String!", "key": "name"}}},
        },
        "mutations": {"addPerson": {"function": "app.fn_add_person", "type": "Person", "input": "UserInput", "description": "Adds."}},
        "queries": {},
    }


def test_a_dataclass_is_described_by_its_author_alone():
    @fraiseql.type
    @dataclasses.dataclass
    class Plain:
        id: int

    @fraiseql.type
    @dataclasses.dataclass
    class Told:
        """Told(by us)"""

        id: int

    @fraiseql.type(sql_source="v_both")
    @dataclasses.dataclass
    class Both:
        """Both of them."""

        plain: Plain
        told: Told

    @fraiseql.query
    def boths(info) -> list[Both]: ...

    types = build_schema_json(queries=[boths])["types"]
    assert {name: entry.get("description") for name, entry in types.items()} == {
        "Both": "Both of them.", "Plain": None, "Told": "Told(by us)"}


def test_inheritance_and_defaults_of_outputs():
    class Base:
        id: int
        name: str = ""

    @fraiseql.type(sql_source="v_thing")
    class Thing(Base):
        kind: typing.ClassVar[str] = "thing"
        name: str | None = None
        size: int

    @fraiseql.query
    def things(info) -> list[Thing]: ...

    fields = build_schema_json(queries=[things])["types"]["Thing"]["fields"]
    assert {name: field["graphql_type"] for name, field in fields.items()} == {"id": "Int!", "name": "String", "size": "Int!"}


def test_decorated_things_stay_what_they_are():
    assert isinstance(User, type) and User.__name__ == "User"
    assert users.__name__ == "users" and callable(users)
    assert Color.RED.value == "red"
    assert fraiseql.fraise_type is fraiseql.type and fraiseql.fraise_input is fraiseql.input and fraiseql.fraise_enum is fraiseql.enum
    exec("from fraiseql import type, input, query, mutation, enum, success, error, failure, field, fraise_field", {})


def test_a_class_that_goes_while_names_are_looked_up(monkeypatch):
    """The collector may take a class between the list of names and the look at one of them."""
    import weakref

    class Passing(weakref.WeakValueDictionary):
        def keys(self):
            return [*super().keys(), "Gone"]

    monkeypatch.setattr("fraiseql.schema.declared", Passing(fraiseql.schema.declared.items()))
    assert build_schema_json(queries=[users])["tables"]["users"]["view_name"] == "v_user"


def test_a_subclass_is_not_decorated():
    class Admin(User):
        level: int

    @fraiseql.query
    def admins(info) -> list[Admin]: ...

    with pytest.raises(DeclarationError, match="Admin has no form in GraphQL"):
        build_schema_json(queries=[admins])


def test_star_imports_hide_no_builtin():
    names = {}
    exec("from fraiseql import *", names)
    assert "type" not in names and "input" not in names and "query" in names and "create_fraiseql_app" in names


# -- errors where something is decorated ---------------------------------------------------------------------------------

def numbers():
    class Number(enum.Enum):
        ONE = 1

    fraiseql.enum(Number)


def lower():
    fraiseql.enum(enum.Enum("Word", {"true": "t"}))


def empty():
    class Nothing(enum.Enum):
        pass

    fraiseql.enum(Nothing)


class C:
    x: int


def f(info) -> list[User]: ...


@pytest.mark.parametrize("declare, message", [
    (numbers, "Number: ONE = 1: values are the texts"), (lower, "'true' is no name that GraphQL allows"), (empty, "an enum needs a value"),
    (lambda: fraiseql.enum(C), "stands above a class of enum.Enum"), (lambda: fraiseql.type(f), "@fraiseql.type stands above a class"),
    (lambda: fraiseql.input("x"), "@fraiseql.input stands above a class"), (lambda: fraiseql.query(C), "@fraiseql.query stands above a function"),
    (lambda: fraiseql.mutation(7), "@fraiseql.mutation stands above a class or a function"), (lambda: fraiseql.type(name="__X")(C), "'__X' is no name"),
    (lambda: fraiseql.query(name="a-b")(f), "'a-b' is no name"), (lambda: fraiseql.type(implements=[C])(C), "interfaces are not supported"),
    (lambda: fraiseql.type(resolve_nested=True)(C), "resolve_nested is not supported: compose"), (lambda: fraiseql.type(sql_sorce="x")(C), "there is no option 'sql_sorce'; there are sql_source"),
    (lambda: fraiseql.mutation(context_params={"tenant_id": "t"})(C), "context_params is not supported: the user context is set as app"),
    (lambda: fraiseql.mutation(enable_cascade=True)(C), "enable_cascade is not supported yet"), (lambda: fraiseql.mutation(fun="x")(C), "there is no option 'fun'; there are function, schema and name"),
    (lambda: fraiseql.mutation(function="a.b", schema="c")(C), "'a.b' names a schema, and schema='c' another"),
    (lambda: fraiseql.field(f), "@fraiseql.field is not supported: fields are not computed in Python"), (lambda: fraiseql.subscription(f), "there are no subscriptions yet"),
    (lambda: fraiseql.connection(node_type=C), "@fraiseql.connection is not supported: return list"), (lambda: fraiseql.interface(C), "@fraiseql.interface is not supported"),
    (lambda: fraiseql.dataloader_field(C), "@fraiseql.dataloader_field is not supported"),
])
def test_errors_of_decorators(declare, message):
    with pytest.raises(DeclarationError) as caught:
        declare()
    assert message in str(caught.value)


# -- errors where the schema is built ------------------------------------------------------------------------------------

@fraiseql.type
class Loose:
    a: int


@fraiseql.success
class Made:
    user: User


@fraiseql.failure
class Failed:
    message: str


def query_errors():
    def no_result(info): ...

    def scalar(info) -> int: ...

    def lists(info) -> list[list[User]]: ...

    def an_input(info) -> UserInput: ...

    def loose(info) -> list[Loose]: ...

    def variadic(info, *names: str) -> list[User]: ...

    def keywords(info, **names: str) -> list[User]: ...

    def unknown(info, colour: str) -> list[User]: ...

    def bare(info, age) -> list[User]: ...

    def wrong_type(info, age: str) -> list[User]: ...

    def other_type(info, first_name: bool) -> list[User]: ...

    def many(info, age: list[int]) -> list[User]: ...

    def none(info, age: int = None) -> list[User]: ...

    def limit(info, limit: int) -> list[User]: ...

    def where(info, where: dict = {"a": 1}) -> list[User]: ...  # noqa: B006

    async def two(info) -> list[User]:
        db = info.context["db"]
        one = await db.find("v_user")
        print(one)
        return one

    async def comprehension(info) -> list[User]:
        return [u for u in await info.context["db"].find("v_user") if u.age > 3]

    async def tenant(info) -> list[User]:
        return await info.context["db"].find("v_user", tenant_id=info.context["tenant_id"])

    async def filtered(info, age: int) -> list[User]:
        return await info.context["db"].find("v_user", where={"age": {"gte": age}})

    async def spread(info, where=None) -> list[User]:
        return await info.context["db"].find("v_user", **where)

    async def counted(info) -> list[User]:
        return await info.context["db"].count("v_user")

    async def computed(info) -> list[User]:
        return await info.context["db"].find("v_" + "user")

    async def unused(info, age: int, first_name: str) -> list[User]:
        return await info.context["db"].find("v_user", age=age)

    async def page_name(info, size: int = 3) -> list[User]:
        return await info.context["db"].find("v_user", limit=size)

    async def order(info) -> list[User]:
        return await info.context["db"].find("v_user", order_by=[("nothing", "DESC")])

    async def one_order(info) -> User | None:
        return await info.context["db"].find_one("v_user", order_by="age DESC")

    async def other(info) -> list[User]:
        return await other_function(info)  # noqa: F821

    async def branches(info) -> list[User]:
        if info.context:
            return []
        return await info.context["db"].find("v_user")

    return [
        (no_result, "annotate what it returns: `-> list[T]` or `-> T | None`"), (scalar, "it returns Int!, but a query returns rows"),
        (lists, "it returns [[User!]!]!, but a query returns rows"), (an_input, "it returns UserInput!, but a query returns rows"),
        (loose, "type Loose has no sql_source, so nothing says where its rows are"), (variadic, "*names: str is no argument"), (keywords, "**names: str is no argument"),
        (unknown, "unknown(colour): type User has no field 'colour'. A parameter is compared with the field of its name"), (bare, "bare(age): annotate it"),
        (wrong_type, "wrong_type(age): it is String!, but type User.age, which must equal it, is Int!"), (other_type, "it is Boolean!, but type User.first_name, which must equal it, is String"),
        (many, "it is [Int!]!, but type User.age"), (none, "None is no value of Int!; annotate it with `| None`"), (limit, "clients may leave limit out; give it a default"),
        (where, "where can not have a default here"), (two, "its body does more than one find() (print(one))"), (comprehension, "does something else than find()"),
        (tenant, "passes tenant_id=info.context['tenant_id']"), (filtered, "passes where={'age': {'gte': age}}"), (spread, "passes where on with **"), (counted, "calls count()"),
        (computed, "does not name the view as a text"), (unused, "unused(first_name): find() does not get it"), (page_name, "the argument of a list is named limit; name the parameter so"),
        (order, "order_by=[('nothing', 'DESC')] names no field of type User"), (one_order, "order_by is for lists"), (other, "does something else than find()"), (branches, "does more than one find() (if info.context"),
    ]


@pytest.mark.parametrize("function, message", query_errors(), ids=lambda value: getattr(value, "__name__", ""))
def test_errors_of_queries(function, message):
    with pytest.raises(DeclarationError) as caught:
        build_schema_json(queries=[fraiseql.query(function)])
    text = str(caught.value)
    assert message in text and text.startswith("query query_errors.<locals>." + function.__name__), text


def mutation_errors():
    class NoSuccess:
        input: UserInput

    class WithFailure:
        input: UserInput
        success: User
        failure: Failed

    class Result:
        input: UserInput
        success: Made

    class More:
        input: UserInput
        success: User
        extra: int

    class Resolves:
        input: UserInput
        success: User

        async def resolve(self, info):
            return None

    class OutputAsInput:
        input: User
        success: User

    class InputAsOutput:
        input: UserInput
        success: UserInput

    class LooseRow:
        input: UserInput
        success: Loose

    def arguments(info, id: int) -> User | None: ...

    def no_result(info, input: UserInput): ...

    def bare(info, input) -> User | None: ...

    async def body(info, input: UserInput) -> User | None:
        return await info.context["db"].execute_function("f", input)

    async def reads(info, input: UserInput) -> User | None:
        return await info.context["db"].find_one("v_user")

    return [
        (NoSuccess, "say what it returns: `success: T`"), (WithFailure, "`failure` needs a function that returns mutation_response; that is not supported yet"),
        (Result, "@success Made needs a function that returns mutation_response; that is not supported yet"), (More, "'extra' is neither `input` nor `success`"),
        (Resolves, "resolve() would not run; put it into the function"), (OutputAsInput, "its input is User!; it must be decorated with @fraiseql.input"),
        (InputAsOutput, "input UserInput can not stand here; use a type"), (LooseRow, "type Loose needs a sql_source, by which the returned row is read"),
        (arguments, "its one argument is `input`"), (no_result, "annotate what it returns"), (bare, "annotate `input` with a class"), (body, "calls execute_function()"), (reads, "its body reads a view, but bodies do not run"),
    ]


@pytest.mark.parametrize("target, message", mutation_errors(), ids=lambda value: getattr(value, "__name__", ""))
def test_errors_of_mutations(target, message):
    with pytest.raises(DeclarationError) as caught:
        build_schema_json(queries=[users], mutations=[fraiseql.mutation(target)])
    text = str(caught.value)
    assert message in text and text.startswith("mutation mutation_errors.<locals>." + target.__name__), text


def test_errors_of_types():
    def build(**members):
        target = fraiseql.type(sql_source="v_x", name="X")(type("X", (), members))

        def xs(info) -> list[target]: ...

        return build_schema_json(queries=[fraiseql.query(xs)])

    for members, message in (
        ({"__annotations__": {}}, "type X: a type needs a field"), ({"__annotations__": {"a": UserInput}}, "type X.a: input UserInput can not stand here; use a type"),
        ({"__annotations__": {"a_b": int, "aB": int}}, "type X.aB: the name aB is taken"), ({"__annotations__": {"a": Undecorated}}, "type X.a: Undecorated has no form"),
        ({"__annotations__": {"a": int}, "a": fraiseql.fraise_field(graphql_name="a b")}, "type X.a: 'a b' is no name that GraphQL allows"),
    ):
        with pytest.raises(DeclarationError) as caught:
            build(**members)
        assert str(caught.value).startswith(message), caught.value


def test_errors_of_inputs():
    def build(**members):
        target = fraiseql.input(name="XInput")(type("XInput", (), members))

        class Do:
            input: target
            success: User

        return build_schema_json(mutations=[fraiseql.mutation(Do)])

    for members, message in (
        ({"__annotations__": {}}, "an input needs a field"), ({"__annotations__": {"a": User}}, "input XInput.a: type User can not stand here; use an input"),
        ({"__annotations__": {"a": int}, "a": None}, "input XInput.a: None is no value of Int!; annotate it with `| None`"),
        ({"__annotations__": {"a": dict}, "a": object()}, "can not be the default of JSON!"),
        ({"__annotations__": {"a": int}, "a": fraiseql.fraise_field(column="b")}, "an input's field has no column"),
    ):
        with pytest.raises(DeclarationError) as caught:
            build(**members)
        assert message in str(caught.value), caught.value


def test_errors_of_the_whole():
    with pytest.raises(DeclarationError, match="there are no queries: give queries="):
        build_schema_json(types=[User])
    with pytest.raises(DeclarationError, match="queries: f is not decorated with @fraiseql.query"):
        build_schema_json(queries=[_undecorated()])
    with pytest.raises(DeclarationError, match="types: users is not decorated with @fraiseql.type"):
        build_schema_json(types=[users], queries=[users])
    with pytest.raises(DeclarationError, match="there are two queries of the name users"):
        build_schema_json(queries=[users, users])
    with pytest.raises(DeclarationError, match="there are two types of the name User"):
        build_schema_json(types=[fraiseql.type(name="User")(type("Other", (), {"__annotations__": {"a": int}}))], queries=[users])
    from fraiseql.fastapi import create_fraiseql_app

    with pytest.raises(ValueError, match="give either schema or types"):
        create_fraiseql_app(schema={}, queries=[users])


def _undecorated():
    def f(info): ...

    f.__qualname__ = "f"
    return f


def test_bodies_without_a_source():
    """Of exec'd code, as in a notebook, no text is there to read."""
    names = {"User": User, "fraiseql": fraiseql}
    exec("""
@fraiseql.query
async def good(info, age: int) -> list[User]:
    db = info.context["db"]
    return await db.find("v_other", age=age)

@fraiseql.query
async def bad(info) -> list[User]:
    print("lost")
    return await info.context["db"].find("v_user")
""", names)
    table = build_schema_json(queries=[names["good"]])["tables"]["good"]
    assert table["view_name"] == "v_other" and table["args"] == {"age": {"field": "age", "required": True}}
    with pytest.raises(DeclarationError, match="its body uses print"):
        build_schema_json(queries=[names["bad"]])


def test_forward_references_under_future_annotations(tmp_path):
    import importlib.util

    (tmp_path / "future_schema.py").write_text('''
from __future__ import annotations
import fraiseql
from uuid import UUID
from typing import Optional

@fraiseql.type(sql_source="v_post")
class Post:
    id: UUID
    author: Optional[Author]
    tags: list[Tag]

@fraiseql.type
class Author:
    posts: list[Post]

@fraiseql.type
class Tag:
    name: str

@fraiseql.query
async def posts(info, id: UUID | None = None) -> list[Post]: ...
''')
    spec = importlib.util.spec_from_file_location("future_schema", tmp_path / "future_schema.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    schema = build_schema_json(types=[module.Post], queries=[module.posts])
    assert {name: [f["graphql_type"] for f in t["fields"].values()] for name, t in schema["types"].items()} == {
        "Post": ["UUID!", "Author", "[Tag!]!"], "Author": ["[Post!]!"], "Tag": ["String!"]}
