"""The name that PostgreSQL gives to a constraint that has none.

Source: ``makeObjectName``, ``ChooseRelationName`` and ``ChooseConstraintName`` of PostgreSQL 12 to
18 (``commands/indexcmds.c``, ``catalog/pg_constraint.c``).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection

from alembic_guard.runtime.comparing.facts import Fact

LONGEST = 63
"""Bytes of a name (PostgreSQL manual, 4.1.1)."""

_ENDS = {"primary key": "pkey", "unique": "key", "foreign key": "fkey", "exclude": "excl"}


def chosen_name(fact: Fact, taken: Collection[str]) -> str:
    """The name of a constraint that is made now.

    :param fact: with its columns among its notes; :param taken: names that it cannot have.
    """
    middle, end = _parts(fact)
    for number in itertools.count():
        name = _made(fact.thing.table, middle, f"{end}{number or ''}")
        if name not in taken:
            return name
    raise AssertionError("numbers do not end")


def could_be_chosen(name: str, fact: Fact) -> bool:
    """Whether a name is one that PostgreSQL gives to such a constraint, whatever was taken."""
    middle, end = _parts(fact)
    number = re.search(r"\d*$", name)
    assert number is not None
    return name in {
        _made(fact.thing.table, middle, f"{end}{each}") for each in (number[0], "") if each != "0"
    }


def sequence_name(table: str, column: str) -> str:
    """The name of the sequence that comes with a serial column, where nothing else has it."""
    return _made(table, column, "seq")


def cut(name: str) -> str:
    """A name as PostgreSQL keeps it, which is shorter where it has too many bytes."""
    return name.encode()[:LONGEST].decode(errors="ignore")


def _parts(fact: Fact) -> tuple[str, str]:
    kind = fact.thing.kind
    columns = fact.notes.get("index columns") or fact.notes.get("columns") or ()
    if kind == "primary key" or (kind == "check" and len(columns) != 1):
        columns = ()
    return "_".join(columns), _ENDS.get(kind, "check")


def _made(table: str, middle: str, end: str) -> str:
    """Of two names that are too long together, the longer one loses its last bytes."""
    first, second = table.encode(), middle.encode()
    room = LONGEST - len(end.encode()) - 1 - (1 if second else 0)
    while len(first) + len(second) > room:
        if len(first) > len(second):
            first = first[:-1]
        else:
            second = second[:-1]
    words = [each.decode(errors="ignore") for each in (first, second) if each]
    return "_".join([*words, end])
