"""What the guards look at before a migration is written: frozen values, made by the commands.

Nothing here asks a database or reads a file; whoever makes a subject has done that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

if TYPE_CHECKING:
    from sqlalchemy import Dialect

    from alembic_guard.runtime.create_all import CodeLine
    from alembic_guard.runtime.env_target import EnvTarget
    from alembic_guard.runtime.history import Revision
    from alembic_guard.runtime.metadata_holders import MetadataHolder
    from alembic_guard.runtime.models import DeclaredTable


@dataclass(frozen=True)
class LoadedMetadata:
    """The ``target_metadata`` that env.py gave for one database.

    :param given: whether there is a MetaData, or a sequence of them, at all.
    :param tables: keys of its tables, as in ``MetaData.tables``.
    :param undeclared: tables on disk that it lacks.
    :param env_py: path of env.py.
    :param revisions: how many revision files there are.
    :param recorded: the revisions that the version table holds.
    :param live: keys of the tables in the database, version table and journal left out.
    :param matching: the revision after which the files make just those tables, if one.
    :param create_all: where the project's code makes the tables by itself.
    :param target: what env.py says of it; :param holders: what the project has to give instead;
        both are looked for only where there are no tables.
    :param engines: the names of multidb's databases, to which env.py gives a MetaData each.
    :param autogenerate: whether a migration is to be derived; False where one only looks.
    :param in_the_way: whether another subject has the tables that pending revisions create.
    :param late_imports: modules that env.py imports too late, with the line, counted from 1.
    """

    given: bool
    tables: frozenset[str]
    undeclared: tuple[DeclaredTable, ...]
    env_py: str
    url: str
    revisions: int
    recorded: tuple[str, ...]
    live: frozenset[str]
    matching: str | None = None
    create_all: tuple[CodeLine, ...] = ()
    target: EnvTarget | None = None
    holders: tuple[MetadataHolder, ...] = ()
    engines: tuple[str, ...] = ()
    autogenerate: bool = True
    in_the_way: bool = False
    late_imports: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class UnrecordedTables:
    """Tables that pending revisions create, in a database that recorded no revision.

    :param version_table: as env.py names it; :param revision: the first that would fail.
    :param matching: the revision after which the files make just those tables, if one.
    :param create_all: where the project's code makes the tables by itself.
    """

    url: str
    version_table: str
    revision: Revision
    tables: tuple[str, ...]
    matching: str | None = None
    create_all: tuple[CodeLine, ...] = ()


@dataclass(frozen=True)
class MissingTables:
    """A database at the head of a history, without one of the tables that the history makes.

    :param schema: where they would be, if they say none; :param version_schemas: where there is a
        table of the version table's name; :param elsewhere: the schemas that have all the tables.
    :param kind: the dialect's name.
    """

    url: str
    recorded: tuple[str, ...]
    tables: tuple[str, ...]
    schema: str | None
    version_table: str
    version_schemas: tuple[str, ...]
    elsewhere: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class NeverCommitted:
    """env.py began a transaction before ``context.configure()`` and closed it without a commit."""

    env_py: str


@dataclass(frozen=True)
class Position:
    """Where one database is, and where the files are.

    :param current: what the database recorded; :param heads: of the files.
    :param pending: revisions of the files that the database lacks, oldest first.
    """

    url: str
    current: tuple[str, ...]
    heads: tuple[str, ...]
    pending: tuple[Revision, ...]


@dataclass(frozen=True)
class DatabaseDraft:
    """What would be written for one database.

    :param live: keys of the tables that autogenerate saw in the database.
    :param nobodys: among them, those that no history owns, with the reason.
    :param filtered: what the project's filters turned away: filter, type and name.
    :param unnamed: constraints that come without a name of the models, by kind and table.
    """

    url: str
    dialect: Dialect
    upgrade: ops.UpgradeOps
    downgrade: ops.DowngradeOps
    live: frozenset[str] = frozenset()
    nobodys: Mapping[str, str] = field(default_factory=dict)
    filtered: tuple[tuple[str, str, str], ...] = ()
    compares_defaults: bool = True
    unnamed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Draft:
    """A migration before it is written: its operations, as env.py's own hooks left them.

    :param owned: keys of tables that some revision of this history creates or renames to.
    :param emptied: operations that were found, and that the project's own
        ``process_revision_directives`` took out.
    :param command: what the user typed, to repeat it with one more option.
    :param renames_settled: whether the user said that nothing (more) is a rename.
    """

    databases: tuple[DatabaseDraft, ...]
    owned: frozenset[str]
    command: str
    emptied: int = 0
    renames_settled: bool = False


@dataclass(frozen=True)
class Drift:
    """A database at head, and what a migration that is made now would do to it, in words."""

    url: str
    changes: tuple[str, ...]


@dataclass(frozen=True)
class RenderedText:
    """The text of a revision before it is written.

    :param path: where it would be written, relative; :param template: script.py.mako, relative.
    """

    path: str
    text: str
    template: str


@dataclass(frozen=True)
class HookFailure:
    """A post-write hook that ended badly.

    :param status: its exit status, or None when it could not be started.
    """

    hook: str
    command: str
    status: int | None
    path: Path
    message: str = ""


@dataclass(frozen=True)
class BrokenByHooks:
    """A revision that no longer compiles after the post-write hooks.

    :param error: what the compiler, or whoever could not read it, says.
    """

    path: Path
    error: str


@dataclass(frozen=True)
class Taken:
    """A file that is in the way of a new one.

    :param path: relative; :param revision: the identifier that it has too, if that is the reason.
    """

    path: str
    revision: str | None = None


@dataclass(frozen=True)
class ProposedId:
    """The id that a new revision would have, as it was typed."""

    revision: str


def operations(container: Any) -> Iterator[ops.MigrateOperation]:
    """Every operation of a container, those inside ``ModifyTableOps`` too."""
    for operation in container.ops:
        if isinstance(operation, ops.OpContainer):
            yield from operations(operation)
        else:
            yield operation


def key(name: str, schema: str | None) -> str:
    """As ``MetaData.tables`` spells a table."""
    return f"{schema}.{name}" if schema else name
