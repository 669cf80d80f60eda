"""A text of SQL as its statements, each with the line on which it begins.

A statement of PostgreSQL that can't be parsed does not hide the others: the text is then cut by its
semicolons, which divides the body of a function that is written with BEGIN ATOMIC.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.reading import ParserMissing
from alembic_guard.ddl.statements import statements as cut
from alembic_guard.ddl.tokens import Unreadable

_BETWEEN = "; \t\r\n"


def statements(text: str, kind: str) -> Iterator[tuple[str, int]]:
    """The statements of a text, in order; a text that can't be parsed is one statement.

    :param kind: of database, as :class:`~alembic_guard.schema.Target` has it.
    :returns: each with its first line, counted from 1.
    :raises ParserMissing: where the parser is not installed.
    """
    found = _postgresql(text) if kind == "postgresql" else _others(text, kind)
    counted, line = 0, 1
    for start, end in found:
        part = text[start:end]
        first = start + len(part) - len(part.lstrip())
        if part.strip():
            line += text.count("\n", counted, first)
            counted = first
            yield part.strip(), line


def _postgresql(text: str) -> Iterator[tuple[int, int]]:
    try:
        import postgast
    except ImportError:
        raise ParserMissing("lint") from None
    try:
        parts, whole = postgast.split(text), True
    except postgast.PgQueryError:
        try:
            parts, whole = postgast.split(text, method="scanner"), False
        except postgast.PgQueryError:  # a quote that does not close
            parts, whole = [text], True
    end = 0
    for part in (*parts, ""):
        start = text.index(part, end) if part else len(text)
        if not whole and text[end:start].strip(_BETWEEN):  # what has no word of SQL's
            yield end + (text[end] == ";"), start
        end = start + len(part)
        yield start, end


def _others(text: str, kind: str) -> Iterator[tuple[int, int]]:
    try:
        for cursor in cut(text, kind):
            yield cursor.tokens[0].start, cursor.tokens[-1].end
    except Unreadable:
        yield 0, len(text)
