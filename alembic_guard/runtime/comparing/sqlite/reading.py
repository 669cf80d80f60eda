"""Reads what a SQLite has as facts; both sides are read by the same code.

Promised: virtual tables, their shadow tables and SQLite's own are no things here, and a table whose
text cannot be read is told of, never left out in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.model import UNNAMED
from alembic_guard.runtime.comparing.sqlite.cursor import Unreadable
from alembic_guard.runtime.comparing.sqlite.objects import read_object
from alembic_guard.runtime.comparing.sqlite.same import settle
from alembic_guard.runtime.comparing.sqlite.table_text import TableText, read_table
from alembic_guard.runtime.comparing.sqlite.tokens import bare, compared_name, quoted

Ask = Callable[[str], Sequence[Any]]
"""Runs a query on one side, and returns its rows."""

_OBJECTS = """
SELECT type, name, tbl_name, sql FROM sqlite_master
WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql IS NOT NULL ORDER BY rowid
"""
_SHADOWS = (
    *("content", "docsize", "config", "data", "idx", "segments", "segdir", "stat"),
    *("node", "parent", "rowid"),
)
"""What FTS3 to FTS5, R-Tree and Geopoly name theirs; ``PRAGMA table_list`` is of 3.37 and newer."""


@dataclass
class Side:
    """What one side has.

    :param unreadable: tables whose text could not be read, with the reason as a clause.
    :param passed_by: virtual tables and their shadow tables.
    """

    facts: dict[Thing, Fact] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    passed_by: set[str] = field(default_factory=set)


def read(
    ask: Ask,
    only: Collection[str] | None = None,
    already: Mapping[str, TableText] = MappingProxyType({}),
) -> Side:
    """Read one side.

    :param only: the tables to read, with what is on them.
    :param already: what was read before, by the text of the table.
    """
    side, rows, texts = Side(), list(ask(_OBJECTS)), {}
    if only is not None:
        rows = [row for row in rows if row[2] in only]
    side.passed_by = set(_virtual(rows))
    names = _columns(ask, rows, side.passed_by)
    for kind, name, table, sql in rows:
        if name in side.passed_by or table in side.passed_by:
            continue
        if kind == "table":
            try:
                read = already.get(sql)
                if read is None:
                    read = read_table(sql)
                    settle(read)
                texts[name] = read
                if list(read.columns) != names.get(name):
                    raise Unreadable("its columns are not those that SQLite has read")
            except Unreadable as error:
                texts.pop(name, None)
                side.unreadable[name] = str(error)
            else:
                _add(side, Fact(Thing("table", name), read.options, sql, {"text": read}))
        else:
            known = frozenset(each.lower() for each in names.get(table, ()))
            _add(side, read_object(kind, name, table, sql, known, _view_columns(ask, kind, name)))
    for name, read in texts.items():
        for fact in _parts(name, read, texts):
            _add(side, fact)
    return side


def virtual_tables(ask: Ask) -> frozenset[str]:
    """Virtual tables and their shadow tables."""
    return frozenset(_virtual(list(ask(_OBJECTS))))


def _add(side: Side, fact: Fact) -> None:
    side.facts[fact.thing] = fact


def _virtual(rows: Sequence[Any]) -> Iterator[str]:
    virtual = [name for kind, name, _, sql in rows if kind == "table" and _is_virtual(sql)]
    yield from virtual
    shadows = {f"{name}_{suffix}" for name in virtual for suffix in _SHADOWS}
    yield from (name for kind, name, *_ in rows if kind == "table" and name in shadows)


def _is_virtual(sql: str) -> bool:
    return sql.upper().split()[:2] == ["CREATE", "VIRTUAL"]


def _columns(ask: Ask, rows: Sequence[Any], passed_by: set[str]) -> dict[str, list[str]]:
    """The columns of each table as SQLite has read them."""
    found: dict[str, list[str]] = {}
    tables = [name for kind, name, *_ in rows if kind == "table" and name not in passed_by]
    if tables:
        listed = ", ".join("'" + each.replace("'", "''") + "'" for each in tables)
        for table, column in ask(
            "SELECT m.name, p.name FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS p "
            f"WHERE m.type = 'table' AND m.name IN ({listed}) ORDER BY m.name, p.cid"
        ):
            found.setdefault(table, []).append(column)
    return found


def _view_columns(ask: Ask, kind: str, name: str) -> tuple[str, ...] | None:
    """The columns of a view; None where SQLite cannot read its query."""
    if kind != "view":
        return None
    try:
        rows = ask(f"PRAGMA table_xinfo({quoted(name)})")
    except Exception:  # each driver has its own; a view on what is gone is no error of ours
        return None
    return tuple(row[1] for row in rows)


def _parts(table: str, text: TableText, texts: dict[str, TableText]) -> Iterator[Fact]:
    """The columns and the constraints of a table."""
    for column in text.columns.values():
        yield Fact(Thing("column", column.name, table), column.parts)
    for constraint in text.constraints:
        parts = constraint.parts
        if constraint.kind == "foreign key" and parts["target columns"] is None:
            parts["target columns"] = _key_of(parts["target"], texts)
        name = constraint.name
        own = None if name is None or name.startswith(UNNAMED) else name
        notes = {"named": own is not None, "token": name}
        yield Fact(Thing(constraint.kind, own or unnamed(parts), table), parts, notes=notes)


def _key_of(target: str, texts: dict[str, TableText]) -> tuple[str, ...] | None:
    """The primary key that a foreign key without columns refers to."""
    for name, text in texts.items():
        if compared_name(name) == target:
            for constraint in text.constraints:
                if constraint.kind == "primary key":
                    return tuple(compared_name(bare(each)) for each in constraint.parts["columns"])
    return None


def unnamed(parts: dict[str, Any]) -> str:
    """What a constraint without a name is called: what it says, in brackets."""
    if "expression" in parts:
        return f"({parts['expression']})"
    said = ", ".join(parts["columns"])
    rest = {
        word: value
        for word, value in parts.items()
        if value not in (None, False) and word != "columns"
    }
    return f"({said})" + "".join(f" {word} {value}" for word, value in sorted(rest.items()))
