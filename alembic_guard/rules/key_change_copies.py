"""A table loses its primary key, and is copied while writes wait.

The rows of InnoDB are stored in the order of the primary key. ``DROP PRIMARY KEY`` by itself copies
all of them while writes wait; together with ``ADD PRIMARY KEY`` in the same statement they are
written anew too, but writes pass (MySQL manual, "Online DDL Operations"; measured on MariaDB
10.11).

Fix: drop and add in one statement.

Bad::

    op.drop_constraint("PRIMARY", "shops", type_="primary")
    op.create_primary_key("PRIMARY", "shops", ["id", "name"])

Good::

    op.execute("ALTER TABLE shops DROP PRIMARY KEY, ADD PRIMARY KEY (id, name)")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddConstraint, DropConstraint
from alembic_guard.ddl.mysql import algorithm
from alembic_guard.rules._adding import unused
from alembic_guard.rules._code import allowed, call, execute, named, quoted, quoted_name
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("mariadb", "mysql")
JUDGES = DropConstraint
GROWS = True
NAME = "key-change-copies"


def judge(action: DropConstraint, run: Run) -> Iterator[Harm]:
    """Found unless the same statement adds another key."""
    key, kind = action.table, run.target.kind
    if action.kind != "primary key" or unused(run, key):
        return
    if algorithm(action, run.target, run.table(key)).blocks == "nothing":
        return
    added = [
        (step, each.constraint)
        for step, each in run.later_in_revision(AddConstraint)
        if each.table == key and each.constraint.kind == "primary key"
    ]
    if any(step is run.step for step, _ in added):
        return
    name, schema = named(key)
    line = as_written(run, call("drop_constraint", "PRIMARY", name, type_="primary", **schema))
    fix = allowed(line, NAME, "nobody writes at that hour")
    if added:
        columns = ", ".join(quoted_name(each, kind) for each in added[0][1].columns)
        both = f"DROP PRIMARY KEY, ADD PRIMARY KEY ({columns})"
        fix = execute(f"ALTER TABLE {quoted(key, kind)} {both}")
    yield Harm(
        f"Dropping the primary key of {key} copies all of it, and every write waits.",
        why="Rows are stored in its order. With ADD PRIMARY KEY in one statement, writes pass.",
        fix=(fix,),
        table=key,
    )
