"""What a MariaDB or MySQL has, as SHOW CREATE says it, a line of a table at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from alembic_guard.runtime.scratch_mysql import said

if TYPE_CHECKING:
    from sqlalchemy import Connection

_KIND = re.compile(r"\b(TABLE|VIEW|SEQUENCE|FUNCTION|PROCEDURE|TRIGGER)\b", re.IGNORECASE)
_COLUMN = re.compile(r"`((?:[^`]|``)+)` (.*)")
_NAMED = re.compile(r"(CONSTRAINT|(?:UNIQUE |FULLTEXT |SPATIAL )?KEY) `((?:[^`]|``)+)` ?(.*)")
_NEXT_VALUE = re.compile(r" AUTO_INCREMENT=\d+")


def read(connection: Connection) -> Iterator[tuple[str, str]]:
    """Each thing's name and its definition."""
    for name, sql in said(connection):
        kind = _KIND.search(sql)
        if kind is not None and kind[1].upper() != "TABLE":
            yield f"{kind[1].lower()} {name}", sql
        else:
            yield from _table(name, sql)


def _table(name: str, sql: str) -> Iterator[tuple[str, str]]:
    _, *lines = sql.splitlines()
    options = []
    for line in lines:
        part = line.strip().removesuffix(",")
        column, named = _COLUMN.fullmatch(part), _NAMED.fullmatch(part)
        if not line.startswith("  "):
            options.append(part)
        elif column is not None:
            yield f"column {name}.{column[1]}", column[2]
        elif named is not None:
            kind = "constraint" if named[1] == "CONSTRAINT" else "index"
            yield f"{kind} {name}.{named[2]}", f"{named[1]} {named[3]}"
        else:
            yield f"constraint {name}.{part.partition(' (')[0]}", part
    yield f"table {name}", _NEXT_VALUE.sub("", " ".join(options)).removeprefix(") ")
