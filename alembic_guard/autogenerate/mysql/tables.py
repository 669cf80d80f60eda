"""Tables and their parts: what of Alembic's operations stays, and what stands in for them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from alembic.operations import ops
from sqlalchemy.schema import AddConstraint

from alembic_guard.autogenerate.both_ways import BothWaysOp
from alembic_guard.autogenerate.claims import claims, leaves
from alembic_guard.autogenerate.complement import Subject, at
from alembic_guard.autogenerate.mysql.altering import AlteredOps
from alembic_guard.autogenerate.mysql.clauses import ordered, remade
from alembic_guard.autogenerate.mysql.keys import needed
from alembic_guard.autogenerate.mysql.plain import plain
from alembic_guard.autogenerate.written import Line, Told, WrittenOps, flattened, told_of
from alembic_guard.runtime.comparing.facts import Difference, Fact, Thing
from alembic_guard.runtime.comparing.model import Statement
from alembic_guard.runtime.comparing.mysql.creation import without_tokens
from alembic_guard.runtime.comparing.mysql.tokens import quoted

_KEY = "foreign key"
_LAST = 10
"""The rank of tables that come, after all that changes; those that go are before it."""

_PARTS = ("column", "primary key", "index", "check")
_TEXTS = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set")

Leads = Callable[[Sequence[Any], Thing], bool]
"""Whether operations lead a table from what it is to the models and back, see ``trial``."""


class Tables:
    """Goes through the tables of both sides, and through what Alembic has found of them."""

    def __init__(self, subject: Subject, upgrade_ops: ops.UpgradeOps) -> None:
        self._subject, self._leads = subject, _never
        self._depths: dict[Thing, int] = {}
        self._live, self._model = subject.comparison.live, subject.comparison.model
        self._differences: dict[str, list[Difference]] = defaultdict(list)
        for thing, each in subject.comparison.differences.items():
            if thing.kind in (*_PARTS, "table") and subject.filters.include(thing):
                self._differences[thing.table or thing.name].append(each)

        self._found: dict[str, list[Any]] = defaultdict(list)
        for one in upgrade_ops.ops:
            name = getattr(one, "table_name", None) or getattr(one, "source_table", None)
            if name and getattr(one, "schema", None) in (None, subject.default):
                self._found[str(name)].append(one)

    @property
    def undecided(self) -> bool:
        """Whether there are operations of Alembic's that might stay."""
        return any(
            self._differences[name] or not (table in self._live and table in self._model)
            for name in self._found
            if self._ours(table := Thing("table", name))
        )

    def put(self, upgrade_ops: ops.UpgradeOps, leads: Leads) -> None:
        """Put what is to be done of each table in the place of what Alembic has found of it.

        :param leads: tries operations.
        """
        self._leads = leads
        for name in sorted({*self._found, *self._differences}):
            table, found = Thing("table", name), self._found[name]
            made = self._table(table, found) if self._ours(table) else None
            if made is not None:
                _replace(upgrade_ops, found, made)

    def _ours(self, table: Thing) -> bool:
        return self._subject.comparison.knows(table) and self._subject.filters.include(table)

    def _table(self, thing: Thing, found: Sequence[Any]) -> Sequence[Any] | None:
        """What is to be done of a table; None where what Alembic has found stays."""
        in_live, in_model = thing in self._live, thing in self._model
        if in_live and in_model:
            return self._changed(thing, found)
        if in_model:
            return self._coming(thing, found)
        return self._going(thing, found) if in_live else None

    def _coming(self, thing: Thing, found: Sequence[Any]) -> Sequence[Any] | None:
        mine = [
            each
            for each in self._subject.comparison.compiled.statements
            if each.table is not None and each.table.name == thing.name and not each.raw
        ]
        late = [self._late(each) for each in mine if isinstance(each.source, AddConstraint)]
        if found and self._leads([*found, *late], thing):
            return [*(at("tables", each, _LAST) for each in found), *late]
        up = [_made(each) for each in mine if not isinstance(each.source, AddConstraint)]
        if not up:  # typed as a whole, and not mapped
            up = [Line(self._model[thing].definition)]
        down = [Line(f"DROP TABLE {quoted(thing.name)}")]
        told = flattened(found) or [Told(f"adds {thing}", f"drops {thing}")]
        return [at("tables", WrittenOps(thing.name, told, up, down), _LAST), *late]

    def _late(self, statement: Statement) -> Any:
        """A foreign key to a table that is made later."""
        name = self._subject.sources.name(statement.source.element) or ""
        head = f"ALTER TABLE {quoted(str(statement.table and statement.table.name))}"
        says = f"adds foreign key {name}", f"drops foreign key {name}"
        drop = f"{head} DROP FOREIGN KEY {quoted(name)}"
        return at("tightening", BothWaysOp([_made(statement).sql], [drop], *says))

    def _going(self, thing: Thing, found: Sequence[Any]) -> Sequence[Any] | None:
        """A table that the models do not have; whether it goes is Alembic's to say."""
        told = flattened(found)
        if not any(isinstance(each, ops.DropTableOp) for each in told):
            return None
        rank = -_LAST - self._depth(thing)
        triggers = [
            fact
            for each, fact in self._live.items()
            if each.kind == "trigger" and each.owner == thing
        ]
        if not triggers and self._leads(found, thing):
            return [at("tables", each, rank) for each in found]
        up = [Line(f"DROP TABLE {quoted(thing.name)}")]
        down = [Line(each.definition) for each in (self._live[thing], *triggers)]
        return [at("tables", WrittenOps(thing.name, told, up, down), rank)]

    def _depth(self, thing: Thing) -> int:
        """How many tables a table of the database refers to, one through the other."""
        if thing not in self._depths:
            self._depths[thing] = 1  # for those that come back to it
            targets = self._targets.get(thing, set()) - {thing}
            self._depths[thing] += max(map(self._depth, targets), default=0)
        return self._depths[thing]

    @cached_property
    def _targets(self) -> dict[Thing, set[Thing]]:
        """The tables that each table of the database refers to."""
        found: dict[Thing, set[Thing]] = defaultdict(set)
        for thing, fact in self._live.items():
            if thing.kind == _KEY:
                found[thing.owner].add(Thing("table", fact.parts["target"][-1]))
        return found

    def _changed(self, thing: Thing, found: Sequence[Any]) -> Sequence[Any]:
        differences = self._differences[thing.name]
        if not differences:
            return ()
        kept, left = self._kept(found, differences)
        added = plain(self._subject, left)
        if added is not None and not any(map(self._in_the_way, differences)):
            if not kept:
                return added
            tried = [ops.ModifyTableOps(thing.name, kept), *added]
            if self._leads(tried, thing):
                return tried
        more = [*self._converted(thing, differences), *self._around(differences)]
        differences = ordered([*differences, *more])
        told = list(told_of(differences, found))
        return [at("tables", AlteredOps(thing.name, told, differences))]

    def _kept(
        self, found: Sequence[Any], differences: Sequence[Difference]
    ) -> tuple[list[Any], list[Difference]]:
        """Alembic's operations on what differs, and the differences that none of them touches."""
        differ = {each.thing for each in differences}
        kept, touched = [], set()
        for each in found:
            for _, operation in leaves(ops.UpgradeOps(ops=[each])):
                things = set(map(_indexed, self._claims(operation)))
                if things and things <= differ:
                    kept.append(operation)
                    touched |= things
        return kept, [each for each in differences if each.thing not in touched]

    def _claims(self, operation: Any) -> Sequence[Thing]:
        subject = self._subject
        return list(claims(operation, self._live, subject.sources, subject.default))

    def _in_the_way(self, each: Difference) -> bool:
        """Whether an index goes that a foreign key stands on: another has to come at once."""
        return (
            each.thing.kind in ("index", "primary key")
            and each.live is not None
            and needed(self._subject, each.live)
        )

    def _around(self, differences: Sequence[Difference]) -> Iterator[Difference]:
        """What is made anew with a column that is: its indexes, and what checks it."""
        differ = {each.thing for each in differences}
        for column in filter(remade, differences):
            name = re.compile(rf"`{re.escape(column.thing.name)}`", re.IGNORECASE)
            for thing, fact in self._live.items():
                mine = thing.table == column.thing.table and thing.kind in ("index", "check")
                if mine and thing not in differ and name.search(fact.definition):
                    differ.add(thing)
                    yield Difference(thing, fact, fact)

    def _converted(self, table: Thing, differences: Sequence[Difference]) -> Iterator[Difference]:
        """Columns that inherit a collation that changes: they keep theirs, if nothing is said."""
        found = next((each for each in differences if each.thing == table), None)
        if found is None or found.live is None or found.model is None:
            return
        ours, theirs = (side.parts["options"].get("collate") for side in (found.live, found.model))
        differ = {each.thing for each in differences}
        for thing, fact in self._live.items() if ours != theirs else ():
            mine = thing.kind == "column" and thing.owner == table and thing in self._model
            if mine and thing not in differ and _is_text(fact):
                yield Difference(thing, fact, self._model[thing])


def _made(statement: Statement) -> Line:
    return Line(without_tokens(statement.sql).strip())


def _never(*_: Any) -> bool:
    return False


def _replace(upgrade_ops: ops.UpgradeOps, found: Sequence[Any], made: Sequence[Any]) -> None:
    """Put operations where the first of others stands, or last."""
    gone = {id(each) for each in found}
    first = next(
        (at for at, each in enumerate(upgrade_ops.ops) if id(each) in gone), len(upgrade_ops.ops)
    )
    before = [each for each in upgrade_ops.ops[:first] if id(each) not in gone]
    after = [each for each in upgrade_ops.ops[first:] if id(each) not in gone]
    upgrade_ops.ops[:] = [*before, *made, *after]


def _is_text(column: Fact) -> bool:
    return column.parts["type"].partition("(")[0] in _TEXTS


def _indexed(thing: Thing) -> Thing:
    """Unique constraints are indexes here."""
    return Thing("index", thing.name, thing.table) if thing.kind == "unique" else thing
