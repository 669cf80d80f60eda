"""What SQLite cannot do with ALTER TABLE, so that the table must be built anew.

That is Alembic's batch mode: a new table, all rows copied, the old one dropped, the new renamed.
Sources: "ALTER TABLE" of the SQLite manual, and SQLite itself, which tests/ddl/test_sqlite.py asks.
Promised: False is what SQLite does by itself, whatever rows the table has; for a DROP COLUMN as far
as its table is known.
Not promised: what batch mode does without ``recreate="never"``: by default Alembic builds the table
anew for all but columns that are added and indexes (``SQLiteImpl.requires_recreate_in_batch``).
"""

from __future__ import annotations

from alembic_guard.ddl.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AlterColumn,
    DropColumn,
    DropConstraint,
    DropDefault,
    DropNotNull,
    ModifyColumn,
    RenameColumn,
    SetDefault,
    SetNotNull,
    SetType,
    ValidateConstraint,
)
from alembic_guard.schema import Column, Table

NEVER_ALTERED = SetType | SetDefault | DropDefault | AlterColumn | ModifyColumn | ValidateConstraint


def rebuilds(action: Action, version: tuple[int, ...], table: Table | None = None) -> bool:
    """Whether SQLite must build the table anew for a change.

    :param version: of SQLite, such as ``(3, 40, 1)``.
    :param table: what is known of it, for DROP COLUMN.
    """
    match action:
        case AddColumn(column=column):
            return not can_be_added(column)
        case DropColumn(column=name):
            return version < (3, 35) or (table is not None and is_needed(name, table))
        case RenameColumn():
            return version < (3, 25)
        case SetNotNull() | DropNotNull() | AddConstraint() | DropConstraint():
            return version < (3, 53) or not is_check_or_null(action, table)
    return isinstance(action, NEVER_ALTERED)


def is_check_or_null(action: Action, table: Table | None) -> bool:
    """Whether a change is of CHECK or NOT NULL, which SQLite 3.53 alters ("Release History").

    3.40 does not (measured); 3.53 was not measured.
    """
    if isinstance(action, AddConstraint):
        return action.constraint.kind == "check"
    if not isinstance(action, DropConstraint):
        return True
    known = table.constraints.get(action.name or "") if table is not None else None
    return "check" in (action.kind, known.kind if known is not None else None)


def can_be_added(column: Column) -> bool:
    """Whether ADD COLUMN takes a column in a table that has rows, and foreign keys are on."""
    kinds = {constraint.kind for constraint in column.constraints}
    if kinds & {"primary key", "unique"} or column.generated == "stored":
        return False
    if column.generated == "virtual":
        return True
    literal = literal_of(column.default)
    has_default = literal != "NULL"
    if column.nullable is False and not has_default:
        return False
    if "foreign key" in kinds and has_default:
        return False
    return literal is not None


def literal_of(default: str | None) -> str | None:
    """The literal that a default is, NULL without one; None for an expression.

    CURRENT_TIMESTAMP is no literal, and neither is a sum.
    """
    text = "NULL" if default is None else default.strip()
    while text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    if text.upper() in ("NULL", "TRUE", "FALSE"):
        return text.upper()
    return text if is_number(text) or is_string(text) else None


def is_number(text: str) -> bool:
    """Whether a text is a number with or without a sign."""
    digits = text.lstrip("+-")
    if digits[:2].lower() == "0x":
        return all(each in "0123456789abcdefABCDEF" for each in digits[2:])
    try:
        float(digits)
    except ValueError:
        return False
    return digits[:1].isdigit() or digits[:1] == "."


def is_string(text: str) -> bool:
    """Whether a text is one string or blob, in which quotes are doubled."""
    quoted = text[1:] if text[:1] in ("x", "X") else text
    inner = quoted[1:-1]
    is_closed = len(quoted) >= 2 and quoted[0] == quoted[-1] == "'"
    return is_closed and "'" not in inner.replace("''", "")


def is_needed(name: str, table: Table) -> bool:
    """Whether an index, a constraint, a view or the table itself needs a column.

    A check or a reference behind the column goes with it, one of the table does not.
    """
    column = table.columns.get(name)
    own = column.constraints if column is not None else ()
    if any(each.kind in ("primary key", "unique") for each in own):
        return True
    if name in table.used_by_views or (table.complete and set(table.columns) == {name}):
        return True
    # Where an expression names a column is not known: any expression may name it.
    by_index = (
        name in each.columns or each.expressions or each.where for each in table.indexes.values()
    )
    by_constraint = (
        name in each.columns or (each.kind == "check" and not each.columns)
        for each in table.constraints.values()
    )
    return any(by_index) or any(by_constraint)
