"""Says in words what an operation of autogenerate would do to a database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from alembic.operations import ops

from alembic_guard.autogenerate.operations import SqlOp
from alembic_guard.runtime.comparing.comparison import TYPED


def phrase(operation: ops.MigrateOperation) -> str:
    """Such as ``adds column users.email``; the class where it is somebody's own operation."""
    for kind, say in _PHRASES.items():
        if isinstance(operation, kind):
            return say(operation)
    return f"does {type(operation).__name__}"


def together(phrases: Iterable[str]) -> list[str]:
    """Phrases, those that drop a thing and add it again as one.

    What is typed may come back as it was, around something that changes.
    """
    said = list(phrases)
    dropped = {each.removeprefix("drops ") for each in said if each.startswith("drops ")}
    added = {each.removeprefix("adds ") for each in said if each.startswith("adds ")}
    found: dict[str, None] = {}
    for each in said:
        verb, _, thing = each.partition(" ")
        if verb in ("drops", "adds") and thing in dropped & added:
            anew = thing.startswith(tuple(TYPED))
            each = f"makes {thing} anew" if anew else f"changes {thing}"
        found[each] = None
    return list(found)


def _table(operation: Any) -> str:
    name = getattr(operation, "table_name", None) or operation.source_table
    schema = getattr(operation, "schema", None) or getattr(operation, "source_schema", None)
    return f"{schema}.{name}" if schema else str(name)


def _index(operation: Any) -> str:
    unnamed = "without a name" if operation.index_name is None else str(operation.index_name)
    return f"index {unnamed} of {_table(operation)}"


def _constraint(operation: Any) -> str:
    kind = getattr(operation, "constraint_type", None)
    what = {"foreignkey": "foreign key", "unique": "unique constraint", "check": "check"}
    said = what.get(str(kind), "constraint")
    # unique constraints are named, or found by their columns
    name = operation.constraint_name or f"({', '.join(_columns(operation))})"
    return f"{said} {name} of {_table(operation)}"


def _columns(operation: Any) -> list[str]:
    found = getattr(operation, "columns", None) or getattr(operation, "local_cols", None) or ()
    return [str(getattr(each, "name", each)) for each in found]


def _foreign(operation: Any) -> str:
    name = operation.constraint_name or f"({', '.join(operation.local_cols)})"
    return f"foreign key {name} of {operation.source_table}"


def _altered(operation: Any) -> str:
    words = []
    if operation.modify_type is not None:
        words.append(f"from {operation.existing_type!r} to {operation.modify_type!r}")
    if operation.modify_nullable is not None:
        words.append("to NULL" if operation.modify_nullable else "to NOT NULL")
    # False is what Alembic says of these two where they stay
    if operation.modify_server_default is not False:
        words.append("in its default")
    if operation.modify_comment is not False:
        words.append("in its comment")
    return f"changes column {_table(operation)}.{operation.column_name} {', '.join(words)}".rstrip()


_PHRASES: dict[type[ops.MigrateOperation], Callable[[Any], str]] = {
    SqlOp: lambda each: str(each.says),
    ops.CreateTableOp: lambda each: f"adds table {_table(each)}",
    ops.DropTableOp: lambda each: f"drops table {_table(each)}",
    ops.AddColumnOp: lambda each: f"adds column {_table(each)}.{each.column.name}",
    ops.DropColumnOp: lambda each: f"drops column {_table(each)}.{each.column_name}",
    ops.AlterColumnOp: _altered,
    ops.CreateIndexOp: lambda each: f"adds {_index(each)}",
    ops.DropIndexOp: lambda each: f"drops {_index(each)}",
    ops.CreateForeignKeyOp: lambda each: f"adds {_foreign(each)}",
    ops.AddConstraintOp: lambda each: f"adds {_constraint(each)}",
    ops.DropConstraintOp: lambda each: f"drops {_constraint(each)}",
    ops.CreateTableCommentOp: lambda each: f"changes the comment of table {_table(each)}",
    ops.DropTableCommentOp: lambda each: f"drops the comment of table {_table(each)}",
}
"""The first that fits counts: a foreign key is a constraint too."""
