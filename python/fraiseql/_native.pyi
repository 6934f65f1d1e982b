from collections.abc import Awaitable
from typing import Any, Self, final

DATA: int
REQUEST_ERROR: int
BAD_REQUEST: int
TOO_LARGE: int
METHOD_NOT_ALLOWED: int
NOT_FOUND: int
FORBIDDEN: int
UNAVAILABLE: int
BATCH: int
READ_ONLY: int
NO_INTROSPECTION: int
ERROR_DETAIL: int
NO_BATCH: int
PERSISTED_ONLY: int
WHOLE: int
version: str

def check_options(pool: dict[str, Any] | None, pipeline: dict[str, Any] | None, /) -> None: ...

class Pool:
    def __new__(cls, url: str, config: dict[str, Any] | None = None) -> Self: ...
    closed: bool
    def health_check(self) -> bool: ...
    def health_check_async(self) -> Awaitable[bool]: ...
    def get_stats(self) -> dict[str, int]: ...
    def close(self) -> None: ...

@final
class Stream:
    def next(self) -> Awaitable[tuple[bytes, bool, bool]]: ...
    def close(self) -> None: ...

@final
class Pipeline:
    def __new__(
        cls,
        pool: Pool,
        schema_json: str | bytes | dict[str, Any] | None = None,
        options: dict[str, Any] | None = None,
    ) -> Pipeline: ...
    pool: Pool
    closed: bool
    def start(
        self,
        query_string: str,
        variables: dict[str, Any] | None = None,
        user_context: dict[str, Any] | None = None,
        operation_name: str | None = None,
        extensions: dict[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Awaitable[bytes]: ...
    def execute_sync(
        self,
        query_string: str,
        variables: dict[str, Any] | None = None,
        user_context: dict[str, Any] | None = None,
        operation_name: str | None = None,
        extensions: dict[str, Any] | None = None,
        timeout: float | None = None,
    ) -> bytes: ...
    def request(
        self, body: bytes | None, query_string: bytes | None, user_context: dict[str, Any] | None, flags: int, /
    ) -> Awaitable[tuple[int, bytes, Stream | None]]: ...
    def get_cache_stats(self) -> dict[str, int | float]: ...
    def clear_cache(self) -> None: ...
    def schema_sdl(self) -> str: ...
    def schema_json(self) -> str: ...
    def schema_warnings(self) -> str: ...
    def _explain(
        self, json: bool, analyze: bool, query_string: str, variables: dict[str, Any] | None = None, *more: Any
    ) -> tuple[str | None, str | None]: ...
    def close(self) -> None: ...

@final
class Planner:
    def __new__(
        cls, schema_json: str | bytes | dict[str, Any], options: dict[str, Any] | None = None
    ) -> Planner: ...
    def explain(
        self,
        query_string: str,
        variables: dict[str, Any] | None = None,
        operation_name: str | None = None,
        cached: bool = True,
    ) -> tuple[str | None, str | None]: ...
    def get_cache_stats(self) -> dict[str, int]: ...
    def clear_cache(self) -> None: ...

def document_json(text: str, /) -> tuple[str | None, str | None]: ...
