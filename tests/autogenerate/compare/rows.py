"""Rows of the tables of changes and of what is no change, and the states that they are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Integer, MetaData, String, Table

from tests.autogenerate.changes import State, Written

Item = Callable[[], Any]
"""Makes a new column, constraint or index each time: one can be in one table only."""


@dataclass(frozen=True)
class Change:
    """Two states, and what is written between them.

    :param sql_before: what models cannot say of the first; :param sql_after: of the second.
    :param options: of Alembic's ``context.configure()``.
    """

    before: State
    after: State
    expected: Written
    sql_before: tuple[str, ...] = ()
    sql_after: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Same:
    """A state that the database is in; ``sql`` changes its words, and nothing that they mean."""

    state: State
    sql: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


def users(*items: Item, name: str = "users", schema: str | None = None, **options: Any) -> State:
    """A table with an id, a name, an age and an email, and more."""

    def state(metadata: MetaData) -> None:
        Table(
            name,
            metadata,
            Column("id", Integer, primary_key=True),
            Column("name", String(50)),
            Column("age", Integer),
            Column("email", String),
            *[each() for each in items],
            schema=schema,
            **options,
        )

    return state


def table(name: str, *items: Item, **options: Any) -> State:
    """A table of these items alone."""

    def state(metadata: MetaData) -> None:
        Table(name, metadata, *[each() for each in items], **options)

    return state


def column(name: str, type_: Any = Integer, *items: Any, **options: Any) -> Item:
    """A column; what makes its items is called each time."""
    return lambda: Column(name, type_, *[each() for each in items], **options)


def both(*states: State) -> State:
    """Several states in one."""

    def state(metadata: MetaData) -> None:
        for each in states:
            each(metadata)

    return state


def ddl(*statements: str) -> State:
    """What a project types itself, run when its tables are there."""

    def state(metadata: MetaData) -> None:
        for each in statements:
            sa.event.listen(metadata, "after_create", _typed(each))

    return state


def first(statement: str, state: State) -> State:
    """A state before which a project types something itself."""

    def typed(metadata: MetaData) -> None:
        sa.event.listen(metadata, "before_create", _typed(statement))
        state(metadata)

    return typed


def convention(state: State, **names: str) -> State:
    """A state whose names follow conventions."""

    def named(metadata: MetaData) -> None:
        before: Any = metadata.naming_convention
        metadata.naming_convention = {**before, **names}
        state(metadata)

    return named


def in_schema(name: str, state: State) -> State:
    """A state in a schema that the project makes before its tables."""
    return first(f"CREATE SCHEMA IF NOT EXISTS {name}", state)


def _typed(statement: str) -> Any:
    made: Any = sa.DDL
    return made(statement.replace("%", "%%"))
