"""A MODIFY that does not say all of a column takes away its NOT NULL or its default.

MariaDB and MySQL define a column anew: what is left out is gone (manual, ALTER TABLE, "Renaming,
Redefining, and Reordering Columns"; measured on MariaDB 10.11). ``op.alter_column()`` renders MODIFY
or CHANGE there, from what it changes and from ``existing_type``, ``existing_nullable``,
``existing_server_default`` and ``existing_comment``.

Fix: say what the column has and is to keep.

Bad::

    op.alter_column("users", "email", existing_type=sa.String(50), type_=sa.String(60))

Good::

    op.alter_column(
        "users",
        "email",
        existing_type=sa.String(50),
        type_=sa.String(60),
        existing_nullable=False,
    )
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alembic.operations import ops

from alembic_guard.ddl.actions import ModifyColumn
from alembic_guard.ddl.effects_on_columns import has_default
from alembic_guard.ddl.mysql_columns import in_primary_key
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import text_code
from alembic_guard.rules._code import Code, call, named, type_code
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column, Table

DATABASES = ("mariadb", "mysql")
JUDGES = ModifyColumn


def judge(action: ModifyColumn, run: Run) -> Iterator[Harm]:
    """Found where the database has what is left out; a warning where none was asked."""
    if run.is_new(action.table):
        return
    table = run.table(action.table)
    known = table.columns.get(action.column) if table is not None else None
    lost = [*_lost(action, known, table)]
    is_directive = isinstance(run.step.directive, ops.AlterColumnOp)
    if not lost and known is None and is_directive and "nullable" not in action.said:
        existing = action.existing.nullable if action.existing else None
        if existing is None:
            yield Harm(
                f"Changing {action.table}.{action.column} drops its NOT NULL if it has one.",
                why="MODIFY defines the column anew, and existing_nullable is not said.",
                fix=(_code(action, Column(action.column, nullable=False), run),),
                severity=Severity.WARNING,
            )
        return
    if lost:
        yield Harm(
            f"Changing {action.table}.{action.column} drops its {' and its '.join(lost)}.",
            why="MODIFY defines the column anew: what is left out is gone.",
            fix=(_code(action, known, run),) if known is not None else (),
            # SQL that says NULL may mean it.
            severity=None if is_directive else Severity.WARNING,
        )


def _lost(action: ModifyColumn, known: Column | None, table: Table | None) -> Iterator[str]:
    """What the column has, and the definition neither keeps nor says to drop."""
    if known is None:
        return
    new = action.definition
    kept = new.nullable is False or "nullable" in action.said or in_primary_key(known, table)
    if known.nullable is False and not kept:
        yield "NOT NULL"
    if has_default(known) and new.default is None and "default" not in action.said:
        yield f"default {known.default}"
    if known.identity and not new.identity and "autoincrement" not in action.said:
        yield "AUTO_INCREMENT"


def _code(action: ModifyColumn, known: Column, run: Run) -> str:
    """The directive with all that the column is to keep."""
    name, schema = named(action.table)
    new, kind = action.definition, run.target.kind
    words: dict[str, Any] = {}
    if new.name != action.column:
        words["new_column_name"] = new.name
    before = (action.existing and action.existing.type) or known.type or new.type
    words["existing_type"] = Code(type_code(before, kind))
    if "type" in action.said or (not action.said and new.type != before):
        words["type_"] = Code(type_code(new.type, kind))
    if "nullable" in action.said:
        words["nullable"] = new.nullable
    elif known.nullable is not None:
        words["existing_nullable"] = known.nullable
    if known.identity and "autoincrement" not in action.said:
        words["existing_autoincrement"] = True
    own = known.default if has_default(known) else new.default
    default = new.default if "default" in action.said else own
    if default is not None:
        word = "server_default" if "default" in action.said else "existing_server_default"
        words[word] = text_code(default)
    return call("alter_column", name, action.column, **words, **schema)
