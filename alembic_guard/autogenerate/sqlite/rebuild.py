"""A table is made anew under another name, filled, and put in the place of the old one.

These are the steps of https://www.sqlite.org/lang_altertable.html#otheralter. Foreign keys are
switched off first where the table is referred to: with them on, DROP TABLE deletes its rows first,
and what refers to them with ON DELETE CASCADE goes, too (measured on 3.40.1). All else is in a
savepoint: where rows do not fit into the new table, the old one is as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from alembic.operations import ops

from alembic_guard.autogenerate.written import Line, WrittenOps
from alembic_guard.runtime.comparing.sqlite.table_text import read_table

_PREFIX = "_alembic_tmp_"
_SAVEPOINT = "rebuild"


@dataclass(frozen=True)
class Shape:
    """A table as it is before or after.

    :param sql: its CREATE TABLE; :param more: those of its indexes and triggers.
    """

    name: str
    sql: str
    more: tuple[str, ...] = ()

    @property
    def readable(self) -> list[str]:
        """All columns."""
        return list(read_table(self.sql).columns)

    @property
    def writable(self) -> list[str]:
        """Those that are not generated."""
        found = read_table(self.sql).columns.values()
        return [each.name for each in found if each.parts["generated"] is None]

    @property
    def numbers(self) -> bool:
        """Whether it has AUTOINCREMENT, which remembers the greatest number that ever was."""
        return read_table(self.sql).options["autoincrement"]

    def under(self, name: str) -> str:
        """Its CREATE TABLE with another name, which is quoted where it must be."""
        read, sql = read_table(self.sql), self.sql
        for start, end in reversed(read.own):
            sql = sql[:start] + sql[end:]
        return sql[: read.name.start] + name + sql[read.name.end :]


@dataclass(frozen=True)
class Setting:
    """What a rebuild has to heed.

    :param quote: writes a name; :param enforced: whether foreign keys are on and refer to the
        table; :param looked_at: whether there are views or triggers, which RENAME looks through.
    """

    quote: Callable[[str], str]
    enforced: bool
    looked_at: bool


class RebuildOps(WrittenOps):
    """Changes of one table, by a new table in its place."""

    def __init__(self, told: Sequence[Any], before: Shape, after: Shape, setting: Setting) -> None:
        super().__init__(before.name, told, (), ())
        self.before, self.after, self.setting = before, after, setting
        self._adds = self._added()

    def reverse(self) -> RebuildOps:
        """The other direction."""
        told = [each.reverse() for each in reversed(self.ops)]
        return RebuildOps(told, self.after, self.before, self.setting)

    def lines(self) -> Sequence[Line]:
        """The statements; a column that an earlier operation renames has its new name by then."""
        renamed = self._adds - self._added()
        there = {*self.before.readable, *renamed}
        kept = [each for each in self.after.writable if each in there]
        return list(_lines(self.before, self.after, kept, self.setting))

    def _added(self) -> frozenset[str]:
        return frozenset(each.column.name for each in self.ops if isinstance(each, ops.AddColumnOp))


def _lines(before: Shape, after: Shape, kept: list[str], setting: Setting) -> Iterator[Line]:
    quote, old, new = setting.quote, before.name, f"{_PREFIX}{before.name}"
    columns = ", ".join(quote(each) for each in kept)
    if setting.enforced:
        yield Line("PRAGMA foreign_keys=OFF", alone=True)
    yield Line(f"SAVEPOINT {_SAVEPOINT}")
    yield Line(replace(after, name=new).under(quote(new)))
    if kept:
        yield Line(f"INSERT INTO {quote(new)} ({columns}) SELECT {columns} FROM {quote(old)}")
    if before.numbers and after.numbers:
        names = [each.replace("'", "''") for each in (old, new)]
        yield Line(f"DELETE FROM sqlite_sequence WHERE name = '{names[1]}'")
        yield Line(
            f"INSERT INTO sqlite_sequence (name, seq) SELECT '{names[1]}', seq "
            f"FROM sqlite_sequence WHERE name = '{names[0]}'"
        )
    yield Line(f"DROP TABLE {quote(old)}")
    if setting.looked_at:
        yield Line("PRAGMA legacy_alter_table=ON")
    yield Line(f"ALTER TABLE {quote(new)} RENAME TO {quote(old)}")
    if setting.looked_at:
        yield Line("PRAGMA legacy_alter_table=OFF")
    yield from (Line(each) for each in after.more)
    yield Line(f"RELEASE {_SAVEPOINT}")
    if setting.enforced:
        yield Line("PRAGMA foreign_keys=ON", alone=True)
