"""What a dialect of SQLAlchemy makes of names, types, expressions and defaults.

It says them as the dialect writes them in DDL, so that what a directive does and what its SQL says
come to the same values. It raises nothing: what the dialect cannot write is None, or the text as
the migration has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, FetchedValue, Integer
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.elements import quoted_name
from sqlalchemy.types import NullType, TypeEngine, to_instance

from alembic_guard.sql_types import SqlType, parse_type

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.compiler import DDLCompiler

_DEFAULT_SCHEMA = {"postgresql": "public", "sqlite": "main"}
"""The schema of a name without one, where no database was asked.

PostgreSQL's manual, "Schemas", The Public Schema; SQLite's "Database Object Name Resolution".
"""

_FAILURES = (SQLAlchemyError, NotImplementedError, AttributeError, TypeError, ValueError)
"""What compilers raise for a type or an expression that a dialect does not have."""


@dataclass(frozen=True)
class Rendering:
    """A dialect, and the kind of database that it is for, as of :class:`~.schema.Target`."""

    dialect: Dialect
    kind: str

    @property
    def compiler(self) -> DDLCompiler:
        """A new compiler of DDL."""
        # As Alembic makes its own, `operations/toimpl.py`: with nothing to compile yet.
        return self.dialect.ddl_compiler(self.dialect, None)  # type: ignore[arg-type]

    def name(self, name: object) -> str | None:
        """A name without quotes; None where there is none yet."""
        if not isinstance(name, str):
            return None
        if self.kind == "postgresql" and isinstance(name, quoted_name) and name.quote is False:
            return str(name).lower()  # the user asked for no quotes; the server folds it
        return str(name)

    def key(self, name: object, schema: object = None) -> str:
        """The key of a table, as :mod:`alembic_guard.schema` says; "" without a name."""
        told, default = self.name(schema), self.dialect.default_schema_name
        default = default or _DEFAULT_SCHEMA.get(self.kind)
        table = self.name(name) or ""
        return f"{told}.{table}" if table and told and told != default else table

    def type(self, found: object) -> SqlType | None:
        """A type, or a class of one; None for what the dialect cannot write."""
        type_ = self.instance(found)
        if type_ is None or isinstance(type_, NullType):
            return None
        try:
            return parse_type(type_.compile(dialect=self.dialect), self.kind)
        except _FAILURES:
            return None

    def instance(self, found: object) -> TypeEngine[Any] | None:
        """An object of a type, which may be given as a class; None for anything else."""
        try:
            made = None if found is None else to_instance(found)  # type: ignore[call-overload]
        except _FAILURES:
            return None
        return made if isinstance(made, TypeEngine) else None

    def resolved(self, type_: TypeEngine[Any]) -> TypeEngine[Any]:
        """The type that the dialect uses for it, out of variants and ``TypeDecorator``."""
        try:
            found = type_.dialect_impl(self.dialect)
        except _FAILURES:
            return type_
        inner = getattr(found, "impl_instance", None) or getattr(found, "impl", None)
        return inner if isinstance(inner, TypeEngine) else found

    def sql(self, expression: Any) -> str:
        """The SQL of an expression, literal values in it, and columns without their table."""
        if isinstance(expression, str):
            return expression
        try:
            compiler = self.compiler.sql_compiler
            sql = compiler.process(expression, literal_binds=True, include_table=False)
            return self._without_escapes(sql)
        except _FAILURES:
            return str(expression)

    def default(self, default: Any) -> str | None:
        """SQL of what ``server_default`` is given; None where there is none that it can write."""
        if default is None or default is False or isinstance(default, FetchedValue):
            argument = getattr(default, "arg", None)
            return None if argument is None else self.default(argument)
        try:
            column: Column[Any] = Column("x", Integer, server_default=default)
            sql = self.compiler.get_column_default_string(column)
            return None if sql is None else self._without_escapes(sql)
        except _FAILURES:
            return str(default)

    def _without_escapes(self, sql: str) -> str:
        """SQL as it is sent: where the driver takes ``%s``, SQLAlchemy doubles each ``%``."""
        doubled = self.dialect.paramstyle in ("format", "pyformat")
        return sql.replace("%%", "%") if doubled else sql
