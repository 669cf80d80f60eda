"""A full-text or spatial index is built while every write to its table waits.

InnoDB builds other indexes while rows are written; these two it builds under ``LOCK=SHARED`` only,
and the first full-text index rebuilds the table as well (MySQL manual 17.12.1, "Index Operations";
measured on MariaDB 10.11: "Fulltext index creation requires a lock").

Fix: there is no other way in place. Do it when nobody writes, or on a copy of the table.

Bad::

    op.execute("CREATE FULLTEXT INDEX ix_orders_note ON orders (note)")

Good::

    # guard: allow(index-build-blocks-writes) deployed at night, when nobody orders
    op.execute("CREATE FULLTEXT INDEX ix_orders_note ON orders (note)")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import CreateIndex
from alembic_guard.ddl.mysql import algorithm
from alembic_guard.rules._code import allowed, execute, index_name, quoted, quoted_name
from alembic_guard.rules._harm import Harm, called
from alembic_guard.rules._run import Run

DATABASES = ("mariadb", "mysql")
JUDGES = CreateIndex
GROWS = True


def judge(action: CreateIndex, run: Run) -> Iterator[Harm]:
    """Found unless its table is new or empty; what the statement asks for has another rule."""
    key, index = action.table, action.index
    if run.is_new(key) or run.is_empty(key) or index.method not in ("fulltext", "spatial"):
        return
    if action.options or algorithm(action, run.target, run.table(key)).blocks == "nothing":
        return
    columns = ", ".join(quoted_name(each, run.target.kind) for each in index.columns)
    name = quoted_name(index_name(key, index), run.target.kind)
    table = quoted(key, run.target.kind)
    line = execute(f"CREATE {index.method.upper()} INDEX {name} ON {table} ({columns})")
    yield Harm(
        f"Building {called(index)} makes every write to {key} wait until it is done.",
        why=f"A {index.method} index is built under LOCK=SHARED. There is no other way in place: "
        "do it when nobody writes.",
        fix=(allowed(line, "index-build-blocks-writes", "done when nobody writes"),),
        table=key,
    )
