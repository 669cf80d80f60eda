"""What a downgrade would lose in one database, counted in it before anything is reverted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from alembic_guard.commands.linting import done_by
from alembic_guard.ddl.losses import Losing, Loss
from alembic_guard.guards._downgrading import Lost
from alembic_guard.runtime.counting import MOST, counted_up_to
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.step import Step
from alembic_guard.runtime.tables import known_tables
from alembic_guard.schema import Table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alembic_guard.runtime.environment import Call


def lost_by(call: Call, steps: Iterable[Step], pending: Sequence[Revision]) -> Iterator[Lost]:
    """The losses of revisions, in the order in which they would happen.

    :param steps: of their ``downgrade()``, in that order.
    """
    revisions = {each.id: each for each in pending}
    losing = Losing()
    said = [
        (step, loss)
        for step, actions in done_by(steps, call.context.dialect)
        for action in actions
        for loss in losing.of(action)
    ]
    if not said:
        return
    with call.reading() as connection:
        found = [(step, each) for step, loss in said for each in _single(connection, loss)]
        tables = known_tables(connection, {loss.key for _, loss in found})
        told: set[tuple[str, Loss]] = set()
        for step, loss in found:
            there = _there(loss, tables)
            if there is None or (step.revision, there) in told:
                continue
            told.add((step.revision, there))
            lost = _counted(connection, revisions[step.revision], step, there, tables)
            if lost.count != 0:
                yield lost


def _single(connection: Connection, loss: Loss) -> Iterator[Loss]:
    """A schema is lost table by table."""
    if loss.what != "schema":
        yield loss
        return
    for name in sa.inspect(connection).get_table_names(schema=loss.key):
        yield Loss("table", f"{loss.key}.{name}")


def _there(loss: Loss, tables: Mapping[str, Table]) -> Loss | None:
    """The loss, as the database spells it; None where it has nothing of it to lose.

    A view and a foreign table hold no rows of their own, nor a generated column values.
    """
    table = tables.get(loss.key)
    if table is None or table.kind != "table":
        return None
    if not loss.column:
        return loss
    names = {name.casefold(): name for name in table.columns}
    name = loss.column if loss.column in table.columns else names.get(loss.column.casefold())
    if name is None or table.columns[name].generated is not None:
        return None
    return Loss(loss.what, loss.key, name)


def _counted(
    connection: Connection, revision: Revision, step: Step, loss: Loss, tables: Mapping[str, Table]
) -> Lost:
    if not loss.countable:
        return Lost(revision, step.place, loss, None)
    count = counted_up_to(connection, loss.key, loss.column)
    more = count is not None and count > MOST
    copy = _copy(connection, loss, tables[loss.key])
    return Lost(revision, step.place, loss, MOST if more else count, more, copy)


def _copy(connection: Connection, loss: Loss, table: Table) -> str:
    """SQL for a table of its own with what is lost, each value with the key of its row."""
    schema, _, name = loss.key.rpartition(".")
    source = sa.table(name, schema=schema or None)
    quoted = connection.dialect.identifier_preparer
    kept = sa.table(f"{name}_{loss.column or 'rows'}_kept", schema=schema or None)
    columns = [*_key_of(table), loss.column] if loss.column else ["*"]
    listed = ", ".join(each if each == "*" else quoted.quote(each) for each in columns)
    some = f" WHERE {quoted.quote(loss.column)} IS NOT NULL" if loss.column else ""
    into, of = quoted.format_table(kept), quoted.format_table(source)
    return f"CREATE TABLE {into} AS SELECT {listed} FROM {of}{some};"


def _key_of(table: Table) -> tuple[str, ...]:
    for key in table.constraints_of("primary key"):
        return key.columns
    return tuple(
        name
        for name, column in table.columns.items()
        if any(each.kind == "primary key" for each in column.constraints)
    )
