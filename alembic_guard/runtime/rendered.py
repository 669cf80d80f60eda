"""What :mod:`~alembic_guard.runtime.rendering` says of migrations as text: frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alembic_guard.finding import Place
from alembic_guard.runtime.commits import SQLITE_OUTSIDE
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.step import Step


@dataclass(frozen=True)
class NotRendered:
    """A migration that has no text.

    :param reason: in one sentence without a full stop.
    """

    revision: Revision
    place: Place | None
    reason: str


@dataclass(frozen=True)
class CheckNotRendered:
    """A check of a migration that has no text; the migration itself has.

    :param check: "precheck" or "postcheck"; :param reason: as above.
    """

    check: str
    revision: Revision
    place: Place | None
    reason: str


@dataclass(frozen=True)
class RenderedCheck:
    """A check of a migration.

    :param sql: a SELECT whose one value says yes or no; empty where it asked nothing.
    """

    name: str
    sql: str
    place: Place


@dataclass(frozen=True)
class Rendered:
    """One revision as text.

    :param before: the heads that it expects; :param after: those that it leaves.
    :param version: what is done to the version table.
    """

    revision: Revision
    before: tuple[str, ...]
    after: tuple[str, ...]
    steps: tuple[Step, ...]
    version: tuple[str, ...]
    checks: tuple[RenderedCheck, ...]


@dataclass(frozen=True)
class Rendering:
    """Revisions as text, in the order of application, and what has none.

    :param version_table: its DDL.
    """

    revisions: tuple[Rendered, ...]
    failures: tuple[NotRendered | CheckNotRendered, ...]
    version_table: str
    dialect: Any


def leaves_transaction(statement: str) -> bool:
    """SQLite: whether a statement means something only outside of a transaction."""
    return SQLITE_OUTSIDE.match(statement) is not None
