"""What made ``env.py`` fail: one kind for each exception that the field knows.

:func:`kind_of` only classifies; the sentences are the guards' (``guards/env_error.py`` and its
neighbours), and the facts that they need are read on demand, from text and traceback alone. What
Alembic prints in each case is measured in ``facts/alembic_today.md``.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.util import CommandError
from sqlalchemy import URL, exc

from alembic_guard.runtime.env_text import Line, option_line, unawaited_call
from alembic_guard.runtime.failed_url import (
    DatabaseFile,
    Origin,
    database_file,
    installed_drivers,
    origin_of,
    url_in,
)
from alembic_guard.runtime.import_roots import MissingModule, missing_module
from alembic_guard.runtime.traces import frames_of, is_library, user_frames
from alembic_guard.runtime.unset import Unset, is_pydantic, names_database, reads_unset, unset_in

if TYPE_CHECKING:
    from alembic.config import Config

_STRING_METHODS = {name for name in dir(str) if not name.startswith("_")}
_DENIED = re.compile(r"permission denied for (?:table|relation) |command denied to user ")
_OF_A_CONNECTION = {
    *("begin", "connect", "dialect", "engine", "exec_driver_sql", "execute", "get_bind"),
    *("in_transaction", "run_sync", "scalar", "scalars", "url"),
}
_LOGGING_SECTIONS = re.compile(r"'(?:formatter|logger|handler)(?:s|_\w+)'")


class EnvironmentFailed(Exception):
    """env.py, or something that it imports or connects to, raised.

    :param error: the exception itself.
    :param env_py: path of env.py.
    :param stage: how far it had come: "loading", "configuring", "configured", "migrating",
        "migrated".
    :param config: the project's; without it, nothing is said of its files.
    """

    def __init__(
        self, error: BaseException, env_py: str, stage: str, config: Config | None = None
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.env_py = env_py
        self.stage = stage
        self.config = config

    @cached_property
    def kind(self) -> str:
        """The name of the guard that this failure belongs to."""
        return kind_of(self.error)

    @property
    def frame(self) -> tuple[str, int]:
        """File and line of the user's own code that raised; env.py itself if none is known."""
        error = self.error
        if isinstance(error, SyntaxError) and error.filename and not is_library(error.filename):
            return error.filename, error.lineno or 0
        frames = user_frames(error)
        return (frames[-1].file, frames[-1].line) if frames else (self.env_py, 0)

    @property
    def chain(self) -> tuple[tuple[str, int], ...]:
        """Files and lines of the user's own code, outermost first: who imported whom."""
        return tuple((frame.file, frame.line) for frame in user_frames(self.error))

    @property
    def raised_in(self) -> str:
        """The module, whoever's it is, whose code raised."""
        return _last_module(self.error)

    @property
    def env_py_exists(self) -> bool:
        """Whether there is an env.py at all."""
        return Path(self.env_py).exists()

    @property
    def config_file(self) -> str:
        """The file that holds ``sqlalchemy.url`` and ``prepend_sys_path``, or should."""
        return (self.config and self.config.config_file_name) or "alembic.ini"

    @cached_property
    def url(self) -> URL | str | None:
        """The URL that was used, as far as SQLAlchemy came with it."""
        return url_in(self.error)

    @cached_property
    def origin(self) -> Origin:
        """Where that URL stands."""
        return origin_of(self.url, self.config, self.error, self.frame)

    @cached_property
    def drivers(self) -> tuple[str, ...]:
        """The synchronous drivers for the URL's database that are installed."""
        return installed_drivers(self.url)

    @cached_property
    def option(self) -> Line | None:
        """The line of the ini file that an interpolation failed in, as it is written there."""
        error, file = self.error, self.config.config_file_name if self.config else None
        if not isinstance(error, configparser.InterpolationError):
            return None
        return option_line(file, error.section, error.option)

    @cached_property
    def file(self) -> DatabaseFile | None:
        """The file of a SQLite URL, as it is on disk."""
        return database_file(self.url)

    @cached_property
    def unset(self) -> Unset:
        """What env.py asked for and did not get."""
        return unset_in(self.error, self.env_py, self.frame, self.config)

    @cached_property
    def module(self) -> MissingModule:
        """What is known of the module that could not be imported."""
        return missing_module(self.error, self.frame, self.config)


class NoMigrationsRun(EnvironmentFailed):
    """env.py ended well and never ran migrations on a connection."""

    def __init__(self, env_py: str, config: Config | None = None) -> None:
        message = "env.py never called context.run_migrations() on a connection"
        super().__init__(RuntimeError(message), env_py, "migrated", config)

    @cached_property
    def kind(self) -> str:
        """Always the same."""
        return "connection-not-configured"

    @cached_property
    def unawaited(self) -> tuple[str, int] | None:
        """A coroutine function that env.py calls and nothing awaits, and the line of the call."""
        return unawaited_call(self.env_py)


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
        named = _last_module(error) == "os" or text.strip("'").isupper()
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
        or text.startswith(("Could not parse SQLAlchemy URL", "Invalid SQLite URL"))
        or re.search(r"invalid (?:connection option|port number|dsn)|port .* out of range", text)
        is not None
        or isinstance(error, OverflowError)
        or (isinstance(error, ValueError) and _last_module(error) == "sqlalchemy.engine.url")
    )


def _lacks_driver(error: BaseException, text: str) -> bool:
    if isinstance(error, ImportError):
        return any(frame.module.startswith("sqlalchemy.engine") for frame in frames_of(error))
    return isinstance(error, ValueError) and "greenlet library is required" in text


def _lacks_import(error: BaseException, text: str) -> bool:
    missing = isinstance(error, ImportError) and not text.startswith("Can't find Python file")
    return missing or "partially initialized module" in text


def _lacks_connection(error: BaseException, text: str) -> bool:
    if isinstance(error, AssertionError):
        return _last_module(error).startswith(("alembic.", "alembic_guard.runtime."))
    known = isinstance(error, AttributeError) and error.name in _OF_A_CONNECTION
    return (
        "Connection, url, or dialect_name is required" in text
        or "No context has been configured yet" in text
        or (known and "'NoneType' object" in text)
    )


def _lacks_logging(error: BaseException, text: str) -> bool:
    if _last_module(error) not in ("logging.config", "configparser"):
        return False
    from_logging = any(frame.module == "logging.config" for frame in frames_of(error))
    known = isinstance(error, FileNotFoundError | RuntimeError) or _LOGGING_SECTIONS.search(text)
    return from_logging and bool(known)


def _may_not_read(error: BaseException, text: str) -> bool:
    return isinstance(error, exc.DBAPIError) and bool(_DENIED.search(text)) and "version" in text


def _does_not_reach(error: BaseException, text: str) -> bool:
    if isinstance(error, exc.DBAPIError):
        # SQLite opens whatever there is, and looks into it with the first statement
        opened = "file is not a database" in text
        return error.connection_invalidated or not error.statement or opened
    return _while_connecting(error) or isinstance(error, ConnectionError | TimeoutError)


_KINDS: dict[str, Callable[[BaseException, str], bool]] = {
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
    "version-table-not-readable": _may_not_read,
    "database-unreachable": _does_not_reach,
}
"""In this order: what is told by its class alone comes before what is told by where it rose."""

KINDS = (*_KINDS, "env-error")


def _while_connecting(error: BaseException) -> bool:
    """Whether the driver's own ``connect()`` raised; SQLAlchemy does not wrap every driver's."""
    return any(
        frame.module == "sqlalchemy.engine.default" and frame.function == "connect"
        for frame in frames_of(error)
    )


def _last_module(error: BaseException) -> str:
    frames = frames_of(error)
    return frames[-1].module if frames else ""


def _innermost_local(error: BaseException, name: str, default: Any) -> Any:
    values = [frame.names[name] for frame in frames_of(error) if name in frame.names]
    return values[-1] if values else default


def _raises(error: BaseException, kind: type[BaseException], text: str) -> bool:
    return isinstance(error, kind) and text in str(error)


def _holds(error: BaseException, class_name: str) -> bool:
    frames = user_frames(error)
    return (
        any(type(each).__name__ == class_name for each in frames[-1].names.values())
        if frames
        else False
    )
