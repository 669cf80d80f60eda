"""What a project declares beside its models, as events of a MetaData of their own.

So it goes the way of every typed statement: compiled, run in scratch, found again by what it made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateSchema


@dataclass(frozen=True)
class Declaration:
    """One statement.

    :param where: what declares it, such as ``db/objects/views.sql``.
    :param schema: the schema that it is in by its own account, "" where it has none.
    """

    sql: str
    where: str
    schema: str = ""


@dataclass(frozen=True)
class Unreadable:
    """What declares something that could not be read, with the reason as a clause."""

    where: str
    reason: str


@dataclass
class Declared:
    """Everything that is declared in one way.

    :param kept: kinds of which nothing is dropped, although others of the kind are declared.
    :param silenced: modules whose own comparators would say the same again.
    """

    statements: list[Declaration]
    unreadable: list[Unreadable]
    kept: frozenset[str] = frozenset()
    silenced: frozenset[str] = frozenset()


def short(sql: str) -> str:
    """A statement in one line, for messages."""
    words = " ".join(sql.split())
    return words if len(words) <= 80 else f"{words[:77]}..."


def as_metadata(statements: Iterable[Declaration], known: Iterable[str]) -> sa.MetaData:
    """A MetaData whose ``create_all()`` makes what is declared.

    :param known: schemas that need no statement; others of ``statements`` get one.
    """
    metadata, made = sa.MetaData(), set(known)
    for each in statements:
        if each.schema and each.schema not in made:
            made.add(each.schema)
            sa.event.listen(metadata, "after_create", CreateSchema(each.schema, if_not_exists=True))
        ddl: Any = sa.DDL  # has no types of its own
        sa.event.listen(metadata, "after_create", ddl(each.sql.replace("%", "%%")))
    return metadata
