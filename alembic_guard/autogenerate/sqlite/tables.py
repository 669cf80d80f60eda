"""Tables and their indexes: what of Alembic's operations stays, and what stands in for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from alembic.operations import ops

from alembic_guard.autogenerate.both_ways import BothWaysOp
from alembic_guard.autogenerate.complement import Subject, at
from alembic_guard.autogenerate.sqlite.objects import changing
from alembic_guard.autogenerate.sqlite.rebuild import RebuildOps, Setting, Shape
from alembic_guard.autogenerate.sqlite.trial import Trial
from alembic_guard.autogenerate.written import Line, Told, WrittenOps, flattened, told_of
from alembic_guard.runtime.comparing.facts import Difference, Fact, Facts, Thing
from alembic_guard.runtime.comparing.sqlite.comparison import MAIN
from alembic_guard.runtime.comparing.sqlite.reading import virtual_tables
from alembic_guard.runtime.comparing.sqlite.tokens import bare

_INDEXES = (ops.CreateIndexOp, ops.DropIndexOp)


class Tables:
    """Goes through the tables of both sides, and through what Alembic has found of them."""

    def __init__(self, subject: Subject) -> None:
        assert subject.context.connection is not None
        assert subject.context.dialect is not None
        self._subject, self._connection = subject, subject.context.connection
        self._quote = subject.context.dialect.identifier_preparer.quote
        self._live = _by_table(subject.comparison.live)
        self._model = _by_table(subject.comparison.model)
        self._differences: dict[str, list[Difference]] = defaultdict(list)
        for thing, each in subject.comparison.differences.items():
            if thing.kind != "trigger" and subject.filters.include(thing):
                self._differences[thing.table or thing.name].append(each)
        self._changing = changing(subject)

    def operations(self, upgrade_ops: ops.UpgradeOps) -> Iterator[Any]:
        """What is to be added; what it stands for is taken out."""
        found: dict[str, list[Any]] = defaultdict(list)
        for each in upgrade_ops.ops:
            table = _table_of(each)
            if table and getattr(each, "schema", None) in (None, MAIN):
                found[table].append(each)
        for name in sorted(self._live.keys() | self._model.keys() | found.keys()):
            added, stay = self._table(name, found[name])
            if not stay:
                gone = {id(each) for each in found[name]}
                upgrade_ops.ops[:] = [each for each in upgrade_ops.ops if id(each) not in gone]
            yield from added

    def close(self) -> None:
        """Forget what was tried."""
        if "_trial" in self.__dict__:
            self._trial.close()

    @cached_property
    def _trial(self) -> Trial:
        return Trial(self._subject.context, self._subject.comparison.live, self._enforced)

    @cached_property
    def _enforced(self) -> frozenset[str]:
        """Tables that foreign keys refer to, where this connection enforces them."""
        if not self._connection.exec_driver_sql("PRAGMA foreign_keys").scalar():
            return frozenset()
        sides = (self._subject.comparison.live, self._subject.comparison.model)
        targets = {
            bare(fact.parts["target"])
            for facts in sides
            for thing, fact in facts.items()
            if thing.kind == "foreign key"
        }
        return frozenset(each for each in self._live if each.lower() in targets)

    @cached_property
    def _virtual(self) -> frozenset[str]:
        return frozenset(virtual_tables(lambda sql: self._connection.exec_driver_sql(sql).all()))

    def _table(self, name: str, found: Sequence[Any]) -> tuple[Sequence[Any], bool]:
        """What is to be added for a table, and whether Alembic's operations stay."""
        thing = Thing("table", name)
        if found and name in self._virtual:
            return (), False
        if not self._subject.comparison.knows(thing) or not self._subject.filters.include(thing):
            return (), True
        live, model = self._live.get(name), self._model.get(name)
        if live is None:
            return self._coming(name, found, model) if model is not None else ((), True)
        if model is None:
            return self._going(name, found, live)
        differences = self._differences[name]
        if not differences:
            return (), False
        if self._left_to_alembic(name):
            return (), True
        wanted = self._wanted(live, model)
        if self._trial.leads(found, name, live, wanted):
            return (), True
        # Alembic's words for columns, and SQLite's own for the indexes
        rest = [each for each in flattened(found) if not isinstance(each, _INDEXES)]
        dropped, made = self._indexes(differences)
        block = [ops.ModifyTableOps(name, rest)] if rest else []
        if self._trial.leads([*dropped, *block, *made], name, live, wanted):
            return [*dropped, *block, *made], False
        return [self._rebuilt(name, found, live, wanted)], False

    def _coming(
        self, name: str, found: Sequence[Any], model: Mapping[Thing, Fact]
    ) -> tuple[Sequence[Any], bool]:
        wanted = {thing: each for thing, each in model.items() if thing.kind != "trigger"}
        if self._trial.leads(found, name, {}, wanted):
            return (), True
        up = [Line(each.definition) for each in _made(wanted)]
        down = [Line(f"DROP TABLE {self._quote(name)}")]
        told = flattened(found) or [Told(f"adds table {name}", f"drops table {name}")]
        return [at("tables", WrittenOps(name, told, up, down))], False

    def _going(
        self, name: str, found: Sequence[Any], live: Mapping[Thing, Fact]
    ) -> tuple[Sequence[Any], bool]:
        """A table that the models do not have; whether it goes is Alembic's to say."""
        told = flattened(found)
        if not any(isinstance(each, ops.DropTableOp) for each in told):
            return (), True
        if self._trial.leads(found, name, live, {}):
            return (), True
        up = [Line(f"DROP TABLE {self._quote(name)}")]
        down = [Line(each.definition) for each in _made(live)]
        return [at("tables", WrittenOps(name, told, up, down))], False

    def _left_to_alembic(self, name: str) -> bool:
        """Whether something of a table differs that is not ours to change, but would be."""
        comparison, include = self._subject.comparison, self._subject.filters.include
        return any(
            thing.table == name and thing.kind not in ("index", "trigger") and not include(thing)
            for thing in comparison.differences
        )

    def _wanted(self, live: Mapping[Thing, Fact], model: Mapping[Thing, Fact]) -> dict[Thing, Fact]:
        """A table as it is to be; its triggers, and what is not ours to change, as they are."""
        include = self._subject.filters.include
        kept = {
            thing: each
            for thing, each in live.items()
            if thing.kind == "trigger" or not include(thing)
        }
        ours = {
            thing: each
            for thing, each in model.items()
            if thing.kind != "trigger" and include(thing)
        }
        return {**kept, **ours}

    def _indexes(self, differences: Sequence[Difference]) -> tuple[list[Any], list[Any]]:
        """What drops indexes, and what makes them."""
        dropped, made = [], []
        for each in differences:
            thing, drop = each.thing, f"DROP INDEX {self._quote(each.thing.name)}"
            if thing.kind == "index" and each.live is not None:
                says = f"drops {thing}" + (", to make it anew" if each.model else "")
                op = BothWaysOp([drop], [each.live.definition], says, f"adds {thing}")
                dropped.append(at("loosening", op))
            if thing.kind == "index" and each.model is not None:
                op = BothWaysOp([each.model.definition], [drop], f"adds {thing}", f"drops {thing}")
                made.append(at("tightening", op))
        return dropped, made

    def _rebuilt(
        self,
        name: str,
        found: Sequence[Any],
        live: Mapping[Thing, Fact],
        wanted: Mapping[Thing, Fact],
    ) -> Any:
        before, after = self._shape(name, live), self._shape(name, wanted)
        told = list(told_of(self._differences[name], found))
        both = (*self._subject.comparison.live, *self._subject.comparison.model)
        looked_at = any(each.kind in ("view", "trigger") for each in both)
        setting = Setting(self._quote, name in self._enforced, looked_at)
        return at("tables", RebuildOps(told, before, after, setting))

    def _shape(self, name: str, facts: Mapping[Thing, Fact]) -> Shape:
        first, *more = (
            each.definition for each in _made(facts) if each.thing not in self._changing
        )
        return Shape(name, first, tuple(more))


def _by_table(facts: Facts) -> dict[str, dict[Thing, Fact]]:
    """Tables with all that is on them; views are not among them."""
    found: dict[str, dict[Thing, Fact]] = {
        thing.name: {thing: each} for thing, each in facts.items() if thing.kind == "table"
    }
    for thing, each in facts.items():
        if thing.table in found:
            found[thing.table][thing] = each
    return found


def _made(facts: Mapping[Thing, Fact]) -> Iterator[Fact]:
    """What has a statement of its own: the table, its indexes and its triggers."""
    for kind in ("table", "index", "trigger"):
        yield from (each for thing, each in facts.items() if thing.kind == kind)


def _table_of(operation: Any) -> str:
    name = getattr(operation, "table_name", None) or getattr(operation, "source_table", None)
    return str(name) if name else ""
