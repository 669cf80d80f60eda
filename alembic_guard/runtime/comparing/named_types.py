"""Types that have a name of their own in the database, and columns that are told not to make them.

``op.create_table`` makes the enums and domains of its columns, also where they exist already, and
fails; ``op.add_column`` makes none. So types are made by statements of their own, and a column of
an operation only names its type.

Private names, tried on SQLAlchemy 2.0.58 and 2.1.9, Alembic 1.18.4 and 1.20.1: ``Column._copy``,
``DropTableOp._reverse``, which is what a downgrade creates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.operations import ops
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import DOMAIN, ENUM

if TYPE_CHECKING:
    from sqlalchemy import Column, Dialect
    from sqlalchemy.types import TypeEngine

Named = ENUM | DOMAIN
Wanted = Callable[[str, str, str], bool]
"""Whether a type is meant, by its kind, schema ("" where it says none) and name."""


def named_type(type_: TypeEngine[Any], dialect: Dialect) -> Named | None:
    """The enum or domain that a type is on a dialect, the one that an array has among them."""
    try:
        found = _plain(type_, dialect)
        if isinstance(found, sa.ARRAY):
            found = _plain(found.item_type, dialect)
    except Exception:  # another dialect's, such as SET of MySQL, which raises a TypeError
        return None
    return found if isinstance(found, (ENUM, DOMAIN)) else None


def kind_of(type_: Named) -> str:
    """``enum`` or ``domain``."""
    return "domain" if isinstance(type_, DOMAIN) else "enum"


def name_types(operation: Any, dialect: Dialect, wanted: Wanted) -> None:
    """Let the columns of an operation, and of its reverse, only name their types.

    :param wanted: which types are made otherwise.
    """
    table = operation._reverse if isinstance(operation, ops.DropTableOp) else operation
    if isinstance(table, ops.CreateTableOp):
        table.columns = [
            _named_only(each, dialect, wanted) if isinstance(each, sa.Column) else each
            for each in table.columns
        ]
    elif isinstance(operation, ops.AddColumnOp):
        operation.column = _named_only(operation.column, dialect, wanted)


def as_they_were(
    operation: Any, dialect: Dialect, said: Callable[[Any], Mapping[str, Any] | None]
) -> None:
    """Let the columns that a downgrade makes again have what was their own: what their domain says
    too, SQLAlchemy reflects as theirs.

    :param said: the parts of a column, None where they are not known.
    """
    if isinstance(operation, ops.DropTableOp):
        made: Iterable[Any] = operation._reverse.columns if operation._reverse else ()
    else:
        column = isinstance(operation, ops.DropColumnOp) and operation._reverse
        made = (operation._reverse.column,) if column else ()
    for each in made:
        named = named_type(each.type, dialect) if isinstance(each, sa.Column) else None
        parts = said(each) if isinstance(named, DOMAIN) else None
        if named is not None and parts is not None:
            each.nullable = not parts["not null"]
            each.server_default = None if parts["default"] is None else each.server_default
            if isinstance(each.type, DOMAIN):
                each.type = _only_named(named)


def _named_only(column: Column[Any], dialect: Dialect, wanted: Wanted) -> Column[Any]:
    """The column, or a copy of it."""
    named = named_type(column.type, dialect)
    if named is None or not named.create_type or not wanted(kind_of(named), *_schema(named)):
        return column
    plain = _plain(column.type, dialect)
    type_: Any = _only_named(named)
    if isinstance(plain, sa.ARRAY):
        type_ = postgresql.ARRAY(type_, dimensions=plain.dimensions)
    copied: Column[Any] = column._copy()
    copied.type = type_
    return copied


def _schema(named: Named) -> Iterator[str]:
    yield str(named.schema or "")
    yield str(named.name)


def _plain(type_: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    while isinstance(type_, sa.TypeDecorator):
        type_ = type_.load_dialect_impl(dialect)
    return type_.dialect_impl(dialect)


def _only_named(named: Named) -> Named:
    if isinstance(named, DOMAIN):
        return NamedDomain(str(named.name), named.data_type, schema=named.schema, create_type=False)
    return ENUM(*named.enums, name=named.name, schema=named.schema, create_type=False)


class NamedDomain(DOMAIN):
    """A domain that is written down so that it can be read again, as one that exists."""

    __module__ = DOMAIN.__module__  # by which Alembic knows what to import

    def __repr__(self) -> str:
        home = type(self.data_type).__module__.split(".")
        prefix = home[2] if home[:2] == ["sqlalchemy", "dialects"] else "sa"
        words = [repr(str(self.name)), f"{prefix}.{self.data_type!r}"]
        words += [f"schema={self.schema!r}"] if self.schema else []
        return f"DOMAIN({', '.join(words)}, create_type=False)"
