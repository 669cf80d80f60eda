"""Sees the statements of a traced migration on their way: notes them, measures them, and turns away
what would reach beyond the scratch database.

Those of SQLAlchemy's connection are heard as events, those of a cursor that a migration takes from
the driver by that cursor. What a driver's own connection object sends is not seen.
Values of parameters are never kept, for they may be secrets.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, event

from alembic_guard.runtime.beyond import beyond
from alembic_guard.runtime.doing import Doing
from alembic_guard.runtime.measuring import measuring, together
from alembic_guard.runtime.queries import query
from alembic_guard.runtime.sealed import Blocked, Seal
from alembic_guard.runtime.step import Measured
from alembic_guard.runtime.stepping import Stepping
from alembic_guard.runtime.swallowing import shown

_SQLALCHEMY = str(Path(sqlalchemy.__file__).parent)
_COUNTS = {"INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "COPY", "WITH"}
"""What changes rows, so that a driver's count is one of them."""


class Watch:
    """The statements of one connection.

    :param seal: of the surroundings; it notes what is turned away.
    :param others: the server's other databases.
    """

    def __init__(
        self,
        connection: Connection,
        stepping: Stepping,
        seal: Callable[[], Seal],
        others: Collection[str],
    ) -> None:
        self.inside = False
        """Whether a migration runs, and not what is around it."""
        self._connection = connection
        self._stepping = stepping
        self._seal = seal
        self._others = others
        self._measuring = measuring(connection)
        self._running: Doing | None = None
        self._text = ""
        self._began = 0.0

    def revision(self) -> None:
        """A revision begins."""
        self._measuring.revision()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Statements are seen inside the block."""
        fairy: Any = self._connection.connection
        heard: dict[str, Callable[..., Any]] = {
            "before_cursor_execute": self._before,
            "after_cursor_execute": self._after,
            "handle_error": self._failed,
            "commit": self._committed,
        }
        for name, listener in heard.items():
            event.listen(self._connection.engine, name, listener)
        fairy.cursor = lambda *words, **options: self._cursor(fairy, words, options)
        try:
            yield
        finally:
            vars(fairy).pop("cursor", None)
            for name, listener in heard.items():
                event.remove(self._connection.engine, name, listener)

    # --- SQLAlchemy's statements ---------------------------------------------------------------

    def _before(
        self, connection: Connection, _cursor: Any, sql: str, words: Any, context: Any, _many: Any
    ) -> None:
        if not self.inside or _is_savepoint(context):
            return
        own = context is None or not context.is_crud or sql == context.statement
        if not own and query(sql).reads:  # the default of a column, such as the next of a sequence
            return
        self.begin(shown(sql, words, connection.dialect), context)

    def _after(
        self,
        _connection: Connection,
        cursor: Any,
        _sql: str,
        _words: Any,
        _context: Any,
        _many: Any,
    ) -> None:
        self.end(cursor)

    def _failed(self, _context: Any) -> None:
        if self._running is not None:
            self._running = None
            self._measuring.failed()

    def _committed(self, _connection: Connection) -> None:
        if self.inside and self._stepping.transaction is not None:
            self._stepping.next_transaction()

    # --- Every statement -----------------------------------------------------------------------

    def begin(self, text: str, context: Any = None) -> None:
        """A statement is about to run.

        :raises Blocked: when it would reach beyond the scratch database.
        """
        known, running = query(text), self._stepping.running
        if wanted := beyond(text, self._connection.dialect.name, self._others):
            self._seal().block(wanted)
            raise Blocked(f"a trace does not let a migration {wanted}")
        if running is None and known.reads and known.catalogue:
            return
        doing = self._stepping.owner()
        if context is not None and (
            context.execution_options.get("isolation_level") == "AUTOCOMMIT"
        ):
            doing.transaction = None
        if doing.rebuilds is None:
            doing.sql.append(text)
        self._running, self._text = doing, text
        self._measuring.before(text)
        self._began = time.perf_counter()

    def end(self, cursor: Any) -> None:
        """It has run."""
        seconds = time.perf_counter() - self._began
        doing, self._running = self._running, None
        if doing is None:
            return
        verb, rows = query(self._text).verb, self._rows(cursor)
        measured = Measured(seconds) if _ends(verb) else self._measuring.after(self._text)
        doing.measured = together(doing.measured, replace(measured, seconds=seconds, rows=rows))
        if _ends(verb) and self._stepping.transaction is not None:
            self._stepping.next_transaction()
            if self._connection.dialect.driver == "psycopg2":
                self._stepping.transaction = None

    def _rows(self, cursor: Any) -> int | None:
        """How many rows it changed; SQLite counts those of RETURNING as they are fetched."""
        count: Any = getattr(cursor, "rowcount", None)
        known = query(self._text).verb in _COUNTS and isinstance(count, int) and count >= 0
        if self._connection.dialect.name == "sqlite" and cursor.description is not None:
            return None
        return count if known else None

    # --- The driver's cursors ------------------------------------------------------------------

    def _cursor(self, fairy: Any, words: Any, options: Any) -> Any:
        cursor = fairy.dbapi_connection.cursor(*words, **options)
        if not self.inside or sys._getframe(2).f_code.co_filename.startswith(_SQLALCHEMY):
            return cursor
        return _Cursor(cursor, self)

    def raw(self, run: Callable[..., Any], cursor: Any, words: Any, options: Any) -> Any:
        """A statement of a migration's own cursor."""
        parameters = words[1] if len(words) > 1 else None
        self.begin(shown(str(words[0]), parameters, self._connection.dialect))
        try:
            done = run(*words, **options)
        except BaseException:
            self._failed(None)
            raise
        self.end(cursor)
        return done


class _Cursor:
    """A cursor of the driver, whose statements are seen."""

    def __init__(self, cursor: Any, watch: Watch) -> None:
        self._cursor = cursor
        self._watch = watch

    def execute(self, *words: Any, **options: Any) -> Any:
        return self._watch.raw(self._cursor.execute, self._cursor, words, options)

    def executemany(self, *words: Any, **options: Any) -> Any:
        return self._watch.raw(self._cursor.executemany, self._cursor, words, options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __enter__(self) -> _Cursor:
        return self

    def __exit__(self, *_: object) -> None:
        self._cursor.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)


def _ends(verb: str) -> bool:
    return verb in ("COMMIT", "ROLLBACK", "END")


def _is_savepoint(context: Any) -> bool:
    """Whether SQLAlchemy sends it for ``begin_nested()``."""
    construct = getattr(getattr(context, "compiled", None), "statement", None)
    return type(construct).__name__.endswith("SavepointClause")
