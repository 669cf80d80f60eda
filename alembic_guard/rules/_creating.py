"""The ``op.create_table()`` of a table, for findings that say to create it otherwise."""

from __future__ import annotations

from dataclasses import replace

from alembic_guard.ddl.actions import CreateTable
from alembic_guard.rules._adding import COUNTED, column_code, is_counted
from alembic_guard.rules._code import Code, call, has_class, named
from alembic_guard.schema import Column, Constraint

_CLASSES = {"primary key": "PrimaryKeyConstraint", "unique": "UniqueConstraint"}


def create_table(action: CreateTable, kind: str) -> str | None:
    """The code of a table; None where it has what the code can't say.

    :param kind: of the database.
    """
    columns = action.columns
    inline = [each for column in columns for each in column.constraints]
    constraints = [_constraint(each) for each in (*action.constraints, *inline)]
    keys = {each.columns for each in (*action.constraints, *inline) if each.kind == "primary key"}
    computed = any(column.generated for column in columns)
    # A serial that is no key has no directive; an identity column may be ALWAYS or BY DEFAULT.
    computed |= kind == "postgresql" and any(
        column.identity or (is_counted(column) and (column.name,) not in keys) for column in columns
    )
    classes = all(has_class(uncounted(column).type, kind) for column in columns)
    if computed or not classes or action.as_query or action.partition_of or None in constraints:
        return None
    name, schema = named(action.table)
    parts = [_column(column, kind, is_key=(column.name,) in keys) for column in columns]
    parts += [each for each in constraints if each is not None]
    return call("create_table", name, *parts, **schema)


def _column(column: Column, kind: str, *, is_key: bool) -> Code:
    """A column; SQLAlchemy makes a key of integers count unless it is told not to."""
    code = column_code(uncounted(column), kind)
    return Code(f"{code[:-1]}, autoincrement=False)") if is_key and not is_counted(column) else code


def uncounted(column: Column) -> Column:
    """A column with the plain integer of a serial, which SQLAlchemy makes of an integer key."""
    name = COUNTED.get(column.type.name) if column.type is not None else None
    if column.type is None or name is None:
        return column
    return replace(column, type=replace(column.type, name=name))


def _constraint(constraint: Constraint) -> Code | None:
    """A constraint of a table, as SQLAlchemy has it."""
    named_so = {"name": constraint.name} if constraint.name else {}
    columns = list(constraint.columns)
    if constraint.kind in _CLASSES:
        return _code(_CLASSES[constraint.kind], *columns, **named_so)
    if constraint.kind == "foreign key" and constraint.refers_to:
        referred = constraint.referred_columns or ("id",)
        targets = [f"{constraint.refers_to}.{each}" for each in referred]
        return _code("ForeignKeyConstraint", columns, targets, **named_so)
    if constraint.kind == "check" and constraint.expression:
        return _code("CheckConstraint", constraint.expression, **named_so)
    return None


def _code(name: str, /, *arguments: object, **keywords: object) -> Code:
    return Code(call("x", *arguments, **keywords).replace("op.x", f"sa.{name}", 1))
