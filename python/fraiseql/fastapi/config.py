# SPDX-License-Identifier: MIT
"""Configuration of an application: v1's names where it had them, each from the environment as FRAISEQL_NAME too."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from .. import _native

_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
_OF_THE_POOL = ("idle_timeout", "max_queue")
_CHOICES = {
    "environment": ("development", "production", "testing"),
    "apq_mode": ("optional", "required", "disabled"),
    "introspection_policy": ("public", "authenticated", "disabled"),
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
    #: Connections beyond database_pool_size under load.
    database_max_overflow: int = 0
    #: Seconds after which a connection is replaced.
    database_pool_recycle: float = 1800.0
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
    #: Path of the trusted documents: a manifest {"<sha256 or id>": "document"}, or a folder of .graphql files.
    trusted_documents: str | None = None
    #: Whether everything but them is refused.
    trusted_only: bool = False
    query_timeout: float = 30.0
    max_query_depth: int | None = None
    max_body: int = 1 << 20
    app_name: str = "FraiseQL API"
    app_version: str = "1.0.0"
    #: Options of the engine, as of Pipeline and Pool.
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
        values.setdefault("database_url", database_of_environment())
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
        return not self.production if self.introspection_policy is None else self.introspection_policy != "disabled"

    def pool_options(self) -> dict[str, Any]:
        options = {
            "max_size": self.database_pool_size + self.database_max_overflow,
            "min_idle": min(self.database_pool_min_idle, self.database_pool_size),
            "connection_timeout": int(self.database_pool_timeout * 1000),
            "max_lifetime": int(self.database_pool_recycle * 1000),
            "prepared": self.prepared,
        }
        return {**options, **{name: value for name, value in self.options.items() if name in _OF_THE_POOL}}

    def pipeline_options(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            "introspection": self.introspection,
            "error_detail": not self.production if self.error_detail is None else self.error_detail,
            "apq": self.apq_mode != "disabled",
            "request_timeout": int(self.query_timeout * 1000),
            "max_body": self.max_body,
        }
        if self.max_query_depth is not None:
            options["max_depth"] = self.max_query_depth
        if self.trusted_documents is not None:
            options["trusted_documents"] = _trusted_documents(Path(self.trusted_documents))
            options["trusted_only"] = self.trusted_only
        elif self.trusted_only:
            raise ValueError("trusted_only needs trusted_documents, the path of what is trusted")
        return {**options, **{name: value for name, value in self.options.items() if name not in _OF_THE_POOL}}

    def check(self) -> None:
        """ValueError or TypeError for options that the engine does not know or take, OSError for trusted documents that
        can not be read."""
        _native.check_options(self.pool_options(), self.pipeline_options())


def _trusted_documents(path: Path) -> str:
    """The manifest; of a folder each document under the SHA-256 of its text."""
    if not path.is_dir():
        return path.read_text(encoding="utf-8")
    texts = [file.read_bytes() for file in sorted(path.iterdir()) if file.suffix in (".graphql", ".gql")]
    return json.dumps({hashlib.sha256(text).hexdigest(): text.decode() for text in texts})


def database_of_environment() -> str | None:
    """The database that the environment names, or None."""
    names = ("FRAISEQL_DATABASE", "FRAISEQL_DATABASE_URL", "DATABASE_URL")
    return next((os.environ[name] for name in names if os.environ.get(name)), None)


def _read(name: str, kind: str, text: str) -> Any:
    try:
        if name == "prepared" and text.lower() == "auto":
            return True  # the program's word; its "off" is among ours
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
