"""What the comparators of columns have in common: one difference, told by both of its sides.

What several kinds change in place about a column becomes one ``op.alter_column``. A kind that takes
over what another would have done, such as to make a column anew, says that it is settled.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from alembic.util import PriorityDispatchResult
from sqlalchemy.schema import Computed, DefaultClause, FetchedValue, Identity
from sqlalchemy.types import NullType

from alembic_guard.autogenerate.change_column import ChangeColumnOp
from alembic_guard.autogenerate.column_words import altering, spelled
from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import Subject, add, at
from alembic_guard.autogenerate.defaults import existing
from alembic_guard.autogenerate.operations import quoted
from alembic_guard.autogenerate.pairs import Pair, pairs_of
from alembic_guard.runtime.comparing.facts import Fact, Thing

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from sqlalchemy import Column

ALL = frozenset({"type", "collation", "not null", "default", "generated", "stored", "identity"})
ALL |= {"identity options", "storage", "compression", "comment"}
"""Every part of a column."""

BY_SERVER = frozenset({"default", "generated", "stored", "identity", "identity options"})
"""Parts of which ``FetchedValue()`` says only that the server sees to them."""


@dataclass
class Work:
    """What was done about columns in an autogenerate.

    :param altered: the operation for what changes in place; :param settled: the parts seen to.
    :param around: what is dropped for the time being, and made again.
    :param remade: columns that are dropped in one of the directions, and made anew.
    """

    altered: dict[Thing, ChangeColumnOp] = field(default_factory=dict)
    settled: dict[Thing, frozenset[str]] = field(default_factory=dict)
    around: set[Thing] = field(default_factory=set)
    remade: set[Thing] = field(default_factory=set)


_WORK: WeakKeyDictionary[AutogenContext, Work] = WeakKeyDictionary()


def work_of(context: AutogenContext) -> Work:
    """What was done about columns up to now."""
    return _WORK.setdefault(context, Work())


@dataclass(frozen=True)
class ColumnChange:
    """A column that both sides have, and not alike.

    :param parts: what differs, of what the comparator compares.
    :param pair: Alembic's two columns, None where it did not look at the table.
    """

    subject: Subject
    thing: Thing
    live: Fact
    model: Fact
    parts: frozenset[str]
    pair: Pair | None
    work: Work

    @cached_property
    def column(self) -> Column[Any]:
        """The column of the models."""
        found = self.subject.sources.column(self.thing)
        assert found is not None
        return found

    @property
    def schema(self) -> str | None:
        """As Alembic's operations take it."""
        return self.thing.schema or None

    @property
    def table(self) -> str:
        """The table as SQL has it."""
        return spelled(self.thing.owner)

    @property
    def alter(self) -> str:
        """The beginning of a statement that alters the column."""
        return f"{altering(self.thing)} ALTER COLUMN {quoted(self.thing.name)}"

    @property
    def shown(self) -> str:
        """The column as sentences have it."""
        return f"{self.thing.table_key}.{self.thing.name}"

    def settle(self, *parts: str) -> None:
        """Let no other comparator see to some parts."""
        before = self.work.settled.get(self.thing, frozenset())
        self.work.settled[self.thing] = before | set(parts)

    def settled(self, part: str) -> bool:
        """Whether another comparator has seen to a part."""
        return part in self.work.settled.get(self.thing, ())

    def operation(self) -> ChangeColumnOp:
        """A new operation that knows how the column is."""
        made = ChangeColumnOp(self.thing.table, self.thing.name, schema=self.schema)
        if self.pair is not None:
            live: Any = self.pair.live
            made.existing_type = None if isinstance(live.type, NullType) else live.type
            made.existing_nullable = live.nullable
            made.existing_server_default = existing(self.live) or live.server_default
            made.existing_comment = live.comment
        return made

    def altered(self) -> tuple[ChangeColumnOp, list[Any]]:
        """The operation for what changes in place, and what is to be added for it."""
        known = self.work.altered.get(self.thing)
        if known is not None:
            return known, []
        made = self.work.altered[self.thing] = self.operation()
        return made, [at("tables", made)]


Make = Callable[[ColumnChange], Iterable[Any]]


def compare_columns(
    context: AutogenContext,
    upgrade_ops: UpgradeOps,
    parts: Collection[str],
    make: Make,
    element: str = "",
) -> PriorityDispatchResult:
    """Turn what differs about some parts of columns into operations.

    :param element: Alembic's word for it, for what env.py itself says of a column.
    """
    subject = subject_of(context)
    if subject is not None:
        for change in _changes(context, subject, frozenset(parts), element):
            add(upgrade_ops, make(change))
    return PriorityDispatchResult.CONTINUE


def change_of(context: AutogenContext, subject: Subject, thing: Thing) -> ColumnChange | None:
    """What is to be said of one column in all of its parts; it need not differ itself."""
    live, model = subject.comparison.live.get(thing), subject.comparison.model.get(thing)
    if live is None or model is None or not subject.filters.include(thing):
        return None
    difference = subject.comparison.differences.get(thing)
    parts: frozenset[str] = frozenset()
    if difference is not None and difference.live is not None and difference.model is not None:
        live, model = difference.live, difference.model  # with notes that only differences have
        parts = difference.parts
    if left_to_server(subject.sources.column(thing)):
        parts -= BY_SERVER
    work, pair = work_of(context), pairs_of(context).get(thing)
    return ColumnChange(subject, thing, live, model, parts, pair, work)


def _changes(
    context: AutogenContext, subject: Subject, parts: frozenset[str], element: str
) -> Iterator[ColumnChange]:
    """Those that differ, or do so for env.py, but for those that do not for env.py."""
    pairs = pairs_of(context)
    said = {thing: pair.said.get(element) for thing, pair in pairs.items()}
    differing = {each.thing for each in subject.comparison.of("column") if each.parts & parts}
    insisted = {thing for thing, differs in said.items() if differs and "identity" not in parts}
    for thing in sorted(differing | insisted):
        change = None if said.get(thing) is False else change_of(context, subject, thing)
        if change is None:
            continue
        found = parts if thing in insisted else change.parts & parts
        left = found - change.work.settled.get(thing, frozenset())
        if left:
            yield replace(change, parts=left)


def left_to_server(column: Column[Any] | None) -> bool:
    """Whether the models say that a default is there, and not which."""
    default = None if column is None else column.server_default
    said = (DefaultClause, Computed, Identity)
    return isinstance(default, FetchedValue) and not isinstance(default, said)
