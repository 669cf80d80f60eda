"""Rules on values alone: SQL or actions, and what is known of the tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from alembic_guard import rules
from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.reading import read_sql
from alembic_guard.finding import Finding, Place
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step
from alembic_guard.schema import Table, Target

VERSIONS = {"postgresql": (15, 0), "mariadb": (10, 11, 0), "mysql": (8, 0, 36), "sqlite": (3, 40)}


def found(
    *statements: str | Action | Sequence[str | Action],
    kind: str = "postgresql",
    version: tuple[int, ...] = (),
    tables: Iterable[Table] = (),
    models: Mapping[str, frozenset[str]] | None = None,
    together: bool = True,
    enable: Sequence[str] = (),
    only: str = "",
    target: Mapping[str, Any] | None = None,
    small: int = 0,
    autocommit: bool | Collection[int] = False,
    rebuilds: str | None = None,
) -> list[Finding]:
    """What the rules find in statements, each SQL or an action.

    Each is a step of one transaction of revision `a1`, on line 1, 2, 3…; a list of them is one
    revision: `a1`, `b2`, … each with a transaction of its own. `only` is the name of the rule that
    is looked at, `autocommit` puts all of it outside of a transaction, or the lines that it lists,
    `rebuilds` is the table that batch mode rebuilds for them, and `target` holds more about the
    database, such as `{"timezone": "utc"}`.
    """
    revisions: list[Sequence[str | Action]] = [
        each for each in statements if isinstance(each, list | tuple)
    ] or [[each for each in statements if isinstance(each, str | Action)]]
    steps: list[tuple[Step, Sequence[Action]]] = []
    for number, body in enumerate(revisions):
        name = f"{'abcdefgh'[number]}{number + 1}"
        for line, statement in enumerate(body, start=1):
            sql = (statement,) if isinstance(statement, str) else ()
            actions = read_sql(statement, kind) if isinstance(statement, str) else (statement,)
            transaction = _transaction(number, line, autocommit)
            place = Place(f"{name}.py", line)
            steps.append((Step(None, sql, place, transaction, name, rebuilds=rebuilds), actions))
    known = {table.key: table for table in tables}
    about = Target(kind, version or VERSIONS[kind], live=bool(known), **(target or {}))
    run = Run(about, known, models=models, together=together, small=small)
    judged = [each.finding for each in rules.judge(steps, run, enable=enable)]
    return [finding for finding in judged if only in ("", finding.name)]


def _transaction(number: int, line: int, autocommit: bool | Collection[int]) -> int | None:
    """The transaction of a line: an autocommit block ends one, and another begins behind it."""
    if isinstance(autocommit, bool):
        return None if autocommit else 100 * number
    before = [each for each in autocommit if each < line]
    return None if line in autocommit else 100 * number + len(before)
