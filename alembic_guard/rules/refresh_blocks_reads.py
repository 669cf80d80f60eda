"""A materialized view is refreshed while nobody can read it.

``REFRESH MATERIALIZED VIEW`` holds an ACCESS EXCLUSIVE lock for as long as its query runs.
``CONCURRENTLY`` takes an EXCLUSIVE lock, under which queries read the rows of before (PostgreSQL
manual, REFRESH MATERIALIZED VIEW; measured on 15). It needs a unique index on columns of the view,
without a WHERE.

Fix: refresh it concurrently; where it has no unique index, build one first.

Bad::

    op.execute("REFRESH MATERIALIZED VIEW totals")

Good::

    op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY totals")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.locks import Lock
from alembic_guard.ddl.objects import RefreshMaterializedView
from alembic_guard.finding import Severity
from alembic_guard.rules._code import built, execute, quoted
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.schema import Index, Table

DATABASES = ("postgresql",)
JUDGES = RefreshMaterializedView
SEVERITY = Severity.WARNING
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE


def judge(action: RefreshMaterializedView, run: Run) -> Iterator[Harm]:
    """Found unless it is concurrent, or nobody reads the view yet."""
    key = action.name
    if action.concurrently or run.is_new(key) or run.is_empty(key):
        return
    view = run.table(key)
    refresh = execute(f"REFRESH MATERIALIZED VIEW CONCURRENTLY {quoted(key)}")
    why = "It holds an ACCESS EXCLUSIVE lock until its query is done."
    if not action.with_data:
        why = "WITH NO DATA empties it: every query on it fails until the next refresh."
    if view is not None and _is_unique(view):
        fix: tuple[str, ...] = (refresh,)
    else:
        column = next(iter(view.columns), "id") if view is not None else "id"
        why += f" CONCURRENTLY needs a unique index; {column} must tell its rows apart."
        fix = (built(key, _index(key, column)), refresh)
    yield Harm(
        f"Nobody can read {key} while it is refreshed."
        if action.with_data
        else f"Nobody can read {key} any more.",
        why=why,
        fix=fix,
        table=key,
    )


def _is_unique(view: Table) -> bool:
    """Whether it has an index by which CONCURRENTLY can tell its rows apart."""
    return any(
        each.unique and each.valid and not each.where and not each.expressions
        for each in view.indexes.values()
    )


def _index(key: str, column: str) -> Index:
    return Index(f"uq_{key.rpartition('.')[2]}_{column}", (column,), unique=True)
