"""The models of a project and a live PostgreSQL, each as facts; see the package's docstring.

A statement of the models that cannot be run makes its objects *unknown*: they are neither absent
nor equal, and nothing is proposed for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.schema import CreateIndex, CreateTable

from alembic_guard.runtime.comparing.comparison import (
    TYPED,
    Built,
    Comparison,
    NotCompared,
    Unknown,
)
from alembic_guard.runtime.comparing.facts import Facts, Thing, differences
from alembic_guard.runtime.comparing.model import Model, Statement
from alembic_guard.runtime.comparing.opinions import only_what_is_said
from alembic_guard.runtime.comparing.postgresql.allowed import is_unseen
from alembic_guard.runtime.comparing.postgresql.casts import with_casts
from alembic_guard.runtime.comparing.postgresql.extensions import declared_schemas
from alembic_guard.runtime.comparing.postgresql.fixpoint import same_after_all
from alembic_guard.runtime.comparing.postgresql.making import Keep, Making, make
from alembic_guard.runtime.comparing.postgresql.namespace import (
    Namespace,
    NoNamespace,
    namespace,
    quoted,
)
from alembic_guard.runtime.comparing.postgresql.owners import live_owners, model_owners
from alembic_guard.runtime.comparing.postgresql.standing import Standing, granted, read_standing
from alembic_guard.runtime.comparing.postgresql.typed import kind as kind_of
from alembic_guard.runtime.comparing.postgresql.typed import of_tables
from alembic_guard.runtime.comparing.postgresql.views import in_one_order, taking_all
from alembic_guard.runtime.comparing.unnamed import named_alike
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.dev_database import dev_database
from alembic_guard.runtime.no_scratch import NoScratch

if TYPE_CHECKING:
    from sqlalchemy import Connection, MetaData


def compared(
    connection: Connection,
    metadata: Sequence[MetaData],
    keep: Keep,
    dev_url: str = "",
    *,
    owners: bool = False,
    whole: bool = False,
) -> Comparison:
    """Compare models with a database.

    :param connection: in a transaction; it is left as it was, with no lock on a table.
    :param keep: whether a table of the models is to be compared.
    :param dev_url: a second PostgreSQL for the models, where they cannot be made beside the live
        schema: for a role that may read only, or a standby.
    :param owners: whether to compare the owners that the models say.
    :param whole: whether to make also tables that the database has to the last word, which
        changes nothing but the time that it takes.
    :raises NotCompared: where they can be made nowhere, or are too many to be made at once.
    """
    database = Database(connection)
    if database.commits_each_statement(connection):  # nothing could be rolled back
        with database.beside() as side:
            return side.ask(
                lambda beside: compared(beside, metadata, keep, dev_url, owners=owners, whole=whole)
            )
    default = connection.dialect.default_schema_name or "public"
    schemas = model_schemas(metadata, default)
    live = read_standing(connection, default, schemas)
    task = _Task(connection, metadata, live, keep, owners, whole)
    refused = []
    for temporary in _ladder(metadata, schemas):
        try:
            with namespace(connection, default, schemas, temporary=temporary) as made:
                return _in(made, task)
        except NoNamespace as reason:
            refused.append(str(reason))
    if not dev_url:
        raise NotCompared(refused[0], *_ways(database, connection))
    with (
        _second(dev_url, database) as second,
        namespace(second, default, schemas, temporary=False) as made,
    ):
        made.run(_extensions(connection, made))
        return _in(made, task)


@contextmanager
def _second(dev_url: str, database: Database) -> Iterator[Connection]:
    """A connection to ``dev_url``, in a transaction that is rolled back."""
    with ExitStack() as stack:
        try:
            home = stack.enter_context(dev_database(dev_url, "dev_url", database))
            second = stack.enter_context(home.engine.connect())
            stack.enter_context(second.begin())
            yield second
            second.rollback()
        except NoScratch as reason:
            raise NotCompared(reason.reason, *reason.next) from reason
        except NoNamespace as reason:
            raise NotCompared(f"dev_url: {reason}") from reason


def _extensions(live: Connection, made: Namespace) -> list[str]:
    """What makes the extensions of the live database in another one, as far as it has them."""
    statements = []
    for name, schema in live.execute(text(_EXTENSIONS)).all():
        home = made.stand_ins.get(schema, schema)
        statements += [
            f"CREATE SCHEMA IF NOT EXISTS {quoted(home)}",
            f"CREATE EXTENSION IF NOT EXISTS {quoted(name)} SCHEMA {quoted(home)}",
        ]
    return statements


def _ways(database: Database, connection: Connection) -> tuple[str, ...]:
    """What would let the models be made, filled in for this role and database."""
    name = connection.execute(text("SELECT current_database()")).scalar_one()
    role = connection.execute(text("SELECT current_user")).scalar_one()
    quote = connection.dialect.identifier_preparer.quote
    grant = f"GRANT CREATE, TEMPORARY ON DATABASE {quote(name)} TO {quote(role)};"
    return (
        'dev_url = "…"  # in the settings of alembic_guard: a PostgreSQL to make the models in',
        f"{grant}  # unless it is a standby, or read-only",
    )


@dataclass(frozen=True)
class _Task:
    """What is compared, wherever the models are made.

    :param connection: to the live database; :param standing: what it has.
    :param keep, owners, whole: as for :func:`compared`.
    """

    connection: Connection
    metadata: Sequence[MetaData]
    standing: Standing
    keep: Keep
    owners: bool
    whole: bool

    def make(self, made: Namespace) -> Making:
        """Make the models in a namespace."""
        live, dialect = self.standing.facts, self.connection.dialect
        return make(
            made, self.metadata, live, self.keep, dialect, whole=self.whole, owners=self.owners
        )

    def owned(self, making: Making) -> tuple[Facts, Facts, tuple[Unknown, ...]]:
        """Owners of the database and of the models, where these say one; what is not known."""
        if not self.owners:
            return {}, {}, ()
        creation = making.creation
        model, unknown = model_owners(
            self.connection, self.metadata, creation.facts, creation.owners
        )
        default = self.connection.dialect.default_schema_name or "public"
        schemas = {each: each for each in model_schemas(self.metadata, default)}
        live = live_owners(self.connection, {**schemas, default: ""}) if model else {}
        return {thing: live[thing] for thing in model if thing in live}, model, unknown


def _in(made: Namespace, task: _Task) -> Comparison:
    standing, making = task.standing, task.make(made)
    compiled, creation = making.compiled, making.creation
    told = creation.privileges
    owned, owners, nobody = task.owned(making)
    live = {**standing.facts, **granted(standing, creation.facts, told.objects), **owned}
    model, names = named_alike(live, creation.facts, lambda pairs: same_after_all(made, pairs))
    model |= owners
    unknown = tuple(
        each
        for each in (
            *_unknown(making, made),
            *_not_compiled(compiled, made.default),
            *nobody,
        )
        if each.thing is None or each.thing not in making.spared
    )
    live, model = only_what_is_said(live, model)
    loose = taking_all(creation.makers)
    found = differences(*(in_one_order(each, loose) for each in (live, model)))
    same = same_after_all(made, list(found.values()), loose)
    known = {
        thing: each
        for thing, each in found.items()
        if thing not in same and not any(one.covers(thing) for one in unknown)
    }
    built = Built(
        creation.makers,
        creation.dependencies,
        standing.dependencies,
        standing.order,
        standing.outside,
        standing.grants,
        tuple(told.revoked),
    )
    names.update(making.names)
    settled = frozenset(making.spared)
    return Comparison(
        live, model, with_casts(made, known), compiled, unknown, names, built, settled
    )


def model_schemas(metadata: Sequence[MetaData], default: str) -> set[str]:
    """The schemas of everything in the models, types and sequences too, without the default."""
    found: set[str | None] = set()
    for one in metadata:
        found |= {table.schema for table in one.tables.values()}
        found |= {sequence.schema for sequence in one._sequences.values()}
        for table in one.tables.values():
            for type_ in (column.type for column in table.columns):
                found |= {getattr(each, "schema", None) for each in (type_, _item(type_))}
        found |= declared_schemas(one)
    return {each for each in found if each} - {default}


def _item(type_: Any) -> Any:
    return getattr(type_, "item_type", None)


def _ladder(metadata: Sequence[MetaData], schemas: set[str]) -> list[bool]:
    """Whether to try ``pg_temp``, in order: it takes one schema, and only plain tables."""
    plain = not schemas and not any(_needs_schema(one) for one in metadata)
    return [True, False] if plain else [False, True] if not schemas else [False]


def _needs_schema(metadata: MetaData) -> bool:
    dispatch = [metadata.dispatch, *(table.dispatch for table in metadata.tables.values())]
    typed = any(list(each.after_create) or list(each.before_create) for each in dispatch)
    tables = metadata.tables.values()
    return typed or any(table._prefixes or getattr(table, "is_view", False) for table in tables)


def _unknown(making: Making, made: Namespace) -> Iterable[Unknown]:
    for failure in making.creation.failures:
        statement = making.compiled.statements[failure.place]
        yield _failed(statement, _table(statement.table, made.default), made.named(failure.message))
    failed = {failure.place for failure in making.creation.failures}
    for place, statement in enumerate(making.compiled.statements):
        if statement.raw and place not in failed and is_unseen(statement.sql):
            yield Unknown(_short(statement), "nothing of its kind is, and no migration makes it")


def _short(statement: Statement) -> str:
    words = " ".join(statement.sql.split())
    return words if len(words) <= 80 else f"{words[:77]}..."


def _table(thing: Thing | None, default: str) -> Thing | None:
    """A table of the models as facts call it: without the name of the default schema."""
    return replace(thing, schema="") if thing and thing.schema == default else thing


def _failed(statement: Statement, table: Thing | None, reason: str) -> Unknown:
    source = statement.source
    if isinstance(source, CreateTable) and table is not None:
        return Unknown(str(table), reason, table)
    if isinstance(source, CreateIndex) and table is not None:
        name = str(source.element.name)
        return Unknown(f"index {name}", reason, Thing("index", name, table.name, table.schema))
    if table is not None and not statement.raw:
        return Unknown(str(table), reason, table)
    kinds = frozenset({kind_of(statement.sql)} if statement.raw else ()) - {""} or TYPED
    if statement.raw and of_tables(statement.sql):
        kinds |= _OF_TABLES
    return Unknown(_short(statement), reason, kinds=kinds)


_OF_TABLES = {"index", "check", "unique", "foreign key", "primary key", "exclude"}


def _not_compiled(compiled: Model, default: str) -> Iterable[Unknown]:
    for each in compiled.uncompiled:
        table = _table(each.table, default)
        yield Unknown(each.source, each.reason, table, frozenset() if table else TYPED)


_EXTENSIONS = """
SELECT e.extname::text, n.nspname::text FROM pg_catalog.pg_extension e
  JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
 WHERE e.extname <> 'plpgsql' ORDER BY e.oid
"""
