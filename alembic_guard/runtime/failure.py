"""What made ``env.py`` fail: one kind for each exception that the field knows.

:func:`kind_of` only classifies; the sentences are the guards' (``guards/env_error.py`` and its
neighbours). What Alembic prints in each case is measured in ``facts/alembic_today.md``.
"""

from __future__ import annotations

import configparser
import re
import sysconfig
from pathlib import Path

import alembic
import sqlalchemy
from alembic.util import CommandError
from sqlalchemy import exc

_LIBRARIES = (
    Path(__file__).parents[1],
    Path(alembic.__file__).parent,  # wherever they are: editable, vendored
    Path(sqlalchemy.__file__).parent,
    Path(sysconfig.get_paths()["stdlib"]),
)

KINDS = (
    "env-import-error",
    "no-database-url",
    "bad-database-url",
    "missing-driver",
    "database-unreachable",
    "connection-not-configured",
    "missing-revision",
    "no-target-metadata",
    "env-error",
)


class EnvironmentFailed(Exception):
    """env.py, or something that it imports or connects to, raised.

    :param error: the exception itself.
    :param env_py: path of env.py.
    :param stage: how far it had come: "loading", "configuring", "configured", "migrating",
        "migrated".
    """

    def __init__(self, error: BaseException, env_py: str, stage: str) -> None:
        super().__init__(str(error))
        self.error = error
        self.env_py = env_py
        self.stage = stage

    @property
    def kind(self) -> str:
        """The name of the guard that this failure belongs to."""
        return kind_of(self.error)

    @property
    def frame(self) -> tuple[str, int]:
        """File and line of the user's own code that raised; env.py itself if none is known."""
        if isinstance(self.error, SyntaxError) and self.error.filename:
            return self.error.filename, self.error.lineno or 0
        place, traceback = (self.env_py, 0), self.error.__traceback__
        while traceback is not None:
            file = traceback.tb_frame.f_code.co_filename
            if not _is_library(file) and Path(file).exists():
                place = (file, traceback.tb_lineno)
            traceback = traceback.tb_next
        return place


class NoMigrationsRun(EnvironmentFailed):
    """env.py ended well and never ran migrations on a connection."""

    def __init__(self, env_py: str) -> None:
        message = "env.py never called context.run_migrations() on a connection"
        super().__init__(RuntimeError(message), env_py, "migrated")

    @property
    def kind(self) -> str:
        """Always the same."""
        return "connection-not-configured"


def kind_of(error: BaseException) -> str:
    """The kind of a failure, by its exception; "env-error" when nothing more is known."""
    text = str(error)
    if isinstance(error, exc.NoSuchModuleError) or _is_unparsable_url(error, text):
        return "bad-database-url"
    if isinstance(error, ModuleNotFoundError) and _raised_in(error, "sqlalchemy"):
        return "missing-driver"
    if isinstance(error, ImportError) and not text.startswith("Can't find Python file"):
        return "env-import-error"
    if _is_missing_url(error, text):
        return "no-database-url"
    if isinstance(error, exc.OperationalError | exc.InterfaceError | OSError):
        return "database-unreachable"
    if isinstance(error, CommandError):
        if "does not provide a MetaData" in text:
            return "no-target-metadata"
        if "Can't locate revision" in text:
            return "missing-revision"
    if "Connection, url, or dialect_name is required" in text or (
        isinstance(error, AttributeError) and "'NoneType' object has no attribute" in text
    ):
        return "connection-not-configured"
    return "env-error"


def _is_missing_url(error: BaseException, text: str) -> bool:
    return (
        (isinstance(error, KeyError) and text in ("'url'", "'sqlalchemy.url'"))
        or (isinstance(error, KeyError) and re.search(r"DATABASE|DB_|_URL|DSN", text) is not None)
        or "Expected string or URL object, got None" in text
        or (isinstance(error, TypeError) and text == "option values must be strings")
    )


def _is_unparsable_url(error: BaseException, text: str) -> bool:
    return (
        "Could not parse SQLAlchemy URL" in text
        or isinstance(error, configparser.InterpolationError)
        or (isinstance(error, ValueError) and "invalid interpolation syntax" in text)
    )


def _raised_in(error: BaseException, package: str) -> bool:
    traceback, last = error.__traceback__, ""
    while traceback is not None:
        last = str(traceback.tb_frame.f_globals.get("__name__", ""))
        if not last.startswith("importlib") and last.split(".")[0] == package:
            return True
        traceback = traceback.tb_next
    return False


def _is_library(file: str) -> bool:
    path = Path(file)
    if any(path.is_relative_to(folder) for folder in _LIBRARIES):
        return True
    return "site-packages" in path.parts or "dist-packages" in path.parts or "<" in file
