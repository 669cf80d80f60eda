"""Takes the statements of a recorded migration: notes them, answers its reads, swallows its writes.

What it gives back for a write: no rows, a count of 0 (so that a loop over batches ends), and for a
key that the database would have made a number that nobody has. Values of parameters are never kept,
for they may be secrets.

Private names of SQLAlchemy, tried on 2.0.58 and 2.1.9: ``SQLCompiler._result_columns``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from alembic.operations.ops import ExecuteSQLOp
from sqlalchemy import Integer
from sqlalchemy.sql import visitors
from sqlalchemy.sql.expression import TableClause, TextClause

from alembic_guard.runtime.driver import Description, SilentCursor
from alembic_guard.runtime.queries import Query, empty_count, query
from alembic_guard.runtime.reads import ROWS, SECONDS, Answers
from alembic_guard.runtime.stepping import Stepping

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

NO_ROWS = "its reads were answered with no rows"
REPEATS = 100
"""Of one statement at one place: after so many a read is a loop that waits for something, and a
write is not noted again."""

Touched = Callable[[str], Iterable[str]]
"""The keys of the tables that a statement changes, told by whoever has a parser."""


_ENDLESS = "one statement was repeated there without end"


class Stopped(BaseException):
    """A loop that does not end; no ``except Exception`` of a migration holds it."""


class Repeated(Exception):
    """The same, where the rest is still to be read: SQLAlchemy gives up a connection on which
    something was raised that is no ``Exception``.
    """


class Swallowing:
    """Serves every statement of a recorder's connection.

    :param answers: the database that is asked; None answers with no rows.
    :param touched: asked about each write in plain text.
    """

    def __init__(
        self,
        dialect: Dialect,
        stepping: Stepping,
        answers: Answers | None,
        touched: Touched | None,
    ) -> None:
        self._dialect = dialect
        self._stepping = stepping
        self._answers = answers
        self._tell = touched
        self._repeated: Counter[tuple[str, object]] = Counter()
        self._current: tuple[str, object] = ("", None)
        self._key = 0
        self.changed: frozenset[str] = frozenset()
        """Names of tables whose rows are no longer what the database says, in lower case."""
        self.assumption = ""
        self.recording = False
        self.by_statement = False
        """Whether a function is read from its text, where one loop is not the end of it."""
        self.inexact: list[str] = []
        """Why answers are not what they would be, in whole clauses."""

    def begin(self, *, by_statement: bool = False) -> None:
        """A function of a migration begins."""
        self.by_statement = by_statement
        self._repeated.clear()
        self.assumption = ""
        self.inexact = []

    def execute(self, cursor: SilentCursor, statement: str, parameters: Any, context: Any) -> None:
        """Serve one statement."""
        cursor.fill(None)
        if not self.recording:
            return
        known = query(statement)
        crud = context is not None and context.is_crud
        if crud and known.reads and statement is not context.statement:
            self._key += 1  # the default of a column, such as the next value of a sequence
            cursor.fill(_nameless(1), [(self._key,)])
            return
        text = shown(statement, parameters, self._dialect)
        self._stop_endless(text, known)
        if known.reads:
            self._read(cursor, statement, parameters, context, known, text)
        else:
            self._write(cursor, context, known, text)

    def _stop_endless(self, text: str, known: Query) -> None:
        running = self._stepping.running
        place = running.place if running is not None else self._stepping.where()[0]
        key = self._current = (text, place)
        self._repeated[key] += 1
        limit = REPEATS if known.reads else ROWS
        if self._repeated[key] > limit:
            if self.by_statement and self._repeated[key] <= 2 * limit:
                raise Repeated(_ENDLESS)
            raise Stopped(_ENDLESS)

    def _note(self, text: str, context: Any) -> None:
        if self._repeated[self._current] > REPEATS:
            return
        doing = self._stepping.owner()
        if context is not None and (
            context.execution_options.get("isolation_level") == "AUTOCOMMIT"
        ):
            doing.transaction = None
        doing.sql.append(text)

    # --- Reads --------------------------------------------------------------------------------

    def _read(
        self,
        cursor: SilentCursor,
        statement: str,
        parameters: Any,
        context: Any,
        known: Query,
        text: str,
    ) -> None:
        running = self._stepping.running
        if running is not None or not known.catalogue:
            self._note(text, context)
        if running is not None and isinstance(running.directive, ExecuteSQLOp):
            cursor.fill(_described(context))  # op.execute() gives no rows back
            return
        answer = None
        if known.asks and self._answers is not None and not self._stale(known, context):
            plain = bool(context is not None and context.no_parameters)
            answer = self._answers.ask(statement, parameters, plain=plain)
            if answer is None and self._answers.slow:
                self.inexact.append(f"a query took longer than {SECONDS} seconds")
            if answer is not None and answer.cut:
                self.inexact.append(f"a query had more than {ROWS:,} rows, and the first were used")
        if answer is not None:
            cursor.fill(answer.description, answer.rows)
            return
        self.assumption = NO_ROWS
        if running is not None:
            running.assumption = NO_ROWS
        description = _described(context)
        counts = len(description) == 1 and empty_count(statement)
        cursor.fill(description, [(0,)] if counts else [])

    def _stale(self, known: Query, context: Any) -> bool:
        """Whether it reads rows that a swallowed write has changed."""
        if known.catalogue or not self.changed:
            return False
        return not self.changed.isdisjoint(_tables(context) or known.names)

    # --- Writes -------------------------------------------------------------------------------

    def _write(self, cursor: SilentCursor, context: Any, known: Query, text: str) -> None:
        self._note(text, context)
        self.changed |= self._changes(context, known, text)
        if known.verb in ("COMMIT", "ROLLBACK", "END") and self._stepping.transaction is not None:
            self._ended()
        if context is not None and context.isinsert:
            self._key += 1
            cursor.lastrowid = self._key
            description = _described(context)
            if known.returning:
                cursor.fill(description, [self._made_up(context)])
        elif known.returning or known.reads:
            cursor.fill(_described(context))

    def _ended(self) -> None:
        """psycopg2 does not notice a COMMIT in plain SQL, and begins no transaction after it; other
        drivers do (their documentation; psycopg 3 asks for the server's transaction status).
        """
        self._stepping.next_transaction()
        if self._dialect.driver == "psycopg2":
            self._stepping.transaction = None

    def _changes(self, context: Any, known: Query, text: str) -> frozenset[str]:
        compiled = getattr(context, "compiled", None)
        construct = getattr(compiled, "statement", None)
        table = getattr(construct, "table", None)
        if context is not None and context.is_crud and table is not None:
            return frozenset({str(table.name).lower()} if hasattr(table, "name") else known.changed)
        if not known.changed:
            return frozenset()
        if self._tell is None:
            return known.changed
        try:
            return frozenset(key.rpartition(".")[2].lower() for key in self._tell(text))
        except Exception:  # raised here it would look as if the migration had failed
            return known.changed

    def _made_up(self, context: Any) -> tuple[Any, ...]:
        """A row that an INSERT would give back: numbers for what is one, else nothing."""
        columns = getattr(context.compiled, "_result_columns", ())
        return tuple(self._key if isinstance(each.type, Integer) else None for each in columns)


def shown(statement: str, parameters: Any, dialect: Dialect) -> str:
    """A statement as parsers read it: placeholders as ``$1`` or ``?``, ``%%`` as it is meant.

    The driver's own ``%``-formatting tells a placeholder from a percent sign.
    """
    text = statement
    if dialect.paramstyle in ("format", "pyformat"):
        sign = "$1" if dialect.name == "postgresql" else "?"
        try:
            text = statement % _signs(parameters, sign)
        except (TypeError, ValueError, KeyError):
            text = statement.replace("%%", "%")
    return text.strip().replace("\t", "    ")


def _signs(parameters: Any, sign: str) -> Any:
    first = parameters[0] if isinstance(parameters, list) and parameters else parameters
    if isinstance(first, dict):
        return {
            name: f"${number}" if sign == "$1" else sign for number, name in enumerate(first, 1)
        }
    count = len(first) if isinstance(first, (tuple, list)) else 0
    return tuple(f"${number}" if sign == "$1" else sign for number in range(1, count + 1))


def _described(context: Any) -> Description:
    """A description that SQLAlchemy can work with."""
    columns = getattr(getattr(context, "compiled", None), "_result_columns", None)
    if not columns:
        return _nameless(1)
    return tuple((each.keyname, *[None] * 6) for each in columns)


def _nameless(count: int) -> Description:
    return tuple(("?", *[None] * 6) for _ in range(count))


def _tables(context: Any) -> frozenset[str]:
    """The tables of a construct, in lower case; none where a part of it is text."""
    compiled = getattr(context, "compiled", None)
    construct = getattr(compiled, "statement", None)
    if construct is None:
        return frozenset()
    names = set()
    for part in visitors.iterate(construct):
        if isinstance(part, TextClause):
            return frozenset()
        if isinstance(part, TableClause):
            names.add(str(part.name).lower())
    return frozenset(names)
