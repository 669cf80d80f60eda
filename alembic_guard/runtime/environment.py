"""Runs the project's ``env.py`` under guard, exactly as a stock command would.

One :class:`Call` stands for one ``context.configure()`` with its ``context.run_migrations()``: an
environment for several databases or tenants makes several. Everything that the project set up for
itself stays in force (its ``process_revision_directives``, ``on_version_apply`` and filters are
chained, never replaced).

What it holds on to, tried on Alembic 1.18.4, 1.19.1, 1.20.0 and 1.20.1:

- ``configure``, ``begin_transaction`` and ``run_migrations`` are overridden on the *instance* of
  ``EnvironmentContext``: the module proxies of ``alembic.context`` are keyed by class, so a
  subclass leaves them empty;
- ``EnvironmentContext._migration_context`` is the context that ``configure()`` made.

It does not decide what a failure means: see :mod:`alembic_guard.runtime.failure`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.runtime.environment import EnvironmentContext
from alembic.util import CommandError
from sqlalchemy import event

from alembic_guard.errors import GuardError
from alembic_guard.runtime.absent_file import no_new_file
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.filters import record_filters
from alembic_guard.runtime.unprepared import unprepared

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection

Work = Callable[[Any, Any], Iterable[Any]]
"""What Alembic calls with the heads and the context, and what yields the steps to run."""


class Signal(Exception):
    """What our own machinery raises through ``env.py``; it comes out even if env.py swallows it."""


@dataclass
class Call:
    """One ``context.configure()`` of env.py.

    :param number: counted from 0, in env.py's order.
    :param in_transaction: whether the connection was already in a transaction. Then Alembic leaves
        committing to the environment (facts/alembic_hooks.md, B6).
    :param handed_in: whether the connection came through ``config.attributes``, so that it and its
        transaction belong to the caller.
    :param filtered: what the project's ``include_name`` and ``include_object`` turned away, as
        ``(filter, type, name)``.
    :param absent_file: the SQLite file that does not exist yet, and stays so while one only looks.
    :param committed: whether env.py has committed since; known when it has ended.
    :param keywords: what it hands to each ``upgrade()``, such as multidb's ``engine_name``.
    """

    number: int
    context: MigrationContext
    in_transaction: bool
    handed_in: bool
    filtered: list[tuple[str, str, str]] = field(default_factory=list)
    absent_file: Path | None = None
    committed: bool = False
    keywords: Mapping[str, Any] = field(default_factory=dict)

    @property
    def connection(self) -> Connection:
        """The migration connection."""
        connection = self.context.connection
        assert connection is not None
        return connection

    @property
    def online(self) -> bool:
        """Whether there is a database to ask; offline, Alembic's context has a mock connection."""
        return self.context.connection is not None and not self.context.as_sql

    @property
    def external(self) -> bool:
        """Whether somebody else commits, so that there is no transaction for each revision."""
        return self.in_transaction or self.handed_in

    def heads(self) -> tuple[str, ...]:
        """The revisions that the version table holds; leaves no transaction open behind."""
        with self.reading():
            return tuple(sorted(self.context.get_current_heads()))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The connection, for reads only: a transaction that they began is ended again."""
        before = self.connection.in_transaction()
        try:
            yield self.connection
        finally:
            if not before and self.connection.in_transaction():
                self.connection.rollback()

    def note_commit(self) -> None:
        """env.py's transaction has been committed."""
        self.committed = True

    def settle(self) -> None:
        """Commit what env.py did between ``configure()`` and ``run_migrations()``.

        Plain Alembic would commit it with the migrations; here each of those has a transaction of
        its own, and a ``SET search_path`` in that place has to outlive them all.
        """
        if not self.external and self.connection.in_transaction():
            self.connection.commit()


Migrating = Callable[[Call, Callable[[], None]], None]
"""Serves one call: receives it and Alembic's own ``run_migrations``, ready to be called."""


def run_environment(
    config: Config,
    script: ScriptDirectory,
    work: Work,
    *,
    migrating: Migrating | None = None,
    each_in_its_own: bool = False,
    commit_rest: bool = False,
    read_only: bool = False,
    lead: Callable[[Connection], None] | None = None,
    **options: Any,
) -> list[Call]:
    """Run env.py once.

    :param work: as Alembic's ``fn``: given the heads and the context, yields the steps to run.
    :param migrating: called in place of each ``run_migrations()``; by default it just runs.
    :param each_in_its_own: give each revision its own transaction, also where env.py does not ask
        for it; one that somebody else began stays theirs.
    :param commit_rest: with it, commit what env.py itself does inside ``begin_transaction()``, as
        plain Alembic would with the migrations.
    :param read_only: make neither a version table nor the file of a SQLite database.
    :param lead: leads the connection that env.py hands to ``configure()`` to another URL; one that
        was handed in is the caller's, and stays.
    :param options: as ``EnvironmentContext`` takes them (``destination_rev``, ``template_args``…).
    :returns: the calls that env.py made, in order; empty when it never ran migrations.
    :raises EnvironmentFailed: when env.py, or what it imports or connects to, raised.
    :raises Signal: what ``migrating`` or ``work`` raised on purpose.
    :raises Exception: a defect of ours, as it was raised.
    """
    guarded = _Guarded(config, script, migrating, each_in_its_own, commit_rest, lead)
    if read_only:
        options["dont_mutate"] = True
    environment = EnvironmentContext(config, script, fn=work, **options)
    with (
        unprepared(),
        guarded.hooked(environment),
        no_new_file(read_only) as guarded.absent,
    ):
        try:
            script.run_env()
        except (Signal, GuardError):
            raise
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            # asyncio turns what we raised after Ctrl-C into a KeyboardInterrupt of its own
            if guarded.signal is None and isinstance(error, KeyboardInterrupt):
                raise
            if guarded.signal is None:
                raise EnvironmentFailed(
                    error, script.env_py_location, guarded.stage, config
                ) from error
    if guarded.signal is not None:
        raise guarded.signal
    return guarded.calls


class _Guarded:
    """The overridden methods of one EnvironmentContext, and what they saw."""

    def __init__(
        self,
        config: Config,
        script: ScriptDirectory,
        migrating: Migrating | None,
        each_in_its_own: bool,
        commit_rest: bool,
        lead: Callable[[Connection], None] | None = None,
    ) -> None:
        self.config = config
        self.migrating = migrating
        self.each_in_its_own = each_in_its_own
        self.commit_rest = commit_rest
        self.lead = lead
        self.calls: list[Call] = []
        self.absent: list[Path] = []
        self.signal: BaseException | None = None
        self.stage = "loading"
        self._current: Call | None = None

    @contextmanager
    def hooked(self, environment: EnvironmentContext) -> Iterator[None]:
        plain_configure, plain_run = environment.configure, environment.run_migrations
        plain_begin = environment.begin_transaction

        @functools.wraps(plain_configure)
        def configure(connection: Any = None, *args: Any, **options: Any) -> None:
            self.stage = "configuring"
            self._configure(environment, plain_configure, connection, args, options)
            self.stage = "configured"

        @functools.wraps(plain_run)
        def run_migrations(**keywords: Any) -> None:
            self.stage = "migrating"
            self._run(functools.partial(plain_run, **keywords), keywords)
            self.stage = "migrated"

        @contextmanager
        def begin_transaction() -> Iterator[Any]:
            with plain_begin() as transaction:
                yield transaction
                if self.commit_rest and self._current is not None:
                    self._current.settle()

        environment.configure = configure  # type: ignore[method-assign]
        environment.run_migrations = run_migrations  # type: ignore[method-assign]
        environment.begin_transaction = begin_transaction  # type: ignore[method-assign]
        with environment:
            yield

    def _configure(
        self,
        environment: EnvironmentContext,
        plain: Callable[..., None],
        connection: Any,
        args: tuple[Any, ...],
        options: dict[str, Any],
    ) -> None:
        handed_in = any(
            connection is not None
            and connection in (value, getattr(value, "sync_connection", None))
            for value in self.config.attributes.values()
        )
        if self.lead is not None and not handed_in and hasattr(connection, "engine"):
            self._led(connection)
        in_transaction = bool(connection is not None and _in_transaction(connection))
        filtered: list[tuple[str, str, str]] = []
        record_filters(options, filtered)
        if self.each_in_its_own and not (handed_in or in_transaction):
            options["transaction_per_migration"] = True
        plain(connection, *args, **options)
        context = environment._migration_context
        assert context is not None
        absent = self.absent[-1] if self.absent else None
        call = Call(len(self.calls), context, in_transaction, handed_in, filtered, absent)
        if call.in_transaction:
            event.listen(call.connection, "commit", lambda _connection: call.note_commit())
        self._current = call

    def _led(self, connection: Connection) -> None:
        assert self.lead is not None
        try:
            self.lead(connection)
        except Signal as signal:  # also where env.py catches it
            self.signal = signal
            raise

    def _run(self, plain: Callable[[], None], keywords: Mapping[str, Any]) -> None:
        call = self._current
        if call is None:  # env.py migrates without configure(): Alembic's own assertion says so
            plain()
            return
        call.keywords = keywords
        self.calls.append(call)
        try:
            if self.migrating is None:
                plain()
            else:
                self.migrating(call, plain)
        except (Signal, GuardError, CommandError, KeyboardInterrupt) as signal:
            self.signal = signal
            raise
        except Exception as error:
            from alembic_guard.runtime.failure_kinds import kind_of  # few runs fail
            from alembic_guard.runtime.traces import is_ours

            if is_ours(error) and kind_of(error) == "env-error":
                self.signal = error  # it comes out as it is: no failure of env.py
            raise


def _in_transaction(connection: Any) -> bool:
    ask = getattr(connection, "in_transaction", None)
    return bool(ask()) if callable(ask) else False
