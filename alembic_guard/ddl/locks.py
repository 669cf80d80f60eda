"""PostgreSQL's eight table locks, what each blocks, and which conflict.

It promises what section 13.3.1 of the manual says, nothing of row locks, and nothing of how long
a lock is held.
"""

from __future__ import annotations

from enum import Enum


class Lock(Enum):
    """A lock mode of a table, from the weakest to the strongest; the value is its readable name."""

    ACCESS_SHARE = "ACCESS SHARE"
    ROW_SHARE = "ROW SHARE"
    ROW_EXCLUSIVE = "ROW EXCLUSIVE"
    SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
    SHARE = "SHARE"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    EXCLUSIVE = "EXCLUSIVE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"

    @classmethod
    def of_mode(cls, text: str) -> Lock:
        """The lock by either of its spellings.

        :param text: as pg_locks spells it, or as LOCK TABLE does; in any case.
        :raises ValueError: it is neither.
        """
        wanted = text.replace(" ", "").lower().removesuffix("lock")
        for lock in cls:
            if lock.value.replace(" ", "").lower() == wanted:
                return lock
        raise ValueError(f"{text!r} is no lock mode of a table")

    @property
    def mode(self) -> str:
        """As pg_locks spells it, such as ``AccessExclusiveLock``."""
        return self.value.title().replace(" ", "") + "Lock"

    @property
    def strength(self) -> int:
        """Its place in the manual's order, from 0; whoever holds several is known by the last."""
        return list(Lock).index(self)

    @property
    def blocks_reads(self) -> bool:
        """Whether a plain SELECT has to wait for it."""
        return self.conflicts_with(Lock.ACCESS_SHARE)

    @property
    def blocks_writes(self) -> bool:
        """Whether INSERT, UPDATE and DELETE have to wait for it."""
        return self.conflicts_with(Lock.ROW_EXCLUSIVE)

    def conflicts_with(self, other: Lock) -> bool:
        """Whether two sessions cannot hold both at once; source: the manual's table 13.2."""
        return other in _CONFLICTS[self]

    def __lt__(self, other: Lock) -> bool:
        return self.strength < other.strength

    def __str__(self) -> str:
        return self.value


# By row of table 13.2, the weakest mode with which one conflicts; it conflicts with all stronger
# ones too, but for SHARE, which does not conflict with itself.
_CONFLICTS_FROM = {
    Lock.ACCESS_SHARE: Lock.ACCESS_EXCLUSIVE,
    Lock.ROW_SHARE: Lock.EXCLUSIVE,
    Lock.ROW_EXCLUSIVE: Lock.SHARE,
    Lock.SHARE_UPDATE_EXCLUSIVE: Lock.SHARE_UPDATE_EXCLUSIVE,
    Lock.SHARE: Lock.ROW_EXCLUSIVE,
    Lock.SHARE_ROW_EXCLUSIVE: Lock.ROW_EXCLUSIVE,
    Lock.EXCLUSIVE: Lock.ROW_SHARE,
    Lock.ACCESS_EXCLUSIVE: Lock.ACCESS_SHARE,
}
_CONFLICTS = {
    lock: frozenset(
        other
        for other in Lock
        if other.strength >= weakest.strength and not lock is other is Lock.SHARE
    )
    for lock, weakest in _CONFLICTS_FROM.items()
}
