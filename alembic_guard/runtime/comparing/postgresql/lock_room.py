"""Whether a server has room for the locks of a scratch namespace.

Whatever a transaction creates is locked until its end, in a table that all sessions share: who
fills it makes the statements of others fail with ``out of shared memory`` (PostgreSQL manual, 20.12
``max_locks_per_transaction``). 1,500 tables with their keys and indexes held 21,004 locks
(``facts/comparators.md`` C.2), so models that are too many are made in turns, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import text

from alembic_guard.runtime.comparing.comparison import NotCompared

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

_OF_A_TABLE = 7
"""Locks of a table with its TOAST, its key, its sequence and its type (measured: 5 to 8)."""

_OF_AN_INDEX = 2
_SHARE = 0.6
"""Of the server's lock table, which others use too."""


def locks_of(tables: Iterable[Table]) -> int:
    """How many locks it takes to make tables, about."""
    return sum(
        _OF_A_TABLE + _OF_AN_INDEX * (len(table.indexes) + len(table.constraints))
        for table in tables
    )


def fair_room(connection: Connection) -> int:
    """How many locks one session may hold, so that there are some for all."""
    return int(_SHARE * connection.execute(text(_ROOM)).scalar_one())


def need_room(connection: Connection, tables: Sequence[Table]) -> None:
    """See that tables can be made at once.

    :raises NotCompared: where they would take more locks than is fair.
    """
    needed = locks_of(tables)
    if needed > fair_room(connection):
        room = connection.execute(text(_ROOM)).scalar_one()
        each = connection.execute(text("SHOW max_locks_per_transaction")).scalar_one()
        enough = int(int(each) * needed / (_SHARE * room)) + 1
        raise NotCompared(
            f"to make {len(tables)} tables at once takes about {needed} locks, and the server has "
            f"{room} for everybody",
            f"ALTER SYSTEM SET max_locks_per_transaction = {enough};  # and restart the server",
        )


_ROOM = """
SELECT current_setting('max_locks_per_transaction')::integer
     * (current_setting('max_connections')::integer
        + current_setting('max_prepared_transactions')::integer)
"""
