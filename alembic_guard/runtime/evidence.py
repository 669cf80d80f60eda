"""Whether a database has what a revision file makes: its tables and columns, by name.

Promises: no file is run, and in doubt there is no answer. A table or column is evidence only where
the syntax makes it without a condition, and no applied revision may have taken it away again. It
costs a query for the names of tables, and one for each table that gets a column.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy import Connection

from alembic_guard.runtime.op_calls import does_nothing, parse, upgrade_changes
from alembic_guard.runtime.table_names import default_schema, table_keys

_TAKES_AWAY = re.compile(r"drop|rename|set\s+schema", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_DECIDES = (ast.If, ast.IfExp, ast.Match, ast.Try, ast.While, ast.Return, ast.Raise)

_Made = tuple[str, str]
"""The key of a table, with a column of it or ""."""


def is_there(
    connection: Connection, paths: Sequence[str], applied: Iterable[str]
) -> list[bool | None]:
    """Whether what each file makes is there: all of it, nothing of it, or None for neither.

    :param paths: revision files; one that does nothing misses nothing.
    :param applied: the files of everything that the database has applied.
    """
    trees = [_upward(path) for path in paths]
    gone = {word for path in applied for word in _taken_away(_upward(path))}
    made = [{each for each in _made(tree) if not _words(each) & gone} for tree in trees]
    live = _live(connection, {each for found in made for each in found})
    return [
        True if does_nothing(tree) else _answer({each in live for each in found})
        for tree, found in zip(trees, made, strict=True)
    ]


def _answer(found: set[bool]) -> bool | None:
    return found.pop() if len(found) == 1 else None


def _upward(path: str) -> ast.Module:
    """A file's tree without its downgrade."""
    tree = ast.Module([], [])
    with suppress(OSError), open(path, "rb") as file:
        tree = parse(file.read(), path)
    tree.body = [
        node for node in tree.body if not getattr(node, "name", "").startswith("downgrade")
    ]
    return tree


def _taken_away(tree: ast.Module) -> set[str]:
    """Every word of a file that may drop, rename or move something."""
    text = ast.unparse(tree)
    return {*_WORD.findall(text.lower())} if _TAKES_AWAY.search(text) else set()


def _words(made: _Made) -> set[str]:
    table, column = made
    return {table.rpartition(".")[2], column} - {""}


def _made(tree: ast.Module) -> Iterator[_Made]:
    """What a file makes in any case, in lower case; nothing where a condition may decide."""
    if any(isinstance(node, _DECIDES) for node in ast.walk(tree)):
        return
    for change in upgrade_changes(tree):
        if change.verb == "create_table":
            yield change.table.lower(), ""
        elif change.verb == "add_column":
            yield from ((change.table.lower(), name.lower()) for name in change.names)


def _live(connection: Connection, wanted: set[_Made]) -> set[_Made]:
    """What of the wanted a database has; databases differ in how they fold names."""
    schemas = {table.rpartition(".")[0] for table, _ in wanted} - {""}
    keys = {key.lower(): key for key in table_keys(connection, schemas)} if wanted else {}
    found: set[_Made] = {(key, "") for key in keys}
    inspector = sa.inspect(connection)
    for table in sorted({table for table, column in wanted if column and table in keys}):
        schema, _, name = keys[table].rpartition(".")
        columns = inspector.get_columns(name, schema=schema or default_schema(connection))
        found |= {(table, column["name"].lower()) for column in columns}
    return found
