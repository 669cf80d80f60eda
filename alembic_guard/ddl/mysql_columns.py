"""How MariaDB and MySQL carry out MODIFY and CHANGE: by what differs from the column of before.

Sources as in :mod:`alembic_guard.ddl.mysql`.
"""

from __future__ import annotations

from dataclasses import replace

from alembic_guard.ddl.actions import ModifyColumn
from alembic_guard.ddl.mysql_algorithm import (
    INSTANT,
    METADATA,
    REBUILD,
    Algorithm,
    copied,
    heaviest,
)
from alembic_guard.ddl.reading import ParserMissing
from alembic_guard.ddl.statements import tokens_of
from alembic_guard.ddl.tokens import Token, Unreadable
from alembic_guard.schema import Column, Table, Target
from alembic_guard.sql_types import SqlType

# Bytes of a character; MySQL manual "Supported Character Sets and Collations".
BYTES = {"latin1": 1, "ascii": 1, "binary": 1, "utf8": 3, "utf8mb3": 3, "utf8mb4": 4, "ucs2": 2}
# What stands in brackets behind these is a width to show, and changes nothing (measured).
INTEGERS = frozenset({"tinyint", "smallint", "mediumint", "integer", "bigint"})
# Measured on MariaDB 10.11: refused with ALGORITHM=INSTANT and INPLACE. Other functions are
# evaluated once, rand() too.
FOR_EACH_ROW = frozenset(
    {"UUID", "UUID_SHORT", "SYS_GUID", "NEXTVAL", "NEXT", "LASTVAL"}
    | {"RANDOM_BYTES", "SYSDATE", "UTC_TIMESTAMP"}
)
NO_COLUMNS = frozenset(
    {"NULL", "TRUE", "FALSE", "INTERVAL", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"}
    | {"LOCALTIME", "LOCALTIMESTAMP", "CURRENT_USER", "AND", "OR", "NOT", "DIV", "MOD", "AS"}
    | {"DAY", "HOUR", "MINUTE", "SECOND", "MONTH", "YEAR", "WEEK", "DATE", "TIMESTAMP", "TIME"}
)


def modified(action: ModifyColumn, target: Target, table: Table | None) -> Algorithm:
    """MODIFY and CHANGE.

    :param table: what is known of it; without it and without ``existing`` any type may have been
        another one.
    """
    old, new = before(action, table), action.definition
    if old is None or old.type is None:
        return copied(target)
    found = [heaviest(of_type(old, new, target), of_collation(old, new, target, table))]
    changes = says(action, "nullable") and old.nullable != new.nullable
    if changes and not in_primary_key(old, table):
        found.append(of_nullable(new, target))
    if new.identity and not old.identity:
        found.append(copied(target, online=False))
    if old.generated != new.generated:
        found.append(copied(target))
    if action.position is not None and target.kind != "mariadb":
        found.append(REBUILD)
    if action.column != new.name:
        found.append(renamed(target))
    return heaviest(*found)


def before(action: ModifyColumn, table: Table | None) -> Column | None:
    """The column as it was: what the directive says, and what is known where it does not."""
    known = table.columns.get(action.column) if table is not None else None
    said = action.existing
    if said is None or known is None:
        return said or known
    nullable = known.nullable if said.nullable is None else said.nullable
    collation = said.collation or known.collation
    return replace(said, type=said.type or known.type, nullable=nullable, collation=collation)


def in_primary_key(column: Column, table: Table | None) -> bool:
    """Whether a column is of the primary key, and so NOT NULL without these words."""
    constraints = [*column.constraints, *(table.constraints.values() if table is not None else ())]
    return any(each.kind == "primary key" and column.name in each.columns for each in constraints)


def says(action: ModifyColumn, part: str) -> bool:
    """Whether a part may change: a directive says which, SQL defines them all."""
    return not action.said or part in action.said


def renamed(target: Target) -> Algorithm:
    """RENAME COLUMN: instant from MySQL 8.0.28."""
    return INSTANT if target.kind == "mariadb" or target.version >= (8, 0, 28) else METADATA


def of_nullable(new: Column, target: Target) -> Algorithm:
    """NULL and NOT NULL; the latter in place in MySQL "if SQL_MODE is strict" only."""
    if new.nullable is False and target.kind != "mariadb" and target.strict is False:
        return copied(target)
    return REBUILD


def of_type(old: Column, new: Column, target: Target) -> Algorithm:
    """A change of the type."""
    was, will_be = old.type, new.type
    if was is None or will_be is None:
        return copied(target)
    if was == will_be or (was.name in INTEGERS and plain(was) == plain(will_be)):
        return INSTANT
    if was.name == will_be.name in ("varchar", "varbinary"):
        return of_length(old, new, target)
    if was.name == will_be.name in ("enum", "set"):
        appended = will_be.arguments[: len(was.arguments)] == was.arguments
        return INSTANT if appended and members(was) == members(will_be) else copied(target)
    return copied(target)


def plain(type_: SqlType) -> SqlType:
    """A type without what stands in its brackets."""
    return replace(type_, arguments=())


def members(type_: SqlType) -> int:
    """The bytes of an enum or a set; MySQL manual "Data Type Storage Requirements"."""
    count = len(type_.arguments)
    if type_.name == "enum":
        return 1 if count <= 255 else 2
    return next((size for size in (1, 2, 3, 4) if count <= 8 * size), 8)


def of_length(old: Column, new: Column, target: Target) -> Algorithm:
    """A change of the length of VARCHAR or VARBINARY, in bytes: longer, on one side of 255.

    MariaDB also crosses 255 from 127 or less (MDEV-15563, measured): InnoDB keeps the length of
    more than 127 bytes in two bytes only where the column may have more than 255.
    """
    was, will_be = length(old), length(new)
    if was is None or will_be is None or will_be < was:
        return copied(target)
    sizes = widths(old, target)
    most = 127 if target.kind == "mariadb" else -1
    if all(was * size > 255 or was * size <= most or will_be * size <= 255 for size in sizes):
        return INSTANT if target.kind == "mariadb" else METADATA
    return copied(target)


def length(column: Column) -> int | None:
    """The number in the brackets of a type."""
    arguments = column.type.arguments if column.type is not None else ()
    return int(arguments[0]) if arguments and arguments[0].isdigit() else None


def widths(column: Column, target: Target) -> tuple[int, ...]:
    """The bytes that a character of a column may have; all that are possible if not known."""
    if column.type is not None and column.type.name == "varbinary":
        return (1,)
    charset = charset_of(column.collation) or charset_of(target.charset)
    return (BYTES[charset],) if charset in BYTES else (1, 2, 3, 4)


def charset_of(collation: str | None) -> str | None:
    """The character set that a collation begins with; ``utf8`` is ``utf8mb3``."""
    charset = collation.lower().partition("_")[0] if collation else None
    return "utf8mb3" if charset == "utf8" else charset


def of_collation(old: Column, new: Column, target: Target, table: Table | None) -> Algorithm:
    """A change of the collation; without COLLATE the column gets that of its table."""
    was, will_be = charset_of(old.collation), charset_of(new.collation or target.charset)
    if was is None or will_be is None:
        return INSTANT
    if was != will_be:
        wider = target.kind == "mariadb" and (was, will_be) == ("utf8mb3", "utf8mb4")
        return INSTANT if wider else copied(target)
    if "_" not in (new.collation or "") or old.collation == new.collation:
        return INSTANT
    if target.kind != "mariadb":
        return copied(target)
    indexes = table.indexes.values() if table is not None else ()
    is_indexed = table is None or any(old.name in each.columns for each in indexes)
    return METADATA if is_indexed else INSTANT


def evaluated_for_each_row(default: str | None, target: Target) -> bool:
    """Whether the default of a new column is another one for each row, so that rows are copied.

    MySQL copies for every default that is an expression in brackets.
    """
    if default is None:
        return False
    if target.kind != "mariadb":
        return default.startswith("(")
    try:
        tokens = tuple(tokens_of(default, target.kind))
    except (ParserMissing, Unreadable):
        return True
    words = {token.word for token in tokens}
    return bool(words & FOR_EACH_ROW) or any(
        is_column(token, following)
        for token, following in zip(tokens, (*tokens[1:], None), strict=True)
    )


def is_column(token: Token, following: Token | None) -> bool:
    """Whether a token names a column: quoted, or a word that is no keyword and calls nothing."""
    if token.kind == "quoted":
        return True
    calls = following is not None and following.text == "(" and following.kind == "sign"
    is_introducer = token.word.startswith("_")
    return bool(token.word) and token.word not in NO_COLUMNS and not calls and not is_introducer
