"""What the catalogue would say of a table of the models, if it were made: predicted, and not made.

Nothing is claimed by it: a prediction is believed only where the live database says precisely the
same of precisely the same things, and whatever is unusual is not predicted, which costs time and
no truth. What the server writes in words of its own (types, defaults, expressions, predicates) is
not guessed but a :class:`Sample`, which it is asked about once for all tables that say the same.

Private names of SQLAlchemy, tried on 2.0.58 and 2.1.9: ``Table._prefixes``, ``Table._creator_ddl``,
``Constraint._create_rule``, ``DDLElement._ddl_if``, ``format_constraint(_alembic_quote=False)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.schema import AddConstraint, CreateColumn, CreateIndex, CreateTable

from alembic_guard.runtime.comparing.chosen_names import cut
from alembic_guard.runtime.comparing.model import Model, quiet_dialect

if TYPE_CHECKING:
    from sqlalchemy import Column, Constraint, Dialect, Index, Table

_KINDS: dict[type[Any], str] = {
    sa.PrimaryKeyConstraint: "primary key",
    sa.UniqueConstraint: "unique",
    sa.ForeignKeyConstraint: "foreign key",
    sa.CheckConstraint: "check",
}
_OPTIONS = "postgresql_"
_WORD = re.compile(r'"((?:[^"]|"")+)"|([^\W\d][\w$]*)')
_ELEMENTS = (CreateTable, CreateColumn, CreateIndex, AddConstraint, *_KINDS, sa.Index)


@dataclass(frozen=True)
class Sample:
    """Something that the server is to write in its own words.

    :param kind: ``column``, ``check`` or ``index``.
    :param text: what is said of it, without its name; of a unique index with UNIQUE before it.
    :param columns: the columns that the text may speak of, each with its type.
    """

    kind: str
    text: str
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Part:
    """A constraint or an index.

    :param name: None where the server is to choose it; :param item: where it comes from.
    :param said: its definition, or what the server is to be asked.
    """

    kind: str
    name: str | None
    said: str | Sample
    item: Constraint | Index
    comment: str | None = None
    unique: bool = False


@dataclass
class Prediction:
    """A table as it would be made.

    :param columns: by name, with the comment of each.
    """

    table: Table
    columns: dict[str, tuple[Sample, str | None]] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)

    def samples(self) -> Iterator[Sample]:
        """What the server has to be asked."""
        yield from (sample for sample, _ in self.columns.values())
        yield from (part.said for part in self.parts if isinstance(part.said, Sample))


class _Unusual(Exception):
    """Something that is not predicted."""


class Predictor:
    """Predicts tables.

    :param dialect: of the live database; :param default: the schema of tables without one.
    :param quoted: how the server writes a name.
    """

    def __init__(self, dialect: Dialect, default: str, quoted: Callable[[str], str]) -> None:
        self._default, self._quoted = default, quoted
        own = quiet_dialect(dialect, Model())
        self._compiler: Any = own.ddl_compiler(own, None)  # type: ignore[arg-type]
        self._quiet: Any = own
        self._overridden = any(hasattr(each, "_compiler_dispatcher") for each in _ELEMENTS)

    def predicted(self, table: Table) -> Prediction | None:
        """A table as it would be made, None where that is not said here."""
        try:
            if self._overridden or not _is_plain(table):
                return None
            return self._prediction(table)
        except Exception:  # types and elements of projects raise what they like
            return None

    def name(self, item: Constraint | Index) -> str | None:
        """The final name of a constraint or an index, None where the server is to choose it."""
        if item.name is None:
            return None
        name = self._quiet.identifier_preparer.format_constraint(item, _alembic_quote=False)
        return None if name is None else cut(name)

    def _prediction(self, table: Table) -> Prediction:
        found, types = Prediction(table), dict[str, str]()
        for column in table.columns:
            found.columns[column.name] = (self._column(column), column.comment)
            types[column.name] = self._type(column)
        own = [each for column in table.columns for each in column.constraints]
        for constraint in (*table.constraints, *own):
            if not isinstance(constraint, sa.PrimaryKeyConstraint) or len(constraint.columns):
                found.parts.append(self._constraint(constraint, types))
        found.parts += [self._index(index, types) for index in table.indexes]
        named = [(part.kind, part.name) for part in found.parts if part.name is not None]
        if len(set(named)) < len(named):
            raise _Unusual
        return found

    def _type(self, column: Column[Any]) -> str:
        return str(self._quiet.type_compiler_instance.process(column.type, type_expression=column))

    def _column(self, column: Column[Any]) -> Sample:
        if column.computed is not None or column.system or isinstance(column.default, sa.Sequence):
            raise _Unusual
        words: str = self._compiler.get_column_specification(column)
        name = f"{self._quiet.identifier_preparer.format_column(column)} "
        if not words.startswith(name):
            raise _Unusual
        return Sample("column", words.removeprefix(name))

    def _constraint(self, constraint: Any, types: Mapping[str, str]) -> Part:
        kind = _KINDS.get(type(constraint))
        if kind is None or constraint._create_rule is not None or not _is_bare(constraint):
            raise _Unusual
        name, comment = self.name(constraint), getattr(constraint, "comment", None)
        said: str | Sample
        if kind == "check":
            said = self._check(constraint, types)
        elif kind == "foreign key":
            said = self._foreign_key(constraint)
        else:
            word = {"unique": "UNIQUE", "primary key": "PRIMARY KEY"}[kind]
            said = f"{word} ({self._list(constraint.columns)}){_deferral(constraint)}"
        return Part(kind, name, said, constraint, comment)

    def _check(self, constraint: Any, types: Mapping[str, str]) -> Sample:
        words: str = self._compiler.process(constraint)
        expression = words[words.index("CHECK (") :]
        if not re.fullmatch(r'CONSTRAINT (?:\w+|"[^"]+") ', words[: -len(expression)]):
            raise _Unusual
        return Sample("check", expression, _spoken_of(expression, types))

    def _foreign_key(self, constraint: sa.ForeignKeyConstraint) -> str:
        target = constraint.referred_table
        words = f"FOREIGN KEY ({self._list(constraint.columns)}) REFERENCES "
        words += self._table(target)
        words += f"({self._list(each.column for each in constraint.elements)})"
        if constraint.match:
            words += {"FULL": " MATCH FULL", "SIMPLE": ""}[constraint.match.upper()]
        for word, action in (("UPDATE", constraint.onupdate), ("DELETE", constraint.ondelete)):
            if action and action.upper() != "NO ACTION":
                words += f" ON {word} {action.upper()}"
        return words + _deferral(constraint)

    def _index(self, index: Index, types: Mapping[str, str]) -> Part:
        name = self.name(index)
        if name is None or not _is_bare(index, options=True):
            raise _Unusual
        options = [each for each in index.dialect_kwargs if each.startswith(_OPTIONS)]
        if not options and all(isinstance(each, sa.Column) for each in index.expressions):
            columns: Any = index.expressions
            said: str | Sample = f"USING btree ({self._list(columns)})"
            return Part("index", name, said, index, None, bool(index.unique))
        words, prepare = str(CreateIndex(index).compile(dialect=self._quiet)), self._quiet
        prepare, unique = prepare.identifier_preparer, "UNIQUE " if index.unique else ""
        head = f"CREATE {unique}INDEX {prepare.format_index(index)} ON "
        head += f"{prepare.format_table(index.table)} "
        if not words.startswith(head):
            raise _Unusual
        tail = words.removeprefix(head)
        sample = Sample("index", unique + tail, _spoken_of(tail, types))
        return Part("index", name, sample, index, None, bool(index.unique))

    def _list(self, columns: Iterable[Any]) -> str:
        return ", ".join(self._quoted(each.name) for each in columns)

    def _table(self, table: Any) -> str:
        if table.schema in (None, self._default):
            return self._quoted(table.name)
        return f"{self._quoted(table.schema)}.{self._quoted(table.name)}"


def _is_plain(table: Table) -> bool:
    """Whether CREATE TABLE says nothing of a table but its columns and constraints."""
    dispatch = table.dispatch
    return (
        type(table) is sa.Table
        and not table._prefixes
        and not table.info.get("is_view")
        and getattr(table, "_creator_ddl", None) is None
        and not any(each.startswith(_OPTIONS) for each in table.dialect_kwargs)
        and not (list(dispatch.before_create) or list(dispatch.after_create))
    )


def _is_bare(item: Any, *, options: bool = False) -> bool:
    """Whether an item says nothing but what it is, at all times.

    :param options: whether it may have some of PostgreSQL.
    """
    dispatch = item.dispatch
    return (
        getattr(item, "_ddl_if", None) is None
        and not any(list(getattr(dispatch, each, ())) for each in ("before_create", "after_create"))
        and (options or not any(each.startswith(_OPTIONS) for each in item.dialect_kwargs))
    )


def _deferral(constraint: Any) -> str:
    words = " DEFERRABLE" if constraint.deferrable else ""
    if constraint.initially and constraint.initially.upper() == "DEFERRED":
        return " DEFERRABLE INITIALLY DEFERRED"
    return words


def _spoken_of(text: str, types: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The columns that a text may speak of: whatever is called like a word in it."""
    words = set()
    for quoted, plain in _WORD.findall(text):
        words.add(quoted.replace('""', '"') if quoted else plain.lower())
    return tuple(sorted((name, type_) for name, type_ in types.items() if name in words))
