# SPDX-License-Identifier: MIT
"""The names of FraiseQL v1's extension module, over this engine: parsing, SQL, pools and execution are real.

What differs from v1 stands in docs/python-v1.md. New code uses `fraiseql` itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from . import _native
from ._native import Pool, version as __version__
from .pipeline import Pipeline, QueryError, initialize_pipeline

__all__ = [
    "CompositionError",
    "DatabasePool",
    "FieldSelection",
    "FragmentDefinition",
    "GeneratedQuery",
    "GraphQLArgument",
    "ParsedQuery",
    "PyGraphQLPipeline",
    "TableSchema",
    "VariableDefinition",
    "__version__",
    "build_sql_query",
    "build_sql_query_cached",
    "clear_cache",
    "execute_graphql_query",
    "execute_graphql_query_sync",
    "get_cache_stats",
    "initialize_graphql_pipeline",
    "parse_graphql_query",
    "to_camel_case",
    "transform_json",
    "transform_keys",
]

NOT_INITIALIZED = "GraphQL pipeline not initialized. Call initialize_graphql_pipeline() first."
NO_DATABASE = (
    "no database is given: pass a DatabasePool or a URL after the schema, or set FRAISEQL_DATABASE, "
    "FRAISEQL_DATABASE_URL or DATABASE_URL"
)

_NOT_THERE = {
    **dict.fromkeys(
        ("build_graphql_response", "build_multi_field_response", "build_mutation_response", "filter_cascade_data"),
        "the engine writes whole answers from the rows itself, so nothing is left to build from JSON rows",
    ),
    **dict.fromkeys(
        ("initialize_schema_registry", "is_schema_registry_initialized", "reset_schema_registry_for_testing"),
        "types come from the schema JSON or from the database; there is no second registry to fill",
    ),
    **dict.fromkeys(
        ("execute_query_async", "execute_mutation_async"),
        "in v1 it returned invented rows; use execute_graphql_query",
    ),
}


def __getattr__(name: str) -> Any:
    reason = _NOT_THERE.get(name)
    if reason is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    raise AttributeError(f"{__name__}.{name} is not provided: {reason} (docs/python-v1.md)")


# -- the pool ----------------------------------------------------------------------------------------------------------

_SECONDS = ("connection_timeout", "idle_timeout", "max_lifetime")
_V1_DEFAULTS = {"max_size": 10, "min_idle": 1, "connection_timeout": 30, "idle_timeout": 300, "max_lifetime": 3600}


def _milliseconds(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"option {name} must be a number of seconds, not {type(value).__name__}")
    if not 0 <= value < 2**50:
        raise ValueError(f"option {name}: {value!r} is out of range")
    return round(value * 1000)


class DatabasePool(Pool):
    """Connections to one database; config as in v1, with times in seconds.

    config may hold max_size (10), min_idle (1), connection_timeout (30), idle_timeout (300), max_lifetime (3600),
    reap_frequency (accepted; connections are looked after without it) and the further options of Pool. Nothing is
    connected before it is needed.
    """

    __slots__ = ("_summary",)
    _summary: str

    def __new__(cls, database_url: str, config: dict[str, Any] | None = None) -> Self:
        if config is not None and not isinstance(config, dict):
            raise TypeError(f"config must be a dict or None, not {type(config).__name__}")
        options = {**_V1_DEFAULTS, **{name: value for name, value in (config or {}).items() if value is not None}}
        _milliseconds("reap_frequency", options.pop("reap_frequency", 0))
        for name in _SECONDS:
            options[name] = _milliseconds(name, options[name])
        if config is None or config.get("min_idle") is None:
            options["min_idle"] = min(options["min_idle"], options["max_size"])
        pool = super().__new__(cls, database_url, options)
        pool._summary = f"max_size={options['max_size']}, min_idle={options['min_idle']}"
        return pool

    def get_config_summary(self) -> str:
        """As in v1: `Pool config: max_size=10, min_idle=1`."""
        return f"Pool config: {self._summary}"

    def __repr__(self) -> str:
        return f"DatabasePool({self._summary})"


# -- execution ---------------------------------------------------------------------------------------------------------

_DATABASE_VARIABLES = ("FRAISEQL_DATABASE", "FRAISEQL_DATABASE_URL", "DATABASE_URL")
_environment_pool: tuple[int, str, Pool] | None = None


def _pool_of_environment(schema_json: Any) -> Pool:
    """One pool for the process as long as the variable stays the same: initializing again keeps its connections."""
    global _environment_pool
    url = next((os.environ[name] for name in _DATABASE_VARIABLES if os.environ.get(name)), None)
    if url is None:
        if isinstance(schema_json, (str, bytes)):
            json.loads(schema_json)  # what is wrong with the schema is told first, as in v1: ValueError
        raise ConnectionError(NO_DATABASE)
    held = _environment_pool
    if held is None or held[:2] != (os.getpid(), url) or held[2].closed:
        held = _environment_pool = (os.getpid(), url, Pool(url))
    return held[2]


def _pool(pool: Pool | str | None, schema_json: Any) -> Pool | str:
    if pool is None:
        return _pool_of_environment(schema_json)
    if not isinstance(pool, (Pool, str)):
        raise TypeError(f"pool must be a DatabasePool, a Pool, a URL or None, not {type(pool).__name__}")
    return pool


def initialize_graphql_pipeline(
    schema_json: str | bytes | dict[str, Any] | None, pool: Pool | str | None = None
) -> None:
    """Makes the pipeline that execute_graphql_query uses; it is that of fraiseql.initialize_pipeline too.

    schema_json None takes the schema from the database. pool is a DatabasePool, a Pool or a URL; None takes the database
    from FRAISEQL_DATABASE, FRAISEQL_DATABASE_URL or DATABASE_URL. ValueError for the schema, ConnectionError for the
    database; then the pipeline before stays. Blocks.
    """
    initialize_pipeline(_pool(pool, schema_json), schema_json)


def _current() -> Pipeline:
    pipeline: Pipeline | None = getattr(_native, "_current", None)
    if pipeline is None:
        raise RuntimeError(NOT_INITIALIZED)
    return pipeline


async def execute_graphql_query(
    query_string: str,
    variables: dict[str, Any] | None = None,
    user_context: dict[str, Any] | None = None,
    operation_name: str | None = None,
    extensions: dict[str, Any] | None = None,
) -> bytes:
    """Runs one operation and returns the finished JSON answer, its errors in it; to be awaited, which v1's was not."""
    return await _current().execute(query_string, variables, user_context, operation_name, extensions)


def execute_graphql_query_sync(
    query_string: str,
    variables: dict[str, Any] | None = None,
    user_context: dict[str, Any] | None = None,
    operation_name: str | None = None,
    extensions: dict[str, Any] | None = None,
) -> bytes:
    """As execute_graphql_query, blocking, with the GIL released: what v1 called execute_graphql_query."""
    return _current().execute_sync(query_string, variables, user_context, operation_name, extensions)


class PyGraphQLPipeline:
    """A pipeline of its own; the arguments are those of initialize_graphql_pipeline. execute blocks, as in v1."""

    __slots__ = ("_pipeline", "__weakref__")

    def __init__(self, schema_json: str | bytes | dict[str, Any] | None, pool: Pool | str | None = None):
        self._pipeline = Pipeline(_pool(pool, schema_json), schema_json)

    def execute(
        self,
        query_string: str,
        variables: dict[str, Any] | None = None,
        user_context: dict[str, Any] | None = None,
        operation_name: str | None = None,
        extensions: dict[str, Any] | None = None,
    ) -> bytes:
        """Runs one operation and returns the finished JSON answer, its errors in it. Blocks, with the GIL released."""
        return self._pipeline.execute_sync(query_string, variables, user_context, operation_name, extensions)


# -- parsing -----------------------------------------------------------------------------------------------------------

# Fragments that are spread in fragments multiply; these are the engine's own limit on fields, and a bound on recursion.
_MAX_FIELDS = 20000
_MAX_NESTING = 256


@dataclass(frozen=True, slots=True)
class GraphQLArgument:
    """An argument of a field as it was written."""

    name: str
    #: variable, int, float, string, boolean, null, enum, list or object
    value_type: str
    #: The value as JSON; a variable is the string "$name", an enum value a string.
    value_json: str
    #: The value as GraphQL, where variables, enum values and strings differ.
    value_text: str = ""


@dataclass(frozen=True, slots=True)
class FieldSelection:
    """A field and what is selected below it, fragments expanded."""

    name: str
    alias: str | None = None
    arguments: list[GraphQLArgument] = field(default_factory=list)
    nested_fields: list[FieldSelection] = field(default_factory=list)
    #: Names, those of the fragments around the field first.
    directives: list[str] = field(default_factory=list)
    #: The type that the innermost fragment around the field asks for; None outside of fragments.
    type_condition: str | None = None


@dataclass(frozen=True, slots=True)
class VariableDefinition:
    """A variable of an operation."""

    #: Without the $.
    name: str
    #: As written: [Int!]!
    var_type: str
    #: As JSON; None where there is no default.
    default_value: str | None = None


@dataclass(frozen=True, slots=True)
class FragmentDefinition:
    """A fragment of the document."""

    name: str
    type_condition: str
    selections: list[FieldSelection]
    #: Names of the fragments that it spreads, at any depth of its own text.
    fragment_spreads: list[str]


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """One operation of a document."""

    #: query, mutation or subscription
    operation_type: str
    operation_name: str | None
    #: The name of the first field.
    root_field: str
    selections: list[FieldSelection]
    variables: list[VariableDefinition]
    #: The whole document.
    source: str
    fragments: list[FragmentDefinition] = field(default_factory=list)

    def signature(self) -> str:
        """A hash of the document's text and the operation's name: what the plan cache first looks up."""
        return hashlib.sha256(f"{self.operation_name or ''}\0{self.source}".encode()).hexdigest()

    def is_cacheable(self) -> bool:
        """Whether its plan is cached: queries and mutations are, with and without variables."""
        return self.operation_type != "subscription"


class _Expansion:
    """Turns selections of the document's tree into FieldSelections, with fragments in place."""

    def __init__(self, fragments: list[dict[str, Any]]):
        self.fragments = {fragment["name"]: fragment for fragment in reversed(fragments)}
        self.inside: list[str] = []
        self.nesting = self.fields = 0

    def selections(
        self, selections: list[dict[str, Any]], condition: str | None = None, directives: tuple[str, ...] = ()
    ) -> list[FieldSelection]:
        self.nesting += 1
        if self.nesting > _MAX_NESTING:
            raise ValueError(f"selections are nested more than {_MAX_NESTING} deep, fragments included")
        expanded: list[FieldSelection] = []
        for selection in selections:
            own = directives + tuple(d["name"] for d in selection["directives"])
            if "field" in selection:
                expanded.append(self.field(selection, condition, own))
            elif "spread" in selection:
                expanded += self.spread(selection["spread"], own)
            else:
                expanded += self.selections(selection["selections"], selection["on"] or condition, own)
        self.nesting -= 1
        return expanded

    def field(self, selection: dict[str, Any], condition: str | None, directives: tuple[str, ...]) -> FieldSelection:
        self.fields += 1
        if self.fields > _MAX_FIELDS:
            raise ValueError(f"the operation selects more than {_MAX_FIELDS} fields, fragments included")
        return FieldSelection(
            name=selection["field"],
            alias=selection["alias"],
            arguments=[_argument(argument) for argument in selection["arguments"]],
            nested_fields=self.selections(selection["selections"]),
            directives=list(directives),
            type_condition=condition,
        )

    def fragment(self, fragment: dict[str, Any]) -> FragmentDefinition:
        spreads = list(dict.fromkeys(_spreads(fragment["selections"])))
        return FragmentDefinition(fragment["name"], fragment["on"], self.spread(fragment["name"], ()), spreads)

    def spread(self, name: str, directives: tuple[str, ...]) -> list[FieldSelection]:
        fragment = self.fragments.get(name)
        if fragment is None:
            raise ValueError(f'Unknown fragment "{name}".')
        if name in self.inside:
            via = ", ".join(f'"{other}"' for other in self.inside[self.inside.index(name) + 1 :])
            raise ValueError(f'Cannot spread fragment "{name}" within itself{" via " + via if via else ""}.')
        self.inside.append(name)
        expanded = self.selections(fragment["selections"], fragment["on"], directives)
        self.inside.pop()
        return expanded


def _argument(argument: dict[str, Any]) -> GraphQLArgument:
    return GraphQLArgument(argument["name"], argument["kind"], argument["json"], argument["text"])


def _variable(variable: dict[str, Any]) -> VariableDefinition:
    default = variable["default"]
    return VariableDefinition(variable["name"], variable["type"], default and default["json"])


def _spreads(selections: list[dict[str, Any]]) -> Iterator[str]:
    for selection in selections:
        if "spread" in selection:
            yield selection["spread"]
        else:
            yield from _spreads(selection["selections"])


def _choose(operations: list[dict[str, Any]], name: str | None) -> dict[str, Any]:
    for operation in operations:
        if name is None or operation["name"] == name:
            return operation
    raise ValueError("The document holds no operation." if name is None else f'Unknown operation named "{name}".')


def _message(response: str) -> str:
    error: dict[str, Any] = json.loads(response)["errors"][0]
    at = "".join(f" (line {place['line']}, column {place['column']})" for place in error.get("locations", [])[:1])
    return f"{error['message']}{at}"


def parse_graphql_query(query_string: str, operation_name: str | None = None) -> ParsedQuery:
    """Parses a document and returns its first operation, or the one that is named.

    ValueError for a syntax error, an unknown fragment or one that spreads itself, and for a document past the default
    limits. No schema is asked: names of fields and types are not checked.
    """
    text, response = _native.document_json(query_string)
    if text is None:
        raise ValueError(_message(response) if response else "the document is too large")
    document = json.loads(text)
    operation = _choose(document["operations"], operation_name)
    expansion = _Expansion(document["fragments"])
    selections = expansion.selections(operation["selections"])
    return ParsedQuery(
        operation_type=operation["operation"],
        operation_name=operation["name"],
        root_field=selections[0].name,
        selections=selections,
        variables=[_variable(variable) for variable in operation["variables"]],
        source=query_string,
        fragments=[expansion.fragment(fragment) for fragment in document["fragments"]],
    )


# -- SQL ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A root field's entry in `tables` of the schema JSON; dataclasses.asdict() gives the entry."""

    view_name: str
    sql_columns: list[str] = field(default_factory=list)
    jsonb_column: str = "data"
    fk_mappings: dict[str, str] = field(default_factory=dict)
    has_jsonb_data: bool = True


@dataclass(frozen=True, slots=True)
class GeneratedQuery:
    """The statements of an operation and the values of their parameters."""

    #: The statement; several are joined with ";" and a line end.
    sql: str
    #: (name, value as PostgreSQL's text or None); param_1 is $1. Of a second statement: statement_2_param_1, and so on.
    parameters: list[tuple[str, str | None]]
    #: Each statement by itself.
    statements: list[GeneratedQuery] = field(default_factory=list)


class CompositionError(QueryError, RuntimeError):
    """What build_sql_query raises for an operation that the schema does not allow; `response` tells all errors."""

    def __init__(self, response: str):
        super().__init__(response)
        self.args = (f"Query composition failed: {self.args[0]}",)


# The schemas last used, each with its plans. v1 had one cache whose key left the schema out.
_MAX_SCHEMAS = 8
_MAX_PLANS = 5000  # of each
_planners: OrderedDict[str, _native.Planner] = OrderedDict()
_before = {"hits": 0, "misses": 0}  # of planners that have gone
_planners_lock = threading.Lock()


def _planner(schema_json: str) -> _native.Planner:
    if not isinstance(schema_json, str):
        raise TypeError(f"schema_json must be str, not {type(schema_json).__name__}")
    with _planners_lock:
        planner = _planners.get(schema_json)
        if planner is None:
            planner = _planners[schema_json] = _native.Planner(schema_json)
        _planners.move_to_end(schema_json)
        while len(_planners) > _MAX_SCHEMAS:
            _, gone = _planners.popitem(last=False)
            for name in _before:
                _before[name] += gone.get_cache_stats()[name]
    return planner


def _generated(statements: list[dict[str, Any]]) -> GeneratedQuery:
    parts = [
        GeneratedQuery(s["sql"], [(f"param_{n}", value) for n, value in enumerate(s["parameters"], 1)])
        for s in statements
    ]
    together = [
        (name if number == 1 else f"statement_{number}_{name}", value)
        for number, part in enumerate(parts, 1)
        for name, value in part.parameters
    ]
    return GeneratedQuery(";\n".join(part.sql for part in parts), together, parts)


def _build(parsed: ParsedQuery, schema_json: str, variables: dict[str, Any] | None, cached: bool) -> GeneratedQuery:
    if not isinstance(parsed, ParsedQuery):
        raise TypeError(f"the first argument must be a ParsedQuery, not {type(parsed).__name__}")
    text, response = _planner(schema_json).explain(parsed.source, variables, parsed.operation_name, cached)
    if text is None:
        raise CompositionError(response or "the operation is too large")
    return _generated(json.loads(text)["statements"])


def build_sql_query(parsed: ParsedQuery, schema_json: str, variables: dict[str, Any] | None = None) -> GeneratedQuery:
    """The SQL of an operation, without a database. Values are parameters always, those of literals too.

    ValueError for a schema with errors, CompositionError (a RuntimeError and a ValueError) for an operation that is not
    valid in it, or variables that are missing or wrong.
    """
    return _build(parsed, schema_json, variables, cached=False)


def build_sql_query_cached(
    parsed: ParsedQuery, schema_json: str, variables: dict[str, Any] | None = None
) -> GeneratedQuery:
    """As build_sql_query, through a plan cache: operations that differ in values alone share a plan, never a value."""
    return _build(parsed, schema_json, variables, cached=True)


def get_cache_stats() -> dict[str, int | float]:
    """hits, misses, hit_rate, cached_plans and max_cached_plans of build_sql_query_cached and the pipeline together."""
    with _planners_lock:
        parts: list[dict[str, Any]] = [_before, *(planner.get_cache_stats() for planner in _planners.values())]
    pipeline = getattr(_native, "_current", None)
    if pipeline is not None and not pipeline.closed:
        parts.append(pipeline.get_cache_stats())
    hits, misses, plans, most = (
        sum(part.get(name, 0) for part in parts) for name in ("hits", "misses", "cached_plans", "max_cached_plans")
    )
    return {
        "hits": hits,
        "misses": misses,
        "hit_rate": hits / (hits + misses) if hits + misses else 0.0,
        "cached_plans": plans,
        "max_cached_plans": most or _MAX_PLANS,
    }


def clear_cache() -> None:
    """Forgets all plans, those of the pipeline too, and sets the counts to 0."""
    with _planners_lock:
        _planners.clear()
        _before.update(hits=0, misses=0)
    pipeline = getattr(_native, "_current", None)
    if pipeline is not None and not pipeline.closed:
        pipeline.clear_cache()


# -- case --------------------------------------------------------------------------------------------------------------

_WORD_START = re.compile(r"_+(.?)", re.DOTALL)
# A string with the colon that makes it a key, or blanks between tokens. In valid JSON a quote begins a string nowhere else.
_TOKEN = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"([ \t\r\n]*:)?|[ \t\r\n]+', re.DOTALL)


def to_camel_case(s: str) -> str:
    """user_name -> userName. Underscores in front stay; everything but underscores and what follows them is kept.

    Names of the schema follow other rules (docs/schema.md): API_KEY is APIKEY here and apiKey there.
    """
    if not isinstance(s, str):
        raise TypeError(f"to_camel_case takes a str, not {type(s).__name__}")
    rest = s.lstrip("_")
    return s[: len(s) - len(rest)] + _WORD_START.sub(lambda match: match[1].upper(), rest)


def transform_keys(obj: dict[str, Any], recursive: bool = False) -> dict[str, Any]:
    """A new dict with the keys in camelCase; recursive=True goes into dicts and lists."""
    if not isinstance(obj, dict):
        raise TypeError(f"transform_keys takes a dict, not {type(obj).__name__}")
    return {to_camel_case(key): _transform(value) if recursive else value for key, value in obj.items()}


def _transform(value: Any) -> Any:
    if isinstance(value, dict):
        return transform_keys(value, recursive=True)
    return [_transform(item) for item in value] if isinstance(value, list) else value


def _no_constant(name: str) -> Any:
    raise ValueError(f"Invalid JSON: {name} is no JSON value")


def _token(match: re.Match[str]) -> str:
    text, colon = match[1], match[2]
    if text is None:
        return ""
    if colon is None:
        return match[0]
    return json.dumps(to_camel_case(json.loads(f'"{text}"')), ensure_ascii=False) + ":"


def transform_json(json_str: str) -> str:
    """JSON with all keys in camelCase, without blanks between its tokens; values keep their text, digit by digit.

    ValueError for what is not JSON.
    """
    if not isinstance(json_str, str):
        raise TypeError(f"transform_json takes a str, not {type(json_str).__name__}")
    try:
        json.loads(json_str, parse_int=len, parse_float=len, parse_constant=_no_constant)  # numbers are not read
    except RecursionError:
        raise ValueError("Invalid JSON: nested too deeply") from None
    return _TOKEN.sub(_token, json_str)
