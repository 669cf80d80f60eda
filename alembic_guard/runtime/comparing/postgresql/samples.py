"""What PostgreSQL makes of types, defaults, expressions and predicates: asked once for each text.

A text means the same in every table in which the columns that it speaks of are called alike and
have the same types. So those of many tables are tried on a few, in the scratch namespace, inside a
savepoint of their own: its end gives their locks back. What fails has no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from alembic_guard.runtime.comparing.facts import Thing
from alembic_guard.runtime.comparing.postgresql.namespace import Namespace, quoted
from alembic_guard.runtime.comparing.postgresql.predicted import Sample
from alembic_guard.runtime.comparing.postgresql.reading import read

_AT_ONCE = 300
"""Samples under one savepoint: at two locks each, some 10 % of a lock table of default size."""
_ON_A_TABLE = 40
"""A server reads a table's constraints and indexes again whenever one is added."""
_HOMES = ("columns", "constraints", "indexes", "sequences")


@dataclass(frozen=True)
class Answer:
    """How the server writes a sample.

    :param parts: those of its fact; :param serial: those of the sequence that came with a column.
    """

    parts: Mapping[str, Any]
    serial: Mapping[str, Any] | None = None


def asked(namespace: Namespace, samples: Iterable[Sample]) -> dict[Sample, Answer]:
    """The server's words for samples; nothing of them stays in the namespace."""
    wanted = sorted(set(samples), key=lambda each: (each.kind, each.text, each.columns))
    found: dict[Sample, Answer] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        savepoint = namespace.connection.begin_nested()
        try:
            found |= _asked(namespace, wanted[start : start + _AT_ONCE])
        finally:
            savepoint.rollback()
    return found


def _asked(namespace: Namespace, samples: Sequence[Sample]) -> dict[Sample, Answer]:
    """Each is called by its place, so that what the catalogue says of it is found again."""
    places = {sample: f"guard_sample_{place}" for place, sample in enumerate(samples)}
    homes = dict(_homes(samples))
    tables = [
        f"CREATE TABLE {namespace.qualified('', home)} ({_list(columns)})"
        for home, columns in _columns(homes).items()
    ]
    made = [_made(namespace, sample, homes[sample], name) for sample, name in places.items()]
    namespace.run(tables + made)
    namespace.look()
    facts = read(namespace.connection, namespace.names(), _HOMES)
    serial = {
        fact.parts["owned by"]: fact.parts
        for thing, fact in facts.items()
        if thing.kind == "serial sequence"
    }
    found = {}
    for sample, name in places.items():
        thing = Thing(sample.kind, name, homes[sample])
        if thing in facts:
            owned = serial.get(f"{thing.table}.{name}") if sample.kind == "column" else None
            found[sample] = Answer(facts[thing].parts, owned)
    return found


@dataclass
class _Home:
    name: str
    columns: dict[str, str] = field(default_factory=dict)
    guests: int = 0

    def takes(self, columns: Iterable[tuple[str, str]]) -> bool:
        return self.guests < _ON_A_TABLE and all(
            self.columns.get(name, type_) == type_ for name, type_ in columns
        )


def _homes(samples: Iterable[Sample]) -> Iterator[tuple[Sample, str]]:
    """The table on which each sample is tried: columns of one name have one type there."""
    homes: list[_Home] = []
    for sample in samples:
        home = next((each for each in homes[-5:] if each.takes(sample.columns)), None)
        if home is None:
            home = _Home(f"guard_home_{len(homes)}")
            homes.append(home)
        home.columns.update(sample.columns)
        home.guests += 1
        yield sample, home.name


def _columns(homes: Mapping[Sample, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for sample, home in homes.items():
        found.setdefault(home, {}).update(sample.columns)
    return found


def _list(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{quoted(name)} {type_}" for name, type_ in columns.items())


def _made(namespace: Namespace, sample: Sample, home: str, name: str) -> str:
    table = namespace.qualified("", home)
    if sample.kind == "column":
        return f"ALTER TABLE {table} ADD COLUMN {quoted(name)} {sample.text}"
    if sample.kind == "check":
        return f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} {sample.text}"
    unique = "UNIQUE " if sample.text.startswith("UNIQUE ") else ""
    tail = sample.text.removeprefix(unique)
    return f"CREATE {unique}INDEX {quoted(name)} ON {table} {tail}"
