"""Another list of values of an ENUM or a SET copies the whole table while writes wait.

The rows hold the place of a value in the list: one that is added at the end costs nothing; one that
is put in between, taken out or moved has all rows written anew, and so has the first list that
needs another byte: the 256th value of an ENUM; the 9th, 17th, 25th and 33rd of a SET (MySQL manual,
"Online DDL Operations"; measured on MariaDB 10.11). A value that is taken out makes the statement
fail where a row has it, or turns into an empty one.

Fix: add values at the end only, and leave those that nobody uses.

Bad::

    op.alter_column(
        "users",
        "mood",
        existing_type=sa.Enum("sad", "ok", "happy"),
        type_=sa.Enum("sad", "ok", "fine", "happy"),
    )

Good::

    op.alter_column(
        "users",
        "mood",
        existing_type=sa.Enum("sad", "ok", "happy"),
        type_=sa.Enum("sad", "ok", "happy", "fine"),
    )
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import ModifyColumn
from alembic_guard.ddl.mysql_columns import members
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._modifying import LISTED, copies, kept, modify, types
from alembic_guard.rules._run import Run
from alembic_guard.sql_types import SqlType

DATABASES = ("mariadb", "mysql")
JUDGES = ModifyColumn
GROWS = True
NAME = "enum-change-copies"


def judge(action: ModifyColumn, run: Run) -> Iterator[Harm]:
    """Found where the values of before are known, and the list is why it copies."""
    old, new = types(action, run)
    if old is None or new is None or old.name != new.name or new.name not in LISTED:
        return
    what = _what(old, new)
    if not what or not copies(action, run):
        return
    column = f"{action.table}.{action.column}"
    appended = replace(
        new,
        arguments=(*old.arguments, *(each for each in new.arguments if each not in old.arguments)),
    )
    longer = appended != old and set(old.arguments) <= set(new.arguments)
    fits = longer and members(appended) == members(old)
    yield Harm(
        f"{what.format(column)} copies all of {action.table}, and every write waits.",
        why="The rows hold the place of a value in the list; only the end of the list is free.",
        fix=(modify(action, run, appended),) if fits else kept(action, run, NAME),
        table=action.table,
    )


def _what(old: SqlType, new: SqlType) -> str:
    """What is done to the list, as the subject of a sentence; "" for values at its end."""
    lost = [each for each in old.arguments if each not in new.arguments]
    if lost:
        return f"Taking {', '.join(map(repr, lost))} out of {{}}"
    if [each for each in new.arguments if each in old.arguments] != [*old.arguments]:
        return "Reordering the values of {}"
    if new.arguments[: len(old.arguments)] != old.arguments:
        return "Adding a value to {} before the last one"
    return "Giving {} a value that needs another byte" if members(old) != members(new) else ""
