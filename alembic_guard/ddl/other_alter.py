"""Reads ALTER TABLE of MariaDB, MySQL and SQLite: each of its clauses is an action.

What has no class of its own is an :class:`~alembic_guard.ddl.actions.AlterTable` in its own words.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AlterTable,
    CreateIndex,
    DropColumn,
    DropConstraint,
    DropDefault,
    DropIndex,
    DropNotNull,
    ModifyColumn,
    RenameColumn,
    RenameTable,
    SetDefault,
    SetNotNull,
)
from alembic_guard.ddl.objects import AlterObject, Rename
from alembic_guard.ddl.other_columns import (
    at_element,
    read_column,
    read_default,
    read_element,
    read_index_name,
)
from alembic_guard.ddl.tokens import Cursor
from alembic_guard.schema import Constraint, Index

# MySQL manual "ALTER TABLE Statement", partition_options; MariaDB "ALTER TABLE", Partitions.
# fmt: off
OF_PARTITIONS = frozenset(
    {
        "ADD", "DROP", "DISCARD", "IMPORT", "TRUNCATE", "COALESCE", "REORGANIZE", "EXCHANGE",
        "CONVERT", "ANALYZE", "CHECK", "OPTIMIZE", "REBUILD", "REPAIR"
    }
)
# fmt: on
OPTIONS_OF_WORDS = (
    ("CONVERT", "TO", "CHARACTER", "SET"),
    ("PARTITION", "BY"),
    ("REMOVE", "PARTITIONING"),
    ("ORDER", "BY"),
    ("DISCARD", "TABLESPACE"),
    ("IMPORT", "TABLESPACE"),
    ("ADD", "SYSTEM", "VERSIONING"),
    ("DROP", "SYSTEM", "VERSIONING"),
    ("ENABLE", "KEYS"),
    ("DISABLE", "KEYS"),
    ("WITH", "VALIDATION"),
    ("WITHOUT", "VALIDATION"),
)


def read_alter_table(cursor: Cursor) -> Iterator[Action]:
    """Read ALTER TABLE behind the word ALTER.

    :raises Unreadable: what the cursor raises.
    """
    # MariaDB "ALTER TABLE": ONLINE is LOCK=NONE.
    online = cursor.take("ONLINE")
    cursor.take("IGNORE")
    cursor.need("TABLE")
    cursor.take("IF", "EXISTS")
    table = cursor.key()
    if cursor.at_any("WAIT", "NOWAIT"):
        wait = cursor.next().word
        yield AlterTable(table, wait.lower(), cursor.next().text if wait == "WAIT" else "")
    if online:
        yield AlterTable(table, "lock", "none")
    if at_partitions(cursor):
        yield read_partitions(cursor, table)
        return
    for part in cursor.parts():
        yield from read_clause(part, table)


def at_partitions(cursor: Cursor) -> bool:
    """Whether a clause on partitions comes, which is always the only one."""
    return cursor.peek().word in OF_PARTITIONS and cursor.peek(1).word == "PARTITION"


def read_partitions(cursor: Cursor, table: str) -> Action:
    """Read a clause on partitions: ``drop partition`` and its like, with what it is about."""
    verb = cursor.next().word.lower()
    cursor.need("PARTITION")
    return AlterTable(table, f"{verb} partition", cursor.rest())


def read_clause(cursor: Cursor, table: str) -> Iterator[Action]:
    """Read one clause, with the options that follow it without a comma."""
    for words in OPTIONS_OF_WORDS:
        if cursor.take(*words):
            yield AlterTable(table, " ".join(words).lower(), cursor.rest())
            return
    if cursor.take("ADD"):
        yield from read_add(cursor, table)
    elif cursor.take("DROP"):
        yield read_drop(cursor, table)
    elif verb := cursor.take_any("MODIFY", "CHANGE"):
        yield read_modify(cursor, table, renames=verb == "CHANGE")
    elif cursor.take("ALTER"):
        yield from read_alter(cursor, table)
    elif cursor.take("RENAME"):
        yield read_rename(cursor, table)
    else:
        yield from read_options(cursor, table)


def read_add(cursor: Cursor, table: str) -> Iterator[Action]:
    """Read ADD: columns, a constraint or an index."""
    if at_element(cursor):
        if_not_exists = cursor.at("INDEX", "IF") or cursor.at("KEY", "IF")
        element = read_element(cursor)
        if isinstance(element, Constraint):
            yield AddConstraint(table, element)
        elif isinstance(element, Index):
            yield CreateIndex(table, element, if_not_exists=if_not_exists)
        else:
            yield AlterTable(table, "add period")
        return
    cursor.take("COLUMN")
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    columns = cursor.brackets().parts() if cursor.at("(") else [cursor]
    for part in columns:
        found = read_column(part)
        yield AddColumn(table, found.column, if_not_exists, found.position)


def read_drop(cursor: Cursor, table: str) -> Action:
    """Read DROP: a column, a constraint or an index."""
    if cursor.take("PRIMARY", "KEY"):
        return DropConstraint(table, None, "primary key")
    if cursor.take("FOREIGN", "KEY"):
        cursor.take("IF", "EXISTS")
        return DropConstraint(table, cursor.name(), "foreign key")
    if cursor.take_any("INDEX", "KEY"):
        if_exists = cursor.take("IF", "EXISTS")
        return DropIndex(table, cursor.name(), if_exists=if_exists)
    if word := cursor.take_any("CONSTRAINT", "CHECK"):
        cursor.take("IF", "EXISTS")
        return DropConstraint(table, cursor.name(), "check" if word == "CHECK" else None)
    if cursor.take("PERIOD"):
        return AlterTable(table, "drop period")
    cursor.take("COLUMN")
    cursor.take("IF", "EXISTS")
    return DropColumn(table, cursor.name(), cascade=cursor.take("CASCADE"))


def read_modify(cursor: Cursor, table: str, *, renames: bool) -> Action:
    """Read MODIFY or CHANGE, behind the word; :param renames: whether the old name comes first."""
    cursor.take("COLUMN")
    cursor.take("IF", "EXISTS")
    old = cursor.name() if renames else None
    found = read_column(cursor)
    column = found.column.name if old is None else old
    return ModifyColumn(table, column, found.column, position=found.position)


def read_alter(cursor: Cursor, table: str) -> Iterator[Action]:
    """Read ALTER of a column, an index or a check, behind the word."""
    if kind := cursor.take_any("INDEX", "KEY", "CHECK", "CONSTRAINT"):
        cursor.take("IF", "EXISTS")
        name = cursor.name()
        word = "index" if kind in ("INDEX", "KEY") else "constraint"
        yield AlterObject(word, name, cursor.rest().lower())
        return
    cursor.take("COLUMN")
    cursor.take("IF", "EXISTS")
    column = cursor.name()
    if cursor.take("SET", "DEFAULT"):
        yield SetDefault(table, column, read_default(cursor))
    elif cursor.take("DROP", "DEFAULT"):
        yield DropDefault(table, column)
    elif cursor.take("SET", "NOT", "NULL"):
        # SQLite, from 3.53.
        yield SetNotNull(table, column)
    elif cursor.take("DROP", "NOT", "NULL"):
        yield DropNotNull(table, column)
    else:
        yield AlterTable(table, "alter column", f"{column} {cursor.rest()}")


def read_rename(cursor: Cursor, table: str) -> Action:
    """Read RENAME of the table, a column or an index, behind the word."""
    if cursor.take_any("INDEX", "KEY"):
        cursor.take("IF", "EXISTS")
        old = read_index_name(cursor) or ""
        cursor.need("TO")
        return Rename("index", old, cursor.name(), table)
    if cursor.take("COLUMN"):
        cursor.take("IF", "EXISTS")
        return renamed_column(cursor, table)
    # SQLite's RENAME a TO b has no COLUMN; MySQL's RENAME [TO | AS | =] b is of the table.
    if cursor.peek(1).word == "TO":
        return renamed_column(cursor, table)
    _ = cursor.take_any("TO", "AS") or cursor.take("=")
    return RenameTable(table, cursor.key())


def renamed_column(cursor: Cursor, table: str) -> Action:
    """Read ``a TO b``."""
    old = cursor.name()
    cursor.need("TO")
    return RenameColumn(table, old, cursor.name())


def read_options(cursor: Cursor, table: str) -> Iterator[Action]:
    """Read options of the table with blanks between: ``engine``, ``lock``, as they are written."""
    while not cursor.done:
        cursor.take("DEFAULT")
        if cursor.take("PARTITION", "BY"):
            yield AlterTable(table, "partition by", cursor.rest())
            return
        kind = cursor.next().text.lower()
        if kind == "character" and cursor.take("SET"):
            kind = "character set"
        if kind in ("data", "index") and cursor.take("DIRECTORY"):
            kind = f"{kind} directory"
        cursor.take("=")
        detail = "" if cursor.done else read_value(cursor)
        yield AlterTable(table, kind, detail.lower() if kind in ("algorithm", "lock") else detail)


def read_value(cursor: Cursor) -> str:
    """Read one word, string or bracket; strings without their quotes."""
    start = cursor.place
    token = cursor.step()
    return cursor.text_from(start) if token.kind == "sign" else token.text
