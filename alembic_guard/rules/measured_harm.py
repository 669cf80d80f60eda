"""A trace shows a table rewritten, or read whole under a lock that blocks writes.

What a statement does is known in advance from what it says and from the catalogue; what a function,
a trigger or a server of another version makes of it is not. ``guard-lint --trace`` really runs it,
and this rule names what was measured on the scratch database and was not expected: the rows of a
table written into a new file, or read while its SHARE lock or a stronger one keeps writers waiting
(PostgreSQL manual 13.3.1).

Fix: look at what the statement calls, and give the work a revision of its own, so that its lock is
held for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.data import Copy, Delete, Insert, Read, Update
from alembic_guard.ddl.effects import Effect, total
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step

DATABASES = ("postgresql",)
JUDGES = Step
GROWS = True


def judge(step: Step, run: Run) -> Iterator[Harm]:
    """Found where it was measured and not expected; what was expected has rules of its own."""
    if step.measured is None:
        return
    expected = _expected(step, run)
    for key in sorted(step.measured.rewrites - expected.rewrites):
        if not run.is_new(key):
            yield Harm(
                f"All rows of {key} are written into a new file.",
                why=f"A trace measured it; {_lock(step, run, key)}.",
                table=key,
            )
    for key in sorted(step.measured.scans.keys() - step.measured.rewrites - expected.scans):
        lock = Lock.of_mode(step.measured.locks[key]) if key in step.measured.locks else None
        if not _only_rows(step, run):  # whose plan is another one where there are no rows
            lock = _held(step, run, key)
        if lock is not None and lock.blocks_writes and not run.is_new(key):
            yield Harm(
                f"{key} is read whole under a lock that makes every write to it wait.",
                why=f"A trace measured it; {_lock(step, run, key)}.",
                table=key,
            )


def _actions(step: Step, run: Run) -> Iterator[Action]:
    """What the step that is judged now will do."""
    for number in range(len(run.done), len(run.plan)):
        if run.plan[number].step is not step:
            return
        yield run.plan[number].action


def _expected(step: Step, run: Run) -> Effect:
    """What the actions of a step are known to do."""
    return total(run.effect(each) for each in _actions(step, run))


def _only_rows(step: Step, run: Run) -> bool:
    return all(
        isinstance(each, (Insert, Update, Delete, Read, Copy)) for each in _actions(step, run)
    )


def _held(step: Step, run: Run, key: str) -> Lock | None:
    """The strongest lock that was measured on a table, of this step or its transaction before."""
    together = [
        each
        for each in run.steps
        if each is step or (each.transaction is not None and each.transaction == step.transaction)
    ]
    modes = [each.measured.locks.get(key) for each in together if each.measured is not None]
    return max((Lock.of_mode(mode) for mode in modes if mode), default=None)


def _lock(step: Step, run: Run, key: str) -> str:
    lock = _held(step, run, key)
    if lock is None:
        return "its lock was not seen"
    waits = "every query on it waits" if lock.blocks_reads else "every write to it waits"
    return f"it holds {lock}, so that {waits if lock.blocks_writes else 'others may go on'}"
