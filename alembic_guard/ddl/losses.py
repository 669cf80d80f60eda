"""What statements take from tables for good, named as the tables are called before any of them.

A downgrade of several revisions may rename a table and drop it two revisions later, or drop what it
has made itself: only what is there now can be counted, so names are followed back to what is there.
Pure: whether there is anything to lose, the database says.

It does not follow rows that are copied to another table before theirs is dropped: that is told as a
loss. Nor does it know what goes with ``DROP … CASCADE`` of a type or an extension.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from alembic_guard.ddl.actions import (
    Action,
    AddColumn,
    CreateTable,
    DropColumn,
    DropTable,
    ModifyColumn,
    Rebuild,
    RenameColumn,
    RenameTable,
    SetSchema,
)
from alembic_guard.ddl.data import Delete, Opaque, Truncate, Update
from alembic_guard.ddl.objects import DropObject


@dataclass(frozen=True)
class Loss:
    """What is lost with one statement, if it is there.

    :param what: ``table`` or ``column`` where it is dropped, ``schema`` with every table in it,
        ``rows`` where a table is emptied; ``some rows`` and ``values`` where only a query could
        tell which are deleted or overwritten.
    :param key: of the table, or the name of the schema.
    """

    what: str
    key: str
    column: str = ""

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.key}.{self.column}" if self.column else self.key

    @property
    def countable(self) -> bool:
        """Whether the database can be asked how much it is, before it happens."""
        return self.what not in ("some rows", "values")


@dataclass
class Losing:
    """Follows the statements of a run.

    :param tables: now called so -> called so before the run; None was made by the run.
    :param columns: the same, of columns, by their table and name now.
    """

    tables: dict[str, str | None] = field(default_factory=dict)
    columns: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def of(self, action: Action) -> Iterator[Loss]:
        """What one action takes; actions come in their order."""
        if isinstance(action, Opaque | Rebuild):
            for inner in action.actions if isinstance(action, Opaque) else action.changes:
                yield from self.of(inner)
        elif isinstance(action, DropTable):
            yield from self._of("table", action.table)
            self.tables[action.table] = None
        elif isinstance(action, DropColumn):
            yield from self._of("column", action.table, action.column)
            self.columns[action.table, action.column] = None
        elif isinstance(action, Truncate):
            yield from self._of("rows", action.table)
        elif isinstance(action, Delete):
            yield from self._of("some rows" if action.where else "rows", action.table)
        elif isinstance(action, Update):
            yield from self._of("values", action.table)
        elif isinstance(action, DropObject) and action.kind == "schema":
            yield Loss("schema", action.name)
        else:
            self._rename(action)

    def _of(self, what: str, table: str, column: str = "") -> Iterator[Loss]:
        key = self.tables.get(table, table)
        before = self.columns.get((table, column), column)
        if key is not None and before is not None:
            yield Loss(what, key, before)

    def _rename(self, action: Action) -> None:
        if isinstance(action, CreateTable) and not action.if_not_exists:
            self.tables[action.table] = None
        elif isinstance(action, AddColumn) and not action.if_not_exists:
            self.columns[action.table, action.column.name] = None
        elif isinstance(action, RenameTable):
            self._table(action.table, action.new)
        elif isinstance(action, SetSchema):
            self._table(action.table, f"{action.schema}.{action.table.rpartition('.')[2]}")
        elif isinstance(action, RenameColumn):
            self._column(action.table, action.column, action.new)
        elif isinstance(action, ModifyColumn) and action.definition.name != action.column:
            self._column(action.table, action.column, action.definition.name)

    def _table(self, old: str, new: str) -> None:
        self.tables[new] = self.tables.pop(old, old)
        for table, column in [each for each in self.columns if each[0] == old]:
            self.columns[new, column] = self.columns.pop((table, column))

    def _column(self, table: str, old: str, new: str) -> None:
        self.columns[table, new] = self.columns.pop((table, old), old)
