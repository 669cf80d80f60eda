"""Runs migrations without executing them, and says step by step what they would do.

``upgrade()`` is really called, on a connection whose driver executes nothing; its reads are
answered by the real database, or with no rows. So loops, helpers, ``op.get_bind()``, ORM sessions
and ``sa.inspect()`` work, and each statement has its line.

It promises that nothing is written on the project's database, that a migration reaches nothing
outside (:mod:`~alembic_guard.runtime.sealed` says what cannot be kept from it), and that whatever a
migration raises ends in a :class:`Gap`. What takes longer than :data:`_LONGEST` is ended, unless it
is a call into C. Rows that the real run would have made are missing: what follows such a read is
marked (``Step.assumption``).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alembic.operations import Operations
from alembic.operations.ops import MigrateOperation, ModifyTableOps, OpContainer
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import URL, Dialect

from alembic_guard.runtime.by_statement import ByStatement
from alembic_guard.runtime.doing import Doing
from alembic_guard.runtime.driver import as_connected, silent_engine
from alembic_guard.runtime.gaps import Gap, inexact, raised
from alembic_guard.runtime.reads import Answers, answering
from alembic_guard.runtime.sealed import Blocked, Seal, sealed
from alembic_guard.runtime.stand_in import no_collection, quiet_log, swapped
from alembic_guard.runtime.step import Step
from alembic_guard.runtime.stepping import Stepping
from alembic_guard.runtime.swallowing import Swallowing, Touched
from alembic_guard.runtime.time_limit import TimeLimit

if TYPE_CHECKING:
    from alembic.script import Script, ScriptDirectory

    from alembic_guard.runtime.environment import Call

__all__ = ["Gap", "Recording", "record", "record_operations"]


_LONGEST = 10.0
"""Seconds that one function of a revision may take; most take milliseconds."""


@dataclass(frozen=True)
class Recording:
    """What migrations would do, in order, and what is not known of it."""

    steps: tuple[Step, ...]
    gaps: tuple[Gap, ...]


def record(
    call: Call,
    script: ScriptDirectory,
    revisions: Iterable[Script],
    *,
    upgrade: bool = True,
    keywords: Mapping[str, Any] | None = None,
    each_in_its_own: bool = False,
    answers: bool = True,
    touched: Touched | None = None,
) -> Recording:
    """Record revisions in the environment of one call of env.py, online or offline.

    :param revisions: in the order in which they would run.
    :param upgrade: False calls ``downgrade()``.
    :param keywords: what env.py passes to ``run_migrations()``.
    :param each_in_its_own: whether each revision has a transaction of its own, also where env.py
        does not ask for it; one that somebody else began stays theirs.
    :param answers: whether reads are put to the database behind the call.
    :param touched: the keys of the tables that a statement changes, told by whoever has a parser;
        without it names are guessed from its words.
    """
    context = call.context
    connection = None if context.as_sql else context.connection
    url = connection.engine.url if connection is not None else _url_of(context.dialect)
    # SQLAlchemy's mock connection of the offline mode has the dialect, and no more
    with ExitStack() as stack:
        asked = stack.enter_context(answering(call)) if answers else None
        options = {**context.opts, "script": script}
        recorder = _Recorder(context.dialect, url, options, asked, touched)
        recorder.environment = context.environment_context
        shared = call.external or not (
            each_in_its_own
            or context.opts.get("transaction_per_migration")
            or not context.impl.transactional_ddl
        )
        with recorder.running():
            for number, revision in enumerate(revisions):
                if number and not shared:
                    recorder.stepping.next_transaction()
                name = "upgrade" if upgrade else "downgrade"
                recorder.run(revision, name, keywords or {})
            return Recording(recorder.steps(), tuple(recorder.gaps))


def record_operations(
    operations: Iterable[MigrateOperation],
    dialect: Dialect,
    *,
    batch: bool = False,
    options: Mapping[str, Any] | None = None,
) -> tuple[Step, ...]:
    """The Steps of operations that are in no file yet; they have no place and no revision.

    :param operations: such as the ``ops`` of autogenerate's ``UpgradeOps``.
    :param batch: whether they will be written as ``batch_alter_table()``.
    :param options: as ``context.configure()`` takes them.
    """
    recorder = _Recorder(dialect, _url_of(dialect), dict(options or {}), None, None)
    with recorder.running():
        recorder.invoke(operations, batch)
        return recorder.steps()


class _Recorder:
    """One connection to nothing, and what went over it.

    :param options: of ``context.configure()``.
    """

    def __init__(
        self,
        dialect: Dialect,
        url: URL,
        options: dict[str, Any],
        answers: Answers | None,
        touched: Touched | None,
    ) -> None:
        dialect = as_connected(dialect)
        self.stepping = Stepping(rebuild=False, begun=self._begun)
        self.swallowing = Swallowing(dialect, self.stepping, answers, touched)
        self.engine = silent_engine(dialect, url, self.swallowing.execute, self._committed)
        self.environment: EnvironmentContext | None = None
        self.gaps: list[Gap] = []
        self._options = {**options, "as_sql": False, "output_buffer": io.StringIO()}
        self._options.pop("literal_binds", None)  # Alembic takes it in offline mode only
        self._seal: Seal | None = None
        self._limit = TimeLimit(_LONGEST)
        self._connection = ExitStack()
        self._operations: Operations | None = None
        self._transaction: Any = None

    def steps(self) -> tuple[Step, ...]:
        """What was recorded so far."""
        return tuple(doing.step() for doing in self.stepping.done)

    def _begun(self, doing: Doing) -> None:
        doing.assumption = self.swallowing.assumption

    def _committed(self) -> None:
        if self.swallowing.recording and self.stepping.transaction is not None:
            self.stepping.begin(None, session=True).sql.append("COMMIT")
            self.stepping.next_transaction()

    # --- The surroundings ---------------------------------------------------------------------

    @contextmanager
    def running(self) -> Iterator[None]:
        """Migrations run inside the block, sealed; what they print, they print when they run."""
        with ExitStack() as stack:
            stack.enter_context(redirect_stdout(io.StringIO()))
            stack.enter_context(quiet_log())
            stack.enter_context(no_collection())
            stack.callback(self._limit.close)
            self._seal = stack.enter_context(sealed(self.engine))
            stack.callback(self._disconnect)
            self.stepping.next_transaction()
            yield

    def _connect(self) -> Operations:
        """Operations on our connection; what goes wrong in a migration ends that connection."""
        if self._operations is None:
            self._operations = self._connection.enter_context(self._connected())
        return self._operations

    def _disconnect(self) -> None:
        self._operations = None
        self._connection.close()

    @contextmanager
    def _connected(self) -> Iterator[Operations]:
        """A new context on our connection, where migrations look for one."""
        with self.engine.connect() as connection, ExitStack() as stack:
            context = MigrationContext.configure(
                connection, opts=dict(self._options), environment_context=self.environment
            )
            self.stepping.watch_autocommit(context, enter=False)
            if self.environment is not None:
                stack.enter_context(swapped(self.environment, context))
            self._transaction = connection.begin()  # as Alembic does, so that migrations meet it
            operations = stack.enter_context(self.stepping.installed(context))
            try:
                yield operations
            finally:
                if self._transaction.is_active:
                    self._transaction.rollback()

    # --- One revision -------------------------------------------------------------------------

    def run(self, revision: Script, name: str, keywords: Mapping[str, Any]) -> None:
        """Record one revision: by calling its function, else from its text."""
        module, done = revision.module, self.stepping.done
        file = str(getattr(module, "__file__", None) or revision.path)
        mark, transaction = len(done), self.stepping.transaction
        changed = self.swallowing.changed
        self._begin()
        error = self._attempt(revision, file, lambda: getattr(module, name)(**keywords))
        self._note_inexact(revision.revision, file, error)
        if error is None:
            return
        partly = done[mark:]
        del done[mark:]
        self.stepping.transaction, self.swallowing.changed = transaction, changed
        self._begin(by_statement=True)
        text = ByStatement(module, file, done)
        found = False

        def by_statement() -> None:
            nonlocal found
            found = text.follow(name, keywords)

        self._attempt(revision, file, by_statement)
        if not found:
            done.extend(partly)
        self.gaps.append(raised(revision.revision, file, name, error, by_statement=found))

    def _begin(self, *, by_statement: bool = False) -> None:
        self.swallowing.begin(by_statement=by_statement)
        if self._seal is not None:
            self._seal.noted.clear()

    def _attempt(self, revision: Script, file: str, function: Any) -> BaseException | None:
        """Call it; what it raised, Ctrl-C apart."""
        self._connect()
        self.swallowing.recording = True
        try:
            with self._limit.watched(), self.stepping.revision(revision.revision, file):
                function()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit too: a migration is no reason to end
            self._disconnect()
            return error
        finally:
            self.swallowing.recording = False
        if not self._transaction.is_active:  # the migration committed, or closed the connection
            self._disconnect()
        return None

    def _note_inexact(self, revision: str, file: str, error: BaseException | None) -> None:
        noted = self._seal.noted if self._seal is not None else []
        if isinstance(error, Blocked):  # then it says what was turned away, with its line
            noted = [what for what in noted if not str(error).endswith(what)]
        self.gaps.extend(inexact(revision, file, noted, self.swallowing.inexact))

    # --- Operations without a revision --------------------------------------------------------

    def invoke(self, operations: Iterable[MigrateOperation], batch: bool) -> None:
        """Record operations as they come from autogenerate."""
        proxy = self._connect()
        self.swallowing.recording = True
        for operation in operations:
            self._invoke(proxy, operation, batch)

    def _invoke(self, proxy: Any, operation: MigrateOperation, batch: bool) -> None:
        if not isinstance(operation, OpContainer):
            _tolerantly(proxy, [operation])
        elif not batch or not isinstance(operation, ModifyTableOps):
            for each in operation.ops:
                self._invoke(proxy, each, batch)
        else:
            with proxy.batch_alter_table(operation.table_name, operation.schema) as batch_proxy:
                _tolerantly(batch_proxy, operation.ops)


def _tolerantly(proxy: Any, operations: Sequence[MigrateOperation]) -> None:
    """What cannot be rendered here (a constraint on SQLite) is a Step without SQL."""
    for operation in operations:
        try:
            proxy.invoke(operation)
        except Exception:  # whatever a dialect or a custom operation raises
            continue


def _url_of(dialect: Dialect) -> URL:
    driver = f"+{dialect.driver}" if getattr(dialect, "driver", None) else ""
    return URL.create(f"{dialect.name}{driver}")
