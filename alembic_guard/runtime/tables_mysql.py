"""MariaDB's and MySQL's tables, out of ``information_schema``.

MariaDB opens a table to describe it, and a count opens one on both: ``lock_wait_timeout`` is 0 for
these questions (1 second on MySQL, the least there is), and put back. A table that another session
holds is described as far as the server does.

Neighbours are looked for in the schemas (databases) of the named tables. A schema's views that read
a table are known where sqlglot is installed, for the server keeps only their text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime import tables_mysql_sql as sql
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.tables_rows import LIMIT, rows_counted
from alembic_guard.runtime.tables_views import Views, views_of
from alembic_guard.schema import Column, Constraint, Index, Table
from alembic_guard.sql_types import SqlType, parse_type

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

Place = tuple[str, str]
"""A schema and a name in it."""
_INTEGERS = ("tinyint", "smallint", "mediumint", "integer", "bigint", "year")
_WAITS = ("lock_wait_timeout", "innodb_lock_wait_timeout")


def read(connection: Connection, asked: Sequence[str], default: str | None) -> dict[str, Table]:
    """The tables and their neighbours; see :func:`alembic_guard.runtime.tables.known_tables`."""
    with _impatient(connection):
        return _Schemas(connection, asked, default or "").tables()


@contextmanager
def _impatient(connection: Connection) -> Iterator[None]:
    """The session waits for no lock, and as before afterwards."""
    least = 0 if _is_mariadb(connection) else 1
    before = connection.execute(
        sa.text("SELECT " + ", ".join(f"@@SESSION.{name}" for name in _WAITS))
    ).one()
    _wait(connection, [least, least])
    try:
        yield
    finally:
        _wait(connection, before)


def _wait(connection: Connection, seconds: Sequence[Any]) -> None:
    settings = ", ".join(
        f"SESSION {name} = {int(value)}" for name, value in zip(_WAITS, seconds, strict=True)
    )
    connection.execute(sa.text(f"SET {settings}"))


class _Schemas:
    """The rows of ``information_schema`` about some tables, put together by schema and name."""

    def __init__(self, connection: Connection, asked: Sequence[str], default: str) -> None:
        self.connection = connection
        self.default = default
        folds = connection.scalar(sa.text("SELECT @@lower_case_table_names"))
        self._fold: Callable[[str], str] = str.lower if folds else str
        self.asked = {key: [self._place(*pair) for pair in _pairs(key, default)] for key in asked}
        self.named = {place for places in self.asked.values() for place in places}

    def tables(self) -> dict[str, Table]:
        self.near = set(self.named)
        self.foreign = self._grouped(sql.FOREIGN_KEYS)
        referring: dict[Place, set[Place]] = {}
        for one, rows in self.foreign.items():
            for row in rows:
                referring.setdefault(self._other(row), set()).add(one)
        for place in self.named:
            self.near |= referring.get(place, set())
            self.near |= {self._other(row) for row in self.foreign.get(place, ())}
        self.referring = referring
        definitions = self._definitions()
        self.columns = self._grouped(sql.COLUMNS)
        self.views = self._views(definitions)
        self.indexes = self._grouped(sql.INDEXES.format(expression=self._expression()))
        checks = sql.MARIADB_CHECKS if _is_mariadb(self.connection) else sql.MYSQL_CHECKS
        self.checks = self._grouped(checks)
        relations = {place: rows[0] for place, rows in self._grouped(sql.TABLES).items()}
        counted = self._counted(relations)
        tables = {place: self._table(place, row, counted) for place, row in relations.items()}
        return {table.key: table for table in tables.values()} | {
            key: tables[found[0]]
            for key, places in self.asked.items()
            if (found := [place for place in places if place in tables])
        }

    def _expression(self) -> str:
        version = Database(self.connection).version
        # MySQL Reference Manual, "The INFORMATION_SCHEMA STATISTICS Table": since 8.0.13
        known = not _is_mariadb(self.connection) and version >= (8, 0, 13)
        return "expression" if known else "NULL"

    def _place(self, schema: str, name: str) -> Place:
        return self._fold(schema), self._fold(name)

    def _other(self, row: Row[Any]) -> Place:
        return self._place(row.other_schema, row.other_name)

    def _key(self, place: Place) -> str:
        return place[1] if place[0] == self._fold(self.default) else ".".join(place)

    def _grouped(self, query: str) -> dict[Place, list[Row[Any]]]:
        """The rows of a query by table; of the tables that are near, where it asks for names."""
        wanted = {"schemas": {place[0] for place in self.near}}
        if ":names" in query:
            wanted["names"] = {place[1] for place in self.near}
        statement = sa.text(query).bindparams(
            *(sa.bindparam(name, sorted(found), expanding=True) for name, found in wanted.items())
        )
        found: dict[Place, list[Row[Any]]] = {}
        for row in self.connection.execute(statement):
            place = self._place(row.schema, row.name)
            if place in self.near or "names" not in wanted:
                found.setdefault(place, []).append(row)
        return found

    def _definitions(self) -> dict[Place, str]:
        """The text of the views that name a table, which are near from now on."""
        found = {
            place: str(rows[0].definition or "") for place, rows in self._grouped(sql.VIEWS).items()
        }
        marks = {f"`{name}`" for _, name in self.named}
        naming = {
            place: definition
            for place, definition in found.items()
            if any(mark in self._fold(definition) for mark in marks)
        }
        self.near |= naming.keys()
        return naming

    def _views(self, definitions: Mapping[Place, str]) -> dict[str, Views]:
        return views_of(
            {".".join(place): self._fold(text) for place, text in definitions.items()},
            {".".join(p): [row.column for row in rows] for p, rows in self.columns.items()},
            "mysql",
        )

    def _counted(self, relations: Mapping[Place, Row[Any]]) -> dict[Place, int]:
        """InnoDB's estimate lags behind; few rows are counted."""
        small = [
            place
            for place, row in relations.items()
            if row.kind == "BASE TABLE" and (row.estimate or 0) < LIMIT
        ]
        names = {number: tuple(relations[place][:2]) for number, place in enumerate(small)}
        try:
            found = rows_counted(self.connection, names)
        except DBAPIError as error:  # one of them is locked, or closed to this role
            if error.connection_invalidated:
                raise
            return {}
        return {small[number]: rows for number, rows in found.items()}

    def _table(self, place: Place, row: Row[Any], counted: Mapping[Place, int]) -> Table:
        is_view = "VIEW" in (row.kind or "")
        rows = max(counted.get(place, 0), row.estimate or 0)
        if counted.get(place, LIMIT + 1) <= LIMIT:
            rows = counted[place]
        kind = "mariadb" if _is_mariadb(self.connection) else "mysql"
        columns = [_column(each, row.collation, kind) for each in self.columns.get(place, ())]
        views = self.views.get(".".join(place), Views())
        constraints = (*self._keys(place), *self._foreign_keys(place), *self._checks(place))
        return Table(
            key=self._key(place),
            columns={each.name: each for each in columns},
            constraints={str(each.name): each for each in constraints},
            indexes={str(each.name): each for each in self._indexes(place)},
            complete=True,
            kind="view" if is_view else "table",
            rows=None if is_view or row.estimate is None else rows,
            bytes=None if row.bytes is None else int(row.bytes),
            partitioned=bool(row.partitioned),
            views=self._keys_of(tuple(view.split(".", 1)) for view in views.keys),
            used_by_views=frozenset(views.columns),
            referenced_by=self._keys_of(self.referring.get(place, ())),
        )

    def _keys_of(self, places: Iterable[Any]) -> tuple[str, ...]:
        return tuple(sorted(self._key(place) for place in places))

    def _indexes(self, place: Place) -> Iterator[Index]:
        rows = sorted(self.indexes.get(place, ()), key=lambda row: row.index)
        for name, group in groupby(rows, key=lambda row: row.index):
            parts = list(group)
            yield Index(
                name=name,
                columns=tuple(part.column or part.expression or "" for part in parts),
                unique=not parts[0].non_unique,
                method=parts[0].method.lower(),
                expressions=any(part.column is None for part in parts),
            )

    def _keys(self, place: Place) -> Iterator[Constraint]:
        """MariaDB and MySQL make no difference between a unique constraint and a unique index."""
        for index in self._indexes(place):
            if index.unique:
                kind = "primary key" if index.name == "PRIMARY" else "unique"
                yield Constraint(kind, index.name, index.columns)

    def _foreign_keys(self, place: Place) -> Iterator[Constraint]:
        rows = self.foreign.get(place, ())
        for name, group in groupby(rows, key=lambda row: row.constraint):
            parts = list(group)
            yield Constraint(
                kind="foreign key",
                name=name,
                columns=tuple(part.column for part in parts),
                refers_to=self._key(self._other(parts[0])),
                referred_columns=tuple(part.other_column for part in parts),
            )

    def _checks(self, place: Place) -> Iterator[Constraint]:
        for row in self.checks.get(place, ()):
            enforced = row.enforced == "YES"
            yield Constraint("check", row.constraint, enforced=enforced, expression=row.expression)


def _pairs(key: str, default: str) -> list[Place]:
    """Where a key may be found, in order: a dot may be a part of a quoted name."""
    dots = [index for index, letter in enumerate(key) if letter == "."]
    return [(key[:dot], key[dot + 1 :]) for dot in dots] + [(default, key)]


def _column(row: Row[Any], collation: str | None, kind: str) -> Column:
    extra = row.extra.lower()
    generated = [word for word in ("stored", "virtual") if f"{word} generated" in extra]
    return Column(
        name=row.column,
        type=_type(_text(row.type), kind),
        nullable=row.nullable == "YES",
        default=_default(_text(row.default_sql), extra, kind),
        identity="auto_increment" in extra,
        generated=generated[0] if generated else None,
        collation=None if collation in (None, row.collation) else row.collation,
    )


def _type(text: str, kind: str) -> SqlType:
    """Without the display width of an integer, which is no part of its type (MySQL Reference
    Manual, "Numeric Type Attributes"); ``tinyint(1)`` is how both spell BOOLEAN.
    """
    found = parse_type(text, kind)
    if found.name in _INTEGERS and (found.name, found.arguments) != ("tinyint", ("1",)):
        return replace(found, arguments=())
    return found


def _text(value: Any) -> Any:
    """MySQL's drivers give longtext as bytes."""
    return value.decode() if isinstance(value, bytes) else value


def _default(default: str | None, extra: str, kind: str) -> str | None:
    """SQL of a default: MariaDB gives SQL since 10.2.7, MySQL a literal without its quotes."""
    if kind == "mariadb":
        return None if default == "NULL" else default
    if default is None or "default_generated" in extra or default.startswith("b'"):
        return default
    return "'" + default.replace("'", "''") + "'"


def _is_mariadb(connection: Connection) -> bool:
    return bool(getattr(connection.dialect, "is_mariadb", False))
