"""How much room the pending revisions need for what they build, told from their recording.

An estimate, of live tables alone: a table that is written anew needs as much as it has now, with
its indexes, as the old one stays until the revision is committed; an index needs the share of its
columns in that, and the room to sort them is not counted. On SQLite, whose tables' sizes are not
told apart, a table that is built anew counts as the whole file. What was dropped before is not
taken off, for its room is free only after the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from alembic_guard.ddl.actions import Action, AddConstraint, CreateIndex, OnTable
from alembic_guard.ddl.data import Opaque
from alembic_guard.ddl.mysql import algorithm
from alembic_guard.ddl.postgresql import effect
from alembic_guard.rules._run import Run
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.disk_room import DiskRoom, Shortage, disk_room
from alembic_guard.runtime.step import Step

if TYPE_CHECKING:
    from alembic_guard.runtime.environment import Call

Needs = Mapping[str, Mapping[str, "int | None"]]
"""By revision, and by what is built, in words: bytes; None is as much as the whole file."""


def room_needed(steps: Iterable[tuple[Step, Sequence[Action]]], run: Run) -> Needs:
    """What each revision builds beside what is there.

    :param steps: of the recording, with what they do; :param run: a fresh one.
    """
    needs: dict[str, dict[str, int | None]] = {}
    for step, actions in steps:
        run.begin(step)
        own = needs.setdefault(step.revision, {})
        if step.rebuilds and not run.is_new(step.rebuilds):
            own[f"{step.rebuilds} anew"] = None
        for action in _flat(actions):
            named = run.named(action)
            own.update(_built(named, run))
            run.did(named)
    return {revision: own for revision, own in needs.items() if own}


def shortages(call: Call, needs: Needs) -> Iterator[Shortage]:
    """The revisions that need more than the disk has, where somebody tells how much that is."""
    if not needs:
        return
    database = Database(call.connection)
    try:
        with call.reading() as connection:
            room = disk_room(database, connection)
            whole = _size_of(database)
    except DBAPIError:
        if call.in_transaction:
            raise
        return
    if room is None:
        return
    for revision, own in needs.items():
        sizes = {what: whole if size is None else size for what, size in own.items()}
        found = _shortage(revision, sizes, room)
        if found is not None:
            yield found


def _shortage(revision: str, sizes: Mapping[str, int], room: DiskRoom) -> Shortage | None:
    largest_first = sorted(sizes.items(), key=lambda each: -each[1])
    found = Shortage(revision, tuple(largest_first), room)
    return found if found.needed > room.free else None


def _size_of(database: Database) -> int:
    try:
        return 0 if database.file is None else database.file.stat().st_size
    except OSError:
        return 0


def _built(action: Action, run: Run) -> Iterator[tuple[str, int]]:
    columns = _indexed(action)
    if columns and isinstance(action, OnTable):
        size = _share(run, action.table, columns)
        if size:
            yield f"an index on {action.table} ({', '.join(columns)})", size
    for key in _rewritten(action, run):
        table = None if run.is_new(key) else run.table(key)
        if table is not None and table.bytes:
            yield f"{key} anew", table.bytes


def _indexed(action: Action) -> tuple[str, ...]:
    """The columns of an index that is built; a constraint that takes an index as it is has none."""
    if isinstance(action, CreateIndex):
        return tuple(action.index.columns)
    if isinstance(action, AddConstraint) and action.constraint.kind in ("primary key", "unique"):
        return tuple(action.constraint.columns)
    return ()


def _rewritten(action: Action, run: Run) -> Iterable[str]:
    if run.target.kind == "postgresql":
        return effect(action, run.target, run.table).rewrites
    key = getattr(action, "table", "")
    if run.target.is_mysql and key and algorithm(action, run.target, run.table(key)).rebuilds:
        return (key,)
    return ()


def _share(run: Run, key: str, columns: Sequence[str]) -> int:
    table = None if run.is_new(key) else run.table(key)
    if table is None or not table.bytes or not table.columns:
        return 0
    return table.bytes * min(len(columns), len(table.columns)) // len(table.columns)


def _flat(actions: Iterable[Action]) -> Iterator[Action]:
    for action in actions:
        if isinstance(action, Opaque):
            yield from _flat(action.actions)
        else:
            yield action
