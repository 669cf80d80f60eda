"""A drop and an add of the same shape, which is most often a rename.

Autogenerate can't see a rename: it writes a drop and an add, and the data of the old column or
table is lost.

Fix: say which it is. ``--rename table.old:new`` (or ``--rename old:new`` for a table) writes the
rename; ``--no-rename`` says that it is none.

Bad::

    # edit: models.py: name: -> full_name:
    $ alembic guard-revision -m "full name"

Good::

    # edit: models.py: name: -> full_name:
    $ alembic guard-revision -m "full name" --rename users.name:full_name
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from alembic.operations import ops
from sqlalchemy import Column, Dialect

from alembic_guard.finding import Finding
from alembic_guard.guards._subjects import Draft, key, operations
from alembic_guard.runtime.observation import same_type

JUDGES = Draft


def judge(draft: Draft) -> Iterator[Finding]:
    """One finding for each dropped column or table that has a lookalike among the added.

    They are sorted: Alembic compares sets, so that the operations have no order of their own.
    """
    if draft.renames_settled:
        return
    for database in draft.databases:
        found = list(operations(database.upgrade))
        for table, old, candidates in sorted(_columns(found, database.dialect)):
            yield _finding("column", f"{table}.", old, candidates, draft.command)
        for schema, old, candidates in sorted(_tables(found, database.dialect)):
            yield _finding("table", key("", schema), old, candidates, draft.command)


def _finding(kind: str, prefix: str, old: str, candidates: Sequence[str], command: str) -> Finding:
    added = ", ".join(prefix + new for new in candidates)
    return Finding(
        "looks-like-rename",
        f"The migration would drop the {kind} {prefix}{old} and add {added} of the same shape.",
        why=f"If it is a rename, the data of {prefix}{old} would be lost.",
        next=(
            *(f"{command} --rename {prefix}{old}:{new}" for new in candidates),
            f"{command} --no-rename  # it is none",
        ),
    )


def _columns(
    found: list[ops.MigrateOperation], dialect: Dialect
) -> Iterator[tuple[str, str, list[str]]]:
    added: dict[str, list[Column[Any]]] = {}
    for operation in found:
        if isinstance(operation, ops.AddColumnOp):
            table = key(operation.table_name, operation.schema)
            added.setdefault(table, []).append(operation.column)
    for operation in found:
        if isinstance(operation, ops.DropColumnOp):
            table = key(operation.table_name, operation.schema)
            dropped = operation.to_column()
            same = [
                column.name
                for column in added.get(table, ())
                if same_type(dropped, column, dialect)
            ]
            if same:
                yield table, operation.column_name, same


def _tables(
    found: list[ops.MigrateOperation], dialect: Dialect
) -> Iterator[tuple[str, str, list[str]]]:
    """Schema, name and lookalikes; a table of another schema is no new name, but a new place."""
    created = [operation for operation in found if isinstance(operation, ops.CreateTableOp)]
    for operation in found:
        if isinstance(operation, ops.DropTableOp):
            dropped = _columns_of(operation.to_table().columns)
            same = [
                table.table_name
                for table in created
                if table.schema == operation.schema
                and _same_columns(dropped, _columns_of(table.columns), dialect)
            ]
            if same:
                yield operation.schema or "", operation.table_name, same


def _columns_of(items: Iterable[object]) -> dict[str, Column[Any]]:
    return {item.name: item for item in items if isinstance(item, Column)}


def _same_columns(
    one: dict[str, Column[Any]], other: dict[str, Column[Any]], dialect: Dialect
) -> bool:
    return (
        bool(one)
        and one.keys() == other.keys()
        and all(same_type(column, other[name], dialect) for name, column in one.items())
    )
