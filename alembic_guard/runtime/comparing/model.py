"""The DDL by which SQLAlchemy would create the models: compiled, and never run here.

``MetaData.create_all()`` runs against a connection that only takes notes, so that enums, sequences,
views and the DDL events of a project are among them. What has no name of its own gets a token for
one, by which it is found again among what was created. Percent signs stay single, and a schema is
written as the name of the namespace that stands in for it.

Private names of SQLAlchemy, tried on 2.0.58 and 2.1.9: ``Dialect._type_memos``, so that types are
compiled anew, ``PGDialect._supports_create_index_concurrently``, ``MetaData.create_all`` on a
``MockConnection``, ``Constraint._create_rule``.
"""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateSequence, CreateTable

from alembic_guard.runtime.comparing.facts import Thing
from alembic_guard.runtime.first_line import first_line

if TYPE_CHECKING:
    from sqlalchemy import Constraint, Dialect, ForeignKey, MetaData, Table

UNNAMED = "guard_unnamed_"
"""What the name of a constraint begins with that its model leaves to the database."""

_VISITS = (
    *("visit_check_constraint", "visit_column_check_constraint", "visit_unique_constraint"),
    *("visit_foreign_key_constraint", "visit_primary_key_constraint"),
    *("visit_exclude_constraint", "visit_table_or_column_check_constraint"),
)


@dataclass(frozen=True)
class Statement:
    """One statement of the models.

    :param source: the element of SQLAlchemy, or of a library, that it comes from.
    :param table: the table that it belongs to, None where it is none's.
    :param raw: whether somebody typed it, so that its names are as they were typed.
    :param part: which one it is of those that were typed as one text, from 0.
    """

    sql: str
    source: Any
    table: Thing | None = None
    raw: bool = False
    part: int = 0


@dataclass(frozen=True)
class Uncompiled:
    """What could not be turned into a statement, with the reason as a clause."""

    source: str
    reason: str
    table: Thing | None = None


@dataclass
class Model:
    """The statements of the models, in an order in which they can be run.

    :param unnamed: constraints without a name of their own, by their token.
    """

    statements: list[Statement] = field(default_factory=list)
    uncompiled: list[Uncompiled] = field(default_factory=list)
    unnamed: dict[str, Constraint] = field(default_factory=dict)


def compiled_model(
    metadata: Sequence[MetaData],
    dialect: Dialect,
    namespaces: Mapping[str | None, str | None],
    keep: Callable[[Table], bool],
    spared: Collection[Table] = (),
    unnamed: dict[str, Constraint] | None = None,
) -> Model:
    """Compile everything that ``create_all()`` would run.

    :param namespaces: the namespace that stands in for each schema of the models.
    :param keep: whether a table is to be compared.
    :param spared: tables of which only those are made that others' foreign keys aim at, and of
        them no more than those need.
    :param unnamed: tokens that are taken; it gets those that come.
    """
    model = Model() if unnamed is None else Model(unnamed=unnamed)
    own = quiet_dialect(dialect, model)
    translate = dict(namespaces)
    drawn: set[tuple[str | None, str]] = set()

    def note(element: Any, *_: Any) -> None:
        if isinstance(element, CreateSequence):  # once for each column that draws from it
            name = element.element.schema, element.element.name
            if name in drawn:
                return
            drawn.add(name)
        if spared and _schema_table_of(element) in spared:
            element = _for_keys(element)
            if element is None:
                return
        table = _table_of(element)
        try:
            sql, raw = _compiled(element, own, translate)
        except Exception as error:  # types and elements of projects raise what they like
            model.uncompiled.append(Uncompiled(_named(element), first_line(error), table))
        else:
            model.statements.append(Statement(sql, element, table, raw))
        if isinstance(element, AddConstraint):  # it keeps CREATE TABLE from it, for ever
            element.element._create_rule = None

    connection = MockConnection(lenient(own), note)
    for one in metadata:
        tables = with_targets(one, keep, spared)
        try:
            one.create_all(connection, tables=tables, checkfirst=False)
        except Exception as error:  # a listener of the project that needs a real connection
            reason = f"create_all() needs a database: {first_line(error)}"
            model.uncompiled.append(Uncompiled("metadata", reason))
    return model


def with_targets(
    metadata: MetaData, keep: Callable[[Table], bool], spared: Collection[Table] = ()
) -> list[Table]:
    """The tables to compare, and those that their foreign keys and INHERITS cannot do without.

    :param spared: tables that are here only if another one needs them.
    """
    needed = {table for table in metadata.tables.values() if table not in spared and keep(table)}
    more = set(needed)
    while more:
        keys = (key for table in more if table not in spared for key in table.foreign_keys)
        aimed = {_target(key) for key in keys}
        aimed |= {each for table in more if table not in spared for each in _parents(table)}
        more = {table for table in aimed if table is not None} - needed
        needed |= more
    # create_all() sorts them by foreign keys only, and else keeps this order: an heir that came
    # before its parents would be that of live tables
    return sorted((each for each in metadata.tables.values() if each in needed), key=_generation)


def _generation(table: Table, heirs: tuple[Table, ...] = ()) -> int:
    """How many tables stand above one."""
    above = (each for each in _parents(table) if each not in heirs)
    return max((1 + _generation(each, (*heirs, table)) for each in above), default=0)


def _parents(table: Table) -> Iterator[Table]:
    """The tables of the models that one inherits."""
    said = table.dialect_options["postgresql"].get("inherits") or ()
    names = {said} if isinstance(said, str) else set(said)
    for each in table.metadata.tables.values() if names else ():
        if names & {each.name, each.fullname}:
            yield each


def _target(key: ForeignKey) -> Table | None:
    """The table that a key aims at, None where the models do not have it."""
    try:
        table = key.column.table
    except SQLAlchemyError:
        return None
    return table if table.key in table.metadata.tables else None


def quiet_dialect(dialect: Dialect, model: Model) -> Dialect:
    """A copy of a dialect that compiles text as the server is to read it, and names all."""
    own: Any = copy.copy(dialect)
    own.paramstyle, own.positional = "named", False
    own._type_memos = weakref.WeakKeyDictionary()
    own.ddl_compiler = _naming(type(own).ddl_compiler, model)
    own.identifier_preparer = own.preparer(own)
    own.type_compiler_instance = own.type_compiler_cls(own)
    own.type_compiler = own.type_compiler_instance
    own._supports_create_index_concurrently = False  # not in a transaction, nor in a DO block
    return own  # type: ignore[no-any-return]


def lenient(dialect: Dialect) -> Dialect:
    """A copy of a dialect that refuses no name: Alembic makes a table whose name is cut."""
    own: Any = copy.copy(dialect)
    own.validate_identifier = lambda _name: None
    own.identifier_preparer = own.preparer(own)
    return own  # type: ignore[no-any-return]


def _naming(plain: type[Any], model: Model) -> type[Any]:
    """A DDL compiler that gives a token to each constraint without a name."""

    def named(visit: Callable[..., str]) -> Callable[..., str]:
        def visited(self: Any, constraint: Constraint, **options: Any) -> str:
            sql = visit(self, constraint, **options)
            if not sql or sql.startswith("CONSTRAINT "):
                return sql
            token = f"{UNNAMED}{len(model.unnamed)}"
            model.unnamed[token] = constraint
            return f"CONSTRAINT {token} {sql}"

        return visited

    visits = {name: named(getattr(plain, name)) for name in _VISITS if hasattr(plain, name)}
    return type("Naming", (plain,), visits)


def _compiled(
    element: Any, dialect: Dialect, translate: dict[str | None, str | None]
) -> tuple[str, bool]:
    if isinstance(element, str):
        return element, True
    raw = isinstance(element, (sa.DDL, sa.TextClause))
    if isinstance(element, sa.TextClause):
        return str(element.compile(dialect=dialect)), raw
    compiled = element.compile(
        dialect=dialect, schema_translate_map=translate, render_schema_translate=True
    )
    return str(compiled).strip(), raw


def _for_keys(element: Any) -> Any:
    """What is run of a table for the sake of foreign keys that aim at it; None for nothing."""
    if isinstance(element, CreateTable):
        return CreateTable(element.element, include_foreign_key_constraints=[])
    unique = isinstance(element, CreateIndex) and element.element.unique
    return element if unique else None


def _table_of(element: Any) -> Thing | None:
    table = _schema_table_of(element)
    return None if table is None else Thing("table", table.name, schema=table.schema or "")


def _schema_table_of(element: Any) -> Table | None:
    target = getattr(element, "target", None)
    target = element if target is None else target
    for each in (target, getattr(target, "element", None)):
        table = each if isinstance(each, sa.Table) else getattr(each, "table", None)
        if isinstance(table, sa.Table):
            return table
    return None


def _named(element: Any) -> str:
    table = _table_of(element)
    if isinstance(element, CreateTable):
        return str(table)
    name = getattr(getattr(element, "element", None), "name", None)
    words = f"{type(element).__name__} {name or ''} of {table or ''}"
    return words.replace("  ", " ").replace(" of table ", " of ")
