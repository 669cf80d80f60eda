"""Rules on what `op.add_column()` does, without a project."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from alembic_guard import rules
from alembic_guard.ddl.directives import read_directive
from alembic_guard.finding import Finding, Place
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step
from alembic_guard.schema import Table, Target
from tests.rules.judging import VERSIONS


def added(
    table: str,
    column: str,
    *,
    kind: str = "postgresql",
    version: tuple[int, ...] = (),
    tables: Iterable[Table] = (),
    only: str = "",
) -> list[Finding]:
    """What the rules find in `op.add_column()` of a column, which is Python code."""
    operation = ops.AddColumnOp(table, eval(column, {"sa": sa}))
    dialect: Any = sa.make_url(f"{kind}://").get_dialect()()
    actions = read_directive(operation, dialect, kind)
    assert actions is not None
    step = Step(operation, (), Place("a1.py", 1), 0, "a1")
    known = {each.key: each for each in tables}
    target = Target(kind, version or VERSIONS[kind], live=bool(known))
    judged = rules.judge([(step, actions)], Run(target, known, small=0))
    return [each.finding for each in judged if only in ("", each.finding.name)]
