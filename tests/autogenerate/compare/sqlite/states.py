"""What the states of the tables of changes are made of, and the rows that are in them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
)

from tests.autogenerate.changes import State
from tests.autogenerate.compare.rows import Item, column, table

USERS = (
    "INSERT INTO users (id, name, age, email) VALUES (1, 'a''b', 20, 'x:y'), (2, NULL, 30, '5%')",
)
TEXTS = ("INSERT INTO t (id, a) VALUES (1, '007'), (2, 'x'), (9, NULL)",)
NUMBERS = ("INSERT INTO t (id, a) VALUES (1, 7), (2, 8)",)
AGES_ROWS = ("INSERT INTO ages VALUES (20), (30)", *USERS)

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
    """A foreign key from the age of users to ages."""
    return lambda: ForeignKeyConstraint(["age"], ["ages.id"], name=name, **options)


def ix(name: str, *columns: Any, **options: Any) -> Item:
    """An index; what makes its columns is called each time."""
    return lambda: Index(name, *[each() if callable(each) else each for each in columns], **options)


def nocase() -> String:
    """A text that is compared without case."""
    return String(collation="NOCASE")
