"""Which tables of the models need not be made: the database has them already, to the last word.

A table is spared if what it would be (:mod:`predicted`) equals what the live catalogue says of it,
all of it, no more and no less. What is built on it elsewhere is compared as ever: a table that a
typed statement or a view may speak of is made after all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import (
    AddConstraint,
    CreateIndex,
    CreateTable,
    SetColumnComment,
    SetConstraintComment,
    SetTableComment,
)

from alembic_guard.runtime.comparing.chosen_names import sequence_name
from alembic_guard.runtime.comparing.facts import Fact, Facts, Thing
from alembic_guard.runtime.comparing.model import Statement
from alembic_guard.runtime.comparing.postgresql import samples, typed
from alembic_guard.runtime.comparing.postgresql.namespace import Namespace
from alembic_guard.runtime.comparing.postgresql.predicted import Part, Prediction, Predictor

if TYPE_CHECKING:
    from sqlalchemy import Dialect, Table

    from alembic_guard.runtime.comparing.postgresql.predicted import Sample
    from alembic_guard.runtime.comparing.postgresql.samples import Answer

_OF_A_TABLE = frozenset({"column", "primary key", "unique", "foreign key", "check", "exclude"})
_OF_A_TABLE |= {"index", "partition"}
_RELATIONS = {"table", "serial sequence", "index", "primary key", "unique"}
_PLAIN: tuple[type[Any], ...] = (
    *(CreateTable, CreateIndex, AddConstraint),
    *(SetTableComment, SetColumnComment, SetConstraintComment),
)
"""What speaks of its own table, and of those that its foreign keys aim at."""

_WORD = re.compile(r"\w+")
_MAKES = re.compile(
    r"\b(?:TYPE|DOMAIN|FUNCTION|AGGREGATE|COLLATION|SEQUENCE)\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    r'(?:[\w"$]+\.)?"?(\w+)',
    re.I,
)
"""What the columns and expressions of a table may speak of."""

_HEADS = {"CREATE", "ALTER", "COMMENT", "GRANT", "REVOKE", "DROP"}
_OF_ALL = re.compile(r"\bALL\s+(TABLES|SEQUENCES)\b|^\s*ALTER\s+DEFAULT\b", re.I)


@dataclass(frozen=True)
class Proven:
    """A table that the database has as the models would make it.

    :param table: what it is called; :param facts: the database's, which are the models' too.
    :param words: those in its types and expressions.
    :param unnamed: constraints that the models leave without a name, by what they are called.
    """

    table: Thing
    facts: dict[Thing, Fact]
    words: frozenset[str]
    unnamed: dict[Thing, Any] = field(default_factory=dict)

    def names(self) -> Iterator[str]:
        """What a statement may call the table, its indexes and sequences."""
        for thing in self.facts:
            if thing.kind in _RELATIONS:
                yield thing.name


def proven(
    made: Namespace, tables: Sequence[Table], live: Facts, dialect: Dialect
) -> dict[Table, Proven]:
    """The tables that need not be made.

    :param made: where to ask the server; nothing stays there.
    :param tables: all that would be made; :param live: the facts of the database.
    :param dialect: of the database.
    """
    parts = _by_table(live)
    there = [each for each in tables if _thing(each, made.default) in live]
    quoted = _quoting(made, tables)
    predictor = Predictor(dialect, made.default, quoted.__getitem__)
    predictions = [each for each in map(predictor.predicted, there) if each is not None]
    predictions = _without_rivals(predictions, tables, predictor)
    answers = samples.asked(made, (each for one in predictions for each in one.samples()))
    found = {}
    for each in predictions:
        thing = _thing(each.table, made.default)
        same = _Sides(each, thing, quoted, answers, live, parts).proven()
        if same is not None:
            found[each.table] = same
    return found


class Spared(Protocol):
    """A table that is not made, and what others may know of it."""

    @property
    def words(self) -> frozenset[str]:
        """Those in its types and expressions."""

    def names(self) -> Iterator[str]:
        """What a statement may call the table, its indexes and sequences."""


def needed_by(statements: Iterable[Statement], spared: Mapping[Table, Spared]) -> set[Table]:
    """Tables that are to be made after all: a statement speaks of them, or they of what it makes.

    :param statements: everything that is made; :param spared: tables that are not.
    """
    words, made = set[str](), set[str]()
    for statement in statements if spared else ():
        said = statement.sql
        if statement.raw:
            head = typed.head(said, 1)
            if head[:1] not in [[each] for each in _HEADS] or _OF_ALL.search(said):
                return set(spared)  # who knows of which tables it speaks
            made.update(each.lower() for each in _MAKES.findall(said))
        elif isinstance(statement.source, _PLAIN):
            said = _options(statement.source)
        words |= _words(said)
    return {
        table
        for table, each in spared.items()
        if made & each.words or (words and any(_words(name) <= words for name in each.names()))
    }


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _options(source: Any) -> str:
    """What CREATE TABLE says of other tables, such as those that it inherits from."""
    values = source.element.dialect_kwargs.values() if isinstance(source, CreateTable) else ()
    return " ".join(map(str, values))


def _thing(table: Table, default: str) -> Thing:
    schema = "" if table.schema in (None, default) else str(table.schema)
    return Thing("table", table.name, schema=schema)


def _by_table(live: Facts) -> dict[Thing, list[Fact]]:
    found: dict[Thing, list[Fact]] = {}
    for thing, fact in live.items():
        if thing.kind in _OF_A_TABLE:
            found.setdefault(thing.owner, []).append(fact)
    return found


def _quoting(made: Namespace, tables: Iterable[Table]) -> dict[str, str]:
    """How the server writes the names of tables, of their schemas and columns."""
    names: set[str] = set()
    for table in tables:
        names |= {table.name, str(table.schema), *(column.name for column in table.columns)}
    rows = made.connection.execute(text(_QUOTED), {"names": sorted(names)})
    return {name: quoted for name, quoted in rows}


def _without_rivals(
    predictions: Iterable[Prediction], tables: Iterable[Table], predictor: Predictor
) -> list[Prediction]:
    """Without tables that would share a name with another thing: only one of them can be made."""
    known = {each.table: _relations(each, predictor) for each in predictions}
    taken: Counter[tuple[str | None, str]] = Counter()
    for table in tables:
        taken.update(known.get(table) or _relations(Prediction(table), predictor))
    for metadata in {table.metadata for table in tables}:
        taken.update({(each.schema, each.name) for each in metadata._sequences.values()})
    return [each for each in predictions if not any(taken[name] > 1 for name in known[each.table])]


def _relations(prediction: Prediction, predictor: Predictor) -> set[tuple[str | None, str]]:
    """The names of what a table brings into its schema."""
    table = prediction.table
    items: list[Any] = [*table.indexes, *table.constraints]
    names = {part.name for part in prediction.parts} or {_name(each, predictor) for each in items}
    names |= {sequence_name(table.name, column) for column in prediction.columns}
    return {(table.schema, each) for each in (*names, table.name) if each is not None}


def _name(item: Any, predictor: Predictor) -> str | None:
    try:
        return predictor.name(item)
    except SQLAlchemyError:  # it is too long, and nothing is made of it
        return None


@dataclass(frozen=True)
class _Sides:
    """A prediction, and what the database has.

    :param quoted: how the server writes names; :param answers: what it makes of the samples.
    :param live: its facts; :param parts: those of tables' parts, by table.
    """

    prediction: Prediction
    thing: Thing
    quoted: Mapping[str, str]
    answers: Mapping[Sample, Answer]
    live: Facts
    parts: Mapping[Thing, list[Fact]]

    def proven(self) -> Proven | None:
        """What is alike on both sides, None where anything is not."""
        table, fact = self.prediction.table, self.live[self.thing]
        if fact.parts != {**_PLAIN_TABLE, "comment": table.comment}:
            return None
        left = {each.thing: each for each in self.parts.get(self.thing, ())}
        said = " ".join(each.text for each in self.prediction.samples())
        found = Proven(self.thing, {self.thing: fact}, frozenset(_words(said)))
        same = (
            all(self._column(name, left, found) for name in self.prediction.columns)
            and all(self._named(each, left, found) for each in self.prediction.parts if each.name)
            and all(
                self._unnamed(each, left, found) for each in self.prediction.parts if not each.name
            )
        )
        return found if same and not left else None

    def _part(self, kind: str, name: str) -> Thing:
        return Thing(kind, name, self.thing.name, self.thing.schema)

    def _column(self, name: str, left: dict[Thing, Fact], found: Proven) -> bool:
        sample, comment = self.prediction.columns[name]
        answer, fact = self.answers.get(sample), left.pop(self._part("column", name), None)
        if answer is None or fact is None or fact.parts != {**answer.parts, "comment": comment}:
            return False
        found.facts[fact.thing] = fact
        return answer.serial is None or self._sequence(name, answer.serial, found)

    def _sequence(self, column: str, parts: Mapping[str, Any], found: Proven) -> bool:
        """Whether the sequence of a serial column is called and made as it would be made."""
        name = sequence_name(self.thing.name, column)
        fact = self.live.get(Thing("serial sequence", name, schema=self.thing.schema))
        home = f"{self.quoted[self.thing.schema]}." if self.thing.schema else ""
        owner = f"{home}{self.quoted[self.thing.name]}.{self.quoted[column]}"
        if fact is None or fact.parts != {**parts, "owned by": owner}:
            return False
        found.facts[fact.thing] = fact
        return True

    def _named(self, part: Part, left: dict[Thing, Fact], found: Proven) -> bool:
        fact = left.pop(self._part(part.kind, str(part.name)), None)
        if fact is None or fact.parts != self._said(part):
            return False
        found.facts[fact.thing] = fact
        return True

    def _unnamed(self, part: Part, left: dict[Thing, Fact], found: Proven) -> bool:
        """Whether there is one that says the same, and only one."""
        said = self._said(part)
        alike = [
            thing for thing, fact in left.items() if thing.kind == part.kind and fact.parts == said
        ]
        if len(alike) != 1:
            return False
        found.facts[alike[0]] = left.pop(alike[0])
        found.unnamed[alike[0]] = part.item
        return True

    def _said(self, part: Part) -> Mapping[str, Any] | None:
        """The parts of a constraint or an index, None where the server did not take it."""
        if isinstance(part.said, str):
            words = {"definition": part.said, "valid": True, "comment": part.comment}
            return (
                {**words, **_PLAIN_INDEX, "unique": part.unique} if part.kind == "index" else words
            )
        answer = self.answers.get(part.said)
        return None if answer is None else {**answer.parts, "comment": part.comment}


_PLAIN_TABLE: Mapping[str, Any] = {"persistence": "p", "partitioned": None, "inherits": None}
_PLAIN_INDEX: Mapping[str, Any] = {"options": None, "tablespace": None}
_QUOTED = """
SELECT name, pg_catalog.quote_ident(name) FROM pg_catalog.unnest(CAST(:names AS text[])) AS name
"""
