"""What a statement does, in the terms of SQL: frozen values, the same for every way to say it.

``op.add_column()``, an ``ALTER TABLE`` in ``op.execute()`` and the ``ADD COLUMN`` among the clauses
of a longer one are each an :class:`AddColumn`. A statement may do several things; what a rule does
not need to tell apart shares a class, with a ``kind`` in the words of the manual.

Tables are known by their keys: see :mod:`alembic_guard.schema`.
What is done to rows and sessions is in :mod:`~alembic_guard.ddl.data`, what is done to objects that
are no tables in :mod:`~alembic_guard.ddl.objects`.
"""

from __future__ import annotations

from dataclasses import dataclass

from alembic_guard.schema import Column, Constraint, Index
from alembic_guard.sql_types import SqlType


@dataclass(frozen=True)
class Action:
    """Anything that a statement does."""


@dataclass(frozen=True)
class OnTable(Action):
    """What is done to one table, known by its key; "" where that is not said."""

    table: str


# --- Tables --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CreateTable(OnTable):
    """CREATE TABLE, also ``AS`` a query.

    :param constraints: those of the table, not those behind a column.
    :param indexes: those that MariaDB and MySQL define within it.
    :param partition_of: the parent; :param inherits: the parents of an inheritance.
    :param like: the tables whose columns it takes besides its own.
    :param foreign: whether its rows are on another server.
    """

    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    if_not_exists: bool = False
    partition_of: str | None = None
    partitioned: bool = False
    inherits: tuple[str, ...] = ()
    as_query: bool = False
    temporary: bool = False
    like: tuple[str, ...] = ()
    foreign: bool = False


@dataclass(frozen=True)
class DropTable(OnTable):
    """DROP TABLE; a statement that drops several is several of these."""

    cascade: bool = False
    if_exists: bool = False


@dataclass(frozen=True)
class RenameTable(OnTable):
    """RENAME TO; :param new: a key."""

    new: str


@dataclass(frozen=True)
class SetSchema(OnTable):
    """ALTER TABLE … SET SCHEMA."""

    schema: str


@dataclass(frozen=True)
class AlterTable(OnTable):
    """A clause of ALTER TABLE that has no class of its own.

    :param kind: in the manual's words: ``set logged``, ``set unlogged``, ``set tablespace``,
        ``set access method``, ``set parameters``, ``owner``, ``enable row level security``,
        ``disable row level security``, ``force row level security``, ``replica identity``,
        ``inherit``, ``no inherit``, ``enable trigger``, ``disable trigger``, ``enable rule``,
        ``disable rule``, ``cluster on``; MariaDB and MySQL: ``engine``, ``partition by``,
        ``convert to character set``, ``comment``, ``algorithm``, ``lock``; else as it is written.
    :param detail: what follows, such as the name of an engine, or ``copy`` for ``algorithm``.
    """

    kind: str
    detail: str = ""


@dataclass(frozen=True)
class AttachPartition(OnTable):
    """ALTER TABLE … ATTACH PARTITION; also of an index, with ``index``."""

    partition: str
    index: bool = False


@dataclass(frozen=True)
class DetachPartition(OnTable):
    """ALTER TABLE … DETACH PARTITION."""

    partition: str
    concurrently: bool = False


# --- Columns -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AddColumn(OnTable):
    """ADD COLUMN.

    :param position: MariaDB's and MySQL's ``first`` or ``after``; None at the end.
    """

    column: Column
    if_not_exists: bool = False
    position: str | None = None


@dataclass(frozen=True)
class OnColumn(OnTable):
    """What is done to one column."""

    column: str


@dataclass(frozen=True)
class DropColumn(OnColumn):
    """DROP COLUMN."""

    cascade: bool = False


@dataclass(frozen=True)
class RenameColumn(OnColumn):
    """RENAME COLUMN."""

    new: str


@dataclass(frozen=True)
class SetType(OnColumn):
    """ALTER COLUMN … TYPE.

    :param using: SQL of the conversion; :param existing: the type before, where the directive says.
    """

    type: SqlType
    using: str | None = None
    existing: SqlType | None = None
    collation: str | None = None


@dataclass(frozen=True)
class SetNotNull(OnColumn):
    """ALTER COLUMN … SET NOT NULL."""


@dataclass(frozen=True)
class DropNotNull(OnColumn):
    """ALTER COLUMN … DROP NOT NULL."""


@dataclass(frozen=True)
class SetDefault(OnColumn):
    """ALTER COLUMN … SET DEFAULT."""

    default: str


@dataclass(frozen=True)
class DropDefault(OnColumn):
    """ALTER COLUMN … DROP DEFAULT."""


@dataclass(frozen=True)
class AlterColumn(OnColumn):
    """A change of a column that has no class of its own.

    :param kind: ``add identity``, ``set identity``, ``drop identity``, ``set expression``,
        ``drop expression``, ``set statistics``, ``set storage``, ``set compression``, ``comment``.
    """

    kind: str


@dataclass(frozen=True)
class ModifyColumn(OnColumn):
    """MariaDB's and MySQL's MODIFY and CHANGE, which define the whole column anew.

    :param definition: the column as it will be; its name is new where it is renamed.
    :param existing: what the directive said of it before (``existing_type`` and its like), None
        for SQL.
    :param said: the parts that the directive said: ``type``, ``nullable``, ``default``,
        ``comment``, ``autoincrement``.
    """

    definition: Column
    existing: Column | None = None
    said: frozenset[str] = frozenset()
    position: str | None = None


# --- Constraints ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class AddConstraint(OnTable):
    """ADD CONSTRAINT."""

    constraint: Constraint


@dataclass(frozen=True)
class DropConstraint(OnTable):
    """DROP CONSTRAINT; :param kind: as of a constraint, where it is said."""

    name: str | None
    kind: str | None = None
    cascade: bool = False


@dataclass(frozen=True)
class ValidateConstraint(OnTable):
    """VALIDATE CONSTRAINT."""

    name: str


# --- Indexes -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CreateIndex(OnTable):
    """CREATE INDEX.

    :param only: ``ON ONLY`` a partitioned table.
    :param options: MariaDB's and MySQL's ``algorithm=copy``, ``lock=shared``.
    """

    index: Index
    concurrently: bool = False
    if_not_exists: bool = False
    only: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class DropIndex(OnTable):
    """DROP INDEX; the table is "" where the statement does not say it.

    :param name: a key, with the schema where that is written.
    """

    name: str
    concurrently: bool = False
    cascade: bool = False
    if_exists: bool = False


@dataclass(frozen=True)
class Reindex(Action):
    """REINDEX.

    :param kind: ``index``, ``table``, ``schema``, ``database`` or ``system``.
    :param table: key of the index's table, "" where it is not known.
    """

    kind: str
    name: str
    concurrently: bool = False
    table: str = ""


@dataclass(frozen=True)
class Rebuild(OnTable):
    """SQLite's batch mode: a new table, all rows copied, the old one dropped, the new renamed.

    :param changes: what it is done for.
    """

    changes: tuple[Action, ...] = ()
