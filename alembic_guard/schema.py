"""What is known of a database and its tables: frozen values, and nothing that asks.

A statement defines columns, constraints and indexes in the same terms in which a server describes
those that it has. Nothing is guessed: what is not known is None, and a table that is not known is
not there.

Tables are known by a key: ``name``, or ``schema.name`` where the schema is written and is not the
default one; quotes are taken off, and what was not quoted is folded as the database does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from alembic_guard.sql_types import SqlType


@dataclass(frozen=True)
class Constraint:
    """A constraint of a table or, written behind its column, of one column.

    :param kind: ``primary key``, ``unique``, ``foreign key``, ``check``, ``exclude`` or
        ``not null``.
    :param name: None where the database makes one up.
    :param columns: in order; of a check those that are known.
    :param valid: False for ``NOT VALID``.
    :param using_index: the index that a key takes over.
    :param refers_to: key of the table that a foreign key refers to.
    :param referred_columns: empty where the primary key is meant.
    :param expression: of a check, as SQL.
    """

    kind: str
    name: str | None = None
    columns: tuple[str, ...] = ()
    valid: bool = True
    enforced: bool = True
    using_index: str | None = None
    refers_to: str | None = None
    referred_columns: tuple[str, ...] = ()
    expression: str | None = None


@dataclass(frozen=True)
class Column:
    """A column as a statement defines it, or as a database has it.

    :param type: None where it is not known.
    :param nullable: None where it is not known; False is ``NOT NULL``.
    :param default: SQL of the server's default.
    :param identity: ``GENERATED … AS IDENTITY``, or ``AUTO_INCREMENT``.
    :param generated: ``stored`` or ``virtual``.
    :param constraints: those written behind the column: its key, check or reference.
    :param python_default: whether the model has a default that the database never sees.
    """

    name: str
    type: SqlType | None = None
    nullable: bool | None = True
    default: str | None = None
    identity: bool = False
    generated: str | None = None
    collation: str | None = None
    constraints: tuple[Constraint, ...] = ()
    python_default: bool = False


@dataclass(frozen=True)
class Index:
    """An index.

    :param name: None where the database makes one up.
    :param columns: in order; an expression as its SQL.
    :param method: ``btree``, ``gin``, ``hash``…; :param where: SQL of a partial one.
    :param expressions: whether any of its columns is an expression.
    :param valid: False for what a failed ``CREATE INDEX CONCURRENTLY`` left.
    """

    name: str | None = None
    columns: tuple[str, ...] = ()
    unique: bool = False
    method: str | None = None
    where: str | None = None
    include: tuple[str, ...] = ()
    expressions: bool = False
    valid: bool = True


@dataclass(frozen=True)
class Table:
    """A table, or a view.

    :param key: ``name``, or ``schema.name`` outside of the default schema.
    :param columns: by name; :param constraints: by name; :param indexes: by name, without schema.
    :param complete: whether these are all of them, or just what a run has seen being added.
    :param kind: ``table``, ``view``, ``materialized view`` or ``foreign table``.
    :param rows: an estimate, None where it is not known; :param bytes: with its indexes.
    :param partitioned: whether it is a partitioned one; :param partitions: their keys.
    :param partition_key: of a partitioned one, as PostgreSQL writes it: ``RANGE (at)``.
    :param default_partition: key of the DEFAULT one.
    :param partition_of: its parent.
    :param views: keys of the views that read it; :param used_by_views: columns that any of them
        reads.
    :param referenced_by: keys of the tables whose foreign keys refer to it.
    """

    key: str
    columns: Mapping[str, Column] = field(default_factory=dict)
    constraints: Mapping[str, Constraint] = field(default_factory=dict)
    indexes: Mapping[str, Index] = field(default_factory=dict)
    complete: bool = False
    kind: str = "table"
    rows: int | None = None
    bytes: int | None = None
    partitioned: bool = False
    partitions: tuple[str, ...] = ()
    partition_key: str | None = None
    default_partition: str | None = None
    partition_of: str | None = None
    views: tuple[str, ...] = ()
    used_by_views: frozenset[str] = frozenset()
    referenced_by: tuple[str, ...] = ()

    def with_column(self, column: Column) -> Table:
        """The same with a column added or changed."""
        return replace(self, columns={**self.columns, column.name: column})

    def constraints_of(self, kind: str) -> Iterable[Constraint]:
        """The constraints of a kind; a primary key, a unique constraint, a foreign key…"""
        return (each for each in self.constraints.values() if each.kind == kind)


@dataclass(frozen=True)
class Functions:
    """What a server says of functions, for the question whether a default is volatile.

    :param volatility: by name, without schema: ``immutable``, ``stable`` or ``volatile``.
    """

    volatility: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """The database that a migration is for.

    :param kind: ``postgresql``, ``mariadb``, ``mysql``, ``sqlite``, or a dialect's own name.
    :param version: such as ``(15, 20)``; what was assumed where nobody was asked.
    :param live: whether a database was asked.
    :param timezone: of its sessions, in lower case; PostgreSQL.
    :param lock_timeout: seconds that a session there waits for a lock; 0 is for ever, None unknown.
    :param strict: MariaDB and MySQL: whether the SQL mode is strict; None unknown.
    :param charset: of its tables by default; MariaDB and MySQL.
    :param transactional_ddl: whether DDL is rolled back with its transaction.
    :param functions: of the server.
    """

    kind: str = "postgresql"
    version: tuple[int, ...] = ()
    live: bool = False
    timezone: str | None = None
    lock_timeout: float | None = None
    strict: bool | None = None
    charset: str | None = None
    transactional_ddl: bool = True
    functions: Functions = field(default_factory=Functions)

    @property
    def is_mysql(self) -> bool:
        """Whether it is MariaDB or MySQL."""
        return self.kind in ("mariadb", "mysql")

    @property
    def major(self) -> int:
        """The first number of its version; 0 where there is none."""
        return self.version[0] if self.version else 0
