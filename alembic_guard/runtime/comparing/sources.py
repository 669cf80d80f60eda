"""Where a thing comes from in the models: the table, column, constraint or index that makes it.

Private names of SQLAlchemy, tried on 2.0.58 and 2.1.9: ``format_constraint(_alembic_quote=False)``,
by which Alembic itself finds the final name of a constraint, convention and truncation included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex

from alembic_guard.runtime.comparing.chosen_names import cut
from alembic_guard.runtime.comparing.facts import Thing
from alembic_guard.runtime.comparing.model import Model, Statement, lenient, quiet_dialect
from alembic_guard.runtime.comparing.words import WORDS

if TYPE_CHECKING:
    from sqlalchemy import Column, Constraint, Dialect, Index, MetaData, Table

    from alembic_guard.runtime.comparing.comparison import Comparison

_KINDS: dict[str, str] = {
    "primary_key_constraint": "primary key",
    "unique_constraint": "unique",
    "foreign_key_constraint": "foreign key",
    "exclude_constraint": "exclude",
    "check_constraint": "check",
    "column_check_constraint": "check",
    "table_or_column_check_constraint": "check",
}


class Sources:
    """The schema items of models, found by the things that they make.

    :param dialect: of the live database.
    """

    def __init__(
        self, metadata: Sequence[MetaData], dialect: Dialect, comparison: Comparison
    ) -> None:
        self._metadata, self._comparison, self._dialect = metadata, comparison, dialect
        self._default, self._cuts = dialect.default_schema_name, dialect.name == "postgresql"
        self._quiet = quiet_dialect(dialect, Model())
        self._preparer = lenient(dialect).identifier_preparer
        self._words = WORDS[dialect.name]

    def of(self, comparison: Comparison) -> Sources:
        """The same items, found by the things of another comparison."""
        return Sources(self._metadata, self._dialect, comparison)

    def table(self, thing: Thing) -> Table | None:
        """The table that a thing is, or is a part of."""
        return self._tables.get((thing.schema, thing.table or thing.name))

    def column(self, thing: Thing) -> Column[Any] | None:
        """The column that a thing is."""
        table = self.table(thing)
        for column in () if table is None else table.columns:
            if self.kept(column.name) == thing.name:
                return column
        return None

    def index(self, thing: Thing) -> Index | None:
        """The index that a thing is."""
        table = self.table(thing)
        for index in () if table is None else table.indexes:
            if self.name(index) == thing.name:
                return index
        return None

    def constraint(self, thing: Thing) -> Constraint | None:
        """The constraint that a thing is, whether it has a name of its own or not."""
        token = self._comparison.names.get(thing)
        if token is not None:
            return self._comparison.compiled.unnamed.get(token.name)
        table = self.table(thing)
        for constraint in () if table is None else _constraints(table):
            if _kind(constraint) == thing.kind and self.name(constraint) == thing.name:
                return constraint
        return None

    def parts(self, thing: Thing) -> Iterator[Thing]:
        """The columns and the constraints of a table that CREATE TABLE of Alembic makes with it."""
        table = self.table(thing)
        if table is None:
            return
        for column in table.columns:
            yield Thing("column", self.kept(column.name), thing.name, thing.schema)
        for constraint in table.constraints:
            name = self.name(constraint)
            if name is not None:
                yield Thing(_kind(constraint), name, thing.name, thing.schema)
            elif id(constraint) in self._unnamed:
                yield self._unnamed[id(constraint)]

    def name(self, item: Constraint | Index) -> str | None:
        """The final name of a constraint or an index, None where the database is to choose it."""
        if item.name is None:
            return None
        name = self._preparer.format_constraint(item, _alembic_quote=False)
        return None if name is None else self.kept(name)

    def kept(self, name: object) -> str:
        """A name as the database keeps it."""
        return cut(str(name)) if self._cuts else str(name)

    def words(self, constraint: Constraint) -> str:
        """How a constraint is written behind its name, such as ``CHECK (age > 0)``."""
        compiler: Any = self._quiet.ddl_compiler(self._quiet, None)  # type: ignore[arg-type]
        text: str = compiler.process(constraint)
        prepare = self._quiet.identifier_preparer.format_constraint
        name = prepare(constraint) if constraint.name else None
        head = f"CONSTRAINT {name} " if name else text[: text.index(" ", len("CONSTRAINT ")) + 1]
        return text.removeprefix(head)

    def column_words(self, column: Column[Any]) -> str:
        """How CREATE TABLE writes a column of the models, without what it constrains."""
        compiler: Any = self._quiet.ddl_compiler(self._quiet, None)  # type: ignore[arg-type]
        return str(compiler.get_column_specification(column))

    def index_words(self, thing: Thing) -> str:
        """How SQLAlchemy creates an index of the models."""
        index = self.index(thing)
        assert index is not None
        return str(CreateIndex(index).compile(dialect=self._quiet))

    def typed(self, statement: Statement) -> str:
        """A statement that somebody typed, or that makes a view, with the schemas' own names."""
        source = statement.source
        filled = isinstance(source, sa.DDL) and "%(" in source.statement
        if statement.raw and not filled:
            return statement.sql
        whole = str(source.compile(dialect=self._quiet)).strip()
        if not statement.raw:
            return whole
        # its %(fullname)s was filled with the name in scratch
        return self._words.statements(whole)[statement.part]

    def expression(self, constraint: Any) -> str:
        """What a CHECK constraint checks, as SQL."""
        return self.sql(constraint.sqltext)

    def sql(self, expression: Any) -> str:
        """An expression of the models as SQL, its columns without their table."""
        compiler = self._quiet.statement_compiler(self._quiet, None)
        return str(compiler.process(expression, include_table=False, literal_binds=True))

    @cached_property
    def _unnamed(self) -> dict[int, Thing]:
        """What the database calls a constraint that the models leave unnamed, by its identity."""
        unnamed = self._comparison.compiled.unnamed
        names = self._comparison.names.items()
        return {id(unnamed[token.name]): named for named, token in names if token.name in unnamed}

    @cached_property
    def _tables(self) -> dict[tuple[str, str], Table]:
        return {
            self._key(table): table
            for metadata in self._metadata
            for table in metadata.tables.values()
        }

    def _key(self, table: Table) -> tuple[str, str]:
        schema = "" if table.schema in (None, self._default) else str(table.schema)
        return schema, self.kept(table.name)


def _constraints(table: Table) -> Iterator[Constraint]:
    yield from table.constraints
    for column in table.columns:
        yield from column.constraints


def _kind(constraint: Constraint) -> str:
    if isinstance(constraint, sa.CheckConstraint):
        return "check"
    return _KINDS.get(constraint.__visit_name__, "")
