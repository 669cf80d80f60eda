"""What a catalogue says of a schema, as frozen values that two sides have in common.

A :class:`Thing` is what an object is called in the models, wherever it was created; a
:class:`Fact` is how it is made. Two facts are the same if their parts are: of a part that only one
side speaks of, nothing is known, and nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, order=True)
class Thing:
    """The identity of an object.

    :param kind: such as ``table``, ``column``, ``check`` or ``view``.
    :param name: its own; of a function, with its arguments.
    :param table: the table that it is a part of, "" where it stands alone.
    :param schema: "" for the default schema.
    """

    kind: str
    name: str
    table: str = ""
    schema: str = ""

    @property
    def owner(self) -> Thing:
        """The table that it is a part of."""
        return Thing("table", self.table, schema=self.schema)

    @property
    def table_key(self) -> str:
        """The table's name with its schema, as SQLAlchemy's ``MetaData.tables`` has it."""
        return f"{self.schema}.{self.table}" if self.schema else self.table

    def __str__(self) -> str:
        where = f"{self.schema}." if self.schema else ""
        part = f" of {where}{self.table}" if self.table else ""
        name = self.name if part else where + self.name
        return f"{self.kind} {name}{part}" if name else f"{self.kind}{part}"


@dataclass(frozen=True)
class Fact:
    """How a thing is made.

    :param parts: what is compared, each by the word for it.
    :param definition: how the server writes the whole of it, or "" where it has no such words.
    :param notes: what is needed to write it down, and not compared.
    """

    thing: Thing
    parts: Mapping[str, Any]
    definition: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)


Facts = Mapping[Thing, Fact]


@dataclass(frozen=True)
class Difference:
    """A thing that is not the same on both sides.

    :param live: how it is in the database, None where it is not there.
    :param model: how the models make it, None where they do not.
    """

    thing: Thing
    live: Fact | None
    model: Fact | None

    @property
    def parts(self) -> frozenset[str]:
        """The words for what differs; nothing where one side lacks the whole."""
        if self.live is None or self.model is None:
            return frozenset()
        return frozenset(differing(self.live, self.model))


def differing(live: Fact, model: Fact) -> Iterator[str]:
    """The parts that both sides speak of, and differently."""
    for word in live.parts.keys() & model.parts.keys():
        if live.parts[word] != model.parts[word]:
            yield word


def differences(live: Facts, model: Facts) -> dict[Thing, Difference]:
    """Everything that is not the same on both sides, in a stable order."""
    found = [
        each
        for thing in live.keys() | model.keys()
        if live.get(thing) is not model.get(thing)
        and not _equal(each := Difference(thing, live.get(thing), model.get(thing)))
    ]
    return {each.thing: each for each in sorted(found, key=lambda each: each.thing)}


def _equal(each: Difference) -> bool:
    return each.live is not None and each.model is not None and not each.parts
