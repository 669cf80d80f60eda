"""Reads SQLAlchemy's columns, constraints and indexes into the values of :mod:`.schema`.

What a dialect leaves out of a statement is left out: a CHECK of a Boolean where the database has
booleans, and of an Enum where it has enums.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Sequence,
    SmallInteger,
    UniqueConstraint,
    schema,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.elements import ColumnClause, UnaryExpression

from alembic_guard.ddl.actions import AddConstraint
from alembic_guard.ddl.reading import ParserMissing, read_sql
from alembic_guard.ddl.rendering import Rendering
from alembic_guard.schema import Column, Constraint, Index
from alembic_guard.sql_types import SqlType, parse_type

_VISITS = (
    "visit_primary_key_constraint",
    "visit_unique_constraint",
    "visit_foreign_key_constraint",
    "visit_check_constraint",
    "visit_column_check_constraint",
    "visit_table_or_column_check_constraint",
    "visit_exclude_constraint",
)
"""What a compiler of DDL is asked to write, for each kind of constraint."""


def read_column(column: schema.Column[Any], rendering: Rendering) -> Column:
    """A column as ``CREATE TABLE`` and ``ADD COLUMN`` define it; it is of a table."""
    serial = _serial(column, rendering)
    default = None if serial else rendering.default(column.server_default)
    return Column(
        name=rendering.name(column.name) or "",
        type=serial or rendering.type(column.type),
        nullable=bool(column.nullable),
        default=default,
        identity=_has_identity(column, rendering),
        generated=_generated(column.computed, rendering),
        collation=rendering.name(getattr(column.type, "collation", None)),
        constraints=_inline(column, rendering),
        python_default=column.default is not None and column.server_default is None and not serial,
    )


def _serial(column: schema.Column[Any], rendering: Rendering) -> SqlType | None:
    """The type that SQLAlchemy makes of a key that counts by itself, on PostgreSQL.

    SQLAlchemy's manual, "PostgreSQL", Sequences/SERIAL/IDENTITY.
    """
    if rendering.kind != "postgresql" or not _counts(column) or column.identity is not None:
        return None
    default = column.default
    if default is not None and not (isinstance(default, Sequence) and default.optional):
        return None
    type_ = rendering.resolved(column.type)
    if isinstance(type_, BigInteger):
        return parse_type("BIGSERIAL")
    return parse_type("SMALLSERIAL" if isinstance(type_, SmallInteger) else "SERIAL")


def _counts(column: schema.Column[Any]) -> bool:
    return column.table is not None and column is column.table.autoincrement_column


def _has_identity(column: schema.Column[Any], rendering: Rendering) -> bool:
    if rendering.kind in ("mariadb", "mysql"):
        return _counts(column) and (column.server_default is None or column.identity is not None)
    return column.identity is not None and rendering.dialect.supports_identity_columns


def _generated(computed: Computed | None, rendering: Rendering) -> str | None:
    """How a column is generated; where the model does not say it, by what the dialect writes."""
    if computed is None:
        return None
    if computed.persisted is not None:
        return "stored" if computed.persisted else "virtual"
    try:
        written = rendering.compiler.process(computed)
    except SQLAlchemyError:
        return "virtual"
    return "stored" if written.endswith(("STORED", "PERSISTED")) else "virtual"


def _inline(column: schema.Column[Any], rendering: Rendering) -> tuple[Constraint, ...]:
    """The checks that are written behind a column."""
    found = [read_constraint(each, rendering) for each in column.constraints]
    name = rendering.name(column.name) or ""
    known = [replace(one, columns=one.columns or (name,)) for one in found]
    return tuple(sorted(known, key=lambda one: (one.name or "", one.expression or "")))


def rendered_constraints(table: schema.Table, rendering: Rendering) -> list[Any]:
    """The constraints that ``CREATE TABLE`` writes behind the columns, in its order.

    SQLAlchemy decides it while it compiles, by rules that have no public name; so the compiler is
    listened to.
    """
    seen: list[Any] = []

    def see(constraint: Any, **_: Any) -> None:
        seen.append(constraint)

    compiler = rendering.compiler
    for visit in _VISITS:
        setattr(compiler, visit, see)
    compiler.create_table_constraints(table)  # type: ignore[no-untyped-call]
    return seen


def read_constraint(constraint: Any, rendering: Rendering) -> Constraint:
    """A constraint of SQLAlchemy's, that belongs to a table."""
    name = rendering.name(constraint.name)
    columns = tuple(rendering.name(each.name) or "" for each in getattr(constraint, "columns", ()))
    valid = not option(constraint.dialect_kwargs, rendering, "not_valid")
    if isinstance(constraint, ForeignKeyConstraint):
        refers_to, referred = _referred(constraint, rendering)
        return Constraint(
            "foreign key", name, columns, valid, refers_to=refers_to, referred_columns=referred
        )
    if isinstance(constraint, CheckConstraint):
        expression = rendering.sql(constraint.sqltext)
        columns = columns or _columns_in(expression, rendering)
        return Constraint("check", name, columns, valid, expression=expression)
    if isinstance(constraint, PrimaryKeyConstraint):
        return Constraint("primary key", name, columns)
    return Constraint(
        "unique" if isinstance(constraint, UniqueConstraint) else "exclude", name, columns
    )


def _columns_in(expression: str, rendering: Rendering) -> tuple[str, ...]:
    """The columns of a check that is written as text; none where no parser can say them."""
    try:
        actions = read_sql(f"ALTER TABLE t ADD CHECK ({expression})", rendering.kind)
    except ParserMissing:
        return ()
    first = actions[0] if actions else None
    return first.constraint.columns if isinstance(first, AddConstraint) else ()


def _referred(
    constraint: ForeignKeyConstraint, rendering: Rendering
) -> tuple[str, tuple[str, ...]]:
    """The table and the columns that a foreign key refers to."""
    try:
        columns = [element.column for element in constraint.elements]
        table = columns[0].table
        names = tuple(rendering.name(column.name) or "" for column in columns)
        return rendering.key(table.name, getattr(table, "schema", None)), names
    except (SQLAlchemyError, IndexError):  # the column that is meant is not known
        targets = [str(element.target_fullname).split(".") for element in constraint.elements]
    if not targets:
        return "", ()
    schema_name = ".".join(targets[0][:-2]) or None
    table_name = targets[0][-2] if len(targets[0]) > 1 else targets[0][0]
    names = tuple(parts[-1] for parts in targets if len(parts) > 1)
    return rendering.key(table_name, schema_name), names


def read_index(index: schema.Index, rendering: Rendering) -> Index:
    """An index of SQLAlchemy's, that belongs to a table."""
    options = index.dialect_kwargs
    elements = [_read_element(each, rendering) for each in index.expressions]
    where = option(options, rendering, "where")
    method = option(options, rendering, "using") or option(options, rendering, "prefix")
    include: Iterable[Any] = option(options, rendering, "include") or ()
    return Index(
        name=rendering.name(index.name),
        columns=tuple(text for text, _ in elements),
        unique=bool(index.unique),
        method=str(method).lower() if method else None,
        where=None if where is None else rendering.sql(where),
        include=tuple(rendering.name(getattr(each, "name", each)) or "" for each in include),
        expressions=any(expression for _, expression in elements),
    )


def option(options: Any, rendering: Rendering, name: str) -> Any:
    """An option of a dialect; MariaDB's may be written as MySQL's."""
    own = options.get(f"{rendering.dialect.name}_{name}")
    if own is None and rendering.dialect.name == "mariadb":
        return options.get(f"mysql_{name}")
    return own


def _read_element(element: Any, rendering: Rendering) -> tuple[str, bool]:
    """A column or an expression of an index, and whether it is one; without its direction."""
    while isinstance(element, UnaryExpression) and element.modifier is not None:
        element = element.element
    if isinstance(element, ColumnClause) and not element.is_literal:
        return rendering.name(element.name) or "", False
    text = rendering.sql(element)
    column = _column_of(text, rendering.kind)
    return (text, True) if column is None else (column, False)


def _column_of(text: str, kind: str) -> str | None:
    """The column of an element that is written as text; None where it is an expression.

    PostgreSQL's manual, CREATE INDEX: an expression stands in brackets or is a call; what follows
    a column is a collation, an operator class, a direction: names and words, no signs.
    """
    first, *rest = text.split() or [""]
    quote = first[:1]
    name = first[1:-1] if len(first) > 2 and quote in '"`' and first.endswith(quote) else first
    plain = name == first
    if not name.isidentifier() or not all(word.strip('"').isidentifier() for word in rest):
        return None
    return name.lower() if plain and kind == "postgresql" else name
