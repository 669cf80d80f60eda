"""States of a table ``t`` with a column ``v``, for the tests of what columns are made of.

Whatever belongs to a table is handed over as a function, since each MetaData needs its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Integer, MetaData, Table

from tests.autogenerate.changes import State

Item = Callable[[], Any]


def table(*items: Item, name: str = "t", schema: str | None = None, **options: Any) -> State:
    """A table of columns, constraints and indexes."""

    def state(metadata: MetaData) -> None:
        if schema not in (None, "public"):
            create = sa.DDL(f"CREATE SCHEMA IF NOT EXISTS {schema}")  # type: ignore[no-untyped-call]
            sa.event.listen(metadata, "before_create", create)
        Table(name, metadata, *[each() for each in items], schema=schema, **options)

    return state


def v(type_: Any, *items: Item, name: str = "v", **options: Any) -> Item:
    """A column."""

    def made() -> Any:
        said = {word: each() if callable(each) else each for word, each in options.items()}
        return Column(name, type_, *[each() for each in items], **said)

    return made


KEY = v(Integer, name="id", primary_key=True)


def column(type_: Any, *items: Item, schema: str | None = None, **options: Any) -> State:
    """A table with a key and a column."""
    return table(KEY, v(type_, *items, **options), schema=schema)


def also(state: State, *statements: str) -> State:
    """A state, and statements that somebody typed, for when its tables are there."""

    def more(metadata: MetaData) -> None:
        state(metadata)
        for sql in statements:
            typed = sa.DDL(sql.replace("%", "%%"))  # type: ignore[no-untyped-call]
            sa.event.listen(metadata, "after_create", typed)

    return more


def both(one: State, other: State) -> State:
    """Two states in one."""

    def state(metadata: MetaData) -> None:
        one(metadata)
        other(metadata)

    return state


def sequences(state: State, *names: str) -> State:
    """A state with sequences that stand alone."""

    def more(metadata: MetaData) -> None:
        for name in names:
            sa.Sequence(name, metadata=metadata)
        state(metadata)

    return more
