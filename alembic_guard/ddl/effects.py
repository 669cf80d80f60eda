"""What a statement costs those who use its tables, and what must be known of them to say so.

Nothing is guessed of a table that is not known: it counts as one without indexes, foreign keys,
views and partitions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from alembic_guard.ddl.locks import Lock
from alembic_guard.schema import Constraint, Table, Target

OLDEST = 12  # of PostgreSQL, which is assumed where no version is said


@dataclass(frozen=True)
class Effect:
    """What a statement does to tables that were there before it.

    :param locks: the strongest lock by key, without indexes, and without the ACCESS SHARE of what
        is only read, which conflicts with nothing but ACCESS EXCLUSIVE.
    :param rewrites: keys of those of which all rows are written into a new file.
    :param scans: keys of those that are read whole while they are locked.
    :param note: what should be known besides, as a part of a sentence; "" for nothing.
    """

    locks: Mapping[str, Lock] = field(default_factory=dict)
    rewrites: frozenset[str] = frozenset()
    scans: frozenset[str] = frozenset()
    note: str = ""

    def __add__(self, other: Effect) -> Effect:
        """Both together: of the locks of one table the stronger."""
        locks = dict(self.locks)
        for key, lock in other.locks.items():
            locks[key] = max(lock, locks.get(key, lock))
        notes = dict.fromkeys(note for note in (self.note, other.note) if note)
        return Effect(
            locks, self.rewrites | other.rewrites, self.scans | other.scans, "; ".join(notes)
        )


def total(effects: Iterable[Effect]) -> Effect:
    """All of them together."""
    return sum(effects, Effect())


@dataclass(frozen=True)
class Known:
    """What an effect depends on.

    :param target: the database; :param table: what is known of a table, by its key.
    """

    target: Target
    table: Callable[[str], Table | None]

    @property
    def major(self) -> int:
        """The first number of the version."""
        return self.target.major or OLDEST

    def of(self, key: str) -> Table:
        """A table, with nothing in it where it is not known."""
        return self.table(key) or Table(key)

    def tree(self, key: str) -> tuple[str, ...]:
        """A table and all partitions below it."""
        below = [each for partition in self.of(key).partitions for each in self.tree(partition)]
        return (key, *below)

    def with_rows(self, key: str) -> tuple[str, ...]:
        """The tables that hold the rows of one: itself, or the partitions that have none below."""
        table = self.of(key)
        if not table.partitioned or not (table.partitions or table.complete):
            return (key,)
        return tuple(each for part in table.partitions for each in self.with_rows(part))

    def views(self, key: str) -> tuple[str, ...]:
        """The views that read a table, and the views that read those."""
        return tuple(each for view in self.of(key).views for each in (view, *self.views(view)))

    def references(self, key: str) -> tuple[Constraint, ...]:
        """The foreign keys of a table."""
        return tuple(self.of(key).constraints_of("foreign key"))

    def locks(self, lock: Lock, *keys: str) -> Effect:
        """The same lock on tables; "" is none, as where a statement does not say its table."""
        return Effect({key: lock for key in keys if key})

    def whole(self, key: str, lock: Lock, *, scans: bool = False, rewrites: bool = False) -> Effect:
        """What is done to a table and its partitions alike; a rewrite reads it too."""
        rows = frozenset(self.with_rows(key)) - {""}
        effect = self.locks(lock, *self.tree(key))
        return effect + Effect(
            rewrites=rows if rewrites else frozenset(),
            scans=rows if scans or rewrites else frozenset(),
        )
