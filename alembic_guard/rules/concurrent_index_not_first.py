"""An index is built concurrently behind work that is committed already: a retry fails there.

What runs in an ``autocommit_block()`` is committed statement by statement, and Alembic records the
revision when all of it is done. When the second index fails (a duplicate, a deadlock, a timeout),
the first one is there: the next attempt stops at it, "relation already exists", and never reaches
the second one, which stays invalid (PostgreSQL manual, CREATE INDEX).

Fix: a revision for each, or drop what may be left before each: ``DROP INDEX CONCURRENTLY IF
EXISTS``.

Bad::

    with op.get_context().autocommit_block():
        op.create_index("ix_1", "orders", ["user_id"], postgresql_concurrently=True)
        op.create_index("ix_2", "orders", ["shop_id"], postgresql_concurrently=True)

Good::

    with op.get_context().autocommit_block():
        op.create_index("ix_1", "orders", ["user_id"], postgresql_concurrently=True)
    # next revision
    with op.get_context().autocommit_block():
        op.create_index("ix_2", "orders", ["shop_id"], postgresql_concurrently=True)
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import Action, CreateIndex, DropIndex
from alembic_guard.finding import Severity
from alembic_guard.rules._apart import steps_of, written
from alembic_guard.rules._harm import Harm, called
from alembic_guard.rules._repeating import fails_again
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step

DATABASES = ("postgresql",)
JUDGES = CreateIndex
SEVERITY = Severity.WARNING


def judge(action: CreateIndex, run: Run) -> Iterator[Harm]:
    """Found behind what was done in an autocommit block of the same revision, and fails again."""
    if not action.concurrently or run.step.transaction is not None or run.is_new(action.table):
        return
    before = [
        each
        for step, each in run.in_revision(Action)
        if step.transaction is None and _fails_again(step, each, run)
    ]
    # An index that is dropped before another takes its place is an index-gap.
    before = [
        each
        for each in before
        if not (isinstance(each, DropIndex) and each.table in ("", action.table))
    ]
    if not before:
        return
    yield Harm(
        f"If building {called(action.index)} fails, the next attempt fails at {_words(before[0])}.",
        why="That is committed by then, and the revision is not recorded.",
        fix=_divided(run),
    )


def _fails_again(step: Step, action: Action, run: Run) -> bool:
    return fails_again(step, action) and not _is_dropped_first(action, run)


def _is_dropped_first(action: Action, run: Run) -> bool:
    """Whether the same revision drops, IF EXISTS, the index that it builds."""
    names = {
        each.name.rpartition(".")[2] for _, each in run.in_revision(DropIndex) if each.if_exists
    }
    return isinstance(action, CreateIndex) and action.index.name in names


def _words(action: Action) -> str:
    if isinstance(action, CreateIndex):
        return called(action.index)
    return f"the drop of {action.name}" if isinstance(action, DropIndex) else "what is done before"


def _divided(run: Run) -> tuple[str, ...]:
    """The revision again, with a new one behind everything that fails the second time."""
    parts: list[list[Step]] = [[]]
    for step in steps_of(run):
        parts[-1].append(step)
        if any(_fails_again(step, each, run) for each in run.actions_of(step)):
            parts.append([])
    return tuple(written(part, run) for part in parts if part)
