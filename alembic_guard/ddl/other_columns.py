"""Reads what MariaDB, MySQL and SQLite write in the brackets of CREATE TABLE and behind ADD.

That is: columns, constraints and indexes. What has no field in :mod:`alembic_guard.schema` (a
comment, a visibility, what ON DELETE does) is stepped over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from alembic_guard.ddl.tokens import Cursor
from alembic_guard.schema import Column, Constraint, Index
from alembic_guard.sql_types import SqlType, parse_type

# Where a type, or a default, ends: what may stand behind it. MySQL manual "CREATE TABLE Statement",
# column_definition; MariaDB "CREATE TABLE", Column Definitions; SQLite "CREATE TABLE".
# fmt: off
NEXT = frozenset(
    {
        "NOT", "NULL", "DEFAULT", "PRIMARY", "KEY", "UNIQUE", "CHECK", "REFERENCES", "COLLATE",
        "GENERATED", "AS", "CONSTRAINT", "AUTO_INCREMENT", "AUTOINCREMENT", "COMMENT", "FIRST",
        "AFTER", "ON", "VIRTUAL", "STORED", "PERSISTENT", "INVISIBLE", "VISIBLE", "CHARSET",
        "COLUMN_FORMAT", "STORAGE", "SERIAL", "WITH", "WITHOUT", "COMPRESSED",
        "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE", "REF_SYSTEM_ID", "SRID", "ASCII",
        "UNICODE", "BINARY"
    }
)
# fmt: on


@dataclass
class Definition:
    """A column that is being read.

    :param position: ``first`` or ``after``, where that is written.
    """

    column: Column
    position: str | None = None


def read_column(cursor: Cursor) -> Definition:
    """Read a column: its name, its type and all that follows.

    :raises Unreadable: what the cursor raises.
    """
    name = cursor.name()
    found = Definition(Column(name, read_type(cursor)))
    while not cursor.done:
        read_property(cursor, found)
    return found


def read_type(cursor: Cursor) -> SqlType | None:
    """Read a type; None where there is none, which SQLite allows."""
    start = cursor.place
    while not cursor.done and cursor.peek().word not in NEXT and not cursor.at("CHARACTER", "SET"):
        cursor.step()
    written = cursor.text_from(start)
    return parse_type(written, cursor.kind) if written else None


def read_property(cursor: Cursor, found: Definition) -> None:
    """Read one of the properties of a column, or step over what is none that is known."""
    column = found.column
    if cursor.take("NOT", "NULL"):
        found.column = replace(column, nullable=False)
    elif cursor.take("DEFAULT"):
        found.column = replace(column, default=read_default(cursor))
    elif cursor.take_any("CHARSET") or cursor.take("CHARACTER", "SET"):
        # The character set stands for its default collation.
        cursor.take("=")
        found.column = replace(column, collation=column.collation or cursor.next().text)
    elif cursor.take("COLLATE"):
        found.column = replace(column, collation=cursor.next().text)
    elif cursor.take_any("AUTO_INCREMENT", "AUTOINCREMENT"):
        found.column = replace(column, identity=True)
    elif cursor.take("GENERATED", "ALWAYS") or cursor.at("AS"):
        found.column = replace(column, generated=read_generated(cursor))
    elif position := cursor.take_any("FIRST", "AFTER"):
        found.position = position.lower()
        if position == "AFTER":
            cursor.name()
    elif cursor.at("CONSTRAINT") and cursor.peek(2).word in ("NOT", "NULL", "DEFAULT", "COLLATE"):
        read_constraint_name(cursor)
    elif constraint := read_inline(cursor, column.name):
        found.column = replace(column, constraints=(*column.constraints, constraint))
    elif cursor.take("ON", "UPDATE"):
        read_default(cursor)
    elif cursor.take("COMMENT"):
        cursor.next()
    elif cursor.take("SERIAL", "DEFAULT", "VALUE"):
        # MySQL manual "Numeric Data Type Syntax": NOT NULL AUTO_INCREMENT UNIQUE.
        unique = Constraint("unique", columns=(column.name,))
        constraints = (*column.constraints, unique)
        found.column = replace(column, nullable=False, identity=True, constraints=constraints)
    else:
        cursor.step()


def read_default(cursor: Cursor) -> str:
    """Read an expression that has no end of its own; its SQL."""
    start = cursor.place
    if cursor.sign() in ("-", "+"):
        cursor.next()
    cursor.step()
    while not cursor.done and cursor.peek().word not in NEXT and not cursor.at("CHARACTER", "SET"):
        cursor.step()
    return cursor.text_from(start)


def read_generated(cursor: Cursor) -> str:
    """Read what follows GENERATED ALWAYS; ``stored`` or ``virtual``, which is the default.

    MariaDB's ``AS ROW START`` of a system-versioned table is stored.
    """
    cursor.need("AS")
    if cursor.take("ROW"):
        cursor.next()
        return "stored"
    cursor.brackets()
    return "stored" if cursor.take_any("STORED", "PERSISTENT") else "virtual"


def read_inline(cursor: Cursor, column: str) -> Constraint | None:
    """Read a constraint that stands behind a column; None where something else comes."""
    name = read_constraint_name(cursor)
    if cursor.take("PRIMARY", "KEY") or (cursor.kind != "sqlite" and cursor.take("KEY")):
        cursor.take_any("ASC", "DESC")
        return Constraint("primary key", name, (column,))
    if cursor.take("UNIQUE"):
        cursor.take("KEY")
        return Constraint("unique", name, (column,))
    if cursor.take("CHECK"):
        return read_check(cursor, name)
    if cursor.at("REFERENCES"):
        return read_reference(cursor, name, (column,))
    return None


def read_constraint_name(cursor: Cursor) -> str | None:
    """Read CONSTRAINT and a name, where they are written; MariaDB and MySQL allow no name."""
    if not cursor.take("CONSTRAINT") or cursor.at_any("PRIMARY", "UNIQUE", "FOREIGN", "CHECK"):
        return None
    return cursor.name()


def read_check(cursor: Cursor, name: str | None) -> Constraint:
    """Read the expression of a check, behind the word CHECK."""
    inside = cursor.brackets()
    expression = inside.rest()
    enforced = not cursor.take("NOT", "ENFORCED")
    cursor.take("ENFORCED")
    columns = names_in(inside)
    return Constraint("check", name, columns, enforced=enforced, expression=expression)


def names_in(cursor: Cursor) -> tuple[str, ...]:
    """The columns of an expression as sqlglot finds them, sorted; none where it cannot read it."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    dialect = "sqlite" if cursor.kind == "sqlite" else "mysql"
    try:
        expression = parse_one(cursor.text_from(0), read=dialect)
    except SqlglotError:
        return ()
    return tuple(sorted({column.name for column in expression.find_all(exp.Column)}))


def read_reference(cursor: Cursor, name: str | None, columns: tuple[str, ...]) -> Constraint:
    """Read REFERENCES and what belongs to it."""
    cursor.need("REFERENCES")
    refers_to = cursor.key()
    referred = read_names(cursor.brackets()) if cursor.at("(") else ()
    while cursor.at_any("ON", "MATCH", "DEFERRABLE", "INITIALLY") or cursor.at("NOT", "DEFERRABLE"):
        if cursor.next().word in ("ON", "MATCH", "INITIALLY", "NOT"):
            # What it is on, then what happens: CASCADE, SET NULL, NO ACTION.
            acted = cursor.next().word in ("DELETE", "UPDATE") and cursor.next().word
            if acted in ("SET", "NO"):
                cursor.next()
    return Constraint("foreign key", name, columns, refers_to=refers_to, referred_columns=referred)


def read_names(cursor: Cursor) -> tuple[str, ...]:
    """Read names with commas between, up to the end."""
    return tuple(part.name() for part in cursor.parts())


def at_element(cursor: Cursor) -> bool:
    """Whether a constraint or an index comes, and no column."""
    first, second = cursor.peek(), cursor.peek(1)
    if first.word in ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "FULLTEXT", "SPATIAL"):
        return second.word not in TYPES_OF_NO_ELEMENT
    return cursor.kind != "sqlite" and first.word in ("INDEX", "KEY", "VECTOR", "PERIOD")


TYPES_OF_NO_ELEMENT = frozenset({"INT", "INTEGER", "TEXT", "VARCHAR"})


def read_element(cursor: Cursor) -> Constraint | Index | None:
    """Read a constraint or an index, see :func:`at_element`; None for PERIOD FOR."""
    name = read_constraint_name(cursor)
    if cursor.take("CHECK"):
        return read_check(cursor, name)
    if cursor.take("PRIMARY", "KEY"):
        read_index_name(cursor)
        return Constraint("primary key", name, key_parts(cursor.brackets())[0])
    if cursor.take("UNIQUE"):
        cursor.take_any("INDEX", "KEY")
        name = read_index_name(cursor) or name
        return Constraint("unique", name, key_parts(cursor.brackets())[0])
    if cursor.take("FOREIGN", "KEY"):
        name = name or read_index_name(cursor)
        return read_reference(cursor, name, read_names(cursor.brackets()))
    if cursor.take("PERIOD"):
        cursor.rest()
        return None
    return read_index(cursor)


def read_index(cursor: Cursor) -> Index:
    """Read INDEX or KEY, also FULLTEXT, SPATIAL or VECTOR, with its name and columns."""
    method = cursor.take_any("FULLTEXT", "SPATIAL", "VECTOR").lower() or None
    cursor.take_any("INDEX", "KEY")
    cursor.take("IF", "NOT", "EXISTS")
    name = None if cursor.at("(") or cursor.at("USING") else cursor.name()
    method = read_method(cursor) or method
    columns, expressions = key_parts(cursor.brackets())
    method = read_method(cursor) or method
    return Index(name, columns, method=method, expressions=expressions)


def read_index_name(cursor: Cursor) -> str | None:
    """Read the name and the method of an index, where they are written; its name."""
    cursor.take("IF", "NOT", "EXISTS")
    name = None if cursor.at("(") or cursor.at("USING") else cursor.name()
    read_method(cursor)
    return name


def read_method(cursor: Cursor) -> str | None:
    """Read USING and a method, where it comes."""
    return cursor.next().text.lower() if cursor.take("USING") else None


def key_parts(cursor: Cursor) -> tuple[tuple[str, ...], bool]:
    """Read the columns of an index; their names or SQL, and whether any is an expression."""
    columns, expressions = [], False
    for part in cursor.parts():
        expression = read_key_part(part)
        columns.append(expression[0])
        expressions = expressions or expression[1]
    return tuple(columns), expressions


def read_key_part(part: Cursor) -> tuple[str, bool]:
    """Read a column or an expression of an index, without its length and its direction."""
    if part.at("("):
        return part.brackets().rest(), True
    is_name = part.peek(1).word in ("", "ASC", "DESC", "COLLATE") and (
        part.sign(1) == "\0" or (part.sign(1) == "(" and part.peek(2).kind == "number")
    )
    if is_name:
        return part.name(), False
    start = part.place
    part.skip_to("ASC", "DESC")
    return part.text_from(start), True
