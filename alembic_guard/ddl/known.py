"""What is known of the tables while a migration goes on: what a server had, and what was done.

Promises: after :meth:`Known.apply` of each action in order, tables are as the database has them, as
far as the actions say. A table that is not known stays unknown, except for what is seen being
added to it: such a table is not ``complete``. It raises nothing.

Does not: read expressions, so that a check whose columns are not known survives the drop of one,
and one of a renamed column keeps its text. Nor does it tell which columns a new view reads, by
which columns a new table is partitioned, nor find the indexes and keys of partitions where those of
their table are dropped by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, cast

from alembic_guard.ddl import changed
from alembic_guard.ddl.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AlterColumn,
    AlterTable,
    AttachPartition,
    CreateIndex,
    CreateTable,
    DetachPartition,
    DropColumn,
    DropConstraint,
    DropDefault,
    DropIndex,
    DropNotNull,
    DropTable,
    ModifyColumn,
    Rebuild,
    RenameColumn,
    RenameTable,
    SetDefault,
    SetNotNull,
    SetSchema,
    SetType,
    ValidateConstraint,
)
from alembic_guard.ddl.data import Opaque
from alembic_guard.ddl.known_names import KnownNames
from alembic_guard.ddl.objects import CreateObject, DropObject, Rename
from alembic_guard.schema import Table

_VIEWS = ("view", "materialized view")


class Known(KnownNames):
    """The tables that are known, by key.

    :param tables: what a server has; they are not changed, but replaced.
    :param kind: of the database, as of :class:`~alembic_guard.schema.Target`.
    """

    def apply(self, action: Action) -> None:
        """Know what an action does; one that changes no table changes nothing."""
        applier = _APPLIERS.get(type(action))
        if applier is not None:
            applier(self, action)
        if isinstance(action, _INHERITED) and not getattr(action, "only", False):
            for partition in self.seen(action.table).partitions:
                self.apply(_on_partition(action, partition))


_INHERITED = (
    AddColumn,
    AddConstraint,
    CreateIndex,
    DropColumn,
    DropConstraint,
    DropDefault,
    DropNotNull,
    RenameColumn,
    SetDefault,
    SetNotNull,
    SetType,
)
"""What is done to partitions too; PostgreSQL's manual, "Declarative Partitioning"."""


def _on_partition(action: Any, partition: str) -> Action:
    """What is done to a partition: the index of a key or of its own is called by its table."""
    if isinstance(action, CreateIndex):
        return replace(action, table=partition, index=replace(action.index, name=None))
    if isinstance(action, AddConstraint) and action.constraint.kind in changed.KEYS:
        constraint = replace(action.constraint, name=None, using_index=None)
        return replace(action, table=partition, constraint=constraint)
    return cast("Action", replace(action, table=partition))


def _create_table(known: Known, action: CreateTable) -> None:
    if action.if_not_exists and action.table in known.tables:
        return
    sources = (*action.like, *action.inherits, *filter(None, [action.partition_of]))
    known.put(changed.created(action, {source: known.table(source) for source in sources}))
    if action.partition_of is not None:
        known.change(action.partition_of, partial(_with_partition, partition=action.table))


def _drop_table(known: Known, action: DropTable) -> None:
    table = known.table(action.table)
    known.remove(action.table)
    for view in table.views if table is not None and action.cascade else ():
        known.remove(view)


def _rename_table(known: Known, action: RenameTable) -> None:
    known.move(action.table, action.new)


def _set_schema(known: Known, action: SetSchema) -> None:
    known.move(action.table, known.key(action.table.rpartition(".")[2], action.schema))


def _alter_table(known: Known, action: AlterTable) -> None:
    if action.kind == "partition by":
        known.change(action.table, partial(replace, partitioned=True))


def _with_partition(table: Table, partition: str) -> Table:
    others = tuple(each for each in table.partitions if each != partition)
    return replace(table, partitioned=True, partitions=(*others, partition))


def _attach(known: Known, action: AttachPartition) -> None:
    if not action.index:
        known.change(action.table, partial(_with_partition, partition=action.partition))
        known.change(action.partition, partial(replace, partition_of=action.table))


def _detach(known: Known, action: DetachPartition) -> None:
    def without(table: Table) -> Table:
        kept = tuple(each for each in table.partitions if each != action.partition)
        default = None if table.default_partition == action.partition else table.default_partition
        return replace(table, partitions=kept, default_partition=default)

    known.change(action.table, without)
    known.change(action.partition, partial(replace, partition_of=None))


def _add_column(known: Known, action: AddColumn) -> None:
    table = known.seen(action.table)
    if not (action.if_not_exists and action.column.name in table.columns):
        known.put(changed.with_new_column(table, action.column))


def _drop_column(known: Known, action: DropColumn) -> None:
    mysql = known.kind in ("mariadb", "mysql")
    known.change(
        action.table, lambda table: changed.without_column(table, action.column, mysql=mysql)
    )
    known.drop_references(action.table, action.column)


def _rename_column(known: Known, action: RenameColumn) -> None:
    known.change(
        action.table, lambda table: changed.with_column_renamed(table, action.column, action.new)
    )
    known.rename_references(action.table, action.column, action.new)


def _change_column(**parts: Any) -> Callable[[Known, Any], None]:
    """An applier that replaces parts of a column, by values or by functions of the action."""

    def apply(known: Known, action: Any) -> None:
        found = {name: part(action) if callable(part) else part for name, part in parts.items()}
        known.change(
            action.table, lambda table: changed.with_column_changed(table, action.column, **found)
        )

    return apply


_COLUMN_KINDS: Mapping[str, Mapping[str, Any]] = {
    "add identity": {"identity": True, "nullable": False},
    "drop identity": {"identity": False},
    "drop expression": {"generated": None},
}


def _alter_column(known: Known, action: AlterColumn) -> None:
    parts = _COLUMN_KINDS.get(action.kind)
    if parts is not None:
        _change_column(**parts)(known, action)


def _modify_column(known: Known, action: ModifyColumn) -> None:
    known.change(action.table, lambda table: changed.with_column_modified(table, action))
    if action.definition.name != action.column:
        known.rename_references(action.table, action.column, action.definition.name)


def _add_constraint(known: Known, action: AddConstraint) -> None:
    known.put(changed.with_constraint(known.seen(action.table), action.constraint))


def _drop_constraint(known: Known, action: DropConstraint) -> None:
    known.change(
        action.table, lambda table: changed.without_constraint(table, action.name, action.kind)
    )


def _validate(known: Known, action: ValidateConstraint) -> None:
    found = known.constraint(action.table, action.name)
    if found is not None:
        valid = {action.name: replace(found, valid=True)}
        known.change(
            action.table, lambda table: replace(table, constraints={**table.constraints, **valid})
        )


def _create_index(known: Known, action: CreateIndex) -> None:
    table = known.seen(action.table)
    if not (action.if_not_exists and action.index.name in table.indexes):
        # ONLY a partitioned table: not valid until each partition has one; CREATE INDEX, ONLY.
        valid = action.index.valid and not action.only
        known.put(changed.with_index(table, replace(action.index, valid=valid)))


def _drop_index(known: Known, action: DropIndex) -> None:
    found = known.index(action.name)
    table = action.table or (found[0] if found else "")
    known.change(table, lambda one: changed.without_index(one, action.name.rpartition(".")[2]))


def _rename(known: Known, action: Rename) -> None:
    if action.kind == "index":
        found = known.index(action.name)
        if found is not None:
            known.rename_in(found[0], action.name.rpartition(".")[2], action.new.rpartition(".")[2])
    elif action.kind == "constraint":
        known.rename_in(action.table, action.name, action.new)
    elif action.kind in _VIEWS:
        known.move(action.name, action.new)


def _create_object(known: Known, action: CreateObject) -> None:
    if action.kind not in _VIEWS or (action.if_not_exists and action.name in known.tables):
        return
    known.put(Table(action.name, kind=action.kind))
    known.change(action.table, lambda table: replace(table, views=_once(table.views, action.name)))


def _once(names: Iterable[str], name: str) -> tuple[str, ...]:
    return (*(each for each in names if each != name), name)


def _drop_object(known: Known, action: DropObject) -> None:
    if action.kind in (*_VIEWS, "foreign table"):
        known.remove(action.name)
    elif action.kind == "schema":
        for key in [key for key in known.tables if key.startswith(f"{action.name}.")]:
            known.remove(key)


def _each(known: Known, actions: Iterable[Action]) -> None:
    for action in actions:
        known.apply(action)


_APPLIERS: Mapping[type[Action], Callable[[Known, Any], None]] = {
    AddColumn: _add_column,
    AddConstraint: _add_constraint,
    AlterColumn: _alter_column,
    AlterTable: _alter_table,
    AttachPartition: _attach,
    CreateIndex: _create_index,
    CreateObject: _create_object,
    CreateTable: _create_table,
    DetachPartition: _detach,
    DropColumn: _drop_column,
    DropConstraint: _drop_constraint,
    DropDefault: _change_column(default=None),
    DropIndex: _drop_index,
    DropNotNull: _change_column(nullable=True),
    DropObject: _drop_object,
    DropTable: _drop_table,
    ModifyColumn: _modify_column,
    Opaque: lambda known, action: _each(known, action.actions),
    Rebuild: lambda known, action: _each(known, action.changes),
    Rename: _rename,
    RenameColumn: _rename_column,
    RenameTable: _rename_table,
    SetDefault: _change_column(default=lambda action: action.default),
    SetNotNull: _change_column(nullable=False),
    SetSchema: _set_schema,
    SetType: _change_column(
        type=lambda action: action.type, collation=lambda action: action.collation
    ),
    ValidateConstraint: _validate,
}
