"""Which directive is running, and from which line: the part that recording and tracing share.

How to use it on any ``MigrationContext``::

    stepping = Stepping()
    with stepping.installed(context):                   # `alembic.op` goes through it
        with stepping.revision("ae10", "versions/ae10_x.py"):
            module.upgrade()
    stepping.done                                       # a Doing for each directive, in order

Whoever executes statements asks :meth:`Stepping.owner` for each one, and appends the text to
``owner().sql``: that of the directive that runs, or a new one for SQL that no directive owns. A
directive that emits nothing is in ``done`` all the same. :meth:`Doing.step` makes the frozen Step.

It promises the line in the project's own code (innermost frame), also in helpers, loops, batches
and for ``op.invoke`` or names imported from ``alembic.op``. It does not know what an ``Operations``
does that a migration makes for itself.

Private names, tried on Alembic 1.18.4, 1.19.1, 1.20.0 and 1.20.1: ``Operations._install_proxy``,
``_remove_proxy``, ``_setups`` (where ``alembic.op`` keeps its proxy), ``BatchOperationsImpl.
_should_recreate``, its list ``batch`` that ``flush()`` walks once in order.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Any

from alembic.operations import Operations
from alembic.operations.ops import MigrateOperation
from alembic.runtime.migration import MigrationContext

from alembic_guard.finding import Place
from alembic_guard.runtime.doing import Doing, frames_below
from alembic_guard.runtime.history import relative
from alembic_guard.runtime.traces import is_library


class Stepping:
    """Follows the directives of migrations that run one after another.

    :param rebuild: whether batch mode may copy a table (tracing); without it a batch that would
        neither reflects nor emits anything (recording).
    :param begun: called with each Doing as it begins, before any of its SQL.
    """

    def __init__(
        self, *, rebuild: bool = True, begun: Callable[[Doing], None] | None = None
    ) -> None:
        self.done: list[Doing] = []
        self.transaction: int | None = 0
        self._counted = 0
        self._rebuild = rebuild
        self._begun = begun
        self._running: Doing | None = None
        self._revision = ""
        self._file = ""
        self._base: FrameType | None = None
        self._shown: dict[str, str | None] = {}

    # --- What runs, and where ----------------------------------------------------------------

    def owner(self) -> Doing:
        """Whose statement this is: the directive that runs, or a new Doing of the session."""
        return self._running or self.begin(None, session=True)

    @property
    def running(self) -> Doing | None:
        """The directive that runs, if one does."""
        return self._running

    def begin(self, directive: MigrateOperation | None, *, session: bool = False) -> Doing:
        """Note something that begins now, at the line that runs."""
        place, called_from = self.where()
        doing = Doing(
            self._revision, directive, place, called_from, self.transaction, session=session
        )
        self.done.append(doing)
        if self._begun is not None:
            self._begun(doing)
        return doing

    def where(self) -> tuple[Place | None, Place | None]:
        """The innermost line of the project's own code, and that of the revision's file if it is
        another one.
        """
        if self._base is None:
            return None, None
        innermost: Place | None = None
        for frame in frames_below(sys._getframe(1)):
            if frame is self._base:
                break
            file = frame.f_code.co_filename
            shown = self._shown[file] if file in self._shown else self._show(file)
            if shown is not None:
                place = Place(shown, frame.f_lineno)
                if innermost is None:
                    innermost = place
                if file == self._file:
                    return innermost, None if innermost is place else place
        return innermost, None

    def _show(self, file: str) -> str | None:
        own = file != self._file and is_library(file)
        shown = self._shown[file] = None if own else relative(file)
        return shown

    @contextmanager
    def _owning(self, doing: Doing) -> Iterator[None]:
        before, self._running = self._running, doing
        try:
            yield
        finally:
            self._running = before

    # --- Revisions and transactions -----------------------------------------------------------

    def revision(self, revision: str, file: str) -> AbstractContextManager[None]:
        """The code of one revision runs inside the block.

        :param file: as its code objects name it: ``module.__file__``.
        """
        return _Revision(self, revision, file)

    def next_transaction(self) -> int:
        """What was done so far is committed, or rolled back: a new transaction begins."""
        self._counted += 1
        self.transaction = self._counted
        return self._counted

    def watch_autocommit(self, context: MigrationContext, *, enter: bool = True) -> None:
        """Statements in ``autocommit_block()`` are in no transaction, those after it in a new one.

        :param enter: whether Alembic's own block is entered as well (tracing).
        """
        plain = context.autocommit_block

        @contextmanager
        def autocommit_block() -> Iterator[None]:
            self.transaction = None
            try:
                if enter:
                    with plain():
                        yield
                else:
                    yield
            finally:
                self.next_transaction()

        context.autocommit_block = autocommit_block  # type: ignore[method-assign]

    # --- Operations ---------------------------------------------------------------------------

    @contextmanager
    def installed(self, context: MigrationContext) -> Iterator[Operations]:
        """Inside the block ``alembic.op`` works on this context, and is followed."""
        operations = self.operations(context)
        before = _installed()
        operations._install_proxy()
        try:
            yield operations
        finally:
            operations._remove_proxy()
            if before is not None:
                before._install_proxy()

    def operations(self, context: MigrationContext) -> Operations:
        """An ``Operations`` on this context that is followed."""
        operations = Operations(context)
        plain = operations.batch_alter_table
        self._follow(operations)

        @contextmanager
        def batch_alter_table(*words: Any, **options: Any) -> Iterator[Any]:
            place = self.where()
            with plain(*words, **options) as batch:
                told = _Told(self)
                batch.impl.batch = told
                self._follow(batch, told)
                self._follow_flush(batch.impl, told, place)
                yield batch

        operations.batch_alter_table = batch_alter_table  # type: ignore[method-assign]
        return operations

    def _follow(self, operations: Any, told: _Told | None = None) -> None:
        plain = operations.invoke

        def invoke(operation: MigrateOperation) -> Any:
            if self._running is not None and _is_alembics(self._running.directive):
                return plain(operation)  # a part of the one that runs
            doing = self.begin(operation)
            if told is not None:
                told.directives.append(doing)
            with self._owning(doing):
                return plain(operation)

        operations.invoke = invoke

    def _follow_flush(
        self, impl: Any, told: _Told, place: tuple[Place | None, Place | None]
    ) -> None:
        plain = impl.flush

        def flush() -> None:
            if not impl._should_recreate():
                with told.telling():
                    plain()
                return
            if not told.directives:
                doing = self.begin(None)
                doing.place, doing.called_from = place
                told.directives.append(doing)
            for doing in told.directives:
                doing.rebuilds = key_of(impl.schema, impl.table_name)
            if self._rebuild:
                with self._owning(told.directives[0]):
                    plain()

        impl.flush = flush


class _Revision:
    """A context manager with a frame of its own caller, where the search for a line ends."""

    def __init__(self, stepping: Stepping, revision: str, file: str) -> None:
        self._stepping, self._revision, self._file = stepping, revision, file

    def __enter__(self) -> None:
        stepping = self._stepping
        self._before = stepping._revision, stepping._file, stepping._base
        stepping._revision, stepping._file = self._revision, self._file
        stepping._base = sys._getframe(1)
        stepping._shown.pop(self._file, None)

    def __exit__(self, *_: object) -> None:
        stepping = self._stepping
        stepping._revision, stepping._file, stepping._base = self._before


class _Told(list[Any]):
    """What a batch will do, each entry with the directive that asked for it."""

    def __init__(self, stepping: Stepping) -> None:
        super().__init__()
        self._stepping = stepping
        self._owners: list[Doing | None] = []
        self._telling = False
        self.directives: list[Doing] = []

    def append(self, entry: Any) -> None:
        super().append(entry)
        self._owners.append(self._stepping._running)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Inside the block, walking through the entries makes the owner of each the one that runs.

        It is put back here: a generator that a failure left standing would do so much later.
        """
        before, self._telling = self._stepping._running, True
        try:
            yield
        finally:
            self._stepping._running, self._telling = before, False

    def __iter__(self) -> Iterator[Any]:
        for entry, owner in zip(super().__iter__(), self._owners, strict=True):
            if self._telling:
                self._stepping._running = owner
            yield entry


def key_of(schema: str | None, table: str) -> str:
    """A table's key, as SQLAlchemy writes it."""
    return f"{schema}.{table}" if schema else str(table)


def _is_alembics(directive: MigrateOperation | None) -> bool:
    """Whether a directive is Alembic's own, so that what it invokes is its own business."""
    return directive is not None and type(directive).__module__.startswith("alembic.")


def _installed() -> Operations | None:
    """What ``alembic.op`` works on now."""
    for names, _ in Operations._setups[Operations][1]:
        if (proxy := names.get("_proxy")) is not None:
            return proxy  # type: ignore[no-any-return]
    return None
