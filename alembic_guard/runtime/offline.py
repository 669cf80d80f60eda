"""A migration context without a database: what env.py configures offline, or what the URL says.

``context.configure(url=…)`` of env.py's offline branch gives the dialect, the options and the
metadata. Where env.py has no such branch, or it fails, the dialect alone is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from typing import TYPE_CHECKING, Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from alembic_guard.errors import WrongUsage
from alembic_guard.runtime.environment import Call, run_environment
from alembic_guard.runtime.failure import EnvironmentFailed

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

DEFAULT = "postgresql"
"""The dialect where nothing says which one it is."""


def offline(
    config: Config,
    script: ScriptDirectory,
    serve: Callable[[Call, Callable[[], None]], None],
    dialect: str | None = None,
) -> str:
    """Run env.py as ``--sql`` does, and serve each database that it configures.

    :param dialect: instead of what env.py says; then env.py is not run.
    :raises WrongUsage: for a dialect that there is not.
    :returns: why env.py could not say, in a sentence; empty as a rule.
    """
    served: list[Call] = []

    def migrating(call: Call, plain: Callable[[], None]) -> None:
        served.append(call)
        serve(call, plain)

    problem = ""
    if dialect is None:
        try:
            with _nothing_written(config):
                run_environment(config, script, lambda *_: (), migrating=migrating, as_sql=True)
        except EnvironmentFailed as failed:
            if served:
                raise
            problem = f"{failed.env_py} says nothing offline: {type(failed.error).__name__}"
    if not served:
        context = _context(dialect or _dialect_of(config))
        if context is None and dialect:
            raise WrongUsage.one("wrong-usage", f"SQLAlchemy has no dialect {dialect!r}.")
        serve(Call(0, context or _context(DEFAULT), False, False), lambda: None)
    return problem


def _context(dialect: str) -> Any:
    """A context of Alembic's offline mode; None for a dialect that SQLAlchemy does not have."""
    try:
        return MigrationContext.configure(dialect_name=dialect, opts={"as_sql": True})
    except (ArgumentError, NoSuchModuleError):
        return None


@contextmanager
def _nothing_written(config: Config) -> Iterator[None]:
    """Alembic writes BEGIN and COMMIT around what it renders, and nothing is rendered here."""
    before, config.output_buffer = config.output_buffer, StringIO()
    try:
        yield
    finally:
        config.output_buffer = before


def _dialect_of(config: Config) -> str:
    with suppress(ArgumentError, NoSuchModuleError, ValueError):
        return make_url(config.get_main_option("sqlalchemy.url") or "").get_backend_name()
    return DEFAULT
