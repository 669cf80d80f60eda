"""Rules on steps that are more than SQL in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext

from alembic_guard import rules
from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.directives import read_directive
from alembic_guard.ddl.reading import read_sql
from alembic_guard.finding import Finding, Place
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step
from alembic_guard.schema import Table, Target
from tests.rules.judging import VERSIONS

Steps = list[tuple[Step, Sequence[Action]]]


def shared(*revisions: Sequence[str], only: str, together: bool = True) -> list[Finding]:
    """What a rule finds in revisions that share one transaction."""
    steps: Steps = []
    for number, body in enumerate(revisions):
        name = f"{'abcdefgh'[number]}{number + 1}"
        for line, sql in enumerate(body, start=1):
            step = Step(None, (sql,), Place(f"{name}.py", line), 1, name)
            steps.append((step, read_sql(sql, "postgresql")))
    return _judged(steps, Run(Target(), together=together, small=0), only)


def session(statements: Sequence[tuple[str, bool]], only: str) -> list[Finding]:
    """What a rule finds in statements, each with whether it came through a session."""
    steps: Steps = []
    for line, (sql, beside) in enumerate(statements, start=1):
        step = Step(None, (sql,), Place("a1.py", line), 1, "a1", session=beside)
        steps.append((step, read_sql(sql, "postgresql")))
    return _judged(steps, Run(Target(), small=0), only)


def directive(
    code: str,
    *,
    kind: str = "postgresql",
    tables: Iterable[Table] = (),
    autocommit: bool = False,
    enable: Sequence[str] = (),
    only: str = "",
) -> list[Finding]:
    """What a rule finds in one directive, which is Python code."""
    seen: list[ops.MigrateOperation] = []
    dialect: Any = sa.make_url(f"{kind}://").get_dialect()()
    operations = Operations(MigrationContext.configure(dialect=dialect, opts={"as_sql": True}))
    operations.invoke = seen.append  # type: ignore[method-assign, assignment]
    exec(code, {"op": operations, "sa": sa})
    (operation,) = seen
    actions = read_directive(operation, dialect, kind)
    assert actions is not None
    step = Step(operation, (), Place("a1.py", 1), None if autocommit else 1, "a1")
    known = {each.key: each for each in tables}
    run = Run(Target(kind, VERSIONS[kind], live=bool(known)), known, small=0)
    return _judged([(step, actions)], run, only, enable)


def _judged(steps: Steps, run: Run, only: str, enable: Sequence[str] = ()) -> list[Finding]:
    judged = rules.judge(steps, run, enable=enable)
    return [each.finding for each in judged if each.finding.name == only]
