"""Which tables the pending revisions lock, and how strongly, told from their recording.

PostgreSQL only. For a revision of which something could not be recorded, nothing is
said, and each statement waits for its own lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.data import Copy, Delete, Insert, Maintain, Opaque, Read, Update
from alembic_guard.ddl.lock_request import LockRequest, Transactions, Use, lock_requests
from alembic_guard.rules._run import Run
from alembic_guard.runtime.recording import Recording
from alembic_guard.runtime.step import Step


def requests_of(
    recording: Recording, steps: Iterable[tuple[Step, Sequence[Action]]], run: Run
) -> dict[str, Transactions]:
    """What each revision locks, by revision.

    :param steps: of the recording, with what they do; :param run: a fresh one.
    """
    used: dict[str, list[tuple[int | None, list[Use]]]] = {}
    for step, actions in steps:
        run.begin(step)
        uses = [_use(run, action) for action in _flat(actions)]
        used.setdefault(step.revision, []).append((step.transaction, uses))
    gaps = {gap.revision for gap in recording.gaps}
    return {name: _transactions(found) for name, found in used.items() if name not in gaps}


def _transactions(found: Sequence[tuple[int | None, Sequence[Use]]]) -> Transactions:
    """Where it begins with an autocommit block, the first transaction is an empty one."""
    parts: list[tuple[LockRequest, ...]] = [()] if found[0][0] is None else []
    for number, steps in groupby(found, key=lambda each: each[0]):
        if number is not None:
            parts.append(lock_requests(use for _, uses in steps for use in uses))
    return tuple(parts)


def _use(run: Run, action: Action) -> Use:
    named = run.named(action)
    use = Use(run.locks(named) if not isinstance(named, Opaque) else {}, _is_long(run, named))
    run.did(named)
    return use


def _is_long(run: Run, action: Action) -> bool:
    """Whether it reads or writes many rows, or nobody knows; small and new tables have few."""
    match action:
        case Opaque():
            return not action.actions
        case Insert():
            touched: Iterable[str] = (action.table,) if action.from_query else ()
        case Update() | Delete() | Copy() | Maintain():
            touched = (action.table,)
        case Read():
            touched = action.tables
        case _:
            found = run.effect(action)
            touched = found.scans | found.rewrites
    return any(not (run.is_new(key) or run.is_small(key)) for key in touched)


def _flat(actions: Iterable[Action]) -> Iterator[Action]:
    for action in actions:
        yield action
        if isinstance(action, Opaque):
            yield from _flat(action.actions)
