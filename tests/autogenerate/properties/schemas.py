"""Schemas as values: what hypothesis draws, prints and shrinks, and the models that come of them.

A part that refers to a column says of which kind the column must be: :func:`settled` takes out what
does not fit, so that the parts of two schemas can be mixed at will.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, MetaData, Table

from tests.autogenerate.changes import State
from tests.autogenerate.properties.kinds import Kind

Kinds = Mapping[str, Kind]
Options = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class ColumnOf:
    """A column; :param computed: another column, its kind, and an expression of it."""

    name: str
    kind: str
    nullable: bool = True
    default: str | None = None
    computed: tuple[str, str, str] | None = None
    identity: Options | None = None
    comment: str | None = None


@dataclass(frozen=True)
class Part:
    """A constraint or an index.

    :param what: check, unique, index, foreign key or exclude; :param name: None to leave it open.
    :param columns: each with the kind that it must be of, None for any that can be in a key.
    :param text: an expression of the columns; :param options: of SQLAlchemy.
    :param target: the table of a foreign key; it aims at the primary key there.
    """

    what: str
    name: str | None
    columns: tuple[tuple[str, str | None], ...]
    text: str = ""
    options: Options = ()
    target: str = ""


@dataclass(frozen=True)
class TableOf:
    """A table; :param key: the columns of its primary key."""

    name: str
    columns: tuple[ColumnOf, ...]
    key: tuple[str, ...] = ()
    key_name: str | None = None
    parts: tuple[Part, ...] = ()
    comment: str | None = None


@dataclass(frozen=True)
class Typed:
    """A statement that somebody typed.

    :param made: what it makes, once a schema; :param columns: table, column and kind that it needs.
    """

    made: str
    sql: str
    columns: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Schema:
    """Tables, and statements that are run when those are there."""

    tables: tuple[TableOf, ...]
    typed: tuple[Typed, ...] = ()


def quoted(name: str) -> str:
    """A name as a statement has it."""
    return '"' + name.replace('"', '""') + '"'


def settled(schema: Schema, kinds: Kinds) -> Schema:
    """A schema without what does not fit."""
    tables = {each.name: _settled(each, kinds) for each in schema.tables}
    taken = set(tables)
    found = []
    for table in tables.values():
        parts = []
        for part in table.parts:
            if part.what == "foreign key" and not _aims(part, table, tables):
                continue
            if part.what in ("unique", "index", "exclude") and part.name in taken:
                continue
            taken |= {part.name} if part.name else set()
            parts.append(part)
        name = None if table.key_name in taken else table.key_name
        taken |= {name} if name else set()
        found.append(replace(table, parts=tuple(parts), key_name=name))
    has = {(table.name, each.name): each.kind for table in found for each in table.columns}
    typed: dict[str, Typed] = {}
    for one in schema.typed:
        if all(has.get((table, name)) == kind for table, name, kind in one.columns):
            typed.setdefault(one.made, one)
    return Schema(tuple(found), tuple(typed.values()))


def _settled(table: TableOf, kinds: Kinds) -> TableOf:
    columns: dict[str, ColumnOf] = {}
    for each in table.columns:
        columns.setdefault(each.name, each)
    plain = {each.name: each.kind for each in columns.values() if not each.computed}
    for name, each in columns.items():
        if each.computed and plain.get(each.computed[0]) != each.computed[1]:
            columns[name] = replace(each, computed=None)
    key = tuple(
        name
        for name in dict.fromkeys(table.key)
        if name in columns and kinds[columns[name].kind].ordered and not columns[name].computed
    )
    for name, each in columns.items():
        if name in key or each.identity is not None:
            columns[name] = replace(each, nullable=False)
    parts: list[Part] = []
    for part in table.parts:
        if part.name and part.name in {each.name for each in parts}:
            continue
        if not set(dict(part.options).get("postgresql_include", ())) <= columns.keys():
            continue
        if all(_fits(columns.get(name), kind, part, kinds) for name, kind in part.columns):
            parts.append(part)
    name_ = table.key_name if key and table.key_name not in {each.name for each in parts} else None
    return replace(
        table, columns=tuple(columns.values()), key=key, key_name=name_, parts=tuple(parts)
    )


def _fits(column: ColumnOf | None, kind: str | None, part: Part, kinds: Kinds) -> bool:
    if column is None or (part.what == "foreign key" and column.computed):
        return False
    return kinds[column.kind].ordered if kind is None else column.kind == kind


def _aims(part: Part, table: TableOf, tables: Mapping[str, TableOf]) -> bool:
    target = tables.get(part.target)
    if target is None or len(target.key) != 1 or "." in target.name + target.key[0]:
        return False  # Alembic cannot name a target with a dot
    own = {each.name: each for each in table.columns}[part.columns[0][0]]
    there = {each.name: each for each in target.columns}[target.key[0]]
    return there.kind == own.kind


def state_of(schema: Schema, kinds: Kinds, quote: Callable[[str], str] = quoted) -> State:
    """The models of a schema.

    :param quote: writes a name as a statement has it.
    """

    def state(metadata: MetaData) -> None:
        types: dict[str, Any] = {}
        made = {each.name: _table(each, kinds, types, metadata, quote) for each in schema.tables}
        for table in schema.tables:
            for part in table.parts:
                _append(part, made[table.name], made, quote)
        for each in schema.typed:
            ddl: Any = sa.DDL
            sa.event.listen(metadata, "after_create", ddl(each.sql.replace("%", "%%")))

    return state


def _table(
    table: TableOf,
    kinds: Kinds,
    types: dict[str, Any],
    metadata: MetaData,
    quote: Callable[[str], str],
) -> Table:
    items: list[Any] = [_column(each, kinds, types, metadata, quote) for each in table.columns]
    if table.key:
        items.append(sa.PrimaryKeyConstraint(*table.key, name=table.key_name))
    return Table(table.name, metadata, *items, comment=table.comment)


def _column(
    one: ColumnOf,
    kinds: Kinds,
    types: dict[str, Any],
    metadata: MetaData,
    quote: Callable[[str], str],
) -> Any:
    items: list[Any] = []
    default = None if one.default is None else sa.text(_escaped(one.default.format()))
    if one.computed:
        items.append(
            sa.Computed(_escaped(one.computed[2].format(quote(one.computed[0]))), persisted=True)
        )
        default = None
    elif one.identity is not None:
        items.append(sa.Identity(**dict(one.identity)))
        default = None
    return Column(
        one.name,
        kinds[one.kind].made(metadata, types),
        *items,
        nullable=one.nullable,
        server_default=default,
        comment=one.comment,
        autoincrement="auto" if one.identity else False,
    )


def _append(
    part: Part, table: Table, tables: Mapping[str, Table], quote: Callable[[str], str]
) -> None:
    columns = [table.c[name] for name, _ in part.columns]
    options = dict(part.options)
    if part.what == "check":
        table.append_constraint(
            sa.CheckConstraint(_expression(part, quote), name=part.name, **options)
        )
    elif part.what == "unique":
        table.append_constraint(sa.UniqueConstraint(*columns, name=part.name, **options))
    elif part.what == "foreign key":
        there = list(tables[part.target].primary_key)
        names = [each.name for each in columns]
        key = sa.ForeignKeyConstraint(names, there, name=part.name, **options)
        table.append_constraint(key)
    else:
        _index(part, table, columns, options, quote)


def _index(
    part: Part,
    table: Table,
    columns: list[Any],
    options: dict[str, Any],
    quote: Callable[[str], str],
) -> None:
    for word in ("postgresql_where", "sqlite_where"):
        if word in options:
            options[word] = sa.text(_escaped(options[word].format(quote(columns[0].name))))
    if "postgresql_include" in options:
        options["postgresql_include"] = list(options["postgresql_include"])
    if "postgresql_ops" in options:
        options["postgresql_ops"] = {columns[0].key: options["postgresql_ops"]}
    items = [sa.text(_expression(part, quote))] if part.text else columns
    sa.Index(part.name, *items, _table=table, **options)


def _expression(part: Part, quote: Callable[[str], str]) -> str:
    return _escaped(part.text.format(*(quote(name) for name, _ in part.columns)))


def _escaped(text: str) -> str:
    """Text whose colons are no parameters."""
    return text.replace(":", "\\:")
