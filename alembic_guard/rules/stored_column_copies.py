"""A new stored generated column copies the table while writes wait.

Each row gets its value at once: MariaDB and MySQL copy all rows, and writes wait until that is done
(MySQL manual, "Online DDL Operations", Generated Column Operations; MariaDB: measured on 10.11). A
virtual one is computed when it is read, can be indexed, and is added instantly.

Fix: a virtual column.

Bad::

    op.add_column(
        "orders", sa.Column("cents", sa.BigInteger(), sa.Computed("total * 100", persisted=True))
    )

Good::

    op.add_column(
        "orders", sa.Column("cents", sa.BigInteger(), sa.Computed("total * 100", persisted=False))
    )
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Computed

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.ddl.mysql import algorithm
from alembic_guard.rules._adding import directive_column, unused
from alembic_guard.rules._code import Code, allowed, call, execute, named, type_code
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("mariadb", "mysql")
JUDGES = AddColumn
GROWS = True


def judge(action: AddColumn, run: Run) -> Iterator[Harm]:
    """Found where it makes writes wait; MariaDB 11.2 lets them pass."""
    key, column = action.table, action.column
    if unused(run, key) or column.generated != "stored":
        return
    if algorithm(action, run.target, run.table(key)).blocks == "nothing":
        return
    yield Harm(
        f"Adding {key}.{column.name} as a stored generated column copies all of {key}, and every "
        "write waits.",
        why="Each row gets its value at once, with ALGORITHM=COPY.",
        fix=(_fix(action, run),),
        table=key,
    )


def _fix(action: AddColumn, run: Run) -> str:
    """A virtual column; the same line where its expression was not said."""
    key, column = action.table, action.column
    computed = getattr(directive_column(run), "computed", None)
    if not isinstance(computed, Computed):
        sql = " ".join(run.step.sql)
        return allowed(execute(sql), "stored-column-copies", "nobody writes at that hour")
    table, schema = named(key)
    computes = call("x", str(computed.sqltext), persisted=False).replace("op.x", "sa.Computed")
    words = f'"{column.name}", {type_code(column.type, run.target.kind)}, {computes}'
    return call("add_column", table, Code(f"sa.Column({words})"), **schema)
