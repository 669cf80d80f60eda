"""PostgreSQL's tables, out of its catalogue.

The catalogue is read without a lock on any table. What needs one (sizes, and expressions as SQL:
``pg_get_expr``, ``pg_get_indexdef`` and ``pg_total_relation_size`` open the table in ACCESS SHARE
mode; measured on 15.20, where each waits behind ACCESS EXCLUSIVE) is asked only of tables that no
other session holds or waits for in ACCESS EXCLUSIVE mode, in a savepoint under a ``lock_timeout``
of :data:`alembic_guard.runtime.tables_brief.MOMENT`. Of the others the expression of a check is
None, one in an index :data:`UNKNOWN`.

Partitions are the declarative ones; a child by plain inheritance is no partition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from alembic_guard.runtime import tables_postgresql_sql as sql
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.tables_brief import in_transaction, rows_briefly
from alembic_guard.runtime.tables_postgresql_size import sizes
from alembic_guard.schema import Column, Constraint, Index, Table
from alembic_guard.sql_types import parse_type

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

UNKNOWN = "…"
"""In place of the SQL of an index on a table that is locked."""

_KINDS = {"r": "table", "p": "table", "v": "view", "m": "materialized view", "f": "foreign table"}
_CONSTRAINTS = {
    "p": "primary key",
    "u": "unique",
    "f": "foreign key",
    "c": "check",
    "x": "exclude",
    "n": "not null",
}
_GENERATED = {"s": "stored", "v": "virtual"}


def read(connection: Connection, asked: Sequence[str], default: str | None) -> dict[str, Table]:
    """The tables and their neighbours; see :func:`alembic_guard.runtime.tables.known_tables`."""
    with in_transaction(connection):
        path = [default] if default else []
        path += connection.execute(text(sql.SEARCH_PATH)).scalar_one()
        candidates = {key: _candidates(key, path) for key in asked}
        pairs = sorted({pair for found in candidates.values() for pair in found})
        named = {"schemas": [pair[0] for pair in pairs], "names": [pair[1] for pair in pairs]}
        relations = connection.execute(text(sql.RELATIONS), named).all()
        if not relations:
            return {}
        return _Catalogue(connection, relations, default, candidates).tables()


def _candidates(key: str, path: Sequence[str]) -> list[tuple[str, str]]:
    """Where a key may be found, in order: a dot may be a part of a quoted name."""
    dots = [index for index, letter in enumerate(key) if letter == "."]
    return [(key[:dot], key[dot + 1 :]) for dot in dots] + [(schema, key) for schema in path]


class _Catalogue:
    """The rows of the catalogue about some relations, put together by their oids."""

    def __init__(
        self,
        connection: Connection,
        relations: Sequence[Row[Any]],
        default: str | None,
        candidates: Mapping[str, Sequence[tuple[str, str]]],
    ) -> None:
        self.connection = connection
        self.relations = relations
        self.oids = [row.oid for row in relations]
        by_name = {(row.schema, row.name): row.oid for row in relations}
        self.asked = {
            key: by_name[found[0]]
            for key, pairs in candidates.items()
            if (found := [pair for pair in pairs if pair in by_name])
        }
        self.keys = {row.oid: _key(row, default) for row in relations}
        names = {row.oid: row.name for row in relations}
        # what the search path finds is known by the name that finds it
        self.keys |= {oid: key for key, oid in self.asked.items() if key == names[oid]}
        self.default = default
        self.partitions: dict[int, list[int]] = {}
        for row in relations:
            self.partitions.setdefault(row.parent, []).append(row.oid)

    def tables(self) -> dict[str, Table]:
        version = Database(self.connection).version
        enforced = "c.conenforced" if version >= (18,) else "true"
        self._constraints = self._of(sql.CONSTRAINTS.format(enforced=enforced))
        self._columns = self._of(sql.COLUMNS)
        self._indexes = self._of(sql.INDEXES)
        self._views = self._of(sql.VIEWS)
        self._referencing = self._of(sql.REFERENCING)
        self._name_others()
        free = [row.oid for row in self.relations if not row.busy]
        found = rows_briefly(self.connection, sql.EXPRESSIONS, free)
        self._sql = {(row.what, row.id, row.n): row.sql for row in found}
        self._sizes = sizes(self.connection, self.relations)
        tables = {row.oid: self._table(row) for row in self.relations}
        known = {self.keys[oid]: table for oid, table in tables.items()}
        return known | {key: tables[oid] for key, oid in self.asked.items()}

    def _of(self, query: str) -> dict[int, list[Row[Any]]]:
        found: dict[int, list[Row[Any]]] = {oid: [] for oid in self.oids}
        for row in self.connection.execute(text(query), {"oids": self.oids}):
            found[row.oid].append(row)
        return found

    def _name_others(self) -> None:
        """The keys of what is around the neighbours, and no further known."""
        others = {row.refers_to for row in _all(self._constraints) if row.refers_to}
        others |= {row.view for row in _all(self._views)}
        others |= {row.referencing for row in _all(self._referencing)}
        others -= self.keys.keys()
        rows = self.connection.execute(text(sql.NAMES), {"oids": sorted(others)}).all()
        self.keys |= {row.oid: _key(row, self.default) for row in rows}

    def _keys(self, oids: Iterable[int]) -> tuple[str, ...]:
        return tuple(sorted({self.keys[oid] for oid in oids if oid in self.keys}))

    def _table(self, row: Row[Any]) -> Table:
        rows, size = self._sizes[row.oid]
        constraints = {each.name: self._constraint(each) for each in self._constraints[row.oid]}
        # attnotnull is set for a NOT NULL that is NOT VALID, too (PostgreSQL 18, pg_attribute)
        unproven = {
            name
            for each in constraints.values()
            if each.kind == "not null" and not each.valid
            for name in each.columns
        }
        used = self._views[row.oid]
        return Table(
            key=self.keys[row.oid],
            columns={each.name: _column(each, unproven) for each in self._columns[row.oid]},
            constraints=constraints,
            indexes={each.name: self._index(each) for each in self._indexes[row.oid]},
            complete=True,
            kind=_KINDS[row.kind],
            rows=rows,
            bytes=size,
            partitioned=row.kind == "p",
            partitions=self._keys(self.partitions.get(row.oid, ())),
            partition_key=row.partition_key,
            default_partition=self.keys.get(row.default_partition),
            partition_of=self.keys.get(row.parent),
            views=self._keys(each.view for each in used),
            used_by_views=frozenset(each.name for each in used if each.name is not None),
            referenced_by=self._keys(each.referencing for each in self._referencing[row.oid]),
        )

    def _constraint(self, row: Row[Any]) -> Constraint:
        return Constraint(
            kind=_CONSTRAINTS[row.kind],
            name=row.name,
            columns=tuple(row.columns),
            valid=row.valid,
            enforced=row.enforced,
            refers_to=self.keys.get(row.refers_to),
            referred_columns=tuple(row.referred),
            expression=self._sql.get(("check", row.id, 0)),
        )

    def _index(self, row: Row[Any]) -> Index:
        columns = [
            name or self._sql.get(("column", row.id, number), UNKNOWN)
            for number, name in enumerate(row.columns, start=1)
        ]
        return Index(
            name=row.name,
            columns=tuple(columns[: row.keys]),
            unique=row.is_unique,
            method=row.method,
            where=self._sql.get(("where", row.id, 0), UNKNOWN) if row.partial else None,
            include=tuple(columns[row.keys :]),
            expressions=row.expressions,
            valid=row.valid,
        )


def _column(row: Row[Any], unproven: set[str]) -> Column:
    return Column(
        name=row.name,
        type=parse_type(row.type, "postgresql"),
        nullable=not row.not_null or row.name in unproven,
        default=row.default_sql,
        identity=row.identity,
        generated=_GENERATED.get(row.generated),
        collation=row.collation,
    )


def _key(row: Row[Any], default: str | None) -> str:
    return str(row.name) if row.schema == default else f"{row.schema}.{row.name}"


def _all(found: Mapping[int, list[Row[Any]]]) -> Iterable[Row[Any]]:
    return (row for rows in found.values() for row in rows)
