"""One statement of a running migration, as the statement journal knows it.

Its hash is over its text and its parameters, so that nobody reads a value out of the journal. What
the code saw of it is known too: the rows that it fetched (by hash), the number of rows that the
driver counted and the key that it made. Those two are given again when the statement is passed
over, so that a loop that goes on "until nothing was changed" takes the same course.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from alembic_guard.runtime.queries import query

_SHOWN = 200
"""Characters of a statement that the journal keeps."""
OPEN = "open"
"""In place of a hash: more rows may have been fetched later."""
_COMMENTS = re.compile(r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*", re.DOTALL)
_OF_THE_SESSION = {
    *("SET", "RESET", "USE", "PRAGMA", "BEGIN", "START", "COMMIT", "END", "LOCK", "UNLOCK"),
    *("SAVEPOINT", "RELEASE", "ROLLBACK", "DISCARD", "ATTACH", "DETACH", "LISTEN"),
}
"""What a new session has to be told again, or what changes nothing by itself."""
_TEMPORARY = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:LOCAL\s+|GLOBAL\s+)?TEMP", re.IGNORECASE)
_CALLED = re.compile(r"([\w.\"`]+)\s*\(")
_PLAIN_WORDS = {
    *("in", "exists", "and", "or", "not", "from", "where", "on", "as", "values", "any", "all"),
    *("over", "by", "select", "join", "using", "union", "except", "intersect", "then", "else"),
    *("when", "distinct", "having", "limit", "between", "like", "is", "with", "count", "min"),
    *("max", "sum", "avg", "coalesce", "nullif", "lower", "upper", "length", "trim", "cast"),
    *("abs", "round", "concat", "substr", "substring", "replace", "date", "extract", "varchar"),
    *("char", "numeric", "decimal", "row_number", "rank", "array", "array_agg", "string_agg"),
}
"""What stands before a bracket in a read that calls no function of the project."""


def verb_of(statement: str) -> str:
    """The first word of a statement, in capitals, comments passed over."""
    words = _COMMENTS.sub("", statement, count=1).replace(";", " ").split(None, 1)
    return words[0].upper() if words else ""


def shown(statement: str) -> str:
    """A statement on one line, cut."""
    return " ".join(statement.split())[:_SHOWN]


@dataclass
class Executed:
    """A statement, and what its code saw of it.

    :param digest: SHA-256 of the statement and its parameters, in hexadecimal.
    """

    statement: str
    digest: str
    returning: bool = False
    rowcount: int | None = None
    made_key: int | None = None
    _fetched: Any = field(default=None, repr=False)
    _open: bool = False

    @property
    def verb(self) -> str:
        """Its first word."""
        return verb_of(self.statement)

    @property
    def again(self) -> bool:
        """Whether it is run again where everything before the crash is passed over."""
        return self.verb in _OF_THE_SESSION or self.rereadable

    @property
    def temporary(self) -> bool:
        """Whether it makes what is gone with its session."""
        return bool(_TEMPORARY.match(_COMMENTS.sub("", self.statement, count=1)))

    @property
    def rereadable(self) -> bool:
        """Whether it is a read that calls nothing which may change something."""
        known = query(self.statement)
        if not known.reads or (known.verb != "PRAGMA" and not known.asks):
            return False
        called = {name.lower().strip('"`') for name in _CALLED.findall(self.statement)}
        return known.catalogue or called <= _PLAIN_WORDS

    @property
    def fetched(self) -> str | None:
        """SHA-256 of the rows that the code has fetched; None when it fetched none, :data:`OPEN`
        while there may be more.
        """
        if self._fetched is None:
            return None
        return OPEN if self._open else str(self._fetched.hexdigest())

    @property
    def used(self) -> bool:
        """Whether the code used what it gave back, and nobody can give it back again."""
        return self.returning or (self.fetched is not None and not self.rereadable)

    def note_rows(self, rows: Iterable[Any], more: bool) -> None:
        """The code has fetched these; :param more: whether there may be others."""
        if self._fetched is None:
            self._fetched = hashlib.sha256()
        self._open = more
        for row in rows:
            self._fetched.update(repr(tuple(row) if isinstance(row, list) else row).encode())

    def ran(self, cursor: Any, context: Any) -> None:
        """It has been executed: keep what the driver counted, and watch what is fetched."""
        count = getattr(cursor, "rowcount", None)
        self.rowcount = count if isinstance(count, int) else None
        key = getattr(cursor, "lastrowid", None) if getattr(context, "isinsert", False) else None
        self.made_key = key if isinstance(key, int) else None
        if cursor.description is not None:
            context.cursor = FetchNoted(cursor, self)


def executed(statement: str, parameters: Any, context: Any) -> Executed:
    """What is known of a statement before it runs.

    :param context: SQLAlchemy's.
    """
    digest = hashlib.sha256(f"{statement}\0{parameters!r}".encode("utf-8", "replace"))
    compiled = getattr(context, "compiled", None)
    returning = bool(getattr(compiled, "effective_returning", None))
    return Executed(statement, digest.hexdigest(), returning)


class _Cursor:
    """A driver's cursor, of which something is said otherwise."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)


class FetchNoted(_Cursor):
    """A driver's cursor that notes what is fetched from it."""

    def __init__(self, cursor: Any, executed: Executed) -> None:
        super().__init__(cursor)
        self._executed = executed

    def fetchone(self) -> Any:
        """The next row, or None."""
        row = self._cursor.fetchone()
        self._executed.note_rows(() if row is None else (row,), row is not None)
        return row

    def fetchmany(self, size: int | None = None) -> Any:
        """The next rows."""
        rows = self._cursor.fetchmany() if size is None else self._cursor.fetchmany(size)
        self._executed.note_rows(rows, bool(rows))
        return rows

    def fetchall(self) -> Any:
        """The rest of the rows."""
        rows = self._cursor.fetchall()
        self._executed.note_rows(rows, False)
        return rows

    def __iter__(self) -> Iterator[Any]:
        while (row := self.fetchone()) is not None:
            yield row

    def close(self) -> Any:
        """No row is fetched any more."""
        if self._executed.fetched is not None:
            self._executed.note_rows((), False)
        return self._cursor.close()


class PassedOver(_Cursor):
    """The cursor of a statement that was done by an earlier run, and is not executed.

    :param rowcount: what the driver counted then; :param made_key: the key that it made.
    """

    description = None

    def __init__(self, cursor: Any, rowcount: int | None, made_key: int | None) -> None:
        super().__init__(cursor)
        self.rowcount = -1 if rowcount is None else rowcount
        self.lastrowid = made_key
