"""What both servers take for the same, though it is said in another way, or by one side only.

By "CREATE TABLE" and "FOREIGN KEY Constraints" of both manuals: a foreign key makes itself an index
where there is none, a column inherits the collation of its table, and a CHECK behind a column of
MariaDB is that of its table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from alembic_guard.runtime.comparing.facts import Fact, Thing, differing
from alembic_guard.runtime.comparing.model import UNNAMED
from alembic_guard.runtime.comparing.mysql.names import chosen_name

Facts = dict[Thing, Fact]

_ABOUT_TABLES = ("charset", "collate")


@dataclass(frozen=True)
class Said:
    """What the models say, and not only make.

    :param indexes: names of indexes, by table; :param options: of tables, as SHOW CREATE has them.
    """

    indexes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    options: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass
class Aligned:
    """Both sides in the same words.

    :param names: of what the models leave unnamed: what it was called when it was made.
    """

    live: Facts
    model: Facts
    names: dict[Thing, Thing] = field(default_factory=dict)


def aligned(live: Mapping[Thing, Fact], model: Mapping[Thing, Fact], said: Said) -> Aligned:
    """Take out what only one side speaks of, and name what the models leave unnamed."""
    both = Aligned(dict(live), dict(model))
    ours, theirs = _by_table(both.live), _by_table(both.model)
    for table in [thing for thing in both.model if thing.kind == "table"]:
        _Table(table, both, said, ours.get(table.name, {}), theirs.get(table.name, {})).align()
    return both


def _by_table(facts: Mapping[Thing, Fact]) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    for thing, fact in facts.items():
        if thing.table and thing.kind != "trigger":
            found.setdefault(thing.table, {})[thing] = fact
    return found


class _Table:
    """One table.

    :param live, model: what is of it on both sides.
    """

    def __init__(self, table: Thing, both: Aligned, said: Said, live: Facts, model: Facts) -> None:
        self.table, self.both, self.said = table, both, said
        self.live, self.model = live, model

    def align(self) -> None:
        before = ({*self.live}, {*self.model})
        self._without_implied()
        self._named()
        if self.table in self.both.live:
            self._levels()
            self._collations()
            self._silent()
        for side, mine, had in (
            (self.both.live, self.live, before[0]),
            (self.both.model, self.model, before[1]),
        ):
            for thing in had - mine.keys():
                side.pop(thing, None)
            side.update(mine)

    def _without_implied(self) -> None:
        """Indexes that a foreign key made, or could not be without."""
        declared = self.said.indexes.get(self.table.name, frozenset())
        for thing in _serving(self.model):
            if thing.name not in declared:
                del self.model[thing]
        stay = {fact.parts["columns"] for thing, fact in self.model.items() if _is_key(thing)}
        for thing, columns in _serving(self.live).items():
            needed = columns in stay and not any(
                _columns(each)[: len(columns)] == columns
                for each in self.model.values()
                if each.thing.kind in ("index", "primary key")
            )
            if needed and thing not in self.model:
                del self.live[thing]

    def _named(self) -> None:
        """What is without a name: called as what the database has that says the same."""
        taken = {thing for thing in self.model if not thing.name.startswith(UNNAMED)}
        for thing, fact in list(self.model.items()):
            if not thing.name.startswith(UNNAMED):
                continue
            twin = next(
                (
                    each
                    for each, other in self.live.items()
                    if each.kind == thing.kind
                    and each not in taken
                    and not set(differing(fact, other))
                ),
                None,
            )
            names = {each.name for each in taken if each.kind == thing.kind}
            named = twin or replace(thing, name=chosen_name(fact, names))
            taken.add(named)
            del self.model[thing]
            self.model[named] = replace(fact, thing=named)
            self.both.names[named] = thing

    def _levels(self) -> None:
        """A CHECK behind a column is the same as one of the table, where neither has a name."""
        for thing, ours in list(self.live.items()):
            theirs = self.model.get(thing)
            if thing.kind != "column" or theirs is None:
                continue
            if ours.parts["check"] == theirs.parts["check"]:
                continue
            if theirs.parts["check"] and not ours.parts["check"]:
                self._move(self.live, thing, theirs.parts["check"], self.model)
            elif ours.parts["check"] and not theirs.parts["check"]:
                unnamed = {each for each in self.model if each in self.both.names}
                self._move(self.model, thing, ours.parts["check"], self.live, unnamed)

    def _move(
        self, side: Facts, column: Thing, check: str, other: Facts, only: set[Thing] | None = None
    ) -> None:
        for thing, fact in list(side.items()):
            alike = thing.kind == "check" and fact.parts["expression"] == check
            if alike and thing not in other and (only is None or thing in only):
                del side[thing]
                side[column] = _with(side[column], check=check)
                return

    def _collations(self) -> None:
        """A column that inherits has none; else it is what comes of it that counts."""
        ours, theirs = self.both.live[self.table], self.both.model[self.table]
        for thing, fact in list(self.live.items()):
            other = self.model.get(thing)
            if thing.kind != "column" or other is None:
                continue
            if _collation(fact, ours) == _collation(other, theirs):
                said = {word: fact.parts[word] for word in ("charset", "collation")}
                self.model[thing] = _with(other, **said)

    def _silent(self) -> None:
        """Options that the models do not say, partitions of a table, comments of indexes."""
        ours, theirs = self.both.live[self.table], self.both.model[self.table]
        spoken = self.said.options.get(self.table.name, frozenset())
        for side, fact in ((self.both.live, ours), (self.both.model, theirs)):
            options = fact.parts["options"]
            kept = {word: options.get(word) for word in sorted(spoken - {"comment"})}
            head = _partitioned(fact.parts["partition"]) if "partition" in spoken else None
            kept.pop("partition", None)
            side[self.table] = _with(fact, options=kept, partition=head)
        for thing, fact in list(self.model.items()):
            live = self.live.get(thing)
            if thing.kind == "index" and live is not None and not fact.parts["comment"]:
                self.model[thing] = _with(fact, comment=live.parts["comment"])


def _is_key(thing: Thing) -> bool:
    return thing.kind == "foreign key"


def _columns(fact: Fact) -> tuple[str, ...]:
    return tuple(name for name, _ in fact.parts["columns"])


def _serving(facts: Facts) -> dict[Thing, tuple[str, ...]]:
    """Plain indexes on just the columns of a foreign key, with these."""
    keys = {fact.parts["columns"] for thing, fact in facts.items() if _is_key(thing)}
    return {
        thing: _columns(fact)
        for thing, fact in facts.items()
        if thing.kind == "index" and not fact.parts["kind"] and _columns(fact) in keys
    }


def _collation(column: Fact, table: Fact) -> Any:
    parts = column.parts
    if parts["collation"] or parts["charset"]:
        return parts["collation"] or parts["charset"]
    return table.notes["collation"]


def _partitioned(text: str | None) -> str:
    """How a table is partitioned; which partitions there are is the work of every month."""
    return " ".join((text or "").partition("(PARTITION")[0].split())


def _with(fact: Fact, **parts: Any) -> Fact:
    return replace(fact, parts={**fact.parts, **parts})


def spoken_options(given: Iterable[str], dialect: str) -> frozenset[str]:
    """Which options the keyword arguments of a Table say, as SHOW CREATE has them.

    :param given: such as ``mysql_engine`` and ``mariadb_default_charset``.
    :param dialect: SQLAlchemy's name of it.
    """
    found = set()
    for word in given:
        prefix, _, option = word.partition("_")
        if prefix != dialect:
            continue
        option = option.lower().removeprefix("default_").removeprefix("default ")
        option = {"character_set": "charset", "character set": "charset"}.get(option, option)
        if option in ("charset", "collate"):
            found |= {"charset", "collate"}
        elif option.startswith("partition"):
            found.add("partition")
        elif option not in ("auto_increment", "limit", "with_parser", "prefix"):
            found.add(option)
    return frozenset(found)
