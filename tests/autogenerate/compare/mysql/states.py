"""What the states of the tables of changes are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Integer, UniqueConstraint

from tests.autogenerate.changes import State
from tests.autogenerate.compare.rows import Item, column, table

ages = table("ages", column("id", Integer, primary_key=True))


def t(*items: Item, **options: Any) -> State:
    """A table t with an id, and more."""
    return table("t", column("id", Integer, primary_key=True), *items, **options)


def ck(expression: str, name: str | None = None) -> Item:
    """A CHECK."""
    return lambda: CheckConstraint(expression, name=name)


def uq(*columns: str, **options: Any) -> Item:
    """A UNIQUE."""
    return lambda: UniqueConstraint(*columns, **options)


def fk(name: str | None = None, **options: Any) -> Item:
    """A foreign key from the age of t to ages."""
    return lambda: ForeignKeyConstraint(["age"], ["ages.id"], name=name, **options)


def ix(name: str, *columns: Any, **options: Any) -> Item:
    """An index; what makes its columns is called each time."""
    return lambda: Index(name, *[each() if callable(each) else each for each in columns], **options)
