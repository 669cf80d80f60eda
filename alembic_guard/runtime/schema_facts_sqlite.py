"""What a SQLite has: its tables by their parts, for a rebuilt table has other text and is the same.

The text of indexes, views and triggers is compared without its quotes and spaces.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import SAWarning

if TYPE_CHECKING:
    from sqlalchemy import Connection

_OBJECTS = """
SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name
"""


def read(connection: Connection) -> Iterator[tuple[str, str]]:
    """Each thing's name and its definition."""
    inspector = sa.inspect(connection)
    for kind, name, table, sql in connection.execute(sa.text(_OBJECTS)).all():
        if kind == "table":
            tail = str(sql or "").rpartition(")")[2]  # STRICT, WITHOUT ROWID
            yield f"table {name}", _normal(tail) if "VIRTUAL" not in sql.upper() else _normal(sql)
            yield from _columns(connection, name)
            yield from _constraints(inspector, name)
        else:
            shown = name if kind == "view" else f"{table}.{name}"
            yield f"{kind} {shown}", _normal(str(sql or ""))


def _columns(connection: Connection, table: str) -> Iterator[tuple[str, str]]:
    quoted = table.replace('"', '""').replace("%", "%%")
    for row in connection.exec_driver_sql(f'PRAGMA table_xinfo("{quoted}")').all():
        _, name, type_, not_null, default, key, hidden = row
        words = [type_.upper(), "NOT NULL" if not_null else ""]
        words += [f"DEFAULT {_normal(str(default))}" if default is not None else ""]
        words += [f"PRIMARY KEY {key}" if key else "", "GENERATED" if hidden in (2, 3) else ""]
        yield f"column {table}.{name}", " ".join(filter(None, words))


def _constraints(inspector: Any, table: str) -> Iterator[tuple[str, str]]:
    """Those with a name by it, the others by what they say."""
    with warnings.catch_warnings():  # of indexes by expression, which are read as text
        warnings.simplefilter("ignore", SAWarning)
        unique = inspector.get_unique_constraints(table)
    for each in unique:
        yield _named(table, each["name"], f"UNIQUE ({_listed(each['column_names'])})")
    for each in inspector.get_foreign_keys(table):
        options = " ".join(f"{name} {value}" for name, value in sorted(each["options"].items()))
        refers = f"{each['referred_table']} ({_listed(each['referred_columns'])})"
        text = f"FOREIGN KEY ({_listed(each['constrained_columns'])}) REFERENCES {refers} {options}"
        yield _named(table, each["name"], text.strip())
    for each in inspector.get_check_constraints(table):
        yield _named(table, each["name"], f"CHECK ({_normal(each['sqltext'])})")


def _named(table: str, name: str | None, text: str) -> tuple[str, str]:
    return f"constraint {table}.{name or text}", text


def _listed(names: Iterable[str | None]) -> str:
    return ", ".join(str(name) for name in names)


def _normal(sql: str) -> str:
    """Without quotes of names, and with one space at most between words."""
    text = re.sub(r'["`\[\]]', "", " ".join(sql.split()))
    return re.sub(r"\s*([(),=<>])\s*", r"\1", text).replace("IF NOT EXISTS ", "")
