"""A new stored generated column rewrites the whole table while nobody can read it.

Each row gets its value at once, so that PostgreSQL writes the table and all its indexes anew under
ACCESS EXCLUSIVE (manual, ALTER TABLE, Notes; measured on 15). A virtual one, from PostgreSQL 18,
is computed when it is read and writes nothing.

Fix: from PostgreSQL 18, a virtual column; before, a view that computes the same. Where it has to be
stored: a plain column, a trigger that fills it, and batches for the rows of before.

Bad::

    op.add_column(
        "orders", sa.Column("cents", sa.BigInteger(), sa.Computed("total * 100", persisted=True))
    )

Good::

    op.execute("CREATE VIEW orders_with_cents AS SELECT *, total * 100 AS cents FROM orders")
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Computed

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.ddl.locks import Lock
from alembic_guard.rules._adding import directive_column, unused
from alembic_guard.rules._code import Code, allowed, call, execute, named, quoted, type_code
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AddColumn
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE
VIRTUAL_FROM = 18


def judge(action: AddColumn, run: Run) -> Iterator[Harm]:
    """Found for a stored column of a table with rows."""
    key, column = action.table, action.column
    if unused(run, key) or column.generated != "stored":
        return
    yield Harm(
        f"Adding {key}.{column.name} as a stored generated column rewrites all of {key}.",
        why="Nobody reads or writes it until each row has its value and every index is built "
        "anew, under ACCESS EXCLUSIVE.",
        fix=(_fix(action, run),),
        table=key,
    )


def _fix(action: AddColumn, run: Run) -> str:
    """A virtual column, or a view; the same line where its expression was not said."""
    key, column = action.table, action.column
    computed = getattr(directive_column(run), "computed", None)
    if not isinstance(computed, Computed):
        sql = " ".join(run.step.sql)
        return allowed(execute(sql), "stored-column-rewrites", "nobody uses it at that hour")
    expression = str(computed.sqltext)
    table, schema = named(key)
    if run.target.major >= VIRTUAL_FROM:
        words = f'"{column.name}", {type_code(column.type)}'
        computes = call("x", expression, persisted=False).replace("op.x", "sa.Computed")
        return call("add_column", table, Code(f"sa.Column({words}, {computes})"), **schema)
    view = quoted(f"{key}_with_{column.name}")
    selected = f"SELECT *, {expression} AS {quoted(column.name)} FROM {quoted(key)}"
    return execute(f"CREATE VIEW {view} AS {selected}")
