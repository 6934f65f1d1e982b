# SPDX-License-Identifier: MIT
"""Configuration of an application: v1's names where it had them, each from the environment as FRAISEQL_NAME too."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, fields
from typing import Any

_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
_CHOICES = {
    "environment": ("development", "production", "testing"),
    "apq_mode": ("optional", "required", "disabled"),
    "introspection_policy": ("public", "disabled"),
}


@dataclass
class FraiseQLConfig:
    """What an application is made of. environment="production" turns GraphiQL, introspection and error detail off."""

    database_url: str | None = None
    #: Path of a schema file; None takes the schema from the database.
    schema: str | None = None
    environment: str = "development"
    database_pool_size: int = 20
    database_pool_min_idle: int = 2
    #: Seconds that a request waits for a connection.
    database_pool_timeout: float = 30.0
    #: False behind a pooler in transaction mode.
    prepared: bool = True
    graphql_path: str = "/graphql"
    #: GraphiQL; None: as the environment says.
    enable_playground: bool | None = None
    #: "public" or "disabled"; None: as the environment says.
    introspection_policy: str | None = None
    #: Whether clients are told the database's own messages; None: as the environment says.
    error_detail: bool | None = None
    #: "optional", "required" (nothing but persisted queries) or "disabled".
    apq_mode: str = "optional"
    query_timeout: float = 30.0
    max_query_depth: int | None = None
    max_body: int = 1 << 20
    app_name: str = "FraiseQL API"
    app_version: str = "1.0.0"
    #: Options of the engine, as of Pipeline.
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        for name, allowed in _CHOICES.items():
            value = getattr(self, name)
            if value is None and name == "introspection_policy":
                continue
            if not isinstance(value, str) or value.lower() not in allowed:
                raise ValueError(f"{name}: {value!r} is none of {', '.join(map(repr, allowed))}")
            setattr(self, name, value.lower())

    @classmethod
    def from_environment(cls, **given: Any) -> FraiseQLConfig:
        """Reads FRAISEQL_NAME for every name that is not given; the database from FRAISEQL_DATABASE,
        FRAISEQL_DATABASE_URL or DATABASE_URL, in this order."""
        values = {name: value for name, value in given.items() if value is not None}
        for name in ("FRAISEQL_DATABASE", "FRAISEQL_DATABASE_URL", "DATABASE_URL"):
            if "database_url" not in values and os.environ.get(name):
                values["database_url"] = os.environ[name]
        for item in fields(cls):
            text = os.environ.get("FRAISEQL_" + item.name.upper())
            if item.name not in values and text:
                values[item.name] = _read(item.name, str(item.type), text)
        return cls(**values)

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def graphiql(self) -> bool:
        return not self.production if self.enable_playground is None else self.enable_playground

    @property
    def introspection(self) -> bool:
        return not self.production if self.introspection_policy is None else self.introspection_policy == "public"

    def pool_options(self) -> dict[str, Any]:
        return {
            "max_size": self.database_pool_size,
            "min_idle": min(self.database_pool_min_idle, self.database_pool_size),
            "connection_timeout": int(self.database_pool_timeout * 1000),
            "prepared": self.prepared,
        }

    def pipeline_options(self) -> dict[str, Any]:
        options = {
            "introspection": self.introspection,
            "error_detail": not self.production if self.error_detail is None else self.error_detail,
            "apq": self.apq_mode != "disabled",
            "request_timeout": int(self.query_timeout * 1000),
            "max_body": self.max_body,
        }
        if self.max_query_depth is not None:
            options["max_depth"] = self.max_query_depth
        return {**options, **self.options}


def _read(name: str, kind: str, text: str) -> Any:
    try:
        if "bool" in kind:
            if text.lower() not in _TRUE + _FALSE:
                raise ValueError("neither true nor false")
            return text.lower() in _TRUE
        if "dict" in kind:
            return json.loads(text)
        if "int" in kind:
            return int(text)
        return float(text) if "float" in kind else text
    except ValueError as error:
        raise ValueError(f"FRAISEQL_{name.upper()}={text!r}: {error}") from None
