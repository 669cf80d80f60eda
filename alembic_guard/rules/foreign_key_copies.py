"""A new foreign key copies the whole table while every write to it waits.

MariaDB and MySQL add a foreign key in place only while ``foreign_key_checks`` is off; else they copy
the table and check each row (MySQL manual 17.12.1, MariaDB "InnoDB Online DDL"; measured on MariaDB
10.11). With the checks off, nobody ever checks the rows that are there.

Fix: look for rows that refer to nothing, and add it with the checks off.

Bad::

    op.create_foreign_key("orders_approved_by_fkey", "orders", "users", ["approved_by"], ["id"])

Good::

    op.execute("SET foreign_key_checks = 0")
    op.create_foreign_key("orders_approved_by_fkey", "orders", "users", ["approved_by"], ["id"])
    op.execute("SET foreign_key_checks = 1")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AddConstraint
from alembic_guard.ddl.data import SetParameter
from alembic_guard.ddl.mysql import algorithm
from alembic_guard.rules._code import execute, lines
from alembic_guard.rules._constraint_code import orphans_first, said
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("mariadb", "mysql")
JUDGES = AddConstraint
GROWS = True


def judge(action: AddConstraint, run: Run) -> Iterator[Harm]:
    """Found unless the checks are off, or there is no row to copy."""
    key, constraint = action.table, action.constraint
    if constraint.kind != "foreign key" or run.is_new(key) or run.is_empty(key):
        return
    found = algorithm(action, run.target, run.table(key), foreign_key_checks=_checked(run))
    if found.blocks == "nothing":
        return
    yield Harm(
        f"A foreign key on {key} ({', '.join(constraint.columns)}) makes every write to {key} wait "
        "until all of it is copied.",
        why="ADD FOREIGN KEY copies the table and checks each row while foreign_key_checks is on.",
        fix=(
            lines(
                *orphans_first(action, run),
                execute("SET foreign_key_checks = 0"),
                said(action, run),
                execute("SET foreign_key_checks = 1"),
            ),
        ),
        table=key,
    )


def _checked(run: Run) -> bool:
    """Whether this session checks foreign keys, as it does unless it was told otherwise."""
    said_so = [each.value for _, each in run.earlier(SetParameter) if _is_it(each)]
    return not said_so or said_so[-1].strip("'\"").lower() not in ("0", "off", "false")


def _is_it(action: SetParameter) -> bool:
    return action.name.lower().rpartition(".")[2] == "foreign_key_checks"
