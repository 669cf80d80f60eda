"""The locks that a transaction of a migration needs on tables that others use.

Data and one pure function; which tables those are, and when a statement takes long, is told by
whoever knows the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from alembic_guard.ddl.locks import Lock


@dataclass(frozen=True)
class LockRequest:
    """One table, and how strongly a transaction locks it.

    :param table: its key.
    :param lock: the strongest lock that the transaction takes on it.
    :param up_front: the lock to take before its first statement; None where it is better taken by
        the statement that needs it, which comes after one that takes long.
    """

    table: str
    lock: Lock
    up_front: Lock | None

    @property
    def takes(self) -> str | None:
        """The mode of the lock to take up front, as LOCK TABLE spells it."""
        return None if self.up_front is None else self.up_front.value

    @property
    def conflicting(self) -> frozenset[str]:
        """The modes that it cannot be held beside, as pg_locks spells them."""
        return frozenset(other.mode for other in Lock if self.lock.conflicts_with(other))


Transactions = tuple[tuple[LockRequest, ...], ...]
"""The locks of each transaction of a revision, in order; the first is that in which it begins."""


class Use(NamedTuple):
    """What one action does to the tables that were there before.

    :param locks: by key; :param long: whether it may take long.
    """

    locks: Mapping[str, Lock]
    long: bool = False


def lock_requests(uses: Iterable[Use]) -> tuple[LockRequest, ...]:
    """The locks of one transaction, sorted by table.

    A lock that is first needed after an action that takes long is not to be held during that action
    too: a backfill lets everybody work, and an ACCESS EXCLUSIVE lock taken before it would not.
    """
    strongest: dict[str, Lock] = {}
    early: dict[str, Lock] = {}
    after_long = False
    for use in uses:
        for table, lock in use.locks.items():
            strongest[table] = max(lock, strongest.get(table, lock))
            if not after_long:
                early[table] = max(lock, early.get(table, lock))
        after_long = after_long or use.long
    return tuple(
        LockRequest(table, strongest[table], early.get(table)) for table in sorted(strongest)
    )
