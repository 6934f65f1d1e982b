# SPDX-License-Identifier: MIT
"""Bodies of queries and mutations: they never run. A body in the form of FraiseQL v1, which returns what one
`db.find("view", ...)` or `db.find_one(...)` gives, says which view is meant and which column each parameter is compared
with; that is read. A body that does more is an error, since what it does would be lost.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ._references import DeclarationError

_PAGING = ("where", "limit", "offset", "order_by")


@dataclass
class Body:
    """What a body says."""

    #: The view that find() reads; None where the body says nothing.
    view: str | None = None
    #: Parameter -> the column or field that must equal it.
    equal: dict[str, str] = field(default_factory=dict)
    #: Parameters that find() gets as where, limit, offset and order_by.
    paging: dict[str, str] = field(default_factory=dict)
    #: Constants that it gets instead.
    constants: dict[str, Any] = field(default_factory=dict)


class _Reader:
    def __init__(self, function: Any, place: str):
        self.place = place
        self.parameters = set(inspect.signature(function).parameters)
        self.databases: set[str] = set()  # variables that hold info.context["db"]
        self.results: dict[str, ast.Call] = {}  # variables that hold what find() gave

    def refuse(self, what: str) -> NoReturn:
        raise DeclarationError(
            f"{self.place}: its body {what}, but bodies do not run: the engine answers from the view. Leave the body "
            'empty (`...`) or return `await info.context["db"].find("view", column=parameter)`, and put the rest into '
            "the view, a function or a row security policy (docs/decorators.md)"
        )

    def read(self, statements: list[ast.stmt]) -> Body:
        for statement in statements:
            if self.says_nothing(statement):
                continue
            if isinstance(statement, ast.Return) and statement.value is not None:
                return self.result(statement.value)
            self.assignment(statement)
        return Body()

    def says_nothing(self, statement: ast.stmt) -> bool:
        if isinstance(statement, ast.Raise):
            raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
            return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
        return isinstance(statement, ast.Pass) or (
            isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        )

    def assignment(self, statement: ast.stmt) -> None:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            self.refuse(f"does more than one find() ({_text(statement)})")
        target = statement.targets[0]
        if not isinstance(target, ast.Name):
            self.refuse(f"does more than one find() ({_text(statement)})")
        if self.is_database(statement.value):
            self.databases.add(target.id)
        else:
            self.results[target.id] = self.call(statement.value)

    def is_database(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            return node.id in self.databases
        return _text(node) in ("info.context['db']", "info.context.get('db')", "info.context.db")

    def call(self, node: ast.expr) -> ast.Call:
        if isinstance(node, ast.Name) and node.id in self.results:
            return self.results[node.id]
        node = node.value if isinstance(node, ast.Await) else node
        if (
            not isinstance(node, ast.Call)
            or not isinstance(node.func, ast.Attribute)
            or not self.is_database(node.func.value)
        ):
            self.refuse(f"does something else than find() ({_text(node)})")
        if node.func.attr not in ("find", "find_one"):
            self.refuse(f"calls {node.func.attr}()")
        return node

    def result(self, node: ast.expr) -> Body:
        call = self.call(node)
        body = Body()
        named = call.args[0] if len(call.args) == 1 else None
        if not isinstance(named, ast.Constant) or not isinstance(named.value, str):
            self.refuse("does not name the view as a text")
        body.view = named.value
        for keyword in call.keywords:
            self.keyword(body, keyword)
        return body

    def keyword(self, body: Body, keyword: ast.keyword) -> None:
        name, value = keyword.arg, keyword.value
        parameter = value.id if isinstance(value, ast.Name) and value.id in self.parameters else None
        if name is None:
            self.refuse(f"passes {_text(value)} on with **")
        if name == "info" and parameter is not None:
            return
        if name in _PAGING and parameter is not None:
            body.paging[name] = parameter
        elif name in _PAGING and name != "where":
            body.constants[name] = self.constant(name, value)
        elif parameter is not None:
            body.equal[parameter] = name
        else:
            self.refuse(f"passes {name}={_text(value)}")

    def constant(self, name: str, value: ast.expr) -> Any:
        try:
            return ast.literal_eval(value)
        except ValueError:
            self.refuse(f"passes {name}={_text(value)}")


def _text(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else text[:57] + "..."


def _without_source(function: Any, place: str) -> Body:
    """Of code that came from no file, such as exec's: the names that it uses tell whether it can be more than find()."""
    code = function.__code__
    strange = [name for name in code.co_names if name not in ("context", "find", "find_one", "get", "NotImplementedError")]
    if strange:
        _Reader(function, place).refuse(f"uses {strange[0]}")
    named = {"find": True, "find_one": True}
    views = [c for c in code.co_consts if isinstance(c, str) and c not in ("db", function.__doc__)]
    reads = any(name in named for name in code.co_names)
    return Body(view=views[0] if reads and len(views) == 1 else None)


def read_body(function: Any, place: str) -> Body:
    """What the body of a function says; DeclarationError where it does what would be lost."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return _without_source(function, place)
    definition = tree.body[0]
    if not isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef):
        return _without_source(function, place)
    return _Reader(function, place).read(definition.body)
