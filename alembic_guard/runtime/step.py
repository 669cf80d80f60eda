"""One step of a migration: what a rule judges.

The same type comes from a recorded migration, from a traced one, from autogenerate's operations
before a file is written, and from plain SQL, so that a rule is written once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from alembic.operations.ops import MigrateOperation

from alembic_guard.finding import Place


@dataclass(frozen=True)
class Measured:
    """What a statement really did, on a scratch database.

    :param seconds: how long it took there.
    :param locks: the strongest mode that it took on each relation that existed before the
        revision, by key, in PostgreSQL's words (``AccessExclusiveLock``).
    :param rewrites: keys of the tables whose file changed; :param scans: sequential scans, by key.
    :param rows: that it changed; None where the driver did not say.
    """

    seconds: float
    locks: Mapping[str, str] = field(default_factory=dict)
    rewrites: frozenset[str] = frozenset()
    scans: Mapping[str, int] = field(default_factory=dict)
    rows: int | None = None


@dataclass(frozen=True)
class Step:
    """One directive of a migration, or SQL that no directive owns.

    :param directive: the operation object; None for SQL that no directive owns.
    :param sql: the statements that it emits, as text, parameters as ``$1`` or ``?``.
    :param place: file and line, also inside helpers and loops.
    :param transaction: a number, the same for what commits together; None in an
        ``autocommit_block()``, and where the database commits each statement.
    :param revision: its identifier; "" for what has no revision yet.
    :param called_from: the line of the revision file, where ``place`` is in another file.
    :param assumption: what was assumed when it was recorded, such as reads that nobody answered.
    :param measured: what it really did, if it was traced.
    """

    directive: MigrateOperation | None
    sql: tuple[str, ...]
    place: Place | None
    transaction: int | None
    revision: str
    called_from: Place | None = None
    assumption: str = ""
    measured: Measured | None = None
    session: bool = False
    """Whether it came through ``op.get_bind()`` or an ORM session, beside Alembic's operations."""
    rebuilds: str | None = None
    """Key of the table that batch mode rebuilds for it; then ``sql`` says nothing of that."""
