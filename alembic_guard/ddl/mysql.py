"""How MariaDB 10.6+ and MySQL 8.0+ carry out a change of an InnoDB table, and what that blocks.

Sources: "Online DDL Operations" of the MySQL 8.4 manual, "InnoDB Online DDL" of the MariaDB
Knowledge Base, and MariaDB 10.11, which tests/ddl/test_mysql.py asks anew for each row.
Promised: where the table or the type of before is not known, the heavier of the answers that are
possible. Not promised: other engines than InnoDB; the row format COMPRESSED, in which nothing
but metadata is changed instantly.

Every one of them, the instant ones too, takes the table's metadata lock for a moment, behind the
transactions that use the table.
"""

from __future__ import annotations

from dataclasses import replace

from alembic_guard.ddl.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AlterColumn,
    AlterTable,
    CreateIndex,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropNotNull,
    ModifyColumn,
    OnTable,
    RenameColumn,
    SetNotNull,
    SetType,
)
from alembic_guard.ddl.mysql_algorithm import (
    INSTANT,
    METADATA,
    REBUILD,
    SLOW_REBUILD,
    Algorithm,
    copied,
    heaviest,
)
from alembic_guard.ddl.mysql_columns import evaluated_for_each_row, modified, renamed
from alembic_guard.ddl.objects import AlterObject, Rename
from alembic_guard.schema import Table, Target

__all__ = ["Algorithm", "algorithm"]


def algorithm(
    action: Action, target: Target, table: Table | None = None, *, foreign_key_checks: bool = True
) -> Algorithm:
    """What the server chooses for one change where the statement does not say it.

    A statement is as slow as the slowest of its changes, but for DROP PRIMARY KEY with ADD PRIMARY
    KEY, which is done as the latter alone.

    :param table: what is known of it.
    :param foreign_key_checks: the variable of the session.
    :return: "copy" for a change of a table that is not known; "instant" for what is no change of
        one.
    """
    if not isinstance(action, OnTable):
        return INSTANT if not isinstance(action, Rename | AlterObject) else metadata(target)
    found = of_change(action, target, table, foreign_key_checks)
    if found.rebuilds and found.name == "inplace" and has_fulltext(table):
        # MariaDB: "Fulltext index creation requires a lock"; the rebuild creates it anew.
        return SLOW_REBUILD
    return found


def of_change(
    action: OnTable, target: Target, table: Table | None, foreign_key_checks: bool
) -> Algorithm:
    """:func:`algorithm` of a change of a table."""
    match action:
        case AddColumn():
            return added(action, target, table)
        case DropColumn():
            return dropped(action, target, table)
        case ModifyColumn():
            return modified(action, target, table)
        case SetType() | AlterColumn():
            return copied(target)
        case SetNotNull() | DropNotNull():
            return REBUILD
        case RenameColumn():
            return renamed(target)
        case AddConstraint():
            return constrained(action, target, table, foreign_key_checks)
        case DropConstraint():
            return unconstrained(action, target)
        case CreateIndex():
            return indexed(action, target, table)
        case DropIndex():
            return METADATA
        case AlterTable():
            return altered(action, target)
    return INSTANT


def metadata(target: Target) -> Algorithm:
    """What changes nothing but metadata: MySQL calls it in place where MariaDB calls it instant."""
    return INSTANT if target.kind == "mariadb" else METADATA


def has_fulltext(table: Table | None) -> bool:
    """Whether a table has a full-text index, with which no column is added instantly."""
    return table is not None and any(each.method == "fulltext" for each in table.indexes.values())


def added(action: AddColumn, target: Target, table: Table | None) -> Algorithm:
    """ADD COLUMN."""
    column = action.column
    kinds = {constraint.kind for constraint in column.constraints}
    # MySQL reads an inline REFERENCES and ignores it ("FOREIGN KEY Constraints"), up to 9.0.
    refers = "foreign key" in kinds and (target.kind == "mariadb" or target.major >= 9)
    if refers or column.generated == "stored":
        return copied(target)
    if evaluated_for_each_row(column.default, target):
        return copied(target)
    if "check" in kinds and target.kind != "mariadb":
        return copied(target)
    if column.identity:
        return SLOW_REBUILD
    if kinds & {"unique", "primary key"} or has_fulltext(table):
        return REBUILD
    return INSTANT if added_instantly(action, target) else REBUILD


def added_instantly(action: AddColumn, target: Target) -> bool:
    """Whether a plain column is added instantly: MariaDB 10.4, MySQL 8.0.12, anywhere 8.0.29."""
    if target.kind == "mariadb" or not target.version:
        return target.kind == "mariadb" or action.position is None
    return target.version >= ((8, 0, 12) if action.position is None else (8, 0, 29))


def dropped(action: DropColumn, target: Target, table: Table | None) -> Algorithm:
    """DROP COLUMN: instant from MariaDB 10.4 and MySQL 8.0.29, where no index has the column."""
    indexes = table.indexes.values() if table is not None else ()
    is_indexed = any(action.column in each.columns for each in indexes)
    if has_fulltext(table):
        return REBUILD
    if target.kind == "mariadb":
        return METADATA if is_indexed else INSTANT
    return INSTANT if target.version >= (8, 0, 29) and not is_indexed else REBUILD


def constrained(
    action: AddConstraint, target: Target, table: Table | None, foreign_key_checks: bool
) -> Algorithm:
    """ADD CONSTRAINT: unchecked, a foreign key costs the index that it needs."""
    kind, columns = action.constraint.kind, action.constraint.columns
    if kind == "foreign key" and not foreign_key_checks:
        indexes = table.indexes.values() if table is not None else ()
        is_indexed = any(each.columns[: len(columns)] == columns for each in indexes)
        return metadata(target) if is_indexed else METADATA
    if kind == "unique":
        return METADATA
    return REBUILD if kind == "primary key" else copied(target, online=kind == "check")


def unconstrained(action: DropConstraint, target: Target) -> Algorithm:
    """DROP CONSTRAINT, where a unique constraint is an index."""
    if action.kind == "primary key":
        return copied(target)
    return METADATA if action.kind == "unique" else metadata(target)


def indexed(action: CreateIndex, target: Target, table: Table | None) -> Algorithm:
    """CREATE INDEX, with what its options ask for.

    It is built in place, and the table is not, but for its first full-text index, which adds a
    hidden column.
    """
    found = METADATA
    if action.index.method in ("fulltext", "spatial"):
        rebuilds = action.index.method == "fulltext" and not has_fulltext(table)
        found = Algorithm("inplace", "writes", rebuilds=rebuilds)
    if "algorithm=copy" in action.options:
        found = copied(target)
    if "lock=shared" in action.options:
        found = heaviest(found, replace(found, blocks="writes"))
    if "lock=exclusive" in action.options:
        found = replace(found, blocks="everything")
    return found


# Clauses that change nothing but metadata.
OF_METADATA = frozenset(
    {"comment", "auto_increment", "algorithm", "lock", "wait", "nowait", "alter column"}
    | {"stats_persistent", "stats_auto_recalc", "stats_sample_pages"}
)
REBUILDING = frozenset({"force", "row_format", "key_block_size"})


def altered(action: AlterTable, target: Target) -> Algorithm:
    """A clause of ALTER TABLE that has no class of its own."""
    if action.kind in OF_METADATA:
        is_instant = action.kind not in ("comment", "auto_increment")
        return INSTANT if is_instant else metadata(target)
    if action.kind in ("character set", "charset", "collate"):
        # The default of columns that come; MySQL: "rebuilds if the new encoding is different".
        return INSTANT if target.kind == "mariadb" else REBUILD
    if action.kind in REBUILDING or (action.kind == "engine" and is_innodb(action.detail)):
        return REBUILD
    if action.kind == "drop system versioning":
        return SLOW_REBUILD
    return copied(target, online=action.kind == "convert to character set")


def is_innodb(engine: str) -> bool:
    """Whether it is InnoDB: ENGINE=InnoDB rebuilds a table that is one already."""
    return engine.lower() == "innodb"
