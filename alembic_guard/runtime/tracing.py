"""Runs migrations on a scratch database, and says step by step what they did.

The same Steps as recording has, with what was measured of each
(:class:`~alembic_guard.runtime.step.Measured`). Statements are really executed, so that a migration
may look at what an earlier one made, read its own rows, and use an ORM session.

It promises that a migration reaches no other database: it has one engine, that of the scratch
database, on connections that are open already. Another engine, a socket, a process or a file to
write is turned away as in a recording (:mod:`~alembic_guard.runtime.sealed`), for mail that a
migration sends is no part of judging it; and so is SQL that acts on the whole server
(:mod:`~alembic_guard.runtime.beyond`). There is no limit on time.

What a revision raises ends the trace: the rest is recorded, as the schema is no longer what later
revisions expect, and a :class:`Gap` says so.

Private names, tried on Alembic 1.18.4, 1.19.1, 1.20.0 and 1.20.1: ``MigrationContext._version``,
``_ensure_version_table``, ``begin_transaction(_per_migration=)``.
"""

from __future__ import annotations

import sys
from asyncio import CancelledError
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.environment import Signal
from alembic_guard.runtime.gaps import Gap, inexact, raised
from alembic_guard.runtime.recording import Recording, record
from alembic_guard.runtime.scratch import NoScratch
from alembic_guard.runtime.scratch_mysql import other_databases
from alembic_guard.runtime.sealed import Seal, sealed
from alembic_guard.runtime.stand_in import quiet_log, swapped
from alembic_guard.runtime.step import Step
from alembic_guard.runtime.stepping import Stepping
from alembic_guard.runtime.swallowing import Touched
from alembic_guard.runtime.traced import Around, Failure, Traced
from alembic_guard.runtime.watching import Watch

if TYPE_CHECKING:
    from alembic.script import Script, ScriptDirectory

    from alembic_guard.runtime.environment import Call

__all__ = ["replay", "trace", "trace_as_far"]

_INSTEAD = "it and what comes after it was recorded, as without --trace"


def trace(
    call: Call,
    script: ScriptDirectory,
    revisions: Iterable[Script],
    engine: Engine,
    *,
    upgrade: bool = True,
    keywords: Mapping[str, Any] | None = None,
    each_in_its_own: bool = False,
    touched: Touched | None = None,
) -> Recording:
    """Run revisions on a scratch database, in the environment of one call of env.py.

    :param revisions: in the order in which they run; :param engine: of the scratch database.
    :param upgrade: False calls ``downgrade()``.
    :param keywords: what env.py passes to ``run_migrations()``.
    :param each_in_its_own: whether each revision has a transaction of its own, also where env.py
        does not ask for it; one that somebody else began stays theirs.
    :param touched: as :func:`~alembic_guard.runtime.recording.record` takes it.
    """
    return trace_as_far(
        call,
        script,
        revisions,
        engine,
        upgrade=upgrade,
        keywords=keywords,
        each_in_its_own=each_in_its_own,
        touched=touched,
    ).recording


def trace_as_far(
    call: Call,
    script: ScriptDirectory,
    revisions: Iterable[Script],
    engine: Engine,
    *,
    upgrade: bool = True,
    keywords: Mapping[str, Any] | None = None,
    each_in_its_own: bool = False,
    touched: Touched | None = None,
    around: Around | None = None,
) -> Traced:
    """The same as :func:`trace`, with what ended it.

    :param around: looks at the scratch database before and after each revision.
    :raises Signal: what ``around`` or a migration raised on purpose.
    """
    listed = tuple(revisions)
    tracer = _Tracer(call, script, engine, each_in_its_own, around)
    tracer.run(listed, "upgrade" if upgrade else "downgrade", keywords or {})
    steps = tuple(doing.step() for doing in tracer.stepping.done)
    if tracer.failure is None:
        return Traced(Recording(steps, tuple(tracer.gaps)))
    recorded = record(
        call,
        script,
        listed,
        upgrade=upgrade,
        keywords=keywords,
        each_in_its_own=each_in_its_own,
        touched=touched,
    )
    joined = _joined(steps, tracer, recorded, [one.revision for one in listed])
    return Traced(joined, tracer.failure)


def replay(
    call: Call,
    script: ScriptDirectory,
    revisions: Iterable[Script],
    engine: Engine,
    keywords: Mapping[str, Any] | None = None,
) -> None:
    """Make a schema by running ``upgrade()`` of revisions, oldest first.

    :raises NoScratch: when one of them raises.
    """
    tracer = _Tracer(call, script, engine, False)
    tracer.run(tuple(revisions), "upgrade", keywords or {})
    if tracer.failure is not None:
        gap = tracer.gaps[-1]
        raise NoScratch(
            f"the history does not run from its beginning: {gap.revision}: {gap.reason}"
        )


def _joined(
    traced: Sequence[Step], tracer: _Tracer, recorded: Recording, revisions: Sequence[str]
) -> Recording:
    """What was traced up to the revision that failed, and the recording from there on.

    Of that revision the steps before the one that raised stay, where the recording has the same.
    """
    assert tracer.failure is not None
    failed = tracer.failure.script.revision
    rest = revisions[revisions.index(failed) :]
    before = [step for step in traced if step.revision not in rest]
    partly = [step for step in traced if step.revision == failed][:-1]
    after = [step for step in recorded.steps if step.revision in rest]
    kept = partly if [*map(_same, partly)] == [*map(_same, after[: len(partly)])] else []
    gaps = (*tracer.gaps, *(gap for gap in recorded.gaps if gap.revision in rest))
    return Recording((*before, *kept, *after[len(kept) :]), gaps)


def _same(step: Step) -> tuple[object, ...]:
    """What a Step has in common with that of another run; directives have no equality."""
    return type(step.directive), step.sql, step.place, step.transaction, step.rebuilds


@dataclass
class _Here:
    """Where revisions run."""

    context: MigrationContext
    connection: Connection
    watch: Watch
    seal: Seal


class _Tracer:
    """Revisions on a scratch database, and what they did."""

    def __init__(
        self,
        call: Call,
        script: ScriptDirectory,
        engine: Engine,
        each_in_its_own: bool,
        around: Around | None = None,
    ) -> None:
        context = call.context
        own = each_in_its_own or context.opts.get("transaction_per_migration")
        self.stepping = Stepping()
        self.gaps: list[Gap] = []
        self.failure: Failure | None = None
        self._around = around
        self._call = call
        self._engine = engine
        self._shared = call.external or not (own or not context.impl.transactional_ddl)
        self._options = {
            **context.opts,
            "script": script,
            "as_sql": False,
            "transaction_per_migration": not self._shared,
        }

    def run(self, revisions: Sequence[Script], name: str, keywords: Mapping[str, Any]) -> None:
        """Run the function of that name of each; the first that raises is the last."""
        error: BaseException | None = None
        revision: Script | None = None
        with self._here() as here:
            try:
                with here.context.begin_transaction():
                    for number, revision in enumerate(revisions):
                        if number == 0 or not self._shared:
                            self.stepping.next_transaction()
                        with here.context.begin_transaction(_per_migration=True):
                            self._one(here, revision, name, keywords)
            except (KeyboardInterrupt, CancelledError, Signal):
                raise  # asyncio makes the second of the first
            except BaseException as raised_:  # SystemExit too: a migration is no reason to end
                error = raised_
        if error is not None and revision is not None:
            file = str(getattr(revision.module, "__file__", None) or revision.path)
            gap = raised(revision.revision, file, name, error, by_statement=False)
            self.failure = Failure(revision, error)
            self.gaps.append(replace(gap, what=_INSTEAD, traced=True))

    def _one(self, here: _Here, revision: Script, name: str, keywords: Mapping[str, Any]) -> None:
        module = revision.module
        file = str(getattr(module, "__file__", None) or revision.path)
        here.seal.noted.clear()
        if self._around is not None:
            self._around.before(revision, here.connection)
        here.watch.revision()
        here.watch.inside = True
        try:
            with self.stepping.revision(revision.revision, file):
                getattr(module, name)(**keywords)
            self.gaps.extend(inexact(revision.revision, file, here.seal.noted, ()))
        finally:
            here.watch.inside = False
        if self._around is not None:
            self._around.after(revision, here.connection)

    @contextmanager
    def _here(self) -> Iterator[_Here]:
        """A context on the scratch database, where migrations look for Alembic's."""
        environment = self._call.context.environment_context
        with ExitStack() as stack:
            stack.enter_context(redirect_stdout(sys.stderr))
            stack.enter_context(quiet_log())
            connection = stack.enter_context(self._engine.connect())
            connection = self._as_configured(connection)
            others = _others(connection)
            context = MigrationContext.configure(
                connection, opts=dict(self._options), environment_context=environment
            )
            self._stamp(context, connection)
            self.stepping.watch_autocommit(context)
            if environment is not None:
                stack.enter_context(swapped(environment, context))
            stack.enter_context(self.stepping.installed(context))
            seal = stack.enter_context(sealed(self._engine))
            watch = Watch(connection, self.stepping, lambda: seal, others)
            stack.enter_context(watch.watching())
            yield _Here(context, connection, watch, seal)

    def _as_configured(self, connection: Connection) -> Connection:
        """With the schemas that env.py translates on its connection."""
        options = self._call.connection.get_execution_options()
        translated = options.get("schema_translate_map")
        if translated:
            connection = connection.execution_options(schema_translate_map=translated)
        return connection

    def _stamp(self, context: MigrationContext, connection: Connection) -> None:
        """The version table says what it says in the live database, for who asks it."""
        try:
            context._ensure_version_table()
            if not connection.execute(context._version.select()).all():
                for head in self._call.heads():
                    row = {context._version.c.version_num.name: head}
                    connection.execute(context._version.insert().values(row))
            connection.commit()
        except DBAPIError:
            connection.rollback()


def _others(connection: Connection) -> frozenset[str]:
    if connection.dialect.name not in ("mysql", "mariadb"):
        return frozenset()
    found = other_databases(connection)
    connection.rollback()
    return found
