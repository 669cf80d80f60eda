"""A revision that is gone on with, and fails before it has come to where an earlier run ended.

Its code reads what it has changed itself, such as a batch that reflects the table which it has
rebuilt. What it raises then says nothing of the migration, and running it again would not help.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, ProgrammingError

from alembic_guard.apply.cause import sentence
from alembic_guard.runtime.environment import Signal
from alembic_guard.runtime.statements import LeavesTransaction

if TYPE_CHECKING:
    from alembic_guard.apply.ledger import Ledger


@contextmanager
def replaying(ledger: Ledger | None) -> Iterator[None]:
    """An ``upgrade()`` runs inside the block.

    :raises PartlyApplied: instead of what it raises among statements that are passed over.
    """
    try:
        yield
    except Exception as error:
        if ledger is None or not ledger.behind or not _by_what_it_reads(error):
            raise
        done = "its code fails on what it has done already"
        raise ledger.stop(f"{done}: {sentence(error).rstrip('.')}") from error


def _by_what_it_reads(error: Exception) -> bool:
    """Not a lock, a lost connection, nor anything that our own machinery says."""
    if isinstance(error, DBAPIError):
        return isinstance(error, ProgrammingError) or "no such" in str(error.orig)
    return not isinstance(error, (Signal, LeavesTransaction))
