"""The kind of a failure of env.py, told by its exception and by where that was raised.

Nothing is asked of a database. What each library says in which case was seen on SQLAlchemy 2.0.58
and 2.1.9, Alembic 1.18.4 and 1.20.1, and with the drivers of the test group.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Callable
from typing import Any

from alembic.util import CommandError
from sqlalchemy import URL, exc

from alembic_guard.runtime.failed_url import misread, url_in
from alembic_guard.runtime.traces import frames_of, user_frames
from alembic_guard.runtime.unset import is_pydantic, names_database, reads_unset

_STRING_METHODS = {name for name in dir(str) if not name.startswith("_")}
_DENIED = re.compile(r"permission denied for (?:table|relation) |command denied to user ")
_READS = re.compile(r"\s*(?:SELECT|SHOW|DESCRIBE)\b", re.IGNORECASE)
_OF_A_CONNECTION = {
    *("begin", "connect", "dialect", "engine", "exec_driver_sql", "execute", "get_bind"),
    *("in_transaction", "run_sync", "scalar", "scalars", "url"),
}
_LOGGING_SECTIONS = re.compile(r"'(?:formatter|logger|handler)(?:s|_\w+)'")


def kind_of(error: BaseException) -> str:
    """The kind of a failure, by its exception; "env-error" when nothing more is known."""
    text = str(error)
    return next((kind for kind, applies in _KINDS.items() if applies(error, text)), "env-error")


def _mixes_async(error: BaseException, text: str) -> bool:
    return (
        isinstance(error, exc.MissingGreenlet)
        or "asyncio extension requires an async driver" in text
        or (isinstance(error, TypeError | AttributeError) and "AsyncConnection" in text)
        or (_raises(error, AttributeError, "__enter__") and _holds(error, "AsyncEngine"))
    )


def _lacks_url(error: BaseException, text: str) -> bool:
    if isinstance(error, KeyError):
        named = last_module(error) == "os" or text.strip("'").isupper()
        return text in ("'url'", "'sqlalchemy.url'") or (named and names_database(text))
    if isinstance(error, TypeError) and text == "option values must be strings":
        return _innermost_local(error, "value", default="") is None
    if isinstance(error, AttributeError) and error.name in _STRING_METHODS:
        return "'NoneType'" in text and reads_unset(error)
    if "Expected string or URL object, got None" in text or is_pydantic(error):
        return True
    url = url_in(error)
    parts = (url.username, url.host, url.database) if isinstance(url, URL) else ()
    return "None" in parts or (isinstance(url, str) and (not url.strip() or "//None" in url))


def _has_bad_url(error: BaseException, text: str) -> bool:
    if isinstance(error, configparser.InterpolationError):
        return "url" in error.option or "://" in text
    if isinstance(error, ValueError) and "invalid interpolation syntax" in text:
        return "://" in text
    unknown_option = isinstance(error, TypeError) and _while_connecting(error)
    no_string = text == "option values must be strings" or "Expected string or URL object" in text
    return (
        isinstance(error, exc.NoSuchModuleError)
        or unknown_option
        or no_string
        or (_does_not_reach(error, text) and misread(url_in(error)))
        or text.startswith(("Could not parse SQLAlchemy URL", "Invalid SQLite URL"))
        or re.search(r"invalid (?:connection option|port number|dsn)|port .* out of range", text)
        is not None
        or isinstance(error, OverflowError)
        or (isinstance(error, ValueError) and last_module(error) == "sqlalchemy.engine.url")
    )


def _lacks_driver(error: BaseException, text: str) -> bool:
    if isinstance(error, ImportError | ValueError) and re.search(r"greenlet'? library", text):
        return True
    engine = "sqlalchemy.engine"
    return isinstance(error, ImportError) and any(
        frame.module.startswith(engine) for frame in frames_of(error)
    )


def _lacks_import(error: BaseException, text: str) -> bool:
    missing = isinstance(error, ImportError) and not text.startswith("Can't find Python file")
    return missing or "partially initialized module" in text


def _lacks_connection(error: BaseException, text: str) -> bool:
    if isinstance(error, AssertionError):
        return last_module(error).startswith(("alembic.", "alembic_guard.runtime."))
    known = isinstance(error, AttributeError) and error.name in _OF_A_CONNECTION
    return (
        "Connection, url, or dialect_name is required" in text
        or "No context has been configured yet" in text
        or (known and "'NoneType' object" in text)
    )


def _lacks_logging(error: BaseException, text: str) -> bool:
    if last_module(error) not in ("logging.config", "configparser"):
        return False
    from_logging = any(frame.module == "logging.config" for frame in frames_of(error))
    known = isinstance(error, FileNotFoundError | RuntimeError) or _LOGGING_SECTIONS.search(text)
    return from_logging and bool(known)


def _may_not_read(error: BaseException, text: str) -> bool:
    reads = isinstance(error, exc.DBAPIError) and _READS.match(error.statement or "")
    return bool(reads and _DENIED.search(text))


def _is_pooled(error: BaseException, text: str) -> bool:
    """What a server says behind a pooler by transaction alone; 26000 invalid_sql_statement_name,
    42P05 duplicate_prepared_statement, and PgBouncer's own word for having no connection left.
    """
    original = getattr(error, "orig", error)
    codes = {getattr(original, name, None) for name in ("sqlstate", "pgcode")}
    return not codes.isdisjoint({"26000", "42P05"}) or "query_wait_timeout" in text


def _does_not_reach(error: BaseException, text: str) -> bool:
    if isinstance(error, exc.DBAPIError):
        # SQLite opens whatever there is, and looks into it with the first statement
        opened = "file is not a database" in text
        return error.connection_invalidated or not error.statement or opened
    return _while_connecting(error) or isinstance(error, ConnectionError | TimeoutError)


_KINDS: dict[str, Callable[[BaseException, str], bool]] = {
    "running-event-loop": lambda error, text: (
        isinstance(error, RuntimeError) and "called from a running event loop" in text
    ),
    "async-driver-in-sync-env": _mixes_async,
    "no-database-url": _lacks_url,
    "missing-driver": _lacks_driver,
    "env-import-error": _lacks_import,
    "bad-database-url": _has_bad_url,
    "connection-not-configured": _lacks_connection,
    "no-config": _lacks_logging,
    "no-target-metadata": lambda error, text: (
        isinstance(error, CommandError) and "does not provide a MetaData" in text
    ),
    "missing-revision": lambda error, text: (
        isinstance(error, CommandError) and "Can't locate revision" in text
    ),
    "table-not-readable": _may_not_read,
    "pooled-connection": _is_pooled,
    "database-unreachable": _does_not_reach,
}
"""In this order: what is told by its class alone comes before what is told by where it rose."""


def _while_connecting(error: BaseException) -> bool:
    """Whether the driver's own ``connect()`` raised; SQLAlchemy does not wrap every driver's."""
    return any(
        frame.module == "sqlalchemy.engine.default" and frame.function == "connect"
        for frame in frames_of(error)
    )


def last_module(error: BaseException) -> str:
    """The module, whoever's it is, whose code raised; "" where none is known."""
    frames = frames_of(error)
    return frames[-1].module if frames else ""


def _innermost_local(error: BaseException, name: str, default: Any) -> Any:
    values = [frame.names[name] for frame in frames_of(error) if name in frame.names]
    return values[-1] if values else default


def _raises(error: BaseException, kind: type[BaseException], text: str) -> bool:
    return isinstance(error, kind) and text in str(error)


def _holds(error: BaseException, class_name: str) -> bool:
    names = [frame.names for frame in user_frames(error)[-1:]]
    return any(type(each).__name__ == class_name for held in names for each in held.values())
