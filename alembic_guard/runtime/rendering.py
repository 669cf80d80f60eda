"""Migrations as text: runs them as ``alembic upgrade --sql`` does, and says what cannot be written.

``upgrade()`` is really called, on a connection to nothing, sealed from everything outside
(:mod:`~alembic_guard.runtime.sealed`). Each statement comes out as a Step, with its line and with
its values in it, and with what Alembic itself does to the version table. What depends on an answer
of the database has no text, and is a :class:`NotRendered`; Alembic's own ``--sql`` ends in a
traceback there, or writes nonsense.

Private names, tried on Alembic 1.18.4, 1.19.1, 1.20.0 and 1.20.1: ``DefaultImpl._exec``, through
which every directive goes (its own replaces tabs inside of values), ``MigrationContext._version``.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any

from alembic.runtime.migration import HeadMaintainer, MigrationContext
from alembic.util import CommandError
from sqlalchemy import ClauseElement
from sqlalchemy.engine import URL
from sqlalchemy.exc import NoInspectionAvailable
from sqlalchemy.schema import CreateTable

from alembic_guard.finding import Place
from alembic_guard.runtime.driver import silent_engine
from alembic_guard.runtime.gaps import place_of
from alembic_guard.runtime.history import Revision, as_revision, relative
from alembic_guard.runtime.rendered import (
    CheckNotRendered,
    NotRendered,
    Rendered,
    RenderedCheck,
    Rendering,
)
from alembic_guard.runtime.sealed import Seal, sealed
from alembic_guard.runtime.stand_in import quiet_log, swapped
from alembic_guard.runtime.stepping import Stepping
from alembic_guard.runtime.unconnected import NeedsDatabase, Unconnected, as_text, script_dialect

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep
    from alembic.script import ScriptDirectory

    from alembic_guard.runtime.environment import Call


# What would end the script's own transaction; MariaDB's compound statement begins none.
_CONTROL = re.compile(
    r"\s*(?:BEGIN(?!\s+NOT\b)|COMMIT|END|ABORT|ROLLBACK(?!\s+TO\b)|START\s+TRANSACTION)\b",
    re.IGNORECASE,
)


def render(
    call: Call,
    script: ScriptDirectory,
    steps: Sequence[RevisionStep],
    heads: Sequence[str],
    *,
    version: Sequence[int] = (),
    checked: bool = True,
) -> Rendering:
    """Write what would be applied, or reverted, down.

    :param call: of env.py, online or offline; its options and keywords are used.
    :param heads: what the version table holds before the first one.
    :param version: of the server, where there is no connection to tell it.
    :param checked: whether with the migrations' own checks.
    """
    renderer = _Renderer(call, script, heads, version, checked)
    with renderer.running():
        rendered = [each for each in map(renderer.revision, steps) if each is not None]
    return Rendering(
        tuple(rendered), tuple(renderer.failures), renderer.version_table(), renderer.dialect
    )


class _Renderer:
    def __init__(
        self,
        call: Call,
        script: ScriptDirectory,
        heads: Sequence[str],
        version: Sequence[int],
        checked: bool,
    ) -> None:
        self._checked = checked
        self.dialect = script_dialect(call.context.dialect, version)
        self.failures: list[NotRendered | CheckNotRendered] = []
        self._keywords: Mapping[str, Any] = call.keywords
        self._environment = call.context.environment_context
        self._stepping = Stepping()
        self._write: Callable[[str], None] = self._to_owner
        self._connection = Unconnected(
            self.dialect, lambda said: self._write(said), lambda: self._stepping.where()[0]
        )
        self._context = self._offline(call, script)
        self._maintainer = HeadMaintainer(self._context, heads)
        self._seal: Seal | None = None

    def _offline(self, call: Call, script: ScriptDirectory) -> MigrationContext:
        options = {
            **call.context.opts,
            "script": script,
            "as_sql": True,
            "literal_binds": True,
            "output_buffer": io.StringIO(),
        }
        options.pop("output_encoding", None)
        with quiet_log():
            context = MigrationContext.configure(
                dialect=self.dialect, opts=options, environment_context=self._environment
            )
        connection: Any = self._connection
        context.connection = context.impl.connection = connection

        def _exec(
            construct: Any, execution_options: Any = None, multiparams: Any = None, params: Any = ()
        ) -> Any:
            return self._connection.perform(construct, multiparams or params or None)

        context.impl._exec = _exec  # type: ignore[method-assign]
        self._stepping.watch_autocommit(context, enter=False)
        return context

    @contextmanager
    def running(self) -> Iterator[None]:
        """Migrations run inside the block."""
        engine = silent_engine(
            self.dialect, URL.create(self.dialect.name), lambda *_: None, lambda: None
        )
        with ExitStack() as stack:
            stack.enter_context(redirect_stdout(io.StringIO()))
            stack.enter_context(quiet_log())
            if self._environment is not None:
                stack.enter_context(swapped(self._environment, self._context))
                self._environment.context_opts["as_sql"] = True
            stack.enter_context(self._stepping.installed(self._context))
            self._seal = stack.enter_context(sealed(engine))
            yield

    def version_table(self) -> str:
        """The DDL of the version table."""
        return as_text(CreateTable(self._context._version, if_not_exists=True), self.dialect)

    def revision(self, step: RevisionStep) -> Rendered | None:
        """Write one revision down; None where it has no text."""
        script, revision = step.revision, as_revision(step.revision)
        before = tuple(sorted(self._maintainer.heads))
        precheck = self._check("precheck", script, revision)
        mark = len(self._stepping.done)
        failed = self._attempt(script, lambda: step.migration_fn(**self._keywords))
        postcheck = self._check("postcheck", script, revision)
        version = self._version(step)
        if failed is not None:
            self.failures.append(NotRendered(revision, *failed))
            return None
        return Rendered(
            revision,
            before,
            tuple(sorted(self._maintainer.heads)),
            tuple(doing.step() for doing in self._stepping.done[mark:] if doing.sql),
            version,
            (*precheck, *postcheck),
        )

    def _version(self, step: RevisionStep) -> tuple[str, ...]:
        """What Alembic does at the end of a revision, and what env.py has it call."""
        written: list[str] = []
        self._write = written.append
        try:
            self._maintainer.update_to_step(step)
            for callback in self._context.on_version_apply_callbacks:
                callback(
                    ctx=self._context,
                    step=step.info,
                    heads=set(self._maintainer.heads),
                    run_args=self._keywords,
                )
        except NeedsDatabase as needs:
            said = f"on_version_apply of env.py has no text: {needs}"
            self.failures.append(NotRendered(as_revision(step.revision), needs.place, said))
        finally:
            self._write = self._to_owner
        return tuple(written)

    def _attempt(self, script: Any, function: Callable[[], Any]) -> tuple[Place | None, str] | None:
        """Call it; where and why it has no text."""
        file = str(getattr(script.module, "__file__", None) or script.path)
        self._connection.asked.clear()
        assert self._seal is not None
        self._seal.noted.clear()
        try:
            with self._stepping.revision(script.revision, file):
                function()
        except NeedsDatabase as needs:
            if not self._connection.asked:
                return place_of(needs, file), str(needs)
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException as error:
            if not self._connection.asked:
                return place_of(error, file), _reason(error, self._seal.noted)
        if self._connection.asked:  # also where it was swallowed: what followed was made up
            first = self._connection.asked[0]
            return first.place, str(first)
        if self._seal.noted:
            return Place(relative(file), None), f"it wanted to {self._seal.noted[0]}"
        return None

    def _check(self, name: str, script: Any, revision: Revision) -> list[RenderedCheck]:
        function = getattr(script.module, name, None)
        if function is None or not self._checked:
            return []
        place = Place(relative(script.path), function.__code__.co_firstlineno)
        answers: list[Any] = []
        written: list[str] = []
        self._write = written.append
        try:
            failed = self._attempt(script, lambda: answers.append(function(self._connection)))
        finally:
            self._write = self._to_owner
        if failed is None and written:
            failed = (place, "it executes a statement itself instead of returning it")
        if failed is None and isinstance(answers[0], int) and not answers[0]:
            failed = (place, "it says no without asking the database")
        if failed is None:
            try:
                return [RenderedCheck(name, self._question(answers[0]), place)]
            except Exception as error:  # whatever compiling raises
                failed = (place, f"what it returns has no text: {str(error).partition(chr(10))[0]}")
        self.failures.append(CheckNotRendered(name, revision, *failed))
        return []

    def _question(self, answer: Any) -> str:
        return as_text(answer, self.dialect) if isinstance(answer, ClauseElement) else ""

    def _to_owner(self, said: str) -> None:
        if control := _CONTROL.match(said):
            verb = " ".join(control[0].split()).upper()
            raise self._connection.refuse(f"it says {verb} itself, and the script does that")
        self._stepping.owner().sql.append(said)


def _reason(error: BaseException, noted: Sequence[str]) -> str:
    """Why a migration that raised has no text."""
    if isinstance(error, NoInspectionAvailable):
        return "it inspects the database"
    if noted:  # which may have been raised again as something else
        return f"it wanted to {noted[0]}"
    if isinstance(error, CommandError) and "batch mode" in str(error):
        return "batch mode copies the table as the database has it"
    said = " ".join(str(error).partition("\n")[0].split())[:200]
    return f"it raised {type(error).__name__}: {said}"
