"""Constraints that come or go with their table, where CREATE TABLE as Alembic writes it loses them.

Such a constraint is taken out of ``op.create_table`` and made by an operation of its own: so is a
foreign key that rests on a key which is not there yet, or on a table that rests on its own. On the
way back, what reflection has not kept is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alembic.operations import ops
from sqlalchemy import Column

from alembic_guard.autogenerate.both_ways import BothWaysOp
from alembic_guard.autogenerate.claims import leaves
from alembic_guard.autogenerate.complement import add, at
from alembic_guard.autogenerate.constraint_operations import OnTheWayBack
from alembic_guard.autogenerate.constraint_texts import commented, remade
from alembic_guard.autogenerate.cycles import Cycles, rests_on_change
from alembic_guard.runtime.autogenerate import is_of_a_type, items_of
from alembic_guard.runtime.comparing.facts import Thing

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.facts import Fact, Facts

Plain = Callable[["Fact", Any], bool]
"""Whether Alembic's CREATE TABLE makes a constraint as it is: with its fact, and its source in the
models or None for one of the database."""


def with_tables(
    upgrade_ops: ops.UpgradeOps, subject: Subject, changes: Any, plain: Plain, rank: int
) -> None:
    """See to the constraints of one kind in tables that come and go.

    :param changes: what drops and makes a constraint; :param rank: its place among the others.
    """
    whole = (ops.CreateTableOp, ops.DropTableOp)
    found = [each for _, each in leaves(upgrade_ops) if isinstance(each, whole)]
    if not found:
        return
    live, model = subject.comparison.live, subject.comparison.model
    tables = {_table(each, subject) for each in found}
    coming = _Side(subject, changes, plain, rank, model, live, tables)
    going = _Side(subject, changes, plain, rank, live, model, tables)
    made: list[Any] = []
    for operation in found:
        if isinstance(operation, ops.CreateTableOp):
            made += coming.made(operation)
        else:
            made += going.dropped(operation)
    add(upgrade_ops, made)


@dataclass
class _Side:
    """The constraints of one kind, of the models or of the database.

    :param tables: those that come or go.
    """

    subject: Subject
    changes: Any
    plain: Plain
    rank: int
    facts: Facts
    others: Facts
    tables: Collection[Thing]

    def __post_init__(self) -> None:
        self.cycles = Cycles(self.facts, self.others, self.subject.default)
        self.parts: dict[Thing, list[Fact]] = {}
        kind, knows = self.changes.kind, self.subject.comparison.knows
        mine = [each for each in self.facts if each.kind == kind and each.owner in self.tables]
        for thing in sorted(filter(knows, mine)):  # the catalogue has no order
            self.parts.setdefault(thing.owner, []).append(self.facts[thing])

    def made(self, operation: ops.CreateTableOp) -> Iterator[Any]:
        """What makes the constraints of a new table that it cannot bring with it."""
        items = items_of(operation)
        for fact in self._of(operation):
            thing, constraint = fact.thing, self.subject.sources.constraint(fact.thing)
            if not any(each is constraint for each in items) or is_of_a_type(constraint):
                continue
            plain = self.plain(fact, constraint)
            if thing.kind == "primary key" and not plain:
                # the columns say themselves that they are in a primary key
                again = BothWaysOp([remade(fact)], [], f"makes {thing} anew")
                yield at("tightening", again, self.rank)
            elif self._apart(fact) or not plain:
                items[:] = [each for each in items if each is not constraint]
                yield at("tightening", self.changes.make(self.subject, fact), self.rank)
            elif fact.parts.get("comment"):
                yield at("coming", commented(thing, None, fact))

    def dropped(self, operation: ops.DropTableOp) -> Iterator[Any]:
        """What makes the constraints of a table on the way back that it cannot bring with it."""
        items = items_of(operation)
        for fact in self._of(operation):
            thing, plain = fact.thing, self.plain(fact, None)
            kept = any(_is_named(each, thing) for each in items)
            apart = self._apart(fact)
            if thing.kind == "primary key" and not plain:
                yield at("loosening", BothWaysOp([], [remade(fact)]), -self.rank)
            elif apart or not kept or not plain:
                items[:] = [each for each in items if not _is_named(each, thing)]
                dropped = self.changes.drop(self.subject, fact)
                going = dropped if apart else OnTheWayBack(dropped.again)
                yield at("loosening", going, -self.rank)
            elif fact.parts.get("comment"):
                yield at("loosening", OnTheWayBack(commented(thing, None, fact)), -self.rank)

    def _apart(self, fact: Fact) -> bool:
        """Whether a foreign key rests on what is not there while tables are made."""
        return fact.thing.kind == "foreign key" and (
            self.cycles.have(fact) or rests_on_change(fact, self.subject)
        )

    def _of(self, operation: Any) -> list[Fact]:
        return self.parts.get(_table(operation, self.subject), [])


def _table(operation: Any, subject: Subject) -> Thing:
    schema = "" if operation.schema in (None, subject.default) else operation.schema
    return Thing("table", str(operation.table_name), schema=schema)


def _is_named(item: Any, thing: Thing) -> bool:
    return str(getattr(item, "name", None)) == thing.name and not isinstance(item, Column)
