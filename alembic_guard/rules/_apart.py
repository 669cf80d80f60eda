"""The steps of a revision written again, divided among several revisions.

They are the statements of its file, where none of them has to be divided itself: so loops, comments
and whatever a directive says stay as they are. Else, and where there is no file, a directive is
written as ``alembic revision --autogenerate`` writes it; what that cannot write, and
SQL, is ``op.execute()`` of the statements. Parameters are not known: such a statement keeps its
placeholders, and is to be filled in by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from textwrap import dedent

from alembic.autogenerate import render_python_code
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from alembic_guard.rules._code import autocommit, execute, lines
from alembic_guard.rules._run import Run
from alembic_guard.runtime.bodies import Statement, body_around
from alembic_guard.runtime.step import Step

_DIALECTS = {"mariadb": "mysql"}  # Alembic has one implementation for both


def apart(run: Run, middle: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What comes before the step that is judged now, the step itself, and what comes after it.

    :param middle: the revisions of the step, where it is to be written in another way.
    """
    steps = steps_of(run)
    place = next((at for at, step in enumerate(steps) if step is run.step), 0)
    before, after = written(steps[:place], run), written(steps[place + 1 :], run)
    own = middle or (written(steps[place : place + 1], run),)
    return tuple(text for text in (before, *own, after) if text)


def steps_of(run: Run) -> list[Step]:
    """The steps of the revision that is judged now, in order; those that do nothing are left out."""
    name, plan = run.step.revision, run.plan
    first = last = min(len(run.done), len(plan) - 1)
    while first and plan[first - 1].step.revision == name:
        first -= 1
    while last < len(plan) and plan[last].step.revision == name:
        last += 1
    return list({id(done.step): done.step for done in plan[first:last]}.values())


def written(steps: Iterable[Step], run: Run) -> str:
    """The code of steps, as the body of one ``upgrade()``."""
    steps = list(steps)
    if (source := _source(steps, run)) is not None:
        return source
    parts = []
    for inside, group in groupby(steps, key=lambda step: step.transaction is None):
        code = [code_of(step, run.target.kind) for step in group]
        parts.append(autocommit(*code) if inside else lines(*code))
    return lines(*filter(None, parts))


def _source(steps: list[Step], run: Run) -> str | None:
    """The statements of the file that are these steps; None where they are not theirs alone."""
    own = [_statement(step) for step in steps]
    others = {_statement(step) for step in steps_of(run) if step not in steps}
    if not steps or None in own or others & {*own}:
        return None
    wanted = {statement for statement in own if statement is not None}
    last = max(statement.last for statement in wanted)
    return lines(
        *(
            each.text
            for each in _body(steps[0])
            if each in wanted or (each.names and each.first < last and each not in others)
        )
    )


def _body(step: Step) -> tuple[Statement, ...]:
    place = step.called_from or step.place
    return () if place is None else body_around(place.path, place.line)


def _statement(step: Step) -> Statement | None:
    place = step.called_from or step.place
    for each in _body(step):
        if place is not None and each.first <= (place.line or 0) <= each.last:
            return each
    return None


def code_of(step: Step, kind: str) -> str:
    """The code of one step."""
    if step.directive is None or isinstance(step.directive, ops.ExecuteSQLOp):
        return lines(*map(execute, step.sql))
    context = MigrationContext.configure(dialect_name=_DIALECTS.get(kind, kind))
    try:
        text = render_python_code(ops.UpgradeOps([step.directive]), migration_context=context)
    except Exception:  # whatever an operation that autogenerate never makes raises
        return lines(*map(execute, step.sql))
    # All lines but the first are indented, for a body.
    found = dedent(f"    {text}").splitlines()
    return lines(*(line for line in found if not line.startswith("#")))
