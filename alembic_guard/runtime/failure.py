"""What made ``env.py`` fail: the event, and the facts that a sentence about it needs.

They are read on demand, from the traceback and from the text of files; nothing of the project is
imported or asked of a database. What reads them is imported on demand, too: every command has to
know these classes, and few of them fail.

The sentences are the guards' (``guards/env_error.py`` and its neighbours).
What Alembic prints in each case is measured in ``facts/alembic_today.md``.
"""

from __future__ import annotations

import configparser
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL

if TYPE_CHECKING:
    from alembic.config import Config

    from alembic_guard.runtime.env_text import Line
    from alembic_guard.runtime.failed_url import DatabaseFile, Origin
    from alembic_guard.runtime.import_roots import MissingModule
    from alembic_guard.runtime.unset import Unset


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
        _close_coroutines(error)

    @cached_property
    def kind(self) -> str:
        """The name of the guard that this failure belongs to."""
        from alembic_guard.runtime.failure_kinds import kind_of

        return kind_of(self.error)

    @property
    def frame(self) -> tuple[str, int]:
        """File and line of the user's own code that raised; env.py itself if none is known."""
        from alembic_guard.runtime.traces import is_library, user_frames

        error = self.error
        if isinstance(error, SyntaxError) and error.filename and not is_library(error.filename):
            return error.filename, error.lineno or 0
        frames = user_frames(error)
        return (frames[-1].file, frames[-1].line) if frames else (self.env_py, 0)

    @property
    def chain(self) -> tuple[tuple[str, int], ...]:
        """Files and lines of the user's own code, outermost first: who imported whom."""
        from alembic_guard.runtime.traces import user_frames

        return tuple((frame.file, frame.line) for frame in user_frames(self.error))

    @property
    def raised_in(self) -> str:
        """The module, whoever's it is, whose code raised."""
        from alembic_guard.runtime.failure_kinds import last_module

        return last_module(self.error)

    @property
    def env_py_exists(self) -> bool:
        """Whether there is an env.py at all."""
        return Path(self.env_py).exists()

    @property
    def env_py_in_git(self) -> bool:
        """Whether git would bring env.py back."""
        from alembic_guard.runtime.config_search import git_has

        return git_has(self.env_py)

    @property
    def without_logging(self) -> tuple[str, ...]:
        """The sections that ``fileConfig()`` wants and the config file lacks."""
        from alembic_guard.runtime.env_text import sections

        present = sections(self.config_file)
        wanted = ("loggers", "handlers", "formatters")
        return tuple(name for name in wanted if name not in present)

    @property
    def config_file(self) -> str:
        """The file that holds ``sqlalchemy.url`` and ``prepend_sys_path``, or should."""
        return (self.config and self.config.config_file_name) or "alembic.ini"

    @cached_property
    def url(self) -> URL | str | None:
        """The URL that was used, as far as SQLAlchemy came with it."""
        from alembic_guard.runtime.failed_url import url_in

        return url_in(self.error)

    @cached_property
    def origin(self) -> Origin:
        """Where that URL stands."""
        from alembic_guard.runtime.failed_url import origin_of

        return origin_of(self.url, self.config, self.error, self.frame)

    @cached_property
    def drivers(self) -> tuple[str, ...]:
        """The synchronous drivers for the URL's database that are installed."""
        from alembic_guard.runtime.failed_url import installed_drivers

        return installed_drivers(self.url)

    @cached_property
    def option(self) -> Line | None:
        """The line of the ini file that an interpolation failed in, as it is written there."""
        from alembic_guard.runtime.env_text import option_line

        error, file = self.error, self.config.config_file_name if self.config else None
        if not isinstance(error, configparser.InterpolationError):
            return None
        return option_line(file, error.section, error.option)

    @cached_property
    def file(self) -> DatabaseFile | None:
        """The file of a SQLite URL, as it is on disk."""
        from alembic_guard.runtime.failed_url import database_file

        return database_file(self.url)

    @cached_property
    def unset(self) -> Unset:
        """What env.py asked for and did not get."""
        from alembic_guard.runtime.unset import unset_in

        return unset_in(self.error, self.env_py, self.frame, self.config)

    @cached_property
    def module(self) -> MissingModule:
        """What is known of the module that could not be imported."""
        from alembic_guard.runtime.import_roots import missing_module

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
        from alembic_guard.runtime.env_text import unawaited_call

        return unawaited_call(self.env_py)


def _close_coroutines(error: BaseException) -> None:
    """End what was never awaited, of which Python would warn beside the finding."""
    from inspect import iscoroutine

    from alembic_guard.runtime.traces import frames_of

    for frame in frames_of(error):
        for value in frame.names.values():
            if iscoroutine(value) and value.cr_frame is not None and not value.cr_running:
                value.close()
