"""The rows of a rehearsal, as people read them in a terminal: at most 100 columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

WIDTH = 100
_REVISION, _TIME, _VERDICT = 12, 8, 23
_INDENT = "    "


def lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A head, a line a statement, and below it a line for each table that was there before.

    :param rows: as :meth:`Row.as_json` gives them.
    """
    if not rows:
        return
    revision = min(max(len("revision"), *(len(row["revision"]) for row in rows)), _REVISION)
    line = max(len("line"), *(len(str(row["line"] or "")) for row in rows))
    statement = WIDTH - revision - line - _TIME - _VERDICT - 8

    def row_of(*cells: str) -> str:
        first, second, third, fourth, fifth = cells
        name = f"{cut(first, revision):{revision}}  {second:>{line}}"
        return f"{name}  {cut(third, statement):{statement}}  {fourth:>{_TIME}}  {fifth}".rstrip()

    yield row_of("revision", "line", "statement", "time", "verdict")
    for row in rows:
        number = str(row["line"] or "")
        sql = one_line(row["statement"])
        yield row_of(row["revision"], number, sql, time(row["seconds"]), row["verdict"])
        for table in row["tables"]:
            yield cut(f"{_INDENT}{on(table)}, {live(table['rows'])}", WIDTH)


def on(table: Mapping[str, Any]) -> str:
    """A lock and its table; what was not measured is in brackets."""
    lock = table["lock"]
    if lock is None:
        return str(table["table"])
    return f"{lock if table['measured'] else f'({lock})'} on {table['table']}"


def live(rows: int | None) -> str:
    """How many rows a live table has."""
    if rows is None:
        return "rows unknown"
    if rows == 0:
        return "no rows"
    return "about 1 row" if rows == 1 else f"about {rows:,} rows"


def time(seconds: float) -> str:
    """A duration in at most eight characters."""
    milliseconds = seconds * 1000
    if milliseconds < 1000:
        return f"{milliseconds:.1f} ms"
    return f"{seconds:.1f} s" if seconds < 600 else f"{seconds / 60:.0f} min"


def one_line(text: str) -> str:
    """A statement without its line breaks."""
    return " ".join(text.split())


def cut(text: str, width: int) -> str:
    """Text that fits."""
    return text if len(text) <= width else f"{text[: width - 3]}..."
