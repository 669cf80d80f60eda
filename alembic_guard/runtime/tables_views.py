"""Which tables views read, and which of their columns, where the server does not say it itself.

Read out of the views' text by sqlglot. Without it, or where it cannot read a view, that view is not
known. A column is taken to be of each table of the view that it may be of.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Views:
    """The views that read one table; :param columns: that any of them reads."""

    keys: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)


def views_of(
    definitions: Mapping[str, str], tables: Mapping[str, Iterable[str]], dialect: str
) -> dict[str, Views]:
    """The views of each table, by its key.

    :param definitions: the query or ``CREATE VIEW`` of each view, by its key.
    :param tables: the columns of the tables that are asked about.
    :param dialect: sqlglot's name of it: ``mysql`` or ``sqlite``.
    """
    found = {key: Views() for key in tables}
    for view, definition in definitions.items():
        for key, name in _reads(definition, dialect):
            if key in found and key != view:
                found[key].keys.add(view)
                found[key].columns |= set(tables[key]) if name == "*" else {name} - {""}
    return {key: Views(each.keys, each.columns & set(tables[key])) for key, each in found.items()}


def _reads(definition: str, dialect: str) -> Iterator[tuple[str, str]]:
    """Pairs of a table's key and a column: "" is none, ``*`` all."""
    if importlib.util.find_spec("sqlglot") is None:
        return
    import sqlglot
    from sqlglot import exp

    try:
        tree: Any = sqlglot.parse_one(definition, read=dialect)
    except sqlglot.errors.SqlglotError:
        return
    query = tree.expression if isinstance(tree, exp.Create) else tree
    if query is None:
        return
    tables = [(_key(table), table.alias_or_name) for table in query.find_all(exp.Table)]
    yield from ((key, "") for key, _ in tables)
    whole = bool([star for star in query.find_all(exp.Star) if _selects(star)])
    yield from ((key, "*") for key, _ in tables if whole)
    for join in query.find_all(exp.Join):
        yield from ((key, each.name) for key, _ in tables for each in join.args.get("using") or ())
    for column in query.find_all(exp.Column):
        for key, alias in tables:
            if column.table in ("", alias):
                yield key, column.name


def _selects(star: Any) -> bool:
    """Whether it stands for columns, and is not that of ``count(*)``."""
    from sqlglot import exp

    return isinstance(star.parent, (exp.Select, exp.Column))


def _key(table: Any) -> str:
    return f"{table.db}.{table.name}" if table.db else str(table.name)
