"""Tables as SQLAlchemy's inspector sees them: SQLite's, and those of every other dialect.

Only of SQLite rows, bytes and views are known, too. The inspector asks SQLite several times for
each table, and its queries cross no network. A constraint without a name, which SQLite allows, is
known by its kind and columns.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine.reflection import ObjectKind
from sqlalchemy.exc import DBAPIError, SAWarning

from alembic_guard.runtime import tables_sqlite as sqlite
from alembic_guard.runtime.tables_views import Views, views_of
from alembic_guard.schema import Column, Constraint, Index, Table
from alembic_guard.sql_types import SqlType, parse_type

if TYPE_CHECKING:
    from sqlalchemy import Connection


def read(connection: Connection, asked: Sequence[str], default: str | None) -> dict[str, Table]:
    """The tables and their neighbours; see :func:`alembic_guard.runtime.tables.known_tables`."""
    named: dict[str | None, dict[str, str]] = {}
    for key in asked:
        schema, _, name = key.rpartition(".")
        named.setdefault(schema if schema and schema != default else None, {})[key] = name
    found: dict[str, Table] = {}
    for place, keys in named.items():
        found |= _Schema(connection, place, default).tables(keys)
    return found


class _Schema:
    """The tables of one schema; :param schema: None is the default one."""

    def __init__(self, connection: Connection, schema: str | None, default: str | None) -> None:
        self.connection = connection
        self.schema = schema
        self.default = default
        self.inspector = sa.inspect(connection)
        self.is_sqlite = connection.dialect.name == "sqlite"
        # SQLite's names are the same in capitals (sqlite.org/lang_keywords.html has no other rule)
        self.fold: Callable[[str], str] = str.lower if self.is_sqlite else str
        self.place = schema or (None if self.is_sqlite else default)

    def tables(self, keys: Mapping[str, str]) -> dict[str, Table]:
        real_tables = self.inspector.get_table_names(schema=self.place)
        views = self.inspector.get_view_names(schema=self.place)
        self.kinds = dict.fromkeys(real_tables, "table") | dict.fromkeys(views, "view")
        self.by_fold = {self.fold(name): name for name in self.kinds}
        asked = {
            key: self.by_fold[self.fold(name)]
            for key, name in keys.items()
            if self.fold(name) in self.by_fold
        }
        if not asked:
            return {}
        self._foreign = self._all("foreign_keys", None)
        self._referring: dict[str, set[str]] = {}
        for name, foreign in self._foreign.items():
            for each in foreign:
                self._referring.setdefault(self._referred(each), set()).add(self._key(name))
        near = self._near(set(asked.values()))
        tables = {name: table for name, table in self._described(near)}
        return {table.key: table for table in tables.values()} | {
            key: tables[name] for key, name in asked.items() if name in tables
        }

    def _near(self, asked: set[str]) -> list[str]:
        near = set(asked)
        for name, foreign in self._foreign.items():
            others = {self.by_fold.get(self.fold(each["referred_table"])) for each in foreign}
            if name in asked:
                near |= {other for other in others if other is not None}
            if others & asked:
                near.add(name)
        real = sorted(name for name in near if self.kinds[name] == "table")
        self._columns = self._all("columns", real) if real else {}
        self._views = self._readers()
        views = {view for name in asked for view in self._views.get(name, Views()).keys}
        for view in sorted((near | views) - {*real}):
            with suppress(DBAPIError):  # one that also reads what is gone
                self._columns |= self._all("columns", [view])
                near.add(view)
        return sorted(near & self._columns.keys())

    def _readers(self) -> dict[str, Views]:
        if not self.is_sqlite:
            return {}
        columns = {name: [each["name"] for each in found] for name, found in self._columns.items()}
        return views_of(sqlite.definitions(self.connection, self.schema), columns, "sqlite")

    def _all(self, what: str, names: list[str] | None) -> dict[str, Any]:
        get = getattr(self.inspector, f"get_multi_{what}")
        with warnings.catch_warnings():  # of what it leaves out and nobody here reads
            warnings.simplefilter("ignore", SAWarning)
            try:
                found = get(schema=self.place, filter_names=names, kind=ObjectKind.ANY)
            except NotImplementedError:  # a dialect may leave out what its database has not
                return {}
        return {name: each for (_, name), each in found.items()}

    def _described(self, names: list[str]) -> Iterator[tuple[str, Table]]:
        details = {
            what: self._all(what, names)
            for what in ("pk_constraint", "unique_constraints", "check_constraints")
        }
        indexes = self._indexes(names)
        real = [name for name in names if self.kinds[name] == "table"]
        rows, size = {}, None
        if self.is_sqlite:
            rows = dict(sqlite.rows_of(self.connection, self.schema, real))
            size = sqlite.bytes_of(self.connection, self.schema)
        for name in names:
            constraints = {_label(each): each for each in self._constraints(name, details)}
            constraints |= _unnamed(constraints, indexes.get(name, {}))
            views = self._views.get(name, Views())
            yield (
                name,
                Table(
                    key=self._key(name),
                    columns={each["name"]: self._column(each) for each in self._columns[name]},
                    constraints=constraints,
                    indexes=indexes.get(name, {}),
                    complete=True,
                    kind=self.kinds[name],
                    rows=rows.get(name),
                    bytes=size if name in real else None,
                    views=tuple(sorted(self._key(view) for view in views.keys)),
                    used_by_views=frozenset(views.columns),
                    referenced_by=tuple(sorted(self._referring.get(self._key(name), ()))),
                ),
            )

    def _key(self, name: str) -> str:
        return f"{self.schema}.{name}" if self.schema else name

    def _referred(self, foreign: Any) -> str:
        name = foreign["referred_table"]
        schema = foreign["referred_schema"]
        if schema in (None, self.place, "main" if self.is_sqlite else None):
            return self._key(self.by_fold.get(self.fold(name), name))
        return str(name) if schema == self.default else f"{schema}.{name}"

    def _column(self, found: Any) -> Column:
        computed = found.get("computed")
        identity = bool(found.get("identity")) or found.get("autoincrement") is True
        return Column(
            name=found["name"],
            type=self._type(found["type"]),
            nullable=found["nullable"],
            default=None if computed else found.get("default"),
            identity=identity,
            generated=("stored" if computed.get("persisted") else "virtual") if computed else None,
            collation=getattr(found["type"], "collation", None),
        )

    def _type(self, found: sa.types.TypeEngine[Any]) -> SqlType | None:
        """None for a type that SQLAlchemy does not know, or that a column of SQLite lacks."""
        dialect = self.connection.dialect
        if isinstance(found, sa.types.NullType):
            return None
        return parse_type(found.compile(dialect), dialect.name)

    def _constraints(self, name: str, details: Mapping[str, Any]) -> Iterator[Constraint]:
        key = details["pk_constraint"].get(name) or {}
        if key.get("constrained_columns"):
            yield Constraint("primary key", key.get("name"), tuple(key["constrained_columns"]))
        for each in details["unique_constraints"].get(name, ()):
            yield Constraint("unique", each["name"], tuple(each["column_names"]))
        for each in self._foreign.get(name, ()):
            yield Constraint(
                kind="foreign key",
                name=each["name"],
                columns=tuple(each["constrained_columns"]),
                refers_to=self._referred(each),
                referred_columns=tuple(each["referred_columns"]),
            )
        for each in details["check_constraints"].get(name, ()):
            yield Constraint("check", each["name"], expression=each["sqltext"])

    def _indexes(self, names: list[str]) -> dict[str, dict[str, Index]]:
        if self.is_sqlite:  # the inspector leaves out those with expressions
            return sqlite.indexes(self.connection, self.schema)
        return {
            name: {str(each["name"]): _index(each) for each in found}
            for name, found in self._all("indexes", names).items()
        }


def _unnamed(
    constraints: Mapping[str, Constraint], indexes: Mapping[str, Index]
) -> dict[str, Constraint]:
    """SQLite's unique constraints that the inspector cannot read, by the indexes they made."""
    known = {each.columns for each in constraints.values() if each.kind != "foreign key"}
    found = [
        Constraint("unique", None, index.columns)
        for name, index in indexes.items()
        if name.startswith("sqlite_autoindex_") and index.columns not in known
    ]
    return {_label(each): each for each in found}


def _index(found: Any) -> Index:
    columns = found.get("expressions") or found["column_names"]
    return Index(
        name=found["name"],
        columns=tuple(str(column) for column in columns),
        unique=bool(found["unique"]),
        expressions=None in found["column_names"],
    )


def _label(constraint: Constraint) -> str:
    parts = constraint.expression or ", ".join(constraint.columns)
    return constraint.name or f"{constraint.kind} ({parts})"
