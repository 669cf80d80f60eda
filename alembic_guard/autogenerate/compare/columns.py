"""Columns that come and go, and what Alembic's words for them lose.

``op.add_column`` makes no serial, and ``op.drop_column`` is taken back with what reflection kept:
where that is not all, the column is written in SQL. A generated column comes after those that it
reads, and goes before them. Of the order of columns nothing is made: it is no change.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from alembic.operations import ops
from alembic.util import PriorityDispatchResult
from sqlalchemy import Column, Sequence, text
from sqlalchemy.schema import DefaultClause
from sqlalchemy.types import NullType

from alembic_guard.autogenerate.change_column import unchecked
from alembic_guard.autogenerate.claims import claims, leaves
from alembic_guard.autogenerate.column_operations import AddModelColumnOp, DropLiveColumnOp
from alembic_guard.autogenerate.column_words import (
    SERIAL,
    dropped,
    faithful,
    live_column,
    model_column,
)
from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import Subject, add, at
from alembic_guard.autogenerate.defaults import existing, plain
from alembic_guard.autogenerate.exact_rendering import render_exactly
from alembic_guard.autogenerate.heirs import comes_by_parent, heirs_last
from alembic_guard.autogenerate.operations import escaped
from alembic_guard.runtime.autogenerate import items_of
from alembic_guard.runtime.comparing.facts import Thing

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps

    from alembic_guard.runtime.comparing.facts import Fact


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Put columns where they belong, in words that say all of them."""
    subject = subject_of(context)
    if subject is not None:
        render_exactly(context)
        _as_created(upgrade_ops, subject)
        heirs_last(upgrade_ops, subject)
        _in_order(upgrade_ops, subject)
        for container, operation in leaves(upgrade_ops):
            if isinstance(operation, (ops.AddColumnOp, ops.DropColumnOp)):
                if _on_both_sides(operation, subject):
                    _replace(container, operation, None)
                    continue
                _put(upgrade_ops, container, operation, subject)
            elif isinstance(operation, ops.DropTableOp):
                _as_it_was(operation, subject)
        for fact in _missing(upgrade_ops, subject):
            thing = fact.thing
            adds = thing in subject.comparison.model
            whole: Any = (_adding if adds else _dropping)(subject, thing)
            container = ops.OpContainer([whole])
            _put(upgrade_ops, container, whole, subject)
            upgrade_ops.ops += container.ops
    return PriorityDispatchResult.CONTINUE


def _as_created(upgrade_ops: UpgradeOps, subject: Subject) -> None:
    """Alembic takes the tables of schemas that it does not look into for new."""
    comparison = subject.comparison
    for container, operation in leaves(upgrade_ops):
        if type(operation) is ops.CreateTableOp:
            schema = "" if operation.schema in (None, subject.default) else str(operation.schema)
            table = Thing("table", operation.table_name, schema=schema)
            if table in comparison.live and table in comparison.model and comparison.knows(table):
                _replace(container, operation, None)
            operation.columns = [_without_serial(each) for each in operation.columns]


def _on_both_sides(operation: ops.AddColumnOp | ops.DropColumnOp, subject: Subject) -> bool:
    """Alembic knows a name that PostgreSQL has cut by its models' length only."""
    comparison = subject.comparison
    return all(
        thing in comparison.live and thing in comparison.model and comparison.knows(thing)
        for thing in claims(operation, comparison.live, subject.sources, subject.default)
    )


def _as_it_was(operation: ops.DropTableOp, subject: Subject) -> None:
    """Reflection takes :name in an expression for a parameter, which would come back as NULL."""
    schema = "" if operation.schema in (None, subject.default) else str(operation.schema)
    for column in items_of(operation):
        fact = subject.comparison.live.get(
            Thing("column", column.name, operation.table_name, schema)
        )
        if not isinstance(column, Column) or fact is None:
            continue
        if column.computed is not None:
            column.computed.sqltext = text(escaped(fact.parts["generated"]))
        elif isinstance(column.server_default, DefaultClause) and plain(fact):
            column.server_default = existing(fact)


def _in_order(upgrade_ops: UpgradeOps, subject: Subject) -> None:
    """Alembic drops the columns of a table in the order of a set, another one in each run."""

    def place(operation: ops.DropColumnOp) -> int:
        schema = "" if operation.schema in (None, subject.default) else str(operation.schema)
        thing = Thing("column", operation.column_name, operation.table_name, schema)
        fact = subject.comparison.live.get(thing)
        return 0 if fact is None else int(fact.notes["place"])

    for holder in upgrade_ops.ops:
        if isinstance(holder, ops.ModifyTableOps):
            drops = [each for each in holder.ops if isinstance(each, ops.DropColumnOp)]
            in_order = iter(sorted(drops, key=place))
            holder.ops = [
                next(in_order) if isinstance(each, ops.DropColumnOp) else each
                for each in holder.ops
            ]


def _without_serial(item: Any) -> Any:
    """A key with a sequence of its own is no serial, and Alembic writes no sequence."""
    if not isinstance(item, Column) or not isinstance(item.default, Sequence):
        return item
    if item.server_default is not None or item.autoincrement != "auto":
        return item
    return Column(
        item.name, item.type, autoincrement=False, nullable=item.nullable, comment=item.comment
    )


def _put(upgrade_ops: UpgradeOps, container: Any, operation: Any, subject: Subject) -> None:
    adds = isinstance(operation, ops.AddColumnOp)
    name = operation.column.name if adds else operation.column_name
    schema = "" if operation.schema in (None, subject.default) else operation.schema
    thing = Thing("column", name, operation.table_name, schema)
    fact = (subject.comparison.model if adds else subject.comparison.live).get(thing)
    if fact is None or not subject.comparison.knows(thing):
        return
    if comes_by_parent(subject, fact):
        _replace(container, operation, None)
        return
    made = (_added if adds else _gone)(subject, fact, operation)
    if fact.parts["generated"] is None:
        _replace(container, operation, made)
    else:
        _replace(container, operation, None)
        add(upgrade_ops, [at("setting" if adds else "unsetting", made)])


def _added(subject: Subject, fact: Fact, operation: ops.AddColumnOp) -> ops.AddColumnOp:
    if isinstance(operation, AddModelColumnOp):
        return operation
    default: Any = operation.column.server_default
    said = default.arg if isinstance(default, DefaultClause) else None
    quotes = isinstance(said, str) and (said[:1] == "'" or said[-1:] == "'")  # Alembic cuts them
    if default is None and plain(fact):  # a typed statement sets it
        return AddModelColumnOp.of(operation, live_column(fact), dropped(fact.thing))
    bare = unchecked(operation.column.type)
    if fact.parts["default"] != SERIAL and not quotes and bare is not None:
        if bare is not operation.column.type:
            operation.column = copy(operation.column)
            operation.column.type = bare
        return operation
    return AddModelColumnOp.of(operation, model_column(subject, fact), dropped(fact.thing))


def _gone(subject: Subject, fact: Fact, operation: ops.DropColumnOp) -> ops.DropColumnOp:
    column = operation.to_column()
    words = fact.parts["default"] or fact.parts["generated"] or ""
    read = escaped(words) == words  # reflection takes :name for a parameter
    if words != SERIAL and read and faithful(column.type, fact, subject.context.dialect):
        return operation
    place = operation.schema, operation.table_name
    return DropLiveColumnOp.of(place, column, live_column(fact), dropped(fact.thing))


def _missing(upgrade_ops: UpgradeOps, subject: Subject) -> list[Fact]:
    """Columns of tables that both sides have, of which no operation says anything."""
    comparison = subject.comparison
    said = {
        thing
        for _, operation in leaves(upgrade_ops)
        for thing in claims(operation, comparison.live, subject.sources, subject.default)
    }
    found = []
    for each in comparison.of("column"):
        owner = each.thing.owner
        fact = each.model if each.live is None else each.live if each.model is None else None
        both = owner in comparison.live and owner in comparison.model
        ours = each.thing not in said and subject.filters.include(each.thing)
        if fact and both and ours and not comes_by_parent(subject, fact):
            found.append(fact)
    return found


def _adding(subject: Subject, thing: Thing) -> ops.AddColumnOp:
    column = subject.sources.column(thing)
    if column is not None:
        return ops.AddColumnOp.from_column_and_tablename(thing.schema or None, thing.table, column)
    named = ops.AddColumnOp(
        thing.table, Column(thing.name, NullType()), schema=thing.schema or None
    )
    words = live_column(subject.comparison.model[thing])  # a table that it will inherit has it
    return AddModelColumnOp.of(named, words, dropped(thing))


def _dropping(_subject: Subject, thing: Thing) -> ops.DropColumnOp:
    column: Column[Any] = Column(thing.name, NullType())
    return ops.DropColumnOp.from_column_and_tablename(thing.schema or None, thing.table, column)


def _replace(container: Any, operation: Any, by: Any) -> None:
    """Put one operation, which is this one and no other that is equal, in the place of another."""
    container.ops[:] = [
        by if each is operation else each
        for each in container.ops
        if each is not operation or by is not None
    ]
